# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# The program in the README, taken out of it and run: what newcomers copy must work.

set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/README.md)
file(READ ${PROJECT_SOURCE_DIR}/README.md readme)
string(FIND "${readme}" "```c\n" begin)
if(begin EQUAL -1)
	message(FATAL_ERROR "README.md has no C program any more")
endif()
math(EXPR begin "${begin} + 5")
string(SUBSTRING "${readme}" ${begin} -1 readme)
string(FIND "${readme}" "```" end)
string(SUBSTRING "${readme}" 0 ${end} program)
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/readme_program.c CONTENT "${program}" @ONLY)

add_executable(readme_program ${PROJECT_BINARY_DIR}/readme_program.c
	${PROJECT_SOURCE_DIR}/tests/readme/platform.c)
target_link_libraries(readme_program PRIVATE itsguard)
target_compile_options(readme_program PRIVATE -std=gnu11 -Wall -Wextra -Werror)
add_test(NAME readme_program COMMAND readme_program)

# And its figures.
if(TARGET itsguard_cli)
	add_test(NAME readme_figures
		COMMAND sh ${PROJECT_SOURCE_DIR}/tests/checks/check_readme.sh ${PROJECT_SOURCE_DIR}
			${PROJECT_BINARY_DIR}/readme_figures $<TARGET_FILE:itsguard_cli>)
	set_tests_properties(readme_figures PROPERTIES LABELS tree)
endif()
