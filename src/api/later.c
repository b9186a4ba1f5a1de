/*
 * later.c - what of a person's waits to leave later, by HTTP.      doc/api.md
 */
#include "api/api_int.h"
#include "base/timetext.h"
#include "mail/waiting.h"

/* A page of store's, in JSON: six octets for one at worst. */
enum { PAGE_MAX = 2 << 20 };

static void
put_time(struct buf *b, const char *name, int64_t at)
{
	buf_printf(b, ",\"%s\":\"", name);
	time_rfc3339(b, at);
	buf_lit(b, "\"");
}

static void
put_waiting(void *arg, const struct later_row *row)
{
	struct str rcpts = row->rcpts, address;
	struct buf *b = arg;
	size_t n = 0;

	if (row->state != LATER_waits)
		return;
	buf_str(b, b->p[b->n - 1] == '[' ? STR("{") : STR(",{"));
	buf_printf(b, "\"message\":%llu", (unsigned long long)row->message);
	put_time(b, "send_at", row->due);
	put_time(b, "received_at", row->queued);
	buf_printf(b, ",\"size\":%llu,\"from\":",
	    (unsigned long long)row->size);
	http_json_str(b, row->sender);
	buf_printf(b, ",\"recipients\":%u,\"to\":[", row->nrcpts);
	while (waiting_recipient(&rcpts, &address)) {
		if (n++ > 0)
			buf_lit(b, ",");
		http_json_str(b, address);
	}
	buf_lit(b, "]}");
}

/* GET /api/v1/later?after=... */
struct http_answer
api_list_later(struct http_request *r)
{
	struct later_list_ask ask = { 0 };
	auto_buf b = BUF_INIT(PAGE_MAX);
	struct err err = { 0 };
	struct str after;

	if (r->head.query.n > 0 &&
	    (!http_query(&r->head, STR("after"), r->mem, &after) ||
		!str_u64(after, &ask.after)))
		return http_problem(r, 400, "Expected after=17, a number");
	buf_lit(&b, "{\"messages\":[");
	if (waiting_page(r->account, &ask, put_waiting, &b, NULL, &err) < 0)
		return http_fail(r, "later", &err);
	buf_lit(&b, "]");
	if (ask.after)
		buf_printf(&b, ",\"next\":%llu",
		    (unsigned long long)ask.after);
	buf_lit(&b, "}\n");
	bug_if(buf_failed(&b));
	http_begin(r, 200, STR("application/json"));
	(void)http_write(r, buf_get(&b));
	return HTTP_BEGUN;
}

/* DELETE /api/v1/later/17 */
struct http_answer
api_cancel_later(struct http_request *r)
{
	struct err err = { 0 };
	uint64_t message;
	int e;

	if (!str_u64(r->param[0], &message))
		return http_problem(r, 404, NULL);
	e = waiting_cancel(r->account, message, &err);
	if (e == E_NOTFOUND)
		return http_problem(r, 404, "Nothing of yours waits by this "
		    "number");
	if (e == E_STALE)
		return http_problem(r, 409, "It has left");
	if (e < 0)
		return http_fail(r, "cancel", &err);
	return (struct http_answer){ .status = 204 };
}
