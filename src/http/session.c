/*
 * session.c - a connection and its requests, whichever version of HTTP.
 */
#include "http/http2.h"

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

/* ---- one request --------------------------------------------------------- */

void
http_begin_request(struct http_request *r, struct http_session *s,
    const struct http_wire *wire, struct arena *mem)
{
	r->session = s;
	r->wire = wire;
	r->mem = mem;
	r->fields = BUF_INIT(HTTP_FIELDS_SAID_MAX);
}

static void
log_request(struct http_request *r)
{
	log_ctx_event(&r->session->d.log, LOG_DEBUG, "request",
	    F_STR("method", str_c(http_method_name(r->head.method))),
	    F_STR("path", r->head.path), F_INT("status", r->status),
	    F_INT("octets", r->sent),
	    F_STR("user", str_c(r->account ? r->account->address : "")));
}

static void
count_request(struct http_session *s, uint16_t status)
{
	s->requests++;
	s->refused += status >= 400;
	s->refused_in_row = status >= 400 ? s->refused_in_row + 1 : 0;
}

int
http_answer_request(struct http_request *r, uint16_t refusal, struct err *err)
{
	struct http_answer a;
	int e;

	r->begun_ms = loop_now_ms(r->session->d.loop);
	if (refusal)
		a = http_problem(r, refusal, NULL);
	else if ((e = http_route(r, &a, err)) < 0)
		return e;
	if (a.status)
		http_say(r, &a);
	r->wire->finish(r);
	count_request(r->session, r->status);
	log_request(r);
	return 0;
}

void
http_end_request(struct http_request *r)
{
	if (r->entered && r->route->leave)
		r->route->leave(r);
	sign_in_unref(r->sign_in);
	http_login_unref(r->login);
	buf_free(&r->octets);
	buf_free(&r->fields);
}

/* ---- the connection ------------------------------------------------------ */

bool
http_is_useless(const struct http_session *s)
{
	return s->refused_in_row > HTTP_MAX_BAD;
}

void
http_linger(struct http_session *s)
{
	struct stream *stream = s->d.stream;
	struct str there;
	size_t n = 0;

	if (stream_flush(stream, NULL) < 0)
		return;
	dialogue_deadline(&s->d, HTTP_LINGER_MS);
	while (n < HTTP_LINGER_MAX && stream_peek(stream, &there, NULL) == 0) {
		n += there.n;
		stream_eat(stream, there.n);
	}
}

void
http_end_session(struct http_session *s, const char *why, const char *version)
{
	log_ctx_event(&s->d.log, LOG_INFO, "disconnect",
	    F_STR("why", str_c(why)),
	    F_STR("user", str_c(s->login ? s->login->account.address : "")),
	    F_STR("http", str_c(version)), F_INT("requests", s->requests),
	    F_INT("errors", s->refused));
	http_login_unref(s->login);
	arena_free(s->mem);
	http_service_unref(s->service);
	free(s);
}

/* HTTP/2 is there for who has settled on it in the handshake only: inside TLS,
 * and never by Upgrade. Of HTTP/1 they speak first. */
void
http_greet(struct dialogue *d)
{
	if (str_eq(stream_tls(d->stream).protocol, HTTP2_PROTOCOL))
		http2_begin(container_of(d, struct http_session, d));
}

void
http_start(struct http_service *sv, struct stream *stream,
    const struct peer *peer, enum listen_tls rule,
    void (*done)(void *arg), void *arg)
{
	struct http_session *s = calloc(1, sizeof(*s));

	bug_if(!s);
	dialogue_init(&s->d, &http1_ops, sv->loop, stream, peer);
	s->service = sv;
	sv->refs++;
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
