#include "carry/export_text.h"

#include "base/timetext.h"
#include "imap/grammar/utf7.h"
#include "store/messages.h"

/* ---- text -------------------------------------------------------------- */

static void
put_kept(struct export_text *t)
{
	if (t->kept > 0)
		t->out.put(t->out.arg, str_make(t->octets, t->kept));
	t->kept = 0;
}

static void
put_octet(struct export_text *t, char c)
{
	if (t->kept == sizeof(t->octets))
		put_kept(t);
	t->octets[t->kept++] = c;
}

static void
put_str(struct export_text *t, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		put_octet(t, s.p[i]);
}

void
export_text_begin(struct export_text *t, struct text_out out, bool mbox,
    struct str fields)
{
	t->out = out;
	t->mbox = mbox;
	t->fields = fields;
	t->header = mbox;
	t->cr = t->began = false;
	t->at = t->quotes = t->kept = 0;
}

static const char from[] = "From ";

/* What the line began with, once it is known whether it has to be quoted. */
static void
put_beginning(struct export_text *t, bool quote)
{
	if (quote)
		put_octet(t, '>');
	for (size_t i = 0; i < t->quotes; i++)
		put_octet(t, '>');
	put_str(t, str_make(from, t->at));
	t->began = true;
}

/* An octet of a line's text, of which no more is kept than ">>>Fro". */
static void
put_text(struct export_text *t, char c)
{
	if (t->began || !t->mbox) {
		put_octet(t, c);
	} else if (t->at == 0 && c == '>') {
		t->quotes++;
	} else if (c == from[t->at]) {
		t->at++;
		if (t->at == sizeof(from) - 1)
			put_beginning(t, !t->header);
	} else {
		put_beginning(t, false);
		put_octet(t, c);
	}
}

static void
end_line(struct export_text *t)
{
	bool blank = t->mbox && !t->began && t->quotes == 0 && t->at == 0;

	if (t->mbox && !t->began)
		put_beginning(t, false);
	if (blank && t->header) {
		put_str(t, t->fields);
		t->header = false;
	}
	put_octet(t, '\n');
	t->began = false;
	t->at = t->quotes = 0;
}

void
export_text_put(struct export_text *t, struct str octets)
{
	for (size_t i = 0; i < octets.n; i++) {
		char c = octets.p[i];

		if (t->cr && c != '\n')
			put_text(t, '\r');
		t->cr = c == '\r';
		if (c == '\n')
			end_line(t);
		else if (c != '\r')
			put_text(t, c);
	}
}

void
export_text_end(struct export_text *t)
{
	if (t->cr)
		put_text(t, '\r');
	if (t->mbox) {
		if (t->began || t->quotes || t->at)
			end_line(t);
		if (t->header) {	/* it has nothing else */
			put_str(t, t->fields);
			put_octet(t, '\n');
		}
		put_octet(t, '\n');
	}
	put_kept(t);
}

/* ---- what is known of it ------------------------------------------------ */

void
export_from_line(struct buf *b, int64_t at)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	struct civil c = civil_of(at > 0 ? at : 0);

	buf_printf(b, "From MAILER-DAEMON %.3s %.*s %2d %02d:%02d:%02d %04d\n",
	    days + 3 * c.weekday, STR_FMT(month_name(c.month)), c.day, c.hour,
	    c.minute, c.second, c.year);
}

void
export_status(struct buf *b, uint32_t flags, struct str keywords)
{
	buf_printf(b, "Status: %sO\n", flags & FLAG_seen ? "R" : "");
	if (flags & ~(uint32_t)FLAG_seen)
		buf_printf(b, "X-Status: %s%s%s%s\n",
		    flags & FLAG_answered ? "A" : "",
		    flags & FLAG_flagged ? "F" : "",
		    flags & FLAG_draft ? "T" : "",
		    flags & FLAG_deleted ? "D" : "");
	if (keywords.n)
		buf_printf(b, "X-Keywords: %.*s\n", STR_FMT(keywords));
}

/* The letter of a keyword; 0: there is none left. */
static char
letter_of(struct str word, struct maildir_keywords *k)
{
	if (word.n > MAILDIR_KEYWORD_MAX)
		return 0;
	for (size_t i = 0; i < MAILDIR_KEYWORDS; i++) {
		if (!k->name[i][0])
			memcpy(k->name[i], word.p, word.n);
		if (str_eqi(str_c(k->name[i]), word))
			return (char)('a' + i);
	}
	return 0;
}

bool
export_letters(struct buf *b, uint32_t flags, struct str keywords,
    struct maildir_keywords *k)
{
	char letters[MAILDIR_KEYWORDS + 1] = { 0 };
	bool forwarded = false, all = true;
	struct str word;

	while (keywords.n > 0) {
		char c;

		(void)str_cut(keywords, ' ', &word, &keywords);
		if (str_eqi(word, STR("$Forwarded")))
			forwarded = true;
		else if (word.n && (c = letter_of(word, k)) != 0)
			letters[c - 'a'] = c;
		else
			all = word.n == 0;
	}
	buf_printf(b, "%s%s%s%s%s%s", flags & FLAG_draft ? "D" : "",
	    flags & FLAG_flagged ? "F" : "", forwarded ? "P" : "",
	    flags & FLAG_answered ? "R" : "", flags & FLAG_seen ? "S" : "",
	    flags & FLAG_deleted ? "T" : "");
	for (size_t i = 0; i < MAILDIR_KEYWORDS; i++)
		if (letters[i])
			buf_chr(b, letters[i]);
	return all;
}

/* ---- names --------------------------------------------------------------- */

void
export_maildir_folder(struct buf *b, struct str name)
{
	struct str level, piece;
	bool more = !str_eq(name, STR("INBOX")), dot;

	while (more) {
		more = str_cut(name, '/', &level, &name);
		buf_chr(b, '.');
		do {
			dot = str_cut(level, '.', &piece, &level);
			utf7_put(b, piece);
			if (dot)
				buf_lit(b, "&AC4-");
		} while (dot);
	}
}

void
export_mbox_file(struct buf *b, struct str name)
{
	struct str level;
	bool more = true;

	while (more) {
		more = str_cut(name, '/', &level, &name);
		/* Files that begin with a dot are hidden, or "..". */
		if (level.n > 0 && level.p[0] == '.') {
			buf_chr(b, '_');
			level = str_from(level, 1);
		}
		buf_str(b, level);
		buf_str(b, more ? STR("/") : STR(".mbox"));
	}
}
