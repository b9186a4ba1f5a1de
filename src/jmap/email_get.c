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
	char blob[24];
	struct email m = { .call = g->call, .wants = &g->wants, .row = row,
		.mailbox = at->mailbox, .source.stored = message_of(
		    g->call->account, at->mailbox, row) };
	size_t before = g->call->out.n;
	int e;

	(void)snprintf(blob, sizeof(blob), "b%ju", (uintmax_t)row->email);
	m.blob = str_c(blob);
	e = email_put(&m, g->err);
	if (e == 0)
		(void)id_found(g->ids, 'e', row->email);
	/* It went meanwhile, or cannot be read. */
	if (e == E_NOTFOUND || e == E_DAMAGED) {
		g->call->out.n = before;
		e = 0;
	}
	return buf_failed(&g->call->out) ? E_LIMIT : e;
}

const char *
email_get(struct call *c)
{
	struct err err = { 0 };
	struct getting g = { .call = c, .err = &err };
	char state[STATE_MAX];
	const char *error = wants_read(c, false, &g.wants);
	const uint64_t *numbers;
	size_t n;
	int e = 0;

	if (!error)
		error = get_ids(c, &g.ids);
	if (!error && !g.ids)
		error = call_error(c, "requestTooLarge",
		    "ids are needed: there may be any number of emails");
	if (!error && (e = email_state(c, state, &err)) == 0) {
		get_begin(c, state);
		numbers = ids_numbers(c, g.ids, 'e', &n);
		e = emails_each(c->account, numbers, n, g.wants.rows,
		    put_email, &g, &err);
		get_end(c, g.ids);
	} else {
		json_decref(g.ids);
	}
	wants_free(&g.wants);
	return error ? error : e < 0 ? call_fail(c, &err) : NULL;
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
