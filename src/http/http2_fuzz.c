/*
 * A connection that has settled on HTTP/2: the input is what the client sends
 * behind the preface, cut where its first octet says. Whatever it is, the
 * connection comes to its end with all its streams, nghttp2 gives back what it
 * took, and what we say is frames, SETTINGS first.
 */
#include "http/test_http2.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_frames(struct str got)
{
	bug_if(got.n < 9 || got.p[3] != NGHTTP2_SETTINGS);
	while (got.n >= 9) {
		size_t n = (size_t)(uint8_t)got.p[0] << 16 |
		    (size_t)(uint8_t)got.p[1] << 8 | (uint8_t)got.p[2];

		bug_if(n > HTTP2_PIECE);
		if (got.n - 9 < n)
			return;
		got = str_from(got, 9 + n);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_buf preface = BUF_INIT(1000);
	struct world w;
	struct str in;

	if (size == 0 || size > 8192)
		return 0;
	in = str_make((const char *)data + 1, size - 1);
	http2_settle();
	world_begin_plain(&w);
	world_connect(&w, 0, false);
	put_preface(&preface, 65535);
	world_send(&w, 0, buf_get(&preface));
	world_send(&w, 0, str_first(in, data[0]));
	world_send(&w, 0, str_from(in, data[0]));
	/* A body, an answer, and then nothing. */
	world_pass(&w, 400000);
	bug_if(!w.c[0].eof);
	check_frames(world_got(&w, 0));
	world_hang_up(&w, 0);
	world_pass(&w, 7300 * 1000);	/* who has signed in goes */
	world_end(&w);
	return 0;
}
