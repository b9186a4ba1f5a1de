#include "relay/shape.h"

#include <stdlib.h>

#include "base/domain.h"
#include "base/err.h"
#include "base/fnv.h"
#include "base/rd.h"
#include "relay/shape_rules.h"

enum {
	SETS = 256, WAYS = 4,	/* SETS is a power of two */
	CALM_MS = 10 * 1000,	/* between two halves */
	GROW_MS = 30 * 1000,	/* between one more and the next */
	NUMBER_MAX = 7,		/* digits of a time */
};

struct shape_row {
	uint64_t site;		/* 0: free */
	uint32_t allowed;
	uint32_t taken;		/* messages, since it last grew */
	bool complained;
	int64_t changed_ms, heard_ms, until_ms;
};

struct shape {
	struct shape_row rows[SETS][WAYS];
};

struct shape *
shape_new(void)
{
	struct shape *s = calloc(1, sizeof(*s));

	bug_if(!s);
	return s;
}

void
shape_free(struct shape *s)
{
	free(s);
}

/* ---- sites -------------------------------------------------------------- */

static const struct shape_site *
rule_of(struct str host)
{
	for (size_t i = 0; i < NELEM(shape_sites); i++)
		if (domain_is_within(host, str_c(shape_sites[i].suffix)))
			return &shape_sites[i];
	return NULL;
}

struct str
shape_site_name(struct str host)
{
	const struct shape_site *rule = rule_of(host);

	return rule ? str_c(rule->site) : host;
}

/* Names of hosts are in lower case (dns/messages.h). */
uint64_t
shape_site_of(struct str host)
{
	uint64_t h = fnv_1a(FNV_1A, shape_site_name(host));

	return h ? h : 1;
}

uint32_t
shape_messages(struct str host, uint32_t otherwise)
{
	const struct shape_site *rule = rule_of(host);

	return rule && rule->messages < otherwise ? rule->messages :
	    otherwise;
}

/* What all addresses of it may have together; 0: no limit of its own. */
static uint32_t
ceiling(struct str host, uint32_t most)
{
	const struct shape_site *rule = rule_of(host);

	return rule ? rule->connections : most;
}

/* ---- rows --------------------------------------------------------------- */

static struct shape_row *
row_of(struct shape *s, uint64_t site)
{
	struct shape_row *set = s->rows[(site ^ site >> 32) & (SETS - 1)];

	for (size_t i = 0; i < WAYS; i++)
		if (set[i].site == site)
			return &set[i];
	return NULL;
}

/* Whoever makes sites collide only makes us begin anew with them. */
static struct shape_row *
make_row(struct shape *s, uint64_t site)
{
	struct shape_row *set = s->rows[(site ^ site >> 32) & (SETS - 1)],
	    *row = row_of(s, site);

	if (row)
		return row;
	row = set;
	for (size_t i = 1; i < WAYS && row->site; i++)
		if (!set[i].site || set[i].heard_ms < row->heard_ms)
			row = &set[i];
	*row = (struct shape_row){ .site = site, .allowed = SHAPE_BEGIN };
	return row;
}

uint32_t
shape_allowed(struct shape *s, struct str host, uint32_t most)
{
	const struct shape_row *row = row_of(s, shape_site_of(host));
	uint32_t allowed = row ? row->allowed : SHAPE_BEGIN,
	    end = ceiling(host, most);

	return end > 0 && allowed > end ? end : allowed;
}

int64_t
shape_paused_until(const struct shape *s, struct str host, int64_t now_ms)
{
	const struct shape_row *row = row_of((struct shape *)(uintptr_t)s,
	    shape_site_of(host));

	return row && row->until_ms > now_ms ? row->until_ms : 0;
}

bool
shape_took(struct shape *s, struct str host, uint32_t most, int64_t now_ms)
{
	struct shape_row *row = make_row(s, shape_site_of(host));
	uint32_t end = ceiling(host, most);

	row->heard_ms = now_ms;
	row->taken++;
	if (end > 0 && row->allowed >= end)
		return false;
	if (row->complained && (row->taken < row->allowed ||
	    now_ms - row->changed_ms < GROW_MS))
		return false;
	row->allowed++;
	row->taken = 0;
	row->changed_ms = now_ms;
	return true;
}

/* ---- answers ------------------------------------------------------------ */

static bool
fits(const struct shape_answer *rule, int code, struct str status,
    struct str text)
{
	struct str words = str_c(rule->words);

	return (rule->code == 0 || rule->code == code) &&
	    str_starts(status, str_c(rule->status)) &&
	    (words.n == 0 || str_findi(text, words) < text.n);
}

static enum shape_then
then_of(int code, struct str status, struct str text, bool used)
{
	if (code / 100 != 4)
		return SHAPE_NOTHING;
	for (size_t i = 0; i < NELEM(shape_answers); i++)
		if (fits(&shape_answers[i], code, status, text))
			return used && shape_answers[i].code != 0 ?
			    SHAPE_NOTHING : shape_answers[i].then;
	return SHAPE_NOTHING;
}

static bool
is_digit(char c)
{
	return ascii_is_digit(c);
}

/* 1*DIGIT [SP] [ "s..." / "m..." / "h..." ]: what is no unit is seconds. */
static uint32_t
take_time(struct str text)
{
	struct rd r = rd_of(text);
	uint32_t n, unit = 1;
	struct str digits = rd_while(&r, is_digit);

	if (digits.n == 0 || digits.n > NUMBER_MAX || !str_u32(digits, &n))
		return 0;
	if (rd_peek(&r) == ' ')
		(void)rd_next(&r);
	switch (rd_peek(&r)) {
	case 'm': case 'M': unit = 60; break;
	case 'h': case 'H': unit = 3600; break;
	}
	return n > SHAPE_PAUSE_MAX_S / unit ? SHAPE_PAUSE_MAX_S : n * unit;
}

uint32_t
shape_wait_s(struct str text)
{
	static const struct str before[] = { STR("again in "),
		STR("again after "), STR("retry in "), STR("retry after "),
		STR("wait ") };

	for (size_t i = 0; i < NELEM(before); i++) {
		size_t at = str_findi(text, before[i]);

		if (at < text.n)
			return take_time(str_from(text, at + before[i].n));
	}
	return 0;
}

struct shape_told
shape_heard(struct shape *s, struct str host, int code, struct str status,
    struct str text, bool used, uint32_t in_use, int64_t now_ms)
{
	struct shape_told told = { false, 0, 0 };
	struct shape_row *row;

	if (then_of(code, status, text, used) == SHAPE_NOTHING)
		return told;
	row = make_row(s, shape_site_of(host));
	row->heard_ms = now_ms;
	row->taken = 0;
	told.pause_s = shape_wait_s(text);
	if (told.pause_s > 0)
		row->until_ms = now_ms + (int64_t)told.pause_s * 1000;
	if (!row->complained || now_ms - row->changed_ms >= CALM_MS) {
		/* Not of what it might have had and never did. */
		if (in_use > 0 && in_use < row->allowed)
			row->allowed = in_use;
		row->allowed = row->allowed > 1 ? row->allowed / 2 : 1;
		row->complained = told.slower = true;
		row->changed_ms = now_ms;
	}
	told.allowed = row->allowed;
	return told;
}
