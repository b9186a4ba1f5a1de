/*
 * thread.c - Thread/get and Thread/changes.                    RFC 8621 3
 */
#include "jmap/email.h"

struct member {
	uint64_t thread, email;
	int64_t received;
};
struct members {
	struct VEC(struct member) v;
};

static int
add_member(void *arg, const struct email_place *at,
    const struct fetch_row *row)
{
	struct members *m = arg;

	vec_push(&m->v, (struct member){ at->thread, row->email,
		row->received });
	return 0;
}

/* By thread; in each the oldest first. */
static int
by_age(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	if (x->thread != y->thread)
		return x->thread < y->thread ? -1 : 1;
	if (x->received != y->received)
		return x->received < y->received ? -1 : 1;
	return x->email < y->email ? -1 : x->email > y->email;
}

/* All emails of these threads. The caller frees them. */
static int
find_members(struct call *c, const uint64_t *threads, size_t n,
    struct members *m, struct err *err)
{
	struct email_places places;
	int e = emails_of_threads(c->account, threads, n, &places, err);

	*m = (struct members){ 0 };
	if (e == 0 && places.cut)
		e = err_set(err, E_LIMIT, "too many emails");
	if (e == 0)
		e = emails_rows(c->account, &places, 0, add_member, m, err);
	if (m->v.n > 0)
		qsort(m->v.p, m->v.n, sizeof(*m->v.p), by_age);
	vec_free(&places.v);
	return e;
}

/* ---- Thread/get                                            RFC 8621 3.1 -- */

static void
put_threads(struct call *c, const struct members *m, json_t *ids, bool emails)
{
	for (size_t i = 0, k; i < m->v.n; i = k) {
		uint64_t thread = m->v.p[i].thread;

		(void)id_found(ids, 't', thread);
		out_open(&c->out, '{');
		out_name(&c->out, "id");
		out_id(&c->out, 't', thread);
		if (emails) {
			out_name(&c->out, "emailIds");
			out_open(&c->out, '[');
		}
		for (k = i; k < m->v.n && m->v.p[k].thread == thread; k++)
			if (emails)
				out_id(&c->out, 'e', m->v.p[k].email);
		if (emails)
			out_close(&c->out, ']');
		out_close(&c->out, '}');
	}
}

const char *
thread_get(struct call *c)
{
	static const struct property properties[] = { { "id", NULL },
		{ "emailIds", NULL }, { NULL, NULL } };
	const char *error;
	uint64_t wanted = get_properties(c, properties, &error);
	const uint64_t *numbers;
	char state[STATE_MAX];
	struct members m;
	struct err err = { 0 };
	json_t *ids;
	size_t n;
	int e;

	if (error || (error = get_ids(c, &ids)))
		return error;
	if (!ids)
		return call_error(c, "requestTooLarge", "ids are needed");
	numbers = ids_numbers(c, ids, 't', &n);
	if ((e = email_state(c, state, &err)) == 0) {
		get_begin(c, state);
		e = find_members(c, numbers, n, &m, &err);
		put_threads(c, &m, ids, wanted & 2);
		vec_free(&m.v);
		get_end(c, ids);
	} else {
		json_decref(ids);
	}
	return e == E_LIMIT ? call_error(c, "requestTooLarge",
	    "there are too many emails in them") :
	    e < 0 ? call_fail(c, &err) : NULL;
}

/* ---- Thread/changes                                        RFC 8621 3.2 -- */

/* Threads that emails came to or left, each once: `email` is the thread's
 * number. It is created if all that is in it was, destroyed if nothing is. */
static int
threads_of(struct call *c, const struct email_changes *emails,
    struct email_changes *threads, struct err *err)
{
	/* By (email, 0); by (thread, 1); of those left by (thread, 2). */
	struct map became = { 0 };
	uint64_t *numbers = arena_array(c->mem, emails->v.n + 1,
	    sizeof(*numbers));
	struct members m;
	size_t n = 0;
	int e;

	*threads = (struct email_changes){ .modseq = emails->modseq };
	for (size_t i = 0; i < emails->v.n; i++) {
		const struct email_change *is = &emails->v.p[i];

		map_put_number(&became, is->email, 0, 0, is->became);
		if (is->became == EMAIL_UPDATED)
			continue;
		if (!map_find(&became, is->thread, 1, 0))
			numbers[n++] = is->thread;
		/* Who left was there before. */
		if (is->became == EMAIL_DESTROYED ||
		    !map_find(&became, is->thread, 1, 0))
			map_put_number(&became, is->thread, 1, 0, is->became);
	}
	e = find_members(c, numbers, n, &m, err);
	for (size_t i = 0; i < m.v.n; i++) {
		struct map_slot *t = map_add(&became, m.v.p[i].thread, 1, 0);

		if (t->number == EMAIL_DESTROYED || map_get_number(&became,
		    m.v.p[i].email, 0, 0) != EMAIL_CREATED)
			t->number = EMAIL_UPDATED;
		map_put_number(&became, m.v.p[i].thread, 2, 0, 1);
	}
	for (size_t i = 0; i < n; i++)
		vec_push(&threads->v, (struct email_change){ numbers[i],
			numbers[i], map_find(&became, numbers[i], 2, 0) ?
			    (uint32_t)map_get_number(&became, numbers[i], 1,
				0) : EMAIL_DESTROYED });
	vec_free(&m.v);
	map_free(&became);
	return e;
}

const char *
thread_changes(struct call *c)
{
	struct email_changes emails, threads = { 0 };
	const char *error = changes_read(c, &emails);
	struct err err = { 0 };
	int e = error ? 0 : threads_of(c, &emails, &threads, &err);

	if (e < 0 && e != E_LIMIT)
		error = call_fail(c, &err);
	if (e == E_LIMIT)
		error = "cannotCalculateChanges";
	if (!error && (int64_t)threads.v.n > arg_int(c, "maxChanges",
	    INT64_MAX))
		error = "cannotCalculateChanges";
	if (!error) {
		changes_begin(c, threads.modseq);
		changes_put(c, 't', "created", &threads, EMAIL_CREATED);
		changes_put(c, 't', "updated", &threads, EMAIL_UPDATED);
		changes_put(c, 't', "destroyed", &threads, EMAIL_DESTROYED);
	}
	vec_free(&emails.v);
	vec_free(&threads.v);
	return error;
}
