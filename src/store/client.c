#include "store/client.h"

#include "store/client_int.h"

enum { PATIENCE_MS = 30000, RETRY_MS = 50, WATCHES = 4 };

struct waiting {
	struct waiting *next;
	struct fiber *fiber;
};

/* Memory for packing and unpacking, made when first wanted. */
struct store_codec {
	int refs;
	ZSTD_CCtx *cctx;
	ZSTD_DCtx *dctx;
};

struct store {
	struct loop *loop;
	struct ipc *ipc; /* NULL: there is none now */
	int refs;	 /* the owner, and every fiber in a call */
	bool closed, opening;
	uint64_t generation, last_change;
	int (*reopen)(void *arg, struct err *err);
	void *arg;
	void (*changed)(void *arg, uint64_t mailbox, uint64_t modseq);
	void *changed_arg;
	struct waiting *waiting;
	struct watch_ask watches[WATCHES];
	struct store_codec *codec;
};

/* The connection -------------------------------------------------------- */

static void
unref(struct store *st)
{
	if (--st->refs > 0)
		return;
	store_codec_unref(st->codec);
	free(st);
}

static void
on_notice(void *owner, struct ipc_req *r)
{
	struct store *st = owner;
	const struct changed *c = r->ask;
	uint64_t mailbox = c->mailbox, modseq = c->modseq;

	ipc_drop(r);
	if (st->changed)
		st->changed(st->changed_arg, mailbox, modseq);
}

static void rewatch(void *arg);

static bool
has_watches(const struct store *st)
{
	for (size_t i = 0; i < WATCHES; i++)
		if (st->watches[i].mailbox)
			return true;
	return false;
}

static void
on_gone(void *owner, struct ipc *c, const char *why unused_arg)
{
	struct store *st = owner;

	if (st->ipc == c)
		st->ipc = NULL;
	ipc_close(c);
	st->generation++;
	/* Somebody in IDLE calls nothing: look after its watch ourselves. */
	if (st->closed || !has_watches(st) || loop_stopping(st->loop))
		return;
	st->refs++;
	(void)fiber_spawn(st->loop, "rewatch", rewatch, st);
}

static const struct ipc_service notices = { store_notices, STORE_NNOTICES,
	on_notice, on_gone };

static void
take_connection(struct store *st, int fd)
{
	struct ipc_options o = { .service = &notices, .owner = st,
		.authority = AUTH_FROM_STORE, .window = STORE_WINDOW };

	if (fd < 0)
		return;
	if (st->closed) {
		(void)close(fd);
		return;
	}
	ipc_close(st->ipc);
	st->ipc = ipc_open(st->loop, fd, &o, NULL);
	for (struct waiting *w = st->waiting; w; w = w->next)
		fiber_wake(st->loop, w->fiber);
}

struct store *
store_new(struct loop *l, int fd, int (*reopen)(void *arg, struct err *err),
    void *arg)
{
	struct store *st = calloc(1, sizeof(*st));

	bug_if(!st);
	st->loop = l;
	st->refs = 1;
	st->reopen = reopen;
	st->arg = arg;
	st->codec = store_codec_new();
	take_connection(st, fd);
	return st;
}

void
store_close(struct store *st)
{
	struct ipc *c;

	if (!st)
		return;
	c = st->ipc;
	st->ipc = NULL;
	st->closed = true;
	st->changed = NULL;
	ipc_close(c);
	unref(st);
}

void
store_replace(struct store *st, int fd)
{
	st->generation++;
	take_connection(st, fd);
}

bool
store_connected(const struct store *st)
{
	return st->ipc && ipc_alive(st->ipc);
}

uint64_t
store_generation(const struct store *st)
{
	return st->generation;
}

void
store_on_change(struct store *st,
    void (*fn)(void *arg, uint64_t mailbox, uint64_t modseq), void *arg)
{
	st->changed = fn;
	st->changed_arg = arg;
}

uint64_t
store_change_id(struct store *st)
{
	/* They grow with time, so that store appends them to its table, and
	 * no two of ours are the same: store knows who we are, so those of
	 * other processes may be. */
	uint64_t ms = (uint64_t)(loop_wall_us(st->loop) / 1000);
	uint64_t id = ms << 20 | (loop_random64(st->loop) & 0xfffff);

	st->last_change = id > st->last_change ? id : st->last_change + 1;
	return st->last_change;
}

/* Packing and unpacking ------------------------------------------------- */

struct store_codec *
store_codec_new(void)
{
	struct store_codec *c = calloc(1, sizeof(*c));

	bug_if(!c);
	c->refs = 1;
	return c;
}

void
store_codec_unref(struct store_codec *c)
{
	if (!c || --c->refs > 0)
		return;
	(void)ZSTD_freeCCtx(c->cctx);
	(void)ZSTD_freeDCtx(c->dctx);
	free(c);
}

void
store_use_codec(struct store *st, struct store_codec *c)
{
	c->refs++;
	store_codec_unref(st->codec);
	st->codec = c;
}

ZSTD_CCtx *
store_cctx(struct store *st)
{
	struct store_codec *c = st->codec;

	if (!c->cctx)
		c->cctx = ZSTD_createCCtx();
	bug_if(!c->cctx);
	return c->cctx;
}

ZSTD_DCtx *
store_dctx(struct store *st)
{
	struct store_codec *c = st->codec;

	if (!c->dctx)
		c->dctx = ZSTD_createDCtx();
	bug_if(!c->dctx);
	return c->dctx;
}

/* Until there is a connection ------------------------------------------- */

static int
wait_for_it(struct store *st, int64_t until_ms)
{
	struct waiting me = { st->waiting, fiber_self(st->loop) }, **w;
	int rc;

	st->waiting = &me;
	rc = fiber_wait(st->loop, until_ms);
	for (w = &st->waiting; *w != &me; w = &(*w)->next)
		continue;
	*w = me.next;
	return rc;
}

/* One fiber asks for a new connection, the others wait for what it gets. */
static int
open_again(struct store *st, int64_t until_ms, struct err *err)
{
	int64_t soon = loop_now_ms(st->loop) + RETRY_MS;
	int fd;

	st->opening = true;
	fd = st->reopen(st->arg, err);
	st->opening = false;
	take_connection(st, fd);
	if (fd >= 0 || fd == E_DENIED || fd == E_NOTFOUND || fd == E_CANCELED)
		return fd < 0 ? fd : 0;
	if (loop_now_ms(st->loop) >= until_ms)
		return fd;
	return fiber_sleep(st->loop, soon);
}

static int
connected(struct store *st, int64_t until_ms, struct err *err)
{
	while (!st->closed && !store_connected(st)) {
		int rc;

		if (st->reopen && !st->opening)
			rc = open_again(st, until_ms, err);
		else if ((rc = wait_for_it(st, until_ms)) < 0)
			(void)err_set(err, rc, "no connection to store");
		if (rc < 0)
			return rc == E_TIMEOUT ? E_PEER : rc;
	}
	return st->closed ? err_set(err, E_PEER, "store is closed") : 0;
}

/* Calls ----------------------------------------------------------------- */

/* Names something that dies with the connection: not to be asked again. */
static bool
is_bound(enum store_call which, const void *ask)
{
	if (which == STORE_append)
		return ((const struct append_ask *)ask)->stage != 0;
	/* A new store may have given the lease's number to another. */
	return which == STORE_submit || which == STORE_stage ||
	    which == STORE_unstage || which == STORE_queue_content ||
	    which == STORE_report || which == STORE_bounce;
}

static int
call(struct store *st, enum store_call which, const void *ask, void *answer,
    struct arena *a, int64_t until_ms, struct err *err)
{
	for (;;) {
		struct ipc *c;
		int rc = connected(st, until_ms, err);

		if (rc < 0)
			return rc;
		c = ipc_ref(st->ipc);
		rc = ipc_call(c, &store_calls[which], ask, -1, answer, a, NULL,
		    until_ms, err);
		ipc_unref(c);
		if (rc != E_PEER || is_bound(which, ask))
			return rc;
	}
}

static void
remember_watch(struct store *st, const struct watch_ask *ask)
{
	if (ask->id < WATCHES)
		st->watches[ask->id] = *ask;
}

int
store_call(struct store *st, enum store_call which, const void *ask,
    void *answer, struct arena *a, struct err *err)
{
	int rc;

	st->refs++;
	rc = call(st, which, ask, answer, a,
	    loop_now_ms(st->loop) + PATIENCE_MS, err);
	if (rc == 0 && which == STORE_watch)
		remember_watch(st, ask);
	unref(st);
	return rc;
}

void
store_notify(struct store *st, enum store_call which, const void *ask)
{
	if (store_connected(st))
		ipc_notify(st->ipc, &store_calls[which], ask, -1);
}

/* After a loss: the watches again, and anything may have happened. */
static void
rewatch(void *arg)
{
	struct store *st = arg;
	struct arena *a = arena_new(65536);
	struct err err;

	for (size_t i = 0; i < WATCHES && !st->closed; i++) {
		struct watch_ask ask = st->watches[i];
		struct done answer;
		int rc;

		if (ask.mailbox == 0)
			continue;
		rc = call(st, STORE_watch, &ask, &answer, a,
		    loop_now_ms(st->loop) + PATIENCE_MS, &err);
		/* Also when it failed: those who wait find out by asking. */
		if (st->changed)
			st->changed(st->changed_arg, ask.mailbox, 0);
		if (rc < 0)
			break;
	}
	arena_free(a);
	unref(st);
}
