#include "vault/app_password.h"

#include <sodium.h>

#include "base/test.h"

static void
test_typed(void **state unused_arg)
{
	static const struct {
		const char *typed;
		bool is;
	} t[] = {
		{ "23456-789ab-cdefg-hjkmn", true },
		{ "23456789abcdefghjkmn", true },
		{ " 2345 6789 ABCD EFGH JKMN ", true },
		{ "--2-3456789ABCDEFGHJKMN", true },
		{ "23456-789ab-cdefg-hjkm", false },
		{ "23456-789ab-cdefg-hjkmnp", false },
		{ "23456-789ab-cdefg-hjkml", false },
		{ "13456-789ab-cdefg-hjkmn", false },
		{ "23456-789ab-cdefg-hjkm\xc3", false },
		{ "23456.789ab.cdefg.hjkmn", false },
		{ "--------------------", false },
		{ "", false },
	};
	struct app_password p;

	for (size_t i = 0; i < NELEM(t); i++) {
		assert_int_equal(app_password_read(str_c(t[i].typed), &p),
		    t[i].is);
		if (t[i].is)
			assert_memory_equal(p.signs, "23456789abcdefghjkmn",
			    sizeof(p.signs));
	}
	assert_false(app_password_read(str_make("23456789abcdefghjkm\0", 20),
	    &p));
	/* Whoever reads a zero types one. */
	assert_true(app_password_read(STR("0oOz20zzzzzzzzzzzzzz"), &p));
	assert_memory_equal(p.signs, "oooz2o", 6);
}

static void
test_shown_is_read(void **state unused_arg)
{
	uint8_t random[APP_PASSWORD_SIGNS];
	struct app_password p, again;
	char text[APP_PASSWORD_TEXT];

	for (int i = 0; i < 1000; i++) {
		randombytes_buf(random, sizeof(random));
		app_password_of(random, &p);
		app_password_show(&p, text);
		assert_true(app_password_read(str_make(text, sizeof(text)),
		    &again));
		assert_memory_equal(&p, &again, sizeof(p));
	}
}

/* Another key, another person, another sign: another proof. */
static void
test_proofs(void **state unused_arg)
{
	struct seal_key key = { { 1 } }, other = { { 2 } };
	struct app_password p, q;
	struct app_proof want, got;
	struct str kept = str_make((const char *)want.octets,
	    sizeof(want.octets));

	assert_true(app_password_read(STR("23456789abcdefghjkmn"), &p));
	assert_true(app_password_read(STR("23456789abcdefghjkmo"), &q));
	app_proof_of(&key, STR("alice@mail.test"), &p, &want);
	assert_true(want.number > 0 && want.number <= INT64_MAX);
	app_proof_of(&key, STR("alice@mail.test"), &p, &got);
	assert_int_equal(got.number, want.number);
	assert_true(app_proof_is(&got, kept));
	assert_false(app_proof_is(&got, str_first(kept, 31)));
	assert_false(app_proof_is(&got, STR_NULL));
	app_proof_of(&other, STR("alice@mail.test"), &p, &got);
	assert_false(app_proof_is(&got, kept));
	app_proof_of(&key, STR("bob@mail.test"), &p, &got);
	assert_false(app_proof_is(&got, kept));
	app_proof_of(&key, STR("alice@mail.test"), &q, &got);
	assert_false(app_proof_is(&got, kept));
	assert_int_not_equal(got.number, want.number);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_typed),
		cmocka_unit_test(test_shown_is_read),
		cmocka_unit_test(test_proofs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
