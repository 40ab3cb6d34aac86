#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# README.md says what scripts print, and script/readme sees where it does not: in a copy of the tree in
# which one figure was changed. Run by ctest:
#
#     check_readme.sh ROOT WORK COMMAND
#
# Exit status: 0 all well, 1 not.

set -eu
root=$1
work=$2
command=$3

fail() {
	echo "$*"
	exit 1
}

rm -rf "$work"
mkdir -p "$work"
for entry in "$root"/*; do
	ln -s "$entry" "$work/$(basename "$entry")"
done

# script/readme of the copy, whose parts are links, would go to where they lead.
rm "$work/script" "$work/README.md"
cp -R "$root/script" "$work/script"

must_not_fit() { # CHANGE
	sed "$1" "$root/README.md" >"$work/README.md"
	! cmp -s "$root/README.md" "$work/README.md" || fail "nothing to change: $1"
	! "$work/script/readme" --check "$work/demo" >/dev/null 2>&1 || fail "not seen: $1"
}

ITSGUARD_COMMAND=$command "$root/script/demo" >"$work/demo"
"$root/script/readme" --check "$work/demo"
must_not_fit '/^linux-7.2-el2-guard /s/521/522/'
must_not_fit '/^linux-7.2-el2-guard /d'
must_not_fit '/^T7  /s/SHARE_REFUSED/DONATE_REFUSED/'
must_not_fit 's/to 20000 (/to 30000 (/'
# It writes what it wants to see, and of the other table what script/attack has printed.
cp "$root/README.md" "$work/README.md"
awk '/writes from here: attack/ { on = 1; next } /to here: attack/ { on = 0 } on && !/```/' \
	"$root/README.md" >"$work/printed"
printf '\nWith ITTs donated:\nattack\n' >>"$work/printed"
"$work/script/readme" --check-attack "$work/printed"
sed -i '2s/destroyed/read/' "$work/printed"
! "$work/script/readme" --check-attack "$work/printed" >/dev/null 2>&1 || fail 'another table of attacks is not seen'
"$work/script/readme" --attack "$work/printed"
"$work/script/readme" --check-attack "$work/printed"
! cmp -s "$root/README.md" "$work/README.md" || fail 'nothing was written'
