/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * The attacks, in place of Linux: each is a few commands and stores of a host that has all the
 * registers of the ITS and of its redistributor. T and P are the numbers of docs/THREATS.md. What
 * they are after is a page of the monitor's, or of a guest's, with a pattern in it; `target` is its
 * address.
 *
 * One line for each attack and target, fields between "|": number, target, what came of it
 * (destroyed, read or untouched), what was refused, what ought to be refused with the guard on,
 * whether the books were exact and empty afterwards, and what ought to come of it without the
 * guard. script/attack makes a table of two runs of it.
 */
#include "itsguard/gicr.h"
#include "itsguard/names.h"

#include "calls.h"
#include "host.h"

#define READ_BYTES   32
#define PENDING_LAST (1ul << 61) /* GICR_VPENDBASER */

/* Tables, ITTs: pages of 4 KB. An ITT entry of this ITS is 12 bytes. */
static uint64_t devices, collections;
static uint64_t target;
static volatile uint64_t race_own; /* not 0: the second CPU is to edit the queue */
static volatile uint64_t racing;   /* and does */
static bool has_read;              /* what is in the target, with nothing but interrupts */

void attack_main(void);
void second_main(void);
extern char second_start[];

/* ---- what came of one ---- */

static uint64_t refusals[ITSG_REASON_COUNT];

static void note_refusals(void)
{
	for (uint32_t reason = 0; reason < ITSG_REASON_COUNT; reason++)
		refusals[reason] = call(CALL_REFUSALS, reason);
	faults = 0;
}

static bool refused_since(enum itsg_reason reason)
{
	return call(CALL_REFUSALS, reason) != refusals[reason];
}

/* The pattern is gone. A page that is still the host's own holds none, and nothing of others. */
static bool destroyed(void)
{
	return call(CALL_INTACT, target) == 0;
}

static uint8_t pattern_byte(uint64_t pa)
{
	return (uint8_t)(CALL_PATTERN(pa & ~7ul) >> pa % 8 * 8);
}

/* ---- what they have in common ---- */

static void start(uint64_t device_table, uint64_t collection_table)
{
	its_forget();
	its_tables(device_table, collection_table);
	its_new_queue();
	its_start();
}

static void start_honest(void)
{
	start(devices, collections);
}

/* A device table of two levels: the first is ours, a word covers 512 devices. Its address. */
static uint64_t start_two_level(void)
{
	uint64_t level1 = new_pages(1);

	start(level1 | INDIRECT, collections);
	return level1;
}

/* A page that was ours and is a guest's from now on, behind one that stays ours: the latter. */
static uint64_t page_before_target(void)
{
	uint64_t own = new_pages(2);

	target = own + PAGE_BYTES;
	give(target);
	return own;
}

/* How QEMU's ITS writes a device table entry: valid, 5 bits of size, the ITT's address / 256. */
static uint64_t forged_entry(uint64_t itt)
{
	return itt >> 8 << 6 | 4 << 1 | 1;
}

/* ---- T: what an untrusted host can try ---- */

/* The device table is the target: MAPD makes the ITS write an entry there. */
static void attack_T2(void)
{
	start(target, collections);
	mapd(3, new_pages(1), 4);
}

static void attack_T3(void)
{
	start(devices, target);
	mapc(2);
}

/* No register is touched: the first level is our memory, and names the target as second. */
static void attack_T5(void)
{
	uint64_t level1 = start_two_level();

	store(level1, target | L1_VALID);
	mapd(3, new_pages(1), 4);
}

/* No MAPD: the entry is stored into the table. */
static void attack_T6(void)
{
	start_honest();
	store(devices + 8 * 5, forged_entry(target));
	mapti(5, 0);
}

static void attack_T7(void)
{
	start_honest();
	mapd(1, target, 4);
	mapti(1, 0);
}

/* The ITT begins in our page, and has more events than fit. */
static void attack_T8(void)
{
	uint64_t own = page_before_target();

	start_honest();
	mapd(1, own, 9);
	mapti(1, 400);
}

/* Ours when it is mapped, a guest's when it is used. */
static void attack_T9(void)
{
	start_honest();
	target = new_pages(1);
	mapd(1, target, 4);
	mapti(1, 0);
	give(target);
	mapti(1, 1);
}

/* Commands that were fine once are run again after the page has gone. */
static void attack_T10(void)
{
	start_honest();
	target = new_pages(1);
	mapd(1, target, 4);
	mapti(1, 0);
	unmap(1);
	give(target);
	its_stop();
	its_new_queue();
	its_start();
	its_tell(3);
}

/* The other address was seen: how soon the second CPU gets to run is not for us to say. */
static bool raced(void)
{
	return destroyed() || refused_since(ITSG_SHARE_REFUSED) ||
	       refused_since(ITSG_DONATE_REFUSED);
}

/*
 * The second CPU keeps changing the address of an ITT in the queue between a page of ours and the
 * target, so that a check of it and its use may see different ones.
 */
static void attack_T11(void)
{
	uint64_t own = new_pages(1);

	start_honest();
	for (uint32_t i = 0; i < QUEUE_COMMANDS / 4; i++) {
		put_mapd(1, own, 4);
		put_mapti(1, 0);
		put_unmap(1);
		put_sync();
	}
	race_own = own;
	for (uint32_t i = 0; i < 2000 && (i < 100 || !raced()); i++)
		for (uint32_t n = 0; n < QUEUE_COMMANDS; n++)
			its_tell(1);
	race_own = 0;
	while (racing != 0)
		;
}

void second_main(void)
{
	uint64_t own;

	for (;;) {
		own = race_own;
		racing = own;
		for (uint32_t i = 0; own != 0 && i < QUEUE_COMMANDS; i += 4)
			store(queue_slot(i) + 16, target | 1ul << 63);
		for (uint32_t i = 0; own != 0 && i < QUEUE_COMMANDS; i += 4)
			store(queue_slot(i) + 16, own | 1ul << 63);
	}
}

/* ---- P: what published guards got wrong ---- */

/* Commands wait while the ITS is disabled; the page goes away meanwhile. */
static void attack_P1(void)
{
	start_honest();
	its_stop();
	target = new_pages(1);
	put_mapd(1, target, 4);
	put_mapti(1, 0);
	its_tell(2);
	give(target);
	its_start();
	its_tell(0);
}

/* The page linked as second level is full of entries, and a harmless MAPD has it put in use. */
static void attack_P2(void)
{
	uint64_t level1 = start_two_level(), level2 = new_pages(1);

	for (uint64_t at = level2; at < level2 + PAGE_BYTES; at += 8)
		store(at, forged_entry(target));
	store(level1, level2 | L1_VALID);
	mapd(7, new_pages(1), 4);
	mapti(5, 0);
}

/* A link of the first level is taken away once it is in use, and another put in its place. */
static void attack_P3(void)
{
	uint64_t level1 = start_two_level();

	store(level1, new_pages(1) | L1_VALID);
	mapd(1, new_pages(1), 4);
	store(level1, 0);
	mapd(2, new_pages(1), 4);
	store(level1, target | L1_VALID);
	mapd(3, new_pages(1), 4);
}

/* Two ITTs in one page, and one of the two devices unmapped twice. */
static void attack_P4(void)
{
	start_honest();
	target = new_pages(1);
	mapd(1, target, 4);
	mapd(2, target + 0x100, 4);
	unmap(1);
	unmap(1);
	give(target);
	mapti(2, 0);
}

/* Small enough for one page, but not from where it begins. */
static void attack_P5(void)
{
	uint64_t own = page_before_target();

	start_honest();
	mapd(1, own + 0xf00, 5);
	mapti(1, 31);
}

/* ---- redistributors ---- */

/* Device 1 can raise LPIs from 8192 on. */
static void start_with_events(uint32_t count)
{
	start_honest();
	mapc(0);
	mapd(1, new_pages(1), 6);
	for (uint32_t event = 0; event < count; event++)
		mapti(1, event);
}

/*
 * An LPI whose byte of the target is the pattern's, as far as can be seen: whether it is enabled,
 * and its priority, of which this CPU has 5 bits. The lowest is never taken.
 */
static bool is_seen(uint32_t event)
{
	uint8_t byte = pattern_byte(target + event);
	uint32_t priority, id;

	raise(1, event);
	id = take_interrupt(&priority);
	if (!(byte & 1) || (byte & 0xf8) == 0xf8)
		return id == 0;
	return id == 8192 + event && priority == (byte & 0xf8);
}

static void read_by_interrupts(void)
{
	has_read = true;
	start_with_events(READ_BYTES);
	for (uint32_t event = 0; event < READ_BYTES; event++)
		has_read &= is_seen(event);
}

static void write_by_interrupts(void)
{
	start_with_events(16);
	for (uint32_t event = 0; event < 16; event++)
		raise(1, event);
}

/* The table of priorities is the target. */
static void attack_T13(void)
{
	lpis_on(target, new_aligned_page());
	read_by_interrupts();
}

static void attack_T13_later(void)
{
	lpis_on(new_pages(2), new_aligned_page());
	rd_write(ITSG_GICR_PROPBASER, rd_propbaser(target));
	read_by_interrupts();
}

/* The table of pending bits is the target. */
static void attack_T14(void)
{
	lpis_on(new_pages(2), target);
	write_by_interrupts();
}

static void attack_T14_later(void)
{
	lpis_on(new_pages(2), new_aligned_page());
	rd_write(ITSG_GICR_PENDBASER, rd_pendbaser(target));
	write_by_interrupts();
}

/* Ours when LPIs are enabled, a guest's when one comes. */
static void attack_T14_given(void)
{
	target = new_aligned_page();
	lpis_on(new_pages(2), target);
	give(target);
	write_by_interrupts();
}

/* An address that is fine, and then one half of another. */
static void attack_P32(void)
{
	rd_write(ITSG_GICR_PROPBASER, rd_propbaser(new_pages(2)));
	rd_write(ITSG_GICR_PENDBASER, rd_pendbaser(new_aligned_page()));
	rd_write_half(ITSG_GICR_PENDBASER, (uint32_t)rd_pendbaser(target));
	rd_write(ITSG_GICR_CTLR, ITSG_GICR_CTLR_ENABLE_LPIS);
	write_by_interrupts();
}

/* The other redistributor is turned on with the same table, and off again. */
static void other_comes_and_goes(uint64_t configuration, uint64_t pending)
{
	rd_select(1);
	lpis_on(configuration, pending);
	lpis_off();
	rd_select(0);
}

/* Two have one table of pending bits, and only one of them lets go of it. */
static void attack_M55(void)
{
	uint64_t configuration = new_pages(2);

	target = new_aligned_page();
	lpis_on(configuration, target);
	other_comes_and_goes(configuration, target);
	give(target);
	write_by_interrupts();
}

/* And one table of priorities, as is usual. */
static void attack_M56(void)
{
	target = new_pages(2);
	lpis_on(target, new_aligned_page());
	other_comes_and_goes(target, new_aligned_page());
	give(target);
	read_by_interrupts();
}

/* ---- GICv4 ---- */

static void map_virtual_interrupts(uint64_t pending)
{
	mapd(1, new_pages(1), 6);
	put_vmapp(1, pending);
	its_tell(1);
	for (uint32_t event = 0; event < 16; event++) {
		put_vmapti(1, event, 1);
		its_tell(1);
		raise(1, event);
	}
}

/* The vPE table is the target: VMAPP makes the ITS write an entry there. */
static void attack_T4(void)
{
	its_forget();
	vpe_table(target);
	its_tables(devices, collections);
	its_new_queue();
	its_start();
	map_virtual_interrupts(new_aligned_page());
}

/* The table of pending bits that VMAPP names is the target. */
static void attack_T12(void)
{
	its_forget();
	vpe_table(new_pages(1));
	its_tables(devices, collections);
	its_new_queue();
	its_start();
	map_virtual_interrupts(target);
}

/* Is a bit of the target set? It is the pending bit of the only vLPI that is enabled. */
static bool is_pending(uint64_t configuration, uint32_t id)
{
	uint64_t word = configuration + id / 8 * 8;

	store(word, 0xa1ul << id % 8 * 8);
	rd_write(ITSG_GICR_VPROPBASER, rd_propbaser(configuration));
	rd_write(ITSG_GICR_VPENDBASER, rd_pendbaser(target) | ITSG_GICR_VALID);
	rd_write(ITSG_GICR_VPENDBASER, rd_pendbaser(target));
	store(word, 0);
	return (rd_read(ITSG_GICR_VPENDBASER) & PENDING_LAST) != 0;
}

/* No command: a vPE that has the target as pending table is put on and off this redistributor. */
static void attack_VLPI(void)
{
	uint64_t configuration = new_pages(2);

	has_read = true;
	for (uint32_t i = 0; i < 8 * READ_BYTES; i++)
		has_read &= is_pending(configuration, i) ==
			    (pattern_byte(target + ITSG_GICR_PENDING_HEAD + i / 8) >> i % 8 & 1);
	rd_write(ITSG_GICR_VPENDBASER, 0);
}

/* ---- all of them ---- */

enum targets {
	MONITORS = 1, /* a page of the monitor's, which never was the host's */
	GUESTS = 2,   /* a page that the host gave to a guest */
	OWN = 4,      /* the attack itself gives a page away */
	READS = 8,    /* the page is read, not written */
	VIRTUAL = 16, /* with GICv4 only; all others with GICv3 only */
};

struct attack {
	const char *name;
	void (*run)(void);
	unsigned int targets;
	const char *expected; /* with the guard on, in the order of reason.h */
};

static const struct attack attacks[] = {
	{"T2", attack_T2, MONITORS | GUESTS, "DONATE_REFUSED"},
	{"T3", attack_T3, MONITORS | GUESTS, "DONATE_REFUSED"},
	{"T5", attack_T5, MONITORS | GUESTS, "DONATE_REFUSED"},
	{"T6", attack_T6, MONITORS | GUESTS, "DEVICE_UNMAPPED, the store"},
	{"T7", attack_T7, MONITORS | GUESTS, "DEVICE_UNMAPPED, SHARE_REFUSED"},
	{"T8", attack_T8, OWN, "DEVICE_UNMAPPED, SHARE_REFUSED"},
	{"T9", attack_T9, OWN, "giving the page away"},
	{"T10", attack_T10, OWN, "DEVICE_UNMAPPED, SHARE_REFUSED"},
	{"T11", attack_T11, MONITORS | GUESTS, "DEVICE_UNMAPPED, SHARE_REFUSED"},
	{"P1", attack_P1, OWN, "DEVICE_UNMAPPED, SHARE_REFUSED"},
	{"P2", attack_P2, MONITORS | GUESTS, "DEVICE_UNMAPPED"},
	{"P3", attack_P3, MONITORS | GUESTS, "L1_CHANGED"},
	{"P4", attack_P4, OWN, "DEVICE_UNMAPPED, giving the page away"},
	{"P5", attack_P5, OWN, "DEVICE_UNMAPPED, SHARE_REFUSED"},
	{"T13", attack_T13, MONITORS | GUESTS | READS, "SHARE_REFUSED"},
	{"T13 on", attack_T13_later, MONITORS | GUESTS | READS, "LPI_BUSY"},
	{"T14", attack_T14, MONITORS | GUESTS, "DONATE_REFUSED"},
	{"T14 on", attack_T14_later, MONITORS | GUESTS, "LPI_BUSY"},
	{"T14 given", attack_T14_given, OWN, "giving the page away"},
	{"M55", attack_M55, OWN, "LPI_OVERLAP, giving the page away"},
	{"M56", attack_M56, OWN | READS, "giving the page away"},
	{"P32", attack_P32, MONITORS | GUESTS, "DONATE_REFUSED"},
	{"T4", attack_T4, MONITORS | GUESTS | VIRTUAL, "RESERVED_REGISTER, VIRTUAL_COMMAND"},
	{"T12", attack_T12, MONITORS | GUESTS | VIRTUAL, "RESERVED_REGISTER, VIRTUAL_COMMAND"},
	{"VLPI", attack_VLPI, MONITORS | GUESTS | READS | VIRTUAL, "VIRTUAL_REGISTER"},
};

static void print_item(const char *text, bool *first)
{
	if (!*first)
		print(", ");
	*first = false;
	print(text);
}

static void print_refusals(void)
{
	bool first = true;

	for (uint32_t reason = 0; reason < ITSG_REASON_COUNT; reason++)
		if (refused_since((enum itsg_reason)reason))
			print_item(itsg_reason_name((enum itsg_reason)reason), &first);
	if (faults != 0)
		print_item("the store", &first);
	if (kept)
		print_item("giving the page away", &first);
	if (first)
		print("nothing");
}

static void run(const struct attack *attack, const char *whose)
{
	devices = new_pages(1);
	collections = new_pages(1);
	has_read = false;
	note_refusals();
	attack->run();
	print("\r\nattack|");
	print(attack->name);
	print("|");
	print(whose);
	print(destroyed() ? "|destroyed|" : has_read ? "|read|" : "|untouched|");
	print_refusals();
	print("|");
	print(attack->expected);
	its_forget();
	for (uint32_t number = 2; number-- > 0;) {
		rd_select(number);
		lpis_off();
	}
	print(call(CALL_CHECK, 0) == 0 && call(CALL_PAGES, 0) == 0 ? "|exact|" : "|WRONG|");
	print(attack->targets & READS ? "read|\r\n" : "destroyed|\r\n");
	kept = false;
	(void)call(CALL_REFILL, 0);
}

static void run_on_all_targets(const struct attack *attack)
{
	if (attack->targets & MONITORS) {
		target = call(CALL_VICTIM, 0);
		run(attack, "the monitor's");
	}
	if (attack->targets & GUESTS) {
		target = new_aligned_page();
		give(target);
		run(attack, "a guest's");
	}
	if (attack->targets & OWN)
		run(attack, "a guest's");
}

/* What all of it is about: the CPU cannot reach the page, so it must have been the ITS. */
static bool out_of_reach(uint64_t pa)
{
	faults = 0;
	store(pa, 0);
	return faults == 1 && call(CALL_INTACT, pa) == 1;
}

static void try_the_cpu(void)
{
	target = new_pages(1);
	give(target);
	if (out_of_reach(target) && out_of_reach(call(CALL_VICTIM, 0)))
		print("\r\nattack: out of the CPU's reach\r\n");
}

void attack_main(void)
{
	(void)smc(0xc4000003, 1, (uintptr_t)second_start, 0); /* PSCI CPU_ON */
	try_the_cpu();
	cpu_takes_interrupts();
	for (uint32_t i = 0; i < sizeof(attacks) / sizeof(attacks[0]); i++)
		if (rd_has_virtual() == ((attacks[i].targets & VIRTUAL) != 0))
			run_on_all_targets(&attacks[i]);
	print("\r\nattack: end\r\n");
	(void)smc(0x84000008, 0, 0, 0); /* PSCI SYSTEM_OFF */
	for (;;)
		;
}
