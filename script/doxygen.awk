# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# A public header as Doxygen wants it. The headers have plain comments, which compilers and people read;
# here they become Doxygen's. A comment is about what it stands before, or behind on one line, and one
# before several lines without an empty one between them is about each that has none of its own. The
# one before the guard of the header is about the file. Licence lines, and titles of sections, are about nothing.

function about_nothing(line) { return line ~ /\/\* (SPDX|clang-format|----)/ }

# Gives out what has been said of this block, once more.
function again(   i) {
	for (i = 1; i <= lines; i++)
		print said[i]
}

function forget() {
	lines = 0
	fresh = 0
}

# The depth of parentheses in which the next line begins, without those in comments.
function deepen(code) {
	gsub(/\/\*[^*]*\*\//, "", code)
	gsub(/\/\*.*/, "", code)
	depth += gsub(/\(/, "", code) - gsub(/\)/, "", code)
}

/^#ifndef/ { inside = 1; forget() }
/^$/ { forget() }
about_nothing($0) { forget(); print; next }

# A comment before something.
/^[ \t]*\/\*/ {
	forget()
	sub(/\/\*/, inside ? "/**" : "/** @file\n *")
	open = 1
	fresh = 1
}
open {
	print
	said[++lines] = $0
	if ($0 ~ /\*\//)
		open = 0
	next
}

# A comment behind something, perhaps of several lines.
trailing { print; trailing = $0 !~ /\*\//; next }
/[^ \t].*\/\* / && !/^#(ifndef|define ITSGUARD_[A-Z]*_H|endif|else|if)/ {
	deepen($0)
	trailing = $0 !~ /\*\//
	sub(/\/\* /, "/**< ")
	print
	fresh = 0
	next
}

# Code. What begins here has the comment of the block, unless that has just been said.
depth == 0 && lines && !fresh && !/^[ \t]*}/ && !continued { again() }
{
	print
	deepen($0)
	continued = $0 ~ /\\$/
	fresh = 0
	# What a structure is, its members are not.
	if ($0 ~ /{$/)
		forget()
}
