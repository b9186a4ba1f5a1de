/*
 * sign_in.h - those who have signed in at a page, by the secret in their
 * cookie.
 *
 * Each holds its account's connection to store, as a session of IMAP does, and
 * lives in this process only: nothing of it is on a disk, and when the process
 * ends people sign in anew. An account has SIGN_INS_EACH at most (the one
 * longest unused goes), all together as many as the worker has connections.
 */
#pragma once
#include "mail/account.h"
#include "rt/config.h"

enum { SIGN_INS_EACH = 20, SIGN_IN_SECRET = 32, SIGN_IN_AGENT = 200 };

struct sign_ins;

struct sign_in {
	struct list_link link;		/* the longest unused first */
	struct sign_ins *all;
	struct account account;
	uint64_t number[2];		/* random: what it is found by */
	char id[33];			/* the same as hex, as the others */
	char secret[2 * SIGN_IN_SECRET + 1];
	char token[2 * SIGN_IN_SECRET + 1]; /* what no other origin knows */
	int64_t begun_s, used_s;
	/* For its owner to know it by: where it began, and by what program. */
	char from[64], agent[SIGN_IN_AGENT];
	size_t refs;			/* of requests */
	bool ended;
};

struct sign_ins *sign_ins_new(struct loop *l, struct vault *vault,
    const struct config *c);
/* The times of a new configuration; they hold for all at once. */
void sign_ins_configure(struct sign_ins *all, const struct config *c);
void sign_ins_free(struct sign_ins *all);	/* after every request */

/* Prove who it is, as account_login() does; visit is the connection's. With
 * LOGIN_OK *out is referenced. E_LIMIT (LOGIN_FAILED): there are too many. */
enum login_result sign_in_begin(struct sign_ins *all,
    const struct login_ask *ask, struct visit *visit,
    const struct log_ctx *log, struct sign_in **out, struct err *err);
/* Whose cookie is it? Referenced and used now; NULL: nobody's, or it was over.
 * Takes the same time for every secret of the right length. */
struct sign_in *sign_in_find(struct sign_ins *all, struct str cookie);
/* The value of the cookie. */
void sign_in_cookie(const struct sign_in *in, struct buf *b);
bool sign_in_is_token(const struct sign_in *in, struct str token);
/* When it will be over, unused from now on; seconds since 1970. */
int64_t sign_in_until(const struct sign_in *in);
void sign_in_unref(struct sign_in *in);		/* NULL is fine */

/* It is over: nobody finds it any more, and the connection closes with the last
 * reference. why is for the log. */
void sign_in_end(struct sign_in *in, const char *why);
/* All of this account, itself too, the longest unused first. */
void sign_in_each(struct sign_in *in,
    void (*fn)(void *arg, const struct sign_in *one), void *arg);
/* The one of this id, of the same account; false: there is none. */
bool sign_in_end_one(struct sign_in *in, struct str id, const char *why);
/* All others of this account. */
void sign_in_end_others(struct sign_in *in, const char *why);
/* All of this account, itself too. */
void sign_in_end_all(struct sign_in *in, const char *why);
