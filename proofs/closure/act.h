/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * What may happen: the alphabet of the_world, a list that is made once.
 */
#ifndef CLOSURE_ACT_H
#define CLOSURE_ACT_H

#include "model.h"

#define ACT_NAME  48
#define ACT_TRACE 160

enum act_kind {
	/* of the host */
	ACT_WRITE,  /* a register */
	ACT_CBASER, /* and CWRITER=0 behind it */
	ACT_READ,   /* of a register that says nothing new: the guard makes its steps */
	ACT_COMMAND,
	ACT_WORD, /* a level-1 word */
	ACT_RETRY,
	ACT_GIVE,
	ACT_BACK,
	ACT_RD_WRITE,
	ACT_RD_READ,
	/* of hardware */
	ACT_RUN, /* one command */
	ACT_QUIESCE,
	ACT_STALL,
	ACT_POWER,
	ACT_RD_SETTLE,  /* RWP becomes 0 */
	ACT_RD_LOST,    /* EnableLPIs becomes 0 by itself */
	ACT_RD_FOREIGN, /* somebody sets it */
	ACT_RD_OFF,
	ACT_RD_ON,
	/* of the platform */
	ACT_SLEEP,
	ACT_WAKE,
	ACT_RESERVE,
	ACT_GONE,
	ACT_RD_ADOPT,
	ACT_RD_POLL,
	ACT_RD_GONE,
};

/* What the host may expect of a register write. */
enum act_answer {
	ANSWER_ANY,
	ANSWER_OK,
	ANSWER_REFUSED,
	ANSWER_WHILE_DISABLED,
	ANSWER_ENABLE
};

struct act {
	enum act_kind kind;
	uint32_t number; /* of the ITS, redistributor or page */
	uint32_t offset;
	uint32_t width;
	uint64_t value;
	enum act_answer answer;
	char name[ACT_NAME];
};

enum command_kind {
	COMMAND_BAD,   /* no guard may accept it */
	COMMAND_MAP,   /* MAPD V=1 */
	COMMAND_UNMAP, /* MAPD V=0 */
	COMMAND_EVENT, /* of a device that must be mapped */
	COMMAND_PLAIN, /* nothing speaks against it */
	COMMAND_MAPC,
};

struct command {
	enum command_kind kind;
	int device; /* as in model.h, or -1 */
	int itt;
	uint32_t event;
	enum itsg_reason reason; /* BAD: why it is refused, unless its device is not mapped */
	uint8_t raw[ITSG_CMD_BYTES];
	char name[ACT_NAME];
};

#ifdef MODEL_LARGE
#define ACTS_MOST     768
#define COMMANDS_MOST 240
#else
#define ACTS_MOST     160
#define COMMANDS_MOST 64
#endif

extern struct act acts[ACTS_MOST];
extern uint32_t act_count;
extern struct command commands[COMMANDS_MOST];
extern uint32_t command_count;

/* Makes the alphabet of the_world. */
void act_begin(void);

/* False: it cannot happen in this state, and nothing has. */
bool act_do(const struct act *act);

/* Does it call the guard, so that callbacks may fail? */
bool act_calls(const struct act *act);

/*
 * The host sets up all that it has, as drivers do, redistributors first: the acts of that, in
 * order; NULL at the end.
 */
const struct act *act_boot(uint32_t step);

/* The line or lines of a trace that say the same; docs/TRACES.md. */
void act_trace(const struct act *act, char out[ACT_TRACE]);

#endif
