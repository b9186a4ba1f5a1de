#include "smtp/xclient.h"

#include "base/ip.h"
#include "base/rd.h"
#include "smtp/grammar.h"

enum { OF_XCLIENT = 1, OF_XFORWARD = 2, OFFERED = 4 };

static bool
is_printable(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < ' ' || text.p[i] > '~')
			return false;
	return text.n > 0;
}

/* A name, or the answer of DNS that there is none, or was none. */
static bool
take_name(struct str *text, struct arena *a unused_arg)
{
	if (str_eqi(*text, STR("[TEMPUNAVAIL]")))
		*text = STR_NULL;
	return true;
}

/* IPv4 as it is, IPv6 behind "IPV6:". */
static bool
take_address(struct str *text, struct arena *a)
{
	struct str rest = *text;
	bool v6 = str_startsi(rest, STR("IPV6:"));
	auto_buf b = BUF_INIT(64);
	struct ip ip;

	if (v6)
		rest = str_from(rest, 5);
	if ((str_chr(rest, ':') < rest.n) != v6 || !ip_parse(rest, &ip))
		return false;
	ip_put(&b, &ip);
	*text = str_dup(a, buf_get(&b));
	return true;
}

static bool
take_port(struct str *text, struct arena *a unused_arg)
{
	uint32_t port;

	return str_u32(*text, &port) && port <= UINT16_MAX;
}

static bool
take_protocol(struct str *text, struct arena *a unused_arg)
{
	return text->n <= XCLIENT_PROTO_MAX;
}

static bool
take_source(struct str *text, struct arena *a unused_arg)
{
	return str_eqi(*text, STR("LOCAL")) || str_eqi(*text, STR("REMOTE"));
}

/* By enum xclient_attribute. LOGIN is understood, and never offered: who has
 * logged in, only a password says. */
static const struct attribute {
	const char *name;
	unsigned of;
	/* Is that one (in place)? NULL: any text. */
	bool (*take)(struct str *text, struct arena *a);
} attributes[XCLIENT_ATTRIBUTES] = {
	[XCLIENT_NAME] = { "NAME", OF_XCLIENT | OF_XFORWARD | OFFERED,
	    take_name },
	[XCLIENT_ADDR] = { "ADDR", OF_XCLIENT | OF_XFORWARD | OFFERED,
	    take_address },
	[XCLIENT_PORT] = { "PORT", OF_XCLIENT | OF_XFORWARD | OFFERED,
	    take_port },
	[XCLIENT_PROTO] = { "PROTO", OF_XCLIENT | OF_XFORWARD | OFFERED,
	    take_protocol },
	[XCLIENT_HELO] = { "HELO", OF_XCLIENT | OF_XFORWARD | OFFERED, NULL },
	[XCLIENT_LOGIN] = { "LOGIN", OF_XCLIENT, NULL },
	[XCLIENT_DESTADDR] = { "DESTADDR", OF_XCLIENT | OFFERED,
	    take_address },
	[XCLIENT_DESTPORT] = { "DESTPORT", OF_XCLIENT | OFFERED, take_port },
	[XCLIENT_IDENT] = { "IDENT", OF_XFORWARD | OFFERED, NULL },
	[XCLIENT_SOURCE] = { "SOURCE", OF_XFORWARD | OFFERED, take_source },
};

/* attribute-value = xtext, or one of the words for "not known". */
static bool
take_value(const struct attribute *of, struct str xtext, struct arena *a,
    struct str *out)
{
	struct str text;

	if (!smtp_xtext(xtext, a, &text) || text.n > XCLIENT_VALUE_MAX ||
	    !is_printable(text))
		return false;
	*out = STR_NULL;
	if (str_eqi(text, STR("[UNAVAILABLE]")))
		return true;
	if (of->take && !of->take(&text, a))
		return false;
	*out = text;
	return true;
}

static bool
is_name(char c)
{
	return ascii_is_alpha(c);
}

static bool
is_not_blank(char c)
{
	return c != ' ' && c != '\t';
}

static bool
is_blank(char c)
{
	return !is_not_blank(c);
}

static bool
take_attribute(struct rd *r, unsigned command, struct arena *a,
    struct xclient *x)
{
	struct str name = rd_some(r, is_name), value;

	(void)rd_need(r, '=');
	value = rd_some(r, is_not_blank);
	(void)rd_while(r, is_blank);
	for (unsigned i = 0; i < XCLIENT_ATTRIBUTES && rd_ok(r); i++) {
		const struct attribute *of = &attributes[i];

		if (!(of->of & command) || !str_eqi(name, str_c(of->name)))
			continue;
		if (xclient_says(x, i) || !take_value(of, value, a,
		    &x->value[i]))
			return false;
		x->said |= 1U << i;
		return true;
	}
	return false;
}

static bool
take_all(struct str args, unsigned command, struct arena *a,
    struct xclient *out)
{
	struct rd r = rd_of(args);
	struct xclient x = { 0 };

	do {
		if (!take_attribute(&r, command, a, &x))
			return false;
	} while (!rd_done(&r));
	*out = x;
	return true;
}

bool
smtp_parse_xclient(struct str args, struct arena *a, struct xclient *out)
{
	return take_all(args, OF_XCLIENT, a, out);
}

bool
smtp_parse_xforward(struct str args, struct arena *a, struct xclient *out)
{
	return take_all(args, OF_XFORWARD, a, out);
}

void
xclient_add(struct xclient *x, const struct xclient *more)
{
	for (unsigned i = 0; i < XCLIENT_ATTRIBUTES; i++)
		if (xclient_says(more, i))
			x->value[i] = more->value[i];
	x->said |= more->said;
}

static void
put_names(struct buf *b, unsigned command)
{
	for (unsigned i = 0; i < XCLIENT_ATTRIBUTES; i++)
		if (attributes[i].of & command && attributes[i].of & OFFERED)
			buf_printf(b, " %s", attributes[i].name);
}

void
smtp_put_xclient_names(struct buf *b)
{
	put_names(b, OF_XCLIENT);
}

void
smtp_put_xforward_names(struct buf *b)
{
	put_names(b, OF_XFORWARD);
}

void
smtp_put_xclient_words(struct buf *b, const struct xclient *x)
{
	for (unsigned i = 0; i < XCLIENT_ATTRIBUTES; i++) {
		struct str value = x->value[i];

		if (value.n == 0)
			continue;
		buf_lit(b, " ");
		for (const char *c = attributes[i].name; *c; c++)
			buf_chr(b, ascii_lower(*c));
		buf_lit(b, "=");
		for (size_t k = 0; k < value.n; k++)
			buf_chr(b, value.p[k] == ' ' ? '_' : value.p[k]);
	}
}
