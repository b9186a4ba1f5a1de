#include "mail/matching.h"

#include "base/vec.h"
#include "mail/fuzzy.h"
#include "mime/fold.h"
#include "mime/header.h"
#include "mime/text.h"
#include "mime/word.h"

enum {
	WHOLE_MAX = 128 << 10,	/* what is read at once: a chunk has as much */
	WINDOW = 64 << 10,	/* octets of text, then they are compared */
	/* The most that text_more() makes of a piece: U+FDFA is 2 octets of
	 * UTF-16, and folded 33. */
	PIECE_TEXT = 17 * 8192,
	YIELD_OCTETS = 256 << 10, /* some ms of comparing */
	/* What a word counts that TEXT finds in a body, in percent. */
	WORTH_OF_BODY = 75,
};

/* How much of a message has been looked at. */
enum depth { BY_ROW, BY_FACTS, BY_HEADER, BY_BODY };

struct needle {
	const struct condition *c;
	bool found;
};

/* A condition that is fuzzy. */
struct likeness {
	const struct condition *c;
	struct fuzzy *words;
	unsigned score;		/* of the message that is judged; or 0 */
};

struct matching {
	const struct condition *program;
	bool likes_texts;		/* a fuzzy one is about them */
	bool wants[BY_BODY + 1];	/* is there a condition of its kind? */
	bool reads_header;		/* for fields that no facts are of */
	struct VEC(struct needle) needles;	/* COND_BODY and COND_TEXT */
	struct VEC(struct likeness) fuzzy;
	size_t longest;			/* of their texts */
	enum collation by;		/* as all of them are */
	struct arena *mem;

	/* Of the message that is judged. */
	const struct mail_message *message;
	const struct searched *row;
	enum depth depth;
	struct facts facts;
	struct buf whole, header;	/* octets, as far as they were read */
	bool in_body;
	struct buf window;
	size_t missing;			/* needles that were not found */
	size_t unyielded;
	struct gathering *words;	/* NULL: not wanted */
	bool gathered;
};

/* ---- the conditions ------------------------------------------------- */

static void
gather(struct matching *m, const struct condition *c)
{
	for (const struct condition *k = c->kids; k; k = k->next)
		gather(m, k);
	m->wants[BY_FACTS] |= c->kind == COND_SENT_DAY ||
	    c->kind == COND_ATTACHMENT;
	m->wants[BY_HEADER] |= c->kind == COND_FIELD;
	if (c->collation)
		m->by = (enum collation)c->collation;
	m->reads_header |= c->kind == COND_FIELD && !is_known_field(c->name) &&
	    !fields_are_listed(&c->name, 1);
	if (c->fuzzy)
		vec_push(&m->fuzzy, (struct likeness){ c,
			fuzzy_new(c->text), 0 });
	if (c->kind != COND_BODY && c->kind != COND_TEXT)
		return;
	m->wants[BY_BODY] = true;
	m->likes_texts |= c->fuzzy;
	if (c->fuzzy)
		return;
	vec_push(&m->needles, (struct needle){ c, false });
	if (c->text.n > m->longest)
		m->longest = c->text.n;
}

struct matching *
matching_new(const struct condition *c)
{
	struct matching *m = calloc(1, sizeof(*m));

	bug_if(!m);
	m->program = c;
	gather(m, c);
	m->mem = arena_new(MESSAGE_FACTS_MEM);
	m->whole = BUF_INIT(WHOLE_MAX);
	m->header = BUF_INIT(MESSAGE_HEADER_MAX);
	m->window = BUF_INIT(WINDOW + m->longest + PIECE_TEXT);
	return m;
}

void
matching_free(struct matching *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->fuzzy.n; i++)
		fuzzy_free(m->fuzzy.p[i].words);
	vec_free(&m->fuzzy);
	vec_free(&m->needles);
	arena_free(m->mem);
	buf_free(&m->whole);
	buf_free(&m->header);
	buf_free(&m->window);
	free(m);
}

void
matching_gathers(struct matching *m, struct gathering *g)
{
	m->words = g;
}

bool
matching_gathered(const struct matching *m)
{
	return m->gathered;
}

unsigned
matching_score(const struct matching *m)
{
	unsigned sum = 0, n = 0;

	for (size_t i = 0; i < m->fuzzy.n; i++) {
		sum += m->fuzzy.p[i].score;
		n += m->fuzzy.p[i].score > 0;
	}
	return n ? sum / n : 100;
}

static struct likeness *
likeness_of(struct matching *m, const struct condition *c)
{
	size_t i = 0;

	while (m->fuzzy.p[i].c != c)
		i++;
	return &m->fuzzy.p[i];
}

static bool
reads_octets(const struct matching *m)
{
	return m->reads_header || m->wants[BY_BODY];
}

uint32_t
matching_wants(const struct matching *m)
{
	return reads_octets(m) ? WANT_FACTS | WANT_HEAD :
	    m->wants[BY_FACTS] || m->wants[BY_HEADER] ? WANT_FACTS : 0;
}

/* ---- octets --------------------------------------------------------- */

static void
spent(struct matching *m, size_t octets)
{
	m->unyielded += octets;
	if (m->unyielded < YIELD_OCTETS)
		return;
	m->unyielded = 0;
	fiber_yield(m->message->account->loop);
}

/* As message_read(); a small message is read only once. */
static int
read_range(struct matching *m, struct octet_range what,
    int (*out)(void *arg, struct str octets), void *arg, struct err *err)
{
	const struct mail_message *message = m->message;
	struct str whole;
	int e = 0;

	if (message->size > WHOLE_MAX)
		return message_read(message, what, out, arg, err);
	if (m->whole.n == 0)
		e = message_read(message, (struct octet_range){ 0,
		    message->size }, message_keep, &m->whole, err);
	if (e < 0)
		return e;
	whole = str_from(buf_get(&m->whole), (size_t)what.offset);
	return out(arg, str_first(whole, (size_t)what.len));
}

/* ---- header fields -------------------------------------------------- */

static int
read_header(struct matching *m, struct err *err)
{
	struct octet_range where;
	int e = message_section(m->message, &m->facts, FACTS_HEADER, NULL, 0,
	    &where, err);

	if (e >= 0 && m->header.n == 0)
		e = read_range(m, where, message_keep, &m->header, err);
	return e;
}

/* One field, as it is compared: with a likeness it is counted, and what comes
 * of it is known at the end. */
static bool
field_fits(const struct condition *c, struct likeness *like, struct str text)
{
	if (!like)
		return c->text.n == 0 || str_find(text, c->text) < text.n;
	fuzzy_text(like->words, text, 100);
	fuzzy_text_end(like->words, 100);
	return false;
}

static enum verdict
like_enough(struct likeness *like)
{
	if (!like)
		return VERDICT_NO;
	like->score = fuzzy_score(like->words);
	return like->score > 0 ? VERDICT_YES : VERDICT_NO;
}

/* "there": its text is empty. Fuzzy ones are about all that have the name. */
static enum verdict
has_field(struct matching *m, const struct condition *c, struct str block)
{
	struct likeness *like = c->fuzzy ? likeness_of(m, c) : NULL;
	auto_buf words = BUF_INIT(8 * MESSAGE_HEADER_MAX);
	auto_buf text = BUF_INIT(8 * MESSAGE_HEADER_MAX);
	struct header_field f;

	spent(m, block.n);
	if (like)
		fuzzy_begin(like->words);
	while (header_next(&block, &f)) {
		if (!str_eqi(f.name, c->name))
			continue;
		buf_reset(&words);
		buf_reset(&text);
		word_decode(&words, str_trim(f.value));
		collate_text(m->by, &text, buf_get(&words));
		if (field_fits(c, like, buf_get(&text)))
			return VERDICT_YES;
	}
	return like_enough(like);
}

/* A list of addresses as people write it, its words decoded. */
static void
put_addresses(struct buf *b, struct str list)
{
	struct address a;

	while (facts_next_address(&list, &a)) {
		if (a.kind == ADDRESS_GROUP_END)
			continue;
		if (b->n > 0)
			buf_lit(b, ", ");
		word_decode(b, a.name);
		if (a.kind == ADDRESS_GROUP)
			continue;
		buf_str(b, a.name.n ? STR(" <") : STR_NULL);
		buf_str(b, a.mailbox);
		buf_str(b, a.host.n ? STR("@") : STR_NULL);
		buf_str(b, a.host);
		buf_str(b, a.name.n ? STR(">") : STR_NULL);
	}
}

/* Appended: what the facts say of a field that they know, as it is compared. */
static void
put_known_field(const struct facts *f, struct str name, enum collation by,
    struct buf *text)
{
	const struct facts_envelope *e = &f->envelope;
	const struct {
		const char *name;
		struct str list;
	} lists[] = { { "From", e->from }, { "To", e->to }, { "Cc", e->cc },
		{ "Bcc", e->bcc } };
	auto_buf words = BUF_INIT(MIME_RECORD_MAX * 8);

	for (size_t i = 0; i < NELEM(lists); i++)
		if (str_eqi(str_c(lists[i].name), name))
			put_addresses(&words, lists[i].list);
	if (str_eqi(name, STR("Subject")))
		word_decode(&words, e->subject);
	collate_text(by, text, buf_get(&words));
}

/* What the facts say of a field. Whether one that says nothing is there they
 * do not know, nor what was cut. */
static enum verdict
has_known_field(struct matching *m, const struct condition *c)
{
	auto_buf text = BUF_INIT(MIME_RECORD_MAX * 8);
	const struct facts *f = &m->facts;
	struct likeness *like;

	if (!is_known_field(c->name) || f->flags & FACTS_CUT)
		return VERDICT_UNKNOWN;
	put_known_field(f, c->name, (enum collation)c->collation, &text);
	if (c->text.n == 0)
		return text.n ? VERDICT_YES : VERDICT_UNKNOWN;
	like = c->fuzzy ? likeness_of(m, c) : NULL;
	if (like)
		fuzzy_begin(like->words);
	return field_fits(c, like, buf_get(&text)) ? VERDICT_YES :
	    like_enough(like);
}

static enum verdict
field_by_facts(struct matching *m, const struct condition *c)
{
	enum verdict v = has_known_field(m, c);

	if (v != VERDICT_UNKNOWN || !fields_are_listed(&c->name, 1))
		return v;
	if (m->facts.listed.p)
		return has_field(m, c, m->facts.listed);
	/* Whose facts are older has neighbours like it. */
	m->reads_header = true;
	return VERDICT_UNKNOWN;
}

/* ---- texts ---------------------------------------------------------- */

static void
look_at_window(struct matching *m)
{
	struct str text = buf_get(&m->window);

	for (size_t i = 0; i < m->needles.n; i++) {
		struct needle *n = &m->needles.p[i];

		if (n->found || (n->c->kind == COND_BODY && !m->in_body))
			continue;
		spent(m, text.n);
		n->found = n->c->text.n == 0 ||
		    str_find(text, n->c->text) < text.n;
		m->missing -= n->found;
	}
}

/* Text was appended to the window. What a needle may begin in stays. */
static void
window_grew(struct matching *m)
{
	if (m->window.n < WINDOW + m->longest)
		return;
	look_at_window(m);
	if (m->longest > 0)
		buf_eat(&m->window, m->window.n - (m->longest - 1));
	else
		buf_reset(&m->window);
}

/* ---- and their words ------------------------------------------------ */

/* Texts that fuzzy conditions are about; of the last piece of one it is the
 * end. */
static void
text_is_like(struct matching *m, struct str folded, bool end)
{
	for (size_t i = 0; i < m->fuzzy.n; i++) {
		struct likeness *like = &m->fuzzy.p[i];
		unsigned worth = like->c->kind == COND_TEXT && m->in_body ?
		    WORTH_OF_BODY : 100;

		if (like->c->kind == COND_FIELD ||
		    (like->c->kind == COND_BODY && !m->in_body))
			continue;
		spent(m, FUZZY_WORDS_MAX * folded.n);
		fuzzy_text(like->words, folded, worth);
		if (end)
			fuzzy_text_end(like->words, worth);
	}
}

static void
gather_text(struct matching *m, struct str folded)
{
	text_is_like(m, folded, false);
	if (m->words)
		gathering_text(m->words, m->in_body ? WORDS_BODY :
		    WORDS_HEADER, folded);
}

static void
gather_known_fields(struct matching *m)
{
	static const char *const names[] = { "From", "To", "Cc", "Bcc",
		"Subject" };
	auto_buf text = BUF_INIT(MIME_RECORD_MAX * 8);

	if (!m->words)
		return;
	gathering_begin(m->words);
	for (size_t i = 0; i < NELEM(names); i++) {
		buf_reset(&text);
		put_known_field(&m->facts, str_c(names[i]), COLLATION_FOLDED,
		    &text);
		gathering_text(m->words, WORDS_KNOWN, buf_get(&text));
		gathering_text_end(m->words, WORDS_KNOWN);
	}
	if (m->facts.flags & FACTS_CUT)
		gathering_cut(m->words);
}

/* Is there nothing left to find, nor to gather? What is fuzzy may always be
 * found better. */
static bool
has_enough(const struct matching *m)
{
	return m->missing == 0 && !m->likes_texts &&
	    (!m->words || gathering_is_cut(m->words));
}

/* No text goes on behind this: a folded text has no line ends. */
static void
end_of_text(struct matching *m)
{
	text_is_like(m, STR_NULL, true);
	if (m->words)
		gathering_text_end(m->words, m->in_body ? WORDS_BODY :
		    WORDS_HEADER);
	buf_chr(&m->window, '\n');
	window_grew(m);
}

static void
add_fields(struct matching *m, struct str block)
{
	auto_buf words = BUF_INIT(8 * MESSAGE_HEADER_MAX);
	auto_buf text = BUF_INIT(8 * MESSAGE_HEADER_MAX);
	struct header_field f;

	while (header_next(&block, &f)) {
		struct str rest;

		buf_reset(&words);
		buf_reset(&text);
		buf_str(&words, f.name);
		buf_lit(&words, ": ");
		word_decode(&words, str_trim(f.value));
		collate_text(m->by, &text, buf_get(&words));
		rest = buf_get(&text);
		gather_text(m, rest);
		while (rest.n > 0) {
			struct str piece = str_first(rest, WINDOW / 2);

			buf_str(&m->window, piece);
			window_grew(m);
			rest = str_from(rest, piece.n);
		}
		end_of_text(m);
	}
}

struct part_reading {
	struct matching *m;
	struct text_reader *text;
};

/* Ends the reading (E_CANCELED) when there is nothing left to find. */
static int
read_text(void *arg, struct str octets)
{
	struct part_reading *p = arg;

	while (octets.n > 0) {
		struct str piece = str_first(octets, 8192);
		size_t before = p->m->window.n;

		text_more(p->text, piece, &p->m->window);
		gather_text(p->m, str_from(buf_get(&p->m->window), before));
		window_grew(p->m);
		if (has_enough(p->m))
			return E_CANCELED;
		octets = str_from(octets, piece.n);
		spent(p->m, piece.n);
	}
	return 0;
}

static int
look_at_part(struct matching *m, const struct facts_part *part,
    struct err *err)
{
	const struct octet_range header = { m->message->prefix_len +
	    part->header_off, part->header_len };
	const struct octet_range body = { header.offset + header.len,
	    part->body_len };
	struct part_reading p = { .m = m };
	size_t before;
	int e = 0;

	/* That of the message itself is not in its body. */
	if (part->depth > 0) {
		auto_buf block = BUF_INIT(MESSAGE_HEADER_MAX);

		e = read_range(m, header, message_keep, &block, err);
		add_fields(m, buf_get(&block));
	}
	if (e < 0 || part->kind != PART_LEAF ||
	    (!str_eqi(part->type, STR("text")) &&
	    !str_eqi(part->type, STR("message"))))
		return e;
	p.text = text_begin(part->encoding,
	    facts_param(part->params, STR("charset")),
	    str_eqi(part->subtype, STR("html")));
	text_collate(p.text, m->by);
	e = read_range(m, body, read_text, &p, err);
	before = m->window.n;
	text_end(p.text, &m->window);
	gather_text(m, str_from(buf_get(&m->window), before));
	end_of_text(m);
	return e == E_CANCELED && has_enough(m) ? 0 : e;
}

static int
look_at_body(struct matching *m, struct err *err)
{
	struct facts_walk w = facts_walk_of(&m->facts);
	struct facts_part part;
	int e = 0;

	m->missing = m->needles.n;
	for (size_t i = 0; i < m->needles.n; i++)
		m->needles.p[i].found = false;
	for (size_t i = 0; i < m->fuzzy.n; i++)
		if (m->fuzzy.p[i].c->kind != COND_FIELD)
			fuzzy_begin(m->fuzzy.p[i].words);
	m->in_body = false;
	gather_known_fields(m);
	add_fields(m, buf_get(&m->header));
	look_at_window(m);
	buf_reset(&m->window);
	m->in_body = true;
	while (e >= 0 && !has_enough(m) && facts_next_part(&w, &part))
		e = look_at_part(m, &part, err);
	m->gathered = m->words && e >= 0;
	look_at_window(m);
	buf_reset(&m->window);
	return e;
}

/* ---- judging -------------------------------------------------------- */

static bool
was_found(struct matching *m, const struct condition *c)
{
	struct likeness *like;

	if (c->fuzzy) {
		like = likeness_of(m, c);
		like->score = fuzzy_score(like->words);
		return like->score > 0;
	}
	for (size_t i = 0; i < m->needles.n; i++)
		if (m->needles.p[i].c == c)
			return m->needles.p[i].found;
	return false;
}

static bool
was_sent(const struct facts *f, const struct condition *c)
{
	int64_t day = f->sent + 60 * (int64_t)f->sent_offset_min;

	return (f->flags & FACTS_DATE) && day >= c->low && day < c->high;
}

static enum verdict
known_of(void *arg, const struct condition *c)
{
	struct matching *m = arg;
	bool is;

	switch (c->kind) {
	case COND_SENT_DAY:
		if (m->depth < BY_FACTS)
			return VERDICT_UNKNOWN;
		is = was_sent(&m->facts, c);
		break;
	case COND_ATTACHMENT:
		if (m->depth < BY_FACTS)
			return VERDICT_UNKNOWN;
		is = (m->facts.flags & FACTS_ATTACHMENT) != 0;
		break;
	case COND_FIELD:
		if (m->depth < BY_FACTS)
			return VERDICT_UNKNOWN;
		return m->depth == BY_FACTS ? field_by_facts(m, c) :
		    has_field(m, c, buf_get(&m->header));
	case COND_BODY:
	case COND_TEXT:
		if (m->depth < BY_BODY)
			return VERDICT_UNKNOWN;
		is = was_found(m, c);
		break;
	default:
		return condition_of_row(c, m->row);
	}
	return is ? VERDICT_YES : VERDICT_NO;
}

static int
look_deeper(struct matching *m, struct err *err)
{
	int e = 0;

	switch (++m->depth) {
	case BY_ROW:
		break;
	case BY_FACTS:
		arena_reset(m->mem);
		e = reads_octets(m) ? message_facts(m->message, m->mem,
		    &m->facts, err) : message_glance(m->message, m->mem,
		    &m->facts, err);
		break;
	case BY_HEADER:
		if (!reads_octets(m))
			e = message_facts(m->message, m->mem, &m->facts, err);
		if (e < 0)
			break;
		buf_reset(&m->whole);
		buf_reset(&m->header);
		if (m->wants[BY_HEADER])
			e = read_header(m, err);
		break;
	case BY_BODY:
		e = read_header(m, err);
		if (e >= 0)
			e = look_at_body(m, err);
		break;
	}
	return e;
}

int
matching_judge(struct matching *m, const struct mail_message *message,
    const struct searched *row, struct err *err)
{
	enum verdict v;
	int e = 0;

	m->message = message;
	m->row = row;
	m->depth = BY_ROW;
	m->gathered = false;
	for (size_t i = 0; i < m->fuzzy.n; i++)
		m->fuzzy.p[i].score = 0;
	while ((v = condition_judge(m->program, known_of, m)) ==
	    VERDICT_UNKNOWN) {
		bug_if(m->depth == BY_BODY);
		if ((e = look_deeper(m, err)) < 0)
			return e;
	}
	return v == VERDICT_YES;
}
