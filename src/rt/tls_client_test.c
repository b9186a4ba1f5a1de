/*
 * tls_client_test.c - what our client believes of a server's certificates.
 *                                        RFC 5280 6, RFC 8461 4.1, RFC 7672
 */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/arena.h"
#include "base/test.h"
#include "rt/tls_dane.h"
#include "rt/tls_peer.h"

/* A client and a server of ours, over a wire in memory. */
struct world {
	struct fake_clock clock;
	struct loop *l;
	struct stream *client, *server;
	struct tls_client *c;
	struct tls_ctx *ctx;
	const char *name;
	const struct tls_dane *dane;
	int rc, server_rc;
	struct err err;
	struct tls_facts facts, server_facts;
	char got[16], sni[64];
};

static struct tls_lib *lib;

static int
set_up(void **state unused_arg)
{
	lib = tls_lib_new(NULL);
	return lib ? 0 : -1;
}

static int
tear_down(void **state unused_arg)
{
	tls_lib_unref(lib);
	return 0;
}

static void
serve(void *arg)
{
	struct world *w = arg;

	w->server_rc = stream_tls_accept(w->server, w->ctx, NULL);
	if (w->server_rc == 0) {
		w->server_facts = stream_tls(w->server);
		(void)snprintf(w->sni, sizeof(w->sni), "%.*s",
		    STR_FMT(w->server_facts.sni));
		(void)stream_write(w->server, STR("hello\r\n"));
		(void)stream_flush(w->server, NULL);
	}
	stream_close(w->server);
}

static void
call(void *arg)
{
	struct world *w = arg;
	struct str line;

	w->rc = stream_tls_connect(w->client, w->c, str_c(w->name), w->dane,
	    &w->err);
	tls_no_errors();
	w->facts = stream_tls(w->client);
	if (w->rc == 0 && stream_line(w->client, 10, &line, NULL) == 0)
		(void)snprintf(w->got, sizeof(w->got), "%.*s", STR_FMT(line));
	stream_close(w->client);
}

static void
meet(struct world *w)
{
	struct transport *a, *b;

	w->clock = clock_fake(0);
	w->l = loop_new(&w->clock.clock, NULL);
	loop_on_switch(w->l, tls_no_errors);
	transport_pair(w->l, 100, &a, &b);
	w->client = stream_new(w->l, a);
	w->server = stream_new(w->l, b);
	(void)fiber_spawn(w->l, "client", call, w);
	(void)fiber_spawn(w->l, "server", serve, w);
	loop_run(w->l);
	loop_free(w->l);
}

static struct tls_ctx *
server_of(struct test_cert *cert)
{
	struct tls_ctx *ctx = tls_ctx_new(lib, NULL);

	assert_int_equal(0, tls_ctx_add(ctx, buf_get(&cert->pem), cert->key,
	    NULL));
	return ctx;
}

static void
test_verify(void **state unused_arg)
{
	static const struct {
		const char *names;	/* of the certificate */
		long end_s;
		bool trusted;
		const char *name;	/* that we ask for */
		const char *why;	/* NULL: it is good */
		const char *sni;
	} t[] = {
		{ "DNS:mx.test", 60, true, "mx.test", NULL, "mx.test" },
		{ "DNS:mx.test", 60, true, "MX.test.", NULL, "MX.test" },
		{ "DNS:a.test,DNS:mx.test", 60, true, "mx.test", NULL,
		    "mx.test" },
		{ "DNS:*.b.test", 60, true, "mx.b.test", NULL, "mx.b.test" },
		{ "DNS:*.b.test", 60, true, "a.mx.b.test",
		    "certificate is for *.b.test", "a.mx.b.test" },
		{ "DNS:m*.b.test", 60, true, "mx.b.test",
		    "certificate is for m*.b.test", "mx.b.test" },
		{ "DNS:mail.other.example", 60, true, "mx.test",
		    "certificate is for mail.other.example", "mx.test" },
		/* The CN says mx.test: that is not asked. */
		{ "", 60, true, "mx.test", "certificate is for no host",
		    "mx.test" },
		{ "IP:192.0.2.1", 60, true, "mx.test",
		    "certificate is for no host", "mx.test" },
		{ "IP:192.0.2.1", 60, true, "192.0.2.1", NULL, "" },
		{ "IP:192.0.2.1", 60, true, "[192.0.2.1]", NULL, "" },
		{ "IP:2001:db8::1", 60, true, "[IPv6:2001:DB8:0::1]", NULL,
		    "" },
		{ "DNS:mx.test", 60, true, "192.0.2.1",
		    "certificate is for mx.test", "" },
		{ "DNS:mx.test", -60, true, "mx.test",
		    "certificate has expired", "mx.test" },
		{ "DNS:mx.test", 60, false, "mx.test",
		    "self-signed certificate", "mx.test" },
		/* Nobody's names. */
		{ "DNS:mx.test", 60, true, "",
		    "no certificate can be for this name", "" },
		{ "DNS:mx.test", 60, true, ".test",
		    "no certificate can be for this name", "" },
	};

	for (size_t i = 0; i < NELEM(t) * 2; i++) {
		size_t r = i / 2;
		bool verify = i % 2, good = !t[r].why;
		struct test_cert cert = test_cert_until("EC", "mx.test",
		    t[r].names, t[r].end_s);
		struct world w = { .name = t[r].name, .rc = 1 };

		w.ctx = server_of(&cert);
		w.c = tls_client_new(lib, verify, NULL);
		if (t[r].trusted)
			assert_int_equal(0, tls_client_trust(w.c,
			    buf_get(&cert.pem), NULL));
		meet(&w);
		if (verify && !good) {
			assert_int_equal(w.rc, E_TLS);
			assert_string_equal(w.err.text, t[r].why);
			assert_false(w.facts.on);
			assert_int_not_equal(w.server_rc, 0);
			assert_string_equal(w.got, "");
		} else {
			assert_int_equal(w.rc, 0);
			assert_true(w.facts.on);
			assert_int_equal(w.facts.verified, good);
			assert_string_equal(w.got, "hello");
			assert_string_equal(w.sni, t[r].sni);
			assert_false(w.server_facts.verified);
		}
		tls_client_unref(w.c);
		tls_ctx_unref(w.ctx);
		test_cert_free(&cert);
	}
}

/* ---- DANE: RFC 7672 3 ---------------------------------------------------- */

/* What a record of this certificate says. */
static struct str
data_of(struct arena *a, const struct test_cert *cert, uint8_t selector,
    uint8_t matching)
{
	BIO *bio = BIO_new_mem_buf(cert->pem.p, (int)cert->pem.n);
	X509 *x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	unsigned char *der = NULL, sum[64];
	int n = selector == 0 ? i2d_X509(x, &der) : i2d_PUBKEY(cert->key, &der);
	const char *hash = matching == 1 ? "SHA256" : "SHA512";
	size_t len = (size_t)n;
	struct str data;

	assert_true(n > 0);
	if (matching > 0)
		assert_int_equal(EVP_Q_digest(NULL, hash, NULL, der, (size_t)n,
		    sum, &len), 1);
	data = str_dup(a, str_make(matching > 0 ? (char *)sum : (char *)der,
	    len));
	OPENSSL_free(der);
	X509_free(x);
	BIO_free(bio);
	return data;
}

static void
test_dane(void **state unused_arg)
{
	enum { OWN, OTHERS, JUNK };
	static const struct {
		const char *names;
		long end_s;
		uint8_t usage, selector, matching;
		int data;
		const char *base;
		bool on, verified;
	} t[] = {
		/* A key of its own: names and dates say nothing (3.1.1). */
		{ "DNS:x", 60, 3, 1, 1, OWN, "mx.test", true, true },
		{ "DNS:x", 60, 3, 0, 1, OWN, "mx.test", true, true },
		{ "DNS:x", 60, 3, 1, 2, OWN, "mx.test", true, true },
		{ "DNS:x", 60, 3, 1, 0, OWN, "mx.test", true, true },
		{ "DNS:x", 60, 3, 0, 0, OWN, "mx.test", true, true },
		{ "DNS:x", -60, 3, 1, 1, OWN, "mx.test", true, true },
		{ "DNS:mx.test", 60, 3, 1, 1, OTHERS, "mx.test" },
		{ "DNS:mx.test", 60, 3, 1, 2, OTHERS, "mx.test" },
		/* Nobody signs for himself (3.1.2); tests/test_dane.py has
		 * those who were signed. */
		{ "DNS:mx.test", 60, 2, 0, 1, OWN, "mx.test" },
		{ "DNS:mx.test", 60, 2, 0, 1, OTHERS, "mx.test" },
		/* Of no use: TLS with anybody (2.2). */
		{ "DNS:mx.test", 60, 0, 0, 1, OWN, "mx.test", true },
		{ "DNS:mx.test", 60, 1, 1, 1, OWN, "mx.test", true },
		{ "DNS:x", 60, 3, 1, 1, JUNK, "mx.test", true },
		{ "DNS:x", 60, 3, 1, 9, JUNK, "mx.test", true },
		{ "DNS:x", 60, 9, 1, 1, OTHERS, "mx.test", true },
		/* Nobody's name. */
		{ "DNS:x", 60, 3, 1, 1, OWN, "" },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		struct test_cert cert = test_cert_until("EC", "cn",
		    t[i].names, t[i].end_s), other = test_cert("EC", "b", "");
		struct arena *a = arena_new(1 << 16);
		struct tls_dane dane = { .base = str_c(t[i].base), .n = 1 };
		struct world w = { .name = "ignored.test", .rc = 1,
			.dane = &dane };

		dane.record[0] = (struct tlsa){ t[i].usage, t[i].selector,
			t[i].matching, t[i].data == JUNK ? STR("junk") :
			    data_of(a, t[i].data == OWN ? &cert : &other,
				t[i].selector, t[i].matching) };
		w.ctx = server_of(&cert);
		w.c = tls_client_new(lib, false, NULL);
		meet(&w);
		assert_int_equal(w.rc, t[i].on ? 0 : E_TLS);
		assert_int_equal(w.facts.verified, t[i].verified);
		if (t[i].on)
			assert_string_equal(w.sni, t[i].base);
		tls_client_unref(w.c);
		tls_ctx_unref(w.ctx);
		test_cert_free(&cert);
		test_cert_free(&other);
		arena_free(a);
	}
}

/* What a server says instead of TLS. */
static void
say(void *arg)
{
	struct world *w = arg;

	(void)stream_write(w->server, str_c(w->got));
	(void)stream_flush(w->server, NULL);
	stream_close(w->server);
}

static void
test_no_tls(void **state unused_arg)
{
	static const struct {
		const char *says;
		int want;
	} t[] = {
		{ "454 no\r\n", E_TLS },
		{ "", E_CLOSED },
		{ "\x16\x03", E_CLOSED },
		{ "\x15\x03\x03\x00", E_CLOSED },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		struct world w = { .name = "mx.test", .rc = 1 };
		struct transport *a, *b;

		w.c = tls_client_new(lib, true, NULL);
		w.clock = clock_fake(0);
		w.l = loop_new(&w.clock.clock, NULL);
		(void)snprintf(w.got, sizeof(w.got), "%s", t[i].says);
		transport_pair(w.l, 4096, &a, &b);
		w.client = stream_new(w.l, a);
		w.server = stream_new(w.l, b);
		(void)fiber_spawn(w.l, "client", call, &w);
		(void)fiber_spawn(w.l, "server", say, &w);
		loop_run(w.l);
		assert_int_equal(w.rc, t[i].want);
		assert_true(w.err.text[0]);
		loop_free(w.l);
		tls_client_unref(w.c);
	}
}

static void
test_deadline(void **state unused_arg)
{
	struct world w = { .name = "mx.test", .rc = 1 };
	struct transport *a, *b;

	w.c = tls_client_new(lib, true, NULL);
	w.clock = clock_fake(0);
	w.l = loop_new(&w.clock.clock, NULL);
	transport_pair(w.l, 4096, &a, &b);
	w.client = stream_new(w.l, a);
	stream_deadline(w.client, loop_now_ms(w.l) + 1000);
	(void)fiber_spawn(w.l, "client", call, &w);
	loop_run(w.l);
	assert_int_equal(w.rc, E_TIMEOUT);
	b->ops->close(b);
	loop_once(w.l, 0);
	loop_free(w.l);
	tls_client_unref(w.c);
}

static void
test_trust(void **state unused_arg)
{
	struct test_cert a = test_cert("EC", "a", ""), b = test_cert("EC",
	    "b", "");
	struct tls_client *c = tls_client_new(lib, true, NULL);
	auto_buf pem = BUF_INIT(1 << 16);
	struct err err;

	assert_int_equal(tls_client_trust(c, STR(""), &err), E_INVALID);
	assert_int_equal(tls_client_trust(c, STR("no PEM"), &err), E_INVALID);
	buf_lit(&pem, "# two of them, and some words\n");
	buf_str(&pem, buf_get(&a.pem));
	buf_lit(&pem, "\nwords\n");
	buf_str(&pem, buf_get(&b.pem));
	buf_lit(&pem, "words\n");
	assert_int_equal(tls_client_trust(c, buf_get(&pem), &err), 0);
	assert_int_equal(tls_client_trust(c, buf_get(&pem), &err), 0);
	/* A torn file is told. */
	assert_int_equal(tls_client_trust(c, str_first(buf_get(&pem),
	    pem.n - 60), &err), E_INVALID);
	assert_int_equal(ERR_peek_error(), 0);
	tls_client_unref(c);
	test_cert_free(&a);
	test_cert_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verify),
		cmocka_unit_test(test_dane),
		cmocka_unit_test(test_no_tls),
		cmocka_unit_test(test_deadline),
		cmocka_unit_test(test_trust),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
