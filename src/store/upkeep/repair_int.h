/*
 * repair_int.h - what repair.c (which way) and repair_record.c (what becomes of
 * a record) share.
 */
#pragma once
#include "store/disk/salvage.h"
#include "store/upkeep/upkeep_int.h"

struct repairing {
	struct engine *e;
	struct write *w;
	const struct repair_ask *ask;
	struct repair_answer *out;
	struct err *err;
	struct buf lines;
	int64_t until;		/* mono: the slice ends */
	struct buf record;
	/* Whose mail was asked for last, and who has it now. */
	uint64_t account;
	struct acct *owner;
	struct str address;	/* as accounts.txt has it, if nobody */
};

/* A line of the answer. */
void repair_say(struct repairing *x, const char *fmt, ...) printf_like(2, 3);
/* A record of a file that no row need know; `name` is the file. 0 or E_*. What
 * is left in it, said and counted, is no failure. */
int repair_record(struct repairing *x, struct salvage *s, const char *name,
    const struct place *there, uint64_t account);
/* A message whose blob has a row, and that nothing names. */
int repair_unnamed(struct repairing *x, uint64_t blob);
/* How many octets the file of a blob has: 0 if it is gone, UINT64_MAX if nobody
 * can tell. */
uint64_t repair_file_size(const struct repairing *x, uint64_t pack,
    uint64_t blob);
