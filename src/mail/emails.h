/*
 * emails.h - the emails of an account by their numbers, wherever they are, and
 * what became of them.
 *
 * An email keeps its number, and that of its conversation, when it is moved. It
 * is in one mailbox; a copy is another email of the same conversation. Numbers
 * are never given out twice. Everything here suspends.
 */
#pragma once
#include "base/vec.h"
#include "mail/account.h"

struct email_places {
	struct VEC(struct email_place) v;
	bool cut;	/* of conversations: there are more than are told */
};
/* Where those of these conversations (each once) are, of each in the order in
 * which they came. The caller frees v, also after an error. 0 or E_*. */
int emails_of_threads(const struct account *a, const uint64_t *thread,
    size_t n, struct email_places *out, struct err *err);

/* Give the row of each that is still there to `each`, in any order; what is
 * \Deleted is as good as gone. want: as of struct rows_ask. What moves
 * meanwhile is followed. What `each` returns other than 0 ends it and is
 * returned. 0 or E_*. */
int emails_rows(const struct account *a, const struct email_places *where,
    uint32_t want,
    int (*each)(void *arg, const struct email_place *at,
	const struct fetch_row *row),
    void *arg, struct err *err);

/* The same by their numbers (each once). */
int emails_each(const struct account *a, const uint64_t *number, size_t n,
    uint32_t want,
    int (*each)(void *arg, const struct email_place *at,
	const struct fetch_row *row),
    void *arg, struct err *err);

struct email_changes {
	struct VEC(struct email_change) v;	/* of each email one */
	uint64_t modseq;	/* ask from here the next time */
};
/* What became of them since the account was at this modseq; 0: only tell at
 * which it is. The caller frees v, also after an error. E_STALE: nobody knows
 * any more, or it is too much to tell. */
int emails_changes(const struct account *a, uint64_t since,
    struct email_changes *out, struct err *err);
