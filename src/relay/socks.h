/*
 * socks.h - the client's side of SOCKS 5, from the first octet to where the
 * connection is that of whoever was asked for.       RFC 1928, RFC 1929
 *
 * Pure: what has come goes in, what is to be said comes out. It takes the
 * octets of the proxy's answers and none behind them. Only addresses are asked
 * for: whose they are is found out here and nowhere else.
 */
#pragma once
#include "base/buf.h"
#include "base/str.h"
#include "dns/hosts.h"

enum {
	SOCKS_SAY_MAX = 1024,	/* room that `say` needs */
	SOCKS_WORD_MAX = 255,	/* of a user and of a password: RFC 1929 2 */
};

enum socks_state {
	SOCKS_MORE,		/* say what is to be said, and feed it */
	SOCKS_OPEN,		/* what comes now is the other side's */
	SOCKS_UNREACHED,	/* the proxy works, and cannot reach it */
	SOCKS_REFUSED,		/* the proxy will not, for this address */
	SOCKS_LOCKED,		/* it will not for us at all */
	SOCKS_BAD,		/* that is no proxy of this kind */
};
enum socks_step { SOCKS_METHOD, SOCKS_LOGIN, SOCKS_REPLY };

struct socks {
	enum socks_state state;
	enum socks_step step;
	struct str user, password;
	struct host_address to;
	uint16_t port;
	bool asked;		/* for the connection: what is in the way now
				 * may be the other side */
	const char *why;	/* in words, of the last four states */
	uint8_t octets[5];	/* of the present answer, its beginning */
	size_t n;		/* that came of it */
};

/* An empty user: nobody logs in. say: what comes first. */
void socks_begin(struct socks *s, struct str user, struct str password,
    const struct host_address *to, uint16_t port, struct buf *say);
/* *used: octets that belong to it. After anything but SOCKS_MORE it takes no
 * more. */
enum socks_state socks_feed(struct socks *s, struct str octets, size_t *used,
    struct buf *say);
