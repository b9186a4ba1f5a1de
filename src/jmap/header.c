#include "jmap/header.h"

#include <uninorm.h>

#include "base/err.h"
#include "base/timetext.h"
#include "mime/charset.h"
#include "mime/date.h"
#include "mime/facts.h"
#include "mime/header.h"
#include "mime/word.h"

enum { ADDRESSES_MAX = 4000, VALUE_MEM = 32 << 20 };

/* ---- which form a field may have                         RFC 8621 4.1.2 -- */

static const struct str forms[FORMS] = {
	[FORM_RAW] = STR("asRaw"),
	[FORM_TEXT] = STR("asText"),
	[FORM_ADDRESSES] = STR("asAddresses"),
	[FORM_GROUPED_ADDRESSES] = STR("asGroupedAddresses"),
	[FORM_MESSAGE_IDS] = STR("asMessageIds"),
	[FORM_DATE] = STR("asDate"),
	[FORM_URLS] = STR("asURLs"),
};

enum {
	ONLY_RAW = 1 << FORM_RAW,
	TEXT = ONLY_RAW | 1 << FORM_TEXT,
	ADDRESSES = ONLY_RAW | 1 << FORM_ADDRESSES |
	    1 << FORM_GROUPED_ADDRESSES,
	IDS = ONLY_RAW | 1 << FORM_MESSAGE_IDS,
	DATE = ONLY_RAW | 1 << FORM_DATE,
	URLS = ONLY_RAW | 1 << FORM_URLS,
};

/* Fields of RFC 5322 and RFC 2369; all others may have every form. */
static const struct {
	struct str name;
	uint32_t forms;
} known[] = {
	{ STR("Subject"), TEXT }, { STR("Comments"), TEXT },
	{ STR("Keywords"), TEXT },
	{ STR("From"), ADDRESSES }, { STR("Sender"), ADDRESSES },
	{ STR("Reply-To"), ADDRESSES }, { STR("To"), ADDRESSES },
	{ STR("Cc"), ADDRESSES }, { STR("Bcc"), ADDRESSES },
	{ STR("Resent-From"), ADDRESSES }, { STR("Resent-Sender"), ADDRESSES },
	{ STR("Resent-Reply-To"), ADDRESSES }, { STR("Resent-To"), ADDRESSES },
	{ STR("Resent-Cc"), ADDRESSES }, { STR("Resent-Bcc"), ADDRESSES },
	{ STR("Message-ID"), IDS }, { STR("In-Reply-To"), IDS },
	{ STR("References"), IDS }, { STR("Resent-Message-ID"), IDS },
	{ STR("Date"), DATE }, { STR("Resent-Date"), DATE },
	{ STR("List-Help"), URLS }, { STR("List-Unsubscribe"), URLS },
	{ STR("List-Subscribe"), URLS }, { STR("List-Post"), URLS },
	{ STR("List-Owner"), URLS }, { STR("List-Archive"), URLS },
	{ STR("Return-Path"), ONLY_RAW }, { STR("Received"), ONLY_RAW },
};

bool
header_may_be(struct str name, enum header_form form)
{
	for (size_t i = 0; i < NELEM(known); i++)
		if (str_eqi(name, known[i].name))
			return known[i].forms >> form & 1;
	return true;
}

bool
header_property_parse(struct str text, struct header_property *p)
{
	struct str word;

	*p = (struct header_property){ 0 };
	if (!str_starts(text, STR("header:")))
		return false;
	text = str_from(text, 7);
	if (!str_cut(text, ':', &p->name, &text))
		text = STR_NULL;
	if (p->name.n == 0)
		return false;
	for (size_t i = 0; i < p->name.n; i++)
		if (p->name.p[i] <= ' ' || p->name.p[i] > '~')
			return false;
	if (text.n > 0 && str_starts(text, STR("as"))) {
		if (!str_cut(text, ':', &word, &text))
			text = STR_NULL;
		while (p->form < FORMS && !str_eq(word, forms[p->form]))
			p->form++;
		if (p->form == FORMS)
			return false;
	}
	p->all = str_eq(text, STR("all"));
	return (text.n == 0 || p->all) && header_may_be(p->name, p->form);
}

/* ---- texts --------------------------------------------------------------- */

struct str
text_clean(struct arena *a, struct str octets)
{
	auto_buf b = BUF_INIT(3 * octets.n + 1);
	uint32_t code;

	if (str_is_utf8(octets))
		return octets.p ? octets : STR("");
	while (octets.n > 0) {
		size_t n = str_utf8_char(octets, &code);

		if (n > 0)
			buf_str(&b, str_first(octets, n));
		else if (octets.p[0] != '\0')
			utf8_put(&b, 0xfffd);
		octets = str_from(octets, n > 0 ? n : 1);
	}
	return b.n > 0 ? str_dup(a, buf_get(&b)) : STR("");
}

static void
put_composed(struct buf *b, struct str text)
{
	size_t n = 0;
	uint8_t *nfc;

	if (text.n == 0 || str_is_ascii(text)) {
		out_str(b, text.p ? text : STR(""));
		return;
	}
	nfc = u8_normalize(UNINORM_NFC, (const uint8_t *)text.p, text.n, NULL,
	    &n);
	bug_if(!nfc);
	out_str(b, str_make((const char *)nfc, n));
	free(nfc);
}

void
header_put_text(struct buf *b, struct str value)
{
	auto_buf words = BUF_INIT(8 * value.n + 1);

	word_decode(&words, str_trim(value));
	put_composed(b, buf_get(&words));
}

/* ---- addresses ----------------------------------------------------------- */

static void
put_name(struct buf *b, struct str name)
{
	out_name(b, "name");
	if (name.n == 0)
		out_null(b);
	else
		header_put_text(b, name);
}

static void
put_address(struct buf *b, const struct address *address)
{
	auto_buf email = BUF_INIT(3 * (address->mailbox.n + address->host.n) +
	    8);

	out_open(b, '{');
	put_name(b, address->name);
	utf8_put_clean(&email, address->mailbox);
	if (address->host.n > 0) {
		buf_chr(&email, '@');
		utf8_put_clean(&email, address->host);
	}
	out_put_str(b, "email", email.n ? buf_get(&email) : STR(""));
	out_close(b, '}');
}

void
header_put_addresses(struct buf *b, struct str list)
{
	struct address address;

	if (!list.p) {
		out_null(b);
		return;
	}
	out_open(b, '[');
	while (facts_next_address(&list, &address))
		if (address.kind == ADDRESS_MAILBOX)
			put_address(b, &address);
	out_close(b, ']');
}

static void
put_parsed(struct buf *b, struct arena *a, struct str value)
{
	const struct address_list list = address_parse(a, value,
	    ADDRESSES_MAX);

	out_open(b, '[');
	for (size_t i = 0; i < list.n; i++)
		if (list.v[i].kind == ADDRESS_MAILBOX)
			put_address(b, &list.v[i]);
	out_close(b, ']');
}

static void
group_begin(struct buf *b, struct str name)
{
	out_open(b, '{');
	put_name(b, name);
	out_name(b, "addresses");
	out_open(b, '[');
}

static void
group_end(struct buf *b)
{
	out_close(b, ']');
	out_close(b, '}');
}

/* What is in no group stands together in one without a name. */
static void
put_groups(struct buf *b, struct arena *a, struct str value)
{
	const struct address_list list = address_parse(a, value,
	    ADDRESSES_MAX);
	bool inside = false, loose = false;

	out_open(b, '[');
	for (size_t i = 0; i < list.n; i++) {
		const struct address *one = &list.v[i];

		if (loose && one->kind == ADDRESS_GROUP) {
			group_end(b);
			loose = false;
		}
		if (one->kind == ADDRESS_GROUP) {
			group_begin(b, one->name);
			inside = true;
		} else if (one->kind == ADDRESS_GROUP_END) {
			group_end(b);
			inside = false;
		} else {
			if (!inside && !loose)
				group_begin(b, STR_NULL);
			loose = !inside;
			put_address(b, one);
		}
	}
	if (loose || inside)
		group_end(b);
	out_close(b, ']');
}

/* ---- what stands in < > -------------------------------------------------- */

void
header_put_ids(struct buf *b, struct str list)
{
	auto_buf clean = BUF_INIT(3 * list.n + 1);
	struct str id;

	if (list.n == 0) {
		out_null(b);
		return;
	}
	out_open(b, '[');
	while (facts_next_text(&list, &id)) {
		buf_reset(&clean);
		utf8_put_clean(&clean, id);
		out_str(b, buf_get(&clean));
	}
	out_close(b, ']');
}

/* Comments are left out; null if there is nothing in < >.
 *                                              RFC 5322 3.6.4, RFC 2369 2 */
static void
put_angles(struct buf *b, struct arena *a, struct str value)
{
	struct str rest = value, one;
	uint32_t comments = 0, n = 0;

	for (; rest.n > 0; rest = str_from(rest, 1)) {
		char c = rest.p[0];

		if (c == '(')
			comments++;
		else if (c == ')' && comments > 0)
			comments--;
		if (c != '<' || comments > 0)
			continue;
		one = str_first(str_from(rest, 1),
		    str_chr(str_from(rest, 1), '>'));
		rest = str_from(rest, one.n);
		one = text_clean(a, str_trim(header_unfold(a, one)));
		if (one.n == 0)
			continue;
		if (n++ == 0)
			out_open(b, '[');
		out_str(b, one);
	}
	if (n > 0)
		out_close(b, ']');
	else
		out_null(b);
}

/* ---- dates --------------------------------------------------------------- */

void
header_put_utc(struct buf *b, int64_t at)
{
	auto_buf text = BUF_INIT(40);

	time_rfc3339(&text, at > 0 ? at : 0);
	out_str(b, buf_get(&text));
}

void
header_put_date(struct buf *b, int64_t at, int offset_min)
{
	auto_buf text = BUF_INIT(40);
	int abs = offset_min < 0 ? -offset_min : offset_min;

	at += (int64_t)offset_min * 60;
	time_rfc3339(&text, at > 0 ? at : 0);
	if (offset_min != 0) {
		text.n--;	/* the Z */
		buf_printf(&text, "%c%02d:%02d", offset_min < 0 ? '-' : '+',
		    abs / 60, abs % 60);
	}
	out_str(b, buf_get(&text));
}

/* ---- fields -------------------------------------------------------------- */

static void
put_value(struct buf *b, struct str value, enum header_form form)
{
	struct arena *a = arena_new(VALUE_MEM + 64 * value.n);
	struct mail_date date;

	switch (form) {
	case FORM_TEXT:
		header_put_text(b, header_unfold(a, value));
		break;
	case FORM_ADDRESSES:
		put_parsed(b, a, value);
		break;
	case FORM_GROUPED_ADDRESSES:
		put_groups(b, a, value);
		break;
	case FORM_MESSAGE_IDS:
	case FORM_URLS:
		put_angles(b, a, value);
		break;
	case FORM_DATE:
		if (date_parse(value, &date))
			header_put_date(b, date.at, date.offset_min);
		else
			out_null(b);
		break;
	case FORM_RAW:
	case FORMS:
		out_str(b, text_clean(a, value));
		break;
	}
	arena_free(a);
}

void
header_put(struct buf *b, struct str block, const struct header_property *p)
{
	struct header_field f;
	struct str last = STR_NULL;

	if (p->all)
		out_open(b, '[');
	while (header_next(&block, &f)) {
		if (!str_eqi(f.name, p->name))
			continue;
		last = f.value.p ? f.value : STR("");
		if (p->all)
			put_value(b, last, p->form);
	}
	if (p->all)
		out_close(b, ']');
	else if (last.p)
		put_value(b, last, p->form);
	else
		out_null(b);
}

void
header_put_all(struct buf *b, struct str block)
{
	struct arena *a = arena_new(VALUE_MEM + 4 * block.n);
	struct header_field f;

	out_open(b, '[');
	while (header_next(&block, &f)) {
		if (f.name.n == 0)
			continue;
		out_open(b, '{');
		out_put_str(b, "name", text_clean(a, f.name));
		out_put_str(b, "value", text_clean(a, f.value));
		out_close(b, '}');
	}
	out_close(b, ']');
	arena_free(a);
}
