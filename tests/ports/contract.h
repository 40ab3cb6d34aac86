/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The contract of share, unshare, donate and reclaim, for the glue of a port: done, or an error and
 * nothing changed, whichever function of the host fails. A test includes this, then the glue, then
 * gives the host's functions over a small model of one page, and calls contract_pair().
 *
 * No header of the C library: the stand-ins of the hosts declare things of the same names.
 */
#ifndef CONTRACT_H
#define CONTRACT_H

int printf(const char *format, ...);
void exit(int status);
int memcmp(const void *a, const void *b, unsigned long n);

#define CONTRACT_PFN 5

static unsigned int contract_calls;
static unsigned int contract_fail_at; /* 1 for the first call, 0 for none */

/* Called by each function of the host that can fail: is it to fail now, without an effect? */
static int contract_fails(void)
{
	return ++contract_calls == contract_fail_at;
}

static void contract_expect(int holds, const char *what, const char *when)
{
	if (holds)
		return;
	printf("%s: %s (call %u fails)\n", when, what, contract_fail_at);
	exit(1);
}

/* One call of one callback, with the n-th call into the host failing for n = 0 (none), 1, 2, ... */
struct contract_step {
	const char *name;
	int (*call)(void *ctx, unsigned long pfn);
	void (*begin)(void); /* puts the model into the state before */
	int (*done)(void);   /* is the model in the state after? */
	const void *model;   /* the model, to be compared */
	unsigned long size;
};

static void contract_step(const struct contract_step *step)
{
	unsigned char before[256];
	unsigned int fail_at = 0;
	int error;

	do {
		contract_fail_at = fail_at;
		contract_calls = 0;
		step->begin();
		for (unsigned long i = 0; i < step->size; i++)
			before[i] = ((const unsigned char *)step->model)[i];
		error = step->call((void *)0, CONTRACT_PFN);
		if (error)
			contract_expect(!memcmp(before, step->model, step->size),
					"an error, and something changed", step->name);
		else
			contract_expect(step->done(), "success, and not done", step->name);
		contract_expect(fail_at || !error, "refused for no reason", step->name);
		contract_expect(!fail_at || contract_calls < fail_at || error,
				"a failure of the host was ignored", step->name);
		fail_at++;
	} while (contract_calls >= contract_fail_at);
}

/* The callback must refuse, and change nothing, in the state that begin makes. */
static void contract_refuses(const struct contract_step *step)
{
	unsigned char before[256];

	contract_fail_at = 0;
	step->begin();
	for (unsigned long i = 0; i < step->size; i++)
		before[i] = ((const unsigned char *)step->model)[i];
	contract_expect(step->call((void *)0, CONTRACT_PFN) != 0, "not refused", step->name);
	contract_expect(!memcmp(before, step->model, step->size), "refused, and changed",
			step->name);
}

#endif
