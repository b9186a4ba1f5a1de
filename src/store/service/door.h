/*
 * door.h - what strangers do too often, over all workers of mx and front.
 *
 * mx says from where a recipient is asked for, and what went wrong in a
 * session; vault whose login failed. All of it is counted here (rates.h), and
 * whoever goes over a limit that says enough about them is banned for a while
 * (policy/auto_bans.c). Everything here belongs to the loop's thread.
 */
#pragma once
#include "store/service/service.h"

struct door;
/* Has the writer ban a network for a while; copies it. */
typedef void door_ban_fn(struct service *s, const struct ban_auto_ask *ask);
struct door *door_new(struct service *s, door_ban_fn *ban);
void door_free(struct door *d);		/* NULL is fine */

/* May this network have one more, and this recipient? False: answer is what
 * they are told (RCPT_LATER). */
bool door_may_ask(struct door *d, const struct rcpt_ask *ask,
    struct rcpt_answer *answer);
/* That is what became of it; the answer may become another. */
void door_asked(struct door *d, const struct rcpt_ask *ask,
    struct rcpt_answer *answer);
/* May its sender be told that this recipient has it, if they ask for that? Of
 * 100 an hour for one network. */
bool door_may_be_told(struct door *d, const struct rcpt_ask *ask);
/* One more message of a domain that is proven: how many seconds until it may
 * come; 0: now, and it is counted (not for a CHECKER, who only looks). */
uint32_t door_weigh(struct door *d, const struct weigh_ask *ask, bool counts);
/* May what waits for this name be sent for once more? E_LIMIT: not now. */
int door_etrn(struct door *d, const struct etrn_ask *ask, struct err *err);
/* By vault: an address, as text. */
void door_login_failed(struct door *d, struct str peer);
void door_strike(struct door *d, const struct strike_ask *ask);
