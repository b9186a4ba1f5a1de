#include "rt/loop.h"

#include <errno.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>

#include "rt/fiber.h"
#if HAVE_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

enum { EVENTS = 64, STALL_US = 50000, SCRATCH = 256 * 1024 + 4096 };

struct post {
	struct post *next;
	void (*fn)(void *arg);
	void *arg;
};

struct loop {
	struct clock *clock;
	struct log *log;
	pthread_t thread;
	int epfd;
	struct watch wake; /* an eventfd: other threads */
	int64_t now_us;
	bool stopping;
	bool stop_asked; /* from any thread; atomic */
	uint64_t seed; /* on a fake clock */

	struct timer **heap; /* heap[0] is unused: slots begin at 1 */
	size_t ntimers, heap_size;
	size_t nwatches;
	struct defer *defers, **defers_end;
	struct stop_hook *hooks;

	struct fiber *fibers; /* all */
	size_t nfibers;
	struct fiber *ready, **ready_end;
	struct fiber *running;
	struct stack_pool stacks;
	struct switcher home;

	/* The watches of this epoll round: one may unwatch another. */
	struct epoll_event events[EVENTS];
	int nevents, event;

	pthread_mutex_t mutex;
	struct post *posts, **posts_end;
	char *scratch;
};

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
	l->defers_end = &l->defers;
	l->ready_end = &l->ready;
	l->posts_end = &l->posts;
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

void
loop_random(struct loop *l, void *p, size_t n)
{
	unsigned char *o = p;

	if (!l->clock->advance_to) {
		if (getrandom(p, n, 0) != (ssize_t)n)
			bug("getrandom gave less than %zu octets", n);
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

/* Timers: a binary heap, the soonest at 1 -------------------------------- */

static void
heap_set(struct loop *l, size_t slot, struct timer *t)
{
	l->heap[slot] = t;
	t->slot = slot;
}

static void
heap_up(struct loop *l, size_t slot, struct timer *t)
{
	while (slot > 1 && t->at_ms < l->heap[slot / 2]->at_ms) {
		heap_set(l, slot, l->heap[slot / 2]);
		slot /= 2;
	}
	heap_set(l, slot, t);
}

static void
heap_down(struct loop *l, size_t slot, struct timer *t)
{
	for (;;) {
		size_t child = slot * 2;

		if (child > l->ntimers)
			break;
		if (child < l->ntimers &&
		    l->heap[child + 1]->at_ms < l->heap[child]->at_ms)
			child++;
		if (t->at_ms <= l->heap[child]->at_ms)
			break;
		heap_set(l, slot, l->heap[child]);
		slot = child;
	}
	heap_set(l, slot, t);
}

void
timer_set(struct loop *l, struct timer *t, int64_t at_ms,
    void (*fn)(struct timer *t))
{
	timer_clear(l, t);
	t->at_ms = at_ms;
	t->fn = fn;
	if (at_ms == NEVER)
		return;
	if (l->ntimers + 2 > l->heap_size) {
		size_t size = l->heap_size ? l->heap_size * 2 : 64;

		l->heap = realloc(l->heap, size * sizeof(*l->heap));
		bug_if(!l->heap);
		l->heap_size = size;
	}
	heap_up(l, ++l->ntimers, t);
}

void
timer_clear(struct loop *l, struct timer *t)
{
	size_t slot = t->slot;
	struct timer *last;

	if (slot == 0)
		return;
	bug_if(slot > l->ntimers || l->heap[slot] != t);
	t->slot = 0;
	last = l->heap[l->ntimers--];
	if (last == t)
		return;
	if (slot > 1 && last->at_ms < l->heap[slot / 2]->at_ms)
		heap_up(l, slot, last);
	else
		heap_down(l, slot, last);
}

static void
run_timers(struct loop *l)
{
	int64_t now = l->now_us / 1000;

	while (l->ntimers > 0 && l->heap[1]->at_ms <= now) {
		struct timer *t = l->heap[1];

		timer_clear(l, t);
		t->fn(t);
	}
}

/* Later ----------------------------------------------------------------- */

void
loop_defer(struct loop *l, struct defer *d, void (*fn)(struct defer *d))
{
	if (d->queued)
		return;
	d->queued = true;
	d->fn = fn;
	d->next = NULL;
	*l->defers_end = d;
	l->defers_end = &d->next;
}

static void
run_defers(struct loop *l)
{
	while (l->defers) {
		struct defer *d = l->defers;

		l->defers = d->next;
		if (!l->defers)
			l->defers_end = &l->defers;
		d->queued = false;
		d->fn(d);
	}
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
	*p = (struct post){ NULL, fn, arg };
	(void)pthread_mutex_lock(&l->mutex);
	first = !l->posts;
	*l->posts_end = p;
	l->posts_end = &p->next;
	(void)pthread_mutex_unlock(&l->mutex);
	if (first)
		wake_loop(l);
}

static void
run_posts(struct loop *l)
{
	struct post *p, *next;

	(void)pthread_mutex_lock(&l->mutex);
	p = l->posts;
	l->posts = NULL;
	l->posts_end = &l->posts;
	(void)pthread_mutex_unlock(&l->mutex);
	for (; p; p = next) {
		next = p->next;
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
	h->next = l->hooks;
	h->prev = &l->hooks;
	if (h->next)
		h->next->prev = &h->next;
	l->hooks = h;
}

void
loop_off_stop(struct stop_hook *h)
{
	if (!h->prev)
		return;
	*h->prev = h->next;
	if (h->next)
		h->next->prev = h->prev;
	h->prev = NULL;
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
	if (!loop_stopping(l))
		return;
	l->stopping = true;
	/* Those that come to be while we stop are told as well. */
	while (l->hooks) {
		struct stop_hook *h = l->hooks;

		loop_off_stop(h);
		h->fn(h);
	}
}

/* Fibers ---------------------------------------------------------------- */

static void
make_ready(struct loop *l, struct fiber *f)
{
	f->state = FIBER_READY;
	f->next_ready = NULL;
	*l->ready_end = f;
	l->ready_end = &f->next_ready;
}

static void
fiber_main(struct fiber *f)
{
#if HAVE_ASAN
	__sanitizer_finish_switch_fiber(NULL, &f->loop->home.bottom,
	    &f->loop->home.size);
#endif
	f->fn(f->arg);
	f->state = FIBER_DEAD;
	fiber_leave(&f->loop->home, f, true);
	bug("a dead fiber ran on");
}

struct fiber *
fiber_spawn(struct loop *l, const char *name, void (*fn)(void *arg),
    void *arg)
{
	struct fiber *f = calloc(1, sizeof(*f));

	bug_if(!f);
	f->loop = l;
	f->name = name;
	f->fn = fn;
	f->arg = arg;
	f->next = l->fibers;
	f->prev = &l->fibers;
	if (f->next)
		f->next->prev = &f->next;
	l->fibers = f;
	l->nfibers++;
	make_ready(l, f);
	return f;
}

static void
fiber_end(struct loop *l, struct fiber *f)
{
	*f->prev = f->next;
	if (f->next)
		f->next->prev = f->prev;
	l->nfibers--;
	stack_put(&l->stacks, f->stack);
#if !defined(__x86_64__) && !defined(__aarch64__)
	free(f->context);
#endif
	free(f);
}

static void
watchdog(struct loop *l, const char *who, int64_t since_us)
{
	int64_t took = l->clock->mono_us(l->clock) - since_us;

	if (took > STALL_US && !l->clock->advance_to)
		log_event(l->log, LOG_WARN, "stall",
		    F_STR("where", str_c(who)), F_INT("ms", took / 1000));
}

static void
run_fiber(struct loop *l, struct fiber *f)
{
	int64_t start = l->clock->mono_us(l->clock);
	const char *name = f->name;

	if (!f->stack) {
		f->stack = stack_get(&l->stacks);
		fiber_prepare(f, fiber_main);
	}
	f->state = FIBER_RUNNING;
	l->running = f;
	fiber_enter(&l->home, f);
	l->running = NULL;
	if (f->state == FIBER_DEAD)
		fiber_end(l, f);
	watchdog(l, name, start);
}

/* Those that are ready now; who becomes ready meanwhile waits for the next
 * round, so that nobody starves the sockets. */
static void
run_ready(struct loop *l)
{
	struct fiber *f = l->ready;

	l->ready = NULL;
	l->ready_end = &l->ready;
	while (f) {
		struct fiber *next = f->next_ready;

		run_fiber(l, f);
		f = next;
	}
}

struct fiber *
fiber_self(struct loop *l)
{
	return l->running;
}

static void
fiber_timeout(struct timer *t)
{
	struct fiber *f = container_of(t, struct fiber, timer);

	fiber_wake(f->loop, f);
}

static void
suspend(struct loop *l, struct fiber *f)
{
	l->running = NULL;
	fiber_leave(&l->home, f, false);
}

int
fiber_wait(struct loop *l, int64_t until_ms)
{
	struct fiber *f = l->running;

	if (!f)
		bug("fiber_wait() on the loop's own stack");
	if (f->canceled)
		return E_CANCELED;
	if (!f->woken) {
		if (until_ms <= loop_now_ms(l))
			return E_TIMEOUT;
		timer_set(l, &f->timer, until_ms, fiber_timeout);
		f->state = FIBER_WAITING;
		suspend(l, f);
		timer_clear(l, &f->timer);
	}
	f->woken = false;
	if (f->canceled)
		return E_CANCELED;
	return until_ms <= loop_now_ms(l) ? E_TIMEOUT : 0;
}

void
fiber_wake(struct loop *l, struct fiber *f)
{
	if (!f || f->woken)
		return;
	f->woken = true;
	if (f->state == FIBER_WAITING)
		make_ready(l, f);
}

void
fiber_yield(struct loop *l)
{
	struct fiber *f = l->running;

	bug_if(!f);
	make_ready(l, f);
	suspend(l, f);
}

void
fiber_cancel(struct loop *l, struct fiber *f)
{
	if (!f)
		return;
	f->canceled = true;
	fiber_wake(l, f);
}

void
loop_cancel_all(struct loop *l)
{
	for (struct fiber *f = l->fibers; f; f = f->next)
		fiber_cancel(l, f);
}

int
fiber_sleep(struct loop *l, int64_t until_ms)
{
	int rc;

	while ((rc = fiber_wait(l, until_ms)) == 0)
		continue;
	return rc == E_TIMEOUT ? 0 : rc;
}

void
fiber_wait_uncancelable(struct loop *l, const bool *done)
{
	struct fiber *f = l->running;

	bug_if(!f);
	while (!*done) {
		f->woken = false;
		f->state = FIBER_WAITING;
		suspend(l, f);
	}
}

size_t
loop_fibers(const struct loop *l)
{
	return l->nfibers;
}

size_t
loop_stack_peak(const struct loop *l)
{
	size_t peak = 0;

	for (size_t i = 0; i < l->stacks.n; i++) {
		size_t n = stack_used(l->stacks.free[i]);

		peak = n > peak ? n : peak;
	}
	return peak;
}

/* Running --------------------------------------------------------------- */

static int
wait_ms(struct loop *l, int64_t max_ms)
{
	int64_t until;

	if (l->ready || l->defers || max_ms <= 0)
		return 0;
	if (loop_stopping(l) && l->hooks)
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
	watchdog(l, "events", start);
	run_posts(l);
	tell_stop(l);
	run_timers(l);
	run_ready(l);
}

static bool
is_dead(struct loop *l)
{
	return l->nfibers == 0 && l->nwatches == 0 && l->ntimers == 0 &&
	    !l->defers && !l->ready;
}

void
loop_run(struct loop *l)
{
	for (;;) {
		if (l->stopping && l->nfibers == 0 && !l->defers)
			return;
		if (is_dead(l))
			return;
		loop_once(l, NEVER);
	}
}
