/*
 * quota.h - what an account may have, and has.                     RFC 9425
 */
#pragma once
#include "jmap/set.h"

enum { QUOTA_STATE_MAX = 104 };	/* six numbers in hex, dots between */

/* 0 or E_*; suspends. */
int quota_state(const struct account *a, char state[QUOTA_STATE_MAX],
    struct err *err);
