#include <sodium.h>

#include "base/test.h"
#include "vault/auth_cache.h"
#include "vault/login_limit.h"
#include "vault/tickets.h"

static const uint8_t key[32] = { 1, 2, 3 };

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

	for (int k = 0; k < LOGIN_LIMIT_USER * 2; k++)
		login_limit_failed(l, STR("127.0.0.1"), STR("alice"),
		    (uint64_t)k + 1, 0);
	assert_true(login_limit_user_ok(l, STR("alice"), 0));
	for (int k = 0; k < LOGIN_LIMIT_USER; k++) {
		assert_true(login_limit_user_ok(l, STR("alice"), 0));
		login_limit_failed(l, arena_printf(a, "192.0.2.%d", k),
		    STR("Alice"), (uint64_t)k + 1, 0);
	}
	assert_false(login_limit_user_ok(l, STR("alice"), 1));
	assert_true(login_limit_user_ok(l, STR("bob"), 1));
	assert_true(login_limit_peer_ok(l, STR("192.0.2.1"), 1));
	assert_true(login_limit_user_ok(l, STR("alice"), LOGIN_LIMIT_MS));
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
	assert_true(login_limit_user_ok(l, STR("alice"), 1000));
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

static void
test_auth_cache(void **state unused_arg)
{
	struct auth_cache *p = auth_cache_new(key);
	struct str sealed = STR("sealed 1"), here = STR("192.0.2.1");
	struct proof good = proof_of(p, sealed, STR("secret"));
	struct proof other;

	assert_int_equal(auth_cache_find(p, &good, here, 5), PROVEN_NOT);
	auth_cache_add(p, &good, here, 5);
	assert_int_equal(auth_cache_find(p, &good, here, 6), PROVEN_BY_PEER);
	assert_int_equal(auth_cache_find(p, &good, STR("::1"), 6), PROVEN);
	other = proof_of(p, sealed, STR("secreT"));
	assert_int_equal(auth_cache_find(p, &other, here, 6), PROVEN_NOT);
	other = proof_of(p, STR("sealed 2"), STR("secret"));
	assert_int_equal(auth_cache_find(p, &other, here, 6), PROVEN_NOT);
	other = proof_of(p, STR("sealed 1s"), STR("ecret"));
	assert_int_equal(auth_cache_find(p, &other, here, 6), PROVEN_NOT);
	assert_int_equal(auth_cache_find(p, &good, here, 4 + AUTH_CACHE_MS),
	    PROVEN_BY_PEER);
	assert_int_equal(auth_cache_find(p, &good, here, 5 + AUTH_CACHE_MS),
	    PROVEN_NOT);
	/* Many more than it holds: the newest is there. */
	for (int i = 0; i < AUTH_CACHE_MAX * 2; i++) {
		char text[16];

		(void)snprintf(text, sizeof(text), "%d", i);
		other = proof_of(p, sealed, str_c(text));
		auth_cache_add(p, &other, here, 10 + i);
		assert_int_equal(auth_cache_find(p, &other, here, 10 + i),
		    PROVEN_BY_PEER);
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
		cmocka_unit_test(test_auth_cache),
		cmocka_unit_test(test_tickets),
		cmocka_unit_test(test_tickets_bounded),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
