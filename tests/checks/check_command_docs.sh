#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# The manual page and the completion know the commands and options that `itsguard --help` and
# `itsguard COMMAND --help` print, and no others. Run by ctest:
#
#     check_command_docs.sh ITSGUARD ROOT WORK
#
# Before the tree, copies with one thing added or left out must be found wrong. Exit status 0 all
# well, 1 a difference.

set -eu
LC_ALL=C
export LC_ALL

itsguard=$1
root=$2
work=$3
rm -rf "$work"
mkdir -p "$work/bin"
# The completion calls the command by its name.
ln -s "$itsguard" "$work/bin/itsguard"
PATH=$work/bin:$PATH

commands() { itsguard --help | awk '/^[^ ]/ { on = /^Commands:/ } on && /^  [a-z]/ { print $1 }'; }

# ---- lines "COMMAND OPTION" or, where it takes one, "COMMAND OPTION=ARGUMENT"; of the command
# itself "itsguard OPTION"; and "commands COMMAND" ----

from_help() {
	commands | sed 's/^/commands /'
	for command in itsguard $(commands); do
		of=$command
		[ "$command" != itsguard ] || of=
		# shellcheck disable=SC2086 # none, or one word
		itsguard $of --help | awk -v command="$command" '
			/^ +(-[a-zA-Z], )?--/ {
				for (i = 1; $i ~ /^-/; i++) {
					sub(/,$/, "", $i)
					print command, $i
				}
			}'
	done
}

from_man() { # PAGE
	awk '
	/^\.Nm$/ { synopsis = 1; next }
	synopsis && /^\.Cm / { print "commands", $2 }
	{ synopsis = 0 }
	/^\.Sh / { count = split("itsguard", command, " ") }
	/^\.Ss / {
		sub(/^\.Ss /, "")
		gsub(/ and /, " ")
		count = split($0, command, " ")
	}
	/^\.It Fl / {
		sub(/^\.It /, "")
		gsub(/ Ns = Ns Ar /, "=")
		options = split($0, option, / , /)
		for (i = 1; i <= count; i++)
			for (j = 1; j <= options; j++) {
				text = option[j]
				sub(/^Fl /, "-", text)
				print command[i], text
			}
	}' "$1"
}

# completed COMPLETION WORD...: what may take the place of the last word.
completed() {
	# shellcheck disable=SC2016 # for bash
	bash -c '. "$1" && shift && COMP_WORDS=("$@") && COMP_CWORD=$(($# - 1)) && COMPREPLY=() && _itsguard &&
		printf "%s\n" "${COMPREPLY[@]}"' bash "$@"
}

# What an option takes is asked for as well. Which files or numbers it may be nobody can list.
from_completion() { # COMPLETION
	completed "$1" itsguard '' | sed 's/^/commands /'
	for command in itsguard $(commands); do
		if [ "$command" = itsguard ]; then
			completed "$1" itsguard -
		else
			completed "$1" itsguard "$command" -
		fi | while read -r option; do
			case $option in
			*=)
				values=$(completed "$1" itsguard "$command" "${option%=}" = | paste -s -d '|')
				echo "$command $option$values"
				;;
			*) echo "$command $option" ;;
			esac
		done
	done
}

# ---- comparing ----

# differences EXPECTED FOUND WHERE: both ways, by name.
differences() {
	sort -u "$1" >"$work/expected"
	sort -u "$2" >"$work/found"
	comm -23 "$work/expected" "$work/found" | sed "s|\$|: not in $3|"
	comm -13 "$work/expected" "$work/found" | sed "s|\$|: in $3, but not in the help|"
}

check() { # PAGE COMPLETION
	from_man "$1" >"$work/man"
	from_completion "$2" >"$work/completion"
	differences "$work/help" "$work/man" man/itsguard.1
	# Where the help names no values, the completion need not either.
	sed 's/=[A-Z]*$/=/' "$work/help" >"$work/help_values"
	sed 's/ --hw=.*/ --hw=/; s/ --input=.*/ --input=/' "$work/completion" >"$work/completion_values"
	differences "$work/help_values" "$work/completion_values" man/itsguard.bash
}

planted() { # WORDS FILE SED-EXPRESSION: the file so changed is found wrong in these words
	cp "$root/man/itsguard.1" "$root/man/itsguard.bash" "$work"
	sed -i "$3" "$work/$2"
	found=$(check "$work/itsguard.1" "$work/itsguard.bash")
	[ "$found" = "$1" ] && return
	echo "planted '$1', found '$found'"
	exit 1
}

from_help >"$work/help"
# 8 commands, 2 options for each at least: less means that the help is not understood.
[ "$(wc -l <"$work/help")" -ge 15 ] || {
	echo "itsguard --help: not understood"
	exit 1
}

planted 'decode --v41: not in man/itsguard.1' itsguard.1 '/^\.It Fl -v41/d'
planted 'shrink --tries=N: not in man/itsguard.1
shrink --tries=M: in man/itsguard.1, but not in the help' itsguard.1 's/^\(\.It Fl -tries .*\)N$/\1M/'
planted 'replay -x: in man/itsguard.1, but not in the help
shrink -x: in man/itsguard.1, but not in the help' itsguard.1 's/^\.It Fl -rewrite-host/.It Fl x , Fl -rewrite-host/'
planted 'commands shrink: not in man/itsguard.1' itsguard.1 '/^\.Cm shrink$/d'
planted 'decode --v41: not in man/itsguard.bash' itsguard.bash 's/ --v41//'
planted 'explain-input --all: in man/itsguard.bash, but not in the help' itsguard.bash \
	"/explain-input) echo '-h/s/'-h/'--all -h/"
planted 'replay --itt=share|donate: not in man/itsguard.bash
shrink --itt=share|donate: not in man/itsguard.bash
replay --itt=share: in man/itsguard.bash, but not in the help
shrink --itt=share: in man/itsguard.bash, but not in the help' itsguard.bash 's/share donate/share/'
planted 'commands shrink: not in man/itsguard.bash' itsguard.bash 's/import shrink /import /'

# Where there is a formatter, it must know all that the page says.
formatter_warnings() { # PAGE
	! command -v groff >/dev/null || groff -mandoc -Tascii -ww -z "$1" 2>&1
}
if command -v groff >/dev/null; then
	echo '.Xx' | cat "$root/man/itsguard.1" - >"$work/itsguard.1"
	formatter_warnings "$work/itsguard.1" | grep -q Xx || {
		echo "planted an unknown macro: not found"
		exit 1
	}
fi

{
	check "$root/man/itsguard.1" "$root/man/itsguard.bash"
	formatter_warnings "$root/man/itsguard.1"
} >"$work/differences"
cat "$work/differences"
[ ! -s "$work/differences" ] || exit 1
echo "$(wc -l <"$work/help") commands and options: the help, the page and the completion agree"
