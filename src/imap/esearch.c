/*
 * esearch.c - what RETURN wants of a search: "* ESEARCH", and "$"; and parts
 * of a result.                       RFC 4731, RFC 5182, RFC 9394
 */
#include "imap/search.h"
#include "mail/fuzzy.h"

enum { WRITE_AT = 32768,	/* octets rendered before they are written */
	PAIRS_MAX = SEARCH_RUNS_MAX * 8 };

/* The first or last message of a result. */
static struct search_run
one_of(const struct search_result *found, bool last)
{
	const struct search_run *run = &found->runs.p[last ?
	    found->runs.n - 1 : 0];
	uint32_t at = last ? run->n - 1 : 0;

	return (struct search_run){ run->seq + at, run->uid + at, 1 };
}

/* Some neighbours in a result, from 1 on; lo > hi: none. */
struct span {
	uint32_t lo, hi;
};

static struct span
span_of(const struct partial_range *p, uint32_t n)
{
	uint32_t lo = p->from < p->to ? p->from : p->to;
	uint32_t hi = p->from < p->to ? p->to : p->from;

	if (lo > n)
		return (struct span){ 1, 0 };
	hi = hi < n ? hi : n;
	return p->last ? (struct span){ n - hi + 1, n - lo + 1 } :
	    (struct span){ lo, hi };
}

/* Append them to another result. */
static void
add_span(struct search_result *out, const struct search_result *found,
    struct span sp)
{
	uint32_t at = 1;	/* the first of this run */

	for (size_t i = 0; i < found->runs.n && at <= sp.hi; i++) {
		struct search_run run = found->runs.p[i];
		uint32_t end = at + run.n - 1;
		uint32_t lo = sp.lo > at ? sp.lo : at;
		uint32_t hi = sp.hi < end ? sp.hi : end;

		at = end + 1;
		if (lo > hi)
			continue;
		run.seq += lo - (end - run.n + 1);
		run.uid += lo - (end - run.n + 1);
		run.n = hi - lo + 1;
		vec_push(&out->runs, run);
		out->n += run.n;
	}
}

/* The messages that MIN, MAX and PARTIAL name, each once. */
static void
add_named(struct search_result *out, const struct search_args *args,
    const struct search_result *found)
{
	struct span part = { 1, 0 };
	uint32_t n = found->n;

	if (args->options & RETURN_PARTIAL)
		part = span_of(&args->partial, n);
	if (args->options & RETURN_MIN && (part.lo > 1 || part.hi == 0))
		add_span(out, found, (struct span){ 1, n > 0 });
	add_span(out, found, part);
	if (args->options & RETURN_MAX && part.hi < n &&
	    (n > 1 || !(args->options & RETURN_MIN)))
		add_span(out, found, (struct span){ n, n });
}

/* RFC 5182 2.4, RFC 9394 3.2: what MIN, MAX and PARTIAL name, or else all. */
static struct answer
save_result(struct imap_session *s, const struct search_args *args,
    const struct search_result *found)
{
	const uint32_t some = RETURN_MIN | RETURN_MAX | RETURN_PARTIAL;
	uint32_t options = args->options & ~(uint32_t)RETURN_RELEVANCY;
	bool all = !(options & some) || options & ~(some | RETURN_SAVE);
	struct search_result named = { 0 };
	const struct search_result *saved = all ? found : &named;

	if (!all)
		add_named(&named, args, found);
	buf_free(&s->saved);
	s->saved.cap = IMAP_SAVED_MAX;
	for (size_t i = 0; i < saved->runs.n; i++)
		selection_add(&s->saved, saved->runs.p[i].uid,
		    saved->runs.p[i].uid + saved->runs.p[i].n - 1);
	search_result_free(&named);
	if (!buf_failed(&s->saved))
		return NO_ANSWER;
	buf_free(&s->saved);
	return NO_CODE("NOTSAVED", "Too many messages apart to remember");
}

/* What of a set of UIDs lies between two messages that it names. A last range
 * that is beyond all UIDs names the last message by its "*". */
static struct str
clip_uids(struct imap_session *s, struct str ranges, uint32_t first,
    uint32_t last)
{
	auto_buf out = BUF_INIT(ranges.n + 1);
	struct rd r = rd_of(ranges);
	uint32_t lo, hi, done = 0;

	while (rd_left(&r) > 0) {
		lo = rd_le32(&r);
		hi = rd_le32(&r);
		if (hi == UINT32_MAX && lo > last && done < last)
			lo = last;
		lo = lo > first ? lo : first;
		hi = hi < last ? hi : last;
		if (lo > hi)
			continue;
		selection_add(&out, lo, hi);
		done = hi;
	}
	return str_dup(s->cmd, buf_get(&out));
}

int
imap_choose_part(struct imap_session *s, const struct partial_range *p,
    struct selection *messages, struct err *err)
{
	struct condition c = { .kind = COND_UID, .set = messages->ranges };
	struct search_result found = { 0 }, part = { 0 };
	int e = search_mailbox(&s->view, &c, &found, err);

	add_span(&part, &found, span_of(p, found.n));
	messages->ranges = part.n == 0 ? STR_NULL : clip_uids(s,
	    messages->ranges, one_of(&part, false).uid,
	    one_of(&part, true).uid);
	search_result_free(&found);
	search_result_free(&part);
	return e;
}

static void
put_numbers(struct imap_session *s, struct buf *b,
    const struct search_result *found, bool uid,
    const struct search_order *order)
{
	struct seqset_out set = { .b = b };

	for (size_t i = 0; order && i < order->n; i++) {
		seqset_out_add(&set, order->numbers[i]);
		if (b->n > WRITE_AT)
			imap_write_out(s, b);
	}
	for (size_t i = 0; !order && i < found->runs.n; i++) {
		const struct search_run *run = &found->runs.p[i];
		uint32_t first = uid ? run->uid : run->seq;

		seqset_out_range(&set, first, first + run->n - 1);
		if (b->n > WRITE_AT)
			imap_write_out(s, b);
	}
	seqset_out_end(&set);
}

/* ret-data-partial = "PARTIAL" SP "(" partial-range SP partial-results ")"
 *                                                         RFC 9394 4 */
static void
put_partial(struct imap_session *s, struct buf *b,
    const struct partial_range *p, const struct search_result *found, bool uid,
    const struct search_order *order)
{
	const struct span sp = span_of(p, order ? order->n : found->n);
	const char *minus = p->last ? "-" : "";
	struct search_result part = { 0 };
	struct search_order some = { 0 };

	if (order && sp.lo <= sp.hi)
		some = (struct search_order){ order->numbers + sp.lo - 1,
			NULL, sp.hi - sp.lo + 1 };
	else if (!order)
		add_span(&part, found, sp);
	buf_printf(b, " PARTIAL (%s%u:%s%u ", minus, p->from, minus, p->to);
	if (part.n > 0 || some.n > 0)
		put_numbers(s, b, &part, uid, order ? &some : NULL);
	else
		buf_lit(b, "NIL");
	buf_chr(b, ')');
	search_result_free(&part);
}

/* score-list, of all that were found or of the part that is told. What no text
 * had to be looked at for has no scores.                     RFC 6203 7 */
static void
put_scores(struct imap_session *s, struct buf *b,
    const struct search_args *args, const struct search_result *found,
    const struct search_order *order)
{
	const uint8_t *scores = order ? order->scores : found->scores.p;
	struct span part = { 1, order ? order->n : found->n };

	if (args->options & RETURN_PARTIAL)
		part = span_of(&args->partial, part.hi);
	buf_lit(b, " RELEVANCY (");
	for (uint32_t i = part.lo; i <= part.hi; i++) {
		if (i > part.lo)
			buf_chr(b, ' ');
		buf_u64(b, scores ? scores[i - 1] : FUZZY_SAME);
		if (b->n > WRITE_AT)
			imap_write_out(s, b);
	}
	buf_chr(b, ')');
}

struct ends {
	bool uids;
	uint32_t first, last;
};

static struct ends
ends_of(const struct search_result *found, bool uids,
    const struct search_order *order)
{
	struct search_run first, last;

	if ((order ? order->n : found->n) == 0)
		return (struct ends){ uids, 0, 0 };
	if (order)
		return (struct ends){ uids, order->numbers[0],
			order->numbers[order->n - 1] };
	first = one_of(found, false);
	last = one_of(found, true);
	return (struct ends){ uids, uids ? first.uid : first.seq,
		uids ? last.uid : last.seq };
}

static int
by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* The same of an order: its numbers, ascending. */
static void
add_ordered(struct buf *pairs, const struct search_args *args,
    const struct search_order *order)
{
	const struct span sp = span_of(&args->partial, order->n);
	uint32_t *named = calloc(order->n + 2, sizeof(*named));
	size_t n = 0;

	bug_if(!named);
	for (uint32_t i = sp.lo; i <= sp.hi; i++)
		named[n++] = order->numbers[i - 1];
	if (args->options & RETURN_MIN && order->n > 0)
		named[n++] = order->numbers[0];
	if (args->options & RETURN_MAX && order->n > 0)
		named[n++] = order->numbers[order->n - 1];
	qsort(named, n, sizeof(*named), by_number);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || named[i] != named[i - 1])
			selection_add(pairs, named[i], named[i]);
	free(named);
}

/* The highest modseq of the messages that MIN, MAX and PARTIAL name. */
static int
named_modseq(struct mailbox_view *v, const struct search_args *args,
    const struct search_result *found, const struct search_order *order,
    bool uids, uint64_t *modseq, struct err *err)
{
	struct search_result named = { 0 }, told = { 0 };
	struct condition c = { order && !uids ? COND_NUMBER : COND_UID };
	auto_buf pairs = BUF_INIT(PAIRS_MAX);
	int e;

	if (order)
		add_ordered(&pairs, args, order);
	else
		add_named(&named, args, found);
	for (size_t i = 0; i < named.runs.n; i++)
		selection_add(&pairs, named.runs.p[i].uid,
		    named.runs.p[i].uid + named.runs.p[i].n - 1);
	c.set = buf_get(&pairs);
	e = buf_failed(&pairs) ? err_set(err, E_LIMIT,
	    "too many messages apart") : search_mailbox(v, &c, &told, err);
	*modseq = told.highest;
	search_result_free(&named);
	search_result_free(&told);
	return e;
}

/* RFC 4731 3.2: the highest modseq of the messages that are told of. */
static int
told_modseq(struct mailbox_view *v, const struct search_args *args,
    const struct search_result *found, const struct search_order *order,
    const struct ends *ends, uint64_t *modseq, struct err *err)
{
	uint32_t options = args->options;
	uint32_t low = options & RETURN_MIN ? ends->first : ends->last;
	uint32_t high = options & RETURN_MAX ? ends->last : ends->first;
	struct search_result told = { 0 };
	struct condition c = { ends->uids ? COND_UID : COND_NUMBER };
	auto_buf pairs = BUF_INIT(64);
	int e;

	*modseq = found->highest;
	if (options & (RETURN_ALL | RETURN_COUNT | RETURN_RELEVANCY))
		return 0;
	if (options & RETURN_PARTIAL)
		return named_modseq(v, args, found, order, ends->uids, modseq,
		    err);
	selection_add(&pairs, low < high ? low : high, low < high ? low :
	    high);
	if (low != high)
		selection_add(&pairs, low < high ? high : low, low < high ?
		    high : low);
	c.set = buf_get(&pairs);
	e = search_mailbox(v, &c, &told, err);
	*modseq = told.highest;
	search_result_free(&told);
	return e;
}

/* search-correlator                                  RFC 4731, RFC 7377 2.1 */
static void
put_correlator(const struct imap_session *s, struct buf *b,
    const struct search_place *at, struct str tag)
{
	buf_lit(b, "* ESEARCH (TAG ");
	buf_quoted(b, tag);
	if (!at->mailbox.p)
		return;
	buf_lit(b, " MAILBOX ");
	reply_mailbox(b, at->mailbox, imap_utf8(s));
	buf_printf(b, " UIDVALIDITY %u", at->uidvalidity);
}

struct answer
imap_put_esearch(struct imap_session *s, const struct search_place *at,
    struct str tag, const struct search_args *args,
    const struct search_result *found, const struct search_order *order)
{
	auto_buf b = BUF_INIT(IMAP_OUT_MAX);
	bool uid = at->uids;
	uint32_t n = order ? order->n : found->n;
	const struct ends ends = ends_of(found, uid, order);
	uint32_t options = args->options;
	struct answer a = NO_ANSWER;
	struct err err = { 0 };
	uint64_t modseq = 0;

	if (options & RETURN_SAVE)
		a = save_result(s, args, found);
	if (a.kind != ANSWER_NONE || options == RETURN_SAVE)
		return a;
	if (n > 0 && imap_asks_modseq(args->key) &&
	    told_modseq(at->view, args, found, order, &ends, &modseq, &err) <
	    0)
		return imap_fail(s, "search", &err);
	put_correlator(s, &b, at, tag);
	buf_str(&b, uid ? STR(") UID") : STR(")"));
	if (options & RETURN_MIN && n > 0)
		buf_printf(&b, " MIN %u", ends.first);
	if (options & RETURN_MAX && n > 0)
		buf_printf(&b, " MAX %u", ends.last);
	if (options & RETURN_COUNT)
		buf_printf(&b, " COUNT %u", n);
	if (options & RETURN_ALL && n > 0) {
		buf_lit(&b, " ALL ");
		put_numbers(s, &b, found, uid, order);
	}
	if (options & RETURN_PARTIAL)
		put_partial(s, &b, &args->partial, found, uid, order);
	if (options & RETURN_RELEVANCY)
		put_scores(s, &b, args, found, order);
	if (modseq)
		buf_printf(&b, " MODSEQ %llu", (unsigned long long)modseq);
	buf_lit(&b, "\r\n");
	imap_write_out(s, &b);
	return NO_ANSWER;
}
