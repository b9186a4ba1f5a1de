/*
 * filter.h - a filter of a search, from its text to what is sent. RFC 4515, RFC
 * 4511 4.5.1.7
 *
 * The text is the operator's: nothing that anybody types at a login ever comes
 * into one.
 */
#pragma once
#include "base/buf.h"

/* False, and *b may hold a part: it is none. */
must_check bool ldap_filter_put(struct str text, struct buf *b);
