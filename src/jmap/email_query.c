/*
 * email_query.c - Email/query and Email/queryChanges.      RFC 8621 4.4, 4.5
 */
#include "base/map.h"
#include "jmap/email.h"
#include "jmap/email_filter.h"
#include "mail/mailboxes.h"
#include "mail/sort.h"

enum { ORDERS_MAX = 10 };

static const struct {
	const char *property;
	enum order_key key;
} sorts[] = {
	{ "receivedAt", ORDER_RECEIVED }, { "sentAt", ORDER_SENT },
	{ "size", ORDER_SIZE }, { "from", ORDER_FROM_NAME },
	{ "to", ORDER_TO_NAME }, { "subject", ORDER_SUBJECT },
	{ "hasKeyword", ORDER_MARKED },
};

void
email_put_sorts(struct buf *b)
{
	out_open(b, '[');
	for (size_t i = 0; i < NELEM(sorts); i++)
		out_str(b, str_c(sorts[i].property));
	out_close(b, ']');
}

/* ---- order                                               RFC 8621 4.4.2 -- */

static const char *
read_order(struct call *c, const json_t *by, struct order *out)
{
	const json_t *collation = json_object_get(by, "collation");
	struct str property, keyword = STR_NULL;

	if (!json_text_of(by, "property", &property))
		return call_error(c, "invalidArguments",
		    "a comparator has a property");
	*out = (struct order){ .reverse =
		json_is_false(json_object_get(by, "isAscending")) };
	for (size_t i = 0; i < NELEM(sorts); i++) {
		if (!str_eq(property, str_c(sorts[i].property)))
			continue;
		out->key = sorts[i].key;
		if (collation && !str_eq(text_of(collation),
		    STR("i;unicode-casemap")))
			break;
		if (out->key != ORDER_MARKED)
			return NULL;
		if (!json_text_of(by, "keyword", &keyword) ||
		    !keyword_parse(keyword, &out->flags))
			return call_error(c, "invalidArguments",
			    "hasKeyword wants a keyword");
		out->keyword = out->flags ? STR_NULL : keyword;
		return NULL;
	}
	return call_error(c, "unsupportedSort", "not by that");
}

/* Newest first where nothing is said; and what no comparator decides is in the
 * order in which it came, the way round that the first one has. */
static const char *
read_sort(struct call *c, struct order by[ORDERS_MAX + 2], size_t *n)
{
	const json_t *sort = json_object_get(c->args, "sort"), *v;
	const char *error = NULL;
	size_t i;

	*n = json_array_size(sort);
	if (*n > ORDERS_MAX)
		return "unsupportedSort";
	json_array_foreach(sort, i, v)
		if (!error)
			error = read_order(c, v, &by[i]);
	if (*n == 0)
		by[(*n)++] = (struct order){ .key = ORDER_RECEIVED,
			.reverse = true };
	by[*n] = (struct order){ .key = ORDER_ARRIVAL,
		.reverse = by[0].reverse };
	++*n;
	return error;
}

/* ---- what matches -------------------------------------------------------- */

static const char *
search_one(struct call *c, const struct mailbox_row *row,
    struct sorting *sorting)
{
	struct mailbox_view v = view_now(c->account, row->mailbox);
	struct search_result found = { 0 };
	struct condition *conditions;
	struct arena *mem = arena_new(CALL_MEM);
	struct err err = { 0 };
	const char *error = email_filter(c, mem,
	    json_object_get(c->args, "filter"), row->mailbox, &conditions);
	int e = 0;

	if (!error && conditions && row->exists > 0)
		e = search_mailbox(&v, conditions, &found, &err);
	if (e == 0 && found.n > 0)
		e = sorting_add(sorting, &v, &found, &err);
	search_result_free(&found);
	view_close(&v);
	arena_free(mem);
	/* It may have been removed meanwhile. */
	if (error)
		return error;
	return e == 0 || e == E_NOTFOUND ? NULL : call_fail(c, &err);
}

static const char *
search_all(struct call *c, struct sorting *sorting)
{
	struct mailbox_list list;
	struct err err = { 0 };
	const char *error = NULL;

	if (mailboxes_list(c->account, &list, &err) < 0)
		error = call_fail(c, &err);
	for (size_t i = 0; i < list.n && !error; i++)
		if (list.node[i].row.mailbox != 0)
			error = search_one(c, &list.node[i].row, sorting);
	mailboxes_free(&list);
	return error;
}

/* RFC 8621 4.4.3: how many are left. */
static size_t
collapse(struct sorted *v, size_t n)
{
	struct map seen = { 0 };
	size_t left = 0;

	for (size_t i = 0; i < n; i++) {
		if (map_find(&seen, v[i].thread, 0, 0))
			continue;
		map_put_number(&seen, v[i].thread, 0, 0, 1);
		v[left++] = v[i];
	}
	map_free(&seen);
	return left;
}

static const char *
put_window(struct call *c, const struct sorted *v, size_t n,
    const char *state)
{
	uint64_t anchor;
	struct window w;
	const char *error;
	struct str id;
	size_t at = n;

	if (call_id(c, json_object_get(c->args, "anchor"), &id) &&
	    id_number(id, 'e', &anchor))
		for (at = 0; at < n && v[at].email != anchor; at++)
			continue;
	if ((error = query_window(c, n, at, &w)))
		return error;
	query_begin(c, state, &w);
	for (size_t i = 0; i < w.n; i++)
		out_id(&c->out, 'e', v[w.position + i].email);
	query_end(c, n, &w);
	return NULL;
}

/* ---- Email/query                                           RFC 8621 4.4 -- */

const char *
email_query(struct call *c)
{
	struct order by[ORDERS_MAX + 2];
	struct sorting *sorting;
	struct sorted *v;
	struct err err = { 0 };
	char state[STATE_MAX];
	const char *error;
	size_t nby, n;

	if ((error = read_sort(c, by, &nby)))
		return error;
	/* The state is that of before: what happens meanwhile is seen later. */
	if (email_state(c, state, &err) < 0)
		return call_fail(c, &err);
	sorting = sorting_new(by, nby);
	if (!(error = search_all(c, sorting))) {
		v = sorting_done(sorting, c->jmap->loop, &n);
		if (arg_bool(c, "collapseThreads", false))
			n = collapse(v, n);
		error = put_window(c, v, n, state);
	}
	sorting_free(sorting);
	return error;
}

/* ---- Email/queryChanges                                    RFC 8621 4.5 -- */

const char *
email_query_changes(struct call *c)
{
	struct err err = { 0 };
	char state[STATE_MAX];

	if (email_state(c, state, &err) < 0)
		return call_fail(c, &err);
	return query_changes(c, state);
}
