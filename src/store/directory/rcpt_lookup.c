/*
 * rcpt_lookup.c - short look-ups: who asks, whose an address is, and whether
 * a message may go there.
 */
#include "store/engine/send_limits.h"
#include "store/engine/quota.h"
#include "store/directory/past_owners.h"
#include "store/directory/resolve.h"

/* What has no domain is of that with the oldest account: *address is local,
 * "@" and its name, or stays as it was. */
static int
first_domain(struct reader *r, const char *local, struct str *address,
    struct err *err)
{
	int rc = sql_first(&r->q, SQL_domain_first, NULL, 0, err);

	if (rc <= 0)
		return rc;
	*address = arena_printf(r->arena, "%s@%.*s", local,
	    STR_FMT(sql_str(&r->q, domain_first, name)));
	sql_end(&r->q, SQL_domain_first);
	return 0;
}

int
read_hello(struct reader *r, const struct caller *c,
    const struct hello_ask *ask, union store_answer *answer, struct err *err)
{
	int rc;

	(void)ask;
	answer->hello.max_message = engine_max_message(r->e);
	answer->hello.hostname = r->e->o.hostname;
	if (c->authority == AUTH_LOCAL)
		return first_domain(r, "", &answer->hello.address, err);
	if (!(c->authority & AUTH_BOUND))
		return 0;
	rc = sql_first(&r->q, SQL_account_get, SQL_VALS(vi(c->account)), err);
	if (rc == 0)
		return err_set(err, E_NOTFOUND, "no such account");
	if (rc < 0)
		return rc;
	answer->hello.address = str_dup(r->arena,
	    sql_str(&r->q, account_get, address));
	sql_end(&r->q, SQL_account_get);
	return 0;
}

int
read_sender(struct reader *r, const struct caller *c,
    const struct sender_ask *ask, union store_answer *answer, struct err *err)
{
	struct caller who = *c;

	(void)answer;
	if (r->e->o.divert.n > 0 && address_is_safe(ask->address))
		return 0;
	if (c->authority == AUTH_VAULT)
		who.account = ask->account;
	return resolve_sender(&r->q, r->arena, &who, ask->address, err);
}

/* One that is passed on is theirs who have it. */
int
read_domain_is_ours(struct reader *r, const struct caller *c unused_arg,
    const struct domain_is_ours_ask *ask,
    union store_answer *answer unused_arg, struct err *err)
{
	struct str domain;
	bool ours;
	int rc = 0;

	if (domain_key(ask->domain, r->arena, &domain))
		rc = sql_first(&r->q, SQL_domain_get, SQL_VALS(vs(domain)),
		    err);
	if (rc < 0)
		return rc;
	ours = rc > 0 && !sql_u32(&r->q, domain_get, relayed);
	if (rc > 0)
		sql_end(&r->q, SQL_domain_get);
	return ours ? 0 : err_set(err, E_NOTFOUND, "no domain of ours");
}

/* An alias is as good as what it leads to, of which mx learns no more than
 * whether some of it is elsewhere. */
static int
where_it_leads(struct reader *r, struct str alias, bool *nowhere,
    bool *elsewhere, struct err *err)
{
	struct walk w;
	int rc;

	walk_begin(&w, &r->q, r->arena);
	rc = walk_along(&w, alias, err);
	*nowhere = rc == 0 && w.met == 0;
	for (size_t i = 0; i < w.found.n; i++)
		*elsewhere |= w.found.p[i].account == 0;
	walk_end(&w);
	return rc;
}

/* While programs are being written, one account gets what nobody here has. */
static int
divert_address(struct reader *r, struct resolved *who, bool *nowhere,
    struct err *err)
{
	uint64_t account = 0;
	int rc;

	if (!*nowhere && !address_is_nobodys(who->kind))
		return 0;
	rc = resolve_account(&r->q, r->arena, r->e->o.divert, &account, err);
	if (rc == 0 && account) {
		*who = (struct resolved){ .kind = ADDRESS_ACCOUNT,
			.account = account };
		*nowhere = false;
	}
	return rc;
}

/* By what was known lately, or by the tables. */
static int
look_up_address(struct reader *r, struct str address,
    struct cached_address *a, struct err *err)
{
	uint64_t version = engine_directory(r->e);
	struct resolved who;
	bool nowhere = false, elsewhere = false;
	int rc;

	if (address_cache_get(r->e->addresses, version, address, a))
		return 0;
	rc = resolve_address(&r->q, r->arena, address, &who, err);
	if (rc == 0 && who.kind == ADDRESS_ALIAS)
		rc = where_it_leads(r, address, &nowhere, &elsewhere, err);
	if (rc == 0 && r->e->o.divert.n > 0)
		rc = divert_address(r, &who, &nowhere, err);
	if (rc < 0)
		return rc;
	*a = (struct cached_address){ nowhere ? ADDRESS_UNKNOWN : who.kind,
		who.account, elsewhere && r->e->o.divert.n == 0,
		who.reports };
	address_cache_put(r->e->addresses, version, address, a);
	return 0;
}

/* What comes back to a path that we rewrote is a bounce, or no mail. */
static bool
is_return(struct reader *r, const struct rcpt_ask *ask, struct str address)
{
	struct engine *e = r->e;
	struct str back;

	return ask->bounce && srs_return(&e->srs_key, str_first(address,
	    str_rchr(address, '@')), e->o.wall_us(e->o.arg) / 1000000,
	    r->arena, &back);
}

static void
answer_rcpt(const struct caller *c, const struct cached_address *a,
    uint64_t room, bool ours, struct rcpt_answer *answer,
    struct recipient *who)
{
	*answer = (struct rcpt_answer){ .room = UINT64_MAX,
		.leaves = c->authority == AUTH_MX &&
		    (a->leaves || (a->kind == ADDRESS_SRS && ours)),
		.reads = c->authority == AUTH_MX && a->reports };
	who->account = a->account;
	who->ours = ours;
	who->reports = a->reports;
	if (a->kind == ADDRESS_ACCOUNT) {
		/* What is read as a report needs none. */
		answer->room = a->reports ? UINT64_MAX : room;
		answer->kind = answer->room ? RCPT_LOCAL : RCPT_FULL;
	} else if (a->kind == ADDRESS_RELAYED) {
		/* Of the world store looks again, when the mail is here. */
		who->ours = c->authority == AUTH_MX;
		answer->kind = RCPT_REMOTE;
	} else if (a->kind == ADDRESS_REMOTE) {
		answer->kind = c->authority == AUTH_MX ? RCPT_NO_DOMAIN
						       : RCPT_REMOTE;
	} else if (a->kind == ADDRESS_NO_MAIL) {
		answer->kind = RCPT_NO_MAIL;
	} else {
		answer->kind = ours ? RCPT_LOCAL : RCPT_NO_USER;
	}
}

static struct recipient
recipient_of(const struct rcpt_ask *ask)
{
	struct recipient who = { 0 };

	MSG_COPY(addressee, &who, ask);
	return who;
}

/* Those who run this server, by its own name, which reports come from, or as
 * others may write to who they see: at its address.     RFC 5321 4.5.1, 4.1.3
 * Whose address a literal is we do not know; who comes to us with one means
 * us. */
static bool
is_ours_by_name(const struct engine *e, const struct caller *c,
    struct str address)
{
	size_t at = str_rchr(address, '@');
	struct str domain = str_from(address, at + 1);

	return resolve_is_postmaster(str_first(address, at)) &&
	    ((domain.n > 0 && str_eqi(domain, e->o.hostname)) ||
		(c->authority == AUTH_MX && str_starts(domain, STR("["))));
}

bool
rcpt_is_known(struct engine *e, const struct caller *c,
    const struct rcpt_ask *ask, struct rcpt_answer *answer,
    struct recipient *who)
{
	struct cached_address a;
	uint64_t room = UINT64_MAX;

	if (ask->rrvs || !address_cache_get(e->addresses, engine_directory(e),
	    ask->address, &a) || a.kind == ADDRESS_SRS ||
	    (a.kind == ADDRESS_REMOTE &&
		is_ours_by_name(e, c, ask->address)))
		return false;
	if (a.kind == ADDRESS_ACCOUNT && !quota_room_known(e, a.account, &room))
		return false;
	*who = recipient_of(ask);
	answer_rcpt(c, &a, room, a.kind == ADDRESS_ALIAS, answer, who);
	return true;
}

/* Is it the same person's as the sender thinks?              RFC 7293 5.1 */
static int
check_owner(struct reader *r, const struct rcpt_ask *ask, struct str address,
    struct rcpt_answer *answer, struct err *err)
{
	enum rcpt_kind kind;
	int rc;

	if (!ask->rrvs || (answer->kind != RCPT_LOCAL &&
	    answer->kind != RCPT_FULL))
		return 0;
	rc = past_owner_check(&r->q, r->arena, address, ask->valid_since,
	    &kind, err);
	if (rc == 0 && kind != RCPT_LOCAL)
		answer->kind = kind;
	return rc;
}

int
reader_rcpt(struct reader *r, const struct caller *c,
    const struct rcpt_ask *ask, struct rcpt_answer *answer,
    struct recipient *who, struct err *err)
{
	uint64_t room = UINT64_MAX;
	struct cached_address a;
	int rc = 0;

	arena_reset(r->arena);
	*who = recipient_of(ask);
	/* RCPT TO:<postmaster> has no domain.         RFC 5321 4.1.1.3 */
	if (str_eqi(ask->address, STR("postmaster")))
		rc = first_domain(r, "postmaster", &who->address, err);
	if (rc == 0)
		rc = look_up_address(r, who->address, &a, err);
	if (rc == 0 && a.kind == ADDRESS_REMOTE &&
	    is_ours_by_name(r->e, c, who->address)) {
		rc = first_domain(r, "postmaster", &who->address, err);
		if (rc == 0)
			rc = look_up_address(r, who->address, &a, err);
	}
	if (rc == 0 && a.kind == ADDRESS_ACCOUNT)
		rc = reader_room(r, a.account, &room, err);
	if (rc < 0)
		return rc;
	answer_rcpt(c, &a, room, a.kind == ADDRESS_ALIAS ||
	    (a.kind == ADDRESS_SRS && is_return(r, ask, who->address)),
	    answer, who);
	rc = reader_limits(r, c, ask, answer, err);
	return rc < 0 ? rc : check_owner(r, ask, who->address, answer, err);
}
