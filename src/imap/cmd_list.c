/*
 * cmd_list.c - LIST and LSUB: the names that match a pattern.
 */
#include "imap/grammar/pattern.h"
#include "imap/imap_int.h"
#include "mail/mailboxes.h"

struct listing {
	struct imap_session *s;
	struct str word;		/* LIST or LSUB */
	struct str *pattern;
	size_t npattern;
	uint32_t options;		/* LIST_* */
	struct mailbox_list names;
};

static void
put_name(struct listing *l, struct str attributes, struct str name)
{
	auto_buf b = BUF_INIT(8192);

	buf_printf(&b, "* %.*s (%.*s) \"/\" ", STR_FMT(l->word),
	    STR_FMT(attributes));
	reply_mailbox(&b, name, false);
	buf_lit(&b, "\r\n");
	imap_say(l->s, &b);
}

static bool
name_matches(const struct listing *l, struct str name)
{
	for (size_t i = 0; i < l->npattern; i++) {
		/* INBOX in any case (RFC 3501 5.1), also where it is a
		 * pattern. */
		if (str_eq(name, STR("INBOX")) &&
		    str_eqi(l->pattern[i], name))
			return true;
		if (pattern_match(l->pattern[i], name, '/'))
			return true;
	}
	return false;
}

/* RFC 3348 and RFC 6154; everything is subscribed (RFC 5258 3). */
static void
put_mailbox(struct listing *l, const struct mailbox_row *m)
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
	auto_buf attributes = BUF_INIT(256);
	size_t plain;

	if (!name_matches(l, m->name))
		return;
	if (mailboxes_has_below(&l->names, m->name))
		buf_lit(&attributes, "\\HasChildren");
	else
		buf_lit(&attributes, "\\HasNoChildren");
	if (l->options & (LIST_SUBSCRIBED | LIST_WANT_SUBSCRIBED))
		buf_lit(&attributes, " \\Subscribed");
	plain = attributes.n;
	for (size_t i = 0; i < NELEM(uses); i++) {
		if (m->special & uses[i].bit)
			buf_str(&attributes, str_c(uses[i].attribute));
	}
	if ((l->options & LIST_SPECIAL_USE) && attributes.n == plain)
		return;
	put_name(l, buf_get(&attributes), m->name);
}

/* Levels above this name that are no mailboxes, but what a pattern names:
 * each with the first name below it.                      RFC 3501 6.3.8 */
static void
put_levels(struct listing *l, size_t i)
{
	struct str name = l->names.row[i].name;

	for (size_t n = 1; n + 1 < name.n; n++) {
		struct str level = str_first(name, n);

		if (name.p[n] != '/')
			continue;
		if (i > 0 && str_starts(l->names.row[i - 1].name,
		    str_first(name, n + 1)))
			continue;
		if (!mailboxes_find(&l->names, level) &&
		    name_matches(l, level))
			put_name(l, STR("\\Noselect \\HasChildren"), level);
	}
}

static struct answer
list_mailboxes(struct imap_session *s, const struct imap_command *c,
    struct str word)
{
	const uint32_t served = LIST_SUBSCRIBED | LIST_REMOTE |
	    LIST_SPECIAL_USE | LIST_WANT_SUBSCRIBED | LIST_WANT_CHILDREN |
	    LIST_WANT_SPECIAL_USE;
	const struct list_args *a = &c->args.list;
	struct listing l = { .s = s, .word = word, .options = a->options };
	struct err err = { 0 };
	int e;

	if (a->options & ~served)
		return BAD("No such list option");
	/* Only the delimiter is asked for. */
	if (!a->extended && a->pattern[0].p && a->pattern[0].n == 0) {
		put_name(&l, STR("\\Noselect"), STR(""));
		return OK("Listed");
	}
	l.pattern = arena_array(s->cmd, a->npattern, sizeof(*l.pattern));
	for (size_t i = 0; i < a->npattern; i++) {
		if (a->reference.p && a->pattern[i].p)
			l.pattern[l.npattern++] = arena_printf(s->cmd,
			    "%.*s%.*s", STR_FMT(a->reference),
			    STR_FMT(a->pattern[i]));
	}
	e = mailboxes_list(&s->account, &l.names, &err);
	for (size_t i = 0; e >= 0 && i < l.names.n; i++) {
		if (!(a->options & LIST_SPECIAL_USE))
			put_levels(&l, i);
		put_mailbox(&l, &l.names.row[i]);
	}
	mailboxes_free(&l.names);
	return e < 0 ? imap_fail(s, "list", &err) : OK("Listed");
}

/* LIST [(options)] reference pattern(s) [RETURN (options)]
 * RFC 3501 6.3.8; of RFC 5258 what SPECIAL-USE needs: RFC 6154 2 */
struct answer
imap_list(struct imap_session *s, const struct imap_command *c)
{
	return list_mailboxes(s, c, STR("LIST"));
}

/* LSUB reference pattern: everything is subscribed.       RFC 3501 6.3.9 */
struct answer
imap_lsub(struct imap_session *s, const struct imap_command *c)
{
	return list_mailboxes(s, c, STR("LSUB"));
}
