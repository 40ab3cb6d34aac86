/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Arm semihosting: QEMU does these on behalf of the monitor, at HLT #0xf000. The host does not get
 * at it: it is a debugging aid of the machine that QEMU must be told to offer.
 */
#include "monitor.h"

#define SYS_OPEN        0x01
#define SYS_CLOSE       0x02
#define SYS_WRITE       0x05
#define SYS_GET_CMDLINE 0x15
#define SYS_EXIT        0x18
#define OPEN_FOR_WRITE  4
#define EXITED          0x20026

static int64_t semihost(uint64_t operation, const void *arguments)
{
	register uint64_t x0 __asm__("x0") = operation;
	register const void *x1 __asm__("x1") = arguments;

	__asm__ volatile("hlt #0xf000" : "+r"(x0) : "r"(x1) : "memory");
	return (int64_t)x0;
}

/* The value behind NAME= among the words of QEMU's -semihosting-config arg=... */
bool option(const char *name, char *value, uint32_t room)
{
	static char line[512];
	uint64_t arguments[2] = {(uintptr_t)line, sizeof(line)};
	uint32_t i, n;

	if (semihost(SYS_GET_CMDLINE, arguments) != 0)
		return false;
	for (const char *word = line; *word != 0; word++) {
		if (word != line && word[-1] != ' ')
			continue;
		for (i = 0; name[i] != 0 && word[i] == name[i]; i++)
			;
		if (name[i] != 0 || word[i] != '=')
			continue;
		for (i++, n = 0; word[i] != 0 && word[i] != ' ' && n + 1 < room; i++)
			value[n++] = word[i];
		value[n] = 0;
		return true;
	}
	return false;
}

int64_t file_create(const char *name)
{
	uint64_t arguments[3] = {(uintptr_t)name, OPEN_FOR_WRITE, 0};

	while (name[arguments[2]] != 0)
		arguments[2]++;
	return semihost(SYS_OPEN, arguments);
}

void file_write(int64_t file, const char *bytes, uint32_t count)
{
	uint64_t arguments[3] = {(uint64_t)file, (uintptr_t)bytes, count};

	if (semihost(SYS_WRITE, arguments) != 0)
		panic("a file could not be written", count);
}

void exit_machine(uint64_t status)
{
	uint64_t arguments[2] = {EXITED, status};

	for (;;)
		semihost(SYS_EXIT, arguments);
}
