/*
 * cmd_thread.c - THREAD and UID THREAD.                       RFC 5256
 */
#include "imap/search.h"
#include "mail/thread.h"

enum { WRITE_AT = 32768 };	/* octets rendered before they are written */

/* A member in parentheses of its own: the first of a thread, and one of
 * several siblings. */
static bool
begins_list(const struct thread_tree *t, uint32_t i)
{
	uint32_t parent = t->nodes.p[i].parent;

	return parent == 0 || t->nodes.p[parent].kids > 1;
}

/* thread-data = "THREAD" [SP 1*thread-list]; no recursion: a thread may be as
 * deep as there are messages.                                 RFC 5256 5 */
static void
put_threads(struct imap_session *s, const struct thread_tree *t, bool uids)
{
	auto_buf b = BUF_INIT(IMAP_OUT_MAX);
	uint32_t i = t->nodes.p[0].child;

	buf_str(&b, i ? STR("* THREAD ") : STR("* THREAD"));
	while (i != 0) {
		const struct thread_node *x = &t->nodes.p[i];
		const struct thread_node *parent = &t->nodes.p[x->parent];

		if (parent->uid != 0 && parent->child == i)
			buf_chr(&b, ' ');
		if (begins_list(t, i))
			buf_chr(&b, '(');
		if (x->uid != 0)
			buf_u64(&b, uids ? x->uid : x->seq);
		if (b.n > WRITE_AT)
			imap_write_out(s, &b);
		if (x->child != 0) {
			i = x->child;
			continue;
		}
		/* To the next sibling, of this one or of one above. */
		for (;;) {
			if (begins_list(t, i))
				buf_chr(&b, ')');
			if (t->nodes.p[i].next != 0 ||
			    t->nodes.p[i].parent == 0)
				break;
			i = t->nodes.p[i].parent;
			if (b.n > WRITE_AT)
				imap_write_out(s, &b);
		}
		i = t->nodes.p[i].next;
	}
	buf_lit(&b, "\r\n");
	imap_write_out(s, &b);
}

/* THREAD algorithm charset keys */
struct answer
imap_thread(struct imap_session *s, const struct imap_command *c)
{
	static const enum thread_how how[] = {
		[THREAD_ORDEREDSUBJECT] = THREAD_BY_SUBJECT,
		[THREAD_REFERENCES] = THREAD_BY_REFERENCES,
		[THREAD_REFS] = THREAD_BY_REFS,	/* draft-ietf-morg-inthread */
	};
	const struct search_place here = imap_search_here(s, c);
	const struct thread_args *args = &c->args.thread;
	struct thread_tree tree = { 0 };
	struct search_result found;
	struct progress p;
	struct err err = { 0 };
	struct answer a;
	int e;

	if (args->search.esearch)
		return BAD("No such option of THREAD");
	a = imap_find(s, &here, c->tag, &args->search, &found);
	if (a.kind == ANSWER_NONE) {
		imap_progress_begin(&p, s, c->tag);
		e = thread_messages(&s->view, &found, how[args->algorithm],
		    s->collation, &tree, &err);
		imap_progress_end(&p);
		if (e < 0)
			a = imap_fail(s, "thread", &err);
	}
	if (a.kind == ANSWER_NONE)
		put_threads(s, &tree, here.uids);
	thread_tree_free(&tree);
	search_result_free(&found);
	return a.kind == ANSWER_NONE ? OK("Threaded") : a;
}
