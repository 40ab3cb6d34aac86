# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# What script/boot and script/attack share: the monitor, and QEMU. Sourced after lib.sh, with the
# repository's root as working directory.

top=$PWD
machine=build/machine # everything in it is cache or output
monitor=$machine/monitor
apart=$machine apart_arch=arm64
. script/apart.sh

packages_for_the_machine='qemu-system-arm make cpio kmod xz-utils patch'
# As in lib.sh: a native AArch64 machine has it.
command -v aarch64-linux-gnu-gcc >/dev/null ||
	packages_for_the_machine="$packages_for_the_machine gcc-aarch64-linux-gnu"

# The packages cannot be had: nothing is wrong with the project, and ctest counts it as skipped.
skip() {
	echo "skipped: $*"
	exit 77
}

# build_machine: packages, the monitor with guard and without, and the attacker.
build_machine() {
	# shellcheck disable=SC2086 # a list of words
	(need_packages $packages_for_the_machine) ||
		skip "these packages cannot be installed: $packages_for_the_machine"
	mkdir -p "$machine"
	attend 'Building the monitor' make_monitor "$monitor" "$top" || exit 1
}

# make_monitor DIR TREE: with what script/vendor of that tree copies.
make_monitor() {
	make -C examples/el2-monitor OUT="$top/$1" ITSGUARD="$2" >"$1.make.log" 2>&1 || {
		cat "$1.make.log" >&2
		fail "the monitor does not build"
	}
}

guarded=$monitor # where the guarded one is

# build_mutant NAME DIR: in DIR, with that bug of mutants/ in its library.
build_mutant() {
	rm -rf "$2/tree"
	mkdir -p "$2/tree"
	cp -R src include ports script LICENSE.md LICENSES "$2/tree/" # what script/vendor needs
	patch -s -f -F 0 -p 1 -d "$2/tree" <"mutants/$1.patch" || fail "mutants/$1.patch does not apply"
	guarded=$2/monitor
	WERROR='' make_monitor "$guarded" "$top/$2/tree" # a bug may be worth a warning
}

# ---- kernels -----------------------------------------------------------------------------------

# find_kernel NAME: suite, and in $image and $modules the packages with kernel and modules; busybox, too.
find_kernel() {
	case $1 in
	6.1) suite=bookworm ;;
	6.12) suite=trixie ;;
	newest) suite=sid ;;
	*) fail "no kernel $1: there are 6.1, 6.12 and newest" ;;
	esac
	attend "Fetching the package lists of $suite" apt_lists "$suite" ||
		skip "the package lists of Debian's $suite cannot be had"
	version='[0-9.]+(-[0-9]+|\+deb[0-9]+)-arm64'
	image=$(newest_package "$suite" "linux-binary-$version")
	modules=$(newest_package "$suite" "linux-modules-$version")
	if [ -z "$image" ]; then # as it was up to 6.12: one package
		image=$(newest_package "$suite" "linux-image-$version")
		modules=$image
	fi
	[ -n "$image" ] || skip "Debian's $suite has no kernel for arm64"
	for package in "$image" "$modules" busybox-static; do
		attend "Fetching $package" unpack "$suite" "$package" || skip "the package $package cannot be had"
	done
}

# ---- QEMU --------------------------------------------------------------------------------------

# run_machine SECONDS KERNEL HOST OPTIONS LOG ARGUMENT...: the monitor KERNEL with the program HOST above
# it. OPTIONS are the monitor's own, words NAME=VALUE. The console goes to LOG. $gic is what GICv. 124: it took
# too long.
gic=3
run_machine() (
	seconds=$1
	kernel=$2
	host=$3
	options=
	for word in $4; do
		options="$options,arg=$word"
	done
	log=$5
	shift 5
	timeout "$seconds" nice -n 10 qemu-system-aarch64 \
		-M virt,virtualization=on,gic-version=$gic,its=on -cpu cortex-a72 -m 512 \
		-nodefaults -display none -serial stdio -no-reboot \
		-semihosting-config "enable=on,target=native,arg=monitor$options" \
		-kernel "$kernel" -device "loader,file=$host,addr=0x41000000,force-raw=on" \
		"$@" </dev/null >"$log.raw" 2>&1
	status=$?
	tr -d '\r' <"$log.raw" >"$log"
	rm -f "$log.raw"
	exit $status
)

# ---- the command -------------------------------------------------------------------------------

itsguard=${ITSGUARD_CLI-build/dev/itsguard} # ctest brings one

build_itsguard() {
	[ -z "${ITSGUARD_CLI-}" ] || return 0
	# shellcheck disable=SC2086 # a list of words
	(need_packages $packages_to_build) || skip "these packages cannot be installed: $packages_to_build"
	attend 'Building the command' make_itsguard ||
		{ cat "$machine/cmake.log" >&2; fail "the itsguard command does not build"; }
}

make_itsguard() {
	{ cmake --preset dev && cmake --build --preset dev -j 2 --target itsguard_cli; } >"$machine/cmake.log" 2>&1
}

# end_value LOG NAME: what the monitor said of NAME at the end.
end_value() {
	sed -n "s/^monitor: end: .*\\b$2=\\([0-9]*\\).*/\\1/p" "$1" | head -n 1
}

# summary_value NAME: of the replay's summary, on standard input.
summary_value() {
	sed -n "s/^{\"type\":\"summary\".*\"$1\":\\([0-9]*\\).*/\\1/p"
}

# replay_agrees TRACE LOG: what the monitor's guard did, the same source does again on the desk: each
# refusal at its access, and in the end the same figures.
replay_agrees() {
	"$itsguard" replay --json --quiet "$1" >"$1.json" 2>&1 || {
		echo "FAILED: the replay of $1 does not agree:"
		head -n 20 "$1.json"
		return 1
	}
	for pair in commands=commands accepted=accepted refused=refused pages=pages_end peak=pages_peak \
		devices=devices_end; do
		there=$(end_value "$2" "${pair%%=*}")
		here=$(summary_value "${pair#*=}" <"$1.json")
		[ -n "$there" ] && [ "$there" = "$here" ] && continue
		echo "FAILED: $1: ${pair%%=*} was $there on the machine and is $here in the replay"
		return 1
	done
}

# planted TRACE LOG: a recording, or the figures that belong to it, with a mistake in it must not agree.
planted() {
	! replay_agrees "$1" "$2" >/dev/null && return 0
	echo "FAILED: a mistake planted in $1 or $2 goes unnoticed"
	return 1
}

# replay_can_fail TRACE LOG: a command that the monitor did not see, a verdict too many, a figure.
replay_can_fail() {
	awk '/^mem / && !done { done = 1; next } { print }' "$1" >"$1.planted" && planted "$1.planted" "$2" &&
		awk '{ print } /^w[0-9]+ 0x88 / && !done { done = 1; print "! ITT_OVERLAP" }' "$1" >"$1.planted" &&
		planted "$1.planted" "$2" &&
		sed 's/ accepted=/&1/' "$2" >"$2.planted" && planted "$1" "$2.planted"
}
