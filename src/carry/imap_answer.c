#include "carry/imap_answer.h"

#include "base/rd.h"
#include "carry/maildir_name.h"
#include "imap/grammar/scan.h"
#include "store/messages.h"

enum { DEPTH_MAX = 20 };

bool
imap_literal(struct str line, struct str *text, uint64_t *n)
{
	size_t at = str_rchr(line, '{');
	struct str digits = str_from(line, at + 1);

	if (at == line.n || digits.n < 2 || digits.p[digits.n - 1] != '}' ||
	    !str_u64(str_first(digits, digits.n - 1), n))
		return false;
	if (at > 0 && line.p[at - 1] == '~')	/* literal8, RFC 3516 */
		at--;
	*text = str_first(line, at);
	return true;
}

/* ---- values ---------------------------------------------------------- */

static bool
is_word_char(char c)
{
	return (unsigned char)c > ' ' && c != 0x7f && !memchr("()\"{", c, 4);
}

/* The rest of a quoted string. */
static struct str
quoted(struct rd *r, struct arena *a)
{
	struct str rest = rd_rest(r);
	size_t end = 0, n = 0;
	char *to;

	while (end < rest.n && rest.p[end] != '"')
		end += rest.p[end] == '\\' ? 2 : 1;
	rest = rd_take(r, end);
	if (!rd_need(r, '"'))
		return STR_NULL;
	to = arena_alloc(a, end + 1);
	for (size_t i = 0; i < end; i++) {
		i += rest.p[i] == '\\';
		to[n++] = rest.p[i];
	}
	return str_make(to, n);
}

/* string / atom; NIL is empty. */
static struct str
value(struct rd *r, struct arena *a)
{
	struct str s;
	uint32_t n;

	if (rd_opt(r, '"'))
		return quoted(r, a);
	if (rd_opt(r, '{')) {
		n = rd_num32(r);
		(void)(rd_need(r, '}') && rd_need(r, '\r') &&
		    rd_need(r, '\n'));
		return rd_take(r, n);
	}
	s = rd_some(r, is_word_char);
	return str_eqi(s, STR("NIL")) ? STR("") : s;
}

/* Whatever comes, with what is in brackets. */
static void
skip_value(struct rd *r, struct arena *a)
{
	int depth = 0;

	do {
		if (rd_opt(r, '('))
			depth++;
		else if (depth > 0 && rd_opt(r, ')'))
			depth--;
		else if (!rd_opt(r, ' '))
			(void)value(r, a);
		if (depth > DEPTH_MAX)
			rd_fail(r);
	} while (rd_ok(r) && depth > 0);
}

/* ---- lists ------------------------------------------------------------- */

struct flag_word {
	const char *name;
	uint32_t bit;
};

static uint32_t
bit_of(const struct flag_word *t, size_t n, struct str word)
{
	for (size_t i = 0; i < n; i++)
		if (str_eqi(word, str_c(t[i].name)))
			return t[i].bit;
	return 0;
}

static void
take_flags(struct rd *r, struct imap_answer *out, struct arena *a)
{
	static const struct flag_word t[] = { { "\\Seen", FLAG_seen },
		{ "\\Answered", FLAG_answered },
		{ "\\Flagged", FLAG_flagged },
		{ "\\Deleted", FLAG_deleted }, { "\\Draft", FLAG_draft } };
	auto_buf words = BUF_INIT(4000);

	(void)rd_need(r, '(');
	while (rd_ok(r) && !rd_opt(r, ')')) {
		struct str word = rd_some(r, is_word_char);

		out->flags |= bit_of(t, NELEM(t), word);
		if (is_keyword(word) && word.n < words.cap - words.n) {
			if (words.n)
				buf_chr(&words, ' ');
			buf_str(&words, word);
		}
		(void)rd_opt(r, ' ');
	}
	out->has_flags = true;
	out->keywords = str_dup(a, buf_get(&words));
}

/* "(" flags ")" SP separator SP mailbox */
static void
take_list(struct rd *r, struct imap_answer *out, struct arena *a)
{
	static const struct flag_word flags[] = {
		{ "\\Noselect", LIST_NOSELECT },
		{ "\\NonExistent", LIST_NOSELECT }, { "\\All", LIST_ALL },
		{ "\\Flagged", LIST_VIRTUAL }, { "\\Important", LIST_VIRTUAL },
	};
	static const struct flag_word uses[] = { { "\\Sent", SPECIAL_sent },
		{ "\\Drafts", SPECIAL_drafts }, { "\\Trash", SPECIAL_trash },
		{ "\\Junk", SPECIAL_junk }, { "\\Archive", SPECIAL_archive },
		{ "\\All", SPECIAL_archive } };
	struct str word;

	(void)rd_need(r, '(');
	while (rd_ok(r) && !rd_opt(r, ')')) {
		word = rd_some(r, is_word_char);
		out->list_flags |= bit_of(flags, NELEM(flags), word);
		out->use |= bit_of(uses, NELEM(uses), word);
		(void)rd_opt(r, ' ');
	}
	if (out->use & (out->use - 1))	/* more than one */
		out->use = 0;
	(void)rd_need(r, ' ');
	word = value(r, a);
	out->separator = word.n == 1 ? word.p[0] : '\0';
	(void)rd_need(r, ' ');
	out->name = value(r, a);
	out->kind = IMAP_LIST;
}

/* ---- FETCH ------------------------------------------------------------- */

static bool
is_att_char(char c)
{
	return ascii_is_alnum(c) || c == '.' || c == '-' || c == '[' ||
	    c == ']' || c == '<' || c == '>';
}

static void
take_date(struct rd *r, struct imap_answer *out, struct arena *a)
{
	struct str s = value(r, a);
	struct scan scan = scan_of(arena_printf(a, "\"%.*s\"", STR_FMT(s)), a);
	int64_t at = scan_date_time(&scan, &out->zone_min);

	if (scan_ok(&scan))
		out->date = at;
	else
		out->zone_min = 0;
}

static void
take_att(struct rd *r, struct imap_answer *out, struct arena *a)
{
	struct str att = rd_some(r, is_att_char);

	(void)rd_need(r, ' ');
	if (str_eqi(att, STR("UID"))) {
		out->uid = rd_num32(r);
	} else if (str_eqi(att, STR("FLAGS"))) {
		take_flags(r, out, a);
	} else if (str_eqi(att, STR("INTERNALDATE"))) {
		take_date(r, out, a);
	} else if (str_eqi(att, STR("X-GM-MSGID"))) {
		out->gmail = rd_num64(r);
	} else if (str_eqi(att, STR("BODY[]"))) {
		out->has_body = true;
		out->body = value(r, a);
	} else {
		skip_value(r, a);
	}
}

static void
take_fetch(struct rd *r, struct imap_answer *out, struct arena *a)
{
	(void)(rd_need(r, ' ') && rd_need(r, '('));
	while (rd_ok(r) && !rd_opt(r, ')')) {
		take_att(r, out, a);
		(void)rd_opt(r, ' ');
	}
	out->kind = IMAP_FETCH;
}

/* ---- all of it --------------------------------------------------------- */

static bool
is_status(struct str word)
{
	static const struct str t[] = { { "OK", 2 }, { "NO", 2 },
		{ "BAD", 3 }, { "BYE", 3 }, { "PREAUTH", 7 } };

	for (size_t i = 0; i < NELEM(t); i++)
		if (str_eqi(word, t[i]))
			return true;
	return false;
}

/* resp-text, of which "[UIDVALIDITY n]" is wanted */
static void
take_text(struct rd *r, struct imap_answer *out)
{
	static const struct str code = { "[UIDVALIDITY ", 13 };
	struct str s, number;

	(void)rd_opt(r, ' ');
	out->text = s = rd_rest(r);
	(void)rd_take(r, s.n);
	if (!str_startsi(s, code))
		return;
	number = str_from(s, code.n);
	number = str_first(number, str_chr(number, ']'));
	if (!str_u32(number, &out->uidvalidity))
		out->uidvalidity = 0;
}

static void
take_untagged(struct rd *r, struct imap_answer *out, struct arena *a)
{
	struct str word = rd_some(r, is_word_char);

	if (is_status(word)) {
		out->kind = IMAP_STATUS;
		out->status = word;
		take_text(r, out);
	} else if (str_eqi(word, STR("CAPABILITY"))) {
		out->kind = IMAP_CAPABILITY;
		take_text(r, out);
	} else if (str_eqi(word, STR("LIST")) || str_eqi(word, STR("LSUB"))) {
		out->lsub = ascii_upper(word.p[1]) == 'S';
		(void)rd_need(r, ' ');
		take_list(r, out, a);
	} else if (str_u32(word, &out->n) && rd_opt(r, ' ')) {
		word = rd_some(r, is_word_char);
		if (str_eqi(word, STR("FETCH")))
			take_fetch(r, out, a);
		else if (str_eqi(word, STR("EXISTS")))
			out->kind = IMAP_EXISTS;
		else if (str_eqi(word, STR("EXPUNGE")))
			out->kind = IMAP_EXPUNGE;
	}
}

bool
imap_answer_read(struct str octets, struct imap_answer *out, struct arena *a)
{
	struct rd r = rd_of(octets);

	*out = (struct imap_answer){ .kind = IMAP_OTHER };
	if (rd_opt(&r, '+')) {
		out->kind = IMAP_CONTINUE;
		return true;
	}
	if (rd_opt(&r, '*')) {
		(void)rd_need(&r, ' ');
		take_untagged(&r, out, a);
		return rd_ok(&r);
	}
	out->tag = rd_some(&r, ascii_is_alnum);
	(void)rd_need(&r, ' ');
	out->status = rd_some(&r, is_word_char);
	take_text(&r, out);
	out->kind = IMAP_DONE;
	return rd_ok(&r) && is_status(out->status);
}
