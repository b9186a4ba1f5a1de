#include "carry/mbox.h"

#include "base/timetext.h"
#include "carry/maildir_name.h"
#include "store/messages.h"

enum { KEYWORDS_CAP = 4000 };

/* ---- From_ lines ------------------------------------------------------- */

static bool
next_word(struct str *rest, struct str *word)
{
	*rest = str_trim(*rest);
	(void)str_cut(*rest, ' ', word, rest);
	return word->n > 0;
}

static bool
two_digits(struct str *s, int *v)
{
	uint32_t n;
	size_t i = s->n > 1 && ascii_is_digit(s->p[1]) ? 2 : 1;

	if (!str_u32(str_first(*s, i), &n))
		return false;
	*s = str_from(*s, i);
	*v = (int)n;
	return true;
}

/* time = hour ":" minute [":" second] */
static bool
time_of_day(struct str s, struct civil *c)
{
	c->second = 0;
	if (!two_digits(&s, &c->hour) || s.n == 0 || s.p[0] != ':')
		return false;
	s = str_from(s, 1);
	if (!two_digits(&s, &c->minute))
		return false;
	if (s.n > 0 && s.p[0] == ':') {
		s = str_from(s, 1);
		if (!two_digits(&s, &c->second))
			return false;
	}
	return s.n == 0 && c->hour < 24 && c->minute < 60 && c->second < 61;
}

/* "+0100": minutes east; false if it is no number (a name: UTC). */
static bool
numeric_zone(struct str s, int *minutes)
{
	uint32_t n;

	if (s.n != 5 || (s.p[0] != '+' && s.p[0] != '-') ||
	    !str_u32(str_from(s, 1), &n) || n > 2400)
		return false;
	*minutes = (int)(n / 100 * 60 + n % 100) * (s.p[0] == '-' ? -1 : 1);
	return true;
}

static bool
is_weekday(struct str s)
{
	static const char days[] = "Sun Mon Tue Wed Thu Fri Sat";

	return s.n == 3 && str_findi(str_c(days), s) < sizeof(days) - 1;
}

/* [weekday] month day time [zone] year [zone], and nothing behind it. */
static bool
date_of(struct str s, int64_t *at)
{
	struct civil c = { 0 };
	struct str word;
	int zone = 0;
	uint32_t n;

	if (!next_word(&s, &word) || (c.month = month_of(word)) == 0 ||
	    !next_word(&s, &word) || !two_digits(&word, &c.day) || word.n ||
	    !next_word(&s, &word) || !time_of_day(word, &c))
		return false;
	while (next_word(&s, &word)) {
		if (c.year == 0 && word.n == 4 && str_u32(word, &n))
			c.year = (int)n;
		else if (!numeric_zone(word, &zone) && word.n > 5)
			return false;
	}
	if (c.year < 1970 || c.year > 9999 || !civil_valid(&c))
		return false;
	*at = civil_time(&c) - zone * 60;
	return true;
}

/* Is this line, which begins with "From ", one between messages? Senders may
 * have spaces in them, so the date is looked for from the left on. */
static bool
from_line(struct str line, int64_t *at)
{
	struct str word, rest = str_trim(str_from(line, 5));

	*at = 0;
	if (rest.n == 0 || str_eq(rest, STR("-")))
		return true;
	while (next_word(&rest, &word))
		if (is_weekday(word) && date_of(rest, at))
			return true;
	return false;
}

static bool
is_from_line(struct str line)
{
	int64_t at;

	return str_starts(line, STR("From ")) && from_line(line, &at);
}

bool
is_mbox(struct str beginning)
{
	return is_from_line(str_first(beginning, str_chr(beginning, '\n')));
}

/* ---- what programs wrote about a message ------------------------------- */

struct about {
	struct mbox_message *m;
	uint64_t length;
	bool has_length;
};

static void
say_status(struct about *a, struct str value)
{
	for (size_t i = 0; i < value.n; i++)
		a->m->flags |= value.p[i] == 'R' ? FLAG_seen :
		    value.p[i] == 'D' ? FLAG_deleted : 0;
}

static void
say_x_status(struct about *a, struct str value)
{
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];

		a->m->flags |= c == 'A' ? FLAG_answered : c == 'F' ?
		    FLAG_flagged : c == 'T' ? FLAG_draft : c == 'D' ?
		    FLAG_deleted : 0;
	}
}

static void
add_keyword(struct about *a, struct str word)
{
	struct buf *b = &a->m->keywords;

	if (!is_keyword(word) || word.n + 1 > b->cap - b->n)
		return;
	if (b->n)
		buf_chr(b, ' ');
	buf_str(b, word);
}

static void
say_keywords(struct about *a, struct str value)
{
	struct str word;

	while (next_word(&value, &word))
		add_keyword(a, word);
}

/* nsMsgMessageFlags: read 1, replied 2, marked 4, expunged 8, forwarded. */
static void
say_mozilla(struct about *a, struct str value)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < value.n && i < 8; i++)
		bits = bits << 4 | (uint32_t)(ascii_hex(value.p[i]) & 15);
	a->m->flags |= (bits & 1 ? FLAG_seen : 0) |
	    (bits & 2 ? FLAG_answered : 0) | (bits & 4 ? FLAG_flagged : 0);
	a->m->gone |= (bits & 8) != 0;
	if (bits & 0x1000)
		add_keyword(a, STR("$Forwarded"));
}

static void
say_length(struct about *a, struct str value)
{
	a->has_length = str_u64(value, &a->length);
}

/* As qpopper and others keep what POP3 calls it. */
static void
say_uidl(struct about *a, struct str value)
{
	if (value.n > 0 && value.n <= UIDL_MAX)
		(void)snprintf(a->m->uidl, sizeof(a->m->uidl), "%.*s",
		    STR_FMT(value));
}

static void
say_nothing(struct about *a unused_arg, struct str value unused_arg)
{
}

/* The row of a line of the header, or NULL. */
static void
(*about_field(struct str line))(struct about *, struct str)
{
	static const struct {
		const char *name;
		void (*say)(struct about *, struct str);
	} t[] = {
		{ "Status", say_status }, { "X-Status", say_x_status },
		{ "X-Keywords", say_keywords }, { "X-UID", say_nothing },
		{ "X-IMAP", say_nothing }, { "X-IMAPbase", say_nothing },
		{ "X-Mozilla-Status", say_mozilla },
		{ "X-Mozilla-Status2", say_nothing },
		{ "X-Mozilla-Keys", say_keywords },
		{ "Content-Length", say_length }, { "X-UIDL", say_uidl },
	};
	struct str name = str_first(line, str_chr(line, ':'));

	if (name.n == line.n)
		return NULL;
	for (size_t i = 0; i < NELEM(t); i++)
		if (str_eqi(name, str_c(t[i].name)))
			return t[i].say;
	return NULL;
}

static bool
is_taken_off(struct str line)
{
	void (*say)(struct about *, struct str) = about_field(line);

	return say && say != say_uidl;
}

static bool
is_blank(struct str line)
{
	return str_eq(line, STR("\n")) || str_eq(line, STR("\r\n"));
}

/* ---- from message to message ------------------------------------------- */

void
mbox_open(struct mbox *m, struct octets_at from, uint64_t size)
{
	m->from = from;
	m->size = size;
	m->at = 0;
}

/* The header up to and with its blank line. 1, 0: it is all, or E_*. */
static int
read_header(struct mbox *m, struct about *a, struct err *err)
{
	void (*say)(struct about *, struct str);
	struct str s;
	bool first;
	int rc;

	while ((rc = lines_next(&m->lines, &s, &first, err)) > 0) {
		if (first && is_blank(s))
			return 1;
		say = first ? about_field(s) : NULL;
		if (say)
			say(a, str_trim(str_from(s, str_chr(s, ':') + 1)));
	}
	return rc;
}

/* Do blank lines and a From_ line, or the end, come there? Then that is where
 * the next message begins; UINT64_MAX if not. */
static int
next_at(struct mbox *m, uint64_t at, uint64_t *next, struct err *err)
{
	struct str s;
	bool first;
	int rc = 1;

	*next = UINT64_MAX;
	if (at > m->size)
		return 0;
	lines_begin(&m->lines, m->from, at, m->size);
	for (int blank = 0; rc > 0 && blank < 3; blank++) {
		*next = m->lines.at;
		rc = lines_next(&m->lines, &s, &first, err);
		if (rc <= 0 || is_from_line(s))
			return rc < 0 ? rc : 0;
		if (!is_blank(s))
			break;
	}
	*next = UINT64_MAX;
	return 0;
}

/* The body, up to a blank line with a From_ line behind it. */
static int
find_end(struct mbox *m, struct mbox_message *out, struct err *err)
{
	uint64_t here = m->lines.at, blank = here;
	bool was_blank = true, first;
	struct str s;
	int rc;

	while ((rc = lines_next(&m->lines, &s, &first, err)) > 0) {
		if (first && was_blank && is_from_line(s))
			break;
		was_blank = first && is_blank(s);
		blank = was_blank ? here : m->lines.at;
		here = m->lines.at;
	}
	/* An empty body has no blank line of its own. */
	out->end = blank;
	m->at = here;
	return rc < 0 ? rc : 1;
}

/* By its Content-Length: 1, 0: it says nothing true, or E_*. */
static int
end_by_length(struct mbox *m, const struct about *a, struct mbox_message *out,
    struct err *err)
{
	uint64_t body = m->lines.at, next;
	int rc;

	if (!a->has_length || a->length > m->size - body)
		return 0;
	rc = next_at(m, body + a->length, &next, err);
	if (rc == 0 && next != UINT64_MAX) {
		out->end = body + a->length;
		out->quoted = false;
		m->at = next;
		return 1;
	}
	lines_begin(&m->lines, m->from, body, m->size);
	return rc;
}

int
mbox_next(struct mbox *m, struct mbox_message *out, struct err *err)
{
	struct about a = { .m = out };
	struct str s;
	bool first;
	int rc;

	if (!out->keywords.cap)
		buf_init(&out->keywords, KEYWORDS_CAP);
	buf_reset(&out->keywords);
	out->uidl[0] = '\0';
	out->gone = false;
	out->quoted = true;
	out->flags = 0;
	out->from_line = m->at;
	lines_begin(&m->lines, m->from, m->at, m->size);
	rc = lines_next(&m->lines, &s, &first, err);
	if (rc <= 0)
		return rc;
	(void)(str_starts(s, STR("From ")) && from_line(s, &out->at));
	while (rc > 0 && s.p[s.n - 1] != '\n')
		rc = lines_next(&m->lines, &s, &first, err);
	out->begin = m->lines.at;
	if (rc > 0)
		rc = read_header(m, &a, err);
	if (rc <= 0) {
		out->end = m->at = m->size;
		return rc < 0 ? rc : 1;
	}
	rc = end_by_length(m, &a, out, err);
	return rc == 0 ? find_end(m, out, err) : rc;
}

/* ">From ", ">>From " ... */
static bool
is_quoted(struct str line)
{
	size_t i = 0;

	while (i < line.n && line.p[i] == '>')
		i++;
	return i > 0 && str_starts(str_from(line, i), STR("From "));
}

int
mbox_text(struct mbox *m, const struct mbox_message *msg, struct text_out out,
    struct err *err)
{
	bool header = true, skipped = false, first;
	struct str s;
	int rc;

	lines_begin(&m->lines, m->from, msg->begin, msg->end);
	while ((rc = lines_next(&m->lines, &s, &first, err)) > 0) {
		if (header && first) {
			header = !is_blank(s);
			/* A field that is left out goes with its folds. */
			skipped = is_taken_off(s) ||
			    (skipped && header && ascii_is_wsp(s.p[0]));
		}
		if (header && skipped)
			continue;
		if (!header && first && msg->quoted && is_quoted(s))
			s = str_from(s, 1);
		out.put(out.arg, s);
	}
	return rc;
}
