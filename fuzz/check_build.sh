#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Runs fuzz/build.sh as OSS-Fuzz's base builder does, with an empty $OUT, and looks at the outcome as
# its bad-build check does: each target starts, runs its seeds, has coverage in it, and dies on a
# planted crash, and on a planted overflow where a sanitizer should see it.
#
#     check_build.sh WORK               libfuzzer with address, and no engine with memory; the former not
#                                       optimised and with each fifth seed, for the sake of time: all
#                                       of them run under that sanitizer as fuzz_corpus_* and
#                                       fuzz_seeds; the latter without origins, which find no more
#     check_build.sh WORK full          every engine with every sanitizer (also: environment
#                                       variable ITSGUARD_FUZZ_BUILD=full)
#     check_build.sh WORK ENGINE/SANITIZER...
#
# Exit status 77 where clang is missing.

set -u
root=$(cd "$(dirname "$0")/.." && pwd)
work=$1
shift
targets='cmdq mapd devtable pfn_tracker mmio world redist trace'
bad=0

command -v clang >/dev/null && command -v zip >/dev/null && command -v unzip >/dev/null ||
	{ echo "skipped: needs clang, zip and unzip"; exit 77; }

say() { printf '%-10s %-10s %s\n' "$engine" "$sanitizer" "$*"; }
wrong() { say "WRONG: $*"; bad=1; }

sanitizer_flags() {
	case $1 in
	address) echo '-fsanitize=address -fsanitize-address-use-after-scope' ;;
	undefined) echo '-fsanitize=undefined -fno-sanitize-recover=all' ;;
	memory) echo "-fsanitize=memory $origins" ;;
	none) ;;
	esac
}

# The variables that base-builder's `compile` sets.
build() {
	local common="$optimise -fno-omit-frame-pointer -gline-tables-only -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION"
	local flags env=()
	flags="$common $(sanitizer_flags "$sanitizer")"

	export CC=clang CXX=clang++ SANITIZER=$sanitizer FUZZING_ENGINE=$engine
	export OUT=$work/out-$engine-$sanitizer WORK=$work/work-$engine-$sanitizer SRC=$work/src
	case $engine in
	libfuzzer)
		flags="$flags -fsanitize=fuzzer-no-link"
		LIB_FUZZING_ENGINE=-fsanitize=fuzzer
		;;
	afl)
		CC=afl-clang-fast CXX=afl-clang-fast++
		LIB_FUZZING_ENGINE=-fsanitize=fuzzer
		env=(AFL_QUIET=1)
		[ "$sanitizer" != address ] || env+=(AFL_USE_ASAN=1)
		[ "$sanitizer" != undefined ] || env+=(AFL_USE_UBSAN=1)
		[ "$sanitizer" != memory ] || env+=(AFL_USE_MSAN=1)
		;;
	none)
		# OSS-Fuzz links its standalone main here; ours replays files too.
		mkdir -p "$WORK.engine"
		# shellcheck disable=SC2046,SC2086 # lists of words
		clang $flags -I"$root/fuzz" -I"$root/include" -c "$root/fuzz/main.c" \
			$(sed -n "s|^\([a-z][a-z]*\)\t.*|-I$root/sim/\1|p" "$root/sim/rooms.list") \
			-o "$WORK.engine/main.o" || return 1
		LIB_FUZZING_ENGINE=$WORK.engine/main.o
		;;
	esac
	export LIB_FUZZING_ENGINE CFLAGS=$flags CXXFLAGS="$flags"
	rm -rf "$OUT" "$WORK"
	mkdir -p "$OUT" "$WORK" "$SRC"
	env "${env[@]}" bash "$root/fuzz/build.sh"
}

# Runs a target on a folder of inputs, however its engine does that.
run_inputs() {
	case $engine in
	libfuzzer) timeout 100 "$1" -runs=0 -detect_leaks=0 "$2" ;;
	none) timeout 100 "$1" "$2" ;;
	afl) # As a program of AFL++'s driver: files as arguments.
		timeout 100 "$1" "$2"/* ;;
	esac >"$work/run.log" 2>&1
}

check_target() {
	local program=$OUT/$1_fuzzer seeds=$WORK/unpacked/$1 file

	for file in "$program" "$program.dict" "$program.options" "${program}_seed_corpus.zip"; do
		[ -s "$file" ] || { wrong "$1: $(basename "$file") is missing"; return; }
	done
	mkdir -p "$seeds" "$seeds.one"
	unzip -q -o "${program}_seed_corpus.zip" -d "$seeds"
	[ "$(find "$seeds" -type f | wc -l)" -gt 2 ] || wrong "$1: no seeds"
	[ $optimise = -O1 ] || find "$seeds" -type f | sort | awk 'NR % 5 != 1' | xargs -r rm
	run_inputs "$program" "$seeds" || { wrong "$1: fails on its seeds"; tail -n 5 "$work/run.log"; }
	# A build without coverage finds nothing (bad_build_check counts edges).
	[ "$engine" != libfuzzer ] || readelf -SW "$program" | grep -q __sancov_cntrs ||
		wrong "$1: no coverage instrumentation"
	find "$seeds" -type f | head -n 1 | xargs -I '{}' cp '{}' "$seeds.one/"
	ITSGUARD_FUZZ_PLANT=crash run_inputs "$program" "$seeds.one" && wrong "$1: survives a planted crash"
	grep -a -q 'a crash was planted' "$work/run.log" || wrong "$1: died of something else"
	case $sanitizer in
	address)
		ITSGUARD_FUZZ_PLANT=overflow run_inputs "$program" "$seeds.one"
		[ $? -eq $by_sanitizer ] || wrong "$1: no sanitizer sees a planted overflow"
		;;
	esac
	# A target must not need what the machine that runs it does not have.
	ldd "$program" 2>/dev/null | grep -q -e roaring && wrong "$1: needs CRoaring"
}

# An input that never ends is a finding too. One target is enough: the seconds are real ones.
check_hang() {
	local program=$OUT/$1_fuzzer

	ITSGUARD_FUZZ_PLANT=hang timeout 60 "$program" -runs=0 -timeout=1 -timeout_exitcode=78 \
		-detect_leaks=0 "$WORK/unpacked/$1.one" >"$work/run.log" 2>&1
	[ $? -eq 78 ] || wrong "$1: a planted hang is no time-out"
}

check() {
	engine=${1%/*}
	sanitizer=${1#*/}
	if [ "$engine" = afl ] && ! command -v afl-clang-fast >/dev/null; then
		say 'skipped: no afl-clang-fast'
		return
	fi
	if ! build >"$work/build-$engine-$sanitizer.log" 2>&1; then
		wrong "build.sh failed"
		tail -n 20 "$work/build-$engine-$sanitizer.log"
		return
	fi
	for target in $targets; do
		check_target "$target"
	done
	[ "$engine" != libfuzzer ] || check_hang cmdq
	say "$(ls "$OUT" | wc -l) files in \$OUT, looked at"
	rm -rf "$OUT" "$WORK"
}

# The status of a program that a sanitizer ends, and none of ours or an engine's.
by_sanitizer=79
# Stack traces with names take longer than everything else here.
export ASAN_OPTIONS=symbolize=0:detect_leaks=0:exitcode=$by_sanitizer UBSAN_OPTIONS=symbolize=0 MSAN_OPTIONS=symbolize=0

mkdir -p "$work"
work=$(cd "$work" && pwd)
if [ "${1-${ITSGUARD_FUZZ_BUILD-}}" = full ]; then
	set -- libfuzzer/address libfuzzer/undefined libfuzzer/memory none/address none/undefined \
		none/memory none/none afl/address afl/undefined afl/none
fi
optimise=-O1
origins=-fsanitize-memory-track-origins
if [ $# -eq 0 ]; then
	optimise=-O0 check libfuzzer/address
	origins=
	set -- none/memory
fi
for one in "$@"; do
	check "$one"
done
exit $bad
