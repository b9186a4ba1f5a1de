/*
 * cmd_list.c - LIST and LSUB: the names that match a pattern.
 */
#include "imap/grammar/pattern.h"
#include "imap/imap_int.h"
#include "mail/mailboxes.h"

static void
put_name(struct imap_session *s, struct str word, const char *attributes,
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
put_mailbox(struct imap_session *s, const struct mailbox_list *names,
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

	if (mailboxes_has_below(names, m->name))
		(void)snprintf(attributes, sizeof(attributes),
		    "\\HasChildren");
	for (size_t i = 0; i < NELEM(uses); i++) {
		size_t n = strlen(attributes);

		if (m->special & uses[i].bit)
			(void)snprintf(attributes + n, sizeof(attributes) - n,
			    "%s", uses[i].attribute);
	}
	put_name(s, word, attributes, m->name);
}

static bool
name_matches(struct str pattern, struct str name)
{
	/* INBOX in any case (RFC 3501 5.1), also where it is a pattern. */
	if (str_eq(name, STR("INBOX")) && str_eqi(pattern, name))
		return true;
	return pattern_match(pattern, name, '/');
}

/* Levels above this name that are no mailboxes, but what a pattern names:
 * each with the first name below it.                      RFC 3501 6.3.8 */
static void
put_levels(struct imap_session *s, const struct mailbox_list *names,
    struct str word, struct str pattern, size_t i)
{
	struct str name = names->row[i].name;

	for (size_t n = 1; n + 1 < name.n; n++) {
		struct str level = str_first(name, n);

		if (name.p[n] != '/')
			continue;
		if (i > 0 && str_starts(names->row[i - 1].name,
		    str_first(name, n + 1)))
			continue;
		if (!mailboxes_find(names, level) &&
		    name_matches(pattern, level))
			put_name(s, word, "\\Noselect \\HasChildren", level);
	}
}

static struct answer
list_mailboxes(struct imap_session *s, const struct imap_command *c,
    struct str word)
{
	const struct list_args *a = &c->args.list;
	struct mailbox_list names;
	struct str pattern = arena_printf(s->cmd, "%.*s%.*s",
	    STR_FMT(a->reference), STR_FMT(a->pattern[0]));
	struct err err = { 0 };
	int e;

	if (a->extended)
		return BAD("No such list option");
	/* Only the delimiter is asked for. */
	if (a->pattern[0].n == 0) {
		put_name(s, word, "\\Noselect", STR(""));
		return OK("Listed");
	}
	e = mailboxes_list(&s->account, &names, &err);
	for (size_t i = 0; e >= 0 && i < names.n; i++) {
		put_levels(s, &names, word, pattern, i);
		if (name_matches(pattern, names.row[i].name))
			put_mailbox(s, &names, word, &names.row[i]);
	}
	mailboxes_free(&names);
	return e < 0 ? imap_fail(s, "list", &err) : OK("Listed");
}

/* LIST reference pattern                                  RFC 3501 6.3.8 */
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
