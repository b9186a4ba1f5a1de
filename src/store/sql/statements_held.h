/*
 * statements_held.h - the part of statements.h about mail that is held, and
 * about rules of senders.
 */
#pragma once

#define HELD_ITEM message, account, at, size, address, prefix, sender,        \
	author, title, verdict, traits, thread_keys

#define STATEMENTS_HELD(S, R, E)                                              \
	R(rule_get, (word), "FROM sender_rule WHERE account=?1 AND domain=?2" \
	    " AND kind=?3 AND bits=?4 AND subject=?5")                        \
	S(rule_count, "SELECT count(*) FROM sender_rule WHERE account=?1"     \
	    " AND domain=?2")                                                 \
	S(rule_any, "SELECT 1 FROM sender_rule WHERE account=?1"              \
	    " AND domain=?2 LIMIT 1")                                         \
	S(rule_put, "INSERT INTO sender_rule"                                 \
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"                            \
	    " ON CONFLICT (account, domain, kind, bits, subject) DO UPDATE"   \
	    " SET word=excluded.word, at=excluded.at")                        \
	S(rule_del, "DELETE FROM sender_rule WHERE account=?1 AND domain=?2"  \
	    " AND kind=?3 AND bits=?4 AND subject=?5")                        \
	S(rule_del_of_account, "DELETE FROM sender_rule WHERE account=?1")    \
	S(rule_del_of_domain, "DELETE FROM sender_rule WHERE account=0"       \
	    " AND domain=?1")                                                 \
	/* The lengths there are, one by one, the longest first. */           \
	R(rule_bits, (bits), "FROM sender_rule WHERE account=?1"              \
	    " AND domain=?2 AND kind=?3 AND bits<?4 ORDER BY bits DESC"       \
	    " LIMIT 1")                                                       \
	R(rule_list, (account, domain, kind, bits, subject, word, at,         \
	    address), "FROM sender_rule LEFT JOIN account USING (account)"    \
	    " WHERE (account, domain, kind, bits, subject)"                   \
	    ">(?1, ?2, ?3, ?4, ?5) ORDER BY account, domain, kind, bits,"     \
	    " subject LIMIT ?6")                                              \
	S(verify_rules, "SELECT r.subject FROM sender_rule r WHERE"           \
	    " (r.account<>0 AND r.account NOT IN (SELECT account FROM account" \
	    " UNION ALL SELECT account FROM removal)) OR (r.domain<>x'' AND"  \
	    " r.domain NOT IN (SELECT name FROM domain))")                    \
	S(held_add, "INSERT INTO held VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,"    \
	    " ?8, ?9, ?10, ?11, ?12, 0)")                                      \
	S(held_del, "DELETE FROM held WHERE message=?1 AND account=?2")       \
	/* Of an account that is being removed nobody hears any more. */      \
	R(held_list, (HELD_ITEM),                                             \
	    "FROM held WHERE (message, account)>(?1, ?2) AND account IN"      \
	    " (SELECT account FROM account) ORDER BY message, account"        \
	    " LIMIT ?3")                                                      \
	R(held_own, (HELD_ITEM),                                              \
	    "FROM held WHERE account=?1 AND message>?2 ORDER BY message"      \
	    " LIMIT ?3")                                                      \
	/* One of a message; of this account (0: of any). */                  \
	R(held_get, (HELD_ITEM),                                              \
	    "FROM held WHERE message=?1 AND (account=?2 OR ?2=0) AND account" \
	    " IN (SELECT account FROM account) ORDER BY account LIMIT 1")     \
	R(held_old, (HELD_ITEM),                                              \
	    "FROM held WHERE at<=?1 ORDER BY at, message, account LIMIT 1")   \
	R(held_untold, (account), "FROM held WHERE told=0 AND account>?1"     \
	    " AND account IN (SELECT account FROM account)"                   \
	    " ORDER BY account LIMIT 1")                                      \
	S(held_tell, "UPDATE held SET told=?1 WHERE told=0 AND account=?2")   \
	R(held_told, (HELD_ITEM), "FROM held WHERE told=?1 AND account=?2"    \
	    " ORDER BY message")                                              \
	E(held_sums, (messages, octets),                                      \
	    "SELECT count(*) AS messages, coalesce(sum(size), 0) AS octets"   \
	    " FROM held WHERE account=?1")                                    \
	S(verify_held, "SELECT h.message FROM held h LEFT JOIN blob b"        \
	    " ON b.blob=h.message WHERE b.blob IS NULL OR h.account NOT IN"   \
	    " (SELECT account FROM account UNION ALL SELECT account"          \
	    " FROM removal)")
