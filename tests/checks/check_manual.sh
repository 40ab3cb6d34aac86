#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# What is made of the public headers. Run by ctest:
#
#     check_manual.sh pages     ROOT WORK LIBRARY
#     check_manual.sh reference ROOT WORK
#
# pages: script/manpages makes a page for each function of LIBRARY that a header declares, and groff has
# nothing to say against any page. reference: script/reference, which is Doxygen, has no warning. Both
# fail where a header says nothing of a function, of a structure or, reference, of a member: see planted.
#
# Exit status: 0 all well, 1 not, 77 a tool is missing (skipped).

set -eu
LC_ALL=C
export LC_ALL

mode=$1
root=$2
work=$3

fail() {
	echo "$*"
	exit 1
}

need() {
	command -v "$1" >/dev/null || {
		echo "skipped: no $1 on this machine"
		exit 77
	}
}

# The script alone in a tree, with the headers and one more, of that text.
plant() { # NAME TEXT
	tree=$work/planted/$1
	mkdir -p "$tree"
	for entry in CHANGELOG.md CMakeLists.txt docs script; do
		ln -s "$root/$entry" "$tree/$entry"
	done
	cp -R "$root/include" "$tree/include"
	printf '/* A header. */\n#ifndef ITSGUARD_PLANTED_H\n#define ITSGUARD_PLANTED_H\n\n%b\n\n#endif\n' "$2" \
		>"$tree/include/itsguard/planted.h"
}

see_planted() { # SCRIPT BAD...
	script=$1
	shift
	plant good '/* It does. */\nvoid itsg_does(void);'
	sh "$work/planted/good/script/$script" "$work/out" || fail "$script: a good header is refused"
	for bad; do
		rm -rf "$work/planted/bad"
		plant bad "$bad"
		! sh "$work/planted/bad/script/$script" "$work/out" >/dev/null 2>&1 ||
			fail "$script: passes with $bad"
	done
}

# ---- pages -------------------------------------------------------------------------------------

# Functions that the library has and a header speaks of.
public() {
	nm -g --defined-only "$1" | awk '$2 == "T" { print $3 }' | sort -u >"$work/symbols"
	grep -o -h -E '\bitsg_[a-z0-9_]+\(' "$root"/include/itsguard/*.h | tr -d '(' | sort -u |
		comm -12 - "$work/symbols"
}

check_pages() { # LIBRARY
	see_planted manpages 'void itsg_does(void);' 'struct itsg_thing {\n\tint member; /* one */\n};'
	sh "$root/script/manpages" "$work/man3"
	public "$1" >"$work/public"
	[ "$(wc -l <"$work/public")" -gt 40 ] || fail 'too few functions are public'
	while read -r name; do
		[ -s "$work/man3/$name.3" ] || fail "no page of $name"
	done <"$work/public"
	# Nothing of comments is left in what is text, and every link leads somewhere.
	! grep -h -E '^\* |^/\*.*[^/]$' "$work"/man3/itsg_*.3 || fail 'a comment is left'
	for link in $(sed -n 's/^\.so man3\///p' "$work"/man3/*.3) $(sed -n 's/^\.Xr \(itsg[a-z_0-9]*\) 3.*/\1.3/p' \
		"$work"/man3/*.3 | sort -u); do
		[ -s "$work/man3/$link" ] || fail "a link to $link, which is not there"
	done
	need groff
	grep -L '^\.so ' "$work"/man3/*.3 | xargs groff -k -T utf8 -mandoc -ww -z >"$work/warnings" 2>&1
	cat "$work/warnings"
	[ ! -s "$work/warnings" ]
}

# ---- reference ---------------------------------------------------------------------------------

check_reference() {
	need doxygen
	see_planted reference 'void itsg_does(void);' '/* It is. */\nstruct itsg_thing {\n\tint member;\n};'
	sh "$root/script/reference" "$work/out"
	[ -s "$work/out/html/index.html" ]
	grep -q -r itsg_its_init "$work/out/html" || fail 'itsg_its_init() is not in the reference'
}

rm -rf "$work"
mkdir -p "$work"
case $mode in
pages) check_pages "$4" ;;
reference) check_reference ;;
*) fail 'usage: check_manual.sh pages|reference ROOT WORK [LIBRARY]' ;;
esac
