/*
 * test_fakes.c - what store and vault answer, a few lines each.
 */
#include "smtp/test_world.h"

/* ---- store ----------------------------------------------------------- */

static struct world *
world_of(const struct store *st)
{
	return container_of(st->fake, struct world, fake);
}

static uint32_t
kind_of(const struct store *st, struct str address)
{
	static const struct {
		const char *address;
		enum rcpt_kind kind;
	} t[] = {
		{ "alice@example.test", RCPT_LOCAL },
		{ "bob@example.test", RCPT_LOCAL },
		{ "postmaster", RCPT_LOCAL },
		{ "j\xc3\xbcrgen@example.test", RCPT_LOCAL },
		{ "full@example.test", RCPT_FULL },
	};

	for (size_t i = 0; i < NELEM(t); i++)
		if (str_eqi(address, str_c(t[i].address)))
			return t[i].kind;
	if (str_endsi(address, STR("@example.test")))
		return RCPT_NO_USER;
	return st->account ? RCPT_REMOTE : RCPT_NO_DOMAIN;
}

static int
fake_rcpt(struct store *st, const void *asked, void *answered)
{
	const struct rcpt_ask *ask = asked;
	struct rcpt_answer *answer = answered;
	struct world *w = world_of(st);

	w->rcpt = *ask;
	w->rcpt.address = str_dup(w->mem, ask->address);
	w->rcpt.orcpt = str_dup(w->mem, ask->orcpt);
	answer->kind = kind_of(st, ask->address);
	answer->handle = w->fake.generation << 32 | ++w->nrcpts;
	answer->room = 1000000;
	answer->most_octets = w->most_octets;
	return 0;
}

static void
keep_submit(struct world *w, const struct submit_ask *ask)
{
	struct submitted *to = &w->submits[w->nsubmits++];

	to->reverse_path = str_dup(w->mem, ask->reverse_path);
	to->protocol = str_dup(w->mem, ask->protocol);
	to->helo = str_dup(w->mem, ask->helo);
	to->tls = str_dup(w->mem, ask->tls);
	to->session = str_dup(w->mem, ask->session);
	to->signature = str_dup(w->mem, ask->signature);
	to->signature_7bit = str_dup(w->mem, ask->signature_7bit);
	to->text = str_dup(w->mem, ask->octets);
	to->envid = str_dup(w->mem, ask->envid);
	to->ret = ask->ret;
	to->smtputf8 = ask->smtputf8;
	to->nhandles = ask->handles.n / 8;
	to->change = ask->change;
}

/* Handles are good for one generation of the connection only. */
static int
fake_submit(struct store *st, const void *asked, void *answered)
{
	const struct submit_ask *ask = asked;
	struct submit_answer *answer = answered;
	struct world *w = world_of(st);
	struct rd r = rd_of(ask->handles);

	if (w->lose_store > 0) {
		w->lose_store--;
		w->fake.generation++;
		return E_PEER;
	}
	if (w->lose_handles > 0) {
		w->lose_handles--;
		return E_DENIED;
	}
	while (rd_left(&r) > 0)
		if (rd_le64(&r) >> 32 != w->fake.generation)
			return E_PEER;
	if (w->nsubmits == WORLD_SUBMITS)
		return E_FULL;
	keep_submit(w, ask);
	answer->message = w->nsubmits;
	if (ask->each)	/* EACH_taken */
		answer->each = str_make(arena_array(w->mem,
		    ask->handles.n / 8, 1), ask->handles.n / 8);
	return 0;
}

static int
fake_sender(struct store *st unused_arg, const void *asked,
    void *answered unused_arg)
{
	const struct sender_ask *ask = asked;

	return ask->address.n == 0 ||
	    str_eqi(ask->address, STR("alice@example.test")) ? 0 : E_DENIED;
}

void
fakes_init(struct world *w)
{
	w->fake = (struct fake_store){ .loop = w->loop, .answer = {
		[STORE_rcpt] = fake_rcpt,
		[STORE_submit] = fake_submit,
		[STORE_sender] = fake_sender,
	} };
	w->store = (struct store){ .fake = &w->fake };
}

/* ---- vault ------------------------------------------------------------ */

int
vault_login(struct vault *v, const struct login_ask *ask,
    struct login *login, struct arena *a, struct err *err)
{
	struct world *w = &v->w;

	w->nlogins++;
	assert_str(ask->peer, "192.0.2.1");
	if (str_eq(ask->user, STR("busy")))
		return err_set(err, E_BUSY, "too many tries");
	if (!str_eqi(ask->user, STR("alice@example.test")) ||
	    !str_eq(ask->password, STR("secret")))
		return err_set(err, E_DENIED, "wrong");
	*login = (struct login){ .account = 1,
		.store = fake_store_login(&w->fake),
		.address = str_dup(a, STR("alice@example.test")) };
	return 0;
}

/* Who signs says what it was given. */
int
vault_sign_mail(struct vault *v, const struct login *login,
    const struct dkim_sign_ask *ask, struct str *fields, struct arena *a,
    struct err *err)
{
	assert_int_equal(login->account, 1);
	assert_int_equal(ask->body_hash.n, 32);
	v->w.nsigned++;
	if (v->w.sign_error < 0)
		return err_set(err, v->w.sign_error, "told so");
	if (!str_endsi(ask->from, STR("@example.test")))
		return err_set(err, E_NOTFOUND, "none of ours");
	if (!str_eq(ask->from, STR("alice@example.test")))
		return err_set(err, E_DENIED, "somebody else's");
	*fields = arena_printf(a, "%.*s %.*s\n%.*s", STR_FMT(ask->from),
	    STR_FMT(ask->names), STR_FMT(ask->header));
	return 0;
}

OSSL_LIB_CTX *
vault_ossl(const struct vault *v unused_arg)
{
	return NULL;
}

/* Nobody proves anything here: tests/test_scram.py does. */
int
vault_scram_first(struct vault *v unused_arg,
    const struct scram_first_ask *ask unused_arg,
    struct scram_first_answer *answer unused_arg,
    struct arena *a unused_arg, struct err *err)
{
	return err_set(err, E_DENIED, "not here");
}

int
vault_scram_final(struct vault *v unused_arg,
    const struct scram_final_ask *ask unused_arg,
    struct login *login unused_arg, struct str *signature unused_arg,
    struct arena *a unused_arg, struct err *err)
{
	return err_set(err, E_DENIED, "not here");
}

/* Nobody proves anything here: tests/test_oauth.py does. */
int
vault_bearer(struct vault *v unused_arg,
    const struct bearer_ask *ask unused_arg,
    struct login *login unused_arg, struct arena *a unused_arg,
    struct err *err)
{
	return err_set(err, E_DENIED, "not here");
}

/* Nor this: tests/test_external.py does. */
int
vault_external(struct vault *v unused_arg,
    const struct external_ask *ask unused_arg,
    struct login *login unused_arg, struct arena *a unused_arg,
    struct err *err)
{
	return err_set(err, E_DENIED, "not here");
}

int
vault_cram_first(struct vault *v unused_arg,
    const struct cram_first_ask *ask unused_arg,
    struct scram_first_answer *answer unused_arg,
    struct arena *a unused_arg, struct err *err)
{
	return err_set(err, E_DENIED, "not here");
}

int
vault_cram_final(struct vault *v unused_arg,
    const struct cram_final_ask *ask unused_arg,
    struct login *login unused_arg, struct arena *a unused_arg,
    struct err *err)
{
	return err_set(err, E_DENIED, "not here");
}

bool
vault_has_cram(const struct vault *v unused_arg)
{
	return false;
}

struct str
vault_issuers(const struct vault *v unused_arg)
{
	return STR_NULL;
}

void
vault_logout(struct vault *v, struct login *login)
{
	v->w.nlogouts++;
	free(login->store);
}
