/*
 * deliver_by.h - may a message be there by the time that is asked for, whatever
 * protocol says it?                               RFC 2852 4, RFC 4865 5.2.2
 */
#pragma once
#include "store/client.h"

/* Its by_mode, so many seconds from now: e->deliver_by. In words for the
 * person: E_LIMIT, that is less than least_s for one that comes back else;
 * E_INVALID, it leaves only then. */
int deliver_by_begin(struct envelope *e, int32_t by_s, uint32_t least_s,
    int64_t now, struct err *err);
