#include "lib/people_world.h"

#include "smtp/test_tls.h"

enum { ROUNDS = 40, STEP_MS = 1000, WIRE = 4096 };

/* ---- vault: itself a world, as the service carries it ------------------ */

struct vault {
	struct world w;
};

int
vault_login(struct vault *v, const struct login_ask *ask,
    struct login *login, struct arena *a, struct err *err)
{
	struct world *w = &v->w;
	size_t i = 0;

	assert_str(ask->peer, "192.0.2.1");
	fiber_yield(w->loop);	/* others go on while a password is proven */
	if (str_eq(ask->user, STR("busy")))
		return err_set(err, E_BUSY, "too many tries");
	if (!str_eqi(ask->user, STR("alice@example.test")) ||
	    !str_eq(ask->password, STR("se cret")) || ask->authzid.n)
		return err_set(err, E_DENIED, "wrong");
	while (w->stores[i])
		i++;
	w->stores[i] = fake_store_login(&w->store.fake);
	*login = (struct login){ .account = 1, .store = w->stores[i],
		.address = str_dup(a, STR("alice@example.test")) };
	return 0;
}

/* Nobody proves anything here: tests/test_scram.py does. */
int
vault_scram_first(struct vault *v unused_arg,
    const struct scram_first_ask *ask unused_arg,
    struct scram_first_answer *answer unused_arg,
    struct arena *a unused_arg, struct err *err)
{
	return err_set(err, E_DENIED, "not here");
}

int
vault_scram_final(struct vault *v unused_arg,
    const struct scram_final_ask *ask unused_arg,
    struct login *login unused_arg, struct str *signature unused_arg,
    struct arena *a unused_arg, struct err *err)
{
	return err_set(err, E_DENIED, "not here");
}

/* Nobody proves anything here: tests/test_oauth.py does. */
int
vault_bearer(struct vault *v unused_arg,
    const struct bearer_ask *ask unused_arg,
    struct login *login unused_arg, struct arena *a unused_arg,
    struct err *err)
{
	return err_set(err, E_DENIED, "not here");
}

/* Nor this: tests/test_external.py does. */
int
vault_external(struct vault *v unused_arg,
    const struct external_ask *ask unused_arg,
    struct login *login unused_arg, struct arena *a unused_arg,
    struct err *err)
{
	return err_set(err, E_DENIED, "not here");
}

int
vault_cram_first(struct vault *v unused_arg,
    const struct cram_first_ask *ask unused_arg,
    struct scram_first_answer *answer unused_arg,
    struct arena *a unused_arg, struct err *err)
{
	return err_set(err, E_DENIED, "not here");
}

int
vault_cram_final(struct vault *v unused_arg,
    const struct cram_final_ask *ask unused_arg,
    struct login *login unused_arg, struct arena *a unused_arg,
    struct err *err)
{
	return err_set(err, E_DENIED, "not here");
}

bool
vault_has_cram(const struct vault *v unused_arg)
{
	return false;
}

struct str
vault_issuers(const struct vault *v unused_arg)
{
	return STR_NULL;
}

void
vault_logout(struct vault *v, struct login *login)
{
	for (size_t i = 0; i < WORLD_CLIENTS; i++) {
		if (v->w.stores[i] == login->store)
			v->w.stores[i] = NULL;
	}
	free(login->store);
}

/* ---- the world --------------------------------------------------------- */

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

static void
begin(struct world *w, struct tls_ctx *tls_ctx)
{
	const struct config conf = { .hostname = STR("mx.example.test"),
		.max_message = 1000, .imap_timeout_s = 1800,
		.pop3_timeout_s = 600, .http_timeout_s = 75,
		.sign_in_idle_s = 3600, .sign_in_life_s = 7200,
		.max_connections = 100, .data_rate = 100 };

	memset(w, 0, sizeof(*w));
	w->clock = clock_fake(1795320061000000);
	/* What a test asks for goes wrong loudly; that is not news. */
	w->log = log_new(2, "test", LOG_ERROR, wall_of, w);
	w->loop = loop_new(&w->clock.clock, w->log);
	w->mem = arena_new(64 << 20);
	fake_boxes_init(&w->store, w->loop, w->mem);
	w->tls_ctx = tls_ctx;
	w->service = world_speaks.service_new(w->loop, &conf,
	    container_of(w, struct vault, w), w->tls_ctx);
}

void
world_begin(struct world *w)
{
	begin(w, test_tls_ctx());
}

void
world_begin_plain(struct world *w)
{
	begin(w, NULL);
}

struct start {
	struct world *w;
	struct stream *stream;
	bool tls_first;
};

static void
start(void *arg)
{
	struct start *st = arg;
	const struct peer peer = { .address = "192.0.2.1", .port = 4321 };

	world_speaks.start(st->w->service, st->stream, &peer, st->tls_first,
	    ended, st->w);
}

void
world_connect(struct world *w, size_t i, bool tls_first)
{
	struct start *st = arena_new_of(w->mem, struct start);
	struct transport *server;
	struct client *c = &w->c[i];

	world_hang_up(w, i);
	*c = (struct client){ .got = BUF_INIT(16 << 20) };
	transport_pair(w->loop, WIRE, &server, &c->wire);
	c->wire->ready = nothing;
	*st = (struct start){ w, stream_new(w->loop, server), tls_first };
	(void)fiber_spawn(w->loop, "session", start, st);
	w->started++;
	world_settle(w);
	if (tls_first)
		assert_true(world_client_tls(w, i));
}

void
world_login(struct world *w, size_t i)
{
	struct str got;

	world_connect(w, i, true);
	world_send(w, i, str_c(world_speaks.login));
	got = world_got(w, i);
	assert_true(str_find(got, str_c(world_speaks.welcome)) < got.n);
}

void
world_hang_up(struct world *w, size_t i)
{
	struct client *c = &w->c[i];

	world_settle(w);
	if (c->wire)
		c->wire->ops->close(c->wire);
	ssl_client_free(c->tls);
	buf_free(&c->got);
	*c = (struct client){ 0 };
	world_settle(w);
}

void
world_end(struct world *w)
{
	for (size_t i = 0; i < WORLD_CLIENTS; i++)
		world_hang_up(w, i);
	assert_int_equal(w->ended, w->started);
	assert_int_equal(loop_fibers(w->loop), 0);
	for (size_t i = 0; i < WORLD_CLIENTS; i++)
		assert_null(w->stores[i]);
	world_speaks.service_unref(w->service);
	if (w->tls_ctx)
		tls_ctx_unref(w->tls_ctx);
	loop_free(w->loop);
	log_free(w->log);
	arena_free(w->mem);
}

/* Wire octets to the client: decrypted if it speaks TLS. */
static bool
client_read(struct client *c)
{
	char octets[1024];
	ssize_t n;

	if (!c->wire || c->eof || c->deaf)
		return false;
	n = c->wire->ops->read(c->wire, octets, sizeof(octets));
	if (n < 0)
		return false;
	c->eof = n == 0;
	if (c->tls)
		ssl_client_took(c->tls, str_make(octets, (size_t)n), &c->got);
	else
		buf_put(&c->got, octets, (size_t)n);
	return n > 0;
}

void
world_settle(struct world *w)
{
	for (int i = 0; i < ROUNDS; i++) {
		loop_once(w->loop, 0);
		for (size_t k = 0; k < WORLD_CLIENTS; k++) {
			while (client_read(&w->c[k]))
				i = 0;
		}
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
		loop_once(w->loop, 0);
	}
	world_settle(w);
}

static void
send_wire(struct world *w, struct client *c, struct str octets)
{
	for (int stuck = 0; octets.n > 0 && stuck < 1000;) {
		ssize_t n = c->wire->ops->write(c->wire, octets.p, octets.n);

		stuck = n > 0 ? 0 : stuck + 1;
		octets = str_from(octets, n > 0 ? (size_t)n : 0);
		if (octets.n > 0)
			world_settle(w);
		if (n < 0 && n != E_AGAIN)
			return;
	}
	assert_int_equal(octets.n, 0);
}

void
world_send(struct world *w, size_t i, struct str octets)
{
	struct client *c = &w->c[i];
	auto_buf wire = BUF_INIT(16 << 20);

	if (c->tls)
		ssl_client_seal(c->tls, octets, &wire);
	send_wire(w, c, c->tls ? buf_get(&wire) : octets);
	world_settle(w);
}

bool
world_client_tls(struct world *w, size_t i)
{
	struct client *c = &w->c[i];

	c->tls = ssl_client_new();
	for (int n = 0; n < 10 && !ssl_client_ready(c->tls); n++) {
		auto_buf wire = BUF_INIT(1 << 20);

		ssl_client_step(c->tls, &wire);
		send_wire(w, c, buf_get(&wire));
		world_settle(w);
	}
	return ssl_client_ready(c->tls);
}

struct str
world_got(struct world *w, size_t i)
{
	struct str s = str_dup(w->mem, buf_get(&w->c[i].got));

	buf_reset(&w->c[i].got);
	return s;
}

void
world_notify(struct world *w)
{
	for (size_t i = 0; i < WORLD_CLIENTS; i++) {
		struct store *st = w->stores[i];

		if (st && st->changed)
			st->changed(st->arg, &(struct changed){
			    .mailbox = 1, .modseq = w->store.modseq });
	}
	world_settle(w);
}
