#include "imap/grammar/reply.h"

#include "imap/grammar/scan.h"
#include "imap/grammar/utf7.h"

enum { QUOTED_MAX = 1000 };

static bool
is_quotable(char c)
{
	return c >= ' ' && c < 0x7f;
}

void
reply_literal(struct buf *b, uint64_t n)
{
	buf_chr(b, '{');
	buf_u64(b, n);
	buf_lit(b, "}\r\n");
}

/* What an octet asks of the string that it is in. */
enum { ESCAPED = 1, LITERAL = 2 };
static const unsigned char asks[256] = {
	[0 ... 31] = LITERAL, [127 ... 255] = LITERAL,
	['"'] = ESCAPED, ['\\'] = ESCAPED,
};

void
reply_string(struct buf *b, struct str s)
{
	unsigned all = s.n <= QUOTED_MAX ? 0 : LITERAL;
	size_t start;

	for (size_t i = 0; i < s.n && s.n <= QUOTED_MAX; i++)
		all |= asks[(unsigned char)s.p[i]];
	if (all == 0) {
		buf_chr(b, '"');
		buf_str(b, s);
		buf_chr(b, '"');
		return;
	}
	if (all == ESCAPED) {
		buf_quoted(b, s);
		return;
	}
	reply_literal(b, s.n);
	start = b->n;
	buf_str(b, s);
	for (size_t i = start; i < b->n; i++)
		b->p[i] = b->p[i] ? b->p[i] : '?';
}

void
reply_nstring(struct buf *b, struct str s)
{
	if (s.p)
		reply_string(b, s);
	else
		buf_lit(b, "NIL");
}

void
reply_astring(struct buf *b, struct str s)
{
	/* An atom that reads as NIL would be taken for one. */
	bool atom = s.n > 0 && s.n <= QUOTED_MAX && !str_eqi(s, STR("NIL"));

	for (size_t i = 0; atom && i < s.n; i++)
		atom = is_atom_char(s.p[i]);
	if (atom)
		buf_str(b, s);
	else
		reply_string(b, s);
}

void
reply_mailbox(struct buf *b, struct str name, bool utf8)
{
	auto_buf text = BUF_INIT(4 * MAILBOX_MAX);

	if (utf8) {
		/* Names hold no controls, so they can be quoted as UTF-8. */
		buf_quoted(b, name);
		return;
	}
	utf7_put(&text, name);
	reply_astring(b, buf_get(&text));
}

void
reply_text(struct buf *b, struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		buf_chr(b, is_quotable(text.p[i]) ? text.p[i] : '?');
}
