/*
 * client_hello.c - until messages may be sent: greeting, EHLO, TLS, AUTH.
 */
#include "base/b64.h"
#include "smtp/client_int.h"
#include "smtp/sasl.h"

/* EHLO ------------------------------------------------------------------- */

static const struct {
	struct str word;
	unsigned offer;
} keywords[] = {
	{ { "PIPELINING", 10 }, OFFER_PIPELINING },
	{ { "SIZE", 4 }, OFFER_SIZE },
	{ { "8BITMIME", 8 }, OFFER_8BITMIME },
	{ { "ENHANCEDSTATUSCODES", 19 }, OFFER_STATUS },
	{ { "SMTPUTF8", 8 }, OFFER_SMTPUTF8 },
	{ { "STARTTLS", 8 }, OFFER_STARTTLS },
	{ { "DSN", 3 }, OFFER_DSN },
	{ { "REQUIRETLS", 10 }, OFFER_REQUIRETLS },
	{ { "MT-PRIORITY", 11 }, OFFER_PRIORITY },
	{ { "DELIVERBY", 9 }, OFFER_DELIVERBY },
	{ { "NO-SOLICITING", 13 }, OFFER_SOLICIT },
	{ { "RRVS", 4 }, OFFER_RRVS },
};

/* The next word, of what spaces, tabs and "=" are between ("AUTH=LOGIN" is
 * how some wrote it before RFC 2554). */
static struct str
word(struct str *rest)
{
	const char *p = rest->p, *end = p + rest->n, *start;

	while (p < end && (*p == ' ' || *p == '\t' || *p == '='))
		p++;
	for (start = p; p < end && *p != ' ' && *p != '\t' && *p != '=';)
		p++;
	*rest = str_make(p, (size_t)(end - p));
	return str_make(start, (size_t)(p - start));
}

static void
offer_auth(struct smtp_client *c, struct str mechanisms)
{
	struct str one;

	while ((one = word(&mechanisms)).n > 0) {
		if (str_eqi(one, STR("PLAIN")))
			c->offers |= OFFER_AUTH_PLAIN;
		if (str_eqi(one, STR("LOGIN")))
			c->offers |= OFFER_AUTH_LOGIN;
	}
}

/* limit-value = a number of 1 to 6 digits, not 0. Others, and names that are
 * not known, say nothing.                                       RFC 9422 4 */
static void
offer_limits(struct smtp_client *c, struct str limits)
{
	struct str name;
	uint32_t value;

	while ((name = word(&limits)).n > 0) {
		if (!str_u32(word(&limits), &value) || value == 0)
			continue;
		if (str_eqi(name, STR("RCPTMAX")))
			c->max_rcpts = value;
		if (str_eqi(name, STR("MAILMAX")))
			c->max_mails = value;
	}
}

/* deliverby-param = min-by-time *( ',' extension-token )      RFC 2852 2 */
static void
offer_by(struct smtp_client *c, struct str param)
{
	struct str least;

	(void)str_cut(param, ',', &least, &param);
	if (least.n > 9 || !str_u32(least, &c->least_by_s))
		c->least_by_s = 0;
}

/* ehlo-line = ehlo-keyword *( SP ehlo-param )           RFC 5321 4.1.1.1 */
static void
offered(void *arg, unsigned nth, struct str line)
{
	struct smtp_client *c = arg;
	struct str keyword;
	uint64_t size;

	if (nth == 0)	/* the domain and a greeting */
		return;
	keyword = word(&line);
	for (size_t i = 0; i < NELEM(keywords); i++)
		if (str_eqi(keyword, keywords[i].word))
			c->offers |= keywords[i].offer;
	/* RFC 1870 4: no number, or zero: no limit is told. */
	if (str_eqi(keyword, STR("SIZE")) && str_u64(word(&line), &size))
		c->size = size;
	if (str_eqi(keyword, STR("AUTH")))
		offer_auth(c, line);
	if (str_eqi(keyword, STR("DELIVERBY")))
		offer_by(c, word(&line));
	if (str_eqi(keyword, STR("LIMITS")))
		offer_limits(c, line);
}

static int
say_hello(struct smtp_client *c, const char *command, struct smtp_answer *why)
{
	int rc = client_quiet(c, why);

	if (rc < 0)
		return rc;
	(void)stream_printf(c->s, "%s %.*s\r\n", command,
	    STR_FMT(c->o.hostname));
	return client_ask(c, command, c->o.command_ms, 2, why);
}

/* RFC 5321 3.2: HELO for those who do not know EHLO. */
static bool
is_not_known(int code)
{
	return code == 500 || code == 501 || code == 502 || code == 504 ||
	    code == 550;
}

static void
forget_offers(struct smtp_client *c)
{
	c->offers = 0;
	c->size = 0;
	c->least_by_s = 0;
	c->max_mails = c->max_rcpts = UINT32_MAX;
}

static int
introduce(struct smtp_client *c, struct smtp_answer *why)
{
	int rc;

	c->ready = false;
	forget_offers(c);
	c->on_line = offered;
	rc = say_hello(c, c->o.lmtp ? "LHLO" : "EHLO", why);
	c->on_line = NULL;
	if (rc < 0)
		forget_offers(c);
	if (rc == E_DENIED && is_not_known(why->code) && !c->o.lmtp)
		rc = say_hello(c, "HELO", why);
	c->ready = rc == 0;
	return rc;
}

int
smtp_client_hello(struct smtp_client *c, struct smtp_answer *why)
{
	int rc = client_ask(c, "connecting", c->o.greeting_ms, 2, why);

	/* RFC 5321 3.1: also one that says 554 waits for QUIT. */
	c->greeted = rc == 0 || rc == E_DENIED;
	return rc < 0 ? rc : introduce(c, why);
}

/* TLS -------------------------------------------------------------------- */

int
smtp_client_tls(struct smtp_client *c, struct tls_client *tls,
    const struct tls_dane *dane, struct smtp_answer *why)
{
	struct err err = { 0 };
	int rc;

	c->ready = false;
	client_deadline(c, c->o.command_ms);
	rc = stream_tls_connect(c->s, tls, c->name, dane, &err);
	if (rc == 0)
		return 0;
	c->lost = true;
	*why = client_words(c, "4.7.5", "TLS: %s", err.text);
	return rc == E_CANCELED ? rc : E_TLS;
}

/* STARTTLS                                                       RFC 3207 */
int
smtp_client_starttls(struct smtp_client *c, struct tls_client *tls,
    const struct tls_dane *dane, struct smtp_answer *why)
{
	int rc;

	if (!(c->offers & OFFER_STARTTLS)) {
		*why = client_words(c, "4.7.4", "STARTTLS is not offered");
		return E_DENIED;
	}
	if ((rc = client_quiet(c, why)) < 0)
		return rc;
	(void)stream_write(c->s, STR("STARTTLS\r\n"));
	rc = client_ask(c, "STARTTLS", c->o.command_ms, 2, why);
	if (rc == 0)
		rc = smtp_client_tls(c, tls, dane, why);
	/* 4.2: what was said in clear is forgotten. */
	return rc < 0 ? rc : introduce(c, why);
}

/* AUTH ------------------------------------------------------------- */

static void
say_secret(struct smtp_client *c, const char *before, struct str secret)
{
	auto_buf b = BUF_INIT(8192);

	buf_str(&b, str_c(before));
	b64_put(&b, secret);
	buf_lit(&b, "\r\n");
	(void)stream_write(c->s, buf_get(&b));
	if (b.n > 0)
		explicit_bzero(b.p, b.n);
}

/* With an initial response (RFC 4954 4); 334: it was not looked at. */
static int
login_plain(struct smtp_client *c, struct str user, struct str password,
    struct smtp_answer *why)
{
	auto_buf b = BUF_INIT(4096);
	int rc;

	buf_chr(&b, '\0');
	buf_str(&b, user);
	buf_chr(&b, '\0');
	buf_str(&b, password);
	say_secret(c, "AUTH PLAIN ", buf_get(&b));
	rc = client_answer(c, "AUTH", c->o.command_ms, why);
	if (rc == 0 && why->code == 334) {
		say_secret(c, "", buf_get(&b));
		rc = client_answer(c, "AUTH", c->o.command_ms, why);
	}
	explicit_bzero(b.p, b.n);
	return rc;
}

static int
login_login(struct smtp_client *c, struct str user, struct str password,
    struct smtp_answer *why)
{
	int rc;

	(void)stream_write(c->s, STR("AUTH LOGIN\r\n"));
	rc = client_ask(c, "AUTH", c->o.command_ms, 3, why);
	if (rc < 0)
		return rc;
	say_secret(c, "", user);
	rc = client_ask(c, "AUTH", c->o.command_ms, 3, why);
	if (rc < 0)
		return rc;
	say_secret(c, "", password);
	return client_answer(c, "AUTH", c->o.command_ms, why);
}

static const char *
cannot_login(const struct smtp_client *c, struct str user, struct str password)
{
	if (!smtp_client_usable(c))
		return "the connection is of no use any more";
	if (!stream_tls(c->s).on)
		return "no password is sent without TLS";
	if (!(c->offers & (OFFER_AUTH_PLAIN | OFFER_AUTH_LOGIN)))
		return "neither AUTH PLAIN nor LOGIN is offered";
	return sasl_user_password(user, password) ? NULL :
	    "this cannot be a user and a password";
}

int
smtp_client_login(struct smtp_client *c, struct str user, struct str password,
    struct smtp_answer *why)
{
	const char *no = cannot_login(c, user, password);
	int rc;

	if (no) {
		*why = client_words(c, "4.7.0", "%s", no);
		return E_DENIED;
	}
	if ((rc = client_quiet(c, why)) < 0)
		return rc;
	rc = c->offers & OFFER_AUTH_PLAIN
	    ? login_plain(c, user, password, why)
	    : login_login(c, user, password, why);
	if (rc < 0 || why->code / 100 == 2)
		return rc;
	if (why->code >= 400)
		return E_DENIED;
	return client_nonsense(c, "AUTH", "a challenge", why);
}
