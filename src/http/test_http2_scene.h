/*
 * test_http2_scene.h - a world with one client of HTTP/2 in it.
 */
#pragma once
#include "http/test_http2.h"

#define ANY 65535
#define TEXT "content-type text/plain\n"
enum { TWO_HOURS_MS = 7300 * 1000 };

struct scene {
	struct world w;
	struct http2_client c;
	struct buf b;		/* what is said next */
};

static inline void
begin(struct scene *s, uint32_t window)
{
	world_begin_plain(&s->w);
	http2_connect(&s->c, &s->w, window);
	s->b = BUF_INIT(4 << 20);
}

static inline void
again(struct scene *s, uint32_t window)
{
	http2_hang_up(&s->c);
	http2_connect(&s->c, &s->w, window);
	buf_reset(&s->b);
}

static inline void
end(struct scene *s)
{
	http2_hang_up(&s->c);
	buf_free(&s->b);
	world_pass(&s->w, TWO_HOURS_MS);	/* who has signed in goes */
	world_end(&s->w);
}

#define says(s, want)                                              \
	do {                                                       \
		struct str said_ = http2_say(&(s)->c, &(s)->b);    \
		buf_reset(&(s)->b);                                \
		assert_str(said_, want);                           \
	} while (0)
#define hears(s, want) assert_str(http2_hear(&(s)->c), want)

static inline void
get(struct scene *s, uint32_t stream, const char *path, const char *more)
{
	put_request(&s->b, END_STREAM, stream, "GET", path, more);
}

static inline void
data(struct scene *s, uint8_t flags, uint32_t stream, const char *octets)
{
	put_frame(&s->b, NGHTTP2_DATA, flags, stream, str_c(octets));
}
