#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Compilers leave the cut of src/nospec.h where it is: behind a check that says the same, it is there,
# and it is no branch. And each place that docs/THREATS.md says has one, has one. Run by ctest:
#
#     check_nospec.sh ROOT WORK COMPILER...
#
# COMPILER: a command with its flags, or ...-NOTFOUND. A table is read behind a check, once with the cut
# and once without, and the instructions are counted. A cut that compilers can see through must be seen
# to vanish: else nothing would be shown.
#
# Exit status: 0 all well, 1 findings, 77 no compiler was found (skipped).

set -eu
LC_ALL=C
export LC_ALL

root=$1
work=$2
shift 2

fail() {
	echo "$*"
	exit 1
}

# A function that reads a table of SIZE behind a check, at the index that CUT makes.
probe() { # NAME HEADER SIZE CUT
	cat >"$work/$1.c" <<-END
		#include "$2"
		extern const unsigned char probed[$3];
		unsigned itsg_probe(uint32_t index);
		unsigned itsg_probe(uint32_t index)
		{
		        if (index < $3)
		                return probed[$4];
		        return 1000;
		}
	END
}

# The instructions of the probe, a name each; a branch by any name is called jump. A return is none.
instructions() { # NAME COMPILER
	# shellcheck disable=SC2086 # words
	$2 -O2 -ffreestanding -fcf-protection=none -I "$root/include" -c "$work/$1.c" -o "$work/$1.o" 2>/dev/null ||
		$2 -O2 -ffreestanding -I "$root/include" -c "$work/$1.c" -o "$work/$1.o"
	"$objdump" -d --no-show-raw-insn "$work/$1.o" | awk '
	/^[0-9a-f]+ <itsg_probe>:/ { on = 1; next }
	/^$/ { on = 0 }
	on && $2 ~ /^(nop.*|nopw|data16|xchg|cs)$/ { next }
	on { print $2 ~ /^(j[a-z]+|b|b\..*|cbn?z|tbn?z)$/ ? "jump" : $2 }' >"$work/$1.names"
	[ -s "$work/$1.names" ] || fail "$2: no instructions are seen"
}

count() { # NAME [WORD]
	grep -c "${2-.}" "$work/$1.names" || true
}

check_compiler() { # COMPILER
	for kind in any bits; do
		for name in plain cut seen_through; do
			instructions ${name}_$kind "$1"
		done
		plain=$(count plain_$kind)
		[ "$(count seen_through_$kind)" -le "$plain" ] ||
			fail "$1: does not see through what it can see: nothing is shown"
		[ "$(count cut_$kind)" -gt "$plain" ] || fail "$1: the cut has gone"
		[ "$(count cut_$kind jump)" -le "$(count plain_$kind jump)" ] || fail "$1: the cut is a branch"
		echo "$1: $plain instructions, $(count cut_$kind) with the cut"
	done
}

# The files that the table says are masked, and those that are.
check_table() {
	sed -n '/^## Timing and speculation/,/^## [^T]/p' "$root/docs/THREATS.md" |
		awk -F '|' '/^\|/ && $4 ~ /masked/ { print $2 }' | grep -o '`[a-z_]*\.c`' | tr -d '`' |
		sort -u >"$work/said"
	(cd "$root/src" && grep -l 'itsg_nospec[a-z_]*(' -- *.c) >"$work/done"
	diff "$work/said" "$work/done" || fail 'docs/THREATS.md says otherwise what is masked'
}

rm -rf "$work"
mkdir -p "$work"
sed 's/__asm__.*;//' "$root/src/nospec.h" >"$work/seen_through.h"
for header in "$root/src/nospec.h" "$work/seen_through.h"; do
	name=cut
	[ "$header" = "$root/src/nospec.h" ] || name=seen_through
	probe ${name}_any "$header" 40 'itsg_nospec(index, 40)'
	probe ${name}_bits "$header" 64 'itsg_nospec_bits(index, 64)'
done
probe plain_any "$root/src/nospec.h" 40 'index'
probe plain_bits "$root/src/nospec.h" 64 'index'

check_table
tried=
for compiler; do
	case $compiler in
	'' | *-NOTFOUND*) continue ;;
	esac
	case $compiler in
	*aarch64*) objdump=aarch64-linux-gnu-objdump ;;
	*) objdump=objdump ;;
	esac
	command -v "$objdump" >/dev/null || continue
	check_compiler "$compiler"
	tried=yes
done
[ -n "$tried" ] || {
	echo 'skipped: no compiler, or no objdump, on this machine'
	exit 77
}
