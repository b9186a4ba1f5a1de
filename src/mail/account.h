/*
 * account.h - the account of somebody who has logged in.
 *
 * What a session holds of a person: the login, the store connection bound to
 * it, and the watch on what changes. Everything else of src/mail that reads or
 * changes a person's mail begins with one of these.
 */
#pragma once
#include "base/log.h"
#include "rt/conn_limits.h"
#include "vault/client.h"

enum { ACCOUNT_MAX_REFUSED = 5 };	/* logins, then a session ends */

struct account {
	struct loop *loop;
	struct vault *vault;
	struct login login;	/* its address is the text below */
	struct store *store;	/* login's; NULL: nobody has logged in */
	char address[321];	/* whose it is; stays after the end */
	uint32_t refused;	/* logins, since the last good one */
	struct visit *visit;	/* of the session; NULL: not counted */
};

/* Nobody's yet. loop and vault must outlive it. */
void account_init(struct account *a, struct loop *l, struct vault *v);

/* Prove who somebody is; suspends. Logs `login` with its outcome. */
enum login_result {
	LOGIN_OK,
	LOGIN_REFUSED,		/* wrong user or password; counted */
	LOGIN_FACTOR,		/* the right ones, and there is a second
				 * factor; counted, but where it was asked
				 * whether there is: at the page */
	LOGIN_FAILED,		/* we could not find out: *err says why */
	LOGIN_TOO_MANY,		/* the account has all connections it may */
};
enum login_result account_login(struct account *a, const struct login_ask *ask,
    const struct log_ctx *log, struct err *err);
/* The same of a proof (mail/scram_login.h), whose user and mechanism who says;
 * *signature is for them, in the arena. */
enum login_result account_prove(struct account *a,
    const struct login_ask *who, const struct scram_final_ask *ask,
    const struct log_ctx *log, struct str *signature, struct arena *mem,
    struct err *err);
/* The same by a token, of the mechanism and user that who says; LOGIN_FAILED
 * also where nobody can say now. */
enum login_result account_bearer(struct account *a,
    const struct login_ask *who, struct str token, const struct log_ctx *log,
    struct err *err);
/* The same by a certificate that was shown, of whom who says, or nobody; and by
 * CRAM-MD5. */
enum login_result account_external(struct account *a,
    const struct login_ask *who, const struct tls_shown *shown,
    const struct log_ctx *log, struct err *err);
enum login_result account_cram(struct account *a, const struct login_ask *who,
    const struct cram_final_ask *ask, const struct log_ctx *log,
    struct err *err);
/* What it means that vault said rc to who it is; logs `login`. */
enum login_result account_settle(struct account *a,
    const struct login_ask *who, int rc, const struct log_ctx *log);
/* Names as they are inside, in the arena; what is no name is nobody's. */
void account_names(struct login_ask *who, struct arena *mem);
/* What a mail program's person is to read where that is LOGIN_REFUSED, or
 * LOGIN_FACTOR. */
#define LOGIN_REFUSED_SAYS "Wrong user or password"
#define LOGIN_FACTOR_SAYS "This account has a second factor: mail programs " \
	"come in by an app password"
/* Has it been refused so often that the session should end? */
bool account_gave_up(const struct account *a);

/* An event for the journal, about this person: session and peer as they are
 * there, text is the event's own. May be lost; never suspends. */
void account_journal(const struct account *a, enum journal_event event,
    const char *session, const char *peer, struct str text);

/* fn is called when something watched changed, or everything may have. It
 * runs on the loop's own stack and must not suspend. */
void account_on_change(struct account *a,
    void (*fn)(void *arg, const struct changed *what), void *arg);
/* Be told of this mailbox, and of no other; 0 ends it. 0 or E_*. */
int account_watch(const struct account *a, uint64_t mailbox, struct err *err);

/* The same about all mailboxes of the account, beside that one. */
int account_watch_all(const struct account *a, bool on, struct err *err);

/* The session is over: closes the store connection. Never suspends; an
 * account of nobody is fine. */
void account_logout(struct account *a);
/* Out again, and the session goes on. */
void account_leave(struct account *a);
