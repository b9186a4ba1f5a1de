#include "smtp/path.h"

#include <arpa/inet.h>

#include "dns/name.h"

/* UTF8-non-ascii, an octet of it                           RFC 6531 3.3 */
static bool
is_utf8(char c)
{
	return (unsigned char)c > 127;
}

/* atext                                                      RFC 5322 3.2.3 */
static bool
is_atext(char c)
{
	return is_utf8(c) || ascii_is_alnum(c) ||
	    (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool
is_ldh(char c)
{
	return ascii_is_alnum(c) || c == '-';
}

/* sub-domain =/ U-label                                    RFC 6531 3.3
 * and "_", which the names of some machines that send mail have. */
static bool
is_label(char c)
{
	return is_utf8(c) || is_ldh(c) || c == '_';
}

/* %d32-126 / UTF8-non-ascii: what may stand in a quoted string, plain or (but
 * for the latter, which harms nobody there) behind "\". */
static bool
is_quotable(char c)
{
	return is_utf8(c) || (c >= 32 && c <= 126);
}

/* dcontent = %d33-90 / %d94-126 */
static bool
is_dcontent(char c)
{
	return (c >= 33 && c <= 90) || (c >= 94 && c <= 126);
}

static bool
is_atext_or_dot(char c)
{
	return c == '.' || is_atext(c);
}

/* Dot-string = Atom *("." Atom) */
static bool
dot_string(struct rd *r, struct str *out)
{
	const char *start = r->p;

	do
		(void)rd_some(r, is_atext);
	while (rd_ok(r) && rd_opt(r, '.'));
	*out = str_make(start, (size_t)(r->p - start));
	return rd_ok(r);
}

/* A Dot-string, or what real senders have instead: dots at its ends, or two in
 * a row. It is quoted where we say it on.                    4.1.2 */
static bool
dotted_string(struct rd *r, struct str *out)
{
	*out = rd_some(r, is_atext_or_dot);
	return rd_ok(r);
}

/* Quoted-string = DQUOTE *QcontentSMTP DQUOTE; *out without the quoting. */
static bool
quoted_string(struct rd *r, struct arena *a, struct str *out)
{
	char *p = arena_alloc(a, rd_left(r));
	size_t n = 0;

	if (!rd_need(r, '"'))
		return false;
	while (rd_ok(r) && !rd_opt(r, '"')) {
		(void)rd_opt(r, '\\');
		p[n] = (char)rd_next(r);
		if (!is_quotable(p[n++]))
			rd_fail(r);
	}
	*out = str_make(p, n);
	return rd_ok(r);
}

/* sub-domain *("." sub-domain); sub-domain = Let-dig [Ldh-str]. The dot of the
 * root at its end is none of ours. */
static bool
domain(struct rd *r, struct str *out)
{
	const char *start = r->p;
	size_t n = 0;

	do {
		struct str label = rd_while(r, is_label);

		if (label.n == 0 && n > 0)
			break;
		if (label.n == 0 || label.p[0] == '-' ||
		    label.p[label.n - 1] == '-')
			return false;
		n = (size_t)(r->p - start);
	} while (rd_opt(r, '.'));
	*out = str_make(start, n);
	return true;
}

/* Snum 3("." Snum); Snum = 1*3DIGIT, 0 through 255 */
static bool
is_ipv4(struct str s)
{
	struct rd r = rd_of(s);

	for (int i = 0; i < 4; i++) {
		struct str d;
		uint32_t v = 256;

		if (i > 0)
			(void)rd_need(&r, '.');
		d = rd_some(&r, ascii_is_digit);
		if (d.n > 3 || !str_u32(d, &v) || v > 255)
			return false;
	}
	return rd_done(&r);
}

static bool
is_ipv6(struct str s)
{
	struct in6_addr addr;
	char text[INET6_ADDRSTRLEN];

	if (s.n >= sizeof(text) || memchr(s.p, 0, s.n))
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = 0;
	return inet_pton(AF_INET6, text, &addr) == 1;
}

/* Standardized-tag ":" 1*dcontent, where the tag is not one we know. */
static bool
is_general_literal(struct str s)
{
	struct rd r = rd_of(s);
	struct str tag = rd_some(&r, is_ldh);

	if (!rd_need(&r, ':') || tag.p[tag.n - 1] == '-')
		return false;
	(void)rd_some(&r, is_dcontent);
	return rd_done(&r);
}

bool
smtp_is_literal(struct str s)
{
	if (s.n < 2 || s.p[0] != '[' || s.p[s.n - 1] != ']')
		return false;
	s = str_make(s.p + 1, s.n - 2);
	if (str_startsi(s, STR("IPv6:")))
		return is_ipv6(str_from(s, 5));
	return is_ipv4(s) || is_general_literal(s);
}

bool
smtp_is_domain(struct str s)
{
	struct rd r = rd_of(s);
	struct str out;

	return s.n <= SMTP_DOMAIN_MAX && str_is_ascii(s) &&
	    str_chr(s, '_') == s.n && domain(&r, &out) && rd_done(&r) &&
	    out.n == s.n;
}

static bool
address_literal(struct rd *r, struct str *out)
{
	struct str rest = rd_rest(r);

	*out = rd_take(r, str_chr(rest, ']') + 1);
	return rd_ok(r) && smtp_is_literal(*out);
}

/* A-d-l ":" with A-d-l = At-domain *("," At-domain) */
static bool
source_route(struct rd *r)
{
	struct str dropped;

	do {
		if (!rd_need(r, '@') || !domain(r, &dropped))
			return false;
	} while (rd_opt(r, ','));
	return rd_need(r, ':');
}

/* The least quoting that is right: none for a Dot-string. */
static struct str
local_text(struct arena *a, struct str local)
{
	struct rd r = rd_of(local);
	struct str same;
	char *p;
	size_t n = 0;

	if (local.n > 0 && dot_string(&r, &same) && rd_done(&r))
		return local;
	p = arena_alloc(a, 2 * local.n + 2);
	p[n++] = '"';
	for (size_t i = 0; i < local.n; i++) {
		if (local.p[i] == '"' || local.p[i] == '\\')
			p[n++] = '\\';
		p[n++] = local.p[i];
	}
	p[n++] = '"';
	return str_make(p, n);
}

static bool
local_part(struct rd *r, struct arena *a, struct str *out)
{
	return rd_peek(r) == '"' ? quoted_string(r, a, out)
				 : dotted_string(r, out);
}

/* Mailbox = Local-part "@" ( Domain / address-literal ), or only the word
 * postmaster, which needs no domain (4.5.1). */
static bool
mailbox(struct rd *r, struct arena *a, struct path *out)
{
	struct str local;

	*out = (struct path){ 0 };
	if (!local_part(r, a, &out->local))
		return false;
	local = local_text(a, out->local);
	if (rd_peek(r) != '@') {
		out->text = local;
		return str_eqi(local, STR("postmaster"));
	}
	(void)rd_next(r);
	if (!(rd_peek(r) == '[' ? address_literal(r, &out->domain)
				: domain(r, &out->domain)) ||
	    !dns_a_label(out->domain, a, &out->domain))
		return false;
	out->text = arena_printf(a, "%.*s@%.*s", STR_FMT(local),
	    STR_FMT(out->domain));
	return true;
}

bool
smtp_is_text(struct str s)
{
	for (size_t i = 0; i + 1 < s.n; i++)
		if ((unsigned char)s.p[i] == 0xc2 &&
		    (unsigned char)s.p[i + 1] < 0xa0)
			return false;
	return str_is_utf8(s);
}

static bool
too_long(const struct path *p)
{
	return p->text.n > SMTP_PATH_MAX - 2 || p->domain.n > SMTP_DOMAIN_MAX;
}

/* A-labels are longer than what was typed. */
bool
smtp_mailbox(struct str s, struct arena *a, struct path *out)
{
	struct rd r = rd_of(s);

	return s.n <= SMTP_PATH_MAX - 2 && smtp_is_text(s) &&
	    mailbox(&r, a, out) && rd_done(&r) && out->domain.n > 0 &&
	    !too_long(out);
}

enum smtp_syntax
smtp_path(struct rd *r, struct arena *a, struct path *out)
{
	struct path p = { 0 };
	bool bare = rd_peek(r) != '<';	/* as people type it */

	if (!bare) {
		(void)rd_next(r);
		(void)rd_while(r, ascii_is_wsp);
	}
	if (!bare && rd_opt(r, '>')) {
		*out = p;
		return SYNTAX_OK;
	}
	if (rd_peek(r) == '@' && !source_route(r))
		return SYNTAX_ADDRESS;
	if (!mailbox(r, a, &p))
		return SYNTAX_ADDRESS;
	if (!bare) {
		(void)rd_while(r, ascii_is_wsp);
		if (!rd_need(r, '>'))
			return SYNTAX_ADDRESS;
	}
	if (too_long(&p))
		return SYNTAX_TOO_LONG;
	*out = p;
	return SYNTAX_OK;
}
