/*
 * messages_operator.h - what the operator asks: a part of messages.h, which has
 * the table of all calls.
 */
#pragma once

/* relayed: its mail is passed on to other servers (messages_relayed.h), or (the
 * same field, of which 0 is most) it takes none and nobody writes as one of it.
 */
enum domain_relayed { DOMAIN_RELAYED = 1, DOMAIN_NO_MAIL };
#define FIELDS_domain_add_ask(F, S) \
	F(S, u64, change, 0) F(S, str, name, 255) F(S, u8, relayed, 0)
#define FIELDS_domain_remove_ask(F, S) F(S, u64, change, 0) F(S, str, name, 255)
/* only: this one, if it is there, and no other. */
#define FIELDS_domains_ask(F, S) F(S, str, after, 255) F(S, str, only, 255)
/* own: of `only`, an account or an alias has the address that reports of others
 * go to (FEEDBACK_LOCAL), so that nobody reads them. */
#define FIELDS_domains_answer(F, S)                                   \
	F(S, str, rows, MSG_CHUNK) F(S, u8, more, 0) F(S, u8, own, 0)
#define FIELDS_domain_row(F, S)                                       \
	F(S, str, name, 255) F(S, u32, accounts, 0)                   \
	F(S, u64, octets, 0) F(S, u64, quota, 0) F(S, u8, relayed, 0)
/* What all accounts of the domain may have together, octets; 0: any. */
#define FIELDS_domain_quota_ask(F, S) \
	F(S, u64, change, 0) F(S, str, name, 255) F(S, u64, quota, 0)
/* Aliases: an address of a domain of ours to one or many, here or elsewhere.
 * The local part "*" takes what nobody else in the domain has. */
#define FIELDS_alias_add_ask(F, S) \
	F(S, u64, change, 0) F(S, str, address, 320) F(S, str, target, 320)
/* target empty: all of them */
#define FIELDS_alias_remove_ask(F, S) \
	F(S, u64, change, 0) F(S, str, address, 320) F(S, str, target, 320)
#define FIELDS_aliases_ask(F, S) F(S, str, after, 700)
#define FIELDS_aliases_answer(F, S) F(S, str, rows, MSG_CHUNK) F(S, str, next, 700)
#define FIELDS_alias_row(F, S) F(S, str, address, 320) F(S, str, target, 320)
#define FIELDS_account_add_ask(F, S) \
	F(S, u64, change, 0) F(S, str, address, 320) F(S, str, sealed, 4096)
#define FIELDS_account_add_answer(F, S) F(S, u64, account, 0)
/* was: only instead of this credential, E_STALE if there is another by now;
 * empty: of any. */
#define FIELDS_account_passwd_ask(F, S) \
	F(S, u64, change, 0) F(S, str, address, 320) F(S, str, sealed, 4096) \
	F(S, str, was, 4096) F(S, str, peer, 64) /* of vault: from where */
/* Whom a person may write as besides their own addresses. */
enum { SEND_AS_own, SEND_AS_ours, SEND_AS_anyone, SEND_AS_N };
#define FIELDS_account_let_ask(F, S) \
	F(S, u64, change, 0) F(S, str, address, 320) F(S, u32, send_as, 0)
/* What an account may have: octets, 0 for what the option `quota` says; or
 * messages or mailboxes, 0 for as many as come. */
#define QUOTA_NONE ((uint64_t)INT64_MAX)
enum quota_kind { QUOTA_octets, QUOTA_messages, QUOTA_mailboxes };
#define FIELDS_account_quota_ask(F, S)                                \
	F(S, u64, change, 0) F(S, str, address, 320) F(S, u64, quota, 0) \
	F(S, u32, kind, 0)	/* QUOTA_* */
#define FIELDS_account_remove_ask(F, S) \
	F(S, u64, change, 0) F(S, str, address, 320)
#define FIELDS_accounts_ask(F, S) F(S, str, after, 320) F(S, str, only, 320)
#define FIELDS_accounts_answer(F, S) F(S, str, rows, MSG_CHUNK) F(S, u8, more, 0)
/* unknown: what is kept of it is damaged. */
enum has_factor { HAS_FACTOR_no, HAS_FACTOR_yes, HAS_FACTOR_unknown };
#define FIELDS_account_row(F, S)                                      \
	F(S, u64, account, 0) F(S, str, address, 320)                 \
	F(S, u32, messages, 0) F(S, u64, size, 0) F(S, u32, send_as, 0) \
	F(S, u64, quota, 0) F(S, u8, factor, 0)	/* HAS_FACTOR_* */    \
	F(S, u64, most_messages, 0) F(S, u64, most_mailboxes, 0)      \
	F(S, i64, stopped, 0)	/* since when it may send nothing; 0 */
/* What was expunged since then (seconds since 1970; 0: ever) and can be had
 * back, by the mailbox it would come into, those behind `after` (a name; empty
 * at first). keeps_s: how long it is kept. */
#define FIELDS_kept_ask(F, S)                                         \
	F(S, str, address, 320) F(S, i64, since, 0) F(S, str, after, 1000)
#define FIELDS_kept_answer(F, S)                                      \
	F(S, str, rows, MSG_CHUNK) F(S, u8, more, 0) F(S, u32, keeps_s, 0)
#define FIELDS_kept_row(F, S)                                         \
	F(S, str, mailbox, 1000) F(S, u64, messages, 0)               \
	F(S, u64, octets, 0)                                          \
	F(S, i64, first, 0) F(S, i64, last, 0)	/* expunged; seconds */
/* Have some of it back, under new UIDs: of all mailboxes, or of one. after is
 * 0 at first and then `next`, which is 0 at the end; each ask has another
 * change id. E_FULL: what is left does not fit into the quota. */
#define FIELDS_undelete_ask(F, S)                                     \
	F(S, u64, change, 0) F(S, str, address, 320)                  \
	F(S, str, mailbox, 1000) F(S, i64, since, 0) F(S, u64, after, 0)
#define FIELDS_undelete_answer(F, S)                                  \
	F(S, u64, next, 0) F(S, u32, messages, 0) F(S, u64, octets, 0)
/* Recount everything and read every blob, a slice at a time: cursor is empty
 * at first and then `next`, which is empty at the end. problems: one line
 * each. What was put aside is none, but takes room; the first slice counts it:
 * files that the database does not name (stray-*), and tables that could not be
 * read. */
#define FIELDS_verify_ask(F, S) F(S, str, cursor, 64)
#define FIELDS_verify_answer(F, S)                                    \
	F(S, str, next, 64) F(S, str, problems, MSG_CHUNK)            \
	F(S, u64, checked, 0) F(S, u64, octets, 0)                    \
	F(S, u64, aside_files, 0) F(S, u64, aside_octets, 0)          \
	F(S, u64, aside_tables, 0)                                    \
	F(S, u32, percent, 0)
/* Mend what verify finds, a slice at a time as there; with another change id
 * each. dry: only say what would be done. forget: what cannot be given to
 * anybody now will never be asked for, and its files go.
 *
 * lines: what was done, one line each. E_STALE: store was started anew, begin
 * again; what was done is done. */
#define FIELDS_repair_ask(F, S)                                       \
	F(S, u64, change, 0) F(S, str, cursor, 64) F(S, u8, dry, 0)   \
	F(S, u8, forget, 0)
#define FIELDS_repair_answer(F, S)                                    \
	F(S, str, next, 64) F(S, str, lines, MSG_CHUNK)               \
	F(S, u64, octets, 0)	/* looked through */                  \
	F(S, u32, recovered, 0)	/* messages, into Recovered */        \
	F(S, u32, restored, 0)	/* that can be read where they are */ \
	F(S, u32, removed, 0)	/* whose octets are gone */           \
	F(S, u32, counted, 0)	/* counts put right */                \
	F(S, u32, left, 0)	/* that nobody could be given */      \
	F(S, u32, tables, 0)	/* put aside, that went */            \
	F(S, u32, tables_left, 0) /* that cannot be read, and stay */
