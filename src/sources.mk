# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# The library's source files: the one list, for every build. File names are relative to this folder.
#
# It is a makefile: GNU make, BSD make and Kbuild include it and put their own folder and suffix to
# the names. CMake (cmake/sources.cmake) and shell scripts read it line by line, so every line that
# is not empty and no comment has this form and no other:
#
#	VARIABLE += file.c
#
#	ITSGUARD_SOURCES	the guard: what every build compiles
#	ITSGUARD_REDISTS	the redistributors: for who traps them; nothing above calls it, but
#				check.c does
#	ITSGUARD_OPTIONAL	what nothing else in the library calls: its_cmd.c, the codec of all
#				commands, for tools; check.c, the invariants, for debug builds;
#				names.c, all strings
#	ITSGUARD_CONFORMANCE	the kit that tries a platform's callbacks, and its strings: for
#				tests, and for a machine that tests itself at boot
#
# The order is that of the layers, from the ground up: no file uses what is below it in this list. The
# test layers looks whether that is so, the test sources_listed whether the list is that of src/*.c. A new
# file goes above what it uses and below what uses it.

ITSGUARD_SOURCES += words.c
ITSGUARD_SOURCES += typer.c
ITSGUARD_SOURCES += devtable.c
ITSGUARD_SOURCES += pfn_tracker.c
ITSGUARD_SOURCES += devices.c
ITSGUARD_SOURCES += rd_list.c
ITSGUARD_SOURCES += facts.c
ITSGUARD_SOURCES += frame.c
ITSGUARD_SOURCES += hardware.c
ITSGUARD_SOURCES += log.c
ITSGUARD_SOURCES += table.c
ITSGUARD_SOURCES += claim.c
ITSGUARD_SOURCES += host_queue.c
ITSGUARD_SOURCES += kept.c
ITSGUARD_SOURCES += ring.c
ITSGUARD_SOURCES += power.c
ITSGUARD_SOURCES += journal.c
ITSGUARD_SOURCES += barrier.c
ITSGUARD_SOURCES += settle.c
ITSGUARD_SOURCES += take.c
ITSGUARD_SOURCES += rule.c
ITSGUARD_SOURCES += mapd.c
ITSGUARD_SOURCES += mapc.c
ITSGUARD_SOURCES += event.c
ITSGUARD_SOURCES += judge.c
ITSGUARD_SOURCES += its_cmdq.c
ITSGUARD_SOURCES += retire.c
ITSGUARD_SOURCES += arm.c
ITSGUARD_SOURCES += mmio.c
ITSGUARD_SOURCES += init.c
ITSGUARD_SOURCES += its.c

ITSGUARD_REDISTS += lpi.c
ITSGUARD_REDISTS += lpi_claim.c
ITSGUARD_REDISTS += rd_frame.c
ITSGUARD_REDISTS += rd_life.c
ITSGUARD_REDISTS += rd_gate.c
ITSGUARD_REDISTS += rd_init.c
ITSGUARD_REDISTS += redists.c

ITSGUARD_OPTIONAL += its_cmd.c
ITSGUARD_OPTIONAL += rd_check.c
ITSGUARD_OPTIONAL += check.c
ITSGUARD_OPTIONAL += names.c

ITSGUARD_CONFORMANCE += conformance.c
ITSGUARD_CONFORMANCE += clause_names.c
