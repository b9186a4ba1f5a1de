/*
 * statements_hold.h - the part of statements.h about what the operator says of
 * mail that waits: holds, and when a recipient is given up.
 */
#pragma once

#define STATEMENTS_HOLD(S, R, E)                                              \
	R(hold_get, (since, state), "FROM queue_hold WHERE kind=?1"           \
	    " AND what=?2")                                                   \
	S(hold_count, "SELECT count(*) FROM queue_hold")                      \
	S(hold_put, "INSERT INTO queue_hold"                                  \
	    " VALUES (?1, ?2, ?3, ?4, ?5, 1, 0, 0, 0)"                        \
	    " ON CONFLICT (kind, what) DO UPDATE SET since=excluded.since,"   \
	    " who=excluded.who, reason=excluded.reason, state=1, message=0,"  \
	    " rcpt=0, done=0")                                                \
	S(hold_end, "UPDATE queue_hold SET state=2, message=0, rcpt=0,"       \
	    " done=0, who=?1 WHERE kind=?2 AND what=?3 AND state<>2")         \
	/* How far the walk along all that waits has come. */                 \
	S(hold_walked, "UPDATE queue_hold SET message=?1, rcpt=?2, done=?3"   \
	    " WHERE kind=?4 AND what=?5")                                     \
	S(hold_stands, "UPDATE queue_hold SET state=0 WHERE kind=?1"          \
	    " AND what=?2")                                                   \
	S(hold_del, "DELETE FROM queue_hold WHERE kind=?1 AND what=?2")       \
	R(hold_walking, (kind, what, who, reason, state, message, rcpt, done), \
	    "FROM queue_hold WHERE state<>0 AND (kind=?1 OR ?1=0)"            \
	    " AND (what=?2 OR ?1=0) LIMIT 1")                                 \
	/* The destination, the sender, the recipient: one row of the primary \
	 * key each, and one for the domains of the latter. */                \
	R(hold_of, (kind, what, reason), "FROM queue_hold WHERE state<>2 AND" \
	    " ((kind=1 AND what=?1) OR (kind=2 AND what=?2)"                  \
	    " OR (kind=2 AND what=?3) OR (kind=3 AND what=?4)"                \
	    " OR (kind=3 AND what=?5)) LIMIT 1")                              \
	R(hold_list, (kind, what, since, who, reason, state),                 \
	    "FROM queue_hold WHERE (kind, what)>(?1, ?2) ORDER BY kind, what" \
	    " LIMIT ?3")                                                      \
	/* After a restore: by hand, so that no end of a hold lets it go. */   \
	S(restored_queue, "UPDATE queue_rcpt SET held_at=CASE WHEN state=1"   \
	    " THEN held_at ELSE ?1 END, state=1, by_hand=1"                   \
	    " WHERE state IN (0, 3) OR (state=1 AND by_hand=0)")              \
	S(restored_holds, "DELETE FROM queue_hold WHERE state=2")             \
	S(restored_stopped, "DELETE FROM stopped WHERE work<>0")              \
	S(queue_rcpt_hold, "UPDATE queue_rcpt SET state=1, held_at=?1,"       \
	    " by_hand=?2 WHERE message=?3 AND rcpt=?4")                       \
	S(queue_rcpt_let_go, "UPDATE queue_rcpt SET state=?1, next_due=?2,"   \
	    " stood=?3, give_up=?4, held_at=0, by_hand=0 WHERE message=?5"    \
	    " AND rcpt=?6")                                                   \
	S(queue_rcpt_give_up, "UPDATE queue_rcpt SET give_up=?1"              \
	    " WHERE message=?2 AND rcpt=?3")                                  \
	S(queue_rcpt_address, "UPDATE queue_rcpt SET address=?1, domain=?2,"  \
	    " orcpt=?3, state=?4, next_due=?5, held_at=?6, attempts=0,"       \
	    " outcome=0, code=0, status=x'', text=x'', host=x'',"             \
	    " valid_since=0, rrvs=0 WHERE message=?7 AND rcpt=?8")            \
	S(queue_sender, "UPDATE queue SET reverse_path=?1 WHERE message=?2")  \
	S(queue_priority, "UPDATE queue SET priority=?1 WHERE message=?2")    \
	/* In the order in which they are given up. */                        \
	R(queue_give_up, (message, rcpt, state, code, status, text, host,     \
	    give_up), "FROM queue_rcpt WHERE give_up>0"                       \
	    " AND (give_up, message, rcpt)>(?1, ?2, ?3)"                      \
	    " ORDER BY give_up, message, rcpt")
