/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The world around the guard, so small that a state of it is copied in a moment: pages and who has
 * them, ITSs, redistributors, and what the host has asked for. It shares nothing with src/ but the
 * definitions of registers and commands, nor with sim/: two models of the same hardware that were
 * written apart are not wrong in the same place.
 */
#ifndef CLOSURE_MODEL_H
#define CLOSURE_MODEL_H

#include "itsguard/itsguard.h"
#include "itsguard/redists.h"
#include "world.h"

#define MODEL_ITS 2
/* In the smaller of the two, worlds are closed; in the other one (walk.h) nobody counts states. */
#ifdef MODEL_LARGE
#define MODEL_RDS        4
#define MODEL_IDS        6
#define MODEL_SLOTS      32
#define MODEL_QUEUE      32
#define MODEL_PENDING    8
#define MODEL_EVENT_BITS 11
#define MODEL_ITTS       17
typedef uint32_t model_set; /* a bit for each page, or ITT */
#else
#define MODEL_RDS        2
#define MODEL_IDS        2
#define MODEL_SLOTS      8 /* of the largest private queue */
#define MODEL_QUEUE      8 /* commands in a queue of the host's: the least that is a granule */
#define MODEL_PENDING    2 /* the largest backlog */
#define MODEL_EVENT_BITS 6
#define MODEL_ITTS       9
typedef uint16_t model_set;
#endif
#define MODEL_WORDS      2  /* of a level 1 that anybody uses */
#define MODEL_JOURNAL    16 /* entries of the longest journal */
#define MODEL_BASERS     2
#define MODEL_STALLS     4 /* of hardware, that are told apart from many: two failures of two tries */

#define MODEL_PAGE_BYTES 4096u
#define MODEL_PA_BITS    40u
#define MODEL_VICTIM     0x40050000ULL  /* a page that is a guest's, and stays so */
#define MODEL_RING       0x100000000ULL /* private memory: a queue for each ITS, 64 KB apart */
#define MODEL_POOL       0x100100000ULL /* and a pool for each, as far apart */
#define MODEL_APART      0x10000ULL
#define MODEL_POOL_BYTES 0x1000u

/* ---- pages ---- */

enum model_owner {
	OWNER_HOST,
	OWNER_SHARED,
	OWNER_DONATED,
	OWNER_GUEST
};

/* Which pages there are; their addresses are in model.c. */
enum model_place {
	PLACE_QUEUE0,
	PLACE_QUEUE1,
	PLACE_DEVICES, /* a flat table, or a level 1 */
	PLACE_COLLECTIONS,
	PLACE_DEVICES1, /* of the second ITS */
	PLACE_COLLECTIONS1,
	PLACE_OTHER, /* another device table, or a level-2 page */
	PLACE_LEVEL2,
	PLACE_A, /* pages with ITTs; the next one follows it */
	PLACE_B,
#ifdef MODEL_LARGE
	PLACE_C, /* and four more in a row */
	PLACE_D,
	PLACE_E,
	PLACE_F,
#endif
	PLACE_CONFIG,  /* LPIs: a configuration table of two pages */
	PLACE_CONFIG2, /* its second page */
	PLACE_OTHER_CONFIG,
	PLACE_OTHER_CONFIG2,
	PLACE_PENDING0,
	PLACE_PENDING1,
#ifdef MODEL_LARGE
	PLACE_PENDING2,
	PLACE_PENDING3,
#endif
	MODEL_PAGES
};
#define PLACE_LAST_ITTS (PLACE_CONFIG - 1)

#define ENTRY_FORGED                                                                               \
	0xffu /* what the host has left in a page: an entry that leads to the victim               \
	       */

struct model_page {
	uint8_t owner;
	uint8_t entry[MODEL_IDS];   /* as a device table: 0, or number of an ITT plus one */
	uint8_t written[MODEL_IDS]; /* the same as memory has it, behind what hardware caches */
	uint8_t word[MODEL_WORDS];  /* as the host's level 1: which of model_words */
	uint16_t dirty;             /* granules that still hold what the host wrote there */
};

struct model_itt {
	uint64_t pa;
	uint32_t size; /* EventID bits minus one; an entry has 8 bytes */
};

extern const struct model_itt model_itts[MODEL_ITTS];
/* Where no guard may take one: a guest's page, a table, a queue. */
#define MODEL_ITT_GUEST  6
#define MODEL_ITT_HOSTED 9 /* from here on they are such as hosts have again */
static inline bool model_itt_is_hostile(int itt)
{
	return itt >= MODEL_ITT_GUEST && itt < MODEL_ITT_HOSTED;
}
uint32_t model_device_id(int device);
extern const uint64_t model_page_pa[MODEL_PAGES];

/* Level-1 words that a host may write: model_words[0] is 0, [1] names PLACE_LEVEL2. */
#define MODEL_HOST_WORDS 6
extern const uint64_t model_words[MODEL_HOST_WORDS];

/* The place of the page that has this address, or -1. */
int model_place_of(uint64_t pa);

/* The number of an ITT, or -1. */
int model_itt_of(uint64_t pa, uint32_t size);
uint64_t model_itt_bytes(int itt);

/* Which DeviceID of those that hosts use, or -1. */
int model_device_of(uint32_t device_id);

/* ---- hardware ---- */

struct model_its {
	/* Registers, and what hardware keeps to itself. */
	uint64_t cbaser;
	uint64_t baser[MODEL_BASERS];
	uint8_t creadr; /* slots */
	uint8_t cwriter;
	bool enabled;
	bool quiescent;
	bool stalled;
	uint8_t stalls; /* since it was quiescent; no more than MODEL_STALLS are counted */
	uint8_t number;
	bool power_off;                /* Enabled is 0 since power was lost, by nobody's will */
	uint8_t targets;               /* redistributors that a collection has ever pointed to */
	model_set late[MODEL_RDS + 1]; /* ITTs unmapped, and used until a SYNC goes there; the last:
					* until any SYNC */
	model_set kept_itts;           /* of tables that it has not forgotten */
	model_set kept_pages;

	/* The guard's private memory. */
	uint8_t ring[MODEL_SLOTS][ITSG_CMD_BYTES];
	uint64_t mirror[MODEL_WORDS];

	/* The host's memory and mind. */
	uint8_t queue[MODEL_QUEUE];     /* numbers of commands: act.h */
	uint8_t pending[MODEL_PENDING]; /* those that nobody has judged yet, plus one; first in
					   front */
	uint8_t mapped[MODEL_IDS];      /* number of an ITT plus one, as it was told */
	uint64_t raw_cbaser;
	uint64_t raw_baser[MODEL_BASERS];
	uint32_t raw_cwriter;
	bool raw_enabled;
	uint8_t raw_number; /* ITS_Number */
#ifdef MODEL_LARGE
	bool left; /* a queue, before all was back that had been given up in it */
#endif
};

struct model_rd {
	uint64_t prop;
	uint64_t pend;
	bool enabled;
	bool clearing; /* RWP=1: it still uses its tables */
	bool off;      /* no power */
	bool asleep;
	bool saved_enabled;
	bool ptz;     /* PENDBASER was written with it */
	bool foreign; /* on by somebody, with tables that are nobody's */
	uint64_t saved_prop;
	uint64_t saved_pend;
	/* As the host wrote them. */
	uint64_t raw_prop;
	uint64_t raw_pend;
};

struct model {
	struct model_page page[MODEL_PAGES];
	struct model_its its[MODEL_ITS];
	struct model_rd rd[MODEL_RDS];
	uint8_t reserved; /* the platform keeps the first DeviceID */
	uint8_t pad[7];
};

/* ---- a state: all of it lies in one piece of memory, always at the same address ---- */

struct state {
	struct itsg_its *its[MODEL_ITS];
	struct itsg_redists *redists;
	struct itsg_pages *pages;
	struct model *model;
	uint8_t *image;
	size_t bytes; /* of the image, a multiple of 8 */
};

/* What came of the present action, outside of the state. */
struct outcome {
	const char *broken;    /* what no world may show, or NULL */
	uint32_t fail_at;      /* which callback is to fail, from 1 on; 0: none */
	bool fail_on;          /* and those of its kind behind it */
	bool failed;           /* one did */
	const char *failed_at; /* its kind */
	uint32_t failed_nth;   /* and which of that kind it was */
	uint32_t callbacks;
	uint32_t of_kind[8];
	uint64_t digest;             /* of all that the guard asked for, and was told */
	enum itsg_reason reason;     /* of an access */
	uint32_t refused;            /* commands */
	enum itsg_reason reasons[8]; /* of all that was refused, in order; the rest is not kept */
	uint32_t reason_count;
};

extern struct world the_world;
extern struct state the_state;
extern struct outcome the_outcome;

/* The first state of the_world: the memory, the guard, and hardware after reset. False: no memory.
 */
bool model_begin(void);

/* A finding; the first one stays. */
void model_broken(const char *what);

/* ---- its.c, rd.c: hardware moves ---- */

extern const uint64_t hw_baser_read_only[MODEL_BASERS];

uint64_t hw_typer(void);
uint64_t hw_read(uint32_t its, uint32_t offset);
void hw_write(uint32_t its, uint32_t offset, uint64_t value);

/* Is there a command that it may take? */
bool hw_can_run(const struct model_its *hw);
void hw_run(uint32_t its);
void hw_stall(struct model_its *hw);
/* It is done with all that it had begun. */
void hw_quiesce(struct model_its *hw);

enum hw_power {
	HW_POWER_CACHED_LOST, /* registers as after reset; what it had not written is lost */
	HW_POWER_LOST,        /* it had written all */
	HW_POWER_RESTORED,    /* firmware has set its registers again, but not Enabled */
	HW_POWER_RESUMED,     /* and Enabled */
	HW_POWER_WHOLE_RING,  /* with CWRITER at the last slot */
	HW_POWERS
};
void hw_power(uint32_t its, enum hw_power power);
/* Would it do by itself what the guard cannot find out, and has to be told (itsguard.h)? */
bool hw_power_told(const struct model_its *hw, enum hw_power power);

/* The ITTs that hardware may use, a bit each, on account of this ITS. */
uint32_t hw_itts(uint32_t its);
/* The ITT that a device table entry leads to: its place in the table of this ITS, or -1. */
int hw_table_page(uint32_t its, int device);

/* What the registers keep. */
#define RD_ATTRIBUTES (ITSG_GICR_INNER_CACHE | ITSG_GICR_SHAREABILITY | ITSG_GICR_OUTER_CACHE)
#define RD_PROP_BITS  (ITSG_GICR_PROPBASER_ADDRESS | ITSG_GICR_PROPBASER_ID_BITS | RD_ATTRIBUTES)
#define RD_PEND_BITS  (ITSG_GICR_PENDBASER_ADDRESS | RD_ATTRIBUTES)

uint64_t rd_hw_read(uint32_t rd, uint32_t offset);
void rd_hw_write(uint32_t rd, uint32_t offset, uint64_t value);
void rd_hw_settle(uint32_t rd);
void rd_hw_power(uint32_t rd, bool on, bool restored);

/* ---- act.c: the bytes of a command of the alphabet ---- */

void act_command(uint8_t number, uint8_t raw[ITSG_CMD_BYTES]);

/* ---- platform.c: the callbacks ---- */

extern const struct itsg_ops platform_ops;
extern const struct itsg_redists_ops platform_redists_ops;
void platform_begin_outcome(struct outcome *outcome);

#endif
