/*
 * role_factor_test.c - second factors, with the vault as a process of ours:
 * what a password is worth beside one, and for how long what it opened goes on.
 */
#include "vault/role_world.h"

#include "base/test.h"
#include "vault/second_factor.h"

#define ALICE "alice@mail.test"
#define RIGHT STR("postern-demo")

static int
log_in(struct vault *v, struct str code, uint32_t service, const char *peer,
    struct login *login)
{
	struct login_ask ask = { STR("PLAIN"), STR_NULL, STR(ALICE), RIGHT,
		str_c(peer), service, code };
	struct arena *a = arena_new(65536);
	struct err err = { 0 };
	int rc;

	*login = (struct login){ 0 };
	rc = vault_login(v, &ask, login, a, &err);
	arena_free(a);
	return rc;
}

static int
try_code(struct vault *v, const char *code, const char *peer)
{
	struct login login;
	int rc = log_in(v, str_c(code), SERVICE_page, peer, &login);

	vault_logout(v, &login);
	return rc;
}

static void
say_code(struct world *w, struct str text, char code[8])
{
	static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint8_t secret[FACTOR_SECRET] = { 0 };
	uint32_t v;

	for (size_t bit = 0; bit < 160; bit++)
		if ((strchr(signs, text.p[bit / 5]) - signs) >>
		    (4 - bit % 5) & 1)
			secret[bit / 8] |= (uint8_t)(128 >> bit % 8);
	assert_true(factor_code_at(secret, (uint64_t)loop_wall(w->loop) / 30,
	    &v));
	(void)snprintf(code, 8, "%06u", v % 1000000);
}

/* Alice's; recovery has room for all her codes. */
static void
set_up(struct world *w, struct vault *web, struct own_factor_ask *ask,
    char *recovery)
{
	struct arena *a = arena_new(65536);
	struct own_factor_answer said;
	struct err err = { 0 };
	char code[8];

	ask->what = FACTOR_begin;
	assert_int_equal(vault_factor(web, ask, &said, a, &err), 0);
	assert_int_equal(w->people[0].factor.n, 0);
	ask->what = FACTOR_on;
	ask->offer = said.offer;
	ask->code = STR("1");
	assert_int_equal(vault_factor(web, ask, &said, a, &err), E_INVALID);
	ask->what = FACTOR_begin;
	assert_int_equal(vault_factor(web, ask, &said, a, &err), 0);
	say_code(w, said.secret, code);
	ask->what = FACTOR_on;
	ask->offer = said.offer;
	ask->code = str_c(code);
	assert_int_equal(vault_factor(web, ask, &said, a, &err), 0);
	assert_int_equal(said.codes.n, FACTOR_CODES * (FACTOR_CODE_TEXT + 1));
	memcpy(recovery, said.codes.p, said.codes.n);
	for (size_t i = 0; i < FACTOR_CODES; i++)
		recovery[i * 12 + 11] = '\0';
	/* The first code is used up. */
	assert_int_equal(try_code(web, code, "192.0.2.9"), E_DENIED);
	ask->offer = ask->code = STR_NULL;
	arena_free(a);
}

static void
second_factor(struct world *w)
{
	struct vault *web = vault_new(w->loop, connect_worker(w, ROLE_WEB, 0));
	struct own_factor_ask ask = { STR("LOGIN"), STR_NULL, STR(ALICE),
		RIGHT, STR("192.0.2.1"), SERVICE_page };
	struct arena *a = arena_new(65536);
	struct own_factor_answer said;
	struct login page, mail, other;
	struct err err = { 0 };
	char recovery[128];

	assert_int_equal(log_in(web, STR(""), SERVICE_page, "192.0.2.1",
	    &page), 0);
	assert_int_equal(log_in(w->front, STR(""), SERVICE_imap, "192.0.2.1",
	    &mail), 0);
	set_up(w, web, &ask, recovery);
	assert_int_equal(try_code(web, "", "192.0.2.1"), E_FACTOR);
	assert_int_equal(log_in(w->front, str_c(recovery), SERVICE_imap,
	    "192.0.2.2", &other), E_FACTOR);
	assert_int_equal(try_code(web, recovery, "192.0.2.1"), 0);
	assert_int_equal(try_code(web, recovery, "192.0.2.1"), E_DENIED);

	/* Who has only the password, and who has signed in. */
	ask.what = FACTOR_off;
	ask.code = str_c(recovery + 12);
	assert_int_equal(vault_factor(web, &ask, &said, a, &err), E_DENIED);
	ask.ticket = vault_ticket_of(&mail);
	assert_int_equal(vault_factor(web, &ask, &said, a, &err), E_DENIED);
	ask.ticket = vault_ticket_of(&page);
	ask.what = FACTOR_show;
	assert_int_equal(vault_factor(web, &ask, &said, a, &err), 0);
	assert_int_equal(said.codes_left, FACTOR_CODES - 1);
	ask.what = FACTOR_off;
	ask.code = STR("22222-22222");
	assert_int_equal(vault_factor(web, &ask, &said, a, &err), E_FACTOR);
	ask.code = str_c(recovery + 12);
	assert_int_equal(vault_factor(web, &ask, &said, a, &err), 0);
	assert_int_equal(w->people[0].factor.n, 0);
	assert_int_equal(try_code(web, "", "192.0.2.1"), 0);
	vault_logout(web, &page);
	vault_logout(w->front, &mail);
	arena_free(a);
	vault_free(web);
}

static void
test_second_factor(void **state)
{
	run(*state, second_factor);
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

/* What came in by the password, by a mail program, ends; and guesses of who
 * knows it are slowed down sooner than others. */
static void
ends_programs(struct world *w)
{
	struct vault *web = vault_new(w->loop, connect_worker(w, ROLE_WEB, 1));
	struct own_factor_ask ask = { STR("LOGIN"), STR_NULL, STR(ALICE),
		RIGHT, STR("192.0.2.1"), SERVICE_page };
	char recovery[128], guess[16];
	int n = 0, rc = 0;

	assert_int_equal(log_in(w->front, STR(""), SERVICE_imap, "192.0.2.1",
	    &w->lasting), 0);
	assert_int_equal(ask_hello(w), 0);
	set_up(w, web, &ask, recovery);
	assert_int_equal(ask_hello(w), E_DENIED);
	vault_logout(w->front, &w->lasting);
	for (; n < 50 && rc != E_BUSY; n++) {
		(void)snprintf(guess, sizeof(guess), "22222-2222%c", 'a' + n);
		rc = try_code(web, guess, "203.0.113.7");
		assert_true(rc == E_DENIED || rc == E_BUSY);
	}
	assert_int_equal(n, LOGIN_LIMIT_PEER / 3 + 2);
	assert_int_equal(try_code(web, recovery + 24, "203.0.113.7"), E_BUSY);
	assert_int_equal(try_code(web, recovery + 24, "203.0.113.8"), 0);
	buf_reset(&w->people[0].factor);
	vault_free(web);
}

static void
test_ends_programs(void **state)
{
	struct world *w = *state;

	restart(w);	/* forgets who failed before */
	run(w, ends_programs);
}

struct guess {
	struct vault *web;
	char code[16];
	int *running, rc;
};

static void
guess_code(void *arg)
{
	struct guess *g = arg;

	g->rc = try_code(g->web, g->code, "203.0.113.9");
	--*g->running;
}

/* From where the owner has been before, so that only the peer is counted. */
static void
many_at_once(struct world *w)
{
	enum { GUESSES = 30 };
	struct vault *web = vault_new(w->loop, connect_worker(w, ROLE_WEB, 2));
	struct own_factor_ask ask = { STR("LOGIN"), STR_NULL, STR(ALICE),
		RIGHT, STR("203.0.113.9"), SERVICE_page };
	char recovery[128];
	struct guess g[GUESSES];
	int running = GUESSES, denied = 0;

	assert_int_equal(try_code(web, "", "203.0.113.9"), 0);
	set_up(w, web, &ask, recovery);
	for (int i = 0; i < GUESSES; i++) {
		g[i] = (struct guess){ .web = web, .running = &running };
		(void)snprintf(g[i].code, sizeof(g[i].code), "22222-222%c%c",
		    'a' + i % 8, 'a' + i / 8);
		(void)fiber_spawn(w->loop, "guess", guess_code, &g[i]);
	}
	while (running > 0)
		(void)fiber_sleep(w->loop, loop_now_ms(w->loop) + 5);
	for (int i = 0; i < GUESSES; i++) {
		assert_true(g[i].rc == E_DENIED || g[i].rc == E_BUSY);
		denied += g[i].rc == E_DENIED;
	}
	assert_int_equal(denied, LOGIN_LIMIT_PEER / 3 + 1);
	buf_reset(&w->people[0].factor);
	vault_free(web);
}

static void
test_many_at_once(void **state)
{
	struct world *w = *state;

	restart(w);
	run(w, many_at_once);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_second_factor),
		cmocka_unit_test(test_ends_programs),
		cmocka_unit_test(test_many_at_once),
	};

	return cmocka_run_group_tests(tests, world_up, world_down);
}
