/*
 * role_external.c - somebody has shown a certificate in their TLS handshake
 * with a front.                                       RFC 4422 appendix A
 *
 * The front is not believed: see tls_proof.h. What is bound to an account is
 * the key, so who has signed the certificate and until when it is good is
 * nothing to us.
 */
#include <openssl/pem.h>
#include <sodium.h>

#include "vault/role_attempt.h"
#include "vault/sign.h"
#include "vault/tls_proof.h"

/* Handshakes -------------------------------------------------------------- */

static void
hash_leaf(struct str der, uint8_t hash[LEAF_HASH])
{
	(void)crypto_generichash(hash, LEAF_HASH, (const uint8_t *)der.p,
	    der.n, NULL, 0);
}

bool
keys_hash_leaf(struct str chain_pem, uint8_t hash[LEAF_HASH])
{
	BIO *bio = BIO_new_mem_buf(chain_pem.p, (int)chain_pem.n);
	X509 *leaf = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	unsigned char *der = NULL;
	int n = leaf ? i2d_X509(leaf, &der) : 0;

	if (n > 0)
		hash_leaf(str_make((const char *)der, (size_t)n), hash);
	OPENSSL_free(der);
	X509_free(leaf);
	BIO_free(bio);
	return n > 0;
}

/* Those of submission, IMAP and POP3 log people in so. Ed25519 and PKCS #1 sign
 * the same octets with the same signature, whenever they are asked: that shows
 * of no handshake that it is of now. tls_shown.c does not even offer it. */
void
vault_note_handshake(struct vault_client *c, const struct tls_sign_ask *ask,
    struct str signature)
{
	if (!vault_logs_in(c) || !c->v->role->config.client_certificates ||
	    ask->digest.n == 0 || ask->padding == SIGN_PAD_PKCS1)
		return;
	if (!c->handshakes)
		c->handshakes = handshakes_new();
	handshakes_add(c->handshakes, ask->octets, signature, ask->key,
	    loop_now_ms(c->v->loop));
}

/* Did we make this signature, for this very handshake and this front, lately,
 * and was it of no use yet? */
static bool
is_signed(struct work *c, const struct tls_proof_parts *parts,
    uint32_t *number)
{
	struct vault_client *client = c->client;

	return client->handshakes && handshakes_take(client->handshakes,
	    parts->ours, parts->signature, loop_now_ms(client->v->loop),
	    number);
}

/* Was the client shown the certificate of the key that signed? */
static bool
is_of_ours(const struct work *c, const struct tls_proof_parts *parts,
    uint32_t number)
{
	const struct tls_key *k = keys_find(c->client->v, number);
	uint8_t leaf[LEAF_HASH];

	hash_leaf(parts->leaf, leaf);
	return k && memcmp(leaf, k->leaf, sizeof(leaf)) == 0;
}

/* The attempt ------------------------------------------------------------- */

/* The same key again is the same guess. */
static int
wrong_certificate(struct attempt *t, const struct external_ask *ask,
    const char *why, struct err *err)
{
	struct proof proof = proof_of(t->v->auth_cache, t->ask->mechanism,
	    ask->key);

	vault_count_wrong(t->v, t->ask, &t->row, proof_guess(&proof));
	return err_set(err, E_DENIED, "%s", why);
}

/* Who says nothing has it bound to one account. */
static int
find_owner(struct attempt *t, struct work *c, struct login_ask *login,
    struct err *err)
{
	struct certificate_owner_ask ask = { t->app.number };
	struct certificate_owner_answer answer;
	int rc;

	if (login->user.n > 0)
		return 0;
	rc = reconnect_call(&t->v->store,
	    &store_calls[STORE_certificate_owner], &ask, &answer, c->a, NULL,
	    c->until_ms, err);
	if (rc == 0)
		login->user = answer.address;
	return rc == E_NOTFOUND ? 0 : rc;
}

static bool
is_bound(const struct attempt *t)
{
	return t->row.account && t->row.kind == APP_certificate &&
	    app_proof_is(&t->app, t->row.proof);
}

/* A handshake that we know nothing of is of before we began, or too long ago:
 * nobody has guessed anything, and nothing of any account is looked at. */
static int
check_handshake(struct attempt *t, struct work *c,
    const struct external_ask *ask, const struct tls_proof *p,
    struct tls_proof_parts *parts, struct err *err)
{
	uint32_t number;

	if (!tls_proof_read(tls_lib_ctx(t->v->lib), p, c->a, parts))
		return wrong_certificate(t, ask, "no handshake", err);
	if (!is_signed(c, parts, &number))
		return err_set(err, E_STALE, "no such handshake");
	return is_of_ours(c, parts, number) ? 0 : wrong_certificate(t, ask,
	    "a certificate that was not shown to us", err);
}

static int
prove_key(struct attempt *t, struct work *c, const struct external_ask *ask,
    struct err *err)
{
	struct tls_proof p = { ask->version, ask->scheme, ask->said,
		ask->signature };
	OSSL_LIB_CTX *lib = tls_lib_ctx(t->v->lib);
	struct tls_proof_parts parts;
	struct str spki = STR_NULL;
	int rc = check_handshake(t, c, ask, &p, &parts, err);

	if (rc < 0)
		return rc;
	if (!is_bound(t) || !vault_open_app_key(c, t->row.address,
	    t->app.number, t->row.app_keys, &spki))
		return wrong_certificate(t, ask, "a certificate that is not "
		    "theirs", err);
	if (!tls_proof_holds(lib, spki, &p, parts.theirs))
		return wrong_certificate(t, ask, "a certificate without its "
		    "key", err);
	attempt_judge_app(t);
	return t->by_app ? 0 : wrong_certificate(t, ask, t->why, err);
}

static int
check_ask(const struct work *c, const struct login_ask *login,
    const struct external_ask *ask, struct err *err)
{
	int rc = attempt_check_fields(c->client, login, err);

	if (rc == 0 && (!c->client->v->role->config.client_certificates ||
	    !vault_logs_in(c->client) || ask->key.n != CERTIFICATE_HASH))
		return err_set(err, E_INVALID, "unknown mechanism");
	return rc;
}

static int
try_certificate(struct attempt *t, struct work *c, struct login_ask *login,
    struct err *err)
{
	const struct external_ask *ask = c->req->ask;
	int rc = check_ask(c, login, ask, err);

	if (rc == 0)
		rc = attempt_check_limits(t, err);
	if (rc < 0)
		return rc;
	certificate_proof_of(&t->v->seal, ask->key, &t->app);
	rc = find_owner(t, c, login, err);
	attempt_find_network(t, c->a);
	if (rc == 0 && login->user.n > 0)
		rc = attempt_look_up(t, c, err);
	if (rc == 0)
		rc = attempt_check_limits(t, err);
	if (rc == 0)
		rc = prove_key(t, c, ask, err);
	if (rc == 0)
		login_limit_passed(t->v->login_limit, login->peer,
		    t->row.address, loop_now_ms(t->v->loop));
	return rc;
}

void
vault_take_certificate(struct work *c)
{
	const struct external_ask *ask = c->req->ask;
	struct login_ask login = { .mechanism = STR("EXTERNAL"),
		.user = ask->user, .peer = ask->peer,
		.service = ask->service };
	struct attempt t = { .v = c->client->v, .ask = &login,
		.row = { .address = ask->user } };
	int64_t began_ms = loop_now_ms(t.v->loop);
	struct err err = { 0 };
	int rc = try_certificate(&t, c, &login, &err);

	if (rc == 0) {
		attempt_welcome(&t, c);
		return;
	}
	attempt_wait(c, began_ms);
	attempt_refused(&t, rc, &err, c->a);
	ipc_fail(c->req, rc, err.text);
}
