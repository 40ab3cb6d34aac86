/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * itsguard: a guard between an untrusted host and an Arm GICv3 ITS.
 *
 * The hypervisor takes the ITS control frame away from the host, hands every trapped access to
 * itsg_write() and itsg_read(), and gives the guard a few callbacks over its page ownership. The
 * guard then programs the hardware itself, from private copies, and holds every page that the ITS
 * may touch for as long as it may touch it.
 *
 * POWER. Before the ITS may lose power the host disables it through the guard (a write of CTLR) and
 * waits for Quiescent; hardware has what it caches in memory then. A loss is found at the next
 * enable, and mappings survive it; without that wait the tables begin anew, since they may lack
 * what hardware had cached, and so they do where firmware enables hardware before the guard has
 * overwritten what was passed. Where power may go while the ITS is enabled, as in a suspend that
 * does not disable it, the platform must say so: itsg_power_lost(). Real hibernation, which writes
 * memory back that the guard has donated, is not offered.
 *
 * LOCKING. One lock, the caller's: hold it over every call that concerns a tracker or any ITS on
 * that tracker. The library never locks, waits, spins or allocates, and it calls back only from
 * inside the call that is being made. Callbacks must not call the library.
 *
 * MEMORY. All state lies in memory that the caller gives, of the size that itsg_its_size() and
 * itsg_pages_size() state. It must be inaccessible to the host. There are no globals.
 *
 * REASONS. Every refusal has exactly one reason (reason.h), and leaves the guard, the page states
 * and the hardware as they were (I3).
 */
#ifndef ITSGUARD_ITSGUARD_H
#define ITSGUARD_ITSGUARD_H

#include "itsguard/cmd.h"
#include "itsguard/config.h"
#include "itsguard/env.h"
#include "itsguard/pages.h"
#include "itsguard/reason.h"
#include "itsguard/version.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The GITS_BASER<n> registers of one ITS (GITS_BASER: 0x100 + 8n, n = 0..7). */
#define ITSG_BASERS 8

struct itsg_its;
struct itsg_redists; /* redists.h */

/* What itsg_event tells. */
enum itsg_event_kind {
	ITSG_EVENT_REFUSED_ACCESS,  /* a register access: offset, value, reason */
	ITSG_EVENT_REFUSED_COMMAND, /* a command of the host's queue: command, offset, reason */
	ITSG_EVENT_STALLED,         /* hardware stalled at the command published from offset */
	ITSG_EVENT_LEAKED,          /* the platform refused to take page `value` (a PFN) back */
	ITSG_EVENT_BROKEN, /* hardware did what no ITS does: nothing is released any more */
	/*
	 * Hardware stalled at a command of the guard's own, or of a queue that the host has left.
	 * The guard mends it; `value` is how many commands hardware had passed before. Now and then
	 * is nothing to worry about; often, a redistributor that `asleep` should have told of. If
	 * the command fails again claims may be kept, the record of a device come back whose unmap
	 * it was, or a map be unmapped.
	 */
	ITSG_EVENT_STALLED_OWN,
	/*
	 * LPIs of a redistributor are on, and somebody else has turned them on: its tables are
	 * claimed by nobody (redists.h).
	 */
	ITSG_EVENT_FOREIGN,
	/*
	 * In itsg_its_init(), which does not fail for it: the configuration is too small for what
	 * the host may make of the table of the BASER at `offset`.
	 * ITSG_TABLE_SIZE     two levels are not offered: for this table and those of lower BASERs
	 *                     level1_pool.bytes would have to be `value`. Not told of a pool of 0
	 * ITSG_TABLE_ADDRESS  nor are they: its part of the pool ends above `value`, which is the
	 *                     most that the register can name
	 * ITSG_NO_PAGE_SLOT   a flat device table of all DeviceIDs, or of table_pages if that is
	 *                     less, does not fit the tracker with a third of it to spare: its
	 *                     capacity would have to be `value`; or table_pages less
	 */
	ITSG_EVENT_CONFIG,
};

/* One line of the guard's log. Valid only during the callback. */
struct itsg_event {
	enum itsg_event_kind kind; /* says what the others mean */
	enum itsg_reason reason;   /* ITSG_OK where no rule was broken */
	uint32_t offset;        /* register offset, or the command's offset in the host's queue */
	uint32_t redistributor; /* its place, of an event of struct itsg_redists_ops; else 0 */
	uint64_t value;         /* see the kinds */
	const uint8_t *command; /* the 32 bytes as fetched, or NULL */
	/* Of a refusal: the callback that it comes from. */
	enum itsg_callback callback;
	/*
	 * Of a refused write that arms (Enabled, EnableLPIs): the offset of the register that it
	 * fell over, CBASER or a BASER, say. 0: none, and in all other events.
	 */
	uint32_t culprit;
	/* The address there; or of any refusal the page which share or donate refused. Else 0. */
	uint64_t pa;
};

/*
 * The platform. `ctx` is the pointer given at init. A page is named by its PFN, its physical
 * address divided by the tracker's page size. All are called with the caller's lock held.
 *
 * PAGES. share, unshare, donate and reclaim get `count` pages, one or more, from `pfn` on, and
 * answer how many were done: so many from the first on. Fewer than `count`: the page behind them
 * was refused, and neither there nor behind it was anything changed. (More counts as `count`.) A
 * platform with calls for one page passes them to itsg_each_page().
 *
 * The guard asks for each page once, however many claims lie in it, and gives it back with the last
 * of them. If share or donate answers fewer, it gives back exactly those that were done, and the
 * command or the arming is refused: SHARE_REFUSED, DONATE_REFUSED. So a call that is all or nothing
 * may answer 0 whichever page it was for. Not so unshare and reclaim: the page behind those that
 * were done stays the guard's, marked, counted and told (ITSG_EVENT_LEAKED), and it calls again for
 * those behind that. A later claim of the same kind uses such a page without a call.
 *
 * For a command `count` is a step's: 1, or 2 on the way back. It is as large as a queue, a table or
 * an ITT where a write of the host's arms or gives it up, and as a queue in itsg_host_gone().
 *
 * Other callbacks that return an int return 0 or an error of the platform's own; an error means
 * that nothing was changed.
 *
 * conformance.h tries all this, on a desk or at boot, and says what is not so.
 */
struct itsg_ops {
	/*
	 * The host keeps access to the pages but can no longer give them to anybody (pKVM: share
	 * with the hypervisor, and pin). A page that is not host memory, or is shared with or lent
	 * to somebody else, must be refused.
	 */
	uint64_t (*share)(void *ctx, uint64_t pfn, uint64_t count);
	/* Undoes one share of each (pKVM: unpin, and unshare). */
	uint64_t (*unshare)(void *ctx, uint64_t pfn, uint64_t count);
	/*
	 * The host loses the pages. Returns when no CPU can write those that were done any more:
	 * stage 2 entries gone and TLB invalidation complete, which may be one for all of them.
	 * What share refuses must be refused.
	 */
	uint64_t (*donate)(void *ctx, uint64_t pfn, uint64_t count);
	/* Undoes one donate of each: the pages are the host's again. */
	uint64_t (*reclaim)(void *ctx, uint64_t pfn, uint64_t count);
	/*
	 * Zeroes [pa, pa + bytes) of donated memory, or of the level-1 pool, then cleans and
	 * invalidates it to the point of coherency, always, whatever attributes the host gave the
	 * table (P2, P9, P10). Done when it returns: whatever is stored or written to a register
	 * later must find the zeroes. May have zeroed a part when it fails. pa and bytes are
	 * multiples of 256. As large as a table, an ITT or a level-2 page: of a flat table up to
	 * table_pages ITS pages, 16 MB by default, in one call; of what a command takes, a host
	 * page.
	 */
	int (*zero)(void *ctx, uint64_t pa, uint64_t bytes);
	/*
	 * Copies host memory, each byte exactly once, of pages that are held: the queue, a level 1.
	 * Bytes, not words: the guard knows that ITS
	 * memory is little endian. `bytes` is 8 or 32 and pa a multiple of it, so a run never
	 * crosses a page.
	 */
	int (*fetch)(void *ctx, uint64_t pa, uint8_t *to, uint32_t bytes);
	/*
	 * Writes the guard's private memory, then cleans it to the point of coherency, always, and
	 * orders it before any later reg_write. Nothing is written when it fails. Either `bytes` is
	 * 8, and pa a multiple of it, in the level-1 pool; or it is a run of slots of the private
	 * queue, not beyond its end: `bytes` and pa are multiples of 32, and `bytes` is at most
	 * ITSG_STORE_MAX. A store of slots that fails is made again, in this call or in a later
	 * one, and until then hardware is told nothing of what they hold: no command is refused for
	 * it, only an arming, whose queue cannot be filled.
	 */
	int (*store)(void *ctx, uint64_t pa, const uint8_t *from, uint32_t bytes);
	/*
	 * The hardware's control frame: width is 4 or 8 bytes, offset a multiple of it. A read of 4
	 * bytes answers them, and 0 above.
	 */
	uint64_t (*reg_read)(void *ctx, uint32_t offset, uint32_t width);
	void (*reg_write)(void *ctx, uint32_t offset, uint32_t width, uint64_t value);
	/*
	 * Optional: is this DeviceID not the host's to map (say, assigned to a protected guest)?
	 * Asked at each MAPD V=1.
	 */
	bool (*reserved)(void *ctx, uint32_t device_id);
	/*
	 * Is redistributor `index` of the configuration asleep, with nothing outstanding there?
	 * Then the guard's barriers leave it out. Optional only where none ever sleeps: a
	 * redistributor that a collection once pointed to is asked for a SYNC after each unmap, for
	 * good, and hardware may stall or wait at one that is off. Put one to sleep, or wake one,
	 * only while no unmap is on its way: while itsg_stats.unmaps is 0. One that wakes before
	 * hardware has carried an unmap out may get what that ends. Other SYNCs of the guard's own
	 * go to one that is awake, too; where all sleep, commands wait at the end of the private
	 * queue. There such a SYNC may be in flight without an unmap: hardware that meets it when
	 * its redistributor has gone to sleep may stall, which is mended.
	 */
	bool (*asleep)(void *ctx, uint32_t index);
	/* Optional: the log. Rate limiting is the platform's affair (XSA-118). */
	void (*event)(void *ctx, const struct itsg_event *event);
};

#ifndef ITSG_STORE_MAX
/* The most bytes that one `store` writes. A proof may have less, a multiple of 32. */
#define ITSG_STORE_MAX 512u
#endif

/*
 * The answer of share, unshare, donate or reclaim, from calls of `one` for a page each. That
 * returns 0, or an error of the platform's own and has then changed nothing.
 */
static inline uint64_t itsg_each_page(int (*one)(void *ctx, uint64_t pfn), void *ctx, uint64_t pfn,
				      uint64_t count)
{
	uint64_t done = 0;

	while (done < count && one(ctx, pfn + done) == 0)
		done++;
	return done;
}

/* A range of private physical memory. */
struct itsg_range {
	uint64_t pa;    /* of the first byte */
	uint64_t bytes; /* 0: none */
};

/*
 * Keeps a read, a poll and a write of CWRITER below 20000 instructions, whatever the host does:
 * docs/PERFORMANCE.md. Not so writes that arm, or that give up a queue or a table, which are
 * bounded by its size; nor the first call, if only a read, that finds hardware quiet after the host
 * has cleared Valid of a two-level table while it was not: a level 1 goes back at once, 300
 * instructions a page, and the journal is walked.
 */
#define ITSG_DEFAULT_BUDGET 6u

/*
 * One ITS, as the platform knows it. Read during the call only; nothing points back into it.
 * What hardware can tell (TYPER, BASER types and sizes) is read from hardware, not from here (P14).
 */
struct itsg_its_config {
	/*
	 * Physical address bits that this ITS reaches, 32 to 52: fewer than the machine's where the
	 * ITS has fewer (32 on RK3566, RK3568 and R-Car Gen4). Nothing the host names may end
	 * above.
	 */
	uint32_t pa_bits;
	/* LPI INTID bits: GICD_TYPER.IDbits + 1, 14 to 32. */
	uint32_t lpi_bits;
	/*
	 * Records of mapped devices, 2 to 2^24; a refusal for want of room is NO_DEVICE_SLOT. One
	 * before all are used is improbable up to half of them: records do not move.
	 */
	uint32_t devices;
	/*
	 * Entries for published commands that await completion, 2 to 65536; when full, the host
	 * waits. Each MAPD needs one; of commands that claim and release nothing, one behind the
	 * other, up to 255 share one.
	 */
	uint32_t journal;
	/*
	 * The most commands in the private queue at a time, 2 or more, below its slots. 0: as many
	 * as fit.
	 */
	uint32_t depth;
	/*
	 * Steps a call may take: a command fetched, one judged, one of its pages claimed, a run of
	 * slots scrubbed, ... It bounds how long a call holds the caller's lock, in instructions:
	 * docs/PERFORMANCE.md. 0: ITSG_DEFAULT_BUDGET. It does not bound a write that enables, nor
	 * one of CBASER or BASER that gives something up: these end in one call, whose length goes
	 * with table_pages and the queue.
	 */
	uint32_t budget;
	/*
	 * Extents of tables that this hardware may not have forgotten, remembered for reuse: 0 to
	 * 65536. Where it forgets: of ITTs that it would not unmap, so that they come back (F29).
	 */
	uint32_t kept;
	/* EventID bits a device may have at most, so that one ITT's size is bounded. 0: TYPER's.
	 */
	uint32_t event_bits;
	/* Most ITS pages in a flat table, 0: 256. A larger one is TABLE_SIZE. */
	uint32_t table_pages;
	/* Bytes per ITT entry where TYPER lies (QDF2400 erratum 0065: 16), up to 16. 0: TYPER's. */
	uint32_t itt_entry_bytes;
	/*
	 * ITTs are donated and zeroed rather than shared: the host keeps them in pages of their
	 * own. What a device's new ITT has of its old one is not zeroed; its entries must lie where
	 * the old ones do, else ITT_OVERLAP.
	 */
	bool donate_itt;
	/* Clearing BASER.Valid makes this ITS forget the table, whatever TYPER.INV says. */
	bool forgets;
	/* The host sees TYPER.Virtual, and all that hangs on it, as 0. */
	bool hide_virtual;
	/*
	 * Redistributors, as RDbase names them: with TYPER.PTA=1 the address of the RD frame (64 KB
	 * aligned), else GICR_TYPER.Processor_Number << 16. Ascending, 1 to 65536 of them. NULL and
	 * 0 with redists.
	 */
	const uint64_t *redistributors;
	uint32_t redistributor_count;
	/*
	 * Optional: the machine's redistributors, on the same tracker, where the guard has them too
	 * (redists.h). They are the list, then, and `asleep` gets a place in their configuration.
	 * Where LPIs of one are off nothing is outstanding: the guard's SYNCs go to those that are
	 * on, and to others only if there is none.
	 */
	const struct itsg_redists *redists;
	/*
	 * Private memory that the ITS reads and the host cannot touch. The queue: 64 KB aligned, 4
	 * KB to 1 MB, a multiple of 4 KB. The pool, apart from it, holds the level-1 tables that
	 * hardware walks; 64 KB aligned, up to 128 MB; may be empty, then two-level tables are not
	 * offered. Content is the guard's from init on; it zeroes what hardware may read.
	 *
	 * Each table with two levels takes what all its IDs may need at any page size that hardware
	 * keeps, rounded up to 64 KB; with entries of 8 bytes 64 KB for up to 22 bits of IDs, 256
	 * KB for 24, 4 MB for 32. A table for which there is no room has one level. So has one
	 * whose register keeps pages below 64 KB, if its part of the pool ends above 2^48: the
	 * register cannot name it then. Keep the pool below that.
	 */
	struct itsg_range queue;
	struct itsg_range level1_pool;
	/* Keys the hash of DeviceIDs; a secret keeps the host from choosing collisions. */
	uint64_t hash_key[2];
};

/*
 * The memory that one ITS needs for this configuration, in bytes; 0 if the configuration is not
 * one that itsg_its_init() takes. docs/SIZES.md: what real machines need.
 */
size_t itsg_its_size(const struct itsg_its_config *config);

/* What it is made of, on any platform. */
#define ITSG_ITS_BYTES     4096u /* one ITS */
#define ITSG_DEVICE_BYTES  16u   /* for each of config.devices */
#define ITSG_JOURNAL_BYTES 56u   /* for each of config.journal */
#define ITSG_KEPT_BYTES    24u   /* for each of config.kept */

/*
 * The same as a constant, for static memory; nothing is checked. `redistributors` is
 * redistributor_count; with config.redists it is their count, and the second one is meant.
 */
#define ITSG_ITS_SIZE(devices, journal, kept, redistributors, pool_bytes)                          \
	(ITSG_ITS_SIZE_REDISTS(devices, journal, kept, redistributors, pool_bytes) +               \
	 ITSG_LINES((uint64_t)(redistributors)*8))
#define ITSG_ITS_SIZE_REDISTS(devices, journal, kept, redistributors, pool_bytes)                  \
	(ITSG_LINES(ITSG_ITS_BYTES) + ITSG_LINES((uint64_t)(devices)*ITSG_DEVICE_BYTES) +          \
	 ITSG_LINES((uint64_t)(journal)*ITSG_JOURNAL_BYTES) +                                      \
	 ITSG_LINES((uint64_t)(kept)*ITSG_KEPT_BYTES) +                                            \
	 ITSG_LINES(((uint64_t)(redistributors) + 31) / 32 * 4) + ITSG_LINES(pool_bytes))

/*
 * What is bad of what itsg_its_init() is given: the first of enum itsg_config_field. All of it must
 * be good memory; the hardware is not asked. itsg_config_field_name() says it in words (names.h).
 *
 * ITSG_CONFIG_GOOD: nothing. If init answers ITSG_BAD_CONFIG all the same, `out` is NULL, or this
 * ITS names redistributors by number, and two of config.redists have the same.
 */
enum itsg_config_field itsg_its_check_config(const void *mem, size_t size,
					     const struct itsg_its_config *config,
					     const struct itsg_pages *pages,
					     const struct itsg_ops *ops);

/*
 * Takes over an ITS that is disabled and quiescent and comes from reset, or forgets tables whose
 * Valid is cleared: what hardware remembers of tables of before is claimed by nobody. It clears
 * Valid of CBASER and of every BASER, learns what this hardware keeps in their fields, and zeroes
 * the level-1 pool.
 *
 * mem      `size` bytes, 64-byte aligned, kept until the ITS is no longer used. The tracker has a
 *          pointer into it while the ITS's queue is claimed: not freed or initialised again before
 * pages    the machine's tracker; shared by all ITSs
 * ops,ctx  copied
 * out      the ITS on ITSG_OK
 *
 * ITSG_BAD_CONFIG        a value out of range, memory too small, a callback missing:
 *                        itsg_its_check_config() says which
 * ITSG_NOT_QUIESCENT     Enabled=1 or Quiescent=0: disable it, wait and call again
 * ITSG_HARDWARE_MISMATCH a Valid bit cannot be cleared
 * ITSG_ZERO_FAILED       the pool could not be zeroed
 *
 * What works but is smaller than this hardware asks for is told: ITSG_EVENT_CONFIG.
 */
enum itsg_reason itsg_its_init(void *mem, size_t size, const struct itsg_its_config *config,
			       struct itsg_pages *pages, const struct itsg_ops *ops, void *ctx,
			       struct itsg_its **out);

/*
 * The host writes `value` to `offset` of the control frame (0 to 0xffff), `width` bytes. Never
 * faults, whatever the arguments. Afterwards the guard takes up to `budget` steps.
 *
 * ITSG_OK                 done, or ignored as the architecture allows
 * ITSG_BAD_WIDTH          not 4 or 8 bytes, or not a width of that register
 * ITSG_BAD_ALIGNMENT      not a multiple of the width
 * ITSG_RESERVED_REGISTER  a non-zero write where no register of the host's is
 * ITSG_READ_ONLY          a non-zero write to a read-only register
 * ITSG_NOT_QUIESCENT      CBASER or BASER written while Enabled=1, or Enabled set before the host
 *                         could have read Quiescent=1
 * ITSG_CWRITER_RANGE      CWRITER outside the queue
 * and, where CTLR.Enabled goes from 0 to 1: ENABLE_INCOMPLETE, CWRITER_RANGE, QUEUE_ADDRESS,
 * TABLE_PAGE_SIZE, TABLE_ADDRESS, TABLE_SIZE, TABLE_OVERLAP, KIND_CONFLICT, NO_PAGE_SLOT,
 * SHARE_REFUSED, DONATE_REFUSED, ZERO_FAILED, STORE_FAILED (also: a retired level 1 cannot be
 * cleared), HARDWARE_MISMATCH (also: this ITS is broken, see ITSG_EVENT_BROKEN).
 *
 * A refused access does nothing; the platform goes on behind it as if it had been done. Nothing but
 * the event tells: of one that arms, with the register, the address and the callback.
 *
 * A refused *command* is not a refused access: it is skipped and told to ops.event.
 */
enum itsg_reason itsg_write(struct itsg_its *its, uint32_t offset, uint32_t width, uint64_t value);

/*
 * The host reads. Takes up to `budget` steps first: a driver that polls CREADR drives progress.
 * *value is 0 when refused, which happens only for ITSG_BAD_WIDTH and ITSG_BAD_ALIGNMENT.
 */
enum itsg_reason itsg_read(struct itsg_its *its, uint32_t offset, uint32_t width, uint64_t *value);

/*
 * Takes up to `budget` steps: call it from an idle loop, or never. True if calling again may do
 * more; false when there is nothing to do until the host or hardware moves, or what is tried again
 * in the next call did not succeed: a store failed, or all redistributors sleep.
 */
bool itsg_poll(struct itsg_its *its);

/*
 * May hardware still use a mapping of this DeviceID that the host made on this ITS? True from the
 * rule of its MAPD V=1 until its MAPD V=0 is settled, or the records of its retired table are gone;
 * or until that MAPD V=1 is refused, for it was given to no hardware then (F31). After a table was
 * retired that hardware may not have forgotten (stats.kept_granules), false proves nothing. After
 * an unmap that hardware refused for good it may be true of all DeviceIDs, until the device table
 * is retired. Walks the journal. Before a DeviceID is given to somebody else, make ops.reserved()
 * refuse it, then wait for false.
 */
bool itsg_device_mapped(const struct itsg_its *its, uint32_t device_id);

/*
 * The platform says that the ITS has lost power: call it when power is back, before the host's next
 * access. CTLR.Enabled becomes 0, as after a reset: in hardware, too, if firmware has set it. What
 * the host wrote to its other registers stays, and takes effect with its next enable. Tables and
 * mappings stay, too, if the guard had seen the ITS quiescent since its last command, and had
 * overwritten what was passed before firmware enabled it; else they begin anew, since they may
 * lack what was cached, or have what was unmapped.
 *
 * Found out without being told: a loss while the host had the ITS disabled, by hardware's Enabled
 * if firmware has set it; and one while it was enabled, where CREADR or Enabled shows it. So it is
 * needed where power may go while the ITS is enabled and firmware sets Enabled itself when it comes
 * back: hardware that has run through its queue by the time that the guard looks cannot be told
 * from hardware that never stopped.
 */
void itsg_power_lost(struct itsg_its *its);

/*
 * The host is gone: it crashed, was reset, or starts another kernel, and the platform saw it. Does
 * what a host would do in parting, whatever state its registers are in: disables the ITS, and gives
 * up its queue and its tables. Takes up to `budget` steps. Call it again, or itsg_poll() and then
 * it, until it is true: then hardware is disabled and quiescent, nothing that the old host gave can
 * be executed or used any more, and all of it is back; but for what hardware may not have forgotten
 * (see `forgets`), which is kept. So is all that a broken ITS (ITSG_EVENT_BROKEN) may use, for
 * which it is true as well. The next host finds an ITS as after init, but that one which does not
 * forget refuses a collection table smaller than old events need (TABLE_SIZE). It may begin before
 * that, too: then it need only wait for Quiescent as usual.
 *
 * For platforms that see it coming. A kernel started by kexec that does not know the old one's
 * memory writes over donated pages, level-2 tables say, before any register access that could warn:
 * it takes a fault. So call it before the new kernel runs.
 */
bool itsg_host_gone(struct itsg_its *its);

/* Counters since init. */
struct itsg_stats {
	uint64_t accesses;         /* register accesses of the host */
	uint64_t refused_accesses; /* of these */
	uint64_t commands;         /* judged: accepted plus refused */
	uint64_t accepted;         /* given to hardware, or in force without it */
	uint64_t refused;          /* passed over */
	uint64_t barriers;         /* SYNCs of the guard's own */
	uint64_t leaked;           /* times the platform refused to take a page back */
	uint32_t devices;          /* mapped now */
	uint32_t unmaps;           /* on their way: hardware may still use what was mapped */
	uint32_t devices_peak;     /* most there ever were */
	uint64_t kept_granules;    /* claimed for tables that hardware may not have forgotten */
	bool broken;               /* see ITSG_EVENT_BROKEN */
};

/* The counters, copied to the caller's *out. Constant work. */
void itsg_get_stats(const struct itsg_its *its, struct itsg_stats *out);

/* What a claim is for. */
enum itsg_claim_use {
	ITSG_CLAIM_QUEUE,   /* the host's command queue */
	ITSG_CLAIM_LEVEL1,  /* the host's level-1 table */
	ITSG_CLAIM_TABLE,   /* a flat table */
	ITSG_CLAIM_LEVEL2,  /* a level-2 page */
	ITSG_CLAIM_ITT,     /* the ITT of a mapped device */
	ITSG_CLAIM_PENDING, /* on its way out: an ITT whose unmap is not settled, retired memory */
	ITSG_CLAIM_KEPT,  /* a flat table kept for reuse, an ITT kept till its table is forgotten */
	ITSG_CLAIM_TAKEN, /* by a command that is not published or refused yet */
	ITSG_CLAIM_LPI_CONFIG,  /* the configuration table of redistributors */
	ITSG_CLAIM_LPI_PENDING, /* the pending table of a redistributor */
};

/*
 * Visits every claim this ITS has on record. ITTs and level-2 pages that are kept for ever have no
 * record; stats.kept_granules counts them together with the kept tables. For tools and tests:
 * the work grows with all capacities.
 */
void itsg_visit_claims(const struct itsg_its *its,
		       void (*visit)(void *ctx, enum itsg_claim_use use, const struct itsg_run *run,
				     enum itsg_kind kind),
		       void *ctx);

/* The invariants of the guard, as far as it can see them itself (I1, I3, I7). */
enum itsg_invariant {
	ITSG_INVARIANTS_HOLD = 0,
	ITSG_TRACKER_BROKEN,  /* itsg_pages_check() failed */
	ITSG_CLAIM_NOT_HELD,  /* something on record is not claimed in the tracker */
	ITSG_BOOKS_DIFFER,    /* claims held are not the claims recorded */
	ITSG_DEVICES_BROKEN,  /* device records: hash, bounds or count */
	ITSG_LEVEL1_BROKEN,   /* a mirror word that no accepted word looks like */
	ITSG_JOURNAL_BROKEN,  /* order, bounds or barriers of published commands */
	ITSG_QUEUE_BROKEN,    /* positions of the private queue */
	ITSG_HARDWARE_BROKEN, /* hardware was given a table that is not as claimed, or not whole */
	ITSG_COMMAND_BROKEN,  /* the host's queue, or what the command at its head takes */
	ITSG_STATE_BROKEN,    /* states that exclude each other, enabled and quiescent, say */
	ITSG_REDISTS_BROKEN,  /* phases of redistributors, their groups, users of their tables */
};

/*
 * Checks a tracker and ALL that is on it: the ITSs, and the redistributors, NULL if the guard has
 * none. For tests, fuzzing and proofs: the work grows with all capacities. Changes nothing.
 */
enum itsg_invariant itsg_check(const struct itsg_pages *pages, const struct itsg_its *const its[],
			       uint32_t count, const struct itsg_redists *redists);

#ifdef __cplusplus
}
#endif

#endif
