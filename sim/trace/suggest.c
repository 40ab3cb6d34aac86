/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "suggest.h"

#include <string.h>

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* row[i][j]: of the first i letters of a and the first j of b. */
size_t suggest_distance(const char *a, const char *b)
{
	size_t row[SUGGEST_MAX + 1][SUGGEST_MAX + 1];
	size_t height = strlen(a), width = strlen(b);

	if (height > SUGGEST_MAX || width > SUGGEST_MAX)
		return SUGGEST_MAX;
	for (size_t i = 0; i <= height; i++) {
		for (size_t j = 0; j <= width; j++) {
			size_t *here = &row[i][j];

			if (i == 0 || j == 0) {
				*here = i + j;
				continue;
			}
			*here = smaller(row[i - 1][j], row[i][j - 1]) + 1;
			*here = smaller(*here, row[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				*here = smaller(*here, row[i - 2][j - 2] + 1);
		}
	}
	return row[height][width];
}

/* Short names are near only if little is wrong with them; a beginning is near whatever its length.
 */
static size_t how_far(const char *wanted, const char *name)
{
	size_t length = strlen(wanted);
	size_t distance = suggest_distance(wanted, name);

	if (length >= 2 && !strncmp(wanted, name, length))
		return 1;
	return distance <= (length < 4 ? 1 : 2) ? distance : SUGGEST_MAX;
}

const char *suggest_nearest(const char *wanted, const char *const names[], size_t count)
{
	const char *nearest = NULL;
	size_t least = SUGGEST_MAX;

	for (size_t i = 0; i < count; i++) {
		size_t distance = how_far(wanted, names[i]);

		if (distance >= least)
			continue;
		least = distance;
		nearest = names[i];
	}
	return nearest;
}
