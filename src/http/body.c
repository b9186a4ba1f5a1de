/*
 * body.c - the body of a request.                       RFC 9112 6 and 7
 */
#include "http/http_int.h"

/* Who waits for it is told to go on.                         RFC 9110 10.1.1 */
static int
ask_for_body(struct http_request *r, struct err *err)
{
	struct stream *s = r->session->d.stream;

	if (!r->head.expects || r->continued)
		return 0;
	r->continued = true;
	if (stream_buffered(s).n > 0)
		return 0;
	(void)stream_write(s, STR("HTTP/1.1 100 Continue\r\n\r\n"));
	return stream_flush(s, err);
}

static bool
is_over(struct http_request *r)
{
	if (r->head.chunked)
		return r->chunks && r->chunks->at == CHUNKED_OVER;
	return r->got >= r->head.length;
}

/* The next octets of it, in *octets until the stream is read again; none at its
 * end. 0, 400, or E_*. */
int
http1_read(struct http_request *r, struct str *octets, struct err *err)
{
	struct stream *s = r->session->d.stream;
	struct str there;
	size_t n;
	int e;

	*octets = STR_NULL;
	if (r->head.chunked && !r->chunks)
		r->chunks = arena_new_of(r->mem, struct chunked);
	while (octets->n == 0) {
		if ((r->body_over = is_over(r)))
			return 0;
		http_pace(r, r->begun_ms, r->got);
		if ((e = ask_for_body(r, err)) < 0 ||
		    (e = stream_peek(s, &there, err)) < 0)
			return e;
		if (r->head.chunked) {
			n = chunked_take(r->chunks, there, octets);
		} else {
			uint64_t left = r->head.length - r->got;

			n = there.n < left ? there.n : (size_t)left;
			*octets = str_first(there, n);
		}
		stream_eat(s, n);
		r->got += octets->n;
		if (r->chunks && r->chunks->at == CHUNKED_BAD)
			return 400;
	}
	return 0;
}

int
http_read_body(struct http_request *r, struct err *err)
{
	struct str octets;
	int e;

	r->octets = BUF_INIT(r->route->body_max + 1);
	do {
		if ((e = r->wire->read(r, &octets, err)) != 0)
			return e;
		buf_str(&r->octets, octets);
		/* One in chunks does not say before how long it will be. */
		if (r->got > r->route->body_max)
			return 413;
	} while (octets.n > 0);
	r->body = buf_get(&r->octets);
	return 0;
}

struct buf
http_take_body(struct http_request *r)
{
	struct buf b = r->octets;

	r->octets = BUF_INIT(0);
	r->body = STR_NULL;
	return b;
}

bool
http1_body_is_small(const struct http_request *r)
{
	if (r->body_over || (!r->head.chunked && r->head.length == r->got))
		return true;
	/* Who was not told to send it may do so or not: nobody knows where the
	 * next request begins. */
	return !r->head.chunked && (!r->head.expects || r->continued) &&
	    r->head.length - r->got <= HTTP_DRAIN_MAX;
}

int
http1_drop_body(struct http_request *r, struct err *err)
{
	struct str octets;
	int e = 0;

	if (!is_over(r))	/* they may wait for the answer */
		e = stream_flush(r->session->d.stream, err);
	do
		e = e < 0 ? e : http1_read(r, &octets, err);
	while (e == 0 && octets.n > 0);
	return e;
}
