#include "dns/packet.h"

#include "base/test.h"
#include "dns/name.h"

/* Packets put together by hand. */
static struct buf wire = { .cap = 70000 };
static struct arena *memory;
static const char *why;
static struct packet got;

static void
be16(uint32_t v)
{
	buf_chr(&wire, (char)(v >> 8));
	buf_chr(&wire, (char)v);
}

static void
be32(uint32_t v)
{
	be16(v >> 16);
	be16(v & 0xffff);
}

/* "a.b" as labels; "@12" ends with a pointer to octet 12. */
static void
put_name(const char *text)
{
	struct str s = str_c(text), label;

	while (s.n > 0) {
		uint32_t to;

		if (s.p[0] == '@' && str_u32(str_from(s, 1), &to)) {
			be16(0xc000 | to);
			return;
		}
		(void)str_cut(s, '.', &label, &s);
		buf_chr(&wire, (char)label.n);
		buf_str(&wire, label);
	}
	buf_chr(&wire, 0);
}

static void
header(uint32_t rcode, uint32_t answers, uint32_t authorities)
{
	buf_reset(&wire);
	be16(1);
	be16(0x8180 | rcode);
	be16(1);
	be16(answers);
	be16(authorities);
	be16(0);
	put_name("example.test");	/* at 12; "test" at 20 */
	be16(DNS_MX);
	be16(1);
}

static void
rr_head(const char *owner, uint32_t type, uint32_t ttl)
{
	put_name(owner);
	be16(type);
	be16(1);
	be32(ttl);
}

/* Data of octets as they are. */
static void
rr(const char *owner, uint32_t type, uint32_t ttl, const void *data, size_t n)
{
	rr_head(owner, type, ttl);
	be16((uint32_t)n);
	buf_put(&wire, data, n);
}

/* Data that end with a name. */
static void
rr_name(const char *owner, uint32_t type, uint32_t ttl, int preference,
    const char *name)
{
	size_t at;

	rr_head(owner, type, ttl);
	at = wire.n;
	be16(0);
	if (preference >= 0)
		be16((uint32_t)preference);
	put_name(name);
	wire.p[at] = (char)((wire.n - at - 2) >> 8);
	wire.p[at + 1] = (char)(wire.n - at - 2);
}

static bool
parse(enum dns_type type)
{
	arena_reset(memory);
	return packet_parse(buf_get(&wire), STR("example.test"), type, &got,
	    memory, &why);
}

static struct dns_record
row(size_t i)
{
	struct rd r = rd_of(got.records);
	struct dns_record one = { 0 };

	for (size_t k = 0; k <= i; k++)
		assert_true(msg_take(&r, &dns_record_shape, &one));
	return one;
}

static size_t
rows(void)
{
	struct rd r = rd_of(got.records);
	struct dns_record one;
	size_t n = 0;

	while (rd_left(&r) > 0) {
		assert_true(msg_take(&r, &dns_record_shape, &one));
		n++;
	}
	return n;
}

static void
test_mx(void **state)
{
	(void)state;
	header(0, 3, 0);
	rr_name("@12", DNS_MX, 300, 10, "MX.Example.@20");
	rr_name("example.test", DNS_MX, 200, 0xffff, "@12");
	rr_name("@12", DNS_MX, 0x80000001u, 20, "");
	assert_true(parse(DNS_MX));
	assert_int_equal(got.result, DNS_OK);
	assert_int_equal(got.ttl, 0);	/* RFC 2181 8 */
	assert_int_equal(rows(), 3);
	assert_int_equal(row(0).preference, 10);
	assert_str(row(0).data, "mx.example.test");
	assert_int_equal(row(1).preference, 0xffff);
	assert_str(row(1).data, "example.test");
	assert_str(row(2).data, "");
	assert_str(got.canonical, "example.test");
	/* Of another name, type or class: not ours. */
	header(0, 1, 0);
	rr_name("other.test", DNS_MX, 300, 10, "@12");
	assert_true(parse(DNS_MX));
	assert_int_equal(got.result, DNS_NODATA);
	header(0, 1, 0);
	rr_name("@12", DNS_MX, 300, 10, "@12");
	assert_true(parse(DNS_A));
	assert_int_equal(got.result, DNS_NODATA);
	wire.p[wire.n - 11] = 3;
	assert_true(parse(DNS_MX));
	assert_int_equal(got.result, DNS_NODATA);
}

static void
test_types(void **state)
{
	static const char six[16] = { 0x20, 1, 13, (char)0xb8, [15] = 1 };

	(void)state;
	header(0, 5, 0);
	rr("@12", DNS_A, 60, "\xc0\0\2\1", 4);
	rr("@12", DNS_AAAA, 70, six, 16);
	rr("@12", DNS_TXT, 80, "\3abc\0\2de", 8);
	rr("@12", DNS_TLSA, 90, "\3\1\1xyz", 6);
	rr_name("@12", DNS_PTR, 100, -1, "Host.Test");
	assert_true(parse(DNS_A));
	assert_strs(row(0).data, str_make("\xc0\0\2\1", 4));
	assert_int_equal(got.ttl, 60);
	assert_true(parse(DNS_AAAA));
	assert_strs(row(0).data, str_make(six, 16));
	assert_true(parse(DNS_TXT));
	assert_str(row(0).data, "abcde");
	assert_true(parse(DNS_TLSA));
	assert_str(row(0).data, "\3\1\1xyz");
	assert_true(parse(DNS_PTR));
	assert_str(row(0).data, "host.test");
	assert_int_equal(got.ttl, 100);
}

static void
test_cnames(void **state)
{
	(void)state;
	header(0, 3, 0);
	rr("c.test", DNS_A, 300, "\1\2\3\4", 4);
	rr_name("@12", DNS_CNAME, 60, -1, "B.test");
	rr_name("b.test", DNS_CNAME, 50, -1, "c.test");
	assert_true(parse(DNS_A));
	assert_int_equal(got.result, DNS_OK);
	assert_str(got.canonical, "c.test");
	assert_int_equal(got.ttl, 50);
	assert_true(parse(DNS_CNAME));
	assert_str(got.canonical, "example.test");
	assert_str(row(0).data, "b.test");
	/* In circles, to nowhere, to what is no name. */
	header(0, 2, 0);
	rr_name("@12", DNS_CNAME, 60, -1, "b.test");
	rr_name("b.test", DNS_CNAME, 60, -1, "@12");
	assert_false(parse(DNS_A));
	assert_string_equal(why, "too many CNAMEs");
	header(3, 1, 0);
	rr_name("@12", DNS_CNAME, 60, -1, "b.test");
	assert_true(parse(DNS_A));
	assert_int_equal(got.result, DNS_NXDOMAIN);
	assert_str(got.canonical, "b.test");
	header(0, 1, 0);
	rr_name("@12", DNS_CNAME, 60, -1, "");
	assert_false(parse(DNS_A));
	header(0, 1, 0);
	rr_name("@12", DNS_CNAME, 60, -1, "b c.test");
	assert_false(parse(DNS_A));
}

static void
test_chain_of_17(void **state)
{
	char from[16], to[16];

	(void)state;
	for (int n = PACKET_CNAMES - 1; n <= PACKET_CNAMES; n++) {
		header(0, (uint32_t)n + 1, 0);
		rr_name("@12", DNS_CNAME, 60, -1, "c0.test");
		for (int i = 0; i < n; i++) {
			(void)snprintf(from, sizeof(from), "c%d.test", i);
			(void)snprintf(to, sizeof(to), "c%d.test", i + 1);
			if (i + 1 == n)
				rr(from, DNS_A, 60, "\1\2\3\4", 4);
			else
				rr_name(from, DNS_CNAME, 60, -1, to);
		}
		assert_int_equal(parse(DNS_A), n < PACKET_CNAMES);
	}
}

static void
test_odd_names(void **state)
{
	(void)state;
	header(0, 2, 0);
	rr_name("@12", DNS_MX, 60, 1, "a b.\xff.test");
	rr_name("@12", DNS_MX, 60, 2, "a\\b.test");
	assert_true(parse(DNS_MX));
	assert_str(row(0).data, "a\\032b.\\255.test");
	assert_str(row(1).data, "a\\092b.test");
	assert_false(dns_name(row(0).data, memory, &(struct str){ 0 }));
}

/* How long nothing may be remembered: RFC 2308 5. */
static void
test_nothing(void **state)
{
	static const char soa[] = "\0\0" "\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4"
				  "\0\0\1\0";

	(void)state;
	header(3, 0, 1);
	rr("@20", 6, 3600, soa, sizeof(soa) - 1);
	assert_true(parse(DNS_MX));
	assert_int_equal(got.result, DNS_NXDOMAIN);
	assert_int_equal(got.ttl, 256);
	header(0, 0, 1);
	rr("@20", 6, 100, soa, sizeof(soa) - 1);
	assert_true(parse(DNS_MX));
	assert_int_equal(got.result, DNS_NODATA);
	assert_int_equal(got.ttl, 100);
	header(2, 0, 0);
	assert_true(parse(DNS_MX));
	assert_int_equal(got.result, DNS_FAILED);
	assert_int_equal(got.rcode, 2);
}

static void
test_hostile(void **state)
{
	size_t whole;

	(void)state;
	/* Cut anywhere. */
	header(0, 1, 0);
	rr_name("@12", DNS_MX, 60, 1, "mx.@20");
	whole = wire.n;
	assert_true(parse(DNS_MX));
	for (wire.n = 0; wire.n < whole; wire.n++)
		assert_false(parse(DNS_MX));
	/* Pointers to themselves, forward, past the end. */
	for (int i = 0; i < 3; i++) {
		header(0, 1, 0);
		rr_name("@12", DNS_MX, 60, 1,
		    ((const char *[]){ "@44", "@46", "@16000" })[i]);
		assert_int_equal(wire.n, 46);
		assert_false(parse(DNS_MX));
	}
	/* Data longer or shorter than the name in it; of a wrong size. */
	header(0, 1, 0);
	rr("@12", DNS_MX, 60, "\0\1\1a\0x", 6);
	assert_false(parse(DNS_MX));
	header(0, 1, 0);
	rr("@12", DNS_MX, 60, "\0\1\1a", 4);
	buf_chr(&wire, 0);
	assert_false(parse(DNS_MX));
	header(0, 1, 0);
	rr("@12", DNS_A, 60, "\1\2\3", 3);
	assert_false(parse(DNS_A));
	header(0, 1, 0);
	rr("@12", DNS_TXT, 60, "\4abc", 4);
	assert_false(parse(DNS_TXT));
	header(0, 1, 0);
	rr("@12", DNS_TLSA, 60, "\3\1", 2);
	assert_false(parse(DNS_TLSA));
	/* A label of 64, which is no pointer. */
	header(0, 1, 0);
	rr("@12", DNS_PTR, 60, "\x40" "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 34);
	assert_false(parse(DNS_PTR));
}

static void
test_long_name(void **state)
{
	(void)state;
	for (size_t last = 61; last <= 62; last++) {
		char room[256] = { 0 };
		size_t n = 0;

		for (int i = 0; i < 4; i++) {
			size_t len = i < 3 ? 63 : last;

			room[n++] = (char)len;
			memset(room + n, 'a', len);
			n += len;
		}
		header(0, 1, 0);
		rr("@12", DNS_PTR, 60, room, n + 1);
		assert_int_equal(parse(DNS_PTR), last == 61);
		if (last == 61)
			assert_int_equal(row(0).data.n, DNS_NAME_MAX);
	}
}

static void
test_many(void **state)
{
	static char text[60000];

	(void)state;
	header(0, 600, 0);
	for (uint32_t i = 0; i < 600; i++)
		rr("@12", DNS_A, 60, &i, 4);
	assert_true(parse(DNS_A));
	assert_int_equal(rows(), PACKET_RECORDS);
	/* More than fits the answer: the first stays. */
	for (size_t i = 0; i < sizeof(text); i += 250) {
		memset(text + i, 'x', 250);
		text[i] = (char)249;
	}
	header(0, 2, 0);
	rr("@12", DNS_TXT, 60, text, 60000);
	rr("@12", DNS_TXT, 60, text, 7500);
	assert_true(parse(DNS_TXT));
	assert_int_equal(rows(), 1);
	assert_int_equal(row(0).data.n, 60000 / 250 * 249);
	/* Announced, and not there. */
	header(0, 65535, 0);
	assert_false(parse(DNS_A));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mx),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_cnames),
		cmocka_unit_test(test_chain_of_17),
		cmocka_unit_test(test_odd_names),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_long_name),
		cmocka_unit_test(test_many),
	};
	int rc;

	memory = arena_new(PACKET_MEMORY);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(memory);
	buf_free(&wire);
	return rc;
}
