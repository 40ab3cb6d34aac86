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

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SOURCE itsguard)

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
