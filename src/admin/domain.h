/*
 * domain.h - what commands share about domains.
 */
#pragma once
#include "admin/operator.h"

/* Is mail taken for it? */
int domain_known(struct operator *op, struct str name, bool *known,
    struct err *err);
/* The records to publish for it, on stdout; makes its keys if it has none. */
int domain_dns(struct admin *a, struct operator *op, struct str name,
    bool json, struct err *err);
