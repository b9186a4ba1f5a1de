#include "smtp/reply.h"

#include <stdarg.h>

struct reply
smtp_replyf(struct arena *a, int code, const char *enhanced,
    const char *fmt, ...)
{
	char text[SMTP_REPLY_LINE_MAX];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	bug_if(n < 0);
	return (struct reply){ code, enhanced,
		str_dup(a, str_first(str_c(text), (size_t)n)) };
}

static void
put_clean(struct buf *b, struct str s, bool utf8)
{
	char *to = buf_room(b, s.n);

	utf8 = utf8 && str_is_utf8(s);

	if (!to)
		return;
	for (size_t i = 0; i < s.n; i++)
		to[i] = ascii_is_printable(s.p[i]) ||
		    (utf8 && s.p[i] & 0x80) ? s.p[i] : '?';
	buf_added(b, s.n);
}

/* Reply-line = *( Reply-code "-" [ textstring ] CRLF )
 *              Reply-code [ SP textstring ] CRLF           RFC 5321 4.2 */
static void
put_line(struct buf *b, const struct reply *r, struct str line, bool last)
{
	/* "250-5.7.128 " and CRLF: what is left is for the text. */
	const size_t room = SMTP_REPLY_LINE_MAX - 14;

	buf_u64(b, (uint64_t)r->code);
	buf_chr(b, last ? ' ' : '-');
	if (r->enhanced) {
		buf_str(b, str_c(r->enhanced));
		buf_chr(b, ' ');
	}
	put_clean(b, str_first(line, room), r->utf8);
	buf_lit(b, "\r\n");
}

void
smtp_reply_put(struct buf *b, const struct reply *r)
{
	struct str line, rest = r->text;

	bug_if(r->code < 200 || r->code > 599);
	while (str_cut(rest, '\n', &line, &rest))
		put_line(b, r, line, false);
	put_line(b, r, line, true);
}

struct reply
smtp_reply_syntax(enum smtp_syntax why, const char *address)
{
	static const struct reply table[SYNTAX_N] = {
		[SYNTAX_ARGS] = SMTP_REPLY_INIT(501, "5.5.4",
		    "Syntax: MAIL FROM:<address> or RCPT TO:<address>"),
		[SYNTAX_ADDRESS] = SMTP_REPLY_INIT(501, NULL,
		    "Not an address; it looks like <you@example.org>"),
		[SYNTAX_TOO_LONG] = SMTP_REPLY_INIT(501, NULL,
		    "Address too long"),
		[SYNTAX_NOT_TEXT] = SMTP_REPLY_INIT(501, NULL,
		    "An address is UTF-8, without control characters"),
		[SYNTAX_NOT_ASCII] = SMTP_REPLY_INIT(553, "5.6.7",
		    "Addresses beyond ASCII need SMTPUTF8"),
		[SYNTAX_PARAM] = SMTP_REPLY_INIT(555, "5.5.4",
		    "Unknown parameter"),
		[SYNTAX_VALUE] = SMTP_REPLY_INIT(501, "5.5.4",
		    "Bad value of a parameter"),
	};
	struct reply r;

	bug_if(why <= SYNTAX_OK || why >= SYNTAX_N);
	r = table[why];
	if (!r.enhanced)
		r.enhanced = address;
	return r;
}

/* One row for each E_* that a client may come to see. What is missing is our
 * own trouble, and the client may try again. */
static const struct err_reply {
	int err;
	struct reply reply;
} err_replies[] = {
	{ E_CANCELED, SMTP_REPLY_INIT(421, "4.3.2",
		    "Shutting down") },
	{ E_TIMEOUT, SMTP_REPLY_INIT(421, "4.4.2",
		    "Timeout") },
	{ E_FULL, SMTP_REPLY_INIT(452, "4.3.1",
		    "Out of space, try again later") },
	{ E_LIMIT, SMTP_REPLY_INIT(452, "4.3.1",
		    "Out of room, try again later") },
	{ E_NOTFOUND, SMTP_REPLY_INIT(550, "5.1.1",
		    "No such mailbox here") },
	{ E_DENIED, SMTP_REPLY_INIT(550, "5.7.1",
		    "Not allowed") },
	{ E_BUSY, SMTP_REPLY_INIT(451, "4.3.2",
		    "Busy, try again later") },
	{ E_TLS, SMTP_REPLY_INIT(454, "4.7.0",
		    "TLS not available") },
};

struct reply
smtp_reply_rate(struct arena *a, const struct err *err)
{
	return smtp_replyf(a, 450, "4.7.1", "%s", err->text);
}

struct reply
smtp_reply_err(int code)
{
	for (size_t i = 0; i < NELEM(err_replies); i++)
		if (err_replies[i].err == code)
			return err_replies[i].reply;
	return smtp_reply(451, "4.3.0", "Trouble here, try again later");
}
