/*
 * args.h - the arguments of every command.        RFC 3501 9, RFC 9051 9
 *
 * One parser a command: it reads all that follows the command's name, the
 * first space included, to the end. "UID FETCH" and the like have the
 * arguments of the plain command.
 */
#pragma once
#include "imap/grammar/fetch_att.h"
#include "imap/grammar/flags.h"
#include "imap/grammar/metadata.h"
#include "imap/grammar/notify.h"
#include "imap/grammar/search_key.h"

/* STATUS items. */
enum {
	STATUS_MESSAGES = 1 << 0,
	STATUS_RECENT = 1 << 1,
	STATUS_UIDNEXT = 1 << 2,
	STATUS_UIDVALIDITY = 1 << 3,
	STATUS_UNSEEN = 1 << 4,
	STATUS_DELETED = 1 << 5,
	STATUS_SIZE = 1 << 6,
	STATUS_HIGHESTMODSEQ = 1 << 7,
	STATUS_APPENDLIMIT = 1 << 8,
	STATUS_MAILBOXID = 1 << 9,
	STATUS_DELETED_STORAGE = 1 << 10,
};

/* LIST's options.                                              RFC 5258 */
enum {
	LIST_SUBSCRIBED = 1 << 0,	/* selection */
	LIST_REMOTE = 1 << 1,
	LIST_RECURSIVEMATCH = 1 << 2,
	LIST_SPECIAL_USE = 1 << 3,	/* RFC 6154 */
	LIST_WANT_SUBSCRIBED = 1 << 4,	/* return */
	LIST_WANT_CHILDREN = 1 << 5,
	LIST_WANT_SPECIAL_USE = 1 << 6,
	LIST_WANT_STATUS = 1 << 7,	/* RFC 5819 */
	LIST_WANT_MYRIGHTS = 1 << 8,	/* RFC 8440 */
	LIST_WANT_METADATA = 1 << 9,	/* RFC 9590 */
};

enum { PATTERNS_MAX = 32, ID_MAX = 30, ENABLE_MAX = 32, USES_MAX = 16,
	WORDS_MAX = 32, URLS_MAX = 100, MECHANISMS_MAX = 8 };

/* FETCH's and STORE's modifiers are part of their arguments: RFC 7162. */
#define NO_MODSEQ UINT64_MAX

enum store_mode { STORE_SET, STORE_ADD, STORE_REMOVE };

struct login_args {
	struct str user, password;
};
struct authenticate_args {
	struct str mechanism;
	bool initial;			/* RFC 4959 */
	struct str response;		/* base64; "=" for an empty one */
};
struct select_args {
	struct str mailbox;
	bool condstore, qresync;
	uint32_t uidvalidity;		/* of QRESYNC */
	uint64_t modseq;
	struct seqset uids, seq_match, uid_match;
};
struct rename_args {
	struct str from, to;
};
struct create_args {
	struct str mailbox;
	struct str use[USES_MAX];	/* "\Sent": RFC 6154 */
	size_t nuse;
};
struct list_args {
	bool extended;			/* any option or several patterns */
	uint32_t options;		/* LIST_* */
	struct str reference;
	struct str *pattern;
	size_t npattern;
	uint32_t status;		/* STATUS_*, of RETURN (STATUS ...) */
	struct metadata_names metadata;	/* of RETURN (METADATA ...) */
};
struct status_args {
	struct str mailbox;
	uint32_t items;
};
/* The message itself does not come through here: see gather.h. */
struct append_message {
	struct flag_list flags;
	bool dated;
	int64_t date;			/* seconds since 1970 UTC */
	int zone_min;
	bool literal8;
	bool utf8;			/* ")" follows: RFC 6855 4 */
	/* RFC 4469: "CATENATE (" came, and this behind it. */
	bool catenate;
	struct str parts;
	uint64_t size;
	bool sync;			/* "+" is waited for */
};
struct append_args {
	struct str mailbox;
	struct append_message first;
};
struct replace_args {
	struct seqset one;
	struct append_args by;
};
struct fetch_args {
	struct seqset set;
	struct fetch_att att;
	uint64_t changed_since;		/* 0: not given */
	bool vanished;
	struct partial_range partial;	/* RFC 9394 3.3 */
};
struct store_args {
	struct seqset set;
	uint64_t unchanged_since;	/* NO_MODSEQ: not given */
	enum store_mode mode;
	bool silent;
	struct flag_list flags;
};
struct copy_args {
	struct seqset set;
	struct str mailbox;
};
struct id_args {
	struct str name[ID_MAX], value[ID_MAX];	/* p is NULL for NIL */
	size_t n;
};
struct enable_args {
	struct str name[ENABLE_MAX];
	size_t n;
};

struct words_args {
	struct str word[WORDS_MAX];
	size_t n;
};

struct urls_args {			/* RFC 4467 9 */
	struct str *url, *mechanism;	/* of GENURLAUTH each has one */
	size_t n;
};
struct resetkey_args {
	bool named;
	struct str mailbox;
	struct str mechanism[MECHANISMS_MAX];
	size_t n;
};

struct acl_args {			/* RFC 4314 4, 7 */
	struct str mailbox, identifier;
	struct str rights;		/* of SETACL: with "+" or "-" before */
};

union args {
	struct login_args login;
	struct authenticate_args authenticate;
	struct select_args select;
	struct rename_args rename;
	struct create_args create;
	struct list_args list;
	struct status_args status;
	struct append_args append;
	struct append_message append_next;
	struct replace_args replace;
	struct fetch_args fetch;
	struct store_args store;
	struct copy_args copy;		/* and MOVE */
	struct search_args search;
	struct esearch_args esearch;
	struct sort_args sort;
	struct thread_args thread;
	struct id_args id;
	struct enable_args enable;
	struct getmetadata_args getmetadata;
	struct setmetadata_args setmetadata;
	struct notify_args notify;
	struct words_args words;	/* of LANGUAGE, COMPARATOR ... */
	struct acl_args acl;		/* of SETACL, DELETEACL, LISTRIGHTS */
	struct urls_args urls;		/* of GENURLAUTH, URLFETCH */
	struct resetkey_args resetkey;
	struct seqset uids;		/* of UID EXPUNGE */
	struct str word;		/* a mailbox, a quota root, or
					 * COMPRESS's mechanism */
};

typedef void args_parser(struct scan *s, union args *out);

args_parser args_none;		/* CAPABILITY, NOOP, CHECK, IDLE, ... */
args_parser args_login;
args_parser args_authenticate;
args_parser args_select;	/* EXAMINE too */
args_parser args_create;
args_parser args_mailbox;	/* DELETE, SUBSCRIBE, UNSUBSCRIBE */
args_parser args_rename;
args_parser args_list;
args_parser args_lsub;
args_parser args_status;
args_parser args_append;
args_parser args_replace;
args_parser args_append_next;	/* what follows a message: the next one */
args_parser args_fetch;
args_parser args_store;
args_parser args_copy;		/* MOVE too */
args_parser args_uid_expunge;
args_parser args_search;
args_parser args_esearch;
args_parser args_sort;
args_parser args_thread;
args_parser args_id;
args_parser args_notify;
args_parser args_enable;
args_parser args_words;		/* LANGUAGE, COMPARATOR, CANCELUPDATE */
args_parser args_atom;		/* COMPRESS */
args_parser args_getquota;
args_parser args_getmetadata;
args_parser args_setmetadata;
args_parser args_setacl;
args_parser args_deleteacl;	/* LISTRIGHTS too; GETACL, MYRIGHTS: mailbox */
args_parser args_resetkey;
args_parser args_genurlauth;
args_parser args_urlfetch;
args_parser args_setquota;	/* GETQUOTA's; its limits are nobody's */
