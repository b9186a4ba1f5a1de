/*
 * role_login.c - a password is proved, and tickets that stand for it later.
 */
#include <sodium.h>

#include "base/ip.h"
#include "base/rd.h"
#include "rt/conn_limits.h"
#include "vault/app_password.h"
#include "vault/credential.h"
#include "vault/role_int.h"

struct seal_what
credential_what(struct arena *a, struct str address)
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

struct attempt {
	struct vault_state *v;
	const struct login_ask *ask;
	bool own;		/* for who has signed in already, by: */
	struct str ticket;
	struct credential_answer row;	/* account 0: there is no such user */
	struct credential credential;
	struct proof proof;
	bool right;

	/* What was typed has the form of an app password. */
	bool app_typed;
	struct app_proof app;
	bool by_app;		/* and is one of theirs */
	const char *why;	/* it is one of theirs, but */

	struct str network;	/* it comes from; empty: nobody wants to know */
};

/* App passwords --------------------------------------------------------- */

enum {
	/* When and from where one was used last is written down so seldom. */
	USED_AGAIN_S = 3600, USED_ELSEWHERE_S = 60,
};

static void
read_app_password(struct attempt *t, struct arena *a)
{
	struct app_password typed;

	t->app_typed = app_password_read(t->ask->password, &typed);
	if (t->app_typed)
		app_proof_of(&t->v->seal, str_lower(a, t->ask->user), &typed,
		    &t->app);
	sodium_memzero(&typed, sizeof(typed));
}

static bool
is_expired(const struct vault_state *v, const struct credential_answer *row)
{
	return row->expires != 0 && loop_wall(v->loop) >= row->expires;
}

/* One that is not good here is a wrong password like any other. */
static void
check_app_password(struct attempt *t)
{
	if (!t->app_typed || !app_proof_is(&t->app, t->row.proof))
		return;
	if (is_expired(t->v, &t->row))
		t->why = "an app password that has expired";
	else if (!(t->row.services & t->ask->service))
		t->why = "an app password that is not for this";
	else
		t->by_app = true;
}

/* What its owner is to see of this use, in the arena: the request goes with its
 * answer. False: nothing new. */
static bool
is_news(const struct attempt *t, struct arena *a,
    struct app_password_used_ask *use)
{
	const struct credential_answer *row = &t->row;
	bool same = str_eq(row->used_from, t->ask->peer) &&
	    row->used_for == t->ask->service;
	int64_t age_s = loop_wall(t->v->loop) - row->used;

	if (!t->by_app || age_s < (same ? USED_AGAIN_S : USED_ELSEWHERE_S))
		return false;
	*use = (struct app_password_used_ask){ vault_change(t->v),
		row->account, t->app.number, str_dup(a, t->ask->peer),
		t->ask->service };
	return true;
}

/* Nobody waits for it: the answer has gone out already. */
static void
note_use(struct work *c, const struct app_password_used_ask *use)
{
	struct done done;
	struct err err;

	(void)reconnect_call(&c->client->v->store,
	    &store_calls[STORE_app_password_used], use, &done, c->a, NULL,
	    c->until_ms, &err);
}

/* Networks --------------------------------------------------------------- */

enum { NETWORK_V4 = 24, NETWORK_V6 = 48 };

/* As store remembers where people come from. This machine is one network, by
 * whichever of its own addresses it is spoken to. */
static struct str
network_of(struct arena *a, struct str peer)
{
	struct ip ip;

	if (!ip_parse(str_eq(peer, STR("::1")) ? STR("127.0.0.1") : peer,
	    &ip))
		return STR_NULL;
	ip_mask(&ip, ip.v6 ? NETWORK_V6 : NETWORK_V4);
	return str_dup(a, ip_octets(&ip));
}

/* In the arena, as is_news(). */
static bool
is_from_elsewhere(const struct attempt *t, struct arena *a,
    struct logged_in_ask *in)
{
	if (t->network.n == 0 || t->row.network_known)
		return false;
	*in = (struct logged_in_ask){ vault_change(t->v), t->row.account,
		t->network, str_dup(a, t->ask->peer), t->ask->service,
		t->by_app ? t->row.label : STR_NULL };
	return true;
}

/* Nobody waits for it either. Where it is lost the next login from there tells
 * of it. */
static void
note_network(struct work *c, const struct logged_in_ask *in)
{
	struct done done;
	struct err err;

	(void)reconnect_call(&c->client->v->store,
	    &store_calls[STORE_logged_in], in, &done, c->a, NULL,
	    c->until_ms, &err);
}

/* Proving a password ---------------------------------------------------- */

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
	struct credential_ask ask = { t->ask->user, t->app.number,
		t->network };
	struct str record;
	int rc = reconnect_call(&t->v->store, &store_calls[STORE_credential],
	    &ask, &t->row, c->a, NULL, c->until_ms, err);

	if (rc == E_NOTFOUND) {
		t->row = (struct credential_answer){ .address = t->ask->user };
		return 0;
	}
	if (rc < 0)
		return rc;
	rc = seal_open(&t->v->seal, credential_what(c->a, sealed_to(&t->row)),
	    t->row.sealed, c->a, &record, err);
	if (rc < 0 || !credential_parse(record, &t->credential)) {
		log_event(t->v->role->log, LOG_ERROR, "credential_failed",
		    F_STR("address", t->row.address), F_INT("code", rc));
		return err_set(err, E_IO, "a credential cannot be opened");
	}
	return 0;
}

void
vault_count_wrong(struct vault_state *v, const struct login_ask *ask,
    const struct credential_answer *row, uint64_t guess)
{
	login_limit_failed(v->login_limit, ask->peer, row->address, guess,
	    loop_now_ms(v->loop));
}

static int
wrong(struct attempt *t, struct err *err)
{
	vault_count_wrong(t->v, t->ask, &t->row, proof_guess(&t->proof));
	return err_set(err, E_DENIED, "%s", t->why ? t->why :
	    "wrong user or password");
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

/* A sign-in of theirs at the page, on this connection, by their own password:
 * what there is of it has brought a code, or is from before there were any. */
static bool
has_signed_in(const struct attempt *t, const struct work *c,
    struct str ticket)
{
	const struct ticket *found = tickets_find(c->client->tickets, ticket);

	return found && found->account == t->row.account &&
	    found->app == 0 && found->service == SERVICE_page;
}

/* The password is theirs; where there is a second factor, that is not all. A
 * mail program that goes on with it counts as one wrong guess. */
static int
check_factor(struct attempt *t, struct work *c, struct err *err)
{
	if (t->by_app || t->row.factor.n == 0)
		return 0;
	if (t->own)
		return has_signed_in(t, c, t->ticket) ? 0 : wrong(t, err);
	/* One sign-in in the place of another: nobody types a ticket. */
	if (t->ask->service == SERVICE_page &&
	    has_signed_in(t, c, t->ask->code))
		return 0;
	if (t->ask->service == SERVICE_page)
		return vault_prove_code(c, t->ask, &t->row, err);
	(void)wrong(t, err);
	return err_set(err, E_FACTOR, "the account's own password, which does "
	    "not do beside its second factor");
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
	read_app_password(t, c->a);
	rc = look_up(t, c, err);
	if (rc < 0)
		return rc;
	check_app_password(t);
	t->proof = proof_of(v->auth_cache, t->row.account ? t->row.sealed :
	    t->row.address, t->ask->password);
	/* Others failed while store was asked, or may have been here before. */
	if (!login_limit_peer_ok(v->login_limit, t->ask->peer,
	    loop_now_ms(v->loop)) ||
	    !login_limit_user_ok(v->login_limit, t->ask->peer, t->row.address,
	    loop_now_ms(v->loop)))
		return too_many(err);
	if (!t->by_app && !auth_cache_find(v->auth_cache, &t->proof,
	    loop_now_ms(v->loop)))
		rc = prove(t, err);
	if (rc == 0)
		rc = check_factor(t, c, err);
	if (rc == 0)
		login_limit_passed(v->login_limit, t->ask->peer,
		    t->row.address, loop_now_ms(v->loop));
	return rc;
}

/* A worker says only what its own people log in to. */
static bool
is_own_service(const struct vault_client *c, uint32_t service)
{
	uint32_t own = c->c.index >= LIMITS_WEB ? SERVICE_http | SERVICE_page :
	    SERVICE_imap | SERVICE_pop3 | SERVICE_smtp;

	return (service & ~own) == 0 && (service & (service - 1)) == 0;
}

/* The mechanisms that say a password. An authorization identity is somebody
 * else's name (RFC 4616 2): nobody may act for others yet. */
static int
check_fields(const struct vault_client *c, const struct login_ask *ask,
    struct err *err)
{
	if (!is_own_service(c, ask->service))
		return err_set(err, E_INVALID, "no service of this worker");
	if (!str_eqi(ask->mechanism, STR("PLAIN")) &&
	    !str_eqi(ask->mechanism, STR("LOGIN")))
		return err_set(err, E_INVALID, "unknown mechanism");
	if (ask->authzid.n > 0 && !str_eqi(ask->authzid, ask->user))
		return err_set(err, E_DENIED, "wrong user or password");
	return 0;
}

/* "imap PLAIN", "imap wrong user or password"; with the label behind it, in
 * brackets, where it is an app password. admin/logins.c reads it. */
static struct str
journal_text(const struct attempt *t, struct str text, struct arena *a)
{
	struct str service = login_service_name(t->ask->service);

	return t->by_app || t->why ? arena_printf(a, "%.*s %.*s (%.*s)",
	    STR_FMT(service), STR_FMT(text), STR_FMT(t->row.label)) :
	    arena_printf(a, "%.*s %.*s", STR_FMT(service), STR_FMT(text));
}

static void
journal(const struct attempt *t, enum journal_event event, struct err *why,
    struct arena *a)
{
	struct journal_ask ask = { .event = event, .peer = t->ask->peer,
		.address = t->row.address.n ? t->row.address : t->ask->user,
		.text = journal_text(t, event == JOURNAL_login ?
		    t->ask->mechanism : str_c(why->text), a) };

	reconnect_notify(&t->v->store, &store_calls[STORE_journal], &ask);
}

void
vault_journal_wrong(struct work *c, const struct login_ask *ask,
    const struct credential_answer *row, struct err *why)
{
	struct attempt t = { .v = c->client->v, .ask = ask, .row = *row };

	journal(&t, JOURNAL_login_failed, why, c->a);
}

int
vault_prove_own(struct work *c, const struct own_words *words,
    struct credential_answer *row, struct err *err)
{
	struct login_ask *ask = arena_alloc(c->a, sizeof(*ask));
	struct attempt t = { .v = c->client->v, .ask = ask, .own = true,
		.ticket = words->ticket };
	int rc;

	*ask = (struct login_ask){ 0 };
	MSG_COPY(login_words, ask, words);
	rc = check_fields(c->client, ask, err);
	if (rc == 0 && ask->service != SERVICE_page)
		return err_set(err, E_INVALID, "only from a page");

	if (rc == 0)
		rc = authenticate(&t, c, err);
	if (rc == E_DENIED || rc == E_BUSY)
		journal(&t, JOURNAL_login_failed, err, c->a);
	*row = t.row;
	return rc;
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

/* Tickets ------------------------------------------------------------- */

/*
 *   token = sealed (ticket id (16)  account (u64)  credential (u64)  app (u64)
 *           service (u32)  address) for this worker
 */
static struct seal_what
what_token(struct arena *a, const struct vault_client *c)
{
	return (struct seal_what){ STR("ticket-3"), arena_printf(a, "front.%u",
	    c->c.index) };
}

/* What a ticket stands and falls with. */
static uint64_t
hash_credential(const struct credential_answer *row, bool app)
{
	struct str kept = app ? row->proof : row->sealed;
	uint64_t v;
	uint8_t hash[crypto_generichash_BYTES];

	(void)crypto_generichash(hash, sizeof(hash),
	    (const uint8_t *)kept.p, kept.n, NULL, 0);
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
	buf_le64(&plain, t->app);
	buf_le32(&plain, t->service);
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
		.credential = hash_credential(&t->row, t->by_app),
		.app = t->by_app ? t->app.number : 0,
		.service = t->ask->service,
		.address = t->row.address };
	loop_random(c->client->v->loop, ticket->id, TICKET_LEN);
	if (!tickets_add(c->client->tickets, ticket))
		return err_set(err, E_LIMIT, "too many people at once");
	return 0;
}

static void
reply_login(struct work *c, const struct attempt *by, const struct ticket *t,
    int fd)
{
	auto_buf token = BUF_INIT(512);
	struct login_answer answer = { .account = t->account,
		.address = t->address,
		.ticket = str_make((const char *)t->id, TICKET_LEN),
		.label = by->by_app ? by->row.label : STR_NULL };

	put_token(c, t, &token);
	answer.token = buf_get(&token);
	ipc_reply(c->req, &answer, fd);
}

void
vault_log_in(struct work *c)
{
	struct attempt t = { .v = c->client->v, .ask = c->req->ask };
	struct app_password_used_ask use;
	struct logged_in_ask in;
	struct ticket ticket;
	struct err err = { 0 };
	bool news = false, elsewhere = false;
	int fd = -1, rc = check_fields(c->client, t.ask, &err);

	if (t.v->role->config.login_notes)
		t.network = network_of(c->a, t.ask->peer);
	if (rc == 0)
		rc = authenticate(&t, c, &err);
	if (rc == E_DENIED || rc == E_BUSY ||
	    (rc == E_FACTOR && t.ask->service != SERVICE_page))
		journal(&t, JOURNAL_login_failed, &err, c->a);
	if (rc == 0)
		rc = open_account(c, t.row.account, &fd, &err);
	if (rc == 0)
		rc = make_ticket(c, &t, &ticket, &err);
	if (rc == 0) {
		journal(&t, JOURNAL_login, NULL, c->a);
		news = is_news(&t, c->a, &use);
		elsewhere = is_from_elsewhere(&t, c->a, &in);
		reply_login(c, &t, &ticket, fd);
	} else {
		ipc_fail(c->req, rc, err.text);
	}
	if (fd >= 0)
		(void)close(fd);
	if (news)
		note_use(c, &use);
	if (elsewhere)
		note_network(c, &in);
}

/* Is it still the password that was typed? Who changes it wants the others
 * out; those who came by an app password are there until that is removed. */
static int
still_good(struct work *c, const struct ticket *t, struct err *err)
{
	struct credential_ask ask = { t->address, t->app };
	struct credential_answer row;
	int rc = reconnect_call(&c->client->v->store,
	    &store_calls[STORE_credential], &ask, &row, c->a, NULL,
	    c->until_ms, err);

	if (rc < 0)
		return rc == E_NOTFOUND ? err_set(err, E_DENIED,
		    "no such account") : rc;
	if (row.account != t->account ||
	    hash_credential(&row, t->app != 0) != t->credential ||
	    (t->app != 0 && is_expired(c->client->v, &row)))
		return err_set(err, E_DENIED, "the password was changed");
	/* What began before there was one; at the page they end one another. */
	if (t->app == 0 && t->service != SERVICE_page && row.factor.n > 0)
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
		rc = open_account(c, t.account, &fd, &err);
	if (rc < 0)
		ipc_fail(c->req, rc, err.text);
	else
		ipc_reply(c->req, &answer, fd);
	if (fd >= 0)
		(void)close(fd);
}
