#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# The soak (soak.c): a seed is the same in however many processes, and however often it was stopped; a
# fault that is planted is found, and the target finds it again in the input that is left.
#
#     check_soak.sh SOAK FUZZER CORPUS WORK

set -eu
soak=$1
fuzzer=$2
corpus=$3
work=$4
rm -rf "$work"
mkdir -p "$work"

fail() {
	echo "$*" >&2
	exit 1
}

run() { # run LOG OPTION...
	log=$1
	shift
	"$soak" --seed 3 --steps 60000 --chunk 15000 --log "$work/$log" --found "$work/found" "$@" "$corpus"
}

run alone
[ "$(wc -l <"$work/alone")" -eq 4 ] || fail 'there is not a line for each seed'
run three --jobs 3
sort "$work/three" | cmp "$work/alone" - || fail 'three processes do something else'

grep -v 'seed=5' "$work/alone" >"$work/rest"
run rest --resume
sort "$work/rest" | cmp "$work/alone" - || fail 'a seed that is run again is another one'

# Those that ran with another library, simulator or corpus do not count.
run rest --resume --tree another
[ "$(grep -c 'tree=another$' "$work/rest")" -eq 4 ] || fail 'seeds of another tree count'

# Another seed, and another corpus: other inputs.
[ "$(sed 's/.*hash=//' "$work/alone" | sort -u | wc -l)" -eq 4 ] || fail 'two seeds are the same'
"$soak" --seed 3 --steps 15000 --chunk 15000 --log "$work/none"
! head -n 1 "$work/alone" | cmp -s "$work/none" - || fail 'the corpus makes no difference'

status=0
ITSGUARD_FUZZ_PLANT=leak run planted --jobs 2 2>"$work/said" || status=$?
[ "$status" -eq 1 ] || fail "a planted fault is not found: $status"
[ ! -s "$work/planted" ] || fail 'a seed with a finding counts as clean'
input=$(sed -n 's/^itsguard: the input is //p' "$work/said" | head -n 1)
[ -s "$input" ] || fail 'there is no input'
grep '^itsguard: world found: ' "$work/said" | head -n 1 >"$work/what"
[ -s "$work/what" ] || fail 'it does not say what was found'
! ITSGUARD_FUZZ_PLANT=leak "$fuzzer" "$input" 2>"$work/again" || fail 'the target does not find it'
grep -q -x -F -f "$work/what" "$work/again" || fail 'the target finds something else'
