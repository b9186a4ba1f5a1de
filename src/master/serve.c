#include "master/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CONFIG_OCTETS = 200000, SEALS = F_SEAL_SEAL | F_SEAL_SHRINK |
	F_SEAL_GROW | F_SEAL_WRITE };

MSG_SHAPE(serve_order);

static int
seal_order(struct str octets, struct err *err)
{
	int fd = memfd_create("postern-order", MFD_CLOEXEC |
	    MFD_ALLOW_SEALING);

	if (fd >= 0 &&
	    pwrite(fd, octets.p, octets.n, 0) == (ssize_t)octets.n &&
	    fcntl(fd, F_ADD_SEALS, SEALS) == 0)
		return fd;
	(void)err_sys(err, E_IO, "memory for what the master is asked");
	if (fd >= 0)
		(void)close(fd);
	return err->code;
}

static int
put_order(const struct serve *s, struct err *err)
{
	struct serve_order m = { .file = s->file, .make_data = s->make_data,
		.tells = s->tell_fd >= 0 };
	auto_buf config = BUF_INIT(CONFIG_OCTETS);
	auto_buf b = BUF_INIT(MSG_MAX);

	msg_put(&config, &config_shape, s->config);
	m.config = buf_get(&config);
	msg_put(&b, &serve_order_shape, &m);
	return seal_order(buf_get(&b), err);
}

/* Above all fixed numbers first: each may have been given one of the others.
 * The copies go with execve(), as what they were made of does. */
static bool
arrange_files(const struct serve *s, int order)
{
	int log = fcntl(s->log_fd, F_DUPFD_CLOEXEC, SERVE_FREE);
	int tell = s->tell_fd < 0 ? -1 :
	    fcntl(s->tell_fd, F_DUPFD_CLOEXEC, SERVE_FREE);

	order = fcntl(order, F_DUPFD_CLOEXEC, SERVE_FREE);
	return dup2(log, SERVE_LOG) >= 0 && dup2(order, SERVE_ORDER) >= 0 &&
	    (s->tell_fd < 0 || dup2(tell, SERVE_TELL) >= 0);
}

int
serve_become(const struct serve *s, const char *path, struct err *err)
{
	char name[] = "postern-master", data[1024];
	/* Whose it is: for people who look at processes. */
	char *argv[] = { name, data, NULL };
	int order = put_order(s, err);

	if (order < 0)
		return order;
	(void)snprintf(data, sizeof(data), "%.*s", STR_FMT(s->config->data));
	if (!arrange_files(s, order))
		return err_sys(err, E_IO, "files for the master");
	(void)execv(path, argv);
	return err_sys(err, E_IO, "execute %s", path);
}

static bool
read_order(struct arena *a, struct str *octets)
{
	struct stat st;
	char *p;

	if (fcntl(SERVE_ORDER, F_GET_SEALS) != SEALS ||
	    fstat(SERVE_ORDER, &st) < 0 || st.st_size > MSG_MAX)
		return false;
	p = arena_alloc(a, (size_t)st.st_size);
	if (pread(SERVE_ORDER, p, (size_t)st.st_size, 0) != st.st_size)
		return false;
	*octets = str_make(p, (size_t)st.st_size);
	return true;
}

int
serve_take(struct arena *a, struct serve *s, struct err *err)
{
	struct config *c = arena_new_of(a, struct config);
	struct serve_order m;
	struct str octets;

	if (!read_order(a, &octets) ||
	    !msg_whole(octets, &serve_order_shape, &m) ||
	    !msg_whole(m.config, &config_shape, c))
		return err_set(err, E_PROTO, "nobody asks anything");
	(void)close(SERVE_ORDER);
	if (m.tells && fcntl(SERVE_TELL, F_SETFD, FD_CLOEXEC) < 0)
		return err_sys(err, E_PROTO, "nobody is there to be told");
	*s = (struct serve){ .config = c, .file = m.file,
		.make_data = m.make_data, .log_fd = SERVE_LOG,
		.tell_fd = m.tells ? SERVE_TELL : -1 };
	return 0;
}
