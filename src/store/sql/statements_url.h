/*
 * statements_url.h - the part of statements.h about what people let others read
 * by a URL.
 */
#pragma once

#define STATEMENTS_URL(S, R, E)                                               \
	R(url_key_get, (key), "FROM url_key WHERE person=?1"                  \
	    " AND account=?2 AND mailbox=?3")                                 \
	S(url_key_add, "INSERT INTO url_key VALUES (?1, ?2, ?3, ?4)")         \
	S(url_key_del, "DELETE FROM url_key WHERE person=?1 AND account=?2"   \
	    " AND mailbox=?3")                                                \
	S(url_key_del_person, "DELETE FROM url_key WHERE person=?1")          \
	S(url_key_del_mailbox, "DELETE FROM url_key WHERE account=?1"         \
	    " AND mailbox=?2")                                                \
	S(url_key_del_all, "DELETE FROM url_key WHERE person=?1"              \
	    " OR account=?1")                                                 \
	/* Of what is there now: expunged, it is nobody's to read. */         \
	S(url_message, "SELECT size"                                          \
	    " FROM placement p JOIN email e USING (account, email)"           \
	    " WHERE p.account=?1 AND p.mailbox=?2 AND p.uid=?3"               \
	    " AND p.expunged=0")                                              \
	S(url_uidvalidity, "SELECT uidvalidity FROM mailbox"                  \
	    " WHERE account=?1 AND mailbox=?2")                               \
	S(verify_url_keys, "SELECT k.mailbox FROM url_key k WHERE"            \
	    " (NOT EXISTS (SELECT 1 FROM mailbox b WHERE"                     \
	    " b.account=k.account AND b.mailbox=k.mailbox)"             \
	    " AND k.account NOT IN (SELECT account FROM removal))"            \
	    " OR (k.person NOT IN (SELECT account FROM account)"              \
	    " AND k.person NOT IN (SELECT account FROM removal))")
