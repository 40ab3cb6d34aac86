# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# sim/rooms.list in CMake's terms: ITSGUARD_SIM, the folders, and ITSGUARD_SIM_SOURCES, all files.

include_guard(DIRECTORY)

set(sim_list "${CMAKE_CURRENT_LIST_DIR}/../sim/rooms.list")
# A list that has changed is read again.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${sim_list}")
file(STRINGS "${sim_list}" ITSGUARD_SIM REGEX "^[a-z]")
list(TRANSFORM ITSGUARD_SIM REPLACE "\t.*" "")
list(TRANSFORM ITSGUARD_SIM PREPEND "sim/")
set(sim_files ${ITSGUARD_SIM})
list(TRANSFORM sim_files APPEND "/*.c")
file(GLOB ITSGUARD_SIM_SOURCES CONFIGURE_DEPENDS ${sim_files})
