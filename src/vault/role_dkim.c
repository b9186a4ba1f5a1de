/*
 * role_dkim.c - signing the mail that people here write, and sealing what is
 * sent on to others.
 *
 * A domain's keys are a secret that store keeps sealed; they are fetched when
 * first needed and remembered. RSA takes as long as ten handshakes with an EC
 * key, so signing has a thread of its own: whoever wants TLS does not wait.
 */
#include <sodium.h>

#include "base/fnv.h"
#include "vault/arc_sign.h"
#include "vault/dkim.h"
#include "vault/report_from.h"
#include "vault/role_dkim.h"

enum {
	DOMAINS_MAX = 256,	/* remembered */
	SIGN_QUEUE = 256,
	SEALS_MAX = 64,		/* of these: mx cannot have all of them */
	SENDERS_MAX = 128,
	SENDER_MS = 60000,	/* as long a yes is good */
	CLOCK_S = 86400,	/* what we are asked to say may be off by */
};

struct dkim_domain {
	struct dkim_keys keys;	/* n 0: free */
	uint64_t used;
	size_t len;
	char name[DKIM_DOMAIN_MAX + 1];
};

/* Store said that this account may write as this address. */
struct sender {
	uint64_t account;	/* 0: free */
	int64_t until_ms;
	size_t len;
	char address[320];
};

struct vault_dkim {
	struct work_pool *signer;
	bool changing;
	uint64_t changes;	/* of keys, so far */
	size_t seals;		/* being made */
	uint64_t clock;		/* counts uses */
	struct dkim_domain domains[DOMAINS_MAX];
	struct sender senders[SENDERS_MAX];
};

struct vault_dkim *
vault_dkim_new(struct loop *l)
{
	struct vault_dkim *d = calloc(1, sizeof(*d));

	bug_if(!d);
	d->signer = work_pool_new(l, 1, SIGN_QUEUE);
	return d;
}

void
vault_dkim_free(struct vault_dkim *d)
{
	if (!d)
		return;
	work_pool_free(d->signer);
	for (size_t i = 0; i < DOMAINS_MAX; i++)
		dkim_keys_free(&d->domains[i].keys);
	free(d);
}

/* Keys ------------------------------------------------------------------ */

int
vault_dkim_lock(struct vault_state *v, struct err *err)
{
	if (v->dkim->changing)
		return err_set(err, E_BUSY, "keys are being made: try again");
	v->dkim->changing = true;
	return 0;
}

void
vault_dkim_unlock(struct vault_state *v)
{
	v->dkim->changing = false;
	v->dkim->changes++;
}

struct dkim_keys *
vault_dkim_known(struct vault_state *v, struct str domain)
{
	struct vault_dkim *d = v->dkim;

	for (size_t i = 0; i < DOMAINS_MAX; i++) {
		struct dkim_domain *k = &d->domains[i];

		if (k->keys.n > 0 &&
		    str_eq(str_make(k->name, k->len), domain)) {
			k->used = ++d->clock;
			return &k->keys;
		}
	}
	return NULL;
}

void
vault_dkim_forget(struct vault_state *v, struct str domain)
{
	struct dkim_keys *keys = vault_dkim_known(v, domain);

	if (keys)
		dkim_keys_free(keys);
}

/* In the place of who was not asked for longest. */
void
vault_dkim_remember(struct vault_state *v, struct str domain,
    const struct dkim_keys *keys)
{
	struct vault_dkim *d = v->dkim;
	struct dkim_domain *k = d->domains;

	vault_dkim_forget(v, domain);
	for (size_t i = 1; i < DOMAINS_MAX && k->keys.n > 0; i++)
		if (d->domains[i].keys.n == 0 ||
		    d->domains[i].used < k->used)
			k = &d->domains[i];
	dkim_keys_free(&k->keys);
	k->keys = *keys;
	k->used = ++d->clock;
	k->len = domain.n;
	memcpy(k->name, domain.p, domain.n);
}

int
vault_dkim_read(struct work *c, struct str domain, struct arena *a,
    struct dkim_keys *keys, struct err *err)
{
	struct vault_state *v = c->client->v;
	struct seal_what what = { KIND_DKIM, domain };
	struct str record;
	int rc;

	if (!dkim_is_domain(domain))
		return err_set(err, E_NOTFOUND, "no domain that has keys");
	rc = secret_get(v, SECRET_dkim_key, what, c->until_ms, a, &record,
	    err);
	if (rc < 0)
		return rc;
	rc = dkim_keys_read(tls_lib_ctx(v->lib), record, keys, err);
	sodium_memzero((char *)(uintptr_t)record.p, record.n);
	return rc;
}

/* What was changed while we waited is newer than what we were told. */
int
vault_dkim_fetch(struct work *c, struct str domain, struct err *err)
{
	struct vault_state *v = c->client->v;
	struct dkim_keys keys;
	uint64_t changes = v->dkim->changes;
	int rc = 0;

	while (rc == 0 && !vault_dkim_known(v, domain)) {
		rc = vault_dkim_read(c, domain, c->a, &keys, err);
		if (rc == 0 && changes != v->dkim->changes)
			dkim_keys_free(&keys);
		else if (rc == 0)
			vault_dkim_remember(v, domain, &keys);
		changes = v->dkim->changes;
	}
	return rc;
}

/* Who may write as whom --------------------------------------------------- */

/* Who makes places collide only has store asked more often. */
static struct sender *
sender_place(struct vault_dkim *d, uint64_t account, struct str address)
{
	uint64_t h = fnv_1a(FNV_1A ^ account, address);

	return &d->senders[(h >> 32) % SENDERS_MAX];
}

static bool
is_known_sender(const struct sender *s, uint64_t account, struct str address,
    int64_t now)
{
	return s->account == account && now < s->until_ms &&
	    str_eq(str_make(s->address, s->len), address);
}

static int
check_sender(struct work *c, uint64_t account, struct str address,
    struct err *err)
{
	struct vault_state *v = c->client->v;
	struct sender *s = sender_place(v->dkim, account, address);
	struct sender_ask ask = { address, account };
	struct done answer;
	int rc;

	if (is_known_sender(s, account, address, loop_now_ms(v->loop)))
		return 0;
	rc = reconnect_call(&v->store, &store_calls[STORE_sender], &ask,
	    &answer, c->a, NULL, c->until_ms, err);
	if (rc < 0)
		return rc;
	s->account = account;
	s->until_ms = loop_now_ms(v->loop) + SENDER_MS;
	s->len = address.n;
	memcpy(s->address, address.p, address.n);
	return 0;
}

/* Relay, which is handed mail of others, could put any other word into a From
 * that it may choose; this one says nobody's name.  relaxed: RFC 6376 3.4.2 */
static int
check_report(struct work *c, const struct dkim_sign_ask *ask, struct err *err)
{
	struct str from[REPORT_FROM_MAX], field;
	size_t n = report_from(&c->client->v->role->config, c->a, from);

	for (size_t i = 0; i < n; i++) {
		field = arena_printf(c->a, "from:%.*s\r\n",
		    STR_FMT(from[i]));
		if (str_eq(ask->from, from[i]) && str_starts(ask->header,
		    field))
			return 0;
	}
	return err_set(err, E_DENIED, "reports are not from there");
}

/* A program on this machine says who it is by where it connects: it may write
 * as anybody here. A person has the ticket of a login on this connection. */
static int
authorize(struct work *c, const struct dkim_sign_ask *ask, struct err *err)
{
	const struct ticket *t;

	if (ipc_authority(c->req->ipc) == VAULT_AUTH_LOCAL)
		return 0;
	if (ipc_authority(c->req->ipc) == VAULT_AUTH_RELAY)
		return check_report(c, ask, err);
	t = tickets_find(c->client->tickets, ask->ticket);
	if (!t)
		return err_set(err, E_DENIED, "no such ticket");
	return check_sender(c, t->account, ask->from, err);
}

/* Signing --------------------------------------------------------------- */

struct signing {
	OSSL_LIB_CTX *lib;
	struct dkim_keys keys;
	const struct dkim_signing *what;
	const struct arc_sealing *seal;	/* or this */
	struct buf fields;
	struct err err;
	int rc;
};

static void
sign_work(void *arg)
{
	struct signing *s = arg;

	for (size_t i = 0; i < s->keys.n && s->rc == 0; i++)
		if (s->keys.v[i].state == DKIM_ACTIVE)
			s->rc = dkim_sign(s->lib, &s->keys.v[i], s->what,
			    &s->fields, &s->err);
}

static void
seal_work(void *arg)
{
	struct signing *s = arg;
	const struct dkim_key *key = dkim_keys_find(&s->keys, DKIM_RSA,
	    DKIM_ACTIVE);

	s->rc = !key ? err_set(&s->err, E_NOTFOUND, "no key that seals") :
	    arc_seal(s->lib, key, s->seal, &s->fields, &s->err);
}

/* The keys are ours while the thread has them, whatever is forgotten. */
static void
sign_and_reply(struct work *c, struct str domain,
    const struct dkim_signing *what, const struct arc_sealing *seal)
{
	struct vault_state *v = c->client->v;
	struct signing s = { .lib = tls_lib_ctx(v->lib), .what = what,
		.seal = seal, .fields = BUF_INIT(8192) };
	struct dkim_sign_answer answer;

	dkim_keys_ref(vault_dkim_known(v, domain), &s.keys);
	if (rt_work(v->dkim->signer, seal ? seal_work : sign_work, &s) < 0)
		s.rc = err_set(&s.err, E_BUSY, "too much to sign");
	dkim_keys_free(&s.keys);
	answer.fields = buf_get(&s.fields);
	if (s.rc < 0)
		ipc_fail(c->req, s.rc, s.err.text);
	else
		ipc_reply(c->req, &answer, -1);
	buf_free(&s.fields);
}

/* Is what is asked for something we sign at all? */
static int
shape(struct work *c, struct str domain, const struct dkim_sign_ask *ask,
    struct dkim_signing *what, struct err *err)
{
	int64_t now = loop_wall(c->client->v->loop);

	*what = (struct dkim_signing){ .names = ask->names,
		.domain = str_lower(c->a, domain), .header = ask->header,
		.body_hash = ask->body_hash, .at = ask->at };
	if (!dkim_is_domain(what->domain))
		return err_set(err, E_NOTFOUND, "no domain that has keys");
	if (!dkim_may_sign(what) || ask->at < now - CLOCK_S ||
	    ask->at > now + CLOCK_S)
		return err_set(err, E_INVALID, "this is not signed");
	return 0;
}

void
vault_dkim_sign(struct work *c)
{
	const struct dkim_sign_ask *ask = c->req->ask;
	struct dkim_signing what;
	struct err err = { 0 };
	int rc = shape(c, str_from(ask->from, str_rchr(ask->from, '@') + 1),
	    ask, &what, &err);

	/* For a domain that is none of ours nobody is asked who they are. */
	if (rc == 0)
		rc = vault_dkim_fetch(c, what.domain, &err);
	if (rc == 0)
		rc = authorize(c, ask, &err);
	if (rc == 0)	/* they may have made way while we waited */
		rc = vault_dkim_fetch(c, what.domain, &err);
	if (rc < 0)
		ipc_fail(c->req, rc, err.text);
	else
		sign_and_reply(c, what.domain, &what, NULL);
}

void
vault_arc_seal(struct work *c)
{
	const struct arc_seal_ask *ask = c->req->ask;
	struct vault_dkim *d = c->client->v->dkim;
	struct arc_sealing seal = { .instance = ask->instance,
		.sees = (enum arc_sees)ask->sees, .results = ask->results,
		.chain = ask->chain };
	struct err err = { 0 };
	int rc = shape(c, ask->domain, &(struct dkim_sign_ask){
	    .names = ask->names, .header = ask->header,
	    .body_hash = ask->body_hash, .at = ask->at }, &seal.message,
	    &err);

	if (rc == 0 && !arc_may_seal(&seal))
		rc = err_set(&err, E_INVALID, "this is not sealed");
	if (rc == 0 && d->seals == SEALS_MAX)
		rc = err_set(&err, E_BUSY, "too much to seal");
	if (rc == 0)
		rc = vault_dkim_fetch(c, seal.message.domain, &err);
	if (rc < 0) {
		ipc_fail(c->req, rc, err.text);
		return;
	}
	d->seals++;
	sign_and_reply(c, seal.message.domain, NULL, &seal);
	d->seals--;
}
