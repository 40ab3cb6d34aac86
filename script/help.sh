# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Sourced by a script that is asked for --help: prints the comment that the script begins with, in 80
# columns. What is indented there is a list, and keeps its lines.
printf 'script/%s\n\n' "$(basename "$0")"
awk '
function flush() {
	if (line != "") print line
	line = ""
}
# The words of a line, behind what is there already; lines that follow begin with the indent.
function put(words, indent,   n, i, word) {
	n = split(words, word, " ")
	for (i = 1; i <= n; i++) {
		if (line != "" && length(line) + 1 + length(word[i]) > 80) {
			flush()
			line = indent word[i]
		} else
			line = line == "" ? indent word[i] : line " " word[i]
	}
}
NR <= 4 { next }
!/^#/ { exit }
{ sub(/^# ?/, "") }
/^$/ { flush(); item = ""; print ""; next }
# "    --option   text", and lines below the text that go on with it.
/^ / {
	match($0, /^ +/)
	if (RLENGTH > 4 && item != "") { put($0, item); next }
	flush()
	if (!match($0, /^ +([^ ]+ )*[^ ]+  +/)) match($0, /^ +[^ ]+ /)
	item = sprintf("%" RLENGTH "s", "")
	line = substr($0, 1, RLENGTH - 1)
	put(substr($0, RLENGTH + 1), item)
	next
}
{ if (item != "") flush(); item = "" }
{ put($0, "") }
END { flush() }' "$0"
exit 0
