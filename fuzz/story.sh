#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# What a fuzz target has found: what it says, how the story ends that the input tells, line by line, and
# the commands to go on with, which run as they are printed.
#
#     fuzz/story.sh TARGET INPUT FUZZER ITSGUARD
#
#     FUZZER      the target, built for libFuzzer or for replay
#     ITSGUARD    the command; without it there is no story

set -u
target=$1
input=$2
fuzzer=$3
itsguard=$4
lines=20 # of the story

said() {
	"$fuzzer" "$input" 2>&1 |
		grep -a -m 3 -e '^itsguard: ' -e 'ERROR: ' -e 'runtime error' | sed 's/^/   /'
}

# The input of `trace` is text: a trace, or a dump.
shown() {
	if [ "$target" = trace ]; then
		"$itsguard" show "$input"
	else
		"$itsguard" show --input="$target" "$input"
	fi 2>&1
}

echo "== $target: $input"
said
if [ -x "$itsguard" ]; then
	echo
	shown | grep -v '^$' | tail -n "$lines"
	echo
	case $target in
	trace) echo "    $itsguard show $input" ;;
	pfn_tracker) echo "    $itsguard explain-input $target $input" ;;
	*)
		echo "    $itsguard show --input=$target $input"
		echo "    $itsguard explain-input $target $input >$input.trace"
		echo "    $itsguard shrink $input.trace"
		;;
	esac
fi
echo "    $fuzzer $input"
case $fuzzer in
*fuzz-libfuzzer*) echo "    $fuzzer -minimize_crash=1 -runs=10000 $input" ;;
esac
