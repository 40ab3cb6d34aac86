/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "mutate.h"

#include <string.h>

/* splitmix64 */
static uint64_t next(struct mutator *m)
{
	uint64_t z = (m->rng += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static size_t below(struct mutator *m, size_t limit)
{
	return limit ? (size_t)(next(m) % limit) : 0;
}

/* An input while it is being changed: the header is always there, and only whole operations. */
struct stream {
	uint8_t *data;
	size_t header, op;
	size_t count, max; /* operations */
};

static uint8_t *at(const struct stream *s, size_t index)
{
	return s->data + s->header + index * s->op;
}

/* ---- inside one operation ---- */

static void random_op(struct mutator *m, uint8_t *op, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		op[i] = (uint8_t)next(m);
	/* Most numbers that mean something are small. */
	for (size_t i = 1; i < bytes; i++)
		if (below(m, 2))
			op[i] &= 7;
}

static void change_byte(struct mutator *m, uint8_t *byte)
{
	static const uint8_t special[] = {0, 1, 2, 3, 0x7f, 0x80, 0xff, 0x40};

	switch (below(m, 5)) {
	case 0:
		*byte ^= (uint8_t)(1u << below(m, 8));
		return;
	case 1:
		*byte = (uint8_t)(*byte + 1);
		return;
	case 2:
		*byte = (uint8_t)(*byte - 1);
		return;
	case 3:
		*byte = special[below(m, sizeof(special))];
		return;
	default:
		*byte = (uint8_t)next(m);
	}
}

static void change_bytes(struct mutator *m, uint8_t *data, size_t size)
{
	if (m->bytes && below(m, 3) == 0) {
		m->bytes(m->ctx, data, size);
		return;
	}
	for (size_t n = 1 + below(m, 3); n > 0; n--)
		change_byte(m, &data[below(m, size)]);
}

/* ---- whole operations ---- */

static void insert(struct mutator *m, struct stream *s, const uint8_t *ops, size_t count)
{
	size_t where = below(m, s->count + 1);

	if (count > s->max - s->count)
		count = s->max - s->count;
	memmove(at(s, where + count), at(s, where), (s->count - where) * s->op);
	memcpy(at(s, where), ops, count * s->op);
	s->count += count;
}

static void insert_random(struct mutator *m, struct stream *s)
{
	uint8_t op[64];

	random_op(m, op, s->op);
	insert(m, s, op, 1);
}

/* A few operations again, somewhere else: what was done is done twice, or in another order. */
static void copy(struct mutator *m, struct stream *s)
{
	uint8_t ops[16 * 64];
	size_t from = below(m, s->count);
	size_t count = 1 + below(m, 15);

	if (count > s->count - from)
		count = s->count - from;
	memcpy(ops, at(s, from), count * s->op);
	insert(m, s, ops, count);
}

static void erase(struct mutator *m, struct stream *s)
{
	size_t from = below(m, s->count);
	size_t count = 1 + below(m, below(m, 4) ? 2 : s->count / 2 + 1);

	if (count > s->count - from)
		count = s->count - from;
	memmove(at(s, from), at(s, from + count), (s->count - from - count) * s->op);
	s->count -= count;
}

static void exchange(struct mutator *m, struct stream *s)
{
	uint8_t op[64];
	size_t a = below(m, s->count), b = below(m, s->count);

	memcpy(op, at(s, a), s->op);
	memmove(at(s, a), at(s, b), s->op);
	memcpy(at(s, b), op, s->op);
}

/* One operation as another one, but for a byte: same device, other verb; other device, same verb.
 */
static void vary(struct mutator *m, struct stream *s)
{
	uint8_t op[64];

	memcpy(op, at(s, below(m, s->count)), s->op);
	change_byte(m, &op[below(m, s->op)]);
	insert(m, s, op, 1);
}

static void change_op(struct mutator *m, struct stream *s)
{
	change_bytes(m, at(s, below(m, s->count)), s->op);
}

static void step(struct mutator *m, struct stream *s)
{
	size_t dice = below(m, 32);

	if (dice == 0 && s->header) {
		change_bytes(m, s->data, s->header);
		return;
	}
	if (s->count == 0 || dice < 7) {
		insert_random(m, s);
		return;
	}
	if (dice < 11)
		copy(m, s);
	else if (dice < 14)
		erase(m, s);
	else if (dice < 16)
		exchange(m, s);
	else if (dice < 20)
		vary(m, s);
	else
		change_op(m, s);
}

static struct stream open_stream(const struct fuzz_format *format, uint8_t *data, size_t size,
				 size_t max)
{
	struct stream s = {data, format->shape.header, format->shape.op, 0, 0};

	if (size < s.header)
		memset(data + size, 0, s.header - size);
	else
		s.count = (size - s.header) / s.op;
	s.max = (max - s.header) / s.op;
	if (s.count > s.max)
		s.count = s.max;
	return s;
}

/* Of any length up to `max`, and more of the short ones. */
static size_t begin_anew(struct mutator *m, uint8_t *data, size_t max)
{
	const struct random_shape *shape = &m->format->shape;
	size_t room = (max - shape->header) / shape->op;
	size_t limit = (size_t)8 << below(m, 5);

	return random_input(next(m), shape, data, room < limit ? room : limit);
}

size_t mutate(struct mutator *m, uint8_t *data, size_t size, size_t max)
{
	struct stream s;

	if (max < m->format->shape.header)
		return size < max ? size : max;
	if (m->anew && below(m, m->anew) == 0)
		return begin_anew(m, data, max);
	s = open_stream(m->format, data, size, max);
	for (size_t n = 1 + below(m, below(m, 4) ? 3 : 12); n > 0; n--)
		step(m, &s);
	return s.header + s.count * s.op;
}

/* ---- crossing ---- */

static void append(struct stream *s, const uint8_t *ops, size_t count)
{
	if (count > s->max - s->count)
		count = s->max - s->count;
	memcpy(at(s, s->count), ops, count * s->op);
	s->count += count;
}

size_t mutate_cross(struct mutator *m, const uint8_t *a, size_t a_size, const uint8_t *b,
		    size_t b_size, uint8_t *out, size_t max)
{
	size_t header = m->format->shape.header, op = m->format->shape.op;
	size_t a_count = a_size > header ? (a_size - header) / op : 0;
	size_t b_count = b_size > header ? (b_size - header) / op : 0;
	size_t a_cut = below(m, a_count + 1), b_from = below(m, b_count + 1);
	size_t b_take = below(m, b_count - b_from + 1);
	struct stream s;

	if (max < header)
		return 0;
	memcpy(out, a, a_size < header ? a_size : header);
	s = open_stream(m->format, out, a_size < header ? a_size : header, max);
	if (a_count)
		append(&s, a + header, a_cut);
	if (b_count)
		append(&s, b + header + b_from * op, b_take);
	/* Spliced into a, or in place of its end. */
	if (a_count && below(m, 2))
		append(&s, a + header + a_cut * op, a_count - a_cut);
	return s.header + s.count * s.op;
}
