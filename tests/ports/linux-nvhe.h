/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Stands for the headers of Linux that the glue includes, for the test of its contract: the real
 * headers are used where the real tree is built (linux_nvhe.sh).
 */
#ifndef LINUX_STANDIN_H
#define LINUX_STANDIN_H

typedef unsigned char u8;
typedef unsigned int u32;
typedef int s32;
typedef __UINT64_TYPE__ u64;
typedef __INT64_TYPE__ s64;
typedef u8 uint8_t;
typedef unsigned short uint16_t;
typedef u32 uint32_t;
typedef u64 uint64_t;
typedef __SIZE_TYPE__ size_t;
typedef u64 phys_addr_t;
typedef _Bool bool;
#define true 1
#define false 0
#define NULL                    ((void *)0)
#define U32_MAX                 (~0U)
#define U64_MAX                 (~(u64)0)

#define EPERM                   1
#define EIO                     5
#define EAGAIN                  11
#define ENOMEM                  12
#define ENODEV                  19
#define EBUSY                   16
#define EINVAL                  22

#define CONFIG_KVM_ITSGUARD     1
#define __KVM_NVHE_HYPERVISOR__ 1
#define NR_CPUS                 4
#define PAGE_SHIFT              12
#define PAGE_SIZE               (1L << PAGE_SHIFT)
#define PAGE_ALIGNED(x)         (!((x) & (PAGE_SIZE - 1)))
#define IS_ALIGNED(x, a)        (!((x) & ((a)-1)))
#define SZ_4K                   0x1000
#define SZ_64K                  0x10000
#define __iomem
#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
#define WARN_ON(x)   ((void)(x))
void *memset(void *s, int c, size_t n);
void *memcpy(void *d, const void *s, size_t n);
u32 readl(const volatile void *addr);
u64 readq(const volatile void *addr);
void writel(u32 value, volatile void *addr);
void writeq(u64 value, volatile void *addr);

struct arm_smccc_res {
	unsigned long a0;
};
#define arm_smccc_1_1_smc(fn, a, b, res) ((res)->a0 = (fn) + (a) + (b))
#define PSCI_0_2_FN64_AFFINITY_INFO      0xc4000004UL
#define PSCI_0_2_AFFINITY_LEVEL_OFF      1
#define MPIDR_HWID_BITMASK               0xff00ffffffUL
#define read_sysreg(reg)                 0UL

typedef u32 hyp_spinlock_t;
#define DEFINE_HYP_SPINLOCK(x) hyp_spinlock_t x = 0
void hyp_spin_lock(hyp_spinlock_t *lock);
void hyp_spin_unlock(hyp_spinlock_t *lock);

#define hyp_pfn_to_phys(pfn)          ((phys_addr_t)((pfn) << PAGE_SHIFT))
#define hyp_phys_to_pfn(phys)         ((phys) >> PAGE_SHIFT)
#define hyp_phys_to_virt(phys)        ((void *)(phys))
#define kvm_flush_dcache_to_poc(a, l) ((void)(a), (void)(l))
int __pkvm_host_share_hyp(u64 pfn);
int __pkvm_host_unshare_hyp(u64 pfn);
int __pkvm_host_donate_hyp(u64 pfn, u64 nr_pages);
int __pkvm_hyp_donate_host(u64 pfn, u64 nr_pages);
int hyp_pin_shared_mem(void *from, void *to);
void hyp_unpin_shared_mem(void *from, void *to);
bool addr_is_memory(phys_addr_t phys);
struct kvm_pgtable {
	u32 ia_bits;
};
struct host_mmu {
	struct kvm_pgtable pgt;
	hyp_spinlock_t lock;
};
extern struct host_mmu host_mmu;
int kvm_pgtable_stage2_unmap(struct kvm_pgtable *pgt, u64 addr, u64 size);
#define PAGE_HYP_DEVICE 0
int __pkvm_create_private_mapping(phys_addr_t phys, size_t size, int prot, unsigned long *haddr);
extern u64 id_aa64mmfr0_el1_sys_val;
u64 kvm_get_parange(u64 mmfr0);
u32 id_aa64mmfr0_parange_to_phys_shift(int parange);

struct kvm_cpu_context {
	struct {
		u64 regs[31];
	} regs;
};
#define cpu_reg(ctxt, r) (ctxt)->regs.regs[r]
void kvm_skip_host_instr(void);

enum {
	SYS_SPSR,
	SYS_SCTLR,
	SYS_ESR,
	SYS_FAR,
	SYS_ELR,
	SYS_VBAR
};
u64 read_sysreg_el1(int reg);
u64 read_sysreg_el2(int reg);
void write_sysreg_el1(u64 value, int reg);
void write_sysreg_el2(u64 value, int reg);
#define ESR_ELx_EC_SHIFT         26
#define ESR_ELx_EC(esr)          (((esr) >> ESR_ELx_EC_SHIFT) & 0x3f)
#define ESR_ELx_EC_IABT_LOW      0x20UL
#define ESR_ELx_EC_IABT_CUR      0x21UL
#define ESR_ELx_EC_DABT_LOW      0x24UL
#define ESR_ELx_EC_DABT_CUR      0x25UL
#define ESR_ELx_IL               (1UL << 25)
#define ESR_ELx_ISV              (1UL << 24)
#define ESR_ELx_SAS_SHIFT        22
#define ESR_ELx_SAS              (3UL << ESR_ELx_SAS_SHIFT)
#define ESR_ELx_SSE              (1UL << 21)
#define ESR_ELx_SRT_SHIFT        16
#define ESR_ELx_SRT_MASK         (31UL << ESR_ELx_SRT_SHIFT)
#define ESR_ELx_SF               (1UL << 15)
#define ESR_ELx_CM               (1UL << 8)
#define ESR_ELx_S1PTW            (1UL << 7)
#define ESR_ELx_WNR              (1UL << 6)
#define ESR_ELx_FSC_EXTABT       0x10UL
#define PSR_MODE_EL1t            4UL
#define PSR_MODE_EL1h            5UL
#define PSR_MODE_MASK            15UL
#define PSR_MODE32_BIT           16UL
#define PSR_F_BIT                0x40UL
#define PSR_I_BIT                0x80UL
#define PSR_A_BIT                0x100UL
#define PSR_D_BIT                0x200UL
#define PSR_SSBS_BIT             0x1000UL
#define PSR_PAN_BIT              0x400000UL
#define PSR_DIT_BIT              0x1000000UL
#define PSR_V_BIT                0x10000000UL
#define PSR_C_BIT                0x20000000UL
#define PSR_Z_BIT                0x40000000UL
#define PSR_N_BIT                0x80000000UL
#define SCTLR_EL1_SPAN           (1UL << 23)
#define SCTLR_ELx_DSSBS          (1UL << 44)
#define CURRENT_EL_SP_EL0_VECTOR 0x0
#define CURRENT_EL_SP_ELx_VECTOR 0x200
#define LOWER_EL_AArch64_VECTOR  0x400
#define LOWER_EL_AArch32_VECTOR  0x600

#endif
