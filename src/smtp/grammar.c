#include "smtp/grammar.h"

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

static bool
is_space(char c)
{
	return c == ' ';
}

static bool
has_octets_over_127(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] > 127)
			return true;
	return false;
}

static int
hex_digit(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
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
			high = hex_digit(rd_next(&r));
			low = hex_digit(rd_next(&r));
			if (high < 0 || low < 0)
				return false;
			c = high << 4 | low;
		}
		p[n++] = (char)c;
	}
	*out = str_make(p, n);
	return rd_ok(&r);
}

/* SIZE=1*20DIGIT                                             RFC 1870 4 */
static bool
param_size(struct mail_args *m, struct str value, struct arena *a unused_arg)
{
	if (m->has_size || value.n > 20 || !str_u64(value, &m->size_octets))
		return false;
	m->has_size = true;
	return true;
}

/* BODY=7BIT / BODY=8BITMIME                                  RFC 6152 2 */
static bool
param_body(struct mail_args *m, struct str value, struct arena *a unused_arg)
{
	if (m->has_body)
		return false;
	m->has_body = true;
	m->body = str_eqi(value, STR("8BITMIME")) ? BODY_8BITMIME : BODY_7BIT;
	return m->body == BODY_8BITMIME || str_eqi(value, STR("7BIT"));
}

/* AUTH=xtext, which decodes to a mailbox or <>               RFC 4954 5 */
static bool
param_auth(struct mail_args *m, struct str value, struct arena *a)
{
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

/* One row for each parameter of MAIL. */
static const struct mail_param {
	const char *keyword;
	bool (*set)(struct mail_args *m, struct str value, struct arena *a);
} mail_params[] = {
	{ "SIZE", param_size },
	{ "BODY", param_body },
	{ "AUTH", param_auth },
};

static const struct mail_param *
mail_param(struct str keyword)
{
	for (size_t i = 0; i < NELEM(mail_params); i++)
		if (str_eqi(keyword, str_c(mail_params[i].keyword)))
			return &mail_params[i];
	return NULL;
}

/* esmtp-keyword = (ALPHA / DIGIT) *(ALPHA / DIGIT / "-") */
static bool
is_keyword(char c)
{
	return ascii_is_alnum(c) || c == '-';
}

/* esmtp-value = 1*(%d33-60 / %d62-126). "=" is let pass here, so that the
 * parameter itself refuses it (an xtext may come unencoded). */
static bool
is_value(char c)
{
	return c >= 33 && c <= 126;
}

/* [SP esmtp-param] of *(SP esmtp-param); *keyword empty at the end. */
static enum smtp_syntax
next_param(struct rd *r, struct str *keyword, struct str *value)
{
	struct str gap = rd_while(r, is_space);

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

/* "FROM:" or "TO:", the tolerated space, and the path. */
static enum smtp_syntax
clause(struct rd *r, struct str word, struct arena *a, struct path *out)
{
	if (!rd_opt_word(r, word))
		return SYNTAX_ARGS;
	(void)rd_while(r, is_space);
	return smtp_path(r, a, out);
}

enum smtp_syntax
smtp_parse_mail(struct str args, struct arena *a, struct mail_args *out)
{
	struct rd r = rd_of(args);
	struct mail_args m = { 0 };
	struct str keyword, value;
	enum smtp_syntax why;

	if (has_octets_over_127(args))
		return SYNTAX_NOT_ASCII;
	why = clause(&r, STR("FROM:"), a, &m.from);
	if (why == SYNTAX_OK && m.from.text.n > 0 && m.from.domain.n == 0)
		why = SYNTAX_ADDRESS;	/* <postmaster> is for RCPT only */
	while (why == SYNTAX_OK) {
		const struct mail_param *p;

		why = next_param(&r, &keyword, &value);
		if (why != SYNTAX_OK || keyword.n == 0)
			break;
		if (!(p = mail_param(keyword)))
			return SYNTAX_PARAM;
		if (!p->set(&m, value, a))
			return SYNTAX_VALUE;
	}
	if (why == SYNTAX_OK)
		*out = m;
	return why;
}

enum smtp_syntax
smtp_parse_rcpt(struct str args, struct arena *a, struct rcpt_args *out)
{
	struct rd r = rd_of(args);
	struct rcpt_args m = { 0 };
	struct str keyword, value;
	enum smtp_syntax why;

	if (has_octets_over_127(args))
		return SYNTAX_NOT_ASCII;
	why = clause(&r, STR("TO:"), a, &m.to);
	if (why == SYNTAX_OK && m.to.text.n == 0)
		why = SYNTAX_ADDRESS;	/* a forward-path is never empty */
	if (why == SYNTAX_OK && m.to.local.n > SMTP_LOCAL_MAX)
		why = SYNTAX_TOO_LONG;
	if (why == SYNTAX_OK)
		why = next_param(&r, &keyword, &value);
	if (why == SYNTAX_OK && keyword.n > 0)
		why = SYNTAX_PARAM;
	if (why == SYNTAX_OK)
		*out = m;
	return why;
}

static bool
is_helo(char c)
{
	return ascii_is_alnum(c) || (c && strchr("-_.:[]", c));
}

bool
smtp_parse_helo(struct str args, struct str *name)
{
	struct rd r = rd_of(args);
	struct str word = rd_some(&r, is_helo);

	if (!rd_done(&r) || word.n > SMTP_DOMAIN_MAX)
		return false;
	*name = word;
	return true;
}
