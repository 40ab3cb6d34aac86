# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# What runs on a hosted system: the simulated world (sim/) and the command (tools/).

itsguard_need(roaring roaring/roaring.h libroaring-dev)
itsguard_need(jansson jansson.h libjansson-dev)

# What Debian hardens programs with. Not for the library: a hypervisor has neither what checks a stack
# nor what checks a string.
option(ITSGUARD_HARDEN "Harden the command (optimised builds)" OFF)
function(itsguard_harden target)
	if(ITSGUARD_HARDEN)
		target_compile_options(${target} PRIVATE
			-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong)
		target_link_options(${target} PUBLIC LINKER:-z,relro,-z,now)
	endif()
endfunction()

# Where off_t and ino_t have 32 bits by themselves, a folder with higher inode numbers cannot be read.
set(ITSGUARD_HOSTED_DEFINITIONS _FILE_OFFSET_BITS=64)

# A static library from the files of a folder, or of several, or, while it has none, one that only passes on its links.
function(itsguard_folder_library target folder)
	if(ARGN)
		add_library(${target} STATIC ${ARGN})
		target_include_directories(${target} PUBLIC ${folder} PRIVATE src)
		target_compile_definitions(${target} PUBLIC ${ITSGUARD_HOSTED_DEFINITIONS})
		itsguard_warnings(${target} HOSTED)
		itsguard_harden(${target})
		target_link_libraries(${target} PUBLIC ${${target}_LINKS})
	else()
		add_library(${target} INTERFACE)
		target_link_libraries(${target} INTERFACE ${${target}_LINKS})
	endif()
endfunction()

include(cmake/rooms.cmake)
set(itsguard_sim_LINKS itsguard itsguard_roaring)
itsguard_folder_library(itsguard_sim "${ITSGUARD_SIM}" ${ITSGUARD_SIM_SOURCES})

# tools/main.c (or itsguard.c) is the command; the rest of tools/ is a library, so that tests can call it.
file(GLOB tool_sources CONFIGURE_DEPENDS tools/*.c)
file(GLOB tool_main CONFIGURE_DEPENDS tools/main.c tools/itsguard.c)
list(REMOVE_ITEM tool_sources ${tool_main})
# The numbers of the documents, for `itsguard explain`.
set(numbers ${PROJECT_BINARY_DIR}/numbers.c)
set(numbered ${PROJECT_SOURCE_DIR}/docs/THREATS.md ${PROJECT_SOURCE_DIR}/docs/DESIGN.md)
add_custom_command(OUTPUT ${numbers}
	COMMAND awk -f ${PROJECT_SOURCE_DIR}/tools/numbers.awk ${numbered} > ${numbers}
	DEPENDS tools/numbers.awk ${numbered} VERBATIM)
list(APPEND tool_sources ${numbers})
# The page of `itsguard report`.
set(page_parts model draw tell hands)
list(TRANSFORM page_parts REPLACE "(.+)" "${PROJECT_SOURCE_DIR}/tools/report/\\1.js")
set(page_style ${PROJECT_SOURCE_DIR}/tools/report/page.css)
set(page ${PROJECT_BINARY_DIR}/report_page)
add_custom_command(OUTPUT ${page}.c
	COMMAND ${CMAKE_COMMAND} -E cat ${page_parts} > ${page}.js
	COMMAND ${CMAKE_COMMAND} -E sha256sum ${page_style} ${page}.js > ${page}.sums
	COMMAND awk -f ${PROJECT_SOURCE_DIR}/tools/report/embed.awk ${page}.sums
		${PROJECT_SOURCE_DIR}/tools/report/page.html ${page_style} ${page}.js > ${page}.c
	DEPENDS tools/report/embed.awk tools/report/page.html ${page_style} ${page_parts} VERBATIM)
list(APPEND tool_sources ${page}.c)
set(itsguard_tool_LINKS itsguard_sim itsguard itsguard_jansson)
itsguard_folder_library(itsguard_tool tools ${tool_sources})
include(cmake/inputs.cmake)

if(ITSGUARD_TOOLS AND tool_main)
	add_executable(itsguard_cli ${tool_main})
	target_include_directories(itsguard_cli PRIVATE tools src)
	target_link_libraries(itsguard_cli PRIVATE itsguard_tool)
	itsguard_warnings(itsguard_cli HOSTED)
	itsguard_harden(itsguard_cli)
	set_target_properties(itsguard_cli PROPERTIES
		OUTPUT_NAME itsguard
		RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
endif()
