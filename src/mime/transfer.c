#include "mime/transfer.h"

#include "mime/decode.h"

enum { PIECE = 8192 };

struct transfer
transfer_of(struct str encoding)
{
	return (struct transfer){
		.as_base64 = str_eqi(encoding, STR("base64")),
		.as_qp = str_eqi(encoding, STR("quoted-printable")) };
}

bool
transfer_known(struct str encoding)
{
	return encoding.n == 0 || str_eqi(encoding, STR("7bit")) ||
	    str_eqi(encoding, STR("8bit")) ||
	    str_eqi(encoding, STR("binary")) ||
	    str_eqi(encoding, STR("base64")) ||
	    str_eqi(encoding, STR("quoted-printable"));
}

/* How much of a text ends before an escape that may go on behind it. */
static size_t
whole_escapes(const struct transfer *t, struct str s)
{
	size_t at = str_rchr(s, '='), n = s.n - at;

	if (n == 0 || n >= sizeof(t->escape))
		return s.n;
	if (n < 3)
		return at;
	for (size_t i = at + 1; i < s.n; i++)
		if (!ascii_is_wsp(s.p[i]) && s.p[i] != '\r')
			return s.n;
	return at;
}

static void
undo_qp(struct transfer *t, struct str octets, struct buf *out)
{
	auto_buf all = BUF_INIT(PIECE + sizeof(t->escape));
	struct str s;
	size_t n;

	buf_put(&all, t->escape, t->nescape);
	buf_str(&all, octets);
	s = buf_get(&all);
	n = whole_escapes(t, s);
	decode_qp(out, str_first(s, n), false);
	s = str_from(s, n);
	if (s.n > 0)
		memcpy(t->escape, s.p, s.n);
	t->nescape = s.n;
}

void
transfer_more(struct transfer *t, struct str octets, struct buf *out)
{
	struct base64 bits = { t->v, t->bits, t->over };

	if (t->as_base64)
		decode_base64_more(&bits, out, octets);
	t->v = bits.v;
	t->bits = bits.bits;
	t->over = bits.over;
	if (!t->as_base64 && !t->as_qp)
		buf_str(out, octets);
	for (; t->as_qp && octets.n > 0; octets = str_from(octets, PIECE))
		undo_qp(t, str_first(octets, PIECE), out);
}

void
transfer_end(struct transfer *t, struct buf *out)
{
	decode_qp(out, str_make(t->escape, t->nescape), false);
	t->nescape = 0;
}
