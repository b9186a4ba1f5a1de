#include "http/test_http2.h"

#include "lib/clear_as_tls.h"

void
put_u32(struct buf *b, uint32_t n)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		buf_chr(b, (char)(n >> shift));
}

void
put_frame(struct buf *b, uint8_t type, uint8_t flags, uint32_t stream,
    struct str octets)
{
	buf_chr(b, (char)(octets.n >> 16));
	buf_chr(b, (char)(octets.n >> 8));
	buf_chr(b, (char)octets.n);
	buf_chr(b, (char)type);
	buf_chr(b, (char)flags);
	put_u32(b, stream);
	buf_str(b, octets);
}

/* A number behind seven bits of a prefix                      RFC 7541 5.1 */
static void
put_text(struct buf *b, struct str text)
{
	size_t n = text.n;

	if (n < 127) {
		buf_chr(b, (char)n);
	} else {
		buf_chr(b, 127);
		for (n -= 127; n >= 128; n >>= 7)
			buf_chr(b, (char)(n | 128));
		buf_chr(b, (char)n);
	}
	buf_str(b, text);
}

void
put_block(struct buf *b, const char *fields)
{
	struct str rest = str_c(fields), line, name, value;

	while (str_cut(rest, '\n', &line, &rest)) {
		(void)str_cut(line, ' ', &name, &value);
		buf_chr(b, 0);
		put_text(b, name);
		put_text(b, value);
	}
}

void
put_headers(struct buf *b, uint8_t flags, uint32_t stream,
    const char *fields)
{
	auto_buf block = BUF_INIT(1 << 20);

	put_block(&block, fields);
	put_frame(b, NGHTTP2_HEADERS, flags, stream, buf_get(&block));
}

void
put_request(struct buf *b, uint8_t flags, uint32_t stream,
    const char *method, const char *path, const char *more)
{
	auto_buf fields = BUF_INIT(1 << 20);

	buf_printf(&fields, ":method %s\n:scheme https\n:path %s\n"
	    ":authority a\n%s", method, path, more);
	buf_chr(&fields, '\0');
	put_headers(b, flags | END_HEADERS, stream, fields.p);
}

void
put_preface(struct buf *b, uint32_t window)
{
	auto_buf settings = BUF_INIT(100);

	buf_lit(&settings, "\0\4");	/* INITIAL_WINDOW_SIZE */
	put_u32(&settings, window);
	buf_str(b, str_c(NGHTTP2_CLIENT_MAGIC));
	put_frame(b, NGHTTP2_SETTINGS, 0, 0, buf_get(&settings));
}

/* ---- what comes ---------------------------------------------------------- */

static void
hear_fields(struct http2_client *c, uint32_t stream, struct str block,
    struct buf *say)
{
	const uint8_t *p = (const uint8_t *)block.p;
	size_t left = block.n;
	nghttp2_nv nv;
	int flags;

	for (;;) {
		ssize_t n = nghttp2_hd_inflate_hd2(c->fields, &nv, &flags, p,
		    left, 1);

		assert_true(n >= 0);
		p += n;
		left -= (size_t)n;
		if (flags & NGHTTP2_HD_INFLATE_EMIT)
			buf_printf(&c->heads, "%.*s: %.*s\n", (int)nv.namelen,
			    (const char *)nv.name, (int)nv.valuelen,
			    (const char *)nv.value);
		if ((flags & NGHTTP2_HD_INFLATE_EMIT) && nv.namelen == 7 &&
		    memcmp(nv.name, ":status", 7) == 0)
			buf_printf(say, "%u:%.*s ", stream, (int)nv.valuelen,
			    (const char *)nv.value);
		if (flags & NGHTTP2_HD_INFLATE_FINAL)
			break;
	}
	assert_int_equal(nghttp2_hd_inflate_end_headers(c->fields), 0);
}

static uint32_t
u32_at(struct str s, size_t at)
{
	uint32_t n = 0;

	assert_true(s.n >= at + 4);
	for (size_t i = at; i < at + 4; i++)
		n = n << 8 | (uint8_t)s.p[i];
	return n;
}

static void
hear_frame(struct http2_client *c, struct str head, struct str octets,
    struct buf *say)
{
	uint8_t type = (uint8_t)head.p[3], flags = (uint8_t)head.p[4];
	uint32_t stream = u32_at(head, 5);

	switch (type) {
	case NGHTTP2_HEADERS:
		assert_true(flags & END_HEADERS);
		hear_fields(c, stream, octets, say);
		break;
	case NGHTTP2_DATA:
		buf_str(&c->bodies, octets);
		if (octets.n > 0)
			buf_printf(say, "%u:%zu ", stream, octets.n);
		break;
	case NGHTTP2_RST_STREAM:
		buf_printf(say, "%u:reset(%u) ", stream, u32_at(octets, 0));
		return;
	case NGHTTP2_GOAWAY:
		buf_printf(say, "goaway(%u) ", u32_at(octets, 4));
		return;
	case NGHTTP2_PING:
	case NGHTTP2_SETTINGS:
		c->acks += flags & NGHTTP2_FLAG_ACK;
		return;
	default:
		return;
	}
	if (flags & END_STREAM)
		buf_printf(say, "%u:end ", stream);
}

struct str
http2_hear(struct http2_client *c)
{
	auto_buf say = BUF_INIT(1 << 20);
	struct str rest;

	buf_str(&c->there, world_got(c->w, 0));
	rest = buf_get(&c->there);
	while (rest.n >= 9) {
		size_t n = u32_at(rest, 0) >> 8;

		if (rest.n - 9 < n)
			break;
		hear_frame(c, str_first(rest, 9),
		    str_first(str_from(rest, 9), n), &say);
		rest = str_from(rest, 9 + n);
	}
	buf_eat(&c->there, c->there.n - rest.n);
	if (c->w->c[0].eof)
		buf_lit(&say, "end");
	return str_dup(c->w->mem, buf_get(&say));
}

struct str
http2_say(struct http2_client *c, const struct buf *b)
{
	assert_false(buf_failed(b));
	world_send(c->w, 0, buf_get(b));
	return http2_hear(c);
}

void
http2_settle(void)
{
	clear_as_tls_protocol = "h2";
}

void
http2_connect(struct http2_client *c, struct world *w, uint32_t window)
{
	auto_buf b = BUF_INIT(1000);

	*c = (struct http2_client){ .w = w, .there = BUF_INIT(1 << 20),
		.heads = BUF_INIT(1 << 20), .bodies = BUF_INIT(1 << 20) };
	assert_int_equal(nghttp2_hd_inflate_new(&c->fields), 0);
	http2_settle();
	world_connect(w, 0, false);
	put_preface(&b, window);
	assert_str(http2_say(c, &b), "");
	assert_int_equal(c->acks, 1);
}

void
http2_hang_up(struct http2_client *c)
{
	world_hang_up(c->w, 0);
	nghttp2_hd_inflate_del(c->fields);
	buf_free(&c->there);
	buf_free(&c->heads);
	buf_free(&c->bodies);
}
