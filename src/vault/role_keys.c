/*
 * role_keys.c - the keys and chains of TLS, those of the operator's files, and
 * signatures with them.                                     RFC 8446 4.4.3
 */
#include <errno.h>
#include <sodium.h>

#include "base/rd.h"
#include "vault/role_int.h"
#include "vault/selfsigned.h"
#include "vault/sign.h"

/* A session that began before may say STARTTLS within KEEP_MS. */
enum { PEM_MAX = 100000, PIECE = 4096, KEYS_POLL_MS = 20, KEEP_MS = 600000 };

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

int
key_set_add(struct vault_state *v, struct key_set *set, struct str chain,
    struct str key_pem, struct err *err)
{
	EVP_PKEY *key = pem_key(tls_lib_ctx(v->lib), key_pem);
	struct tls_key *k = &set->keys[set->n];
	int rc;

	if (!key)
		return err_set(err, E_INVALID, "no private key (without a "
		    "pass phrase) in PEM");
	rc = set->n < KEYS_MAX ? fits(v, chain, key, err) :
	    err_set(err, E_LIMIT, "more than %d certificates", KEYS_MAX);
	if (rc < 0) {
		EVP_PKEY_free(key);
		return rc;
	}
	*k = (struct tls_key){ .number = number_of(chain),
		.chain = malloc(chain.n), .chain_len = chain.n, .key = key };
	bug_if(!k->chain || !keys_hash_leaf(chain, k->leaf));
	memcpy(k->chain, chain.p, chain.n);
	set->n++;
	return 0;
}

/* Of the one that was added last. Old ones are kept: nobody is shown them, and
 * the next reload brings others. */
static int
add_staple(struct vault_state *v, struct key_set *set, struct str der,
    struct err *err)
{
	struct tls_key *k = &set->keys[set->n - 1];

	if (der.n > STAPLE_MAX)
		return err_set(err, E_LIMIT, "it is too large");
	if (tls_staple_check(v->lib, str_make(k->chain, k->chain_len), der,
	    &k->staple_until, err) < 0)
		return err->code;
	if (k->staple_until <= loop_wall(v->loop))
		log_event(v->role->log, LOG_WARN, "staple_old",
		    F_INT("key", k->number));
	k->staple = malloc(der.n);
	bug_if(!k->staple);
	memcpy(k->staple, der.p, der.n);
	k->staple_len = der.n;
	return 0;
}

void
key_set_free(struct key_set *set)
{
	for (size_t i = 0; i < set->n; i++) {
		EVP_PKEY_free(set->keys[i].key);
		free(set->keys[i].chain);
		free(set->keys[i].staple);
	}
	set->n = 0;
}

static void
forget_before(struct timer *t)
{
	key_set_free(&container_of(t, struct vault_state, forget)->before);
}

void
keys_use(struct vault_state *v, struct key_set *set)
{
	key_set_free(&v->before);
	v->before = v->keys;
	v->keys = *set;
	set->n = 0;
	if (v->before.n > 0)
		timer_set(v->loop, &v->forget, loop_now_ms(v->loop) + KEEP_MS,
		    forget_before);
}

/* Files of the operator's ---------------------------------------------- */

static void
files_close(struct key_files *f)
{
	for (size_t i = 0; i < f->n; i++) {
		(void)close(f->file[i].fd);
		free(f->file[i].path);
	}
	f->n = 0;
}

void
keys_free(struct vault_state *v)
{
	if (v->before.n > 0)
		timer_clear(v->loop, &v->forget);
	key_set_free(&v->before);
	key_set_free(&v->keys);
	files_close(&v->files);
}

static int
read_file(const struct key_file *f, struct buf *to, struct err *err)
{
	ssize_t n = 1;

	while (n > 0 && to->n <= PEM_MAX) {
		char *room = buf_room(to, PIECE);

		bug_if(!room);
		n = read(f->fd, room, PIECE);
		if (n < 0)
			return err_sys(err, E_IO, "certificate: %s", f->path);
		buf_added(to, (size_t)n);
	}
	return n == 0 ? 0 : err_set(err, E_LIMIT, "certificate: %s: too "
	    "large", f->path);
}

/* chain, key, staple */
static int
add_files(struct vault_state *v, struct key_set *set, const struct key_file *f,
    struct err *err)
{
	const struct key_file *chain = f, *key = f + 1, *staple = f + 2;
	auto_buf chain_pem = BUF_INIT(PEM_MAX + PIECE);
	auto_buf key_pem = BUF_INIT(PEM_MAX + PIECE);
	auto_buf der = BUF_INIT(PEM_MAX + PIECE);
	struct err why = { 0 };
	int rc = read_file(chain, &chain_pem, err);

	if (rc == 0)
		rc = read_file(key, &key_pem, err);
	if (rc == 0)
		rc = read_file(staple, &der, err);
	if (rc < 0)
		return rc;
	rc = key_set_add(v, set, buf_get(&chain_pem), buf_get(&key_pem), &why);
	if (key_pem.p)
		sodium_memzero(key_pem.p, key_pem.n);
	if (rc < 0)
		return err_set(err, rc, "certificate: chain %s and key %s: %s",
		    chain->path, key->path, why.text);
	/* The certificate is good without it: who renews both does so one
	 * after the other. */
	if (der.n > 0 && add_staple(v, set, buf_get(&der), &why) < 0)
		log_event(v->role->log, LOG_WARN, "staple_refused",
		    F_STR("file", str_c(staple->path)), F_ERR(&why));
	return 0;
}

int
keys_from_files(struct vault_state *v, struct err *err)
{
	struct key_files *f = &v->files;
	struct key_set *set = calloc(1, sizeof(*set));
	int rc = 0;

	bug_if(!set);
	for (size_t i = 0; rc == 0 && i + FILES_OF_ONE <= f->n;
	    i += FILES_OF_ONE)
		rc = add_files(v, set, &f->file[i], err);
	if (rc == 0)
		keys_use(v, set);
	v->filed = v->filed || rc == 0;
	key_set_free(set);
	free(set);
	files_close(f);
	return rc;
}

void
vault_take_file(struct role *r, const struct role_file *m, int fd)
{
	struct vault_state *v = r->state;
	struct key_files *f = &v->files;
	struct err err = { 0 };

	if (f->set != m->set)
		files_close(f);
	f->set = m->set;
	if (fd >= 0 && f->n < NELEM(f->file)) {
		f->file[f->n].path = strndup(m->path.p, m->path.n);
		bug_if(!f->file[f->n].path);
		f->file[f->n++].fd = fd;
	} else if (fd >= 0) {
		(void)close(fd);
	}
	if (m->left > 0 || !v->loop)	/* before START */
		return;
	if (f->n > 0) {
		(void)keys_from_files(v, &err);
		role_proven(r, m->set, err.text);
		return;
	}
	v->filed = false;
	v->own_set = m->set;
	secrets_open(v);
}

/* Asks ---------------------------------------------------------------- */

/* Only just after the very first start is there anything to wait for. */
static bool
keys_ready(const struct work *c)
{
	const struct vault_state *v = c->client->v;
	int64_t now = loop_now_ms(v->loop);

	while (v->keys.n == 0 && now < c->until_ms) {
		if (fiber_sleep(v->loop, now + KEYS_POLL_MS) == E_CANCELED)
			return false;
		now = loop_now_ms(v->loop);
	}
	return v->keys.n > 0;
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
	if (ask->index >= v->keys.n) {
		ipc_fail(c->req, E_NOTFOUND, "no more certificates");
		return;
	}
	k = &v->keys.keys[ask->index];
	answer = (struct certs_answer){ str_make(k->chain, k->chain_len),
		k->number, str_make(k->staple, k->staple_len),
		k->staple_until };
	ipc_reply(c->req, &answer, -1);
}

static const struct tls_key *
find_key(const struct key_set *set, uint32_t number)
{
	for (size_t i = 0; i < set->n; i++)
		if (set->keys[i].number == number)
			return &set->keys[i];
	return NULL;
}

const struct tls_key *
keys_find(const struct vault_state *v, uint32_t number)
{
	const struct tls_key *k = find_key(&v->keys, number);

	return k ? k : find_key(&v->before, number);
}

bool
keys_sign(struct vault_client *c, struct ipc_req *req)
{
	const struct tls_sign_ask *ask = req->ask;
	struct vault_state *v = c->v;
	struct tls_sign_answer answer;
	uint8_t sig[1024];
	size_t n = sizeof(sig);
	const struct tls_key *k = keys_find(v, ask->key);
	struct err err = { 0 };

	if (v->keys.n == 0)
		return false;
	if (!k) {
		ipc_fail(req, E_NOTFOUND, "no such key");
		return true;
	}
	if (sign_tls(tls_lib_ctx(v->lib), k->key, ask->digest,
	    ask->padding, ask->octets, sig, &n, &err) < 0) {
		ipc_fail(req, err.code, err.text);
		return true;
	}
	answer.signature = str_make((const char *)sig, n);
	vault_note_handshake(c, ask, answer.signature);
	ipc_reply(req, &answer, -1);
	return true;
}

void
vault_tls_sign(struct work *c)
{
	if (!keys_ready(c) || !keys_sign(c->client, c->req))
		ipc_fail(c->req, E_PEER, "no keys yet");
}
