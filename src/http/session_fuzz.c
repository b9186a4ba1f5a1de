/*
 * A connection by TLS: the input is what the client sends, cut where its first
 * octet says. Whatever it is, the session comes to its end, and only what
 * begins with a status line of ours is an answer.
 */
#include "http/test_world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct world w;
	struct str in, got;

	if (size == 0 || size > 4096)
		return 0;
	in = str_make((const char *)data + 1, size - 1);
	world_begin_plain(&w);
	world_connect(&w, 0, false);
	world_send(&w, 0, str_first(in, data[0]));
	world_send(&w, 0, str_from(in, data[0]));
	world_pass(&w, 200000);
	got = world_got(&w, 0);
	bug_if(got.n > 0 && !str_starts(got, STR("HTTP/1.1 ")));
	bug_if(!w.c[0].eof);
	world_hang_up(&w, 0);
	world_pass(&w, 7300 * 1000);	/* who has signed in goes */
	world_end(&w);
	return 0;
}
