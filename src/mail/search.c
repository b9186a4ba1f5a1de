#include "mail/search.h"

#include "mail/indexing.h"
#include "mail/rows.h"
#include "mail/words.h"
#include "mime/words.h"

enum { CONDITIONS_MEM = 16 << 20 };

struct searching {
	struct mailbox_view *view;
	struct matching *matching;
	struct indexing *indexing;	/* NULL: no words were asked for */
	struct search_result *out;
	uint32_t last_uid;
};

/* ---- the result ----------------------------------------------------- */

static int
add_run(struct search_result *r, const struct search_run *run,
    unsigned score, struct err *err)
{
	struct search_run *last = r->runs.n ? &r->runs.p[r->runs.n - 1] : NULL;

	r->n += run->n;
	for (uint32_t i = 0; r->scored && i < run->n; i++)
		vec_push(&r->scores, (uint8_t)score);
	if (last && last->seq + last->n == run->seq &&
	    last->uid + last->n == run->uid) {
		last->n += run->n;
		return 0;
	}
	if (r->runs.n == SEARCH_RUNS_MAX)
		return err_set(err, E_LIMIT, "too many messages apart");
	vec_push(&r->runs, (struct search_run){ run->seq, run->uid, run->n });
	return 0;
}

void
search_result_free(struct search_result *r)
{
	vec_free(&r->runs);
	vec_free(&r->scores);
}

/* ---- messages that have to be looked at ----------------------------- */

static struct searched
searched_of(const struct fetch_row *row, uint32_t last_uid)
{
	return (struct searched){ .seq = row->seq, .uid = row->uid,
		.flags = row->flags, .last_uid = last_uid,
		.modseq = row->modseq, .size = row->size,
		.content = row->content, .thread = row->thread,
		.received = row->received, .offset_min = row->offset_min,
		.saved = row->saved,
		.keywords = row->keywords };
}

static int
look_at(struct searching *s, const struct fetch_row *row, struct err *err)
{
	const struct mail_message message = message_of(s->view->account,
	    s->view->at.mailbox, row);
	const struct searched m = searched_of(row, s->last_uid);
	int e = matching_judge(s->matching, &message, &m, err);

	if (e == E_NOTFOUND || e == E_DAMAGED)
		return 0;
	if (e <= 0)
		return e;
	if (row->modseq > s->out->highest)
		s->out->highest = row->modseq;
	return add_run(s->out, &(struct search_run){ row->seq, row->uid, 1 },
	    matching_score(s->matching), err);
}

/* These messages, of which store did not know. */
static int
look_at_all(struct searching *s, struct str uids, bool unindexed,
    struct err *err)
{
	const struct rows_ask ask = { .messages = { uids, true },
		.want = matching_wants(s->matching) };
	struct rows *rows = rows_open(s->view, &ask);
	struct fetch_row row;
	bool flagged;
	int e;

	while ((e = rows_next(rows, &row, &flagged, err)) > 0) {
		matching_gathers(s->matching, unindexed ?
		    indexing_gathers(s->indexing) : NULL);
		if ((e = look_at(s, &row, err)) < 0)
			break;
		rows_want(rows, matching_wants(s->matching));
		if (unindexed)
			indexing_keep(s->indexing, s->matching, &row);
	}
	rows_close(rows);
	return e;
}

/* ---- pages ---------------------------------------------------------- */

static bool
run_makes_sense(const struct search_run *run)
{
	return run->n > 0 && run->seq > 0 && run->uid > 0 &&
	    run->n - 1 <= UINT32_MAX - run->seq &&
	    run->n - 1 <= UINT32_MAX - run->uid;
}

/* The runs of a page, in their order; unknown ones are gathered as long as
 * they come one behind the other. */
static int
take_page(struct searching *s, const struct search_answer *page,
    struct err *err)
{
	auto_buf unknown = BUF_INIT(MSG_CHUNK);
	uint8_t what = SEARCH_MATCHES;	/* those in it */
	struct rd r = rd_of(page->runs);
	struct search_run run;
	int e = 0;

	while (e >= 0 && !rd_done(&r)) {
		if (!msg_take(&r, &search_run_shape, &run) ||
		    !run_makes_sense(&run))
			return err_set(err, E_PROTO, "no run of messages");
		if (unknown.n && run.unknown != what) {
			e = look_at_all(s, buf_get(&unknown),
			    what == SEARCH_UNINDEXED, err);
			buf_reset(&unknown);
		}
		what = run.unknown;
		if (what != SEARCH_MATCHES)
			selection_add(&unknown, run.uid, run.uid + run.n - 1);
		else if (e >= 0)
			e = add_run(s->out, &run, 100, err);
	}
	if (e >= 0 && unknown.n)
		e = look_at_all(s, buf_get(&unknown),
		    what == SEARCH_UNINDEXED, err);
	if (page->highest > s->out->highest)
		s->out->highest = page->highest;
	return e;
}

/* A set that all messages have to be in spares store the others. */
static struct selection
narrowed(const struct condition *c)
{
	static const uint32_t all[2] = { 1, UINT32_MAX };

	if (c->kind == COND_UID || c->kind == COND_NUMBER)
		return (struct selection){ c->set, c->kind == COND_UID };
	if (c->kind == COND_AND)
		for (const struct condition *k = c->kids; k; k = k->next)
			if (k->kind == COND_UID || k->kind == COND_NUMBER)
				return (struct selection){ k->set,
					k->kind == COND_UID };
	return (struct selection){ str_make((const char *)all, sizeof(all)),
		true };
}

static bool
is_fuzzy(const struct condition *c)
{
	for (const struct condition *k = c->kids; k; k = k->next)
		if (is_fuzzy(k))
			return true;
	return c->fuzzy;
}

int
search_mailbox(struct mailbox_view *v, const struct condition *c,
    struct search_result *out, struct err *err)
{
	auto_buf program = BUF_INIT(PROGRAM_MAX);
	struct searching s = { .view = v, .out = out };
	struct selection left = narrowed(c);
	struct arena *mem = arena_new(MAIL_PAGE_MEM);
	struct search_answer page = { 0 };
	struct search_ask ask = { .mailbox = v->at.mailbox,
		.arrivals = v->at.arrivals, .expunges = v->at.expunges,
		.by_uid = left.by_uid };
	struct arena *tree = arena_new(CONDITIONS_MEM);
	bool has_words = false;
	int e = 0;

	condition_encode(conditions_with_words(c, tree, &has_words),
	    &program);
	bug_if(buf_failed(&program));
	if (has_words) {
		ask.version = words_version();
		/* Others' words are for their owners to hand in. */
		if (!is_others(v->at.mailbox))
			s.indexing = indexing_new(v->account);
	}
	ask.program = buf_get(&program);
	s.matching = matching_new(c);
	*out = (struct search_result){ .scored = is_fuzzy(c) };
	while (e >= 0 && (page.next || selection_next(&left, &ask.set))) {
		ask.cursor = page.next;
		arena_reset(mem);
		e = store_call(v->account->store, STORE_search, &ask, &page,
		    mem, err);
		if (e < 0)
			break;
		view_heard(v, page.modseq);
		s.last_uid = page.last_uid;
		e = take_page(&s, &page, err);
	}
	indexing_end(s.indexing);
	matching_free(s.matching);
	arena_free(tree);
	arena_free(mem);
	return e < 0 ? e : 0;
}
