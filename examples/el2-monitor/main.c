/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* From reset to the host, and the end. */
#include "calls.h"
#include "monitor.h"

static uint64_t host_tree;
static bool lock_held;

void monitor_main(uint64_t fdt) __attribute__((noreturn));

/* One lock for everything: traps of the ITS are rare, and the guard wants one (itsguard.h). */
void lock(void)
{
	while (__atomic_test_and_set(&lock_held, __ATOMIC_ACQUIRE))
		;
}

void unlock(void)
{
	__atomic_clear(&lock_held, __ATOMIC_RELEASE);
}

/* Without the lock: whoever holds it may be the one that panics. */
void panic(const char *why, uint64_t value)
{
	print("PANIC: %s (%x)", why, value);
	record_close();
	exit_machine(3);
}

void monitor_end(void)
{
	lock();
	print("end: guard=%u check=%u accesses=%u commands=%u accepted=%u refused=%u faults=%u",
	      monitor_call(CALL_GUARD, 0), monitor_call(CALL_CHECK, 0),
	      monitor_call(CALL_ACCESSES, 0), monitor_call(CALL_COMMANDS, 0),
	      monitor_call(CALL_ACCEPTED, 0), monitor_call(CALL_REFUSED, 0),
	      monitor_call(CALL_FAULTS, 0));
	print("end: devices=%u pages=%u peak=%u barriers=%u leaked=%u lpis=%u micros=%u",
	      monitor_call(CALL_DEVICES, 0), monitor_call(CALL_PAGES, 0),
	      monitor_call(CALL_PEAK, 0), monitor_call(CALL_BARRIERS, 0),
	      monitor_call(CALL_LEAKED, 0), monitor_call(CALL_LPIS, 0),
	      monitor_call(CALL_MICROS, 0));
	rds_print();
	record_close();
	unlock();
}

/* What the host may use without a trap; reset values of most are unknown. */
static void give_features(void)
{
	uint64_t pfr0 = read_sysreg(id_aa64pfr0_el1), pfr1 = read_sysreg(id_aa64pfr1_el1);
	uint64_t cptr = 0x33ff; /* RES1, and SVE and SME trapped */

	if (pfr0 >> 32 & 0xf)
		cptr &= ~(1ul << 8);
	if (pfr1 >> 24 & 0xf)
		cptr &= ~(1ul << 12);
	write_sysreg(cptr_el2, cptr);
	barrier("isb");
	if (pfr0 >> 32 & 0xf)
		write_sysreg(S3_4_C1_C2_0, 0x1ff); /* ZCR_EL2: all vector lengths */
	if (pfr1 >> 24 & 0xf)
		write_sysreg(S3_4_C1_C2_6, 0x1ff);                  /* SMCR_EL2 */
	write_sysreg(mdcr_el2, read_sysreg(pmcr_el0) >> 11 & 0x1f); /* all event counters */
	write_sysreg(hstr_el2, 0);
}

/* Interrupts and timers are the host's: only the ITS and the redistributors are not. */
static void give_interrupts(void)
{
	write_sysreg(S3_4_C12_C9_5, 0xf); /* ICC_SRE_EL2: system registers, for EL1 too */
	barrier("isb");
	write_sysreg(S3_4_C12_C11_0, 0); /* ICH_HCR_EL2 */
	write_sysreg(cnthctl_el2, 3);
	write_sysreg(cntvoff_el2, 0);
}

static void give_identity(void)
{
	write_sysreg(vpidr_el2, read_sysreg(midr_el1));
	write_sysreg(vmpidr_el2, read_sysreg(mpidr_el1));
	write_sysreg(sctlr_el1, 0x30d00800); /* RES1: MMU and caches are off */
}

static void host_environment(void)
{
	give_features();
	give_interrupts();
	give_identity();
	stage2_enable();
}

/* Every CPU but the first, each time it is switched on. */
void cpu_main(uint64_t cpu)
{
	uint64_t entry, argument;

	host_environment();
	lock();
	rd_set_power(cpu, true);
	unlock();
	psci_start(cpu, &entry, &argument);
	enter_host(entry, argument);
}

void monitor_main(uint64_t fdt)
{
	uint64_t ram = fdt_ram_bytes(fdt);

	host_tree = fdt;
	fdt_reserve(fdt, (uintptr_t)image_start, (uint64_t)(image_end - image_start));
	rds_find();
	stage2_build(ram);
	calls_init();
	host_environment();
	selftest(ram);
	record_open();
	record_world();
	itsguard_init();
	print("guard %s, %u MB of RAM, monitor at %x to %x",
	      monitor_call(CALL_GUARD, 0) ? "on" : "off", ram >> 20,
	      (uint64_t)(uintptr_t)image_start, (uint64_t)(uintptr_t)image_end);
	enter_host(VIRT_HOST, host_tree);
}
