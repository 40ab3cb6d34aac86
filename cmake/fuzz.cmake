# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Fuzz targets: fuzz/NAME_fuzzer.c, for one engine at a time (ITSGUARD_FUZZ):
#
#	replay		a plain main() that runs files, for any compiler; part of the tests
#	libfuzzer	clang
#	soak		no engine, inputs from a number; for script/soak
#	afl		afl-clang-fast; with AFL_LLVM_CMPLOG=1 in the environment the CMPLOG build

set(fuzz_targets cmdq mapd devtable pfn_tracker mmio world redist trace)
set(fuzz_trace sim/trace/suggest.c sim/trace/trace.c sim/trace/trace_command.c sim/trace/trace_number.c
	sim/trace/trace_write.c)
set(fuzz_shared fuzz/common.c fuzz/format.c fuzz/adversary_run.c fuzz/rig.c fuzz/rig_end.c fuzz/quick.c fuzz/model.c)

set(ITSGUARD_FUZZ_SANITIZERS "address,undefined" CACHE STRING
	"Sanitizers of the libfuzzer build; empty: none. For afl set AFL_USE_ASAN and so on")
option(ITSGUARD_FUZZ_SIMULATOR_SANITIZED "Sanitize the simulator and the oracle too, at half the speed" OFF)
option(ITSGUARD_FUZZ_ROARING "Fuzz with CRoaring bitmaps in the oracle (not with MemorySanitizer)" OFF)

itsguard_need(jansson jansson.h libjansson-dev)
include(cmake/rooms.cmake)

function(itsguard_fuzz_includes target)
	target_include_directories(${target} PRIVATE include src ${ITSGUARD_SIM} tools fuzz)
	itsguard_warnings(${target} HOSTED)
endfunction()

# itsguard_fuzz_objects(NAME FLAGS SOURCE...): objects compiled for the engine in use.
function(itsguard_fuzz_objects name flags)
	add_library(${name} OBJECT ${ARGN})
	target_include_directories(${name} PRIVATE include src ${ITSGUARD_SIM} tools fuzz)
	if(ITSGUARD_jansson_INCLUDE)
		target_include_directories(${name} SYSTEM PRIVATE ${ITSGUARD_jansson_INCLUDE})
	endif()
	target_compile_options(${name} PRIVATE -std=gnu11 ${fuzz_flags} ${flags})
endfunction()

# ---- tools of ours, for any engine ---------------------------------------------------------------

if(NOT ITSGUARD_FUZZ STREQUAL "afl")
	add_library(fuzz_tools STATIC fuzz/format.c)
	itsguard_fuzz_includes(fuzz_tools)
	if(ITSGUARD_FUZZ STREQUAL "replay")
		target_link_libraries(fuzz_tools PUBLIC itsguard_sim itsguard)
	else() # those are compiled for the engine
		target_sources(fuzz_tools PRIVATE src/its_cmd.c src/names.c
			${fuzz_trace} sim/memory/u64map.c)
	endif()
	foreach(tool make_dict make_seeds)
		add_executable(${tool} fuzz/${tool}.c)
		itsguard_fuzz_includes(${tool})
		target_link_libraries(${tool} PRIVATE fuzz_tools)
	endforeach()
endif()

# ---- replay --------------------------------------------------------------------------------------

if(ITSGUARD_FUZZ STREQUAL "replay")
	# With CRoaring in the oracle: the second implementation of the sets that fuzzing uses.
	add_library(itsguard_fuzz STATIC ${fuzz_shared} fuzz/main.c)
	itsguard_fuzz_includes(itsguard_fuzz)
	target_link_libraries(itsguard_fuzz PUBLIC itsguard_sim itsguard)
	foreach(name IN LISTS fuzz_targets)
		add_executable(${name}_fuzzer fuzz/${name}_fuzzer.c)
		itsguard_fuzz_includes(${name}_fuzzer)
		target_compile_definitions(${name}_fuzzer PRIVATE ITSGUARD_FUZZ_ROARING)
		target_link_libraries(${name}_fuzzer PRIVATE itsguard_fuzz)
	endforeach()
	target_sources(trace_fuzzer PRIVATE fuzz/tool_stub.c tools/decode.c tools/slurp.c)
	target_link_libraries(trace_fuzzer PRIVATE itsguard_jansson)
	# Of the soak's programs one, for the tests.
	add_executable(world_soak fuzz/world_fuzzer.c fuzz/soak.c fuzz/soak_inputs.c fuzz/mutate.c)
	itsguard_fuzz_includes(world_soak)
	target_link_libraries(world_soak PRIVATE itsguard_fuzz)
endif()

# ---- soak ----------------------------------------------------------------------------------------

# Long runs without an engine (script/soak), and beside each the program that runs what was found again.
if(ITSGUARD_FUZZ STREQUAL "soak")
	set(soak_sim ${ITSGUARD_SIM_SOURCES})
	list(FILTER soak_sim EXCLUDE REGEX "/sim/trace/|/pfnset.c")
	itsguard_fuzz_objects(soak_all "-O3;-g" ${ITSGUARD_SOURCES} ${soak_sim} ${fuzz_shared} ${fuzz_trace}
		fuzz/pfnset_spans.c fuzz/mutate.c)
	itsguard_fuzz_objects(soak_run "-O3;-g" fuzz/soak_inputs.c fuzz/soak.c)
	itsguard_fuzz_objects(soak_again "-O3;-g" fuzz/main.c)
	foreach(name IN LISTS fuzz_targets)
		if(name STREQUAL "trace") # it has no operations
			continue()
		endif()
		itsguard_fuzz_objects(soak_${name} "-O3;-g" fuzz/${name}_fuzzer.c)
		set(objects $<TARGET_OBJECTS:soak_${name}> $<TARGET_OBJECTS:soak_all>)
		add_executable(${name}_soak ${objects} $<TARGET_OBJECTS:soak_run>)
		add_executable(${name}_fuzzer ${objects} $<TARGET_OBJECTS:soak_again>)
	endforeach()
endif()

# ---- engines -------------------------------------------------------------------------------------

# What is compiled how. Coverage guides by the code of the guard and of the readers of files, not by
# the simulator's, which would cost two thirds of the speed. Comparisons are traced (value profile)
# where bytes have to be guessed; the three targets with a million operations a second have small
# index spaces instead, and tracing would halve them.
if(ITSGUARD_FUZZ STREQUAL "libfuzzer" OR ITSGUARD_FUZZ STREQUAL "afl")
	set(fuzz_flags -g -O2 -fno-omit-frame-pointer)
	if(ITSGUARD_FUZZ STREQUAL "libfuzzer")
		if(ITSGUARD_FUZZ_SANITIZERS)
			list(APPEND fuzz_flags -fsanitize=${ITSGUARD_FUZZ_SANITIZERS}
				-fno-sanitize-recover=all)
			# No function here gives away the address of a local: half the price of a call.
			if(ITSGUARD_FUZZ_SANITIZERS MATCHES "address")
				list(APPEND fuzz_flags -fsanitize-address-use-after-return=never)
			endif()
		endif()
		set(cover -fsanitize=fuzzer-no-link)
		set(cover_quick ${cover} -fno-sanitize-coverage=trace-cmp,indirect-calls)
	endif()
	set(fuzz_sim ${ITSGUARD_SIM_SOURCES})
	list(FILTER fuzz_sim EXCLUDE REGEX "/sim/trace/")
	if(NOT ITSGUARD_FUZZ_ROARING)
		list(REMOVE_ITEM fuzz_sim ${PROJECT_SOURCE_DIR}/sim/memory/pfnset.c)
		list(APPEND fuzz_sim fuzz/pfnset_spans.c)
	endif()
	# Not even the checks of the guard's own invariants: they are no code that a host can reach.
	set(fuzz_guard ${ITSGUARD_SOURCES})
	list(REMOVE_ITEM fuzz_guard src/check.c)

	itsguard_fuzz_objects(fuzz_guard_quick "${cover_quick}" ${fuzz_guard})
	itsguard_fuzz_objects(fuzz_guard_full "${cover}" ${fuzz_guard})
	# One unit, as in an amalgamation: the compiler can inline across files.
	set_target_properties(fuzz_guard_quick PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 0)
	itsguard_fuzz_objects(fuzz_readers "${cover}" ${fuzz_trace} tools/decode.c
		tools/slurp.c)
	set(world_flags "")
	if(NOT ITSGUARD_FUZZ_SANITIZERS MATCHES "memory" AND NOT ITSGUARD_FUZZ_SIMULATOR_SANITIZED
			AND ITSGUARD_FUZZ STREQUAL "libfuzzer")
		set(world_flags -fno-sanitize=all)
	endif()
	itsguard_fuzz_objects(fuzz_world "${world_flags}" src/check.c ${fuzz_sim} ${fuzz_shared}
		fuzz/mutate.c fuzz/mutate_libfuzzer.c fuzz/tool_stub.c)
	foreach(name IN LISTS fuzz_targets ITEMS trivial)
		if(name MATCHES "cmdq|mapd|pfn_tracker|world|redist")
			set(guard fuzz_guard_quick)
		else()
			set(guard fuzz_guard_full)
		endif()
		add_executable(${name}_fuzzer fuzz/${name}_fuzzer.c
			$<TARGET_OBJECTS:${guard}> $<TARGET_OBJECTS:fuzz_world>
			$<TARGET_OBJECTS:fuzz_readers>)
		target_include_directories(${name}_fuzzer PRIVATE include src ${ITSGUARD_SIM} tools fuzz)
		target_compile_options(${name}_fuzzer PRIVATE -std=gnu11 ${fuzz_flags})
		if(name STREQUAL "trivial")
			target_compile_options(${name}_fuzzer PRIVATE ${cover})
		endif()
		target_link_options(${name}_fuzzer PRIVATE ${fuzz_flags} -fsanitize=fuzzer)
		target_link_libraries(${name}_fuzzer PRIVATE itsguard_jansson)
		if(ITSGUARD_FUZZ_ROARING)
			target_compile_definitions(${name}_fuzzer PRIVATE ITSGUARD_FUZZ_ROARING)
			target_link_libraries(${name}_fuzzer PRIVATE roaring)
		endif()
	endforeach()
endif()

# ---- dictionaries and options beside the targets -------------------------------------------------

if(ITSGUARD_FUZZ STREQUAL "libfuzzer")
	foreach(name IN LISTS fuzz_targets)
		add_custom_command(OUTPUT ${name}_fuzzer.dict
			COMMAND make_dict ${name} > ${name}_fuzzer.dict DEPENDS make_dict VERBATIM)
		list(APPEND fuzz_dicts ${name}_fuzzer.dict)
	endforeach()
	add_custom_target(fuzz_dicts ALL DEPENDS ${fuzz_dicts})
endif()

# AFL++ does not take LLVMFuzzerCustomMutator from such targets: the same mutations as a library,
# by a compiler that does not instrument.
if(ITSGUARD_FUZZ STREQUAL "afl")
	find_program(ITSGUARD_PLAIN_CC NAMES clang gcc cc REQUIRED)
	set(mutator ${PROJECT_SOURCE_DIR}/fuzz/mutate_afl.c ${PROJECT_SOURCE_DIR}/fuzz/mutate.c
		${PROJECT_SOURCE_DIR}/fuzz/format.c ${PROJECT_SOURCE_DIR}/sim/host/random_input.c)
	list(TRANSFORM ITSGUARD_SIM PREPEND "-I${PROJECT_SOURCE_DIR}/" OUTPUT_VARIABLE sim_includes)
	foreach(name IN LISTS fuzz_targets)
		add_custom_command(OUTPUT ${name}_mutator.so
			COMMAND ${ITSGUARD_PLAIN_CC} -O2 -shared -fPIC -DFUZZ_TARGET="${name}"
				-I${PROJECT_SOURCE_DIR}/fuzz ${sim_includes}
				-I${PROJECT_SOURCE_DIR}/include ${mutator} -o ${name}_mutator.so
			DEPENDS ${mutator} VERBATIM)
		list(APPEND fuzz_mutators ${name}_mutator.so)
	endforeach()
	add_custom_target(fuzz_mutators ALL DEPENDS ${fuzz_mutators})
endif()

# ---- tests ---------------------------------------------------------------------------------------

if(NOT ITSGUARD_TESTS OR NOT ITSGUARD_FUZZ STREQUAL "replay")
	return()
endif()

foreach(name IN LISTS fuzz_targets)
	set(corpus ${PROJECT_SOURCE_DIR}/corpus/fuzz/${name})
	if(name STREQUAL "trace")
		list(APPEND corpus ${PROJECT_SOURCE_DIR}/corpus/cases)
	endif()
	# The corpus, each input twice with the same outcome.
	add_test(NAME fuzz_corpus_${name} COMMAND ${name}_fuzzer ${corpus})
	# Faults planted for each of its checks are found.
	add_test(NAME fuzz_planted_${name} COMMAND sh ${PROJECT_SOURCE_DIR}/fuzz/check_plants.sh
		$<TARGET_FILE:${name}_fuzzer> ${name} ${corpus})
	list(APPEND fuzz_tests fuzz_corpus_${name} fuzz_planted_${name})
endforeach()

add_test(NAME fuzz_plants COMMAND sh ${PROJECT_SOURCE_DIR}/fuzz/check_plants.sh --all)
list(APPEND fuzz_tests fuzz_plants)

# A finding is told, and what is printed to go on with runs.
if(TARGET itsguard_cli)
	foreach(name cmdq mapd pfn_tracker)
		file(GLOB story_inputs ${PROJECT_SOURCE_DIR}/corpus/fuzz/${name}/*)
		list(GET story_inputs 0 story_input)
		add_test(NAME fuzz_story_${name} COMMAND sh ${PROJECT_SOURCE_DIR}/fuzz/check_story.sh
			${name} ${story_input} $<TARGET_FILE:${name}_fuzzer>
			$<TARGET_FILE:itsguard_cli> ${PROJECT_BINARY_DIR}/fuzz_story/${name})
		list(APPEND fuzz_tests fuzz_story_${name})
	endforeach()
endif()

# A soak is the same however it is run, and what it finds is found again.
add_test(NAME fuzz_soak COMMAND sh ${PROJECT_SOURCE_DIR}/fuzz/check_soak.sh $<TARGET_FILE:world_soak>
	$<TARGET_FILE:world_fuzzer> ${PROJECT_SOURCE_DIR}/corpus/fuzz/world ${PROJECT_BINARY_DIR}/fuzz_soak)
list(APPEND fuzz_tests fuzz_soak)

# Seeds can be made from every trace there is, and every target runs them.
add_test(NAME fuzz_seeds COMMAND sh ${PROJECT_SOURCE_DIR}/fuzz/check_seeds.sh
	${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
list(APPEND fuzz_tests fuzz_seeds)

# The two implementations of the oracle's sets pass the same tests.
add_executable(test_fuzz_pfnset_spans tests/test_pfnset.c fuzz/pfnset_spans.c sim/memory/u64map.c)
itsguard_fuzz_includes(test_fuzz_pfnset_spans)
target_link_libraries(test_fuzz_pfnset_spans PRIVATE itsguard_cmocka itsguard_roaring)
add_test(NAME test_fuzz_pfnset_spans COMMAND test_fuzz_pfnset_spans)
list(APPEND fuzz_tests test_fuzz_pfnset_spans)

set_tests_properties(${fuzz_tests} PROPERTIES LABELS fuzz)

# build.sh as OSS-Fuzz runs it, and what comes of it as OSS-Fuzz looks at it. ITSGUARD_FUZZ_BUILD=full
# in the environment: all sanitizers and engines. Does not depend on the preset.
add_test(NAME fuzz_build COMMAND bash ${PROJECT_SOURCE_DIR}/fuzz/check_build.sh
	${PROJECT_BINARY_DIR}/fuzz_build)
set_tests_properties(fuzz_build PROPERTIES LABELS "fuzz;tree" SKIP_RETURN_CODE 77)
