/*
 * judge_chain.c - whose hands it has been in: the host that brings it, and the
 * chain of those who sent it on. Also the seal on what we send on.
 */
#include "smtp/judge_int.h"
#include "vault/messages.h"

enum { RESULTS_OCTETS_MAX = 4096 };	/* of arc_seal_ask */

void
judge_look_at_hands(struct evidence *e)
{
	struct judging *j = e->j;
	const struct smtp_judge *judge = j->judge;

	iprev_check(&e->dns, &j->ip, e->a, &e->iprev);
	arc_check(j->dkim, &e->dns, loop_wall(judge->loop), e->a, &e->arc);
	if (e->dmarc.verdict != DMARC_FAIL)
		return;
	e->voucher = arc_vouched(&e->arc, judge->arc_trusted, e->author, e->a);
	e->voucher_unsure = arc_unsure(&e->arc, judge->arc_trusted);
}

/* RFC 8617 5.1. Who has no key, or cannot have it sealed now, sends it on as
 * everybody did before: that is no reason to keep mail waiting. */
void
judge_seal(struct evidence *e, struct verdict *out)
{
	static const uint32_t sees[] = { [ARC_NONE] = ARC_SEES_none,
		[ARC_PASS] = ARC_SEES_pass, [ARC_FAIL] = ARC_SEES_fail };
	struct judging *j = e->j;
	auto_buf results = BUF_INIT(RESULTS_OCTETS_MAX);
	struct arc_sealable what;
	struct arc_seal_ask ask = { .domain = j->ask.forwards,
		.sees = sees[e->arc.status],
		.at = loop_wall(j->judge->loop) };
	struct err err = { 0 };
	int rc;

	if (!j->dkim || !j->judge->seal || j->ask.forwards.n == 0 ||
	    out->refusal.code != 0 || j->ask.forwards.n > 255)
		return;
	judge_say_results(e, &results);
	if (buf_failed(&results) ||
	    !arc_sealable(j->dkim, &e->arc, e->a, &what))
		return;
	ask.instance = what.instance;
	ask.results = buf_get(&results);
	ask.names = what.names;
	ask.header = what.header;
	ask.body_hash = what.body_hash;
	ask.chain = what.chain;
	rc = j->judge->seal(j->judge->vault, &ask, &out->seal, e->a, &err);
	if (rc < 0 && rc != E_NOTFOUND)
		out->unsealed = str_dup(e->a, str_c(err.text));
}
