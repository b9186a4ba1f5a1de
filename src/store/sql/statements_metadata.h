/*
 * statements_metadata.h - the part of statements.h about what is noted at
 * mailboxes.
 */
#pragma once

#define STATEMENTS_METADATA(S, R, E)                                          \
	R(metadata_list, (entry, value),                                      \
	    "FROM metadata WHERE person=?1 AND account=?2 AND mailbox=?3"     \
	    " AND entry>=?4 AND entry<=?5 ORDER BY entry")                    \
	E(metadata_count, (here, octets),                                     \
	    "SELECT coalesce(sum(CASE WHEN account=?2 AND mailbox=?3"         \
	    " THEN 1 ELSE 0 END), 0) AS here,"                                \
	    " coalesce(sum(length(entry)+length(value)+?4), 0) AS octets"     \
	    " FROM metadata WHERE person=?1")                                 \
	S(metadata_size, "SELECT length(entry)+length(value)+?5"              \
	    " FROM metadata WHERE person=?1 AND account=?2 AND mailbox=?3"    \
	    " AND entry=?4")                                                  \
	S(metadata_octets, "SELECT"                                           \
	    " coalesce(sum(length(entry)+length(value)+?3), 0)"               \
	    " FROM metadata WHERE person=?1 AND account=?1 AND mailbox=?2")   \
	S(metadata_put, "INSERT INTO metadata VALUES (?1, ?2, ?3, ?4, ?5)"    \
	    " ON CONFLICT (person, account, mailbox, entry)"                  \
	    " DO UPDATE SET value=excluded.value")                            \
	S(metadata_del, "DELETE FROM metadata WHERE person=?1"                \
	    " AND account=?2 AND mailbox=?3 AND entry=?4")                    \
	S(metadata_copy, "INSERT INTO metadata SELECT person, account, ?3,"   \
	    " entry, value FROM metadata WHERE person=?1 AND account=?1"      \
	    " AND mailbox=?2")                                                \
	S(metadata_del_mailbox, "DELETE FROM metadata WHERE account=?1"       \
	    " AND mailbox=?2")                                                \
	S(metadata_del_all, "DELETE FROM metadata WHERE person=?1"            \
	    " OR account=?1")                                                 \
	S(verify_metadata,                                                    \
	    "SELECT m.entry AS entry FROM metadata m LEFT JOIN mailbox b"     \
	    " ON b.account=m.account AND b.mailbox=m.mailbox"                 \
	    " WHERE (m.mailbox<>0 AND b.mailbox IS NULL AND m.account"        \
	    " NOT IN (SELECT account FROM removal)) OR (m.person NOT IN"      \
	    " (SELECT account FROM account) AND m.person NOT IN"              \
	    " (SELECT account FROM removal))")
