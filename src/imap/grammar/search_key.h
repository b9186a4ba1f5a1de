/*
 * search_key.h - the search program as a tree.     RFC 3501 6.4.4, 9
 *
 * Depth and number of keys are bounded, so walking the tree by recursion is
 * safe.
 */
#pragma once
#include "imap/grammar/seqset.h"

enum { SEARCH_DEPTH_MAX = 32, SEARCH_KEYS_MAX = 1000 };

enum search_kind {
	SEARCH_ALL,
	SEARCH_AND,		/* kids: all of them */
	SEARCH_OR,		/* kids: two */
	SEARCH_NOT,		/* kids: one */
	SEARCH_FLAG,		/* n: SYS_* bit */
	SEARCH_UNFLAG,
	SEARCH_KEYWORD,		/* text */
	SEARCH_UNKEYWORD,
	SEARCH_RECENT,
	SEARCH_OLD,		/* not recent */
	SEARCH_NEW,		/* recent and unseen */
	SEARCH_HEADER,		/* field, text (may be empty: it is there) */
	SEARCH_BODY,		/* text */
	SEARCH_TEXT,
	SEARCH_BEFORE,		/* date, of INTERNALDATE */
	SEARCH_ON,
	SEARCH_SINCE,
	SEARCH_SENTBEFORE,	/* date, of the Date: field */
	SEARCH_SENTON,
	SEARCH_SENTSINCE,
	SEARCH_SAVEDBEFORE,	/* RFC 8514 */
	SEARCH_SAVEDON,
	SEARCH_SAVEDSINCE,
	SEARCH_SAVEDATESUPPORTED,
	SEARCH_LARGER,		/* n octets */
	SEARCH_SMALLER,
	SEARCH_OLDER,		/* n seconds, RFC 5032 */
	SEARCH_YOUNGER,
	SEARCH_MODSEQ,		/* n, RFC 7162 */
	SEARCH_EMAILID,		/* text, RFC 8474 */
	SEARCH_THREADID,
	SEARCH_SET,		/* set of sequence numbers */
	SEARCH_UID,		/* set of UIDs */
	SEARCH_FILTER,		/* text: its name, RFC 5466 */
	SEARCH_FUZZY,		/* kids: one, RFC 6203 */
};

struct search_key {
	enum search_kind kind;
	struct str field, text;
	bool utf8;		/* text is, whatever CHARSET says */
	uint64_t n;
	int64_t date;
	struct seqset set;
	struct search_key *kids, *next;
};

/* RETURN options                                      RFC 4731, RFC 5182 */
enum {
	RETURN_MIN = 1 << 0,
	RETURN_MAX = 1 << 1,
	RETURN_ALL = 1 << 2,
	RETURN_COUNT = 1 << 3,
	RETURN_SAVE = 1 << 4,
	RETURN_PARTIAL = 1 << 5,	/* RFC 9394 */
	RETURN_CONTEXT = 1 << 6,	/* RFC 5267 4.2 */
	RETURN_UPDATE = 1 << 7,
	RETURN_RELEVANCY = 1 << 8,	/* RFC 6203 */
};

struct search_args {
	bool esearch;			/* RETURN was given */
	uint32_t options;		/* RETURN_*; "()" means ALL */
	struct partial_range partial;	/* of RETURN_PARTIAL */
	/* RFC 5465 7: what to fetch of messages that come, for
	 * scan_fetch_att(); empty: nothing. */
	struct str update;
	/* RELEVANCY, which is of FUZZY, was asked for. */
	bool relevancy;
	struct str charset;		/* empty: not given */
	struct search_key *key;		/* a SEARCH_AND */
};

/* search-key *(SP search-key), to the end of the command */
struct search_key *scan_search_keys(struct scan *s);
/* What follows "SEARCH". */
void scan_search(struct scan *s, struct search_args *out);

/* Where ESEARCH looks.                       RFC 7377 2.2, RFC 5465 6 */
enum search_source { SOURCE_SELECTED, SOURCE_PERSONAL, SOURCE_SUBSCRIBED,
	SOURCE_SUBTREE, SOURCE_SUBTREE_ONE, SOURCE_MAILBOX };
enum { SOURCES_MAX = 256 };
struct esearch_args {
	struct {
		enum search_source kind;
		struct str name;	/* p is NULL: of no mailbox */
	} *in;
	size_t n;			/* 0: none was given */
	struct search_args search;
};
/* What follows "ESEARCH". */
void scan_esearch(struct scan *s, struct esearch_args *out);

/* sort-criteria                                       RFC 5256, RFC 5957 */
enum sort_key { SORT_ARRIVAL, SORT_CC, SORT_DATE, SORT_FROM, SORT_SIZE,
	SORT_SUBJECT, SORT_TO, SORT_DISPLAYFROM, SORT_DISPLAYTO,
	SORT_RELEVANCY };
enum { SORT_MAX = 16 };

struct sort_args {
	struct sort_criterion {
		enum sort_key key;
		bool reverse;
	} by[SORT_MAX];
	size_t n;
	struct search_args search;
};
/* What follows "SORT". */
void scan_sort(struct scan *s, struct sort_args *out);

enum thread_algorithm { THREAD_ORDEREDSUBJECT, THREAD_REFERENCES,
	THREAD_REFS };
struct thread_args {
	enum thread_algorithm algorithm;
	struct search_args search;
};
/* What follows "THREAD". */
void scan_thread(struct scan *s, struct thread_args *out);
