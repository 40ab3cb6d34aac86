#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# The glue of one port, run on this machine over a model of its host's page states: the contract of
# share, unshare, donate and reclaim (contract.h), and of all callbacks (conformance.h). First with a
# mistake planted in the glue, which must be found.
#
#     contract.sh ROOT WORK HOST CC

set -eu
LC_ALL=C
export LC_ALL

root=$1
work=$2/$3
host=$3
cc=$4
copy=$work/copy
tests=$root/tests/ports
. "$tests/lib.sh"

# What is not called is not linked, and need not be there.
run() {
	"$cc" -std=gnu11 -O0 -Wall -Werror -Wno-unused -Wno-unused-parameter \
		-Wno-int-to-pointer-cast -Wno-cast-function-type -fno-builtin \
		-ffunction-sections -fdata-sections -Wl,--gc-sections \
		-I"$work/headers" -I"$copy/include" -I"$copy" \
		"$tests/${host}_contract.c" -o "$work/contract" && "$work/contract"
}

# Each mistake: a sed script over the glue.
case $host in
linux-nvhe) mistakes='s/^\t\t__pkvm_host_unshare_hyp(pfn);/\t\t;/
s/^\treturn hyp_pin_shared_mem(.*/\treturn ret;/
s/^\tret = hyp_pin_shared_mem(.*/\tret = 0;/
s/^\thyp_unpin_shared_mem(.*/\t;/
s/__pkvm_host_donate_hyp(pfn, 1)/__pkvm_host_donate_hyp(pfn, 0)/
s/return itsg_each_page(itsguard_donate_page, .*/return __pkvm_host_donate_hyp(pfn, count) ? 0 : count;/
s/^\treturn itsg_each_page(itsguard_reclaim_page, .*/\treturn count;/
s/^\tmemset(va, 0, bytes);/\tmemset(va, 0, bytes - 8);/
s/^\tkvm_flush_dcache_to_poc(va, bytes);$/\t;/
s/^\tkvm_flush_dcache_to_poc(va, bytes); .*/\t;/
s/READ_ONCE(from\[i\])/READ_ONCE(from[0])/
s/ ? readq(reg) : readl(reg);/ ? readl(reg) : readl(reg);/
s/^\t\twriteq(value, reg);/\t\twritel(value, reg);/
s/guard->rd\[rd\]\.regs + offset/guard->rd[0].regs + offset/
s/return !rd->powered .*/return false;/
s/return guard->rd\[rd\]\.powered;/return true;/' ;;
xen) mistakes='s/^        put_page(page);$/        ;/
s/ \&\& (page->count_info \& PGC_count_mask) != 2 )/ \&\& 0 )/
s/page_get_owner(page) == itsguard_domain/1/
s/^    put_page(mfn_to_page(_mfn(pfn)));/    ;/
s/^        clean_and_invalidate_dcache_va_range(p, part);/        ;/
s/^    clean_and_invalidate_dcache_va_range(va, bytes); .*/    ;/
s/uint64_t word = from\[i\];/uint64_t word = from[0];/
s/^        writeq(value, its->regs + offset);/        writel(value, its->regs + offset);/' ;;
hafnium) mistakes='s/^\titsguard_change(pfn, ITSGUARD_SHARED, ITSGUARD_RAM);/\t;/
s/^\titsguard_change(pfn, ITSGUARD_GONE, ITSGUARD_RAM);/\t;/
s/itsguard_mode_is(mode, from) \&\&/1 \&\&/
s/^\titsguard_map(pfn, 0);/\t;/
s/return (mode \& ITSGUARD_GONE) == ITSGUARD_GONE/return mode == ITSGUARD_GONE/
s/memset_s(va, bytes, 0, bytes);/memset_s(va, bytes, 0, bytes - 8);/
s/^\tarch_mm_flush_dcache(va, bytes);/\t;/
s/uint64_t word = from\[i\];/uint64_t word = from[0];/
s/if (width == sizeof(uint64_t)) {/if (width == 0) {/' ;;
jailhouse) mistakes='s/^\t\t\t\terr = -EBUSY;/\t\t\t\terr = 0;/
s/phys < mem->phys_start + mem->size;/phys <= mem->phys_start + mem->size;/
s/ \&\& !itsguard_lent(phys) ? 0/ ? 0/
s/^\treturn done;/\treturn count;/
s/!(region->flags \& JAILHOUSE_MEM_NO_HUGEPAGES)/0/
s/^\t\tarm_paging_vcpu_flush_tlbs();/\t\t;/
s/mem->phys_start == mem->virt_start/1/
s/^\tarm_dcaches_flush(from, size, .*/\t;/
s/^\t\tmemset(va, 0, part);/\t\tmemset(va, 0, part - 8);/
s/^\t\tpa += part;/\t\t;/
s/u64 word = from\[n\];/u64 word = from[0];/
s/^\t\tmmio_write64(itsguard_regs + offset, value);/\t\tmmio_write32(itsguard_regs + offset, value);/' ;;
esac

rm -rf "$work"
mkdir -p "$work"
echo "$mistakes" >"$work/mistakes"
while read -r mistake; do
	vendor
	cp "$copy"/itsguard_*.c "$work/glue"
	sed -i "$mistake" "$copy"/itsguard_*.c
	! cmp -s "$copy"/itsguard_*.c "$work/glue" || { echo "no such place: $mistake"; exit 1; }
	if run >"$work/said" 2>&1; then
		echo "not found: $mistake"
		exit 1
	fi
	grep -q ' fails)$' "$work/said" || { cat "$work/said"; echo "not run: $mistake"; exit 1; }
done <"$work/mistakes"

vendor
run
echo "$host: the contract holds; $(wc -l <"$work/mistakes") planted mistakes were found"
