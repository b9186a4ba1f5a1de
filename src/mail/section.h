/*
 * section.h - what is inside a message: its facts, and octets of its parts.
 *
 * A message is its prefix (Return-Path and the like, put in front for one
 * mailbox) and then what was received. Facts speak of the latter; everything
 * else here counts octets of the whole.
 */
#pragma once
#include "mail/account.h"
#include "mime/facts.h"

/* A message as its row says it; the row's texts must stay. */
struct mail_message {
	const struct account *account;
	uint64_t mailbox, size;
	uint32_t uid, prefix_len;
	struct str facts;	/* may be empty: they are a cache */
	struct str prefix, chunks;	/* what WANT_HEAD brought: octets in it
					 * are read without a call */
	const struct url_content_ask *url;	/* by what it may be read; NULL:
					 * it is the account's */
};
struct mail_message message_of(const struct account *a, uint64_t mailbox,
    const struct fetch_row *row);

/* The most octets of a header that message_fields() looks at. */
enum { MESSAGE_HEADER_MAX = 1 << 20 };
/* What an arena for message_facts() must be able to hold. */
enum { MESSAGE_FACTS_MEM = MIME_SCAN_ARENA + 2 * MIME_RECORD_MAX };

/* The facts, computed again from the message when they are not there or make
 * no sense; then it suspends. They live in mem or in the row's. 0 or E_*. */
int message_facts(const struct mail_message *m, struct arena *mem,
    struct facts *f, struct err *err);
/* The same for who looks at no parts: facts_glance(). */
int message_glance(const struct mail_message *m, struct arena *mem,
    struct facts *f, struct err *err);
/* And for who wants flags and numbers, of facts that may be brief. */
int message_brief(const struct mail_message *m, struct arena *mem,
    struct facts *f, struct err *err);

/* May facts.listed hold all of these? What was put in front of a message here
 * (its prefix) says who brought it, and has none of them. */
bool fields_are_listed(const struct str *names, size_t n);

/* Octets [offset, offset + len). */
struct octet_range {
	uint64_t offset, len;
};
/* Where a section is: path holds part numbers from 1 on. f is not looked at
 * for the whole message (FACTS_BODY_ALL, no path). 0; E_NOTFOUND: there is no
 * such section, which is an answer and leaves *err alone; E_PROTO. */
int message_section(const struct mail_message *m, const struct facts *f,
    enum facts_what what, const uint32_t *path, size_t npath,
    struct octet_range *where, struct err *err);

/* Give these octets to out, piece by piece; suspends. What out returns other
 * than 0 ends the reading and is returned. E_NOTFOUND: the message is gone;
 * E_DAMAGED: its octets are not what was stored, or fewer (blob_read()). */
int message_read(const struct mail_message *m, struct octet_range what,
    int (*out)(void *arg, struct str octets), void *arg, struct err *err);

/* An out for it, whose arg is a struct buf: what has room in it is appended,
 * the rest left out. */
int message_keep(void *buf, struct str octets);

/* Append the fields of a header that are named (or all that are not), as they
 * stand, and a blank line: see header_select(). where is what
 * message_section() says of a FACTS_HEADER. E_LIMIT: the header is longer
 * than MESSAGE_HEADER_MAX. */
int message_fields(const struct mail_message *m, struct octet_range where,
    const struct str *names, size_t n, bool except, struct buf *out,
    struct err *err);
