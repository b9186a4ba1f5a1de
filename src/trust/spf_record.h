/*
 * spf_record.h - an SPF record as terms.              RFC 7208 4.6, 5, 6, 12
 *
 * All of a record is looked at before any of it is evaluated: one wrong octet
 * anywhere and none of it counts (4.6). Pure.
 */
#pragma once
#include "base/arena.h"
#include "base/ip.h"

enum {
	SPF_RECORD_MAX = 16384,	/* octets; a longer one is wrong */
	SPF_TERMS_MAX = 1000,
};

enum spf_result { SPF_NONE, SPF_NEUTRAL, SPF_PASS, SPF_FAIL, SPF_SOFTFAIL,
	SPF_TEMPERROR, SPF_PERMERROR };

enum spf_kind { SPF_ALL, SPF_INCLUDE, SPF_A, SPF_MX, SPF_PTR, SPF_IP4,
	SPF_IP6, SPF_EXISTS };

struct spf_term {
	enum spf_kind kind;
	enum spf_result qualifier;	/* what a match of it means */
	struct str text;	/* as it was written */
	struct str domain;	/* a domain-spec; empty: the domain itself */
	struct ip ip;		/* of ip4 and ip6 */
	unsigned bits4, bits6;	/* what of an address has to match */
};

struct spf_record {
	struct spf_term *term;	/* mechanisms, in order */
	size_t n;
	struct str redirect, exp; /* domain-specs; empty: none */
	bool all;		/* "all" is there: no redirect counts (5.1) */
};

/* Does it begin with "v=spf1" and a space, or nothing else?            4.5 */
bool spf_is_record(struct str text);
/* False if it is wrong: *wrong is the term that is, in text. The record's
 * strs point into text. */
must_check bool spf_parse(struct str text, struct arena *a,
    struct spf_record *out, struct str *wrong);
