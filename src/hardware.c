/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
#include "hardware.h"

bool itsg_hw_enabled(const struct itsg_platform *platform)
{
	return (itsg_hw_read(platform, ITSG_GITS_CTLR) & ITSG_CTLR_ENABLED) != 0;
}
