# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Installed: the library, its headers, a CMake package, a pkg-config file, documents, manual pages and
# examples; and, if built, the command with its manual page and its completion for bash. Two components,
# which are the two Debian packages.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(itsguard_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/itsguard)

# The licences go with each component.
file(GLOB itsguard_licences CONFIGURE_DEPENDS LICENSES/*.txt)
set(itsguard_copyright "")
foreach(file LICENSE.md ${itsguard_licences})
	file(READ ${file} text)
	string(APPEND itsguard_copyright "${text}\n")
endforeach()
file(CONFIGURE OUTPUT copyright CONTENT "${itsguard_copyright}" @ONLY)

# ---- libitsguard-dev -----------------------------------------------------------------------------

install(TARGETS itsguard EXPORT itsguard-targets
	ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT libitsguard-dev
	FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT libitsguard-dev)
install(EXPORT itsguard-targets FILE itsguard-config.cmake
	NAMESPACE itsguard:: DESTINATION ${itsguard_cmake_dir} COMPONENT libitsguard-dev)

# Before 1.0 a new minor version may change anything.
write_basic_package_version_file(itsguard-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/itsguard-config-version.cmake
	DESTINATION ${itsguard_cmake_dir} COMPONENT libitsguard-dev)

# Found relative to itself, so that an installed tree can be moved.
file(RELATIVE_PATH itsguard_prefix_from_pc
	/prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(cmake/itsguard.pc.in itsguard.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/itsguard.pc
	DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT libitsguard-dev)

# Section 3 of the manual is made of the headers.
if(PROJECT_IS_TOP_LEVEL)
	set(itsguard_man3 ${CMAKE_CURRENT_BINARY_DIR}/man3)
	add_custom_command(OUTPUT ${itsguard_man3}/itsguard.3
		COMMAND sh ${PROJECT_SOURCE_DIR}/script/manpages ${itsguard_man3}
		DEPENDS ${ITSGUARD_HEADERS} script/manpages script/manpages.awk VERBATIM)
	add_custom_target(itsguard_man3 ALL DEPENDS ${itsguard_man3}/itsguard.3)
	install(DIRECTORY ${itsguard_man3}
		DESTINATION ${CMAKE_INSTALL_MANDIR} COMPONENT libitsguard-dev)
endif()

# README.md finds the documents where they are in the source, and so do they each other.
set(itsguard_doc_dir ${CMAKE_INSTALL_DATADIR}/doc/libitsguard-dev)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/copyright README.md CHANGELOG.md SECURITY.md
	DESTINATION ${itsguard_doc_dir} COMPONENT libitsguard-dev)
install(DIRECTORY docs DESTINATION ${itsguard_doc_dir} COMPONENT libitsguard-dev)
# Not the monitor, which is built of the source beside it.
install(DIRECTORY examples DESTINATION ${itsguard_doc_dir} COMPONENT libitsguard-dev
	PATTERN el2-monitor EXCLUDE)
install(FILES tests/consumers/consumer.c
	DESTINATION ${itsguard_doc_dir}/examples/installed COMPONENT libitsguard-dev)
install(DIRECTORY tests/consumers/pkg_config tests/consumers/find_package
	DESTINATION ${itsguard_doc_dir}/examples/installed COMPONENT libitsguard-dev)

# ---- itsguard-tools ------------------------------------------------------------------------------

if(TARGET itsguard_cli)
	install(TARGETS itsguard_cli
		RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT itsguard-tools)
	install(FILES man/itsguard.1
		DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT itsguard-tools)
	install(FILES man/itsguard.bash RENAME itsguard
		DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT itsguard-tools)
	install(FILES ${CMAKE_CURRENT_BINARY_DIR}/copyright
		DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/itsguard-tools COMPONENT itsguard-tools)
endif()

if(PROJECT_IS_TOP_LEVEL)
	include(cmake/package.cmake)
endif()
