/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Runs a trace through the simulated world and judges what comes of it (docs/TRACES.md).
 *
 * After every line: itsg_check() over all ITSs and the redistributors, the oracle (oracle.h), no
 * access of simulated hardware outside memory that the guard holds.
 */
#ifndef SIM_REPLAY_H
#define SIM_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "itsguard/itsguard.h"

struct trace; /* trace.h */

enum replay_report_kind {
	REPLAY_REFUSED_ACCESS,  /* a refusal, expected or not: no error by itself */
	REPLAY_REFUSED_COMMAND, /* likewise */
	REPLAY_NOTE,            /* the guard's log: a stall, a leak; no error */
	REPLAY_VIOLATION,       /* hardware touched memory that the guard does not hold */
	REPLAY_MISMATCH,        /* a read did not give what was recorded */
	REPLAY_EXPECTATION,     /* `!`, `!guest` or `?` not met, or a refusal without its `!` */
	REPLAY_INVARIANT,   /* itsg_check(), oracle, prediction, misuse of hardware or callbacks */
	REPLAY_TRACE_ERROR, /* the trace asks for what the world cannot do */
};

struct replay_report {
	enum replay_report_kind kind;
	uint32_t line; /* of the trace, 0: none */
	uint32_t its;
	bool of_redistributor; /* a refused access or a mismatch; then this is its number: */
	uint32_t redistributor;
	enum itsg_reason reason; /* refusals, else ITSG_OK */
	/* Refusals: register offset, or offset in the host's queue. Mismatches: register offset. */
	uint32_t offset;
	uint64_t value;         /* written, or read */
	uint64_t expected;      /* mismatches: recorded */
	const uint8_t *command; /* 32 bytes of a refused command, or NULL */
	/* Refusals that no `!` expects, or that do not come: the prediction agrees with the guard.
	 */
	bool predicted;
	/* Of a prediction that the guard contradicts: the refusals that were expected of the line.
	 */
	bool contradicted;
	const enum itsg_reason *refusals;
	size_t refusal_count;
	/* A refused write that arms: the offset of the register that it fell over, or 0; pa there.
	 */
	uint32_t culprit;
	/* Violations. */
	uint64_t pa, len;
	bool write;
	/* A sentence without a full stop, always there; valid during the call. */
	const char *text;
};

typedef void replay_report_fn(void *ctx, const struct replay_report *report);

/* All that happens: replay_event.h. */
struct replay_event;
typedef void replay_event_fn(void *ctx, const struct replay_event *event);

/* An option left to the trace. */
#define REPLAY_FROM_TRACE (-1)

struct replay_options {
	bool guard;        /* default true */
	bool rewrite_host; /* I4: every host word is garbled the moment after the guard read it */
	bool no_oracle;    /* skip oracle and itsg_check(): for timing */
	uint64_t fail_at;  /* the i-th counted callback after initialisation fails; 0: none */
	/* Overrides of what the trace says, REPLAY_FROM_TRACE or a value. */
	int64_t page; /* 4096, 16384, 65536 */
	int forgets;
	int donate_itt;
	int cache;
	int trust;
	int stall;
	/* Is told each event, with the ctx of the reports; NULL: nothing is told. */
	replay_event_fn *event;
};

void replay_options_default(struct replay_options *options);

struct replay_summary {
	uint64_t accesses; /* register accesses of the host */
	uint64_t commands; /* of the host, judged (guard off: executed) */
	uint64_t accepted;
	uint64_t refused; /* refused_commands + refused_accesses */
	uint64_t refused_commands;
	uint64_t refused_accesses;
	uint64_t violations;
	uint64_t read_mismatches;
	uint64_t expectation_errors; /* and errors of the trace */
	uint64_t invariant_errors;
	uint64_t pages_peak, pages_end;
	uint64_t devices_peak, devices_end;
	uint64_t leaked;
	uint64_t mapds;     /* accepted MAPD with V=1 */
	uint64_t callbacks; /* counted callbacks after initialisation: the range of fail_at */
	uint64_t injected;  /* of them failed on request (`fail` or fail_at) */
	uint64_t partial;   /* ranges of pages that the platform did a part of */
	uint64_t predicted; /* commands whose answer the oracle predicted */
};

/*
 * Replays one parsed trace. `report` may be NULL. Returns false if the world cannot be built (a
 * machine line that makes no sense): reported as REPLAY_TRACE_ERROR, on the line that is to blame
 * if there is one; the summary then counts it, and nothing was run.
 */
bool replay(const struct trace *trace, const struct replay_options *options,
	    replay_report_fn *report, void *ctx, struct replay_summary *summary);

/*
 * The exit status: 0 everything as the trace says; 1 a violation, a broken invariant, a mismatch or
 * an unmet expectation. With the guard off only violations can be found.
 */
int replay_status(const struct replay_summary *summary, const struct replay_options *options);

#endif
