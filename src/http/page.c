/*
 * page.c - the page of the web mail and its files, which are part of this
 * program.                                     RFC 9110 8.8.3, 12.5.3, 13.1.2
 */
#include "http/page.h"
#include "http/http_int.h"

/* A file's name changes with its content: who has it never asks again. */
#define FOREVER STR("public, max-age=31536000, immutable")
/* Who has the page asks each time whether it is still this one. */
#define ASK_FIRST STR("no-cache")

/* Scripts and their questions are ours alone. A message is shown in a frame
 * without scripts and without an origin, which has a stricter policy of its
 * own; but it also inherits this one, and mail brings its style along and,
 * when its reader wants to see them, images from elsewhere. */
#define PAGE_POLICY STR("default-src 'none'; script-src 'self'; " \
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https:; " \
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; " \
    "base-uri 'none'; form-action 'none'; " \
    "frame-ancestors 'none'; object-src 'none'")
/* The worker that keeps the page asks for its files, and runs nothing else. */
#define WORKER_POLICY STR("default-src 'none'; connect-src 'self'")

/* "*" or a list of tags, compared weakly.                  RFC 9110 13.1.2 */
static bool
has_tag(struct str list, struct str etag)
{
	struct str one;

	while (list.n > 0) {
		if (!str_cut(list, ',', &one, &list))
			list = STR_NULL;
		one = str_trim(one);
		if (str_starts(one, STR("W/")))
			one = str_from(one, 2);
		if (str_eq(one, etag) || str_eq(one, STR("*")))
			return true;
	}
	return false;
}

/* weight = OWS ";" OWS "q=" qvalue; 0 means no.            RFC 9110 12.4.2 */
static bool
is_refused(struct str weight)
{
	weight = str_trim(weight);
	if (!str_startsi(weight, STR("q=")))
		return false;
	for (size_t i = 2; i < weight.n; i++) {
		if (weight.p[i] != '0' && weight.p[i] != '.')
			return false;
	}
	return true;
}

static bool
takes_gzip(struct str list)
{
	struct str one, weight;

	while (list.n > 0) {
		if (!str_cut(list, ',', &one, &list))
			list = STR_NULL;
		if (!str_cut(one, ';', &one, &weight))
			weight = STR_NULL;
		if (str_eqi(str_trim(one), STR("gzip")))
			return !is_refused(weight);
	}
	return false;
}

static struct http_answer
show_asset(struct http_request *r, const struct http_asset *a)
{
	struct str value;

	http_add_field(r, STR("ETag"), a->etag);
	http_add_field(r, STR("Vary"), STR("Accept-Encoding"));
	(void)http_field_of(&r->head, STR("If-None-Match"), &value);
	if (has_tag(value, a->etag))
		return (struct http_answer){ .status = 304 };
	(void)http_field_of(&r->head, STR("Accept-Encoding"), &value);
	if (!takes_gzip(value))
		return (struct http_answer){ 200, a->type, a->plain };
	http_add_field(r, STR("Content-Encoding"), STR("gzip"));
	return (struct http_answer){ 200, a->type, a->gzip };
}

static const struct http_asset *
find_asset(struct str path)
{
	for (size_t i = 0; i < http_nassets; i++) {
		if (str_eq(http_assets[i].path, path))
			return &http_assets[i];
	}
	return NULL;
}

/* GET / */
static struct http_answer
show_page(struct http_request *r)
{
	static const char none[] = "<!doctype html>\n<html lang=\"en\">"
	    "<meta charset=\"utf-8\"><title>Postern</title>\n"
	    "<h1>This mail server has no page</h1>\n"
	    "<p>It was built without npm, which the page is made with. "
	    "Programs that read mail work all the same.</p>\n";
	const struct http_asset *page = find_asset(STR("/"));

	if (!page)
		return (struct http_answer){ 404,
			STR("text/html; charset=utf-8"), str_c(none) };
	r->caching = ASK_FIRST;
	r->policy = PAGE_POLICY;
	return show_asset(r, page);
}

/* GET /worker.js: what keeps the page on a device. Its name stays, as where it
 * lies says what it is for: all of this origin.      Service Workers 3.2 */
static struct http_answer
show_worker(struct http_request *r)
{
	const struct http_asset *worker = find_asset(r->head.path);

	if (!worker)
		return http_problem(r, 404, NULL);
	r->caching = ASK_FIRST;
	r->policy = WORKER_POLICY;
	return show_asset(r, worker);
}

/* GET /assets/<hash>.<ext> */
static struct http_answer
show_file(struct http_request *r)
{
	const struct http_asset *file = find_asset(r->head.path);

	if (!file)
		return http_problem(r, 404, NULL);
	r->caching = FOREVER;
	return show_asset(r, file);
}

#define ROUTE(pattern, run) { HTTP_GET, STR(pattern), HTTP_ANYBODY, STR_NULL, \
    0, run }

const struct http_route http_page_routes[] = {
	ROUTE("/", show_page),
	ROUTE("/worker.js", show_worker),
	ROUTE("/assets/*", show_file),
};
const size_t http_npage_routes = NELEM(http_page_routes);
