/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The trace reader and writer (sim/trace/trace.c, trace_write.c). */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "trace.h"

static struct trace trace;
static struct trace_error error;

static int release(void **state)
{
	(void)state;
	trace_free(&trace);
	return 0;
}

static int parse(const char *text)
{
	trace_free(&trace);
	return trace_parse(text, strlen(text), "t", NULL, &trace, &error);
}

/* Parses what must be good. */
static const struct trace_directive *good(const char *text)
{
	if (parse(text))
		fail_msg("\"%s\": %s", text, error.message);
	return trace.directives;
}

/* Parses what must be malformed in that line, with these words in the message. */
static void bad(uint32_t line, const char *words, const char *text)
{
	char place[16];

	if (!parse(text))
		fail_msg("accepted: %s", text);
	snprintf(place, sizeof(place), "t:%u: ", line);
	if (error.line != line || (line && strncmp(error.message, place, strlen(place)) != 0))
		fail_msg("\"%s\": line %u expected: %s", text, line, error.message);
	if (!strstr(error.message + error.words, words))
		fail_msg("\"%s\": \"%s\" expected: %s", text, words, error.message);
	assert_null(trace.directives);
	assert_int_equal(trace.count, 0);
}

/* ---- each directive ---- */

static void an_empty_trace_has_the_default_world(void **state)
{
	(void)state;
	good("# nothing\n\n   \t# here\n");
	assert_int_equal(trace.count, 0);
	assert_int_equal(trace.machine.page, 4096);
	assert_int_equal(trace.machine.ram_count, 1);
	assert_int_equal(trace.machine.ram[0].pa, 0x40000000);
	assert_int_equal(trace.machine.ram[0].bytes, 0x400000000);
	assert_int_equal(trace.machine.pa_bits, 48);
	assert_int_equal(trace.machine.pes, 8);
	assert_false(trace.machine.pta);
	assert_int_equal(trace.machine.rd, 0x80a0000);
	assert_int_equal(trace.machine.lpi_bits, 16);
	assert_false(trace.machine.rds);
	assert_true(trace.machine.ces && trace.machine.rd_attr);
	assert_int_equal(trace_rd_stride(&trace.machine), 0x20000);
	assert_false(trace.machine.donate_itt);
	assert_int_equal(trace.machine.l1_pool, 0x40000);
	assert_false(trace.machine.forgets);
	assert_int_equal(trace.its_count, 1);
	assert_true(trace.its[0].used);
	assert_int_equal(trace.its[0].typer, 0x1f0001efb1);
	assert_int_equal(trace.its[0].baser[0].type, 1);
	assert_int_equal(trace.its[0].baser[1].type, 4);
	assert_int_equal(trace.its[0].baser[2].type, 0);
	assert_int_equal(trace.its[0].baser[0].entry, 8);
	assert_int_equal(trace.its[0].baser[0].page, TRACE_PAGE_64K);
	assert_true(trace.its[0].baser[0].indirect);
}

static void machine_lines_set_every_key(void **state)
{
	(void)state;
	good("machine page=65536 ram=0x80000000+0x1000 ram=0x90000000+4096 pa_bits=52\n"
	     "machine pes=4 pta=1 rd=0x10000000 lpi_bits=20 itt=donate l1_pool=0 forgets=1\n"
	     "machine pages=2 devices=3 journal=4 depth=5 budget=6 kept=7 event_bits=8\n"
	     "machine table_pages=9 itt_entry=16 reserved=0x10 reserved=17 asleep=3 asleep=0\n"
	     "machine hide_virtual=1 any_rd=1 queue=0x2000 level2_cut=1\n"
	     "machine rds=1 ces=0 ir=1 direct_lpi=1 rvpeid=1 vlpis=1 ds=1 common_lpi_aff=2\n"
	     "machine dpgs=1 rd_attr=0 rd_prop=0x4364078f lpi_limit=20 lpi_tables=3 pending=share "
	     "zero_pending=1\n");
	assert_int_equal(trace.machine.page, 65536);
	assert_int_equal(trace.machine.queue, 0x2000);
	assert_true(trace.machine.level2_cut);
	assert_int_equal(trace.machine.ram_count, 2);
	assert_int_equal(trace.machine.ram[1].pa, 0x90000000);
	assert_int_equal(trace.machine.ram[1].bytes, 4096);
	assert_int_equal(trace.machine.pa_bits, 52);
	assert_int_equal(trace.machine.pes, 4);
	assert_true(trace.machine.pta);
	assert_int_equal(trace.machine.rd, 0x10000000);
	assert_int_equal(trace.machine.lpi_bits, 20);
	assert_true(trace.machine.donate_itt);
	assert_int_equal(trace.machine.l1_pool, 0);
	assert_true(trace.machine.forgets);
	assert_int_equal(trace.machine.pages, 2);
	assert_int_equal(trace.machine.devices, 3);
	assert_int_equal(trace.machine.journal, 4);
	assert_int_equal(trace.machine.depth, 5);
	assert_int_equal(trace.machine.budget, 6);
	assert_int_equal(trace.machine.kept, 7);
	assert_int_equal(trace.machine.event_bits, 8);
	assert_int_equal(trace.machine.table_pages, 9);
	assert_int_equal(trace.machine.itt_entry, 16);
	assert_int_equal(trace.machine.reserved_count, 2);
	assert_int_equal(trace.machine.reserved[1], 17);
	assert_true(trace.machine.asleep[0]);
	assert_false(trace.machine.asleep[1]);
	assert_true(trace.machine.asleep[3]);
	assert_true(trace.machine.hide_virtual);
	assert_true(trace.machine.any_rd);
	assert_true(trace.machine.rds && trace.machine.ir && trace.machine.direct_lpi &&
		    trace.machine.rvpeid && trace.machine.vlpis && trace.machine.ds &&
		    trace.machine.dpgs);
	assert_false(trace.machine.ces || trace.machine.rd_attr);
	assert_int_equal(trace.machine.common_lpi_aff, 2);
	assert_int_equal(trace.machine.rd_prop, 0x4364078f);
	assert_int_equal(trace.machine.lpi_limit, 20);
	assert_int_equal(trace.machine.lpi_tables, 3);
	assert_true(trace.machine.share_pending && trace.machine.zero_pending);
	assert_int_equal(trace_rd_stride(&trace.machine), 0x40000);
	assert_int_equal(trace.count, 7);
	assert_int_equal(trace.directives[4].kind, TRACE_MACHINE);
	assert_int_equal(trace.directives[4].line, 5);
}

static void basers_and_typers_belong_to_their_its(void **state)
{
	(void)state;
	good("baser 0 page=4k indirect=0\nits 3\nbaser 2 type=2 entry=16 page=any\n"
	     "typer 0x3f0001efb3\nbaser 1 page=16k\n");
	assert_int_equal(trace.its_count, 4);
	assert_int_equal(trace.its[0].baser[0].page, TRACE_PAGE_4K);
	assert_int_equal(trace.its[0].baser[0].type, 1);
	assert_false(trace.its[0].baser[0].indirect);
	assert_int_equal(trace.its[0].typer, 0x1f0001efb1);
	assert_false(trace.its[1].used);
	assert_true(trace.its[3].used);
	assert_int_equal(trace.its[3].typer, 0x3f0001efb3);
	assert_int_equal(trace.its[3].baser[2].type, 2);
	assert_int_equal(trace.its[3].baser[2].entry, 16);
	assert_int_equal(trace.its[3].baser[2].page, TRACE_PAGE_ANY);
	assert_int_equal(trace.its[3].baser[1].page, TRACE_PAGE_16K);
	assert_int_equal(trace.directives[1].kind, TRACE_ITS);
	assert_int_equal(trace.directives[1].its, 3);
	assert_int_equal(trace.directives[2].kind, TRACE_BASER);
	assert_int_equal(trace.directives[2].u.baser.index, 2);
	assert_int_equal(trace.directives[2].u.baser.count, 3);
	assert_int_equal(trace.directives[3].u.value, 0x3f0001efb3);
}

static void accesses_have_offset_width_and_value(void **state)
{
	const struct trace_directive *d =
		good("w32 0x0088 0x40 # comment\nw64 128 0xffffffffffffffff\r\nr32 0x0 0\n"
		     "\tr64\t0x8 18446744073709551615\nw8 1 255\nr16 0x2 0xffff#x");

	(void)state;
	assert_int_equal(trace.count, 6);
	assert_int_equal(d[0].kind, TRACE_WRITE);
	assert_int_equal(d[0].u.access.offset, 0x88);
	assert_int_equal(d[0].u.access.width, 4);
	assert_int_equal(d[0].u.access.value, 0x40);
	assert_int_equal(d[1].u.access.width, 8);
	assert_true(d[1].u.access.value == UINT64_MAX);
	assert_int_equal(d[2].kind, TRACE_READ);
	assert_int_equal(d[2].line, 3);
	assert_int_equal(d[3].kind, TRACE_READ);
	assert_int_equal(d[3].u.access.width, 8);
	assert_int_equal(d[4].u.access.width, 1);
	assert_int_equal(d[5].u.access.width, 2);
}

static void mem_holds_bytes(void **state)
{
	const struct trace_directive *d = good("mem 0x40000000 00fFa5\nmem 4096 01\n");

	(void)state;
	assert_int_equal(d[0].kind, TRACE_MEM);
	assert_int_equal(d[0].u.mem.pa, 0x40000000);
	assert_int_equal(d[0].u.mem.bytes, 3);
	assert_memory_equal(trace_mem(&trace, &d[0]), "\x00\xff\xa5", 3);
	assert_int_equal(d[1].u.mem.bytes, 1);
	assert_memory_equal(trace_mem(&trace, &d[1]), "\x01", 1);
}

static void commands_are_stored_where_the_next_one_belongs(void **state)
{
	const struct trace_directive *d = good(
		"mapd dev=1 at=0x1000\n"
		"w64 0x80 0x8000000040000000\n"
		"sync rdbase=0x10000 # the first\n"
		"mem 0x40000020 0000000000000000000000000000000000000000000000000000000000000000\n"
		"mapd dev=0x10 size=4 itt=0x60000000\n"
		"inside read 1 mem 0x40000060 "
		"0000000000000000000000000000000000000000000000000000000000000000\n"
		"inv dev=1 event=2 at=0x40000fe0\n"
		"its 1\nw64 0x80 0x8000000050000000\nint dev=1\n"
		"its 0\nint dev=1\n");

	(void)state;
	assert_int_equal(d[0].kind, TRACE_MEM);
	assert_int_equal(d[0].u.mem.pa, 0x1000);
	assert_int_equal(d[0].u.mem.bytes, 32);
	assert_int_equal(trace_mem(&trace, &d[0])[0], 0x08);
	assert_int_equal(trace_mem(&trace, &d[0])[23], 0x80);
	assert_int_equal(d[2].u.mem.pa, 0x40000000);
	assert_int_equal(d[4].u.mem.pa, 0x40000040);
	assert_int_equal(d[6].u.mem.pa, 0x40000fe0);
	assert_int_equal(d[9].u.mem.pa, 0x50000000);
	assert_int_equal(d[11].u.mem.pa, 0x40000000);
	bad(1, "at=PA is needed", "mapd dev=1\n");
	bad(2, "no such field", "w64 0x80 0x8000000040000000\nmapd dev=1 more=2\n");
	bad(1, "at: \"x\" is no number", "mapd dev=1 at=x\n");
	bad(1, "out of range", "mapd at=0xfffffffffffff\n");
	bad(1, "mapd: dve=1: the command has no such field, but dev, size, itt, v, at",
	    "mapd dve=1\n");
	bad(1, "at=0x2000: the command has no such field", "mapd at=0x1000 dev=1 at=0x2000\n");
	assert_int_equal(good("mapd at=0x1000 dev=1\n")->u.mem.pa, 0x1000);
	bad(1, "inside: \"mapd\" is none of", "inside read 1 mapd dev=1 at=0x1000\n");
}

static void hardware_and_others_are_understood(void **state)
{
	const struct trace_directive *d =
		good("hw eager\nhw manual\nhw ignore\nhw stall\nhw nocache\nhw cache\nhw check\n"
		     "hw trust\nhw rdnow\nhw rdlate\nhw rdcalm\nhw rdahead\nhw rdchecks\n"
		     "hw rdbelieves\nhw rdown\nhw rdany\nhw clears\nhw res1\nrun 3\nrun "
		     "all\npoll\nguest 0x41000000 0x2000\n!guest\n"
		     "fail share 1\nfail unshare 2\nfail donate 3\nfail reclaim 4\nfail zero 5\n"
		     "fail fetch 6\nfail store 7\n");

	(void)state;
	for (unsigned i = 0; i < TRACE_HWS; i++) {
		assert_int_equal(d[i].kind, TRACE_HW);
		assert_int_equal(d[i].u.hw, i);
	}
	d += TRACE_HWS;
	assert_int_equal(d[0].kind, TRACE_RUN);
	assert_int_equal(d[0].u.run, 3);
	assert_int_equal(d[1].u.run, TRACE_RUN_ALL);
	assert_int_equal(d[2].kind, TRACE_POLL);
	assert_int_equal(d[3].kind, TRACE_GUEST);
	assert_int_equal(d[3].u.range.pa, 0x41000000);
	assert_int_equal(d[3].u.range.bytes, 0x2000);
	assert_int_equal(d[4].kind, TRACE_EXPECT_GUEST_REFUSED);
	for (unsigned i = 0; i < TRACE_CBS; i++) {
		assert_int_equal(d[5 + i].kind, TRACE_FAIL);
		assert_int_equal(d[5 + i].u.fail.callback, i);
		assert_int_equal(d[5 + i].u.fail.nth, i + 1);
	}
}

static void callbacks_fail_in_runs(void **state)
{
	const struct trace_directive *d =
		good("fail store 2\nfail store 2 3\nfail zero 1 ever\nfail zero off\n");

	(void)state;
	assert_int_equal(d[0].u.fail.times, 1);
	assert_int_equal(d[1].u.fail.nth, 2);
	assert_int_equal(d[1].u.fail.times, 3);
	assert_int_equal(d[2].u.fail.nth, 1);
	assert_int_equal(d[2].u.fail.times, TRACE_FAIL_EVER);
	assert_int_equal(d[3].u.fail.callback, TRACE_CB_ZERO);
	assert_int_equal(d[3].u.fail.nth, 0);
	bad(1, "too many words", "fail store 1 2 3\n");
	bad(1, "out of range", "fail store 1 0\n");
	bad(1, "out of range", "fail store 1 4294967295\n");
	bad(1, "too few words", "fail store\n");
	bad(1, "no number", "fail store ever\n");
	bad(1, "no number", "fail store 1 off\n");
}

static void what_happens_inside_a_call_is_understood(void **state)
{
	const struct trace_directive *d =
		good("its 2\ninside read 3 run all\ninside any 1 mem 0x1000 a5\n"
		     "inside store 2 guest 0x2000 1\ninside off\n");

	(void)state;
	assert_int_equal(d[1].kind, TRACE_RUN);
	assert_int_equal(d[1].its, 2);
	assert_int_equal(d[1].u.run, TRACE_RUN_ALL);
	assert_int_equal(d[1].inside.where, TRACE_IN_READ);
	assert_int_equal(d[1].inside.nth, 3);
	assert_int_equal(d[2].kind, TRACE_MEM);
	assert_int_equal(d[2].inside.where, TRACE_IN_ANY);
	assert_memory_equal(trace_mem(&trace, &d[2]), "\xa5", 1);
	assert_int_equal(d[3].kind, TRACE_GUEST);
	assert_int_equal(d[3].inside.where, TRACE_CB_STORE);
	assert_int_equal(d[4].kind, TRACE_INSIDE_OFF);
	d = good("machine rds=1\ninside read 2 rd 3 lost\n");
	assert_int_equal(d[1].kind, TRACE_RD_LOST);
	assert_int_equal(d[1].u.value, 3);
	assert_int_equal(d[1].inside.nth, 2);
	bad(2, "none of run, mem, guest, rd N lost",
	    "machine rds=1\ninside read 2 rd 3 power off\n");
	bad(1, "no callback", "inside\n");
	bad(1, "no callback", "inside event 1 poll\n");
	bad(1, "too few words", "inside read 1\n");
	bad(1, "out of range", "inside read 0 run 1\n");
	bad(1, "none of run, mem, guest", "inside read 1 poll\n");
	bad(1, "too few words", "inside read 1 run\n");
}

static void power_and_sleep_are_understood(void **state)
{
	const struct trace_directive *d =
		good("power\npower cbaser cwriter=0x40 basers=0x81 enabled told\nsleep 3\nwake 4\n"
		     "gone\n! TABLE_SIZE\nmsi 5 6\ninject 7\ninject 1 0x05 stays\ninject off\n");

	(void)state;
	assert_int_equal(d[0].kind, TRACE_POWER);
	assert_false(d[0].u.power.cbaser || d[0].u.power.unknown || d[0].u.power.enabled ||
		     d[0].u.power.told);
	assert_int_equal(d[0].u.power.basers, 0);
	assert_true(d[1].u.power.cbaser && d[1].u.power.unknown && d[1].u.power.enabled &&
		    d[1].u.power.told);
	assert_int_equal(d[1].u.power.cwriter, 0x40);
	assert_int_equal(d[1].u.power.basers, 0x81);
	assert_int_equal(d[2].u.sleep.pe, 3);
	assert_true(d[2].u.sleep.asleep);
	assert_int_equal(d[3].u.sleep.pe, 4);
	assert_false(d[3].u.sleep.asleep);
	assert_int_equal(d[4].kind, TRACE_GONE);
	assert_int_equal(d[6].u.msi.device, 5);
	assert_int_equal(d[6].u.msi.event, 6);
	assert_int_equal(d[7].u.inject.nth, 7);
	assert_false(d[7].u.inject.stays);
	assert_int_equal(d[8].u.inject.opcode, 5);
	assert_true(d[8].u.inject.stays);
	assert_int_equal(d[9].u.inject.nth, 0);
	bad(1, "none of cbaser", "power lost\n");
	bad(1, "out of range", "power basers=0x100\n");
	bad(1, "out of range", "sleep 1024\n");
	bad(1, "too few words", "wake\n");
	bad(1, "too many words", "gone 1\n");
	bad(1, "too many words", "inject 1 2 3\n");
	bad(1, "out of range", "inject 1 256\n");
	bad(1, "out of range", "inject 0\n");
	bad(1, "too few words", "msi 1\n");
}

static void redistributors_are_understood(void **state)
{
	const struct trace_directive *d =
		good("machine rds=1 vlpis=1\nrd 2 before 0x4364078f 9\nrd 1 w32 0x70 7\n"
		     "rd 3 r64 0x20078 0xffffffffffffffff\n! A\nrd 1 power off\n"
		     "rd 1 power on props enable\n! A\nrd 5 lost\nrd adopt\n! A\nrd gone\n! A\n"
		     "hw rwp 3\nhw rwp ever\n? lpi 1 8192 pending\n? lpi 2 8193 idle\n");

	(void)state;
	assert_int_equal(trace.machine.before_count, 1);
	assert_int_equal(trace.machine.before[0].rd, 2);
	assert_int_equal(trace.machine.before[0].prop, 0x4364078f);
	assert_int_equal(trace.machine.before[0].pend, 9);
	assert_int_equal(d[1].kind, TRACE_RD_BEFORE);
	assert_int_equal(d[2].kind, TRACE_RD_WRITE);
	assert_int_equal(d[2].u.access.rd, 1);
	assert_int_equal(d[2].u.access.offset, 0x70);
	assert_int_equal(d[2].u.access.width, 4);
	assert_int_equal(d[2].u.access.value, 7);
	assert_int_equal(d[3].kind, TRACE_RD_READ);
	assert_int_equal(d[3].u.access.rd, 3);
	assert_int_equal(d[3].u.access.offset, 0x20078);
	assert_int_equal(d[3].u.access.width, 8);
	assert_int_equal(d[5].kind, TRACE_RD_POWER);
	assert_int_equal(d[5].u.rd_power.rd, 1);
	assert_false(d[5].u.rd_power.on);
	assert_true(d[6].u.rd_power.on && d[6].u.rd_power.props && d[6].u.rd_power.enable);
	assert_int_equal(d[8].kind, TRACE_RD_LOST);
	assert_int_equal(d[8].u.value, 5);
	assert_int_equal(d[9].kind, TRACE_RD_ADOPT);
	assert_int_equal(d[11].kind, TRACE_RD_GONE);
	assert_int_equal(d[13].kind, TRACE_HW_RWP);
	assert_int_equal(d[13].u.value, 3);
	assert_int_equal(d[14].u.value, TRACE_RWP_EVER);
	assert_int_equal(d[15].kind, TRACE_EXPECT_LPI);
	assert_int_equal(d[15].u.lpi.rd, 1);
	assert_int_equal(d[15].u.lpi.intid, 8192);
	assert_true(d[15].u.lpi.pending);
	assert_false(d[16].u.lpi.pending);
}

static void what_is_wrong_with_redistributors_is_said(void **state)
{
	(void)state;
	bad(1, "rds=1", "rd 0 w32 0 1\n");
	bad(1, "rds=1", "? lpi 0 8192 idle\n");
	bad(2, "too few words", "machine rds=1\nrd\n");
	bad(2, "none of adopt, gone", "machine rds=1\nrd 0\n");
	bad(2, "no number", "machine rds=1\nrd adopt now\n");
	bad(2, "out of range", "machine rds=1\nrd 1024 w32 0 1\n");
	bad(2, "no access", "machine rds=1\nrd 0 w33 0 1\n");
	bad(2, "too few words", "machine rds=1\nrd 0 w32 0\n");
	bad(2, "too few words", "machine rds=1\nrd 0 before 1\n");
	bad(3, "before any access", "machine rds=1\nrd 0 r32 0 0\nrd 0 before 1 2\n");
	bad(3, "must come before any access", "machine rds=1\nrd 0 r32 0 0\nmachine ces=0\n");
	bad(2, "only 8", "machine rds=1\nrd 8 before 1 2\n");
	bad(2, "power off", "machine rds=1\nrd 0 power\n");
	bad(2, "power off", "machine rds=1\nrd 0 power off props\n");
	bad(2, "none of props", "machine rds=1\nrd 0 power on cbaser\n");
	bad(2, "too many words", "machine rds=1\nrd 0 lost 1\n");
	bad(2, "none of pending", "machine rds=1\n? lpi 0 8192 on\n");
	bad(1, "none of donate", "machine pending=kept\n");
	bad(1, "14 to 24", "machine lpi_limit=13\n");
	bad(1, "out of range", "machine common_lpi_aff=4\n");
	bad(1, "out of range", "hw rwp 4294967295\n");
	bad(1, "end of the address space", "machine rds=1 rd=0xfffffffff0000\n");
}

static void expectations_are_understood(void **state)
{
	const struct trace_directive *d =
		good("w32 2 0\n! BAD_ALIGNMENT\n! BAD_WIDTH\n? owner 0x40000000 host\n"
		     "? owner 0x40001000 shared\n? owner 0x40002000 hyp\n? owner 3 guest\n"
		     "? pages 7\n? reg 0x0080 0xb800000000000000\n? reg 0 1\n? reg 0x104 1\n"
		     "? devices 0\n");

	(void)state;
	assert_int_equal(d[1].kind, TRACE_EXPECT_REFUSAL);
	assert_string_equal(d[1].u.reason, "BAD_ALIGNMENT");
	assert_string_equal(d[2].u.reason, "BAD_WIDTH");
	for (unsigned i = 0; i < TRACE_OWNERS; i++) {
		assert_int_equal(d[3 + i].kind, TRACE_EXPECT_OWNER);
		assert_int_equal(d[3 + i].u.owner.owner, i);
	}
	assert_int_equal(d[4].u.owner.pa, 0x40001000);
	assert_int_equal(d[7].kind, TRACE_EXPECT_PAGES);
	assert_int_equal(d[7].u.value, 7);
	assert_int_equal(d[8].kind, TRACE_EXPECT_REG);
	assert_int_equal(d[8].u.access.width, 8);
	assert_int_equal(d[9].u.access.width, 4);
	assert_int_equal(d[10].u.access.width, 4);
	assert_int_equal(d[11].kind, TRACE_EXPECT_DEVICES);
}

static void a_refusal_may_follow_what_can_refuse(void **state)
{
	(void)state;
	good("w32 0 0\n! A\n");
	good("r32 0 0\n! A\n! B\n");
	good("run 1\n\n# between\n! A\n");
	good("poll\n! A\n");
	good("hw eager\n! A\n");
	bad(1, "stands directly above", "! A\n");
	bad(2, "stands directly above", "mem 0 00\n! A\n");
	bad(3, "stands directly above", "w32 0 0\n? pages 0\n! A\n");
	bad(3, "stands directly above", "guest 0 1\n!guest\n! A\n");
	bad(1, "stands directly above", "!guest\n");
	bad(2, "stands directly above", "w32 0 0\n!guest\n");
	bad(3, "stands directly above", "guest 0 1\n!guest\n!guest\n");
}

static bool only_read_only(const char *name, const char **nearest)
{
	*nearest = "READ_ONLY";
	return !strcmp(name, "READ_ONLY");
}

static void reasons_are_checked_by_whoever_knows_them(void **state)
{
	static const char known[] = "w32 4 1\n! READ_ONLY\n";
	static const char unknown[] = "w32 4 1\n! READ_ONLX\n";

	(void)state;
	assert_int_equal(trace_parse(known, strlen(known), "t", only_read_only, &trace, &error), 0);
	trace_free(&trace);
	assert_int_equal(trace_parse(unknown, strlen(unknown), "t", only_read_only, &trace, &error),
			 -1);
	assert_string_equal(error.message,
			    "t:2: unknown reason \"READ_ONLX\", did you mean READ_ONLY?");
	bad(2, "unknown reason", "w32 0 0\n! read_only\n");
	bad(2, "unknown reason", "w32 0 0\n! AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n");
}

/* ---- order ---- */

static void the_world_is_fixed_by_accesses(void **state)
{
	(void)state;
	bad(2, "must come before any access", "r32 0 0\nmachine page=4096\n");
	bad(3, "must come before any access", "its 1\nw32 0 0\nmachine page=4096\n");
	bad(2, "cannot change after an access", "r32 0 0\nbaser 0 page=4k\n");
	bad(2, "does not repeat", "r32 0 0\ntyper 0x3f0001efb3\n");
	bad(2, "does not repeat", "typer 1\ntyper 2\n");
	good("r32 0 0\ntyper 0x1f0001efb1\nbaser 0 page=64k\n");
	good("typer 5\nr32 0 0\ntyper 5\n");
	/* Accesses to one ITS do not fix another. */
	good("r32 0 0\nits 1\ntyper 3\nbaser 0 page=4k\nr32 0 0\ntyper 3\n");
	bad(3, "does not repeat", "its 1\nr32 0 0\ntyper 3\n");
	good("mem 0x40000000 00\nmachine page=16384\n");
}

static void a_key_given_twice_must_say_the_same(void **state)
{
	(void)state;
	bad(2, "given before", "machine page=4096\nmachine page=16384\n");
	bad(1, "given before", "machine pes=4 pes=5\n");
	bad(2, "given before", "baser 0 page=4k\nbaser 0 page=16k\n");
	good("machine page=4096\nmachine page=4096 pes=4\nbaser 0 page=4k\nbaser 0 page=4k\n");
	bad(1, "overlaps", "machine ram=0x1000+0x2000 ram=0x2000+0x1000\n");
}

/* ---- malformed lines ---- */

static void malformed_words_are_refused(void **state)
{
	(void)state;
	bad(1, "unknown directive \"w33\", did you mean w", "w33 0 0\n");
	bad(1, "unknown directive \"guset\", did you mean guest?", "guset 0 0x1000\n");
	bad(1, "unknown directive \"mpad\", did you mean mapd?", "mpad dev=1 itt=0\n");
	bad(1, "unknown directive", "W32 0 0\n");
	bad(1, "unknown directive", "!READ_ONLY\n");
	bad(2, "unknown directive", "# x\nnonsense\n");
	bad(1, "too few words", "w32 0\n");
	bad(1, "too many words", "w32 0 0 0\n");
	bad(1, "too few words", "mem 0\n");
	bad(1, "too few words", "machine\n");
	bad(1, "too few words", "baser 0\n");
	bad(1, "too few words", "typer\n");
	bad(1, "too few words", "its\n");
	bad(1, "too few words", "hw\n");
	bad(1, "too many words", "hw eager manual\n");
	bad(1, "too few words", "run\n");
	bad(1, "too many words", "poll 1\n");
	bad(1, "too few words", "guest 0\n");
	bad(1, "too few words", "fail share\n");
	bad(1, "too few words", "!\n");
	bad(1, "too many words", "!guest x\n");
	bad(1, "none of owner", "?\n");
	bad(1, "none of owner", "? what 1\n");
	bad(1, "too few words", "? owner 0\n");
	bad(1, "too many words", "? pages 0 0\n");
	bad(1, "too few words", "? granules\n");
	bad(1, "too few words", "? reg 0\n");
	bad(1, "none of eager", "hw fast\n");
	bad(1, "none of share", "fail event 1\n");
	bad(1, "none of host", "? owner 0 nobody\n");
	bad(1, "byte 0x01", "poll\x01\n");
	bad(1, "byte 0xc3", "poll \xc3\xa9\n");
	bad(1, "byte 0x7f", "poll\x7f\n");
	good("poll # caf\xc3\xa9 \x01\n");
}

static void malformed_numbers_are_refused(void **state)
{
	(void)state;
	bad(1, "no number", "w32 x 0\n");
	bad(1, "no number", "w32 0x 0\n");
	bad(1, "no number", "w32 0X1 0\n");
	bad(1, "no number", "w32 -1 0\n");
	bad(1, "no number", "w32 1a 0\n");
	bad(1, "no number", "w64 0 0x10000000000000000\n");
	bad(1, "no number", "w64 0 18446744073709551616\n");
	bad(1, "out of range", "w32 0x100000000 0\n");
	bad(1, "out of range", "w32 0 0x100000000\n");
	bad(1, "out of range", "r16 0 65536\n");
	bad(1, "out of range", "its 16\n");
	bad(1, "out of range", "baser 8 page=4k\n");
	bad(1, "out of range", "run 0xffffffff\n");
	bad(1, "out of range", "guest 0x10000000000000 1\n");
	bad(1, "out of range", "guest 0xfffffffffffff 2\n");
	bad(1, "out of range", "guest 0 0\n");
	bad(1, "out of range", "fail share 0\n");
	bad(1, "out of range", "? owner 0x10000000000000 host\n");
	bad(1, "out of range", "? reg 0 0x100000000\n");
	good("guest 0xfffffffffffff 1\nmem 0xfffffffffffff 00\n");
	bad(1, "out of range", "mem 0xfffffffffffff 0000\n");
	bad(1, "odd number", "mem 0 000\n");
	bad(1, "not two hexadecimal", "mem 0 0g\n");
	bad(1, "not two hexadecimal", "mem 0 0x00\n");
}

static void malformed_settings_are_refused(void **state)
{
	(void)state;
	bad(1, "KEY=VALUE", "machine page\n");
	bad(1, "unknown key", "machine type=1\n");
	bad(1, "unknown key \"pagse\", did you mean page?", "machine pagse=1\n");
	bad(1, "unknown key \"typ\", did you mean type?", "baser 0 typ=1\n");
	bad(1, "unknown key", "baser 0 pes=1\n");
	bad(1, "unknown key", "machine =1\n");
	bad(1, "must be 4096", "machine page=8192\n");
	bad(1, "multiple of", "machine page=4097\n");
	bad(1, "out of range", "machine pa_bits=53\n");
	bad(1, "out of range", "machine pa_bits=31\n");
	bad(1, "out of range", "machine pes=0\n");
	bad(1, "out of range", "machine pta=2\n");
	bad(1, "multiple of", "machine rd=0x1000\n");
	bad(1, "out of range", "machine lpi_bits=13\n");
	bad(1, "none of share", "machine itt=keep\n");
	bad(1, "none of 4k", "baser 0 page=4096\n");
	bad(1, "out of range", "baser 0 entry=33\n");
	bad(1, "out of range", "baser 0 entry=0\n");
	bad(1, "BASE+LENGTH", "machine ram=0x1000\n");
	bad(1, "multiples of 4096", "machine ram=0x1000+0x1001\n");
	bad(1, "out of range", "machine ram=0x1000+0\n");
	bad(1, "out of range", "machine ram=0xffffffffff000+0x2000\n");
	bad(1, "out of range", "machine devices=1\n");
	bad(1, "no number", "machine pes=\n");
	bad(1, "must be 0, or 2 to 2047", "machine depth=1\n");
	bad(1, "out of range", "machine depth=2048\n");
	bad(1, "type: must be 0, 1, 2 or 4", "baser 0 type=3\n");
	bad(1, "type: must be 0, 1, 2 or 4", "baser 0 type=7\n");
}

/* What only the whole trace can tell is the fault of the line that gave the value. */
static void keys_that_do_not_go_together_are_refused_with_their_line(void **state)
{
	(void)state;
	bad(2, "asleep: 7, but", "machine pes=4 asleep=1\nmachine asleep=7\npoll\n");
	bad(2, "rd: redistributors pass", "machine pta=1\nmachine rd=0xfffffffff0000\npoll\n");
	bad(1, "rd: redistributors pass", "machine rd=0xfffffffff0000\ntyper 0x1f0009efb1\n");
	good("machine rd=0xfffffffff0000\n");
	bad(3, "ram: passes the end of 40 address bits",
	    "machine pa_bits=40 ram=0+0x1000\nmachine pes=4\n"
	    "machine ram=0x10000000000+0x1000\nmachine ram=0x1000+0x1000\n");
	bad(2, "pa_bits: the RAM that a trace has", "poll\nmachine pa_bits=34\n");
	good("machine pa_bits=35\n");
	good("machine pa_bits=34 ram=0x3fffff000+0x1000\n");
	bad(2, "ram: more than 0x1000000000000 bytes in all",
	    "machine pa_bits=52 ram=0+0x1000000000000\nmachine ram=0x1000000000000+0x1000\n");
}

static void long_lines_are_refused(void **state)
{
	static char text[TRACE_LINE_MAX + 3];

	(void)state;
	memset(text, ' ', sizeof(text));
	text[TRACE_LINE_MAX] = '\n';
	assert_int_equal(trace_parse(text, TRACE_LINE_MAX + 1, "t", NULL, &trace, &error), 0);
	trace_free(&trace);
	text[TRACE_LINE_MAX] = ' ';
	text[TRACE_LINE_MAX + 1] = '\n';
	assert_int_equal(trace_parse(text, TRACE_LINE_MAX + 2, "t", NULL, &trace, &error), -1);
	assert_string_equal(error.message, "t:1: longer than 65535 bytes");
	memset(text, '0', sizeof(text));
	memcpy(text, "mem 0 ", 6);
	assert_int_equal(trace_parse(text, 6 + 2 * TRACE_MEM_MAX, "t", NULL, &trace, &error), 0);
	assert_int_equal(trace.directives[0].u.mem.bytes, TRACE_MEM_MAX);
	trace_free(&trace);
	assert_int_equal(trace_parse(text, 8 + 2 * TRACE_MEM_MAX, "t", NULL, &trace, &error), -1);
	assert_non_null(strstr(error.message, "more than 16384 bytes"));
}

static void too_many_of_a_kind_are_refused(void **state)
{
	char text[4096] = "machine";

	(void)state;
	for (unsigned i = 0; i <= TRACE_RESERVED_MAX; i++)
		snprintf(text + strlen(text), 32, " reserved=%u", i);
	bad(1, "more than 64", text);
	strcpy(text, "machine");
	for (unsigned i = 0; i <= TRACE_RAM_MAX; i++)
		snprintf(text + strlen(text), 32, " ram=0x%x000+4096", i);
	bad(1, "more than 16", text);
	strcpy(text, "machine");
	for (unsigned i = 0; i < 200; i++)
		strcat(text, " pes=1");
	bad(1, "words", text);
}

static void a_nul_byte_is_malformed(void **state)
{
	(void)state;
	assert_int_equal(trace_parse("poll\0x\n", 7, "t", NULL, &trace, &error), -1);
	assert_non_null(strstr(error.message, "byte 0x00"));
}

/* Every prefix, and every byte of it replaced, of a trace with every directive. */
static void any_bytes_are_survived(void **state)
{
	static const char all[] =
		"machine page=4096 ram=0x1000+0x1000 itt=share\nbaser 0 page=any\ntyper 3\nits 1\n"
		"w32 0 0\n! A_B\nr64 8 1\nmem 0x0 00\nhw cache\nrun all\npoll\nguest 0 1\n!guest\n"
		"fail zero 1\nfail zero 1 2\nfail zero 3 ever\nfail zero off\n"
		"inside read 1 run 0\npower cbaser cwriter=1 basers=2 enabled told\n"
		"sleep 1\nwake 1\ngone\nmsi 1 2\ninject 1 2 stays\n? owner 0 hyp\n? "
		"pages 0\n? reg 0 0\n? devices 0\n";
	static const char odd[] = {0, '\n', '#', '=', '+', '!', '?', ' ', '9', 'x', (char)0xff};
	char text[sizeof(all)];

	(void)state;
	for (size_t length = 0; length < sizeof(all); length++) {
		trace_free(&trace);
		(void)trace_parse(all, length, "t", NULL, &trace, &error);
	}
	for (size_t at = 0; at + 1 < sizeof(all); at++) {
		for (size_t i = 0; i < sizeof(odd); i++) {
			memcpy(text, all, sizeof(all));
			text[at] = odd[i];
			trace_free(&trace);
			(void)trace_parse(text, sizeof(all) - 1, "t", NULL, &trace, &error);
		}
	}
}

/* ---- writing ---- */

static char *written(const struct trace *t, size_t *size)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, size);

	assert_non_null(out);
	assert_int_equal(trace_write(out, t), 0);
	fclose(out);
	return text;
}

static void assert_same_directive(const struct trace *a, const struct trace *b, size_t i)
{
	struct trace_directive x = a->directives[i], y = b->directives[i];

	x.line = y.line = 0;
	if (x.kind == TRACE_MEM) {
		assert_int_equal(x.u.mem.bytes, y.u.mem.bytes);
		assert_memory_equal(trace_mem(a, &x), trace_mem(b, &y), x.u.mem.bytes);
	}
	assert_memory_equal(&x, &y, sizeof(x));
}

/* What is written reads back as the same directives and the same world, and writes the same. */
static void assert_round_trip(const char *what)
{
	struct trace again;
	size_t size, size_again;
	char *text = written(&trace, &size), *text_again;

	if (trace_parse(text, size, what, NULL, &again, &error))
		fail_msg("%s", error.message);
	assert_int_equal(again.count, trace.count);
	for (size_t i = 0; i < trace.count; i++)
		assert_same_directive(&trace, &again, i);
	assert_memory_equal(&again.machine, &trace.machine, sizeof(trace.machine));
	assert_memory_equal(again.its, trace.its, sizeof(trace.its));
	text_again = written(&again, &size_again);
	assert_string_equal(text, text_again);
	free(text);
	free(text_again);
	trace_free(&again);
}

static void what_is_written_reads_back(void **state)
{
	(void)state;
	good("machine page=16384 ram=0x80000000+0x1000 ram=0x90000000+4096 pa_bits=52\n"
	     "machine pes=4 pta=1 rd=0x10000000 lpi_bits=20 itt=donate l1_pool=0x10000 forgets=1\n"
	     "machine pages=2 devices=3 journal=4 depth=5 budget=6 kept=7 event_bits=8\n"
	     "machine table_pages=9 itt_entry=16 reserved=0x10 asleep=3 hide_virtual=1 itt=donate\n"
	     "machine rds=1 ces=0 ir=1 direct_lpi=1 rvpeid=1 vlpis=1 ds=1 common_lpi_aff=2\n"
	     "machine dpgs=1 rd_attr=0 rd_prop=0x4364078f lpi_limit=20 lpi_tables=3 pending=share "
	     "zero_pending=1\n"
	     "rd 2 before 0x4364078f 9\nrd 1 w8 0x70 7\nrd 3 r64 0x20078 0xffffffffffffffff\n! A\n"
	     "rd 1 power off\nrd 1 power on\nrd 1 power on props enable\nrd 1 power on enable\n"
	     "rd 5 lost\nrd adopt\nrd gone\nhw rwp 3\nhw rwp ever\n? lpi 1 8192 pending\n"
	     "? lpi 2 8193 idle\n"
	     "baser 0 type=4 entry=16 page=any indirect=0\nbaser 7 page=16k\ntyper 9\nits 2\n"
	     "w8 1 2\nw16 2 3\nw32 0x0088 0x40\nw64 0x80 0xffffffffffffffff\n! A\n! B_2\n"
	     "r8 1 2\nr16 0 1\nr32 0 0\nr64 8 9\nmem 0x40000000 00ff10\nits 0\nhw manual\n"
	     "hw stall\nrun 0\nrun all\npoll\nguest 1 2\n!guest\nfail reclaim 4294967295\n"
	     "fail zero 1 2\nfail zero 3 ever\nfail zero off\ninside read 2 run all\n"
	     "inside any 1 mem 0 00\ninside write 3 guest 0 1\ninside off\nmsi 1 2\n"
	     "inject 3\ninject 4 0x05 stays\ninject off\nsleep 1\nwake 1\npower\n"
	     "power cbaser cwriter=0x40 basers=0x3 enabled told\ngone\n"
	     "? owner 1 shared\n? pages 18446744073709551615\n? reg 0x90 0x1\n? devices 3\n"
	     "? granules 4\n? errors 5\n");
	assert_round_trip("t");
}

static void the_number_of_the_its_is_written_where_it_changes(void **state)
{
	struct trace_directive two[2] = {{.kind = TRACE_POLL, .its = 1}, {.kind = TRACE_POLL}};
	struct trace made = {.directives = two, .count = 2};
	size_t size;
	char *text = written(&made, &size);

	(void)state;
	assert_string_equal(text, "its 1\npoll\nits 0\npoll\n");
	free(text);
}

static void long_memory_is_written_in_several_lines(void **state)
{
	static uint8_t bytes[2 * TRACE_MEM_MAX + 1];
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	bytes[2 * TRACE_MEM_MAX] = 0xee;
	assert_int_equal(trace_write_mem(out, 0x1000, bytes, sizeof(bytes)), 0);
	fclose(out);
	good(text);
	free(text);
	assert_int_equal(trace.count, 3);
	assert_int_equal(trace.directives[2].u.mem.pa, 0x1000 + 2 * TRACE_MEM_MAX);
	assert_int_equal(*trace_mem(&trace, &trace.directives[2]), 0xee);
}

/* ---- files ---- */

static void a_directory_is_an_error(void **state)
{
	FILE *in = fopen(ITSG_SOURCE_DIR, "r");

	(void)state;
	assert_non_null(in);
	assert_int_equal(trace_read(in, "dir", NULL, &trace, &error), -1);
	assert_string_equal(error.message, "dir: Is a directory");
	assert_int_equal(error.line, 0);
	fclose(in);
}

/* Reads every trace of a folder of the corpus and round-trips it; the number of traces. */
static unsigned read_folder(const char *folder)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	unsigned count = 0;

	while (dir && (entry = readdir(dir))) {
		char path[4096];
		FILE *in;

		if (!strstr(entry->d_name, ".trace"))
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		in = fopen(path, "r");
		assert_non_null(in);
		trace_free(&trace);
		if (trace_read(in, path, NULL, &trace, &error))
			fail_msg("%s", error.message);
		fclose(in);
		assert_round_trip(path);
		count++;
	}
	if (dir)
		closedir(dir);
	return count;
}

static void every_capture_reads_and_round_trips(void **state)
{
	(void)state;
	assert_true(read_folder(ITSG_CORPUS_DIR "/captures") >= 8);
}

static void every_case_reads_and_round_trips(void **state)
{
	(void)state;
	(void)read_folder(ITSG_CORPUS_DIR "/cases");
}

#define T(test) cmocka_unit_test_teardown(test, release)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(an_empty_trace_has_the_default_world),
		T(machine_lines_set_every_key),
		T(basers_and_typers_belong_to_their_its),
		T(accesses_have_offset_width_and_value),
		T(mem_holds_bytes),
		T(commands_are_stored_where_the_next_one_belongs),
		T(hardware_and_others_are_understood),
		T(callbacks_fail_in_runs),
		T(what_happens_inside_a_call_is_understood),
		T(power_and_sleep_are_understood),
		T(redistributors_are_understood),
		T(what_is_wrong_with_redistributors_is_said),
		T(expectations_are_understood),
		T(a_refusal_may_follow_what_can_refuse),
		T(reasons_are_checked_by_whoever_knows_them),
		T(the_world_is_fixed_by_accesses),
		T(a_key_given_twice_must_say_the_same),
		T(malformed_words_are_refused),
		T(malformed_numbers_are_refused),
		T(malformed_settings_are_refused),
		T(keys_that_do_not_go_together_are_refused_with_their_line),
		T(long_lines_are_refused),
		T(too_many_of_a_kind_are_refused),
		T(a_nul_byte_is_malformed),
		T(any_bytes_are_survived),
		T(what_is_written_reads_back),
		T(the_number_of_the_its_is_written_where_it_changes),
		T(long_memory_is_written_in_several_lines),
		T(a_directory_is_an_error),
		T(every_capture_reads_and_round_trips),
		T(every_case_reads_and_round_trips),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
