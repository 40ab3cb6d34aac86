/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* What all fuzz targets share: reading an input, telling a finding, counting, determinism. */
#ifndef FUZZ_COMMON_H
#define FUZZ_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The name of the target. Each tells its own, before main(). */
extern const char *fuzz_target;
#define FUZZ_NAME(name)                                                                            \
	__attribute__((constructor)) static void tell_name(void)                                   \
	{                                                                                          \
		fuzz_target = (name);                                                              \
	}

/* An input that is being read. */
struct fuzz_input {
	const uint8_t *data;
	size_t size;
	size_t at;
};

/* Starts an input: the header is copied out, what is missing of it is zero. */
struct fuzz_input fuzz_begin(const uint8_t *data, size_t size, uint8_t *header, size_t bytes);
/* The next operation, or NULL at the end. */
const uint8_t *fuzz_next(struct fuzz_input *input, size_t bytes);

static inline uint64_t fuzz_le(const uint8_t *bytes, unsigned count)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < count; i++)
		value |= (uint64_t)bytes[i] << (8 * i);
	return value;
}

#define FUZZ_PICK(table, byte) ((table)[(byte) % (sizeof(table) / sizeof((table)[0]))])

/* A finding: says what and ends the program. */
_Noreturn void fuzz_found(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What came of an input: same input, same hash, whatever ran before. */
extern uint64_t fuzz_hash;

static inline void fuzz_mix(uint64_t value)
{
	fuzz_hash = (fuzz_hash ^ value) * 0x9e3779b97f4a7c15u;
	fuzz_hash ^= fuzz_hash >> 29;
}

/*
 * Operations that were checked, in all inputs. With ITSGUARD_FUZZ_COUNT=1 in the environment the
 * sum and the rate are printed at exit.
 */
extern uint64_t fuzz_ops;

/*
 * Negative controls: faults that the checks of a target must find. ITSGUARD_FUZZ_PLANT names one.
 */
#define FUZZ_PLANTS(X)                                                                             \
	X(none)                                                                                    \
	X(crash)    /* any target: as if the first operation were a finding */                     \
	X(overflow) /* any target: a write beyond a heap block, for the sanitizers */              \
	X(hang)     /* any target: an input that never ends */                                     \
	X(release)  /* a page is released while the guard holds it: late release, reach */         \
	X(leak)     /* a page is shared that nobody has on record */                               \
	X(claim)    /* a granule is claimed that nobody has on record: books */                    \
	X(reread)   /* a host word is read twice for one decision */                               \
	X(overlap)  /* a claimed granule is taken for free */                                      \
	X(answer)   /* the answer is taken for another than it was */                              \
	X(touch)    /* the ITS reads memory that nobody holds */                                   \
	X(refuse)   /* an honest host is refused */                                                \
	X(error)    /* hardware meets an error that is not the host's */                           \
	X(deaf)     /* hardware hears of no command any more */                                    \
	X(moved)    /* a register the host wrote changes by itself */

enum fuzz_plant {
#define PLANT(name) FUZZ_PLANT_##name,
	FUZZ_PLANTS(PLANT)
#undef PLANT
};

extern enum fuzz_plant fuzz_plant;

static inline bool fuzz_planted(enum fuzz_plant plant)
{
	return fuzz_plant == plant;
}

#endif
