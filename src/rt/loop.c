#include <errno.h>
#include <sys/eventfd.h>
#include <sys/random.h>

#include "rt/loop_int.h"

/* Making one ------------------------------------------------------------ */

static void
on_wake(struct watch *w, uint32_t events unused_arg)
{
	uint64_t n;

	while (read(w->fd, &n, sizeof(n)) > 0)
		continue;
}

struct loop *
loop_new(struct clock *clock, struct log *log)
{
	struct loop *l = calloc(1, sizeof(*l));
	struct err err;

	bug_if(!l);
	l->clock = clock;
	l->log = log;
	l->thread = pthread_self();
	l->seed = 0x853c49e6748fea9bu;
	bug_if(pthread_mutex_init(&l->mutex, NULL) != 0);
	l->epfd = epoll_create1(EPOLL_CLOEXEC);
	l->wake.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	l->wake.events = EPOLLIN;
	l->wake.fn = on_wake;
	bug_if(l->epfd < 0 || l->wake.fd < 0);
	if (loop_watch(l, &l->wake, &err) < 0)
		bug("%s", err.text);
	l->nwatches = 0; /* our own does not count */
	l->now_us = clock->mono_us(clock);
	/* Of ten processes that start on a busy machine each is held up. */
	l->stall_quiet_us = l->now_us + STALL_QUIET_US;
	return l;
}

static void run_posts(struct loop *l);

void
loop_free(struct loop *l)
{
	if (!l)
		return;
	bug_if(l->nfibers > 0);
	run_posts(l);
	stack_pool_free(&l->stacks);
	(void)close(l->wake.fd);
	(void)close(l->epfd);
	(void)pthread_mutex_destroy(&l->mutex);
	free(l->heap);
	free(l->scratch);
	free(l->home.context);
	free(l);
}

/* What hangs from it ---------------------------------------------------- */

int64_t
loop_now_ms(struct loop *l)
{
	return l->now_us / 1000;
}

int64_t
loop_wall_us(struct loop *l)
{
	return l->clock->wall_us(l->clock);
}

int64_t
loop_wall(struct loop *l)
{
	return loop_wall_us(l) / 1000000;
}

struct log *
loop_log(struct loop *l)
{
	return l->log;
}

bool
loop_is_mine(const struct loop *l)
{
	return pthread_equal(l->thread, pthread_self()) != 0;
}

char *
loop_scratch(struct loop *l, size_t *size)
{
	if (!l->scratch)
		l->scratch = malloc(SCRATCH);
	bug_if(!l->scratch);
	*size = SCRATCH;
	return l->scratch;
}

/* The kernel's, a page at a time: ids are wanted often and are short. What
 * was given is wiped. */
static void
take_random(struct loop *l, unsigned char *o, size_t n)
{
	if (n > sizeof(l->pool)) {
		if (getrandom(o, n, 0) != (ssize_t)n)
			bug("getrandom gave less than %zu octets", n);
		return;
	}
	if (n > l->npool) {
		if (getrandom(l->pool, sizeof(l->pool), 0) !=
		    (ssize_t)sizeof(l->pool))
			bug("getrandom gave too little");
		l->npool = sizeof(l->pool);
	}
	l->npool -= n;
	memcpy(o, l->pool + l->npool, n);
	explicit_bzero(l->pool + l->npool, n);
}

void
loop_random(struct loop *l, void *p, size_t n)
{
	unsigned char *o = p;

	if (!l->clock->advance_to) {
		take_random(l, o, n);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		l->seed = l->seed * 6364136223846793005u + 1442695040888963407u;
		o[i] = (unsigned char)(l->seed >> 56);
	}
}

uint64_t
loop_random64(struct loop *l)
{
	uint64_t v;

	loop_random(l, &v, sizeof(v));
	return v;
}

/* Watches --------------------------------------------------------------- */

int
loop_watch(struct loop *l, struct watch *w, struct err *err)
{
	struct epoll_event e = { .events = w->events, .data.ptr = w };

	if (epoll_ctl(l->epfd, EPOLL_CTL_ADD, w->fd, &e) < 0)
		return err_sys(err, E_IO, "epoll_ctl");
	w->on = true;
	l->nwatches++;
	return 0;
}

void
loop_rewatch(struct loop *l, struct watch *w, uint32_t events)
{
	struct epoll_event e = { .events = events, .data.ptr = w };

	if (!w->on || w->events == events)
		return;
	w->events = events;
	bug_if(epoll_ctl(l->epfd, EPOLL_CTL_MOD, w->fd, &e) < 0);
}

void
loop_unwatch(struct loop *l, struct watch *w)
{
	if (!w->on)
		return;
	(void)epoll_ctl(l->epfd, EPOLL_CTL_DEL, w->fd, NULL);
	w->on = false;
	l->nwatches--;
	for (int i = l->event + 1; i < l->nevents; i++)
		if (l->events[i].data.ptr == w)
			l->events[i].data.ptr = NULL;
}

/* Later ----------------------------------------------------------------- */

void
loop_defer(struct loop *l, struct defer *d, void (*fn)(struct defer *d))
{
	if (list_linked(&d->link))
		return;
	d->fn = fn;
	list_append(&l->defers, &d->link);
}

static void
run_defers(struct loop *l)
{
	struct defer *d;

	while ((d = list_pop(struct defer, &l->defers, link)))
		d->fn(d);
}

static void
wake_loop(struct loop *l)
{
	uint64_t one = 1;

	if (write(l->wake.fd, &one, sizeof(one)) < 0 && errno != EAGAIN)
		bug("eventfd: %m");
}

void
loop_post(struct loop *l, void (*fn)(void *arg), void *arg)
{
	struct post *p = malloc(sizeof(*p));
	bool first;

	bug_if(!p);
	*p = (struct post){ .fn = fn, .arg = arg };
	(void)pthread_mutex_lock(&l->mutex);
	first = list_empty(&l->posts);
	list_append(&l->posts, &p->link);
	(void)pthread_mutex_unlock(&l->mutex);
	if (first)
		wake_loop(l);
}

static void
run_posts(struct loop *l)
{
	struct list posts = { 0 };
	struct post *p;

	(void)pthread_mutex_lock(&l->mutex);
	list_append_all(&posts, &l->posts);
	(void)pthread_mutex_unlock(&l->mutex);
	while ((p = list_pop(struct post, &posts, link))) {
		p->fn(p->arg);
		free(p);
	}
}

void
loop_on_stop(struct loop *l, struct stop_hook *h,
    void (*fn)(struct stop_hook *h))
{
	loop_off_stop(h);
	h->fn = fn;
	list_prepend(&l->hooks, &h->link);
}

void
loop_off_stop(struct stop_hook *h)
{
	list_unlink(&h->link);
}

void
loop_stop(struct loop *l)
{
	__atomic_store_n(&l->stop_asked, true, __ATOMIC_RELEASE);
	wake_loop(l);
}

bool
loop_stopping(const struct loop *l)
{
	return __atomic_load_n(&l->stop_asked, __ATOMIC_ACQUIRE);
}

static void
tell_stop(struct loop *l)
{
	struct stop_hook *h;

	if (!loop_stopping(l))
		return;
	l->stopping = true;
	/* Those that come to be while we stop are told as well. */
	while ((h = list_pop(struct stop_hook, &l->hooks, link)))
		h->fn(h);
}

/* Running --------------------------------------------------------------- */

static int
wait_ms(struct loop *l, int64_t max_ms)
{
	int64_t until;

	if (!list_empty(&l->ready) || !list_empty(&l->defers) || max_ms <= 0)
		return 0;
	if (loop_stopping(l) && !list_empty(&l->hooks))
		return 0;
	if (l->ntimers == 0)
		return max_ms > INT32_MAX ? -1 : (int)max_ms;
	until = l->heap[1]->at_ms - l->clock->mono_us(l->clock) / 1000;
	if (until <= 0)
		return 0;
	until = until < max_ms ? until : max_ms;
	return until > INT32_MAX ? INT32_MAX : (int)until;
}

/* Nothing to do: a fake clock goes to the next timer. */
static void
advance(struct loop *l)
{
	if (l->ntimers > 0)
		l->clock->advance_to(l->clock, l->heap[1]->at_ms * 1000);
}

static int
poll_events(struct loop *l, int timeout)
{
	bool fake = l->clock->advance_to != NULL;
	int n = epoll_wait(l->epfd, l->events, EVENTS, fake ? 0 : timeout);

	if (n < 0 && errno != EINTR)
		bug("epoll_wait: %m");
	if (n <= 0 && fake && timeout != 0)
		advance(l);
	return n < 0 ? 0 : n;
}

void
loop_once(struct loop *l, int64_t max_ms)
{
	int64_t start;

	run_defers(l);
	l->nevents = poll_events(l, wait_ms(l, max_ms));
	start = l->now_us = l->clock->mono_us(l->clock);
	for (l->event = 0; l->event < l->nevents; l->event++) {
		struct watch *w = l->events[l->event].data.ptr;

		if (w)
			w->fn(w, l->events[l->event].events);
	}
	l->nevents = 0;
	loop_watchdog(l, "events", start);
	run_posts(l);
	tell_stop(l);
	loop_run_timers(l);
	loop_run_ready(l);
}

static bool
is_dead(struct loop *l)
{
	return l->nfibers == 0 && l->nwatches == 0 && l->ntimers == 0 &&
	    list_empty(&l->defers) && list_empty(&l->ready);
}

void
loop_run(struct loop *l)
{
	for (;;) {
		if (l->stopping && l->nfibers == 0 &&
		    list_empty(&l->defers))
			return;
		if (is_dead(l))
			return;
		loop_once(l, NEVER);
	}
}
