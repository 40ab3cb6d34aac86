/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* itsguard shrink: smaller, and the finding is still there. */
#include "cli.h"

#include <stdbool.h>

#define CASES ITSG_CORPUS_DIR "/cases/"

/*
 * T7 among much else: without the guard the ITS writes to another guest's page. The command that
 * matters is in the third slot, its use in the sixth; nothing behind CWRITER counts.
 */
static const char attack[] =
	"machine page=4096 pes=4\nmachine devices=64\nbaser 0 type=1 entry=8 page=64k indirect=0\n"
	"hw manual\nguest 0x50000000 0x4000\n"
	"w64 0x100 0xb907000041000003\nw64 0x108 0xbc07000041010000\n"
	"w64 0x080 0xb800000040000400\nw64 0x088 0\nr64 0x080 0xb800000040000400\nw32 0 1\n"
	"mem 0x40000000 0900000000000000000000000000000000000000000000800000000000000000\n"
	"mem 0x40000020 0800000001000000040000000000000000000060000000800000000000000000\n"
	"mem 0x40000040 0800000002000000040000000000000000000050000000800000000000000000\n"
	"mem 0x40000060 0d00000000000000000000000000000000000000000000000000000000000000\n"
	"w32 0x088 0x80\nrun 77\npoll\n! SHARE_REFUSED\n"
	"mem 0x40000080 0a00000001000000000000000020000000000000000000000000000000000000\n"
	"mem 0x400000a0 0a00000002000000010000000120000000000000000000000000000000000000\n"
	"w32 0x088 0xc0\nrun all\n! DEVICE_UNMAPPED\npoll\n? devices 1\nw32 0 0\n";

/* A refusal that nothing expects, one that is expected, and an answer that is not the recorded. */
static const char unmet[] = "w64 0x100 0x8007000041000000\nw32 4 7\n! READ_ONLY\nr32 0xffe8 0x3b\n"
			    "w64 0x080 0x8007000040000000\n# a comment\nw32 0 1\n"
			    "! READ_ONLY\nw64 0x88 0\nr32 0xffe8 0x3b\n";
/* hw manual: MAPTI is refused, for its device is not mapped; the trace expects another reason. */
static const char lagging[] =
	"hw manual\nw64 0x100 0xb907000041000000\nw64 0x108 0xbc07000041001000\n"
	"w64 0x080 0xb800000040000400\nw64 0x088 0\nw32 0 1\n? pages 3\n"
	"mem 0x40000000 0a00000000000000000000000020000000000000000000000000000000000000\n"
	"w32 0x088 0x20\n! DEVICE_UNMAPPED\n"
	"mem 0x40000020 0a00000000000000000000000020000000000000000000000000000000000000\n"
	"w32 0x088 0x40\n! EVENT_OOR\nw32 0 0\npoll\n";
static const char mismatch[] = "w32 4 7\n! READ_ONLY\nr32 0xffe8 0x3b\nr32 0xffe8 0x4b\n";

static int make_files(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	put_text("attack.trace", attack);
	put_text("unmet.trace", unmet);
	put_text("mismatch.trace", mismatch);
	put_text("lagging.trace", lagging);
	put_text("good.trace", "r32 0xffe8 0x3b\n");
	put_text("malformed.trace", "r32 zero 0\n");
	return 0;
}

static unsigned lines_of_output(void)
{
	unsigned lines = 0;

	for (const char *c = output; *c; c++)
		lines += *c == '\n';
	return lines;
}

static void an_attack_shrinks_to_what_it_needs(void **state)
{
	(void)state;
	runs(0, "itsguard shrink -q --guard=off attack.trace");
	says("which is not the host's\n# itsguard replay --guard=off FILE\n");
	if (lines_of_output() > 14)
		fail_msg("too much is left: %s", output);
	says_not("machine");
	says_not("r64");
	says_not("? devices");
	says_not("itt=0x6"); /* the other MAPD */
	runs(1, "itsguard shrink -q --guard=off attack.trace >s.trace;"
		" itsguard replay -q --guard=off s.trace");
	says("violation: hardware wrote 0x50000000+0xc (ITT entry)");
}

/* Whatever is left is expected as the guard answers it, but for the finding. */
/* What `output` says of registers beside its lines, and is the same whatever was shrunk. */
static void leave_comments_out(void)
{
	char *to = output;

	for (char *at = output; *at;) {
		size_t length = strcspn(at, "\n");
		size_t words = *at == '#' ? length : strcspn(at, "#\n");
		bool ends = at[length] == '\n';

		while (words > 0 && at[words - 1] == ' ')
			words--;
		memmove(to, at, words);
		to += words;
		at += length + ends;
		if (ends)
			*to++ = '\n';
	}
	*to = '\0';
}

static void expectations_are_brought_up_to_date(void **state)
{
	(void)state;
	put_text(
		"count.trace",
		"guest 0x50000000 0x1000\nw64 0x100 0xb907000041000000\n"
		"w64 0x108 0xbc07000041001000\nw64 0x080 0xb800000040000400\nw64 0x088 0\nw32 0 1\n"
		"mem 0x40000000 "
		"0800000000000000040000000000000000000050000000800000000000000000\n"
		"mem 0x40000020 "
		"0a00000000000000000000000020000000000000000000000000000000000000\n"
		"w32 0x088 0x40\n! SHARE_REFUSED\n! DEVICE_UNMAPPED\n? devices 5\npoll\n");
	runs(0, "itsguard shrink -q --tries=1 count.trace >s.trace; cat s.trace");
	leave_comments_out();
	says("w32 0x0088 0x40\n! SHARE_REFUSED\n! DEVICE_UNMAPPED\n? devices 5\n");
	says_not("poll");
	runs(1, "itsguard replay -q s.trace");
	says("0 devices are mapped, not 5");
	says_not("REFUSED");
}

/* What a guard would have said is no part of a finding without one, and only makes it longer. */
static void without_a_guard_nothing_is_expected_of_one(void **state)
{
	(void)state;
	runs(0, "itsguard shrink -q --guard=off attack.trace");
	says_not("\n! ");
	runs(0, "itsguard shrink -q --guard=off " CASES "bad_attack_T9.trace");
	says_not("\n!");
}

/* Keys of one line stay in one; where two lines more are too many, no comment is written. */
static void nothing_becomes_longer(void **state)
{
	(void)state;
	put_text("one.trace", "r32 0xffe8 0x4b\n");
	runs(0, "itsguard shrink -q one.trace");
	leave_comments_out();
	assert_string_equal(output, "r32 0xffe8 0x4b\n");
	put_text("keys.trace",
		 "machine page=65536 pes=2 devices=64 pages=64 journal=64 lpi_bits=14 pta=1\n"
		 "baser 0 type=4 entry=8 page=64k indirect=0\nbaser 1 type=1 entry=8\n"
		 "r64 0x8 0x1\n? devices 1\n");
	runs(0, "itsguard shrink -q --tries=1 keys.trace");
	says("machine page=65536 pes=2 devices=64 pages=64 journal=64 lpi_bits=14 pta=1\n");
	says("baser 0 type=4 entry=8 page=64k indirect=0\n");
	runs(0, "for f in " CASES
		"bad_attack_T*.trace; do itsguard shrink -q --guard=off --tries=100 $f"
		" >s.trace 2>/dev/null || continue; test $(wc -l <s.trace) -le $(wc -l <$f) || "
		"echo $f; done; "
		"true");
	assert_string_equal(output, "");
}

static void addresses_stay_and_sizes_become_smaller(void **state)
{
	(void)state;
	runs(0, "itsguard shrink -q --guard=off attack.trace");
	leave_comments_out();
	says("w64 0x0100 0x8000000041000000\n"); /* BASER0: one page, no attributes */
	says("w64 0x0080 0x8000000040000000\n"); /* CBASER: likewise */
	says("guest 0x50000000 0x1000\n");
	says("itt=0x5000");
}

static void commands_move_together_in_their_queue(void **state)
{
	(void)state;
	runs(0, "itsguard shrink -q --guard=off attack.trace");
	leave_comments_out();
	says("\nmapd dev=");
	says("\nmapti dev=");
	says_not("at="); /* one behind the other from the start of the queue */
	says("w32 0x0088 0x40\n");
	says_not("UNKNOWN_COMMAND");
}

/* Behind the first, S15 has violations of other sorts, which need fewer lines. */
static void a_violation_of_another_sort_is_another_finding(void **state)
{
	(void)state;
	runs(1, "itsguard shrink -q --guard=off -o s.trace " CASES "bad_attack_S15.trace;"
		" itsguard replay -q --guard=off s.trace");
	says("(command queue)");
	says_not("(device table entry)");
}

/* Without the guard they do what they did, and with it nothing but refusals comes of them. */
static void every_attack_of_the_corpus_shrinks(void **state)
{
	(void)state;
	runs(0,
	     "for f in " CASES "bad_attack_*.trace; do"
	     " case $f in *_P33.trace) continue;; esac;"
	     " itsguard shrink -q --guard=off -o s.trace $f || echo bad $f;"
	     " itsguard replay -q s.trace | grep -E 'violation|itsg_check|oracle' && echo bad $f;"
	     " itsguard replay -q --guard=off s.trace >f.txt && echo bad $f; done; true");
	assert_string_equal(output, "");
}

/* The third refusal, of a lagging ITS: nobody predicts it, so nothing before it may go. */
static void what_nobody_can_predict_keeps_its_reasons(void **state)
{
	(void)state;
	runs(0, "itsguard shrink -q lagging.trace");
	leave_comments_out();
	says("w64 0x0108 0xbc07000041001000\n");
	says("! DEVICE_UNMAPPED\n");
	says_not("? pages");
	says_not("w32 0x0000 0x0\n");
}

static void an_unmet_expectation_stays_on_its_line(void **state)
{
	(void)state;
	runs(0, "itsguard shrink -q unmet.trace");
	leave_comments_out();
	assert_string_equal(output, "# From unmet.trace, line 7, unmet expectation: refused with "
				    "ENABLE_INCOMPLETE where line 8 expects READ_ONLY\n"
				    "# itsguard replay FILE\nw32 0x0000 0x1\n! READ_ONLY\n");
}

static void a_recorded_answer_that_is_wrong_stays(void **state)
{
	(void)state;
	runs(0, "itsguard shrink -q mismatch.trace");
	leave_comments_out();
	says("line 4, mismatch: ");
	says("FILE\nr32 0xffe8 0x4b\n");
}

/* With pages of 64 KB both tables of 4 KB lie in one. */
static void the_options_of_a_replay_count(void **state)
{
	(void)state;
	runs(0, "printf '# two tables\\n# in one page\\nw64 0x100 0x8000000041000000\\nw64 0x108 "
		"0x8000000041001000\\n"
		"w64 0x80 0x8000000040000000\\nw64 0x88 0\\nw32 0 1\\n? pages 3\\n' >three.trace;"
		" itsguard replay -q three.trace");
	runs(1, "itsguard shrink three.trace");
	runs(0, "itsguard shrink --page=65536 three.trace");
	says("# itsguard replay --page=65536 FILE");
	says("the guard holds claims on 2 pages, not 3");
	says("? pages 3\n");
}

static void other_itss_stay_apart(void **state)
{
	(void)state;
	runs(0, "itsguard shrink -q --guard=off " CASES "bad_attack_T9_two_its.trace >s.trace;"
		" cat s.trace");
	says("its 1\n");
	runs(1, "itsguard replay -q --guard=off s.trace");
	says("violation: ");
}

static void the_same_trace_shrinks_to_the_same(void **state)
{
	(void)state;
	runs(0, "for i in 1 2; do itsguard shrink -q --guard=off attack.trace >$i.trace; done;"
		" cmp 1.trace 2.trace");
}

static void tries_are_counted_and_limited(void **state)
{
	(void)state;
	runs(0, "itsguard shrink --guard=off --tries=3 -o s.trace attack.trace");
	says("after 3 tries, the most allowed");
	runs(1, "itsguard replay -q --guard=off s.trace");
	says("violation: ");
	runs(0, "itsguard shrink --guard=off -o s.trace attack.trace");
	says("lines left of");
	says_not("the most allowed");
}

/*
 * A terminal sees how far it is from the second second on. As soon as it does, an interrupt: what
 * is left by then is written and still has the finding, the line is gone, and the shell sees a
 * signal.
 */
static void a_terminal_sees_how_far_it_is_and_an_interrupt_keeps_what_is_left(void **state)
{
	(void)state;
	if (shell("command -v script >/dev/null") != 0)
		return;
	/* A recording with a finding at its end takes so many tries that no machine is too fast. */
	runs(0, "{ echo machine pages=512 devices=128 journal=64; grep '^[^#]' " ITSG_CORPUS_DIR
		"/captures/linux-6.1-virt-wrap.trace; echo '? devices 777'; } >long.trace");
	put_text("run.sh", "echo $$ >pid\nexec '" ITSG_CLI "' shrink -o s.trace long.trace\n");
	runs(130, "env --default-signal=INT script -qfec 'sh run.sh' tty >/dev/null </dev/null & "
		  "until grep -q 'shrink: .* tries' tty 2>/dev/null; do kill -0 $! && sleep 0.1 || "
		  "exit 1; done; kill -INT $(cat pid); wait $!");
	runs(0, "cat tty");
	says("\rshrink: ");
	says(" tries\033[K");
	says("\r\033[Kitsguard: long.trace: ");
	says(", interrupted");
	runs(1, "itsguard replay -q s.trace");
	says("devices are mapped, not 777");
	runs(0, "test $(wc -l <s.trace) -le $(wc -l <long.trace)");
}

static void a_pipe_sees_no_progress(void **state)
{
	(void)state;
	runs(0, "itsguard shrink -o s.trace --guard=off attack.trace");
	says_not("\r");
	says_not("tries \033");
}

static void nothing_to_keep_is_status_1(void **state)
{
	(void)state;
	runs(1, "itsguard shrink good.trace");
	says("good.trace: there is no finding to keep");
	runs(1, "itsguard shrink --guard=off unmet.trace"); /* only a violation is one then */
}

static void what_cannot_be_read_or_written_is_status_3(void **state)
{
	(void)state;
	runs(3, "itsguard shrink malformed.trace");
	says("\"zero\" is no number");
	runs(3, "itsguard shrink nosuch.trace");
	put_text("room.trace", "machine pa_bits=32\nmachine ram=0+0x100000000\npoll\n");
	runs(3, "itsguard shrink room.trace");
	says("room.trace:2: ram, l1_pool: no room");
	runs(3, "itsguard shrink -o nosuch/s.trace unmet.trace");
	says("nosuch/s.trace: No such file");
	/* That is found out first, and a file that was there stays. */
	runs(3, "itsguard shrink -o nosuch/s.trace good.trace");
	runs(1, "echo mine >kept; itsguard shrink -o kept good.trace");
	runs(0, "cat kept");
	says("mine");
	runs(1, "itsguard shrink -o new.trace good.trace");
	runs(1, "test -e new.trace");
}

static void a_wrong_command_line_is_usage(void **state)
{
	(void)state;
	runs(2, "itsguard shrink");
	says("a FILE is missing");
	runs(2, "itsguard shrink good.trace unmet.trace");
	says("one FILE only");
	runs(2, "itsguard shrink --tries=0 good.trace");
	says("\"0\" is no value of --tries");
	runs(2, "itsguard shrink --guard=maybe good.trace");
	runs(2, "itsguard shrink --frobnicate good.trace");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_attack_shrinks_to_what_it_needs),
		cmocka_unit_test(expectations_are_brought_up_to_date),
		cmocka_unit_test(without_a_guard_nothing_is_expected_of_one),
		cmocka_unit_test(nothing_becomes_longer),
		cmocka_unit_test(what_nobody_can_predict_keeps_its_reasons),
		cmocka_unit_test(addresses_stay_and_sizes_become_smaller),
		cmocka_unit_test(commands_move_together_in_their_queue),
		cmocka_unit_test(a_violation_of_another_sort_is_another_finding),
		cmocka_unit_test(every_attack_of_the_corpus_shrinks),
		cmocka_unit_test(an_unmet_expectation_stays_on_its_line),
		cmocka_unit_test(a_recorded_answer_that_is_wrong_stays),
		cmocka_unit_test(the_options_of_a_replay_count),
		cmocka_unit_test(other_itss_stay_apart),
		cmocka_unit_test(the_same_trace_shrinks_to_the_same),
		cmocka_unit_test(tries_are_counted_and_limited),
		cmocka_unit_test(a_terminal_sees_how_far_it_is_and_an_interrupt_keeps_what_is_left),
		cmocka_unit_test(a_pipe_sees_no_progress),
		cmocka_unit_test(nothing_to_keep_is_status_1),
		cmocka_unit_test(what_cannot_be_read_or_written_is_status_3),
		cmocka_unit_test(a_wrong_command_line_is_usage),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
