/*
 * role_keys.c - the keys and chains of TLS, from files of the operator or from
 * store, and signatures with them.                          RFC 8446 4.4.3
 */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>

#include "base/rd.h"
#include "vault/role_int.h"
#include "vault/selfsigned.h"
#include "vault/sign.h"

enum { PEM_MAX = 100000, RETRY_MS = 500, KEYS_POLL_MS = 20 };

#define KIND_KEY STR("tls-key")
#define KIND_CHAIN STR("tls-chain")

/* The keys ------------------------------------------------------------ */

/* The same chain has the same number at every start, so a handshake that
 * began before a restart of ours can end after it. */
static uint32_t
number_of(struct str chain)
{
	uint8_t hash[32];
	struct rd r = rd_of(str_make((char *)hash, sizeof(hash)));

	(void)crypto_generichash(hash, sizeof(hash), (const uint8_t *)chain.p,
	    chain.n, NULL, 0);
	return rd_le32(&r);
}

/* Does the key belong to the first certificate? OpenSSL knows. */
static int
fits(struct vault_state *v, struct str chain, EVP_PKEY *key, struct err *err)
{
	struct tls_ctx *ctx = tls_ctx_new(v->lib, err);
	int rc = tls_ctx_add(ctx, chain, key, err);

	tls_ctx_unref(ctx);
	return rc;
}

static int
add_key(struct vault_state *v, struct str chain, struct str key_pem,
    struct err *err)
{
	EVP_PKEY *key = pem_key(tls_lib_ctx(v->lib), key_pem);
	struct tls_key *k = &v->keys[v->nkeys];
	int rc;

	if (!key)
		return err_set(err, E_INVALID, "no private key (without a "
		    "pass phrase) in PEM");
	rc = v->nkeys < KEYS_MAX ? fits(v, chain, key, err) :
	    err_set(err, E_LIMIT, "more than %d certificates", KEYS_MAX);
	if (rc < 0) {
		EVP_PKEY_free(key);
		return rc;
	}
	*k = (struct tls_key){ number_of(chain), malloc(chain.n), chain.n,
		key };
	bug_if(!k->chain);
	memcpy(k->chain, chain.p, chain.n);
	v->nkeys++;
	return 0;
}

void
keys_free(struct vault_state *v)
{
	for (size_t i = 0; i < v->nkeys; i++) {
		EVP_PKEY_free(v->keys[i].key);
		free(v->keys[i].chain);
	}
	v->nkeys = 0;
}

/* Files of the operator's ---------------------------------------------- */

static int
read_pem(struct str path, struct buf *to, struct err *err)
{
	auto_buf name = BUF_INIT(4096);
	ssize_t n;
	char *room;
	int fd;

	buf_str(&name, path);
	buf_chr(&name, 0);
	room = buf_room(to, PEM_MAX);
	bug_if(!room || buf_failed(&name));
	fd = open(name.p, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return err_sys(err, E_IO, "certificate: %s", name.p);
	n = read(fd, room, PEM_MAX);
	if (n <= 0 || n == PEM_MAX) {
		(void)close(fd);
		return err_set(err, E_IO, "certificate: %s: %s", name.p,
		    n == 0 ? "empty" : n < 0 ? "cannot be read" : "too large");
	}
	(void)close(fd);
	buf_added(to, (size_t)n);
	return 0;
}

static int
add_files(struct vault_state *v, const struct cert_conf *c, struct err *err)
{
	auto_buf chain = BUF_INIT(PEM_MAX), key = BUF_INIT(PEM_MAX);
	struct err why = { 0 };
	int rc = read_pem(c->chain_path, &chain, err);

	if (rc == 0)
		rc = read_pem(c->key_path, &key, err);
	if (rc < 0)
		return rc;
	rc = add_key(v, buf_get(&chain), buf_get(&key), &why);
	sodium_memzero(key.p, key.n);
	if (rc < 0)
		return err_set(err, rc, "%.*s: %s", STR_FMT(c->chain_path),
		    why.text);
	return 0;
}

int
keys_from_files(struct vault_state *v, struct err *err)
{
	struct rd r = rd_of(v->role->config.certificates);
	struct cert_conf c;

	while (rd_left(&r) > 0) {
		if (!msg_take(&r, &cert_conf_shape, &c))
			return err_set(err, E_INVALID, "certificates");
		if (add_files(v, &c, err) < 0)
			return err->code;
	}
	return 0;
}

/* Secrets, kept by store ------------------------------------------------- */

int
secret_get(struct vault_state *v, enum secret_kind kind,
    struct seal_what what, int64_t until_ms, struct arena *a,
    struct str *secret, struct err *err)
{
	struct secret_get_ask ask = { kind, what.name };
	struct secret_get_answer answer;
	int rc = reconnect_call(&v->store, &store_calls[STORE_secret_get], &ask,
	    &answer, a, NULL, until_ms, err);

	if (rc < 0)
		return rc;
	return seal_open(&v->seal, what, answer.sealed, a, secret, err);
}

int
secret_put(struct vault_state *v, enum secret_kind kind,
    struct seal_what what, struct str secret, int64_t until_ms,
    struct err *err)
{
	uint64_t ms = (uint64_t)(loop_wall_us(v->loop) / 1000);
	uint64_t change = ms << 20 | (loop_random64(v->loop) & 0xfffff);
	auto_buf sealed = BUF_INIT(PEM_MAX);
	uint8_t nonce[SEAL_NONCE_LEN];
	struct secret_put_ask ask = { change, kind, what.name, STR_NULL };
	struct arena *a = arena_new(4096);
	struct done answer;
	int rc;

	loop_random(v->loop, nonce, sizeof(nonce));
	seal_put(&v->seal, what, nonce, secret, &sealed);
	ask.sealed = buf_get(&sealed);
	rc = reconnect_call(&v->store, &store_calls[STORE_secret_put], &ask,
	    &answer, a, NULL, until_ms, err);
	arena_free(a);
	return rc;
}

/* Our own certificate ----------------------------------------------------- */

static int
make_own(struct vault_state *v, struct str name, struct err *err)
{
	auto_buf chain = BUF_INIT(PEM_MAX), key = BUF_INIT(PEM_MAX);
	int rc = selfsigned_make(tls_lib_ctx(v->lib), name,
	    loop_wall(v->loop), &chain, &key, err);

	if (rc == 0)
		rc = secret_put(v, SECRET_tls_key, (struct seal_what){
		    KIND_KEY, name }, buf_get(&key), NEVER, err);
	if (rc == 0)
		rc = secret_put(v, SECRET_tls_chain, (struct seal_what){
		    KIND_CHAIN, name }, buf_get(&chain), NEVER, err);
	if (rc == 0)
		rc = add_key(v, buf_get(&chain), buf_get(&key), err);
	if (key.p)
		sodium_memzero(key.p, key.n);
	return rc;
}

/* Key first, chain second: if one is missing, neither was ever used. */
static int
load_own(struct vault_state *v, struct str name, struct err *err)
{
	struct arena *a = arena_new(PEM_MAX * 8);
	struct str key, chain;
	int rc;

	rc = secret_get(v, SECRET_tls_key, (struct seal_what){ KIND_KEY,
	    name }, NEVER, a, &key, err);
	if (rc == 0)
		rc = secret_get(v, SECRET_tls_chain, (struct seal_what){
		    KIND_CHAIN, name }, NEVER, a, &chain, err);
	if (rc == 0)
		rc = add_key(v, chain, key, err);
	else if (rc == E_NOTFOUND)
		rc = make_own(v, name, err);
	arena_free(a);
	return rc;
}

static void
load(void *arg)
{
	struct vault_state *v = arg;
	struct arena *a = arena_new(4096);
	/* The configuration may be replaced while we wait. */
	struct str name = str_dup(a, v->role->config.hostname);
	struct err err = { 0 };

	while (v->nkeys == 0 && load_own(v, name, &err) < 0) {
		if (err.code == E_CANCELED)
			break;
		/* Never another key for one that does not open: the operator
		 * put back the wrong vault.key. */
		log_event(v->role->log, LOG_ERROR, "own_certificate_failed",
		    F_ERR(&err));
		if (fiber_sleep(v->loop, loop_now_ms(v->loop) + RETRY_MS) ==
		    E_CANCELED)
			break;
	}
	v->loading = false;
	arena_free(a);
}

void
keys_from_store(struct vault_state *v)
{
	if (v->nkeys > 0 || v->loading)
		return;
	v->loading = true;
	(void)fiber_spawn(v->loop, "own certificate", load, v);
}

/* Asks ---------------------------------------------------------------- */

/* Only just after the very first start is there anything to wait for. */
static bool
keys_ready(const struct work *c)
{
	const struct vault_state *v = c->client->v;
	int64_t now = loop_now_ms(v->loop);

	while (v->nkeys == 0 && now < c->until_ms) {
		if (fiber_sleep(v->loop, now + KEYS_POLL_MS) == E_CANCELED)
			return false;
		now = loop_now_ms(v->loop);
	}
	return v->nkeys > 0;
}

void
vault_certs(struct work *c)
{
	const struct certs_ask *ask = c->req->ask;
	const struct vault_state *v = c->client->v;
	const struct tls_key *k;
	struct certs_answer answer;

	if (!keys_ready(c)) {
		ipc_fail(c->req, E_PEER, "no certificate yet");
		return;
	}
	if (ask->index >= v->nkeys) {
		ipc_fail(c->req, E_NOTFOUND, "no more certificates");
		return;
	}
	k = &v->keys[ask->index];
	answer = (struct certs_answer){ str_make(k->chain, k->chain_len),
		k->number };
	ipc_reply(c->req, &answer, -1);
}

bool
keys_sign(struct vault_state *v, struct ipc_req *req)
{
	const struct tls_sign_ask *ask = req->ask;
	struct tls_sign_answer answer;
	uint8_t sig[1024];
	size_t n = sizeof(sig), i = 0;
	struct err err = { 0 };

	if (v->nkeys == 0)
		return false;
	while (i < v->nkeys && v->keys[i].number != ask->key)
		i++;
	if (i == v->nkeys) {
		ipc_fail(req, E_NOTFOUND, "no such key");
		return true;
	}
	if (sign_tls(tls_lib_ctx(v->lib), v->keys[i].key, ask->digest,
	    ask->padding, ask->octets, sig, &n, &err) < 0) {
		ipc_fail(req, err.code, err.text);
		return true;
	}
	answer.signature = str_make((const char *)sig, n);
	ipc_reply(req, &answer, -1);
	return true;
}

void
vault_tls_sign(struct work *c)
{
	if (!keys_ready(c) || !keys_sign(c->client->v, c->req))
		ipc_fail(c->req, E_PEER, "no keys yet");
}
