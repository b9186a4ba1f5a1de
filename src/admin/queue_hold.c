#include "admin/queue_hold.h"

#include <stdio.h>

#include "admin/progress.h"
#include "admin/queue_edit.h"
#include "admin/queue_rows.h"
#include "admin/typed.h"
#include "base/vec.h"

static const char *
hold_kind_name(uint32_t kind)
{
	return kind == HOLD_destination ? "destination" :
	    kind == HOLD_sender ? "sender" : kind == HOLD_rcpt ? "recipient" :
	    "hold";
}

/* ---- which one ----------------------------------------------------------- */

bool
queue_names_hold(const struct options *o, bool ids)
{
	bool filters = o->rcpt || o->domain || o->older || o->held || o->all;

	return !filters && !ids && (o->destination || o->recipient ||
	    o->sender);
}

/* "<>", an address, "@a.domain", or a domain, which is everybody there. */
static int
read_whom(struct arena *a, const char *option, const char *typed,
    struct str *what, struct err *err)
{
	struct str s = str_c(typed);
	int rc = 0;

	if (str_eq(s, STR("<>")) && str_eq(str_c(option), STR("--sender")))
		*what = s;
	else if (str_rchr(s, '@') < s.n)
		rc = typed_address(a, typed, what, err);
	else if ((rc = typed_domain(a, typed, what, err)) == 0)
		*what = arena_printf(a, "@%.*s", STR_FMT(*what));
	*what = str_lower(a, *what);
	if (rc == 0 && !str_eq(s, STR("<>")) &&
	    (str_rchr(*what, '@') + 1 >= what->n || what->n > 320))
		return err_set(err, E_INVALID, "%s wants an address or a "
		    "domain, not \"%s\"", option, typed);
	return rc;
}

static int
read_hold(struct arena *a, const struct options *o, uint32_t *kind,
    struct str *what, struct err *err)
{
	int rc;

	if (!!o->destination + !!o->recipient + !!o->sender > 1)
		return err_set(err, E_INVALID, "one at a time: --destination, "
		    "--sender or --recipient");
	*kind = o->destination ? HOLD_destination :
	    o->sender ? HOLD_sender : HOLD_rcpt;
	if (*kind == HOLD_sender)
		return read_whom(a, "--sender", o->sender, what, err);
	if (*kind == HOLD_rcpt)
		return read_whom(a, "--recipient", o->recipient, what, err);
	rc = typed_domain(a, o->destination, what, err);
	*what = str_lower(a, *what);
	if (rc == 0 && (what->n == 0 || what->n > 255 ||
	    str_chr(*what, '@') < what->n))
		return err_set(err, E_INVALID, "--destination wants a domain, "
		    "not \"%s\"", o->destination);
	return rc;
}

/* ---- put and ended ------------------------------------------------------- */

/* Slice after slice of what waits; the first was done. */
static int
hold_go(struct operator *op, uint32_t kind, struct str what,
    struct hold_put_answer *answer, const char *done, struct err *err)
{
	struct hold_go_ask ask = { .kind = kind, .what = what };
	struct hold_go_answer more = { .changed = answer->changed,
		.more = answer->more };
	struct progress progress;
	int rc = 0;

	progress_begin(&progress);
	while (more.more && rc == 0) {
		progress_tell(&progress, "%llu recipients %s",
		    (unsigned long long)more.changed, done);
		ask.change = operator_change(op);
		rc = operator_store(op, STORE_hold_go, &ask, &more, err);
		if (rc == 0 && more.changed > answer->changed)
			answer->changed = more.changed;
	}
	progress_end(&progress);
	return rc;
}

static void
hold_say(const struct options *o, uint32_t kind, struct str what,
    const struct hold_put_answer *answer, bool ends)
{
	const char *s = answer->changed == 1 ? "" : "s";
	auto_buf name = BUF_INIT(4096);

	if (o->json) {
		buf_printf(&name, "{\"%s\":\"%s\",\"what\":",
		    ends ? "ended" : "held", hold_kind_name(kind));
		json_string(&name, what);
		printf("%.*s,\"changed\":%llu}\n", STR_FMT(buf_get(&name)),
		    (unsigned long long)answer->changed);
		return;
	}
	put_name(&name, what);
	if (ends)
		printf("The hold of the %s %.*s is over: %llu recipient%s "
		       "released\n", hold_kind_name(kind),
		    STR_FMT(buf_get(&name)),
		    (unsigned long long)answer->changed, s);
	else
		printf("The %s %.*s is on hold%s: %llu recipient%s that "
		       "waited, and what comes\n", hold_kind_name(kind),
		    STR_FMT(buf_get(&name)), answer->known ? " still" : "",
		    (unsigned long long)answer->changed, s);
}

int
queue_hold_put(struct admin *a, struct operator *op, const struct options *o,
    struct err *err)
{
	struct hold_put_ask ask = { .change = operator_change(op),
		.who = queue_who(a->memory),
		.reason = o->reason ? str_c(o->reason) : STR_NULL };
	struct hold_put_answer answer;
	int rc = read_hold(a->memory, o, &ask.kind, &ask.what, err);

	if (rc == 0)
		rc = operator_store(op, STORE_hold_put, &ask, &answer, err);
	if (rc == 0)
		rc = hold_go(op, ask.kind, ask.what, &answer, "on hold", err);
	if (rc == 0)
		hold_say(o, ask.kind, ask.what, &answer, false);
	return rc;
}

int
queue_hold_end(struct admin *a, struct operator *op, const struct options *o,
    struct err *err)
{
	struct hold_end_ask ask = { .change = operator_change(op),
		.who = queue_who(a->memory) };
	struct hold_end_answer ended;
	struct hold_put_answer answer;
	int rc = read_hold(a->memory, o, &ask.kind, &ask.what, err);

	if (rc == 0)
		rc = operator_store(op, STORE_hold_end, &ask, &ended, err);
	/* What was held by this sender, as any filter means it. */
	if (rc == E_NOTFOUND && ask.kind == HOLD_sender &&
	    str_rchr(str_c(o->sender), '@') < strlen(o->sender))
		return 1;
	if (rc < 0)
		return rc;
	answer = (struct hold_put_answer){ ended.changed, ended.more, 0 };
	rc = hold_go(op, ask.kind, ask.what, &answer, "released", err);
	if (rc == 0)
		hold_say(o, ask.kind, ask.what, &answer, true);
	return rc;
}

/* ---- listed -------------------------------------------------------------- */

struct listed_hold {
	struct hold_row row;
	uint64_t recipients;
};

struct queue_holds {
	struct listed_hold of[HOLDS_MAX];
	size_t n;
	uint64_t by_number;
};

int
queue_holds_load(struct admin *a, struct operator *op,
    struct queue_holds **out, struct err *err)
{
	struct queue_holds *h = arena_new_of(a->memory, struct queue_holds);
	struct holds_ask ask = { 0 };
	struct holds_answer answer;
	struct hold_row *row;
	struct rd r;

	do {
		if (operator_store(op, STORE_holds, &ask, &answer, err) < 0)
			return err->code;
		r = rd_of(answer.rows);
		while (rd_left(&r) > 0 && h->n < HOLDS_MAX &&
		    msg_take(&r, &hold_row_shape, &h->of[h->n].row)) {
			row = &h->of[h->n++].row;
			msg_keep(a->memory, &hold_row_shape, row);
			ask.kind = row->kind;
			ask.what = row->what;
		}
	} while (answer.more && h->n < HOLDS_MAX);
	*out = h;
	return 0;
}

static bool
hold_means(const struct hold_row *h, const struct queue_row *row)
{
	struct str is = h->kind == HOLD_destination ? row->domain :
	    h->kind == HOLD_rcpt ? row->rcpt : row->sender.n > 0 ?
	    row->sender : STR("<>");

	if (h->what.n > 0 && h->what.p[0] == '@')
		is = str_from(is, str_rchr(is, '@'));
	return str_eqi(h->what, is);
}

struct str
queue_holds_of(const struct queue_holds *h, struct arena *a,
    const struct queue_row *row)
{
	struct str all = STR_NULL;

	for (size_t i = 0; i < h->n; i++) {
		const struct hold_row *of = &h->of[i].row;

		if (of->state == HOLD_ends || !hold_means(of, row))
			continue;
		all = arena_printf(a, "%.*s%sa hold of the %s %.*s, by %.*s"
		    "%s%.*s", STR_FMT(all), all.n > 0 ? "; " : "",
		    hold_kind_name(of->kind), STR_FMT(of->what),
		    STR_FMT(of->who), of->reason.n > 0 ? ": " : "",
		    STR_FMT(of->reason));
	}
	return all;
}

/* A recipient counts with each hold that means it. */
static void
count_row(void *arg, struct arena *a unused_arg, const struct queue_row *row)
{
	struct queue_holds *h = arg;
	bool any = false;

	for (size_t i = 0; i < h->n; i++)
		if (hold_means(&h->of[i].row, row)) {
			h->of[i].recipients++;
			any = true;
		}
	h->by_number += !any;
}

int
queue_hold_list(struct admin *a, struct operator *op, const struct options *o,
    struct err *err)
{
	static const struct table_column columns[] = { { "kind", false },
		{ "what", false, true }, { "since", false }, { "by", false },
		{ "recipients", true }, { "state", false },
		{ "reason", false } };
	static const char *const states[] = { [HOLD_stands] = "stands",
		[HOLD_begins] = "begins", [HOLD_ends] = "ends" };
	struct table t = { .columns = columns, .ncolumns = NELEM(columns) };
	struct queue_filter held = { .held = 1 };
	struct queue_holds *h;
	struct queue_rows to;
	int rc = queue_holds_load(a, op, &h, err);

	if (rc < 0)
		return rc;
	to = (struct queue_rows){ count_row, NULL, h };
	if ((rc = queue_rows(op, &held, &to, err)) < 0)
		return rc;
	for (size_t i = 0; i < h->n; i++) {
		const struct hold_row *row = &h->of[i].row;
		struct str *cells = table_row(&t, a->memory);

		cells[0] = str_c(hold_kind_name(row->kind));
		cells[1] = row->what;
		cells[2] = time_text(a->memory, row->since);
		cells[3] = row->who;
		cells[4] = arena_printf(a->memory, "%llu",
		    (unsigned long long)h->of[i].recipients);
		cells[5] = str_c(row->state < NELEM(states) ?
		    states[row->state] : "unknown");
		cells[6] = row->reason;
	}
	if (h->n > 0 || o->json)
		table_print(&t, o->json);
	else
		puts("There are no holds.");
	if (h->by_number > 0 && !o->json)
		printf("%llu recipient%s held by number: postern queue list "
		       "--held\n", (unsigned long long)h->by_number,
		    h->by_number == 1 ? " is" : "s are");
	return 0;
}
