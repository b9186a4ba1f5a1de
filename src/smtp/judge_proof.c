/*
 * judge_proof.c - whose it is, as far as SPF, DKIM and DMARC prove it.
 */
#include "dns/client.h"
#include "dns/name.h"
#include "smtp/judge_int.h"
#include "trust/dkim_header.h"

void
judge_look_up(void *arg, struct str name, enum dns_type type,
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

void
judge_ask_dmarc(struct evidence *e, bool unsure, struct dmarc_answer *answer)
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

void
judge_prove(struct evidence *e)
{
	struct judging *j = e->j;

	check_spf(e);
	e->ndkim = dkim_check_finish(j->dkim, &e->dns,
	    loop_wall(j->judge->loop), e->a, e->dkim);
	find_author(e);
	judge_ask_dmarc(e, false, &e->dmarc);
}

bool
judge_is_signed(const struct evidence *e)
{
	for (size_t i = 0; i < e->ndkim; i++)
		if (e->dkim[i].verdict == DKIM_PASS)
			return true;
	return false;
}

bool
judge_is_proven(const struct evidence *e)
{
	return e->spf.result == SPF_PASS || judge_is_signed(e);
}

/* Either author: DMARC is about From, and an answer goes to MAIL FROM, of which
 * nothing but SPF says a word. Otherwise whoever signs mail of his own would
 * choose who gets answers, and what is in their subject.         RFC 3834 2 */
bool
judge_is_forged(const struct evidence *e)
{
	return e->dmarc.verdict == DMARC_FAIL ||
	    e->dmarc.verdict == DMARC_PERMERROR ||
	    e->spf.result == SPF_FAIL || e->spf.result == SPF_SOFTFAIL;
}
