/*
 * client.c - the life of a connection to a server, and waiting for what the
 * server says.
 */
#include "smtp/client_int.h"

#include <stdarg.h>

enum { MINUTE_MS = 60000, QUIT_MS = 1000, LIFE_MAX = 1 << 16 };

/* Life ------------------------------------------------------------------ */

/* RFC 5321 4.5.3.2 */
static void
set_limits(struct smtp_client_options *o)
{
	const struct {
		int64_t *limit_ms;
		int minutes;
	} limits[] = { { &o->greeting_ms, 5 }, { &o->command_ms, 5 },
		{ &o->mail_ms, 5 }, { &o->rcpt_ms, 5 }, { &o->data_ms, 2 },
		{ &o->text_ms, 3 }, { &o->end_ms, 10 } };

	for (size_t i = 0; i < NELEM(limits); i++)
		if (*limits[i].limit_ms == 0)
			*limits[i].limit_ms = limits[i].minutes *
			    (int64_t)MINUTE_MS;
}

struct smtp_client *
smtp_client_new(const struct smtp_client_options *o, struct stream *s,
    struct str name)
{
	struct arena *life = arena_new(LIFE_MAX);
	struct smtp_client *c = arena_new_of(life, struct smtp_client);

	c->life = life;
	c->o = *o;
	c->o.hostname = str_dup(life, o->hostname);
	set_limits(&c->o);
	c->s = s;
	c->name = str_dup(life, name);
	c->until_ms = NEVER;
	c->max_mails = c->max_rcpts = UINT32_MAX;
	return c;
}

void
smtp_client_deaf(struct smtp_client *c)
{
	c->o.heard = NULL;
	c->o.heard_arg = NULL;
}

void
smtp_client_until(struct smtp_client *c, int64_t at_ms)
{
	c->until_ms = at_ms;
}

void
client_deadline(struct smtp_client *c, int64_t limit_ms)
{
	int64_t at = loop_now_ms(c->o.loop) + limit_ms;

	stream_deadline(c->s, at < c->until_ms ? at : c->until_ms);
}

void
smtp_client_drop(struct smtp_client *c)
{
	if (!c)
		return;
	stream_close(c->s);
	arena_free(c->life);
}

void
smtp_client_free(struct smtp_client *c)
{
	struct smtp_answer bye;

	if (c && c->greeted && !c->lost) {
		c->until_ms = NEVER;
		(void)stream_write(c->s, STR("QUIT\r\n"));
		(void)client_answer(c, "QUIT", QUIT_MS, &bye);
	}
	smtp_client_drop(c);
}

/* What it is like -------------------------------------------------------- */

unsigned
smtp_client_offers(const struct smtp_client *c)
{
	return c->offers;
}

uint64_t
smtp_client_size(const struct smtp_client *c)
{
	return c->size;
}

struct tls_facts
smtp_client_tls_facts(const struct smtp_client *c)
{
	return stream_tls(c->s);
}

bool
smtp_client_tls_key(const struct smtp_client *c, char hex[TLS_KEY_HEX + 1])
{
	return stream_tls_key(c->s, hex);
}

void
smtp_client_tls_words(const struct smtp_client *c, struct buf *words)
{
	stream_tls_words(c->s, words);
}

bool
smtp_client_usable(const struct smtp_client *c)
{
	return c->ready && !c->lost;
}

uint32_t
smtp_client_messages(const struct smtp_client *c)
{
	return c->messages;
}

uint32_t
smtp_client_max_rcpts(const struct smtp_client *c)
{
	return c->max_rcpts;
}

bool
smtp_client_spent(const struct smtp_client *c, uint32_t messages)
{
	return c->messages >= messages || c->mails >= c->max_mails;
}

bool
smtp_client_alive(struct smtp_client *c)
{
	if (!smtp_client_usable(c))
		return false;
	if (stream_poll(c->s).n > 0 || stream_failed(c->s))
		c->lost = true;
	return !c->lost;
}

/* Answers ---------------------------------------------------------------- */

struct smtp_answer
client_words(struct smtp_client *c, const char *status, const char *fmt, ...)
{
	struct smtp_answer a = { .code = 0 };
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(c->in.text, sizeof(c->in.text), fmt, ap);
	va_end(ap);
	(void)snprintf(a.status, sizeof(a.status), "%s", status);
	a.text = str_c(c->in.text);
	return a;
}

static int
client_lost(struct smtp_client *c, const struct err *err, const char *after,
    struct smtp_answer *out)
{
	c->lost = true;
	if (err->code == E_CANCELED)
		*out = client_words(c, "4.3.2", "called off after %s", after);
	else if (err->code == E_TIMEOUT)
		*out = client_words(c, "4.4.2", "no answer in time after %s",
		    after);
	else if (err->code == E_CLOSED)
		*out = client_words(c, "4.4.2",
		    "the connection was lost after %s", after);
	else
		*out = client_words(c, "4.4.2",
		    "the connection was lost (%s) after %s", err->text,
		    after);
	return err->code;
}

int
client_nonsense(struct smtp_client *c, const char *after, const char *what,
    struct smtp_answer *out)
{
	c->lost = true;
	*out = client_words(c, "4.5.0",
	    "the server does not speak SMTP (%s) after %s", what, after);
	return E_PROTO;
}

static void
heard_line(void *arg, unsigned nth, struct str text)
{
	struct smtp_client *c = arg;

	if (c->on_line)
		c->on_line(c, nth, text);
	c->o.heard(c->o.heard_arg, c->after, c->in.code, text);
}

/* One deadline for the whole of it: octets that come one by one buy no time. A
 * server that refused and went away at once, or listens no more, was heard,
 * even if our last words found nobody. */
int
client_read(struct smtp_client *c, const char *after, int64_t limit_ms,
    struct smtp_answer *out)
{
	enum answer_state state;
	struct str octets;
	size_t used;
	struct err err = { 0 };
	int rc;

	answer_begin(&c->in);
	c->after = after;
	c->in.on_line = c->o.heard ? heard_line : c->on_line;
	c->in.arg = c;
	client_deadline(c, limit_ms);
	do {
		rc = stream_peek(c->s, &octets, &err);
		if (rc < 0 && rc != E_CANCELED &&
		    (octets = stream_poll(c->s)).n > 0)
			rc = 0;
		if (rc < 0)
			return client_lost(c, &err, after, out);
		state = answer_feed(&c->in, octets, &used);
		stream_eat(c->s, used);
	} while (state == ANSWER_MORE);
	if (state == ANSWER_BAD)
		return client_nonsense(c, after, c->in.bad, out);
	*out = answer_get(&c->in);
	c->lost |= state == ANSWER_ENDLESS || out->code == 421;
	return out->code == 421 ? E_CLOSED : 0;
}

/* A flush that fails shows when there is nothing to read. */
int
client_answer(struct smtp_client *c, const char *after, int64_t limit_ms,
    struct smtp_answer *out)
{
	int64_t start = loop_now_ms(c->o.loop);

	client_deadline(c, limit_ms);
	(void)stream_flush(c->s, NULL);
	return client_read(c, after, start + limit_ms -
	    loop_now_ms(c->o.loop), out);
}

int
client_ask(struct smtp_client *c, const char *after, int64_t limit_ms,
    int digit, struct smtp_answer *out)
{
	char what[16];
	int rc = client_answer(c, after, limit_ms, out);

	if (rc < 0 || out->code / 100 == digit)
		return rc;
	if (out->code >= 400)
		return E_DENIED;
	(void)snprintf(what, sizeof(what), "%d", out->code);
	return client_nonsense(c, after, what, out);
}

int
client_quiet(struct smtp_client *c, struct smtp_answer *out)
{
	int rc;

	if (stream_poll(c->s).n == 0)
		return 0;
	rc = client_read(c, "nothing", c->o.command_ms, out);
	return rc < 0 ? rc : client_nonsense(c, "nothing", "an answer", out);
}
