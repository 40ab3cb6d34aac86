#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# What script/release made: the lists of files, what the packages depend on, and that the command
# runs, and the example builds with the library, from where they were unpacked. Run by ctest:
#
#     check_packages.sh ROOT RELEASE WORK VERSION
#
# Exit status: 0 all well, 1 not, 77 Debian's tools are missing (skipped).

set -eu
LC_ALL=C
export LC_ALL

root=$1
dist=$2/dist
work=$3
version=$4

fail() {
	echo "$*"
	exit 1
}

development() { # LIBDIR
	(cd "$root/include" && find itsguard -name '*.h') | sed 's|^|include/|'
	cat <<-END
		$1/cmake/itsguard/itsguard-config-release.cmake
		$1/cmake/itsguard/itsguard-config-version.cmake
		$1/cmake/itsguard/itsguard-config.cmake
		$1/libitsguard.a
		$1/pkgconfig/itsguard.pc
	END
	documents | sed 's|^|share/doc/libitsguard-dev/|'
	"$root/script/manpages" "$work/man3" && ls "$work/man3" | sed 's|^|share/man/man3/|'
}

documents() {
	echo copyright
	(cd "$root" && find CHANGELOG.md README.md SECURITY.md docs -type f)
	(cd "$root" && find examples -path examples/el2-monitor -prune -o -type f -print)
	echo examples/installed/consumer.c
	(cd "$root/tests/consumers" && find pkg_config find_package -type f) | sed 's|^|examples/installed/|'
}

tools() {
	cat <<-END
		bin/itsguard
		share/bash-completion/completions/itsguard
		share/doc/itsguard-tools/copyright
		share/man/man1/itsguard.1
	END
}

# What Debian's packages have beyond, and otherwise.
debian() { # PACKAGE
	echo "share/doc/$1/changelog"
}

compressed() {
	sed -e '/^share\/man\//s/$/.gz/' -e '/\/changelog$/s/$/.gz/'
}

# same_files FOLDER < list: FOLDER has these files and no others.
same_files() {
	sort >"$work/expected"
	(cd "$1" && find . ! -type d) | sed 's|^\./||' | sort >"$work/found"
	diff "$work/expected" "$work/found"
}

# One file too few and one too many are seen.
see_differences() { # FOLDER
	mv "$1/bin/itsguard" "$work/itsguard"
	! { tools && debian itsguard-tools; } | compressed | same_files "$1" >/dev/null ||
		fail "a missing file is not seen"
	mv "$work/itsguard" "$1/bin/itsguard"
	touch "$1/share/extra"
	! { tools && debian itsguard-tools; } | compressed | same_files "$1" >/dev/null ||
		fail "a file too many is not seen"
	rm "$1/share/extra"
}

# The command works where it is: an honest trace passes, an attack without the guard does not.
try_command() { # PREFIX
	said=$("$1/bin/itsguard" --version)
	[ "${said%% (*}" = "itsguard $version" ] || fail "--version says '$said'"
	"$1/bin/itsguard" replay --quiet "$root/corpus/captures/linux-6.1-el2-flat4k.trace" ||
		fail "a recorded trace fails with the packaged command"
	status=0
	"$1/bin/itsguard" replay --quiet --guard=off "$root/corpus/cases/bad_attack_T2.trace" \
		>/dev/null 2>&1 || status=$?
	[ "$status" -eq 1 ] || fail "an attack on a bare ITS: status $status instead of 1"
}

check_archive() {
	mkdir "$work/archive"
	tar -x -z -f "$dist"/itsguard-"$version"-*.tar.gz -C "$work/archive" --strip-components=1
	{ development lib && tools; } | same_files "$work/archive" || fail "the archive: see above"
	try_command "$work/archive"
}

# The example of the package builds with what is in the package, by pkg-config and by CMake.
try_library() { # PREFIX LIBDIR
	example=$1/share/doc/libitsguard-dev/examples/installed
	mkdir "$work/make"
	PKG_CONFIG_PATH=$1/$2/pkgconfig make -s -C "$work/make" -f "$example/pkg_config/Makefile"
	cmake -S "$example/find_package" -B "$work/cmake" -D CMAKE_PREFIX_PATH="$1" -D VERSION="$version" \
		>/dev/null
	cmake --build "$work/cmake" >/dev/null
	for program in "$work/make/consumer" "$work/cmake/consumer"; do
		[ "$("$program")" = "itsguard $version" ] || fail "$program does not say the version"
	done
}

# has PACKAGE FIELD PATTERN
has() {
	dpkg-deb -f "$dist/${1}_${version}"_*.deb "$2" | grep -q -E "$3" || fail "$1: $2 is not $3"
}

# The source archive has what git lists, if this tree has git, and no more.
check_source_archive() {
	mkdir "$work/source"
	tar -x -z -f "$dist/itsguard-$version.tar.gz" -C "$work/source" --strip-components=1
	cmp "$root/CMakeLists.txt" "$work/source/CMakeLists.txt"
	[ -x "$work/source/script/release" ] || fail "the source archive has lost what may run"
	if [ ! -e "$root/.git" ] || ! command -v git >/dev/null; then
		return
	fi
	(cd "$root" && . script/lib.sh && source_files) | same_files "$work/source" ||
		fail "the source archive: see above"
}

check_debian() {
	for package in libitsguard-dev itsguard-tools; do
		dpkg-deb -x "$dist/${package}_${version}"_*.deb "$work/$package"
		has "$package" Package "^$package\$"
		has "$package" Version "^$version\$"
		has "$package" Maintainer '^A test <test@itsguard.invalid>$'
		has "$package" Architecture "^$(dpkg --print-architecture)\$"
		grep -q 'Redistributions in binary form' "$work/$package/usr/share/doc/$package/copyright" ||
			fail "$package: no licence"
		mv "$work/$package/usr" "$work/$package.usr"
		[ -z "$(ls "$work/$package")" ] || fail "$package: files outside of /usr"
	done
	libdir=lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)
	{ development "$libdir" && debian libitsguard-dev; } | compressed |
		same_files "$work/libitsguard-dev.usr" || fail "libitsguard-dev: see above"
	{ tools && debian itsguard-tools; } | compressed |
		same_files "$work/itsguard-tools.usr" || fail "itsguard-tools: see above"
	see_differences "$work/itsguard-tools.usr"

	[ -z "$(dpkg-deb -f "$dist"/libitsguard-dev_*.deb Depends)" ] ||
		fail "libitsguard-dev depends on something"
	# libNAME.so.N is in the package libNAMEN, or, since a change of the system, in one with a suffix.
	for library in $(objdump -p "$work/itsguard-tools.usr/bin/itsguard" | awk '$1 == "NEEDED" { print $2 }'); do
		has itsguard-tools Depends "(^|, )${library%%.so.*}-?${library##*.so.}[a-z0-9]* \(>= [0-9]"
	done
	try_command "$work/itsguard-tools.usr"
	try_library "$work/libitsguard-dev.usr" "$libdir"
}

rm -rf "$work"
mkdir -p "$work"
(cd "$dist" && sha256sum -c --quiet SHA256SUMS)
check_source_archive
check_archive
for tool in dpkg-deb dpkg-shlibdeps file make pkg-config; do
	command -v "$tool" >/dev/null || {
		echo "skipped: the archive is well, but without $tool there are no Debian packages"
		exit 77
	}
done
check_debian
