#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Checked operations a second on one core, with libFuzzer, AddressSanitizer and
# UndefinedBehaviorSanitizer, and beside them the executions of a target that does nothing: what the
# engine allows here and now. Seconds are those of the processor, so that other load counts little.
# The goals were set where that ceiling is 1,100,000: elsewhere their share of it is what counts.
#
#     fuzz/speed.sh [SECONDS]

set -eu
cd "$(dirname "$0")/.."
seconds=${1-30}
build=build/fuzz-libfuzzer
work=build/fuzz-speed

cmake --preset fuzz-libfuzzer >/dev/null
cmake --build --preset fuzz-libfuzzer >/dev/null
mkdir -p "$work"

rate() { # TARGET
	rm -rf "$work/$1"
	mkdir -p "$work/$1"
	set -- "$1" "$work/$1"
	[ "$1" = trivial ] || set -- "$@" "corpus/fuzz/$1"
	target=$1
	shift
	max=2048
	[ "$target" != trivial ] || max=64
	ITSGUARD_FUZZ_COUNT=1 "$build/${target}_fuzzer" -max_total_time="$seconds" -max_len=$max \
		-use_value_profile=1 -detect_leaks=0 -reload=0 "$@" 2>&1 |
		sed -n 's/^itsguard: [a-z_]*: .*: \([0-9]*\) a second$/\1/p'
}

ceiling=$(rate trivial)
share() {
	echo "$1 $2" | awk '{ printf "%.2f", $1 / $2 }'
}

printf '%-22s %12s %12s %12s %12s\n' 'one core, ASan + UBSan' 'a second' goal 'of ceiling' goal
printf '%-22s %12s\n' 'ceiling (executions)' "$ceiling"
for row in pfn_tracker:1000000 cmdq:500000 mapd:500000 world:250000; do
	checked=$(rate "${row%:*}")
	printf '%-22s %12s %12s %12s %12s\n' "${row%:*}" "$checked" "${row#*:}" \
		"$(share "$checked" "$ceiling")" "$(share "${row#*:}" 1100000)"
done
