#include "base/ip.h"
#include "store/directory/resolve.h"
#include "store/policy/policy.h"

/*
 * Which rule fits a message, of all that one owner has; and whose goes first.
 */

/* The rules of one owner, who has some. */
struct finding {
	struct rule_search *s;
	uint64_t account;
	struct str domain;
	struct rule_found *out;
};

/* 1: this is it. proven: the name may be allowed, too. */
static int
rule_fits(struct finding *f, enum rule_kind kind, uint32_t bits,
    struct str subject, bool proven)
{
	uint64_t word;
	int rc = sql_number(f->s->q, SQL_rule_get, SQL_VALS(vi(f->account),
	    vs(f->domain), vi(kind), vi(bits), vs(subject)), &word,
	    f->s->err);

	if (rc < 0 || word == RULE_none || (word == RULE_allow && !proven))
		return rc;
	f->out->rule = (struct rule){ kind, bits, str_dup(f->s->a, subject) };
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
network_rule(struct finding *f)
{
	struct rule_search *s = f->s;
	struct ip *ip = arena_new_of(s->a, struct ip);
	uint32_t bits;
	int rc = 0;

	if (!ip_of_octets(s->host, ip))
		return 0;
	bits = ip_bits(ip) + 1;
	while (rc == 0 && (rc = sql_first(s->q, SQL_rule_bits, SQL_VALS(
	    vi(f->account), vs(f->domain), vi(RULE_network), vi(bits)),
	    s->err)) > 0) {
		bits = sql_u32(s->q, rule_bits, bits);
		sql_end(s->q, SQL_rule_bits);
		ip_mask(ip, bits);
		rc = rule_fits(f, RULE_network, bits, ip_octets(ip), true);
	}
	return rc;
}

static int
find_of_owner(struct finding *f)
{
	struct rule_search *s = f->s;
	const struct {
		struct str address;
		bool proven;
	} name[] = { { s->author, s->author_proven },
		{ s->sender, s->sender_proven } };
	struct str domain[NELEM(name)], local[NELEM(name)];
	uint64_t any;
	int rc = sql_number(s->q, SQL_rule_any, SQL_VALS(vi(f->account),
	    vs(f->domain)), &any, s->err);

	if (rc < 0 || !any)
		return rc;
	for (size_t i = 0; i < NELEM(name) && rc == 0; i++) {
		if (!address_key(name[i].address, s->a, &domain[i], &local[i]))
			domain[i] = STR_NULL;
		else
			rc = rule_fits(f, RULE_address, 0, arena_printf(s->a,
			    "%.*s@%.*s", STR_FMT(local[i]),
			    STR_FMT(domain[i])), name[i].proven);
	}
	for (size_t i = 0; i < NELEM(name) && rc == 0; i++)
		rc = domain_rule(f, domain[i], name[i].proven);
	return rc != 0 ? rc : network_rule(f);
}

/* Of the server: once for all recipients. */
static int
find_of_server(struct rule_search *s, struct rule_found *out)
{
	struct finding f = { s, 0, STR(""), out };
	int rc;

	if (s->known) {
		*out = *s->server;
		return 0;
	}
	rc = find_of_owner(&f);
	if (rc < 0)
		return rc;
	s->server = arena_new_of(s->a, struct rule_found);
	*s->server = *out;
	s->known = true;
	return 0;
}

static int
address_of(struct rule_search *s, uint64_t account, struct str *address)
{
	int rc = sql_first(s->q, SQL_account_get, SQL_VALS(vi(account)),
	    s->err);

	*address = STR_NULL;
	if (rc <= 0)
		return rc;
	*address = str_dup(s->a, sql_str(s->q, account_get, address));
	sql_end(s->q, SQL_account_get);
	return 0;
}

int
rules_find(struct rule_search *s, uint64_t account, struct rule_found *out)
{
	struct finding f = { s, account, STR(""), out };
	struct str address, local;
	int rc;

	*out = (struct rule_found){ .word = RULE_none };
	if (account == 0)
		return find_of_server(s, out);
	rc = address_of(s, account, &address);
	if (rc == 0)
		rc = find_of_owner(&f);
	out->owner = address;
	f.account = 0;
	if (rc == 0 && address_key(address, s->a, &f.domain, &local)) {
		rc = find_of_owner(&f);
		out->owner = f.domain;
	}
	if (rc != 0)
		return rc < 0 ? rc : 0;
	out->owner = STR_NULL;
	return find_of_server(s, out);
}
