/*
 * statements_memory.h - the part of statements.h about what is remembered of
 * senders (policy/memory.h).
 */
#pragma once

#define STATEMENTS_MEMORY(S, R, E)                                            \
	R(remembered_get, (n, at), "FROM remembered WHERE kind=?1"            \
	    " AND account=?2 AND what=?3")                                    \
	S(remembered_last, "SELECT coalesce(max(n), 0) FROM remembered"       \
	    " WHERE kind=?1 AND account=?2")                                  \
	S(remembered_add, "INSERT INTO remembered"                            \
	    " VALUES (?1, ?2, ?3, ?4, ?5)")                                   \
	S(remembered_del, "DELETE FROM remembered WHERE kind=?1"              \
	    " AND account=?2 AND n=?3")                                       \
	/* Of the oldest 20 those up to n, and those that are too old. */     \
	S(remembered_trim, "DELETE FROM remembered WHERE kind=?1"             \
	    " AND account=?2 AND n<=(SELECT max(n) FROM (SELECT n"            \
	    " FROM remembered WHERE kind=?1 AND account=?2"                   \
	    " ORDER BY n LIMIT 20)) AND (n<=?3 OR at<?4)")                    \
	S(remembered_del_all, "DELETE FROM remembered WHERE account=?1")      \
	R(remembered_list, (what), "FROM remembered WHERE kind=?1"            \
	    " AND account=?2 AND at>=?3 ORDER BY n DESC LIMIT ?4")
