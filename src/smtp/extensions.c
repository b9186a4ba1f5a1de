/*
 * extensions.c - what EHLO offers besides the commands of verbs.c, and what
 * MAIL and RCPT may say for it.
 *
 * A row is all there is to an extension in the dialogue: its word, whether
 * this session gets it (listener, TLS and login decide), what stands behind the
 * word, and whose parameters (smtp/grammar.c) come with it. Those are unknown,
 * 555, where it is not offered.
 */
#include "base/timetext.h"
#include "smtp/smtp_int.h"

static bool
offers_dsn(const struct smtp_session *s)
{
	return s->service->o.dsn;
}

/* What is promised inside TLS: RFC 8689 2 */
static bool
offers_requiretls(const struct smtp_session *s)
{
	return stream_tls(s->d.stream).on;
}

static bool
offers_later(const struct smtp_session *s)
{
	return s->service->o.hold_longest_s > 0;
}

static bool
offers_prdr(const struct smtp_session *s)
{
	return s->service->o.prdr;
}

/* max-future-release-interval SP max-future-release-date-time  RFC 4865 4 */
static void
say_later(const struct smtp_session *s, struct buf *b)
{
	uint32_t longest_s = s->service->o.hold_longest_s;

	buf_printf(b, " %u ", longest_s);
	time_rfc3339(b, loop_wall(s->d.loop) + longest_s);
}

/* min-by-time: of who wants it back else                      RFC 2852 2 */
static void
say_by(const struct smtp_session *s, struct buf *b)
{
	if (s->service->o.least_by_s > 0)
		buf_printf(b, " %u", s->service->o.least_by_s);
}

/* Solicitation-keywords: those that are refused              RFC 3865 2.1 */
static void
say_classes(const struct smtp_session *s, struct buf *b)
{
	struct str classes = s->service->o.no_soliciting;

	if (classes.n > 0)
		buf_printf(b, " %.*s", STR_FMT(classes));
}

/* RFC 1870 4 */
static void
say_size(const struct smtp_session *s, struct buf *b)
{
	buf_printf(b, " %llu", (unsigned long long)s->service->o.max_message);
}

/* RFC 9422 4: more in one message are told 452. */
static void
say_limits(const struct smtp_session *s, struct buf *b)
{
	buf_printf(b, " RCPTMAX=%u", s->service->o.max_recipients);
}

static const struct extension {
	const char *keyword;
	unsigned with;		/* WITH_*; 0: no parameters but those that
				 * everybody has */
	bool (*offered)(const struct smtp_session *s);	/* NULL: always */
	void (*say_more)(const struct smtp_session *s, struct buf *b);
} extensions[] = {
	{ "PIPELINING", 0, NULL, NULL },		/* RFC 2920 */
	{ "8BITMIME", 0, NULL, NULL },			/* RFC 6152 */
	{ "BINARYMIME", 0, NULL, NULL },		/* RFC 3030 3 */
	{ "ENHANCEDSTATUSCODES", 0, NULL, NULL },	/* RFC 2034 */
	{ "SMTPUTF8", WITH_UTF8, NULL, NULL },		/* RFC 6531 */
	{ "SIZE", 0, NULL, say_size },			/* RFC 1870 */
	{ "LIMITS", 0, NULL, say_limits },		/* RFC 9422 */
	{ "DSN", WITH_DSN, offers_dsn, NULL },		/* RFC 3461 */
	{ "FUTURERELEASE", WITH_LATER, offers_later, say_later }, /* 4865 */
	{ "REQUIRETLS", WITH_TLS, offers_requiretls, NULL },	/* RFC 8689 */
	{ "MT-PRIORITY", WITH_PRIORITY, NULL, NULL },	/* RFC 6710 */
	{ "DELIVERBY", WITH_BY, NULL, say_by },		/* RFC 2852 */
	{ "NO-SOLICITING", WITH_SOLICIT, NULL, say_classes },	/* RFC 3865 */
	{ "RRVS", WITH_RRVS, NULL, NULL },		/* RFC 7293 */
	{ "PRDR", WITH_PRDR, offers_prdr, NULL },	/* draft-hall-prdr */
};

void
smtp_offer(const struct smtp_session *s, struct buf *b)
{
	const struct smtp_verb *v;

	for (size_t i = 0; i < NELEM(extensions); i++) {
		const struct extension *x = &extensions[i];

		if (x->offered && !x->offered(s))
			continue;
		buf_printf(b, "\n%s", x->keyword);
		if (x->say_more)
			x->say_more(s, b);
	}
	for (size_t i = 0; (v = smtp_verb_at(s, i)); i++)
		if (v->keyword && (!v->offered || v->offered(s))) {
			buf_printf(b, "\n%s", v->keyword);
			if (v->say_more)
				v->say_more(s, b);
		}
}

unsigned
smtp_offered(const struct smtp_session *s)
{
	unsigned with = 0;

	for (size_t i = 0; i < NELEM(extensions); i++)
		if (!extensions[i].offered || extensions[i].offered(s))
			with |= extensions[i].with;
	return with;
}
