#include "mime/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>

#include "base/err.h"
#include "mime/charset_tables.h"

#define REPLACEMENT "\xef\xbf\xbd"

/* Which charset a name means, by its letters and digits in lower case: us-ascii
 * and utf-8, what has a table, what the C library converts. shown is NULL for
 * another name of the row above. */
static const struct row {
	char name[16];
	const char *shown;
	const uint16_t *table;	/* of octets from 0x80 on */
	const char *converter;
} rows[] = {
	{ "usascii", "US-ASCII" }, { "ascii" },
	{ "utf8", "UTF-8" },
	{ "iso88591", "ISO-8859-1", iso8859_1 },
	{ "latin1", NULL, iso8859_1 },
	{ "iso88592", "ISO-8859-2", iso8859_2 },
	{ "latin2", NULL, iso8859_2 },
	{ "iso88593", "ISO-8859-3", iso8859_3 },
	{ "iso88594", "ISO-8859-4", iso8859_4 },
	{ "iso88595", "ISO-8859-5", iso8859_5 },
	{ "iso88596", "ISO-8859-6", iso8859_6 },
	{ "iso88597", "ISO-8859-7", iso8859_7 },
	{ "iso88598", "ISO-8859-8", iso8859_8 },
	{ "iso88598i", NULL, iso8859_8 },
	{ "iso88599", "ISO-8859-9", iso8859_9 },
	{ "latin5", NULL, iso8859_9 },
	{ "iso885910", "ISO-8859-10", iso8859_10 },
	{ "iso885913", "ISO-8859-13", iso8859_13 },
	{ "iso885914", "ISO-8859-14", iso8859_14 },
	{ "iso885915", "ISO-8859-15", iso8859_15 },
	{ "latin9", NULL, iso8859_15 },
	{ "iso885916", "ISO-8859-16", iso8859_16 },
	{ "windows1250", "windows-1250", cp1250 },
	{ "cp1250", NULL, cp1250 },
	{ "windows1251", "windows-1251", cp1251 },
	{ "cp1251", NULL, cp1251 },
	{ "windows1252", "windows-1252", cp1252 },
	{ "cp1252", NULL, cp1252 },
	{ "windows1253", "windows-1253", cp1253 },
	{ "cp1253", NULL, cp1253 },
	{ "windows1254", "windows-1254", cp1254 },
	{ "cp1254", NULL, cp1254 },
	{ "windows1255", "windows-1255", cp1255 },
	{ "cp1255", NULL, cp1255 },
	{ "windows1256", "windows-1256", cp1256 },
	{ "cp1256", NULL, cp1256 },
	{ "windows1257", "windows-1257", cp1257 },
	{ "cp1257", NULL, cp1257 },
	{ "windows1258", "windows-1258", cp1258 },
	{ "cp1258", NULL, cp1258 },
	{ "windows874", "windows-874", cp874 }, { "tis620", NULL, cp874 },
	{ "koi8r", "KOI8-R", koi8_r }, { "koi8u", "KOI8-U", koi8_u },
	{ "macintosh", "macintosh", mac_roman },
	{ "xmacroman", NULL, mac_roman },
	{ "ibm437", "IBM437", cp437 }, { "cp437", NULL, cp437 },
	{ "ibm850", "IBM850", cp850 }, { "cp850", NULL, cp850 },
	{ "ibm852", "IBM852", cp852 }, { "cp852", NULL, cp852 },
	{ "ibm866", "IBM866", cp866 }, { "cp866", NULL, cp866 },
	{ "gb18030", "GB18030", NULL, "GB18030" },
	{ "gbk", NULL, NULL, "GB18030" }, { "gb2312", NULL, NULL, "GB18030" },
	{ "cp936", NULL, NULL, "GB18030" },
	{ "big5", "Big5", NULL, "BIG5-HKSCS" },
	{ "big5hkscs", NULL, NULL, "BIG5-HKSCS" },
	{ "cp950", NULL, NULL, "BIG5-HKSCS" },
	{ "shiftjis", "Shift_JIS", NULL, "CP932" },
	{ "sjis", NULL, NULL, "CP932" }, { "xsjis", NULL, NULL, "CP932" },
	{ "cp932", NULL, NULL, "CP932" },
	{ "windows31j", NULL, NULL, "CP932" },
	{ "eucjp", "EUC-JP", NULL, "EUC-JP" },
	{ "iso2022jp", "ISO-2022-JP", NULL, "ISO-2022-JP-2" },
	{ "euckr", "EUC-KR", NULL, "CP949" },
	{ "ksc56011987", NULL, NULL, "CP949" },
	{ "cp949", NULL, NULL, "CP949" },
	{ "iso2022kr", "ISO-2022-KR", NULL, "ISO-2022-KR" },
	{ "utf7", "UTF-7", NULL, "UTF-7" },
	{ "unicode11utf7", NULL, NULL, "UTF-7" },
	{ "utf16", "UTF-16", NULL, "UTF-16" },
	{ "utf16le", "UTF-16LE", NULL, "UTF-16LE" },
	{ "utf16be", "UTF-16BE", NULL, "UTF-16BE" },
};

#define NO_CONVERTER ((iconv_t)-1)
/* Never closed: with its last descriptor a converter goes. Names of one
 * converter stand together and share it. */
static iconv_t loaded[NELEM(rows)];
static bool prepared;

void
charset_prepare(void)
{
	if (prepared)
		return;
	prepared = true;
	for (size_t i = 0; i < NELEM(rows); i++)
		if (!rows[i].converter)
			loaded[i] = NO_CONVERTER;
		else if (rows[i - 1].converter &&
		    strcmp(rows[i].converter, rows[i - 1].converter) == 0)
			loaded[i] = loaded[i - 1];
		else
			loaded[i] = iconv_open("UTF-8", rows[i].converter);
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
		return &rows[0];	/* us-ascii */
	for (size_t i = 0; i < NELEM(rows); i++)
		if (str_eq(str_c(rows[i].name), str_make(tight, n)))
			return &rows[i];
	return NULL;
}

static iconv_t
converter_of(const struct row *row)
{
	return row && row->converter && prepared ? loaded[row - rows] :
	    NO_CONVERTER;
}

static bool
is_known(const struct row *row)
{
	return row && (!row->converter || converter_of(row) != NO_CONVERTER);
}

bool
charset_known(struct str charset)
{
	return is_known(row_of(charset));
}

void
charset_put_names(struct buf *out)
{
	for (size_t i = 0; i < NELEM(rows); i++) {
		if (!rows[i].shown || !is_known(&rows[i]))
			continue;
		buf_chr(out, ' ');
		buf_str(out, str_c(rows[i].shown));
	}
}

void
utf8_put(struct buf *out, uint32_t code)
{
	if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		code = 0xfffd;
	if (code < 0x80) {
		buf_chr(out, (char)code);
		return;
	}
	if (code >= 0x10000) {
		buf_chr(out, (char)(0xf0 | code >> 18));
		buf_chr(out, (char)(0x80 | (code >> 12 & 0x3f)));
		buf_chr(out, (char)(0x80 | (code >> 6 & 0x3f)));
	} else if (code >= 0x800) {
		buf_chr(out, (char)(0xe0 | code >> 12));
		buf_chr(out, (char)(0x80 | (code >> 6 & 0x3f)));
	} else {
		buf_chr(out, (char)(0xc0 | code >> 6));
	}
	buf_chr(out, (char)(0x80 | (code & 0x3f)));
}

static void
put_by_table(struct buf *out, const uint16_t table[128], struct str octets)
{
	for (size_t i = 0; i < octets.n; i++) {
		unsigned char c = (unsigned char)octets.p[i];

		if (c < 0x80)
			buf_chr(out, (char)c);
		else
			utf8_put(out, table[c - 0x80]);
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
	iconv_t cd = converter_of(row);

	if (cd != NO_CONVERTER) {
		(void)iconv(cd, NULL, NULL, NULL, NULL);
		if (convert(cd, out, octets).n > 0)
			buf_lit(out, REPLACEMENT);
	} else if (row && row->table) {
		put_by_table(out, row->table, octets);
	} else {
		buf_str(out, octets);
	}
}

struct charset_stream {
	iconv_t cd;		/* its own: it has a state between pieces */
	const uint16_t *table;
	char start[16];		/* of a character */
	size_t nstart;
};

struct charset_stream *
charset_begin(struct str charset)
{
	const struct row *row = row_of(charset);
	struct charset_stream *c;

	if (!is_known(row))
		return NULL;
	c = calloc(1, sizeof(*c));
	bug_if(!c);
	c->table = row->table;
	/* It is loaded already, so no file is opened. */
	c->cd = row->converter ? iconv_open("UTF-8", row->converter) :
	    NO_CONVERTER;
	return c;
}

void
charset_more(struct charset_stream *c, struct str octets, struct buf *out)
{
	if (c->cd == NO_CONVERTER) {
		if (c->table)
			put_by_table(out, c->table, octets);
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
