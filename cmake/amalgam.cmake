# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# The library as two files (script/amalgamate), and the tests of src/ once more, linked with what
# they compile to instead of the library.

set(amalgam_folder ${PROJECT_BINARY_DIR}/amalgam)
file(GLOB amalgam_inputs CONFIGURE_DEPENDS src/*.[ch] include/itsguard/*.h)
add_custom_command(OUTPUT ${amalgam_folder}/itsguard.c ${amalgam_folder}/itsguard.h
	COMMAND sh ${PROJECT_SOURCE_DIR}/script/amalgamate ${amalgam_folder}
	DEPENDS script/amalgamate CMakeLists.txt ${amalgam_inputs} VERBATIM)

# Changed in one place: the tests must notice which library they were linked with.
add_custom_command(OUTPUT ${amalgam_folder}/broken/itsguard.c
	COMMAND sed "s/itsg_get(value, mask) + 1/itsg_get(value, mask) + 2/"
		${amalgam_folder}/itsguard.c > ${amalgam_folder}/broken/itsguard.c
	DEPENDS ${amalgam_folder}/itsguard.c VERBATIM)
file(MAKE_DIRECTORY ${amalgam_folder}/broken)

# Two libraries are made of them: with make, each would run the commands above, at the same time.
add_custom_target(itsguard_amalgam_files
	DEPENDS ${amalgam_folder}/itsguard.c ${amalgam_folder}/broken/itsguard.c)

add_library(itsguard_amalgam STATIC ${amalgam_folder}/itsguard.c)
itsguard_warnings(itsguard_amalgam STRICT)
add_library(itsguard_amalgam_broken STATIC ${amalgam_folder}/broken/itsguard.c)
target_include_directories(itsguard_amalgam_broken PRIVATE ${amalgam_folder})
target_compile_options(itsguard_amalgam_broken PRIVATE -O0)
add_dependencies(itsguard_amalgam itsguard_amalgam_files)
add_dependencies(itsguard_amalgam_broken itsguard_amalgam_files)

# amalgam_test(NAME TEST LIBRARY): the objects of TEST, which know the headers and not what they are
# linked with.
function(amalgam_test name test library)
	add_executable(${name} $<TARGET_OBJECTS:${test}> $<TARGET_OBJECTS:itsguard_test_support>)
	target_link_libraries(${name} PRIVATE
		${library} itsguard_cmocka itsguard_roaring itsguard_jansson)
	set_target_properties(${name} PROPERTIES LINKER_LANGUAGE C)
	add_test(NAME ${name} COMMAND ${name})
	# Sweeps whole are those of the library (tests/turn.h).
	set_tests_properties(${name} PROPERTIES LABELS amalgam ENVIRONMENT ITSGUARD_TURNS=5)
endfunction()

foreach(source IN LISTS ITSGUARD_SOURCES)
	get_filename_component(name ${source} NAME_WE)
	amalgam_test(amalgam_test_${name} test_${name} itsguard_amalgam)
endforeach()
# It ends by itself, with the number of tests that fail: neither well, nor by a signal, nor unstarted.
amalgam_test(amalgam_broken test_typer itsguard_amalgam_broken)
set_property(TEST amalgam_broken PROPERTY WILL_FAIL ON)

add_test(NAME amalgam_alone
	COMMAND sh ${checks}/check_amalgam.sh ${PROJECT_SOURCE_DIR}
		${PROJECT_BINARY_DIR}/amalgam_alone ${PROJECT_VERSION} "${strict_flags}"
		${CMAKE_C_COMPILER} ${ITSGUARD_CLANG} ${ITSGUARD_AARCH64_GCC})
set_tests_properties(amalgam_alone PROPERTIES LABELS "amalgam;tree")
