/*
 * role_external_test.c - EXTERNAL, with the vault as a process of ours and real
 * handshakes: which certificates let somebody in, and what a front that was
 * taken over can do without them.
 */
#include "vault/role_world.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/test.h"
#include "vault/tls_proof.h"

#define ALICE "alice@mail.test"
#define BOB "bob@mail.test"

enum { SERVICES_mail = SERVICE_imap | SERVICE_pop3 | SERVICE_smtp };

static struct str
spki_of(EVP_PKEY *key, struct arena *a)
{
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(key, &der);
	struct str s = str_dup(a, str_make((char *)der, (size_t)n));

	OPENSSL_free(der);
	return s;
}

static int
bind(struct world *w, const char *address, struct str spki, uint32_t services,
    int64_t expires)
{
	struct app_password_ask ask = { str_c(address), STR("Phone"),
		services, expires, APP_certificate, spki };
	struct app_password_answer answer;
	struct arena *a = arena_new(4096);
	struct err err;
	int rc = ipc_call(w->operator, &vault_calls[VAULT_app_password], &ask,
	    -1, &answer, a, NULL, NEVER, &err);

	if (rc == 0)
		assert_int_equal(answer.password.n, 0);
	arena_free(a);
	return rc;
}

/* ---- one handshake ------------------------------------------------------- */

struct meeting {
	struct tls_ctx *ctx;
	struct tls_peer peer;
	struct transport *server;
	bool shown;
	struct tls_shown what;
	SSL_SESSION *session;	/* of the client's, to be resumed */
};

static void
show(SSL *ssl, const struct test_cert *c)
{
	BIO *bio = BIO_new_mem_buf(c->pem.p, (int)c->pem.n);
	X509 *x = PEM_read_bio_X509(bio, NULL, NULL, NULL);

	assert_int_equal(SSL_use_certificate(ssl, x), 1);
	assert_int_equal(SSL_use_PrivateKey(ssl, c->key), 1);
	X509_free(x);
	BIO_free(bio);
}

/* groups: of the client, NULL: as it has them. */
static void
meet(struct meeting *m, struct tls_ctx *ctx, int version,
    const struct test_cert *c, SSL_SESSION *session, char *groups)
{
	struct err err = { 0 };
	int client = 0, rc = E_AGAIN;
	char octets[8];

	*m = (struct meeting){ .ctx = ctx, .peer = tls_peer(version, NULL,
	    NULL) };
	if (c)
		show(m->peer.ssl, c);
	if (session)
		assert_int_equal(SSL_set_session(m->peer.ssl, session), 1);
	if (groups)
		assert_int_equal(SSL_set1_groups_list(m->peer.ssl, groups), 1);
	m->server = transport_tls(m->peer.wire, ctx);
	for (int i = 0; i < 40 && (client != 1 || rc != 0); i++) {
		if (client == 0)
			client = tls_peer_step(&m->peer);
		if (rc == E_AGAIN)
			rc = transport_tls_step(m->server, &err);
	}
	if (client != 1 || rc != 0)
		fail_msg("%d %d %s", client, rc, err.text);
	/* Tickets of TLS 1.3 come behind it. */
	assert_int_equal(tls_peer_read(&m->peer, octets, sizeof(octets)), -1);
	m->session = SSL_get1_session(m->peer.ssl);
	m->shown = transport_tls_shown(m->server, &m->what);
}

static void
part(struct meeting *m)
{
	SSL_SESSION_free(m->session);
	m->server->ops->close(m->server);
	tls_peer_free(&m->peer);
}

static struct tls_ctx *
asking(struct world *w)
{
	struct tls_ctx *ctx;
	struct err err = { 0 };

	w->role.config.client_certificates = true;
	assert_int_equal(vault_tls_ctx(w->front, &ctx, &err), 0);
	tls_ctx_ask_clients(ctx);
	return ctx;
}

static struct external_ask
ask_of(const struct tls_shown *s, const char *user, uint32_t service)
{
	return (struct external_ask){ str_c(user), STR("192.0.2.9"), service,
		s->key, s->version, s->scheme, s->said, s->signature };
}

static int
come(struct vault *v, const struct external_ask *ask, uint64_t *account)
{
	struct arena *a = arena_new(65536);
	struct login login = { 0 };
	struct err err = { 0 };
	int rc = vault_external(v, ask, &login, a, &err);

	if (rc == 0) {
		*account = login.account;
		assert_str(login.label, "Phone");
		login.label = STR_NULL;
	}
	vault_logout(v, &login);
	arena_free(a);
	return rc;
}

static int
try(struct vault *v, const struct tls_shown *s, const char *user,
    uint32_t service)
{
	struct external_ask ask = ask_of(s, user, service);
	uint64_t account;

	return come(v, &ask, &account);
}

/* ---- who comes in -------------------------------------------------------- */

/* groups that want a second ClientHello, and a client's transcript of it. */
static void
everybody(struct world *w)
{
	static const char *const types[] = { "EC", "RSA", "ED25519" };
	static const int versions[] = { TLS1_3_VERSION, TLS1_2_VERSION };
	char retried[] = "P-384:P-256";
	struct tls_ctx *ctx = asking(w);
	int logins = w->logins;

	for (size_t i = 0; i < NELEM(types); i++) {
		/* That it was good till yesterday is nothing to us. */
		struct test_cert c = test_cert_until(types[i], "x",
		    "DNS:x.test", i == 0 ? -60 : 86400);
		struct arena *a = arena_new(1 << 16);

		assert_int_equal(bind(w, ALICE, spki_of(c.key, a),
		    SERVICES_mail, 0), 0);
		for (size_t j = 0; j < 3; j++) {
			struct external_ask ask;
			struct meeting m;
			uint64_t account = 0;

			meet(&m, ctx, versions[j % 2], &c, NULL,
			    j == 2 ? retried : NULL);
			assert_true(m.shown);
			ask = ask_of(&m.what, j == 1 ? "" : "Alice@mail.test",
			    SERVICE_imap);
			assert_int_equal(come(w->front, &ask, &account), 0);
			assert_int_equal(account, 7);
			/* A handshake proves once. */
			assert_int_equal(come(w->front, &ask, &account),
			    E_STALE);
			part(&m);
		}
		arena_free(a);
		test_cert_free(&c);
	}
	assert_int_equal(w->logins, logins + 9);
	tls_ctx_unref(ctx);
}

static void
test_everybody(void **state)
{
	run(*state, everybody);
}

/* Each in a handshake of its own: else it would not do anyway. */
static void
refusals(struct world *w)
{
	static const struct {
		const char *user;
		uint32_t service;
		int64_t for_s;	/* from now; 0: for good */
		int want;
	} t[] = {
		{ ALICE, SERVICE_imap, 0, 0 },
		{ ALICE, SERVICE_imap, 60, 0 },
		{ ALICE, SERVICE_imap, -1, E_DENIED },
		{ ALICE, SERVICE_smtp, 0, E_DENIED },
		{ BOB, SERVICE_imap, 0, E_DENIED },
		{ "nobody@mail.test", SERVICE_imap, 0, E_DENIED },
		{ ALICE, SERVICE_page, 0, E_INVALID },
	};
	struct tls_ctx *ctx = asking(w);
	struct test_cert c = test_cert("EC", "x", "DNS:x.test");
	struct test_cert other = test_cert("EC", "x", "DNS:x.test");
	struct arena *a = arena_new(1 << 16);
	int failures = w->failures, wrong = 0;
	struct meeting m;

	for (size_t i = 0; i < NELEM(t); i++) {
		assert_int_equal(bind(w, ALICE, spki_of(c.key, a),
		    SERVICE_imap, t[i].for_s ? loop_wall(w->loop) +
		    t[i].for_s : 0), 0);
		meet(&m, ctx, TLS1_3_VERSION, &c, NULL, NULL);
		assert_int_equal(try(w->front, &m.what, t[i].user,
		    t[i].service), t[i].want);
		wrong += t[i].want == E_DENIED;
		part(&m);
	}
	meet(&m, ctx, TLS1_3_VERSION, &other, NULL, NULL);
	assert_int_equal(try(w->front, &m.what, "", SERVICE_imap), E_DENIED);
	part(&m);
	assert_int_equal(w->failures, failures + wrong + 1);
	/* And where nobody is asked for one. */
	meet(&m, ctx, TLS1_3_VERSION, &c, NULL, NULL);
	w->role.config.client_certificates = false;
	assert_int_equal(try(w->front, &m.what, ALICE, SERVICE_imap),
	    E_INVALID);
	part(&m);
	meet(&m, ctx, TLS1_3_VERSION, NULL, NULL, NULL);
	assert_false(m.shown);
	part(&m);
	arena_free(a);
	test_cert_free(&c);
	test_cert_free(&other);
	tls_ctx_unref(ctx);
}

static void
test_refusals(void **state)
{
	run(*state, refusals);
}

/* Who shows a certificate is given no ticket, and who was given one before
 * shows nothing when it comes again. */
static void
resumed(struct world *w)
{
	static const int versions[] = { TLS1_3_VERSION, TLS1_2_VERSION };
	struct tls_ctx *ctx = asking(w);
	struct test_cert c = test_cert("EC", "x", "DNS:x.test");

	for (size_t i = 0; i < NELEM(versions); i++) {
		struct meeting first, second;

		meet(&first, ctx, versions[i], &c, NULL, NULL);
		assert_true(first.shown);
		assert_false(SSL_SESSION_has_ticket(first.session));
		meet(&second, ctx, versions[i], &c, first.session, NULL);
		assert_false(SSL_session_reused(second.peer.ssl));
		assert_true(second.shown);
		part(&second);
		part(&first);

		meet(&first, ctx, versions[i], NULL, NULL, NULL);
		assert_true(SSL_SESSION_has_ticket(first.session));
		meet(&second, ctx, versions[i], &c, first.session, NULL);
		assert_true(SSL_session_reused(second.peer.ssl));
		assert_false(second.shown);
		part(&second);
		part(&first);
	}
	test_cert_free(&c);
	tls_ctx_unref(ctx);
}

static void
test_resumed(void **state)
{
	run(*state, resumed);
}

/* ---- a front that was taken over ----------------------------------------- */

static struct str
changed(struct arena *a, struct str s, size_t at)
{
	struct str copy = str_dup(a, s);

	((char *)(uintptr_t)copy.p)[at] ^= 1;
	return copy;
}

/* As no handshake, or as none that vault knows of. */
static void
turned_away(int rc)
{
	if (rc != E_DENIED && rc != E_STALE)
		fail_msg("%d", rc);
}

/* It knows a key, which is public, and all that was ever said; and has
 * signatures for handshakes. */
static void
lies(struct world *w)
{
	struct tls_ctx *ctx = asking(w);
	struct test_cert c = test_cert("EC", "x", "DNS:x.test");
	struct test_cert own = test_cert("EC", "x", "DNS:x.test");
	struct arena *a = arena_new(1 << 20);
	struct meeting m, mine;
	struct external_ask ask;
	uint64_t account;

	assert_int_equal(bind(w, ALICE, spki_of(c.key, a), SERVICES_mail, 0),
	    0);
	for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION;
	    version++) {
		/* A handshake of its own, in the name of her key. */
		meet(&m, ctx, version, &c, NULL, NULL);
		meet(&mine, ctx, version, &own, NULL, NULL);
		ask = ask_of(&mine.what, ALICE, SERVICE_imap);
		ask.key = m.what.key;
		assert_int_equal(come(w->front, &ask, &account), E_DENIED);
		part(&mine);
		/* Hers, over another's connection, and as what it is not. */
		assert_int_equal(try(w->other, &m.what, ALICE, SERVICE_imap),
		    E_STALE);
		ask = ask_of(&m.what, ALICE, SERVICE_imap);
		ask.version = version == TLS1_2_VERSION ? TLS1_3_VERSION :
		    TLS1_2_VERSION;
		turned_away(come(w->front, &ask, &account));
		/* The signature of another handshake of hers. */
		meet(&mine, ctx, version, &c, NULL, NULL);
		ask = ask_of(&mine.what, ALICE, SERVICE_imap);
		ask.signature = m.what.signature;
		assert_int_equal(come(w->front, &ask, &account), E_DENIED);
		part(&mine);
		/* As it was, it still does. */
		assert_int_equal(try(w->front, &m.what, ALICE, SERVICE_imap),
		    0);
		part(&m);
		/* An octet is changed somewhere. */
		for (size_t i = 0; i < 8; i++) {
			meet(&m, ctx, version, &c, NULL, NULL);
			ask = ask_of(&m.what, ALICE, SERVICE_imap);
			ask.said = changed(a, ask.said, i * ask.said.n / 8);
			turned_away(come(w->front, &ask, &account));
			part(&m);
		}
	}
	arena_free(a);
	test_cert_free(&c);
	test_cert_free(&own);
	tls_ctx_unref(ctx);
}

static void
test_lies(void **state)
{
	run(*state, lies);
}

/* Alice shows her certificate to another server, which is in league with a
 * front: that has vault sign for that handshake, too. But it was not our
 * certificate that she was shown. */
static void
another_server(struct world *w)
{
	struct test_cert c = test_cert("EC", "x", "DNS:x.test");
	struct test_cert evil = test_cert("EC", "evil.test", "DNS:evil.test");
	struct arena *a = arena_new(1 << 20);
	struct err err = { 0 };
	struct tls_lib *lib = tls_lib_new(&err);
	struct tls_ctx *ctx = tls_ctx_new(lib, &err);
	struct certs_ask certs = { 0 };
	struct certs_answer cert;
	struct ipc_options o = { 0 };
	struct ipc *front = ipc_open(w->loop, connect_to(w, ROLE_FRONT), &o,
	    &err);

	w->role.config.client_certificates = true;
	assert_int_equal(bind(w, ALICE, spki_of(c.key, a), SERVICES_mail, 0),
	    0);
	assert_int_equal(tls_ctx_add(ctx, buf_get(&evil.pem), evil.key, &err),
	    0);
	tls_ctx_ask_clients(ctx);
	assert_int_equal(ipc_call(front, &vault_calls[VAULT_certs], &certs, -1,
	    &cert, a, NULL, NEVER, &err), 0);
	for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION;
	    version++) {
		struct tls_proof_parts parts;
		struct meeting m;
		struct tls_sign_ask sign = { .key = cert.key,
			.digest = STR("SHA256") };
		struct tls_sign_answer signature;
		struct login_answer in;
		struct external_ask ask;

		meet(&m, ctx, version, &c, NULL, NULL);
		ask = ask_of(&m.what, ALICE, SERVICE_imap);
		assert_true(tls_proof_read(tls_lib_ctx(lib),
		    &(struct tls_proof){ ask.version, ask.scheme, ask.said,
		    ask.signature }, a, &parts));
		sign.octets = parts.ours;
		assert_int_equal(ipc_call(front, &vault_calls[VAULT_tls_sign],
		    &sign, -1, &signature, a, NULL, NEVER, &err), 0);
		assert_int_equal(ipc_call(front, &vault_calls[VAULT_external],
		    &ask, -1, &in, a, NULL, NEVER, &err), E_STALE);
		part(&m);
	}
	ipc_close(front);
	tls_ctx_unref(ctx);
	tls_lib_unref(lib);
	arena_free(a);
	test_cert_free(&c);
	test_cert_free(&evil);
}

static void
test_another_server(void **state)
{
	run(*state, another_server);
}

/* A front has an old handshake of alice's: it can have vault sign the same
 * octets again, but that is another signature than the one she has seen. */
static void
replayed(struct world *w)
{
	struct test_cert c = test_cert("EC", "x", "DNS:x.test");
	struct arena *a = arena_new(1 << 20);
	struct err err = { 0 };
	struct tls_lib *lib = tls_lib_new(&err);
	struct tls_ctx *ctx = asking(w);
	struct certs_ask certs = { 0 };
	struct certs_answer cert;
	struct ipc_options o = { 0 };
	struct ipc *front = ipc_open(w->loop, connect_to(w, ROLE_FRONT), &o,
	    &err);

	assert_int_equal(bind(w, ALICE, spki_of(c.key, a), SERVICES_mail, 0),
	    0);
	assert_int_equal(ipc_call(front, &vault_calls[VAULT_certs], &certs, -1,
	    &cert, a, NULL, NEVER, &err), 0);
	for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION;
	    version++) {
		struct tls_sign_ask sign = { .key = cert.key,
			.digest = STR("SHA256") };
		struct tls_sign_answer signature;
		struct tls_proof_parts parts;
		struct login_answer in;
		struct external_ask ask;
		struct meeting m;

		meet(&m, ctx, version, &c, NULL, NULL);
		ask = ask_of(&m.what, ALICE, SERVICE_imap);
		assert_true(tls_proof_read(tls_lib_ctx(lib),
		    &(struct tls_proof){ ask.version, ask.scheme, ask.said,
		    ask.signature }, a, &parts));
		assert_int_equal(try(w->front, &m.what, ALICE, SERVICE_imap),
		    0);
		sign.octets = parts.ours;
		assert_int_equal(ipc_call(front, &vault_calls[VAULT_tls_sign],
		    &sign, -1, &signature, a, NULL, NEVER, &err), 0);
		assert_int_equal(ipc_call(front, &vault_calls[VAULT_external],
		    &ask, -1, &in, a, NULL, NEVER, &err), E_STALE);
		part(&m);
	}
	ipc_close(front);
	tls_ctx_unref(ctx);
	tls_lib_unref(lib);
	arena_free(a);
	test_cert_free(&c);
}

static void
test_replayed(void **state)
{
	run(*state, replayed);
}

/* ---- what can be bound --------------------------------------------------- */

static void
keys(struct world *w)
{
	struct arena *a = arena_new(1 << 16);
	EVP_PKEY *weak = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024);
	EVP_PKEY *odd = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "secp256k1");
	EVP_PKEY *good = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
	struct str spki = spki_of(good, a);

	assert_int_equal(bind(w, ALICE, spki, SERVICE_imap, 0), 0);
	assert_int_equal(bind(w, ALICE, spki, SERVICES_apps, 0), E_INVALID);
	assert_int_equal(bind(w, ALICE, spki_of(weak, a), SERVICE_imap, 0),
	    E_INVALID);
	assert_int_equal(bind(w, ALICE, spki_of(odd, a), SERVICE_imap, 0),
	    E_INVALID);
	assert_int_equal(bind(w, ALICE, STR(""), SERVICE_imap, 0), E_INVALID);
	assert_int_equal(bind(w, ALICE, str_first(spki, spki.n - 1),
	    SERVICE_imap, 0), E_INVALID);
	assert_int_equal(bind(w, ALICE, arena_printf(a, "%.*s0",
	    STR_FMT(spki)), SERVICE_imap, 0), E_INVALID);
	EVP_PKEY_free(weak);
	EVP_PKEY_free(odd);
	EVP_PKEY_free(good);
	ERR_clear_error();
	arena_free(a);
}

static void
test_keys(void **state)
{
	run(*state, keys);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everybody),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_resumed),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_another_server),
		cmocka_unit_test(test_replayed),
		cmocka_unit_test(test_keys),
	};

	return cmocka_run_group_tests(tests, world_up, world_down);
}
