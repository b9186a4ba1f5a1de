#include "mime/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>

#include "base/err.h"

#define REPLACEMENT "\xef\xbf\xbd"

/* Which charset a name means, by its letters and digits in lower case. A row
 * without a converter has that of the row above. */
static const struct row {
	char name[16];
	const char *converter;
} rows[] = {
	{ "utf8", "" }, { "usascii", "" }, { "ascii", "" },
	{ "iso88591", "" }, { "latin1", "" },
	{ "iso88592", "ISO-8859-2" }, { "latin2", NULL },
	{ "iso88593", "ISO-8859-3" },
	{ "iso88594", "ISO-8859-4" },
	{ "iso88595", "ISO-8859-5" },
	{ "iso88596", "ISO-8859-6" },
	{ "iso88597", "ISO-8859-7" },
	{ "iso88598", "ISO-8859-8" }, { "iso88598i", NULL },
	{ "iso88599", "ISO-8859-9" },
	{ "iso885910", "ISO-8859-10" },
	{ "iso885913", "ISO-8859-13" },
	{ "iso885914", "ISO-8859-14" },
	{ "iso885915", "ISO-8859-15" }, { "latin9", NULL },
	{ "iso885916", "ISO-8859-16" },
	{ "windows1250", "CP1250" }, { "cp1250", NULL },
	{ "windows1251", "CP1251" }, { "cp1251", NULL },
	{ "windows1252", "CP1252" }, { "cp1252", NULL },
	{ "windows1253", "CP1253" },
	{ "windows1254", "CP1254" },
	{ "windows1255", "CP1255" },
	{ "windows1256", "CP1256" },
	{ "windows1257", "CP1257" },
	{ "windows1258", "CP1258" },
	{ "windows874", "CP874" }, { "tis620", NULL },
	{ "koi8r", "KOI8-R" },
	{ "koi8u", "KOI8-U" },
	{ "macintosh", "MACINTOSH" }, { "xmacroman", NULL },
	{ "gb18030", "GB18030" }, { "gbk", NULL }, { "gb2312", NULL },
	{ "cp936", NULL },
	{ "big5", "BIG5-HKSCS" }, { "big5hkscs", NULL }, { "cp950", NULL },
	{ "shiftjis", "CP932" }, { "sjis", NULL }, { "xsjis", NULL },
	{ "cp932", NULL }, { "windows31j", NULL },
	{ "eucjp", "EUC-JP" },
	{ "iso2022jp", "ISO-2022-JP-2" },
	{ "euckr", "CP949" }, { "ksc56011987", NULL }, { "cp949", NULL },
	{ "iso2022kr", "ISO-2022-KR" },
	{ "utf7", "UTF-7" }, { "unicode11utf7", NULL },
	{ "utf16", "UTF-16" }, { "utf16le", "UTF-16LE" },
	{ "utf16be", "UTF-16BE" },
};

#define LATIN1 (&rows[3])
#define NO_CONVERTER ((iconv_t)-1)
/* A descriptor each, never closed: with its last one a converter goes. */
static iconv_t loaded[NELEM(rows)];
static bool prepared;

void
charset_prepare(void)
{
	if (prepared)
		return;
	prepared = true;
	for (size_t i = 0; i < NELEM(rows); i++) {
		const char *converter = rows[i].converter;

		if (!converter)
			loaded[i] = loaded[i - 1];
		else
			loaded[i] = *converter ?
			    iconv_open("UTF-8", converter) : NO_CONVERTER;
	}
}

static const struct row *
row_of(struct str charset)
{
	char tight[sizeof(rows->name)] = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < charset.n; i++) {
		if (!ascii_is_alnum(charset.p[i]))
			continue;
		if (n == sizeof(tight) - 1)
			return NULL;
		tight[n++] = ascii_lower(charset.p[i]);
	}
	if (charset.n == 0)
		return &rows[1];
	for (size_t i = 0; i < NELEM(rows); i++)
		if (str_eq(str_c(rows[i].name), str_make(tight, n)))
			return &rows[i];
	return NULL;
}

static bool
is_built_in(const struct row *row)
{
	return row->converter && !*row->converter;
}

static iconv_t
converter_of(const struct row *row)
{
	return prepared && !is_built_in(row) ? loaded[row - rows]
					     : NO_CONVERTER;
}

static const char *
converter_name(const struct row *row)
{
	while (!row->converter)
		row--;
	return row->converter;
}

bool
charset_known(struct str charset)
{
	const struct row *row = row_of(charset);

	return row && (is_built_in(row) || converter_of(row) != NO_CONVERTER);
}

void
charset_put_names(struct buf *out)
{
	static const struct str built_in[] = { STR(" US-ASCII"),
		STR(" UTF-8"), STR(" ISO-8859-1") };

	for (size_t i = 0; i < NELEM(built_in); i++)
		buf_str(out, built_in[i]);
	for (size_t i = 0; i < NELEM(rows); i++) {
		if (!rows[i].converter || converter_of(&rows[i]) ==
		    NO_CONVERTER)
			continue;
		buf_chr(out, ' ');
		buf_str(out, str_c(rows[i].converter));
	}
}

static void
put_latin1(struct buf *out, struct str octets)
{
	for (size_t i = 0; i < octets.n; i++) {
		unsigned char c = (unsigned char)octets.p[i];

		if (c < 0x80) {
			buf_chr(out, (char)c);
			continue;
		}
		buf_chr(out, (char)(0xc0 | c >> 6));
		buf_chr(out, (char)(0x80 | (c & 0x3f)));
	}
}

/* As far as it goes: what is left is the start of a character. */
static struct str
convert(iconv_t cd, struct buf *out, struct str octets)
{
	char *in = (char *)(uintptr_t)octets.p;
	size_t left = octets.n;

	while (left > 0) {
		char piece[512], *to = piece;
		size_t room = sizeof(piece);
		size_t rc = iconv(cd, &in, &left, &to, &room);

		buf_put(out, piece, sizeof(piece) - room);
		if (rc != (size_t)-1 || errno == E2BIG)
			continue;
		if (errno == EINVAL)
			break;
		buf_lit(out, REPLACEMENT);
		in++;
		left--;
	}
	return str_make(in, left);
}

void
charset_put(struct buf *out, struct str charset, struct str octets)
{
	const struct row *row = row_of(charset);
	iconv_t cd = row ? converter_of(row) : NO_CONVERTER;

	if (cd != NO_CONVERTER) {
		(void)iconv(cd, NULL, NULL, NULL, NULL);
		if (convert(cd, out, octets).n > 0)
			buf_lit(out, REPLACEMENT);
	} else if (row == LATIN1 || row == LATIN1 + 1) {
		put_latin1(out, octets);
	} else {
		buf_str(out, octets);
	}
}

struct charset_stream {
	iconv_t cd;		/* its own: it has a state between pieces */
	bool latin1;
	char start[16];		/* of a character */
	size_t nstart;
};

struct charset_stream *
charset_begin(struct str charset)
{
	const struct row *row = row_of(charset);
	struct charset_stream *c;

	if (!charset_known(charset))
		return NULL;
	c = calloc(1, sizeof(*c));
	bug_if(!c);
	c->latin1 = row == LATIN1 || row == LATIN1 + 1;
	c->cd = NO_CONVERTER;
	/* It is loaded already, so no file is opened. */
	if (converter_of(row) != NO_CONVERTER)
		c->cd = iconv_open("UTF-8", converter_name(row));
	return c;
}

void
charset_more(struct charset_stream *c, struct str octets, struct buf *out)
{
	if (c->cd == NO_CONVERTER) {
		if (c->latin1)
			put_latin1(out, octets);
		else
			buf_str(out, octets);
		return;
	}
	/* An octet at a time until the character that was begun is whole. */
	while (c->nstart > 0 && octets.n > 0) {
		struct str left;

		c->start[c->nstart++] = octets.p[0];
		octets = str_from(octets, 1);
		left = convert(c->cd, out, str_make(c->start, c->nstart));
		if (left.n == sizeof(c->start))
			left.n = 0;
		memmove(c->start, left.p, left.n);
		c->nstart = left.n;
	}
	if (octets.n > 0) {
		struct str left = str_first(convert(c->cd, out, octets),
		    sizeof(c->start) - 1);

		memcpy(c->start, left.p, left.n);
		c->nstart = left.n;
	}
}

void
charset_end(struct charset_stream *c, struct buf *out)
{
	if (!c)
		return;
	if (c->nstart > 0)
		buf_lit(out, REPLACEMENT);
	if (c->cd != NO_CONVERTER)
		(void)iconv_close(c->cd);
	free(c);
}

/* Octets of the character s begins with; 0 if it is none (RFC 3629 4). */
static size_t
char_octets(struct str s)
{
	unsigned char c = (unsigned char)s.p[0];
	size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

	return s.n >= n && str_is_utf8(str_first(s, n)) ? n : 0;
}

/* C0, DEL, and C1 (which is two octets of UTF-8). */
static bool
is_control(struct str s)
{
	unsigned char c = (unsigned char)s.p[0];

	return c < 32 || c == 127 ||
	    (c == 0xc2 && s.n > 1 && (unsigned char)s.p[1] >= 0x80 &&
		(unsigned char)s.p[1] < 0xa0);
}

/* Printable ASCII at the start of s; sixteen at a time, for it is nearly all
 * that there is. */
static size_t
plain_octets(struct str s)
{
	typedef signed char lanes __attribute__((vector_size(16)));
	uint64_t odd[2] = { 0, 0 };
	size_t n = 0;
	lanes v;

	for (; s.n - n >= sizeof(v); n += sizeof(v)) {
		memcpy(&v, s.p + n, sizeof(v));
		v = (lanes)(v < 32) | (lanes)(v == 127);
		memcpy(odd, &v, sizeof(v));
		if (odd[0] | odd[1])
			break;
	}
	while (n < s.n && s.p[n] >= 32 && s.p[n] < 127)
		n++;
	return n;
}

void
utf8_put_clean(struct buf *out, struct str s)
{
	while (s.n > 0) {
		size_t n = plain_octets(s);

		buf_str(out, str_first(s, n));
		s = str_from(s, n);
		if (s.n == 0)
			return;
		n = char_octets(s);
		if (is_control(s))
			buf_chr(out, ' ');
		else if (n == 0)
			buf_lit(out, "\xef\xbf\xbd");
		else
			buf_str(out, str_first(s, n));
		s = str_from(s, n ? n : 1);
	}
}

struct str
utf8_first(struct str s, size_t n)
{
	if (n >= s.n)
		return s;
	while (n > 0 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--;
	return str_first(s, n);
}
