#include "base/ip.h"
#include "store/directory/resolve.h"
#include "store/engine/filter.h"
#include "store/policy/alike.h"
#include "store/policy/answers.h"
#include "store/policy/policy.h"

/*
 * What is known of whoever hands in a message: asked once, when its text has
 * come, and remembered with the commit that takes it. RFC 6647
 */

enum {
	DOMAINS_WEIGHED = 10,
	LISTS_LOOKED_AT = 10,	/* of domains that somebody wrote to */
	/* What is known is remembered anew after so long: not with every
	 * message. */
	STALE_S = 7 * 86400,
};

uint32_t
sending_bits(const struct ip *ip)
{
	return ip->v6 ? SENDING_V6 : SENDING_V4;
}

bool
sending_network(struct str host, struct ip *network)
{
	if (!ip_of_octets(host, network))
		return false;
	ip_mask(network, sending_bits(network));
	return true;
}

static struct str
known_network(struct arena *a, const struct ip *network)
{
	return memory_key(a, STR("network"), ip_octets(network), STR_NULL);
}

int
policy_knows_network(struct engine *e, struct ip ip, int64_t *at_s,
    struct err *err)
{
	ip_mask(&ip, sending_bits(&ip));
	return memory_find(&e->w, MEMORY_known, 0, known_network(e->arena,
	    &ip), e->now_s, at_s, err);
}

static struct str
known_domain(struct arena *a, struct str domain)
{
	return memory_key(a, STR("domain"), domain, STR_NULL);
}

static struct str
wrote_to(struct arena *a, struct str domain, struct str local)
{
	return memory_key(a, STR("address"), local, domain);
}

/* RFC 6647 5: the network, MAIL FROM and the first RCPT. */
static struct str
tried(struct arena *a, const struct ip *network, struct str sender,
    struct str rcpt)
{
	return memory_key(a, ip_octets(network), str_lower(a, sender),
	    str_lower(a, rcpt));
}

/* ---- asked --------------------------------------------------------------- */

struct weighing {
	struct reader *r;
	const struct weigh_ask *ask;
	struct weigh_answer *out;
	int64_t now_s;
	struct err *err;
	/* Of each recipient, the first RCPTS_WEIGHED: 0 if it is no account's
	 * own address. */
	uint64_t account[RCPTS_WEIGHED];
	size_t n;
	bool all;		/* there are no others */
};

static int
resolve_recipients(struct weighing *w)
{
	struct str rest = w->ask->rcpts, one;
	struct resolved who;
	int rc = 0;

	for (; w->n < RCPTS_WEIGHED && rc == 0 &&
	    str_cut(rest, '\n', &one, &rest); w->n++) {
		rc = resolve_address(&w->r->q, w->r->arena, one, &who, w->err);
		w->account[w->n] = rc == 0 && who.kind == ADDRESS_ACCOUNT ?
		    who.account : 0;
	}
	w->all = w->n > 0 && rest.n == 0;
	return rc;
}

/* 1: it is. */
static int
is_known(struct weighing *w, enum memory_kind kind, uint64_t account,
    struct str key, enum known as)
{
	int64_t at_s;
	int rc = memory_find(&w->r->q, kind, account, key, w->now_s, &at_s,
	    w->err);

	if (rc > 0) {
		w->out->known = as;
		w->out->stale = kind == MEMORY_known &&
		    (at_s > w->now_s || w->now_s - at_s > STALE_S);
	}
	return rc;
}

static int
correspondent_of(struct weighing *w, uint64_t account)
{
	const struct str name[] = { w->ask->author, w->ask->sender };
	struct str domain, local;
	int rc = 0;

	for (size_t i = 0; i < NELEM(name) && rc == 0; i++)
		if (address_key(name[i], w->r->arena, &domain, &local))
			rc = is_known(w, MEMORY_wrote_to, account, wrote_to(
			    w->r->arena, domain, local), KNOWN_correspondent);
	return rc;
}

static int
known_to_recipients(struct weighing *w)
{
	size_t knows = 0;
	int rc = 0;

	for (size_t i = 0; i < w->n && rc >= 0; i++) {
		rc = w->account[i] ? correspondent_of(w, w->account[i]) : 0;
		knows += rc > 0;
	}
	w->out->known_to_all = w->all && knows == w->n;
	return rc < 0 ? rc : knows > 0;
}

/* The surest that is not a name: whoever writes it has had a message of
 * theirs. */
static int
answer_to_recipients(struct weighing *w)
{
	int64_t at_s = 0;
	int rc = 0;

	for (size_t i = 0; i < w->n && w->ask->answers.n > 0 && rc == 0; i++)
		if (w->account[i])
			rc = answers_find(&w->r->q, w->r->arena,
			    w->account[i], w->ask->answers, w->now_s, &at_s,
			    w->err);
	if (rc > 0)
		w->out->answers_at = at_s;
	return rc < 0 ? rc : 0;
}

static int
answered_before(struct weighing *w)
{
	struct str domain, local;
	int rc = 0;

	if (!address_key(w->ask->author, w->r->arena, &domain, &local))
		return 0;
	for (size_t i = 0; i < w->n && rc == 0; i++)
		if (w->account[i])
			rc = is_known(w, MEMORY_answered, w->account[i],
			    answers_author(w->r->arena, domain, local),
			    KNOWN_answered);
	return rc;
}

/* Nobody of them knows it: does one know somebody who looks like it? */
static int
looks_like_known(struct weighing *w)
{
	const struct alike_who who = { w->ask->name, w->ask->whose,
		w->ask->looks };
	size_t lists = 0;
	int rc = 0;

	for (size_t i = 0; i < w->n && lists < LISTS_LOOKED_AT && rc == 0;
	    i++) {
		if (!w->account[i])
			continue;
		lists++;
		rc = alike_find(&w->r->q, w->r->arena, w->account[i], &who,
		    w->now_s, &w->out->looks_like, w->err);
	}
	return rc < 0 ? rc : 0;
}

/* By persons; the first that is found. */
static int
known_by_mail(struct weighing *w)
{
	int rc = answer_to_recipients(w);

	if (rc == 0)
		rc = known_to_recipients(w);
	if (rc != 0)
		return rc;
	if (w->out->answers_at) {
		w->out->known = KNOWN_answer;
		return 1;
	}
	rc = answered_before(w);
	return rc == 0 ? looks_like_known(w) : rc;
}

static int
known_by_proof(struct weighing *w)
{
	struct str rest = w->ask->proven, one;
	int rc = 0;

	for (size_t n = 0; n < DOMAINS_WEIGHED && rest.n > 0 && rc == 0; n++) {
		(void)str_cut(rest, ' ', &one, &rest);
		rc = is_known(w, MEMORY_known, 0,
		    known_domain(w->r->arena, one), KNOWN_domain);
	}
	return rc;
}

static int
how_long_waited(struct weighing *w, const struct ip *network)
{
	struct str first;
	int64_t at_s;
	int rc;

	if (!str_cut(w->ask->rcpts, '\n', &first, &(struct str){ 0 }))
		return 0;
	rc = memory_find(&w->r->q, MEMORY_tried, 0, tried(w->r->arena,
	    network, w->ask->sender, first), w->now_s, &at_s, w->err);
	/* By a clock that was set back since: now. */
	if (rc > 0)
		w->out->waited_s = at_s > w->now_s ? 0 : w->now_s - at_s;
	return rc;
}

/* What the rules say of all recipients: one thing, or not. */
struct said {
	struct rule_found first;
	bool any, differ, allowed;
};

static void
add_said(struct said *said, const struct rule_found *found)
{
	if (!said->any)
		said->first = *found;
	said->any = true;
	said->differ |= found->word != said->first.word;
	said->allowed |= found->word == RULE_allow;
}

/* Through an alias only those of the server count here, and so they do for
 * recipients that are too many to be looked at. */
static int
rules_of_each(struct weighing *w, struct rule_search *s, struct said *said)
{
	struct rule_found found;
	int rc = 0;

	for (size_t i = 0; i < w->n && rc == 0; i++) {
		rc = rules_find(s, w->account[i], &found);
		if (rc == 0)
			add_said(said, &found);
	}
	if (rc < 0 || w->all)
		return rc;
	rc = rules_find(s, 0, &found);
	if (rc == 0)
		add_said(said, &found);
	return rc;
}

static int
rules_of_all(struct weighing *w)
{
	struct rule_search s = { .q = &w->r->q, .a = w->r->arena,
		.sender = w->ask->sender, .author = w->ask->author,
		.host = w->ask->host, .err = w->err,
		.sender_proven = w->ask->sender_proven,
		.author_proven = w->ask->author_proven };
	struct said said = { 0 };
	int rc = rules_of_each(w, &s, &said);

	if (rc < 0)
		return rc;
	w->out->allowed = said.differ && said.allowed;
	if (said.differ)
		return 0;
	MSG_COPY(rule, w->out, &said.first.rule);
	w->out->word = said.first.word;
	w->out->owner = said.first.owner;
	return 0;
}

/* Of whom somebody has spoken for all of them nothing else counts. */
static int
weigh_all(struct weighing *w)
{
	struct ip network;
	bool host = sending_network(w->ask->host, &network);
	int rc = resolve_recipients(w);

	if (rc == 0)
		rc = rules_of_all(w);
	if (rc < 0 || w->out->word != RULE_none)
		return rc;
	rc = known_by_mail(w);
	if (rc == 0)
		rc = known_by_proof(w);
	if (rc == 0 && host)
		rc = is_known(w, MEMORY_known, 0, known_network(w->r->arena,
		    &network), KNOWN_network);
	if (rc == 0 && host)
		rc = how_long_waited(w, &network);
	return rc < 0 ? rc : 0;
}

int
read_weigh(struct reader *r, const struct caller *c unused_arg,
    const struct weigh_ask *ask, union store_answer *answer, struct err *err)
{
	struct weighing w = { .r = r, .ask = ask, .out = &answer->weigh,
		.now_s = engine_now_us(r->e) / 1000000, .err = err };
	int rc = sql_read_begin(&r->q, err);

	answer->weigh = (struct weigh_answer){ .waited_s = -1,
		.wait_s = r->wait_s, .learned = filter_knows(r->e) };
	if (rc == 0)
		rc = weigh_all(&w);
	sql_read_end(&r->q);
	return rc;
}

int
read_host_known(struct reader *r, const struct caller *c unused_arg,
    const struct host_known_ask *ask, union store_answer *answer,
    struct err *err)
{
	struct ip network;
	int64_t at_s;
	int rc = 0;

	answer->host_known = (struct host_known_answer){ 0 };
	if (sending_network(ask->host, &network))
		rc = memory_find(&r->q, MEMORY_known, 0,
		    known_network(r->arena, &network),
		    engine_now_us(r->e) / 1000000, &at_s, err);
	answer->host_known.known = rc > 0;
	return rc < 0 ? rc : 0;
}

/* ---- remembered ---------------------------------------------------------- */

int
write_greylist(struct engine *e, struct write *w)
{
	const struct greylist_ask *ask = w->ask;
	struct ip network;
	struct str key;
	int64_t at_s;
	int rc;

	if (!sending_network(ask->host, &network))
		return err_set(&w->err, E_INVALID, "no address of a host");
	key = tried(e->arena, &network, ask->sender, ask->rcpt);
	rc = memory_find(&e->w, MEMORY_tried, 0, key, e->now_s, &at_s,
	    &w->err);
	if (rc > 0 && at_s <= e->now_s)
		return 0;
	return rc < 0 ? rc : memory_keep(e, MEMORY_tried, 0, key, &w->err);
}

static int
remember_sender(struct engine *e, const struct submit_ask *ask,
    struct err *err)
{
	struct str rest = ask->proven, one;
	struct ip network;
	int rc = 0;

	if (sending_network(ask->host, &network))
		rc = memory_keep(e, MEMORY_known, 0, known_network(e->arena,
		    &network), err);
	for (size_t n = 0; n < DOMAINS_WEIGHED && rest.n > 0 && rc == 0; n++) {
		(void)str_cut(rest, ' ', &one, &rest);
		rc = memory_keep(e, MEMORY_known, 0,
		    known_domain(e->arena, one), err);
	}
	return rc;
}

/* Who answers whom he was not written to by is known to that one from then on;
 * his name has to be proven, for it is what he is known by. */
static int
remember_answers(struct engine *e, const struct submit_ask *ask,
    const struct recipient *const *rcpt, size_t n, struct err *err)
{
	struct str domain, local, key;
	int64_t at_s;
	size_t looked = 0;
	int rc = 0;

	if (ask->answers.n == 0 || !ask->author_proven ||
	    !address_key(ask->author, e->arena, &domain, &local))
		return 0;
	key = answers_author(e->arena, domain, local);
	for (size_t i = 0; i < n && looked < RCPTS_WEIGHED && rc >= 0; i++) {
		if (!rcpt[i]->account)
			continue;
		looked++;
		rc = answers_find(&e->w, e->arena, rcpt[i]->account,
		    ask->answers, e->now_s, &at_s, err);
		if (rc > 0)
			rc = memory_keep(e, MEMORY_answered,
			    rcpt[i]->account, key, err);
	}
	return rc < 0 ? rc : 0;
}

int
policy_wrote_to(struct engine *e, uint64_t account,
    const struct recipient *const *rcpt, size_t n, int64_t *since,
    struct err *err)
{
	struct str domain, local;
	int rc = 0;

	for (size_t i = 0; i < n && rc >= 0; i++) {
		since[i] = -1;
		if (rcpt[i]->account || !address_key(rcpt[i]->address,
		    e->arena, &domain, &local))
			continue;
		rc = memory_find(&e->w, MEMORY_wrote_to, account,
		    wrote_to(e->arena, domain, local), e->now_s, &since[i],
		    err);
		if (rc == 0)
			since[i] = -1;
	}
	return rc < 0 ? rc : 0;
}

/* Whom a person writes to may write back. All of them, for those who are known
 * count for no limit; of how many domains lists are kept is another matter. */
static int
remember_recipients(struct engine *e, uint64_t account,
    const struct recipient *const *rcpt, size_t n, const int64_t *since,
    bool later, struct err *err)
{
	struct str domain, local;
	size_t kept = 0;
	int rc = 0;

	for (size_t i = 0; i < n && rc >= 0; i++) {
		if (rcpt[i]->account || !address_key(rcpt[i]->address,
		    e->arena, &domain, &local))
			continue;
		if (!later && kept++ < RCPTS_WEIGHED)
			rc = alike_wrote(e, account, domain, err);
		if (rc >= 0 && (since[i] < 0 || e->now_s - since[i] > STALE_S))
			rc = memory_keep(e, MEMORY_wrote_to, account,
			    wrote_to(e->arena, domain, local), err);
	}
	return rc < 0 ? rc : 0;
}

int
policy_remember(struct engine *e, const struct write *w,
    const struct recipient *const *rcpt, size_t n, const int64_t *since,
    struct err *err)
{
	const struct submit_ask *ask = w->ask;
	int64_t *found = NULL;
	bool leaves = false;
	int rc = 0;

	if (w->caller->authority == AUTH_MX) {
		rc = remember_sender(e, ask, err);
		return rc < 0 ? rc : remember_answers(e, ask, rcpt, n, err);
	}
	if (w->caller->authority != AUTH_ACCOUNT || e->o.divert.n > 0)
		return 0;
	for (size_t i = 0; i < n; i++)
		leaves |= !rcpt[i]->account;
	if (leaves)
		rc = answers_sent(e, w->caller->account, ask->message_id,
		    err);
	if (rc < 0 || !leaves)
		return rc;
	if (!since) {
		since = found = arena_array(e->arena, n, sizeof(*found));
		rc = policy_wrote_to(e, w->caller->account, rcpt, n, found,
		    err);
	}
	return rc < 0 ? rc : remember_recipients(e, w->caller->account, rcpt,
	    n, since, false, err);
}

/* Nobody has it yet, and its id is not kept with it. */
int
policy_remember_later(struct engine *e, const struct write *w,
    const struct recipient *const *rcpt, size_t n, const int64_t *since,
    struct err *err)
{
	const struct submit_ask *ask = w->ask;
	int rc;

	if (w->caller->authority != AUTH_ACCOUNT || e->o.divert.n > 0)
		return 0;
	rc = answers_sent(e, w->caller->account, ask->message_id, err);
	return rc < 0 || !since ? rc : remember_recipients(e,
	    w->caller->account, rcpt, n, since, true, err);
}
