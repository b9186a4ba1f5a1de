/*
 * test_world.h - a session on an in-memory connection and a fake clock, with
 * a store, a blob writer and a vault that are a few lines each.
 */
#pragma once
#include "lib/fake_store.h"
#include "smtp/submission.h"

enum { WORLD_SUBMITS = 8, WORLD_DATA_RATE = 10, WORLD_DATA_TIME_S = 1800 };

/* What store was given. */
struct submitted {
	struct str reverse_path, protocol, helo, tls, session;
	struct str signature, signature_7bit;
	struct str text;	/* of the message, our Received: first */
	struct str envid;
	uint32_t ret;
	uint8_t smtputf8;
	size_t nhandles;
	uint64_t change;
};

struct world {
	struct fake_clock clock;
	struct loop *loop;
	struct log *log;
	struct arena *mem;
	struct smtp_service *service;
	struct transport *client;
	struct ssl_client *tls;	/* of the client; NULL in clear */
	struct tls_ctx *tls_ctx;
	struct buf got;		/* what the client has read */
	bool client_eof;
	bool deaf;		/* the client reads nothing */
	int ended;		/* sessions that are over */
	int writes;		/* of the server */

	struct fake_store fake;
	struct store store;	/* mx's connection to it */
	int sign_error;		/* E_*, 0 */
	uint64_t most_octets;	/* that the account may send; 0 */
	int lose_store;		/* submits that find a new store */
	int lose_handles;	/* submits that find their handles gone */
	struct submitted *submits;	/* WORLD_SUBMITS */
	struct rcpt_ask rcpt;	/* the last one */
	size_t nsubmits, nrcpts, nlogins, nlogouts, nsigned;
};

/* The vault of submission is the world itself. */
struct vault {
	struct world w;
};

/* Of worlds that are opened from now on. */
extern uint32_t world_greeting_delay_s;
extern struct str world_in_front;	/* who may say XCLIENT, XFORWARD */

/* kind: LISTEN_SMTP, LMTP, SUBMISSION or SUBMISSIONS. cap: octets in
 * flight each way. The session has been started, its greeting not read. */
void world_open(struct world *w, enum listen_kind kind, size_t cap);
/* The same with this TLS context (owned), or without TLS: it costs most. */
void world_open_with(struct world *w, enum listen_kind kind, size_t cap,
    struct tls_ctx *tls);
void world_close(struct world *w);

/* What store answers. */
void fakes_init(struct world *w);
/* Let everything happen that can without time passing. */
void world_settle(struct world *w);
/* Let ms pass, and what happens in it. */
void world_pass(struct world *w, int64_t ms);
/* The client sends; everything is taken. */
void world_send(struct world *w, struct str octets);
/* The client closes its end. */
void world_hang_up(struct world *w);
/* The client begins TLS; true if the handshake came to its end. */
bool world_client_tls(struct world *w);

/* Everything the client got since the last call. */
struct str world_got(struct world *w);
/* Send, settle, and compare all that came back. */
#define world_say(w, line, want)                               \
	do {                                                   \
		world_send((w), str_c(line));                  \
		assert_str(world_got(w), want);                \
	} while (0)

/* What is said in every session with mx. */
#define GREETING "220 mx.example.test ESMTP Postern\r\n"
#define HELLO "mx.example.test Hello c.example [192.0.2.1]\r\n"
#define EHLO "EHLO c.example\r\n"
#define EHLO_BEGIN                                             \
	"250-" HELLO "250-PIPELINING\r\n250-8BITMIME\r\n"      \
	"250-BINARYMIME\r\n"                                  \
	"250-ENHANCEDSTATUSCODES\r\n250-SMTPUTF8\r\n"         \
	"250-SIZE 100000\r\n250-LIMITS RCPTMAX=100\r\n"
#define EHLO_LAST "250-MT-PRIORITY\r\n250-DELIVERBY\r\n"             \
	"250-NO-SOLICITING\r\n250-RRVS\r\n"
#define EHLO_VERBS "250-CHUNKING\r\n250-HELP\r\n"
#define EHLO_REPLY EHLO_BEGIN EHLO_LAST "250-PRDR\r\n" EHLO_VERBS \
	"250 STARTTLS\r\n"
/* Of submission: in clear, inside TLS, and after a login. */
#define EHLO_CLEAR EHLO_BEGIN "250-DSN\r\n" EHLO_LAST EHLO_VERBS \
	"250 STARTTLS\r\n"
#define EHLO_IN_TLS EHLO_BEGIN "250-DSN\r\n250-REQUIRETLS\r\n" EHLO_LAST
#define EHLO_TLS EHLO_IN_TLS EHLO_VERBS "250 AUTH "                           \
	"SCRAM-SHA-256 SCRAM-SHA-1 "                                          \
	"PLAIN LOGIN\r\n"
#define EHLO_USER EHLO_IN_TLS EHLO_VERBS "250 BURL imap\r\n"
#define ENVELOPE "MAIL FROM:<x@y.test>\r\nRCPT TO:<alice@example.test>\r\n"
#define ENVELOPE_OK "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n"
#define GO "354 Go ahead, end with <CRLF>.<CRLF>\r\n"

/* mx, and its greeting has been read. */
static inline void
open_greeted(struct world *w, size_t cap)
{
	world_open(w, LISTEN_SMTP, cap);
	assert_str(world_got(w), GREETING);
}
