/*
 * backup_name.h - how files are called in a backup, and by those who make one.
 *
 *   postern.db                       the database, whole, without a WAL
 *   packs/0000000000000001           as in the data folder
 *   blobs/0000000000000010
 *   journal/2026-11-29[.1]           the day, and which part of it
 *   vault.key                        of vault: store has none of it
 *
 * No other name is one, so none leads out of a folder.
 */
#pragma once
#include <stdint.h>

#include "base/str.h"

enum backup_kind { BACKUP_no_name, BACKUP_database, BACKUP_key, BACKUP_pack,
	BACKUP_blob, BACKUP_journal };

struct backup_name {
	enum backup_kind kind;
	uint64_t id;	/* of packs and blobs; of the journal, its day */
	uint64_t part;
};

/* kind 0: it is none. */
struct backup_name backup_name_of(struct str name);
