/*
 * record.h - the atoms of a record of facts.
 *
 * Internal to mime/. A record is
 *
 *   version (1 octet), flags (le16), sent (le64), zone (le16), then numbers:
 *   received, parts, size, header, lines, longest; then texts: message id,
 *   in-reply-to, references, base subject, preview, part table, descriptions,
 *   lines, which may be absent. Nothing follows. Version 2 has no lines.
 *
 * A number is 7 bits an octet, low ones first, the top bit says that more
 * come. A text is its length as a number, then its octets. What may be absent
 * is 0, or its length and one as a number, then its octets. A list is a text
 * that holds its members one after the other: texts, or pairs of them, or
 * addresses. An address is its kind, then of a mailbox its name and its route
 * (each may be absent), its local part and its host; of a group its name.
 *
 * The part table has for each part, in the order of the message: its kind, its
 * depth, where its header begins (less the one before), the length of its
 * header, the length of its body, which follows it, the lines of its body. The
 * descriptions have in the same order: an envelope where it is a message; then
 * type, subtype, parameters (pairs), id, description, encoding, MD5,
 * disposition, its parameters, languages (texts), location. All of them may be
 * absent but the lists.
 *
 * An envelope is date, subject, the addresses From, Sender, Reply-To, To, Cc,
 * Bcc, then In-Reply-To and Message-ID; the texts may be absent.
 */
#pragma once
#include "base/buf.h"
#include "base/rd.h"

void rec_put(struct buf *out, uint64_t v);
void rec_put_str(struct buf *out, struct str s);
/* .p is NULL: absent. */
void rec_put_opt(struct buf *out, struct str s);
/* What was gathered, as a text; out fails where it has. */
void rec_put_list(struct buf *out, const struct buf *list);

/* Sticky error at what is no number, as in rd.h. Most are one octet. */
uint64_t rec_num_long(struct rd *r);
static inline uint64_t
rec_num(struct rd *r)
{
	int octet = rd_peek(r);

	if (octet < 0 || octet >= 0x80)
		return rec_num_long(r);
	r->p++;
	return (uint64_t)octet;
}

/* n octets, of which the cursor may have fewer. */
static inline struct str
rec_octets(struct rd *r, uint64_t n)
{
	struct str s = { r->p, (size_t)n };

	if (n > rd_left(r)) {
		rd_fail(r);
		return STR_NULL;
	}
	r->p += s.n;
	return s;
}
static inline struct str
rec_str(struct rd *r)
{
	return rec_octets(r, rec_num(r));
}
static inline struct str
rec_opt(struct rd *r)
{
	uint64_t n = rec_num(r);

	return n > 0 ? rec_octets(r, n - 1) : STR_NULL;
}
