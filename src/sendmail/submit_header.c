#include "sendmail/submit_header.h"

#include "base/b64.h"
#include "base/timetext.h"
#include "mime/address.h"
#include "mime/field_put.h"
#include "mime/header.h"
#include "trust/results.h"
#include "smtp/path.h"

enum { WORD_OCTETS = 42 };	/* 56 in base64: under 75, RFC 2047 2 */

/* ---- addresses ----------------------------------------------------------- */

static bool
is_atext(char c)
{
	return ascii_is_alnum(c) || (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

/* local@domain in the form that SMTP takes. */
static int
make_path(struct submit_header *h, struct str local, struct str host,
    struct str *out, struct err *err)
{
	auto_buf b = BUF_INIT(4096);
	struct path path;

	field_addr_spec(&b, local, host.n > 0 ? host : h->domain);
	if (buf_failed(&b) || !smtp_mailbox(buf_get(&b), h->memory, &path))
		return err_set(err, E_INVALID, "\"%.*s\" is no address",
		    STR_FMT(str_first(buf_get(&b), 100)));
	*out = str_dup(h->memory, path.text);
	return 0;
}

static bool
is_there(const struct submit_header *h, struct str address)
{
	for (size_t i = 0; i < h->rcpts.n; i++)
		if (str_eq(h->rcpts.v[i], address))
			return true;
	return false;
}

static int
too_many(struct err *err)
{
	return err_set(err, E_LIMIT, "more than %d recipients",
	    SUBMIT_HEADER_RCPTS_MAX);
}

static int
add_to(struct submit_header *h, struct submit_header_rcpts *to, struct str s,
    struct err *err)
{
	if (!to->v)
		to->v = arena_array(h->memory, SUBMIT_HEADER_RCPTS_MAX,
		    sizeof(*to->v));
	if (to->n == SUBMIT_HEADER_RCPTS_MAX)
		return too_many(err);
	to->v[to->n++] = s;
	return 0;
}

static struct str
as_written(struct submit_header *h, const struct address *x)
{
	return arena_printf(h->memory, "%.*s%s%.*s",
	    STR_FMT(str_first(x->mailbox, 100)), x->host.n > 0 ? "@" : "",
	    STR_FMT(str_first(x->host, 100)));
}

int
submit_header_add_rcpts(struct submit_header *h, struct str list,
    struct err *err)
{
	struct address_list found = address_parse(h->memory, list,
	    2 * SUBMIT_HEADER_RCPTS_MAX);
	struct str address;
	int rc = 0;

	for (size_t i = 0; i < found.n; i++) {
		const struct address *x = &found.v[i];

		if (x->kind != ADDRESS_MAILBOX)
			continue;
		if (make_path(h, x->mailbox, x->host, &address, NULL) < 0)
			rc = add_to(h, &h->bad, as_written(h, x), err);
		else if (!is_there(h, address))
			rc = add_to(h, &h->rcpts, address, err);
		if (rc < 0)
			return rc;
	}
	return found.truncated ? too_many(err) : 0;
}

int
submit_header_address(struct submit_header *h, struct str text,
    struct str *address, struct err *err)
{
	struct address_list found;

	text = str_trim(text);
	*address = STR_NULL;
	if (text.n == 0 || str_eq(text, STR("<>")))
		return 0;
	found = address_parse(h->memory, text, 2);
	if (found.n != 1 || found.v[0].kind != ADDRESS_MAILBOX)
		return err_set(err, E_INVALID, "\"%.*s\" is not one address",
		    STR_FMT(str_first(text, 100)));
	return make_path(h, found.v[0].mailbox, found.v[0].host, address,
	    err);
}

/* ---- text in fields ------------------------------------------------------ */

/* Characters are not cut. */
static size_t
word_end(struct str s)
{
	size_t n = s.n < WORD_OCTETS ? s.n : WORD_OCTETS;

	while (n < s.n && n > 1 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--;
	return n;
}

static void
put_words(struct buf *b, struct str s)
{
	const char *charset = str_is_utf8(s) ? "utf-8" : "iso-8859-1";
	bool first = true;

	while (s.n > 0) {
		size_t n = word_end(s);

		buf_printf(b, "%s=?%s?b?", first ? "" : "\r\n ", charset);
		b64_put(b, str_first(s, n));
		buf_lit(b, "?=");
		s = str_from(s, n);
		first = false;
	}
}

/* Printable, and not to be taken for an encoded word. */
static bool
is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] == 0x7f)
			return false;
	return str_find(s, STR("=?")) == s.n;
}

void
submit_header_put_text(struct buf *b, struct str text)
{
	/* 998 of a line, with a long name before it. RFC 5322 2.1.1 */
	if (is_plain(text) && text.n < 900)
		buf_str(b, text);
	else
		put_words(b, text);
}

void
submit_header_put_phrase(struct buf *b, struct str name)
{
	bool atoms = true;

	for (size_t i = 0; i < name.n; i++)
		atoms = atoms && (is_atext(name.p[i]) || name.p[i] == ' ');
	if (!is_plain(name) || name.n > 200)
		put_words(b, name);
	else if (atoms)
		buf_str(b, name);
	else
		buf_quoted(b, name);
}

/* ---- the header ---------------------------------------------------------- */

enum { HAS_FROM = 1, HAS_DATE = 2, HAS_ID = 4 };
enum rcpt_role { NO_RCPT, RCPTS, RESENT_RCPTS };

static const struct known_field {
	const char *name;
	int has;
	enum rcpt_role rcpts;
	bool drop;	/* blind copies are nobody's business: 3.6.3 */
} known[] = {
	{ "From", HAS_FROM, NO_RCPT, false },
	{ "Date", HAS_DATE, NO_RCPT, false },
	{ "Message-ID", HAS_ID, NO_RCPT, false },
	{ "To", 0, RCPTS, false },
	{ "Cc", 0, RCPTS, false },
	{ "Bcc", 0, RCPTS, true },
	{ "Resent-To", 0, RESENT_RCPTS, false },
	{ "Resent-Cc", 0, RESENT_RCPTS, false },
	{ "Resent-Bcc", 0, RESENT_RCPTS, true },
	/* Only the last server writes it: RFC 5321 4.4. */
	{ "Return-Path", 0, NO_RCPT, true },
};

/* One that claims to be a result of ours is not.                RFC 8601 5 */
static bool
is_forged(const struct submit_header *h, const struct header_field *f)
{
	return str_eqi(f->name, STR("Authentication-Results")) &&
	    results_claim(f->value, h->hostname);
}

static const struct known_field *
find_known(struct str name)
{
	static const struct known_field other = { "", 0, NO_RCPT, false };

	for (size_t i = 0; i < NELEM(known); i++)
		if (str_eqi(name, str_c(known[i].name)))
			return &known[i];
	return &other;
}

/* A message sent on has its recipients in Resent- fields: 3.6.6. */
static enum rcpt_role
which_rcpts(struct str in)
{
	struct header_field f;

	while (header_next(&in, &f))
		if (find_known(f.name)->rcpts == RESENT_RCPTS)
			return RESENT_RCPTS;
	return RCPTS;
}

void
submit_header_put_received(const struct submit_header *h, struct buf *out)
{
	buf_printf(out, "Received: by %.*s (Postern) with LOCAL (uid %u)\r\n"
	    "\tid %.*s;\r\n\t", STR_FMT(h->hostname), h->uid, STR_FMT(h->id));
	time_rfc5322(out, h->now);
	buf_lit(out, "\r\n");
}

static void
put_missing(const struct submit_header *h, int has, struct buf *out)
{
	if (!(has & HAS_FROM)) {
		buf_lit(out, "From: ");
		if (h->name.n > 0) {
			submit_header_put_phrase(out, h->name);
			buf_lit(out, " <");
		}
		if (field_is_dot_atom(h->login))
			buf_str(out, h->login);
		else
			buf_quoted(out, h->login);
		buf_printf(out, "@%.*s%s\r\n", STR_FMT(h->domain),
		    h->name.n > 0 ? ">" : "");
	}
	if (!(has & HAS_DATE)) {
		buf_lit(out, "Date: ");
		time_rfc5322(out, h->now);
		buf_lit(out, "\r\n");
	}
	if (!(has & HAS_ID))
		buf_printf(out, "Message-ID: <%.*s@%.*s>\r\n", STR_FMT(h->id),
		    STR_FMT(h->domain));
}

int
submit_header_write(struct submit_header *h, struct str in, struct buf *out,
    struct err *err)
{
	enum rcpt_role rcpts = which_rcpts(in);
	struct header_field f;
	int has = 0;

	submit_header_put_received(h, out);
	while (header_next(&in, &f)) {
		const struct known_field *k = find_known(f.name);

		has |= k->has;
		if (h->to_header && k->rcpts == rcpts &&
		    submit_header_add_rcpts(h, f.value, err) < 0)
			return err->code;
		if (k->drop || is_forged(h, &f))
			continue;
		buf_str(out, f.whole);
		if (!str_endsi(f.whole, STR("\r\n")))
			buf_lit(out, "\r\n");
	}
	put_missing(h, has, out);
	buf_lit(out, "\r\n");
	return buf_failed(out) ? err_set(err, E_LIMIT, "the header is too "
	    "long") : 0;
}
