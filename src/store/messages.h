/*
 * messages.h - everything that can be asked of store, and who may ask it.
 *
 * This is the authority table of the architecture: the authorities in
 * STORE_CALLS. An ACCOUNT connection is bound to one account when the socket
 * pair is made; no message names an account but those of VAULT and OPERATOR.
 * What an ACCOUNT reaches of others is decided in one place (engine/reach.h).
 * Store treats every ask as written by an attacker.
 *
 * Change ids: `change` names a change (the asker's number, never 0, best one
 * that grows with time: store_change_id()). Asking again with the same id,
 * also after a restart of store, returns the first answer instead of doing it
 * twice. Ids are remembered for an hour, apart for each account, mx worker and
 * local user, the relay, the operator and the vault. An id that comes again
 * with another ask is E_INVALID; what is good on one connection only (stage,
 * handles, lease) may differ, and so may the signatures. */
#pragma once
#include "rt/ipc.h"
#include "store/messages_acl.h"
#include "store/messages_aggregate.h"
#include "store/messages_backup.h"
#include "store/messages_ban.h"
#include "store/messages_carry.h"
#include "store/messages_each.h"
#include "store/messages_envelope.h"
#include "store/messages_etrn.h"
#include "store/messages_feedback.h"
#include "store/messages_held.h"
#include "store/messages_hold.h"
#include "store/messages_journal.h"
#include "store/messages_ldap.h"
#include "store/messages_limits.h"
#include "store/messages_login.h"
#include "store/messages_metadata.h"
#include "store/messages_note.h"
#include "store/messages_notice.h"
#include "store/messages_operator.h"
#include "store/messages_pam.h"
#include "store/messages_policy.h"
#include "store/messages_rcpt.h"
#include "store/messages_relayed.h"
#include "store/messages_sts.h"
#include "store/messages_url.h"
#include "store/messages_words.h"

enum store_authority {
	AUTH_NOBODY = 0,	/* store itself */
	AUTH_MX = 1,		/* submits what came from the world */
	AUTH_ACCOUNT = 2,	/* one person's mail, bound to it */
	AUTH_VAULT = 4,		/* sealed secrets, opens account connections */
	AUTH_OPERATOR = 8,	/* total power: the control socket */
	AUTH_RELAY = 16,	/* carries what it is handed from the queue */
	AUTH_LOCAL = 32,	/* a program on this machine: may only submit */
	AUTH_CARRIER = 64,	/* bound to an account: messages_carry.h */
	AUTH_LDAP = 256,	/* says who is in a directory elsewhere */
	AUTH_CHECKER = 128,	/* judges as mx does, and changes nothing */
};
/* Who may hand in messages, and who may ask whose an address is. */
enum { AUTH_SUBMITS = AUTH_MX | AUTH_ACCOUNT | AUTH_LOCAL,
	AUTH_STAGES = AUTH_SUBMITS | AUTH_RELAY | AUTH_CARRIER,
	AUTH_BOUND = AUTH_ACCOUNT | AUTH_CARRIER,
	AUTH_GREETED = AUTH_SUBMITS | AUTH_CARRIER,
	AUTH_OPENS = AUTH_VAULT | AUTH_OPERATOR,
	AUTH_TEACHES = AUTH_ACCOUNT | AUTH_OPERATOR,
	/* Vault for people who choose another one. */
	AUTH_PASSWORDS = AUTH_OPERATOR | AUTH_VAULT,
	AUTH_JUDGES = AUTH_MX | AUTH_CHECKER,
	AUTH_LISTS_OWN = AUTH_OPERATOR | AUTH_ACCOUNT,
	AUTH_NAMES_SENDER = AUTH_ACCOUNT | AUTH_LOCAL | AUTH_VAULT };

/* Asks that may be outstanding on a connection. */
enum { STORE_WINDOW = 256, STORE_ACCOUNT_WINDOW = 8 };
/* Local programs at a time, of all and of one user; and how long one may be
 * there and ask nothing. */
enum { LOCALS_MAX = 64, LOCALS_EACH = 32, LOCAL_IDLE_MS = 300000 };
/* How long they wait for an answer; what is read later is read for nobody. */
enum { STORE_CALL_MS = 30000 };
/* "alice+news@example.org" is alice's, and "*" as local part all the rest. */
#define RECIPIENT_DELIMITER '+'

/* Where store runs a call: on its loop, on a reader thread, or in the writer's
 * next group commit. */
enum store_run { RUN_LOOP, RUN_READER, RUN_WRITER };

/* What else there is to a change: one of the words below, of these. */
enum store_effect {
	EFFECT_once = 1,	/* remembered by its change id */
	EFFECT_slices = 2,	/* one id for all, apart by `cursor`; asked
				 * again, what is told is made anew */
	EFFECT_names = 4,	/* the directory is another one afterwards */
	EFFECT_pieces = 8,	/* of a blob: outside of commits */
	EFFECT_patient = 16,	/* nobody's 250 waits for it */
	EFFECT_frees = 32,	/* room, or leads to it: a full disk has a
				 * reserve for it */
	CHANGE_once = EFFECT_once,
	CHANGE_frees = EFFECT_once | EFFECT_frees,
	CHANGE_slices = EFFECT_once | EFFECT_slices | EFFECT_frees,
	CHANGE_names = EFFECT_once | EFFECT_names,
	CHANGE_removes = EFFECT_once | EFFECT_names | EFFECT_frees,
	CHANGE_patient = EFFECT_once | EFFECT_patient | EFFECT_frees,
	CHANGE_pieces = EFFECT_pieces,
	CHANGE_no_piece = EFFECT_pieces | EFFECT_frees,
	CHANGE_none = 0,
};

/* One row is all that store has to know of a call. answer: it has one of its
 * own (FIELDS_<name>_answer), or is "done". Its function is call_<name>(),
 * read_<name>() or write_<name>(), by where it runs. mail: own, the asker's
 * alone; else REACH_* of engine/reach.h: by which rights it reaches others'.
 *
 *        name            answer  authorities        where       change, mail */
#define STORE_CALLS(C) \
	C(hello, answer, AUTH_GREETED, RUN_READER, CHANGE_none, own) \
	STORE_CALLS_RCPT(C) \
	C(stage, answer, AUTH_STAGES, RUN_WRITER, CHANGE_pieces, own) \
	C(unstage, done, AUTH_STAGES, RUN_WRITER, CHANGE_no_piece, own) \
	C(submit, answer, AUTH_SUBMITS, RUN_WRITER, CHANGE_once, own) \
	C(later_room, done, AUTH_ACCOUNT, RUN_READER, CHANGE_none, own) \
	C(later_list, answer, AUTH_ACCOUNT, RUN_READER, CHANGE_none, own) \
	C(later_cancel, done, AUTH_ACCOUNT, RUN_WRITER, CHANGE_frees, own) \
	C(weigh, answer, AUTH_JUDGES, RUN_READER, CHANGE_none, own) \
	C(host_known, answer, AUTH_MX, RUN_READER, CHANGE_none, own) \
	C(spam_score, answer, AUTH_CHECKER, RUN_WRITER, CHANGE_none, own) \
	C(checker_open, done, AUTH_OPERATOR, RUN_LOOP, CHANGE_none, own) \
	C(greylist, done, AUTH_MX, RUN_WRITER, CHANGE_patient, own) \
	C(learn, done, AUTH_TEACHES, RUN_WRITER, CHANGE_once, own) \
	C(learned, answer, AUTH_OPERATOR, RUN_READER, CHANGE_none, own) \
	C(mailboxes, answer, AUTH_BOUND, RUN_READER, CHANGE_none, own) \
	C(open, answer, AUTH_BOUND, RUN_READER, CHANGE_none, named) \
	C(status, answer, AUTH_BOUND, RUN_READER, CHANGE_none, named) \
	C(uidls, answer, AUTH_BOUND, RUN_READER, CHANGE_none, own) \
	C(quota, answer, AUTH_ACCOUNT, RUN_READER, CHANGE_none, own) \
	C(fetch, answer, AUTH_BOUND, RUN_READER, CHANGE_none, read) \
	C(search, answer, AUTH_BOUND, RUN_READER, CHANGE_none, read) \
	C(content, answer, AUTH_BOUND, RUN_READER, CHANGE_none, read) \
	C(sync, answer, AUTH_ACCOUNT, RUN_READER, CHANGE_none, read) \
	C(vanished, answer, AUTH_ACCOUNT, RUN_READER, CHANGE_none, read) \
	C(emails, answer, AUTH_ACCOUNT, RUN_READER, CHANGE_none, own) \
	C(changes, answer, AUTH_ACCOUNT, RUN_READER, CHANGE_none, own) \
	C(watch, done, AUTH_ACCOUNT, RUN_LOOP, CHANGE_none, own) \
	C(mailbox_create, answer, AUTH_BOUND, RUN_WRITER, CHANGE_once, create) \
	C(mailbox_delete, done, AUTH_ACCOUNT, RUN_WRITER, CHANGE_frees, remove) \
	C(mailbox_rename, done, AUTH_ACCOUNT, RUN_WRITER, CHANGE_once, rename) \
	C(subscribe, done, AUTH_BOUND, RUN_WRITER, CHANGE_frees, own) \
	C(append, answer, AUTH_ACCOUNT, RUN_WRITER, CHANGE_once, append) \
	C(append_all, answer, AUTH_ACCOUNT, RUN_WRITER, CHANGE_once, append_all) \
	C(flags, answer, AUTH_ACCOUNT, RUN_WRITER, CHANGE_slices, flag) \
	C(expunge, answer, AUTH_ACCOUNT, RUN_WRITER, CHANGE_frees, expunge) \
	C(recent, answer, AUTH_ACCOUNT, RUN_WRITER, CHANGE_once, read) \
	C(copy, answer, AUTH_ACCOUNT, RUN_WRITER, CHANGE_once, copy) \
	C(move, answer, AUTH_ACCOUNT, RUN_WRITER, CHANGE_frees, move) \
	C(carried, answer, AUTH_CARRIER, RUN_READER, CHANGE_none, own) \
	C(carry_in, answer, AUTH_CARRIER, RUN_WRITER, CHANGE_once, own) \
	C(take, answer, AUTH_RELAY, RUN_LOOP, CHANGE_none, own) \
	C(queue_content, answer, AUTH_RELAY, RUN_READER, CHANGE_none, own) \
	C(report, done, AUTH_RELAY, RUN_WRITER, CHANGE_patient, own) \
	C(bounce, answer, AUTH_RELAY, RUN_WRITER, CHANGE_once, own) \
	C(vacation, answer, AUTH_LISTS_OWN, RUN_READER, CHANGE_none, own) \
	C(vacation_put, done, AUTH_LISTS_OWN, RUN_WRITER, CHANGE_once, own) \
	C(credential, answer, AUTH_VAULT, RUN_READER, CHANGE_none, own) \
	C(account_open, done, AUTH_OPENS, RUN_LOOP, CHANGE_none, own) \
	C(app_password_add, done, AUTH_VAULT, RUN_WRITER, CHANGE_once, own) \
	C(app_password_used, done, AUTH_VAULT, RUN_WRITER, CHANGE_patient, own) \
	C(app_password_remove, answer, AUTH_LISTS_OWN, RUN_WRITER, CHANGE_frees, own) \
	C(app_passwords, answer, AUTH_LISTS_OWN, RUN_READER, CHANGE_none, own) \
	C(app_keys, answer, AUTH_VAULT, RUN_READER, CHANGE_none, own) \
	C(certificate_owner, answer, AUTH_VAULT, RUN_READER, CHANGE_none, own) \
	C(keys_renew, done, AUTH_VAULT, RUN_WRITER, CHANGE_patient, own) \
	C(factor_put, done, AUTH_VAULT, RUN_WRITER, CHANGE_once, own) \
	C(factor_remove, done, AUTH_OPERATOR, RUN_WRITER, CHANGE_once, own) \
	C(secret_get, answer, AUTH_VAULT, RUN_READER, CHANGE_none, own) \
	C(secret_put, done, AUTH_VAULT, RUN_WRITER, CHANGE_once, own) \
	C(sealed, answer, AUTH_VAULT, RUN_READER, CHANGE_none, own) \
	C(domain_add, done, AUTH_OPERATOR, RUN_WRITER, CHANGE_names, own) \
	C(domain_remove, done, AUTH_OPERATOR, RUN_WRITER, CHANGE_removes, own) \
	C(domain_is_ours, done, AUTH_VAULT, RUN_READER, CHANGE_none, own) \
	C(domain_quota, done, AUTH_OPERATOR, RUN_WRITER, CHANGE_once, own) \
	C(domains, answer, AUTH_OPERATOR | AUTH_VAULT, RUN_READER, CHANGE_none, own) \
	C(account_add, answer, AUTH_OPERATOR, RUN_WRITER, CHANGE_names, own) \
	C(account_passwd, done, AUTH_PASSWORDS, RUN_WRITER, CHANGE_once, own) \
	C(account_let, done, AUTH_OPERATOR, RUN_WRITER, CHANGE_names, own) \
	C(account_quota, done, AUTH_OPERATOR, RUN_WRITER, CHANGE_once, own) \
	C(account_remove, done, AUTH_OPERATOR, RUN_WRITER, CHANGE_removes, own) \
	C(accounts, answer, AUTH_OPERATOR, RUN_READER, CHANGE_none, own) \
	C(alias_add, done, AUTH_OPERATOR, RUN_WRITER, CHANGE_names, own) \
	C(alias_remove, done, AUTH_OPERATOR, RUN_WRITER, CHANGE_removes, own) \
	C(aliases, answer, AUTH_OPERATOR, RUN_READER, CHANGE_none, own) \
	C(rule_put, done, AUTH_LISTS_OWN, RUN_WRITER, CHANGE_once, own) \
	C(rule_remove, done, AUTH_LISTS_OWN, RUN_WRITER, CHANGE_frees, own) \
	C(rules, answer, AUTH_LISTS_OWN, RUN_READER, CHANGE_none, own) \
	C(queue_list, answer, AUTH_OPERATOR, RUN_READER, CHANGE_none, own) \
	C(queue_change, answer, AUTH_OPERATOR, RUN_WRITER, CHANGE_frees, own) \
	C(kept, answer, AUTH_OPERATOR, RUN_READER, CHANGE_none, own) \
	C(undelete, answer, AUTH_OPERATOR, RUN_WRITER, CHANGE_once, own) \
	C(verify, answer, AUTH_OPERATOR, RUN_READER, CHANGE_none, own) \
	C(repair, answer, AUTH_OPERATOR, RUN_WRITER, CHANGE_once, own) \
	C(journal_read, answer, AUTH_OPERATOR, RUN_READER, CHANGE_none, own) \
	STORE_CALLS_ACL(C) STORE_CALLS_AGGREGATE(C) \
	STORE_CALLS_BACKUP(C) STORE_CALLS_BAN(C) STORE_CALLS_ETRN(C) \
	STORE_CALLS_FEEDBACK(C) STORE_CALLS_LIMITS(C) \
	STORE_CALLS_HELD(C) STORE_CALLS_HOLD(C) \
	STORE_CALLS_LDAP(C) STORE_CALLS_PAM(C) \
	STORE_CALLS_METADATA(C) STORE_CALLS_NOTE(C) STORE_CALLS_STS(C) \
	STORE_CALLS_RELAYED(C) STORE_CALLS_URL(C) STORE_CALLS_WORDS(C)

/* Notices to store: nobody answers. */
#define STORE_NOTICES(N) \
	N(journal, AUTH_MX | AUTH_ACCOUNT | AUTH_VAULT) \
	N(strike, AUTH_MX) \
	N(release, AUTH_RELAY)

enum store_call {
#define C(name, answer, who, run, effects, reach) STORE_##name,
#define N(name, who) STORE_##name,
	STORE_CALLS(C)
	STORE_NOTICES(N)
#undef C
#undef N
	STORE_NCALLS
};
extern const struct ipc_call store_calls[STORE_NCALLS];
/* Notices of store to its clients. */
enum store_notice { NOTICE_changed, STORE_NNOTICES };
extern const struct ipc_call store_notices[STORE_NNOTICES];
enum { AUTH_FROM_STORE = 1 }; /* the authority store has at its clients */

/* An answer that is nothing but "done". */
#define FIELDS_done(F, S) F(S, u8, nothing, 0)

/* Who am I connected as: for greetings, limits, and a first look. address is
 * the account's first; of LOCAL only "@" and the domain its people have when
 * they say nothing else; empty for mx. */
#define FIELDS_hello_ask(F, S) F(S, u8, nothing, 0)
#define FIELDS_hello_answer(F, S)                 \
	F(S, str, address, 320)                   \
	F(S, u64, max_message, 0)                 \
	F(S, str, hostname, 255) /* ours, in traces */

/* May this account have one more message that leaves later, of so many octets
 * (0: unknown)? E_LIMIT or E_FULL if not.               RFC 4865 6 (3) */
#define FIELDS_later_room_ask(F, S) F(S, u64, octets, 0)
/* What of the account's waits to leave later, and for a day what became of it
 * (the last LATER_PAST): later_row each, in the order they came, a page at a
 * time: after is 0 at first and then `next`, which is 0 at the end. message:
 * only that one, 0: all. state: another text whenever there is another list. */
enum { LATER_PAST = 200, LATER_PAST_S = 86400, LATER_RCPTS_MAX = 60000 };
#define FIELDS_later_list_ask(F, S) F(S, u64, message, 0) F(S, u64, after, 0)
#define FIELDS_later_list_answer(F, S) \
	F(S, str, rows, MSG_CHUNK) F(S, u64, next, 0) F(S, str, state, 80)
enum later_state { LATER_waits, LATER_left, LATER_cancelled };
/* From sender on only of what waits. rcpts: with LF behind each, as many of
 * them as fit. */
#define FIELDS_later_row(F, S)                                        \
	F(S, u64, message, 0) F(S, u32, state, 0)                     \
	F(S, i64, due, 0)	/* when it leaves, or did; seconds */ \
	F(S, u64, email, 0) F(S, u64, thread, 0) /* as submit said */ \
	F(S, str, sender, 320) F(S, str, rcpts, LATER_RCPTS_MAX)      \
	F(S, u32, nrcpts, 0) F(S, u64, size, 0)                       \
	F(S, i64, queued, 0)	/* when it came */
/* It never leaves, once this is answered; that it did not before either.
 * E_STALE: it has left. E_NOTFOUND: nothing of the account's has this number,
 * or it is too long ago. */
#define FIELDS_later_cancel_ask(F, S) F(S, u64, change, 0) F(S, u64, message, 0)

/* A blob too large for one message is staged first: stage 0 begins and the
 * answer names it; every piece comes in order. Staged octets that no submit
 * names vanish with unstage, the connection, or a restart. */
#define FIELDS_stage_ask(F, S)                 \
	F(S, u64, stage, 0)                    \
	F(S, u64, offset, 0)                   \
	F(S, str, octets, MSG_CHUNK)
#define FIELDS_stage_answer(F, S) F(S, u64, stage, 0)
#define FIELDS_unstage_ask(F, S) F(S, u64, stage, 0)

/* A text that was taken in: either stage names its blob or octets holds it
 * (store/blob.h). facts: mime/facts.h; a cache: whoever reads the message
 * without them computes them again. */
enum { STORE_FACTS_MAX = 32768, THREAD_KEYS_MAX = 20 };
#define FIELDS_text(F, S)                                                  \
	F(S, u64, stage, 0)                                                \
	F(S, str, octets, MSG_CHUNK)                                       \
	F(S, u64, raw_size, 0)		/* octets of the message itself */ \
	F(S, str, facts, STORE_FACTS_MAX)                                  \
	/* u64 each, the surest first: messages that share one belong to one \
	 * conversation (mailbox/conversation.c). */                         \
	F(S, str, thread_keys, 8 * THREAD_KEYS_MAX)
#define FIELDS_deposited(F, S)                                             \
	FIELDS_text(F, S)                                                  \
	F(S, str, message_id, 998)	/* the field, for the journal */   \
	F(S, u8, body_8bit, 0)
/* Who handed it in, for the journal. */
#define FIELDS_origin(F, S)                                                \
	F(S, str, peer, 64) F(S, str, helo, 255) F(S, str, tls, 64)        \
	F(S, str, protocol, 16)		/* "ESMTPSA" */                    \
	F(S, str, session, 32) F(S, str, via, VIA_MAX) /* smtp/xclient.h */

/* Take responsibility for a message: local recipients get it in this commit,
 * remote ones become queue rows. Return-Path and Delivered-To are put in
 * front for each mailbox, and behind them, before the message itself wherever
 * it goes, `front`: whole header fields, known only when its text was read.
 *
 * With hold_for or hold_until, which only an ACCOUNT may say, nobody gets it
 * before then (queue/later.c): E_LIMIT if the account has too many that leave
 * later or it is longer than allowed, E_FULL if they have no room. */
enum { FRONT_MAX = 16384, VERDICT_WORDS_MAX = 600, VIA_MAX = 400 };
#define FIELDS_submit_ask(F, S)                                            \
	F(S, u64, change, 0)                                               \
	FIELDS_envelope(F, S)                                              \
	FIELDS_deposited(F, S)                                             \
	FIELDS_origin(F, S)                                                \
	F(S, str, handles, 8 * 2000)	/* u64 each, of rcpt */            \
	F(S, str, front, FRONT_MAX)	/* fields for everybody */         \
	F(S, u8, read, 0)		/* of mx: as a report, which is kept */ \
	F(S, u8, junk, 0)		/* not for INBOX, if there is Junk */ \
	F(S, u8, hold, 0)		/* of mx: nor for Junk, but apart */ \
	FIELDS_wrote(F, S)		/* of mx: for rules and lists */   \
	F(S, str, handed_by, 16)	/* octets of the host's address; \
					 * empty: no rule is asked */      \
	F(S, str, title, ANSWER_SUBJECT_MAX)	/* the subject, UTF-8 */   \
	F(S, str, traits, TRAITS_OCTETS)	/* of mx: is it spam? */   \
	F(S, u8, lesson, 0)		/* what is known of that already */ \
	F(S, str, dmarc, DMARC_SEEN_MAX)	/* of mx: a dmarc_seen */  \
	F(S, str, verdict, VERDICT_WORDS_MAX)	/* for the journal */      \
	FIELDS_standing(F, S)		/* of mx, to be remembered; empty */ \
	F(S, str, signature, 8192)	/* fields for remote recipients */ \
	F(S, str, signature_7bit, 8192)	/* of the text in 7 bits */        \
	F(S, str, request, 32)		/* a digest of what was asked for: \
					 * asked again, the same is the one \
					 * with the same change and digest */ \
	F(S, u64, email, 0)		/* what of the account it was made \
					 * of, and its conversation, told  \
					 * by later_list; 0: nothing */    \
	F(S, u64, thread, 0)                                               \
	FIELDS_each(F, S)                                                  \
	FIELDS_answerable(F, S)

#include "store/messages_queue.h"

/* Mailboxes. Names are UTF-8 with '/' between levels; "INBOX" is INBOX, and
 * store/mailbox_name.h has the rest. The mailboxes of an account are a whole
 * tree: what is above one is one. */
enum special { SPECIAL_inbox = 1, SPECIAL_sent = 2, SPECIAL_drafts = 4,
	SPECIAL_trash = 8, SPECIAL_junk = 16, SPECIAL_archive = 32,
	SPECIAL_chosen = 62 /* what a person may say a mailbox is for */ };
/* How many an account may have, and as many subscriptions. */
enum { MAILBOXES_MAX = 2000 };
#define FIELDS_mailbox_counters(F, S)                                  \
	F(S, u32, uidvalidity, 0) F(S, u32, uidnext, 0)                \
	F(S, u32, exists, 0) F(S, u32, unseen, 0)                      \
	F(S, u32, deleted, 0) F(S, u64, size, 0) F(S, u64, modseq, 0)  \
	F(S, u32, recent, 0)	/* that nobody was told of: STORE_recent */
/* All mailboxes and all subscribed names, in order of their octets. mailbox is
 * 0 where only the name is subscribed. */
#define FIELDS_mailboxes_ask(F, S) F(S, str, after, 1000) /* cursor: a name */
#define FIELDS_mailboxes_answer(F, S)                                  \
	F(S, str, rows, MSG_CHUNK) F(S, u8, more, 0)                   \
	F(S, u8, others, 0)	/* of the first page: there is something to \
				 * ask shared for (messages_acl.h) */
#define FIELDS_mailbox_row(F, S)                                       \
	F(S, u64, mailbox, 0) F(S, str, name, 1000)                    \
	F(S, u32, special, 0) F(S, u8, subscribed, 0)                  \
	FIELDS_mailbox_counters(F, S) F(S, u32, rights, 0)

/* A new mailbox, and those above it that are missing. Its UIDVALIDITY was
 * never one of this account. A use (SPECIAL_chosen) belongs to one mailbox: it
 * leaves the one that had it. as_inbox: what is noted at INBOX is noted at it,
 * too. E_EXISTS; E_INVALID: no such name or use; E_LIMIT; E_FULL. */
#define FIELDS_mailbox_create_ask(F, S) \
	F(S, u64, change, 0) F(S, str, name, 1000) F(S, u32, special, 0) \
	F(S, u8, as_inbox, 0)
#define FIELDS_mailbox_create_answer(F, S) \
	F(S, u64, mailbox, 0) F(S, u32, uidvalidity, 0)
/* Gone with its messages, whose octets are freed in slices behind it. What is
 * asked of the mailbox then is E_NOTFOUND; whoever watches it is told. The
 * subscription stays. E_NOTFOUND; E_EXISTS: there are mailboxes below it;
 * E_INVALID: INBOX; E_DENIED: only_empty, and there are messages in it that
 * are not \Deleted. */
#define FIELDS_mailbox_delete_ask(F, S) \
	F(S, u64, change, 0) F(S, str, name, 1000) F(S, u8, only_empty, 0)
/* And all that is below it, to a name that nothing has; what is missing above
 * that is made. Mailboxes stay what they are, with all who look at them.
 * E_NOTFOUND; E_EXISTS; E_INVALID: INBOX, no such name, or one below itself;
 * E_LIMIT: too many, or a name becomes too long. */
#define FIELDS_mailbox_rename_ask(F, S) \
	F(S, u64, change, 0) F(S, str, name, 1000) F(S, str, to, 1000)
/* A name, whether there is such a mailbox or not. E_INVALID: none can be;
 * E_LIMIT. */
#define FIELDS_subscribe_ask(F, S) \
	F(S, u64, change, 0) F(S, str, name, 1000) F(S, u8, subscribed, 0)

/* System flags as bits. */
enum { FLAG_seen = 1, FLAG_answered = 2, FLAG_flagged = 4, FLAG_deleted = 8,
	FLAG_draft = 16 };

/* Select. The view begins as told up to modseq (arrivals and expunges both).
 * first_unseen is a sequence number, 0 if all are seen. E_NOTFOUND. */
#define FIELDS_open_ask(F, S) F(S, str, name, 1000)
/* forgotten: what was expunged at or before this modseq cannot be told of any
 * more (RFC 7162 3.2.5.1); a view that was told less is E_STALE. */
#define FIELDS_open_answer(F, S)                                       \
	F(S, u64, forgotten, 0)                                        \
	F(S, u64, mailbox, 0) F(S, u32, uidvalidity, 0)                \
	F(S, u32, uidnext, 0) F(S, u32, exists, 0)                     \
	F(S, u32, first_unseen, 0) F(S, u64, modseq, 0)                \
	F(S, u32, recent_from, 0)	/* nobody was told of these UIDs */ \
	F(S, u64, highest, 0)	/* as status says it, or a later one */ \
	F(S, str, keywords, 16384)	/* in use, with spaces between */ \
	F(S, u32, rights, 0)	/* of who asks: store/rights.h */
/* deleted_size: the octets of what is \Deleted are wanted, too. */
#define FIELDS_status_ask(F, S) F(S, str, name, 1000) F(S, u8, deleted_size, 0)
#define FIELDS_status_answer(F, S) \
	F(S, u64, mailbox, 0) FIELDS_mailbox_counters(F, S) \
	F(S, u64, deleted_size, 0)

/* What the account has of what it may have. octets: of messages; most_octets,
 * most_messages 0: as many as the disk has. */
#define FIELDS_quota_ask(F, S) F(S, u8, nothing, 0)
#define FIELDS_quota_answer(F, S)                                      \
	F(S, u64, octets, 0) F(S, u64, most_octets, 0)                 \
	F(S, u64, mailboxes, 0) F(S, u64, most_mailboxes, 0)           \
	F(S, u64, messages, 0) F(S, u64, most_messages, 0)

/* A view of a mailbox: arrivals and flags were told up to `arrivals`,
 * expunges up to `expunges`. A message is in it if it came at or before the
 * first and was not expunged at or before the second. set: pairs of u32 (low,
 * high; UINT32_MAX is "*") of sequence numbers in this view, or of UIDs. */
#define FIELDS_view(F, S) \
	F(S, u64, mailbox, 0) F(S, u64, arrivals, 0) F(S, u64, expunges, 0)
#define SELECTION(F, S) FIELDS_view(F, S) F(S, u8, by_uid, 0) F(S, str, set, 65536)

/* Rows of messages, a page at a time: cursor is 0 at first and then `next`
 * of the answer before, which is 0 at the end. modseq is the mailbox's: where
 * it is not above the view's, nothing is new and no sync is needed. */
enum { WANT_FACTS = 1, WANT_CHECK = 2, WANT_HEAD = 4,
	/* Of facts that are wanted no more than their first octets. */
	WANT_BRIEF = 8, BRIEF_OCTETS = 80 };
#define FIELDS_fetch_ask(F, S)                                        \
	SELECTION(F, S) F(S, u32, want, 0)                            \
	F(S, u64, changed_since, 0) F(S, u32, cursor, 0)
#define FIELDS_fetch_answer(F, S)                                     \
	F(S, str, rows, MSG_CHUNK) F(S, u32, next, 0) F(S, u64, modseq, 0)
#define FIELDS_fetch_row(F, S)                                        \
	F(S, u32, seq, 0) F(S, u32, uid, 0) F(S, u64, modseq, 0)      \
	F(S, u32, flags, 0) F(S, str, keywords, 16384)                \
	F(S, i64, received, 0)	/* seconds since 1970 UTC */          \
	F(S, i64, offset_min, 0) /* of INTERNALDATE's zone, east */   \
	F(S, u64, size, 0)	/* prefix and message, in octets */   \
	F(S, u32, prefix_len, 0)                                      \
	F(S, u64, email, 0)	/* its number in the account, which it  \
				 * keeps wherever it is moved */        \
	F(S, u64, thread, 0)	/* its conversation's: of the first email \
				 * of it */                               \
	F(S, u64, content, 0)	/* the same in copies of one message */   \
	F(S, i64, saved, 0)	/* when it came into this mailbox */      \
	F(S, str, facts, 32768)	/* empty unless wanted */             \
	/* WANT_HEAD: the beginning of the message, so that a list of        \
	 * headers or a search in texts is no call for each. Its prefix, and \
	 * its first chunks (store/chunk.h) as far as they are short: all of \
	 * a small message. Empty if not even one is, or it is damaged. */   \
	F(S, str, prefix, 2048 + FRONT_MAX)                           \
	F(S, str, chunks, 32768)

/* Which of these messages match a program (store/search.h), a page at a time
 * as fetch. runs: search_run each, ascending: messages that match, and those
 * whose text has to be looked at by whoever asks, of neighbouring numbers and
 * UIDs. highest is the largest modseq of those that match; last_uid is the
 * UID of the last message of the view (0: it is empty), which "*" names in a
 * program. E_INVALID: it is none. version: of the words in it
 * (messages_words.h); 0: it has none. */
enum { PROGRAM_MAX = 128 * 1024 };
enum { SEARCH_MATCHES, SEARCH_UNKNOWN, SEARCH_UNINDEXED /* and unknown */ };
#define FIELDS_search_ask(F, S)                                       \
	SELECTION(F, S) F(S, str, program, PROGRAM_MAX) F(S, u32, cursor, 0) \
	F(S, u32, version, 0)
#define FIELDS_search_answer(F, S)                                    \
	F(S, str, runs, MSG_CHUNK) F(S, u32, next, 0)                 \
	F(S, u64, modseq, 0) F(S, u64, highest, 0) F(S, u32, last_uid, 0)
#define FIELDS_search_run(F, S)                                       \
	F(S, u32, seq, 0) F(S, u32, uid, 0)	/* of the first */    \
	F(S, u32, n, 0) F(S, u8, unknown, 0)	/* SEARCH_* */

/* Octets of a message: its prefix, and len octets of its blob's from offset
 * (as stored: see store/blob.h). total is the blob's stored length. Which
 * message: the one of this email, or of this UID where email is 0.
 *
 * What is answered was compared with its checksum. E_DAMAGED: it is not what
 * was stored. WANT_CHECK: say so of these octets now, instead of answering them
 * (some MB at once: from `checked` on is to be asked again). */
#define FIELDS_content_ask(F, S)                                      \
	F(S, u64, mailbox, 0) F(S, u32, uid, 0)                       \
	F(S, u64, offset, 0) F(S, u32, len, 0)                        \
	F(S, u64, email, 0) F(S, u32, want, 0)
#define FIELDS_content_answer(F, S)                                   \
	F(S, str, prefix, 2048 + FRONT_MAX)                           \
	F(S, str, octets, MSG_CHUNK)                                  \
	F(S, u64, total, 0)                                           \
	F(S, str, facts, 32768)	/* empty unless wanted */           \
	F(S, u64, checked, 0)

/* What is new since the view was told. gone: sequence numbers in the old
 * view, highest first, each right to be announced as it stands; gone_uids:
 * their UIDs, in the same order. rows: fetch
 * rows (without facts) of messages in the view whose flags changed, with
 * sequence numbers as they are after the expunges. If more is set nothing
 * but a part was told: take the new view and ask again. */
#define FIELDS_sync_ask(F, S) FIELDS_view(F, S) F(S, u8, expunge_ok, 0)
#define FIELDS_sync_answer(F, S)                                      \
	F(S, u64, arrivals, 0) F(S, u64, expunges, 0)                 \
	F(S, u32, exists, 0) F(S, str, gone, 65536)                   \
	F(S, str, rows, 100000) F(S, u8, more, 0)                     \
	F(S, u8, untold, 0)	/* there is something to ask recent for */ \
	F(S, str, gone_uids, 65536)

/* Which of these UIDs (pairs of u32) were expunged since that modseq, and are
 * not in the view any more: pairs too, ascending, a page at a time as fetch.
 * Where that is forgotten, all that are not in the view.  RFC 7162 3.2.5.1 */
#define FIELDS_vanished_ask(F, S)                                     \
	FIELDS_view(F, S) F(S, str, set, 65536)                       \
	F(S, u64, since, 0) F(S, u32, cursor, 0)
#define FIELDS_vanished_answer(F, S) \
	F(S, str, uids, MSG_CHUNK) F(S, u32, next, 0)

/* Where emails of the account are now, by their numbers (u64 each), or all of
 * these conversations, of each in the order of their numbers: email_place each;
 * of what is in no mailbox any more, none. cut: there are more than an answer
 * holds; ask for fewer. */
#define FIELDS_emails_ask(F, S) \
	F(S, str, numbers, 8 * EMAILS_MAX) F(S, u8, threads, 0)
#define FIELDS_emails_answer(F, S) F(S, str, places, MSG_CHUNK) F(S, u8, cut, 0)
#define FIELDS_email_place(F, S)                                      \
	F(S, u64, email, 0) F(S, u64, thread, 0)                      \
	F(S, u64, mailbox, 0) F(S, u32, uid, 0)
enum { EMAILS_MAX = 4000 };

/* What became of the account's emails since that modseq, each once:
 * email_change each, no order. modseq: ask again from there. With since 0 or
 * UINT64_MAX only that is told. E_STALE: that is forgotten, or it is more than
 * an answer holds. */
#define FIELDS_changes_ask(F, S) F(S, u64, since, 0)
#define FIELDS_changes_answer(F, S) \
	F(S, str, changes, MSG_CHUNK) F(S, u64, modseq, 0)
enum email_became { EMAIL_CREATED = 1, EMAIL_UPDATED, EMAIL_DESTROYED };
#define FIELDS_email_change(F, S) \
	F(S, u64, email, 0) F(S, u64, thread, 0) F(S, u32, became, 0)

/* Who asks first has been told of what is new in the mailbox, and is the only
 * one who ever was (RFC 3501 2.3.2): the messages with UIDs from `from` up to
 * and without `below`, none if these are the same. */
#define FIELDS_recent_ask(F, S) F(S, u64, change, 0) F(S, u64, mailbox, 0)
#define FIELDS_recent_answer(F, S) F(S, u32, from, 0) F(S, u32, below, 0)

/* A message that its owner puts into a mailbox; in the same commit the one of
 * this UID (0: none) leaves the mailbox it is in, which counts in the quota.
 * E_STALE: that one has gone already. */
#define FIELDS_appended(F, S)                                         \
	F(S, u32, flags, 0) F(S, str, keywords, 16384)                \
	F(S, i64, received, 0) F(S, i64, offset_min, 0)               \
	FIELDS_text(F, S)
#define FIELDS_append_ask(F, S)                                       \
	F(S, u64, change, 0) F(S, str, name, 1000) FIELDS_appended(F, S) \
	F(S, u64, replaced_in, 0) F(S, u32, replaced, 0)
#define FIELDS_append_answer(F, S) \
	F(S, u64, mailbox, 0) F(S, u32, uidvalidity, 0) F(S, u32, uid, 0)

/* Several: all of them, or none. What is more than one ask holds lies where
 * nobody sees it until the last of them is there; from then on it is done, also
 * if nobody asks any more. messages: appended_row each. Ask again, with another
 * change id and the `copying` of the answer, until that is 0: with what follows
 * (APPEND_MORE: and more will), and at last with APPEND_PLACE, or APPEND_DROP
 * to give it up. staged: one of the messages has a stage. uids: those that were
 * placed, in order: pairs of u32 (low, high).
 *
 * E_NOTFOUND: there is no such mailbox. E_FULL: quota. E_LIMIT: more than
 * APPENDED_MAX. E_TIMEOUT: it was given up, for nobody had gone on with it.
 * After an error there is nothing to go on with but a drop. */
enum { APPENDED_MAX = 10000, APPENDED_ROWS_MAX = MSG_MAX - 4096 };
enum append_then { APPEND_MORE, APPEND_PLACE, APPEND_DROP };
#define FIELDS_append_all_ask(F, S)                                   \
	F(S, u64, change, 0) F(S, str, name, 1000)                    \
	F(S, u64, copying, 0)	/* 0: begin */                        \
	F(S, str, messages, APPENDED_ROWS_MAX)                        \
	F(S, u32, then, 0) F(S, u8, staged, 0)
#define FIELDS_appended_row(F, S) FIELDS_appended(F, S)
#define FIELDS_append_all_answer(F, S)                                \
	F(S, u32, uidvalidity, 0) F(S, str, uids, 65536)              \
	F(S, u64, copying, 0)

/* Change flags, a slice at a time (cursor as in fetch; one change id for all
 * of them). rows: the messages of the slice, as they are now. unchanged_since:
 * UINT64_MAX for none; the UIDs it kept from changing are in refused (u32
 * each). was: u64 each, the modseq of each of the rows before, UINT64_MAX where
 * that is not known any more (asked again). modseq is the mailbox's with these
 * changes. */
enum { FLAGS_SET, FLAGS_ADD, FLAGS_REMOVE };
#define FIELDS_flags_ask(F, S)                                        \
	F(S, u64, change, 0) SELECTION(F, S)                          \
	F(S, u32, mode, 0) F(S, u32, flags, 0)                        \
	F(S, str, keywords, 16384)                                    \
	F(S, u64, unchanged_since, 0) F(S, u32, cursor, 0)
#define FIELDS_flags_answer(F, S)                                     \
	F(S, str, rows, 150000) F(S, str, was, 8 * 1000)              \
	F(S, str, refused, 40000)                                     \
	F(S, u32, next, 0) F(S, u64, modseq, 0)

/* Expunge the messages of the view that are \Deleted (and in the set of
 * UIDs, if it is not empty); with `any` all those in the set, which must name
 * some. The session hears of them by sync. If more is set ask again, with
 * another change id. Their octets can still be read for some minutes; then
 * facts are empty and content is E_NOTFOUND. */
#define FIELDS_expunge_ask(F, S) \
	F(S, u64, change, 0) FIELDS_view(F, S) F(S, str, set, 65536) \
	F(S, u8, any, 0)
#define FIELDS_expunge_answer(F, S) F(S, u32, expunged, 0) F(S, u8, more, 0)

/* Copy messages of the view to the end of a mailbox: all of them, or none.
 * What is more than one commit lies where nobody sees it until the last set of
 * them is there; from then on it is done, also if nobody asks any more. Ask
 * again, with another change id and the `copying` of the answer, until that is
 * 0: with `next` as cursor, or where that is 0 with the next set, if there is
 * one. from, to: the UIDs of messages and of their copies, in this order, of
 * the slice: pairs of u32 (low, high). Expunged ones are copied as long as they
 * can be read.
 *
 * E_NOTFOUND: there is no such mailbox. E_STALE: one of the messages is gone
 * for good, or their mailbox. E_FULL: quota. E_TIMEOUT: it was given up, for
 * nobody had gone on with it. */
#define FIELDS_copy_ask(F, S)                                         \
	F(S, u64, change, 0) SELECTION(F, S) F(S, str, name, 1000)    \
	F(S, u64, copying, 0)	/* 0: begin */                        \
	F(S, u32, cursor, 0) F(S, u8, last, 0)
#define FIELDS_copied_uids(F, S)                                      \
	F(S, u32, uidvalidity, 0)	/* of the mailbox `to` is in */ \
	F(S, u64, into, 0)		/* its number */              \
	F(S, u8, lesson, 0)		/* that this is */            \
	F(S, str, from, 65536) F(S, str, to, 65536) F(S, u32, next, 0)
#define FIELDS_copy_answer(F, S) \
	FIELDS_copied_uids(F, S) F(S, u64, copying, 0)
/* Move them, a slice at a time: ask again, with another change id and `next` as
 * cursor until that is 0. Each is in one of the two mailboxes at any time; the
 * session hears of it by sync. gone: how many somebody else had expunged or
 * moved before. E_NOTFOUND, E_STALE: as copy. */
#define FIELDS_move_ask(F, S)                                         \
	F(S, u64, change, 0) SELECTION(F, S) F(S, str, name, 1000)    \
	F(S, u32, cursor, 0)
#define FIELDS_move_answer(F, S) \
	FIELDS_copied_uids(F, S) F(S, u32, gone, 0)

/* ---- structs and shapes of all these ----------------------------------- */

MSG_GROUP(addressee);
MSG_GROUP(envelope);
MSG_GROUP(appended);
MSG_GROUP(deposited);
MSG_GROUP(origin);
MSG_GROUP(mailbox_counters);
MSG_GROUP(rule);
MSG_GROUP(rules_place);
MSG_GROUP(standing);
MSG_GROUP(aggregate_name);
MSG_GROUP(answerable);
MSG_GROUP(wrote);
MSG_GROUP(url_claim);
MSG_GROUP(ban_of);

/* Records in lists, and what else is none of a call's own. */
#define STORE_RECORDS(R) \
	R(done) R(view) R(changed) R(mailbox_row) R(fetch_row) R(search_run) \
	R(email_place) R(email_change) R(appended_row) R(carried_row) \
	R(later_row) R(held_row) R(metadata_row) R(acl_row) R(shared_row) \
	R(access_row) R(ban_row) R(network_row) R(note_item) R(note_facts) \
	R(vacation) R(queue_item) R(queue_rcpt) R(queue_result) R(queue_row) \
	R(ldap_row) R(pam_row) R(hold_row) R(limit_row) \
	R(alias_row) R(domain_row) R(account_row) R(kept_row) R(journal_row) \
	R(sealed_row) R(rule_row) R(app_password_row) R(app_keys_row) \
	R(relayed_row) R(backup_row) STORE_RECORDS_AGGREGATE(R) \
	STORE_RECORDS_FEEDBACK(R)

#define STORE_ANSWER_answer(name) name##_answer
#define STORE_ANSWER_done(name) done
#define STORE_STRUCT_answer(name) MSG_STRUCT(name##_answer);
#define STORE_STRUCT_done(name)
#define R(name) MSG_STRUCT(name);
#define C(name, answer, who, run, effects, reach) \
	MSG_STRUCT(name##_ask);            \
	STORE_STRUCT_##answer(name)
#define N(name, who) MSG_STRUCT(name##_ask);
STORE_RECORDS(R)
STORE_CALLS(C)
STORE_NOTICES(N)
#undef R
#undef C
#undef N

/* Room for the answer of any call; its member is the call's name. */
union store_answer {
#define C(name, answer, who, run, effects, reach) \
	struct STORE_ANSWER_##answer(name) name;
	STORE_CALLS(C)
#undef C
};
