/*
 * metadata.h - names of metadata and what they say.             RFC 5464 5
 */
#pragma once
#include "imap/grammar/scan.h"

enum {
	METADATA_ASKED_MAX = 32,	/* names in a command: each is a call
					 * of store, of LIST at each mailbox */
	METADATA_PUT_NAMES_MAX = 128,
};

/* A name: as it was sent, and in lower case, which is what it means. */
struct metadata_name {
	struct str sent, name;
};
struct metadata_names {
	struct metadata_name *v;
	size_t n;
};
enum metadata_depth { DEPTH_0, DEPTH_1, DEPTH_INFINITY };

struct getmetadata_args {
	struct str mailbox;		/* empty: what is of no mailbox */
	struct metadata_names names;
	enum metadata_depth depth;
	uint32_t maxsize;		/* UINT32_MAX: not given */
};
/* Each name once, in order of their octets. */
struct setmetadata_args {
	struct str mailbox;
	struct metadata_value {
		struct str name, value;	/* p is NULL for NIL */
	} *v;
	size_t n;
};

/* entries = entry / "(" entry *(SP entry) ")". A name that only others have
 * below it is one: "/private". */
struct metadata_names scan_metadata_names(struct scan *s);
/* What follows "GETMETADATA", "SETMETADATA". */
void scan_getmetadata(struct scan *s, struct getmetadata_args *out);
void scan_setmetadata(struct scan *s, struct setmetadata_args *out);
