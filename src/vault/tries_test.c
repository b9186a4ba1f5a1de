#include <sodium.h>

#include "base/test.h"
#include "vault/tries.h"
#include "vault/proofs.h"
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
		{ "192.0.2.1", "192.0.2.1", true, TRIES_PEER },
		{ "192.0.2.1", "::ffff:192.0.2.1", true, TRIES_PEER },
		{ "192.0.2.1", "192.0.2.2", false, TRIES_PEER },
		{ "2001:db8::1", "2001:db8::ffff:2", true, TRIES_PEER },
		{ "2001:db8::1", "2001:db8:0:1::1", false, TRIES_PEER },
		{ "127.0.0.1", "127.0.0.1", true, TRIES_LOCAL_PEER },
		{ "::1", "::1", true, TRIES_LOCAL_PEER },
		{ "nonsense", "nonsense", true, TRIES_PEER },
		{ "", "nonsense", false, TRIES_PEER },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct tries *l = tries_new(key);
		struct str fails = str_c(rows[i].fails);
		struct str asks = str_c(rows[i].asks);

		for (int k = 0; k < rows[i].limit; k++) {
			assert_true(tries_peer_ok(l, asks, 1000 + k));
			tries_failed(l, fails, STR("x"), (uint64_t)k + 1,
			    1000 + k);
		}
		assert_int_equal(tries_peer_ok(l, asks, 2000), !rows[i].same);
		assert_int_equal(tries_peer_ok(l, asks, 999 + TRIES_MS),
		    !rows[i].same);
		assert_true(tries_peer_ok(l, asks, 1000 + TRIES_MS));
		tries_free(l);
	}
}

static void
test_user(void **state unused_arg)
{
	struct tries *l = tries_new(key);
	struct arena *a = arena_new(1 << 20);

	for (int k = 0; k < TRIES_USER * 2; k++)
		tries_failed(l, STR("127.0.0.1"), STR("alice"),
		    (uint64_t)k + 1, 0);
	assert_true(tries_user_ok(l, STR("alice"), 0));
	for (int k = 0; k < TRIES_USER; k++) {
		assert_true(tries_user_ok(l, STR("alice"), 0));
		tries_failed(l, arena_printf(a, "192.0.2.%d", k),
		    STR("Alice"), (uint64_t)k + 1, 0);
	}
	assert_false(tries_user_ok(l, STR("alice"), 1));
	assert_true(tries_user_ok(l, STR("bob"), 1));
	assert_true(tries_peer_ok(l, STR("192.0.2.1"), 1));
	assert_true(tries_user_ok(l, STR("alice"), TRIES_MS));
	arena_free(a);
	tries_free(l);
}

static void
test_same_guess(void **state unused_arg)
{
	struct tries *l = tries_new(key);

	for (int k = 0; k < 1000; k++)
		tries_failed(l, STR("192.0.2.1"), STR("alice"), 77, k);
	assert_true(tries_peer_ok(l, STR("192.0.2.1"), 1000));
	assert_true(tries_user_ok(l, STR("alice"), 1000));
	tries_free(l);
}

/* More peers than there is room for: whoever fails most is kept. */
static void
test_bounded(void **state unused_arg)
{
	struct tries *l = tries_new(key);
	char text[64];

	for (int k = 0; k < TRIES_PEER; k++)
		tries_failed(l, STR("192.0.2.1"), STR("x"), (uint64_t)k + 1,
		    0);
	for (int k = 0; k < TRIES_MAX * 4; k++) {
		(void)snprintf(text, sizeof(text), "10.%d.%d.1", k >> 8,
		    k & 255);
		tries_failed(l, str_c(text), str_c(text), 1, 1);
	}
	assert_false(tries_peer_ok(l, STR("192.0.2.1"), 2));
	tries_free(l);
}

static void
test_proofs(void **state unused_arg)
{
	struct proofs *p = proofs_new(key);
	struct str sealed = STR("sealed 1"), here = STR("192.0.2.1");
	struct proof good = proof_of(p, sealed, STR("secret"));
	struct proof other;

	assert_int_equal(proofs_find(p, &good, here, 5), PROVEN_NOT);
	proofs_add(p, &good, here, 5);
	assert_int_equal(proofs_find(p, &good, here, 6), PROVEN_BY_PEER);
	assert_int_equal(proofs_find(p, &good, STR("::1"), 6), PROVEN);
	other = proof_of(p, sealed, STR("secreT"));
	assert_int_equal(proofs_find(p, &other, here, 6), PROVEN_NOT);
	other = proof_of(p, STR("sealed 2"), STR("secret"));
	assert_int_equal(proofs_find(p, &other, here, 6), PROVEN_NOT);
	other = proof_of(p, STR("sealed 1s"), STR("ecret"));
	assert_int_equal(proofs_find(p, &other, here, 6), PROVEN_NOT);
	assert_int_equal(proofs_find(p, &good, here, 4 + PROOFS_MS),
	    PROVEN_BY_PEER);
	assert_int_equal(proofs_find(p, &good, here, 5 + PROOFS_MS),
	    PROVEN_NOT);
	/* Many more than it holds: the newest is there. */
	for (int i = 0; i < PROOFS_MAX * 2; i++) {
		char text[16];

		(void)snprintf(text, sizeof(text), "%d", i);
		other = proof_of(p, sealed, str_c(text));
		proofs_add(p, &other, here, 10 + i);
		assert_int_equal(proofs_find(p, &other, here, 10 + i),
		    PROVEN_BY_PEER);
	}
	proofs_free(p);
	proofs_free(NULL);
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
		cmocka_unit_test(test_proofs),
		cmocka_unit_test(test_tickets),
		cmocka_unit_test(test_tickets_bounded),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
