#!/bin/bash -eu
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# The tests of the library, as OSS-Fuzz runs a project's tests (run_tests.sh): one program for each
# file of src/, built with $CC and $CFLAGS as fuzz/build.sh builds, without network, CMake or CRoaring
# (but for the one that compares with CRoaring). Needs libcmocka. script/test runs more of them, and what is checked of the tree.
#
# Exit status: 0 if all pass.

: "${CC:=clang}" "${CFLAGS:=-g -O1}"

root=$(cd "$(dirname "$0")/.." && pwd)
if [ -n "${SRC:-}" ] && [ -d "$SRC/itsguard/fuzz" ]; then
	root=$SRC/itsguard
fi
work=${WORK:-$(mktemp -d)}/itsguard_tests
rm -rf "$work"
mkdir -p "$work"
cd "$root"

rooms=$(sed -n 's|^\([a-z][a-z]*\)\t.*|sim/\1|p' sim/rooms.list)
include="-std=gnu11 -Iinclude -Isrc -Itools -Itests $(printf ' -I%s' $rooms)"
# What is compiled for a target of a fuzzer only would need its driver.
flags=$(printf '%s' "$CFLAGS" | sed 's/-fsanitize=fuzzer[a-z-]*//g')
support="$(ls src/*.c sim/*/*.c | grep -v 'memory/pfnset\.c') fuzz/pfnset_spans.c tests/fake.c tests/rd_fake.c"

# shellcheck disable=SC2086 # lists of words
{
	printf '%s\n' $support | xargs -P "$(nproc)" -I '{}' sh -c \
		'$0 '"$flags $include"' -c "$1" -o "$2/$(echo "$1" | tr / _).o"' "$CC" '{}' "$work"
	# A fake stands for what it has the name of.
	ar rcs "$work/fakes.a" "$work"/tests_*.o
	rm "$work"/tests_*.o
	ar rcs "$work/support.a" "$work"/*.o
	failed=0
	for test in tests/test_*.c; do
		name=$(basename "$test" .c)
		[ -e "src/${name#test_}.c" ] && ! grep -q '<roaring/' "$test" || continue
		$CC $flags $include -DITSG_SOURCE_DIR="\"$root\"" -DITSG_CORPUS_DIR="\"$root/corpus\"" \
			"$test" "$work/fakes.a" "$work/support.a" -lcmocka -o "$work/$name"
		"$work/$name" >"$work/$name.log" 2>&1 || {
			cat "$work/$name.log"
			failed=$((failed + 1))
		}
		echo "$name"
	done
}
echo "$failed programs of tests failed"
# Not one is a failure, too.
ls "$work"/test_*.log >/dev/null
[ "$failed" -eq 0 ]
