# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# The page of `itsguard report` as lines in C:
#
#     awk -f embed.awk SUMS page.html STYLE SCRIPT
#
# SUMS: "HASH  NAME" of the style and the script (a name that ends in css, and one that does not), SHA-256 in
# hexadecimal digits. In page.html @style@ and @script@ become those files, and @style-hash@ and
# @script-hash@ their hashes in base64, by which the page's policy lets them run and nothing else.

function base64(hex,   digits, text, i, j, bits, word) {
	digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	# 64 digits are 256 bits: three at a time make two of base64, and the last one and a half.
	while (length(hex) % 3) hex = hex "0"
	for (i = 1; i <= length(hex); i += 3) {
		word = 0
		for (j = 0; j < 3; j++) word = word * 16 + index("0123456789abcdef", substr(hex, i + j, 1)) - 1
		text = text substr(digits, int(word / 64) + 1, 1) substr(digits, word % 64 + 1, 1)
	}
	text = substr(text, 1, 43)
	return text "="
}

# A line in C, with what may stand behind it there.
function say(text, behind) {
	if (length(text) > 2000) {
		print "a line is too long: " substr(text, 1, 60) > "/dev/stderr"
		failed = 1
	}
	gsub(/\\/, "&&", text)
	gsub(/"/, "\\\"", text)
	printf "\t\"%s%s\",\n", text, behind
}

# A file between what stands before and behind it: its bytes and no others.
function say_file(name, before, behind,   line) {
	say(before)
	while ((getline line < name) > 0) say(line, "\\n")
	close(name)
	say(behind, "\\n")
}

BEGIN {
	while ((getline line < ARGV[1]) > 0) {
		split(line, part, /  */)
		hash[part[2] ~ /css$/ ? "style" : "script"] = base64(part[1])
	}
	style = ARGV[3]
	script = ARGV[4]
	ARGC = 3
	ARGV[1] = ""
	print "/* Made by tools/report/embed.awk. */"
	print "#include \"report_page.h\"\n"
	print "const char *const report_page[] = {"
}

/@style-hash@/ { sub(/@style-hash@/, hash["style"]) }
/@script-hash@/ { sub(/@script-hash@/, hash["script"]) }
/@style@/ { say_file(style, "<style>", "</style>"); next }
/@script@/ { say_file(script, "<script type=\"module\">", "</script>"); next }
{ say($0, "\\n") }

END {
	print "\t0,"
	print "};"
	exit failed
}
