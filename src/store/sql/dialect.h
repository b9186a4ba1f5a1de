/*
 * dialect.h - what only SQLite says: statements for sql.c and schema.c.
 */
#pragma once

#define DIALECT_STATEMENTS(S)                                                 \
	S(begin, "BEGIN IMMEDIATE") /* writers wait here, not later */        \
	S(read_begin, "BEGIN")                                                \
	S(commit, "COMMIT")                                                   \
	S(rollback, "ROLLBACK")                                               \
	S(has_meta, "SELECT count(*) FROM sqlite_schema"                      \
	    " WHERE type='table' AND name='meta'")
