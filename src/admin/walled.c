#include "admin/walled.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "admin/child.h"
#include "mail/traits.h"
#include "mime/charset.h"
#include "rt/sandbox.h"

enum {
	NOBODY = 65534,
	WAIT_S = 10,		/* for what takes some milliseconds */
};

struct walled {
	struct child child;
};

static bool
put_all(int fd, struct str octets)
{
	while (octets.n > 0) {
		ssize_t n = send(fd, octets.p, octets.n, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			return false;
		octets = str_from(octets, n > 0 ? (size_t)n : 0);
	}
	return true;
}

static bool
get_all(int fd, void *to, size_t n)
{
	char *p = to;

	while (n > 0) {
		ssize_t got = read(fd, p, n);

		if (got == 0 || (got < 0 && errno != EINTR))
			return false;
		p += got > 0 ? got : 0;
		n -= got > 0 ? (size_t)got : 0;
	}
	return true;
}

static bool
put_piece(int fd, struct str octets)
{
	const uint32_t n = (uint32_t)octets.n;

	return put_all(fd, str_make((const char *)&n, sizeof(n))) &&
	    put_all(fd, octets);
}

/* No longer than `most`, whatever the other one says. */
static bool
get_piece(int fd, struct buf *b, size_t most)
{
	uint32_t n;
	char *to;

	buf_reset(b);
	if (!get_all(fd, &n, sizeof(n)) || n > most)
		return false;
	to = buf_room(b, n);
	if (!to || !get_all(fd, to, n))
		return false;
	buf_added(b, n);
	return true;
}

static void
serve(int fd, void *arg unused_arg)
{
	struct buf head = BUF_INIT(TRAITS_HEAD), missing = BUF_INIT(200);
	struct arena *a = arena_new(TRAITS_MEM);
	struct sandbox walls = { 0 };
	struct err err = { 0 };

	charset_prepare();
	if (sandbox_enter(&walls, geteuid() == 0 ? NOBODY : 0, "", &missing,
	    &err) < 0)
		_exit(1);
	while (get_piece(fd, &head, TRAITS_HEAD)) {
		arena_reset(a);
		if (!put_piece(fd, traits_of(buf_get(&head), a)))
			break;
	}
	_exit(0);
}

int
walled_begin(struct walled **out, struct err *err)
{
	const struct timeval wait = { .tv_sec = WAIT_S };
	struct walled *w = calloc(1, sizeof(*w));
	int fds[2];

	bug_if(!w);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0) {
		free(w);
		return err_sys(err, E_IO, "a pair of sockets");
	}
	(void)setsockopt(fds[0], SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	(void)setsockopt(fds[0], SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
	if (child_begin(&w->child, fds, serve, NULL, err) < 0) {
		free(w);
		return err->code;
	}
	*out = w;
	return 0;
}

void
walled_end(struct walled *w)
{
	if (!w)
		return;
	child_end(&w->child);
	free(w);
}

int
walled_traits(struct walled *w, struct str head, struct buf *out,
    struct err *err)
{
	if (put_piece(w->child.fd, str_first(head, TRAITS_HEAD)) &&
	    get_piece(w->child.fd, out, TRAITS_OCTETS))
		return 0;
	return err_set(err, E_IO, "the process that looks at messages "
	    "has ended, or says nothing");
}
