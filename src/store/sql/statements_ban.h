/*
 * statements_ban.h - the part of statements.h about networks that are banned.
 */
#pragma once

#define STATEMENTS_BAN(S, R, E)                                               \
	R(ban_get, (why, until, times),                                       \
	    "FROM ban WHERE network=?1 AND bits=?2")                          \
	S(ban_count, "SELECT count(*) FROM ban WHERE why=?1")                 \
	S(ban_all, "SELECT count(*) FROM ban")                                \
	S(ban_lately, "SELECT count(*) FROM ban WHERE why=?1 AND at>?2")     \
	/* Who logged in from there since. */                                 \
	S(ban_logins, "SELECT count(*) FROM noted WHERE kind=?1 AND word=?2" \
	    " AND at>?3")                                                    \
	S(ban_del_first, "DELETE FROM ban WHERE (bits, network)=(SELECT bits," \
	    " network FROM ban WHERE why<>?1 ORDER BY until LIMIT 1)")       \
	S(ban_put, "INSERT INTO ban VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"  \
	    " ON CONFLICT (bits, network) DO UPDATE"                          \
	    " SET doors=excluded.doors, why=excluded.why, at=excluded.at,"    \
	    " until=excluded.until, times=excluded.times,"                    \
	    " reason=excluded.reason")                                        \
	S(ban_del, "DELETE FROM ban WHERE network=?1 AND bits=?2")            \
	S(ban_forget, "DELETE FROM ban WHERE until<?1")                       \
	R(ban_list, (network, bits, doors, why, at, until, times, reason),    \
	    "FROM ban WHERE until>?1 AND (bits, network)>(?2, ?3)"            \
	    " ORDER BY bits, network LIMIT ?4")
