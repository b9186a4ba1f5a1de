/*
 * schema_22.h - the step to version 22: part of schema.c.
 */
#pragma once

/*
 * What the operator says of mail that waits (queue/hold.c).
 *
 *   held_at     of queue_rcpt: since when it is held; 0: it is not, or nobody
 *               knows. Until this step it was due when it was held
 *   by_hand     1: for itself, and not (only) because of a hold. All were so
 *               before
 *   stood       for how many seconds it was held: that long it may be here
 *               longer
 *   give_up     when it is given up, if the operator says so; 0: by the
 *               settings
 *   state       of queue_hold: enum hold_state; all behind (message, rcpt) has
 *               yet to be held, or let go, and `done` recipients were
 */
#define CREATE_HOLD                                                           \
	"ALTER TABLE queue_rcpt ADD COLUMN held_at INTEGER NOT NULL"          \
	" DEFAULT 0;"                                                         \
	"ALTER TABLE queue_rcpt ADD COLUMN by_hand INTEGER NOT NULL"          \
	" DEFAULT 0;"                                                         \
	"ALTER TABLE queue_rcpt ADD COLUMN stood INTEGER NOT NULL DEFAULT 0;" \
	"ALTER TABLE queue_rcpt ADD COLUMN give_up INTEGER NOT NULL"          \
	" DEFAULT 0;"                                                         \
	"UPDATE queue_rcpt SET held_at=next_due, by_hand=1 WHERE state=1;"    \
	"CREATE INDEX queue_give_up ON queue_rcpt (give_up, message, rcpt)"   \
	" WHERE give_up>0;"                                                   \
	"CREATE TABLE queue_hold (kind INTEGER NOT NULL, what BLOB NOT NULL," \
	" since INTEGER NOT NULL, who BLOB NOT NULL, reason BLOB NOT NULL,"   \
	" state INTEGER NOT NULL, message INTEGER NOT NULL,"                  \
	" rcpt INTEGER NOT NULL, done INTEGER NOT NULL,"                      \
	" PRIMARY KEY (kind, what)) STRICT, WITHOUT ROWID;"

static const char version_22[] =
    CREATE_HOLD;
