/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Commands and MSIs: GIC 2 and 3.4. 0 is success, errors are the codes of GIC 2.5. */
#include "its_priv.h"

#include <string.h>

/* Errors the architecture has no code for. */
#define OWN_ERROR 0x01000000u

enum error_kind {
	DEVICE_OOR = 0x01,
	ITTSIZE_OOR = 0x02,
	PROCNUM_OOR = 0x02,
	COLLECTION_OOR = 0x03,
	UNMAPPED_DEVICE = 0x04,
	ID_OOR = 0x05,
	PHYSICALID_OOR = 0x06,
	UNMAPPED_INTERRUPT = 0x07,
	UNMAPPED_COLLECTION = 0x09,
	ITE_INVALID = 0x10,
	ASLEEP = 0x11, /* with no architected code */
};

/* A command's fields, and what the checks found out. */
struct event {
	uint64_t device;
	uint64_t id;
	uint64_t dte;
	uint64_t ite;
};

static uint64_t ite_icid(uint64_t ite)
{
	return sim_field(ite, 23, 8);
}

static uint64_t ite_intid(uint64_t ite)
{
	return sim_field(ite, 55, 24);
}

/* ---- devices, events, collections, redistributors ---- */

static uint64_t num_collections(const struct sim_its *its)
{
	struct its_table table = its_table_of(its, SIM_TABLE_COLLS);

	return its_num_collections(its, &table);
}

/* False: no such entry. A collection that is only unmapped is an entry that is not valid. */
static bool cte_read(struct sim_its *its, uint64_t icid, bool checked, uint64_t *cte)
{
	struct its_table table = its_table_of(its, SIM_TABLE_COLLS);
	uint64_t hcc = its_hcc_in_use(its, &table);

	if (checked && icid >= its_num_collections(its, &table))
		return false;
	if (icid < hcc) {
		*cte = its->hw_collection[icid];
		return true;
	}
	return its_table_read(its, KIND_CTE, icid - hcc, checked, cte);
}

static bool cte_write(struct sim_its *its, uint64_t icid, uint64_t cte)
{
	struct its_table table = its_table_of(its, SIM_TABLE_COLLS);
	uint64_t hcc = its_hcc_in_use(its, &table);

	if (icid >= its_num_collections(its, &table))
		return false;
	if (icid < hcc) {
		its->hw_collection[icid] = cte;
		return true;
	}
	return its_table_write(its, KIND_CTE, icid - hcc, cte);
}

/* The redistributor that an RDbase, in place in [51:16], names. ITS_NO_PE: none. */
static int pe_of(const struct sim_its *its, uint64_t rdbase)
{
	bool pta = sim_field(its->config.typer, 19, 19);

	if (!pta)
		return rdbase >> 16 < its->config.pes ? (int)(rdbase >> 16) : ITS_NO_PE;
	for (uint32_t n = 0; n < its->config.pes; n++) {
		if (rdbase == its->config.rd_base + n * its->config.rd_stride)
			return (int)n;
	}
	return ITS_NO_PE;
}

static bool is_asleep(const struct sim_its *its, int pe)
{
	return pe != ITS_NO_PE && sim_its_asleep(its, (uint32_t)pe);
}

/* Nothing waits for it: it sleeps, or its LPIs are off. */
static bool is_quiet(const struct sim_its *its, int pe)
{
	return is_asleep(its, pe) ||
	       (pe != ITS_NO_PE && (its->off.words[pe / 64] >> (pe % 64) & 1));
}

static bool rdbase_is_fine(const struct sim_its *its, uint64_t rdbase)
{
	bool pta = sim_field(its->config.typer, 19, 19);

	return (pta && its->config.rdbase_unchecked) || pe_of(its, rdbase) != ITS_NO_PE;
}

/*
 * Whose SYNC an access for this collection waits for. An entry of a retired collection table may
 * still translate: then its target's, as ever.
 */
static int sync_pe(struct sim_its *its, uint64_t icid)
{
	uint64_t cte = 0;

	int pe;

	if (!its->mode.cache || !cte_read(its, icid, true, &cte) || !its_entry_valid(cte))
		return ITS_NO_PE;
	pe = pe_of(its, cte & sim_bits(51, 16));
	return is_quiet(its, pe) ? ITS_NO_PE : pe;
}

static uint32_t find_device(struct sim_its *its, struct event *event)
{
	if (event->device >= its_num_devices(its))
		return DEVICE_OOR;
	if (!its_table_read(its, KIND_DTE, event->device, true, &event->dte))
		return DEVICE_OOR;
	if (!its_entry_valid(event->dte))
		return UNMAPPED_DEVICE;
	return event->id >> (its_dte_size(event->dte) + 1) ? ID_OOR : 0;
}

static bool intid_is_lpi(const struct sim_its *its, uint64_t intid)
{
	return intid >= SIM_FIRST_LPI && intid >> its->config.lpi_bits == 0;
}

/* What an ITT entry says is checked, or trusted: design I1. */
static bool ite_is_fine(const struct sim_its *its, uint64_t ite)
{
	if (its->mode.trust)
		return true;
	return ite_icid(ite) < num_collections(its) && intid_is_lpi(its, ite_intid(ite));
}

static uint32_t find_event(struct sim_its *its, struct event *event)
{
	uint32_t error = find_device(its, event);

	if (error)
		return error;
	event->ite = its_ite_read(its, event->device, event->dte, event->id);
	if (!its_entry_valid(event->ite))
		return UNMAPPED_INTERRUPT;
	if (!ite_is_fine(its, event->ite))
		return ITE_INVALID;
	its_cache_uses(its, event->device, sync_pe(its, ite_icid(event->ite)));
	return 0;
}

static void write_ite(struct sim_its *its, const struct event *event, uint64_t ite, uint64_t icid)
{
	int pe = sync_pe(its, icid);

	if (its_entry_valid(ite) && icid >= its->icids)
		its->icids = icid + 1;
	its_cache_uses(its, event->device, pe);
	its_ite_write(its, event->device, event->dte, event->id, ite, pe);
}

static void tell(struct sim_its *its, enum sim_its_lpi what, int pe, int to, uint64_t ite)
{
	if (its->config.lpi && pe != ITS_NO_PE && to != ITS_NO_PE)
		its->config.lpi(its->config.ctx, what, (uint32_t)pe, (uint32_t)to,
				(uint32_t)ite_intid(ite));
}

/* The redistributor of a collection. */
static int pe_of_collection(struct sim_its *its, uint64_t icid)
{
	uint64_t cte = 0;

	if (!cte_read(its, icid, !its->mode.trust, &cte) || !its_entry_valid(cte))
		return ITS_NO_PE;
	return pe_of(its, cte & sim_bits(51, 16));
}

/* What is said of one event; where nobody listens nothing is looked up for it. */
static void tell_event(struct sim_its *its, enum sim_its_lpi what, const struct event *event)
{
	int pe = its->config.lpi ? pe_of_collection(its, ite_icid(event->ite)) : ITS_NO_PE;

	tell(its, what, pe, pe, event->ite);
}

/* An LPI goes to the redistributor of its collection; with T15 hardware, wherever RDbase says. */
static uint32_t deliver(struct sim_its *its, const struct event *event)
{
	uint64_t cte = 0;
	uint64_t rdbase;
	int pe;

	if (!cte_read(its, ite_icid(event->ite), !its->mode.trust, &cte) || !its_entry_valid(cte))
		return UNMAPPED_COLLECTION;
	rdbase = cte & sim_bits(51, 16);
	pe = pe_of(its, rdbase);
	if (pe == ITS_NO_PE && !rdbase_is_fine(its, rdbase))
		return UNMAPPED_COLLECTION;
	if (pe == ITS_NO_PE) {
		uint8_t intid[4];

		for (unsigned i = 0; i < 4; i++)
			intid[i] = (uint8_t)(ite_intid(event->ite) >> (8 * i));
		sim_mem_dma(its->mem, rdbase + 0x40, 4, true, intid, "LPI message to RDbase");
	}
	if (!is_quiet(its, pe))
		its_cache_uses(its, event->device, pe);
	its->stats.delivered++;
	its->stats.last_intid = (uint32_t)ite_intid(event->ite);
	its->stats.last_pe = (uint32_t)pe;
	tell(its, SIM_ITS_LPI_SET, pe, pe, event->ite);
	return 0;
}

/* ---- physical commands ---- */

static uint32_t do_mapd(struct sim_its *its, const struct its_command *command)
{
	uint64_t device = sim_field(command->dw[0], 63, 32);
	uint64_t size = sim_field(command->dw[1], 4, 0);
	bool valid = command->dw[2] & SIM_VALID;
	uint64_t dte = 0, old = 0;

	if (device >= its_num_devices(its))
		return DEVICE_OOR;
	if (!its_table_read(its, KIND_DTE, device, true, &old))
		return DEVICE_OOR;
	if (valid && size > sim_field(its->config.typer, 12, 8))
		return ITTSIZE_OOR;
	if (valid)
		dte = 1 | size << 1 | (command->dw[2] & sim_bits(51, 8));
	if (!its_table_write(its, KIND_DTE, device, dte))
		return DEVICE_OOR;
	its_cache_device_gone(its, device, old);
	return 0;
}

static uint32_t do_mapc(struct sim_its *its, const struct its_command *command)
{
	uint64_t icid = sim_field(command->dw[2], 15, 0);
	uint64_t rdbase = command->dw[2] & sim_bits(51, 16);
	bool valid = command->dw[2] & SIM_VALID;

	if (icid >= num_collections(its))
		return COLLECTION_OOR;
	if (valid && !rdbase_is_fine(its, rdbase))
		return PROCNUM_OOR;
	return cte_write(its, icid, valid ? 1 | rdbase : 0) ? 0 : COLLECTION_OOR;
}

/* MAPTI, and MAPI where the EventID is the INTID. */
static uint32_t do_mapti(struct sim_its *its, const struct its_command *command,
			 struct event *event, uint64_t intid)
{
	uint64_t icid = sim_field(command->dw[2], 15, 0);
	uint32_t error = find_device(its, event);

	if (error)
		return error;
	if (icid >= num_collections(its))
		return COLLECTION_OOR;
	if (!intid_is_lpi(its, intid))
		return PHYSICALID_OOR;
	write_ite(its, event, 1 | icid << 8 | intid << 24, icid);
	return 0;
}

static uint32_t do_movi(struct sim_its *its, const struct its_command *command, struct event *event)
{
	uint64_t icid = sim_field(command->dw[2], 15, 0);
	uint32_t error = find_event(its, event);
	uint64_t cte = 0;

	if (error)
		return error == ITE_INVALID ? UNMAPPED_INTERRUPT : error;
	if (icid >= num_collections(its))
		return COLLECTION_OOR;
	if (!cte_read(its, icid, true, &cte) || !its_entry_valid(cte))
		return UNMAPPED_COLLECTION;
	if (its->config.lpi)
		tell(its, SIM_ITS_LPI_MOVE, pe_of_collection(its, ite_icid(event->ite)),
		     pe_of(its, cte & sim_bits(51, 16)), event->ite);
	write_ite(its, event, (event->ite & ~sim_bits(23, 8)) | icid << 8, icid);
	return 0;
}

static uint32_t do_int(struct sim_its *its, struct event *event)
{
	uint32_t error = find_event(its, event);

	return error ? error : deliver(its, event);
}

/* CLEAR and INV: for the ITS itself, what they read is all that matters. */
static uint32_t do_look_up(struct sim_its *its, enum sim_its_lpi what, struct event *event)
{
	uint32_t error = find_event(its, event);
	uint64_t cte = 0;

	if (error)
		return error;
	cte_read(its, ite_icid(event->ite), !its->mode.trust, &cte);
	tell_event(its, what, event);
	return 0;
}

static uint32_t do_discard(struct sim_its *its, struct event *event)
{
	uint32_t error = find_event(its, event);

	if (error)
		return error;
	tell_event(its, SIM_ITS_LPI_CLEAR, event);
	write_ite(its, event, 0, ite_icid(event->ite));
	return 0;
}

static uint32_t do_invall(struct sim_its *its, const struct its_command *command)
{
	uint64_t icid = sim_field(command->dw[2], 15, 0);
	uint64_t cte = 0;

	if (icid >= num_collections(its))
		return COLLECTION_OOR;
	if (!cte_read(its, icid, true, &cte) || !its_entry_valid(cte))
		return UNMAPPED_COLLECTION;
	return 0;
}

static uint32_t do_movall(struct sim_its *its, const struct its_command *command)
{
	bool fine = rdbase_is_fine(its, command->dw[2] & sim_bits(51, 16)) &&
		    rdbase_is_fine(its, command->dw[3] & sim_bits(51, 16));

	return fine ? 0 : PROCNUM_OOR;
}

static uint32_t do_sync(struct sim_its *its, const struct its_command *command)
{
	uint64_t rdbase = command->dw[2] & sim_bits(51, 16);

	if (!rdbase_is_fine(its, rdbase))
		return PROCNUM_OOR;
	if (is_asleep(its, pe_of(its, rdbase)))
		return ASLEEP;
	its_cache_sync(its, pe_of(its, rdbase));
	return 0;
}

/* ---- virtual commands: only VMAPP does anything, to show T4 and T12 ---- */

/* A pending bit is set in the virtual pending table, and the configuration table is read. */
static void touch_vpe(struct sim_its *its, const struct its_command *command)
{
	uint64_t pending = (command->dw[3] & sim_bits(51, 16)) + 0x400;
	uint64_t conf = command->dw[0] & sim_bits(51, 16);
	uint8_t bytes[16];

	sim_mem_dma(its->mem, pending, 1, false, bytes, "virtual pending table");
	bytes[0] |= 1;
	sim_mem_dma(its->mem, pending, 1, true, bytes, "virtual pending table");
	if (its_is_v41(its))
		sim_mem_dma(its->mem, conf, 16, false, bytes, "virtual configuration table");
}

static uint32_t do_vmapp(struct sim_its *its, const struct its_command *command)
{
	uint64_t vpe = sim_field(command->dw[1], 47, 32);
	bool valid = command->dw[2] & SIM_VALID;
	uint64_t entry = 0;

	if (valid && !rdbase_is_fine(its, command->dw[2] & sim_bits(51, 16)))
		return PROCNUM_OOR;
	if (valid)
		entry = 1 | sim_field(command->dw[3], 4, 0) << 1 |
			(command->dw[3] & sim_bits(51, 16));
	if (!its_table_write(its, KIND_VPE, vpe, entry))
		return DEVICE_OOR;
	if (valid)
		touch_vpe(its, command);
	return 0;
}

static uint32_t do_virtual(struct sim_its *its, unsigned opcode, const struct its_command *command)
{
	if (!sim_field(its->config.typer, 1, 1))
		return OWN_ERROR;
	switch (opcode) {
	case SIM_VMAPP:
		return do_vmapp(its, command);
	case SIM_VMOVI:
	case SIM_VMOVP:
	case SIM_VSYNC:
	case SIM_VMAPTI:
	case SIM_VMAPI:
	case SIM_VINVALL:
		return 0;
	case SIM_VSGI:
	case SIM_INVDB:
		return its_is_v41(its) ? 0 : OWN_ERROR;
	default:
		return OWN_ERROR;
	}
}

/* ---- all of them ---- */

static uint32_t execute(struct sim_its *its, const struct its_command *command)
{
	unsigned opcode = (unsigned)sim_field(command->dw[0], 7, 0);
	struct event event = {
		.device = sim_field(command->dw[0], 63, 32),
		.id = sim_field(command->dw[1], 31, 0),
	};

	switch (opcode) {
	case SIM_MAPD:
		return do_mapd(its, command);
	case SIM_MAPC:
		return do_mapc(its, command);
	case SIM_MAPTI:
		return do_mapti(its, command, &event, sim_field(command->dw[1], 63, 32));
	case SIM_MAPI:
		return do_mapti(its, command, &event, event.id);
	case SIM_MOVI:
		return do_movi(its, command, &event);
	case SIM_INT:
		return do_int(its, &event);
	case SIM_CLEAR:
		return do_look_up(its, SIM_ITS_LPI_CLEAR, &event);
	case SIM_INV:
		return do_look_up(its, SIM_ITS_LPI_INVALIDATE, &event);
	case SIM_DISCARD:
		return do_discard(its, &event);
	case SIM_INVALL:
		return do_invall(its, command);
	case SIM_MOVALL:
		return do_movall(its, command);
	case SIM_SYNC:
		return do_sync(its, command);
	default:
		return do_virtual(its, opcode, command);
	}
}

/*
 * 0x01_CC_NN, where CC is the opcode, but 05 for CLEAR. What has no architected code has bit 24
 * set: SYNC to nowhere, commands that do not exist, injected errors.
 */
static uint32_t error_code(unsigned opcode, uint32_t kind)
{
	uint32_t code = 0x010000 | kind;

	if (opcode == SIM_CLEAR)
		return code | 0x0500;
	if (opcode == SIM_SYNC)
		code |= OWN_ERROR;
	return code | opcode << 8;
}

bool sim_its_error_is_hosts(uint32_t code)
{
	uint32_t kind = code & 0xff;

	if (kind == ASLEEP)
		return true;
	return !(code & OWN_ERROR) &&
	       (kind == UNMAPPED_INTERRUPT || kind == UNMAPPED_COLLECTION || kind == ITE_INVALID);
}

/* The error stays with its command until that is passed, which another in its place is. */
static bool is_stuck(struct sim_its *its, const struct its_command *command)
{
	if (its->stuck && its->stuck_at == its->creadr)
		its->stuck = memcmp(its->stuck_command.dw, command->dw, sizeof(command->dw)) == 0;
	return its->stuck && its->stuck_at == its->creadr;
}

static bool injected(struct sim_its *its, const struct its_command *command)
{
	if (is_stuck(its, command))
		return true;
	if (its->inject_opcode && its->inject_opcode != sim_field(command->dw[0], 7, 0))
		return false;
	if (!its->inject || --its->inject > 0)
		return false;
	its->stuck = its->inject_stays && its->mode.stall;
	its->stuck_command = *command;
	its->stuck_at = its->creadr;
	return true;
}

bool its_step(struct sim_its *its)
{
	struct its_command command;
	uint32_t error;

	if (!its_queue_has_work(its))
		return false;
	command = its_next_command(its);
	error = injected(its, &command) ? OWN_ERROR : execute(its, &command);
	if (error) {
		its->stats.errors++;
		its->stats.last_error = error_code((unsigned)sim_field(command.dw[0], 7, 0), error);
		its->stats.last_valid = command.dw[2] & SIM_VALID;
		its_event(its, SIM_ITS_COMMAND_ERROR, its->stats.last_error, its->creadr);
		its->stalled = its->mode.stall;
	}
	if (its->stalled)
		return false;
	its_pass_command(its);
	return true;
}

static bool msi(struct sim_its *its, struct event *event)
{
	if (!its->enabled || event->id >> (sim_field(its->config.typer, 12, 8) + 1))
		return false;
	return !find_event(its, event) && !deliver(its, event);
}

bool sim_its_msi(struct sim_its *its, uint32_t device, uint32_t event_id)
{
	struct event event = {.device = device, .id = event_id};
	bool delivered = msi(its, &event);

	its->stats.msi_dropped += !delivered;
	return delivered;
}
