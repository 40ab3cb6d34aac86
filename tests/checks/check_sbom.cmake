# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Fails when src/sbom.cdx.json is not the JSON of a CycloneDX BOM with these fields, or names another
# version or licence than include/itsguard/version.h. Run by ctest. Each field is also removed and
# changed, and a BOM that is cut off read, to see that it is noticed.

cmake_minimum_required(VERSION 3.23)

get_filename_component(root "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)
file(READ "${root}/include/itsguard/version.h" header)
file(READ "${root}/src/sbom.cdx.json" sbom)

function(from_header regex out)
	if(NOT header MATCHES "${regex}")
		message(FATAL_ERROR "include/itsguard/version.h has no ${regex}")
	endif()
	set(${out} "${CMAKE_MATCH_1}" PARENT_SCOPE)
endfunction()

from_header("License-Identifier: ([^*\n]*) \\*/" licence)
from_header("FileCopyrightText: ([^*\n]*) \\*/" authors)
from_header("define ITSGUARD_VERSION (0x[0-9a-fA-F]+)" number)
math(EXPR major "${number} >> 16")
math(EXPR minor "(${number} >> 8) & 255")
math(EXPR patch "${number} & 255")
set(version ${major}.${minor}.${patch})

# PATH | TYPE | VALUE
set(fields
	"bomFormat|STRING|CycloneDX"
	"specVersion|STRING|1.5"
	"version|NUMBER|1"
	"metadata component bom-ref|STRING|itsguard"
	"metadata component type|STRING|library"
	"metadata component name|STRING|itsguard"
	"metadata component version|STRING|${version}"
	"metadata component author|STRING|${authors}"
	"metadata component copyright|STRING|${authors}"
	"metadata component licenses 0 expression|STRING|${licence}"
	"metadata component cpe|STRING|cpe:2.3:a:itsguard:itsguard:${version}:*:*:*:*:*:*:*"
	"metadata component purl|STRING|pkg:generic/itsguard@${version}"
	"components|ARRAY|[]"
	"dependencies 0 ref|STRING|itsguard"
	"dependencies 0 dependsOn|ARRAY|[]"
)

# The path of the first field that is not as it should be, or JSON, or nothing. CMake reads more than
# JSON is: comments, a comma too many, anything behind the end.
function(first_wrong text out)
	if(text MATCHES "//|/\\*|,[ \t\n]*[]}]|}[ \t\n]*{|[^}\n]\n*$")
		set(${out} JSON PARENT_SCOPE)
		return()
	endif()
	foreach(field IN LISTS fields)
		string(REGEX MATCH "^(.*)\\|(.*)\\|(.*)$" unused "${field}")
		set(name "${CMAKE_MATCH_1}")
		set(expected "${CMAKE_MATCH_2} ${CMAKE_MATCH_3}")
		string(REPLACE " " ";" path "${name}")
		string(JSON type ERROR_VARIABLE error TYPE "${text}" ${path})
		string(JSON value ERROR_VARIABLE error GET "${text}" ${path})
		if(NOT "${type} ${value}" STREQUAL expected)
			set(${out} "${name}" PARENT_SCOPE)
			return()
		endif()
	endforeach()
	set(${out} "" PARENT_SCOPE)
endfunction()

function(must_be_wrong text name how)
	first_wrong("${text}" wrong)
	if(NOT wrong STREQUAL name)
		message(SEND_ERROR "${name}, ${how}, goes unnoticed (found: '${wrong}')")
	endif()
endfunction()

first_wrong("${sbom}" wrong)
if(NOT wrong STREQUAL "")
	message(FATAL_ERROR "src/sbom.cdx.json: ${wrong} is missing, or not as tests/checks/check_sbom.cmake says "
		"(version ${version}, ${licence})")
endif()

foreach(field IN LISTS fields)
	string(REGEX REPLACE "\\|.*" "" name "${field}")
	string(REPLACE " " ";" path "${name}")
	string(JSON changed REMOVE "${sbom}" ${path})
	must_be_wrong("${changed}" "${name}" removed)
	string(JSON changed SET "${sbom}" ${path} "[\"wrong\"]")
	must_be_wrong("${changed}" "${name}" changed)
endforeach()
foreach(end "],\n}\n" "]}\n//\n" "]}\n/* */\n" "]}\n{}\n" "]}\nx\n" "]\n")
	string(REGEX REPLACE "][^]]*$" "${end}" changed "${sbom}")
	must_be_wrong("${changed}" JSON "ending in ${end}")
endforeach()
string(REGEX REPLACE "}[^}]*$" "" changed "${sbom}")
string(REGEX REPLACE "}[^}]*$" "}\n" changed "${changed}")
must_be_wrong("${changed}" bomFormat "cut off")
list(LENGTH fields count)
message(STATUS "src/sbom.cdx.json: ${count} fields, each seen to fail, and 7 texts that are no JSON")
