/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Each rule equals its table of reasons (docs/TRACES.md): for any view of an ITS and any command of
 * its opcode the reason is the first of the table that applies, and the plan claims and releases
 * what the command names, granule by granule. What the tables say is written down here once more,
 * in other words.
 */
#include "proof.h"

#include "hash_stub.h"

#define itsg_level1_index itsg_level1_index_real
#include "devtable.c"
#undef itsg_level1_index

/* Of an ID: any, but always the same. That it lies in the table is geometry_level1_index. */
uint64_t __CPROVER_uninterpreted_index(uint64_t id);
uint64_t itsg_level1_index(const struct itsg_geometry *geo, uint64_t id)
{
	(void)geo;
	return __CPROVER_uninterpreted_index(id);
}

#include "devices.c"
#include "event.c"
#include "facts.c"
#include "judge.c"
#include "mapc.c"
#include "mapd.c"
#include "rd_list.c"
#include "rule.c"
#include "words.c"

#ifndef ENTRY_BYTES
#define ENTRY_BYTES 8 /* of an ITT entry: a constant, for it is divided by */
#endif

#define RECORDS 2
#define RDS     2
#define WORDS   3 /* of a level-1 table */

/* ---- any view ---- */

static struct itsg_device records[RECORDS];
static struct itsg_devices devices = {.records = records, .capacity = RECORDS};
static uint64_t rdbases[RDS];
static struct itsg_facts facts;
static uint64_t device_words[WORDS], collection_words[WORDS];
static struct itsg_table device_table = {.words = device_words};
static struct itsg_table collection_table = {.words = collection_words, .number = 1};

static void any_table(struct itsg_table *table)
{
	struct itsg_geometry *geo = &table->geo;

	geo->two_level = nondet_bool();
	geo->page_bytes = itsg_page_bytes(nondet_u32());
	geo->pa = nondet_u64();
	geo->bytes = nondet_u64();
	geo->capacity = nondet_u64();
	GIVEN(geo->pa >> 52 == 0 && geo->bytes <= 1 << 24 && geo->bytes % 8 == 0);
	GIVEN(geo->capacity <= (uint64_t)1 << 37);
	table->mirror_bytes = nondet_u64();
	GIVEN(table->mirror_bytes <= WORDS * 8);
	for (uint32_t i = 0; i < WORDS; i++)
		table->words[i] = nondet_u64();
}

static void any_facts(void)
{
	const uint32_t pa_bits = nondet_u32();

	facts.typer.device_bits = nondet_u32();
	facts.typer.icid_bits = nondet_u32();
	facts.typer.hcc = nondet_u8();
	facts.typer.cct = nondet_bool();
	facts.max_itt_bits = nondet_u32();
	facts.config.lpi_bits = nondet_u32();
	facts.config.itt_entry_bytes = ENTRY_BYTES;
	facts.config.donate_itt = nondet_bool();
	GIVEN(facts.typer.device_bits >= 1 && facts.typer.device_bits <= 32);
	GIVEN(facts.typer.icid_bits >= 1 && facts.typer.icid_bits <= 16);
	GIVEN(facts.max_itt_bits >= 1 && facts.max_itt_bits <= 32);
	GIVEN(facts.config.lpi_bits >= 14 && facts.config.lpi_bits <= 32);
	GIVEN(pa_bits >= 32 && pa_bits <= 52);
	facts.pa_end = (uint64_t)1 << pa_bits;
	for (uint32_t i = 0; i < RDS; i++)
		rdbases[i] = nondet_u64();
	facts.rds.rdbase = rdbases;
	facts.rds.sorted = rdbases;
	facts.rds.count = RDS;
	GIVEN(itsg_rd_list_bad(rdbases, RDS, ITSG_CONFIG_REDISTRIBUTORS,
			       ITSG_CONFIG_REDISTRIBUTOR_COUNT) == ITSG_CONFIG_GOOD);
}

static void any_records(void)
{
	devices.count = nondet_u32();
	for (uint32_t i = 0; i < RECORDS; i++) {
		struct itsg_device *device = &records[i];

		device->key = nondet_u64();
		device->itt = nondet_u64();
		if (!nondet_bool())
			device->key = 0;
		/* What a MAPD was let through with. */
		GIVEN(device->key == 0 || (device->key >> 63 && device->key << 1 >> 38 == 0));
		GIVEN(itsg_device_size(device) < facts.max_itt_bits && device->itt % 256 == 0);
		GIVEN(device->itt >> 52 == 0);
		GIVEN(device->itt + itsg_itt_bytes(itsg_device_size(device), ENTRY_BYTES) <=
		      facts.pa_end);
	}
	GIVEN(itsg_devices_check(&devices));
}

static struct itsg_view any_view(void)
{
	struct itsg_view view = {&facts, &devices, &device_table, &collection_table};

	any_facts();
	any_records();
	any_table(&device_table);
	any_table(&collection_table);
	device_table.claimed = true;
	collection_table.claimed = nondet_bool();
	if (nondet_bool())
		view.collection_table = NULL;
	return view;
}

/* A command as the queue reads it: any bits of its fields, and no other. */
static struct itsg_words any_command(uint8_t opcode)
{
	struct itsg_words words;

	for (uint32_t i = 0; i < ITSG_CMD_DWORDS; i++)
		words.dw[i] = nondet_u64() & words_fields[opcode].dw[i];
	words.dw[0] |= opcode;
	return words;
}

/* ---- what the tables of reasons are made of ---- */

static const struct itsg_device *mapped(uint32_t device_id)
{
	for (uint32_t i = 0; i < RECORDS; i++)
		if (records[i].key >> 63 && (uint32_t)records[i].key == device_id)
			return &records[i];
	return NULL;
}

static bool device_oor(uint64_t id)
{
	return id >> facts.typer.device_bits != 0 || id >= device_table.geo.capacity;
}

static bool collection_oor(const struct itsg_view *view, uint64_t icid)
{
	const struct itsg_table *table = view->collection_table;
	const bool has_table = table && table->claimed && table->geo.capacity;
	uint64_t count = has_table ? table->geo.capacity : 0;

	if (!has_table || facts.typer.cct)
		count += facts.typer.hcc;
	return icid >= count || icid >> facts.typer.icid_bits != 0;
}

static bool is_rd(uint64_t rdbase)
{
	return rdbase == rdbases[0] || rdbase == rdbases[1];
}

/* By a constant each: a division by what is not known is most of a proof. */
static bool is_aligned(uint64_t pa, uint64_t page_bytes)
{
	switch (page_bytes) {
	case 0x1000:
		return pa % 0x1000 == 0;
	case 0x4000:
		return pa % 0x4000 == 0;
	default:
		return pa % 0x10000 == 0;
	}
}

/* The reasons of a level-1 word, and whether its page is new. */
static enum itsg_reason level1(const struct itsg_table *table, uint64_t id, uint64_t word,
			       bool *fresh)
{
	const uint64_t index = __CPROVER_uninterpreted_index(id), pa = word & ITSG_BITS(51, 0);
	const uint64_t end = table->geo.page_bytes == 0x10000 ? facts.pa_end : (uint64_t)1 << 48;

	*fresh = false;
	if (!table->geo.two_level)
		return ITSG_OK;
	if (index >= table->geo.bytes / 8 || index >= table->mirror_bytes / 8)
		return ITSG_L1_INVALID;
	if (table->words[index])
		return word == table->words[index] ? ITSG_OK : ITSG_L1_CHANGED;
	if (!(word >> 63))
		return ITSG_L1_INVALID;
	if (word & ITSG_BITS(62, 52))
		return ITSG_L1_RESERVED;
	if (!is_aligned(pa, table->geo.page_bytes) || pa + table->geo.page_bytes > facts.pa_end ||
	    pa + table->geo.page_bytes > end)
		return ITSG_L1_ADDRESS;
	*fresh = true;
	return ITSG_OK;
}

static bool within(uint64_t address, uint64_t pa, uint64_t bytes)
{
	return address >= pa && address - pa < bytes;
}

static bool in_run(uint64_t address, const struct itsg_run *run)
{
	return within(address, run->pa, run->bytes);
}

/* The page of a level-1 word comes first, donated; the word is the one that was judged. */
static void prove_level2(const struct itsg_plan *plan, const struct itsg_table *table, uint64_t id,
			 uint64_t word, bool fresh)
{
	const struct itsg_take *take = &plan->take[0];

	if (!fresh) {
		PROVE(plan->mirror == ITSG_BASERS);
		return;
	}
	PROVE(plan->takes >= 1 && take->kind == ITSG_DONATED &&
	      take->overlap == ITSG_TABLE_OVERLAP);
	PROVE(take->run.pa == (word & ITSG_L1E_ADDRESS) &&
	      take->run.bytes == table->geo.page_bytes);
	PROVE(take->run.pa + take->run.bytes <= facts.pa_end);
	PROVE(plan->mirror == table->number && plan->level1 == word);
	PROVE(plan->level1_index == __CPROVER_uninterpreted_index(id) &&
	      plan->level1_index < WORDS);
}

/* Nothing is claimed, nothing is released, and hardware is told the command as it was checked. */
static void prove_plain(const struct itsg_plan *plan, const struct itsg_words *command)
{
	PROVE(plan->takes == 0 && plan->record == ITSG_RECORD_KEEP && !plan->silent);
	PROVE(plan->mirror == ITSG_BASERS && plan->device_id == itsg_words_device_id(command));
	for (uint32_t i = 0; i < ITSG_CMD_DWORDS; i++)
		PROVE(plan->publish.dw[i] == command->dw[i]);
}

/* ---- commands of an event ---- */

static void event(uint8_t opcode)
{
	const struct itsg_view view = any_view();
	const struct itsg_words command = any_command(opcode);
	const uint64_t id = command.dw[0] >> 32, number = command.dw[1] & 0xffffffff;
	const uint64_t icid = command.dw[2] & 0xffff;
	const uint64_t lpi = opcode == ITSG_CMD_MAPI ? number : command.dw[1] >> 32;
	const bool maps = opcode == ITSG_CMD_MAPTI || opcode == ITSG_CMD_MAPI;
	const bool has_icid = maps || opcode == ITSG_CMD_MOVI;
	const struct itsg_device *device = mapped((uint32_t)id);
	struct itsg_plan plan;
	enum itsg_reason want = ITSG_OK, reason;

	if (device_oor(id))
		want = ITSG_DEVICE_OOR;
	else if (!device)
		want = ITSG_DEVICE_UNMAPPED;
	else if (number >> ((device->key >> 32 & 31) + 1))
		want = ITSG_EVENT_OOR;
	else if (maps && (lpi < 8192 || lpi >> facts.config.lpi_bits))
		want = ITSG_INTID_OOR;
	else if (has_icid && collection_oor(&view, icid))
		want = ITSG_COLLECTION_OOR;
	judge_begin(&plan, &command);
	reason = itsg_rule_event(&view, &command, &plan);
	PROVE(reason == want);
	REACHED(reason == ITSG_DEVICE_OOR);
	REACHED(reason == ITSG_DEVICE_UNMAPPED);
	REACHED(reason == ITSG_EVENT_OOR);
	REACHED(reason == ITSG_OK && number > 0xffff);
	if (reason != ITSG_OK)
		return;
	prove_plain(&plan, &command);
	PROVE(plan.icids == (has_icid ? icid + 1 : 0));
	PROVE(plan.target[0] == ITSG_NO_RD && plan.target[1] == ITSG_NO_RD);
}

void rule_mapti(void)
{
	event(ITSG_CMD_MAPTI);
}

void rule_mapi(void)
{
	event(ITSG_CMD_MAPI);
}

void rule_movi(void)
{
	event(ITSG_CMD_MOVI);
}

void rule_int(void)
{
	event(ITSG_CMD_INT);
}

void rule_clear(void)
{
	event(ITSG_CMD_CLEAR);
}

void rule_inv(void)
{
	event(ITSG_CMD_INV);
}

void rule_discard(void)
{
	event(ITSG_CMD_DISCARD);
}

/* ---- collections and redistributors ---- */

void rule_mapc(void)
{
	const struct itsg_view view = any_view();
	const struct itsg_words command = any_command(ITSG_CMD_MAPC);
	const uint64_t word = nondet_u64(), icid = command.dw[2] & 0xffff;
	const uint64_t rdbase = command.dw[2] & ITSG_BITS(51, 16);
	const bool valid = command.dw[2] >> 63;
	const struct itsg_table *table = view.collection_table;
	enum itsg_reason want = ITSG_OK, needs_want, reason;
	struct itsg_needs needs = {false, false, 0};
	struct itsg_plan plan;
	bool in_table, fresh = false;

	if (collection_oor(&view, icid))
		want = ITSG_COLLECTION_OOR;
	else if (valid && !is_rd(rdbase))
		want = ITSG_RDBASE_UNKNOWN;
	needs_want = want;
	in_table =
		want == ITSG_OK && valid && table && table->claimed && icid < table->geo.capacity;
	if (in_table)
		want = level1(table, icid, word, &fresh);

	/* Said beforehand is what does not hang on the word; the word is read where one is judged.
	 */
	PROVE(itsg_judge_needs(&view, &command, &needs) == needs_want && !needs.reserved);
	PROVE(!needs.level1 || in_table);
	if (needs.level1)
		PROVE(within(needs.level1_pa, table->geo.pa, table->geo.bytes - 7));
	if (fresh)
		PROVE(needs.level1);
	judge_begin(&plan, &command);
	reason = itsg_rule_mapc(&view, &command, word, &plan);
	PROVE(reason == want);
	REACHED(reason == ITSG_COLLECTION_OOR);
	REACHED(reason == ITSG_RDBASE_UNKNOWN);
	REACHED(reason == ITSG_L1_CHANGED);
	REACHED(reason == ITSG_L1_ADDRESS);
	REACHED(reason == ITSG_OK && fresh);
	if (reason != ITSG_OK)
		return;
	PROVE(plan.record == ITSG_RECORD_KEEP && !plan.silent && plan.takes == (fresh ? 1 : 0));
	prove_level2(&plan, table, icid, word, fresh);
	if (valid)
		PROVE(plan.target[0] < RDS && rdbases[plan.target[0]] == rdbase);
	PROVE(plan.target[1] == ITSG_NO_RD);
	PROVE(plan.publish.dw[0] == ITSG_CMD_MAPC && plan.publish.dw[1] == 0 &&
	      plan.publish.dw[3] == 0);
	PROVE(plan.publish.dw[2] == (valid ? command.dw[2] : icid));
}

void rule_movall(void)
{
	const struct itsg_view view = any_view();
	const struct itsg_words command = any_command(ITSG_CMD_MOVALL);
	const uint64_t from = command.dw[2], to = command.dw[3];
	struct itsg_plan plan;
	enum itsg_reason reason;

	judge_begin(&plan, &command);
	reason = itsg_rule_movall(&view, &command, &plan);
	PROVE(reason == (is_rd(from) && is_rd(to) ? ITSG_OK : ITSG_RDBASE_UNKNOWN));
	REACHED(reason == ITSG_OK && from != to);
	REACHED(reason != ITSG_OK);
	if (reason != ITSG_OK)
		return;
	prove_plain(&plan, &command);
	PROVE(plan.target[0] < RDS && rdbases[plan.target[0]] == from);
	PROVE(plan.target[1] < RDS && rdbases[plan.target[1]] == to);
}

void rule_sync_invall(void)
{
	const struct itsg_view view = any_view();
	const struct itsg_words sync = any_command(ITSG_CMD_SYNC);
	const struct itsg_words invall = any_command(ITSG_CMD_INVALL);
	const bool known = is_rd(sync.dw[2]), oor = collection_oor(&view, invall.dw[2]);

	PROVE(itsg_rule_sync(&view, &sync) == (known ? ITSG_OK : ITSG_RDBASE_UNKNOWN));
	PROVE(itsg_rule_invall(&view, &invall) == (oor ? ITSG_COLLECTION_OOR : ITSG_OK));
	REACHED(known && !oor);
	REACHED(!known && oor);
}

/* ---- what is denied by default (I5) ---- */

void rule_others(void)
{
	const struct itsg_view view = any_view();
	const uint8_t opcode = nondet_u8();
	struct itsg_words command = {{opcode, 0, 0, 0}};
	struct itsg_needs needs;
	struct itsg_plan plan;
	enum itsg_reason reason;

	GIVEN(opcode >= 16 || (words_fields[opcode].dw[0] | words_fields[opcode].dw[2]) == 0);
	PROVE(itsg_judge_needs(&view, &command, &needs) == ITSG_OK && !needs.reserved &&
	      !needs.level1);
	reason = itsg_judge(&view, &command, nondet_u64(), &plan);
	PROVE(reason == (itsg_words_virtual(opcode) ? ITSG_VIRTUAL_COMMAND : ITSG_UNKNOWN_COMMAND));
	REACHED(reason == ITSG_VIRTUAL_COMMAND);
	REACHED(reason == ITSG_UNKNOWN_COMMAND && opcode == 0);
}

/* ---- MAPD ---- */

void rule_mapd_unmap(void)
{
	const struct itsg_view view = any_view();
	struct itsg_words command = any_command(ITSG_CMD_MAPD);
	const uint64_t id = command.dw[0] >> 32, address = nondet_u64();
	const struct itsg_device *device = mapped((uint32_t)id);
	struct itsg_needs needs = {false, false, 0};
	struct itsg_plan plan;
	enum itsg_reason want = ITSG_OK, reason;

	command.dw[2] &= ~ITSG_BIT(63);
	if (device_oor(id))
		want = ITSG_DEVICE_OOR;
	else if (!device)
		want = ITSG_DEVICE_UNMAPPED;
	PROVE(itsg_judge_needs(&view, &command, &needs) == ITSG_OK && !needs.reserved &&
	      !needs.level1);
	judge_begin(&plan, &command);
	reason = itsg_rule_mapd(&view, &command, nondet_u64(), &plan);
	PROVE(reason == want);
	REACHED(reason == ITSG_DEVICE_OOR);
	REACHED(reason == ITSG_DEVICE_UNMAPPED);
	REACHED(reason == ITSG_OK && (command.dw[1] | command.dw[2]) != 0);
	if (reason != ITSG_OK)
		return;
	/* What goes is what the record says, whatever the command says (S2, S3). */
	PROVE(plan.takes == 0 && plan.record == ITSG_RECORD_REMOVE && !plan.silent);
	PROVE(plan.mirror == ITSG_BASERS && plan.drop[1].bytes == 0);
	PROVE(plan.slot < RECORDS && &records[plan.slot] == device);
	PROVE(plan.drop[0].pa == device->itt && plan.drop[0].bytes % 256 == 0);
	if (within(address, device->itt, (uint64_t)ENTRY_BYTES * 2 << (device->key >> 32 & 31)))
		PROVE(in_run(address, &plan.drop[0]));
	PROVE(plan.publish.dw[0] == command.dw[0] && plan.publish.dw[1] == 0);
	PROVE(plan.publish.dw[2] == 0 && plan.publish.dw[3] == 0);
}

/* An ITT, and how far its granules reach. */
struct proof_itt {
	uint64_t pa, bytes, end;
};

static struct proof_itt proof_itt(uint64_t pa, uint64_t size)
{
	struct proof_itt itt = {pa, (uint64_t)ENTRY_BYTES * 2 << size, 0};

	itt.end = (pa + itt.bytes + 255) / 256 * 256;
	return itt;
}

/* A MAPD that is let through: what is planned, its ITTs, and where the claims for these begin. */
struct proof_mapd {
	struct itsg_plan plan;
	struct proof_itt itt, old;
	uint32_t first;
};

/* Would entries be read from between those that the ITS has written (F23)? */
static bool misreads(const struct proof_itt *itt, const struct proof_itt *old)
{
	const uint64_t apart = itt->pa > old->pa ? itt->pa - old->pa : old->pa - itt->pa;

	return facts.config.donate_itt && itt->pa < old->end && old->pa < itt->end &&
	       apart % ENTRY_BYTES != 0;
}

/* Of what kind a claim is, and where it may lie at all. */
static void prove_take(const struct itsg_take *take)
{
	PROVE(take->kind == (facts.config.donate_itt ? ITSG_DONATED : ITSG_SHARED));
	PROVE(take->overlap == ITSG_ITT_OVERLAP && take->run.bytes != 0);
}

/* A new ITT is claimed whole: exactly the granules that its entries lie in. */
static void prove_add(const struct itsg_plan *plan, uint32_t first, const struct proof_itt *itt)
{
	const struct itsg_take *take = &plan->take[first];

	PROVE(plan->takes == first + 1);
	prove_take(take);
	PROVE(take->run.pa == itt->pa && take->run.bytes == itt->end - itt->pa);
	PROVE(take->run.pa % 256 == 0 && take->run.bytes % 256 == 0);
	PROVE(take->run.pa + take->run.bytes <= facts.pa_end);
	PROVE(take->run.pa <= itt->pa && take->run.pa + take->run.bytes >= itt->pa + itt->bytes);
	PROVE(plan->drop[0].bytes == 0 && plan->drop[1].bytes == 0);
}

/* What rule_mapd_outside takes for given. */
static void prove_given(const struct itsg_run *run)
{
	PROVE(run->pa % 256 == 0 && run->bytes % 256 == 0 && run->pa >> 52 == 0);
	PROVE(run->bytes != 0 && run->bytes <= ((uint64_t)1 << 52) - run->pa);
}

/*
 * In the place of mapd_outside(), which rule_mapd_outside is about: any two parts, but always the
 * same of the same runs.
 */
uint64_t __CPROVER_uninterpreted_outside(uint64_t what, uint64_t pa, uint64_t bytes,
					 uint64_t other_pa, uint64_t other_bytes);
void any_outside(const struct itsg_run *run, const struct itsg_run *other, struct itsg_run out[2])
{
	prove_given(run);
	prove_given(other);
	for (uint32_t i = 0; i < 2; i++) {
		out[i].pa = __CPROVER_uninterpreted_outside(2 * i, run->pa, run->bytes, other->pa,
							    other->bytes);
		out[i].bytes = __CPROVER_uninterpreted_outside(2 * i + 1, run->pa, run->bytes,
							       other->pa, other->bytes);
	}
}

/* Claimed is what lies outside of the old ITT, and released what lies outside of the new one. */
static void prove_replace(const struct itsg_plan *plan, uint32_t first, const struct proof_itt *itt,
			  const struct proof_itt *old)
{
	const struct itsg_run to = {itt->pa, itt->end - itt->pa};
	const struct itsg_run from = {old->pa, old->end - old->pa};
	struct itsg_run part[2];

	any_outside(&from, &to, part);
	for (uint32_t i = 0; i < 2; i++)
		PROVE(plan->drop[i].pa == part[i].pa && plan->drop[i].bytes == part[i].bytes);
	PROVE(itt->end <= facts.pa_end);
	any_outside(&to, &from, part);
	for (uint32_t i = 0; i < 2; i++) {
		const struct itsg_take *take = &plan->take[first];

		if (part[i].bytes == 0)
			continue;
		PROVE(first < plan->takes);
		prove_take(take);
		PROVE(take->run.pa == part[i].pa && take->run.bytes == part[i].bytes);
		first++;
	}
	PROVE(first == plan->takes);
	REACHED(part[0].bytes != 0 && part[1].bytes != 0);
	REACHED(first == 0);
}

/* Byte by byte: the two parts of a run that lie outside of another one, and no byte of both. */
void rule_mapd_outside(void)
{
	const struct itsg_run run = {nondet_u64(), nondet_u64()};
	const struct itsg_run other = {nondet_u64(), nondet_u64()};
	const uint64_t address = nondet_u64();
	struct itsg_run out[2];

	/* What mapd_replace() asks about: granules of an ITT that lies below 2^52. */
	GIVEN(run.pa % 256 == 0 && run.bytes % 256 == 0 && run.pa >> 52 == 0);
	GIVEN(other.pa % 256 == 0 && other.bytes % 256 == 0 && other.pa >> 52 == 0);
	GIVEN(run.bytes != 0 && run.bytes <= ((uint64_t)1 << 52) - run.pa);
	GIVEN(other.bytes != 0 && other.bytes <= ((uint64_t)1 << 52) - other.pa);
	mapd_outside(&run, &other, out);
	for (uint32_t i = 0; i < 2; i++) {
		PROVE(out[i].pa % 256 == 0 && out[i].bytes % 256 == 0);
		if (out[i].bytes != 0)
			PROVE(out[i].pa >= run.pa &&
			      out[i].pa + out[i].bytes <= run.pa + run.bytes);
	}
	PROVE(!(in_run(address, &out[0]) && in_run(address, &out[1])));
	PROVE((in_run(address, &out[0]) || in_run(address, &out[1])) ==
	      (in_run(address, &run) && !in_run(address, &other)));
	REACHED(out[0].bytes != 0 && out[1].bytes != 0);
	REACHED(out[0].bytes == 0 && out[1].bytes == 0);
}

/* Reason and plan, but for the claims on ITTs. */
static enum itsg_reason mapd_map_of(bool is_mapped, struct proof_mapd *out)
{
	const struct itsg_view view = any_view();
	struct itsg_words command = any_command(ITSG_CMD_MAPD);
	const uint64_t id = command.dw[0] >> 32, size = command.dw[1], word = nondet_u64();
	const uint64_t pa = command.dw[2] & ITSG_BITS(51, 8);
	const struct itsg_device *device = mapped((uint32_t)id);
	const struct proof_itt itt = proof_itt(pa, size);
	struct proof_itt old = {0, 0, 0};
	struct itsg_needs needs = {false, false, 0};
	struct itsg_plan plan;
	enum itsg_reason want = ITSG_OK, reason;
	bool fresh = false, same;

	GIVEN(is_mapped == (device != NULL));
	command.dw[2] |= ITSG_BIT(63);
	if (device)
		old = proof_itt(device->itt, device->key >> 32 & 31);
	same = device && device->itt == pa && (device->key >> 32 & 31) == size;
	if (device_oor(id))
		want = ITSG_DEVICE_OOR;
	PROVE(itsg_judge_needs(&view, &command, &needs) == want &&
	      needs.reserved == (want == ITSG_OK));
	if (needs.level1)
		PROVE(within(needs.level1_pa, device_table.geo.pa, device_table.geo.bytes - 7));
	if (want == ITSG_OK)
		want = level1(&device_table, id, word, &fresh);
	PROVE(!fresh || needs.level1);
	if (want == ITSG_OK) {
		if (size >= facts.max_itt_bits)
			want = ITSG_ITTSIZE_OOR;
		else if (itt.end > facts.pa_end)
			want = ITSG_ITT_ADDRESS;
		else if (device && !same && misreads(&itt, &old))
			want = ITSG_ITT_OVERLAP;
		else if (!device && devices.count == RECORDS)
			want = ITSG_NO_DEVICE_SLOT;
	}
	judge_begin(&plan, &command);
	reason = itsg_rule_mapd(&view, &command, word, &plan);
	PROVE(reason == want);
	REACHED(reason == ITSG_ITTSIZE_OOR);
	REACHED(reason == ITSG_ITT_ADDRESS);
	REACHED(reason == ITSG_OK && fresh);
	if (reason != ITSG_OK)
		return reason;
	prove_level2(&plan, &device_table, id, word, fresh);
	PROVE(plan.silent == same && plan.takes <= ITSG_PLAN_TAKES);
	for (uint32_t i = 0; i < ITSG_CMD_DWORDS; i++)
		PROVE(plan.publish.dw[i] == command.dw[i]);
	out->plan = plan;
	out->itt = itt;
	out->old = old;
	out->first = fresh ? 1 : 0;
	if (same) {
		PROVE(plan.takes == out->first && plan.record == ITSG_RECORD_KEEP);
		return reason;
	}
	PROVE(plan.record == (device ? ITSG_RECORD_REPLACE : ITSG_RECORD_ADD));
	PROVE(plan.itt == pa && plan.size == size && plan.slot < RECORDS);
	PROVE(device ? &records[plan.slot] == device : records[plan.slot].key == 0);
	return reason;
}

/* A device that is not mapped. */
void rule_mapd_map(void)
{
	struct proof_mapd mapd;

	const enum itsg_reason reason = mapd_map_of(false, &mapd);

	REACHED(reason == ITSG_NO_DEVICE_SLOT);
	if (reason == ITSG_OK)
		prove_add(&mapd.plan, mapd.first, &mapd.itt);
}

/* One that is: the same again, or another ITT in the place of the first (H2, H3). */
void rule_mapd_replace(void)
{
	struct proof_mapd mapd;

	const enum itsg_reason reason = mapd_map_of(true, &mapd);

#if 256 % ENTRY_BYTES != 0 /* else entries of two ITTs are never one beside the other */
	REACHED(reason == ITSG_ITT_OVERLAP);
#endif
	REACHED(reason == ITSG_OK && mapd.plan.silent);
	if (reason == ITSG_OK && !mapd.plan.silent)
		prove_replace(&mapd.plan, mapd.first, &mapd.itt, &mapd.old);
}
