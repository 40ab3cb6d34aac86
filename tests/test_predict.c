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

static bool tell(struct prophecy *p)
{
	assert_true(world_settle(p->world));
	assert_int_equal(look(p), ORACLE_HOLDS);
	return predictor_judge(p->predictor, p->oracle, p->text, sizeof(p->text));
}

/* As kit_send(), with the predictor told of it. */
static bool send(struct prophecy *p, uint64_t dw0, uint64_t dw1, uint64_t dw2)
{
	uint64_t dw[4] = {dw0, dw1, dw2, 0};
	struct kit *kit = &p->kit;
	enum itsg_reason reason;

	assert_int_equal(world_poke(kit->world, kit->base + kit->cwriter, (uint8_t *)dw, 32), 0);
	kit->cwriter += 32;
	predictor_before_write(p->predictor, 0, 0x88, 4, kit->cwriter);
	reason = world_write(kit->world, 0, 0x88, 4, kit->cwriter);
	predictor_after_write(p->predictor, reason);
	return tell(p);
}

static void write_reg(struct prophecy *p, uint32_t offset, uint32_t width, uint64_t value)
{
	predictor_before_write(p->predictor, 0, offset, width, value);
	predictor_after_write(p->predictor, world_write(p->world, 0, offset, width, value));
	assert_true(tell(p));
}

static void open_prophecy(struct prophecy *p)
{
	struct world_config config;

	kit_config(&config);
	p->world = kit_world(&config);
	p->oracle = oracle_new();
	p->predictor = predictor_new(p->world);
	assert_non_null(p->predictor);
	world_on_event(p->world, on_event, p);
	p->kit = (struct kit){p->world, 0, BASE, 0};
	write_reg(p, 0x100, 8, KIT_VALID | (BASE + KIT_DEVICES));
	write_reg(p, 0x108, 8, KIT_VALID | (BASE + KIT_COLLECTIONS));
	write_reg(p, 0x80, 8, KIT_VALID | (BASE + KIT_QUEUE));
	write_reg(p, 0x88, 8, 0);
	write_reg(p, 0, 4, 1);
	assert_true(send(p, 0x09, 0, KIT_VALID));
	assert_true(send(p, (uint64_t)1 << 32 | 0x08, 7, KIT_VALID | ITT));
}

static void close_prophecy(struct prophecy *p)
{
	predictor_free(p->predictor);
	oracle_free(p->oracle);
	world_destroy(p->world);
}

static void good_and_bad_commands_are_foretold(void **unused)
{
	struct prophecy p;

	(void)unused;
	open_prophecy(&p);
	assert_true(send(&p, (uint64_t)1 << 32 | 0x08, 7, KIT_VALID | FAR));    /* mapped */
	assert_true(send(&p, (uint64_t)2 << 32 | 0x08, 7, KIT_VALID | ITT));    /* overlap */
	assert_true(send(&p, (uint64_t)2 << 32 | 0x08, 31, KIT_VALID | FAR));   /* size */
	assert_true(send(&p, (uint64_t)600 << 32 | 0x08, 1, KIT_VALID | FAR));  /* device */
	assert_true(send(&p, (uint64_t)2 << 32 | 0x08, 1, KIT_VALID | 0x1000)); /* no RAM */
	assert_true(send(&p, (uint64_t)2 << 32 | 0x08, 1, KIT_VALID | (BASE + KIT_DEVICES)));
	assert_true(send(&p, (uint64_t)1 << 32 | 0x0a, (uint64_t)8192 << 32 | 256, 0)); /* event */
	assert_true(send(&p, (uint64_t)1 << 32 | 0x0a, (uint64_t)8191 << 32 | 0, 0));   /* INTID */
	assert_true(send(&p, (uint64_t)1 << 32 | 0x0a, (uint64_t)8192 << 32 | 0, 999)); /* ICID */
	assert_true(send(&p, 0x29, 0, 0));                  /* virtual */
	assert_true(send(&p, 0x77, 0, 0));                  /* unknown */
	assert_true(send(&p, 0x05, 0, (uint64_t)99 << 16)); /* redistributor */
	assert_true(send(&p, (uint64_t)1 << 32 | 0x08, 0, 0));
	assert_true(send(&p, (uint64_t)1 << 32 | 0x08, 0, 0)); /* unmapped */
	assert_int_equal(predictor_count(p.predictor), 16);
	close_prophecy(&p);
}

static void a_wrong_reason_contradicts_the_prediction(void **unused)
{
	struct prophecy p;

	(void)unused;
	open_prophecy(&p);
	/* ITTSIZE_OOR is right; a guard that said ITT_ADDRESS would be wrong. */
	predictor_before_write(p.predictor, 0, 0x88, 4, 0x60);
	predictor_after_write(p.predictor, ITSG_OK);
	predictor_refused(p.predictor, 0, 0x40, ITSG_ITT_ADDRESS);
	assert_false(predictor_judge(p.predictor, p.oracle, p.text, sizeof(p.text)));
	/* It says so once, and then agrees with everything. */
	assert_true(predictor_judge(p.predictor, p.oracle, p.text, sizeof(p.text)));
	close_prophecy(&p);
}

static void a_command_swallowed_contradicts_the_prediction(void **unused)
{
	struct prophecy p;

	(void)unused;
	open_prophecy(&p);
	predictor_before_write(p.predictor, 0, 0x88, 4, 0x60);
	predictor_after_write(p.predictor, ITSG_OK);
	assert_false(predictor_judge(p.predictor, p.oracle, p.text, sizeof(p.text)));
	close_prophecy(&p);
}

static void a_claim_that_is_missing_contradicts_the_prediction(void **unused)
{
	struct itsg_run part = {ITT + 0xb00, 0x100};
	struct prophecy p;

	(void)unused;
	open_prophecy(&p);
	/* The guard takes a granule less than the ITT has. */
	assert_int_equal(itsg_pages_drop(world_tracker(p.world), &part, ITSG_SHARED), 0);
	predictor_before_write(p.predictor, 0, 0x88, 4, p.kit.cwriter);
	predictor_after_write(p.predictor, ITSG_OK);
	look(&p);
	assert_false(predictor_judge(p.predictor, p.oracle, p.text, sizeof(p.text)));
	assert_non_null(strstr(p.text, "0x40030b00 is not claimed"));
	close_prophecy(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_and_bad_commands_are_foretold),
		cmocka_unit_test(a_wrong_reason_contradicts_the_prediction),
		cmocka_unit_test(a_command_swallowed_contradicts_the_prediction),
		cmocka_unit_test(a_claim_that_is_missing_contradicts_the_prediction),
	};

	return cmocka_run_group_tests_name("predict", tests, NULL, NULL);
}
