#include "mime/charset.h"
#include "mime/decode.h"
#include "mime/mime_int.h"

/* Elements whose text nobody sees. */
static size_t
hidden_end(struct str s)
{
	static const struct {
		char open[8], close[9];
	} hidden[] = { { "<style", "</style" }, { "<script", "</script" },
		{ "<title", "</title" }, { "<!--", "-->" } };

	for (size_t i = 0; i < NELEM(hidden); i++) {
		struct str close = str_c(hidden[i].close);

		if (!str_startsi(s, str_c(hidden[i].open)))
			continue;
		for (size_t k = 1; k < s.n; k++)
			if (str_startsi(str_from(s, k), close))
				return k;
		return s.n;
	}
	return 0;
}

/* An entity at the "&" that s begins with: its octets, 0 if none we know. */
static size_t
put_entity(struct buf *out, struct str s)
{
	static const struct {
		char name[7], text[2];
	} known[] = { { "&amp;", "&" }, { "&lt;", "<" }, { "&gt;", ">" },
		{ "&quot;", "\"" }, { "&#39;", "'" }, { "&nbsp;", " " } };

	for (size_t i = 0; i < NELEM(known); i++) {
		struct str name = str_c(known[i].name);

		if (!str_startsi(s, name))
			continue;
		buf_str(out, str_c(known[i].text));
		return name.n;
	}
	return 0;
}

/* The text of HTML, for a preview only: tags are spaces. */
static void
put_html_text(struct buf *out, struct str s)
{
	while (s.n > 0) {
		size_t n = s.p[0] == '<' ? hidden_end(s) : 0;

		if (n == 0 && s.p[0] == '<')
			n = str_chr(s, '>');
		if (n > 0) {
			if (s.n > n && s.p[n] != '>')
				n += str_chr(str_from(s, n), '>');
			buf_chr(out, ' ');
			s = str_from(s, n + 1);
			continue;
		}
		n = s.p[0] == '&' ? put_entity(out, s) : 0;
		if (n == 0)
			buf_chr(out, s.p[0]);
		s = str_from(s, n ? n : 1);
	}
}

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
		put_html_text(&shown, buf_get(&text));
	utf8_put_clean(&clean, buf_get(p->html ? &shown : &text));
	n = squeeze(line, sizeof(line), buf_get(&clean));
	buf_str(out, utf8_first(str_make(line, n), PREVIEW_MAX));
}
