/*
 * judge_say.c - the verdict, for its reader's program, for its reader, and for
 * log and journal.
 */
#include "smtp/judge_int.h"

enum { WORDS_OCTETS_MAX = 8192, WHY_MAX = 200 };

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
		buf_chr(b, strchr("()\\", why.p[i]) ||
		    !ascii_is_printable(why.p[i]) ? '?' : why.p[i]);
	buf_lit(b, ")");
}

/* RFC 8617 6, 10.2 */
static void
put_chain(struct buf *b, const struct evidence *e)
{
	const struct arc_result *r = &e->arc;

	buf_printf(b, ";\r\n\tarc=%.*s", STR_FMT(arc_word(r->status)));
	if (e->voucher.n > 0 && !e->by_list)
		put_comment(b, arena_printf(e->a, "%.*s vouches for it",
		    STR_FMT(e->voucher)));
	else
		put_comment(b, r->why);
	if (r->status == ARC_NONE)
		return;
	put_property(b, "smtp.remote-ip", e->j->ask.peer);
	if (r->status == ARC_PASS)
		buf_printf(b, " header.oldest-pass=%zu", r->oldest_pass);
}

/* authres-payload                                         RFC 8601 2.2, 2.7 */
void
judge_say_results(const struct evidence *e, struct buf *b)
{
	struct str from = e->j->ask.reverse_path;

	buf_printf(b, "%.*s;\r\n\tspf=%.*s",
	    STR_FMT(e->j->judge->hostname), STR_FMT(spf_word(e->spf.result)));
	put_comment(b, e->spf.why);
	put_property(b, e->by_helo ? "smtp.helo" : "smtp.mailfrom",
	    e->by_helo || !str_is_printable(from) ? e->spf_domain : from);
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
	put_chain(b, e);
	buf_printf(b, ";\r\n\tiprev=%.*s", STR_FMT(iprev_word(
	    e->iprev.verdict)));
	put_comment(b, e->iprev.name);
	put_property(b, "policy.iprev", e->j->ask.peer);
}

static struct str
last_sealer(const struct evidence *e)
{
	return e->arc.chain->set[e->arc.chain->n - 1].seals.domain;
}

/* "dmarc=pass spf=pass dkim=pass (by DKIM of example.org) iprev=permerror" */
static void
put_proofs(struct buf *b, const struct evidence *e)
{
	enum dkim_verdict dkim = judge_is_signed(e) ? DKIM_PASS :
	    e->ndkim == 0 ? DKIM_NONE : e->dkim[0].verdict;

	buf_printf(b, " dmarc=%.*s spf=%.*s dkim=%.*s (%.*s)",
	    STR_FMT(dmarc_word(e->dmarc.verdict)),
	    STR_FMT(spf_word(e->spf.result)), STR_FMT(dkim_word(dkim)),
	    STR_FMT(str_first(e->dmarc.why, WHY_MAX)));
	if (e->by_list)
		buf_printf(b, " mailing-list=trusted (%.*s)",
		    STR_FMT(e->voucher));
	if (e->voucher.n > 0 && !e->by_list)
		buf_printf(b, " arc=pass (vouched for by %.*s)",
		    STR_FMT(e->voucher));
	else if (e->arc.status == ARC_PASS)
		buf_printf(b, " arc=pass (last sealed by %.*s)",
		    STR_FMT(last_sealer(e)));
	else if (e->arc.status == ARC_FAIL)
		buf_printf(b, " arc=fail (%.*s)",
		    STR_FMT(str_first(e->arc.why, WHY_MAX)));
	buf_printf(b, " iprev=%.*s", STR_FMT(iprev_word(e->iprev.verdict)));
	if (e->iprev.name.n > 0)
		buf_printf(b, " (%.*s)", STR_FMT(e->iprev.name));
}

/* What does not fit is what counts least: it stands at the end. */
struct str
judge_say_words(const struct evidence *e)
{
	auto_buf b = BUF_INIT(WORDS_OCTETS_MAX);

	if (e->j->dkim)
		put_proofs(&b, e);
	buf_str(&b, e->policy.words);
	buf_str(&b, e->attached.words);
	findings_put(&b, &e->findings);
	return str_dup(e->a, str_first(str_trim(buf_get(&b)),
	    VERDICT_WORDS_MAX));
}

/* For people: "passed DMARC by DKIM of example.org; not seen before; score 1.2
 * of 6". Those who read only this know what to think of the name in From. */
static void
put_plain_verdict(struct buf *b, const struct evidence *e)
{
	static const char *const dmarc[] = {
		[DMARC_NONE] = "its domain says nothing by DMARC",
		[DMARC_PASS] = "passed DMARC",
		[DMARC_FAIL] = "failed DMARC",
		[DMARC_TEMPERROR] = "DMARC could not be looked up",
		[DMARC_PERMERROR] = "From does not say whose it is",
	};
	static const char *const known[] = {
		[KNOWN_no] = "not seen before",
		[KNOWN_correspondent] = "of somebody who was written to",
		[KNOWN_domain] = "of a domain that came before",
		[KNOWN_network] = "from a network that came before",
		[KNOWN_answer] = "of somebody else than was written to",
		[KNOWN_answered] = "of somebody who answered before",
	};
	uint32_t bar = e->j->judge->bars.junk;

	buf_lit(b, "X-Postern-Verdict: ");
	if (e->voucher.n > 0)
		buf_printf(b, "failed DMARC, but %.*s vouches for it; ",
		    STR_FMT(e->voucher));
	else if (e->j->dkim)
		buf_printf(b, "%s%s%.*s; ", dmarc[e->dmarc.verdict],
		    e->dmarc.verdict == DMARC_PASS ? " " : "",
		    STR_FMT(e->dmarc.verdict == DMARC_PASS ?
		    str_first(e->dmarc.why, WHY_MAX) : STR("")));
	if (e->known.answers_at > 0)
		buf_printf(b, "answers a message of %.*s of its recipient; ",
		    STR_FMT(judge_answers_day(e)));
	if (e->known.looks_like.n > 0)
		buf_printf(b, "looks like %.*s, which its recipient writes "
		    "to; ", STR_FMT(e->known.looks_like));
	buf_printf(b, "%s;\r\n\tscore ", known[e->known.known <
	    NELEM(known) ? e->known.known : KNOWN_no]);
	score_put(b, findings_tenths(&e->findings));
	if (bar > 0)
		buf_printf(b, " of %u", bar);
	buf_lit(b, "\r\n");
}

void
judge_say_fields(const struct evidence *e, struct buf *b)
{
	if (e->j->dkim) {
		buf_lit(b, "Authentication-Results: ");
		judge_say_results(e, b);
		buf_lit(b, "\r\n");
	}
	put_plain_verdict(b, e);
}
