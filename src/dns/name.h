/*
 * name.h - domain names as they are asked for.  RFC 1035 2.3.4, 5890, UTS 46
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
