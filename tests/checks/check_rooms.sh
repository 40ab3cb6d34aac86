#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# What runs on a hosted system has an order too:
#
#   - sim/rooms.list lists the folders of sim/ from the ground up, and each file of sim/ is in one of
#     them. No file includes a header of a room above its own, and no object uses a symbol of one.
#   - Objects of sim/, tools/, fuzz/ and bench/ do not use each other in a circle.
#
#     check_rooms.sh ROOT WORK COMPILER OBJECT...
#
# OBJECT: archives and objects of what was built, as NAME.c.o or NAME.c.obj. What was not, such as
# bench/, is compiled here; a file whose headers are not installed is left out, and said so. Before
# all that each rule must be seen to fail on something planted. Exit status: 0 all well, 1 findings.

set -eu
LC_ALL=C
export LC_ALL

root=$1
work=$2
compiler=$3
shift 3
. "$root/tests/checks/objects.sh"

rm -rf "$work"
mkdir -p "$work/objects"

rooms() { # rooms ROOT
	sed -n 's/^\([a-z][a-z]*\)	.*/\1/p' "$1/sim/rooms.list"
}

# ---- text ----------------------------------------------------------------------------------------

# strays ROOT: what of sim/ is in no room, and rooms that are listed and not there, or twice.
strays() {
	rooms "$1" | sort >"$work/rooms"
	uniq -d "$work/rooms" | sed 's/$/ is listed twice/'
	find "$1/sim" -name '*.[ch]' | sed "s|^$1/sim/||; s|/[^/]*\$||" | sort -u >"$work/folders"
	sort -u "$work/rooms" | comm -3 - "$work/folders" | tr -d '\t' | sed 's/$/ is a room, or has files, and not both/'
}

# A table for awk: "floor ROOM NUMBER" from the ground up, and "home FILE ROOM" for each file.
plan() { # plan ROOT
	rooms "$1" | awk '{ print "floor", $1, NR }'
	find "$1/sim" -name '*.[ch]' | awk -F / '{ print "home", $NF, $(NF - 1) }'
}

# includes ROOT: "FILE includes HEADER of ROOM, above it".
includes() {
	plan "$1" >"$work/plan"
	find "$1/sim" -name '*.[ch]' | sort | xargs awk '
	$1 == "floor" { floor[$2] = $3; next }
	$1 == "home" { room[$2] = $3; next }
	/^#include "/ {
		file = FILENAME
		sub(/.*\//, "", file)
		split($0, part, "\"")
		if (part[2] in room && floor[room[part[2]]] > floor[room[file]])
			print file " includes " part[2] " of " room[part[2]] ", above it"
	}' "$work/plan"
}

# ---- objects -------------------------------------------------------------------------------------

# upward FILE...: "FILE uses SYMBOL of FILE in ROOM, above it".
upward() {
	plan "$root" >"$work/plan"
	uses "$@" | awk '
	$1 == "floor" { floor[$2] = $3; next }
	$1 == "home" { room[$2] = $3; next }
	($1 in room) && ($3 in room) && floor[room[$3]] > floor[room[$1]] {
		print $1 " uses " $2 " of " $3 " in " room[$3] ", above it"
	}' "$work/plan" -
}

# circles FILE...: "FILE uses SYMBOL of FILE, in a circle". What nobody uses, or uses nobody, is on
# none; without it there is more of that kind, until only circles, and ways between them, are left.
circles() {
	uses "$@" | awk '
	{ symbol[$1, $3] = $2 }
	END {
		do {
			again = 0
			split("", is_user)
			split("", is_used)
			for (edge in symbol) {
				split(edge, end, SUBSEP)
				is_user[end[1]] = is_used[end[2]] = 1
			}
			for (edge in symbol) {
				split(edge, end, SUBSEP)
				if ((end[1] in is_used) && (end[2] in is_user)) continue
				delete symbol[edge]
				again = 1
			}
		} while (again)
		for (edge in symbol) {
			split(edge, end, SUBSEP)
			print end[1] " uses " symbol[edge] " of " end[2] ", in a circle"
		}
	}' | sort
}

# ---- what was not built --------------------------------------------------------------------------

include="-I$root/include -I$root/src -I$root/tools -I$root/fuzz -I$root/bench"
for room in $(rooms "$root"); do
	include="$include -I$root/sim/$room"
done

members "$@" >"$work/built"
missing=
for file in "$root"/sim/*/*.c "$root"/tools/*.c "$root"/fuzz/*.c "$root"/bench/*.c; do
	name=${file##*/}
	! grep -qxF "$name" "$work/built" || continue
	# shellcheck disable=SC2086 # a list of words
	if ! "$compiler" -std=gnu11 -w -D FUZZ_TARGET='"cmdq"' $include -E "$file" -o "$work/text" 2>/dev/null; then
		missing="$missing $name"
	elif ! "$compiler" -std=gnu11 -w -D FUZZ_TARGET='"cmdq"' $include -c "$file" -o "$work/objects/$name.o"; then
		exit 1
	fi
done
# shellcheck disable=SC2046 # names without blanks
set -- "$@" $(find "$work/objects" -name '*.o')

# ---- planted -------------------------------------------------------------------------------------

must_find upward u64map.c sim_its_new 'u64map.c uses sim_its_new of its.c in its, above it' "$@"
must_find upward world.c replay 'world.c uses replay of replay.c in host, above it' "$@"
must_find circles u64map.c sim_mem_new 'u64map.c uses sim_mem_new of mem.c, in a circle' "$@"
must_find circles predict_rule.c predict_take \
	'predict_rule.c uses predict_take of predict_claim.c, in a circle' "$@"
must_find circles tool.c decode_command 'tool.c uses decode_command of decode.c, in a circle' "$@"
must_find circles common.c rig_begin 'common.c uses rig_begin of rig.c, in a circle' "$@"
case $missing in
*subject*) ;;
*) must_find circles subject.c subjects 'subject.c uses subjects of subjects.c, in a circle' "$@" ;;
esac

# must_read RULE FILE LINE WORDS: with this line in this file of a copy.
must_read() {
	rm -rf "$work/copy"
	mkdir -p "$work/copy"
	cp -R "$root/sim" "$work/copy"
	echo "$3" >>"$work/copy/sim/$2"
	"$1" "$work/copy" >"$work/found"
	[ "$(cat "$work/found")" = "$4" ] || {
		echo "planted '$3' in $2, found '$(cat "$work/found")'"
		exit 1
	}
}

must_read includes memory/mem.h '#include "its.h"' 'mem.h includes its.h of its, above it'
must_read strays planted.c '' 'planted.c is a room, or has files, and not both'
must_read strays rooms.list 'attic	Nothing.' 'attic is a room, or has files, and not both'
must_read strays rooms.list 'its	Again.' 'its is listed twice'

# ---- the tree ------------------------------------------------------------------------------------

{
	strays "$root"
	includes "$root"
	upward "$@"
	circles "$@"
} >"$work/found"
[ ! -s "$work/found" ] || { cat "$work/found"; exit 1; }
[ -z "$missing" ] || echo "not looked at, for lack of a header:$missing"
echo "$(rooms "$root" | wc -l) rooms, each above what it uses; no circles among" \
	"$(members "$@" | wc -l) objects"
