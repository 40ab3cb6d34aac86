/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * First and last instructions: the image's header, how a CPU gets from reset to C and to the host,
 * and the exception vectors.
 */
#include "virt.h"

#define STACK_BYTES   0x4000
#define CONTEXT_BYTES (34 * 8)

/* EL2: 39-bit addresses, 4 KB granule, write-back inner shareable walks, 40 physical bits. */
#define TCR   (1 << 31 | 1 << 23 | 2 << 16 | 3 << 12 | 1 << 10 | 1 << 8 | 25)
/* Attribute 0: Device-nGnRnE; 1: Normal, write-back. */
#define MAIR  0xff00
/* RES1, and I, C, M; SA: stack alignment; WXN: nothing is both writable and executable. */
#define SCTLR (0x30c50830 | 1 << 19 | 1 << 12 | 1 << 3 | 1 << 2 | 1 << 0)

	.section .head, "ax"
	/* The header of an arm64 Linux image: QEMU starts it at EL2, device tree in x0. */
	b	primary
	.word	0
	.quad	0x200000                /* offset from the start of RAM */
	.quad	image_bytes /* with .bss, so that nothing is put there */
	.quad	0xa                     /* little endian, 4 KB pages, anywhere */
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.word	0

	.text
/* In x1: this CPU's number. All CPUs of this board differ in Aff0. */
.macro	this_cpu
	mrs	x1, mpidr_el1
	and	x1, x1, #0xff
.endm

.macro	set_stack
	adrp	x2, stacks
	add	x2, x2, :lo12:stacks
	add	x3, x1, #1
	mov	x4, #STACK_BYTES
	madd	x2, x3, x4, x2
	msr	spsel, #1
	mov	sp, x2
.endm

primary:
	mrs	x1, CurrentEL
	cmp	x1, #2 << 2
	b.ne	.
	mov	x20, x0
	/* Caches are off. What they may still hold of .bss must not come back over what is written. */
	adrp	x2, bss_start
	add	x2, x2, :lo12:bss_start
	adrp	x3, image_end
	add	x3, x3, :lo12:image_end
	mov	x4, x2
1:	dc	ivac, x4
	add	x4, x4, #64
	cmp	x4, x3
	b.lo	1b
	dsb	sy
2:	stp	xzr, xzr, [x2], #16
	cmp	x2, x3
	b.lo	2b
	this_cpu
	set_stack
	bl	el2map_build
	bl	enable_mmu
	mov	x0, x20
	bl	monitor_main

	/* A CPU that the host switched on (psci.c). */
	.global	secondary_entry
secondary_entry:
	bl	enable_mmu
	this_cpu
	set_stack
	mov	x0, x1
	bl	cpu_main

	/* No stack and no store: caches are not on yet. */
	.global	enable_mmu
enable_mmu:
	adrp	x2, vectors
	add	x2, x2, :lo12:vectors
	msr	vbar_el2, x2
	mov	x2, #MAIR
	msr	mair_el2, x2
	ldr	x2, =TCR
	msr	tcr_el2, x2
	adrp	x2, el2map_root
	msr	ttbr0_el2, x2
	ic	iallu
	tlbi	alle2
	dsb	sy
	isb
	ldr	x2, =SCTLR
	msr	sctlr_el2, x2
	isb
	ret
	.ltorg

	/* enter_host(pc, x0): EL1 with all exceptions masked and nothing of ours in its registers. */
	.global	enter_host
enter_host:
	msr	elr_el2, x0
	mov	x2, #0x3c5
	msr	spsr_el2, x2
	mov	x0, x1
	this_cpu
	set_stack
	.irp	n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
	mov	x\n, xzr
	.endr
	eret

.macro	fatal number
	.balign	0x80
	mov	x0, #\number
	b	trap_fatal
.endm

	.balign	0x800
vectors:
	fatal	0
	fatal	1
	fatal	2
	fatal	3
	fatal	4
	fatal	5
	fatal	6
	fatal	7
	.balign	0x80
	b	lower /* synchronous, from the host */
	fatal	9
	fatal	10
	fatal	11
	fatal	12
	fatal	13
	fatal	14
	fatal	15

lower:
	sub	sp, sp, #CONTEXT_BYTES
	stp	x0, x1, [sp, #0 * 8]
	stp	x2, x3, [sp, #2 * 8]
	stp	x4, x5, [sp, #4 * 8]
	stp	x6, x7, [sp, #6 * 8]
	stp	x8, x9, [sp, #8 * 8]
	stp	x10, x11, [sp, #10 * 8]
	stp	x12, x13, [sp, #12 * 8]
	stp	x14, x15, [sp, #14 * 8]
	stp	x16, x17, [sp, #16 * 8]
	stp	x18, x19, [sp, #18 * 8]
	stp	x20, x21, [sp, #20 * 8]
	stp	x22, x23, [sp, #22 * 8]
	stp	x24, x25, [sp, #24 * 8]
	stp	x26, x27, [sp, #26 * 8]
	stp	x28, x29, [sp, #28 * 8]
	mrs	x0, elr_el2
	mrs	x1, spsr_el2
	stp	x30, x0, [sp, #30 * 8]
	str	x1, [sp, #32 * 8]
	mov	x0, sp
	bl	trap_lower
	ldp	x30, x0, [sp, #30 * 8]
	ldr	x1, [sp, #32 * 8]
	msr	elr_el2, x0
	msr	spsr_el2, x1
	ldp	x0, x1, [sp, #0 * 8]
	ldp	x2, x3, [sp, #2 * 8]
	ldp	x4, x5, [sp, #4 * 8]
	ldp	x6, x7, [sp, #6 * 8]
	ldp	x8, x9, [sp, #8 * 8]
	ldp	x10, x11, [sp, #10 * 8]
	ldp	x12, x13, [sp, #12 * 8]
	ldp	x14, x15, [sp, #14 * 8]
	ldp	x16, x17, [sp, #16 * 8]
	ldp	x18, x19, [sp, #18 * 8]
	ldp	x20, x21, [sp, #20 * 8]
	ldp	x22, x23, [sp, #22 * 8]
	ldp	x24, x25, [sp, #24 * 8]
	ldp	x26, x27, [sp, #26 * 8]
	ldp	x28, x29, [sp, #28 * 8]
	add	sp, sp, #CONTEXT_BYTES
	eret

	.bss
	.balign	16
stacks:
	.space	STACK_BYTES * MAX_CPUS
