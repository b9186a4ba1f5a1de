/*
 * fetch_binary.c - what is in a part, its content transfer encoding undone.
 *                                               RFC 3516 4, RFC 9051 6.4.5
 *
 * A literal says first how long it is, and whether there are NULs in it, so
 * what has to be decoded is read twice. Nothing of it is kept.
 */
#include "imap/fetch_body.h"
#include "mime/transfer.h"

enum { ENOUGH = 1 };	/* nothing behind this is asked for */

struct decoding {
	struct section_out *to;
	struct transfer transfer;
	uint64_t skip, left;		/* octets before, and of, the partial */
	bool send;			/* else they are only looked at */
};

/* The part that a section names, in its own words; false if the facts say
 * nothing of it. */
static bool
find_part(const struct facts *f, const struct section *sec,
    struct facts_part *p)
{
	struct facts_walk w = facts_walk_of(f);
	uint64_t offset, len;

	if (facts_section(f, sec->part, sec->npart, FACTS_MIME, &offset,
	    &len) < 0)
		return false;
	while (facts_next_part(&w, p)) {
		if (p->header_off == offset && p->header_len == len)
			return true;
	}
	return false;
}

/* Octets decoded: those that are asked for go out, or are looked at. */
static int
take_decoded(struct decoding *d, struct str octets)
{
	size_t skip = d->skip < octets.n ? (size_t)d->skip : octets.n;

	d->skip -= skip;
	octets = str_from(octets, skip);
	octets.n = d->left < octets.n ? (size_t)d->left : octets.n;
	d->left -= octets.n;
	if (octets.n == 0)
		return 0;
	if (d->send)
		return section_send(d->to, octets);
	d->to->nul |= str_chr(octets, '\0') < octets.n;
	d->to->len += octets.n;
	return 0;
}

static int
decode_octets(void *arg, struct str octets)
{
	struct decoding *d = arg;
	auto_buf b = BUF_INIT(octets.n + sizeof(d->transfer.escape));
	int e;

	transfer_more(&d->transfer, octets, &b);
	bug_if(buf_failed(&b));
	fiber_yield(d->to->s->d.loop);
	e = take_decoded(d, buf_get(&b));
	return e == 0 && d->left == 0 ? ENOUGH : e;
}

/* Read the part, decoded, as far as it is asked for. */
static int
walk_part(struct decoding *d, const struct mail_message *m,
    struct octet_range encoded, struct str encoding, struct err *err)
{
	auto_buf rest = BUF_INIT(sizeof(d->transfer.escape));
	const struct section *sec = d->to->sec;
	int e;

	d->skip = sec->partial ? sec->offset : 0;
	d->left = sec->partial ? sec->length : UINT64_MAX;
	d->transfer = transfer_of(encoding);
	e = message_read(m, encoded, decode_octets, d, err);
	if (e != 0)
		return e == ENOUGH ? 0 : e;
	transfer_end(&d->transfer, &rest);
	return take_decoded(d, buf_get(&rest));
}

int
imap_put_binary(struct section_out *to, const struct mail_message *m,
    const struct facts *f, struct err *err)
{
	bool size = to->sec->item == ITEM_BINARY_SIZE;
	struct decoding d = { .to = to };
	struct octet_range encoded;
	struct facts_part p = { 0 };
	struct str encoding = STR_NULL;
	int e = message_section(m, f, FACTS_BODY_ALL, to->sec->part,
	    to->sec->npart, &encoded, err);

	if (e == E_NOTFOUND) {		/* an answer, not a failure */
		section_put_name(to->before, to->sec);
		buf_str(to->before, size ? STR(" 0") : STR(" NIL"));
		return 0;
	}
	/* What has parts, or is a message, is octets as they stand. */
	if (e >= 0 && find_part(f, to->sec, &p) && p.kind == PART_LEAF)
		encoding = p.encoding;
	if (e >= 0 && !transfer_known(encoding))
		e = err_set(err, E_INVALID, "no such encoding");
	if (e >= 0)
		e = walk_part(&d, m, encoded, encoding, err);
	if (size) {		/* a number, whatever there is */
		section_put_name(to->before, to->sec);
		buf_printf(to->before, " %ju",
		    (uintmax_t)(e >= 0 ? to->len : 0));
		return e;
	}
	d.send = true;
	if (e >= 0 && to->len == 0)
		section_begin(to);
	else if (e >= 0)
		e = walk_part(&d, m, encoded, encoding, err);
	return section_end(to, e);
}
