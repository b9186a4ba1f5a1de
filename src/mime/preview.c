#include "mime/charset.h"
#include "mime/decode.h"
#include "mime/html_text.h"
#include "mime/mime_int.h"

/* One line: runs of white space are one space. */
static size_t
squeeze(char *line, size_t room, struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n && n < room; i++)
		if (s.p[i] != ' ' || (n > 0 && line[n - 1] != ' '))
			line[n++] = s.p[i];
	return n;
}

static void
decode(struct buf *out, const struct part *p, struct str raw)
{
	if (str_eqi(p->encoding, STR("base64")))
		decode_base64(out, raw);
	else if (str_eqi(p->encoding, STR("quoted-printable")))
		decode_qp(out, raw, false);
	else
		buf_str(out, raw);
}

void
preview_make(struct buf *out, const struct part *p, struct str raw)
{
	auto_buf octets = BUF_INIT(CAPTURE_HTML);
	auto_buf text = BUF_INIT(2 * CAPTURE_HTML);
	auto_buf shown = BUF_INIT(2 * CAPTURE_HTML);
	auto_buf clean = BUF_INIT(6 * CAPTURE_HTML);
	char line[PREVIEW_MAX + 1];
	size_t n;

	if (!charset_known(p->charset))
		return;
	decode(&octets, p, raw);
	charset_put(&text, p->charset, buf_get(&octets));
	if (p->html)
		html_text_more(&(struct html_text){ 0 }, buf_get(&text),
		    &shown);
	utf8_put_clean(&clean, buf_get(p->html ? &shown : &text));
	n = squeeze(line, sizeof(line), buf_get(&clean));
	buf_str(out, str_trim(utf8_first(str_make(line, n), PREVIEW_MAX)));
}
