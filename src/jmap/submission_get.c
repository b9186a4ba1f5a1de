/*
 * submission_get.c - EmailSubmission/get and /changes.    RFC 8621 7.1, 7.2
 */
#include "jmap/header.h"
#include "jmap/submissions.h"

_Static_assert((int)STATE_MAX == (int)WAITING_STATE_MAX, "one text");

struct str
undo_status(uint32_t state)
{
	return state == LATER_waits ? STR("pending") :
	    state == LATER_left ? STR("final") : STR("canceled");
}

/* ---- what there is ------------------------------------------------------- */

static void
look_at_nothing(void *arg unused_arg, const struct later_row *row unused_arg)
{
}

/* It comes with every page, that of nothing too. */
int
submissions_state(struct call *c, char state[STATE_MAX], struct err *err)
{
	return waiting_all(c->account, UINT64_MAX, look_at_nothing, NULL,
	    state, err);
}

struct submission_row
submission_row_of(const struct later_row *row)
{
	return (struct submission_row){ row->message, row->email, row->thread,
		row->due, row->state };
}

struct finding {
	struct submission_row *out;
	int found;
};

static void
take_row(void *arg, const struct later_row *row)
{
	struct finding *f = arg;

	*f->out = submission_row_of(row);
	f->found = 1;
}

int
submission_find(struct call *c, uint64_t message, struct submission_row *out,
    struct err *err)
{
	struct finding f = { out, 0 };
	int e = waiting_all(c->account, message, take_row, &f, NULL, err);

	return e < 0 ? e : f.found;
}

/* ---- properties ---------------------------------------------------------- */

static void
put_id(struct buf *b, const void *record)
{
	out_id(b, 's', ((const struct later_row *)record)->message);
}

static void
put_identity(struct buf *b, const void *record unused_arg)
{
	out_str(b, STR(IDENTITY));
}

/* What was handed in by another protocol is made of an email that is not there,
 * as if it had been destroyed: no email has the number 0. */
static void
put_email(struct buf *b, const void *record)
{
	out_id(b, 'e', ((const struct later_row *)record)->email);
}

static void
put_thread(struct buf *b, const void *record)
{
	out_id(b, 't', ((const struct later_row *)record)->thread);
}

static void
put_address(struct buf *b, struct str address, int64_t hold_until)
{
	out_open(b, '{');
	out_put_str(b, "email", address);
	out_name(b, "parameters");
	if (hold_until) {
		out_open(b, '{');
		out_name(b, "HOLDUNTIL");
		header_put_utc(b, hold_until);
		out_close(b, '}');
	} else {
		out_null(b);
	}
	out_close(b, '}');
}

static size_t
count_named(struct str rcpts)
{
	struct str address;
	size_t n = 0;

	while (waiting_recipient(&rcpts, &address))
		n++;
	return n;
}

/* null where not all of it is known any more, or is too much. */
static void
put_envelope(struct buf *b, const void *record)
{
	const struct later_row *row = record;
	struct str rcpts = row->rcpts, address;

	if (row->nrcpts == 0 || count_named(rcpts) < row->nrcpts) {
		out_null(b);
		return;
	}
	out_open(b, '{');
	out_name(b, "mailFrom");
	put_address(b, row->sender, row->due);
	out_name(b, "rcptTo");
	out_open(b, '[');
	while (waiting_recipient(&rcpts, &address))
		put_address(b, address, 0);
	out_close(b, ']');
	out_close(b, '}');
}

static void
put_send_at(struct buf *b, const void *record)
{
	header_put_utc(b, ((const struct later_row *)record)->due);
}

static void
put_undo_status(struct buf *b, const void *record)
{
	out_str(b, undo_status(((const struct later_row *)record)->state));
}

static void
put_none(struct buf *b, const void *record unused_arg)
{
	out_null(b);
}

static void
put_no_blobs(struct buf *b, const void *record unused_arg)
{
	out_open(b, '[');
	out_close(b, ']');
}

/* In the order of RFC 8621 7. */
static const struct property properties[] = {
	{ "id", put_id },
	{ "identityId", put_identity },
	{ "emailId", put_email },
	{ "threadId", put_thread },
	{ "envelope", put_envelope },
	{ "sendAt", put_send_at },
	{ "undoStatus", put_undo_status },
	{ "deliveryStatus", put_none },
	{ "dsnBlobIds", put_no_blobs },
	{ "mdnBlobIds", put_no_blobs },
	{ NULL, NULL },
};

/* ---- EmailSubmission/get ------------------------------------------------- */

struct getting {
	struct call *call;
	json_t *ids;		/* NULL: all */
	uint64_t wanted;
	size_t n;
};

static void
get_one(void *arg, const struct later_row *row)
{
	struct getting *g = arg;

	if (g->ids ? !id_found(g->ids, 's', row->message) :
	    ++g->n > MAX_GET)
		return;
	get_put(&g->call->out, properties, g->wanted, row);
}

const char *
submission_get(struct call *c)
{
	struct getting g = { .call = c };
	struct err err = { 0 };
	char state[STATE_MAX];
	const char *error;
	int e;

	g.wanted = get_properties(c, properties, &error);
	if (error || (error = get_ids(c, &g.ids)))
		return error;
	e = submissions_state(c, state, &err);
	if (e == 0) {
		get_begin(c, state);
		e = waiting_all(c->account, 0, get_one, &g, NULL, &err);
	}
	if (e == 0 && g.n <= MAX_GET) {
		get_end(c, g.ids);
		return NULL;
	}
	json_decref(g.ids);
	return e < 0 ? call_fail(c, &err) : call_error(c, "requestTooLarge",
	    "there are more than %d", MAX_GET);
}

const char *
submission_changes(struct call *c)
{
	struct err err = { 0 };
	char state[STATE_MAX];

	if (submissions_state(c, state, &err) < 0)
		return call_fail(c, &err);
	return no_changes(c, state);
}
