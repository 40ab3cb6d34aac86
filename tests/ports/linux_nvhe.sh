#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# The port to Linux nVHE in a real tree: Debian's linux-source gets the series applied, and
# arch/arm64/kvm/hyp/nvhe/kvm_nvhe.o, the whole hypervisor, is built with the library inside; and so is
# what the series changes of the host: the ITS driver, and KVM's part of the hand-over.
#
#     linux_nvhe.sh ROOT WORK
#
# WORK keeps the unpacked source (about 300 MB) from run to run. Environment:
#
#     ITSGUARD_LINUX          the version: 6.12 if not set, or 7.2; off: skip this test, which
#                             fetches about 150 MB the first time
#     ITSGUARD_LINUX_SUITE    where the package comes from if this machine's apt has it not: trixie
#                             if not set; sid for 7.2
#
# Exit status: 0 all well, 1 findings, 77 skipped, and why.

set -eu
LC_ALL=C
export LC_ALL

root=$1
version=${ITSGUARD_LINUX-6.12}
work=$2/$version
package=linux-source-$version
series=$root/ports/linux-nvhe/$version
patch=$work/series
suite=${ITSGUARD_LINUX_SUITE-trixie}
tree=$work/tree
nvhe=arch/arm64/kvm/hyp/nvhe
object=$nvhe/kvm_nvhe.o
nm=aarch64-linux-gnu-nm

skip() {
	echo "skipped: $*"
	exit 77
}

. "$root/tests/ports/linux_source.sh"

# ---- the source --------------------------------------------------------------------------------

check_tools() {
	for tool in aarch64-linux-gnu-gcc apt-get bc bison dpkg-deb flex gcc make patch perl xz; do
		command -v $tool >/dev/null || skip "$tool is not installed"
	done
}

# What a build of these objects does not read is left out, but for the Kconfig files.
unpack() {
	dpkg-deb -x $package*.deb deb
	mkdir -p new
	tar -xf deb/usr/src/$package.tar.xz -C new --strip-components=1 \
		--exclude='*/Documentation/*.rst' --exclude='*/Documentation/*.yaml' \
		--exclude="$package/drivers/[!i]*.[ch]" --exclude="$package/drivers/i[!r]*.[ch]" \
		--exclude="$package/fs/*.[ch]" \
		--exclude="$package/net/*.[ch]" --exclude="$package/sound/*.[ch]" \
		--exclude="$package/tools/perf" --exclude="$package/tools/testing" \
		--exclude='*.dts' --exclude='*.dtsi'
	rm -rf deb $package*.deb apt
}

get_source() (
	[ ! -d "$tree" ] || exit 0
	rm -rf "$work/fetch"
	mkdir -p "$work/fetch"
	cd "$work/fetch"
	download_source "$package" "$suite" >log 2>&1 || { cat log; skip "$package is not to be had from this machine's mirror"; }
	unpack
	mv new "$tree"
	rm -rf "$work/fetch" "$work/original" "$work/patched" "$work/undefined"
)

# ---- the build ---------------------------------------------------------------------------------

# Its tools for this machine are not worth optimising, and a device tree compiler is not wanted.
kernel_make() {
	nice -n 10 make -C "$tree" -j2 ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- \
		HOSTCFLAGS=-O0 CONFIG_DTC= "$@"
}

# configure LINE...
configure() {
	printf '%s\n' CONFIG_VIRTUALIZATION=y CONFIG_KVM=y "$@" >"$work/config"
	kernel_make -s KCONFIG_ALLCONFIG="$work/config" allnoconfig
}

# build FLAGS TARGET...
build() {
	flags=$1
	shift
	kernel_make "KCFLAGS=$flags" "$@" >"$work/log" 2>&1
}

# The host's files that the series changes, as objects: those that are there.
host_objects() {
	sed -n '\|/hyp/|d; s|^+++ b/\(.*\)\.c$|\1|p' "$patch" | sort -u | while read -r file; do
		[ ! -e "$tree/$file.c" ] || echo "$file.o"
	done
}

# build_port FLAGS: the hypervisor and the host's part.
build_port() {
	rm -f "$tree/$object"
	# shellcheck disable=SC2046 # words
	build "$1" $object $(host_objects)
}

# What the hypervisor imports: as gen-hyprel leaves it, all of its symbols have a prefix.
undefined() {
	$nm -u "$tree/$object" | sed 's/.* __kvm_nvhe_//' | sort
}

# The same of all its objects but those of the port.
undefined_without() {
	find "$tree/${nvhe%/*}" -name '*.nvhe.o' ! -path "$tree/$nvhe/itsguard/*" \
		-exec $nm {} + >"$work/symbols"
	awk '
	NF < 2 { next }
	$(NF - 1) == "U" { used[$NF] = 1; next }
	{ defined[$NF] = 1 }
	END { for (name in used) if (!(name in defined)) print name }' "$work/symbols" | sort
}

# Once a series: whether the kernel's own files have warnings, which are errors otherwise. If anything
# fails it is found out without the port whose fault that is.
build_first() {
	[ ! -e "$work/flags" ] || return 0
	if ! build_port -Werror; then
		restore_originals
		rm -rf "$tree/$nvhe/itsguard" "$work/patched"
		if build_port -Werror; then
			echo -Werror >"$work/flags"
		elif build_port ''; then
			: >"$work/flags"
		else
			cat "$work/log"
			echo "the tree does not build without the port"
			exit 1
		fi
		apply_port
		return 0
	fi
	echo -Werror >"$work/flags"
}

# Once a series: what the hypervisor imports without the port, whose files are compiled as they were.
import_without() {
	[ ! -e "$work/undefined" ] || return 0
	files=$(cd "$work/original" && find . -name '*.c' -path './arch/arm64/kvm/hyp/*' | sed 's|^\./||')
	for file in $files; do
		change "$file"
		cp "$work/original/$file" "$tree/$file"
	done
	# shellcheck disable=SC2046,SC2086 # words
	build "$(cat "$work/flags")" $(echo "$files" | sed 's/\.c$/.nvhe.o/') ||
		{ cat "$work/log"; echo "the port's files do not build as they were"; exit 1; }
	undefined_without >"$work/undefined.new"
	restore
	mv "$work/undefined.new" "$work/undefined"
}

# What the series added goes, what it changed comes back.
restore_originals() {
	[ ! -e "$work/added" ] || (cd "$tree" && xargs -r rm -f <"$work/added")
	[ ! -d "$work/original" ] || cp -R "$work/original/." "$tree"
}

# The files that the series changes, always from their originals, and only if the series is new.
apply_patch() {
	cat "$series"/*.patch >"$patch"
	! cmp -s "$patch" "$work/patched" || return 0
	rm -f "$work/patched" "$work/undefined" "$work/flags"
	restore_originals
	rm -f "$work/added"
	sed -n 's|^+++ b/||p' "$patch" | sort -u | while read -r file; do
		mkdir -p "$work/original/$(dirname "$file")"
		[ ! -e "$work/original/$file" ] || continue
		[ -e "$tree/$file" ] || { echo "$file" >>"$work/added"; continue; }
		cp "$tree/$file" "$work/original/$file"
	done
	patch -s -f -p1 -d "$tree" <"$patch"
	cp "$patch" "$work/patched"
}

apply_port() {
	rm -rf "$tree/$nvhe/itsguard"
	"$root/script/vendor" linux-nvhe "$tree/$nvhe/itsguard" >/dev/null
	apply_patch
	[ -e "$work/flags" ] || configure CONFIG_KVM_ITSGUARD=y
}

# ---- the rules ---------------------------------------------------------------------------------

missing_handover() (
	cd "$tree"
	$nm drivers/irqchip/irq-gic-v3.o drivers/irqchip/irq-gic-v3-its.o | sed -n 's/.* T //p' |
		sort >"$work/drivers"
	$nm -u arch/arm64/kvm/itsguard.o | sed -n 's/.* \(\(gic\|its\)_handover_.*\)/\1/p' | sort |
		comm -23 - "$work/drivers" | sed 's/^/handover: /'
)

# Lines "RULE: what" for the tree as it is:
#   build      it does not build, without a warning; gen-hyprel takes every relocation, or else it
#              does not
#   handover   KVM calls a function of the hand-over that the GIC's drivers do not have
#   import     a symbol that the hypervisor does not provide
#   inside     a function of the library, or the hypercall, that is not in the object
#   trap       handle_host_mem_abort() does not ask the port
#   lazy_map   host_stage2_idmap() may map an ITS
#   data       initialised writable data
findings() {
	if ! build_port "$(cat "$work/flags")"; then
		echo "build: $(tail -n 1 "$work/log")"
		return
	fi
	missing_handover
	undefined | diff "$work/undefined" - | sed -n 's/^> */import: /p'
	for name in itsg_its_init itsg_read itsg_write itsg_redists_init itsg_redists_adopt \
		itsg_pages_init __pkvm_itsguard_init; do
		$nm "$tree/$object" | grep -q " T __kvm_nvhe_$name\$" || echo "inside: $name"
	done
	aarch64-linux-gnu-objdump -r "$tree/$nvhe/mem_protect.nvhe.o" >"$work/relocations"
	grep -q 'R_AARCH64_CALL26.* kvm_itsguard_host_abort$' "$work/relocations" || echo "trap: gone"
	grep -q 'R_AARCH64_CALL26.* kvm_itsguard_cut_range$' "$work/relocations" || echo "lazy_map: gone"
	find "$tree/$nvhe/itsguard" -name '*.nvhe.o' | while read -r file; do
		# What the host decides before it is distrusted is read-only for the hypervisor afterwards.
		$nm "$file" | sed -n "/ kvm_itsguard_required\$/d; s|.* [DdGgSs] \([^\$].*\)|data: \1|p"
	done
}

# A file of the tree that a control is about to change; and all of them back, as new for make.
change() {
	mkdir -p "$work/saved/$(dirname "$1")"
	cp "$tree/$1" "$work/saved/$1"
}

restore() {
	cp -R "$work/saved/." "$tree"
	rm -rf "$work/saved"
}

# expect RULES WHAT: the tree, broken on purpose, is found wrong by these rules and no other.
expect() {
	found=$(findings)
	restore
	if [ "$(echo "$found" | sed 's/:.*//' | sort -u | xargs)" != "$1" ]; then
		echo "$2: expected '$1', found '$found'"
		exit 1
	fi
	echo "seen to fail: $2"
}

driver=drivers/irqchip/irq-gic-v3-its.c
event=$nvhe/itsguard/src/event.c
rule=$nvhe/itsguard/src/rule.c
fragment=$nvhe/itsguard/Makefile.itsguard

# All that can be planted together, for the sake of time: each rule must see its own.
break_rules() {
	change $event
	change $nvhe/itsguard/src/sources.mk
	change $nvhe/mem_protect.c
	change $driver
	change include/linux/irqchip/arm-gic-v3-handover.h
	printf '\nint itsg_event_planted(void);\nint hypervisor_has_it_not(void);\n%s\n' \
		'int itsg_event_planted(void) { return hypervisor_has_it_not(); }' >>"$tree/$event"
	printf '\nint *itsg_planted(void);\nint *itsg_planted(void)\n{\n\t%s\n\treturn &count;\n}\n' \
		'static int count = 1;' >>"$tree/$event"
	sed -i '/pfn_tracker/d' "$tree/$nvhe/itsguard/src/sources.mk"
	sed -i 's/if (kvm_itsguard_host_abort/if (0 \&\& kvm_itsguard_host_abort/
		/kvm_itsguard_cut_range(addr/d' "$tree/$nvhe/mem_protect.c"
	sed -i 's/its_handover_quiesce(void)/its_planted_quiesce(void)/' "$tree/$driver"
	sed -i 's/^int its_handover_quiesce.*/&\nint its_planted_quiesce(void);/' \
		"$tree/include/linux/irqchip/arm-gic-v3-handover.h"
	expect 'data handover import inside lazy_map trap' 'a call of what the hypervisor lacks, a file too few, written data, no call in the trap, no rule for lazy mapping, a hand-over that the driver has not'
}

break_warning() {
	[ -s "$work/flags" ] || return 0
	for file in $event $driver; do
		change $file
		printf '\nstatic int itsg_planted;\n' >>"$tree/$file"
		expect build "an unused variable in $file"
	done
}

# Shared data under -fPIC needs the GOT, and gen-hyprel stops at its relocations.
break_relocation() {
	change $event
	change $rule
	change $fragment
	printf '\nextern const int itsg_planted[2];\nint itsg_event_planted(void);\n%s\n' \
		'int itsg_event_planted(void) { return itsg_planted[1]; }' >>"$tree/$event"
	printf '\nextern const int itsg_planted[2];\nconst int itsg_planted[2] = { 1, 2 };\n' \
		>>"$tree/$rule"
	echo 'CFLAGS_itsguard/src/event.nvhe.o := -fPIC' >>"$tree/$fragment"
	expect build 'a relocation of the GOT'
}

# ---- main --------------------------------------------------------------------------------------

[ "$version" != off ] || skip "ITSGUARD_LINUX=off"
[ -d "$series" ] || { echo "no series for $version"; exit 1; }
check_tools
mkdir -p "$work"
get_source
[ ! -d "$work/saved" ] || restore # of a run that was stopped
apply_port
build_first
import_without
"$root/script/vendor" --check "$tree/$nvhe/itsguard"
for control in rules warning relocation; do
	break_$control
done

found=$(findings)
[ -z "$found" ] || { echo "$found"; [ ! -e "$work/log" ] || tail -n 20 "$work/log"; exit 1; }
echo "$(sed -n 's/^VERSION = //p;s/^PATCHLEVEL = /./p;s/^SUBLEVEL = /./p' "$tree/Makefile" |
	tr -d '\n'): $object holds the library; nothing new is undefined; the host's part builds"
