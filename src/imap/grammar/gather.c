#include "imap/grammar/gather.h"

#include "base/err.h"
#include "imap/grammar/scan.h"

enum { TEXT_MAX = GATHER_LINE_MAX + GATHER_LITERALS_MAX + 4096 };

void
gather_init(struct gather *g)
{
	*g = (struct gather){ .text = BUF_INIT(TEXT_MAX) };
}

void
gather_reset(struct gather *g)
{
	struct buf text = g->text;

	if (text.n)
		explicit_bzero(text.p, text.n);
	buf_reset(&text);
	*g = (struct gather){ .text = text };
}

void
gather_free(struct gather *g)
{
	gather_reset(g);
	buf_free(&g->text);
}

size_t
gather_line_room(const struct gather *g)
{
	size_t room = GATHER_LINE_MAX - g->line_octets;

	return room > 2 ? room - 2 : 0;
}

void
gather_quotes(struct gather_quotes *q, struct str octets)
{
	for (size_t i = 0; i < octets.n; i++) {
		if (q->escaped)
			q->escaped = false;
		else if (octets.p[i] == '"')
			q->open = !q->open;
		else
			q->escaped = q->open && octets.p[i] == '\\';
	}
}

bool
gather_ends_quoted(struct str line)
{
	struct gather_quotes q = { 0 };

	gather_quotes(&q, line);
	return q.open;
}

bool
gather_literal(struct str line, uint64_t *n, bool *sync)
{
	size_t open = str_rchr(line, '{');
	struct str digits;
	bool plus;

	if (open == line.n || line.p[line.n - 1] != '}')
		return false;
	digits = str_from(str_first(line, line.n - 1), open + 1);
	plus = digits.n && digits.p[digits.n - 1] == '+';
	digits.n -= plus;
	if (digits.n == 0)
		return false;
	for (size_t i = 0; i < digits.n; i++) {
		if (!ascii_is_digit(digits.p[i]))
			return false;
	}
	if (!str_u64(digits, n))
		*n = UINT64_MAX;
	*sync = !plus;
	return true;
}

static bool
is_no_space(char c)
{
	return c != ' ';
}

/* Is the literal behind text the message of an APPEND, or a REPLACE? It is,
 * unless it is the mailbox's name. */
static bool
is_message(struct str text)
{
	struct scan s = scan_of(text, NULL);

	(void)scan_tag(&s);
	if (!scan_opt_text(&s, STR(" APPEND "))) {
		(void)scan_opt_text(&s, STR(" UID"));
		if (!scan_opt_text(&s, STR(" REPLACE ")))
			return false;
		(void)rd_while(&s.r, is_no_space);
		scan_sp(&s);
	}
	return scan_ok(&s) && rd_left(&s.r) > 0;
}

static enum gather_state
literal_begins(struct gather *g)
{
	struct str text = buf_get(&g->text);

	if (is_message(str_first(text, str_rchr(text, '{'))))
		return g->state = GATHER_MESSAGE;
	if (g->n > GATHER_LITERALS_MAX - g->literal_octets)
		return g->state = GATHER_TOO_BIG;
	g->literal_octets += (size_t)g->n;
	buf_lit(&g->text, "\r\n");
	return g->state = GATHER_LITERAL;
}

enum gather_state
gather_line(struct gather *g, struct str line)
{
	bug_if(g->state != GATHER_LINE);
	if (line.n > gather_line_room(g))
		return g->state = GATHER_TOO_BIG;
	g->line_octets += line.n + 2;
	buf_str(&g->text, line);
	bug_if(buf_failed(&g->text));
	if (gather_ends_quoted(line) || !gather_literal(line, &g->n, &g->sync))
		return g->state = GATHER_DONE;
	return literal_begins(g);
}

enum gather_state
gather_octets(struct gather *g, struct str octets)
{
	bug_if(g->state != GATHER_LITERAL || octets.n > g->n);
	buf_str(&g->text, octets);
	bug_if(buf_failed(&g->text));
	g->n -= octets.n;
	return g->state = g->n ? GATHER_LITERAL : GATHER_LINE;
}
