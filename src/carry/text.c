#include "carry/text.h"

void
lines_begin(struct lines *l, struct octets_at from, uint64_t at,
    uint64_t until)
{
	l->from = from;
	l->at = at;
	l->until = until;
	l->have = l->used = 0;
	l->inside = false;
}

/* More octets behind those that were not used. */
static int
fill(struct lines *l, struct err *err)
{
	size_t left = l->have - l->used, room;
	ssize_t n;

	memmove(l->octets, l->octets + l->used, left);
	l->have = left;
	l->used = 0;
	room = sizeof(l->octets) - left;
	if (room > l->until - l->at - left)
		room = (size_t)(l->until - l->at - left);
	if (room == 0)
		return 0;
	n = l->from.read(l->from.arg, l->at + left, l->octets + left, room,
	    err);
	if (n > 0)
		l->have += (size_t)n;
	return n > 0 ? 1 : (int)n;
}

int
lines_next(struct lines *l, struct str *piece, bool *first, struct err *err)
{
	struct str s = str_make(l->octets + l->used, l->have - l->used);
	size_t end = str_chr(s, '\n'), looked;
	int rc = 1;

	while (end == s.n && s.n < sizeof(l->octets) && rc > 0) {
		looked = s.n;
		rc = fill(l, err);
		s = str_make(l->octets, l->have);
		end = looked + str_chr(str_from(s, looked), '\n');
	}
	if (rc < 0 || s.n == 0)
		return rc < 0 ? rc : 0;
	*piece = str_first(s, end + 1);
	*first = !l->inside;
	l->inside = end == s.n;
	l->used += piece->n;
	l->at += piece->n;
	return 1;
}

void
text_crlf_begin(struct text_crlf *t, struct text_out out)
{
	t->out = out;
	t->cr = false;
	t->n = t->kept = 0;
}

void
text_crlf_end(struct text_crlf *t)
{
	if (t->kept > 0)
		t->out.put(t->out.arg, str_make(t->octets, t->kept));
	t->kept = 0;
}

static void
keep_one(struct text_crlf *t, char c)
{
	if (t->kept == sizeof(t->octets))
		text_crlf_end(t);
	t->octets[t->kept++] = c;
	t->cr = c == '\r';
	t->n++;
}

/* Octets that are the same here. */
static void
keep_all(struct text_crlf *t, struct str octets)
{
	struct str piece;

	for (; octets.n > 0; octets = str_from(octets, piece.n)) {
		if (t->kept == sizeof(t->octets))
			text_crlf_end(t);
		piece = str_first(octets, sizeof(t->octets) - t->kept);
		memcpy(t->octets + t->kept, piece.p, piece.n);
		t->kept += piece.n;
		t->n += piece.n;
		t->cr = piece.p[piece.n - 1] == '\r';
	}
}

/* A line without its LF, or a part of one. */
static void
keep_line(struct text_crlf *t, struct str line)
{
	struct str octets;
	bool more = true;

	while (more) {
		more = str_cut(line, '\0', &octets, &line);
		keep_all(t, octets);
		if (more)
			keep_one(t, '\x80');
	}
}

void
text_crlf_put(struct text_crlf *t, struct str octets)
{
	struct str line;

	while (str_cut(octets, '\n', &line, &octets)) {
		keep_line(t, line);
		if (!t->cr)
			keep_one(t, '\r');
		keep_one(t, '\n');
	}
	keep_line(t, line);
}
