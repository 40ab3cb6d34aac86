# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Debian packages of another release or architecture, unpacked below build/: the system's apt and dpkg
# know nothing of them. Sourced, with these set: $top, the repository's root; $apart, a folder in it for
# all that is fetched; $apart_arch, Debian's name of the architecture; $apart_sources not empty, where
# packages of source code are wanted, too.

# apt_of SUITE TOOL ARGUMENT...: apt with a state of its own.
apt_of() {
	state=$top/$apart/apt/$1
	tool=$2
	shift 2
	"$tool" -q -q -o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=- \
		-o Dir::State::lists="$state/lists" -o Dir::Cache="$state/cache" \
		-o Dir::State::status="$state/status" -o APT::Architecture="$apart_arch" \
		-o APT::Architectures="$apart_arch" -o APT::Sandbox::User=root "$@"
}

# The package lists of a suite, from the mirror that the system's apt uses.
apt_lists() {
	state=$top/$apart/apt/$1
	[ ! -e "$state/complete" ] || return 0
	command -v apt-get >/dev/null || return 1
	# shellcheck disable=SC2016 # apt's own dollar signs
	mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' |
		awk '$2 ~ /^[a-z]+$/ { print $1; exit }')
	[ -n "$mirror" ] || return 1
	mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
	: >"$state/status"
	for type in deb ${apart_sources:+deb-src}; do
		echo "$type [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $1 main"
	done >"$state/sources.list"
	apt_of "$1" apt-get -o Acquire::http::Timeout=30 -o APT::Update::Error-Mode=any update || return 1
	: >"$state/complete"
}

# newest_package SUITE REGEX: the last of those whose name is that, by version.
newest_package() {
	apt_of "$1" apt-cache search --names-only "^$2\$" | cut -d ' ' -f 1 | sort -V | tail -n 1
}

# unpack SUITE PACKAGE: its content is then in $apart/packages/PACKAGE.
unpack() {
	into=$top/$apart/packages/$2
	[ ! -e "$into/complete" ] || return 0
	rm -rf "$into"
	mkdir -p "$into/deb" || return 1
	# apt-get download has no option for the place.
	(cd "$into/deb" && apt_of "$1" apt-get download "$2") || return 1
	dpkg-deb -x "$into/deb/"*.deb "$into" && rm -r "$into/deb" && : >"$into/complete"
}

# unpack_source SUITE PACKAGE: what its authors released is then in $apart/source/PACKAGE.
unpack_source() {
	into=$top/$apart/source/$2
	[ ! -e "$into/complete" ] || return 0
	rm -rf "$into"
	mkdir -p "$into/files" || return 1
	(cd "$into/files" && apt_of "$1" apt-get source --download-only --tar-only "$2") || return 1
	tar -xf "$into/files/"*.orig.tar.* -C "$into" --strip-components=1 && : >"$into/complete"
}
