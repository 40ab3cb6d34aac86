# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# itsguard_read_sources(VARIABLE NAME): the files that src/sources.mk lists under NAME, as src/file.c.
# Sets ITSGUARD_SOURCES: all files of the library.

set(ITSGUARD_SOURCES_FILE "${CMAKE_CURRENT_LIST_DIR}/../src/sources.mk")
# A list that has changed is read again.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${ITSGUARD_SOURCES_FILE}")

function(itsguard_read_sources variable name)
	file(STRINGS "${ITSGUARD_SOURCES_FILE}" files REGEX "^${name} \\+= ")
	list(TRANSFORM files REPLACE "^${name} \\+= " "src/")
	set(${variable} ${files} PARENT_SCOPE)
endfunction()

itsguard_read_sources(itsguard_guard ITSGUARD_SOURCES)
itsguard_read_sources(itsguard_redists ITSGUARD_REDISTS)
itsguard_read_sources(itsguard_optional ITSGUARD_OPTIONAL)
itsguard_read_sources(itsguard_conformance ITSGUARD_CONFORMANCE)
set(ITSGUARD_SOURCES ${itsguard_guard} ${itsguard_redists} ${itsguard_optional}
	${itsguard_conformance})
