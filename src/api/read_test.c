#include <stdio.h>

#include "api/api_int.h"
#include "base/b64.h"
#include "base/test.h"
#include "mime/build_check.h"

enum { RCPTS = 3 };

#define PEOPLE "\"from\":\"a@example.org\",\"to\":\"b@example.org\""

/* What is asked for, as octets; NULL, with *fault. */
static bool
render(const char *json, int which, struct buf *out, struct api_message *m,
    struct api_fault *fault, struct arena *a)
{
	const struct build_options o = { .id = STR("0123abcd"),
		.host = STR("mx.example.org"), .at = 1795320061,
		.emit = build_to_buf, .arg = out };
	json_t *request = json_take(str_c(json));
	bool fine;

	assert_non_null(request);
	fine = api_read(request, which, RCPTS, a, m, fault);
	if (fine)
		assert_int_equal(build_message(&o, m->fields, m->nfields,
		    m->body, NULL), 0);
	json_decref(request);
	return fine;
}

static void
test_faults(void **state unused_arg)
{
	static const struct {
		const char *json, *pointer;
	} t[] = {
		{ "[]", "" },
		{ "{}", "/from" },
		{ "{" PEOPLE "}", "" },
		{ "{" PEOPLE ",\"text\":\"x\",\"body\":\"y\"}", "/body" },
		{ "{" PEOPLE ",\"text\":7}", "/text" },
		{ "{" PEOPLE ",\"text\":\"x\",\"subject\":[]}", "/subject" },
		{ "{\"from\":\"a@example.org\",\"text\":\"x\"}", "/to" },
		{ "{\"from\":\"a@example.org, b@example.org\"}", "/from" },
		{ "{\"from\":\"a\"}", "/from" },
		{ "{\"from\":7}", "/from" },
		{ "{\"from\":{\"name\":\"A\"}}", "/from" },
		{ "{\"from\":\"a@example.org\",\"to\":[\"b@example.org\","
		  "\"c\"]}", "/to/1" },
		{ "{\"from\":\"a@example.org\",\"to\":[{\"address\":"
		  "\"b@example.org\\r\\nRCPT TO:<c@d>\"}]}", "/to/0" },
		{ "{" PEOPLE ",\"cc\":[\"c@d\",\"e@f\"],\"bcc\":\"g@h\"}",
		    "/bcc" },
		{ "{" PEOPLE ",\"headers\":[]}", "/headers" },
		{ "{" PEOPLE ",\"headers\":{\"Received\":\"x\"}}",
		    "/headers/Received" },
		{ "{" PEOPLE ",\"headers\":{\"bcc\":\"x\"}}", "/headers/bcc" },
		{ "{" PEOPLE ",\"headers\":{\"X-A\":7}}", "/headers/X-A" },
		{ "{" PEOPLE ",\"text\":\"x\",\"attachments\":{}}",
		    "/attachments" },
		{ "{" PEOPLE ",\"text\":\"x\",\"attachments\":[{}]}",
		    "/attachments/0" },
		{ "{" PEOPLE ",\"text\":\"x\",\"attachments\":[{\"content\":"
		  "\"QQ\"}]}", "/attachments/0" },
		{ "{" PEOPLE ",\"text\":\"x\",\"attachments\":[{\"content\":"
		  "\"QQ==QUJD\"}]}", "/attachments/0" },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		struct arena *a = arena_new(API_READ_MEM);
		struct api_message *m = arena_new_of(a, struct api_message);
		struct api_fault fault = { 0 };
		auto_buf out = BUF_INIT(100000);

		if (render(t[i].json, API_ALL, &out, m, &fault, a) ||
		    strcmp(fault.pointer, t[i].pointer) != 0)
			fail_msg("%s: \"%s\"", t[i].json, fault.pointer);
		assert_true(fault.detail[0]);
		arena_free(a);
	}
}

static void
test_message(void **state unused_arg)
{
	struct arena *a = arena_new(API_READ_MEM);
	struct api_message *m = arena_new_of(a, struct api_message);
	struct api_fault fault = { 0 };
	auto_buf out = BUF_INIT(100000);

	assert_true(render("{\"from\":\"Alice A <alice@example.org>\","
	    "\"to\":[{\"address\":\"b@m\xc3\xbcnchen.example\","
	    "\"name\":\"B\xc3\xb6\"}],"
	    "\"bcc\":\"c@example.net, alice@example.org\",\"reply_to\":null,"
	    "\"subject\":\"x\\r\\nBcc: y\","
	    "\"send_at\":\"2026-11-22T04:01:01Z\","
	    "\"headers\":{\"List-Unsubscribe\":\"<https://u>\"},"
	    "\"text\":\"{{x}}\\n\"}", API_ALL, &out, m, &fault, a));
	assert_str(m->from, "alice@example.org");
	assert_int_equal(m->rcpts.n, 3);
	assert_int_equal(m->send_at, 1795320061);
	assert_str(m->rcpts.v[0], "b@xn--mnchen-3ya.example");
	assert_str(m->rcpts.v[1], "c@example.net");
	assert_str(buf_get(&out), "From: Alice A <alice@example.org>\r\n"
	    "To: =?utf-8?q?B=C3=B6?= <b@xn--mnchen-3ya.example>\r\n"
	    "Subject: =?utf-8?q?x__Bcc=3A_y?=\r\n"
	    "List-Unsubscribe: <https://u>\r\n"
	    "Date: Sun, 22 Nov 2026 04:01:01 +0000\r\n"
	    "Message-ID: <0123abcd@mx.example.org>\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: 7bit\r\n\r\n{{x}}\r\n");
	arena_free(a);
}

/* What is in base64 comes out a piece at a time, whatever its length. */
static void
test_attachments(void **state unused_arg)
{
	static char json[60000];

	for (size_t n = 12285; n < 12292; n++) {
		struct arena *a = arena_new(API_READ_MEM);
		struct api_message *m = arena_new_of(a, struct api_message);
		struct api_fault fault = { 0 };
		auto_buf octets = BUF_INIT(20000), b64 = BUF_INIT(40000);
		auto_buf out = BUF_INIT(100000);
		auto_buf record = BUF_INIT(MIME_RECORD_MAX);
		struct facts f;
		struct facts_walk w;
		struct facts_part p;

		for (size_t i = 0; i < n; i++)
			buf_chr(&octets, (char)(i * 7));
		b64_put(&b64, buf_get(&octets));
		(void)snprintf(json, sizeof(json), "{" PEOPLE
		    ",\"text\":\"x\",\"attachments\":[{\"content\":\"%.*s\"}"
		    "]}", STR_FMT(buf_get(&b64)));
		assert_true(render(json, API_ALL, &out, m, &fault, a));
		build_check_facts(buf_get(&out), &record, &f);
		for (w = facts_walk_of(&f); facts_next_part(&w, &p);)
			if (str_eqi(p.subtype, STR("octet-stream")))
				build_check_octets(buf_get(&out), &p,
				    buf_get(&octets));
		assert_str(p.subtype, "octet-stream");
		arena_free(a);
	}
}

#define EACH(to) "{\"each\":true,\"from\":\"a@example.org\",\"to\":" to \
    ",\"subject\":\"Hello {{ name }}\",\"html\":\"<b>{{name}}</b>\"}"

static void
test_each(void **state unused_arg)
{
	static const char two[] = EACH("[{\"address\":\"b@example.org\","
	    "\"values\":{\"name\":\"B\"}},{\"address\":\"c@example.org\","
	    "\"values\":{\"name\":\"<C>\"}},{\"address\":\"d@example.org\"}]");
	static const char *const bad[] = { EACH("[]"), EACH("\"a@b\""),
		EACH("[\"a@b\"]"), "{\"each\":1}",
		"{\"each\":true,\"cc\":\"x\"}" };
	json_t *request = json_take(str_c(two));
	struct arena *a = arena_new(API_READ_MEM);
	struct api_message *m = arena_new_of(a, struct api_message);
	struct api_fault fault = { 0 };
	auto_buf out = BUF_INIT(100000);
	struct str s;
	size_t n;

	assert_true(api_read_each(request, &n, &fault));
	assert_int_equal(n, 3);
	json_decref(request);
	assert_true(render(two, 1, &out, m, &fault, a));
	assert_int_equal(m->rcpts.n, 1);
	assert_str(m->rcpts.v[0], "c@example.org");
	s = buf_get(&out);
	assert_true(str_find(s, STR("Subject: Hello <C>\r\n")) < s.n);
	assert_true(str_find(s, STR("<b>&lt;C&gt;</b>")) < s.n);
	assert_true(str_find(s, STR("b@example.org")) == s.n);
	assert_false(render(two, 2, &out, m, &fault, a));
	assert_string_equal(fault.pointer, "/subject");
	for (size_t i = 0; i < NELEM(bad); i++) {
		request = json_take(str_c(bad[i]));
		assert_false(api_read_each(request, &n, &fault));
		json_decref(request);
	}
	arena_free(a);
}

/* To one recipient, whose value "v" is so long. */
static void
begin_value(struct buf *json, int octets)
{
	buf_reset(json);
	buf_printf(json, "{\"each\":true,\"from\":\"a@example.org\",\"to\":"
	    "[{\"address\":\"b@example.org\",\"values\":{\"v\":\"%*s\"}}],",
	    octets, "");
}

/* What one request can hold is read in the memory there is for it. */
static void
test_large(void **state unused_arg)
{
	enum { MANY = 100000 };
	auto_buf json = BUF_INIT(API_JSON_MAX);
	auto_buf out = BUF_INIT(API_READ_MEM);
	struct arena *a = arena_new(API_READ_MEM);
	struct arena *of = arena_new(sizeof(struct api_message) + 64);
	struct api_message *m = arena_new_of(of, struct api_message);
	struct api_fault fault = { 0 };

	/* One list, far too long. */
	buf_lit(&json, "{\"from\":\"a@example.org\",\"text\":\"x\","
	    "\"to\":\"");
	for (size_t i = 0; i < MANY; i++)
		buf_printf(&json, "N%zu <n%zu@example.org>,%60s", i, i, "");
	buf_lit(&json, "\"}");
	buf_chr(&json, '\0');
	assert_false(buf_failed(&json));
	assert_false(render(json.p, API_ALL, &out, m, &fault, a));
	assert_string_equal(fault.pointer, "/to");
	arena_reset(a);

	/* A value that is put in more often than anybody can want. */
	begin_value(&json, 100000);
	buf_lit(&json, "\"text\":\"");
	for (size_t i = 0; i < MANY; i++)
		buf_lit(&json, "{{v}}");
	buf_lit(&json, "\"}");
	buf_chr(&json, '\0');
	assert_false(render(json.p, 0, &out, m, &fault, a));
	assert_string_equal(fault.pointer, "/text");
	arena_reset(a);

	/* The same in many fields, each of which is short enough. */
	begin_value(&json, 1000000);
	buf_lit(&json, "\"headers\":{");
	for (size_t i = 0; i < 20; i++)
		buf_printf(&json, "%s\"X-%zu\":\"{{v}}\"", i ? "," : "", i);
	buf_lit(&json, "},\"text\":\"x\"}");
	buf_chr(&json, '\0');
	assert_false(render(json.p, 0, &out, m, &fault, a));
	assert_true(str_starts(str_c(fault.pointer), STR("/headers/")));
	arena_free(a);
	arena_free(of);
}

static void
test_query(void **state unused_arg)
{
	static const char *const bad[] = { "", "from=a@b", "to=a@b",
		"from=a@b&to=c", "from=a@b&to=c%4", "from=a@b&to=c%0D@d",
		"from=a@b&from=a@b&to=c@d", "from=a@b&to=c@d&cc=e@f",
		"from=a@b&to=c@d&x", "from=a@b&to=c@d&to=e@f&to=g@h&to=i@j" };
	struct arena *a = arena_new(API_READ_MEM);
	struct api_message *m = arena_new_of(a, struct api_message);
	struct api_fault fault = { 0 };

	assert_true(api_read_query(STR("from=a%2Bx@b&to=c@d&to=c@d&to=e@f"),
	    RCPTS, a, m, &fault));
	assert_str(m->from, "a+x@b");
	assert_int_equal(m->rcpts.n, 2);
	for (size_t i = 0; i < NELEM(bad); i++)
		assert_false(api_read_query(str_c(bad[i]), RCPTS, a, m,
		    &fault));
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_message),
		cmocka_unit_test(test_attachments),
		cmocka_unit_test(test_each),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_query),
	};

	json_prepare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
