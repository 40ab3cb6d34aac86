# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# What docs/PACKAGING.md promises: a release is made, and a project gets the library in each of the
# ways that there are. Independent of the preset (label "tree").

itsguard_want(lintian lintian)
itsguard_want(doxygen doxygen)
itsguard_want(groff groff-base)

set(release_folder ${PROJECT_BINARY_DIR}/release)
set(release_options -G ${CMAKE_GENERATOR} -D CMAKE_C_COMPILER=${CMAKE_C_COMPILER}
	-D "CPACK_PACKAGE_CONTACT=A test <test@itsguard.invalid>")
add_test(NAME release_build
	COMMAND sh ${PROJECT_SOURCE_DIR}/script/release ${release_folder} ${release_options})
add_test(NAME release_packages
	COMMAND sh ${checks}/check_packages.sh ${PROJECT_SOURCE_DIR}
		${release_folder} ${PROJECT_BINARY_DIR}/release_packages ${PROJECT_VERSION})

add_test(NAME release_lintian
	COMMAND sh ${checks}/check_release.sh lintian
		${release_folder} ${PROJECT_BINARY_DIR}/release_lintian)
add_test(NAME release_reproducible
	COMMAND sh ${checks}/check_release.sh reproducible
		${release_folder} ${PROJECT_BINARY_DIR}/release_reproducible ${PROJECT_VERSION} ${release_options})

foreach(way IN ITEMS add_subdirectory fetchcontent find_package pkg_config cxx)
	add_test(NAME consumer_${way}
		COMMAND sh ${PROJECT_SOURCE_DIR}/tests/consumers/check.sh ${way} ${PROJECT_SOURCE_DIR}
			${PROJECT_BINARY_DIR}/consumer_${way} ${PROJECT_VERSION} ${CMAKE_C_COMPILER}
			${release_folder})
	list(APPEND package_tests consumer_${way})
endforeach()
list(APPEND package_tests
	release_packages release_lintian release_reproducible)

set_tests_properties(release_build PROPERTIES FIXTURES_SETUP release LABELS tree)
set_tests_properties(${package_tests} PROPERTIES LABELS tree SKIP_RETURN_CODE 77)
set_property(TEST ${package_tests} PROPERTY ENVIRONMENT "CMAKE_GENERATOR=${CMAKE_GENERATOR}")
set_tests_properties(consumer_find_package consumer_pkg_config consumer_cxx
	release_packages release_lintian release_reproducible PROPERTIES FIXTURES_REQUIRED release)

# What is made of the headers: section 3 of the manual, and a reference in HTML.
add_test(NAME manual_pages
	COMMAND sh ${checks}/check_manual.sh pages ${PROJECT_SOURCE_DIR}
		${PROJECT_BINARY_DIR}/manual_pages $<TARGET_FILE:itsguard>)
add_test(NAME api_reference
	COMMAND sh ${checks}/check_manual.sh reference ${PROJECT_SOURCE_DIR}
		${PROJECT_BINARY_DIR}/api_reference)
set_tests_properties(manual_pages api_reference PROPERTIES LABELS tree SKIP_RETURN_CODE 77)

if(TARGET itsguard_cli)
	add_test(NAME command_documented
		COMMAND sh ${checks}/check_command_docs.sh $<TARGET_FILE:itsguard_cli>
			${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/command_documented)
	set_tests_properties(command_documented PROPERTIES LABELS tree)
endif()
