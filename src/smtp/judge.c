#include "smtp/judge.h"

#include <stdlib.h>

#include "mail/traits.h"
#include "rt/config.h"
#include "smtp/judge_int.h"

enum { FIELDS_OCTETS_MAX = 8192 };

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
	if (j->dkim && judge->seal && ask->forwards.n > 0)
		dkim_check_relaxed(j->dkim);
	j->attachments = attachments_new();
	j->file = ask->reads && judge->read_report ? feedback_file_new() :
	    NULL;
	j->head = BUF_INIT(TRAITS_HEAD);
	judge_show_begin(j);
	return j;
}

static void
judge_feed(struct judging *j, struct str octets)
{
	if (j->dkim)
		dkim_check_feed(j->dkim, octets);
	if (j->head.n < j->head.cap)
		buf_str(&j->head, str_first(octets, j->head.cap - j->head.n));
	judge_show(j, octets);
}

static void
judge_end(struct judging *j)
{
	if (!j)
		return;
	attachments_free(j->attachments);
	judge_show_end(j);
	feedback_file_free(j->file);
	free(j->both);
	if (j->dkim)
		dkim_check_free(j->dkim);
	buf_free(&j->head);
	free(j);
}

/* ---- and done -----------------------------------------------------------  */

/* RFC 9989 5.3.6, 5.4: the domain's wish is done in the dialogue, so that
 * whoever sent it hears of it and nobody else does. Not where somebody whom the
 * operator trusts has seen the proof, before he changed the message or sent it
 * on.                                                     RFC 8617 7.2.1 */
static void
do_as_domain_wants(struct evidence *e, struct verdict *out)
{
	struct dmarc_answer other;

	out->junk = e->dmarc.verdict == DMARC_PERMERROR && e->authors_differ;
	if (e->dmarc.verdict != DMARC_FAIL ||
	    e->dmarc.policy == DMARC_P_NONE || e->voucher.n > 0)
		return;
	judge_ask_dmarc(e, true, &other);
	if (other.verdict != DMARC_FAIL || e->voucher_unsure) {
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

static struct reply
looks_bad(const struct evidence *e)
{
	return smtp_replyf(e->a, 550, "5.7.1", "This looks too much like spam "
	    "or fraud to be taken: if it is neither, ask postmaster@%.*s",
	    STR_FMT(e->j->judge->hostname));
}

/* RFC 3463 3.8. Whoever sent it knows what to do otherwise. */
static void
do_as_attachments_say(struct evidence *e, struct verdict *out)
{
	if (e->attached.then == ATTACHED_REFUSE)
		out->refusal = smtp_replyf(e->a, 550, "5.7.1", "Such files are "
		    "not taken here (%.*s): send it in another way",
		    STR_FMT(e->attached.what));
	out->junk |= e->attached.then == ATTACHED_JUNK;
	out->hold |= e->attached.then == ATTACHED_HOLD;
}

/* What other programs found; or could not, and it has to be known. */
static void
do_as_scanners_say(struct evidence *e, struct verdict *out)
{
	const struct scanned *s = &e->scanned;

	if (s->then == ATTACHED_REFUSE && s->virus.n > 0)
		out->refusal = smtp_replyf(e->a, 550, "5.7.1", "It carries "
		    "something harmful: %.*s", STR_FMT(str_first(s->virus,
		    100)));
	else if (s->then == ATTACHED_REFUSE)
		out->refusal = looks_bad(e);
	else if (s->wait)
		out->refusal = smtp_replyf(e->a, 451, "4.7.1", "What looks "
		    "for harmful mail here is away: try again later");
	out->junk |= s->then == ATTACHED_JUNK;
	out->hold |= s->then == ATTACHED_HOLD;
}

/* Nothing that was found decided, and all of it together does. */
static void
do_as_score_says(struct evidence *e, struct verdict *out)
{
	switch (score_act(&e->j->judge->bars,
	    findings_tenths(&e->findings))) {
	case SCORE_TAKE:
		break;
	case SCORE_JUNK:
		out->junk = true;
		break;
	case SCORE_HOLD:
		out->hold = true;
		break;
	case SCORE_REFUSE:
		out->refusal = looks_bad(e);
	}
}

/* The rest hears no more than that it is not taken. */
static struct reply
rule_refusal(const struct evidence *e)
{
	return smtp_replyf(e->a, 550, "5.7.1", "Mail of %.*s is not taken "
	    "here: a rule of %s", STR_FMT(e->policy.rule),
	    e->known.owner.n == 0 ? "the operator" : "its recipients");
}

/* A recipient has a rule that lets it in. Where nobody can be refused alone it
 * is held for the others, unless it was only to wait. */
static void
take_for_one(struct evidence *e, struct verdict *out, bool waits)
{
	if (!e->known.allowed || out->refusal.code == 0)
		return;
	if (e->j->ask.each)
		out->others = out->refusal;
	else
		out->hold |= !waits;
	out->refusal = (struct reply){ 0 };
}

static struct reply
come_later(const struct evidence *e)
{
	return smtp_replyf(e->a, 451, "4.7.1", "%.*s has sent as much mail as "
	    "it may within an hour: try again in %u seconds",
	    STR_FMT(e->weigh.whose), e->known.wait_s);
}

/* The operator's word, then a list's, then the domain's, then what it brings,
 * by our own look and by others', then whoever is not known, or whose domain
 * sends too much, waits; then all that was found. */
static void
decide(struct evidence *e, struct verdict *out)
{
	enum policy_act act = e->policy.act;
	bool waits;

	if (act == POLICY_REFUSE && e->policy.rule.n == 0)
		out->refusal = list_refusal(e);
	else if (act == POLICY_REFUSE)
		out->refusal = rule_refusal(e);
	else if (e->j->dkim && e->j->judge->enforce && act != POLICY_ALLOW)
		do_as_domain_wants(e, out);
	if (out->refusal.code == 0 && act != POLICY_ALLOW)
		do_as_attachments_say(e, out);
	if (out->refusal.code == 0 && act != POLICY_ALLOW)
		do_as_scanners_say(e, out);
	waits = out->refusal.code == 0 && act == POLICY_DEFER && !out->junk &&
	    !out->hold;
	if (waits)
		out->refusal = judge_send_away(e);
	else if (out->refusal.code == 0 && e->too_often &&
	    act != POLICY_ALLOW) {
		out->refusal = come_later(e);
		waits = true;
	}
	out->junk |= act == POLICY_JUNK;
	out->hold |= act == POLICY_HOLD;
	if (out->refusal.code == 0 && act != POLICY_ALLOW)
		do_as_score_says(e, out);
	take_for_one(e, out, waits);
	out->handed_by = e->weigh.host;
	MSG_COPY(wrote, &out->wrote, &e->weigh);
	if (e->policy.remember && !out->junk && !out->hold)
		out->standing = (struct standing){ .host = e->weigh.host,
			.proven = e->weigh.proven };
	if (e->known.answers_at > 0 && !out->junk && !out->hold)
		out->standing.answers = e->weigh.answers;
}

/* Whom a recipient writes to sends him no spam, and what is known to be good
 * teaches what is. An operator's rule and a list of others have the word where
 * they say one. */
static void
look_at_text(struct evidence *e, struct verdict *out)
{
	struct judging *j = e->j;

	if (!j->judge->filter || j->head.n == 0 || out->refusal.code ||
	    (out->junk && !out->hold) || e->policy.act == POLICY_ALLOW)
		return;
	/* Of what is held, who lets it go says that it is good. */
	if (!out->hold && e->known.known == KNOWN_correspondent &&
	    e->dmarc.verdict == DMARC_PASS)
		out->lesson = LESSON_good;
	else if (!out->hold && !e->known.learned)
		return;
	out->traits = traits_of(buf_get(&j->head), e->a);
}

static void
judge_finish(struct judging *j, struct arena *a, struct verdict *out)
{
	struct evidence *e = arena_new_of(a, struct evidence);
	auto_buf fields = BUF_INIT(FIELDS_OCTETS_MAX);

	*out = (struct verdict){ 0 };
	e->j = j;
	e->a = a;
	e->dns = (struct trust_dns){ judge_look_up, j };
	j->until_ms = loop_now_ms(j->judge->loop) + JUDGE_MS;
	if (j->dkim) {
		judge_prove(e);
		judge_look_at_hands(e);
	}
	judge_see(e);
	judge_ask_who(e);
	judge_find(e);
	judge_scan(e);
	out->forged = j->dkim && judge_is_forged(e);
	judge_say_fields(e, &fields);
	if (!buf_failed(&fields))
		out->fields = str_dup(a, buf_get(&fields));
	out->words = judge_say_words(e);
	decide(e, out);
	look_at_text(e, out);
	if (j->file && out->refusal.code == 0)
		judge_read(e, out);
	if (j->dkim && !out->read)
		judge_count(e, out);
	judge_seal(e, out);
}

const struct smtp_judge smtp_judge_mx = {
	.begin = judge_begin,
	.feed = judge_feed,
	.watch = judge_watch,
	.finish = judge_finish,
	.end = judge_end,
};

void
smtp_judge_configure(struct smtp_judge *judge, const struct config *c)
{
	judge->unjudged = c->unjudged.n ? c->unjudged : LOOPBACK;
	judge->dns_lists = c->resolver_workers > 0 ? c->dns_lists : STR_NULL;
	judge->arc_trusted = c->arc_trusted;
	judge->list_trusted = c->list_trusted;
	judge->authenticate = c->dmarc != DMARC_OFF &&
	    c->resolver_workers > 0;
	judge->enforce = c->dmarc == DMARC_ENFORCE;
	judge->filter = c->spam_filter;
	judge->policy = (struct policy){ (enum greylist_rule)c->greylist,
		c->greylist_delay_s };
	judge->attached = attached_rules_of(c);
	judge->scans = (struct judge_scan){
		c->clamav.n > 0 || c->clamav_path.n > 0,
		c->rspamd.n > 0, c->scan_away == SCAN_AWAY_WAIT,
		c->scan_most, c->scan_time_s,
		(enum attached_then)c->scan_virus };
	judge->bars = (struct score_bars){ c->junk_score, c->hold_score,
		c->refuse_score };
	/* Where nobody looks for a proof none is missing. */
	if (!judge->authenticate &&
	    judge->policy.greylist == GREYLIST_UNPROVEN)
		judge->policy.greylist = GREYLIST_OFF;
}
