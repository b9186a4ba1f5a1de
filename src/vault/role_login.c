/*
 * role_login.c - a password is proved, and what every way in ends with.
 */
#include <sodium.h>

#include "base/ip.h"
#include "rt/conn_limits.h"
#include "vault/role_attempt.h"

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

bool
vault_is_expired(const struct vault_state *v,
    const struct credential_answer *row)
{
	return row->expires != 0 && loop_wall(v->loop) >= row->expires;
}

/* One that is not good here is a wrong password like any other. */
void
attempt_judge_app(struct attempt *t)
{
	if (vault_is_expired(t->v, &t->row))
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

/* As store remembers where people come from. This machine is one network, by
 * whichever of its own addresses it is spoken to. */
void
attempt_find_network(struct attempt *t, struct arena *a)
{
	struct str peer = t->ask->peer;
	struct ip ip;

	if (!t->v->role->config.login_notes || !ip_parse(str_eq(peer,
	    STR("::1")) ? STR("127.0.0.1") : peer, &ip))
		return;
	ip_mask(&ip, ip_site_bits(&ip));
	t->network = str_dup(a, ip_octets(&ip));
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

int
vault_open_credential(struct work *c, const struct credential_answer *row,
    struct credential *out, struct err *err)
{
	struct vault_state *v = c->client->v;
	struct str record;
	int rc;

	if (attempt_is_elsewhere(row)) {
		vault_credential_elsewhere(c, row, out);
		return 0;
	}
	rc = seal_open(&v->seal, credential_what(c->a, sealed_to(row)),
	    row->sealed, c->a, &record, err);

	if (rc == 0 && credential_parse(record, out))
		return 0;
	log_event(v->role->log, LOG_ERROR, "credential_failed",
	    F_STR("address", row->address), F_INT("code", rc));
	return err_set(err, E_IO, "a credential cannot be opened");
}

int
attempt_look_up(struct attempt *t, struct work *c, struct err *err)
{
	struct credential_ask ask = { t->ask->user, t->app.number,
		t->network };
	int rc = reconnect_call(&t->v->store, &store_calls[STORE_credential],
	    &ask, &t->row, c->a, NULL, c->until_ms, err);

	if (rc == E_NOTFOUND) {
		t->row = (struct credential_answer){ .address = t->ask->user };
		return 0;
	}
	return rc < 0 ? rc : vault_open_credential(c, &t->row, &t->credential,
	    err);
}

void
vault_count_wrong(struct vault_state *v, const struct login_ask *ask,
    const struct credential_answer *row, uint64_t guess)
{
	login_limit_failed(v->login_limit, ask->peer, row->address, guess,
	    loop_now_ms(v->loop));
}

int
attempt_wrong(struct attempt *t, uint64_t guess, struct err *err)
{
	vault_count_wrong(t->v, t->ask, &t->row, guess);
	return err_set(err, E_DENIED, "%s", t->why ? t->why :
	    "wrong user or password");
}

/* When somebody tries to guess a user's password from all over the world, that
 * user still gets in from where they have been before. */
int
attempt_check_limits(const struct attempt *t, struct err *err)
{
	struct login_limit *l = t->v->login_limit;
	int64_t now = loop_now_ms(t->v->loop);

	/* Of whom, that is not known before store was asked. */
	if (login_limit_peer_ok(l, t->ask->peer, now) &&
	    (t->row.address.n == 0 ||
	    login_limit_user_ok(l, t->ask->peer, t->row.address, now)))
		return 0;
	return err_set(err, E_BUSY, "too many failures: try later");
}

enum { ANSWER_MS = 4 };

void
attempt_wait(const struct work *c, int64_t began_ms)
{
	(void)fiber_sleep(c->client->v->loop, began_ms + ANSWER_MS);
}

/* The long way. Others failed while we waited: their failures count. */
static int
prove(struct attempt *t, struct work *c, struct err *err)
{
	struct vault_state *v = t->v;
	int rc;

	if (attempt_is_elsewhere(&t->row))
		return attempt_prove_elsewhere(t, c, err);
	rc = rt_work(v->hashers, hash_work, t);
	if (rc < 0)
		return err_set(err, E_BUSY, "too many logins at once");
	rc = attempt_check_limits(t, err);
	if (rc < 0)
		return rc;
	if (!t->right)
		return attempt_wrong(t, proof_guess(&t->proof), err);
	/* Before a ticket hangs on it. */
	if (t->credential.foreign && (rc = attempt_take_over(t, c, err)))
		return rc < 0 ? rc : prove(t, c, err);
	auth_cache_add(v->auth_cache, &t->proof, loop_now_ms(v->loop));
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
int
attempt_check_factor(struct attempt *t, struct work *c, struct err *err)
{
	uint64_t guess = proof_guess(&t->proof);

	if (t->by_app || t->row.factor.n == 0)
		return 0;
	if (t->own)
		return has_signed_in(t, c, t->ticket) ? 0 :
		    attempt_wrong(t, guess, err);
	/* One sign-in in the place of another: nobody types a ticket. */
	if (t->ask->service == SERVICE_page &&
	    has_signed_in(t, c, t->ask->code))
		return 0;
	if (t->ask->service == SERVICE_page)
		return vault_prove_code(c, t->ask, &t->row, err);
	(void)attempt_wrong(t, guess, err);
	return err_set(err, E_FACTOR, "the account's own password, which does "
	    "not do beside its second factor");
}

/* 0 if the password is the account's. */
static int
authenticate(struct attempt *t, struct work *c, struct err *err)
{
	struct vault_state *v = t->v;
	int rc = attempt_check_limits(t, err);

	if (rc < 0)
		return rc;
	read_app_password(t, c->a);
	rc = attempt_look_up(t, c, err);
	if (rc < 0)
		return rc;
	if (t->app_typed && app_proof_is(&t->app, t->row.proof))
		attempt_judge_app(t);
	t->proof = proof_of(v->auth_cache, t->row.account ?
	    t->credential.hash : t->row.address, t->ask->password);
	/* Others failed while store was asked, or may have been here before. */
	rc = attempt_check_limits(t, err);
	if (rc == 0 && !t->by_app && !auth_cache_find(v->auth_cache,
	    &t->proof, loop_now_ms(v->loop)))
		rc = prove(t, c, err);
	if (rc == 0)
		rc = attempt_check_factor(t, c, err);
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

/* The mechanisms that say a password. */
static int
check_mechanism(const struct login_ask *ask, struct err *err)
{
	return str_eqi(ask->mechanism, STR("PLAIN")) ||
	    str_eqi(ask->mechanism, STR("LOGIN")) ? 0 :
	    err_set(err, E_INVALID, "unknown mechanism");
}

/* An authorization identity is somebody else's name (RFC 4616 2): nobody may
 * act for others yet. */
int
attempt_check_fields(const struct vault_client *c,
    const struct login_ask *ask, struct err *err)
{
	if (!is_own_service(c, ask->service))
		return err_set(err, E_INVALID, "no service of this worker");
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
	rc = check_mechanism(ask, err);
	if (rc == 0)
		rc = attempt_check_fields(c->client, ask, err);
	if (rc == 0 && ask->service != SERVICE_page)
		return err_set(err, E_INVALID, "only from a page");

	if (rc == 0)
		rc = authenticate(&t, c, err);
	if (rc == E_DENIED || rc == E_BUSY)
		journal(&t, JOURNAL_login_failed, err, c->a);
	*row = t.row;
	return rc;
}

/* The account may come in ------------------------------------------------- */

static void
reply_login(struct work *c, const struct attempt *by, const struct ticket *t,
    int fd)
{
	auto_buf token = BUF_INIT(512);
	struct scram_final_answer proven = { .signature = by->signature };
	struct login_answer answer = { .account = t->account,
		.address = t->address,
		.ticket = str_make((const char *)t->id, TICKET_LEN),
		.label = by->by_app ? by->row.label : STR_NULL,
		.until = by->until };

	vault_put_token(c, t, &token);
	answer.token = buf_get(&token);
	if (by->signature.n == 0) {
		ipc_reply(c->req, &answer, fd);
		return;
	}
	MSG_COPY(login_in, &proven, &answer);
	ipc_reply(c->req, &proven, fd);
}

void
attempt_refused(const struct attempt *t, int rc, struct err *err,
    struct arena *a)
{
	if (rc == E_DENIED || rc == E_BUSY ||
	    (rc == E_FACTOR && t->ask->service != SERVICE_page))
		journal(t, JOURNAL_login_failed, err, a);
}

void
attempt_welcome(struct attempt *t, struct work *c)
{
	/* The ask goes with its answer. */
	struct str password = str_dup(c->a, t->ask->password);
	struct app_password_used_ask use;
	struct logged_in_ask in;
	struct ticket ticket;
	struct err err = { 0 };
	bool news, elsewhere;
	int fd = -1, rc = vault_open_account(c, t->row.account,
	    t->ask->service, &fd, &err);

	if (rc == 0)
		rc = vault_make_ticket(c, t, &ticket, &err);
	if (rc < 0) {
		ipc_fail(c->req, rc, err.text);
	} else {
		journal(t, JOURNAL_login, NULL, c->a);
		news = is_news(t, c->a, &use);
		elsewhere = is_from_elsewhere(t, c->a, &in);
		reply_login(c, t, &ticket, fd);
		if (news)
			note_use(c, &use);
		if (elsewhere)
			note_network(c, &in);
		vault_renew_keys(t, c, password);
	}
	if (password.n > 0)
		sodium_memzero((char *)(uintptr_t)password.p, password.n);
	if (fd >= 0)
		(void)close(fd);
}

void
vault_log_in(struct work *c)
{
	struct attempt t = { .v = c->client->v, .ask = c->req->ask };
	int64_t began_ms = loop_now_ms(t.v->loop);
	struct err err = { 0 };
	int rc = check_mechanism(t.ask, &err);

	attempt_find_network(&t, c->a);
	if (rc == 0)
		rc = attempt_check_fields(c->client, t.ask, &err);
	if (rc == 0)
		rc = authenticate(&t, c, &err);
	if (rc == 0) {
		attempt_welcome(&t, c);
		return;
	}
	rc = attempt_even_out(&t, c, began_ms, rc, &err);
	attempt_refused(&t, rc, &err, c->a);
	ipc_fail(c->req, rc, err.text);
}
