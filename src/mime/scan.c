#include "mime/mime_int.h"

/*
 * The scan goes through the lines of the message. cur is the innermost part
 * whose octets we are in; its header is gathered until it is complete, its
 * body is only counted. Invariants:
 *  1. cur is never a message: its one child is opened with its body.
 *  2. open_boundaries is the number of parts from cur up that are open.
 *  3. What a line does depends on its first LINE_HOLD octets, its length and
 *     its end, never on how it was cut.
 */

enum { HEADER_FIRST = 2048 };

struct mime_scan *
mime_scan_new(struct arena *a, const struct mime_limits *lim)
{
	struct mime_scan *s = arena_new_of(a, struct mime_scan);

	if (lim)
		s->lim = *lim;
	if (!s->lim.header_octets)
		s->lim.header_octets = 256 << 10;
	if (!s->lim.depth || s->lim.depth > DEPTH_MAX)
		s->lim.depth = DEPTH_MAX;
	if (!s->lim.parts || s->lim.parts > PARTS_MAX)
		s->lim.parts = PARTS_MAX;
	s->a = a;
	s->header_left = s->lim.header_octets;
	s->room = ROOM_MAX - PART_ROOM;
	s->addresses = ADDRESS_MAX;
	s->root = s->newest = s->cur = arena_new_of(a, struct part);
	s->nparts = 1;
	s->in_header = true;
	return s;
}

/* Nothing may be opened behind this part: it takes all that follows. */
static bool
is_last(const struct mime_scan *s)
{
	return s->nparts >= s->lim.parts || s->room < 2 * PART_ROOM;
}

static void
open_part(struct mime_scan *s, struct part *parent, uint64_t at)
{
	struct part *p = arena_new_of(s->a, struct part);

	p->parent = parent;
	p->depth = parent->depth + 1;
	p->header_off = at;
	if (parent->last)
		parent->last->sibling = p;
	else
		parent->child = p;
	parent->last = s->newest->next = p;
	s->newest = s->cur = p;
	s->nparts++;
	s->room -= s->room < PART_ROOM ? s->room : PART_ROOM;
	s->in_header = true;
	s->nheader = 0;
}

static bool
in_message(const struct part *p)
{
	while ((p = p->parent))
		if (p->kind == PART_MESSAGE)
			return true;
	return false;
}

static void
begin_capture(struct mime_scan *s, struct part *p)
{
	if (s->captured || !p->text || p->attachment || in_message(p))
		return;
	s->captured = p;
	s->capture_room = p->html ? CAPTURE_HTML : CAPTURE_TEXT;
	s->capture = arena_alloc(s->a, s->capture_room);
}

void
mime_scan_watch(struct mime_scan *s, const struct mime_watch *w)
{
	s->watch = *w;
}

static void
begin_watch(struct mime_scan *s, struct part *p)
{
	struct mime_watched seen = { p->type, p->subtype, p->encoding,
		p->name };

	if (s->watch.begin && s->watch.begin(s->watch.arg, &seen))
		s->watched = p;
}

static void
end_watch(struct mime_scan *s, const struct part *p)
{
	if (s->watched != p)
		return;
	s->watched = NULL;
	s->watch.end(s->watch.arg);
}

/* The header of cur ends at the offset where its body begins. lines counts
 * the CRLFs ahead of that. */
static void
end_header(struct mime_scan *s, uint64_t at, uint64_t lines)
{
	struct part *p = s->cur;
	bool last = is_last(s);

	p->header_len = at - p->header_off;
	p->body_off = at;
	p->lines = lines;
	if (s->nheader > p->header_len)
		s->nheader = (size_t)p->header_len;
	if (last)
		s->flags |= FACTS_CUT;
	part_read(s, p, last || p->depth >= s->lim.depth);
	if (!p->parent) {
		/* The slices in s->fields stay. */
		s->header = NULL;
		s->header_room = 0;
	}
	s->in_header = false;
	if (p->kind == PART_MULTIPART) {
		p->open = true;
		s->open_boundaries++;
	} else if (p->kind == PART_MESSAGE) {
		open_part(s, p, at);
	} else {
		begin_capture(s, p);
		begin_watch(s, p);
	}
}

/* p ends where `end` is; the header of a message cannot go on behind. */
static void
end_part(struct mime_scan *s, struct part *p, uint64_t end, uint64_t lines)
{
	end_watch(s, p);
	p->body_len = end > p->body_off ? end - p->body_off : 0;
	p->lines = p->body_len ? lines - p->lines : 0;
	if (p->open)
		s->open_boundaries--;
	p->open = false;
	if (p->parent && p->parent->kind == PART_MESSAGE && p->body_off > end) {
		p->header_len = end > p->header_off ? end - p->header_off : 0;
		p->body_off = p->header_off + p->header_len;
	}
	if (p == s->captured && s->ncapture > p->body_len)
		s->ncapture = (size_t)p->body_len;
}

/* Everything below `upto` ends at `end`; `at` is where the line that ended it
 * begins. lines counts CRLFs ahead of `end`. */
static void
end_parts(struct mime_scan *s, struct part *upto, uint64_t at, uint64_t end,
    uint64_t lines)
{
	while (s->in_header)
		end_header(s, at, s->crlfs);
	for (; s->cur != upto; s->cur = s->cur->parent)
		end_part(s, s->cur, end, lines);
}

/* "It is sufficient that the boundary appear in its entirety following the
 * CRLF": whatever follows in the line.                     RFC 2046 5.1.1
 * One boundary may begin with another: the longest wins, of equal ones the
 * innermost. */
static struct part *
boundary_of(const struct mime_scan *s, struct str line, bool *closing)
{
	struct str text = str_from(line, 2);
	struct part *found = NULL;

	for (struct part *p = s->cur; p; p = p->parent) {
		if (p->open && str_starts(text, p->boundary) &&
		    (!found || p->boundary.n > found->boundary.n))
			found = p;
	}
	if (found)
		*closing = str_starts(str_from(text, found->boundary.n),
		    STR("--"));
	return found;
}

/* A line that begins at `at`, without its CRLF, may be a boundary line; then
 * what it says is done. next is where the next line begins. */
static bool
at_boundary(struct mime_scan *s, struct str line, uint64_t at, uint64_t next)
{
	struct part *p;
	bool closing;

	if (s->open_boundaries == 0 || !str_starts(line, STR("--")))
		return false;
	p = boundary_of(s, line, &closing);
	if (!p)
		return false;
	/* The CRLF ahead is the boundary's. */
	end_parts(s, p, at, at - 2, s->crlfs - 1);
	if (closing) {
		p->open = false;
		s->open_boundaries--;
		return true;
	}
	open_part(s, p, next);
	if (is_last(s)) {
		for (; p; p = p->parent)
			p->open = false;
		s->open_boundaries = 0;
	}
	return true;
}

/* A whole line: its start (all of it if it has no more than LINE_HOLD
 * octets), its length with CRLF; s->offset is behind it. */
static void
end_line(struct mime_scan *s, const char *start, uint64_t octets)
{
	uint64_t at = s->offset - octets, len = octets - 2;
	bool done = false;

	if (len > s->longest)
		s->longest = len;
	if (octets <= LINE_HOLD)
		done = at_boundary(s, str_make(start, (size_t)len), at,
		    s->offset);
	s->crlfs++;
	if (!done && s->in_header && len == 0)
		end_header(s, s->offset, s->crlfs);
	s->line_octets = 0;
	s->nhold = 0;
}

static void
keep_header(struct mime_scan *s, struct str octets)
{
	char *bigger;

	if (octets.n > s->header_left) {
		octets.n = s->header_left;
		s->flags |= FACTS_CUT;
	}
	s->header_left -= octets.n;
	if (octets.n > s->header_room - s->nheader) {
		while (octets.n > s->header_room - s->nheader)
			s->header_room = s->header_room ? s->header_room * 2
							: HEADER_FIRST;
		bigger = arena_alloc(s->a, s->header_room);
		if (s->nheader > 0)
			memcpy(bigger, s->header, s->nheader);
		s->header = bigger;
	}
	if (octets.n > 0)
		memcpy(s->header + s->nheader, octets.p, octets.n);
	s->nheader += octets.n;
}

/* What of these octets, all of one line, has to be kept. */
static void
keep_octets(struct mime_scan *s, struct str octets)
{
	if (s->in_header) {
		keep_header(s, octets);
		return;
	}
	if (s->cur == s->watched)
		s->watch.octets(s->watch.arg, octets);
	if (s->cur != s->captured)
		return;
	octets = str_first(octets, s->capture_room - s->ncapture);
	if (octets.n == 0)
		return;
	memcpy(s->capture + s->ncapture, octets.p, octets.n);
	s->ncapture += octets.n;
}

static void
hold(struct mime_scan *s, struct str octets)
{
	octets = str_first(octets, LINE_HOLD - s->nhold);
	if (octets.n == 0)
		return;
	memcpy(s->hold + s->nhold, octets.p, octets.n);
	s->nhold += octets.n;
}

/* Octets up to an LF, or as far as this piece goes. */
static void
feed_run(struct mime_scan *s, struct str run, bool lf)
{
	char before = run.n >= 2 ? run.p[run.n - 2] : s->last;
	bool whole = lf && before == '\r' && s->line_octets + run.n >= 2;

	keep_octets(s, run);
	s->offset += run.n;
	s->line_octets += run.n;
	s->last = run.p[run.n - 1];
	if (whole && s->line_octets == run.n) {
		end_line(s, run.p, run.n);
		return;
	}
	hold(s, run);
	if (whole)
		end_line(s, s->hold, s->line_octets);
}

void
mime_scan_feed(struct mime_scan *s, struct str octets)
{
	tally_add(&s->tally, octets);
	while (octets.n > 0) {
		const char *lf = memchr(octets.p, '\n', octets.n);
		size_t n = lf ? (size_t)(lf - octets.p) + 1 : octets.n;

		feed_run(s, str_make(octets.p, n), lf != NULL);
		octets = str_from(octets, n);
	}
}

static uint32_t
octet_flags(const struct mime_scan *s)
{
	const struct tally *t = &s->tally;

	return (t->high ? FACTS_8BIT : 0u) | (t->nul ? FACTS_NUL : 0u) |
	    (t->cr > s->crlfs ? FACTS_BARE_CR : 0u) |
	    (t->lf > s->crlfs ? FACTS_BARE_LF : 0u);
}

void
mime_scan_finish(struct mime_scan *s, struct buf *out)
{
	if (s->line_octets > s->longest)
		s->longest = s->line_octets;
	/* The last line needs no CRLF. */
	if (s->line_octets > 0 && s->line_octets <= LINE_HOLD)
		(void)at_boundary(s, str_make(s->hold, s->nhold),
		    s->offset - s->line_octets, s->offset);
	end_parts(s, NULL, s->offset, s->offset, s->crlfs);
	s->flags |= octet_flags(s);
	s->preview_text = str_make(s->capture, s->ncapture);
	record_write(s, out);
}

struct str
mime_scan_solicitation(const struct mime_scan *s)
{
	return s->fields.solicitation;
}
