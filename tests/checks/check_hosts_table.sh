#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# check_hosts_table.sh SOURCE_DIR WORK: script/hosts --check finds nothing in this tree, and something
# in copies of it where the table, the README or the list of hosts was changed.

set -eu
root=$1
work=$2

# fits FILE EDIT: does a copy pass, with this file edited by sed so?
fits() {
	rm -rf "$work"
	mkdir -p "$work/script" "$work/docs" "$work/tests/hosts"
	for file in script/hosts script/lib.sh docs/HOSTS.md README.md tests/hosts/hosts.list; do
		cp "$root/$file" "$work/$file"
	done
	sed "$2" "$root/$1" >"$work/$1"
	"$work/script/hosts" --check >"$work/log"
}

must_not_fit() {
	! fits "$1" "$2" || { echo "$1 changed by '$2', and nothing was found"; exit 1; }
	! cmp -s "$root/$1" "$work/$1" || { echo "$1 is not changed by '$2'"; exit 1; }
}

host=$(awk '$1 == "host" { print $2; exit }' "$root/tests/hosts/hosts.list")
must_not_fit docs/HOSTS.md "/^| $host | clang/d"
must_not_fit docs/HOSTS.md "s/^| $host | gcc/| another-host | gcc/"
must_not_fit docs/HOSTS.md "s/^\\(| $host | gcc [^|]* | \\)/\\1 9/"
must_not_fit tests/hosts/hosts.list "s/^host $host\$/host another-host/"
must_not_fit README.md 's/ bytes of stack/0 bytes of stack/'
fits README.md '' || { cat "$work/log"; exit 1; }
