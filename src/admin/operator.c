#include "admin/operator.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "admin/launch.h"
#include "conf/find_config.h"
#include "base/log.h"

enum { CALL_MS = 600000, TRIES = 20, TRY_US = 250000 };

struct operator {
	struct clock clock;
	struct loop *loop;
	struct arena *memory;	/* of answers: the command's at first */
	struct ipc *store, *vault;
	struct str hostname;
	pid_t master;		/* > 0: started by us */
};

/* ipc_open() needs somebody to tell; calls fail by themselves. */
static void
operator_gone(void *owner, struct ipc *ipc, const char *why)
{
	(void)owner;
	(void)ipc;
	(void)why;
}

static int
connect_one(struct operator *op, int folder, const char *name,
    struct ipc **ipc, struct err *err)
{
	static const struct ipc_service service = { .gone = operator_gone };
	struct ipc_options o = { .service = &service, .owner = op };
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd, rc;

	(void)snprintf(a.sun_path, sizeof(a.sun_path), "/proc/self/fd/%d/%s",
	    folder, name);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_sys(err, E_IO, "socket");
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0) {
		rc = errno == EACCES || errno == EPERM ? E_DENIED : E_NOTFOUND;
		(void)err_sys(err, rc, "control socket %s", name);
		(void)close(fd);
		return rc;
	}
	(void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	*ipc = ipc_open(op->loop, fd, &o, err);
	return *ipc ? 0 : err->code;
}

static int
connect_both(struct operator *op, const char *data, struct err *err)
{
	int folder = open(data, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

	if (folder < 0)
		return err_sys(err, errno == ENOENT ? E_NOTFOUND : E_DENIED,
		    "data folder %s", data);
	rc = connect_one(op, folder, "control", &op->store, err);
	if (rc == 0)
		rc = connect_one(op, folder, "control-vault", &op->vault, err);
	(void)close(folder);
	if (rc < 0 && op->store) {
		ipc_close(op->store);
		op->store = NULL;
	}
	return rc;
}

/* Only store and vault, and nobody from outside. */
static int
start_master(struct operator *op, struct admin *a, const struct config *c,
    struct err *err)
{
	struct config quiet = *c;
	struct serve s = { .config = &quiet, .tell_fd = -1 };
	int rc;

	quiet.mx_workers = quiet.front_workers = 0;
	quiet.resolver_workers = quiet.relay_workers = 0;
	quiet.listeners = STR("");
	quiet.log_level = LOG_ERROR;
	if (quiet.hostname.n == 0)
		quiet.hostname = STR("localhost");
	s.log_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (s.log_fd < 0)
		return err_sys(err, E_IO, "/dev/null");
	rc = launch_start(a->server, &s, &op->master, err);
	if (rc < 0)
		op->master = 0;
	(void)close(s.log_fd);
	return rc;
}

/* Another command's short-lived master, or one that is just starting, has the
 * folder for a moment. */
static int
operator_reach(struct operator *op, struct admin *a, const struct config *c,
    struct err *err)
{
	const char *data = str_dupz(a->memory, c->data);
	int rc = 0;

	for (int i = 0; i < TRIES; i++) {
		rc = connect_both(op, data, err);
		if (rc != E_NOTFOUND)
			return rc;
		rc = start_master(op, a, c, err);
		if (rc == 0)
			return connect_both(op, data, err);
		if (str_find(str_c(err->text), STR("runs on")) ==
		    strlen(err->text))
			return rc;
		(void)usleep(TRY_US);
	}
	return rc;
}

int
operator_open(struct admin *a, const struct options *o, struct operator **op,
    struct err *err)
{
	struct operator *n = arena_new_of(a->memory, struct operator);
	struct config c;

	if (find_config(a->memory, o->data, o->config, &c, err) < 0)
		return err->code;
	n->memory = a->memory;
	n->hostname = c.hostname;
	n->clock = clock_real();
	n->loop = loop_new(&n->clock, NULL);
	if (operator_reach(n, a, &c, err) < 0) {
		operator_close(n);
		return err->code;
	}
	*op = n;
	return 0;
}

struct str
operator_hostname(const struct operator *op)
{
	return op->hostname;
}

void
operator_close(struct operator *op)
{
	if (!op)
		return;
	if (op->store)
		ipc_close(op->store);
	if (op->vault)
		ipc_close(op->vault);
	loop_free(op->loop);
	if (op->master > 0)
		(void)launch_stop(op->master);
}

struct one_call {
	struct operator *op;
	struct ipc *ipc;
	const struct ipc_call *call;
	const void *ask;
	void *answer;
	struct err *err;
	int rc;
	bool done;
};

static void
call_fiber(void *arg)
{
	struct one_call *c = arg;

	c->rc = ipc_call(c->ipc, c->call, c->ask, -1, c->answer,
	    c->op->memory, NULL, loop_now_ms(c->op->loop) + CALL_MS, c->err);
	c->done = true;
}

static int
call_wait(struct one_call *c)
{
	(void)fiber_spawn(c->op->loop, "call", call_fiber, c);
	while (!c->done)
		loop_once(c->op->loop, 1000);
	return c->rc;
}

int
operator_store(struct operator *op, enum store_call which, const void *ask,
    void *answer, struct err *err)
{
	struct one_call c = { op, op->store, &store_calls[which], ask, answer,
		err, 0, false };

	return call_wait(&c);
}

int
operator_vault(struct operator *op, enum vault_call which, const void *ask,
    void *answer, struct err *err)
{
	struct one_call c = { op, op->vault, &vault_calls[which], ask, answer,
		err, 0, false };

	return call_wait(&c);
}

struct arena *
operator_answers_in(struct operator *op, struct arena *a)
{
	struct arena *before = op->memory;

	op->memory = a;
	return before;
}

uint64_t
operator_change(struct operator *op)
{
	return loop_random64(op->loop) | 1;
}
