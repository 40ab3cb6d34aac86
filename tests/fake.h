/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * A small fake platform for the unit tests of the guard: memory, page states, callbacks that are
 * recorded and can be told to fail, and an ITS that does only what the test tells it.
 *
 * It executes no command: hardware's CREADR moves when the test says so, and what was passed can be
 * looked at. All helpers assert what every platform may rely on, so a broken contract of a callback
 * fails the test that caused it, and each call of the library is followed by fake_check().
 */
#ifndef ITSGUARD_TESTS_FAKE_H
#define ITSGUARD_TESTS_FAKE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "itsguard/arch.h"
#include "itsguard/itsguard.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* The host's memory; everything else is nobody's, and the platform refuses it. */
#define FAKE_RAM       0x40000000ull
#define FAKE_RAM_BYTES 0x01000000ull
/* Private memory: the queue at the start, the level-1 pool behind it. ITS n: + n *
 * FAKE_PRIVATE_BYTES */
#define FAKE_PRIVATE       0x20000000ull
#define FAKE_PRIVATE_BYTES 0x00400000ull
#define FAKE_POOL          0x00100000ull /* offset of the pool */

/* Where fake_boot() puts things; tests place ITTs from FAKE_ITT on. */
#define FAKE_QUEUE       (FAKE_RAM + 0x000000)
#define FAKE_DEVICES     (FAKE_RAM + 0x100000) /* flat table or level 1 */
#define FAKE_COLLECTIONS (FAKE_RAM + 0x200000)
#define FAKE_LEVEL2      (FAKE_RAM + 0x300000)
#define FAKE_ITT         (FAKE_RAM + 0x800000)

#define FAKE_MAX_ITS     2
#define FAKE_MAX_EVENTS  256
#define FAKE_MAX_RUN     4096
#define FAKE_MAX_LOG     4096

/* The callbacks, for fake_fail(), fake_calls() and the log. */
enum fake_call {
	FAKE_SHARE,
	FAKE_UNSHARE,
	FAKE_DONATE,
	FAKE_RECLAIM,
	FAKE_ZERO,
	FAKE_FETCH,
	FAKE_STORE,
	FAKE_REG_WRITE,
	FAKE_CALLS
};

enum fake_page {
	FAKE_HOST,
	FAKE_SHARED,
	FAKE_DONATED,
	FAKE_GUEST
};

/* One GITS_BASER<n> of the fake hardware. */
struct fake_baser {
	uint8_t type; /* 0: not implemented */
	uint8_t entry_bytes;
	uint8_t max_page; /* a larger Page_Size code reads back as this one */
	bool indirect;
	bool valid_sticks; /* quirk: Valid cannot be cleared */
	uint64_t drops;    /* quirk: these bits are never kept */
	uint64_t forces;   /* quirk: these bits always read 1 */
	uint64_t value;
};

/* Everything a world is made from. fake_defaults() fills it; a test changes what it is about. */
struct fake_setup {
	struct itsg_its_config config;
	struct itsg_pages_config pages;
	uint64_t typer;
	struct fake_baser baser[8];
	uint64_t redistributors[64];
	bool no_event, no_reserved, no_asleep; /* leave an optional callback out */
};

struct fake_event {
	enum itsg_event_kind kind;
	enum itsg_reason reason;
	uint32_t offset;
	uint64_t value;
	enum itsg_callback callback;
	uint32_t culprit;
	uint64_t pa;
	uint8_t command[32];
	bool has_command;
};

/* One call of the library's, as text. */
struct fake_log {
	enum fake_call call;
	char text[56];
};

struct fake;

/* What all ITSs share. */
struct fake_machine {
	uint8_t *ram;
	uint8_t *pages_memory;
	struct itsg_pages *pages;
	uint32_t page_shift;
	uint8_t state[FAKE_RAM_BYTES >> 12]; /* enum fake_page, of each page of page_shift */
	struct fake *its[FAKE_MAX_ITS];
	uint32_t count;
	const struct itsg_redists *redists; /* rd_fake.h */
	bool inside;                        /* a call of the library is under way */
	bool unchecked;                     /* fake_check() does nothing */
};

struct fake {
	struct fake_machine *machine;
	struct itsg_its *its;
	void *memory;
	size_t memory_bytes;
	struct fake_setup setup;
	struct itsg_ops ops;
	uint8_t *private_memory; /* at private_pa */
	uint64_t private_pa;

	/* Hardware. The test may change any of it between calls. */
	uint64_t typer, cbaser, cwriter, creadr, ctlr_other;
	uint64_t cbaser_drops, cbaser_forces; /* quirks */
	bool cbaser_valid_sticks;
	bool creadr_sticks; /* quirk: CREADR is not 0 after a write of CBASER */
	bool enabled, quiescent, stalled;
	bool eager; /* passes every command as soon as it is published */
	struct fake_baser baser[8];
	uint8_t ran[FAKE_MAX_RUN][32]; /* the commands that were passed, as hardware read them */
	uint32_t ran_count;

	/* Callbacks. */
	uint32_t calls[FAKE_CALLS];   /* share to reclaim: pages */
	uint32_t ranges[FAKE_CALLS];  /* of those: calls, of however many pages */
	bool boasts;                  /* they answer more pages than they were given */
	uint32_t fail_at[FAKE_CALLS]; /* count down; 0: never */
	bool fail_always[FAKE_CALLS];
	bool fail_from[FAKE_CALLS]; /* when fail_at has come, it fails always */
	uint32_t fail_any;          /* likewise, over all callbacks that can fail */
	uint32_t reserved_device;   /* with reserved_used: the platform keeps this DeviceID */
	bool reserved_used;
	uint32_t reserved_asked;
	uint64_t asleep; /* bit n: redistributor n */
	struct fake_event events[FAKE_MAX_EVENTS];
	uint32_t event_count, event_next;
	struct fake_log log[FAKE_MAX_LOG];
	uint32_t log_count;

	/* The host's driver. */
	uint64_t host_queue; /* where it thinks its queue is: FAKE_QUEUE, 4 KB */
	uint32_t host_queue_bytes;
	uint32_t host_at; /* offset that the next command goes to */
};

/* ---- worlds ---- */

/* GICv3, 16 DeviceID, EventID and ICID bits, 8-byte ITT entries, PTA=0, 4 redistributors, INV=1,
 * 4 KB pages, 4 KB private queue, 128 KB pool, BASER0 devices, BASER1 collections, 8-byte entries,
 * 64 KB pages, Indirect; budget 1000, journal 64, 64 devices, 256 pages, 4 kept. */
void fake_defaults(struct fake_setup *setup);

/* A world of its own, with the guard initialised; fails the test if it cannot be. */
struct fake *fake_new(const struct fake_setup *setup);
struct fake *fake_default(void);
/* The default but for some settings: fake_with(setup.config.devices = 2, setup.config.kept = 0) */
#define fake_with(...)                                                                             \
	({                                                                                         \
		struct fake_setup setup;                                                           \
                                                                                                   \
		fake_defaults(&setup);                                                             \
		__VA_ARGS__;                                                                       \
		fake_new(&setup);                                                                  \
	})

/* The default, with hardware that forgets a table whose Valid is cleared, or does not. */
struct fake *fake_that_forgets(bool forgets);

/* The same, after fake_boot(). */
struct fake *fake_armed(void);
#define fake_armed_with(...) fake_booted(fake_with(__VA_ARGS__))
struct fake *fake_sized(uint32_t journal, uint32_t depth, uint32_t budget);
struct fake *fake_booted(struct fake *fake);
/* And so that collection 0 is at redistributor 1, and device 1 is mapped. */
struct fake *fake_in_use(void);

/* Another ITS on the same machine and tracker. */
struct fake *fake_another(struct fake *first);
/* The world before itsg_its_init(); fake_init() then gives its answer. */
struct fake *fake_raw(const struct fake_setup *setup);
struct fake *fake_raw_default(void);
enum itsg_reason fake_init(struct fake *fake);
/* Ends the whole machine, with all its ITSs. */
void fake_free(struct fake *fake);

/* ---- the library, each call followed by fake_check() ---- */

enum itsg_reason fake_w64(struct fake *fake, uint32_t offset, uint64_t value);
enum itsg_reason fake_w32(struct fake *fake, uint32_t offset, uint64_t value);
enum itsg_reason fake_write(struct fake *fake, uint32_t offset, uint32_t width, uint64_t value);
uint64_t fake_r64(struct fake *fake, uint32_t offset); /* must not be refused */
uint64_t fake_r32(struct fake *fake, uint32_t offset);
enum itsg_reason fake_read(struct fake *fake, uint32_t offset, uint32_t width, uint64_t *value);
bool fake_poll(struct fake *fake);
struct itsg_stats fake_stats(const struct fake *fake);
/*
 * itsg_check(); every page in the tracker has the platform's state to match, and the reverse; every
 * table that hardware has as valid lies in donated or private memory, and so does its queue.
 */
void fake_check(const struct fake *fake);
/* Polls until there is nothing to do, hardware passing everything. */
void fake_run(struct fake *fake);
/* Polls until there is nothing to do; hardware stands still. */
void fake_settle(struct fake *fake);
/* From here on a call takes so many steps at most. */
void fake_set_budget(struct fake *fake, uint32_t steps);
/* itsg_power_lost() */
void fake_tell_power_lost(struct fake *fake);

/* ---- the host ---- */

/* Register values: flat or two-level table of `pages` ITS pages of this Page_Size code. */
uint64_t fake_baser_value(uint64_t pa, uint32_t pages, uint32_t code, bool indirect);
uint64_t fake_cbaser_value(uint64_t pa, uint32_t pages_of_4k);

/* CBASER of 4 KB, flat device table (64 KB), flat collection table (64 KB), Enabled=1. */
void fake_boot(struct fake *fake);
/* Likewise with a two-level device table of 4 KB ITS pages. */
void fake_boot_two_level(struct fake *fake);
/* And with a level-2 page for DeviceIDs below 512, at FAKE_LEVEL2. */
void fake_boot_linked(struct fake *fake);
/* Only the registers, not Enabled. */
void fake_program(struct fake *fake, bool two_level);
enum itsg_reason fake_enable(struct fake *fake);
void fake_disable(struct fake *fake);
/* BASER of the devices, of the collections, CBASER: none is refused. */
void fake_set_devices(struct fake *fake, uint64_t value);
void fake_set_collections(struct fake *fake, uint64_t value);
void fake_set_queue(struct fake *fake, uint64_t value);
/* A queue of 4 KB there, which is empty; it may be the one of before. */
void fake_begin_queue(struct fake *fake, uint64_t pa);
/* Disabled, and queue and tables given up. */
void fake_give_up_all(struct fake *fake);
uint64_t fake_creadr(struct fake *fake);

/* Puts a command into the host's queue; fake_submit() then writes CWRITER. */
void fake_words(struct fake *fake, uint64_t dw0, uint64_t dw1, uint64_t dw2, uint64_t dw3);
void fake_mapd(struct fake *fake, uint32_t device, uint32_t size, uint64_t itt);
void fake_unmap(struct fake *fake, uint32_t device);
void fake_mapc(struct fake *fake, uint32_t icid, uint64_t rdbase);
void fake_mapti(struct fake *fake, uint32_t device, uint32_t event, uint32_t intid, uint32_t icid);
void fake_event(struct fake *fake, uint8_t opcode, uint32_t device, uint32_t event);
void fake_sync(struct fake *fake, uint64_t rdbase);
/* So many SYNCs, between each two of them a command that is refused: each is an entry of the
 * journal. */
void fake_syncs_apart(struct fake *fake, uint32_t count, uint64_t rdbase);
void fake_submit(struct fake *fake);

/*
 * The one command just put into the queue, submitted and run to its end: ITSG_OK if it was
 * published, the reason if it was refused, ITSG_REASON_COUNT if it is still waiting.
 */
enum itsg_reason fake_try(struct fake *fake);

/*
 * What is so when a command, alone in the queue, has been run to its end. A device that is mapped
 * has 16 events, and its ITT is at FAKE_ITT + device * 0x1000.
 */
void fake_collection(struct fake *fake, uint32_t icid, uint32_t redistributor);
void fake_mapped(struct fake *fake, uint32_t device);
void fake_unmapped(struct fake *fake, uint32_t device);
/* Its unmap is submitted, and hardware has not passed it. */
void fake_unmapping(struct fake *fake, uint32_t device);

/* Memory of the host, or of the guard. */
void fake_put(struct fake *fake, uint64_t pa, const void *bytes, size_t count);
void fake_put64(struct fake *fake, uint64_t pa, uint64_t value);
uint64_t fake_get64(const struct fake *fake, uint64_t pa);
/* The 32 bytes at a slot of the private queue, as four words. */
uint64_t fake_slot(const struct fake *fake, uint32_t slot, uint32_t word);
enum fake_page fake_page(const struct fake *fake, uint64_t pa);
void fake_give_to_guest(struct fake *fake, uint64_t pa); /* a page of the host's */
uint32_t fake_pages_held(const struct fake *fake);       /* pages that are not the host's */

/* ---- hardware ---- */

/* Passes the next n commands; the test fails if they are not published. */
void fake_pass(struct fake *fake, uint32_t n);
void fake_pass_all(struct fake *fake);
uint32_t fake_unpassed(const struct fake *fake);
/* Word of the index-th command that hardware passed. */
uint64_t fake_ran(const struct fake *fake, uint32_t index, uint32_t word);
/* It stalls where it is, and the guard looks. */
void fake_stall(struct fake *fake);
void fake_power_loss(struct fake *fake);
/* Power goes when Enabled is 0, and hardware not quiescent yet. */
void fake_power_loss_in_flight(struct fake *fake);

/* ---- callbacks ---- */

void fake_fail(struct fake *fake, enum fake_call call, uint32_t nth); /* 1: the next */
void fake_forget(struct fake *fake);                                  /* log, counts, failures */
/*
 * The log since fake_forget() is exactly this: "share 40000; donate 40100; zero 40100000+10000;
 * fetch 40000000+20; store 20000000+20; reg 88 20", numbers in hexadecimal, of the callbacks named
 * in `calls` (FAKE_BIT of each). A call that failed ends in "!".
 */
void fake_expect(struct fake *fake, uint32_t calls, const char *log);
#define FAKE_BIT(call) (1u << (call))
#define FAKE_PAGE_CALLS                                                                            \
	(FAKE_BIT(FAKE_SHARE) | FAKE_BIT(FAKE_UNSHARE) | FAKE_BIT(FAKE_DONATE) |                   \
	 FAKE_BIT(FAKE_RECLAIM))

/* The next event not yet looked at must be this; false kinds fail the test. */
const struct fake_event *fake_next_event(struct fake *fake);
void fake_refused(struct fake *fake, enum itsg_reason reason); /* a command */
void fake_no_event(struct fake *fake);

#endif
