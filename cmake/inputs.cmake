# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# The fuzz targets inside the command, for `itsguard explain-input`: see tools/input_record.h. Each
# under a name of its own, since in a fuzzer all of them are LLVMFuzzerTestOneInput().

function(itsguard_input name)
	add_library(itsguard_input_${name} OBJECT ${ARGN})
	target_include_directories(itsguard_input_${name} PRIVATE fuzz tools ${ITSGUARD_SIM} src include)
	target_compile_options(itsguard_input_${name} PRIVATE -std=gnu11)
	target_sources(itsguard_tool PRIVATE $<TARGET_OBJECTS:itsguard_input_${name}>)
endfunction()

function(itsguard_recorded_input name)
	itsguard_input(${name} ${ARGN})
	target_compile_definitions(itsguard_input_${name} PRIVATE ITSG_RECORDED)
	target_compile_options(itsguard_input_${name} PRIVATE
		-include ${PROJECT_SOURCE_DIR}/tools/input_record.h)
endfunction()

itsguard_input(common fuzz/common.c)
# The recorder's takes its place.
target_compile_definitions(itsguard_input_common PRIVATE fuzz_found=itsguard_input_abort)
itsguard_recorded_input(shared fuzz/rig.c fuzz/rig_end.c fuzz/quick.c fuzz/model.c)
foreach(target cmdq mapd devtable mmio pfn_tracker)
	itsguard_recorded_input(${target} fuzz/${target}_fuzzer.c)
	target_compile_definitions(itsguard_input_${target} PRIVATE
		LLVMFuzzerTestOneInput=itsguard_input_${target})
endforeach()
