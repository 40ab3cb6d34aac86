# shellcheck shell=sh disable=SC2154
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# What check_port.sh and contract.sh share. Sourced, with root, work, host, copy and tests set.

# The host's headers are "$host_headers"*.h: a stand-in, or its own if it is an example of this tree.
host_headers=$tests/$host
[ ! -d "$root/examples/$host" ] || host_headers=$root/examples/$host/

# The names by which the glue and env.h include the host's headers all lead to those.
make_headers() {
	rm -rf "$work/headers"
	sed -n 's/^#include [<"]\([^>"]*\)[>"]$/\1/p' "$copy"/*.[ch] "$copy/include/itsguard/env.h" |
		sort -u | while read -r name; do
		[ ! -e "$copy/$name" ] && [ ! -e "$copy/include/$name" ] || continue
		case $name in stdbool.h | stddef.h | stdint.h) continue ;; esac
		mkdir -p "$work/headers/$(dirname "$name")"
		printf '#include "%s"\n' "$host_headers"*.h >"$work/headers/$name"
	done
}

# A fresh copy of the port; the first time from the tree, and with the headers for it.
vendor() {
	rm -rf "$copy"
	if [ ! -d "$work/pristine" ]; then
		"$root/script/vendor" "$host" "$work/pristine" >/dev/null
		cp -R "$work/pristine" "$copy"
		make_headers
	else
		cp -R "$work/pristine" "$copy"
	fi
}
