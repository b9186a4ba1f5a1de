#include <sodium.h>

#include "base/test.h"
#include "vault/credential.h"
#include "vault/foreign_hash.h"

#define WORDS "ein sch\xc3\xb6ner Tag 7"

/* Made by doveadm pw, slappasswd, argon2, and crypt(3). */
static const char *const right[] = {
	"{SHA512-CRYPT}$6$6sqj4InItH.hykrY$CzCb1GVDfo7JGJYJRyZ/.H8aQvGxj5spnI/"
	    "VZnYkI6hUKg.Zbqeu5gFp2xW3ac596rws9bXHE98utFCXnxTZe0",
	"$6$6sqj4InItH.hykrY$CzCb1GVDfo7JGJYJRyZ/.H8aQvGxj5spnI/VZnYkI6hUKg."
	    "Zbqeu5gFp2xW3ac596rws9bXHE98utFCXnxTZe0",
	"{SHA256-CRYPT}$5$NpA1pc7t3cRhAAs6$R3fETfNVqL6GKSpZtEbpy1aCsLfhXmFa8cr"
	    "zKxGJJDC",
	"{MD5-CRYPT}$1$nAVNdXgN$oHobW3Jg.OuUt1aGga.pi/",
	"{MD5}$1$nAVNdXgN$oHobW3Jg.OuUt1aGga.pi/",
	"{BLF-CRYPT}$2y$05$0Fp1Rwpzg0X4pitYbDH50utYVVNUul1AsVEbotSgTijWzeHgi."
	    "dZi",
	"{CRYPT}$2y$05$WrVy5UE5n3MpWPl1MMNtL.UCg20FRVAPFvH.hMtH0t5zzqzsuVkaq",
	"$y$j9T$F5Jx5fExrKuPp53xLKQ..1$R3vDFkaBOrnJH4rrwSbvCKkeDwkHDMokksySb."
	    "jSl2C",
	"{SSHA}64gAmyMzPyCi21pjmDJqFobAyXJnZXno",
	"{ssha}2TNavIUYJSEgJEC8JiA1UtEqzJ8Zi9Uc",
	"{SSHA256}5ogT2FLhZLY7AoqRILm+bFjWUTgDTu77UgetKxx8Yv8dxWrT",
	"{SSHA512}C9kwPkzFisls4845Zg8c6DIRoLpJ2AoHVKKCOeuAlcLuRduM/pIOAZFSGFh/"
	    "XAkhHjQLbaW05Jz/gihsHCE6FJn9AA4=",
	"{SHA}qsIl/5Lg3WKzwD11cKWOfK3BvBo=",
	"{SHA256}mdXIGUmndupVAg9Vt3wytanrERbU5AT9hMMFmKQUIuo=",
	"{SHA512}oX2quLd6/gt4SZX6ybSJ1MWf0zBxwN9KdAPh/TXHAu++CsWmw8RDE1hAf21I"
	    "GcwphIlNZtbD7obsUjBsKFJR8w==",
	"{SHA512.HEX}a17daab8b77afe0b784995fac9b489d4c59fd33071c0df4a7403e1fd3"
	    "5c702efbe0ac5a6c3c4431358407f6d4819cc2984894d66d6c3ee86ec52306c2"
	    "85251f3",
	"{SMD5}FpGlaTsmuIWCo98+GA7/yZD1F8I=",
	"{LDAP-MD5}dRKxroud5FYWLYSVF14AGw==",
	"{MD5}dRKxroud5FYWLYSVF14AGw==",
	"{PLAIN-MD5}7512b1ae8b9de456162d8495175e001b",
	"{PBKDF2}$1$0C0Hdxpc9owqXVRg$5000$0519fa9f976352a763d6ffef5f4130ba1e71"
	    "9770",
	"{SCRAM-SHA-1}4096,GGFNgd8YGK2szLRqC2xQbw==,LmvocKqz93qizurV1n5MH6Gf0p"
	    "E=,gHTT9naQwgWUoJLoNULBS1KRoMI=",
	"{SCRAM-SHA-256}4096,HUV+0ldLhz1ngzF5ZTAWog==,Ms0kssf3N97M75sc5ykbaZLD"
	    "yKWbQ8KrGag9S8zWOWA=,oQZ8Omod85wuBOt9Bsmz23ItXLUzw7H6LodxG4RIFR4=",
	"{ARGON2ID}$argon2id$v=19$m=65536,t=3,p=1$kGDtBppaaYuHPfUCr3BjMA$R/q3x"
	    "By+4F7eKogxavyawo71s0ZhqKLoNP5YosmnMG8",
	"$argon2i$v=19$m=32768,t=4,p=1$gVjLSva3Xx9TarFx4QwqFQ$jsqYRaXJfs0PFUrI"
	    "iKBDMrrpGUawHfOrEYBCtAgj7gA",
	"{ARGON2}$argon2id$v=19$m=4096,t=3,p=4$c2FsdHNhbHRzYWx0$PSL4mLzdIdUXiP"
	    "v2jlYfjt5M9v7pzE8eCR0i1Kmx+oM",
};

static void
test_right(void **state unused_arg)
{
	struct err err;

	for (size_t i = 0; i < NELEM(right); i++) {
		auto_buf kept = BUF_INIT(FOREIGN_HASH_MAX);

		if (foreign_hash_read(str_c(right[i]), &kept, &err) < 0)
			fail_msg("%s: %s", right[i], err.text);
		assert_false(buf_failed(&kept));
		if (!foreign_hash_verify(buf_get(&kept), STR(WORDS)))
			fail_msg("%s is not right", right[i]);
		assert_false(foreign_hash_verify(buf_get(&kept),
		    STR("ein schoener Tag 7")));
		assert_false(foreign_hash_verify(buf_get(&kept), STR("")));
		assert_false(foreign_hash_verify(buf_get(&kept),
		    STR(WORDS "\0")));
	}
}

static void
test_refused(void **state unused_arg)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "", "crypt(3)" },
		{ "{", "not whole" },
		{ "{}x", "not whole" },
		{ "ucFS6PIFEHLaI", "crypt(3)" },
		{ "{DES-CRYPT}ucFS6PIFEHLaI", "{DES-CRYPT}" },
		{ "{CRYPT}ucFS6PIFEHLaI", "crypt(3)" },
		{ "{PLAIN}secret", "--password-stdin" },
		{ "{CRAM-MD5}37bd793a018ff88a309a2f3dc713fd644183cf51c0681033"
		  "6f9cd05b1f68e848", "{CRAM-MD5}" },
		{ "$6$short$x", "not whole" },
		/* One octet more than bcrypt has. */
		{ "$2y$05$WrVy5UE5n3MpWPl1MMNtL.UCg20FRVAPFvH.hMtH0t5zzqzsuVk"
		  "aqx", "not whole" },
		{ "$6$a\nb$CzCb1GVDfo7JGJYJRyZ/.H8aQvGxj5spnI/VZnYkI6hUKg.Zbq"
		  "eu5gFp2xW3ac596rws9bXHE98utFCXnxTZe0", "not whole" },
		{ "$6$rounds=999999999$6sqj4InItH.hykrY$CzCb1GVDfo7JGJYJRyZ/."
		  "H8aQvGxj5spnI/VZnYkI6hUKg.Zbqeu5gFp2xW3ac596rws9bXHE98utFC"
		  "XnxTZe0", "too long" },
		{ "$2y$20$0Fp1Rwpzg0X4pitYbDH50utYVVNUul1AsVEbotSgTijWzeHgi.d"
		  "Zi", "too long" },
		{ "$y$jFT$F5Jx5fExrKuPp53xLKQ..1$R3vDFkaBOrnJH4rrwSbvCKkeDwkH"
		  "DMokksySb.jSl2C", "too long" },
		{ "$argon2id$v=19$m=4194304,t=3,p=4$c2FsdHNhbHRzYWx0$PSL4mLzd"
		  "IdUXiPv2jlYfjt5M9v7pzE8eCR0i1Kmx+oM", "too long" },
		{ "$argon2id$v=16$m=4096,t=3,p=4$c2FsdHNhbHRzYWx0$PSL4mLzdIdU"
		  "XiPv2jlYfjt5M9v7pzE8eCR0i1Kmx+oM", "not whole" },
		{ "{SSHA}qsIl/5Lg3WKzwD11cKWOfK3BvBo=", "not whole" },
		{ "{SHA}qsIl", "not whole" },
		{ "{SHA.ROT13}qsIl/5Lg3WKzwD11cKWOfK3BvBo=", "not whole" },
		{ "{PLAIN-MD5}7512b1ae8b9de456162d8495175e001", "not whole" },
		{ "{PBKDF2}$1$salt$99999999$0519fa9f976352a763d6ffef5f4130ba1"
		  "e719770", "too long" },
		{ "{SCRAM-SHA-1}99999999,GGFNgd8YGK2szLRqC2xQbw==,LmvocKqz93"
		  "qizurV1n5MH6Gf0pE=,gHTT9naQwgWUoJLoNULBS1KRoMI=",
		  "too long" },
		{ "{SCRAM-SHA-256-PLUS}4096,a,b,c", "{SCRAM-SHA-256-PLUS}" },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		auto_buf kept = BUF_INIT(FOREIGN_HASH_MAX);
		struct err err = { 0 };

		assert_int_equal(foreign_hash_read(str_c(rows[i].text), &kept,
		    &err), E_INVALID);
		if (!strstr(err.text, rows[i].why))
			fail_msg("%s: %s", rows[i].text, err.text);
	}
}

/* As a record, until it becomes another. */
static void
test_credential(void **state unused_arg)
{
	static const uint8_t salt[SCRAM_SALT_LEN] = "0123456789abcdef";
	auto_buf b = BUF_INIT(CREDENTIAL_MAX);
	struct credential c, d;
	struct err err;

	for (size_t i = 0; i < NELEM(right); i++) {
		buf_reset(&b);
		assert_int_equal(credential_foreign(str_c(right[i]), salt, &b,
		    &err), 0);
		assert_true(credential_parse(buf_get(&b), &c));
		assert_true(c.foreign && !c.old);
		assert_int_equal(c.scram.count, 0);
		assert_memory_equal(c.scram.salt, salt, sizeof(salt));
	}
	/* Typed with another form of the same letter, and wrong. */
	assert_true(credential_verify(&c, STR("ein scho\xcc\x88ner Tag 7")));
	assert_true(credential_verify(&c, STR(WORDS)));
	assert_false(credential_verify(&c, STR("ein schoner Tag 7")));
	for (size_t i = 0; i < b.n; i++)
		assert_false(credential_parse(str_first(buf_get(&b), i), &d));
	assert_int_equal(credential_foreign(STR("x"), salt, &b, &err),
	    E_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_credential),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_right),
	};

	assert_true(sodium_init() >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
