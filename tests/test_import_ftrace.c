/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* itsguard import ftrace, and script/record-ftrace, which makes Linux tell. */
#include "cli.h"

#define LOGS   ITSG_SOURCE_DIR "/tests/logs/"
#define RECORD ITSG_SOURCE_DIR "/script/record-ftrace"

#define HEAD                                                                                       \
	"            init-1       [001] d....     3.878157: commands: "                            \
	"(its_wait_for_range_completion+0x0/0xf0) "
#define NONE  "{0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0}"

#define MAPD  "0x800000008,0x0,0x8000000042f35c00,0x0"
#define MAPTI "0x80000000a,0x200000000000,0x3,0x0"
#define INV   "0x80000000c,0x0,0x0,0x0"
#define SYNC  "0x5,0x0,0x10000,0x0"
#define MOVI  "0x800000001,0x0,0x2,0x0"

/* An ITS whose device table has two levels; redistributors are named by what TYPER says. */
#define ITS_OF(address, typer, at)                                                                 \
	"# itsguard: its " address " typer=" typer " cbaser=0xb8000000" at "8040f "                \
	"baser0=0xf9070000" at "90600 baser1=0xbc070000" at "a0600 baser2=0x0 baser3=0x0 "         \
	"baser4=0x0 baser5=0x0 baser6=0x0 baser7=0x0\n"
#define ITS     ITS_OF("0x08080000", "0x1f0001efb1", "425")
#define MACHINE "# itsguard: linux 6.1\n# itsguard: ram 0x40000000-0x7fffffff\n"

/* What one wait tells, of commands that end at that offset of the queue. */
#define POST(to, words)                                                                            \
	HEAD "its=0xffff6d01c251e400 to=0xffff6d01c258" to " before={" words "} end=" NONE "\n"

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static void a_recorded_boot_replays_without_a_refusal(void **state)
{
	(void)state;
	runs(0, "itsguard import -o t.trace ftrace " LOGS "ftrace-linux-6.1-boot.log; "
		"itsguard replay --json t.trace | tail -n 1");
	says("\"commands\":12,\"accepted\":12,\"refused\":0,\"violations\":0,");
	says("\"devices_end\":2,");
	runs(0, "cat t.trace");
	says("# Made by itsguard import ftrace: Linux 6.1.0-50-arm64, since its boot.");
	says("\nmachine ram=0x40000000+0x40000000\n");
	says("\ntyper 0x1f0001efb1\n");
	says("\nmapd dev=0x8 size=0 itt=0x42791a00\n");
	/* A boot is seen from its drivers on: collections come earlier. */
	says("\nmapc coll=0x1 rdbase=0x10000 # assumed: mapped before\n"
	     "mapti dev=0x10 event=0x0 intid=0x2001 coll=0x1\nsync rdbase=0x10000\n");
}

static void what_a_running_kernel_does_replays_too(void **state)
{
	(void)state;
	runs(0, "itsguard import -o t.trace ftrace " LOGS "ftrace-linux-6.12.log; "
		"itsguard replay --json t.trace | tail -n 1");
	says("\"commands\":36,\"accepted\":36,\"refused\":0,\"violations\":0,");
	runs(0, "itsguard show t.trace");
	says("guard  accepts mapd dev=0x8 size=0 itt=0x4310f400");
	says_not("error");
	runs(0, "cat t.trace");
	says("\nmapd dev=0x8 size=10 itt=0x83fe8000 # assumed: mapped before, size and ITT\n"
	     "mapc coll=0x0 rdbase=0x0 # assumed: mapped before\n"
	     "mapti dev=0x8 event=0x0 intid=0x2000 coll=0x0 # assumed: mapped before, intid and "
	     "coll\n"
	     "inv dev=0x8 event=0x0\n");
	/* And no more once it was unmapped. */
	runs(0, "grep -c 'mapd dev=0x8.*assumed' t.trace");
	assert_int_equal(atoi(output), 1);
}

static void a_barrier_tells_where_a_collection_is_but_not_that_of_a_movi(void **state)
{
	(void)state;
	put_text("log", MACHINE ITS POST("0020", MAPD "," MAPD) POST("0060", MAPTI "," SYNC)
				POST("00a0", MOVI "," SYNC));
	/* Of the first the half that lies before the queue is none of it. */
	runs(0, "itsguard import ftrace log");
	says("\nmem 0x42590000 0000ff8300000080 # assumed: level 2 of IDs 0x0 to 0x1fff\n"
	     "mapd dev=0x8 size=0 itt=0x42f35c00\nw32 0x0088 0x20 ");
	says("\nmapc coll=0x3 rdbase=0x10000 # assumed: mapped before\nmapti dev=0x8 ");
	says("\nmapc coll=0x2 rdbase=0x20000 # assumed: mapped before\nmovi dev=0x8 ");
	runs(0, "itsguard import -o t.trace ftrace log && itsguard replay t.trace");
}

static void before_the_start_of_the_queue_is_its_end(void **state)
{
	(void)state;
	put_text("log", MACHINE ITS POST("ffe0", INV "," MAPD) HEAD
		 "its=0xffff6d01c251e400 to=0xffff6d01c2580020 before={0x1,0x2,0x3,0x4," SYNC
		 "} end={" MAPTI ",0x1,0x2,0x3,0x4}\n" HEAD
		 "its=0xffff6d01c251e400 to=0xffff6d01c2580060 before={" INV "," SYNC
		 "} end=(fault)\n");
	runs(0, "itsguard import ftrace log");
	says("\nmapti dev=0x8 event=0x0 intid=0x2000 coll=0x3\nsync rdbase=0x10000\nw32 0x0088 "
	     "0x80 ");
	says("\ninv dev=0x8 event=0x0\nsync rdbase=0x10000\n");
	says_not("# lost");
	put_text("log",
		 MACHINE ITS HEAD "its=0xffff6d01c251e400 to=0xffff6d01c2580000 before=(fault) "
				  "end={" INV "," SYNC "}\n");
	runs(0, "itsguard import ftrace log");
	says("\ninv dev=0x8 event=0x0\nsync rdbase=0x10000\n");
}

static void the_order_is_the_queues(void **state)
{
	(void)state;
	put_text("log", MACHINE ITS POST("0020", MAPD "," MAPD) POST("00a0", INV "," SYNC)
				POST("0060", MAPTI "," SYNC));
	runs(0, "itsguard import ftrace log | grep -e '^mapti' -e '^inv' -e lost");
	assert_string_equal(output, "mapti dev=0x8 event=0x0 intid=0x2000 coll=0x3\n"
				    "inv dev=0x8 event=0x0\n");
}

static void what_is_lost_is_said(void **state)
{
	(void)state;
	put_text("log", MACHINE ITS POST("0020", MAPD "," MAPD) POST("00e0", MAPTI "," SYNC)
				POST("0120", INV "," SYNC));
	runs(0, "itsguard import ftrace log");
	says("\n# lost: 4 commands\n");
	runs(0, "itsguard import ftrace log | grep -c lost");
	assert_int_equal(atoi(output), 1);
	says_not("# lost: 0");
}

static void redistributors_with_addresses_get_numbers(void **state)
{
	(void)state;
	put_text("log",
		 MACHINE ITS_OF("0x08080000", "0x1f0009efb1", "425") POST("0020", MAPD "," MAPD)
			 POST("0060", MAPTI ",0x5,0x0,0x80a0000,0x0")
				 POST("00a0", INV ",0x5,0x0,0x80e0000,0x0"));
	runs(0, "itsguard import ftrace log");
	says("\ntyper 0x1f0001efb1 # assumed: redistributors have numbers\n");
	says("coll=0x3\nsync rdbase=0x0\n");
	says("inv dev=0x8 event=0x0\nsync rdbase=0x10000\n");
}

/* By where their queues are, for a log does not say which is which. */
static void of_two_its_each_has_its_commands(void **state)
{
	(void)state;
	put_text("log", MACHINE ITS ITS_OF("0x09080000", "0x1f0001efb1", "426") HEAD
		 "its=0xffff6d01c251e900 to=0xffff6d01c2680040 before={" INV "," SYNC "} end=" NONE
		 "\n" POST("0020", MAPD "," MAPD));
	runs(0, "itsguard import ftrace log");
	says("\nits 1\n# The ITS at 0x9080000\ntyper ");
	says("\nmem 0x42690000 ");
	says("\nits 0\nmem 0x42590000 ");
	runs(0, "itsguard import -o t.trace ftrace log; itsguard replay t.trace");
	put_text("log",
		 MACHINE ITS ITS_OF("0x09080000", "0x1f0001efb1", "426") POST("0020", MAPD "," MAPD)
			 HEAD "its=0xffff6d01c251e900 to=0xffff6d01c2700040 before={" INV "," SYNC
			      "} end=" NONE "\n");
	runs(3, "itsguard import ftrace log");
	says("commands of an ITS that the log does not tell of");
}

static void without_registers_they_are_assumed(void **state)
{
	(void)state;
	put_text("log", "# itsguard: its 0x08080000\n" POST("0020", MAPD "," MAPD));
	runs(0, "itsguard import -o t.trace ftrace log; cat t.trace");
	says("\ntyper 0x1f0001efb1 # assumed: all registers\n");
	says("\nmachine ram=0x40000000+0x400000000 # assumed: RAM\n");
	runs(0, "itsguard replay t.trace");
	put_text("log", POST("0020", MAPD "," MAPD));
	runs(0, "itsguard import -o t.trace ftrace log; itsguard replay t.trace");
}

static void ram_of_many_pieces_is_taken_in_large_ones(void **state)
{
	(void)state;
	put_text("log",
		 "# itsguard: ram 0x40000000-0x7bffffff\n# itsguard: ram 0x7c010000-0x7fffffff\n"
		 "# itsguard: ram 0x8800000000-0x8fffffffff\n" ITS POST("0020", MAPD "," MAPD));
	runs(0, "itsguard import -o t.trace ftrace log; cat t.trace");
	says("\nmachine ram=0x40000000+0x40000000\nmachine ram=0x8800000000+0x800000000\n"
	     "machine ram=0x9000000000+");
	runs(0, "itsguard replay t.trace");
}

/* Virtual interrupts are nothing that a guard shows. */
static void what_is_virtual_is_hidden(void **state)
{
	(void)state;
	put_text("log", MACHINE
		 "# itsguard: its 0x08080000 typer=0x1f0001efb3 cbaser=0xb80000004258040f "
		 "baser0=0xf907000042590600 baser1=0xbc070000425a0600 baser2=0xba070000425b0600 "
		 "baser3=0x0 baser4=0x0 baser5=0x0 baser6=0x0 baser7=0x0\n" POST("0020",
										 MAPD "," MAPD));
	runs(0, "itsguard import -o t.trace ftrace log; cat t.trace");
	says("\nmachine hide_virtual=1\n");
	says("\nbaser 2 type=2 entry=8\n");
	says_not("0xba070000425b0600");
	runs(0, "itsguard replay t.trace");
}

static void what_is_no_such_log_is_status_3(void **state)
{
	static const char *const bad[] = {
		"nothing\n",
		MACHINE ITS,
		HEAD "nonsense\n",
		POST("0008", MAPD "," MAPD),
		POST("0020", "0x1,0x2"),
		HEAD "its=0x1 to=0x20040 before=(fault) end=(fault)\n",
		HEAD "its=0x1 to=0x20000 before=" NONE " end=(fault)\n",
		POST("0020", MAPD "," MAPD) HEAD "its=0xffff6d01c251e400 to=0x20 before=" NONE
						 " end=" NONE "\n",
		"# itsguard: ram 0x2000-0x1000\n",
		"# itsguard: ram 0x2000-0x2fff\n# itsguard: ram 0x1000-0x1fff\n",
		"# itsguard: its somewhere\n",
		"# itsguard: its 0x8080000 typer=0x1\n",
		"# itsguard: its 0x8080000 typer=0x1 cbaser=0xb800000042580400\n",
		"# itsguard: its 0x8080000 typer=0x1 cbaser=0xb80000004258040f baser0=0x0\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		put_text("bad", bad[i]);
		runs(3, "itsguard import ftrace bad");
	}
	runs(0, "head -c 100000 /dev/urandom >noise; itsguard import ftrace noise; test $? -eq 3");
	runs(2, "itsguard import fetrace log");
	says("did you mean ftrace?");
}

/* ---- the script: with a folder in place of the kernel's ---- */

static void make_tracefs(const char *trace)
{
	runs(0, "rm -rf fs && mkdir fs && : >fs/set_event && "
		"echo 'p:itsguard/commands its_wait_for_range_completion' >fs/kprobe_events");
	put_text("fs/trace", trace);
}

static void the_recorder_ends_with_all_as_it_was(void **state)
{
	(void)state;
	make_tracefs("# tracer: nop\n" POST("0100", INV "," SYNC));
	runs(0, "TRACEFS=fs ITS=0x8080000 " RECORD " stop >log 2>says; cat log");
	says("# itsguard: linux ");
	says("\n# itsguard: since boot\n");
	says("\n# itsguard: its 0x8080000");
	runs(0, "cat fs/set_event fs/kprobe_events");
	says("!itsguard:commands\n");
	says("\n-:itsguard/commands\n");
	runs(0, "itsguard import ftrace log");
	says("\ninv dev=0x8 event=0x0\nsync rdbase=0x10000\n");
	runs(0, ": >fs/kprobe_events; TRACEFS=fs " RECORD " stop; test $? -eq 1");
	says("nothing records: start first");
}

/* Whatever lies next to it in memory is nobody's business. */
static void the_recorder_lets_out_nothing_but_the_queue(void **state)
{
	(void)state;
	make_tracefs(POST("0100", INV "," SYNC) HEAD
		     "its=0x1 to=0x20000 before={0x61,0x62,0x63,0x64,0x65,0x66,0x67,0x68} end={" INV
		     "," SYNC "}\n" HEAD "its=0x1 to=0x20020 before={0x61,0x62,0x63,0x64," SYNC
		     "} end={" INV ",0x65,0x66,0x67,0x68}\n" HEAD "its=0x1 to=0x20060 before={" INV
		     "," SYNC "} end={0x61,0x62,0x63,0x64,0x65,0x66,0x67,0x68}\n" HEAD
		     "its=0x1 to=0x200a0 before={" INV "," SYNC "} end=(fault)\n");
	runs(0, "TRACEFS=fs ITS=0x8080000 " RECORD " stop 2>says | grep commands:");
	says_not("0x61");
	says_not("0x62");
	says_not("0x65");
	says_not("0x68");
	says("to=0x20000 before=" NONE " end={" INV "," SYNC "}\n");
	says("to=0x20020 before={0x0,0x0,0x0,0x0," SYNC "} end={" INV ",0x0,0x0,0x0,0x0}\n");
	says("to=0x20060 before={" INV "," SYNC "} end=" NONE "\n");
	says("to=0x200a0 before={" INV "," SYNC "} end=" NONE "\n");
}

static void the_recorder_says_what_a_command_line_needs(void **state)
{
	(void)state;
	runs(0, RECORD " boot");
	says("kprobe_event=p:itsguard/commands,its_wait_for_range_completion,its=%x0,to=%x2,");
	assert_null(strchr(output, ' '));
	runs(2, RECORD);
	runs(2, RECORD " nothing");
	runs(1, "TRACEFS=nowhere " RECORD " start");
	says("nowhere");
	/* A copy of it has its help with it. */
	runs(0, "cp " RECORD " . && ./record-ftrace --help | head -n 1");
	says("What a running Linux sends to its ITSs");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_recorded_boot_replays_without_a_refusal),
		cmocka_unit_test(what_a_running_kernel_does_replays_too),
		cmocka_unit_test(a_barrier_tells_where_a_collection_is_but_not_that_of_a_movi),
		cmocka_unit_test(before_the_start_of_the_queue_is_its_end),
		cmocka_unit_test(the_order_is_the_queues),
		cmocka_unit_test(what_is_lost_is_said),
		cmocka_unit_test(redistributors_with_addresses_get_numbers),
		cmocka_unit_test(of_two_its_each_has_its_commands),
		cmocka_unit_test(without_registers_they_are_assumed),
		cmocka_unit_test(ram_of_many_pieces_is_taken_in_large_ones),
		cmocka_unit_test(what_is_virtual_is_hidden),
		cmocka_unit_test(what_is_no_such_log_is_status_3),
		cmocka_unit_test(the_recorder_ends_with_all_as_it_was),
		cmocka_unit_test(the_recorder_lets_out_nothing_but_the_queue),
		cmocka_unit_test(the_recorder_says_what_a_command_line_needs),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_files);
}
