/*
 * role_cram.c - CRAM-MD5, by app passwords that were made for it.  RFC 2195
 */
#include "base/b64.h"
#include "vault/role_attempt.h"

enum { NONCE_LEN = 18, DIGEST_LEN = 16 };	/* 24 characters */

static int
check_ask(const struct work *c, const struct login_ask *login,
    struct err *err)
{
	int rc = attempt_check_fields(c->client, login, err);

	if (rc == 0 && (!c->client->v->role->config.cram_md5 ||
	    !vault_logs_in(c->client)))
		return err_set(err, E_INVALID, "unknown mechanism");
	return rc;
}

/* A msg-id: random, when, and where (RFC 2195 2). It is in no exchange but
 * this. */
static void
put_challenge(struct vault_state *v, struct buf *b)
{
	uint8_t random[NONCE_LEN];

	loop_random(v->loop, random, sizeof(random));
	buf_chr(b, '<');
	b64_put(b, str_make((const char *)random, sizeof(random)));
	buf_printf(b, ".%lld@%.*s>", (long long)loop_wall(v->loop),
	    STR_FMT(v->role->config.hostname));
}

void
vault_begin_cram(struct work *c)
{
	const struct cram_first_ask *ask = c->req->ask;
	struct vault_client *client = c->client;
	struct vault_state *v = client->v;
	struct login_ask login = { .mechanism = STR("CRAM-MD5"),
		.peer = ask->peer, .service = ask->service };
	struct attempt t = { .v = v, .ask = &login };
	auto_buf challenge = BUF_INIT(512);
	uint8_t id[EXCHANGE_ID_LEN];
	struct scram_first_answer answer = {
		str_make((const char *)id, sizeof(id)) };
	struct err err = { 0 };
	int rc = check_ask(c, &login, &err);

	if (rc == 0)
		rc = attempt_check_limits(&t, &err);
	if (rc < 0) {
		attempt_refused(&t, rc, &err, c->a);
		ipc_fail(c->req, rc, err.text);
		return;
	}
	put_challenge(v, &challenge);
	answer.message = buf_get(&challenge);
	loop_random(v->loop, id, sizeof(id));
	if (!client->exchanges)
		client->exchanges = exchanges_new();
	exchanges_add(client->exchanges, id, &(struct exchange){
	    .mechanism = login.mechanism, .peer = ask->peer,
	    .service = ask->service, .first = answer.message },
	    loop_now_ms(v->loop));
	ipc_reply(c->req, &answer, -1);
}

struct cram_proving {
	OSSL_LIB_CTX *lib;
	struct str challenge, digest;
};

static bool
is_of_app(void *arg, const struct app_secrets *s)
{
	const struct cram_proving *p = arg;

	return app_secrets_cram(p->lib, s, p->challenge, p->digest);
}

/* As SCRAM's: each wrong digest is a guess of its own. */
static int
prove_digest(struct attempt *t, struct work *c, struct str challenge,
    struct str digest, struct err *err)
{
	struct cram_proving p = { tls_lib_ctx(t->v->lib), challenge, digest };
	int rc = attempt_check_limits(t, err);

	if (rc == 0)
		rc = attempt_look_up(t, c, err);
	if (rc == 0)
		rc = attempt_check_limits(t, err);
	if (rc == 0)
		rc = attempt_find_app(t, c, is_of_app, &p, &t->app.number,
		    err);
	if (rc == 0 && t->app.number) {
		rc = attempt_look_up(t, c, err);
		if (rc == 0 && t->row.account &&
		    t->row.kind == APP_cram_md5)
			attempt_judge_app(t);
	}
	if (rc == 0)
		rc = attempt_check_limits(t, err);
	if (rc == 0 && !t->by_app)
		rc = attempt_wrong(t, loop_random64(t->v->loop), err);
	if (rc == 0)
		login_limit_passed(t->v->login_limit, t->ask->peer,
		    t->row.address, loop_now_ms(t->v->loop));
	return rc;
}

void
vault_prove_cram(struct work *c)
{
	const struct cram_final_ask *ask = c->req->ask;
	struct vault_client *client = c->client;
	struct login_ask login = { .user = ask->user };
	struct attempt t = { .v = client->v, .ask = &login,
		.row = { .address = ask->user } };
	int64_t began_ms = loop_now_ms(client->v->loop);
	struct exchange x;
	struct err err = { 0 };
	int rc;

	if (!client->exchanges || !exchanges_take(client->exchanges,
	    ask->exchange, loop_now_ms(client->v->loop), c->a, &x) ||
	    !str_eq(x.mechanism, STR("CRAM-MD5"))) {
		ipc_fail(c->req, E_STALE, "no such exchange");
		return;
	}
	login.mechanism = x.mechanism;
	login.peer = x.peer;
	login.service = x.service;
	attempt_find_network(&t, c->a);
	rc = check_ask(c, &login, &err);
	if (rc == 0)
		rc = prove_digest(&t, c, x.first, ask->digest, &err);
	if (rc == 0) {
		attempt_welcome(&t, c);
		return;
	}
	attempt_wait(c, began_ms);
	attempt_refused(&t, rc, &err, c->a);
	ipc_fail(c->req, rc, err.text);
}
