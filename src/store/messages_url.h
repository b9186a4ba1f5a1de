/*
 * messages_url.h - what is read by a URL that its owner let others have: a part
 * of messages.h, which has the table of all calls.                 RFC 4467
 *
 * Store parses no URL. Who asks says what is in it (a claim), and `rump` is
 * octets to store: it signs all of that with a key that never leaves it, which
 * every person has one of for each mailbox, and compares. What the URL says of
 * a part of the message is in its rump only, so who asks keeps to that, or
 * not: a token is good for the message.
 */
#pragma once
#include "rt/msg.h"

#define STORE_CALLS_URL(C) \
	C(url_sign, answer, AUTH_ACCOUNT, RUN_WRITER, CHANGE_once, named) \
	C(url_content, answer, AUTH_ACCOUNT, RUN_READER, CHANGE_none, own) \
	C(url_keys_renew, done, AUTH_ACCOUNT, RUN_WRITER, CHANGE_frees, named)

enum { RUMP_MAX = 4096, URL_TOKEN_LEN = 33 /* which algorithm, and a sum */ };

/* Who may use it: whoever has logged in, the person `who`, or their message
 * submission, of which the connection knows (account_open). */
enum url_allows { ACCESS_anonymous = 1, ACCESS_authuser, ACCESS_user,
	ACCESS_submit };

/* uidvalidity 0: not said. expires: seconds since 1970, 0: never. who is empty
 * but of ACCESS_user and ACCESS_submit. */
#define FIELDS_url_claim(F, S)                                        \
	F(S, str, owner, 320)	/* whose address it names */          \
	F(S, str, name, 1000)	/* the mailbox, as they call it */    \
	F(S, u32, uidvalidity, 0) F(S, u32, uid, 0)                   \
	F(S, i64, expires, 0) F(S, u32, access, 0)                    \
	F(S, str, who, 320)                                           \
	F(S, str, rump, RUMP_MAX)

/* E_NORIGHT: the asker is not its owner, or may not read what is there.
 * E_NOTFOUND: they have no such mailbox, or not of this UIDVALIDITY. Whether
 * there is a message, and anybody of the name `who`, the answer does not tell.
 */
#define FIELDS_url_sign_ask(F, S) F(S, u64, change, 0) FIELDS_url_claim(F, S)
#define FIELDS_url_sign_answer(F, S) F(S, str, token, URL_TOKEN_LEN)

/* As content of a message there, if the token is right, the asker is who may
 * use it, and its owner may still read the message. E_NOTFOUND for everything
 * else, whatever it is. size: prefix and message, in octets. */
#define FIELDS_url_content_ask(F, S)                                  \
	FIELDS_url_claim(F, S) F(S, str, token, URL_TOKEN_LEN)        \
	F(S, u64, offset, 0) F(S, u32, len, 0) F(S, u32, want, 0)
#define FIELDS_url_content_answer(F, S)                               \
	F(S, str, prefix, 2048 + FRONT_MAX)                           \
	F(S, str, octets, MSG_CHUNK)                                  \
	F(S, u64, total, 0) F(S, str, facts, 32768)                   \
	F(S, u64, checked, 0) F(S, u64, size, 0)

/* Nothing that the asker has signed for this mailbox is good any more; name
 * empty: for any. E_NOTFOUND. */
#define FIELDS_url_keys_renew_ask(F, S) \
	F(S, u64, change, 0) F(S, str, name, 1000)
