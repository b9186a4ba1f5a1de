/*
 * dialect.h - what only SQLite says: statements for sql.c and schema.c.
 */
#pragma once

#define DIALECT_STATEMENTS(S)                                                 \
	S(begin, "BEGIN IMMEDIATE") /* writers wait here, not later */        \
	S(read_begin, "BEGIN")                                                \
	S(commit, "COMMIT")                                                   \
	S(rollback, "ROLLBACK")                                               \
	S(table_name, "SELECT name FROM sqlite_schema WHERE type='table'"     \
	    " ORDER BY name LIMIT 1 OFFSET ?1")                               \
	/* At most 100 lines, or one that says "ok". */                       \
	S(table_check, "SELECT integrity_check"                               \
	    " FROM pragma_integrity_check(CAST(?1 AS TEXT))")                 \
	/* Tables that schema_forget_changes() has put aside. */             \
	S(aside_count, "SELECT count(*) FROM sqlite_schema"                   \
	    " WHERE type='table' AND name GLOB 'change_damaged_*'")           \
	S(aside_name, "SELECT name FROM sqlite_schema"                        \
	    " WHERE type='table' AND name GLOB 'change_damaged_*'"            \
	    " ORDER BY name LIMIT 1 OFFSET ?1")                               \
	S(page_count, "SELECT page_count FROM pragma_page_count")             \
	S(page_unused, "SELECT freelist_count FROM pragma_freelist_count")    \
	S(page_moves, "SELECT auto_vacuum FROM pragma_auto_vacuum")           \
	S(has_meta, "SELECT count(*) FROM sqlite_schema"                      \
	    " WHERE type='table' AND name='meta'")
