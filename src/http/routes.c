/*
 * routes.c - which row of the table a request is for, and what must be true
 * before its handler sees it.
 */
#include "http/http_int.h"

/* "/a/b": is the path this, and what does each "*" stand for? */
static bool
matches(struct http_request *r, struct str pattern)
{
	struct str rest = str_from(pattern, 1), one;
	size_t n = 0, nparams = 0;

	while (rest.n > 0) {
		if (!str_cut(rest, '/', &one, &rest))
			rest = STR_NULL;
		if (n == r->head.nsegments)
			return false;
		if (str_eq(one, STR("*")))
			r->param[nparams++] = r->head.segment[n];
		else if (!str_eq(one, r->head.segment[n]))
			return false;
		n++;
	}
	return n == r->head.nsegments;
}

/* The row, or NULL; *there has the methods of all that have this path. */
static const struct http_route *
find_route(struct http_request *r, uint32_t *there)
{
	const struct http_service *sv = r->session->service;
	const struct http_route *found = NULL;

	*there = 0;
	for (size_t i = sv->nroutes; i-- > 0;) {
		const struct http_route *route = &sv->routes[i];
		uint32_t methods = route->methods;

		if (!matches(r, route->pattern))
			continue;
		if (methods & HTTP_GET)
			methods |= HTTP_HEAD;
		if (methods & r->head.method)
			found = route;
		*there |= methods;
	}
	if (found)
		(void)matches(r, found->pattern);
	return found;
}

/* Allow                                                      RFC 9110 10.2.1 */
static void
say_allowed(struct http_request *r, uint32_t methods)
{
	auto_buf b = BUF_INIT(200);

	methods |= HTTP_OPTIONS;
	for (uint32_t m = HTTP_GET; m <= HTTP_OPTIONS; m <<= 1) {
		if (methods & m)
			buf_printf(&b, "%s%s", b.n ? ", " : "",
			    http_method_name((enum http_method)m));
	}
	http_add_field(r, STR("Allow"), buf_get(&b));
}

static struct http_answer
no_such_route(struct http_request *r, uint32_t there)
{
	if (!there)
		return http_problem(r, 404, NULL);
	say_allowed(r, there);
	if (r->head.method == HTTP_OPTIONS)
		return (struct http_answer){ .status = 204 };
	return http_problem(r, 405, NULL);
}

/* Who came without TLS where it comes first is sent there. What a certificate
 * is asked for by ACME stays free.                             RFC 8555 8.3 */
static struct http_answer
send_to_tls(struct http_request *r)
{
	const struct http_service *sv = r->session->service;
	struct str name, port;
	struct str host = str_c(sv->hostname);
	bool reads = r->head.method & (HTTP_GET | HTTP_HEAD);
	auto_buf b = BUF_INIT(2 * HTTP_LINE_MAX);

	if (str_starts(r->head.path, STR("/.well-known/acme-challenge/")))
		return http_problem(r, 404, NULL);
	/* What came with anything else was readable on its way already. */
	if (!reads || sv->https_port == 0)
		return http_problem(r, 403, "Only inside TLS");
	if (http_host(r->head.host, &name, &port))
		host = name;
	buf_printf(&b, "https://%.*s", STR_FMT(host));
	if (sv->https_port != 443)
		buf_printf(&b, ":%u", sv->https_port);
	buf_printf(&b, "%.*s%s%.*s", STR_FMT(r->head.path),
	    r->head.query.n ? "?" : "", STR_FMT(r->head.query));
	http_add_field(r, STR("Location"), buf_get(&b));
	return http_problem(r, 308, NULL);
}

/* 0, or why the body will not be read. */
static uint16_t
check_body(const struct http_request *r)
{
	const struct http_route *route = r->route;
	struct str type;

	if (route->body_max == 0)
		return r->head.chunked || r->head.length > 0 ? 413 : 0;
	if (!r->head.chunked && !r->head.has_length)
		return 411;
	if (!r->head.chunked && r->head.length > route->body_max)
		return 413;
	if (route->type.n == 0)
		return 0;
	(void)http_field_of(&r->head, STR("Content-Type"), &type);
	return http_is_type(type, route->type) ? 0 : 415;
}

static struct http_answer
refuse_body(struct http_request *r, uint16_t status)
{
	return r->route->refuse ? r->route->refuse(r, status) :
	    http_problem(r, status, NULL);
}

static bool
changes(const struct http_request *r)
{
	return !(r->head.method & (HTTP_GET | HTTP_HEAD | HTTP_OPTIONS));
}

/* What another page's script cannot say for those it lies to: the token that
 * only we told them. A password it would have to know. */
static bool
lacks_token(const struct http_request *r)
{
	struct str token;

	if (!r->sign_in || !changes(r))
		return false;
	(void)http_field_of(&r->head, STR("X-CSRF-Token"), &token);
	return !sign_in_is_token(r->sign_in, token);
}

int
http_route(struct http_request *r, struct http_answer *a, struct err *err)
{
	uint32_t there;
	uint16_t status;
	int e;

	*a = (struct http_answer){ .status = 200 };
	if (!dialogue_may_log_in(&r->session->d))
		*a = send_to_tls(r);
	else if (str_eq(r->head.path, STR("*")))
		*a = no_such_route(r, HTTP_GET);
	else if (!(r->route = find_route(r, &there)))
		*a = no_such_route(r, there);
	else if (changes(r) && http_is_foreign(r))
		*a = http_problem(r, 403, "Not from another origin");
	else if ((status = check_body(r)))
		*a = refuse_body(r, status);
	else if (r->route->authority == HTTP_PERSON)
		*a = http_authenticate(r);
	if (a->status == 200 && lacks_token(r))
		*a = http_problem(r, 403, "X-CSRF-Token is missing or wrong");
	if (a->status == 200 && r->route->enter) {
		*a = r->route->enter(r);
		r->entered = a->status == 200;
	}
	if (a->status != 200)
		return 0;
	if ((e = http_read_body(r, err)) < 0)
		return e;
	*a = e > 0 ? refuse_body(r, (uint16_t)e) : r->route->run(r);
	return 0;
}
