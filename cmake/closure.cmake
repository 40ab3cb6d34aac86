# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# proofs/closure: every state of a small world (docs/proofs/closure.md). The guard is compiled for it once more, with
# queues of a few places. ITSGUARD_CLOSURE_SRC is another folder to take it from: one with a mutant.

set(ITSGUARD_CLOSURE_SRC "${PROJECT_SOURCE_DIR}/src" CACHE PATH "Sources that the closure is about")
mark_as_advanced(ITSGUARD_CLOSURE_SRC)

# Of the optional files the invariants; pfn_tracker.c is a part of canon_pages.c.
set(closure_guard ${itsguard_guard} ${itsguard_redists} src/rd_check.c src/check.c)
list(REMOVE_ITEM closure_guard src/pfn_tracker.c)
list(TRANSFORM closure_guard REPLACE "^src" "${ITSGUARD_CLOSURE_SRC}")
file(GLOB closure_sources CONFIGURE_DEPENDS proofs/closure/*.c)

add_executable(closure ${closure_sources} ${closure_guard})
target_include_directories(closure PRIVATE proofs/closure include ${ITSGUARD_CLOSURE_SRC})
set(closure_definitions ITSG_QUEUE_PAGE=0x80u ITSG_STORE_MAX=64u)
target_compile_definitions(closure PRIVATE ${closure_definitions})
# Its files can be larger than 2 GB, where off_t has 32 bits by itself.
target_compile_definitions(closure PRIVATE _FILE_OFFSET_BITS=64)
# Billions of steps: the library is fast enough as it is built, this is not.
target_compile_options(closure PRIVATE -O2)
itsguard_warnings(closure HOSTED)

# The same with a model that is too large to close any of its worlds: for walks (walks.list).
add_executable(closure_large ${closure_sources} ${closure_guard})
target_include_directories(closure_large PRIVATE proofs/closure include ${ITSGUARD_CLOSURE_SRC})
target_compile_definitions(closure_large PRIVATE MODEL_LARGE ITSG_QUEUE_PAGE=0x80u ITSG_STORE_MAX=128u)
target_compile_options(closure_large PRIVATE -O2)
itsguard_warnings(closure_large HOSTED)

if(NOT ITSGUARD_TESTS)
	return()
endif()

# Worlds that close in seconds, with as many states as the list says.
set(closure_list ${PROJECT_SOURCE_DIR}/proofs/closure/worlds.list)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${closure_list})
file(STRINGS ${closure_list} closure_worlds REGEX "^[a-z].* quick=1")
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/closure_worlds)
foreach(world IN LISTS closure_worlds)
	string(REGEX REPLACE " .*" "" world ${world})
	add_test(NAME closure_${world}
		COMMAND closure ${closure_list} --world ${world} --held --quiet
			--folder ${PROJECT_BINARY_DIR}/closure_worlds/${world})
	set_tests_properties(closure_${world} PROPERTIES LABELS closure)
endforeach()

# Walks through larger ones, of as many commands as their list says.
set(closure_walks ${PROJECT_SOURCE_DIR}/proofs/closure/walks.list)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${closure_walks})
file(STRINGS ${closure_walks} closure_worlds REGEX "^[a-z]")
foreach(world IN LISTS closure_worlds)
	string(REGEX REPLACE " .*" "" world ${world})
	add_test(NAME closure_walk_${world}
		COMMAND closure_large ${closure_walks} --world ${world} --walk 30000 --held --quiet)
	set_tests_properties(closure_walk_${world} PROPERTIES LABELS closure)
endforeach()

list(TRANSFORM closure_definitions PREPEND "-D")
list(JOIN closure_definitions " " closure_flags)
add_test(NAME closure_itself
	COMMAND sh ${PROJECT_SOURCE_DIR}/tests/checks/check_closure.sh ${PROJECT_SOURCE_DIR}
		${PROJECT_BINARY_DIR}/closure_itself $<TARGET_FILE:closure> ${CMAKE_C_COMPILER}
		"${CMAKE_C_FLAGS} -std=gnu11 -O2 ${closure_flags}"
		$<TARGET_OBJECTS:closure>
	COMMAND_EXPAND_LISTS)
set_tests_properties(closure_itself PROPERTIES LABELS closure)
