/*
 * statements_relayed.h - the part of statements.h about domains whose mail is
 * passed on.
 */
#pragma once

#define STATEMENTS_RELAYED(S, R, E)                                           \
	S(relayed_any, "SELECT 1 FROM relayed WHERE domain=?1 AND local=?2")  \
	S(relayed_add, "INSERT OR IGNORE INTO relayed VALUES (?1, ?2)")       \
	S(relayed_del, "DELETE FROM relayed WHERE domain=?1 AND local=?2")    \
	S(relayed_del_all, "DELETE FROM relayed WHERE domain=?1")             \
	R(relayed_list, (local), "FROM relayed WHERE domain=?1 AND local>?2"  \
	    " ORDER BY local LIMIT ?3")
