/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "rd_list.h"

#include "itsguard/pages.h"

#define RD_MAX   0x10000u
#define RD_FRAME 0x10000u

enum itsg_config_field itsg_rd_list_bad(const uint64_t *rdbase, uint32_t count,
					enum itsg_config_field list, enum itsg_config_field number)
{
	if (!rdbase)
		return list;
	if (count == 0 || count > RD_MAX)
		return number;
	for (uint32_t i = 0; i < count; i++) {
		if ((rdbase[i] & (RD_FRAME - 1)) || rdbase[i] >> ITSG_PA_SHIFT)
			return list;
		if (i > 0 && rdbase[i] <= rdbase[i - 1])
			return list;
	}
	return ITSG_CONFIG_GOOD;
}

bool itsg_rd_find(const struct itsg_rd_list *list, uint64_t rdbase, uint32_t *place)
{
	uint32_t low = 0;
	uint32_t high = list->count;

	while (low < high) {
		const uint32_t middle = low + (high - low) / 2;

		if (list->sorted[middle] < rdbase)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == list->count || list->sorted[low] != rdbase)
		return false;
	*place = list->place ? list->place[low] : low;
	return true;
}
