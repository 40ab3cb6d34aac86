#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# The closure (proofs/closure) by itself, in small worlds: what it says does not depend on how it is run, and it finds
# what is there to be found. Run by ctest:
#
#     check_closure.sh ROOT WORK CLOSURE CC "CFLAGS" OBJECT...
#
# OBJECT... are those that CLOSURE is linked from. Exit status 0 all well, 1 not.

set -eu
root=$1
work=$2
closure=$3
cc=$4
flags=$5
shift 5
list=$root/proofs/closure/worlds.list
rm -rf "$work"
mkdir -p "$work"

fail() {
	echo "$*" >&2
	exit 1
}

# run STATUS ARGUMENT...: it ends with that status. What it says is in WORK/log.
run() {
	wanted=$1
	shift
	status=0
	"$program" "$list" --quiet --folder "$work/states" --trace "$work/trace" "$@" >"$work/log" 2>&1 || status=$?
	[ "$status" -eq "$wanted" ] || {
		cat "$work/log" >&2
		fail "$* ends with $status, not with $wanted"
	}
}
program=$closure

# docs/ say what the list says.
awk '/^#/ { next } { for (i = 1; i <= NF; i++) { split($i, part, "="); sum[part[1]] += part[2]; worlds += part[1] == "states" } }
	END { printf "%d worlds, %.1f million states and %.0f million transitions", worlds, sum["states"] / 1e6,
		sum["transitions"] / 1e6 }' "$list" >"$work/sums"
grep -q -F -f "$work/sums" "$root/docs/proofs/closure.md" || fail "docs/proofs/closure.md does not say: $(cat "$work/sums")"
small=$(sed 's/ worlds, .* and / small worlds, /' "$work/sums")
grep -q -F "$small" "$root/docs/PROOFS.md" || fail "docs/PROOFS.md does not say: $small"

# However many processes there are, and however often all is put together.
run 0 --world budget --held --batch 7
run 0 --world budget --held --batch 300 --jobs 3

# It is stopped, and goes on; what a process has left behind that was ended before it was put together does not count.
run 4 --world budget --batch 100 --most 500
echo 'half a state' >>"$work/states/states"
echo 'and half a record' >>"$work/states/known"
run 0 --world budget --held --resume
run 0 --world budget --held --resume

# The canonical form says no more than it may.
run 0 --world budget --held --twice
run 0 --world rd-faults --held --twice

# Fewer states than the list says, or more, are noticed.
sed '/^budget /,/states=/ s/states=\([0-9]*\)/states=1\1/' "$list" >"$work/other.list"
list=$work/other.list
run 1 --world budget --held
# What would be told apart by its place cannot be turned.
printf 'wrong armed=1 turned=1 acts=mapd,mapc\n' >"$list"
run 2 --world wrong
grep -q 'turned=1' "$work/log" || fail 'it does not say what is wrong with the world'
list=$root/proofs/closure/worlds.list

# A known bug is found, by a shortest path, which is told as a trace.
mkdir "$work/src"
cp "$root/src/its_cmdq.c" "$work/src"
if command -v git >/dev/null; then
	GIT_CEILING_DIRECTORIES=$work git -C "$work" apply "$root/mutants/M20.patch"
else
	patch -s -f -F 0 -p 1 -d "$work" <"$root/mutants/M20.patch"
fi
# shellcheck disable=SC2086 # words
$cc $flags -I"$root/include" -I"$root/src" -c "$work/src/its_cmdq.c" -o "$work/its_cmdq.o"
objects=
for object; do
	case $object in
	*/its_cmdq.c.o*) ;;
	*) objects="$objects $object" ;;
	esac
done
# shellcheck disable=SC2086 # words
$cc $flags $objects "$work/its_cmdq.o" -o "$work/planted"
program=$work/planted
run 1 --world faults
grep -q '^faults FOUND: depth [0-9]*: ' "$work/log" || fail 'a bug is not told'
grep -q '^w64 0x88 0x20$' "$work/trace" || fail 'its trace has no command'
