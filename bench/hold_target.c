/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * One input of a fuzz target, which may end early: what a target finds is not what is measured, and
 * some expect a budget of which a command is judged in one call.
 */
#include <setjmp.h>

#include "common.h"
#include "count.h"
#include "hold.h"

static jmp_buf hold_over;

/* The linker puts it in the place of fuzz_found(). */
_Noreturn void __wrap_fuzz_found(const char *format, ...);
_Noreturn void __wrap_fuzz_found(const char *format, ...)
{
	(void)format;
	longjmp(hold_over, 1);
}

void hold_input(const uint8_t *data, size_t size)
{
	if (setjmp(hold_over) == 0)
		LLVMFuzzerTestOneInput(data, size);
	count_abandon();
}
