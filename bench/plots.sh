#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Growth curves as SVG, from figures:	bench/plots.sh FIGURES FOLDER

set -eu
figures=$1
folder=$2
mkdir -p "$folder/plotted"

# curve UNIT OPERATION SET: for each subject a file of "pages value", and a plot of them.
curve() {
	name=tracker-$1-$2-$3
	plot=
	for subject in itsguard array roaring uthash judy; do
		data=$folder/plotted/$name.$subject
		awk -v want="^tracker/$2/$3/[0-9]+/$subject\$" -v unit="$1" '
			$1 == unit && $2 ~ want { split($2, part, "/"); print part[4], $3 }' \
			"$figures" | sort -n >"$data"
		[ -s "$data" ] || continue
		plot="$plot${plot:+, }'$data' with linespoints title '$subject'"
	done
	[ -n "$plot" ] || return 0
	gnuplot <<-EOF
		set terminal svg size 720,420 background 'white' dynamic
		set output '$folder/$name.svg'
		set logscale xy
		set format x '10^{%T}'
		set xlabel 'tracked pages'
		set ylabel '$1, one $2'
		set key outside right
		set grid
		plot $plot
	EOF
	# It is a file of the repository's, should it go there: licensed as this one.
	sed -n '2,3s/^# \(.*\)/<!-- \1 -->/p' "$0" >"$folder/plotted/licence"
	sed -i "1r $folder/plotted/licence" "$folder/$name.svg"
}

for operation in take drop hit miss; do
	for set in honest random; do
		curve instructions "$operation" "$set"
		curve ns "$operation" "$set"
	done
done
