/*
 * identity.c - Identity/get, /changes and /set.                RFC 8621 6
 *
 * There is one: the account's address. What goes with it (a name, signatures)
 * is nowhere kept, so there is nothing to set.
 */
#include "jmap/set.h"

static void
put_id(struct buf *b, const void *record unused_arg)
{
	out_str(b, STR(IDENTITY));
}

static void
put_email(struct buf *b, const void *record)
{
	out_str(b, str_c(((const struct call *)record)->account->address));
}

static void
put_text(struct buf *b, const void *record unused_arg)
{
	out_str(b, STR(""));
}

static void
put_none(struct buf *b, const void *record unused_arg)
{
	out_null(b);
}

static void
put_no(struct buf *b, const void *record unused_arg)
{
	out_bool(b, false);
}

/* In the order of RFC 8621 6. */
static const struct property properties[] = {
	{ "id", put_id },
	{ "name", put_text },
	{ "email", put_email },
	{ "replyTo", put_none },
	{ "bcc", put_none },
	{ "textSignature", put_text },
	{ "htmlSignature", put_text },
	{ "mayDelete", put_no },
	{ NULL, NULL },
};

const char *
identity_get(struct call *c)
{
	const char *error;
	uint64_t wanted = get_properties(c, properties, &error);
	json_t *ids;

	if (error || (error = get_ids(c, &ids)))
		return error;
	get_begin(c, CONSTANT_STATE);
	if (!ids || json_object_del(ids, IDENTITY) == 0)
		get_put(&c->out, properties, wanted, c);
	get_end(c, ids);
	return NULL;
}

int
constant_state(struct call *c unused_arg, char state[STATE_MAX],
    struct err *err unused_arg)
{
	(void)snprintf(state, STATE_MAX, "%s", CONSTANT_STATE);
	return 0;
}

const char *
constant_changes(struct call *c)
{
	return no_changes(c, CONSTANT_STATE);
}

const char *
no_changes(struct call *c, const char *state)
{
	struct str since = arg_str(c, "sinceState");

	if (arg_int(c, "maxChanges", 1) < 1)
		return call_error(c, "invalidArguments", "maxChanges is 0");
	if (!str_eq(since, str_c(state)))
		return "cannotCalculateChanges";
	out_put_str(&c->out, "accountId", str_c(c->person->id));
	out_put_str(&c->out, "oldState", since);
	out_put_str(&c->out, "newState", since);
	out_put_bool(&c->out, "hasMoreChanges", false);
	for (size_t i = 0; i < 3; i++) {
		out_name(&c->out, (const char *[]){ "created", "updated",
			"destroyed" }[i]);
		out_open(&c->out, '[');
		out_close(&c->out, ']');
	}
	return NULL;
}

const char *
identity_changes(struct call *c)
{
	return constant_changes(c);
}

/* The same object may come back. */
static void
update(struct call *c, struct str id, json_t *patch, struct set_result *res)
{
	auto_buf b = BUF_INIT(4096);
	const char *name;
	json_t *now, *v;

	if (!str_eq(id, STR(IDENTITY))) {
		set_refuse(res, "notFound", "no such identity");
		return;
	}
	get_put(&b, properties, UINT64_MAX, c);
	now = json_take(buf_get(&b));
	json_object_foreach(patch, name, v)
		if (!json_equal(v, json_object_get(now, name)))
			set_refuse(res, "forbidden",
			    "what goes with an identity is not kept here");
	json_decref(now);
}

static void
destroy(struct call *c unused_arg, struct str id, struct set_result *res)
{
	set_refuse(res, str_eq(id, STR(IDENTITY)) ? "forbidden" : "notFound",
	    "it cannot go");
}

const char *
identity_set(struct call *c)
{
	static const struct set_ops ops = { .state = constant_state,
		.update = update, .destroy = destroy };

	return set_run(c, &ops);
}
