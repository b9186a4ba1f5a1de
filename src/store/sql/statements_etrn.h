/*
 * statements_etrn.h - the part of statements.h about servers that ask for their
 * mail. One destination after the other, by the index queue_due.
 */
#pragma once

#define STATEMENTS_ETRN(S, R, E)                                              \
	R(etrn_domain, (domain), "FROM queue_rcpt WHERE domain>?1"           \
	    " ORDER BY domain LIMIT 1")                                       \
	S(etrn_count, "SELECT count(*) FROM (SELECT 1 FROM queue_rcpt"        \
	    " WHERE domain=?1 AND state IN (0, 3) LIMIT ?2) AS waiting")      \
	/* Those that are moved are not among them any more. */               \
	R(etrn_rows, (message, rcpt), "FROM queue_rcpt WHERE domain=?1"       \
	    " AND state IN (0, 3) AND next_due>?2 LIMIT ?3")                  \
	R(etrn_first, (message, rcpt), "FROM queue_rcpt WHERE domain=?1"      \
	    " AND state IN (0, 3) LIMIT 1")
