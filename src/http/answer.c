/*
 * answer.c - status, fields, body.                              RFC 9110 15
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
	{ 417, "Expectation Failed" }, { 421, "Misdirected Request" },
	{ 422, "Unprocessable Content" },
	{ 426, "Upgrade Required" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" }, { 501, "Not Implemented" },
	{ 503, "Service Unavailable" }, { 505, "HTTP Version Not Supported" },
	{ 507, "Insufficient Storage" },
};

const char *
http_reason(uint16_t status)
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
void
http_put_date(struct http_request *r, struct buf *b)
{
	auto_buf text = BUF_INIT(64);
	struct str date;

	time_rfc5322(&text, loop_wall(r->session->d.loop));
	date = buf_get(&text);
	buf_printf(b, "Date: %.*s GMT\r\n",
	    STR_FMT(str_first(date, str_rchr(date, ' '))));
}

/* By our own name only: whoever comes to another one, to localhost for
 * instance, has other things there as well.                  RFC 6797 7.1 */
static void
put_strict_transport(struct http_request *r, struct buf *b)
{
	const struct http_session *s = r->session;
	struct str name, port;

	if (stream_tls(s->d.stream).on &&
	    http_host(r->head.host, &name, &port) &&
	    str_eqi(name, str_c(s->service->hostname)))
		buf_lit(b, "Strict-Transport-Security: max-age=31536000\r\n");
}

static void
put_policies(struct http_request *r, struct buf *b)
{
	struct str caching = r->caching.n ? r->caching : str_c(no_caching);
	struct str policy = r->policy.n ? r->policy : str_c(no_content);

	buf_printf(b, "Cache-Control: %.*s\r\n"
	    "Content-Security-Policy: %.*s\r\n", STR_FMT(caching),
	    STR_FMT(policy));
	buf_str(b, str_c(always));
}

/* RFC 9110 8.6, 15.4.5 */
static bool
has_no_body(uint16_t status)
{
	return status == 204 || status == 304;
}

static void
say_head(struct http_request *r, uint16_t status, struct str type,
    int64_t length)
{
	auto_buf b = BUF_INIT(HTTP_FIELDS_SAID_MAX + HTTP_LINE_MAX);

	bug_if(r->status != 0 || buf_failed(&r->fields));
	r->status = status;
	r->begun_ms = loop_now_ms(r->session->d.loop);
	if (has_no_body(status))
		length = HTTP_NO_BODY;
	r->mute = r->head.method == HTTP_HEAD || length == HTTP_NO_BODY;
	http_put_date(r, &b);
	if (type.n > 0)
		buf_printf(&b, "Content-Type: %.*s\r\n", STR_FMT(type));
	put_policies(r, &b);
	put_strict_transport(r, &b);
	buf_str(&b, buf_get(&r->fields));
	if (length >= 0)
		buf_printf(&b, "Content-Length: %jd\r\n", (intmax_t)length);
	bug_if(buf_failed(&b));
	r->wire->head(r, buf_get(&b), length);
}

void
http_say(struct http_request *r, const struct http_answer *a)
{
	say_head(r, a->status, a->type, (int64_t)a->body.n);
	(void)http_write(r, a->body);
}

void
http_begin(struct http_request *r, uint16_t status, struct str type)
{
	say_head(r, status, type, HTTP_ANY_LENGTH);
}

int
http_write(struct http_request *r, struct str octets)
{
	if (r->mute || octets.n == 0)	/* an empty chunk is the last */
		return r->wire->look(r);
	r->sent += octets.n;
	return r->wire->write(r, octets);
}

int
http_push(struct http_request *r, struct str octets)
{
	r->begun_ms = loop_now_ms(r->session->d.loop);
	(void)http_write(r, octets);
	return r->wire->flush(r);
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

bool
http_is_there(struct http_request *r)
{
	return r->wire->look(r) == 0;
}

void
http_rest(struct http_request *r)
{
	r->wire->rest(r);
	fiber_rest(r->session->d.loop);
}

void
http_break(struct http_request *r)
{
	r->broken = r->mute = true;
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
	    http_reason(status));
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
