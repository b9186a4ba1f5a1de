#include "sendmail/compose.h"

#include <errno.h>
#include <unistd.h>

#include "sendmail/crlf.h"
#include "base/b64.h"
#include "base/timetext.h"
#include "mime/address.h"

enum {
	LINE = 76,		/* of encoded text, RFC 2045 6.7, 6.8 */
	LINE_OCTETS = 57,	/* what fits into it in base64 */
	READ_LINES = 512,
	HEADER_ROOM = 1 << 20,
	LINE_PLAIN = 990,	/* under 998: RFC 5322 2.1.1 */
};

/* ---- types --------------------------------------------------------------- */

static const struct file_type {
	const char *end, *type;
} types[] = {
	{ ".txt", "text/plain" }, { ".log", "text/plain" },
	{ ".csv", "text/csv" }, { ".html", "text/html" },
	{ ".htm", "text/html" }, { ".ics", "text/calendar" },
	{ ".vcf", "text/vcard" }, { ".md", "text/markdown" },
	{ ".patch", "text/x-diff" }, { ".diff", "text/x-diff" },
	{ ".json", "application/json" }, { ".xml", "application/xml" },
	{ ".pdf", "application/pdf" }, { ".zip", "application/zip" },
	{ ".gz", "application/gzip" }, { ".tgz", "application/gzip" },
	{ ".tar", "application/x-tar" }, { ".xz", "application/x-xz" },
	{ ".zst", "application/zstd" }, { ".bz2", "application/x-bzip2" },
	{ ".7z", "application/x-7z-compressed" },
	{ ".rtf", "application/rtf" }, { ".doc", "application/msword" },
	{ ".docx", "application/vnd.openxmlformats-officedocument."
	    "wordprocessingml.document" },
	{ ".xls", "application/vnd.ms-excel" },
	{ ".xlsx", "application/vnd.openxmlformats-officedocument."
	    "spreadsheetml.sheet" },
	{ ".odt", "application/vnd.oasis.opendocument.text" },
	{ ".ods", "application/vnd.oasis.opendocument.spreadsheet" },
	{ ".png", "image/png" }, { ".jpg", "image/jpeg" },
	{ ".jpeg", "image/jpeg" }, { ".gif", "image/gif" },
	{ ".webp", "image/webp" }, { ".svg", "image/svg+xml" },
	{ ".mp3", "audio/mpeg" }, { ".ogg", "audio/ogg" },
	{ ".mp4", "video/mp4" }, { ".webm", "video/webm" },
};

const char *
compose_type(struct str name)
{
	for (size_t i = 0; i < NELEM(types); i++)
		if (str_endsi(name, str_c(types[i].end)))
			return types[i].type;
	return "application/octet-stream";
}

/* ---- encodings ----------------------------------------------------------- */

static bool
must_encode(struct str text, size_t i)
{
	unsigned char c = (unsigned char)text.p[i];
	bool at_end = i + 1 == text.n || text.p[i + 1] == '\r';

	if (c == ' ' || c == '\t')
		return at_end;
	return c < ' ' || c >= 0x7f || c == '=';
}

/* text has CRLFs. A dot or a "From " at the start of a line is written so
 * that nobody on the way changes it. */
void
compose_quoted_printable(struct buf *b, struct str text)
{
	size_t column = 0;

	for (size_t i = 0; i < text.n; i++) {
		bool first = column == 0, encode;

		if (text.p[i] == '\r' && i + 1 < text.n &&
		    text.p[i + 1] == '\n') {
			buf_lit(b, "\r\n");
			column = 0;
			i++;
			continue;
		}
		encode = must_encode(text, i) || (first &&
		    (text.p[i] == '.' || str_starts(str_from(text, i),
			STR("From "))));
		if (column + (encode ? 3 : 1) > LINE - 1) {
			buf_lit(b, "=\r\n");
			column = 0;
		}
		if (encode)
			buf_printf(b, "=%02X", (unsigned char)text.p[i]);
		else
			buf_chr(b, text.p[i]);
		column += encode ? 3 : 1;
	}
}

static void
put_b64_lines(struct buf *b, struct str octets)
{
	for (; octets.n > 0; octets = str_from(octets, LINE_OCTETS)) {
		b64_put(b, str_first(octets, LINE_OCTETS));
		buf_lit(b, "\r\n");
	}
}

/* As it is if every line may go as it is; by the share of octets that are
 * not ASCII otherwise. */
enum encoding { AS_IT_IS, QUOTED_PRINTABLE, BASE64 };

static enum encoding
choose_encoding(struct str text)
{
	size_t high = 0, line = 0, longest = 0;

	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		high += c >= 0x7f || (c < ' ' && c != '\t' && c != '\r' &&
		    c != '\n');
		line = c == '\n' ? 0 : line + 1;
		longest = line > longest ? line : longest;
	}
	if (high > text.n / 3)
		return BASE64;
	return high > 0 || longest > LINE_PLAIN ? QUOTED_PRINTABLE : AS_IT_IS;
}

/* ---- fields -------------------------------------------------------------- */

struct str
compose_addresses(struct arena *a, struct str list)
{
	struct address_list found = address_parse(a, list,
	    SUBMIT_HEADER_RCPTS_MAX);
	auto_buf b = BUF_INIT(HEADER_ROOM);

	for (size_t i = 0; i < found.n; i++) {
		const struct address *x = &found.v[i];

		if (x->kind != ADDRESS_MAILBOX)
			continue;
		if (b.n > 0)
			buf_lit(&b, ",\r\n ");
		if (x->name.n > 0) {
			submit_header_put_phrase(&b, x->name);
			buf_lit(&b, " <");
		}
		buf_printf(&b, "%.*s%s%.*s%s", STR_FMT(x->mailbox),
		    x->host.n > 0 ? "@" : "", STR_FMT(x->host),
		    x->name.n > 0 ? ">" : "");
	}
	return str_dup(a, buf_get(&b));
}

/* name="x.pdf", or in the form of RFC 2231 4. */
static void
put_name(struct buf *b, const char *key, struct str name)
{
	bool plain = str_is_ascii(name);

	for (size_t i = 0; i < name.n && plain; i++)
		plain = name.p[i] >= ' ' && name.p[i] != 0x7f &&
		    name.p[i] != '"' && name.p[i] != '\\';
	if (plain) {
		buf_printf(b, ";\r\n\t%s=\"%.*s\"", key, STR_FMT(name));
		return;
	}
	buf_printf(b, ";\r\n\t%s*=%s''", key, str_is_utf8(name) ? "utf-8" :
	    "iso-8859-1");
	buf_percent(b, name, percent_plain);
}

/* ---- parts --------------------------------------------------------------- */

static int
put_text(const struct compose *c)
{
	static const char *const names[] = { "7bit", "quoted-printable",
		"base64" };
	auto_buf b = BUF_INIT(256 << 20);
	struct crlf lines = { 0 };
	auto_buf crlf = BUF_INIT(128 << 20);
	struct str text;
	enum encoding e;

	crlf_feed(&lines, c->text, &crlf);
	crlf_finish(&lines, &crlf);
	text = buf_get(&crlf);
	e = choose_encoding(text);
	buf_printf(&b, "Content-Type: text/plain; charset=%s\r\n"
	    "Content-Transfer-Encoding: %s\r\n\r\n",
	    str_is_ascii(text) ? "us-ascii" : str_is_utf8(text) ? "utf-8" :
	    "iso-8859-1", names[e]);
	if (e == AS_IT_IS)
		buf_str(&b, text);
	else if (e == BASE64)
		put_b64_lines(&b, text);
	else
		compose_quoted_printable(&b, text);
	if (buf_failed(&b) || buf_failed(&crlf))
		return E_LIMIT;
	return c->out(c->arg, buf_get(&b));
}

/* Whole lines of base64 at a time: only the last has padding. */
static ssize_t
read_full(int fd, char *p, size_t n)
{
	size_t have = 0;
	ssize_t got;

	while (have < n) {
		got = read(fd, p + have, n - have);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return E_IO;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	return (ssize_t)have;
}

static int
put_octets(const struct compose *c, int fd, char *room, size_t size)
{
	ssize_t n;
	int rc = 0;

	while (rc == 0 && (n = read_full(fd, room, size)) != 0) {
		auto_buf b = BUF_INIT(HEADER_ROOM);

		if (n < 0)
			return (int)n;
		put_b64_lines(&b, str_make(room, (size_t)n));
		rc = c->out(c->arg, buf_get(&b));
	}
	return rc;
}

static int
put_file(const struct compose *c, const struct compose_file *f,
    struct str boundary)
{
	size_t size = LINE_OCTETS * READ_LINES;
	auto_buf b = BUF_INIT(HEADER_ROOM);
	int rc;

	buf_printf(&b, "\r\n--%.*s\r\nContent-Type: %s", STR_FMT(boundary),
	    compose_type(f->name));
	put_name(&b, "name", f->name);
	buf_lit(&b, "\r\nContent-Transfer-Encoding: base64\r\n"
		    "Content-Disposition: attachment");
	put_name(&b, "filename", f->name);
	buf_lit(&b, "\r\n\r\n");
	rc = c->out(c->arg, buf_get(&b));
	if (rc != 0)
		return rc;
	return put_octets(c, f->fd, arena_alloc(c->header->memory, size),
	    size);
}

static int
put_head(const struct compose *c, struct str boundary)
{
	auto_buf b = BUF_INIT(HEADER_ROOM);

	buf_printf(&b, "From: %.*s\r\nTo: %.*s\r\nSubject: ",
	    STR_FMT(c->from), STR_FMT(c->to));
	submit_header_put_text(&b, c->subject);
	buf_lit(&b, "\r\nDate: ");
	time_rfc5322(&b, c->header->now);
	buf_printf(&b, "\r\nMessage-ID: <%.*s@%.*s>\r\nMIME-Version: 1.0\r\n",
	    STR_FMT(c->header->id), STR_FMT(c->header->domain));
	if (boundary.n > 0)
		buf_printf(&b, "Content-Type: multipart/mixed; "
		    "boundary=\"%.*s\"\r\n\r\n--%.*s\r\n", STR_FMT(boundary),
		    STR_FMT(boundary));
	return buf_failed(&b) ? E_LIMIT : c->out(c->arg, buf_get(&b));
}

int
compose(const struct compose *c)
{
	/* "=_" is in no base64 and no quoted-printable: RFC 2045 6.7; the
	 * rest nobody can know in advance. */
	struct str boundary = c->nfiles == 0 ? STR_NULL :
	    arena_printf(c->header->memory, "=_%.*s",
		STR_FMT(c->header->id));
	int rc = put_head(c, boundary);

	if (rc == 0)
		rc = put_text(c);
	for (size_t i = 0; i < c->nfiles && rc == 0; i++)
		rc = put_file(c, &c->files[i], boundary);
	if (rc == 0 && c->nfiles > 0)
		rc = c->out(c->arg, arena_printf(c->header->memory,
		    "\r\n--%.*s--\r\n", STR_FMT(boundary)));
	return rc;
}
