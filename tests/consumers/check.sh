#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Builds and runs consumer.c as a project that gets itsguard in one of the ways of docs/PACKAGING.md.
# Run by ctest:
#
#     check.sh WAY ROOT WORK VERSION CC [RELEASE]
#
# CMAKE_GENERATOR in the environment: what the projects are built with, if not with CMake's own choice.
#
#     add_subdirectory, fetchcontent    ROOT inside a parent project, which gets the library only
#     find_package, pkg_config, cxx     installed from the build in RELEASE, where it is and moved
#
# Each way ends with what must not work, and is seen not to: it fails where what differs from it in one
# thing only does not, for how CMake or a linker words a failure is theirs to change. Nobody has a C++ compiler, but for cxx.
# Exit status: 0 all well, 1 not, 77 a program for that way is missing (skipped).

set -eu
LC_ALL=C
export LC_ALL
unset CMAKE_PREFIX_PATH PKG_CONFIG_PATH

way=$1
root=$2
work=$3
version=$4
CC=$5
release=${6-}
here=$root/tests/consumers
log=$work/log
real_cxx=$(command -v c++ || command -v clang++ || true)
CXX=/nonexistent
export CC CXX

fail() {
	cat "$log"
	echo "$way: $*"
	exit 1
}

need() {
	command -v "$1" >/dev/null || {
		echo "skipped: no $1 on this machine"
		exit 77
	}
}

# ---- what the ways share ----

# configure BUILD OPTION...: the project of this way.
configure() {
	build=$1
	shift
	rm -rf "$build"
	cmake -S "$here/$way" -B "$build" "$@" >>"$log" 2>&1
}

run() { # PROGRAM
	said=$("$1") || fail "$1 ends with status $?"
	[ "$said" = "itsguard $version" ] || fail "$1 says '$said'"
	echo "$1: $said"
}

build() { # BUILD OPTION...
	configure "$@" && cmake --build "$1" -j 2 >>"$log" 2>&1
}

build_and_run() { # BUILD OPTION...
	build "$@" || fail "does not build"
	run "$1/consumer"
}

# refused WHAT COMMAND...: it fails.
refused() {
	what=$1
	shift
	: >"$log"
	! "$@" >>"$log" 2>&1 || fail "accepted, but was to be refused: $what"
}

# refused_for WORDS COMMAND...: it fails, and says so in these words of this project's own.
refused_for() {
	refused "$@"
	grep -q -e "$1" "$log" || fail "refused, but not for '$1'"
}

install_release() {
	rm -rf "$work/first" "$work/second"
	cmake --install "$release" --prefix "$work/first" >>"$log"
}

move_release() { mv "$work/first" "$work/second"; }

# ---- a parent project ----

# leaky_tree NAME < what CMakeLists.txt says beyond.
leaky_tree() {
	mkdir -p "$work/$1"
	for entry in cmake include src script; do
		ln -s -n -f "$root/$entry" "$work/$1/$entry"
	done
	cat "$root/CMakeLists.txt" - >"$work/$1/CMakeLists.txt"
}

installs_nothing() { # BUILD
	rm -rf "$work/nothing"
	cmake --install "$1" --prefix "$work/nothing" >>"$log" 2>&1 || fail "cannot be installed"
	[ -z "$(find "$work/nothing" -type f 2>/dev/null)" ]
}

verify_headers() { # BUILD
	cmake --build "$1" -j 2 --target all_verify_interface_header_sets >>"$log" 2>&1
}

see_leaks() {
	leaky_tree leaky <<-'END'
		enable_testing()
		add_test(NAME leaky_test COMMAND leaky)
		option(LEAKY_OPTION "Not of itsguard by its name" ON)
		set(CMAKE_C_FLAGS "-O1" CACHE STRING "The parent's" FORCE)
		function(leaky_function)
		endfunction()
		set(LEAKY_VARIABLE 1 PARENT_SCOPE)
		add_custom_target(leaky_target)
		target_compile_options(itsguard PUBLIC -Wall)
	END
	refused_for 'leaked' configure "$work/leaks" -D ITSGUARD_FOLDER="$work/leaky"
	for words in 'into tests: leaky_test' 'into cache: LEAKY_OPTION' 'changed cache_CMAKE_C_FLAGS' \
		'into commands: leaky_function' 'into variables: LEAKY_VARIABLE' \
		'into targets: itsguard;leaky_target' 'into COMPILE_OPTIONS' \
		'into INTERFACE_COMPILE_OPTIONS'; do
		grep -q "$words" "$log" || fail "not seen: leaked $words"
	done

	: | leaky_tree cxx
	configure "$work/cxx_build" -D ITSGUARD_FOLDER="$work/cxx" || fail 'a copy of the tree is refused'
	echo 'enable_language(CXX)' | leaky_tree cxx
	refused 'a second language' configure "$work/cxx_build" -D ITSGUARD_FOLDER="$work/cxx"

	echo 'install(FILES CMakeLists.txt DESTINATION leaky)' | leaky_tree install
	configure "$work/install_build" -D ITSGUARD_FOLDER="$work/install"
	! installs_nothing "$work/install_build" || fail 'an install rule is not seen'
}

see_bad_header() {
	leaky_tree header </dev/null
	rm "$work/header/include"
	cp -R "$root/include" "$work/header/include"
	configure "$work/header_build" -D ITSGUARD_FOLDER="$work/header" \
		-D CMAKE_VERIFY_INTERFACE_HEADER_SETS=ON
	verify_headers "$work/header_build" || fail 'a copy of the headers is refused'
	echo 'uint64_t itsg_not_alone(void);' >"$work/header/include/itsguard/not_alone.h"
	configure "$work/header_build" -D ITSGUARD_FOLDER="$work/header" \
		-D CMAKE_VERIFY_INTERFACE_HEADER_SETS=ON
	refused 'a header that does not compile alone' verify_headers "$work/header_build"
}

add_subdirectory() {
	build_and_run "$work/build" -D CMAKE_VERIFY_INTERFACE_HEADER_SETS=ON
	verify_headers "$work/build" || fail "a header does not compile alone"
	build_and_run "$work/own_env" -D OWN_ENV=ON
	installs_nothing "$work/build" || fail "has install rules: $(find "$work/nothing" -type f)"
	see_leaks
	see_bad_header
}

fetchcontent() {
	# It is that folder: without it, and without a network, there is none.
	set -- -D FETCHCONTENT_FULLY_DISCONNECTED=ON
	build_and_run "$work/build" "$@" -D FETCHCONTENT_SOURCE_DIR_ITSGUARD="$root"
	refused 'nothing to fetch' configure "$work/fetched" "$@"
}

# ---- an installed library ----

find_package() {
	install_release
	major=${version%%.*}
	patch=${version##*.}
	minor=${version#*.}
	minor=${minor%.*}
	wrong="$major.$((minor + 1));$((major + 1)).$minor;$major.$minor.$((patch + 1))"
	[ "$minor" -eq 0 ] || wrong="$wrong;$major.$((minor - 1))"
	for right in "$major.$minor" "$version"; do
		build_and_run "$work/build" -D CMAKE_PREFIX_PATH="$work/first" \
			-D VERSION="$right" -D REFUSED="$wrong"
	done
	move_release
	build_and_run "$work/moved" -D CMAKE_PREFIX_PATH="$work/second" -D VERSION="$version"

	package=$(dirname "$(find "$work/second" -name itsguard-config.cmake)")
	refused 'a version to come' configure "$work/wrong" -D CMAKE_PREFIX_PATH="$work/second" \
		-D VERSION="$major.$((minor + 1))"
	cat >"$package/itsguard-config-version.cmake" <<-END
		set(PACKAGE_VERSION $version)
		set(PACKAGE_VERSION_COMPATIBLE TRUE)
	END
	refused_for "asked for itsguard $major.$((minor + 1))" configure "$work/lenient" \
		-D CMAKE_PREFIX_PATH="$work/second" -D VERSION="$version" -D REFUSED="$wrong"
	configure "$work/unmoved" -D CMAKE_PREFIX_PATH="$work/second" -D VERSION="$version" ||
		fail "refused, moved and with a version file of another's"
	sed -i "s|\${_IMPORT_PREFIX}|$work/first|g" "$package"/*.cmake
	refused "what names the first place" configure "$work/unmoved" -D CMAKE_PREFIX_PATH="$work/second" \
		-D VERSION="$version"
}

use_pkg_config() { # PREFIX
	PKG_CONFIG_PATH=$(dirname "$(find "$1" -name itsguard.pc)")
	export PKG_CONFIG_PATH
}

make_consumer() { # PREFIX BUILD
	use_pkg_config "$1"
	rm -rf "$2"
	mkdir "$2"
	make -C "$2" -f "$here/pkg_config/Makefile" >>"$log" 2>&1
}

pkg_config() {
	need pkg-config
	need make
	install_release
	make_consumer "$work/first" "$work/build" || fail "does not build"
	run "$work/build/consumer"
	found=$(pkg-config --modversion itsguard)
	[ "$found" = "$version" ] || fail "pkg-config says version $found"
	move_release
	make_consumer "$work/second" "$work/moved" || fail "does not build once moved"
	run "$work/moved/consumer"

	sed -i "s|^prefix=.*|prefix=$work/first|" "$PKG_CONFIG_PATH/itsguard.pc"
	refused 'what names the first place' make_consumer "$work/second" "$work/unmoved"
}

# Without `extern "C"` around: the headers have it themselves.
cxx_consumer() {
	{
		for header in "$work"/first/include/itsguard/*.h; do
			echo "#include \"itsguard/$(basename "$header")\""
		done
		echo 'int main() { return *itsg_reason_name(ITSG_OK) != "OK"[0]; }'
	} >"$work/consumer.cc"
	# shellcheck disable=SC2046 # words
	"$real_cxx" -std=c++11 -Wall -Wextra -Werror $(pkg-config --cflags itsguard) "$work/consumer.cc" \
		$(pkg-config --libs itsguard) -o "$work/consumer" >>"$log" 2>&1
}

cxx() {
	need pkg-config
	need "${real_cxx:-c++}"
	install_release
	use_pkg_config "$work/first"
	cxx_consumer || fail "does not build"
	"$work/consumer" || fail "the program ends with status $?"
	for header in "$work"/first/include/itsguard/*.h; do
		grep -q -e '^extern "C" {$' "$header" || ! grep -q '^[a-z].*itsg_[a-z0-9_]*(' "$header" ||
			fail "$(basename "$header") declares functions of C++"
	done
	sed -i 's/^extern "C" {/extern "C++" {/' "$work/first/include/itsguard/names.h"
	refused 'a name of C++' cxx_consumer
}

rm -rf "$work"
mkdir -p "$work"
: >"$log"
"$way"
