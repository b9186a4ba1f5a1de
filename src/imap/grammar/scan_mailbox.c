/*
 * scan_mailbox.c - names of mailboxes as clients write them. RFC 3501 5.1
 */
#include "imap/grammar/scan.h"
#include "imap/grammar/utf7.h"
#include "mail/mailbox_text.h"

/* Octets beyond ASCII are in no name, but whoever sends them means one. */
static bool
is_name_octet(char c)
{
	return is_astring_char(c) || (unsigned char)c > 0x7f;
}

static bool
is_list_octet(char c)
{
	return is_name_octet(c) || c == '%' || c == '*';
}

static struct str
name_octets(struct scan *s, bool (*is_octet)(char c), const char *want)
{
	int c = rd_peek(&s->r);
	struct str atom;

	if (c == '"')	/* RFC 6855 3: BAD, if it is no UTF-8 */
		return s->utf8 ? scan_quoted(s) : scan_quoted_octets(s);
	if (c == '{')
		return scan_literal(s);
	atom = rd_while(&s->r, is_octet);
	if (atom.n == 0)
		scan_fail(s, want);
	return atom;
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
	struct str sent = name_text(s, name_octets(s, is_name_octet,
	    "expected a mailbox"));
	struct str name = sent.p ? mailbox_text_name(sent, s->a) : STR_NULL;

	/* In any case, INBOX is INBOX: no other form of it. */
	if (s->nnames < NAMES_MAX && !str_eqi(sent, name))
		s->as_sent[s->nnames] = sent;
	s->nnames++;
	/* Composed it may be longer than it was: U+0958 is two characters. */
	return name.n > MAILBOX_MAX ? STR_NULL : name;
}

struct str
scan_list_mailbox(struct scan *s)
{
	return name_text(s, name_octets(s, is_list_octet,
	    "expected a mailbox pattern"));
}
