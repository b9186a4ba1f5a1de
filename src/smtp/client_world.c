#include "smtp/client_world.h"

#include <errno.h>

/* The wires --------------------------------------------------------------- */

/* An end that counts, and may be cut. */
struct counting_end {
	struct transport t;
	struct transport *inner;
	struct scene *scene;
	bool server;
};

static ssize_t
counted_read(struct transport *t, void *p, size_t n)
{
	struct counting_end *c = container_of(t, struct counting_end, t);

	if (!c->server && c->scene->reset) {
		errno = ECONNRESET;
		return E_RESET;
	}
	return c->inner->ops->read(c->inner, p, n);
}

static ssize_t
cut_write(struct counting_end *c, const void *p, size_t n)
{
	struct scene *s = c->scene;
	size_t left = s->cut - s->said;

	if (left == 0 && s->silent)
		return (ssize_t)n;
	if (left == 0)
		return E_CLOSED;
	return c->inner->ops->write(c->inner, p, n < left ? n : left);
}

static ssize_t
counted_write(struct transport *t, const void *p, size_t n)
{
	struct counting_end *c = container_of(t, struct counting_end, t);
	struct scene *s = c->scene;
	bool cut = c->server && s->cut > 0;
	ssize_t did = cut ? cut_write(c, p, n)
			  : c->inner->ops->write(c->inner, p, n);

	if (c->server && did > 0 && !s->script_done &&
	    !(cut && s->said == s->cut))
		s->said += (size_t)did;
	if (!c->server && did != E_AGAIN)
		s->writes++;
	return did;
}

static void
counted_close(struct transport *t)
{
	struct counting_end *c = container_of(t, struct counting_end, t);

	c->inner->ops->close(c->inner);
	free(c);
}

static void
counted_ready(void *arg)
{
	struct counting_end *c = arg;

	if (c->t.ready)
		c->t.ready(c->t.arg);
}

static struct stream *
end_of(struct scene *s, struct transport *inner, bool server)
{
	static const struct transport_ops ops = { counted_read, counted_write,
		counted_close };
	struct counting_end *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	*c = (struct counting_end){ { .ops = &ops }, inner, s, server };
	inner->ready = counted_ready;
	inner->arg = c;
	return stream_new(s->loop, &c->t);
}

/* The server -------------------------------------------------------------- */

static bool
take_line(struct scene *s, struct str *line)
{
	(void)stream_flush(s->server, NULL);
	if (stream_line(s->server, 1 << 16, line, NULL) < 0)
		return false;
	buf_str(&s->heard, *line);
	buf_lit(&s->heard, "\n");
	return true;
}

static bool
take_message(struct scene *s)
{
	struct str line = STR_NULL;

	while (!str_eq(line, STR(".")))
		if (!take_line(s, &line))
			return false;
	return true;
}

static bool
wait_ms(struct scene *s, struct str ms)
{
	uint32_t n = 0;

	(void)stream_flush(s->server, NULL);
	return str_u32(ms, &n) &&
	    fiber_sleep(s->loop, loop_now_ms(s->loop) + n) == 0;
}

static void
say(struct scene *s, struct str text, uint32_t drip_ms)
{
	if (drip_ms == 0) {
		(void)stream_write(s->server, text);
		return;
	}
	for (size_t i = 0; i < text.n; i++) {
		(void)stream_write(s->server, str_make(text.p + i, 1));
		(void)stream_flush(s->server, NULL);
		(void)fiber_sleep(s->loop, loop_now_ms(s->loop) + drip_ms);
	}
}

static bool
act(struct scene *s, struct str line, uint32_t *drip_ms)
{
	struct str rest = str_from(line, 2), got;

	switch (line.n > 0 ? line.p[0] : 0) {
	case 'S':
	case 'R':
		say(s, rest, *drip_ms);
		if (line.p[0] == 'S')
			say(s, STR("\r\n"), *drip_ms);
		return true;
	case 'C':
		return take_line(s, &got);
	case 'M':
		return take_message(s);
	case 'W':
		return wait_ms(s, rest);
	case 'D':
		return str_u32(rest, drip_ms);
	case 'T':
		(void)stream_flush(s->server, NULL);
		return s->tls_ctx && stream_tls_accept(s->server, s->tls_ctx,
		    NULL) == 0;
	case 'Z':
		s->reset = true;
		return false;
	default:
		return false;
	}
}

static void
serve(void *arg)
{
	struct scene *s = arg;
	struct str script = str_c(s->script), line;
	uint32_t drip_ms = 0;
	bool on = true;

	while (on && str_cut(script, '\n', &line, &script))
		on = act(s, line, &drip_ms);
	(void)stream_flush(s->server, NULL);
	s->script_done = on;
	while (on && take_line(s, &line))
		continue;
	/* Silent: the other end is to give up first. */
	if (s->silent && !stream_failed(s->server))
		while (take_line(s, &line))
			continue;
	stream_close(s->server);
}

/* The client -------------------------------------------------------------- */

static int
text(void *arg, struct smtp_client *c, struct err *err)
{
	struct str *message = ((void **)arg)[0];
	struct scene *s = ((void **)arg)[1];
	int rc = smtp_client_text(c, *message);

	if (rc == 0 && s->text_error)
		return err_set(err, s->text_error, "no such blob");
	return rc;
}

static void
note_answers(struct scene *s, struct smtp_outgoing_rcpt *r)
{
	for (size_t i = 0; i < s->nrcpts; i++)
		buf_printf(&s->answers, "%d %s %.*s%s|", r[i].answer.code,
		    r[i].answer.status, STR_FMT(r[i].answer.text),
		    r[i].accepted ? " +" : "");
}

static void
send_one(struct scene *s, size_t i)
{
	struct smtp_outgoing m = s->how;
	void *arg[] = { &s->messages[i], s };

	m.rcpts = s->rcpts[i];
	for (size_t n = 0; n < s->nrcpts; n++)
		if (m.rcpts[n].address.n == 0)
			m.rcpts[n].address = arena_printf(s->mem,
			    "r%zu@b.test", n);
	m.nrcpts = s->nrcpts;
	m.text = text;
	m.arg = arg;
	s->send_rc = smtp_client_send(s->client, &m, s->mem);
	note_answers(s, m.rcpts);
}

static int
prepare(struct scene *s)
{
	int rc = 0;

	if (s->tls_first)
		rc = smtp_client_tls(s->client, s->tls, NULL, &s->why);
	if (rc == 0)
		rc = smtp_client_hello(s->client, &s->why);
	s->offers = smtp_client_offers(s->client);
	if (rc == 0 && s->starttls)
		rc = smtp_client_starttls(s->client, s->tls, NULL,
		    &s->why);
	if (rc == 0 && s->login)
		rc = smtp_client_login(s->client, STR("joe"), STR("secret"),
		    &s->why);
	return rc;
}

static void
play(void *arg)
{
	struct scene *s = arg;
	int64_t start = loop_now_ms(s->loop);

	s->rc = prepare(s);
	if (s->rc < 0)
		s->why = answer_keep(&s->why, s->mem);
	s->offers_at_end = smtp_client_offers(s->client);
	s->size = smtp_client_size(s->client);
	s->tls_on = smtp_client_tls_facts(s->client).on;
	for (size_t i = 0; i < s->nmessages && s->rc == 0; i++)
		send_one(s, i);
	s->took_ms = loop_now_ms(s->loop) - start;
	s->usable = smtp_client_usable(s->client);
	s->alive = smtp_client_alive(s->client);
	s->accepted = smtp_client_messages(s->client);
	start = loop_now_ms(s->loop);
	smtp_client_free(s->client);
	s->quit_ms = loop_now_ms(s->loop) - start;
}

static void
call_off(struct timer *t)
{
	struct scene *s = container_of(t, struct scene, cancel);

	fiber_cancel(s->loop, s->fiber);
}

/* Made once: it is the slowest thing here. Ed25519's signatures are of one
 * length, ECDSA's are not: a handshake says as many octets as the last one. */
static void
give_tls(struct scene *s)
{
	static struct tls_lib *lib;
	static struct tls_ctx *ctx;
	struct test_cert cert;

	if (!ctx) {
		lib = tls_lib_new(NULL);
		cert = test_cert("ED25519", "mx.test", "DNS:mx.test");
		ctx = tls_ctx_new(lib, NULL);
		assert_int_equal(0, tls_ctx_add(ctx, buf_get(&cert.pem),
		    cert.key, NULL));
		test_cert_free(&cert);
	}
	s->tls_ctx = tls_ctx_ref(ctx);
	s->tls = tls_client_new(lib, s->verify, NULL);
}

void
scene_play(struct scene *s)
{
	struct smtp_client_options o = { .hostname = STR("client.test") };
	struct transport *a, *b;

	o.lmtp = s->lmtp;
	s->clock = clock_fake(0);
	s->loop = o.loop = loop_new(&s->clock.clock, NULL);
	s->mem = arena_new(1 << 20);
	s->heard = BUF_INIT(16 << 20);
	s->answers = BUF_INIT(1 << 20);
	for (size_t i = 0; i < s->nmessages; i++)
		if (!s->rcpts[i])
			s->rcpts[i] = arena_array(s->mem, s->nrcpts,
			    sizeof(**s->rcpts));
	if (s->starttls || s->tls_first)
		give_tls(s);
	if (s->how.reverse_path.n == 0)
		s->how.reverse_path = STR("a@a.test");
	transport_pair(s->loop, s->wire ? s->wire : 65536, &a, &b);
	s->server = end_of(s, b, true);
	s->client = smtp_client_new(&o, end_of(s, a, false), STR("mx.test"));
	(void)fiber_spawn(s->loop, "server", serve, s);
	s->fiber = fiber_spawn(s->loop, "client", play, s);
	if (s->cancel_ms)
		timer_set(s->loop, &s->cancel, s->cancel_ms +
		    loop_now_ms(s->loop), call_off);
	loop_run(s->loop);
	assert_int_equal(loop_fibers(s->loop), 0);
}

void
scene_end(struct scene *s)
{
	loop_free(s->loop);
	arena_free(s->mem);
	buf_free(&s->heard);
	buf_free(&s->answers);
	tls_client_unref(s->tls);
	tls_ctx_unref(s->tls_ctx);
}
