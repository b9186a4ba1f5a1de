#include <errno.h>
#include <signal.h>
#include <time.h>

#include "store/service_int.h"

enum {
	STACK = 1 << 20,
	BATCH_MAX = 1000,
	IDLE_MS = 1000,	/* journal and cleaning when nothing else is to do */
};

/* ---- queues ------------------------------------------------------------ */

static void
jobs_init(struct jobs *q)
{
	pthread_condattr_t a;

	pthread_mutex_init(&q->lock, NULL);
	pthread_condattr_init(&a);
	pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
	pthread_cond_init(&q->more, &a);
	pthread_condattr_destroy(&a);
	q->last = &q->first;
}

void
jobs_add(struct jobs *q, struct job *j)
{
	bool first;

	pthread_mutex_lock(&q->lock);
	first = q->n == 0;
	*q->last = j;
	q->last = &j->next;
	q->n++;
	pthread_mutex_unlock(&q->lock);
	/* Who takes it and leaves others behind wakes the next. */
	if (first)
		pthread_cond_signal(&q->more);
}

static struct job *
jobs_take(struct jobs *q, size_t most, size_t *n)
{
	struct job *first = q->first, *last = first;

	if (!first)
		return NULL;
	for (*n = 1; *n < most && last->next; (*n)++)
		last = last->next;
	q->first = last->next;
	if (!q->first)
		q->last = &q->first;
	q->n -= *n;
	last->next = NULL;
	return first;
}

/* Waits; NULL when the service ends (or, with a limit, when it passes). */
static struct job *
jobs_wait(struct jobs *q, size_t most, size_t *n, int64_t limit_ms)
{
	struct timespec until;
	struct job *j;
	int rc = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += limit_ms / 1000;
	*n = 0;
	pthread_mutex_lock(&q->lock);
	while (!(j = jobs_take(q, most, n)) && !q->stop && rc != ETIMEDOUT)
		rc = limit_ms ? pthread_cond_timedwait(&q->more, &q->lock,
				    &until)
			      : pthread_cond_wait(&q->more, &q->lock);
	if (q->first)
		pthread_cond_signal(&q->more);
	pthread_mutex_unlock(&q->lock);
	return j;
}

static void
job_free(struct job *j)
{
	conn_unref(j->conn);
	free(j->rcpts);
	free(j);
}

/* ---- the writer -------------------------------------------------------- */

/* What a commit changed, on its way to the loop. */
struct news {
	struct service *service;
	struct mailbox_changed *changed;
	uint64_t *revoked;
	size_t nchanged, nrevoked;
};

static void
end_account(struct service *s, uint64_t account)
{
	struct conn *c, *next;

	for (c = s->conns; c; c = next) {
		next = c->next;
		if (c->caller.authority == AUTH_ACCOUNT &&
		    c->caller.account == account)
			conn_end(c);
	}
}

static void
on_news(void *arg)
{
	struct news *n = arg;
	size_t i;

	calls_tell(n->service, n->changed, n->nchanged);
	for (i = 0; i < n->nrevoked; i++)
		end_account(n->service, n->revoked[i]);
	free(n->changed);
	free(n->revoked);
	free(n);
}

static void *
copy(const void *p, size_t n)
{
	void *c = malloc(n + 1);

	bug_if(!c);
	if (n)
		memcpy(c, p, n);
	return c;
}

static void
tell_news(struct service *s)
{
	size_t nchanged, nrevoked;
	const struct mailbox_changed *changed = engine_changed(s->o.engine,
	    &nchanged);
	const uint64_t *revoked = engine_revoked(s->o.engine, &nrevoked);
	struct news *n;

	if (__atomic_load_n(&s->nwatchers, __ATOMIC_RELAXED) == 0)
		nchanged = 0;
	if (nchanged == 0 && nrevoked == 0)
		return;
	n = calloc(1, sizeof(*n));
	bug_if(!n);
	*n = (struct news){ s, copy(changed, nchanged * sizeof(*changed)),
		copy(revoked, nrevoked * sizeof(*revoked)), nchanged,
		nrevoked };
	loop_post(s->o.loop, on_news, n);
}

static void
answer(struct job *j)
{
	struct write *w = &j->write;

	if (w->code < 0)
		ipc_fail(j->req, w->code, w->err.text);
	else
		ipc_reply(j->req, &w->answer, -1);
	j->conn->flushing = true;
}

/* One write to each connection, however many answers it gets. */
static void
answer_all(struct job **job, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		answer(job[i]);
	for (i = 0; i < n; i++) {
		if (job[i]->conn->flushing)
			ipc_flush(job[i]->conn->ipc);
		job[i]->conn->flushing = false;
	}
}

static void
commit(struct service *s, struct job **job, struct write **w, size_t n)
{
	struct err err = { 0 };
	size_t from = 0, done;

	for (; from < n; from += done) {
		if (engine_commit(s->o.engine, w + from, n - from, &done,
		    &err) < 0)
			s->o.fatal(s->o.arg, &err);
		answer_all(job + from, done);
		tell_news(s);
	}
}

static void
batch(struct service *s, struct job *first, struct job **job,
    struct write **w)
{
	struct job *j, *next;
	size_t n = 0;

	for (j = first; j; j = j->next) {
		if (!j->req)
			continue;
		job[n] = j;
		w[n++] = &j->write;
	}
	commit(s, job, w, n);
	for (j = first; j; j = next) {
		next = j->next;
		if (!j->req)
			engine_forget(s->o.engine, &j->conn->caller);
		job_free(j);
	}
}

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

/* A slice of cleaning between two batches, at most once a second unless
 * there is more to do. */
static void
housekeeping(struct service *s, int64_t *next_ms)
{
	struct err err = { 0 };
	bool more = false;

	if (now_ms() < *next_ms)
		return;
	engine_flush_journal(s->o.engine);
	if (engine_clean(s->o.engine, &more, &err) < 0)
		s->o.fatal(s->o.arg, &err);
	*next_ms = now_ms() + (more ? 20 : IDLE_MS);
}

static void *
writer_main(void *arg)
{
	struct job **job = calloc(BATCH_MAX, sizeof(struct job *));
	struct write **w = calloc(BATCH_MAX, sizeof(struct write *));
	struct service *s = arg;
	int64_t next_ms = 0;
	bool stop = false;
	struct job *j;
	size_t n;

	bug_if(!job || !w);
	while (!stop) {
		j = jobs_wait(&s->writes, BATCH_MAX, &n, IDLE_MS);
		if (j) {
			batch(s, j, job, w);
		} else {
			pthread_mutex_lock(&s->writes.lock);
			stop = s->writes.stop && s->writes.n == 0;
			pthread_mutex_unlock(&s->writes.lock);
		}
		housekeeping(s, &next_ms);
	}
	engine_flush_journal(s->o.engine);
	free(job);
	free(w);
	return NULL;
}

/* ---- readers ----------------------------------------------------------- */

struct reading {
	struct service *service;
	struct reader *reader;
};

static void
read_one(struct reader *r, struct job *j)
{
	union read_answer ans;
	struct err err = { 0 };
	struct ipc *ipc = j->conn->ipc;
	int rc = reader_ask(r, &j->conn->caller, j->write.call, j->write.ask,
	    &ans, &err);

	if (rc < 0)
		ipc_fail(j->req, rc, err.text);
	else
		ipc_reply(j->req, &ans, -1);
	ipc_flush(ipc);
	job_free(j);
}

static void *
reader_main(void *arg)
{
	struct reading *x = arg;
	struct job *j;
	size_t n;

	while ((j = jobs_wait(&x->service->reads, 1, &n, 0)))
		read_one(x->reader, j);
	free(x);
	return NULL;
}

/* ---- life -------------------------------------------------------------- */

static int
start(pthread_t *t, void *(*fn)(void *), void *arg, struct err *err)
{
	pthread_attr_t a;
	sigset_t all, old;
	int rc;

	sigfillset(&all);
	pthread_attr_init(&a);
	pthread_attr_setstacksize(&a, STACK);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(t, &a, fn, arg);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&a);
	errno = rc;
	return rc ? err_sys(err, E_IO, "make a thread") : 0;
}

static int
start_reader(struct service *s, struct err *err)
{
	struct reading *x = calloc(1, sizeof(*x));
	int rc = reader_open(s->o.engine, &s->readers[s->nreaders], err);

	bug_if(!x);
	*x = (struct reading){ s, s->readers[s->nreaders] };
	if (rc == 0)
		rc = start(&s->reader[s->nreaders], reader_main, x, err);
	if (rc < 0) {
		reader_close(s->readers[s->nreaders]);
		free(x);
		return rc;
	}
	s->nreaders++;
	return 0;
}

int
threads_start(struct service *s, struct err *err)
{
	int rc = 0;

	jobs_init(&s->writes);
	jobs_init(&s->reads);
	while (rc == 0 && s->nreaders < s->o.readers)
		rc = start_reader(s, err);
	if (rc == 0)
		rc = start(&s->writer, writer_main, s, err);
	s->writing = rc == 0;
	return rc;
}

static void
stop_jobs(struct jobs *q)
{
	pthread_mutex_lock(&q->lock);
	q->stop = true;
	pthread_cond_broadcast(&q->more);
	pthread_mutex_unlock(&q->lock);
}

void
threads_stop(struct service *s)
{
	int i;

	stop_jobs(&s->reads);
	for (i = 0; i < s->nreaders; i++) {
		pthread_join(s->reader[i], NULL);
		reader_close(s->readers[i]);
	}
	stop_jobs(&s->writes);
	if (s->writing)
		pthread_join(s->writer, NULL);
	pthread_mutex_destroy(&s->reads.lock);
	pthread_mutex_destroy(&s->writes.lock);
	pthread_cond_destroy(&s->reads.more);
	pthread_cond_destroy(&s->writes.more);
}
