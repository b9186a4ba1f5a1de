#include "mail/answerable.h"

#include "mime/address.h"
#include "mime/header.h"
#include "mime/word.h"

enum {
	NAMED_MAX = 200,	/* of one field */
	SUBJECT_READ = 998, REFERENCES_MAX = 20,
	SCRATCH_OCTETS = 4 << 20,	/* of one field, too */
};

/* ---- who ----------------------------------------------------------------- */

/* People have a postmaster's mail: RFC 5230 4.6. */
static const struct str programs[] = { { "mailer-daemon", 13 },
	{ "mailerdaemon", 12 }, { "noreply", 7 }, { "no-reply", 8 },
	{ "no_reply", 8 }, { "donotreply", 10 }, { "do-not-reply", 12 },
	{ "do_not_reply", 12 }, { "listserv", 8 }, { "majordomo", 9 },
	{ "bounce", 6 }, { "bounces", 7 }, { "root", 4 } };

static bool
begins(struct str s, struct str with)
{
	return s.n >= with.n && str_eqi(str_first(s, with.n), with);
}

static bool
ends(struct str s, struct str with)
{
	return s.n >= with.n && str_eqi(str_from(s, s.n - with.n), with);
}

bool
answerable_sender(struct str reverse_path)
{
	struct str local = str_first(reverse_path,
	    str_rchr(reverse_path, '@'));
	struct str base = str_first(local, str_chr(local, '+'));

	if (local.n == 0 || local.n == reverse_path.n)
		return false;
	for (size_t i = 0; i < NELEM(programs); i++)
		if (str_eqi(base, programs[i]))
			return false;
	return !begins(local, STR("owner-")) &&
	    !begins(local, STR("bounce-")) &&
	    !begins(local, STR("bounces-")) && !begins(local, STR("srs0=")) &&
	    !begins(local, STR("srs1=")) && !ends(base, STR("-request")) &&
	    !ends(base, STR("-owner")) && !ends(base, STR("-bounces")) &&
	    !ends(base, STR("-noreply")) && !ends(base, STR("-no-reply"));
}

/* ---- what ---------------------------------------------------------------- */

struct reading {
	struct arena *scratch;
	struct buf named;
	bool refused;
};

static bool
is_one_of(struct str name, const char *const *names)
{
	for (; *names; names++)
		if (str_eqi(name, str_c(*names)))
			return true;
	return false;
}

/* "no" may have parameters and comments behind it.            RFC 3834 5 */
static bool
is_no(struct str value)
{
	struct str s = str_trim(value);

	return begins(s, STR("no")) && (s.n == 2 ||
	    strchr(" \t\r\n;(", s.p[2]));
}

static bool
is_precedence(struct str value)
{
	static const char *const bulk[] = { "bulk", "list", "junk",
		"auto_reply", NULL };

	return is_one_of(str_trim(value), bulk);
}

/* In lower case, a line each: store compares whole addresses. */
static void
add_named(struct reading *r, struct str value)
{
	struct address_list list = address_parse(r->scratch, value, NAMED_MAX);

	for (size_t i = 0; i < list.n; i++) {
		const struct address *at = &list.v[i];
		size_t n = at->mailbox.n + 1 + at->host.n + 1;

		if (at->kind != ADDRESS_MAILBOX || at->host.n == 0 ||
		    n > 320 || n > r->named.cap - r->named.n ||
		    str_chr(at->mailbox, '\n') < at->mailbox.n ||
		    str_chr(at->host, '\n') < at->host.n)
			continue;
		buf_str(&r->named, str_lower(r->scratch, at->mailbox));
		buf_chr(&r->named, '@');
		buf_str(&r->named, str_lower(r->scratch, at->host));
		buf_chr(&r->named, '\n');
	}
	arena_reset(r->scratch);
}

static void
read_field(struct reading *r, const struct header_field *f)
{
	static const char *const to[] = { "To", "Cc", "Bcc", "Resent-To",
		"Resent-Cc", "Resent-Bcc", NULL };
	/* X-Loop is said by programs that answer and forward, the others by
	 * many that send to many. */
	static const char *const never[] = { "X-Loop", "X-Autoreply",
		"X-Auto-Response-Suppress", "Feedback-ID", NULL };

	if (is_one_of(f->name, to))
		add_named(r, f->value);
	else if (str_eqi(f->name, STR("Auto-Submitted")))
		r->refused |= !is_no(f->value);
	else if (str_eqi(f->name, STR("Precedence")))
		r->refused |= is_precedence(f->value);
	else
		r->refused |= begins(f->name, STR("List-")) ||
		    is_one_of(f->name, never);
}

/* ---- what the answer needs ----------------------------------------------- */

/* Whole characters. */
static struct str
cut(struct str s, size_t most)
{
	uint32_t code;
	size_t n = 0, k;

	for (; n < s.n; n += k) {
		k = str_utf8_char(str_from(s, n), &code);
		if (k > most - n)
			break;
	}
	return str_first(s, n);
}

struct str
answerable_subject(const struct facts *f, struct arena *a)
{
	auto_buf b = BUF_INIT(4 * SUBJECT_READ);
	struct str s;
	char *p;

	word_decode(&b, str_first(f->envelope.subject, SUBJECT_READ));
	s = str_trim(buf_get(&b));
	/* What could not be decoded says nothing to anybody. */
	if (str_find(s, STR("=?")) < s.n || !str_is_utf8(s))
		return STR_NULL;
	s = str_dup(a, cut(s, ANSWER_SUBJECT_MAX));
	p = (char *)(uintptr_t)s.p;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)p[i] < ' ' || p[i] == 0x7f)
			p[i] = ' ';
	return s;
}

static bool
is_plain_id(struct str id)
{
	for (size_t i = 0; i < id.n; i++)
		if (id.p[i] <= ' ' || id.p[i] > '~' ||
		    strchr("<>()[]\\,;:\"", id.p[i]))
			return false;
	return id.n > 2 && id.n <= 250 && str_chr(id, '@') < id.n;
}

static size_t
count_ids(struct str list)
{
	struct str one;
	size_t n = 0;

	while (facts_next_text(&list, &one))
		n++;
	return n;
}

/* Those of References, the last ones, and its own: with spaces between, as they
 * stand behind In-Reply-To and References.            RFC 5322 3.6.4 */
static struct str
ids_of(const struct facts *f, struct arena *a)
{
	auto_buf b = BUF_INIT(ANSWER_IDS_MAX);
	struct str list = f->references, one;
	size_t n = count_ids(list), i = 0;

	if (!is_plain_id(f->message_id))
		return STR_NULL;
	while (facts_next_text(&list, &one))
		if (n - i++ <= REFERENCES_MAX && is_plain_id(one) &&
		    b.n + one.n + 2 + f->message_id.n <= b.cap)
			buf_printf(&b, "%.*s ", STR_FMT(one));
	buf_str(&b, f->message_id);
	return str_dup(a, buf_get(&b));
}

void
answerable_read(struct str header, const struct facts *f, struct arena *a,
    struct answerable *out)
{
	struct reading r = { arena_new(SCRATCH_OCTETS),
		BUF_INIT(NAMED_OCTETS_MAX), false };
	struct header_field field;
	struct str block = str_first(header, ANSWERABLE_HEADER_MAX);

	*out = (struct answerable){ 0 };
	r.refused = f->header_len > block.n;
	block = str_first(block, (size_t)f->header_len);
	while (!r.refused && header_next(&block, &field))
		read_field(&r, &field);
	if (!r.refused && r.named.n > 0)
		*out = (struct answerable){ str_dup(a, buf_get(&r.named)),
			answerable_subject(f, a), ids_of(f, a) };
	buf_free(&r.named);
	arena_free(r.scratch);
}
