/*
 * imap_int.h - what the files of the dialogue share.
 */
#pragma once
#include "base/map.h"
#include "imap/grammar/args.h"
#include "imap/grammar/gather.h"
#include "imap/grammar/reply.h"
#include "imap/session.h"
#include "mail/view.h"
#include "mime/collation.h"
#include "rt/dialogue.h"
#include "rt/pace.h"

enum {
	IMAP_MAX_BAD = 20,	/* commands without sense, one behind another */
	IMAP_MAX_STRANGER = 200, /* commands before the login */
	IMAP_LOGIN_MS = 180000,	/* to log in; then autologout */
	IMAP_COMMAND_MS = 300000, /* for the rest of a command begun */
	IMAP_OUT_MAX = 1 << 20,	/* what is rendered before it is written */
	IMAP_RECENT_MAX = 64 << 10, /* octets of what is \Recent */
	IMAP_SAVED_MAX = 512 << 10, /* octets of the result of a search */
	COPYUID_MAX = 512 << 10, /* else it is not said */
	IMAP_CONTEXTS_MAX = 4,	/* searches that are kept up to date */
	FILTERS_OCTETS_MAX = 32768, /* of all filters that a search names */
	IMAP_MADE_MAX = 4096,	/* octets of what was put into a mailbox */
};

enum imap_state {
	STATE_NOT_AUTH = 1 << 0,
	STATE_AUTH = 1 << 1,
	STATE_SELECTED = 1 << 2,
	STATE_LOGOUT = 1 << 3,	/* nothing more is read */
};

enum answer_kind {
	ANSWER_OK,
	ANSWER_NO,
	ANSWER_BAD,
	ANSWER_NONE,		/* nothing to say: the stream has failed, or
				 * (IDLE) the answer comes later */
};

/* How a command ended: "tag OK [code] text". */
struct answer {
	enum answer_kind kind;
	struct str code;	/* without brackets; may be empty */
	struct str text;
};

#define OK(t) ((struct answer){ ANSWER_OK, STR_NULL, STR(t) })
#define OK_CODE(c, t) ((struct answer){ ANSWER_OK, STR(c), STR(t) })
#define NO(t) ((struct answer){ ANSWER_NO, STR_NULL, STR(t) })
#define NO_CODE(c, t) ((struct answer){ ANSWER_NO, STR(c), STR(t) })
#define BAD(t) ((struct answer){ ANSWER_BAD, STR_NULL, STR(t) })
#define UID_REQUIRED ((struct answer){ ANSWER_BAD, STR("UIDREQUIRED"), \
	STR("Messages are named by UIDs only") })	/* RFC 9586 */
#define NO_ANSWER ((struct answer){ ANSWER_NONE, STR_NULL, STR_NULL })

struct imap_session;

struct imap_command {
	struct str tag;
	const struct command_row *row;
	union args args;
	const struct str *as_sent;	/* NAMES_MAX: see scan.h */
};

enum {
	ROW_UID = 1 << 0,	/* "UID" and a space stand before the name */
	/* RFC 3501 7.4.1: no EXPUNGE may be told in its course. */
	ROW_NO_EXPUNGE = 1 << 1,
	ROW_QUIET = 1 << 2,	/* no untagged updates before its answer */
	ROW_NUMBERS = 1 << 3,	/* its messages are message numbers */
	ROW_TELLS = 1 << 4,	/* of messages that go, whatever NOTIFY says:
				 * that is what its responses are for */
};

/* One row a command. A handler returns its answer; it writes untagged
 * responses only. */
struct command_row {
	struct str name;
	uint32_t flags;		/* ROW_* */
	uint32_t states;	/* STATE_* in which it is allowed */
	args_parser *parse;
	struct answer (*run)(struct imap_session *s,
	    const struct imap_command *c);
	/* What it adds to CAPABILITY, and when (NULL: always). */
	struct str capability;
	bool (*shown)(const struct imap_session *s);
};
extern const struct command_row imap_commands[];
extern const size_t imap_ncommands;

/* What ENABLE, or a command that means it, has turned on for the session. */
enum {
	ENABLED_CONDSTORE = 1 << 0,	/* RFC 7162 3.1 */
	ENABLED_QRESYNC = 1 << 1,	/* 3.2.3 */
	ENABLED_REV2 = 1 << 2,		/* RFC 9051 6.3.1 */
	ENABLED_UTF8 = 1 << 3,		/* RFC 6855 3 */
	ENABLED_UIDONLY = 1 << 4,	/* RFC 9586 */
	ENABLED_METADATA = 1 << 5,	/* RFC 5464 4.4 */
};

struct imap_service {
	struct loop *loop;
	struct vault *vault;
	struct tls_ctx *tls;
	struct str hostname;
	uint64_t max_message;
	uint32_t timeout_s, compress, data_rate, data_time_s;
	uint32_t message_limit;	/* of a command; 0: none */
	struct arena *mem;
	size_t refs;
};

struct imap_session {
	struct dialogue d;
	struct imap_service *service;
	enum imap_state state;
	struct pace pace;	/* of what one command brings */
	struct gather gather;
	struct arena *cmd;	/* of one command */

	struct account account;

	/* The mailbox selected. RFC 3501 7.4.1: message numbers are those of
	 * the view, which moves on in imap_update() only. */
	struct mailbox_view view;
	bool read_only;
	uint32_t rights;	/* as they were then: store/rights.h */
	uint32_t uidvalidity;
	/* What was put into it from here since it was told, as pairs of UIDs:
	 * of the account's mailboxes that of this UIDVALIDITY. */
	struct buf made_here;
	/* RFC 7162 3.2: expunges that are held back have lower modseqs than
	 * what was told, and the client was told so. */
	bool behind;
	/* RFC 3501 2.3.2: what is \Recent here, UIDs as a selection; and how
	 * many of them there are, as told. */
	struct buf recent;
	uint32_t nrecent;
	/* RFC 5182: what "$" names, UIDs as a selection. */
	struct buf saved;
	struct context *context[IMAP_CONTEXTS_MAX];	/* NULL: none */
	/* What FLAGS has said: the words, and each by its hash; and those of
	 * the message that was told last. */
	struct buf keywords, last_keywords;
	struct map known_keywords;

	uint32_t enabled;	/* ENABLED_* */
	/* RFC 5255 4.2: the active comparator, and its direction. */
	enum collation collation;
	bool order_is_reversed;

	struct append_ahead *ahead;	/* appends whose answers wait */
	struct notify *notify;	/* RFC 5465; NULL: as it ever was */
	struct noted *noted;	/* RFC 5464 4.4; NULL: nobody enabled it */
	/* What store tells of: a mailbox or 0, and all. */
	uint64_t watched;
	bool watched_all;

	bool idling;		/* RFC 2177; idle_tag is its command's */
	char idle_tag[TAG_MAX];
	size_t idle_tag_len;

	uint32_t bad, bad_in_row, as_stranger;
};

/* ---- session.c */
/* Untagged text, written but not flushed. */
void imap_say(struct imap_session *s, const struct buf *b);
/* The same for an answer of many pieces: empties b, and moves the deadline. */
void imap_write_out(struct imap_session *s, struct buf *b);
/* "+ text", sent at once. 0 or E_*. */
int imap_continue(struct imap_session *s, struct str text);
/* "* BYE text": the session ends after it. */
void imap_bye(struct imap_session *s, const char *text);
/* Updates, then the answer that they come before (RFC 3501 5.2, 7). */
void imap_finish(struct imap_session *s, struct str tag, uint32_t flags,
    struct answer a);
void imap_log_out(struct imap_session *s);

/* ---- input.c */
/* Read the next command into s->gather: 0 when it is whole or its state says
 * why not, E_* when the stream is lost. */
int imap_read_command(struct imap_session *s, struct err *err);
/* Read and drop what is left of a command that is refused: the octets of the
 * literal that its last line announces without waiting, the line behind them,
 * and so on. They are never commands.                          RFC 7888 4
 * E_LIMIT: they are too many, and BYE was said. */
int imap_drop_rest(struct imap_session *s, struct str line, struct err *err);
/* The same of a command that was gathered up to a literal. */
int imap_drop_announced(struct imap_session *s, struct err *err);
/* The same where that line has not been read. */
int imap_drop_line(struct imap_session *s, struct err *err);
/* The answer to a command whose message (GATHER_MESSAGE) nobody wants: what
 * comes of it all the same is dropped. */
struct answer imap_refuse_message(struct imap_session *s, struct answer a);

/* ---- commands.c */
void imap_put_capabilities(const struct imap_session *s, struct buf *b);
/* As a response code, in the command's arena. */
struct str imap_capability_code(struct imap_session *s);
/* Is UTF-8 where a client of IMAP4rev1 wants none: in names, and in what is
 * quoted? */
static inline bool
imap_utf8(const struct imap_session *s)
{
	return (s->enabled & (ENABLED_REV2 | ENABLED_UTF8)) != 0;
}
/* Parse what was gathered and run it. tag and the row's flags are set as far
 * as they were found. */
struct answer imap_run(struct imap_session *s, struct str *tag,
    uint32_t *flags);

/* ---- answer.c */
void imap_say_answer(struct imap_session *s, struct str tag,
    const struct answer *a);
/* The one table from E_* to IMAP. Logs what it hides. */
struct answer imap_fail(struct imap_session *s, const char *what,
    const struct err *err);

/* ---- progress.c */
/* Between the two the client hears now and then that the command of this tag
 * is not done; whoever runs it writes nothing. */
struct progress {
	struct imap_session *s;
	struct str tag;
	struct fiber *command, *fiber;
	bool stop, over;
};
void imap_progress_begin(struct progress *p, struct imap_session *s,
    struct str tag);
/* Suspends, if it does, no longer than what was begun to be said takes. */
void imap_progress_end(struct progress *p);

/* ---- view.c */
/* Resolve a client's set against the view: messages of it, in the command's
 * arena. ANSWER_NONE if it makes sense. */
struct answer imap_choose(struct imap_session *s, struct seqset *set,
    bool by_uid, struct selection *out);
/* Tell what changed since the view was told: EXPUNGE (if it may be), EXISTS,
 * FETCH FLAGS; the view moves on. 0 or E_* of store. */
int imap_update(struct imap_session *s, bool expunge_ok, struct err *err);
/* FLAGS, and what may be changed for good.              RFC 3501 7.2.6 */
void imap_put_flags(const struct imap_session *s, struct buf *b);
/* These keywords will be told. True: some of them FLAGS has not said yet. */
bool imap_learn_keywords(struct imap_session *s, struct str words);
/* Before flags with these keywords are told: says FLAGS again if it has to. */
void imap_tell_keywords(struct imap_session *s, struct buf *b,
    struct str words);
/* Before an item of FETCH: a space, but for the first. */
void imap_put_space(struct buf *b);
/* "* 1 FETCH (" of a message, or "* 17 UIDFETCH (", which has said the UID;
 * else that too, if it is to be said. */
void imap_put_fetch(const struct imap_session *s, struct buf *b, uint32_t seq,
    uint32_t uid, bool with_uid);
/* Who knows of UIDs only is told of them only.                  RFC 9586 */
static inline bool
imap_uids_only(const struct imap_session *s)
{
	return (s->enabled & ENABLED_UIDONLY) != 0;
}
/* These UIDs (pairs of u32) of the mailbox of this UIDVALIDITY were made by
 * this session: what it knows of new messages need not be told of them. */
void imap_made_here(struct imap_session *s, uint32_t uidvalidity,
    struct str pairs);
/* No mailbox is selected any more. */
void imap_deselect(struct imap_session *s);

/* ---- condstore.c */
struct open_answer;
/* HIGHESTMODSEQ of the mailbox selected, if one is. */
void imap_say_highest(struct imap_session *s);
/* A command meant that the client knows of modseqs. */
void imap_condstore(struct imap_session *s);
/* "MODSEQ (n)" */
void imap_put_modseq(struct buf *b, uint64_t modseq);
/* "* VANISHED [(EARLIER)]" of pairs of UIDs; nothing if there are none. */
void imap_put_vanished(struct buf *b, struct str pairs, bool earlier);
/* "* VANISHED (EARLIER)" of these UIDs. 0 or E_*. */
int imap_say_vanished(struct imap_session *s, struct selection uids,
    uint64_t since, struct err *err);
/* What has changed since a client saw the mailbox that it has selected now.
 * 0 or E_*. */
int imap_resync(struct imap_session *s, const struct select_args *a,
    const struct open_answer *m, struct err *err);
/* HIGHESTMODSEQ, where it has to be said after an update. */
void imap_say_behind(struct imap_session *s, bool moved);

/* ---- message_limit.c */
struct condition;
/* Of these messages (with `also`: of those of them of which it holds) no more
 * than one command may have, the newest: *lowest is the UID of the oldest of
 * those; 0: they are all as they were. Suspends. 0 or E_*.  RFC 9738 3.1 */
int imap_limit(struct imap_session *s, struct selection *messages,
    struct condition *also, uint32_t *lowest, struct err *err);
/* The same of those that a search has to look at. */
int imap_limit_search(struct imap_session *s, struct mailbox_view *v,
    struct arena *mem, struct condition **c, uint32_t *lowest,
    struct err *err);
/* Nothing was done, as there are too many. lowest: 0: nobody knows. */
struct answer imap_over_limit(struct imap_session *s, uint32_t lowest);
/* What was done was done with no more than that: its answer, or (lowest is 0,
 * or another code has precedence) the same as it is. */
struct answer imap_limited(struct imap_session *s, uint32_t lowest,
    struct answer a);

/* ---- cmd_fetch.c */
/* UID, FLAGS and MODSEQ of messages that changed since. 0 or E_*. */
int imap_say_changed(struct imap_session *s, struct selection uids,
    uint64_t since, struct err *err);

/* What is asked for of messages that came, but for those that were made here;
 * sets no flag. */
int imap_say_arrived(struct imap_session *s, const struct fetch_att *att,
    struct selection messages, struct err *err);

/* ---- notify.c, notify_tell.c */
struct changed;
/* Something happened; runs on the loop's own stack. True: kick the session. */
bool imap_notify_heard(struct imap_session *s, const struct changed *c);
/* Have store tell what IDLE and NOTIFY need: 1 if that is more than before, 0
 * or E_*. Suspends. */
int imap_watch(struct imap_session *s, struct err *err);
/* The same after a command, which may have selected another mailbox. */
void imap_notify_settle(struct imap_session *s);
/* EVENT_* that are told of the mailbox selected: all, before any NOTIFY. */
uint32_t imap_notify_selected(const struct imap_session *s);
/* Tell of what was heard. Suspends. 0 or E_*. */
int imap_notify_tell(struct imap_session *s, struct err *err);
/* What is wanted of messages that came, from this number on. 0 or E_*. */
int imap_notify_fetch(struct imap_session *s, uint32_t from, struct err *err);
void imap_notify_end(struct imap_session *s);

/* ---- noted.c */
void imap_noted_begin(struct imap_session *s);
void imap_noted_end(struct imap_session *s);
/* Something happened; runs on the loop's own stack. True: a session that is
 * idling has something to tell. */
bool imap_noted_heard(struct imap_session *s, const struct changed *c);
/* Between two responses. May suspend. */
void imap_noted_tell(struct imap_session *s);

/* ---- listing.c */
/* "* LIST" of one mailbox, as it is now, or is not; old: what it was called
 * (OLDNAME), p is NULL for nothing. Suspends. 0 or E_*.  RFC 9051 6.3.9.7 */
int imap_say_listed(struct imap_session *s, struct str name, struct str old,
    struct err *err);

/* The same behind a command that is done, for who enabled IMAP4rev2 and wrote
 * a name in another way (p is NULL: he did not). */
void imap_say_oldname(struct imap_session *s, struct str name,
    struct str old);

/* ---- context.c */
struct search_args;
struct search_result;
/* Is a search with this tag kept up to date? */
bool imap_context_of(const struct imap_session *s, struct str tag);
/* RFC 5267 4.3.1 */
void imap_say_noupdate(struct imap_session *s, struct str tag);
/* Keep this result of a search up to date, or say that it is not. by: its
 * order; n is 0: that of the mailbox. Suspends. */
struct order;
void imap_context_begin(struct imap_session *s, struct str tag, bool uids,
    const struct search_args *args, const struct search_result *found,
    const struct order *by, size_t n);
void imap_context_end(struct imap_session *s, struct str tag);
void imap_contexts_end(struct imap_session *s);
/* A message is about to be told as expunged. */
void imap_contexts_gone(struct imap_session *s, struct buf *b, uint32_t seq,
    uint32_t uid);
/* The view has moved on: what is other than it was told; from: the first
 * message that is new, or 0. Suspends. */
void imap_contexts_update(struct imap_session *s, uint32_t from);

/* ---- recent.c */
/* What is \Recent in the mailbox that was just selected. 0 or E_*. */
int imap_recent_begin(struct imap_session *s, const struct open_answer *m,
    struct err *err);
/* The number of messages is another one: says RECENT if it has to. 0 or E_*. */
int imap_recent_update(struct imap_session *s, struct err *err);
/* SYS_RECENT, or 0. */
uint32_t imap_recent_flag(const struct imap_session *s, uint32_t uid);

/* ---- special_use.c */
/* The attributes of RFC 6154 for SPECIAL_*, each with a space before it; and
 * SPECIAL_* of one of them: 0 if no mailbox here can be that. */
void imap_put_uses(struct buf *b, uint32_t special);
uint32_t imap_use_of(struct str attribute);

/* ---- cmd_metadata.c */
#define IMAP_METADATA_TOO_LONG \
	NO_CODE("METADATA MAXSIZE 32768", "A value may not be so long")

/* ---- cmd_status.c */
struct status_answer;
/* "* STATUS", with these items of the mailbox. */
void imap_put_status(const struct imap_session *s, struct buf *b,
    struct str name, uint32_t items, const struct status_answer *m);

/* ---- fetch_body.c */
struct facts;
struct mail_message;
/* One section of a message: its name, a space and its octets, or NIL. What is
 * in out is said before it; what is left in out comes behind it. E_* if it is
 * NIL for a failure of ours; if that came in the middle of a literal, state is
 * STATE_LOGOUT and the stream must not be used any more. */
int imap_put_section(struct imap_session *s, struct buf *out,
    const struct section *sec, const struct mail_message *m,
    const struct facts *f, struct err *err);

/* ---- cmd_append.c */
/* The messages of an APPEND, or the one that replaces the message of this UID
 * (0: none) in the mailbox selected; whatever comes of them is read. The code
 * of an OK is APPENDUID. */
struct answer imap_take_in(struct imap_session *s, struct str tag,
    const struct append_args *a, uint32_t replaced);

/* What came of one. */
struct answer imap_appended(struct imap_session *s, int e,
    const struct err *err, const struct append_answer *a);

/* ---- append_ahead.c */
/* Hand in a message of an APPEND with this tag while the next command is read:
 * its answer comes from imap_settle_appends(). False: nothing was done, it is
 * too long for that, or there is no next one. ask is copied. */
enum { IMAP_AHEAD_OCTETS = 64 << 10 };	/* of a message */
bool imap_append_ahead(struct imap_session *s, struct str tag,
    const struct append_ask *ask);
/* Wait for those, and give their answers: before anything else is said, done
 * or waited for. Suspends. */
void imap_settle_appends(struct imap_session *s);

/* ---- cmd_copy.c */
struct copied;
/* A uid-set of pairs of u32 (low, high), in their order. */
void imap_put_uids(struct buf *b, struct str pairs);
/* The response code, in the command's arena; empty if there is nothing to name
 * or too much. */
struct str imap_copyuid(struct imap_session *s, const struct copied *done);
struct answer imap_copy_failed(struct imap_session *s, const char *what,
    const struct err *err);

/* ---- handlers, one file each */
typedef struct answer imap_handler(struct imap_session *s,
    const struct imap_command *c);
imap_handler imap_append, imap_authenticate, imap_cancelupdate,
    imap_capability, imap_check,
    imap_close, imap_comparator, imap_compress, imap_copy, imap_create,
    imap_delete,
    imap_deleteacl,
    imap_enable, imap_esearch, imap_examine, imap_expunge, imap_fetch,
    imap_genurlauth,
    imap_getacl, imap_getmetadata, imap_getquota,
    imap_getquotaroot, imap_id, imap_idle, imap_language, imap_list,
    imap_listrights,
    imap_login, imap_logout, imap_lsub, imap_move, imap_myrights,
    imap_namespace, imap_noop,
    imap_notify, imap_rename, imap_replace, imap_resetkey, imap_search,
    imap_select,
    imap_setacl,
    imap_setmetadata, imap_setquota,
    imap_sort, imap_starttls, imap_status, imap_store, imap_subscribe,
    imap_thread, imap_uid_expunge, imap_unauthenticate, imap_unselect,
    imap_unsubscribe, imap_urlfetch;

/* cmd_acl.c: an untagged MYRIGHTS. */
void imap_put_myrights(const struct imap_session *s, struct buf *b,
    struct str name, uint32_t rights);

/* Is there such a command now? */
bool imap_may_unauthenticate(const struct imap_session *s);
/* DONE, or something else, came while idling. */
struct answer imap_idle_input(struct imap_session *s, struct str line);
/* Shared by LOGIN and AUTHENTICATE. */
struct answer imap_prove(struct imap_session *s, const struct login_ask *ask);
/* What it comes to; refused: what the client is to read then. */
struct answer imap_answer_login(struct imap_session *s,
    enum login_result result, struct str refused, struct err *err);
