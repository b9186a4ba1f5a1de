#include "relay/held_words.h"

#include "base/timetext.h"

enum { CHARACTERS = 100 };

/* Of those that show nothing, or turn around what stands beside them. */
static bool
is_hidden(uint32_t c)
{
	return c < ' ' || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c ||
	    (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	    (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
	    (c >= 0xe0000 && c <= 0xe0fff);
}

/* Whoever reads it has a program that makes a link of what looks like one. */
static void
put_safe(struct buf *b, struct str s, size_t left)
{
	struct str link = STR("://");
	size_t k;
	uint32_t c;

	for (; s.n > 0 && left > 0; s = str_from(s, k), left--) {
		k = str_utf8_char(s, &c);
		if (str_starts(s, link)) {
			buf_lit(b, ":/ /");
			k = link.n;
		} else if (k == 0 || is_hidden(c)) {
			buf_chr(b, k == 0 ? '?' : ' ');
			k = k ? k : 1;
		} else {
			buf_str(b, str_first(s, k));
		}
	}
	if (s.n > 0)
		buf_lit(b, "...");
}

static void
put_row(struct buf *b, const char *name, struct str value)
{
	if (value.n == 0)
		return;
	buf_printf(b, "    %-9s ", name);
	put_safe(b, value, CHARACTERS);
	buf_chr(b, '\n');
}

static void
put_message(struct buf *b, const struct held_row *row)
{
	auto_buf until = BUF_INIT(100);

	time_rfc5322(&until, row->until);
	buf_chr(b, '\n');
	put_row(b, "from:", row->author.n > 0 ? row->author : row->sender);
	put_row(b, "subject:", row->title);
	put_row(b, "why:", row->verdict);
	put_row(b, "until:", buf_get(&until));
	buf_printf(b, "    %-9s %llu\n", "number:",
	    (unsigned long long)row->message);
}

bool
held_words(struct buf *text, const struct note_item *item)
{
	struct rd r = rd_of(item->held);
	struct held_row row;
	uint32_t n = 0;

	buf_lit(text, "Mail for you was held back, for it looks like spam or "
	    "fraud, or because of a\nrule. It is in none of your folders, and "
	    "whoever sent it was not told:\n");
	for (; rd_left(&r) > 0 && msg_take(&r, &held_row_shape, &row); n++)
		put_message(text, &row);
	if (item->nheld > n)
		buf_printf(text, "\nand %u more.\n", item->nheld - n);
	buf_lit(text, "\nWhat you do not miss needs nothing: it goes by itself "
	    "at the time that is\nsaid. What you want comes into your INBOX "
	    "when whoever runs this server types\n\n"
	    "    postern held release NUMBER --for ");
	put_safe(text, item->address, item->address.n);
	buf_lit(text, "\n\nDo not answer to addresses, and do not follow "
	    "links, of mail that you did not\nexpect.\n");
	return n > 0;
}
