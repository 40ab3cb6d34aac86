/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The command codec against vectors that were made without it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "itsguard/cmd.h"

#define MAX_VALUES      9
#define ARRAY_SIZE(a)   (sizeof(a) / sizeof((a)[0]))
#define BITS_IN_COMMAND (8 * ITSG_CMD_BYTES)

struct value {
	enum itsg_field field;
	uint64_t value;
};

struct vector {
	const char *name;
	uint8_t opcode;
	bool v41;
	uint64_t word[4];
	struct value value[MAX_VALUES]; /* all other fields are 0 */
};

#define DEVICE(v)                                                                                  \
	{                                                                                          \
		ITSG_F_DEVICE_ID, v                                                                \
	}
#define EVENT(v)                                                                                   \
	{                                                                                          \
		ITSG_F_EVENT_ID, v                                                                 \
	}
#define SIZE(v)                                                                                    \
	{                                                                                          \
		ITSG_F_SIZE, v                                                                     \
	}
#define ITT(v)                                                                                     \
	{                                                                                          \
		ITSG_F_ITT, v                                                                      \
	}
#define VALID                                                                                      \
	{                                                                                          \
		ITSG_F_VALID, 1                                                                    \
	}
#define ICID(v)                                                                                    \
	{                                                                                          \
		ITSG_F_ICID, v                                                                     \
	}
#define RDBASE(v)                                                                                  \
	{                                                                                          \
		ITSG_F_RDBASE, v                                                                   \
	}
#define RDBASE2(v)                                                                                 \
	{                                                                                          \
		ITSG_F_RDBASE2, v                                                                  \
	}
#define PINTID(v)                                                                                  \
	{                                                                                          \
		ITSG_F_PINTID, v                                                                   \
	}
#define VPE(v)                                                                                     \
	{                                                                                          \
		ITSG_F_VPEID, v                                                                    \
	}
#define VINTID(v)                                                                                  \
	{                                                                                          \
		ITSG_F_VINTID, v                                                                   \
	}
#define DOORBELL(v)                                                                                \
	{                                                                                          \
		ITSG_F_DOORBELL, v                                                                 \
	}
#define DEFAULT(v)                                                                                 \
	{                                                                                          \
		ITSG_F_DEFAULT_DOORBELL, v                                                         \
	}
#define VPT(v)                                                                                     \
	{                                                                                          \
		ITSG_F_VPT, v                                                                      \
	}
#define VPT_SIZE(v)                                                                                \
	{                                                                                          \
		ITSG_F_VPT_SIZE, v                                                                 \
	}
#define VCONF(v)                                                                                   \
	{                                                                                          \
		ITSG_F_VCONF, v                                                                    \
	}
#define ALLOC                                                                                      \
	{                                                                                          \
		ITSG_F_ALLOC, 1                                                                    \
	}
#define PTZ                                                                                        \
	{                                                                                          \
		ITSG_F_PTZ, 1                                                                      \
	}

/* clang-format off */
static const struct vector vectors[] = {
	{"GIC C01", 0x08, false, {0x0000001200000008, 0x4, 0x8000000987654300, 0},
	 {DEVICE(0x12), SIZE(4), ITT(0x987654300), VALID}},
	{"GIC C02", 0x08, false, {0xffffffff00000008, 0xf, 0x800fffffffffff00, 0},
	 {DEVICE(0xffffffff), SIZE(15), ITT(0xfffffffffff00), VALID}},
	{"GIC C03", 0x08, false, {0x0000001200000008, 0, 0, 0}, {DEVICE(0x12)}},
	{"GIC C04", 0x09, false, {0x9, 0, 0x8000000000050003, 0},
	 {ICID(3), RDBASE(5 << 16), VALID}},
	{"GIC C05", 0x09, false, {0x9, 0, 0x800000002f120003, 0},
	 {ICID(3), RDBASE(0x2f120000), VALID}},
	{"GIC C06", 0x09, false, {0x9, 0, 0x800800002f12ffff, 0},
	 {ICID(0xffff), RDBASE(0x800002f120000), VALID}},
	{"GIC C07", 0x09, false, {0x9, 0, 0x3, 0}, {ICID(3)}},
	{"GIC C08", 0x0a, false, {0x000000120000000a, 0x0000200300000007, 0x3, 0},
	 {DEVICE(0x12), EVENT(7), PINTID(8195), ICID(3)}},
	{"GIC C09", 0x0b, false, {0x000000120000000b, 0x2008, 0x3, 0},
	 {DEVICE(0x12), EVENT(8200), ICID(3)}},
	{"GIC C10", 0x01, false, {0x0000001200000001, 0x7, 0x4, 0},
	 {DEVICE(0x12), EVENT(7), ICID(4)}},
	{"GIC C11", 0x0e, false, {0xe, 0, 0x50000, 0x20000}, {RDBASE(5 << 16), RDBASE2(2 << 16)}},
	{"GIC C12", 0x0e, false, {0xe, 0, 0x2f120000, 0x2f140000},
	 {RDBASE(0x2f120000), RDBASE2(0x2f140000)}},
	{"GIC C13", 0x05, false, {0x5, 0, 0x50000, 0}, {RDBASE(5 << 16)}},
	{"GIC C14", 0x0c, false, {0x000000120000000c, 0x7, 0, 0}, {DEVICE(0x12), EVENT(7)}},
	{"GIC C15", 0x0d, false, {0xd, 0, 0x3, 0}, {ICID(3)}},
	{"GIC C16", 0x03, false, {0x0000001200000003, 0x7, 0, 0}, {DEVICE(0x12), EVENT(7)}},
	{"GIC C17", 0x04, false, {0x0000001200000004, 0x7, 0, 0}, {DEVICE(0x12), EVENT(7)}},
	{"GIC C18", 0x0f, false, {0x000000120000000f, 0x7, 0, 0}, {DEVICE(0x12), EVENT(7)}},
	{"GIC C19", 0x29, false, {0x29, 0x0000000900000000, 0x8000000000020000, 0x000000090001000f},
	 {VPE(9), RDBASE(2 << 16), VALID, VPT(0x900010000), VPT_SIZE(15)}},
	{"GIC C20", 0x29, true,
	 {0x0000000900020329, 0x0000000900002008, 0x8000000000020000, 0x000000090001000f},
	 {ALLOC, PTZ, VCONF(0x900020000), DEFAULT(8200), VPE(9), RDBASE(2 << 16), VALID,
	  VPT(0x900010000), VPT_SIZE(15)}},
	{"GIC C21", 0x29, true, {0x129, 0x0000000900000000, 0, 0}, {ALLOC, VPE(9)}},
	{"GIC C22", 0x2a, false, {0x000000120000002a, 0x0000000900000007, 0x000003ff00002001, 0},
	 {DEVICE(0x12), EVENT(7), VPE(9), VINTID(8193), DOORBELL(1023)}},
	{"GIC C23", 0x2b, false, {0x000000120000002b, 0x0000000900002001, 0x0000200800000000, 0},
	 {DEVICE(0x12), EVENT(8193), VPE(9), DOORBELL(8200)}},
	{"GIC C24", 0x21, false, {0x0000001200000021, 0x0000000a00000007, 0x0000200900000001, 0},
	 {DEVICE(0x12), EVENT(7), VPE(10), {ITSG_F_D, 1}, DOORBELL(8201)}},
	{"GIC C25", 0x22, false, {0x0000005500000022, 0x0000000900000003, 0x30000, 0},
	 {{ITSG_F_SEQ_NUM, 0x55}, {ITSG_F_ITS_LIST, 3}, VPE(9), RDBASE(3 << 16)}},
	{"GIC C26", 0x22, true, {0x22, 0x0000000900000000, 0x8000000000030000, 0x2008},
	 {VPE(9), RDBASE(3 << 16), {ITSG_F_DB, 1}, DEFAULT(8200)}},
	{"GIC C27", 0x23, true, {0x0000000500a00523, 0x0000000900000000, 0, 0},
	 {{ITSG_F_ENABLE, 1}, {ITSG_F_GROUP, 1}, {ITSG_F_PRIORITY, 0xa}, VINTID(5), VPE(9)}},
	{"GIC C28", 0x25, false, {0x25, 0x0000000900000000, 0, 0}, {VPE(9)}},
	{"GIC C29", 0x2d, false, {0x2d, 0x0000000900000000, 0, 0}, {VPE(9)}},
	{"GIC C30", 0x2e, true, {0x2e, 0x0000000900000000, 0, 0}, {VPE(9)}},
	/* Published with Arm's GICv4.1 example code. */
	{"GIC T1", 0x08, true, {0x8, 0x1, 0x80000000800b0000, 0},
	 {SIZE(1), ITT(0x800b0000), VALID}},
	{"GIC T2", 0x29, true, {0x0000000080090329, 0x2000, 0x8000000000000000, 0x00000000800a000e},
	 {ALLOC, PTZ, VCONF(0x80090000), DEFAULT(8192), VALID, VPT(0x800a0000), VPT_SIZE(14)}},
	{"GIC T3", 0x2a, true, {0x2a, 0, 0x000003ff00002000, 0}, {VINTID(8192), DOORBELL(1023)}},
	{"GIC T4", 0x2e, true, {0x2e, 0, 0, 0}, {VPE(0)}},
	{"GIC T5", 0x25, true, {0x25, 0, 0, 0}, {VPE(0)}},
	{"GIC T6", 0x0c, true, {0xc, 0, 0, 0}, {DEVICE(0)}},
	{"GIC T7", 0x03, true, {0x3, 0, 0, 0}, {DEVICE(0)}},
};

/* The same as bytes, as they lie in memory. */
static const struct {
	const char *name;
	uint8_t bytes[32];
} images[] = {
	{"GIC C01", {0x08, 0, 0, 0, 0x12, 0, 0, 0, 0x04, 0, 0, 0, 0, 0, 0, 0,
		 0x00, 0x43, 0x65, 0x87, 0x09, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0}},
	{"GIC C02", {0x08, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0, 0, 0, 0, 0,
		 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x80, 0, 0, 0, 0, 0, 0, 0, 0}},
	{"GIC C05", {0x09, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		 0x03, 0x00, 0x12, 0x2f, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0}},
	{"GIC C08", {0x0a, 0, 0, 0, 0x12, 0, 0, 0, 0x07, 0, 0, 0, 0x03, 0x20, 0, 0,
		 0x03, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
	{"GIC C11", {0x0e, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		 0, 0, 0x05, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0}},
	{"GIC C20", {0x29, 0x03, 0x02, 0, 0x09, 0, 0, 0, 0x08, 0x20, 0, 0, 0x09, 0, 0, 0,
		 0, 0, 0x02, 0, 0, 0, 0, 0x80, 0x0f, 0, 0x01, 0, 0x09, 0, 0, 0}},
	{"GIC C24", {0x21, 0, 0, 0, 0x12, 0, 0, 0, 0x07, 0, 0, 0, 0x0a, 0, 0, 0,
		 0x01, 0, 0, 0, 0x09, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
	{"GIC C27", {0x23, 0x05, 0xa0, 0, 0x05, 0, 0, 0, 0, 0, 0, 0, 0x09, 0, 0, 0,
		 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
};

static const uint8_t opcodes[] = {0x01, 0x03, 0x04, 0x05, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e,
				  0x0f, 0x21, 0x22, 0x23, 0x25, 0x29, 0x2a, 0x2b, 0x2d, 0x2e};
/* clang-format on */

static bool is_opcode(uint8_t opcode)
{
	return memchr(opcodes, opcode, sizeof(opcodes)) != NULL;
}

/* Spelled out here so that the codec's own helpers are not their own witness. */
static void words_to_bytes(const uint64_t word[4], uint8_t raw[32])
{
	for (unsigned int i = 0; i < 32; i++)
		raw[i] = (uint8_t)((word[i / 8] >> (8 * (i % 8))) & 0xff);
}

static void expect_command(const struct vector *vector, struct itsg_command *out)
{
	memset(out, 0, sizeof(*out));
	out->opcode = vector->opcode;
	for (size_t i = 0; i < MAX_VALUES; i++) {
		if (vector->value[i].value)
			out->field[vector->value[i].field] = vector->value[i].value;
	}
}

static void assert_same_command(const char *name, const struct itsg_command *got,
				const struct itsg_command *want)
{
	if (got->opcode != want->opcode)
		fail_msg("%s: opcode 0x%x, not 0x%x", name, got->opcode, want->opcode);
	for (unsigned int i = 0; i < ITSG_FIELD_COUNT; i++) {
		if (got->field[i] != want->field[i])
			fail_msg("%s: field %u is 0x%llx, not 0x%llx", name, i,
				 (unsigned long long)got->field[i],
				 (unsigned long long)want->field[i]);
	}
}

static const struct vector *vector_named(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
		if (!strcmp(vectors[i].name, name))
			return &vectors[i];
	}
	fail_msg("no vector %s", name);
	return NULL;
}

static void vectors_decode_to_their_fields(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
		struct itsg_command got, want;
		uint8_t raw[32];

		words_to_bytes(vectors[i].word, raw);
		memset(&got, 0xa5, sizeof(got));
		assert_true(itsg_cmd_decode(raw, vectors[i].v41, &got));
		expect_command(&vectors[i], &want);
		assert_same_command(vectors[i].name, &got, &want);
	}
}

static void vectors_encode_to_their_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
		struct itsg_command command;
		uint8_t raw[32], want[32];

		expect_command(&vectors[i], &command);
		words_to_bytes(vectors[i].word, want);
		memset(raw, 0xa5, sizeof(raw));
		itsg_cmd_encode(&command, vectors[i].v41, raw);
		assert_memory_equal(raw, want, sizeof(raw));
	}
}

static void vectors_have_no_reserved_bit_set(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
		static const uint64_t none[4];
		uint64_t mask[4] = {1, 2, 3, 4};
		uint8_t raw[32];

		words_to_bytes(vectors[i].word, raw);
		assert_true(itsg_cmd_reserved(raw, vectors[i].v41, mask));
		assert_memory_equal(mask, none, sizeof(mask));
	}
}

static void commands_in_memory_are_little_endian(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(images); i++) {
		const struct vector *vector = vector_named(images[i].name);
		struct itsg_command got, want;
		uint8_t raw[32];

		expect_command(vector, &want);
		assert_true(itsg_cmd_decode(images[i].bytes, vector->v41, &got));
		assert_same_command(vector->name, &got, &want);
		itsg_cmd_encode(&want, vector->v41, raw);
		assert_memory_equal(raw, images[i].bytes, sizeof(raw));
	}
}

static void words_are_read_and_written_byte_by_byte_at_any_alignment(void **state)
{
	static const uint8_t bytes[9] = {0xff, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x91};
	uint8_t out[10];

	(void)state;
	assert_true(itsg_le64(bytes + 1) == 0x9122334455667788);
	memset(out, 0xee, sizeof(out));
	itsg_put_le64(out + 1, 0x9122334455667788);
	assert_memory_equal(out + 1, bytes + 1, 8);
	assert_int_equal(out[0], 0xee);
	assert_int_equal(out[9], 0xee);
}

static void decode_mapd(const uint64_t word[4], struct itsg_command *got, uint64_t mask[4])
{
	uint8_t raw[32];

	words_to_bytes(word, raw);
	assert_true(itsg_cmd_decode(raw, false, got));
	assert_true(itsg_cmd_reserved(raw, false, mask));
}

static void reserved_bits_of_mapd_are_dropped_and_reported(void **state) /* GIC R1, R2, R3 */
{
	static const uint64_t low[4] = {0x8, 0x4, 0x80000009876543ff, 0};
	static const uint64_t high[4] = {0x8, 0x4, 0x8ff0000987654300, 0};
	static const uint64_t size[4] = {0x8, 0x00000000ffffffe4, 0x8000000987654300, 0};
	struct itsg_command got;
	uint64_t mask[4];

	(void)state;
	decode_mapd(low, &got, mask);
	assert_true(got.field[ITSG_F_ITT] == 0x987654300);
	assert_true(mask[2] == 0xff && !mask[0] && !mask[1] && !mask[3]);
	decode_mapd(high, &got, mask);
	assert_true(got.field[ITSG_F_ITT] == 0x987654300);
	assert_true(mask[2] == 0x0ff0000000000000 && !mask[0] && !mask[1] && !mask[3]);
	decode_mapd(size, &got, mask);
	assert_true(got.field[ITSG_F_SIZE] == 4);
	assert_true(mask[1] == 0xffffffe0 && !mask[0] && !mask[2] && !mask[3]);
}

static void values_out_of_range_are_decoded_as_they_are(void **state) /* GIC R4, R5, R7 to R10 */
{
	static const struct vector odd[] = {
		{"GIC R4",
		 0x08,
		 false,
		 {0x8, 16, 0x8000000987654300, 0},
		 {SIZE(16), ITT(0x987654300), VALID}},
		{"GIC R5",
		 0x08,
		 false,
		 {0x0001000000000008, 4, 0x8000000987654300, 0},
		 {DEVICE(0x10000), SIZE(4), ITT(0x987654300), VALID}},
		{"GIC R7", 0x0a, false, {0xa, 8191ull << 32, 0, 0}, {PINTID(8191)}},
		{"GIC R8", 0x0a, false, {0xa, 65536ull << 32, 0, 0}, {PINTID(65536)}},
		{"GIC R9", 0x2a, false, {0x2a, 0, 1024ull << 32, 0}, {DOORBELL(1024)}},
		{"GIC R10", 0x2a, false, {0x2a, 0, 1023ull << 32, 0}, {DOORBELL(1023)}},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
		struct itsg_command got, want;
		uint8_t raw[32];

		words_to_bytes(odd[i].word, raw);
		expect_command(&odd[i], &want);
		assert_true(itsg_cmd_decode(raw, odd[i].v41, &got));
		assert_same_command(odd[i].name, &got, &want);
	}
}

static void exactly_21_opcodes_are_known(void **state) /* GIC R6 */
{
	unsigned int known = 0;

	(void)state;
	for (unsigned int opcode = 0; opcode < 256; opcode++) {
		bool want = is_opcode((uint8_t)opcode);

		assert_int_equal(itsg_cmd_known((uint8_t)opcode), want);
		assert_int_equal(itsg_cmd_virtual((uint8_t)opcode), want && opcode >= 0x21);
		known += want;
	}
	assert_int_equal(known, 21);
	assert_int_equal(itsg_cmd_count(), 21);
}

static void an_unknown_opcode_has_no_fields_no_bytes_and_no_mask(void **state)
{
	static const uint8_t nothing[32];

	(void)state;
	for (unsigned int opcode = 0; opcode < 256; opcode++) {
		struct itsg_command command, want = {.opcode = (uint8_t)opcode};
		uint64_t mask[4] = {~0ull, ~0ull, ~0ull, ~0ull};
		struct itsg_cmd_info info;
		uint8_t raw[32];

		if (is_opcode((uint8_t)opcode))
			continue;
		memset(raw, 0xff, sizeof(raw));
		raw[0] = (uint8_t)opcode;
		assert_false(itsg_cmd_decode(raw, true, &command));
		assert_same_command("unknown", &command, &want);
		assert_false(itsg_cmd_reserved(raw, true, mask));
		assert_memory_equal(mask, nothing, sizeof(mask));
		memset(&command.field, 0xff, sizeof(command.field));
		itsg_cmd_encode(&command, true, raw);
		assert_memory_equal(raw, nothing, sizeof(raw));
		assert_false(itsg_cmd_info_of((uint8_t)opcode, &info));
	}
}

static uint64_t random64(void)
{
	static uint64_t x = 0x9e3779b97f4a7c15;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x;
}

static void random_raw(uint8_t opcode, uint8_t raw[32])
{
	uint64_t word[4] = {random64(), random64(), random64(), random64()};

	words_to_bytes(word, raw);
	raw[0] = opcode;
}

static void encoding_what_was_decoded_clears_the_reserved_bits_and_no_other(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 21 * 2 * 500; i++) {
		bool v41 = i & 1;
		struct itsg_command first, second;
		uint8_t raw[32], again[32];
		uint64_t mask[4];

		random_raw(opcodes[i / 2 % 21], raw);
		assert_true(itsg_cmd_decode(raw, v41, &first));
		assert_true(itsg_cmd_reserved(raw, v41, mask));
		itsg_cmd_encode(&first, v41, again);
		for (unsigned int b = 0; b < BITS_IN_COMMAND; b++) {
			if (mask[b / 64] >> b % 64 & 1)
				raw[b / 8] = (uint8_t)(raw[b / 8] & ~(1u << b % 8));
		}
		assert_memory_equal(again, raw, sizeof(raw));
		assert_true(itsg_cmd_decode(again, v41, &second));
		assert_same_command("round trip", &second, &first);
	}
}

static void a_field_value_is_cut_to_its_bits_and_touches_no_other_field(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < itsg_cmd_count() * 2; i++) {
		struct itsg_cmd_info info;

		assert_true(itsg_cmd_info(i / 2, &info));
		for (unsigned int f = 0; f < ITSG_FIELD_COUNT; f++) {
			struct itsg_command command = {.opcode = info.opcode}, got;
			uint8_t raw[32];

			command.field[f] = ~0ull;
			itsg_cmd_encode(&command, i & 1, raw);
			assert_true(itsg_cmd_decode(raw, i & 1, &got));
			for (unsigned int g = 0; g < ITSG_FIELD_COUNT; g++)
				assert_true(g == f || got.field[g] == 0);
		}
	}
}

static bool in_some_field(const struct itsg_command *clean, const uint8_t raw[32], bool v41)
{
	struct itsg_command got;

	itsg_cmd_decode(raw, v41, &got);
	return memcmp(clean->field, got.field, sizeof(got.field)) != 0;
}

static void each_of_256_bits_is_opcode_or_field_or_reserved(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 21 * 2; i++) {
		struct itsg_command clean = {.opcode = opcodes[i / 2]};
		bool v41 = i & 1;

		for (unsigned int b = 8; b < BITS_IN_COMMAND; b++) {
			uint64_t mask[4], want[4] = {0};
			uint8_t raw[32] = {opcodes[i / 2]};

			raw[b / 8] = (uint8_t)(raw[b / 8] | 1u << b % 8);
			if (!in_some_field(&clean, raw, v41))
				want[b / 64] = 1ull << b % 64;
			assert_true(itsg_cmd_reserved(raw, v41, mask));
			assert_memory_equal(mask, want, sizeof(mask));
		}
	}
}

static void the_layout_of_vmapp_and_vmovp_depends_on_v41(void **state)
{
	static const uint64_t vmapp[4] = {0x0000000900020329, 0x0000000900002008,
					  0x8000000000020000, 0x00000009000100ef};
	struct itsg_command got;
	uint64_t mask[4];
	uint8_t raw[32];

	(void)state;
	words_to_bytes(vmapp, raw);
	assert_true(itsg_cmd_decode(raw, true, &got));
	assert_true(got.field[ITSG_F_VPT_SIZE] == 0xef && got.field[ITSG_F_VCONF] == 0x900020000);
	assert_true(itsg_cmd_reserved(raw, true, mask));
	assert_true(!mask[0] && !mask[1] && !mask[2] && !mask[3]);
	assert_true(itsg_cmd_decode(raw, false, &got));
	assert_true(got.field[ITSG_F_VPT_SIZE] == 0x0f && got.field[ITSG_F_VCONF] == 0);
	assert_true(itsg_cmd_reserved(raw, false, mask));
	assert_true(mask[0] == 0x0000000900020300 && mask[1] == 0x2008 && mask[3] == 0xe0);
	words_to_bytes(vector_named("GIC C26")->word, raw);
	assert_true(itsg_cmd_decode(raw, false, &got));
	assert_true(!got.field[ITSG_F_DB] && !got.field[ITSG_F_DEFAULT_DOORBELL]);
}

static enum itsg_since since_of(uint8_t opcode)
{
	if (opcode == ITSG_CMD_VSGI || opcode == ITSG_CMD_INVDB)
		return ITSG_SINCE_V4_1;
	return opcode < 0x20 ? ITSG_SINCE_V3 : ITSG_SINCE_V4_0;
}

static void the_table_lists_each_command_once_in_order(void **state)
{
	struct itsg_cmd_info info, same;

	(void)state;
	for (uint32_t i = 0; i < 21; i++) {
		assert_true(itsg_cmd_info(i, &info));
		assert_int_equal(info.opcode, opcodes[i]);
		assert_int_equal(info.since, since_of(info.opcode));
		assert_true(info.fields > 0 && info.fields <= ITSG_CMD_MAX_FIELDS);
		assert_true(itsg_cmd_info_of(info.opcode, &same));
		assert_memory_equal(&same, &info, sizeof(info));
	}
	assert_false(itsg_cmd_info(21, &info));
	assert_false(itsg_cmd_info(UINT32_MAX, &info));
}

static void fields_in_the_table_lie_in_their_word_and_do_not_overlap(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 21 * 2; i++) {
		enum itsg_layout other = i & 1 ? ITSG_LAYOUT_V4_0 : ITSG_LAYOUT_V4_1;
		uint64_t used[4] = {0xff, 0, 0, 0};
		struct itsg_cmd_info info;

		assert_true(itsg_cmd_info(i / 2, &info));
		for (unsigned int f = 0; f < info.fields; f++) {
			const struct itsg_field_info *field = &info.field[f];

			assert_true(field->field < ITSG_FIELD_COUNT && field->dword < 4);
			assert_true(field->lo <= field->hi && field->hi < 64);
			for (unsigned int b = field->lo; field->layout != other && b <= field->hi;
			     b++) {
				assert_false(used[field->dword] >> b & 1);
				used[field->dword] |= 1ull << b;
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors_decode_to_their_fields),
		cmocka_unit_test(vectors_encode_to_their_words),
		cmocka_unit_test(vectors_have_no_reserved_bit_set),
		cmocka_unit_test(commands_in_memory_are_little_endian),
		cmocka_unit_test(words_are_read_and_written_byte_by_byte_at_any_alignment),
		cmocka_unit_test(reserved_bits_of_mapd_are_dropped_and_reported),
		cmocka_unit_test(values_out_of_range_are_decoded_as_they_are),
		cmocka_unit_test(exactly_21_opcodes_are_known),
		cmocka_unit_test(an_unknown_opcode_has_no_fields_no_bytes_and_no_mask),
		cmocka_unit_test(encoding_what_was_decoded_clears_the_reserved_bits_and_no_other),
		cmocka_unit_test(a_field_value_is_cut_to_its_bits_and_touches_no_other_field),
		cmocka_unit_test(each_of_256_bits_is_opcode_or_field_or_reserved),
		cmocka_unit_test(the_layout_of_vmapp_and_vmovp_depends_on_v41),
		cmocka_unit_test(the_table_lists_each_command_once_in_order),
		cmocka_unit_test(fields_in_the_table_lie_in_their_word_and_do_not_overlap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
