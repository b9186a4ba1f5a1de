/*
 * cmd_held.c - postern held: mail that was taken and is kept apart.
 */
#include <limits.h>
#include <stdio.h>

#include "admin/filter.h"
#include "admin/operator.h"
#include "admin/table.h"
#include "admin/typed.h"

static const char usage[] =
    "usage: postern held list [--for ADDRESS] [--json]\n"
    "       postern held show N [--json]\n"
    "       postern held release N... [--for ADDRESS] [--json]\n"
    "       postern held drop N... [--for ADDRESS] [--json]\n\n"
    "Mail that was taken and is kept apart for somebody to look at. It is in\n"
    "no mailbox, and goes by itself after keep-held (14 days). Its sender\n"
    "hears of none of this. N is the number of a message, as list, trace and\n"
    "explain have it.\n\n"
    "release puts it into INBOX as if it came now, and the filter learns that\n"
    "such mail is good. drop forgets it.\n\n"
    "  --for ADDRESS                what is held for this account only\n"
    WHICH_SERVER;

struct held_ctx {
	struct admin *a;
	struct operator *op;
	struct str address;	/* whose; empty: everybody's */
	bool json;
	char **args;		/* NULL ends */
};

static struct str
number_text(struct arena *a, uint64_t n)
{
	return arena_printf(a, "%llu", (unsigned long long)n);
}

static const struct table_column columns[] = { { "id", true, false },
	{ "held", false, false }, { "until", false, false },
	{ "recipient", false, true }, { "from", false, true },
	{ "sender", false, true }, { "subject", false, false },
	{ "octets", true, false }, { "verdict", false, false } };

static void
put_cells(struct arena *a, struct str *cells, const struct held_row *row)
{
	cells[0] = number_text(a, row->message);
	cells[1] = time_text(a, row->at);
	cells[2] = time_text(a, row->until);
	cells[3] = row->address;
	cells[4] = row->author;
	cells[5] = row->sender.n > 0 ? row->sender : STR("<>");
	cells[6] = row->title;
	cells[7] = number_text(a, row->size);
	cells[8] = row->verdict;
}

/* Of `only`, or of all. */
static int
read_rows(struct held_ctx *c, uint64_t only, struct table *t, struct err *err)
{
	struct held_ask ask = { .address = c->address, .only = only };
	struct held_answer answer;
	struct held_row row = { 0 };

	do {
		struct rd r;

		if (operator_store(c->op, STORE_held, &ask, &answer, err) < 0)
			return err->code;
		r = rd_of(answer.rows);
		while (rd_left(&r) > 0 &&
		    msg_take(&r, &held_row_shape, &row))
			put_cells(c->a->memory, table_row(t, c->a->memory),
			    &row);
		if (!rd_ok(&r))
			return err_set(err, E_PROTO, "no list");
		ask.message = row.message;
		ask.account = row.account;
	} while (answer.more);
	return 0;
}

static int
held_list(void *ctx, struct err *err)
{
	struct held_ctx *c = ctx;
	struct table t = { .columns = columns, .ncolumns = NELEM(columns) };

	if (read_rows(c, 0, &t, err) < 0)
		return err->code;
	if (t.nrows > 0 || c->json)
		table_print(&t, c->json);
	else
		printf("nothing is held\n");
	return 0;
}

static int
read_number(const char *text, uint64_t *n, struct err *err)
{
	return queue_id_read(text, n) ? 0 : err_set(err, E_INVALID, "\"%s\" is "
	    "no number of a message", text);
}

static int
not_held(uint64_t n, struct err *err)
{
	return err_set(err, E_NOTFOUND, "message %llu is not held (any more); "
	    "what became of it: postern trace %llu", (unsigned long long)n,
	    (unsigned long long)n);
}

/* What is the same of all its recipients once. */
static void
print_shown(const struct table *t)
{
	for (size_t row = 0; row < t->nrows; row++)
		for (size_t i = 0; i < t->ncolumns; i++) {
			const struct str *cell = &t->cells[row * t->ncolumns];
			auto_buf b = BUF_INIT(4096);

			if (row > 0 && i != 3)
				continue;
			buf_printf(&b, "%-11s", t->columns[i].name);
			if (t->columns[i].idn)
				put_name(&b, cell[i]);
			else
				put_plain(&b, cell[i]);
			printf("%.*s\n", STR_FMT(buf_get(&b)));
		}
}

static int
held_show(void *ctx, struct err *err)
{
	struct held_ctx *c = ctx;
	struct table t = { .columns = columns, .ncolumns = NELEM(columns) };
	uint64_t n;

	if (read_number(c->args[0], &n, err) < 0 ||
	    read_rows(c, n, &t, err) < 0)
		return err->code;
	if (t.nrows == 0)
		return not_held(n, err);
	if (c->json)
		table_print(&t, true);
	else
		print_shown(&t);
	return 0;
}

/* All of its recipients, some at a time. */
static int
change_one(struct held_ctx *c, enum store_call call, uint64_t n,
    uint64_t *changed, struct err *err)
{
	struct held_release_ask ask = { .message = n, .address = c->address };
	struct held_release_answer answer;
	uint64_t before = *changed;

	do {
		ask.change = operator_change(c->op);
		if (operator_store(c->op, call, &ask, &answer, err) < 0) {
			if (err->code != E_NOTFOUND)
				return err->code;
			return *changed > before ? 0 : not_held(n, err);
		}
		*changed += answer.recipients;
	} while (answer.more);
	return 0;
}

static int
change_all(struct held_ctx *c, enum store_call call, const char *did,
    struct err *err)
{
	for (char **arg = c->args; *arg; arg++) {
		uint64_t n, changed = 0;

		if (read_number(*arg, &n, err) < 0 ||
		    change_one(c, call, n, &changed, err) < 0)
			return err->code;
		if (c->json)
			printf("{\"%s\":%llu,\"recipients\":%llu}\n", did,
			    (unsigned long long)n, (unsigned long long)changed);
		else
			printf("message %llu %s, of %llu recipient%s\n",
			    (unsigned long long)n, did,
			    (unsigned long long)changed,
			    changed == 1 ? "" : "s");
	}
	return 0;
}

static int
held_release(void *ctx, struct err *err)
{
	return change_all(ctx, STORE_held_release, "released", err);
}

static int
held_drop(void *ctx, struct err *err)
{
	return change_all(ctx, STORE_held_drop, "dropped", err);
}

static const struct verb verbs[] = {
	{ "list", 0, 0, held_list },
	{ "show", 1, 1, held_show },
	{ "release", 1, INT_MAX, held_release },
	{ "drop", 1, INT_MAX, held_drop },
	{ NULL, 0, 0, NULL },
};

int
cmd_held(struct admin *a, int argc, char **argv)
{
	struct options o = { 0 };
	struct err err = { 0 };
	struct held_ctx c = { .a = a };
	const struct verb *verb;
	int n = options_read(&o, argc, argv, usage, SERVER_OPTIONS " for"), rc;

	if (n < 0)
		return o.code;
	verb = options_verb(verbs, argc, argv, n);
	if (!verb)
		return options_wrong(argc, argv, n, usage);
	c.args = argv + n + 1;
	c.json = o.json;
	if ((o.services && typed_address(a->memory, o.services, &c.address,
	    &err) < 0) || operator_open(a, &o, &c.op, &err) < 0)
		return admin_fail("held", "%s", err.text);
	rc = verb->fn(&c, &err);
	operator_close(c.op);
	return rc < 0 ? admin_fail("held", "%s", err.text) : 0;
}
