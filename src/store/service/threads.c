#include <errno.h>
#include <signal.h>

#include "store/service/dispatch.h"

enum {
	STACK = 1 << 20,
	BATCH_MAX = 1000,
	IDLE_MS = 1000,	/* journal and cleaning when nothing else is to do */
	IDLE_HERE_MS = 60000, /* a fake clock runs through days of that */
	PATIENCE_US = 4000,
	SLICE_EVERY_MS = 20,
};

/* ---- queues ------------------------------------------------------------
 *
 * A patient job (what relay reports) waits some milliseconds for one that is
 * not, and shares its commit: with one sender at a time that is one flush a
 * message instead of two.
 */

static void
jobs_init(struct jobs *q, struct service *s)
{
	pthread_condattr_t a;

	q->service = s;
	pthread_mutex_init(&q->lock, NULL);
	pthread_condattr_init(&a);
	pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
	pthread_cond_init(&q->more, &a);
	pthread_condattr_destroy(&a);
	q->last = &q->first;
}

static int64_t
now_us(const struct jobs *q)
{
	return engine_mono_us(q->service->o.engine);
}

static void run_soon(struct service *s);

void
jobs_add(struct jobs *q, struct job *j)
{
	bool wake;

	j->added_us = now_us(q);
	pthread_mutex_lock(&q->lock);
	/* Of what is read some may wait for its turn: see take_fair(). */
	wake = q == &q->service->reads || q->n == 0 ||
	    (!j->patient && q->hurried == 0);
	if (q->n == 0 && j->patient)
		q->since_us = now_us(q);
	*q->last = j;
	q->last = &j->next;
	q->n++;
	q->hurried += !j->patient;
	pthread_mutex_unlock(&q->lock);
	if (q->service->o.readers == 0)
		run_soon(q->service);
	/* Who takes it and leaves others behind wakes the next. */
	else if (wake)
		pthread_cond_signal(&q->more);
}

static struct job *
jobs_take(struct jobs *q, size_t most, size_t *n)
{
	struct job *first = q->first, *last = first;

	if (!first || (q->hurried == 0 && !q->stop &&
	    now_us(q) - q->since_us < PATIENCE_US))
		return NULL;
	q->hurried -= !first->patient;
	for (*n = 1; *n < most && last->next; (*n)++) {
		last = last->next;
		q->hurried -= !last->patient;
	}
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
	int64_t end = limit_ms ? now_us(q) + limit_ms * 1000 : INT64_MAX, at;
	struct timespec until;
	struct job *j;

	*n = 0;
	pthread_mutex_lock(&q->lock);
	while (!(j = jobs_take(q, most, n)) && !q->stop && now_us(q) < end) {
		at = q->first && q->since_us + PATIENCE_US < end ?
		    q->since_us + PATIENCE_US : end;
		until = (struct timespec){ at / 1000000,
			at % 1000000 * 1000 };
		if (at == INT64_MAX)
			(void)pthread_cond_wait(&q->more, &q->lock);
		else
			(void)pthread_cond_timedwait(&q->more, &q->lock,
			    &until);
	}
	if (q->first)
		pthread_cond_signal(&q->more);
	pthread_mutex_unlock(&q->lock);
	return j;
}

static void
job_free(struct job *j)
{
	if (j->conn)
		conn_unref(j->conn);
	free((char *)(uintptr_t)j->own.results.p);
	free(j->rcpts);
	free(j->leased);
	free(j);
}

/* ---- the writer -------------------------------------------------------- */

/* What a commit changed, on its way to the loop. */
struct news {
	struct news_box *box;
	struct mailbox_changed *changed;
	uint64_t *revoked;
	struct mailbox_changed *withdrawn;
	size_t nchanged, nrevoked, nwithdrawn;
	char *queue, *names;
	size_t nqueue, nnames;
	struct settled *settled;
};

void
news_box_unref(struct news_box *b)
{
	if (__atomic_sub_fetch(&b->refs, 1, __ATOMIC_ACQ_REL) == 0)
		free(b);
}

static void
end_account(struct service *s, uint64_t account)
{
	struct conn *c, *next;

	for (c = s->conns; c; c = next) {
		next = c->next;
		if ((c->caller.authority & AUTH_BOUND) &&
		    c->caller.account == account)
			conn_end(c);
	}
}

static void
tell_committed(struct service *s, struct news *n)
{
	struct settled *x;
	size_t i;

	calls_tell(s, n->changed, n->nchanged, str_make(n->names,
	    n->nnames));
	s->revocations += n->nrevoked + n->nwithdrawn;
	for (i = 0; i < n->nrevoked; i++)
		end_account(s, n->revoked[i]);
	for (i = 0; i < n->nwithdrawn; i++)
		calls_withdraw(s, n->withdrawn[i].account,
		    n->withdrawn[i].mailbox);
	dispatch_news(s->dispatch, str_make(n->queue, n->nqueue));
	for (x = n->settled; x; x = x->next)
		dispatch_settle(s->dispatch, x);
}

static void
on_news(void *arg)
{
	struct news *n = arg;
	struct settled *x;

	if (n->box->service)
		tell_committed(n->box->service, n);
	news_box_unref(n->box);
	while ((x = n->settled)) {
		n->settled = x->next;
		free(x->leased);
		free(x);
	}
	free(n->changed);
	free(n->revoked);
	free(n->withdrawn);
	free(n->queue);
	free(n->names);
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

/* Reports and bounces that have been answered, in their order. */
static struct settled *
settled_of(struct job **job, size_t n)
{
	struct settled *first = NULL, **last = &first, *x;
	size_t i;

	for (i = 0; i < n; i++) {
		if (!job[i]->leased)
			continue;
		x = calloc(1, sizeof(*x));
		bug_if(!x);
		*x = (struct settled){ NULL, job[i]->leased,
			job[i]->write.nleased, job[i]->write.code >= 0,
			!job[i]->conn };
		job[i]->leased = NULL;
		*last = x;
		last = &x->next;
	}
	return first;
}

static void
tell_news(struct service *s, struct job **job, size_t njobs)
{
	size_t nchanged, nrevoked, nwithdrawn;
	const struct mailbox_changed *withdrawn = engine_withdrawn(
	    s->o.engine, &nwithdrawn);
	const struct mailbox_changed *changed = engine_changed(s->o.engine,
	    &nchanged);
	const uint64_t *revoked = engine_revoked(s->o.engine, &nrevoked);
	struct str queue = engine_queue_news(s->o.engine);
	struct str names = engine_named(s->o.engine);
	struct settled *settled = settled_of(job, njobs);
	struct news *n;

	if (__atomic_load_n(&s->nwatchers, __ATOMIC_RELAXED) == 0)
		nchanged = names.n = 0;
	if (nchanged == 0 && names.n == 0 && nrevoked == 0 &&
	    nwithdrawn == 0 && queue.n == 0 && !settled)
		return;
	n = calloc(1, sizeof(*n));
	bug_if(!n);
	*n = (struct news){ s->box,
		copy(changed, nchanged * sizeof(*changed)),
		copy(revoked, nrevoked * sizeof(*revoked)),
		copy(withdrawn, nwithdrawn * sizeof(*withdrawn)), nchanged,
		nrevoked, nwithdrawn, copy(queue.p, queue.n),
		copy(names.p, names.n), queue.n, names.n, settled };
	__atomic_add_fetch(&s->box->refs, 1, __ATOMIC_RELAXED);
	loop_post(s->o.loop, on_news, n);
}

static void
answer(struct job *j)
{
	struct write *w = &j->write;

	if (!j->req)
		return;
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
		if (!job[i]->conn)
			continue;
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
		/* The loop knows before anybody can ask it. */
		tell_news(s, job + from, done);
		answer_all(job + from, done);
	}
}

static void
batch(struct service *s, struct job *first)
{
	struct job *j, *next;
	size_t n = 0;

	for (j = first; j; j = j->next) {
		if (!j->req && j->conn)
			continue;
		s->job[n] = j;
		s->write[n++] = &j->write;
	}
	commit(s, s->job, s->write, n);
	for (j = first; j; j = next) {
		next = j->next;
		if (!j->req && j->conn)
			engine_forget(s->o.engine, &j->conn->caller);
		job_free(j);
	}
}

void
threads_own_report(struct service *s, struct buf *results,
    struct leased *leased, size_t n)
{
	struct job *j = calloc(1, sizeof(*j));

	bug_if(!j || buf_failed(results));
	j->own.results = buf_get(results); /* freed with the job */
	j->leased = leased;
	j->write = (struct write){ .caller = &s->own, .call = STORE_report,
		.ask = &j->own, .leased = leased, .nleased = n };
	jobs_add(&s->writes, j);
}

/* A slice of cleaning between two batches, at most once a second unless
 * there is more to do; then all slices take a fifth of the time at most. */
static void
housekeeping(struct service *s)
{
	int64_t began_ms = now_us(&s->writes) / 1000, now_ms;
	struct err err = { 0 };
	bool more = false;

	if (began_ms < s->next_ms)
		return;
	engine_flush_journal(s->o.engine);
	if (engine_gc(s->o.engine, &more, &err) < 0)
		s->o.fatal(s->o.arg, &err);
	tell_news(s, NULL, 0);
	now_ms = now_us(&s->writes) / 1000;
	s->next_ms = now_ms + (more ? SLICE_EVERY_MS +
	    4 * (now_ms - began_ms) : s->o.readers ? IDLE_MS : IDLE_HERE_MS);
}

static int64_t
until_housekeeping_ms(struct service *s)
{
	int64_t ms = s->next_ms - now_us(&s->writes) / 1000;

	return ms < 1 ? 1 : ms > IDLE_MS ? IDLE_MS : ms;
}

static void *
writer_main(void *arg)
{
	struct service *s = arg;
	bool stop = false;
	struct job *j;
	size_t n;

	while (!stop) {
		j = jobs_wait(&s->writes, BATCH_MAX, &n,
		    until_housekeeping_ms(s));
		if (j) {
			batch(s, j);
		} else {
			pthread_mutex_lock(&s->writes.lock);
			stop = s->writes.stop && s->writes.n == 0;
			pthread_mutex_unlock(&s->writes.lock);
		}
		housekeeping(s);
	}
	engine_flush_journal(s->o.engine);
	return NULL;
}

/* ---- readers ----------------------------------------------------------- */

struct reading {
	struct service *service;
	struct reader *reader;
	int number;
};

/* Nobody waits for its answer: the loop sets it, atomically. */
static bool
is_gone(const struct conn *c)
{
	return __atomic_load_n(&c->ended, __ATOMIC_RELAXED);
}

/* Only people share: what roles and operators ask is never held back, nor what
 * is only to be dropped. */
static uint64_t
account_of(const struct job *j)
{
	return (j->conn->caller.authority & AUTH_BOUND) &&
	    !is_gone(j->conn) ? j->conn->caller.account : 0;
}

static int
readers_of(const struct service *s, uint64_t account)
{
	int i, n = 0;

	for (i = 0; account && i < s->nreaders; i++)
		n += s->reading_of[i] == account;
	return n;
}

/* Fair by account: the oldest of those of whom nobody is at work yet, else the
 * oldest of those who have not half of the readers. Whoever asks for much, over
 * however many connections, waits for himself. */
static struct job *
take_fair(struct service *s, int number)
{
	struct jobs *q = &s->reads;
	int most = q->stop ? READERS_MAX + 1 : (s->nreaders + 1) / 2, n;
	struct job **link, **chosen = NULL, *j;

	for (link = &q->first; *link; link = &(*link)->next) {
		n = readers_of(s, account_of(*link));
		if (n >= most)
			continue;
		if (!chosen)
			chosen = link;
		if (n == 0) {
			chosen = link;
			break;
		}
	}
	if (!chosen)
		return NULL;
	j = *chosen;
	*chosen = j->next;
	if (!j->next)
		q->last = chosen;
	j->next = NULL;
	q->n--;
	q->hurried--;
	s->reading_of[number] = account_of(j);
	return j;
}

/* NULL when the service ends. */
static struct job *
wait_fair(struct service *s, int number)
{
	struct jobs *q = &s->reads;
	struct job *j;

	pthread_mutex_lock(&q->lock);
	s->reading_of[number] = 0;
	while (!(j = take_fair(s, number)) && !q->stop)
		(void)pthread_cond_wait(&q->more, &q->lock);
	if (q->first)
		pthread_cond_signal(&q->more);
	pthread_mutex_unlock(&q->lock);
	return j;
}

static void
on_looked(void *arg)
{
	struct job *j = arg;

	if (j->write.code < 0)
		ipc_fail(j->req, j->write.code, j->write.err.text);
	else if (j->conn->ended)
		ipc_fail(j->req, E_CLOSED, "the connection ended");
	else
		j->then(j);
	job_free(j);
}

void
threads_look(struct conn *c, struct ipc_req *req,
    int (*look)(struct reader *r, struct job *j), void (*then)(struct job *j))
{
	struct job *j = job_new(c, req);

	j->revocations = c->service->revocations;
	j->look = look;
	j->then = then;
	jobs_add(&c->service->reads, j);
}

static void
read_one(struct reader *r, struct job *j)
{
	union store_answer ans;
	struct err err = { 0 };
	struct ipc *ipc = j->conn->ipc;
	int rc;

	/* Nobody waits any more: who did has gone, or asks again. */
	if (is_gone(j->conn) || now_us(&j->conn->service->reads) - j->added_us >
	    (int64_t)STORE_CALL_MS * 1000) {
		ipc_fail(j->req, E_TIMEOUT, "nobody waits for it");
		ipc_flush(ipc);
		job_free(j);
		return;
	}
	if (j->look) {
		j->write.code = j->look(r, j);
		loop_post(j->conn->service->o.loop, on_looked, j);
		return;
	}
	reader_told(r, j->message, j->wait_s);
	rc = reader_ask(r, &j->conn->caller, j->write.call, j->write.ask,
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

	while ((j = wait_fair(x->service, x->number)))
		read_one(x->reader, j);
	free(x);
	return NULL;
}

/* ---- without threads ---------------------------------------------------
 *
 * What they would do, on the loop: tests see one order of things, and days
 * pass at once on a fake clock.
 */

static void
run_here(struct service *s)
{
	struct job *j;
	size_t n;

	while ((j = jobs_take(&s->reads, 1, &n)))
		read_one(s->readers[0], j);
	while ((j = jobs_take(&s->writes, BATCH_MAX, &n)))
		batch(s, j);
	housekeeping(s);
}

static void
on_run_here(struct timer *t)
{
	struct service *s = container_of(t, struct service, here);

	run_here(s);
	run_soon(s);
}

/* At once, when a patient one has waited enough, or to clean up. */
static void
run_soon(struct service *s)
{
	int64_t now = now_us(&s->writes), at = s->next_ms * 1000;

	if (s->writes.n && s->writes.since_us + PATIENCE_US < at)
		at = s->writes.since_us + PATIENCE_US;
	if (s->reads.n || s->writes.hurried || at < now)
		at = now;
	timer_set(s->o.loop, &s->here, loop_now_ms(s->o.loop) +
	    (at - now + 999) / 1000, on_run_here);
}

/* ---- life -------------------------------------------------------------- */

static int
start_thread(pthread_t *t, void *(*fn)(void *), void *arg, struct err *err)
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

int
threads_prepare(struct service *s, struct err *err)
{
	int rc = 0, n = s->o.readers ? s->o.readers : 1;

	jobs_init(&s->writes, s);
	jobs_init(&s->reads, s);
	s->job = calloc(BATCH_MAX, sizeof(struct job *));
	s->write = calloc(BATCH_MAX, sizeof(struct write *));
	bug_if(!s->job || !s->write);
	while (rc == 0 && s->nreaders < n) {
		rc = reader_open(s->o.engine, &s->readers[s->nreaders], err);
		s->nreaders += rc == 0;
	}
	return rc;
}

static int
start_reader(struct service *s, int i, struct err *err)
{
	struct reading *x = calloc(1, sizeof(*x));
	int rc;

	bug_if(!x);
	*x = (struct reading){ s, s->readers[i], i };
	rc = start_thread(&s->reader[i], reader_main, x, err);
	if (rc < 0)
		free(x);
	s->reading += rc == 0;
	return rc;
}

int
threads_start(struct service *s, struct err *err)
{
	int rc = 0;

	if (s->o.readers == 0) {
		run_soon(s);
		return 0;
	}
	while (rc == 0 && s->reading < s->nreaders)
		rc = start_reader(s, s->reading, err);
	if (rc == 0)
		rc = start_thread(&s->writer, writer_main, s, err);
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
	for (i = 0; i < s->reading; i++)
		pthread_join(s->reader[i], NULL);
	if (s->o.readers == 0) {
		s->writes.stop = true; /* nobody waits any more */
		run_here(s);
		engine_flush_journal(s->o.engine);
		timer_clear(s->o.loop, &s->here);
	}
	for (i = 0; i < s->nreaders; i++)
		reader_close(s->readers[i]);
	stop_jobs(&s->writes);
	if (s->writing)
		pthread_join(s->writer, NULL);
	pthread_mutex_destroy(&s->reads.lock);
	pthread_mutex_destroy(&s->writes.lock);
	pthread_cond_destroy(&s->reads.more);
	pthread_cond_destroy(&s->writes.more);
	free(s->job);
	free(s->write);
}
