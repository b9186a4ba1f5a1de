#include "mail/thread.h"

#include "base/fnv.h"
#include "base/map.h"
#include "mail/sort.h"
#include "mime/facts.h"
#include "mime/fold.h"

/*
 * While the tree is made only `parent` counts; siblings are linked at the end,
 * in the order of their dates, so every list is sorted by being made. Node 0
 * is the root. A dummy is a message id that no message has, or what keeps
 * threads of one subject together.
 *
 * The walk upwards is bounded: references that are longer than ANCESTORS_MAX
 * say nothing of use, and are not followed any further.
 */
enum { ROOT = 0, ANCESTORS_MAX = 4096, PROBES_MAX = 64, YIELD_EVERY = 1024 };

struct place_of_text {
	uint32_t at, len;
};

/* Texts by number, from 1 on; 0 is the empty one. */
struct texts {
	uint64_t seed;
	struct map by_hash;
	struct VEC(struct place_of_text) places;
	struct buf octets;
};

struct note {			/* of a node, by its number */
	int64_t sent, received;
	uint32_t subject;	/* number of its base subject */
	bool reply;		/* says that it is a reply or forward */
};

struct threading {
	struct loop *loop;
	enum thread_how how;
	enum collation by;
	struct thread_tree *tree;
	struct VEC(struct note) notes;
	struct texts ids, subjects;
	struct map node_of_id;	/* number of an id -> node */
	struct map node_of_subject;
	size_t steps;
	bool full;
};

/* ---- texts ---------------------------------------------------------- */

/* From a secret start: whoever writes messages cannot choose where they
 * meet. */
static uint64_t
hash_of(const struct texts *t, struct str s)
{
	return fnv_1a(t->seed, s);
}

static uint32_t
text_number(struct texts *t, struct str s)
{
	uint64_t hash = hash_of(t, s);

	for (uint64_t probe = 0; s.n > 0 && probe < PROBES_MAX; probe++) {
		struct map_slot *slot = map_add(&t->by_hash, hash, probe, 0);
		const struct place_of_text *p;

		if (slot->number == 0) {
			vec_push(&t->places, (struct place_of_text){
			    (uint32_t)t->octets.n, (uint32_t)s.n });
			buf_str(&t->octets, s);
			slot->number = t->places.n;
			return (uint32_t)t->places.n;
		}
		p = &t->places.p[slot->number - 1];
		if (str_eq(str_make(t->octets.p + p->at, p->len), s))
			return (uint32_t)slot->number;
	}
	return 0;
}

static void
texts_free(struct texts *t)
{
	map_free(&t->by_hash);
	vec_free(&t->places);
	buf_free(&t->octets);
}

/* ---- nodes ---------------------------------------------------------- */

static void
breathe(struct threading *t)
{
	if (++t->steps % YIELD_EVERY == 0)
		fiber_yield(t->loop);
}

static struct thread_node *
node(const struct threading *t, uint32_t i)
{
	return &t->tree->nodes.p[i];
}

static uint32_t
new_node(struct threading *t, const struct fetch_row *row)
{
	if (t->tree->nodes.n >= THREAD_NODES_MAX) {
		t->full = true;
		return ROOT;
	}
	vec_push(&t->tree->nodes, (struct thread_node){
	    .seq = row ? row->seq : 0, .uid = row ? row->uid : 0 });
	vec_push(&t->notes, (struct note){ 0 });
	return (uint32_t)t->tree->nodes.n - 1;
}

static bool
is_dummy(const struct threading *t, uint32_t i)
{
	return i != ROOT && node(t, i)->uid == 0;
}

/* Would i be its own ancestor below `parent`? */
static bool
makes_loop(const struct threading *t, uint32_t i, uint32_t parent)
{
	for (int n = 0; n < ANCESTORS_MAX; n++) {
		if (parent == i)
			return true;
		if (parent == ROOT)
			return false;
		parent = node(t, parent)->parent;
	}
	return true;
}

/* The nearest ancestor that is a message, else the dummy at the top, or the
 * root; the way there is made shorter for who comes next. */
static uint32_t
known_parent(struct threading *t, uint32_t i)
{
	uint32_t p = node(t, i)->parent, above;

	while (is_dummy(t, p) && (above = node(t, p)->parent) != ROOT) {
		if (is_dummy(t, above) && node(t, above)->parent != ROOT)
			node(t, p)->parent = node(t, above)->parent;
		p = node(t, p)->parent;
	}
	return p;
}

/* ---- references, steps 1 and 2 -------------------------------------- */

/* "x"@y and x@y are one id. */
static uint32_t
id_number(struct threading *t, struct str id)
{
	auto_buf plain = BUF_INIT(id.n + 1);

	for (size_t i = 0; i < id.n; i++) {
		if (id.p[i] == '\\' && i + 1 < id.n)
			i++;
		else if (id.p[i] == '"')
			continue;
		buf_chr(&plain, id.p[i]);
	}
	return text_number(&t->ids, buf_get(&plain));
}

/* Whoever has this id, a dummy if nobody has yet. */
static uint32_t
node_of_reference(struct threading *t, struct str id)
{
	uint32_t number = id_number(t, id);
	uint32_t i = (uint32_t)map_get_number(&t->node_of_id, number, 0, 0);

	if (i != ROOT || number == 0)
		return i;
	i = new_node(t, NULL);
	map_put_number(&t->node_of_id, number, 0, 0, i);
	return i;
}

/* The node of a message: the dummy that waited for its id, or a new one. Of
 * two with one id only the first has it. */
static uint32_t
node_of_message(struct threading *t, const struct fetch_row *row,
    const struct facts *f)
{
	uint32_t number = f ? id_number(t, f->message_id) : 0;
	uint32_t i = (uint32_t)map_get_number(&t->node_of_id, number, 0, 0);

	if (number != 0 && is_dummy(t, i)) {
		node(t, i)->seq = row->seq;
		node(t, i)->uid = row->uid;
		return i;
	}
	if (number == 0 || i != ROOT)
		return new_node(t, row);
	i = new_node(t, row);
	map_put_number(&t->node_of_id, number, 0, 0, i);
	return i;
}

/* 1.A and 1.B */
static void
link_references(struct threading *t, uint32_t i, const struct facts *f)
{
	struct str list = f->references, id;
	uint32_t before = ROOT, now;

	if (list.n == 0 && facts_next_text(&(struct str){ f->in_reply_to.p,
	    f->in_reply_to.n }, &id))
		before = node_of_reference(t, id);
	while (facts_next_text(&list, &id)) {
		now = node_of_reference(t, id);
		if (now == ROOT)
			continue;
		if (before != ROOT && node(t, now)->parent == ROOT &&
		    !makes_loop(t, now, before))
			node(t, now)->parent = before;
		before = now;
	}
	node(t, i)->parent = ROOT;
	if (before != ROOT && !makes_loop(t, i, before))
		node(t, i)->parent = before;
}

static int
add_message(void *arg, const struct fetch_row *row, const struct facts *f)
{
	struct threading *t = arg;
	auto_buf subject = BUF_INIT(8192);
	uint32_t i = t->how == THREAD_BY_SUBJECT ? new_node(t, row) :
	    node_of_message(t, row, f);

	if (f)
		collate_text(t->by, &subject, f->base_subject);
	t->notes.p[i] = (struct note){
		.sent = f && f->flags & FACTS_DATE ? f->sent : row->received,
		.received = row->received,
		.subject = text_number(&t->subjects, buf_get(&subject)),
		.reply = f && f->flags & FACTS_REPLY };
	if (t->how != THREAD_BY_SUBJECT && f)
		link_references(t, i, f);
	return t->full || buf_failed(&t->ids.octets) ||
	    buf_failed(&t->subjects.octets) ? E_LIMIT : 0;
}

/* ---- lists of siblings, steps 3, 4 and 6 ---------------------------- */

static bool
sent_before(const void *arg, uint32_t a, uint32_t b)
{
	const struct threading *t = arg;
	int64_t x = t->notes.p[a].sent, y = t->notes.p[b].sent;

	return x != y ? x < y : node(t, a)->seq < node(t, b)->seq;
}

static void
append_child(struct threading *t, uint32_t parent, uint32_t i)
{
	struct thread_node *p = node(t, parent);

	if (p->child == 0)
		p->child = i;
	else
		node(t, p->last)->next = i;
	p->last = i;
	p->kids++;
}

/* All lists anew, from what is known of parents: messages come by their date,
 * and a dummy stands where its first child does. One with a single child is
 * none. */
static void
link_siblings(struct threading *t, const uint32_t *by_date, size_t n)
{
	for (size_t i = 0; i < t->tree->nodes.n; i++) {
		struct thread_node *x = node(t, (uint32_t)i);

		x->child = x->next = x->last = x->kids = 0;
	}
	for (size_t k = 0; k < n; k++) {
		uint32_t p = known_parent(t, by_date[k]);

		node(t, by_date[k])->parent = p;
		node(t, p)->last++;	/* so far: how many it will have */
	}
	for (size_t k = 0; k < n; k++) {
		uint32_t i = by_date[k], p = node(t, i)->parent;

		breathe(t);
		if (is_dummy(t, p) && node(t, p)->child == 0) {
			if (node(t, p)->last == 1)
				p = node(t, i)->parent = ROOT;
			else
				append_child(t, ROOT, p);
		}
		append_child(t, p, i);
	}
}

/* ---- threads of one subject, step 5 --------------------------------- */

/* Of a dummy it is that of its first child. */
static uint32_t
subject_of(const struct threading *t, uint32_t i)
{
	return t->notes.p[is_dummy(t, i) ? node(t, i)->child : i].subject;
}

static bool
is_reply(const struct threading *t, uint32_t i)
{
	return t->notes.p[i].reply;
}

/* 5.B: one thread for each subject. */
static void
fill_subjects(struct threading *t)
{
	for (uint32_t i = node(t, ROOT)->child; i; i = node(t, i)->next) {
		uint32_t subject = subject_of(t, i), had;

		breathe(t);
		if (subject == 0)
			continue;
		had = (uint32_t)map_get_number(&t->node_of_subject, subject,
		    0, 0);
		if (had == ROOT || (!is_dummy(t, had) && (is_dummy(t, i) ||
		    (is_reply(t, had) && !is_reply(t, i)))))
			map_put_number(&t->node_of_subject, subject, 0, 0, i);
	}
}

/* 5.C: the others go to it. */
static void
merge_subjects(struct threading *t)
{
	for (uint32_t i = node(t, ROOT)->child; i; i = node(t, i)->next) {
		uint32_t subject = subject_of(t, i), had, both;

		breathe(t);
		had = (uint32_t)map_get_number(&t->node_of_subject, subject,
		    0, 0);
		if (subject == 0 || had == i || had == ROOT)
			continue;
		if (is_dummy(t, had) || (is_reply(t, i) && !is_reply(t, had))) {
			node(t, i)->parent = had;
			continue;
		}
		both = new_node(t, NULL);
		if (both == ROOT)
			return;
		node(t, i)->parent = node(t, had)->parent = both;
		map_put_number(&t->node_of_subject, subject, 0, 0, both);
	}
}

/* ORDEREDSUBJECT: the first of a subject is the parent of the others. */
static void
group_subjects(struct threading *t, const uint32_t *by_date, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		uint64_t subject = t->notes.p[by_date[k]].subject;
		uint64_t first = map_get_number(&t->node_of_subject, subject,
		    0, 0);

		node(t, by_date[k])->parent = (uint32_t)first;
		if (first == ROOT)
			map_put_number(&t->node_of_subject, subject, 0, 0,
			    by_date[k]);
	}
}

/* ---- REFS: threads by their newest message -------------------------- */

/* The node behind this one, each before what is below it; 0: there is none. */
static uint32_t
next_node(const struct threading *t, uint32_t i)
{
	if (node(t, i)->child != 0)
		return node(t, i)->child;
	while (i != ROOT && node(t, i)->next == 0)
		i = node(t, i)->parent;
	return i == ROOT ? 0 : node(t, i)->next;
}

/* When the newest of each thread was received, at the node it begins with. A
 * thread is all between one such node and the next. */
static size_t
find_newest(struct threading *t, uint32_t *begins)
{
	uint32_t top = ROOT;
	size_t n = 0;

	for (uint32_t i = node(t, ROOT)->child; i; i = next_node(t, i)) {
		breathe(t);
		if (node(t, i)->parent == ROOT) {
			top = begins[n++] = i;
			if (is_dummy(t, i))
				t->notes.p[i].received = INT64_MIN;
		} else if (t->notes.p[i].received >
		    t->notes.p[top].received) {
			t->notes.p[top].received = t->notes.p[i].received;
		}
	}
	return n;
}

static bool
newer_last(const void *arg, uint32_t a, uint32_t b)
{
	const struct threading *t = arg;
	int64_t x = t->notes.p[a].received, y = t->notes.p[b].received;

	return x != y ? x < y : a < b;
}

/* The lists of siblings stay; the threads change places. */
static void
order_threads(struct threading *t)
{
	uint32_t *begins = calloc(t->tree->nodes.n, sizeof(*begins));
	size_t n;

	bug_if(!begins);
	n = find_newest(t, begins);
	sort_numbers(t->loop, begins, n, newer_last, t);
	node(t, ROOT)->child = node(t, ROOT)->kids = 0;
	for (size_t k = 0; k < n; k++) {
		node(t, begins[k])->next = 0;
		append_child(t, ROOT, begins[k]);
	}
	free(begins);
}

/* ---- all of it ------------------------------------------------------ */

static void
make_tree(struct threading *t)
{
	uint32_t *by_date = calloc(t->tree->nodes.n + 1, sizeof(*by_date));
	size_t n = 0;

	bug_if(!by_date);
	for (uint32_t i = 1; i < t->tree->nodes.n; i++)
		if (!is_dummy(t, i))
			by_date[n++] = i;
	sort_numbers(t->loop, by_date, n, sent_before, t);
	if (t->how == THREAD_BY_SUBJECT)
		group_subjects(t, by_date, n);
	link_siblings(t, by_date, n);
	if (t->how == THREAD_BY_REFERENCES) {
		fill_subjects(t);
		merge_subjects(t);
		link_siblings(t, by_date, n);
	}
	if (t->how == THREAD_BY_REFS)
		order_threads(t);
	free(by_date);
}

int
thread_messages(struct mailbox_view *v, const struct search_result *found,
    enum thread_how how, enum collation by, struct thread_tree *out,
    struct err *err)
{
	struct loop *l = v->account->loop;
	struct threading t = { .loop = l, .how = how, .by = by,
		.tree = out };
	int e;

	t.ids.seed = t.subjects.seed = loop_random64(l);
	t.ids.octets = t.subjects.octets = BUF_INIT(THREAD_TEXTS_MAX);
	*out = (struct thread_tree){ 0 };
	(void)new_node(&t, NULL);
	e = walk_result(v, found, NEED_GLANCE, add_message, &t, err);
	if (e >= 0)
		make_tree(&t);
	if (e == E_LIMIT || (e >= 0 && t.full))
		e = err_set(err, E_LIMIT, "too much to thread");
	vec_free(&t.notes);
	texts_free(&t.ids);
	texts_free(&t.subjects);
	map_free(&t.node_of_id);
	map_free(&t.node_of_subject);
	return e < 0 ? e : 0;
}

void
thread_tree_free(struct thread_tree *t)
{
	vec_free(&t->nodes);
}
