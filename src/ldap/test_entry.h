/*
 * test_entry.h - for tests: an entry as a server sends it.
 */
#pragma once
#include "ldap/ber.h"
#include "ldap/protocol.h"

/* "mail=a@b\0mail=c@d\0": an attribute each. */
static inline struct str
entry_attributes(struct buf *b, struct str pairs)
{
	while (pairs.n > 0) {
		struct str one, name, value;
		size_t at, in;

		(void)str_cut(pairs, '\0', &one, &pairs);
		(void)str_cut(one, '=', &name, &value);
		at = ber_begin(b, BER_SEQUENCE);
		ber_put(b, BER_OCTETS, name);
		in = ber_begin(b, BER_SET);
		ber_put(b, BER_OCTETS, value);
		ber_end(b, in);
		ber_end(b, at);
	}
	return buf_get(b);
}
