#include "store/address/srs.h"

#include "base/test.h"

enum { DAY = 86400, NOW = 1795000000 };

static const struct srs_key key = { "0123456789abcdef" };
static const struct srs_key other = { "0123456789abcdeF" };

static struct arena *a;

static struct str
local_of(struct str path)
{
	return str_first(path, str_rchr(path, '@'));
}

static struct str
rewrite(const struct srs_key *k, struct str path, const char *domain)
{
	struct str out = STR_NULL;

	assert_true(srs_rewrite(k, path, str_c(domain), NOW, a, &out));
	assert_true(srs_is(local_of(out)));
	assert_true(str_endsi(out, str_c(domain)));
	return out;
}

static void
test_there_and_back(void **state unused_arg)
{
	static const char *const paths[] = { "a@b.test", "Some.One+x@B.test",
		"a=b=c@d.test", "SRS0@x.test", "SRS0=@x.test", "SRS2=x@x.test",
		"SRS@x.test", "SRS1=h=a#b==x@x.test",
		"gr\xc3\xbc\xc3\x9f@xn--b-eha.test" };
	struct str out, back, low;

	for (size_t i = 0; i < NELEM(paths); i++) {
		out = rewrite(&key, str_c(paths[i]), "fwd.test");
		assert_true(str_starts(out, STR("SRS0=")));
		assert_true(srs_return(&key, local_of(out), NOW, a, &back));
		assert_str(back, paths[i]);
		/* Some change the case of what they bounce to. */
		low = str_lower(a, local_of(out));
		assert_true(srs_return(&key, low, NOW, a, &back));
		assert_true(str_eqi(back, str_c(paths[i])));
		assert_false(srs_return(&other, local_of(out), NOW, a,
		    &back));
	}
}

static void
test_tampering(void **state unused_arg)
{
	struct str path = local_of(rewrite(&key, STR("a@b.test"), "fwd.test"));
	struct str back = STR_NULL;
	char *copy = str_dupz(a, path);

	for (size_t i = 0; i < path.n; i++) {
		copy[i] = copy[i] == '=' ? 'x' : '=';
		assert_false(srs_return(&key, str_make(copy, path.n), NOW, a,
		    &back));
		copy[i] = path.p[i];
	}
	assert_true(srs_return(&key, str_make(copy, path.n), NOW, a, &back));
	for (size_t n = 0; n < path.n; n++)
		assert_false(srs_return(&key, str_first(path, n), NOW, a,
		    &back));
}

static void
test_age(void **state unused_arg)
{
	struct str path = local_of(rewrite(&key, STR("a@b.test"), "fwd.test"));
	struct str back;

	assert_true(srs_return(&key, path, NOW + 21 * DAY, a, &back));
	assert_false(srs_return(&key, path, NOW + 22 * DAY, a, &back));
	assert_false(srs_return(&key, path, NOW - DAY, a, &back));
	assert_false(srs_return(&key, path, NOW + 900 * DAY, a, &back));
}

/* Two and three forwarders in a row: the path grows once. */
static void
test_nesting(void **state unused_arg)
{
	struct str one = rewrite(&other, STR("a@b.test"), "one.test");
	struct str two = rewrite(&key, one, "two.test");
	struct str three = rewrite(&other, two, "three.test"), back;

	assert_true(str_starts(two, STR("SRS1=")));
	assert_true(str_starts(three, STR("SRS1=")));
	assert_true(str_find(three, STR("two")) == three.n);
	assert_true(srs_return(&key, local_of(two), NOW, a, &back));
	assert_true(str_eq(back, one));
	assert_true(srs_return(&other, local_of(three), NOW, a, &back));
	assert_true(str_eq(back, one));
	assert_false(srs_return(&other, local_of(two), NOW, a, &back));
	/* The separator of another's is kept. */
	two = rewrite(&key, STR("SRS0+h=t=b.test=a@one.test"), "two.test");
	assert_true(str_find(two, STR("=one.test=+h=t=b.test=a@")) < two.n);
	assert_true(srs_return(&key, local_of(two), NOW, a, &back));
	assert_str(back, "SRS0+h=t=b.test=a@one.test");
	/* The hash of one form is none for the other. */
	assert_false(srs_return(&key, arena_printf(a, "SRS0%.*s",
	    STR_FMT(str_from(local_of(two), 4))), NOW, a, &back));
}

static void
test_cannot(void **state unused_arg)
{
	static const char *const paths[] = { "", "a", "@b", "a@", "\"a b\"@b",
		"a@[127.0.0.1]", "a b@c", "a..b@c", "a@b..c", "a@b@c",
		"a\r@b", "a>@b", "\xff@b" };
	char local[200];
	struct str out;

	for (size_t i = 0; i < NELEM(paths); i++)
		assert_false(srs_rewrite(&key, str_c(paths[i]), STR("f.test"),
		    NOW, a, &out));
	memset(local, 'l', sizeof(local));
	for (size_t n = 1; n <= sizeof(local); n++) {
		bool fits = srs_rewrite(&key, arena_printf(a, "%.*s@b.test",
		    (int)n, local), STR("fwd.test"), NOW, a, &out);

		/* SRS0=12345678=12=b.test=...@fwd.test */
		assert_true(fits == (33 + n <= 254));
	}
	assert_true(srs_is(STR("srs0=x")) && srs_is(STR("SRS1-x")));
	assert_false(srs_is(STR("SRS0")) || srs_is(STR("SRS0=")) ||
	    srs_is(STR("SRS3=x")) || srs_is(STR("")));
}

static int
set_up(void **state unused_arg)
{
	a = arena_new(1 << 20);
	return 0;
}

static int
tear_down(void **state unused_arg)
{
	arena_free(a);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_tampering),
		cmocka_unit_test(test_age),
		cmocka_unit_test(test_nesting),
		cmocka_unit_test(test_cannot),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
