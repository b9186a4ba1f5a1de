#include <errno.h>

#include "redteam.h"

/* Does the other end close within five seconds? What it still answers does
 * not matter. */
static bool
thrown_out(struct attack *a, int fd)
{
	int64_t until = loop_now_ms(a->role->loop) + 5000;
	char b[1024];
	ssize_t n;

	while (loop_now_ms(a->role->loop) < until) {
		n = read(fd, b, sizeof(b));
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
			return true;
		if (n < 0)
			(void)fiber_sleep(a->role->loop,
			    loop_now_ms(a->role->loop) + 10);
	}
	return false;
}

static void
end(struct peer_held *p)
{
	(void)close(p->fd);
	p->fd = -1;
}

static void
only_raw(struct peer_held *p)
{
	if (p->ipc)
		ipc_close(p->ipc);
	p->ipc = NULL;
}

static void
put_frame(struct buf *b, uint32_t len, uint16_t call, uint8_t kind,
    uint8_t nfds, uint64_t id)
{
	buf_le32(b, len);
	buf_le16(b, call);
	buf_chr(b, (char)kind);
	buf_chr(b, (char)nfds);
	buf_le64(b, id);
}

/* As much as they take; they may be busy. */
static void
push(struct attack *a, int fd, struct str octets)
{
	int64_t until = loop_now_ms(a->role->loop) + 5000;

	while (octets.n > 0 && loop_now_ms(a->role->loop) < until) {
		ssize_t n = write(fd, octets.p, octets.n);

		if (n < 0 && errno != EAGAIN)
			return;
		if (n > 0)
			octets = str_from(octets, (size_t)n);
		else
			(void)fiber_sleep(a->role->loop,
			    loop_now_ms(a->role->loop) + 1);
	}
}

/* Something of ours may be half sent: what follows is more than a message can
 * hold, so that a header comes of it in any case. */
void
attack_garbage(struct attack *a, struct peer_held *p, const char *what)
{
	auto_buf b = BUF_INIT(2 * MSG_MAX);
	char name[120];

	only_raw(p);
	(void)snprintf(name, sizeof(name), "malformed frame to %s", what);
	/* longer than any message may be, of a kind there is not */
	put_frame(&b, 0x7fffffff, 0xffff, 9, 255, 1);
	while (b.n < MSG_MAX + 4096)
		buf_le64(&b, UINT64_MAX);
	push(a, p->fd, buf_get(&b));
	attempt(a, name, thrown_out(a, p->fd), "thrown out");
	end(p);
}

void
attack_flood(struct attack *a, struct peer_held *p,
    const struct ipc_call *call, const void *ask, const char *what)
{
	auto_buf b = BUF_INIT(1 << 20), body = BUF_INIT(4096);

	only_raw(p);
	msg_put(&body, call->ask, ask);
	for (uint64_t id = 1000; id < 21000; id++) {
		put_frame(&b, (uint32_t)body.n + 12, call->index, 0, 0, id);
		buf_str(&b, buf_get(&body));
	}
	push(a, p->fd, buf_get(&b));
	attempt(a, what, thrown_out(a, p->fd), "thrown out");
	end(p);
}
