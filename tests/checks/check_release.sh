#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Two things of what script/release made that others would find out. Run by ctest:
#
#     check_release.sh lintian      RELEASE WORK
#     check_release.sh reproducible RELEASE WORK VERSION OPTION...
#
# lintian: Debian's checker of packages has nothing to say of ours; and it does, of one that is spoilt.
# reproducible: the source archive, unpacked elsewhere and built by somebody with another umask and time
# zone, with OPTIONs of script/release as they were, gives the same files byte for byte; and
# its date is that of its files.
#
# Exit status: 0 all well, 1 not, 77 a tool is missing (skipped).

set -eu
LC_ALL=C
export LC_ALL

mode=$1
dist=$2/dist
work=$3
shift 3

fail() {
	echo "$*"
	exit 1
}

need() {
	for tool; do
		command -v "$tool" >/dev/null || {
			echo "skipped: no $tool on this machine"
			exit 77
		}
	done
}

# ---- lintian -----------------------------------------------------------------------------------

# What it says of the packages in a folder, if only in passing.
complaints() {
	user=
	[ "$(id -u)" -ne 0 ] || user=--allow-root
	lintian $user --no-cfg --display-info --pedantic "$1"/*.deb 2>&1 || true
}

# A package that has a file which everybody may write, without a manual of its program.
spoil() { # FOLDER
	mkdir -p "$1/tree"
	dpkg-deb -R "$dist"/itsguard-tools_*.deb "$1/tree"
	rm -r "$1/tree/usr/share/man"
	chmod 666 "$1"/tree/usr/share/doc/itsguard-tools/copyright
	dpkg-deb --root-owner-group -b "$1/tree" "$1/spoilt.deb" >/dev/null
}

check_lintian() {
	need dpkg-deb dpkg-shlibdeps file lintian
	spoil "$work/spoilt"
	[ -n "$(complaints "$work/spoilt")" ] || fail 'a spoilt package passes'
	complaints "$dist" >"$work/complaints"
	cat "$work/complaints"
	[ ! -s "$work/complaints" ]
}

# ---- reproducible ------------------------------------------------------------------------------

# Into a folder of another length.
unpack() { # NAME
	mkdir -p "$work/$1"
	tar -x -z -f "$dist/itsguard-$version.tar.gz" -C "$work/$1" --strip-components=1
}

build_again() { # NAME OPTION...
	folder=$work/$1
	shift
	(
		umask 077
		unset SOURCE_DATE_EPOCH
		TZ=Asia/Kathmandu
		export TZ
		cd "$folder"
		sh script/release build/of_somebody_else "$@" >"$work/log" 2>&1 || {
			cat "$work/log"
			exit 1
		}
	)
}

check_reproducible() { # VERSION OPTION...
	version=$1
	shift
	unpack again
	build_again again "$@"
	diff -r "$dist" "$work/again/build/of_somebody_else/dist" || fail 'built again, it differs'

	# The date is that of the source: an archive of it at another one is another.
	touch -d @1000000000 "$work/again/CHANGELOG.md"
	(unset SOURCE_DATE_EPOCH && cd "$work/again" && . script/lib.sh && [ "$(source_date)" = 1000000000 ]) ||
		fail 'a different date is not seen'
	printf x >>"$work/again/build/of_somebody_else/dist/itsguard.h"
	! diff -r -q "$dist" "$work/again/build/of_somebody_else/dist" >/dev/null ||
		fail 'a different file is not seen'
}

rm -rf "$work"
mkdir -p "$work"
case $mode in
lintian) check_lintian ;;
reproducible) check_reproducible "$@" ;;
*) fail 'usage: check_release.sh lintian|reproducible RELEASE WORK [VERSION OPTION...]' ;;
esac
