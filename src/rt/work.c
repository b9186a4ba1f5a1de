/*
 * work.c - blocking work on a few threads of a loop's.
 */
#include <pthread.h>
#include <signal.h>

#include "rt/loop.h"

enum { THREADS_MAX = 16 };

struct work_job {
	struct list_link link;
	void (*fn)(void *arg);
	void *arg;
	struct loop *loop;
	struct fiber *fiber;
	bool done;
};

struct work_pool {
	struct loop *loop;
	pthread_t threads[THREADS_MAX];
	int nthreads, waiting, queue_max;
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	struct list jobs;
	bool ending;
};

static void
job_done(void *arg)
{
	struct work_job *j = arg;

	j->done = true;
	fiber_wake(j->loop, j->fiber);
}

static struct work_job *
next_job(struct work_pool *p)
{
	struct work_job *j;

	(void)pthread_mutex_lock(&p->mutex);
	while (list_empty(&p->jobs) && !p->ending)
		(void)pthread_cond_wait(&p->cond, &p->mutex);
	j = list_pop(struct work_job, &p->jobs, link);
	if (j)
		p->waiting--;
	(void)pthread_mutex_unlock(&p->mutex);
	return j;
}

static void *
worker(void *arg)
{
	struct work_pool *p = arg;
	struct work_job *j;

	while ((j = next_job(p))) {
		j->fn(j->arg);
		loop_post(p->loop, job_done, j);
	}
	return NULL;
}

struct work_pool *
work_pool_new(struct loop *l, int threads, int queue_max)
{
	struct work_pool *p = calloc(1, sizeof(*p));
	sigset_t all, old;

	bug_if(!p || threads < 1 || threads > THREADS_MAX);
	p->loop = l;
	p->queue_max = queue_max;
	bug_if(pthread_mutex_init(&p->mutex, NULL) != 0);
	bug_if(pthread_cond_init(&p->cond, NULL) != 0);
	/* Signals are for the loop's thread. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	for (; p->nthreads < threads; p->nthreads++)
		if (pthread_create(&p->threads[p->nthreads], NULL, worker, p))
			bug("pthread_create: %m");
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	return p;
}

void
work_pool_free(struct work_pool *p)
{
	if (!p)
		return;
	(void)pthread_mutex_lock(&p->mutex);
	p->ending = true;
	(void)pthread_cond_broadcast(&p->cond);
	(void)pthread_mutex_unlock(&p->mutex);
	for (int i = 0; i < p->nthreads; i++)
		(void)pthread_join(p->threads[i], NULL);
	(void)pthread_mutex_destroy(&p->mutex);
	(void)pthread_cond_destroy(&p->cond);
	free(p);
}

int
rt_work(struct work_pool *p, void (*fn)(void *arg), void *arg)
{
	struct work_job j = { .fn = fn, .arg = arg, .loop = p->loop,
		.fiber = fiber_self(p->loop) };
	bool full;

	(void)pthread_mutex_lock(&p->mutex);
	full = p->waiting >= p->queue_max;
	if (!full) {
		list_append(&p->jobs, &j.link);
		p->waiting++;
		(void)pthread_cond_signal(&p->cond);
	}
	(void)pthread_mutex_unlock(&p->mutex);
	if (full)
		return E_BUSY;
	/* The job lives on our stack: it is not over before it is done,
	 * whether we are canceled or not. */
	fiber_wait_uncancelable(p->loop, &j.done);
	return 0;
}
