/*
 * grammar.h - command lines of SMTP as structs.             RFC 5321 4.1.1
 *
 * Pure: a line without its CRLF in, slices of it (or of the arena) out.
 * Accepts the ABNF and what real clients add to it: white space around the ":"
 * of "FROM:" and "TO:", more than one space between arguments, white space at
 * the end.
 */
#pragma once
#include "smtp/path.h"
#include "store/messages.h"

enum {
	/* 512 of 4.5.3.1.4, and what extensions add to MAIL: SIZE 26
	 * (RFC 1870), BODY 17 (RFC 6152), AUTH 500 (RFC 4954), SMTPUTF8 10
	 * (RFC 6531), RET and ENVID 116, HOLDFOR or HOLDUNTIL 34 (RFC 4865),
	 * REQUIRETLS 11 (RFC 8689), MT-PRIORITY 15 (RFC 6710), PRDR 5, BY 17
	 * (RFC 2852), SOLICIT 1007 (RFC 3865 4.1),
	 * or to RCPT: NOTIFY and ORCPT 529 (RFC 3461 4), RRVS 33 (RFC 7293
	 * 3.1); CRLF counted.
	 * Rounded up: RFC 5321 asks for no limit where there need be none. */
	SMTP_COMMAND_MAX = 3072,
	SMTP_AUTH_LINE_MAX = 12288, /* RFC 4954 4 */
};

/* What store/messages.h has room for: SMTP_MAIL_MAX_envid (RFC 3461 4.4: 100),
 * SMTP_RCPT_MAX_orcpt (4.2: 500), SMTP_MAIL_MAX_solicit (RFC 3865 4.1). */
#define SMTP_BOUND(S, kind, name, max) S##_##name = (max),
enum {
	FIELDS_envelope(SMTP_BOUND, SMTP_MAIL_MAX)
	FIELDS_addressee(SMTP_BOUND, SMTP_RCPT_MAX)
};

struct smtp_command {
	struct str verb;	/* as typed; compare with str_eqi() */
	struct str args;	/* trimmed */
};

/* False for a line that does not begin with a word. */
must_check bool smtp_command(struct str line, struct smtp_command *out);

/* Extensions that not everybody has: in MAIL what may be asked for, in RCPT
 * what was. */
enum smtp_extension { WITH_DSN = 1, WITH_UTF8 = 2, WITH_LATER = 4,
	WITH_TLS = 8, WITH_PRIORITY = 16, WITH_PRDR = 32, WITH_BY = 64,
	WITH_SOLICIT = 128, WITH_RRVS = 256 };

enum smtp_body { BODY_7BIT, BODY_8BITMIME, BODY_BINARYMIME };

/* MAIL FROM:<reverse-path> [SP Mail-parameters] */
struct mail_args {
	struct path from;	/* text is empty for <> */
	bool has_size;
	uint64_t size_octets;	/* RFC 1870 */
	bool has_body;
	enum smtp_body body;	/* RFC 6152, RFC 3030 3 */
	bool has_auth;
	struct str auth;	/* RFC 4954 5, xtext undone; empty for <> */
	bool has_priority;
	bool prdr;		/* draft-hall-prdr */
	int32_t by_s;		/* RFC 2852 4: from now on, with by_mode */
	struct envelope envelope; /* what is carried on */
};

must_check enum smtp_syntax smtp_parse_mail(struct str args, unsigned with,
    struct arena *a, struct mail_args *out);

/* One parameter more of these extensions, of a MAIL that is said in other words
 * than a line's. SYNTAX_PARAM: there is none; SYNTAX_VALUE: not so, or not
 * again. */
must_check enum smtp_syntax smtp_mail_param(struct str keyword,
    struct str value, unsigned with, struct arena *a, struct mail_args *m);

/* RCPT TO:<forward-path> [SP Rcpt-parameters] */
struct rcpt_args {
	struct path to;		/* domain is empty for <postmaster> */
	struct addressee addressee; /* what is carried on */
};

must_check enum smtp_syntax smtp_parse_rcpt(struct str args, unsigned with,
    struct arena *a, struct rcpt_args *out);

/* chunk-size [SP "LAST"]: of BDAT. A size that 64 bits do not hold is none. */
struct bdat_args {
	uint64_t octets;
	bool last;
};
must_check bool smtp_parse_bdat(struct str args, struct bdat_args *out);

/* URL [SP "LAST"]: of BURL. */
struct burl_args {
	struct str url;
	bool last;
};
must_check bool smtp_parse_burl(struct str args, struct burl_args *out);

/* An address, and behind it "SMTPUTF8", without which it is ASCII: of VRFY and
 * EXPN.                                       RFC 5321 3.5.1, RFC 6531 3.7.4 */
struct who_args {
	struct path who;
	bool smtputf8;
};
must_check enum smtp_syntax smtp_parse_who(struct str args, struct arena *a,
    struct who_args *out);

/* [option character] node name: of ETRN.                         RFC 1985 5 */
struct etrn_args {
	enum { ETRN_node, ETRN_below = '@', ETRN_queue = '#' } what;
	struct str name;	/* of a node: lower case, A-labels; of a queue
				 * as it came */
};
/* SYNTAX_ARGS: nothing is there; SYNTAX_VALUE: no fully qualified name. */
must_check enum smtp_syntax smtp_parse_etrn(struct str args, struct arena *a,
    struct etrn_args *out);

/* The argument of HELO and EHLO. Clients on real networks send all sorts of
 * texts, and 4.1.4 forbids to refuse mail for it: anything passes that there is
 * (strict: names, literals, and names with "_"). *name is what may stand in a
 * comment (RFC 5322 3.2.2): octets that may not are "%C3", and it is cut at
 * SMTP_DOMAIN_MAX. */
must_check bool smtp_parse_helo(struct str args, bool strict, struct arena *a,
    struct str *name);

/* xtext = *(xchar / hexchar)                                RFC 3461 4 */
must_check bool smtp_xtext(struct str s, struct arena *a, struct str *out);
