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
	progress_clear
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

# ---- what takes a while ------------------------------------------------------------------------

# The line that tells how far something is goes: before anything else is printed.
progress_clear() {
	[ ! -t 2 ] || printf '\r\033[K' >&2
}

# progress_under: lines of standard input to standard output, above the line that tells.
progress_under() {
	while IFS= read -r progress_line; do
		progress_clear
		printf '%s\n' "$progress_line"
	done
}

# Until it is stopped, or the script is gone.
tell_progress() {
	passed=0
	while sleep 1 && kill -0 $$ 2>/dev/null; do
		passed=$((passed + 1))
		[ "$passed" -lt 2 ] ||
			printf '\r%.78s\033[K' "$1${attend_more:+, $($attend_more)}, $passed s" >&2
	done
}

# tree_of PID: that process, and all that it and those have started.
tree_of() {
	cat /proc/[0-9]*/status 2>/dev/null | awk -v top="$1" '
	/^Pid:/ { pid = $2 }
	/^PPid:/ { parent[pid] = $2 }
	END {
		tree[top]
		do {
			grown = 0
			for (pid in parent)
				if (!(pid in tree) && parent[pid] in tree) {
					tree[pid]
					grown = 1
				}
		} while (grown)
		for (pid in tree)
			print pid
	}' | sort
}

# end_tree PID: politely, and two seconds later not so. They are stopped first, since those that run start others.
end_tree() {
	tree=
	until grown=$(tree_of "$1") && [ "$grown" = "$tree" ]; do
		tree=$grown
		# shellcheck disable=SC2086 # a list of numbers
		kill -STOP $tree 2>/dev/null
	done
	# shellcheck disable=SC2086 # a list of numbers
	kill -TERM $tree 2>/dev/null
	# shellcheck disable=SC2086
	kill -CONT $tree 2>/dev/null
	# shellcheck disable=SC2034 # counts
	for try in 1 2 3 4 5 6 7 8 9 10; do
		left=
		for pid in $tree; do
			! grep -q '^State:.[^ZX]' "/proc/$pid/status" 2>/dev/null || left="$left $pid"
		done
		[ -n "$left" ] || return 0
		sleep 0.2
	done
	# shellcheck disable=SC2086 # a list of numbers
	kill -KILL $left 2>/dev/null || true
}

# attend TEXT COMMAND...: runs a program or a function, which cannot set variables for the script. If standard error is
# a terminal, a line there tells TEXT, what the function $attend_more says, and how long it has been, from the second
# second on; it is gone in the end. SIGINT, SIGTERM and SIGHUP end the command and all that it has started. Then the
# script's function `keep`, if it has one, says what was found until then, and the script ends: for SIGINT with status 130.
attend() {
	attend_text=$1
	shift
	if [ -n "${attended-}" ]; then # inside of another one
		"$@"
		return
	fi
	attend_signal=
	attend_ticker=
	attend_status=0
	trap 'attend_signal=1' HUP
	trap 'attend_signal=2' INT
	trap 'attend_signal=15' TERM
	(
		attended=yes
		trap - HUP INT TERM
		"$@"
	) &
	attend_job=$!
	if [ -t 2 ]; then
		tell_progress "$attend_text" >/dev/null &
		attend_ticker=$!
	fi
	wait "$attend_job" || attend_status=$?
	[ -z "$attend_signal" ] || (end_tree "$attend_job")
	[ -z "$attend_ticker" ] || { (end_tree "$attend_ticker"); progress_clear; }
	trap - HUP INT TERM
	[ -n "$attend_signal" ] || return "$attend_status"
	echo "$0: interrupted" >&2
	! command -v keep >/dev/null || keep
	exit $((128 + attend_signal))
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
