/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Names and sentences of the clauses, as names.c has all others. See conformance.h. */
#include "itsguard/conformance.h"

struct clause_entry {
	const char *name;
	const char *text;
	const char *where;
	const char *answers;
};

#define CLAUSE_ENTRY(name, text, where, answers) {#name, text, where, answers},

/* By enum itsg_clause: ITSG_CLAUSES_HOLD, then the list. */
static const struct clause_entry clause_entries[] = {
	{"OK", "Each clause that was tried holds.", "", ""}, ITSG_CLAUSES(CLAUSE_ENTRY)};

static const struct clause_entry no_clause = {"?", "", "", ""};

static const struct clause_entry *clause_entry(enum itsg_clause clause)
{
	uint32_t index = (uint32_t)clause;

	return index < ITSG_CLAUSE_COUNT ? &clause_entries[index] : &no_clause;
}

const char *itsg_clause_name(enum itsg_clause clause)
{
	return clause_entry(clause)->name;
}

const char *itsg_clause_text(enum itsg_clause clause)
{
	return clause_entry(clause)->text;
}

const char *itsg_clause_where(enum itsg_clause clause)
{
	return clause_entry(clause)->where;
}

const char *itsg_clause_answers(enum itsg_clause clause)
{
	return clause_entry(clause)->answers;
}
