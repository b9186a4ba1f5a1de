/*
 * role_scram.c - SCRAM: somebody proves a password and does not say it.
 *                                                         RFC 5802, RFC 7677
 *
 * Who asks has read the messages; what is computed here are octets.
 */
#include <sodium.h>

#include "base/b64.h"
#include "vault/role_attempt.h"
#include "vault/scram_grammar.h"

/* Keys -------------------------------------------------------------------- */

static struct seal_what
app_secrets_what(struct arena *a, const char *kind, struct str address,
    uint64_t number)
{
	struct str lower = str_lower(a, address);

	return (struct seal_what){ str_c(kind), arena_printf(a, "%.*s %ju",
	    STR_FMT(lower), (uintmax_t)number) };
}

static void
seal_app(struct work *c, const char *kind, struct str address,
    uint64_t number, struct str record, struct buf *sealed)
{
	struct vault_state *v = c->client->v;
	uint8_t nonce[SEAL_NONCE_LEN];

	loop_random(v->loop, nonce, sizeof(nonce));
	seal_put(&v->seal, app_secrets_what(c->a, kind, address, number),
	    nonce, record, sealed);
}

bool
vault_open_app_secrets(struct work *c, struct str address, uint64_t number,
    struct str sealed, struct app_secrets *out)
{
	struct str record;
	bool good;

	if (seal_open(&c->client->v->seal, app_secrets_what(c->a, "app-keys",
	    address, number), sealed, c->a, &record, NULL) < 0)
		return false;
	good = app_secrets_read(record, out);
	/* That for CRAM-MD5 is in it. */
	sodium_memzero((char *)(uintptr_t)record.p, record.n);
	return good;
}

void
vault_seal_app_secrets(struct work *c, struct str address, uint64_t number,
    const struct app_secrets *s, struct buf *sealed)
{
	auto_buf record = BUF_INIT(APP_SECRETS_MAX);

	app_secrets_put(s, &record);
	seal_app(c, "app-keys", address, number, buf_get(&record), sealed);
	sodium_memzero(record.p, record.n);
}

bool
vault_open_app_key(struct work *c, struct str address, uint64_t number,
    struct str sealed, struct str *spki)
{
	return seal_open(&c->client->v->seal, app_secrets_what(c->a,
	    "app-certificate", address, number), sealed, c->a, spki, NULL) ==
	    0;
}

void
vault_seal_app_key(struct work *c, struct str address, uint64_t number,
    struct str spki, struct buf *sealed)
{
	seal_app(c, "app-certificate", address, number, spki, sealed);
}

int
vault_account_salt(struct work *c, struct str address, uint8_t salt[],
    struct err *err)
{
	struct vault_state *v = c->client->v;
	struct credential_ask ask = { .login = address };
	struct credential_answer row;
	struct credential own;
	int rc = reconnect_call(&v->store, &store_calls[STORE_credential],
	    &ask, &row, c->a, NULL, c->until_ms, err);

	if (rc < 0 && rc != E_NOTFOUND)
		return rc;
	/* One that is damaged is about to be another. */
	if (rc == 0 && vault_open_credential(c, &row, &own, err) == 0)
		memcpy(salt, own.scram.salt, SCRAM_SALT_LEN);
	else
		scram_salt_of(&v->seal, str_lower(c->a, address), salt);
	return 0;
}

/* On a thread. */
struct renewal {
	const struct attempt *t;
	struct str password;
	struct app_secrets app;		/* of an app password */
	struct buf record;		/* of the account's own */
	bool made;
};

static void
renew_work(void *arg)
{
	struct renewal *n = arg;

	n->made = n->t->by_app ? credential_keys(n->password,
	    &n->app.scram) :
	    credential_renew(&n->t->credential, n->password, &n->record);
}

/* What there is of an app password goes into app. */
static bool
has_keys(const struct attempt *t, struct work *c, struct app_secrets *app)
{
	const struct scram_keys *own = &t->credential.scram;

	/* A foreign one gets them in another way: role_foreign.c. */
	if (!t->by_app)
		return !t->credential.old;
	if (!vault_open_app_secrets(c, t->row.address, t->app.number,
	    t->row.app_keys, app)) {
		*app = (struct app_secrets){ 0 };
		return false;
	}
	/* Of an account whose own has none (yet) only the salt is known. */
	return app->scram.count == (own->count ? own->count : SCRAM_COUNT) &&
	    memcmp(app->scram.salt,
	    own->salt, sizeof(own->salt)) == 0;
}

static void
put_renewed(struct renewal *n, struct work *c)
{
	struct vault_state *v = c->client->v;
	const struct attempt *t = n->t;
	auto_buf sealed = BUF_INIT(CREDENTIAL_MAX + SEAL_OVERHEAD);
	struct keys_renew_ask put = { vault_change(v), t->row.account,
		t->by_app ? t->app.number : 0, STR_NULL,
		t->by_app ? t->row.app_keys : t->row.sealed };
	uint8_t nonce[SEAL_NONCE_LEN];
	struct done done;
	struct err err;

	if (t->by_app) {
		vault_seal_app_secrets(c, t->row.address, t->app.number,
		    &n->app, &sealed);
	} else {
		loop_random(v->loop, nonce, sizeof(nonce));
		seal_put(&v->seal, credential_what(c->a, t->row.address),
		    nonce, buf_get(&n->record), &sealed);
	}
	put.sealed = buf_get(&sealed);
	/* Where it is lost, or comes too late, the next login does it. */
	(void)reconnect_call(&v->store, &store_calls[STORE_keys_renew], &put,
	    &done, c->a, NULL, c->until_ms, &err);
}

void
vault_renew_keys(const struct attempt *t, struct work *c,
    struct str password)
{
	struct renewal n = { .t = t, .password = password,
		.record = BUF_INIT(CREDENTIAL_MAX) };

	if (password.n > 0 && !has_keys(t, c, &n.app)) {
		memcpy(n.app.scram.salt, t->credential.scram.salt,
		    SCRAM_SALT_LEN);
		if (rt_work(c->client->v->hashers, renew_work, &n) == 0 &&
		    n.made)
			put_renewed(&n, c);
	}
	if (n.record.p)
		sodium_memzero(n.record.p, n.record.n);
	sodium_memzero(&n.app, sizeof(n.app));
	buf_free(&n.record);
}

/* The first message ------------------------------------------------------- */

enum { NONCE_LEN = 18 };	/* 24 characters */

static int
check_ask(const struct work *c, const struct login_ask *ask,
    struct str nonce, struct err *err)
{
	enum scram_hash hash;
	int rc = attempt_check_fields(c->client, ask, err);

	if (rc < 0)
		return rc;
	if (!scram_hash_named(ask->mechanism, &hash) ||
	    (ask->service & (SERVICE_http | SERVICE_page)))
		return err_set(err, E_INVALID, "unknown mechanism");
	if (!scram_is_nonce(nonce) || ask->user.n == 0)
		return err_set(err, E_INVALID, "no message of SCRAM's");
	return 0;
}

/* What everybody is told, whether they are there or not. */
static void
put_first(const struct attempt *t, struct arena *a, struct str client_nonce,
    struct buf *b)
{
	const struct scram_keys *own = &t->credential.scram;
	uint8_t random[NONCE_LEN], salt[SCRAM_SALT_LEN];
	auto_buf nonce = BUF_INIT(SCRAM_NONCE_MAX + 2 * NONCE_LEN);

	if (t->row.account)
		memcpy(salt, own->salt, sizeof(salt));
	else
		scram_salt_of(&t->v->seal, str_lower(a, t->ask->user), salt);
	loop_random(t->v->loop, random, sizeof(random));
	buf_str(&nonce, client_nonce);
	b64_put(&nonce, str_make((const char *)random, sizeof(random)));
	scram_put_first(b, buf_get(&nonce), str_make((const char *)salt,
	    sizeof(salt)), own->count ? own->count : SCRAM_COUNT);
}

static void
begin_exchange(struct attempt *t, struct work *c,
    const struct scram_first_ask *ask)
{
	struct vault_client *client = c->client;
	auto_buf first = BUF_INIT(512);
	uint8_t id[EXCHANGE_ID_LEN];
	struct scram_first_answer answer = {
		str_make((const char *)id, sizeof(id)) };

	put_first(t, c->a, ask->nonce, &first);
	answer.message = buf_get(&first);
	loop_random(t->v->loop, id, sizeof(id));
	if (!client->exchanges)
		client->exchanges = exchanges_new();
	exchanges_add(client->exchanges, id, &(struct exchange){
	    ask->mechanism, ask->user, ask->peer, ask->service, ask->bare,
	    answer.message }, loop_now_ms(t->v->loop));
	ipc_reply(c->req, &answer, -1);
}

void
vault_begin_scram(struct work *c)
{
	const struct scram_first_ask *ask = c->req->ask;
	struct login_ask login = { .mechanism = ask->mechanism,
		.authzid = ask->authzid, .user = ask->user,
		.peer = ask->peer, .service = ask->service };
	struct attempt t = { .v = c->client->v, .ask = &login };
	int64_t began_ms = loop_now_ms(t.v->loop);
	struct err err = { 0 };
	int rc = check_ask(c, &login, ask->nonce, &err);

	if (rc == 0)
		rc = attempt_check_limits(&t, &err);
	if (rc == 0)
		rc = attempt_look_up(&t, c, &err);
	if (rc == 0)
		rc = attempt_check_limits(&t, &err);
	if (rc == 0) {
		attempt_wait(c, began_ms);
		begin_exchange(&t, c, ask);
		return;
	}
	attempt_refused(&t, rc, &err, c->a);
	ipc_fail(c->req, rc, err.text);
}

/* The proof --------------------------------------------------------------- */

struct proving {
	struct attempt *t;
	struct work *c;
	enum scram_hash hash;
	struct str auth_message, proof;
	uint8_t signature[SCRAM_KEY_MAX];
};

/* The keys of one app password. */
static bool
is_of_app(void *arg, const struct app_secrets *s)
{
	struct proving *p = arg;

	return scram_prove(&s->scram, p->hash, p->auth_message, p->proof,
	    p->signature);
}

int
attempt_find_app(struct attempt *t, struct work *c,
    bool (*is)(void *arg, const struct app_secrets *s), void *arg,
    uint64_t *number, struct err *err)
{
	struct app_keys_ask ask = { t->row.account };
	struct app_keys_answer answer;
	struct app_secrets s;
	struct rd r;
	int rc = reconnect_call(&t->v->store, &store_calls[STORE_app_keys],
	    &ask, &answer, c->a, NULL, c->until_ms, err);

	*number = 0;
	if (rc < 0)
		return rc;
	r = rd_of(answer.rows);
	while (rc == 0 && *number == 0 && rd_left(&r) > 0) {
		struct app_keys_row row;

		if (!msg_take(&r, &app_keys_row_shape, &row))
			rc = err_set(err, E_PROTO, "no app passwords");
		else if (vault_open_app_secrets(c, t->row.address, row.number,
		    row.keys, &s) && is(arg, &s))
			*number = row.number;
	}
	sodium_memzero(&s, sizeof(s));
	return rc;
}

/* Which password was it? E_DENIED: none of theirs, or none that is good here.
 * Every wrong proof is a guess of its own: it does not show whether it is the
 * last one again. */
static int
find_password(struct proving *p, struct err *err)
{
	struct attempt *t = p->t;
	bool own = scram_prove(&t->credential.scram, p->hash,
	    p->auth_message, p->proof, p->signature) && t->row.account;
	int rc = own ? 0 : attempt_find_app(t, p->c, is_of_app, p,
	    &t->app.number, err);

	if (rc == 0 && t->app.number) {
		rc = attempt_look_up(t, p->c, err);
		if (rc == 0 && t->row.account && t->row.proof.n > 0)
			attempt_judge_app(t);
	}
	if (rc == 0)
		rc = attempt_check_limits(t, err);
	if (rc < 0)
		return rc;
	if (!own && !t->by_app)
		return attempt_wrong(t, loop_random64(t->v->loop), err);
	t->signature = str_make((const char *)p->signature,
	    scram_hash_len(p->hash));
	return 0;
}

static int
prove_exchange(struct attempt *t, struct work *c, const struct exchange *x,
    struct err *err)
{
	const struct scram_final_ask *ask = c->req->ask;
	struct proving p = { .t = t, .c = c, .proof = ask->proof,
		.auth_message = arena_printf(c->a, "%.*s,%.*s,%.*s",
		    STR_FMT(x->bare), STR_FMT(x->first),
		    STR_FMT(ask->without_proof)) };
	int rc;

	if (!scram_hash_named(x->mechanism, &p.hash))
		return err_set(err, E_INVALID, "unknown mechanism");
	rc = attempt_check_limits(t, err);
	if (rc == 0)
		rc = attempt_look_up(t, c, err);
	if (rc == 0)
		rc = attempt_check_limits(t, err);
	if (rc == 0)
		rc = find_password(&p, err);
	/* The same password is the same guess, where it does not do. */
	t->proof = proof_of(t->v->auth_cache, t->credential.hash,
	    STR("SCRAM"));
	if (rc == 0)
		rc = attempt_check_factor(t, c, err);
	if (rc == 0) {
		login_limit_passed(t->v->login_limit, t->ask->peer,
		    t->row.address, loop_now_ms(t->v->loop));
		t->signature = str_dup(c->a, t->signature);
	}
	return rc;
}

void
vault_prove_scram(struct work *c)
{
	const struct scram_final_ask *ask = c->req->ask;
	struct vault_client *client = c->client;
	struct login_ask login;
	struct attempt t = { .v = client->v, .ask = &login };
	int64_t began_ms = loop_now_ms(client->v->loop);
	struct exchange x;
	struct err err = { 0 };
	int rc;

	if (!client->exchanges || !exchanges_take(client->exchanges,
	    ask->exchange, loop_now_ms(client->v->loop), c->a, &x)) {
		ipc_fail(c->req, E_STALE, "no such exchange");
		return;
	}
	login = (struct login_ask){ .mechanism = x.mechanism, .user = x.user,
		.peer = x.peer, .service = x.service };
	attempt_find_network(&t, c->a);
	rc = prove_exchange(&t, c, &x, &err);
	if (rc == 0) {
		attempt_welcome(&t, c);
		return;
	}
	attempt_wait(c, began_ms);
	attempt_refused(&t, rc, &err, c->a);
	ipc_fail(c->req, rc, err.text);
}
