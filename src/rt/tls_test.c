#include <openssl/err.h>

#include "base/test.h"
#include "rt/tls_peer.h"

struct tls_fixture {
	struct tls_lib *lib;
	struct tls_ctx *ctx;
	struct test_cert a, a_rsa, wild, cn;
};

static int
set_up(void **state)
{
	struct tls_fixture *f = calloc(1, sizeof(*f));
	struct err err;

	f->lib = tls_lib_new(&err);
	assert_non_null(f->lib);
	f->ctx = tls_ctx_new(f->lib, &err);
	f->a = test_cert("EC", "a.test", "DNS:a.test");
	f->a_rsa = test_cert("RSA", "a.test", "DNS:a.test");
	f->wild = test_cert("EC", "x", "DNS:*.b.test,DNS:c.test");
	f->cn = test_cert("ED25519", "only.test", "");
	assert_int_equal(tls_ctx_add(f->ctx, buf_get(&f->a.pem), f->a.key,
	    &err), 0);
	assert_int_equal(tls_ctx_add(f->ctx, buf_get(&f->wild.pem),
	    f->wild.key, &err), 0);
	assert_int_equal(tls_ctx_add(f->ctx, buf_get(&f->a_rsa.pem),
	    f->a_rsa.key, &err), 0);
	assert_int_equal(tls_ctx_add(f->ctx, buf_get(&f->cn.pem), f->cn.key,
	    &err), 0);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct tls_fixture *f = *state;

	tls_ctx_unref(f->ctx);
	tls_lib_unref(f->lib);
	test_cert_free(&f->a);
	test_cert_free(&f->a_rsa);
	test_cert_free(&f->wild);
	test_cert_free(&f->cn);
	free(f);
	return 0;
}

/* Both sides in turn until they are done: the server's result. */
static int
shake(struct tls_peer *p, struct transport *server, struct err *err)
{
	int client = 0, rc = E_AGAIN;

	for (int i = 0; i < 20; i++) {
		if (client == 0)
			client = tls_peer_step(p);
		if (rc == E_AGAIN)
			rc = transport_tls_step(server, err);
		assert_int_equal(ERR_peek_error(), 0);
		if ((client == 1 && rc == 0) || (rc != 0 && rc != E_AGAIN))
			break;
	}
	return rc;
}

/* What binds is what the client has of it. RFC 9266 2, RFC 5929 4.1 */
static void
check_bindings(const struct transport *t, SSL *client, bool resumed)
{
	X509 *x = SSL_get1_peer_certificate(client);
	bool hashes = !EVP_PKEY_is_a(X509_get0_pubkey(x), "ED25519");
	uint8_t got[TLS_BINDING_MAX], want[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	size_t n = 0;

	if (SSL_version(client) == TLS1_3_VERSION) {
		assert_int_equal(SSL_export_keying_material(client, want, 32,
		    "EXPORTER-Channel-Binding", 24, (const uint8_t *)"", 0,
		    1), 1);
		assert_true(transport_tls_binding(t, TLS_EXPORTER, got, &n));
		assert_int_equal(n, 32);
		assert_memory_equal(got, want, n);
	} else {
		assert_false(transport_tls_binding(t, TLS_EXPORTER, got, &n));
	}
	assert_int_equal(transport_tls_binding(t, TLS_SERVER_END_POINT, got,
	    &n), hashes && !resumed);
	if (hashes && !resumed) {
		assert_true(X509_digest(x, EVP_sha256(), want, &len));
		assert_int_equal(n, len);
		assert_memory_equal(got, want, n);
	}
	X509_free(x);
}

static void
test_names(void **state)
{
	struct tls_fixture *f = *state;
	const struct {
		const char *sni, *sigalgs, *type, *cn;
	} rows[] = {
		{ NULL, NULL, "EC", "a.test" },
		{ "a.test", NULL, "EC", "a.test" },
		{ "a.test", "RSA-PSS+SHA256:RSA+SHA256", "RSA", "a.test" },
		{ "A.TEST", NULL, "EC", "a.test" },
		{ "m.b.test", NULL, "EC", "x" },
		{ "c.test", NULL, "EC", "x" },
		{ "b.test", NULL, "EC", "a.test" },	/* not below *. */
		{ "a.m.b.test", NULL, "EC", "a.test" },	/* one label only */
		{ ".b.test", NULL, "EC", "a.test" },
		{ "x", NULL, "EC", "a.test" },	/* CN beside SAN: 6.4.4 */
		{ "only.test", NULL, "ED25519", "only.test" },
		{ "else.test", NULL, "EC", "a.test" },
	};

	for (size_t i = 0; i < NELEM(rows) * 2; i++) {
		int version = i % 2 ? TLS1_2_VERSION : TLS1_3_VERSION;
		struct tls_peer p = tls_peer(version, rows[i / 2].sni,
		    rows[i / 2].sigalgs);
		struct transport *t = transport_tls(p.wire, f->ctx);
		struct tls_facts facts;
		struct err err = { 0 };
		char cn[64];
		X509 *x;

		assert_int_equal(shake(&p, t, &err), 0);
		x = SSL_get1_peer_certificate(p.ssl);
		(void)X509_NAME_get_text_by_NID(X509_get_subject_name(x),
		    NID_commonName, cn, sizeof(cn));
		assert_string_equal(cn, rows[i / 2].cn);
		assert_true(EVP_PKEY_is_a(X509_get0_pubkey(x),
		    rows[i / 2].type));
		X509_free(x);
		transport_tls_facts(t, &facts);
		assert_true(facts.on);
		assert_str(facts.version, i % 2 ? "TLSv1.2" : "TLSv1.3");
		assert_strs(facts.sni, str_c(rows[i / 2].sni));
		assert_int_equal(facts.bits, 256);
		assert_true(str_starts(facts.cipher, STR("TLS_")));
		check_bindings(t, p.ssl, false);
		t->ops->close(t);
		assert_true(*p.wire_closed);
		tls_peer_free(&p);
	}
}

static void
test_octets(void **state)
{
	struct tls_fixture *f = *state;
	struct tls_peer p = tls_peer(TLS1_3_VERSION, "a.test", NULL);
	struct transport *t = transport_tls(p.wire, f->ctx);
	char room[64];
	struct err err;
	int ssl_end;

	assert_int_equal(shake(&p, t, &err), 0);
	assert_int_equal(t->ops->read(t, room, sizeof(room)), E_AGAIN);
	assert_int_equal(tls_peer_write(&p, "hello"), 5);
	assert_int_equal(t->ops->read(t, room, 2), 2);
	assert_int_equal(t->ops->read(t, room + 2, sizeof(room) - 2), 3);
	assert_memory_equal(room, "hello", 5);
	assert_int_equal(t->ops->write(t, "world", 5), 5);
	assert_int_equal(tls_peer_read(&p, room, sizeof(room)), 5);
	assert_memory_equal(room, "world", 5);
	/* A wire that takes no more: again, and nothing lost. */
	memset(room, 'x', sizeof(room));
	for (size_t n = 0; t->ops->write(t, room, sizeof(room)) > 0; n++)
		assert_true(n < 10000);
	assert_int_equal(t->ops->write(t, room, sizeof(room)), E_AGAIN);
	while (tls_peer_read(&p, room, sizeof(room)) > 0)
		assert_int_equal(room[0], 'x');
	assert_int_equal(t->ops->write(t, room, sizeof(room)), sizeof(room));
	assert_int_equal(tls_peer_read(&p, room, sizeof(room)), sizeof(room));
	t->ops->close(t);
	assert_int_equal(tls_peer_read(&p, room, sizeof(room)), 0);
	ssl_end = SSL_get_shutdown(p.ssl) & SSL_RECEIVED_SHUTDOWN;
	assert_int_not_equal(ssl_end, 0);	/* close_notify came */
	tls_peer_free(&p);
}

static void
test_end(void **state)
{
	struct tls_fixture *f = *state;
	struct tls_peer p = tls_peer(TLS1_2_VERSION, NULL, NULL);
	struct transport *t = transport_tls(p.wire, f->ctx);
	char room[8];
	struct err err;

	assert_int_equal(shake(&p, t, &err), 0);
	tls_peer_cut(&p);
	assert_int_equal(t->ops->read(t, room, sizeof(room)), 0);
	assert_int_equal(ERR_peek_error(), 0);
	t->ops->close(t);
	tls_peer_free(&p);
}

static void
test_refused(void **state)
{
	struct tls_fixture *f = *state;
	const struct {
		const char *octets;
		bool cut;
		int want;
	} rows[] = {
		{ "EHLO client.test\r\n", false, E_TLS },
		{ "\x16\x03\x01\xff\xff\x01\x00\x00\x00", false, E_TLS },
		{ "\x16\x03\x01", true, E_CLOSED },
		{ "", true, E_CLOSED },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct tls_peer p = tls_peer(TLS1_3_VERSION, NULL, NULL);
		struct transport *t = transport_tls(p.wire, f->ctx);
		struct err err = { 0 };
		int rc;

		tls_peer_raw(&p, rows[i].octets, i == 1 ? 9 :
		    str_c(rows[i].octets).n);
		if (rows[i].cut)
			tls_peer_cut(&p);
		rc = transport_tls_step(t, &err);
		assert_int_equal(rc, rows[i].want);
		assert_int_equal(err.code, rc);
		assert_true(err.text[0]);
		assert_int_equal(ERR_peek_error(), 0);
		/* It stays failed. */
		assert_true(transport_tls_step(t, &err) < 0);
		assert_int_equal(t->ops->write(t, "x", 1), E_IO);
		t->ops->close(t);
		tls_peer_free(&p);
	}
}

static void
test_bad_certificates(void **state)
{
	struct tls_fixture *f = *state;
	struct tls_peer p = tls_peer(TLS1_3_VERSION, NULL, NULL);
	struct err err = { 0 };
	struct tls_ctx *ctx = tls_ctx_new(f->lib, &err);
	struct transport *t = transport_tls(p.wire, ctx);

	assert_int_equal(transport_tls_step(t, &err), E_TLS);
	t->ops->close(t);
	tls_peer_free(&p);
	assert_int_equal(tls_ctx_add(ctx, STR("no PEM"), f->a.key, &err),
	    E_INVALID);
	assert_int_equal(tls_ctx_add(ctx, buf_get(&f->a.pem), f->wild.key,
	    &err), E_TLS);
	assert_non_null(strstr(err.text, "mismatch"));
	assert_int_equal(ERR_peek_error(), 0);
	tls_ctx_unref(ctx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_octets),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_bad_certificates),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
