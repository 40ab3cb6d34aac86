# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# The library's source files: the one list. The test sources_listed holds it equal to src/*.c;
# after adding or removing a file, write it anew with
#     cmake -D WRITE=ON -P cmake/check_sources.cmake

set(ITSGUARD_SOURCES
	src/arm.c
	src/barrier.c
	src/check.c
	src/claim.c
	src/devices.c
	src/devtable.c
	src/event.c
	src/init.c
	src/its.c
	src/its_cmd.c
	src/its_cmdq.c
	src/journal.c
	src/mapc.c
	src/mapd.c
	src/mmio.c
	src/names.c
	src/pfn_tracker.c
	src/retire.c
	src/ring.c
	src/rule.c
	src/typer.c
)
