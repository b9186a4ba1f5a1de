/*
 * judge_known.c - what is known of the sender: by store, the operator's rules,
 * and lists in the DNS.
 */
#include "base/domain.h"
#include "base/timetext.h"
#include "dns/public_suffix.h"
#include "policy/lookalike.h"
#include "smtp/judge_int.h"

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
	struct dns_list_who who = { .ip = j->ip,
		.domain = { e->author, e->spf_domain },
		.url = e->seen.host, .nurls = e->seen.nhosts,
		.address = { str_lower(e->a, str_first(j->ask.reverse_path,
		    320)) } };
	size_t n = 2;

	for (size_t i = 0; i < e->seen.naddresses; i++)
		who.address[i + 1] = e->seen.address[i];
	for (size_t i = 0; i < e->ndkim && n < DNS_LIST_NAMES; i++)
		if (e->dkim[i].verdict == DKIM_PASS)
			who.domain[n++] = e->dkim[i].domain;
	j->until_ms = soon_ms < until_ms ? soon_ms : until_ms;
	dns_lists_look(j->judge->dns_lists, &who, &e->dns, e->a, &e->list);
	j->until_ms = until_ms;
}

/* Has SPF or DKIM proven a name that the same one has registered? RFC 9989
 * 4.8, relaxed, as far as the Public Suffix List knows it. */
static bool
is_of(const struct evidence *e, struct str whose)
{
	if (!e->by_helo && e->spf.result == SPF_PASS &&
	    domain_is_within(e->spf_domain, whose))
		return true;
	for (size_t i = 0; i < e->ndkim; i++)
		if (e->dkim[i].verdict == DKIM_PASS &&
		    domain_is_within(e->dkim[i].domain, whose))
			return true;
	return false;
}

/* One look at store. It is away, or cannot say: as if there were neither rules
 * nor memory, for mail goes on; what hands it in will see. */
void
judge_ask_who(struct evidence *e)
{
	const struct smtp_judge *judge = e->j->judge;
	auto_buf proven = BUF_INIT(PROVEN_MAX);
	struct str whose = public_suffix_registered(e->author);
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
		.answers = e->voucher.n == 0 && judge_is_forged(e) ?
		    STR_NULL : e->seen.answers,
		.name = whose.n > 0 ? e->author : STR_NULL, .whose = whose,
		.looks = lookalike_form(whose, e->a),
		.rcpts = e->j->ask.rcpts };
	e->weigh.whose_proven = whose.n > 0 && is_of(e, whose);
	facts.proven = judge_is_proven(e);
	if (store_call(judge->store, STORE_weigh, &e->weigh, &e->known, e->a,
	    &err) < 0) {
		e->policy.words = STR(" rule=unknown (store did not answer)");
		return;
	}
	facts.wanted = e->known.known_to_all && e->weigh.author_proven;
	e->too_often = e->known.wait_s > 0 && !facts.wanted;
	if (e->known.word == RULE_none && !facts.here)
		look_at_lists(e);
	facts.list = e->list;
	policy_decide(&judge->policy, &facts, e->a, &e->policy);
	if (e->too_often)
		e->policy.words = arena_printf(e->a, "%.*s domain-rate=wait "
		    "(%.*s)", STR_FMT(e->policy.words),
		    STR_FMT(e->weigh.whose));
}

struct str
judge_answers_day(const struct evidence *e)
{
	auto_buf b = BUF_INIT(64);

	time_rfc3339(&b, e->known.answers_at);
	return str_dup(e->a, str_first(buf_get(&b), str_chr(buf_get(&b),
	    'T')));
}

/* RFC 6647 5. What store forgets of it costs them one more try. */
struct reply
judge_send_away(struct evidence *e)
{
	const struct weigh_ask *w = &e->weigh;
	struct store *st = e->j->judge->store;
	struct greylist_ask ask = { .change = store_change_id(st),
		.host = w->host, .sender = w->sender,
		.rcpt = str_first(w->rcpts, str_chr(w->rcpts, '\n')) };
	struct done done;
	struct err err = { 0 };

	if (e->known.waited_s < 0 && !e->j->judge->dry)
		(void)store_call(st, STORE_greylist, &ask, &done, e->a, &err);
	return smtp_replyf(e->a, 451, "4.7.1", "Nobody here knows "
	    "this sender yet: try again in %llu seconds (greylisting)",
	    (unsigned long long)e->policy.wait_s);
}
