/*
 * cmd_queue.c - postern queue: what waits to be sent.
 */
#include <stdio.h>

#include "admin/admin.h"
#include "admin/progress.h"
#include "admin/queue_edit.h"
#include "admin/queue_hold.h"
#include "admin/queue_rows.h"
#include "admin/queue_summary.h"

static const char usage[] =
    "usage: postern queue [--json]\n"
    "       postern queue list [FILTER...] [--json]\n"
    "       postern queue show ID [--json]\n"
    "       postern queue retry|hold|release|drop ID...|FILTER...|--all "
    "[--yes]\n"
    "       postern queue hold HOLD [--reason TEXT]\n"
    "       postern queue release HOLD\n"
    "       postern queue held [--json]\n"
    "       postern queue edit ID CHANGE...\n"
    "       postern queue expire ID...\n\n"
    "What waits to be sent to other servers: a summary, a row for each\n"
    "recipient, all about one message. retry: try now; hold and release: not\n"
    "until then; drop: forget, without a report to the sender; it asks\n"
    "before, or wants --yes. What its sender wants to leave later leaves now\n"
    "by release ID, and by no filter.\n\n"
    "With a HOLD, what waits now and what comes is held until it is released;\n"
    "time stands still for it. held: which there are.\n\n"
    "  --destination DOMAIN         all that goes there\n"
    "  --sender ADDRESS|DOMAIN      from whom; \"<>\": reports\n"
    "  --recipient ADDRESS|DOMAIN   to whom\n\n"
    "edit: one message is another one, and is tried as that; its text is\n"
    "signed, and nobody's to change. expire: it is given up now, and its\n"
    "sender told.\n\n"
    "  --recipient OLD=NEW          it goes to another address\n"
    "  --without ADDRESS            and to that one no more, untold\n"
    "  --sender ADDRESS             who is told when it fails; \"<>\": nobody\n"
    "  --priority N                 -9 to 9\n"
    "  --give-up TIME               in that time from now: 2h, 3d\n\n"
    "FILTERs, all of which have to fit:\n\n"
    "  --sender ADDRESS|@DOMAIN     from whom\n"
    "  --rcpt ADDRESS|@DOMAIN       to whom\n"
    "  --domain DOMAIN              the destination\n"
    "  --older TIME                 came before: 30s, 5m, 2h, 3d\n"
    "  --held                       on hold\n"
    WHICH_SERVER;

enum { REPLY_SHOWN = 60 };

struct queue_ctx {
	struct admin *a;
	struct operator *op;
	const struct options *o;
	struct queue_filter filter;
	bool filtered;
	struct queue_holds *holds;	/* of show */
	char **args;		/* behind the verb */
	int nargs;
	int64_t now;
};

/* ---- list and show ------------------------------------------------------ */

struct queue_listing {
	struct queue_ctx *c;
	struct table t;
	uint64_t recipients, messages, last;
};

static const struct table_column short_columns[] = { { "id", true },
	{ "age", false }, { "sender", false, true },
	{ "recipient", false, true },
	{ "attempts", true }, { "next", false }, { "last reply", false } };

static void
short_cells(struct queue_listing *l, struct arena *a, struct str *cells,
    const struct queue_row *row)
{
	auto_buf age = BUF_INIT(64);
	struct str reply = queue_reply_text(a, row);

	duration_put(&age, l->c->now - row->queued);
	cells[0] = arena_printf(a, "%llu", (unsigned long long)row->message);
	cells[1] = str_dup(a, buf_get(&age));
	cells[2] = row->sender.n > 0 ? row->sender : STR("<>");
	cells[3] = row->rcpt;
	cells[4] = arena_printf(a, "%u", row->attempts);
	cells[5] = queue_next_text(a, row, l->c->now);
	cells[6] = reply;
	if (reply.n > REPLY_SHOWN)
		cells[6] = arena_printf(a, "%.*s...", REPLY_SHOWN - 3,
		    reply.p);
}

static void
list_row(void *arg, struct arena *a, const struct queue_row *row)
{
	struct queue_listing *l = arg;
	struct str *cells = table_row(&l->t, a);

	l->recipients++;
	l->messages += row->message != l->last;
	l->last = row->message;
	if (l->c->o->json)
		queue_cells(a, cells, row);
	else
		short_cells(l, a, cells, row);
}

static void
list_page(void *arg)
{
	struct queue_listing *l = arg;

	if (l->t.nrows > 0 || (l->c->o->json && !l->c->filter.message))
		table_more(&l->t, l->c->o->json);
}

static int
not_there(const char *id, struct err *err)
{
	return err_set(err, E_NOTFOUND, "there is no message %s in the queue; "
	    "what became of it: postern trace %s", id, id);
}

static int
queue_list(struct queue_ctx *c, struct err *err)
{
	struct queue_listing l = { .c = c, .t = {
		.columns = c->o->json ? queue_columns : short_columns,
		.ncolumns = c->o->json ? queue_ncolumns :
					 NELEM(short_columns) } };
	struct queue_rows to = { list_row, list_page, &l };

	if (queue_rows(c->op, &c->filter, &to, err) < 0)
		return err->code;
	if (c->filter.message && l.recipients == 0)
		return not_there(c->args[0], err);
	table_end(&l.t, c->o->json);
	if (!c->o->json) {
		if (l.recipients > 0)
			putchar('\n');
		queue_count_print(l.recipients, l.messages);
		putchar('\n');
	}
	return 0;
}

static void
print_line(const char *name, struct str value)
{
	auto_buf b = BUF_INIT(4096);

	buf_printf(&b, "%-13s", name);
	put_plain(&b, value);
	printf("%.*s\n", STR_FMT(buf_get(&b)));
}

static struct str
with_age(struct arena *a, int64_t at, int64_t now, const char *fmt)
{
	auto_buf b = BUF_INIT(64);

	duration_put(&b, at > now ? at - now : now - at);
	return arena_printf(a, "%.*s (%s%.*s%s)",
	    STR_FMT(time_text(a, at)), at > now ? "in " : "",
	    STR_FMT(buf_get(&b)), at > now ? "" : fmt);
}

static void
show_row(void *arg, struct arena *a, const struct queue_row *row)
{
	struct queue_listing *l = arg;
	int64_t now = l->c->now;

	if (l->recipients++ == 0) {
		print_line("message", arena_printf(a, "%llu",
		    (unsigned long long)row->message));
		print_line("sender", row->sender.n > 0 ? row->sender :
		    STR("<> (a report)"));
		print_line("octets", arena_printf(a, "%llu",
		    (unsigned long long)row->size));
		print_line("queued", with_age(a, row->queued, now, " ago"));
		print_line("expires", with_age(a, row->expires, now, " ago"));
		if (row->require_tls)
			print_line("TLS", queue_tls_text(row));
		if (row->priority)
			print_line("priority", arena_printf(a, "%d",
			    (int)row->priority));
		if (row->by_mode)
			print_line("deliver by", arena_printf(a, "%.*s, or %s",
			    STR_FMT(with_age(a, row->deliver_by, now, " ago")),
			    row->by_mode & BY_return ? "it comes back" :
			    "its sender is told"));
	}
	putchar('\n');
	print_line("recipient", row->rcpt);
	print_line("destination", row->domain);
	print_line("state", str_c(queue_state_name(row->state)));
	print_line("attempts", arena_printf(a, "%u", row->attempts));
	if (row->state == QUEUE_held) {
		struct str why = queue_holds_of(l->c->holds, a, row);

		print_line("held", arena_printf(a, "%.*s: %.*s",
		    STR_FMT(with_age(a, row->held, now, " ago")),
		    STR_FMT(why.n > 0 ? why : STR("by its number"))));
	}
	if (row->state == QUEUE_waits)
		print_line("next", queue_next_text(a, row, now));
	if (row->state == QUEUE_later)
		print_line("leaves", with_age(a, row->next, now, " ago"));
	if (row->attempts > 0)
		print_line("last", with_age(a, row->last, now, " ago"));
	if (row->attempts > 0 || row->text.n > 0)
		print_line("reply", queue_reply_text(a, row));
}

static int
queue_show(struct queue_ctx *c, struct err *err)
{
	struct queue_listing l = { .c = c };
	struct queue_rows to = { show_row, NULL, &l };

	if (!queue_id_read(c->args[0], &c->filter.message))
		return err_set(err, E_INVALID, "\"%s\" is no number of a "
		    "message", c->args[0]);
	if (c->o->json)
		return queue_list(c, err);
	if (queue_holds_load(c->a, c->op, &c->holds, err) < 0)
		return err->code;
	if (queue_rows(c->op, &c->filter, &to, err) < 0)
		return err->code;
	return l.recipients > 0 ? 0 : not_there(c->args[0], err);
}

/* ---- changes ------------------------------------------------------------ */

struct change {
	struct queue_ctx *c;
	enum queue_action action;
	const char *done;	/* "on hold" */
	struct progress progress;
	uint64_t changed, kept;
};

static int
change_some(struct change *ch, const struct queue_filter *f, struct err *err)
{
	struct queue_change_ask ask = filter_change(f, ch->action);
	struct queue_change_answer answer;
	struct arena *a = ch->c->a->memory;

	do {
		ask.change = operator_change(ch->c->op);
		if (operator_store(ch->c->op, STORE_queue_change, &ask,
			&answer, err) < 0)
			return err->code;
		ch->changed += answer.changed;
		ch->kept += answer.kept;
		ask.cursor = str_dup(a, answer.next);
		progress_tell(&ch->progress, "%llu recipients %s",
		    (unsigned long long)ch->changed, ch->done);
	} while (answer.next.n > 0);
	return 0;
}

static int
change_ids(struct change *ch, struct err *err)
{
	struct queue_ctx *c = ch->c;
	struct queue_filter f = { 0 };
	const char *nothing = NULL;
	uint64_t before;

	for (int i = 0; i < c->nargs; i++)
		if (!queue_id_read(c->args[i], &f.message))
			return err_set(err, E_INVALID, "\"%s\" is no number "
			    "of a message", c->args[i]);
	for (int i = 0; i < c->nargs; i++) {
		bool ok = queue_id_read(c->args[i], &f.message);

		before = ch->changed;
		if (!ok || change_some(ch, &f, err) < 0)
			return err->code;
		if (ch->changed == before && !nothing)
			nothing = c->args[i];
	}
	return nothing ? err_set(err, E_NOTFOUND, "nothing of message %s to "
	    "change; what became of it: postern trace %s", nothing, nothing) :
	    0;
}

static bool
queue_agreed(struct queue_ctx *c)
{
	char line[8] = "";

	if (c->o->yes)
		return true;
	if (!isatty(STDIN_FILENO))
		return false;
	fprintf(stderr, "Drop %s from the queue, without a report to the "
	    "senders? [y/N] ", c->nargs == 1 ? c->args[0] : c->nargs > 0 ?
	    "these messages" : c->o->all ? "everything" : "what matches");
	return fgets(line, sizeof(line), stdin) &&
	    ascii_lower(line[0]) == 'y';
}

static int
queue_change(struct queue_ctx *c, enum queue_action action, const char *done,
    struct err *err)
{
	struct change ch = { .c = c, .action = action, .done = done };
	int rc;

	if (c->o->destination || c->o->recipient || c->o->reason)
		return err_set(err, E_INVALID, "a hold is one of "
		    "--destination, --sender or --recipient, and nothing "
		    "else");
	if (c->nargs > 0 && (c->filtered || c->o->all))
		return err_set(err, E_INVALID, "either messages by number, "
		    "or a filter, or --all");
	if (c->nargs == 0 && !c->filtered && !c->o->all)
		return err_set(err, E_INVALID, "which? Numbers of messages, "
		    "a filter (--sender, --rcpt, --domain, --older, --held), "
		    "or --all");
	if (action == QUEUE_DROP && !queue_agreed(c))
		return err_set(err, E_CANCELED, "nothing was dropped; to drop "
		    "without being asked: --yes");
	progress_begin(&ch.progress);
	rc = c->nargs > 0 ? change_ids(&ch, err) :
			    change_some(&ch, &c->filter, err);
	progress_end(&ch.progress);
	if (rc < 0 && ch.changed == 0)
		return rc;
	if (c->o->json)
		printf("{\"changed\":%llu,\"kept\":%llu}\n",
		    (unsigned long long)ch.changed,
		    (unsigned long long)ch.kept);
	else
		printf("%llu recipient%s %s\n", (unsigned long long)ch.changed,
		    ch.changed == 1 ? "" : "s", done);
	if (ch.kept > 0 && !c->o->json)
		printf("%llu more %s held by a hold: postern queue held\n",
		    (unsigned long long)ch.kept, ch.kept == 1 ? "is" : "are");
	return rc;
}

static int
queue_retry(struct queue_ctx *c, struct err *err)
{
	return queue_change(c, QUEUE_RETRY, "to be tried now", err);
}

static int
queue_hold(struct queue_ctx *c, struct err *err)
{
	if (queue_names_hold(c->o, c->nargs > 0))
		return queue_hold_put(c->a, c->op, c->o, err);
	return queue_change(c, QUEUE_HOLD, "on hold", err);
}

static int
queue_release(struct queue_ctx *c, struct err *err)
{
	int rc = 1;

	if (queue_names_hold(c->o, c->nargs > 0))
		rc = queue_hold_end(c->a, c->op, c->o, err);
	if (rc <= 0)
		return rc;
	/* By a filter, as ever. */
	*err = (struct err){ 0 };
	if (filter_read(c->o, c->now, c->a->memory, &c->filter, &c->filtered,
	    err) < 0)
		return err->code;
	return queue_change(c, QUEUE_RELEASE, "released", err);
}

static int
queue_drop(struct queue_ctx *c, struct err *err)
{
	return queue_change(c, QUEUE_DROP, "dropped", err);
}

static int
queue_held(struct queue_ctx *c, struct err *err)
{
	return queue_hold_list(c->a, c->op, c->o, err);
}

static int
queue_edits(struct queue_ctx *c, struct err *err)
{
	return queue_edit(c->a, c->op, c->o, c->args[0], err);
}

static int
queue_expires(struct queue_ctx *c, struct err *err)
{
	return queue_expire(c->a, c->op, c->o, c->args, c->nargs, err);
}

static int
queue_sums(struct queue_ctx *c, struct err *err)
{
	return queue_summary(c->a, c->op, c->o->json, err);
}

/* ------------------------------------------------------------------------- */

enum { TAKES_filter = 1, TAKES_hold = 2, TAKES_edit = 4 };

static const struct queue_verb {
	const char *name;
	int least, most;	/* arguments */
	uint32_t takes;		/* options: TAKES_* */
	int (*fn)(struct queue_ctx *c, struct err *err);
} verbs[] = {
	{ "", 0, 0, 0, queue_sums },
	{ "list", 0, 0, TAKES_filter, queue_list },
	{ "show", 1, 1, 0, queue_show },
	{ "retry", 0, 10000, TAKES_filter, queue_retry },
	{ "hold", 0, 10000, TAKES_filter | TAKES_hold, queue_hold },
	{ "release", 0, 10000, TAKES_filter | TAKES_hold, queue_release },
	{ "drop", 0, 10000, TAKES_filter, queue_drop },
	{ "held", 0, 0, 0, queue_held },
	{ "edit", 1, 1, TAKES_edit, queue_edits },
	{ "expire", 1, 10000, 0, queue_expires },
};

/* Are all options that were given some of its own? */
static bool
takes_these(const struct queue_verb *v, const struct options *o)
{
	if ((o->rcpt || o->domain || o->older || o->held || o->all) &&
	    !(v->takes & TAKES_filter))
		return false;
	if ((o->destination || o->reason) && !(v->takes & TAKES_hold))
		return false;
	if ((o->without || o->priority || o->give_up) &&
	    !(v->takes & TAKES_edit))
		return false;
	if (o->recipient && !(v->takes & (TAKES_hold | TAKES_edit)))
		return false;
	return !o->sender || v->takes;
}

static const struct queue_verb *
find_verb(const char *name, int nargs, const struct options *o)
{
	for (size_t i = 0; i < NELEM(verbs); i++)
		if (str_eq(str_c(name), str_c(verbs[i].name)) &&
		    nargs >= verbs[i].least && nargs <= verbs[i].most &&
		    takes_these(&verbs[i], o))
			return &verbs[i];
	return NULL;
}

int
cmd_queue(struct admin *a, int argc, char **argv)
{
	struct options o = { 0 };
	struct err err = { 0 };
	struct queue_ctx c = { .a = a, .o = &o, .now = (int64_t)time(NULL) };
	const struct queue_verb *verb;
	int n = options_read(&o, argc, argv, usage,
	    SERVER_OPTIONS " yes all reason destination recipient without"
	    " priority give-up"
	    QUEUE_OPTIONS), rc;

	if (n < 0)
		return o.code;
	c.args = argv + n + 1;
	c.nargs = n < argc ? argc - n - 1 : 0;
	verb = find_verb(n < argc ? argv[n] : "", c.nargs, &o);
	if (!verb)
		return options_wrong(argc, argv, n, usage);
	if (verb->takes & TAKES_filter && !(verb->takes & TAKES_hold &&
	    queue_names_hold(&o, c.nargs > 0)) && filter_read(&o, c.now,
	    a->memory, &c.filter, &c.filtered, &err) < 0)
		return admin_fail("queue", "%s", err.text);
	if (operator_open(a, &o, &c.op, &err) < 0)
		return admin_fail("queue", "%s", err.text);
	rc = verb->fn(&c, &err);
	operator_close(c.op);
	return rc < 0 ? admin_fail("queue", "%s", err.text) : 0;
}
