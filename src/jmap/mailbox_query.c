/*
 * mailbox_query.c - Mailbox/query and /queryChanges.       RFC 8621 2.3, 2.4
 */
#include "base/crc32c.h"
#include "jmap/boxes.h"
#include "mime/fold.h"

struct boxes_query {
	struct call *call;
	const struct mailbox_list *list;
	bool *in;		/* of each node: is it in the result? */
	struct str *folded;	/* its name */
	const json_t *sort;
	bool as_tree;
	size_t judged;		/* the node that is */
	const char *error;
};

/* ---- filters ------------------------------------------------------------- */

static bool
contains(struct boxes_query *q, size_t node, struct str text)
{
	auto_buf b = BUF_INIT(8 * MAX_SIZE_REQUEST);

	fold_text(&b, text);
	return buf_get(&b).n == 0 ||
	    str_find(q->folded[node], buf_get(&b)) < q->folded[node].n;
}

static bool
is_below(const struct boxes_query *q, size_t node, const json_t *parent)
{
	size_t above = q->list->node[node].above;
	struct str id;

	if (json_is_null(parent))
		return above == NO_NODE;
	return above != NO_NODE && call_id(q->call, parent, &id) &&
	    box_of(q->list, id) == &q->list->node[above];
}

/* One member of a FilterCondition. */
static bool
condition_holds(void *arg, const char *name, const json_t *v)
{
	struct boxes_query *q = arg;
	size_t i = q->judged;
	const struct mailbox_node *node = &q->list->node[i];
	struct str role = box_role(node);

	if (strcmp(name, "parentId") == 0 &&
	    (json_is_null(v) || json_is_string(v)))
		return is_below(q, i, v);
	if (strcmp(name, "name") == 0 && json_is_string(v))
		return contains(q, i, text_of(v));
	if (strcmp(name, "role") == 0 &&
	    (json_is_null(v) || json_is_string(v)))
		return json_is_null(v) ? !role.p :
		    role.p && str_eq(role, text_of(v));
	if (strcmp(name, "hasAnyRole") == 0 && json_is_boolean(v))
		return json_is_true(v) == (role.p != NULL);
	if (strcmp(name, "isSubscribed") == 0 && json_is_boolean(v))
		return json_is_true(v) == (node->row.subscribed != 0);
	q->error = call_error(q->call, "unsupportedFilter",
	    "no such condition: %.100s", name);
	return false;
}

/* ---- order --------------------------------------------------------------- */

/* Names are compared in one way. */
static const char *
check_sort(struct call *c, const json_t *sort)
{
	static const char *const sorts[] = { "name", "sortOrder", NULL };
	static const char only[] = "by name and sortOrder only";
	const char *error = query_check_sort(c, sorts, only);
	const json_t *by, *collation;
	size_t i;

	json_array_foreach(sort, i, by) {
		collation = json_object_get(by, "collation");
		if (!error && collation && !str_eq(text_of(collation),
		    STR("i;unicode-casemap")))
			error = call_error(c, "unsupportedSort", "%s", only);
	}
	return error;
}

static int
compare(const struct boxes_query *q, size_t a, size_t b)
{
	const json_t *by;
	struct str property;
	size_t i;
	int order;

	json_array_foreach(q->sort, i, by) {
		if (!json_text_of(by, "property", &property) ||
		    !str_eq(property, STR("name")))
			continue;
		order = str_cmp(q->folded[a], q->folded[b]);
		if (order != 0)
			return json_is_false(json_object_get(by,
			    "isAscending")) ? -order : order;
	}
	return a < b ? -1 : a > b;
}

static size_t
depth_of(const struct mailbox_list *list, size_t node)
{
	size_t depth = 0;

	while ((node = list->node[node].above) != NO_NODE)
		depth++;
	return depth;
}

/* As their nearest ancestors that have the same parent; what is above the other
 * comes first. */
static int
compare_as_tree(const struct boxes_query *q, size_t a, size_t b)
{
	size_t da = depth_of(q->list, a), db = depth_of(q->list, b);
	size_t x = a, y = b;

	for (size_t d = da; d > db; d--)
		x = q->list->node[x].above;
	for (size_t d = db; d > da; d--)
		y = q->list->node[y].above;
	if (x == y)
		return da < db ? -1 : da > db;
	while (q->list->node[x].above != q->list->node[y].above) {
		x = q->list->node[x].above;
		y = q->list->node[y].above;
	}
	return compare(q, x, y);
}

static int
by_order(const void *a, const void *b, void *arg)
{
	const struct boxes_query *q = arg;
	size_t x = *(const size_t *)a, y = *(const size_t *)b;

	return q->as_tree ? compare_as_tree(q, x, y) : compare(q, x, y);
}

/* ---- the result ---------------------------------------------------------- */

/* Which, in their order: *n of them. */
static size_t *
find_boxes(struct boxes_query *q, size_t *n)
{
	const struct mailbox_list *list = q->list;
	size_t *result = arena_array(q->call->mem, list->n + 1,
	    sizeof(*result));
	json_t *filter = json_object_get(q->call->args, "filter");
	bool as_tree = arg_bool(q->call, "filterAsTree", false);

	*n = 0;
	for (size_t i = 0; i < list->n && !q->error; i++) {
		auto_buf b = BUF_INIT(8 * MAILBOX_NAME_MAX);

		fold_text(&b, box_name(&list->node[i]));
		q->folded[i] = str_dup(q->call->mem, buf_get(&b));
		q->judged = i;
		q->in[i] = list->node[i].row.mailbox != 0 && (!filter ||
		    filter_holds(q->call, filter, condition_holds, q,
		    &q->error));
		if (as_tree && list->node[i].above != NO_NODE)
			q->in[i] &= q->in[list->node[i].above];
		if (q->in[i])
			result[(*n)++] = i;
	}
	qsort_r(result, *n, sizeof(*result), by_order, q);
	return result;
}

static void
state_of(const struct mailbox_list *list, const size_t *result, size_t n,
    char state[STATE_MAX])
{
	uint32_t crc = 0;

	for (size_t i = 0; i < n; i++)
		crc = crc32c(crc, &list->node[result[i]].row.mailbox,
		    sizeof(uint64_t));
	(void)snprintf(state, STATE_MAX, "%08x-%x", crc,
	    (uint32_t)n);
}

static const char *
put_window(struct call *c, const struct mailbox_list *list,
    const size_t *result, size_t n, const char *state)
{
	const struct mailbox_node *anchor = box_of(list,
	    arg_str(c, "anchor"));
	size_t at = 0;
	struct window w;
	const char *error;

	while (at < n && &list->node[result[at]] != anchor)
		at++;
	if ((error = query_window(c, n, at, &w)))
		return error;
	query_begin(c, state, &w);
	for (size_t i = 0; i < w.n; i++)
		out_id(&c->out, 'm',
		    list->node[result[w.position + i]].row.mailbox);
	query_end(c, n, &w);
	return NULL;
}

/* changes: what the answer is about. */
static const char *
run_query(struct call *c, bool changes)
{
	struct boxes_query q = { .call = c,
		.sort = json_object_get(c->args, "sort"),
		.as_tree = arg_bool(c, "sortAsTree", false) };
	struct mailbox_list list;
	struct err err = { 0 };
	char state[STATE_MAX];
	size_t *result, n;
	const char *error = check_sort(c, q.sort);

	if (error)
		return error;
	if (mailboxes_list(c->account, &list, &err) < 0) {
		mailboxes_free(&list);
		return call_fail(c, &err);
	}
	q.list = &list;
	q.in = arena_array(c->mem, list.n + 1, sizeof(*q.in));
	q.folded = arena_array(c->mem, list.n + 1, sizeof(*q.folded));
	result = find_boxes(&q, &n);
	state_of(&list, result, n, state);
	error = q.error ? q.error : changes ? query_changes(c, state) :
	    put_window(c, &list, result, n, state);
	mailboxes_free(&list);
	return error;
}

const char *
mailbox_query(struct call *c)
{
	return run_query(c, false);
}

const char *
mailbox_query_changes(struct call *c)
{
	return run_query(c, true);
}
