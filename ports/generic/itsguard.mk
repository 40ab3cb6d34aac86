# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# For a hypervisor that is built with GNU make. Before this is included:
#
#	ITSGUARD := folder/of/this/file
#	ITSGUARD_OUT := folder/for/objects
#	ITSGUARD_LISTS := ITSGUARD_SOURCES [ITSGUARD_REDISTS] [ITSGUARD_OPTIONAL]
#
# which of the library is wanted: src/sources.mk says what is in the lists. Then link $(ITSGUARD_OBJECTS), and
# compile what calls the library with $(ITSGUARD_CFLAGS). They are compiled with your CC and CFLAGS.

ITSGUARD_LISTS ?= ITSGUARD_SOURCES

include $(ITSGUARD)/src/sources.mk

ITSGUARD_CFLAGS := -I$(ITSGUARD)/include
ITSGUARD_OBJECTS := $(foreach list,$(ITSGUARD_LISTS),$($(list):%.c=$(ITSGUARD_OUT)/%.o))

$(ITSGUARD_OBJECTS): $(ITSGUARD_OUT)/%.o: $(ITSGUARD)/src/%.c
	@mkdir -p $(ITSGUARD_OUT)
	$(CC) $(CFLAGS) $(ITSGUARD_CFLAGS) -MMD -c $< -o $@

-include $(ITSGUARD_OBJECTS:%.o=%.d)
