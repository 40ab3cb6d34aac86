/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * What is predicted of redistributors agrees with the guard as it is, and contradicts one that
 * answers, shows or does something else.
 */
#include "kit.h"

#include <inttypes.h>
#include <string.h>

#include "predict.h"

#define CTLR       0x0000u
#define PROPBASER  0x0070u
#define PENDBASER  0x0078u
#define SETLPIR    0x0040u
#define INVLPIR    0x00a0u
#define VPENDBASER 0x20078u
#define PROP       0x4364078fu
#define PEND       0x43650780u
#define PEND1      0x43660780u
#define PTZ        ((uint64_t)1 << 62)

struct prophecy {
	struct world *world;
	struct predictor *predictor;
	char text[256];
};

static void on_called(void *ctx, const struct world_call *call)
{
	const struct prophecy *p = ctx;

	predictor_called(p->predictor, call);
}

static void begin(struct prophecy *p, struct world *world)
{
	p->world = world;
	p->predictor = predictor_new(world);
	assert_non_null(p->predictor);
	world_on_called(world, on_called, p);
	world_on_rd_register(world, predictor_rd_register, p->predictor);
}

static void end(struct prophecy *p)
{
	predictor_free(p->predictor);
	world_destroy(p->world);
}

static void agrees(struct prophecy *p)
{
	if (!predictor_judge(p->predictor, NULL, false, p->text, sizeof(p->text)))
		fail_msg("%s", p->text);
}

static void is_contradicted(struct prophecy *p, const char *words)
{
	assert_false(predictor_judge(p->predictor, NULL, false, p->text, sizeof(p->text)));
	if (!strstr(p->text, words))
		fail_msg("no \"%s\" in: %s", words, p->text);
}

/* What the guard answers, and what it is said to. */
static enum itsg_reason write_as(struct prophecy *p, uint32_t rd, uint32_t offset, uint32_t width,
				 uint64_t value, enum itsg_reason said)
{
	enum itsg_reason reason;

	predictor_before_rd_write(p->predictor, rd, offset, width, value);
	reason = world_rd_write(p->world, rd, offset, width, value);
	predictor_after_rd_write(p->predictor, said == ITSG_REASON_COUNT ? reason : said);
	return reason;
}

static void write_reg(struct prophecy *p, uint32_t rd, uint32_t offset, uint32_t width,
		      uint64_t value, enum itsg_reason reason)
{
	assert_int_equal(write_as(p, rd, offset, width, value, ITSG_REASON_COUNT), reason);
	agrees(p);
}

static uint64_t read_reg(struct prophecy *p, uint32_t rd, uint32_t offset, uint32_t width)
{
	uint64_t value;
	enum itsg_reason reason;

	predictor_before_rd_read(p->predictor, rd, offset, width);
	reason = world_rd_read(p->world, rd, offset, width, &value);
	predictor_after_rd_read(p->predictor, reason, value);
	agrees(p);
	return value;
}

static void set_up(struct prophecy *p, uint32_t rd, uint64_t prop, uint64_t pend)
{
	write_reg(p, rd, PROPBASER, 8, prop, ITSG_OK);
	write_reg(p, rd, PENDBASER, 8, pend, ITSG_OK);
}

static void enable(struct prophecy *p, uint32_t rd, uint64_t prop, uint64_t pend)
{
	set_up(p, rd, prop, pend);
	write_reg(p, rd, CTLR, 4, 1, ITSG_OK);
}

/* ---- answers ---- */

/* Redistributor 0 is on; 1 is set up so, and then this is written there. */
static const struct asked {
	uint64_t prop, pend;
	uint32_t offset, width;
	uint64_t value;
	enum itsg_reason reason;
} asked[] = {
	{PROP, PEND1, CTLR, 4, 1, ITSG_OK},
	{PROP, PEND1, CTLR, 8, 1, ITSG_BAD_WIDTH},
	{PROP, PEND1, 0x2, 4, 1, ITSG_BAD_ALIGNMENT},
	{PROP, PEND1, 0x20078, 8, 1, ITSG_OK},
	{PROP, PEND1, 0x30000, 8, 0, ITSG_BAD_ALIGNMENT},
	{PROP, PEND1, 0x0004, 4, 1, ITSG_READ_ONLY},
	{PROP, PEND1, 0x000c, 4, 1, ITSG_READ_ONLY},
	{PROP, PEND1, 0x00c0, 4, 1, ITSG_READ_ONLY},
	{PROP, PEND1, 0x0010, 4, 1, ITSG_RESERVED_REGISTER},
	{PROP, PEND1, 0x0044, 4, 1, ITSG_RESERVED_REGISTER},
	{PROP, PEND1, 0x00a4, 4, 1, ITSG_RESERVED_REGISTER},
	{PROP, PEND1, 0x0014, 4, 1, ITSG_OK},
	{PROP, PEND1, SETLPIR, 8, 1, ITSG_OK}, /* nothing is pending where LPIs are off */
	{PROP, PEND1, INVLPIR, 8, KIT_VALID, ITSG_VIRTUAL_REGISTER},
	{PROP, PEND1, INVLPIR, 4, 8192, ITSG_OK},
	{PROP, PEND1, VPENDBASER, 8, KIT_VALID, ITSG_VIRTUAL_REGISTER},
	{PROP, PEND1, VPENDBASER + 4, 4, 0x80000000, ITSG_VIRTUAL_REGISTER},
	{PROP - 3, PEND1, CTLR, 4, 1, ITSG_LPI_SIZE},
	{0xfffffffff78f, PEND1, CTLR, 4, 1, ITSG_LPI_ADDRESS},
	{PROP + 0x10000, PEND1, CTLR, 4, 1, ITSG_LPI_GROUP},
	{PROP, PEND1 - 0x80, CTLR, 4, 1, ITSG_LPI_ATTRIBUTES},
	{PROP, PEND, CTLR, 4, 1, ITSG_LPI_OVERLAP},
	{PROP, PEND - 0x10000, CTLR, 4, 1, ITSG_LPI_OVERLAP},
	{PROP, 0x7fff00000780, CTLR, 4, 1, ITSG_DONATE_REFUSED},
};

static struct world *any_world(void)
{
	return kit_world_with(config.machine.rds = true, config.machine.vlpis = true,
			      config.machine.direct_lpi = true);
}

static void ask(const struct asked *a, enum itsg_reason said, const char *words)
{
	struct prophecy p;
	enum itsg_reason reason;

	begin(&p, any_world());
	enable(&p, 0, PROP, PEND);
	set_up(&p, 1, a->prop, a->pend);
	reason = write_as(&p, 1, a->offset, a->width, a->value, said);
	if (reason != a->reason)
		fail_msg("0x%" PRIx32 " of 0x%" PRIx64 ": the reason is %d, not %d", a->offset,
			 a->value, (int)reason, (int)a->reason);
	if (words)
		is_contradicted(&p, words);
	else
		agrees(&p);
	end(&p);
}

static void each_answer_is_predicted(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++)
		ask(&asked[i], ITSG_REASON_COUNT, NULL);
}

static void another_answer_is_contradicted(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		ask(&asked[i], asked[i].reason == ITSG_OK ? ITSG_LPI_BUSY : ITSG_OK, "expected");
		ask(&asked[i], ITSG_BAD_CONFIG, "expected");
	}
}

static void what_is_on_takes_no_other_table(void **unused)
{
	struct prophecy p;

	(void)unused;
	begin(&p, any_world());
	enable(&p, 0, PROP, PEND);
	write_reg(&p, 0, PROPBASER, 8, PROP, ITSG_OK);
	write_reg(&p, 0, PROPBASER, 4, PROP + 0x1000, ITSG_LPI_BUSY);
	write_reg(&p, 0, SETLPIR, 8, 8191, ITSG_INTID_OOR);
	write_reg(&p, 0, SETLPIR, 8, 65535, ITSG_OK);
	write_as(&p, 0, PENDBASER, 8, PEND1, ITSG_OK);
	is_contradicted(&p, "expected LPI_BUSY");
	end(&p);
}

static void tables_in_use_are_counted(void **unused)
{
	struct prophecy p;

	(void)unused;
	begin(&p, kit_world_with(config.machine.rds = true, config.machine.pes = 8,
				 config.machine.common_lpi_aff = 3, config.machine.lpi_tables = 1));
	enable(&p, 0, PROP, PEND);
	enable(&p, 4, PROP, PEND1);
	write_reg(&p, 4, CTLR, 4, 0, ITSG_OK);
	set_up(&p, 4, PROP + 0x100000, PEND1);
	write_reg(&p, 4, CTLR, 4, 1, ITSG_NO_TABLE_SLOT);
	end(&p);
}

/* ---- power, RWP, what is lost ---- */

static void rwp_shows_until_tables_are_back(void **unused)
{
	const struct sim_redists_mode mode = {.rwp = 3};
	struct prophecy p;

	(void)unused;
	begin(&p, any_world());
	world_rd_set_mode(p.world, mode);
	enable(&p, 0, PROP, PEND);
	write_reg(&p, 0, CTLR, 4, 0, ITSG_OK);
	write_reg(&p, 0, CTLR, 4, 1, ITSG_LPI_BUSY);
	assert_true(read_reg(&p, 0, CTLR, 4) & 8);
	assert_int_equal(read_reg(&p, 0, CTLR, 4), 2);
	enable(&p, 0, PROP + 0x10000, PEND1);
	end(&p);
}

static void a_clear_counts_only_with_power(void **unused)
{
	const struct trace_rd_power off = {.rd = 0}, on = {.rd = 0, .on = true, .enable = true};
	struct prophecy p;

	(void)unused;
	begin(&p, kit_world_with(config.machine.rds = true));
	enable(&p, 0, PROP, PEND);
	world_rd_power(p.world, &off);
	write_reg(&p, 0, CTLR, 4, 0, ITSG_LPI_BUSY);
	assert_int_equal(read_reg(&p, 0, CTLR, 4), 3);
	world_rd_power(p.world, &on);
	write_reg(&p, 0, CTLR, 4, 0, ITSG_OK);
	assert_int_equal(read_reg(&p, 0, CTLR, 4), 2);
	end(&p);
}

static void what_is_lost_unasked_is_set_anew(void **unused)
{
	struct prophecy p;

	(void)unused;
	begin(&p, any_world());
	enable(&p, 0, PROP, PEND);
	world_rd_lost(p.world, 0);
	assert_int_equal(read_reg(&p, 0, CTLR, 4), 3);
	write_reg(&p, 0, CTLR, 4, 1, ITSG_OK);
	assert_true(sim_redists_peek(world_redists(p.world), 0).enabled);
	end(&p);
}

static void registers_that_do_not_keep_are_a_mismatch(void **unused)
{
	struct prophecy p;

	(void)unused;
	begin(&p, any_world());
	set_up(&p, 0, PROP, PEND);
	sim_redists_lose_bits(world_redists(p.world), 0, 0x100000, 0);
	write_reg(&p, 0, PROPBASER, 8, PROP + 0x100000, ITSG_OK);
	write_reg(&p, 0, CTLR, 4, 1, ITSG_HARDWARE_MISMATCH);
	sim_redists_lose_bits(world_redists(p.world), 0, 0, 0);
	sim_redists_deaf(world_redists(p.world), 0, true);
	write_reg(&p, 0, CTLR, 4, 1, ITSG_HARDWARE_MISMATCH);
	sim_redists_deaf(world_redists(p.world), 0, false);
	write_reg(&p, 0, CTLR, 4, 1, ITSG_OK);
	end(&p);
}

/* ---- what is shown ---- */

static void show_as(uint32_t offset, uint64_t more)
{
	struct prophecy p;
	uint64_t value;

	begin(&p, kit_world_with(config.machine.rds = true, config.machine.vlpis = true,
				 config.machine.rvpeid = true));
	enable(&p, 0, PROP, PEND);
	read_reg(&p, 0, offset, 4);
	predictor_before_rd_read(p.predictor, 0, offset, 4);
	assert_int_equal(world_rd_read(p.world, 0, offset, 4, &value), ITSG_OK);
	predictor_after_rd_read(p.predictor, ITSG_OK, value ^ more);
	is_contradicted(&p, "expected 0x");
	end(&p);
}

static void another_value_is_contradicted(void **unused)
{
	(void)unused;
	show_as(CTLR, 1);
	show_as(0x0008, 1 << 1); /* VLPIS */
	show_as(0x0008, 1 << 7); /* RVPEID */
	show_as(PROPBASER, 0x1000);
	show_as(PENDBASER + 4, 0x40000000); /* PTZ */
	show_as(VPENDBASER + 4, 0x80000000);
	show_as(0xffe8, 1);
	show_as(0x0020, 1);
}

/* ---- what is done ---- */

static void pretend_enable(struct prophecy *p, bool reads_back, uint64_t zeroed)
{
	const struct world_call zero = {
		.redists = true, .callback = TRACE_CB_ZERO, .pa = 0x43650000, .bytes = zeroed};
	struct sim_redists *rds = world_redists(p->world);

	set_up(p, 0, PROP, PEND);
	predictor_before_rd_write(p->predictor, 0, CTLR, 4, 1);
	predictor_rd_register(p->predictor, 0, CTLR, false, 2);
	if (zeroed)
		predictor_called(p->predictor, &zero);
	sim_redists_write(rds, 0, PROPBASER, 8, PROP);
	sim_redists_write(rds, 0, PENDBASER, 8, PEND);
	sim_redists_write(rds, 0, CTLR, 4, 1);
	predictor_rd_register(p->predictor, 0, CTLR, true, 1);
	if (reads_back)
		predictor_rd_register(p->predictor, 0, CTLR, false, 3);
	predictor_after_rd_write(p->predictor, ITSG_OK);
}

static void what_is_zeroed_is_exact(void **unused)
{
	static const uint64_t wrong[] = {0, 512, 2048, 0x2000};
	struct prophecy p;

	(void)unused;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		begin(&p, any_world());
		pretend_enable(&p, true, wrong[i]);
		is_contradicted(&p, "zeroed");
		end(&p);
	}
	begin(&p, any_world());
	pretend_enable(&p, true, 1024);
	agrees(&p);
	end(&p);
}

static void enable_lpis_is_read_back(void **unused)
{
	struct prophecy p;

	(void)unused;
	begin(&p, any_world());
	pretend_enable(&p, false, 1024);
	is_contradicted(&p, "not read back");
	end(&p);
}

static void ctlr_is_looked_at(void **unused)
{
	struct prophecy p;

	(void)unused;
	begin(&p, any_world());
	set_up(&p, 0, PROP, PEND);
	predictor_before_rd_write(p.predictor, 0, CTLR, 4, 1);
	predictor_after_rd_write(p.predictor, ITSG_OK);
	is_contradicted(&p, "not looked at");
	end(&p);
}

static void the_platform_is_asked_for_what_is_enabled_only(void **unused)
{
	const struct world_call share = {
		.redists = true, .callback = TRACE_CB_SHARE, .pa = 0x43640000, .bytes = 4096};
	struct prophecy p;

	(void)unused;
	begin(&p, any_world());
	predictor_before_rd_write(p.predictor, 0, PROPBASER, 8, PROP);
	predictor_called(p.predictor, &share);
	predictor_after_rd_write(p.predictor, ITSG_OK);
	is_contradicted(&p, "asked");
	end(&p);
}

static void a_callback_that_fails_decides(void **unused)
{
	static const struct {
		enum trace_callback callback;
		enum itsg_reason reason;
	} failing[] = {{TRACE_CB_SHARE, ITSG_SHARE_REFUSED},
		       {TRACE_CB_DONATE, ITSG_DONATE_REFUSED},
		       {TRACE_CB_ZERO, ITSG_ZERO_FAILED}};
	struct prophecy p;

	(void)unused;
	begin(&p, any_world());
	set_up(&p, 0, PROP, PEND | PTZ);
	for (size_t i = 0; i < sizeof(failing) / sizeof(failing[0]); i++) {
		world_fail(p.world, failing[i].callback, 1);
		write_reg(&p, 0, CTLR, 4, 1, failing[i].reason);
	}
	write_reg(&p, 0, CTLR, 4, 1, ITSG_OK);
	end(&p);
}

/* ---- somebody before, and nobody any more ---- */

static struct world *world_of_before(uint64_t second)
{
	struct world_config config;

	kit_config(&config);
	config.machine.rds = true;
	config.machine.before_count = 2;
	config.machine.before[0] = (struct trace_before){0, PROP, PEND};
	config.machine.before[1] = (struct trace_before){1, second, PEND1};
	return kit_world(&config);
}

static enum itsg_reason adopt_as(struct prophecy *p, enum itsg_reason said)
{
	enum itsg_reason reason;

	predictor_before_adopt(p->predictor);
	reason = world_rd_adopt(p->world);
	predictor_after_adopt(p->predictor, said == ITSG_REASON_COUNT ? reason : said);
	return reason;
}

static void adoption_is_predicted(void **unused)
{
	struct prophecy p;

	(void)unused;
	begin(&p, world_of_before(PROP));
	set_up(&p, 2, PROP, PEND1 + 0x10000);
	write_reg(&p, 2, CTLR, 4, 1, ITSG_LPI_BUSY);
	assert_int_equal(adopt_as(&p, ITSG_REASON_COUNT), ITSG_OK);
	agrees(&p);
	assert_int_equal(read_reg(&p, 1, PENDBASER, 8), PEND1);
	write_reg(&p, 2, CTLR, 4, 1, ITSG_OK);
	end(&p);
}

static void adoption_of_two_tables_is_refused(void **unused)
{
	struct prophecy p;

	(void)unused;
	begin(&p, world_of_before(PROP + 0x100000));
	assert_int_equal(adopt_as(&p, ITSG_REASON_COUNT), ITSG_LPI_GROUP);
	agrees(&p);
	assert_int_equal(adopt_as(&p, ITSG_OK), ITSG_LPI_GROUP);
	is_contradicted(&p, "LPI_GROUP");
	end(&p);
}

static void adoption_writes_nothing(void **unused)
{
	const struct world_call zero = {
		.redists = true, .callback = TRACE_CB_ZERO, .pa = 0x43650000, .bytes = 1024};
	struct prophecy p;

	(void)unused;
	begin(&p, world_of_before(PROP));
	predictor_before_adopt(p.predictor);
	predictor_called(p.predictor, &zero);
	predictor_after_adopt(p.predictor, ITSG_OK);
	is_contradicted(&p, "adoption zeroes");
	end(&p);
	begin(&p, world_of_before(PROP));
	predictor_before_adopt(p.predictor);
	predictor_rd_register(p.predictor, 0, PROPBASER, true, PROP);
	predictor_after_adopt(p.predictor, ITSG_OK);
	is_contradicted(&p, "adoption writes");
	end(&p);
}

static void gone_is_predicted(void **unused)
{
	struct prophecy p;

	(void)unused;
	begin(&p, any_world());
	enable(&p, 0, PROP, PEND);
	predictor_rds_gone(p.predictor, world_rd_gone(p.world));
	agrees(&p);
	assert_int_equal(read_reg(&p, 0, PROPBASER, 8), 0);
	enable(&p, 0, PROP, PEND);
	predictor_rds_gone(p.predictor, true);
	is_contradicted(&p, "gone");
	end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_answer_is_predicted),
		cmocka_unit_test(another_answer_is_contradicted),
		cmocka_unit_test(what_is_on_takes_no_other_table),
		cmocka_unit_test(tables_in_use_are_counted),
		cmocka_unit_test(rwp_shows_until_tables_are_back),
		cmocka_unit_test(a_clear_counts_only_with_power),
		cmocka_unit_test(what_is_lost_unasked_is_set_anew),
		cmocka_unit_test(registers_that_do_not_keep_are_a_mismatch),
		cmocka_unit_test(another_value_is_contradicted),
		cmocka_unit_test(what_is_zeroed_is_exact),
		cmocka_unit_test(enable_lpis_is_read_back),
		cmocka_unit_test(ctlr_is_looked_at),
		cmocka_unit_test(the_platform_is_asked_for_what_is_enabled_only),
		cmocka_unit_test(a_callback_that_fails_decides),
		cmocka_unit_test(adoption_is_predicted),
		cmocka_unit_test(adoption_of_two_tables_is_refused),
		cmocka_unit_test(adoption_writes_nothing),
		cmocka_unit_test(gone_is_predicted),
	};

	return cmocka_run_group_tests_name("predict_rd", tests, NULL, NULL);
}
