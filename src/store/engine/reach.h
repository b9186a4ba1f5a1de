/*
 * reach.h - where a person's ask becomes one of somebody else's mailbox: the
 * one place that decides it. RFC 4314
 *
 * The functions of calls know nothing of it. They see whose mailbox it is as
 * caller->account, its name and its number as they are there, and (where it
 * matters) by caller_reader() and caller_rights() that it is not the asker's.
 *
 * Each call says in the table (store/messages.h) what it names and which
 * rights that takes: all of `needs`, or one of `one_of`. Who has them not is
 * told E_NORIGHT, but who has no `l` either E_NOTFOUND, as if there were none.
 */
#pragma once
#include "store/engine/engine.h"
#include "store/rights.h"
#include "store/sql/sql.h"

#define REACH_AT(n, field) (1 + offsetof(struct n##_ask, field))
#define REACH_NAME(n, rights) .name = REACH_AT(n, name), .name_needs = (rights)
#define REACH_NUMBER(n, rights) \
	.number = REACH_AT(n, mailbox), .number_needs = (rights)
#define REACH_own(n) { 0 }
#define REACH_read(n) { REACH_NUMBER(n, RIGHT_r) }
#define REACH_named(n) { REACH_NAME(n, RIGHT_r) }
#define REACH_asks(n) { REACH_NAME(n, 0), .one_of = RIGHTS_asks }
/* RFC 5464 3.3 */
#define REACH_noted(n) \
	{ REACH_NAME(n, RIGHT_l), .one_of = RIGHTS_notes }
#define REACH_rule(n) { REACH_NAME(n, RIGHT_a) }
/* Which flags is flags.c's to say. */
#define REACH_flag(n) { REACH_NUMBER(n, RIGHT_r) }
#define REACH_expunge(n) { REACH_NUMBER(n, RIGHT_r | RIGHT_e) }
#define REACH_copy(n) \
	{ REACH_NUMBER(n, RIGHT_r), REACH_NAME(n, RIGHT_i), .second = true }
/* RFC 6851 4.2 */
#define REACH_move(n)                                               \
	{ REACH_NUMBER(n, RIGHT_r | RIGHT_t | RIGHT_e),             \
		REACH_NAME(n, RIGHT_i), .second = true }
#define REACH_append(n)                                             \
	{ .number = REACH_AT(n, replaced_in),                       \
		.number_needs = RIGHT_t | RIGHT_e,                  \
		REACH_NAME(n, RIGHT_i), .second = true }
#define REACH_append_all(n) { REACH_NAME(n, RIGHT_i) }
#define REACH_create(n) { .above = REACH_AT(n, name) }
#define REACH_remove(n) { REACH_NAME(n, RIGHT_x) }
#define REACH_rename(n) \
	{ REACH_NAME(n, RIGHT_x), .above = REACH_AT(n, to) }

/* What the function of a call is to be given: 0: caller and ask as they are;
 * 1: *as and *there, which lie in the arena; or why not. Costs nothing where an
 * ask names nobody else's. */
int reach(struct sql *q, struct arena *a, enum store_call call,
    const struct engine_reach *how, const struct caller *c, const void *ask,
    struct caller *as, const void **there, struct err *err);

/* For what the table cannot say: may the caller do this with a mailbox? */
int reach_number(struct sql *q, const struct caller *c, uint64_t number,
    uint32_t needs, uint64_t *owner, uint64_t *mailbox, struct err *err);
int reach_name(struct sql *q, struct arena *a, const struct caller *c,
    struct str name, uint32_t needs, struct err *err);
/* Which mailbox is it that the caller calls so, their own or another's? */
int reach_find(struct sql *q, struct arena *a, const struct caller *c,
    struct str name, uint32_t needs, uint64_t *owner, uint64_t *mailbox,
    struct err *err);

/* Of these flags (FLAG_*), those that the rights let be set or changed: t, s,
 * and w for all others, also keywords. RFC 4314 4 */
uint32_t flags_allowed(uint32_t rights, uint32_t flags);

/* Rights of this account to a mailbox of another one's. */
int reach_rights(struct sql *q, uint64_t who, uint64_t owner,
    uint64_t mailbox, uint32_t *rights, struct err *err);
