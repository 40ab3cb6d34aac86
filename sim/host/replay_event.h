/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * What happens in a replay, one event after the other, for whoever tells of it: people, files,
 * other programs (docs/EVENTS.md). All are made here, in replay_event.c; replay.c says what it
 * does, and the world what the guard and hardware do.
 *
 * The events of one line are given when that line is over, for then it is known what came of an
 * access and of a command: each stands before what follows from it.
 */
#ifndef SIM_REPLAY_EVENT_H
#define SIM_REPLAY_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "itsguard/itsguard.h"

#include "replay.h"
#include "trace.h"
#include "world.h"

enum replay_event_kind {
	REPLAY_EV_STEP,     /* a line that is neither an access nor a store: step */
	REPLAY_EV_ACCESS,   /* the host's, to a register */
	REPLAY_EV_MEMORY,   /* the host's store: pa, bytes, data; refused */
	REPLAY_EV_COMMAND,  /* of the host's: raw, offset, verdict, reason */
	REPLAY_EV_CLAIM,    /* the guard takes pages: pa, bytes, donated, whose */
	REPLAY_EV_DROP,     /* and gives them back */
	REPLAY_EV_ZERO,     /* and zeroes memory: pa, bytes */
	REPLAY_EV_PLATFORM, /* a callback failed: callback, pa, bytes, on_request */
	REPLAY_EV_WORD,     /* the guard's copy of a level-1 word: pa, value */
	REPLAY_EV_PRIVATE,  /* a command for hardware: offset of its slot, raw, own, count */
	REPLAY_EV_PROGRAM,  /* the guard writes a register of hardware */
	REPLAY_EV_RAN,      /* hardware passed commands: count, offset, to; stalled */
	REPLAY_EV_FAILED,   /* hardware met an erroneous command: offset, code */
	REPLAY_EV_MSI,      /* of a device: device, event; redistributor, intid; refused */
	REPLAY_EV_LPI,      /* a redistributor is told of an LPI: lpi, intid, to */
	REPLAY_EV_OWNER,    /* pages go to a guest: pa, bytes; refused */
	REPLAY_EV_REPORT,   /* a finding or a note of the replay: report */
	REPLAY_EVENTS
};

enum replay_verdict {
	REPLAY_ACCEPTED,
	REPLAY_REFUSED,
	REPLAY_WAITS,   /* not judged yet when the line was over: it comes again */
	REPLAY_LEFT,    /* the host left its queue before it was judged */
	REPLAY_NO_GUARD /* there is none: hardware passed it */
};

/* What pages are claimed for, as far as the host's registers and its command tell. */
enum replay_use {
	REPLAY_USE_UNKNOWN,
	REPLAY_USE_QUEUE,
	REPLAY_USE_LEVEL1,  /* number: of the BASER */
	REPLAY_USE_TABLE,   /* likewise */
	REPLAY_USE_LEVEL2,  /* likewise */
	REPLAY_USE_ITT,     /* number: DeviceID */
	REPLAY_USE_CONFIG,  /* LPI configuration table; number: of the redistributor */
	REPLAY_USE_PENDING, /* LPI pending table; likewise */
	REPLAY_USES
};

struct replay_whose {
	enum replay_use use;
	uint32_t its;
	uint32_t number;
};

struct replay_event {
	enum replay_event_kind kind;
	uint32_t line; /* of the trace, 0: none */
	uint32_t its;
	bool of_redistributor; /* ACCESS, PROGRAM, and what the redistributors' guard does */
	uint32_t redistributor;

	/* ACCESS, PROGRAM; COMMAND, PRIVATE, RAN, FAILED: offset in the queue */
	bool write;
	uint32_t offset, width, reads; /* reads: a wait is one event */
	uint64_t value;
	enum itsg_reason reason; /* of a refusal, else ITSG_OK */
	uint32_t culprit; /* ACCESS, a refused one that arms: what it fell over, and pa; or 0 */
	bool refused;     /* MEMORY, OWNER; MSI: it went nowhere */

	uint64_t pa, bytes;
	const uint8_t *data; /* MEMORY */
	bool donated;
	struct replay_whose whose;
	enum trace_callback callback;
	bool on_request;

	uint8_t raw[ITSG_CMD_BYTES];
	bool unread; /* COMMAND: it could not be fetched */
	enum replay_verdict verdict;
	bool own; /* PRIVATE: nothing that the host asked for */

	uint64_t count; /* RAN: commands; PRIVATE: slots, one behind the other */
	uint32_t to;    /* RAN: CREADR then; LPI: where it goes */
	bool stalled;
	uint32_t code;
	uint32_t device, event, intid;
	enum sim_its_lpi lpi;

	const struct trace *trace; /* that the step is a line of */
	const struct trace_directive *step;
	enum replay_report_kind report;
	const char *text; /* REPORT: a sentence; of a violation pa, bytes and write, too */
};

/* What follows is for replay.c. Where teller is NULL nothing is told, and nothing is done. */
struct teller;

struct teller *teller_new(const struct trace *trace, struct world *world, replay_event_fn *fn,
			  void *ctx);
void teller_free(struct teller *t);

/* A line begins; and is over, with all that follows from it. */
void teller_line(struct teller *t, const struct trace_directive *d);
void teller_line_over(struct teller *t);
/* The host has stored bytes, or given pages to a guest, or was refused that. */
void teller_did(struct teller *t, const struct trace_directive *d, bool refused);
/* A device has sent an MSI: was an LPI delivered? */
void teller_msi(struct teller *t, const struct trace_directive *d, bool delivered);
/* A read is over: what it gave, and how often the host looked. */
void teller_read(struct teller *t, const struct trace_directive *d, uint64_t value, uint32_t reads);
/* The guard has refused an access, or a command. */
void teller_refusal(struct teller *t, uint32_t its, bool redists, const struct itsg_event *event);
/* All other reports. */
void teller_report(struct teller *t, const struct replay_report *report);
/* A callback is over. */
void teller_called(struct teller *t, const struct world_call *call);

#endif
