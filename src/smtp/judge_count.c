#include "mime/header.h"
#include "smtp/judge_int.h"

/*
 * What the domain in From is to hear of a message, if it asks for reports
 * (RFC 7489 7.2): store counts it, with the commit that takes the message, or
 * by a call of its own where nothing is committed.
 */

/* A report is about none: two servers would tell each other of the reports of
 * the day before for ever.                        7489 7.2.1.1; RFC 8460 5.3 */
static bool
is_report(const struct evidence *e)
{
	struct str block = dkim_check_header(e->j->dkim);
	struct header_field f;

	while (header_next(&block, &f))
		if (str_eqi(f.name, STR("TLS-Report-Domain")) ||
		    (str_eqi(f.name, STR("Subject")) && str_startsi(
		    str_trim(f.value), STR("Report Domain:"))))
			return true;
	return false;
}

static bool
is_word(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~')
			return false;
	return true;
}

/* As many as there is room for. */
static struct str
signatures(const struct evidence *e)
{
	auto_buf b = BUF_INIT(1500);

	for (size_t i = 0; i < e->ndkim; i++) {
		const struct dkim_result *r = &e->dkim[i];
		struct str word = dkim_word(r->verdict);

		if (r->domain.n > 0 && r->domain.n + r->selector.n + word.n +
		    3 <= b.cap - b.n && is_word(r->domain) &&
		    is_word(r->selector))
			buf_printf(&b, "%.*s %.*s %.*s\n", STR_FMT(r->domain),
			    STR_FMT(r->selector), STR_FMT(word));
	}
	return str_dup(e->a, buf_get(&b));
}

static void
what_was_done(const struct evidence *e, const struct verdict *v,
    struct dmarc_seen *s)
{
	enum dmarc_policy wanted = e->dmarc.verdict == DMARC_FAIL ?
	    e->dmarc.policy : DMARC_P_NONE;

	s->disposition = v->refusal.code ? DMARC_P_REJECT :
	    v->junk || v->hold ? DMARC_P_QUARANTINE : DMARC_P_NONE;
	if (s->disposition != wanted)
		s->reason = DMARC_REASON_local_policy;
}

/* Who comes again is counted then. */
void
judge_count(const struct evidence *e, struct verdict *v)
{
	const struct dmarc_record *r = &e->dmarc.record;
	struct store *st = e->j->judge->store;
	auto_buf b = BUF_INIT(DMARC_SEEN_MAX);
	struct dmarc_refused_ask ask;
	struct done done;
	struct err err = { 0 };
	struct dmarc_seen s = { .domain = e->dmarc.domain,
		.rua = str_first(r->rua, 1000), .p = (uint8_t)r->p,
		.sp = (uint8_t)r->sp, .strict_dkim = r->strict_dkim,
		.strict_spf = r->strict_spf, .testing = r->testing,
		.host = ip_octets(&e->j->ip), .header_from = e->author,
		.dkim_aligned = e->dmarc.dkim_aligned,
		.spf_aligned = e->dmarc.spf_aligned,
		.envelope_from = e->by_helo ? STR_NULL : e->spf_domain,
		.spf_domain = e->spf_domain, .spf_helo = e->by_helo,
		.spf_result = spf_word(e->spf.result) };

	if (!e->j->judge->count || e->dmarc.domain.n == 0 || s.rua.n == 0 ||
	    (v->refusal.code >= 400 && v->refusal.code < 500) || is_report(e))
		return;
	s.dkim = signatures(e);
	what_was_done(e, v, &s);
	msg_put(&b, &dmarc_seen_shape, &s);
	v->counted = str_dup(e->a, buf_get(&b));
	if (v->refusal.code == 0)
		return;
	ask = (struct dmarc_refused_ask){ store_change_id(st), v->counted };
	(void)store_call(st, STORE_dmarc_refused, &ask, &done, e->a, &err);
}
