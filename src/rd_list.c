/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "rd_list.h"

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
