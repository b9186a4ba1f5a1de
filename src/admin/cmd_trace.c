/*
 * cmd_trace.c - postern trace: the life of a message, found in the journal;
 * postern explain: why it went where it went.
 */
#include <stdio.h>

#include "admin/explain.h"
#include "admin/filter.h"
#include "admin/journal_rows.h"
#include "admin/progress.h"
#include "admin/queue_rows.h"
#include "admin/trace.h"
#include "dns/name.h"

static const char usage[] =
    "usage: postern trace MESSAGE-ID|ADDRESS|NUMBER [--days N] [--json]\n\n"
    "The life of a message in order: where it came from, whose mailbox it\n"
    "went into, each attempt to send it on and what the other server said,\n"
    "and what still waits. Of an address: all that was from or to it, the\n"
    "newest last. Times are UTC.\n\n"
    "  --days N                     look at the last N days (7)\n"
    WHICH_SERVER;

static const char explain_usage[] =
    "usage: postern explain MESSAGE-ID|ADDRESS|NUMBER [--days N] [--json]\n\n"
    "Why a message went where it went, or was refused: what was found of it,\n"
    "in the order in which it counted, and what to type to have it otherwise\n"
    "next time. Of an address: all that was from or to it, the newest last.\n\n"
    "  --days N                     look at the last N days (7)\n"
    WHICH_SERVER;

enum {
	ID_KEPT = 150,	/* of a Message-ID, in the journal */
	ALSO_MAX = 32,	/* addresses that an alias leads to */
};

struct wanted {
	uint64_t number;	/* 0: not by number */
	struct str id;		/* a Message-ID without < > */
	struct str address;
};

struct trace_search {
	struct admin *a;
	struct operator *op;
	struct wanted wanted;
	struct str also[ALSO_MAX]; /* where its mail went, if it is an alias */
	size_t nalso;
	struct trace_message *m;
	size_t n;
	uint64_t more;		/* messages that found no place */
	uint64_t rows;
	size_t kept;
	struct progress progress;
	struct str day;
};

/* Message-IDs and addresses look alike: then it may be either. */
static void
read_wanted(struct wanted *w, const char *text, struct arena *a)
{
	struct str s = str_trim(str_c(text));
	bool angles = s.n > 2 && s.p[0] == '<' && s.p[s.n - 1] == '>';

	if (queue_id_read(text, &w->number))
		return;
	w->id = angles ? str_make(s.p + 1, s.n - 2) : s;
	if (!angles && !dns_address(s, a, &w->address))
		w->address = s;
}

static struct trace_message *
trace_find(struct trace_search *s, uint64_t id)
{
	for (size_t i = s->n; i > 0; i--)
		if (s->m[i - 1].id == id)
			return &s->m[i - 1];
	return NULL;
}

/* The oldest one makes room. */
static struct trace_message *
trace_add(struct trace_search *s, uint64_t id)
{
	if (s->n == TRACE_MESSAGES) {
		memmove(s->m, s->m + 1, (s->n - 1) * sizeof(*s->m));
		s->n--;
		s->more++;
	}
	s->m[s->n] = (struct trace_message){ .id = id };
	return &s->m[s->n++];
}

static void
trace_keep(struct trace_search *s, struct trace_message *m,
    const struct journal_row *row)
{
	struct trace_event *e;

	if (m->nevents++ >= TRACE_EVENTS || s->kept++ >= TRACE_ALL)
		return;
	e = arena_new_of(s->a->memory, struct trace_event);
	e->row = *row;
	msg_keep(s->a->memory, &journal_row_shape, &e->row);
	/* m may have moved since the last one: no pointer into itself. */
	*(m->first ? m->last : &m->first) = e;
	m->last = &e->next;
}

static bool
has_id(const struct wanted *w, const struct journal_row *row)
{
	struct str id;

	if (w->number)
		return row->message == w->number;
	id = trace_message_id(row);
	return id.n > 0 && str_eq(str_first(w->id, ID_KEPT),
	    str_first(id, ID_KEPT));
}

/* The address, or one that it leads to. */
static bool
is_mine(const struct trace_search *s, struct str address)
{
	if (s->wanted.address.n == 0)
		return false;
	for (size_t i = 0; i < s->nalso; i++)
		if (str_eqi(address, s->also[i]))
			return true;
	return str_eqi(address, s->wanted.address);
}

/* An alias that is ours sent it on: "by=team@example.org". */
static bool
is_sent_on(const struct trace_search *s, const struct journal_row *row)
{
	return row->event == JOURNAL_forwarded &&
	    is_mine(s, trace_value(row->text, "by"));
}

static void
note_target(struct trace_search *s, const struct journal_row *row)
{
	if (s->nalso < ALSO_MAX && !is_mine(s, row->address))
		s->also[s->nalso++] = str_dup(s->a->memory, row->address);
}

static bool
has_address(const struct trace_search *s, const struct journal_row *row)
{
	struct str address = s->wanted.address;

	if (address.n == 0 || row->event == JOURNAL_login ||
	    row->event == JOURNAL_login_failed)
		return false;
	return str_eqi(row->from, address) || str_eqi(row->address, address) ||
	    is_sent_on(s, row);
}

/* Of a message to many, what is about others is only counted. */
static bool
trace_concerns(const struct trace_search *s, const struct trace_message *m,
    struct str sender, struct str address)
{
	return m->whole || address.n == 0 || is_mine(s, address) ||
	    str_eqi(sender, s->wanted.address);
}

/* First: which messages. What was refused has no number and one row. */
static void
trace_look(void *arg, struct arena *page unused_arg,
    const struct journal_row *row)
{
	struct trace_search *s = arg;
	struct trace_message *m = row->message ?
	    trace_find(s, row->message) : NULL;
	bool id = has_id(&s->wanted, row);
	uint64_t report;

	s->rows++;
	if (!m && (id || has_address(s, row)))
		m = trace_add(s, row->message);
	if (!m || row->message == 0)
		return;
	m->whole = m->whole || id;
	if (is_sent_on(s, row))
		note_target(s, row);
	report = trace_report(row);
	if (!report || trace_find(s, report) ||
	    !trace_concerns(s, m, row->from, row->address))
		return;
	m = trace_add(s, report);
	m->report_of = row->message;
	m->whole = true;
}

/* Then: all that happened to them. A message that came before its number was
 * found is whole, too. */
static void
trace_gather(void *arg, struct arena *page unused_arg,
    const struct journal_row *row)
{
	struct trace_search *s = arg;
	struct trace_message *m = NULL;

	s->rows++;
	if (row->message)
		m = trace_find(s, row->message);
	else if (has_address(s, row))
		for (size_t i = 0; i < s->n && !m; i++)
			if (s->m[i].id == 0 && s->m[i].nevents == 0)
				m = &s->m[i];
	if (!m)
		return;
	if (trace_concerns(s, m, row->from, row->address) || is_sent_on(s, row))
		trace_keep(s, m, row);
	else
		m->others++;
}

static void
trace_tell(void *arg)
{
	struct trace_search *s = arg;

	progress_tell(&s->progress, "%.*s: %llu rows, %zu messages",
	    STR_FMT(s->day), (unsigned long long)s->rows, s->n);
}

static int
each_day(struct trace_search *s, uint32_t days,
    void (*row)(void *, struct arena *, const struct journal_row *),
    int64_t now, struct err *err)
{
	struct journal_rows to = { row, trace_tell, s };

	return journal_days(s->op, s->a->memory, days, now, &to, &s->day, err);
}

static void
keep_rest(void *arg, struct arena *page unused_arg,
    const struct queue_row *row)
{
	struct trace_search *s = arg;
	struct trace_message *m = trace_find(s, row->message);
	struct trace_rest *r;

	if (!m || m->nevents > TRACE_EVENTS || s->kept++ >= TRACE_ALL ||
	    !trace_concerns(s, m, row->sender, row->rcpt))
		return;
	m->nevents++;
	r = arena_new_of(s->a->memory, struct trace_rest);
	r->row = *row;
	msg_keep(s->a->memory, &queue_row_shape, &r->row);
	*(m->rest ? m->last_rest : &m->rest) = r;
	m->last_rest = &r->next;
}

/* What still waits; of a number also if its days have gone. */
static int
trace_present(struct trace_search *s, struct err *err)
{
	struct queue_rows to = { keep_rest, NULL, s };
	struct queue_filter f = { 0 };
	int rc = 0;

	if (s->wanted.number && !trace_find(s, s->wanted.number))
		trace_add(s, s->wanted.number)->whole = true;
	for (size_t i = 0; i < s->n && rc == 0; i++) {
		f.message = s->m[i].id;
		if (f.message)
			rc = queue_rows(s->op, &f, &to, err);
	}
	return rc;
}

static int
trace_journal(struct trace_search *s, uint32_t days, int64_t now,
    struct err *err)
{
	int rc;

	progress_begin(&s->progress);
	rc = each_day(s, days, trace_look, now, err);
	if (rc == 0 && s->n > 0)
		rc = each_day(s, days, trace_gather, now, err);
	if (rc == 0)
		rc = trace_present(s, err);
	progress_end(&s->progress);
	return rc;
}

/* Places of what turned out to have no rows. */
static void
trace_tidy(struct trace_search *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		if (s->m[i].nevents > 0)
			s->m[n++] = s->m[i];
	s->n = n;
}

/* The journal is written about once a second: who asks for what was sent just
 * now finds it with the second look. */
static int
search_twice(struct trace_search *s, uint32_t days, int64_t now,
    struct err *err)
{
	const struct trace_search before = *s;
	const struct timespec pause = { .tv_sec = 1, .tv_nsec = 200000000 };
	int rc = trace_journal(s, days, now, err);

	trace_tidy(s);
	if (rc < 0 || s->n > 0)
		return rc;
	(void)nanosleep(&pause, NULL);
	*s = before;
	memset(s->m, 0, TRACE_MESSAGES * sizeof(*s->m));
	rc = trace_journal(s, days, now + 2, err);
	trace_tidy(s);
	return rc;
}

/* How what was found is shown. */
struct showing {
	const char *command, *usage;
	void (*text)(struct arena *a, const struct trace_message *m, size_t n,
	    int64_t now);
	void (*json)(struct arena *a, const struct trace_message *m,
	    size_t n);
};

static int
trace_answer(struct trace_search *s, const struct options *o, const char *what,
    const struct showing *as, int64_t now)
{
	if (o->json && s->n > 0) {
		as->json(s->a->memory, s->m, s->n);
		return 0;
	}
	if (s->n == 0)
		return admin_fail(as->command, "nothing of %s in the last %u "
		    "day%s; further back: --days N", what, o->days,
		    o->days == 1 ? "" : "s");
	as->text(s->a->memory, s->m, s->n, now);
	if (s->more > 0)
		fprintf(stderr, "postern %s: there are older ones; these "
		    "are the newest %d. One of them: postern %s NUMBER\n",
		    as->command, TRACE_MESSAGES, as->command);
	return 0;
}

static int
find_and_show(struct admin *a, int argc, char **argv, const struct showing *as)
{
	struct options o = { 0 };
	struct err err = { 0 };
	struct trace_search s = { .a = a };
	int64_t now = (int64_t)time(NULL);
	int n = options_read(&o, argc, argv, as->usage,
	    SERVER_OPTIONS " days"), rc;

	if (n < 0)
		return o.code;
	if (n + 1 != argc || argv[n][0] == '\0')
		return options_wrong(argc, argv, n, as->usage);
	read_wanted(&s.wanted, argv[n], a->memory);
	s.m = arena_array(a->memory, TRACE_MESSAGES, sizeof(*s.m));
	if (operator_open(a, &o, &s.op, &err) < 0)
		return admin_fail(as->command, "%s", err.text);
	rc = search_twice(&s, o.days, now, &err);
	operator_close(s.op);
	if (rc < 0)
		return admin_fail(as->command, "%s", err.text);
	return trace_answer(&s, &o, argv[n], as, now);
}

int
cmd_trace(struct admin *a, int argc, char **argv)
{
	static const struct showing life = { "trace", usage, trace_print,
		trace_print_json };

	return find_and_show(a, argc, argv, &life);
}

int
cmd_explain(struct admin *a, int argc, char **argv)
{
	static const struct showing why = { "explain", explain_usage,
		explain_print, explain_print_json };

	return find_and_show(a, argc, argv, &why);
}
