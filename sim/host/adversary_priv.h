/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Inside the adversary.
 *
 *	adversary_facts.c	what a host knows of its machine
 *	adversary_step.c	single steps, each checked and written to the trace
 *	adversary_rd_step.c	those at redistributors
 *	adversary_rd_host.c	what hosts do there
 *	adversary_host.c	what an honest host does
 *	adversary_machine.c	bytes to a machine
 *	adversary_rd.c		operations at redistributors
 *	adversary.c		runs an input: bytes to operations
 *
 * Each uses those above it in this list, and none below.
 */
#ifndef SIM_ADVERSARY_PRIV_H
#define SIM_ADVERSARY_PRIV_H

#include "adversary.h"
#include "arch.h"
#include "host_regs.h"
#include "predict.h"

#define ADV_RAM          0x40000000u
#define ADV_RAM_LEN      0x10000000u
#define ADV_HIGH_RAM_LEN 0x1000000u /* beyond 2^48; all RAM together is at most that much */
#define ADV_AREA         0x100000u  /* of one ITS; see struct adv_host */
/* Tables of LPIs: two for configuration, then one for each redistributor. */
#define ADV_LPIS_BYTES 0x10000u /* of one at most, if nobody asks for more than 16 bits */
#define ADV_LPIS       (ADV_RAM + 0x2000000u)
/* Memory that only the honest host uses. */
#define ADV_LPIS_FRESH  (ADV_RAM + 0x3000000u)
#define ADV_LPIS_AREAS  16u
#define ADV_FRESH       0x44000000u
#define ADV_FRESH_AREAS 184u
#define ADV_NEW_QUEUES  (ADV_FRESH + ADV_FRESH_AREAS * ADV_AREA) /* one for each ITS */

/* Places in an area. Each on 64 KB: the largest page there is. */
#define ADV_QUEUE       0x00000u
#define ADV_DEVICES     0x10000u
#define ADV_COLLECTIONS 0x20000u
#define ADV_LEVEL2      0x30000u /* and 0x40000 */
#define ADV_ITTS        0x80000u /* eight, of 64 KB each */

#define ADV_EVENTS      64u

/* What the host of one ITS knows. */
struct adv_host {
	struct host_regs regs;
	uint32_t tail;   /* where the next command goes */
	uint64_t area;   /* of its last boot */
	uint32_t device; /* honest DeviceID and where its ITT is */
	uint64_t itt;
	uint64_t level1_flip; /* of the level-1 words it links: a host gone wrong */
};

/* What happens inside a call of the guard: before the n-th next call of something. */
struct adv_inside {
	enum trace_inside where;
	uint32_t n;
	enum trace_kind kind; /* `run`, or another CPU of the host's: `mem`, `guest`, `rd N lost` */
	uint32_t its;         /* of `run` */
	uint32_t rd;          /* of `lost` */
	uint32_t commands;
	uint64_t pa;
	uint64_t value;
};

/* What hardware has stalled at, how far it was, and how often in a row. */
struct adv_stall {
	uint64_t commands;
	uint64_t dw[4];
	uint32_t times;
	bool guards; /* it was told as the guard's to mend */
};

/* One operation: opcode, ITS, four small numbers, one of 16 bits, one of 64. */
struct adv_op {
	uint8_t its, its_byte, a, b, c, d;
	uint16_t e;
	uint64_t value;
};

struct adv_operation {
	const char *name;
	void (*run)(struct adversary *a, const struct adv_op *op);
};

#define ADV_INSIDES 16u /* more than a world keeps */

struct adversary {
	struct world_config base;   /* of an empty trace */
	struct world_config config; /* of this input */
	struct world *world;
	struct oracle *oracle;
	struct predictor *predictor;
	const struct itsg_its *guards[TRACE_ITS_MAX];
	struct adv_host host[TRACE_ITS_MAX];
	struct adv_inside inside[ADV_INSIDES];
	uint32_t insides;
	bool moved; /* something happened inside the step under way */
	struct adversary_finding finding;
	struct adversary_stats stats;
	adversary_plant_fn *plant;
	void *plant_ctx;

	bool adopts;  /* the platform adopts tables of before, before the host runs */
	bool redists; /* operations are those at redistributors, mostly */
	bool eager;   /* hardware runs at once, the guard is polled after each step */
	uint32_t op;
	uint64_t errors[TRACE_ITS_MAX]; /* of hardware, seen so far */
	bool told[TRACE_ITS_MAX];       /* of a stall that has not ended */
	struct adv_stall stalls[TRACE_ITS_MAX];
	bool settles_again;  /* a stall is looked at once more, when all is quiet */
	uint32_t unplugged;  /* ITSs that lost power too soon: see adv_power() */
	uint32_t replays;    /* ITSs that firmware has enabled */
	uint64_t checked_at; /* world_changes() */
	bool honest;         /* the host is honest now: nothing may be refused */
	bool leaked;         /* a page could not be given back */
	bool injected;       /* hardware met errors that nobody could foresee */
	uint32_t injections; /* how many it could be */
	bool stays;          /* one may stay with a SYNC */
	bool troubled;       /* likewise, and an honest host has to be served */
	bool odd;            /* hardware's registers are not what they were */
	bool rd_odd;         /* those of redistributors */
	bool collections_moved;
	bool cached;        /* hardware has had a cache */
	uint32_t fresh;     /* areas used by the honest host */
	uint64_t unfetched; /* commands refused because a fetch failed */

	/* Of the step under way. */
	uint64_t answers; /* refused accesses in the guard's log */
	uint32_t fetched; /* commands */
	enum itsg_reason answer;

	/* The trace, if one is written. */
	FILE *out;
	uint32_t out_its;
	bool untraceable;
	enum itsg_reason refused[ADV_EVENTS]; /* not written yet */
	uint32_t num_refused;
};

/* ---- adversary_facts.c ---- */
bool adv_forgets(const struct adversary *a);
bool adv_enabled(const struct adversary *a, uint32_t its); /* in hardware */
uint64_t adv_page_bytes(uint64_t baser);
uint64_t adv_table_entry(const struct adversary *a, uint32_t its, uint8_t type);
int adv_baser_of(const struct adversary *a, uint32_t its, uint8_t type);
uint64_t adv_rdbase(const struct adversary *a, uint32_t pe);
uint32_t adv_awake(const struct adversary *a); /* a redistributor */
uint32_t adv_awake_count(const struct adversary *a);
uint32_t adv_carriers(const struct adversary *a); /* to which the guard may send SYNCs */
bool adv_unmapping(const struct adversary *a);    /* is an unmap on its way, of any ITS? */
bool adv_may_sleep(const struct adversary *a, uint32_t pe); /* here and now */

/* ---- adversary_machine.c ---- */
void adv_machine(struct adversary *a, const uint8_t bytes[ADVERSARY_MACHINE_BYTES]);
void adv_print_machine(const struct adversary *a);

/* ---- adversary_step.c: each does nothing once there is a finding ---- */
bool adv_found(const struct adversary *a);
void adv_find(struct adversary *a, enum adversary_detector detector, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void adv_listen(struct adversary *a); /* to the world's events */
void adv_check(struct adversary *a);
void adv_check_all(struct adversary *a);
/* The host reads the 64-bit register at offset, and knows what must be there. */
void adv_read_back(struct adversary *a, uint32_t its, uint32_t offset);
enum itsg_reason adv_write(struct adversary *a, uint32_t its, uint32_t offset, uint32_t width,
			   uint64_t value);
uint64_t adv_read(struct adversary *a, uint32_t its, uint32_t offset, uint32_t width);
void adv_mem(struct adversary *a, uint64_t pa, const uint8_t *bytes, size_t count);
void adv_mem64(struct adversary *a, uint64_t pa, uint64_t value);
void adv_run(struct adversary *a, uint32_t its, uint32_t commands);
void adv_poll(struct adversary *a);
void adv_settle(struct adversary *a);
void adv_give(struct adversary *a, uint64_t pa, uint64_t len);
/* The n-th next call fails, and the ones behind it: so many in a row. n = 0: none any more. */
void adv_fail(struct adversary *a, enum trace_callback callback, uint32_t n, uint32_t times);
void adv_modes(struct adversary *a, bool stall, bool cache, bool trust);
void adv_inside(struct adversary *a, const struct adv_inside *inside);
/* Hardware moves before the n-th next register access of the guard's. */
void adv_inside_run(struct adversary *a, uint32_t its, uint32_t n);
void adv_inside_none(struct adversary *a);
bool adv_power(struct adversary *a, uint32_t its, const struct trace_power *power);
void adv_sleep(struct adversary *a, uint32_t pe, bool asleep);
void adv_gone(struct adversary *a, uint32_t its);
void adv_msi(struct adversary *a, uint32_t its, uint32_t device, uint32_t event);
void adv_inject(struct adversary *a, uint32_t its, uint32_t nth, uint8_t opcode, bool stays);
void adv_lose_bits(struct adversary *a, uint32_t its, uint32_t n, uint64_t bits);
void adv_keep_creadr(struct adversary *a, uint32_t its, bool keep);
void adv_firmware_table(struct adversary *a, uint32_t its, uint32_t n);

/* ---- adversary_rd_step.c: as above ---- */
enum itsg_reason adv_rd_write(struct adversary *a, uint32_t rd, uint32_t offset, uint32_t width,
			      uint64_t value);
uint64_t adv_rd_read(struct adversary *a, uint32_t rd, uint32_t offset, uint32_t width);
void adv_rd_modes(struct adversary *a, struct sim_redists_mode mode);
void adv_rd_power(struct adversary *a, const struct trace_rd_power *power);
void adv_rd_lost(struct adversary *a, uint32_t rd);
void adv_rd_adopt(struct adversary *a);
void adv_rd_gone(struct adversary *a);
/* Bits that do not stick, and EnableLPIs, if deaf. All 0: none any more. */
void adv_rd_fault(struct adversary *a, uint32_t rd, uint64_t prop, uint64_t pend, bool deaf);

/* ---- adversary_rd_host.c ---- */
enum adv_rd_style {
	ADV_LINUX,      /* PROPBASER, PENDBASER, EnableLPIs; the PE itself */
	ADV_UNIT_TESTS, /* one CPU writes those of all; 14 bits, Device */
	ADV_FREEBSD,    /* 17 bits, in memory for 16 */
	ADV_XEN,        /* PENDBASER first, PTZ, 20 bits */
	ADV_STYLES
};

struct adv_rd_boot {
	enum adv_rd_style style;
	uint64_t config, pending; /* the latter of number 0, 64 KB each */
	unsigned bits;            /* 0: of the style */
	uint64_t odd;             /* bits of PENDBASER that are others */
	bool reads;               /* back what it has written */
};

/* Numbers first to end - 1. */
void adv_rd_boot(struct adversary *a, uint32_t first, uint32_t end, const struct adv_rd_boot *boot);
/* Clears EnableLPIs, and looks at most so many times: is it over? */
bool adv_rd_clear(struct adversary *a, uint32_t rd, uint32_t looks);
/* All LPIs are off then, and hardware is as it should be. */
void adv_rd_shut_down(struct adversary *a);
void adv_rd_honest_boot(struct adversary *a);
uint64_t adv_rd_pages(const struct adversary *a); /* that this needs */
bool adv_rd_takes(const struct adversary *a, uint32_t rd);
uint64_t adv_rd_delivered(const struct adversary *a);

/* ---- adversary_host.c ---- */
/* How a host boots. */
struct adv_boot {
	uint64_t area;
	bool two_level;             /* table of devices */
	bool two_level_collections; /* without any level-2 page: no honest host */
	bool suspends;              /* the honest end also suspends and resumes */
	bool power;                 /* and loses power meanwhile */
	struct trace_power loses;   /* what firmware restores then */
	bool hasty;                 /* without waiting for Quiescent: no honest host */
	bool polls;                 /* the host reads registers until they say so; nobody polls */
	bool trouble;               /* hardware stalls at a SYNC of the guard's own */
	bool stays;                 /* and stalls there again */
	bool reuses;                /* its memory as soon as it is given up */
	uint8_t attributes;
	uint8_t more; /* pages of the collection table, beyond the first */
};

void adv_put(struct adversary *a, uint32_t its, const uint64_t dw[4]);
void adv_ring(struct adversary *a, uint32_t its);
void adv_send(struct adversary *a, uint32_t its, uint64_t dw0, uint64_t dw1, uint64_t dw2,
	      uint64_t dw3);
void adv_boot(struct adversary *a, uint32_t its, const struct adv_boot *boot);
void adv_map(struct adversary *a, uint32_t its, uint32_t device, uint32_t size, uint64_t itt);
void adv_unmap(struct adversary *a, uint32_t its, uint32_t device);
void adv_event(struct adversary *a, uint32_t its, uint32_t device, uint32_t event, uint64_t icid);
void adv_suspend(struct adversary *a, uint32_t its, const struct adv_boot *boot);
void adv_shut_down(struct adversary *a, bool tables_first);
/* Of an ITS that is disabled, Quiescent or not; then the host reads CTLR, at most so many times. */
void adv_give_up(struct adversary *a, uint32_t its, uint32_t reads);
void adv_honest_end(struct adversary *a, uint32_t its, const struct adv_boot *boot);
void adv_flood(struct adversary *a, uint32_t its, uint32_t slots_left);
/* Another kernel, which has a queue of its own and all else as it was; of an ITS that is disabled.
 */
enum itsg_reason adv_enable_other_queue(struct adversary *a, uint32_t its);
void adv_new_queue(struct adversary *a, uint32_t its);
void adv_stop_trouble(struct adversary *a);
/* Firmware restores everything, or nothing. */
struct trace_power adv_firmware(bool restores);

/* ---- adversary_rd.c ---- */
const struct adv_operation *adv_rd_operation(uint8_t opcode);

#endif
