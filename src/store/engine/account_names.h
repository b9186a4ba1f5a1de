/*
 * account_names.h - whose account which number is, beside the database.
 *
 * A record in a pack says whose it was by the number of the account (record.h),
 * which means something only together with a database. Where that is lost,
 * accounts.txt ("17 anna@example.org", a line each) says who 17 was. Nothing
 * else is read from it, and whoever finds none goes without.
 *
 * It is written at each start, and a line is added with each account. As long
 * as there is mail of an unknown database (engine.salvage_from), lines of
 * accounts that are not in this one stay.
 */
#pragma once
#include "store/engine/engine_int.h"

/* Failures are logged: nothing depends on it. */
void account_names_write(struct engine *e);
void account_names_add(struct engine *e, uint64_t account, struct str address);
/* The address of that account; empty. It lies in the batch's arena. */
struct str account_names_find(struct engine *e, uint64_t account);
/* The highest number there. */
uint64_t account_names_last(struct engine *e);
