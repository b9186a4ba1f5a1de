#include "imap/grammar/fetch_att.h"

#include "imap/grammar/reply.h"

/* RFC 3501 6.4.5: macros stand alone. */
static const struct word macros[] = {
	{ STR("ALL"), FETCH_FLAGS | FETCH_INTERNALDATE | FETCH_SIZE |
	    FETCH_ENVELOPE },
	{ STR("FAST"), FETCH_FLAGS | FETCH_INTERNALDATE | FETCH_SIZE },
	{ STR("FULL"), FETCH_FLAGS | FETCH_INTERNALDATE | FETCH_SIZE |
	    FETCH_ENVELOPE | FETCH_BODY },
};

static const struct word plain_items[] = {
	{ STR("UID"), FETCH_UID },
	{ STR("FLAGS"), FETCH_FLAGS },
	{ STR("INTERNALDATE"), FETCH_INTERNALDATE },
	{ STR("RFC822.SIZE"), FETCH_SIZE },
	{ STR("ENVELOPE"), FETCH_ENVELOPE },
	{ STR("BODY"), FETCH_BODY },
	{ STR("BODYSTRUCTURE"), FETCH_BODYSTRUCTURE },
	{ STR("MODSEQ"), FETCH_MODSEQ },
	{ STR("EMAILID"), FETCH_EMAILID },
	{ STR("THREADID"), FETCH_THREADID },
	{ STR("SAVEDATE"), FETCH_SAVEDATE },
	{ STR("PREVIEW"), FETCH_PREVIEW },
};

struct section_row {
	struct str name;
	enum section_item item;
	enum section_text text;
	bool peek, brackets;
};

static const struct section_row section_items[] = {
	{ STR("BODY"), ITEM_BODY, SECTION_ALL, false, true },
	{ STR("BODY.PEEK"), ITEM_BODY, SECTION_ALL, true, true },
	{ STR("BINARY"), ITEM_BINARY, SECTION_ALL, false, true },
	{ STR("BINARY.PEEK"), ITEM_BINARY, SECTION_ALL, true, true },
	{ STR("BINARY.SIZE"), ITEM_BINARY_SIZE, SECTION_ALL, true, true },
	{ STR("RFC822"), ITEM_RFC822, SECTION_ALL, false, false },
	{ STR("RFC822.HEADER"), ITEM_RFC822_HEADER, SECTION_HEADER, true,
	    false },
	{ STR("RFC822.TEXT"), ITEM_RFC822_TEXT, SECTION_TEXT, false, false },
};

static const struct word section_texts[] = {
	{ STR("HEADER"), SECTION_HEADER },
	{ STR("HEADER.FIELDS"), SECTION_FIELDS },
	{ STR("HEADER.FIELDS.NOT"), SECTION_FIELDS_NOT },
	{ STR("TEXT"), SECTION_TEXT },
	{ STR("MIME"), SECTION_MIME },
};

/* header-list = "(" header-fld-name *(SP header-fld-name) ")" */
static void
header_list(struct scan *s, struct section *sec)
{
	scan_need(s, ' ', "expected a list of field names");
	scan_need(s, '(', "expected a list of field names");
	sec->fields = arena_array(s->a, FIELDS_MAX, sizeof(*sec->fields));
	do {
		if (sec->nfields == FIELDS_MAX) {
			scan_over(s, "Too many field names");
			return;
		}
		sec->fields[sec->nfields++] = scan_astring(s);
	} while (scan_opt(s, ' '));
	scan_need(s, ')', "expected a field name or the end of the list");
}

static void
section_msgtext(struct scan *s, struct section *sec)
{
	int text = scan_word(s, section_texts, NELEM(section_texts),
	    "no such section");

	if (!scan_ok(s))
		return;
	sec->text = (enum section_text)text;
	/* RFC 3501 6.4.5: MIME MUST be prefixed by part numbers. */
	if (sec->text == SECTION_MIME && sec->npart == 0)
		scan_fail(s, "MIME without a part number");
	if (sec->text == SECTION_FIELDS || sec->text == SECTION_FIELDS_NOT)
		header_list(s, sec);
}

/* section-part = nz-number *("." nz-number); true if a "." and no number
 * follows: a section-text must come. */
static bool
section_part(struct scan *s, struct section *sec)
{
	int c = rd_peek(&s->r);

	if (c < '0' || c > '9')
		return c != ']';
	sec->part = arena_array(s->a, PARTS_MAX, sizeof(*sec->part));
	do {
		c = rd_peek(&s->r);
		if (c < '0' || c > '9')
			return true;
		if (sec->npart == PARTS_MAX) {
			scan_over(s, "Too many part numbers");
			return false;
		}
		sec->part[sec->npart++] = scan_nz_number(s);
	} while (scan_opt(s, '.'));
	return false;
}

void
scan_section_text(struct scan *s, struct section *sec)
{
	if (section_part(s, sec))
		section_msgtext(s, sec);
}

/* section = "[" [section-spec] "]" ["<" number "." nz-number ">"] */
static void
section_spec(struct scan *s, struct section *sec)
{
	bool text;

	scan_need(s, '[', "no such item to fetch");
	text = section_part(s, sec);
	if (text && sec->item != ITEM_BODY)
		scan_fail(s, "expected a part number");
	if (text)
		section_msgtext(s, sec);
	scan_need(s, ']', "not a well-formed section");
	if (sec->item == ITEM_BINARY_SIZE || !scan_opt(s, '<'))
		return;
	sec->partial = true;
	sec->offset = scan_number64(s);
	scan_need(s, '.', "not a well-formed partial");
	sec->length = scan_number64(s);
	if (sec->length == 0)
		scan_fail(s, "a partial of no octets");
	scan_need(s, '>', "not a well-formed partial");
}

static void
section_item(struct scan *s, struct fetch_att *f,
    const struct section_row *row)
{
	struct section *sec;

	if (f->nsection == SECTIONS_MAX) {
		scan_over(s, "Too many sections");
		return;
	}
	if (!f->section)
		f->section = arena_array(s->a, SECTIONS_MAX,
		    sizeof(*f->section));
	sec = &f->section[f->nsection++];
	*sec = (struct section){ .item = row->item, .text = row->text,
		.peek = row->peek };
	if (row->brackets)
		section_spec(s, sec);
}

/* PREVIEW [SP "(" "LAZY" ")"]                              RFC 8970 6 */
static void
plain_item(struct scan *s, struct fetch_att *f, uint32_t item)
{
	f->items |= item;
	if (item == FETCH_PREVIEW)
		(void)scan_opt_text(s, STR(" (LAZY)"));
}

static void
one_item(struct scan *s, struct fetch_att *f, struct str name)
{
	bool bracket = rd_peek(&s->r) == '[';
	int item = word_find(plain_items, NELEM(plain_items), name);

	if (!bracket && item >= 0) {
		plain_item(s, f, (uint32_t)item);
		return;
	}
	for (size_t i = 0; i < NELEM(section_items); i++) {
		const struct section_row *row = &section_items[i];

		if (row->brackets == bracket && str_eqi(row->name, name)) {
			section_item(s, f, row);
			return;
		}
	}
	scan_fail(s, "no such item to fetch");
}

struct fetch_att
scan_fetch_att(struct scan *s)
{
	static const char want[] = "expected an item to fetch";
	struct fetch_att f = { 0 };
	struct str name;
	int macro;

	if (!scan_opt(s, '(')) {
		name = scan_name(s, want);
		macro = word_find(macros, NELEM(macros), name);
		if (macro >= 0)
			f.items = (uint32_t)macro;
		else
			one_item(s, &f, name);
		return f;
	}
	do
		one_item(s, &f, scan_name(s, want));
	while (scan_opt(s, ' '));
	scan_need(s, ')', "expected an item to fetch or the end of the list");
	return f;
}

bool
fetch_sets_seen(const struct fetch_att *f)
{
	for (size_t i = 0; i < f->nsection; i++) {
		if (!f->section[i].peek)
			return true;
	}
	return false;
}

static void
put_fields(struct buf *b, const struct section *sec)
{
	buf_lit(b, " (");
	for (size_t i = 0; i < sec->nfields; i++) {
		if (i)
			buf_chr(b, ' ');
		reply_astring(b, sec->fields[i]);
	}
	buf_chr(b, ')');
}

void
section_put_name(struct buf *b, const struct section *sec)
{
	static const struct str items[] = {
		[ITEM_BODY] = STR("BODY"),
		[ITEM_RFC822] = STR("RFC822"),
		[ITEM_RFC822_HEADER] = STR("RFC822.HEADER"),
		[ITEM_RFC822_TEXT] = STR("RFC822.TEXT"),
		[ITEM_BINARY] = STR("BINARY"),
		[ITEM_BINARY_SIZE] = STR("BINARY.SIZE"),
	};
	static const struct str texts[] = {
		[SECTION_HEADER] = STR("HEADER"),
		[SECTION_FIELDS] = STR("HEADER.FIELDS"),
		[SECTION_FIELDS_NOT] = STR("HEADER.FIELDS.NOT"),
		[SECTION_TEXT] = STR("TEXT"),
		[SECTION_MIME] = STR("MIME"),
	};

	buf_str(b, items[sec->item]);
	if (sec->item == ITEM_RFC822 || sec->item == ITEM_RFC822_HEADER ||
	    sec->item == ITEM_RFC822_TEXT)
		return;
	buf_chr(b, '[');
	for (size_t i = 0; i < sec->npart; i++) {
		if (i)
			buf_chr(b, '.');
		buf_u64(b, sec->part[i]);
	}
	if (sec->text != SECTION_ALL && sec->npart)
		buf_chr(b, '.');
	buf_str(b, texts[sec->text]);
	if (sec->nfields)
		put_fields(b, sec);
	buf_chr(b, ']');
	/* RFC 3501 7.4.2: only the origin octet comes back. */
	if (sec->partial)
		buf_printf(b, "<%ju>", (uintmax_t)sec->offset);
}
