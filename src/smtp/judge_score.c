/*
 * judge_score.c - what was found of a message, as points.
 */
#include "smtp/helo.h"
#include "smtp/judge_int.h"

/* Honest mail is proven today, and who is not is not refused for it. Mild: all
 * of them together do not reach the bar. */
static void
find_unproven(struct evidence *e)
{
	/* SPF and DKIM seldom outlive being sent on. */
	if (e->voucher.n > 0) {
		findings_add(&e->findings, "vouched", 0, e->voucher);
		return;
	}
	if (!judge_is_proven(e))
		findings_add(&e->findings, "unproven", 10, STR_NULL);
	if (e->spf.result == SPF_FAIL)
		findings_add(&e->findings, "spf-fail", 15, e->spf_domain);
	else if (e->spf.result == SPF_SOFTFAIL)
		findings_add(&e->findings, "spf-softfail", 5, e->spf_domain);
	if (e->dmarc.verdict == DMARC_FAIL)
		findings_add(&e->findings, "dmarc-fail", 20, e->author);
}

/* A name that nothing proves is known to nobody; who answers needs none, as
 * long as he does not use another's. */
static void
find_known(struct evidence *e)
{
	bool proven = e->dmarc.verdict == DMARC_PASS;

	if (e->known.known == KNOWN_correspondent && proven)
		findings_add(&e->findings, "correspondent", -60, STR_NULL);
	else if (e->known.answers_at > 0)
		findings_add(&e->findings, "answer", -30, arena_printf(e->a,
		    "to a message of %.*s", STR_FMT(judge_answers_day(e))));
	else if (e->known.known == KNOWN_answered && proven)
		findings_add(&e->findings, "answered", -30, STR_NULL);
	else if (e->known.known == KNOWN_domain)
		findings_add(&e->findings, "known-domain", -10, STR_NULL);
	else if (e->known.known == KNOWN_network)
		findings_add(&e->findings, "known-network", -5, STR_NULL);
	if (e->known.looks_like.n > 0)
		findings_add(&e->findings, "like-known", 40, arena_printf(
		    e->a, "looks like %.*s",
		    STR_FMT(e->known.looks_like)));
}

/* What its reader would take it for. */
void
judge_see(struct evidence *e)
{
	struct content_text ask = { .head = buf_get(&e->j->head),
		.ours = content_domains(e->j->ask.rcpts, e->a) };

	content_look(&ask, e->a, &e->findings, &e->seen);
}

/* As mild: honest hosts are set up wrongly, too. */
static void
find_manners(struct evidence *e)
{
	static const struct {
		const char *word;
		int tenths;
	} of[] = { [HELO_OURS] = { "helo-ours", 20 },
		[HELO_ADDRESS] = { "helo-address", 10 },
		[HELO_NO_NAME] = { "helo-no-name", 5 } };
	struct str helo = e->j->ask.helo;
	enum helo_kind is = helo_kind(helo, e->j->judge->hostname, &e->j->ip);

	if (is != HELO_PROPER)
		findings_add(&e->findings, of[is].word, of[is].tenths, helo);
	if (e->j->ask.hasty)
		findings_add(&e->findings, "hasty", 10, STR_NULL);
}

void
judge_find(struct evidence *e)
{
	if (e->j->dkim)
		find_unproven(e);
	find_known(e);
	attached_decide(&e->j->judge->attached,
	    attachments_found(e->j->attachments), e->a, &e->findings,
	    &e->attached);
	find_manners(e);
}
