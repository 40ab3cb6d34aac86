#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# What docs/RECORDING.md says can be done, done: a kernel of Debian's in QEMU, whose ITS both tell of, QEMU by its
# events and Linux by script/record-ftrace, of its boot and later. The guard refuses nothing of what is imported, and both
# tell of the same commands. In the root of the repository, as check_machine.sh calls it:
#
#     check_recording.sh 6.1|6.12|newest
#
# Exit status: 0 all well, 1 not, 77 skipped.

set -u
. script/lib.sh
. script/machine.sh
work=$machine/recording
mkdir -p "$work"
rm -rf "${work:?}"/*

need_packages qemu-system-arm cpio
build_itsguard
find_kernel "$1"
linux=$(find "$machine/packages/$image" -name 'vmlinuz*' -type f)
busybox=$(find "$machine/packages/busybox-static" -path '*/bin/busybox' -type f)

# Two root ports are all that has MSIs: their driver is part of the kernel.
mkdir -p "$work/root/bin"
cp "$busybox" script/record-ftrace "$work/root/bin/"
cat >"$work/root/init" <<'END'
#!/bin/busybox sh
export PATH=/bin
/bin/busybox --install -s /bin
mkdir -p /proc /sys /dev
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
record() {
	echo "recorded: $1 begins"
	sh /bin/record-ftrace stop
	echo "recorded: $1 ends $?"
}
record boot
sh /bin/record-ftrace start 2>/dev/null
ports=/sys/bus/pci/drivers/pcieport
for port in "$ports"/0000*; do
	echo "${port##*/}" >$ports/unbind
	echo "${port##*/}" >$ports/bind
done
for irq in $(sed -n 's/^ *\([0-9]*\):.*ITS-.*/\1/p' /proc/interrupts); do
	echo 2 >"/proc/irq/$irq/smp_affinity"
done
echo 0 >/sys/devices/system/cpu/cpu1/online
echo 1 >/sys/devices/system/cpu/cpu1/online
record later
tracing=/sys/kernel/tracing
[ -s $tracing/kprobe_events ] || [ -d $tracing/instances/itsguard ] || echo 'recorded: nothing is left behind'
poweroff -f
END
chmod 755 "$work/root/init" "$work/root/bin/busybox"
(cd "$work/root" && find . | cpio -o -H newc --quiet) >"$work/initramfs.cpio"

run() {
	timeout 600 nice -n 10 qemu-system-aarch64 -M virt,gic-version=3,its=on -cpu cortex-a72 -smp 2 -m 512 \
		-nodefaults -display none -serial stdio -no-reboot -kernel "$linux" -initrd "$work/initramfs.cpio" \
		-append "console=ttyAMA0 rdinit=/init panic=-1 quiet $(script/record-ftrace boot)" \
		-device pcie-root-port,id=port1,chassis=1 -device pcie-root-port,id=port2,chassis=2 \
		-trace 'gicv3_its_*' -trace 'gicv3_redist_*' -D "$work/qemu.log" </dev/null 2>&1 |
		tr -d '\r' >"$work/console.log"
}

# What there is when somebody has had enough.
keep() {
	echo "Logs: $work"
}

attend "Booting $image" run
for part in boot later; do
	grep -q "^recorded: $part ends 0" "$work/console.log" || fail "nothing was recorded; see $work/console.log"
	awk -v part="$part" '$1 == "recorded:" && $2 == part { on = $3 == "begins"; next } on' "$work/console.log" \
		>"$work/$part.log"
	"$itsguard" import ftrace "$work/$part.log" >"$work/$part.trace" || exit 1
done
grep -q '^recorded: nothing is left behind' "$work/console.log" || fail "record-ftrace leaves something behind"
"$itsguard" import qemu "$work/qemu.log" >"$work/qemu.trace" || exit 1

bad=0
for part in qemu boot later; do
	"$itsguard" replay --json "$work/$part.trace" >"$work/$part.json" || bad=1
	refused=$(summary_value refused <"$work/$part.json")
	echo "$part: $(summary_value commands <"$work/$part.json") commands, $refused refused"
	[ "$refused" = 0 ] || bad=1
done

# The commands of a trace that nobody assumed, a line each; where a barrier goes QEMU does not tell.
commands() {
	sed -n 's/ *#.*assumed: \(rdbase\|coll\)$//; /# assumed/d; s/^\(sync\|invall\) .*/\1/
		/^\(mapd\|mapc\|mapti\|movi\|inv\|discard\|sync\|invall\)/p' "$1" | sed 's/^\(mapd.*\) itt=[^ ]* v=0/\1 v=0/'
}

# Linux tells of all that QEMU tells, from the first of its devices on until nothing records any more.
{ commands "$work/boot.trace"; commands "$work/later.trace"; } >"$work/linux.commands"
commands "$work/qemu.trace" | sed -n '/^mapd/,$p' | head -n "$(wc -l <"$work/linux.commands")" >"$work/qemu.commands"
[ "$(wc -l <"$work/linux.commands")" -gt 20 ] || fail "Linux tells of too little: $work/linux.commands"
diff "$work/qemu.commands" "$work/linux.commands" >"$work/difference" || {
	echo "QEMU (<) and Linux (>) do not tell the same:"
	head -n 20 "$work/difference"
	bad=1
}
exit $bad
