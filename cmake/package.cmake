# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# What cpack makes: an archive of everything (TGZ) and two Debian packages (DEB). script/release
# calls it for both, since the folders of a Debian system are not those of an archive.

set(CPACK_GENERATOR TGZ)
set(CPACK_PACKAGE_FILE_NAME
	itsguard-${PROJECT_VERSION}-${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR})
set(CPACK_PACKAGE_VENDOR "The itsguard authors")
# No address that anybody reads: who publishes the packages gives theirs.
if(NOT CPACK_PACKAGE_CONTACT)
	set(CPACK_PACKAGE_CONTACT "The itsguard authors <itsguard@itsguard.invalid>")
endif()
set(CPACK_RESOURCE_FILE_LICENSE ${CMAKE_CURRENT_BINARY_DIR}/copyright)
set(CPACK_STRIP_FILES TRUE)
# Whatever the umask of who packs.
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
	OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SOURCE itsguard)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/debian.cmake)

# On Debian the text of the GPL is in each system already, and policy wants it named, not quoted.
file(READ LICENSES/BSD-2-Clause.txt itsguard_bsd)
string(STRIP "${itsguard_bsd}" itsguard_bsd)
string(REGEX REPLACE "\n\n" "\n.\n" itsguard_bsd "${itsguard_bsd}")
string(REGEX REPLACE "\n" "\n " itsguard_bsd "${itsguard_bsd}")
string(TIMESTAMP itsguard_year "%Y" UTC)
set(CPACK_ITSGUARD_COPYRIGHT ${CMAKE_CURRENT_BINARY_DIR}/copyright.debian)
file(WRITE ${CPACK_ITSGUARD_COPYRIGHT}
	"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
	"Upstream-Name: itsguard\n\n"
	"Files: *\n"
	"Copyright: ${itsguard_year} The itsguard authors\n"
	"License: GPL-2.0-or-later or BSD-2-Clause\n\n"
	"License: GPL-2.0-or-later\n"
	" This program is free software; you can redistribute it and/or modify it under\n"
	" the terms of the GNU General Public License as published by the Free Software\n"
	" Foundation; either version 2 of the License, or (at your option) any later\n"
	" version.\n"
	" .\n"
	" On Debian systems, the text of version 2 of the GNU General Public License is\n"
	" in /usr/share/common-licenses/GPL-2.\n\n"
	"License: BSD-2-Clause\n"
	" ${itsguard_bsd}\n")

set(CPACK_DEBIAN_LIBITSGUARD-DEV_PACKAGE_NAME libitsguard-dev)
set(CPACK_DEBIAN_LIBITSGUARD-DEV_PACKAGE_SECTION libdevel)
set(CPACK_COMPONENT_LIBITSGUARD-DEV_DESCRIPTION
	"Headers and static library, for hypervisors: they hand over what an untrusted
host programs into an interrupt translation service, and hardware gets only
what has been checked.")

set(CPACK_DEBIAN_ITSGUARD-TOOLS_PACKAGE_NAME itsguard-tools)
set(CPACK_DEBIAN_ITSGUARD-TOOLS_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_ITSGUARD-TOOLS_PACKAGE_SHLIBDEPS ON)
set(CPACK_COMPONENT_ITSGUARD-TOOLS_DESCRIPTION
	"The itsguard command runs recorded traces through the guard in front of a
simulated ITS, lists dumps of command queues, explains commands, registers and
refusals, and makes traces smaller.")

include(CPack)
