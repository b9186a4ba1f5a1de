/*
 * vacation.h - postern account vacation: what is answered for somebody who is
 * away, and its end.
 */
#pragma once
#include "admin/operator.h"
#include "admin/options.h"

int vacation_print(struct admin *a, struct operator *op,
    const struct options *o, struct str address, struct err *err);
int vacation_end(struct operator *op, struct str address, struct err *err);
