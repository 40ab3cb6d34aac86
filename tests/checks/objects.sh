# shellcheck shell=sh disable=SC2154
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Sourced by check_layers.sh and check_rooms.sh: what objects say of who uses whom.

# uses FILE...: "FILE SYMBOL HOME" for each use of a symbol that another object has; of objects and
# archives, whose members are NAME.c.o or NAME.c.obj.
uses() {
	nm -A "$@" | awk '
	NF < 2 { next }
	{
		file = $1
		sub(/:[0-9a-f]*$/, "", file)
		sub(/.*[\/:]/, "", file)
		sub(/\.o(bj)?$/, "", file)
		if ($(NF - 1) == "U") use[file, $NF] = 1
		else if ($(NF - 1) ~ /^[A-TV-Z]$/) home[$NF] = home[$NF] " " file
	}
	END {
		for (pair in use) {
			split(pair, part, SUBSEP)
			count = split(home[part[2]], homes, " ")
			for (i = 1; i <= count; i++)
				if (homes[i] != part[1]) print part[1], part[2], homes[i]
		}
	}' | sort -u
}

# members FILE...: the source files that these are made from.
members() {
	nm -A "$@" | sed 's/^[^ ]*[\/:]\([a-z0-9_]*\.c\)\.o.*/\1/' | sort -u
}

# must_find RULE FILE SYMBOL WORDS [FILE...]: of these files and one more of FILE, which calls SYMBOL,
# the rule says so in these words.
must_find() {
	rule=$1
	file=$2
	symbol=$3
	words=$4
	shift 4
	rm -rf "$work/planted"
	mkdir -p "$work/planted"
	printf 'int %s(void);\nint planted(void);\nint planted(void)\n{\n\treturn %s();\n}\n' \
		"$symbol" "$symbol" >"$work/planted.c"
	"$compiler" -c "$work/planted.c" -o "$work/planted/$file.o"
	"$rule" "$@" "$work/planted/$file.o" >"$work/found"
	grep -qxF "$words" "$work/found" || {
		echo "planted '$words', found '$(cat "$work/found")'"
		exit 1
	}
}
