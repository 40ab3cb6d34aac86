/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * In place of itsguard: a monitor that traps the ITS's registers and passes every access on, as if
 * they were the host's own. What the attacks do then is what the guard is there to prevent.
 */
#include "calls.h"
#include "monitor.h"

static uint64_t accesses;

void itsguard_init(void)
{
}

uint64_t itsguard_read(uint32_t offset, uint32_t width)
{
	accesses++;
	return its_hardware_read(offset, width);
}

void itsguard_write(uint32_t offset, uint32_t width, uint64_t value)
{
	accesses++;
	its_hardware_write(offset, width, value);
}

uint64_t itsguard_call(uint64_t number, uint64_t argument)
{
	(void)argument;
	return number == CALL_ACCESSES ? accesses : 0;
}
