/*
 * role_tickets.c - tickets that stand for a login, and what they are good for.
 */
#include <sodium.h>

#include "base/rd.h"
#include "vault/role_attempt.h"

/* The account's connection ---------------------------------------------- */

int
vault_open_account(struct work *c, uint64_t account, uint32_t service,
    int *fd, struct err *err)
{
	struct account_open_ask ask = { account, service };
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

/* Tickets ------------------------------------------------------------- */

/*
 *   token = sealed (ticket id (16)  account (u64)  credential (u64)  app (u64)
 *           service (u32)  until (i64)  address) for this worker
 */
static struct seal_what
what_token(struct arena *a, const struct vault_client *c)
{
	return (struct seal_what){ STR("ticket-5"), arena_printf(a, "front.%u",
	    c->c.index) };
}

/* What a ticket stands and falls with: which password it is, and not what was
 * made of it since. */
static uint64_t
hash_password(const struct credential_answer *row,
    const struct credential *own, bool app)
{
	struct str kept = app ? row->proof : own->hash;
	uint64_t v;
	uint8_t hash[crypto_generichash_BYTES];

	(void)crypto_generichash(hash, sizeof(hash),
	    (const uint8_t *)kept.p, kept.n, NULL, 0);
	memcpy(&v, hash, sizeof(v));
	return v;
}

void
vault_put_token(const struct work *c, const struct ticket *t, struct buf *token)
{
	struct vault_state *v = c->client->v;
	auto_buf plain = BUF_INIT(400);
	uint8_t nonce[SEAL_NONCE_LEN];

	buf_put(&plain, t->id, TICKET_LEN);
	buf_le64(&plain, t->account);
	buf_le64(&plain, t->credential);
	buf_le64(&plain, t->app);
	buf_le32(&plain, t->service);
	buf_le64(&plain, (uint64_t)t->until);
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
	t->app = rd_le64(&r);
	t->service = rd_le32(&r);
	t->until = (int64_t)rd_le64(&r);
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

int
vault_make_ticket(struct work *c, const struct attempt *t,
    struct ticket *ticket, struct err *err)
{
	*ticket = (struct ticket){ .account = t->row.account,
		.credential = hash_password(&t->row, &t->credential,
		    t->by_app),
		.app = t->by_app ? t->app.number : 0,
		.service = t->ask->service,
		.until = t->until,
		.address = t->row.address };
	loop_random(c->client->v->loop, ticket->id, TICKET_LEN);
	if (!tickets_add(c->client->tickets, ticket))
		return err_set(err, E_LIMIT, "too many people at once");
	return 0;
}

/* Is it still the password that was typed? Who changes it wants the others
 * out; those who came by an app password are there until that is removed. */
static int
still_good(struct work *c, const struct ticket *t, struct err *err)
{
	struct credential_ask ask = { t->address, t->app };
	struct credential_answer row;
	struct credential own;
	int rc = reconnect_call(&c->client->v->store,
	    &store_calls[STORE_credential], &ask, &row, c->a, NULL,
	    c->until_ms, err);

	if (rc == 0)
		rc = vault_open_credential(c, &row, &own, err);
	if (rc < 0)
		return rc == E_NOTFOUND ? err_set(err, E_DENIED,
		    "no such account") : rc;
	if (row.account != t->account ||
	    hash_password(&row, &own, t->app != 0) != t->credential ||
	    (t->app != 0 && vault_is_expired(c->client->v, &row)))
		return err_set(err, E_DENIED, "the password was changed");
	if (t->until != 0 && loop_wall(c->client->v->loop) >= t->until)
		return err_set(err, E_DENIED, "the token has expired");
	/* What began before there was one; at the page they end one another. */
	if (t->app == 0 && t->until == 0 && t->service != SERVICE_page &&
	    row.factor.n > 0)
		return err_set(err, E_DENIED, "there is a second factor now");
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
		rc = vault_open_account(c, t.account, t.service, &fd,
		    &err);
	if (rc < 0)
		ipc_fail(c->req, rc, err.text);
	else
		ipc_reply(c->req, &answer, fd);
	if (fd >= 0)
		(void)close(fd);
}
