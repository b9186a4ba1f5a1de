/*
 * answer.c - status, fields, body.                   RFC 9110 15, RFC 9112 4
 */
#include "base/timetext.h"
#include "http/http_int.h"

static const struct {
	uint16_t status;
	const char *reason;
} reasons[] = {
	{ 101, "Switching Protocols" },
	{ 200, "OK" }, { 201, "Created" }, { 202, "Accepted" },
	{ 204, "No Content" },
	{ 304, "Not Modified" }, { 308, "Permanent Redirect" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" }, { 403, "Forbidden" }, { 404, "Not Found" },
	{ 405, "Method Not Allowed" }, { 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 411, "Length Required" }, { 413, "Content Too Large" },
	{ 414, "URI Too Long" }, { 415, "Unsupported Media Type" },
	{ 417, "Expectation Failed" }, { 422, "Unprocessable Content" },
	{ 426, "Upgrade Required" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" }, { 501, "Not Implemented" },
	{ 503, "Service Unavailable" }, { 505, "HTTP Version Not Supported" },
	{ 507, "Insufficient Storage" },
};

static const char *
reason_of(uint16_t status)
{
	for (size_t i = 0; i < NELEM(reasons); i++) {
		if (reasons[i].status == status)
			return reasons[i].reason;
	}
	return "";
}

/* On every answer. No page of others frames ours, runs in it or reads it, and
 * none of ours tells others where it was. */
static const char always[] =
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "X-Content-Type-Options: nosniff\r\n";
/* On those that do not say another. */
static const char no_caching[] = "no-store";
static const char no_content[] = "default-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

void
http_add_field(struct http_request *r, struct str name, struct str value)
{
	struct str line;

	bug_if(r->status != 0);
	buf_printf(&r->fields, "%.*s: %.*s", STR_FMT(name), STR_FMT(value));
	line = buf_get(&r->fields);
	line = str_from(line, str_rchr(line, '\n') < line.n ?
	    str_rchr(line, '\n') + 1 : 0);
	bug_if(!http_is_field(line));
	buf_lit(&r->fields, "\r\n");
}

/* IMF-fixdate                                                RFC 9110 5.6.7 */
static void
say_date(struct http_request *r)
{
	struct stream *s = r->session->d.stream;
	auto_buf b = BUF_INIT(64);
	struct str date;

	time_rfc5322(&b, loop_wall(r->session->d.loop));
	date = buf_get(&b);
	(void)stream_printf(s, "Date: %.*s GMT\r\n",
	    STR_FMT(str_first(date, str_rchr(date, ' '))));
}

/* By our own name only: whoever comes to another one, to localhost for
 * instance, has other things there as well.                  RFC 6797 7.1 */
static void
say_strict_transport(struct http_request *r)
{
	const struct http_session *s = r->session;
	struct str name, port;

	if (stream_tls(s->d.stream).on &&
	    http_host(r->head.host, &name, &port) &&
	    str_eqi(name, str_c(s->service->hostname)))
		(void)stream_write(s->d.stream,
		    STR("Strict-Transport-Security: max-age=31536000\r\n"));
}

static void
say_policies(struct http_request *r)
{
	struct stream *s = r->session->d.stream;
	struct str caching = r->caching.n ? r->caching : str_c(no_caching);
	struct str policy = r->policy.n ? r->policy : str_c(no_content);

	(void)stream_printf(s, "Cache-Control: %.*s\r\n"
	    "Content-Security-Policy: %.*s\r\n", STR_FMT(caching),
	    STR_FMT(policy));
	(void)stream_write(s, str_c(always));
}

/* RFC 9110 8.6, 15.4.5 */
static bool
has_no_body(uint16_t status)
{
	return status == 204 || status == 304;
}

static void
say_head(struct http_request *r, uint16_t status, struct str type)
{
	struct stream *s = r->session->d.stream;

	bug_if(r->status != 0);
	r->status = status;
	r->begun_ms = loop_now_ms(r->session->d.loop);
	r->last |= r->head.close || !http_body_is_small(r) ||
	    loop_stopping(r->session->d.loop);
	http_pace(r, r->begun_ms, 0);
	(void)stream_printf(s, "HTTP/1.1 %u %s\r\n", status,
	    reason_of(status));
	say_date(r);
	if (type.n > 0)
		(void)stream_printf(s, "Content-Type: %.*s\r\n",
		    STR_FMT(type));
	say_policies(r);
	say_strict_transport(r);
	bug_if(buf_failed(&r->fields));
	(void)stream_write(s, buf_get(&r->fields));
	if (r->last)
		(void)stream_write(s, STR("Connection: close\r\n"));
}

void
http_say(struct http_request *r, const struct http_answer *a)
{
	struct stream *s = r->session->d.stream;

	say_head(r, a->status, a->type);
	if (!has_no_body(a->status))
		(void)stream_printf(s, "Content-Length: %zu\r\n", a->body.n);
	(void)stream_write(s, STR("\r\n"));
	if (r->head.method == HTTP_HEAD || has_no_body(a->status))
		return;
	r->sent = a->body.n;
	(void)stream_write(s, a->body);
}

void
http_begin(struct http_request *r, uint16_t status, struct str type)
{
	/* Who speaks 1.0 sees the end when the connection ends. */
	r->stream_chunks = r->head.minor > 0;
	r->mute = r->head.method == HTTP_HEAD;
	say_head(r, status, type);
	if (r->stream_chunks)
		(void)stream_write(r->session->d.stream,
		    STR("Transfer-Encoding: chunked\r\n"));
	(void)stream_write(r->session->d.stream, STR("\r\n"));
}

struct stream *
http_upgrade(struct http_request *r, struct str protocol)
{
	struct stream *s = r->session->d.stream;

	bug_if(r->status != 0 || buf_failed(&r->fields));
	r->status = 101;
	r->last = true;
	(void)stream_printf(s, "HTTP/1.1 101 %s\r\n", reason_of(101));
	say_date(r);
	(void)stream_printf(s, "Connection: Upgrade\r\nUpgrade: %.*s\r\n",
	    STR_FMT(protocol));
	(void)stream_write(s, buf_get(&r->fields));
	(void)stream_write(s, STR("\r\n"));
	(void)stream_flush(s, NULL);
	return s;
}

int
http_write(struct http_request *r, struct str octets)
{
	struct stream *s = r->session->d.stream;

	if (r->mute || octets.n == 0)	/* an empty chunk is the last */
		return stream_failed(s);
	r->sent += octets.n;
	http_pace(r, r->begun_ms, r->sent);
	if (!r->stream_chunks)
		return stream_write(s, octets);
	(void)stream_printf(s, "%zx\r\n", octets.n);
	(void)stream_write(s, octets);
	return stream_write(s, STR("\r\n"));
}

int
http_push(struct http_request *r, struct str octets)
{
	r->begun_ms = loop_now_ms(r->session->d.loop);
	(void)http_write(r, octets);
	return stream_flush(r->session->d.stream, NULL);
}

struct loop *
http_loop(const struct http_request *r)
{
	return r->session->d.loop;
}

bool
http_is_tls(const struct http_request *r)
{
	return stream_tls(r->session->d.stream).on;
}

/* A request that comes behind this one is left where it is. */
bool
http_is_there(struct http_request *r)
{
	(void)stream_poll(r->session->d.stream);
	return stream_failed(r->session->d.stream) == 0;
}

void
http_break(struct http_request *r)
{
	r->stream_chunks = false;
	r->last = r->mute = true;
}

void
http_finish(struct http_request *r)
{
	bug_if(r->status == 0);
	if (r->stream_chunks && !r->mute)
		(void)stream_write(r->session->d.stream, STR("0\r\n\r\n"));
}

/* ---- who asks ------------------------------------------------------------ */

struct tls_facts
http_tls(const struct http_request *r)
{
	return stream_tls(r->session->d.stream);
}

const struct log_ctx *
http_log(const struct http_request *r)
{
	return &r->session->d.log;
}

void
http_origin(const struct http_request *r, struct origin *o)
{
	struct tls_facts tls = http_tls(r);

	*o = (struct origin){
		.peer = str_c(r->session->d.peer.address),
		.tls = tls.version,
		.protocol = tls.on ? STR("HTTPS") : STR("HTTP"),
		.session = str_c(r->session->d.id),
	};
}

/* ---- refusals ------------------------------------------------------------ */

void
http_json_str(struct buf *b, struct str text)
{
	buf_chr(b, '"');
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c == '"' || c == '\\')
			buf_printf(b, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			buf_printf(b, "\\u%04x", c);
		else
			buf_chr(b, (char)c);
	}
	buf_chr(b, '"');
}

struct http_answer
http_problem(struct http_request *r, uint16_t status, const char *detail)
{
	auto_buf b = BUF_INIT(4096);

	buf_printf(&b, "{\"status\":%u,\"title\":\"%s\"", status,
	    reason_of(status));
	if (detail) {
		buf_lit(&b, ",\"detail\":");
		http_json_str(&b, str_c(detail));
	}
	buf_lit(&b, "}\n");
	bug_if(buf_failed(&b));
	return (struct http_answer){ status, STR("application/problem+json"),
		str_dup(r->mem, buf_get(&b)) };
}

static const struct {
	int code;
	uint16_t status;
	const char *detail;
} failures[] = {
	{ E_TIMEOUT, 503, "That took too long, try again later" },
	{ E_PEER, 503, "Temporarily out of reach, try again" },
	{ E_BUSY, 503, "Busy, try again later" },
	{ E_IO, 503, "Storage failed, try again later" },
	{ E_LIMIT, 503, "Too many at this time, try again later" },
	{ E_FULL, 507, "No room is left" },
	{ E_DENIED, 401, "Please log in again" },
};

struct http_answer
http_fail(struct http_request *r, const char *what, const struct err *err)
{
	log_ctx_event(&r->session->d.log, LOG_WARN, "request_failed",
	    F_STR("what", str_c(what)), F_ERR(err));
	for (size_t i = 0; i < NELEM(failures); i++) {
		if (failures[i].code != err->code)
			continue;
		if (failures[i].status == 503)
			http_add_field(r, STR("Retry-After"), STR("10"));
		return http_problem(r, failures[i].status,
		    failures[i].detail);
	}
	return http_problem(r, 500, NULL);
}
