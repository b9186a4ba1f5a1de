#include "policy/zip_walk.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/rd.h"

enum {
	LOCAL_REST = 26,	/* octets of a header behind its signature */
	CENTRAL_REST = 42,
	NAME_MAX_OCTETS = 1024,
	METHOD_STORED = 0, METHOD_DEFLATED = 8,
};

struct zip_walk {
	struct zip_hearer hearer;
	enum {
		SCAN,		/* for a signature */
		HEADER,		/* behind one */
		NAME,
		EXTRA,		/* octets between name and data */
		STORED,		/* data */
		DEFLATED,
	} state;
	uint8_t matched;	/* octets of a signature */
	char sign[4];
	bool central, open, encrypted;
	uint16_t method, name_len, extra_left;
	uint64_t stored_left;
	size_t ngot;
	char got[NAME_MAX_OCTETS];	/* of a header, then of a name */
	bool inflating;		/* z is set up */
	z_stream z;
};

struct zip_walk *
zip_walk_new(const struct zip_hearer *h)
{
	struct zip_walk *w = calloc(1, sizeof(*w));

	bug_if(!w);
	w->hearer = *h;
	return w;
}

static void
close_entry(struct zip_walk *w)
{
	if (w->open)
		w->hearer.end(w->hearer.arg);
	w->open = false;
	w->state = SCAN;
	w->matched = 0;
}

void
zip_walk_end(struct zip_walk *w)
{
	if (!w)
		return;
	close_entry(w);
	if (w->inflating)
		(void)inflateEnd(&w->z);
	free(w);
}

/* "PK\3\4" or "PK\1\2"; how far octets bring us to the end of one. */
static struct str
scan(struct zip_walk *w, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool fits = w->matched == 0 ? c == 'P' :
		    w->matched == 1 ? c == 'K' :
		    w->matched == 2 ? c == 3 || c == 1 :
		    c == w->sign[2] + 1;

		if (fits) {
			w->sign[w->matched++] = c;
		} else {
			w->matched = c == 'P';
			if (w->matched == 0) {
				const char *p = memchr(s.p + i, 'P', s.n - i);

				i = p ? (size_t)(p - s.p) - 1 : s.n - 1;
			}
		}
		if (w->matched < 4)
			continue;
		w->matched = 0;
		w->state = HEADER;
		w->central = c == 2;
		w->ngot = 0;
		return str_from(s, i + 1);
	}
	return STR_NULL;
}

/* Take octets until `want` of them are there. */
static bool
gather(struct zip_walk *w, struct str *s, size_t want)
{
	struct str some = str_first(*s, want - w->ngot);

	memcpy(w->got + w->ngot, some.p, some.n);
	w->ngot += some.n;
	*s = str_from(*s, some.n);
	return w->ngot == want;
}

/* Little-endian, as all of it. */
static uint64_t
number(const struct zip_walk *w, size_t at, size_t n)
{
	struct rd r = rd_of(str_make(w->got + at, n));

	return rd_le(&r, n);
}

static void
end_header(struct zip_walk *w)
{
	size_t shift = w->central ? 2 : 0;	/* "version made by" */
	uint64_t version = number(w, shift, 2) & 0xff,
	    flags = number(w, shift + 2, 2);

	w->encrypted = (flags & 1) != 0;
	w->method = (uint16_t)number(w, shift + 4, 2);
	w->stored_left = number(w, shift + 14, 4);
	w->name_len = (uint16_t)number(w, shift + 22, 2);
	w->extra_left = w->central ? 0 : (uint16_t)number(w, 24, 2);
	w->ngot = 0;
	w->state = NAME;
	/* These octets stood there for another reason. */
	if (version > 100 || w->method > 99 || w->name_len == 0 ||
	    w->name_len > NAME_MAX_OCTETS)
		w->state = SCAN;
}

static void
end_name(struct zip_walk *w)
{
	struct zip_entry e = { str_make(w->got, w->name_len), w->encrypted,
		w->central };
	bool wanted = w->hearer.begin(w->hearer.arg, &e);

	w->open = wanted && !w->central;
	w->state = EXTRA;
}

/* Behind the name and what else there is. */
static void
begin_data(struct zip_walk *w)
{
	w->state = SCAN;
	if (!w->open)
		return;
	if (w->encrypted || (w->method != METHOD_STORED &&
	    w->method != METHOD_DEFLATED)) {
		close_entry(w);
		return;
	}
	if (w->method == METHOD_STORED) {
		w->state = STORED;
		return;
	}
	if (w->inflating)
		(void)inflateReset(&w->z);
	else if (inflateInit2(&w->z, -MAX_WBITS) != Z_OK)
		bug("zlib has no memory");
	w->inflating = true;
	w->state = DEFLATED;
}

static struct str
take_stored(struct zip_walk *w, struct str s)
{
	struct str some = s;

	if (w->stored_left < some.n)
		some.n = (size_t)w->stored_left;
	w->stored_left -= some.n;
	if ((some.n > 0 && !w->hearer.octets(w->hearer.arg, some)) ||
	    w->stored_left == 0)
		close_entry(w);
	return str_from(s, some.n);
}

/* A stream says itself where it ends. */
static struct str
take_deflated(struct zip_walk *w, struct str s)
{
	char out[1024];
	bool wanted = true, room = false;
	int e = Z_OK;

	w->z.next_in = (Bytef *)(uintptr_t)s.p;
	w->z.avail_in = (uInt)s.n;
	do {
		w->z.next_out = (Bytef *)out;
		w->z.avail_out = sizeof(out);
		e = inflate(&w->z, Z_NO_FLUSH);
		room = w->z.avail_out > 0;
		if (w->z.avail_out < sizeof(out))
			wanted = w->hearer.octets(w->hearer.arg,
			    str_make(out, sizeof(out) - w->z.avail_out));
	} while (wanted && e == Z_OK && !(room && w->z.avail_in == 0));
	s = str_from(s, s.n - w->z.avail_in);
	/* Z_BUF_ERROR: it has all there is, and wants more. */
	if (!wanted || (e != Z_OK && !(e == Z_BUF_ERROR && s.n == 0)))
		close_entry(w);
	return s;
}

void
zip_walk_feed(struct zip_walk *w, struct str s)
{
	while (s.n > 0 || (w->state == EXTRA && w->extra_left == 0)) {
		switch (w->state) {
		case SCAN:
			s = scan(w, s);
			break;
		case HEADER:
			if (gather(w, &s, w->central ? CENTRAL_REST :
			    LOCAL_REST))
				end_header(w);
			break;
		case NAME:
			if (gather(w, &s, w->name_len))
				end_name(w);
			break;
		case EXTRA: {
			size_t n = s.n < w->extra_left ? s.n : w->extra_left;

			s = str_from(s, n);
			w->extra_left = (uint16_t)(w->extra_left - n);
			if (w->extra_left == 0)
				begin_data(w);
			break;
		}
		case STORED:
			s = take_stored(w, s);
			break;
		case DEFLATED:
			s = take_deflated(w, s);
			break;
		}
	}
}
