/*
 * reports_received.h - what others have told us: postern reports received, each
 * and show.
 */
#pragma once
#include "admin/operator.h"

/* Added up, by domain and who sent in its name, or whose TLS it was about.
 * domain: only it and what is below it; empty: all. */
int reports_received(struct operator *op, struct str domain, bool json,
    struct err *err);
/* One by one. */
int reports_each(struct operator *op, struct str domain, bool json,
    struct err *err);
/* All of one. */
int reports_show(struct operator *op, struct arena *a, uint64_t report,
    bool json, struct err *err);
