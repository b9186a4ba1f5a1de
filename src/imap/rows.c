#include "imap/imap_int.h"

_Static_assert((int)SYS_SEEN == (int)FLAG_seen &&
    (int)SYS_ANSWERED == (int)FLAG_answered &&
    (int)SYS_FLAGGED == (int)FLAG_flagged &&
    (int)SYS_DELETED == (int)FLAG_deleted &&
    (int)SYS_DRAFT == (int)FLAG_draft,
    "flags are the same bits in the grammar and in store");

enum {
	RANGE_SIZE = 8,
	PAGE_RANGES = 65536,	/* octets of `set`, store/messages.h */
	KEYWORDS_OCTETS = 16384,
};

struct selection
imap_selection_of(struct arena *a, const struct seqset *set, bool by_uid)
{
	auto_buf b = BUF_INIT(set->n * RANGE_SIZE + RANGE_SIZE);

	for (size_t i = 0; i < set->n; i++) {
		buf_le32(&b, set->r[i].lo);
		buf_le32(&b, set->r[i].hi);
	}
	return (struct selection){ str_dup(a, buf_get(&b)), by_uid };
}

struct answer
imap_select_set(struct imap_session *s, struct seqset *set, bool by_uid,
    struct selection *out)
{
	if (set->saved)
		return BAD("No search result is saved");
	/* For UIDs "*" is UINT32_MAX to store, which knows the last one. */
	seqset_resolve(set, by_uid ? UINT32_MAX : s->exists);
	/* RFC 9051 6.4.4.4 (and 3501 9): beyond the last message. An empty
	 * mailbox has nothing at all, which is no reason to complain. */
	if (!by_uid && s->exists > 0 && seqset_max(set) > s->exists)
		return BAD("No message has this number");
	if (!by_uid && s->exists == 0)
		set->n = 0;
	*out = imap_selection_of(s->cmd, set, by_uid);
	return NO_ANSWER;
}

bool
selection_next(struct selection *sel, struct str *page)
{
	if (sel->ranges.n == 0)
		return false;
	*page = str_first(sel->ranges, PAGE_RANGES);
	sel->ranges = str_from(sel->ranges, page->n);
	return true;
}

void
imap_put_flags(struct buf *b, uint32_t flags, struct str keywords)
{
	size_t start = b->n + 1;

	buf_chr(b, '(');
	for (uint32_t bit = 1; bit <= SYS_DRAFT; bit <<= 1) {
		if (!(flags & bit))
			continue;
		if (b->n > start)
			buf_chr(b, ' ');
		buf_str(b, flag_name(bit));
	}
	if (keywords.n && b->n > start)
		buf_chr(b, ' ');
	buf_str(b, keywords);
	buf_chr(b, ')');
}

struct str
imap_keywords(struct arena *a, const struct flag_list *l)
{
	auto_buf b = BUF_INIT(KEYWORDS_OCTETS);

	for (size_t i = 0; i < l->nkeywords; i++) {
		if (i)
			buf_chr(&b, ' ');
		buf_str(&b, l->keywords[i]);
	}
	bug_if(buf_failed(&b));	/* KEYWORDS_MAX times KEYWORD_MAX fit */
	return str_dup(a, buf_get(&b));
}
