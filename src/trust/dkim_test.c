/*
 * dkim_test.c - bodies, header fields and authors, as DKIM reads them.
 *                                                       RFC 6376 3.4, 5.4
 */
#include <openssl/evp.h>

#include "base/b64.h"
#include "base/test.h"
#include "trust/dkim_relax.h"
#include "trust/dkim_text.h"

static void
gather(void *arg, struct str octets)
{
	buf_str(arg, octets);
}

static void
digest(void *arg, struct str octets)
{
	assert_int_equal(EVP_DigestUpdate(arg, octets.p, octets.n), 1);
}

/* Fed in pieces of this many octets. */
static void
body_in_steps(struct str body, size_t step, struct buf *out)
{
	struct dkim_body b;

	dkim_body_init(&b, false, (struct dkim_hash){ gather, out });
	for (size_t i = 0; i < body.n; i += step)
		dkim_body_feed(&b, str_first(str_from(body, i), step));
	dkim_body_finish(&b);
}

/* RFC 6376 3.4.4, and the example of 3.4.5. */
static void
test_body(void **state unused_arg)
{
	static const struct {
		const char *body, *want;
	} rows[] = {
		{ " C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n" },
		{ "", "" },
		{ "\r\n", "" },
		{ "\r\n\r\n \t\r\n", "" },
		{ " ", "" },
		{ "a", "a\r\n" },
		{ "a \t", "a\r\n" },
		{ "a\r\n", "a\r\n" },
		{ "a\r\n\r\n  \r\n\t\r\n ", "a\r\n" },
		{ "\r\n\r\na\r\n\r\nb", "\r\n\r\na\r\n\r\nb\r\n" },
		{ "\ta\t\tb  c\r\n", " a b c\r\n" },
		/* Only CRLF ends a line. */
		{ "a\nb \n", "a\nb \n\r\n" },
		{ "a\rb \r c", "a\rb \r c\r\n" },
		{ "a \r\r\n\r", "a \r\r\n\r\r\n" },
	};

	for (size_t i = 0; i < NELEM(rows); i++)
		for (size_t step = 1; step < 8; step++) {
			auto_buf out = BUF_INIT(200);

			body_in_steps(str_c(rows[i].body), step, &out);
			assert_str(buf_get(&out), rows[i].want);
		}
}

/* Longer than the room that gathers for the hash. */
static void
test_long_body(void **state unused_arg)
{
	static const size_t steps[] = { 1, 1023, 1024, 1025, 100000 };
	auto_buf text = BUF_INIT(200000), want = BUF_INIT(200000);

	for (int i = 0; i < 2000; i++) {
		buf_printf(&text, "%d  word\t \tword%*s \r\n", i, i % 70, "x");
		buf_printf(&want, "%d word word%s\r\n", i,
		    i % 70 < 2 ? "x" : " x");
	}
	buf_put(&text, "0", 1);
	for (int i = 0; i < 9000; i++)
		buf_chr(&text, '=');
	buf_chr(&want, '0');
	for (int i = 0; i < 9000; i++)
		buf_chr(&want, '=');
	buf_lit(&want, "\r\n");
	for (size_t i = 0; i < NELEM(steps); i++) {
		auto_buf out = BUF_INIT(200000);

		body_in_steps(buf_get(&text), steps[i], &out);
		assert_strs(buf_get(&out), buf_get(&want));
	}
}

/* RFC 6376 3.4.2, 3.4.5. */
static void
test_relax(void **state unused_arg)
{
	static const struct {
		const char *name, *value, *want;
	} rows[] = {
		{ "A", " X", "a:X\r\n" },
		{ "B", " Y\t\r\n\tZ  ", "b:Y Z\r\n" },
		{ "SUBJect", " AbC", "subject:AbC\r\n" },
		{ "x", "", "x:\r\n" },
		{ "x", " \r\n \t", "x:\r\n" },
		{ "x", "a\r\n b\r\n  \r\n c", "x:a b c\r\n" },
		{ "x", "a\rb \n", "x:a\rb \n\r\n" },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		auto_buf out = BUF_INIT(200);

		dkim_relax(&out, str_c(rows[i].name),
		    str_c(rows[i].value));
		assert_str(buf_get(&out), rows[i].want);
	}
}

static void
test_choose(void **state unused_arg)
{
	auto_buf names = BUF_INIT(DKIM_NAMES_MAX);
	auto_buf canonical = BUF_INIT(DKIM_HEADER_MAX);

	assert_true(dkim_header_choose(STR("Received: x\r\n"
	    "List-Id: 1\r\nto: a\r\n  b\r\nX-Mine: y\r\nSUBJECT : s\r\n"
	    "From: me@a.test\r\nList-Id: 2\r\nno field\r\nTo: c\r\n\r\n"
	    "Subject: body\r\n"), &names, &canonical));
	/* 5.4.2: from the bottom up, and one more of the name. */
	assert_str(buf_get(&names), "From:From:Reply-To:To:To:To:Cc:Subject:"
	    "Subject:Date:Message-ID:Content-Type:List-Id:List-Id");
	assert_str(buf_get(&canonical), "from:me@a.test\r\nto:c\r\nto:a b\r\n"
	    "subject:s\r\nlist-id:2\r\nlist-id:1\r\n");
}

static bool
may_choose(struct str header)
{
	auto_buf names = BUF_INIT(DKIM_NAMES_MAX);
	auto_buf canonical = BUF_INIT(DKIM_HEADER_MAX);

	return dkim_header_choose(header, &names, &canonical);
}

/* Headers that are left alone. */
static void
test_refuse(void **state unused_arg)
{
	auto_buf many = BUF_INIT(1 << 20);

	assert_false(may_choose(STR("")));
	assert_false(may_choose(STR("To: x\r\n\r\nFrom: a@b.test\r\n")));
	assert_false(may_choose(STR("From: a@b.test\r\nfrom: c@b.test\r\n")));
	assert_true(may_choose(STR("From: a@b.test")));
	buf_lit(&many, "From: a@b.test\r\n");
	for (int i = 0; i < DKIM_FIELDS_MAX - 1; i++)
		buf_lit(&many, "To: x\r\n");
	assert_true(may_choose(buf_get(&many)));
	buf_lit(&many, "To: x\r\n");
	assert_false(may_choose(buf_get(&many)));
	buf_reset(&many);
	buf_lit(&many, "From: a@b.test\r\nTo: ");
	while (many.n < DKIM_HEADER_MAX + 100)
		buf_lit(&many, "xxxxxxxxxxxxxxxxxxxxxxxxx");
	assert_false(may_choose(buf_get(&many)));
}

static void
test_authors(void **state unused_arg)
{
	static const struct {
		const char *header, *want;
	} rows[] = {
		{ "From: Joe <joe@a.test>\r\n", "joe@a.test " },
		{ "Sender: x@y.test\r\nFROM : joe@a.test,\r\n \"B\" <b@C.test>"
		  "\r\n\r\n", "joe@a.test b@C.test " },
		{ "From: g: a@b.test, c@d.test;\r\n", "a@b.test c@d.test " },
		{ "From: nobody\r\n", "" },
		{ "From: a@b.test\r\nFrom: a@b.test\r\n", "" },
		{ "To: a@b.test\r\n\r\nFrom: a@b.test\r\n", "" },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct str authors[DKIM_AUTHORS_MAX];
		struct arena *a = arena_new(65536);
		auto_buf got = BUF_INIT(200);
		size_t n = dkim_header_authors(a, str_c(rows[i].header),
		    authors);

		for (size_t k = 0; k < n; k++) {
			buf_str(&got, authors[k]);
			buf_chr(&got, ' ');
		}
		assert_str(buf_get(&got), rows[i].want);
		arena_free(a);
	}
}

#define HEADER                                                          \
	"From: Joe SixPack <joe@football.example.com>\r\n"              \
	"To: Suzie Q <suzie@shopping.example.net>\r\n"                  \
	"Subject: Is dinner ready?\r\n"                                 \
	"Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"               \
	"Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n\r\n"
#define BODY "Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n"

/* The hash of a body, in Base64. */
static void
text_hash(struct str text, size_t step, struct str header, struct buf *out)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	uint8_t hash[DKIM_HASH_LEN];
	struct dkim_text t;

	assert_int_equal(EVP_DigestInit_ex(c, EVP_sha256(), NULL), 1);
	dkim_text_init(&t, (struct dkim_hash){ digest, c });
	for (size_t i = 0; i < text.n; i += step)
		dkim_text_feed(&t, str_first(str_from(text, i), step));
	assert_true(dkim_text_finish(&t));
	assert_strs(buf_get(&t.header), header);
	dkim_text_free(&t);
	assert_int_equal(EVP_DigestFinal_ex(c, hash, NULL), 1);
	EVP_MD_CTX_free(c);
	b64_put(out, str_make((const char *)hash, sizeof(hash)));
}

static void
test_text(void **state unused_arg)
{
	static const struct {
		struct str header, body;
		const char *hash;
	} rows[] = {
		/* RFC 8463 A.3 */
		{ STR(HEADER), STR(BODY "\r\n"),
		    "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=" },
		/* RFC 6376 3.4.4: empty */
		{ STR(HEADER), STR(""),
		    "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" },
		{ STR("\r\n"), STR(BODY),
		    "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=" },
		{ STR("From: x\r\n"), STR(""),
		    "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" },
	};

	for (size_t i = 0; i < NELEM(rows); i++)
		for (size_t step = 1; step < 600; step += step / 2 + 1) {
			auto_buf text = BUF_INIT(1000), out = BUF_INIT(100);

			buf_str(&text, rows[i].header);
			buf_str(&text, rows[i].body);
			text_hash(buf_get(&text), step, rows[i].header, &out);
			assert_str(buf_get(&out), rows[i].hash);
		}
}

/* A header beyond the bound says so; the body is hashed all the same. */
static void
test_long_header(void **state unused_arg)
{
	auto_buf out = BUF_INIT(1000);
	struct dkim_text t;

	dkim_text_init(&t, (struct dkim_hash){ gather, &out });
	for (int i = 0; i < DKIM_TEXT_HEADER_MAX / 8 + 1; i++)
		dkim_text_feed(&t, STR("a: bcd\r\n"));
	dkim_text_feed(&t, STR("\r\nbody"));
	assert_false(dkim_text_finish(&t));
	assert_str(buf_get(&out), "body\r\n");
	dkim_text_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_body),
		cmocka_unit_test(test_long_body),
		cmocka_unit_test(test_relax),
		cmocka_unit_test(test_choose),
		cmocka_unit_test(test_refuse),
		cmocka_unit_test(test_authors),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_long_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
