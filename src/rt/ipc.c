#include "rt/ipc.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>

enum { HEAD = 16, FDS_MAX = 4, FDS_QUEUED = 32, WINDOW = 64 };
enum { OUT_MAX = 64 << 20, NOTICE_MAX = 1 << 20 };
enum { FRAME_ASK, FRAME_ANSWER, FRAME_FAILURE, FRAME_NOTICE };

/* A caller that waits; on its fiber's stack. */
struct pending {
	struct fiber *fiber;
	void *answer;
	struct arena *arena;
	int *fd_out;
	struct err *err;
	int rc;
	bool done;
};

/* A call of ours under way. The slot stays taken until the answer comes, also
 * when the caller has gone: the other end counts it. */
struct slot {
	uint64_t id;		/* 0: free */
	const struct ipc_call *call;
	struct pending *pending; /* NULL: nobody waits any more */
};

/* A caller that waits for a slot. */
struct queued {
	struct queued *next;
	struct fiber *fiber;
};

struct out_fd {
	size_t at; /* index in out of the frame it goes with */
	int fd;
};

struct ipc {
	struct loop *loop;
	struct watch watch;
	struct defer flush;
	struct ipc_options o;
	int refs; /* atomic */

	/* Calls of ours; for the loop's thread only. */
	struct slot *slots;
	uint32_t nslots, nfree;
	uint64_t serial;
	struct queued *queue;

	/* What came in and is not yet a whole frame. */
	struct buf in;
	int in_fds[FDS_QUEUED];
	int n_in_fds;

	bool gone_told;

	pthread_mutex_t mutex; /* for all below */
	bool alive, blocked, posted;
	struct buf out;
	size_t out_at; /* how much of out is sent */
	struct out_fd *out_fds;
	size_t n_out_fds;
	uint32_t asked; /* of the other end's asks, not yet answered */
};

struct frame {
	uint16_t call;
	uint8_t kind, nfds;
	uint64_t id;
	struct str body;
};

/* Life ------------------------------------------------------------------ */

static void on_event(struct watch *w, uint32_t events);
static void die(struct ipc *c, const char *why);

int
ipc_pair(int fds[2], struct err *err)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
		fds) < 0)
		return err_sys(err, E_IO, "socketpair");
	return 0;
}

struct ipc *
ipc_open(struct loop *l, int fd, const struct ipc_options *o, struct err *err)
{
	struct ipc *c = calloc(1, sizeof(*c));

	bug_if(!c);
	c->loop = l;
	c->o = *o;
	if (c->o.window == 0)
		c->o.window = WINDOW;
	c->refs = 1;
	c->alive = true;
	buf_init(&c->in, MSG_MAX + HEAD);
	buf_init(&c->out, OUT_MAX);
	bug_if(pthread_mutex_init(&c->mutex, NULL) != 0);
	c->watch = (struct watch){ .fd = fd, .events = EPOLLIN,
		.fn = on_event };
	if (loop_watch(l, &c->watch, err) < 0) {
		(void)close(fd);
		c->alive = false;
		ipc_unref(c);
		return NULL;
	}
	return c;
}

struct ipc *
ipc_ref(struct ipc *c)
{
	(void)__atomic_fetch_add(&c->refs, 1, __ATOMIC_RELAXED);
	return c;
}

void
ipc_unref(struct ipc *c)
{
	if (!c || __atomic_sub_fetch(&c->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	bug_if(c->alive);
	for (int i = 0; i < c->n_in_fds; i++)
		(void)close(c->in_fds[i]);
	for (size_t i = 0; i < c->n_out_fds; i++)
		(void)close(c->out_fds[i].fd);
	(void)pthread_mutex_destroy(&c->mutex);
	buf_free(&c->in);
	buf_free(&c->out);
	free(c->out_fds);
	free(c->slots);
	free(c);
}

static void
lock(struct ipc *c)
{
	(void)pthread_mutex_lock(&c->mutex);
}

static void
unlock(struct ipc *c)
{
	(void)pthread_mutex_unlock(&c->mutex);
}

static void
wake_queue(struct ipc *c)
{
	for (struct queued *q = c->queue; q; q = q->next)
		fiber_wake(c->loop, q->fiber);
}

static void
finish(struct ipc *c, struct slot *s)
{
	struct pending *p = s->pending;

	s->id = 0;
	s->pending = NULL;
	c->nfree++;
	if (!p)
		return;
	p->done = true;
	fiber_wake(c->loop, p->fiber);
}

/* The end of a connection; on the loop's thread. */
static void
shut(struct ipc *c)
{
	lock(c);
	c->alive = false;
	unlock(c);
	loop_unwatch(c->loop, &c->watch);
	(void)close(c->watch.fd);
	c->watch.fd = -1;
	for (uint32_t i = 0; i < c->nslots; i++) {
		struct slot *s = &c->slots[i];

		if (s->id == 0)
			continue;
		if (s->pending)
			s->pending->rc = err_set(s->pending->err, E_PEER,
			    "%s: connection lost", s->call->name);
		finish(c, s);
	}
	wake_queue(c);
}

static void
die(struct ipc *c, const char *why)
{
	if (!ipc_alive(c))
		return;
	shut(c);
	if (c->o.service && c->o.service->gone && !c->gone_told) {
		c->gone_told = true;
		c->o.service->gone(c->o.owner, c, why);
	}
}

void
ipc_close(struct ipc *c)
{
	if (!c)
		return;
	c->gone_told = true;
	if (ipc_alive(c))
		shut(c);
	ipc_unref(c);
}

bool
ipc_alive(const struct ipc *c)
{
	return __atomic_load_n(&c->alive, __ATOMIC_ACQUIRE);
}

void *
ipc_data(const struct ipc *c)
{
	return c->o.data;
}

void
ipc_set_data(struct ipc *c, void *data)
{
	c->o.data = data;
}

uint32_t
ipc_authority(const struct ipc *c)
{
	return c->o.authority;
}

/* Sending --------------------------------------------------------------- */

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
static void
queue_frame(struct ipc *c, struct frame *f, const struct msg_shape *shape,
    const void *v, int fd)
{
	int copy = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);

	if (copy >= 0) {
		c->out_fds = realloc(c->out_fds,
		    (c->n_out_fds + 1) * sizeof(*c->out_fds));
		bug_if(!c->out_fds);
		c->out_fds[c->n_out_fds++] = (struct out_fd){ c->out.n, copy };
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
		(void)close(c->out_fds[0].fd);
		c->n_out_fds--;
		memmove(c->out_fds, c->out_fds + 1,
		    c->n_out_fds * sizeof(*c->out_fds));
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
		bool with_fd = c->n_out_fds > 0 &&
		    c->out_fds[0].at == c->out_at;
		size_t next = with_fd ? 1 : 0, end = c->out.n;
		ssize_t done;

		if (c->n_out_fds > next)
			end = c->out_fds[next].at;
		done = send_some(c, end - c->out_at,
		    with_fd ? c->out_fds[0].fd : -1);
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
		die(c, ok ? "too much unread" : "broken");
	else
		loop_rewatch(c->loop, &c->watch,
		    c->blocked ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static void
flush_here(struct ipc *c)
{
	bool ok;

	if (!ipc_alive(c))
		return;
	lock(c);
	ok = send_out(c);
	unlock(c);
	settle(c, ok);
}

static void
flush_deferred(struct defer *d)
{
	struct ipc *c = container_of(d, struct ipc, flush);

	flush_here(c);
	ipc_unref(c);
}

static void
flush_later(struct ipc *c)
{
	if (c->flush.queued)
		return;
	loop_defer(c->loop, &ipc_ref(c)->flush, flush_deferred);
}

static void
flush_posted(void *arg)
{
	struct ipc *c = arg;

	lock(c);
	c->posted = false;
	unlock(c);
	flush_here(c);
	ipc_unref(c);
}

/* From any thread. What cannot be sent now is left to the loop. */
void
ipc_flush(struct ipc *c)
{
	bool post = false;

	lock(c);
	if (c->alive && !c->blocked && c->out.n > c->out_at) {
		bool ok = send_out(c);

		post = (!ok || c->blocked) && !c->posted;
		c->posted |= post;
	}
	unlock(c);
	if (post)
		loop_post(c->loop, flush_posted, ipc_ref(c));
}

/* Receiving ------------------------------------------------------------- */

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

static void
free_req(struct ipc_req *r)
{
	struct ipc *c = r->ipc;

	close_fds(r->fds, r->nfds);
	free(r);
	ipc_unref(c);
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
		free_req(r);
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
		lock(c);
		over = ++c->asked > c->o.window;
		unlock(c);
		if (over) {
			free_req(r);
			return "more asks than the window";
		}
	}
	if (call->who & c->o.authority)
		s->ask(c->o.owner, r);
	else if (f->kind == FRAME_ASK)
		ipc_fail(r, E_DENIED, "not with this authority");
	else
		ipc_drop(r);
	return NULL;
}

static struct slot *
slot_of(struct ipc *c, uint64_t id)
{
	uint32_t i = (uint32_t)(id & 0xffff);

	return id != 0 && i < c->nslots && c->slots[i].id == id ? &c->slots[i]
								: NULL;
}

static int
known_code(uint32_t code)
{
	int rc = -(int)(code & 0xff);

	return rc < 0 && rc >= E_STALE ? rc : E_IO;
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
	struct slot *s = slot_of(c, f->id);
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
	finish(c, s);
	wake_queue(c);
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
			die(c, why);
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
		die(c, got == -2 ? "unexpected descriptors" : "closed");
		return false;
	}
	all = str_make(scratch, c->in.n + (size_t)got);
	buf_free(&c->in);
	used = on_frames(c, all);
	if (ipc_alive(c))
		buf_str(&c->in, str_from(all, used));
	return all.n == size;
}

static void
on_event(struct watch *w, uint32_t events)
{
	struct ipc *c = ipc_ref(container_of(w, struct ipc, watch));

	if (events & EPOLLOUT)
		flush_here(c);
	if (ipc_alive(c) && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
		while (ipc_alive(c) && read_some(c))
			continue;
	ipc_unref(c);
}

/* Calling --------------------------------------------------------------- */

static void
grow_slots(struct ipc *c)
{
	uint32_t n = c->nslots ? c->nslots * 2 : 4;

	n = n > c->o.window ? c->o.window : n;
	c->slots = realloc(c->slots, n * sizeof(*c->slots));
	bug_if(!c->slots);
	memset(c->slots + c->nslots, 0, (n - c->nslots) * sizeof(*c->slots));
	c->nfree += n - c->nslots;
	c->nslots = n;
}

/* Wait until an answer has freed a slot. */
static int
wait_in_queue(struct ipc *c, int64_t until_ms)
{
	struct queued me = { c->queue, fiber_self(c->loop) }, **q;
	int rc;

	c->queue = &me;
	rc = fiber_wait(c->loop, until_ms);
	for (q = &c->queue; *q != &me; q = &(*q)->next)
		continue;
	*q = me.next;
	return rc;
}

static int
find_slot(struct ipc *c, uint32_t *at, int64_t until_ms, struct err *err)
{
	while (c->nfree == 0 && c->nslots >= c->o.window) {
		int rc = wait_in_queue(c, until_ms);

		if (!ipc_alive(c))
			return err_set(err, E_PEER, "connection lost");
		if (rc < 0)
			return err_set(err, rc, "waiting for the window");
	}
	if (c->nfree == 0)
		grow_slots(c);
	for (*at = 0; c->slots[*at].id != 0; ++*at)
		continue;
	c->nfree--;
	return 0;
}

static int
await(struct ipc *c, struct slot *s, struct pending *p, int64_t until_ms)
{
	while (!p->done) {
		int rc = fiber_wait(c->loop, until_ms);

		if (p->done || rc == 0)
			continue;
		s = slot_of(c, s->id); /* the table may have grown */
		s->pending = NULL;
		return err_set(p->err, rc, "%s: %s", s->call->name,
		    err_name(rc));
	}
	return p->rc;
}

int
ipc_call(struct ipc *c, const struct ipc_call *call, const void *ask, int fd_in,
    void *answer, struct arena *a, int *fd_out, int64_t until_ms,
    struct err *err)
{
	struct pending p = { fiber_self(c->loop), answer, a, fd_out, err, 0,
		false };
	struct frame f = { .call = call->index, .kind = FRAME_ASK };
	struct slot s;
	uint32_t at = 0;
	int rc;

	if (fd_out)
		*fd_out = -1;
	if (!ipc_alive(c))
		return err_set(err, E_PEER, "connection lost");
	(void)ipc_ref(c);
	rc = find_slot(c, &at, until_ms, err);
	if (rc == 0) {
		f.id = ++c->serial << 16 | at;
		s = c->slots[at] = (struct slot){ f.id, call, &p };
		lock(c);
		queue_frame(c, &f, call->ask, ask, fd_in);
		unlock(c);
		flush_later(c);
		rc = await(c, &s, &p, until_ms);
	}
	ipc_unref(c);
	return rc;
}

void
ipc_notify(struct ipc *c, const struct ipc_call *call, const void *ask, int fd)
{
	struct frame f = { .call = call->index, .kind = FRAME_NOTICE };

	lock(c);
	/* Somebody who does not read misses hints, not answers. */
	if (c->alive && c->out.n - c->out_at < NOTICE_MAX)
		queue_frame(c, &f, call->ask, ask, fd);
	unlock(c);
	ipc_flush(c);
}

/* Answering ------------------------------------------------------------- */

static void
answer(struct ipc_req *r, struct frame *f, const struct msg_shape *shape,
    const void *v, int fd)
{
	struct ipc *c = r->ipc;

	f->call = r->call->index;
	f->id = r->id;
	lock(c);
	if (c->asked > 0)
		c->asked--;
	if (c->alive)
		queue_frame(c, f, shape, v, fd);
	unlock(c);
	if (loop_is_mine(c->loop))
		flush_later(c);
}

void
ipc_reply(struct ipc_req *r, const void *v, int fd)
{
	struct frame f = { .kind = FRAME_ANSWER };

	answer(r, &f, r->call->answer, v, fd);
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
	answer(r, &f, NULL, NULL, -1);
	free_req(r);
}

void
ipc_drop(struct ipc_req *r)
{
	free_req(r);
}
