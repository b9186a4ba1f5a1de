#include "smtp/answer.h"

#include "base/err.h"
#include "base/rd.h"

void
answer_begin(struct answer_reader *r)
{
	r->code = 0;
	r->lines = 0;
	r->bad = NULL;
	r->status[0] = '\0';
	r->text_n = r->line_n = r->octets = 0;
	r->on_line = NULL;
}

/* Text ----------------------------------------------------------------- */

/* Octets of the character that s begins with; 0 if it is none or a control
 * character (also U+0080 to U+009F). */
static size_t
character(struct str s)
{
	unsigned char c = (unsigned char)s.p[0];
	size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

	if (n == 1)
		return c >= ' ' && c != 0x7f;
	if (n > s.n || !str_is_utf8(str_first(s, n)))
		return 0;
	return c == 0xc2 && (unsigned char)s.p[1] < 0xa0 ? 0 : n;
}

/* False if it does not fit. */
static bool
answer_put_text(struct answer_reader *r, struct str s)
{
	if (s.n > sizeof(r->text) - r->text_n)
		return false;
	memcpy(r->text + r->text_n, s.p, s.n);
	r->text_n += s.n;
	return true;
}

static void
put_text(struct answer_reader *r, struct str s)
{
	bool room = s.n > 0;

	if (room && r->text_n > 0)
		room = answer_put_text(r, STR(" "));
	while (room && s.n > 0) {
		size_t n = character(s);

		if (n > 0)
			room = answer_put_text(r, str_first(s, n));
		else
			room = answer_put_text(r,
			    s.p[0] == '\t' ? STR(" ") : STR("?"));
		s = str_from(s, n ? n : 1);
	}
}

/* Lines ---------------------------------------------------------------- */

static bool
is_digit(char c)
{
	return ascii_is_digit(c);
}

static enum answer_state
refuse(struct answer_reader *r, const char *why)
{
	r->bad = why;
	return ANSWER_BAD;
}

/* Reply-code = %x32-35 %x30-35 %x30-39; a second digit that is larger has
 * been seen. 0 if it is none. */
static int
reply_code(struct rd *in)
{
	struct str d = rd_take(in, 3);

	if (!rd_ok(in) || d.p[0] < '2' || d.p[0] > '5' ||
	    !is_digit(d.p[1]) || !is_digit(d.p[2]))
		return 0;
	return (d.p[0] - '0') * 100 + (d.p[1] - '0') * 10 + (d.p[2] - '0');
}

/* status-code = class "." 1*3digit "." 1*3digit              RFC 3463 2
 * Counts if its class is that of the reply (RFC 2034 4); else it is text. */
static bool
enhanced(struct rd *in, int code, char status[12])
{
	struct rd r = *in;
	const char *start = r.p;
	size_t n;

	if (rd_peek(&r) != '0' + code / 100 || code / 100 == 3)
		return false;
	(void)rd_next(&r);
	for (int i = 0; i < 2; i++)
		if (!rd_opt(&r, '.') || (n = rd_while(&r, is_digit).n) < 1 ||
		    n > 3)
			return false;
	if (rd_left(&r) > 0 && !ascii_is_wsp((char)rd_peek(&r)))
		return false;
	n = (size_t)(r.p - start);
	memcpy(status, start, n);
	status[n] = '\0';
	*in = r;
	return true;
}

/* Reply-code ( "-" / SP ) text, or the code alone; without its LF. */
static enum answer_state
take_line(struct answer_reader *r, struct str line)
{
	struct rd in;
	char status[12];
	bool last;
	int code;

	r->line_n = 0;
	line = str_first(line, ANSWER_LINE_MAX);
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	in = rd_of(line);
	code = reply_code(&in);
	last = !rd_opt(&in, '-');
	if (code == 0)
		return refuse(r, "no reply code");
	if (last && rd_left(&in) > 0 && !ascii_is_wsp((char)rd_peek(&in)))
		return refuse(r, "no reply code");
	if (r->lines > 0 && code != r->code)
		return refuse(r, "two codes in one reply");
	r->code = code;
	(void)rd_while(&in, ascii_is_wsp);
	if (r->on_line)
		r->on_line(r->arg, r->lines, str_trim(rd_rest(&in)));
	r->lines++;
	if (enhanced(&in, code, status) && !r->status[0])
		memcpy(r->status, status, sizeof(status));
	put_text(r, str_trim(rd_rest(&in)));
	return last ? ANSWER_DONE : ANSWER_MORE;
}

/* The beginning of a line that goes on, or the end of one. */
static void
gather(struct answer_reader *r, struct str s)
{
	s = str_first(s, sizeof(r->line) - r->line_n);
	if (s.n > 0)
		memcpy(r->line + r->line_n, s.p, s.n);
	r->line_n += s.n;
}

enum answer_state
answer_feed(struct answer_reader *r, struct str octets, size_t *used)
{
	enum answer_state state = ANSWER_MORE;
	struct str rest, line;

	octets = str_first(octets, ANSWER_OCTETS_MAX - r->octets);
	rest = octets;
	while (state == ANSWER_MORE && rest.n > 0) {
		bool whole = str_cut(rest, '\n', &line, &rest);

		if (!whole)
			rest = str_from(line, line.n);
		if (!whole || r->line_n > 0)
			gather(r, line);
		if (whole)
			state = take_line(r, r->line_n > 0 ?
			    str_make(r->line, r->line_n) : line);
	}
	*used = octets.n - rest.n;
	r->octets += *used;
	if (state != ANSWER_MORE || r->octets < ANSWER_OCTETS_MAX)
		return state;
	/* Its first line may be what does not end. */
	if (r->lines == 0 && r->line_n > 0)
		state = take_line(r, str_make(r->line, r->line_n));
	return state == ANSWER_BAD || r->lines == 0 ?
	    refuse(r, "a reply without an end") : ANSWER_ENDLESS;
}

/* Codes that say it all: a host and a domain that take no mail.
 *                                                RFC 7504 3, 4; RFC 7505 4.1 */
static void
status_of_code(int code, char status[12])
{
	(void)snprintf(status, 12, "%s", code == 521 ? "5.3.2" :
	    code == 556 ? "5.1.10" : "");
}

struct smtp_answer
answer_get(const struct answer_reader *r)
{
	struct smtp_answer a = { .code = r->code,
		.text = str_make(r->text, r->text_n) };

	memcpy(a.status, r->status, sizeof(a.status));
	if (!a.status[0])
		status_of_code(r->code, a.status);
	a.made = !a.status[0];
	if (a.made)	/* RFC 3463 2: class, and nothing else known */
		(void)snprintf(a.status, sizeof(a.status), "%d.0.0",
		    r->code / 100 % 10);
	return a;
}

struct smtp_answer
answer_keep(const struct smtp_answer *a, struct arena *mem)
{
	struct smtp_answer kept = *a;

	kept.text = str_dup(mem, a->text);
	return kept;
}
