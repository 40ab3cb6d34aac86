# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# How long each test may take: the one place. A limit is for what hangs, not for what is slow, so it is
# five times what the test takes on an idle machine of two processors, or more: some machine is busy.
# script/test names each test that took more than a fifth of its limit.

# A minute at most, when idle, under the sanitizers too; for another machine, in an emulator.
get_property(tests DIRECTORY PROPERTY TESTS)
set(limit 600)
if(CMAKE_CROSSCOMPILING)
	set(limit 3600)
endif()
set_tests_properties(${tests} PROPERTIES TIMEOUT ${limit})

# What builds a tree of Linux, all that a release consists of, or with each engine and sanitizer, or runs
# machines in QEMU or valgrind: up to ten minutes. They begin first: where nothing was measured yet ctest
# would take them as they come, and one processor would wait for the last. Of those that wait for each
# other (RESOURCE_LOCK machine) pkvm is the last, for it compiles a kernel with all processors.
set(long machines_s390x machines_armhf machines_arm64 machine_boot machine_mutants machine_attack
	machine_recording machine_selftest pkvm bench port_linux fuzz_build release_reproducible
	release_build)
list(LENGTH long cost)
foreach(test IN LISTS long)
	if(test IN_LIST tests)
		set_tests_properties(${test} PROPERTIES TIMEOUT 3600 COST ${cost}000)
	endif()
	math(EXPR cost "${cost} - 1")
endforeach()
