/*
 * submit.h - hand in a message: envelope, text, and store's promise.
 *                                                        RFC 5321 4.2.5
 *
 *   submit_begin() - submit_recipient()... - submit_write()... -
 *   submit_text_end() - submit_commit() - submit_end()
 *
 * All but the first may suspend. They return 0 or a negative E_* with *err
 * filled in: E_DENIED is for the sender; E_FULL, E_LIMIT, E_IO and E_PEER are
 * worth another try later. E_RATE: this account sends too much, in words for
 * the person. A restart of store is not noticed as long as it
 * can be helped.
 */
#pragma once
#include "mail/deposit.h"

enum { SUBMIT_RCPTS_MAX = 2000 };	/* E_LIMIT beyond */

struct submission;

/* Begin a message; the envelope is copied. size is the octets announced, 0 if
 * unknown. The store of the options must outlive it. */
struct submission *submit_begin(const struct deposit_options *o,
    const struct envelope *e, uint64_t size_octets);
const struct envelope *submit_envelope(const struct submission *sub);

/* May it go to this one? Those that are RCPT_LOCAL or RCPT_REMOTE are
 * recipients from now on. */
int submit_recipient(struct submission *sub, const struct addressee *to,
    enum rcpt_kind *kind, struct err *err);
/* The header says that this address has to be the same person's since then:
 * where it is a recipient that RCPT said nothing of, it is looked at as if RCPT
 * had, and others are told as far as they want to hear it (RFC 7293 5.2, 6.1).
 * *kind: RCPT_NEW_OWNER and on, or RCPT_LOCAL: nothing is in the way. */
int submit_valid_since(struct submission *sub, struct str address,
    int64_t since, enum rcpt_kind *kind, struct err *err);
/* Are all recipients so far of this server? */
bool submit_all_here(const struct submission *sub);
/* From here on recipients count as asked for by this host (octets of its
 * address), and some may be RCPT_LATER or RCPT_FLOOD. */
void submit_from(struct submission *sub, struct str host);
/* What else is known of the last one: when to come again, in seconds; and
 * whether to be slow in answering. */
struct submit_pace {
	uint32_t wait_s;
	bool slow;
};
struct submit_pace submit_pace(const struct submission *sub);
uint32_t submit_recipients(const struct submission *sub); /* how many */
/* Octets that its text may have, of a server that takes `most`: what is known
 * of its account once it has a recipient. */
uint64_t submit_most(const struct submission *sub, uint64_t most);
/* The domain of the first whose mail is sent on to others; empty: of none. */
struct str submit_forwards(const struct submission *sub);
/* Does one of them read reports of others? */
bool submit_reads(const struct submission *sub);
/* Their addresses with commas between, for the log: no more than about 200
 * octets. */
struct str submit_recipient_names(const struct submission *sub,
    struct arena *a);
/* The address, if there is one recipient; else empty. */
struct str submit_only_recipient(const struct submission *sub);

/* The same request (a digest of it), handed in again with the same change id by
 * the same asker within an hour, is committed once: before submit_commit(). The
 * digest is kept as it is. E_INVALID then: the id was another request's. */
void submit_once(struct submission *sub, uint64_t change, struct str request);

/* What of the sender's own account it is made of: store remembers it of what
 * leaves later. Before submit_commit(). */
void submit_made_of(struct submission *sub, uint64_t email, uint64_t thread);

/* Who sees its parts as they come, before the first submit_write(). */
void submit_watch(struct submission *sub, const struct mime_watch *w);

/* The text, as in deposit.h. */
void submit_write(struct submission *sub, struct str octets);
void submit_skip(struct submission *sub, size_t n);
int submit_failed(const struct submission *sub, struct err *err);
int submit_text_end(struct submission *sub, struct deposit_facts *facts,
    struct err *err);
must_check bool submit_signable(struct submission *sub, struct arena *a,
    struct signable *out);
must_check bool submit_signable_7bit(struct submission *sub, struct arena *a,
    struct signable *out);
/* And the fields that are made of the latter, for recipients whose server takes
 * 7 bits: kept as they are until submit_end(). */
void submit_signature_7bit(struct submission *sub, struct str fields);

/* What became known when the text had been read: whole header fields that go
 * in front of it, that local recipients get it as junk, and words for the
 * journal. Kept as they are until submit_end(). */
void submit_judged(struct submission *sub, struct str fields, bool junk,
    struct str words);
/* Who wrote it is somebody else, as far as can be told: no program answers. */
void submit_forged(struct submission *sub);
/* And what its text looks like, for the filters of local recipients. */
void submit_traits(struct submission *sub, struct str traits,
    enum lesson lesson);

/* And what the domain in its From is to hear of it in a report: a struct
 * dmarc_seen as octets, or nothing. Kept as it is until submit_end(). */
void submit_counted(struct submission *sub, struct str dmarc);

/* It was read as a report, and store has it: those that only read reports do
 * not get it. */
void submit_was_read(struct submission *sub);

/* By whom it is, for what its recipients and the operator say of them; kept as
 * they are until submit_end(). hold: those whose rules say nothing get it
 * neither into INBOX nor into Junk (store/messages_held.h). */
void submit_weighed(struct submission *sub, const struct wrote *wrote,
    struct str host, bool hold);

/* All of them, each with LF at its end, of at most `most` recipients. */
struct str submit_recipient_list(const struct submission *sub, size_t most,
    struct arena *a);
/* Of whoever sent it, for store to remember once it is taken; kept as they are
 * until submit_end(). */
void submit_standing(struct submission *sub, const struct standing *from);

/* Answer for each of the recipients, before submit_commit(), which then is 0
 * also where not all of them get it, or none (*message is 0). refuse: those
 * whose own rules do not have it in are EACH_refused. */
void submit_each(struct submission *sub, bool refuse);
/* And what became of the next one, in the order they were named; *at is NULL
 * at first. False: there are no more. */
struct rcpt;
bool submit_outcome(const struct submission *sub, const struct rcpt **at,
    struct str *address, enum each *each);

/* Make it durable and deliver it; once, after submit_text_end(). Returns only
 * after the commit, so 250 may follow. signature: fields that remote recipients
 * get in front, or empty. *message is its number. */
int submit_commit(struct submission *sub, const struct origin *from,
    struct str signature, uint64_t *message, struct err *err);

/* The end, also of one that was not committed: nothing of it is left then.
 * NULL is fine. */
void submit_end(struct submission *sub);
