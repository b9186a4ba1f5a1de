/*
 * fetch_body.c - octets of a message: BODY[...], RFC822 and the like.
 *
 * A literal's length is a promise, and who breaks it loses the connection, and
 * loses it again when the client comes back for the same message. So what is
 * damaged is known before the length is said (blob_read() looks at all that is
 * wanted first): the section is NIL and the command ends with NO. To serve the
 * good octets and fill up the others would look like a message, and clients
 * keep what they got. Only damage that comes up in between is filled up.
 */
#include "imap/fetch_body.h"

#include "mime/header.h"

/* Short ones go out together with what is around them: a list of header fields
 * would be two writes a message. */
enum { SHORT = 16384 };

void
section_begin(struct section_out *to)
{
	to->here = to->len <= SHORT;
	if (to->before->n > SHORT)
		imap_write_out(to->s, to->before);
	section_put_name(to->before, to->sec);
	if (to->len)
		buf_printf(to->before, to->nul ? " ~{%ju}\r\n" :
		    " {%ju}\r\n", (uintmax_t)to->len);
	else
		buf_lit(to->before, " \"\"");
	if (!to->here)
		imap_write_out(to->s, to->before);
	to->begun = true;
}

int
section_send(void *arg, struct str octets)
{
	struct section_out *to = arg;

	if (!to->begun)
		section_begin(to);
	dialogue_deadline(&to->s->d, IMAP_COMMAND_MS);
	to->sent += octets.n;
	if (to->here) {
		buf_str(to->before, octets);
		return stream_failed(to->s->d.stream);
	}
	return stream_write(to->s->d.stream, octets);
}

/* What is missing of a literal that was announced, said in the place where it
 * is missing. */
static int
fill_up(struct section_out *to)
{
	struct str text = STR("\r\n[The rest of this is damaged on the "
	    "server's disk and was left out.]\r\n");
	int e = 0;

	while (e >= 0 && to->sent < to->len) {
		e = section_send(to, str_first(text,
		    (size_t)(to->len - to->sent < text.n ? to->len - to->sent
							  : text.n)));
		text = STR("                                        "
		    "                                        ");
	}
	return e;
}

int
section_end(struct section_out *to, int e)
{
	if (e >= 0)
		return 0;
	if (to->begun && e == E_DAMAGED && fill_up(to) >= 0)
		return e;
	if (to->begun) {
		/* Half a literal: there is no way to go on. */
		to->s->state = STATE_LOGOUT;
		return e;
	}
	/* RFC 9051 7.5.2: the line must be whole, whatever happened. */
	section_put_name(to->before, to->sec);
	buf_lit(to->before, " NIL");
	return e;
}

static enum facts_what
section_facts(const struct section *sec)
{
	static const enum facts_what whats[] = {
		[SECTION_ALL] = FACTS_BODY_ALL,
		[SECTION_HEADER] = FACTS_HEADER,
		[SECTION_FIELDS] = FACTS_HEADER,
		[SECTION_FIELDS_NOT] = FACTS_HEADER,
		[SECTION_TEXT] = FACTS_TEXT,
		[SECTION_MIME] = FACTS_MIME,
	};

	return whats[sec->text];
}

/* RFC 3501 6.4.5: what is beyond the end is cut. */
static void
section_clip(const struct section *sec, struct octet_range *r)
{
	uint64_t skip = sec->offset < r->len ? sec->offset : r->len;

	if (!sec->partial)
		return;
	r->offset += skip;
	r->len -= skip;
	if (r->len > sec->length)
		r->len = sec->length;
}

bool
section_is_listed(const struct section *sec)
{
	return sec->text == SECTION_FIELDS && sec->npart == 0 &&
	    fields_are_listed(sec->fields, sec->nfields);
}

int
imap_put_section(struct imap_session *s, struct buf *out,
    const struct section *sec, const struct mail_message *m,
    const struct facts *f, struct err *err)
{
	bool except = sec->text == SECTION_FIELDS_NOT;
	bool by_name = sec->text == SECTION_FIELDS || except;
	auto_buf fields = BUF_INIT(MESSAGE_HEADER_MAX + 2);
	struct section_out to = { .s = s, .before = out, .sec = sec };
	struct octet_range r;
	int e;

	if (sec->item == ITEM_BINARY || sec->item == ITEM_BINARY_SIZE)
		return imap_put_binary(&to, m, f, err);
	e = message_section(m, f, section_facts(sec), sec->part, sec->npart,
	    &r, err);
	if (e == E_NOTFOUND) {
		/* No such section: that is an answer, not a failure. */
		section_put_name(out, sec);
		buf_lit(out, " NIL");
		return 0;
	}
	if (e >= 0 && by_name) {
		if (f->listed.p && section_is_listed(sec))
			header_select(&fields, f->listed, sec->fields,
			    sec->nfields, false);
		else
			e = message_fields(m, r, sec->fields, sec->nfields,
			    except, &fields, err);
		r = (struct octet_range){ 0, fields.n };
	}
	if (e >= 0) {
		section_clip(sec, &r);
		to.len = r.len;
		if (r.len == 0)
			section_begin(&to);
		else if (by_name)
			e = section_send(&to, str_first(str_from(
			    buf_get(&fields), (size_t)r.offset),
			    (size_t)r.len));
		else
			e = message_read(m, r, section_send, &to, err);
	}
	return section_end(&to, e);
}
