/*
 * The client of this folder meets its server.
 */
#include "smtp/client.h"
#include "smtp/test_world.h"

struct mx_visit {
	struct world *w;
	struct stream *stream;
	struct tls_client *tls;		/* NULL: in clear */
	struct str text;
	int nmessages, rc;
	bool tls_on, done, ended;
	struct transport *server;
	uint32_t accepted;
	struct smtp_outgoing_rcpt rcpts[3];
};

static int
text(void *arg, struct smtp_client *c, struct err *err unused_arg)
{
	const struct mx_visit *v = arg;

	return smtp_client_text(c, v->text);
}

static void
send_one(struct mx_visit *v, struct smtp_client *c)
{
	static const char *const to[] = { "alice@example.test",
		"nobody@example.test", "bob@example.test" };
	struct smtp_outgoing m = { .reverse_path = STR("x@y.test"),
		.size = v->text.n, .rcpts = v->rcpts, .nrcpts = NELEM(to),
		.text = text, .arg = v };

	for (size_t i = 0; i < NELEM(to); i++)
		v->rcpts[i] = (struct smtp_outgoing_rcpt){
			.address = str_c(to[i]) };
	v->rc = smtp_client_send(c, &m, v->w->mem);
}

static void
visit(void *arg)
{
	struct mx_visit *v = arg;
	const struct smtp_client_options o = { .loop = v->w->loop,
		.hostname = STR("c.example") };
	struct smtp_client *c = smtp_client_new(&o, v->stream,
	    STR("mx.example.test"));
	struct smtp_answer why;

	v->rc = smtp_client_hello(c, &why);
	if (v->rc == 0 && v->tls)
		v->rc = smtp_client_starttls(c, v->tls, NULL, &why);
	v->tls_on = smtp_client_tls_facts(c).on;
	for (int i = 0; i < v->nmessages && v->rc == 0; i++)
		send_one(v, c);
	v->accepted = smtp_client_messages(c);
	smtp_client_free(c);
	v->done = true;
}

static void
ended(void *arg)
{
	struct mx_visit *v = arg;

	v->ended = true;
}

static void
serve(void *arg)
{
	static const struct peer peer = { .address = "192.0.2.2" };
	struct mx_visit *v = arg;

	smtp_start(v->w->service, stream_new(v->w->loop, v->server), &peer,
	    false, ended, v);
}

/* Beside the session that the world begins with. */
static void
run(struct mx_visit *v, struct world *w, size_t cap)
{
	struct transport *client;

	world_open(w, LISTEN_SMTP, cap);
	v->w = w;
	transport_pair(w->loop, cap, &v->server, &client);
	v->stream = stream_new(w->loop, client);
	(void)fiber_spawn(w->loop, "serve", serve, v);
	(void)fiber_spawn(w->loop, "visit", visit, v);
	for (int i = 0; i < 10000 && !v->ended; i++)
		world_settle(w);
	assert_true(v->done && v->ended);
	assert_int_equal(v->rc, 0);
	assert_int_equal(v->accepted, v->nmessages);
	assert_int_equal(w->nsubmits, v->nmessages);
	assert_int_equal(v->rcpts[1].answer.code, 550);
	assert_string_equal(v->rcpts[1].answer.status, "5.1.1");
	assert_str(v->rcpts[1].answer.text, "No such mailbox here");
	for (size_t i = 0; i < 3; i += 2) {
		assert_int_equal(v->rcpts[i].answer.code, 250);
		assert_string_equal(v->rcpts[i].answer.status, "2.0.0");
	}
}

static void
test_clear(void **state unused_arg)
{
	static const size_t caps[] = { 65536, 4096, 300 };

	for (size_t i = 0; i < NELEM(caps); i++) {
		static struct world w;	/* for the frame */
		struct mx_visit v = { .nmessages = 2,
			.text = STR("A: b\r\n\r\n.\r\n..x\r\n.y") };

		run(&v, &w, caps[i]);
		assert_false(v.tls_on);
		assert_true(str_endsi(w.submits[1].text,
		    STR("\r\nA: b\r\n\r\n.\r\n..x\r\n.y\r\n")));
		assert_str(w.submits[1].reverse_path, "x@y.test");
		assert_int_equal(w.submits[1].nhandles, 2);
		world_close(&w);
	}
}

static void
test_tls(void **state unused_arg)
{
	struct err err;
	struct tls_lib *lib = tls_lib_new(&err);
	auto_buf b = BUF_INIT(1 << 20);
	static struct world w;
	struct mx_visit v = { .nmessages = 1,
		.tls = tls_client_new(lib, false, &err) };

	buf_lit(&b, "A: b\r\n\r\n");
	while (b.n < 90000)
		buf_lit(&b, ".some text\r\n");
	v.text = buf_get(&b);
	run(&v, &w, 65536);
	assert_true(v.tls_on);
	assert_true(w.submits[0].tls.n > 0);
	assert_true(str_endsi(w.submits[0].text, v.text));
	world_close(&w);
	tls_client_unref(v.tls);
	tls_lib_unref(lib);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clear),
		cmocka_unit_test(test_tls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
