#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Each script of script/ tells what it is when it is asked for --help, in 80 columns, and does nothing
# else. Run by ctest:
#
#     check_scripts.sh ROOT WORK
#
# Before the tree, scripts that do not must be found. Exit status 0 all well, 1 one does not.

set -eu
LC_ALL=C
export LC_ALL

root=$1
work=$2
rm -rf "$work"
mkdir -p "$work/script" "$work/elsewhere"

# silent FILE: what is wrong with its help, in words.
silent() {
	name=script/$(basename "$1")
	(cd "$work/elsewhere" && timeout 20 "$1" "$2" >"$work/help" 2>&1) || {
		echo "$name $2: exit status $?"
		return
	}
	[ "$(head -n 1 "$work/help")" = "$name" ] || echo "$name $2: does not say its name"
	[ "$(wc -l <"$work/help")" -ge 3 ] || echo "$name $2: says nothing"
	awk -v name="$name" 'length > 80 { print name ": more than 80 columns: " $0 }' "$work/help"
	[ -z "$(ls "$work/elsewhere")" ] || echo "$name $2: leaves something behind"
}

scripts() { # FOLDER
	find "$1" -type f -perm -u+x ! -name '*.sh' | sort
}

check() { # FOLDER
	for script in $(scripts "$1"); do
		silent "$script" --help
		silent "$script" -h
	done
}

plant() { # NAME, the file on standard input: must be found wrong
	cat >"$work/script/$1"
	chmod +x "$work/script/$1"
	check "$work/script" | grep -q "^script/$1" || {
		echo "planted $1: not found"
		exit 1
	}
	rm "$work/script/$1"
}

cp "$root/script/help.sh" "$work/script"
plant nothing <<'END'
#!/bin/sh
END
plant failing <<'END'
#!/bin/sh
echo script/failing
exit 2
END
plant wide <<'END'
#!/bin/sh
# One
# Two
#
# A_word_that_is_as_long_as_no_word_should_be_and_does_not_fit_into_a_line_of_eighty_columns

case ${1-} in --help | -h) . "$(dirname "$0")/help.sh" ;; esac
END
plant leaving <<'END'
#!/bin/sh
printf 'script/leaving\n\nWhat it is.\n'
touch left
END
rm -f "$work/elsewhere/left"

check "$root/script" >"$work/found"
cat "$work/found"
[ ! -s "$work/found" ] || exit 1
count=$(scripts "$root/script" | wc -l)
[ "$count" -ge 14 ] || { echo "only $count scripts: not understood"; exit 1; }
echo "$count scripts tell what they are"
