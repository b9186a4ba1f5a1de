/*
 * context.c - results of searches that are kept up to date.    RFC 5267 4.3
 *
 * A context remembers the UIDs that match, and the modseq up to which that is
 * so. After each update of the view the messages with a higher modseq are
 * looked at again: no others can have changed. Those that were expunged leave
 * before the client hears of the expunge.
 */
#include "imap/context_order.h"

enum { MATCHES_MAX = 65536,
	CONTEXT_MEM = SCAN_ARENA(GATHER_LINE_MAX + GATHER_LITERALS_MAX) +
	    SCAN_ARENA(FILTERS_OCTETS_MAX) + (1 << 20) };

struct uid_vec VEC(uint32_t);

struct context {
	char tag[TAG_MAX];
	size_t ntag;
	bool uids;			/* told by UID; else by number */
	struct arena *mem;
	struct condition *wanted;
	uint64_t modseq;
	struct uid_vec matches;		/* ascending */
	struct context_order *order;	/* NULL: that of the mailbox */
	bool fetches;			/* RFC 5465 7: new ones, this of them */
	struct fetch_att att;
};

static struct str
tag_of(const struct context *x)
{
	return str_make(x->tag, x->ntag);
}

static void
end_context(struct context **x)
{
	if (!*x)
		return;
	vec_free(&(*x)->matches);
	context_order_free((*x)->order);
	arena_free((*x)->mem);
	free(*x);
	*x = NULL;
}

void
imap_say_noupdate(struct imap_session *s, struct str tag)
{
	auto_buf b = BUF_INIT(TAG_MAX * 2 + 100);

	buf_lit(&b, "* NO [NOUPDATE ");
	buf_quoted(&b, tag);
	buf_lit(&b, "] This search is not kept up to date\r\n");
	imap_say(s, &b);
}

/* IMAP_CONTEXTS_MAX if there is none. */
static size_t
context_at(const struct imap_session *s, struct str tag)
{
	size_t i = 0;

	while (i < IMAP_CONTEXTS_MAX && !(s->context[i] &&
	    str_eq(tag_of(s->context[i]), tag)))
		i++;
	return i;
}

bool
imap_context_of(const struct imap_session *s, struct str tag)
{
	return context_at(s, tag) < IMAP_CONTEXTS_MAX;
}

/* False: it is too much. */
static bool
keep_order(struct imap_session *s, struct context *x,
    const struct search_result *found, const struct order *by, size_t n)
{
	auto_buf nobody = BUF_INIT(16);
	struct told_list none = { 0 };
	struct err err = { 0 };

	x->order = context_order_new(by, n);
	return context_order_add(x->order, &nobody, &s->view, found, &none,
	    x->matches.p, x->matches.n, &err) >= 0;
}

/* 4.3: numbers mean the messages that they were when the search began; which
 * nobody remembers here. */
void
imap_context_begin(struct imap_session *s, struct str tag, bool uids,
    const struct search_args *args, const struct search_result *found,
    const struct order *by, size_t n)
{
	struct search_place at = { .view = &s->view };
	struct context *x;
	size_t i = 0;

	while (i < IMAP_CONTEXTS_MAX && s->context[i])
		i++;
	if (i == IMAP_CONTEXTS_MAX || found->n > MATCHES_MAX ||
	    imap_names_numbers(args->key)) {
		imap_say_noupdate(s, tag);
		return;
	}
	s->context[i] = x = calloc(1, sizeof(*x));
	bug_if(!x);
	memcpy(x->tag, tag.p, tag.n);
	x->ntag = tag.n;
	x->uids = uids;
	x->mem = at.mem = arena_new(CONTEXT_MEM);
	/* The search has been made, so the keys make sense, and filters are
	 * what they were then. */
	bug_if(imap_conditions(s, &at, args, &x->wanted).kind != ANSWER_NONE);
	if (args->update.n) {
		struct scan scan = scan_of(str_dup(x->mem, args->update),
		    x->mem);

		x->fetches = true;
		x->att = scan_fetch_att(&scan);
	}
	x->modseq = s->view.at.arrivals;
	for (i = 0; i < found->runs.n; i++) {
		for (uint32_t k = 0; k < found->runs.p[i].n; k++)
			vec_push(&x->matches, found->runs.p[i].uid + k);
	}
	if (n > 0 && !keep_order(s, x, found, by, n)) {
		imap_say_noupdate(s, tag);
		imap_context_end(s, tag);
	}
}

void
imap_context_end(struct imap_session *s, struct str tag)
{
	size_t i = context_at(s, tag);

	if (i < IMAP_CONTEXTS_MAX)
		end_context(&s->context[i]);
}

void
imap_contexts_end(struct imap_session *s)
{
	for (size_t i = 0; i < IMAP_CONTEXTS_MAX; i++)
		end_context(&s->context[i]);
}

/* Where it is, or would be. */
static size_t
place_of(const struct context *x, uint32_t uid)
{
	size_t low = 0, high = x->matches.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (x->matches.p[mid] < uid)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool
has_match(const struct context *x, uint32_t uid)
{
	size_t at = place_of(x, uid);

	return at < x->matches.n && x->matches.p[at] == uid;
}

static void
put_head(struct buf *b, const struct context *x)
{
	buf_lit(b, "* ESEARCH (TAG ");
	buf_quoted(b, tag_of(x));
	buf_str(b, x->uids ? STR(") UID") : STR(")"));
}

/* 4.3.4: ahead of the expunge, so that its number still means it. */
void
imap_contexts_gone(struct imap_session *s, struct buf *b, uint32_t seq,
    uint32_t uid)
{
	for (size_t i = 0; i < IMAP_CONTEXTS_MAX; i++) {
		struct context *x = s->context[i];
		size_t at;

		if (!x || uid == 0 || !has_match(x, uid))
			continue;
		at = place_of(x, uid);
		memmove(&x->matches.p[at], &x->matches.p[at + 1],
		    (x->matches.n - at - 1) * sizeof(x->matches.p[0]));
		x->matches.n--;
		put_head(b, x);
		if (x->order) {
			struct told one = { uid, x->uids ? uid : seq };

			context_order_remove(x->order, b,
			    &(struct told_list){ .p = &one, .n = 1 });
		} else {
			buf_printf(b, " REMOVEFROM (0 %u)", x->uids ? uid :
			    seq);
		}
		buf_lit(b, "\r\n");
	}
}

/* What is other than it was: messages that came in and that went out. */
struct difference {
	struct uid_vec matches;		/* all there are now */
	struct told_list added, removed;
};

/* Keep what is before this UID as it is; *at is where that was read. */
static void
keep_before(const struct context *x, struct difference *d, size_t *at,
    uint32_t uid)
{
	while (*at < x->matches.n && x->matches.p[*at] < uid)
		vec_push(&d->matches, x->matches.p[(*at)++]);
}

/* changed: the messages that may have changed, now: those of them that match
 * now. Both ascending. */
static void
compare(const struct context *x, struct difference *d,
    const struct search_result *changed, const struct search_result *now)
{
	size_t at = 0, run = 0;

	for (size_t i = 0; i < changed->runs.n; i++) {
		const struct search_run *c = &changed->runs.p[i];

		for (uint32_t k = 0; k < c->n; k++) {
			uint32_t uid = c->uid + k;
			struct told told = { uid, x->uids ? uid : c->seq + k };
			const struct search_run *m;
			bool was, is;

			keep_before(x, d, &at, uid);
			was = at < x->matches.n && x->matches.p[at] == uid;
			at += was;
			while (run < now->runs.n && now->runs.p[run].uid +
			    now->runs.p[run].n <= uid)
				run++;
			m = run < now->runs.n ? &now->runs.p[run] : NULL;
			is = m && m->uid <= uid;
			if (is)
				vec_push(&d->matches, uid);
			if (is && !was)
				vec_push(&d->added, told);
			if (was && !is)
				vec_push(&d->removed, told);
		}
	}
	keep_before(x, d, &at, UINT32_MAX);
}

/* " ADDTO (0 ...)": in the order of the mailbox. */
static void
put_anywhere(struct buf *b, const char *item, const struct told_list *l)
{
	struct seqset_out set = { .b = b };

	if (l->n == 0)
		return;
	buf_printf(b, " %s (0 ", item);
	for (size_t i = 0; i < l->n; i++)
		seqset_out_add(&set, l->p[i].number);
	seqset_out_end(&set);
	buf_chr(b, ')');
}

/* False: it is too much to be told, or to be kept in order. */
static bool
put_difference(struct imap_session *s, struct context *x, struct buf *b,
    const struct difference *d, const struct search_result *now)
{
	struct err err = { 0 };
	size_t head;

	put_head(b, x);
	head = b->n;
	if (!x->order) {
		put_anywhere(b, "REMOVEFROM", &d->removed);
		put_anywhere(b, "ADDTO", &d->added);
	} else {
		context_order_remove(x->order, b, &d->removed);
		if (d->added.n > 0 && context_order_add(x->order, b, &s->view,
		    now, &d->added, d->matches.p, d->matches.n, &err) < 0)
			return false;
	}
	if (b->n == head)
		buf_reset(b);
	else
		buf_lit(b, "\r\n");
	return !buf_failed(b);
}

/* RFC 5465 7: of new messages, ahead of ESEARCH. What NOTIFY brings of the same
 * ones has gone out. */
static int
say_new(struct imap_session *s, const struct context *x, uint32_t from,
    const struct search_result *now, struct err *err)
{
	auto_buf numbers = BUF_INIT(IMAP_OUT_MAX);

	for (size_t i = 0; x->fetches && from && i < now->runs.n; i++) {
		const struct search_run *m = &now->runs.p[i];
		uint32_t last = m->seq + m->n - 1;

		if (last >= from)
			selection_add(&numbers, m->seq < from ? from : m->seq,
			    last);
	}
	return numbers.n == 0 ? 0 : imap_say_arrived(s, &x->att,
	    (struct selection){ buf_get(&numbers), false }, err);
}

/* False: it cannot be kept up to date any more. */
static bool
update_context(struct imap_session *s, struct context *x, uint32_t from)
{
	struct condition is_new = { .kind = COND_CHANGED,
		.low = (int64_t)x->modseq + 1, .next = x->wanted };
	struct condition is_wanted = { .kind = COND_AND, .kids = &is_new };
	struct condition alone = { .kind = COND_CHANGED,
		.low = (int64_t)x->modseq + 1 };
	struct search_result changed = { 0 }, now = { 0 };
	auto_buf told = BUF_INIT(IMAP_OUT_MAX / 2);
	struct difference d = { 0 };
	uint64_t modseq = s->view.at.arrivals;
	struct err err = { 0 };
	bool ok;

	ok = search_mailbox(&s->view, &is_wanted, &now, &err) >= 0 &&
	    search_mailbox(&s->view, &alone, &changed, &err) >= 0;
	if (ok)
		compare(x, &d, &changed, &now);
	ok = ok && d.matches.n <= MATCHES_MAX &&
	    put_difference(s, x, &told, &d, &now) &&
	    say_new(s, x, from, &now, &err) >= 0;
	if (ok) {
		imap_say(s, &told);
		vec_free(&x->matches);
		x->matches = d.matches;
		x->modseq = modseq;
	} else {
		vec_free(&d.matches);
	}
	search_result_free(&changed);
	search_result_free(&now);
	vec_free(&d.added);
	vec_free(&d.removed);
	return ok;
}

void
imap_contexts_update(struct imap_session *s, uint32_t from)
{
	for (size_t i = 0; i < IMAP_CONTEXTS_MAX; i++) {
		struct context *x = s->context[i];

		if (!x || s->view.at.mailbox == 0 ||
		    x->modseq == s->view.at.arrivals)
			continue;
		if (!update_context(s, x, from)) {
			imap_say_noupdate(s, tag_of(x));
			end_context(&s->context[i]);
		}
		s->view.heard = 0;	/* by no command: see recent.c */
	}
}

/* CANCELUPDATE tag ...                                     RFC 5267 4.3.5 */
struct answer
imap_cancelupdate(struct imap_session *s, const struct imap_command *c)
{
	const struct words_args *a = &c->args.words;

	if (a->n == 0)
		return BAD("Syntax: expected a tag");
	for (size_t i = 0; i < a->n; i++)
		imap_context_end(s, a->word[i]);
	return OK("No further updates");
}
