/*
 * imap_answer.h - what another IMAP server says, read as from an attacker.
 *                                                         RFC 3501 7, 9
 *
 * An answer is gathered whole: its lines and literals as they came, without the
 * CRLF at its end. A message's octets are none of it: the client puts an empty
 * string in their place. Pure.
 */
#pragma once
#include "base/arena.h"

enum imap_answer_kind {
	IMAP_OTHER,		/* nothing that is wanted here */
	IMAP_DONE,		/* tagged: ok says how */
	IMAP_CONTINUE,		/* "+" */
	IMAP_STATUS,		/* untagged OK, PREAUTH, NO, BAD, BYE */
	IMAP_CAPABILITY,
	IMAP_LIST,		/* and LSUB */
	IMAP_EXISTS,
	IMAP_EXPUNGE,
	IMAP_FETCH,
};

enum imap_list_flag { LIST_NOSELECT = 1, LIST_ALL = 2, LIST_VIRTUAL = 4 };

struct imap_answer {
	enum imap_answer_kind kind;
	struct str tag;			/* of IMAP_DONE */
	struct str status, text;	/* "OK", and behind it; capabilities */
	uint32_t uidvalidity;		/* 0: not said */

	/* Of IMAP_LIST. */
	bool lsub;
	uint32_t list_flags;		/* LIST_* */
	uint32_t use;			/* SPECIAL_*: RFC 6154 */
	char separator;			/* 0: NIL */
	struct str name;

	/* Of IMAP_FETCH, and n of IMAP_EXISTS, IMAP_EXPUNGE. */
	uint32_t n, uid;
	bool has_flags, has_body;
	uint32_t flags;			/* FLAG_* */
	struct str keywords, body;
	int64_t date;			/* 0: not said */
	int zone_min;
	uint64_t gmail;			/* X-GM-MSGID; 0: none */
};

/* False: that is no answer. Texts are borrowed or lie in the arena. */
must_check bool imap_answer_read(struct str octets, struct imap_answer *out,
    struct arena *a);

/* Does a line end with "{n}"? Then *text is what stands before it. */
bool imap_literal(struct str line, struct str *text, uint64_t *n);
