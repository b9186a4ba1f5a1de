/*
 * query.c - what all /query have in common.                    RFC 8620 5.5
 */
#include "jmap/jmap_int.h"

/* An index that is counted from the end when negative, and never before the
 * first. */
static size_t
index_of(int64_t i, size_t n, bool from_end)
{
	if (i < 0 && from_end)
		i += (int64_t)n;
	return i < 0 ? 0 : (size_t)i;
}

const char *
query_window(struct call *c, size_t n, size_t anchor_at, struct window *w)
{
	int64_t limit = arg_int(c, "limit", INT64_MAX);

	if (!arg_str(c, "anchor").p)
		w->position = index_of(arg_int(c, "position", 0), n, true);
	else if (anchor_at < n)
		w->position = index_of((int64_t)anchor_at +
		    arg_int(c, "anchorOffset", 0), n, false);
	else
		return "anchorNotFound";
	w->limited = limit > QUERY_MAX;
	w->n = w->position < n ? n - w->position : 0;
	if (w->n > (w->limited ? QUERY_MAX : (size_t)limit))
		w->n = w->limited ? QUERY_MAX : (size_t)limit;
	return NULL;
}

void
query_begin(struct call *c, const char *state, const struct window *w)
{
	out_put_str(&c->out, "accountId", str_c(c->person->id));
	out_put_str(&c->out, "queryState", str_c(state));
	out_put_bool(&c->out, "canCalculateChanges", false);
	out_put_u64(&c->out, "position", w->position);
	out_name(&c->out, "ids");
	out_open(&c->out, '[');
}

void
query_end(struct call *c, size_t total, const struct window *w)
{
	out_close(&c->out, ']');
	if (arg_bool(c, "calculateTotal", false))
		out_put_u64(&c->out, "total", total);
	if (w->limited)
		out_put_u64(&c->out, "limit", QUERY_MAX);
}

const char *
filter_kind(struct call *c, const json_t *filter, enum filter_kind *kind)
{
	static const struct {
		struct str name;
		enum filter_kind kind;
	} operators[] = {
		{ STR("AND"), FILTER_AND }, { STR("OR"), FILTER_OR },
		{ STR("NOT"), FILTER_NOT },
	};
	struct str name;

	*kind = FILTER_CONDITION;
	if (!json_is_object(filter))
		return call_error(c, "invalidArguments",
		    "a filter is an object");
	if (!json_object_get(filter, "operator"))
		return NULL;
	if (!json_text_of(filter, "operator", &name) ||
	    !json_is_array(json_object_get(filter, "conditions")) ||
	    json_object_size(filter) != 2)
		return call_error(c, "invalidArguments",
		    "a filter has an operator and conditions");
	for (size_t i = 0; i < NELEM(operators); i++) {
		if (!str_eq(name, operators[i].name))
			continue;
		*kind = operators[i].kind;
		return NULL;
	}
	return call_error(c, "invalidArguments", "no such operator");
}

bool
filter_holds(struct call *c, json_t *filter, bool (*condition)(void *arg,
    const char *name, const json_t *v), void *arg, const char **error)
{
	bool all = true, any = false;
	enum filter_kind kind;
	const char *name;
	json_t *v;
	size_t i;

	if ((*error = filter_kind(c, filter, &kind)))
		return false;
	if (kind == FILTER_CONDITION) {
		json_object_foreach(filter, name, v) {
			if (!*error)
				all &= condition(arg, name, v);
		}
		return all;
	}
	json_array_foreach(json_object_get(filter, "conditions"), i, v) {
		bool holds = !*error && filter_holds(c, v, condition, arg,
		    error);

		all &= holds;
		any |= holds;
	}
	return kind == FILTER_AND ? all : kind == FILTER_OR ? any : !any;
}

const char *
query_check_sort(struct call *c, const char *const *properties,
    const char *only)
{
	const json_t *by;
	struct str property;
	size_t i, k;

	json_array_foreach(json_object_get(c->args, "sort"), i, by) {
		if (!json_text_of(by, "property", &property))
			return call_error(c, "invalidArguments",
			    "a comparator has a property");
		for (k = 0; properties[k]; k++)
			if (str_eq(property, str_c(properties[k])))
				break;
		if (!properties[k])
			return call_error(c, "unsupportedSort", "%s", only);
	}
	return NULL;
}

/* Nobody keeps what a query had answered: where its state is another one
 * there is only asking again.                                RFC 8620 5.6 */
const char *
query_changes(struct call *c, const char *state)
{
	struct str since = arg_str(c, "sinceQueryState");

	if (!str_eq(since, str_c(state)))
		return "cannotCalculateChanges";
	out_put_str(&c->out, "accountId", str_c(c->person->id));
	out_put_str(&c->out, "oldQueryState", since);
	out_put_str(&c->out, "newQueryState", since);
	out_name(&c->out, "removed");
	out_open(&c->out, '[');
	out_close(&c->out, ']');
	out_name(&c->out, "added");
	out_open(&c->out, '[');
	out_close(&c->out, ']');
	return NULL;
}
