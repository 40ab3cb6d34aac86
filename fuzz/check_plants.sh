#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# Negative controls of one target: each fault that can be planted (FUZZ_PLANTS in fuzz/common.h)
# must be found while the corpus is run.
#
#     check_plants.sh PROGRAM TARGET INPUT...
#     check_plants.sh --all     each fault of fuzz/common.h is planted for some target, here or by
#                               check_build.sh: one that nobody plants proves nothing

set -u
if [ "$1" = --all ]; then
	cd "$(dirname "$0")" || exit 1
	bad=0
	for plant in $(sed -n 's/^\tX(\([a-z]*\)).*/\1/p' common.h); do
		[ "$plant" = none ] && continue
		cat check_plants.sh check_build.sh | grep -v '^#' | grep -q "[='\" ]$plant[\"' ]" && continue
		echo "no target has '$plant' planted"
		bad=1
	done
	exit $bad
fi

program=$1
target=$2
shift 2

rig='crash release leak claim reread answer touch refuse'
case $target in
cmdq) plants="$rig deaf error moved" ;;
devtable) plants="$rig deaf" ;;
mmio) plants="$rig deaf" ;;
mapd) plants="$rig deaf error overlap" ;;
pfn_tracker) plants='crash answer overlap claim leak' ;;
world | redist) plants='crash leak touch claim' ;;
trace) plants='crash answer' ;;
*)
	echo "no such target: $target" >&2
	exit 2
	;;
esac

# Stack traces with names take longer than everything else here.
export ASAN_OPTIONS=symbolize=0:detect_leaks=0 UBSAN_OPTIONS=symbolize=0

log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
bad=0
for plant in $plants; do
	if ITSGUARD_FUZZ_PLANT=$plant "$program" "$@" >"$log" 2>&1; then
		echo "$target: the planted fault '$plant' was not found"
		bad=1
	elif ! grep -a -q '^itsguard: .* found: ' "$log"; then
		echo "$target: with '$plant' planted it failed, but not by a finding:"
		tail -n 5 "$log"
		bad=1
	else
		echo "$plant: $(grep -a -m 1 '^itsguard: .* found: ' "$log")"
	fi
done
exit $bad
