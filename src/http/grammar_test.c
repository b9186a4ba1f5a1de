#include "base/test.h"
#include "http/grammar.h"

/* Lines as they come, and the status of the refusal; 0: it is good. */
static uint16_t
read_head(struct str text, struct http_head *h, struct arena *a)
{
	struct str line;
	uint16_t e;

	(void)str_cut(text, '\n', &line, &text);
	e = http_head_begin(h, line, a);
	while (e == 0 && text.n > 0) {
		(void)str_cut(text, '\n', &line, &text);
		e = http_head_field(h, line);
	}
	return e ? e : http_head_end(h);
}

#define GET "GET / HTTP/1.1\n"
#define H "Host: a\n"

static void
test_heads(void **state unused_arg)
{
	static const struct {
		const char *text;
		uint16_t status;
	} rows[] = {
		{ GET H, 0 },
		{ GET "host:a\n", 0 },
		{ GET "Host:\t a:8080 \t\n", 0 },
		{ GET "Host: [2001:db8::1]:443\n", 0 },
		{ "GET / HTTP/1.0\n", 0 },
		{ "GET /a/b?c=d&e=%20/? HTTP/1.1\n" H, 0 },
		{ "GET http://b:80/x HTTP/1.1\n" H, 0 },
		{ "GET http://b?q HTTP/1.1\n" H, 0 },
		{ "OPTIONS * HTTP/1.1\n" H, 0 },
		{ "DELETE /%41 HTTP/1.1\n" H, 0 },
		/* the request line: RFC 9112 3 */
		{ "", 400 },
		{ "GET", 400 },
		{ "GET /", 400 },
		{ "GET / \n", 400 },
		{ "GET  / HTTP/1.1\n" H, 400 },
		{ "GET /  HTTP/1.1\n" H, 400 },
		{ " GET / HTTP/1.1\n" H, 400 },
		{ "GET\t/ HTTP/1.1\n" H, 400 },
		{ "GET / HTTP/1.1 \n" H, 400 },
		{ "GET / http/1.1\n" H, 400 },
		{ "GET / HTTP/1.1x\n" H, 400 },
		{ "GET / HTTP/11\n" H, 400 },
		{ "GET / HTTP/2.0\n" H, 505 },
		{ "PRI * HTTP/2.0\n", 505 },
		{ "GET / HTTP/0.9\n" H, 505 },
		{ "get / HTTP/1.1\n" H, 501 },
		{ "BREW / HTTP/1.1\n" H, 501 },
		{ "CONNECT a:443 HTTP/1.1\n" H, 501 },
		{ "TRACE / HTTP/1.1\n" H, 501 },
		/* the target: RFC 9112 3.2 */
		{ "GET * HTTP/1.1\n" H, 400 },
		{ "GET a HTTP/1.1\n" H, 400 },
		{ "GET ftp://a/ HTTP/1.1\n" H, 400 },
		{ "GET http:///x HTTP/1.1\n" H, 400 },
		{ "GET http://u@a/x HTTP/1.1\n" H, 400 },
		{ "GET /a#b HTTP/1.1\n" H, 400 },
		{ "GET /a\"b HTTP/1.1\n" H, 400 },
		{ "GET /\303\244 HTTP/1.1\n" H, 400 },
		{ "GET /../a HTTP/1.1\n" H, 400 },
		{ "GET /a/./b HTTP/1.1\n" H, 400 },
		{ "GET /%2e%2E/a HTTP/1.1\n" H, 400 },
		{ "GET //a HTTP/1.1\n" H, 400 },
		{ "GET /%4 HTTP/1.1\n" H, 400 },
		{ "GET /%4x HTTP/1.1\n" H, 400 },
		{ "GET /%00 HTTP/1.1\n" H, 400 },
		{ "GET /1/2/3/4/5/6/7/8/9 HTTP/1.1\n" H, 404 },
		/* fields: RFC 9112 5 */
		{ GET "Host : a\n", 400 },
		{ GET " Host: a\n", 400 },
		{ GET H " folded\n", 400 },
		{ GET H "\tfolded: x\n", 400 },
		{ GET H ": x\n", 400 },
		{ GET H "no colon\n", 400 },
		{ GET H "A(b): x\n", 400 },
		{ GET H "A: x\ry\n", 400 },
		{ GET H "A: x\r\n", 400 },
		{ GET H "A: x\001\n", 400 },
		{ GET H "A: x\177\n", 400 },
		{ GET H "A: \303\244\n", 0 },
		/* Host: RFC 9112 3.2 */
		{ GET, 400 },
		{ GET H H, 400 },
		{ "GET / HTTP/1.0\n" H H, 400 },
		{ GET "Host: \n", 400 },
		{ GET "Host: a b\n", 400 },
		{ GET "Host: a/b\n", 400 },
		{ GET "Host: a@b\n", 400 },
		{ GET "Host: a:99999\n", 400 },
		{ GET "Host: a:1x\n", 400 },
		{ GET "Host: [::1\n", 400 },
		{ "GET http://b/ HTTP/1.1\n", 400 },
		/* how long it is: RFC 9112 6.3 */
		{ GET H "Content-Length: 0\n", 0 },
		{ GET H "Content-Length: 18446744073709551615\n", 0 },
		{ GET H "Transfer-Encoding: Chunked\n", 0 },
		{ GET H "Content-Length: 18446744073709551616\n", 400 },
		{ GET H "Content-Length: +5\n", 400 },
		{ GET H "Content-Length: -5\n", 400 },
		{ GET H "Content-Length: 0x5\n", 400 },
		{ GET H "Content-Length: 5 5\n", 400 },
		{ GET H "Content-Length: 5, 5\n", 400 },
		{ GET H "Content-Length: \n", 400 },
		{ GET H "Content-Length: 5\nContent-Length: 5\n", 400 },
		{ GET H "Content-Length: 5\nContent-Length: 6\n", 400 },
		{ GET H "Content-Length: 5\nTransfer-Encoding: chunked\n",
		    400 },
		{ GET H "Transfer-Encoding: chunked\nContent-Length: 5\n",
		    400 },
		{ GET H "Transfer-Encoding: identity\nContent-Length: 5\n",
		    400 },
		{ GET H "Transfer-Encoding: chunked\n"
		    "Transfer-Encoding: chunked\n", 400 },
		{ GET H "Transfer-Encoding: chunked\n"
		    "Transfer-Encoding: x\n", 400 },
		{ GET H "Transfer-Encoding: chunked, chunked\n", 501 },
		{ GET H "Transfer-Encoding: gzip, chunked\n", 501 },
		{ GET H "Transfer-Encoding: xchunked\n", 501 },
		{ GET H "Transfer-Encoding: \"chunked\"\n", 501 },
		{ GET H "Transfer-Encoding: \n", 400 },
		{ GET H "Transfer-Encoding : chunked\n", 400 },
		{ GET H "Transfer_Encoding: chunked\n", 0 },
		{ "GET / HTTP/1.0\nTransfer-Encoding: chunked\n", 400 },
		{ GET H "Expect: 100-Continue\n", 0 },
		{ GET H "Expect: 100-continue, x\n", 417 },
		{ GET H "Expect: x\n", 417 },
	};
	struct arena *a = arena_new(1 << 20);

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct http_head *h = arena_new_of(a, struct http_head);
		uint16_t got = read_head(str_c(rows[i].text), h, a);

		if (got != rows[i].status)
			print_error("%s", rows[i].text);
		assert_int_equal(got, rows[i].status);
		arena_reset(a);
	}
	arena_free(a);
}

static void
test_what_it_says(void **state unused_arg)
{
	struct arena *a = arena_new(1 << 20);
	struct http_head *h = arena_new_of(a, struct http_head);
	struct str value;

	assert_int_equal(read_head(STR("POST http://b:8/a/%2f%41?c=/d "
	    "HTTP/1.1\nHost: a\nConnection: x, Close \nContent-Length: 7\n"
	    "A: 1\nB: 2\nb: 3\nExpect: 100-continue\n"), h, a), 0);
	assert_int_equal(h->method, HTTP_POST);
	assert_str(h->host, "b:8");
	assert_str(h->path, "/a/%2f%41");
	assert_str(h->query, "c=/d");
	assert_int_equal(h->nsegments, 2);
	assert_str(h->segment[1], "/A");
	assert_true(h->close && h->has_length && !h->chunked && h->expects);
	assert_int_equal(h->length, 7);
	assert_true(http_field_of(h, STR("a"), &value));
	assert_str(value, "1");
	assert_false(http_field_of(h, STR("b"), &value));
	assert_int_equal(value.n, 0);
	assert_int_equal(read_head(STR("GET / HTTP/1.0\n"
	    "Connection: keep-alive\nExpect: 100-continue\n"), h, a), 0);
	assert_true(h->close && !h->expects);
	assert_int_equal(h->nsegments, 0);
	arena_free(a);
}

static void
test_many_fields(void **state unused_arg)
{
	struct arena *a = arena_new(1 << 20);
	struct http_head *h = arena_new_of(a, struct http_head);

	assert_int_equal(http_head_begin(h, STR("GET / HTTP/1.1"), a), 0);
	for (size_t i = 0; i < HTTP_FIELDS_MAX; i++)
		assert_int_equal(http_head_field(h, STR("A: b")), 0);
	assert_int_equal(http_head_field(h, STR("A: b")), 431);
	arena_free(a);
}

static void
test_values(void **state unused_arg)
{
	struct str v;

	assert_true(http_is_type(STR("Text/Plain ; charset=x"),
	    STR("text/plain")));
	assert_false(http_is_type(STR("text/plainer"), STR("text/plain")));
	assert_false(http_is_type(STR(""), STR("text/plain")));
	assert_true(http_cookie(STR("x=1; a=b=c;y"), STR("a"), &v));
	assert_str(v, "b=c");
	assert_false(http_cookie(STR("a=1; a=2"), STR("a"), &v));
	assert_false(http_cookie(STR("aa=1;A=2"), STR("a"), &v));
	assert_false(http_cookie(STR(""), STR("a"), &v));
}

/* ---- pairs                                                   RFC 9113 8 -- */

/* "name value" a line. */
static uint16_t
read_pairs(struct str text, bool body, struct http_head *h, struct arena *a)
{
	struct str line, name, value;
	uint16_t e = 0;

	memset(h, 0, sizeof(*h));
	while (e == 0 && text.n > 0) {
		(void)str_cut(text, '\n', &line, &text);
		(void)str_cut(line, ' ', &name, &value);
		e = http_head_pair(h, name, value);
	}
	return e ? e : http_head_pairs_end(h, body, a);
}

#define M ":method GET\n"
#define P M ":scheme https\n:path /\n"
#define A P ":authority a\n"

static void
test_pairs(void **state unused_arg)
{
	static const struct {
		const char *text;
		uint16_t status;
		bool body;
	} rows[] = {
		{ A, 0 },
		{ A "host A\n", 0 },
		{ P "host a\n", 0 },
		{ P "host a:8080\n", 0 },
		{ A "te trailers\n", 0 },
		{ A "x \n", 0 },
		{ A "content-length 0\n", 0 },
		{ A "content-length 5\n", 0, true },
		{ ":method OPTIONS\n:scheme https\n:path *\n:authority a\n",
		    0 },
		/* RFC 9113 8.3 */
		{ "", 400 },
		{ P, 400 },
		{ M ":path /\n:authority a\n:scheme http\n", 400 },
		{ M ":authority a\n:scheme https\n", 400 },
		{ ":scheme https\n:path /\n:authority a\n", 400 },
		{ A ":authority a\n", 400 },
		{ A ":path /\n", 400 },
		{ A M, 400 },
		{ A ":protocol websocket\n", 400 },
		{ P "x y\n:authority a\n", 400 },
		{ ":method BREW\n:path /\n:authority a\n", 501 },
		{ ":method CONNECT\n:authority a\n", 501 },
		{ M ":path \n:authority a\n", 400 },
		{ M ":path x\n:authority a\n", 400 },
		{ M ":path http://a/\n:authority a\n", 400 },
		{ M ":path *\n:authority a\n", 400 },
		{ M ":path /a b\n:authority a\n", 400 },
		{ M ":path /..\n:authority a\n", 400 },
		{ P ":authority a@b\n", 400 },
		{ P ":authority \n", 400 },
		{ A "host b\n", 400 },
		{ A "host a\nhost a\n", 400 },
		{ P "host a/\n", 400 },
		/* RFC 9113 8.2 */
		{ A "X y\n", 400 },
		{ A " y\n", 400 },
		{ A "x: y\n", 400 },
		{ A "x a\rb\n", 400 },
		{ A "x a\x7f\n", 400 },
		{ A "connection close\n", 400 },
		{ A "connection x\n", 400 },
		{ A "keep-alive x\n", 400 },
		{ A "proxy-connection x\n", 400 },
		{ A "transfer-encoding chunked\n", 400 },
		{ A "upgrade websocket\n", 400 },
		{ A "te gzip\n", 400 },
		/* bodies */
		{ A "content-length 5\n", 400 },
		{ A "content-length 5\ncontent-length 5\n", 400, true },
		{ A "content-length x\n", 400, true },
		{ A "expect x\n", 417 },
	};
	static struct http_head h;
	struct arena *a = arena_new(1 << 20);

	for (size_t i = 0; i < NELEM(rows); i++) {
		uint16_t status = read_pairs(str_c(rows[i].text),
		    rows[i].body, &h, a);

		if (status != rows[i].status)
			print_error("%u: %s", status, rows[i].text);
		assert_int_equal(status, rows[i].status);
	}
	arena_free(a);
}

static void
test_what_pairs_say(void **state unused_arg)
{
	static struct http_head h;
	struct arena *a = arena_new(1 << 20);
	struct str v;

	assert_int_equal(read_pairs(STR(":method POST\n:path /a/%41?b\n"
	    ":authority x:1\ncookie a=b\nx y\ncookie \ncookie c=d\n"
	    "expect 100-continue\n"), true, &h, a), 0);
	assert_int_equal(h.method, HTTP_POST);
	assert_str(h.host, "x:1");
	assert_str(h.path, "/a/%41");
	assert_str(h.query, "b");
	assert_int_equal(h.nsegments, 2);
	assert_str(h.segment[1], "A");
	/* In pieces, and one: RFC 9113 8.2.3 */
	assert_int_equal(h.nfields, 3);
	assert_true(http_field_of(&h, STR("Cookie"), &v));
	assert_str(v, "a=b; ; c=d");
	assert_true(http_cookie(v, STR("c"), &v));
	assert_str(v, "d");
	assert_true(h.chunked && !h.has_length && h.expects && !h.close);
	assert_int_equal(read_pairs(STR(A "content-length 3\n"), true, &h, a),
	    0);
	assert_true(!h.chunked && h.has_length && h.length == 3);
	assert_int_equal(read_pairs(STR(P "host b\n"), false, &h, a), 0);
	assert_str(h.host, "b");
	assert_true(!h.chunked && !h.has_length);
	arena_free(a);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_what_it_says),
		cmocka_unit_test(test_many_fields),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_what_pairs_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
