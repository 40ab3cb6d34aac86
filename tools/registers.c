/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "registers.h"

#include <string.h>

#include "explain.h"
#include "itsguard/gicr.h"
#include "itsguard/names.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct explain_field ctlr[] = {
	{"UWP", ITSG_GICR_CTLR_UWP, ""}, {"DPG", ITSG_GICR_CTLR_DPG, ""},
	{"RWP", ITSG_GICR_CTLR_RWP, ""}, {"IR", ITSG_GICR_CTLR_IR, ""},
	{"CES", ITSG_GICR_CTLR_CES, ""}, {"EnableLPIs", ITSG_GICR_CTLR_ENABLE_LPIS, ""},
};
static const struct explain_field typer[] = {
	{"Affinity_Value", ITSG_GICR_TYPER_AFFINITY, ""},
	{"VSGI", ITSG_GICR_TYPER_VSGI, ""},
	{"CommonLPIAff", ITSG_GICR_TYPER_COMMON_LPI_AFF, ""},
	{"Processor_Number", ITSG_GICR_TYPER_NUMBER, ""},
	{"RVPEID", ITSG_GICR_TYPER_RVPEID, ""},
	{"DirectLPI", ITSG_GICR_TYPER_DIRECT_LPI, ""},
	{"VLPIS", ITSG_GICR_TYPER_VLPIS, ""},
	{"PLPIS", ITSG_GICR_TYPER_PLPIS, ""},
};
static const struct explain_field waker[] = {
	{"ProcessorSleep", ITSG_GICR_WAKER_PROCESSOR_SLEEP, ""},
};
static const struct explain_field propbaser[] = {
	{"OuterCache", ITSG_GICR_OUTER_CACHE, ""},
	{"Physical_Address", ITSG_GICR_PROPBASER_ADDRESS, "in place"},
	{"Shareability", ITSG_GICR_SHAREABILITY, ""},
	{"InnerCache", ITSG_GICR_INNER_CACHE, ""},
	{"IDbits", ITSG_GICR_PROPBASER_ID_BITS, ""},
};
static const struct explain_field pendbaser[] = {
	{"PTZ", ITSG_GICR_PENDBASER_PTZ, ""},
	{"OuterCache", ITSG_GICR_OUTER_CACHE, ""},
	{"Physical_Address", ITSG_GICR_PENDBASER_ADDRESS, "in place"},
	{"Shareability", ITSG_GICR_SHAREABILITY, ""},
	{"InnerCache", ITSG_GICR_INNER_CACHE, ""},
};
static const struct explain_field lpi[] = {
	{"V", ITSG_GICR_V, ""},
	{"pINTID", ITSG_GICR_INTID, ""},
};
static const struct explain_field valid[] = {{"Valid", ITSG_GICR_VALID, ""}};

#define FIELDS(name) name, COUNT(name)

const struct register_gicr register_gicrs[] = {
	{"GICR_CTLR", ITSG_GICR_CTLR, 4, FIELDS(ctlr)},
	{"GICR_IIDR", ITSG_GICR_IIDR, 4, NULL, 0},
	{"GICR_TYPER", ITSG_GICR_TYPER, 8, FIELDS(typer)},
	{"GICR_STATUSR", ITSG_GICR_STATUSR, 4, NULL, 0},
	{"GICR_WAKER", ITSG_GICR_WAKER, 4, FIELDS(waker)},
	{"GICR_MPAMIDR", ITSG_GICR_MPAMIDR, 4, NULL, 0},
	{"GICR_PARTIDR", ITSG_GICR_PARTIDR, 4, NULL, 0},
	{"GICR_SETLPIR", ITSG_GICR_SETLPIR, 8, FIELDS(lpi)},
	{"GICR_CLRLPIR", ITSG_GICR_CLRLPIR, 8, FIELDS(lpi)},
	{"GICR_PROPBASER", ITSG_GICR_PROPBASER, 8, FIELDS(propbaser)},
	{"GICR_PENDBASER", ITSG_GICR_PENDBASER, 8, FIELDS(pendbaser)},
	{"GICR_INVLPIR", ITSG_GICR_INVLPIR, 8, FIELDS(lpi)},
	{"GICR_INVALLR", ITSG_GICR_INVALLR, 8, FIELDS(lpi)},
	{"GICR_SYNCR", ITSG_GICR_SYNCR, 4, NULL, 0},
	{"GICR_PIDR2", 0xffe8, 4, NULL, 0},
	{"GICR_VPROPBASER", ITSG_GICR_VPROPBASER, 8, FIELDS(valid)},
	{"GICR_VPENDBASER", ITSG_GICR_VPENDBASER, 8, FIELDS(valid)},
};

const size_t register_gicr_count = COUNT(register_gicrs);

static const struct register_gicr *gicr_at(uint32_t offset)
{
	for (size_t i = 0; i < COUNT(register_gicrs); i++)
		if (offset >= register_gicrs[i].offset &&
		    offset - register_gicrs[i].offset < register_gicrs[i].width)
			return &register_gicrs[i];
	return NULL;
}

const char *register_name(bool of_redistributor, uint32_t offset)
{
	const struct register_gicr *found = gicr_at(offset);

	if (!of_redistributor)
		return itsg_register_name(offset);
	return found ? found->name : "reserved";
}

static uint64_t lowest(uint64_t mask)
{
	return mask & (~mask + 1);
}

/* The fields from the highest down, whatever their order in the table. */
static void tell_fields(const struct explain_field *fields, size_t count, uint64_t seen,
			uint64_t value, register_field_fn *tell, void *ctx)
{
	uint64_t below = 0; /* told are those from this bit up; 0: none */

	for (size_t n = 0; n < count; n++) {
		const struct explain_field *next = NULL;
		uint64_t value_of;

		for (size_t i = 0; i < count; i++)
			if ((!below || fields[i].mask < below) &&
			    (!next || fields[i].mask > next->mask))
				next = &fields[i];
		if (!next)
			return;
		below = lowest(next->mask);
		value_of = strncmp(next->text, "in place", 8) ? (value & next->mask) / below
							      : value & next->mask;
		if ((next->mask & seen) == next->mask)
			tell(ctx, next->name, value_of, next->mask == below);
	}
}

void register_fields(bool of_redistributor, uint32_t offset, uint32_t width, uint64_t value,
		     register_field_fn *tell, void *ctx)
{
	const struct explain_register *its = explain_register_at(offset);
	const struct register_gicr *rd = gicr_at(offset);
	bool upper =
		(offset & 4) && (of_redistributor ? rd && rd->width == 8 : its && its->width == 8);
	uint64_t seen = width == 8 ? UINT64_MAX : upper ? UINT64_MAX << 32 : UINT32_MAX;

	if ((width != 4 && width != 8) || offset % width)
		return;
	if (upper)
		value <<= 32;
	if (of_redistributor && rd)
		tell_fields(rd->fields, rd->count, seen, value, tell, ctx);
	else if (!of_redistributor && its)
		tell_fields(its->fields, its->field_count, seen, value, tell, ctx);
}
