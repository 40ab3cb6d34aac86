/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* itsguard import: a log of QEMU's becomes a trace that replays. */
#include "cli.h"

#define LOGS ITSG_SOURCE_DIR "/tests/logs/"

/* A boot in small; the second half as a QEMU with time stamps writes it. */
static const char log_of_qemu[] =
	"gicv3_its_read GICv3 ITS read: offset 0x8 data 0x1f0001efb1 size 8\n"
	"gicv3_its_write GICv3 ITS write: offset 0x100 data 0x0 size 8\n"
	"gicv3_its_read GICv3 ITS read: offset 0x100 data 0x107000000000000 size 8\n"
	"some other line\n"
	"gicv3_its_write GICv3 ITS write: offset 0x100 data 0xf907000042590600 size 8\n"
	"gicv3_its_write GICv3 ITS write: offset 0x108 data 0xbc070000425a0600 size 8\n"
	"gicv3_its_write GICv3 ITS write: offset 0x80 data 0xb80000004258040f size 8\n"
	"gicv3_its_write GICv3 ITS write: offset 0x88 data 0x0 size 8\n"
	"gicv3_its_write GICv3 ITS write: offset 0x0 data 0x1 size 4\n"
	"1234@1700000000.123456:gicv3_redist_write GICv3 redistributor 0x1 write: offset 0x70 data "
	"0x425b078f size 8 secure 0\n"
	"1234@1700000000.123456:gicv3_redist_write GICv3 redistributor 0x1 write: offset 0x78 data "
	"0x425d0780 size 8 secure 0\n"
	"1234@1700000000.123456:gicv3_redist_write GICv3 redistributor 0x1 write: offset 0x0 data "
	"0x1 "
	"size 4 secure 0\n"
	"1234@1700000000.123456:gicv3_its_process_command GICv3 ITS: processing command at offset "
	"0x0: "
	"0x9\n"
	"1234@1700000000.123456:gicv3_its_cmd_mapc GICv3 ITS: command MAPC ICID 0x3 RDbase 0x1 V "
	"1\n"
	"1234@1700000000.123456:gicv3_its_process_command GICv3 ITS: processing command at offset "
	"0x1: "
	"0x5\n"
	"1234@1700000000.123456:gicv3_its_cmd_sync GICv3 ITS: command SYNC\n"
	"1234@1700000000.123456:gicv3_its_process_command GICv3 ITS: processing command at offset "
	"0x2: "
	"0x8\n"
	"1234@1700000000.123456:gicv3_its_cmd_mapd GICv3 ITS: command MAPD DeviceID 0x2008 Size "
	"0x4 "
	"ITT_addr 0x427fa4 V 1\n"
	"1234@1700000000.123456:gicv3_its_dte_write GICv3 ITS: Device Table write for DeviceID "
	"0x8: "
	"valid 1 size 0x0 ITTaddr 0x427fa4\n"
	"1234@1700000000.123456:gicv3_its_write GICv3 ITS write: offset 0x88 data 0x60 size 4\n"
	"1234@1700000000.123456:gicv3_its_read GICv3 ITS read: offset 0x90 data 0x60 size 4\n"
	"1234@1700000000.123456:gicv3_its_read GICv3 ITS read: offset 0x90 data 0x60 size 4\n"
	"1234@1700000000.123456:gicv3_its_translation_write GICv3 ITS TRANSLATER write: offset "
	"0x40 "
	"data 0x7 size 4 requester_id 0x2008\n";

static int make_files(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	put_text("log", log_of_qemu);
	return 0;
}

static void events_become_lines_in_their_order(void **state)
{
	(void)state;
	runs(0, "itsguard import qemu log");
	says("machine pes=8 rds=1\ntyper 0x1f0001efb1\nbaser 0 type=1 entry=8\n");
	says("w64 0x0080 0xb80000004258040f    # CBASER: Valid PA=0x42580000 Size=0xf\n");
	says("\nrd 1 w64 0x0070 0x425b078f ");
	says("\nrd 1 w32 0x0000 0x1 ");
	says("\nmapc coll=0x3 rdbase=0x10000\nsync rdbase=0x10000 # assumed: rdbase\n");
	says("\nmapd dev=0x2008 size=4 itt=0x427fa400\nw32 0x0088 0x60 ");
	/* A loop is one wait. */
	says("\nr32 0x0090 0x60                  # CREADR: Offset=0x60\nmsi 8200 7\n");
}

/* 64 KB of entries of 8 bytes are 0x2000 devices; the page itself nobody knows. */
static void the_first_level_is_assumed_where_it_is_needed(void **state)
{
	(void)state;
	runs(0, "itsguard import qemu log");
	says("\nmem 0x42590008 0000ff3f04000080 # assumed: level 2 of IDs 0x2000 to 0x3fff\nmapd ");
	runs(0, "itsguard import qemu log | grep -c level");
	assert_int_equal(atoi(output), 1);
}

static void it_replays_and_would_be_refused_nothing(void **state)
{
	(void)state;
	runs(0, "itsguard import -o t.trace qemu log; itsguard replay t.trace");
	says_not(": refused ");
	runs(0, "itsguard show t.trace");
	says("guard  accepts mapd dev=0x2008");
	says("LPI configuration of RD1");
}

static void of_debian_12_a_boot_replays_without_a_refusal(void **state)
{
	(void)state;
	runs(0, "itsguard import -o boot.trace qemu " LOGS "qemu-7.2-linux-6.1.log; "
		"itsguard replay --json boot.trace | tail -n 1");
	says("\"accesses\":73,\"commands\":18,\"accepted\":18,\"refused\":0,\"violations\":0,");
	says("\"devices_end\":2,");
	runs(0, "grep -c '# assumed' boot.trace");
	assert_true(atoi(output) > 5);
}

static void and_so_does_one_of_debian_13(void **state)
{
	(void)state;
	runs(0, "itsguard import -o boot.trace qemu " LOGS "qemu-10.0-linux-6.12.log; "
		"itsguard replay --json boot.trace | tail -n 1");
	says("\"accesses\":91,\"commands\":26,\"accepted\":26,\"refused\":0,\"violations\":0,");
	says("\"devices_end\":2,");
}

static void every_command_of_qemu_is_understood(void **state)
{
	(void)state;
	put_text("commands",
		 "GICv3 ITS write: offset 0x80 data 0x8000000040000000 size 8\n"
		 "GICv3 ITS: processing command at offset 0x0: 0x3\n"
		 "GICv3 ITS: command INT DeviceID 0x1 EventID 0x2\n"
		 "GICv3 ITS: processing command at offset 0x1: 0x4\n"
		 "GICv3 ITS: command CLEAR DeviceID 0x1 EventID 0x2\n"
		 "GICv3 ITS: processing command at offset 0x2: 0xf\n"
		 "GICv3 ITS: command DISCARD DeviceID 0x1 EventID 0x2\n"
		 "GICv3 ITS: processing command at offset 0x3: 0xc\n"
		 "GICv3 ITS: command INV DeviceID 0x1 EventID 0x2\n"
		 "GICv3 ITS: processing command at offset 0x4: 0xb\n"
		 "GICv3 ITS: command MAPI DeviceID 0x1 EventID 0x2000 ICID 0x3\n"
		 "GICv3 ITS: processing command at offset 0x5: 0xa\n"
		 "GICv3 ITS: command MAPTI DeviceID 0x1 EventID 0x2 ICID 0x3 pINTID 0x2001\n"
		 "GICv3 ITS: processing command at offset 0x6: 0x1\n"
		 "GICv3 ITS: command MOVI DeviceID 0x1 EventID 0x2 ICID 0x3\n"
		 "GICv3 ITS: processing command at offset 0x7: 0xe\n"
		 "GICv3 ITS: command MOVALL RDbase1 0x1 RDbase2 0x2\n"
		 "GICv3 ITS: processing command at offset 0x8: 0xd\n"
		 "GICv3 ITS: command INVALL\n"
		 "GICv3 ITS: processing command at offset 0x9: 0x29\n"
		 "GICv3 ITS: command VMAPP vPEID 0x1 RDbase 0x2 V 1 VPT_addr 0x4321 VPT_size 0xf\n"
		 "GICv3 ITS: processing command at offset 0xa: 0x2a\n"
		 "GICv3 ITS: command VMAPI DeviceID 0x1 EventID 0x2 vPEID 0x3 vINTID 0x4 "
		 "Dbell_pINTID 0x3ff\n"
		 "GICv3 ITS: processing command at offset 0xb: 0x2f\n"
		 "GICv3 ITS: unknown command 0x2f\n");
	runs(0, "itsguard import qemu commands");
	says("\nint dev=0x1 event=0x2\nclear dev=0x1 event=0x2\ndiscard dev=0x1 event=0x2\n"
	     "inv dev=0x1 event=0x2\nmapi dev=0x1 event=0x2000 coll=0x3\n"
	     "mapti dev=0x1 event=0x2 intid=0x2001 coll=0x3\nmovi dev=0x1 event=0x2 coll=0x3\n"
	     "movall rdbase=0x10000 rdbase2=0x20000\ninvall coll=0x0 # assumed: coll\n");
	says("\nmem 0x40000120 29");
	says("\nmem 0x40000140 2a00000001000000020000000300000004000000ff030000");
	says("\nmem 0x40000160 2f");
	says("# assumed: all but the opcode\n");
}

/* The world has redistributors only where there are LPIs. */
static void redistributors_without_lpis_are_left_out(void **state)
{
	(void)state;
	put_text("idle",
		 "GICv3 redistributor 0x1 write: offset 0x70 data 0x425b078f size 8 secure 0\n"
		 "GICv3 redistributor 0x1 write: offset 0x0 data 0x0 size 4 secure 0\n"
		 "GICv3 ITS read: offset 0xffe8 data 0x3b size 4\n");
	runs(0,
	     "itsguard import qemu idle >idle.trace; itsguard replay idle.trace; cat idle.trace");
	says_not("\nrd ");
	put_text("many", "GICv3 redistributor 0x1f write: offset 0x0 data 0x1 size 4 secure 0\n"
			 "GICv3 ITS read: offset 0xffe8 data 0x3b size 4\n");
	runs(0, "itsguard import qemu many");
	says("machine pes=32 rds=1\n");
}

static void what_is_no_log_of_qemu_is_status_3(void **state)
{
	(void)state;
	put_text("none", "nothing\nof it\n");
	runs(3, "itsguard import qemu none");
	says("none: no event gicv3_its_*: was QEMU given -trace");
	put_text("bare", "GICv3 ITS: command SYNC\n");
	runs(3, "itsguard import qemu bare");
	says("bare:1: a command without its place");
	put_text("other", "GICv3 ITS write: offset 0x80 data 0x8000000040000000 size 8\n"
			  "GICv3 ITS: processing command at offset 0x0: 0x8\n"
			  "GICv3 ITS: command SYNC\n");
	runs(3, "itsguard import qemu other");
	says("other:3: a command that is not the one at its place");
	put_text("wide", "GICv3 ITS write: offset 0x0 data 0x100000000 size 4\n");
	runs(3, "itsguard import qemu wide");
	put_text("width", "GICv3 ITS write: offset 0x0 data 0x1 size 3\n");
	runs(3, "itsguard import qemu width");
	runs(3, "itsguard import qemu nosuch");
	runs(3, "itsguard import -o no/such qemu log");
	runs(0, "head -c 100000 /dev/urandom >noise; itsguard import qemu noise; test $? -eq 3");
	runs(2, "itsguard import log");
	runs(2, "itsguard import xen log");
	says("unknown source \"xen\": there are qemu and ftrace");
	runs(2, "itsguard import --frob qemu log");
	runs(0, "itsguard import --help | awk 'length > 80'");
	assert_string_equal(output, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_become_lines_in_their_order),
		cmocka_unit_test(the_first_level_is_assumed_where_it_is_needed),
		cmocka_unit_test(it_replays_and_would_be_refused_nothing),
		cmocka_unit_test(of_debian_12_a_boot_replays_without_a_refusal),
		cmocka_unit_test(and_so_does_one_of_debian_13),
		cmocka_unit_test(every_command_of_qemu_is_understood),
		cmocka_unit_test(redistributors_without_lpis_are_left_out),
		cmocka_unit_test(what_is_no_log_of_qemu_is_status_3),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
