/*
 * Whatever store, resolver and servers say to relay, it comes to its end.
 * Input: each answer takes what is up to the next "|"; when there is none left
 * nobody has work, no name is there and nobody listens.
 */
#include "relay/relay.h"
#include "rt/clock.h"
#include "store/blob.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WIRE = 4096, PASS_MS = 600 * 1000, STOP_MS = 10000,
	ROUNDS_MAX = 20000 };

struct store {
	struct loop *loop;
	struct rd in;
	uint64_t generation;
};
struct dns {
	struct store *input;
};
struct blob_writer {
	int nothing;
};

static struct store store;

/* What comes next, without its first octet, which says how to take it. */
static struct str
next(uint8_t *how, size_t most)
{
	struct str rest = rd_rest(&store.in), head, tail;

	*how = 0;
	(void)str_cut(rest, '|', &head, &tail);
	(void)rd_take(&store.in, rest.n - tail.n);
	if (head.n == 0)
		return head;
	*how = (uint8_t)head.p[0];
	return str_first(str_from(head, 1), most);
}

/* store ------------------------------------------------------------------- */

static void
put_item(struct buf *items, struct arena *a)
{
	uint8_t how, many;
	struct queue_item item = { .lease = rd_left(&store.in) };
	struct queue_rcpt rcpt = { 0 };
	auto_buf rcpts = BUF_INIT(150000);

	item.reverse_path = next(&how, 320);
	item.message = 1 + how;	/* 0 is none, for which others would wait */
	item.ret = how;
	item.smtputf8 = how & 1;
	item.size = how & 2 ? UINT64_MAX : how;
	item.signature = next(&how, 8192);
	item.body_8bit = how & 1;
	item.signature_7bit = how & 2 ? item.signature : STR_NULL;
	item.envid = next(&how, 100);
	rcpt.address = next(&many, 320);
	rcpt.outcome = many % 10;
	rcpt.code = many;
	rcpt.text = next(&how, 1000);
	rcpt.orcpt = next(&how, 500);
	rcpt.status = next(&how, 12);
	rcpt.host = next(&how, 255);
	rcpt.notify = how;
	for (; rcpt.n < many; rcpt.n++)
		msg_put(&rcpts, &queue_rcpt_shape, &rcpt);
	item.rcpts = str_dup(a, buf_get(&rcpts));
	msg_put(items, &queue_item_shape, &item);
}

static int
take(const struct take_ask *ask, struct take_answer *answer, struct arena *a)
{
	auto_buf items = BUF_INIT(MSG_CHUNK);
	uint8_t how;

	*answer = (struct take_answer){ 0 };
	if (rd_left(&store.in) == 0)
		return fiber_sleep(store.loop, loop_now_ms(store.loop) +
		    ask->wait_ms);
	answer->destination = next(&how, 255);
	answer->kind = how % 4;
	answer->again = how & 4;
	if (how & 8)
		buf_str(&items, next(&how, MSG_CHUNK));
	else
		for (unsigned i = 0; i <= how / 16u; i++)
			put_item(&items, a);
	if (how & 128)
		store.generation++;
	answer->items = str_dup(a, buf_get(&items));
	return fiber_sleep(store.loop, loop_now_ms(store.loop) + 1);
}

int
store_call(struct store *st unused_arg, enum store_call which,
    const void *ask, void *answer, struct arena *a, struct err *err)
{
	uint8_t how;

	if (which == STORE_take)
		return take(ask, answer, a);
	if (which == STORE_bounce)
		*(struct bounce_answer *)answer = (struct bounce_answer){ 1 };
	(void)next(&how, 0);
	if (fiber_sleep(store.loop, loop_now_ms(store.loop) + 1) < 0)
		return err_set(err, E_CANCELED, "canceled");
	return how % 8 == 1 ? err_set(err, -(how / 8 % 12 + 1), "no") : 0;
}

void
store_notify(struct store *st unused_arg, enum store_call which unused_arg,
    const void *ask unused_arg)
{
}

uint64_t
store_generation(const struct store *st unused_arg)
{
	return store.generation;
}

uint64_t
store_change_id(struct store *st unused_arg)
{
	return 1;
}

int
blob_read_queued(struct store *st unused_arg, uint64_t lease unused_arg,
    uint64_t offset unused_arg, uint64_t len,
    int (*out)(void *arg, struct str octets), void *arg, struct err *err)
{
	uint8_t how;
	struct str piece = next(&how, (size_t)(len < 65536 ? len : 65536));
	int e = fiber_sleep(store.loop, loop_now_ms(store.loop) + 1);

	for (unsigned i = 0; i <= how && e == 0; i++)
		e = out(arg, piece);
	if (e == 0 && how % 16 == 15)
		e = err_set(err, E_NOTFOUND, "gone");
	return e;
}

struct blob_writer *
blob_writer_new(struct store *st unused_arg, uint32_t level unused_arg)
{
	static struct blob_writer w;

	return &w;
}

int
blob_write(struct blob_writer *b unused_arg, struct str octets unused_arg,
    struct err *err unused_arg)
{
	return 0;
}

int
blob_finish(struct blob_writer *b unused_arg, struct blob_ref *ref,
    struct err *err)
{
	uint8_t how;

	*ref = (struct blob_ref){ .octets = next(&how, 100) };
	return how % 8 == 1 ? err_set(err, E_FULL, "full") : 0;
}

void
blob_writer_free(struct blob_writer *b unused_arg)
{
}

/* resolver ---------------------------------------------------------------- */

int
dns_lookup(struct dns *d unused_arg, struct str name, enum dns_type type,
    struct lookup_answer *answer, struct arena *a, int64_t until unused_arg,
    struct err *err)
{
	const struct str address[] = { STR("\xc0\0\2\1"),
		STR("\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1") };
	auto_buf records = BUF_INIT(65000);
	struct dns_record r = { 0 };
	uint8_t how;

	r.data = next(&how, 60000);
	r.preference = how;
	if (how == 1 && type != DNS_MX)
		r.data = address[type == DNS_AAAA];
	if (how & 2)
		buf_str(&records, r.data);
	else if (how)
		msg_put(&records, &dns_record_shape, &r);
	*answer = (struct lookup_answer){ .result = how ? how / 16u :
		DNS_NODATA, .security = how & 3, .name = str_dup(a, name),
		.canonical = str_dup(a, str_first(r.data, 255)),
		.why = str_dup(a, str_first(r.data, 300)),
		.records = str_dup(a, buf_get(&records)) };
	if (fiber_sleep(store.loop, loop_now_ms(store.loop) + 1) < 0)
		return err_set(err, E_CANCELED, "canceled");
	return how == 255 ? err_set(err, E_PEER, "resolver is away") : 0;
}

/* servers ----------------------------------------------------------------- */

static void
serve(void *arg)
{
	struct stream *s = stream_new(store.loop, arg);
	uint8_t how;
	struct str line;

	stream_deadline(s, loop_now_ms(store.loop) + 600000);
	do {
		struct str say = next(&how, 2000);

		if (how == 0)
			break;
		(void)stream_write(s, say);
		(void)stream_write(s, STR("\r\n"));
	} while (stream_flush(s, NULL) == 0 &&
	    stream_line(s, 4096, &line, NULL) == 0);
	stream_close(s);
}

static int
dial(struct loop *l, const char *address unused_arg,
    uint16_t port unused_arg, const char *from unused_arg,
    int64_t until unused_arg, struct transport **t, struct err *err)
{
	struct transport *wire;
	uint8_t how;

	(void)next(&how, 0);
	if (fiber_sleep(l, loop_now_ms(l) + 1) < 0)
		return err_set(err, E_CANCELED, "canceled");
	if (how % 2 == 0)
		return err_set(err, E_IO, "refused");
	transport_pair(l, WIRE, &wire, t);
	(void)fiber_spawn(l, "server", serve, wire);
	return 0;
}

/* All of it --------------------------------------------------------------- */

static void
nothing(struct timer *t unused_arg)
{
}

static void
pass(struct loop *l, int64_t ms)
{
	int64_t until = loop_now_ms(l) + ms;
	struct timer t = { 0 };
	int rounds = 0;

	timer_set(l, &t, until, nothing);
	while (loop_now_ms(l) < until && rounds++ < ROUNDS_MAX)
		loop_once(l, until - loop_now_ms(l));
	timer_clear(l, &t);
}

static void
clients(struct relay_options *o)
{
	static struct tls_lib *lib;
	static struct tls_client *any, *verify;

	if (!lib) {
		lib = tls_lib_new(NULL);
		any = tls_client_new(lib, false, NULL);
		verify = tls_client_new(lib, true, NULL);
	}
	o->tls_any = any;
	o->tls_verify = verify;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fake_clock clock = clock_fake(1795320061000000);
	struct dns dns = { &store };
	struct config config = { .hostname = STR("mail.here.test"),
		.relay_port = 25, .relay_private = 1, .relay_connections = 4,
		.host_connections = 2 };
	struct relay_options o = { .store = &store, .dns = &dns,
		.dial = dial };
	struct relay *r;

	store = (struct store){ .generation = 1,
		.in = rd_of(str_make((const char *)data, size)) };
	o.loop = store.loop = loop_new(&clock.clock, NULL);
	clients(&o);
	r = relay_new(&o, &config);
	relay_start(r);
	pass(store.loop, PASS_MS);
	relay_stop(r);
	pass(store.loop, STOP_MS);
	bug_if(loop_fibers(store.loop) > 0);
	relay_free(r);
	loop_free(store.loop);
	return 0;
}
