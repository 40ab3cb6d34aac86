# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# The CSV of Google Benchmark to figures: "ns NAME VALUE", the quickest of the repetitions. And
# "load spread VALUE": how much longer the middle one of them took, in the middle of all names.

function middle(list, count, i, j, swap) {
	for (i = 2; i <= count; i++)
		for (j = i; j > 1 && list[j] < list[j - 1]; j--) {
			swap = list[j]
			list[j] = list[j - 1]
			list[j - 1] = swap
		}
	return list[int((count + 1) / 2)]
}

BEGIN { FS = "," }
/^load / { print }
/^"/ && $1 !~ /_(mean|median|stddev|cv)"$/ {
	name = $1
	gsub(/"/, "", name)
	sub(/\/min_time.*/, "", name)
	if (!(name in least) || $3 + 0 < least[name] + 0) least[name] = $3
	took[name, ++times[name]] = $3 + 0
}

END {
	for (name in least) {
		print "ns", name, least[name]
		for (i = 1; i <= times[name]; i++) some[i] = took[name, i]
		spread[++names] = middle(some, times[name]) / least[name]
	}
	if (names) print "load spread", middle(spread, names)
}
