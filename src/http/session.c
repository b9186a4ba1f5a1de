/*
 * session.c - HTTP for rt/dialogue.h: head, body, answer; and what becomes of
 * the connection.
 */
#include "http/http_int.h"

static struct http_session *
session_of(struct dialogue *d)
{
	return container_of(d, struct http_session, d);
}

int64_t
http_pace_until(const struct http_request *r, int64_t begun_ms,
    uint64_t octets)
{
	const struct http_service *sv = r->session->service;
	int64_t at = loop_now_ms(sv->loop) + HTTP_PACE_MS;
	int64_t end = begun_ms + (int64_t)sv->time_s * 1000;

	if (sv->rate > 0)
		at = begun_ms + HTTP_PACE_MS +
		    (int64_t)(octets * 1000 / sv->rate);
	return sv->time_s > 0 && end < at ? end : at;
}

void
http_pace(struct http_request *r, int64_t begun_ms, uint64_t octets)
{
	stream_deadline(r->session->d.stream,
	    http_pace_until(r, begun_ms, octets));
}

/* ---- the head ------------------------------------------------------------ */

/* One line of the head; *left octets may come. 0, the status of a refusal, or
 * E_*. */
static int
head_line(struct http_request *r, size_t *left, uint16_t too_long,
    struct str *line, struct err *err)
{
	size_t max = *left < HTTP_LINE_MAX ? *left : HTTP_LINE_MAX;
	int e = dialogue_line(&r->session->d, max, line, err);

	if (e == E_LIMIT)
		return too_long;
	if (e == E_PROTO)
		return 400;
	if (e < 0)
		return e;
	*left -= line->n;
	*line = str_dup(r->mem, *line);
	return 0;
}

/* From the request line to the empty one.                      RFC 9112 2.2 */
static int
read_head(struct http_request *r, struct err *err)
{
	size_t left = HTTP_HEAD_MAX;
	struct str line;
	int e = head_line(r, &left, 414, &line, err);

	/* One empty line is forgiven: some send it behind a body. */
	if (e == 0 && line.n == 0)
		e = head_line(r, &left, 414, &line, err);
	if (e == 0)
		e = http_head_begin(&r->head, line, r->mem);
	while (e == 0) {
		e = head_line(r, &left, 431, &line, err);
		if (e == 0 && line.n == 0)
			return http_head_end(&r->head);
		if (e == 0)
			e = http_head_field(&r->head, line);
	}
	return e;
}

/* ---- one request --------------------------------------------------------- */

static void
log_request(struct http_request *r)
{
	log_ctx_event(&r->session->d.log, LOG_DEBUG, "request",
	    F_STR("method", str_c(http_method_name(r->head.method))),
	    F_STR("path", r->head.path), F_INT("status", r->status),
	    F_INT("octets", r->sent),
	    F_STR("user", str_c(r->account ? r->account->address : "")));
}

/* A body that comes on and on although it was refused: closing at once would
 * throw away the answer on its way to them. */
static void
linger(struct http_request *r)
{
	struct stream *s = r->session->d.stream;
	struct str there;
	size_t n = 0;

	if (stream_flush(s, NULL) < 0)
		return;
	dialogue_deadline(&r->session->d, HTTP_LINGER_MS);
	while (n < HTTP_LINGER_MAX && stream_peek(s, &there, NULL) == 0) {
		n += there.n;
		stream_eat(s, there.n);
	}
}

/* Of a head that was not understood nothing behind it is. */
static struct http_answer
refuse_head(struct http_request *r, uint16_t status)
{
	r->last = true;
	r->head.chunked = true;	/* nobody knows how much comes */
	return http_problem(r, status, NULL);
}

static int
answer_request(struct http_request *r, struct err *err)
{
	struct http_session *s = r->session;
	struct http_answer a;
	int e = read_head(r, err);

	if (e < 0)
		return e;
	r->begun_ms = loop_now_ms(s->d.loop);
	if (e > 0)
		a = refuse_head(r, (uint16_t)e);
	else if ((e = http_route(r, &a, err)) < 0)
		return e;
	if (a.status)
		http_say(r, &a);
	else
		http_finish(r);
	s->requests++;
	s->refused += r->status >= 400;
	s->refused_in_row = r->status >= 400 ? s->refused_in_row + 1 : 0;
	log_request(r);
	if (r->last || s->refused_in_row > HTTP_MAX_BAD) {
		if (!http_body_is_small(r))
			linger(r);
		return DIALOGUE_OVER;
	}
	e = http_drop_body(r, err);
	return e > 0 ? DIALOGUE_OVER : e;
}

static void
end_request(struct http_session *s)
{
	struct http_request *r = s->request;

	if (!r)
		return;
	s->request = NULL;
	if (r->entered && r->route->leave)
		r->route->leave(r);
	sign_in_unref(r->sign_in);
	buf_free(&r->octets);
	buf_free(&r->fields);
	arena_reset(s->mem);
}

static int
one_request(struct dialogue *d, struct err *err)
{
	struct http_session *s = session_of(d);
	struct http_request *r = arena_new_of(s->mem, struct http_request);
	int e;

	r->session = s;
	r->mem = s->mem;
	r->fields = BUF_INIT(HTTP_FIELDS_SAID_MAX);
	s->request = r;
	e = answer_request(r, err);
	/* The farewell wants to know how far it came. */
	if (e >= 0)
		end_request(s);
	return e;
}

/* ---- the connection ------------------------------------------------------ */

static int64_t
wait_ms(struct dialogue *d, bool parked)
{
	return parked ? (int64_t)session_of(d)->service->timeout_s * 1000 :
	    HTTP_HEAD_MS;
}

/* They speak first. */
static void
say_nothing(struct dialogue *d unused_arg)
{
}

static void
trim_session(struct dialogue *d)
{
	arena_trim(session_of(d)->mem);
}

/* Who was too slow with a request hears it, if nothing was said to it yet; who
 * sent none does not.                                       RFC 9110 15.5.9 */
static void
say_farewell(struct dialogue *d, int e)
{
	struct http_request *r = session_of(d)->request;
	struct http_answer a;

	if (e != E_TIMEOUT || !r || r->status)
		return;
	a = refuse_head(r, 408);
	http_say(r, &a);
	dialogue_deadline(d, HTTP_LINGER_MS);
}

static void
end_session(struct dialogue *d, const char *why)
{
	struct http_session *s = session_of(d);

	log_ctx_event(&d->log, LOG_INFO, "disconnect", F_STR("why", str_c(why)),
	    F_STR("user", str_c(s->account.address)),
	    F_INT("requests", s->requests), F_INT("errors", s->refused));
	end_request(s);
	account_logout(&s->account);
	if (s->proof.n > 0)
		explicit_bzero(s->proof.p, s->proof.n);
	buf_free(&s->proof);
	arena_free(s->mem);
	http_service_unref(s->service);
	free(s);
}

void
http_start(struct http_service *sv, struct stream *stream,
    const struct peer *peer, enum listen_tls rule,
    void (*done)(void *arg), void *arg)
{
	static const struct dialogue_ops ops = { .greet = say_nothing,
		.command = one_request, .wait_ms = wait_ms,
		.trim = trim_session, .farewell = say_farewell,
		.end = end_session };
	struct http_session *s = calloc(1, sizeof(*s));

	bug_if(!s);
	dialogue_init(&s->d, &ops, sv->loop, stream, peer);
	account_init(&s->account, sv->loop, sv->vault);
	s->account.visit = peer->visit;
	s->service = sv;
	sv->refs++;
	s->proof = BUF_INIT(HTTP_LINE_MAX);
	s->mem = arena_new(HTTP_MEM);
	/* A recipient MAY take it as the end of a line (RFC 9112 2.2). Who
	 * stands in front of us may not, and would see other borders. */
	stream_refuse_lf(stream);
	dialogue_start(&s->d, rule, sv->tls, done, arg);
}

/* ---- what connections have in common ------------------------------------- */

struct http_service *
http_service_new(struct loop *l, const struct config *conf,
    struct vault *vault, struct tls_ctx *tls, struct sign_ins *sign_ins,
    const struct http_route *routes, size_t nroutes, uint16_t https_port)
{
	struct http_service *sv = calloc(1, sizeof(*sv));

	bug_if(!sv);
	*sv = (struct http_service){
		.loop = l,
		.vault = vault,
		.tls = tls ? tls_ctx_ref(tls) : NULL,
		.sign_ins = sign_ins,
		.routes = routes,
		.nroutes = nroutes,
		.https_port = https_port,
		.timeout_s = conf->http_timeout_s,
		.rate = conf->data_rate,
		.time_s = conf->data_time_s,
		.sts_mode = (enum sts_mode)conf->sts_mode,
		.refs = 1,
	};
	(void)snprintf(sv->hostname, sizeof(sv->hostname), "%.*s",
	    STR_FMT(conf->hostname));
	return sv;
}

void
http_service_unref(struct http_service *sv)
{
	if (!sv || --sv->refs > 0)
		return;
	if (sv->tls)
		tls_ctx_unref(sv->tls);
	free(sv);
}
