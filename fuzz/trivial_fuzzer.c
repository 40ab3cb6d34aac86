/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Does nothing: the ceiling of an engine, for fuzz/speed.sh. */
#include "common.h"

FUZZ_NAME("trivial")

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size && i < 64; i++)
		fuzz_hash += data[i];
	fuzz_ops++;
	return 0;
}
