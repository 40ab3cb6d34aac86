/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* See host.h. The MMU is off, so every address is physical (stage 2 is one to one). */
#include "host.h"

#include "calls.h"
#include "itsguard/gicr.h"
#include "virt.h"

#define UART_DR      0x00
#define PAGES        1024 /* none is used twice: a guest may have it */
#define BASER_DEVICE 0
#define BASER_COLL   1
#define BASER_VPE    2
#define GICD_ENABLE  0x12 /* GICD_CTLR: ARE, and group 1 */
#define NO_INTERRUPT 1023
#define PATIENCE     1000 /* reads of a register that ought to change */
#define QUEUE_BYTES  (QUEUE_COMMANDS * 32ul)

volatile uint64_t faults;
bool kept;

static uint8_t queue[0x10000] __attribute__((aligned(0x10000)));
static uint8_t pages[PAGES * PAGE_BYTES] __attribute__((aligned(0x10000)));
static uint32_t pages_used;
static uint32_t filled; /* commands put in the queue */
static uint32_t told;   /* commands that CWRITER says */

void *memset(void *to, int value, size_t bytes);
void *memset(void *to, int value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		((char *)to)[i] = (char)value;
	return to;
}

void print(const char *text)
{
	for (; *text != 0; text++)
		*(volatile uint32_t *)(VIRT_UART + UART_DR) = (uint8_t)*text;
}

uint64_t call(uint64_t number, uint64_t argument)
{
	register uint64_t x0 __asm__("x0") = CALL_BASE + number;
	register uint64_t x1 __asm__("x1") = argument;

	__asm__ volatile("hvc #0" : "+r"(x0), "+r"(x1) : : "memory");
	return x0;
}

uint64_t smc(uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
	register uint64_t x0 __asm__("x0") = function;
	register uint64_t x1 __asm__("x1") = a;
	register uint64_t x2 __asm__("x2") = b;
	register uint64_t x3 __asm__("x3") = c;

	__asm__ volatile("smc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) : : "memory");
	return x0;
}

/* ---- memory ---- */

/* Written so that an access which is refused, and left out, loads 0. */
uint64_t load(uint64_t pa)
{
	uint64_t value = 0;

	__asm__ volatile("ldr %0, [%1]" : "+r"(value) : "r"(pa) : "memory");
	return value;
}

void store(uint64_t pa, uint64_t value)
{
	__asm__ volatile("str %0, [%1]" : : "r"(value), "r"(pa) : "memory");
}

uint64_t new_pages(uint32_t count)
{
	uint64_t pa = (uintptr_t)pages + pages_used * PAGE_BYTES;

	pages_used += count;
	for (uint64_t at = pa; at < pa + count * PAGE_BYTES; at += 8)
		store(at, 0);
	return pa;
}

uint64_t new_aligned_page(void)
{
	pages_used = (pages_used + 15) & ~15u;
	return new_pages(1);
}

void give(uint64_t pa)
{
	if (call(CALL_GIVE, pa) != 0)
		kept = true;
}

/* ---- registers ---- */

/*
 * Plain loads and stores, as drivers use: a compiler would pick forms with write-back, which a trap
 * does not describe.
 */
static uint32_t load32(uint64_t pa)
{
	uint32_t value;

	__asm__ volatile("ldr %w0, [%1]" : "=r"(value) : "r"(pa) : "memory");
	return value;
}

static void store32(uint64_t pa, uint32_t value)
{
	__asm__ volatile("str %w0, [%1]" : : "r"(value), "r"(pa) : "memory");
}

static uint64_t read_register(uint32_t offset)
{
	return offset == ITSG_GITS_CTLR ? load32(VIRT_ITS + offset) : load(VIRT_ITS + offset);
}

static void write_register(uint32_t offset, uint64_t value)
{
	if (offset == ITSG_GITS_CTLR)
		store32(VIRT_ITS + offset, (uint32_t)value);
	else
		store(VIRT_ITS + offset, value);
}

void its_stop(void)
{
	write_register(ITSG_GITS_CTLR, 0);
	for (uint32_t i = 0; i < PATIENCE; i++)
		if (read_register(ITSG_GITS_CTLR) & ITSG_CTLR_QUIESCENT)
			return;
}

void its_start(void)
{
	write_register(ITSG_GITS_CTLR, ITSG_CTLR_ENABLED);
}

static uint64_t baser(uint64_t table)
{
	return table | ITSG_BASER_VALID | itsg_put(ITSG_BASER_INNER_CACHE, 7) |
	       itsg_put(ITSG_BASER_SHAREABILITY, 1);
}

void its_tables(uint64_t devices, uint64_t collections)
{
	write_register(ITSG_GITS_BASER + 8 * BASER_DEVICE, baser(devices));
	write_register(ITSG_GITS_BASER + 8 * BASER_COLL, baser(collections));
}

void vpe_table(uint64_t table)
{
	write_register(ITSG_GITS_BASER + 8 * BASER_VPE, baser(table));
}

void its_new_queue(void)
{
	write_register(ITSG_GITS_CBASER, (uintptr_t)queue | ITSG_CBASER_VALID |
						 itsg_put(ITSG_CBASER_INNER_CACHE, 7) |
						 itsg_put(ITSG_CBASER_SHAREABILITY, 1));
	write_register(ITSG_GITS_CWRITER, 0);
	told = 0;
	filled = 0;
}

void its_forget(void)
{
	its_stop();
	write_register(ITSG_GITS_BASER + 8 * BASER_DEVICE, 0);
	write_register(ITSG_GITS_BASER + 8 * BASER_COLL, 0);
	write_register(ITSG_GITS_BASER + 8 * BASER_VPE, 0);
	write_register(ITSG_GITS_CBASER, 0);
	(void)read_register(ITSG_GITS_CTLR);
}

void its_tell(uint32_t commands)
{
	uint64_t offset;

	told += commands;
	offset = (uint64_t)told * 32 % QUEUE_BYTES;
	write_register(ITSG_GITS_CWRITER, offset);
	for (uint32_t i = 0; i < PATIENCE; i++)
		if (read_register(ITSG_GITS_CREADR) == offset)
			return;
}

/* ---- commands ---- */

uint64_t queue_slot(uint32_t number)
{
	return (uintptr_t)queue + (uint64_t)number * 32 % QUEUE_BYTES;
}

static void put_all(uint64_t dw0, uint64_t dw1, uint64_t dw2, uint64_t dw3)
{
	uint64_t slot = queue_slot(filled++);

	store(slot, dw0);
	store(slot + 8, dw1);
	store(slot + 16, dw2);
	store(slot + 24, dw3);
}

static void put(uint64_t dw0, uint64_t dw1, uint64_t dw2)
{
	put_all(dw0, dw1, dw2, 0);
}

void put_mapd(uint32_t device, uint64_t itt, uint32_t bits)
{
	put((uint64_t)device << 32 | 0x08, bits - 1, itt | 1ul << 63);
}

void put_unmap(uint32_t device)
{
	put((uint64_t)device << 32 | 0x08, 0, 0);
}

void put_mapti(uint32_t device, uint32_t event)
{
	put((uint64_t)device << 32 | 0x0a, (uint64_t)(8192 + event) << 32 | event, 0);
}

void put_mapc(uint32_t collection)
{
	put(0x09, 0, collection | 1ul << 63);
}

void put_int(uint32_t device, uint32_t event)
{
	put((uint64_t)device << 32 | 0x03, event, 0);
}

/* Layout of GICv4.0; 16 bits of vINTID. */
void put_vmapp(uint32_t vpe, uint64_t pending_table)
{
	put_all(0x29, (uint64_t)vpe << 32, 1ul << 63, pending_table | 15);
}

void put_vmapti(uint32_t device, uint32_t event, uint32_t vpe)
{
	put_all((uint64_t)device << 32 | 0x2a, (uint64_t)vpe << 32 | event,
		(uint64_t)NO_INTERRUPT << 32 | (8192 + event), 0);
}

void put_sync(void)
{
	put(0x05, 0, 0);
}

void mapd(uint32_t device, uint64_t itt, uint32_t bits)
{
	put_mapd(device, itt, bits);
	its_tell(1);
}

void unmap(uint32_t device)
{
	put_unmap(device);
	its_tell(1);
}

void mapti(uint32_t device, uint32_t event)
{
	put_mapti(device, event);
	its_tell(1);
}

void mapc(uint32_t collection)
{
	put_mapc(collection);
	its_tell(1);
}

void raise(uint32_t device, uint32_t event)
{
	put_int(device, event);
	its_tell(1);
}

/* ---- redistributors ---- */

static uint64_t rd_frame = VIRT_GICR;

void rd_select(uint32_t number)
{
	uint64_t frames = rd_has_virtual() ? 4 : 2;

	rd_frame = VIRT_GICR + number * frames * ITSG_GICR_FRAME_BYTES;
}

static bool is_word(uint32_t offset)
{
	return offset == ITSG_GICR_CTLR || offset == ITSG_GICR_WAKER;
}

uint64_t rd_read(uint32_t offset)
{
	return is_word(offset) ? load32(rd_frame + offset) : load(rd_frame + offset);
}

void rd_write(uint32_t offset, uint64_t value)
{
	if (is_word(offset))
		store32(rd_frame + offset, (uint32_t)value);
	else
		store(rd_frame + offset, value);
}

void rd_write_half(uint32_t offset, uint32_t value)
{
	store32(rd_frame + offset, value);
}

bool rd_has_virtual(void)
{
	return (rd_read(ITSG_GICR_TYPER) & ITSG_GICR_TYPER_VLPIS) != 0;
}

/* Write-back, inner shareable. */
uint64_t rd_pendbaser(uint64_t table)
{
	return table | itsg_put(ITSG_GICR_INNER_CACHE, 7) | itsg_put(ITSG_GICR_SHAREABILITY, 1);
}

uint64_t rd_propbaser(uint64_t table)
{
	return rd_pendbaser(table) | itsg_put(ITSG_GICR_PROPBASER_ID_BITS, 13);
}

void lpis_on(uint64_t configuration, uint64_t pending)
{
	rd_write(ITSG_GICR_PROPBASER, rd_propbaser(configuration));
	rd_write(ITSG_GICR_PENDBASER, rd_pendbaser(pending));
	rd_write(ITSG_GICR_CTLR, ITSG_GICR_CTLR_ENABLE_LPIS);
}

void lpis_off(void)
{
	rd_write(ITSG_GICR_CTLR, 0);
	for (uint32_t i = 0; i < PATIENCE; i++)
		if (!(rd_read(ITSG_GICR_CTLR) & (ITSG_GICR_CTLR_ENABLE_LPIS | ITSG_GICR_CTLR_RWP)))
			return;
}

/* ---- CPU interface ---- */

#define read_icc(name)                                                                             \
	__extension__({                                                                            \
		uint64_t value_;                                                                   \
		__asm__ volatile("mrs %0, " name : "=r"(value_) : : "memory");                     \
		value_;                                                                            \
	})
#define write_icc(name, value)                                                                     \
	__asm__ volatile("msr " name ", %0\n\tisb" : : "r"((uint64_t)(value)) : "memory")
#define ICC_PMR_EL1     "S3_0_C4_C6_0"
#define ICC_RPR_EL1     "S3_0_C12_C11_3"
#define ICC_IAR1_EL1    "S3_0_C12_C12_0"
#define ICC_EOIR1_EL1   "S3_0_C12_C12_1"
#define ICC_BPR1_EL1    "S3_0_C12_C12_3"
#define ICC_SRE_EL1     "S3_0_C12_C12_5"
#define ICC_IGRPEN1_EL1 "S3_0_C12_C12_7"

/* All of group 1, of any priority; they stay masked in the CPU, and are asked for. */
void cpu_takes_interrupts(void)
{
	write_icc(ICC_SRE_EL1, 7);
	store32(VIRT_GICD, GICD_ENABLE);
	rd_write(ITSG_GICR_WAKER, 0);
	write_icc(ICC_PMR_EL1, 0xff);
	write_icc(ICC_BPR1_EL1, 0);
	write_icc(ICC_IGRPEN1_EL1, 1);
}

uint32_t take_interrupt(uint32_t *priority)
{
	uint32_t id = (uint32_t)read_icc(ICC_IAR1_EL1);

	*priority = (uint32_t)read_icc(ICC_RPR_EL1) & 0xff;
	if (id == NO_INTERRUPT)
		return 0;
	write_icc(ICC_EOIR1_EL1, id);
	return id;
}
