# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# A file of callgrind's, with the dumps of bench/count.h, to figures: "instructions NAME VALUE".

/^desc: Trigger: Client Request: / {
	label = $0
	sub(/^desc: Trigger: Client Request: /, "", label)
}

/^totals: / && label != "" {
	split(label, part, "|")
	label = ""
	name = part[1]
	sum = $2
	if (name == "calibrate/bracket") {
		bracket = sum / part[2]
		next
	}
	if (name == "calibrate/callback") {
		callback = sum / part[2] - bracket
		next
	}
	if (bracket == 0) {
		print "callgrind.awk: not calibrated: " name >"/dev/stderr"
		exit 1
	}
	printf "instructions %s %.2f\n", name, (sum - part[3] * bracket - part[4] * callback) / part[2]
}
