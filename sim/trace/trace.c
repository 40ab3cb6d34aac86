/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* SPDX-FileCopyrightText: The itsguard authors */
/* Reads traces. See trace.h; the format is in docs/TRACES.md. */
#include "trace.h"
#include "trace_command.h"
#include "trace_number.h"

#include "suggest.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 128u
#define PA_END    ((uint64_t)1 << 52)

/* Which keys of a line have been given already: one bit a key. */
typedef uint64_t key_set;

#define BIT(key) ((key_set)1 << (key))

struct reader {
	const char *name;
	trace_known_reason known;
	struct trace *trace;
	struct trace_error *error;
	uint32_t line;
	uint32_t its;          /* the ITS that lines concern now */
	enum trace_kind above; /* kind of the directive above, TRACE_KINDS for none */
	bool accessed_any;
	bool accessed[TRACE_ITS_MAX];
	bool typer_given[TRACE_ITS_MAX];
	key_set machine_given;
	key_set baser_given[TRACE_ITS_MAX][TRACE_BASERS];
	struct trace_queue queue[TRACE_ITS_MAX]; /* for commands without an address */
	/* Room in the three arrays of the trace. */
	size_t directive_room, byte_room, setting_room;
	/* The present line, cut into words. */
	char text[TRACE_LINE_MAX + 1];
	char *word[WORDS_MAX];
	size_t words;
};

/* ---- messages ---- */

__attribute__((format(printf, 2, 3))) static int fail(struct reader *r, const char *format, ...)
{
	struct trace_error *e = r->error;
	va_list args;
	int at;

	e->line = r->line;
	if (r->line)
		at = snprintf(e->message, sizeof(e->message), "%.200s:%u: ", r->name, r->line);
	else
		at = snprintf(e->message, sizeof(e->message), "%.200s: ", r->name);
	e->words = (size_t)at;
	va_start(args, format);
	vsnprintf(e->message + at, sizeof(e->message) - (size_t)at, format, args);
	va_end(args);
	return -1;
}

/* nearest: what may be meant, or NULL. */
static int fail_unknown(struct reader *r, const char *what, const char *word, const char *nearest)
{
	return fail(r, "%s \"%.40s\"%s%s%s", what, word, nearest ? ", did you mean " : "",
		    nearest ? nearest : "", nearest ? "?" : "");
}

/* ---- growing arrays ---- */

/* Makes room for `more` elements behind `used`. 0 or -1. */
static int grow(void **array, size_t *room, size_t used, size_t more, size_t element)
{
	size_t wanted = *room ? *room : 64;
	void *bigger;

	if (used + more <= *room)
		return 0;
	while (wanted < used + more)
		wanted *= 2;
	bigger = realloc(*array, wanted * element);
	if (!bigger)
		return -1;
	*array = bigger;
	*room = wanted;
	return 0;
}

static struct trace_directive *add(struct reader *r, enum trace_kind kind)
{
	struct trace *t = r->trace;
	struct trace_directive *d;
	void *array = t->directives;

	if (grow(&array, &r->directive_room, t->count, 1, sizeof(*d))) {
		fail(r, "out of memory");
		return NULL;
	}
	t->directives = array;
	d = &t->directives[t->count++];
	memset(d, 0, sizeof(*d));
	d->kind = kind;
	d->line = r->line;
	d->its = r->its;
	return d;
}

static int add_setting(struct reader *r, const struct trace_setting *setting)
{
	struct trace *t = r->trace;
	void *array = t->settings;

	if (grow(&array, &r->setting_room, t->setting_count, 1, sizeof(*setting)))
		return fail(r, "out of memory");
	t->settings = array;
	t->settings[t->setting_count++] = *setting;
	return 0;
}

/* ---- words and numbers ---- */

/* A number between min and max, both allowed; `what` names it in the message. */
static int ranged(struct reader *r, const char *word, const char *what, uint64_t min, uint64_t max,
		  uint64_t *out)
{
	if (!trace_number(word, out))
		return fail(r, "%s: \"%.40s\" is no number (0x hexadecimal or decimal, 64 bits)",
			    what, word);
	if (*out < min || *out > max)
		return fail(r, "%s: %.40s is out of range, 0x%llx to 0x%llx are allowed", what,
			    word, (unsigned long long)min, (unsigned long long)max);
	return 0;
}

/* Position of word in a list of names, or -1. */
static int find_word(const char *word, const char *const names[], unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (!strcmp(word, names[i]))
			return (int)i;
	return -1;
}

static int want_words(struct reader *r, size_t wanted, const char *usage)
{
	if (r->words == wanted)
		return 0;
	return fail(r, "%s: expected \"%s\"",
		    r->words < wanted ? "too few words" : "too many words", usage);
}

/* ---- names ---- */

static const char *const hw_names[TRACE_HWS] = {
	"eager",    "manual",     "ignore", "stall",  "nocache", "cache",
	"check",    "trust",      "rdnow",  "rdlate", "rdcalm",  "rdahead",
	"rdchecks", "rdbelieves", "rdown",  "rdany",  "clears",  "res1",
};
/* The callbacks, then what else can be waited for. */
static const char *const callback_names[TRACE_INSIDES] = {
	"share", "unshare", "donate", "reclaim", "zero", "fetch", "store", "any", "read", "write",
};
static const char *const owner_names[TRACE_OWNERS] = {"host", "shared", "hyp", "guest"};
static const char *const page_names[TRACE_PAGES] = {"4k", "16k", "64k", "any"};
static const char *const itt_names[] = {"share", "donate"};
static const char *const pending_names[] = {"donate", "share"};

uint64_t trace_rd_stride(const struct trace_machine *machine)
{
	return machine->vlpis ? 0x40000 : 0x20000;
}

const char *trace_hw_name(enum trace_hw hw)
{
	return (unsigned)hw < TRACE_HWS ? hw_names[hw] : "?";
}

const char *trace_callback_name(enum trace_callback callback)
{
	return (unsigned)callback < TRACE_CBS ? callback_names[callback] : "?";
}

const char *trace_inside_name(enum trace_inside where)
{
	return (unsigned)where < TRACE_INSIDES ? callback_names[where] : "?";
}

const char *trace_owner_name(enum trace_owner owner)
{
	return (unsigned)owner < TRACE_OWNERS ? owner_names[owner] : "?";
}

int trace_hw_from_name(const char *name)
{
	return find_word(name, hw_names, TRACE_HWS);
}

int trace_callback_from_name(const char *name)
{
	return find_word(name, callback_names, TRACE_CBS);
}

/* ---- KEY=VALUE ---- */

enum store_as {
	AS_U32,
	AS_U64,
	AS_BOOL,
	AS_LIST
};

struct key_rule {
	const char *word;
	uint64_t min, max;
	uint64_t multiple;
	enum store_as as;
	size_t offset; /* in struct trace_machine or trace_baser */
};

#define MACHINE(member) offsetof(struct trace_machine, member)
#define BASER(member)   offsetof(struct trace_baser, member)

static const struct key_rule rules[TRACE_KEYS] = {
	[TRACE_KEY_PAGE] = {"page", 4096, 65536, 4096, AS_U32, MACHINE(page)},
	[TRACE_KEY_RAM] = {"ram", 0, PA_END - 1, 4096, AS_LIST, 0},
	[TRACE_KEY_PA_BITS] = {"pa_bits", 32, 52, 1, AS_U32, MACHINE(pa_bits)},
	[TRACE_KEY_PES] = {"pes", 1, TRACE_PES_MAX, 1, AS_U32, MACHINE(pes)},
	[TRACE_KEY_PTA] = {"pta", 0, 1, 1, AS_BOOL, MACHINE(pta)},
	[TRACE_KEY_RD] = {"rd", 0, PA_END - 1, 0x10000, AS_U64, MACHINE(rd)},
	[TRACE_KEY_LPI_BITS] = {"lpi_bits", 14, 32, 1, AS_U32, MACHINE(lpi_bits)},
	[TRACE_KEY_ITT] = {"itt", 0, 1, 1, AS_BOOL, MACHINE(donate_itt)},
	[TRACE_KEY_L1_POOL] = {"l1_pool", 0, 0x8000000, 4096, AS_U64, MACHINE(l1_pool)},
	[TRACE_KEY_FORGETS] = {"forgets", 0, 1, 1, AS_BOOL, MACHINE(forgets)},
	[TRACE_KEY_PAGES] = {"pages", 2, 0x1000000, 1, AS_U32, MACHINE(pages)},
	[TRACE_KEY_DEVICES] = {"devices", 2, 0x100000, 1, AS_U32, MACHINE(devices)},
	[TRACE_KEY_JOURNAL] = {"journal", 2, 0x10000, 1, AS_U32, MACHINE(journal)},
	[TRACE_KEY_DEPTH] = {"depth", 0, 2047, 1, AS_U32, MACHINE(depth)},
	[TRACE_KEY_BUDGET] = {"budget", 1, 0x100000, 1, AS_U32, MACHINE(budget)},
	[TRACE_KEY_KEPT] = {"kept", 0, 0x1000, 1, AS_U32, MACHINE(kept)},
	[TRACE_KEY_EVENT_BITS] = {"event_bits", 0, 32, 1, AS_U32, MACHINE(event_bits)},
	[TRACE_KEY_TABLE_PAGES] = {"table_pages", 0, 256, 1, AS_U32, MACHINE(table_pages)},
	[TRACE_KEY_ITT_ENTRY] = {"itt_entry", 0, 16, 1, AS_U32, MACHINE(itt_entry)},
	[TRACE_KEY_RESERVED] = {"reserved", 0, UINT32_MAX, 1, AS_LIST, 0},
	[TRACE_KEY_ASLEEP] = {"asleep", 0, TRACE_PES_MAX - 1, 1, AS_LIST, 0},
	[TRACE_KEY_ANY_RD] = {"any_rd", 0, 1, 1, AS_BOOL, MACHINE(any_rd)},
	[TRACE_KEY_LEVEL2_CUT] = {"level2_cut", 0, 1, 1, AS_BOOL, MACHINE(level2_cut)},
	[TRACE_KEY_QUEUE] = {"queue", 4096, 65536, 4096, AS_U32, MACHINE(queue)},
	[TRACE_KEY_HIDE_VIRTUAL] = {"hide_virtual", 0, 1, 1, AS_BOOL, MACHINE(hide_virtual)},
	[TRACE_KEY_RDS] = {"rds", 0, 1, 1, AS_BOOL, MACHINE(rds)},
	[TRACE_KEY_CES] = {"ces", 0, 1, 1, AS_BOOL, MACHINE(ces)},
	[TRACE_KEY_IR] = {"ir", 0, 1, 1, AS_BOOL, MACHINE(ir)},
	[TRACE_KEY_DIRECT_LPI] = {"direct_lpi", 0, 1, 1, AS_BOOL, MACHINE(direct_lpi)},
	[TRACE_KEY_COMMON_LPI_AFF] = {"common_lpi_aff", 0, 3, 1, AS_U32, MACHINE(common_lpi_aff)},
	[TRACE_KEY_RVPEID] = {"rvpeid", 0, 1, 1, AS_BOOL, MACHINE(rvpeid)},
	[TRACE_KEY_VLPIS] = {"vlpis", 0, 1, 1, AS_BOOL, MACHINE(vlpis)},
	[TRACE_KEY_LPI_LIMIT] = {"lpi_limit", 0, 24, 1, AS_U32, MACHINE(lpi_limit)},
	[TRACE_KEY_LPI_TABLES] = {"lpi_tables", 0, 0x10000, 1, AS_U32, MACHINE(lpi_tables)},
	[TRACE_KEY_PENDING] = {"pending", 0, 1, 1, AS_BOOL, MACHINE(share_pending)},
	[TRACE_KEY_ZERO_PENDING] = {"zero_pending", 0, 1, 1, AS_BOOL, MACHINE(zero_pending)},
	[TRACE_KEY_DS] = {"ds", 0, 1, 1, AS_BOOL, MACHINE(ds)},
	[TRACE_KEY_DPGS] = {"dpgs", 0, 1, 1, AS_BOOL, MACHINE(dpgs)},
	[TRACE_KEY_RD_ATTR] = {"rd_attr", 0, 1, 1, AS_BOOL, MACHINE(rd_attr)},
	[TRACE_KEY_RD_PROP] = {"rd_prop", 0, UINT64_MAX, 1, AS_U64, MACHINE(rd_prop)},
	[TRACE_KEY_BASER_TYPE] = {"type", 0, 7, 1, AS_U32, BASER(type)},
	[TRACE_KEY_BASER_ENTRY] = {"entry", 1, 32, 1, AS_U32, BASER(entry)},
	[TRACE_KEY_BASER_PAGE] = {"page", 0, TRACE_PAGES - 1, 1, AS_U32, BASER(page)},
	[TRACE_KEY_BASER_INDIRECT] = {"indirect", 0, 1, 1, AS_BOOL, BASER(indirect)},
};

_Static_assert(TRACE_KEYS <= 64, "key_set has a bit for each key");
_Static_assert(sizeof(enum trace_page_size) == sizeof(uint32_t), "stored as AS_U32");

const char *trace_key_name(enum trace_key key)
{
	return (unsigned)key < TRACE_KEYS ? rules[key].word : "?";
}

/* Values that are words in the file: their position in `names` is the value. */
static int word_value(struct reader *r, const char *key, const char *value,
		      const char *const names[], unsigned count, const char *usage, uint64_t *out)
{
	int found = find_word(value, names, count);

	if (found < 0)
		return fail(r, "%s: \"%.40s\" is none of %s", key, value, usage);
	*out = (uint64_t)found;
	return 0;
}

/* ram=BASE+LENGTH: cuts the value at the plus sign. */
static int ram_value(struct reader *r, char *value, struct trace_setting *s)
{
	char *plus = strchr(value, '+');

	if (!plus)
		return fail(r, "ram: expected \"ram=BASE+LENGTH\"");
	*plus = 0;
	if (ranged(r, value, "ram", 0, PA_END - 1, &s->value) ||
	    ranged(r, plus + 1, "length of ram", 4096, PA_END - s->value, &s->length))
		return -1;
	if (s->value % 4096 || s->length % 4096)
		return fail(r, "ram: base and length must be multiples of 4096");
	return 0;
}

static int plain_value(struct reader *r, const char *value, struct trace_setting *s)
{
	const struct key_rule *rule = &rules[s->key];

	if (ranged(r, value, rule->word, rule->min, rule->max, &s->value))
		return -1;
	if (s->value % rule->multiple)
		return fail(r, "%s: %.40s is not a multiple of 0x%llx", rule->word, value,
			    (unsigned long long)rule->multiple);
	if (s->key == TRACE_KEY_PAGE && s->value != 4096 && s->value != 16384 && s->value != 65536)
		return fail(r, "page: must be 4096, 16384 or 65536");
	if (s->key == TRACE_KEY_DEPTH && s->value == 1)
		return fail(r, "depth: must be 0, or 2 to 2047");
	if (s->key == TRACE_KEY_LPI_LIMIT && s->value > 0 && s->value < 14)
		return fail(r, "lpi_limit: must be 0, or 14 to 24");
	if (s->key == TRACE_KEY_BASER_TYPE && s->value != 4 && s->value > 2)
		return fail(r, "type: must be 0, 1, 2 or 4");
	return 0;
}

static int read_value(struct reader *r, char *value, struct trace_setting *s)
{
	switch (s->key) {
	case TRACE_KEY_RAM:
		return ram_value(r, value, s);
	case TRACE_KEY_ITT:
		return word_value(r, "itt", value, itt_names, 2, "share, donate", &s->value);
	case TRACE_KEY_PENDING:
		return word_value(r, "pending", value, pending_names, 2, "donate, share",
				  &s->value);
	case TRACE_KEY_BASER_PAGE:
		return word_value(r, "page", value, page_names, TRACE_PAGES, "4k, 16k, 64k, any",
				  &s->value);
	default:
		return plain_value(r, value, s);
	}
}

static const char *nearest_key(const char *word, enum trace_key first, enum trace_key last)
{
	const char *names[TRACE_KEYS];
	size_t count = 0;

	for (unsigned key = first; key <= (unsigned)last; key++)
		names[count++] = rules[key].word;
	return suggest_nearest(word, names, count);
}

/* Splits KEY=VALUE, looks the key up between first and last, and reads the value. */
static int read_setting(struct reader *r, char *word, enum trace_key first, enum trace_key last,
			struct trace_setting *s)
{
	char *equals = strchr(word, '=');

	memset(s, 0, sizeof(*s));
	if (!equals)
		return fail(r, "\"%.40s\": expected KEY=VALUE", word);
	*equals = 0;
	for (unsigned key = first; key <= (unsigned)last; key++) {
		if (strcmp(word, rules[key].word))
			continue;
		s->key = (enum trace_key)key;
		return read_value(r, equals + 1, s);
	}
	return fail_unknown(r, "unknown key", word, nearest_key(word, first, last));
}

static uint64_t load(const void *base, const struct key_rule *rule)
{
	const char *at = (const char *)base + rule->offset;
	uint64_t wide;
	uint32_t narrow;
	bool flag;

	switch (rule->as) {
	case AS_U64:
		memcpy(&wide, at, sizeof(wide));
		return wide;
	case AS_U32:
		memcpy(&narrow, at, sizeof(narrow));
		return narrow;
	default:
		memcpy(&flag, at, sizeof(flag));
		return flag;
	}
}

static void store(void *base, const struct key_rule *rule, uint64_t value)
{
	char *at = (char *)base + rule->offset;
	uint32_t narrow = (uint32_t)value;
	bool flag = value != 0;

	switch (rule->as) {
	case AS_U64:
		memcpy(at, &value, sizeof(value));
		break;
	case AS_U32:
		memcpy(at, &narrow, sizeof(narrow));
		break;
	default:
		memcpy(at, &flag, sizeof(flag));
		break;
	}
}

/*
 * Puts a value in its place. `fixed`: the hardware has been used already, so the value may only
 * repeat what holds; so may a key that was given before.
 */
static int store_setting(struct reader *r, void *base, key_set *given, bool fixed,
			 const struct trace_setting *s)
{
	const struct key_rule *rule = &rules[s->key];
	bool changes = load(base, rule) != s->value;

	if (changes && (*given & BIT(s->key)))
		return fail(r, "%s: was given before with another value", rule->word);
	if (changes && fixed)
		return fail(r, "%s: cannot change after an access to ITS %u", rule->word, r->its);
	*given |= BIT(s->key);
	store(base, rule, s->value);
	return 0;
}

/* ---- machine, typer, baser, its ---- */

static int add_ram(struct reader *r, const struct trace_setting *s)
{
	struct trace_machine *m = &r->trace->machine;
	uint64_t all = s->length;

	if (!(r->machine_given & BIT(TRACE_KEY_RAM)))
		m->ram_count = 0; /* the default range goes */
	r->machine_given |= BIT(TRACE_KEY_RAM);
	if (m->ram_count == TRACE_RAM_MAX)
		return fail(r, "ram: more than %u ranges", TRACE_RAM_MAX);
	for (uint32_t i = 0; i < m->ram_count; i++)
		if (s->value < m->ram[i].pa + m->ram[i].bytes &&
		    m->ram[i].pa < s->value + s->length)
			return fail(r, "ram: overlaps a range given before");
	for (uint32_t i = 0; i < m->ram_count; i++)
		all += m->ram[i].bytes;
	/* Sets of pages stay small enough: C6. */
	if (all > TRACE_RAM_BYTES)
		return fail(r, "ram: more than 0x%llx bytes in all",
			    (unsigned long long)TRACE_RAM_BYTES);
	m->ram[m->ram_count].pa = s->value;
	m->ram[m->ram_count++].bytes = s->length;
	return 0;
}

static int add_reserved(struct reader *r, uint32_t device_id)
{
	struct trace_machine *m = &r->trace->machine;

	if (m->reserved_count == TRACE_RESERVED_MAX)
		return fail(r, "reserved: more than %u DeviceIDs", TRACE_RESERVED_MAX);
	m->reserved[m->reserved_count++] = device_id;
	return 0;
}

static int apply_machine(struct reader *r, const struct trace_setting *s)
{
	struct trace_machine *m = &r->trace->machine;

	switch (s->key) {
	case TRACE_KEY_RAM:
		return add_ram(r, s);
	case TRACE_KEY_RESERVED:
		return add_reserved(r, (uint32_t)s->value);
	case TRACE_KEY_ASLEEP:
		m->asleep[s->value] = true;
		return 0;
	default:
		return store_setting(r, m, &r->machine_given, false, s);
	}
}

static int read_machine(struct reader *r)
{
	struct trace_directive *d;
	struct trace_setting s;
	size_t at = r->trace->setting_count;

	if (r->accessed_any)
		return fail(r, "machine: must come before any access");
	if (r->words < 2)
		return fail(r, "too few words: expected \"machine KEY=VALUE ...\"");
	for (size_t i = 1; i < r->words; i++)
		if (read_setting(r, r->word[i], TRACE_KEY_PAGE, TRACE_KEY_RD_PROP, &s) ||
		    apply_machine(r, &s) || add_setting(r, &s))
			return -1;
	d = add(r, TRACE_MACHINE);
	if (!d)
		return -1;
	d->u.settings.at = at;
	d->u.settings.count = r->trace->setting_count - at;
	return 0;
}

static int read_typer(struct reader *r)
{
	struct trace_its *its = &r->trace->its[r->its];
	struct trace_directive *d;
	uint64_t value;

	if (want_words(r, 2, "typer V") || ranged(r, r->word[1], "typer", 0, UINT64_MAX, &value))
		return -1;
	if (value != its->typer && r->typer_given[r->its])
		return fail(r, "typer: does not repeat 0x%llx, given before",
			    (unsigned long long)its->typer);
	if (value != its->typer && r->accessed[r->its])
		return fail(
			r, "typer: does not repeat 0x%llx, which ITS %u has since its first access",
			(unsigned long long)its->typer, r->its);
	r->typer_given[r->its] = true;
	its->typer = value;
	d = add(r, TRACE_TYPER);
	if (!d)
		return -1;
	d->u.value = value;
	return 0;
}

static int read_baser(struct reader *r)
{
	struct trace_directive *d;
	struct trace_setting s;
	size_t at = r->trace->setting_count;
	uint64_t n;

	if (r->words < 3)
		return fail(r, "too few words: expected \"baser N KEY=VALUE ...\"");
	if (ranged(r, r->word[1], "number of baser", 0, TRACE_BASERS - 1, &n))
		return -1;
	for (size_t i = 2; i < r->words; i++)
		if (read_setting(r, r->word[i], TRACE_KEY_BASER_TYPE, TRACE_KEY_BASER_INDIRECT,
				 &s) ||
		    store_setting(r, &r->trace->its[r->its].baser[n], &r->baser_given[r->its][n],
				  r->accessed[r->its], &s) ||
		    add_setting(r, &s))
			return -1;
	d = add(r, TRACE_BASER);
	if (!d)
		return -1;
	d->u.baser.index = (uint32_t)n;
	d->u.baser.at = at;
	d->u.baser.count = r->trace->setting_count - at;
	return 0;
}

static int read_its(struct reader *r)
{
	uint64_t n;

	if (want_words(r, 2, "its N") ||
	    ranged(r, r->word[1], "number of the ITS", 0, TRACE_ITS_MAX - 1, &n))
		return -1;
	r->its = (uint32_t)n;
	r->trace->its[n].used = true;
	if (r->trace->its_count <= n)
		r->trace->its_count = (uint32_t)n + 1;
	return add(r, TRACE_ITS) ? 0 : -1;
}

/* ---- host ---- */

static uint64_t width_max(uint32_t width)
{
	return width == 8 ? UINT64_MAX : ((uint64_t)1 << (8 * width)) - 1;
}

static int add_access(struct reader *r, enum trace_kind kind, uint32_t width, const char *offset,
		      const char *value)
{
	struct trace_directive *d;
	uint64_t off, v;

	if (ranged(r, offset, "offset", 0, UINT32_MAX, &off) ||
	    ranged(r, value, "value", 0, width_max(width), &v))
		return -1;
	d = add(r, kind);
	if (!d)
		return -1;
	d->u.access.offset = (uint32_t)off;
	d->u.access.width = width;
	d->u.access.value = v;
	return 0;
}

static bool is_access(const char *word)
{
	static const char *const names[] = {"w8", "w16", "w32", "w64", "r8", "r16", "r32", "r64"};

	return find_word(word, names, sizeof(names) / sizeof(names[0])) >= 0;
}

static int read_any_access(struct reader *r)
{
	bool write = r->word[0][0] == 'w';
	uint64_t bits = 0;

	if (want_words(r, 3, write ? "w32 OFF V or w64 OFF V" : "r32 OFF V or r64 OFF V"))
		return -1;
	(void)trace_digits(r->word[0] + 1, 10, &bits);
	r->accessed_any = true;
	return add_access(r, write ? TRACE_WRITE : TRACE_READ, (uint32_t)(bits / 8), r->word[1],
			  r->word[2]);
}

static int read_access(struct reader *r)
{
	const struct trace_directive *d;

	r->accessed[r->its] = true;
	if (read_any_access(r))
		return -1;
	d = &r->trace->directives[r->trace->count - 1];
	if (d->kind == TRACE_WRITE)
		trace_queue_wrote(&r->queue[r->its], d->u.access.offset, d->u.access.width,
				  d->u.access.value);
	return 0;
}

/* Room for so many bytes more; NULL: there is none, and that was said. */
static uint8_t *add_bytes(struct reader *r, size_t count)
{
	struct trace *t = r->trace;
	void *array = t->bytes;

	if (grow(&array, &r->byte_room, t->byte_count, count, 1)) {
		fail(r, "out of memory");
		return NULL;
	}
	t->bytes = array;
	t->byte_count += count;
	return t->bytes + t->byte_count - count;
}

static int add_hex(struct reader *r, const char *hex, size_t count)
{
	uint8_t *to = add_bytes(r, count);

	for (size_t i = 0; to && i < count; i++) {
		int high = trace_hex_digit(hex[2 * i]), low = trace_hex_digit(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return fail(r, "mem: byte %zu is not two hexadecimal digits", i);
		to[i] = (uint8_t)(high << 4 | low);
	}
	return to ? 0 : -1;
}

/* Stores the last so many bytes of the trace. */
static int add_mem(struct reader *r, uint64_t pa, size_t bytes)
{
	struct trace_directive *d = add(r, TRACE_MEM);

	if (!d)
		return -1;
	d->u.mem.pa = pa;
	d->u.mem.bytes = (uint32_t)bytes;
	d->u.mem.at = r->trace->byte_count - bytes;
	return 0;
}

/* Of a line inside a call: when it happens nobody knows, and the next command's place stays. */
static int read_stored(struct reader *r)
{
	size_t length;
	uint64_t pa;

	if (want_words(r, 3, "mem PA HEX"))
		return -1;
	length = strlen(r->word[2]);
	if (length % 2)
		return fail(r, "mem: an odd number of hexadecimal digits");
	if (length / 2 > TRACE_MEM_MAX)
		return fail(r, "mem: more than %u bytes in a line", TRACE_MEM_MAX);
	if (ranged(r, r->word[1], "address", 0, PA_END - length / 2, &pa) ||
	    add_hex(r, r->word[2], length / 2))
		return -1;
	return add_mem(r, pa, length / 2);
}

static int read_mem(struct reader *r)
{
	const struct trace_directive *d;

	if (read_stored(r))
		return -1;
	d = &r->trace->directives[r->trace->count - 1];
	trace_queue_stored(&r->queue[r->its], d->u.mem.pa, d->u.mem.bytes);
	return 0;
}

/* Takes a word out that begins so, and answers what follows; NULL: there is none. */
static const char *take_word(struct reader *r, const char *begin)
{
	size_t length = strlen(begin);

	for (size_t i = 1; i < r->words; i++) {
		const char *word = r->word[i];

		if (strncmp(word, begin, length) != 0)
			continue;
		r->words--;
		memmove(&r->word[i], &r->word[i + 1], (r->words - i) * sizeof(r->word[0]));
		return word + length;
	}
	return NULL;
}

/* The PA of at=PA, or the next place in the queue. */
static int read_place(struct reader *r, const char *at, uint64_t *pa)
{
	if (at)
		return ranged(r, at, "at", 0, PA_END - TRACE_COMMAND_BYTES, pa);
	if (trace_queue_next(&r->queue[r->its], pa))
		return 0;
	return fail(r, "%s: no line above gives a queue (CBASER): at=PA is needed", r->word[0]);
}

static int read_command(struct reader *r)
{
	uint8_t raw[TRACE_COMMAND_BYTES], *to;
	const char *why, *word;
	uint64_t pa;

	char fields[TRACE_COMMAND_TEXT];
	const char *at = take_word(r, "at=");

	if (!trace_command_bytes(r->word, r->words, raw, &why, &word)) {
		trace_command_fields(r->word[0], fields);
		return strcmp(why, TRACE_COMMAND_NO_FIELD) != 0
			       ? fail(r, "%s: %.40s: %s", r->word[0], word, why)
			       : fail(r, "%s: %.40s: %s, but %s", r->word[0], word, why, fields);
	}
	if (read_place(r, at, &pa))
		return -1;
	to = add_bytes(r, sizeof(raw));
	if (!to)
		return -1;
	memcpy(to, raw, sizeof(raw));
	trace_queue_stored(&r->queue[r->its], pa, sizeof(raw));
	return add_mem(r, pa, sizeof(raw));
}

/* ---- hardware and others ---- */

/* `hw rwp K` and `hw rwp ever` */
static int read_rwp(struct reader *r)
{
	struct trace_directive *d;
	uint64_t looks = TRACE_RWP_EVER;

	if (strcmp(r->word[2], "ever") != 0 &&
	    ranged(r, r->word[2], "rwp", 0, TRACE_RWP_EVER - 1, &looks))
		return -1;
	d = add(r, TRACE_HW_RWP);
	if (!d)
		return -1;
	d->u.value = looks;
	return 0;
}

static int read_hw(struct reader *r)
{
	struct trace_directive *d;
	int hw;

	if (r->words == 3 && !strcmp(r->word[1], "rwp"))
		return read_rwp(r);
	if (want_words(r, 2, "hw WORD"))
		return -1;
	hw = trace_hw_from_name(r->word[1]);
	if (hw < 0)
		return fail(
			r,
			"hw: \"%.40s\" is none of eager, manual, ignore, stall, cache, nocache, "
			"check, trust, rdnow, rdlate, rdcalm, rdahead, rdchecks, rdbelieves, "
			"rdown, "
			"rdany, clears, res1, rwp K",
			r->word[1]);
	d = add(r, TRACE_HW);
	if (!d)
		return -1;
	d->u.hw = (enum trace_hw)hw;
	return 0;
}

static int read_run(struct reader *r)
{
	struct trace_directive *d;
	uint64_t most = TRACE_RUN_ALL;

	if (want_words(r, 2, "run N or run all"))
		return -1;
	if (strcmp(r->word[1], "all") && ranged(r, r->word[1], "run", 0, TRACE_RUN_ALL - 1, &most))
		return -1;
	d = add(r, TRACE_RUN);
	if (!d)
		return -1;
	d->u.run = (uint32_t)most;
	return 0;
}

static int read_poll(struct reader *r)
{
	if (want_words(r, 1, "poll"))
		return -1;
	return add(r, TRACE_POLL) ? 0 : -1;
}

static int read_guest(struct reader *r)
{
	struct trace_directive *d;
	uint64_t pa, bytes;

	if (want_words(r, 3, "guest PA LEN") ||
	    ranged(r, r->word[1], "address", 0, PA_END - 1, &pa) ||
	    ranged(r, r->word[2], "length", 1, PA_END - pa, &bytes))
		return -1;
	d = add(r, TRACE_GUEST);
	if (!d)
		return -1;
	d->u.range.pa = pa;
	d->u.range.bytes = bytes;
	return 0;
}

/* N, N TIMES, N ever; or off: the words behind the callback. */
static int read_failing(struct reader *r, uint64_t *nth, uint64_t *times)
{
	const char *usage = "fail CALLBACK N, fail CALLBACK N TIMES or fail CALLBACK off";

	*nth = *times = 0;
	if (r->words == 3 && !strcmp(r->word[2], "off"))
		return 0;
	*times = r->words == 4 ? TRACE_FAIL_EVER : 1;
	if (want_words(r, r->words == 4 ? 4 : 3, usage) ||
	    ranged(r, r->word[2], "fail", 1, UINT32_MAX, nth))
		return -1;
	if (r->words == 3 || !strcmp(r->word[3], "ever"))
		return 0;
	return ranged(r, r->word[3], "times", 1, TRACE_FAIL_EVER - 1, times);
}

static int read_fail(struct reader *r)
{
	struct trace_directive *d;
	uint64_t nth, times;
	int callback = r->words > 1 ? trace_callback_from_name(r->word[1]) : -1;

	if (callback < 0)
		return fail(r,
			    "fail: \"%.40s\" is none of share, unshare, donate, reclaim, zero, "
			    "fetch, store",
			    r->words > 1 ? r->word[1] : "");
	if (read_failing(r, &nth, &times))
		return -1;
	d = add(r, TRACE_FAIL);
	if (!d)
		return -1;
	d->u.fail.callback = (enum trace_callback)callback;
	d->u.fail.nth = (uint32_t)nth;
	d->u.fail.times = (uint32_t)times;
	return 0;
}

static int read_msi(struct reader *r)
{
	struct trace_directive *d;
	uint64_t device, event;

	if (want_words(r, 3, "msi DEVICE EVENT") ||
	    ranged(r, r->word[1], "device", 0, UINT32_MAX, &device) ||
	    ranged(r, r->word[2], "event", 0, UINT32_MAX, &event))
		return -1;
	d = add(r, TRACE_MSI);
	if (!d)
		return -1;
	d->u.msi.device = (uint32_t)device;
	d->u.msi.event = (uint32_t)event;
	return 0;
}

static int read_inject(struct reader *r)
{
	const char *usage = "inject N, inject N OPCODE, inject N OPCODE stays or inject off";
	bool off = r->words == 2 && !strcmp(r->word[1], "off");
	bool stays = r->words == 4 && !strcmp(r->word[3], "stays");
	struct trace_directive *d;
	uint64_t nth = 0, opcode = 0;

	if (!stays && r->words != 3 && want_words(r, 2, usage))
		return -1;
	if (!off && ranged(r, r->word[1], "inject", 1, UINT32_MAX, &nth))
		return -1;
	if (r->words > 2 && ranged(r, r->word[2], "opcode", 0, 0xff, &opcode))
		return -1;
	d = add(r, TRACE_INJECT);
	if (!d)
		return -1;
	d->u.inject.nth = (uint32_t)nth;
	d->u.inject.opcode = (uint8_t)opcode;
	d->u.inject.stays = stays;
	return 0;
}

/* `sleep N` and `wake N`. */
static int read_sleep(struct reader *r)
{
	bool asleep = !strcmp(r->word[0], "sleep");
	struct trace_directive *d;
	uint64_t pe;

	if (want_words(r, 2, asleep ? "sleep N" : "wake N") ||
	    ranged(r, r->word[1], "number of the redistributor", 0, TRACE_PES_MAX - 1, &pe))
		return -1;
	d = add(r, TRACE_SLEEP);
	if (!d)
		return -1;
	d->u.sleep.pe = (uint32_t)pe;
	d->u.sleep.asleep = asleep;
	return 0;
}

static int read_power_word(struct reader *r, const char *word, struct trace_power *power)
{
	uint64_t n;

	if (!strcmp(word, "cbaser")) {
		power->cbaser = true;
	} else if (!strncmp(word, "cwriter=", 8)) {
		power->unknown = true;
		return ranged(r, word + 8, "cwriter", 0, UINT64_MAX, &power->cwriter);
	} else if (!strncmp(word, "basers=", 7)) {
		if (ranged(r, word + 7, "basers", 0, (1u << TRACE_BASERS) - 1, &n))
			return -1;
		power->basers = (uint32_t)n;
	} else if (!strcmp(word, "enabled")) {
		power->enabled = true;
	} else if (!strcmp(word, "told")) {
		power->told = true;
	} else {
		return fail(r,
			    "power: \"%.40s\" is none of cbaser, cwriter=V, basers=MASK, "
			    "enabled, told",
			    word);
	}
	return 0;
}

static int read_power(struct reader *r)
{
	struct trace_power power = {0};
	struct trace_directive *d;

	for (size_t i = 1; i < r->words; i++)
		if (read_power_word(r, r->word[i], &power))
			return -1;
	d = add(r, TRACE_POWER);
	if (!d)
		return -1;
	d->u.power = power;
	return 0;
}

static int read_gone(struct reader *r)
{
	if (want_words(r, 1, "gone"))
		return -1;
	return add(r, TRACE_GONE) ? 0 : -1;
}

/* ---- redistributors ---- */

/* Takes the first words away. */
static void drop_words(struct reader *r, size_t count)
{
	memmove(r->word, r->word + count, (r->words - count) * sizeof(r->word[0]));
	r->words -= count;
}

static int read_rd_access(struct reader *r, uint32_t rd)
{
	bool write;

	drop_words(r, 2);
	write = r->word[0][0] == 'w';
	if (read_any_access(r))
		return -1;
	r->trace->directives[r->trace->count - 1].kind = write ? TRACE_RD_WRITE : TRACE_RD_READ;
	r->trace->directives[r->trace->count - 1].u.access.rd = rd;
	return 0;
}

static int read_before(struct reader *r, uint32_t rd)
{
	struct trace_machine *m = &r->trace->machine;
	struct trace_before before = {.rd = rd};
	struct trace_directive *d;

	if (r->accessed_any)
		return fail(r, "rd: before any access is where \"before\" must stand");
	if (want_words(r, 5, "rd N before PROP PEND") ||
	    ranged(r, r->word[3], "PROPBASER", 0, UINT64_MAX, &before.prop) ||
	    ranged(r, r->word[4], "PENDBASER", 0, UINT64_MAX, &before.pend))
		return -1;
	if (m->before_count == TRACE_BEFORE_MAX)
		return fail(r, "rd: more than %u times \"before\"", TRACE_BEFORE_MAX);
	m->before[m->before_count++] = before;
	d = add(r, TRACE_RD_BEFORE);
	if (!d)
		return -1;
	d->u.before = before;
	return 0;
}

static int read_rd_power(struct reader *r, uint32_t rd)
{
	struct trace_rd_power power = {.rd = rd};
	struct trace_directive *d;

	power.on = r->words > 3 && !strcmp(r->word[3], "on");
	if (!power.on && (r->words != 4 || strcmp(r->word[3], "off") != 0))
		return fail(r, "rd: expected \"rd N power off\" or \"rd N power on WORD...\"");
	for (size_t i = 4; i < r->words; i++) {
		if (!strcmp(r->word[i], "props"))
			power.props = true;
		else if (!strcmp(r->word[i], "enable"))
			power.enable = true;
		else
			return fail(r, "rd: \"%.40s\" is none of props, enable", r->word[i]);
	}
	d = add(r, TRACE_RD_POWER);
	if (!d)
		return -1;
	d->u.rd_power = power;
	return 0;
}

static int read_lost(struct reader *r, uint32_t rd)
{
	struct trace_directive *d;

	if (want_words(r, 3, "rd N lost"))
		return -1;
	d = add(r, TRACE_RD_LOST);
	if (!d)
		return -1;
	d->u.value = rd;
	return 0;
}

/* `rd adopt` and `rd gone` */
static int read_rds(struct reader *r)
{
	bool adopt = !strcmp(r->word[1], "adopt");

	if (!adopt && strcmp(r->word[1], "gone") != 0)
		return fail(r, "rd: \"%.40s\" is none of adopt, gone, nor a number", r->word[1]);
	return add(r, adopt ? TRACE_RD_ADOPT : TRACE_RD_GONE) ? 0 : -1;
}

static int read_rd(struct reader *r)
{
	const char *what = r->words > 2 ? r->word[2] : "";
	uint64_t rd;

	if (!r->trace->machine.rds)
		return fail(r, "rd: no machine line above says rds=1");
	if (r->words == 2)
		return read_rds(r);
	if (r->words < 3)
		return fail(r, "too few words: expected \"rd N ...\", \"rd adopt\" or \"rd gone\"");
	if (ranged(r, r->word[1], "number of the redistributor", 0, TRACE_PES_MAX - 1, &rd))
		return -1;
	if (is_access(what))
		return read_rd_access(r, (uint32_t)rd);
	if (!strcmp(what, "before"))
		return read_before(r, (uint32_t)rd);
	if (!strcmp(what, "power"))
		return read_rd_power(r, (uint32_t)rd);
	if (!strcmp(what, "lost"))
		return read_lost(r, (uint32_t)rd);
	return fail(r, "rd: \"%.40s\" is no access, nor before, power or lost", what);
}

/* The line behind `inside WHERE N`. */
static int read_inner(struct reader *r)
{
	drop_words(r, 3);
	if (!strcmp(r->word[0], "run"))
		return read_run(r);
	if (!strcmp(r->word[0], "mem"))
		return read_stored(r);
	if (!strcmp(r->word[0], "guest"))
		return read_guest(r);
	if (!strcmp(r->word[0], "rd") && r->words == 3 && !strcmp(r->word[2], "lost"))
		return read_rd(r);
	return fail(r, "inside: \"%.40s\" is none of run, mem, guest, rd N lost", r->word[0]);
}

static int read_inside(struct reader *r)
{
	int where = r->words > 1 ? find_word(r->word[1], callback_names, TRACE_INSIDES) : -1;
	struct trace_directive *d;
	uint64_t nth;

	if (r->words == 2 && !strcmp(r->word[1], "off"))
		return add(r, TRACE_INSIDE_OFF) ? 0 : -1;
	if (where < 0)
		return fail(r, "inside: \"%.40s\" is no callback, nor any, read, write or off",
			    r->words > 1 ? r->word[1] : "");
	if (r->words < 4)
		return fail(r, "too few words: expected \"inside WHERE N LINE\"");
	if (ranged(r, r->word[2], "inside", 1, UINT32_MAX, &nth) || read_inner(r))
		return -1;
	d = &r->trace->directives[r->trace->count - 1];
	d->inside.where = (enum trace_inside)where;
	d->inside.nth = (uint32_t)nth;
	return 0;
}

/* ---- expectations ---- */

static bool reason_like(const char *name)
{
	size_t length = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

	return length && !name[length] && length < TRACE_REASON_MAX;
}

/* Lines that can lead to a refusal; `hw` because `hw eager` sets things going, as others may. */
static bool can_refuse(enum trace_kind kind)
{
	switch (kind) {
	case TRACE_WRITE:
	case TRACE_READ:
	case TRACE_RUN:
	case TRACE_POLL:
	case TRACE_HW:
	case TRACE_FAIL:
	case TRACE_SLEEP:
	case TRACE_POWER:
	case TRACE_GONE:
	case TRACE_RD_WRITE:
	case TRACE_RD_READ:
	case TRACE_RD_POWER:
	case TRACE_RD_ADOPT:
	case TRACE_RD_GONE:
	case TRACE_HW_RWP:
	case TRACE_EXPECT_REFUSAL:
		return true;
	default:
		return false;
	}
}

static int read_refusal(struct reader *r)
{
	struct trace_directive *d;
	const char *nearest = NULL;

	if (want_words(r, 2, "! REASON"))
		return -1;
	if (!reason_like(r->word[1]) ||
	    (strcmp(r->word[1], TRACE_ANY) != 0 && r->known && !r->known(r->word[1], &nearest)))
		return fail_unknown(r, "unknown reason", r->word[1], nearest);
	if (!can_refuse(r->above))
		return fail(r, "! %s: no line that can be refused stands directly above",
			    r->word[1]);
	d = add(r, TRACE_EXPECT_REFUSAL);
	if (!d)
		return -1;
	memcpy(d->u.reason, r->word[1], strlen(r->word[1]) + 1);
	return 0;
}

static int read_guest_refused(struct reader *r)
{
	if (want_words(r, 1, "!guest"))
		return -1;
	if (r->above != TRACE_GUEST)
		return fail(r, "!guest: no guest line stands directly above");
	return add(r, TRACE_EXPECT_GUEST_REFUSED) ? 0 : -1;
}

static int read_owner(struct reader *r)
{
	struct trace_directive *d;
	uint64_t pa;
	int owner;

	if (want_words(r, 4, "? owner PA STATE") ||
	    ranged(r, r->word[2], "address", 0, PA_END - 1, &pa))
		return -1;
	owner = find_word(r->word[3], owner_names, TRACE_OWNERS);
	if (owner < 0)
		return fail(r, "owner: \"%.40s\" is none of host, shared, hyp, guest", r->word[3]);
	d = add(r, TRACE_EXPECT_OWNER);
	if (!d)
		return -1;
	d->u.owner.pa = pa;
	d->u.owner.owner = (enum trace_owner)owner;
	return 0;
}

static int read_count(struct reader *r, enum trace_kind kind, const char *usage)
{
	struct trace_directive *d;
	uint64_t count;

	if (want_words(r, 3, usage) || ranged(r, r->word[2], "number", 0, UINT64_MAX, &count))
		return -1;
	d = add(r, kind);
	if (!d)
		return -1;
	d->u.value = count;
	return 0;
}

/* The width at which the host would read this register (facts of the architecture). */
static uint32_t register_width(uint64_t offset)
{
	switch (offset) {
	case 0x0008: /* TYPER */
	case 0x0048: /* UMSIR */
	case 0x0080: /* CBASER */
	case 0x0088: /* CWRITER */
	case 0x0090: /* CREADR */
		return 8;
	default:
		return offset >= 0x0100 && offset < 0x0140 && offset % 8 == 0 ? 8 : 4;
	}
}

static int read_reg(struct reader *r)
{
	uint64_t offset;

	if (want_words(r, 4, "? reg OFF V") ||
	    ranged(r, r->word[2], "offset", 0, UINT32_MAX, &offset))
		return -1;
	return add_access(r, TRACE_EXPECT_REG, register_width(offset), r->word[2], r->word[3]);
}

static int read_lpi(struct reader *r)
{
	struct trace_directive *d;
	uint64_t rd, intid;
	bool pending;

	if (!r->trace->machine.rds)
		return fail(r, "lpi: no machine line above says rds=1");
	if (want_words(r, 5, "? lpi N INTID pending|idle") ||
	    ranged(r, r->word[2], "number of the redistributor", 0, TRACE_PES_MAX - 1, &rd) ||
	    ranged(r, r->word[3], "INTID", 0, UINT32_MAX, &intid))
		return -1;
	pending = !strcmp(r->word[4], "pending");
	if (!pending && strcmp(r->word[4], "idle") != 0)
		return fail(r, "lpi: \"%.40s\" is none of pending, idle", r->word[4]);
	d = add(r, TRACE_EXPECT_LPI);
	if (!d)
		return -1;
	d->u.lpi.rd = (uint32_t)rd;
	d->u.lpi.intid = (uint32_t)intid;
	d->u.lpi.pending = pending;
	return 0;
}

static int read_question(struct reader *r)
{
	const char *what = r->words > 1 ? r->word[1] : "";

	if (!strcmp(what, "owner"))
		return read_owner(r);
	if (!strcmp(what, "pages"))
		return read_count(r, TRACE_EXPECT_PAGES, "? pages N");
	if (!strcmp(what, "errors"))
		return read_count(r, TRACE_EXPECT_ERRORS, "? errors N");
	if (!strcmp(what, "granules"))
		return read_count(r, TRACE_EXPECT_GRANULES, "? granules N");
	if (!strcmp(what, "devices"))
		return read_count(r, TRACE_EXPECT_DEVICES, "? devices N");
	if (!strcmp(what, "reg"))
		return read_reg(r);
	if (!strcmp(what, "lpi"))
		return read_lpi(r);
	return fail(r, "?: \"%.40s\" is none of owner, pages, granules, reg, devices, errors, lpi",
		    what);
}

/* ---- lines ---- */

static const struct {
	const char *word;
	int (*read)(struct reader *r);
} directives[] = {
	{"machine", read_machine}, {"typer", read_typer},   {"baser", read_baser},
	{"its", read_its},         {"w8", read_access},     {"w16", read_access},
	{"w32", read_access},      {"w64", read_access},    {"r8", read_access},
	{"r16", read_access},      {"r32", read_access},    {"r64", read_access},
	{"mem", read_mem},         {"hw", read_hw},         {"run", read_run},
	{"poll", read_poll},       {"guest", read_guest},   {"fail", read_fail},
	{"msi", read_msi},         {"inject", read_inject}, {"sleep", read_sleep},
	{"wake", read_sleep},      {"power", read_power},   {"gone", read_gone},
	{"inside", read_inside},   {"!", read_refusal},     {"!guest", read_guest_refused},
	{"?", read_question},      {"rd", read_rd},
};

#define DIRECTIVES (sizeof(directives) / sizeof(directives[0]))

/* Cuts r->text into words. Nothing but printable ASCII and blanks may stand outside comments. */
static int cut_words(struct reader *r, size_t length)
{
	bool in_word = false;

	r->words = 0;
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)r->text[i];

		if (c == ' ' || c == '\t') {
			r->text[i] = 0;
			in_word = false;
			continue;
		}
		if (c < 0x21 || c > 0x7e)
			return fail(r, "byte 0x%02x at column %zu, outside a comment", c, i + 1);
		if (!in_word && r->words == WORDS_MAX)
			return fail(r, "more than %u words", WORDS_MAX);
		if (!in_word)
			r->word[r->words++] = &r->text[i];
		in_word = true;
	}
	r->text[length] = 0;
	return 0;
}

/* Commands are directives too. */
static const char *nearest_directive(const char *word)
{
	const char *names[DIRECTIVES + TRACE_COMMANDS];

	for (size_t i = 0; i < DIRECTIVES; i++)
		names[i] = directives[i].word;
	for (size_t i = 0; i < TRACE_COMMANDS; i++)
		names[DIRECTIVES + i] = trace_command_name(i);
	return suggest_nearest(word, names, DIRECTIVES + TRACE_COMMANDS);
}

static int read_words(struct reader *r)
{
	if (trace_command_known(r->word[0])) {
		r->above = TRACE_MEM;
		return read_command(r);
	}
	for (size_t i = 0; i < DIRECTIVES; i++) {
		if (strcmp(r->word[0], directives[i].word))
			continue;
		if (directives[i].read(r))
			return -1;
		r->above = r->trace->directives[r->trace->count - 1].kind;
		return 0;
	}
	return fail_unknown(r, "unknown directive", r->word[0], nearest_directive(r->word[0]));
}

static int read_line(struct reader *r, const char *line, size_t length)
{
	const char *comment;

	if (length > TRACE_LINE_MAX)
		return fail(r, "longer than %u bytes", TRACE_LINE_MAX);
	if (length && line[length - 1] == '\r')
		length--;
	comment = memchr(line, '#', length);
	if (comment)
		length = (size_t)(comment - line);
	memcpy(r->text, line, length);
	if (cut_words(r, length))
		return -1;
	return r->words ? read_words(r) : 0;
}

static int read_lines(struct reader *r, const char *text, size_t bytes)
{
	while (bytes) {
		const char *end = memchr(text, '\n', bytes);
		size_t length = end ? (size_t)(end - text) : bytes;
		size_t taken = end ? length + 1 : length;

		r->line++;
		if (read_line(r, text, length))
			return -1;
		text += taken;
		bytes -= taken;
	}
	return 0;
}

/* The last line that gives this key this value; 0: none, it is the default. */
static uint32_t line_giving(const struct trace *t, enum trace_key key, uint64_t value)
{
	uint32_t line = 0;

	for (size_t i = 0; i < t->count; i++) {
		const struct trace_directive *d = &t->directives[i];
		size_t count = 0;
		const struct trace_setting *s =
			d->kind == TRACE_MACHINE ? trace_settings(t, d, &count) : NULL;

		for (; count > 0; count--, s++)
			if (s->key == key && s->value == value)
				line = d->line;
	}
	return line;
}

static int check_ram(struct reader *r)
{
	const struct trace_machine *m = &r->trace->machine;

	for (uint32_t i = 0; i < m->ram_count; i++) {
		if (m->ram[i].pa + m->ram[i].bytes <= (uint64_t)1 << m->pa_bits)
			continue;
		r->line = line_giving(r->trace, TRACE_KEY_RAM, m->ram[i].pa);
		if (r->line)
			return fail(r, "ram: passes the end of %u address bits", m->pa_bits);
		r->line = line_giving(r->trace, TRACE_KEY_PA_BITS, m->pa_bits);
		return fail(r, "pa_bits: the RAM that a trace has without a ram key needs 35");
	}
	return 0;
}

/* A redistributor is named by its address if the machine says so, or the TYPER of an ITS. */
static bool rd_counts(const struct trace *t)
{
	bool counts = t->machine.pta;

	for (uint32_t i = 0; i < t->its_count; i++)
		counts |= (t->its[i].typer >> 19 & 1) != 0;
	return counts;
}

static int check_before(struct reader *r)
{
	const struct trace_machine *m = &r->trace->machine;

	for (size_t i = 0; i < r->trace->count; i++) {
		const struct trace_directive *d = &r->trace->directives[i];

		r->line = d->line;
		if (d->kind == TRACE_RD_BEFORE && d->u.before.rd >= m->pes)
			return fail(r, "rd: %u, but there are only %u redistributors",
				    d->u.before.rd, m->pes);
	}
	return 0;
}

/* What can only be said once all `machine` lines are known; the one is to blame that gave the
 * value. */
static int check_machine(struct reader *r)
{
	const struct trace_machine *m = &r->trace->machine;

	if ((m->rds || rd_counts(r->trace)) && m->pes * trace_rd_stride(m) > PA_END - m->rd) {
		r->line = line_giving(r->trace, TRACE_KEY_RD, m->rd);
		return fail(r, "rd: redistributors pass the end of the address space");
	}
	for (uint32_t pe = m->pes; pe < TRACE_PES_MAX; pe++) {
		if (!m->asleep[pe])
			continue;
		r->line = line_giving(r->trace, TRACE_KEY_ASLEEP, pe);
		return fail(r, "asleep: %u, but there are only %u redistributors", pe, m->pes);
	}
	return check_before(r) ? -1 : check_ram(r);
}

/* ---- the whole ---- */

static void set_defaults(struct trace *t)
{
	static const struct trace_machine machine = {
		.page = 4096,
		.ram = {{0x40000000, 0x400000000}},
		.ram_count = 1,
		.pa_bits = 48,
		.pes = 8,
		.rd = 0x80a0000,
		.lpi_bits = 16,
		.l1_pool = 0x40000,
		.queue = 0x10000,
		.pages = 0x10000,
		.devices = 0x1000,
		.journal = 0x400,
		.budget = 0x40,
		.kept = 0x10,
		.ces = true,
		.rd_attr = true,
	};
	static const uint32_t types[TRACE_BASERS] = {1, 4};

	memset(t, 0, sizeof(*t));
	t->machine = machine;
	t->its_count = 1;
	t->its[0].used = true;
	for (unsigned its = 0; its < TRACE_ITS_MAX; its++) {
		t->its[its].typer = 0x1f0001efb1;
		for (unsigned n = 0; n < TRACE_BASERS; n++) {
			t->its[its].baser[n].type = types[n];
			t->its[its].baser[n].entry = 8;
			t->its[its].baser[n].page = TRACE_PAGE_64K;
			t->its[its].baser[n].indirect = true;
		}
	}
}

/* An error that no line is to blame for, before there is a reader. */
static int fail_whole(struct trace_error *error, const char *name, const char *words)
{
	error->line = 0;
	error->words = (size_t)snprintf(error->message, sizeof(error->message), "%.200s: ", name);
	snprintf(error->message + error->words, sizeof(error->message) - error->words, "%s", words);
	return -1;
}

int trace_parse(const char *text, size_t bytes, const char *name, trace_known_reason known,
		struct trace *out, struct trace_error *error)
{
	struct reader *r = calloc(1, sizeof(*r));
	int result;

	set_defaults(out);
	memset(error, 0, sizeof(*error));
	if (!r)
		return fail_whole(error, name, "out of memory");
	r->name = name;
	r->known = known;
	r->trace = out;
	r->error = error;
	r->above = TRACE_KINDS;
	result = bytes > TRACE_BYTES_MAX ? fail(r, "larger than %u bytes", TRACE_BYTES_MAX)
					 : read_lines(r, text, bytes);
	if (!result)
		result = check_machine(r);
	if (result)
		trace_free(out);
	free(r);
	return result;
}

/* Reads until the end into fresh memory. 0 or an errno. */
static int slurp(FILE *in, char **text, size_t *bytes)
{
	void *array = NULL;
	size_t room = 0;

	*bytes = 0;
	errno = 0;
	for (;;) {
		size_t got;

		if (grow(&array, &room, *bytes, 0x10000, 1)) {
			free(array);
			return ENOMEM;
		}
		got = fread((char *)array + *bytes, 1, 0x10000, in);
		*bytes += got;
		if (!got || *bytes > TRACE_BYTES_MAX)
			break;
	}
	if (ferror(in)) {
		const int error = errno;

		free(array);
		return error ? error : EIO;
	}
	*text = array;
	return 0;
}

int trace_read(FILE *in, const char *name, trace_known_reason known, struct trace *out,
	       struct trace_error *error)
{
	char *text = NULL;
	size_t bytes;
	int result = slurp(in, &text, &bytes);

	if (result) {
		set_defaults(out);
		return fail_whole(error, name, strerror(result));
	}
	result = trace_parse(text, bytes, name, known, out, error);
	free(text);
	return result;
}

void trace_free(struct trace *trace)
{
	free(trace->directives);
	free(trace->bytes);
	free(trace->settings);
	set_defaults(trace);
}

const uint8_t *trace_mem(const struct trace *trace, const struct trace_directive *d)
{
	return trace->bytes + d->u.mem.at;
}

const struct trace_setting *trace_settings(const struct trace *trace,
					   const struct trace_directive *d, size_t *count)
{
	bool machine = d->kind == TRACE_MACHINE;

	*count = machine ? d->u.settings.count : d->u.baser.count;
	return trace->settings + (machine ? d->u.settings.at : d->u.baser.at);
}
