# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Makes a patch of each change of one operator or statement in a C file, for script/mutants:
#
#     awk -v folder=OUT -f operators.awk src/arm.c
#
# writes OUT/src_arm-LINE-NUMBER.patch. Only lines of functions count, which are those that begin with
# a tab. A condition of `for` stays: one time more round is mostly a read of what is not changed.

BEGIN {
	becomes["=="] = "!="; becomes["!="] = "=="
	becomes["<="] = "<"; becomes[" < "] = " <= "
	becomes[">="] = ">"; becomes[" > "] = " >= "
	becomes["&&"] = "||"; becomes["||"] = "&&"
	becomes[" + "] = " - "; becomes[" - "] = " + "
	becomes[" & "] = " | "; becomes["!"] = ""
	for (each in becomes) {
		change[each] = each " becomes " becomes[each]
		gsub(/  +/, " ", change[each])
		gsub(/^ | $/, "", change[each])
	}
	change["!"] = "! left out"
	operator = "==|!=|<=|>=|&&|[|][|]| < | > | [+] | - | & |!"
	keyword = "^\t+(return|for|if|else|while|switch|case|default|goto|break|continue|const|static|struct|enum|char|int)[ ;(:]"
}

function spaces(count,    text) {
	text = sprintf("%" count "s", "")
	return text
}

# The line with spaces in the place of comments and strings; a comment may go on in the next one.
function code_of(text,    end) {
	if (comment) {
		end = index(text, "*/")
		if (!end)
			return ""
		comment = 0
		text = spaces(end + 1) substr(text, end + 2)
	}
	while (match(text, /"([^"\\]|\\.)*"/))
		text = substr(text, 1, RSTART - 1) spaces(RLENGTH) substr(text, RSTART + RLENGTH)
	while (match(text, /\/\*/)) {
		end = index(substr(text, RSTART + 2), "*/")
		if (!end) {
			comment = 1
			return substr(text, 1, RSTART - 1)
		}
		text = substr(text, 1, RSTART - 1) spaces(end + 3) substr(text, RSTART + end + 3)
	}
	return text
}

FNR == 1 {
	name = FILENAME
	sub(/\.c$/, "", name)
	gsub(/\//, "_", name)
	test = name
	sub(/^src_/, "", test)
}

{
	line[NR] = $0
	code[NR] = code_of($0)
	sub(/[ \t]+$/, "", code[NR])
}

function emit(at, what, text,    path, shown) {
	path = folder "/" name "-" at "-" ++number[at] ".patch"
	shown = line[at]
	sub(/^\t+/, "", shown)
	print "# " FILENAME ":" at ", " what ": " shown >path
	print "# Target: none\n# Test: test_" test "\n" >path
	print "--- a/" FILENAME "\n+++ b/" FILENAME "\n@@ -" at - 1 ",3 +" at - 1 ",3 @@" >path
	print " " line[at - 1] "\n-" line[at] "\n+" text "\n " line[at + 1] >path
	close(path)
}

# Each of the line's, from left to right.
function operators(at,    from, length_of, found) {
	for (from = 1; match(substr(code[at], from), operator); from += length_of) {
		from += RSTART - 1
		length_of = RLENGTH
		found = substr(code[at], from, length_of)
		emit(at, change[found], substr(line[at], 1, from - 1) becomes[found] \
			substr(line[at], from + length_of))
	}
}

# A whole statement on one line, which is no declaration; the line before it must be complete, too.
function is_statement(at) {
	return code[at] ~ /^\t+[a-z*(+-][^{}]*;$/ && code[at] !~ keyword &&
		code[at] !~ /^\t+[a-z_0-9]+ [*]*[a-z_0-9]+( =|;|\[)/ &&
		code[at - 1] ~ /(^|[;{}):]|else)$/
}

function statements(at) {
	if (is_statement(at))
		emit(at, "left out", "\t(void)0;")
	# However many operands there are, and on however many lines.
	if (match(code[at], /^\t+(} else |else )?if \(/))
		emit(at, "never", substr(line[at], 1, RLENGTH) "1 ? 0 : " substr(line[at], RLENGTH + 1))
}

END {
	for (at = 2; at < NR; at++) {
		if (code[at] !~ /^\t/)
			continue
		if (code[at] !~ /^\t+for \(/)
			operators(at)
		statements(at)
	}
}
