/*
 * submission_query.c - EmailSubmission/query and /queryChanges.
 *                                                      RFC 8621 7.3, 7.4
 */
#include <stdlib.h>

#include "base/timetext.h"
#include "base/vec.h"
#include "jmap/submissions.h"

struct submissions_query {
	struct call *call;
	struct VEC(struct submission_row) rows;
	const json_t *sort;
	const struct submission_row *judged;
	const char *error;
};

/* ---- filters ------------------------------------------------------------- */

static bool
names(const struct submissions_query *q, const json_t *ids, char kind,
    uint64_t number)
{
	const json_t *v;
	struct str id;
	uint64_t n;
	size_t i;

	json_array_foreach(ids, i, v)
		if (call_id(q->call, v, &id) && id_number(id, kind, &n) &&
		    n == number)
			return true;
	return false;
}

/* There is one identity, which is all of theirs. */
static bool
names_identity(const json_t *ids)
{
	const json_t *v;
	size_t i;

	json_array_foreach(ids, i, v)
		if (str_eq(text_of(v), STR(IDENTITY)))
			return true;
	return false;
}

/* One member of a FilterCondition. */
static bool
condition_holds(void *arg, const char *name, const json_t *v)
{
	struct submissions_query *q = arg;
	const struct submission_row *row = q->judged;
	int64_t at;

	if (strcmp(name, "identityIds") == 0 && json_is_array(v))
		return names_identity(v);
	if (strcmp(name, "emailIds") == 0 && json_is_array(v))
		return names(q, v, 'e', row->email);
	if (strcmp(name, "threadIds") == 0 && json_is_array(v))
		return names(q, v, 't', row->thread);
	if (strcmp(name, "undoStatus") == 0 && json_is_string(v))
		return str_eq(text_of(v), undo_status(row->state));
	if (strcmp(name, "before") == 0 && json_is_string(v) &&
	    time_read_utc(text_of(v), &at))
		return row->due < at;
	if (strcmp(name, "after") == 0 && json_is_string(v) &&
	    time_read_utc(text_of(v), &at))
		return row->due >= at;
	q->error = call_error(q->call, "unsupportedFilter",
	    "no such condition: %.100s", name);
	return false;
}

static bool
matches(struct submissions_query *q, const struct submission_row *row,
    json_t *filter)
{
	q->judged = row;
	return filter_holds(q->call, filter, condition_holds, q, &q->error);
}

/* A filter may be as large as a request, so others have their turn. One that is
 * none is found also where there is nothing to filter. */
static void
keep_matching(struct submissions_query *q)
{
	json_t *filter = json_object_get(q->call->args, "filter");
	const struct submission_row none = { 0 };
	size_t n = 0;

	if (!filter)
		return;
	(void)matches(q, &none, filter);
	for (size_t i = 0; i < q->rows.n && !q->error; i++) {
		if (matches(q, &q->rows.p[i], filter))
			q->rows.p[n++] = q->rows.p[i];
		fiber_yield(q->call->jmap->loop);
	}
	q->rows.n = n;
}

/* ---- order --------------------------------------------------------------- */

static uint64_t
number_of(const struct submission_row *row, struct str property)
{
	if (str_eq(property, STR("emailId")))
		return row->email;
	if (str_eq(property, STR("threadId")))
		return row->thread;
	return (uint64_t)row->due;
}

static int
by_order(const void *va, const void *vb, void *arg)
{
	const struct submission_row *a = va, *b = vb;
	const struct submissions_query *q = arg;
	const json_t *by;
	struct str property;
	uint64_t x, y;
	size_t i;

	json_array_foreach(q->sort, i, by) {
		if (!json_text_of(by, "property", &property))
			continue;
		x = number_of(a, property);
		y = number_of(b, property);
		if (x != y)
			return (x < y) == !json_is_false(json_object_get(by,
			    "isAscending")) ? -1 : 1;
	}
	return a->message < b->message ? -1 : a->message > b->message;
}

/* ---- the call ------------------------------------------------------------ */

static void
add_row(void *arg, const struct later_row *row)
{
	struct submissions_query *q = arg;

	vec_push(&q->rows, submission_row_of(row));
}

static size_t
find_anchor(const struct submissions_query *q)
{
	uint64_t message;
	size_t i = q->rows.n;

	if (id_number(arg_str(q->call, "anchor"), 's', &message))
		for (i = 0; i < q->rows.n; i++)
			if (q->rows.p[i].message == message)
				break;
	return i;
}

static const char *
answer(struct submissions_query *q, const char *state)
{
	struct call *c = q->call;
	struct window w;
	const char *error;

	keep_matching(q);
	if (q->error)
		return q->error;
	if (q->rows.n > 0)
		qsort_r(q->rows.p, q->rows.n, sizeof(*q->rows.p), by_order,
		    q);
	error = query_window(c, q->rows.n, find_anchor(q), &w);
	if (error)
		return error;
	query_begin(c, state, &w);
	for (size_t i = 0; i < w.n; i++)
		out_id(&c->out, 's', q->rows.p[w.position + i].message);
	query_end(c, q->rows.n, &w);
	return NULL;
}

const char *
submission_query(struct call *c)
{
	struct submissions_query q = { .call = c,
		.sort = json_object_get(c->args, "sort") };
	struct err err = { 0 };
	char state[STATE_MAX];
	/* "sentAt" is what 7.3 calls the property that is sendAt in 7. */
	static const char *const sorts[] = { "emailId", "threadId", "sentAt",
		"sendAt", NULL };
	const char *error = query_check_sort(c, sorts,
	    "by emailId, threadId and sentAt only");

	if (error)
		return error;
	if (waiting_all(c->account, 0, add_row, &q, state, &err) < 0)
		error = call_fail(c, &err);
	else
		error = answer(&q, state);
	vec_free(&q.rows);
	return error;
}

const char *
submission_query_changes(struct call *c)
{
	struct err err = { 0 };
	char state[STATE_MAX];

	if (submissions_state(c, state, &err) < 0)
		return call_fail(c, &err);
	return query_changes(c, state);
}
