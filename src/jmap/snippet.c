/*
 * snippet.c - SearchSnippet/get: why a search has found an email.
 *                                                            RFC 8621 5
 *
 * Words are looked for in the subject and in the beginning of the text that is
 * kept beside every message, so no message is read for it: what was found
 * further on has no preview.
 */
#include "base/markup.h"
#include "jmap/email.h"
#include "jmap/email_filter.h"
#include "mime/fold.h"
#include "mime/word.h"

enum { WORDS_MAX = 50, SUBJECT_MAX = 2000, PREVIEW_MAX = 255,
	WORDS_BEFORE = 6 };	/* of a preview, in front of what was found */

struct wanted {
	struct str word[WORDS_MAX];	/* folded, without spaces */
	size_t n;
};

struct snipping {
	struct call *call;
	struct wanted in_subject, in_body;
	json_t *ids;
	struct arena *mem;	/* of one email */
	struct err *err;
};

/* ---- what is looked for -------------------------------------------------- */

static void
add_words(struct call *c, struct wanted *w, struct str text)
{
	struct str phrase[WORDS_MAX], one;
	size_t n = search_words(c->mem, text, phrase, WORDS_MAX);

	for (size_t i = 0; i < n; i++)
		for (bool more = true; more && w->n < WORDS_MAX;) {
			more = str_cut(phrase[i], ' ', &one, &phrase[i]);
			if (one.n)
				w->word[w->n++] = one;
		}
}

/* Whatever a condition says of texts; what must not be there is not shown. */
static const char *
gather(struct snipping *s, json_t *filter)
{
	enum filter_kind kind;
	const char *error = filter_kind(s->call, filter, &kind);
	struct str text;
	json_t *kid;
	size_t i;

	if (error || kind == FILTER_NOT)
		return error;
	if (kind != FILTER_CONDITION) {
		json_array_foreach(json_object_get(filter, "conditions"), i,
		    kid)
			if ((error = gather(s, kid)))
				return error;
		return NULL;
	}
	if (json_text_of(filter, "text", &text)) {
		add_words(s->call, &s->in_subject, text);
		add_words(s->call, &s->in_body, text);
	}
	if (json_text_of(filter, "subject", &text))
		add_words(s->call, &s->in_subject, text);
	if (json_text_of(filter, "body", &text))
		add_words(s->call, &s->in_body, text);
	return NULL;
}

/* ---- where it is --------------------------------------------------------- */

static bool
has_one(const struct wanted *w, struct str word)
{
	auto_buf folded = BUF_INIT(16 * word.n + 64);

	fold_text(&folded, word);
	for (size_t i = 0; i < w->n; i++)
		if (str_find(buf_get(&folded), w->word[i]) < folded.n)
			return true;
	return false;
}

static void
put_escaped(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		markup_chr(b, s.p[i]);
}

/* The text from its word number `from` on, as far as there is room. */
static void
put_words(struct buf *b, struct str text, const struct wanted *w, size_t from,
    size_t max)
{
	auto_buf piece = BUF_INIT(8 * text.n + 64);
	struct str one;
	size_t at = 0;

	for (bool more = true; more; at++) {
		more = str_cut(text, ' ', &one, &text);
		if (at < from)
			continue;
		buf_reset(&piece);
		buf_str(&piece, at > from ? STR(" ") : STR(""));
		if (has_one(w, one)) {
			buf_lit(&piece, "<mark>");
			put_escaped(&piece, one);
			buf_lit(&piece, "</mark>");
		} else {
			put_escaped(&piece, one);
		}
		if (b->n + piece.n > max)
			return;
		buf_str(b, buf_get(&piece));
	}
}

static void
put_marked(struct snipping *s, const char *name, struct str text,
    const struct wanted *w, size_t before, size_t max)
{
	auto_buf b = BUF_INIT(8 * SUBJECT_MAX + 64);
	struct str rest = text, one;
	size_t at = 0;
	bool more = true, found = false;

	while (more && !found) {
		more = str_cut(rest, ' ', &one, &rest);
		found = has_one(w, one);
		at += !found;
	}
	if (!found) {
		out_put_null(&s->call->out, name);
		return;
	}
	put_words(&b, text, w, at > before ? at - before : 0, max);
	out_put_str(&s->call->out, name, buf_get(&b));
}

static int
put_snippet(void *arg, const struct email_place *at,
    const struct fetch_row *row)
{
	struct snipping *s = arg;
	struct call *c = s->call;
	const struct source source = { .stored = message_of(c->account,
	    at->mailbox, row) };
	auto_buf subject = BUF_INIT(8 * SUBJECT_MAX);
	struct facts f;
	int e;

	arena_reset(s->mem);
	e = source_facts(&source, c->jmap->loop, s->mem, &f, s->err);
	if (e == E_NOTFOUND || e == E_DAMAGED)
		return 0;
	if (e < 0)
		return e;
	(void)id_found(s->ids, 'e', row->email);
	word_decode(&subject, str_first(f.envelope.subject, SUBJECT_MAX));
	out_open(&c->out, '{');
	out_name(&c->out, "emailId");
	out_id(&c->out, 'e', row->email);
	put_marked(s, "subject", text_clean(s->mem, buf_get(&subject)),
	    &s->in_subject, SIZE_MAX, 8 * SUBJECT_MAX);
	put_marked(s, "preview", text_clean(s->mem, f.preview), &s->in_body,
	    WORDS_BEFORE, PREVIEW_MAX);
	out_close(&c->out, '}');
	return buf_failed(&c->out) ? E_LIMIT : 0;
}

/* ---- SearchSnippet/get --------------------------------------------------- */

const char *
snippet_get(struct call *c)
{
	struct err err = { 0 };
	struct snipping s = { .call = c, .err = &err };
	json_t *filter = json_object_get(c->args, "filter");
	const char *error = filter ? gather(&s, filter) : NULL;
	const uint64_t *numbers;
	size_t n;
	int e;

	if (!error)
		error = ids_of(c, "emailIds", &s.ids);
	if (error)
		return error;
	s.mem = arena_new(MESSAGE_FACTS_MEM + (1 << 20));
	out_put_str(&c->out, "accountId", str_c(c->person->id));
	out_name(&c->out, "list");
	out_open(&c->out, '[');
	numbers = ids_numbers(c, s.ids, 'e', &n);
	e = emails_each(c->account, numbers, n, WANT_FACTS, put_snippet, &s,
	    &err);
	get_end(c, s.ids);
	arena_free(s.mem);
	return e < 0 ? call_fail(c, &err) : NULL;
}
