#include "mime/surrogate.h"

#include "base/b64.h"
#include "mime/address.h"
#include "mime/header.h"
#include "mime/param.h"

enum {
	ADDRESSES_MAX = 4096,
	WORD_OCTETS = 45,	/* 60 in base64: RFC 2047 2 has 75 in all */
	FIELD_MEM = 1 << 20,	/* and some times what the field has */
};

#define NOBODY "<invalid@internationalized-address.invalid>"

/* RFC 2047; a character is never cut in two. */
static void
put_words(struct buf *out, struct str text)
{
	while (text.n > 0) {
		size_t n = text.n < WORD_OCTETS ? text.n : WORD_OCTETS;

		while (n > 1 && n < text.n && (text.p[n] & 0xc0) == 0x80)
			n--;
		buf_lit(out, "=?utf-8?B?");
		b64_put(out, str_first(text, n));
		buf_lit(out, "?=");
		text = str_from(text, n);
		if (text.n > 0)
			buf_lit(out, "\r\n ");
	}
}

/* RFC 5322 3.2.3, and the space between two words. */
static bool
is_phrase(struct str s, const char *more)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) &&
		    !strchr("!#$%&'*+-/=?^_`{|}~", s.p[i]) &&
		    !strchr(more, s.p[i]))
			return false;
	return s.n > 0;
}

/* Without the line ends of folds, and of those that are none. */
static void
put_line(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		buf_chr(out, s.p[i] == '\r' || s.p[i] == '\n' ? ' ' : s.p[i]);
}

static void
put_quoted(struct buf *out, struct str s)
{
	auto_buf line = BUF_INIT(s.n + 1);

	put_line(&line, s);
	buf_quoted(out, buf_get(&line));
}

static void
put_phrase(struct buf *out, struct str name)
{
	if (!str_is_ascii(name))
		put_words(out, name);
	else if (is_phrase(name, " "))
		buf_str(out, name);	/* maybe an encoded word */
	else
		put_quoted(out, name);
}

static void
put_mailbox(struct buf *out, const struct address *a)
{
	if (!str_is_ascii(a->mailbox) || !str_is_ascii(a->host)) {
		if (a->name.n > 0) {
			put_phrase(out, a->name);
		} else {
			auto_buf was = BUF_INIT(a->mailbox.n + a->host.n + 1);

			buf_str(&was, a->mailbox);
			buf_chr(&was, '@');
			buf_str(&was, a->host);
			put_words(out, buf_get(&was));
		}
		buf_lit(out, " " NOBODY);
		return;
	}
	if (a->name.n > 0) {
		put_phrase(out, a->name);
		buf_chr(out, ' ');
	}
	buf_chr(out, '<');
	if (is_phrase(a->mailbox, "."))
		buf_str(out, a->mailbox);
	else
		put_quoted(out, a->mailbox);
	if (a->host.n > 0) {
		buf_chr(out, '@');
		put_line(out, a->host);
	}
	buf_chr(out, '>');
}

/* RFC 6858 2.1 */
static void
put_addresses(struct buf *out, struct str value, struct arena *a)
{
	struct address_list list = address_parse(a, value, ADDRESSES_MAX);
	bool first = true;

	for (size_t i = 0; i < list.n; i++) {
		const struct address *x = &list.v[i];

		if (x->kind == ADDRESS_GROUP_END) {
			buf_chr(out, ';');
			first = false;
			continue;
		}
		buf_str(out, first ? STR(" ") : STR(",\r\n "));
		first = x->kind == ADDRESS_GROUP;
		if (first) {
			put_phrase(out, x->name.n ? x->name : STR("group"));
			buf_chr(out, ':');
		} else {
			put_mailbox(out, x);
		}
	}
}

/* RFC 6858 2.3 */
static void
put_text(struct buf *out, struct str value, struct arena *a)
{
	buf_chr(out, ' ');
	put_words(out, header_unfold(a, value));
}

/* RFC 6858 2.2 */
static void
put_params(struct buf *out, struct str value, struct arena *a)
{
	struct str word, subtype = STR_NULL, rest;
	struct param p;

	if (!param_media_type(value, &word, &subtype, &rest) &&
	    !param_word(value, &word, &rest)) {
		buf_lit(out, " application/octet-stream");
		return;
	}
	buf_chr(out, ' ');
	put_line(out, str_is_ascii(word) ? word : STR("x-unknown"));
	if (subtype.n > 0) {
		buf_chr(out, '/');
		put_line(out, str_is_ascii(subtype) ? subtype :
		    STR("x-unknown"));
	}
	while (param_next(a, &rest, &p)) {
		if (!str_is_ascii(p.name) || p.name.n == 0 ||
		    (p.value.n > 0 && !str_is_ascii(p.value)))
			continue;
		buf_lit(out, ";\r\n ");
		put_line(out, p.name);
		buf_chr(out, '=');
		put_quoted(out, p.value);
	}
}

static const struct {
	struct str name;
	void (*put)(struct buf *out, struct str value, struct arena *a);
} fields[] = {
	{ STR("Bcc"), put_addresses },
	{ STR("Cc"), put_addresses },
	{ STR("From"), put_addresses },
	{ STR("Reply-To"), put_addresses },
	{ STR("Resent-Bcc"), put_addresses },
	{ STR("Resent-Cc"), put_addresses },
	{ STR("Resent-From"), put_addresses },
	{ STR("Resent-Sender"), put_addresses },
	{ STR("Resent-To"), put_addresses },
	{ STR("Return-Path"), put_addresses },
	{ STR("Sender"), put_addresses },
	{ STR("To"), put_addresses },
	{ STR("Subject"), put_text },
	{ STR("Content-Type"), put_params },
	{ STR("Content-Disposition"), put_params },
};

static void
put_field(struct buf *out, const struct header_field *f)
{
	struct arena *a;

	for (size_t i = 0; i < NELEM(fields); i++) {
		if (!str_eqi(f->name, fields[i].name))
			continue;
		a = arena_new(FIELD_MEM + 64 * f->value.n);
		buf_str(out, fields[i].name);
		buf_chr(out, ':');
		fields[i].put(out, f->value, a);
		buf_lit(out, "\r\n");
		arena_free(a);
	}
}

void
surrogate_header(struct buf *out, struct str header)
{
	struct str left = header;
	struct header_field f;

	if (str_is_ascii(header) || !str_is_utf8(header)) {
		buf_str(out, header);
		return;
	}
	while (header_next(&left, &f)) {
		if (str_is_ascii(f.whole))
			buf_str(out, f.whole);
		else
			put_field(out, &f);
	}
	if (str_endsi(header, STR("\r\n\r\n")))
		buf_lit(out, "\r\n");
}
