#include "base/test.h"
#include "vault/handshakes.h"

#define S STR("signature")

static struct str
octets_of(uint32_t n, char text[20])
{
	(void)snprintf(text, 20, "signed %u", n);
	return str_c(text);
}

static void
test_once(void **state unused_arg)
{
	struct handshakes *h = handshakes_new();
	uint32_t key = 0;
	char text[20];

	handshakes_free(NULL);
	assert_false(handshakes_take(h, STR(""), STR(""), 0, &key));
	handshakes_add(h, octets_of(1, text), S, 7, 1000);
	assert_false(handshakes_take(h, octets_of(2, text), S, 1000, &key));
	/* The same octets, signed another time; and the seam between both. */
	assert_false(handshakes_take(h, octets_of(1, text),
	    STR("signaturf"), 1000, &key));
	assert_false(handshakes_take(h, octets_of(1, text), STR(""), 1000,
	    &key));
	assert_false(handshakes_take(h, STR("signed 1s"), STR("ignature"),
	    1000, &key));
	assert_true(handshakes_take(h, octets_of(1, text), S, 1000, &key));
	assert_int_equal(key, 7);
	assert_false(handshakes_take(h, octets_of(1, text), S, 1000, &key));
	/* Too late, and then not at all. */
	handshakes_add(h, octets_of(1, text), S, 7, 1000);
	assert_false(handshakes_take(h, octets_of(1, text), S, 1000 +
	    HANDSHAKE_MS, &key));
	assert_false(handshakes_take(h, octets_of(1, text), S, 1000, &key));
	/* The oldest goes. */
	for (uint32_t i = 0; i <= HANDSHAKES_MAX; i++)
		handshakes_add(h, octets_of(i, text), S, i, 1000);
	assert_false(handshakes_take(h, octets_of(0, text), S, 1000, &key));
	assert_true(handshakes_take(h, octets_of(1, text), S, 1000, &key));
	assert_true(handshakes_take(h, octets_of(HANDSHAKES_MAX, text), S, 1000,
	    &key));
	assert_int_equal(key, HANDSHAKES_MAX);
	handshakes_free(h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_once) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
