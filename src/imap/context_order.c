#include "imap/context_order.h"

enum { SORTED_MAX = 8192, TEXTS_MAX = 512 << 10 };

struct uid_list VEC(uint32_t);

struct context_order {
	struct order by[SORT_MAX + 1];
	struct sorting *sorting;
	struct uid_list known;	/* all that are in it, ascending */
	struct uid_list now;	/* those that match, in their order */
};

struct context_order *
context_order_new(const struct order *by, size_t n)
{
	struct context_order *o = calloc(1, sizeof(*o));

	bug_if(!o || n > SORT_MAX);
	memcpy(o->by, by, n * sizeof(*by));
	/* One that comes back stands where it did. */
	o->by[n] = (struct order){ .key = ORDER_UID };
	o->sorting = sorting_new(o->by, n + 1);
	return o;
}

void
context_order_free(struct context_order *o)
{
	if (!o)
		return;
	sorting_free(o->sorting);
	vec_free(&o->known);
	vec_free(&o->now);
	free(o);
}

/* NULL: it is none of them. */
static const struct told *
find_told(const struct told_list *l, uint32_t uid)
{
	size_t low = 0, high = l->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (l->p[mid].uid < uid)
			low = mid + 1;
		else
			high = mid;
	}
	return low < l->n && l->p[low].uid == uid ? &l->p[low] : NULL;
}

/* ---- positions --------------------------------------------------------- */

/* Pairs of a position and a set, which goes on as long as one comes behind the
 * other. */
struct pairs {
	struct buf *b;
	const char *item;
	struct seqset_out set;
	bool any, open;
};

static void
put_at(struct pairs *p, size_t position, uint32_t number)
{
	if (!p->open) {
		if (p->any) {
			buf_chr(p->b, ' ');
		} else {
			buf_str(p->b, str_c(p->item));
			buf_lit(p->b, " (");
		}
		buf_printf(p->b, "%zu ", position);
		p->set = (struct seqset_out){ .b = p->b };
		p->any = p->open = true;
	}
	seqset_out_add(&p->set, number);
}

static void
end_set(struct pairs *p)
{
	if (p->open)
		seqset_out_end(&p->set);
	p->open = false;
}

static void
end_pairs(struct pairs *p)
{
	end_set(p);
	if (p->any)
		buf_chr(p->b, ')');
}

void
context_order_remove(struct context_order *o, struct buf *b,
    const struct told_list *gone)
{
	struct pairs p = { .b = b, .item = " REMOVEFROM" };
	size_t stay = 0;

	for (size_t i = 0; i < o->now.n; i++) {
		const struct told *t = find_told(gone, o->now.p[i]);

		if (t) {
			put_at(&p, stay + 1, t->number);
			continue;
		}
		end_set(&p);
		o->now.p[stay++] = o->now.p[i];
	}
	o->now.n = stay;
	end_pairs(&p);
}

/* ---- what is new ------------------------------------------------------- */

static void
add_new(struct search_result *out, const struct search_result *found,
    uint32_t seq, uint32_t uid, size_t at)
{
	struct search_run run = { .seq = seq, .uid = uid, .n = 1 };

	vec_push(&out->runs, run);
	out->n++;
	if (found->scored)
		vec_push(&out->scores, found->scores.p[at]);
}

/* Those of found that are not known, which they are now. */
static struct search_result
learn(struct context_order *o, const struct search_result *found)
{
	struct search_result out = { .scored = found->scored };
	struct uid_list all = { 0 };
	size_t k = 0, at = 0;

	for (size_t i = 0; i < found->runs.n; i++) {
		const struct search_run *run = &found->runs.p[i];

		for (uint32_t j = 0; j < run->n; j++, at++) {
			uint32_t uid = run->uid + j;

			while (k < o->known.n && o->known.p[k] < uid)
				vec_push(&all, o->known.p[k++]);
			if (k < o->known.n && o->known.p[k] == uid)
				continue;
			vec_push(&all, uid);
			add_new(&out, found, run->seq + j, uid, at);
		}
	}
	while (k < o->known.n)
		vec_push(&all, o->known.p[k++]);
	vec_free(&o->known);
	o->known = all;
	return out;
}

static bool
has_uid(const uint32_t *uids, size_t n, uint32_t uid)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (uids[mid] < uid)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n && uids[low] == uid;
}

int
context_order_add(struct context_order *o, struct buf *b,
    struct mailbox_view *v, const struct search_result *found,
    const struct told_list *came, const uint32_t *matches, size_t nmatches,
    struct err *err)
{
	struct pairs p = { .b = b, .item = " ADDTO" };
	struct search_result fresh;
	const struct sorted *done;
	size_t n;
	int e;

	if (found->n > SORTED_MAX)
		return err_set(err, E_LIMIT, "too many messages to sort");
	fresh = learn(o, found);
	e = sorting_add(o->sorting, v, &fresh, err);
	search_result_free(&fresh);
	if (e < 0)
		return e;
	if (o->known.n > SORTED_MAX ||
	    sorting_octets(o->sorting) > TEXTS_MAX)
		return err_set(err, E_LIMIT, "too much to keep sorted");
	done = sorting_done(o->sorting, v->account->loop, &n);
	o->now.n = 0;
	for (size_t i = 0; i < n; i++) {
		const struct told *t = find_told(came, done[i].uid);

		if (!has_uid(matches, nmatches, done[i].uid))
			continue;
		vec_push(&o->now, done[i].uid);
		if (t)
			put_at(&p, o->now.n, t->number);
		else
			end_set(&p);
	}
	end_pairs(&p);
	return 0;
}
