/*
 * The frames of a client, whole and octet by octet: both say the same, a
 * message is UTF-8 and no longer than it may be, and nothing comes behind a
 * Close or what is no frame.
 */
#include "base/err.h"
#include "http/ws_frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MESSAGE_MAX = 5000 };

static void
note(struct buf *got, const struct ws_reader *w, enum ws_got what)
{
	if (what == WS_GOT_NOTHING)
		return;
	buf_printf(got, "%d:", (int)what);
	if (what == WS_GOT_MESSAGE) {
		bug_if(!str_is_utf8(buf_get(&w->message)));
		bug_if(w->message.n > MESSAGE_MAX);
		buf_str(got, buf_get(&w->message));
	} else if (what == WS_BAD || what == WS_GOT_CLOSE) {
		bug_if(w->code < 1000 || w->code > 4999);
		buf_printf(got, "%u", w->code);
	} else {
		bug_if(ws_control(w).n > WS_CONTROL_MAX);
		buf_str(got, ws_control(w));
	}
}

static void
take_all(struct str in, size_t piece, struct buf *got)
{
	struct ws_reader w = { .message = BUF_INIT(MESSAGE_MAX) };
	enum ws_got what = WS_GOT_NOTHING;
	size_t used;

	while (in.n > 0 && what != WS_BAD && what != WS_GOT_CLOSE) {
		what = ws_take(&w, str_first(in, piece), &used);
		bug_if(used == 0 || used > in.n || used > piece);
		in = str_from(in, used);
		note(got, &w, what);
	}
	buf_free(&w.message);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = str_make((const char *)data, size);
	auto_buf whole = BUF_INIT(1 << 24), octets = BUF_INIT(1 << 24);

	if (size > 1 << 20)
		return 0;
	take_all(in, SIZE_MAX, &whole);
	take_all(in, 1, &octets);
	bug_if(!str_eq(buf_get(&whole), buf_get(&octets)));
	return 0;
}
