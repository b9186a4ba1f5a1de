/*
 * ber.h - the part of BER that LDAP is written in: tags of one octet, definite
 * lengths.                                       X.690, RFC 4511 5.1
 */
#pragma once
#include "base/buf.h"
#include "base/rd.h"

enum {
	BER_BOOLEAN = 0x01,
	BER_INTEGER = 0x02,
	BER_OCTETS = 0x04,
	BER_ENUMERATED = 0x0a,
	BER_SEQUENCE = 0x30,
	BER_SET = 0x31,
};

/* One value: its tag, and the octets it is. Sticky error of r where there is
 * none, or one that is longer than what is left. */
struct ber {
	uint8_t tag;
	struct str octets;
};
struct ber ber_take(struct rd *r);
/* The same, which has to have this tag. */
struct str ber_need(struct rd *r, uint8_t tag);
/* The same of a number from 0 to INT32_MAX. */
uint32_t ber_number(struct rd *r, uint8_t tag);

/* How long the value is that p begins with, with its head: false as long as
 * that is not known. *total 0: it is longer than most, or none of these. */
bool ber_measure(struct str p, size_t most, size_t *total);

/* What is written between begin and end is one value. */
size_t ber_begin(struct buf *b, uint8_t tag);
void ber_end(struct buf *b, size_t began);
void ber_put(struct buf *b, uint8_t tag, struct str octets);
void ber_put_number(struct buf *b, uint8_t tag, uint32_t v);
void ber_put_boolean(struct buf *b, uint8_t tag, bool v);
