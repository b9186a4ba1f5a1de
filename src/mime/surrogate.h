/*
 * surrogate.h - a header for those who know ASCII only.           RFC 6858
 *
 * What such a reader cannot be shown as it is, is shown in another way: an
 * address beyond ASCII becomes one that is nobody's, with a name that tells
 * (2.1), a Subject and names become encoded words (2.3); parameters (2.2) and
 * all other fields (2.4) are left out. Fields of ASCII stay octet for octet.
 */
#pragma once
#include "base/buf.h"

/* The most octets that become of a header of n octets. */
#define SURROGATE_MAX(n) (32 * (n) + 256)

/* Append what becomes of a header, its blank line (if it has one) included:
 * ASCII only, but for a header that is not UTF-8. That stays as it is: it is
 * mail of the time before, in a charset that nobody has named. */
void surrogate_header(struct buf *out, struct str header);
