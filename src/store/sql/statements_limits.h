/*
 * statements_limits.h - the part of statements.h about how much accounts may
 * hand in (engine/send_limits.c), and those that are stopped.
 */
#pragma once

#define STATEMENTS_LIMITS(S, R, E)                                            \
	/* The columns of each kind stand as enum send_limit says. */         \
	R(limits_get, (messages_hour, recipients_hour, messages_day,          \
	    recipients_day, new_day, most_messages_hour,                      \
	    most_recipients_hour, most_messages_day, most_recipients_day,     \
	    most_new_day, most_size), "FROM limits WHERE account=?1")         \
	S(limits_put, "INSERT INTO limits VALUES (?1, ?2, ?3, ?4, ?5, ?6,"    \
	    " ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT (account) DO UPDATE SET" \
	    " messages_hour=?2, recipients_hour=?3, messages_day=?4,"         \
	    " recipients_day=?5, new_day=?6, most_messages_hour=?7,"          \
	    " most_recipients_hour=?8, most_messages_day=?9,"                 \
	    " most_recipients_day=?10, most_new_day=?11, most_size=?12")      \
	S(limits_del, "DELETE FROM limits WHERE account=?1")                  \
	R(stopped_get, (at, why, most, work, cursor),                         \
	    "FROM stopped WHERE account=?1")                                  \
	S(stopped_put, "INSERT INTO stopped VALUES (?1, ?2, ?3, ?4, 0, 0)"    \
	    " ON CONFLICT (account) DO UPDATE SET at=?2, why=?3, most=?4,"    \
	    " work=0, cursor=0")                                              \
	/* What is to be done with its queue now, from its beginning, of the  \
	 * messages before ?3; ?4: it was stopped. Else no more messages than \
	 * it is at work on, and what waits if that is dropped already. */    \
	S(stopped_work, "INSERT INTO stopped VALUES (?1, 0, ?4, ?3, ?2, 0)"   \
	    " ON CONFLICT (account) DO UPDATE SET at=0,"                      \
	    " most=iif(?4, ?3, most),"                                        \
	    " why=(?4 OR (?2=2 AND work=2 AND why<>0)), work=?2, cursor=0")   \
	S(stopped_cursor, "UPDATE stopped SET cursor=?1 WHERE account=?2")    \
	S(stopped_del, "DELETE FROM stopped WHERE account=?1")                \
	R(stopped_next, (account, work, cursor), "FROM stopped"               \
	    " WHERE cursor<?1 ORDER BY account LIMIT 1")                      \
	/* Whose the messages of the queue are. */                            \
	R(queue_whose, (message, account), "FROM queue WHERE message>?1"      \
	    " ORDER BY message")
