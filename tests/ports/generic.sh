#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# script/vendor generic: the copy alone is enough to build a hypervisor of, with make and with CMake; the
# hypervisor is the example in it, and it runs. Either fragment takes the files that src/sources.mk
# lists, of the lists that it is asked for, and no others.
#
#     generic.sh ROOT WORK COMPILER
#
# Exit status: 0 all well, 1 findings, 77 skipped, and why.

set -eu
LC_ALL=C
export LC_ALL

root=$1
work=$2
compiler=$3
copy=$work/copy

fail() {
	echo "$*"
	exit 1
}

command -v make >/dev/null || { echo "skipped: no make on this machine"; exit 77; }

rm -rf "$work"
mkdir -p "$work"
"$root/script/vendor" generic "$copy" >/dev/null
for file in INTEGRATION SIZES; do
	[ -s "$copy/docs/$file.md" ] || fail "no docs/$file.md in it"
done
[ ! -e "$copy/beside.list" ] || fail 'the list of what goes with it is in it'

# What a project has beside the copy.
# shellcheck disable=SC2016 # make is to expand it
printf '%s\n' 'ITSGUARD := copy' 'ITSGUARD_OUT := out' 'include copy/itsguard.mk' \
	'host: $(ITSGUARD_OBJECTS)' \
	'	$(CC) $(CFLAGS) $(ITSGUARD_CFLAGS) copy/examples/host/*.c $(ITSGUARD_OBJECTS) -o $@' \
	'.DEFAULT_GOAL := host' >"$work/Makefile"
cat >"$work/CMakeLists.txt" <<-'END'
	cmake_minimum_required(VERSION 3.16)
	project(host LANGUAGES C)
	add_subdirectory(copy)
	file(GLOB sources copy/examples/host/*.c)
	add_executable(host ${sources})
	target_link_libraries(host PRIVATE itsguard)
END

with_make() { # LISTS...
	rm -rf "$work/out" "$work/host"
	make -s -C "$work" CC="$compiler" CFLAGS='-std=c11 -O1 -Wall -Wextra -Werror' \
		ITSGUARD_LISTS="$*" >"$work/log" 2>&1
}

with_cmake() { # LISTS...
	rm -rf "$work/build"
	joined=$(echo "$*" | tr ' ' ';')
	cmake -S "$work" -B "$work/build" -D CMAKE_C_COMPILER="$compiler" -D CMAKE_C_STANDARD=11 \
		-D ITSGUARD_LISTS="$joined" >"$work/log" 2>&1 &&
		cmake --build "$work/build" >"$work/log" 2>&1
}

wanted() { # LISTS...
	for list in "$@"; do
		sed -n "s/^$list += \(.*\)\.c$/\1/p" "$root/src/sources.mk"
	done | sort
}

# What was compiled is what the lists say.
is_compiled() { # FOLDER SUFFIX LISTS...
	folder=$1
	suffix=$2
	shift 2
	wanted "$@" >"$work/wanted"
	find "$folder" -name "*$suffix" | sed "s|.*/||; s|$suffix\$||" | sort >"$work/compiled"
	diff "$work/wanted" "$work/compiled"
}

# The example wants the words, too.
lists='ITSGUARD_SOURCES ITSGUARD_OPTIONAL ITSGUARD_REDISTS'
# shellcheck disable=SC2086 # words
{
	with_make $lists || { cat "$work/log"; fail 'make: not built'; }
	is_compiled "$work/out" .o $lists || fail 'make: other files'
	with_cmake $lists || { cat "$work/log"; fail 'CMake: not built'; }
	is_compiled "$work/build/copy" .c.o $lists || fail 'CMake: other files'
}
"$work/host" >"$work/said" || { cat "$work/said"; fail 'make: the example fails'; }
"$work/build/host" | cmp -s "$work/said" - || fail 'CMake: the example says something else'
"$root/script/vendor" --check "$copy" || fail 'the build has changed the copy'

# By themselves they take the guard and nothing else, which is not enough for the example.
# shellcheck disable=SC2086
! with_make ITSGUARD_SOURCES || fail 'make: the example is built without words'
is_compiled "$work/out" .o ITSGUARD_SOURCES || fail 'make: other files than ITSGUARD_SOURCES'

# A file that is left out is missed, by both.
sed -i '/ arm\.c$/d' "$copy/src/sources.mk"
# shellcheck disable=SC2086
if with_make $lists || with_cmake $lists; then fail 'arm.c was left out, and not missed'; fi
echo "generic: built with make and with CMake, and run"
