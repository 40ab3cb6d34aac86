/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "format.h"

#include <string.h>

const struct fuzz_format *fuzz_format_of(const char *target)
{
#define ROW(name, header, op, boot) {#name, {header, op, boot}},
	static const struct fuzz_format formats[] = {FUZZ_TARGETS(ROW)};
#undef ROW

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(formats[i].target, target) == 0)
			return &formats[i];
	return NULL;
}
