/*
 * backup.h - what keeps the files of a moment where they are, while the
 * operator copies them.                       (store/messages_backup.h)
 *
 * A pack is only ever written behind what a commit names, and a large blob
 * never again, so that their octets can be read at leisure once nothing is
 * removed any more. The database is copied page by page into a file beside it,
 * as it was when that began, at the speed of its own disk; only so long the WAL
 * grows. So a slow target costs the room of one database and of what is deleted
 * meanwhile, and holds up nobody.
 *
 * It ends with the connection; when nothing was asked for BACKUP_IDLE_S; when
 * the disk is full, which needs what was deleted; and when the WAL is too long
 * before the copy is whole.
 */
#pragma once
#include <pthread.h>

#include "store/engine/engine.h"
#include "store/sql/sql_copy.h"

enum { BACKUP_IDLE_S = 3600 };	/* a slow disk syncs for long */

struct backup {
	pthread_mutex_t lock;
	const struct caller *owner;	/* NULL: there is none */
	struct sql_copy copy;
	bool is_whole;			/* backup.db */
	int64_t asked_us;		/* by CLOCK_MONOTONIC */
	struct err why;			/* the last one was broken off */
};

void backup_init(struct engine *e);
void backup_free(struct engine *e);
/* At the start: what a process that was killed has left. */
void backup_clear(struct engine *e);
/* The writer's: may no file be removed now? Ends one that is to end. */
bool backup_pins(struct engine *e);
/* The writer's: a caller went. */
void backup_forget(struct engine *e, const struct caller *c);
