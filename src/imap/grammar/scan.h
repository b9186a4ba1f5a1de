/*
 * scan.h - the shared elements of the IMAP grammar.   RFC 3501 9, RFC 9051 9
 *
 * A command is one slice: its line without the final CRLF, literals in place
 * as they came ("{5}" CRLF and five octets; see gather.h). A scan reads it
 * once from left to right. Its error is sticky and remembers what was wanted
 * first, so parsers are written straight down and checked once at the end.
 * Everything is pure. Results point into the command or into the arena; their
 * lifetime is that of the shorter. An arena of SCAN_ARENA(n) octets is always
 * enough for a command of n octets.
 */
#pragma once
#include "base/arena.h"
#include "base/rd.h"

enum {
	TAG_MAX = 128,
	MAILBOX_MAX = 1000,	/* octets of a name as UTF-8 */
	NAMES_MAX = 2,		/* mailboxes in a command, at most */
};
#define SCAN_ARENA(n) (((size_t)1 << 20) + 32 * (size_t)(n))

struct scan {
	struct rd r;
	struct arena *a;
	const char *want;	/* why it is not well formed; NULL: it is */
	bool limit;		/* it may be, but holds more than we take */
	bool utf8;		/* names are UTF-8, not modified UTF-7 */
	/* The mailboxes that were scanned, in their order: the name as it was
	 * sent, where the one that is meant is composed in another way. */
	struct str as_sent[NAMES_MAX];
	size_t nnames;
};

struct word {
	struct str name;
	int value;
};

struct scan scan_of(struct str command, struct arena *a);

static inline bool
scan_ok(const struct scan *s)
{
	return !s->want;
}

/* The sticky error. want is a constant that completes "BAD ...". */
void scan_fail(struct scan *s, const char *want);
/* Over a bound of ours: what completes "NO [LIMIT] ...". */
void scan_over(struct scan *s, const char *what);

/* RFC 3501 has one space between two elements and none elsewhere. Clients do
 * not: wherever a space is expected several are taken, and some inside of
 * parentheses or at the end of the command.
 *
 * A space, this octet, the end of the command: there, or it fails. */
void scan_sp(struct scan *s);
void scan_need(struct scan *s, char c, const char *want);
void scan_end(struct scan *s);
/* Taken if it is next; a space is only there if something follows it. */
bool scan_opt(struct scan *s, char c);
/* "SP (" and so on: taken only if all of it is next. */
bool scan_opt_text(struct scan *s, struct str text);
/* A run of letters, digits, '.' and '-': names of items and options. */
struct str scan_name(struct scan *s, const char *want);
/* A name, looked up in any case; -1 and failed if it is none of these. */
int scan_word(struct scan *s, const struct word *w, size_t n,
    const char *want);
int word_find(const struct word *w, size_t n, struct str name);

/* tag = 1*<any ASTRING-CHAR except "+">, up to TAG_MAX */
struct str scan_tag(struct scan *s);
struct str scan_atom(struct scan *s);
/* Text in DQUOTEs, the backslashes gone; 8-bit only as UTF-8. */
struct str scan_quoted(struct scan *s);
/* The same in any charset. */
struct str scan_quoted_octets(struct scan *s);
/* literal = "{" number64 ["+"] "}" CRLF *CHAR8: no NUL inside. */
struct str scan_literal(struct scan *s);
/* literal8 = "~{" number64 ["+"] "}" CRLF *OCTET        RFC 3516 7 */
struct str scan_literal8(struct scan *s);
struct str scan_string(struct scan *s);
struct str scan_astring(struct scan *s);
/* p is NULL for NIL. */
struct str scan_nstring(struct scan *s);

uint32_t scan_number(struct scan *s);
uint32_t scan_nz_number(struct scan *s);
uint64_t scan_number64(struct scan *s);
/* mod-sequence-valzer: up to 2^63-1                      RFC 7162 7 */
uint64_t scan_modseq(struct scan *s);

/* mailbox = "INBOX" / astring. The name that is meant (mail/mailbox_text.h),
 * without control characters, up to MAILBOX_MAX. p is NULL for what is no name
 * that a mailbox can have. */
struct str scan_mailbox(struct scan *s);
/* list-mailbox = 1*list-char / string; as UTF-8 with % and * in it. May be
 * empty when quoted. p is NULL for what matches no name. */
struct str scan_list_mailbox(struct scan *s);

/* Days and seconds since 1970 UTC.
 * date = d-mmm-yyyy, bare or in DQUOTEs */
int64_t scan_date(struct scan *s);
/* date-time = DQUOTE dd-mmm-yyyy SP hh:mm:ss SP zone DQUOTE */
int64_t scan_date_time(struct scan *s, int *zone_min);

bool is_atom_char(char c);
bool is_astring_char(char c);
