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
 *
 * How much accounts may hand in (engine/send_limits.c). Nothing was counted
 * before, and none had limits of its own.
 *
 *   messages_hour ... new_day  of limits: when nothing is left of that count,
 *               microseconds since 1970; most_...: its own limit, 0: what the
 *               option says
 *   stopped     an account that may send nothing since `at`, by which limit
 *               (why, enum send_limit) of how many (most). work: what its queue
 *               is in for (queue/stopped.c), as far as the message `cursor`.
 *               While it is let go or dropped, at is 0, most the first message
 *               that it handed in afterwards, and why 1 if it was stopped:
 *               dropped is what waits, too, and not only what is held
 *
 *   signature_7bit  of queue: signatures of the text as a server that takes 7
 *               bits gets it. What waited before has none, and does not go
 *               there if it is signed
 *
 *   pam_account accounts whose password this machine's PAM proves, and as
 *               which user (directory/pam.c). There were none
 *
 *   kind        of app_password: what it is (enum app_kind). Passwords, before;
 *               certificates are also looked for by their number alone
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

#define CREATE_LIMITS                                                         \
	"CREATE TABLE limits (account INTEGER PRIMARY KEY,"                   \
	" messages_hour INTEGER NOT NULL, recipients_hour INTEGER NOT NULL,"  \
	" messages_day INTEGER NOT NULL, recipients_day INTEGER NOT NULL,"    \
	" new_day INTEGER NOT NULL, most_messages_hour INTEGER NOT NULL,"     \
	" most_recipients_hour INTEGER NOT NULL,"                             \
	" most_messages_day INTEGER NOT NULL,"                                \
	" most_recipients_day INTEGER NOT NULL,"                              \
	" most_new_day INTEGER NOT NULL, most_size INTEGER NOT NULL) STRICT;" \
	"CREATE TABLE stopped (account INTEGER PRIMARY KEY,"                  \
	" at INTEGER NOT NULL, why INTEGER NOT NULL, most INTEGER NOT NULL,"  \
	" work INTEGER NOT NULL, cursor INTEGER NOT NULL) STRICT;"

static const char version_22[] =
    CREATE_HOLD
    CREATE_LIMITS
    "ALTER TABLE queue ADD COLUMN signature_7bit BLOB NOT NULL DEFAULT x'';"
    "CREATE TABLE pam_account (account INTEGER PRIMARY KEY,"
    " user BLOB NOT NULL) STRICT;"
    "ALTER TABLE app_password ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX app_password_certificate ON app_password (number)"
    " WHERE kind=1;";
