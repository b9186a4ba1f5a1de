/*
 * role_app_test.c - app passwords, with the vault as a process of ours: where
 * they are good, and for how long what came in by one goes on.
 */
#include "vault/role_world.h"

#include "base/test.h"

/* Alice's is made anew, for these services. */
static void
make_app(struct world *w, uint32_t services, int64_t expires, char *text)
{
	struct app_password_ask ask = { STR("Alice@mail.test"), STR("Phone"),
		services, expires };
	struct app_password_answer answer;
	struct arena *a = arena_new(4096);
	struct err err;

	assert_int_equal(ipc_call(w->operator, &vault_calls[
	    VAULT_app_password], &ask, -1, &answer, a, NULL, NEVER, &err), 0);
	(void)snprintf(text, 64, "%.*s", STR_FMT(answer.password));
	assert_int_equal(answer.password.n, 23);
	arena_free(a);
}

static int
try_for(struct vault *v, const char *user, const char *password,
    uint32_t service, const char *peer, struct login *login)
{
	struct login_ask ask = { STR("PLAIN"), STR_NULL, str_c(user),
		str_c(password), str_c(peer), service };
	struct arena *a = arena_new(65536);
	struct err err = { 0 };
	int rc;

	*login = (struct login){ 0 };
	rc = vault_login(v, &ask, login, a, &err);
	if (rc == 0)
		assert_str(login->label, strcmp(password, "postern-demo") ?
		    "Phone" : "");
	login->label = STR_NULL;
	arena_free(a);
	return rc;
}

/* A use is noted behind the answer: a vault that goes is done with it. */
static void
wait_noted(struct world *w, int uses)
{
	for (int i = 0; i < 400 && w->uses == uses; i++)
		(void)fiber_sleep(w->loop, loop_now_ms(w->loop) + 5);
	assert_int_equal(w->uses, uses + 1);
	/* And it hears that it is noted, on this loop. */
	(void)fiber_sleep(w->loop, loop_now_ms(w->loop) + 20);
}

static void
app_passwords(struct world *w)
{
	static const char alice[] = "alice@mail.test", here[] = "192.0.2.40";
	struct vault *web = vault_new(w->loop, connect_worker(w, ROLE_WEB, 0));
	char text[64], typed[64], *to = typed;
	struct login login;
	int uses = w->uses;

	make_app(w, SERVICE_imap | SERVICE_http, 0, text);
	for (const char *p = text; *p; p++)
		if (*p != '-')
			*to++ = *p >= 'a' && *p <= 'z' ? *p - 32 : *p;
	*to = '\0';
	const struct {
		const char *user, *password;
		uint32_t service;
		bool at_web;
		int want;
	} rows[] = {
		{ alice, text, SERVICE_imap, false, 0 },
		{ "ALICE@mail.test", typed, SERVICE_imap, false, 0 },
		{ alice, text, SERVICE_http, true, 0 },
		{ alice, "postern-demo", SERVICE_pop3, false, 0 },
		/* Where it is not good, it is as wrong as any. */
		{ alice, text, SERVICE_smtp, false, E_DENIED },
		{ alice, text, SERVICE_page, true, E_DENIED },
		{ alice, text, 0, false, E_DENIED },
		{ "bob@mail.test", text, SERVICE_imap, false, E_DENIED },
		{ "nobody@mail.test", text, SERVICE_imap, false, E_DENIED },
		/* A worker cannot say that it is another. */
		{ alice, text, SERVICE_http, false, E_INVALID },
		{ alice, text, SERVICE_imap, true, E_INVALID },
		{ alice, text, SERVICE_imap | SERVICE_smtp, false, E_INVALID },
		{ alice, text, 64, false, E_INVALID },
	};
	for (size_t i = 0; i < NELEM(rows); i++) {
		struct vault *v = rows[i].at_web ? web : w->front;

		assert_int_equal(try_for(v, rows[i].user, rows[i].password,
		    rows[i].service, here, &login), rows[i].want);
		vault_logout(v, &login);
	}
	/* The second one, a moment later, is not written down. */
	wait_noted(w, uses);

	make_app(w, SERVICES_apps, loop_wall(w->loop) - 1, text);
	assert_int_equal(try_for(w->front, alice, text, SERVICE_imap, here,
	    &login), E_DENIED);
	vault_free(web);
}

static void
test_app_passwords(void **state)
{
	run(*state, app_passwords);
}

/* Who guesses them is told to come later as with any password. */
static void
app_guesses(struct world *w)
{
	char guess[32];
	struct login login;
	int rc = 0, n = 0;

	for (; n < 50 && rc != E_BUSY; n++) {
		(void)snprintf(guess, sizeof(guess), "23456-789ab-cdefg-hj%c%c"
		    "n", 'a' + n / 5, '2' + n % 5);
		rc = try_for(w->front, "alice@mail.test", guess, SERVICE_imap,
		    "198.51.100.77", &login);
		assert_true(rc == E_DENIED || rc == E_BUSY);
	}
	assert_int_equal(n, LOGIN_LIMIT_PEER + 1);
}

static void
test_app_guesses(void **state)
{
	run(*state, app_guesses);
}

/* Behind the answer too, as uses are. */
static void
wait_seen(struct world *w, int seen)
{
	for (int i = 0; i < 400 && w->seen < seen; i++)
		(void)fiber_sleep(w->loop, loop_now_ms(w->loop) + 5);
	(void)fiber_sleep(w->loop, loop_now_ms(w->loop) + 20);
	assert_int_equal(w->seen, seen);
}

static void
from_networks(struct world *w)
{
	static const struct {
		const char *peer, *password;
		bool known, notes;
		int seen;
	} t[] = {
		{ "203.0.113.7", "postern-demo", false, false, 0 },
		{ "203.0.113.7", "postern-demo", true, true, 0 },
		{ "203.0.113.7", "wrong", false, true, 0 },
		{ "local", "postern-demo", false, true, 0 },
		{ "203.0.113.7", "postern-demo", false, true, 1 },
		{ "2001:db8:5:77::1", "postern-demo", false, true, 2 },
	};
	struct login login;

	if (w->executable)	/* a process has the settings of its start */
		return;
	for (size_t i = 0; i < NELEM(t); i++) {
		w->network_known = t[i].known;
		w->role.config.login_notes = t[i].notes;
		(void)try_for(w->front, "alice@mail.test", t[i].password,
		    SERVICE_imap, t[i].peer, &login);
		vault_logout(w->front, &login);
		wait_seen(w, t[i].seen);
	}
	w->role.config.login_notes = false;
}

static void
test_networks(void **state)
{
	run(*state, from_networks);
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

/* Came in by an app password: another password of the account does not end
 * it, its removal does. */
static void
log_in_by_app(struct world *w)
{
	char text[64];
	int uses = w->uses;

	make_app(w, SERVICE_smtp, 0, text);
	assert_int_equal(try_for(w->front, "alice@mail.test", text,
	    SERVICE_smtp, "192.0.2.1", &w->lasting), 0);
	wait_noted(w, uses);
}

static void
app_goes_on(struct world *w)
{
	assert_int_equal(ask_hello(w), 0);
	seal(w, "alice@mail.test", "changed");
	assert_int_equal(ask_hello(w), 0);
	seal(w, "alice@mail.test", "postern-demo");
	w->people[0].expires = loop_wall(w->loop) - 1;
	assert_int_equal(ask_hello(w), E_DENIED);
	w->people[0].expires = 0;
	assert_int_equal(ask_hello(w), 0);
	w->people[0].app = 0;
	assert_int_equal(ask_hello(w), E_DENIED);
	vault_logout(w->front, &w->lasting);
}

static void
test_app_resumed(void **state)
{
	struct world *w = *state;

	run(w, log_in_by_app);
	restart(w);
	run(w, app_goes_on);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_app_passwords),
		cmocka_unit_test(test_networks),
		cmocka_unit_test(test_app_resumed),
		cmocka_unit_test(test_app_guesses),
	};

	return cmocka_run_group_tests(tests, world_up, world_down);
}
