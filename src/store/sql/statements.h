/*
 * statements.h - every SQL statement of store, in one table (with those of
 * areas, statements_*.h).
 *
 * One set for all engines: no sequences, no engine's own words, parameters in
 * numeric order, octets as BLOB. (dialect.h has what only SQLite says.)
 *
 *   S(name, text)           gives no rows, or one number
 *   R(name, columns, text)  gives rows: text goes on behind SELECT columns
 *   E(name, columns, text)  gives rows of expressions: text is all of it, and
 *                           names its columns AS they are listed
 *
 * What a row is read by are these names of columns: sql_u64() in sql.h.
 */
#pragma once
#include "store/sql/statements_acl.h"
#include "store/sql/statements_aggregate.h"
#include "store/sql/statements_ban.h"
#include "store/sql/statements_etrn.h"
#include "store/sql/statements_feedback.h"
#include "store/sql/statements_held.h"
#include "store/sql/statements_hold.h"
#include "store/sql/statements_ldap.h"
#include "store/sql/statements_limits.h"
#include "store/sql/statements_memory.h"
#include "store/sql/statements_metadata.h"
#include "store/sql/statements_note.h"
#include "store/sql/statements_owner.h"
#include "store/sql/statements_pam.h"
#include "store/sql/statements_relayed.h"
#include "store/sql/statements_url.h"

/* All of a recipient in the queue and of its message. */
#define QUEUE_ITEM message, rcpt, next_due, state, address, notify, orcpt,    \
	attempts, outcome, code, status, text, host, last, noticed,           \
	reverse_path, size, body_8bit, smtputf8, at, ret, envid, signature,   \
	signature_7bit, domain, hold_for, hold_until, released, require_tls,  \
	priority, deliver_by, by_mode, solicit, valid_since, rrvs, held_at,   \
	stood, give_up

#define STATEMENTS(S, R, E)                                                   \
	S(version, "SELECT value FROM meta"                                   \
	    " WHERE name=CAST('version' AS BLOB)")                            \
	S(set_version, "UPDATE meta SET value=?1"                             \
	    " WHERE name=CAST('version' AS BLOB)")                            \
	S(salvage_get, "SELECT value FROM meta"                               \
	    " WHERE name=CAST('salvage_from' AS BLOB)")                       \
	S(salvage_put, "INSERT INTO meta"                                     \
	    " VALUES (CAST('salvage_from' AS BLOB), ?1)"                      \
	    " ON CONFLICT (name) DO UPDATE SET value=excluded.value")         \
	S(salvage_del, "DELETE FROM meta"                                     \
	    " WHERE name=CAST('salvage_from' AS BLOB)")                       \
	/* ---- the lease and the counters of all ---- */                     \
	R(owner_get, (fence, next_blob, next_account, uidvalidity),           \
	    "FROM owner WHERE scope=0")                                       \
	S(owner_take, "UPDATE owner SET store=?1, fence=?2 WHERE scope=0")    \
	S(owner_put, "UPDATE owner SET next_blob=?1, next_account=?2,"        \
	    " uidvalidity=?3 WHERE scope=0 AND store=?4 AND fence=?5")        \
	/* ---- directory ---- */                                             \
	R(domain_get, (accounts, first, used, quota, told, relayed),          \
	    "FROM domain WHERE name=?1")                                      \
	S(domain_add, "INSERT INTO domain VALUES (?1, 0, 0, 0, 0, 0, ?2)")    \
	S(domain_del, "DELETE FROM domain WHERE name=?1")                     \
	S(domain_put, "UPDATE domain SET accounts=?1, first=?2"               \
	    " WHERE name=?3")                                                 \
	S(domain_use_put, "UPDATE domain SET used=?1, quota=?2, told=?3"      \
	    " WHERE name=?4")                                                 \
	R(domain_first, (name),                                               \
	    "FROM domain WHERE accounts>0 ORDER BY first, name LIMIT 1")      \
	R(domain_list, (name, accounts, used, quota, relayed),                \
	    "FROM domain WHERE name>?1 ORDER BY name LIMIT ?2")               \
	S(address_get, "SELECT account FROM address WHERE domain=?1"          \
	    " AND local=?2")                                                  \
	S(address_add, "INSERT INTO address VALUES (?1, ?2, ?3)")             \
	S(address_del, "DELETE FROM address WHERE domain=?1 AND local=?2")    \
	S(address_least, "SELECT min(account) FROM address WHERE domain=?1")  \
	R(address_list, (domain, local, account, address, messages, used,     \
	    send_as, quota, most_messages, most_mailboxes),                   \
	    "FROM address JOIN account USING (account)"                       \
	    " WHERE (address.domain, address.local)>(?1, ?2)"                 \
	    " ORDER BY address.domain, address.local LIMIT ?3")               \
	R(address_one, (account, address, messages, used, send_as, quota,     \
	    most_messages, most_mailboxes),                                   \
	    "FROM address JOIN account USING (account)"                       \
	    " WHERE address.domain=?1 AND address.local=?2")                  \
	S(alias_any, "SELECT 1 FROM alias WHERE domain=?1 AND local=?2"       \
	    " LIMIT 1")                                                       \
	S(alias_count, "SELECT count(*) FROM alias WHERE domain=?1"           \
	    " AND local=?2")                                                  \
	R(alias_targets, (target),                                            \
	    "FROM alias WHERE domain=?1 AND local=?2 ORDER BY target")        \
	S(alias_get, "SELECT 1 FROM alias WHERE domain=?1 AND local=?2"       \
	    " AND target=?3")                                                 \
	S(alias_add, "INSERT INTO alias VALUES (?1, ?2, ?3)")                 \
	S(alias_del, "DELETE FROM alias WHERE domain=?1 AND local=?2"         \
	    " AND target=?3")                                                 \
	S(alias_del_all, "DELETE FROM alias WHERE domain=?1 AND local=?2")    \
	S(alias_of_domain, "SELECT 1 FROM alias WHERE domain=?1 LIMIT 1")     \
	R(alias_to, (domain, local),                                          \
	    "FROM alias WHERE target=?1 ORDER BY domain, local LIMIT ?2")     \
	R(alias_list, (domain, local, target),                                \
	    "FROM alias WHERE (domain, local, target)>(?1, ?2, ?3)"           \
	    " ORDER BY domain, local, target LIMIT ?4")                       \
	R(sts_get, (id, mode, mx, fetched, expires),                          \
	    "FROM sts_policy WHERE domain=?1")                                \
	S(sts_add, "INSERT INTO sts_policy VALUES (?1, ?2, ?3, ?4, ?5, ?6)")  \
	S(sts_del, "DELETE FROM sts_policy WHERE domain=?1")                  \
	S(sts_expire, "DELETE FROM sts_policy WHERE expires<?1")              \
	S(sts_count, "SELECT count(*) FROM sts_policy")                       \
	S(sts_del_first, "DELETE FROM sts_policy WHERE domain=(SELECT domain" \
	    " FROM sts_policy ORDER BY expires, domain LIMIT 1)")             \
	R(srs_key_get, (key), "FROM srs_key")                                 \
	S(srs_key_add, "INSERT INTO srs_key VALUES (0, ?1)")                  \
	R(account_names, (account, address),                                  \
	    "FROM account ORDER BY account")                                  \
	R(account_get, (address, generation, uidvalidity, next_mailbox,       \
	    next_email, modseq, messages, used, quota, most_messages,         \
	    most_mailboxes),                                                  \
	    "FROM account WHERE account=?1")                                  \
	S(account_add, "INSERT INTO account VALUES (?1, ?2, 1, ?3, ?4, 1,"    \
	    " 1, 0, 0, 0, 0, 0, 0)")                                          \
	S(account_send_as, "SELECT send_as FROM account WHERE account=?1")    \
	S(account_let, "UPDATE account SET send_as=?1 WHERE account=?2")      \
	S(account_put, "UPDATE account SET generation=?1, uidvalidity=?2,"    \
	    " next_mailbox=?3, next_email=?4, modseq=?5, messages=?6,"        \
	    " used=?7, quota=?8, most_messages=?9, most_mailboxes=?10"        \
	    " WHERE account=?11")                                             \
	S(account_del, "DELETE FROM account WHERE account=?1")                \
	S(account_next, "SELECT account FROM account WHERE account>?1"        \
	    " ORDER BY account LIMIT 1")                                      \
	R(credential_get, (sealed, sealed_to, factor),                        \
	    "FROM credential WHERE account=?1")                               \
	S(credential_add, "INSERT INTO credential VALUES (?1, ?2, x'', x'')") \
	S(credential_put, "UPDATE credential SET sealed=?1, sealed_to=x''"    \
	    " WHERE account=?2")                                              \
	R(renamed_list, (sealed_to, address),                                 \
	    "FROM credential JOIN account USING (account)"                    \
	    " WHERE length(sealed_to)>0 ORDER BY account")                    \
	S(credential_renew, "UPDATE credential SET sealed=?1, sealed_to=x''"  \
	    " WHERE account=?2 AND sealed=?3")                                \
	S(factor_put, "UPDATE credential SET factor=?1 WHERE account=?2")     \
	S(credential_del, "DELETE FROM credential WHERE account=?1")          \
	R(filter_get, (spam, good, bar, weights),                             \
	    "FROM filter WHERE account=?1")                                   \
	S(filter_put, "INSERT INTO filter VALUES (?1, ?2, ?3, ?4, ?5)"        \
	    " ON CONFLICT (account) DO UPDATE SET spam=excluded.spam,"        \
	    " good=excluded.good, bar=excluded.bar,"                          \
	    " weights=excluded.weights")                                      \
	S(filter_del, "DELETE FROM filter WHERE account=?1")                  \
	S(carried_has, "SELECT count(*) FROM carried WHERE account=?1"        \
	    " AND source=?2")                                                \
	S(carried_add, "INSERT INTO carried VALUES (?1, ?2)"                  \
	    " ON CONFLICT (account, source) DO NOTHING")                     \
	S(carried_del, "DELETE FROM carried WHERE account=?1")                \
	R(app_password_get, (proof, label, services, expires, used,           \
	    used_from, used_for, keys, kind),                                 \
	    "FROM app_password WHERE account=?1 AND number=?2")               \
	S(app_password_count, "SELECT count(*) FROM app_password"             \
	    " WHERE account=?1")                                              \
	S(app_password_labelled, "SELECT number FROM app_password"            \
	    " WHERE account=?1 AND label=?2")                                 \
	S(app_password_add, "INSERT INTO app_password"                        \
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, x'', 0, ?8, ?9)")        \
	R(certificate_owner, (address), "FROM app_password"                   \
	    " JOIN account USING (account) WHERE number=?1 AND kind=1"        \
	    " LIMIT 2")                                                       \
	R(app_keys_list, (number, keys), "FROM app_password"                  \
	    " WHERE account=?1 AND kind<>1 ORDER BY used DESC, made DESC")    \
	S(app_keys_put, "UPDATE app_password SET keys=?1"                     \
	    " WHERE account=?2 AND number=?3 AND keys=?4")                    \
	S(app_password_use, "UPDATE app_password SET used=?1, used_from=?2,"  \
	    " used_for=?3 WHERE account=?4 AND number=?5")                    \
	S(app_password_del, "DELETE FROM app_password WHERE account=?1"       \
	    " AND label=?2")                                                  \
	S(app_password_del_all, "DELETE FROM app_password WHERE account=?1")  \
	R(app_password_list, (label, services, made, expires, used,           \
	    used_from, used_for, kind),                                       \
	    "FROM app_password WHERE account=?1 ORDER BY made, label")        \
	R(secret_get, (sealed), "FROM secret WHERE kind=?1 AND name=?2")      \
	R(secret_some, (kind, name, sealed), "FROM secret"                    \
	    " WHERE length(sealed)<=4096 ORDER BY kind, name LIMIT ?1")       \
	R(credential_some, (address, sealed, sealed_to),                      \
	    "FROM credential JOIN account USING (account)"                    \
	    " WHERE length(sealed) BETWEEN 1 AND 4096"                        \
	    " ORDER BY account LIMIT ?1")                                     \
	S(secret_put, "INSERT INTO secret VALUES (?1, ?2, ?3)"                \
	    " ON CONFLICT (kind, name) DO UPDATE"                             \
	    " SET sealed=excluded.sealed")                                    \
	/* ---- mail ---- */                                                  \
	/* Both give the same columns. */                                     \
	R(mailbox_get, (mailbox, uidvalidity, uidnext, messages, unseen,      \
	    deleted, size, modseq, recent, recent_from),                      \
	    "FROM mailbox WHERE account=?1 AND mailbox=?2")                   \
	R(mailbox_named, (mailbox, special),                                  \
	    "FROM mailbox WHERE account=?1 AND name=?2")                      \
	R(mailbox_find, (mailbox, uidvalidity, uidnext, messages, unseen,     \
	    deleted, size, modseq, recent, recent_from),                      \
	    "FROM mailbox WHERE account=?1 AND name=?2")                      \
	S(mailbox_use, "SELECT special FROM mailbox"                          \
	    " WHERE account=?1 AND mailbox=?2")                               \
	S(mailbox_special, "SELECT ifnull(min(mailbox), 0) FROM mailbox"      \
	    " WHERE account=?1 AND special & ?2")                             \
	S(mailbox_add, "INSERT INTO mailbox VALUES (?1, ?2, ?3, ?4, ?5, 1,"   \
	    " 0, 0, 0, 0, 1, 0, 1)")                                          \
	S(mailbox_put, "UPDATE mailbox SET uidnext=?1, messages=?2,"          \
	    " unseen=?3, deleted=?4, size=?5, modseq=?6, recent=?7,"          \
	    " recent_from=?8 WHERE account=?9 AND mailbox=?10")               \
	/* Both halves in order of name: they are merged. */                  \
	E(mailbox_list, (mailbox, name, special, subscribed, uidvalidity,     \
	    uidnext, messages, unseen, deleted, size, modseq, recent),        \
	    "SELECT mailbox, name, special, (SELECT count(*) FROM"            \
	    " subscription s WHERE s.account=m.account AND s.name=m.name)"    \
	    " AS subscribed, uidvalidity, uidnext, messages, unseen, deleted," \
	    " size, modseq, recent FROM mailbox m"                            \
	    " WHERE account=?1 AND name>?2"                                   \
	    " UNION ALL SELECT 0, name, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0"         \
	    " FROM subscription s WHERE account=?1 AND name>?2 AND NOT EXISTS" \
	    " (SELECT 1 FROM mailbox m WHERE m.account=s.account"             \
	    " AND m.name=s.name) ORDER BY name LIMIT ?3")                     \
	S(mailbox_count, "SELECT count(*) FROM mailbox WHERE account=?1")     \
	S(mailbox_unuse, "UPDATE mailbox SET special=special&~?1"             \
	    " WHERE account=?2 AND special&?1<>0")                            \
	R(mailbox_below, (name),                                              \
	    "FROM mailbox WHERE account=?1 AND name>?2 AND name<?3")          \
	S(mailbox_rename, "UPDATE mailbox"                                    \
	    " SET name=CAST(?1||substr(name, ?2) AS BLOB)"                    \
	    " WHERE account=?3 AND (name=?4 OR name>?5 AND name<?6)")         \
	S(mailbox_remove, "DELETE FROM mailbox WHERE account=?1"              \
	    " AND mailbox=?2")                                                \
	S(mailbox_removal_add, "INSERT INTO mailbox_removal VALUES (?1, ?2)") \
	R(mailbox_removal_any, (account, mailbox),                            \
	    "FROM mailbox_removal ORDER BY account, mailbox LIMIT 1")         \
	S(mailbox_removal_del, "DELETE FROM mailbox_removal"                  \
	    " WHERE account=?1 AND mailbox=?2")                               \
	S(mailbox_removal_del_all, "DELETE FROM mailbox_removal"              \
	    " WHERE account=?1")                                              \
	S(mailbox_put_use, "UPDATE mailbox SET special=?1"                    \
	    " WHERE account=?2 AND mailbox=?3")                               \
	S(subscription_add, "INSERT INTO subscription VALUES (?1, ?2)"        \
	    " ON CONFLICT DO NOTHING")                                        \
	S(subscription_del, "DELETE FROM subscription WHERE account=?1"       \
	    " AND name=?2")                                                   \
	S(subscription_del_all, "DELETE FROM subscription WHERE account=?1")  \
	S(subscription_count, "SELECT count(*) FROM subscription"             \
	    " WHERE account=?1 AND name<>?2")                                 \
	S(placement_add, "INSERT INTO placement"                              \
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, 0, ?7)")                    \
	S(placement_flag, "UPDATE placement SET modseq=?1, deleted=?2"        \
	    " WHERE account=?3 AND mailbox=?4 AND uid=?5")                    \
	S(placement_expunge, "UPDATE placement SET modseq=?1, expunged=?1"    \
	    " WHERE account=?2 AND mailbox=?3 AND uid=?4")                    \
	R(placement_content, (blob, prefix),                                  \
	    "FROM placement p JOIN email e USING (account, email)"            \
	    " WHERE p.account=?1 AND p.mailbox=?2 AND p.uid=?3")              \
	R(email_content, (blob, prefix),                                      \
	    "FROM email WHERE account=?1 AND email=?2")                       \
	E(column_load, (uid, email, created, modseq, deleted, expunged, blob, \
	    flags, received, offset_min, size, prefix_len, keywords, thread,  \
	    saved), "SELECT p.uid AS uid, email, p.created AS created,"       \
	    " modseq, deleted, expunged, blob, flags, received, offset_min,"  \
	    " size, length(prefix)+front AS prefix_len, keywords, thread,"    \
	    " saved"                                                          \
	    " FROM placement p"                                               \
	    " LEFT JOIN email e USING (account, email) WHERE p.account=?1"    \
	    " AND p.mailbox=?2 ORDER BY p.uid")                               \
	S(email_add, "INSERT INTO email VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6,"   \
	    " ?7, ?8, ?9, ?10, 0, ?11, ?12, ?13, ?14, ?15)")                  \
	S(uidl_any, "SELECT count(*) FROM (SELECT 1 FROM email"               \
	    " WHERE account=?1 AND uidl<>x'' LIMIT 1)")                       \
	S(uidl_has, "SELECT count(*) FROM email WHERE account=?1 AND uidl=?2" \
	    " AND uidl<>x''")                                                 \
	R(uidl_get, (uidl), "FROM email WHERE account=?1 AND email=?2")       \
	/* In another account it is nobody's copy, and a new conversation. */ \
	S(email_copy, "INSERT INTO email SELECT ?1, ?2, blob, 1, ?3,"         \
	    " received, offset_min, size, prefix, ?4, front,"                 \
	    " CASE WHEN ?1<>account THEN 0 WHEN original=0 THEN email"        \
	    " ELSE original END, 0, 0, 0, CASE ?1 WHEN account THEN thread"   \
	    " ELSE ?2 END, x'' FROM email WHERE account=?5 AND email=?6")     \
	S(email_place, "UPDATE email SET mailbox=?1, uid=?2,"                 \
	    " created=CASE created WHEN 0 THEN ?3 ELSE created END"           \
	    " WHERE account=?4 AND email=?5")                                 \
	/* Both begin with the same columns. */                               \
	R(email_placed, (email, thread, mailbox, uid, created),               \
	    "FROM email WHERE account=?1 AND email=?2 AND placements>0"       \
	    " AND created>0")                                                 \
	R(email_thread, (email, thread, mailbox, uid),                        \
	    "FROM email WHERE account=?1 AND thread=?2 AND placements>0"      \
	    " AND created>0 ORDER BY email")                                  \
	E(email_range, (email, blob, flags, received, offset_min, size,       \
	    prefix_len, keywords, thread), "SELECT email, blob, flags,"       \
	    " received, offset_min, size, length(prefix)+front AS prefix_len," \
	    " keywords, thread"                                               \
	    " FROM email WHERE account=?1 AND email>=?2 AND email<?3"         \
	    " ORDER BY email")                                                \
	R(thread_get, (thread), "FROM thread_key WHERE account=?1"            \
	    " AND key=?2")                                                    \
	S(thread_add, "INSERT INTO thread_key VALUES (?1, ?2, ?3)"            \
	    " ON CONFLICT DO NOTHING")                                        \
	R(thread_walk, (account, key, thread), "FROM thread_key"              \
	    " WHERE (account, key)>(?1, ?2) ORDER BY account, key LIMIT ?3")  \
	S(thread_is_there, "SELECT 1 FROM email WHERE account=?1"             \
	    " AND thread=?2 LIMIT 1")                                         \
	S(thread_key_del, "DELETE FROM thread_key WHERE account=?1"           \
	    " AND key=?2")                                                    \
	S(thread_del_some, "DELETE FROM thread_key WHERE (account, key) IN"   \
	    " (SELECT account, key FROM thread_key WHERE account=?1"          \
	    " LIMIT 1000)")                                                   \
	R(mailbox_changed, (mailbox, modseq),                                 \
	    "FROM mailbox WHERE account=?1 AND modseq>?2 ORDER BY mailbox")   \
	S(email_range_flags, "UPDATE email SET flags=flags & ~?1"             \
	    " WHERE account=?2 AND email>=?3 AND email<?4 AND flags & ?1<>0") \
	S(email_range_drop, "UPDATE email SET placements=0"                   \
	    " WHERE account=?1 AND email>=?2 AND email<?3")                   \
	S(garbage_range, "INSERT INTO garbage SELECT ?1, account, email"      \
	    " FROM email WHERE account=?2 AND email>=?3 AND email<?4"         \
	    " ON CONFLICT DO NOTHING")                                        \
	S(copying_put, "INSERT INTO copying VALUES (?1, ?2, ?3, ?4, ?5, ?6,"  \
	    " ?7, ?8, ?9, ?10) ON CONFLICT (account, first) DO UPDATE"        \
	    " SET staged=excluded.staged, placed=excluded.placed,"            \
	    " octets=excluded.octets, state=excluded.state, at=excluded.at")  \
	R(copying_get, (mailbox, most, staged, placed, octets, state, reader), \
	    "FROM copying WHERE account=?1 AND first=?2")                     \
	R(copying_left, (account, first),                                     \
	    "FROM copying WHERE at<=?1 AND state=?2 LIMIT 1")                 \
	S(copying_del, "DELETE FROM copying WHERE account=?1 AND first=?2")   \
	S(copying_del_all, "DELETE FROM copying WHERE account=?1")            \
	S(email_flag, "UPDATE email SET flags=?1, keywords=?2"                \
	    " WHERE account=?3 AND email=?4")                                 \
	S(email_unplace, "UPDATE email SET placements=placements-1"           \
	    " WHERE account=?1 AND email=?2")                                 \
	R(email_get, (blob, placements, flags, keywords),                     \
	    "FROM email WHERE account=?1 AND email=?2")                       \
	S(email_del, "DELETE FROM email WHERE account=?1 AND email=?2")       \
	R(email_some, (email, blob), "FROM email WHERE account=?1 LIMIT ?2")  \
	R(placement_some, (uid, email, expunged),                             \
	    "FROM placement WHERE account=?1 AND mailbox=?2 LIMIT ?3")        \
	S(placement_del_one, "DELETE FROM placement WHERE account=?1"         \
	    " AND mailbox=?2 AND uid=?3")                                     \
	S(placement_del, "DELETE FROM placement"                              \
	    " WHERE (account, mailbox, uid) IN"                               \
	    " (SELECT account, mailbox, uid FROM placement"                   \
	    " WHERE account=?1 LIMIT 1000)")                                  \
	S(mailbox_del, "DELETE FROM mailbox WHERE account=?1")                \
	S(floor_get, "SELECT forgotten FROM expunge_floor WHERE account=?1"   \
	    " AND mailbox=?2")                                                \
	S(floor_put, "INSERT INTO expunge_floor VALUES (?1, ?2, ?3)"          \
	    " ON CONFLICT (account, mailbox) DO UPDATE"                       \
	    " SET forgotten=excluded.forgotten")                              \
	S(floor_del, "DELETE FROM expunge_floor WHERE account=?1")            \
	S(floor_del_one, "DELETE FROM expunge_floor WHERE account=?1"         \
	    " AND mailbox=?2")                                                \
	R(expunge_mark, (below, mark, marked_at),                             \
	    "FROM expunge_mark WHERE account=?1")                             \
	S(expunge_mark_put, "INSERT INTO expunge_mark VALUES (?1, ?2, ?3, ?4)" \
	    " ON CONFLICT (account) DO UPDATE SET below=excluded.below,"      \
	    " mark=excluded.mark, marked_at=excluded.marked_at")              \
	S(expunge_mark_del, "DELETE FROM expunge_mark WHERE account=?1")      \
	S(tombstone_account, "SELECT min(account) FROM placement"             \
	    " WHERE expunged>0 AND account>?1")                               \
	E(tombstones, (mailbox, forgotten),                                   \
	    "SELECT mailbox, max(expunged) AS forgotten FROM"                 \
	    " (SELECT mailbox, expunged FROM placement WHERE account=?1"      \
	    " AND expunged>0 AND expunged<=?2 ORDER BY expunged, mailbox, uid" \
	    " LIMIT ?3) GROUP BY mailbox")                                    \
	S(tombstone_del, "DELETE FROM placement"                              \
	    " WHERE (account, mailbox, uid) IN"                               \
	    " (SELECT account, mailbox, uid FROM placement"                   \
	    " WHERE account=?1 AND expunged>0 AND expunged<=?2"               \
	    " ORDER BY expunged, mailbox, uid LIMIT ?3)")                     \
	S(account_modseq, "SELECT modseq FROM account WHERE account=?1")      \
	S(garbage_add, "INSERT INTO garbage VALUES (?1, ?2, ?3)"              \
	    " ON CONFLICT DO NOTHING")                                        \
	R(garbage_due, (due, account, email),                                 \
	    "FROM garbage WHERE due<=?1 ORDER BY due, account, email"         \
	    " LIMIT 1")                                                       \
	S(garbage_del, "DELETE FROM garbage WHERE due=?1 AND account=?2"      \
	    " AND email=?3")                                                  \
	S(kept_add, "INSERT INTO kept SELECT account, email, ?1 FROM email"   \
	    " WHERE account=?2 AND email=?3 AND flags & ?4=0"                 \
	    " ON CONFLICT DO NOTHING")                                        \
	R(kept_old, (account, email),                                         \
	    "FROM kept WHERE at<=?1 ORDER BY at LIMIT 1")                     \
	S(kept_del, "DELETE FROM kept WHERE account=?1 AND email=?2")         \
	S(kept_del_all, "DELETE FROM kept WHERE account=?1")                  \
	E(kept_sums, (name, messages, octets, first, last),                   \
	    "SELECT coalesce(m.name, ?3) AS name, count(*) AS messages,"      \
	    " sum(e.size) AS octets, min(k.at) AS first, max(k.at) AS last"   \
	    " FROM kept k JOIN email e USING (account, email)"                \
	    " LEFT JOIN mailbox m ON m.account=e.account"                     \
	    " AND m.mailbox=e.mailbox WHERE k.account=?1 AND k.at>=?2"        \
	    " GROUP BY 1 HAVING coalesce(m.name, ?3)>?4 ORDER BY 1")          \
	E(kept_some, (email, blob, flags, received, offset_min, size,         \
	    prefix_len, keywords, thread, mailbox),                           \
	    "SELECT email, blob, flags, received, offset_min, size,"          \
	    " length(prefix)+front AS prefix_len, keywords, thread, mailbox"  \
	    " FROM kept k JOIN email e USING (account, email)"                \
	    " WHERE account=?1 AND email>?2 AND k.at>=?3"                     \
	    " ORDER BY email LIMIT ?4")                                       \
	S(email_back, "UPDATE email SET mailbox=?1, uid=?2, created=?3,"      \
	    " placements=1 WHERE account=?4 AND email=?5")                    \
	R(placed_first, (uid, saved), "FROM placement WHERE account=?1"       \
	    " AND mailbox=?2 AND expunged=0 AND saved BETWEEN 1 AND ?3"       \
	    " ORDER BY uid LIMIT ?4")                                         \
	R(mailbox_used_for, (account, mailbox, special, name), "FROM mailbox" \
	    " WHERE (account, mailbox)>(?1, ?2) AND special & ?3<>0"          \
	    " ORDER BY account, mailbox LIMIT 1")                             \
	S(removal_add, "INSERT INTO removal VALUES (?1)")                     \
	S(removal_any, "SELECT account FROM removal LIMIT 1")                 \
	S(removal_del, "DELETE FROM removal WHERE account=?1")                \
	/* ---- blobs ---- */                                                 \
	S(blob_add, "INSERT INTO blob VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,"    \
	    " ?8)")                                                           \
	R(blob_get, (blob, pack, at, length, facts, crc, refs, front),        \
	    "FROM blob WHERE blob=?1")                                        \
	S(blob_ref, "UPDATE blob SET refs=refs+1 WHERE blob=?1")              \
	S(blob_unref, "UPDATE blob SET refs=refs-1 WHERE blob=?1")            \
	S(blob_del, "DELETE FROM blob WHERE blob=?1")                         \
	R(blob_files, (blob), "FROM blob WHERE pack=0")                       \
	S(blob_last, "SELECT max(blob) FROM blob")                            \
	R(blob_newest, (blob, pack, at, crc),                                 \
	    "FROM blob ORDER BY blob DESC LIMIT 16")                          \
	S(pack_put, "INSERT INTO pack VALUES (?1, ?2, ?3)"                    \
	    " ON CONFLICT (pack) DO UPDATE"                                   \
	    " SET written=excluded.written, live=live+excluded.live")         \
	S(pack_next, "INSERT INTO pack VALUES (?1, 0, 0)"                     \
	    " ON CONFLICT DO NOTHING")                                        \
	S(pack_free, "UPDATE pack SET live=live-?1 WHERE pack=?2")            \
	S(pack_del, "DELETE FROM pack WHERE pack=?1 AND live=0")              \
	S(blob_move, "UPDATE blob SET pack=?1, at=?2 WHERE blob=?3")          \
	S(blob_refs, "UPDATE blob SET refs=?1 WHERE blob=?2")                 \
	R(pack_list, (pack, written, live), "FROM pack ORDER BY pack")        \
	/* What a backup has, and a number of its folder. */                  \
	R(backup_packs, (pack, written),                                      \
	    "FROM pack WHERE pack>?1 AND live>0 ORDER BY pack LIMIT ?2")      \
	R(backup_blobs, (blob, length, facts),                                \
	    "FROM blob WHERE blob>?1 AND pack=0 ORDER BY blob LIMIT ?2")      \
	S(folder_get, "SELECT value FROM meta"                                \
	    " WHERE name=CAST('folder' AS BLOB)")                             \
	S(folder_put, "INSERT INTO meta"                                      \
	    " VALUES (CAST('folder' AS BLOB), ?1)"                            \
	    " ON CONFLICT (name) DO UPDATE SET value=excluded.value")         \
	/* What a restored folder takes anew: engine/restored.c. */           \
	S(restored_uidvalidity,                                               \
	    "SELECT ifnull(max(uidvalidity), 0) FROM account")                \
	S(restored_mailbox_most,                                              \
	    "SELECT ifnull(max(next_mailbox), 0) FROM account")               \
	S(restored_mailboxes, "UPDATE mailbox SET uidvalidity=?1+mailbox")    \
	S(restored_floors, "INSERT INTO expunge_floor"                        \
	    " SELECT account, 0, modseq+?1 FROM account WHERE TRUE"           \
	    " ON CONFLICT (account, mailbox) DO UPDATE"                       \
	    " SET forgotten=excluded.forgotten")                              \
	S(restored_accounts, "UPDATE account SET"                             \
	    " uidvalidity=?1+next_mailbox, next_mailbox=next_mailbox+?2,"     \
	    " next_email=next_email+?3, modseq=modseq+?4")                    \
	S(restored_later, "UPDATE later SET due=?1 WHERE due<=?2")            \
	S(restored_later_rcpts, "UPDATE queue_rcpt SET next_due=(SELECT due"  \
	    " FROM later l WHERE l.message=queue_rcpt.message)"               \
	    " WHERE state=4")                                                 \
	/* The one that is written to, and what is to come behind it. */      \
	R(packs_last, (pack, written), "FROM pack WHERE pack >="              \
	    " ifnull((SELECT max(pack) FROM pack WHERE written>0), 0)")       \
	/* ---- queue, changes ---- */                                        \
	/* First the fields of the envelope, in the order of their table. */  \
	S(queue_add, "INSERT INTO queue (reverse_path, smtputf8, ret, envid," \
	    " hold_for, hold_until, require_tls, priority, deliver_by,"       \
	    " by_mode, solicit, message, account, size, at, body_8bit,"       \
	    " signature, signature_7bit) VALUES (?1, ?2, ?3, ?4, ?5, ?6,"     \
	    " ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)")      \
	R(queue_get, (reverse_path, at), "FROM queue WHERE message=?1")       \
	S(queue_del, "DELETE FROM queue WHERE message=?1")                    \
	S(queue_left, "SELECT rcpt FROM queue_rcpt WHERE message=?1"          \
	    " LIMIT 1")                                                       \
	/* And here those of the addressee. */                                \
	S(queue_rcpt_add, "INSERT INTO queue_rcpt (address, notify, orcpt,"   \
	    " valid_since, rrvs, message, rcpt, domain, state, next_due,"     \
	    " outcome, code, status, text, host, last, noticed, held_at,"     \
	    " attempts) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"     \
	    " ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, 0)")                    \
	R(queue_rcpt_get, (address, domain, state, attempts, notify, at,      \
	    released, reverse_path, require_tls, priority, deliver_by,        \
	    by_mode, noticed, held_at, by_hand, stood, give_up, orcpt,        \
	    smtputf8, code, status, text, host),                              \
	    "FROM queue_rcpt r JOIN queue q USING (message)"                  \
	    " WHERE r.message=?1 AND r.rcpt=?2")                              \
	S(queue_rcpt_put, "UPDATE queue_rcpt SET state=?1, next_due=?2,"      \
	    " attempts=?3, outcome=?4, code=?5, status=?6, text=?7,"          \
	    " host=?8, last=?9 WHERE message=?10 AND rcpt=?11")               \
	S(queue_rcpt_move, "UPDATE queue_rcpt SET state=?1, next_due=?2"      \
	    " WHERE message=?3 AND rcpt=?4")                                  \
	S(queue_rcpt_noticed, "UPDATE queue_rcpt SET noticed=?1"              \
	    " WHERE message=?2 AND rcpt=?3")                                  \
	S(queue_rcpt_del, "DELETE FROM queue_rcpt WHERE message=?1"           \
	    " AND rcpt=?2")                                                   \
	E(queue_start, (domain, state, due),                                  \
	    "SELECT domain, state, min(next_due) AS due FROM queue_rcpt"      \
	    " GROUP BY domain, state")                                        \
	E(queue_last, (last), "SELECT"                                        \
	    " max(ifnull((SELECT max(last) FROM queue_rcpt), 0),"             \
	    " ifnull((SELECT max(at) FROM queue), 0)) AS last")               \
	R(waiting_gaps, (gap_from, gap_to), "FROM waiting_gap"                \
	    " ORDER BY gap_from")                                             \
	S(waiting_gaps_del, "DELETE FROM waiting_gap")                        \
	S(waiting_gap_add, "INSERT INTO waiting_gap VALUES (?1, ?2)")         \
	E(queue_reports, (message), "SELECT DISTINCT message FROM queue_rcpt" \
	    " WHERE state=2 AND message>?1 ORDER BY message LIMIT ?2")        \
	R(queue_due, (QUEUE_ITEM),                                            \
	    "FROM queue_rcpt r JOIN queue q USING (message)"                  \
	    " WHERE r.domain=?1 AND r.state=?2"                               \
	    " AND (r.next_due, r.message, r.rcpt)>(?3, ?4, ?5)"               \
	    " ORDER BY r.next_due, r.message, r.rcpt")                        \
	R(queue_of, (QUEUE_ITEM), "FROM queue_rcpt r JOIN queue q"            \
	    " USING (message) WHERE r.message=?1 ORDER BY r.message, r.rcpt") \
	R(queue_walk, (message, rcpt, state, notify, noticed, at, released,   \
	    reverse_path, code, status, text, host, stood, give_up),          \
	    "FROM queue_rcpt r JOIN queue q USING (message)"                  \
	    " WHERE (r.message, r.rcpt)>(?1, ?2)"                             \
	    " ORDER BY r.message, r.rcpt")                                    \
	/* Of messages that are to be there by some time. */                  \
	R(queue_by, (message, rcpt, state, notify, noticed, reverse_path,     \
	    code, status, text, host, deliver_by, by_mode),                   \
	    "FROM queue q JOIN queue_rcpt r USING (message)"                  \
	    " WHERE q.by_mode>0 AND (q.deliver_by, q.message)>=(?1, ?2)"      \
	    " AND NOT (q.deliver_by=?1 AND q.message=?2 AND r.rcpt<=?3)"      \
	    " ORDER BY q.deliver_by, q.message, r.rcpt")                      \
	R(queue_rows, (QUEUE_ITEM), "FROM queue_rcpt r JOIN queue q"          \
	    " USING (message) WHERE (r.message, r.rcpt)>(?1, ?2)"             \
	    " ORDER BY r.message, r.rcpt")                                    \
	STATEMENTS_NOTE(S, R, E) STATEMENTS_RELAYED(S, R, E)                  \
	STATEMENTS_ACL(S, R, E) STATEMENTS_AGGREGATE(S, R, E)                 \
	STATEMENTS_FEEDBACK(S, R, E) STATEMENTS_HELD(S, R, E)                 \
	STATEMENTS_HOLD(S, R, E)                                              \
	STATEMENTS_METADATA(S, R, E) STATEMENTS_ETRN(S, R, E)                 \
	STATEMENTS_MEMORY(S, R, E) STATEMENTS_LDAP(S, R, E)                   \
	STATEMENTS_URL(S, R, E) STATEMENTS_BAN(S, R, E)                       \
	STATEMENTS_OWNER(S, R, E) STATEMENTS_LIMITS(S, R, E)                  \
	STATEMENTS_PAM(S, R, E)                                               \
	/* ---- what leaves later ---- */                                      \
	S(later_add, "INSERT INTO later VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)") \
	R(later_next, (message), "FROM later WHERE due<=?1"                   \
	    " ORDER BY due, message LIMIT 1")                                 \
	R(later_get, (account, thread_keys), "FROM later WHERE message=?1")   \
	E(later_sums, (messages, octets),                                     \
	    "SELECT count(*) AS messages, ifnull(sum(size), 0) AS octets"     \
	    " FROM later WHERE account=?1")                                   \
	S(later_del, "DELETE FROM later WHERE message=?1")                    \
	/* 1: let go, maybe before it was due. */                             \
	S(later_past_add, "INSERT INTO later_past SELECT account, message,"   \
	    " ?1, ?2, CASE ?1 WHEN 1 THEN min(due, ?2) ELSE due END, email,"  \
	    " thread FROM later WHERE message=?3")                            \
	S(later_past_get, "SELECT became FROM later_past WHERE account=?1"    \
	    " AND message=?2 AND at>?3")                                      \
	S(later_past_trim, "DELETE FROM later_past WHERE account=?1"          \
	    " AND message<=(SELECT message FROM later_past WHERE account=?1"  \
	    " ORDER BY message DESC LIMIT 1 OFFSET ?2)")                      \
	S(later_past_old, "DELETE FROM later_past WHERE (account, message) IN" \
	    " (SELECT account, message FROM later_past WHERE at<=?1"          \
	    " ORDER BY at LIMIT 4)")                                          \
	E(later_list, (message, state, due, email, thread),                   \
	    "SELECT message, 0 AS state, due, email, thread FROM later"       \
	    " WHERE account=?1 AND message>?2 UNION ALL"                      \
	    " SELECT message, became AS state, due, email, thread"            \
	    " FROM later_past WHERE account=?1 AND message>?2 AND at>?3"      \
	    " ORDER BY message")                                              \
	E(later_state, (waiting, messages, past),                             \
	    "SELECT count(*) AS waiting, ifnull(sum(message), 0) AS messages," \
	    " (SELECT count(*) FROM later_past WHERE account=?1 AND at>?2)"   \
	    " AS past FROM later WHERE account=?1")                           \
	S(later_put_off, "UPDATE later SET due=?1 WHERE message=?2")          \
	S(later_rcpts_del, "DELETE FROM queue_rcpt WHERE message=?1"          \
	    " AND state=4")                                                   \
	/* The clock went by ?1 seconds while nobody waited. */               \
	S(later_move, "UPDATE later SET due=due+?1 WHERE message IN"          \
	    " (SELECT message FROM later JOIN queue USING (message)"          \
	    " WHERE hold_for>0)")                                             \
	S(later_rcpts_move, "UPDATE queue_rcpt SET next_due=next_due+?1"      \
	    " WHERE state=4 AND message IN (SELECT message FROM later"        \
	    " JOIN queue USING (message) WHERE hold_for>0)")                  \
	/* It was ahead when they came. */                                    \
	S(later_begin_again, "UPDATE later SET due=?1+(SELECT hold_for FROM"  \
	    " queue q WHERE q.message=later.message) WHERE message IN"        \
	    " (SELECT message FROM later JOIN queue USING (message)"          \
	    " WHERE hold_for>0 AND at>?1)")                                   \
	S(later_rcpts_begin_again, "UPDATE queue_rcpt SET next_due=(SELECT"   \
	    " due FROM later l WHERE l.message=queue_rcpt.message)"           \
	    " WHERE state=4 AND message IN (SELECT message FROM later"        \
	    " JOIN queue USING (message) WHERE hold_for>0 AND at>?1)")        \
	S(queue_released, "UPDATE queue SET released=?1 WHERE message=?2")    \
	S(blob_ref_more, "UPDATE blob SET refs=refs+?1 WHERE blob=?2")        \
	R(change_get, (answer),                                               \
	    "FROM change WHERE id=?1 AND scope=?2 AND part=?3")               \
	S(change_add, "INSERT INTO change VALUES (?1, ?2, ?3, ?4, ?5)")       \
	S(change_old, "DELETE FROM change WHERE at<?1"                        \
	    " AND (id, scope, part) IN (SELECT id, scope, part FROM change"   \
	    " WHERE id>=?2 ORDER BY id, scope, part LIMIT ?3)")               \
	S(change_walk, "SELECT max(id) FROM (SELECT id FROM change"           \
	    " WHERE id>=?1 ORDER BY id, scope, part LIMIT ?2)")               \
	/* ---- recounting ---- */                                            \
	R(verify_mailboxes, (mailbox, name, uidvalidity, uidnext, messages,   \
	    unseen, deleted, size, modseq, recent, recent_from),              \
	    "FROM mailbox WHERE account=?1 ORDER BY uidvalidity")             \
	E(verify_mailbox, (messages, unseen, deleted, size, recent, emails),  \
	    "SELECT count(*) AS messages, sum((e.flags & 1)=0) AS unseen,"    \
	    " sum(p.deleted) AS deleted, sum(e.size) AS size,"                \
	    " sum(p.uid>=?3) AS recent,"                                      \
	    " count(e.email) AS emails FROM placement p LEFT JOIN email e"    \
	    " ON e.account=p.account AND e.email=p.email"                     \
	    " WHERE p.account=?1 AND p.mailbox=?2 AND p.expunged=0")          \
	E(verify_tomb, (top_uid, modseq),                                     \
	    "SELECT max(uid) AS top_uid, max(modseq) AS modseq"               \
	    " FROM placement WHERE account=?1 AND mailbox=?2")                \
	S(verify_stray, "SELECT count(*) FROM placement p"                    \
	    " LEFT JOIN mailbox m ON m.account=p.account"                     \
	    " AND m.mailbox=p.mailbox WHERE p.account=?1"                     \
	    " AND m.mailbox IS NULL AND p.mailbox NOT IN (SELECT mailbox"     \
	    " FROM mailbox_removal WHERE account=?1)")                        \
	S(verify_removals, "SELECT name FROM mailbox_removal"                 \
	    " JOIN mailbox USING (account, mailbox)")                         \
	S(verify_subscriptions, "SELECT s.name FROM subscription s"           \
	    " LEFT JOIN account a ON a.account=s.account WHERE a.account"     \
	    " IS NULL AND s.account NOT IN (SELECT account FROM removal)")    \
	E(verify_emails, (email),                                             \
	    "SELECT e.email AS email FROM email e LEFT JOIN blob b"           \
	    " ON b.blob=e.blob LEFT JOIN (SELECT email, count(*) AS n"        \
	    " FROM placement WHERE account=?1 AND expunged=0"                 \
	    " GROUP BY email) p ON p.email=e.email WHERE e.account=?1"        \
	    " AND (b.blob IS NULL OR e.placements<>coalesce(p.n, 0) OR"       \
	    " e.email>=?2) AND NOT EXISTS (SELECT 1 FROM copying c"           \
	    " WHERE c.account=e.account AND b.blob IS NOT NULL"               \
	    " AND e.placements=1 AND p.n IS NULL"                             \
	    " AND e.email>=c.first+c.placed AND e.email<c.first+c.staged)")   \
	E(verify_sizes, (email, size, before, blob, pack, at, length, facts,  \
	    crc, front), "SELECT email, size, length(prefix) AS before,"      \
	    " blob, pack, at, length, facts, crc, b.front AS front"           \
	    " FROM email e JOIN blob b USING (blob) WHERE e.account=?1")      \
	E(verify_queued, (blob, pack, at, length, facts, crc, front, size),   \
	    "SELECT blob, pack, b.at AS at, length, facts, crc, front,"       \
	    " q.size AS size FROM queue q JOIN blob b ON b.blob=q.message")   \
	S(verify_places, "SELECT count(*) FROM placement p JOIN email e"      \
	    " USING (account, email) WHERE p.account=?1 AND p.expunged=0"     \
	    " AND (e.mailbox<>p.mailbox OR e.uid<>p.uid OR e.created=0"       \
	    " OR e.thread=0)")                                                \
	S(verify_dead, "SELECT count(*) FROM email e WHERE e.account=?1"      \
	    " AND e.placements=0 AND e.email NOT IN (SELECT email"            \
	    " FROM garbage WHERE account=?1 UNION ALL SELECT email"           \
	    " FROM kept WHERE account=?1)")                                \
	R(verify_blobs, (blob, pack, at, length, facts, crc, refs, front),    \
	    "FROM blob WHERE blob>?1 ORDER BY blob LIMIT ?2")                 \
	E(verify_named, (blob, times),                                        \
	    "SELECT blob, count(*) AS times FROM (SELECT blob FROM email"     \
	    " WHERE blob>?1 AND blob<=?2 UNION ALL SELECT message"            \
	    " FROM queue WHERE message>?1 AND message<=?2"                    \
	    " UNION ALL SELECT message FROM held"                             \
	    " WHERE message>?1 AND message<=?2"                               \
	    " UNION ALL SELECT email FROM garbage WHERE account=0"            \
	    " AND email>?1 AND email<=?2) AS n GROUP BY blob ORDER BY blob")  \
	R(verify_refs, (blob, refs),                                          \
	    "FROM blob WHERE blob>?1 AND blob<=?2 ORDER BY blob")             \
	E(verify_packs, (pack, live, written, counted, top),                  \
	    "SELECT p.pack AS pack, p.live AS live, p.written AS written,"    \
	    " coalesce(c.octets, 0) AS counted, coalesce(c.top, 0) AS top"    \
	    " FROM pack p LEFT JOIN"                                          \
	    " (SELECT pack, sum((?1+length+facts)/?2*?2) AS octets,"          \
	    " max(at+(?1+length+facts)/?2*?2) AS top FROM blob"               \
	    " GROUP BY pack) c ON c.pack=p.pack")                             \
	E(repair_placed, (mailbox, uid, name, blob, has, pack, ends),         \
	    "SELECT p.mailbox AS mailbox, p.uid AS uid, m.name AS name,"      \
	    " e.blob AS blob, b.blob IS NOT NULL AS has,"                     \
	    " coalesce(b.pack, 0) AS pack,"                                   \
	    " coalesce(b.at+b.length+b.facts, 0) AS ends FROM placement p"    \
	    " JOIN mailbox m USING (account, mailbox)"                        \
	    " JOIN email e USING (account, email)"                            \
	    " LEFT JOIN blob b ON b.blob=e.blob WHERE p.account=?1"           \
	    " AND (p.mailbox, p.uid)>(?2, ?3) AND p.expunged=0"               \
	    " ORDER BY p.mailbox, p.uid LIMIT ?4")                            \
	S(verify_addresses, "SELECT a.domain, a.local FROM address a"         \
	    " LEFT JOIN account c ON c.account=a.account"                     \
	    " LEFT JOIN domain d ON d.name=a.domain"                          \
	    " WHERE c.account IS NULL OR d.name IS NULL")                     \
	S(verify_aliases, "SELECT l.local FROM alias l LEFT JOIN domain d"    \
	    " ON d.name=l.domain LEFT JOIN address a ON a.domain=l.domain"    \
	    " AND a.local=l.local WHERE d.name IS NULL OR a.local IS NOT"     \
	    " NULL")                                                          \
	S(verify_domains, "SELECT name FROM domain d WHERE accounts<>"        \
	    " (SELECT count(*) FROM address a WHERE a.domain=d.name)")        \
	S(verify_domain_use, "SELECT name FROM domain d WHERE used<>"         \
	    "(SELECT ifnull(sum(a.used), 0) FROM address"                     \
	    " JOIN account a USING (account) WHERE address.domain=d.name)")   \
	S(verify_queue, "SELECT q.message FROM queue q LEFT JOIN blob b"      \
	    " ON b.blob=q.message WHERE b.blob IS NULL")                      \
	S(verify_rcpts, "SELECT r.message FROM queue_rcpt r"                  \
	    " LEFT JOIN queue q ON q.message=r.message"                       \
	    " WHERE q.message IS NULL")                                       \
	S(verify_later, "SELECT message FROM later WHERE message NOT IN"      \
	    " (SELECT message FROM queue_rcpt WHERE state=4) UNION ALL"       \
	    " SELECT message FROM queue_rcpt r WHERE (state=4)<>EXISTS"       \
	    " (SELECT 1 FROM later l WHERE l.message=r.message)")             \
	S(verify_unsent, "SELECT q.message FROM queue q WHERE NOT EXISTS"     \
	    " (SELECT 1 FROM queue_rcpt r WHERE r.message=q.message)")
