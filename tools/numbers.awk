# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# The numbers of docs/THREATS.md and docs/DESIGN.md (T7, F3, I1 and so on) as a table in C, for
# `itsguard explain`. A row of a table there begins with its number; the row above them says what the
# cells are.

function plain(text) {
	gsub(/\*\*|`/, "", text)
	while (match(text, /\[[^]]*\]\([^)]*\)/)) {
		link = substr(text, RSTART + 1, RLENGTH - 1)
		sub(/\].*/, "", link)
		text = substr(text, 1, RSTART - 1) link substr(text, RSTART + RLENGTH)
	}
	gsub(/\\\|/, "|", text)
	gsub(/\\/, "\\\\", text)
	gsub(/"/, "\\\"", text)
	gsub(/^ +| +$/, "", text)
	return text
}

function say(number, title, text) {
	if (text != "") printf "\t{\"%s\", \"%s\", \"%s\"},\n", number, title, text
}

BEGIN {
	print "/* Made by tools/numbers.awk from docs/THREATS.md and docs/DESIGN.md. */"
	print "#include \"explain.h\"\n"
	print "const struct explain_number explain_numbers[] = {"
}

{
	line = $0
	gsub(/\\\|/, "\001", line)
	count = split(line, cell, "|")
	for (i = 1; i <= count; i++) gsub(/\001/, "|", cell[i])
}

/^\| # \|/ {
	for (i = 3; i < count; i++) title[i] = plain(cell[i])
	next
}

/^\| [A-Z][0-9]+ \|/ {
	for (i = 3; i < count; i++) say(plain(cell[2]), title[i], plain(cell[i]))
}

# "| **I1 Reach** | text |"
/^\| \*\*[A-Z][0-9]+ [^|]*\*\* \|/ {
	name = plain(cell[2])
	number = name
	sub(/ .*/, "", number)
	sub(/^[^ ]* /, "", name)
	say(number, "promise", name ". " plain(cell[3]))
}

END {
	print "};"
	print "const size_t explain_number_count = sizeof(explain_numbers) / sizeof(explain_numbers[0]);"
}
