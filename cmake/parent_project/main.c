/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "itsguard/version.h"

/* Linked against the library, started and done: no more is asked of a parent project. */
int main(void)
{
	return ITSGUARD_VERSION == 0;
}
