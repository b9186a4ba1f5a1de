/*
 * email.h - an Email object, of a message in a mailbox or of a blob.
 *                                                            RFC 8621 4.1
 */
#pragma once
#include "jmap/body.h"
#include "jmap/header.h"
#include "jmap/set.h"
#include "jmap/source.h"
#include "mail/emails.h"

/* What of it is asked for. */
struct email_wants {
	uint64_t properties;	/* bits of a table in email.c */
	struct VEC(struct str) headers; /* "header:..." */
	uint32_t body_properties;
	struct VEC(struct str) body_headers;
	bool text_values, html_values, all_values;
	uint64_t max_value;	/* octets; 0: all */
	uint32_t rows;		/* WANT_* */
	bool facts, parts;
};
/* From the arguments of /get or /parse. NULL, or an error. wants_free() it in
 * any case. */
const char *wants_read(struct call *c, bool parse, struct email_wants *w);
void wants_free(struct email_wants *w);

struct email {
	struct call *call;
	const struct email_wants *wants;
	const struct fetch_row *row; /* NULL: of a blob */
	uint64_t mailbox;
	struct str blob;	/* its id */
	struct source source;

	/* ---- email.c's own */
	struct buf *out;
	struct arena *mem;
	struct facts facts;
	uint64_t size;
	bool unreadable;	/* source is words of ours in its place */
	struct buf header;
	struct body body;
	int e;			/* the first that failed */
	struct err *err;
};
/* What stands for what cannot be read. */
#define EMAIL_UNREADABLE "This message is damaged on the server's disk"
/* Append the object. 0 or E_*: E_NOTFOUND, or E_DAMAGED of a blob, if there is
 * no message to be read (then nothing was appended). Suspends. */
int email_put(struct email *m, struct err *err);

/* ---- email_part.c, for email.c */
/* The message's own header. */
struct str email_header(struct email *m);
/* deep: with what is below it. */
void email_put_part(struct email *m, const struct body_part *p, bool deep);
void email_put_parts(struct email *m, const struct body_list *list);
/* Those values that are wanted, of this part and those behind and below it. */
void email_put_values(struct email *m, const struct body_part *p);
/* The bit of a property of parts, 0: there is none; those where nothing is
 * asked for. */
uint32_t email_part_property(struct str name);
uint32_t email_part_usual(void);

/* The state of all emails: what the account is at. 0 or E_*. */
int email_state(struct call *c, char state[STATE_MAX], struct err *err);

/* {"$seen": true}: as flags and keywords of a row. */
void email_put_keywords(struct buf *b, const struct fetch_row *row);

/* ---- /changes of emails and threads                       RFC 8620 5.2 */
const char *changes_read(struct call *c, struct email_changes *changes);
void changes_begin(struct call *c, uint64_t modseq);
void changes_put(struct call *c, char kind, const char *name,
    const struct email_changes *changes, uint32_t became);
