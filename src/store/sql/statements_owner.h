/*
 * statements_owner.h - the part of statements.h about whose an address was.
 */
#pragma once

#define STATEMENTS_OWNER(S, R, E)                                             \
	R(past_owner_get, (until, known), "FROM past_owner"                   \
	    " WHERE domain=?1 AND local=?2")                                  \
	S(past_owner_put, "INSERT INTO past_owner VALUES (?1, ?2, ?3, 1)"     \
	    " ON CONFLICT (domain, local) DO UPDATE"                          \
	    " SET until=excluded.until, known=1")
