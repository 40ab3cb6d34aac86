#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# check_make_project.sh MAKE SOURCE_DIR WORK CC AR: tests/consumers/make_project, from scratch; not
# optimised, for the sake of time.
# Exit status: 0 all well, 77 there is no make (skipped), another of make's.

set -eu
case $1 in
'' | *-NOTFOUND)
	echo "skipped: make is not installed"
	exit 77
	;;
esac
rm -rf "$3"
mkdir -p "$3"
# Of a make that runs the tests it knows nothing.
unset MAKEFLAGS MAKELEVEL MFLAGS
exec "$1" -C "$2/tests/consumers/make_project" OUT="$3" CC="$4" AR="$5" CFLAGS=-O0
