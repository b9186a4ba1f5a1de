#include "imap/metadata.h"

enum { WRITE_AT = 32768 };

struct telling {
	struct imap_session *s;
	struct buf *b;
	struct str mailbox;
	const struct metadata_want *want;
	const struct metadata_name *of;	/* the name that is looked for */
	bool open;			/* a response has begun */
	bool found;			/* `of` itself */
	size_t longest;
};

/* value = nstring / literal8, which may hold NUL             RFC 5464 5 */
static void
put_value(struct buf *b, struct str value)
{
	if (value.p && str_chr(value, '\0') < value.n) {
		buf_chr(b, '~');
		reply_literal(b, value.n);
		buf_str(b, value);
	} else {
		reply_nstring(b, value);
	}
}

static void
put_entry(struct telling *t, struct str name, struct str value)
{
	if (value.n > t->want->maxsize) {
		if (value.n > t->longest)
			t->longest = value.n;
		return;
	}
	if (t->open) {
		buf_chr(t->b, ' ');
	} else {
		buf_lit(t->b, "* METADATA ");
		reply_mailbox(t->b, t->mailbox, imap_utf8(t->s));
		buf_lit(t->b, " (");
	}
	t->open = true;
	reply_astring(t->b, name);
	buf_chr(t->b, ' ');
	put_value(t->b, value);
}

/* RFC 5464 4.4.1: as many responses as a server likes. */
static void
close_response(struct telling *t)
{
	if (t->open)
		buf_lit(t->b, ")\r\n");
	t->open = false;
	if (t->b->n > WRITE_AT)
		imap_write_out(t->s, t->b);
}

/* A name that is there: is it `of`, or so far below it as is wanted? Called as
 * the client called it. */
static void
tell_entry(void *arg, struct str name, struct str value)
{
	struct telling *t = arg;
	size_t n = t->of->name.n;
	struct str below = str_from(name, n < name.n ? n + 1 : name.n);
	char called[METADATA_ENTRY_MAX];

	if (t->want->depth == DEPTH_1 && str_chr(below, '/') < below.n)
		return;
	t->found |= below.n == 0;
	memcpy(called, name.p, name.n);
	memcpy(called, t->of->sent.p, n);
	put_entry(t, str_make(called, name.n), value);
	if (t->b->n > WRITE_AT)
		close_response(t);
}

static bool
is_meant(const struct telling *t, struct str name)
{
	struct str of = t->of->name;

	if (str_eq(name, of))
		return true;
	return t->want->depth != DEPTH_0 && str_starts(name, of) &&
	    name.p[of.n] == '/';
}

/* Who answers for this server is asked at the person's own domain. */
static void
tell_computed(struct telling *t, uint32_t special)
{
	struct str address = str_c(t->s->account.address);
	auto_buf uses = BUF_INIT(256);

	if (t->mailbox.n == 0 && is_meant(t, METADATA_ADMIN))
		tell_entry(t, METADATA_ADMIN, arena_printf(t->s->cmd,
		    "mailto:postmaster%.*s", STR_FMT(str_from(address,
		    str_rchr(address, '@')))));
	imap_put_uses(&uses, special);
	if (uses.n > 0 && is_meant(t, METADATA_SPECIAL_USE))
		tell_entry(t, METADATA_SPECIAL_USE,
		    str_from(buf_get(&uses), 1));
}

/* Nothing has this name, but what is below it has one. */
static bool
is_scope(struct str name)
{
	return str_eq(name, STR("/private")) || str_eq(name, STR("/shared"));
}

/* What is below it begins with the name and '/', and no octet of a name is
 * above 0x7e. Of a scope alone that is asked even if it is not wanted: is there
 * such a mailbox? */
static int
tell_below(struct telling *t, uint32_t *special, struct err *err)
{
	struct str name = t->of->name;
	char from[METADATA_ENTRY_MAX + 1], to[METADATA_ENTRY_MAX + 2];
	size_t all = t->want->depth != DEPTH_0;

	memcpy(from, name.p, name.n);
	from[name.n] = '/';
	memcpy(to, from, name.n + 1);
	to[name.n + 1] = '\x7f';
	return metadata_walk(&t->s->account, t->mailbox,
	    str_make(from, name.n + 1), str_make(to, name.n + 1 + all),
	    tell_entry, t, special, err);
}

static int
tell_name(struct telling *t, struct err *err)
{
	struct str name = t->of->name;
	uint32_t special = 0;
	int e = 0;

	t->found = false;
	if (!is_scope(name))
		e = metadata_walk(&t->s->account, t->mailbox, name, name,
		    tell_entry, t, &special, err);
	if (e >= 0 && (t->want->depth != DEPTH_0 || is_scope(name)))
		e = tell_below(t, &special, err);
	if (e < 0)
		return e;
	tell_computed(t, special);
	if (!t->found && t->want->depth == DEPTH_0)
		put_entry(t, t->of->sent, STR_NULL);
	return 0;
}

int
imap_put_metadata(struct imap_session *s, struct buf *b, struct str mailbox,
    const struct metadata_want *want, size_t *longest, struct err *err)
{
	struct telling t = { .s = s, .b = b, .mailbox = mailbox,
		.want = want };
	int e = 0;

	for (size_t i = 0; i < want->names.n && e >= 0; i++) {
		t.of = &want->names.v[i];
		e = tell_name(&t, err);
	}
	close_response(&t);
	*longest = t.longest;
	return e;
}
