/*
 * ws_frame.c - the frames of WebSocket.                        RFC 6455 5
 *
 *	 0 1 2 3 4 5 6 7   0 1 2 3 4 5 6 7
 *	+-+-+-+-+-------+ +-+-------------+
 *	|F|R|R|R| opcode| |M| length, or  | [16 or 64 bits of length]
 *	|I|S|S|S|       | |A| 126: 16 bits| [32 bits of the mask]
 *	|N|V|V|V|       | |S| 127: 64 bits| payload
 *	+-+-+-+-+-------+ +-+-------------+
 */
#include "http/ws_frame.h"

enum {
	FIN = 0x80, RSV = 0x70, OPCODE = 0x0f,
	MASKED = 0x80, LENGTH = 0x7f,
	LENGTH_16 = 126, LENGTH_64 = 127,
	MASK_OCTETS = 4,
};

static enum ws_got
fail_with(struct ws_reader *w, enum ws_code code)
{
	w->code = (uint16_t)code;
	return WS_BAD;
}

static bool
is_control(const struct ws_reader *w)
{
	return w->head[0] & 0x8;
}

/* ---- the head of a frame ------------------------------------------------- */

/* Its first octet alone.                                        5.2, 5.4 */
static uint16_t
check_opcode(const struct ws_reader *w)
{
	bool fin = w->head[0] & FIN;

	if (w->head[0] & RSV)	/* no extension was agreed on */
		return WS_PROTOCOL;
	switch (w->head[0] & OPCODE) {
	case WS_CONTINUATION:
		return w->in_message ? 0 : WS_PROTOCOL;
	case WS_TEXT:
		return w->in_message ? WS_PROTOCOL : 0;
	case WS_CLOSE:
	case WS_PING:
	case WS_PONG:
		return fin ? 0 : WS_PROTOCOL;		/* 5.5 */
	case 2:			/* binary: 7.4.1 */
		return WS_UNSUPPORTED;
	default:
		return WS_PROTOCOL;
	}
}

static size_t
length_octets(const struct ws_reader *w)
{
	switch (w->head[1] & LENGTH) {
	case LENGTH_16:
		return 2;
	case LENGTH_64:
		return 8;
	default:
		return 0;
	}
}

/* Once the second octet is there. A client masks.               5.1, 5.5 */
static uint16_t
check_length_octet(const struct ws_reader *w)
{
	if (!(w->head[1] & MASKED))
		return WS_PROTOCOL;
	if (is_control(w) && (w->head[1] & LENGTH) > WS_CONTROL_MAX)
		return WS_PROTOCOL;
	return 0;
}

/* The whole head is there. A length in more octets than it needs is none.
 *                                                                       5.2 */
static uint16_t
read_length(struct ws_reader *w)
{
	size_t n = length_octets(w);
	uint64_t length = w->head[1] & LENGTH;

	if (n > 0)
		length = 0;
	for (size_t i = 0; i < n; i++)
		length = length << 8 | w->head[2 + i];
	if ((n == 2 && length < LENGTH_16) ||
	    (n == 8 && length <= UINT16_MAX) || length > INT64_MAX)
		return WS_PROTOCOL;
	if (!is_control(w) && length > w->message.cap - w->message.n)
		return WS_TOO_BIG;
	w->length = length;
	w->taken = 0;
	return 0;
}

/* One more octet of it. 0, or a code. */
static uint16_t
head_octet(struct ws_reader *w, uint8_t c)
{
	w->head[w->nhead++] = c;
	if (w->nhead == 1)
		return check_opcode(w);
	if (w->nhead == 2)
		return check_length_octet(w);
	if (w->nhead < 2 + length_octets(w) + MASK_OCTETS)
		return 0;
	w->in_payload = true;
	if (is_control(w))
		w->ncontrol = 0;
	return read_length(w);
}

/* ---- the payload --------------------------------------------------------- */

/* in ^ mask, from octet `at` of the payload on.                         5.3 */
static void
unmask(uint8_t *out, struct str in, const uint8_t *mask, uint64_t at)
{
	for (size_t i = 0; i < in.n; i++)
		out[i] = (uint8_t)in.p[i] ^ mask[(at + i) % MASK_OCTETS];
}

static void
take_payload(struct ws_reader *w, struct str in)
{
	const uint8_t *mask = w->head + 2 + length_octets(w);

	if (is_control(w)) {
		unmask(w->control + w->taken, in, mask, w->taken);
		w->ncontrol = (uint8_t)(w->taken + in.n);
	} else {
		unmask((uint8_t *)buf_room(&w->message, in.n), in, mask,
		    w->taken);
		buf_added(&w->message, in.n);
	}
	w->taken += in.n;
}

/* May a peer say this?                                              7.4 */
static bool
is_code(uint32_t code)
{
	return (code >= 1000 && code <= 1003) ||
	    (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

/* [ code, reason ]                                                  5.5.1 */
static enum ws_got
read_close(struct ws_reader *w)
{
	struct str reason = str_from(ws_control(w), 2);
	uint32_t code = (uint32_t)w->control[0] << 8 | w->control[1];

	if (w->ncontrol == 1 || (w->ncontrol > 0 && !is_code(code)))
		return fail_with(w, WS_PROTOCOL);
	if (!str_is_utf8(reason))
		return fail_with(w, WS_NOT_UTF8);
	w->code = w->ncontrol > 0 ? (uint16_t)code : WS_NO_CODE;
	return WS_GOT_CLOSE;
}

static enum ws_got
end_frame(struct ws_reader *w)
{
	bool fin = w->head[0] & FIN;

	w->nhead = 0;
	w->in_payload = false;
	switch (w->head[0] & OPCODE) {
	case WS_CLOSE:
		return read_close(w);
	case WS_PING:
		return WS_GOT_PING;
	case WS_PONG:
		return WS_GOT_PONG;
	default:
		break;
	}
	w->in_message = !fin;
	if (!fin)
		return WS_GOT_NOTHING;
	if (!str_is_utf8(buf_get(&w->message)))		/* 8.1 */
		return fail_with(w, WS_NOT_UTF8);
	return WS_GOT_MESSAGE;
}

/* ---- both ---------------------------------------------------------------- */

enum ws_got
ws_take(struct ws_reader *w, struct str in, size_t *used)
{
	enum ws_got got = WS_GOT_NOTHING;
	size_t at = 0;
	uint16_t code;

	if (!w->in_message && w->nhead == 0)
		buf_free(&w->message);
	while (got == WS_GOT_NOTHING && at < in.n) {
		if (!w->in_payload) {
			code = head_octet(w, (uint8_t)in.p[at++]);
			if (code)
				got = fail_with(w, code);
		} else {
			uint64_t left = w->length - w->taken;
			size_t n = left < in.n - at ? (size_t)left : in.n - at;

			take_payload(w, str_make(in.p + at, n));
			at += n;
		}
		if (got == WS_GOT_NOTHING && w->in_payload &&
		    w->taken == w->length)
			got = end_frame(w);
	}
	*used = at;
	return got;
}

struct str
ws_control(const struct ws_reader *w)
{
	return str_make((const char *)w->control, w->ncontrol);
}

/* ---- frames of ours ------------------------------------------------------ */

void
ws_put_head(struct buf *b, enum ws_opcode opcode, bool fin, size_t n)
{
	size_t octets = n < LENGTH_16 ? 0 : n <= UINT16_MAX ? 2 : 8;

	buf_chr(b, (char)((fin ? FIN : 0) | (int)opcode));
	buf_chr(b, (char)(octets == 0 ? n : octets == 2 ? LENGTH_16 :
	    LENGTH_64));
	for (size_t i = octets; i-- > 0;)
		buf_chr(b, (char)((uint64_t)n >> 8 * i & 0xff));
}

void
ws_put_close(struct buf *b, enum ws_code code)
{
	ws_put_head(b, WS_CLOSE, true, 2);
	buf_chr(b, (char)((int)code >> 8));
	buf_chr(b, (char)((int)code & 0xff));
}
