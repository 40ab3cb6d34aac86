#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# The test `bench`: no figure leaves what bench/goals holds; and one that did would be seen.
# Exit status 77, skipped, without ITSGUARD_BENCH=1, and with another compiler than was counted with.

set -eu
cd "$(dirname "$0")/.."
if [ "${ITSGUARD_BENCH-}" != 1 ]; then
	echo 'Skipped: set ITSGUARD_BENCH=1'
	exit 77
fi
compiler=$(gcc -dumpversion)
counted=$(sed -n 's/^# counted with gcc //p' bench/goals)
if [ "${compiler%%.*}" != "$counted" ]; then
	echo "Skipped: bench/goals was counted with gcc $counted, this is gcc $compiler"
	exit 77
fi
sh script/bench --check
figures=build/bench/figures

not_seen() {
	echo "not seen: $1"
	exit 1
}

# must_fail WHAT COMMAND...
must_fail() {
	what=$1
	shift
	! "$@" >/dev/null 2>&1 || not_seen "$what"
}

report() {
	awk -v mode=check -f bench/report.awk "$1" "$2"
}

must_fail 'a subject that answers wrong' build/bench/bench_tracker liar
must_fail 'a guard that does something else with wrong commands' build/bench/bench_commands liar

# The array in the place of the library: it grows.
sed -n 's|/array|/itsguard|p' "$figures" | grep '^instructions' >"$figures.array"
awk -v budget=0 -f bench/ratios.awk "$figures.array" >"$figures.grown"
grep '^growth/hit/itsguard' bench/goals >"$figures.goal"
report "$figures" "$figures.goal" >/dev/null
must_fail 'an array that grows' report "$figures.grown" "$figures.goal"
grep '^growth/hit/array' bench/goals >"$figures.goal"
must_fail 'a figure that is missing' report "$figures.grown" "$figures.goal"

# Times that are no times of this program alone are missed by nobody, and met by nobody.
verdict() {
	awk -v mode=text -f bench/report.awk "$1" "$figures.goal" | sed -n '1s/ .*//p'
}

grep '^faster_than_judy/take/100 ' bench/goals >"$figures.goal"
echo 'ratio faster_than_judy/take/100 0.5' >"$figures.grown"
[ "$(verdict "$figures.grown")" = MISSED ] || not_seen 'a time that is missed'
for load in 'cpu_share 0.5' 'spread 1.5' 'others 1'; do
	{ cat "$figures.grown"; echo "load $load"; } >"$figures.array"
	[ "$(verdict "$figures.array")" = loaded ] || not_seen "load: $load"
done
rm "$figures.array" "$figures.grown" "$figures.goal"
