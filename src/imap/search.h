/*
 * search.h - what SEARCH, SORT and THREAD share: a client's search keys as
 * conditions, and what they name.             RFC 3501 6.4.4, RFC 9051 6.4.4
 */
#pragma once
#include "imap/imap_int.h"
#include "mail/search.h"

/* Where is searched. Nothing in the conditions outlives mem, or is needed
 * longer. */
struct search_place {
	struct mailbox_view *view;
	struct arena *mem;	/* for the conditions */
	/* Of a mailbox that has to be named (RFC 7377): p is NULL else. */
	struct str mailbox;
	uint32_t uidvalidity;
	bool uids;		/* messages are told by UID */
	/* Where to say that only messages from this UID on were looked at (0:
	 * all were); NULL: all have to be.                  RFC 9738 3.1 */
	uint32_t *lowest;
};
/* The mailbox selected. */
struct search_place imap_search_here(struct imap_session *s,
    const struct imap_command *c);

/* The keys as conditions. ANSWER_NONE if they make sense; else what to
 * answer. */
struct answer imap_conditions(struct imap_session *s,
    const struct search_place *at, const struct search_args *args,
    struct condition **out);

/* FILTER among the keys becomes what it stands for, in the session's arena of
 * the command; imap_conditions() does it first. ANSWER_NONE if all of them are
 * there and make sense. Suspends.                               RFC 5466 */
struct answer imap_expand_filters(struct imap_session *s,
    const struct search_args *args);
/* Are these octets keys of a search? a: of SCAN_ARENA(value.n). */
bool imap_is_filter(struct str value, struct arena *a);

/* Find what they name. The caller frees *found, whatever the answer is;
 * ANSWER_NONE if all went well. */
struct answer imap_find(struct imap_session *s, const struct search_place *at,
    struct str tag, const struct search_args *args,
    struct search_result *found);

/* Numbers or UIDs, and their scores. */
struct search_order {
	const uint32_t *numbers;
	const uint8_t *scores;
	uint32_t n;
};
/* "* ESEARCH ..." of what RETURN wants of them, and the result that "$" names
 * from now on (RFC 4731, RFC 5182). order: as SORT has them; NULL:
 * ascending. ANSWER_NONE, or what to answer. */
struct answer imap_put_esearch(struct imap_session *s,
    const struct search_place *at, struct str tag,
    const struct search_args *args, const struct search_result *found,
    const struct search_order *order);
/* Of the messages with these UIDs, those that the range says; suspends. The
 * ranges are in the command's arena. 0 or E_*.                  RFC 9394 3.3 */
int imap_choose_part(struct imap_session *s, const struct partial_range *p,
    struct selection *messages, struct err *err);
/* Does a key name messages by their numbers? */
bool imap_names_numbers(const struct search_key *key);
/* Is a condition on modseqs among the keys?               RFC 7162 3.1.5 */
bool imap_asks_modseq(const struct search_key *key);
