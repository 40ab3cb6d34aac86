# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Fails when the list in cmake/sources.cmake and the files src/*.c differ, or when version.h and
# CMakeLists.txt name different versions. Run by ctest. With -D WRITE=ON it writes the list instead.

cmake_minimum_required(VERSION 3.23)

get_filename_component(root "${CMAKE_CURRENT_LIST_DIR}" DIRECTORY)
set(list_file "${CMAKE_CURRENT_LIST_DIR}/sources.cmake")
file(GLOB present RELATIVE "${root}" "${root}/src/*.c")
list(SORT present)

if(WRITE)
	file(READ "${list_file}" text)
	list(JOIN present "\n\t" entries)
	string(REGEX REPLACE "set\\(ITSGUARD_SOURCES.*" "" head "${text}")
	file(WRITE "${list_file}" "${head}set(ITSGUARD_SOURCES\n\t${entries}\n)\n")
	message(STATUS "cmake/sources.cmake written")
	return()
endif()

set(failed FALSE)

# A list and a set of files are compared both ways, each difference by its name.
function(report_missing what from)
	foreach(name IN LISTS ${from})
		message(SEND_ERROR "${name}: ${what}")
		set(failed TRUE PARENT_SCOPE)
	endforeach()
endfunction()

include("${list_file}")
set(unlisted ${present})
list(REMOVE_ITEM unlisted ${ITSGUARD_SOURCES})
set(absent ${ITSGUARD_SOURCES})
list(REMOVE_ITEM absent ${present})
report_missing("in src/ but not in cmake/sources.cmake" unlisted)
report_missing("in cmake/sources.cmake but not in src/" absent)

# ITSGUARD_VERSION is 0x00MMmmpp; project(VERSION) is written in decimal.
file(STRINGS "${root}/CMakeLists.txt" project_line REGEX "^project\\(itsguard VERSION ")
string(REGEX MATCH "([0-9]+)\\.([0-9]+)\\.([0-9]+)" unused "${project_line}")
math(EXPR expected "(${CMAKE_MATCH_1} << 16) | (${CMAKE_MATCH_2} << 8) | ${CMAKE_MATCH_3}")
file(STRINGS "${root}/include/itsguard/version.h" version_line REGEX "define ITSGUARD_VERSION ")
string(REGEX MATCH "0x[0-9a-fA-F]+" found "${version_line}")
math(EXPR found "${found} + 0")
if(NOT found EQUAL expected)
	message(SEND_ERROR "include/itsguard/version.h: ${found}, but CMakeLists.txt says ${expected}")
	set(failed TRUE)
endif()

if(NOT failed)
	message(STATUS "sources and version agree")
endif()
