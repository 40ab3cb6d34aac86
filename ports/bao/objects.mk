# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Of the folder src/lib/itsguard/; src/lib/objects.mk gets the line
#
#	include $(lib_dir)/itsguard/objects.mk
#
# and the Makefile's list of include folders gets $(lib_dir)/itsguard/include.

include $(lib_dir)/itsguard/src/sources.mk

lib-objs-y+=itsguard/itsguard_bao.o
lib-objs-y+=$(ITSGUARD_SOURCES:%.c=itsguard/src/%.o)
