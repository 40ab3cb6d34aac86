/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The first bytes of an input choose the machine. Any bytes make one that can be built. */
#include "adversary_priv.h"

#include <inttypes.h>

#define PICK(table, byte) ((table)[(byte) % (sizeof(table) / sizeof((table)[0]))])

/* What each of the first bytes chooses. */
enum machine_byte {
	M_PAGE,
	M_HARDWARE, /* bits: see choose_hardware() */
	M_GUARD,    /* bits: see choose_guard() */
	M_ITS,
	M_BASER_DEVICES, /* [1:0] page [2] indirect [5:3] entry */
	M_BASER_COLLECTIONS,
	M_BASER_PLACES,
	M_DEVBITS,
	M_IDBITS,
	M_ITT_ENTRY,
	M_PAGES,
	M_DEVICES,
	M_JOURNAL,
	M_DEPTH,
	M_BUDGET,
	M_KEPT,
	M_PES,
	M_POOL,
	M_PA_BITS,
	M_LIMITS,
	M_ICIDS,
	M_HCC,
	M_OWNERS,
	M_SLEEP,  /* [0] redistributor 0 sleeps at first, [1] number 1 */
	M_MEMORY, /* [0] the guard's own memory lies beyond 2^48, [1] level-1 words are cut there */
	M_RDS,    /* [1:0] all 1: there are redistributors; the rest see choose_redists() */
	M_RD_GUARD,
	M_BEFORE
};

static void choose_memory(struct trace_machine *machine, const uint8_t *m)
{
	static const uint32_t page[] = {4096, 4096, 4096, 4096, 4096, 16384, 16384, 65536};
	static const uint32_t pa_bits[] = {48, 48, 40, 52, 52, 36, 32, 44};

	machine->page = PICK(page, m[M_PAGE]);
	machine->pa_bits = PICK(pa_bits, m[M_PA_BITS]);
	machine->ram[0].pa = ADV_RAM;
	machine->ram[0].bytes = ADV_RAM_LEN;
	machine->ram_count = 1;
	machine->level2_cut = m[M_MEMORY] & 2;
	if (m[M_MEMORY] & 1) {
		machine->pa_bits = 52;
		machine->ram[0].pa = ADV_HIGH_RAM_LEN;
		machine->ram[0].bytes = ((uint64_t)1 << 48) - ADV_HIGH_RAM_LEN;
	}
	if (machine->pa_bits < 52)
		return;
	/* The 52-bit form of BASER has something to name. */
	machine->ram[1].pa = (uint64_t)0xf << 48;
	machine->ram[1].bytes = ADV_HIGH_RAM_LEN;
	machine->ram_count = 2;
}

static void choose_capacities(struct trace_machine *machine, const uint8_t *m)
{
	static const uint32_t pages[] = {64, 256, 256, 32, 20, 8, 3, 2};
	static const uint32_t devices[] = {16, 64, 8, 3, 2, 16, 16, 16};
	static const uint32_t journal[] = {16, 64, 8, 3, 2, 16, 16, 16};
	static const uint32_t depth[] = {0, 8, 3, 2, 0, 0, 4, 16};
	static const uint32_t budget[] = {6, 64, 1, 1, 2, 3, 6, 16};
	static const uint32_t kept[] = {16, 2, 1, 0};
	static const uint32_t pool[] = {0x20000, 0x20000, 0x20000, 0x11000,
					0x10000, 0x4000,  0x1000,  0};

	machine->pages = PICK(pages, m[M_PAGES]);
	machine->devices = PICK(devices, m[M_DEVICES]);
	machine->journal = PICK(journal, m[M_JOURNAL]);
	machine->depth = PICK(depth, m[M_DEPTH]);
	machine->budget = PICK(budget, m[M_BUDGET]);
	machine->kept = PICK(kept, m[M_KEPT]);
	machine->l1_pool = PICK(pool, m[M_POOL]);
}

static void choose_guard(struct trace_machine *machine, const uint8_t *m)
{
	machine->donate_itt = m[M_GUARD] & 1;
	machine->hide_virtual = m[M_GUARD] & 4;
	machine->forgets = !(m[M_HARDWARE] & 1);
	machine->pta = m[M_HARDWARE] & 2;
	machine->lpi_bits = m[M_LIMITS] & 1 ? 14 : 16;
	machine->event_bits = m[M_LIMITS] & 2 ? 3 : 0;
	machine->table_pages = m[M_LIMITS] & 4 ? 2 : 0;
	machine->itt_entry = m[M_LIMITS] & 8 ? m[M_LIMITS] & 0x10 ? 4 : 16 : 0;
	machine->reserved_count = 0;
	if (m[M_OWNERS] & 1)
		machine->reserved[machine->reserved_count++] = 3;
}

static void choose_pes(struct world_config *config, const uint8_t *m)
{
	static const uint32_t pes[] = {2, 2, 1, 3, 8, 33, 2, 2};
	static const uint32_t few[] = {5, 2, 8, 1, 8, 3, 2, 4};
	struct trace_machine *machine = &config->machine;

	machine->pes = machine->rds ? PICK(few, m[M_PES]) : PICK(pes, m[M_PES]);
	/* Not all of them: the host runs somewhere. */
	machine->asleep[0] = (m[M_SLEEP] & 1) && machine->pes > 1;
	machine->asleep[1] =
		((m[M_OWNERS] | m[M_SLEEP]) & 2) && machine->pes > 2u - !machine->asleep[0];
}

/* Two that are on before, with tables of their own, or one table, or of two values. */
static void choose_before(struct adversary *a, struct trace_machine *machine, uint8_t m)
{
	static const uint8_t counts[] = {0, 2, 1, 2};

	a->adopts = machine->rds && !(m & 4);
	if (!machine->rds)
		return;
	machine->before_count = counts[m & 3];
	if (machine->before_count > machine->pes)
		machine->before_count = machine->pes;
	for (uint32_t i = 0; i < machine->before_count; i++) {
		struct trace_before *before = &machine->before[i];

		before->rd = i;
		before->prop = ADV_LPIS | 0x780 | (machine->lpi_bits - 1);
		before->pend = (ADV_LPIS + 0x20000 + (m & 8 ? 0 : i * 0x10000)) | 0x780;
	}
	if (m & 0x10)
		machine->before[0].prop ^= 0x10000;
	if (m & 0x20)
		machine->before[0].pend ^= 0x400;
}

static void choose_redists(struct adversary *a, struct trace_machine *machine, const uint8_t *m)
{
	static const uint32_t pages[] = {64, 256, 128, 256, 48, 32, 96, 20};
	static const uint32_t lpi_tables[] = {1, 0, 1, 2};
	static const uint32_t limits[] = {0, 0, 20, 14};
	static const uint32_t common[] = {3, 0, 2, 3};
	static const uint32_t bits[] = {0, 17, 20, 0};

	machine->rds = a->redists || (m[M_RDS] & 3) == 3;
	if (!machine->rds)
		return;
	machine->pages = PICK(pages, m[M_PAGES]);
	machine->ir = m[M_RDS] & 4;
	machine->direct_lpi = !(m[M_RDS] & 8);
	machine->vlpis = !(m[M_RDS] & 0x10);
	machine->rvpeid = (m[M_RDS] & 0x30) == 0x20;
	machine->ds = !(m[M_RDS] & 0x40);
	machine->ces = !(m[M_RDS] & 0x80);
	machine->common_lpi_aff = PICK(common, m[M_RD_GUARD] & 3);
	machine->rd_attr = !(m[M_RD_GUARD] & 4);
	machine->share_pending = m[M_RD_GUARD] & 8;
	machine->zero_pending = (m[M_RD_GUARD] & 0x18) == 0x10;
	machine->lpi_tables = PICK(lpi_tables, m[M_RD_GUARD] >> 5 & 3);
	machine->rd_prop = m[M_RD_GUARD] & 0x80 && m[M_BEFORE] & 0x80 ? ADV_LPIS | 0x78f : 0;
	machine->lpi_limit = PICK(limits, m[M_BEFORE] >> 5 & 3);
	if (PICK(bits, m[M_BEFORE] >> 6 & 3))
		machine->lpi_bits = PICK(bits, m[M_BEFORE] >> 6 & 3);
}

static uint64_t typer_of(const uint8_t *m)
{
	static const uint8_t devbits[] = {10, 10, 12, 8, 4, 2, 1, 16};
	static const uint8_t idbits[] = {12, 5, 14, 14, 2, 1, 16, 32};
	static const uint8_t entry[] = {8, 12, 16, 4, 1, 7, 8, 8};
	static const uint8_t icids[] = {0, 0, 0, 16, 8, 4, 2, 1};
	static const uint8_t hcc[] = {0, 0, 0, 0, 4, 255, 1, 8};
	uint64_t typer = 1;

	typer |= (uint64_t)(PICK(entry, m[M_ITT_ENTRY]) - 1) << 4;
	typer |= (uint64_t)(PICK(idbits, m[M_IDBITS]) - 1) << 8;
	typer |= (uint64_t)(PICK(devbits, m[M_DEVBITS]) - 1) << 13;
	typer |= (uint64_t)PICK(hcc, m[M_HCC]) << 24;
	if (PICK(hcc, m[M_HCC]) && (m[M_HCC] & 8))
		typer |= 1 << 2; /* CCT */
	if (PICK(icids, m[M_ICIDS]))
		typer |= (uint64_t)1 << 36 | (uint64_t)(PICK(icids, m[M_ICIDS]) - 1) << 32;
	if (m[M_HCC] & 0x10)
		typer |= (uint64_t)3 << 44 | (uint64_t)1 << 38; /* UMSIirq, UMSI, MPAM */
	if (m[M_HARDWARE] & 4)
		typer |= (uint64_t)1 << 46; /* INV */
	if (m[M_HARDWARE] & 8)
		typer |= (uint64_t)1 << 1; /* Virtual */
	if ((m[M_HARDWARE] & 0x18) == 0x18)
		typer |= (uint64_t)1 << 40; /* VMAPP: v4.1 */
	return typer;
}

static void choose_baser(struct trace_baser *baser, uint32_t type, uint8_t byte)
{
	static const uint8_t entry[] = {8, 8, 8, 16, 4, 32, 1, 12};

	baser->type = type;
	baser->entry = entry[byte >> 3 & 7];
	baser->page = (enum trace_page_size)(byte & 3);
	baser->indirect = !(byte & 4);
}

static void choose_its(struct trace_its *its, const uint8_t *m)
{
	uint32_t devices = m[M_BASER_PLACES] & 1;

	its->used = true;
	its->typer = typer_of(m);
	for (uint32_t n = 0; n < TRACE_BASERS; n++)
		its->baser[n] = (struct trace_baser){0, 8, TRACE_PAGE_4K, false};
	choose_baser(&its->baser[devices], SIM_TABLE_DEVICES, m[M_BASER_DEVICES]);
	if (!(m[M_BASER_PLACES] & 2) || !(its->typer >> 24 & 0xff))
		choose_baser(&its->baser[1 - devices], SIM_TABLE_COLLS, m[M_BASER_COLLECTIONS]);
	if ((its->typer & 2) && !(m[M_BASER_PLACES] & 4))
		choose_baser(&its->baser[2], SIM_TABLE_VPES, (uint8_t)(m[M_BASER_PLACES] >> 2));
}

void adv_machine(struct adversary *a, const uint8_t m[ADVERSARY_MACHINE_BYTES])
{
	struct world_config *config = &a->config;

	*config = a->base;
	config->stall = m[M_HARDWARE] & 0x20;
	config->cache = !(m[M_HARDWARE] & 0x40);
	/* With shared ITTs, I1 takes an ITS that checks. */
	config->trust = !(m[M_HARDWARE] & 0x80) && (m[M_GUARD] & 1);
	config->rewrite_host = m[M_GUARD] & 2;
	choose_memory(&config->machine, m);
	choose_capacities(&config->machine, m);
	choose_guard(&config->machine, m);
	choose_redists(a, &config->machine, m);
	choose_pes(config, m);
	choose_before(a, &config->machine, m[M_BEFORE]);
	config->its_count = 1 + m[M_ITS] % 4 % 3;
	/* A short ring comes round often, and is quickly filled. */
	config->queue_bytes = m[M_OWNERS] & 4 ? 0 : 0x1000;
	a->eager = m[M_OWNERS] & 8;
	for (uint32_t i = 0; i < config->its_count; i++)
		choose_its(&config->its[i], m);
}

/* ---- as a trace ---- */

static void print_memory(const struct trace_machine *machine, FILE *out)
{
	fprintf(out, "machine page=%" PRIu32 " pa_bits=%" PRIu32, machine->page, machine->pa_bits);
	for (uint32_t i = 0; i < machine->ram_count; i++)
		fprintf(out, " ram=0x%" PRIx64 "+0x%" PRIx64, machine->ram[i].pa,
			machine->ram[i].bytes);
	fprintf(out, " pes=%" PRIu32 " pta=%d lpi_bits=%" PRIu32 "\n", machine->pes, machine->pta,
		machine->lpi_bits);
}

static void print_guard(const struct trace_machine *machine, FILE *out)
{
	fprintf(out,
		"machine pages=%" PRIu32 " devices=%" PRIu32 " journal=%" PRIu32 " depth=%" PRIu32
		" budget=%" PRIu32 " kept=%" PRIu32 " l1_pool=0x%" PRIx64 " level2_cut=%d\n",
		machine->pages, machine->devices, machine->journal, machine->depth, machine->budget,
		machine->kept, machine->l1_pool, machine->level2_cut);
	fprintf(out,
		"machine itt=%s forgets=%d hide_virtual=%d event_bits=%" PRIu32
		" table_pages=%" PRIu32 " itt_entry=%" PRIu32,
		machine->donate_itt ? "donate" : "share", machine->forgets, machine->hide_virtual,
		machine->event_bits, machine->table_pages, machine->itt_entry);
	for (uint32_t i = 0; i < machine->reserved_count; i++)
		fprintf(out, " reserved=%" PRIu32, machine->reserved[i]);
	for (uint32_t i = 0; i < machine->pes; i++)
		if (machine->asleep[i])
			fprintf(out, " asleep=%" PRIu32, i);
	fputc('\n', out);
}

static void print_redists(const struct trace_machine *machine, FILE *out)
{
	if (!machine->rds)
		return;
	fprintf(out, "machine rds=1 ces=%d ir=%d direct_lpi=%d vlpis=%d", machine->ces, machine->ir,
		machine->direct_lpi, machine->vlpis);
	if (machine->rvpeid)
		fprintf(out, " rvpeid=1");
	fprintf(out, " ds=%d common_lpi_aff=%" PRIu32 " rd_attr=%d rd_prop=0x%" PRIx64 "\n",
		machine->ds, machine->common_lpi_aff, machine->rd_attr, machine->rd_prop);
	fprintf(out,
		"machine lpi_limit=%" PRIu32 " lpi_tables=%" PRIu32 " pending=%s zero_pending=%d\n",
		machine->lpi_limit, machine->lpi_tables,
		machine->share_pending ? "share" : "donate", machine->zero_pending);
	for (uint32_t i = 0; i < machine->before_count; i++)
		fprintf(out, "rd %" PRIu32 " before 0x%" PRIx64 " 0x%" PRIx64 "\n",
			machine->before[i].rd, machine->before[i].prop, machine->before[i].pend);
}

static void print_its(const struct trace_its *its, uint32_t n, FILE *out)
{
	static const char *const page[] = {"4k", "16k", "64k", "any"};

	fprintf(out, "its %" PRIu32 "\ntyper 0x%" PRIx64 "\n", n, its->typer);
	for (uint32_t i = 0; i < TRACE_BASERS; i++) {
		const struct trace_baser *baser = &its->baser[i];

		fprintf(out,
			"baser %" PRIu32 " type=%" PRIu32 " entry=%" PRIu32
			" page=%s indirect=%d\n",
			i, baser->type, baser->entry, page[baser->page & 3], baser->indirect);
	}
}

void adv_print_machine(const struct adversary *a)
{
	const struct world_config *config = &a->config;

	print_memory(&config->machine, a->out);
	print_guard(&config->machine, a->out);
	print_redists(&config->machine, a->out);
	for (uint32_t i = 0; i < config->its_count; i++)
		print_its(&config->its[i], i, a->out);
	if (config->queue_bytes)
		fprintf(a->out, "machine queue=0x%" PRIx32 "\n", config->queue_bytes);
	fprintf(a->out, "its 0\nhw %s\nhw %s\nhw %s\nhw %s\n", a->eager ? "eager" : "manual",
		config->stall ? "stall" : "ignore", config->cache ? "cache" : "nocache",
		config->trust ? "trust" : "check");
}
