/*
 * domain_rotate.c - the keys that sign a domain's mail make way for those in
 * reserve, and what is said of each.                    RFC 6376 3.1, 3.6.1
 */
#include "admin/domain.h"
#include "admin/names.h"
#include "admin/table.h"
#include "base/timetext.h"
#include "trust/dkim_published.h"

enum { ALGORITHMS = 2, KEYS_MAX = 12 };

struct rotation {
	struct admin *a;
	struct operator *op;
	const struct options *o;
	struct str domain;
	struct dkim_key_row key[KEYS_MAX];	/* all of the domain */
	size_t n;
	struct dkim_key_row next[ALGORITHMS];	/* those that will sign */
	size_t nnext;
	enum dkim_published is[ALGORITHMS];
};

/* Words ------------------------------------------------------------------- */

static struct str
day_of(struct arena *a, int64_t at)
{
	return str_first(time_text(a, at), STR("2026-11-30").n);
}

/* What is kept in DNS so long has until. */
static struct str
stays_words(struct arena *a, const struct dkim_key_row *row, const char *what)
{
	bool past = row->until <= (int64_t)time(NULL);

	return arena_printf(a, "%s, %.*s; may be removed %s %.*s", what,
	    STR_FMT(row->algorithm), past ? "since" : "from",
	    STR_FMT(day_of(a, row->until)));
}

struct str
domain_key_words(struct arena *a, const struct dkim_key_row *row)
{
	switch ((enum dkim_state)row->state) {
	case DKIM_RESERVE:
		return arena_printf(a, "publish, %.*s; it signs after the one "
		    "in use (postern domain rotate)", STR_FMT(row->algorithm));
	case DKIM_ACTIVE:
		return row->since == 0 ? arena_printf(a, "in use, %.*s",
		    STR_FMT(row->algorithm)) : arena_printf(a,
		    "in use since %.*s, %.*s",
		    STR_FMT(day_of(a, row->since)), STR_FMT(row->algorithm));
	case DKIM_OLD:
		return stays_words(a, row, "has signed");
	case DKIM_REVOKED:
		return stays_words(a, row, "revoked, publish it so");
	}
	return STR("");
}

/* Which ------------------------------------------------------------------- */

static int
get_keys(struct rotation *r, struct err *err)
{
	struct dkim_keys_ask ask = { r->domain, 1 };
	struct dkim_keys_answer answer;
	struct rd rd;

	r->n = 0;
	if (operator_vault(r->op, VAULT_dkim_keys, &ask, &answer, err) < 0)
		return err->code;
	rd = rd_of(answer.keys);
	while (rd_left(&rd) > 0 && r->n < KEYS_MAX &&
	    msg_take(&rd, &dkim_key_row_shape, &r->key[r->n]))
		r->n++;
	return 0;
}

static bool
is_wanted(const struct rotation *r, const struct dkim_key_row *row)
{
	return !r->o->algorithm ||
	    str_eq(str_c(r->o->algorithm), row->algorithm);
}

static int
choose(struct rotation *r, struct err *err)
{
	if (r->o->algorithm && strcmp(r->o->algorithm, "rsa") != 0 &&
	    strcmp(r->o->algorithm, "ed25519") != 0)
		return err_set(err, E_INVALID, "--algorithm wants rsa or "
		    "ed25519, not \"%.40s\"", r->o->algorithm);
	if (get_keys(r, err) < 0)
		return err->code;
	for (size_t i = 0; i < r->n && r->nnext < ALGORITHMS; i++)
		if (r->key[i].state == DKIM_RESERVE &&
		    is_wanted(r, &r->key[i]))
			r->next[r->nnext++] = r->key[i];
	return 0;
}

/* Is it there? ------------------------------------------------------------ */

static void
look_for_records(void *arg, const struct trust_dns *dns)
{
	struct rotation *r = arg;

	for (size_t i = 0; i < r->nnext; i++) {
		struct arena *a = arena_new(DNS_ANSWER_MEMORY + 4096);

		r->is[i] = dkim_published(dns, r->domain, r->next[i].selector,
		    r->next[i].record, a);
		arena_free(a);
	}
}

/* All of them, before any signs. */
static int
check_records(struct rotation *r, struct err *err)
{
	struct names *names;

	if (names_open(r->a, r->o, &names, err) < 0)
		return err->code;
	names_ask(names, look_for_records, r);
	names_close(names);
	for (size_t i = 0; i < r->nnext; i++)
		if (r->is[i] != DKIM_IS_PUBLISHED)
			return err_set(err, E_INVALID, "the record of "
			    "%.*s._domainkey.%.*s is %s; what to publish says "
			    "postern domain dns (or --force)",
			    STR_FMT(r->next[i].selector), STR_FMT(r->domain),
			    dkim_published_words(r->is[i]));
	return 0;
}

/* And then ---------------------------------------------------------------- */

static int
rotate_all(struct rotation *r, struct err *err)
{
	for (size_t i = 0; i < r->nnext; i++) {
		struct dkim_rotate_ask ask = { r->domain, r->next[i].selector,
			r->o->revoke };
		struct vault_done done;

		if (operator_vault(r->op, VAULT_dkim_rotate, &ask, &done,
		    err) < 0)
			return err->code;
	}
	return get_keys(r, err);
}

/* What has become of each. */
static void
print_keys(struct rotation *r)
{
	static const struct table_column columns[] = {
		{ "selector", false }, { "algorithm", false },
		{ "use", false } };
	struct table t = { .columns = columns, .ncolumns = NELEM(columns) };

	for (size_t i = 0; i < r->n; i++) {
		struct str *cells = table_row(&t, r->a->memory);

		cells[0] = r->key[i].selector;
		cells[1] = r->key[i].algorithm;
		cells[2] = domain_key_words(r->a->memory, &r->key[i]);
	}
	table_print(&t, r->o->json);
	if (!r->o->json)
		printf("next: postern domain dns %.*s, and publish what is "
		    "new\n", STR_FMT(r->domain));
}

int
domain_rotate(struct admin *a, struct operator *op, const struct options *o,
    struct str name, struct err *err)
{
	struct rotation *r = arena_new_of(a->memory, struct rotation);
	struct domain_row row;
	bool known;

	*r = (struct rotation){ .a = a, .op = op, .o = o,
		.domain = str_lower(a->memory, name) };
	if (domain_row_of(op, r->domain, &known, &row, err) < 0)
		return err->code;
	if (!known || row.relayed)
		return err_set(err, E_NOTFOUND, "no mail of %.*s is signed "
		    "here", STR_FMT(name));
	if (choose(r, err) < 0 ||
	    (!o->force && check_records(r, err) < 0) ||
	    rotate_all(r, err) < 0)
		return err->code;
	print_keys(r);
	return 0;
}
