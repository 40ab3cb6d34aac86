# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Debian's source of Linux, for what builds it. Sourced.

# download_source PACKAGE SUITE: its .deb into the current folder. As this machine's apt has it, or else
# from another suite of the same mirror, with lists of its own.
download_source() {
	# apt's downloader may be a user of its own, who could not write here.
	options='-qq -o APT::Sandbox::User=root'
	# shellcheck disable=SC2086 # words
	timeout 600 apt-get $options download "$1" 2>/dev/null && return
	mkdir -p apt/lists/partial apt/cache/archives/partial
	: >apt/status
	# shellcheck disable=SC1091
	mirror=$(apt-get indextargets --format '$(REPO_URI)' \
		"Codename: $(. /etc/os-release && echo "$VERSION_CODENAME")" | head -n 1)
	[ -n "$mirror" ] || return 1
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $2 main" \
		>apt/sources.list
	for name in Etc::sourcelist=apt/sources.list State::lists=apt/lists Cache=apt/cache \
		State::status=apt/status; do
		options="$options -o Dir::${name%%=*}=$PWD/${name#*=}"
	done
	# shellcheck disable=SC2086
	timeout 300 apt-get $options -o Dir::Etc::sourceparts=- update &&
		timeout 600 apt-get $options download "$1"
}
