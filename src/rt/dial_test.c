/*
 * dial_test.c - connecting to servers on this machine that answer, refuse, or
 * are full.
 */
#include <arpa/inet.h>
#include <sys/socket.h>

#include "base/test.h"
#include "rt/stream.h"

struct call {
	struct clock clock;
	struct loop *l;
	const char *address, *from;
	uint16_t port;
	int64_t limit_ms;
	int rc;
	struct err err;
	struct transport *t;
};

/* A socket that listens on a free port; -1 if the family is not here. */
static int
listen_on(int family, const char *address, int backlog, uint16_t *port)
{
	struct sockaddr_storage a = { .ss_family = (sa_family_t)family };
	struct sockaddr_in6 *six = (void *)&a;
	struct sockaddr_in *four = (void *)&a;
	socklen_t len = family == AF_INET ? sizeof(*four) : sizeof(*six);
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	void *to = &six->sin6_addr;

	if (family == AF_INET)
		to = &four->sin_addr;
	if (fd < 0)
		return -1;
	assert_int_equal(inet_pton(family, address, to), 1);
	if (bind(fd, (struct sockaddr *)&a, len) < 0) {
		(void)close(fd);
		return -1;
	}
	assert_int_equal(listen(fd, backlog), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	*port = ntohs(family == AF_INET ? four->sin_port : six->sin6_port);
	return fd;
}

static void
run(void *arg)
{
	struct call *c = arg;

	c->rc = transport_dial(c->l, c->address, c->port, c->from,
	    loop_now_ms(c->l) + c->limit_ms, &c->t, &c->err);
}

static void
begin(struct call *c)
{
	c->clock = clock_real();
	c->l = loop_new(&c->clock, NULL);
	c->from = c->from ? c->from : "";
	c->limit_ms = c->limit_ms ? c->limit_ms : 5000;
}

static void
end(struct call *c)
{
	if (c->t)
		c->t->ops->close(c->t);
	loop_free(c->l);
}

static void
dial(struct call *c)
{
	begin(c);
	(void)fiber_spawn(c->l, "dial", run, c);
	while (loop_fibers(c->l) > 0)
		loop_once(c->l, 100);
}

static void
talk(struct call *c, int server)
{
	struct sockaddr_in a;
	socklen_t len = sizeof(a);
	int fd = accept(server, (struct sockaddr *)&a, &len);
	char room[4], text[32];
	ssize_t n;

	assert_true(fd >= 0);
	if (c->from[0]) {
		(void)inet_ntop(AF_INET, &a.sin_addr, text, sizeof(text));
		assert_string_equal(text, c->from);
	}
	assert_int_equal(write(fd, "220", 3), 3);
	for (int i = 0; i < 50; i++) {
		n = c->t->ops->read(c->t, room, sizeof(room));
		if (n != E_AGAIN)
			break;
		loop_once(c->l, 100);
	}
	assert_int_equal(n, 3);
	assert_int_equal(c->t->ops->write(c->t, "EHLO", 4), 4);
	assert_int_equal(read(fd, room, sizeof(room)), 4);
	(void)close(fd);
}

static void
nothing(void *arg unused_arg)
{
}

static void
test_connected(void **state unused_arg)
{
	static const struct {
		int family;
		const char *address, *from;
	} t[] = {
		{ AF_INET, "127.0.0.1", "" },
		{ AF_INET, "127.0.0.1", "127.0.0.5" },
		{ AF_INET6, "::1", "" },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		struct call c = { .address = t[i].address,
			.from = t[i].from };
		int fd = listen_on(t[i].family, t[i].address, 5, &c.port);

		if (fd < 0)	/* no IPv6 here */
			continue;
		dial(&c);
		assert_int_equal(c.rc, 0);
		c.t->ready = nothing;
		talk(&c, fd);
		end(&c);
		(void)close(fd);
	}
}

static void
test_refused(void **state unused_arg)
{
	struct call c = { .address = "127.0.0.1" };
	char want[80];

	/* A port that was free a moment ago. */
	(void)close(listen_on(AF_INET, "127.0.0.1", 1, &c.port));
	dial(&c);
	assert_int_equal(c.rc, E_IO);
	(void)snprintf(want, sizeof(want),
	    "connect to 127.0.0.1 port %u: Connection refused", c.port);
	assert_string_equal(c.err.text, want);
	end(&c);
}

static void
test_no_address(void **state unused_arg)
{
	static const struct {
		const char *address, *from, *want;
		int rc;
	} t[] = {
		{ "mx.example", "", "not an address", E_IO },
		{ "", "", "not an address", E_IO },
		{ "127.0.0.1", "::1", "family", E_LIMIT },
		{ "127.0.0.1", "here", "family", E_LIMIT },
		{ "127.0.0.1", "192.0.2.77", "connect from 192.0.2.77: ",
		    E_LIMIT },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		struct call c = { .address = t[i].address,
			.from = t[i].from, .port = 9 };

		dial(&c);
		assert_int_equal(c.rc, t[i].rc);
		assert_non_null(strstr(c.err.text, t[i].want));
		assert_null(c.t);
		end(&c);
	}
}

/* A server whose queue is full answers nothing at all. */
static int
full_server(uint16_t *port, int *waiting, size_t n)
{
	int fd = listen_on(AF_INET, "127.0.0.1", 0, port);
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons(*port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	for (size_t i = 0; i < n; i++) {
		waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)connect(waiting[i], (struct sockaddr *)&a, sizeof(a));
	}
	return fd;
}

static void
test_deadline(void **state unused_arg)
{
	struct call c = { .address = "127.0.0.1", .limit_ms = 50 };
	int waiting[4], fd = full_server(&c.port, waiting, NELEM(waiting));

	dial(&c);
	assert_int_equal(c.rc, E_TIMEOUT);
	assert_non_null(strstr(c.err.text, ": Connection timed out"));
	end(&c);

	/* Called off in the middle. */
	c = (struct call){ .address = "127.0.0.1", .port = c.port };
	begin(&c);
	(void)fiber_spawn(c.l, "dial", run, &c);
	loop_once(c.l, 0);
	loop_cancel_all(c.l);
	while (loop_fibers(c.l) > 0)
		loop_once(c.l, 100);
	assert_int_equal(c.rc, E_CANCELED);
	end(&c);
	for (size_t i = 0; i < NELEM(waiting); i++)
		(void)close(waiting[i]);
	(void)close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_connected),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_no_address),
		cmocka_unit_test(test_deadline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
