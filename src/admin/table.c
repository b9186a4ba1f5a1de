#include "admin/table.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/err.h"
#include "base/timetext.h"
#include "dns/name.h"

enum { TERMINAL_WIDTH = 80, CUT_LEAST = 6 };

struct str *
table_row(struct table *t, struct arena *a)
{
	if (t->nrows == t->room) {
		size_t room = t->room ? 2 * t->room : 64;
		struct str *more = arena_array(a, room * t->ncolumns,
		    sizeof(*more));

		if (t->nrows > 0)
			memcpy(more, t->cells,
			    t->nrows * t->ncolumns * sizeof(*more));
		t->cells = more;
		t->room = room;
	}
	return t->cells + t->ncolumns * t->nrows++;
}

/* What drives a terminal or turns the direction of what follows: controls (C0,
 * DEL, C1) and those of Unicode's that have no shape. */
static bool
is_control(uint32_t c)
{
	return c < ' ' || (c >= 0x7f && c < 0xa0) || c == 0x61c ||
	    c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
	    (c >= 0x2066 && c <= 0x2069);
}

struct str
time_text(struct arena *a, int64_t at)
{
	auto_buf b = BUF_INIT(40);

	if (at <= 0)
		return STR_NULL;
	time_rfc3339(&b, at);
	return str_dup(a, buf_get(&b));
}

/* RFC 8259 7; what is not UTF-8 becomes U+FFFD. */
void
json_string(struct buf *b, struct str s)
{
	uint32_t c = 0;

	buf_chr(b, '"');
	for (size_t n; s.n > 0; s = str_from(s, n)) {
		n = str_utf8_char(s, &c);
		if (n == 0)
			buf_printf(b, "\\u%04x", s.p[0] ? 0xfffd : 0);
		else if (is_control(c))
			buf_printf(b, "\\u%04x", c);
		else if (c == '"' || c == '\\')
			buf_printf(b, "\\%c", (char)c);
		else
			buf_str(b, str_first(s, n));
		n = n ? n : 1;
	}
	buf_chr(b, '"');
}

void
json_say(const char *key, struct str value, const char *key2,
    struct str value2)
{
	auto_buf b = BUF_INIT(64 << 10);

	buf_printf(&b, "{\"%s\":", key);
	json_string(&b, value);
	if (value2.n > 0) {
		buf_printf(&b, ",\"%s\":", key2);
		json_string(&b, value2);
	}
	printf("%.*s}\n", STR_FMT(buf_get(&b)));
}

static void
put_json(struct table *t, struct buf *b)
{
	if (!t->begun)
		buf_chr(b, '[');
	for (size_t r = 0; r < t->nrows; r++) {
		buf_printf(b, "%s\n {", t->printed + r ? "," : "");
		for (size_t c = 0; c < t->ncolumns; c++) {
			struct str v = t->cells[r * t->ncolumns + c];

			buf_printf(b, "%s\"%s\":", c ? "," : "",
			    t->columns[c].name);
			if (t->columns[c].number)
				buf_str(b, v);
			else
				json_string(b, v);
		}
		buf_chr(b, '}');
	}
}

/* What came from outside must not drive a terminal. */
void
put_plain(struct buf *b, struct str s)
{
	uint32_t c = 0;

	for (size_t n; s.n > 0; s = str_from(s, n)) {
		n = str_utf8_char(s, &c);
		if (n == 0)
			buf_printf(b, "\\x%02x", (unsigned char)s.p[0]);
		else if (is_control(c))
			buf_printf(b, "\\u%04x", c);
		else
			buf_str(b, str_first(s, n));
		n = n ? n : 1;
	}
}

void
put_name(struct buf *b, struct str s)
{
	struct arena *a = arena_new(8192);

	put_plain(b, dns_shown(s, a));
	arena_free(a);
}

static void
put_text(struct buf *b, const struct table_column *column, struct str s)
{
	if (column->idn)
		put_name(b, s);
	else
		put_plain(b, s);
}

/* Its first characters. */
static struct str
cut_cell(struct str s, size_t most)
{
	size_t n = 0, i = 0;

	while (i < s.n && (n < most || ((unsigned char)s.p[i] & 0xc0) == 0x80))
		n += ((unsigned char)s.p[i++] & 0xc0) != 0x80;
	return str_first(s, i);
}

static void
put_cell(struct buf *b, struct str s, size_t width,
    const struct table_column *column, bool last)
{
	const bool number = column->number;
	auto_buf cell = BUF_INIT(1 << 20);
	size_t n, fill;

	put_text(&cell, column, s);
	n = str_utf8_length(buf_get(&cell));
	fill = width > n ? width - n : 0;
	if (number)
		buf_printf(b, "%*s", (int)fill, "");
	if (n > width && width > CUT_LEAST) {
		buf_str(b, cut_cell(buf_get(&cell), width - 3));
		buf_lit(b, "...");
	} else {
		buf_str(b, buf_get(&cell));
	}
	if (!last)
		buf_printf(b, "%*s", (int)(number ? 2 : fill + 2), "");
}

static size_t
width_of(const struct table *t, size_t c)
{
	size_t w = strlen(t->columns[c].name), n;
	auto_buf cell = BUF_INIT(1 << 20);

	for (size_t r = 0; r < t->nrows; r++) {
		buf_reset(&cell);
		put_text(&cell, &t->columns[c],
		    t->cells[r * t->ncolumns + c]);
		n = str_utf8_length(buf_get(&cell));
		w = n > w ? n : w;
	}
	return w;
}

/* Of the terminal; 0: it goes to a program, which wants all of it. */
static size_t
terminal_width(void)
{
	struct winsize size = { 0 };

	if (!isatty(STDOUT_FILENO))
		return 0;
	(void)ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	return size.ws_col > 0 ? size.ws_col : TERMINAL_WIDTH;
}

/* The widest text gives way until a row has room. */
static void
fit_columns(struct table *t)
{
	size_t most = terminal_width(), all, widest;

	while (most > 0) {
		all = 2 * (t->ncolumns - 1);
		widest = t->ncolumns;
		for (size_t c = 0; c < t->ncolumns; c++) {
			all += t->width[c];
			if (!t->columns[c].number && t->width[c] > CUT_LEAST &&
			    (widest == t->ncolumns ||
			    t->width[c] > t->width[widest]))
				widest = c;
		}
		if (all <= most || widest == t->ncolumns)
			return;
		t->width[widest]--;
	}
}

static void
put_head(struct table *t, struct buf *b)
{
	for (size_t c = 0; c < t->ncolumns; c++)
		t->width[c] = width_of(t, c);
	fit_columns(t);
	for (size_t c = 0; c < t->ncolumns; c++) {
		char head[32];
		size_t n = strlen(t->columns[c].name);

		for (size_t i = 0; i < n && i < sizeof(head); i++)
			head[i] = ascii_upper(t->columns[c].name[i]);
		put_cell(b, str_make(head, n), t->width[c], &t->columns[c],
		    c + 1 == t->ncolumns);
	}
	buf_chr(b, '\n');
}

static void
put_plain_rows(struct table *t, struct buf *b)
{
	if (!t->begun)
		put_head(t, b);
	for (size_t r = 0; r < t->nrows; r++) {
		for (size_t c = 0; c < t->ncolumns; c++)
			put_cell(b, t->cells[r * t->ncolumns + c],
			    t->width[c], &t->columns[c],
			    c + 1 == t->ncolumns);
		buf_chr(b, '\n');
	}
}

void
table_more(struct table *t, bool json)
{
	auto_buf b = BUF_INIT(256 << 20);

	bug_if(t->ncolumns > TABLE_COLUMNS);
	if (json)
		put_json(t, &b);
	else
		put_plain_rows(t, &b);
	(void)fwrite(b.p, 1, b.n, stdout);
	t->printed += t->nrows;
	t->begun = true;
	t->cells = NULL;
	t->nrows = t->room = 0;
}

void
table_end(struct table *t, bool json)
{
	if (json)
		fputs(t->begun ? "\n]\n" : "[\n]\n", stdout);
}

void
table_print(struct table *t, bool json)
{
	table_more(t, json);
	table_end(t, json);
}
