# shellcheck shell=bash disable=SC2207
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Completion of the itsguard command for bash; needs nothing but bash. The test command_documented
# compares it with `itsguard COMMAND --help`.

_itsguard_conditions='--page= --forgets= --itt= --hw= --fail-at= --rewrite-host'

_itsguard_options() { # of a command
	case $1 in
	'') echo '-h --help -V --version' ;;
	replay) echo "-h --help --guard= --json -q --quiet $_itsguard_conditions" ;;
	show) echo '-h --help --device= --page= --from= --to= -w --wide --input= --guard=' ;;
	report) echo '-h --help -o --output= --svg --perfetto --guard= --title=' ;;
	decode) echo '-h --help --json --v41' ;;
	explain) echo '-h --help --json' ;;
	explain-input) echo '-h --help' ;;
	fmt) echo '-h --help --raw -c --comments -o --output=' ;;
	import) echo '-h --help -o --output=' ;;
	shrink) echo "-h --help -o --output= --tries= --guard= -q --quiet $_itsguard_conditions" ;;
	esac
}

_itsguard_values() { # of a command's option; of those not named here anything may come
	case $2 in
	--guard)
		echo 'on off'
		[[ $1 != report ]] || echo both
		;;
	--page) [[ $1 == show ]] || echo '4096 16384 65536' ;;
	--forgets) echo '0 1' ;;
	--itt) echo 'share donate' ;;
	--input) _itsguard_arguments explain-input ;;
	--hw) echo 'ignore stall nocache cache check trust' ;;
	esac
}

_itsguard_arguments() { # of a command, other than files
	case $1 in
	'') echo 'replay show report decode explain fmt import shrink explain-input' ;;
	explain) itsguard explain | awk '/^  [^ ]/ { print $1 ~ /^0x/ ? $2 : $1 }' ;;
	import) echo 'qemu ftrace' ;;
	explain-input) echo 'world redist trace cmdq mapd devtable mmio pfn_tracker' ;;
	esac
}

_itsguard() {
	local word=${COMP_WORDS[COMP_CWORD]} option='' command='' words
	# "=" ends a word: --guard=o comes as --guard, =, o.
	if [[ $word == = ]]; then
		word=
		option=${COMP_WORDS[COMP_CWORD - 1]}
	elif [[ $COMP_CWORD -gt 1 && ${COMP_WORDS[COMP_CWORD - 1]} == = ]]; then
		option=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	[[ $COMP_CWORD -eq 1 ]] || command=${COMP_WORDS[1]}

	if [[ $option ]]; then
		words=$(_itsguard_values "$command" "$option")
	elif [[ $word == -* ]]; then
		words=$(_itsguard_options "$command")
	else
		words=$(_itsguard_arguments "$command")
	fi
	COMPREPLY=($(compgen -W "$words" -- "$word"))
	# No blank behind an option that takes a value. Outside of a completion there is no compopt.
	[[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace 2>/dev/null
}
# What is not found among these words is a file.
complete -o bashdefault -o default -F _itsguard itsguard
