/*
 * role_passwords.c - passwords that are chosen, and made: for the operator, and
 * for people who prove the one they have.
 */
#include <sodium.h>

#include "vault/password_rule.h"
#include "vault/role_attempt.h"
#include "vault/tls_proof.h"

struct sealing {
	struct str password;
	bool hashed;		/* elsewhere, and this is what became of it */
	uint8_t salt[SCRAM_SALT_LEN];
	struct buf record;
	struct err err;
	int rc;
};

static void
make_work(void *arg)
{
	struct sealing *s = arg;

	s->rc = s->hashed ?
	    credential_foreign(s->password, s->salt, &s->record, &s->err) :
	    credential_make(s->password, s->salt, &s->record, &s->err);
}

/* A credential of this account. Suspends. */
static int
seal_password(struct work *c, struct str address, struct str password,
    bool hashed, struct buf *sealed, struct err *err)
{
	struct vault_state *v = c->client->v;
	struct sealing s = { .password = password, .hashed = hashed,
		.record = BUF_INIT(CREDENTIAL_MAX) };
	uint8_t nonce[SEAL_NONCE_LEN];

	s.rc = vault_account_salt(c, address, s.salt, &s.err);
	if (s.rc == 0 && rt_work(v->hashers, make_work, &s) < 0)
		s.rc = err_set(&s.err, E_BUSY, "too many logins at once");
	if (s.rc == 0) {
		loop_random(v->loop, nonce, sizeof(nonce));
		seal_put(&v->seal, credential_what(c->a, address), nonce,
		    buf_get(&s.record), sealed);
	}
	if (s.record.p)
		sodium_memzero(s.record.p, s.record.n);
	buf_free(&s.record);
	*err = s.err;
	return s.rc;
}

/* What it is to be proven by, as it is shown. Suspends. */
struct app_keying {
	struct str shown;
	struct app_secrets s;
	bool made;
};

static void
app_keys_work(void *arg)
{
	struct app_keying *k = arg;

	k->made = credential_keys(k->shown, &k->s.scram);
}

static int
make_app_secrets(struct work *c, const struct app_password_ask *ask,
    uint64_t number, struct str shown, struct buf *sealed, struct err *err)
{
	struct app_keying k = { .shown = shown,
		.s.cram = ask->kind == APP_cram_md5 };
	int rc = vault_account_salt(c, ask->address, k.s.scram.salt, err);

	if (rc < 0)
		return rc;
	if (rt_work(c->client->v->hashers, app_keys_work, &k) < 0 || !k.made)
		rc = err_set(err, E_BUSY, "too many logins at once");
	if (rc == 0 && k.s.cram)
		memcpy(k.s.shown, shown.p, sizeof(k.s.shown));
	if (rc == 0)
		vault_seal_app_secrets(c, ask->address, number, &k.s, sealed);
	sodium_memzero(&k.s, sizeof(k.s));
	return rc;
}

/* For who asks from there; empty: the operator. Suspends. text is for the
 * caller to wipe. */
static int
make_app_password(struct work *c, const struct app_password_ask *ask,
    struct str peer, char text[APP_PASSWORD_TEXT], struct err *err)
{
	struct vault_state *v = c->client->v;
	uint8_t random[APP_PASSWORD_SIGNS];
	struct app_password made;
	struct app_proof proof;
	struct app_password_add_ask add = { vault_change(v), ask->address,
		0, str_make((const char *)proof.octets, sizeof(proof.octets)),
		ask->label, ask->services, ask->expires, peer,
		.kind = ask->kind };
	auto_buf keys = BUF_INIT(APP_KEYS_MAX);
	struct done done;
	int rc;

	loop_random(v->loop, random, sizeof(random));
	app_password_of(random, &made);
	app_proof_of(&v->seal, str_lower(c->a, ask->address), &made, &proof);
	app_password_show(&made, text);
	sodium_memzero(random, sizeof(random));
	sodium_memzero(&made, sizeof(made));
	add.number = proof.number;
	rc = make_app_secrets(c, ask, proof.number,
	    str_make(text, APP_PASSWORD_TEXT), &keys, err);
	if (rc < 0)
		return rc;
	add.keys = buf_get(&keys);
	return reconnect_call(&v->store, &store_calls[STORE_app_password_add],
	    &add, &done, c->a, NULL, c->until_ms, err);
}

/* The operator's ---------------------------------------------------------- */

void
vault_seal_password(struct work *c)
{
	const struct seal_password_ask *ask = c->req->ask;
	auto_buf sealed = BUF_INIT(CREDENTIAL_MAX + SEAL_OVERHEAD);
	struct seal_password_answer answer;
	struct err err = { 0 };
	int rc = seal_password(c, ask->address, ask->password, ask->hashed,
	    &sealed, &err);

	answer.sealed = buf_get(&sealed);
	if (rc < 0)
		ipc_fail(c->req, rc, err.text);
	else
		ipc_reply(c->req, &answer, -1);
}

static void
answer_app_password(struct work *c, const struct app_password_ask *ask,
    struct str peer)
{
	char text[APP_PASSWORD_TEXT];
	struct app_password_answer answer = { str_make(text, sizeof(text)) };
	struct err err = { 0 };
	int rc = make_app_password(c, ask, peer, text, &err);

	if (rc < 0)
		ipc_fail(c->req, rc, err.text);
	else
		ipc_reply(c->req, &answer, -1);
	sodium_memzero(text, sizeof(text));
}

/* Nothing is made: what is bound lies in the operator's file. */
static int
bind_certificate(struct work *c, const struct app_password_ask *ask,
    struct err *err)
{
	struct vault_state *v = c->client->v;
	OSSL_LIB_CTX *lib = tls_lib_ctx(v->lib);
	uint8_t hash[CERTIFICATE_HASH];
	struct app_proof proof;
	struct app_password_add_ask add = { vault_change(v), ask->address,
		0, str_make((const char *)proof.octets, sizeof(proof.octets)),
		ask->label, ask->services, ask->expires,
		.kind = APP_certificate };
	auto_buf sealed = BUF_INIT(APP_KEYS_MAX);
	struct done done;

	if (!tls_proof_is_key(lib, ask->key))
		return err_set(err, E_INVALID, "a key that is bound is RSA of "
		    "2048 bits at least, P-256, P-384, P-521 or Ed25519");
	if (ask->services & ~(uint32_t)(SERVICE_imap | SERVICE_pop3 |
	    SERVICE_smtp))
		return err_set(err, E_INVALID, "certificates are for imap, "
		    "pop3 and smtp");
	if (EVP_Q_digest(lib, "SHA256", NULL, ask->key.p, ask->key.n, hash,
	    NULL) != 1)
		return err_set(err, E_TLS, "no SHA-256");
	certificate_proof_of(&v->seal, str_make((const char *)hash,
	    sizeof(hash)), &proof);
	add.number = proof.number;
	vault_seal_app_key(c, ask->address, proof.number, ask->key, &sealed);
	add.keys = buf_get(&sealed);
	return reconnect_call(&v->store, &store_calls[STORE_app_password_add],
	    &add, &done, c->a, NULL, c->until_ms, err);
}

void
vault_app_password(struct work *c)
{
	const struct app_password_ask *ask = c->req->ask;
	struct app_password_answer answer = { STR_NULL };
	struct err err = { 0 };
	int rc;

	if (ask->kind != APP_certificate) {
		answer_app_password(c, ask, STR_NULL);
		return;
	}
	rc = bind_certificate(c, ask, &err);
	if (rc < 0)
		ipc_fail(c->req, rc, err.text);
	else
		ipc_reply(c->req, &answer, -1);
}

/* One's own --------------------------------------------------------------- */

static void
journal_changed(struct work *c, struct str peer, struct str address,
    const char *what)
{
	struct journal_ask ask = { .event = JOURNAL_password, .peer = peer,
		.address = address, .text = str_c(what) };

	reconnect_notify(&c->client->v->store, &store_calls[STORE_journal],
	    &ask);
}

static int
change_own(struct work *c, const struct own_password_ask *ask,
    struct err *err)
{
	struct vault_state *v = c->client->v;
	struct own_words words = { 0 };
	auto_buf sealed = BUF_INIT(CREDENTIAL_MAX + SEAL_OVERHEAD);
	struct account_passwd_ask put = { .change = vault_change(v) };
	struct credential_answer row = { 0 };
	struct done done;
	int rc;

	MSG_COPY(own_words, &words, ask);
	rc = vault_prove_own(c, &words, &row, err);
	put.address = row.address;
	if (rc == 0 && attempt_is_elsewhere(&row))
		return err_set(err, E_INVALID, "this password is changed "
		    "where it is kept: %s", row.by_pam ?
		    "by the system that this server runs on" :
		    "in your organisation's directory");
	if (rc == 0)
		rc = password_check(ask->chosen, put.address, err);
	if (rc == 0)
		rc = seal_password(c, put.address, ask->chosen, false,
		    &sealed, err);
	if (rc < 0)
		return rc;
	put.sealed = buf_get(&sealed);
	/* Nor does it undo what the operator, or who has it back, did while
	 * this one was hashed. */
	put.was = row.sealed;
	put.peer = ask->peer;
	rc = reconnect_call(&v->store, &store_calls[STORE_account_passwd],
	    &put, &done, c->a, NULL, c->until_ms, err);
	if (rc == 0)
		journal_changed(c, ask->peer, put.address,
		    "its owner chose another");
	return rc;
}

void
vault_own_password(struct work *c)
{
	struct vault_done answer = { 0 };
	struct err err = { 0 };
	int rc = change_own(c, c->req->ask, &err);

	if (rc < 0)
		ipc_fail(c->req, rc, err.text);
	else
		ipc_reply(c->req, &answer, -1);
}

void
vault_own_app_password(struct work *c)
{
	const struct own_app_password_ask *ask = c->req->ask;
	struct app_password_ask app = { .label = ask->label,
		.services = ask->services, .expires = ask->expires };
	struct own_words words = { 0 };
	struct credential_answer row = { 0 };
	struct err err = { 0 };
	int rc;

	MSG_COPY(own_words, &words, ask);
	rc = vault_prove_own(c, &words, &row, &err);
	app.address = row.address;
	if (rc < 0)
		ipc_fail(c->req, rc, err.text);
	else
		answer_app_password(c, &app, ask->peer);
}
