#include "admin/logins.h"

#include <stdio.h>
#include <time.h>

#include "admin/journal_rows.h"
#include "admin/progress.h"
#include "admin/table.h"
#include "base/timetext.h"
#include "dns/name.h"

enum {
	LOGINS_MAX = 2000,	/* lines that are kept: the newest */
	LOOK_BACK = 64,		/* of them, for one that says the same */
	NOTE_OCTETS = 200,	/* a label has APP_LABEL_MAX */
};

struct login {
	int64_t at_us;		/* of the last */
	uint64_t count;
	bool failed;
	uint32_t service;	/* 0: of a server that did not write it */
	struct str peer;
	struct str label;	/* of the app password; empty */
	struct str mechanism;	/* empty: not let in */
	struct str reason;	/* empty: let in */
	char octets[NOTE_OCTETS + 64];
};

struct logins {
	struct str address;
	struct login **line;
	size_t n;
	uint64_t left_out, rows;
	struct str day;
	struct progress progress;
};

/* "imap PLAIN (label)", "imap wrong user or password": vault's text, in which
 * a bracket begins a label and nothing else. */
static void
read_login(const struct journal_row *row, struct login *l)
{
	struct str said = row->text, word, rest;
	size_t i;

	*l = (struct login){ .at_us = row->at_us, .count = 1,
		.failed = row->event == JOURNAL_login_failed,
		.peer = row->peer };
	(void)str_cut(said, ' ', &word, &rest);
	l->service = login_service_named(word);
	if (l->service)
		said = rest;
	i = str_find(said, STR(" ("));
	if (l->failed)
		l->reason = str_first(said, i);
	else
		l->mechanism = str_first(said, i);
	if (i < said.n && said.p[said.n - 1] == ')') {
		l->label = str_from(said, i + 2);
		l->label.n--;
	}
}

static void
keep_octets(struct str *s, char *to, size_t *used, size_t room)
{
	size_t n = s->n < room - *used ? s->n : room - *used;

	if (n > 0)
		memcpy(to + *used, s->p, n);
	*s = str_make(to + *used, n);
	*used += n;
}

/* In the line's own octets: a place is used again. */
static void
keep_login(struct login *to, const struct login *from)
{
	size_t used = 0;

	*to = *from;
	keep_octets(&to->peer, to->octets, &used, sizeof(to->octets));
	keep_octets(&to->label, to->octets, &used, sizeof(to->octets));
	keep_octets(&to->mechanism, to->octets, &used, sizeof(to->octets));
	keep_octets(&to->reason, to->octets, &used, sizeof(to->octets));
}

static bool
is_token(struct str mechanism)
{
	return str_eq(mechanism, STR("OAUTHBEARER")) ||
	    str_eq(mechanism, STR("XOAUTH2")) ||
	    str_eq(mechanism, STR("BEARER"));
}

static bool
is_again(const struct login *a, const struct login *b)
{
	return a->failed == b->failed && a->service == b->service &&
	    str_eq(a->peer, b->peer) && str_eq(a->label, b->label) &&
	    is_token(a->mechanism) == is_token(b->mechanism) &&
	    str_eq(a->reason, b->reason);
}

static int64_t
hour_of(const struct login *l)
{
	return l->at_us / 1000000 / 3600;
}

/* The line of this hour that says the same; s->n: there is none. */
static size_t
find_again(const struct logins *s, const struct login *l)
{
	for (size_t i = s->n; i > 0 && s->n - i < LOOK_BACK; i--) {
		if (hour_of(s->line[i - 1]) != hour_of(l))
			break;
		if (is_again(s->line[i - 1], l))
			return i - 1;
	}
	return s->n;
}

/* Who guesses from all over the world shall not push out the one line that
 * says they found it: failures make room first. */
static size_t
find_room(const struct logins *s)
{
	size_t i = 0;

	while (i < s->n && !s->line[i]->failed)
		i++;
	return i < s->n ? i : 0;
}

/* To the end: the newest is last. */
static struct login *
move_last(struct logins *s, size_t i)
{
	struct login *l = s->line[i];

	memmove(s->line + i, s->line + i + 1,
	    (s->n - i - 1) * sizeof(struct login *));
	return s->line[s->n - 1] = l;
}

static bool
is_of(struct str address, struct arena *a, const struct journal_row *row)
{
	struct str who = row->address;

	/* Vault's rows alone: a session has one more of its own. */
	if ((row->event != JOURNAL_login && row->event != JOURNAL_login_failed)
	    || row->session.n > 0)
		return false;
	/* As it was typed, where it was not looked up. */
	if (!dns_address(row->address, a, &who))
		who = row->address;
	return str_eqi(who, address);
}

static void
take_login(void *arg, struct arena *a, const struct journal_row *row)
{
	struct logins *s = arg;
	struct login l;
	size_t i;

	s->rows++;
	if (!is_of(s->address, a, row))
		return;
	read_login(row, &l);
	i = find_again(s, &l);
	if (i < s->n) {
		struct login *last = move_last(s, i);

		last->at_us = l.at_us;
		last->count++;
	} else if (s->n < LOGINS_MAX) {
		keep_login(s->line[s->n++], &l);
	} else {
		keep_login(move_last(s, find_room(s)), &l);
		s->left_out++;
	}
}

static void
tell_logins(void *arg)
{
	struct logins *s = arg;

	progress_tell(&s->progress, "%.*s: %llu rows, %zu lines",
	    STR_FMT(s->day), (unsigned long long)s->rows, s->n);
}

/* For people: what fits into a line. */
static struct str
with_text(struct arena *a, const struct login *l)
{
	if (l->label.n == 0)
		return l->failed ? l->reason : is_token(l->mechanism) ?
		    STR("token") : STR("password");
	return arena_printf(a, "\"%.*s\"%s%.*s", STR_FMT(l->label),
	    l->failed ? ": " : "", STR_FMT(l->reason));
}

static const struct table_column columns[] = { { "time", false },
	{ "peer", false }, { "protocol", false }, { "result", false },
	{ "count", true }, { "app-password", false }, { "reason", false },
	{ "mechanism", false } };
static const struct table_column brief_columns[] = { { "time", false },
	{ "from", false }, { "by", false }, { "result", false },
	{ "count", true }, { "with", false } };

static void
put_login(struct table *t, struct arena *a, const struct login *l, bool json)
{
	struct str *cells = table_row(t, a);
	auto_buf at = BUF_INIT(40);

	time_rfc3339(&at, l->at_us / 1000000);
	cells[0] = str_dup(a, buf_get(&at));
	cells[1] = l->peer;
	cells[2] = login_service_name(l->service);
	cells[3] = l->failed ? STR("failed") : STR("ok");
	cells[4] = arena_printf(a, "%llu", (unsigned long long)l->count);
	cells[5] = json ? l->label : with_text(a, l);
	if (json) {
		cells[6] = l->reason;
		cells[7] = l->mechanism;
		return;
	}
	cells[0] = minute_text(a, l->at_us / 1000000);
}

int
logins_print(struct admin *a, struct operator *op, const struct options *o,
    struct str address, bool known, struct err *err)
{
	struct logins s = { .address = address };
	struct journal_rows to = { take_login, tell_logins, &s };
	struct table t = { .columns = o->json ? columns : brief_columns,
		.ncolumns = o->json ? NELEM(columns) : NELEM(brief_columns) };
	struct login *lines = arena_array(a->memory, LOGINS_MAX,
	    sizeof(*lines));
	int rc;

	s.line = arena_array(a->memory, LOGINS_MAX, sizeof(struct login *));
	for (size_t i = 0; i < LOGINS_MAX; i++)
		s.line[i] = &lines[i];
	progress_begin(&s.progress);
	rc = journal_days(op, a->memory, o->days, (int64_t)time(NULL), &to,
	    &s.day, err);
	progress_end(&s.progress);
	if (rc < 0)
		return rc;
	if (s.n == 0 && !known)
		return err_set(err, E_NOTFOUND, "there is no account %.*s, and "
		    "nobody tried it in these days", STR_FMT(address));
	for (size_t i = 0; i < s.n; i++)
		put_login(&t, a->memory, s.line[i], o->json);
	table_print(&t, o->json);
	if (s.left_out > 0)
		fprintf(stderr, "postern account logins: %llu lines were left "
		    "out, failures first\n", (unsigned long long)s.left_out);
	return 0;
}
