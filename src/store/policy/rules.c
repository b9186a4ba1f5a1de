#include "store/policy/policy.h"

#include "base/ip.h"

/*
 * What the operator said of senders: allow, block, junk.
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

int
write_rule_put(struct engine *e, struct write *w)
{
	const struct rule_put_ask *ask = w->ask;
	struct rule rule, key;
	uint64_t there, all;
	int rc;

	MSG_COPY(rule, &rule, ask);
	rc = rule_key(e->arena, &rule, &key, &w->err);
	if (rc == 0 && (ask->word < RULE_allow || ask->word > RULE_junk))
		return err_set(&w->err, E_INVALID, "no such rule");
	if (rc == 0)
		rc = sql_number(&e->w, SQL_rule_get, SQL_VALS(vi(key.kind),
		    vi(key.bits), vs(key.subject)), &there, &w->err);
	if (rc == 0)
		rc = sql_number(&e->w, SQL_rule_count, NULL, 0, &all, &w->err);
	if (rc == 0 && !there && all >= RULES_MAX)
		return err_set(&w->err, E_LIMIT, "there are %d rules already",
		    RULES_MAX);
	return rc < 0 ? rc : sql_run(&e->w, SQL_rule_put, SQL_VALS(
	    vi(key.kind), vi(key.bits), vs(key.subject), vi(ask->word),
	    vi((uint64_t)e->now_s)), &w->err);
}

int
write_rule_remove(struct engine *e, struct write *w)
{
	const struct rule_remove_ask *ask = w->ask;
	struct rule rule, key;
	uint64_t word = RULE_none;
	int rc;

	MSG_COPY(rule, &rule, ask);
	rc = rule_key(e->arena, &rule, &key, &w->err);
	if (rc == 0)
		rc = sql_number(&e->w, SQL_rule_get, SQL_VALS(vi(key.kind),
		    vi(key.bits), vs(key.subject)), &word, &w->err);
	if (rc < 0)
		return rc;
	if (word == RULE_none || (word == RULE_allow) != (ask->allowed != 0))
		return err_set(&w->err, E_NOTFOUND, "it is not %s",
		    ask->allowed ? "allowed" : "blocked");
	return sql_run(&e->w, SQL_rule_del, SQL_VALS(vi(key.kind),
	    vi(key.bits), vs(key.subject)), &w->err);
}

int
read_rules(struct reader *r, const struct caller *c unused_arg,
    const struct rules_ask *ask, union store_answer *answer, struct err *err)
{
	enum sql_statement s = SQL_rule_list;
	int n = 0, rc = sql_first(&r->q, s, SQL_VALS(vi(ask->kind),
	    vi(ask->bits), vs(ask->subject), vi(RULES_A_PAGE)), err);

	for (; rc > 0 && r->rows.n < ROWS_MAX; n++) {
		msg_put(&r->rows, &rule_row_shape, &(struct rule_row){
		    sql_u32(&r->q, rule_list, kind),
		    sql_u32(&r->q, rule_list, bits),
		    sql_str(&r->q, rule_list, subject),
		    sql_u32(&r->q, rule_list, word),
		    sql_i64(&r->q, rule_list, at) });
		rc = sql_next(&r->q, s, err);
	}
	answer->rules.more = rc > 0 || n == RULES_A_PAGE;
	if (rc > 0)
		sql_end(&r->q, s);
	answer->rules.rows = buf_get(&r->rows);
	return rc < 0 ? rc : 0;
}

/* ---- which one fits ------------------------------------------------------ */

struct finding {
	struct sql *q;
	struct weigh_answer *out;
	struct err *err;
};

/* 1: this is it. proven: the name may be allowed, too. */
static int
rule_fits(struct finding *f, enum rule_kind kind, uint32_t bits,
    struct str subject, bool proven)
{
	uint64_t word;
	int rc = sql_number(f->q, SQL_rule_get, SQL_VALS(vi(kind), vi(bits),
	    vs(subject)), &word, f->err);

	if (rc < 0 || word == RULE_none || (word == RULE_allow && !proven))
		return rc;
	f->out->kind = kind;
	f->out->bits = bits;
	f->out->subject = subject;
	f->out->word = (uint32_t)word;
	return 1;
}

/* The domain, and what is above it. */
static int
domain_rule(struct finding *f, struct str domain, bool proven)
{
	int rc = 0;

	while (domain.n > 0 && rc == 0) {
		rc = rule_fits(f, RULE_domain, 0, domain, proven);
		domain = str_from(domain, str_chr(domain, '.') + 1);
	}
	return rc;
}

static int
network_rule(struct finding *f, struct arena *a, struct str host)
{
	struct ip *ip = arena_new_of(a, struct ip);
	uint32_t bits;
	int rc = 0;

	if (!ip_of_octets(host, ip))
		return 0;
	bits = ip_bits(ip) + 1;
	while (rc == 0 && (rc = sql_first(f->q, SQL_rule_bits, SQL_VALS(
	    vi(RULE_network), vi(bits)), f->err)) > 0) {
		bits = sql_u32(f->q, rule_bits, bits);
		sql_end(f->q, SQL_rule_bits);
		ip_mask(ip, bits);
		rc = rule_fits(f, RULE_network, bits, ip_octets(ip), true);
	}
	return rc;
}

int
rules_find(struct sql *q, struct arena *a, const struct weigh_ask *ask,
    struct weigh_answer *out, struct err *err)
{
	const struct {
		struct str address;
		bool proven;
	} name[] = { { ask->author, ask->author_proven },
		{ ask->sender, ask->sender_proven } };
	struct str domain[NELEM(name)], local[NELEM(name)];
	struct finding f = { q, out, err };
	int rc = 0;

	for (size_t i = 0; i < NELEM(name) && rc == 0; i++) {
		if (!address_key(name[i].address, a, &domain[i], &local[i]))
			domain[i] = STR_NULL;
		else
			rc = rule_fits(&f, RULE_address, 0, arena_printf(a,
			    "%.*s@%.*s", STR_FMT(local[i]),
			    STR_FMT(domain[i])), name[i].proven);
	}
	for (size_t i = 0; i < NELEM(name) && rc == 0; i++)
		rc = domain_rule(&f, domain[i], name[i].proven);
	if (rc == 0)
		rc = network_rule(&f, a, ask->host);
	return rc < 0 ? rc : 0;
}
