/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * A small monitor at EL2 that runs one host at EL1 with the registers of the ITS and of the
 * redistributors trapped: an example of how a hypervisor vendors itsguard, and a machine to try it
 * on. Each file says what it does.
 */
#ifndef MONITOR_H
#define MONITOR_H

#include "itsguard/env.h"
#include "itsguard/itsguard.h"
#include "itsguard_monitor.h"
#include "virt.h"

#define PAGE_SHIFT 12
#define PAGE_SIZE  4096ul

/* Registers of the host while it is in EL2; start.S knows the layout. */
struct context {
	uint64_t x[31];
	uint64_t pc;     /* ELR_EL2 */
	uint64_t pstate; /* SPSR_EL2 */
	uint64_t unused; /* keeps the stack aligned to 16 bytes */
};

#define read_sysreg(name)                                                                          \
	__extension__({                                                                            \
		uint64_t value_;                                                                   \
		__asm__ volatile("mrs %0, " #name : "=r"(value_) : : "memory");                    \
		value_;                                                                            \
	})
#define write_sysreg(name, value)                                                                  \
	__asm__ volatile("msr " #name ", %0" : : "r"((uint64_t)(value)) : "memory")
#define barrier(what) __asm__ volatile(what : : : "memory")

/* start.S */
extern char image_start[], text_end[], rodata_end[], image_end[];
extern char secondary_entry[];
void enter_host(uint64_t pc, uint64_t x0) __attribute__((noreturn));
void enable_mmu(void);

/* main.c */
void cpu_main(uint64_t cpu) __attribute__((noreturn));
void monitor_end(void); /* the host is about to switch the machine off */
void panic(const char *why, uint64_t value) __attribute__((noreturn));
void lock(void); /* the one lock: over the guard, the page states and what is printed */
void unlock(void);

/* console.c: %s, %u and %x (a uint64_t each) and nothing else */
void print(const char *format, ...);
uint32_t format_text(char *to, uint32_t room, const char *format, ...);

/* cache.c: to the point of coherency */
void clean_invalidate(uint64_t pa, uint64_t bytes);
void invalidate(uint64_t pa, uint64_t bytes);

/* semihosting.c: files and options of the machine that runs QEMU */
bool option(const char *name, char *value, uint32_t room);
int64_t file_create(const char *name);
void file_write(int64_t file, const char *bytes, uint32_t count);
void exit_machine(uint64_t status) __attribute__((noreturn));

/* fdt.c: the device tree that the host gets */
uint64_t fdt_ram_bytes(uint64_t fdt);
void fdt_reserve(uint64_t fdt, uint64_t pa, uint64_t bytes);

/* el2map.c: the monitor's own view of memory */
void el2map_build(void);

/* stage2.c: the host's view of memory, and who owns each page */
enum page_state {
	PAGE_NONE = 0, /* no RAM */
	PAGE_HOST,     /* the host's alone */
	PAGE_SHARED,   /* the host's, shared with the guard: it cannot be given away */
	PAGE_HYP,      /* donated to the guard: the host has no access */
	PAGE_MONITOR,  /* never was the host's */
	PAGE_GUEST,    /* a guest's: the host has no access */
	PAGE_STATES
};
void stage2_build(uint64_t ram_bytes);
void stage2_enable(void);
enum page_state page_state(uint64_t pfn);
uint64_t pages_move(uint64_t pfn, uint64_t count, enum page_state from, enum page_state to);
uint64_t page_count(enum page_state state);

/* hardware.c: registers; the ITS and the distributor */
uint64_t mmio_read(uint64_t pa, uint32_t width);
void mmio_write(uint64_t pa, uint32_t width, uint64_t value);
uint64_t its_hardware_read(uint32_t offset, uint32_t width);
void its_hardware_write(uint32_t offset, uint32_t width, uint64_t value);
uint32_t gic_lpi_bits(void);
bool gic_single_security_state(void);
uint32_t physical_address_bits(void);

/* redist.c: the redistributors, by number; an offset is one from RD_base */
#define RD_REGISTERS 9 /* of those that are counted; the last is all others */
void rds_find(void);
uint32_t rds_list(const uint64_t **frames); /* how many, and where RD_base of each is */
bool rd_at(uint64_t pa, uint32_t *rd, uint32_t *offset); /* not SGI_base, which is the host's */
uint64_t rd_hardware_read(uint32_t rd, uint32_t offset, uint32_t width);
void rd_hardware_write(uint32_t rd, uint32_t offset, uint32_t width, uint64_t value);
void rd_set_power(uint64_t cpu, bool on);
bool rd_has_power(uint32_t rd);
void rd_count(uint32_t offset, bool write);
uint64_t rd_counted(uint64_t reg, bool write);
void rds_print(void);

/* record.c: what is trapped, as a trace (docs/TRACES.md) */
#define FRAME_ITS UINT32_MAX /* in place of a redistributor's number */
void record_open(void);
bool recording(void);
void record_world(void);
void record_guard(const struct itsg_its_config *config, uint32_t tracker_pages);
void record_fetched(uint64_t pa, const uint8_t *bytes, uint32_t count);
void record_refused(const char *reason);
void record_access(uint32_t frame, char direction, uint32_t offset, uint32_t width, uint64_t value);
void record_power(uint32_t rd, bool on);
void record_given(uint64_t pfn, bool refused);
void record_close(void);

/* selftest.c; its_bare.c has nothing to test */
void selftest(uint64_t ram_bytes);

/* calls.c, psci.c, trap.c */
uint64_t monitor_call(uint64_t number, uint64_t argument);
void calls_init(void);
uint64_t host_faults(void);
uint64_t access_micros(void);
void psci_call(struct context *context);
void psci_start(uint64_t cpu, uint64_t *entry, uint64_t *argument);
void trap_lower(struct context *context);
void trap_fatal(uint64_t vector);

#endif
