#include "smtp/grammar.h"

#include <stdio.h>

#include "base/timetext.h"
#include "dns/name.h"
#include "mime/solicitation.h"

bool
smtp_command(struct str line, struct smtp_command *out)
{
	struct rd r = rd_of(line);
	struct str verb = rd_some(&r, ascii_is_alpha);

	if (!rd_ok(&r) || (rd_left(&r) > 0 && rd_peek(&r) != ' ' &&
		rd_peek(&r) != '\t'))
		return false;
	out->verb = verb;
	out->args = str_trim(rd_rest(&r));
	return true;
}

bool
smtp_xtext(struct str s, struct arena *a, struct str *out)
{
	struct rd r = rd_of(s);
	char *p = arena_alloc(a, s.n);
	size_t n = 0;

	while (rd_left(&r) > 0) {
		int c = rd_next(&r), high, low;

		if (c < 33 || c > 126 || c == '=')
			return false;
		if (c == '+') {
			high = ascii_hex((char)rd_next(&r));
			low = ascii_hex((char)rd_next(&r));
			if (high < 0 || low < 0)
				return false;
			c = high << 4 | low;
		}
		p[n++] = (char)c;
	}
	*out = str_make(p, n);
	return rd_ok(&r);
}

/* What both parameters with a text of the sender's may hold: "printable
 * (graphic and white space) characters".              RFC 3461 4.2 and 4.4 */
static bool
is_printable_xtext(struct str s, struct arena *a)
{
	struct str text;

	if (!smtp_xtext(s, a, &text))
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != '\t' && (text.p[i] < 32 || text.p[i] > 126))
			return false;
	return true;
}

/* SIZE=1*20DIGIT, which may be more than 64 bits hold.       RFC 1870 4 */
static bool
param_size(void *out, struct str value, struct arena *a unused_arg)
{
	struct mail_args *m = out;
	struct rd r = rd_of(value);

	(void)rd_some(&r, ascii_is_digit);
	if (m->has_size || value.n > 20 || !rd_done(&r))
		return false;
	if (!str_u64(value, &m->size_octets))
		m->size_octets = UINT64_MAX;
	m->has_size = true;
	return true;
}

/* BODY=7BIT / BODY=8BITMIME / BODY=BINARYMIME    RFC 6152 2, RFC 3030 3 */
static bool
param_body(void *out, struct str value, struct arena *a unused_arg)
{
	static const char *const names[] = { [BODY_7BIT] = "7BIT",
		[BODY_8BITMIME] = "8BITMIME",
		[BODY_BINARYMIME] = "BINARYMIME" };
	struct mail_args *m = out;

	if (m->has_body)
		return false;
	for (size_t i = 0; i < NELEM(names) && !m->has_body; i++) {
		m->body = (enum smtp_body)i;
		m->has_body = str_eqi(value, str_c(names[i]));
	}
	return m->has_body;
}

/* AUTH=xtext, which decodes to a mailbox or <>               RFC 4954 5 */
static bool
param_auth(void *out, struct str value, struct arena *a)
{
	struct mail_args *m = out;
	struct path who = { 0 };
	struct str text;

	if (m->has_auth || value.n > 500 || !smtp_xtext(value, a, &text))
		return false;
	if (!str_eq(text, STR("<>")) && !smtp_mailbox(text, a, &who))
		return false;
	m->has_auth = true;
	m->auth = who.text;
	return true;
}

/* SMTPUTF8, without a value                                  RFC 6531 3.1 */
static bool
param_smtputf8(void *out, struct str value, struct arena *a unused_arg)
{
	struct mail_args *m = out;

	if (m->envelope.smtputf8 || value.n > 0)
		return false;
	m->envelope.smtputf8 = true;
	return true;
}

/* RET=FULL / RET=HDRS                                        RFC 3461 4.3 */
static bool
param_ret(void *out, struct str value, struct arena *a unused_arg)
{
	struct mail_args *m = out;

	if (m->envelope.ret != RET_unsaid)
		return false;
	m->envelope.ret = str_eqi(value, STR("FULL")) ? RET_full : RET_headers;
	return m->envelope.ret == RET_full || str_eqi(value, STR("HDRS"));
}

/* ENVID=xtext                                                RFC 3461 4.4 */
static bool
param_envid(void *out, struct str value, struct arena *a)
{
	struct mail_args *m = out;

	if (m->envelope.envid.n > 0 || value.n == 0 ||
	    value.n > SMTP_MAIL_MAX_envid || !is_printable_xtext(value, a))
		return false;
	m->envelope.envid = value;
	return true;
}

/* HOLDFOR=1*9DIGIT, in seconds, and not 0: one of the two.  RFC 4865 4, 10 */
static bool
param_holdfor(void *out, struct str value, struct arena *a unused_arg)
{
	struct envelope *e = &((struct mail_args *)out)->envelope;

	return e->hold_for == 0 && e->hold_until == 0 && value.n <= 9 &&
	    str_u32(value, &e->hold_for) && e->hold_for > 0;
}

/* HOLDUNTIL=date-time, in UTC: not before it has come. */
static bool
param_holduntil(void *out, struct str value, struct arena *a unused_arg)
{
	struct envelope *e = &((struct mail_args *)out)->envelope;
	bool fraction = str_chr(value, '.') < value.n;

	if (e->hold_for > 0 || e->hold_until != 0 ||
	    !time_read_utc(value, &e->hold_until))
		return false;
	e->hold_until += fraction;
	return e->hold_until > 0;
}

/* PRDR, without a value                                  draft-hall-prdr */
static bool
param_prdr(void *out, struct str value, struct arena *a unused_arg)
{
	struct mail_args *m = out;

	if (m->prdr || value.n > 0)
		return false;
	m->prdr = true;
	return true;
}

/* REQUIRETLS, without a value                                RFC 8689 2 */
static bool
param_requiretls(void *out, struct str value, struct arena *a unused_arg)
{
	struct envelope *e = &((struct mail_args *)out)->envelope;

	if (e->require_tls != REQUIRE_TLS_unsaid || value.n > 0)
		return false;
	e->require_tls = REQUIRE_TLS_yes;
	return true;
}

/* priority-value = (["-"] NZDIGIT) / "0"                     RFC 6710 7 */
static bool
param_priority(void *out, struct str value, struct arena *a unused_arg)
{
	struct mail_args *m = out;
	struct rd r = rd_of(value);
	bool below = rd_opt(&r, '-');
	int digit = rd_next(&r);

	if (m->has_priority || !rd_done(&r) || digit > '9' ||
	    digit < (below ? '1' : '0'))
		return false;
	m->has_priority = true;
	m->envelope.priority = below ? '0' - digit : digit - '0';
	return true;
}

/* by-value = by-time ";" by-mode [by-trace]
 * by-time = ["-" / "+"] 1*9DIGIT, above 0 for mode R            RFC 2852 4 */
static bool
param_by(void *out, struct str value, struct arena *a unused_arg)
{
	struct mail_args *m = out;
	struct rd r = rd_of(value);
	bool below = rd_opt(&r, '-');
	struct str digits;
	uint32_t s, mode;

	if (!below)
		(void)rd_opt(&r, '+');
	digits = rd_some(&r, ascii_is_digit);
	if (m->envelope.by_mode || !rd_need(&r, ';') || digits.n > 9 ||
	    !str_u32(digits, &s))
		return false;
	mode = rd_opt_word(&r, STR("R")) ? BY_return :
	    rd_opt_word(&r, STR("N")) ? BY_notify : 0;
	if (rd_opt_word(&r, STR("T")))
		mode |= BY_trace;
	if (!rd_done(&r) || !(mode & (BY_return | BY_notify)) ||
	    (mode & BY_return && (below || s == 0)))
		return false;
	m->envelope.by_mode = mode;
	m->by_s = below ? -(int32_t)s : (int32_t)s;
	return true;
}

/* SOLICIT=Solicitation-keywords                              RFC 3865 2.3 */
static bool
param_solicit(void *out, struct str value, struct arena *a unused_arg)
{
	struct mail_args *m = out;

	if (m->envelope.solicit.n > 0 || value.n > SMTP_MAIL_MAX_solicit ||
	    !solicitation_is(value))
		return false;
	m->envelope.solicit = value;
	return true;
}

/* "NEVER" / 1#( "SUCCESS" / "FAILURE" / "DELAY" )            RFC 3461 4.1 */
static bool
param_notify(void *out, struct str value, struct arena *a unused_arg)
{
	static const struct {
		const char *word;
		uint32_t bit;
	} t[] = {
		{ "NEVER", NOTIFY_never },
		{ "SUCCESS", NOTIFY_success },
		{ "FAILURE", NOTIFY_failure },
		{ "DELAY", NOTIFY_delay },
	};
	struct rcpt_args *m = out;
	uint32_t notify = 0;
	bool more = true;

	while (more) {
		struct str word;
		size_t i;

		more = str_cut(value, ',', &word, &value);
		for (i = 0; i < NELEM(t); i++)
			if (str_eqi(word, str_c(t[i].word)))
				break;
		if (i == NELEM(t))
			return false;
		notify |= t[i].bit;
	}
	if (m->addressee.notify ||
	    (notify & NOTIFY_never && notify != NOTIFY_never))
		return false;
	m->addressee.notify = notify;
	return true;
}

/* addr-type = atom: those that are registered have no other characters */
static bool
is_addr_type(char c)
{
	return ascii_is_alnum(c) || c == '-';
}

/* utf-8-addr-xtext / utf-8-addr-unitext: graphic, and not "+" or "=". "\" is
 * let pass without "x{...}" behind it: who reads it looks.   RFC 6533 3 */
static bool
is_unitext(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '+' || s.p[i] == '=')
			return false;
	return s.n > 0;
}

/* ORCPT=addr-type ";" xtext                                  RFC 3461 4.2 */
static bool
param_orcpt(void *out, struct str value, struct arena *a)
{
	struct rcpt_args *m = out;
	struct rd r = rd_of(value);
	struct str type = rd_some(&r, is_addr_type), address;

	if (m->addressee.orcpt.n > 0 || value.n > SMTP_RCPT_MAX_orcpt ||
	    !rd_need(&r, ';'))
		return false;
	address = rd_rest(&r);
	if (str_eqi(type, STR("utf-8")) ? !is_unitext(address) :
	    address.n == 0 || !is_printable_xtext(address, a))
		return false;
	m->addressee.orcpt = value;
	return true;
}

/* RRVS=date-time [";" ( "C" / "R" )], without time-secfrac    RFC 7293 3.1 */
static bool
param_rrvs(void *out, struct str value, struct arena *a unused_arg)
{
	struct rcpt_args *m = out;
	struct str at, action;
	bool more = str_cut(value, ';', &at, &action);

	if (m->addressee.rrvs || str_chr(at, '.') < at.n ||
	    !time_read_rfc3339(at, &m->addressee.valid_since))
		return false;
	m->addressee.rrvs = !more ? RRVS_plain :
	    str_eqi(action, STR("R")) ? RRVS_reject :
	    str_eqi(action, STR("C")) ? RRVS_continue : RRVS_unsaid;
	return m->addressee.rrvs != RRVS_unsaid;
}

/* One row for each parameter. set() has the args to fill in; false if the
 * value is wrong, or came before. */
struct esmtp_param {
	const char *keyword;
	unsigned with;		/* the extension it is of; 0: always there */
	bool (*set)(void *out, struct str value, struct arena *a);
};
static const struct esmtp_param mail_params[] = {
	{ "SIZE", 0, param_size },
	{ "BODY", 0, param_body },
	{ "AUTH", 0, param_auth },
	{ "SMTPUTF8", WITH_UTF8, param_smtputf8 },
	{ "RET", WITH_DSN, param_ret },
	{ "ENVID", WITH_DSN, param_envid },
	{ "HOLDFOR", WITH_LATER, param_holdfor },
	{ "HOLDUNTIL", WITH_LATER, param_holduntil },
	{ "REQUIRETLS", WITH_TLS, param_requiretls },
	{ "MT-PRIORITY", WITH_PRIORITY, param_priority },
	{ "PRDR", WITH_PRDR, param_prdr },
	{ "BY", WITH_BY, param_by },
	{ "SOLICIT", WITH_SOLICIT, param_solicit },
};
static const struct esmtp_param rcpt_params[] = {
	{ "NOTIFY", WITH_DSN, param_notify },
	{ "ORCPT", WITH_DSN, param_orcpt },
	{ "RRVS", WITH_RRVS, param_rrvs },
};

static const struct esmtp_param *
find_param(const struct esmtp_param *t, size_t n, unsigned with,
    struct str keyword)
{
	for (size_t i = 0; i < n; i++)
		if (str_eqi(keyword, str_c(t[i].keyword)) &&
		    (t[i].with & with) == t[i].with)
			return &t[i];
	return NULL;
}

/* esmtp-keyword = (ALPHA / DIGIT) *(ALPHA / DIGIT / "-") */
static bool
is_keyword(char c)
{
	return ascii_is_alnum(c) || c == '-';
}

/* esmtp-value = 1*(%d33-60 / %d62-126 / UTF8-non-ascii)      RFC 6531 3.3
 * "=" is let pass here, so that the parameter itself refuses it (an xtext may
 * come unencoded). */
static bool
is_value(char c)
{
	return (unsigned char)c > 127 || (c >= 33 && c <= 126);
}

/* [SP esmtp-param] of *(SP esmtp-param); *keyword empty at the end. */
static enum smtp_syntax
next_param(struct rd *r, struct str *keyword, struct str *value)
{
	struct str gap = rd_while(r, ascii_is_wsp);

	*keyword = *value = STR_NULL;
	if (rd_done(r))
		return SYNTAX_OK;
	if (gap.n == 0)
		return SYNTAX_ADDRESS;	/* something sticks to the ">" */
	*keyword = rd_some(r, is_keyword);
	if (rd_opt(r, '='))
		*value = rd_some(r, is_value);
	if (!rd_ok(r) || keyword->p[0] == '-')
		return SYNTAX_ARGS;
	return SYNTAX_OK;
}

static enum smtp_syntax
set_param(const struct esmtp_param *p, struct str value, void *out,
    struct arena *a)
{
	if (!p)
		return SYNTAX_PARAM;
	return p->set(out, value, a) ? SYNTAX_OK : SYNTAX_VALUE;
}

/* *(SP esmtp-param), up to the end. */
static enum smtp_syntax
params(struct rd *r, const struct esmtp_param *t, size_t n, unsigned with,
    void *out, struct arena *a)
{
	struct str keyword, value;
	enum smtp_syntax why;

	while ((why = next_param(r, &keyword, &value)) == SYNTAX_OK &&
	    keyword.n > 0) {
		why = set_param(find_param(t, n, with, keyword), value, out,
		    a);
		if (why != SYNTAX_OK)
			return why;
	}
	return why;
}

enum smtp_syntax
smtp_mail_param(struct str keyword, struct str value, unsigned with,
    struct arena *a, struct mail_args *m)
{
	const struct esmtp_param *p = find_param(mail_params,
	    NELEM(mail_params), with, keyword);

	return set_param(p && p->with ? p : NULL, value, m, a);
}

/* "FROM:" or "TO:", the tolerated space on both sides of it, and the path. */
static enum smtp_syntax
clause(struct rd *r, struct str word, struct arena *a, struct path *out)
{
	if (!rd_opt_word(r, word))
		return SYNTAX_ARGS;
	(void)rd_while(r, ascii_is_wsp);
	if (!rd_opt(r, ':'))
		return SYNTAX_ARGS;
	(void)rd_while(r, ascii_is_wsp);
	return smtp_path(r, a, out);
}

enum smtp_syntax
smtp_parse_mail(struct str args, unsigned with, struct arena *a,
    struct mail_args *out)
{
	struct rd r = rd_of(args);
	struct mail_args m = { 0 };
	enum smtp_syntax why;

	if (!smtp_is_text(args))
		return SYNTAX_NOT_TEXT;
	why = clause(&r, STR("FROM"), a, &m.from);
	if (why == SYNTAX_OK && m.from.text.n > 0 && m.from.domain.n == 0)
		why = SYNTAX_ADDRESS;	/* <postmaster> is for RCPT only */
	if (why == SYNTAX_OK)
		why = params(&r, mail_params, NELEM(mail_params), with, &m, a);
	/* SMTPUTF8 comes behind the path it is about. */
	if (why == SYNTAX_OK && !m.envelope.smtputf8 &&
	    !(str_is_ascii(args) && str_is_ascii(m.auth)))
		why = SYNTAX_NOT_ASCII;
	m.envelope.reverse_path = m.from.text;
	if (why == SYNTAX_OK)
		*out = m;
	return why;
}

enum smtp_syntax
smtp_parse_rcpt(struct str args, unsigned with, struct arena *a,
    struct rcpt_args *out)
{
	struct rd r = rd_of(args);
	struct rcpt_args m = { 0 };
	enum smtp_syntax why;

	if (!smtp_is_text(args))
		return SYNTAX_NOT_TEXT;
	if (!(with & WITH_UTF8) && !str_is_ascii(args))
		return SYNTAX_NOT_ASCII;
	why = clause(&r, STR("TO"), a, &m.to);
	if (why == SYNTAX_OK && m.to.text.n == 0)
		why = SYNTAX_ADDRESS;	/* a forward-path is never empty */
	if (why == SYNTAX_OK && m.to.local.n > SMTP_LOCAL_MAX)
		why = SYNTAX_TOO_LONG;
	if (why == SYNTAX_OK)
		why = params(&r, rcpt_params, NELEM(rcpt_params), with, &m, a);
	m.addressee.address = m.to.text;
	if (why == SYNTAX_OK)
		*out = m;
	return why;
}

enum smtp_syntax
smtp_parse_who(struct str args, struct arena *a, struct who_args *out)
{
	struct rd r = rd_of(args);
	struct who_args m = { 0 };
	enum smtp_syntax why;

	if (!smtp_is_text(args))
		return SYNTAX_NOT_TEXT;
	why = args.n > 0 ? smtp_path(&r, a, &m.who) : SYNTAX_ARGS;
	if (why == SYNTAX_OK && rd_while(&r, ascii_is_wsp).n > 0)
		m.smtputf8 = rd_opt_word(&r, STR("SMTPUTF8"));
	if (why == SYNTAX_OK && !rd_done(&r))
		why = SYNTAX_ARGS;
	if (why == SYNTAX_OK && (m.who.text.n == 0 || m.who.domain.n == 0))
		why = SYNTAX_ADDRESS;
	if (why == SYNTAX_OK && m.who.local.n > SMTP_LOCAL_MAX)
		why = SYNTAX_TOO_LONG;
	if (why == SYNTAX_OK && !m.smtputf8 && !str_is_ascii(args))
		why = SYNTAX_NOT_ASCII;
	if (why == SYNTAX_OK)
		*out = m;
	return why;
}

/* bdat-cmd = "BDAT" SP chunk-size [ SP end-marker ]           RFC 3030 2 */
bool
smtp_parse_bdat(struct str args, struct bdat_args *out)
{
	struct rd r = rd_of(args);
	struct str size = rd_some(&r, ascii_is_digit);
	struct str gap = rd_while(&r, ascii_is_wsp);

	out->last = gap.n > 0 && rd_opt_word(&r, STR("LAST"));
	return rd_done(&r) && str_u64(size, &out->octets);
}

static bool
is_visible(char c)
{
	return c > ' ' && c < 0x7f;
}

/* burl-cmd = "BURL" SP absolute-URI [SP end-marker]            RFC 4468 3.5 */
bool
smtp_parse_burl(struct str args, struct burl_args *out)
{
	struct rd r = rd_of(args);
	struct str gap;

	out->url = rd_some(&r, is_visible);
	gap = rd_while(&r, ascii_is_wsp);
	out->last = gap.n > 0 && rd_opt_word(&r, STR("LAST"));
	return rd_done(&r);
}

/* ETRN [<option character>]<node name>                       RFC 1985 5, 5.3 */
enum smtp_syntax
smtp_parse_etrn(struct str args, struct arena *a, struct etrn_args *out)
{
	struct rd r = rd_of(args);
	struct str name;

	if (args.n == 0)
		return SYNTAX_ARGS;
	if (!smtp_is_text(args))
		return SYNTAX_NOT_TEXT;
	out->what = rd_opt(&r, '@') ? ETRN_below :
	    rd_opt(&r, '#') ? ETRN_queue : ETRN_node;
	name = rd_rest(&r);
	if (out->what == ETRN_queue) {
		out->name = name;
		return name.n > 0 ? SYNTAX_OK : SYNTAX_VALUE;
	}
	/* A name of one label is nobody's, and "@com" is everybody's. */
	if (!dns_name(name, a, &out->name) || !smtp_is_domain(out->name) ||
	    str_chr(out->name, '.') == out->name.n)
		return SYNTAX_VALUE;
	return SYNTAX_OK;
}

static bool
is_helo(char c)
{
	return ascii_is_alnum(c) || (c && strchr("-_.:[]", c));
}

static bool
is_in_comment(char c)
{
	return c >= ' ' && c <= '~' && !strchr("()\\%", c);
}

bool
smtp_parse_helo(struct str args, bool strict, struct arena *a,
    struct str *name)
{
	struct rd r = rd_of(args);
	char *p = arena_alloc(a, SMTP_DOMAIN_MAX + 4);
	size_t n = 0;

	(void)rd_while(&r, is_helo);
	if (args.n == 0 ||
	    (strict && (!rd_done(&r) || args.n > SMTP_DOMAIN_MAX)))
		return false;
	for (size_t i = 0; i < args.n && n < SMTP_DOMAIN_MAX - 3; i++)
		if (is_in_comment(args.p[i]))
			p[n++] = args.p[i];
		else
			n += (size_t)snprintf(p + n, 4, "%%%02X",
			    (unsigned char)args.p[i]);
	*name = str_make(p, n);
	return true;
}
