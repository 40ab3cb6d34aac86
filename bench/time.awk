# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# The CSV of Google Benchmark to figures: "ns NAME VALUE", the quickest of the repetitions.

BEGIN { FS = "," }
/^"/ && $1 !~ /_(mean|median|stddev|cv)"$/ {
	name = $1
	gsub(/"/, "", name)
	sub(/\/min_time.*/, "", name)
	if (!(name in least) || $3 + 0 < least[name] + 0) least[name] = $3
}
END { for (name in least) print "ns", name, least[name] }
