/*
 * restored.h - the first start of a folder that came from a backup.
 *
 * Since the backup the server has gone on: clients have seen UIDs, states and
 * ids that this database will give to other messages, and what waits in its
 * queue may have been sent. So (RFC 3501 2.3.1.1, RFC 8620 5.1) every mailbox
 * gets a new UIDVALIDITY, every account a modseq above all that was, below
 * which nothing is known any more, and all counters go on far behind where they
 * were. What is queued is held, and what was to leave by now put off, until
 * somebody says what of it is to be sent.
 *
 * The folder gets another number: its packs are no longer those of before.
 */
#pragma once
#include "store/engine/engine_int.h"

/* In the transaction that takes the lease. If it is not the last thing that
 * happens, it happens again. */
int restored_begin(struct engine *e, struct err *err);
