#include "jmap/set.h"

#include <stdarg.h>
#include <stdio.h>

void
set_refuse(struct set_result *res, const char *type, const char *fmt, ...)
{
	va_list ap;

	res->error = type;
	va_start(ap, fmt);
	(void)vsnprintf(res->why, sizeof(res->why), fmt, ap);
	va_end(ap);
}

void
set_wrong(struct set_result *res, const char *property, const char *why)
{
	set_refuse(res, "invalidProperties", "%.60s: %s", property, why);
	if (!res->wrong)
		res->wrong = json_array();
	(void)json_array_append_new(res->wrong, json_stringn(property,
	    strlen(property)));
}

static const struct {
	int code;
	const char *type;
} failures[] = {
	{ E_NOTFOUND, "notFound" }, { E_STALE, "notFound" },
	{ E_FULL, "overQuota" }, { E_LIMIT, "overQuota" },
	{ E_DENIED, "forbidden" },
};

void
set_fail(struct call *c, struct set_result *res, const struct err *err)
{
	for (size_t i = 0; i < NELEM(failures); i++) {
		if (failures[i].code != err->code)
			continue;
		set_refuse(res, failures[i].type, "%.150s", err->text);
		return;
	}
	res->error = call_fail(c, err);
	(void)snprintf(res->why, sizeof(res->why), "%s", c->why);
	c->why[0] = '\0';
}

/* ---- the answer ---------------------------------------------------------- */

/* Two maps of an answer: what was done, and what was not. */
struct results {
	struct buf done, not_done;
	bool list;		/* done is a list of ids */
};

static void
results_begin(struct results *r, bool list)
{
	*r = (struct results){ BUF_INIT(ANSWER_MAX), BUF_INIT(ANSWER_MAX),
		list };
}

static void
put_set_error(struct buf *b, const struct set_result *res)
{
	out_open(b, '{');
	out_put_str(b, "type", str_c(res->error));
	out_put_description(b, res->why);
	if (res->wrong) {
		out_name(b, "properties");
		out_json(b, res->wrong);
	}
	if (res->out.n > 0) {
		buf_chr(b, ',');
		buf_str(b, buf_get(&res->out));
	}
	out_close(b, '}');
}

/* Under the key it was asked for with. */
static void
results_add(struct results *r, struct str key, struct set_result *res)
{
	struct buf *b = res->error ? &r->not_done : &r->done;

	if (b->n == 0)
		out_open(b, !res->error && r->list ? '[' : '{');
	if (res->error) {
		out_key(b, key);
		put_set_error(b, res);
	} else if (r->list) {
		out_str(b, key);
	} else {
		out_key(b, key);
		if (res->out.n > 0) {
			out_open(b, '{');
			buf_str(b, buf_get(&res->out));
			out_close(b, '}');
		} else {
			out_null(b);
		}
	}
	json_decref(res->wrong);
	buf_free(&res->out);
}

static void
put_results(struct buf *b, const char *name, struct buf *what, char close)
{
	out_name(b, name);
	if (what->n == 0) {
		out_null(b);
	} else {
		out_close(what, close);
		buf_str(b, buf_get(what));
		b->failed |= buf_failed(what);
	}
	buf_free(what);
}

static void
results_put(struct buf *b, struct results *r, const char *done,
    const char *not_done)
{
	put_results(b, done, &r->done, r->list ? ']' : '}');
	put_results(b, not_done, &r->not_done, '}');
}

/* ---- what is asked for --------------------------------------------------- */

static struct set_result
result_new(void)
{
	return (struct set_result){ .out = BUF_INIT(ANSWER_MAX) };
}

/* Does it name one that is still to be created by this call? */
static bool
must_wait(const struct set_ops *ops, const json_t *left, const json_t *object)
{
	struct str ref = text_of(json_object_get(object,
	    ops->parent ? ops->parent : ""));

	return ref.n > 1 && ref.p[0] == '#' &&
	    json_object_getn(left, ref.p + 1, ref.n - 1);
}

static void
create_one(struct call *c, const struct set_ops *ops, const char *key,
    json_t *object, struct results *r)
{
	struct set_result res = result_new();

	if (!json_is_object(object))
		set_refuse(&res, "invalidProperties", "that is no object");
	else if (!ops->create)
		set_refuse(&res, "forbidden", "none can be created");
	else
		ops->create(c, object, &res);
	if (!res.error)
		(void)json_object_set_new(c->created, key,
		    json_stringn(res.id.p, res.id.n));
	results_add(r, str_c(key), &res);
}

/* Those that others of the call belong to go first. */
static void
create_all(struct call *c, const struct set_ops *ops, struct results *r)
{
	json_t *left = json_copy(json_object_get(c->args, "create")), *object;
	size_t before = SIZE_MAX;
	const char *key;
	void *next;

	while (json_object_size(left) > 0) {
		bool stuck = json_object_size(left) == before;

		before = json_object_size(left);
		json_object_foreach_safe(left, next, key, object) {
			if (!stuck && must_wait(ops, left, object))
				continue;
			create_one(c, ops, key, object, r);
			(void)json_object_del(left, key);
		}
	}
	json_decref(left);
}

static bool
will_go(const struct call *c, struct str id)
{
	const json_t *v;
	size_t i;

	json_array_foreach(json_object_get(c->args, "destroy"), i, v)
		if (str_eq(text_of(v), id))
			return true;
	return false;
}

static void
update_all(struct call *c, const struct set_ops *ops, struct results *r)
{
	json_t *patch, *name;
	const char *key;

	json_object_foreach(json_object_get(c->args, "update"), key, patch) {
		struct set_result res = result_new();
		struct str id;

		name = json_stringn(key, strlen(key));
		if (!call_id(c, name, &id))
			set_refuse(&res, "notFound", "no such creation id");
		else if (will_go(c, id))
			set_refuse(&res, "willDestroy", "it is destroyed");
		else if (!json_is_object(patch))
			set_refuse(&res, "invalidPatch", "that is no object");
		else if (!ops->update)
			set_refuse(&res, "forbidden", "none can be changed");
		else
			ops->update(c, id, patch, &res);
		results_add(r, id.n ? str_dup(c->mem, id) : str_c(key), &res);
		json_decref(name);
	}
}

static void
destroy_all(struct call *c, const struct set_ops *ops, struct results *r)
{
	const json_t *v;
	size_t i;

	json_array_foreach(json_object_get(c->args, "destroy"), i, v) {
		struct set_result res = result_new();
		struct str id;

		if (!call_id(c, v, &id))
			set_refuse(&res, "notFound", "no such creation id");
		else if (!ops->destroy)
			set_refuse(&res, "forbidden", "it cannot go");
		else
			ops->destroy(c, id, &res);
		results_add(r, id.n ? id : text_of(v), &res);
	}
}

const char *
set_run(struct call *c, const struct set_ops *ops)
{
	struct results created, updated, destroyed;
	char before[STATE_MAX], after[STATE_MAX];
	struct err err = { 0 };
	size_t n = json_object_size(json_object_get(c->args, "create")) +
	    json_object_size(json_object_get(c->args, "update")) +
	    json_array_size(json_object_get(c->args, "destroy"));
	struct str expected = arg_str(c, "ifInState");

	if (n > MAX_SET)
		return call_error(c, "requestTooLarge", "more than %d objects",
		    MAX_SET);
	if (ops->state(c, before, &err) < 0)
		return call_fail(c, &err);
	if (expected.p && !str_eq(expected, str_c(before)))
		return "stateMismatch";
	results_begin(&created, false);
	results_begin(&updated, false);
	results_begin(&destroyed, true);
	create_all(c, ops, &created);
	update_all(c, ops, &updated);
	destroy_all(c, ops, &destroyed);
	out_put_str(&c->out, "accountId", str_c(c->person->id));
	out_put_str(&c->out, "oldState", str_c(before));
	/* Who does not know what it came to asks anew. */
	if (ops->state(c, after, &err) < 0)
		(void)snprintf(after, sizeof(after), "%s", before);
	out_put_str(&c->out, "newState", str_c(after));
	results_put(&c->out, &created, "created", "notCreated");
	if (ops->only_create)
		return NULL;
	results_put(&c->out, &updated, "updated", "notUpdated");
	results_put(&c->out, &destroyed, "destroyed", "notDestroyed");
	return NULL;
}
