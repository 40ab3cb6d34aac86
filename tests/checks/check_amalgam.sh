#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# The amalgamation as somebody uses it who has nothing else: two files in an empty folder. Run by
# ctest:
#
#     check_amalgam.sh ROOT WORK VERSION FLAGS COMPILER...
#
# It compiles under the strict FLAGS with each COMPILER that is there, also with an environment of the
# user's own and no system header; a program of the first one runs; the licence and the version are in
# it. Trees that cannot become one file are refused by name. Exit status: 0 all well, 1 not.

set -eu
LC_ALL=C
export LC_ALL

root=$1
work=$2
version=$3
flags=$4
shift 4
alone=$work/alone

fail() {
	echo "$*"
	exit 1
}

# compile COMPILER OPTION...: in the folder, and with no other folder for headers.
compile() {
	compiler=$1
	shift
	# shellcheck disable=SC2086 # the flags are words
	(cd "$alone" && "$compiler" $flags "$@") >"$work/log" 2>&1
}

# Not optimised, for the sake of time: that is how the build compiles it, and tests/hosts/hosts.list.
try_compiler() { # COMPILER
	if ! compile "$1" -O0 -c itsguard.c -o "$work/itsguard.o" || ! compile "$1" -fsyntax-only twice.c ||
		! compile "$1" -nostdinc '-DITSGUARD_ENV="my_env.h"' -fsyntax-only itsguard.c; then
		cat "$work/log"
		fail "$1: does not compile"
	fi
	# That there was no system header is worth something only if one would be noticed.
	! compile "$1" -nostdinc -fsyntax-only itsguard.c || fail "$1: -nostdinc changes nothing"
	echo "$1: compiled"
}

run_program() { # COMPILER
	cp "$root/tests/consumers/consumer.c" "$alone"
	(cd "$alone" && "$1" '-DCONSUMER_HEADER="itsguard.h"' consumer.c itsguard.c -o "$work/program")
	said=$("$work/program") || fail "the program ends with status $?"
	[ "$said" = "itsguard $version" ] || fail "the program says '$said'"
}

check_text() { # FILE
	[ "$(grep -c SPDX "$1")" -eq 2 ] || fail "$1: not one licence and one copyright line"
	[ "$(head -n 2 "$1")" = "$(head -n 2 "$root/include/itsguard/version.h")" ] ||
		fail "$1: does not begin with its licence"
	grep -q "^ \* itsguard $version in two files" "$1" || fail "$1: does not say $version"
}

# ---- trees that cannot become one file ----

# plant FILE < text: a copy of the tree with this file beside the others; amalgamated into $work/bad.
plant() {
	rm -rf "$work/planted" "$work/bad"
	mkdir -p "$work/planted/script"
	cp -R "$root/src" "$root/include" "$root/CMakeLists.txt" "$work/planted"
	cp "$root/script/amalgamate" "$work/planted/script"
	cat >"$work/planted/$1"
	"$work/planted/script/amalgamate" "$work/bad" >"$work/log" 2>&1
}

refused() { # WORDS FILE < text
	! plant "$2" || fail "accepted: $1"
	grep -q -F -e "$1" "$work/log" || {
		cat "$work/log"
		fail "refused, but not for: $1"
	}
}

see_bad_trees() {
	refused ': typer_plus_one is defined in src/a.c:2 too' src/a.c <<-'END'
		/* Its own idea of it. */
		static int typer_plus_one(int value)
		{
			return value + 1;
		}
	END
	refused 'src/zz.c:1: IN_USE is defined in src/devices.c' src/zz.c <<-'END'
		#define IN_USE 1
	END
	refused 'src/zz.c:1: no_name is defined in src/names.c' src/zz.c <<-'END'
		static const char *const no_name[] = {"none"};
	END
	refused 'src/zz.c:1: check_visit is defined in src/check.c' src/zz.c <<-'END'
		typedef int (*check_visit)(void);
	END
	refused 'src/rule.h: does not end with the #endif of its guard' src/rule.h <<-'END'
		int itsg_zz(void);
	END
	refused 'src/nowhere.h: cannot be read' src/zz.c <<-'END'
		#include "nowhere.h"
	END
}

rm -rf "$work"
mkdir -p "$alone"
sh "$root/script/amalgamate" "$alone"
check_text "$alone/itsguard.c"
check_text "$alone/itsguard.h"
printf '#include "itsguard.h"\n#include "itsguard.h"\ntypedef int itsg_not_empty;\n' >"$alone/twice.c"
cat >"$alone/my_env.h" <<-'END'
	typedef __UINT8_TYPE__ uint8_t;
	typedef __UINT16_TYPE__ uint16_t;
	typedef __UINT32_TYPE__ uint32_t;
	typedef __UINT64_TYPE__ uint64_t;
	typedef __SIZE_TYPE__ size_t;
	typedef _Bool bool;
	#define true 1
	#define false 0
	#define NULL ((void *)0)
	#define UINT32_MAX __UINT32_MAX__
	#define UINT64_MAX __UINT64_MAX__
END
for compiler in "$@"; do
	case $compiler in
	*-NOTFOUND) echo "not there: one of the compilers" ;;
	*) try_compiler "$compiler" ;;
	esac
done
run_program "$1"
see_bad_trees
