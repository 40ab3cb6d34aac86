#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Have these C files no more lines of code than that? Blank lines and lines of comment alone do not count.
#
#     check_lines.sh MOST FILE...
#
# Exit status: 0 yes, 1 no.

set -eu
LC_ALL=C
export LC_ALL

most=$1
shift

# Comments are those of the house: of a line, or from a line that begins with one to a line that ends with one.
count() {
	awk '
	in_comment { if (/\*\//) in_comment = 0; next }
	/^[ \t]*$/ || /^[ \t]*\/\*.*\*\/[ \t]*$/ { next }
	/^[ \t]*\/\*/ { in_comment = 1; next }
	{ lines++ }
	END { print lines + 0 }' "$@"
}

[ "$(printf '/* one */\n\n/*\n * two\n */\nint a; /* three */\n\tint b;\n' | count)" = 2 ] || {
	echo 'lines are not counted right'
	exit 1
}
lines=$(count "$@")
[ "$lines" -le "$most" ] || { echo "$lines lines of code, not $most"; exit 1; }
echo "$lines lines of code"
