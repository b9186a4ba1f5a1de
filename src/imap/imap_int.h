/*
 * imap_int.h - what the files of the dialogue share.
 */
#pragma once
#include "imap/grammar/args.h"
#include "imap/grammar/gather.h"
#include "imap/grammar/reply.h"
#include "imap/session.h"
#include "rt/dialogue.h"
#include "store/client.h"

enum {
	IMAP_MAX_BAD = 20,	/* commands that made no sense */
	IMAP_MAX_LOGINS = 5,	/* logins that failed */
	IMAP_LOGIN_MS = 180000,	/* to log in; then autologout */
	IMAP_COMMAND_MS = 300000, /* for the rest of a command begun */
	IMAP_PAGE_MEM = 2 << 20,  /* answers of store, one at a time */
	IMAP_OUT_MAX = 1 << 20,	/* what is rendered before it is written */
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
#define NO_ANSWER ((struct answer){ ANSWER_NONE, STR_NULL, STR_NULL })

struct imap_session;

struct imap_command {
	struct str tag;
	const struct command_row *row;
	union args args;
};

enum {
	ROW_UID = 1 << 0,	/* "UID" and a space stand before the name */
	/* RFC 3501 7.4.1: no EXPUNGE may be told in its course. */
	ROW_NO_EXPUNGE = 1 << 1,
	ROW_QUIET = 1 << 2,	/* no untagged updates before its answer */
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

struct imap_service {
	struct loop *loop;
	struct vault *vault;
	struct tls_ctx *tls;
	struct str hostname;
	uint64_t max_message;
	uint32_t timeout_s, compress;
	struct arena *mem;
	size_t refs;
};

struct imap_session {
	struct dialogue d;
	struct imap_service *service;
	enum imap_state state;
	struct gather gather;
	struct arena *cmd;	/* of one command */

	struct login login;	/* store NULL: nobody yet */
	struct store *store;	/* login's */
	char user[321];

	/* The mailbox selected. RFC 3501 7.4.1: message numbers are those of
	 * the view, which moves on in imap_update() only. */
	struct view view;
	uint32_t exists;	/* as told */
	bool read_only;
	struct buf told;	/* see view.c */

	bool idling;		/* RFC 2177; idle_tag is its command's */
	char idle_tag[TAG_MAX];
	size_t idle_tag_len;

	uint32_t bad, bad_logins;
};

/* ---- session.c */
/* Untagged text, written but not flushed. */
void imap_say(struct imap_session *s, const struct buf *b);
/* "+ text", sent at once. 0 or E_*. */
int imap_continue(struct imap_session *s, struct str text);
/* "* BYE text": the session ends after it. */
void imap_bye(struct imap_session *s, const char *text);
void imap_log_out(struct imap_session *s);

/* ---- input.c */
/* Read the next command into s->gather: 0 when it is whole or its state says
 * why not, E_* when the stream is lost. */
int imap_read_command(struct imap_session *s, struct err *err);
/* The answer to a command whose message (GATHER_MESSAGE) nobody wants: what
 * comes of it all the same is read and dropped.                RFC 7888 4 */
struct answer imap_refuse_message(struct imap_session *s, struct answer a);

/* ---- commands.c */
void imap_put_capabilities(const struct imap_session *s, struct buf *b);
/* As a response code, in the command's arena. */
struct str imap_capability_code(struct imap_session *s);
/* Parse what was gathered and run it. tag and the row's flags are set as far
 * as they were found. */
struct answer imap_run(struct imap_session *s, struct str *tag,
    uint32_t *flags);

/* ---- answer.c */
void imap_put_answer(struct buf *b, struct str tag, const struct answer *a);
/* The one table from E_* to IMAP. Logs what it hides. */
struct answer imap_fail(struct imap_session *s, const char *what,
    const struct err *err);

/* ---- view.c */
/* Tell what changed since the view was told: EXPUNGE (if it may be), EXISTS,
 * FETCH FLAGS; the view moves on. 0 or E_* of store. */
int imap_update(struct imap_session *s, bool expunge_ok, struct err *err);
/* This message's flags, as of modseq, were told or need not be: the next
 * update leaves them out. Messages come in ascending order of UID. */
void imap_told(struct imap_session *s, uint32_t uid, uint64_t modseq);
/* No mailbox is selected any more. */
void imap_deselect(struct imap_session *s);

/* ---- rows.c */
/* A set of messages as store wants it: in pages of ranges. */
struct selection {
	struct str ranges;	/* all of them, u32 pairs */
	bool by_uid;
};
/* Resolve a client's set against the view. ANSWER_NONE if it makes sense. */
struct answer imap_select_set(struct imap_session *s, struct seqset *set,
    bool by_uid, struct selection *out);
struct selection imap_selection_of(struct arena *a, const struct seqset *set,
    bool by_uid);
/* Take the next page of ranges off; false at the end. */
bool selection_next(struct selection *sel, struct str *page);
/* "(\Seen x)" */
void imap_put_flags(struct buf *b, uint32_t flags, struct str keywords);
/* Keywords with spaces between, as store wants them. */
struct str imap_keywords(struct arena *a, const struct flag_list *l);

/* ---- fetch_body.c */
/* The facts of a row, recomputed if need be; they live in mem, which must
 * have room for a scan (MIME_SCAN_ARENA) and a record. 0 or E_*. */
struct facts;
int imap_facts(struct imap_session *s, const struct fetch_row *row,
    struct arena *mem, struct facts *f, struct err *err);
bool imap_needs_facts(const struct section *sec);
/* One section of a message: its name, a space and its octets, or NIL. E_* if
 * it is NIL for a failure of ours; if that came in the middle of a literal,
 * state is STATE_LOGOUT and the stream must not be used any more. */
int imap_put_section(struct imap_session *s, const struct section *sec,
    const struct fetch_row *row, const struct facts *f, struct err *err);

/* ---- fetch_seen.c */
/* Set \Seen on those of these rows (fetch_row records) that lack it. */
int imap_mark_seen(struct imap_session *s, struct str rows, struct err *err);

/* ---- handlers, one file each */
typedef struct answer imap_handler(struct imap_session *s,
    const struct imap_command *c);
imap_handler imap_append, imap_authenticate, imap_capability, imap_check,
    imap_close, imap_enable, imap_examine, imap_expunge, imap_fetch, imap_id,
    imap_idle, imap_list, imap_login, imap_logout, imap_lsub, imap_namespace,
    imap_noop, imap_select, imap_starttls, imap_status, imap_store,
    imap_uid_expunge, imap_unselect;

/* DONE, or something else, came while idling. */
struct answer imap_idle_input(struct imap_session *s, struct str line);
/* Shared by LOGIN and AUTHENTICATE. */
struct answer imap_prove(struct imap_session *s, const struct login_ask *ask);
