/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * A virtual machine of one page of code and one with a secret in it, which it looks at again and
 * again.
 *
 *     pvm [ATTACK [AFTER]]
 *
 * It is a protected one. ATTACK: what the host does to the page with the secret, through
 * /sys/kernel/debug/its-attack, once the guest has written it; with AFTER, before the guest has the
 * page, and AFTER when it has; if the guest cannot have it, the host drops what ATTACK mapped. The
 * guest says itself how many words of its page have changed.
 *
 * Built with the kernel's nolibc.
 */
#include <linux/kvm.h>

/* Linux 6.12 has ordinary ones only: 0. */
#ifndef VM_TYPE
#define VM_TYPE (1UL << 31) /* KVM_VM_TYPE_ARM_PROTECTED */
#endif

#define MEMORY  0x40000000UL
#define PAGES   256
#define READY   0x09000000UL /* addresses that the guest stores to */
#define CHANGED 0x09000008UL

/* A page behind the first one is filled, and then compared: which, and its words, lie behind the
 * code.
 */
extern const char guest_begin[], guest_end[];
__asm__(".pushsection .rodata\n"
	"	.globl guest_begin, guest_end\n"
	"	.balign 16\n"
	"guest_begin:\n"
	"	adr x8, guest_end\n"
	"	ldp x0, x6, [x8]\n"
	"	mov x2, #0xf0f0f0f0f0f0f0f0\n" /* a bitmask immediate */
	"	mov x1, x0\n"
	"	mov x3, x6\n"
	"1:	str x2, [x1], #8\n"
	"	subs x3, x3, #1\n"
	"	b.ne 1b\n"
	"	dsb sy\n"
	"	mov x5, #0x09000000\n"
	"	str w3, [x5]\n"
	"2:	mov x1, x0\n"
	"	mov x3, x6\n"
	"	mov w7, #0\n"
	"3:	ldr x4, [x1], #8\n"
	"	cmp x4, x2\n"
	"	cinc w7, w7, ne\n"
	"	subs x3, x3, #1\n"
	"	b.ne 3b\n"
	"	str w7, [x5, #8]\n"
	"	b 2b\n"
	"	.balign 16\n"
	"guest_end:\n"
	".popsection\n");

static void say(const char *what)
{
	printf("pkvm: pvm: %s\n", what);
	fflush(stdout);
}

static unsigned long to_drop;

static void attack(const char *kind, unsigned long page)
{
	char line[64];
	size_t length = strlen(kind);
	int file = open("/sys/kernel/debug/its-attack", O_WRONLY);

	/* The nolibc of Linux 6.12 has no snprintf(). */
	memcpy(line, kind, length);
	line[length++] = ' ';
	length += utoh_r(page, line + length);
	if (write(file, line, length) < 0)
		printf("pkvm: pvm: %s: error %d\n", kind, errno);
	close(file);
}

static long check(long result, const char *what)
{
	if (result >= 0)
		return result;
	printf("pkvm: pvm: %s: error %d\n", what, errno);
	fflush(stdout);
	if (to_drop)
		attack("drop", to_drop);
	exit(1);
}

static unsigned long address_of(char *page)
{
	unsigned long entry = 0, bytes = getpagesize();
	int file = check(open("/proc/self/pagemap", O_RDONLY), "pagemap");

	check(lseek(file, (unsigned long)page / bytes * 8, SEEK_SET), "lseek");
	check(read(file, &entry, 8), "read");
	close(file);
	return (entry & ((1UL << 55) - 1)) * bytes;
}

static int kvm, vm, vcpu;
static struct kvm_run *run;

static unsigned long memory_bytes(void)
{
	return (unsigned long)PAGES * getpagesize();
}

static void make(char *memory)
{
	struct kvm_userspace_memory_region region = {.guest_phys_addr = MEMORY,
						     .memory_size = memory_bytes(),
						     .userspace_addr = (unsigned long)memory};
	struct kvm_vcpu_init init;
	unsigned long pc = MEMORY;
	struct kvm_one_reg reg = {.id = KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE |
					KVM_REG_ARM_CORE_REG(regs.pc),
				  .addr = (unsigned long)&pc};

	kvm = check(open("/dev/kvm", O_RDWR), "/dev/kvm");
	vm = check(ioctl(kvm, KVM_CREATE_VM, (void *)VM_TYPE), "KVM_CREATE_VM");
	check(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region), "KVM_SET_USER_MEMORY_REGION");
	vcpu = check(ioctl(vm, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");
	memset(&init, 0, sizeof(init));
	check(ioctl(vm, KVM_ARM_PREFERRED_TARGET, &init), "KVM_ARM_PREFERRED_TARGET");
	init.features[0] |= 1 << KVM_ARM_VCPU_PSCI_0_2;
	check(ioctl(vcpu, KVM_ARM_VCPU_INIT, &init), "KVM_ARM_VCPU_INIT");
	check(ioctl(vcpu, KVM_SET_ONE_REG, &reg), "KVM_SET_ONE_REG");
	run = mmap(NULL, check(ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), "KVM_GET_VCPU_MMAP_SIZE"),
		   PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
}

/* Which address the guest stored to, and what. */
static unsigned long next(unsigned int *value)
{
	check(ioctl(vcpu, KVM_RUN, 0), "KVM_RUN");
	if (run->exit_reason != KVM_EXIT_MMIO) {
		printf("pkvm: pvm: exit %d\n", run->exit_reason);
		fflush(stdout);
		exit(1);
	}
	memcpy(value, run->mmio.data, sizeof(*value));
	return run->mmio.phys_addr;
}

/*
 * A page whose neighbour below is one of ours, too, that nobody needs: an attack upon both of them
 * hurts no bystander.
 */
static char *find_secret(char *memory, unsigned long bytes)
{
	static unsigned long at[PAGES];
	unsigned long i, j;

	for (i = 1; i < PAGES; i++)
		at[i] = address_of(memory + i * bytes);
	for (i = 1; i < PAGES; i++)
		for (j = 1; j < PAGES; j++)
			if (at[i] + bytes == at[j])
				return memory + j * bytes;
	say("no two pages lie side by side");
	exit(1);
}

/* The code, and behind it what it looks at. */
static void load(char *memory, char *page, unsigned long bytes)
{
	const unsigned long behind[] = {MEMORY + (page - memory), bytes / 8};

	memcpy(memory, guest_begin, guest_end - guest_begin);
	memcpy(memory + (guest_end - guest_begin), behind, sizeof(behind));
	__builtin___clear_cache(memory, memory + bytes);
}

int main(int count, char **words)
{
	char *memory = mmap(NULL, memory_bytes(), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned int value = 0, scans = 3;
	unsigned long secret;
	char *page;

	memset(memory, 0, memory_bytes());
	page = find_secret(memory, getpagesize());
	load(memory, page, getpagesize());
	secret = address_of(page);
	make(memory);
	if (count == 3) {
		attack(words[1], secret);
		to_drop = secret;
	}
	if (next(&value) != READY) {
		say("the guest does not run");
		return 1;
	}
	say("the guest runs");
	if (count > 1)
		attack(words[count - 1], secret);
	else
		scans = 100;
	while (scans--)
		if (next(&value) != CHANGED || value)
			break;
	printf("pkvm: pvm: %u words changed\n", value);
	fflush(stdout);
	return value != 0;
}
