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

add_library(itsguard_bench STATIC bench/count.c bench/work.c bench/path.c bench/subject.c
	bench/subject_array.c bench/subject_judy.c bench/subject_roaring.c bench/subject_uthash.c)
target_include_directories(itsguard_bench PUBLIC bench src)
target_include_directories(itsguard_bench SYSTEM PUBLIC ${ITSGUARD_valgrind_INCLUDE})
target_link_libraries(itsguard_bench PUBLIC itsguard itsguard_roaring itsguard_Judy)

foreach(name tracker commands)
	add_executable(bench_${name} bench/${name}.c)
	target_link_libraries(bench_${name} PRIVATE itsguard_bench)
endforeach()

add_executable(bench_time bench/time.cpp)
target_compile_features(bench_time PRIVATE cxx_std_17)
target_link_libraries(bench_time PRIVATE itsguard_bench benchmark::benchmark)
