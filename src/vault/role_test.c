/*
 * role_test.c - the vault as a process of ours: logins, tickets, floods, and
 * handshakes that it signs.
 */
#include "vault/role_world.h"

#include <openssl/x509v3.h>

#include "base/test.h"

static int
try(struct vault *v, const char *user, const char *password, const char *peer,
    struct login *login)
{
	struct login_ask ask = { STR("PLAIN"), STR_NULL, str_c(user),
		str_c(password), str_c(peer) };
	struct arena *a = arena_new(65536);
	struct err err = { 0 };
	int rc;

	*login = (struct login){ 0 };
	rc = vault_login(v, &ask, login, a, &err);
	if (rc == 0)
		assert_true(str_endsi(login->address, STR("@mail.test")));
	arena_free(a);
	return rc;
}

static void
logins(struct world *w)
{
	const struct {
		const char *user, *password;
		int want;
	} rows[] = {
		{ "alice@mail.test", "postern-demo", 0 },
		{ "Alice@Mail.Test", "postern-demo", 0 },
		{ "bob@mail.test", "gr\xc3\xbc\xc3\x9f", 0 },
		{ "alice@mail.test", "Postern-demo", E_DENIED },
		{ "alice@mail.test", "", E_DENIED },
		{ "bob@mail.test", "postern-demo", E_DENIED },
		{ "nobody@mail.test", "postern-demo", E_DENIED },
		{ "", "", E_DENIED },
	};
	int opened = w->opened, good = 0;

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct login login;

		assert_int_equal(try(w->front, rows[i].user, rows[i].password,
		    "192.0.2.1", &login), rows[i].want);
		good += rows[i].want == 0;
		if (rows[i].want == 0)
			assert_int_equal(login.account, i == 2 ? 8 : 7);
		vault_logout(w->front, &login);
	}
	assert_int_equal(w->opened, opened + good);
}

static void
test_logins(void **state)
{
	struct world *w = *state;

	run(w, logins);
	assert_int_equal(w->logins, 3);
	assert_int_equal(w->failures, 5);
}

static void
fields(struct world *w)
{
	struct login_ask ask = { STR("PLAIN"), STR("bob@mail.test"),
		STR("alice@mail.test"), STR("postern-demo"), STR("::1") };
	struct arena *a = arena_new(65536);
	struct login login;
	struct err err;

	assert_int_equal(vault_login(w->front, &ask, &login, a, &err),
	    E_DENIED);
	ask.mechanism = STR("CRAM-MD5");
	assert_int_equal(vault_login(w->front, &ask, &login, a, &err),
	    E_INVALID);
	ask.mechanism = STR("login");
	ask.authzid = ask.user;
	assert_int_equal(vault_login(w->front, &ask, &login, a, &err), 0);
	vault_logout(w->front, &login);
	arena_free(a);
}

static void
test_fields(void **state)
{
	run(*state, fields);
}

/* Guesses from one place end in E_BUSY there, and nowhere else. */
static void
guesses(struct world *w)
{
	struct login login;
	char guess[32];
	int rc = 0, n = 0;

	for (; n < 50 && rc != E_BUSY; n++) {
		(void)snprintf(guess, sizeof(guess), "guess %d", n);
		rc = try(w->front, "alice@mail.test", guess, "198.51.100.9",
		    &login);
		assert_true(rc == E_DENIED || rc == E_BUSY);
	}
	assert_int_equal(n, LOGIN_LIMIT_PEER + 1);
	assert_int_equal(try(w->front, "alice@mail.test", "postern-demo",
	    "198.51.100.9", &login), E_BUSY);
	assert_int_equal(try(w->front, "alice@mail.test", "postern-demo",
	    "198.51.100.10", &login), 0);
	vault_logout(w->front, &login);
	/* From many places: the user is safe, and still gets in where they
	 * were just now. */
	for (n = 0; n < LOGIN_LIMIT_USER; n++) {
		char peer[32];

		(void)snprintf(guess, sizeof(guess), "guess %d", n + 100);
		(void)snprintf(peer, sizeof(peer), "203.0.113.%d", n);
		(void)try(w->front, "alice@mail.test", guess, peer, &login);
	}
	assert_int_equal(try(w->front, "alice@mail.test", "postern-demo",
	    "203.0.113.200", &login), E_BUSY);
	assert_int_equal(try(w->front, "bob@mail.test",
	    "gr\xc3\xbc\xc3\x9f", "203.0.113.200", &login), 0);
	vault_logout(w->front, &login);
}

static void
test_guesses(void **state)
{
	run(*state, guesses);
}

static int64_t
elapsed(struct world *w, int want)
{
	struct login login;
	int64_t t = w->clock.mono_us(&w->clock);

	assert_int_equal(try(w->front, "bob@mail.test",
	    "gr\xc3\xbc\xc3\x9f", "192.0.2.77", &login), want);
	vault_logout(w->front, &login);
	return w->clock.mono_us(&w->clock) - t;
}

static void
remembered(struct world *w)
{
	int64_t first, again = INT64_MAX, t;
	struct login login;

	seal(w, "bob@mail.test", "gr\xc3\xbc\xc3\x9f");
	first = elapsed(w, 0);
	for (int i = 0; i < 10; i++) {
		t = elapsed(w, 0);
		again = t < again ? t : again;
	}
	print_message("login: %lld us, then %lld us\n", (long long)first,
	    (long long)again);
	assert_true(again * 4 < first);
	/* A new password: what was proven is worth nothing. */
	seal(w, "bob@mail.test", "another");
	(void)elapsed(w, E_DENIED);
	assert_int_equal(try(w->front, "bob@mail.test", "another",
	    "192.0.2.77", &login), 0);
	vault_logout(w->front, &login);
	/* Store passes one's credential for another's. */
	buf_reset(&w->people[1].sealed);
	buf_str(&w->people[1].sealed, buf_get(&w->people[0].sealed));
	assert_int_equal(try(w->front, "bob@mail.test", "postern-demo",
	    "192.0.2.77", &login), E_IO);
	seal(w, "bob@mail.test", "gr\xc3\xbc\xc3\x9f");
}

static void
test_remembered(void **state)
{
	run(*state, remembered);
}

static int
call_reopen(struct world *w, enum role_kind kind, struct str id)
{
	struct reopen_ask ask = { id };
	struct vault_done answer;
	struct arena *a = arena_new(4096);
	struct ipc_options o = { 0 };
	struct err err;
	struct ipc *c = ipc_open(w->loop, connect_to(w, kind), &o, &err);
	int rc = ipc_call(c, &vault_calls[VAULT_reopen], &ask, -1, &answer, a,
	    NULL, loop_now_ms(w->loop) + 5000, &err);

	ipc_close(c);
	arena_free(a);
	return rc;
}

/* On a new connection of this worker: hand in a token, use the ticket. */
static int
call_resume(struct world *w, uint32_t index, struct str token, struct str id)
{
	struct resume_ask resume = { token };
	struct reopen_ask ask = { id };
	struct vault_done answer;
	struct arena *a = arena_new(4096);
	struct ipc_options o = { 0 };
	struct err err;
	struct ipc *c = ipc_open(w->loop, connect_worker(w, ROLE_FRONT, index),
	    &o, &err);
	int rc, fd = -1;

	ipc_notify(c, &vault_calls[VAULT_resume], &resume, -1);
	rc = ipc_call(c, &vault_calls[VAULT_reopen], &ask, -1, &answer, a, &fd,
	    loop_now_ms(w->loop) + 5000, &err);
	if (fd >= 0)
		(void)close(fd);
	ipc_close(c);
	arena_free(a);
	return rc;
}

static void
tickets(struct world *w)
{
	struct login_ask ask = { STR("PLAIN"), STR_NULL,
		STR("alice@mail.test"), STR("postern-demo"), STR("::1") };
	struct reopen_ask again;
	struct logout_ask out;
	struct login_answer answer;
	struct vault_done done;
	struct arena *a = arena_new(65536);
	struct ipc_options o = { 0 };
	struct err err;
	struct ipc *c = ipc_open(w->loop, connect_to(w, ROLE_FRONT), &o, &err);
	int fd = -1;

	assert_int_equal(ipc_call(c, &vault_calls[VAULT_login], &ask, -1,
	    &answer, a, &fd, NEVER, &err), 0);
	assert_true(fd >= 0);
	(void)close(fd);
	again.ticket = out.ticket = answer.ticket;
	assert_int_equal(ipc_call(c, &vault_calls[VAULT_reopen], &again, -1,
	    &done, a, &fd, NEVER, &err), 0);
	assert_true(fd >= 0);
	(void)close(fd);
	/* A token is for the same worker. */
	assert_int_equal(call_resume(w, 0, answer.token, answer.ticket), 0);
	assert_int_equal(call_resume(w, 1, answer.token, answer.ticket),
	    E_DENIED);
	assert_int_equal(call_resume(w, 0, str_from(answer.token, 1),
	    answer.ticket), E_DENIED);
	/* Another front's connection, an mx, a guess. */
	assert_int_equal(call_reopen(w, ROLE_FRONT, answer.ticket), E_DENIED);
	assert_int_equal(call_reopen(w, ROLE_MX, answer.ticket), E_DENIED);
	again.ticket = STR("0123456789abcdef");
	assert_int_equal(ipc_call(c, &vault_calls[VAULT_reopen], &again, -1,
	    &done, a, &fd, NEVER, &err), E_DENIED);
	ipc_notify(c, &vault_calls[VAULT_logout], &out, -1);
	again.ticket = answer.ticket;
	assert_int_equal(ipc_call(c, &vault_calls[VAULT_reopen], &again, -1,
	    &done, a, &fd, NEVER, &err), E_DENIED);
	ipc_close(c);
	arena_free(a);
}

static void
test_tickets(void **state)
{
	run(*state, tickets);
}

/* What each may not: the table of authorities. */
static void
authorities(struct world *w)
{
	struct login_ask login = { .mechanism = STR("PLAIN") };
	struct tls_sign_ask sign = { .digest = STR("SHA256"),
		.octets = STR("From: alice\r\n") };
	struct seal_password_ask sealing = { STR("a@b"), STR("x") };
	struct app_password_ask app = { STR("alice@mail.test"), STR("Phone"),
		SERVICES_apps, 0 };
	struct certs_ask certs = { 0 };
	const struct {
		struct ipc *from;
		enum vault_call call;
		const void *ask;
	} rows[] = {
		{ w->operator, VAULT_login, &login },
		{ w->operator, VAULT_tls_sign, &sign },
		{ NULL, VAULT_login, &login },
		{ NULL, VAULT_seal_password, &sealing },
		{ NULL, VAULT_app_password, &app },
		{ NULL, VAULT_tls_sign, &sign },
	};
	struct ipc_options o = { 0 };
	struct err err;
	struct ipc *mx = ipc_open(w->loop, connect_to(w, ROLE_MX), &o, &err);
	struct arena *a = arena_new(1 << 18);
	union {
		struct login_answer a;
		struct tls_sign_answer b;
		struct certs_answer c;
		struct seal_password_answer d;
	} answer;
	struct certs_answer cert;

	assert_int_equal(ipc_call(mx, &vault_calls[VAULT_certs], &certs, -1,
	    &cert, a, NULL, NEVER, &err), 0);
	sign.key = cert.key;
	for (size_t i = 0; i < NELEM(rows); i++)
		assert_int_equal(ipc_call(rows[i].from ? rows[i].from : mx,
		    &vault_calls[rows[i].call], rows[i].ask, -1, &answer, a,
		    NULL, NEVER, &err), E_DENIED);
	sign.key++;
	assert_int_equal(ipc_call(mx, &vault_calls[VAULT_tls_sign], &sign, -1,
	    &answer, a, NULL, NEVER, &err), E_NOTFOUND);
	ipc_close(mx);
	arena_free(a);
}

static void
test_authorities(void **state)
{
	run(*state, authorities);
}

/* A login waits for store, and a session's connection comes back by itself
 * when store does. */
static void
come_back(void *arg)
{
	struct world *w = arg;

	(void)fiber_sleep(w->loop, loop_now_ms(w->loop) + 100);
	store_up(w);
}

static void
away(struct world *w)
{
	struct hello_ask ask = { 0 };
	struct hello_answer answer;
	struct arena *a = arena_new(4096);
	struct login login;
	struct err err;
	int opened;

	store_down(w);
	(void)fiber_spawn(w->loop, "store", come_back, w);
	assert_int_equal(try(w->front, "alice@mail.test", "postern-demo",
	    "192.0.2.1", &login), 0);
	opened = w->opened;
	ipc_close(w->mailbox);
	w->mailbox = NULL;
	assert_int_equal(store_call(login.store, STORE_hello, &ask, &answer, a,
	    &err), 0);
	assert_str(answer.address, "alice@mail.test");
	assert_int_equal(w->opened, opened + 1);
	vault_logout(w->front, &login);
	arena_free(a);
}

static void
test_away(void **state)
{
	run(*state, away);
}

/* A session that lives on while vault and then store are started anew; and
 * one whose password is changed meanwhile. */
static void
log_in_lasting(struct world *w)
{
	assert_int_equal(try(w->front, "alice@mail.test", "postern-demo",
	    "192.0.2.1", &w->lasting), 0);
}

static int
ask_hello(struct world *w)
{
	struct hello_ask ask = { 0 };
	struct hello_answer answer;
	struct arena *a = arena_new(4096);
	struct err err;
	int rc;

	ipc_close(w->mailbox);
	w->mailbox = NULL;
	rc = store_call(w->lasting.store, STORE_hello, &ask, &answer, a, &err);
	arena_free(a);
	return rc;
}

static void
go_on(struct world *w)
{
	assert_int_equal(ask_hello(w), 0);
	seal(w, "alice@mail.test", "changed");
	assert_int_equal(ask_hello(w), E_DENIED);
	seal(w, "alice@mail.test", "postern-demo");
	vault_logout(w->front, &w->lasting);
}

static void
test_resumed(void **state)
{
	struct world *w = *state;

	run(w, log_in_lasting);
	restart(w);
	run(w, go_on);
}

/* A flood of guesses: its queue is bounded, and signatures pass it by. */
enum { FLOOD = 100 };

struct guess {
	struct world *w;
	int number, rc;
	int *pending;
};

static void
guess_once(void *arg)
{
	struct guess *g = arg;
	struct login login;
	char user[32], peer[32];

	(void)snprintf(user, sizeof(user), "u%d@mail.test", g->number);
	(void)snprintf(peer, sizeof(peer), "10.0.0.%d", g->number);
	g->rc = try(g->w->front, user, "guess", peer, &login);
	--*g->pending;
}

static void
flood(struct world *w)
{
	struct guess *g = calloc(FLOOD, sizeof(*g));
	int pending = FLOOD, busy = 0;

	for (int i = 0; i < FLOOD; i++) {
		g[i] = (struct guess){ w, i, 0, &pending };
		(void)fiber_spawn(w->loop, "guess", guess_once, &g[i]);
	}
	sign_tls_many(w);
	assert_true(pending > 0);
	while (pending > 0)
		(void)fiber_sleep(w->loop, loop_now_ms(w->loop) + 5);
	for (int i = 0; i < FLOOD; i++) {
		assert_true(g[i].rc == E_DENIED || g[i].rc == E_BUSY);
		busy += g[i].rc == E_BUSY;
	}
	print_message("a flood of %d: %d told to come later\n", FLOOD, busy);
	assert_in_range(busy, 1, FLOOD - HASH_QUEUE);
	free(g);
}

static void
test_flood(void **state)
{
	run(*state, flood);
}

/* TLS with the key in vault, from a certificate that vault made. */
struct handshake {
	struct world *w;
	struct stream *s;
	struct vault *v;
	X509 *cert;
	bool done;
};

static void
accept_tls(void *arg)
{
	struct handshake *h = arg;
	struct tls_ctx *ctx = NULL;
	struct err err = { 0 };

	if (vault_tls_ctx(h->v, &ctx, &err) < 0 ||
	    stream_tls_accept(h->s, ctx, &err) < 0)
		fail_msg("%s", err.text);
	tls_ctx_unref(ctx);
	h->done = true;
}

static X509 *
shake(struct world *w, struct vault *v)
{
	struct tls_peer p = tls_peer(TLS1_3_VERSION, "mail.test", NULL);
	struct handshake h = { w, stream_new(w->loop, p.wire), v, NULL, 0 };
	X509 *cert;

	(void)fiber_spawn(w->loop, "tls", accept_tls, &h);
	for (int i = 0, client = 0; !h.done || client == 0; i++) {
		assert_true(i < 5000);
		if (client == 0)
			client = tls_peer_step(&p);
		assert_int_not_equal(client, -1);
		loop_once(w->loop, 1);
	}
	cert = SSL_get1_peer_certificate(p.ssl);
	stream_close(h.s);
	tls_peer_free(&p);
	return cert;
}

static void
test_tls(void **state)
{
	static const char *const names[] = { "mail.test", "localhost" };
	struct world *w = *state;
	X509 *one = shake(w, w->mx), *two;

	for (size_t i = 0; i < NELEM(names); i++)
		assert_int_equal(X509_check_host(one, names[i], 0, 0, NULL),
		    1);
	assert_int_equal(X509_check_ip_asc(one, "127.0.0.1", 0), 1);
	assert_int_equal(X509_check_ip_asc(one, "::1", 0), 1);
	assert_int_equal(w->puts, 2);
	/* After a restart it is the same one. */
	restart(w);
	two = shake(w, w->front);
	assert_int_equal(X509_cmp(one, two), 0);
	assert_int_equal(w->puts, 2);
	X509_free(one);
	X509_free(two);
}

/* Web alone may ask, who is asked by strangers. */
static void
domains(struct world *w)
{
	struct vault *web = vault_new(w->loop, connect_to(w, ROLE_WEB));
	struct err err;

	assert_int_equal(vault_domain_is_ours(web, STR("mail.test"), &err),
	    0);
	assert_int_equal(vault_domain_is_ours(web, STR("far.test"), &err),
	    E_NOTFOUND);
	assert_int_equal(vault_domain_is_ours(w->front, STR("mail.test"),
	    &err), E_DENIED);
	assert_int_equal(vault_domain_is_ours(w->mx, STR("mail.test"), &err),
	    E_DENIED);
	vault_free(web);
}

static void
test_domains(void **state)
{
	run(*state, domains);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tls),
		cmocka_unit_test(test_logins),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_authorities),
		cmocka_unit_test(test_tickets),
		cmocka_unit_test(test_domains),
		cmocka_unit_test(test_remembered),
		cmocka_unit_test(test_away),
		cmocka_unit_test(test_resumed),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_guesses),
	};

	return cmocka_run_group_tests(tests, world_up, world_down);
}
