/*
 * logins.h - postern account logins: who came in as somebody, from where.
 */
#pragma once
#include "admin/operator.h"
#include "admin/options.h"

/* What vault wrote into the journal about this address in the last o->days.
 * E_NOTFOUND if that is nothing, and the account is not known either. */
int logins_print(struct admin *a, struct operator *op, const struct options *o,
    struct str address, bool known, struct err *err);
