/*
 * parse.c - the text of postern.conf.
 *
 *   file   = *(option / block)
 *   option = name "=" (value / "{" [value *("," value)] "}")
 *   block  = name [title] "{" *option "}"
 *
 * A value is a word, or a text in double or single quotes in which a backslash
 * stands before a quote or a backslash. Comments are # and // to the end of
 * the line, and between the two signs that this one stands in.
 */
#include <stdarg.h>

#include "conf/option.h"
#include "dns/name.h"

enum token { TOKEN_END, TOKEN_WORD, TOKEN_OPEN, TOKEN_CLOSE, TOKEN_IS,
	TOKEN_COMMA, TOKEN_BAD };

struct conf_reader {
	const char *file;
	struct str left;	/* of the text */
	unsigned line;
	struct str word;	/* of a TOKEN_WORD */
	struct str folder;
	struct arena *memory;
	struct config *config;
	unsigned *given;	/* for each option the line where it stands */
	struct buf lists[CONF_BLOCKS];
	struct err *err;
};

static int
wrong_at(struct conf_reader *r, unsigned line, const char *fmt, ...)
    printf_like(3, 4);

static int
wrong_at(struct conf_reader *r, unsigned line, const char *fmt, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return err_set(r->err, E_INVALID, "%s:%u: %s", r->file, line, text);
}

/* ---- words --------------------------------------------------------------- */

/* Blanks and comments. */
static void
skip_blank(struct conf_reader *r)
{
	while (r->left.n > 0) {
		size_t n = 1;

		if (r->left.p[0] == '#' || str_starts(r->left, STR("//"))) {
			n = str_chr(r->left, '\n');
		} else if (str_starts(r->left, STR("/*"))) {
			n = str_find(r->left, STR("*/"));
			n = n < r->left.n ? n + 2 : n;
		} else if (!memchr(" \t\r\n", r->left.p[0], 4)) {
			return;
		}
		for (size_t i = 0; i < n; i++)
			r->line += r->left.p[i] == '\n';
		r->left = str_from(r->left, n);
	}
}

/* In quotes, on one line. */
static enum token
quoted_word(struct conf_reader *r)
{
	const struct str line = str_first(r->left, str_chr(r->left, '\n'));
	size_t end = 1, n = 0;
	char *text;

	while (end < line.n && line.p[end] != line.p[0])
		end += line.p[end] == '\\' ? 2 : 1;
	if (end >= line.n) {
		(void)wrong_at(r, r->line, "the quote that ends %.*s is "
		    "missing", STR_FMT(str_first(line, 40)));
		return TOKEN_BAD;
	}
	for (size_t i = 1; i < end; i++)
		if ((unsigned char)line.p[i] < ' ' && line.p[i] != '\t')
			end = 0;
	if (end == 0 || !str_is_utf8(str_first(line, end))) {
		(void)wrong_at(r, r->line, "a text in quotes that is no text "
		    "in UTF-8");
		return TOKEN_BAD;
	}
	text = arena_alloc(r->memory, end);
	for (size_t i = 1; i < end; i++) {
		i += line.p[i] == '\\';
		text[n++] = line.p[i];
	}
	r->word = str_make(text, n);
	r->left = str_from(r->left, end + 1);
	return TOKEN_WORD;
}

static enum token
next_token(struct conf_reader *r)
{
	static const char signs[] = "{}=,";
	static const enum token tokens[] = { TOKEN_OPEN, TOKEN_CLOSE,
		TOKEN_IS, TOKEN_COMMA };
	const char *sign;
	size_t n = 0;

	skip_blank(r);
	if (r->left.n == 0)
		return TOKEN_END;
	if (r->left.p[0] == '"' || r->left.p[0] == '\'')
		return quoted_word(r);
	sign = memchr(signs, r->left.p[0], sizeof(signs) - 1);
	if (sign) {
		r->left = str_from(r->left, 1);
		return tokens[sign - signs];
	}
	while (n < r->left.n && (unsigned char)r->left.p[n] > ' ' &&
	    !memchr("{}=,#\"'", r->left.p[n], 7))
		n++;
	r->word = str_first(r->left, n);
	r->left = str_from(r->left, n);
	if (n > 0)
		return TOKEN_WORD;
	(void)wrong_at(r, r->line, "an octet that is no text");
	return TOKEN_BAD;
}

/* What was found in place of what was expected; an error of its own stays. */
static int
unexpected(struct conf_reader *r, enum token token, const char *expected)
{
	static const char *const names[] = { "the end of the file", "",
		"{", "}", "=", "," };

	if (token == TOKEN_BAD)
		return E_INVALID;
	if (token == TOKEN_WORD)
		return wrong_at(r, r->line, "expected %s, not \"%.*s\"",
		    expected, STR_FMT(str_first(r->word, 40)));
	return wrong_at(r, r->line, "expected %s, not %s", expected,
	    names[token]);
}

/* ---- options and blocks -------------------------------------------------- */

static const struct conf_option *
option_by_name(enum conf_block block, struct str name)
{
	for (size_t i = 0; i < conf_noptions; i++)
		if (conf_options[i].block == block &&
		    str_eqi(name, str_c(conf_options[i].name)))
			return &conf_options[i];
	return NULL;
}

static enum conf_block
block_by_name(struct str name)
{
	enum conf_block b = CONF_FILE + 1;

	while (b < CONF_BLOCKS && !str_eqi(name, str_c(conf_blocks[b].name)))
		b++;
	return b;
}

/* How many letters differ: enough for what was typed wrongly. */
static size_t
distance(struct str a, const char *name)
{
	struct str b = str_c(name);
	size_t row[40];

	if (a.n >= NELEM(row) || b.n >= NELEM(row))
		return SIZE_MAX;
	for (size_t j = 0; j <= b.n; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t above = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			size_t same = above + (ascii_lower(a.p[i - 1]) !=
			    b.p[j - 1]);

			above = row[j];
			row[j] = row[j] < row[j - 1] ? row[j] : row[j - 1];
			row[j] = row[j] + 1 < same ? row[j] + 1 : same;
		}
	}
	return row[b.n];
}

/* With the name that was meant, if one is near, or where it stands. */
static int
no_such_option(struct conf_reader *r, enum conf_block block)
{
	const struct str word = str_first(r->word, 40);
	const char *near = NULL;
	size_t n, least = word.n / 3 < 2 ? word.n / 3 + 1 : 3;

	for (size_t i = 0; i < conf_noptions; i++) {
		const struct conf_option *o = &conf_options[i];

		n = o->block == block ? distance(word, o->name) : SIZE_MAX;
		near = n < least ? o->name : near;
		least = n < least ? n : least;
	}
	for (size_t i = CONF_FILE + 1; block == CONF_FILE &&
	    i < CONF_BLOCKS; i++) {
		n = distance(word, conf_blocks[i].name);
		near = n < least ? conf_blocks[i].name : near;
		least = n < least ? n : least;
	}
	if (near)
		return wrong_at(r, r->line, "no such option '%.*s'; did you "
		    "mean %s?", STR_FMT(word), near);
	for (size_t i = 0; i < conf_noptions; i++)
		if (str_eqi(word, str_c(conf_options[i].name)) &&
		    conf_options[i].block != CONF_FILE)
			return wrong_at(r, r->line, "no such option '%.*s' "
			    "here; it belongs into %s { }", STR_FMT(word),
			    conf_blocks[conf_options[i].block].name);
	return wrong_at(r, r->line, "no such option '%.*s'", STR_FMT(word));
}

static int
read_option(struct conf_reader *r, const struct conf_option *o, void *record)
{
	const unsigned line = r->line;
	enum token token = next_token(r);
	bool many = false;
	struct err err = { 0 };

	if (r->given[o - conf_options])
		return wrong_at(r, line, "%s stands in line %u already",
		    o->name, r->given[o - conf_options]);
	r->given[o - conf_options] = line;
	if (token != TOKEN_IS)
		return unexpected(r, token, "=");
	token = next_token(r);
	if (conf_is_list(o) && token == TOKEN_OPEN) {
		many = true;
		token = next_token(r);
		if (token == TOKEN_CLOSE)
			return 0;
	}
	for (;;) {
		if (token != TOKEN_WORD)
			return unexpected(r, token, "a value");
		if (!conf_set(o, r->word, r->folder, r->memory, record, &err))
			return wrong_at(r, r->line, "%s", err.text);
		if (!many)
			return 0;
		token = next_token(r);
		if (token == TOKEN_CLOSE)
			return 0;
		if (token != TOKEN_COMMA)
			return unexpected(r, token, ", or }");
		token = next_token(r);
	}
}

static int read_block(struct conf_reader *r, enum conf_block block);

/* Options up to the brace (or the end of the file) that closes them. */
static int
read_options(struct conf_reader *r, enum conf_block block, void *record)
{
	const unsigned begun = r->line;
	const enum token end = block == CONF_FILE ? TOKEN_END : TOKEN_CLOSE;
	const struct conf_option *o;
	enum conf_block inner;
	enum token token;
	int rc;

	while ((token = next_token(r)) != end) {
		if (token == TOKEN_END)
			return wrong_at(r, begun, "the } that ends this %s "
			    "block is missing", conf_blocks[block].name);
		if (token != TOKEN_WORD)
			return unexpected(r, token, block == CONF_FILE ?
			    "an option" : "an option or }");
		o = option_by_name(block, r->word);
		inner = block == CONF_FILE ? block_by_name(r->word) :
		    CONF_BLOCKS;
		if (o)
			rc = read_option(r, o, record);
		else if (inner < CONF_BLOCKS)
			rc = read_block(r, inner);
		else
			rc = no_such_option(r, block);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int
read_title(struct conf_reader *r, const struct conf_block_row *row,
    union conf_record *record)
{
	enum token token = next_token(r);
	const size_t dot = str_starts(r->word, STR(".")) ? 1 : 0;
	struct str title = str_lower(r->memory, r->word), name;

	if (token != TOKEN_WORD)
		return unexpected(r, token, row->title_wanted);
	/* A domain, or (".example.org") all below it. */
	if (dns_a_label(str_from(title, dot), r->memory, &name))
		title = arena_printf(r->memory, "%s%.*s", dot ? "." : "",
		    STR_FMT(name));
	if (title.n == 0 || title.n > 255)
		return wrong_at(r, r->line, "%s: expected %s", row->name,
		    row->title_wanted);
	memcpy((char *)record + row->title_offset, &title, sizeof(title));
	return 0;
}

static int
read_block(struct conf_reader *r, enum conf_block block)
{
	const struct conf_block_row *row = &conf_blocks[block];
	union conf_record record = { 0 };
	void *into = row->shape ? (void *)&record : r->config;
	struct err err = { 0 };
	enum token token;
	unsigned line = r->line;
	int rc;

	if (row->title && read_title(r, row, &record) < 0)
		return E_INVALID;
	token = next_token(r);
	if (token != TOKEN_OPEN)
		return unexpected(r, token, "{");
	for (size_t i = 0; i < conf_noptions; i++)
		if (conf_options[i].block == block && row->shape)
			r->given[i] = 0;
	if (row->shape)
		conf_set_defaults(block, r->folder, r->memory, &record);
	rc = read_options(r, block, into);
	if (rc == 0 && row->end && row->end(r, into, &err) < 0)
		rc = wrong_at(r, line, "%s: %s", row->name, err.text);
	return rc;
}

bool
conf_given(const struct conf_reader *r, enum conf_block block,
    const char *name)
{
	const struct conf_option *o = option_by_name(block, str_c(name));

	return r->given[o - conf_options] > 0;
}

void
conf_append(struct conf_reader *r, enum conf_block block, const void *record)
{
	msg_put(&r->lists[block], conf_blocks[block].shape, record);
}

struct str
conf_list(const struct conf_reader *r, enum conf_block block)
{
	return buf_get(&r->lists[block]);
}

struct arena *
conf_memory(const struct conf_reader *r)
{
	return r->memory;
}

/* The octets that a list of struct config may have. */
static uint32_t
list_max(enum conf_block block)
{
	for (size_t i = 0; i < config_shape.n; i++)
		if (config_shape.fields[i].offset == conf_blocks[block].list)
			return config_shape.fields[i].max;
	return 0;
}

int
conf_parse(struct str text, const char *file, struct str folder,
    struct arena *a, struct config *c, struct err *err)
{
	struct conf_reader r = { .file = file, .left = text, .line = 1,
		.folder = folder, .memory = a, .config = c, .err = err,
		.given = arena_array(a, conf_noptions, sizeof(*r.given)) };
	int rc;

	if (str_starts(r.left, STR("\xef\xbb\xbf")))	/* some editors' */
		r.left = str_from(r.left, 3);
	for (enum conf_block b = 0; b < CONF_BLOCKS; b++)
		buf_init(&r.lists[b], list_max(b));
	rc = read_options(&r, CONF_FILE, c);
	for (enum conf_block b = 0; b < CONF_BLOCKS; b++) {
		struct str list = str_dup(a, buf_get(&r.lists[b]));

		if (rc == 0 && buf_failed(&r.lists[b]))
			rc = err_set(err, E_LIMIT, "%s: more %s blocks than "
			    "fit", file, conf_blocks[b].name);
		if (list.n > 0)
			memcpy((char *)c + conf_blocks[b].list, &list,
			    sizeof(list));
		buf_free(&r.lists[b]);
	}
	return rc;
}
