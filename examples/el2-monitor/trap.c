/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* What brings the host into EL2: the frames of the ITS and the redistributors, other faults
 * of stage 2, SMC and HVC. */
#include "calls.h"
#include "monitor.h"

#define ESR_CLASS(esr) ((esr) >> 26 & 0x3f)
#define EC_HVC64       0x16
#define EC_SMC64       0x17
#define EC_INSN_ABORT  0x20 /* from a lower level; from the same it is one more */
#define EC_DATA_ABORT  0x24

/* Of a data abort */
#define ESR_VALID          (1ul << 24) /* the fields below mean something */
#define ESR_WIDTH(esr)     (1u << ((esr) >> 22 & 3))
#define ESR_SIGNED         (1ul << 21)
#define ESR_REG(esr)       ((esr) >> 16 & 31)
#define ESR_64             (1ul << 15)
#define ESR_S1_WALK        (1ul << 7)
#define ESR_WRITE          (1ul << 6)
#define EXTERNAL_ABORT     0x10ul

#define PSTATE_EL1H_MASKED 0x3c5ul
#define PSTATE_MODE        0xful
#define PSTATE_EL0         0ul
#define PSTATE_AARCH32     0x10ul
#define PSTATE_EL1T        4ul

static const char *const vectors[] = {
	"synchronous exception in the monitor",
	"interrupt in the monitor",
	"fast interrupt in the monitor",
	"SError in the monitor",
	"an interrupt came to EL2",
	"a fast interrupt came to EL2",
	"an SError came to EL2",
	"the host runs AArch32",
};

static uint64_t faults;
static uint64_t access_ticks;

uint64_t host_faults(void)
{
	return faults;
}

uint64_t access_micros(void)
{
	return access_ticks * 1000000 / read_sysreg(cntfrq_el0);
}

void trap_fatal(uint64_t vector)
{
	const char *what = vectors[vector < 8 ? vector & 3 : vector < 12 ? 3 + (vector & 3) : 7];

	print("ESR %x ELR %x FAR %x HPFAR %x", read_sysreg(esr_el2), read_sysreg(elr_el2),
	      read_sysreg(far_el2), read_sysreg(hpfar_el2));
	panic(what, vector);
}

static void next_instruction(struct context *context)
{
	context->pc += 4;
}

/* Register 31 is the zero register here. */
static uint64_t get_register(const struct context *context, uint64_t n)
{
	return n == 31 ? 0 : context->x[n];
}

static void set_register(struct context *context, uint64_t esr, uint64_t value)
{
	uint32_t bits = ESR_WIDTH(esr) * 8;

	if (bits < 64)
		value &= (1ul << bits) - 1;
	if ((esr & ESR_SIGNED) && (value >> (bits - 1) & 1))
		value |= ~0ul << (bits - 1) << 1;
	if (!(esr & ESR_64))
		value &= 0xffffffff;
	if (ESR_REG(esr) != 31)
		context->x[ESR_REG(esr)] = value;
}

/* Where EL1 takes a synchronous exception from, as an offset from VBAR_EL1. */
static uint64_t vector_of(uint64_t pstate)
{
	switch (pstate & PSTATE_MODE) {
	case PSTATE_EL0:
		return pstate & PSTATE_AARCH32 ? 0x600 : 0x400;
	case PSTATE_EL1T:
		return 0;
	default:
		return 0x200;
	}
}

/*
 * The host touched what it has no access to: it gets the external abort that it would get where
 * there is no memory.
 */
static void inject_abort(struct context *context, uint64_t esr)
{
	bool from_el0 = (context->pstate & PSTATE_MODE) == PSTATE_EL0;
	uint64_t class = ESR_CLASS(esr) + (from_el0 ? 0 : 1);

	write_sysreg(esr_el1, class << 26 | 1ul << 25 | EXTERNAL_ABORT);
	write_sysreg(far_el1, read_sysreg(far_el2));
	write_sysreg(elr_el1, context->pc);
	write_sysreg(spsr_el1, context->pstate);
	context->pc = read_sysreg(vbar_el1) + vector_of(context->pstate);
	context->pstate = PSTATE_EL1H_MASKED;
}

static bool is_trapped_frame(uint64_t ipa, uint32_t *frame, uint32_t *offset)
{
	if (ipa < VIRT_ITS || ipa >= VIRT_ITS + ITS_FRAME_BYTES)
		return rd_at(ipa, frame, offset);
	*frame = FRAME_ITS;
	*offset = (uint32_t)(ipa - VIRT_ITS);
	return true;
}

static void host_writes(uint32_t frame, uint32_t offset, uint32_t width, uint64_t value)
{
	if (frame == FRAME_ITS)
		itsguard_write(offset, width, value);
	else
		itsguard_rd_write(frame, offset, width, value);
}

static uint64_t host_reads(uint32_t frame, uint32_t offset, uint32_t width)
{
	return frame == FRAME_ITS ? itsguard_read(offset, width)
				  : itsguard_rd_read(frame, offset, width);
}

static void emulate(struct context *context, uint64_t esr, uint32_t frame, uint32_t offset)
{
	uint64_t start = read_sysreg(cntpct_el0);
	uint32_t width = ESR_WIDTH(esr);
	uint64_t value;

	if (esr & ESR_WRITE) {
		value = get_register(context, ESR_REG(esr));
		if (width < 8)
			value &= (1ul << width * 8) - 1;
		host_writes(frame, offset, width, value);
	} else {
		value = host_reads(frame, offset, width);
		set_register(context, esr, value);
	}
	record_access(frame, esr & ESR_WRITE ? 'w' : 'r', offset, width, value);
	if (frame != FRAME_ITS)
		rd_count(offset, (esr & ESR_WRITE) != 0);
	access_ticks += read_sysreg(cntpct_el0) - start;
	next_instruction(context);
}

static bool is_call_frame(uint64_t ipa, uint64_t esr)
{
	return ipa >= CALL_FRAME && ipa < CALL_FRAME + CALL_END * 8 && ipa % 8 == 0 &&
	       !(esr & ESR_WRITE);
}

static void data_abort(struct context *context, uint64_t esr)
{
	uint64_t ipa = (read_sysreg(hpfar_el2) >> 4 << PAGE_SHIFT) |
		       (read_sysreg(far_el2) & (PAGE_SIZE - 1));
	bool decoded = (esr & ESR_VALID) && !(esr & ESR_S1_WALK);
	uint32_t frame, offset;

	if (decoded && is_trapped_frame(ipa, &frame, &offset)) {
		emulate(context, esr, frame, offset);
	} else if (decoded && is_call_frame(ipa, esr)) {
		set_register(context, esr, monitor_call((ipa - CALL_FRAME) / 8, 0));
		next_instruction(context);
	} else {
		/* Also an instruction that the syndrome does not describe: LDP, say, at the ITS. */
		if (faults++ < 16)
			print("the host has no access to %x (pc %x): %s", ipa, context->pc,
			      page_state(ipa >> PAGE_SHIFT) == PAGE_NONE ? "no RAM"
									 : "not its page");
		inject_abort(context, esr);
	}
}

void trap_lower(struct context *context)
{
	uint64_t esr = read_sysreg(esr_el2);

	if (ESR_CLASS(esr) == EC_SMC64) {
		next_instruction(context); /* unlike HVC, SMC is trapped before it is done */
		psci_call(context);
		return;
	}
	lock();
	switch (ESR_CLASS(esr)) {
	case EC_DATA_ABORT:
		data_abort(context, esr);
		break;
	case EC_INSN_ABORT:
		faults++;
		inject_abort(context, esr);
		break;
	case EC_HVC64:
		context->x[0] = monitor_call(context->x[0] - CALL_BASE, context->x[1]);
		break;
	default:
		panic("what the host did is not expected; its syndrome is", esr);
	}
	unlock();
}
