# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
#	awk -v group=GROUP -f hold.awk
#
# Of the figures hold/KIND/BUDGET/SOURCE/NUMBER, one for each entry to the library, the longest of
# each kind and budget: "instructions hold/KIND/BUDGET/GROUP VALUE", and which entry it was.

$2 ~ /^hold\// {
	split($2, part, "/")
	name = "hold/" part[2] "/" part[3] "/" (group ? group : part[4])
	entries[name]++
	if (!(name in longest) || $3 > longest[name]) {
		longest[name] = $3
		which[name] = part[4] "/" part[5]
	}
}

END {
	for (name in longest) {
		print "instructions", name, longest[name]
		print "entries", name, entries[name]
		print "entry", name, which[name]
	}
}
