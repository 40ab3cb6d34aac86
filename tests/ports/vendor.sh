#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# script/vendor: what it copies, and that --check reports each way in which a copy can drift.
#
#     vendor.sh ROOT WORK

set -eu
LC_ALL=C
export LC_ALL

root=$1
work=$2
copy=$work/copy

fail() {
	echo "$*"
	exit 1
}

# run STATUS ARGUMENTS...: script/vendor, which must end with this status. Its words in $work/said.
run() {
	wanted=$1
	shift
	status=0
	"$root/script/vendor" "$@" >"$work/said" 2>&1 || status=$?
	[ "$status" -eq "$wanted" ] || { cat "$work/said"; fail "vendor $*: status $status"; }
}

# reports LINE...: --check says these lines and nothing else.
reports() {
	run 1 --check "$copy"
	for line in "$@"; do echo "$line"; done | cmp -s - "$work/said" ||
		{ cat "$work/said"; fail "--check: expected: $*"; }
}

fresh() {
	rm -rf "$copy"
	run 0 "$1" "$copy"
	run 0 --check "$copy"
	[ ! -s "$work/said" ] || fail "--check of a fresh copy says something"
}

rm -rf "$work"
mkdir -p "$work"

for port in "$root"/ports/*; do
	host=$(basename "$port")
	fresh "$host"
	cmp -s "$port/env.h" "$copy/include/itsguard/env.h" || fail "$host: not its env.h"
	[ ! -e "$copy/env.h" ] || fail "$host: env.h twice"
	cmp -s "$root/src/arm.c" "$copy/src/arm.c" || fail "$host: no src/arm.c"
	[ -s "$copy/LICENSES/GPL-2.0-or-later.txt" ] || fail "$host: no licence"
	grep -q '^version [0-9]*\.[0-9]*\.[0-9]*$' "$copy/VENDOR" || fail "$host: no version"
	grep -q '^commit .' "$copy/VENDOR" || fail "$host: no commit"
	(cd "$copy" && grep -E '^[0-9a-f]{64}  ' VENDOR | sha256sum -c --quiet) ||
		fail "$host: VENDOR is not for sha256sum -c"
	[ -e "$root/docs/ports/$host.md" ] || fail "$host: no page in docs/ports"
done

# The version is that of version.h, whatever it is.
version=$(sed -n 's/^project(itsguard VERSION \([0-9.]*\) .*/\1/p' "$root/CMakeLists.txt")
grep -q "^version $version\$" "$copy/VENDOR" || fail "VENDOR: not version $version"

# A changed byte, a removed file, an added file; and all of them.
fresh xen
printf 'x' | dd of="$copy/src/mapd.c" bs=1 seek=100 conv=notrunc 2>/dev/null
reports 'changed: src/mapd.c'
fresh xen
rm "$copy/include/itsguard/cmd.h"
reports 'missing: include/itsguard/cmd.h'
fresh xen
echo '/* mine */' >"$copy/src/mine.c"
reports 'added: src/mine.c'
rm "$copy/Makefile"
echo >>"$copy/LICENSE.md"
reports 'changed: LICENSE.md' 'missing: Makefile' 'added: src/mine.c'

# What a build leaves behind is no drift.
fresh xen
touch "$copy/src/mapd.o" "$copy/src/.mapd.o.cmd" "$copy/src/mapd.d"
run 0 --check "$copy"

# An unchanged copy is brought up to date, a changed one and a foreign folder are left alone.
sed -i 's/^version .*/version 0.0.0/' "$copy/VENDOR"
run 0 xen "$copy"
grep -q "^version $version\$" "$copy/VENDOR" || fail "not brought up to date"
echo >>"$copy/src/mapd.c"
run 1 xen "$copy"
reports 'changed: src/mapd.c'
mkdir "$work/foreign"
touch "$work/foreign/file"
run 1 xen "$work/foreign"
[ "$(ls "$work/foreign")" = file ] || fail "copied into a foreign folder"

run 2 no-such-host "$work/none"
[ ! -e "$work/none" ] || fail "a folder for no host"
run 2 --check "$work/foreign"
run 2 xen

# A copy for one host has nothing of another.
fresh linux-nvhe
[ ! -e "$copy/Makefile" ] || fail "linux-nvhe got files of xen"
echo "$(ls "$root/ports" | wc -l) hosts; drift is reported"
