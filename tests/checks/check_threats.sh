#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# check_threats.sh SOURCE_DIR: each place that a table of docs/THREATS.md names, `file.c` `function`,
# is there: the function is defined in that file of src/.

cd "$1" || exit 1
awk -F'`' '/^\|/ {
	n = split($0, cell, "|")
	parts = split(cell[n - 1], word, "`")
	file = ""
	for (i = 2; i <= parts; i += 2)
		if (word[i] ~ /\.c$/) file = word[i]
		else if (file != "" && word[i] ~ /^[a-z_0-9]+$/) print file, word[i]
}' docs/THREATS.md | sort -u >"${TMPDIR:-/tmp}/threats.$$"
bad=0
total=0
while read -r file function; do
	total=$((total + 1))
	grep -q "^[a-z].*[ *]$function(" "src/$file" || { echo "docs/THREATS.md: src/$file has no $function()"; bad=1; }
done <"${TMPDIR:-/tmp}/threats.$$"
rm -f "${TMPDIR:-/tmp}/threats.$$"
[ "$total" -ge 40 ] || { echo "docs/THREATS.md: only $total places found"; bad=1; }
exit $bad
