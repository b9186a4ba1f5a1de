/*
 * client_world.h - for tests: a client and a server with a script, on a wire
 * in memory and a fake clock.
 */
#pragma once
#include "base/test.h"
#include "rt/tls_peer.h"
#include "smtp/client.h"

enum { SCENE_RCPTS = 300, SCENE_MESSAGES = 4 };

/*
 * What the server does, a line each:
 *   S text   says it (CRLF behind)
 *   R text   says it as it is, without line end
 *   C        takes a line
 *   M        takes lines up to a single dot
 *   W ms     waits
 *   D ms     says every octet from now on after so many ms
 *   T        begins TLS
 *   X        closes
 *   Z        resets
 * At the end of it, it closes when the client has.
 */
struct scene {
	const char *script;
	struct str messages[SCENE_MESSAGES];
	size_t nmessages;
	size_t nrcpts;		/* of each, "r0@b.test" and on */
	struct smtp_outgoing how;	/* of all messages */
	bool starttls, tls_first, verify, login, lmtp;
	int64_t cancel_ms;	/* the client, then; 0: never */
	int text_error;		/* of the callback, after the text */
	size_t wire;		/* octets in flight; 0: 64 KiB */
	size_t cut;		/* of what the server says; 0: nothing is */
	bool silent;		/* when cut: say nothing more, do not close */

	/* What came of it. */
	struct fake_clock clock;
	struct loop *loop;
	struct arena *mem;
	struct smtp_client *client;
	struct fiber *fiber;
	struct timer cancel;
	struct stream *server;
	struct tls_client *tls;
	struct tls_ctx *tls_ctx;
	struct buf heard;	/* by the server */
	size_t said;		/* by the server, on the wire, to the end */
	bool script_done, reset;
	int writes;		/* of the client */
	int rc;			/* of hello, starttls or login */
	struct smtp_answer why;
	int send_rc;
	unsigned offers, offers_at_end;	/* before STARTTLS, and last */
	uint64_t size;
	bool usable, alive, tls_on;
	uint32_t accepted;	/* messages */
	int64_t took_ms, quit_ms;
	struct smtp_outgoing_rcpt *rcpts[SCENE_MESSAGES];
	struct buf answers;	/* "code status text|" for each */
};

void scene_play(struct scene *s);
void scene_end(struct scene *s);
