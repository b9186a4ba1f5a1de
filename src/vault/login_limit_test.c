#include <sodium.h>

#include "base/test.h"
#include "vault/auth_cache.h"
#include "vault/login_limit.h"
#include "vault/tickets.h"

static const uint8_t key[32] = { 1, 2, 3 };
static const struct str far = STR("198.51.100.1");

static void
test_peer(void **state unused_arg)
{
	const struct {
		const char *fails, *asks;
		bool same;	/* they are one peer */
		int limit;
	} rows[] = {
		{ "192.0.2.1", "192.0.2.1", true, LOGIN_LIMIT_PEER },
		{ "192.0.2.1", "::ffff:192.0.2.1", true, LOGIN_LIMIT_PEER },
		{ "192.0.2.1", "192.0.2.2", false, LOGIN_LIMIT_PEER },
		{ "2001:db8::1", "2001:db8::ffff:2", true, LOGIN_LIMIT_PEER },
		{ "2001:db8::1", "2001:db8:0:1::1", false, LOGIN_LIMIT_PEER },
		{ "127.0.0.1", "127.0.0.1", true, LOGIN_LIMIT_LOCAL_PEER },
		{ "::1", "::1", true, LOGIN_LIMIT_LOCAL_PEER },
		{ "127.0.0.1", "127.7.8.9", true, LOGIN_LIMIT_LOCAL_PEER },
		{ "127.0.0.1", "::1", true, LOGIN_LIMIT_LOCAL_PEER },
		{ "nonsense", "nonsense", true, LOGIN_LIMIT_PEER },
		{ "", "nonsense", false, LOGIN_LIMIT_PEER },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct login_limit *l = login_limit_new(key);
		struct str fails = str_c(rows[i].fails);
		struct str asks = str_c(rows[i].asks);

		for (int k = 0; k < rows[i].limit; k++) {
			assert_true(login_limit_peer_ok(l, asks, 1000 + k));
			login_limit_failed(l, fails, STR("x"), (uint64_t)k + 1,
			    1000 + k);
		}
		assert_int_equal(login_limit_peer_ok(l, asks, 2000),
		    !rows[i].same);
		assert_int_equal(login_limit_peer_ok(l, asks,
		    999 + LOGIN_LIMIT_MS), !rows[i].same);
		assert_true(login_limit_peer_ok(l, asks,
		    1000 + LOGIN_LIMIT_MS));
		login_limit_free(l);
	}
}

static void
test_user(void **state unused_arg)
{
	struct login_limit *l = login_limit_new(key);
	struct arena *a = arena_new(1 << 20);

	for (int k = 0; k < LOGIN_LIMIT_LOCAL_USER; k++) {
		struct str peer = arena_printf(a, "127.0.0.%d", k + 1);

		assert_true(login_limit_user_ok(l, peer, STR("alice"), 0));
		login_limit_failed(l, peer, STR("alice"), (uint64_t)k + 1, 0);
	}
	assert_false(login_limit_user_ok(l, STR("127.0.0.99"), STR("alice"),
	    0));
	assert_true(login_limit_user_ok(l, STR("127.0.0.99"), STR("bob"), 0));
	assert_true(login_limit_user_ok(l, far, STR("alice"), 0));
	for (int k = 0; k < LOGIN_LIMIT_USER; k++) {
		assert_true(login_limit_user_ok(l, far, STR("alice"), 0));
		login_limit_failed(l, arena_printf(a, "192.0.2.%d", k),
		    STR("Alice"), (uint64_t)k + 1, 0);
	}
	assert_false(login_limit_user_ok(l, far, STR("alice"), 1));
	assert_true(login_limit_user_ok(l, far, STR("bob"), 1));
	assert_true(login_limit_peer_ok(l, STR("192.0.2.1"), 1));
	assert_true(login_limit_user_ok(l, far, STR("alice"), LOGIN_LIMIT_MS));
	arena_free(a);
	login_limit_free(l);
}

static void
test_same_guess(void **state unused_arg)
{
	struct login_limit *l = login_limit_new(key);

	for (int k = 0; k < 1000; k++)
		login_limit_failed(l, STR("192.0.2.1"), STR("alice"), 77, k);
	assert_true(login_limit_peer_ok(l, STR("192.0.2.1"), 1000));
	assert_true(login_limit_user_ok(l, far, STR("alice"), 1000));
	login_limit_free(l);
}

/* More peers than there is room for: whoever fails most is kept. */
static void
test_bounded(void **state unused_arg)
{
	struct login_limit *l = login_limit_new(key);
	char text[64];

	for (int k = 0; k < LOGIN_LIMIT_PEER; k++)
		login_limit_failed(l, STR("192.0.2.1"), STR("x"),
		    (uint64_t)k + 1, 0);
	for (int k = 0; k < LOGIN_LIMIT_MAX * 4; k++) {
		(void)snprintf(text, sizeof(text), "10.%d.%d.1", k >> 8,
		    k & 255);
		login_limit_failed(l, str_c(text), str_c(text), 1, 1);
	}
	assert_false(login_limit_peer_ok(l, STR("192.0.2.1"), 2));
	login_limit_free(l);
}

/* From where they have been a user gets in, hours and days later too. */
static void
test_known(void **state unused_arg)
{
	const int64_t days = (int64_t)LOGIN_KNOWN_DAYS * 86400 * 1000;
	struct login_limit *l = login_limit_new(key);
	struct str home = STR("2001:db8::7"), guess = STR("2001:db8::8");
	struct str user = STR("alice");
	char text[64];

	login_limit_passed(l, home, STR("Alice"), 0);
	for (int64_t now = days / 3; now < days; now += days / 3) {
		for (int k = 0; k < LOGIN_LIMIT_USER; k++) {
			(void)snprintf(text, sizeof(text), "192.0.2.%d", k);
			login_limit_failed(l, str_c(text), user,
			    (uint64_t)k + 1, now);
		}
		assert_false(login_limit_user_ok(l, far, user, now));
		assert_true(login_limit_user_ok(l, home, user, now));
	}
	/* Its limit as a peer is what it always is. */
	for (int k = 0; k < LOGIN_LIMIT_PEER; k++)
		login_limit_failed(l, guess, user, (uint64_t)k + 100, 5);
	assert_false(login_limit_peer_ok(l, home, 6));
	/* Nobody else, and not for ever. */
	for (int k = 0; k < LOGIN_LIMIT_USER; k++) {
		login_limit_failed(l, far, STR("bob"), (uint64_t)k + 1, days);
		(void)snprintf(text, sizeof(text), "203.0.113.%d", k);
		login_limit_failed(l, str_c(text), user, (uint64_t)k + 1,
		    days);
	}
	assert_false(login_limit_user_ok(l, home, STR("bob"), days));
	assert_false(login_limit_user_ok(l, home, user, days));
	/* Many more than there is room for: the newest is there. */
	for (int k = 0; k < LOGIN_KNOWN_MAX * 2; k++) {
		(void)snprintf(text, sizeof(text), "10.%d.%d.1", k >> 8,
		    k & 255);
		login_limit_passed(l, str_c(text), user, days + k);
	}
	assert_true(login_limit_user_ok(l, str_c(text), user, days + 1));
	login_limit_free(l);
}

static void
test_auth_cache(void **state unused_arg)
{
	struct auth_cache *p = auth_cache_new(key);
	struct str sealed = STR("sealed 1");
	struct proof good = proof_of(p, sealed, STR("secret"));
	struct proof other;

	assert_false(auth_cache_find(p, &good, 5));
	auth_cache_add(p, &good, 5);
	other = proof_of(p, sealed, STR("secreT"));
	assert_false(auth_cache_find(p, &other, 6));
	other = proof_of(p, STR("sealed 2"), STR("secret"));
	assert_false(auth_cache_find(p, &other, 6));
	other = proof_of(p, STR("sealed 1s"), STR("ecret"));
	assert_false(auth_cache_find(p, &other, 6));
	/* Each use renews it. */
	assert_true(auth_cache_find(p, &good, 4 + AUTH_CACHE_MS));
	assert_true(auth_cache_find(p, &good, 3 + 2 * AUTH_CACHE_MS));
	/* What may be changed elsewhere is not good for longer by use. */
	auth_cache_add_for(p, &good, 5, 100);
	assert_true(auth_cache_find(p, &good, 104));
	assert_false(auth_cache_find(p, &good, 105));
	auth_cache_add(p, &good, 5);
	assert_false(auth_cache_find(p, &good, 3 + 3 * AUTH_CACHE_MS));
	/* Many more than it holds: the newest is there. */
	for (int i = 0; i < AUTH_CACHE_MAX * 2; i++) {
		char text[16];

		(void)snprintf(text, sizeof(text), "%d", i);
		other = proof_of(p, sealed, str_c(text));
		auth_cache_add(p, &other, 10 + i);
		assert_true(auth_cache_find(p, &other, 10 + i));
	}
	auth_cache_free(p);
	auth_cache_free(NULL);
}

static void
test_tickets(void **state unused_arg)
{
	enum { N = 5000 };
	static uint8_t ids[N][TICKET_LEN];
	struct tickets *t = tickets_new();
	const struct ticket *found;
	struct ticket one;
	struct str id;

	assert_null(tickets_find(t, STR("0123456789abcdef")));
	for (uint32_t i = 0; i < N; i++) {
		randombytes_buf(ids[i], TICKET_LEN);
		if (i % 3 == 0)	/* runs in the table */
			memset(ids[i], 1, 8);
		one = (struct ticket){ .account = i + 1, .credential = i * 3,
			.address = STR("alice@mail.test") };
		memcpy(one.id, ids[i], TICKET_LEN);
		assert_true(tickets_add(t, &one));
		assert_true(tickets_add(t, &one));	/* the same again */
	}
	for (uint32_t i = 0; i < N; i += 2)
		tickets_remove(t, str_make((const char *)ids[i], TICKET_LEN));
	for (uint32_t i = 0; i < N; i++) {
		id = str_make((const char *)ids[i], TICKET_LEN);
		found = tickets_find(t, id);
		assert_int_equal(found != NULL, i % 2);
		if (found) {
			assert_int_equal(found->account, i + 1);
			assert_int_equal(found->credential, i * 3);
			assert_str(found->address, "alice@mail.test");
		}
		assert_null(tickets_find(t, str_first(id, 15)));
	}
	tickets_remove(t, STR("0123456789abcdef"));
	tickets_free(t);
	tickets_free(NULL);
}

static void
test_tickets_bounded(void **state unused_arg)
{
	struct tickets *t = tickets_new();
	struct ticket one = { .account = 1 };

	for (uint32_t i = 0; i < TICKETS_MAX; i++) {
		randombytes_buf(one.id, TICKET_LEN);
		assert_true(tickets_add(t, &one));
	}
	randombytes_buf(one.id, TICKET_LEN);
	assert_false(tickets_add(t, &one));
	tickets_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_peer),
		cmocka_unit_test(test_user),
		cmocka_unit_test(test_same_guess),
		cmocka_unit_test(test_bounded),
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_auth_cache),
		cmocka_unit_test(test_tickets),
		cmocka_unit_test(test_tickets_bounded),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
