/*
 * statements_acl.h - the part of statements.h about who may do what with whose
 * mailboxes, and what of them readers have seen.
 */
#pragma once

#define STATEMENTS_ACL(S, R, E)                                               \
	/* Was anything ever shared? */                                       \
	S(acl_any, "SELECT EXISTS (SELECT 1 FROM acl)"                        \
	    " OR EXISTS (SELECT 1 FROM reader_seen)")                         \
	S(acl_any_of, "SELECT EXISTS (SELECT 1 FROM acl WHERE account=?1)"    \
	    " OR EXISTS (SELECT 1 FROM reader_seen WHERE account=?1)")        \
	S(acl_any_to, "SELECT 1 FROM acl WHERE who IN (0, ?1)"                \
	    " AND account<>?1 LIMIT 1")                                       \
	R(acl_rights, (negative, rights), "FROM acl WHERE account=?1"         \
	    " AND mailbox=?2 AND who IN (0, ?3)")                             \
	E(acl_list, (negative, rights, who, address),                         \
	    "SELECT negative, rights, who, coalesce(c.address, x'')"          \
	    " AS address FROM acl a LEFT JOIN account c ON c.account=a.who"   \
	    " WHERE a.account=?1 AND a.mailbox=?2 ORDER BY who, negative")    \
	S(acl_count, "SELECT count(*) FROM acl WHERE account=?1"              \
	    " AND mailbox=?2")                                                \
	S(acl_get, "SELECT rights FROM acl WHERE account=?1 AND mailbox=?2"   \
	    " AND who=?3 AND negative=?4")                                    \
	S(acl_put, "INSERT INTO acl VALUES (?1, ?2, ?3, ?4, ?5)"              \
	    " ON CONFLICT (account, mailbox, who, negative) DO UPDATE"        \
	    " SET rights=excluded.rights")                                    \
	S(acl_del, "DELETE FROM acl WHERE account=?1 AND mailbox=?2"          \
	    " AND who=?3 AND negative=?4")                                    \
	S(acl_inherit, "INSERT INTO acl SELECT account, ?1, who, negative,"   \
	    " rights FROM acl WHERE account=?2 AND mailbox=(SELECT mailbox"   \
	    " FROM mailbox WHERE account=?2 AND name=?3)")                    \
	S(acl_del_mailbox, "DELETE FROM acl WHERE account=?1 AND mailbox=?2") \
	S(acl_del_all, "DELETE FROM acl WHERE account=?1 OR who=?1")          \
	E(shared_list, (account, owner, mailbox, name, negative, rights,      \
	    uidvalidity, uidnext, messages, unseen, deleted, size, modseq,    \
	    recent), "SELECT a.account AS account, c.address AS owner,"       \
	    " a.mailbox AS mailbox, name, negative, rights, m.uidvalidity"    \
	    " AS uidvalidity, uidnext, m.messages AS messages, unseen,"       \
	    " deleted, size, m.modseq AS modseq, recent FROM acl a"           \
	    " JOIN mailbox m USING (account, mailbox)"                        \
	    " JOIN account c ON c.account=a.account WHERE who IN (0, ?1)"     \
	    " AND a.account<>?1 AND (c.address, name)>(?2, ?3)"               \
	    " ORDER BY c.address, name")                                      \
	E(access_list, (account, owner, mailbox, name, negative, rights, who, \
	    address), "SELECT a.account AS account, o.address AS owner,"      \
	    " a.mailbox AS mailbox, name, negative, rights, who,"             \
	    " coalesce(c.address, x'') AS address FROM acl a"                 \
	    " JOIN mailbox m USING (account, mailbox)"                        \
	    " JOIN account o ON o.account=a.account"                          \
	    " LEFT JOIN account c ON c.account=a.who"                         \
	    " WHERE (a.account, a.mailbox)>(?1, ?2)"                          \
	    " AND (?3=0 OR a.account=?3)"                                     \
	    " ORDER BY a.account, a.mailbox, who, negative")                  \
	/* By its email, or where that is 0 by its UID. */                    \
	S(content_is_there, "SELECT 1 FROM placement WHERE account=?1"        \
	    " AND mailbox=?2 AND expunged=0 AND uid=CASE ?3 WHEN 0 THEN ?4"   \
	    " ELSE (SELECT uid FROM email e WHERE e.account=?1"               \
	    " AND e.email=?3 AND e.mailbox=?2) END")                          \
	R(seen_of, (reader, seen),                                            \
	    "FROM reader_seen WHERE account=?1 AND email=?2")                 \
	E(seen_load, (uid, seen, modseq), "SELECT p.uid AS uid, s.seen"       \
	    " AS seen, s.modseq AS modseq FROM placement p"                   \
	    " JOIN reader_seen s ON s.account=p.account"                      \
	    " AND s.email=p.email AND s.reader=?3 WHERE p.account=?1"         \
	    " AND p.mailbox=?2 AND p.expunged=0")                             \
	S(seen_put, "INSERT INTO reader_seen VALUES (?1, ?2, ?3, ?4, ?5)"     \
	    " ON CONFLICT (account, email, reader) DO UPDATE"                 \
	    " SET seen=excluded.seen, modseq=excluded.modseq")                \
	S(seen_del, "DELETE FROM reader_seen WHERE account=?1 AND email=?2")  \
	S(seen_del_some, "DELETE FROM reader_seen"                            \
	    " WHERE (account, email, reader) IN (SELECT account, email,"      \
	    " reader FROM reader_seen WHERE account=?1 OR reader=?1"          \
	    " LIMIT 1000)")                                                   \
	S(verify_acl, "SELECT a.mailbox FROM acl a LEFT JOIN mailbox m"       \
	    " USING (account, mailbox) WHERE (m.name IS NULL OR (who<>0"      \
	    " AND NOT EXISTS (SELECT 1 FROM account c WHERE c.account=who)))" \
	    " AND a.account NOT IN (SELECT account FROM removal)"             \
	    " AND who NOT IN (SELECT account FROM removal)")                  \
	S(verify_seen, "SELECT s.email FROM reader_seen s LEFT JOIN email e"  \
	    " USING (account, email) WHERE e.blob IS NULL")
