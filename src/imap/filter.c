/*
 * filter.c - FILTER: searches that are kept at the server.      RFC 5466
 *
 * A key FILTER becomes the keys that are noted under its name, as if they stood
 * in parentheses there. What comes of it all is bounded as what a client sends.
 */
#include "imap/metadata.h"
#include "imap/search.h"

enum {
	FILTERS_MAX = 16,	/* named in a search, also by one another */
	FILTERS_DEEP = 4,	/* one in another: 3 at least, RFC 5466 3.1 */
};

struct expanding {
	struct imap_session *s;
	size_t filters, octets, keys;
	struct answer refused;	/* ANSWER_NONE: nothing is */
};

struct kept {
	struct arena *mem;
	struct str value;	/* p is NULL: there is none */
};

static void
keep_value(void *arg, struct str name unused_arg, struct str value)
{
	struct kept *k = arg;

	k->value = str_dup(k->mem, value);
}

/* A person's own before what all have.                   RFC 5466 3.2 */
static struct str
value_of(struct expanding *x, struct str name)
{
	static const struct str roots[] = { STR("/private/filters/values/"),
		STR("/shared/filters/values/") };
	struct kept k = { .mem = x->s->cmd };
	struct err err = { 0 };
	uint32_t special;

	for (size_t i = 0; i < NELEM(roots) && !k.value.p; i++) {
		char entry[METADATA_ENTRY_MAX];
		struct str low = str_lower(x->s->cmd, name);

		if (low.n > sizeof(entry) - roots[i].n)
			continue;
		memcpy(entry, roots[i].p, roots[i].n);
		memcpy(entry + roots[i].n, low.p, low.n);
		if (metadata_walk(&x->s->account, STR(""), str_make(entry,
		    roots[i].n + low.n), str_make(entry, roots[i].n + low.n),
		    keep_value, &k, &special, &err) < 0) {
			x->refused = imap_fail(x->s, "filter", &err);
			break;
		}
	}
	return k.value;
}

static void
undefined(struct expanding *x, struct str name, const char *why)
{
	x->refused = (struct answer){ ANSWER_NO, arena_printf(x->s->cmd,
	    "UNDEFINED-FILTER %.*s", STR_FMT(name)), str_c(why) };
}

/* The keys that a filter stands for; NULL: it is refused. */
static struct search_key *
keys_of(struct expanding *x, struct str name)
{
	struct str value = value_of(x, name);
	struct search_key *keys;
	struct scan scan;

	if (x->refused.kind != ANSWER_NONE)
		return NULL;
	x->octets += value.n;
	if (!value.p)
		undefined(x, name, "There is no such filter");
	else if (++x->filters > FILTERS_MAX || x->octets > FILTERS_OCTETS_MAX)
		x->refused = NO_CODE("LIMIT", "Too many filters");
	if (x->refused.kind != ANSWER_NONE)
		return NULL;
	scan = scan_of(value, x->s->cmd);
	keys = scan_search_keys(&scan);
	if (!scan_ok(&scan))
		undefined(x, name, "What the filter says is no search");
	return scan_ok(&scan) ? keys : NULL;
}

/* level: filters that this one is in. */
static void
expand(struct expanding *x, struct search_key *key, size_t level,
    size_t depth)
{
	struct search_key *keys;

	if (++x->keys > SEARCH_KEYS_MAX || depth > SEARCH_DEPTH_MAX)
		x->refused = NO_CODE("LIMIT", "Too many search keys");
	if (x->refused.kind == ANSWER_NONE && key->kind == SEARCH_FILTER) {
		/* Whoever names himself comes to this, too. */
		if (level == FILTERS_DEEP) {
			undefined(x, key->text, "Filters in filters");
			return;
		}
		if (!(keys = keys_of(x, key->text)))
			return;
		key->kind = SEARCH_AND;
		key->kids = keys->kids;
		level++;
	}
	key->utf8 = level > 0;
	for (struct search_key *k = key->kids; k &&
	    x->refused.kind == ANSWER_NONE; k = k->next)
		expand(x, k, level, depth + 1);
}

static bool
names_filter(const struct search_key *key)
{
	for (const struct search_key *k = key->kids; k; k = k->next)
		if (names_filter(k))
			return true;
	return key->kind == SEARCH_FILTER;
}

struct answer
imap_expand_filters(struct imap_session *s, const struct search_args *args)
{
	struct expanding x = { .s = s, .refused = NO_ANSWER };

	if (!names_filter(args->key))
		return NO_ANSWER;
	/* 3.1: filters are UTF-8, and so is what they are named beside. */
	if (args->charset.n > 0 && !str_eqi(args->charset, STR("UTF-8")) &&
	    !str_eqi(args->charset, STR("US-ASCII")))
		return (struct answer){ ANSWER_BAD,
			STR("BADCHARSET (UTF-8 US-ASCII)"),
			STR("Filters are UTF-8") };
	expand(&x, args->key, 0, 0);
	return x.refused;
}

bool
imap_is_filter(struct str value, struct arena *a)
{
	struct scan scan = scan_of(value, a);

	(void)scan_search_keys(&scan);
	return scan_ok(&scan);
}
