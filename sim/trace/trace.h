/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/*
 * Trace files: text to directives and back. The format is in docs/TRACES.md.
 *
 * The reader takes any bytes and never crashes on them. It answers with directives in file order
 * and, beside them, with the world that the trace needs: everything that `machine`, `typer` and
 * `baser` lines say, wherever they stand, already merged with the defaults. A line that is
 * malformed by itself, or out of place in a way that can be told without running anything, is an
 * error, and then there is no trace at all.
 *
 * What the reader has checked, so that a replay need not:
 *   - every number lies in the range stated beside its member;
 *   - no `machine` line follows an access, and no `typer` or `baser` line that changes anything
 *     follows an access of that ITS; a key given twice says the same twice;
 *   - lines of redistributors follow a `machine` line with rds=1;
 *   - RAM ranges do not overlap, end at most at 2^pa_bits, and are 2^48 bytes at most; where they
 *     are named by address (pta=1, or TYPER.PTA), redistributors end at most at 2^52;
 *   - `! REASON` stands below a line that can lead to a refusal, or below another `!` line;
 *     `!guest` stands directly below a `guest` line.
 */
#ifndef SIM_TRACE_H
#define SIM_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Limits of the format. Beyond them a line is malformed. */
#define TRACE_LINE_MAX     65535u      /* bytes of a line, comment included, newline not */
#define TRACE_MEM_MAX      16384u      /* bytes in one `mem` line */
#define TRACE_BYTES_MAX    0x10000000u /* bytes of a file */
#define TRACE_ITS_MAX      16u         /* `its 0` to `its 15` */
#define TRACE_BASERS       8u
#define TRACE_PES_MAX      1024u
#define TRACE_RAM_MAX      16u
#define TRACE_RAM_BYTES    ((uint64_t)1 << 48) /* all ranges together */
#define TRACE_RESERVED_MAX 64u
#define TRACE_BEFORE_MAX   64u
#define TRACE_RWP_EVER     UINT32_MAX
#define TRACE_ANY          "ANY" /* the reason of a `!` line that judges nothing */
#define TRACE_REASON_MAX   32u   /* bytes of a reason's name, NUL included */
#define TRACE_RUN_ALL      UINT32_MAX
#define TRACE_FAIL_EVER    UINT32_MAX

/* What a file of the corpus says of its licence. REUSE-IgnoreStart: it is not this file's. */
#define TRACE_LICENCE                                                                              \
	"# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause\n"                            \
	"# SPDX-FileCopyrightText: The itsguard authors\n"
/* REUSE-IgnoreEnd */

enum trace_kind {
	/* World: already merged into struct trace; a replay skips these four but for TRACE_ITS. */
	TRACE_MACHINE, /* u.settings */
	TRACE_TYPER,   /* u.value */
	TRACE_BASER,   /* u.baser */
	TRACE_ITS,     /* .its says which; a replay may ignore it, each directive carries .its */
	/* Host */
	TRACE_WRITE,    /* u.access */
	TRACE_READ,     /* u.access: value is the recorded answer */
	TRACE_MEM,      /* u.mem */
	TRACE_RD_WRITE, /* u.access, of a redistributor */
	TRACE_RD_READ,
	/* Hardware and others */
	TRACE_HW,  /* u.hw */
	TRACE_RUN, /* u.run */
	TRACE_POLL,
	TRACE_GUEST,  /* u.range */
	TRACE_FAIL,   /* u.fail */
	TRACE_MSI,    /* u.msi */
	TRACE_INJECT, /* u.inject */
	TRACE_SLEEP,  /* u.sleep */
	TRACE_POWER,  /* u.power */
	TRACE_GONE,
	TRACE_RD_BEFORE, /* u.before: merged into the machine */
	TRACE_RD_POWER,  /* u.rd_power */
	TRACE_RD_LOST,   /* u.value: the redistributor */
	TRACE_RD_ADOPT,
	TRACE_RD_GONE,
	TRACE_HW_RWP, /* u.value: looks, or TRACE_RWP_EVER */
	TRACE_INSIDE_OFF,
	/* What must come of it */
	TRACE_EXPECT_REFUSAL, /* u.reason */
	TRACE_EXPECT_GUEST_REFUSED,
	TRACE_EXPECT_OWNER,    /* u.owner */
	TRACE_EXPECT_PAGES,    /* u.value */
	TRACE_EXPECT_REG,      /* u.access: width 8 where the register is 64-bit wide, else 4 */
	TRACE_EXPECT_DEVICES,  /* u.value */
	TRACE_EXPECT_GRANULES, /* u.value */
	TRACE_EXPECT_ERRORS,   /* u.value */
	TRACE_EXPECT_LPI,      /* u.lpi */
	TRACE_KINDS
};

/* `hw` words, in pairs of which the later one given holds. */
enum trace_hw {
	TRACE_HW_EAGER,
	TRACE_HW_MANUAL,
	TRACE_HW_IGNORE,
	TRACE_HW_STALL,
	TRACE_HW_NOCACHE,
	TRACE_HW_CACHE,
	TRACE_HW_CHECK,
	TRACE_HW_TRUST,
	TRACE_HW_RDNOW,
	TRACE_HW_RDLATE,
	TRACE_HW_RDCALM,
	TRACE_HW_RDAHEAD,
	TRACE_HW_RDCHECKS,
	TRACE_HW_RDBELIEVES,
	TRACE_HW_RDOWN,
	TRACE_HW_RDANY,
	TRACE_HW_CLEARS,
	TRACE_HW_RES1,
	TRACE_HWS
};
/* The words of a pair share this number: 0 to TRACE_HWS / 2 - 1. The even word is the default. */
#define TRACE_HW_PAIR(hw) ((unsigned)(hw) / 2u)

enum trace_callback {
	TRACE_CB_SHARE,
	TRACE_CB_UNSHARE,
	TRACE_CB_DONATE,
	TRACE_CB_RECLAIM,
	TRACE_CB_ZERO,
	TRACE_CB_FETCH,
	TRACE_CB_STORE,
	TRACE_CBS
};

/* Before which call of the guard's something happens: a callback, or one of these. */
enum trace_inside {
	TRACE_IN_ANY = TRACE_CBS, /* of the callbacks above */
	TRACE_IN_READ,            /* of a register */
	TRACE_IN_WRITE,
	TRACE_INSIDES
};

enum trace_owner {
	TRACE_OWNER_HOST,
	TRACE_OWNER_SHARED,
	TRACE_OWNER_HYP,
	TRACE_OWNER_GUEST,
	TRACE_OWNERS
};

enum trace_page_size {
	TRACE_PAGE_4K,
	TRACE_PAGE_16K,
	TRACE_PAGE_64K,
	TRACE_PAGE_ANY,
	TRACE_PAGES
};

/* Keys of `machine` and `baser`. */
enum trace_key {
	TRACE_KEY_PAGE,
	TRACE_KEY_RAM,
	TRACE_KEY_PA_BITS,
	TRACE_KEY_PES,
	TRACE_KEY_PTA,
	TRACE_KEY_RD,
	TRACE_KEY_LPI_BITS,
	TRACE_KEY_ITT,
	TRACE_KEY_L1_POOL,
	TRACE_KEY_FORGETS,
	TRACE_KEY_PAGES,
	TRACE_KEY_DEVICES,
	TRACE_KEY_JOURNAL,
	TRACE_KEY_DEPTH,
	TRACE_KEY_BUDGET,
	TRACE_KEY_KEPT,
	TRACE_KEY_EVENT_BITS,
	TRACE_KEY_TABLE_PAGES,
	TRACE_KEY_ITT_ENTRY,
	TRACE_KEY_RESERVED,
	TRACE_KEY_ASLEEP,
	TRACE_KEY_ANY_RD,
	TRACE_KEY_LEVEL2_CUT,
	TRACE_KEY_QUEUE,
	TRACE_KEY_HIDE_VIRTUAL,
	TRACE_KEY_RDS,
	TRACE_KEY_CES,
	TRACE_KEY_IR,
	TRACE_KEY_DIRECT_LPI,
	TRACE_KEY_COMMON_LPI_AFF,
	TRACE_KEY_RVPEID,
	TRACE_KEY_VLPIS,
	TRACE_KEY_LPI_LIMIT,
	TRACE_KEY_LPI_TABLES,
	TRACE_KEY_PENDING,
	TRACE_KEY_ZERO_PENDING,
	TRACE_KEY_DS,
	TRACE_KEY_DPGS,
	TRACE_KEY_RD_ATTR,
	TRACE_KEY_RD_PROP,
	TRACE_KEY_BASER_TYPE,
	TRACE_KEY_BASER_ENTRY,
	TRACE_KEY_BASER_PAGE,
	TRACE_KEY_BASER_INDIRECT,
	TRACE_KEYS
};

/* One KEY=VALUE as it was written; `length` only for ram=VALUE+LENGTH. */
struct trace_setting {
	enum trace_key key;
	uint64_t value;
	uint64_t length;
};

/* The power of an ITS is lost; firmware restores of what hardware had what is named here. */
struct trace_power {
	bool cbaser;  /* and CWRITER: */
	bool unknown; /* not what it was but: */
	uint64_t cwriter;
	uint32_t basers; /* bit n: BASERn */
	bool enabled;    /* CTLR.Enabled in the end */
	bool told;       /* the platform tells the guard */
};

/* A redistributor whose LPIs somebody has enabled before there was a guard. */
struct trace_before {
	uint32_t rd;
	uint64_t prop, pend;
};

/* The power of a redistributor goes; or comes, and firmware restores what is named here. */
struct trace_rd_power {
	uint32_t rd;
	bool on, props, enable;
};

struct trace_directive {
	enum trace_kind kind;
	uint32_t line; /* from 1 */
	uint32_t its;  /* the ITS that this line concerns */
	/* `run`, `mem` and `guest`: before that call of the guard's, counted from 1; nth 0: now. */
	struct {
		enum trace_inside where;
		uint32_t nth;
	} inside;
	union {
		uint64_t value;
		uint32_t run; /* most commands, or TRACE_RUN_ALL */
		enum trace_hw hw;
		char reason[TRACE_REASON_MAX];
		struct {
			uint32_t rd;     /* TRACE_RD_WRITE, TRACE_RD_READ; below TRACE_PES_MAX */
			uint32_t offset; /* any 32-bit number, aligned or not */
			uint32_t width;  /* 1, 2, 4 or 8 bytes */
			uint64_t value;  /* fits the width */
		} access;
		struct {
			uint64_t pa;    /* pa + bytes is at most 2^52 */
			uint32_t bytes; /* 1 to TRACE_MEM_MAX */
			size_t at;      /* see trace_mem() */
		} mem;
		struct {
			uint64_t pa, bytes; /* bytes is 1 or more, pa + bytes at most 2^52 */
		} range;
		struct {
			enum trace_callback callback;
			uint32_t nth;   /* 1 is the next call; 0: none fails any more */
			uint32_t times; /* so many in a row, or TRACE_FAIL_EVER */
		} fail;
		struct {
			uint32_t device, event;
		} msi;
		struct {
			uint32_t nth;   /* 1 is the next command; 0: none any more */
			uint8_t opcode; /* of those with it; 0: of all */
			bool stays;
		} inject;
		struct {
			uint32_t pe; /* below TRACE_PES_MAX */
			bool asleep;
		} sleep;
		struct trace_power power;
		struct trace_rd_power rd_power;
		struct trace_before before;
		struct {
			uint32_t rd, intid;
			bool pending;
		} lpi;
		struct {
			uint64_t pa; /* below 2^52 */
			enum trace_owner owner;
		} owner;
		struct {
			size_t at, count; /* see trace_settings() */
		} settings;
		struct {
			uint32_t index; /* 0 to 7 */
			size_t at, count;
		} baser;
	} u;
};

/* pa and bytes are multiples of 4096. */
struct trace_ram {
	uint64_t pa, bytes;
};

/* `machine`, defaults filled in. */
struct trace_machine {
	uint32_t page; /* 4096, 16384 or 65536 */
	struct trace_ram ram[TRACE_RAM_MAX];
	uint32_t ram_count; /* 1 or more */
	uint32_t pa_bits;   /* 32 to 52 */
	uint32_t pes;       /* 1 to TRACE_PES_MAX */
	bool pta;
	uint64_t rd;       /* 64 KB aligned; redistributor n is at rd + n * trace_rd_stride() */
	uint32_t lpi_bits; /* 14 to 32 */
	bool donate_itt;
	uint64_t l1_pool; /* bytes, multiple of 4096, 0 to 0x8000000 */
	bool forgets;
	bool any_rd;     /* hardware takes any RDbase (T15) */
	bool level2_cut; /* hardware keeps 48 bits of a level-1 word where pages are below 64 KB */
	uint32_t queue;  /* bytes of each private queue, 4096 to 65536 */
	bool hide_virtual;
	/* Capacities and limits, as struct itsg_its_config names them. */
	uint32_t pages;                        /* tracker: 2 to 0x1000000; default 0x10000 */
	uint32_t devices;                      /* 2 to 0x100000; default 0x1000 */
	uint32_t journal;                      /* 2 to 0x10000; default 0x400 */
	uint32_t depth;                        /* 0 (as many as fit), 2 to 2047; default 0 */
	uint32_t budget;                       /* 1 to 0x100000; default 0x40 */
	uint32_t kept;                         /* 0 to 0x1000; default 0x10 */
	uint32_t event_bits;                   /* 0 (TYPER's) to 32; default 0 */
	uint32_t table_pages;                  /* 0 (the library's default) to 256; default 0 */
	uint32_t itt_entry;                    /* 0 (TYPER's) to 16 bytes; default 0 */
	uint32_t reserved[TRACE_RESERVED_MAX]; /* DeviceIDs that are the platform's */
	uint32_t reserved_count;
	bool asleep[TRACE_PES_MAX]; /* by redistributor number */
	/* Redistributors: what they are, and what the guard is told of them. */
	bool rds; /* they are part of the world */
	bool ces, ir, direct_lpi, rvpeid, vlpis, ds, dpgs;
	uint32_t common_lpi_aff; /* 0 to 3 */
	bool rd_attr;            /* PROPBASER and PENDBASER keep memory attributes */
	uint64_t rd_prop;        /* not 0: PROPBASER is read-only, and this */
	uint32_t lpi_limit;      /* 0 (the library's default), 14 to 24 */
	uint32_t lpi_tables;     /* 0 (the library's default) to 0x10000 */
	bool share_pending, zero_pending;
	struct trace_before before[TRACE_BEFORE_MAX];
	uint32_t before_count;
};

/* What one GITS_BASER<n> of the hardware is. */
struct trace_baser {
	uint32_t type;  /* 1, 2 or 4; 0 is not implemented */
	uint32_t entry; /* bytes, 1 to 32 */
	enum trace_page_size page;
	bool indirect;
};

struct trace_its {
	bool used; /* mentioned, or 0 */
	uint64_t typer;
	struct trace_baser baser[TRACE_BASERS];
};

struct trace {
	struct trace_machine machine;
	struct trace_its its[TRACE_ITS_MAX];
	uint32_t its_count; /* highest number used, plus one */
	struct trace_directive *directives;
	size_t count;
	/* Bytes of `mem` lines and KEY=VALUEs; directives hold positions in them. */
	uint8_t *bytes;
	size_t byte_count;
	struct trace_setting *settings;
	size_t setting_count;
};

/* Says what was wrong: "NAME:LINE: words", or "NAME: words" when no line is to blame. */
struct trace_error {
	uint32_t line;
	size_t words; /* the words begin at message + words */
	char message[512];
};

/*
 * Is this the name of a reason? If not, *nearest is the one that may be meant, or stays NULL. NULL
 * where a parameter asks for such a function: any name of capital letters, digits and underscores
 * will do.
 */
typedef bool (*trace_known_reason)(const char *name, const char **nearest);

/*
 * Reads a whole trace. 0, or -1 with *error filled and *out empty. `name` goes in front of
 * messages. A directory, or a file that cannot be read to its end, is an error too.
 */
int trace_read(FILE *in, const char *name, trace_known_reason known, struct trace *out,
	       struct trace_error *error);
/* The same from memory. */
int trace_parse(const char *text, size_t bytes, const char *name, trace_known_reason known,
		struct trace *out, struct trace_error *error);
void trace_free(struct trace *trace);

/* The bytes of a `mem` directive; the KEY=VALUEs of a `machine` or `baser` directive. */
const uint8_t *trace_mem(const struct trace *trace, const struct trace_directive *d);
const struct trace_setting *trace_settings(const struct trace *trace,
					   const struct trace_directive *d, size_t *count);

/* From the frames of one redistributor to those of the next: 128 KB, with vlpis 256 KB. */
uint64_t trace_rd_stride(const struct trace_machine *machine);

/* The words used in files. */
const char *trace_hw_name(enum trace_hw hw);
const char *trace_callback_name(enum trace_callback callback);
const char *trace_owner_name(enum trace_owner owner);
const char *trace_key_name(enum trace_key key);
/* The value of that word, or -1. */
int trace_hw_from_name(const char *name);
int trace_callback_from_name(const char *name);
const char *trace_inside_name(enum trace_inside where);

/*
 * Writes directives so that reading them again gives the same. `its N` lines are written where the
 * number changes. 0, or -1 when the stream failed. trace_write_directive() writes one line;
 * trace_write_mem() one `mem` line (or several) from any memory, for programs that make traces.
 */
int trace_write(FILE *out, const struct trace *trace);
int trace_write_directive(FILE *out, const struct trace *trace, const struct trace_directive *d);
int trace_write_mem(FILE *out, uint64_t pa, const uint8_t *bytes, size_t count);

#endif
