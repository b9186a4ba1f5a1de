/*
 * test_steps.h - the way back from the newest version of the tables to an older
 * one, for tests of the steps from there.
 */
#pragma once

#define BACK_TO_21                                                            \
	"DROP TABLE queue_hold; DROP INDEX queue_give_up;"                    \
	"ALTER TABLE queue_rcpt DROP COLUMN held_at;"                         \
	"ALTER TABLE queue_rcpt DROP COLUMN by_hand;"                         \
	"ALTER TABLE queue_rcpt DROP COLUMN stood;"                           \
	"ALTER TABLE queue_rcpt DROP COLUMN give_up;"                         \
	"DROP TABLE pam_account; DROP TABLE limits; DROP TABLE stopped;"      \
	"ALTER TABLE queue DROP COLUMN signature_7bit;"                        \
	"DROP INDEX app_password_certificate;"                                 \
	"ALTER TABLE app_password DROP COLUMN kind; UPDATE meta SET value=21;"
#define BACK_TO_20                                                            \
	BACK_TO_21                                                            \
	"DROP TABLE ldap_account; DROP TABLE ldap_alias;"                     \
	"DROP TABLE relayed; ALTER TABLE domain DROP COLUMN relayed;"          \
	"ALTER TABLE queue DROP COLUMN solicit; DROP TABLE past_owner;"        \
	"ALTER TABLE queue_rcpt DROP COLUMN valid_since;"                      \
	"ALTER TABLE queue_rcpt DROP COLUMN rrvs; UPDATE meta SET value=20;"
#define BACK_TO_19                                                            \
	BACK_TO_20                                                            \
	"DROP TABLE feedback;"                                                 \
	"DROP INDEX queue_by; ALTER TABLE queue DROP COLUMN deliver_by;"       \
	"ALTER TABLE queue DROP COLUMN by_mode; UPDATE meta SET value=19;"
#define BACK_TO_18                                                            \
	BACK_TO_19                                                            \
	"DROP TABLE held; DROP TABLE ban;"                                    \
	"DROP TABLE aggregate; DROP TABLE aggregate_row;"                      \
	"CREATE TABLE plain (kind INTEGER NOT NULL, bits INTEGER NOT NULL,"   \
	" subject BLOB NOT NULL, word INTEGER NOT NULL, at INTEGER NOT NULL," \
	" PRIMARY KEY (kind, bits, subject)) STRICT, WITHOUT ROWID;"          \
	"INSERT INTO plain SELECT kind, bits, subject, word, at"              \
	" FROM sender_rule; DROP TABLE sender_rule;"                          \
	"ALTER TABLE plain RENAME TO sender_rule; UPDATE meta SET value=18;"
#define BACK_TO_17                                                            \
	BACK_TO_18                                                            \
	"DROP TABLE url_key;"                                                  \
	"DROP INDEX email_uidl; ALTER TABLE email DROP COLUMN uidl;"           \
	"ALTER TABLE account DROP COLUMN most_messages;"                       \
	"ALTER TABLE account DROP COLUMN most_mailboxes;"                      \
	"ALTER TABLE domain DROP COLUMN used;"                                 \
	"ALTER TABLE domain DROP COLUMN quota;"                                \
	"ALTER TABLE domain DROP COLUMN told; UPDATE meta SET value=17;"
#define BACK_TO_16                                                            \
	BACK_TO_17                                                            \
	"DROP TABLE acl; DROP TABLE reader_seen;"                              \
	"ALTER TABLE copying DROP COLUMN reader;"                              \
	"ALTER TABLE queue DROP COLUMN require_tls; DROP TABLE metadata;"      \
	"ALTER TABLE queue DROP COLUMN priority;"                              \
	"ALTER TABLE app_password DROP COLUMN keys;"                           \
	"UPDATE meta SET value=16;"
#define BACK_TO_15                                                            \
	BACK_TO_16                                                            \
	"DROP TABLE note; DROP TABLE noted; DROP TABLE sts_policy;"            \
	"DROP TABLE vacation;"                                                 \
	"ALTER TABLE credential DROP COLUMN factor; UPDATE meta SET value=15;"
#define BACK_TO_14 BACK_TO_15 "DROP TABLE carried; UPDATE meta SET value=14;"
#define BACK_TO_13                                                            \
	BACK_TO_14                                                            \
	"ALTER TABLE account DROP COLUMN quota; UPDATE meta SET value=13;"
#define BACK_TO_12 BACK_TO_13 "DROP TABLE kept; UPDATE meta SET value=12;"
#define BACK_TO_11 BACK_TO_12 "DROP TABLE filter; UPDATE meta SET value=11;"
#define BACK_TO_10                                                            \
	BACK_TO_11                                                            \
	"ALTER TABLE placement DROP COLUMN saved; UPDATE meta SET value=10;"
#define BACK_TO_9                                                             \
	BACK_TO_10                                                            \
	"DROP TABLE later_past;"                                              \
	"ALTER TABLE later DROP COLUMN email;"                                \
	"ALTER TABLE later DROP COLUMN thread;"                               \
	"UPDATE meta SET value=9;"
#define BACK_TO_8                                                             \
	BACK_TO_9                                                             \
	"DROP TABLE app_password; DROP TABLE later;"                          \
	"ALTER TABLE queue DROP COLUMN hold_for;"                             \
	"ALTER TABLE queue DROP COLUMN hold_until;"                           \
	"ALTER TABLE queue DROP COLUMN released;"                             \
	"UPDATE meta SET value=8;"
#define BACK_TO_6                                                             \
	BACK_TO_8                                                             \
	"DROP INDEX email_thread; DROP TABLE thread_key;"                     \
	"ALTER TABLE email DROP COLUMN mailbox;"                              \
	"ALTER TABLE email DROP COLUMN uid;"                                  \
	"ALTER TABLE email DROP COLUMN created;"                              \
	"ALTER TABLE email DROP COLUMN thread;"                               \
	"DROP TABLE sender_rule; DROP TABLE remembered;"                      \
	"DROP TABLE waiting_gap;"                                             \
	"UPDATE meta SET value=6;"
#define BACK_TO_4                                                             \
	"ALTER TABLE credential DROP COLUMN sealed_to;"                       \
	"DROP TABLE expunge_floor; DROP TABLE expunge_mark;"                  \
	"DROP INDEX placement_expunged;"                                      \
	"DROP TABLE subscription; DROP TABLE mailbox_removal;"                \
	BACK_TO_6                                                             \
	"ALTER TABLE email DROP COLUMN original; DROP TABLE copying;"         \
	"ALTER TABLE mailbox DROP COLUMN recent;"                             \
	"ALTER TABLE mailbox DROP COLUMN recent_from;"                        \
	"UPDATE meta SET value=4;"
