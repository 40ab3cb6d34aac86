/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * PSCI: the host's SMCs end here and are passed on to firmware (QEMU itself), so that each CPU the
 * host switches on comes up in the monitor first, and not at EL2 in the host's own code.
 */
#include "monitor.h"

#define PSCI_64_BITS           (1u << 30) /* the calling convention */
#define PSCI_VERSION           0x84000000u
#define PSCI_CPU_SUSPEND       0x84000001u
#define PSCI_CPU_OFF           0x84000002u
#define PSCI_CPU_ON_32         0x84000003u
#define PSCI_CPU_ON_64         0xc4000003u
#define PSCI_AFFINITY_INFO     0x84000004u
#define PSCI_MIGRATE_INFO_TYPE 0x84000006u
#define PSCI_SYSTEM_OFF        0x84000008u
#define PSCI_SYSTEM_RESET      0x84000009u
#define PSCI_FEATURES          0x8400000au
#define POWER_DOWN             (1ul << 30 | 1ul << 16) /* in either format of a power state */
#define NOT_SUPPORTED          (~0ul)
#define INVALID_PARAMETERS     (~1ul)

/* Where the host wants a CPU to start. A CPU reads its own before the host can call for it again.
 */
static struct {
	uint64_t entry, argument;
} start[MAX_CPUS];

static uint64_t smc(uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
	register uint64_t x0 __asm__("x0") = function;
	register uint64_t x1 __asm__("x1") = a;
	register uint64_t x2 __asm__("x2") = b;
	register uint64_t x3 __asm__("x3") = c;

	__asm__ volatile("smc #0"
			 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
			 :
			 : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14",
			   "x15", "x16", "x17", "memory");
	return x0;
}

/* Affinity as the host names it: this board differs in Aff0 only. */
static uint64_t cpu_on(const struct context *context)
{
	uint64_t target = context->x[1];

	if (target >= MAX_CPUS)
		return INVALID_PARAMETERS;
	start[target].entry = context->x[2];
	start[target].argument = context->x[3];
	return smc(PSCI_CPU_ON_64, target, (uintptr_t)secondary_entry, 0);
}

static uint64_t this_cpu(void)
{
	return read_sysreg(mpidr_el1) & 0xff;
}

static void set_power(bool on)
{
	lock();
	rd_set_power(this_cpu(), on);
	unlock();
}

/* Comes back only if firmware refuses. */
static uint64_t cpu_off(void)
{
	uint64_t refused;

	set_power(false);
	refused = smc(PSCI_CPU_OFF, 0, 0, 0);
	set_power(true);
	return refused;
}

/* Comes back from standby, or if it is refused; from a loss of power by way of cpu_main(). */
static uint64_t cpu_suspend(const struct context *context)
{
	uint64_t cpu = this_cpu(), state = context->x[1], answer;
	bool may_lose_power = (state & POWER_DOWN) != 0;

	start[cpu].entry = context->x[2];
	start[cpu].argument = context->x[3];
	if (may_lose_power)
		set_power(false);
	answer = smc(PSCI_CPU_SUSPEND | PSCI_64_BITS, state, (uintptr_t)secondary_entry, 0);
	if (may_lose_power)
		set_power(true);
	return answer;
}

void psci_start(uint64_t cpu, uint64_t *entry, uint64_t *argument)
{
	*entry = start[cpu].entry;
	*argument = start[cpu].argument;
}

/*
 * What is firmware's to answer as it is. Not whatever else it may know: SYSTEM_SUSPEND and the like
 * have an entry point with them, at which the CPU would come back here, at EL2.
 */
static bool may_pass(uint64_t function)
{
	switch (function & ~(uint64_t)PSCI_64_BITS) {
	case PSCI_VERSION:
	case PSCI_AFFINITY_INFO:
	case PSCI_MIGRATE_INFO_TYPE:
	case PSCI_SYSTEM_OFF:
	case PSCI_SYSTEM_RESET:
	case PSCI_FEATURES:
		return true;
	default:
		return false;
	}
}

void psci_call(struct context *context)
{
	uint64_t *x = context->x;
	uint64_t function = x[0] & 0xffffffff;

	if (function == PSCI_CPU_ON_32 || function == PSCI_CPU_ON_64) {
		x[0] = cpu_on(context);
		return;
	}
	if (function == PSCI_CPU_OFF) {
		x[0] = cpu_off();
		return;
	}
	if ((function & ~(uint64_t)PSCI_64_BITS) == PSCI_CPU_SUSPEND) {
		x[0] = cpu_suspend(context);
		return;
	}
	if (!may_pass(function)) {
		x[0] = NOT_SUPPORTED;
		return;
	}
	if (function == PSCI_SYSTEM_OFF || function == PSCI_SYSTEM_RESET)
		monitor_end();
	x[0] = smc(x[0], x[1], x[2], x[3]);
}
