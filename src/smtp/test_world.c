#include "smtp/test_world.h"

#include "smtp/test_tls.h"

enum { ROUNDS = 40, STEP_MS = 1000 };

static int64_t
wall_of(void *arg)
{
	struct world *w = arg;

	return w->clock.wall;
}

static void
ended(void *arg)
{
	struct world *w = arg;

	w->ended++;
}

static void
nothing(void *arg unused_arg)
{
}

/* The server's end of the wire, and how often it was written to. */
struct counted_end {
	struct transport t;
	struct transport *inner;
	struct world *w;
};

static ssize_t
counted_read(struct transport *t, void *p, size_t n)
{
	struct transport *in = container_of(t, struct counted_end, t)->inner;

	return in->ops->read(in, p, n);
}

static ssize_t
counted_write(struct transport *t, const void *p, size_t n)
{
	struct counted_end *c = container_of(t, struct counted_end, t);

	c->w->writes++;
	return c->inner->ops->write(c->inner, p, n);
}

static void
counted_close(struct transport *t)
{
	struct counted_end *c = container_of(t, struct counted_end, t);

	c->inner->ops->close(c->inner);
	free(c);
}

static void
counted_ready(void *arg)
{
	struct counted_end *c = arg;

	if (c->t.ready)
		c->t.ready(c->t.arg);
}

static struct transport *
counted(struct world *w, struct transport *inner)
{
	static const struct transport_ops ops = { counted_read, counted_write,
		counted_close };
	struct counted_end *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	*c = (struct counted_end){ { .ops = &ops }, inner, w };
	inner->ready = counted_ready;
	inner->arg = c;
	return &c->t;
}

struct session_start {
	struct world *w;
	struct stream *stream;
	bool tls_first;
};

static void
start(void *arg)
{
	struct session_start *st = arg;
	const struct peer peer = { .address = "192.0.2.1", .port = 4321 };

	smtp_start(st->w->service, st->stream, &peer, st->tls_first, ended,
	    st->w);
}

uint32_t world_greeting_delay_s;
struct str world_in_front;

static void
make_service(struct world *w, enum listen_kind kind)
{
	struct config conf = {
		.hostname = STR("mx.example.test"),
		.max_message = 100000,
		.max_recipients = 100,
		.smtp_timeout_s = 300,
	};
	const struct smtp_options o = {
		.loop = w->loop,
		.hostname = conf.hostname,
		.max_message = conf.max_message,
		.max_recipients = conf.max_recipients,
		.timeout_s = conf.smtp_timeout_s,
		.data_rate = WORLD_DATA_RATE,
		.data_time_s = WORLD_DATA_TIME_S,
		.greeting_delay_s = world_greeting_delay_s,
		.xclient_peers = world_in_front,
		.xforward_peers = world_in_front,
		.tls = w->tls_ctx,
		.store = &w->store,
		.lmtp = kind == LISTEN_LMTP,
		.prdr = kind == LISTEN_SMTP,
	};

	w->service = kind == LISTEN_SMTP || kind == LISTEN_LMTP
	    ? smtp_service_new(&o)
	    : smtp_submission_new(w->loop, &conf,
		  container_of(w, struct vault, w), w->tls_ctx);
}

void
world_open(struct world *w, enum listen_kind kind, size_t cap)
{
	world_open_with(w, kind, cap, test_tls_ctx());
}

void
world_open_with(struct world *w, enum listen_kind kind, size_t cap,
    struct tls_ctx *tls)
{
	struct transport *server;
	struct session_start *st;

	memset(w, 0, sizeof(*w));
	w->clock = clock_fake(1795320061000000);
	w->log = log_new(2, "test", LOG_ERROR, wall_of, w);
	w->loop = loop_new(&w->clock.clock, w->log);
	w->mem = arena_new(16 << 20);
	w->submits = arena_array(w->mem, WORLD_SUBMITS,
	    sizeof(*w->submits));
	w->got = BUF_INIT(16 << 20);
	fakes_init(w);
	w->tls_ctx = tls;
	make_service(w, kind);
	transport_pair(w->loop, cap, &server, &w->client);
	w->client->ready = nothing;
	st = arena_new_of(w->mem, struct session_start);
	*st = (struct session_start){ w,
		stream_new(w->loop, counted(w, server)),
		kind == LISTEN_SUBMISSIONS };
	fiber_spawn(w->loop, "session", start, st);
	world_settle(w);
}

void
world_hang_up(struct world *w)
{
	world_settle(w);
	if (w->client)
		w->client->ops->close(w->client);
	w->client = NULL;
	world_settle(w);
}

void
world_close(struct world *w)
{
	world_hang_up(w);
	assert_int_equal(w->ended, 1);
	assert_int_equal(loop_fibers(w->loop), 0);
	ssl_client_free(w->tls);
	smtp_service_unref(w->service);
	tls_ctx_unref(w->tls_ctx);
	loop_free(w->loop);
	log_free(w->log);
	buf_free(&w->got);
	arena_free(w->mem);
}

/* Wire octets to the client: decrypted if it speaks TLS. */
static bool
client_read(struct world *w)
{
	char octets[1024];
	ssize_t n;

	if (!w->client || w->client_eof || w->deaf)
		return false;
	n = w->client->ops->read(w->client, octets, sizeof(octets));
	if (n < 0)
		return false;
	w->client_eof = n == 0;
	if (w->tls)
		ssl_client_took(w->tls, str_make(octets, (size_t)n), &w->got);
	else
		buf_put(&w->got, octets, (size_t)n);
	return n > 0;
}

void
world_settle(struct world *w)
{
	for (int i = 0; i < ROUNDS; i++) {
		loop_once(w->loop, 0);
		while (client_read(w))
			i = 0;
	}
}

void
world_pass(struct world *w, int64_t ms)
{
	world_settle(w);
	while (ms > 0) {
		int64_t step = ms < STEP_MS ? ms : STEP_MS;

		w->clock.mono += step * 1000;
		w->clock.wall += step * 1000;
		ms -= step;
		world_settle(w);
	}
}

static void
send_wire(struct world *w, struct str octets)
{
	for (int stuck = 0; octets.n > 0 && stuck < 1000;) {
		ssize_t n = w->client->ops->write(w->client, octets.p,
		    octets.n);

		stuck = n > 0 ? 0 : stuck + 1;
		octets = str_from(octets, n > 0 ? (size_t)n : 0);
		if (octets.n > 0)
			world_settle(w);
		if (n < 0 && n != E_AGAIN)
			return;
	}
	assert_true(octets.n == 0 || w->ended == 1);
}

void
world_send(struct world *w, struct str octets)
{
	auto_buf wire = BUF_INIT(16 << 20);

	if (w->tls)
		ssl_client_seal(w->tls, octets, &wire);
	send_wire(w, w->tls ? buf_get(&wire) : octets);
	world_settle(w);
}

bool
world_client_tls(struct world *w)
{
	w->tls = ssl_client_new();
	for (int i = 0; i < 10 && !ssl_client_ready(w->tls); i++) {
		auto_buf wire = BUF_INIT(1 << 20);

		ssl_client_step(w->tls, &wire);
		send_wire(w, buf_get(&wire));
		world_settle(w);
	}
	return ssl_client_ready(w->tls);
}

struct str
world_got(struct world *w)
{
	struct str s = str_dup(w->mem, buf_get(&w->got));

	buf_reset(&w->got);
	return s;
}
