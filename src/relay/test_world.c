#include "relay/test_world.h"

enum { ROUNDS = 60 };

static int64_t
wall_of(void *arg)
{
	struct world *w = arg;

	return w->clock.wall;
}

static void
open_tls(struct world *w)
{
	struct err err = { 0 };

	w->lib = tls_lib_new(&err);
	assert_non_null(w->lib);
	w->options.tls_any = tls_client_new(w->lib, false, &err);
	w->options.tls_verify = tls_client_new(w->lib, true, &err);
}

void
world_open(struct world *w)
{
	memset(w, 0, sizeof(*w));
	w->clock = clock_fake(1795320061000000);
	w->log = log_new(2, "test", LOG_ERROR, wall_of, w);
	w->loop = loop_new(&w->clock.clock, w->log);
	w->mem = arena_new(256 << 20);
	w->results = arena_array(w->mem, WORLD_LEASES, sizeof(*w->results));
	w->bounced = BUF_INIT(8 << 20);
	w->leases = 1;
	w->config = (struct config){
		.hostname = STR("relay.example.test"),
		.relay_port = 25,
		.relay_private = 1,
		.relay_connections = 20,
		.host_connections = 5,
	};
	open_tls(w);
	w->options.loop = w->loop;
	w->options.store = &w->store;
	w->options.dns = &w->dns;
	w->options.dial = test_server_dial;
	test_store_init(w);
	servers_open(&w->servers, w->loop, w->lib);
	w->server = w->servers.server;
}

void
world_start(struct world *w)
{
	w->relay = relay_new(&w->options, &w->config);
	relay_start(w->relay);
}

void
world_settle(struct world *w)
{
	for (int i = 0; i < ROUNDS; i++)
		loop_once(w->loop, 0);
}

static void
nothing(struct timer *t unused_arg)
{
}

/* A timer of ours, or time would go to the next of theirs. */
void
world_pass(struct world *w, int64_t ms)
{
	int64_t until = loop_now_ms(w->loop) + ms;
	struct timer t = { 0 };

	timer_set(w->loop, &t, until, nothing);
	while (loop_now_ms(w->loop) < until)
		loop_once(w->loop, until - loop_now_ms(w->loop));
	timer_clear(w->loop, &t);
	world_settle(w);
}

void
world_wait(struct world *w, size_t results)
{
	int64_t until = loop_now_ms(w->loop) + 600 * 1000;

	while (w->nresults < results) {
		if (loop_now_ms(w->loop) >= until)
			fail_msg("%zu results of %zu", w->nresults, results);
		loop_once(w->loop, 1000);
	}
	world_settle(w);
	assert_int_equal(w->nresults, results);
}

void
world_close(struct world *w)
{
	relay_stop(w->relay);
	world_pass(w, 10000);
	assert_int_equal(loop_fibers(w->loop), 0);
	relay_free(w->relay);
	loop_free(w->loop);
	servers_close(&w->servers);
	for (size_t i = 0; i < WORLD_HANDED; i++)
		buf_free(&w->handed[i].items);
	buf_free(&w->bounced);
	tls_client_unref(w->options.tls_any);
	tls_client_unref(w->options.tls_verify);
	tls_lib_unref(w->lib);
	log_free(w->log);
	arena_free(w->mem);
}

struct test_server *
world_server(struct world *w, const char *address)
{
	return server_add(&w->servers, address);
}

void
world_mx(struct world *w, const char *domain, uint32_t preference,
    const char *host)
{
	dns_add(&w->dns, domain, DNS_MX, preference, host, DNS_OK);
}

void
world_address(struct world *w, const char *host, const char *address)
{
	dns_add(&w->dns, host, DNS_A, 0, address, DNS_OK);
}

void
world_example(struct world *w)
{
	world_mx(w, "example.org", 20, "mx2.example.org");
	world_mx(w, "example.org", 10, "mx1.example.org");
	world_address(w, "mx1.example.org", "192.0.2.1");
	world_address(w, "mx2.example.org", "192.0.2.2");
	(void)world_server(w, "192.0.2.1");
	(void)world_server(w, "192.0.2.2");
}

static void
put_rcpts(struct buf *b, struct str rcpts)
{
	struct queue_rcpt r = { 0 };

	while (rcpts.n > 0) {
		(void)str_cut(rcpts, ',', &r.address, &rcpts);
		msg_put(b, &queue_rcpt_shape, &r);
		r.n++;
	}
}

uint64_t
world_item_of(struct world *w, struct queue_item item, uint64_t message,
    const char *rcpts, const char *text)
{
	struct buf *b = &w->handed[w->nhanded].items;
	auto_buf rows = BUF_INIT(150000);

	*b = b->cap ? *b : BUF_INIT(MSG_CHUNK);
	put_rcpts(&rows, str_c(rcpts));
	item.lease = w->leases++;
	item.message = message;
	item.size = strlen(text);
	if (item.rcpts.n == 0)
		item.rcpts = buf_get(&rows);
	w->text[item.lease] = str_c(text);
	msg_put(b, &queue_item_shape, &item);
	assert_false(buf_failed(b));
	return item.lease;
}

uint64_t
world_item_with(struct world *w, struct queue_item item, const char *rcpts,
    const char *text)
{
	return world_item_of(w, item, w->leases, rcpts, text);
}

uint64_t
world_item(struct world *w, const char *rcpts, const char *text)
{
	const struct queue_item item = { .reverse_path = STR("me@here.test") };

	return world_item_with(w, item, rcpts, text);
}

void
world_hand(struct world *w, enum take_kind kind, const char *destination)
{
	struct handed *h = &w->handed[w->nhanded++];

	h->kind = kind;
	h->destination = str_c(destination);
}

const struct queue_result *
world_result(struct world *w, uint64_t lease, uint32_t n)
{
	for (size_t i = 0; i < w->nresults; i++)
		if (w->results[i].lease == lease && w->results[i].n == n)
			return &w->results[i];
	fail_msg("no result of %llu/%u", (unsigned long long)lease, n);
	return NULL;
}
