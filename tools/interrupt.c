/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "interrupt.h"

#include <signal.h>
#include <stdio.h>

static volatile sig_atomic_t seen;

static void on_interrupt(int number)
{
	(void)number;
	seen = 1;
}

void interrupt_catch(void)
{
	struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};

	sigaction(SIGINT, &action, NULL);
}

bool interrupt_seen(void)
{
	return seen;
}

void interrupt_end(void)
{
	if (!seen)
		return;
	fflush(NULL);
	signal(SIGINT, SIG_DFL);
	raise(SIGINT);
}
