/*
 * ipc_receive.c - the receiving half of rt/ipc.h: frames become asks, notices
 * and answers; a frame that does not fit its call ends the connection.
 */
#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "rt/ipc_int.h"

static void
close_fds(int *fds, int n)
{
	for (int i = 0; i < n; i++)
		if (fds[i] >= 0)
			(void)close(fds[i]);
}

static bool
take_fds(struct ipc *c, int *fds, int n)
{
	if (n > c->n_in_fds)
		return false;
	memcpy(fds, c->in_fds, (size_t)n * sizeof(int));
	c->n_in_fds -= n;
	memmove(c->in_fds, c->in_fds + n, (size_t)c->n_in_fds * sizeof(int));
	return true;
}

/* A copy of its own, because the ask outlives what came in. */
static struct ipc_req *
make_req(struct ipc *c, const struct ipc_call *call, const struct frame *f)
{
	size_t at = (sizeof(struct ipc_req) + 15) & ~(size_t)15;
	size_t body = (at + call->ask->size + 15) & ~(size_t)15;
	struct ipc_req *r = malloc(body + f->body.n);

	bug_if(!r);
	if (f->body.n)
		memcpy((char *)r + body, f->body.p, f->body.n);
	*r = (struct ipc_req){ .ipc = ipc_ref(c), .call = call, .id = f->id,
		.ask = (char *)r + at };
	if (!msg_whole(str_make((char *)r + body, f->body.n), call->ask,
		(char *)r + at) ||
	    !take_fds(c, r->fds, f->nfds)) {
		ipc_drop(r);
		return NULL;
	}
	r->nfds = f->nfds;
	return r;
}

static const char *
on_ask(struct ipc *c, const struct frame *f)
{
	const struct ipc_service *s = c->o.service;
	const struct ipc_call *call;
	struct ipc_req *r;
	bool over;

	if (!s || f->call >= s->ncalls)
		return "unknown call";
	call = &s->calls[f->call];
	if (!call->ask || (f->kind == FRAME_NOTICE) != !call->answer)
		return "call of the wrong kind";
	r = make_req(c, call, f);
	if (!r)
		return "malformed ask";
	if (f->kind == FRAME_ASK) {
		ipc_lock(c);
		over = ++c->asked > c->o.window;
		ipc_unlock(c);
		if (over) {
			ipc_drop(r);
			return "more asks than the window";
		}
	}
	if (r->nfds > call->fds && f->kind == FRAME_ASK)
		ipc_fail(r, E_INVALID, "more descriptors than it takes");
	else if (r->nfds > call->fds)
		ipc_drop(r);
	else if (call->who & c->o.authority)
		s->ask(c->o.owner, r);
	else if (f->kind == FRAME_ASK)
		ipc_fail(r, E_DENIED, "not with this authority");
	else
		ipc_drop(r);
	return NULL;
}

static int
known_code(uint32_t code)
{
	int rc = -(int)(code & 0xff);

	return rc < 0 && rc >= E_RATE ? rc : E_IO;
}

static bool
read_failure(struct pending *p, struct str body)
{
	struct rd r = rd_of(body);
	uint32_t code = rd_le32(&r);
	struct str text = rd_rest(&r);

	if (!rd_ok(&r))
		return false;
	p->rc = err_set(p->err, known_code(code), "%.*s", STR_FMT(text));
	return true;
}

static bool
read_answer(const struct slot *s, struct str body, int *fd)
{
	struct pending *p = s->pending;

	if (!msg_whole(body, s->call->answer, p->answer))
		return false;
	msg_keep(p->arena, s->call->answer, p->answer);
	if (p->fd_out) {
		*p->fd_out = *fd;
		*fd = -1;
	}
	return true;
}

static const char *
on_answer(struct ipc *c, const struct frame *f)
{
	struct slot *s = ipc_slot(c, f->id);
	int fds[FDS_MAX] = { -1, -1, -1, -1 };
	bool ok = true;

	if (!s || s->call->index != f->call)
		return "answer to nothing";
	if (!take_fds(c, fds, f->nfds))
		return "descriptors missing";
	if (s->pending && f->kind == FRAME_FAILURE)
		ok = read_failure(s->pending, f->body);
	else if (s->pending)
		ok = read_answer(s, f->body, &fds[0]);
	close_fds(fds, FDS_MAX);
	if (!ok)
		return "malformed answer";
	ipc_free_slot(c, s);
	ipc_wake_queue(c);
	return NULL;
}

static const char *
on_frame(struct ipc *c, struct str octets)
{
	struct rd r = rd_of(octets);
	struct frame f;

	f.call = rd_le16(&r);
	f.kind = rd_le8(&r);
	f.nfds = rd_le8(&r);
	f.id = rd_le64(&r);
	f.body = rd_rest(&r);
	c->heard = true;
	if (!rd_ok(&r) || f.kind > FRAME_NOTICE || f.nfds > FDS_MAX)
		return "malformed frame";
	if (f.kind == FRAME_ASK || f.kind == FRAME_NOTICE)
		return on_ask(c, &f);
	return on_answer(c, &f);
}

/* Handle every whole frame; returns how many octets they were. */
static size_t
on_frames(struct ipc *c, struct str all)
{
	struct str left = all;
	const char *why = NULL;

	while (ipc_alive(c) && left.n >= 4) {
		struct rd r = rd_of(left);
		size_t len = rd_le32(&r);

		if (len < HEAD - 4 || len > MSG_MAX + HEAD)
			why = "frame of a wrong size";
		else if (left.n - 4 < len)
			break;
		else
			why = on_frame(c, str_make(left.p + 4, len));
		if (why) {
			ipc_die(c, why);
			break;
		}
		left = str_from(left, 4 + len);
	}
	return all.n - left.n;
}

static bool
keep_fds(struct ipc *c, struct msghdr *m)
{
	for (struct cmsghdr *h = CMSG_FIRSTHDR(m); h; h = CMSG_NXTHDR(m, h)) {
		size_t n = (h->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		int fds[FDS_QUEUED];

		if (h->cmsg_level != SOL_SOCKET ||
		    h->cmsg_type != SCM_RIGHTS || n > FDS_MAX)
			return false;
		memcpy(fds, CMSG_DATA(h), n * sizeof(int));
		if (n > (size_t)(FDS_QUEUED - c->n_in_fds)) {
			close_fds(fds, (int)n);
			return false;
		}
		memcpy(c->in_fds + c->n_in_fds, fds, n * sizeof(int));
		c->n_in_fds += (int)n;
	}
	return (m->msg_flags & MSG_CTRUNC) == 0;
}

static ssize_t
receive(struct ipc *c, char *p, size_t n)
{
	union {
		char room[CMSG_SPACE(FDS_MAX * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { p, n };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control) };
	ssize_t got = recvmsg(c->watch.fd, &m, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);

	if (got >= 0 && !keep_fds(c, &m))
		return -2;
	return got;
}

/* Read into the loop's scratch, behind what was left of the last frame. */
static bool
read_some(struct ipc *c)
{
	size_t size, used;
	char *scratch = loop_scratch(c->loop, &size);
	struct str all;
	ssize_t got;

	if (c->in.n > 0)
		memcpy(scratch, c->in.p, c->in.n);
	got = receive(c, scratch + c->in.n, size - c->in.n);
	if (got < 0 && errno == EAGAIN)
		return false;
	if (got <= 0) {
		ipc_die(c, got == -2 ? "unexpected descriptors" : "closed");
		return false;
	}
	all = str_make(scratch, c->in.n + (size_t)got);
	buf_free(&c->in);
	used = on_frames(c, all);
	if (ipc_alive(c))
		buf_str(&c->in, str_from(all, used));
	/* They come with the first octets of their frame. */
	if (ipc_alive(c) && c->n_in_fds > 0 && c->in.n == 0)
		ipc_die(c, "descriptors of no frame");
	return all.n == size;
}

void
ipc_on_event(struct watch *w, uint32_t events)
{
	struct ipc *c = ipc_ref(container_of(w, struct ipc, watch));

	if (events & EPOLLOUT)
		ipc_flush_here(c);
	if (ipc_alive(c) && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
		while (ipc_alive(c) && read_some(c))
			continue;
	ipc_unref(c);
}
