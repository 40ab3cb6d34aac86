/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Writes traces. See trace.h; the format is in docs/TRACES.md. */
#include "trace.h"

#include <inttypes.h>

static void write_setting(FILE *out, const struct trace_setting *s)
{
	static const char *const itt[] = {"share", "donate"};
	static const char *const pending[] = {"donate", "share"};
	static const char *const page[] = {"4k", "16k", "64k", "any"};

	fprintf(out, " %s=", trace_key_name(s->key));
	switch (s->key) {
	case TRACE_KEY_RAM:
		fprintf(out, "0x%" PRIx64 "+0x%" PRIx64, s->value, s->length);
		break;
	case TRACE_KEY_RD:
	case TRACE_KEY_RD_PROP:
	case TRACE_KEY_L1_POOL:
	case TRACE_KEY_QUEUE:
	case TRACE_KEY_RESERVED:
		fprintf(out, "0x%" PRIx64, s->value);
		break;
	case TRACE_KEY_ITT:
		fputs(itt[s->value & 1], out);
		break;
	case TRACE_KEY_PENDING:
		fputs(pending[s->value & 1], out);
		break;
	case TRACE_KEY_BASER_PAGE:
		fputs(page[s->value & 3], out);
		break;
	default:
		fprintf(out, "%" PRIu64, s->value);
		break;
	}
}

static void write_settings(FILE *out, const struct trace *trace, const struct trace_directive *d)
{
	size_t count;
	const struct trace_setting *s = trace_settings(trace, d, &count);

	if (d->kind == TRACE_MACHINE)
		fputs("machine", out);
	else
		fprintf(out, "baser %" PRIu32, d->u.baser.index);
	for (size_t i = 0; i < count; i++)
		write_setting(out, &s[i]);
	fputc('\n', out);
}

static void write_access(FILE *out, const char *what, const struct trace_directive *d)
{
	fprintf(out, "%s 0x%04" PRIx32 " 0x%" PRIx64 "\n", what, d->u.access.offset,
		d->u.access.value);
}

static void write_host_access(FILE *out, const struct trace_directive *d)
{
	bool write = d->kind == TRACE_WRITE || d->kind == TRACE_RD_WRITE;
	char word[16];

	if (d->kind == TRACE_RD_WRITE || d->kind == TRACE_RD_READ)
		fprintf(out, "rd %" PRIu32 " ", d->u.access.rd);
	snprintf(word, sizeof(word), "%c%" PRIu32, write ? 'w' : 'r', d->u.access.width * 8);
	write_access(out, word, d);
}

static void write_mem_line(FILE *out, uint64_t pa, const uint8_t *bytes, size_t count)
{
	fprintf(out, "mem 0x%" PRIx64 " ", pa);
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%02x", bytes[i]);
	fputc('\n', out);
}

int trace_write_mem(FILE *out, uint64_t pa, const uint8_t *bytes, size_t count)
{
	while (count) {
		size_t some = count < TRACE_MEM_MAX ? count : TRACE_MEM_MAX;

		write_mem_line(out, pa, bytes, some);
		pa += some;
		bytes += some;
		count -= some;
	}
	return ferror(out) ? -1 : 0;
}

static void write_run(FILE *out, uint32_t most)
{
	if (most == TRACE_RUN_ALL)
		fputs("run all\n", out);
	else
		fprintf(out, "run %" PRIu32 "\n", most);
}

static void write_fail(FILE *out, const struct trace_directive *d)
{
	fprintf(out, "fail %s ", trace_callback_name(d->u.fail.callback));
	if (d->u.fail.nth == 0)
		fputs("off", out);
	else
		fprintf(out, "%" PRIu32, d->u.fail.nth);
	if (d->u.fail.nth > 0 && d->u.fail.times == TRACE_FAIL_EVER)
		fputs(" ever", out);
	else if (d->u.fail.nth > 0 && d->u.fail.times > 1)
		fprintf(out, " %" PRIu32, d->u.fail.times);
	fputc('\n', out);
}

static void write_inject(FILE *out, const struct trace_directive *d)
{
	if (d->u.inject.nth == 0)
		fputs("inject off\n", out);
	else
		fprintf(out, "inject %" PRIu32 " 0x%02x%s\n", d->u.inject.nth, d->u.inject.opcode,
			d->u.inject.stays ? " stays" : "");
}

static void write_power(FILE *out, const struct trace_power *power)
{
	fputs(power->cbaser ? "power cbaser" : "power", out);
	if (power->unknown)
		fprintf(out, " cwriter=0x%" PRIx64, power->cwriter);
	if (power->basers)
		fprintf(out, " basers=0x%" PRIx32, power->basers);
	fprintf(out, "%s%s\n", power->enabled ? " enabled" : "", power->told ? " told" : "");
}

static void write_rd_power(FILE *out, const struct trace_rd_power *power)
{
	fprintf(out, "rd %" PRIu32 " power %s%s%s\n", power->rd, power->on ? "on" : "off",
		power->props ? " props" : "", power->enable ? " enable" : "");
}

static void write_rwp(FILE *out, uint64_t looks)
{
	if (looks == TRACE_RWP_EVER)
		fputs("hw rwp ever\n", out);
	else
		fprintf(out, "hw rwp %" PRIu64 "\n", looks);
}

static bool write_rd_event(FILE *out, const struct trace_directive *d)
{
	switch (d->kind) {
	case TRACE_RD_BEFORE:
		fprintf(out, "rd %" PRIu32 " before 0x%" PRIx64 " 0x%" PRIx64 "\n", d->u.before.rd,
			d->u.before.prop, d->u.before.pend);
		return true;
	case TRACE_RD_POWER:
		write_rd_power(out, &d->u.rd_power);
		return true;
	case TRACE_RD_LOST:
		fprintf(out, "rd %" PRIu64 " lost\n", d->u.value);
		return true;
	case TRACE_RD_ADOPT:
		fputs("rd adopt\n", out);
		return true;
	case TRACE_RD_GONE:
		fputs("rd gone\n", out);
		return true;
	case TRACE_HW_RWP:
		write_rwp(out, d->u.value);
		return true;
	default:
		return false;
	}
}

/* What only happens to hardware and others. */
static bool write_event(FILE *out, const struct trace_directive *d)
{
	switch (d->kind) {
	case TRACE_FAIL:
		write_fail(out, d);
		return true;
	case TRACE_MSI:
		fprintf(out, "msi %" PRIu32 " %" PRIu32 "\n", d->u.msi.device, d->u.msi.event);
		return true;
	case TRACE_INJECT:
		write_inject(out, d);
		return true;
	case TRACE_SLEEP:
		fprintf(out, "%s %" PRIu32 "\n", d->u.sleep.asleep ? "sleep" : "wake",
			d->u.sleep.pe);
		return true;
	case TRACE_POWER:
		write_power(out, &d->u.power);
		return true;
	case TRACE_GONE:
		fputs("gone\n", out);
		return true;
	case TRACE_INSIDE_OFF:
		fputs("inside off\n", out);
		return true;
	default:
		return write_rd_event(out, d);
	}
}

static void write_expectation(FILE *out, const struct trace_directive *d)
{
	switch (d->kind) {
	case TRACE_EXPECT_REFUSAL:
		fprintf(out, "! %s\n", d->u.reason);
		break;
	case TRACE_EXPECT_GUEST_REFUSED:
		fputs("!guest\n", out);
		break;
	case TRACE_EXPECT_OWNER:
		fprintf(out, "? owner 0x%" PRIx64 " %s\n", d->u.owner.pa,
			trace_owner_name(d->u.owner.owner));
		break;
	case TRACE_EXPECT_PAGES:
		fprintf(out, "? pages %" PRIu64 "\n", d->u.value);
		break;
	case TRACE_EXPECT_ERRORS:
		fprintf(out, "? errors %" PRIu64 "\n", d->u.value);
		break;
	case TRACE_EXPECT_GRANULES:
		fprintf(out, "? granules %" PRIu64 "\n", d->u.value);
		break;
	case TRACE_EXPECT_DEVICES:
		fprintf(out, "? devices %" PRIu64 "\n", d->u.value);
		break;
	case TRACE_EXPECT_LPI:
		fprintf(out, "? lpi %" PRIu32 " %" PRIu32 " %s\n", d->u.lpi.rd, d->u.lpi.intid,
			d->u.lpi.pending ? "pending" : "idle");
		break;
	default:
		write_access(out, "? reg", d);
		break;
	}
}

int trace_write_directive(FILE *out, const struct trace *trace, const struct trace_directive *d)
{
	if (d->inside.nth)
		fprintf(out, "inside %s %" PRIu32 " ", trace_inside_name(d->inside.where),
			d->inside.nth);
	switch (d->kind) {
	case TRACE_MACHINE:
	case TRACE_BASER:
		write_settings(out, trace, d);
		break;
	case TRACE_TYPER:
		fprintf(out, "typer 0x%" PRIx64 "\n", d->u.value);
		break;
	case TRACE_ITS:
		fprintf(out, "its %" PRIu32 "\n", d->its);
		break;
	case TRACE_WRITE:
	case TRACE_READ:
	case TRACE_RD_WRITE:
	case TRACE_RD_READ:
		write_host_access(out, d);
		break;
	case TRACE_MEM:
		write_mem_line(out, d->u.mem.pa, trace_mem(trace, d), d->u.mem.bytes);
		break;
	case TRACE_HW:
		fprintf(out, "hw %s\n", trace_hw_name(d->u.hw));
		break;
	case TRACE_RUN:
		write_run(out, d->u.run);
		break;
	case TRACE_POLL:
		fputs("poll\n", out);
		break;
	case TRACE_GUEST:
		fprintf(out, "guest 0x%" PRIx64 " 0x%" PRIx64 "\n", d->u.range.pa,
			d->u.range.bytes);
		break;
	default:
		if (!write_event(out, d))
			write_expectation(out, d);
		break;
	}
	return ferror(out) ? -1 : 0;
}

int trace_write(FILE *out, const struct trace *trace)
{
	uint32_t its = 0;

	for (size_t i = 0; i < trace->count; i++) {
		const struct trace_directive *d = &trace->directives[i];

		if (d->its != its && d->kind != TRACE_ITS)
			fprintf(out, "its %" PRIu32 "\n", d->its);
		its = d->its;
		if (trace_write_directive(out, trace, d))
			return -1;
	}
	return fflush(out) ? -1 : 0;
}
