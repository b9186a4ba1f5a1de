#include "imap/grammar/search_key.h"

#include "imap/grammar/fetch_att.h"
#include "imap/grammar/flags.h"

/* What stands behind a key's name. */
enum shape { NONE, TEXT, FIELD_TEXT, DATE, NUMBER, NZ_NUMBER, KEYWORD, SET,
	MODSEQ, OBJECT_ID, FILTER_NAME, UIDS_ABOVE, UIDS_BELOW, KEY,
	KEY_KEY };

struct key_row {
	struct str name;
	enum search_kind kind;
	enum shape shape;
	uint32_t flag;		/* SYS_* */
	struct str field;	/* what FROM etc. look into */
};

static const struct key_row key_rows[] = {
	{ STR("ALL"), SEARCH_ALL, NONE },
	{ STR("ANSWERED"), SEARCH_FLAG, NONE, SYS_ANSWERED },
	{ STR("BCC"), SEARCH_HEADER, TEXT, 0, STR("Bcc") },
	{ STR("BEFORE"), SEARCH_BEFORE, DATE },
	{ STR("BODY"), SEARCH_BODY, TEXT },
	{ STR("CC"), SEARCH_HEADER, TEXT, 0, STR("Cc") },
	{ STR("DELETED"), SEARCH_FLAG, NONE, SYS_DELETED },
	{ STR("DRAFT"), SEARCH_FLAG, NONE, SYS_DRAFT },
	{ STR("EMAILID"), SEARCH_EMAILID, OBJECT_ID },
	{ STR("FILTER"), SEARCH_FILTER, FILTER_NAME },
	{ STR("FLAGGED"), SEARCH_FLAG, NONE, SYS_FLAGGED },
	{ STR("FROM"), SEARCH_HEADER, TEXT, 0, STR("From") },
	{ STR("FUZZY"), SEARCH_FUZZY, KEY },
	{ STR("HEADER"), SEARCH_HEADER, FIELD_TEXT },
	{ STR("KEYWORD"), SEARCH_KEYWORD, KEYWORD },
	{ STR("LARGER"), SEARCH_LARGER, NUMBER },
	{ STR("MODSEQ"), SEARCH_MODSEQ, MODSEQ },
	{ STR("NEW"), SEARCH_NEW, NONE },
	{ STR("NOT"), SEARCH_NOT, KEY },
	{ STR("OLD"), SEARCH_OLD, NONE },
	{ STR("OLDER"), SEARCH_OLDER, NZ_NUMBER },
	{ STR("ON"), SEARCH_ON, DATE },
	{ STR("OR"), SEARCH_OR, KEY_KEY },
	{ STR("RECENT"), SEARCH_RECENT, NONE },
	{ STR("SAVEDATESUPPORTED"), SEARCH_SAVEDATESUPPORTED, NONE },
	{ STR("SAVEDBEFORE"), SEARCH_SAVEDBEFORE, DATE },
	{ STR("SAVEDON"), SEARCH_SAVEDON, DATE },
	{ STR("SAVEDSINCE"), SEARCH_SAVEDSINCE, DATE },
	{ STR("SEEN"), SEARCH_FLAG, NONE, SYS_SEEN },
	{ STR("SENTBEFORE"), SEARCH_SENTBEFORE, DATE },
	{ STR("SENTON"), SEARCH_SENTON, DATE },
	{ STR("SENTSINCE"), SEARCH_SENTSINCE, DATE },
	{ STR("SINCE"), SEARCH_SINCE, DATE },
	{ STR("SMALLER"), SEARCH_SMALLER, NUMBER },
	{ STR("SUBJECT"), SEARCH_HEADER, TEXT, 0, STR("Subject") },
	{ STR("TEXT"), SEARCH_TEXT, TEXT },
	{ STR("THREADID"), SEARCH_THREADID, OBJECT_ID },
	{ STR("TO"), SEARCH_HEADER, TEXT, 0, STR("To") },
	{ STR("UID"), SEARCH_UID, SET },
	{ STR("UIDAFTER"), SEARCH_UID, UIDS_ABOVE },
	{ STR("UIDBEFORE"), SEARCH_UID, UIDS_BELOW },
	{ STR("UNANSWERED"), SEARCH_UNFLAG, NONE, SYS_ANSWERED },
	{ STR("UNDELETED"), SEARCH_UNFLAG, NONE, SYS_DELETED },
	{ STR("UNDRAFT"), SEARCH_UNFLAG, NONE, SYS_DRAFT },
	{ STR("UNFLAGGED"), SEARCH_UNFLAG, NONE, SYS_FLAGGED },
	{ STR("UNKEYWORD"), SEARCH_UNKEYWORD, KEYWORD },
	{ STR("UNSEEN"), SEARCH_UNFLAG, NONE, SYS_SEEN },
	{ STR("YOUNGER"), SEARCH_YOUNGER, NZ_NUMBER },
};

struct budget {
	size_t depth, keys;
};

static struct search_key *one_key(struct scan *s, struct budget *b);

static struct search_key *
new_key(struct scan *s, struct budget *b, enum search_kind kind)
{
	struct search_key *k = arena_new_of(s->a, struct search_key);

	if (++b->keys > SEARCH_KEYS_MAX)
		scan_over(s, "Too many search keys");
	k->kind = kind;
	return k;
}

/* search-key *(SP search-key) */
static struct search_key *
and_of_keys(struct scan *s, struct budget *b)
{
	struct search_key *and = new_key(s, b, SEARCH_AND);
	struct search_key **tail = &and->kids;

	do {
		*tail = one_key(s, b);
		tail = &(*tail)->next;
	} while (scan_ok(s) && scan_opt(s, ' '));
	return and;
}

/* "MODSEQ" [SP entry-name SP entry-type-req] SP mod-sequence-valzer; which
 * entry is meant makes no difference to us.               RFC 7162 3.1.5 */
static void
modseq_shape(struct scan *s, struct search_key *k)
{
	if (rd_peek(&s->r) == '"') {
		(void)scan_quoted(s);
		scan_sp(s);
		if (!scan_opt_text(s, STR("priv")) &&
		    !scan_opt_text(s, STR("shared")) &&
		    !scan_opt_text(s, STR("all")))
			scan_fail(s, "no such entry type");
		scan_sp(s);
	}
	k->n = scan_modseq(s);
}

/* Above or below a UID, without it; 4294967295 is nobody's. RFC 9738 3.2 */
static struct seqset
uids_beside(struct scan *s, enum shape shape)
{
	struct seqset set = { .r = arena_new_of(s->a, struct seqrange) };
	uint32_t uid = scan_nz_number(s);

	*set.r = shape == UIDS_ABOVE ?
	    (struct seqrange){ uid, UINT32_MAX - 1 } :
	    (struct seqrange){ 1, uid - 1 };
	set.r->lo += shape == UIDS_ABOVE && uid < UINT32_MAX;
	set.n = scan_ok(s) && set.r->lo <= set.r->hi;
	return set;
}

static void
kids_shape(struct scan *s, struct budget *b, struct search_key *k,
    enum shape shape)
{
	k->kids = one_key(s, b);
	if (shape == KEY_KEY) {
		scan_sp(s);
		k->kids->next = one_key(s, b);
	}
}

static void
shape_of_key(struct scan *s, struct budget *b, struct search_key *k,
    enum shape shape)
{
	if (shape == NONE)
		return;
	scan_sp(s);
	switch (shape) {
	case FIELD_TEXT:
		k->field = scan_astring(s);
		scan_sp(s);
		k->text = scan_astring(s);
		break;
	case TEXT:
		k->text = scan_astring(s);
		break;
	case KEYWORD:
		k->text = scan_keyword(s);
		break;
	case OBJECT_ID:
		k->text = scan_atom(s);
		break;
	case FILTER_NAME:	/* 1*<any ATOM-CHAR except "/"> */
		k->text = scan_atom(s);
		if (str_chr(k->text, '/') < k->text.n)
			scan_fail(s, "no name of a filter");
		break;
	case DATE:
		k->date = scan_date(s);
		break;
	case NUMBER:
		k->n = scan_number64(s);
		break;
	case NZ_NUMBER:
		k->n = scan_nz_number(s);
		break;
	case SET:
		k->set = scan_seqset(s);
		break;
	case UIDS_ABOVE:
	case UIDS_BELOW:
		k->set = uids_beside(s, shape);
		break;
	case MODSEQ:
		modseq_shape(s, k);
		break;
	default:
		kids_shape(s, b, k, shape);
		break;
	}
}

static struct search_key *
named_key(struct scan *s, struct budget *b)
{
	struct str name = scan_name(s, "expected a search key");
	struct search_key *k;

	for (size_t i = 0; i < NELEM(key_rows); i++) {
		const struct key_row *row = &key_rows[i];

		if (!str_eqi(row->name, name))
			continue;
		k = new_key(s, b, row->kind);
		k->n = row->flag;
		k->field = row->field;
		shape_of_key(s, b, k, row->shape);
		return k;
	}
	scan_fail(s, "no such search key");
	return new_key(s, b, SEARCH_ALL);
}

static struct search_key *
key_by_first(struct scan *s, struct budget *b)
{
	int c = rd_peek(&s->r);
	struct search_key *k;

	if (scan_opt(s, '(')) {
		k = and_of_keys(s, b);
		scan_need(s, ')', "expected the end of the list of keys");
		return k;
	}
	if (c == '*' || c == '$' || (c >= '0' && c <= '9')) {
		k = new_key(s, b, SEARCH_SET);
		k->set = scan_seqset(s);
		return k;
	}
	return named_key(s, b);
}

/* Never NULL, also when it fails. */
static struct search_key *
one_key(struct scan *s, struct budget *b)
{
	struct search_key *k;

	if (b->depth == SEARCH_DEPTH_MAX)
		scan_over(s, "Search keys nested too deeply");
	if (!scan_ok(s))
		return new_key(s, b, SEARCH_ALL);
	b->depth++;
	k = key_by_first(s, b);
	b->depth--;
	return k;
}

struct search_key *
scan_search_keys(struct scan *s)
{
	struct budget b = { 0 };
	struct search_key *k = and_of_keys(s, &b);

	scan_end(s);
	return k;
}

/* [SP "(" fetch-att *(SP fetch-att) ")"]                   RFC 5465 8 */
static struct str
update_atts(struct scan *s)
{
	struct rd before = s->r;

	if (!scan_opt_text(s, STR(" (")))
		return STR_NULL;
	s->r = before;
	scan_sp(s);
	before = s->r;
	(void)scan_fetch_att(s);
	return str_make(before.p, rd_left(&before) - rd_left(&s->r));
}

/* "RETURN" SP "(" [search-return-opt *(SP search-return-opt)] ")" SP */
static void
return_options(struct scan *s, struct search_args *out)
{
	static const struct word options[] = {
		{ STR("MIN"), RETURN_MIN },
		{ STR("MAX"), RETURN_MAX },
		{ STR("ALL"), RETURN_ALL },
		{ STR("COUNT"), RETURN_COUNT },
		{ STR("SAVE"), RETURN_SAVE },
		{ STR("PARTIAL"), RETURN_PARTIAL },
		{ STR("CONTEXT"), RETURN_CONTEXT },
		{ STR("UPDATE"), RETURN_UPDATE },
		{ STR("RELEVANCY"), RETURN_RELEVANCY },
	};
	static const char want[] = "no such return option";

	if (!scan_opt_text(s, STR("RETURN (")))
		return;
	out->esearch = true;
	if (!scan_opt(s, ')')) {
		do {
			int o = scan_word(s, options, NELEM(options), want);

			/* RFC 9394 3.1: one PARTIAL, one ALL, or neither. */
			if (o == RETURN_PARTIAL) {
				scan_sp(s);
				if (out->options & RETURN_PARTIAL)
					scan_fail(s, "more than one PARTIAL");
				out->partial = scan_partial_range(s);
			}
			if (o == RETURN_UPDATE)
				out->update = update_atts(s);
			out->options |= o > 0 ? (uint32_t)o : 0;
		} while (scan_opt(s, ' '));
		scan_need(s, ')', want);
	}
	if ((out->options & RETURN_ALL) && (out->options & RETURN_PARTIAL))
		scan_fail(s, "PARTIAL and ALL");
	if (out->options == 0)
		out->options = RETURN_ALL;
	out->relevancy = (out->options & RETURN_RELEVANCY) != 0;
	scan_sp(s);
}

static void
search_program(struct scan *s, struct search_args *out)
{
	return_options(s, out);
	if (scan_opt_text(s, STR("CHARSET "))) {
		out->charset = scan_astring(s);
		scan_sp(s);
	}
	out->key = scan_search_keys(s);
}

void
scan_search(struct scan *s, struct search_args *out)
{
	scan_sp(s);
	search_program(s, out);
}

static void
add_source(struct scan *s, struct esearch_args *out, enum search_source kind,
    struct str name)
{
	if (out->n == SOURCES_MAX)
		scan_over(s, "Too many mailboxes to search");
	if (!scan_ok(s))
		return;
	out->in[out->n].kind = kind;
	out->in[out->n++].name = name;
}

/* mailbox / "(" mailbox *(SP mailbox) ")" */
static void
source_mailboxes(struct scan *s, struct esearch_args *out,
    enum search_source kind)
{
	scan_sp(s);
	if (!scan_opt(s, '(')) {
		add_source(s, out, kind, scan_mailbox(s));
		return;
	}
	do
		add_source(s, out, kind, scan_mailbox(s));
	while (scan_opt(s, ' '));
	scan_need(s, ')', "expected a mailbox or the end of the list");
}

/* esearch-source-opts = "IN" SP "(" source-mbox ")"; there are no scope
 * options yet. "inboxes" is where mail may be delivered to: any (6.3). */
void
scan_esearch(struct scan *s, struct esearch_args *out)
{
	static const struct word kinds[] = {
		{ STR("selected"), SOURCE_SELECTED },
		{ STR("inboxes"), SOURCE_PERSONAL },
		{ STR("personal"), SOURCE_PERSONAL },
		{ STR("subscribed"), SOURCE_SUBSCRIBED },
		{ STR("subtree"), SOURCE_SUBTREE },
		{ STR("subtree-one"), SOURCE_SUBTREE_ONE },
		{ STR("mailboxes"), SOURCE_MAILBOX },
	};
	static const char want[] = "expected mailboxes to search";

	scan_sp(s);
	if (scan_opt_text(s, STR("IN ("))) {
		out->in = arena_alloc(s->a, SOURCES_MAX * sizeof(*out->in));
		do {
			int kind = scan_word(s, kinds, NELEM(kinds), want);

			if (kind >= (int)SOURCE_SUBTREE)
				source_mailboxes(s, out,
				    (enum search_source)kind);
			else if (scan_ok(s))
				add_source(s, out, (enum search_source)kind,
				    STR_NULL);
		} while (scan_opt(s, ' '));
		scan_need(s, ')', want);
		scan_sp(s);
	}
	search_program(s, &out->search);
}

/* charset SP search-key *(SP search-key), of SORT and THREAD */
static void
charset_and_keys(struct scan *s, struct search_args *out)
{
	scan_sp(s);
	out->charset = scan_astring(s);
	scan_sp(s);
	out->key = scan_search_keys(s);
}

void
scan_sort(struct scan *s, struct sort_args *out)
{
	static const struct word keys[] = {
		{ STR("ARRIVAL"), SORT_ARRIVAL },
		{ STR("CC"), SORT_CC },
		{ STR("DATE"), SORT_DATE },
		{ STR("FROM"), SORT_FROM },
		{ STR("SIZE"), SORT_SIZE },
		{ STR("SUBJECT"), SORT_SUBJECT },
		{ STR("TO"), SORT_TO },
		{ STR("DISPLAYFROM"), SORT_DISPLAYFROM },
		{ STR("DISPLAYTO"), SORT_DISPLAYTO },
		{ STR("RELEVANCY"), SORT_RELEVANCY },
	};

	scan_sp(s);
	return_options(s, &out->search);
	scan_need(s, '(', "expected a list of sort criteria");
	do {
		struct sort_criterion c = { 0 };
		int key;

		c.reverse = scan_opt_text(s, STR("REVERSE "));
		key = scan_word(s, keys, NELEM(keys), "no such sort key");
		if (out->n == SORT_MAX)
			scan_over(s, "Too many sort criteria");
		if (!scan_ok(s))
			return;
		c.key = (enum sort_key)key;
		out->search.relevancy |= c.key == SORT_RELEVANCY;
		out->by[out->n++] = c;
	} while (scan_opt(s, ' '));
	scan_need(s, ')', "expected the end of the sort criteria");
	charset_and_keys(s, &out->search);
}

void
scan_thread(struct scan *s, struct thread_args *out)
{
	static const struct word algorithms[] = {
		{ STR("ORDEREDSUBJECT"), THREAD_ORDEREDSUBJECT },
		{ STR("REFERENCES"), THREAD_REFERENCES },
		{ STR("REFS"), THREAD_REFS },
	};
	int algorithm;

	scan_sp(s);
	return_options(s, &out->search);
	algorithm = scan_word(s, algorithms, NELEM(algorithms),
	    "no such threading algorithm");
	if (!scan_ok(s))
		return;
	out->algorithm = (enum thread_algorithm)algorithm;
	charset_and_keys(s, &out->search);
}
