/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Inside the simulated ITS.
 *
 *	its_base.c	what all parts stand on: set-up, what it tells, chance, who sleeps
 *	its_geometry.c	how large and how many: queue, tables, ITTs, devices, collections
 *	its_entry.c	entries in memory
 *	its_queue.c	commands in memory, and those fetched ahead
 *	its_cache.c	what cache mode holds, and when it lets go
 *	its_table.c	walks to an entry, through the cache
 *	its_exec.c	commands and MSIs
 *	its_reach.c	what the ITS may still touch
 *	its_mapped.c	which devices it may still translate for
 *	its_reserved.c	bits that mean nothing
 *	its_regs.c	the control frame
 *	its.c		life cycle, running, power
 *
 * Each uses those above it in this list, and none below.
 *
 * Entry formats, little endian, cut to the entry size; what is cut off is kept in `side`:
 *
 *	device table	 [0] valid [5:1] Size [51:8] ITT address
 *	collection table [0] valid [51:16] RDbase as in MAPC
 *	vPE table	 [0] valid [5:1] VPT_size [51:16] VPT address
 *	ITT		 [0] valid [23:8] ICID [55:24] INTID
 */
#ifndef SIM_ITS_PRIV_H
#define SIM_ITS_PRIV_H

#include "arch.h"
#include "its.h"
#include "u64map.h"

#define ITS_LINES    128
#define ITS_PREFETCH 4
#define ITS_NO_PE    (-1)

enum its_kind {
	KIND_LEVEL1,
	KIND_DTE,
	KIND_CTE,
	KIND_VPE,
	KIND_ITE,
};

/* A cached entry. */
struct its_line {
	bool used;
	bool dirty;  /* newer than memory */
	bool stale;  /* of a table no longer valid; still found, as INV=0 allows */
	bool orphan; /* ITE of an unmapped device, only waiting to be written back */
	uint8_t kind;
	uint8_t type; /* of the table it belongs to; ITEs: devices */
	uint8_t code; /* level 1: Page_Size its table had */
	uint8_t bytes;
	int16_t pe; /* ITE: the redistributor a SYNC for which forces it out */
	uint64_t key;
	uint64_t pa;
	uint64_t payload;
};

struct its_pe_set {
	uint64_t words[SIM_ITS_MAX_PES / 64];
};

/* The ITT of an unmapped device, touched until each redistributor in need had its SYNC. */
struct its_late {
	uint64_t pa;
	uint64_t len;
	struct its_pe_set need;
};

struct its_extent {
	uint64_t pa;
	uint64_t len;
};

/* A BASER decoded. */
struct its_table {
	bool valid;
	bool indirect;
	uint8_t type;
	uint8_t code;
	uint8_t entry;
	uint64_t pa;
	uint64_t bytes; /* of the flat table or of level 1 */
	uint64_t page;
};

struct its_command {
	uint64_t dw[4];
};

struct sim_its {
	struct sim_its_config config;
	struct sim_its_mode mode;
	struct sim_its_stats stats;
	struct sim_mem *mem;
	uint64_t rng;

	bool enabled;
	bool quiescent;
	bool settling; /* v4.1: Enabled was set, but the write has not taken effect */
	bool stalled;
	uint64_t cbaser;
	uint64_t cwriter;
	uint64_t creadr;
	uint64_t baser[SIM_ITS_NUM_BASER];

	/* Hardware that is not what it was: sim_its_lose_bits() and so on. */
	uint64_t lost[SIM_ITS_NUM_BASER + 1]; /* the last is of CBASER */
	bool keeps_creadr;
	uint32_t foreign;      /* bitmap of BASERs: firmware's own */
	uint64_t icids;        /* ICIDs below it may stand in ITT entries */
	uint64_t inject;       /* countdown to an injected error, 0: none */
	uint8_t inject_opcode; /* of the commands counted; 0: of all */
	bool inject_stays;     /* with the command that met it: */
	bool stuck;
	struct its_command stuck_command;
	uint64_t stuck_at;
	struct its_pe_set asleep, off;
	uint64_t hw_collection[256]; /* the HCC collections, as collection table entries */
	struct u64map side;          /* entry address -> payload, for entries too small for it */

	/* cache mode */
	struct its_line lines[ITS_LINES];
	struct u64map used; /* DeviceID -> index in used_pes */
	struct its_pe_set *used_pes;
	size_t used_capacity;
	struct its_late *late;
	size_t num_late;
	size_t late_capacity;
	struct its_command prefetched[ITS_PREFETCH]; /* of the queue, from CREADR on */
	unsigned num_prefetched;
	uint64_t cursor; /* of table prefetch */

	/* Extents of tables whose Valid went and that are not known to be forgotten. */
	struct its_extent *kept;
	size_t num_kept;
	size_t kept_capacity;
};

/* its_base.c */
void its_event(struct sim_its *its, enum sim_its_event event, uint64_t a, uint64_t b);
uint64_t its_random(struct sim_its *its);

/* its_geometry.c */
bool its_is_v41(const struct sim_its *its);
uint64_t its_queue_bytes(const struct sim_its *its);
struct its_table its_table_decode(uint64_t baser);
/* Not valid: a table that firmware has put there, of which nobody may take any notice. */
struct its_table its_table_at(const struct sim_its *its, unsigned n);
struct its_table its_table_of(const struct sim_its *its, uint8_t type);
uint64_t its_table_capacity(const struct its_table *table);
uint64_t its_level1_address(const struct sim_its *its, uint64_t word, uint64_t page);
uint8_t its_kind_type(enum its_kind kind);
uint64_t its_itt_entry_bytes(const struct sim_its *its);
uint64_t its_itt_bytes(const struct sim_its *its, unsigned size);
uint64_t its_num_devices(const struct sim_its *its);
uint64_t its_hcc_in_use(const struct sim_its *its, const struct its_table *table);
uint64_t its_num_collections(const struct sim_its *its, const struct its_table *table);

static inline bool its_entry_valid(uint64_t payload)
{
	return payload & 1;
}

static inline uint64_t its_dte_itt(uint64_t dte)
{
	return dte & sim_bits(51, 8);
}

static inline unsigned its_dte_size(uint64_t dte)
{
	return (unsigned)sim_field(dte, 5, 1);
}

/* its_entry.c */
/* Of memory only, without an access: for reach and prefetch. */
uint64_t its_entry_peek(const struct sim_its *its, uint64_t pa, unsigned bytes);
uint64_t its_entry_load(struct sim_its *its, uint64_t pa, unsigned bytes, const char *what);
void its_entry_store(struct sim_its *its, uint64_t pa, unsigned bytes, uint64_t payload,
		     const char *what);
/* Words of a level 1, or entries: `step` bytes each, from base on. */
struct its_span {
	enum its_kind kind;
	uint64_t base;
	uint64_t len;
	unsigned step;
};

/* What of a span is valid in memory, without an access: fn is told where it is. */
typedef void its_valid_fn(void *ctx, uint64_t pa);
void its_each_valid(const struct sim_its *its, const struct its_span *span, its_valid_fn *fn,
		    void *ctx);

/* its_queue.c */
bool its_queue_has_work(const struct sim_its *its);
void its_prefetch_commands(struct sim_its *its);
struct its_command its_next_command(struct sim_its *its);
void its_pass_command(struct sim_its *its);

/* its_cache.c: all do nothing, or find nothing, without cache mode */
struct its_line *its_cache_find(struct sim_its *its, enum its_kind kind, uint64_t key);
struct its_line *its_cache_put(struct sim_its *its, enum its_kind kind, uint64_t key, uint64_t pa,
			       unsigned bytes, uint64_t payload, bool dirty);
void its_cache_device_gone(struct sim_its *its, uint64_t device, uint64_t dte);
void its_cache_sync(struct sim_its *its, int pe);
void its_cache_uses(struct sim_its *its, uint64_t device, int pe);
void its_cache_pe_quiet(struct sim_its *its, uint32_t pe);
void its_cache_background(struct sim_its *its);
void its_cache_prefetch_tables(struct sim_its *its);
void its_cache_flush(struct sim_its *its); /* writes everything back, ends what is late */
void its_cache_drop_all(struct sim_its *its);
void its_cache_table_gone(struct sim_its *its, uint8_t type, bool forgotten);

/* its_table.c */
/* False: beyond the table (only if checked), or no valid level-1 entry. */
bool its_walk(struct sim_its *its, const struct its_table *table, uint64_t id, bool checked,
	      uint64_t *pa);
/* Through the cache. False: no such entry. */
bool its_table_read(struct sim_its *its, enum its_kind kind, uint64_t id, bool checked,
		    uint64_t *payload);
bool its_table_write(struct sim_its *its, enum its_kind kind, uint64_t id, uint64_t payload);
uint64_t its_ite_read(struct sim_its *its, uint64_t device, uint64_t dte, uint64_t event);
void its_ite_write(struct sim_its *its, uint64_t device, uint64_t dte, uint64_t event,
		   uint64_t payload, int pe);

/* its_exec.c */
bool its_step(struct sim_its *its); /* false: nothing to do, or stalled */

/* its_reach.c */
void its_keep_table(struct sim_its *its, uint64_t baser);

/* its_regs.c */
uint64_t its_baser_kept(const struct sim_its *its, unsigned n, uint64_t value);
uint64_t its_baser_reset(const struct sim_its *its, unsigned n);
uint64_t its_cbaser_kept(const struct sim_its *its, uint64_t value);
void its_set_cbaser(struct sim_its *its, uint64_t value);
void its_set_baser(struct sim_its *its, unsigned n, uint64_t value);

#endif
