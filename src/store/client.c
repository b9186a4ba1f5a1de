#include "store/client.h"

#include "rt/reconnect.h"
#include "store/client_int.h"

enum { WATCHES = 4 };

/* Memory for packing and unpacking, made when first wanted. */
struct store_codec {
	int refs;
	ZSTD_CCtx *cctx;
	ZSTD_DCtx *dctx;
};

struct store {
	struct reconnect link;
	int refs;	/* the owner, and every fiber in a call */
	uint64_t last_change;
	int (*reopen)(void *arg, struct err *err);
	void *arg;
	void (*changed)(void *arg, const struct changed *what);
	void *changed_arg;
	uint64_t watches[WATCHES];	/* of each id: its mailbox, or 0 */
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
on_notice(struct reconnect *n, struct ipc_req *r)
{
	struct store *st = container_of(n, struct store, link);

	if (st->changed)
		st->changed(st->changed_arg, r->ask);
	ipc_drop(r);
}

static void watch_again(void *arg);

static bool
has_watches(const struct store *st)
{
	for (size_t i = 0; i < WATCHES; i++)
		if (st->watches[i])
			return true;
	return false;
}

/* Somebody in IDLE calls nothing: look after its watch ourselves. */
static void
on_lost(struct reconnect *n)
{
	struct store *st = container_of(n, struct store, link);

	if (n->closed || !has_watches(st) || loop_stopping(n->loop))
		return;
	st->refs++;
	(void)fiber_spawn(n->loop, "watch again", watch_again, st);
}

static int
open_again(struct reconnect *n, struct err *err)
{
	struct store *st = container_of(n, struct store, link);

	return st->reopen(st->arg, err);
}

struct store *
store_new(struct loop *l, int fd, int (*reopen)(void *arg, struct err *err),
    void *arg)
{
	static const struct reconnect_kind kinds[] = {
		{ "store", STORE_WINDOW,
		    RECONNECT_SERVICE(store_notices, STORE_NNOTICES),
		    AUTH_FROM_STORE, on_notice, NULL, on_lost },
		{ "store", STORE_WINDOW,
		    RECONNECT_SERVICE(store_notices, STORE_NNOTICES),
		    AUTH_FROM_STORE, on_notice, open_again, on_lost },
	};
	struct store *st = calloc(1, sizeof(*st));

	bug_if(!st);
	reconnect_init(&st->link, l, &kinds[reopen != NULL]);
	st->refs = 1;
	st->reopen = reopen;
	st->arg = arg;
	st->codec = store_codec_new();
	if (fd >= 0)
		reconnect_replace(&st->link, fd);
	return st;
}

void
store_close(struct store *st)
{
	if (!st)
		return;
	st->changed = NULL;
	reconnect_close(&st->link);
	unref(st);
}

void
store_replace(struct store *st, int fd)
{
	reconnect_replace(&st->link, fd);
}

const struct reconnect *
store_link(const struct store *st)
{
	return &st->link;
}

uint64_t
store_generation(const struct store *st)
{
	return reconnect_generation(&st->link);
}

void
store_on_change(struct store *st,
    void (*fn)(void *arg, const struct changed *what), void *arg)
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
	uint64_t ms = (uint64_t)(loop_wall_us(st->link.loop) / 1000);
	uint64_t id = ms << 20 | (loop_random64(st->link.loop) & 0xfffff);

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

/* Calls ----------------------------------------------------------------- */

/* Names something that dies with the connection: not to be asked again. */
static bool
is_bound(enum store_call which, const void *ask)
{
	if (which == STORE_append)
		return ((const struct append_ask *)ask)->stage != 0;
	if (which == STORE_append_all)
		return ((const struct append_all_ask *)ask)->staged;
	if (which == STORE_carry_in)
		return ((const struct carry_in_ask *)ask)->staged;
	/* A new store may have given the lease's number to another. */
	return which == STORE_submit || which == STORE_stage ||
	    which == STORE_unstage || which == STORE_queue_content ||
	    which == STORE_report || which == STORE_bounce ||
	    which == STORE_note_send;
}

static int
call_until(struct store *st, enum store_call which, const void *ask,
    void *answer, struct arena *a, int64_t until_ms, struct err *err)
{
	return (is_bound(which, ask) ? reconnect_call_once : reconnect_call)(
	    &st->link, &store_calls[which], ask, answer, a, NULL, until_ms,
	    err);
}

static void
remember_watch(struct store *st, const struct watch_ask *ask)
{
	if (ask->id < WATCHES)
		st->watches[ask->id] = ask->mailbox;
}

int
store_call(struct store *st, enum store_call which, const void *ask,
    void *answer, struct arena *a, struct err *err)
{
	int rc;

	st->refs++;
	rc = call_until(st, which, ask, answer, a,
	    loop_now_ms(st->link.loop) + STORE_CALL_MS, err);
	if (rc == 0 && which == STORE_watch)
		remember_watch(st, ask);
	unref(st);
	return rc;
}

void
store_notify(struct store *st, enum store_call which, const void *ask)
{
	reconnect_notify(&st->link, &store_calls[which], ask);
}

/* After a loss: the watches again, and anything may have happened. */
static void
watch_again(void *arg)
{
	struct store *st = arg;
	struct arena *a = arena_new(65536);
	struct err err;

	for (size_t i = 0; i < WATCHES && !st->link.closed; i++) {
		struct watch_ask ask = { .mailbox = st->watches[i],
			.id = (uint32_t)i };
		struct done answer;
		int rc;

		if (ask.mailbox == 0)
			continue;
		rc = call_until(st, STORE_watch, &ask, &answer, a,
		    loop_now_ms(st->link.loop) + STORE_CALL_MS, &err);
		/* Also when it failed: those who wait find out by asking. */
		if (st->changed)
			st->changed(st->changed_arg, &(struct changed){
			    .id = ask.id, .mailbox = ask.mailbox });
		/* A mailbox of others may be none of theirs any more. */
		if (rc < 0 && rc != E_NORIGHT && rc != E_NOTFOUND)
			break;
	}
	arena_free(a);
	unref(st);
}
