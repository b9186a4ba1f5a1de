/*
 * path.h - mailboxes and paths as SMTP has them.  RFC 5321 4.1.2, 6531 3.3
 *
 * Pure. Octets over 127 may stand in local parts, and in domains as they come
 * in: who reads a path looks first that all is UTF-8, and then whether
 * SMTPUTF8 was asked for. Quoting is undone, so two ways to write one local
 * part come out the same (4.1.2: all quoted forms MUST be treated as
 * equivalent). Source routes are accepted and dropped (appendix C). So are dots
 * at the end of a domain; local parts may have dots where a Dot-string has none
 * (a..b, .a, a.) and are quoted then, and domains may have "_".
 */
#pragma once
#include "base/arena.h"
#include "base/rd.h"

enum {
	SMTP_LOCAL_MAX = 64,	/* 4.5.3.1.1 */
	SMTP_DOMAIN_MAX = 255,	/* 4.5.3.1.2 */
	SMTP_PATH_MAX = 256,	/* 4.5.3.1.3, with its brackets */
};

/* Why a command was not understood; smtp_syntax_reply() has the answers. */
enum smtp_syntax {
	SYNTAX_OK,
	SYNTAX_ARGS,		/* not shaped like this command at all */
	SYNTAX_ADDRESS,		/* not a path */
	SYNTAX_TOO_LONG,	/* a path over 4.5.3.1 */
	SYNTAX_NOT_TEXT,	/* not UTF-8, or with controls in it */
	SYNTAX_NOT_ASCII,	/* needs SMTPUTF8 */
	SYNTAX_PARAM,		/* a parameter we do not have */
	SYNTAX_VALUE,		/* a parameter with a wrong value, or twice */
	SYNTAX_N
};

struct path {
	/* "local@domain" with the least quoting that is right; empty for <>,
	 * only the local part for <postmaster>. */
	struct str text;
	struct str local;	/* quoting undone */
	/* As it came, but U-labels as A-labels (RFC 5890 2.3.2.1); a literal
	 * with its brackets. */
	struct str domain;
};

/* Path or <>, at the cursor and with its brackets, which is left behind the
 * ">"; or a mailbox without them. White space inside the brackets is taken. The
 * slices live in the arena or in the input. */
must_check enum smtp_syntax smtp_path(struct rd *r, struct arena *a,
    struct path *out);

/* UTF-8 without the controls that Unicode has beyond ASCII (U+0080 to U+009F):
 * addresses go into header fields and logs. */
bool smtp_is_text(struct str s);

/* A whole slice as Mailbox, of such text: no brackets, no route. */
must_check bool smtp_mailbox(struct str s, struct arena *a,
    struct path *out);

/* A whole slice as Domain of ASCII, as address-literal with its brackets. */
bool smtp_is_domain(struct str s);
bool smtp_is_literal(struct str s);
