/*
 * public_suffix.h - which part of a name somebody has registered, by the Public
 * Suffix List: of www.example.co.uk it is example.co.uk. For telling whose a
 * link is; DMARC asks DNS instead (RFC 9989 4.10).
 */
#pragma once
#include "base/str.h"

/* Take the newer of the list that libpsl was built with and Debian's file
 * (package publicsuffix); before the walls of a role close. Calling it again
 * does nothing. Without it the one that libpsl was built with is used. */
void public_suffix_prepare(void);

/* The end of the name, in lower case as dns_name() makes it, that was
 * registered; empty where the whole name is a suffix of many, or is none. */
struct str public_suffix_registered(struct str name);

/* Does the name end in something that the list names? (It takes every other
 * last label for a suffix.) */
bool public_suffix_listed(struct str name);
