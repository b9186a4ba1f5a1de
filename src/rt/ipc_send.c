/*
 * ipc_send.c - the sending half of rt/ipc.h: frames and descriptors are queued,
 * and leave in one write where they can.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "rt/ipc_int.h"

static void
put_frame(struct ipc *c, const struct frame *f, const struct msg_shape *shape,
    const void *v)
{
	size_t at = c->out.n, len;

	buf_le32(&c->out, 0);
	buf_le16(&c->out, f->call);
	buf_put(&c->out, &f->kind, 1);
	buf_put(&c->out, &f->nfds, 1);
	buf_le64(&c->out, f->id);
	if (shape)
		msg_put(&c->out, shape, v);
	else
		buf_str(&c->out, f->body);
	if (buf_failed(&c->out))
		return;
	len = c->out.n - at - 4;
	bug_if(len > MSG_MAX + HEAD);
	for (size_t i = 0; i < 4; i++)
		c->out.p[at + i] = (char)(len >> (8 * i));
}

/* Queue a frame, and a descriptor (a duplicate: ours is closed when sent). */
void
ipc_queue(struct ipc *c, struct frame *f, const struct msg_shape *shape,
    const void *v, int fd)
{
	int copy = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);

	if (copy >= 0) {
		vec_push(&c->out_fds, (struct out_fd){ c->out.n, copy });
		f->nfds = 1;
	}
	put_frame(c, f, shape, v);
}

/* Send the next n octets of out, the first with this descriptor (or -1). */
static ssize_t
send_some(struct ipc *c, size_t n, int fd)
{
	union {
		char room[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { c->out.p + c->out_at, n };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (fd >= 0) {
		struct cmsghdr *h = &control.align;

		memset(&control, 0, sizeof(control));
		m.msg_control = &control;
		m.msg_controllen = sizeof(control);
		h->cmsg_level = SOL_SOCKET;
		h->cmsg_type = SCM_RIGHTS;
		h->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(h), &fd, sizeof(int));
	}
	return sendmsg(c->watch.fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void
sent(struct ipc *c, size_t n, bool with_fd)
{
	c->out_at += n;
	if (with_fd) {
		(void)close(c->out_fds.p[0].fd);
		c->out_fds.n--;
		memmove(c->out_fds.p, c->out_fds.p + 1,
		    c->out_fds.n * sizeof(*c->out_fds.p));
	}
	if (c->out_at < c->out.n)
		return;
	c->out_at = 0;
	if (c->out.size > 16384)
		buf_free(&c->out);
	else
		buf_reset(&c->out);
}

/* With the mutex held. False if the connection is broken. */
static bool
send_out(struct ipc *c)
{
	while (c->out.n > c->out_at) {
		bool with_fd = c->out_fds.n > 0 &&
		    c->out_fds.p[0].at == c->out_at;
		size_t next = with_fd ? 1 : 0, end = c->out.n;
		ssize_t done;

		if (c->out_fds.n > next)
			end = c->out_fds.p[next].at;
		done = send_some(c, end - c->out_at,
		    with_fd ? c->out_fds.p[0].fd : -1);
		if (done < 0 && errno == EAGAIN) {
			c->blocked = true;
			return true;
		}
		if (done < 0)
			return false;
		sent(c, (size_t)done, with_fd);
	}
	c->blocked = false;
	return true;
}

/* On the loop's thread: watch for room, or give up. */
static void
settle(struct ipc *c, bool ok)
{
	if (!ok || buf_failed(&c->out))
		ipc_die(c, ok ? "too much unread" : "broken");
	else
		loop_rewatch(c->loop, &c->watch,
		    c->blocked ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

void
ipc_flush_here(struct ipc *c)
{
	bool ok;

	if (!ipc_alive(c))
		return;
	ipc_lock(c);
	ok = send_out(c);
	ipc_unlock(c);
	settle(c, ok);
}

static void
flush_deferred(struct defer *d)
{
	struct ipc *c = container_of(d, struct ipc, flush);

	ipc_flush_here(c);
	ipc_unref(c);
}

void
ipc_flush_later(struct ipc *c)
{
	if (list_linked(&c->flush.link))
		return;
	loop_defer(c->loop, &ipc_ref(c)->flush, flush_deferred);
}

static void
flush_posted(void *arg)
{
	struct ipc *c = arg;

	ipc_lock(c);
	c->posted = false;
	ipc_unlock(c);
	ipc_flush_here(c);
	ipc_unref(c);
}

/* From any thread. What cannot be sent now is left to the loop. */
void
ipc_flush(struct ipc *c)
{
	bool post = false;

	ipc_lock(c);
	if (c->alive && !c->blocked && c->out.n > c->out_at) {
		bool ok = send_out(c);

		post = (!ok || c->blocked) && !c->posted;
		c->posted |= post;
	}
	ipc_unlock(c);
	if (post)
		loop_post(c->loop, flush_posted, ipc_ref(c));
}

void
ipc_notify(struct ipc *c, const struct ipc_call *call, const void *ask, int fd)
{
	struct frame f = { .call = call->index, .kind = FRAME_NOTICE };

	ipc_lock(c);
	/* Somebody who does not read misses hints, not answers. */
	if (c->alive && c->out.n - c->out_at < NOTICE_MAX)
		ipc_queue(c, &f, call->ask, ask, fd);
	ipc_unlock(c);
	ipc_flush(c);
}

/* Answering ------------------------------------------------------------- */

static void
free_req(struct ipc_req *r)
{
	struct ipc *c = r->ipc;

	for (int i = 0; i < r->nfds; i++)
		if (r->fds[i] >= 0)
			(void)close(r->fds[i]);
	free(r);
	ipc_unref(c);
}

static void
ipc_send_answer(struct ipc_req *r, struct frame *f,
    const struct msg_shape *shape, const void *v, int fd)
{
	struct ipc *c = r->ipc;

	f->call = r->call->index;
	f->id = r->id;
	ipc_lock(c);
	if (c->asked > 0)
		c->asked--;
	if (c->alive)
		ipc_queue(c, f, shape, v, fd);
	ipc_unlock(c);
	if (loop_is_mine(c->loop))
		ipc_flush_later(c);
}

void
ipc_reply(struct ipc_req *r, const void *v, int fd)
{
	struct frame f = { .kind = FRAME_ANSWER };

	ipc_send_answer(r, &f, r->call->answer, v, fd);
	free_req(r);
}

void
ipc_fail(struct ipc_req *r, int code, const char *text)
{
	struct frame f = { .kind = FRAME_FAILURE };
	auto_buf b = BUF_INIT(512);

	buf_le32(&b, (uint32_t)-code);
	buf_str(&b, str_first(str_c(text), 400));
	f.body = buf_get(&b);
	ipc_send_answer(r, &f, NULL, NULL, -1);
	free_req(r);
}

void
ipc_drop(struct ipc_req *r)
{
	free_req(r);
}
