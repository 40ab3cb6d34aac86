#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# check_citations.sh SOURCE_DIR WORK: each citation leads somewhere. Run by ctest.
#
# Looked at are comments and strings of C, comments of everything else, and all of each document.
# There
#
#   GIC 4.1             is the section of docs/GIC.md with that number,
#   GIC K10             a row of its last section, one of its own or of those that a test holds,
#   GIC K1, K2 to K14   several of them; the same goes for sections,
#   T7, I1, F3, E12     any other capital letter with one or two digits, as a word, is a promise of
#                       docs/DESIGN.md, a row of docs/THREATS.md, an expectation of
#                       sim/oracle/expectations.h,
#   M04, P13b           and with a 0 before it or a letter behind it a patch in mutants/.
#
# A row that is said to be held by a test must be cited in that test. No number is defined twice.
#
# Before the tree, each way to cite nothing must be seen to fail in a planted one.
#
# Exit status: 0 all well, 1 findings.

set -eu
LC_ALL=C
export LC_ALL

root=$1
work=$2

# Words of that form that are no citations: a CPU, a language, a level of tables, options of
# compilers, a directive that traces do not know, the end of [A-Z0-9].
words='A72 C99 L1 O0 O1 O2 O3 W32 Z0'

# The files to look at, below the present folder. Recordings are not ours to word.
list_files() {
	find bench cmake corpus docs examples fuzz include mutants ports proofs script sim src tests tools \
		./*.md ./CMakeLists.txt -type f 2>/dev/null | sed 's|^\./||' | awk '
		/^corpus\/(captures|fuzz)\// || /^mutants\/found\// { next }
		/^tests\/checks\/check_citations\.sh$/ { next }
		/\.([chS]|md|sh|cmake|awk|py|mk|list|trace|patch|txt)$/ || /^script\// || /Makefile$/'
}

# Prints the findings in the tree at $1.
check() {
	# shellcheck disable=SC2046 # no name has a space
	(cd "$1" && awk -v words="$words" -v patches="$(ls mutants)" '
	function found(what) { print FILENAME ":" FNR ": " what }

	# ---- what there is ----

	function define(name) {
		if (name in defined) found(name " is defined twice")
		defined[name] = 1
	}

	function is_row() { return $0 ~ /^\| [A-Z][0-9]+ (to [A-Z][0-9]+ )?\|/ }

	function define_rows(count, cell, i) {
		count = split($2, cell, " ")
		if (count == 1) { define("GIC " cell[1]); return }
		letter = substr(cell[1], 1, 1)
		for (i = substr(cell[1], 2) + 0; i <= substr(cell[3], 2) + 0; i++) {
			define("GIC " letter i)
			held[letter i] = $0
		}
	}

	# ---- what is cited ----

	function cite(item) {
		if (item ~ /^[A-Z]/) {
			item = substr(item, 1, 1) (substr(item, 2) + 0)
			cited[item] = cited[item] "`" FILENAME "`"
		}
		if (!(("GIC " item) in defined)) found("GIC " item " leads nowhere")
	}

	function cite_range(from, to, i) {
		if (from ~ /^[A-Z]/)
			for (i = substr(from, 2) + 1; i < substr(to, 2) + 0; i++)
				cite(substr(from, 1, 1) i)
		cite(to)
	}

	function list_of(item) { return item ~ /^[A-Z]/ ? substr(item, 1, 1) : "" }

	# The text without its citations of docs/GIC.md.
	function cite_sections(text, rest, item, next_item, join) {
		rest = ""
		while (match(text, /(^|[^A-Za-z0-9_])GIC ([0-9]+(\.[0-9]+)*|[A-Z][0-9]+)/)) {
			item = substr(text, RSTART, RLENGTH)
			rest = rest substr(text, 1, RSTART - 1) " "
			text = substr(text, RSTART + RLENGTH)
			sub(/^.*GIC /, "", item)
			if (text ~ /^[A-Za-z0-9_]/) found("GIC " item " goes on with a letter")
			cite(item)
			while (match(text, /^(,| and| to) ([0-9]+(\.[0-9]+)*|[A-Z][0-9]+)/)) {
				next_item = substr(text, 1, RLENGTH)
				join = next_item ~ /^ to/
				sub(/^(,| and| to) /, "", next_item)
				if (list_of(item) != list_of(next_item)) break
				text = substr(text, RLENGTH + 1)
				if (join) cite_range(item, next_item)
				else cite(next_item)
				item = next_item
			}
		}
		return rest text
	}

	function prose(text, count, word, i) {
		sub(/^[ \t]*(\*[ \t]*)?/, "", text)
		text = carry text
		carry = ""
		if (sub(/(^|[^A-Za-z0-9_])GIC[ \t]*$/, "", text)) carry = "GIC "
		if (text ~ /facts [0-9]/) found("a document that is not here")
		text = cite_sections(text)
		gsub(/[^A-Za-z0-9_]+/, " ", text)
		count = split(text, word, " ")
		for (i = 1; i <= count; i++)
			if (word[i] ~ /^[A-Z][0-9][0-9]?[a-z]?$/ && !(word[i] in defined))
				found(word[i] " leads nowhere")
	}

	# Comments and strings of a line of C.
	function prose_of_c(line, text) {
		text = ""
		while (line != "") {
			if (in_comment) {
				if (!(at = index(line, "*/"))) { text = text " " line; break }
				text = text " " substr(line, 1, at - 1)
				line = substr(line, at + 2)
				in_comment = 0
				prose(text)
				text = carry = ""
			} else if (!match(line, /\/\*|\/\/|"([^"\\]|\\.)*"|\047([^\047\\]|\\.)+\047/)) {
				break
			} else if (substr(line, RSTART, 2) == "/*") {
				line = substr(line, RSTART + 2)
				in_comment = 1
			} else if (substr(line, RSTART, 2) == "//") {
				text = text " " substr(line, RSTART + 2)
				break
			} else {
				piece = substr(line, RSTART, RLENGTH)
				line = substr(line, RSTART + RLENGTH)
				gsub(/\\./, " ", piece)
				if (piece ~ /^"/) prose(piece)
			}
		}
		if (text != "") prose(text)
	}

	BEGIN {
		count = split(words, word, " ")
		for (i = 1; i <= count; i++) defined[word[i]] = 1
		count = split(patches, word, /[ \n]+/)
		for (i = 1; i <= count; i++)
			if (sub(/\.patch$/, "", word[i]) && word[i] ~ /^[A-Z]0|[a-z]$/)
				defined[word[i]] = 1
		FS = "|"
	}

	# The first files, once more read below, say what there is.
	FILENAME == "docs/THREATS.md" && pass == 0 && /^\| [A-Z][0-9]+ \|/ {
		name = $2
		gsub(/ /, "", name)
		if (name in threat) found(name " is defined twice")
		threat[name] = defined[name] = 1
	}
	FILENAME == "docs/DESIGN.md" && pass == 0 && /^\| \*\*I[0-9] / { define(substr($2, 4, 2)) }
	FILENAME == "sim/oracle/expectations.h" && pass == 0 && match($0, /X\(E[0-9]+,/) {
		define(substr($0, RSTART + 2, RLENGTH - 3))
	}
	FILENAME == "docs/GIC.md" && pass == 0 && /^##+ [0-9]/ {
		split($0, part, " ")
		define("GIC " part[2])
	}
	FILENAME == "docs/GIC.md" && pass == 0 && is_row() { define_rows() }
	pass == 0 { next }

	FNR == 1 { in_comment = 0; carry = "" }
	FILENAME == "docs/GIC.md" && is_row() { sub(/^\|[^|]*/, "") }
	FILENAME ~ /\.[chS]$/ { prose_of_c($0); next }
	FILENAME ~ /\.md$/ { prose($0); next }
	match($0, /(^|[ \t])#/) { prose(substr($0, RSTART + RLENGTH)); next }
	{ carry = "" }

	END {
		for (item in held) {
			count = split(cited[item], file, "`")
			well = 0
			for (i = 2; i <= count; i += 2) well = well || index(held[item], "`" file[i] "`")
			if (!well) print "docs/GIC.md: the test that has GIC " item " does not name it"
		}
	}' pass=0 docs/THREATS.md docs/DESIGN.md sim/oracle/expectations.h docs/GIC.md pass=1 $(list_files))
}

# ---- planted -----------------------------------------------------------------------------------

# plant FILE LINE...: a file of these lines.
plant() {
	file=$work/planted/$1
	shift
	mkdir -p "${file%/*}"
	printf '%s\n' "$@" >"$file"
}

# A tree that is well.
plant_good() {
	rm -rf "$work/planted"
	plant docs/THREATS.md '| # | attack |' '| T1 | Tables. |' '| M4 | A bug. |' 'As I1 says, T1, M4.'
	plant docs/DESIGN.md '| **I1 Reach** | All of it. |' '| **I2 Late** | Never too early. |'
	plant docs/GIC.md '## 1 Registers' '### 1.2 Frames' '## 8 Numbers' "| Q1 | GIC Q1 is a row. |" \
		"| K01 to K03 | capacities | \`tests/test_k.c\` |"
	plant sim/oracle/expectations.h '	X(E3, VIOLATION, "Of T1.")'
	plant mutants/M04b.patch '# M04b: bug M4 [T1].' '- /* T99 */'
	plant mutants/T14.patch '# T1'
	plant tests/test_k.c '/* GIC K1, K2 and K3 */ int R99, a = 0xE12;' \
		'/* C99, "GIC Q1" (GIC 1.2). */'
	plant src/good.c "char c = '\"'; /* T1 */" 'const char *s = "\nE3 /* T1";' '/*' \
		' * It is so (GIC' ' * 1 and 1.2, T1; GICv3, GIC-600, PX12, 0xE12, X123). I2.' ' */' \
		'// M04b'
	# shellcheck disable=SC2016 # it is text
	plant script/good 'echo ${#T99} "$T98"	# T1'
}

# must_find FILE LINE...: with this file the tree that is well is not any more.
must_find() {
	plant_good
	plant "$@"
	check "$work/planted" >"$work/found"
	if ! grep -q "^$1:" "$work/found"; then
		echo "nothing was found in $*"
		exit 1
	fi
	planted=$((planted + 1))
}

check_planted() {
	planted=0
	plant_good
	check "$work/planted" >"$work/found"
	if [ -s "$work/found" ]; then
		echo 'in a tree where all is well this was found:'
		cat "$work/found"
		exit 1
	fi
	must_find src/bad.c '/* As GIC 1.3 has it. */'
	must_find src/bad.c '/* GIC 2 */'
	must_find src/bad.c '/* (GIC 1 and 1.3) */'
	must_find src/bad.c '/*' ' * One (GIC' ' * 1.3).' ' */'
	must_find src/bad.c '/* GIC Q2 */'
	must_find src/bad.c '/* GIC K1 to K4 */'
	must_find src/bad.c '/* GIC Q1x */'
	must_find src/bad.c '/* (facts 1.2) */'
	must_find src/bad.c '/* K1: of which list? */'
	must_find src/bad.c 'int a; /* T2 */'
	must_find src/bad.c '/* T1 */ int a; // T2'
	must_find src/bad.c '/*' ' * One (GIC' ' * 1.3). */'
	must_find src/bad.c '/*' ' * Bounded (I3).' ' */'
	must_find src/bad.c 'const char *s = "R4";'
	must_find src/bad.c 'const char *s = "\nR4";'
	must_find sim/bad.h '/* E4 */'
	must_find src/bad.c '/* T14, of which there is a patch, but no row */'
	must_find include/itsguard/bad.h '/* M04c */'
	must_find docs/BAD.md 'T1 to T9'
	must_find docs/THREATS.md '| T1 | One. |' '| M4 | A bug. |' '| T1 | Another. |'
	must_find BAD.md 'S1'
	must_find mutants/M05.patch '# M05: a bug [P9].'
	must_find corpus/cases/bad.trace '# T9: a case'
	must_find script/bad 'true # T9'
	must_find tests/CMakeLists.txt '# T9'
	must_find docs/GIC.md '## 1' '### 1.2' '| Q1 | |' "| K01 to K04 | | \`tests/test_k.c\` |"
	must_find docs/GIC.md '## 1' '### 1.2' '| Q1 | |' "| K01 to K03 | | \`tests/test_q.c\` |"
	echo "$planted planted mistakes seen to be found"
}

# ---- main --------------------------------------------------------------------------------------

mkdir -p "$work"
check_planted
check "$root" >"$work/findings"
cat "$work/findings"
[ ! -s "$work/findings" ] || exit 1
echo "$(cd "$root" && list_files | wc -l) files: no findings"
