#include "smtp/judge.h"

#include <stdlib.h>

#include "dns/client.h"
#include "dns/name.h"
#include "mail/traits.h"
#include "trust/dkim_check.h"
#include "trust/dkim_header.h"
#include "trust/dmarc.h"
#include "trust/spf.h"

enum { FIELDS_OCTETS_MAX = 8192, WORDS_OCTETS_MAX = 450, WHY_MAX = 200 };

struct judging {
	const struct smtp_judge *judge;
	struct judge_ask ask;
	struct ip ip;
	struct dkim_check *dkim;	/* NULL: nothing is proven */
	struct buf head;	/* of the text: TRAITS_HEAD, or none of it */
	int64_t until_ms;
};

/* What was found, on its way to a verdict. */
struct evidence {
	struct judging *j;
	struct arena *a;
	struct trust_dns dns;
	struct str spf_domain;	/* who was asked about: MAIL FROM, else HELO */
	bool by_helo;
	struct spf_answer spf;
	struct dkim_result dkim[DKIM_SIGNATURES_MAX];
	size_t ndkim;
	struct str author;	/* the domain in From; empty: not just one */
	struct str author_address;	/* the same */
	bool authors_differ;
	struct dmarc_answer dmarc;
	struct weigh_ask weigh;
	struct weigh_answer known;
	struct dns_listing list;
	struct policy_decision policy;
};

/* ---- whose mail is judged -----------------------------------------------  */

static struct judging *
judge_begin(const struct smtp_judge *judge, const struct judge_ask *ask)
{
	struct judging *j;
	struct ip ip;

	if (!ip_parse(ask->peer, &ip) || ip_is_among(&ip, judge->unjudged))
		return NULL;
	j = calloc(1, sizeof(*j));
	bug_if(!j);
	j->judge = judge;
	j->ask = *ask;
	j->ip = ip;
	j->dkim = judge->authenticate ? dkim_check_new(NULL) : NULL;
	j->head = BUF_INIT(judge->filter ? TRAITS_HEAD : 0);
	return j;
}

static void
judge_feed(struct judging *j, struct str octets)
{
	if (j->dkim)
		dkim_check_feed(j->dkim, octets);
	if (j->head.n < j->head.cap)
		buf_str(&j->head, str_first(octets, j->head.cap - j->head.n));
}

static void
judge_end(struct judging *j)
{
	if (!j)
		return;
	if (j->dkim)
		dkim_check_free(j->dkim);
	buf_free(&j->head);
	free(j);
}

/* ---- what can be proven -------------------------------------------------  */

static void
look_up(void *arg, struct str name, enum dns_type type,
    struct lookup_answer *answer, struct arena *a)
{
	struct judging *j = arg;
	struct err err = { 0 };

	if (dns_lookup(j->judge->dns, name, type, answer, a, j->until_ms,
	    &err) < 0)
		*answer = (struct lookup_answer){ .result = DNS_FAILED };
}

/* RFC 7208 2.3, 2.4: the domain of MAIL FROM; of a report that of HELO */
static void
check_spf(struct evidence *e)
{
	const struct judge_ask *ask = &e->j->ask;
	struct spf_ask spf = { .dns = &e->dns, .ip = e->j->ip,
		.helo = ask->helo, .receiver = e->j->judge->hostname,
		.now = loop_wall(e->j->judge->loop) };
	struct str domain;

	e->by_helo = ask->reverse_path.n == 0;
	domain = e->by_helo ? ask->helo : str_from(ask->reverse_path,
	    str_rchr(ask->reverse_path, '@') + 1);
	if (!dns_name(domain, e->a, &e->spf_domain)) {
		e->spf_domain = STR_NULL;
		e->spf.why = STR("no name that can be asked for");
		return;
	}
	spf.domain = e->spf_domain;
	spf.sender = e->by_helo ? arena_printf(e->a, "postmaster@%.*s",
	    STR_FMT(e->spf_domain)) : ask->reverse_path;
	spf_check(&spf, e->a, &e->spf);
}

/* The domain in From. Of several addresses it is one if all have it. */
static void
find_author(struct evidence *e)
{
	struct str author[DKIM_AUTHORS_MAX], domain;
	size_t n = dkim_header_authors(e->a, dkim_check_header(e->j->dkim),
	    author);

	for (size_t i = 0; i < n; i++) {
		if (!dns_name(str_from(author[i], str_rchr(author[i], '@') +
		    1), e->a, &domain))
			domain = STR("");
		if (i > 0 && !str_eq(domain, e->author))
			e->authors_differ = true;
		e->author = domain;
	}
	if (n == 1 && e->author.n > 0)
		e->author_address = arena_printf(e->a, "%.*s@%.*s", STR_FMT(
		    str_first(author[0], str_rchr(author[0], '@'))),
		    STR_FMT(e->author));
	if (e->authors_differ)
		e->author = STR_NULL;
}

/* unsure: what DNS could not answer counts as proven. */
static void
check_dmarc(struct evidence *e, bool unsure, struct dmarc_answer *answer)
{
	struct str proven[DKIM_SIGNATURES_MAX];
	struct dmarc_ask ask = { .dns = &e->dns, .from = e->author,
		.dkim = proven };

	*answer = (struct dmarc_answer){ 0 };
	if (e->author.n == 0) {
		answer->verdict = DMARC_PERMERROR;
		answer->why = e->authors_differ ?
		    STR("From names people of several domains") :
		    STR("From names nobody");
		return;
	}
	for (size_t i = 0; i < e->ndkim; i++)
		if (e->dkim[i].verdict == DKIM_PASS ||
		    (unsure && e->dkim[i].verdict == DKIM_TEMPERROR))
			proven[ask.ndkim++] = e->dkim[i].domain;
	if (e->spf.result == SPF_PASS ||
	    (unsure && e->spf.result == SPF_TEMPERROR))
		ask.spf = e->spf_domain;
	dmarc_check(&ask, e->a, answer);
}

static void
authenticate(struct evidence *e)
{
	struct judging *j = e->j;

	check_spf(e);
	e->ndkim = dkim_check_finish(j->dkim, &e->dns,
	    loop_wall(j->judge->loop), e->a, e->dkim);
	find_author(e);
	check_dmarc(e, false, &e->dmarc);
}

/* ---- what is known of the sender ----------------------------------------  */

static void
add_proven(struct buf *b, struct str domain)
{
	if (b->n + domain.n + 1 > PROVEN_MAX)
		return;
	buf_str(b, b->n > 0 ? STR(" ") : STR(""));
	buf_str(b, domain);
}

/* Is the host, or a domain that is said, on a list? A rule of the operator goes
 * before, and nobody asks about this machine. */
static void
look_at_lists(struct evidence *e)
{
	struct judging *j = e->j;
	const int64_t until_ms = j->until_ms,
	    soon_ms = loop_now_ms(j->judge->loop) + JUDGE_LISTS_MS;
	struct dns_list_who who = { j->ip, { e->author, e->spf_domain } };
	size_t n = 2;

	for (size_t i = 0; i < e->ndkim && n < DNS_LIST_NAMES; i++)
		if (e->dkim[i].verdict == DKIM_PASS)
			who.domain[n++] = e->dkim[i].domain;
	j->until_ms = soon_ms < until_ms ? soon_ms : until_ms;
	dns_lists_look(j->judge->dns_lists, &who, &e->dns, e->a, &e->list);
	j->until_ms = until_ms;
}

/* One look at store. It is away, or cannot say: as if there were neither rules
 * nor memory, for mail goes on; what hands it in will see. */
static void
weigh(struct evidence *e)
{
	const struct smtp_judge *judge = e->j->judge;
	auto_buf proven = BUF_INIT(PROVEN_MAX);
	struct policy_facts facts = { .store = &e->known,
		.here = ip_is_among(&e->j->ip, LOOPBACK) };
	struct err err = { 0 };

	if (e->spf.result == SPF_PASS)
		add_proven(&proven, e->spf_domain);
	for (size_t i = 0; i < e->ndkim; i++)
		if (e->dkim[i].verdict == DKIM_PASS)
			add_proven(&proven, e->dkim[i].domain);
	e->weigh = (struct weigh_ask){ .host = ip_octets(&e->j->ip),
		.proven = str_dup(e->a, buf_get(&proven)),
		.sender = str_first(e->j->ask.reverse_path, 320),
		.sender_proven = e->spf.result == SPF_PASS,
		.author = str_first(e->author_address, 320),
		.author_proven = e->dmarc.verdict == DMARC_PASS,
		.rcpts = e->j->ask.rcpts };
	facts.proven = proven.n > 0;
	if (store_call(judge->store, STORE_weigh, &e->weigh, &e->known, e->a,
	    &err) < 0) {
		e->policy.words = STR(" rule=unknown (store did not answer)");
		return;
	}
	if (e->known.word == RULE_none && !facts.here)
		look_at_lists(e);
	facts.list = e->list;
	policy_decide(&judge->policy, &facts, e->a, &e->policy);
}

/* ---- what is said of it -------------------------------------------------  */

/* value = token / quoted-string; what comes from outside has no controls. */
static void
put_value(struct buf *b, struct str s)
{
	bool plain = s.n > 0;

	for (size_t i = 0; i < s.n; i++)
		plain = plain && (ascii_is_alnum(s.p[i]) ||
		    strchr("-._@+", s.p[i]));
	if (plain)
		buf_str(b, s);
	else
		buf_quoted(b, s);
}

static void
put_property(struct buf *b, const char *name, struct str value)
{
	if (value.n == 0)
		return;
	buf_printf(b, " %s=", name);
	put_value(b, value);
}

/* " (why)": words of ours; what is quoted in them is visible ASCII. */
static void
put_comment(struct buf *b, struct str why)
{
	if (why.n == 0)
		return;
	buf_lit(b, "\r\n\t (");
	for (size_t i = 0; i < why.n; i++)
		buf_chr(b, strchr("()\\", why.p[i]) || why.p[i] < ' ' ||
		    why.p[i] > '~' ? '?' : why.p[i]);
	buf_lit(b, ")");
}

static bool
is_printable(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	return true;
}

/* Authentication-Results                                  RFC 8601 2.2, 2.7 */
static void
put_results(struct buf *b, const struct evidence *e)
{
	struct str from = e->j->ask.reverse_path;

	buf_printf(b, "Authentication-Results: %.*s;\r\n\tspf=%.*s",
	    STR_FMT(e->j->judge->hostname), STR_FMT(spf_word(e->spf.result)));
	put_comment(b, e->spf.why);
	put_property(b, e->by_helo ? "smtp.helo" : "smtp.mailfrom",
	    e->by_helo || !is_printable(from) ? e->spf_domain : from);
	if (e->ndkim == 0)
		buf_lit(b, ";\r\n\tdkim=none");
	for (size_t i = 0; i < e->ndkim; i++) {
		const struct dkim_result *r = &e->dkim[i];

		buf_printf(b, ";\r\n\tdkim=%.*s", STR_FMT(dkim_word(
		    r->verdict)));
		put_comment(b, r->why);
		put_property(b, "header.d", r->domain);
		put_property(b, "header.s", r->selector);
		put_property(b, "header.a", str_c(r->algorithm));
	}
	buf_printf(b, ";\r\n\tdmarc=%.*s", STR_FMT(dmarc_word(
	    e->dmarc.verdict)));
	put_comment(b, e->dmarc.why);
	put_property(b, "header.from", e->author);
	if (e->dmarc.verdict == DMARC_FAIL)
		put_property(b, "policy.dmarc",
		    dmarc_policy_word(e->dmarc.policy));
	buf_lit(b, "\r\n");
}

/* "dmarc=pass spf=pass dkim=pass (by DKIM of example.org)" */
static struct str
words_of(const struct evidence *e)
{
	auto_buf b = BUF_INIT(WORDS_OCTETS_MAX);
	bool passed = false;

	for (size_t i = 0; i < e->ndkim; i++)
		passed = passed || e->dkim[i].verdict == DKIM_PASS;
	if (!e->j->dkim) {
		buf_str(&b, str_trim(e->policy.words));
		return str_dup(e->a, buf_get(&b));
	}
	buf_printf(&b, "dmarc=%.*s spf=%.*s dkim=%.*s", STR_FMT(dmarc_word(
	    e->dmarc.verdict)), STR_FMT(spf_word(e->spf.result)),
	    STR_FMT(passed || e->ndkim == 0 ? dkim_word(passed ? DKIM_PASS :
	    DKIM_NONE) : dkim_word(e->dkim[0].verdict)));
	buf_printf(&b, " (%.*s)%.*s", STR_FMT(str_first(e->dmarc.why,
	    WHY_MAX)), STR_FMT(e->policy.words));
	return str_dup(e->a, buf_get(&b));
}

/* ---- and done -----------------------------------------------------------  */

/* RFC 9989 5.3.6, 5.4: the domain's wish is done in the dialogue, so that
 * whoever sent it hears of it and nobody else does. */
static void
do_as_domain_wants(struct evidence *e, struct verdict *out)
{
	struct dmarc_answer other;

	out->junk = e->dmarc.verdict == DMARC_PERMERROR && e->authors_differ;
	if (e->dmarc.verdict != DMARC_FAIL ||
	    e->dmarc.policy == DMARC_P_NONE)
		return;
	check_dmarc(e, true, &other);
	if (other.verdict != DMARC_FAIL) {
		out->refusal = smtp_replyf(e->a, 451, "4.4.3", "DNS is in "
		    "trouble, and %.*s wants to be sure: try again later",
		    STR_FMT(e->author));
		return;
	}
	if (e->dmarc.policy == DMARC_P_QUARANTINE) {
		out->junk = true;
		return;
	}
	/* RFC 7372 3.3 */
	out->refusal = smtp_replyf(e->a, 550, "5.7.26", "%.*s wants mail "
	    "refused that is not proven to be its own (DMARC): neither SPF "
	    "nor DKIM is in order", STR_FMT(e->author));
}

/* RFC 6647 5. What store forgets of it costs them one more try. */
static void
send_away(struct evidence *e, struct verdict *out)
{
	const struct weigh_ask *w = &e->weigh;
	struct store *st = e->j->judge->store;
	struct greylist_ask ask = { .change = store_change_id(st),
		.host = w->host, .sender = w->sender,
		.rcpt = str_first(w->rcpts, str_chr(w->rcpts, '\n')) };
	struct done done;
	struct err err = { 0 };

	if (e->known.waited_s < 0)
		(void)store_call(st, STORE_greylist, &ask, &done, e->a, &err);
	out->refusal = smtp_replyf(e->a, 451, "4.7.1", "Nobody here knows "
	    "this sender yet: try again in %llu seconds (greylisting)",
	    (unsigned long long)e->policy.wait_s);
}

/* Who may be in the wrong there hears what to do about it. */
static struct reply
list_refusal(const struct evidence *e)
{
	const struct dns_listing *l = &e->list;

	return smtp_replyf(e->a, 550, "5.7.1", "%.*s is on the list "
	    "%.*s: %.*s", STR_FMT(str_first(l->what, 100)),
	    STR_FMT(str_first(l->zone, 100)), STR_FMT(l->reason.n > 0 ?
	    l->reason : STR("whoever keeps it says why, and takes off it")));
}

/* The operator's word, then a list's, then the domain's, then whoever is not
 * known waits. */
static void
decide(struct evidence *e, struct verdict *out)
{
	enum policy_act act = e->policy.act;

	if (act == POLICY_REFUSE && e->policy.rule.n == 0)
		out->refusal = list_refusal(e);
	else if (act == POLICY_REFUSE)
		out->refusal = smtp_replyf(e->a, 550, "5.7.1", "Mail of "
		    "%.*s is not taken here: a rule of the operator",
		    STR_FMT(e->policy.rule));
	else if (e->j->dkim && e->j->judge->enforce && act != POLICY_ALLOW)
		do_as_domain_wants(e, out);
	if (out->refusal.code == 0 && act == POLICY_DEFER && !out->junk)
		send_away(e, out);
	out->junk |= act == POLICY_JUNK;
	if (e->policy.remember && !out->junk)
		out->standing = (struct standing){ e->weigh.host,
			e->weigh.proven };
}

/* Whom a recipient writes to sends him no spam, and what is known to be good
 * teaches what is. An operator's rule and a list of others have the word where
 * they say one. */
static void
look_at_text(struct evidence *e, struct verdict *out)
{
	struct judging *j = e->j;

	if (j->head.n == 0 || out->refusal.code || out->junk ||
	    e->policy.act == POLICY_ALLOW)
		return;
	if (e->known.known == KNOWN_correspondent &&
	    e->dmarc.verdict == DMARC_PASS)
		out->lesson = LESSON_good;
	else if (!e->known.learned)
		return;
	out->traits = traits_of(buf_get(&j->head), e->a);
}

/* Either author: DMARC is about From, and an answer goes to MAIL FROM, of which
 * nothing but SPF says a word. Otherwise whoever signs mail of his own would
 * choose who gets answers, and what is in their subject.         RFC 3834 2 */
static bool
is_forged(const struct evidence *e)
{
	return e->dmarc.verdict == DMARC_FAIL ||
	    e->dmarc.verdict == DMARC_PERMERROR ||
	    e->spf.result == SPF_FAIL || e->spf.result == SPF_SOFTFAIL;
}

static void
judge_finish(struct judging *j, struct arena *a, struct verdict *out)
{
	struct evidence e = { .j = j, .a = a, .dns = { look_up, j } };
	auto_buf fields = BUF_INIT(FIELDS_OCTETS_MAX);

	*out = (struct verdict){ 0 };
	j->until_ms = loop_now_ms(j->judge->loop) + JUDGE_MS;
	if (j->dkim) {
		authenticate(&e);
		put_results(&fields, &e);
		out->forged = is_forged(&e);
	}
	weigh(&e);
	if (!buf_failed(&fields))
		out->fields = str_dup(a, buf_get(&fields));
	out->words = words_of(&e);
	decide(&e, out);
	look_at_text(&e, out);
}

const struct smtp_judge smtp_judge_mx = {
	.begin = judge_begin,
	.feed = judge_feed,
	.finish = judge_finish,
	.end = judge_end,
};
