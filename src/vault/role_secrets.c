/*
 * role_secrets.c - what store keeps sealed for vault, and what vault does with
 * it before anybody is served: it tries vault.key, and gets a certificate.
 */
#include <sodium.h>

#include "vault/role_int.h"
#include "vault/selfsigned.h"

enum { PEM_MAX = 100000, RETRY_MS = 500, RETRY_MAX_MS = 60000 };

/* Get and put ----------------------------------------------------------- */

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

uint64_t
vault_change(struct vault_state *v)
{
	uint64_t ms = (uint64_t)(loop_wall_us(v->loop) / 1000);

	return ms << 20 | (loop_random64(v->loop) & 0xfffff);
}

int
secret_put(struct vault_state *v, enum secret_kind kind,
    struct seal_what what, struct str secret, int64_t until_ms,
    struct err *err)
{
	auto_buf sealed = BUF_INIT(PEM_MAX);
	uint8_t nonce[SEAL_NONCE_LEN];
	struct secret_put_ask ask = { vault_change(v), kind, what.name,
		STR_NULL };
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

/* vault.key ------------------------------------------------------------- */

static struct str
kind_of(uint32_t kind)
{
	switch (kind) {
	case SECRET_tls_key:
		return KIND_KEY;
	case SECRET_tls_chain:
		return KIND_CHAIN;
	case SECRET_dkim_key:
		return KIND_DKIM;
	default:
		return KIND_CREDENTIAL;
	}
}

static bool
opens(struct vault_state *v, const struct sealed_row *row)
{
	struct arena *a = arena_new(8192);
	/* A credential goes by the address in lower case. */
	struct seal_what what = { kind_of(row->kind), row->kind ? row->name :
	    str_lower(a, row->name) };
	struct str secret;
	bool good = seal_open(&v->seal, what, row->sealed, a, &secret, NULL) ==
	    0;

	if (good)
		sodium_memzero((char *)(uintptr_t)secret.p, secret.n);
	arena_free(a);
	return good;
}

/* One that opens is enough: the others may be damaged, one by one. *wrong: it
 * is another server's key, or none was there. */
static int
try_key(struct vault_state *v, bool *wrong, struct err *err)
{
	struct arena *a = arena_new(1 << 17);
	struct sealed_ask ask = { 0 };
	struct sealed_answer answer;
	struct sealed_row row;
	int rc = reconnect_call(&v->store, &store_calls[STORE_sealed], &ask,
	    &answer, a, NULL, NEVER, err);
	struct rd r = rd_of(rc == 0 ? answer.rows : STR_NULL);

	*wrong = rc == 0 && rd_left(&r) > 0;
	while (*wrong && rd_left(&r) > 0 && msg_take(&r, &sealed_row_shape,
	    &row))
		*wrong = !opens(v, &row);
	if (*wrong)
		rc = err_set(err, E_INVALID, v->seal_made ?
		    "%.*s/vault.key was missing, and what store/ keeps was "
		    "sealed with it: put it back from your backup (over the "
		    "new one, which opens nothing)" :
		    "%.*s/vault.key does not open what store/ keeps: put "
		    "back the one that belongs to it, from your backup",
		    STR_FMT(v->role->config.data));
	arena_free(a);
	return rc;
}

/* Our own certificate ----------------------------------------------------- */

static int
make_own(struct vault_state *v, struct str name, struct key_set *set,
    struct err *err)
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
		rc = key_set_add(v, set, buf_get(&chain), buf_get(&key), err);
	if (key.p)
		sodium_memzero(key.p, key.n);
	return rc;
}

/* Key first, chain second: if one is missing, neither was ever used. Never
 * another key for one that does not open. */
static int
load_own(struct vault_state *v, struct str name, struct key_set *set,
    struct err *err)
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
		rc = key_set_add(v, set, chain, key, err);
	else if (rc == E_NOTFOUND)
		rc = make_own(v, name, set, err);
	arena_free(a);
	return rc;
}

/* Once the right one is known; the configuration may be replaced meanwhile. */
static int
use_own(struct vault_state *v, struct err *err)
{
	struct key_set *set = calloc(1, sizeof(*set));
	struct arena *a = arena_new(4096);
	uint64_t number = v->own_set;
	int rc;

	bug_if(!set);
	rc = load_own(v, str_dup(a, v->role->config.hostname), set, err);
	if (rc == 0 && !v->filed && !v->reopen) {
		keys_use(v, set);
		if (number > 0)
			role_proven(v->role, number, "");
	}
	key_set_free(set);
	free(set);
	arena_free(a);
	return rc;
}

/* Nobody gets in without one, and asking again does not help. */
static bool
own_is_damaged(const struct vault_state *v, struct err *err)
{
	struct err why = *err;

	if (err->code != E_DAMAGED || v->keys.n > 0)
		return false;
	(void)err_set(err, E_DAMAGED, "the server's own certificate cannot be "
	    "read: put store/ back from your backup, or name files in the "
	    "configuration (certificate, key). %.150s", why.text);
	return true;
}

/* Again and again, ever more seldom. */
static void
open_secrets(void *arg)
{
	struct vault_state *v = arg;
	int64_t wait_ms = RETRY_MS;
	bool wrong = false, told = v->seal_proven;
	int rc;

	do {
		struct err err = { 0 };

		v->reopen = false;
		rc = v->seal_proven ? 0 : try_key(v, &wrong, &err);
		v->seal_proven = v->seal_proven || rc == 0;
		if (rc == 0 && !v->filed)
			rc = use_own(v, &err);
		if (rc == 0 && !told) {
			told = true;
			role_proven(v->role, 0, "");
		}
		wrong = wrong || (rc < 0 && own_is_damaged(v, &err));
		if (wrong) {
			role_give_up(v->role, err.text);
		} else if (rc < 0 && rc != E_CANCELED) {
			log_event(v->role->log, LOG_ERROR,
			    "own_certificate_failed", F_ERR(&err));
			rc = fiber_sleep(v->loop, loop_now_ms(v->loop) +
			    wait_ms);
			wait_ms = wait_ms < RETRY_MAX_MS / 2 ? wait_ms * 2 :
			    RETRY_MAX_MS;
			v->reopen = rc != E_CANCELED;
		}
	} while (!wrong && rc != E_CANCELED && v->reopen);
	v->opening = false;
}

void
secrets_open(struct vault_state *v)
{
	v->reopen = true;
	if (v->opening)
		return;
	v->opening = true;
	(void)fiber_spawn(v->loop, "secrets", open_secrets, v);
}
