#include "mail/submission_fixup.h"

#include "base/err.h"
#include "base/timetext.h"
#include "dns/name.h"
#include "mime/address.h"
#include "mime/date.h"
#include "mime/header.h"
#include "mime/header_end.h"
#include "trust/results.h"

enum { PEOPLE_MEM = 4 * SUBMISSION_HEADER_MAX, VALID_SINCE_MAX = 8192 };

struct submission_fixup {
	struct submission_fixup_options o;
	enum { HOLDING, ADDING, LETTING_GO, PASSING } state;
	struct header_end end;
	struct buf held, added, valid_since;
	struct str rest;	/* of what is held, to be let go */
	struct arena *mem;	/* of people */
	bool complete;
	struct submission_people people;
	bool sender_is_bad;
};

struct submission_fixup *
submission_fixup_new(struct arena *a, const struct submission_fixup_options *o)
{
	struct submission_fixup *t = arena_new_of(a, struct submission_fixup);

	t->o = *o;
	t->o.hostname = str_dup(a, o->hostname);
	t->o.id = str_dup(a, o->id);
	t->o.sender = str_dup(a, o->sender);
	t->end = HEADER_END_INIT;
	buf_init(&t->held, SUBMISSION_HEADER_MAX);
	buf_init(&t->added, 2000);
	buf_init(&t->valid_since, VALID_SINCE_MAX);
	return t;
}

void
submission_fixup_free(struct submission_fixup *t)
{
	if (!t)
		return;
	buf_free(&t->held);
	buf_free(&t->added);
	buf_free(&t->valid_since);
	arena_free(t->mem);
}

const char *
submission_fault_text(enum submission_fault fault)
{
	static const char *const texts[HEADER_FAULT_N] = {
		[HEADER_FINE] = "",
		[HEADER_TOO_BIG] = "Header too big",
		[HEADER_TWO_FROMS] = "More than one From field",
		[HEADER_TWO_SENDERS] = "More than one Sender field",
		[HEADER_NOBODY] = "From names no address",
		[HEADER_TOO_MANY] = "Too many addresses in From",
	};

	return texts[fault];
}

/* ---- what is there ------------------------------------------------------- */

/* msg-id is in angle brackets, with something in them.     RFC 5322 3.6.4 */
static bool
is_id(struct str value)
{
	struct str id = str_from(value, str_chr(value, '<') + 1);

	id = str_first(id, str_chr(id, '>'));
	for (size_t i = 0; i < id.n; i++)
		if (ascii_is_alnum(id.p[i]))
			return true;
	return false;
}

static bool
is_date(struct str value)
{
	struct mail_date d;

	return date_parse(value, &d);
}

/* What a field has to do with us. is: NULL, or whether its value is one that
 * may stay (RFC 6409 8.2 and 8.3: else it is replaced). */
enum known { FROM, SENDER, DATE, ID, GONE, RESULTS, VALID_SINCE, OTHER };
static const struct known_field {
	const char *name;
	enum known what;
	bool (*is)(struct str value);
} fields[] = {
	{ "From", FROM, NULL },
	{ "Sender", SENDER, NULL },
	{ "Date", DATE, is_date },
	{ "Message-ID", ID, is_id },
	/* Blind copies are nobody's business (RFC 5322 3.6.3); only the last
	 * server writes Return-Path (RFC 5321 4.4). */
	{ "Bcc", GONE, NULL },
	{ "Resent-Bcc", GONE, NULL },
	{ "Return-Path", GONE, NULL },
	{ "Authentication-Results", RESULTS, NULL },
	{ "Require-Recipient-Valid-Since", VALID_SINCE, NULL },
};

static const struct known_field *
known_field(struct str name)
{
	static const struct known_field other = { "", OTHER, NULL };

	for (size_t i = 0; i < NELEM(fields); i++)
		if (str_eqi(name, str_c(fields[i].name)))
			return &fields[i];
	return &other;
}

static bool
stays(const struct submission_fixup *t, const struct header_field *f)
{
	const struct known_field *k = known_field(f->name);

	if (k->what == RESULTS)
		return !results_claim(f->value, t->o.hostname);
	if (k->what == SENDER)
		return !t->sender_is_bad;
	if (k->what == VALID_SINCE)
		return !t->o.all_here;
	return k->what != GONE && (!k->is || k->is(f->value));
}

/* Add the mailboxes of a list; how many there are. */
static size_t
add_people(struct submission_fixup *t, struct str value)
{
	struct submission_people *p = &t->people;
	struct address_list list = address_parse(t->mem, value,
	    SUBMISSION_PEOPLE_MAX);
	size_t before = p->n;

	if (list.truncated)
		p->fault = HEADER_TOO_MANY;
	for (size_t i = 0; i < list.n; i++) {
		const struct address *a = &list.v[i];
		struct str host = a->host;

		/* What is no name is nobody's address. */
		(void)dns_a_label(a->host, t->mem, &host);
		if (a->kind == ADDRESS_MAILBOX && a->host.n > 0)
			p->address[p->n++] = arena_printf(t->mem, "%.*s@%.*s",
			    STR_FMT(a->mailbox), STR_FMT(host));
	}
	return p->n - before;
}

/* ---- what is missing ----------------------------------------------------- */

static void
add_address(struct submission_fixup *t, const char *name)
{
	if (t->o.sender.n > 0)
		buf_printf(&t->added, "%s: <%.*s>\r\n", name,
		    STR_FMT(t->o.sender));
}

/* authors: how many From names.      RFC 5322 3.6.1, 3.6.2, 3.6.4 */
static void
add_fields(struct submission_fixup *t, const bool there[OTHER + 1],
    size_t authors)
{
	if (!there[FROM])
		add_address(t, "From");
	if (authors > 1 && (!there[SENDER] || t->sender_is_bad))
		add_address(t, "Sender");
	if (!there[DATE]) {
		buf_lit(&t->added, "Date: ");
		time_rfc5322(&t->added, t->o.at);
		buf_lit(&t->added, "\r\n");
	}
	if (!there[ID])
		buf_printf(&t->added, "Message-ID: <%.*s@%.*s>\r\n",
		    STR_FMT(t->o.id), STR_FMT(t->o.hostname));
	bug_if(buf_failed(&t->added));
}

/* The header is complete: see who it says wrote it, and what it lacks. */
static void
read_header(struct submission_fixup *t)
{
	struct str block = buf_get(&t->held);
	struct submission_people *p = &t->people;
	struct header_field f;
	bool there[OTHER + 1] = { false };
	size_t authors = 0;

	t->complete = true;
	t->mem = arena_new(PEOPLE_MEM);
	p->address = arena_array(t->mem, 2 * SUBMISSION_PEOPLE_MAX,
	    sizeof(*p->address));
	while (header_next(&block, &f) && p->fault == HEADER_FINE) {
		enum known what = known_field(f.name)->what;

		if (what == FROM && there[FROM])
			p->fault = HEADER_TWO_FROMS;
		else if (what == SENDER && there[SENDER])
			p->fault = HEADER_TWO_SENDERS;
		else if (what == FROM)
			authors = add_people(t, f.value);
		else if (what == SENDER)
			t->sender_is_bad = add_people(t, f.value) != 1;
		else if (what == VALID_SINCE && f.whole.n <=
		    t->valid_since.cap - t->valid_since.n)
			buf_str(&t->valid_since, f.whole);
		there[what] |= stays(t, &f);
	}
	if (there[FROM] && authors == 0 && p->fault == HEADER_FINE)
		p->fault = HEADER_NOBODY;
	t->rest = buf_get(&t->held);
	add_fields(t, there, authors);
}

/* ---- the way through ----------------------------------------------------- */

/* Part of the header; true if that was the last of it. */
static bool
hold(struct submission_fixup *t, struct str *in)
{
	size_t n;

	/* No header begins so (RFC 5322 2.2): it would go on with a field of
	 * ours. What begins is the body. */
	if (t->held.n == 0 && ascii_is_wsp(in->p[0])) {
		buf_lit(&t->held, "\r\n");
		return true;
	}
	n = header_end_find(&t->end, *in);
	buf_put(&t->held, in->p, n);
	*in = str_from(*in, n);
	if (!buf_failed(&t->held))
		return header_end_found(&t->end);
	*in = str_from(*in, in->n);
	t->complete = true;
	t->people.fault = HEADER_TOO_BIG;
	return false;
}

/* The next slice of what is held, if it is time for it. */
static bool
let_go(struct submission_fixup *t, struct str *out)
{
	struct header_field f;

	if (t->state == ADDING) {
		t->state = LETTING_GO;
		*out = buf_get(&t->added);
		if (out->n > 0)
			return true;
	}
	while (t->state == LETTING_GO) {
		*out = t->rest;		/* the blank line */
		if (!header_next(&t->rest, &f)) {
			t->state = PASSING;
			return out->n > 0;
		}
		*out = f.whole;
		if (stays(t, &f))
			return true;
	}
	return false;
}

bool
submission_fixup_next(struct submission_fixup *t, struct str *in,
    struct str *out)
{
	if (t->people.fault == HEADER_TOO_BIG) {
		*in = str_from(*in, in->n);
		return false;
	}
	if (t->state == HOLDING && in->n > 0 && hold(t, in)) {
		read_header(t);
		t->state = ADDING;
	}
	if (let_go(t, out))
		return true;
	if (t->state != PASSING || in->n == 0)
		return false;
	*out = *in;
	*in = str_from(*in, in->n);
	return true;
}

bool
submission_fixup_rest(struct submission_fixup *t, struct str *out)
{
	if (t->people.fault == HEADER_TOO_BIG)
		return false;
	if (t->state == HOLDING) {	/* it is nothing but a header */
		read_header(t);
		t->state = ADDING;
	}
	return let_go(t, out);
}

const struct submission_people *
submission_fixup_people(const struct submission_fixup *t)
{
	return t->complete ? &t->people : NULL;
}

struct str
submission_fixup_valid_since(const struct submission_fixup *t)
{
	return buf_get(&t->valid_since);
}
