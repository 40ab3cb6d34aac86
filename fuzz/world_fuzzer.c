/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Everything at once: the adversary of sim/host/adversary.h. */
#include "adversary_run.h"
#include "common.h"

FUZZ_NAME("world")

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_adversary(data, size, false);
}
