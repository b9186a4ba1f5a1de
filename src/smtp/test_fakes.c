/*
 * test_fakes.c - the clients of store and vault, as a few lines each.
 */
#include "smtp/test_world.h"

/* ---- store ----------------------------------------------------------- */

struct blob_writer {
	struct store *st;
	struct buf text;
};

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
fake_rcpt(struct store *st, const struct rcpt_ask *ask,
    struct rcpt_answer *answer, struct err *err)
{
	st->w->rcpt = *ask;
	st->w->rcpt.address = str_dup(st->w->mem, ask->address);
	st->w->rcpt.orcpt = str_dup(st->w->mem, ask->orcpt);
	if (st->w->rcpt_error < 0)
		return err_set(err, st->w->rcpt_error, "told so");
	answer->kind = kind_of(st, ask->address);
	answer->handle = st->w->generation << 32 | ++st->w->nrcpts;
	answer->room = 1000000;
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
	to->text = str_dup(w->mem, ask->octets);
	to->envid = str_dup(w->mem, ask->envid);
	to->ret = ask->ret;
	to->smtputf8 = ask->smtputf8;
	to->nhandles = ask->handles.n / 8;
	to->change = ask->change;
}

/* Handles are good for one generation of the connection only. */
static int
fake_submit(struct store *st, const struct submit_ask *ask,
    struct submit_answer *answer, struct err *err)
{
	struct world *w = st->w;
	struct rd r = rd_of(ask->handles);

	if (w->lose_store > 0) {
		w->lose_store--;
		w->generation++;
		return err_set(err, E_PEER, "restarted");
	}
	if (w->lose_handles > 0) {
		w->lose_handles--;
		return err_set(err, E_DENIED, "forgotten");
	}
	while (rd_left(&r) > 0)
		if (rd_le64(&r) >> 32 != w->generation)
			return err_set(err, E_PEER, "old handle");
	if (w->submit_error < 0)
		return err_set(err, w->submit_error, "told so");
	if (w->nsubmits == WORLD_SUBMITS)
		return err_set(err, E_FULL, "no more than %d", WORLD_SUBMITS);
	keep_submit(w, ask);
	answer->message = w->nsubmits;
	return 0;
}

static int
fake_sender(struct world *w, const struct sender_ask *ask, struct err *err)
{
	w->nsenders++;
	if (ask->address.n == 0 ||
	    str_eqi(ask->address, STR("alice@example.test")))
		return 0;
	return err_set(err, E_DENIED, "not theirs");
}

int
store_call(struct store *st, enum store_call which, const void *ask,
    void *answer, struct arena *a unused_arg, struct err *err)
{
	struct loop *l = st->w->loop;
	int e;

	if (st->w->store_delay_ms > 0 &&
	    (e = fiber_sleep(l, loop_now_ms(l) + st->w->store_delay_ms)) ==
		E_CANCELED)
		return err_set(err, e, "canceled");
	if (which == STORE_rcpt)
		return fake_rcpt(st, ask, answer, err);
	if (which == STORE_submit)
		return fake_submit(st, ask, answer, err);
	if (which == STORE_sender)
		return fake_sender(st->w, ask, err);
	fail_msg("call %d", (int)which);
	return E_INVALID;
}

void
store_on_change(struct store *st unused_arg,
    void (*fn)(void *arg, uint64_t mailbox, uint64_t modseq),
    void *arg unused_arg)
{
	assert_null(fn);	/* nobody watches */
}

void
store_notify(struct store *st, enum store_call which,
    const void *ask unused_arg)
{
	assert_int_equal(which, STORE_journal);
	st->w->njournal++;
}

uint64_t
store_generation(const struct store *st)
{
	return st->w->generation;
}

uint64_t
store_change_id(struct store *st)
{
	return loop_random64(st->w->loop) | 1;
}

struct blob_writer *
blob_writer_new(struct store *st, uint32_t level unused_arg)
{
	struct blob_writer *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	b->st = st;
	b->text = BUF_INIT(16 << 20);
	return b;
}

int
blob_write(struct blob_writer *b, struct str octets, struct err *err)
{
	if (b->st->w->blob_error < 0)
		return err_set(err, b->st->w->blob_error, "told so");
	buf_str(&b->text, octets);
	return 0;
}

int
blob_finish(struct blob_writer *b, struct blob_ref *ref,
    struct err *err unused_arg)
{
	*ref = (struct blob_ref){ 0, buf_get(&b->text), b->text.n };
	return 0;
}

void
blob_writer_free(struct blob_writer *b)
{
	buf_free(&b->text);
	free(b);
}

/* ---- vault ------------------------------------------------------------ */

int
vault_login(struct vault *v, const struct login_ask *ask,
    struct login *login, struct arena *a, struct err *err)
{
	struct world *w = &v->w;
	struct store *st;

	w->nlogins++;
	assert_str(ask->peer, "192.0.2.1");
	if (str_eq(ask->user, STR("busy")))
		return err_set(err, E_BUSY, "too many tries");
	if (!str_eqi(ask->user, STR("alice@example.test")) ||
	    !str_eq(ask->password, STR("secret")))
		return err_set(err, E_DENIED, "wrong");
	st = calloc(1, sizeof(*st));
	assert_non_null(st);
	*st = (struct store){ w, true };
	*login = (struct login){ .account = 1, .store = st,
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

void
vault_logout(struct vault *v, struct login *login)
{
	v->w.nlogouts++;
	free(login->store);
}
