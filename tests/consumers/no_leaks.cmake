# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# What a project gets that adds itsguard's folder: include this before, call check_no_leaks() after.
# It gets the target itsguard, and nothing else: no test, option of another name, flag, language,
# changed variable. Install rules cannot be seen from here; check.sh installs the project.

macro(remember_state when)
	get_cmake_property(${when}_cache CACHE_VARIABLES)
	foreach(name IN LISTS ${when}_cache)
		set(${when}_cache_${name} "$CACHE{${name}}")
	endforeach()
	get_cmake_property(${when}_variables VARIABLES)
	get_cmake_property(${when}_commands COMMANDS)
	get_property(${when}_languages GLOBAL PROPERTY ENABLED_LANGUAGES)
	get_directory_property(${when}_flags COMPILE_OPTIONS)
	get_directory_property(${when}_includes INCLUDE_DIRECTORIES)
endmacro()

# new_names(KIND ALLOWED): names of this kind that were not there before.
macro(check_new_names kind allowed)
	list(REMOVE_ITEM after_${kind} ${before_${kind}})
	list(FILTER after_${kind} EXCLUDE REGEX "${allowed}")
	foreach(name IN LISTS after_${kind})
		message(SEND_ERROR "leaked into ${kind}: ${name}")
	endforeach()
endmacro()

macro(check_same what)
	if(NOT "${before_${what}}" STREQUAL "${after_${what}}")
		message(SEND_ERROR "changed ${what}: '${before_${what}}' to '${after_${what}}'")
	endif()
endmacro()

macro(check_no_leaks folder)
	remember_state(after)
	foreach(name IN LISTS before_cache)
		check_same(cache_${name})
	endforeach()
	foreach(what IN ITEMS languages flags includes)
		check_same(${what})
	endforeach()
	# project() makes the first three, of a name that is the project's, not an option's.
	check_new_names(cache "^(ITSGUARD_|itsguard_(BINARY_DIR|SOURCE_DIR|IS_TOP_LEVEL)$|FETCHCONTENT_)")
	check_new_names(commands "^itsguard_")
	check_new_names(variables "^(before|after)_|^name$|^itsguard_|^ITSGUARD_|^FETCHCONTENT_|^(_|__)?(CMAKE|cmake)_")

	get_property(tests DIRECTORY ${folder} PROPERTY TESTS)
	foreach(test IN LISTS tests)
		message(SEND_ERROR "leaked into tests: ${test}")
	endforeach()
	get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
	get_property(folders DIRECTORY ${folder} PROPERTY SUBDIRECTORIES)
	if(NOT targets STREQUAL "itsguard" OR folders)
		message(SEND_ERROR "leaked into targets: ${targets} ${folders}")
	endif()
	foreach(property IN ITEMS COMPILE_OPTIONS COMPILE_DEFINITIONS LINK_OPTIONS LINK_LIBRARIES)
		foreach(scope IN ITEMS "" INTERFACE_)
			get_target_property(value itsguard ${scope}${property})
			if(value)
				message(SEND_ERROR "leaked into ${scope}${property}: ${value}")
			endif()
		endforeach()
	endforeach()
endmacro()

remember_state(before)
