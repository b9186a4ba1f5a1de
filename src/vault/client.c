#include "vault/client.h"

#include "rt/reconnect.h"
#include "vault/remote_key.h"

enum {
	CALL_MS = 30000,
	ISSUERS_OCTETS = 1 << 16,
	SIGN_MS = 10000,	/* a handshake does not wait for longer */
	CERTS_MAX = 64,
};

struct vault {
	struct remote_signer signer;	/* first */
	struct loop *loop;
	struct reconnect link;
	struct tls_lib *lib;
	struct store_codec *codec; /* of all store connections of logins */
	struct vault_ticket *tickets;	/* of all who are logged in */
	struct buf issuers;
	bool cram;
};

/* What a session holds to get a new store connection. */
struct vault_ticket {
	struct vault *v;
	int refs;		/* the login, and a reopen under way */
	char id[16];
	struct buf token;	/* for a vault that was started anew */
	struct vault_ticket *next, **prev;
};

static int64_t
after(const struct vault *v, int64_t ms)
{
	return loop_now_ms(v->loop) + ms;
}

/* TLS keys ------------------------------------------------------------ */

static int
sign_there(struct remote_signer *s, uint32_t key, struct str digest,
    enum remote_padding padding, struct str octets, uint8_t *sig, size_t *n,
    struct err *err)
{
	struct vault *v = container_of(s, struct vault, signer);
	struct arena *a = arena_new(16384);
	struct tls_sign_ask ask = { key, digest, padding, octets };
	struct tls_sign_answer answer;
	int rc = reconnect_call(&v->link, &vault_calls[VAULT_tls_sign], &ask,
	    &answer, a, NULL, after(v, SIGN_MS), err);

	if (rc == 0 && answer.signature.n > *n)
		rc = err_set(err, E_PROTO, "a signature too long");
	if (rc == 0) {
		memcpy(sig, answer.signature.p, answer.signature.n);
		*n = answer.signature.n;
	}
	arena_free(a);
	return rc;
}

struct vault *
vault_new(struct loop *l, int fd)
{
	static const struct reconnect_kind kind = { "vault", VAULT_WINDOW,
		.service = RECONNECT_SERVICE(NULL, 0) };
	struct vault *v = calloc(1, sizeof(*v));
	struct err err = { 0 };

	bug_if(!v);
	v->signer.sign = sign_there;
	v->loop = l;
	reconnect_init(&v->link, l, &kind);
	v->codec = store_codec_new();
	buf_init(&v->issuers, ISSUERS_OCTETS);
	v->lib = tls_lib_new(&err);
	if (!v->lib || remote_key_provide(v->lib, &err) < 0)
		bug("%s", err.text);
	if (HAVE_ASAN)	/* test builds: see tls.h */
		loop_on_switch(l, tls_no_errors);
	if (fd >= 0)
		reconnect_replace(&v->link, fd);
	return v;
}

void
vault_free(struct vault *v)
{
	if (!v)
		return;
	store_codec_unref(v->codec);
	buf_free(&v->issuers);
	reconnect_close(&v->link);
	tls_lib_unref(v->lib);
	free(v);
}

const struct reconnect *
vault_link(const struct vault *v)
{
	return &v->link;
}

OSSL_LIB_CTX *
vault_ossl(const struct vault *v)
{
	return tls_lib_ctx(v->lib);
}

void
vault_replace(struct vault *v, int fd)
{
	reconnect_replace(&v->link, fd);
	for (const struct vault_ticket *t = v->tickets; t; t = t->next) {
		struct resume_ask ask = { buf_get(&t->token) };

		reconnect_notify(&v->link, &vault_calls[VAULT_resume], &ask);
	}
}

static int
add_cert(struct vault *v, struct tls_ctx *ctx, const struct certs_answer *c,
    struct err *err)
{
	EVP_PKEY *key;
	int rc = remote_key_new(v->lib, c->chain_pem, &v->signer, c->key, &key,
	    err);

	if (rc < 0)
		return rc;
	rc = tls_ctx_add(ctx, c->chain_pem, key, err);
	if (rc == 0 && c->staple.n > 0)
		tls_ctx_staple(ctx, c->staple, c->staple_until);
	EVP_PKEY_free(key);
	return rc;
}

static int
add_certs(struct vault *v, struct tls_ctx *ctx, struct err *err)
{
	struct certs_answer answer;
	int rc = 0;

	for (uint32_t i = 0; i < CERTS_MAX && rc == 0; i++) {
		struct arena *a = arena_new(1 << 18);
		struct certs_ask ask = { i };

		rc = reconnect_call(&v->link, &vault_calls[VAULT_certs], &ask,
		    &answer, a, NULL, after(v, CALL_MS), err);
		if (rc == 0)
			rc = add_cert(v, ctx, &answer, err);
		arena_free(a);
		if (rc == E_NOTFOUND && i > 0)
			return 0;
	}
	return rc;
}

int
vault_tls_ctx(struct vault *v, struct tls_ctx **ctx, struct err *err)
{
	struct tls_ctx *made = tls_ctx_new(v->lib, err);
	int rc = add_certs(v, made, err);

	if (rc < 0)
		tls_ctx_unref(made);
	else
		*ctx = made;
	return rc;
}

void
vault_tickets(struct vault *v, struct str keys)
{
	tls_lib_tickets(v->lib, keys);
}

/* People -------------------------------------------------------------- */

static void
ticket_unref(struct vault_ticket *t)
{
	if (--t->refs > 0)
		return;
	buf_free(&t->token);
	free(t);
}

static struct str
ticket_id(const struct vault_ticket *t)
{
	return str_make(t->id, sizeof(t->id));
}

/* For the store connection, on the fiber that lost it. */
static int
reopen(void *arg, struct err *err)
{
	struct vault_ticket *t = arg;
	struct arena *a = arena_new(4096);
	struct reopen_ask ask = { ticket_id(t) };
	struct vault_done answer;
	int fd = -1, rc;

	t->refs++;
	rc = reconnect_call(&t->v->link, &vault_calls[VAULT_reopen], &ask,
	    &answer, a, &fd, after(t->v, CALL_MS), err);
	ticket_unref(t);
	arena_free(a);
	if (rc == 0 && fd < 0)
		rc = err_set(err, E_PROTO, "no connection in vault's answer");
	return rc < 0 ? rc : fd;
}

static struct vault_ticket *
ticket_new(struct vault *v, struct str id, struct str token)
{
	struct vault_ticket *t = calloc(1, sizeof(*t));

	bug_if(!t);
	t->v = v;
	t->refs = 1;
	memcpy(t->id, id.p, sizeof(t->id));
	buf_init(&t->token, 512);
	buf_str(&t->token, token);
	t->next = v->tickets;
	t->prev = &v->tickets;
	if (t->next)
		t->next->prev = &t->next;
	v->tickets = t;
	return t;
}

/* Owns fd. */
static int
come_in(struct vault *v, const struct login_answer *answer, int fd,
    struct login *login, struct err *err)
{
	if (fd < 0 || answer->ticket.n != 16) {
		if (fd >= 0)
			(void)close(fd);
		return err_set(err, E_PROTO, "vault's answer makes no sense");
	}
	login->account = answer->account;
	login->address = answer->address;
	login->label = answer->label;
	login->until = answer->until;
	login->ticket = ticket_new(v, answer->ticket, answer->token);
	login->store = store_new(v->loop, fd, reopen, login->ticket);
	store_use_codec(login->store, v->codec);
	return 0;
}

int
vault_login(struct vault *v, const struct login_ask *ask,
    struct login *login, struct arena *a, struct err *err)
{
	struct login_answer answer;
	int fd = -1, rc;

	rc = reconnect_call(&v->link, &vault_calls[VAULT_login], ask, &answer,
	    a, &fd, after(v, CALL_MS), err);
	return rc < 0 ? rc : come_in(v, &answer, fd, login, err);
}

int
vault_scram_first(struct vault *v, const struct scram_first_ask *ask,
    struct scram_first_answer *answer, struct arena *a, struct err *err)
{
	return reconnect_call(&v->link, &vault_calls[VAULT_scram_first], ask,
	    answer, a, NULL, after(v, CALL_MS), err);
}

int
vault_scram_final(struct vault *v, const struct scram_final_ask *ask,
    struct login *login, struct str *signature, struct arena *a,
    struct err *err)
{
	struct scram_final_answer answer;
	struct login_answer in = { 0 };
	int fd = -1, rc;

	rc = reconnect_call(&v->link, &vault_calls[VAULT_scram_final], ask,
	    &answer, a, &fd, after(v, CALL_MS), err);
	if (rc < 0)
		return rc;
	MSG_COPY(login_in, &in, &answer);
	*signature = answer.signature;
	return come_in(v, &in, fd, login, err);
}

int
vault_bearer(struct vault *v, const struct bearer_ask *ask,
    struct login *login, struct arena *a, struct err *err)
{
	struct login_answer answer;
	int fd = -1, rc;

	rc = reconnect_call(&v->link, &vault_calls[VAULT_bearer], ask, &answer,
	    a, &fd, after(v, CALL_MS), err);
	return rc < 0 ? rc : come_in(v, &answer, fd, login, err);
}

int
vault_external(struct vault *v, const struct external_ask *ask,
    struct login *login, struct arena *a, struct err *err)
{
	struct login_answer answer;
	int fd = -1, rc;

	rc = reconnect_call(&v->link, &vault_calls[VAULT_external], ask,
	    &answer, a, &fd, after(v, CALL_MS), err);
	return rc < 0 ? rc : come_in(v, &answer, fd, login, err);
}

int
vault_cram_first(struct vault *v, const struct cram_first_ask *ask,
    struct scram_first_answer *answer, struct arena *a, struct err *err)
{
	return reconnect_call(&v->link, &vault_calls[VAULT_cram_first], ask,
	    answer, a, NULL, after(v, CALL_MS), err);
}

int
vault_cram_final(struct vault *v, const struct cram_final_ask *ask,
    struct login *login, struct arena *a, struct err *err)
{
	struct login_answer answer;
	int fd = -1, rc;

	rc = reconnect_call(&v->link, &vault_calls[VAULT_cram_final], ask,
	    &answer, a, &fd, after(v, CALL_MS), err);
	return rc < 0 ? rc : come_in(v, &answer, fd, login, err);
}

void
vault_set_cram(struct vault *v, bool on)
{
	v->cram = on;
}

bool
vault_has_cram(const struct vault *v)
{
	return v->cram;
}

void
vault_set_issuers(struct vault *v, struct str oauth)
{
	buf_reset(&v->issuers);
	buf_str(&v->issuers, oauth);
	bug_if(buf_failed(&v->issuers));
}

struct str
vault_issuers(const struct vault *v)
{
	return buf_get(&v->issuers);
}

int
vault_sign_mail(struct vault *v, const struct login *login,
    const struct dkim_sign_ask *ask, struct str *fields, struct arena *a,
    struct err *err)
{
	struct dkim_sign_ask signed_by = *ask;
	struct dkim_sign_answer answer;
	int rc;

	signed_by.ticket = ticket_id(login->ticket);
	rc = reconnect_call(&v->link, &vault_calls[VAULT_dkim_sign], &signed_by,
	    &answer, a, NULL, after(v, CALL_MS), err);
	if (rc == 0)
		*fields = answer.fields;
	return rc;
}

int
vault_seal_mail(struct vault *v, const struct arc_seal_ask *ask,
    struct str *fields, struct arena *a, struct err *err)
{
	struct dkim_sign_answer answer;
	int rc = reconnect_call(&v->link, &vault_calls[VAULT_arc_seal], ask,
	    &answer, a, NULL, after(v, SIGN_MS), err);

	if (rc == 0)
		*fields = answer.fields;
	return rc;
}

int
vault_change_password(struct vault *v, const struct own_password_ask *ask,
    struct err *err)
{
	struct arena *a = arena_new(4096);
	struct vault_done done;
	int rc = reconnect_call(&v->link, &vault_calls[VAULT_own_password],
	    ask, &done, a, NULL, after(v, CALL_MS), err);

	arena_free(a);
	return rc;
}

int
vault_make_app_password(struct vault *v,
    const struct own_app_password_ask *ask, struct str *password,
    struct arena *a, struct err *err)
{
	struct app_password_answer answer;
	int rc = reconnect_call(&v->link,
	    &vault_calls[VAULT_own_app_password], ask, &answer, a, NULL,
	    after(v, CALL_MS), err);

	if (rc == 0)
		*password = answer.password;
	return rc;
}

int
vault_factor(struct vault *v, const struct own_factor_ask *ask,
    struct own_factor_answer *answer, struct arena *a, struct err *err)
{
	return reconnect_call(&v->link, &vault_calls[VAULT_own_factor], ask,
	    answer, a, NULL, after(v, CALL_MS), err);
}

int
vault_domain_is_ours(struct vault *v, struct str domain, struct err *err)
{
	struct is_ours_ask ask = { domain };
	struct arena *a = arena_new(1024);
	struct vault_done done;
	int rc = reconnect_call(&v->link, &vault_calls[VAULT_is_ours], &ask,
	    &done, a, NULL, after(v, CALL_MS), err);

	arena_free(a);
	return rc;
}

struct str
vault_ticket_of(const struct login *login)
{
	return ticket_id(login->ticket);
}

void
vault_logout(struct vault *v, struct login *login)
{
	struct vault_ticket *t = login->ticket;
	struct logout_ask ask;

	if (!t)
		return;
	ask = (struct logout_ask){ ticket_id(t) };
	reconnect_notify(&v->link, &vault_calls[VAULT_logout], &ask);
	*t->prev = t->next;
	if (t->next)
		t->next->prev = t->prev;
	store_close(login->store);
	ticket_unref(t);
	*login = (struct login){ 0 };
}
