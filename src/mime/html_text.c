#include "mime/html_text.h"

#include "mime/charset.h"

static struct str
word_of(const struct html_text *h)
{
	return str_make(h->word, h->n);
}

static void
add_to_word(struct html_text *h, char c)
{
	if (h->n < sizeof(h->word))
		h->word[h->n++] = ascii_lower(c);
}

/* ---- character references ------------------------------------------------ */

/* The letters of Latin 1 are U+00C0 and on; a capital one is 32 before. */
static const char letters[32][8] = { "agrave", "aacute", "acirc", "atilde",
	"auml", "aring", "aelig", "ccedil", "egrave", "eacute", "ecirc",
	"euml", "igrave", "iacute", "icirc", "iuml", "eth", "ntilde",
	"ograve", "oacute", "ocirc", "otilde", "ouml", "divide", "oslash",
	"ugrave", "uacute", "ucirc", "uuml", "yacute", "thorn", "yuml" };
static const struct {
	char name[8];
	uint32_t code;
} marks[] = { { "amp", '&' }, { "lt", '<' }, { "gt", '>' }, { "quot", '"' },
	{ "apos", '\'' }, { "nbsp", 0xa0 }, { "szlig", 0xdf },
	{ "euro", 0x20ac }, { "ndash", 0x2013 }, { "mdash", 0x2014 },
	{ "lsquo", 0x2018 }, { "rsquo", 0x2019 }, { "ldquo", 0x201c },
	{ "rdquo", 0x201d }, { "bdquo", 0x201e }, { "sbquo", 0x201a },
	{ "hellip", 0x2026 }, { "bull", 0x2022 }, { "middot", 0xb7 },
	{ "copy", 0xa9 }, { "reg", 0xae }, { "trade", 0x2122 },
	{ "laquo", 0xab }, { "raquo", 0xbb }, { "sect", 0xa7 },
	{ "deg", 0xb0 }, { "times", 0xd7 }, { "pound", 0xa3 },
	{ "iexcl", 0xa1 }, { "iquest", 0xbf }, { "shy", 0xad } };

/* "#223" or "#xdf" */
static uint32_t
number_code(struct str word)
{
	bool hex = word.n > 1 && word.p[1] == 'x';
	uint32_t code = 0;

	for (size_t i = hex ? 2 : 1; i < word.n; i++) {
		int digit = ascii_hex(word.p[i]);

		if (digit < 0 || (!hex && digit > 9) || code > 0x10ffff)
			return 0xfffd;
		code = code * (hex ? 16 : 10) + (uint32_t)digit;
	}
	return code;
}

/* 0: there is no such name. */
static uint32_t
name_code(const struct html_text *h)
{
	struct str word = word_of(h);
	bool capital = false;

	if (word.n > 0 && word.p[0] == '#')
		return number_code(word);
	for (size_t i = 0; i < NELEM(marks); i++)
		if (str_eq(word, str_c(marks[i].name)))
			return marks[i].code;
	capital = word.n > 0 && word.p[0] >= 'A' && word.p[0] <= 'Z';
	for (size_t i = 0; i < NELEM(letters); i++)
		if (str_eqi(word, str_c(letters[i])))
			return (uint32_t)(capital ? 0xc0 : 0xe0) + (uint32_t)i;
	return 0;
}

/* Not one that ends here: it stands for itself. */
static void
put_reference(struct html_text *h, struct buf *out)
{
	buf_chr(out, '&');
	buf_str(out, word_of(h));
	h->state = HTML_TEXT;
}

static bool
reference_octet(struct html_text *h, char c, struct buf *out)
{
	uint32_t code;

	if ((ascii_is_alnum(c) || c == '#') && h->n < 10) {
		h->word[h->n++] = c;
		return true;
	}
	code = h->n ? name_code(h) : 0;
	if (code == 0) {
		put_reference(h, out);
		return false;
	}
	utf8_put(out, code);
	h->state = HTML_TEXT;
	return c == ';';
}

/* ---- tags ---------------------------------------------------------------- */

/* Elements within a line: no word ends at them. */
static bool
is_inline(struct str tag)
{
	static const char tags[][8] = { "a", "abbr", "b", "big", "code", "em",
		"font", "i", "ins", "mark", "s", "small", "span", "strong",
		"sub", "sup", "tt", "u", "wbr" };

	if (str_starts(tag, STR("/")))
		tag = str_from(tag, 1);
	for (size_t i = 0; i < NELEM(tags); i++)
		if (str_eq(tag, str_c(tags[i])))
			return true;
	return false;
}

static struct str
hidden_end(struct str tag)
{
	static const struct {
		char tag[8], end[9];
	} hidden[] = { { "style", "</style" }, { "script", "</script" },
		{ "title", "</title" } };

	for (size_t i = 0; i < NELEM(hidden); i++)
		if (str_eq(tag, str_c(hidden[i].tag)))
			return str_c(hidden[i].end);
	return STR_NULL;
}

static void
end_tag(struct html_text *h, struct buf *out)
{
	struct str tag = word_of(h), name;

	(void)str_cut(tag, ' ', &name, &tag);
	if (!is_inline(name))
		buf_chr(out, ' ');
	h->state = HTML_TEXT;
	if (hidden_end(name).n) {
		/* word keeps the tag: a NUL ends it. */
		memset(h->word + name.n, 0, sizeof(h->word) - name.n);
		h->state = HTML_HIDDEN;
		h->n = 0;
	}
}

static bool
tag_octet(struct html_text *h, char c, struct buf *out)
{
	if (h->n == 0 && !ascii_is_alpha(c) && !strchr("/!?", c)) {
		buf_chr(out, '<');
		h->state = HTML_TEXT;
		return false;
	}
	if (c == '>') {
		end_tag(h, out);
		return true;
	}
	add_to_word(h, ascii_is_alnum(c) || strchr("/!?-", c) ? c : ' ');
	if (str_eq(word_of(h), STR("!--"))) {
		h->state = HTML_COMMENT;
		h->n = 0;
	}
	return true;
}

static void
comment_octet(struct html_text *h, char c)
{
	if (c == '-' && h->n < 2)
		h->n++;
	else if (c == '-')
		return;
	else if (c == '>' && h->n == 2)
		h->state = HTML_TEXT;
	else
		h->n = 0;
}

static void
hidden_octet(struct html_text *h, char c)
{
	struct str end = hidden_end(str_c(h->word));

	if (ascii_lower(c) == end.p[h->n])
		h->n++;
	else
		h->n = c == '<';
	if (h->n < end.n)
		return;
	h->state = HTML_TAG;
	memcpy(h->word, "/", 1);
	h->n = 1;
}

void
html_text_more(struct html_text *h, struct str utf8, struct buf *out)
{
	for (size_t i = 0; i < utf8.n; i++) {
		char c = utf8.p[i];
		bool again = false;

		if (h->state == HTML_TAG)
			again = !tag_octet(h, c, out);
		else if (h->state == HTML_COMMENT)
			comment_octet(h, c);
		else if (h->state == HTML_HIDDEN)
			hidden_octet(h, c);
		else if (h->state == HTML_REFERENCE)
			again = !reference_octet(h, c, out);
		else
			again = true;
		if (!again)
			continue;
		if (c == '<' || c == '&') {
			h->state = c == '<' ? HTML_TAG : HTML_REFERENCE;
			h->n = 0;
		} else {
			buf_chr(out, c);
		}
	}
}

void
html_text_end(struct html_text *h, struct buf *out)
{
	if (h->state == HTML_REFERENCE)
		(void)reference_octet(h, ';', out);
	*h = (struct html_text){ 0 };
}
