/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Numbers as traces have them: decimal, or 0x and hexadecimal digits, up to 64 bits. */
#ifndef SIM_TRACE_NUMBER_H
#define SIM_TRACE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* 0 to 15, or -1. */
int trace_hex_digit(char c);
/* The whole word as a number of that base, up to 16, or written as in a trace. False: it is none.
 */
bool trace_digits(const char *word, unsigned base, uint64_t *out);
bool trace_number(const char *word, uint64_t *out);

#endif
