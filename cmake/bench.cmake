# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Measurements (docs/PERFORMANCE.md). C++ only here, for Google Benchmark. Not part of the tests'
# build: script/bench configures a build of its own.

enable_language(CXX)
find_package(benchmark REQUIRED)
find_path(ITSGUARD_valgrind_INCLUDE valgrind/callgrind.h REQUIRED)
mark_as_advanced(ITSGUARD_valgrind_INCLUDE)
itsguard_need(Judy Judy.h libjudy-dev)

add_library(itsguard_bench STATIC bench/count.c bench/work.c bench/path.c bench/guard_itsguard.c
	bench/guard_least.c bench/guard_reviewed.c bench/guard_android.c bench/shared.c
	bench/subject.c bench/subjects.c bench/subject_array.c bench/subject_judy.c bench/subject_roaring.c
	bench/subject_uthash.c)
target_include_directories(itsguard_bench PUBLIC bench src)
target_include_directories(itsguard_bench SYSTEM PUBLIC ${ITSGUARD_valgrind_INCLUDE})
target_link_libraries(itsguard_bench PUBLIC itsguard itsguard_roaring itsguard_Judy)
itsguard_warnings(itsguard_bench HOSTED)

foreach(name tracker commands tables redists)
	add_executable(bench_${name} bench/${name}.c)
	target_link_libraries(bench_${name} PRIVATE itsguard_bench)
	itsguard_warnings(bench_${name} HOSTED)
endforeach()

add_executable(bench_time bench/time.cpp)
target_compile_features(bench_time PRIVATE cxx_std_17)
target_link_libraries(bench_time PRIVATE itsguard_bench benchmark::benchmark)

# ---- the longest hold of the lock: see bench/hold.h ----------------------------------------------

set(bench_wrap "LINKER:--wrap=itsg_its_init,--wrap=itsg_write,--wrap=itsg_read,--wrap=itsg_poll"
	"LINKER:--wrap=fuzz_found")
set(bench_fuzz bench/hold_target.c fuzz/common.c fuzz/adversary_run.c fuzz/format.c fuzz/rig.c fuzz/rig_end.c fuzz/quick.c
	fuzz/model.c fuzz/mutate.c)

# The library with a call in each basic block: the search needs its cost at full speed.
add_library(itsguard_bench_blocks STATIC ${ITSGUARD_SOURCES})
target_include_directories(itsguard_bench_blocks PUBLIC include src)
target_compile_options(itsguard_bench_blocks PRIVATE -fsanitize-coverage=trace-pc)

# bench_KIND_TARGET from bench/MAIN and a fuzz target; over the library LIBRARY.
function(itsguard_bench_hold kind target main library)
	add_executable(bench_${kind}_${target} bench/${main} bench/hold.c bench/count.c ${ARGN})
	target_include_directories(bench_${kind}_${target} PRIVATE bench fuzz include src ${ITSGUARD_SIM} tools)
	target_include_directories(bench_${kind}_${target} SYSTEM PRIVATE ${ITSGUARD_valgrind_INCLUDE})
	target_compile_definitions(bench_${kind}_${target} PRIVATE ITSGUARD_FUZZ_ROARING)
	target_link_options(bench_${kind}_${target} PRIVATE ${bench_wrap})
	itsguard_warnings(bench_${kind}_${target} HOSTED)
	target_link_libraries(bench_${kind}_${target} PRIVATE itsguard_bench_sim ${library} itsguard_roaring)
endfunction()

# The simulated world, not bound to one of the two libraries.
add_library(itsguard_bench_sim OBJECT ${ITSGUARD_SIM_SOURCES})
target_include_directories(itsguard_bench_sim PRIVATE include src ${ITSGUARD_SIM})
target_link_libraries(itsguard_bench_sim PRIVATE itsguard_roaring)

# Captures without the simulator: played from a tape that is recorded with it.
add_executable(bench_captures bench/captures.c bench/tape.c bench/count.c)
target_include_directories(bench_captures PRIVATE bench include ${ITSGUARD_SIM})
target_include_directories(bench_captures SYSTEM PRIVATE ${ITSGUARD_valgrind_INCLUDE})
itsguard_warnings(bench_captures HOSTED)
target_link_options(bench_captures PRIVATE ${bench_wrap} LINKER:--wrap=itsg_pages_init)
target_link_libraries(bench_captures PRIVATE itsguard_bench_sim itsguard itsguard_roaring)

itsguard_bench_hold(hold steps hold_steps.c itsguard bench/path.c bench/guard_itsguard.c)
itsguard_bench_hold(hold replay hold_inputs.c itsguard bench/hold_replay.c ${bench_fuzz})
foreach(target cmdq mapd devtable mmio world)
	itsguard_bench_hold(hold ${target} hold_inputs.c itsguard fuzz/${target}_fuzzer.c ${bench_fuzz})
endforeach()
foreach(target cmdq mapd world)
	itsguard_bench_hold(search ${target} search.c itsguard_bench_blocks fuzz/${target}_fuzzer.c
		${bench_fuzz})
endforeach()
