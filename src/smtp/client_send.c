/*
 * client_send.c - one message: envelope, text, and everybody's answer.
 *
 * The commands are steps: RSET if the last transaction was left open, MAIL,
 * RCPT for each recipient, DATA. They are said in batches, and all answers of
 * a batch are read before the next one: a single command without PIPELINING,
 * else as many as surely fit between the two (RFC 2920 3.1).
 */
#include "smtp/client_int.h"
#include "store/messages.h"

enum { STEP_RSET, STEP_MAIL, STEP_RCPT };	/* and on; then DATA */
enum { BATCH_OCTETS = 16 * 1024, BATCH_STEPS = 128 };
enum { ADDRESS_MAX = 1000, XTEXT_MAX = 500 };

#define AFTER_TEXT "the message was sent: it may have arrived"

struct sending {
	struct smtp_client *c;
	struct smtp_outgoing *m;
	struct arena *a;
	size_t naccepted;
	bool mail_refused;
	bool go;		/* 354 */
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

/* RFC 1870, RFC 6152, RFC 6531, RFC 3461 4.3, 4.4 */
static void
say_mail(struct smtp_client *c, const struct smtp_outgoing *m)
{
	static const char *const ret[] = { "", " RET=FULL", " RET=HDRS" };

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
	(void)stream_write(c->s, STR("\r\n"));
}

/* RFC 3461 4.1: NEVER stands alone. */
static void
say_notify(struct smtp_client *c, uint32_t notify)
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

	if (notify & NOTIFY_never) {
		(void)stream_write(c->s, STR(" NOTIFY=NEVER"));
		return;
	}
	for (size_t i = 0; i < NELEM(words); i++)
		if (notify & words[i].bit) {
			(void)stream_printf(c->s, "%s%s", before,
			    words[i].word);
			before = ",";
		}
}

static void
say_rcpt(struct smtp_client *c, const struct smtp_outgoing_rcpt *r)
{
	if (has_answer(r))
		return;
	(void)stream_printf(c->s, "RCPT TO:<%.*s>", STR_FMT(r->address));
	if (c->offers & OFFER_DSN) {
		say_notify(c, r->notify);
		if (is_xtext(r->orcpt))
			(void)stream_printf(c->s, " ORCPT=%.*s",
			    STR_FMT(r->orcpt));
	}
	(void)stream_write(c->s, STR("\r\n"));
}

static void
say(struct sending *x, size_t step)
{
	if (step == STEP_RSET)
		(void)stream_write(x->c->s, STR("RSET\r\n"));
	else if (step == STEP_MAIL)
		say_mail(x->c, x->m);
	else if (step - STEP_RCPT < x->m->nrcpts)
		say_rcpt(x->c, &x->m->rcpts[step - STEP_RCPT]);
	else
		(void)stream_write(x->c->s, STR("DATA\r\n"));
}

/* What is heard ----------------------------------------------------------- */

/* Nobody's recipients are refused by it. */
static int
hear_rset(struct sending *x, struct smtp_answer *got)
{
	int rc = client_ask(x->c, "RSET", x->c->o.command_ms, 2, got);

	if (rc == E_DENIED)
		return client_nonsense(x->c, "RSET", "refused", got);
	x->c->open = false;
	return rc;
}

static int
hear_mail(struct sending *x, struct smtp_answer *got)
{
	int rc = client_ask(x->c, "MAIL", x->c->o.mail_ms, 2, got);

	if (rc == 0)
		x->c->open = true;
	if (rc != E_DENIED)
		return rc;
	x->mail_refused = true;
	return because(x, 0, got);
}

static int
hear_rcpt(struct sending *x, struct smtp_outgoing_rcpt *r,
    struct smtp_answer *got)
{
	int rc;

	if (has_answer(r))
		return 0;
	rc = client_ask(x->c, "RCPT", x->c->o.rcpt_ms, 2, got);
	if (rc == 0 && !x->mail_refused) {
		r->accepted = true;
		x->naccepted++;
	}
	if (rc != E_DENIED)
		return rc;
	/* Without MAIL it says only that there was none. */
	if (!x->mail_refused)
		r->answer = answer_keep(got, x->a);
	return 0;
}

static int
hear_data(struct sending *x, struct smtp_answer *got)
{
	int rc = client_ask(x->c, "DATA", x->c->o.data_ms, 3, got);

	x->go = rc == 0;
	if (rc != E_DENIED)
		return rc;
	return x->mail_refused ? 0 : because(x, 0, got);
}

static int
hear(struct sending *x, size_t step, struct smtp_answer *got)
{
	if (step == STEP_RSET)
		return hear_rset(x, got);
	if (step == STEP_MAIL)
		return hear_mail(x, got);
	if (step - STEP_RCPT < x->m->nrcpts)
		return hear_rcpt(x, &x->m->rcpts[step - STEP_RCPT], got);
	return hear_data(x, got);
}

/* The envelope ------------------------------------------------------------ */

/* Behind the last step that is said together with this one. */
static size_t
batch_end(const struct sending *x, size_t step)
{
	size_t n = x->m->nrcpts, end = step + 1, octets = 0;

	if (!(x->c->offers & OFFER_PIPELINING))
		return end;
	for (; end <= STEP_RCPT + n && end - step < BATCH_STEPS; end++) {
		/* With all parameters; DATA is nothing beside them. */
		if (end >= STEP_RCPT && end < STEP_RCPT + n)
			octets += x->m->rcpts[end - STEP_RCPT].address.n +
			    x->m->rcpts[end - STEP_RCPT].orcpt.n + 64;
		if (octets > BATCH_OCTETS)
			break;
	}
	return end;
}

/* Steps [from, to). */
static int
batch(struct sending *x, size_t from, size_t to)
{
	struct smtp_answer got;
	int rc = client_quiet(x->c, &got);

	for (size_t i = from; i < to && rc == 0; i++)
		say(x, i);
	for (size_t i = from; i < to && rc == 0; i++)
		rc = hear(x, i, &got);
	return rc == 0 || x->mail_refused ? rc : because(x, rc, &got);
}

/* 0: x->go says whether the text is wanted. */
static int
envelope(struct sending *x)
{
	size_t data = STEP_RCPT + x->m->nrcpts;
	size_t step = x->c->open ? STEP_RSET : STEP_MAIL, end;
	int rc = 0;

	for (; step <= data && rc == 0 && !x->mail_refused; step = end) {
		if (step == data && x->naccepted == 0)
			return 0;
		end = batch_end(x, step);
		rc = batch(x, step, end);
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

static int
send_text(struct sending *x)
{
	struct smtp_client *c = x->c;
	struct err err = { 0 };
	struct smtp_answer got;
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
	rc = client_ask(c, AFTER_TEXT, c->o.end_ms, 2, &got);
	c->open = false;
	if (rc == 0)
		c->messages++;
	return because(x, rc == E_DENIED ? 0 : rc, &got);
}

/* RFC 2920 3.1: DATA was taken, but nobody is to get it. */
static int
send_nothing(struct sending *x)
{
	struct smtp_answer got;
	int rc;

	(void)stream_write(x->c->s, STR(".\r\n"));
	rc = client_answer(x->c, "DATA for nobody", x->c->o.end_ms, &got);
	x->c->open = false;
	return rc;
}

static int
transaction(struct sending *x)
{
	int rc = envelope(x);

	if (rc < 0 || !x->go)
		return rc;
	return x->naccepted > 0 ? send_text(x) : send_nothing(x);
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

static void
refuse_bad_addresses(struct sending *x)
{
	for (size_t i = 0; i < x->m->nrcpts; i++) {
		struct smtp_outgoing_rcpt *r = &x->m->rcpts[i];

		if (r->address.n > 0 && is_address(r->address))
			continue;
		r->answer = client_words(x->c, "5.1.3", "not an address");
		r->answer = answer_keep(&r->answer, x->a);
	}
}

/* Addresses of its own may need it, whatever the caller says. */
static bool
needs_utf8(const struct smtp_outgoing *m)
{
	bool ascii = !m->smtputf8 && str_is_ascii(m->reverse_path);

	for (size_t i = 0; i < m->nrcpts && ascii; i++)
		ascii = has_answer(&m->rcpts[i]) ||
		    str_is_ascii(m->rcpts[i].address);
	return !ascii;
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
	} else if (m->body_8bit && !(c->offers & OFFER_8BITMIME)) {
		*why = client_words(c, "5.6.3",
		    "the server does not offer 8BITMIME");
	} else if (c->size > 0 && m->size > c->size) {
		*why = client_words(c, "5.3.4", "the message has %llu octets "
		    "and the server takes %llu", (unsigned long long)m->size,
		    (unsigned long long)c->size);
	} else {
		return true;
	}
	return false;
}

/* Everybody who has no answer gets this one. */
static void
settle(struct sending *x)
{
	for (size_t i = 0; i < x->m->nrcpts; i++)
		if (!has_answer(&x->m->rcpts[i]))
			x->m->rcpts[i].answer = x->why;
}

static bool
all_answered(const struct smtp_outgoing *m)
{
	for (size_t i = 0; i < m->nrcpts; i++)
		if (!has_answer(&m->rcpts[i]))
			return false;
	return true;
}

int
smtp_client_send(struct smtp_client *c, struct smtp_outgoing *m,
    struct arena *a)
{
	struct sending x = { .c = c, .m = m, .a = a };
	struct smtp_answer why;
	int rc = 0;

	for (size_t i = 0; i < m->nrcpts; i++) {
		m->rcpts[i].answer = (struct smtp_answer){ 0 };
		m->rcpts[i].accepted = false;
	}
	refuse_bad_addresses(&x);
	m->smtputf8 = needs_utf8(m);
	if (all_answered(m))
		return 0;
	if (fits(&x, &why))
		rc = transaction(&x);
	else
		(void)because(&x, 0, &why);
	settle(&x);
	return rc == E_CANCELED ? rc : 0;
}
