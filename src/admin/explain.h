/*
 * explain.h - why a message went where it went: what the journal says of it, as
 * sentences in the order in which it counted, and the commands that would
 * change it.
 */
#pragma once
#include "admin/trace.h"

void explain_print(struct arena *a, const struct trace_message *m, size_t n,
    int64_t now);
void explain_print_json(struct arena *a, const struct trace_message *m,
    size_t n);
