# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# One cmocka program for each tests/test_*.c, and checks of the source tree itself (label "tree":
# their result does not depend on the preset, so one preset is enough to run them).

set(ITSGUARD_TEST_FLAGS "" CACHE STRING "Flags for the test programs alone; those of what they test stay")

itsguard_need(cmocka cmocka.h libcmocka-dev)
itsguard_want(clang clang)
itsguard_want(aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu)
itsguard_want(make make)
itsguard_want(reuse reuse)
itsguard_want(pkg-config pkgconf)
itsguard_want(dpkg-shlibdeps dpkg-dev)
itsguard_want(file file)
itsguard_want(zip zip)
itsguard_want(unzip unzip)
itsguard_want(chromium chromium)

# What several tests share: the other files of tests/.
file(GLOB test_sources CONFIGURE_DEPENDS tests/test_*.c)
file(GLOB test_support CONFIGURE_DEPENDS tests/*.c)
list(REMOVE_ITEM test_support ${test_sources})
set(itsguard_test_support_LINKS itsguard_tool itsguard_sim itsguard
	itsguard_cmocka itsguard_roaring itsguard_jansson)
itsguard_folder_library(itsguard_test_support tests ${test_support})

# Where the command does not run by itself, something that runs it: script/machines.
set(ITSGUARD_CLI_FOR_TESTS ${PROJECT_BINARY_DIR}/itsguard CACHE FILEPATH "The command that the tests call")
mark_as_advanced(ITSGUARD_CLI_FOR_TESTS)

set(test_places
	ITSG_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
	ITSG_CORPUS_DIR="${PROJECT_SOURCE_DIR}/corpus"
	ITSG_CLI="${ITSGUARD_CLI_FOR_TESTS}")
if(test_support)
	target_compile_definitions(itsguard_test_support PRIVATE ${test_places})
endif()

foreach(source IN LISTS test_sources)
	get_filename_component(name ${source} NAME_WE)
	add_executable(${name} ${source})
	target_include_directories(${name} PRIVATE src ${ITSGUARD_SIM} tools tests)
	target_compile_definitions(${name} PRIVATE ${test_places})
	target_link_libraries(${name} PRIVATE itsguard_test_support)
	itsguard_warnings(${name} HOSTED)
	target_compile_options(${name} PRIVATE ${ITSGUARD_TEST_FLAGS})
	if(TARGET itsguard_cli)
		add_dependencies(${name} itsguard_cli)
	endif()
	add_test(NAME ${name} COMMAND ${name})
endforeach()

# The page in a browser: what it shows does not depend on the compiler. Skipped, and said so, without one.
set_tests_properties(test_report_page PROPERTIES LABELS tree SKIP_RETURN_CODE 77)

# The drivers of other hosts (docs/DRIVERS.md).
file(GLOB driver_sources CONFIGURE_DEPENDS tests/drivers/*.c)
set(itsguard_drivers_LINKS itsguard_sim itsguard)
itsguard_folder_library(itsguard_drivers tests ${driver_sources})
target_link_libraries(test_drivers PRIVATE itsguard_drivers)
set_tests_properties(test_drivers PROPERTIES TIMEOUT 590)

# The conformance kit over the example of docs/INTEGRATION.md.
add_executable(example_conformance tests/example/conformance.c
	examples/host/platform.c examples/host/toy_its.c)
target_include_directories(example_conformance PRIVATE examples/host)
target_link_libraries(example_conformance PRIVATE itsguard)
itsguard_warnings(example_conformance HOSTED)
add_test(NAME example_conformance COMMAND example_conformance)

include(cmake/readme_program.cmake)
include(cmake/integration.cmake)

set(checks ${PROJECT_SOURCE_DIR}/tests/checks)

# The list of sources and src/ agree, so do the two places with the version, and cmake/ holds CMake.
add_test(NAME sources_listed
	COMMAND ${CMAKE_COMMAND} -D WORK=${PROJECT_BINARY_DIR}/sources_listed
		-P ${checks}/check_sources.cmake)

# Its order is the order of layers.
add_test(NAME layers
	COMMAND sh ${checks}/check_layers.sh ${PROJECT_SOURCE_DIR}
		${PROJECT_BINARY_DIR}/layers $<TARGET_FILE:itsguard> ${CMAKE_C_COMPILER})

# sim/ has rooms in such an order, and no circle is among what runs on a hosted system.
set(hosted_objects $<TARGET_FILE:itsguard_sim> $<TARGET_FILE:itsguard_tool>)
if(TARGET itsguard_cli)
	list(APPEND hosted_objects $<TARGET_OBJECTS:itsguard_cli>)
endif()
add_test(NAME rooms
	COMMAND sh ${checks}/check_rooms.sh ${PROJECT_SOURCE_DIR}
		${PROJECT_BINARY_DIR}/rooms ${CMAKE_C_COMPILER} ${hosted_objects}
	COMMAND_EXPAND_LISTS)

# What docs/THREATS.md says of src/ is there.
add_test(NAME threats_named
	COMMAND sh ${checks}/check_threats.sh ${PROJECT_SOURCE_DIR})

# Each script has --help.
add_test(NAME scripts_help
	COMMAND sh ${checks}/check_scripts.sh ${PROJECT_SOURCE_DIR}
		${PROJECT_BINARY_DIR}/scripts_help)

# What runs where the repository is kept.
add_test(NAME workflows
	COMMAND sh ${checks}/check_workflows.sh ${PROJECT_SOURCE_DIR}
		${PROJECT_BINARY_DIR}/workflows)

# Those that take long tell how far they are, and stop in good order.
add_test(NAME scripts_progress
	COMMAND sh ${checks}/check_progress.sh ${PROJECT_SOURCE_DIR}
		${PROJECT_BINARY_DIR}/scripts_progress)

# What comments and documents cite is there: sections of docs/GIC.md, and numbers such as T7 or I1.
add_test(NAME citations
	COMMAND sh ${checks}/check_citations.sh ${PROJECT_SOURCE_DIR}
		${PROJECT_BINARY_DIR}/citations)

# script/mutants --operators changes what it says.
add_test(NAME mutants_operators
	COMMAND sh ${checks}/check_operators.sh ${PROJECT_SOURCE_DIR}
		${PROJECT_BINARY_DIR}/mutants_operators)

# Each file says its licence; skipped, and said so, is what needs the tool reuse.
foreach(mode tags reuse)
	add_test(NAME licence_${mode}
		COMMAND sh ${checks}/check_licence.sh ${mode} ${PROJECT_SOURCE_DIR}
			${PROJECT_BINARY_DIR}/licence_${mode})
	set_tests_properties(licence_${mode} PROPERTIES SKIP_RETURN_CODE 77)
endforeach()

# The bill of materials agrees with the source.
add_test(NAME sbom COMMAND ${CMAKE_COMMAND} -P ${checks}/check_sbom.cmake)

# A project that builds with make gets by with the same list.
find_program(ITSGUARD_MAKE NAMES gmake make)
mark_as_advanced(ITSGUARD_MAKE)
add_test(NAME make_project
	COMMAND sh ${checks}/check_make_project.sh "${ITSGUARD_MAKE}"
		${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/make_project ${CMAKE_C_COMPILER} ${CMAKE_AR})

# src/ under the strict warnings of a second compiler: see tests/checks/check_source.sh for the rules.
# Skipped, and said so, where the compiler is missing.
find_program(ITSGUARD_CLANG clang)
find_program(ITSGUARD_AARCH64_GCC NAMES aarch64-linux-gnu-gcc)
mark_as_advanced(ITSGUARD_CLANG ITSGUARD_AARCH64_GCC)
list(JOIN ITSGUARD_STRICT_FLAGS " " strict_flags)
add_test(NAME clang_warnings
	COMMAND sh ${checks}/check_source.sh syntax "${ITSGUARD_CLANG}"
		${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/clang_warnings "${strict_flags}")

# Compilers leave the cut of src/nospec.h where it is, and it is where docs/THREATS.md says.
add_test(NAME nospec_kept
	COMMAND sh ${checks}/check_nospec.sh ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/nospec_kept
		gcc "${ITSGUARD_CLANG}" "${ITSGUARD_AARCH64_GCC}" "${ITSGUARD_CLANG} --target=aarch64-linux-gnu")

# And as it is inside each host hypervisor: the rows of tests/hosts/hosts.list, each with two compilers,
# and once more as an amalgamation.
set(hosts_list ${PROJECT_SOURCE_DIR}/tests/hosts/hosts.list)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${hosts_list})
file(STRINGS ${hosts_list} hosts REGEX "^host ")
list(TRANSFORM hosts REPLACE "^host +" "")
function(itsguard_host_test host kind compiler)
	set(name host_${host}_${kind})
	set(check sh ${checks}/check_source.sh ${host} "${compiler}"
		${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/hosts)
	add_test(NAME ${name} COMMAND ${check}/${name})
	add_test(NAME amalgam_${name} COMMAND ${check}/amalgam_${name} amalgam)
	set_tests_properties(${name} amalgam_${name} PROPERTIES LABELS "hosts;tree"
		SKIP_RETURN_CODE 77)
	set_property(TEST amalgam_${name} APPEND PROPERTY LABELS amalgam)
endfunction()
foreach(host IN LISTS hosts)
	itsguard_host_test(${host} gcc "${ITSGUARD_AARCH64_GCC}")
	itsguard_host_test(${host} clang "${ITSGUARD_CLANG} --target=aarch64-linux-gnu")
endforeach()

# The table in docs/HOSTS.md has these rows, and the README says what it says.
add_test(NAME hosts_table
	COMMAND sh ${checks}/check_hosts_table.sh ${PROJECT_SOURCE_DIR}
		${PROJECT_BINARY_DIR}/hosts/table)

# Instructions against what bench/goals holds. In a build of its own, and slow under valgrind: run
# only with ITSGUARD_BENCH=1 in the environment.
add_test(NAME bench COMMAND sh ${PROJECT_SOURCE_DIR}/bench/check.sh)
set_tests_properties(bench PROPERTIES LABELS "bench;tree" SKIP_RETURN_CODE 77)

# The library on a machine that nobody here wrote (docs/MACHINE.md). The monitor must always compile;
# what runs in QEMU is skipped, and says so, unless ITSGUARD_QEMU=1 is in the environment.
add_test(NAME machine_build
	COMMAND sh ${checks}/check_machine.sh build "${ITSGUARD_AARCH64_GCC}"
		${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/machine_build)
if(TARGET itsguard_cli)
	include(cmake/found.cmake)
	foreach(mode selftest attack mutants boot recording)
		add_test(NAME machine_${mode}
			COMMAND sh ${checks}/check_machine.sh ${mode}
				${PROJECT_SOURCE_DIR} $<TARGET_FILE:itsguard_cli>)
		set_tests_properties(machine_${mode} PROPERTIES SKIP_RETURN_CODE 77
			RESOURCE_LOCK machine LABELS "tree;qemu")
	endforeach()
endif()

set_tests_properties(sources_listed layers rooms threats_named scripts_help scripts_progress workflows citations
	mutants_operators make_project licence_tags licence_reuse sbom clang_warnings nospec_kept hosts_table machine_build
	PROPERTIES LABELS tree SKIP_RETURN_CODE 77)
set_property(TEST hosts_table APPEND PROPERTY LABELS hosts)

if(ITSGUARD_AMALGAM)
	include(cmake/amalgam.cmake)
endif()
include(cmake/proofs.cmake)
include(cmake/package_tests.cmake)
include(cmake/ports.cmake)
