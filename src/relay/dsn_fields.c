/*
 * dsn_fields.c - a report for programs: message/delivery-status.
 *                                     RFC 3464 2, RFC 3461 6.3, RFC 6533 4.1
 */
#include "base/timetext.h"
#include "relay/dsn_int.h"

enum {
	LINE_ROOM = 975,	/* of a value that is not folded: 998 in all */
};

/* hexchar = "+" 2HEXDIG; what is none stands for itself.      RFC 3461 4 */
static void
put_xtext_decoded(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		int high = -1, low = -1;

		if (s.p[i] == '+' && s.n - i > 2) {
			high = ascii_hex(s.p[i + 1]);
			low = ascii_hex(s.p[i + 2]);
		}
		if (high < 0 || low < 0) {
			buf_chr(out, s.p[i]);
			continue;
		}
		buf_chr(out, (char)(high << 4 | low));
		i += 2;
	}
}

static void
put_utf8(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		buf_chr(out, (char)c);
		return;
	}
	if (c < 0x800) {
		buf_chr(out, (char)(0xc0 | c >> 6));
	} else {
		if (c < 0x10000) {
			buf_chr(out, (char)(0xe0 | c >> 12));
		} else {
			buf_chr(out, (char)(0xf0 | c >> 18));
			buf_chr(out, (char)(0x80 | (c >> 12 & 0x3f)));
		}
		buf_chr(out, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	buf_chr(out, (char)(0x80 | (c & 0x3f)));
}

/* EmbeddedUnicodeChar = "\x{" 2*6HEXDIG "}". Its octets, else 0; a code that
 * is no character is found by who looks at the UTF-8.      RFC 6533 3 */
static size_t
take_embedded(struct str s, uint32_t *c)
{
	size_t end = str_chr(str_first(s, 10), '}');
	uint32_t v = 0;

	if (!str_starts(s, STR("\\x{")) || end >= 10 || end == s.n || end < 5)
		return 0;
	for (size_t i = 3; i < end; i++) {
		int digit = ascii_hex(s.p[i]);

		if (digit < 0)
			return 0;
		v = v << 4 | (uint32_t)digit;
	}
	*c = v;
	return v <= 0x10ffff ? end + 1 : 0;
}

static void
put_unitext_decoded(struct buf *out, struct str s)
{
	while (s.n > 0) {
		uint32_t c;
		size_t n = take_embedded(s, &c);

		if (n > 0)
			put_utf8(out, c);
		else
			buf_chr(out, s.p[n++]);
		s = str_from(s, n);
	}
}

/* utf-8-addr-xtext of UTF-8: for where only 7 bits pass. */
static void
put_unitext(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n;) {
		unsigned char c = (unsigned char)s.p[i++];
		uint32_t v = c < 0xe0 ? c & 0x1fU : c < 0xf0 ? c & 0x0fU
							      : c & 0x07U;

		if (c < 0x80 && c > ' ' && !strchr("\\+=", c)) {
			buf_chr(out, (char)c);
			continue;
		}
		if (c < 0x80)
			v = c;
		else
			for (; i < s.n && (s.p[i] & 0xc0) == 0x80; i++)
				v = v << 6 | ((unsigned char)s.p[i] & 0x3fU);
		buf_printf(out, "\\x{%02X}", v);
	}
}

/* atom of RFC 3464 2.1.2: the type ahead of the ";". */
static bool
is_type(char c)
{
	return ascii_is_alnum(c) || c == '-';
}

static bool
all(struct str s, bool (*is)(char c))
{
	struct rd r = rd_of(s);

	(void)rd_some(&r, is);
	return rd_done(&r);
}

bool
dsn_orcpt(struct buf *out, struct str orcpt, bool utf8, struct str *type)
{
	auto_buf plain = BUF_INIT(LINE_ROOM);
	struct str value;

	if (!str_cut(orcpt, ';', type, &value) || type->n > 40 ||
	    !all(*type, is_type) || value.n == 0)
		return false;
	if (!str_eqi(*type, STR("utf-8"))) {
		put_xtext_decoded(out, value);
		return true;
	}
	put_unitext_decoded(&plain, value);
	/* Of its type only by name: copied as it is. */
	if (buf_failed(&plain) || !str_is_utf8(buf_get(&plain)))
		buf_str(out, value);
	else if (utf8)
		buf_str(out, buf_get(&plain));
	else
		put_unitext(out, buf_get(&plain));
	return true;
}

static void
put_field(struct buf *out, const char *name, struct str value, bool ascii)
{
	buf_printf(out, "%s: ", name);
	dsn_put_safe(out, value, ascii);
	buf_lit(out, "\r\n");
}

static void
put_date(struct buf *out, const char *name, int64_t at)
{
	buf_printf(out, "%s: ", name);
	time_rfc5322(out, at);
	buf_lit(out, "\r\n");
}

static void
put_original(struct buf *out, const struct dsn *d, const struct queue_rcpt *r)
{
	bool utf8 = dsn_is_utf8(d);
	auto_buf was = BUF_INIT(LINE_ROOM), b = BUF_INIT(LINE_ROOM);
	struct str type;

	if (!dsn_orcpt(&was, r->orcpt, utf8, &type))
		return;
	buf_str(&b, type);
	buf_lit(&b, "; ");
	buf_str(&b, buf_get(&was));
	if (!buf_failed(&was) && !buf_failed(&b))
		put_field(out, "Original-Recipient", buf_get(&b), !utf8);
}

static void
put_final(struct buf *out, const struct dsn *d, const struct queue_rcpt *r)
{
	auto_buf b = BUF_INIT(LINE_ROOM);
	bool utf8 = dsn_is_utf8(d), ascii = str_is_ascii(r->address);

	if (!ascii && !utf8 && str_is_utf8(r->address))
		put_unitext(&b, r->address);
	if (b.n == 0 || buf_failed(&b)) {
		buf_reset(&b);
		buf_str(&b, r->address);
	}
	buf_printf(out, "Final-Recipient: %s; ", ascii ? "rfc822" : "utf-8");
	dsn_put_safe(out, buf_get(&b), !utf8);
	buf_lit(out, "\r\n");
}

/* What a server said is "smtp; 550 5.1.1 ..."; what we say of our own is no
 * code of SMTP.                                RFC 3461 6.3 (i) and 9.2 */
static void
put_diagnostic(struct buf *out, const struct dsn *d,
    const struct queue_rcpt *r)
{
	auto_buf b = BUF_INIT(2000);
	static const struct str name = { "Diagnostic-Code: ", 17 };

	if (r->code == 0 && r->text.n == 0)
		return;
	if (r->code > 0)
		buf_printf(&b, "smtp; %03u ", r->code);
	else
		buf_lit(&b, "x-postern; ");
	if (r->status.n > 0)	/* what was not said is not told */
		buf_printf(&b, "%.*s ", STR_FMT(r->status));
	buf_str(&b, r->text);
	buf_str(out, name);
	dsn_put_wrapped(out, buf_get(&b),
	    (struct dsn_wrap){ STR(" "), name.n, !dsn_is_utf8(d) });
	buf_lit(out, "\r\n");
}

static void
put_rcpt(struct buf *out, const struct dsn *d, const struct queue_rcpt *r)
{
	const struct dsn_outcome *o = dsn_outcome(r);

	buf_lit(out, "\r\n");
	put_original(out, d, r);
	put_final(out, d, r);
	put_field(out, "Action", str_c(o->action), true);
	put_field(out, "Status", dsn_status(r), true);
	if (r->host.n > 0) {
		buf_lit(out, "Remote-MTA: dns; ");
		dsn_put_safe(out, str_first(r->host, 255), true);
		buf_lit(out, "\r\n");
	}
	put_diagnostic(out, d, r);
	if (r->last > 0)
		put_date(out, "Last-Attempt-Date", r->last);
	if (o->class == '4')
		put_date(out, "Will-Retry-Until", d->item->expires);
}

/* What MAIL said of when it may leave.                   RFC 4865 5.1.2 (2) */
static void
put_hold(struct buf *out, const struct queue_item *item)
{
	if (item->hold_for == 0 && item->hold_until == 0)
		return;
	buf_lit(out, "Future-Release-Request: ");
	if (item->hold_for > 0) {
		buf_printf(out, "for;%u", item->hold_for);
	} else {
		buf_lit(out, "until;");
		time_rfc3339(out, item->hold_until);
	}
	buf_lit(out, "\r\n");
}

void
dsn_fields(struct buf *out, const struct dsn *d)
{
	auto_buf envid = BUF_INIT(LINE_ROOM);

	buf_lit(out, "Reporting-MTA: dns; ");
	buf_str(out, d->hostname);
	buf_lit(out, "\r\n");
	put_xtext_decoded(&envid, str_first(d->item->envid, 100));
	if (envid.n > 0)
		put_field(out, "Original-Envelope-Id", buf_get(&envid),
		    true);
	put_date(out, "Arrival-Date", d->item->queued);
	if (d->item->by_mode)	/* RFC 2852 5 */
		put_date(out, "Deliver-By-Date", d->item->deliver_by);
	put_hold(out, d->item);
	for (size_t i = 0; i < d->nrcpts; i++)
		put_rcpt(out, d, &d->rcpts[i]);
}
