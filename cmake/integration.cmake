# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# The example of docs/INTEGRATION.md, built and run; and what the two guides say is what there is.

file(GLOB example_sources CONFIGURE_DEPENDS examples/host/*.c)
add_executable(example_host ${example_sources})
target_link_libraries(example_host PRIVATE itsguard)
itsguard_warnings(example_host HOSTED)
add_test(NAME example_host COMMAND example_host)

file(GLOB example_files CONFIGURE_DEPENDS examples/host/*.[ch])
add_test(NAME integration_quotes
	COMMAND sh ${PROJECT_SOURCE_DIR}/tests/checks/check_quotes.sh
		${PROJECT_SOURCE_DIR}/docs/INTEGRATION.md ${example_files})
add_test(NAME sizes_quotes
	COMMAND sh ${PROJECT_SOURCE_DIR}/tests/checks/check_quotes.sh
		${PROJECT_SOURCE_DIR}/docs/SIZES.md ${PROJECT_SOURCE_DIR}/tests/sizes/sizes.c)

# "In 250 lines of code": without blank lines and comments, and without the host that is after it.
add_test(NAME example_size
	COMMAND sh ${PROJECT_SOURCE_DIR}/tests/checks/check_lines.sh 250
		${PROJECT_SOURCE_DIR}/examples/host/platform.h
		${PROJECT_SOURCE_DIR}/examples/host/platform.c
		${PROJECT_SOURCE_DIR}/examples/host/toy_its.c)

# The table, with the peaks of a replay.
add_executable(sizes tests/sizes/sizes.c)
target_link_libraries(sizes PRIVATE itsguard)
itsguard_warnings(sizes HOSTED)
if(TARGET itsguard_cli)
	add_test(NAME sizes_table
		COMMAND sh ${PROJECT_SOURCE_DIR}/script/sizes --check ${PROJECT_BINARY_DIR})
	set_tests_properties(sizes_table PROPERTIES LABELS tree)
endif()
set_tests_properties(integration_quotes sizes_quotes example_size PROPERTIES LABELS tree)
