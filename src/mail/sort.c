#include "mail/sort.h"

#include "mail/fuzzy.h"
#include "mail/rows.h"
#include "mail/section.h"
#include "mime/fold.h"
#include "mime/word.h"

enum { YIELD_STEPS = 8192 };	/* some ms of comparing */

/* ---- messages of a result -------------------------------------------- */

int
walk_result(struct mailbox_view *v, const struct search_result *found,
    enum facts_need need, int (*fn)(void *arg, const struct fetch_row *row,
    const struct facts *facts), void *arg, struct err *err)
{
	auto_buf uids = BUF_INIT(8 * SEARCH_RUNS_MAX);
	struct rows_ask ask = { .want = need == NEED_NONE ? 0 :
		need == NEED_BRIEF ? WANT_FACTS | WANT_BRIEF : WANT_FACTS };
	struct arena *mem = arena_new(MESSAGE_FACTS_MEM);
	struct rows *rows;
	struct fetch_row row;
	bool flagged;
	int e = 0;

	for (size_t i = 0; i < found->runs.n; i++)
		selection_add(&uids, found->runs.p[i].uid,
		    found->runs.p[i].uid + found->runs.p[i].n - 1);
	ask.messages = (struct selection){ buf_get(&uids), true };
	rows = rows_open(v, &ask);
	while (e >= 0 && (e = rows_next(rows, &row, &flagged, err)) > 0) {
		const struct mail_message m = message_of(v->account,
		    v->at.mailbox, &row);
		struct facts f;
		bool read = false;

		arena_reset(mem);
		if (need != NEED_NONE) {
			e = need == NEED_BRIEF ?
			    message_brief(&m, mem, &f, err) :
			    message_glance(&m, mem, &f, err);
			read = e >= 0;
		}
		if (e == E_NOTFOUND || e == E_DAMAGED)
			e = 0;
		if (e >= 0)
			e = fn(arg, &row, read ? &f : NULL);
	}
	rows_close(rows);
	arena_free(mem);
	return e;
}

/* ---- sorting ---------------------------------------------------------- */

/* Two sorted neighbours, [from, middle) and [middle, to), into out. */
static void
merge_two(uint32_t *out, const uint32_t *v, size_t from, size_t middle,
    size_t to, bool (*before)(const void *arg, uint32_t a, uint32_t b),
    const void *arg)
{
	size_t a = from, b = middle;

	for (size_t i = from; i < to; i++) {
		bool second = a == middle ||
		    (b < to && before(arg, v[b], v[a]));

		out[i] = second ? v[b++] : v[a++];
	}
}

void
sort_numbers(struct loop *l, uint32_t *v, size_t n,
    bool (*before)(const void *arg, uint32_t a, uint32_t b), const void *arg)
{
	uint32_t *other = calloc(n + 1, sizeof(*other)), *from = v;
	size_t steps = 0;

	bug_if(!other);
	for (size_t width = 1; width < n; width *= 2) {
		uint32_t *to = from == v ? other : v;

		for (size_t at = 0; at < n; at += 2 * width) {
			size_t middle = n - at > width ? at + width : n;
			size_t end = n - at > 2 * width ? at + 2 * width : n;

			merge_two(to, from, at, middle, end, before, arg);
			steps += end - at;
			if (steps > YIELD_STEPS) {
				steps = 0;
				fiber_yield(l);
			}
		}
		from = to;
	}
	if (from != v && n > 0)
		memcpy(v, from, n * sizeof(*v));
	free(other);
}

/* ---- keys ------------------------------------------------------------- */

/* A number, or where a text is. */
struct order_value {
	int64_t number;
	uint32_t at, len;
};

struct sorting {
	const struct order *by;
	size_t nby;
	struct VEC(struct sorted) messages;	/* as they were added */
	struct VEC(struct order_value) values;	/* nby for each */
	struct buf texts;
	/* Of what is added: where in it this is. */
	const struct search_result *found;
	size_t run, message;
	struct sorted *done;	/* in their order */
};

static bool
first_address(struct str list, struct address *a)
{
	*a = (struct address){ 0 };
	return facts_next_address(&list, a);
}

/* addr-mailbox; of a group its name stands there. RFC 3501 7.4.2 */
static void
put_local_part(struct buf *b, enum collation by, struct str list)
{
	struct address a;

	if (first_address(list, &a))
		collate_text(by, b, a.kind == ADDRESS_MAILBOX ? a.mailbox :
		    a.name);
}

/* RFC 5957 3 */
static void
put_display(struct buf *b, enum collation by, struct str list)
{
	struct address a;
	size_t before = b->n;

	if (!first_address(list, &a))
		return;
	if (a.name.n > 0) {
		auto_buf words = BUF_INIT(8 * a.name.n + 1);

		word_decode(&words, a.name);
		collate_text(by, b, buf_get(&words));
	}
	if (b->n > before || a.kind != ADDRESS_MAILBOX)
		return;
	collate_text(by, b, a.mailbox);
	if (a.host.n > 0) {
		buf_chr(b, '@');
		collate_text(by, b, a.host);
	}
}

static struct order_value
value_of(struct sorting *o, const struct order *by,
    const struct fetch_row *row, const struct facts *f, uint8_t score)
{
	struct order_value v = { .at = (uint32_t)o->texts.n };

	switch (by->key) {
	case ORDER_RECEIVED:
		v.number = row->received;
		break;
	case ORDER_ARRIVAL:
		v.number = (int64_t)row->email;
		break;
	case ORDER_SIZE:
		v.number = (int64_t)row->size;
		break;
	case ORDER_SENT:
		v.number = f && f->flags & FACTS_DATE ? f->sent :
		    row->received;
		break;
	case ORDER_SUBJECT:
		collate_text(by->by, &o->texts,
		    f ? f->base_subject : STR_NULL);
		break;
	case ORDER_FROM:
		put_local_part(&o->texts, by->by,
		    f ? f->envelope.from : STR_NULL);
		break;
	case ORDER_TO:
		put_local_part(&o->texts, by->by,
		    f ? f->envelope.to : STR_NULL);
		break;
	case ORDER_CC:
		put_local_part(&o->texts, by->by,
		    f ? f->envelope.cc : STR_NULL);
		break;
	case ORDER_FROM_NAME:
		put_display(&o->texts, by->by,
		    f ? f->envelope.from : STR_NULL);
		break;
	case ORDER_TO_NAME:
		put_display(&o->texts, by->by,
		    f ? f->envelope.to : STR_NULL);
		break;
	case ORDER_UID:
		v.number = row->uid;
		break;
	case ORDER_SCORE:
		v.number = -(int64_t)score;
		break;
	case ORDER_MARKED:
		v.number = (row->flags & by->flags) != 0 ||
		    keywords_have(row->keywords, by->keyword);
		break;
	}
	v.len = (uint32_t)o->texts.n - v.at;
	return v;
}

/* Messages come in the order of the result, but some of it may have gone. */
static uint8_t
score_of(struct sorting *o, uint32_t uid)
{
	const struct search_result *r = o->found;

	if (!r->scored)
		return FUZZY_SAME;
	while (uid - r->runs.p[o->run].uid >= r->runs.p[o->run].n)
		o->message += r->runs.p[o->run++].n;
	return r->scores.p[o->message + (uid - r->runs.p[o->run].uid)];
}

static int
add_values(void *arg, const struct fetch_row *row, const struct facts *f)
{
	struct sorting *o = arg;
	uint8_t score = score_of(o, row->uid);

	vec_push(&o->messages, (struct sorted){ row->email, row->thread,
		row->seq, row->uid, score });
	for (size_t k = 0; k < o->nby; k++)
		vec_push(&o->values, value_of(o, &o->by[k], row, f, score));
	return buf_failed(&o->texts) ? E_LIMIT : 0;
}

static bool
comes_before(const void *arg, uint32_t a, uint32_t b)
{
	const struct sorting *o = arg;

	for (size_t k = 0; k < o->nby; k++) {
		const struct order_value *x = &o->values.p[a * o->nby + k];
		const struct order_value *y = &o->values.p[b * o->nby + k];
		int by = (x->number > y->number) - (x->number < y->number);

		if (by == 0)
			by = str_cmp(str_make(o->texts.p + x->at, x->len),
			    str_make(o->texts.p + y->at, y->len));
		if (by != 0)
			return o->by[k].reverse ? by > 0 : by < 0;
	}
	return a < b;
}

static enum facts_need
need_of(const struct order *by, size_t n)
{
	enum facts_need need = NEED_NONE;

	for (size_t i = 0; i < n; i++) {
		switch (by[i].key) {
		case ORDER_RECEIVED:
		case ORDER_SIZE:
		case ORDER_ARRIVAL:
		case ORDER_SCORE:
		case ORDER_UID:
		case ORDER_MARKED:
			break;
		case ORDER_SENT:
			need = need == NEED_NONE ? NEED_BRIEF : need;
			break;
		default:
			need = NEED_GLANCE;
		}
	}
	return need;
}

struct sorting *
sorting_new(const struct order *by, size_t nby)
{
	struct sorting *s = calloc(1, sizeof(*s));

	bug_if(!s);
	s->by = by;
	s->nby = nby;
	s->texts = BUF_INIT(SORT_TEXTS_MAX);
	return s;
}

int
sorting_add(struct sorting *s, struct mailbox_view *v,
    const struct search_result *found, struct err *err)
{
	int e;

	s->found = found;
	s->run = s->message = 0;
	e = walk_result(v, found, need_of(s->by, s->nby), add_values, s, err);

	return e == E_LIMIT ? err_set(err, E_LIMIT, "too much to sort by") :
	    e < 0 ? e : 0;
}

struct sorted *
sorting_done(struct sorting *s, struct loop *l, size_t *n)
{
	uint32_t *order = calloc(s->messages.n + 1, sizeof(*order));

	*n = s->messages.n;
	free(s->done);
	s->done = calloc(*n + 1, sizeof(*s->done));
	bug_if(!order || !s->done);
	for (uint32_t i = 0; i < *n; i++)
		order[i] = i;
	sort_numbers(l, order, *n, comes_before, s);
	for (size_t i = 0; i < *n; i++)
		s->done[i] = s->messages.p[order[i]];
	free(order);
	return s->done;
}

size_t
sorting_octets(const struct sorting *s)
{
	return s->texts.n;
}

void
sorting_free(struct sorting *s)
{
	if (!s)
		return;
	vec_free(&s->messages);
	vec_free(&s->values);
	buf_free(&s->texts);
	free(s->done);
	free(s);
}

int
sort_messages(struct mailbox_view *v, const struct search_result *found,
    const struct order *by, size_t nby, bool uids, uint32_t **numbers,
    uint8_t **scores, size_t *n, struct err *err)
{
	struct sorting *s = sorting_new(by, nby);
	int e = sorting_add(s, v, found, err);
	const struct sorted *done;

	if (e == 0) {
		done = sorting_done(s, v->account->loop, n);
		*numbers = calloc(*n + 1, sizeof(**numbers));
		*scores = calloc(*n + 1, sizeof(**scores));
		bug_if(!*numbers || !*scores);
		for (size_t i = 0; i < *n; i++) {
			(*numbers)[i] = uids ? done[i].uid : done[i].seq;
			(*scores)[i] = done[i].score;
		}
	}
	sorting_free(s);
	return e;
}
