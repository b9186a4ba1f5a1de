/*
 * A whole session with the world on port 25, and one by LMTP: the input is what
 * the client sends, cut where its first octet says. Whatever it is, the session
 * comes to its end, and what store was given has lines that end in CRLF and no
 * NUL; the last line of a text in chunks may have no end.
 */
#include "smtp/test_world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_text(struct str text)
{
	bug_if(str_chr(text, '\0') < text.n);
	for (size_t i = 0; i < text.n; i++) {
		bug_if(text.p[i] == '\n' && (i == 0 || text.p[i - 1] != '\r'));
		bug_if(text.p[i] == '\r' &&
		    (i + 1 == text.n || text.p[i + 1] != '\n'));
	}
	bug_if(text.n < 2);
}

static void
say(enum listen_kind kind, struct str in, size_t cut)
{
	struct world *w = calloc(1, sizeof(*w));

	bug_if(!w);
	world_open_with(w, kind, 65536, NULL);
	world_send(w, str_first(in, cut));
	world_send(w, str_from(in, cut));
	for (size_t i = 0; i < w->nsubmits; i++)
		check_text(w->submits[i].text);
	world_close(w);
	free(w);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in;

	if (size == 0 || size > 4096)
		return 0;
	world_in_front = STR("192.0.2.0/24");
	in = str_make((const char *)data + 1, size - 1);
	say(LISTEN_SMTP, in, data[0]);
	say(LISTEN_LMTP, in, data[0]);
	return 0;
}
