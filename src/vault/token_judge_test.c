#include "vault/token_judge.h"

#include "base/test.h"

enum { NOW = 1700000000 };

static const struct oauth_conf one = { .issuer = STR("https://id.example"),
	.audience = STR("mail"), .claim = STR("email") };

static const char *
judge(struct token_claims c, struct oauth_conf issuer, bool signed_by_it,
    const char *wanted)
{
	struct arena *a = arena_new(8192);
	struct str address = STR_NULL;
	const char *wrong = token_judge(&c, &issuer, signed_by_it, NOW, a,
	    &address);

	if (!wrong)
		assert_str(address, wanted);
	arena_free(a);
	return wrong;
}

static struct token_claims
good(void)
{
	return (struct token_claims){ .user = STR("Alice@Example.org"),
		.iss = STR("https://id.example"), .audience = STR("mail\n"),
		.expires = NOW + 300 };
}

#define REFUSED(why, c, ...) assert_string_equal(judge(c, __VA_ARGS__, NULL), \
	why)
#define TAKEN(address, c, ...) assert_null(judge(c, __VA_ARGS__, address))

static void
test_parties(void **state unused_arg)
{
	struct token_claims c = good();

	TAKEN("alice@example.org", c, one, true);
	c.iss = STR("https://id.example/");
	REFUSED("a token of another issuer", c, one, true);
	c.iss = STR_NULL;
	REFUSED("a token of another issuer", c, one, true);
	TAKEN("alice@example.org", c, one, false);
	c = good();
	c.audience = STR("web\nmail\n");
	TAKEN("alice@example.org", c, one, true);
	c.audience = STR("web\nmails\n");
	REFUSED("a token that is for somebody else", c, one, true);
	c.audience = STR("web mail\n");
	REFUSED("a token that is for somebody else", c, one, true);
	c.audience = STR_NULL;
	REFUSED("a token that does not say whom it is for", c, one, true);
	REFUSED("a token that does not say whom it is for", c, one, false);
}

static void
test_scope(void **state unused_arg)
{
	struct oauth_conf scoped = one;
	struct token_claims c = good();

	scoped.scope = STR("mail.read mail.send");
	REFUSED("a token without the scope for mail", c, scoped, true);
	c.scope = STR("openid mail.read");
	REFUSED("a token without the scope for mail", c, scoped, true);
	c.scope = STR("mail.send openid mail.read ");
	TAKEN("alice@example.org", c, scoped, true);
	/* Who was asked, and says no audience, says it by the scope. */
	c.audience = STR_NULL;
	TAKEN("alice@example.org", c, scoped, false);
	REFUSED("a token that does not say whom it is for", c, scoped, true);
	assert_false(token_has_word(STR("a b"), STR_NULL));
	assert_false(token_has_word(STR("  "), STR("a")));
	assert_true(token_has_word(STR(" a  b"), STR("b")));
}

static void
test_times(void **state unused_arg)
{
	struct token_claims c = good();

	c.expires = NOW - TOKEN_LEEWAY_S + 1;
	TAKEN("alice@example.org", c, one, true);
	c.expires = NOW - TOKEN_LEEWAY_S;
	REFUSED("a token that has expired", c, one, true);
	c.expires = 0;
	REFUSED("a token that never expires", c, one, true);
	TAKEN("alice@example.org", c, one, false);
	c = good();
	c.not_before = c.issued = NOW + TOKEN_LEEWAY_S;
	TAKEN("alice@example.org", c, one, true);
	c.not_before++;
	REFUSED("a token that is not good yet", c, one, true);
	c.not_before = 0;
	c.issued++;
	REFUSED("a token that is not good yet", c, one, true);
}

static void
test_addresses(void **state unused_arg)
{
	struct oauth_conf few = one;
	struct token_claims c = good();

	few.domains = STR("example.net EXAMPLE.org");
	TAKEN("alice@example.org", c, few, true);
	c.user = STR("alice@sub.example.org");
	REFUSED("a token for a domain that is not its issuer's", c, few, true);
	c.user = STR("alice@example.net@example.com");
	REFUSED("a token for a domain that is not its issuer's", c, few, true);
	c.user = STR("alice");
	REFUSED("a token whose owner is no address", c, few, true);
	REFUSED("a token whose owner is no address", c, one, true);
	few.domains = STR("example.org");
	TAKEN("alice@example.org", c, few, true);
	c.user = STR("@example.org");
	REFUSED("a token whose owner is no address", c, few, true);
	c.user = STR("alice@");
	REFUSED("a token whose owner is no address", c, few, true);
	c.user = STR_NULL;
	REFUSED("a token that does not say whose it is", c, few, true);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parties),
		cmocka_unit_test(test_scope),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
