/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * What ITSG_BAD_CONFIG is about: the first thing that itsg_its_init() or itsg_redists_init() cannot
 * take of what it was given. itsg_its_check_config() and itsg_redists_check_config() say which, and
 * itsg_config_field_name() (names.h) gives the name of a member, for people.
 *
 * X(NAME, name)
 */
#ifndef ITSGUARD_CONFIG_H
#define ITSGUARD_CONFIG_H

/* clang-format off */
/* The list: X is what is made of each. */
#define ITSG_CONFIG_FIELDS(X) \
	/* The configuration: NULL, then its members. Of each the header says what it may be. */ \
	X(CONFIG, "config") \
	X(PA_BITS, "pa_bits") \
	X(LPI_BITS, "lpi_bits") \
	X(DEVICES, "devices") \
	X(JOURNAL, "journal") \
	X(KEPT, "kept") \
	X(EVENT_BITS, "event_bits") \
	X(TABLE_PAGES, "table_pages") \
	X(ITT_ENTRY_BYTES, "itt_entry_bytes") \
	X(REDISTRIBUTORS, "redistributors")           /* NULL, not ascending, not aligned; not NULL with redists */ \
	X(REDISTRIBUTOR_COUNT, "redistributor_count") /* likewise */ \
	X(QUEUE, "queue") \
	X(LEVEL1_POOL, "level1_pool")                 /* also: it overlaps the queue */ \
	X(DEPTH, "depth")                             /* also: the queue has no more slots than that */ \
	X(FRAMES, "frames") \
	X(COUNT, "count") \
	X(LPI_LIMIT, "lpi_limit") \
	X(TABLES, "tables") \
	/* The callbacks: all of them, or one that is not optional. */ \
	X(OPS, "ops") \
	X(OPS_SHARE, "ops.share") \
	X(OPS_UNSHARE, "ops.unshare") \
	X(OPS_DONATE, "ops.donate") \
	X(OPS_RECLAIM, "ops.reclaim") \
	X(OPS_ZERO, "ops.zero") \
	X(OPS_FETCH, "ops.fetch") \
	X(OPS_STORE, "ops.store") \
	X(OPS_REG_READ, "ops.reg_read") \
	X(OPS_REG_WRITE, "ops.reg_write") \
	/* The rest. */ \
	X(PAGES, "pages") \
	X(REDISTS, "redists") /* on another tracker */ \
	X(MEM, "mem")         /* NULL, or not 64-byte aligned */ \
	X(SIZE, "size")       /* of mem, too small */
/* clang-format on */

#define ITSG_CONFIG_ENUM(field, name) ITSG_CONFIG_##field,

/* What is bad, or ITSG_CONFIG_GOOD: a constant of each line of the list above. */
enum itsg_config_field {
	ITSG_CONFIG_GOOD = 0,
	ITSG_CONFIG_FIELDS(ITSG_CONFIG_ENUM) ITSG_CONFIG_FIELD_COUNT
};

#undef ITSG_CONFIG_ENUM

#endif
