#include "mail/bearer.h"

#include "base/rd.h"
#include "vault/scram_grammar.h"

enum { KVSEP = 0x01, USER_MAX = 320 };

/* b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="
 *                                                             RFC 6750 2.1 */
static bool
is_token_char(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '.' || c == '_' ||
	    c == '~' || c == '+' || c == '/';
}

static bool
is_equals(char c)
{
	return c == '=';
}

bool
bearer_is_token(struct str s)
{
	struct rd r = rd_of(s);

	if (s.n > BEARER_TOKEN_MAX)
		return false;
	(void)rd_some(&r, is_token_char);
	(void)rd_while(&r, is_equals);
	return rd_done(&r);
}

bool
bearer_read_field(struct str value, struct str *token)
{
	struct rd r = rd_of(value);
	struct str t;

	if (!rd_opt_word(&r, STR("Bearer ")))
		return false;
	while (rd_opt(&r, ' '))
		;
	t = rd_rest(&r);
	if (!bearer_is_token(t))
		return false;
	*token = t;
	return true;
}

/* ---- OAUTHBEARER --------------------------------------------------------- */

/* cb-name = 1*(ALPHA / DIGIT / "." / "-") */
static bool
is_cb_name(char c)
{
	return ascii_is_alnum(c) || c == '.' || c == '-';
}

static bool
is_alpha(char c)
{
	return ascii_is_alpha(c);
}

/* value = *(VCHAR / SP / HTAB / CR / LF) */
static bool
is_value(char c)
{
	return ascii_is_printable(c) || c == '\t' || c == '\r' || c == '\n';
}

static bool
is_name_octet(char c)
{
	return c != '\0' && c != ',' && c != KVSEP;
}

/* saslname = 1*(UTF8-char-safe / "=2C" / "=3D")               RFC 5801 4 */
static struct str
take_name(struct rd *r, struct arena *a)
{
	struct str name = STR_NULL;

	if (!scram_name(rd_some(r, is_name_octet), a, &name) ||
	    name.n > USER_MAX || !str_is_utf8(name))
		rd_fail(r);
	return name;
}

/* gs2-header = [gs2-nonstd-flag ","] gs2-cb-flag "," [gs2-authzid] ","
 * This mechanism binds to no channel, and is none that GSS-API does not have:
 * "F" and "p=" are of others.                                RFC 7628 3.1 */
static struct str
take_gs2_header(struct rd *r, struct arena *a)
{
	struct str user = STR_NULL;

	if (!rd_opt(r, 'n') && !rd_opt(r, 'y')) {
		(void)rd_need(r, 'p');
		(void)rd_need(r, '=');
		(void)rd_some(r, is_cb_name);
		rd_fail(r);
	}
	(void)rd_need(r, ',');
	if (rd_opt(r, 'a')) {
		(void)rd_need(r, '=');
		user = take_name(r, a);
	}
	(void)rd_need(r, ',');
	return user;
}

/* A decimal positive integer without leading zeros. */
static bool
read_port(struct str s, uint32_t *port)
{
	return str_u32(s, port) && s.p[0] != '0' && *port <= 65535;
}

/* kvpair = key "=" value kvsep. Nobody says a thing twice; what we do not know
 * is passed over. */
static void
take_pair(struct rd *r, struct bearer_message *m)
{
	struct str key = rd_some(r, is_alpha), value;
	bool ok = true;

	(void)rd_need(r, '=');
	value = rd_while(r, is_value);
	(void)rd_need(r, KVSEP);
	if (str_eq(key, STR("auth")))
		ok = m->token.n == 0 && bearer_read_field(value, &m->token);
	else if (str_eq(key, STR("port")))
		ok = m->port == 0 && read_port(value, &m->port);
	else if (str_eq(key, STR("host"))) {
		ok = m->host.n == 0 && value.n > 0;
		m->host = value;
	}
	if (!ok)
		rd_fail(r);
}

/* client-resp = gs2-header kvsep *kvpair kvsep */
static bool
read_oauth(struct rd *r, struct arena *a, struct bearer_message *m)
{
	m->user = take_gs2_header(r, a);
	(void)rd_need(r, KVSEP);
	while (rd_ok(r) && !rd_opt(r, KVSEP))
		take_pair(r, m);
	return rd_done(r) && m->token.n > 0;
}

/* ---- XOAUTH2 ------------------------------------------------------------- */

/* "user=" {User} kvsep "auth=Bearer " {Token} kvsep kvsep, by custom */
static bool
read_xoauth2(struct rd *r, struct arena *a, struct bearer_message *m)
{
	if (!rd_opt_word(r, STR("user=")))
		return false;
	m->user = str_dup(a, rd_some(r, is_name_octet));
	(void)rd_need(r, KVSEP);
	if (m->user.n > USER_MAX || !str_is_utf8(m->user) ||
	    !rd_opt_word(r, STR("auth=")) ||
	    !bearer_read_field(rd_while(r, is_value), &m->token))
		return false;
	(void)rd_need(r, KVSEP);
	(void)rd_need(r, KVSEP);
	return rd_done(r);
}

bool
bearer_read(enum bearer_form form, struct str message, struct arena *a,
    struct bearer_message *out)
{
	struct bearer_message m = { 0 };
	struct rd r = rd_of(message);

	if (message.n > BEARER_MESSAGE_MAX ||
	    !(form == BEARER_OAUTH ? read_oauth : read_xoauth2)(&r, a, &m))
		return false;
	*out = m;
	return true;
}

/* ---- errors -------------------------------------------------------------- */

/* What is said is the operator's, or ours: quotes alone could do harm. */
static void
put_member(struct buf *b, const char *name, struct str value)
{
	if (value.n == 0)
		return;
	buf_printf(b, "%s\"%s\":\"", b->n > 1 ? "," : "", name);
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '"' || value.p[i] == '\\')
			buf_chr(b, '\\');
		if (ascii_is_printable(value.p[i]))
			buf_chr(b, value.p[i]);
	}
	buf_chr(b, '"');
}

void
bearer_put_error(struct buf *b, enum bearer_form form, struct str status,
    struct str scope, struct str issuer)
{
	auto_buf where = BUF_INIT(BEARER_ERROR_MAX);

	/* By custom XOAUTH2 has the number that HTTP would have. */
	if (form == BEARER_XOAUTH2)
		status = str_eq(status, STR("invalid_request")) ? STR("400") :
		    STR("401");
	if (issuer.n > 0) {
		buf_str(&where, str_endsi(issuer, STR("/")) ?
		    str_first(issuer, issuer.n - 1) : issuer);
		buf_lit(&where, BEARER_CONFIGURATION);
	}
	buf_chr(b, '{');
	put_member(b, "status", status);
	put_member(b, "schemes", STR("bearer"));
	put_member(b, "scope", scope);
	put_member(b, "openid-configuration", buf_get(&where));
	buf_chr(b, '}');
}
