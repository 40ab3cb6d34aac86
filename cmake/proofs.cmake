# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# What docs/PROOFS.md tells of beyond the tests: proofs, and the tests on other machines.

# The proofs that take a second or two; skipped where cbmc cannot be had. All of them: script/prove.
add_test(NAME prove COMMAND sh ${PROJECT_SOURCE_DIR}/script/prove --quick --jobs 1)
set_tests_properties(prove PROPERTIES LABELS "prove;tree" SKIP_RETURN_CODE 77)

# A build and all tests for each, under QEMU: run only with ITSGUARD_MACHINES=1 in the environment.
foreach(machine s390x armhf arm64)
	add_test(NAME machines_${machine}
		COMMAND sh ${PROJECT_SOURCE_DIR}/tests/checks/check_machines.sh
			${PROJECT_SOURCE_DIR} ${machine})
	set_tests_properties(machines_${machine} PROPERTIES LABELS "machines;tree"
		SKIP_RETURN_CODE 77)
endforeach()
