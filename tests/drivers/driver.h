/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * A host's ITS driver, played: it talks to the guard of a simulated world as the real one would, by
 * registers and memory alone, believes only what it reads back, and gives up where the real one
 * does. docs/DRIVERS.md names what was read of each; no code of theirs is here.
 *
 * Whatever goes wrong ends the play at once (driver_fail() does not return): a refusal, a store to
 * memory that is no longer the host's, a read-back that the driver does not accept, a time-out, an
 * interrupt that does not arrive, a page that does not come back.
 */
#ifndef TESTS_DRIVERS_DRIVER_H
#define TESTS_DRIVERS_DRIVER_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "oracle.h"
#include "world.h"

/* Registers, and the bits that drivers look at. */
#define CTLR          0x0000u
#define IIDR          0x0004u
#define TYPER         0x0008u
#define CBASER        0x0080u
#define CWRITER       0x0088u
#define CREADR        0x0090u
#define BASER(n)      (0x0100u + 8u * (unsigned)(n))
#define BASERS        8
#define PIDR2         0xffe8u

#define ENABLED       1u
#define QUIESCENT     0x80000000u
#define VALID         ((uint64_t)1 << 63)
#define INDIRECT      ((uint64_t)1 << 62)
#define PAGE_FIELD    ((uint64_t)3 << 8)
#define SHARE_FIELD   ((uint64_t)3 << 10)
#define SHARE_INNER   ((uint64_t)1 << 10)
#define SHARE_OUTER   ((uint64_t)2 << 10)
#define INNER(code)   ((uint64_t)(code) << 59)
#define OUTER(code)   ((uint64_t)(code) << 53)
#define READ_ONLY     (((uint64_t)7 << 56) | ((uint64_t)0x1f << 48)) /* Type, Entry_Size */
#define ADDRESS       0xfffffffff000u
#define TYPE(baser)   ((unsigned)((baser) >> 56) & 7u)
#define ENTRY(baser)  (((unsigned)((baser) >> 48) & 0x1fu) + 1)
#define PAGE(baser)   ((unsigned)((baser) >> 8) & 3u)
#define DEVICES       1u
#define COLLECTIONS   4u
#define STALLED       1u
#define RETRY         1u

#define TYPER_ITE(t)  (((unsigned)((t) >> 4) & 0xfu) + 1)
#define TYPER_IDS(t)  (((unsigned)((t) >> 8) & 0x1fu) + 1)
#define TYPER_DEVS(t) (((unsigned)((t) >> 13) & 0x1fu) + 1)
#define TYPER_PTA(t)  (((t) >> 19) & 1u)
#define TYPER_CIDS(t) (((t) >> 36) & 1u ? ((unsigned)((t) >> 32) & 0xfu) + 1 : 16u)

#define LPI(n)        (8192u + (uint32_t)(n))
#define CPUS          2u

/* The machine that a driver meets. */
struct mode {
	uint32_t page;                 /* of the hypervisor */
	enum trace_page_size its_page; /* the largest that BASERs keep */
	bool indirect;                 /* hardware keeps Indirect */
	bool pool;                     /* the guard has memory for level-1 mirrors */
	bool pta;
	bool forgets;
	bool donate; /* ITTs are donated */
	uint8_t device_bits;
	bool bare; /* there is no guard */
	/* Hardware: moves only when the driver has read CREADR or CTLR, a command at a time, and
	 * nobody polls; caches; stalls at an erroneous command; trusts ITT entries. */
	bool slow, cache, stall, trust;
};

struct driver {
	struct world *world;
	struct itsg_pages *tracker; /* NULL: nobody guards */
	struct oracle *oracle;
	const struct mode *mode;
	uint32_t its;
	uint32_t granule;     /* of driver_pages(): never smaller than the hypervisor's page */
	uint64_t pages, heap; /* next free byte of each */
	FILE *out;            /* the trace, or NULL */
	bool read_pending;    /* a read of CREADR not yet written to it */
	unsigned pending_width;
	uint64_t pending_value;
	enum itsg_reason expected; /* the next access must lead to this refusal */
	char why[256];
	jmp_buf over;

	/* The driver's own. One queue for each ITS. */
	struct queue {
		uint64_t pa;
		uint32_t bytes, at;
	} queue[TRACE_ITS_MAX];
	uint64_t typer;
	uint64_t level1;     /* 0: flat */
	uint32_t per_level2; /* DeviceIDs of a level-2 page */
	uint32_t its_page;
	uint32_t devices; /* DeviceIDs that the device table reaches */
	uint64_t itt[64];
	uint32_t itt_bytes[64];
	uint32_t lpis; /* handed out */
};

/* One play. */
struct scenario {
	const char *name;   /* corpus/drivers/NAME.trace */
	const char *about;  /* the first line of the trace */
	const char *source; /* repository, file, commit */
	void (*play)(struct driver *d);
	/* Why it cannot work in this mode, guard or no guard; NULL: it must. May be NULL. */
	const char *(*cannot)(const struct mode *mode);
	uint32_t itss;   /* 0: one */
	bool no_pool;    /* only where Indirect is not offered: level1_pool is empty */
	bool once;       /* shows one thing, in the default mode alone */
	bool packed;     /* its pages lie side by side, in a recording too */
	bool unrecorded; /* too long for a trace */
	bool gicv4;      /* TYPER.Virtual, VMOVP=0: ITS_Number is asked for */
};

/* Each ends with one that has no name. */
extern const struct scenario acs_scenarios[], fiasco_scenarios[], freebsd_scenarios[],
	hvisor_scenarios[], illumos_scenarios[], kinds_scenarios[], kvm_scenarios[],
	linux_scenarios[], nanos_scenarios[], netbsd_scenarios[], openbsd_scenarios[],
	osv_scenarios[], rtthread_scenarios[], urthr_scenarios[], xen_scenarios[],
	zephyr_scenarios[];

/* Plays it; false with `why` filled. With `out`, what the driver says becomes a trace. */
bool driver_play(const struct scenario *scenario, const struct mode *mode, struct world **world,
		 FILE *out, char *why, size_t size);

/* ---- registers and memory ---- */

uint32_t r32(struct driver *d, uint32_t offset);
uint64_t r64(struct driver *d, uint32_t offset);
void w32(struct driver *d, uint32_t offset, uint32_t value);
void w64(struct driver *d, uint32_t offset, uint64_t value);
void store64(struct driver *d, uint64_t pa, uint64_t value);
uint64_t load64(struct driver *d, uint64_t pa);

/* Whole pages, zeroed; and bytes among other things of the driver's. */
uint64_t driver_pages(struct driver *d, uint64_t bytes, uint64_t align);
uint64_t driver_heap(struct driver *d, uint64_t bytes, uint64_t align);
/* The driver reuses this memory: it must be the host's, and no claim may be left in it. */
void driver_free(struct driver *d, uint64_t pa, uint64_t bytes);
/* It uses memory of its own that the ITS was never given. */
void driver_touch(struct driver *d, uint64_t pa);

/* ---- commands ---- */

struct command {
	uint64_t dw[4];
};

struct command mapd(uint32_t device, uint32_t size, uint64_t itt, bool valid);
struct command mapc(uint32_t icid, uint64_t rdbase, bool valid);
struct command mapti(uint32_t device, uint32_t event, uint32_t lpi, uint32_t icid);
struct command movi(uint32_t device, uint32_t event, uint32_t icid);
struct command on_event(unsigned opcode, uint32_t device, uint32_t event);
struct command invall(uint32_t icid);
struct command sync_with(uint64_t rdbase);
#define INT     0x03u
#define CLEAR   0x04u
#define INV     0x0cu
#define DISCARD 0x0fu

struct queue *queue_of(struct driver *d);
/* Into the queue, which moves on and wraps; the driver rings itself. */
void put(struct driver *d, struct command command);

/* ---- the stage ---- */

/* How MAPC and SYNC name a processor. */
uint64_t rdbase(const struct driver *d, unsigned cpu);
/* The lines that follow concern this ITS. */
void driver_its(struct driver *d, uint32_t its);
void driver_note(struct driver *d, const char *text);
/* The next access or command is refused, rightly, for this reason. False: nobody is there to do so.
 */
bool driver_expect(struct driver *d, enum itsg_reason reason);
/* A device sends its event: this LPI arrives at this processor; or nothing does. */
void driver_msi(struct driver *d, uint32_t device, uint32_t event, uint32_t lpi, unsigned cpu);
void driver_silence(struct driver *d, uint32_t device, uint32_t event);
/* Why a driver that invalidates an event after discarding it cannot work there; NULL: it can. */
const char *driver_stalls_after_discard(const struct mode *mode);
/* Everything comes to rest; oracle and invariants hold; this many devices are mapped. */
void driver_rest(struct driver *d, uint32_t devices);
/* The state of this page, for what goes wrong on purpose. */
void driver_lost(struct driver *d, uint64_t pa);
void driver_fail(struct driver *d, const char *format, ...) __attribute__((noreturn))
__attribute__((format(printf, 2, 3)));
void driver_must(struct driver *d, bool what, const char *why);

/* A kernel before this one left the ITS on, with a device mapped. */
void driver_left_on(struct driver *d);

/* ---- what several drivers do in the same way ---- */

uint32_t page_bytes(unsigned code);
/* The position of the highest bit set, from 1; 0 for 0. */
unsigned top_bit(uint64_t value);
uint64_t round_up(uint64_t value, uint64_t to);

#endif
