/*
 * role_scram_test.c - SCRAM, with the vault as a process of ours: which proofs
 * are good, once, and what those are told who are nobody.
 */
#include "vault/role_world.h"

#include <sodium.h>

#include "base/b64.h"
#include "base/test.h"
#include "vault/app_password.h"
#include "vault/credential.h"
#include "vault/scram_peer.h"

#define ALICE "alice@mail.test"
#define RIGHT "postern-demo"

/* One try, as a client would do it. */
struct trial {
	const char *mechanism, *user, *password, *authzid;
	uint32_t service;
	const char *peer;
};

static struct str
bare_of(struct arena *a, const struct trial *t)
{
	return arena_printf(a, "n=%s,r=abc", t->user);
}

static int
first(struct vault *v, const struct trial *t, struct arena *a,
    struct scram_first_answer *answer)
{
	struct scram_first_ask ask = { str_c(t->mechanism),
		t->authzid ? str_c(t->authzid) : STR_NULL, str_c(t->user),
		str_c(t->peer ? t->peer : "192.0.2.1"),
		t->service ? t->service : SERVICE_imap, STR("abc"),
		bare_of(a, t) };
	struct err err = { 0 };

	return vault_scram_first(v, &ask, answer, a, &err);
}

static int
final(struct vault *v, const struct trial *t, struct arena *a,
    const struct scram_first_answer *in, struct login *login)
{
	enum scram_hash hash = SCRAM_SHA_256;
	uint8_t proof[SCRAM_KEY_MAX], want[SCRAM_KEY_MAX];
	struct str nonce = str_first(in->message, str_find(in->message,
	    STR(",s=")));
	struct scram_final_ask ask = { in->exchange, arena_printf(a,
	    "c=biws,%.*s", STR_FMT(nonce)), STR_NULL };
	struct str signature = STR_NULL;
	struct err err = { 0 };
	int rc;

	assert_true(scram_hash_named(str_c(t->mechanism), &hash));
	scram_peer_prove(hash, str_c(t->password), bare_of(a, t), in->message,
	    ask.without_proof, proof, want);
	ask.proof = str_make((const char *)proof, scram_hash_len(hash));
	*login = (struct login){ 0 };
	rc = vault_scram_final(v, &ask, login, &signature, a, &err);
	if (rc == 0)
		assert_strs(signature, str_make((const char *)want,
		    scram_hash_len(hash)));
	return rc;
}

static int
try(struct vault *v, const struct trial *t, struct arena *a,
    struct login *login)
{
	struct scram_first_answer in;
	int rc = first(v, t, a, &in);

	*login = (struct login){ 0 };
	return rc < 0 ? rc : final(v, t, a, &in, login);
}

static void
proofs(struct world *w)
{
	static const struct {
		struct trial t;
		int want;
	} rows[] = {
		{ { "SCRAM-SHA-256", ALICE, RIGHT }, 0 },
		{ { "SCRAM-SHA-1", ALICE, RIGHT }, 0 },
		{ { "SCRAM-SHA-256-PLUS", "Alice@Mail.Test", RIGHT }, 0 },
		{ { "scram-sha-1-plus", ALICE, RIGHT, ALICE }, 0 },
		{ { "SCRAM-SHA-256", "bob@mail.test",
		    "gr\xc3\xbc\xc3\x9f" }, 0 },
		{ { "SCRAM-SHA-256", ALICE, "Postern-demo" }, E_DENIED },
		{ { "SCRAM-SHA-1", ALICE, "" }, E_DENIED },
		{ { "SCRAM-SHA-256", "bob@mail.test", RIGHT }, E_DENIED },
		{ { "SCRAM-SHA-256", "nobody@mail.test", RIGHT }, E_DENIED },
		{ { "SCRAM-SHA-256", ALICE, RIGHT, "bob@mail.test" },
		    E_DENIED },
		{ { "PLAIN", ALICE, RIGHT }, E_INVALID },
		{ { "SCRAM-SHA-512", ALICE, RIGHT }, E_INVALID },
		{ { "SCRAM-SHA-256", ALICE, RIGHT, .service = SERVICE_page },
		    E_INVALID },
	};
	int logins = w->logins, failures = w->failures, good = 0, wrong = 0;

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct arena *a = arena_new(65536);
		struct login login;

		assert_int_equal(try(w->front, &rows[i].t, a, &login),
		    rows[i].want);
		if (rows[i].want == 0)
			assert_int_equal(login.account,
			    rows[i].t.user[0] == 'b' ? 8 : 7);
		good += rows[i].want == 0;
		wrong += rows[i].want == E_DENIED;
		vault_logout(w->front, &login);
		arena_free(a);
	}
	assert_int_equal(w->logins, logins + good);
	assert_int_equal(w->failures, failures + wrong);
}

static void
test_proofs(void **state)
{
	run(*state, proofs);
}

/* Who is nobody is told the same each time, in the same form as others. */
static struct str
salt_told(struct world *w, struct arena *a, const char *mechanism,
    const char *user)
{
	const struct trial t = { mechanism, user, RIGHT };
	struct scram_first_answer in;
	struct str m;
	size_t at;

	assert_int_equal(first(w->front, &t, a, &in), 0);
	m = in.message;
	assert_true(str_starts(m, STR("r=abc")));
	at = str_find(m, STR(",s="));
	assert_int_equal(at, 5 + 24);
	assert_int_equal(m.n, at + 3 + 24 + 8);
	assert_str(str_from(m, m.n - 8), ",i=10000");
	return str_first(str_from(m, at + 3), 24);
}

static void
nobodies(struct world *w)
{
	static const char *const users[] = { ALICE, "ALICE@mail.test",
		"nobody@mail.test", "Nobody@mail.test", "bob@mail.test",
		"other@mail.test" };
	struct arena *a = arena_new(1 << 18);
	struct str salts[NELEM(users)];

	for (size_t i = 0; i < NELEM(users); i++) {
		salts[i] = salt_told(w, a, "SCRAM-SHA-256", users[i]);
		assert_strs(salt_told(w, a, "SCRAM-SHA-1", users[i]),
		    salts[i]);
	}
	for (size_t i = 0; i < NELEM(users); i++)
		for (size_t j = i + 1; j < NELEM(users); j++)
			assert_int_equal(str_eq(salts[i], salts[j]),
			    i + 1 == j && i % 2 == 0 && i < 4);
	arena_free(a);
}

/* Of an account too, whose password is set again: its app passwords go on. */
static void
salts_stay(struct world *w)
{
	struct arena *a = arena_new(1 << 18);
	struct str before = salt_told(w, a, "SCRAM-SHA-256", ALICE);

	seal(w, ALICE, "another one");
	assert_strs(salt_told(w, a, "SCRAM-SHA-256", ALICE), before);
	seal(w, ALICE, RIGHT);
	arena_free(a);
}

static void
test_salts(void **state)
{
	run(*state, nobodies);
	run(*state, salts_stay);
	restart(*state);
	run(*state, nobodies);
}

/* A proof is good in its own exchange, once, and on its own connection. */
static void
replays(struct world *w)
{
	static const struct trial alice = { "SCRAM-SHA-256", ALICE, RIGHT };
	static const struct trial bob = { "SCRAM-SHA-256", "bob@mail.test",
		"gr\xc3\xbc\xc3\x9f" };
	struct arena *a = arena_new(1 << 18);
	struct scram_first_answer in, other;
	struct login login;

	assert_int_equal(first(w->front, &alice, a, &in), 0);
	assert_int_equal(final(w->other, &alice, a, &in, &login), E_STALE);
	assert_int_equal(final(w->front, &alice, a, &in, &login), 0);
	vault_logout(w->front, &login);
	assert_int_equal(final(w->front, &alice, a, &in, &login), E_STALE);
	/* Of another exchange: the nonce is another one. */
	assert_int_equal(first(w->front, &alice, a, &other), 0);
	assert_false(str_eq(in.message, other.message));
	in.exchange = other.exchange;
	assert_int_equal(final(w->front, &alice, a, &in, &login), E_DENIED);
	/* Alice's proof for bob. */
	assert_int_equal(first(w->front, &bob, a, &other), 0);
	assert_int_equal(final(w->front, &alice, a, &other, &login),
	    E_DENIED);
	/* Wrong once is over. */
	assert_int_equal(first(w->front, &bob, a, &other), 0);
	assert_int_equal(final(w->front, &(struct trial){ "SCRAM-SHA-256",
	    "bob@mail.test", "wrong" }, a, &other, &login), E_DENIED);
	assert_int_equal(final(w->front, &bob, a, &other, &login), E_STALE);
	arena_free(a);
}

static void
test_replays(void **state)
{
	run(*state, replays);
}

static void
guesses(struct world *w)
{
	static const struct trial guess = { "SCRAM-SHA-256", ALICE, "guess",
		.peer = "198.51.100.9" };
	static const struct trial right = { "SCRAM-SHA-256", ALICE, RIGHT,
		.peer = "198.51.100.9" };
	struct arena *a = arena_new(1 << 20);
	struct login login;
	int rc = 0, n = 0;

	for (; n < 50 && rc != E_BUSY; n++) {
		rc = try(w->front, &guess, a, &login);
		assert_true(rc == E_DENIED || rc == E_BUSY);
	}
	assert_int_equal(n, LOGIN_LIMIT_PEER + 1);
	assert_int_equal(try(w->front, &right, a, &login), E_BUSY);
	arena_free(a);
}

static void
test_guesses(void **state)
{
	run(*state, guesses);
}

/* App passwords ----------------------------------------------------------- */

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
	arena_free(a);
}

static void
wait_renewed(struct world *w, int renewals)
{
	for (int i = 0; i < 400 && w->renewals < renewals; i++)
		(void)fiber_sleep(w->loop, loop_now_ms(w->loop) + 5);
	(void)fiber_sleep(w->loop, loop_now_ms(w->loop) + 20);
	assert_int_equal(w->renewals, renewals);
}

static int
say(struct world *w, const char *password, struct login *login)
{
	struct login_ask ask = { STR("PLAIN"), STR_NULL, STR(ALICE),
		str_c(password), STR("192.0.2.1"), SERVICE_imap };
	struct arena *a = arena_new(65536);
	struct err err;
	int rc = vault_login(w->front, &ask, login, a, &err);

	arena_free(a);
	return rc;
}

static void
app_passwords(struct world *w)
{
	struct arena *a = arena_new(1 << 20);
	char text[64];
	struct trial t = { "SCRAM-SHA-256", ALICE, text };
	struct login login;

	make_app(w, SERVICE_imap, 0, text);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(try(w->front, &t, a, &login), 0);
		assert_str(login.label, "Phone");
		vault_logout(w->front, &login);
		t.mechanism = "SCRAM-SHA-1";
	}
	t.service = SERVICE_smtp;
	assert_int_equal(try(w->front, &t, a, &login), E_DENIED);
	t.service = SERVICE_imap;
	t.user = "bob@mail.test";
	assert_int_equal(try(w->front, &t, a, &login), E_DENIED);
	t.user = ALICE;
	/* Beside it the account's own goes on, also when it is another. */
	seal(w, ALICE, "another one");
	assert_int_equal(try(w->front, &t, a, &login), 0);
	vault_logout(w->front, &login);
	seal(w, ALICE, RIGHT);

	make_app(w, SERVICES_apps, loop_wall(w->loop) - 1, text);
	assert_int_equal(try(w->front, &t, a, &login), E_DENIED);

	/* From before there were keys: typed once, it has some. */
	make_app(w, SERVICES_apps, 0, text);
	buf_reset(&w->people[0].app_keys);
	assert_int_equal(try(w->front, &t, a, &login), E_DENIED);
	assert_int_equal(say(w, text, &login), 0);
	wait_renewed(w, 1);
	vault_logout(w->front, &login);
	assert_int_equal(try(w->front, &t, a, &login), 0);
	vault_logout(w->front, &login);
	assert_int_equal(say(w, text, &login), 0);
	wait_renewed(w, 1);
	vault_logout(w->front, &login);
	w->people[0].app = 0;
	arena_free(a);
}

static void
test_app_passwords(void **state)
{
	run(*state, app_passwords);
}

/* A second factor: the password alone does no more, an app password does. */
static void
beside_a_factor(struct world *w)
{
	static const struct trial own = { "SCRAM-SHA-256", ALICE, RIGHT };
	struct arena *a = arena_new(1 << 20);
	char text[64];
	struct trial app = { "SCRAM-SHA-256", ALICE, text };
	struct login login;
	int failures = w->failures;

	buf_lit(&w->people[0].factor, "sealed");
	make_app(w, SERVICES_apps, 0, text);
	for (int i = 0; i < LOGIN_LIMIT_PEER + 2; i++)
		assert_int_equal(try(w->front, &own, a, &login), E_FACTOR);
	assert_int_equal(w->failures, failures + LOGIN_LIMIT_PEER + 2);
	assert_int_equal(try(w->front, &app, a, &login), 0);
	vault_logout(w->front, &login);
	buf_reset(&w->people[0].factor);
	w->people[0].app = 0;
	arena_free(a);
}

static void
test_factor(void **state)
{
	run(*state, beside_a_factor);
}

/* Credentials of version 1 ------------------------------------------------- */

/* Alice has one, with a salt of its own and the keys of SHA-256. */
static void
plant_old(struct world *w)
{
	struct scram_keys k = { .count = SCRAM_COUNT };
	struct person *p = &w->people[0];
	char hash[crypto_pwhash_STRBYTES];
	uint8_t nonce[SEAL_NONCE_LEN] = "once";
	auto_buf record = BUF_INIT(CREDENTIAL_MAX);
	struct seal_key key;
	struct err err;
	bool made;

	assert_int_equal(seal_key_open(w->folder, &key, &made, &err), 0);
	memset(k.salt, 'x', sizeof(k.salt));
	assert_true(scram_keys_make(STR(RIGHT), &k));
	assert_int_equal(crypto_pwhash_str_alg(hash, RIGHT, strlen(RIGHT), 2,
	    19 << 20, crypto_pwhash_ALG_ARGON2ID13), 0);
	buf_chr(&record, 1);
	buf_le16(&record, (uint16_t)strlen(hash));
	buf_str(&record, str_c(hash));
	buf_le32(&record, k.count);
	buf_put(&record, k.salt, sizeof(k.salt));
	buf_put(&record, k.of[SCRAM_SHA_256].stored, 32);
	buf_put(&record, k.of[SCRAM_SHA_256].server, 32);
	buf_reset(&p->sealed);
	seal_put(&key, (struct seal_what){ STR("credential"), STR(ALICE) },
	    nonce, buf_get(&record), &p->sealed);
}

/* As another server had it. */
static void
plant_foreign(struct world *w)
{
	struct seal_password_ask ask = { STR(ALICE),
		STR("{SSHA}64gAmyMzPyCi21pjmDJqFobAyXJnZXno"), 1 };
	struct seal_password_answer answer;
	struct arena *a = arena_new(65536);
	struct person *p = &w->people[0];
	struct err err;

	assert_int_equal(ipc_call(w->operator, &vault_calls[
	    VAULT_seal_password], &ask, -1, &answer, a, NULL, NEVER, &err), 0);
	assert_strs(p->address, STR(ALICE));
	buf_reset(&p->sealed);
	buf_str(&p->sealed, answer.sealed);
	arena_free(a);
}

/* Where the account's own has no keys those of an app password are whole, and
 * are made once. */
static void
beside_none(struct world *w)
{
	void (*const plant[])(struct world *) = { plant_old, plant_foreign };
	struct login login;
	char text[64];

	for (size_t i = 0; i < NELEM(plant); i++) {
		int renewals = w->renewals;

		seal(w, ALICE, RIGHT);
		plant[i](w);
		make_app(w, SERVICES_apps, 0, text);
		for (int j = 0; j < 2; j++) {
			assert_int_equal(say(w, text, &login), 0);
			vault_logout(w->front, &login);
			wait_renewed(w, renewals);
		}
	}
	w->people[0].app = 0;
	seal(w, ALICE, RIGHT);
}

static void
test_beside_none(void **state)
{
	run(*state, beside_none);
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
old_ones(struct world *w)
{
	struct trial t = { "SCRAM-SHA-256", ALICE, RIGHT };
	struct arena *a = arena_new(1 << 20);
	struct login login;
	struct str salt;

	plant_old(w);
	salt = salt_told(w, a, "SCRAM-SHA-1", ALICE);
	assert_str(salt, "eHh4eHh4eHh4eHh4eHh4eA==");
	assert_int_equal(try(w->front, &t, a, &w->lasting), 0);
	t.mechanism = "SCRAM-SHA-1";
	assert_int_equal(try(w->front, &t, a, &login), E_DENIED);
	/* Said once, all keys are there; who was in stays in. */
	assert_int_equal(ask_hello(w), 0);
	assert_int_equal(say(w, RIGHT, &login), 0);
	wait_renewed(w, 1);
	vault_logout(w->front, &login);
	assert_int_equal(try(w->front, &t, a, &login), 0);
	vault_logout(w->front, &login);
	assert_int_equal(ask_hello(w), 0);
	assert_strs(salt_told(w, a, "SCRAM-SHA-1", ALICE), salt);
	assert_int_equal(say(w, RIGHT, &login), 0);
	wait_renewed(w, 1);
	vault_logout(w->front, &login);
	/* With another password they are out. */
	seal(w, ALICE, "another one");
	assert_int_equal(ask_hello(w), E_DENIED);
	seal(w, ALICE, RIGHT);
	vault_logout(w->front, &w->lasting);
	arena_free(a);
}

static void
test_old_ones(void **state)
{
	run(*state, old_ones);
}

int
main(void)
{
#define ROW(t) cmocka_unit_test_setup_teardown(t, world_up, world_down)
	const struct CMUnitTest tests[] = {
		ROW(test_proofs),
		ROW(test_salts),
		ROW(test_replays),
		ROW(test_guesses),
		ROW(test_app_passwords),
		ROW(test_factor),
		ROW(test_old_ones),
		ROW(test_beside_none),
	};

	return sodium_init() < 0 ? 1 :
	    cmocka_run_group_tests(tests, NULL, NULL);
}
