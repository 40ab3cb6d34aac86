/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "kept.h"

#include "devtable.h"

/* Where there is no room for it, it is kept for ever. */
static void kept_put(struct itsg_kept_list *kept, const struct itsg_run *run, bool itt)
{
	for (uint32_t i = 0; i < kept->capacity; i++) {
		if (kept->extents[i].run.bytes)
			continue;
		kept->extents[i].run = *run;
		kept->extents[i].itt = itt;
		return;
	}
}

static void kept_remove(struct itsg_kept_list *kept, struct itsg_kept *extent)
{
	kept->granules -= itsg_granules(&extent->run);
	extent->run.bytes = 0;
}

void itsg_kept_count(struct itsg_kept_list *kept, const struct itsg_run *run)
{
	kept->granules += itsg_granules(run);
}

void itsg_kept_add(struct itsg_kept_list *kept, const struct itsg_run *run)
{
	itsg_kept_count(kept, run);
	kept_put(kept, run, false);
}

void itsg_kept_add_itt(struct itsg_kept_list *kept, const struct itsg_run *run, bool forgets)
{
	itsg_kept_count(kept, run);
	if (forgets)
		kept_put(kept, run, true);
}

bool itsg_kept_revive(struct itsg_kept_list *kept, const struct itsg_run *run)
{
	for (uint32_t i = 0; i < kept->capacity; i++) {
		struct itsg_kept *extent = &kept->extents[i];

		if (extent->run.pa != run->pa || extent->run.bytes != run->bytes || extent->itt)
			continue;
		kept_remove(kept, extent);
		return true;
	}
	return false;
}

bool itsg_kept_take_itt(struct itsg_kept_list *kept, uint32_t index, struct itsg_run *run)
{
	struct itsg_kept *extent = &kept->extents[index];

	if (!extent->run.bytes || !extent->itt)
		return false;
	*run = extent->run;
	kept_remove(kept, extent);
	return true;
}
