#include "mail/rows.h"

#include "mail/change.h"

/*
 * Invariants:
 * 1. `ask` is the page to be asked for next, if `more` says that there is one.
 * 2. A page is asked for by ask_page(), on the walker's fiber at first and
 *    then on one of its own; `asker` is that fiber while it runs. Its answer
 *    lies in `mem[1]` until turn_page() makes it this page, in `mem[0]`.
 * 3. The walk is not freed while an asker runs.
 */
struct rows {
	struct mailbox_view *view;
	struct selection left;		/* behind what `ask` names */
	struct fetch_ask ask;
	bool more;
	struct arena *mem[2];
	struct fetch_answer answer;
	int code;			/* of the last ask: 0 or E_* */
	struct err err;
	struct fiber *asker, *walker;
	bool answered;

	struct rd page;			/* rows that are still to be given */
	uint32_t set_flags;
	struct buf changed;		/* rows of this page as they are after
					 * set_flags: fetch_row records */
	struct rd change;		/* those behind the row given last */
};

struct rows *
rows_open(struct mailbox_view *v, const struct rows_ask *ask)
{
	struct rows *w = calloc(1, sizeof(*w));

	bug_if(!w);
	w->view = v;
	w->walker = fiber_self(v->account->loop);
	w->left = ask->messages;
	w->ask = (struct fetch_ask){
		.mailbox = v->at.mailbox,
		.arrivals = v->at.arrivals,
		.expunges = v->at.expunges,
		.by_uid = ask->messages.by_uid,
		.want = ask->want,
		.changed_since = ask->changed_since,
	};
	w->more = selection_next(&w->left, &w->ask.set);
	w->mem[0] = arena_new(MAIL_PAGE_MEM);
	w->mem[1] = arena_new(MAIL_PAGE_MEM);
	w->set_flags = ask->set_flags;
	w->changed = BUF_INIT(MAIL_PAGE_MEM);
	return w;
}

void
rows_want(struct rows *w, uint32_t want)
{
	w->ask.want |= want;
}

static void
ask_page(void *arg)
{
	struct rows *w = arg;

	arena_reset(w->mem[1]);
	w->code = store_call(w->view->account->store, STORE_fetch, &w->ask,
	    &w->answer, w->mem[1], &w->err);
	w->answered = true;
	w->asker = NULL;
	fiber_wake(w->view->account->loop, w->walker);
}

static int
keep_changed(void *arg, const struct fetch_row *row)
{
	struct rows *w = arg;

	msg_put(&w->changed, &fetch_row_shape, row);
	return buf_failed(&w->changed) ? E_LIMIT : 0;
}

/* Set the flags on this page's rows that lack them, all in one change. */
static int
set_flags(struct rows *w, struct err *err)
{
	const struct flag_change change = { .mode = FLAGS_ADD,
		.flags = w->set_flags, .unchanged_since = UINT64_MAX };
	auto_buf uids = BUF_INIT(MAIL_PAGE_MEM);
	struct rd page = w->page;
	struct fetch_row row;
	int e;

	while ((e = row_next(&page, &row, err)) > 0) {
		if ((row.flags & w->set_flags) != w->set_flags)
			selection_add(&uids, row.uid, row.uid);
	}
	buf_reset(&w->changed);
	if (e >= 0)
		e = change_flags(w->view, (struct selection){ buf_get(&uids),
		    true }, &change, keep_changed, w, err);
	w->change = rd_of(buf_get(&w->changed));
	/* RFC 4314 4: who may not set them reads all the same. */
	if (e == E_NORIGHT)
		w->set_flags = 0;
	return e == E_NORIGHT ? 0 : e;
}

/* The next page becomes this one, and the one behind it is asked for. */
static int
turn_page(struct rows *w, struct err *err)
{
	struct loop *l = w->view->account->loop;
	struct arena *mem = w->mem[1];
	int e;

	if (!w->asker && !w->answered)
		ask_page(w);
	while (!w->answered) {
		if ((e = fiber_wait(l, NEVER)) < 0)
			return err_set(err, e, "waiting for rows");
	}
	if (w->code < 0)
		return err_set(err, w->code, "%s", w->err.text);
	w->mem[1] = w->mem[0];
	w->mem[0] = mem;
	w->page = rd_of(w->answer.rows);
	view_heard(w->view, w->answer.modseq);
	w->answered = false;
	w->ask.cursor = w->answer.next;
	if (w->ask.cursor == 0)
		w->more = selection_next(&w->left, &w->ask.set);
	if (w->more) {
		w->asker = fiber_spawn(l, "rows", ask_page, w);
		/* Store works on it while we use this page: one turn for the
		 * asker to ask, one for the loop to send. */
		fiber_yield(l);
		fiber_yield(l);
	}
	return w->set_flags ? set_flags(w, err) : 0;
}

int
rows_next(struct rows *w, struct fetch_row *row, bool *flagged,
    struct err *err)
{
	struct fetch_row now = { 0 };
	struct rd change;
	int e;

	while (rd_done(&w->page)) {
		if (!w->more)
			return 0;
		if ((e = turn_page(w, err)) < 0)
			return e;
	}
	e = row_next(&w->page, row, err);
	*flagged = e > 0 && (row->flags & w->set_flags) != w->set_flags;
	if (!*flagged)
		return e;
	/* As it is now: what others changed between the two answers goes with
	 * it. It is not among the changed ones if it went meanwhile. */
	row->flags |= w->set_flags;
	change = w->change;
	if (row_next(&change, &now, NULL) > 0 && now.uid == row->uid) {
		w->change = change;
		row->flags = now.flags;
		row->keywords = now.keywords;
		row->modseq = now.modseq;
	}
	return 1;
}

void
rows_close(struct rows *w)
{
	if (!w)
		return;
	if (w->asker) {
		fiber_cancel(w->view->account->loop, w->asker);
		fiber_wait_uncancelable(w->view->account->loop, &w->answered);
	}
	arena_free(w->mem[0]);
	arena_free(w->mem[1]);
	buf_free(&w->changed);
	free(w);
}
