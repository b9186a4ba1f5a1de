#include "mail/indexing.h"

#include "mail/rows.h"
#include "mail/words.h"
#include "mime/words.h"

enum { DONE_MEM = 4096 };

struct indexing {
	const struct account *account;
	struct gathering *words;	/* NULL: they are not taken */
	struct buf records;
	struct err failed;
};

struct indexing *
indexing_new(const struct account *a)
{
	struct indexing *x = calloc(1, sizeof(*x));

	bug_if(!x);
	x->account = a;
	x->words = gathering_new();
	x->records = BUF_INIT(WORDS_ASK_MAX);
	return x;
}

static void
give_words(struct indexing *x)
{
	struct words_ask ask = { .version = words_version(),
		.records = buf_get(&x->records) };
	struct arena *mem = arena_new(DONE_MEM);
	struct done done;

	if (x->records.n > 0 && store_call(x->account->store, STORE_words,
	    &ask, &done, mem, &x->failed) < 0) {
		gathering_free(x->words);
		x->words = NULL;
	}
	buf_reset(&x->records);
	arena_free(mem);
}

void
indexing_end(struct indexing *x)
{
	if (!x)
		return;
	give_words(x);
	gathering_free(x->words);
	buf_free(&x->records);
	free(x);
}

struct gathering *
indexing_gathers(const struct indexing *x)
{
	return x ? x->words : NULL;
}

int
indexing_failed(const struct indexing *x, struct err *err)
{
	if (x->words)
		return 0;
	*err = x->failed;
	return err->code;
}

void
indexing_keep(struct indexing *x, const struct matching *m,
    const struct fetch_row *row)
{
	if (!x || !x->words || !matching_gathered(m))
		return;
	if (gathering_put(x->words, row->email, row->content, &x->records))
		return;
	give_words(x);
	if (x->words)
		(void)gathering_put(x->words, row->email, row->content,
		    &x->records);
}

int
index_view(struct mailbox_view *v, struct indexing *x,
    void (*each)(void *arg, const struct fetch_row *row), void *arg,
    struct err *err)
{
	/* No folded text holds this: all of each message is looked at. */
	static const struct condition nowhere = { COND_TEXT,
		.text = { "\xff", 1 } };
	struct matching *m = matching_new(&nowhere);
	auto_buf all = BUF_INIT(64);
	struct rows_ask ask = { .want = matching_wants(m) };
	struct fetch_row row;
	struct rows *rows;
	bool flagged;
	int e;

	selection_add(&all, 1, UINT32_MAX);
	ask.messages = (struct selection){ buf_get(&all), true };
	rows = rows_open(v, &ask);
	while ((e = rows_next(rows, &row, &flagged, err)) > 0) {
		const struct mail_message message = message_of(v->account,
		    v->at.mailbox, &row);

		matching_gathers(m, x->words);
		e = matching_judge(m, &message, &(struct searched){ 0 }, err);
		if (e < 0 && e != E_NOTFOUND && e != E_DAMAGED)
			break;
		indexing_keep(x, m, &row);
		each(arg, &row);
		if ((e = indexing_failed(x, err)) < 0)
			break;
	}
	rows_close(rows);
	matching_free(m);
	return e;
}
