# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# What a build needs of other packages. What is missing is collected and told at the end, all at once.

# An imported library itsguard_NAME from its header and its library file. By hand, because the
# packages of Debian 12 and 13 differ in what they bring: CMake files, pkg-config files or neither.
function(itsguard_need name header package)
	if(TARGET itsguard_${name})
		return()
	endif()
	find_path(ITSGUARD_${name}_INCLUDE ${header})
	find_library(ITSGUARD_${name}_LIBRARY ${name})
	mark_as_advanced(ITSGUARD_${name}_INCLUDE ITSGUARD_${name}_LIBRARY)
	if(NOT ITSGUARD_${name}_INCLUDE OR NOT ITSGUARD_${name}_LIBRARY)
		set_property(DIRECTORY APPEND PROPERTY itsguard_missing ${package})
	endif()
	add_library(itsguard_${name} INTERFACE)
	target_include_directories(itsguard_${name} SYSTEM INTERFACE ${ITSGUARD_${name}_INCLUDE})
	target_link_libraries(itsguard_${name} INTERFACE ${ITSGUARD_${name}_LIBRARY})
endfunction()

# itsguard_want(PROGRAM PACKAGE): some tests are skipped without it.
function(itsguard_want program package)
	find_program(ITSGUARD_has_${program} ${program})
	mark_as_advanced(ITSGUARD_has_${program})
	if(NOT ITSGUARD_has_${program})
		set_property(DIRECTORY APPEND PROPERTY itsguard_lacking ${package})
	endif()
endfunction()

# To be called when everything that is needed has been looked for.
function(itsguard_tell_missing)
	get_property(missing DIRECTORY PROPERTY itsguard_missing)
	get_property(skipped DIRECTORY PROPERTY itsguard_lacking)
	list(JOIN missing " " needed)
	list(JOIN skipped " " wanted)
	if(skipped)
		message(STATUS "Tests that need more are skipped. For all of them:")
		message(STATUS "    apt-get install ${wanted}")
	endif()
	if(missing)
		message(FATAL_ERROR "Packages are missing:\n"
			"    apt-get install ${needed}\n"
			"The library alone needs none of them: "
			"-D ITSGUARD_TESTS=OFF -D ITSGUARD_TOOLS=OFF")
	endif()
endfunction()
