#include <arpa/inet.h>

#include "base/domain.h"
#include "base/rd.h"
#include "trust/spf.h"
#include "trust/spf_macro.h"

enum {
	NAMES_MAX = 10,		/* of an MX or PTR answer: 4.6.4 */
	SHOWN_MAX = 100,	/* octets of a term that are quoted */
	EXPANDED_MAX = 4096,	/* octets of a macro-string, expanded */
	NAME_OCTETS_MAX = 253, LABEL_OCTETS_MAX = 63,
};

struct spf {
	const struct spf_ask *ask;
	struct arena *a;
	struct arena *scratch;	/* an answer of DNS, one at a time */
	struct spf_answer *answer;
	struct spf_values values;
	unsigned lookups, voids;
	/* Of the record whose "fail" stands, if it is not an included one. */
	struct str exp, exp_domain;
};

struct str
spf_word(enum spf_result result)
{
	static const struct str words[] = { STR("none"), STR("neutral"),
		STR("pass"), STR("fail"), STR("softfail"), STR("temperror"),
		STR("permerror") };

	return words[result];
}

/* In visible ASCII, whatever was written there. */
static enum spf_result
because(struct spf *s, enum spf_result result, const char *what,
    struct str of)
{
	struct str shown = str_dup(s->a, str_first(of, SHOWN_MAX));
	char *p = (char *)(uintptr_t)shown.p;

	for (size_t i = 0; i < shown.n; i++)
		if (p[i] <= ' ' || p[i] > '~')
			p[i] = '?';
	s->answer->why = arena_printf(s->a, "%s %.*s", what, STR_FMT(shown));
	return result;
}

/* ---- asking DNS --------------------------------------------------------- */

/* The answer lives until the next one. */
static void
look_up(struct spf *s, struct str name, enum dns_type type,
    struct lookup_answer *answer)
{
	arena_reset(s->scratch);
	*answer = (struct lookup_answer){ 0 };
	s->ask->dns->lookup(s->ask->dns->arg, name, type, answer, s->scratch);
}

/* A question of a term: SPF_NONE if its answer may be used, even an empty one,
 * else the error that ends the check.            RFC 7208 4.6.4, 5 */
static enum spf_result
ask_for(struct spf *s, struct str name, enum dns_type type,
    struct lookup_answer *answer)
{
	look_up(s, name, type, answer);
	if (answer->result == DNS_FAILED)
		return because(s, SPF_TEMPERROR, "DNS failed for", name);
	if ((answer->result == DNS_NODATA || answer->result == DNS_NXDOMAIN) &&
	    ++s->voids > SPF_VOID_MAX)
		return because(s, SPF_PERMERROR,
		    "too many names do not exist, the last is", name);
	return SPF_NONE;
}

static bool
has_our_address(struct spf *s, const struct lookup_answer *answer,
    unsigned bits4, unsigned bits6)
{
	struct rd r = rd_of(answer->records);
	struct ip ip = { .v6 = s->ask->ip.v6 };
	struct dns_record record;

	while (msg_take(&r, &dns_record_shape, &record)) {
		if (record.data.n != (ip.v6 ? 16 : 4))
			continue;
		memcpy(ip.octets, record.data.p, record.data.n);
		if (ip_matches(&ip, &s->ask->ip, ip.v6 ? bits6 : bits4))
			return true;
	}
	return false;
}

static enum dns_type
address_type(const struct spf *s)
{
	return s->ask->ip.v6 ? DNS_AAAA : DNS_A;
}

/* The names of an MX or PTR answer; *more: there are others. */
static size_t
names_of(struct spf *s, const struct lookup_answer *answer,
    struct str name[NAMES_MAX], bool *more)
{
	struct rd r = rd_of(answer->records);
	struct dns_record record;
	size_t n = 0;

	*more = false;
	while (msg_take(&r, &dns_record_shape, &record)) {
		if (n == NAMES_MAX) {
			*more = true;
			break;
		}
		name[n++] = str_dup(s->a, record.data);
	}
	return n;
}

/* How well a name of the client stands for this domain; 0: not at all. */
static int
closeness(struct str name, struct str domain)
{
	if (str_eqi(name, domain))
		return 2;
	return domain_is_below(name, domain);
}

/* Of the names of the client's address that lead back to it the one that is
 * domain, else one below it, else (any) one that is neither. Empty if none.
 *                                                       RFC 7208 5.5, 7.3 */
static struct str
validated_name(struct spf *s, struct str domain, bool any)
{
	struct str name[NAMES_MAX], found = STR_NULL;
	auto_buf reverse = BUF_INIT(EXPANDED_MAX);
	struct lookup_answer answer;
	int best = any ? -1 : 0;
	size_t n = 0;
	bool more;

	spf_expand(STR("%{ir}.%{v}.arpa"), &s->values, &reverse);
	look_up(s, buf_get(&reverse), DNS_PTR, &answer);
	if (answer.result == DNS_OK)
		n = names_of(s, &answer, name, &more);
	for (size_t i = 0; i < n; i++) {
		if (closeness(name[i], domain) <= best)
			continue;
		look_up(s, name[i], address_type(s), &answer);
		if (answer.result != DNS_OK ||
		    !has_our_address(s, &answer, 32, 128))
			continue;
		best = closeness(name[i], domain);
		found = name[i];
	}
	return found;
}

/* ---- names to ask for --------------------------------------------------- */

/* More than a name may have goes from the left, label by label: 7.3 */
static struct str
fit(struct str name)
{
	struct str label, rest = name;

	if (rest.n > 0 && rest.p[rest.n - 1] == '.')
		rest.n--;
	while (rest.n > NAME_OCTETS_MAX && str_cut(rest, '.', &label, &rest))
		;
	return rest;
}

/* Labels of 1 to 63 octets: what can be asked for.            RFC 1035 2.3.4 */
static bool
is_name(struct str name)
{
	struct str label, rest = name;
	bool more = true;

	if (name.n == 0 || name.n > NAME_OCTETS_MAX)
		return false;
	while (more) {
		more = str_cut(rest, '.', &label, &rest);
		if (label.n == 0 || label.n > LABEL_OCTETS_MAX)
			return false;
	}
	return true;
}

static void
expand(struct spf *s, struct str macros, struct str domain, struct buf *out)
{
	s->values.domain = domain;
	if (spf_macros_want_name(macros)) {
		s->values.name = validated_name(s, domain, true);
		if (s->values.name.n == 0)
			s->values.name = STR("unknown");
	}
	spf_expand(macros, &s->values, out);
}

/* The <target-name>. Empty: it can be no name.              RFC 7208 4.8, 7 */
static struct str
target_of(struct spf *s, struct str spec, struct str domain)
{
	auto_buf b = BUF_INIT(EXPANDED_MAX);
	struct str name;

	if (spec.n == 0)
		return domain;
	expand(s, spec, domain, &b);
	name = fit(buf_get(&b));
	return !buf_failed(&b) && is_name(name) ? str_dup(s->a, name)
						: STR_NULL;
}

/* ---- mechanisms: *match, or an error that ends the check ----------------- */

static enum spf_result check_host(struct spf *s, struct str domain,
    bool included);

/* RFC 7208 5.2 */
static enum spf_result
match_include(struct spf *s, struct str target, bool *match)
{
	enum spf_result result = target.n == 0 ? SPF_NONE :
	    check_host(s, target, true);

	switch (result) {
	case SPF_NONE:
		return because(s, SPF_PERMERROR,
		    "an included name has no SPF record:", target);
	case SPF_TEMPERROR:
	case SPF_PERMERROR:
		return result;
	default:
		*match = result == SPF_PASS;
		return SPF_NONE;
	}
}

/* RFC 7208 5.3 */
static enum spf_result
match_a(struct spf *s, const struct spf_term *t, struct str target,
    bool *match)
{
	struct lookup_answer answer;
	enum spf_result error = ask_for(s, target, address_type(s), &answer);

	*match = error == SPF_NONE &&
	    has_our_address(s, &answer, t->bits4, t->bits6);
	return error;
}

/* RFC 7208 5.4 */
static enum spf_result
match_mx(struct spf *s, const struct spf_term *t, struct str target,
    bool *match)
{
	struct lookup_answer answer;
	struct str name[NAMES_MAX];
	enum spf_result error = ask_for(s, target, DNS_MX, &answer);
	size_t n;
	bool more;

	if (error != SPF_NONE)
		return error;
	n = names_of(s, &answer, name, &more);
	if (more)
		return because(s, SPF_PERMERROR, "too many MX records:",
		    target);
	for (size_t i = 0; i < n && !*match; i++) {
		if (name[i].n == 0)	/* "." */
			continue;
		error = match_a(s, t, name[i], match);
		if (error != SPF_NONE)
			return error;
	}
	return SPF_NONE;
}

/* RFC 7208 5.7: A, also where the client has an IPv6 address */
static enum spf_result
match_exists(struct spf *s, struct str target, bool *match)
{
	struct lookup_answer answer;
	enum spf_result error = ask_for(s, target, DNS_A, &answer);

	*match = error == SPF_NONE && answer.result == DNS_OK;
	return error;
}

static bool
asks_dns(enum spf_kind kind)
{
	return kind != SPF_ALL && kind != SPF_IP4 && kind != SPF_IP6;
}

static enum spf_result
match_term(struct spf *s, const struct spf_term *t, struct str domain,
    bool *match)
{
	struct str target;

	*match = false;
	if (asks_dns(t->kind) && ++s->lookups > SPF_LOOKUPS_MAX)
		return because(s, SPF_PERMERROR,
		    "too many terms that ask DNS, the last is", t->text);
	if (t->kind == SPF_ALL) {
		*match = true;
		return SPF_NONE;
	}
	if (t->kind == SPF_IP4 || t->kind == SPF_IP6) {
		*match = ip_matches(&t->ip, &s->ask->ip,
		    t->ip.v6 ? t->bits6 : t->bits4);
		return SPF_NONE;
	}
	target = target_of(s, t->domain, domain);
	if (t->kind == SPF_INCLUDE)
		return match_include(s, target, match);
	if (target.n == 0)
		return SPF_NONE;	/* 4.8: no name, no match */
	switch (t->kind) {
	case SPF_A:
		return match_a(s, t, target, match);
	case SPF_MX:
		return match_mx(s, t, target, match);
	case SPF_EXISTS:
		return match_exists(s, target, match);
	default:
		*match = validated_name(s, target, false).n > 0;
		return SPF_NONE;
	}
}

/* ---- a record ----------------------------------------------------------- */

/* The one that a domain has.                             RFC 7208 4.4, 4.5 */
static enum spf_result
find_record(struct spf *s, struct str domain, struct str *text)
{
	struct lookup_answer answer;
	struct dns_record record;
	struct rd r;

	*text = STR_NULL;
	look_up(s, domain, DNS_TXT, &answer);
	if (answer.result == DNS_FAILED)
		return because(s, SPF_TEMPERROR, "DNS failed for", domain);
	r = rd_of(answer.records);
	while (msg_take(&r, &dns_record_shape, &record)) {
		if (!spf_is_record(record.data))
			continue;
		if (text->n > 0)
			return because(s, SPF_PERMERROR,
			    "more than one SPF record:", domain);
		*text = str_dup(s->a, str_first(record.data,
		    SPF_RECORD_MAX + 1));
	}
	return SPF_NONE;
}

/* RFC 7208 6.1 */
static enum spf_result
redirect(struct spf *s, struct str spec, struct str domain, bool included)
{
	enum spf_result result = SPF_NONE;
	struct str target;

	if (++s->lookups > SPF_LOOKUPS_MAX)
		return because(s, SPF_PERMERROR,
		    "too many terms that ask DNS, the last is redirect to",
		    spec);
	target = target_of(s, spec, domain);
	if (target.n > 0)
		result = check_host(s, target, included);
	if (result == SPF_NONE)
		return because(s, SPF_PERMERROR,
		    "no SPF record where it is redirected to:", spec);
	return result;
}

/* RFC 7208 4 */
static enum spf_result
check_host(struct spf *s, struct str domain, bool included)
{
	struct spf_record record;
	struct str text, wrong;
	enum spf_result error;
	bool match;

	if (!is_name(domain) || str_chr(domain, '.') == domain.n)
		return because(s, SPF_NONE, "no name that is asked for:",
		    domain);
	error = find_record(s, domain, &text);
	if (error != SPF_NONE)
		return error;
	if (text.n == 0)
		return because(s, SPF_NONE, "no SPF record:", domain);
	if (!spf_parse(text, s->a, &record, &wrong))
		return because(s, SPF_PERMERROR, "wrong in the SPF record:",
		    wrong);
	for (size_t i = 0; i < record.n; i++) {
		const struct spf_term *t = &record.term[i];

		error = match_term(s, t, domain, &match);
		if (error != SPF_NONE)
			return error;
		if (!match)
			continue;
		if (!included) {
			s->exp = record.exp;
			s->exp_domain = domain;
		}
		return because(s, t->qualifier, "matched", t->text);
	}
	if (record.redirect.n > 0 && !record.all)
		return redirect(s, record.redirect, domain, included);
	return because(s, SPF_NEUTRAL, "nothing matched in the record of",
	    domain);
}

/* What the domain wants its correspondents to be told.        RFC 7208 6.2 */
static struct str
explanation(struct spf *s)
{
	auto_buf b = BUF_INIT(SPF_EXPLANATION_MAX);
	struct str target = target_of(s, s->exp, s->exp_domain), text;
	struct lookup_answer answer;
	struct dns_record record, other;
	struct rd r;

	if (target.n == 0)
		return STR_NULL;
	look_up(s, target, DNS_TXT, &answer);
	r = rd_of(answer.records);
	if (answer.result != DNS_OK ||
	    !msg_take(&r, &dns_record_shape, &record) ||
	    msg_take(&r, &dns_record_shape, &other) ||
	    record.data.n > SPF_RECORD_MAX || !spf_macros_ok(record.data, true))
		return STR_NULL;
	text = str_dup(s->a, record.data);
	expand(s, text, s->exp_domain, &b);
	return buf_failed(&b) ? STR_NULL : str_dup(s->a, buf_get(&b));
}

/* ---- what the macros stand for ------------------------------------------- */

/* RFC 7208 7.3: of IPv6 its nibbles */
static struct str
dotted(const struct ip *ip, struct arena *a)
{
	auto_buf b = BUF_INIT(64);

	if (!ip->v6)
		return arena_printf(a, "%u.%u.%u.%u", ip->octets[0],
		    ip->octets[1], ip->octets[2], ip->octets[3]);
	for (size_t i = 0; i < 16; i++)
		buf_printf(&b, "%s%x.%x", i ? "." : "", ip->octets[i] >> 4,
		    ip->octets[i] & 15);
	return str_dup(a, buf_get(&b));
}

static void
set_values(struct spf *s)
{
	const struct spf_ask *ask = s->ask;
	char readable[INET6_ADDRSTRLEN] = "";
	struct spf_values *v = &s->values;
	size_t at = str_rchr(ask->sender, '@');

	v->local = str_first(ask->sender, at);
	if (v->local.n == 0)
		v->local = STR("postmaster");
	v->sender_domain = at < ask->sender.n ?
	    str_from(ask->sender, at + 1) : ask->domain;
	v->sender = arena_printf(s->a, "%.*s@%.*s", STR_FMT(v->local),
	    STR_FMT(v->sender_domain));
	v->dotted = dotted(&ask->ip, s->a);
	v->family = ask->ip.v6 ? STR("ip6") : STR("in-addr");
	v->helo = ask->helo;
	(void)inet_ntop(ask->ip.v6 ? AF_INET6 : AF_INET, ask->ip.octets,
	    readable, sizeof(readable));
	v->readable = str_dup(s->a, str_c(readable));
	v->receiver = ask->receiver.n ? ask->receiver : STR("unknown");
	v->time = arena_printf(s->a, "%lld", (long long)ask->now);
}

void
spf_check(const struct spf_ask *ask, struct arena *a,
    struct spf_answer *answer)
{
	struct spf s = { .ask = ask, .a = a, .answer = answer };

	*answer = (struct spf_answer){ 0 };
	s.scratch = arena_new(DNS_ANSWER_MEMORY);
	set_values(&s);
	answer->result = check_host(&s, ask->domain, false);
	if (answer->result == SPF_FAIL && s.exp.n > 0)
		answer->explanation = explanation(&s);
	arena_free(s.scratch);
}
