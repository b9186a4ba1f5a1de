/*
 * rcpt_lookup.c - the short look-ups of the loop: who asks, whose an address
 * is, and whether a message may go there.
 */
#include "store/engine/engine_int.h"
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
    const struct hello_ask *ask, union read_answer *answer, struct err *err)
{
	int rc;

	(void)ask;
	answer->hello.max_message = engine_max_message(r->e);
	if (c->authority == AUTH_LOCAL)
		return first_domain(r, "", &answer->hello.address, err);
	if (c->authority != AUTH_ACCOUNT)
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
    const struct sender_ask *ask, union read_answer *answer, struct err *err)
{
	struct caller who = *c;

	(void)answer;
	if (c->authority == AUTH_VAULT)
		who.account = ask->account;
	return resolve_sender(&r->q, r->arena, &who, ask->address, err);
}

static int
room_of(struct reader *r, uint64_t account, uint64_t *room, struct err *err)
{
	uint64_t quota = engine_quota(r->e), used;
	int rc;

	*room = UINT64_MAX;
	if (quota == 0)
		return 0;
	rc = sql_first(&r->q, SQL_account_get, SQL_VALS(vi(account)), err);
	if (rc <= 0)
		return rc;
	used = sql_u64(&r->q, account_get, used);
	sql_end(&r->q, SQL_account_get);
	*room = used < quota ? quota - used : 0;
	return 0;
}

/* An alias is as good as what it leads to, which mx does not learn. */
static int
leads_nowhere(struct reader *r, struct str alias, bool *nowhere,
    struct err *err)
{
	struct walk w;
	int rc;

	walk_begin(&w, &r->q, r->arena);
	w.to_the_first = true;
	rc = walk_along(&w, alias, err);
	*nowhere = w.met == 0;
	walk_end(&w);
	return rc;
}

/* By what was known lately, or by the tables. */
static int
find_address(struct reader *r, struct str address, struct cached_address *a,
    struct err *err)
{
	uint64_t version = engine_directory(r->e);
	struct resolved who;
	bool nowhere = false;
	int rc;

	if (address_cache_get(r->known, version, address, a))
		return 0;
	rc = resolve_address(&r->q, r->arena, address, &who, err);
	if (rc == 0 && who.kind == ADDRESS_ALIAS)
		rc = leads_nowhere(r, address, &nowhere, err);
	if (rc < 0)
		return rc;
	*a = (struct cached_address){ nowhere ? ADDRESS_UNKNOWN : who.kind,
		who.account };
	address_cache_put(r->known, version, address, a);
	return 0;
}

static int
answer_account(struct reader *r, uint64_t account, struct rcpt_answer *answer,
    struct err *err)
{
	int rc = room_of(r, account, &answer->room, err);

	answer->kind = answer->room ? RCPT_LOCAL : RCPT_FULL;
	return rc;
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

int
reader_rcpt(struct reader *r, const struct caller *c,
    const struct rcpt_ask *ask, struct rcpt_answer *answer,
    struct recipient *who, struct err *err)
{
	struct cached_address a;
	int rc = 0;

	arena_reset(r->arena);
	*answer = (struct rcpt_answer){ .room = UINT64_MAX };
	*who = (struct recipient){ 0 };
	MSG_COPY(addressee, who, ask);
	/* RCPT TO:<postmaster> has no domain.         RFC 5321 4.1.1.3 */
	if (str_eqi(ask->address, STR("postmaster")))
		rc = first_domain(r, "postmaster", &who->address, err);
	if (rc == 0)
		rc = find_address(r, who->address, &a, err);
	if (rc < 0)
		return rc;
	who->account = a.account;
	if (a.kind == ADDRESS_ACCOUNT)
		return answer_account(r, a.account, answer, err);
	if (a.kind == ADDRESS_REMOTE) {
		answer->kind = c->authority == AUTH_MX ? RCPT_NO_DOMAIN
						       : RCPT_REMOTE;
		return 0;
	}
	who->ours = a.kind == ADDRESS_ALIAS || (a.kind == ADDRESS_SRS &&
	    is_return(r, ask, who->address));
	answer->kind = who->ours ? RCPT_LOCAL : RCPT_NO_USER;
	return 0;
}

