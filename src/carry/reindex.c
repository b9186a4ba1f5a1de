#include "carry/reindex.h"

#include "mail/indexing.h"
#include "mail/mailboxes.h"

enum { OPEN_MEM = 65536 };

struct reindexing {
	struct carrier *c;
	const struct mailbox_row *box;
};

static void
one_more(void *arg, const struct fetch_row *row)
{
	struct reindexing *x = arg;

	x->c->done.taken++;
	x->c->done.octets += row->size;
	if (x->c->done.taken % 64 == 0)
		carrier_progress(x->c, x->box->name);
}

static int
reindex_mailbox(struct reindexing *x, struct indexing *words)
{
	struct arena *mem = arena_new(OPEN_MEM);
	struct mailbox_view v = { 0 };
	struct open_answer found;
	int rc = mailbox_open(&x->c->account, x->box->name, &v, &found, mem,
	    &x->c->err);

	arena_free(mem);
	if (rc == 0) {
		rc = index_view(&v, words, one_more, x, &x->c->err);
		x->c->done.folders++;
		view_close(&v);
	}
	return rc == E_NOTFOUND ? 0 : rc;
}

int
reindex_work(struct carrier *c)
{
	struct reindexing x = { .c = c };
	struct indexing *words = indexing_new(&c->account);
	struct mailbox_list list;
	int rc = mailboxes_list(&c->account, &list, &c->err);

	for (size_t i = 0; i < list.n && rc == 0; i++) {
		x.box = &list.node[i].row;
		if (x.box->mailbox)
			rc = reindex_mailbox(&x, words);
	}
	mailboxes_free(&list);
	indexing_end(words);
	return rc;
}
