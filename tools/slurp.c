/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "slurp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LOOKED_AT 4096u /* bytes, to tell text from a dump */

/* Until its end, or until it is longer than it may be. */
static bool read_all(FILE *in, struct slurp *out, size_t most)
{
	size_t room = 4096, got;
	uint8_t *more;

	do {
		room *= 2;
		more = realloc(out->data, room);
		if (!more)
			return false;
		out->data = more;
		got = fread(out->data + out->size, 1, room - out->size, in);
		out->size += got;
	} while (got > 0 && out->size <= most);
	return !ferror(in);
}

enum tool_status slurp_file(const char *name, size_t most, struct slurp *out)
{
	FILE *in = tool_open(name);
	bool good;

	*out = (struct slurp){NULL, 0};
	if (!in)
		return TOOL_INPUT;
	errno = 0;
	good = read_all(in, out, most);
	if (!good)
		tool_complain("%s: %s", tool_file_name(name), strerror(errno ? errno : EIO));
	tool_close(in);
	if (good && out->size > most) {
		tool_complain("%s: larger than %zu bytes", tool_file_name(name), most);
		return TOOL_INPUT;
	}
	return good ? TOOL_OK : TOOL_INPUT;
}

bool slurp_is_text(const struct slurp *file)
{
	for (size_t i = 0; i < file->size && i < LOOKED_AT; i++) {
		uint8_t c = file->data[i];

		if (c < '\t' || (c > '\r' && c < ' ') || c == 0x7f)
			return false;
	}
	return file->size > 0;
}
