# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
#	awk -f held.awk FIGURES GOALS
#
# The goals, with HELD as the figures are now: the goal itself where it is met, else what was reached
# and 3 % of room. What holds, and is stricter, stays; and so does "-": it is not compared.

function holds(figure, relation, bound) {
	return relation == "<=" ? figure + 0 <= bound + 0 : figure + 0 >= bound + 0
}

# Three digits that count.
function roomy(figure, relation, value, unit) {
	value = figure * (relation == "<=" ? 1.03 : 0.97)
	for (unit = 1; value / unit >= 1000; unit *= 10) continue
	for (; value / unit < 100; unit /= 10) continue
	value = (int(value / unit) + (relation == "<=")) * unit
	return sprintf("%.10g", value)
}

FNR == NR {
	value[$1 " " $2] = $3
	next
}

/^#/ || NF == 0 || $4 == "-" || !(("ratio " $1) in value) {
	print
	next
}

{
	figure = value["ratio " $1]
	held = holds(figure, $2, $3) ? $3 : roomy(figure, $2)
	if (holds(figure, $2, $4) && holds($4, $2, held)) held = $4
	words = $0
	for (i = 1; i <= 4; i++) sub(/^ *[^ ]+ */, "", words)
	printf "%-31s %s  %-5s %-5s %s\n", $1, $2, $3, held, words
}
