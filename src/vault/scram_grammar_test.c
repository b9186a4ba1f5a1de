#include "base/test.h"
#include "vault/scram_grammar.h"

static void
test_first(void **state unused_arg)
{
	static const struct {
		const char *in;
		enum scram_flag flag;	/* 0: none */
		const char *binding, *gs2, *authzid, *user, *nonce;
		bool extended;
	} rows[] = {
		/* RFC 5802 5, RFC 7677 3 */
		{ "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL", SCRAM_NOT_BOUND, "",
		    "n,,", "", "user", "fyko+d2lbbFgONRv9qkxdawL", false },
		{ "n,,n=user,r=rOprNGfwEbeRWgbNEkqO", SCRAM_NOT_BOUND, "",
		    "n,,", "", "user", "rOprNGfwEbeRWgbNEkqO", false },
		{ "y,a=bob,n=a=2Cb=3Dc,r=x", SCRAM_CANNOT_BIND, "", "y,a=bob,",
		    "bob", "a,b=c", "x", false },
		{ "p=tls-exporter,a=x=2Cy,n=u@example.org,r=n,z=1,y=2=",
		    SCRAM_BOUND, "tls-exporter", "p=tls-exporter,a=x=2Cy,",
		    "x,y", "u@example.org", "n", false },
		{ "n,,m=x,n=u,r=n", SCRAM_NOT_BOUND, "", "n,,", "", "u", "n",
		    true },
		{ "n,,n=\xc3\xbc,r=n", SCRAM_NOT_BOUND, "", "n,,", "",
		    "\xc3\xbc", "n", false },
		{ "" }, { "n" }, { "n," }, { "n,," }, { "n,,n=" },
		{ "x,,n=u,r=n" }, { "F,n,,n=u,r=n" }, { "p,,n=u,r=n" },
		{ "p=,,n=u,r=n" }, { "p=a_b,,n=u,r=n" }, { "n,a=,n=u,r=n" },
		{ "n,u,n=u,r=n" }, { "n,,n=,r=n" }, { "n,,n=u,r=" },
		{ "n,,N=u,r=n" }, { "n,A=u,n=u,r=n" }, { "n,,n=u" },
		{ "n,,n=u,r=a b" }, { "n,,n=u,r=\xc3\xbc" }, { "n,,r=n,n=u" },
		{ "n,,n=u,r=n," }, { "n,,n=u,r=n,1=x" }, { "n,,n=u,r=n,x" },
		{ "n,,n=u,r=n,x=" }, { "n,,n=a=,r=n" }, { "n,,n=a=2,r=n" },
		{ "n,,n=a=2c,r=n" }, { "n,,n=a=3C,r=n" }, { "n,,n=a=41,r=n" },
		{ "n,,m=,n=u,r=n" }, { "n,,n=\xff,r=n" },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct arena *a = arena_new(4096);
		struct scram_client_first f;
		struct str in = str_c(rows[i].in);

		assert_int_equal(scram_read_first(in, a, &f),
		    rows[i].flag != 0);
		if (rows[i].flag) {
			assert_int_equal(f.flag, rows[i].flag);
			assert_str(f.binding, rows[i].binding);
			assert_str(f.gs2, rows[i].gs2);
			assert_strs(f.bare, str_from(in, f.gs2.n));
			assert_str(f.authzid, rows[i].authzid);
			assert_str(f.user, rows[i].user);
			assert_str(f.nonce, rows[i].nonce);
			assert_int_equal(f.extended, rows[i].extended);
		}
		arena_free(a);
	}
}

static void
test_final(void **state unused_arg)
{
	static const struct {
		const char *in, *without;	/* NULL: none */
		const char *binding, *nonce, *proof;
	} rows[] = {
		{ "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF"
		    "$k0,p=YWJj",
		    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF"
		    "$k0", "n,,",
		    "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
		    "abc" },
		{ "c=biws,r=x,y=z,p=YWI=", "c=biws,r=x,y=z", "n,,", "x", "ab" },
		{ "c=biws,r=x,p=", "c=biws,r=x", "n,,", "x", "" },
		{ "" }, { ",p=" }, { "c=biws,r=x" }, { "c=biws,r=x,p" },
		{ "c=biws,r=x,P=YWI=" }, { "c=biws,r=x,p=YWI=,y=z" },
		{ "c=,r=x,p=YWI=" }, { "c=biw,r=x,p=YWI=" },
		{ "c=biws,r=,p=YWI=" }, { "r=x,c=biws,p=YWI=" },
		{ "c=biws,r=x,y,p=YWI=" }, { "c=biws,r=x,p=YWI" },
		{ "c=biws,,r=x,p=YWI=" }, { "c=biws,r=x ,p=YWI=" },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct arena *a = arena_new(4096);
		struct scram_client_final f;

		assert_int_equal(scram_read_final(str_c(rows[i].in), a, &f),
		    rows[i].without != NULL);
		if (rows[i].without) {
			assert_str(f.without_proof, rows[i].without);
			assert_str(f.binding, rows[i].binding);
			assert_str(f.nonce, rows[i].nonce);
			assert_str(f.proof, rows[i].proof);
		}
		arena_free(a);
	}
}

static void
test_server_first(void **state unused_arg)
{
	auto_buf b = BUF_INIT(512);
	char nonce[SCRAM_NONCE_MAX + 1];

	scram_put_first(&b, STR("abc"), STR("0123456789abcdef"), 10000);
	assert_str(buf_get(&b), "r=abc,s=MDEyMzQ1Njc4OWFiY2RlZg==,i=10000");
	memset(nonce, 'x', sizeof(nonce));
	assert_true(scram_is_nonce(str_make(nonce, SCRAM_NONCE_MAX)));
	assert_false(scram_is_nonce(str_make(nonce, SCRAM_NONCE_MAX + 1)));
	assert_false(scram_is_nonce(STR_NULL));
	assert_false(scram_is_nonce(STR("a,b")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first),
		cmocka_unit_test(test_final),
		cmocka_unit_test(test_server_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
