#include "imap/listing.h"

#include "imap/grammar/pattern.h"
#include "mail/mailbox_text.h"

/* Octets of names times those of patterns, between two looks at others. */
enum { WORK_AT_ONCE = 1 << 20 };

/* A reference stands before each pattern. INBOX in any case (RFC 3501 5.1),
 * also where it is a pattern; one that can match nothing is left out, as is
 * an empty one (RFC 5258 3). */
static size_t
join_patterns(struct imap_session *s, const struct list_args *a,
    struct str *pattern)
{
	size_t n = 0;

	for (size_t i = 0; a->reference.p && i < a->npattern; i++) {
		if (a->pattern[i].n == 0)
			continue;
		pattern[n] = mailbox_text_name(arena_printf(s->cmd,
		    "%.*s%.*s", STR_FMT(a->reference),
		    STR_FMT(a->pattern[i])), s->cmd);
		n += pattern[n].p != NULL;
	}
	return n;
}

static void
mark_matches(struct imap_session *s, const struct list_args *a,
    struct listing *l)
{
	struct str *pattern = arena_array(s->cmd, a->npattern,
	    sizeof(*pattern));
	size_t n = join_patterns(s, a, pattern), work = 0;

	for (size_t i = 0; i < l->names.n; i++) {
		struct str name = l->names.node[i].row.name;

		for (size_t k = 0; k < n; k++) {
			if (pattern_match(pattern[k], name, '/'))
				l->mark[i] |= MARK_MATCHES;
			work += (name.n + 1) * (pattern[k].n + 1);
		}
		if (work < WORK_AT_ONCE)
			continue;
		fiber_yield(s->d.loop);
		work = 0;
	}
}

/* From the last to the first: all that is below a name stands behind it. */
static void
mark_above(struct listing *l)
{
	for (size_t i = l->names.n; i-- > 0;) {
		size_t above = l->names.node[i].above;
		unsigned char mark = l->mark[i];

		if (above == NO_NODE)
			continue;
		l->mark[above] |= mark & (MARK_BELOW | MARK_HIDDEN_BELOW);
		if (!(mark & MARK_SELECTED))
			continue;
		l->mark[above] |= MARK_BELOW;
		if (!(mark & MARK_MATCHES))
			l->mark[above] |= MARK_HIDDEN_BELOW;
	}
}

int
listing_begin(struct imap_session *s, const struct list_args *a,
    bool (*selects)(const struct mailbox_row *row, uint32_t options),
    struct listing *l, struct err *err)
{
	int e;

	*l = (struct listing){ 0 };
	if ((e = mailboxes_list_all(&s->account,
	    a->options & LIST_WANT_STATUS, &l->names, err)) < 0)
		return e;
	l->mark = calloc(l->names.n + 1, 1);
	bug_if(!l->mark);
	for (size_t i = 0; i < l->names.n; i++) {
		if (selects(&l->names.node[i].row, a->options))
			l->mark[i] |= MARK_SELECTED;
	}
	mark_matches(s, a, l);
	mark_above(l);
	return 0;
}

void
listing_end(struct listing *l)
{
	mailboxes_free(&l->names);
	free(l->mark);
}

void
listing_put(const struct imap_session *s, struct buf *b, struct str word,
    struct str attributes, struct str name)
{
	buf_printf(b, "* %.*s (%.*s) \"/\" ", STR_FMT(word),
	    STR_FMT(attributes));
	reply_mailbox(b, name, imap_utf8(s));
}

/* RFC 5258 3, RFC 3348, RFC 6154 */
void
listing_put_attributes(struct buf *b, const struct mailbox_node *m,
    bool subscribed)
{
	if (!m->row.mailbox)
		buf_lit(b, "\\NonExistent ");
	/* For who knows no other word for it. RFC 3501 6.3.8 */
	if (!m->row.mailbox && others_has(m->row.name))
		buf_lit(b, "\\Noselect ");
	if (m->has_children)
		buf_lit(b, "\\HasChildren");
	else
		buf_lit(b, "\\HasNoChildren");
	if (subscribed && m->row.subscribed)
		buf_lit(b, " \\Subscribed");
	imap_put_uses(b, m->row.special);
}

int
imap_say_listed(struct imap_session *s, struct str name, struct str old,
    struct err *err)
{
	const struct mailbox_node none = { .row.name = name };
	const struct mailbox_node *m = &none;
	auto_buf attributes = BUF_INIT(256);
	auto_buf b = BUF_INIT(IMAP_OUT_MAX);
	struct mailbox_list list;
	int e = mailboxes_list_all(&s->account, false, &list, err);

	for (size_t i = 0; e >= 0 && i < list.n; i++) {
		if (str_eq(list.node[i].row.name, name))
			m = &list.node[i];
	}
	if (e >= 0) {
		listing_put_attributes(&attributes, m, true);
		listing_put(s, &b, STR("LIST"), buf_get(&attributes), name);
		if (old.p) {
			buf_lit(&b, " (\"OLDNAME\" (");
			reply_mailbox(&b, old, imap_utf8(s));
			buf_lit(&b, "))");
		}
		buf_lit(&b, "\r\n");
		imap_say(s, &b);
	}
	mailboxes_free(&list);
	return e;
}

void
imap_say_oldname(struct imap_session *s, struct str name, struct str old)
{
	struct err err = { 0 };

	if (old.p && s->enabled & ENABLED_REV2 &&
	    imap_say_listed(s, name, old, &err) < 0)
		(void)imap_fail(s, "oldname", &err);
}
