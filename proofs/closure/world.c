/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "world.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum key_type {
	KEY_U32,
	KEY_U64,
	KEY_BOOL
};

struct key {
	const char *name;
	enum key_type type;
	size_t at;
};

#define KEY(field, type)                                                                           \
	{                                                                                          \
#field, type, offsetof(struct world, field)                                        \
	}

/* clang-format off */
static const struct key world_keys[] = {
	KEY(its, KEY_U32), KEY(ring, KEY_U32), KEY(depth, KEY_U32), KEY(journal, KEY_U32),
	KEY(budget, KEY_U32), KEY(pages, KEY_U32), KEY(records, KEY_U32), KEY(kept, KEY_U32),
	KEY(donate, KEY_BOOL), KEY(forgets, KEY_BOOL), KEY(devices, KEY_U32), KEY(itts, KEY_U32),
	KEY(rds, KEY_U32), KEY(backlog, KEY_U32), KEY(levels, KEY_U32), KEY(hcc, KEY_U32),
	KEY(redists, KEY_BOOL), KEY(armed, KEY_BOOL), KEY(target, KEY_BOOL), KEY(turned, KEY_BOOL), KEY(quick, KEY_BOOL), KEY(lasts, KEY_BOOL), KEY(faults, KEY_U32),
	KEY(states, KEY_U64), KEY(transitions, KEY_U64), KEY(depth_reached, KEY_U64),
	KEY(walked, KEY_U64), KEY(accepted, KEY_U64), KEY(refused, KEY_U64), KEY(failing, KEY_U64),
};

static const struct {
	const char *name;
	uint32_t acts;
} world_acts[] = {
	{"ctlr", ACTS_CTLR}, {"cbaser", ACTS_CBASER}, {"baser0", ACTS_BASER0},
	{"baser1", ACTS_BASER1}, {"halves", ACTS_HALVES}, {"reserved", ACTS_RESERVED},
	{"mapd", ACTS_MAPD}, {"mapc", ACTS_MAPC}, {"events", ACTS_EVENTS}, {"bad", ACTS_BAD},
	{"hostile", ACTS_HOSTILE}, {"words", ACTS_WORDS}, {"stall", ACTS_STALL},
	{"power", ACTS_POWER}, {"give", ACTS_GIVE}, {"sleep", ACTS_SLEEP}, {"gone", ACTS_GONE},
	{"other", ACTS_OTHER}, {"rd-enable", ACTS_RD_ENABLE}, {"rd-bases", ACTS_RD_BASES},
	{"rd-halves", ACTS_RD_HALVES}, {"rd-power", ACTS_RD_POWER},
	{"rd-foreign", ACTS_RD_FOREIGN}, {"rd-other", ACTS_RD_OTHER},
	{"reserve", ACTS_RESERVE}, {"number", ACTS_NUMBER},
};
/* clang-format on */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void world_defaults(struct world *world)
{
	memset(world, 0, sizeof(*world));
	world->its = 1;
	world->ring = 4;
	world->journal = 2;
	world->pages = 8;
	world->records = 2;
	world->kept = 2;
	world->forgets = true;
	world->devices = 1;
	world->itts = 1;
	world->rds = 1;
	world->backlog = 1;
}

/* A comma behind each. */
static bool world_read_acts(struct world *world, char *words)
{
	char *rest = words;

	for (char *word; (word = strsep(&rest, ",")) != NULL;) {
		size_t i = 0;

		while (i < COUNT(world_acts) && strcmp(world_acts[i].name, word) != 0)
			i++;
		if (i == COUNT(world_acts))
			return false;
		world->acts |= world_acts[i].acts;
	}
	return true;
}

static void world_set(struct world *world, const struct key *key, uint64_t value)
{
	void *field = (char *)world + key->at;

	switch (key->type) {
	case KEY_U32:
		*(uint32_t *)field = (uint32_t)value;
		break;
	case KEY_U64:
		*(uint64_t *)field = value;
		break;
	default:
		*(bool *)field = value != 0;
	}
}

static bool world_read_key(struct world *world, char *word)
{
	char *value = strchr(word, '=');
	char *end;

	if (!value)
		return false;
	*value++ = '\0';
	if (strcmp(word, "acts") == 0)
		return world_read_acts(world, value);
	for (size_t i = 0; i < COUNT(world_keys); i++) {
		if (strcmp(world_keys[i].name, word) != 0)
			continue;
		world_set(world, &world_keys[i], strtoull(value, &end, 0));
		return *value && !*end;
	}
	return false;
}

/* NAME KEY=VALUE ...; a line that begins with blanks goes on with the one before. */
static bool world_read(struct world *world, char *line)
{
	char *rest = line;

	for (char *word; (word = strsep(&rest, " \t\n")) != NULL;) {
		char copy[256];

		if (!*word)
			continue;
		snprintf(copy, sizeof(copy), "%s", word);
		if (!world_read_key(world, copy)) {
			fprintf(stderr, "closure: world %s: cannot read %s\n", world->name, word);
			return false;
		}
	}
	return true;
}

static bool world_is_name(const char *line)
{
	return line[0] != '#' && line[0] != ' ' && line[0] != '\t' && line[0] != '\n';
}

/*
 * Commands that release nothing share an entry of the journal as long as they stand side by side in
 * the host's queue: turned past its end they would not.
 */
static bool world_may_turn(const struct world *world)
{
	if (!world->turned || !(world->acts & (ACTS_MAPC | ACTS_EVENTS)))
		return true;
	fprintf(stderr, "closure: world %s: turned=1 with commands that share an entry\n",
		world->name);
	return false;
}

bool world_find(const char *list, const char *name, struct world *out)
{
	FILE *file = fopen(list, "r");
	char line[1024];
	bool inside = false, found = false, ok = true;

	if (!file) {
		perror(list);
		return false;
	}
	world_defaults(out);
	snprintf(out->name, sizeof(out->name), "%s", name);
	while (ok && fgets(line, sizeof(line), file)) {
		char *rest = line;

		if (line[0] == '#')
			continue;
		if (world_is_name(line)) {
			const char *word = strsep(&rest, " \t\n");

			inside = strcmp(word, name) == 0;
			found = found || inside;
		}
		if (inside && rest)
			ok = world_read(out, rest);
	}
	fclose(file);
	if (!found)
		fprintf(stderr, "closure: %s: no world %s\n", list, name);
	return found && ok && world_may_turn(out);
}

bool world_list(const char *list)
{
	FILE *file = fopen(list, "r");
	char line[1024];

	if (!file) {
		perror(list);
		return false;
	}
	while (fgets(line, sizeof(line), file))
		if (world_is_name(line))
			printf("%.*s\n", (int)strcspn(line, " \t\n"), line);
	fclose(file);
	return true;
}
