#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Is each C block of a document quoted from a file, line by line?
#
#     check_quotes.sh DOCUMENT FILE...
#
# A block is what lies between "```c" and "```", and has to stand as it is in one of the files, from the
# beginning of a line to the end of one; only how far all of it is indented does not matter. A word that is
# changed, and a line left out, are seen to be found first.
#
# Exit status: 0 all well, 1 findings.

set -eu
LC_ALL=C
export LC_ALL

document=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Leading blanks go, so that a quote from inside a function may be moved to the left.
quotes() { # DOCUMENT FILE...
	awk '
	function plain(line) { sub(/^[ \t]+/, "", line); return line }
	FNR == 1 { file++ }
	file > 1 { text[file] = text[file] plain($0) "\n"; next }
	/^```c$/ { on = 1; block = ""; first = FNR + 1; next }
	/^```$/ && on { on = 0; blocks[++count] = block; line[count] = first; next }
	on { block = block plain($0) "\n" }
	END {
		for (i = 1; i <= count; i++) {
			found = 0
			if (blocks[i] == "") { print FILENAME_OF ":" line[i] ": empty"; bad = 1 }
			for (f = 2; f <= file; f++)
				if (index("\n" text[f], "\n" blocks[i])) found = 1
			if (!found) { print FILENAME_OF ":" line[i] ": not quoted"; bad = 1 }
		}
		if (!count) { print FILENAME_OF ": no block"; bad = 1 }
		exit bad
	}' FILENAME_OF="$(basename "$1")" "$@"
}

# shellcheck disable=SC2016 # nothing is to expand
script1='/^```c$/,/^```$/ s/;/; \/* planted *\//'
# shellcheck disable=SC2016
script2='/^```c$/,/^```$/ { /;$/d }'
for script in "$script1" "$script2"; do
	sed "$script" "$document" >"$work/planted"
	! quotes "$work/planted" "$@" >/dev/null || { echo "planted a false quote, and it was not found"; exit 1; }
done
quotes "$document" "$@"
echo "$(basename "$document"): $(grep -c '^```c$' "$document") blocks, all quoted"
