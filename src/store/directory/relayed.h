/*
 * relayed.h - domains whose mail is taken here and passed on.
 */
#pragma once
#include "store/directory/resolve.h"

/* Is there such an address in a domain that is passed on? Those named, with
 * whatever behind the delimiter; any where "*" is; and who answers for the
 * domain (RFC 5321 4.5.1). local is in lower case. */
int relayed_has(struct sql *q, struct str domain, struct str local, bool *yes,
    struct err *err);
