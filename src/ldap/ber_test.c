/*
 * ber_test.c - values of BER, and messages made of them.
 */
#include "base/test.h"
#include "ldap/ber.h"
#include "ldap/protocol.h"

static void
test_lengths(void **state unused_arg)
{
	static const struct {
		struct str octets;
		bool good;
		size_t n;
	} rows[] = {
		{ STR("\x04\x00"), true, 0 },
		{ STR("\x04\x02" "ab"), true, 2 },
		{ STR("\x04\x81\x02" "ab"), true, 2 },
		{ STR("\x04\x84\0\0\0\x02" "ab"), true, 2 },
		{ STR("\x04\x03" "ab"), false, 0 },
		{ STR("\x04\x84\xff\xff\xff\xff" "ab"), false, 0 },
		{ STR("\x04\x80" "ab\0\0"), false, 0 },	/* indefinite */
		{ STR("\x04\x85\0\0\0\0\x02" "ab"), false, 0 },
		{ STR("\x1f\x81\x02\x00"), false, 0 },	/* a long tag */
		{ STR("\x04"), false, 0 },
		{ STR(""), false, 0 },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct rd r = rd_of(rows[i].octets);
		struct ber v = ber_take(&r);

		print_message("row %zu\n", i);
		assert_int_equal(rd_ok(&r), rows[i].good);
		assert_int_equal(v.octets.n, rows[i].n);
	}
}

static void
test_numbers(void **state unused_arg)
{
	static const uint32_t rows[] = { 0, 1, 127, 128, 255, 256, 32767,
		32768, 8388608, INT32_MAX };
	static const struct str wrong[] = { STR("\x02\x00"),
		STR("\x02\x01\xff"), STR("\x02\x05\x01\0\0\0\0"),
		STR("\x02\x04\x80\0\0\0"), STR("\x0a\x01\x01") };

	for (size_t i = 0; i < NELEM(rows); i++) {
		auto_buf b = BUF_INIT(64);
		struct rd r;

		ber_put_number(&b, BER_INTEGER, rows[i]);
		r = rd_of(buf_get(&b));
		assert_int_equal(ber_number(&r, BER_INTEGER), rows[i]);
		assert_true(rd_done(&r));
	}
	for (size_t i = 0; i < NELEM(wrong); i++) {
		struct rd r = rd_of(wrong[i]);

		(void)ber_number(&r, BER_INTEGER);
		assert_false(rd_ok(&r));
	}
}

/* Octet by octet: when is one whole? */
static void
test_measure(void **state unused_arg)
{
	static const struct str s = STR("\x30\x82\x00\x03" "abc" "more");
	size_t total;

	for (size_t n = 0; n < 4; n++)
		assert_false(ber_measure(str_first(s, n), 1000, &total));
	for (size_t n = 4; n <= s.n; n++) {
		assert_true(ber_measure(str_first(s, n), 1000, &total));
		assert_int_equal(total, 7);
	}
	assert_true(ber_measure(STR("\x30\x82\x03\xe8"), 1000, &total));
	assert_int_equal(total, 0);
	assert_true(ber_measure(STR("\x30\x89"), 1000, &total));
	assert_int_equal(total, 0);
}

/* As RFC 4511 has them, from the wire of slapd. */
static void
test_results(void **state unused_arg)
{
	struct ldap_message m;

	assert_true(ldap_read(STR("\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x31"
	    "\x04\x00\x04\x00"), &m));
	assert_int_equal(m.id, 1);
	assert_int_equal(m.op, LDAP_BIND_RESPONSE);
	assert_int_equal(m.code, LDAP_INVALID_CREDENTIALS);
	/* A page, and where the next one begins. */
	assert_true(ldap_read(STR("\x30\x34\x02\x01\x04\x65\x07\x0a\x01\x00"
	    "\x04\x00\x04\x00\xa0\x26\x30\x24\x04\x16" "1.2.840.113556.1.4.319"
	    "\x04\x0a\x30\x08\x02\x01\x00\x04\x03" "abc"), &m));
	assert_int_equal(m.op, LDAP_SEARCH_DONE);
	assert_str(m.cookie, "abc");
	/* What stands behind its end, or is cut. */
	assert_false(ldap_read(STR("\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x31"
	    "\x04\x00\x04\x00" "x"), &m));
	assert_false(ldap_read(STR("\x30\x0b\x02\x01\x01\x61\x07\x0a\x01\x31"
	    "\x04\x00\x04"), &m));
	/* A code that would be below 0. */
	assert_false(ldap_read(STR("\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\xff"
	    "\x04\x00\x04\x00"), &m));
}

static void
test_requests(void **state unused_arg)
{
	auto_buf b = BUF_INIT(4096);
	struct ldap_search s = { .base = STR("dc=a"), .filter = STR("(b=c)"),
		.attributes = STR("mail  cn"), .page = 5 };
	struct rd r, in;
	size_t total;

	ldap_put_bind(&b, 7, STR("cn=x"), STR("secret"));
	assert_true(ber_measure(buf_get(&b), 1000, &total));
	assert_int_equal(total, b.n);
	r = rd_of(buf_get(&b));
	in = rd_of(ber_need(&r, BER_SEQUENCE));
	assert_int_equal(ber_number(&in, BER_INTEGER), 7);
	in = rd_of(ber_need(&in, 0x60));
	assert_int_equal(ber_number(&in, BER_INTEGER), 3);
	assert_str(ber_need(&in, BER_OCTETS), "cn=x");
	assert_str(ber_need(&in, 0x80), "secret");
	assert_true(rd_done(&in));
	buf_reset(&b);
	assert_true(ldap_put_search(&b, 8, &s));
	assert_true(str_find(buf_get(&b), STR("mail")) < b.n);
	s.filter = STR("b=c");
	assert_false(ldap_put_search(&b, 8, &s));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_measure),
		cmocka_unit_test(test_results),
		cmocka_unit_test(test_requests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
