/*
 * role_login.c - a password is proved, and tickets that stand for it later.
 */
#include <sodium.h>

#include "base/rd.h"
#include "vault/credential.h"
#include "vault/role_int.h"

/* What a credential is sealed to: the account's address, in lower case. */
static struct seal_what
what_of(struct arena *a, struct str address)
{
	return (struct seal_what){ KIND_CREDENTIAL, str_lower(a, address) };
}

/* Store says whose it is. That it was sealed to another address is believed
 * only where domains were given their A-labels since: what is beyond ASCII
 * there is nobody's address now. */
static struct str
sealed_to(const struct credential_answer *row)
{
	struct str then = row->sealed_to;
	struct str domain = str_from(then, str_rchr(then, '@') + 1);

	return str_is_ascii(domain) ? row->address : then;
}

/* Proving a password --------------------------------------------------- */

struct attempt {
	struct vault_state *v;
	const struct login_ask *ask;
	struct credential_answer row;	/* account 0: there is no such user */
	struct credential credential;
	struct proof proof;
	bool right;
};

/* On a thread. Nobody's password takes as long as somebody's. */
static void
hash_work(void *arg)
{
	struct attempt *t = arg;

	if (t->row.account)
		t->right = credential_verify(&t->credential, t->ask->password);
	else
		t->right = credential_verify_nobody(t->ask->password);
}

static int
look_up(struct attempt *t, struct work *c, struct err *err)
{
	struct credential_ask ask = { t->ask->user };
	struct str record;
	int rc = reconnect_call(&t->v->store, &store_calls[STORE_credential],
	    &ask, &t->row, c->a, NULL, c->until_ms, err);

	if (rc == E_NOTFOUND) {
		t->row = (struct credential_answer){ .address = t->ask->user };
		return 0;
	}
	if (rc < 0)
		return rc;
	rc = seal_open(&t->v->seal, what_of(c->a, sealed_to(&t->row)),
	    t->row.sealed, c->a, &record, err);
	if (rc < 0 || !credential_parse(record, &t->credential)) {
		log_event(t->v->role->log, LOG_ERROR, "credential_failed",
		    F_STR("address", t->row.address), F_INT("code", rc));
		return err_set(err, E_IO, "a credential cannot be opened");
	}
	return 0;
}

static int
wrong(struct attempt *t, struct err *err)
{
	login_limit_failed(t->v->login_limit, t->ask->peer, t->row.address,
	    proof_guess(&t->proof), loop_now_ms(t->v->loop));
	return err_set(err, E_DENIED, "wrong user or password");
}

static int
too_many(struct err *err)
{
	return err_set(err, E_BUSY, "too many failures: try later");
}

/* The long way. Others failed while we waited: their failures count. */
static int
prove(struct attempt *t, struct err *err)
{
	struct vault_state *v = t->v;
	int rc = rt_work(v->hashers, hash_work, t);
	int64_t now = loop_now_ms(v->loop);

	if (rc < 0)
		return err_set(err, E_BUSY, "too many logins at once");
	if (!login_limit_peer_ok(v->login_limit, t->ask->peer, now) ||
	    !login_limit_user_ok(v->login_limit, t->ask->peer, t->row.address,
		now))
		return too_many(err);
	if (!t->right)
		return wrong(t, err);
	auth_cache_add(v->auth_cache, &t->proof, now);
	return 0;
}

/* 0 if the password is the account's. When somebody tries to guess a user's
 * password from all over the world, that user still gets in from where they
 * have been before. */
static int
authenticate(struct attempt *t, struct work *c, struct err *err)
{
	struct vault_state *v = t->v;
	int rc;

	if (!login_limit_peer_ok(v->login_limit, t->ask->peer,
	    loop_now_ms(v->loop)))
		return too_many(err);
	rc = look_up(t, c, err);
	if (rc < 0)
		return rc;
	t->proof = proof_of(v->auth_cache, t->row.account ? t->row.sealed :
	    t->row.address, t->ask->password);
	if (!login_limit_user_ok(v->login_limit, t->ask->peer, t->row.address,
	    loop_now_ms(v->loop)))
		return too_many(err);
	if (!auth_cache_find(v->auth_cache, &t->proof, loop_now_ms(v->loop)))
		rc = prove(t, err);
	if (rc == 0)
		login_limit_passed(v->login_limit, t->ask->peer,
		    t->row.address, loop_now_ms(v->loop));
	return rc;
}

/* The mechanisms that say a password. An authorization identity is somebody
 * else's name (RFC 4616 2): nobody may act for others yet. */
static int
check_fields(const struct login_ask *ask, struct err *err)
{
	if (!str_eqi(ask->mechanism, STR("PLAIN")) &&
	    !str_eqi(ask->mechanism, STR("LOGIN")))
		return err_set(err, E_INVALID, "unknown mechanism");
	if (ask->authzid.n > 0 && !str_eqi(ask->authzid, ask->user))
		return err_set(err, E_DENIED, "wrong user or password");
	return 0;
}

/* The account's connection ---------------------------------------------- */

static int
open_account(struct work *c, uint64_t account, int *fd,
    struct err *err)
{
	struct account_open_ask ask = { account };
	struct done answer;
	int rc;

	*fd = -1;
	rc = reconnect_call(&c->client->v->store,
	    &store_calls[STORE_account_open], &ask, &answer, c->a, fd,
	    c->until_ms, err);
	if (rc == 0 && *fd < 0)
		return err_set(err, E_PROTO, "store sent no connection");
	return rc;
}

static void
journal(const struct attempt *t, enum journal_event event, struct err *why)
{
	struct journal_ask ask = { .event = event, .peer = t->ask->peer,
		.address = t->row.address.n ? t->row.address : t->ask->user,
		.text = event == JOURNAL_login ? t->ask->mechanism :
		    str_c(why->text) };

	reconnect_notify(&t->v->store, &store_calls[STORE_journal], &ask);
}

/* Tickets ------------------------------------------------------------- */

/*
 *   token = sealed (ticket id (16)  account (u64)  credential (u64)  address)
 *           for this worker
 */
static struct seal_what
what_token(struct arena *a, const struct vault_client *c)
{
	return (struct seal_what){ STR("ticket"), arena_printf(a, "front.%u",
	    c->c.index) };
}

static uint64_t
hash_sealed(struct str sealed)
{
	uint64_t v;
	uint8_t hash[crypto_generichash_BYTES];

	(void)crypto_generichash(hash, sizeof(hash),
	    (const uint8_t *)sealed.p, sealed.n, NULL, 0);
	memcpy(&v, hash, sizeof(v));
	return v;
}

static void
put_token(const struct work *c, const struct ticket *t, struct buf *token)
{
	struct vault_state *v = c->client->v;
	auto_buf plain = BUF_INIT(400);
	uint8_t nonce[SEAL_NONCE_LEN];

	buf_put(&plain, t->id, TICKET_LEN);
	buf_le64(&plain, t->account);
	buf_le64(&plain, t->credential);
	buf_str(&plain, t->address);
	loop_random(v->loop, nonce, sizeof(nonce));
	seal_put(&v->seal, what_token(c->a, c->client), nonce,
	    buf_get(&plain), token);
}

static bool
read_token(struct str plain, struct ticket *t)
{
	struct rd r = rd_of(plain);
	struct str id = rd_take(&r, TICKET_LEN);

	t->account = rd_le64(&r);
	t->credential = rd_le64(&r);
	t->address = rd_rest(&r);
	if (!rd_ok(&r) || t->account == 0)
		return false;
	memcpy(t->id, id.p, TICKET_LEN);
	return true;
}

void
vault_resume(struct vault_client *c, struct str token)
{
	const struct vault_state *v = c->v;
	struct arena *a = arena_new(8192);
	struct ticket t;
	struct str plain;

	/* Whatever comes later is not of sessions that were there before. */
	bool good = loop_now_ms(v->loop) - v->started_ms < RESUME_MS &&
	    seal_open(&v->seal, what_token(a, c), token, a, &plain, NULL) ==
		0 && read_token(plain, &t);

	if (!good || !tickets_add(c->tickets, &t))
		log_event(v->role->log, LOG_WARN, "token_refused",
		    F_INT("front", c->c.index));
	arena_free(a);
}

static int
make_ticket(struct work *c, const struct attempt *t, struct ticket *ticket,
    struct err *err)
{
	*ticket = (struct ticket){ .account = t->row.account,
		.credential = hash_sealed(t->row.sealed),
		.address = t->row.address };
	loop_random(c->client->v->loop, ticket->id, TICKET_LEN);
	if (!tickets_add(c->client->tickets, ticket))
		return err_set(err, E_LIMIT, "too many people at once");
	return 0;
}

static void
reply_login(struct work *c, const struct ticket *t, int fd)
{
	auto_buf token = BUF_INIT(512);
	struct login_answer answer = { t->account, t->address,
		str_make((const char *)t->id, TICKET_LEN), STR_NULL };

	put_token(c, t, &token);
	answer.token = buf_get(&token);
	ipc_reply(c->req, &answer, fd);
}

void
vault_log_in(struct work *c)
{
	struct attempt t = { .v = c->client->v, .ask = c->req->ask };
	struct ticket ticket;
	struct err err = { 0 };
	int fd = -1, rc = check_fields(t.ask, &err);

	if (rc == 0)
		rc = authenticate(&t, c, &err);
	if (rc == E_DENIED || rc == E_BUSY)
		journal(&t, JOURNAL_login_failed, &err);
	if (rc == 0)
		rc = open_account(c, t.row.account, &fd, &err);
	if (rc == 0)
		rc = make_ticket(c, &t, &ticket, &err);
	if (rc == 0) {
		journal(&t, JOURNAL_login, NULL);
		reply_login(c, &ticket, fd);
	} else {
		ipc_fail(c->req, rc, err.text);
	}
	if (fd >= 0)
		(void)close(fd);
}

/* Is it still the password that was typed? Who changes it wants the others
 * out. */
static int
still_good(struct work *c, const struct ticket *t, struct err *err)
{
	struct credential_ask ask = { t->address };
	struct credential_answer row;
	int rc = reconnect_call(&c->client->v->store,
	    &store_calls[STORE_credential], &ask, &row, c->a, NULL,
	    c->until_ms, err);

	if (rc < 0)
		return rc == E_NOTFOUND ? err_set(err, E_DENIED,
		    "no such account") : rc;
	if (row.account != t->account ||
	    hash_sealed(row.sealed) != t->credential)
		return err_set(err, E_DENIED, "the password was changed");
	return 0;
}

void
vault_reopen(struct work *c)
{
	const struct reopen_ask *ask = c->req->ask;
	const struct ticket *found = tickets_find(c->client->tickets,
	    ask->ticket);
	struct vault_done answer = { 0 };
	struct ticket t;
	struct err err = { 0 };
	int fd = -1, rc;

	if (!found) {
		ipc_fail(c->req, E_DENIED, "no such ticket");
		return;
	}
	t = *found;	/* it may go while we wait */
	t.address = str_dup(c->a, found->address);
	rc = still_good(c, &t, &err);
	if (rc == 0)
		rc = open_account(c, t.account, &fd, &err);
	if (rc < 0)
		ipc_fail(c->req, rc, err.text);
	else
		ipc_reply(c->req, &answer, fd);
	if (fd >= 0)
		(void)close(fd);
}

/* The operator's -------------------------------------------------------- */

struct sealing {
	struct str password;
	struct buf record;
	struct err err;
	int rc;
};

static void
make_work(void *arg)
{
	struct sealing *s = arg;

	s->rc = credential_make(s->password, &s->record, &s->err);
}

void
vault_seal_password(struct work *c)
{
	const struct seal_password_ask *ask = c->req->ask;
	struct vault_state *v = c->client->v;
	struct sealing s = { ask->password, BUF_INIT(CREDENTIAL_MAX),
		{ 0 }, 0 };
	auto_buf sealed = BUF_INIT(CREDENTIAL_MAX + SEAL_OVERHEAD);
	struct seal_password_answer answer;
	uint8_t nonce[SEAL_NONCE_LEN];

	if (rt_work(v->hashers, make_work, &s) < 0)
		s.rc = err_set(&s.err, E_BUSY, "too many logins at once");
	if (s.rc < 0) {
		ipc_fail(c->req, s.rc, s.err.text);
	} else {
		loop_random(v->loop, nonce, sizeof(nonce));
		seal_put(&v->seal, what_of(c->a, ask->address), nonce,
		    buf_get(&s.record), &sealed);
		answer.sealed = buf_get(&sealed);
		ipc_reply(c->req, &answer, -1);
	}
	if (s.record.p)
		sodium_memzero(s.record.p, s.record.n);
	buf_free(&s.record);
}
