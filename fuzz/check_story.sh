#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# What fuzz/story.sh prints of a finding: what the target says, the end of its story, and commands that
# run. A fault is planted (fuzz/common.h), so that there is one. Run by ctest:
#
#     check_story.sh TARGET INPUT FUZZER ITSGUARD WORK

set -eu
LC_ALL=C
export LC_ALL

target=$1
root=$(dirname "$0")/..
work=$5
rm -rf "$work"
mkdir -p "$work"
cp "$2" "$work/input"

fail() {
	echo "$target: $*"
	cat "$work/story"
	exit 1
}

ITSGUARD_FUZZ_PLANT=answer sh "$root/fuzz/story.sh" "$target" "$work/input" "$3" "$4" >"$work/story"
grep -q "^== $target: " "$work/story" || fail 'no heading'
grep -q '^   itsguard: .*found' "$work/story" || fail 'the target says nothing'
[ "$target" = pfn_tracker ] || grep -q '^ *[0-9]* *host  ' "$work/story" || fail 'no story'
[ "$(grep -c '^    /' "$work/story")" -ge 2 ] || fail 'no commands'

# They run, whatever they find: 127 is a command, 2 a usage, that does not exist.
grep '^    /' "$work/story" | while read -r line; do
	status=0
	(eval "$line") >"$work/out" 2>&1 || status=$?
	[ "$status" -le 1 ] || fail "status $status: $line: $(cat "$work/out")"
done

# Without the command the rest is still told.
sh "$root/fuzz/story.sh" "$target" "$work/input" "$3" "$work/nosuch" >"$work/story"
grep -q 'nosuch' "$work/story" && fail 'a command that is not there'
grep -q "^    $3 " "$work/story" || fail 'not how to run it again'
