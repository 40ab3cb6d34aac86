/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Predictions agree with the guard as it is, and contradict one that answers or claims otherwise.
 */
#include "kit.h"

#include <stdio.h>
#include <string.h>

#include "oracle.h"
#include "predict.h"
#include "state.h"

#define BASE 0x40000000u
#define ITT  (BASE + KIT_FREE)
#define FAR  0x48000000u

struct prophecy {
	struct world *world;
	struct oracle *oracle;
	struct predictor *predictor;
	struct kit kit;
	char text[256];
};

static enum oracle_clause look(struct prophecy *p)
{
	return oracle_check(p->oracle, p->world, p->text, sizeof(p->text));
}

static void on_event(void *ctx, uint32_t its, const struct itsg_event *event)
{
	struct prophecy *p = ctx;

	if (event->kind == ITSG_EVENT_REFUSED_COMMAND)
		predictor_refused(p->predictor, its, event->offset, event->reason);
}

static void on_called(void *ctx, const struct world_call *call)
{
	const struct prophecy *p = ctx;

	predictor_called(p->predictor, call);
}

static bool tell(struct prophecy *p)
{
	assert_true(world_settle(p->world));
	assert_int_equal(look(p), ORACLE_HOLDS);
	return predictor_judge(p->predictor, p->oracle, true, p->text, sizeof(p->text));
}

static void write_any(struct prophecy *p, uint32_t offset, uint32_t width, uint64_t value)
{
	predictor_before_write(p->predictor, 0, offset, width, value);
	predictor_after_write(p->predictor, world_write(p->world, 0, offset, width, value));
}

static void write_reg(struct prophecy *p, uint32_t offset, uint32_t width, uint64_t value)
{
	write_any(p, offset, width, value);
	if (!tell(p))
		fail_msg("0x%x: %s", (unsigned)offset, p->text);
}

static void set_raw(uint8_t raw[32], uint64_t dw0, uint64_t dw1, uint64_t dw2)
{
	itsg_put_le64(raw, dw0);
	itsg_put_le64(raw + 8, dw1);
	itsg_put_le64(raw + 16, dw2);
	itsg_put_le64(raw + 24, 0);
}

static void put(struct prophecy *p, uint64_t dw0, uint64_t dw1, uint64_t dw2)
{
	struct kit *kit = &p->kit;
	uint8_t raw[32];

	set_raw(raw, dw0, dw1, dw2);
	assert_int_equal(world_poke(kit->world, kit->base + kit->cwriter, raw, sizeof(raw)), 0);
	kit->cwriter += 32;
}

/* As kit_send(), with the predictor told of it. */
static bool send(struct prophecy *p, uint64_t dw0, uint64_t dw1, uint64_t dw2)
{
	put(p, dw0, dw1, dw2);
	write_any(p, 0x88, 4, p->kit.cwriter);
	return tell(p);
}

/* The same while hardware does not move and nobody polls. */
static bool send_only(struct prophecy *p, uint64_t dw0, uint64_t dw1, uint64_t dw2)
{
	put(p, dw0, dw1, dw2);
	write_any(p, 0x88, 4, p->kit.cwriter);
	assert_int_equal(look(p), ORACLE_HOLDS);
	return predictor_judge(p->predictor, p->oracle, false, p->text, sizeof(p->text));
}

static bool map(struct prophecy *p, uint64_t device, uint64_t size, uint64_t itt)
{
	return send(p, device << 32 | 0x08, size, KIT_VALID | itt);
}

static void tell_of_fetch(struct prophecy *p, uint32_t its, uint64_t pa, const uint64_t dw[3])
{
	uint8_t raw[32];
	const struct world_call call = {.callback = TRACE_CB_FETCH,
					.its = its,
					.pa = pa,
					.bytes = sizeof(raw),
					.data = raw};

	set_raw(raw, dw[0], dw[1], dw[2]);
	predictor_called(p->predictor, &call);
}

static void pretend_fetch(struct prophecy *p, uint64_t dw0, uint64_t dw1, uint64_t dw2)
{
	const uint64_t dw[3] = {dw0, dw1, dw2};
	uint64_t pa = p->kit.base + p->kit.cwriter;

	p->kit.cwriter += 32;
	predictor_before_write(p->predictor, 0, 0x88, 4, p->kit.cwriter);
	tell_of_fetch(p, 0, pa, dw);
	predictor_after_write(p->predictor, ITSG_OK);
}

/* A guard that gives this answer, ITSG_OK too, is contradicted: the right one is `expected`. */
static void is_contradicted(struct prophecy *p, const char *expected)
{
	assert_false(predictor_judge(p->predictor, p->oracle, false, p->text, sizeof(p->text)));
	if (!strstr(p->text, expected))
		fail_msg("no \"%s\" in: %s", expected, p->text);
}

static void refuse(struct prophecy *p, const uint64_t dw[3], enum itsg_reason reason)
{
	uint32_t offset = p->kit.cwriter;

	pretend_fetch(p, dw[0], dw[1], dw[2]);
	predictor_refused(p->predictor, 0, offset, reason);
}

static void refusing_contradicts(struct prophecy *p, const uint64_t dw[3], enum itsg_reason reason,
				 const char *expected)
{
	refuse(p, dw, reason);
	is_contradicted(p, expected);
}

/* That it was accepted shows when the next one is fetched. */
static void accepting_contradicts(struct prophecy *p, const uint64_t dw[3], const char *expected)
{
	pretend_fetch(p, dw[0], dw[1], dw[2]);
	pretend_fetch(p, 0x05, 0, 0);
	is_contradicted(p, expected);
}

static void answering_contradicts(struct prophecy *p, uint32_t offset, uint32_t width,
				  uint64_t value, enum itsg_reason reason)
{
	predictor_before_write(p->predictor, 0, offset, width, value);
	predictor_after_write(p->predictor, reason);
	is_contradicted(p, "expected");
}

/* Not enabled, and nothing written. */
static void open_world(struct prophecy *p, const struct world_config *config)
{
	p->world = kit_world(config);
	p->oracle = oracle_new();
	p->predictor = predictor_new(p->world);
	assert_non_null(p->predictor);
	world_on_event(p->world, on_event, p);
	world_on_called(p->world, on_called, p);
	p->kit = (struct kit){p->world, 0, BASE, 0};
}

static void open_with(struct prophecy *p, const struct world_config *config, uint64_t collections)
{
	open_world(p, config);
	write_reg(p, 0x100, 8, KIT_VALID | (BASE + KIT_DEVICES));
	write_reg(p, 0x108, 8, KIT_VALID | collections);
	write_reg(p, 0x80, 8, KIT_VALID | (BASE + KIT_QUEUE));
	write_reg(p, 0x88, 8, 0);
	write_reg(p, 0, 4, 1);
}

static void open_prophecy(struct prophecy *p)
{
	struct world_config config;

	kit_config(&config);
	open_with(p, &config, BASE + KIT_COLLECTIONS);
	assert_true(send(p, 0x09, 0, KIT_VALID));
	assert_true(map(p, 1, 7, ITT));
}

static void close_prophecy(struct prophecy *p)
{
	predictor_free(p->predictor);
	oracle_free(p->oracle);
	world_destroy(p->world);
}

/* Each test has such a prophecy, but for those that begin with another one. */
static int before_each(void **state)
{
	static struct prophecy prophecy;

	memset(&prophecy, 0, sizeof(prophecy));
	open_prophecy(&prophecy);
	*state = &prophecy;
	return 0;
}

static int after_each(void **state)
{
	close_prophecy(*state);
	return 0;
}

static void good_and_bad_commands_are_foretold(void **state)
{
	struct prophecy *p = *state;

	assert_true(send(p, (uint64_t)1 << 32 | 0x08, 7, KIT_VALID | ITT));    /* as it is */
	assert_true(send(p, (uint64_t)2 << 32 | 0x08, 7, KIT_VALID | ITT));    /* overlap */
	assert_true(send(p, (uint64_t)2 << 32 | 0x08, 31, KIT_VALID | FAR));   /* size */
	assert_true(send(p, (uint64_t)600 << 32 | 0x08, 1, KIT_VALID | FAR));  /* device */
	assert_true(send(p, (uint64_t)2 << 32 | 0x08, 1, KIT_VALID | 0x1000)); /* no RAM */
	assert_true(send(p, (uint64_t)2 << 32 | 0x08, 1, KIT_VALID | (BASE + KIT_DEVICES)));
	assert_true(send(p, (uint64_t)1 << 32 | 0x0a, (uint64_t)8192 << 32 | 256, 0)); /* event */
	assert_true(send(p, (uint64_t)1 << 32 | 0x0a, (uint64_t)8191 << 32 | 0, 0));   /* INTID */
	assert_true(send(p, (uint64_t)1 << 32 | 0x0a, (uint64_t)8192 << 32 | 0, 999)); /* ICID */
	assert_true(send(p, 0x29, 0, 0));                                              /* virtual */
	assert_true(send(p, 0x77, 0, 0));                                              /* unknown */
	assert_true(send(p, 0x05, 0, (uint64_t)99 << 16)); /* redistributor */
	assert_true(send(p, (uint64_t)1 << 32 | 0x08, 0, 0));
	assert_true(send(p, (uint64_t)1 << 32 | 0x08, 0, 0)); /* unmapped */
	assert_int_equal(predictor_count(p->predictor), 16);
}

static void a_wrong_reason_contradicts_the_prediction(void **state)
{
	const uint64_t too_large[3] = {(uint64_t)2 << 32 | 0x08, 31, KIT_VALID | FAR};
	struct prophecy *p = *state;

	refusing_contradicts(p, too_large, ITSG_ITT_ADDRESS, "expected ITTSIZE_OOR");
	/* It says so once, and then agrees with everything. */
	assert_true(predictor_judge(p->predictor, p->oracle, true, p->text, sizeof(p->text)));
}

static void an_acceptance_contradicts_the_prediction(void **state)
{
	const uint64_t overlap[3] = {(uint64_t)2 << 32 | 0x08, 1, KIT_VALID | ITT};
	struct prophecy *p = *state;

	accepting_contradicts(p, overlap, "accepted, expected ITT_OVERLAP");
}

static void a_refusal_that_nobody_asked_for_contradicts_the_prediction(void **state)
{
	struct prophecy *p = *state;

	predictor_refused(p->predictor, 0, 0x40, ITSG_ITT_ADDRESS);
	is_contradicted(p, "not fetched");
}

static void a_fetch_where_no_command_is_contradicts_the_prediction(void **state)
{
	struct prophecy *p = *state;

	p->kit.cwriter += 32;
	pretend_fetch(p, 0x05, 0, 0);
	is_contradicted(p, "where no command is");
}

static void a_command_swallowed_contradicts_the_prediction(void **state)
{
	struct prophecy *p = *state;

	predictor_before_write(p->predictor, 0, 0x88, 4, 0x60);
	predictor_after_write(p->predictor, ITSG_OK);
	assert_false(predictor_judge(p->predictor, p->oracle, true, p->text, sizeof(p->text)));
}

static void a_claim_that_is_missing_contradicts_the_prediction(void **state)
{
	struct itsg_run part = {ITT + 0xb00, 0x100};
	struct prophecy *p = *state;

	/* The guard takes a granule less than the ITT has. */
	assert_int_equal(itsg_pages_drop(world_tracker(p->world), &part, ITSG_SHARED), 0);
	predictor_before_write(p->predictor, 0, 0x88, 4, p->kit.cwriter);
	predictor_after_write(p->predictor, world_write(p->world, 0, 0x88, 4, p->kit.cwriter));
	look(p);
	assert_false(predictor_judge(p->predictor, p->oracle, true, p->text, sizeof(p->text)));
	assert_non_null(strstr(p->text, "0x40030b00 is not claimed"));
}

/* ---- what must be accepted ---- */

static void a_device_may_be_mapped_anew(void **state)
{
	const uint64_t nested[3] = {(uint64_t)1 << 32 | 0x08, 6, KIT_VALID | (FAR + 0x100)};
	struct prophecy *p = *state;

	assert_true(map(p, 1, 7, FAR));          /* elsewhere */
	assert_true(map(p, 1, 7, FAR + 0x800));  /* over a part of its own */
	assert_true(map(p, 1, 7, FAR + 0x400));  /* and back */
	assert_true(map(p, 1, 6, FAR + 0x400));  /* within */
	assert_true(map(p, 1, 7, FAR + 0x300));  /* around */
	assert_true(map(p, 2, 7, FAR + 0x1000)); /* another, behind it */
	assert_true(map(p, 1, 7, FAR + 0x800));  /* overlaps that one: refused, and stays */
	assert_int_equal(sim_mem_state(world_mem(p->world), ITT), SIM_HOST);
	refusing_contradicts(p, nested, ITSG_ITT_OVERLAP, "expected OK");
}

static void what_the_device_had_is_given_back(void **state)
{
	struct itsg_run old = {ITT, 0xc00};
	struct prophecy *p = *state;

	assert_true(map(p, 1, 7, FAR));
	/* A guard that kept it. */
	assert_int_equal(itsg_pages_take(world_tracker(p->world), &old, ITSG_SHARED), 0);
	write_any(p, 0x88, 4, p->kit.cwriter);
	look(p);
	is_contradicted(p, "0x40030000 is claimed but should not be");
}

static void a_device_mapped_as_it_is_publishes_nothing(void **state)
{
	uint8_t mapd[32] = {0x08, [23] = 0x80};
	struct prophecy *p = *state;

	assert_true(map(p, 1, 7, ITT));
	pretend_fetch(p, (uint64_t)1 << 32 | 0x08, 7, KIT_VALID | ITT);
	world_ops()->store(world_ops_ctx(p->world, 0), world_private(p->world, 0).pa, mapd, 32);
	pretend_fetch(p, 0x05, 0, 0);
	is_contradicted(p, "is published");
}

static void registers_that_do_not_exist_may_be_probed(void **state)
{
	struct prophecy *p = *state;

	write_reg(p, 0x110, 8, 0x200);
	write_reg(p, 0x138, 4, 0xffffffff);
	answering_contradicts(p, 0x110, 8, 0x100, ITSG_RESERVED_REGISTER);
}

static void registers_are_latched_before_quiescent(void **unused)
{
	struct world_config config;
	struct prophecy p;

	(void)unused;
	kit_config(&config);
	config.cache = true;
	open_with(&p, &config, BASE + KIT_COLLECTIONS);
	write_any(&p, 0x100, 8, 0); /* NOT_QUIESCENT while it is enabled */
	write_any(&p, 0, 4, 0);
	write_any(&p, 0x100, 8, 0x200);
	write_any(&p, 0x80, 8, KIT_VALID | (BASE + KIT_QUEUE));
	write_any(&p, 0, 4, 1); /* and before Quiescent */
	assert_true(tell(&p));
	write_any(&p, 0, 4, 1); /* no device table */
	answering_contradicts(&p, 0x80, 8, 0, ITSG_NOT_QUIESCENT);
	close_prophecy(&p);
}

static void its_number_is_the_hosts(void **unused)
{
	struct world_config config;
	struct prophecy p;

	(void)unused;
	kit_config(&config);
	config.its[0].typer |= 2;
	open_world(&p, &config);
	write_reg(&p, 0, 4, 0x50);
	predictor_read(p.predictor, 0, 0, 4, 0x80000050);
	assert_true(tell(&p));
	predictor_read(p.predictor, 0, 0, 4, 0x80000000);
	is_contradicted(&p, "CTLR reads 0x0, expected 0x50");
	close_prophecy(&p);
}

static void typer_hides_what_has_no_register(void **unused)
{
	struct world_config config;
	struct prophecy p;
	uint64_t typer;

	(void)unused;
	kit_config(&config);
	config.its[0].typer |= (uint64_t)7 << 44 | (uint64_t)1 << 38; /* INV, UMSIirq, UMSI, MPAM */
	open_world(&p, &config);
	world_read(p.world, 0, 0x08, 8, &typer);
	predictor_read(p.predictor, 0, 0x08, 8, typer);
	assert_true(tell(&p));
	predictor_read(p.predictor, 0, 0x08, 8, config.its[0].typer);
	is_contradicted(&p, "TYPER reads");
	close_prophecy(&p);
}

/* An event names the last collection of two pages; one page is enough for the next host (F12). */
static void fewer_collections_go_with_a_new_device_table(void **unused)
{
	struct world_config config;
	struct prophecy p;

	(void)unused;
	kit_config(&config);
	config.machine.forgets = true;
	open_with(&p, &config, (BASE + KIT_COLLECTIONS) | 1);
	assert_true(map(&p, 1, 7, ITT));
	assert_true(send(&p, (uint64_t)1 << 32 | 0x0a, (uint64_t)8192 << 32, 1023));
	write_reg(&p, 0, 4, 0);
	write_reg(&p, 0x108, 8, KIT_VALID | (BASE + KIT_COLLECTIONS));
	write_reg(&p, 0, 4, 1); /* TABLE_SIZE: the ITT entry stays */
	write_reg(&p, 0x100, 8, KIT_VALID | FAR);
	answering_contradicts(&p, 0, 4, 1, ITSG_TABLE_SIZE);
	close_prophecy(&p);
}

static void each_reason_of_arming_is_foretold(void **unused)
{
	struct world_config config;
	struct prophecy p;

	(void)unused;
	kit_config(&config);
	open_world(&p, &config);
	write_reg(&p, 0, 4, 1); /* ENABLE_INCOMPLETE */
	write_reg(&p, 0x80, 8, KIT_VALID | (BASE + KIT_QUEUE) | 1);
	write_reg(&p, 0x88, 8, 0x1fe0);
	write_reg(&p, 0x80, 8, KIT_VALID | (BASE + KIT_QUEUE));
	write_reg(&p, 0x100, 8, KIT_VALID | (BASE + KIT_QUEUE));
	write_reg(&p, 0x108, 8, KIT_VALID | (BASE + KIT_COLLECTIONS));
	write_reg(&p, 0, 4, 1); /* CWRITER_RANGE */
	write_reg(&p, 0x88, 8, 0);
	write_reg(&p, 0, 4, 1); /* TABLE_OVERLAP */
	write_reg(&p, 0x100, 8, KIT_VALID | 0x300 | FAR);
	write_reg(&p, 0, 4, 1); /* TABLE_PAGE_SIZE */
	write_reg(&p, 0x100, 8, KIT_VALID | 0x200 | (FAR + 0x1000));
	write_reg(&p, 0, 4, 1); /* TABLE_ADDRESS: bits of [15:12] are the highest */
	write_reg(&p, 0x100, 8, KIT_VALID | 0x1000);
	write_reg(&p, 0, 4, 1); /* DONATE_REFUSED */
	write_reg(&p, 0x100, 8, KIT_VALID | FAR);
	answering_contradicts(&p, 0, 4, 1, ITSG_TABLE_OVERLAP);
	close_prophecy(&p);
}

/* ---- hardware that lags ---- */

static void a_command_waits_for_what_is_on_its_way_out(void **state)
{
	struct prophecy *p = *state;

	assert_true(send_only(p, (uint64_t)1 << 32 | 0x08, 0, 0));
	assert_true(send_only(p, (uint64_t)2 << 32 | 0x08, 7, KIT_VALID | ITT));
	assert_true(send_only(p, (uint64_t)2 << 32 | 0x0f, 0, 0));
	assert_true(tell(p));
	assert_int_equal(predictor_count(p->predictor), 5);
}

static void a_command_that_does_not_wait_contradicts_the_prediction(void **state)
{
	const uint64_t over[3] = {(uint64_t)2 << 32 | 0x08, 7, KIT_VALID | ITT};
	struct prophecy *p = *state;

	assert_true(send_only(p, (uint64_t)1 << 32 | 0x08, 0, 0));
	refusing_contradicts(p, over, ITSG_ITT_OVERLAP, "expected OK");
}

/* A level-2 page of collections where the ITT was (F17). */
static void mapc_waits_too(void **unused)
{
	uint8_t word[8];
	struct world_config config;
	struct prophecy p;

	(void)unused;
	itsg_put_le64(word, KIT_VALID | ITT);
	kit_config(&config);
	config.its[0].baser[0].indirect = false;
	open_with(&p, &config, (uint64_t)1 << 62 | (BASE + KIT_COLLECTIONS));
	assert_true(map(&p, 1, 7, ITT));
	assert_int_equal(world_poke(p.world, BASE + KIT_COLLECTIONS, word, sizeof(word)), 0);
	assert_true(send_only(&p, (uint64_t)1 << 32 | 0x08, 0, 0));
	assert_true(send_only(&p, 0x09, 0, KIT_VALID));
	assert_true(tell(&p));
	assert_int_equal(sim_mem_state(world_mem(p.world), ITT), SIM_HYP);
	close_prophecy(&p);
}

static void a_command_is_what_the_guard_fetched(void **unused)
{
	struct world_config config;
	struct prophecy p;

	(void)unused;
	kit_config(&config);
	config.rewrite_host = true;
	open_with(&p, &config, BASE + KIT_COLLECTIONS);
	assert_true(map(&p, 1, 7, ITT));
	assert_true(map(&p, 2, 31, FAR));
	close_prophecy(&p);
}

static void a_callback_that_fails_decides(void **state)
{
	const struct world_call call = {.callback = TRACE_CB_SHARE,
					.pa = FAR,
					.bytes = 4096,
					.error = -1,
					.on_request = true};
	struct prophecy *p = *state;

	world_fail(p->world, TRACE_CB_SHARE, 1);
	assert_true(map(p, 2, 7, FAR));
	world_fail(p->world, TRACE_CB_FETCH, 1);
	assert_true(map(p, 2, 7, FAR));
	assert_true(map(p, 2, 7, FAR));
	pretend_fetch(p, (uint64_t)3 << 32 | 0x08, 7, KIT_VALID | (FAR + 0x1000));
	predictor_called(p->predictor, &call);
	pretend_fetch(p, 0x05, 0, 0);
	is_contradicted(p, "accepted, expected SHARE_REFUSED");
}

static void want_of_room_is_not_believed_of_an_empty_tracker(void **state)
{
	const uint64_t other[3] = {(uint64_t)2 << 32 | 0x08, 7, KIT_VALID | FAR};
	struct prophecy *p = *state;

	refusing_contradicts(p, other, ITSG_NO_PAGE_SLOT, "expected OK");
}

static const uint64_t a_map[3] = {(uint64_t)5 << 32 | 0x08, 7, KIT_VALID | (ITT + 0x1000)};
static const uint64_t a_sync[3] = {0x05, 0, 0};

/* The second of two ITSs. */
static void lose_power(struct prophecy *p)
{
	const struct trace_power power = {.told = true};

	predictor_power(p->predictor, 1, &power);
}

static void open_two(struct prophecy *p)
{
	struct world_config config;

	memset(p, 0, sizeof(*p));
	kit_config(&config);
	config.its_count = 2;
	open_with(p, &config, BASE + KIT_COLLECTIONS);
	lose_power(p);
}

/* Only what was said of other answers may have been wrong. */
static void close_believing(struct prophecy *p, const char *reason)
{
	predictor_judge(p->predictor, p->oracle, false, p->text, sizeof(p->text));
	assert_null(strstr(p->text, reason));
	close_prophecy(p);
}

/* Until somebody looks at the claims nobody knows what it has taken: it may be in the way. */
static void what_an_its_that_lost_power_takes_may_be_in_the_way(void **unused)
{
	struct prophecy p;

	(void)unused;
	open_two(&p);
	assert_true(tell(&p));            /* that is a look */
	tell_of_fetch(&p, 1, FAR, a_map); /* at its head */
	refuse(&p, a_map, ITSG_ITT_OVERLAP);
	tell_of_fetch(&p, 1, FAR + 32, a_sync); /* so it was accepted */
	refuse(&p, a_map, ITSG_ITT_OVERLAP);
	close_believing(&p, "ITT_OVERLAP");
}

static void what_it_had_fetched_before_may_be_in_the_way(void **unused)
{
	struct prophecy p;

	(void)unused;
	open_two(&p);
	tell_of_fetch(&p, 1, FAR, a_map);
	lose_power(&p);
	assert_true(tell(&p));
	refuse(&p, a_map, ITSG_ITT_OVERLAP);
	close_believing(&p, "ITT_OVERLAP");
}

static void what_takes_nothing_is_not_in_the_way(void **unused)
{
	struct prophecy p;

	(void)unused;
	open_two(&p);
	assert_true(tell(&p));
	tell_of_fetch(&p, 1, FAR, a_sync);
	refusing_contradicts(&p, a_map, ITSG_ITT_OVERLAP, "expected OK");
	close_prophecy(&p);
}

static void a_device_that_stays_mapped_contradicts_the_prediction(void **state)
{
	struct prophecy *p = *state;

	assert_true(send(p, (uint64_t)1 << 32 | 0x08, 0, 0));
	itsg_devices_add(&world_guard(p->world, 0)->devices, 1, 0, FAR);
	assert_false(predictor_judge(p->predictor, p->oracle, true, p->text, sizeof(p->text)));
	assert_non_null(strstr(p->text, "DeviceID 1 stays mapped"));
}

#define a_prophecy(test) cmocka_unit_test_setup_teardown(test, before_each, after_each)

int main(void)
{
	const struct CMUnitTest tests[] = {
		a_prophecy(good_and_bad_commands_are_foretold),
		a_prophecy(a_wrong_reason_contradicts_the_prediction),
		a_prophecy(an_acceptance_contradicts_the_prediction),
		a_prophecy(a_refusal_that_nobody_asked_for_contradicts_the_prediction),
		a_prophecy(a_fetch_where_no_command_is_contradicts_the_prediction),
		a_prophecy(a_command_swallowed_contradicts_the_prediction),
		a_prophecy(a_claim_that_is_missing_contradicts_the_prediction),
		a_prophecy(a_device_may_be_mapped_anew),
		a_prophecy(what_the_device_had_is_given_back),
		a_prophecy(a_device_mapped_as_it_is_publishes_nothing),
		a_prophecy(registers_that_do_not_exist_may_be_probed),
		cmocka_unit_test(registers_are_latched_before_quiescent),
		cmocka_unit_test(its_number_is_the_hosts),
		cmocka_unit_test(typer_hides_what_has_no_register),
		cmocka_unit_test(fewer_collections_go_with_a_new_device_table),
		cmocka_unit_test(each_reason_of_arming_is_foretold),
		a_prophecy(a_command_waits_for_what_is_on_its_way_out),
		a_prophecy(a_command_that_does_not_wait_contradicts_the_prediction),
		cmocka_unit_test(mapc_waits_too),
		cmocka_unit_test(a_command_is_what_the_guard_fetched),
		cmocka_unit_test(what_an_its_that_lost_power_takes_may_be_in_the_way),
		cmocka_unit_test(what_it_had_fetched_before_may_be_in_the_way),
		cmocka_unit_test(what_takes_nothing_is_not_in_the_way),
		a_prophecy(a_callback_that_fails_decides),
		a_prophecy(want_of_room_is_not_believed_of_an_empty_tracker),
		a_prophecy(a_device_that_stays_mapped_contradicts_the_prediction),
	};

	return cmocka_run_group_tests_name("predict", tests, NULL, NULL);
}
