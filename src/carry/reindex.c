#include "carry/reindex.h"

#include "mail/indexing.h"
#include "mail/mailboxes.h"
#include "mail/search.h"

enum { OPEN_MEM = 65536 };

struct reindexing {
	struct carrier *c;
	struct indexing *words;	/* NULL: what is not in the index yet */
	struct str name;	/* of the mailbox */
};

static void
one_more(void *arg, const struct fetch_row *row)
{
	struct reindexing *x = arg;

	x->c->done.taken++;
	x->c->done.octets += row->size;
	if (x->c->done.taken % 64 == 0)
		carrier_progress(x->c, x->name);
}

/* Whoever searches reads what the index does not know, and gives its words;
 * what is found does not matter. */
static int
search_view(struct reindexing *x, struct mailbox_view *v)
{
	static const struct condition any = { COND_TEXT,
		.text = { "awordthatisnowhere", 18 } };
	struct search_result found = { 0 };
	int rc;

	carrier_progress(x->c, x->name);
	rc = search_mailbox(v, &any, &found, &x->c->err);
	search_result_free(&found);
	return rc;
}

static int
index_mailbox(struct reindexing *x)
{
	struct arena *mem = arena_new(OPEN_MEM);
	struct mailbox_view v = { 0 };
	struct open_answer found;
	int rc = mailbox_open(&x->c->account, x->name, &v, &found, mem,
	    &x->c->err);

	arena_free(mem);
	if (rc == 0) {
		rc = x->words ? index_view(&v, x->words, one_more, x,
		    &x->c->err) : search_view(x, &v);
		view_close(&v);
	}
	return rc == E_NOTFOUND ? 0 : rc;
}

static int
index_all(struct reindexing *x, uint32_t *folders)
{
	struct mailbox_list list;
	int rc = mailboxes_list(&x->c->account, &list, &x->c->err);

	for (size_t i = 0; i < list.n && rc == 0; i++) {
		x->name = list.node[i].row.name;
		if (!list.node[i].row.mailbox)
			continue;
		rc = index_mailbox(x);
		*folders += 1;
	}
	mailboxes_free(&list);
	return rc;
}

int
reindex_work(struct carrier *c)
{
	struct reindexing x = { .c = c, .words = indexing_new(&c->account) };
	int rc = index_all(&x, &c->done.folders);

	indexing_end(x.words);
	return rc;
}

int
index_new(struct carrier *c)
{
	struct reindexing x = { .c = c };
	uint32_t folders = 0;

	return index_all(&x, &folders);
}
