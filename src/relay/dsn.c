#include "relay/dsn.h"

#include "base/timetext.h"
#include "mime/encode.h"
#include "mime/field_put.h"
#include "mime/header.h"
#include "relay/dsn_int.h"

enum {
	MSG_ID_MAX = 250,
	LINE_MAX_OCTETS = 998,	/* RFC 5322 2.1.1, without CRLF */
};

bool
dsn_is_utf8(const struct dsn *d)
{
	return !str_is_ascii(d->item->reverse_path) &&
	    str_is_utf8(d->item->reverse_path);
}

static bool
any_failed(const struct dsn *d)
{
	for (size_t i = 0; i < d->nrcpts; i++)
		if (dsn_outcome(&d->rcpts[i])->class == '5')
			return true;
	return false;
}

bool
dsn_whole(const struct dsn *d)
{
	/* Such a message would have to be encoded in 7 bits, as nobody knows
	 * what the way back to the sender can do: RFC 6533 4.5. So would one
	 * with 8 bits in its body alone, where the way back leads on, maybe
	 * to who takes only 7 (and message/rfc822 may not be encoded, RFC
	 * 2046 5.2.1): then the header says which message it was. */
	if (d->item->smtputf8 && !dsn_is_utf8(d))
		return false;
	if (d->item->body_8bit && d->item->elsewhere)
		return false;
	if (d->item->require_tls == REQUIRE_TLS_yes)	/* RFC 8689 5 */
		return false;
	return d->whole && d->item->ret != RET_headers && any_failed(d);
}

void
dsn_message_id(struct buf *out, const struct dsn *d)
{
	buf_printf(out, "<%llx.%llx@%.*s>", (unsigned long long)d->now,
	    (unsigned long long)d->id, STR_FMT(d->hostname));
}

static void
put_boundary(struct buf *out, const struct dsn *d)
{
	buf_printf(out, "report-%016llx", (unsigned long long)d->id);
}

static void
put_delimiter(struct buf *out, const struct dsn *d)
{
	buf_lit(out, "\r\n--");
	put_boundary(out, d);
}

/* What is worst says what happened. */
static const struct dsn_outcome *
worst(const struct dsn *d)
{
	const struct dsn_outcome *w = NULL;

	for (size_t i = 0; i < d->nrcpts; i++) {
		const struct dsn_outcome *o = dsn_outcome(&d->rcpts[i]);

		if (!w || o->class > w->class)
			w = o;
	}
	return w ? w : dsn_outcome(&(struct queue_rcpt){ 0 });
}

static void
put_subject(struct buf *out, const struct dsn *d)
{
	auto_buf original = BUF_INIT(2000), b = BUF_INIT(3000);
	auto_buf safe = BUF_INIT(3000);
	struct field_put f = field_begin(out, STR("Subject"));

	dsn_subject(&original, d);
	buf_printf(&b, "%s: ", worst(d)->subject);
	if (original.n > 0)
		buf_str(&b, buf_get(&original));
	else
		buf_lit(&b, "your message");
	dsn_put_safe(&safe, buf_get(&b), false);
	field_text(&f, buf_get(&safe));
	field_end(&f);
}

static bool
is_msg_id(char c)
{
	return ascii_is_alnum(c) ||
	    (c && strchr("!#$%&'*+-/=?^_`{|}~.@[]:", c));
}

/* msg-id = "<" id-left "@" id-right ">": only what cannot be taken for
 * anything else.                                           RFC 5322 3.6.4 */
static struct str
original_id(const struct dsn *d)
{
	struct str id = header_get(str_first(d->header, DSN_HEADER_MAX),
	    STR("Message-ID"));
	struct rd r = rd_of(id);
	struct str inside;
	size_t at;

	if (id.n > MSG_ID_MAX || !rd_need(&r, '<'))
		return STR_NULL;
	inside = rd_some(&r, is_msg_id);
	at = str_chr(inside, '@');
	if (!rd_need(&r, '>') || !rd_done(&r) || at == 0 ||
	    at + 1 >= inside.n || str_rchr(inside, '@') != at)
		return STR_NULL;
	return id;
}

/* Has any line of the message to follow, or of the parts, 8 bits? */
static bool
is_8bit(const struct dsn *d, const struct buf *parts)
{
	return !str_is_ascii(buf_get(parts)) ||
	    (dsn_whole(d) && d->item->body_8bit);
}

static void
put_header(struct buf *out, const struct dsn *d, bool eight)
{
	struct str id = original_id(d);

	/* MAILER-DAEMON as everybody's filters expect; the postmaster has
	 * it (store/directory). */
	buf_printf(out, "From: Mail Delivery System <MAILER-DAEMON@%.*s>\r\n",
	    STR_FMT(d->hostname));
	buf_lit(out, "To: <");
	dsn_put_safe(out, d->item->reverse_path, !dsn_is_utf8(d));
	buf_lit(out, ">\r\n");
	put_subject(out, d);
	buf_lit(out, "Date: ");
	time_rfc5322(out, d->now);
	buf_lit(out, "\r\nMessage-ID: ");
	dsn_message_id(out, d);
	buf_lit(out, "\r\n");
	if (id.n > 0)
		buf_printf(out, "In-Reply-To: %.*s\r\nReferences: %.*s\r\n",
		    STR_FMT(id), STR_FMT(id));
	buf_lit(out, "Auto-Submitted: auto-replied\r\n"	/* RFC 3834 3.1.7 */
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: multipart/report; report-type=delivery-status;"
	    "\r\n boundary=\"");
	put_boundary(out, d);
	buf_lit(out, "\"\r\n");
	/* As wide as its widest part: RFC 2045 6.4. */
	buf_printf(out, "Content-Transfer-Encoding: %s\r\n\r\n",
	    eight ? "8bit" : "7bit");
}

static void
put_part_header(struct buf *out, const struct dsn *d, const char *type,
    const char *encoding)
{
	put_delimiter(out, d);
	buf_printf(out, "\r\nContent-Type: %s\r\n"
	    "Content-Transfer-Encoding: %s\r\n\r\n", type, encoding);
}

/* In 7 bits, unless the sender's address says that the way back takes more:
 * SMTPUTF8 comes with 8BITMIME (RFC 6531 3.1). */
static void
put_part(struct buf *out, const struct dsn *d, const char *type,
    const struct buf *content)
{
	struct str s = buf_get(content);
	struct encoder e;

	if (str_is_ascii(s) || dsn_is_utf8(d)) {
		put_part_header(out, d, type, str_is_ascii(s) ? "7bit" :
		    "8bit");
		buf_str(out, s);
	} else {
		put_part_header(out, d, type, "quoted-printable");
		encode_begin(&e, ENCODE_QP);
		encode_more(&e, out, s);
		encode_end(&e, out);
	}
}

/* A line of the original header: no CR, LF or NUL inside, not too long. */
static void
put_original_line(struct buf *out, struct str line)
{
	line = str_first(line, LINE_MAX_OCTETS);
	for (size_t i = 0; i < line.n; i++) {
		char c = line.p[i];

		buf_chr(out, c == '\r' || c == '\n' || c == 0 ? ' ' : c);
	}
	buf_lit(out, "\r\n");
}

/* The original header up to its blank line, as far as it can be returned. */
static void
put_original_header(struct buf *out, const struct dsn *d)
{
	struct str rest = str_first(d->header, DSN_HEADER_MAX);
	auto_buf delimiter = BUF_INIT(100);

	buf_lit(&delimiter, "--");
	put_boundary(&delimiter, d);
	while (rest.n > 0) {
		size_t n = str_find(rest, STR("\r\n"));
		struct str line = str_first(rest, n);

		if (n == 0)
			return;
		rest = str_from(rest, n + 2);
		if (!str_starts(line, buf_get(&delimiter)))
			put_original_line(out, line);
	}
}

static void
put_returned_header(struct buf *out, const struct dsn *d)
{
	auto_buf header = BUF_INIT(2 * DSN_HEADER_MAX);

	put_original_header(&header, d);
	if (header.n == 0)
		return;	/* the third part may be missing: RFC 6522 3 */
	put_part(out, d, d->item->smtputf8 && !str_is_ascii(buf_get(&header)) ?
	    "message/global-headers" : "text/rfc822-headers", &header);
}

static void
put_parts(struct buf *out, const struct dsn *d)
{
	auto_buf text = BUF_INIT(DSN_MAX), fields = BUF_INIT(DSN_MAX);

	dsn_text(&text, d);
	put_part(out, d, "text/plain; charset=utf-8", &text);
	dsn_fields(&fields, d);
	put_part(out, d, str_is_ascii(buf_get(&fields)) ?
	    "message/delivery-status" : "message/global-delivery-status",
	    &fields);
	if (dsn_whole(d))
		put_part_header(out, d, d->item->smtputf8 ? "message/global" :
		    "message/rfc822", d->item->body_8bit ? "8bit" : "7bit");
	else
		put_returned_header(out, d);
}

void
dsn_begin(struct buf *out, const struct dsn *d)
{
	auto_buf parts = BUF_INIT(DSN_MAX);

	put_parts(&parts, d);
	put_header(out, d, is_8bit(d, &parts));
	buf_str(out, buf_get(&parts));
}

void
dsn_end(struct buf *out, const struct dsn *d)
{
	put_delimiter(out, d);
	buf_lit(out, "--\r\n");
}
