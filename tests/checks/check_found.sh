#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# The whole way of a finding (N2): mutants/found/NAME.input, which a fuzz target found with the bug
# mutants/NAME.patch put back, is explained as a trace, and that is shrunk. Both traces fail with the
# bug, the shrunk one does not find the same without it and is no longer. (It may fail: a trace
# has the answers that the guard gave, and that one had the bug.) Run by ctest, and by script/mutants
# for what it finds itself:
#
#     check_found.sh way NAME INPUT MUTANT-COMMAND COMMAND WORK
#     check_found.sh build NAME ROOT WORK COMMAND COMPILER FLAGS LINK...
#
# build: makes the command with the bug first. LINK is what the command is linked of.
#
# Exit status: 0 all well, or the input has no trace form, and explain-input says so; 1 not; 77 no tool
# to apply a patch.

set -u
LC_ALL=C
export LC_ALL

fail() {
	echo "$name: $*" >&2
	exit 1
}

# replays COMMAND STATUS TRACE
replays() {
	"$1" replay -q "$3" >"$work/replay.txt" 2>&1
	status=$?
	[ $status -eq "$2" ] || fail "replay of $3: status $status, not $2: $(head -n 3 "$work/replay.txt")"
}

# Shrinking may change a number, not what is found.
without_numbers() {
	sed 's/0x[0-9a-f]*/N/g; s/[0-9][0-9]*/N/g'
}

# finds COMMAND TRACE: does it find what shrink says in the trace's first line?
finds() {
	text=$(sed -n '1s/^# From .*, line [0-9]*, [^:]*: //p' "$2" | without_numbers)
	[ -n "$text" ] || fail "$2 does not say what it finds"
	shows "$1" "$2"
}

# shows COMMAND TRACE: does a replay of it say $text?
shows() {
	"$1" replay -q "$2" 2>&1 | without_numbers >"$work/replay.txt"
	grep -q -F -e "$text" "$work/replay.txt"
}

way() { # way INPUT MUTANT COMMAND
	target=$(sed -n 's/^# Target: //p' "$root/mutants/$name.patch")
	# Of the page tracker there are lists, no traces.
	[ "$target" != pfn_tracker ] || return 0
	"$2" explain-input "$target" "$1" >"$work/found.trace" 2>"$work/explain.txt"
	case $? in
	0) ;;
	1) echo "$name: $(grep -c '^#:' "$work/found.trace") steps have no trace form" && return 0 ;;
	*) fail "explain-input: $(cat "$work/explain.txt")" ;;
	esac
	grep -q '^# found: ' "$work/found.trace" || fail 'the input finds nothing any more: another is needed'
	replays "$2" 1 "$work/found.trace"
	"$2" shrink -q -o "$work/shrunk.trace" "$work/found.trace" 2>"$work/shrink.txt" ||
		fail "shrink: $(cat "$work/shrink.txt")"
	replays "$2" 1 "$work/shrunk.trace"
	finds "$2" "$work/shrunk.trace" || fail "replay of $work/shrunk.trace does not find: $text"
	if finds "$3" "$work/shrunk.trace"; then
		# A host may do to any guard what this one had done to it: then the long trace counts.
		! shows "$3" "$work/found.trace" || fail "without the bug too: $text"
		echo "$name: shrunk to what is found without the bug too"
		return
	fi
	before=$(wc -l <"$work/found.trace")
	after=$(wc -l <"$work/shrunk.trace")
	[ "$after" -le "$before" ] || fail "shrink made $after lines of $before"
	echo "$name: $after lines of $before"
}

apply_patch() {
	if command -v git >/dev/null; then
		GIT_CEILING_DIRECTORIES=${work%/*} git -C "$work" apply "$root/mutants/$name.patch"
	elif command -v patch >/dev/null; then
		patch -s -f -F 0 -p 1 -d "$work" <"$root/mutants/$name.patch"
	else
		echo 'neither git nor patch is here' && exit 77
	fi
}

# The changed files' objects stand before the libraries, which then have nothing to add for them.
build() { # build COMPILER FLAGS LINK...
	compiler=$1
	flags=$2
	shift 2
	cp -R "$root/src" "$work" && apply_patch || fail 'the patch does not apply'
	objects=
	for file in $(sed -n 's|^+++ b/\(src/.*\.c\)|\1|p' "$root/mutants/$name.patch"); do
		object=$work/$(basename "$file").o
		# shellcheck disable=SC2086 # a list of words
		"$compiler" $flags -I"$work/src" -I"$root/include" -c "$work/$file" -o "$object" ||
			fail "$file does not compile"
		objects="$objects $object"
	done
	# shellcheck disable=SC2086 # lists of words
	"$compiler" $flags -o "$work/itsguard" $objects "$@" || fail 'it does not link'
}

mode=$1
name=$2
if [ "$mode" = way ]; then
	root=$(dirname "$0")/../..
	work=$6
	mkdir -p "$work"
	way "$3" "$4" "$5"
else
	root=$3
	work=$4
	command=$5
	shift 5
	rm -rf "$work" && mkdir -p "$work"
	build "$@"
	way "$root/mutants/found/$name.input" "$work/itsguard" "$command"
fi
