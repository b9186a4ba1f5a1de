#include "admin/operator.h"

#include <errno.h>
#include <fcntl.h>

#include "admin/launch.h"
#include "base/log.h"
#include "conf/data_folder.h"
#include "conf/find_config.h"

enum { CALL_MS = 600000, TRIES = 20, TRY_US = 250000 };

struct operator {
	struct clock clock;
	struct loop *loop;
	struct arena *memory;	/* of answers: the command's at first */
	struct ipc *store, *vault;
	struct ipc *ldap, *relay;	/* NULL: nobody asked it */
	bool has_ldap;
	struct str data;
	struct str hostname;
	uint32_t compress, sts_mode;
	bool https;
	pid_t master;		/* > 0: started by us */
	bool make;		/* also a data folder */
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
	int fd = data_folder_connect(folder, name, err);

	if (fd < 0)
		return fd;
	(void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	*ipc = ipc_open(op->loop, fd, &o, err);
	return *ipc ? 0 : err->code;
}

static int
connect_both(struct operator *op, int folder, struct err *err)
{
	int rc = connect_one(op, folder, "control", &op->store, err);

	if (rc == 0)
		rc = connect_one(op, folder, "control-vault", &op->vault, err);
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
	struct serve s = { .config = &quiet, .tell_fd = -1,
		.make_data = op->make };
	int rc;

	quiet.mx_workers = quiet.front_workers = 0;
	quiet.resolver_workers = quiet.relay_workers = quiet.web_workers = 0;
	quiet.errand_workers = 0;
	quiet.ldap = quiet.pam = STR("");
	quiet.listeners = STR("");
	quiet.log_level = LOG_ERROR;
	if (quiet.hostname.n == 0)
		quiet.hostname = STR("localhost");
	s.log_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (s.log_fd < 0)
		return err_sys(err, E_IO, "/dev/null");
	rc = launch_start(a->memory, &s, &op->master, err);
	if (rc < 0)
		op->master = 0;
	(void)close(s.log_fd);
	return rc;
}

/* Another command's short-lived master, or one that is just starting, has the
 * folder for a moment. */
static int
operator_reach(struct operator *op, struct admin *a, const struct config *c,
    int folder, struct err *err)
{
	int rc = 0;

	for (int i = 0; i < TRIES; i++) {
		rc = connect_both(op, folder, err);
		if (rc != E_NOTFOUND)
			return rc;
		rc = start_master(op, a, c, err);
		if (rc == 0)
			return connect_both(op, folder, err);
		if (str_find(str_c(err->text), STR("runs on")) ==
		    strlen(err->text))
			return rc;
		(void)usleep(TRY_US);
	}
	return rc;
}

static bool
has_https(const struct config *c)
{
	struct rd r = rd_of(c->listeners);
	struct listener_conf l;

	while (rd_left(&r) > 0 && msg_take(&r, &listener_conf_shape, &l))
		if (l.kind == LISTEN_HTTPS)
			return true;
	return false;
}

int
operator_open(struct admin *a, const struct options *o, struct operator **op,
    struct err *err)
{
	struct operator *n = arena_new_of(a->memory, struct operator);
	struct config *c = arena_new_of(a->memory, struct config);
	struct data_folder f;
	int rc;

	if (find_config(a->memory, o->data, o->config, c, err) < 0 ||
	    data_folder_open(str_dupz(a->memory, c->data), o->make_data ?
	    DATA_FOLDER_MAKE : DATA_FOLDER_FIND, &f, err) < 0)
		return err->code;
	if (f.made)
		fprintf(o->json ? stderr : stdout,
		    "made the data folder %.*s\n", STR_FMT(c->data));
	n->make = o->make_data;
	n->memory = a->memory;
	n->hostname = c->hostname;
	n->has_ldap = c->ldap.n > 0;
	n->data = c->data;
	n->compress = c->compress;
	n->sts_mode = c->sts_mode;
	n->https = has_https(c);
	n->clock = clock_real();
	n->loop = loop_new(&n->clock, NULL);
	rc = operator_reach(n, a, c, f.fd, err);
	(void)close(f.fd);
	if (rc < 0) {
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
	if (op->ldap)
		ipc_close(op->ldap);
	if (op->relay)
		ipc_close(op->relay);
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
	int *fd;
	int rc;
	bool done;
};

static void
call_fiber(void *arg)
{
	struct one_call *c = arg;

	c->rc = ipc_call(c->ipc, c->call, c->ask, -1, c->answer,
	    c->op->memory, c->fd, loop_now_ms(c->op->loop) + CALL_MS, c->err);
	c->done = true;
}

/* What was typed may be longer than any message has room for. */
static int
check_lengths(const struct ipc_call *call, const void *ask, struct err *err)
{
	for (size_t i = 0; i < call->ask->n; i++) {
		const struct msg_field *f = &call->ask->fields[i];
		const struct str *s = (const void *)((const char *)ask +
		    f->offset);

		if (f->kind == MSG_str && s->n > f->max)
			return err_set(err, E_INVALID, "\"%.*s...\" is longer "
			    "than %u octets", STR_FMT(str_first(*s, 40)),
			    f->max);
	}
	return 0;
}

static int
call_wait(struct one_call *c)
{
	if (check_lengths(c->call, c->ask, c->err) < 0)
		return c->err->code;
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
		err, NULL, 0, false };

	return call_wait(&c);
}

/* The row of an account; account 0: there is none. */
static int
find_account(struct operator *op, struct str address,
    struct account_row *row, struct err *err)
{
	struct accounts_ask ask = { .only = address };
	struct accounts_answer answer;
	struct rd r;

	if (operator_store(op, STORE_accounts, &ask, &answer, err) < 0)
		return err->code;
	r = rd_of(answer.rows);
	if (!msg_take(&r, &account_row_shape, row))
		return err_set(err, E_NOTFOUND, "there is no account %.*s",
		    STR_FMT(address));
	return 0;
}

int
operator_account(struct operator *op, struct str address, int *fd,
    struct err *err)
{
	struct account_row row;
	struct account_open_ask ask;
	struct done done;
	struct one_call c = { op, op->store, &store_calls[STORE_account_open],
		&ask, &done, err, fd, 0, false };

	*fd = -1;
	if (find_account(op, address, &row, err) < 0)
		return err->code;
	ask.account = row.account;
	if (call_wait(&c) < 0)
		return err->code;
	return *fd < 0 ? err_set(err, E_PROTO, "store sent no connection") :
	    0;
}

int
operator_checker(struct operator *op, int *fd, struct err *err)
{
	struct checker_open_ask ask = { 0 };
	struct done done;
	struct one_call c = { op, op->store, &store_calls[STORE_checker_open],
		&ask, &done, err, fd, 0, false };

	*fd = -1;
	if (call_wait(&c) < 0)
		return err->code;
	return *fd < 0 ? err_set(err, E_PROTO, "store sent no connection") :
	    0;
}

uint32_t
operator_compress(const struct operator *op)
{
	return op->compress;
}

bool
operator_has_https(const struct operator *op)
{
	return op->https;
}

uint32_t
operator_sts_mode(const struct operator *op)
{
	return op->sts_mode;
}

int
operator_vault(struct operator *op, enum vault_call which, const void *ask,
    void *answer, struct err *err)
{
	struct one_call c = { op, op->vault, &vault_calls[which], ask, answer,
		err, NULL, 0, false };

	return call_wait(&c);
}

/* A role that runs with the server alone. */
static int
reach_role(struct operator *op, const char *name, struct ipc **ipc,
    struct err *err)
{
	struct data_folder f;
	int rc;

	if (op->master > 0)
		return err_set(err, E_NOTFOUND, "the server does not run");
	if (*ipc)
		return 0;
	if (data_folder_open(str_dupz(op->memory, op->data), DATA_FOLDER_FIND,
	    &f, err) < 0)
		return err->code;
	rc = connect_one(op, f.fd, name, ipc, err);
	(void)close(f.fd);
	return rc;
}

static int
reach_ldap(struct operator *op, struct err *err)
{
	if (!op->has_ldap)
		return err_set(err, E_INVALID, "postern.conf has no ldap "
		    "block");
	return reach_role(op, "control-ldap", &op->ldap, err);
}

int
operator_ldap(struct operator *op, enum ldap_call which, const void *ask,
    void *answer, struct err *err)
{
	struct one_call c = { op, NULL, &ldap_calls[which], ask, answer, err,
		NULL, 0, false };

	if (reach_ldap(op, err) < 0)
		return err->code;
	c.ipc = op->ldap;
	return call_wait(&c);
}

int
operator_relay(struct operator *op, enum relay_call which, const void *ask,
    void *answer, struct err *err)
{
	struct one_call c = { op, NULL, &relay_calls[which], ask, answer, err,
		NULL, 0, false };

	if (reach_role(op, "control-relay", &op->relay, err) < 0)
		return err->code;
	c.ipc = op->relay;
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
