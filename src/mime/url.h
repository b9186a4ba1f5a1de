/*
 * url.h - the URL of a message, or of a part of one, on an IMAP server.
 *                                                  RFC 5092 11, RFC 4467 9
 *
 * Two forms of them, which name one message each: an absolute path, for whoever
 * is logged in already (RFC 4469 3), and a whole URL, with or without the
 * permission to read it that its owner gives others. Pure; all that is in a
 * url points into its text or the arena, of URL_ARENA(text.n).
 */
#pragma once
#include "base/arena.h"
#include "mime/facts.h"

enum { URL_MAX = 4096, URL_NAME_MAX = 1000, URL_PARTS_MAX = 64,
	URL_FIELDS_MAX = 256 };
#define URL_ARENA(n) (65536 + 64 * (size_t)(n))

/* What of the message. */
struct url_section {
	enum facts_what what;
	uint32_t *part;			/* 1.2.3 */
	size_t npart;
	bool by_name, except;		/* of a header: fields named, or not */
	struct str *field;
	size_t nfield;
	bool partial;
	uint64_t offset, length;	/* of partial; length is not 0 */
};

/* Who may use it: anybody, whoever has logged in, this person, or who submits
 * messages for this person. */
enum url_access { URL_anonymous = 1, URL_authuser, URL_user, URL_submit };

struct url {
	struct str user, host;	/* user as it was meant; host.p NULL: a path */
	struct str mailbox;	/* UTF-8, as it was meant */
	uint32_t uidvalidity;	/* 0: not given */
	uint32_t uid;
	struct url_section section;
	uint32_t access;	/* enum url_access; 0: no URLAUTH */
	struct str who;		/* of URL_user, URL_submit */
	int64_t expires;	/* seconds since 1970; 0: never */
	/* All before the verifier, as it stands, and the two parts of that;
	 * mechanism.p NULL: there is none. token: octets. */
	struct str rump, mechanism, token;
};

/* Of any length; who keeps URLs takes up to URL_MAX. */
must_check bool url_parse(struct str text, struct arena *a, struct url *out);
