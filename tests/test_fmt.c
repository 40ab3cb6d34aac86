/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* itsguard fmt and what is behind it, reform.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "corpus.h"

#include "cli.h"
#include "reform.h"

#define CASES    ITSG_CORPUS_DIR "/cases/"
#define CAPTURES ITSG_CORPUS_DIR "/captures/"

static const char words[] = "# a queue\n"
			    "w64 0x80 0x8000000040000000 # CBASER\n"
			    "mapd dev=0x10 size=4 itt=0x60000000   # the first\n"
			    "\n"
			    "mapc coll=0x1 rdbase=0x10000\n"
			    "sync rdbase=0x10000 at=0x40000100\n"
			    "inv dev=0x10 event=0x3\n"
			    "r32 0xffe8 0x3b\n";

static const char bytes[] =
	"# a queue\n"
	"w64 0x80 0x8000000040000000 # CBASER\n"
	"mem 0x40000000 0800000010000000040000000000000000000060000000800000000000000000 # the "
	"first\n"
	"\n"
	"mem 0x40000020 0900000000000000000000000000000001000100000000800000000000000000\n"
	"mem 0x40000100 0500000000000000000000000000000000000100000000000000000000000000\n"
	"mem 0x40000120 0c00000010000000030000000000000000000000000000000000000000000000\n"
	"r32 0xffe8 0x3b\n";

static int make_files(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	put_text("words.trace", words);
	put_text("bytes.trace", bytes);
	put_text("malformed.trace", "r32 zero 0\n");
	return 0;
}

static void commands_become_bytes_and_words_again(void **state)
{
	(void)state;
	runs(0, "itsguard fmt --raw words.trace");
	assert_string_equal(output, bytes);
	runs(0, "itsguard fmt bytes.trace");
	says("mapd dev=0x10 size=4 itt=0x60000000 # the first\n\nmapc coll=0x1");
	says("\nsync rdbase=0x10000 at=0x40000100\ninv dev=0x10 event=0x3\nr32");
	runs(0, "itsguard fmt - <words.trace >again; itsguard fmt again | cmp - again");
}

static void what_words_cannot_say_stays_bytes(void **state)
{
	(void)state;
	/* A reserved bit; two commands in a line; a virtual one; inside a call. */
	put_text("raw.trace",
		 "mem 0x1000 0800000010000000040000000000000000000060000000800100000000000000\n"
		 "mem 0x1000 "
		 "0500000000000000000000000000000000000100000000000000000000000000"
		 "0500000000000000000000000000000000000100000000000000000000000000\n"
		 "mem 0x1000 2500000000000000000000000000000000000000000000000000000000000000\n"
		 "mem 0x1000 0000000000000000000000000000000000000000000000000000000000000000\n"
		 "inside read 1 mem 0x1000 "
		 "0500000000000000000000000000000000000100000000000000000000000000\n");
	runs(0, "itsguard fmt raw.trace | cmp - raw.trace");
}

static void comments_say_what_registers_hold(void **state)
{
	(void)state;
	put_text("bare.trace", "machine rds=1\nw64 0x80 0x8000000040000001\nr32 0 0x1\nw32 4 7\n"
			       "rd 0 w32 0 1\nw32 0 0 # mine\nsync rdbase=0\n");
	runs(0, "itsguard fmt --comments bare.trace");
	says("w64 0x80 0x8000000040000001      # CBASER: Valid PA=0x40000000 Size=0x1\n");
	says("r32 0 0x1                        # CTLR: Enabled\n");
	says("w32 4 7                          # IIDR\n");
	says("rd 0 w32 0 1                     # CTLR: EnableLPIs\n");
	says("w32 0 0 # mine\nsync rdbase=0x0\n");
	runs(0, "itsguard fmt -c --raw bare.trace");
	says("000000 # sync rdbase=0x0\n");
	runs(0, "itsguard fmt -c bare.trace >once; itsguard fmt -c once | cmp - once");
}

static void the_output_may_be_the_file_itself(void **state)
{
	(void)state;
	runs(0, "cp bytes.trace own.trace; itsguard fmt -o own.trace own.trace; cat own.trace");
	says("mapc coll=0x1 rdbase=0x10000\n");
	runs(3, "itsguard fmt -o nosuch/folder words.trace");
}

static char *formed(const char *text, size_t size, const struct trace *trace, bool raw,
		    size_t *length)
{
	const struct reform form = {.raw = raw, .comments = true};
	char *out = NULL;
	FILE *stream = open_memstream(&out, length);

	assert_non_null(stream);
	reform_write(text, size, trace, &form, stream);
	assert_int_equal(fclose(stream), 0);
	return out;
}

static void assert_same(const struct trace *a, const struct trace *b, const char *path)
{
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		const struct trace_directive *d = &a->directives[i], *e = &b->directives[i];

		if (d->kind != e->kind || d->line != e->line || d->its != e->its)
			fail_msg("%s:%u", path, (unsigned)d->line);
		if (d->kind != TRACE_MEM)
			continue;
		assert_true(d->u.mem.pa == e->u.mem.pa);
		assert_int_equal(d->u.mem.bytes, e->u.mem.bytes);
		assert_memory_equal(trace_mem(a, d), trace_mem(b, e), d->u.mem.bytes);
	}
}

/* In words and in bytes the same lines, and the same trace. */
static void stays_the_same(const char *path)
{
	static char text[1 << 22];
	FILE *in = fopen(path, "r");
	size_t size = in ? fread(text, 1, sizeof(text), in) : 0, length;
	struct trace trace, again;
	struct trace_error error;

	assert_true(size > 0 && size < sizeof(text));
	fclose(in);
	assert_int_equal(trace_parse(text, size, path, NULL, &trace, &error), 0);
	for (int raw = 0; raw < 2; raw++) {
		char *other = formed(text, size, &trace, raw, &length);

		if (trace_parse(other, length, path, NULL, &again, &error))
			fail_msg("%s", error.message);
		assert_same(&trace, &again, path);
		trace_free(&again);
		free(other);
	}
	trace_free(&trace);
}

static void every_trace_of_the_corpus_stays_the_same(void **state)
{
	static const char *const folders[] = {"cases", "captures", "drivers"};
	struct corpus corpus;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		corpus_list(&corpus, folders[i], "");
		for (unsigned n = 0; n < corpus.count; n++)
			stays_the_same(corpus.path[n]);
		corpus_free(&corpus);
	}
}

/* No command of recorded Linux needs bytes, nor an address. */
static void a_capture_is_all_words(void **state)
{
	(void)state;
	runs(0, "itsguard fmt " CAPTURES "linux-7.2-virt-hibtest.trace >words; "
		"grep -c '^mapti' words; grep ' at=' words; "
		"grep '^mem' words | awk 'length($3) == 64'; true");
	says("\n");
	says_not("at=");
	says_not("mem");
	runs(0, "itsguard replay --quiet words");
}

static void what_cannot_be_read_is_status_3(void **state)
{
	(void)state;
	runs(3, "itsguard fmt malformed.trace");
	says("malformed.trace:1: offset");
	runs(3, "itsguard fmt nosuch");
	runs(2, "itsguard fmt");
	says("a FILE is missing");
	runs(2, "itsguard fmt words.trace bytes.trace");
	runs(2, "itsguard fmt --frob words.trace");
	runs(0, "itsguard fmt --help | awk 'length > 80'");
	assert_string_equal(output, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands_become_bytes_and_words_again),
		cmocka_unit_test(what_words_cannot_say_stays_bytes),
		cmocka_unit_test(comments_say_what_registers_hold),
		cmocka_unit_test(the_output_may_be_the_file_itself),
		cmocka_unit_test(every_trace_of_the_corpus_stays_the_same),
		cmocka_unit_test(a_capture_is_all_words),
		cmocka_unit_test(what_cannot_be_read_is_status_3),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
