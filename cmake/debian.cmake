# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# What Debian's policy asks of the files of a package, done to each before cpack packs it: manuals and
# changelogs are compressed, copyright files name the common licences rather than quote them, and what
# only debuggers and linkers read is stripped. Run by cpack (CPACK_PRE_BUILD_SCRIPTS) for DEB only.

if(NOT CPACK_GENERATOR STREQUAL DEB)
	return()
endif()

function(debian_run)
	execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

function(debian_compress file)
	debian_run(gzip -9 -n -f ${file})
endfunction()

# It stands beside CHANGELOG.md, which says what is new.
function(debian_changelog folder)
	string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
	file(WRITE ${folder}/changelog
		"itsguard (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium\n\n"
		"  * Released. CHANGELOG.md in libitsguard-dev says what is new.\n\n"
		" -- ${CPACK_PACKAGE_CONTACT}  ${date}\n")
	debian_compress(${folder}/changelog)
endfunction()

file(GLOB packages ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/*/usr)
foreach(package IN LISTS packages)
	file(GLOB documents ${package}/share/doc/*)
	file(COPY_FILE ${CPACK_ITSGUARD_COPYRIGHT} ${documents}/copyright)
	debian_changelog(${documents})
	file(GLOB_RECURSE pages ${package}/share/man/*)
	foreach(page IN LISTS pages)
		debian_compress(${page})
	endforeach()
	file(GLOB programs ${package}/bin/*)
	foreach(program IN LISTS programs)
		debian_run(strip --remove-section=.comment --remove-section=.note ${program})
	endforeach()
	file(GLOB archives ${package}/lib/*.a ${package}/lib/*/*.a)
	foreach(archive IN LISTS archives)
		debian_run(strip --strip-debug --enable-deterministic-archives
			--remove-section=.comment --remove-section=.note ${archive})
	endforeach()
endforeach()
