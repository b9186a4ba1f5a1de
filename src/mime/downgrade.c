#include "mime/downgrade.h"

#include <stdlib.h>

#include "base/err.h"
#include "mime/encode.h"
#include "mime/mime_int.h"
#include "mime/param.h"

/*
 * It goes through the lines as scan.c does, and finds the same parts:
 *  1. levels are the multiparts and messages we are in, from the outermost on.
 *  2. A boundary line is one whole line of at most LINE_HOLD octets.
 *  3. The CRLF ahead of it is its own; so the last one seen is `pending` until
 *     more of the part comes.
 *  4. What happens depends on whole lines and on pieces of LINE_HOLD octets of
 *     longer ones, never on how the text was cut.
 */

enum {
	HEADER_OCTETS = 256 * 1024,
	HEADER_MEM = 4 << 20,	/* what reading one takes */
	OUT_OCTETS = 8192,
	/* Each octet of the window may become three. */
	OUT_MAX = 4 * (DOWNGRADE_WINDOW + LINE_HOLD),
};

struct level {
	bool open;	/* its boundary lines count */
	bool message;
	bool digest;	/* parts are messages unless they say no */
	bool as_is;	/* nothing below it is touched */
	size_t n;
	char boundary[BOUNDARY_MAX];
};

struct downgrade {
	struct downgrade_options o;
	enum downgrade_fault fault;
	int failed;
	bool changed;
	enum {
		IN_HEADER,
		LOOKING,	/* at a part: its header is held, too */
		ENCODING,
		COPYING,
		BETWEEN		/* ahead of parts, or behind the last one */
	} place;
	bool text;		/* what we look at is */
	bool labelled;		/* and says 8bit or binary */
	bool pending;		/* a CRLF */
	struct encoder encoder;
	struct buf header, look, out;
	struct arena *mem;	/* of reading a header */
	size_t nline;
	bool is_long;		/* the line has begun before `line` */
	size_t line_octets;	/* of one that is copied */
	uint32_t nparts;
	size_t nlevels;
	struct level levels[DEPTH_MAX];
	char line[LINE_HOLD];
};

struct downgrade *
downgrade_new(const struct downgrade_options *o)
{
	struct downgrade *d = calloc(1, sizeof(*d));

	bug_if(!d);
	d->o = *o;
	d->mem = arena_new(HEADER_MEM);
	buf_init(&d->header, HEADER_OCTETS);
	buf_init(&d->look, DOWNGRADE_WINDOW + LINE_HOLD + 2);
	buf_init(&d->out, OUT_MAX);
	return d;
}

void
downgrade_free(struct downgrade *d)
{
	if (!d)
		return;
	buf_free(&d->header);
	buf_free(&d->look);
	buf_free(&d->out);
	arena_free(d->mem);
	free(d);
}

static void
note_fault(struct downgrade *d, enum downgrade_fault fault)
{
	if (d->failed == 0) {
		d->fault = fault;
		d->failed = E_INVALID;
	}
}

/* Out ---------------------------------------------------------------------- */

static void
flush(struct downgrade *d)
{
	if (d->failed == 0 && d->out.n > 0)
		d->failed = d->o.out(d->o.arg, buf_get(&d->out));
	buf_reset(&d->out);
}

static void
put_octets(struct downgrade *d, struct str octets)
{
	if (octets.n > OUT_OCTETS) {
		flush(d);
		if (d->failed == 0)
			d->failed = d->o.out(d->o.arg, octets);
		return;
	}
	buf_str(&d->out, octets);
	if (d->out.n >= OUT_OCTETS)
		flush(d);
}

/* What is not encoded, without line ends. */
static void
check(struct downgrade *d, struct str text)
{
	struct tally t = { 0 };

	tally_add(&t, text);
	if (t.nul)
		note_fault(d, DOWNGRADE_NUL);
	else if (t.cr > 0 || t.lf > 0)
		note_fault(d, DOWNGRADE_BARE);
	else if (t.high && d->o.to == DOWNGRADE_7BIT)
		note_fault(d, DOWNGRADE_HIGH);
	else if (d->o.line_max > 0 && text.n > d->o.line_max - d->line_octets)
		note_fault(d, DOWNGRADE_LONG_LINE);
	else if (d->o.line_max > 0)
		d->line_octets += text.n;
}

/* Headers ------------------------------------------------------------------ */

/* The header that is held, with another encoding: in the place of its field,
 * or behind all others. */
static void
put_header(struct downgrade *d, const char *encoding, bool of_message)
{
	static const struct str name = STR("Content-Transfer-Encoding");
	struct str block = buf_get(&d->header);
	bool mime = !of_message ||
	    header_get(block, STR("MIME-Version")).p != NULL;
	struct header_field f;
	bool said = !encoding;

	d->changed |= !said;
	while (header_next(&block, &f)) {
		bool other = !encoding || !str_eqi(f.name, name);

		if (other)
			put_octets(d, f.whole);
		else if (!said)
			put_octets(d, arena_printf(d->mem,
			    "%.*s: %s\r\n", STR_FMT(f.name), encoding));
		said |= !other;
	}
	if (encoding && !mime)
		put_octets(d, STR("MIME-Version: 1.0\r\n"));
	if (!said)
		put_octets(d, arena_printf(d->mem, "%.*s: %s\r\n",
		    STR_FMT(name), encoding));
	put_octets(d, STR("\r\n"));
}

static bool
is_signed(struct str block)
{
	static const struct str names[] = { STR("DKIM-Signature"),
		STR("ARC-Message-Signature"), STR("ARC-Seal"),
		STR("DomainKey-Signature") };

	for (size_t i = 0; i < NELEM(names); i++)
		if (header_get(block, names[i]).p)
			return true;
	return false;
}

struct head {
	struct str main, sub, params;
	struct str encoding;	/* empty: none is named */
};

/* As part.c reads it. */
static struct head
head_of(struct str block, bool digest)
{
	struct str type = header_get(block, STR("Content-Type")), rest;
	struct head h = { .encoding = STR_NULL };

	if (!param_media_type(type, &h.main, &h.sub, &h.params)) {
		h.main = digest && !type.p ? STR("message") : STR("text");
		h.sub = digest && !type.p ? STR("rfc822") : STR("plain");
		h.params = STR_NULL;
	}
	if (!param_word(header_get(block, STR("Content-Transfer-Encoding")),
	    &h.encoding, &rest))
		h.encoding = STR_NULL;
	return h;
}

static bool
says(const struct head *h, const char *encoding)
{
	return str_eqi(h->encoding, str_c(encoding));
}

/* Has it a word for octets that would not pass? */
static bool
is_labelled(const struct downgrade *d, const struct head *h)
{
	return says(h, "binary") ||
	    (d->o.to == DOWNGRADE_7BIT && says(h, "8bit"));
}

/* May its content be encoded? What is one of the message types may not, but
 * for those of RFC 6532 3.7.                            RFC 2046 5.2 */
static bool
is_encodable(const struct downgrade *d, const struct head *h)
{
	if (str_eqi(h->main, STR("message")) && !str_eqi(h->sub, STR("global")))
		return false;
	return is_labelled(d, h) || (d->o.to == DOWNGRADE_7BIT &&
	    (h->encoding.n == 0 || says(h, "7bit")));
}

static void
push(struct downgrade *d, struct level **out)
{
	if (d->nlevels == DEPTH_MAX) {
		note_fault(d, DOWNGRADE_BOUNDS);
		*out = NULL;
		return;
	}
	*out = &d->levels[d->nlevels++];
	**out = (struct level){ 0 };
}

static void
begin_part(struct downgrade *d)
{
	buf_reset(&d->header);
	d->place = IN_HEADER;
	if (d->nparts++ >= PARTS_MAX)
		note_fault(d, DOWNGRADE_BOUNDS);
}

/* What has parts only says what they need. RFC 2045 6.4 */
static void
end_container(struct downgrade *d, const struct head *h, struct str boundary,
    bool of_message, const struct level *up)
{
	bool as_is = up && up->as_is;
	struct level *l;

	put_header(d, as_is || !is_labelled(d, h) ? NULL :
	    d->o.to == DOWNGRADE_7BIT ? "7bit" : "8bit", of_message);
	push(d, &l);
	if (!l)
		return;
	l->as_is = as_is;
	if (boundary.n == 0) {
		l->message = true;
		begin_part(d);
		return;
	}
	l->open = true;
	l->digest = str_eqi(h->sub, STR("digest"));
	l->as_is |= str_eqi(h->sub, STR("signed")) ||
	    str_eqi(h->sub, STR("encrypted"));
	l->n = boundary.n;
	memcpy(l->boundary, boundary.p, boundary.n);
	d->place = BETWEEN;
}

static const struct level *
level_above(const struct downgrade *d)
{
	return d->nlevels > 0 ? &d->levels[d->nlevels - 1] : NULL;
}

static bool
is_message(const struct downgrade *d)
{
	const struct level *up = level_above(d);

	return !up || up->message;
}

/* The blank line has come. */
static void
end_header(struct downgrade *d)
{
	const struct level *up = level_above(d);
	struct str block = buf_get(&d->header), boundary = STR_NULL;
	struct head h = head_of(block, up && up->digest);

	if (buf_failed(&d->header)) {
		note_fault(d, DOWNGRADE_BOUNDS);
		return;
	}
	if (!up && d->o.to == DOWNGRADE_7BIT && is_signed(block))
		note_fault(d, DOWNGRADE_SIGNED);
	d->pending = false;
	if (str_eqi(h.main, STR("multipart"))) {
		boundary = param_get(d->mem, h.params, STR("boundary"));
		if (boundary.n == 0 || boundary.n > BOUNDARY_MAX) {
			h.main = STR("text");
			h.sub = STR("plain");
			boundary = STR_NULL;
		}
	}
	if (boundary.n > 0 || (str_eqi(h.main, STR("message")) &&
	    str_eqi(h.sub, STR("rfc822")))) {
		end_container(d, &h, boundary, is_message(d), up);
	} else if ((up && up->as_is) || !is_encodable(d, &h)) {
		put_header(d, NULL, false);
		d->place = COPYING;
	} else {
		d->text = str_eqi(h.main, STR("text"));
		d->labelled = is_labelled(d, &h);
		d->place = LOOKING;
		buf_reset(&d->look);
	}
	arena_reset(d->mem);
}

/* Contents ----------------------------------------------------------------- */

static void
encode(struct downgrade *d, struct str octets)
{
	encode_more(&d->encoder, &d->out, octets);
	bug_if(buf_failed(&d->out));
	if (d->out.n >= OUT_OCTETS)
		flush(d);
}

/* The window is full, or this is all of the part. */
static void
decide(struct downgrade *d, bool whole)
{
	struct str seen = buf_get(&d->look);
	struct encode_survey s = { 0 };
	enum encoding how = ENCODE_BASE64;
	bool plain;

	encode_look(&s, seen);
	plain = encode_is_lines(&s) &&
	    (!s.eight || d->o.to == DOWNGRADE_8BIT);
	if (plain && (whole || (!d->text && !d->labelled))) {
		put_header(d, !d->labelled ? NULL : encode_name(s.eight ?
		    ENCODE_8BIT : ENCODE_7BIT), is_message(d));
		put_octets(d, seen);
		d->place = COPYING;
		d->line_octets = (size_t)s.line;
	} else {
		if (d->text && s.quoted <= s.octets / 4)
			how = ENCODE_QP;
		flush(d);
		put_header(d, encode_name(how), is_message(d));
		flush(d);
		encode_begin(&d->encoder, how);
		encode(d, seen);
		d->place = ENCODING;
	}
	arena_reset(d->mem);
}

static void
more_body(struct downgrade *d, struct str octets)
{
	if (d->place == LOOKING) {
		buf_str(&d->look, octets);
		bug_if(buf_failed(&d->look));
		if (d->look.n >= DOWNGRADE_WINDOW)
			decide(d, false);
	} else if (d->place == ENCODING) {
		encode(d, octets);
	} else {
		put_octets(d, octets);
	}
}

static void
give_pending(struct downgrade *d)
{
	if (d->pending)
		more_body(d, STR("\r\n"));
	d->pending = false;
}

/* A piece of a line, its CRLF not among it. */
static void
line_piece(struct downgrade *d, struct str text)
{
	if (d->place == IN_HEADER) {
		check(d, text);
		buf_str(&d->header, text);
		return;
	}
	give_pending(d);
	if (d->place == COPYING || d->place == BETWEEN)
		check(d, text);
	more_body(d, text);
}

/* The part has ended, whatever we were at. */
static void
finish_part(struct downgrade *d)
{
	if (d->place == LOOKING)
		decide(d, true);
	if (d->place == ENCODING)
		encode_end(&d->encoder, &d->out);
	if (d->place == IN_HEADER)	/* it is all there is of it */
		put_octets(d, buf_get(&d->header));
	if (buf_failed(&d->header))
		note_fault(d, DOWNGRADE_BOUNDS);
	bug_if(buf_failed(&d->out));
}

/* Lines -------------------------------------------------------------------- */

/* As scan.c: the longest wins, of equal ones the innermost. */
static struct level *
level_of(struct downgrade *d, struct str line)
{
	struct str text = str_from(line, 2);
	struct level *found = NULL;

	for (size_t i = d->nlevels; i-- > 0;) {
		struct level *l = &d->levels[i];

		if (l->open && str_starts(text, str_make(l->boundary, l->n)) &&
		    (!found || l->n > found->n))
			found = l;
	}
	return found;
}

static bool
at_boundary(struct downgrade *d, struct str line)
{
	struct level *l;

	if (d->nlevels == 0 || !str_starts(line, STR("--")))
		return false;
	if (!(l = level_of(d, line)))
		return false;
	finish_part(d);
	if (d->pending)
		put_octets(d, STR("\r\n"));
	d->pending = false;
	d->line_octets = 0;
	check(d, line);
	put_octets(d, line);
	d->nlevels = (size_t)(l - d->levels) + 1;
	if (str_starts(str_from(line, 2 + l->n), STR("--"))) {
		l->open = false;
		d->place = BETWEEN;
	} else {
		begin_part(d);
	}
	return true;
}

/* A whole line, or the end of one that was longer. */
static void
end_line(struct downgrade *d, struct str text)
{
	if (!d->is_long && at_boundary(d, text)) {
		put_octets(d, STR("\r\n"));
	} else if (!d->is_long && d->place == IN_HEADER && text.n == 0) {
		end_header(d);
	} else {
		line_piece(d, text);
		if (d->place == IN_HEADER)
			buf_lit(&d->header, "\r\n");
		else
			d->pending = true;
	}
	d->is_long = false;
	d->line_octets = 0;
}

static bool
ends_line(const char *p, size_t n)
{
	return n >= 2 && p[n - 2] == '\r' && p[n - 1] == '\n';
}

/* Octets up to an LF, or as far as this piece goes. */
static void
feed_run(struct downgrade *d, struct str run)
{
	if (d->nline == 0 && run.n <= LINE_HOLD && ends_line(run.p, run.n)) {
		end_line(d, str_first(run, run.n - 2));
		return;
	}
	while (run.n > 0) {
		struct str part = str_first(run, LINE_HOLD - d->nline);
		bool cr;

		memcpy(d->line + d->nline, part.p, part.n);
		d->nline += part.n;
		run = str_from(run, part.n);
		if (ends_line(d->line, d->nline)) {
			end_line(d, str_make(d->line, d->nline - 2));
			d->nline = 0;
		} else if (d->nline == LINE_HOLD) {
			cr = d->line[LINE_HOLD - 1] == '\r';
			d->is_long = true;
			line_piece(d, str_make(d->line, LINE_HOLD - cr));
			d->line[0] = '\r';
			d->nline = cr;
		}
	}
}

int
downgrade_feed(struct downgrade *d, struct str octets)
{
	while (octets.n > 0 && d->failed == 0) {
		const char *lf = memchr(octets.p, '\n', octets.n);
		size_t n = lf ? (size_t)(lf - octets.p) + 1 : octets.n;

		feed_run(d, str_make(octets.p, n));
		octets = str_from(octets, n);
	}
	return d->failed;
}

int
downgrade_end(struct downgrade *d)
{
	struct str last = str_make(d->line, d->nline);

	/* The last line needs no CRLF. */
	if (last.n > 0 && (d->is_long || !at_boundary(d, last)))
		line_piece(d, last);
	if (d->place != IN_HEADER)
		give_pending(d);
	finish_part(d);
	if (d->place == ENCODING && d->encoder.how == ENCODE_BASE64)
		put_octets(d, STR("\r\n"));
	flush(d);
	return d->failed;
}

enum downgrade_fault
downgrade_fault(const struct downgrade *d)
{
	return d->fault;
}

const char *
downgrade_words(enum downgrade_fault fault)
{
	static const char *const words[] = {
		[DOWNGRADE_FINE] = "nothing is in the way",
		[DOWNGRADE_SIGNED] = "the message is signed",
		[DOWNGRADE_HIGH] = "octets beyond ASCII are where nothing "
		    "can be encoded",
		[DOWNGRADE_NUL] = "a NUL is where nothing can be encoded",
		[DOWNGRADE_BARE] = "a bare CR or LF is where nothing can be "
		    "encoded",
		[DOWNGRADE_LONG_LINE] = "a line is too long",
		[DOWNGRADE_BOUNDS] = "it has too many parts, or too deep",
	};

	return words[fault];
}

bool
downgrade_changed(const struct downgrade *d)
{
	return d->changed;
}
