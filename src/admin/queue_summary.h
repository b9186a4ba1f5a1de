/*
 * queue_summary.h - the queue in a few lines: `postern queue`.
 */
#pragma once
#include "admin/admin.h"
#include "admin/operator.h"

int queue_summary(struct admin *a, struct operator *op, bool json,
    struct err *err);
/* "3 recipients of 2 messages", without a line end. */
void queue_count_print(uint64_t recipients, uint64_t messages);
