#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Checks src/ and include/ against what host hypervisors demand of code at EL2. Run by ctest:
#
#     check_source.sh syntax COMPILER ROOT WORK FLAGS
#     check_source.sh HOST   COMPILER ROOT WORK [no-table | amalgam | tree=FOLDER]
#
# syntax: with any compiler, under the strict FLAGS of this project.
#   warning        a source file does not compile without a warning
#   header         a public header does not compile alone, twice, or beside the others
#   amalgamation   all files together do not compile: two files share the name of a static
#   system_include env.h is not the only file with a system header
#   bool           a number becomes a bool without a comparison (clang): where bool is an enum, it
#                  would not become 1, and lose its upper half
#
# HOST: a row of tests/hosts/hosts.list; with a gcc or clang for AArch64, all of the above but bool,
# with that host's flags and types, and
#   foreign_header what is compiled includes a file that is neither ours nor the host's
#   import         an undefined symbol other than itsg_*, memcpy and memset
#   undefined      an itsg_ symbol that is used and nowhere defined
#   data           writable data of any kind: globals are wrong in a hypervisor's image
#   external_data  data shared between files: needs the GOT under -fPIC, which nVHE rejects
#   prefix         an external symbol that does not begin itsg_
#   relocation     a type that Linux's gen-hyprel refuses, as are all of the GOT. That holds for
#                  position-independent hosts as well: they could fill a GOT, but nothing here
#                  should need one, and so all link what is here at any address unchanged
#   pointer_table  a table of pointers outside names.c and clause_names.c: relocations in read-only data
#   fp             an FP or SIMD register
#   frame          a stack frame over 256 bytes, or one of unknown size
#   chain          a chain of calls over 1 KB of stack (callbacks, memcpy, memset excluded)
#   recursion      a chain of calls without an end
#   text           code and constants, without names.c and the conformance kit (conformance.c and
#                  clause_names.c), are larger than the row says; an amalgamation, in which more is
#                  inlined, may be a fifth larger
#   kit            conformance.c is larger than 20 KB
#   state          structures are laid out differently on this machine, where they are measured
#   table          docs/HOSTS.md does not say what is measured here; not with "no-table"
#
# tree=FOLDER: checks FOLDER/src/*.c and FOLDER/include instead of ROOT's, without "state" and "table".
# amalgam: checks the two files of ROOT's script/amalgamate likewise. They are beside no others, and an
# environment that a host has by path is named to them by macro.
#
# Before the tree, every rule of the mode must be seen to fail on planted sources that break it, and on
# no others, and a clean one must pass: a check that cannot fail checks nothing. The rules of an
# amalgamation are those of the tree, so they are seen to fail with the first host only. What is
# measured of the tree is left in WORK/tree/figures, for script/hosts.
#
# Exit status: 0 all well, 1 findings, 77 compiler not found (skipped).

set -eu
LC_ALL=C
export LC_ALL

mode=$1
compiler=$2
root=$3
work=$4
option=${5-}

max_frame=256
max_chain=1024
max_kit=20480

case $compiler in
'' | *-NOTFOUND*)
	echo "skipped: no compiler for the check '$mode' on this machine"
	exit 77
	;;
esac

subject=$root
case $option in
tree=*) subject=${option#tree=} ;;
esac

. "$root/tests/checks/check_source_planted.sh"

# ---- the host's row ----------------------------------------------------------------------------

# rows KEY: what the host's row says under this key, as there.
rows() {
	awk -v host="$mode" -v key="$1" '
	$1 == "host" { mine = $2 == host }
	mine && $1 == key { sub(/^[ \t]*[^ \t]+[ \t]+/, ""); print }
	' "$hosts/hosts.list"
}

# row KEY: the same on one line.
row() {
	rows "$1" | paste -s -d ' '
}

# Does the compiler know these flags, after those that are decided on?
knows() {
	# shellcheck disable=SC2086 # words
	$compiler $flags -Werror "$@" -c "$work/probe.c" -o "$work/probe.o" 2>/dev/null
}

choose_each() { # FLAG|FLAG...
	for choice; do
		found=
		for flag in $(echo "$choice" | tr '|' ' '); do
			if knows "$flag"; then
				flags="$flags $flag"
				found=yes
				break
			fi
		done
		[ -n "$found" ] || unknown="$unknown $choice"
	done
}

# Flags as the host's build would choose them: A|B is the first that is known, or none. What was
# chosen for a row and a compiler stands beside the working folder: the amalgamation has the same.
choose_flags() {
	rows flags >"$work/rows"
	rows adds >>"$work/rows"
	chosen=$work/../flags-$({ echo "$compiler, $version"; cat "$work/rows"; } | cksum | tr ' ' -)
	if [ ! -s "$chosen" ]; then
		try_flags
		printf '%s\n%s\n' "$flags" "$unknown" >"$work/chosen"
		mv "$work/chosen" "$chosen"
	fi
	flags=$(sed -n 1p "$chosen")
	unknown=$(sed -n 2p "$chosen")
	[ -z "$unknown" ] || echo "not known to this compiler:$unknown"
}

try_flags() {
	echo "extern int itsg_probe;" >"$work/probe.c"
	flags=
	{ knows -O2 && "$readelf" -h "$work/probe.o" | grep -q AArch64; } || {
		echo "$compiler does not compile for AArch64"
		exit 1
	}
	unknown=
	# Most rows are known as a whole, and most lines of the others.
	first=$(tr ' \t' '\n\n' <"$work/rows" | sed 's/|.*//' | paste -s -d ' ')
	# shellcheck disable=SC2086 # words
	if knows $first; then
		flags="$first -Werror"
		return
	fi
	while read -r line; do
		# shellcheck disable=SC2086 # words
		if [ "$line" = "${line#*|}" ] && knows $line; then
			flags="$flags $line"
		else
			choose_each $line
		fi
	done <"$work/rows"
	flags="$flags -Werror"
}

# env_flags: before all other folders. env_folders: what may be included from, beside our own.
choose_env() {
	# shellcheck disable=SC2046 # words
	set -- $(row env)
	case $1 in
	macro)
		env_flags="-I$hosts/macro -DITSGUARD_ENV=\"$2\""
		env_folders=$hosts/macro
		;;
	path)
		env_flags="-I$hosts/$2"
		[ "$option" != amalgam ] || env_flags="$env_flags -DITSGUARD_ENV=\"itsguard/env.h\""
		env_folders=$hosts/$2
		;;
	libc)
		env_flags="-isystem $hosts/$2"
		env_folders=$hosts/$2
		;;
	compiler)
		env_folders=$(readlink -f "$($compiler -print-file-name=include)")
		env_flags="-isystem $env_folders"
		;;
	esac
}

# Tools of binutils, whatever the compiler.
tool() {
	command -v "aarch64-linux-gnu-$1" || {
		echo "skipped: no aarch64-linux-gnu-$1 on this machine" >&2
		exit 77
	}
}

find_tools() {
	nm=$(tool nm) && objdump=$(tool objdump) && readelf=$(tool readelf) && ld=$(tool ld) &&
		size=$(tool size) || exit 77
}

# ---- rules -------------------------------------------------------------------------------------

# All functions below add lines "RULE: what" to $out/findings.
finding() {
	printf '%s: %s\n' "$1" "$2" >>"$out/findings"
}

# Compile with the given rule's name on failure; the compiler's words go to standard output.
compile() {
	broken=$1
	what=$2
	shift 2
	# shellcheck disable=SC2086 # words
	$compiler $flags $nostdinc $env_flags -I"$tree/include" -I"$tree/src" "$@" 2>&1 ||
		finding "$broken" "$what"
}

# Each file alone, to an object if objects are to be looked at.
check_files() {
	for file in "$tree"/src/*.c; do
		[ -e "$file" ] || continue
		name=${file##*/}
		if [ "$mode" = syntax ]; then
			compile warning "$name" -fsyntax-only "$file"
		else
			compile warning "$name" -fstack-usage -c "$file" -o "$out/${name%.c}.o"
		fi
		printf '#include "%s"\n' "$name" >>"$out/amalgamation.c"
	done
	# Files that do not compile alone would be reported twice.
	[ -e "$out/amalgamation.c" ] && [ ! -s "$out/findings" ] || return 0
	compile_together >"$out/together.log"
	[ ! -s "$out/findings" ] || grep -v '^\.' "$out/together.log"
}

# With the system's headers within reach, but for "syntax", and a list of those that were asked for.
compile_together() (
	nostdinc=
	[ "$mode" = syntax ] || set -- -H
	compile amalgamation 'all files of src/ in one' "$@" -fsyntax-only "$out/amalgamation.c"
)

# Each public header alone and twice, then all of them together, twice. Whether one includes what it
# uses does not hang on the host, so that is looked at with one host's flags.
check_headers() {
	ls "$tree"/include/itsguard/*.h >/dev/null 2>&1 || return 0
	for file in "$tree"/include/itsguard/*.h; do
		name=itsguard/${file##*/}
		printf '#include "%s"\n' "$name" >>"$out/all.h"
		[ "$mode" = syntax ] || is_first_host || continue
		printf '#include "%s"\n#include "%s"\ntypedef int itsg_not_empty;\n' \
			"$name" "$name" >"$out/header.c"
		compile header "$name" -fsyntax-only "$out/header.c"
	done
	printf '#include "all.h"\n#include "all.h"\ntypedef int itsg_not_empty;\n' >"$out/headers.c"
	compile header 'all public headers together' -fsyntax-only "$out/headers.c"
}

check_includes() {
	[ "$option" != amalgam ] || return 0 # env.h is in it
	(cd "$tree" && grep -s -n '^[[:space:]]*#[[:space:]]*include[[:space:]]*<' src/*.[ch] \
		include/itsguard/*.h /dev/null) |
		sed -n '/^include\/itsguard\/env\.h:/!s/^/system_include: /p' >>"$out/findings"
}

# What an expression that becomes a bool is made of, from the compiler's tree of it.
check_bools() {
	[ -e "$out/amalgamation.c" ] || return 0
	# shellcheck disable=SC2086 # words
	$compiler $flags -I"$tree/include" -I"$tree/src" -fsyntax-only -Xclang -ast-dump \
		"$out/amalgamation.c" 2>/dev/null | awk '
		/<(Integral|Pointer)ToBoolean>/ { becomes_bool = 1; next }
		!becomes_bool || /(Paren|ImplicitCast|Constant)Expr/ { next }
		!/BinaryOperator.*(==|!=|<|>|<=|>=|&&|\|\|).$/ && !/UnaryOperator.* .!. / &&
		!/IntegerLiteral/ { print "bool: a number becomes a bool: " $0 }
		{ becomes_bool = 0 }
		' >>"$out/findings"
}

# With the system's headers within reach, none is asked for.
check_foreign() {
	sed -n 's/^\.\.* //p' "$out/together.log" | sort -u | xargs -r readlink -f |
		while read -r header; do
			case $header in
			"$tree"/src/* | "$tree"/include/* | "$env_folders"/*) ;;
			*/stdc-predef.h) ;; # of the C library, put before every file by gcc
			*) finding foreign_header "$header" ;;
			esac
		done
}

# nm writes "VALUE TYPE NAME", or "TYPE NAME" for what is undefined. Names beginning with $ mark
# code and data inside a section and are no symbols.
check_symbols() {
	(cd "$out" && "$nm" -A ./*.o) | sed 's|^\./||; s/:/ /' >"$out/symbols"
	awk -v imports=" memcpy memset $(row imports) " '
	{ object = $1; type = $(NF - 1); name = $NF }
	name ~ /^\$/ { next }
	type == "U" {
		if (name ~ /^itsg_/) used[name] = object
		else if (!index(imports, " " name " ")) print "import: " object ": " name
		next
	}
	type == "C" { print "data: " object ": " name; next }
	type !~ /^[A-Zuvw]$/ { next }
	{ defined[name] = 1 }
	type ~ /^[BDGS]$/ { next } # of sections that check_sections() reports
	type != "T" { print "external_data: " object ": " name; next }
	name !~ /^itsg_/ { print "prefix: " object ": " name }
	END {
		for (name in used)
			if (!(name in defined)) print "undefined: " used[name] ": " name
	}' "$out/symbols" >>"$out/findings"
}

# Sections that are writable and not empty. Those of constants that are relocated once at start are
# tables of pointers, which check_relocations() looks at.
check_sections() {
	"$readelf" -SW "$out"/*.o | awk '
		!sub(/^ *\[ *[0-9]+\] /, "") { next }
		$7 ~ /W/ && $7 ~ /A/ && $5 !~ /^0+$/ && $1 !~ /^\.data\.rel\.ro/ {
			print "data: a section " $1
		}' >>"$out/findings"
}

# relocations OBJECT...: of what is loaded, as "OBJECT: [SECTION]: TYPE SYMBOL".
relocations() {
	[ $# -gt 0 ] || return 0
	"$objdump" -rw "$@" | awk '
	/\.o: / { object = $1; sub(/.*\//, "", object); next }
	/^RELOCATION RECORDS FOR/ { section = $4; next }
	$2 ~ /^R_/ && section !~ /^\[\.(debug|note|comment|stack_sizes)/ {
		print object, section, $2, $3
	}'
}

# Those against a symbol that the host itself has made the compiler import are its own affair.
# Pointers are counted, because those of names have no object of their own in an amalgamation.
check_relocations() {
	relocations "$out"/*.o >"$out/relocations"
	# shellcheck disable=SC2086 # words
	awk -v imports=" $(row imports) " \
		-v allowed="$(relocations $strings | grep -c R_AARCH64_ABS64)" '
	BEGIN {
		words = "ABS64 PREL64 PREL32 PREL16 PLT32 LD_PREL_LO19 ADR_PREL_LO21 " \
			"ADR_PREL_PG_HI21 ADR_PREL_PG_HI21_NC ADD_ABS_LO12_NC " \
			"LDST8_ABS_LO12_NC LDST16_ABS_LO12_NC LDST32_ABS_LO12_NC " \
			"LDST64_ABS_LO12_NC LDST128_ABS_LO12_NC TSTBR14 CONDBR19 " \
			"JUMP26 CALL26 MOVW_PREL_G0 MOVW_PREL_G0_NC MOVW_PREL_G1 " \
			"MOVW_PREL_G1_NC MOVW_PREL_G2 MOVW_PREL_G2_NC MOVW_PREL_G3"
		count = split(words, word)
		for (i = 1; i <= count; i++) taken["R_AARCH64_" word[i]] = 1
	}
	!($3 in taken) && !index(imports, " " $4 " ") { print "relocation: " $0 }
	$3 == "R_AARCH64_ABS64" {
		pointers++
		if ($1 !~ /names\.o:$/) last = $1 " " $2 " " $4
	}
	END {
		if (pointers > allowed)
			print "pointer_table: " pointers " pointers, not " allowed " as in names: " last
	}' "$out/relocations" >>"$out/findings"
}

# All objects in one image, so that every call has its target; what is missing is at address 0.
link_objects() {
	cat >"$out/image.ld" <<-END
		SECTIONS {
			. = 0x400000;
			.text : { *(.text .text.*) }
			/DISCARD/ : { *(.note.*) *(.comment) *(.eh_frame) }
		}
	END
	"$ld" -q -T "$out/image.ld" --unresolved-symbols=ignore-all -o "$out/image" "$out"/*.o \
		2>"$out/ld.log" || { cat "$out/ld.log" >&2; exit 1; }
	"$objdump" -dr --no-show-raw-insn "$out/image" >"$out/code"
}

check_registers() {
	awk '
	/^[0-9a-f]+ <.*>:$/ { name = $2; next }
	!/^ +[0-9a-f]+:\t/ { next }
	{ line = $0; sub(/\/\/.*/, "", line); gsub(/<[^>]*>/, "", line) }
	line ~ /[^a-z0-9_][qdshbv][0-9][0-9]?([^0-9a-z_]|$)/ { print "fp: " name $0 }
	' "$out/code" >>"$out/findings"
}

check_stack() {
	find "$out" -name "*.su" -exec cat {} + >"$out/frames" # none for a file without functions
	awk -v max_frame="$max_frame" -v max_chain="$max_chain" -v summary="$out/stack" \
		-f "$root/tests/checks/stack_depth.awk" part=sources "$tree"/src/*.c \
		part=frames "$out/frames" part=code "$out/code" >>"$out/findings"
}

# section_bytes < sizes: code, and constants, those included that are pointers.
section_bytes() {
	awk '
	/^\.text/ { code += $2 }
	/^\.(rodata|srodata|data\.rel\.ro)/ { constants += $2 }
	END { print code + 0, constants + 0 }'
}

# bytes_of OBJECT...: of these; of none, 0 0.
bytes_of() {
	{ [ $# -eq 0 ] || "$size" -A "$@"; } | section_bytes
}

# less FILE OBJECT...: what FILE says, without these.
less() {
	file=$1
	shift
	bytes_of "$@" | paste -d ' ' "$file" - | awk '{ print $1 - $3, $2 - $4 }'
}

# The objects of these files, if they are there.
apart() {
	for file; do
		[ ! -e "$apart/$file.o" ] || echo "$apart/$file.o"
	done
}

check_text() {
	bytes_of "$out"/*.o >"$out/text_objects"
	# shellcheck disable=SC2046 # no blanks in them
	less "$out/text_objects" $(apart conformance clause_names) >"$out/text_all"
	# shellcheck disable=SC2046
	less "$out/text_all" $(apart names) >"$out/text"
	# shellcheck disable=SC2046
	bytes_of $(apart conformance) >"$out/text_kit"
	awk -v max="$max_kit" '$1 + $2 > max { print "kit: " $1 + $2 " bytes, not " max }' "$out/text_kit" >>"$out/findings"
	max_text=$(row text)
	[ "$option" != amalgam ] || max_text=$((max_text * 6 / 5))
	awk -v max="$max_text" '
	$1 + $2 > max { print "text: " $1 + $2 " bytes of code and constants, not " max }
	' "$out/text" >>"$out/findings"
}

check_objects() {
	[ -e "$out/amalgamation.c" ] || return 0 # no sources
	# Half a set of objects would be reported for what the other half lacks.
	! grep -q '^warning:' "$out/findings" || return 0
	# Where what is not counted is, and has pointers: not in an amalgamation, so it is compiled by itself.
	apart=$out
	[ "$option" != amalgam ] || apart=$work
	strings=$(apart names clause_names)
	check_foreign
	check_symbols
	check_sections
	check_relocations
	link_objects
	check_registers
	check_stack
	check_text
}

# check_tree TREE OUT: findings of one tree, in OUT/findings.
check_tree() {
	tree=$1
	out=$2
	rm -rf "$out"
	mkdir -p "$out"
	: >"$out/findings"
	check_files
	check_headers
	check_includes
	if [ "$mode" != syntax ]; then
		check_objects
	elif [ -n "$is_clang" ]; then
		check_bools
	fi
}

# amalgamate ROOT TREE
amalgamate() {
	mkdir -p "$2/include"
	sh "$1/script/amalgamate" "$2/src"
}

# These alone: what bytes, and pointers, they may have in the amalgamation.
compile_apart() {
	for file in names conformance clause_names; do
		# shellcheck disable=SC2086 # words
		$compiler $flags $nostdinc $env_flags -I"$root/include" -I"$root/src" \
			-c "$root/src/$file.c" -o "$work/$file.o"
	done
}

# ---- what is measured --------------------------------------------------------------------------

# The state of one ITS and one tracker, by a program that runs on this machine: structures are laid
# out as on AArch64, which is checked with the compiler for it. Compilers and hosts with the same types
# share it.
build_state_size() {
	env_here=$env_flags
	[ "$(row env)" != compiler ] || env_here=
	state_size=$work/../state_size-$({ echo "$env_here"; cat "$root"/src/*.[ch] "$hosts/state_size.c"
		} | cksum | tr ' ' -)
	[ ! -e "$state_size" ] || return 0
	# shellcheck disable=SC2086 # words
	cc -w $env_here -O1 -ffunction-sections -Wl,--gc-sections -I"$root/include" -I"$root/src" \
		"$hosts/state_size.c" "$root"/src/init.c "$root"/src/rd_list.c "$root"/src/pfn_tracker.c \
		-o "$work/state_size"
	mv "$work/state_size" "$state_size"
}

measure_state() { # BROKEN...: structures to be taken for one byte larger, to see it found
	"$state_size" "$@" >"$out/state"
	compile state 'structures are laid out differently on this machine' -fsyntax-only \
		-DITSGUARD_SIZES="$(sed -n 2p "$out/state")" "$hosts/state_size.c" >"$out/state.log"
}

# Code and constants of the files that only who traps redistributors needs.
redists_bytes() {
	for file in $(sed -n 's/^ITSGUARD_REDISTS += \(.*\)\.c$/\1/p' "$root/src/sources.mk"); do
		"$size" -A "$out/$file.o"
	done | section_bytes | awk '{ print $1 + $2 }'
}

# One line: host, compiler, code, constants, both with names.c, largest frame, deepest chain, state
# of a tracker and of an ITS, what of code and constants is redistributors, way of the deepest chain.
measure() {
	measure_state
	read -r code constants <"$out/text"
	read -r code_all constants_all <"$out/text_all"
	read -r frame chain path <"$out/stack"
	read -r pages its <"$out/state"
	printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$mode" "$version" "$code" "$constants" \
		$((code_all + constants_all)) "$frame" "$chain" "$pages" "$its" "$(redists_bytes)" "$path" \
		>"$out/figures"
}

# Does the table say what is measured? To 5 % where its row is of this very compiler, because a change
# of the library should not have to be a change of the table. Of another version of it, a row is enough:
# the limits hold for all.
check_table() { # TABLE
	awk -F '|' -v host="$mode" -v version="$version" -v figures="$(cat "$out/figures")" '
	function word(text) { gsub(/^ +| +$/, "", text); return text }
	BEGIN { split(figures, figure, "\t"); kind = version; sub(/ .*/, " ", kind) }
	word($2) == host && index(word($3), kind) == 1 {
		row = 1
		if (word($3) != version) next
		for (i = 3; i <= 10; i++)
			if ($(i + 1) > figure[i] * 1.05 || $(i + 1) < figure[i] * 0.95)
				print "table: column " i " should be " figure[i] ", not" $(i + 1)
	}
	END { if (!row) print "table: no row for " host ", " version }
	' "$1" >>"$out/findings"
}

# ---- main --------------------------------------------------------------------------------------

mkdir -p "$work"
work=$(readlink -f "$work")
root=$(readlink -f "$root")
subject=$(readlink -f "$subject")
hosts=$root/tests/hosts
is_clang=
! echo | $compiler -dM -E - | grep -q -w __clang__ || is_clang=yes
if [ "$mode" = syntax ]; then
	flags=$option
	nostdinc=
	env_flags=
else
	[ -n "$(row title)" ] || { echo "tests/hosts/hosts.list has no host $mode" >&2; exit 1; }
	find_tools
	if [ -n "$is_clang" ]; then
		version="clang $($compiler -dumpversion)"
	else
		version="gcc $($compiler -dumpfullversion)"
	fi
	choose_flags
	choose_env
	nostdinc=-nostdinc
	[ "$option" = amalgam ] || build_state_size
fi

if [ "$option" = amalgam ]; then
	subject=$work/amalgam
	amalgamate "$root" "$subject"
	compile_apart
	! is_first_host || check_planted_amalgam
else
	check_planted
fi
check_tree "$subject" "$work/tree"
if [ "$mode" != syntax ] && [ "$subject" = "$root" ] && [ ! -s "$out/findings" ]; then
	measure
	cat "$out/figures"
	if [ "$option" != no-table ]; then
		check_planted_table
		check_table "$root/docs/HOSTS.md"
		! grep '^table:' "$out/findings" || echo 'script/hosts writes the table anew'
	fi
fi
cat "$out/findings"
if [ -s "$out/findings" ]; then
	echo "$(wc -l <"$out/findings") findings in src/ and include/ of $subject"
	exit 1
fi
echo "src/ and include/ of $subject: no findings"
