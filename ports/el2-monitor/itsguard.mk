# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Of the folder $(OUT)/itsguard/, which the monitor's Makefile makes with script/vendor and of which it
# has the rule for objects and the line
#
#	include $(OUT)/itsguard/itsguard.mk
#
# The redistributors are trapped, too. The optional sources are in: the log has the names of reasons, and the
# host may ask whether the books are exact. So is the conformance kit, for a test at boot.

include $(OUT)/itsguard/src/sources.mk

FLAGS += -I$(OUT)/itsguard -I$(OUT)/itsguard/include

ITSGUARD_OBJECTS += itsguard/itsguard_monitor.o
ITSGUARD_OBJECTS += $(ITSGUARD_SOURCES:%.c=itsguard/src/%.o)
ITSGUARD_OBJECTS += $(ITSGUARD_REDISTS:%.c=itsguard/src/%.o)
ITSGUARD_OBJECTS += $(ITSGUARD_OPTIONAL:%.c=itsguard/src/%.o)
ITSGUARD_OBJECTS += $(ITSGUARD_CONFORMANCE:%.c=itsguard/src/%.o)
