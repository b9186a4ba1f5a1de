#include "mail/traits.h"

#include "mime/facts.h"
#include "mime/header.h"
#include "mime/text.h"

/*
 * Which pieces, and how many of them, was found by trying: bench/spam. Pieces
 * of five octets are told apart by whatever is cut out, misspelt or written in
 * another script; words of a field with the one behind them know a program
 * that writes mail by how it writes its header.
 */
enum {
	PIECE = 5,		/* octets of text that are one trait */
	TEXT_MAX = 4000,	/* octets of text, of all parts */
	VALUE_MAX = 400,	/* octets of a field */
	WORDS_MAX = 60,		/* of a field */
	WORD_MAX = 40,		/* a longer one is several */
	HEADER_TRAITS = TRAITS_MAX / 2,
	TEXT_MORE = 64 << 10,	/* what a piece of a part may become */
};

struct gathering {
	uint64_t seen[TRAIT_KINDS / 64];
	size_t n, most;
};

/* ---- numbers ------------------------------------------------------------ */

static uint64_t
mixed(uint64_t x)
{
	x *= 0x9e3779b97f4a7c15;
	return x ^ (x >> 29);
}

static uint64_t
number_of(uint64_t seed, struct str s)
{
	uint64_t x = seed;

	for (size_t i = 0; i < s.n; i++)
		x = mixed(x ^ (uint8_t)ascii_lower(s.p[i])) + 1;
	return x;
}

static void
gather(struct gathering *g, uint64_t number)
{
	uint64_t at = mixed(number) >> 32 & (TRAIT_KINDS - 1);
	uint64_t bit = 1ull << at % 64;

	if (g->n == g->most || (g->seen[at / 64] & bit))
		return;
	g->seen[at / 64] |= bit;
	g->n++;
}

static struct str
gathered(const struct gathering *g, struct arena *a)
{
	uint8_t *out = arena_alloc(a, TRAIT_OCTETS * g->n + 1);
	size_t n = 0;

	for (size_t i = 0; i < NELEM(g->seen); i++)
		for (uint64_t bits = g->seen[i]; bits; bits &= bits - 1) {
			size_t at = 64 * i + (size_t)__builtin_ctzll(bits);

			out[n++] = (uint8_t)at;
			out[n++] = (uint8_t)(at >> 8);
		}
	return str_make((const char *)out, n);
}

/* ---- the header --------------------------------------------------------- */

static bool
divides(char c)
{
	return (uint8_t)c <= ' ' || strchr("<>\"(),;:[]{}", c);
}

static bool
next_word(struct str *rest, struct str *word)
{
	size_t i = 0, n = 0;

	while (i < rest->n && divides(rest->p[i]))
		i++;
	while (i + n < rest->n && n < WORD_MAX && !divides(rest->p[i + n]))
		n++;
	*word = str_first(str_from(*rest, i), n);
	*rest = str_from(*rest, i + n);
	return n > 0;
}

static void
gather_field(struct gathering *g, const struct header_field *f)
{
	uint64_t name = number_of(1, f->name), last = 0;
	struct str rest = str_first(f->value, VALUE_MAX), word;

	gather(g, name);
	for (size_t i = 0; i < WORDS_MAX && next_word(&rest, &word); i++) {
		uint64_t is = number_of(name, word);

		gather(g, is);
		if (i > 0)
			gather(g, mixed(last) ^ is);
		last = is;
	}
}

/* Which fields there are, and in which order: programs that write mail have
 * theirs. */
static void
gather_header(struct gathering *g, struct str block)
{
	struct header_field f;
	uint64_t order = 2;

	while (header_next(&block, &f)) {
		gather_field(g, &f);
		order = number_of(order, f.name);
	}
	gather(g, order);
}

/* ---- the text ----------------------------------------------------------- */

static void
gather_text(struct gathering *g, struct str text)
{
	uint64_t piece = 0;

	for (size_t i = 0; i < text.n; i++) {
		piece = (piece << 8 | (uint8_t)text.p[i]) &
		    ((1ull << 8 * PIECE) - 1);
		if (i + 1 >= PIECE)
			gather(g, piece | 3ull << 8 * PIECE);
	}
}

static void
put_part(struct buf *text, const struct facts_part *part, struct str head)
{
	struct str body = str_first(str_from(head, (size_t)(part->header_off +
	    part->header_len)), (size_t)part->body_len);
	struct text_reader *t;

	t = text_begin(part->encoding,
	    facts_param(part->params, STR("charset")),
	    str_eqi(part->subtype, STR("html")));
	for (; body.n > 0 && text->n < TEXT_MAX; body = str_from(body, 2048))
		text_more(t, str_first(body, 2048), text);
	text_end(t, text);
	buf_chr(text, ' ');
}

static void
gather_parts(struct gathering *g, struct str head, struct arena *a)
{
	auto_buf record = BUF_INIT(MIME_RECORD_MAX), text =
	    BUF_INIT(TEXT_MAX + TEXT_MORE);
	struct mime_scan *scan = mime_scan_new(a, NULL);
	struct facts facts;
	struct facts_walk w;
	struct facts_part part;

	mime_scan_feed(scan, head);
	mime_scan_finish(scan, &record);
	if (facts_decode(buf_get(&record), &facts) < 0)
		return;
	w = facts_walk_of(&facts);
	while (text.n < TEXT_MAX && facts_next_part(&w, &part))
		if (part.kind == PART_LEAF && str_eqi(part.type, STR("text")))
			put_part(&text, &part, head);
	gather_text(g, str_first(buf_get(&text), TEXT_MAX));
}

struct str
traits_of(struct str head, struct arena *a)
{
	struct gathering *g = arena_new_of(a, struct gathering);

	head = str_first(head, TRAITS_HEAD);
	*g = (struct gathering){ .most = HEADER_TRAITS };
	gather_header(g, head);
	g->most = TRAITS_MAX;
	gather_parts(g, head, a);
	return gathered(g, a);
}

bool
traits_lesson(struct buf *b, enum lesson lesson, struct str traits)
{
	if (b->n + 3 + traits.n > MSG_CHUNK)
		return false;
	buf_chr(b, (char)lesson);
	buf_le16(b, (uint16_t)(traits.n / TRAIT_OCTETS));
	buf_str(b, traits);
	return true;
}
