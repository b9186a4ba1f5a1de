/*
 * scan_mailbox.c - names of mailboxes as clients write them. RFC 3501 5.1
 */
#include "imap/grammar/scan.h"
#include "imap/grammar/utf7.h"
#include "mail/mailbox_text.h"

static bool
is_list_char(char c)
{
	return is_astring_char(c) || c == '%' || c == '*';
}

static bool
has_control(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		if ((unsigned char)name.p[i] < ' ' || name.p[i] == 0x7f)
			return true;
	}
	return false;
}

/* What a client sent as a mailbox name, as UTF-8. RFC 3501 5.1.3: names are
 * modified UTF-7; RFC 9051 5.1 and RFC 6855 3: they are UTF-8. What is none of
 * that, or too long, or has controls in it, is well-formed as an argument, but
 * no mailbox can have that name. */
static struct str
name_text(struct scan *s, struct str sent)
{
	struct str name = sent;

	if (s->utf8 ? !str_is_utf8(sent) : !utf7_decode(sent, s->a, &name))
		return STR_NULL;
	if (name.n > MAILBOX_MAX || has_control(name))
		return STR_NULL;
	return name;
}

struct str
scan_mailbox(struct scan *s)
{
	struct str name = name_text(s, scan_astring(s));

	return name.p ? mailbox_text_name(name, s->a) : STR_NULL;
}

struct str
scan_list_mailbox(struct scan *s)
{
	int c = rd_peek(&s->r);
	struct str t;

	if (c == '"' || c == '{')
		return name_text(s, scan_string(s));
	t = rd_while(&s->r, is_list_char);
	if (t.n == 0)
		scan_fail(s, "expected a mailbox pattern");
	return name_text(s, t);
}
