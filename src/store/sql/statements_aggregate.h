/*
 * statements_aggregate.h - the part of statements.h about aggregate reports.
 */
#pragma once

#define STATEMENTS_AGGREGATE(S, R, E)                                         \
	S(restored_aggregates, "DELETE FROM aggregate")                       \
	S(restored_aggregate_rows, "DELETE FROM aggregate_row")               \
	R(aggregate_get, (rows, policy),                                      \
	    "FROM aggregate WHERE kind=?1 AND day=?2 AND domain=?3")          \
	S(aggregate_add, "INSERT INTO aggregate"                              \
	    " VALUES (?1, ?2, ?3, ?4, 0, 0, ?5)")                             \
	S(aggregate_policy_put, "UPDATE aggregate SET policy=?1"              \
	    " WHERE kind=?2 AND day=?3 AND domain=?4")                        \
	S(aggregate_grow, "UPDATE aggregate SET rows=rows+1"                  \
	    " WHERE kind=?1 AND day=?2 AND domain=?3")                        \
	S(aggregate_lose, "UPDATE aggregate SET lost=lost+?1"                 \
	    " WHERE kind=?2 AND day=?3 AND domain=?4")                        \
	S(aggregate_due_put, "UPDATE aggregate SET due=?1"                    \
	    " WHERE kind=?2 AND day=?3 AND domain=?4")                        \
	S(aggregate_due_all, "UPDATE aggregate SET due=?1 WHERE due>?1")      \
	S(aggregate_room, "SELECT ifnull(sum(rows+1), 0) FROM aggregate")     \
	R(aggregate_first, (kind, day, domain),                               \
	    "FROM aggregate ORDER BY day, domain, kind LIMIT 1")              \
	R(aggregate_due, (kind, day, domain, policy, rows, lost),             \
	    "FROM aggregate WHERE due<=?1"                                    \
	    " ORDER BY due, day, domain, kind LIMIT 1")                       \
	R(aggregate_list, (kind, day, domain, policy, rows, lost, due),       \
	    "FROM aggregate ORDER BY due, day, domain, kind"                  \
	    " LIMIT ?1 OFFSET ?2")                                            \
	S(aggregate_del, "DELETE FROM aggregate"                              \
	    " WHERE kind=?1 AND day=?2 AND domain=?3")                        \
	S(aggregate_row_more, "UPDATE aggregate_row SET n=n+?1"               \
	    " WHERE kind=?2 AND day=?3 AND domain=?4 AND digest=?5")          \
	S(aggregate_row_add, "INSERT INTO aggregate_row"                      \
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6)")                               \
	R(aggregate_row_list, (digest, facts, n),                             \
	    "FROM aggregate_row WHERE kind=?1 AND day=?2 AND domain=?3"       \
	    " AND digest>?4 ORDER BY digest LIMIT ?5")                        \
	S(aggregate_row_sum, "SELECT ifnull(sum(n), 0) FROM aggregate_row"    \
	    " WHERE kind=?1 AND day=?2 AND domain=?3")                        \
	S(aggregate_rows_del, "DELETE FROM aggregate_row"                     \
	    " WHERE kind=?1 AND day=?2 AND domain=?3")
