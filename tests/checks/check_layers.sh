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
. "$root/tests/checks/objects.sh"

# upward FILE...: "FILE uses SYMBOL of OTHER, above it"; and what is not listed.
upward() {
	sed -n 's/^ITSGUARD_[A-Z]* += //p' "$sources" >"$work/floors"
	members "$@" | grep -vxF -f "$work/floors" | sed 's/$/ is not listed/'
	uses "$@" | awk '
	NF == 1 { floor[$1] = ++floors; next }
	floor[$3] > floor[$1] { print $1 " uses " $2 " of " $3 ", above it" }
	' "$work/floors" -
}

rm -rf "$work"
mkdir -p "$work"
lowest=$(sed -n 's/^ITSGUARD_SOURCES += //p' "$sources" | head -n 1)
highest=$(sed -n 's/^ITSGUARD_SOURCES += //p' "$sources" | tail -n 1)
must_find upward "$lowest" itsg_poll "$lowest uses itsg_poll of $highest, above it" "$archive"

found=$(upward "$archive")
[ -z "$found" ] || { echo "$found"; exit 1; }
echo "$(wc -l <"$work/floors") files, each above what it uses"
