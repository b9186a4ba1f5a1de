#include "store/policy/policy.h"

#include "base/ip.h"
#include "store/directory/resolve.h"

/*
 * What the operator and people said of senders: allow, block, junk, hold.
 */

enum { RULES_A_PAGE = 400, ROWS_MAX = 180000 };

/* As it is kept. E_INVALID: no such subject. */
static int
rule_key(struct arena *a, const struct rule *r, struct rule *key,
    struct err *err)
{
	struct str domain, local;
	struct ip ip;

	*key = *r;
	switch (r->kind) {
	case RULE_address:
		if (!address_is_plain(r->subject) ||
		    !address_key(r->subject, a, &domain, &local))
			break;
		key->subject = arena_printf(a, "%.*s@%.*s", STR_FMT(local),
		    STR_FMT(domain));
		key->bits = 0;
		return 0;
	case RULE_domain:
		if (!domain_is_plain(r->subject) ||
		    !domain_key(r->subject, a, &key->subject))
			break;
		key->bits = 0;
		return 0;
	case RULE_network:
		if (ip_of_octets(r->subject, &ip) &&
		    ip_is_network(&ip, r->bits))
			return 0;
		break;
	}
	return err_set(err, E_INVALID, "neither an address nor a domain nor a "
	    "network");
}

struct owner {
	uint64_t account;	/* 0: not a person's */
	struct str domain;	/* then empty: the server's */
};

static int
find_owner(struct sql *q, struct arena *a, const struct caller *c,
    struct str named, struct owner *out, struct err *err)
{
	int rc;

	*out = (struct owner){ .domain = STR("") };
	if (c->authority == AUTH_ACCOUNT) {
		out->account = c->account;
		return 0;
	}
	if (named.n == 0)
		return 0;
	if (str_chr(named, '@') < named.n)
		return resolve_named(q, a, named, &out->account, err);
	if (!domain_key(named, a, &out->domain))
		return err_set(err, E_INVALID, "no name of a domain");
	rc = sql_first(q, SQL_domain_get, SQL_VALS(vs(out->domain)), err);
	if (rc > 0)
		sql_end(q, SQL_domain_get);
	return rc != 0 ? rc < 0 ? rc : 0 : err_set(err, E_NOTFOUND, "%.*s is "
	    "no domain of this server", STR_FMT(out->domain));
}

/* All that a statement has to know of the rule an ask is about. */
#define RULE_KEY(o, k) vi((o).account), vs((o).domain), vi((k).kind), \
    vi((k).bits), vs((k).subject)

int
write_rule_put(struct engine *e, struct write *w)
{
	const struct rule_put_ask *ask = w->ask;
	struct rule rule, key;
	struct owner o;
	uint64_t there, all, most;
	int rc;

	MSG_COPY(rule, &rule, ask);
	rc = rule_key(e->arena, &rule, &key, &w->err);
	if (rc == 0 && (ask->word <= RULE_none || ask->word >= RULE_WORDS))
		return err_set(&w->err, E_INVALID, "no such rule");
	if (rc == 0)
		rc = find_owner(&e->w, e->arena, w->caller, ask->owner, &o,
		    &w->err);
	if (rc == 0)
		rc = sql_number(&e->w, SQL_rule_get, SQL_VALS(RULE_KEY(o,
		    key)), &there, &w->err);
	if (rc == 0)
		rc = sql_number(&e->w, SQL_rule_count, SQL_VALS(vi(o.account),
		    vs(o.domain)), &all, &w->err);
	if (rc < 0)
		return rc;
	most = o.account || o.domain.n ? RULES_OWN_MAX : RULES_MAX;
	if (!there && all >= most)
		return err_set(&w->err, E_LIMIT, "there are %d rules already",
		    (int)most);
	return sql_run(&e->w, SQL_rule_put, SQL_VALS(RULE_KEY(o, key),
	    vi(ask->word), vi((uint64_t)e->now_s)), &w->err);
}

int
write_rule_remove(struct engine *e, struct write *w)
{
	const struct rule_remove_ask *ask = w->ask;
	struct rule rule, key;
	struct owner o;
	uint64_t word = RULE_none;
	int rc;

	MSG_COPY(rule, &rule, ask);
	rc = rule_key(e->arena, &rule, &key, &w->err);
	if (rc == 0)
		rc = find_owner(&e->w, e->arena, w->caller, ask->owner, &o,
		    &w->err);
	if (rc == 0)
		rc = sql_number(&e->w, SQL_rule_get, SQL_VALS(RULE_KEY(o,
		    key)), &word, &w->err);
	if (rc < 0)
		return rc;
	if (word == RULE_none || (word == RULE_allow) != (ask->allowed != 0))
		return err_set(&w->err, E_NOTFOUND, "it is not %s",
		    ask->allowed ? "allowed" : "blocked");
	return sql_run(&e->w, SQL_rule_del, SQL_VALS(RULE_KEY(o, key)),
	    &w->err);
}

static void
put_row(struct reader *r)
{
	struct rule_row row = {
		.account = sql_u64(&r->q, rule_list, account),
		.domain = sql_str(&r->q, rule_list, domain),
		.kind = sql_u32(&r->q, rule_list, kind),
		.bits = sql_u32(&r->q, rule_list, bits),
		.subject = sql_str(&r->q, rule_list, subject),
		.word = sql_u32(&r->q, rule_list, word),
		.at = sql_i64(&r->q, rule_list, at) };

	row.owner = row.account ? sql_str(&r->q, rule_list, address) :
	    row.domain;
	msg_put(&r->rows, &rule_row_shape, &row);
}

static bool
is_of(struct reader *r, const struct owner *o)
{
	return sql_u64(&r->q, rule_list, account) == o->account &&
	    str_eq(sql_str(&r->q, rule_list, domain), o->domain);
}

/* Those of one owner stand together. */
int
read_rules(struct reader *r, const struct caller *c,
    const struct rules_ask *ask, union store_answer *answer, struct err *err)
{
	enum sql_statement s = SQL_rule_list;
	bool all = ask->all && c->authority == AUTH_OPERATOR;
	struct owner o, from = { ask->account, ask->domain };
	int n = 0, rc = find_owner(&r->q, r->arena, c, ask->owner, &o, err);

	if (!all)
		from = o;
	if (rc == 0)
		rc = sql_first(&r->q, s, SQL_VALS(vi(from.account),
		    vs(from.domain), vi(ask->kind), vi(ask->bits),
		    vs(ask->subject), vi(RULES_A_PAGE)), err);
	for (; rc > 0 && r->rows.n < ROWS_MAX && (all || is_of(r, &o)); n++) {
		put_row(r);
		rc = sql_next(&r->q, s, err);
	}
	answer->rules.more = n == RULES_A_PAGE || r->rows.n >= ROWS_MAX;
	if (rc > 0)
		sql_end(&r->q, s);
	answer->rules.rows = buf_get(&r->rows);
	return rc < 0 ? rc : 0;
}
