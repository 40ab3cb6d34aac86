/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Fake redistributors on a fake machine (fake.h): registers that do only what the test tells them.
 * Each call of the library is followed by rd_fake_check().
 */
#ifndef ITSGUARD_TESTS_RD_FAKE_H
#define ITSGUARD_TESTS_RD_FAKE_H

#include "fake.h"
#include "itsguard/gicr.h"
#include "itsguard/redists.h"

#define RD_FAKE_MAX 48

/* Where rd_fake_on() puts tables: as recorded with Linux, moved into the fake memory. */
#define RD_CONFIG     (FAKE_RAM + 0x640000)
#define RD_PENDING(n) (FAKE_RAM + 0x650000 + 0x10000ull * (n))
#define RD_PROP       (RD_CONFIG | 0x78f)     /* 16 INTID bits; 14 pages of 4 KB */
#define RD_PEND(n)    (RD_PENDING(n) | 0x780) /* 2 pages */

/* Of hardware. The test may change any of it between calls. */
struct rd_hw {
	uint64_t typer, prop, pend, vprop, vpend;
	uint32_t ctlr; /* EnableLPIs, CES, IR, DPG; RWP by the next */
	uint32_t rwp; /* so many looks at CTLR show RWP=1 after a clear, and EnableLPIs as it was */
	uint32_t busy; /* of those, what is left */
	bool reaches;  /* meanwhile it may use its tables */
	bool stays;    /* EnableLPIs cannot be cleared */
	bool deaf;     /* it cannot be set */
	bool off;      /* without power: writes are lost, and reads are 0, but for TYPER */
	uint64_t prop_loses, pend_loses; /* bits that are not kept */
	uint64_t prop_forces;            /* bits that read 1 */
};

struct rd_fake {
	struct fake *fake;
	struct itsg_redists *redists;
	struct itsg_redists_config config;
	struct itsg_redists_ops ops;
	uint64_t frames[RD_FAKE_MAX];
	struct rd_hw hw[RD_FAKE_MAX];
	void *memory;
	bool power_comes;  /* right after the next time that somebody asks for it */
	char writes[1024]; /* "0:70=4364078f ", of rd, offset and value, in hexadecimal */
	uint32_t reads;
	struct itsg_event event; /* the last one */
	uint32_t events;
};

/*
 * 4 redistributors of one group at 0x80a0000 + n * 0x20000, affinity n, Processor_Number n, CES; 48
 * PA bits, 16 INTID bits. Not initialised: rd_fake_init() gives the answer.
 */
struct rd_fake *rd_fake_raw(void);
enum itsg_reason rd_fake_init(struct rd_fake *rd);
/* The same, but for some settings, and initialised: rd_fake_with(with->config.tables = 2) */
#define rd_fake_with(...)                                                                          \
	({                                                                                         \
		struct rd_fake *with = rd_fake_raw();                                              \
                                                                                                   \
		__VA_ARGS__;                                                                       \
		assert_int_equal(rd_fake_init(with), ITSG_OK);                                     \
		rd_fake_forget(with);                                                              \
		with;                                                                              \
	})
struct rd_fake *rd_fake_new(void);
void rd_fake_free(struct rd_fake *rd);

/* ---- the library ---- */

enum itsg_reason rd_write(struct rd_fake *rd, uint32_t n, uint32_t offset, uint32_t width,
			  uint64_t value);
enum itsg_reason rd_w32(struct rd_fake *rd, uint32_t n, uint32_t offset, uint64_t value);
enum itsg_reason rd_w64(struct rd_fake *rd, uint32_t n, uint32_t offset, uint64_t value);
enum itsg_reason rd_read(struct rd_fake *rd, uint32_t n, uint32_t offset, uint32_t width,
			 uint64_t *value);
uint64_t rd_r32(struct rd_fake *rd, uint32_t n, uint32_t offset); /* must not be refused */
uint64_t rd_r64(struct rd_fake *rd, uint32_t n, uint32_t offset);
enum itsg_reason rd_adopt(struct rd_fake *rd);
bool rd_gone(struct rd_fake *rd);
bool rd_poll(struct rd_fake *rd);
/* itsg_check() with the redistributors, and what rd_hw says is in reach is held. */
void rd_fake_check(const struct rd_fake *rd);

/* ---- the host ---- */

/* Both registers, and EnableLPIs=1. */
enum itsg_reason rd_enable(struct rd_fake *rd, uint32_t n, uint64_t prop, uint64_t pend);
/* The same with RD_PROP and RD_PEND(n); it must not be refused. */
void rd_on(struct rd_fake *rd, uint32_t n);
enum itsg_reason rd_clear(struct rd_fake *rd, uint32_t n);

/* ---- looks ---- */

enum itsg_redist_phase rd_phase(const struct rd_fake *rd, uint32_t n);
uint32_t rd_pages(const struct rd_fake *rd); /* that are held */
/* Writes of registers since rd_fake_forget() are exactly this. */
void rd_fake_expect(struct rd_fake *rd, const char *writes);
void rd_fake_forget(struct rd_fake *rd);

#endif
