/*
 * client_hello.h - which protocols a client wants to speak inside TLS, read of
 * the first message of its handshake before there is any TLS.
 *                                       RFC 8446 4.1.2, 5.1; RFC 7301 3.1
 *
 * Pure, and keeps nothing: it is shown all that has come each time. It decides
 * who goes on with the connection and no more: whoever does reads the same
 * octets again, with a library that knows all of TLS. So what it does not
 * understand is no error, but of nobody in particular.
 */
#pragma once
#include "base/str.h"

enum {
	HELLO_MAX = 16384,	/* octets of the message */
	HELLO_RECORDS_MAX = 16,	/* that it may be cut into */
	/* As they come on the wire, with the headers of records. */
	HELLO_OCTETS_MAX = HELLO_MAX + 4 + 5 * HELLO_RECORDS_MAX,
	HELLO_NAMES_MAX = 16,
	HELLO_NAME_MAX = 15,
};

enum hello_state {
	HELLO_MORE,		/* show it again, with more behind it */
	HELLO_WHOLE,		/* a ClientHello, and these are its names */
	HELLO_OTHER,		/* no TLS, too large, or makes no sense */
};

struct client_hello {
	size_t n;		/* names in its ALPN, the best first; 0: none */
	/* Of one that is longer or has a NUL nothing is kept. */
	char name[HELLO_NAMES_MAX][HELLO_NAME_MAX + 1];
};

/* *h is set by HELLO_WHOLE alone. */
enum hello_state client_hello_read(struct str octets, struct client_hello *h);
