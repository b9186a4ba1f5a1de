/*
 * sweeping.h - a walk over what is kept of accounts beside the database, to
 * remove what is of nobody any more.
 */
#pragma once
#include "store/engine/engine_int.h"

struct sweeping {
	struct reader *r;
	uint64_t account;	/* whose things are looked at */
	struct VEC(uint64_t) accounts;
};

/* Is the account gone? Else it is put to the accounts of this struct sweeping,
 * which is the caller's to free. */
bool sweeping_account_gone(void *sweeping, uint64_t account);
