/*
 * client_send.c - one message: envelope, text, and everybody's answer.
 *
 * The commands are steps: RSET if the last transaction was left open, MAIL,
 * RCPT for each recipient, DATA. They are said in batches, and all answers of
 * a batch are read before the next one: a single command without PIPELINING,
 * else as many as surely fit between the two (RFC 2920 3.1).
 */
#include "base/timetext.h"
#include "dns/name.h"
#include "mime/solicitation.h"
#include "smtp/client_int.h"
#include "store/messages.h"

enum { STEP_RSET, STEP_MAIL, STEP_RCPT };	/* and on; then DATA */
enum { BATCH_OCTETS = 16 * 1024, BATCH_STEPS = 128 };
enum { ADDRESS_MAX = 1000, XTEXT_MAX = 500, BY_TIME_MAX = 999999999 };

#define AFTER_TEXT "the message was sent: it may have arrived"

struct sending {
	struct smtp_client *c;
	struct smtp_outgoing *m;
	struct arena *a;
	size_t naccepted;
	bool mail_refused;
	bool go;		/* 354 */
	bool canceled;
	struct smtp_answer why;	/* for those who have no answer */
};

static bool
has_answer(const struct smtp_outgoing_rcpt *r)
{
	return r->answer.status[0] != '\0';
}

/* Keeps the answer for those without one. */
static int
because(struct sending *x, int rc, const struct smtp_answer *why)
{
	x->why = answer_keep(why, x->a);
	return rc;
}

/* What is said ------------------------------------------------------------ */

/* xtext, RFC 3461 4; others would not be sent to us. */
static bool
is_xtext(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '!' || s.p[i] > '~')
			return false;
	return s.n > 0 && s.n <= XTEXT_MAX;
}

/* What is left of the time it is to be there by: below 0 if that has passed. */
static int64_t
by_left(const struct smtp_client *c, const struct smtp_outgoing *m)
{
	return m->deliver_by - loop_wall(c->o.loop);
}

/* by-value = by-time ";" by-mode [by-trace]                   RFC 2852 4 */
static void
say_by(struct smtp_client *c, const struct smtp_outgoing *m)
{
	bool back = m->by_mode & BY_return;
	int64_t left = by_left(c, m), least = back ? 1 : -BY_TIME_MAX;

	left = left < least ? least : left > BY_TIME_MAX ? BY_TIME_MAX : left;
	(void)stream_printf(c->s, " BY=%lld;%s%s", (long long)left,
	    back ? "R" : "N", m->by_mode & BY_trace ? "T" : "");
}

/* RFC 1870, RFC 6152, RFC 6531, RFC 3461 4.3, 4.4, RFC 8689 2, RFC 6710
 * 4.2, RFC 3865 2.3 */
static void
say_mail(struct smtp_client *c, const struct smtp_outgoing *m)
{
	static const char *const ret[] = { "", " RET=FULL", " RET=HDRS" };

	c->mails++;
	(void)stream_printf(c->s, "MAIL FROM:<%.*s>",
	    STR_FMT(m->reverse_path));
	if (c->offers & OFFER_SIZE && m->size > 0)
		(void)stream_printf(c->s, " SIZE=%llu",
		    (unsigned long long)m->size);
	if (m->body_8bit)
		(void)stream_write(c->s, STR(" BODY=8BITMIME"));
	if (m->smtputf8)
		(void)stream_write(c->s, STR(" SMTPUTF8"));
	if (c->offers & OFFER_DSN && m->ret < NELEM(ret))
		(void)stream_write(c->s, str_c(ret[m->ret]));
	if (c->offers & OFFER_DSN && is_xtext(m->envid))
		(void)stream_printf(c->s, " ENVID=%.*s", STR_FMT(m->envid));
	if (m->require_tls == REQUIRE_TLS_yes)
		(void)stream_write(c->s, STR(" REQUIRETLS"));
	if (c->offers & OFFER_PRIORITY)
		(void)stream_printf(c->s, " MT-PRIORITY=%d",
		    (int)m->priority);
	if (c->offers & OFFER_DELIVERBY && m->by_mode)
		say_by(c, m);
	if (c->offers & OFFER_SOLICIT && m->solicit.n > 0 &&
	    solicitation_is(m->solicit))
		(void)stream_printf(c->s, " SOLICIT=%.*s",
		    STR_FMT(m->solicit));
	(void)stream_write(c->s, STR("\r\n"));
}

/* Who knows nothing of BY is asked to tell of delays:  RFC 2852 4.1.4.2 */
static uint32_t
notify_of(const struct smtp_client *c, const struct smtp_outgoing *m,
    const struct smtp_outgoing_rcpt *r)
{
	if (!(m->by_mode & BY_notify) || c->offers & OFFER_DELIVERBY ||
	    r->notify & NOTIFY_never || by_left(c, m) <= 0)
		return r->notify;
	return (r->notify ? r->notify : NOTIFY_failure) | NOTIFY_delay;
}

/* With the action, if there was one.                    RFC 7293 3.1, 5.1.1 */
static void
say_rrvs(struct smtp_client *c, const struct smtp_outgoing_rcpt *r)
{
	auto_buf b = BUF_INIT(60);

	buf_lit(&b, " RRVS=");
	time_rfc3339(&b, r->valid_since);
	if (r->rrvs == RRVS_reject)
		buf_lit(&b, ";R");
	else if (r->rrvs == RRVS_continue)
		buf_lit(&b, ";C");
	(void)stream_write(c->s, buf_get(&b));
}

/* NOTIFY and ORCPT: RFC 3461 4.1, 4.2. NEVER stands alone. */
static void
say_rcpt(struct smtp_client *c, const struct smtp_outgoing *m,
    const struct smtp_outgoing_rcpt *r)
{
	static const struct {
		uint32_t bit;
		const char *word;
	} words[] = {
		{ NOTIFY_success, "SUCCESS" },
		{ NOTIFY_failure, "FAILURE" },
		{ NOTIFY_delay, "DELAY" },
	};
	const char *before = " NOTIFY=";
	uint32_t notify = notify_of(c, m, r);

	(void)stream_printf(c->s, "RCPT TO:<%.*s>", STR_FMT(r->address));
	if (c->offers & OFFER_DSN && notify & NOTIFY_never)
		(void)stream_write(c->s, STR(" NOTIFY=NEVER"));
	else if (c->offers & OFFER_DSN)
		for (size_t i = 0; i < NELEM(words); i++)
			if (notify & words[i].bit) {
				(void)stream_printf(c->s, "%s%s", before,
				    words[i].word);
				before = ",";
			}
	if (c->offers & OFFER_DSN && is_xtext(r->orcpt))
		(void)stream_printf(c->s, " ORCPT=%.*s", STR_FMT(r->orcpt));
	if (c->offers & OFFER_RRVS && r->rrvs)
		say_rrvs(c, r);
	(void)stream_write(c->s, STR("\r\n"));
}

/* A recipient with an answer is passed over. */
static void
say_step(struct sending *x, size_t step)
{
	if (step == STEP_RSET)
		(void)stream_write(x->c->s, STR("RSET\r\n"));
	else if (step == STEP_MAIL)
		say_mail(x->c, x->m);
	else if (step - STEP_RCPT == x->m->nrcpts)
		(void)stream_write(x->c->s, STR("DATA\r\n"));
	else if (!has_answer(&x->m->rcpts[step - STEP_RCPT]))
		say_rcpt(x->c, x->m, &x->m->rcpts[step - STEP_RCPT]);
}

/* What is heard ----------------------------------------------------------- */

static int
hear_step(struct sending *x, size_t step, struct smtp_answer *got)
{
	struct smtp_client *c = x->c;
	struct smtp_outgoing_rcpt *r;
	int rc;

	if (step == STEP_RSET) {
		rc = client_ask(c, "RSET", c->o.command_ms, 2, got);
		if (rc == E_DENIED)	/* of nobody's recipients */
			return client_nonsense(c, "RSET", "refused", got);
		c->open = false;
		return rc;
	}
	if (step == STEP_MAIL) {
		rc = client_ask(c, "MAIL", c->o.mail_ms, 2, got);
		c->open |= rc == 0;
		x->mail_refused = rc == E_DENIED;
		return x->mail_refused ? because(x, 0, got) : rc;
	}
	if (step - STEP_RCPT == x->m->nrcpts) {
		rc = client_ask(c, "DATA", c->o.data_ms, 3, got);
		x->go = rc == 0;
		if (rc != E_DENIED)
			return rc;
		return x->mail_refused ? 0 : because(x, 0, got);
	}
	r = &x->m->rcpts[step - STEP_RCPT];
	if (has_answer(r))
		return 0;
	rc = client_ask(c, "RCPT", c->o.rcpt_ms, 2, got);
	if (x->mail_refused)	/* it says only that there was no MAIL */
		return rc == E_DENIED ? 0 : rc;
	r->accepted = rc == 0;
	x->naccepted += r->accepted;
	if (rc != E_DENIED && !(rc == 0 && x->m->only_ask))
		return rc;
	r->answer = answer_keep(got, x->a);
	return 0;
}

/* The envelope ------------------------------------------------------------ */

/* Behind the last step that is said together with this one. */
static size_t
batch_end(const struct sending *x, size_t step)
{
	size_t n = x->m->nrcpts, end = step + 1, octets = 0;

	if (!(x->c->offers & OFFER_PIPELINING) || x->m->only_ask)
		return end;
	for (; end <= STEP_RCPT + n && end - step < BATCH_STEPS; end++) {
		/* With all parameters; DATA is nothing beside them. */
		if (end >= STEP_RCPT && end < STEP_RCPT + n)
			octets += x->m->rcpts[end - STEP_RCPT].address.n +
			    x->m->rcpts[end - STEP_RCPT].orcpt.n + 96;
		if (octets > BATCH_OCTETS)
			break;
	}
	return end;
}

/* What it says of that is nobody's answer. */
static int
end_asking(struct sending *x)
{
	struct smtp_answer got;

	say_step(x, STEP_RSET);
	return hear_step(x, STEP_RSET, &got) == E_CANCELED ? E_CANCELED : 0;
}

/* 0: x->go says whether the text is wanted. */
static int
say_envelope(struct sending *x)
{
	size_t data = STEP_RCPT + x->m->nrcpts;
	size_t step = x->c->open ? STEP_RSET : STEP_MAIL, end, i;
	struct smtp_answer got;
	int rc = 0;

	for (; step <= data && rc == 0 && !x->mail_refused; step = end) {
		if (step == data && x->m->only_ask)
			return end_asking(x);
		if (step == data && x->naccepted == 0)
			return 0;
		end = batch_end(x, step);
		rc = client_quiet(x->c, &got);
		for (i = step; i < end && rc == 0; i++)
			say_step(x, i);
		for (i = step; i < end && rc == 0; i++)
			rc = hear_step(x, i, &got);
		if (rc < 0 && !x->mail_refused)
			(void)because(x, rc, &got);
	}
	return rc;
}

/* The text ---------------------------------------------------------------- */

/* The caller cannot give us the message, or the server does not take it. */
static int
text_failed(struct sending *x, int rc, const struct err *err)
{
	bool ours = !stream_failed(x->c->s) && stream_poll(x->c->s).n == 0;
	struct smtp_answer got;

	if (ours) {
		x->c->lost = true;
		got = client_words(x->c, "4.3.0",
		    "the message could not be read: %s", err->text);
		return because(x, rc, &got);
	}
	rc = client_read(x->c, "a part of the message", x->c->o.command_ms,
	    &got);
	x->c->lost = true;
	if (rc == 0 && got.code < 400)
		rc = client_nonsense(x->c, "a part of the message",
		    "an answer", &got);
	return because(x, rc, &got);
}

/* RFC 2033 4.2: one for each that was taken, in their order. If the connection
 * is lost between two, those before have theirs (5). */
static int
hear_each(struct sending *x, bool *good)
{
	struct smtp_client *c = x->c;
	struct smtp_answer got;
	int rc;

	for (size_t i = 0; i < x->m->nrcpts; i++) {
		struct smtp_outgoing_rcpt *r = &x->m->rcpts[i];

		if (!r->accepted)
			continue;
		rc = client_ask(c, AFTER_TEXT, c->o.end_ms, 2, &got);
		if (rc < 0 && rc != E_DENIED)
			return because(x, rc, &got);
		r->answer = answer_keep(&got, x->a);
		*good |= rc == 0;
	}
	return 0;
}

static int
hear_one(struct sending *x, bool *good)
{
	struct smtp_answer got;
	int rc = client_ask(x->c, AFTER_TEXT, x->c->o.end_ms, 2, &got);

	*good = rc == 0;
	return because(x, rc == E_DENIED ? 0 : rc, &got);
}

static int
send_text(struct sending *x)
{
	struct smtp_client *c = x->c;
	struct err err = { 0 };
	bool good = false;
	int rc;

	client_text_begin(c);
	rc = x->m->text(x->m->arg, c, &err);
	if (rc == 0)
		rc = client_text_end(c);
	if (rc == 0) {
		client_deadline(c, c->o.text_ms);
		rc = stream_flush(c->s, NULL);
	}
	if (rc < 0)
		return text_failed(x, rc, &err);
	c->until_ms = NEVER;
	rc = c->o.lmtp ? hear_each(x, &good) : hear_one(x, &good);
	c->open = false;
	c->messages += good;
	return rc;
}

static int
say_all(struct sending *x)
{
	struct smtp_answer got;
	int rc = say_envelope(x);

	if (rc < 0 || !x->go)
		return rc;
	if (x->naccepted > 0)
		return send_text(x);
	/* RFC 2920 3.1: DATA was taken, but nobody is to get it. */
	(void)stream_write(x->c->s, STR(".\r\n"));
	rc = client_answer(x->c, "DATA for nobody", x->c->o.end_ms, &got);
	x->c->open = false;
	return rc;
}

/* Before anything is said ------------------------------------------------- */

static bool
is_address(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
			return false;
	return s.n <= ADDRESS_MAX;
}

/* RFC 5890 4.4: a domain beyond ASCII can be said in A-labels, a local part
 * cannot. */
static struct str
without_utf8(struct sending *x, struct str address)
{
	size_t at = str_rchr(address, '@');
	struct str domain;

	if (x->c->offers & OFFER_SMTPUTF8 || str_is_ascii(address) ||
	    !str_is_ascii(str_first(address, at)) ||
	    !dns_name(str_from(address, at + 1), x->a, &domain))
		return address;
	return arena_printf(x->a, "%.*s@%.*s", STR_FMT(str_first(address, at)),
	    STR_FMT(domain));
}

/* RFC 2852 4.1.4.1: by-mode R goes only where it can be kept. */
static bool
keeps_by(struct smtp_client *c, const struct smtp_outgoing *m,
    struct smtp_answer *why)
{
	int64_t left = by_left(c, m);

	if (!(m->by_mode & BY_return))
		return true;
	if (left <= 0)
		*why = client_words(c, "5.4.7",
		    "the time that was asked for has passed");
	else if (!(c->offers & OFFER_DELIVERBY))
		*why = client_words(c, "5.3.3",
		    "the server does not offer DELIVERBY");
	else if (left < (int64_t)c->least_by_s)
		*why = client_words(c, "5.3.3", "%lld seconds are left, and "
		    "the server wants %u", (long long)left, c->least_by_s);
	else
		return true;
	return false;
}

/* Who does not know of RRVS gives it to anybody.             RFC 7293 5.1.1
 * Of a connection that is of no use nothing is known. */
static bool
keeps_owner(const struct smtp_client *c, const struct smtp_outgoing_rcpt *r)
{
	return !r->rrvs || r->rrvs == RRVS_continue ||
	    c->offers & OFFER_RRVS || !smtp_client_usable(c);
}

/* 8-bit text for a server without 8BITMIME.                   RFC 6152 3 */
static bool
converts(struct sending *x, struct smtp_answer *why)
{
	struct smtp_outgoing *m = x->m;
	struct err err = { 0 };
	int rc = m->convert ? m->convert(m->arg, &m->size, &err) :
	    err_set(&err, E_DENIED, "the text has 8 bits");

	m->body_8bit &= rc < 0;
	x->canceled = rc == E_CANCELED;
	if (rc == E_DENIED)
		*why = client_words(x->c, "5.6.3",
		    "the server does not offer 8BITMIME, and %s", err.text);
	else if (rc < 0)
		*why = client_words(x->c, "4.3.0",
		    "the message could not be read: %s", err.text);
	return rc == 0;
}

/* Can this server take it at all? */
static bool
fits(struct sending *x, struct smtp_answer *why)
{
	struct smtp_client *c = x->c;
	struct smtp_outgoing *m = x->m;

	if (!smtp_client_usable(c)) {
		*why = client_words(c, "4.4.2",
		    "the connection is of no use any more");
	} else if (!is_address(m->reverse_path)) {
		*why = client_words(c, "5.1.7", "not an address");
	} else if (m->smtputf8 && !(c->offers & OFFER_SMTPUTF8)) {
		*why = client_words(c, "5.6.7",
		    "the server does not offer SMTPUTF8");
	} else if (m->body_8bit && !(c->offers & OFFER_8BITMIME) &&
	    !converts(x, why)) {
		return false;
	} else if (m->require_tls == REQUIRE_TLS_yes &&
	    (!(c->offers & OFFER_REQUIRETLS) || !stream_tls(c->s).on)) {
		*why = client_words(c, "5.7.30",
		    "the server does not offer REQUIRETLS inside TLS");
	} else if (c->size > 0 && m->size > c->size) {
		*why = client_words(c, "5.3.4", "the message has %llu octets "
		    "and the server takes %llu", (unsigned long long)m->size,
		    (unsigned long long)c->size);
	} else {
		return keeps_by(c, m, why);
	}
	return false;
}

int
smtp_client_send(struct smtp_client *c, struct smtp_outgoing *m,
    struct arena *a)
{
	struct sending x = { .c = c, .m = m, .a = a };
	struct smtp_answer why;
	size_t nleft = 0;
	int rc = 0;
	bool ascii;

	m->reverse_path = without_utf8(&x, m->reverse_path);
	ascii = str_is_ascii(m->reverse_path);
	for (size_t i = 0; i < m->nrcpts; i++) {
		struct smtp_outgoing_rcpt *r = &m->rcpts[i];

		r->answer = (struct smtp_answer){ 0 };
		r->accepted = false;
		if (!keeps_owner(c, r)) {
			why = client_words(c, "5.7.19",
			    "the server does not offer RRVS");
			r->answer = answer_keep(&why, a);
			continue;
		}
		if (r->address.n > 0 && is_address(r->address)) {
			r->address = without_utf8(&x, r->address);
			ascii &= str_is_ascii(r->address);
			nleft++;
			continue;
		}
		why = client_words(c, "5.1.3", "not an address");
		r->answer = answer_keep(&why, a);
	}
	/* Addresses of its own may need it, whatever the caller says. */
	m->smtputf8 |= !ascii;
	if (nleft == 0)
		return 0;
	if (fits(&x, &why))
		rc = say_all(&x);
	else
		(void)because(&x, 0, &why);
	for (size_t i = 0; i < m->nrcpts; i++)
		if (!has_answer(&m->rcpts[i]))
			m->rcpts[i].answer = x.why;
	return rc == E_CANCELED || x.canceled ? E_CANCELED : 0;
}
