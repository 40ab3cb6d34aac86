#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Calls of the library run downward: src/sources.mk lists its files from the ground up, and no object
# uses a symbol of a file above it. What the library offers its optional files, which nothing else
# calls, is below all of them.
#
#     check_layers.sh ROOT WORK ARCHIVE COMPILER
#
# ARCHIVE: the library, with objects NAME.c.o or NAME.c.obj. Before it, the check must be seen to fail
# on a call that is planted in the lowest file. Exit status: 0 all well, 1 findings.

set -eu
LC_ALL=C
export LC_ALL

root=$1
work=$2
archive=$3
compiler=$4
sources=$root/src/sources.mk

# upward FILE...: "FILE uses SYMBOL of OTHER, above it", of objects and archives.
upward() {
	nm -A "$@" | awk '
	FNR == NR {
		if (/^ITSGUARD_[A-Z]+ \+= /) floor[$3] = ++floors
		next
	}
	NF < 2 { next }
	{
		file = $1
		sub(/:[0-9a-f]*$/, "", file)
		sub(/.*[\/:]/, "", file)
		sub(/\.o(bj)?$/, "", file)
		if (!(file in floor)) { print file " is not listed"; next }
		if ($(NF - 1) == "U") uses[file, $NF] = 1
		else if ($(NF - 1) ~ /^[A-TV-Z]$/) home[$NF] = file
	}
	END {
		for (pair in uses) {
			split(pair, part, SUBSEP)
			if (part[2] in home && floor[home[part[2]]] > floor[part[1]])
				print part[1] " uses " part[2] " of " home[part[2]] ", above it"
		}
	}' "$sources" - | sort -u
}

rm -rf "$work"
mkdir -p "$work"
lowest=$(sed -n 's/^ITSGUARD_SOURCES += //p' "$sources" | head -n 1)
highest=$(sed -n 's/^ITSGUARD_SOURCES += //p' "$sources" | tail -n 1)
cat >"$work/planted.c" <<-'END'
	int itsg_poll(void);
	int itsg_planted(void);
	int itsg_planted(void)
	{
		return itsg_poll();
	}
END
"$compiler" -c "$work/planted.c" -o "$work/$lowest.o"
found=$(upward "$archive" "$work/$lowest.o")
if [ "$found" != "$lowest uses itsg_poll of $highest, above it" ]; then
	echo "a planted call in $lowest: found '$found'"
	exit 1
fi

found=$(upward "$archive")
[ -z "$found" ] || { echo "$found"; exit 1; }
echo "$(grep -c '^ITSGUARD_' "$sources") files, each above what it uses"
