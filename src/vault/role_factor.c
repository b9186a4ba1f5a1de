/*
 * role_factor.c - second factors: proven at a sign-in, set up, taken off. What
 * is kept of one is sealed, as the credential beside it.
 */
#include <sodium.h>

#include "base/rd.h"
#include "vault/role_int.h"
#include "vault/second_factor.h"

enum {
	OFFER_S = 15 * 60,
	/* Three codes of a million are good at a time, and a guess costs
	 * nothing once the password is known: it counts for more. */
	GUESS_COSTS = 3,
};

static struct seal_what
factor_what(struct arena *a, struct str address)
{
	return (struct seal_what){ STR("second-factor"),
		str_lower(a, address) };
}

static int
open_factor(struct work *c, const struct credential_answer *row,
    struct second_factor *f, struct err *err)
{
	struct vault_state *v = c->client->v;
	struct str record;
	int rc = seal_open(&v->seal, factor_what(c->a, row->address),
	    row->factor, c->a, &record, err);
	bool good = rc == 0 && factor_parse(record, f);

	if (rc == 0)
		sodium_memzero((char *)(uintptr_t)record.p, record.n);
	if (good)
		return 0;
	log_event(v->role->log, LOG_ERROR, "factor_failed",
	    F_STR("address", row->address), F_INT("code", rc));
	return err_set(err, E_IO, "a second factor cannot be opened");
}

/* In the place of what row has. NULL: none from now on. peer is who asks. */
static int
keep_factor(struct work *c, const struct credential_answer *row,
    const struct second_factor *f, struct str peer, struct err *err)
{
	struct vault_state *v = c->client->v;
	auto_buf record = BUF_INIT(FACTOR_RECORD_MAX);
	auto_buf sealed = BUF_INIT(FACTOR_MAX);
	uint8_t nonce[SEAL_NONCE_LEN];
	struct factor_put_ask put = { vault_change(v), row->address,
		STR_NULL, row->factor, peer };
	struct done done;

	if (f) {
		factor_put(f, &record);
		loop_random(v->loop, nonce, sizeof(nonce));
		seal_put(&v->seal, factor_what(c->a, row->address), nonce,
		    buf_get(&record), &sealed);
		put.sealed = buf_get(&sealed);
		sodium_memzero(record.p, record.n);
	}
	return reconnect_call(&v->store, &store_calls[STORE_factor_put], &put,
	    &done, c->a, NULL, c->until_ms, err);
}

static void
journal(struct work *c, struct str peer, struct str address, struct str what)
{
	struct journal_ask ask = { .event = JOURNAL_factor, .peer = peer,
		.address = address, .text = what };

	reconnect_notify(&c->client->v->store, &store_calls[STORE_journal],
	    &ask);
}

/* Proving ----------------------------------------------------------------- */

static int
wrong_code(struct work *c, const struct login_ask *ask,
    const struct credential_answer *row, struct err *err)
{
	struct vault_state *v = c->client->v;
	struct proof proof = proof_of(v->auth_cache, row->factor, ask->code);

	for (uint64_t i = 0; i < GUESS_COSTS; i++)
		vault_count_wrong(v, ask, row, proof_guess(&proof) + i);
	return err_set(err, E_DENIED, "wrong code");
}

int
vault_prove_code(struct work *c, const struct login_ask *ask,
    const struct credential_answer *row, struct err *err)
{
	struct second_factor f;
	uint8_t had;
	int rc = open_factor(c, row, &f, err);

	if (rc < 0)
		return rc;
	had = f.ncodes;
	if (ask->code.n == 0)
		rc = err_set(err, E_FACTOR, "a code is wanted");
	else if (!factor_use(&f, ask->code, loop_wall(c->client->v->loop)))
		rc = wrong_code(c, ask, row, err);
	else
		rc = keep_factor(c, row, &f, ask->peer, err);
	/* Somebody was in between, most likely with this very code. */
	if (rc == E_STALE)
		rc = err_set(err, E_DENIED, "the code is used up");
	if (rc == 0 && f.ncodes < had)
		journal(c, ask->peer, row->address, arena_printf(c->a,
		    "a recovery code was used, %u are left", f.ncodes));
	sodium_memzero(&f, sizeof(f));
	return rc;
}

/* One's own --------------------------------------------------------------- */

struct factor_work {
	struct work *c;
	const struct own_factor_ask *ask;
	struct login_ask login;
	struct credential_answer row;
	struct own_factor_answer answer;
	struct buf codes, offer;
	char secret[FACTOR_SECRET_TEXT];
};

/* Whose is the ticket? They need not say a password to be shown this. */
static int
show(struct factor_work *w, struct err *err)
{
	struct work *c = w->c;
	const struct ticket *t = tickets_find(c->client->tickets,
	    w->ask->ticket);
	struct credential_ask ask = { 0 };
	struct second_factor f = { 0 };
	uint64_t account;
	int rc;

	if (!t || t->service != SERVICE_page)
		return err_set(err, E_DENIED, "no such ticket");
	account = t->account;	/* it may go while we wait */
	ask.login = str_dup(c->a, t->address);
	rc = reconnect_call(&c->client->v->store,
	    &store_calls[STORE_credential], &ask, &w->row, c->a, NULL,
	    c->until_ms, err);
	if (rc == 0 && w->row.account != account)
		return err_set(err, E_DENIED, "no such account");
	if (rc == 0 && w->row.factor.n > 0) {
		w->answer.on = 1;
		rc = open_factor(c, &w->row, &f, err);
		w->answer.codes_left = f.ncodes;
		sodium_memzero(&f, sizeof(f));
	}
	return rc;
}

/*
 *   offer = sealed (until (i64)  secret (20))  for this account
 */
static struct seal_what
offer_what(struct arena *a, struct str address)
{
	return (struct seal_what){ STR("factor-offer"), str_lower(a, address) };
}

static int
begin_offer(struct factor_work *w, struct err *err)
{
	struct vault_state *v = w->c->client->v;
	auto_buf plain = BUF_INIT(8 + FACTOR_SECRET);
	uint8_t secret[FACTOR_SECRET], nonce[SEAL_NONCE_LEN];

	if (w->row.factor.n > 0)
		return err_set(err, E_EXISTS, "there is a second factor");
	loop_random(v->loop, secret, sizeof(secret));
	loop_random(v->loop, nonce, sizeof(nonce));
	buf_le64(&plain, (uint64_t)(loop_wall(v->loop) + OFFER_S));
	buf_put(&plain, secret, sizeof(secret));
	seal_put(&v->seal, offer_what(w->c->a, w->row.address), nonce,
	    buf_get(&plain), &w->offer);
	factor_secret_text(secret, w->secret);
	w->answer.secret = str_make(w->secret, sizeof(w->secret));
	w->answer.offer = buf_get(&w->offer);
	sodium_memzero(plain.p, plain.n);
	sodium_memzero(secret, sizeof(secret));
	return 0;
}

static int
read_offer(struct factor_work *w, struct second_factor *f, struct err *err)
{
	struct vault_state *v = w->c->client->v;
	struct str plain = STR_NULL, secret;
	struct rd r;
	int64_t until;

	if (seal_open(&v->seal, offer_what(w->c->a, w->row.address),
	    w->ask->offer, w->c->a, &plain, NULL) < 0)
		return err_set(err, E_INVALID, "no such offer");
	r = rd_of(plain);
	until = (int64_t)rd_le64(&r);
	secret = rd_take(&r, FACTOR_SECRET);
	if (!rd_done(&r) || loop_wall(v->loop) >= until)
		return err_set(err, E_INVALID, "begin again: that was too "
		    "long ago");
	memcpy(f->secret, secret.p, sizeof(f->secret));
	sodium_memzero((char *)(uintptr_t)plain.p, plain.n);
	return 0;
}

static void
make_codes(struct factor_work *w, struct second_factor *f)
{
	uint8_t random[FACTOR_CODES * FACTOR_CODE_SIGNS];

	loop_random(w->c->client->v->loop, random, sizeof(random));
	factor_make_codes(f, random, &w->codes);
	sodium_memzero(random, sizeof(random));
	w->answer.on = 1;
	w->answer.codes_left = f->ncodes;
	w->answer.codes = buf_get(&w->codes);
}

static int
turn_on(struct factor_work *w, struct err *err)
{
	struct second_factor f = { 0 };
	int rc;

	if (w->row.factor.n > 0)
		return err_set(err, E_EXISTS, "there is a second factor");
	rc = read_offer(w, &f, err);
	if (rc == 0 && !factor_use(&f, w->ask->code,
	    loop_wall(w->c->client->v->loop)))
		rc = err_set(err, E_INVALID, "that is not the code");
	if (rc == 0) {
		make_codes(w, &f);
		rc = keep_factor(w->c, &w->row, &f, w->ask->peer,
		    err);
	}
	if (rc == 0)
		journal(w->c, w->ask->peer, w->row.address,
		    STR("its owner set it up"));
	sodium_memzero(&f, sizeof(f));
	return rc;
}

/* Both want a code; it is used up before, so there is what to put in its place
 * only when it is looked up again. */
static int
change(struct factor_work *w, bool off, struct err *err)
{
	struct work *c = w->c;
	struct credential_ask ask = { .login = w->row.address };
	struct second_factor f = { 0 };
	int rc;

	if (w->row.factor.n == 0)
		return err_set(err, E_NOTFOUND, "there is no second factor");
	rc = vault_prove_code(c, &w->login, &w->row, err);
	if (rc == E_DENIED) {
		vault_journal_wrong(c, &w->login, &w->row, err);
		return err_set(err, E_FACTOR, "wrong code");
	}
	if (rc == 0)
		rc = reconnect_call(&c->client->v->store,
		    &store_calls[STORE_credential], &ask, &w->row, c->a, NULL,
		    c->until_ms, err);
	if (rc == 0)
		rc = open_factor(c, &w->row, &f, err);
	if (rc == 0 && !off)
		make_codes(w, &f);
	if (rc == 0)
		rc = keep_factor(c, &w->row, off ? NULL : &f,
		    w->ask->peer, err);
	sodium_memzero(&f, sizeof(f));
	if (rc == 0)
		journal(c, w->ask->peer, w->row.address, off ?
		    STR("its owner took it off") :
		    STR("its owner has new recovery codes"));
	return rc;
}

static int
act(struct factor_work *w, struct err *err)
{
	struct own_words words = { 0 };
	int rc;

	if (w->ask->what == FACTOR_show)
		return show(w, err);
	MSG_COPY(own_words, &words, w->ask);
	MSG_COPY(login_words, &w->login, w->ask);
	rc = vault_prove_own(w->c, &words, &w->row, err);
	if (rc < 0)
		return rc;
	switch (w->ask->what) {
	case FACTOR_begin:
		return begin_offer(w, err);
	case FACTOR_on:
		return turn_on(w, err);
	case FACTOR_off:
	case FACTOR_new_codes:
		return change(w, w->ask->what == FACTOR_off, err);
	default:
		return err_set(err, E_INVALID, "no such thing");
	}
}

void
vault_own_factor(struct work *c)
{
	struct factor_work w = { .c = c, .ask = c->req->ask,
		.codes = BUF_INIT(256), .offer = BUF_INIT(512) };
	struct err err = { 0 };
	int rc = act(&w, &err);

	if (rc < 0)
		ipc_fail(c->req, rc, err.text);
	else
		ipc_reply(c->req, &w.answer, -1);
	if (w.codes.p)
		sodium_memzero(w.codes.p, w.codes.n);
	sodium_memzero(w.secret, sizeof(w.secret));
	buf_free(&w.codes);
	buf_free(&w.offer);
}
