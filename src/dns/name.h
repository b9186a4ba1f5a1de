/*
 * name.h - domain names as they are asked for.  RFC 1035 2.3.4, 5890, UTS 46
 *
 * A name has one form inside: its A-label. Who reads one from outside (a
 * command of SMTP, a login, a field, a file, what the operator types) makes it
 * so at once; store compares octets. People are shown the other form.
 */
#pragma once
#include "base/arena.h"

enum { DNS_NAME_MAX = 253, DNS_LABEL_MAX = 63 };

/* What a label of ours may be made of: visible ASCII without what has a
 * meaning in text (the dot, the backslash and quotes). */
static inline bool
dns_name_octet(char c)
{
	return c > ' ' && c < 0x7f && c != '.' && c != '\\' && c != '"';
}

/* UTF-8 or ASCII to ASCII in lower case without the last dot; U-labels become
 * A-labels (not transitional). False if it can be no name: empty, a label
 * empty or too long, all of it too long, or octets that none has. */
bool dns_name(struct str text, struct arena *a, struct str *name);
/* The same of a name that may be one of ours: ASCII stays as it is written,
 * whatever it is. */
bool dns_a_label(struct str text, struct arena *a, struct str *name);
/* An address with its domain in that form. The local part is somebody else's
 * and stays as it is; what has no domain, too. False, and *out is the address:
 * its domain can be no name, or it would be of more than 320 octets. */
bool dns_address(struct str address, struct arena *a, struct str *out);

/* A name, or an address, as people read it: with U-labels, where these lead
 * back to the same name; everything else as it is. */
struct str dns_shown(struct str text, struct arena *a);
