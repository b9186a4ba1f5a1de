/*
 * search.c - STORE_search: which messages of a mailbox match a program, as far
 * as their rows and the index of words can say.
 */
#include "store/engine/engine_int.h"
#include "store/engine/view.h"
#include "store/mailbox/words.h"
#include "store/search.h"

/* What a page may cost, counted in conditions that are looked at and words of
 * keywords that are compared: 2 to 5 ms, while the column is locked. */
enum { PAGE_COST = 400000, COST_OCTETS = 16, RUN_OCTETS = 17 };

struct page {
	const struct condition *program;
	size_t conditions, left;	/* left: of PAGE_COST */
	struct buf *runs;
	struct search_run run;		/* not yet put */
	struct search_answer *out;
	struct fulltext_found *found;	/* NULL: no words are known */
	const struct column_row *row;	/* that is judged: */
	bool unindexed;			/* a condition wanted its words */
	bool live_only;			/* as in fetch.c */
};

static void
put_run(struct page *p)
{
	if (p->run.n)
		msg_put(p->runs, &search_run_shape, &p->run);
	p->run.n = 0;
}

static void
add_message(struct page *p, const struct searched *m, uint8_t unknown)
{
	struct search_run *run = &p->run;

	if (!unknown && m->modseq > p->out->highest)
		p->out->highest = m->modseq;
	if (run->n > 0 && run->unknown == unknown &&
	    run->seq + run->n == m->seq && run->uid + run->n == m->uid) {
		run->n++;
		return;
	}
	put_run(p);
	*run = (struct search_run){ m->seq, m->uid, 1, unknown };
}

struct judged {
	struct page *page;
	struct searched row;
};

static enum verdict
of_row(void *message, const struct condition *c)
{
	struct judged *j = message;

	return c->kind == COND_WORDS ? words_judge(j->page->found, c,
	    j->page->row, &j->page->unindexed) : condition_of_row(c, &j->row);
}

/* False: the page is full, and this message not in it. The first one always
 * is. */
static bool
judge_row(struct page *p, const struct view_on *v, size_t i)
{
	const struct column_row *row = view_row(v, i);
	struct judged j = { p, { .seq = (uint32_t)i + 1, .uid = row->uid,
		.flags = row->flags, .last_uid = p->out->last_uid,
		.modseq = row->modseq, .size = row->size,
		.content = row->blob, .thread = row->thread,
		.received = row->received, .offset_min = row->offset_min,
		.saved = row->saved,
		.keywords = column_keywords(v->c, row->keywords) } };
	size_t cost = p->conditions *
	    (1 + j.row.keywords.n / COST_OCTETS);
	enum verdict verdict;

	if (p->live_only && row->expunged)
		return true;
	if ((cost > p->left && p->left < PAGE_COST) ||
	    p->runs->n + 2 * RUN_OCTETS > MSG_CHUNK) {
		p->out->next = row->uid;
		return false;
	}
	p->left -= cost < p->left ? cost : p->left;
	p->row = row;
	p->unindexed = false;
	verdict = condition_judge(p->program, of_row, &j);
	if (verdict != VERDICT_NO)
		add_message(p, &j.row, verdict == VERDICT_YES ?
		    SEARCH_MATCHES : p->unindexed ? SEARCH_UNINDEXED :
		    SEARCH_UNKNOWN);
	return true;
}

static int
judge_view(struct page *p, const struct column *c,
    const struct search_ask *ask, struct arena *a, struct err *err)
{
	struct view_on v;
	struct view_set set;
	size_t from;
	int rc;

	view_make(&v, c, ask->arrivals, ask->expunges, a);
	rc = view_select(&v, ask->set, ask->by_uid, &set, a, err);
	if (rc < 0)
		return rc;
	p->out->last_uid = v.n ? view_row(&v, v.n - 1)->uid : 0;
	from = view_seek(&v, ask->cursor);
	for (size_t k = 0; k < set.n; k++) {
		size_t i = set.range[k].from > from ? set.range[k].from : from;

		for (; i < set.range[k].to; i++)
			if (!judge_row(p, &v, i))
				return 0;
	}
	return 0;
}

int
read_search(struct reader *r, const struct caller *c,
    const struct search_ask *ask, union store_answer *answer, struct err *err)
{
	struct page p = { .left = PAGE_COST, .runs = &r->rows,
		.out = &answer->search };
	struct condition *program;
	struct column *col;
	int rc;

	if (condition_decode(ask->program, r->arena, &program) < 0)
		return err_set(err, E_INVALID, "no search program");
	p.program = program;
	p.live_only = caller_reader(c);
	p.conditions = condition_count(program);
	rc = columns_get_as(r->e->columns, &r->q, c->account, ask->mailbox,
	    caller_reader(c), &col, err);
	if (rc < 0)
		return rc;
	if (ask->version)
		p.found = words_look(r, c->account, ask->version, program);
	pthread_rwlock_rdlock(&col->lock);
	rc = judge_view(&p, col, ask, r->arena, err);
	answer->search.modseq = col->modseq;
	pthread_rwlock_unlock(&col->lock);
	columns_put(r->e->columns, col);
	fulltext_found_free(p.found);
	put_run(&p);
	answer->search.runs = buf_get(&r->rows);
	return rc;
}
