/*
 * trace.h - the Received: field a server puts on top.  RFC 5321 4.4, RFC 3848
 *
 * Pure.
 */
#pragma once
#include "base/buf.h"

struct smtp_trace {
	struct str helo;	/* as given; empty if there was none */
	struct str peer;	/* "192.0.2.1", "2001:db8::1" or "unix"; empty:
				 * nobody is to read it, nor helo */
	struct str host;	/* we */
	struct str with;	/* SMTP, ESMTPSA, UTF8SMTPS ... */
	struct str tls_version;	/* "TLSv1.3"; empty without TLS */
	struct str tls_cipher;
	struct str id;		/* an Atom; empty if there is none yet */
	struct str only_rcpt;	/* "local@domain" if it is the only one: more
				 * would tell them of each other (7.2) */
	int64_t priority;	/* RFC 6710 7; 0: not said */
	struct str solicit;	/* RFC 3865 2.6; empty: not said */
	int64_t at;		/* seconds since 1970 */
};

/* Append the field with its CRLF, folded. */
void smtp_trace_put(struct buf *b, const struct smtp_trace *t);

/* "[192.0.2.1]", "[IPv6:2001:db8::1]" */
void smtp_put_literal(struct buf *b, struct str peer);
