/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Linux, what the recordings do not have: two ITSs whose VMOVP needs ITS numbers (GICv4.0). A
 * number that reads back as one in use makes it give that ITS up.
 */
#include "driver.h"

#define NUMBER(n)   ((uint32_t)(n) << 4)
#define NUMBER_MASK 0xf0u
#define SOURCE      "linux drivers/irqchip/irq-gic-v3-its.c, 4.14 to 7.2"

static void linux_numbers(struct driver *d)
{
	uint32_t taken = 0;

	for (uint32_t its = 0; its < 2; its++) {
		uint32_t number = 0, ctlr;

		driver_its(d, its);
		r32(d, PIDR2);
		driver_must(d, (r64(d, TYPER) & 2) != 0, "not a GICv4");
		while (taken >> number & 1)
			number++;
		ctlr = (r32(d, CTLR) & ~NUMBER_MASK) | NUMBER(number);
		w32(d, CTLR, ctlr);
		ctlr = r32(d, CTLR);
		if ((ctlr & NUMBER_MASK) != NUMBER(number))
			number = (ctlr & NUMBER_MASK) >> 4;
		driver_must(d, !(taken >> number & 1), "duplicate ITSList entry");
		taken |= 1u << number;
	}
}

const struct scenario linux_scenarios[] = {
	{.name = "linux-gicv4-numbers",
	 .about = "Linux, GICv4.0 with VMOVP=0: each of two ITSs is given a number, and keeps it",
	 .source = SOURCE,
	 .play = linux_numbers,
	 .itss = 2,
	 .gicv4 = true},
	{.name = NULL},
};
