# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
#	awk -v mode=MODE -f report.awk FIGURES GOALS
#
# MODE text: each goal beside what was measured, met or missed. check: only what is held; exit
# status 1 if a figure has left it. json: all figures and goals, for machines.
#
# Goals by time are not judged if the machine was loaded: if the program that takes time had less
# than 97 % of a CPU, if the middle one of five repetitions took over 10 % longer than the quickest
# (in the middle of all that was timed), or if a quarter of the machine was busy with something else.

function holds(figure, relation, bound) {
	return relation == "<=" ? figure + 0 <= bound + 0 : figure + 0 >= bound + 0
}

# Nothing if that figure is as it should be, or not there.
function load(what, relation, bound, words) {
	if (!(("load " what) in value) || holds(value["load " what], relation, bound)) return ""
	return sprintf(", " words, value["load " what])
}

function loaded() {
	return load("cpu_share", ">=", 0.97, "%.2f of a CPU for the program") \
		load("spread", "<=", 1.10, "the middle repetition took %.2f times the quickest") \
		load("others", "<=", 0.25, "%.2f of each CPU for others")
}

function unjudged(name) {
	return name ~ /^faster_than_/ && loaded() != ""
}

function words(from, i, text) {
	text = $from
	for (i = from + 1; i <= NF; i++) text = text " " $i
	return text
}

/^#/ || NF == 0 { next }

FNR == NR {
	value[$1 " " $2] = $3
	order[++figures] = $1 " " $2
	next
}

{
	goal[++goals] = $1
	relation[goals] = $2
	aim[goals] = $3
	held[goals] = $4
	said[goals] = words(5)
}

function text(i, figure, met, mark) {
	for (i = 1; i <= goals; i++) {
		if (!(("ratio " goal[i]) in value)) continue
		figure = value["ratio " goal[i]]
		met = holds(figure, relation[i], aim[i])
		mark = unjudged(goal[i]) ? "loaded" : met ? "met" : "MISSED"
		count[mark]++
		printf "%-6s %11.2f  %s %-8s %s\n", mark, figure, relation[i], aim[i], said[i]
	}
	printf "\n%d goals missed\n", count["MISSED"]
	if (!count["loaded"]) return
	printf "%d by time not judged: the machine was loaded%s\n", count["loaded"], loaded()
}

function check(i, figure) {
	for (i = 1; i <= goals; i++) {
		if (held[i] == "-") continue
		compared++
		if (!(("ratio " goal[i]) in value)) {
			printf "FAILED: %s was not measured\n", goal[i]
			failed++
			continue
		}
		figure = value["ratio " goal[i]]
		if (holds(figure, relation[i], held[i])) continue
		printf "FAILED: %s is %.3f, held is %s %s (%s)\n", goal[i], figure, relation[i], held[i], said[i]
		failed++
	}
	printf "%d goals held, %d not\n", compared - failed, failed
	exit failed > 0
}

# The entry that was longest is a name, all else a number.
function quoted(figure) {
	return figure ~ /^[0-9.]+$/ ? figure : "\"" figure "\""
}

function json(i, comma, met) {
	print "{\"figures\": ["
	for (i = 1; i <= figures; i++) {
		split(order[i], word, " ")
		printf "%s  {\"unit\": \"%s\", \"name\": \"%s\", \"value\": %s}", comma, word[1], word[2], quoted(value[order[i]])
		comma = ",\n"
	}
	print "\n], \"goals\": ["
	comma = ""
	for (i = 1; i <= goals; i++) {
		if (!(("ratio " goal[i]) in value)) continue
		met = holds(value["ratio " goal[i]], relation[i], aim[i]) ? "true" : "false"
		printf "%s  {\"name\": \"%s\", \"relation\": \"%s\", \"goal\": %s, \"figure\": %s, \"met\": %s}", comma, goal[i], relation[i],
			aim[i], value["ratio " goal[i]], unjudged(goal[i]) ? "null" : met
		comma = ",\n"
	}
	printf "\n], \"loaded\": %s}\n", loaded() != "" ? "true" : "false"
}

END {
	if (mode == "json") json()
	else if (mode == "check") check()
	else text()
}
