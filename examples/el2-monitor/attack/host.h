/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * What an attacker needs: a driver for the ITS without manners, memory, and the monitor's calls.
 */
#ifndef ATTACK_HOST_H
#define ATTACK_HOST_H

#include "itsguard/env.h"

#define PAGE_BYTES 0x1000ul

/* console */
void print(const char *text);

/* monitor; see calls.h */
uint64_t call(uint64_t number, uint64_t argument);
uint64_t smc(uint64_t function, uint64_t a, uint64_t b, uint64_t c);

/* memory: a page, or more in a row, zeroed and the host's own */
uint64_t new_pages(uint32_t count);
uint64_t new_aligned_page(void); /* to 64 KB, as a pending table is */
uint64_t load(uint64_t pa);
void store(uint64_t pa, uint64_t value);
extern volatile uint64_t faults; /* loads and stores that were refused */

/* Gives a page to the guest. If the page may not be given away, that is noted in `kept`. */
void give(uint64_t pa);
extern bool kept;

/* ITS, with a command queue of 4 KB: 128 commands */
#define QUEUE_COMMANDS 128
#define INDIRECT       (1ul << 62)
#define L1_VALID       (1ul << 63)

void its_stop(void); /* and wait until it is quiescent */
void its_start(void);
void its_tables(uint64_t devices, uint64_t collections); /* 4 KB each; INDIRECT may be added */
void its_new_queue(void);                                /* with what is in it, from its start */
void its_forget(void);                                   /* stopped, no tables, no queue */
void its_tell(uint32_t commands);                        /* moves CWRITER by so many, and waits */

uint64_t queue_slot(uint32_t number); /* where command number, modulo the queue, lies */
void put_mapd(uint32_t device, uint64_t itt, uint32_t bits);
void put_unmap(uint32_t device);
void put_mapti(uint32_t device, uint32_t event);
void put_mapc(uint32_t collection);
void put_int(uint32_t device, uint32_t event);
void put_vmapp(uint32_t vpe, uint64_t pending_table);
void put_vmapti(uint32_t device, uint32_t event, uint32_t vpe);
void put_sync(void);

/* One command put in the queue and told to the ITS. */
void mapd(uint32_t device, uint64_t itt, uint32_t bits);
void unmap(uint32_t device);
void mapti(uint32_t device, uint32_t event);
void mapc(uint32_t collection);
void raise(uint32_t device, uint32_t event); /* INT */

/*
 * The redistributor that is selected, 0 or 1; 0 at first. Tables are named with attributes, and
 * have room for INTIDs of 14 bits: 8 KB of configuration, 2 KB of pending bits.
 */
void rd_select(uint32_t number);
bool rd_has_virtual(void);
uint64_t rd_read(uint32_t offset);
void rd_write(uint32_t offset, uint64_t value);
void rd_write_half(uint32_t offset, uint32_t value); /* of a register of 64 bits */
uint64_t rd_propbaser(uint64_t table);
uint64_t rd_pendbaser(uint64_t table);
void lpis_on(uint64_t configuration, uint64_t pending);
void lpis_off(void);
void vpe_table(uint64_t table); /* BASER2, before the ITS is started */

/* The LPI that the CPU takes now, or 0; with its priority. It is over then. */
void cpu_takes_interrupts(void);
uint32_t take_interrupt(uint32_t *priority);

#endif
