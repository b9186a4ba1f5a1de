#include "http/test_world.h"

#define GOOD "YWxpY2VAZXhhbXBsZS50ZXN0OnNlIGNyZXQ="	/* alice, se cret */
#define WRONG "YWxpY2VAZXhhbXBsZS50ZXN0OnNlY3JldA=="
#define FORM "{\"user\":\"alice@example.test\",\"password\":\"se cret\"}"
enum { TWO_HOURS_MS = 7300 * 1000 };

static void
begin(struct world *w)
{
	world_begin(w);
	world_connect(w, 0, true);
}

static void
end(struct world *w)
{
	for (size_t i = 0; i < WORLD_CLIENTS; i++)
		world_hang_up(w, i);
	world_pass(w, TWO_HOURS_MS);	/* who has signed in goes */
	world_end(w);
}

/* The status of each answer that has come, a space behind each; then "end" if
 * the connection has ended. Bodies are told of by their length. */
static struct str
statuses_of(struct world *w, struct str got)
{
	auto_buf b = BUF_INIT(1000);

	while (got.n > 0) {
		size_t head = str_find(got, STR("\r\n\r\n")), at;
		struct str length;
		uint32_t n = 0;

		assert_true(str_starts(got, STR("HTTP/1.1 ")));
		assert_true(head < got.n);
		buf_printf(&b, "%.3s ", got.p + 9);
		at = str_find(str_first(got, head), STR("Content-Length: "));
		if (at < head) {
			length = str_from(str_first(got, head + 2), at + 16);
			length = str_first(length, str_chr(length, '\r'));
			assert_true(str_u32(length, &n));
		}
		got = str_from(got, head + 4 + n);
	}
	if (w->c[0].eof)
		buf_lit(&b, "end");
	return str_dup(w->mem, buf_get(&b));
}

static struct str
statuses(struct world *w)
{
	return statuses_of(w, world_got(w, 0));
}

#define H "Host: a\r\n"
#define ECHO "POST /echo HTTP/1.1\r\n" H "Content-Type: text/plain\r\n"
#define CHUNKED "Transfer-Encoding: chunked\r\n\r\n"
#define NOT_FOUND "GET /x HTTP/1.1\r\n" H "\r\n"

/* What one connection says, and what becomes of it. */
static void
test_statuses(void **state unused_arg)
{
	static const struct {
		const char *said, *want;
	} rows[] = {
		{ NOT_FOUND, "404 " },
		{ NOT_FOUND NOT_FOUND NOT_FOUND, "404 404 404 " },
		{ "\r\n" NOT_FOUND, "404 " },
		{ "\r\n\r\n" NOT_FOUND, "400 end" },
		{ "GET /x HTTP/1.1\r\n" H "Connection: close\r\n\r\n"
		    NOT_FOUND, "404 end" },
		{ "GET /x HTTP/1.0\r\n\r\n", "404 end" },
		{ "GET /x HTTP/1.1\r\n\r\n" NOT_FOUND, "400 end" },
		{ "BREW /x HTTP/1.1\r\n" H "\r\n", "501 end" },
		{ "PUT /session HTTP/1.1\r\n" H "\r\n", "405 " },
		{ "OPTIONS /session HTTP/1.1\r\n" H "\r\n", "204 " },
		{ "OPTIONS * HTTP/1.1\r\n" H "\r\n", "204 " },
		{ "OPTIONS /x HTTP/1.1\r\n" H "\r\n", "404 " },
		/* bodies */
		{ ECHO "Content-Length: 5\r\n\r\nhello" NOT_FOUND, "200 404 " },
		{ ECHO CHUNKED "5\r\nhello\r\n0\r\n\r\n" NOT_FOUND,
		    "200 404 " },
		{ ECHO CHUNKED "0\r\nA: b\r\n\r\n" NOT_FOUND, "200 404 " },
		{ ECHO "Content-Length: 0\r\n\r\n" NOT_FOUND, "200 404 " },
		{ ECHO "\r\n" NOT_FOUND, "411 404 " },
		{ ECHO "Content-Length: 101\r\n\r\n", "413 " },
		{ ECHO "Content-Length: 100000\r\n\r\nx", "413 " },
		{ ECHO CHUNKED "65\r\n", "" },
		{ "POST /echo HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc"
		    NOT_FOUND, "415 404 " },
		{ "GET /x HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc"
		    NOT_FOUND, "404 404 " },
		{ "GET /session HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc"
		    NOT_FOUND, "413 404 " },
		/* what another server might cut elsewhere: never a second */
		{ ECHO "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
		    "0\r\n\r\n" NOT_FOUND, "400 end" },
		{ ECHO "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"
		    "0\r\n\r\n" NOT_FOUND, "400 end" },
		{ ECHO "Content-Length: 0\r\nContent-Length: 0\r\n\r\n"
		    NOT_FOUND, "400 end" },
		{ ECHO "Content-Length: 5, 5\r\n\r\nhello" NOT_FOUND,
		    "400 end" },
		{ ECHO "Content-Length: 0\r\n x: y\r\n\r\n" NOT_FOUND,
		    "400 end" },
		{ ECHO "Content-Length : 0\r\n\r\n" NOT_FOUND, "400 end" },
		{ ECHO "X: y\nContent-Length: 0\r\n\r\n" NOT_FOUND,
		    "400 end" },
		{ ECHO "X: y\rContent-Length: 0\r\n\r\n" NOT_FOUND,
		    "400 end" },
		{ ECHO "Transfer-Encoding: x, chunked\r\n\r\n0\r\n\r\n"
		    NOT_FOUND, "501 end" },
		{ ECHO CHUNKED "0\n\n" NOT_FOUND, "400 end" },
		{ ECHO CHUNKED "5;\nhello\r\n0\r\n\r\n" NOT_FOUND,
		    "400 end" },
		{ ECHO CHUNKED "5\r\nhelloX\r\n0\r\n\r\n" NOT_FOUND,
		    "400 end" },
		{ "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505 end" },
		{ "GET /x HTTP/1.1\r\n" H "Expect: x\r\n\r\n", "417 end" },
		/* another origin */
		{ ECHO "Origin: https://b\r\nContent-Length: 0\r\n\r\n",
		    "403 " },
		{ ECHO "Origin: null\r\nContent-Length: 0\r\n\r\n", "403 " },
		{ ECHO "Origin: https://a\r\nContent-Length: 0\r\n\r\n",
		    "200 " },
		{ ECHO "Sec-Fetch-Site: same-site\r\nContent-Length: 0\r\n"
		    "\r\n", "403 " },
		{ ECHO "Sec-Fetch-Site: same-origin\r\nContent-Length: 0\r\n"
		    "\r\n", "200 " },
		/* what we could not do */
		{ "GET /fail/full HTTP/1.1\r\n" H "\r\n", "507 " },
		{ "GET /fail/peer HTTP/1.1\r\n" H "\r\n", "503 " },
		{ "GET /fail/x HTTP/1.1\r\n" H "\r\n", "500 " },
	};
	struct world w;

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct str got;

		begin(&w);
		world_send(&w, 0, str_c(rows[i].said));
		/* Those that are refused linger. */
		if (str_find(str_c(rows[i].want), STR("end")) <
		    str_c(rows[i].want).n)
			world_pass(&w, HTTP_LINGER_MS + 1000);
		got = statuses(&w);
		if (!str_eq(got, str_c(rows[i].want)))
			print_error("%s", rows[i].said);
		assert_str(got, rows[i].want);
		end(&w);
	}
}

static void
test_limits(void **state unused_arg)
{
	auto_buf b = BUF_INIT(1 << 20);
	struct world w;

	begin(&w);
	buf_lit(&b, "GET /");
	for (size_t i = 0; i < HTTP_LINE_MAX; i++)
		buf_chr(&b, 'a');
	buf_lit(&b, " HTTP/1.1\r\n\r\n");
	world_send(&w, 0, buf_get(&b));
	world_pass(&w, HTTP_LINGER_MS + 1000);
	assert_str(statuses(&w), "414 end");
	buf_reset(&b);
	buf_lit(&b, "GET /x HTTP/1.1\r\n" H);
	for (size_t i = 0; i < HTTP_HEAD_MAX / 1000 + 1; i++)
		buf_printf(&b, "A: %0*d\r\n", 1000, 0);
	world_connect(&w, 0, true);
	world_send(&w, 0, buf_get(&b));
	world_pass(&w, HTTP_LINGER_MS + 1000);
	assert_str(statuses(&w), "431 end");
	/* A body in chunks that goes on and on. */
	world_connect(&w, 0, true);
	world_send(&w, 0, STR(ECHO CHUNKED "65\r\n"));
	buf_reset(&b);
	for (size_t i = 0; i < 101; i++)
		buf_chr(&b, 'a');
	world_send(&w, 0, buf_get(&b));
	world_pass(&w, HTTP_LINGER_MS + 1000);
	assert_str(statuses(&w), "413 end");
	end(&w);
}

static void
test_slow(void **state unused_arg)
{
	struct world w;

	/* Nothing was said: nothing is. */
	begin(&w);
	world_pass(&w, 76000);
	assert_str(statuses(&w), "end");
	/* Half a head, however often a piece of it comes. */
	world_connect(&w, 0, true);
	world_send(&w, 0, STR("GET /x HTTP/1.1\r\n"));
	for (size_t i = 0; i < HTTP_HEAD_MS / 5000; i++) {
		world_send(&w, 0, STR("A: b\r\n"));
		world_pass(&w, 5000);
	}
	world_pass(&w, 1000);
	assert_str(statuses(&w), "408 end");
	/* Half a body. */
	world_connect(&w, 0, true);
	world_send(&w, 0, STR(ECHO "Content-Length: 5\r\n\r\nhell"));
	world_pass(&w, HTTP_PACE_MS + 2000);
	assert_str(statuses(&w), "408 end");
	/* Somebody who is there between two requests. */
	world_connect(&w, 0, true);
	world_send(&w, 0, STR(NOT_FOUND));
	assert_int_equal(loop_fibers(w.loop), 0);
	world_pass(&w, 70000);
	world_send(&w, 0, STR(NOT_FOUND));
	assert_str(statuses(&w), "404 404 ");
	end(&w);
}

static void
test_expect(void **state unused_arg)
{
	struct world w;
	struct str got;

	begin(&w);
	world_send(&w, 0, STR(ECHO "Content-Length: 5\r\n"
	    "Expect: 100-continue\r\n\r\n"));
	assert_str(world_got(&w, 0), "HTTP/1.1 100 Continue\r\n\r\n");
	world_send(&w, 0, STR("hello"));
	got = world_got(&w, 0);
	assert_true(str_endsi(got, STR("\r\nhello")));
	/* It is there already. */
	world_send(&w, 0, STR(ECHO "Content-Length: 5\r\n"
	    "Expect: 100-continue\r\n\r\nhello"));
	assert_str(statuses(&w), "200 ");
	/* Refused: nobody knows whether it comes. */
	world_send(&w, 0, STR(ECHO "Content-Length: 101\r\n"
	    "Expect: 100-continue\r\n\r\n"));
	world_pass(&w, HTTP_LINGER_MS + 1000);
	assert_str(statuses(&w), "413 end");
	end(&w);
}

static void
test_stream(void **state unused_arg)
{
	struct world w;
	struct str got;

	begin(&w);
	world_send(&w, 0, STR("GET /stream/2 HTTP/1.1\r\n" H "\r\n"));
	got = world_got(&w, 0);
	assert_true(str_endsi(got, STR("Transfer-Encoding: chunked\r\n\r\n"
	    "6\r\npiece \r\n6\r\npiece \r\n0\r\n\r\n")));
	assert_true(str_find(got, STR("\r\nX-Test: yes\r\n")) < got.n);
	world_send(&w, 0, STR("HEAD /stream/2 HTTP/1.1\r\n" H "\r\n"));
	assert_true(str_endsi(world_got(&w, 0),
	    STR("Transfer-Encoding: chunked\r\n\r\n")));
	world_send(&w, 0, STR("GET /stream/9 HTTP/1.1\r\n" H "\r\n"));
	assert_true(str_endsi(world_got(&w, 0), STR("6\r\npiece \r\n")));
	assert_true(w.c[0].eof);
	world_connect(&w, 0, true);
	world_send(&w, 0, STR("GET /stream/1 HTTP/1.0\r\n\r\n"));
	got = world_got(&w, 0);
	assert_true(str_endsi(got, STR("\r\n\r\npiece ")) && w.c[0].eof);
	assert_true(str_find(got, STR("Transfer-Encoding")) == got.n);
	end(&w);
}

static void
test_fields(void **state unused_arg)
{
	static const char *const always[] = { "Date: ",
		"Content-Security-Policy: default-src 'none'; ",
		"Cross-Origin-Opener-Policy: same-origin\r\n",
		"Cross-Origin-Resource-Policy: same-origin\r\n",
		"Referrer-Policy: no-referrer\r\n",
		"X-Content-Type-Options: nosniff\r\n",
		"Cache-Control: no-store\r\n" };
	struct world w;
	struct str got;

	begin(&w);
	world_send(&w, 0, STR(NOT_FOUND));
	got = world_got(&w, 0);
	for (size_t i = 0; i < NELEM(always); i++)
		assert_true(str_find(got, str_c(always[i])) < got.n);
	/* By our own name only. */
	assert_true(str_find(got, STR("Strict-Transport")) == got.n);
	world_send(&w, 0, STR("GET /x HTTP/1.1\r\n"
	    "Host: MX.example.test:8443\r\n\r\n"));
	got = world_got(&w, 0);
	assert_true(str_find(got, STR("Strict-Transport-Security: max-age="))
	    < got.n);
	world_send(&w, 0, STR("HEAD /x HTTP/1.1\r\n" H "\r\n"));
	assert_true(str_endsi(world_got(&w, 0),
	    STR("\r\nContent-Length: 35\r\n\r\n")));
	world_send(&w, 0, STR("PUT /session HTTP/1.1\r\n" H "\r\n"));
	got = world_got(&w, 0);
	assert_true(str_find(got, STR("\r\nAllow: GET, HEAD, DELETE, OPTIONS"
	    "\r\n")) < got.n);
	/* Nobody is told what went wrong in here. */
	world_send(&w, 0, STR("GET /fail/peer HTTP/1.1\r\n" H "\r\n"));
	got = world_got(&w, 0);
	assert_true(str_find(got, STR("Retry-After: ")) < got.n);
	assert_true(str_find(got, STR("secret")) == got.n);
	end(&w);
}

static void
test_without_tls(void **state unused_arg)
{
	auto_buf b = BUF_INIT(1 << 20);
	struct world w;
	struct str got;

	world_begin(&w);
	world_connect(&w, 0, false);
	world_send(&w, 0, STR("GET /a?b HTTP/1.1\r\nHost: x:80\r\n\r\n"));
	got = world_got(&w, 0);
	assert_true(str_starts(got, STR("HTTP/1.1 308 ")));
	assert_true(str_find(got, STR("\r\nLocation: https://x:8443/a?b\r\n"))
	    < got.n);
	world_send(&w, 0, STR("GET /session HTTP/1.1\r\n" H
	    "Authorization: Basic " GOOD "\r\n\r\n"));
	assert_str(statuses(&w), "308 ");
	world_send(&w, 0, STR(ECHO "Content-Length: 0\r\n\r\n"));
	assert_str(statuses(&w), "403 ");
	world_send(&w, 0, STR("GET /.well-known/acme-challenge/x HTTP/1.1\r\n"
	    H "\r\n"));
	assert_str(statuses(&w), "404 ");
	/* As long as they may be, and longer. */
	buf_printf(&b, "GET /%0*d HTTP/1.1\r\nHost: ", HTTP_LINE_MAX - 14, 0);
	buf_printf(&b, "%0*d\r\n\r\n", HTTP_HOST_MAX, 0);
	world_send(&w, 0, buf_get(&b));
	got = world_got(&w, 0);
	assert_true(str_starts(got, STR("HTTP/1.1 308 ")));
	assert_true(str_find(got, STR("000\r\n")) < got.n);
	buf_reset(&b);
	buf_printf(&b, "GET / HTTP/1.1\r\nHost: %0*d\r\n\r\n",
	    HTTP_HOST_MAX + 1, 0);
	world_send(&w, 0, buf_get(&b));
	world_pass(&w, HTTP_LINGER_MS + 1000);
	assert_str(statuses(&w), "400 end");
	end(&w);
}

#define BASIC(proof) "GET /session HTTP/1.1\r\n" H "Authorization: Basic " \
	proof "\r\n\r\n"

static void
test_basic(void **state unused_arg)
{
	struct world w;
	struct str got;

	begin(&w);
	world_send(&w, 0, STR("GET /session HTTP/1.1\r\n" H "\r\n"));
	got = world_got(&w, 0);
	assert_true(str_find(got, STR("\r\nWWW-Authenticate: Basic realm=")) <
	    got.n);
	/* A script that asks gets no window of the browser's. */
	world_send(&w, 0, STR("GET /session HTTP/1.1\r\n" H
	    "Sec-Fetch-Mode: cors\r\n\r\n"));
	got = world_got(&w, 0);
	assert_true(str_find(got, STR("Basic")) == got.n);
	assert_str(statuses_of(&w, got), "401 ");
	world_send(&w, 0, STR(BASIC(GOOD)));
	got = world_got(&w, 0);
	assert_true(str_endsi(got, STR("{\"user\":\"alice@example.test\"}\n")));
	assert_non_null(w.stores[0]);
	/* Proven once, asked once more: the same connection to store. */
	world_send(&w, 0, STR(BASIC(GOOD) BASIC(GOOD)));
	assert_str(statuses(&w), "200 200 ");
	assert_null(w.stores[1]);
	/* Nobody is who was there before. */
	world_send(&w, 0, STR("GET /session HTTP/1.1\r\n" H "\r\n"));
	assert_str(statuses(&w), "401 ");
	world_send(&w, 0, STR(BASIC(WRONG)));
	assert_str(statuses(&w), "401 ");
	assert_null(w.stores[0]);
	world_send(&w, 0, STR(BASIC("YnVzeTp4")));	/* busy:x */
	got = world_got(&w, 0);
	assert_true(str_find(got, STR("Retry-After: 60")) < got.n);
	assert_str(statuses_of(&w, got), "429 ");
	world_send(&w, 0, STR(BASIC("x") BASIC("eA==") BASIC("Og==")));
	assert_str(statuses(&w), "401 401 401 ");
	world_send(&w, 0, STR(BASIC(WRONG) BASIC(WRONG) BASIC(WRONG)
	    BASIC(WRONG) NOT_FOUND));
	assert_str(statuses(&w), "401 401 401 401 end");
	end(&w);
}

#define LOGIN(more) "POST /login HTTP/1.1\r\n" H more \
	"Content-Type: application/json\r\nContent-Length: 50\r\n\r\n" FORM

/* What stands behind `name` in what came, up to one of these. */
static struct str
value_in(struct world *w, struct str got, const char *name, const char *until)
{
	size_t at = str_find(got, str_c(name));
	struct str v = str_from(got, at + str_c(name).n);

	assert_true(at < got.n);
	v.n = strcspn(str_dupz(w->mem, v), until);
	return str_dup(w->mem, v);
}

struct signed_in {
	struct str cookie, token;
};

static struct signed_in
sign_in(struct world *w)
{
	struct signed_in in;
	struct str got, fields;

	world_send(w, 0, STR(LOGIN("")));
	got = world_got(w, 0);
	assert_str(statuses_of(w, got), "200 ");
	fields = value_in(w, got, "Set-Cookie: ", "\r");
	in.cookie = str_first(fields, str_chr(fields, ';'));
	assert_true(str_starts(in.cookie, STR("__Host-postern=")));
	assert_str(str_from(fields, in.cookie.n), "; Path=/; Secure; HttpOnly;"
	    " SameSite=Strict; Max-Age=3600");
	in.token = value_in(w, got, "\"token\":\"", "\"");
	assert_int_equal(in.token.n, 64);
	return in;
}

static void
ask(struct world *w, const char *method, const char *path, struct str cookie,
    struct str token, const char *want)
{
	auto_buf b = BUF_INIT(4096);

	buf_printf(&b, "%s %s HTTP/1.1\r\n" H "Cookie: x=y; %.*s\r\n", method,
	    path, STR_FMT(cookie));
	if (token.n > 0)
		buf_printf(&b, "X-CSRF-Token: %.*s\r\n", STR_FMT(token));
	buf_lit(&b, "\r\n");
	world_send(w, 0, buf_get(&b));
	assert_str(statuses(w), want);
}

static void
test_sign_in(void **state unused_arg)
{
	struct signed_in in;
	struct world w;

	begin(&w);
	in = sign_in(&w);
	assert_non_null(w.stores[0]);
	/* The cookie is good on every connection, and nothing less than it. */
	world_connect(&w, 0, true);
	ask(&w, "GET", "/session", in.cookie, STR_NULL, "200 ");
	ask(&w, "GET", "/session", str_first(in.cookie, in.cookie.n - 1),
	    STR_NULL, "401 ");
	ask(&w, "GET", "/session", str_first(in.cookie,
	    str_chr(in.cookie, '.') + 1), STR_NULL, "401 ");
	ask(&w, "GET", "/session", STR("__Host-postern=x.y"), STR_NULL,
	    "401 ");
	/* What changes wants the token. */
	ask(&w, "DELETE", "/session", in.cookie, STR_NULL, "403 ");
	ask(&w, "DELETE", "/session", in.cookie, str_from(in.token, 1),
	    "403 ");
	ask(&w, "DELETE", "/sessions", in.cookie, STR_NULL, "403 ");
	ask(&w, "DELETE", "/session", in.cookie, in.token, "204 ");
	assert_null(w.stores[0]);
	ask(&w, "GET", "/session", in.cookie, STR_NULL, "401 ");
	end(&w);
}

static void
test_sign_out_everywhere(void **state unused_arg)
{
	struct signed_in one, two;
	struct world w;

	begin(&w);
	one = sign_in(&w);
	two = sign_in(&w);
	assert_non_null(w.stores[1]);
	assert_false(str_eq(one.cookie, two.cookie));
	/* Each has its own token. */
	ask(&w, "DELETE", "/sessions", one.cookie, two.token, "403 ");
	ask(&w, "DELETE", "/sessions", one.cookie, one.token, "204 ");
	ask(&w, "GET", "/session", two.cookie, STR_NULL, "401 ");
	assert_null(w.stores[0]);
	assert_null(w.stores[1]);
	end(&w);
}

static void
test_lifetime(void **state unused_arg)
{
	struct signed_in in;
	struct world w;

	begin(&w);
	in = sign_in(&w);
	/* Used every fifty minutes: till the end of its life. */
	for (size_t i = 0; i < 2; i++) {
		world_pass(&w, 3000 * 1000);
		world_connect(&w, 0, true);
		ask(&w, "GET", "/session", in.cookie, STR_NULL, "200 ");
	}
	world_pass(&w, 1201 * 1000);
	assert_null(w.stores[0]);
	world_connect(&w, 0, true);
	ask(&w, "GET", "/session", in.cookie, STR_NULL, "401 ");
	/* Not used at all. */
	in = sign_in(&w);
	world_pass(&w, 3601 * 1000);
	assert_null(w.stores[0]);
	world_connect(&w, 0, true);
	ask(&w, "GET", "/session", in.cookie, STR_NULL, "401 ");
	end(&w);
}

static void
test_login_refused(void **state unused_arg)
{
	static const struct {
		const char *type, *body, *want;
	} rows[] = {
		{ "application/json", "{\"user\":\"alice@example.test\","
		    "\"password\":\"wrong\"}", "401 " },
		{ "application/json", "{\"user\":\"\",\"password\":\"\"}",
		    "401 " },
		{ "application/json", "{\"user\":\"busy\",\"password\":\"x\"}",
		    "429 " },
		{ "application/json", "{\"user\":\"a\"}", "400 " },
		{ "application/json", "{\"user\":1,\"password\":\"x\"}",
		    "400 " },
		{ "application/json", "{\"user\":\"a\",\"user\":\"b\","
		    "\"password\":\"x\"}", "400 " },
		{ "application/json", "[]", "400 " },
		{ "application/json", "", "400 " },
		{ "application/json", "{", "400 " },
		{ "application/json", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
		    "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", "400 " },
		/* what a form of another page could send */
		{ "text/plain", FORM, "415 " },
		{ "application/x-www-form-urlencoded", FORM, "415 " },
	};
	auto_buf b = BUF_INIT(4096);
	struct world w;

	begin(&w);
	for (size_t i = 0; i < NELEM(rows); i++) {
		buf_reset(&b);
		buf_printf(&b, "POST /login HTTP/1.1\r\n" H
		    "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n%s",
		    rows[i].type, str_c(rows[i].body).n, rows[i].body);
		world_connect(&w, 0, true);
		world_send(&w, 0, buf_get(&b));
		assert_str(statuses(&w), rows[i].want);
	}
	world_send(&w, 0, STR(LOGIN("Origin: https://evil.test\r\n")));
	assert_str(statuses(&w), "403 ");
	assert_null(w.stores[0]);
	end(&w);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_slow),
		cmocka_unit_test(test_expect),
		cmocka_unit_test(test_stream),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_without_tls),
		cmocka_unit_test(test_basic),
		cmocka_unit_test(test_sign_in),
		cmocka_unit_test(test_sign_out_everywhere),
		cmocka_unit_test(test_lifetime),
		cmocka_unit_test(test_login_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
