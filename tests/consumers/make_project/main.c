/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "itsguard/itsguard.h"
#include "itsguard/names.h"

/* The library is linked and started, not only built; what is optional, where it was built in. */
int main(void)
{
	static _Alignas(64) unsigned char memory[4096];
	const struct itsg_pages_config config = {.page_shift = 12, .capacity = 64};
	const struct itsg_pages *pages = itsg_pages_init(memory, sizeof(memory), &config);

	if (!pages)
		return 1;
#ifdef WITH_OPTIONAL
	if (!itsg_reason_name(ITSG_OK) || itsg_check(pages, NULL, 0, NULL) != ITSG_INVARIANTS_HOLD)
		return 1;
#endif
	return 0;
}
