# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Inputs that fuzz targets found with a mutant go the whole way: explain-input, shrink, replay. A
# sample; script/mutants does so with all that it finds. Each compiles the library anew, and nothing of
# it is left for sanitizers to see: one build is enough.

if(CMAKE_C_FLAGS MATCHES "-fsanitize=")
	return()
endif()

file(GLOB found_inputs CONFIGURE_DEPENDS mutants/found/*.input)
foreach(input IN LISTS found_inputs)
	get_filename_component(mutant ${input} NAME_WE)
	add_test(NAME found_${mutant}
		COMMAND sh ${checks}/check_found.sh build ${mutant}
			${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/found/${mutant}
			$<TARGET_FILE:itsguard_cli> ${CMAKE_C_COMPILER} "${CMAKE_C_FLAGS} -std=gnu11"
			$<TARGET_OBJECTS:itsguard_cli> $<TARGET_FILE:itsguard_tool>
			$<TARGET_FILE:itsguard_sim> $<TARGET_FILE:itsguard>
			${ITSGUARD_roaring_LIBRARY} ${ITSGUARD_jansson_LIBRARY})
	set_tests_properties(found_${mutant} PROPERTIES TIMEOUT 300 SKIP_RETURN_CODE 77)
endforeach()
