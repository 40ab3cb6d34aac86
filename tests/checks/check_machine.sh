#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# The tests of docs/MACHINE.md. Run by ctest:
#
#     check_machine.sh build COMPILER ROOT WORK    examples/el2-monitor compiles without a warning,
#                                                 from a vendored copy and from nothing else
#     check_machine.sh selftest ROOT CLI           script/boot --selftest
#     check_machine.sh attack ROOT CLI             script/attack
#     check_machine.sh mutants ROOT CLI            script/attack --mutant NAME: four bugs are seen
#     check_machine.sh boot ROOT CLI               script/boot with one kernel, without the guard and with it
#     check_machine.sh recording ROOT CLI          check_recording.sh: what a kernel does, as QEMU and Linux tell it
#
# All but the first download kernels and take minutes, so they run only with ITSGUARD_QEMU=1 in the
# environment.
#
# Exit status: 0 all well, 1 not, 77 skipped; why is the last line of the output.

set -eu

skip() {
	echo "skipped: $*"
	exit 77
}

build() {
	case $1 in
	'' | *-NOTFOUND) skip "no compiler for AArch64 on this machine" ;;
	esac
	command -v make >/dev/null || skip "make is not installed"
	rm -rf "$3"
	make_in "$@"
	"$2/script/vendor" --check "$3/itsguard"
	# What breaks the copy breaks the build; a copy that the tree is newer than is made anew.
	echo '#error planted' >>"$3/itsguard/src/names.c"
	! make_in "$@" >/dev/null 2>&1 || { echo "the copy is not what is built"; exit 1; }
	touch -d 1970-01-02 "$3/itsguard/VENDOR"
	make_in "$@" "$3/itsguard/VENDOR" >/dev/null
	"$2/script/vendor" --check "$3/itsguard"
}

make_in() { # COMPILER ROOT WORK [TARGET]
	make -C "$2/examples/el2-monitor" CROSS="${1%gcc}" OUT="$3" ${4+"$4"}
}

mode=$1
shift
if [ "$mode" = build ]; then
	build "$@"
	exit 0
fi

[ "${ITSGUARD_QEMU-}" = 1 ] || skip "machines in QEMU run only with ITSGUARD_QEMU=1 in the environment"
cd "$1"
ITSGUARD_CLI=$2
export ITSGUARD_CLI
case $mode in
selftest) exec script/boot --selftest ;;
attack)
	script/attack || exit
	script/readme --check-attack build/machine/attack/output.txt
	exit
	;;
boot) exec script/boot --quick 6.1 ;;
recording) exec sh tests/checks/check_recording.sh 6.1 ;;
mutants)
	# With the first two the ITS reaches the page it is after; with the third the books are wrong; with the
	# fourth a redistributor reaches a page.
	for name in M07 M11 M17 M55; do
		script/attack --mutant "$name"
	done
	;;
*)
	echo "unknown mode $mode" >&2
	exit 1
	;;
esac
