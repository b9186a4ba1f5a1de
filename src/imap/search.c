#include "imap/search.h"

#include "mail/fuzzy.h"
#include "mime/charset.h"
#include "mime/fold.h"

enum { DAY = 86400, FOLDED_MAX = 1 << 20,
	FUZZY_MAX = 16 };	/* texts in a search */

struct building {
	struct imap_session *s;
	const struct search_place *at;
	struct str charset;
	const char *refused;	/* why a key cannot be looked for; NULL */
	size_t fuzzy;		/* keys FUZZY that this one is in */
	size_t nfuzzy;		/* texts that are */
};

/* ---- keys ----------------------------------------------------------- */

static struct condition *
new_condition(struct building *b, enum condition_kind kind, int64_t low,
    int64_t high)
{
	struct condition *c = arena_new_of(b->at->mem, struct condition);

	*c = (struct condition){ .kind = kind, .low = low, .high = high };
	return c;
}

static struct condition *
not_of(struct building *b, struct condition *kid)
{
	struct condition *c = new_condition(b, COND_NOT, 0, 0);

	c->kids = kid;
	return c;
}

static struct condition *
flag_is_set(struct building *b, uint64_t flag)
{
	return new_condition(b, COND_FLAG, (int64_t)flag, 0);
}

static struct condition *
has_keyword(struct building *b, struct str word)
{
	struct condition *c = new_condition(b, COND_KEYWORD, 0, 0);

	c->text = str_dup(b->at->mem, word);
	return c;
}

/* Without one, nothing is like it. */
static bool
has_words(struct str text)
{
	struct fuzzy *f = fuzzy_new(text);
	bool has = f != NULL;

	fuzzy_free(f);
	return has;
}

/* The same comparison for all texts (RFC 5255 4.2). Whatever is in a message
 * holds an empty one; a header field has to be there. */
static struct condition *
holds_text(struct building *b, enum condition_kind kind,
    const struct search_key *key)
{
	struct condition *c = new_condition(b, kind, 0, 0);
	auto_buf utf8 = BUF_INIT(FOLDED_MAX);
	auto_buf folded = BUF_INIT(FOLDED_MAX);

	if (key->text.n == 0 && kind != COND_FIELD)
		return new_condition(b, COND_ALL, 0, 0);
	charset_put(&utf8, key->utf8 ? STR("UTF-8") : b->charset, key->text);
	c->collation = b->s->collation;
	collate_text(b->s->collation, &folded, buf_get(&utf8));
	if (buf_failed(&utf8) || buf_failed(&folded))
		b->refused = "A text is too long to be looked for";
	c->name = str_dup(b->at->mem, key->field);
	c->text = str_dup(b->at->mem, buf_get(&folded));
	c->fuzzy = b->fuzzy > 0 && has_words(c->text);
	b->nfuzzy += c->fuzzy;
	return c;
}

static struct str
pairs_of(struct building *b, const struct seqset *set)
{
	auto_buf pairs = BUF_INIT(set->n * sizeof(struct seqrange) + 1);

	for (size_t i = 0; i < set->n; i++)
		selection_add(&pairs, set->r[i].lo, set->r[i].hi);
	return str_dup(b->at->mem, buf_get(&pairs));
}

/* What a session remembers is of the mailbox that it has selected. */
static bool
is_selected(const struct building *b)
{
	return b->at->view == &b->s->view;
}

/* Numbers that no message has name none; "$" holds UIDs (RFC 5182 2). */
static struct condition *
is_in_set(struct building *b, const struct search_key *key)
{
	struct condition *c = new_condition(b, COND_UID, 0, 0);
	struct seqset set = key->set;

	if (set.saved) {
		if (is_selected(b))
			c->set = str_dup(b->at->mem, buf_get(&b->s->saved));
		return c;
	}
	/* What "*" is, is another one in the next mailbox. */
	set.r = arena_array(b->at->mem, set.n, sizeof(*set.r));
	memcpy(set.r, key->set.r, set.n * sizeof(*set.r));
	if (key->kind == SEARCH_UID) {
		seqset_resolve_uids(&set);
	} else {
		c->kind = COND_NUMBER;
		seqset_resolve(&set, b->at->view->exists);
	}
	c->set = pairs_of(b, &set);
	return c;
}

/* "M17": the number behind the letter, as cmd_fetch.c writes it. What is none
 * of ours names no message.                                RFC 8474 6 */
static struct condition *
has_object_id(struct building *b, enum condition_kind kind, char letter,
    struct str id)
{
	struct condition *c = new_condition(b, kind, 0, 0);
	uint64_t n;

	if (id.n > 0 && id.p[0] == letter && str_u64(str_from(id, 1), &n) &&
	    n <= INT64_MAX)
		c->low = (int64_t)n;
	return c;
}

static struct condition *
is_recent(struct building *b)
{
	struct condition *c = new_condition(b, COND_UID, 0, 0);

	if (is_selected(b))
		c->set = str_dup(b->at->mem, buf_get(&b->s->recent));
	return c;
}

static struct condition *
is_recent_and_unseen(struct building *b)
{
	struct condition *c = new_condition(b, COND_AND, 0, 0);

	c->kids = is_recent(b);
	c->kids->next = not_of(b, flag_is_set(b, FLAG_seen));
	return c;
}

static struct condition *condition_of(struct building *b,
    const struct search_key *key);

static struct condition *
of_kids(struct building *b, enum condition_kind kind,
    const struct search_key *key)
{
	struct condition *c = new_condition(b, kind, 0, 0);
	struct condition **tail = &c->kids;

	for (const struct search_key *k = key->kids; k; k = k->next) {
		*tail = condition_of(b, k);
		tail = &(*tail)->next;
	}
	/* One kid is what it is. */
	return kind == COND_AND && c->kids && !c->kids->next ? c->kids : c;
}

/* RFC 6203 5: what is no text is what it is. */
static struct condition *
of_fuzzy(struct building *b, const struct search_key *key)
{
	struct condition *c;

	b->fuzzy++;
	c = of_kids(b, COND_AND, key);
	b->fuzzy--;
	return c;
}

/* A number of octets or a date can be the largest there is. */
static int64_t
after(uint64_t n)
{
	return n < INT64_MAX ? (int64_t)n + 1 : INT64_MAX;
}

/* In the order of RFC 3501 6.4.4. */
static struct condition *
condition_of(struct building *b, const struct search_key *key)
{
	const int64_t now = loop_wall(b->s->service->loop);
	const int64_t day = key->date, ago = now - (int64_t)key->n;

	switch (key->kind) {
	case SEARCH_SET:
	case SEARCH_UID:
		return is_in_set(b, key);
	case SEARCH_ALL:
		return new_condition(b, COND_ALL, 0, 0);
	case SEARCH_RECENT:
		return is_recent(b);
	case SEARCH_OLD:
		return not_of(b, is_recent(b));
	case SEARCH_NEW:
		return is_recent_and_unseen(b);
	case SEARCH_AND:
		return of_kids(b, COND_AND, key);
	case SEARCH_OR:
		return of_kids(b, COND_OR, key);
	case SEARCH_NOT:
		return of_kids(b, COND_NOT, key);
	case SEARCH_FUZZY:
		return of_fuzzy(b, key);
	case SEARCH_FLAG:
		return flag_is_set(b, key->n);
	case SEARCH_UNFLAG:
		return not_of(b, flag_is_set(b, key->n));
	case SEARCH_KEYWORD:
		return has_keyword(b, key->text);
	case SEARCH_UNKEYWORD:
		return not_of(b, has_keyword(b, key->text));
	case SEARCH_HEADER:
		return holds_text(b, COND_FIELD, key);
	case SEARCH_BODY:
		return holds_text(b, COND_BODY, key);
	case SEARCH_TEXT:
		return holds_text(b, COND_TEXT, key);
	case SEARCH_BEFORE:
		return new_condition(b, COND_RECEIVED_DAY, INT64_MIN, day);
	case SEARCH_ON:
		return new_condition(b, COND_RECEIVED_DAY, day, day + DAY);
	case SEARCH_SINCE:
		return new_condition(b, COND_RECEIVED_DAY, day, INT64_MAX);
	case SEARCH_SENTBEFORE:
		return new_condition(b, COND_SENT_DAY, INT64_MIN, day);
	case SEARCH_SENTON:
		return new_condition(b, COND_SENT_DAY, day, day + DAY);
	case SEARCH_SENTSINCE:
		return new_condition(b, COND_SENT_DAY, day, INT64_MAX);
	case SEARCH_LARGER:
		return new_condition(b, COND_SIZE, after(key->n), INT64_MAX);
	case SEARCH_SMALLER:
		return new_condition(b, COND_SIZE, 0, after(key->n) - 1);
	case SEARCH_OLDER:	/* RFC 5032 */
		return new_condition(b, COND_RECEIVED, INT64_MIN, ago + 1);
	case SEARCH_YOUNGER:
		return new_condition(b, COND_RECEIVED, ago, INT64_MAX);
	case SEARCH_MODSEQ:	/* RFC 7162 3.1.5 */
		return new_condition(b, COND_CHANGED, (int64_t)key->n, 0);
	case SEARCH_EMAILID:
		return has_object_id(b, COND_CONTENT, 'M', key->text);
	case SEARCH_THREADID:
		return has_object_id(b, COND_THREAD, 'T', key->text);
	case SEARCH_SAVEDBEFORE:	/* RFC 8514 4.3 */
		return new_condition(b, COND_SAVED_DAY, INT64_MIN, day);
	case SEARCH_SAVEDON:
		return new_condition(b, COND_SAVED_DAY, day, day + DAY);
	case SEARCH_SAVEDSINCE:
		return new_condition(b, COND_SAVED_DAY, day, INT64_MAX);
	case SEARCH_SAVEDATESUPPORTED:
		return new_condition(b, COND_ALL, 0, 0);
	case SEARCH_FILTER:	/* expanded before */
		break;
	}
	bug("no such search key");
}

bool
imap_asks_modseq(const struct search_key *key)
{
	for (const struct search_key *k = key->kids; k; k = k->next)
		if (imap_asks_modseq(k))
			return true;
	return key->kind == SEARCH_MODSEQ;
}

bool
imap_names_numbers(const struct search_key *key)
{
	for (const struct search_key *k = key->kids; k; k = k->next)
		if (imap_names_numbers(k))
			return true;
	return key->kind == SEARCH_SET && !key->set.saved;
}

static bool
names_fuzzy(const struct search_key *key)
{
	for (const struct search_key *k = key->kids; k; k = k->next)
		if (names_fuzzy(k))
			return true;
	return key->kind == SEARCH_FUZZY;
}

/* RFC 3501 6.4.4: which charsets there are. */
static struct answer
bad_charset(struct imap_session *s)
{
	auto_buf names = BUF_INIT(4096);

	charset_put_names(&names);
	return (struct answer){ ANSWER_NO, arena_printf(s->cmd,
	    "BADCHARSET (%.*s)", STR_FMT(str_from(buf_get(&names), 1))),
		STR("This charset is not known here") };
}

struct search_place
imap_search_here(struct imap_session *s, const struct imap_command *c)
{
	return (struct search_place){ .view = &s->view, .mem = s->cmd,
		.uids = (c->row->flags & ROW_UID) != 0 };
}

struct answer
imap_conditions(struct imap_session *s, const struct search_place *at,
    const struct search_args *args, struct condition **out)
{
	struct building b = { .s = s, .at = at, .charset = args->charset };
	struct answer a = imap_expand_filters(s, args);

	if (a.kind != ANSWER_NONE)
		return a;
	if (args->relevancy && !names_fuzzy(args->key))
		return BAD("RELEVANCY is of FUZZY");	/* RFC 6203 4 */
	if (imap_asks_modseq(args->key))
		imap_condstore(s);
	if (imap_uids_only(s) && imap_names_numbers(args->key))
		return UID_REQUIRED;
	if (!charset_known(args->charset))
		return bad_charset(s);
	*out = condition_of(&b, args->key);
	if (b.refused)
		return (struct answer){ ANSWER_BAD, STR_NULL,
			str_c(b.refused) };
	if (b.nfuzzy > FUZZY_MAX)
		return NO_CODE("LIMIT", "Too many texts that are fuzzy");
	return NO_ANSWER;
}

/* RFC 5182 2.1: what cannot be looked for saves an empty result. */
struct answer
imap_find(struct imap_session *s, const struct search_place *at,
    struct str tag, const struct search_args *args,
    struct search_result *found)
{
	struct condition *c;
	struct progress p;
	struct err err = { 0 };
	struct answer a = imap_conditions(s, at, args, &c);
	uint32_t lowest = 0;
	int e;

	*found = (struct search_result){ 0 };
	if (a.kind == ANSWER_NONE && imap_limit_search(s, at->view, at->mem,
	    &c, &lowest, &err) < 0)
		a = imap_fail(s, "search", &err);
	if (a.kind == ANSWER_NONE && lowest && !at->lowest)
		a = imap_over_limit(s, 0);
	if (at->lowest)
		*at->lowest = lowest;
	if (a.kind == ANSWER_NONE) {
		imap_progress_begin(&p, s, tag);
		e = search_mailbox(at->view, c, found, &err);
		imap_progress_end(&p);
		if (e < 0)
			a = imap_fail(s, "search", &err);
	}
	if (a.kind == ANSWER_NO && args->options & RETURN_SAVE)
		buf_free(&s->saved);
	return a;
}
