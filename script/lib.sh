# shellcheck shell=sh disable=SC2034
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# What the scripts share. Sourced, with the repository's root as working directory.

# What a build of everything needs, by package name; the names are the same in Debian 12 and 13.
packages_to_build='cmake ninja-build gcc libc6-dev libcmocka-dev libroaring-dev libjansson-dev'

# What the tests need beyond: a second compiler with its sanitizers, what checks licences, what makes
# and uses packages, and a compiler for the machines that the library is for. A native AArch64 machine
# has the latter already, under the same name.
packages_to_test='clang libclang-rt-dev binutils reuse make pkgconf dpkg-dev file zip unzip'
packages_to_test="$packages_to_test git lintian doxygen groff-base"
command -v aarch64-linux-gnu-gcc >/dev/null || packages_to_test="$packages_to_test gcc-aarch64-linux-gnu"
# And what the build of a Linux tree needs, for the test of the port to it.
packages_to_test="$packages_to_test bc bison flex patch xz-utils"

# A browser, for the test of the page that `itsguard report` writes; it is skipped without.
packages_to_browse=chromium

# What script/bench needs beyond: what counts, what is compared with, and what draws.
packages_to_bench='g++ valgrind libbenchmark-dev uthash-dev libjudy-dev gnuplot-nox'

# The options that go with every fuzz target, as arguments of libFuzzer.
fuzzer_options() {
	sed -n '/^\[libfuzzer\]/,/^$/ s/^\([a-z_]*\) = \(.*\)/-\1=\2/p' fuzz/fuzzer.options
}

fail() {
	echo "$0: $*" >&2
	exit 1
}

# When what is built from this tree counts as made, in seconds since 1970: what the environment says,
# else the time of the last commit, or in a tree that has come as an archive that of its files.
source_date() {
	if [ -n "${SOURCE_DATE_EPOCH-}" ]; then
		echo "$SOURCE_DATE_EPOCH"
	elif [ -e .git ]; then
		git log -1 --format=%ct
	else
		date -r CHANGELOG.md +%s
	fi
}

# The files of this tree: those that git lists, committed, changed, or new but not ignored. In a tree
# that has come as an archive, all but what is built.
source_files() {
	if [ -e .git ]; then
		git ls-files --cached --others --exclude-standard | while read -r file; do
			[ ! -f "$file" ] || echo "$file"
		done
	else
		find . -path ./build -prune -o -type f -print | sed 's|^\./||'
	fi
}

is_installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# need_packages NAME...: install what is missing. Nothing missing: no root, no network, no time.
need_packages() {
	if ! command -v apt-get >/dev/null; then
		echo "$0: not a Debian system: make sure that this is installed: $*" >&2
		return
	fi
	missing=
	for package in "$@"; do
		is_installed "$package" || missing="$missing $package"
	done
	[ -n "$missing" ] || return 0

	if [ "$(id -u)" -eq 0 ]; then
		as_root=
	elif command -v sudo >/dev/null; then
		as_root=sudo
	else
		fail "needs these packages, and neither root nor sudo is there to install them:$missing"
	fi
	echo "Installing:$missing"
	# shellcheck disable=SC2086 # lists of words
	$as_root apt-get -q -q update &&
		$as_root env DEBIAN_FRONTEND=noninteractive \
			apt-get -q -q -y --no-install-recommends install $missing ||
		fail "apt-get could not install:$missing"
}
