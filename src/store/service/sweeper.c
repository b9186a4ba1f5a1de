#include "store/service/sweeper.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FIRST_S = 600, EVERY_S = 6 * 3600, STACK = 1 << 20 };

struct sweeper {
	struct engine *engine;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t stopped;
	bool stop;
};

static bool
is_stopped(void *arg)
{
	struct sweeper *s = arg;
	bool stop;

	pthread_mutex_lock(&s->lock);
	stop = s->stop;
	pthread_mutex_unlock(&s->lock);
	return stop;
}

/* False: it is to end. */
static bool
wait_for_turn(struct sweeper *s, time_t seconds)
{
	struct timespec until;
	bool stop;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += seconds;
	pthread_mutex_lock(&s->lock);
	while (!s->stop && pthread_cond_timedwait(&s->stopped, &s->lock,
	    &until) != ETIMEDOUT)
		continue;
	stop = s->stop;
	pthread_mutex_unlock(&s->lock);
	return !stop;
}

static void *
sweeper_main(void *arg)
{
	struct sweeper *s = arg;
	struct reader *r;

	for (time_t wait = FIRST_S; wait_for_turn(s, wait); wait = EVERY_S)
		if (reader_open(s->engine, &r, NULL) == 0) {
			reader_sweep_words(r, is_stopped, s);
			reader_sweep_shelves(r, is_stopped, s);
			reader_close(r);
		}
	return NULL;
}

static void
sweeper_free(struct sweeper *s)
{
	(void)pthread_mutex_destroy(&s->lock);
	(void)pthread_cond_destroy(&s->stopped);
	free(s);
}

int
sweeper_start(struct engine *e, struct sweeper **out, struct err *err)
{
	struct sweeper *s = calloc(1, sizeof(*s));
	pthread_condattr_t monotonic;
	pthread_attr_t a;
	sigset_t all, old;
	int rc;

	bug_if(!s);
	s->engine = e;
	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&s->stopped, &monotonic);
	pthread_condattr_destroy(&monotonic);
	sigfillset(&all);
	pthread_attr_init(&a);
	pthread_attr_setstacksize(&a, STACK);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(&s->thread, &a, sweeper_main, s);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&a);
	if (rc != 0) {
		sweeper_free(s);
		errno = rc;
		return err_sys(err, E_IO, "make a thread");
	}
	*out = s;
	return 0;
}

void
sweeper_stop(struct sweeper *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	s->stop = true;
	pthread_cond_signal(&s->stopped);
	pthread_mutex_unlock(&s->lock);
	(void)pthread_join(s->thread, NULL);
	sweeper_free(s);
}
