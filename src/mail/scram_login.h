/*
 * scram_login.h - somebody logs in by SCRAM, in whatever protocol: RFC 5802.
 *
 * The messages are read here, and the client's connection looked at; what is
 * proven, vault says.
 */
#pragma once
#include "mail/account.h"
#include "rt/stream.h"

/* How a protocol carries it: one message to the client, its response into the
 * arena. False: there is none, and the session knows what to say to that. */
struct scram_talk {
	bool (*ask)(void *session, struct str message, struct str *response);
	void *session;
	struct account *account;
	struct stream *stream;
	struct login_ask who;	/* mechanism, peer and service */
	const struct log_ctx *log;
	struct arena *a;
};

/* Is it the name of one that this stream can have, in any case? Then in which
 * we write it. */
must_check bool scram_find(const struct stream *s, struct str name,
    struct str *mechanism);
/* Append those that are announced, the best first, each with before in front.
 * -PLUS is for who asks for it: logins.md. */
void scram_put_offered(struct buf *b,
    struct str before);

/* From the client's first message on. Suspends. False: talk->ask() said so,
 * and nobody has logged in. why: what a client is to read of LOGIN_REFUSED. */
must_check bool scram_log_in(struct scram_talk *talk, struct str first,
    enum login_result *result, struct str *why, struct err *err);
