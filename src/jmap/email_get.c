/*
 * email_get.c - Email/get and Email/changes.               RFC 8621 4.2, 4.3
 */
#include "jmap/email.h"

struct getting {
	struct call *call;
	struct email_wants wants;
	json_t *ids;
	struct err *err;
};

static int
put_email(void *arg, const struct email_place *at,
    const struct fetch_row *row)
{
	struct getting *g = arg;
	char id[24], blob[24];
	struct email m = { .call = g->call, .wants = &g->wants, .row = row,
		.mailbox = at->mailbox, .source.stored = message_of(
		    g->call->account, at->mailbox, row) };
	size_t before = g->call->out.n;
	int e;

	if (row->flags & FLAG_deleted)	/* RFC 8621 4.1.1 */
		return 0;

	(void)snprintf(id, sizeof(id), "e%ju", (uintmax_t)row->email);
	(void)snprintf(blob, sizeof(blob), "b%ju", (uintmax_t)row->email);
	m.blob = str_c(blob);
	e = email_put(&m, g->err);
	if (e == 0)
		(void)json_object_del(g->ids, id);
	/* It went meanwhile, or cannot be read. */
	if (e == E_NOTFOUND || e == E_DAMAGED) {
		g->call->out.n = before;
		e = 0;
	}
	return buf_failed(&g->call->out) ? E_LIMIT : e;
}

static int
get_emails(struct getting *g)
{
	struct call *c = g->call;
	uint64_t *numbers = arena_array(c->mem, json_object_size(g->ids) + 1,
	    sizeof(*numbers));
	struct email_places places;
	const char *id;
	json_t *v;
	size_t n = 0;
	int e;

	json_object_foreach(g->ids, id, v)
		n += id_number(str_c(id), 'e', &numbers[n]);
	e = emails_find(c->account, numbers, n, &places, g->err);
	if (e == 0)
		e = emails_rows(c->account, &places, g->wants.rows, put_email,
		    g, g->err);
	vec_free(&places.v);
	return e;
}

const char *
email_get(struct call *c)
{
	struct err err = { 0 };
	struct getting g = { .call = c, .err = &err };
	char state[STATE_MAX];
	const char *error = wants_read(c, false, &g.wants);
	int e = 0;

	if (!error)
		error = get_ids(c, &g.ids);
	if (!error && !g.ids)
		error = call_error(c, "requestTooLarge",
		    "ids are needed: there may be any number of emails");
	if (!error && (e = email_state(c, state, &err)) == 0) {
		get_begin(c, state);
		e = get_emails(&g);
		get_end(c, g.ids);
	} else {
		json_decref(g.ids);
	}
	wants_free(&g.wants);
	if (error || buf_failed(&c->out))
		return error;
	return e < 0 ? call_fail(c, &err) : NULL;
}

/* ---- Email/changes                                         RFC 8621 4.3 -- */

int
email_state(struct call *c, char state[STATE_MAX], struct err *err)
{
	struct email_changes now;
	int e = emails_changes(c->account, 0, &now, err);

	if (e == 0)
		(void)snprintf(state, STATE_MAX, "%ju",
		    (uintmax_t)now.modseq);
	vec_free(&now.v);
	return e;
}

/* What became of emails since the state that is asked about. NULL, or an
 * error; there is no state on the way from one to the other. */
const char *
changes_read(struct call *c, struct email_changes *changes)
{
	uint64_t since;
	struct err err = { 0 };
	int e;

	*changes = (struct email_changes){ 0 };
	if (arg_int(c, "maxChanges", 1) < 1)
		return call_error(c, "invalidArguments", "maxChanges is 0");
	if (!str_u64(arg_str(c, "sinceState"), &since) || since == 0)
		return "cannotCalculateChanges";
	e = emails_changes(c->account, since, changes, &err);
	if (e == E_STALE || (e == 0 && changes->modseq < since))
		return "cannotCalculateChanges";
	return e < 0 ? call_fail(c, &err) : NULL;
}

void
changes_begin(struct call *c, uint64_t modseq)
{
	char state[STATE_MAX];

	(void)snprintf(state, sizeof(state), "%ju", (uintmax_t)modseq);
	out_put_str(&c->out, "accountId", str_c(c->person->id));
	out_put_str(&c->out, "oldState", arg_str(c, "sinceState"));
	out_put_str(&c->out, "newState", str_c(state));
	out_put_bool(&c->out, "hasMoreChanges", false);
}

void
changes_put(struct call *c, char kind, const char *name,
    const struct email_changes *changes, uint32_t became)
{
	out_name(&c->out, name);
	out_open(&c->out, '[');
	for (size_t i = 0; i < changes->v.n; i++)
		if (changes->v.p[i].became == became)
			out_id(&c->out, kind, changes->v.p[i].email);
	out_close(&c->out, ']');
}

const char *
email_changes(struct call *c)
{
	struct email_changes changes;
	const char *error = changes_read(c, &changes);

	if (!error && (int64_t)changes.v.n > arg_int(c, "maxChanges",
	    INT64_MAX))
		error = "cannotCalculateChanges";
	if (!error) {
		changes_begin(c, changes.modseq);
		changes_put(c, 'e', "created", &changes, EMAIL_CREATED);
		changes_put(c, 'e', "updated", &changes, EMAIL_UPDATED);
		changes_put(c, 'e', "destroyed", &changes, EMAIL_DESTROYED);
	}
	vec_free(&changes.v);
	return error;
}
