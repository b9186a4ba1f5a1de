/*
 * cmd_sort.c - SORT and UID SORT.            RFC 5256, RFC 5957, RFC 5267 3
 */
#include "imap/search.h"
#include "mail/sort.h"

enum { WRITE_AT = 32768 };	/* octets rendered before they are written */

/* By a comparator whose name has a "-" what is before comes behind. */
static bool
is_reversed(const struct imap_session *s, const struct sort_criterion *c)
{
	bool text = c->key != SORT_ARRIVAL && c->key != SORT_DATE &&
	    c->key != SORT_SIZE && c->key != SORT_RELEVANCY;

	return c->reverse != (text && s->order_is_reversed);
}

static size_t
order_of(const struct imap_session *s, const struct sort_args *args,
    struct order out[SORT_MAX])
{
	static const enum order_key keys[] = {
		[SORT_ARRIVAL] = ORDER_RECEIVED,
		[SORT_CC] = ORDER_CC,
		[SORT_DATE] = ORDER_SENT,
		[SORT_FROM] = ORDER_FROM,
		[SORT_SIZE] = ORDER_SIZE,
		[SORT_SUBJECT] = ORDER_SUBJECT,
		[SORT_TO] = ORDER_TO,
		[SORT_DISPLAYFROM] = ORDER_FROM_NAME,
		[SORT_DISPLAYTO] = ORDER_TO_NAME,
		[SORT_RELEVANCY] = ORDER_SCORE,
	};

	for (size_t i = 0; i < args->n; i++)
		out[i] = (struct order){ .key = keys[args->by[i].key],
			.reverse = is_reversed(s, &args->by[i]),
			.by = s->collation };
	return args->n;
}

/* sort-data = "SORT" *(SP nz-number) [SP search-sort-mod-seq] */
static void
put_sort(struct imap_session *s, const uint32_t *numbers, size_t n,
    uint64_t modseq)
{
	auto_buf b = BUF_INIT(IMAP_OUT_MAX);

	buf_lit(&b, "* SORT");
	for (size_t i = 0; i < n; i++) {
		buf_chr(&b, ' ');
		buf_u64(&b, numbers[i]);
		if (b.n > WRITE_AT)
			imap_write_out(s, &b);
	}
	if (modseq)		/* RFC 7162 3.1.6 */
		buf_printf(&b, " (MODSEQ %llu)", (unsigned long long)modseq);
	buf_lit(&b, "\r\n");
	imap_write_out(s, &b);
}

/* SORT [RETURN (options)] (criteria) charset keys */
struct answer
imap_sort(struct imap_session *s, const struct imap_command *c)
{
	const struct search_place here = imap_search_here(s, c);
	const struct sort_args *args = &c->args.sort;
	struct search_args search = args->search;
	bool modseq = imap_asks_modseq(args->search.key);
	struct order by[SORT_MAX];
	size_t nby = order_of(s, args, by), n = 0;
	struct search_result found;
	uint32_t *numbers = NULL;
	uint8_t *scores = NULL;
	struct progress p;
	struct err err = { 0 };
	struct answer a;
	int e;

	if (search.options & RETURN_SAVE)	/* RFC 5182: of SEARCH */
		return BAD("No such return option");
	if (search.options & RETURN_UPDATE && imap_context_of(s, c->tag))
		return BAD("A search with this tag is kept up to date");
	search.options &= ~(uint32_t)(RETURN_CONTEXT | RETURN_UPDATE);
	a = imap_find(s, &here, c->tag, &search, &found);
	if (a.kind == ANSWER_NONE) {
		imap_progress_begin(&p, s, c->tag);
		e = sort_messages(&s->view, &found, by, nby,
		    here.uids, &numbers, &scores, &n, &err);
		imap_progress_end(&p);
		if (e < 0)
			a = imap_fail(s, "sort", &err);
	}
	if (a.kind == ANSWER_NONE && args->search.esearch)
		a = imap_put_esearch(s, &here, c->tag, &search, &found,
		    &(struct search_order){ numbers, scores, (uint32_t)n });
	else if (a.kind == ANSWER_NONE)
		put_sort(s, numbers, n, modseq && n > 0 ? found.highest : 0);
	if (a.kind == ANSWER_NONE && args->search.options & RETURN_UPDATE)
		imap_context_begin(s, c->tag, here.uids, &search, &found, by,
		    nby);
	free(numbers);
	free(scores);
	search_result_free(&found);
	return a.kind == ANSWER_NONE ? OK("Sorted") : a;
}
