/*
 * judge_chain.c - whose hands it has been in: the host that brings it, and the
 * chain of those who sent it on, or the list that did. Also the seal on what we
 * send on.
 */
#include "base/domain.h"
#include "mime/header.h"
#include "smtp/judge_int.h"
#include "vault/messages.h"

enum { RESULTS_OCTETS_MAX = 4096 };	/* of arc_seal_ask */

/* ---- lists --------------------------------------------------------------- */

/* list-id-header = "List-ID:" [phrase] "<" list-id ">" CRLF; there is one at
 * the most.                                                      RFC 2919 3 */
static struct str
list_id(const struct evidence *e)
{
	struct str block = dkim_check_header(e->j->dkim), id = STR_NULL;
	struct header_field f;
	size_t n = 0;

	while (header_next(&block, &f))
		if (str_eqi(f.name, STR("List-Id"))) {
			id = str_from(f.value, str_rchr(f.value, '<') + 1);
			id = str_first(id, str_chr(id, '>'));
			n++;
		}
	return n == 1 ? id : STR_NULL;
}

/* Not by HELO: that says who the host is, and not whose mail it has. */
static bool
is_proven_of(const struct evidence *e, struct str domain, bool *unsure)
{
	bool proven = false, later = false;

	if (!e->by_helo && domain_is_within(e->spf_domain, domain)) {
		proven = e->spf.result == SPF_PASS;
		later = e->spf.result == SPF_TEMPERROR;
	}
	for (size_t i = 0; i < e->ndkim; i++)
		if (domain_is_within(e->dkim[i].domain, domain)) {
			proven |= e->dkim[i].verdict == DKIM_PASS;
			later |= e->dkim[i].verdict == DKIM_TEMPERROR;
		}
	*unsure |= later && !proven;
	return proven;
}

/* Whoever writes a List-Id of theirs has their domain proven, or is none. */
static void
look_for_list(struct evidence *e)
{
	struct str rest = e->j->judge->list_trusted, id, domain;
	bool more = rest.n > 0;

	id = more ? list_id(e) : STR_NULL;
	while (more && !e->by_list) {
		more = str_cut(rest, ' ', &domain, &rest);
		if (domain.n > 0 && domain_is_within(id, domain) &&
		    is_proven_of(e, domain, &e->voucher_unsure)) {
			e->voucher = domain;
			e->by_list = true;
		}
	}
}

/* ---- the chain ----------------------------------------------------------- */

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
	if (e->voucher.n == 0)
		look_for_list(e);
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
