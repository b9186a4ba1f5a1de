#include "sendmail/submit_local.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "vault/messages.h"

enum { SIGN_MS = 10000 };

struct submit_local {
	struct loop *loop;
	struct arena *memory;
	const char *data;
	struct store *store;
	struct hello_answer hello;
};

/* Why nobody was reached: errno of the try. */
static int
no_server(int folder, const char *data, const char *name, struct err *err)
{
	int why = errno;

	if (why == ENOENT && faccessat(folder, "submit", F_OK, 0) < 0)
		return err_set(err, E_NOTFOUND, "no server answers: %s is no "
		    "data folder of Postern", data);
	errno = why;
	return err_sys(err, why == EACCES || why == EPERM ? E_DENIED :
	    E_NOTFOUND, "no server answers at %s/submit/%s", data, name);
}

/* The way over /proc is short however long the folder's name is; the folder
 * itself shows its names only to the operator. */
static int
connect_to(const char *data, const char *name, struct err *err)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int folder = open(data, O_PATH | O_DIRECTORY | O_CLOEXEC), fd, rc = -1;

	if (folder < 0)
		return err_sys(err, E_NOTFOUND, "data folder %s", data);
	(void)snprintf(a.sun_path, sizeof(a.sun_path),
	    "/proc/self/fd/%d/submit/%s", folder, name);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0)
		rc = connect(fd, (struct sockaddr *)&a, sizeof(a));
	if (rc < 0) {
		rc = no_server(folder, data, name, err);
		if (fd >= 0)
			(void)close(fd);
		fd = rc;
	} else {
		(void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	}
	(void)close(folder);
	return fd;
}

static int
reopen(void *arg, struct err *err)
{
	struct submit_local *s = arg;

	return connect_to(s->data, "store", err);
}

struct submit_local *
submit_local_new(struct loop *l, struct arena *a, const char *data)
{
	struct submit_local *s = arena_new_of(a, struct submit_local);

	s->loop = l;
	s->memory = a;
	s->data = data;
	return s;
}

int
submit_local_open(struct submit_local *s, struct err *err)
{
	struct hello_ask ask = { 0 };
	int fd = connect_to(s->data, "store", err);

	if (fd < 0)
		return fd;
	s->store = store_new(s->loop, fd, reopen, s);
	return store_call(s->store, STORE_hello, &ask, &s->hello, s->memory,
	    err);
}

void
submit_local_free(struct submit_local *s)
{
	if (!s)
		return;
	store_close(s->store);
	s->store = NULL;
}

struct str
submit_local_domain(const struct submit_local *s)
{
	struct str a = s->hello.address;

	return str_from(a, str_rchr(a, '@') + 1);
}

struct str
submit_local_hostname(const struct submit_local *s)
{
	return s->hello.hostname.n > 0 ? s->hello.hostname :
	    submit_local_domain(s);
}

uint64_t
submit_local_max_message(const struct submit_local *s)
{
	return s->hello.max_message;
}

struct store *
submit_local_store(struct submit_local *s)
{
	return s->store;
}

int
submit_local_sender(struct submit_local *s, struct str address,
    struct err *err)
{
	struct sender_ask ask = { .address = address };
	struct done done;

	return store_call(s->store, STORE_sender, &ask, &done, s->memory, err);
}

/* ipc_open() needs somebody to tell; calls fail by themselves. */
static void
gone(void *owner unused_arg, struct ipc *ipc unused_arg,
    const char *why unused_arg)
{
}

static struct ipc *
open_vault(struct submit_local *s)
{
	static const struct ipc_service service = { .gone = gone };
	struct ipc_options o = { .service = &service, .owner = s };
	struct err err = { 0 };
	int fd = connect_to(s->data, "vault", &err);

	return fd < 0 ? NULL : ipc_open(s->loop, fd, &o, &err);
}

void
submit_local_sign(struct submit_local *s, const struct signable *what,
    struct arena *a, struct str *fields)
{
	struct ipc *vault = open_vault(s);
	struct dkim_sign_ask ask = { .names = what->names,
		.header = what->header, .body_hash = what->body_hash,
		.at = loop_wall(s->loop) };
	struct dkim_sign_answer answer;
	int rc = E_NOTFOUND;

	if (!vault)
		return;
	for (size_t i = 0; i < what->nauthors && rc < 0; i++) {
		ask.from = what->authors[i];
		if (ask.from.n <= 320)
			rc = ipc_call(vault, &vault_calls[VAULT_dkim_sign],
			    &ask, -1, &answer, a, NULL,
			    loop_now_ms(s->loop) + SIGN_MS, NULL);
	}
	if (rc == 0)
		*fields = answer.fields;
	ipc_close(vault);
}
