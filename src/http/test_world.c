#include "http/test_world.h"
#include "http/websocket.h"

struct web_of_test {
	struct sign_ins *sign_ins;
	struct http_service *http;
};

/* POST /echo: the body. */
static struct http_answer
echo(struct http_request *r)
{
	return (struct http_answer){ 200, STR("text/plain"), r->body };
}

/* GET /stream/N: N pieces and the end; 9: it breaks off. */
static struct http_answer
stream(struct http_request *r)
{
	http_add_field(r, STR("X-Test"), STR("yes"));
	http_begin(r, 200, STR("text/plain"));
	for (char i = '0'; i < r->param[0].p[0] && i < '9'; i++)
		(void)http_write(r, STR("piece "));
	if (r->param[0].p[0] == '9')
		http_break(r);
	return HTTP_BEGUN;
}

/* GET /long: far more than may wait to be sent. */
static struct http_answer
say_long(struct http_request *r unused_arg)
{
	static char octets[300000];

	memset(octets, 'x', sizeof(octets));
	return (struct http_answer){ 200, STR("text/plain"),
		str_make(octets, sizeof(octets)) };
}

/* GET /fail/what */
static struct http_answer
fail_so(struct http_request *r)
{
	struct err err = { 0 };

	(void)err_set(&err, str_eq(r->param[0], STR("full")) ? E_FULL :
	    str_eq(r->param[0], STR("peer")) ? E_PEER : E_PROTO, "secret");
	return http_fail(r, "test", &err);
}

/* GET /ws: each text comes back; "long" is answered with a long one. */
static struct http_answer
websocket(struct http_request *r)
{
	struct http_answer refusal;
	struct websocket *ws = websocket_accept(r, STR("test"), 1000,
	    &refusal);
	struct ws_message m;
	struct str text;
	int e = 0;

	if (!ws)
		return refusal;
	while (e >= 0 && (e = websocket_next(ws, NEVER, &text)) >= 0) {
		if (e == 0)
			continue;
		ws_message_begin(&m, ws);
		for (int i = 0; str_eq(text, STR("long")) && i < 1000; i++)
			(void)ws_message_write(&m, STR("a thousand of these, "
			    "which is more than may wait to be sent to one "
			    "who does not read, and all that is in between"));
		(void)ws_message_write(&m, text);
		e = ws_message_end(&m);
	}
	websocket_end(ws);
	return HTTP_BEGUN;
}

static struct http_route routes[16];

static void *
new_service(struct loop *l, const struct config *conf, struct vault *vault,
    struct tls_ctx *tls)
{
	static const struct http_route own[] = {
		{ HTTP_POST | HTTP_PUT, STR("/echo"), HTTP_ANYBODY,
		    STR("text/plain"), 100, echo },
		{ HTTP_GET, STR("/stream/*"), HTTP_ANYBODY, STR_NULL, 0,
		    stream },
		{ HTTP_GET, STR("/long"), HTTP_ANYBODY, STR_NULL, 0,
		    say_long },
		{ HTTP_GET, STR("/fail/*"), HTTP_ANYBODY, STR_NULL, 0,
		    fail_so },
		{ HTTP_GET, STR("/ws"), HTTP_ANYBODY, STR_NULL, 0,
		    websocket },
	};
	struct web_of_test *t = calloc(1, sizeof(*t));
	size_t n = http_nlogin_routes;

	bug_if(!t || n + NELEM(own) > NELEM(routes));
	memcpy(routes, http_login_routes, n * sizeof(*routes));
	memcpy(routes + n, own, sizeof(own));
	t->sign_ins = sign_ins_new(l, vault, conf);
	t->http = http_service_new(l, conf, vault, tls, t->sign_ins, routes,
	    n + NELEM(own), 8443);
	return t;
}

static void
unref_service(void *service)
{
	struct web_of_test *t = service;

	sign_ins_free(t->sign_ins);
	http_service_unref(t->http);
	free(t);
}

static void
start_session(void *service, struct stream *s, const struct peer *peer,
    enum listen_tls rule, void (*done)(void *arg), void *arg)
{
	http_start(((struct web_of_test *)service)->http, s, peer, rule, done,
	    arg);
}

const struct world_protocol world_speaks = { new_service, unref_service,
	start_session, "GET /session HTTP/1.1\r\nHost: a\r\nAuthorization: "
	"Basic YWxpY2VAZXhhbXBsZS50ZXN0OnNlIGNyZXQ=\r\n\r\n",
	"HTTP/1.1 200 OK" };
