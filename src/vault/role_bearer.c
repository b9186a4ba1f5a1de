/*
 * role_bearer.c - somebody shows a token of an issuer who knows them.
 *                                                         RFC 7628, RFC 6750
 *
 * The token is proven first, whoever they say they are: so what they are told,
 * and when, says nothing of who is there.
 */
#include "vault/role_attempt.h"

static int
check_mechanism(const struct login_ask *ask, struct err *err)
{
	static const struct {
		struct str name;
		uint32_t services;
	} rows[] = {
		{ STR("OAUTHBEARER"), SERVICE_imap | SERVICE_pop3 |
		    SERVICE_smtp },
		{ STR("XOAUTH2"), SERVICE_imap | SERVICE_pop3 | SERVICE_smtp },
		{ STR("BEARER"), SERVICE_http },
	};

	for (size_t i = 0; i < NELEM(rows); i++)
		if (str_eq(ask->mechanism, rows[i].name) &&
		    (ask->service & ~rows[i].services) == 0)
			return 0;
	return err_set(err, E_INVALID, "unknown mechanism");
}

/* The same token again is the same guess. */
static int
wrong_token(struct attempt *t, const struct bearer_ask *ask,
    const char *why, struct err *err)
{
	struct proof proof = proof_of(t->v->auth_cache, ask->mechanism,
	    ask->bearer);

	vault_count_wrong(t->v, t->ask, &t->row, proof_guess(&proof));
	return err_set(err, E_DENIED, "%s", why);
}

/* Whose is it? Their name goes into login. One that has expired is no guess:
 * clients find out in this way, and come again with another. */
static int
prove_token(struct attempt *t, struct work *c, struct login_ask *login,
    struct err *err)
{
	const struct bearer_ask *ask = c->req->ask;
	struct vault_state *v = t->v;
	struct proven_token token;
	char why[sizeof(err->text)];
	int rc = issuers_prove(v->issuers, v->role->config.oauth, ask->bearer,
	    ask->user, c->a, c->until_ms, &token, err);

	if (rc == E_DENIED) {
		(void)snprintf(why, sizeof(why), "%s", err->text);
		return wrong_token(t, ask, why, err);
	}
	if (rc < 0)
		return rc;
	if (ask->user.n > 0 && !str_eqi(ask->user, token.address))
		return wrong_token(t, ask, "a token of somebody else's", err);
	login->user = token.address;
	/* Nobody says: then it is not one of a password all the same. */
	t->until = token.until ? token.until : INT64_MAX;
	return 0;
}

static int
find_owner(struct attempt *t, struct work *c, struct err *err)
{
	struct str claimed = t->row.address;
	int rc;

	attempt_find_network(t, c->a);
	rc = attempt_look_up(t, c, err);
	if (rc == 0 && t->row.account == 0) {
		t->row.address = claimed.n ? claimed : t->ask->user;
		return wrong_token(t, c->req->ask, "a token of nobody here",
		    err);
	}
	return rc < 0 ? rc : attempt_check_limits(t, err);
}

static int
try_token(struct attempt *t, struct work *c, struct login_ask *login,
    struct err *err)
{
	int rc = check_mechanism(login, err);

	if (rc == 0)
		rc = attempt_check_fields(c->client, login, err);
	if (rc == 0)
		rc = attempt_check_limits(t, err);
	if (rc == 0)
		rc = prove_token(t, c, login, err);
	if (rc == 0)
		rc = find_owner(t, c, err);
	if (rc == 0)
		login_limit_passed(t->v->login_limit, login->peer,
		    t->row.address, loop_now_ms(t->v->loop));
	return rc;
}

void
vault_take_token(struct work *c)
{
	const struct bearer_ask *ask = c->req->ask;
	struct login_ask login = { .mechanism = ask->mechanism,
		.user = ask->user, .peer = ask->peer,
		.service = ask->service };
	struct attempt t = { .v = c->client->v, .ask = &login,
		.row = { .address = ask->user } };
	int64_t began_ms = loop_now_ms(t.v->loop);
	struct err err = { 0 };
	int rc = try_token(&t, c, &login, &err);

	if (rc == 0) {
		attempt_welcome(&t, c);
		return;
	}
	attempt_wait(c, began_ms);
	attempt_refused(&t, rc, &err, c->a);
	ipc_fail(c->req, rc == E_STALE ? E_DENIED : rc, err.text);
}
