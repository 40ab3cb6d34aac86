# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Fails when the list in src/sources.mk and the files src/*.c differ, when a line of the list is not
# of the form that all its readers take, when version.h and CMakeLists.txt name different versions, or
# when something else than CMake is in cmake/. Run by ctest; before the tree, each check but that of the
# version must be seen to fail on what breaks it.
#
#	cmake -D WORK=FOLDER -P tests/checks/check_sources.cmake	FOLDER is scratch

cmake_minimum_required(VERSION 3.23)

get_filename_component(root "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)
set(list_file "${root}/src/sources.mk")
file(GLOB present RELATIVE "${root}/src" "${root}/src/*.c")
list(SORT present)

# differences(VARIABLE FILE): what is wrong with the list in FILE, in words; empty if nothing is.
function(differences variable file)
	set(found "")
	set(listed "")
	file(STRINGS "${file}" lines)
	foreach(line IN LISTS lines)
		if(line MATCHES "^(ITSGUARD_SOURCES|ITSGUARD_REDISTS|ITSGUARD_OPTIONAL|ITSGUARD_CONFORMANCE) \\+= ([a-z0-9_]+\\.c)$")
			if(CMAKE_MATCH_2 IN_LIST listed)
				string(APPEND found "${CMAKE_MATCH_2} is listed twice\n")
			endif()
			list(APPEND listed ${CMAKE_MATCH_2})
		elseif(NOT line MATCHES "^(#|$)")
			string(APPEND found "not of the form VARIABLE += file.c: ${line}\n")
		endif()
	endforeach()
	foreach(name IN LISTS present)
		if(NOT name IN_LIST listed)
			string(APPEND found "${name} is in src/ and not listed\n")
		endif()
	endforeach()
	foreach(name IN LISTS listed)
		if(NOT name IN_LIST present)
			string(APPEND found "${name} is listed and not in src/\n")
		endif()
	endforeach()
	set(${variable} "${found}" PARENT_SCOPE)
endfunction()

# planted(WORDS PATTERN REPLACEMENT): the list, changed so, is found wrong in these words.
function(planted words pattern replacement)
	file(READ "${list_file}" text)
	string(REGEX REPLACE "${pattern}" "${replacement}" text "${text}")
	file(WRITE "${WORK}/sources.mk" "${text}")
	differences(found "${WORK}/sources.mk")
	if(NOT found STREQUAL "${words}\n")
		message(SEND_ERROR "planted '${words}', found '${found}'")
	endif()
endfunction()

planted("arm.c is in src/ and not listed" "ITSGUARD_SOURCES \\+= arm.c\n" "")
planted("arm2.c is listed and not in src/"
	"(ITSGUARD_SOURCES \\+= arm).c\n" "\\1.c\n\\12.c\n")
planted("arm.c is listed twice" "(ITSGUARD_SOURCES \\+= arm.c\n)" "\\1\\1")
planted("not of the form VARIABLE += file.c: VPATH = .."
	"(ITSGUARD_SOURCES \\+= arm.c\n)" "VPATH = ..\n\\1")

differences(found "${list_file}")
if(found)
	message(SEND_ERROR "src/sources.mk:\n${found}")
endif()

# ITSGUARD_VERSION is 0x00MMmmpp; project(VERSION) is written in decimal.
file(STRINGS "${root}/CMakeLists.txt" project_line REGEX "^project\\(itsguard VERSION ")
string(REGEX MATCH "([0-9]+)\\.([0-9]+)\\.([0-9]+)" unused "${project_line}")
math(EXPR expected "(${CMAKE_MATCH_1} << 16) | (${CMAKE_MATCH_2} << 8) | ${CMAKE_MATCH_3}")
file(STRINGS "${root}/include/itsguard/version.h" version_line REGEX "define ITSGUARD_VERSION ")
string(REGEX MATCH "0x[0-9a-fA-F]+" version "${version_line}")
math(EXPR version "${version} + 0")
if(NOT version EQUAL expected)
	message(SEND_ERROR "include/itsguard/version.h: ${version}, but CMakeLists.txt says ${expected}")
endif()

# What checks the source is in tests/checks/, and what a test uses is with the test.
function(strangers variable folder)
	file(GLOB_RECURSE found RELATIVE "${folder}" "${folder}/*")
	list(FILTER found EXCLUDE REGEX "^[a-z_]+\\.(cmake|pc\\.in)$")
	set(${variable} "${found}" PARENT_SCOPE)
endfunction()

file(WRITE "${WORK}/cmake/check.sh" "")
file(WRITE "${WORK}/cmake/folder/main.cmake" "")
file(WRITE "${WORK}/cmake/well.cmake" "")
strangers(found "${WORK}/cmake")
if(NOT found STREQUAL "check.sh;folder/main.cmake")
	message(SEND_ERROR "planted a script and a folder in cmake/, found '${found}'")
endif()
strangers(found "${root}/cmake")
if(found)
	message(SEND_ERROR "cmake/ holds what is not CMake: ${found}")
endif()
