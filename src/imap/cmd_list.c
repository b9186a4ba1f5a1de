#include "imap/imap_int.h"
#include "imap/grammar/pattern.h"

enum { NAMES_MAX = 4 << 20 };

/* All mailboxes of the account, in the order of their octets: so what is
 * below a name stands in one run behind it. */
struct names {
	struct buf rows;	/* mailbox_row records */
	struct mailbox_row *row;
	size_t n;
};

static int
get_names(struct imap_session *s, struct names *names, struct err *err)
{
	struct arena *mem = arena_new(IMAP_PAGE_MEM);
	struct mailboxes_ask ask = { 0 };
	struct mailboxes_answer a = { .more = 1 };
	char after[MAILBOX_MAX];
	int e = 0;

	while (a.more && e >= 0) {
		struct rd r;
		struct mailbox_row row = { 0 };

		arena_reset(mem);
		e = store_call(s->store, STORE_mailboxes, &ask, &a, mem, err);
		if (e < 0)
			break;
		r = rd_of(a.rows);
		while (!rd_done(&r) && msg_take(&r, &mailbox_row_shape, &row))
			names->n++;
		buf_str(&names->rows, a.rows);
		if (!rd_done(&r) || (a.more && row.name.n == 0))
			e = err_set(err, E_PROTO, "rows make no sense");
		else if (buf_failed(&names->rows))
			e = err_set(err, E_LIMIT, "too many mailboxes");
		else if (row.name.n)
			memcpy(after, row.name.p, row.name.n);
		ask.after = str_make(after, row.name.n);
	}
	arena_free(mem);
	return e;
}

static int
by_name(const void *a, const void *b)
{
	const struct mailbox_row *x = a, *y = b;

	return str_cmp(x->name, y->name);
}

static void
index_names(struct names *names)
{
	struct rd r = rd_of(buf_get(&names->rows));

	names->row = calloc(names->n + 1, sizeof(*names->row));
	if (!names->row)
		bug("out of memory");
	for (size_t i = 0; i < names->n; i++) {
		if (!msg_take(&r, &mailbox_row_shape, &names->row[i]))
			bug("rows changed");
	}
	qsort(names->row, names->n, sizeof(*names->row), by_name);
}

/* The first name that is not before this one. */
static size_t
lower_bound(const struct names *names, struct str name)
{
	size_t lo = 0, hi = names->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (str_cmp(names->row[mid].name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool
has_children(const struct names *names, struct str name)
{
	char text[MAILBOX_MAX + 1];
	struct str below = { text, name.n + 1 };
	size_t i;

	memcpy(text, name.p, name.n);
	text[name.n] = '/';
	i = lower_bound(names, below);

	return i < names->n && str_starts(names->row[i].name, below);
}

static void
put_row(struct imap_session *s, struct str word, const char *attributes,
    struct str name)
{
	auto_buf b = BUF_INIT(8192);

	buf_printf(&b, "* %.*s (%s) \"/\" ", STR_FMT(word), attributes);
	reply_mailbox(&b, name, false);
	buf_lit(&b, "\r\n");
	imap_say(s, &b);
}

/* RFC 3348 and RFC 6154 */
static void
put_mailbox(struct imap_session *s, const struct names *names,
    struct str word, const struct mailbox_row *m)
{
	static const struct {
		uint32_t bit;
		const char *attribute;
	} uses[] = {
		{ SPECIAL_sent, " \\Sent" },
		{ SPECIAL_drafts, " \\Drafts" },
		{ SPECIAL_trash, " \\Trash" },
		{ SPECIAL_junk, " \\Junk" },
		{ SPECIAL_archive, " \\Archive" },
	};
	char attributes[128] = "\\HasNoChildren";

	if (has_children(names, m->name))
		(void)snprintf(attributes, sizeof(attributes),
		    "\\HasChildren");
	for (size_t i = 0; i < NELEM(uses); i++) {
		size_t n = strlen(attributes);

		if (m->special & uses[i].bit)
			(void)snprintf(attributes + n, sizeof(attributes) - n,
			    "%s", uses[i].attribute);
	}
	put_row(s, word, attributes, m->name);
}

static bool
matches(struct str pattern, struct str name)
{
	/* INBOX in any case (RFC 3501 5.1), also where it is a pattern. */
	if (str_eq(name, STR("INBOX")) && str_eqi(pattern, name))
		return true;
	return pattern_match(pattern, name, '/');
}

/* Levels above this name that are no mailboxes, but what a pattern names:
 * each with the first name below it.                      RFC 3501 6.3.8 */
static void
put_levels(struct imap_session *s, const struct names *names,
    struct str word, struct str pattern, size_t i)
{
	struct str name = names->row[i].name;

	for (size_t n = 1; n + 1 < name.n; n++) {
		struct str level = str_first(name, n);
		size_t at;

		if (name.p[n] != '/')
			continue;
		if (i > 0 && str_starts(names->row[i - 1].name,
		    str_first(name, n + 1)))
			continue;
		at = lower_bound(names, level);
		if (at < names->n && str_eq(names->row[at].name, level))
			continue;
		if (matches(pattern, level))
			put_row(s, word, "\\Noselect \\HasChildren", level);
	}
}

static struct answer
list(struct imap_session *s, const struct imap_command *c, struct str word)
{
	const struct list_args *a = &c->args.list;
	struct names names = { .rows = BUF_INIT(NAMES_MAX) };
	struct str pattern = arena_printf(s->cmd, "%.*s%.*s",
	    STR_FMT(a->reference), STR_FMT(a->pattern[0]));
	struct err err = { 0 };
	int e;

	if (a->extended)
		return BAD("No such list option");
	/* Only the delimiter is asked for. */
	if (a->pattern[0].n == 0) {
		put_row(s, word, "\\Noselect", STR(""));
		return OK("Listed");
	}
	e = get_names(s, &names, &err);
	if (e >= 0)
		index_names(&names);
	for (size_t i = 0; e >= 0 && i < names.n; i++) {
		put_levels(s, &names, word, pattern, i);
		if (matches(pattern, names.row[i].name))
			put_mailbox(s, &names, word, &names.row[i]);
	}
	free(names.row);
	buf_free(&names.rows);
	return e < 0 ? imap_fail(s, "list", &err) : OK("Listed");
}

/* LIST reference pattern                                  RFC 3501 6.3.8 */
struct answer
imap_list(struct imap_session *s, const struct imap_command *c)
{
	return list(s, c, STR("LIST"));
}

/* LSUB reference pattern: everything is subscribed.       RFC 3501 6.3.9 */
struct answer
imap_lsub(struct imap_session *s, const struct imap_command *c)
{
	return list(s, c, STR("LSUB"));
}
