# shellcheck shell=sh disable=SC2034,SC2154
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Sourced by check_source.sh: for each of its rules a tree that breaks that rule and no other.

# plant RULE[.NAME] FILE < text: a file of a tree that breaks that rule.
plant() {
	set -- "$work/planted/$1" "$2"
	mkdir -p "$1/src" "$1/include" "$1/${2%/*}"
	cat >"$1/$2"
}

# plant_env TREE: the library's own env.h, for sources that use its types.
plant_env() {
	plant "$1" include/itsguard/env.h <"$root/include/itsguard/env.h"
}

plant_syntax() {
	plant_env clean
	plant clean src/names.c <<-'END'
		#include "itsguard/env.h"
		const char *itsg_name(uint32_t i);
		const char *itsg_name(uint32_t i)
		{
			static const char *const names[] = { "one", "two", "three" };
			return names[i % 3];
		}
	END
	plant clean src/clean.c <<-'END'
		#include "itsguard/env.h"
		struct itsg_big {
			uint64_t word[12];
		};
		bool itsg_copy(struct itsg_big *to, const struct itsg_big *from, int (*callback)(void));
		bool itsg_copy(struct itsg_big *to, const struct itsg_big *from, int (*callback)(void))
		{
			if (callback() == 0)
				*to = *from;
			return (to->word[0] & 4) != 0 && !to->word[1];
		}
	END
	plant warning src/planted.c <<-'END'
		int itsg_planted(int a);
		int itsg_planted(int a)
		{
			int unused;
			return a;
		}
	END
	plant header include/itsguard/planted.h <<-'END'
		uint64_t itsg_planted(void);
	END
	for file in one two; do
		plant amalgamation "src/$file.c" <<-END
			int itsg_$file(int a);
			static int same_name(int a)
			{
				return a + 1;
			}
			int itsg_$file(int a)
			{
				return same_name(a);
			}
		END
	done
	# In a part that is not compiled, so that -nostdinc has nothing to say.
	plant system_include src/planted.c <<-'END'
		#ifdef __NOBODY_DEFINES_THIS
		#include <stdlib.h>
		#endif
		int itsg_planted(const void *p);
		int itsg_planted(const void *p)
		{
			return p == (const void *)0;
		}
	END
}

plant_bools() {
	plant_env bool.mask
	plant bool.mask src/planted.c <<-'END'
		#include "itsguard/env.h"
		bool itsg_planted(uint64_t a);
		bool itsg_planted(uint64_t a)
		{
			return a & ((uint64_t)1 << 63);
		}
	END
	plant_env bool.pointer
	plant bool.pointer src/planted.c <<-'END'
		#include "itsguard/env.h"
		bool itsg_planted(const int *a);
		bool itsg_planted(const int *a)
		{
			const bool there = (a);
			return there && *a == 1;
		}
	END
}

plant_objects() {
	plant foreign_header other/planted.h <<-'END'
		#define PLANTED 1
	END
	# In a form that script/amalgamate does not take for a header of ours.
	plant foreign_header src/planted.c <<-END
		# include "$work/planted/foreign_header/other/planted.h"
		int itsg_planted(void);
		int itsg_planted(void)
		{
			return PLANTED;
		}
	END
	plant import src/planted.c <<-'END'
		int memcmp(const void *a, const void *b, unsigned long bytes);
		int itsg_planted(const void *a, const void *b);
		int itsg_planted(const void *a, const void *b)
		{
			return memcmp(a, b, 100);
		}
	END
	plant undefined src/planted.c <<-'END'
		int itsg_planted(void);
		int itsg_nowhere(void);
		int itsg_planted(void)
		{
			return itsg_nowhere();
		}
	END
	plant data.zero src/planted.c <<-'END'
		int itsg_planted(void);
		int itsg_planted(void)
		{
			static int calls;
			calls++;
			return calls;
		}
	END
	plant data.initialised src/planted.c <<-'END'
		extern int itsg_planted;
		int itsg_planted = 1;
	END
	plant data.common src/planted.c <<-'END'
		extern int itsg_planted;
		__attribute__((common)) int itsg_planted;
	END
	plant external_data src/planted.c <<-'END'
		extern const int itsg_planted[3];
		const int itsg_planted[3] = { 1, 2, 3 };
	END
	plant prefix src/planted.c <<-'END'
		int planted(void);
		int planted(void)
		{
			return 1;
		}
	END
	plant relocation src/planted.c <<-'END'
		unsigned long itsg_planted(void);
		unsigned long itsg_planted(void)
		{
			unsigned long address;
			__asm__("adrp %0, :got:itsg_planted\n\t"
				"ldr %0, [%0, :got_lo12:itsg_planted]" : "=r"(address));
			return address;
		}
	END
	# Of structures: an array of mere pointers may become one of offsets.
	plant pointer_table src/planted.c <<-'END'
		const char *itsg_planted(unsigned int i);
		const char *itsg_planted(unsigned int i)
		{
			static const struct {
				unsigned int number;
				const char *name;
			} table[] = { { 1, "one" }, { 5, "five" }, { 7, "seven" } };
			return table[i % 3].number == i ? table[i % 3].name : table[0].name;
		}
	END
	# fmov d0, #1.0, in a form that no flag forbids.
	plant fp src/planted.c <<-'END'
		void itsg_planted(void);
		void itsg_planted(void)
		{
			__asm__ volatile(".inst 0x1e6e1000");
		}
	END
	plant frame src/planted.c <<-'END'
		int itsg_planted(int i);
		int itsg_planted(int i)
		{
			volatile char buffer[300];
			buffer[i] = 1;
			return buffer[0];
		}
	END
	plant chain src/planted.c <<-'END'
		#define LINK(name, callee) \
			int name(int i); \
			__attribute__((noinline)) int name(int i) \
			{ \
				volatile char buffer[192]; \
				buffer[i] = 1; \
				return buffer[0] + callee; \
			}
		LINK(itsg_one, i)
		LINK(itsg_two, itsg_one(i))
		LINK(itsg_three, itsg_two(i))
		LINK(itsg_four, itsg_three(i))
		LINK(itsg_five, itsg_four(i))
		LINK(itsg_six, itsg_five(i))
		#undef LINK
	END
	# The same over a pointer to a function, as a visitor is called.
	plant chain.pointer src/planted.c <<-'END'
		#define LINK(name, callee) \
			static __attribute__((noinline)) int name(int i) \
			{ \
				volatile char buffer[192]; \
				buffer[i] = 1; \
				return buffer[0] + callee; \
			}
		typedef int (*planted_visit)(int i);
		int itsg_planted(int i);
		LINK(planted_one, i)
		LINK(planted_two, planted_one(i))
		LINK(planted_three, planted_two(i))
		__attribute__((noinline)) static int planted_walk(volatile planted_visit *visit, int i)
		{
			volatile char buffer[192];
			buffer[i] = 1;
			return buffer[0] + (*visit)(i);
		}
		static __attribute__((noinline)) int planted_walk_twice(volatile planted_visit *visit, int i)
		{
			volatile char buffer[192];
			buffer[i] = 1;
			return buffer[0] + planted_walk(visit, i);
		}
		int itsg_planted(int i)
		{
			volatile planted_visit visit = planted_three;
			volatile char buffer[160];
			buffer[i] = 1;
			return buffer[0] + planted_walk_twice(&visit, i);
		}
		#undef LINK
	END
	plant recursion src/planted.c <<-'END'
		int itsg_ping(int i);
		int itsg_pong(int i);
		__attribute__((noinline)) int itsg_ping(int i)
		{
			return i == 0 ? 0 : 3 + itsg_pong(i - 1);
		}
		__attribute__((noinline)) int itsg_pong(int i)
		{
			return i == 0 ? 1 : 5 + itsg_ping(i - 1);
		}
	END
	plant text src/planted.c <<-'END'
		unsigned int itsg_planted(unsigned int i);
		unsigned int itsg_planted(unsigned int i)
		{
			static const unsigned char table[200000] = { 1, 2, 3 };
			return table[i % 200000];
		}
	END
	plant kit src/conformance.c <<-'END'
		unsigned int itsg_planted(unsigned int i);
		unsigned int itsg_planted(unsigned int i)
		{
			static const unsigned char table[200000] = { 1, 2, 3 };
			return table[i % 200000];
		}
	END
}

# ---- what is no property of a source file -------------------------------------------------------

begin_planting() {
	rm -rf "$work/planted" "$work/planted_out"
	planted=0
	plant_syntax
	if [ "$mode" != syntax ]; then
		plant_objects
	elif [ -n "$is_clang" ]; then
		plant_bools
	fi
}

# found_in_planted RULES: that the findings in $out are of these rules and of no other; "" for none.
found_in_planted() {
	found=$(sed 's/:.*//' "$out/findings" | sort -u | tr '\n' ' ')
	[ "$found" = "${1:+$1 }" ] || {
		echo "planted ${1:-clean source} in $out: found '$found'"
		cat "$out/findings"
		exit 1
	}
	planted=$((planted + 1))
}

# A structure that is one byte larger here than there.
check_planted_state() {
	tree=$root
	out=$work/planted_out/state
	mkdir -p "$out"
	: >"$out/findings"
	measure_state larger
	found_in_planted state
}

# Tables that lack the row that was just measured, or say something else.
check_planted_table() {
	table=$work/planted_table.md
	read -r _ _ _ code _ <"$out/figures"
	printf '| other-host | %s | 1 |\n' "$version" >"$table"
	check_table "$table"
	found_in_planted table
	: >"$out/findings"
	tr '\t' '|' <"$out/figures" | sed "s/^/| /; s/|$code|/|1$code|/" >"$table"
	check_table "$table"
	found_in_planted table
	: >"$out/findings"
}

# rules_of TREE...: the rules that these trees break, each once, in order.
rules_of() {
	printf '%s\n' "$@" | sed 's/\..*//' | sort -u | paste -s -d ' '
}

# source_of TREE: what it plants, under names that no other tree has.
source_of() {
	sed "/^# include/!s/planted/&_${1#*.}/g" "$work/planted/$1/src/planted.c"
}

# What breaks a rule for objects, but for `chain` and `recursion`, which inlining may undo.
object_rules='chain.pointer data.common data.initialised data.zero external_data foreign_header fp
	frame import pointer_table prefix relocation text undefined'

# see_planted_amalgam TREE...: names, the conformance kit and the sources of these planted trees, amalgamated, lead to
# findings of all their rules and of no other.
see_planted_amalgam() {
	case=$work/planted/amalgam
	rm -rf "$case"
	mkdir -p "$case/from/script" "$case/from/src"
	cp "$root/script/amalgamate" "$case/from/script"
	cp -R "$root/CMakeLists.txt" "$root/include" "$case/from"
	cp "$root"/src/*.h "$root/src/names.c" "$root/src/clause_names.c" \
		"$root/src/conformance.c" "$case/from/src"
	for tree; do
		source_of "$tree" >"$case/from/src/${tree#*.}.c"
	done
	amalgamate "$case/from" "$case"
	check_tree "$case" "$work/planted_out/amalgam" >"$work/planted.log"
	found_in_planted "$(rules_of "$@")"
}

# What breaks rules for objects does so all at once, for the sake of time.
check_planted_amalgam() {
	begin_planting
	see_planted_amalgam warning
	# shellcheck disable=SC2086 # words
	see_planted_amalgam $object_rules
	echo "$planted planted amalgamations: each rule they break was found"
}

# see_planted TREE: it leads to findings of its own rule and of no other.
see_planted() {
	check_tree "$work/planted/$1" "$work/planted_out/$1" >"$work/planted.log"
	rule=${1%%.*}
	[ "$rule" != clean ] || rule=
	found_in_planted "$rule"
}

# Each planted tree must lead to findings of its own rule and of no other.
see_planted_singly() {
	for case in "$work"/planted/*; do
		see_planted "$(basename "$case")"
	done
	echo "$planted planted trees: each breaks one rule, and it was found"
}

# see_planted_of TREE...: all of them in one tree, with findings of all their rules and of no other.
see_planted_of() {
	case=$work/planted/together
	rm -rf "$case"
	mkdir -p "$case/src" "$case/include"
	for tree; do
		if [ -e "$work/planted/$tree/src/planted.c" ]; then
			source_of "$tree" >>"$case/src/together.c"
		else
			cp -R "$work/planted/$tree/." "$case"
		fi
	done
	check_tree "$case" "$work/planted_out/together" >"$work/planted.log"
	found_in_planted "$(rules_of "$@")"
}

# What can be told apart in one. The clean tree is the library itself.
see_planted_together() {
	see_planted warning
	see_planted_of amalgamation header recursion system_include
	# shellcheck disable=SC2086 # words
	see_planted_of chain $object_rules
	echo "$planted planted trees: each rule they break was found"
}

is_first_host() {
	[ "$mode" = "$(awk '$1 == "host" { print $2; exit }' "$hosts/hosts.list")" ]
}

# One by one with one host's flags and one compiler, for the sake of time.
check_planted() {
	begin_planting
	if [ "$mode" = syntax ] || { is_first_host && [ -z "$is_clang" ]; }; then
		see_planted_singly
	else
		see_planted_together
	fi
	[ "$mode" = syntax ] || check_planted_state
}
