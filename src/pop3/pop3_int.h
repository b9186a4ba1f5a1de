/*
 * pop3_int.h - what the files of the dialogue share.
 */
#pragma once
#include <stdlib.h>

#include "mail/account.h"
#include "pop3/grammar.h"
#include "pop3/maildrop.h"
#include "pop3/session.h"
#include "rt/dialogue.h"

enum {
	/* RFC 2449 4 wants 255; passwords and responses may be longer. */
	POP3_LINE_MAX = 4096,
	POP3_RESPONSE_MAX = 12288,	/* of AUTH; as in SMTP, RFC 4954 4 */
	POP3_MAX_BAD = 20,	/* commands without sense, one behind another */
	POP3_MAX_STRANGER = 200, /* commands before the login */
	POP3_LOGIN_MS = 180000,	/* to log in; then it is over */
	POP3_COMMAND_MS = 300000, /* for the rest of a command begun */
	POP3_COMMAND_MEM = 8 << 20, /* facts of a message among it */
};

/* RFC 1939 3. What comes after QUIT is no state: nothing is read in it. */
enum pop3_state {
	STATE_AUTHORIZATION = 1 << 0,
	STATE_TRANSACTION = 1 << 1,
	STATE_OVER = 1 << 2,
};

enum answer_kind {
	ANSWER_OK,
	ANSWER_ERR,
	ANSWER_BAD,		/* -ERR to what makes no sense: counted */
	ANSWER_NONE,		/* it is said already, or nobody hears it */
};

/* "+OK text" or "-ERR [code] text".                       RFC 2449 3 and 8 */
struct answer {
	enum answer_kind kind;
	struct str code;	/* without brackets; may be empty */
	struct str text;
};

#define OK(t) ((struct answer){ ANSWER_OK, STR_NULL, STR(t) })
#define ERR(t) ((struct answer){ ANSWER_ERR, STR_NULL, STR(t) })
#define ERR_CODE(c, t) ((struct answer){ ANSWER_ERR, STR(c), STR(t) })
#define BAD(t) ((struct answer){ ANSWER_BAD, STR_NULL, STR(t) })
#define NO_ANSWER ((struct answer){ ANSWER_NONE, STR_NULL, STR_NULL })

struct pop3_session;

/* One row a command. A handler returns its answer; it writes what has several
 * lines only, from its first line on. */
struct pop3_command {
	struct str keyword;
	uint32_t states;	/* STATE_* in which it is allowed */
	enum pop3_form form;
	struct answer (*run)(struct pop3_session *s,
	    const struct pop3_params *p);
	/* What it adds to CAPA, lines with CRLF between two; and when (NULL:
	 * always). */
	struct str capability;
	bool (*shown)(const struct pop3_session *s);
};
extern const struct pop3_command pop3_commands[];
extern const size_t pop3_ncommands;

struct pop3_service {
	struct loop *loop;
	struct vault *vault;
	struct tls_ctx *tls;
	uint32_t timeout_s, login_delay_s;
	bool exclusive;		/* one session for each maildrop */
	size_t refs;
};

struct pop3_session {
	struct dialogue d;
	struct pop3_service *service;
	enum pop3_state state;
	struct arena *cmd;	/* of one command */
	struct account account;
	struct maildrop drop;	/* in TRANSACTION */
	struct buf user;	/* what USER said; empty: nothing */
	bool utf8;		/* RFC 6856: they know it */
	uint32_t bad, bad_in_row, as_stranger;
	uint32_t retrieved, removed; /* messages */
};

/* ---- session.c */
/* "+OK text": more lines follow, which end with pop3_end_lines(). */
void pop3_begin_lines(struct pop3_session *s, struct str text);
/* Lines that begin with no dot; moves the deadline. */
int pop3_say(struct pop3_session *s, struct str lines);
void pop3_end_lines(struct pop3_session *s);
/* Nothing more is read; after the answer the session ends. */
void pop3_end(struct pop3_session *s);
/* The one table from E_* to POP3. Logs what it hides. */
struct answer pop3_fail(struct pop3_session *s, const char *what,
    const struct err *err);

/* ---- commands.c */
/* Find it, and run it. */
struct answer pop3_run(struct pop3_session *s, struct str line);

/* ---- handlers */
typedef struct answer pop3_handler(struct pop3_session *s,
    const struct pop3_params *p);
pop3_handler pop3_auth, pop3_capa, pop3_dele, pop3_lang, pop3_list, pop3_noop,
    pop3_pass, pop3_quit, pop3_retr, pop3_rset, pop3_stat, pop3_stls, pop3_top,
    pop3_uidl, pop3_user, pop3_utf8;
