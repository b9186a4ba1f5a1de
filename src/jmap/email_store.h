/*
 * email_store.h - a new email, and how it is kept.
 */
#pragma once
#include "jmap/email.h"
#include "mail/deposit.h"
#include "mail/mailboxes.h"

enum { KEYWORDS_MAX = 16384 };	/* octets, as in store/messages.h */

/* Where and as what; what is wrong with an object is said in *res. */
struct keeping {
	struct str mailbox;	/* its name */
	uint32_t flags;
	struct str keywords;	/* with a space between two */
	int64_t received;
};
/* mailboxIds, keywords and receivedAt of an object. */
void keeping_read(struct call *c, const json_t *object, struct keeping *k,
    struct set_result *res);
/* {"$seen": true}: false if it is none. Texts live in c->mem. */
bool keywords_read(struct call *c, const json_t *v, uint32_t *flags,
    struct str *keywords);
/* {"m1": true}: the one mailbox, NULL if there is none; then *res says why. */
const struct mailbox_node *mailbox_of(struct call *c, const json_t *v,
    const struct mailbox_list *list, struct set_result *res);

struct deposit *email_deposit(struct call *c);
/* What was written becomes an email; res->id and res->out say which, or what
 * was in the way. Frees the deposit. */
void email_store(struct call *c, struct deposit *d, const struct keeping *k,
    struct set_result *res);
