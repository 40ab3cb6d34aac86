# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Included by hypervisor/Makefile after CORE_OBJECTS is set; the folder is hypervisor/itsguard/.

include $(src)/itsguard/src/sources.mk

KBUILD_CFLAGS += -I$(src)/itsguard/include

CORE_OBJECTS += itsguard/itsguard_jailhouse.o
CORE_OBJECTS += $(ITSGUARD_SOURCES:%.c=itsguard/src/%.o)
