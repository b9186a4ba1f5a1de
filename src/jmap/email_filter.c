#include "jmap/email_filter.h"

#include "base/timetext.h"
#include "mime/fold.h"
#include "store/messages.h"

enum { WORDS_MAX = 100 };

struct filtering {
	struct call *call;
	struct arena *mem;
	uint64_t mailbox;
	const char *error;
};

/* ---- values -------------------------------------------------------------- */

bool
keyword_parse(struct str keyword, uint32_t *flag)
{
	static const struct {
		struct str keyword;
		uint32_t flag;
	} flags[] = {
		{ STR("$seen"), FLAG_seen },
		{ STR("$answered"), FLAG_answered },
		{ STR("$flagged"), FLAG_flagged },
		{ STR("$draft"), FLAG_draft },
	};

	*flag = 0;
	for (size_t i = 0; i < NELEM(flags); i++)
		if (str_eqi(keyword, flags[i].keyword))
			*flag = flags[i].flag;
	for (size_t i = 0; i < keyword.n; i++)
		if (keyword.p[i] <= ' ' || keyword.p[i] > '~' ||
		    memchr("(){]%*\"\\", keyword.p[i], 8))
			return false;
	return keyword.n > 0 && keyword.n <= 255 &&
	    !str_eqi(keyword, STR("$recent")) &&
	    !str_eqi(keyword, STR("$deleted"));
}

/* One word, or one phrase in quotes, off the front; false at the end. */
static bool
next_word(struct str *text, struct buf *word)
{
	char quote;

	buf_reset(word);
	*text = str_trim(*text);
	if (text->n == 0)
		return false;
	quote = text->p[0];
	if ((quote != '"' && quote != '\'') ||
	    str_chr(str_from(*text, 1), quote) == text->n - 1)
		quote = ' ';
	else
		*text = str_from(*text, 1);
	while (text->n > 0) {
		char c = text->p[0];

		*text = str_from(*text, 1);
		if (c == quote || (quote == ' ' && (c == '\t' || c == '\n')))
			break;
		if (c == '\\' && quote != ' ' && text->n > 0) {
			c = text->p[0];
			*text = str_from(*text, 1);
		}
		buf_chr(word, c);
	}
	return true;
}

size_t
search_words(struct arena *mem, struct str text, struct str *words,
    size_t max)
{
	auto_buf word = BUF_INIT(text.n + 1);
	auto_buf folded = BUF_INIT(16 * text.n + 64);
	size_t n = 0;

	while (n < max && next_word(&text, &word)) {
		buf_reset(&folded);
		fold_text(&folded, str_trim(buf_get(&word)));
		if (folded.n > 0)
			words[n++] = str_dup(mem, buf_get(&folded));
	}
	return n;
}

/* ---- conditions ---------------------------------------------------------- */

static struct condition *
node(struct filtering *f, enum condition_kind kind)
{
	struct condition *n = arena_new_of(f->mem, struct condition);

	n->kind = kind;
	return n;
}

static struct condition *
negated(struct filtering *f, struct condition *kid)
{
	struct condition *n = node(f, COND_NOT);

	n->kids = kid;
	return n;
}

static struct condition *
constant(struct filtering *f, bool holds)
{
	return holds ? node(f, COND_ALL) : negated(f, node(f, COND_ALL));
}

/* All words are in the field, body or text. */
static struct condition *
words_in(struct filtering *f, enum condition_kind kind, struct str field,
    struct str text)
{
	struct str words[WORDS_MAX];
	size_t n = search_words(f->mem, text, words, WORDS_MAX);
	struct condition *all = node(f, COND_AND), **last = &all->kids;

	if (n == 0)
		return constant(f, true);
	for (size_t i = 0; i < n; i++) {
		*last = node(f, kind);
		(*last)->name = field;
		(*last)->text = words[i];
		last = &(*last)->next;
	}
	return all;
}

static struct condition *
in_mailbox(struct filtering *f, const json_t *v)
{
	uint64_t mailbox;
	struct str id;

	return json_is_string(v) ? constant(f, call_id(f->call, v, &id) &&
	    id_number(id, 'm', &mailbox) && mailbox == f->mailbox) : NULL;
}

static struct condition *
in_other_mailbox(struct filtering *f, const json_t *v)
{
	const json_t *one;
	uint64_t mailbox;
	struct str id;
	bool named = false;
	size_t i;

	json_array_foreach(v, i, one)
		named |= call_id(f->call, one, &id) &&
		    id_number(id, 'm', &mailbox) && mailbox == f->mailbox;
	return json_is_array(v) ? constant(f, !named) : NULL;
}

static struct condition *
range(struct filtering *f, enum condition_kind kind, int64_t low, int64_t high)
{
	struct condition *n = node(f, kind);

	n->low = low;
	n->high = high;
	return n;
}

static struct condition *
before(struct filtering *f, const json_t *v)
{
	int64_t at;

	return time_read_utc(text_of(v), &at) ?
	    range(f, COND_RECEIVED, INT64_MIN, at) : NULL;
}

static struct condition *
after(struct filtering *f, const json_t *v)
{
	int64_t at;

	return time_read_utc(text_of(v), &at) ?
	    range(f, COND_RECEIVED, at, INT64_MAX) : NULL;
}

static struct condition *
min_size(struct filtering *f, const json_t *v)
{
	return json_is_integer(v) ? range(f, COND_SIZE,
	    json_integer_value(v), INT64_MAX) : NULL;
}

static struct condition *
max_size(struct filtering *f, const json_t *v)
{
	return json_is_integer(v) ? range(f, COND_SIZE, 0,
	    json_integer_value(v)) : NULL;
}

static struct condition *
has_keyword(struct filtering *f, const json_t *v)
{
	struct condition *n;
	uint32_t flag;

	if (!keyword_parse(text_of(v), &flag))
		return NULL;
	n = node(f, flag ? COND_FLAG : COND_KEYWORD);
	n->low = flag;
	n->text = text_of(v);
	return n;
}

static struct condition *
not_keyword(struct filtering *f, const json_t *v)
{
	struct condition *n = has_keyword(f, v);

	return n ? negated(f, n) : NULL;
}

static struct condition *
has_attachment(struct filtering *f, const json_t *v)
{
	struct condition *n = node(f, COND_ATTACHMENT);

	if (!json_is_boolean(v))
		return NULL;
	return json_is_true(v) ? n : negated(f, n);
}

static struct condition *
field_of(struct filtering *f, const char *name, const json_t *v)
{
	return json_is_string(v) ? words_in(f, COND_FIELD, str_c(name),
	    text_of(v)) : NULL;
}

#define FIELD(name, field)                                            \
	static struct condition *                                     \
	in_##name(struct filtering *f, const json_t *v)               \
	{                                                             \
		return field_of(f, field, v);                         \
	}
FIELD(from, "From")
FIELD(to, "To")
FIELD(cc, "Cc")
FIELD(bcc, "Bcc")
FIELD(subject, "Subject")

static struct condition *
in_text(struct filtering *f, const json_t *v)
{
	return json_is_string(v) ? words_in(f, COND_TEXT, STR_NULL,
	    text_of(v)) : NULL;
}

static struct condition *
in_body(struct filtering *f, const json_t *v)
{
	return json_is_string(v) ? words_in(f, COND_BODY, STR_NULL,
	    text_of(v)) : NULL;
}

/* [name] or [name, text] */
static struct condition *
in_header(struct filtering *f, const json_t *v)
{
	const json_t *name = json_array_get(v, 0), *text =
	    json_array_get(v, 1);
	struct condition *n;

	if (!json_is_string(name) || json_array_size(v) > 2 ||
	    (text && !json_is_string(text)))
		return NULL;
	if (text)
		return words_in(f, COND_FIELD, text_of(name), text_of(text));
	n = node(f, COND_FIELD);
	n->name = text_of(name);
	n->text = STR("");
	return n;
}

/* In the order of RFC 8621 4.4.1. */
static const struct {
	const char *name;
	struct condition *(*read)(struct filtering *f, const json_t *v);
} conditions[] = {
	{ "inMailbox", in_mailbox },
	{ "inMailboxOtherThan", in_other_mailbox },
	{ "before", before },
	{ "after", after },
	{ "minSize", min_size },
	{ "maxSize", max_size },
	{ "hasKeyword", has_keyword },
	{ "notKeyword", not_keyword },
	{ "hasAttachment", has_attachment },
	{ "text", in_text },
	{ "from", in_from },
	{ "to", in_to },
	{ "cc", in_cc },
	{ "bcc", in_bcc },
	{ "subject", in_subject },
	{ "body", in_body },
	{ "header", in_header },
};

static struct condition *
condition_of(struct filtering *f, const char *name, const json_t *v)
{
	struct condition *n;

	for (size_t i = 0; i < NELEM(conditions); i++) {
		if (strcmp(name, conditions[i].name) != 0)
			continue;
		n = conditions[i].read(f, v);
		if (!n)
			f->error = call_error(f->call, "invalidArguments",
			    "%s is of another type", name);
		return n;
	}
	f->error = call_error(f->call, "unsupportedFilter",
	    "no such condition: %.100s", name);
	return NULL;
}

/* ---- the tree ------------------------------------------------------------ */

static bool
is_constant(const struct condition *n, bool holds)
{
	if (n->kind == COND_ALL)
		return holds;
	return n->kind == COND_NOT && !holds && n->kids &&
	    n->kids->kind == COND_ALL && !n->kids->next;
}

/* What is certain is left out: a mailbox that cannot match is never
 * searched. */
static void
add_kid(struct condition *all, struct condition *kid, bool *certain)
{
	bool and = all->kind == COND_AND;
	struct condition **last = &all->kids;

	if (is_constant(kid, and))
		return;
	*certain |= is_constant(kid, !and);
	while (*last)
		last = &(*last)->next;
	*last = kid;
}

static struct condition *filter_tree(struct filtering *f, json_t *filter);

static struct condition *
joined(struct filtering *f, json_t *filter, enum filter_kind kind)
{
	struct condition *all = node(f, kind == FILTER_AND ||
	    kind == FILTER_CONDITION ? COND_AND : COND_OR), *kid;
	bool and = all->kind == COND_AND, certain = false;
	const char *name;
	json_t *v;
	size_t i;

	if (kind == FILTER_CONDITION) {
		json_object_foreach(filter, name, v)
			if (!f->error && (kid = condition_of(f, name, v)))
				add_kid(all, kid, &certain);
	} else {
		json_array_foreach(json_object_get(filter, "conditions"), i, v)
			if (!f->error && (kid = filter_tree(f, v)))
				add_kid(all, kid, &certain);
	}
	if (certain)
		all = constant(f, !and);
	else if (!all->kids)
		all = constant(f, and);
	if (kind != FILTER_NOT)
		return all;
	return is_constant(all, true) ? constant(f, false) :
	    is_constant(all, false) ? constant(f, true) : negated(f, all);
}

static struct condition *
filter_tree(struct filtering *f, json_t *filter)
{
	enum filter_kind kind;

	if ((f->error = filter_kind(f->call, filter, &kind)))
		return NULL;
	return joined(f, filter, kind);
}

const char *
email_filter(struct call *c, struct arena *mem, json_t *filter,
    uint64_t mailbox, struct condition **out)
{
	struct filtering f = { .call = c, .mem = mem, .mailbox = mailbox };
	struct condition *all = node(&f, COND_AND), *tree, *deleted;

	tree = filter ? filter_tree(&f, filter) : node(&f, COND_ALL);
	if (f.error)
		return f.error;
	if (condition_count(tree) > CONDITIONS_MAX - 10)
		return "unsupportedFilter";
	/* RFC 8621 4.1.1: they are not visible. */
	deleted = node(&f, COND_FLAG);
	deleted->low = FLAG_deleted;
	all->kids = negated(&f, deleted);
	all->kids->next = tree;
	*out = is_constant(tree, false) ? NULL : all;
	return NULL;
}
