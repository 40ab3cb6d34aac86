/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* In place of tools/tool.c: a subcommand reads the input as its standard input and says nothing. */
#ifndef FUZZ_TOOL_STUB_H
#define FUZZ_TOOL_STUB_H

#include <stddef.h>
#include <stdint.h>

void tool_stub_input(const uint8_t *data, size_t size);

#endif
