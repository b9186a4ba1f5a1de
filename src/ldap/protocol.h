/*
 * protocol.h - what is said to an LDAP server, and what it answers: octets to
 * structs and back, no I/O.                              RFC 4511, RFC 2696
 *
 * All that a server says is from outside. Strs of what is read point into it.
 */
#pragma once
#include "base/buf.h"
#include "base/rd.h"

enum {
	LDAP_MESSAGE_MAX = 1 << 20,	/* octets of one */
	LDAP_COOKIE_MAX = 4096,
	LDAP_WORDS_MAX = 1000,		/* what a server gives as its reason */
};

/* RFC 4511 4.1.9, those that are told apart here. */
enum ldap_code {
	LDAP_SUCCESS = 0,
	LDAP_SIZE_LIMIT = 4,
	LDAP_CONSTRAINT = 19,		/* tried too often, some say */
	LDAP_NO_SUCH_OBJECT = 32,
	LDAP_INVALID_DN = 34,
	LDAP_INAPPROPRIATE_AUTH = 48,	/* the entry has no password */
	LDAP_INVALID_CREDENTIALS = 49,
	LDAP_NO_ACCESS = 50,
	LDAP_UNWILLING = 53,
};

enum ldap_op {
	LDAP_BIND_RESPONSE = 0x61,
	LDAP_ENTRY = 0x64,
	LDAP_SEARCH_DONE = 0x65,
	LDAP_REFERENCE = 0x73,
	LDAP_EXTENDED_RESPONSE = 0x78,
	LDAP_INTERMEDIATE = 0x79,
};

struct ldap_message {
	uint32_t id;		/* 0: nobody asked */
	uint8_t op;		/* enum ldap_op */
	/* Of a result. */
	uint32_t code;
	struct str words;
	struct str cookie;	/* of a page; empty: it was the last */
	/* Of an entry. */
	struct str dn;
	struct str attributes;	/* for ldap_attribute() */
};
/* False: it is no message. Others than those above have nothing but an id. */
must_check bool ldap_read(struct str octets, struct ldap_message *m);

/* One attribute of an entry after the other: its name without options, and its
 * values for ldap_value(). False at the end: rd_done() of r says whether that
 * was a good one. */
bool ldap_attribute(struct rd *r, struct str *name, struct rd *values);
bool ldap_value(struct rd *values, struct str *value);

/* What is said. Each is one whole message. */
void ldap_put_bind(struct buf *b, uint32_t id, struct str dn,
    struct str password);
void ldap_put_starttls(struct buf *b, uint32_t id);
void ldap_put_unbind(struct buf *b, uint32_t id);
struct ldap_search {
	struct str base, filter;
	struct str attributes;	/* names, a space between */
	uint32_t page;
	struct str cookie;	/* what the page before ended with */
	uint32_t time_s;
};
/* False: the filter is none. */
must_check bool ldap_put_search(struct buf *b, uint32_t id,
    const struct ldap_search *s);
