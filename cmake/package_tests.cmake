# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# What is installed beside the library. Independent of the preset (label "tree").

if(TARGET itsguard_cli)
	add_test(NAME command_documented
		COMMAND sh ${PROJECT_SOURCE_DIR}/cmake/check_command_docs.sh $<TARGET_FILE:itsguard_cli>
			${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/command_documented)
	set_tests_properties(command_documented PROPERTIES TIMEOUT 110 LABELS tree)
endif()
