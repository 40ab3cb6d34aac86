#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Checks src/ and include/ against what host hypervisors demand of code at EL2. Run by ctest:
#
#     check_source.sh MODE COMPILER ROOT WORK FLAGS
#
# MODE syntax: with any compiler, under the strict FLAGS.
#   warning        a source file does not compile without a warning
#   header         a public header does not compile alone, twice, or beside the others
#   amalgamation   all files together do not compile: two files share the name of a static
#   system_include env.h is not the only file with a system header
# MODE objects: with a gcc for AArch64, all of these and, of the objects:
#   import         an undefined symbol other than itsg_*, memcpy and memset
#   undefined      an itsg_ symbol that is used and nowhere defined
#   data           a symbol in writable data: globals are wrong in a hypervisor's image
#   external_data  data shared between files: needs the GOT under -fPIC, which nVHE rejects
#   prefix         an external symbol that does not begin itsg_
#   pointer_table  a table of pointers outside names.c: relocations in read-only data
#   frame          a stack frame over 256 bytes, or one of unknown size
#   chain          a chain of calls over 1023 bytes of stack (callbacks, memcpy, memset excluded)
#   recursion      a chain of calls without an end
#
# Before the tree, every rule of the mode must be seen to fail on a planted source that breaks it
# and only it, and a clean one must pass: a check that cannot fail checks nothing.
#
# Exit status: 0 all well, 1 findings, 77 compiler not found (skipped).

set -eu
LC_ALL=C
export LC_ALL

mode=$1
compiler=$2
root=$3
work=$4
flags=$5

case $compiler in
'' | *-NOTFOUND)
	echo "skipped: no compiler for the check '$mode' on this machine"
	exit 77
	;;
esac

max_frame=256
max_chain=1023

# As the hosts compile: position dependent, no FP registers, frame pointers. Sibling calls stay
# calls, as in Linux at EL2, so the chain is the worst case and tail recursion is seen too.
object_flags='-O2 -mgeneral-regs-only -fno-pic -fno-omit-frame-pointer -fno-optimize-sibling-calls
	-fno-asynchronous-unwind-tables -fno-common -fstack-usage -fcallgraph-info=su'

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
	# shellcheck disable=SC2086 # the flags are words
	"$compiler" $flags -I"$tree/include" -I"$tree/src" "$@" 2>&1 || finding "$broken" "$what"
}

# Each file alone, to an object if objects are to be looked at.
check_files() {
	for file in "$tree"/src/*.c; do
		[ -e "$file" ] || continue
		if [ "$mode" = objects ]; then
			# shellcheck disable=SC2086
			compile warning "$(basename "$file")" $object_flags \
				-c "$file" -o "$out/$(basename "$file" .c).o"
		else
			compile warning "$(basename "$file")" -fsyntax-only "$file"
		fi
		printf '#include "%s"\n' "$(basename "$file")" >>"$out/amalgamation.c"
	done
	# Files that do not compile alone would be reported twice.
	if [ -e "$out/amalgamation.c" ] && [ ! -s "$out/findings" ]; then
		compile amalgamation 'all files of src/ in one' -fsyntax-only "$out/amalgamation.c"
	fi
}

# Each public header alone and twice, then all of them together.
check_headers() {
	echo 'typedef int itsg_not_empty;' >"$out/headers.c"
	for file in "$tree"/include/itsguard/*.h; do
		[ -e "$file" ] || continue
		name=itsguard/$(basename "$file")
		printf '#include "%s"\n#include "%s"\ntypedef int itsg_not_empty;\n' \
			"$name" "$name" >"$out/header.c"
		compile header "$name" -fsyntax-only "$out/header.c"
		printf '#include "%s"\n' "$name" >>"$out/headers.c"
	done
	compile header 'all public headers together' -fsyntax-only "$out/headers.c"
}

check_includes() {
	for file in "$tree"/src/*.[ch] "$tree"/include/itsguard/*.h; do
		[ -e "$file" ] || continue
		[ "$(basename "$file")" != env.h ] || continue
		grep -n '^[[:space:]]*#[[:space:]]*include[[:space:]]*<' "$file" |
			sed "s|^|system_include: $(basename "$file"):|" >>"$out/findings"
	done
}

# nm writes "VALUE TYPE NAME", or "TYPE NAME" for what is undefined. Names beginning with $ mark
# code and data inside a section and are no symbols.
check_symbols() {
	(cd "$out" && for o in *.o; do "$nm" "$o" | sed "s|^|$o |"; done) >"$out/symbols"
	awk '
	{ object = $1; type = $(NF - 1); name = $NF }
	name ~ /^\$/ { next }
	type == "U" {
		if (name ~ /^itsg_/) used[name] = object
		else if (name != "memcpy" && name != "memset") print "import: " object ": " name
		next
	}
	type ~ /^[DdBbCSsGg]$/ { print "data: " object ": " name; next }
	type !~ /^[A-Zuvw]$/ { next }
	{ defined[name] = 1 }
	type != "T" { print "external_data: " object ": " name; next }
	name !~ /^itsg_/ { print "prefix: " object ": " name }
	END {
		for (name in used)
			if (!(name in defined)) print "undefined: " used[name] ": " name
	}' "$out/symbols" >>"$out/findings"
}

check_relocations() {
	for object in "$out"/*.o; do
		[ "$(basename "$object")" != names.o ] || continue
		"$objdump" -r "$object" | awk -v object="$(basename "$object")" '
		/^RELOCATION RECORDS FOR/ { section = $4 }
		$2 == "R_AARCH64_ABS64" { print "pointer_table: " object ": " section " " $3 }
		' >>"$out/findings"
	done
}

# .su files: FILE:LINE:COLUMN:FUNCTION, bytes, qualifier; words separated by tabs.
check_frames() {
	cat "$out"/*.su | awk -F '\t' -v max="$max_frame" '
	{ sub(/.*\//, "", $1) }
	$3 != "static" { print "frame: " $1 " has a frame of unknown size" }
	$2 + 0 > max { print "frame: " $1 " has a frame of " $2 " bytes" }
	' >>"$out/findings"
}

# .ci files are the call graph as the compiler left it, after inlining, one node or edge a line.
# The deepest chain from each function is its own frame and the deepest of those it calls: a value
# that still grows after as many rounds as there are functions belongs to a recursion.
check_chains() {
	cat "$out"/*.ci | awk -F '"' -v max="$max_chain" -v deepest="$out/deepest" '
	/^node:/ && match($4, /[0-9]+ bytes/) {
		frame[$2] = substr($4, RSTART, RLENGTH) + 0
		depth[$2] = frame[$2]
		functions++
	}
	/^edge:/ { from[++edges] = $2; to[edges] = $4 }
	function short(name) { sub(/.*[\/:]/, "", name); return name }
	function raise(   e, sum, grown) {
		grown = 0
		for (e = 1; e <= edges; e++) {
			if (!(from[e] in frame) || !(to[e] in frame)) continue
			sum = frame[from[e]] + depth[to[e]]
			if (sum <= depth[from[e]]) continue
			depth[from[e]] = sum
			next_of[from[e]] = to[e]
			last_grown = from[e]
			grown = 1
		}
		return grown
	}
	END {
		for (round = 0; round <= functions; round++)
			if (!raise()) break
		if (round > functions) {
			print "recursion: " short(last_grown) " can call itself"
			exit
		}
		for (name in frame) {
			if (depth[name] > max)
				print "chain: " short(name) " needs " depth[name] " bytes"
			if (top == "" || depth[name] > depth[top]) top = name
		}
		path = short(top)
		for (name = top; name in next_of; name = next_of[name])
			path = path " > " short(next_of[name])
		if (top != "") print depth[top] " bytes: " path > deepest
	}' >>"$out/findings"
}

check_objects() {
	[ -e "$out/amalgamation.c" ] || return 0 # no sources
	# Half a set of objects would be reported for what the other half lacks.
	! grep -q '^warning:' "$out/findings" || return 0
	check_symbols
	check_relocations
	check_frames
	check_chains
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
	[ "$mode" != objects ] || check_objects
}

# ---- planted sources ---------------------------------------------------------------------------

# plant RULE FILE < text: a file of a tree that breaks that rule.
plant() {
	mkdir -p "$work/planted/$1/src" "$work/planted/$1/include/itsguard"
	cat >"$work/planted/$1/$2"
}

plant_syntax() {
	plant clean include/itsguard/env.h <<-'END'
		#ifndef ENV_H
		#define ENV_H
		#include <stdint.h>
		#endif
	END
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
		void itsg_copy(struct itsg_big *to, const struct itsg_big *from, int (*callback)(void));
		void itsg_copy(struct itsg_big *to, const struct itsg_big *from, int (*callback)(void))
		{
			if (callback() == 0)
				*to = *from;
		}
	END
	plant warning src/planted.c <<-'END'
		int itsg_planted(long a);
		int itsg_planted(long a)
		{
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
	plant system_include src/planted.c <<-'END'
		#include <stddef.h>
		int itsg_planted(const void *p);
		int itsg_planted(const void *p)
		{
			return p == NULL;
		}
	END
}

plant_objects() {
	plant import src/planted.c <<-'END'
		int itsg_planted(unsigned long long a);
		int itsg_planted(unsigned long long a)
		{
			return __builtin_popcountll(a);
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
	plant data src/planted.c <<-'END'
		int itsg_planted(void);
		int itsg_planted(void)
		{
			static int calls;
			calls++;
			return calls;
		}
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
	plant pointer_table src/planted.c <<-'END'
		const char *itsg_planted(unsigned int i);
		const char *itsg_planted(unsigned int i)
		{
			static const char *const table[] = { "one", "two", "three" };
			return table[i % 3];
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
				volatile char buffer[200]; \
				buffer[i] = 1; \
				return buffer[0] + callee; \
			}
		LINK(itsg_one, i)
		LINK(itsg_two, itsg_one(i))
		LINK(itsg_three, itsg_two(i))
		LINK(itsg_four, itsg_three(i))
		LINK(itsg_five, itsg_four(i))
	END
	plant recursion src/planted.c <<-'END'
		int itsg_ping(int i);
		int itsg_pong(int i);
		__attribute__((noinline)) int itsg_ping(int i)
		{
			return i == 0 ? 0 : itsg_pong(i - 1);
		}
		__attribute__((noinline)) int itsg_pong(int i)
		{
			return i == 0 ? 1 : itsg_ping(i - 1);
		}
	END
}

# Each planted tree must lead to findings of its own rule and of no other.
check_planted() {
	rm -rf "$work/planted"
	plant_syntax
	[ "$mode" != objects ] || plant_objects
	for case in "$work"/planted/*; do
		rule=$(basename "$case")
		check_tree "$case" "$work/planted_out/$rule" >"$work/planted.log"
		found=$(sed 's/:.*//' "$work/planted_out/$rule/findings" | sort -u | tr '\n' ' ')
		[ "$rule" != clean ] || rule=
		if [ "$found" != "${rule:+$rule }" ]; then
			echo "planted ${rule:-clean source}: found '$found'"
			cat "$work/planted.log" "$out/findings"
			exit 1
		fi
	done
	echo "$(($(ls "$work/planted" | wc -l) - 1)) rules seen to fail on a planted source"
}

# ---- main --------------------------------------------------------------------------------------

mkdir -p "$work"
if [ "$mode" = objects ]; then
	nm=$("$compiler" -print-prog-name=nm)
	objdump=$("$compiler" -print-prog-name=objdump)
fi

check_planted
check_tree "$root" "$work/tree"
cat "$out/findings"
[ ! -s "$out/deepest" ] || echo "deepest chain: $(cat "$out/deepest")"
if [ -s "$out/findings" ]; then
	echo "$(wc -l <"$out/findings") findings in src/ and include/"
	exit 1
fi
echo "src/ and include/: no findings"
