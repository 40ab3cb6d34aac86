/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* The targets whose inputs are those of sim/host/adversary.h. */
#ifndef FUZZ_ADVERSARY_RUN_H
#define FUZZ_ADVERSARY_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One input; the answer is that of LLVMFuzzerTestOneInput(). */
int fuzz_adversary(const uint8_t *data, size_t size, bool redistributors);

#endif
