# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# The CSV of Google Benchmark to figures: "ns NAME VALUE".

BEGIN { FS = "," }
/^"/ {
	name = $1
	gsub(/"/, "", name)
	sub(/\/min_time.*/, "", name)
	print "ns", name, $3
}
