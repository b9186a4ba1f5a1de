/*
 * role_dkim_keys.c - the keys of a domain are made, told, and changed.
 *                                                        RFC 6376 3.1, 3.6.1
 *
 * What is said of them is the set as store has it: one secret, which is put in
 * one commit. So wherever this process or the machine ends, either the old key
 * signs or the new one, and what `domain dns` prints is what there is.
 */
#include <sodium.h>

#include "vault/role_dkim.h"

enum {
	/* After the last of what it signed has left or come back: who got it
	 * may look again, and others sent it on. */
	STAY_S = 7 * 86400,
	PAGE = 32,		/* domains looked at for one ask */
	DOMAIN_MEMORY = 1 << 17,
	ROWS_MAX = 32768, ROW_MAX = 2048,
};

/* Making and changing ----------------------------------------------------- */

/* On a thread: keys become others. */
struct keys_change {
	OSSL_LIB_CTX *lib;
	struct dkim_keys keys;
	struct str selector;	/* signs next; empty: make what is missing */
	bool revoke;
	int64_t now, until;
	struct buf record;
	struct err err;
	int rc;			/* 1: there is something new, in record */
};

static void
change_work(void *arg)
{
	struct keys_change *m = arg;

	m->rc = m->selector.n > 0 ? dkim_keys_rotate(m->lib, &m->keys,
	    m->selector, m->revoke, m->now, m->until, &m->err) :
	    dkim_keys_fill(m->lib, m->now, &m->keys, &m->err);
	if (m->rc > 0 && dkim_keys_put(&m->keys, &m->record, &m->err) < 0)
		m->rc = m->err.code;
}

/* What has become of a put that failed nobody knows: store is asked again. */
static int
store_keys(struct work *c, struct str domain, struct keys_change *m,
    struct err *err)
{
	struct vault_state *v = c->client->v;
	struct seal_what what = { KIND_DKIM, domain };
	int rc = secret_put(v, SECRET_dkim_key, what, buf_get(&m->record),
	    c->until_ms, err);

	if (rc < 0) {
		vault_dkim_forget(v, domain);
		return rc;
	}
	vault_dkim_remember(v, domain, &m->keys);
	m->keys.n = 0;
	return 0;
}

/* 1: they are others now. */
static int
change_keys(struct work *c, struct str domain, struct keys_change *m,
    struct err *err)
{
	struct vault_state *v = c->client->v;
	int rc;

	m->lib = tls_lib_ctx(v->lib);
	m->now = loop_wall(v->loop);
	m->until = m->now + v->role->config.hold_longest_s +
	    v->role->config.expire_s + STAY_S;
	m->record = BUF_INIT(DKIM_RECORD_MAX);
	if (rt_work(v->hashers, change_work, m) < 0)
		rc = err_set(err, E_BUSY, "too much to do: try again");
	else if (m->rc < 0)
		rc = err_set(err, m->rc, "%s", m->err.text);
	else if ((rc = m->rc) > 0)
		rc = store_keys(c, domain, m, err) < 0 ? err->code : 1;
	if (m->record.p)
		sodium_memzero(m->record.p, m->record.n);
	buf_free(&m->record);
	return rc;
}

static int
make_missing(struct work *c, struct str domain, struct err *err)
{
	struct keys_change *m = arena_new_of(c->a, struct keys_change);
	int rc = vault_dkim_lock(c->client->v, err);

	if (rc < 0)
		return rc;
	rc = vault_dkim_read(c, domain, c->a, &m->keys, err);
	if (rc == 0 || rc == E_NOTFOUND)
		rc = change_keys(c, domain, m, err);
	dkim_keys_free(&m->keys);
	vault_dkim_unlock(c->client->v);
	return rc < 0 ? rc : 0;
}

/* Have them known, complete if `make`. */
static int
ensure_keys(struct work *c, struct str domain, bool make, struct err *err)
{
	int rc;

	if (make && !dkim_is_domain(domain))
		return err_set(err, E_INVALID, "%.*s cannot stand in a "
		    "signature", STR_FMT(domain));
	rc = vault_dkim_fetch(c, domain, err);
	if (!make || (rc < 0 && rc != E_NOTFOUND) ||
	    (rc == 0 && dkim_keys_are_complete(vault_dkim_known(c->client->v,
	    domain))))
		return rc;
	rc = make_missing(c, domain, err);
	return rc < 0 ? rc : vault_dkim_fetch(c, domain, err);
}

/* Telling ----------------------------------------------------------------- */

static int
key_row(const struct dkim_key *k, struct buf *record,
    struct dkim_key_row *row, struct err *err)
{
	if (dkim_public(k, record, err) < 0)
		return err->code;
	*row = (struct dkim_key_row){ .selector = str_c(k->selector),
		.record = buf_get(record), .state = k->state,
		.algorithm = dkim_algorithm_name(k->algorithm),
		.since = k->since, .until = k->until };
	return 0;
}

static int
put_rows(const struct dkim_keys *keys, struct buf *rows, struct err *err)
{
	for (size_t i = 0; i < keys->n; i++) {
		auto_buf record = BUF_INIT(1000);
		struct dkim_key_row row;

		if (key_row(&keys->v[i], &record, &row, err) < 0)
			return err->code;
		msg_put(rows, &dkim_key_row_shape, &row);
	}
	return 0;
}

void
vault_dkim_keys(struct work *c)
{
	const struct dkim_keys_ask *ask = c->req->ask;
	struct str domain = str_lower(c->a, ask->domain);
	auto_buf rows = BUF_INIT(DKIM_RECORD_MAX);
	struct dkim_keys_answer answer;
	struct err err = { 0 };
	int rc = ensure_keys(c, domain, ask->make != 0, &err);

	if (rc == 0)
		rc = put_rows(vault_dkim_known(c->client->v, domain), &rows,
		    &err);
	if (rc < 0) {
		ipc_fail(c->req, rc, err.text);
		return;
	}
	answer.keys = buf_get(&rows);
	ipc_reply(c->req, &answer, -1);
}

/* Rotating ---------------------------------------------------------------- */

/* Of this algorithm, by the clock and what is configured. */
static bool
is_due(const struct vault_state *v, const struct dkim_keys *keys,
    enum dkim_algorithm algorithm)
{
	const struct dkim_key *k = dkim_keys_find(keys, algorithm,
	    DKIM_ACTIVE);
	uint32_t period_s = v->role->config.dkim_rotate_s;

	return k && period_s > 0 &&
	    loop_wall(v->loop) - k->since >= (int64_t)period_s;
}

/* Relay looks whether what is due is published, and no more: one that was taken
 * over changes keys no more often than that. What signs already may be asked
 * for again: nothing comes of it. */
static int
check_relay(struct work *c, const struct dkim_keys *keys,
    const struct dkim_rotate_ask *ask, struct err *err)
{
	if (ipc_authority(c->req->ipc) != VAULT_AUTH_RELAY)
		return 0;
	for (size_t i = 0; i < keys->n && !ask->revoke; i++)
		if (str_eq(str_c(keys->v[i].selector), ask->selector) &&
		    (keys->v[i].state == DKIM_ACTIVE ||
		    is_due(c->client->v, keys, keys->v[i].algorithm)))
			return 0;
	return err_set(err, E_DENIED, "its time has not come");
}

static void
log_rotated(struct work *c, struct str domain,
    const struct dkim_rotate_ask *ask)
{
	log_event(c->client->v->role->log, LOG_INFO, "dkim_rotated",
	    F_STR("domain", domain), F_STR("selector", ask->selector),
	    F_STR("by", ipc_authority(c->req->ipc) == VAULT_AUTH_RELAY ?
		STR("itself") : STR("operator")),
	    F_INT("revoked", ask->revoke));
}

void
vault_dkim_rotate(struct work *c)
{
	const struct dkim_rotate_ask *ask = c->req->ask;
	struct vault_state *v = c->client->v;
	struct keys_change *m = arena_new_of(c->a, struct keys_change);
	struct str domain = str_lower(c->a, ask->domain);
	struct vault_done done = { 0 };
	struct err err = { 0 };
	int rc = vault_dkim_lock(v, &err);

	if (rc < 0) {
		ipc_fail(c->req, rc, err.text);
		return;
	}
	m->selector = ask->selector;
	m->revoke = ask->revoke != 0;
	rc = vault_dkim_read(c, domain, c->a, &m->keys, &err);
	if (rc == 0 && ask->selector.n == 0)
		rc = err_set(&err, E_INVALID, "which key?");
	if (rc == 0)
		rc = check_relay(c, &m->keys, ask, &err);
	if (rc == 0)
		rc = change_keys(c, domain, m, &err);
	dkim_keys_free(&m->keys);
	vault_dkim_unlock(v);
	if (rc > 0)
		log_rotated(c, domain, ask);
	if (rc < 0)
		ipc_fail(c->req, rc, err.text);
	else
		ipc_reply(c->req, &done, -1);
}

/* Who has to -------------------------------------------------------------- */

static void
put_due(struct work *c, struct str domain, const struct dkim_keys *keys,
    struct buf *rows, struct err *err)
{
	static const enum dkim_algorithm algorithms[] = { DKIM_RSA,
		DKIM_ED25519 };

	for (size_t i = 0; i < NELEM(algorithms); i++) {
		const struct dkim_key *k = dkim_keys_find(keys, algorithms[i],
		    DKIM_RESERVE);
		auto_buf record = BUF_INIT(1000);
		struct dkim_due_row row = { .domain = domain };
		struct dkim_key_row key;

		if (!is_due(c->client->v, keys, algorithms[i]))
			continue;
		if (k && key_row(k, &record, &key, err) == 0) {
			row.selector = key.selector;
			row.record = key.record;
		}
		msg_put(rows, &dkim_due_row_shape, &row);
	}
}

/* The keys of so many domains are not all remembered. */
static int
look_at_keys(struct work *c, struct str domain, struct buf *rows,
    struct err *err)
{
	const struct dkim_keys *known = vault_dkim_known(c->client->v, domain);
	struct arena *a;
	struct dkim_keys *keys;
	int rc;

	if (known) {
		put_due(c, domain, known, rows, err);
		return 0;
	}
	a = arena_new(DOMAIN_MEMORY);
	keys = arena_new_of(a, struct dkim_keys);
	rc = vault_dkim_read(c, domain, a, keys, err);
	if (rc == 0) {
		put_due(c, domain, keys, rows, err);
		dkim_keys_free(keys);
	}
	arena_free(a);
	/* The others have to be looked at, too. */
	if (rc == E_INVALID || rc == E_DAMAGED)
		log_event(c->client->v->role->log, LOG_ERROR,
		    "dkim_keys_failed", F_STR("domain", domain), F_ERR(err));
	return rc == E_NOTFOUND || rc == E_INVALID || rc == E_DAMAGED ? 0 : rc;
}

/* Where to go on is *next: the one looked at last. */
static int
look_at_domains(struct work *c, struct rd *domains, struct str *next,
    struct buf *rows, struct err *err)
{
	struct domain_row d;
	int rc = 0;

	for (int n = 0; rc == 0 && rd_left(domains) > 0 && n < PAGE &&
	    rows->n + ROW_MAX < ROWS_MAX &&
	    msg_take(domains, &domain_row_shape, &d); n++) {
		rc = d.relayed ? 0 : look_at_keys(c, d.name, rows, err);
		*next = d.name;
	}
	return rc;
}

void
vault_dkim_due(struct work *c)
{
	const struct dkim_due_ask *ask = c->req->ask;
	struct vault_state *v = c->client->v;
	struct domains_ask all = { .after = ask->after };
	struct domains_answer domains;
	struct dkim_due_answer answer = { 0 };
	auto_buf rows = BUF_INIT(ROWS_MAX);
	struct err err = { 0 };
	int rc = reconnect_call(&v->store, &store_calls[STORE_domains], &all,
	    &domains, c->a, NULL, c->until_ms, &err);
	struct rd r = rd_of(rc == 0 ? domains.rows : STR_NULL);

	if (rc == 0)
		rc = look_at_domains(c, &r, &answer.next, &rows, &err);
	if (rc < 0) {
		ipc_fail(c->req, rc, err.text);
		return;
	}
	answer.rows = buf_get(&rows);
	if (rd_left(&r) == 0 && !domains.more)
		answer.next = STR_NULL;
	ipc_reply(c->req, &answer, -1);
}
