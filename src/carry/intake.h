/*
 * intake.h - messages from elsewhere into the mailboxes of an account, many in
 * a commit, each of them once.
 *
 *   intake_new() - { intake_known()..., intake_text(), text_crlf_put()...,
 *   intake_add() }... - intake_end() - intake_free()
 *
 * All but the first and the last suspend and return 0 or E_*: an error ends the
 * whole work. What is wrong with one message is told (carrier_problem()), and
 * the next one may come.
 */
#pragma once
#include "carry/carrier.h"
#include "carry/text.h"

struct intake;

/* What is known of a message beside its octets. The strs are copied. */
struct incoming {
	unsigned char source[SOURCE_LEN];	/* which one it is */
	struct str mailbox;
	uint32_t flags;
	struct str keywords;
	int64_t received;
	int32_t offset_min;
	struct str label;	/* what a person would call it */
	struct str uidl;	/* what POP3 called it; empty */
};

struct intake *intake_new(struct carrier *c);
void intake_free(struct intake *in);

/* Which of n sources came before; they are counted. */
int intake_known(struct intake *in, const unsigned char *sources, size_t n,
    bool *known, struct err *err);

/* Where the octets of the next message go. */
struct text_crlf *intake_text(struct intake *in);
/* The message that was put there is taken, or forgotten; nothing is fine. */
int intake_add(struct intake *in, const struct incoming *m, struct err *err);
void intake_forget(struct intake *in);
/* What is still to be committed is. */
int intake_flush(struct intake *in, struct err *err);
/* A mailbox that was in the source, also an empty one: its name here, which
 * lives as long as the work. */
int intake_mailbox(struct intake *in, struct str name, uint32_t use,
    struct str *here, struct err *err);
/* Somebody wants to see it in the list; then those are all that are seen. */
int intake_subscribe(struct intake *in, struct str name, struct err *err);
/* All have come. */
int intake_end(struct intake *in, struct err *err);

/* A digest of these texts, apart from each other. */
void source_of(unsigned char source[SOURCE_LEN], const struct str *s,
    size_t n);
/* Once, before the walls close. */
void source_prepare(void);
