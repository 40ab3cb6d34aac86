/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The contract of share, unshare, donate and reclaim, for the glue of a port: so many pages from
 * the first on as it answers are done, and with the others nothing has changed, whichever function
 * of the host fails. A test includes this, then the glue, then gives the host's functions over a
 * small model of some pages, and calls contract_step() for each callback.
 *
 * No header of the C library: the stand-ins of the hosts declare things of the same names.
 */
#ifndef CONTRACT_H
#define CONTRACT_H

int printf(const char *format, ...);
void exit(int status);
int memcmp(const void *a, const void *b, unsigned long n);

#define CONTRACT_PFN   0x20000
#define CONTRACT_PAGES 3 /* from that one on: the model has them */

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

/* The model's number of a page. */
static unsigned int contract_page(unsigned long pfn)
{
	contract_expect(pfn >= CONTRACT_PFN && pfn < CONTRACT_PFN + CONTRACT_PAGES, "not asked for",
			"another page");
	return (unsigned int)(pfn - CONTRACT_PFN);
}

/* Calls of one callback, with the n-th call into the host failing for n = 0 (none), 1, 2, ... */
struct contract_step {
	const char *name;
	unsigned long (*call)(void *ctx, unsigned long pfn, unsigned long count);
	void (*begin)(void);            /* puts all pages into the state before */
	int (*done)(unsigned int page); /* is this one in the state after? */
	const void *model;              /* the pages, one behind the other, to be compared */
	unsigned long size;             /* of a page's */
	int again; /* what fails for all pages is tried again for each: so all may be done in the
		      end */
};

struct contract_before {
	unsigned char bytes[CONTRACT_PAGES * 64];
};

static struct contract_before contract_begin(const struct contract_step *step)
{
	struct contract_before before;

	step->begin();
	contract_expect(step->size <= 64, "a model that is too large", step->name);
	for (unsigned long i = 0; i < CONTRACT_PAGES * step->size; i++)
		before.bytes[i] = ((const unsigned char *)step->model)[i];
	contract_calls = 0;
	return before;
}

/* The first pages, `done` of them, are done, and the others as before. */
static void contract_compare(const struct contract_step *step, const struct contract_before *before,
			     unsigned long done)
{
	for (unsigned int page = 0; page < CONTRACT_PAGES; page++) {
		const unsigned long at = page * step->size;

		if (page < done)
			contract_expect(step->done(page), "success, and not done", step->name);
		else
			contract_expect(!memcmp(before->bytes + at,
						(const unsigned char *)step->model + at,
						step->size),
					"not done, and something changed", step->name);
	}
}

static void contract_step_of(const struct contract_step *step, unsigned long count)
{
	unsigned int fail_at = 0;

	do {
		struct contract_before before;
		unsigned long done;

		contract_fail_at = fail_at;
		before = contract_begin(step);
		done = step->call((void *)0, CONTRACT_PFN, count);
		contract_expect(done <= count, "more than there are", step->name);
		contract_compare(step, &before, done);
		contract_expect(fail_at || done == count, "refused for no reason", step->name);
		contract_expect(!fail_at || contract_calls < fail_at || done < count || step->again,
				"a failure of the host was ignored", step->name);
		fail_at++;
	} while (contract_calls >= contract_fail_at);
}

static void contract_step(const struct contract_step *step)
{
	for (unsigned long count = 1; count <= CONTRACT_PAGES; count++)
		contract_step_of(step, count);
}

/* The callback must refuse, and change nothing, in the state that begin makes. */
static void contract_refuses(const struct contract_step *step)
{
	contract_fail_at = 0;
	for (unsigned long count = 1; count <= CONTRACT_PAGES; count++) {
		const struct contract_before before = contract_begin(step);

		contract_expect(step->call((void *)0, CONTRACT_PFN, count) == 0, "not refused",
				step->name);
		contract_compare(step, &before, 0);
	}
}

#endif
