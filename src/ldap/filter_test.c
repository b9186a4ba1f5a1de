/*
 * filter_test.c - filters of RFC 4515, those of its section 4 among them.
 */
#include "base/test.h"
#include "ldap/filter.h"

static void
test_good(void **state unused_arg)
{
	static const char *const rows[] = {
		"(cn=Babs Jensen)",
		"(!(cn=Tim Howes))",
		"(&(objectClass=Person)(|(sn=Jensen)(cn=Babs J*)))",
		"(o=univ*of*mich*)",
		"(seeAlso=)",
		"(cn:caseExactMatch:=Fred Flintstone)",
		"(cn:=Betty Rubble)",
		"(sn:dn:2.4.6.8.10:=Barney Rubble)",
		"(o:dn:=Ace Industry)",
		"(:1.2.3:=Wilma Flintstone)",
		"(:DN:2.4.6.8.10:=Dino)",
		"(o=Parens R Us \\28for all your parenthetical needs\\29)",
		"(cn=*\\2A*)",
		"(filename=C:\\5cMyFile)",
		"(bin=\\00\\00\\00\\04)",
		"(sn=Lu\\c4\\8di\\c4\\87)",
		"(a>=5)", "(a<=5)", "(a~=b)", "(mail=*)",
		"(&(a=b)(!(uac:1.2.840.113556.1.4.803:=2)))",
	};
	static const char *const wrong[] = {
		"", "cn=a", "(cn=a", "(cn=a))", "()", "(&)", "(=a)", "(cn)",
		"(cn=a(b)", "(cn=a\\2)", "(cn=a\\zz)", "(!(a=b)(c=d))",
		"(cn>=a*)", "(:=a)", "(a=b) ", " (a=b)", "(a b=c)", "(a=b\\)",
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		auto_buf b = BUF_INIT(4096);

		print_message("%s\n", rows[i]);
		assert_true(ldap_filter_put(str_c(rows[i]), &b));
	}
	for (size_t i = 0; i < NELEM(wrong); i++) {
		auto_buf b = BUF_INIT(4096);

		print_message("%s\n", wrong[i]);
		assert_false(ldap_filter_put(str_c(wrong[i]), &b));
	}
}

/* Lengths are of four octets here. */
#define L(n) "\x84\0\0\0" n

static void
test_octets(void **state unused_arg)
{
	static const struct {
		const char *text;
		struct str octets;
	} rows[] = {
		{ "(a=b)", STR("\xa3" L("\x0e") "\x04" L("\x01") "a"
		    "\x04" L("\x01") "b") },
		{ "(a=*)", STR("\x87" L("\x01") "a") },
		{ "(a=\\2a)", STR("\xa3" L("\x0e") "\x04" L("\x01") "a"
		    "\x04" L("\x01") "*") },
		{ "(a=b*c*d)", STR("\xa4" L("\x22") "\x04" L("\x01") "a"
		    "\x30" L("\x15") "\x80" L("\x01") "b" "\x81" L("\x01") "c"
		    "\x82" L("\x01") "d") },
		{ "(a=*c*)", STR("\xa4" L("\x14") "\x04" L("\x01") "a"
		    "\x30" L("\x07") "\x81" L("\x01") "c") },
		{ "(!(a=*))", STR("\xa2" L("\x07") "\x87" L("\x01") "a") },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		auto_buf b = BUF_INIT(4096);

		print_message("%s\n", rows[i].text);
		assert_true(ldap_filter_put(str_c(rows[i].text), &b));
		assert_true(str_eq(buf_get(&b), rows[i].octets));
	}
}

static void
test_depth(void **state unused_arg)
{
	char text[200];

	for (size_t deep = 10; deep <= 40; deep += 30) {
		auto_buf b = BUF_INIT(65536);
		size_t n = 0;

		for (size_t i = 0; i < deep; i++)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
			    "(!");
		n += (size_t)snprintf(text + n, sizeof(text) - n, "(a=b)");
		for (size_t i = 0; i < deep; i++)
			text[n++] = ')';
		assert_int_equal(ldap_filter_put(str_make(text, n), &b),
		    deep == 10);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_octets),
		cmocka_unit_test(test_depth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
