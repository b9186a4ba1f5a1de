#include "trust/arc_check.h"

#include "trust/dkim_check_int.h"
#include "trust/dkim_header.h"
#include "trust/dkim_relax.h"
#include "trust/dkim_signed.h"
#include "trust/dkim_text.h"
#include "trust/results.h"

/* Two for each set, but one in practice: it may well be a chain of 50. */
enum { KEYS_MAX = ARC_SETS_MAX + 10 };

struct known_key {
	struct str domain, selector;
	bool found;
	struct dkim_key key;
	struct dkim_result r;	/* of one that was not found */
};

struct arc_checking {
	struct dkim_check *c;
	const struct trust_dns *dns;
	int64_t now;
	struct arena *a;
	struct arc_chain *chain;
	size_t nkeys;
	struct known_key *key;
};

static const struct known_key *
key_of(struct arc_checking *g, const struct dkim_signature *s)
{
	struct known_key *k;

	for (size_t i = 0; i < g->nkeys; i++) {
		k = &g->key[i];
		if (str_eqi(k->domain, s->domain) &&
		    str_eqi(k->selector, s->selector))
			return k;
	}
	if (g->nkeys == KEYS_MAX)
		return NULL;
	k = &g->key[g->nkeys++];
	k->domain = s->domain;
	k->selector = s->selector;
	k->found = dkim_find_key(s, g->dns, g->a, &k->key, &k->r);
	return k;
}

/* NULL: it was made by the key that it names. Else why not. */
static const char *
made_by_its_key(struct arc_checking *g, const struct dkim_signature *s,
    struct str octets, struct dkim_result *r)
{
	const struct known_key *k = key_of(g, s);

	if (!k)
		return "it names too many keys";
	*r = k->r;
	if (k->found && dkim_key_made(&g->c->verifier, s, &k->key, octets, r))
		return NULL;
	return r->why.p;
}

/* RFC 8617 5.2, 4: as a signature of DKIM, all of whose body is signed */
static const char *
check_message(struct arc_checking *g, size_t i, struct dkim_result *r)
{
	const struct arc_set *set = &g->chain->set[i];
	const struct dkim_signature *s = &set->signs;
	const struct dkim_hashed *body = g->c->chain_body[i];
	auto_buf octets = BUF_INIT(2 * DKIM_TEXT_HEADER_MAX);
	struct arena *scratch = arena_new(65536);
	const char *wrong = set->message_wrong;

	if (!wrong && !body)
		wrong = "too many ways to hash the body";
	if (!wrong && dkim_has_expired(s, g->now))
		wrong = "it has expired";
	if (!wrong && !dkim_body_is(body, s, r))
		wrong = r->why.p;
	if (!wrong && dkim_body_goes_on(body))
		wrong = "only the beginning of the body is signed";
	if (!wrong)
		wrong = dkim_check_octets(g->c, set->message.name, s, &octets,
		    scratch);
	if (!wrong)
		wrong = made_by_its_key(g, s, buf_get(&octets), r);
	arena_free(scratch);
	return wrong;
}

static void
put_relaxed(struct buf *out, const struct header_field *f)
{
	dkim_relax(out, f->name, f->value);
}

/* RFC 8617 5.2, 6, and 5.1.1: all sets, up to the seal's own field. From the
 * newest one down each is put over what came behind it. */
static const char *
check_seals(struct arc_checking *g, size_t *i, struct dkim_result *r)
{
	const struct arc_chain *chain = g->chain;
	size_t *end = arena_array(g->a, chain->n, sizeof(*end));
	auto_buf octets = BUF_INIT(2 * DKIM_TEXT_HEADER_MAX);
	const char *wrong = NULL;

	for (size_t k = 0; k < chain->n; k++) {
		put_relaxed(&octets, &chain->set[k].results);
		put_relaxed(&octets, &chain->set[k].message);
		end[k] = octets.n;
		put_relaxed(&octets, &chain->set[k].seal);
	}
	if (buf_failed(&octets))
		return "it is too long";
	for (*i = chain->n; *i > 0 && !wrong; --*i) {
		const struct arc_set *set = &chain->set[*i - 1];

		octets.n = end[*i - 1];
		dkim_signed_own(&octets, set->seal.name, &set->seals);
		wrong = made_by_its_key(g, &set->seals, buf_get(&octets), r);
	}
	++*i;
	return wrong;
}

/* RFC 8617 5.2, 5 */
static size_t
oldest_pass(struct arc_checking *g)
{
	struct dkim_result r = { 0 };
	size_t i = g->chain->n - 1;

	while (i > 0 && !check_message(g, i - 1, &r))
		i--;
	return i == 0 ? 0 : i + 1;
}

void
arc_check(struct dkim_check *c, const struct trust_dns *dns, int64_t now,
    struct arena *a, struct arc_result *out)
{
	struct arc_checking g = { c, dns, now, a, c->chain, 0, NULL };
	struct dkim_result r = { 0 };
	const char *wrong, *what = "message signature";
	size_t i;

	*out = (struct arc_result){ .chain = c->chain };
	if (!c->chain)
		return;
	if ((wrong = c->chain->wrong)) {
		out->status = ARC_FAIL;
		out->why = str_c(wrong);
		return;
	}
	g.key = arena_array(a, KEYS_MAX, sizeof(*g.key));
	i = c->chain->n;
	wrong = check_message(&g, i - 1, &r);
	if (!wrong) {
		what = "seal";
		wrong = check_seals(&g, &i, &r);
	}
	if (wrong) {
		out->status = ARC_FAIL;
		out->dns_failed = r.verdict == DKIM_TEMPERROR;
		out->why = arena_printf(a, "%s %zu: %s", what, i, wrong);
		return;
	}
	out->status = ARC_PASS;
	out->oldest_pass = oldest_pass(&g);
}

/* ---- the next set -------------------------------------------------------  */

bool
arc_sealable(const struct dkim_check *c, const struct arc_result *r,
    struct arena *a, struct arc_sealable *out)
{
	auto_buf names = BUF_INIT(DKIM_NAMES_MAX);
	auto_buf header = BUF_INIT(DKIM_HEADER_MAX);
	auto_buf chain = BUF_INIT(ARC_CHAIN_OCTETS_MAX);
	size_t n = r->chain ? r->chain->n : 0;
	struct str text = dkim_check_header(c);

	/* RFC 8617 5.1, 2. White space there would be behind a field of ours:
	 * store has it as text. */
	if ((n > 0 && r->chain->over) || n == ARC_SETS_MAX || text.n == 0 ||
	    ascii_is_wsp(text.p[0]) || (r->status != ARC_NONE && n == 0) ||
	    !dkim_header_choose_sealed(text, &names, &header))
		return false;
	for (size_t i = 0; i < n && r->status == ARC_PASS; i++) {
		put_relaxed(&chain, &r->chain->set[i].results);
		put_relaxed(&chain, &r->chain->set[i].message);
		put_relaxed(&chain, &r->chain->set[i].seal);
	}
	*out = (struct arc_sealable){ (uint32_t)n + 1,
		str_dup(a, buf_get(&names)), str_dup(a, buf_get(&header)),
		dkim_check_relaxed_hash(c), str_dup(a, buf_get(&chain)) };
	return !buf_failed(&chain) && out->body_hash.n > 0;
}

/* ---- who vouches -------------------------------------------------------- */

struct str
arc_vouched(const struct arc_result *r, struct str trusted,
    struct str author, struct arena *a)
{
	const struct arc_set *set;
	struct str from;

	if (r->status != ARC_PASS)
		return STR_NULL;
	set = &r->chain->set[r->chain->n - 1];
	if (!tags_has_word(set->signs.fields, STR("From")))
		return STR_NULL;
	for (size_t i = r->chain->n; i > 0; i--) {
		set = &r->chain->set[i - 1];
		if (!str_is_amongi(set->seals.domain, trusted, ' '))
			break;
		if (results_have(set->found, STR("dmarc"), STR("pass"),
		    STR("header.from"), &from) &&
		    (from.n == 0 || str_eqi(from, author)))
			return str_lower(a, set->seals.domain);
	}
	return STR_NULL;
}

bool
arc_unsure(const struct arc_result *r, struct str trusted)
{
	return r->dns_failed && str_is_amongi(
	    r->chain->set[r->chain->n - 1].seals.domain, trusted, ' ');
}
