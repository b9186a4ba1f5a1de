#include "rt/accept_pause.h"

#include <errno.h>
#include <sys/epoll.h>

#include "base/err.h"

enum { PAUSE_MS = 100 };

static void
look_again(struct timer *t)
{
	struct accept_pause *p = container_of(t, struct accept_pause, over);
	struct watch *w = p->watch;

	p->watch = NULL;
	loop_rewatch(p->loop, w, EPOLLIN);
}

void
accept_failed(struct accept_pause *p, struct loop *l, struct watch *w)
{
	if (errno != EMFILE && errno != ENFILE && errno != ENOMEM &&
	    errno != ENOBUFS)
		return;
	log_event(loop_log(l), LOG_WARN, "accept_failed",
	    F_STR("error", str_c(strerrorname_np(errno))));
	p->loop = l;
	p->watch = w;
	loop_rewatch(l, w, 0);
	timer_set(l, &p->over, loop_now_ms(l) + PAUSE_MS, look_again);
}

bool
accept_paused(const struct accept_pause *p)
{
	return p->watch != NULL;
}

void
accept_pause_end(struct accept_pause *p, struct loop *l)
{
	p->watch = NULL;
	timer_clear(l, &p->over);
}
