/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Inside the predictor.
 *
 *	predict_say.c		what is expected, in words
 *	predict_model.c		what is on record: devices, tables, level-1 words
 *	predict_rule.c		commands: what the words say, and what they ask for
 *	predict_claim.c		claims: who holds what, and what may be taken
 *	predict_answer.c	what a command may be answered with, and what follows
 *	predict_regs.c		registers, arming, retiring
 *	predict_rd.c		redistributors
 *	predict.c		what the guard does is told here, and judged
 *
 * Each uses those above it in this list, and none below.
 */
#ifndef SIM_PREDICT_PRIV_H
#define SIM_PREDICT_PRIV_H

#include "host_regs.h"
#include "pfnset.h"
#include "predict.h"
#include "u64map.h"

/* Registers and fields: GIC 1 and 3, written down here once more on purpose. */
#define R_CTLR       0x00u
#define R_IIDR       0x04u
#define R_TYPER      0x08u
#define R_CBASER     0x80u
#define R_CWRITER    0x88u
#define R_CREADR     0x90u
#define R_BASER      0x100u
#define VALID        ((uint64_t)1 << 63)
#define INDIRECT     ((uint64_t)1 << 62)
#define DEVICES      1u /* BASER.Type */
#define VPES         2u
#define COLLS        4u
#define GRANULE      256u
#define COMMAND      32u
#define WORD         8u
#define UNSTORED_MAX 16u /* published, and stored in no slot yet: at most so many */
#define LPI_LOWEST   8192u

#define BIT(reason)  ((uint64_t)1 << (reason))

/* A run of memory that is, or is to be, claimed. */
struct extent {
	uint64_t pa, bytes;
	enum itsg_kind kind;
};

/* What is taken before something is accepted, in this order. */
struct want {
	struct extent extent;
	enum itsg_reason overlap;
	bool queue; /* a host's, which may lie over another host's (H8) */
};

#define WANTS_MAX (1 + ITSG_BASERS)

struct wants {
	struct want want[WANTS_MAX];
	unsigned count;
};

/* A table of IDs as BASER describes it. */
struct table {
	bool claimed;
	uint64_t baser; /* as the host reads it; its geometry: */
	bool indirect;
	uint64_t pa;
	uint64_t bytes;    /* flat, or level 1 */
	uint64_t page;     /* ITS page */
	uint64_t per_page; /* entries */
	uint64_t capacity; /* IDs */
};

/* The command that the guard has fetched and not answered. */
struct head {
	bool active;
	uint32_t offset;
	uint64_t dw[4];
	bool word_known, word_failed; /* the level-1 word, as the guard got it */
	uint64_t word;
	uint64_t allowed; /* reasons, or ITSG_OK, that were right at some time: a bit for each */
	uint64_t may;     /* what a failed callback may lead to */
	enum itsg_reason must; /* what it leads to; ITSG_OK: none */
};

/* What a command asks for and changes. */
struct plan {
	struct wants wants;
	bool level2; /* the first want; then: */
	uint64_t level1_key;
	uint64_t word_pa; /* where its level-1 word is; 0: it has none */
	uint64_t word;
	bool blind; /* the word was not read yet: what follows is not known */
	bool maps, unmaps, same;
	uint64_t device, itt; /* as in struct predictor: devices */
	uint64_t icids;
};

struct model {
	/* TYPER and configuration. */
	uint64_t typer;
	unsigned device_bits, event_bits, icid_bits;
	uint64_t entry, hcc;
	bool cct, pta, forgets;
	bool sticks[ITSG_BASERS]; /* Indirect */
	/* Registers, as the host has them. */
	struct host_regs regs;
	bool enabled;
	uint64_t numbers; /* that CTLR.ITS_Number may be: a bit for each */
	uint32_t next;    /* what is fetched next */
	/* What is armed. */
	struct table table[ITSG_BASERS];
	struct extent queue;
	uint64_t icids;        /* ICIDs below it may stand in ITT entries */
	bool kept_unknown;     /* power was lost, so `kept` may lack what was retired since */
	uint64_t icids_before; /* the same of times when power was lost, at most */
	struct extent *kept;
	uint32_t mapped; /* devices */
	struct head head;
	uint64_t judged; /* commands */
	/* MAPD V=1 that the guard has published, ever; while `counted`, for in what was lost it
	 * cannot be. */
	uint64_t maps;
	bool counted;
	uint64_t unstored; /* of them: in no slot yet when the last call was over */
	uint64_t maps_then;
	uint64_t mapped_by[UNSTORED_MAX]; /* the devices of the last ones: number n at n % MAX */
	bool lost;                        /* power, and all that is not known since */
	bool firmware_on;  /* firmware has enabled it since, and the host has not written CTLR */
	uint32_t given_up; /* BASERs whose Valid the host has cleared since */
	uint32_t unseen;   /* those of tables given up that the guard may not have looked at yet */
	bool abandoned; /* MAPDs of the host's that hardware had not passed, and none retired since
			 */
	bool left;      /* the host began a queue before hardware had passed the one of before */
	bool replaced;  /* a map took another one's place, and hardware may not have passed that */
	bool due;       /* in this call, what was retired is given back */
	/* Granules: held, and on their way out: unmapped ITTs; tables given up. By kind. */
	struct pfnset *held[2], *pending[2], *retired[2];
};

#define SAID_MAX 64u

/* What was expected of the last line of a trace, for who asks. */
struct said {
	bool over;   /* the line is; what is said next is of another one */
	bool unsure; /* one of several answers would have done */
	size_t count;
	enum itsg_reason reasons[SAID_MAX]; /* refusals */
};

/* Of a redistributor. */
enum rd_phase {
	RD_OFF,
	RD_SETTING, /* EnableLPIs was written, and not looked at since */
	RD_ON,
	RD_CLEARING,
	RD_FOREIGN, /* on by somebody before, or by firmware: its tables are nobody's */
};

struct rd_model {
	enum rd_phase phase;
	bool claimed;               /* its tables are */
	uint64_t typer;             /* as hardware has it */
	uint64_t kept_ctlr;         /* CES and IR, as seen last */
	uint64_t prop, pend, vprop; /* as the host wrote them */
	uint64_t in_prop, in_pend;  /* that are claimed */
};

/* An access to a redistributor that is under way, or an adoption. */
struct rd_access {
	bool active, adopts, write;
	uint32_t rd, offset, width;
	uint64_t value;
	enum itsg_reason shape; /* of width and alignment */
	bool looked;            /* the guard has read CTLR: */
	uint64_t ctlr;
	bool was_off;    /* by then */
	bool wrote, set; /* a register; EnableLPIs=1 */
	bool mismatch;   /* EnableLPIs was set, and read as 0 */
	/* What is to be in force was written to PROPBASER, or PENDBASER, last; and read otherwise.
	 */
	bool programs[2], unlike[2];
	bool asked; /* something of the platform */
	bool moved; /* something happened inside */
	enum itsg_reason failed;
	uint64_t zeroed_pa, zeroed_bytes;
	uint64_t answers; /* that are right; 0: not known yet */
};

struct predictor {
	struct world *world;
	bool stopped, doubt;
	uint64_t count;
	uint32_t its_count;
	struct model its[TRACE_ITS_MAX];
	struct u64map devices; /* ITS and DeviceID -> ITT address, Size << 1, 1; 0: unmapped */
	struct u64map level1;  /* ITS, table and index -> word taken; 0: none */
	struct pfnset *kept[2], *unknown[2];       /* granules */
	struct pfnset *redists[2];                 /* likewise, of redistributors */
	struct pfnset *leaked[2];                  /* pages */
	struct pfnset *run, *spare, *known, *rest; /* scratch */
	struct rd_model *rds;                      /* NULL: there are none */
	bool rds_unlearned;                        /* nobody can know yet what hardware keeps */
	struct rd_access access;
	uint64_t changes; /* of the world, when claims were judged last */
	bool blind;       /* the claims say more than what is known of them */
	bool store_failed;

	/* The access under way. */
	bool writing, arming;
	bool unsure; /* it enables, and may have to wait for the end of a lap */
	uint32_t at; /* its ITS */
	uint32_t offset, width;
	uint64_t value;
	uint64_t answers;        /* that are right */
	uint32_t given_up;       /* before the write */
	struct host_regs before; /* for an ITS that lost power, where anything may be refused */
	uint64_t failed;         /* what failed callbacks may lead to */
	struct wants claims;
	uint32_t revived; /* of them: bit n + 1 is BASER n */
	char wrong[200];
	struct said said;
};

/* ---- predict_say.c ---- */
void predict_disagree(struct predictor *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* These answers are expected, of an access or of a command. */
void predict_said(struct predictor *p, uint64_t set);
/* What a callback that fails leads to; ITSG_OK: nothing. */
enum itsg_reason predict_failure_of(enum trace_callback callback);
/* "OK", "ITT_OVERLAP or OK" */
const char *predict_reasons(uint64_t set, char *text, size_t size);

static inline uint64_t predict_bits(uint64_t word, unsigned hi, unsigned lo)
{
	return (word >> lo) & (UINT64_MAX >> (63 - (hi - lo)));
}

static inline const struct trace_machine *predict_machine(const struct predictor *p)
{
	return &world_config(p->world)->machine;
}

static inline uint64_t predict_pa_end(const struct predictor *p)
{
	return (uint64_t)1 << predict_machine(p)->pa_bits;
}

/* ---- predict_model.c ---- */
/* It was accepted. */
void predict_count_map(struct model *m);
/* A call is over: what is not stored now could not be. */
void predict_look_for_unstored(struct predictor *p, uint32_t its);
/* The guard has given up its queue, and with it what was unstored. */
void predict_forget_unstored(struct model *m);
/* The ITT of a device as in struct predictor: devices, or 0. */
uint64_t predict_device(const struct predictor *p, uint32_t its, uint64_t id);
/* A map takes another one's place. False: nothing is known of the ITS any more. */
bool predict_replaced(struct predictor *p, uint32_t its);
void predict_set_device(struct predictor *p, uint32_t its, uint64_t id, uint64_t mapped);
struct extent predict_itt(const struct predictor *p, uint32_t its, uint64_t mapped);
const struct table *predict_table(const struct predictor *p, uint32_t its, unsigned type);
uint64_t predict_collections(const struct model *m, uint64_t capacity);
uint64_t predict_level1_key(uint32_t its, bool collections, uint64_t index);
void predict_forget_level1(struct predictor *p, uint32_t its, bool collections);
/* The devices; and all that was learned from commands. */
void predict_forget_devices(struct predictor *p, uint32_t its);
void predict_forget(struct predictor *p, uint32_t its);

static inline enum itsg_kind predict_itt_kind(const struct predictor *p)
{
	return predict_machine(p)->donate_itt ? ITSG_DONATED : ITSG_SHARED;
}

/* ---- predict_rule.c ---- */
/* The reason that the words give, or ITSG_OK and what is wanted for it. */
enum itsg_reason predict_rule(const struct predictor *p, uint32_t its, struct plan *plan);

/* ---- predict_claim.c ---- */
bool predict_claims_new(struct predictor *p);
void predict_claims_free(struct predictor *p);
/* own: what unmaps of this ITS's own have not released yet is in the way, perhaps. */
uint64_t predict_take(struct predictor *p, uint32_t its, const struct wants *wants, bool own);
/* May its last command take, or have taken, what nobody can tell from the command? */
bool predict_takes_unseen(const struct predictor *p, uint32_t its);
/* Is something of it kept for ever, for hardware may not have forgotten it? */
bool predict_is_kept(struct predictor *p, const struct extent *extent);
void predict_hold(struct predictor *p, uint32_t its, const struct want *want);
void predict_move(struct pfnset *from, struct pfnset *to, struct predictor *p,
		  const struct extent *extent, const struct extent *apart);
void predict_lose_claims(struct predictor *p, uint32_t its);
/* What was taken for the command under way goes back; nobody knows how much that is. */
void predict_let_head_go(struct predictor *p, uint32_t its);
void predict_narrow(struct predictor *p, const struct oracle *oracle);
void predict_check_claims(struct predictor *p, const struct oracle *oracle);
/* What redistributors have is looked up anew. */
void predict_gather_redists(struct predictor *p);
/* For predict_take(): it is for no ITS. */
#define NO_ITS UINT32_MAX
bool predict_is_empty(struct pfnset *const sets[2]);

/* ---- predict_answer.c ---- */
/* All answers that are right now. 0: it cannot have been judged yet, unless it was answered. */
uint64_t predict_answers(struct predictor *p, uint32_t its, bool answered);
/* It was accepted. */
void predict_apply(struct predictor *p, uint32_t its, const struct plan *plan);
/* The device goes; its ITT is on its way out. */
void predict_unmap(struct predictor *p, uint32_t its, uint64_t id);

/* ---- predict_regs.c ---- */
void predict_learn(struct predictor *p, uint32_t its);
uint64_t predict_visible(const struct predictor *p, uint32_t its, uint32_t n);
uint32_t predict_queue_bytes(const struct model *m);
/* Tables that the host has given up go as soon as they may. Which: a bit for each BASER. */
uint32_t predict_give_up(struct predictor *p, uint32_t its);
/* What is armed now is claimed: at once where Enabled was accepted, or its first command fetched.
 */
void predict_armed(struct predictor *p);

/* ---- predict_rd.c ---- */
bool predict_rds_new(struct predictor *p);
void predict_rd_called(struct predictor *p, const struct world_call *call);
/* Inside a call something has changed: what is right now will do as well. */
void predict_rd_disturbed(struct predictor *p);

#endif
