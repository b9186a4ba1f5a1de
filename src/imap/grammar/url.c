#include "imap/grammar/url.h"

#include "mail/mailbox_text.h"

/* pct-encoded, RFC 3986 2.1: false if a "%" is none, or there is a NUL. */
static bool
decode(struct str text, struct arena *a, struct str *out)
{
	char *p = arena_alloc(a, text.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		int high, low;

		p[n] = text.p[i];
		if (text.p[i] == '%') {
			if (text.n - i < 3)
				return false;
			high = ascii_hex(text.p[i + 1]);
			low = ascii_hex(text.p[i + 2]);
			if (high < 0 || low < 0)
				return false;
			p[n] = (char)(high << 4 | low);
			i += 2;
		}
		if (p[n++] == '\0')
			return false;
	}
	*out = str_make(p, n);
	return true;
}

/* Cut what is before the first `mark` (any case) off *text; false and all of
 * it if there is none. */
static bool
cut_at(struct str *text, struct str mark, struct str *before)
{
	size_t at = str_findi(*text, mark);

	*before = str_first(*text, at);
	if (at == text->n)
		return false;
	*text = str_from(*text, at + mark.n);
	return true;
}

/* uidvalidity = ";UIDVALIDITY=" nz-number; names are UTF-8 (RFC 5092 8). */
static bool
mailbox_ref(struct str text, struct arena *a, struct imap_url *out)
{
	struct str name, sent;

	if (cut_at(&text, STR(";UIDVALIDITY="), &name) &&
	    (!str_u32(text, &out->uidvalidity) || out->uidvalidity == 0))
		return false;
	if (name.n == 0 || name.p[0] == '/' || !decode(name, a, &sent) ||
	    sent.n > MAILBOX_MAX)
		return false;
	out->mailbox = mailbox_text_name(sent, a);
	return out->mailbox.p != NULL;
}

/* partial-range = number ["." nz-number] */
static bool
partial_range(struct str text, struct section *sec)
{
	struct str offset, length;

	sec->partial = true;
	sec->length = UINT64_MAX;
	if (str_cut(text, '.', &offset, &length) &&
	    (!str_u64(length, &sec->length) || sec->length == 0))
		return false;
	return str_u64(offset, &sec->offset);
}

static bool
section_text(struct str text, struct arena *a, struct section *sec)
{
	struct str decoded;
	struct scan s;

	if (!decode(text, a, &decoded))
		return false;
	s = scan_of(decoded, a);
	scan_section_text(&s, sec);
	scan_end(&s);
	return scan_ok(&s);
}

bool
url_parse(struct str text, struct arena *a, struct imap_url *out)
{
	struct str before;
	bool partial;

	*out = (struct imap_url){ .section = { .item = ITEM_BODY,
		.peek = true } };
	if (text.n == 0 || text.p[0] != '/')
		return false;
	text = str_from(text, 1);
	if (!cut_at(&text, STR("/;UID="), &before) ||
	    !mailbox_ref(before, a, out))
		return false;
	partial = cut_at(&text, STR("/;PARTIAL="), &before);
	if (partial && !partial_range(text, &out->section))
		return false;
	text = before;
	if (cut_at(&text, STR("/;SECTION="), &before) &&
	    !section_text(text, a, &out->section))
		return false;
	return str_u32(before, &out->uid) && out->uid > 0;
}
