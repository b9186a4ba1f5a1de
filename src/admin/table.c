#include "admin/table.h"

#include <stdio.h>

#include "base/err.h"

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

/* RFC 8259 7; what is not UTF-8 becomes U+FFFD. */
void
json_string(struct buf *b, struct str s)
{
	bool utf8 = str_is_utf8(s);

	buf_chr(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '"' || c == '\\')
			buf_printf(b, "\\%c", c);
		else if (c < ' ' || c == 0x7f)
			buf_printf(b, "\\u%04x", c);
		else if (c >= 0x80 && !utf8)
			buf_lit(b, "\\ufffd");
		else
			buf_chr(b, (char)c);
	}
	buf_chr(b, '"');
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

static size_t
width_of(const struct table *t, size_t c)
{
	size_t w = strlen(t->columns[c].name);

	for (size_t r = 0; r < t->nrows; r++)
		if (t->cells[r * t->ncolumns + c].n > w)
			w = t->cells[r * t->ncolumns + c].n;
	return w;
}

/* What came from outside must not drive a terminal. */
void
put_plain(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		buf_chr(b, c < ' ' || c == 0x7f ? '?' : (char)c);
	}
}

static void
put_cell(struct buf *b, struct str s, size_t width, bool number, bool last)
{
	size_t fill = width > s.n ? width - s.n : 0;

	if (number)
		buf_printf(b, "%*s", (int)fill, "");
	put_plain(b, s);
	if (!last)
		buf_printf(b, "%*s", (int)(number ? 2 : fill + 2), "");
}

static void
put_head(struct table *t, struct buf *b)
{
	for (size_t c = 0; c < t->ncolumns; c++) {
		char head[32];
		size_t n = strlen(t->columns[c].name);

		t->width[c] = width_of(t, c);
		for (size_t i = 0; i < n && i < sizeof(head); i++)
			head[i] = ascii_upper(t->columns[c].name[i]);
		put_cell(b, str_make(head, n), t->width[c],
		    t->columns[c].number, c + 1 == t->ncolumns);
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
			    t->width[c], t->columns[c].number,
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
