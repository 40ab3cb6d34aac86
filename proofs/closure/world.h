/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * A world of worlds.list: how large it is, what hardware it has, and what may happen in it.
 */
#ifndef CLOSURE_WORLD_H
#define CLOSURE_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#define WORLD_NAME 32

/* What host, hardware and platform may do: bits of `acts`. */
#define ACTS_CTLR       (1u << 0) /* the host writes CTLR.Enabled */
#define ACTS_CBASER     (1u << 1) /* CBASER, with CWRITER=0 behind it */
#define ACTS_BASER0     (1u << 2)
#define ACTS_BASER1     (1u << 3)
#define ACTS_HALVES     (1u << 4) /* registers by halves, and other widths */
#define ACTS_RESERVED   (1u << 5) /* registers that are not the host's */
#define ACTS_MAPD       (1u << 6)
#define ACTS_MAPC       (1u << 7)
#define ACTS_EVENTS     (1u << 8)  /* MAPTI, INV, DISCARD */
#define ACTS_BAD        (1u << 9)  /* commands that no guard may accept */
#define ACTS_HOSTILE    (1u << 10) /* memory of somebody else's, or of a table, as ITT or table */
#define ACTS_WORDS      (1u << 11) /* the host writes its level-1 words */
#define ACTS_STALL      (1u << 12) /* hardware stalls at any command */
#define ACTS_POWER      (1u << 13) /* it loses power, and firmware restores what it likes */
#define ACTS_GIVE       (1u << 14) /* pages go to a guest, and come back */
#define ACTS_SLEEP      (1u << 15) /* redistributors go to sleep, and wake */
#define ACTS_GONE       (1u << 16) /* itsg_host_gone() */
#define ACTS_OTHER      (1u << 17) /* other tables, and other queues, than those it began with */
#define ACTS_RD_ENABLE  (1u << 18) /* the host writes EnableLPIs */
#define ACTS_RD_BASES   (1u << 19) /* PROPBASER, PENDBASER */
#define ACTS_RD_HALVES  (1u << 20) /* those by halves */
#define ACTS_RD_POWER   (1u << 21) /* redistributors lose power, and get it back */
#define ACTS_RD_FOREIGN (1u << 22) /* somebody else sets EnableLPIs; adoption */
#define ACTS_RD_OTHER   (1u << 23) /* registers of it that are not the host's, or not any more */
#define ACTS_RESERVE    (1u << 24) /* the platform reserves a DeviceID, and gives it free */
#define ACTS_NUMBER     (1u << 25) /* CTLR with ITS_Number and bits that are not the host's */

struct world {
	char name[WORLD_NAME];
	uint32_t acts;

	/* The guard's configuration. */
	uint32_t its;     /* ITSs on one tracker; 0: redistributors alone */
	uint32_t ring;    /* slots of each private queue, a multiple of 4 */
	uint32_t depth;   /* 0: as many as fit */
	uint32_t journal; /* entries */
	uint32_t budget;  /* 0: as always */
	uint32_t pages;   /* that the tracker has room for */
	uint32_t records;
	uint32_t kept;
	bool donate;  /* donate_itt */
	bool forgets; /* by TYPER.INV */

	/* What is in it. */
	uint32_t devices; /* DeviceIDs */
	uint32_t itts;    /* a bit for each of model_itts */
	uint32_t rds;     /* redistributors */
	uint32_t backlog; /* commands that the host puts in its queue at a time */
	uint32_t levels;  /* bit n: BASER n has two of them */
	uint32_t hcc;     /* collections in hardware */
	bool redists;     /* the guard has the redistributors */
	bool armed;       /* the host has set up and enabled all ITSs before it begins */
	bool target;      /* and mapped a collection to the last redistributor */
	uint32_t faults;  /* 1: each callback fails in turn; 2: and those of its kind behind it */

	/*
	 * Places in the host's queue are all alike where no command shares an entry of the journal
	 * with the one before: the canonical form turns the queue, so that the next command is the
	 * last one before its end.
	 */
	bool turned;
	bool quick; /* closes in seconds: mutants are tried in it */
	bool lasts; /* run by its name only */

	/* What came of it when it was closed; 0: nobody says. */
	uint64_t states;
	uint64_t transitions;
	uint64_t depth_reached;

	/* And of a walk of so many steps in it, from the first seed. */
	uint64_t walked;
	uint64_t accepted;
	uint64_t refused;
	uint64_t failing;
};

/*
 * The world of that name in a list. False, and a message on stderr: there is none, or its line
 * cannot be read.
 */
bool world_find(const char *list, const char *name, struct world *out);

/* The names of all worlds in the list, one a line, on stdout. */
bool world_list(const char *list);

static inline bool world_has(const struct world *world, uint32_t acts)
{
	return (world->acts & acts) != 0;
}

/* Is what the host may expect so simple that it can be said of each command what becomes of it? */
static inline bool world_is_plain(const struct world *world)
{
	return !world_has(world, ACTS_STALL | ACTS_POWER | ACTS_GONE | ACTS_SLEEP);
}

#endif
