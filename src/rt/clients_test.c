#include "rt/clients.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "base/test.h"

enum { AS_OPERATOR = 1, AS_ROLE = 2, OPERATORS = 2, STRANGER = 61877 };

#define FIELDS_number(F, S) F(S, u32, n, 0)
MSG_STRUCT(number);
MSG_SHAPE(number);

enum { ADD, HOLD, NCALLS };
static const struct ipc_call calls[NCALLS] = {
	{ "add", ADD, &number_shape, &number_shape, AS_OPERATOR | AS_ROLE, 0 },
	{ "hold", HOLD, &number_shape, NULL, AS_ROLE, 0 },
};

/* A role with a socket in a folder of its own, and who is connected. */
struct world {
	struct clock clock;
	struct loop *l;
	struct clients clients;
	struct client_socket socket;
	char folder[32];
	struct sockaddr_un at;
	struct ipc_req *held;
	uid_t uid;
	int connected, ended;
	struct ipc *as;		/* whose turn it is */
	int rc;
	bool done;
};

struct known {
	struct ipc_client c;
	struct world *w;
	uint32_t sum;
};

static void
known_begin(struct ipc_client *c)
{
	container_of(c, struct known, c)->w = container_of(c->clients,
	    struct world, clients);
}

static void
known_end(struct ipc_client *c)
{
	container_of(c, struct known, c)->w->ended++;
}

static void
on_ask(void *owner, struct ipc_req *req)
{
	struct known *k = owner;
	const struct number *ask = req->ask;
	struct number answer = { k->sum += ask->n };

	if (req->call->index == HOLD) {
		ipc_client_ref(&k->c);
		k->w->held = req;
	} else {
		ipc_reply(req, &answer, -1);
	}
}

static const struct clients_kind kind = {
	.service = CLIENTS_SERVICE(calls, NCALLS, on_ask),
	.size = sizeof(struct known),
	.begin = known_begin,
	.end = known_end,
};

static void
on_operator(struct client_socket *s, int fd, uid_t uid)
{
	static const struct client_rights rights = { .name = "operator",
		.authority = AS_OPERATOR, .max = OPERATORS };
	struct world *w = container_of(s, struct world, socket);

	w->connected++;
	w->uid = uid;
	clients_add(&w->clients, fd, &rights, 0);
}

static int
listening_socket(struct world *w)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0);

	(void)unlink(w->at.sun_path);
	assert_int_equal(bind(fd, (struct sockaddr *)&w->at, sizeof(w->at)),
	    0);
	assert_int_equal(chmod(w->at.sun_path, 0666), 0);
	assert_int_equal(listen(fd, 8), 0);
	return fd;
}

static int
world_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->clock = clock_real();
	w->l = loop_new(&w->clock, NULL);
	w->clients = (struct clients){ .loop = w->l, .kind = &kind };
	(void)snprintf(w->folder, sizeof(w->folder), "/tmp/clients-XXXXXX");
	assert_non_null(mkdtemp(w->folder));
	assert_int_equal(chmod(w->folder, 0755), 0);
	w->at.sun_family = AF_UNIX;
	(void)snprintf(w->at.sun_path, sizeof(w->at.sun_path), "%s/control",
	    w->folder);
	client_socket_open(&w->socket, w->l, listening_socket(w), true,
	    on_operator);
	*state = w;
	return 0;
}

static int
world_down(void **state)
{
	struct world *w = *state;

	client_socket_close(&w->socket);
	client_socket_close(&w->socket);
	clients_end(&w->clients);
	loop_free(w->l);
	assert_int_equal(unlink(w->at.sun_path), 0);
	assert_int_equal(rmdir(w->folder), 0);
	free(w);
	return 0;
}

static int
program_fd(struct world *w)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&w->at,
	    sizeof(w->at)), 0);
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

static struct ipc *
program(struct world *w, int fd)
{
	struct ipc_options o = { 0 };
	struct ipc *c = ipc_open(w->l, fd, &o, NULL);

	assert_non_null(c);
	return c;
}

static void
add_one(void *arg)
{
	struct world *w = arg;
	struct number one = { 1 }, answer = { 0 };
	struct arena *a = arena_new(1024);
	struct err err = { 0 };

	w->rc = ipc_call(w->as, &calls[ADD], &one, -1, &answer, a, NULL,
	    loop_now_ms(w->l) + 5000, &err);
	if (w->rc == 0)
		w->rc = (int)answer.n;
	arena_free(a);
	w->done = true;
}

/* Its sum so far, or the error. */
static int
ask(struct world *w, struct ipc *as)
{
	w->as = as;
	w->done = false;
	(void)fiber_spawn(w->l, "ask", add_one, w);
	for (int i = 0; !w->done; i++) {
		assert_true(i < 10000);
		loop_once(w->l, 10);
	}
	return w->rc;
}

static void
turn_until(struct world *w, const int *count, int wanted)
{
	for (int i = 0; *count != wanted; i++) {
		assert_true(i < 1000);
		loop_once(w->l, 10);
	}
}

/* Each client has what is its own; who is too many is sent away until one of
 * the others has gone. */
static void
test_bound(void **state)
{
	struct world *w = *state;
	struct ipc *a = program(w, program_fd(w));
	struct ipc *b = program(w, program_fd(w)), *c;

	assert_int_equal(ask(w, a), 1);
	assert_int_equal(ask(w, a), 2);
	assert_int_equal(ask(w, b), 1);
	assert_int_equal(w->connected, 2);
	assert_int_equal(w->uid, getuid());

	c = program(w, program_fd(w));
	assert_int_equal(ask(w, c), E_PEER);
	assert_int_equal(w->ended, 0);
	ipc_close(c);

	ipc_close(a);
	turn_until(w, &w->ended, 1);
	c = program(w, program_fd(w));
	assert_int_equal(ask(w, c), 1);
	assert_int_equal(ask(w, b), 2);
	ipc_close(b);
	ipc_close(c);
}

/* The bound is of one authority; the kind of the call is of the client's. */
static void
test_authority(void **state)
{
	static const struct client_rights rights = { .name = "role",
		.authority = AS_ROLE };
	struct world *w = *state;
	struct ipc *role[OPERATORS + 1];
	struct ipc *operator = program(w, program_fd(w));
	int fds[2];

	for (size_t i = 0; i < NELEM(role); i++) {
		assert_int_equal(ipc_pair(fds, NULL), 0);
		clients_add(&w->clients, fds[0], &rights, (uint32_t)i);
		role[i] = program(w, fds[1]);
		assert_int_equal(ask(w, role[i]), 1);
	}
	assert_int_equal(ask(w, operator), 1);
	for (size_t i = 0; i < NELEM(role); i++)
		ipc_close(role[i]);
	turn_until(w, &w->ended, NELEM(role));
	assert_int_equal(ask(w, operator), 2);
	ipc_close(operator);
}

/* No one of them takes the places of all. */
static void
test_bound_of_each(void **state)
{
	static const struct client_rights rights = { .name = "role",
		.authority = AS_ROLE, .max = 4, .max_each = 3 };
	static const struct {
		uint32_t index;
		int rc;
	} rows[] = { { 7, 1 }, { 7, 1 }, { 7, 1 }, { 7, E_PEER }, { 8, 1 },
		{ 9, E_PEER } };
	struct world *w = *state;
	struct ipc *c[NELEM(rows)];
	int fds[2];

	for (size_t i = 0; i < NELEM(rows); i++) {
		assert_int_equal(ipc_pair(fds, NULL), 0);
		clients_add(&w->clients, fds[0], &rights, rows[i].index);
		c[i] = program(w, fds[1]);
		assert_int_equal(ask(w, c[i]), rows[i].rc);
	}
	for (size_t i = 0; i < NELEM(rows); i++)
		ipc_close(c[i]);
}

/* Without a descriptor to take somebody with, the loop rests. */
static void
test_no_descriptors(void **state)
{
	struct world *w = *state;
	struct rlimit before, none;
	struct ipc *c;
	int rounds = 0;

	c = program(w, program_fd(w));
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	for (int64_t end = loop_now_ms(w->l) + 250; loop_now_ms(w->l) < end;
	    rounds++)
		loop_once(w->l, 50);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_true(rounds < 20);
	assert_int_equal(ask(w, c), 1);
	ipc_close(c);
}

/* What is known about a client stays as long as an ask of it is under way. */
static void
test_held(void **state)
{
	static const struct client_rights rights = { .name = "role",
		.authority = AS_ROLE };
	struct world *w = *state;
	struct number n = { 1 };
	struct known *k;
	struct ipc *c;
	int fds[2];

	assert_int_equal(ipc_pair(fds, NULL), 0);
	clients_add(&w->clients, fds[0], &rights, 7);
	c = program(w, fds[1]);
	ipc_notify(c, &calls[HOLD], &n, -1);
	for (int i = 0; !w->held; i++) {
		assert_true(i < 1000);
		loop_once(w->l, 10);
	}
	k = container_of(list_first(struct ipc_client, &w->clients.list, link),
	    struct known, c);
	assert_int_equal(k->c.index, 7);
	clients_end(&w->clients);
	assert_true(list_empty(&w->clients.list));
	assert_int_equal(w->ended, 0);
	assert_null(k->c.ipc);
	ipc_drop(w->held);
	ipc_client_unref(&k->c);
	assert_int_equal(w->ended, 1);
	ipc_close(c);
}

/* A frame that is none ends the connection, of whoever sent it. */
static void
test_thrown_out(void **state)
{
	struct world *w = *state;
	struct ipc *other = program(w, program_fd(w));
	char octet;
	int fd = program_fd(w);

	assert_int_equal(ask(w, other), 1);
	assert_int_equal(write(fd, "\xff\xff\xff\xff\xff\xff\xff\xff", 8), 8);
	turn_until(w, &w->ended, 1);
	assert_int_equal(read(fd, &octet, 1), 0);
	(void)close(fd);
	assert_int_equal(ask(w, other), 2);
	ipc_close(other);
}

static bool
is_sent_away(struct world *w)
{
	int fd, status, connected = w->connected;
	char octet;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (setuid(STRANGER) < 0)
			_exit(2);
		fd = program_fd(w);
		(void)fcntl(fd, F_SETFL, 0);
		_exit(read(fd, &octet, 1) == 0 ? 0 : 1);
	}
	while (waitpid(pid, &status, WNOHANG) == 0) {
		loop_once(w->l, 10);
		if (w->connected == connected)
			continue;
		assert_int_equal(kill(pid, SIGKILL), 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		return false;
	}
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* The kernel says who connects. */
static void
test_stranger(void **state)
{
	struct world *w = *state;

	if (getuid() != 0)
		skip();
	assert_true(is_sent_away(w));
	assert_int_equal(w->connected, 0);

	/* A socket for anybody tells who it is. */
	client_socket_close(&w->socket);
	client_socket_open(&w->socket, w->l, listening_socket(w), false,
	    on_operator);
	assert_false(is_sent_away(w));
	assert_int_equal(w->connected, 1);
	assert_int_equal(w->uid, STRANGER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_bound, world_up,
		    world_down),
		cmocka_unit_test_setup_teardown(test_authority, world_up,
		    world_down),
		cmocka_unit_test_setup_teardown(test_bound_of_each, world_up,
		    world_down),
		cmocka_unit_test_setup_teardown(test_no_descriptors, world_up,
		    world_down),
		cmocka_unit_test_setup_teardown(test_held, world_up,
		    world_down),
		cmocka_unit_test_setup_teardown(test_thrown_out, world_up,
		    world_down),
		cmocka_unit_test_setup_teardown(test_stranger, world_up,
		    world_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
