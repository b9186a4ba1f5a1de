#include "mime/address.h"

#include "base/test.h"

/* "name|route|mailbox|host" a line; "name{" and "}" around a group. */
static const struct {
	const char *value, *want;
} cases[] = {
	{ "", "" },
	{ " , ,", "" },
	{ "a@b", "||a|b\n" },
	{ "a@b, <c@d>,,e@f", "||a|b\n||c|d\n||e|f\n" },
	{ "Joe Q. Public <j.q@x.example>", "Joe Q. Public||j.q|x.example\n" },
	{ "\"Giant; \\\"Big\\\" Box\" <s@x>", "Giant; \"Big\" Box||s|x\n" },
	{ "Who? <one@y.test>", "Who?||one|y.test\n" },
	/* RFC 5322 A.1.3, A.6.1 to A.6.3 */
	{ "A Group:Ed Jones <c@a.test>,joe@where.test;",
	  "A Group{\nEd Jones||c|a.test\n||joe|where.test\n}\n" },
	{ "Undisclosed recipients:;", "Undisclosed recipients{\n}\n" },
	{ "(Empty list)(start)Hidden  :(nobody(that I know))  ;",
	  "Hidden{\n}\n" },
	{ "Mary <@a.test,@b.test:mary@c.net>, , jdoe@test  . example",
	  "Mary|@a.test,@b.test|mary|c.net\n||jdoe|test.example\n" },
	{ "Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>",
	  "Pete||pete|silly.test\n" },
	/* The oldest way to give a name. */
	{ "jdoe@one.test (John \"J\" Doe)", "John \"J\" Doe||jdoe|one.test\n" },
	{ "(John) <jdoe@one.test>", "John||jdoe|one.test\n" },
	{ "\"john doe\"@x, a . b@c", "||john doe|x\n||a.b|c\n" },
	{ "a@[192.0.2.1], b@[IPv6:2001:db8::1]",
	  "||a|[192.0.2.1]\n||b|[IPv6:2001:db8::1]\n" },
	{ "=?utf-8?q?J=C3=B6?= <j@x>", "=?utf-8?q?J=C3=B6?=||j|x\n" },
	/* Malformed, but seen. */
	{ "foo@bar.test <foo@bar.test>", "foo@bar.test||foo|bar.test\n" },
	{ "lost", "||lost|\n" },
	{ "<lost>", "||lost|\n" },
	{ "<>", "" },
	{ "Name <>", "Name|||\n" },
	{ "<@host.test>", "|||host.test\n" },
	{ "a@b; c@d", "||a|b\n||c|d\n" },
	{ "a@b c@d, e@f", "||a|b\n||e|f\n" },
	{ "<a@b, c@d", "||a|b\n||c|d\n" },
	{ "\"open <a@b>", "||open <a@b>|\n" },
	{ "g: h: a@b;", "g{\n||h: a|b\n}\n" },
	{ "g: a@b", "g{\n||a|b\n}\n" },
	{ ">>, ), @, :;", "||)|\n{\n}\n" },
	{ "a@b\r\n , c\r\n\t@d", "||a|b\n||c|d\n" },
};

static void
put(struct buf *out, const struct address_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct address *x = &l->v[i];

		if (x->kind == ADDRESS_GROUP)
			buf_printf(out, "%.*s{\n", STR_FMT(x->name));
		else if (x->kind == ADDRESS_GROUP_END)
			buf_lit(out, "}\n");
		else
			buf_printf(out, "%.*s|%.*s|%.*s|%.*s\n",
			    STR_FMT(x->name), STR_FMT(x->route),
			    STR_FMT(x->mailbox), STR_FMT(x->host));
	}
}

static void
test_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < NELEM(cases); i++) {
		struct arena *a = arena_new(1 << 20);
		auto_buf out = BUF_INIT(4096);
		struct address_list l =
		    address_parse(a, str_c(cases[i].value), 100);

		put(&out, &l);
		assert_str(buf_get(&out), cases[i].want);
		assert_false(l.truncated);
		arena_free(a);
	}
}

/* Whatever the bound, groups stay in pairs. */
static void
test_bound(void **state)
{
	(void)state;
	for (size_t max = 0; max < 8; max++) {
		struct arena *a = arena_new(1 << 20);
		struct address_list l = address_parse(a,
		    STR("a@b, g:c@d,e@f;, h:;, i@j"), max);
		int open = 0;

		assert_true(l.n <= max);
		assert_true(l.truncated);
		for (size_t i = 0; i < l.n; i++) {
			open += l.v[i].kind == ADDRESS_GROUP;
			open -= l.v[i].kind == ADDRESS_GROUP_END;
		}
		assert_int_equal(open, 0);
		arena_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
