#include "relay/test_server.h"

#include <openssl/x509.h>

#include "rt/tls_peer.h"

enum { WIRE = 65536, LINE = 1000 };

static struct test_servers *network;

void
servers_open(struct test_servers *all, struct loop *l, struct tls_lib *lib)
{
	struct test_cert cert = test_cert("EC", "mx1.example.org",
	    "DNS:mx1.example.org");
	struct err err = { 0 };
	unsigned char *spki = NULL, hash[32];
	int n = i2d_PUBKEY(cert.key, &spki);

	*all = (struct test_servers){ .loop = l,
		.tls = tls_ctx_new(lib, &err) };
	assert_non_null(all->tls);
	assert_int_equal(0, tls_ctx_add(all->tls, buf_get(&cert.pem),
	    cert.key, &err));
	assert_true(n > 0 && EVP_Q_digest(NULL, "SHA256", NULL, spki,
	    (size_t)n, hash, NULL) == 1);
	for (size_t i = 0; i < sizeof(hash); i++)
		(void)snprintf(all->pin + 2 * i, 3, "%02x", hash[i]);
	OPENSSL_free(spki);
	all->pem = BUF_INIT(4096);
	buf_str(&all->pem, buf_get(&cert.pem));
	test_cert_free(&cert);
	network = all;
}

void
servers_close(struct test_servers *all)
{
	for (size_t i = 0; i < all->n; i++) {
		assert_int_equal(all->server[i].open, 0);
		buf_free(&all->server[i].got);
		buf_free(&all->server[i].login);
	}
	buf_free(&all->pem);
	tls_ctx_unref(all->tls);
}

struct test_server *
server_add(struct test_servers *all, const char *address)
{
	struct test_server *s = &all->server[all->n++];

	assert_true(all->n <= SERVERS_MAX);
	*s = (struct test_server){ .address = address, .got = BUF_INIT(8 << 20),
		.login = BUF_INIT(10000),
		.rcpt = { { "no", "550 5.1.1 nobody of that name" },
		    { "later", "450 4.2.1 come back" } } };
	return s;
}

struct visit {
	struct test_server *s;
	struct stream *stream;
	struct transport *wire;
	struct buf from, to;
	int messages, rcpts;
	bool over, tls;
};

static void
say(struct visit *v, const char *line)
{
	(void)stream_printf(v->stream, "%s\r\n", line);
}

static void
on_ehlo(struct visit *v)
{
	const struct test_server *s = v->s;

	(void)stream_printf(v->stream,
	    "250-%s\r\n%s%s%s%s%s%s%s%s%s250 PIPELINING\r\n",
	    s->address, s->dsn ? "250-DSN\r\n" : "",
	    s->auth ? "250-AUTH PLAIN\r\n" : "",
	    s->tls != TLS_UNKNOWN && !v->tls ? "250-STARTTLS\r\n" : "",
	    s->limits ? "250-LIMITS " : "", s->limits ? s->limits : "",
	    s->limits ? "\r\n" : "", s->offers ? "250-" : "",
	    s->offers ? s->offers : "", s->offers ? "\r\n" : "");
}

static void
on_starttls(struct visit *v)
{
	struct err err;

	if (v->s->tls == TLS_REFUSED) {
		say(v, "454 4.7.0 not now");
		return;
	}
	say(v, "220 go");
	if (v->s->tls == TLS_BROKEN) {
		say(v, "this is not TLS at all, you see");
		(void)stream_flush(v->stream, NULL);
		v->over = true;
		return;
	}
	(void)stream_flush(v->stream, NULL);
	v->tls = stream_tls_accept(v->stream, network->tls, &err) == 0;
	v->over = !v->tls;
}

static struct str
path_of(struct str line)
{
	size_t from = str_chr(line, '<') + 1;

	line = str_from(line, from);
	return str_first(line, str_chr(line, '>'));
}

static void
on_mail(struct visit *v, struct str line)
{
	const struct test_server *s = v->s;

	buf_reset(&v->from);
	buf_reset(&v->to);
	v->rcpts = 0;
	buf_str(&v->from, path_of(line));
	if (s->most > 0 && v->messages >= s->most) {
		say(v, "421 4.7.0 enough");
		v->over = true;
		return;
	}
	say(v, s->mail ? s->mail : "250 2.1.0 fine");
}

static void
on_rcpt(struct visit *v, struct str line)
{
	const struct rcpt_rule *r = v->s->rcpt;
	struct str to = path_of(line);
	int i = 0;

	while (i < RCPT_RULES && r[i].begins &&
	    !str_starts(to, str_c(r[i].begins)))
		i++;
	if (i < RCPT_RULES && r[i].begins) {
		say(v, r[i].reply);
	} else if (v->s->rcpts > 0 && v->rcpts >= v->s->rcpts) {
		say(v, "452 4.5.3 too many");
	} else {
		v->rcpts++;
		if (v->to.n > 0)
			buf_chr(&v->to, ',');
		buf_str(&v->to, to);
		say(v, "250 2.1.5 fine");
	}
}

static void
read_text(struct visit *v)
{
	auto_buf text = BUF_INIT(8 << 20);
	struct str line;

	say(v, "354 go");
	(void)stream_flush(v->stream, NULL);
	for (;;) {
		v->over = stream_line(v->stream, 100000, &line, NULL) < 0 ||
		    v->s->lose_after == v->s->messages + 1;
		if (v->over) {
			if (!v->s->lose_always)
				v->s->lose_after = 0;
			return;
		}
		if (str_eq(line, STR(".")))
			break;
		buf_str(&text, line);
		buf_chr(&text, '/');
	}
	if (v->s->slow_ms > 0)
		(void)fiber_sleep(network->loop,
		    loop_now_ms(network->loop) + v->s->slow_ms);
	v->messages++;
	v->s->messages++;
	v->s->clear += !v->tls;
	v->s->encrypted += v->tls;
	buf_str(&v->s->got, buf_get(&v->from));
	buf_chr(&v->s->got, '>');
	buf_str(&v->s->got, buf_get(&v->to));
	buf_chr(&v->s->got, '|');
	buf_str(&v->s->got, str_first(buf_get(&text), 200));
	buf_chr(&v->s->got, '\n');
	say(v, v->s->text ? v->s->text : "250 2.0.0 taken");
}

static void
on_line(struct visit *v, struct str line)
{
	if (v->s->pause_ms > 0)
		(void)fiber_sleep(network->loop,
		    loop_now_ms(network->loop) + v->s->pause_ms);
	if (str_starts(line, STR("EHLO")))
		on_ehlo(v);
	else if (str_starts(line, STR("STARTTLS")))
		on_starttls(v);
	else if (str_starts(line, STR("MAIL")))
		on_mail(v, line);
	else if (str_starts(line, STR("RCPT")))
		on_rcpt(v, line);
	else if (str_starts(line, STR("DATA")))
		v->to.n > 0 ? read_text(v) : say(v, "503 5.5.1 no one");
	else if (str_starts(line, STR("AUTH"))) {
		buf_str(&v->s->login, line);
		say(v, "235 2.7.0 welcome");
	} else if (str_starts(line, STR("QUIT"))) {
		v->s->quits++;
		say(v, "221 bye");
		v->over = true;
	} else
		say(v, "250 2.0.0 as you like");
}

static void
serve(void *arg)
{
	struct visit *v = arg;
	struct str line;

	v->stream = stream_new(network->loop, v->wire);
	stream_deadline(v->stream, NEVER);
	v->over = v->s->talk && v->s->talk(v->s, v->stream);
	if (!v->over && v->s->connections > 0 &&
	    v->s->open > v->s->connections) {
		say(v, "421 4.3.2 too many connections");
		v->over = true;
	}
	if (!v->over && (!v->s->greeting || v->s->greeting[0]))
		say(v, v->s->greeting ? v->s->greeting : "220 hello");
	while (!v->over && stream_flush(v->stream, NULL) == 0 &&
	    stream_line(v->stream, LINE, &line, NULL) == 0)
		on_line(v, line);
	(void)stream_flush(v->stream, NULL);
	stream_close(v->stream);
	v->s->open--;
	buf_free(&v->from);
	buf_free(&v->to);
	free(v);
}

int
test_server_dial(struct loop *l, const char *address, uint16_t port,
    const char *from unused_arg, int64_t until unused_arg,
    struct transport **t, struct err *err)
{
	struct test_server *s = NULL;
	struct visit *v;
	int e = fiber_sleep(l, loop_now_ms(l) + 1);

	if (e < 0)
		return e;
	for (size_t i = 0; i < network->n; i++) {
		struct test_server *at = &network->server[i];

		if (str_eq(str_c(address), str_c(at->address)) &&
		    (at->port == 0 || at->port == port))
			s = at;
	}
	if (s)
		s->dials++;
	if (s && s->no_socket)
		return err_set(err, E_LIMIT, "too many open files");
	if (!s || s->down)
		return err_set(err, E_IO, "connect to %s port %d: refused",
		    address, port);
	v = calloc(1, sizeof(*v));
	assert_non_null(v);
	v->s = s;
	v->from = BUF_INIT(1000);
	v->to = BUF_INIT(100000);
	s->open++;
	s->most_open = s->open > s->most_open ? s->open : s->most_open;
	transport_pair(l, WIRE, &v->wire, t);
	(void)fiber_spawn(l, "server", serve, v);
	return 0;
}
