/*
 * quota.c - Quota/get, /changes, /query and /queryChanges.         RFC 9425
 *
 * There are three: octets of mail and messages, where they are limited, and
 * mailboxes. That of a domain is for its operator only (8). The state is all
 * that can change of them, so that what has changed since needs nobody's
 * memory.
 */
#include "jmap/quota.h"

enum { QUOTAS = 3, WARN_PERCENT = 80 };

struct quota {
	const char *id, *resource, *name, *type;
	uint64_t used, most;	/* most 0: it is not there */
	bool warns;
};
struct quotas {
	struct quota q[QUOTAS];
};

static struct quotas
quotas_of(const struct quota_answer *n)
{
	return (struct quotas){ {
	    { "octets", "octets", "Mail", "Email", n->octets, n->most_octets,
		true },
	    { "mailboxes", "count", "Mailboxes", "Mailbox", n->mailboxes,
		n->most_mailboxes, n->most_mailboxes < MAILBOXES_MAX },
	    { "messages", "count", "Messages", "Email", n->messages,
		n->most_messages, true } } };
}

static int
quotas_get(const struct account *a, struct arena *mem, struct quotas *out,
    struct err *err)
{
	const struct quota_ask ask = { 0 };
	struct quota_answer now;
	int rc = store_call(a->store, STORE_quota, &ask, &now, mem, err);

	if (rc == 0)
		*out = quotas_of(&now);
	return rc;
}

/* "used.most" of each, in hex, with dots between. */
static void
put_state(const struct quotas *all, char state[QUOTA_STATE_MAX])
{
	const struct quota *q = all->q;

	(void)snprintf(state, QUOTA_STATE_MAX, "%jx.%jx.%jx.%jx.%jx.%jx",
	    (uintmax_t)q[0].used, (uintmax_t)q[0].most, (uintmax_t)q[1].used,
	    (uintmax_t)q[1].most, (uintmax_t)q[2].used, (uintmax_t)q[2].most);
}

static bool
read_state(struct str state, struct quotas *out)
{
	uint64_t n[2 * QUOTAS];
	struct str one;

	for (size_t i = 0; i < NELEM(n); i++) {
		if (!str_cut(state, '.', &one, &state))
			state = STR_NULL;
		if (!str_hex64(one, &n[i]))
			return false;
	}
	*out = quotas_of(&(struct quota_answer){ .octets = n[0],
		.most_octets = n[1], .mailboxes = n[2],
		.most_mailboxes = n[3], .messages = n[4],
		.most_messages = n[5] });
	return state.n == 0;
}

int
quota_state(const struct account *a, char state[QUOTA_STATE_MAX],
    struct err *err)
{
	struct arena *mem = arena_new(4096);
	struct quotas all;
	int rc = quotas_get(a, mem, &all, err);

	if (rc == 0)
		put_state(&all, state);
	arena_free(mem);
	return rc;
}

/* Types that the client does not know of are left out, and so is a quota of no
 * other ones.                                                        4.1 */
static bool
is_shown(const struct call *c, const struct quota *q)
{
	const json_t *v;
	size_t i;

	json_array_foreach(c->using, i, v)
		if (q->most && str_eq(text_of(v), STR(CAP_MAIL)))
			return true;
	return false;
}

/* ---- get ----------------------------------------------------------------- */

#define TEXT(name, member)                                          \
	static void                                                 \
	put_##name(struct buf *b, const void *record)               \
	{                                                           \
		out_str(b, str_c(((const struct quota *)record)->member)); \
	}
TEXT(id, id)
TEXT(resource, resource)
TEXT(name, name)

static void
put_used(struct buf *b, const void *record)
{
	out_u64(b, ((const struct quota *)record)->used);
}

static void
put_most(struct buf *b, const void *record)
{
	out_u64(b, ((const struct quota *)record)->most);
}

static void
put_warn(struct buf *b, const void *record)
{
	const struct quota *q = record;

	if (q->warns)
		out_u64(b, q->most / 100 * WARN_PERCENT +
		    q->most % 100 * WARN_PERCENT / 100);
	else
		out_null(b);
}

static void
put_scope(struct buf *b, const void *record unused_arg)
{
	out_str(b, STR("account"));
}

static void
put_none(struct buf *b, const void *record unused_arg)
{
	out_null(b);
}

static void
put_types(struct buf *b, const void *record)
{
	out_open(b, '[');
	out_str(b, str_c(((const struct quota *)record)->type));
	out_close(b, ']');
}

static const struct property properties[] = {
	{ "id", put_id },
	{ "resourceType", put_resource },
	{ "used", put_used },
	{ "hardLimit", put_most },
	{ "scope", put_scope },
	{ "name", put_name },
	{ "types", put_types },
	{ "warnLimit", put_warn },
	{ "softLimit", put_none },
	{ "description", put_none },
	{ NULL, NULL },
};

const char *
quota_get(struct call *c)
{
	char state[QUOTA_STATE_MAX];
	struct err err = { 0 };
	struct quotas all;
	const char *error;
	uint64_t wanted = get_properties(c, properties, &error);
	json_t *ids;

	if (error || (error = get_ids(c, &ids)))
		return error;
	if (quotas_get(c->account, c->mem, &all, &err) < 0) {
		json_decref(ids);
		return call_fail(c, &err);
	}
	put_state(&all, state);
	get_begin(c, state);
	for (size_t i = 0; i < QUOTAS; i++)
		if (is_shown(c, &all.q[i]) && (!ids ||
		    json_object_del(ids, all.q[i].id) == 0))
			get_put(&c->out, properties, wanted, &all.q[i]);
	get_end(c, ids);
	return NULL;
}

/* ---- changes ------------------------------------------------------------- */

enum { CREATED, UPDATED, DESTROYED, SAME };

static int
became_of(const struct quota *was, const struct quota *is)
{
	if (was->most == 0 || is->most == 0)
		return was->most == is->most ? SAME : is->most ? CREATED :
		    DESTROYED;
	return was->used == is->used && was->most == is->most ? SAME : UPDATED;
}

static void
put_changes(struct call *c, const struct quotas *was, const struct quotas *is)
{
	static const char *const names[] = { "created", "updated",
		"destroyed" };
	bool only_used = true;

	for (int k = 0; k < SAME; k++) {
		out_name(&c->out, names[k]);
		out_open(&c->out, '[');
		for (size_t i = 0; i < QUOTAS; i++)
			if (became_of(&was->q[i], &is->q[i]) == k)
				out_str(&c->out, str_c(is->q[i].id));
		out_close(&c->out, ']');
	}
	for (size_t i = 0; i < QUOTAS; i++)
		only_used &= was->q[i].most == is->q[i].most;
	out_name(&c->out, "updatedProperties");
	if (!only_used) {
		out_null(&c->out);
		return;
	}
	out_open(&c->out, '[');
	out_str(&c->out, STR("used"));
	out_close(&c->out, ']');
}

const char *
quota_changes(struct call *c)
{
	struct str since = arg_str(c, "sinceState");
	struct err err = { 0 };
	char state[QUOTA_STATE_MAX];
	struct quotas was, is;

	/* There are three, and who takes one at a time goes on behind a state
	 * that was never so. */
	if (arg_int(c, "maxChanges", QUOTAS) < QUOTAS)
		return arg_int(c, "maxChanges", QUOTAS) < 1 ? call_error(c,
		    "invalidArguments", "maxChanges is 0") :
		    "cannotCalculateChanges";
	if (!read_state(since, &was))
		return "cannotCalculateChanges";
	if (quotas_get(c->account, c->mem, &is, &err) < 0)
		return call_fail(c, &err);
	put_state(&is, state);
	out_put_str(&c->out, "accountId", str_c(c->person->id));
	out_put_str(&c->out, "oldState", since);
	out_put_str(&c->out, "newState", str_c(state));
	out_put_bool(&c->out, "hasMoreChanges", false);
	put_changes(c, &was, &is);
	return NULL;
}

/* ---- query --------------------------------------------------------------- */

struct quota_query {
	struct call *call;
	const struct quota *judged;
	const char *error;
};

static bool
condition_holds(void *arg, const char *name, const json_t *v)
{
	struct quota_query *x = arg;
	struct str is = text_of(v);

	if (!json_is_string(v))
		x->error = call_error(x->call, "invalidArguments",
		    "%.100s is a text", name);
	else if (strcmp(name, "name") == 0)
		return str_find(str_c(x->judged->name), is) <
		    strlen(x->judged->name) || is.n == 0;
	else if (strcmp(name, "scope") == 0)
		return str_eq(is, STR("account"));
	else if (strcmp(name, "resourceType") == 0)
		return str_eq(is, str_c(x->judged->resource));
	else if (strcmp(name, "type") == 0)
		return str_eq(is, str_c(x->judged->type));
	else
		x->error = call_error(x->call, "unsupportedFilter",
		    "no such condition: %.100s", name);
	return false;
}

/* Less than 0: the first comparator that tells the two apart has a before b. */
static int
compare(const struct call *c, const struct quota *a, const struct quota *b)
{
	const json_t *by;
	struct str property;
	size_t i;

	json_array_foreach(json_object_get(c->args, "sort"), i, by) {
		int rc = a->used < b->used ? -1 : a->used > b->used;

		if (json_text_of(by, "property", &property) &&
		    str_eq(property, STR("name")))
			rc = strcmp(a->name, b->name);
		if (rc != 0)
			return json_is_false(json_object_get(by,
			    "isAscending")) ? -rc : rc;
	}
	return 0;
}

static const char *
find_quotas(struct call *c, const struct quotas *all,
    const struct quota *found[QUOTAS], size_t *n)
{
	json_t *filter = json_object_get(c->args, "filter");
	struct quota_query x = { .call = c };
	static const char *const sorts[] = { "name", "used", NULL };
	const char *error = query_check_sort(c, sorts, "by name and used only");
	size_t at;

	*n = 0;
	for (size_t i = 0; i < QUOTAS && !error; i++) {
		x.judged = &all->q[i];
		if (filter && !filter_holds(c, filter, condition_holds, &x,
		    &x.error) && !x.error)
			continue;
		error = x.error;
		if (error || !is_shown(c, x.judged))
			continue;
		for (at = (*n)++; at > 0 && compare(c, found[at - 1],
		    x.judged) > 0; at--)
			found[at] = found[at - 1];
		found[at] = x.judged;
	}
	return error;
}

const char *
quota_query(struct call *c)
{
	const struct quota *found[QUOTAS];
	struct err err = { 0 };
	char state[QUOTA_STATE_MAX];
	struct quotas all;
	struct window w;
	const char *error;
	size_t n, at;

	if (quotas_get(c->account, c->mem, &all, &err) < 0)
		return call_fail(c, &err);
	error = find_quotas(c, &all, found, &n);
	for (at = 0; !error && at < n; at++)
		if (str_eq(arg_str(c, "anchor"), str_c(found[at]->id)))
			break;
	if (error || (error = query_window(c, n, at, &w)))
		return error;
	put_state(&all, state);
	query_begin(c, state, &w);
	for (size_t i = 0; i < w.n; i++)
		out_str(&c->out, str_c(found[w.position + i]->id));
	query_end(c, n, &w);
	return NULL;
}

const char *
quota_query_changes(struct call *c)
{
	struct err err = { 0 };
	char state[QUOTA_STATE_MAX];

	if (quota_state(c->account, state, &err) < 0)
		return call_fail(c, &err);
	return query_changes(c, state);
}
