/*
 * address.h - addresses as store compares and keeps them. Pure.
 *
 * A domain is ASCII: beyond that a name has its A-label (RFC 5890), which is
 * made by who reads it from outside (dns/name.h). Other octets in a domain are
 * those of no address.
 */
#pragma once
#include "base/arena.h"

enum {
	ADDRESS_LOCAL_MAX = 64, ADDRESS_DOMAIN_MAX = 255, /* RFC 5321 4.5.3.1 */
	ADDRESS_PATH_MAX = 254,	/* 4.5.3.1.3, without the brackets */
};

/* What an address is here: resolve.h. */
enum address_kind {
	ADDRESS_REMOTE,		/* its domain is not of this server */
	ADDRESS_UNKNOWN,	/* it is, and nobody has the address */
	ADDRESS_ACCOUNT,
	ADDRESS_ALIAS,
	ADDRESS_SRS,		/* looks like a rewritten one: srs.h */
	ADDRESS_RELAYED,	/* of a domain that is passed on */
	ADDRESS_NO_MAIL,	/* of one that is here and takes no mail */
};
/* Nobody here has it. */
static inline bool
address_is_nobodys(enum address_kind kind)
{
	return kind == ADDRESS_REMOTE || kind == ADDRESS_UNKNOWN ||
	    kind == ADDRESS_RELAYED || kind == ADDRESS_NO_MAIL;
}

/* Split and lower for comparing; false if it is no address of ours to keep
 * (length, control octets, spaces, no @). Strs live in the arena. */
bool address_key(struct str address, struct arena *a, struct str *domain,
    struct str *local);
/* Can mail be taken for it? NULL, or what is wrong with the name: a URL, an
 * address, one word, something that DNS would not have. */
const char *domain_is_wrong(struct str name);
bool domain_key(struct str name, struct arena *a, struct str *domain);
/* What may stand before the @, of any length. */
bool address_is_local(struct str local);
/* May it stand in a header field of ours? Empty is fine. */
bool address_is_safe(struct str address);
/* Dot-string "@" Domain, a local part of SMTPUTF8 among them: neither quotes
 * nor literals nor anything that would need them. RFC 5321 4.1.2, RFC 6531
 * 3.3. The length of the local part is not looked at. */
bool address_is_plain(struct str address);
bool domain_is_plain(struct str name);
