#include "mime/param.h"

#include "base/test.h"

/* "type/subtype name=[value] ..." */
static const struct {
	const char *value, *want;
} fields[] = {
	{ "text/plain", "text/plain" },
	{ " message / rfc822 ", "message/rfc822" },
	{ "text/plain; charset =us-ascii (Plain text)",
	  "text/plain charset=[us-ascii]" },
	{ "text/plain (x) ; a=b;c=\"d;\\\"e\\\"\"; ; f=",
	  "text/plain a=[b] c=[d;\"e\"] f=[]" },
	{ "a/b; boundary=----=_Part_1.2:3/4?", "a/b boundary=[----=_Part_1.2:3"
					       "/4?]" },
	{ "a/b; name=my file.txt; x=y", "a/b name=[my file.txt] x=[y]" },
	{ "a/b; x=y\r\n z=\"w\" v=u", "a/b x=[y] z=[w] v=[u]" },
	{ "a/b; name=\"lo\r\n ng\"", "a/b name=[lo ng]" },
	{ "a/b; name=\"open; x=y", "a/b name=[open; x=y]" },
	{ "a/b; junk; =x; /; x=y", "a/b x=[y]" },
	{ "a/b;n*0*=x;n*1=y", "a/b n*0*=[x] n*1=[y]" },
	{ "text", "none" }, { "/plain", "none" }, { "", "none" },
	{ "text/", "none" }, { "(c)", "none" },
};

static void
test_fields(void **state)
{
	(void)state;
	for (size_t i = 0; i < NELEM(fields); i++) {
		struct arena *a = arena_new(1 << 20);
		auto_buf out = BUF_INIT(4096);
		struct str type, sub, rest = STR_NULL;
		struct param p;

		if (param_media_type(str_c(fields[i].value), &type, &sub,
			&rest))
			buf_printf(&out, "%.*s/%.*s", STR_FMT(type),
			    STR_FMT(sub));
		else
			buf_lit(&out, "none");
		while (param_next(a, &rest, &p))
			buf_printf(&out, " %.*s=[%.*s]", STR_FMT(p.name),
			    STR_FMT(p.value));
		assert_str(buf_get(&out), fields[i].want);
		arena_free(a);
	}
}

/* The parameter "name"; want NULL: there is none.              RFC 2231 */
static const struct {
	const char *rest, *want;
} params[] = {
	{ "; name=x", "x" },
	{ "; NAME=x; name=y", "x" },
	{ "; names=x; nam=y", NULL },
	{ "; name*0=ab; name*1=cd", "abcd" },
	{ "; name*1=cd; name*0=ab", "abcd" },
	{ "; name*1=cd", NULL },
	{ "; name*0*=us-ascii'en'This%20is%20; name*1*=%2A%2A; name*2=\"%2a\"",
	  "This is **%2a" },
	{ "; name*=iso-8859-1''caf%E9; name=cafe", "caf\xc3\xa9" },
	{ "; name*=plain%20text", "plain text" },
	{ "; name*=%zz%4", "%zz%4" },
	{ "; name*99999999999=x; name*0=y", "y" },
	{ "; name*64=x; name*0=y", "y" },
	{ "; name=\"=?utf-8?q?J=C3=B6?=\"", "J\xc3\xb6" },
};

static void
test_get(void **state)
{
	(void)state;
	for (size_t i = 0; i < NELEM(params); i++) {
		struct arena *a = arena_new(1 << 20);
		struct str v = param_get(a, str_c(params[i].rest),
		    STR("name"));

		if (params[i].want)
			assert_str(v, params[i].want);
		else
			assert_null(v.p);
		arena_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_get),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
