#include "base/test.h"

#include "mail/traits.h"
#include "mime/charset.h"

#define HEADER "From: Ann <ann@one.test>\r\nSubject: lunch\r\n"
#define WORDS "Shall we meet at the old mill on Friday, as we said?"

static struct arena *mem;

static struct str
of(const char *text)
{
	return traits_of(str_c(text), mem);
}

static size_t
n_of(struct str traits)
{
	return traits.n / TRAIT_OCTETS;
}

/* How many of a are in b. */
static size_t
shared(struct str a, struct str b)
{
	size_t n = 0;

	for (size_t i = 0; i < a.n; i += TRAIT_OCTETS)
		for (size_t k = 0; k < b.n; k += TRAIT_OCTETS)
			n += a.p[i] == b.p[k] && a.p[i + 1] == b.p[k + 1];
	return n;
}

/* What people see counts, however it is written. */
static void
test_encodings_are_undone(void **state unused_arg)
{
	struct str plain = of(HEADER "\r\n" WORDS);
	static const char *const same[] = {
		HEADER "Content-Transfer-Encoding: base64\r\n\r\n"
		"U2hhbGwgd2UgbWVldCBhdCB0aGUgb2xkIG1pbGwgb24gRnJpZGF5LCBhcyB3"
		"ZSBzYWlkPw==",
		HEADER "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
		"Shall we meet at the =6Fld mill=\r\n on Friday, as we said?",
		HEADER "Content-Type: text/html\r\n\r\n<p>Shall <b>we</b> meet "
		"at <!-- x -->the old m<i></i>ill on Friday, as we said?",
		HEADER "\r\nSHALL WE MEET AT\r\nTHE OLD   MILL ON\r\n"
		"FRIDAY, AS WE SAID?",
	};

	for (size_t i = 0; i < NELEM(same); i++) {
		struct str t = of(same[i]);

		if (shared(plain, t) + 4 < n_of(plain))
			fail_msg("%zu: %zu of %zu", i, shared(plain, t),
			    n_of(plain));
	}
}

/* What somebody else writes shares little. */
static void
test_others_differ(void **state unused_arg)
{
	struct str ann = of(HEADER "\r\n" WORDS);
	struct str other = of("Subject: win\r\nX-Mailer: Blast 3\r\n\r\n"
	    "Congratulations, dear winner of the lottery!");

	assert_true(n_of(ann) > 40 && n_of(other) > 40);
	assert_true(shared(ann, other) < n_of(ann) / 5);
}

/* A word of one field is another in the next, and its neighbours count. */
static void
test_fields_are_apart(void **state unused_arg)
{
	struct str a = of("From: red\r\nTo: blue\r\n\r\n");
	struct str b = of("From: blue\r\nTo: red\r\n\r\n");
	struct str c = of("X: red blue\r\n\r\n"), d = of("X: blue red\r\n\r\n");

	/* The names of the fields, and their order. */
	assert_int_equal(n_of(a), 5);
	assert_int_equal(shared(a, b), 3);
	assert_int_equal(n_of(c), 5);
	assert_int_equal(shared(c, d), 4);
}

/* Whatever comes. */
static void
test_bounds(void **state unused_arg)
{
	auto_buf b = BUF_INIT(4 << 20);

	assert_int_equal(of("").n, TRAIT_OCTETS);
	for (size_t i = 0; i < 20000; i++)
		buf_printf(&b, "X-%zu: a%zu b%zu\r\n", i % 7, i, i * 31);
	assert_true(n_of(traits_of(buf_get(&b), mem)) <= TRAITS_MAX / 2);
	buf_reset(&b);
	buf_lit(&b, "\r\n");
	for (size_t i = 0; i < 200000; i++)
		buf_chr(&b, (char)(i * i * 2654435761u >> 24));
	assert_true(n_of(traits_of(buf_get(&b), mem)) <= TRAITS_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_encodings_are_undone),
		cmocka_unit_test(test_others_differ),
		cmocka_unit_test(test_fields_are_apart),
		cmocka_unit_test(test_bounds),
	};
	int rc;

	charset_prepare();
	mem = arena_new(64 << 20);
	rc = cmocka_run_group_tests_name("mail_traits", tests, NULL, NULL);
	arena_free(mem);
	return rc;
}
