# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Of the folder src/itsguard/. vmm.mk gets this line before it sets OBJECTS:
#
#	include ${LIBVMM_DIR}/src/itsguard/itsguard.mk
#
# and  mkdir -p libvmm/itsguard/src  in its rule for directories.

include $(LIBVMM_DIR)/src/itsguard/src/sources.mk

CFLAGS += -I$(LIBVMM_DIR)/src/itsguard/include

CFILES += src/itsguard/itsguard_vmm.c \
	  $(ITSGUARD_SOURCES:%.c=src/itsguard/src/%.c)
