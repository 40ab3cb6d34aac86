/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The states that were reached: a set of their hashes in memory, a file of the states themselves,
 * as differences from the first one, in the order in which they were found, and one of their
 * records only, which stays when what is expanded is forgotten. The files are all that is needed to
 * go on after the program was ended.
 */
#ifndef CLOSURE_STORE_H
#define CLOSURE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* 128 bits: two of 10^9 states have one hash with a probability of 10^-21. */
struct store_key {
	uint64_t a;
	uint64_t b;
};

/* Where a state came from. */
struct store_step {
	uint32_t parent; /* number of the state */
	uint16_t act;
	uint8_t fault; /* which callback failed; 0: none */
	uint8_t on;    /* and those of its kind behind it */
};

/* As it is in a file: this, then the places of `words` words, and their values. */
struct store_record {
	struct store_key key;
	struct store_step step;
	uint32_t words;
	uint32_t level; /* acts from the first state */
};

#define STORE_MOST_WORDS 4096u

struct store_state {
	struct store_record record;
	uint16_t place[STORE_MOST_WORDS];
	uint64_t value[STORE_MOST_WORDS];
};

/* Image and first image, of so many bytes: what differs, and its hash. */
void store_encode(const uint8_t *image, const uint8_t *first, size_t bytes,
		  struct store_state *out);
void store_decode(const struct store_state *state, const uint8_t *first, size_t bytes,
		  uint8_t *image);

/* Appends to a file, or reads from where it is. False at its end. */
bool store_write(FILE *file, const struct store_state *state);
bool store_read(FILE *file, struct store_state *state);
bool store_write_record(FILE *file, const struct store_record *record);
bool store_read_record(FILE *file, struct store_record *record);

/* ---- the set ---- */

struct store_set {
	struct store_key *keys;
	uint64_t capacity; /* a power of two */
	uint64_t count;
};

bool store_set_begin(struct store_set *set);
bool store_has(const struct store_set *set, struct store_key key);

/* False: it is there already. `out of memory` ends the program. */
bool store_add(struct store_set *set, struct store_key key);

#endif
