/*
 * messages_backup.h - the part of messages.h by which the operator copies all
 * that store has while it goes on: a moment, its files, their octets.
 *
 * backup_begin, backup_files to their end, backup_copy until nothing is left,
 * then backup_read. There is one at a time, the connection's that began it; it
 * ends with that. Meanwhile no file of the moment goes away.
 */
#pragma once

/* E_BUSY: there is one. folder: a number of this data folder's own: packs of
 * another one have the same names. fence: which start of store this is. */
#define FIELDS_backup_begin_ask(F, S) F(S, u8, nothing, 0)
#define FIELDS_backup_begin_answer(F, S)                              \
	F(S, u64, folder, 0) F(S, u64, fence, 0) F(S, i64, at, 0)     \
	F(S, u32, version, 0)
/* The files that belong to it, but for the database: cursor is empty at first
 * and then `next`, which is empty at the end. octets: so many of it count; what
 * is behind them is of a later moment. See backup_name.h. */
#define FIELDS_backup_files_ask(F, S) F(S, str, cursor, 64)
#define FIELDS_backup_files_answer(F, S) \
	F(S, str, rows, MSG_CHUNK) F(S, str, next, 64)
#define FIELDS_backup_row(F, S) F(S, str, name, 64) F(S, u64, octets, 0)
/* Some of the database, beside it in the data folder. It holds up the log of
 * the database until nothing is left. E_FULL, E_DAMAGED. */
#define FIELDS_backup_copy_ask(F, S) F(S, u8, nothing, 0)
#define FIELDS_backup_copy_answer(F, S) F(S, u64, left, 0) F(S, u64, all, 0)
/* Octets of a file, as many as there are room for; none: it ends before.
 * E_NOTFOUND. */
#define FIELDS_backup_read_ask(F, S) \
	F(S, str, name, 64) F(S, u64, offset, 0) F(S, u32, most, 0)
#define FIELDS_backup_read_answer(F, S) F(S, str, octets, MSG_CHUNK)

/* E_STALE, of the last three: it was broken off, and why. */
#define STORE_CALLS_BACKUP(C) \
	C(backup_begin, answer, AUTH_OPERATOR, RUN_WRITER, CHANGE_none, own) \
	C(backup_files, answer, AUTH_OPERATOR, RUN_READER, CHANGE_none, own) \
	C(backup_copy, answer, AUTH_OPERATOR, RUN_READER, CHANGE_none, own) \
	C(backup_read, answer, AUTH_OPERATOR, RUN_READER, CHANGE_none, own)
