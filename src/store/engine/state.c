/*
 * state.c - the counters of accounts and mailboxes (struct acct, struct mbox):
 * read when first needed, changed in memory, written once a commit.
 */
#include "store/address/address.h"
#include "store/engine/send_limits.h"
#include "store/engine/note.h"
#include "store/engine/quota.h"

static void
acct_free(struct acct *a)
{
	free((char *)(uintptr_t)a->address.p);
	free(a);
}

/* What goes with its row. */
static int
acct_load_more(struct engine *e, struct acct *a, struct err *err)
{
	struct str domain = STR_NULL, local;
	uint64_t is = 0;
	int rc = e->shares ? sql_number(&e->w, SQL_acl_any_of,
	    SQL_VALS(vi(a->account)), &is, err) : 0;

	(void)address_key(a->address, e->arena, &domain, &local);
	if (rc == 0)
		rc = domain_use_get(e, domain, &a->domain, err);
	if (rc < 0) {
		map_del(&e->accts, a->account, 0, 0);
		acct_free(a);
		return rc;
	}
	a->shared = is;
	return 0;
}

static int
acct_load(struct engine *e, uint64_t account, struct acct **out,
    struct err *err)
{
	enum sql_statement s = SQL_account_get;
	struct str address;
	struct acct *a;
	char *copy;
	int rc = sql_first(&e->w, s, SQL_VALS(vi(account)), err);

	if (rc == 0)
		return err_set(err, E_NOTFOUND, "no such account");
	if (rc < 0)
		return rc;
	a = calloc(1, sizeof(*a));
	address = sql_str(&e->w, account_get, address);
	copy = malloc(address.n + 1);
	bug_if(!a || !copy);
	memcpy(copy, address.p, address.n);
	*a = (struct acct){ .account = account,
		.address = { copy, address.n },
		.generation = sql_u64(&e->w, account_get, generation),
		.uidvalidity = sql_u64(&e->w, account_get, uidvalidity),
		.next_mailbox = sql_u64(&e->w, account_get, next_mailbox),
		.next_email = sql_u64(&e->w, account_get, next_email),
		.modseq = sql_u64(&e->w, account_get, modseq),
		.messages = sql_u64(&e->w, account_get, messages),
		.used = sql_u64(&e->w, account_get, used),
		.quota = sql_u64(&e->w, account_get, quota),
		.most_messages = sql_u64(&e->w, account_get, most_messages),
		.most_mailboxes = sql_u64(&e->w, account_get,
		    most_mailboxes) };
	sql_end(&e->w, s);
	map_put(&e->accts, account, 0, 0, a);
	rc = acct_load_more(e, a, err);
	if (rc == 0)
		*out = a;
	return rc;
}

int
acct_get(struct engine *e, uint64_t account, struct acct **a, struct err *err)
{
	*a = map_get(&e->accts, account, 0, 0);
	if (*a)
		return 0;
	return acct_load(e, account, a, err);
}

void
acct_touch(struct engine *e, struct acct *a)
{
	if (!list_linked(&a->dirty))
		list_append(&e->dirty_accts, &a->dirty);
}

uint64_t
acct_modseq(struct engine *e, struct acct *a)
{
	acct_touch(e, a);
	return ++a->modseq;
}

/* s: mailbox_get or mailbox_find. */
static struct mbox *
mbox_keep(struct engine *e, uint64_t account, uint64_t mailbox,
    enum sql_statement s)
{
#define U64(c) sql_column_u64(&e->w, s, SQL_COLUMN(mailbox_get, c))
	struct mbox *m = calloc(1, sizeof(*m));

	bug_if(!m);
	*m = (struct mbox){ .account = account, .mailbox = mailbox,
		.uidvalidity = U64(uidvalidity), .uidnext = U64(uidnext),
		.messages = U64(messages), .unseen = U64(unseen),
		.deleted = U64(deleted), .size = U64(size),
		.modseq = U64(modseq), .recent = U64(recent),
		.recent_from = U64(recent_from) };
#undef U64
	map_put(&e->mboxes, account, mailbox, 0, m);
	return m;
}

int
mbox_get(struct engine *e, uint64_t account, uint64_t mailbox,
    struct mbox **m, struct err *err)
{
	int rc;

	*m = map_get(&e->mboxes, account, mailbox, 0);
	if (*m)
		return 0;
	rc = sql_first(&e->w, SQL_mailbox_get, SQL_VALS(vi(account),
	    vi(mailbox)), err);
	if (rc == 0)
		return err_set(err, E_NOTFOUND, "no such mailbox");
	if (rc < 0)
		return rc;
	*m = mbox_keep(e, account, mailbox, SQL_mailbox_get);
	sql_end(&e->w, SQL_mailbox_get);
	return 0;
}

int
mbox_find(struct engine *e, uint64_t account, struct str name,
    struct mbox **m, struct err *err)
{
	uint64_t mailbox;
	int rc;

	if (str_eqi(name, STR("INBOX")))
		name = STR("INBOX");
	rc = sql_first(&e->w, SQL_mailbox_find, SQL_VALS(vi(account),
	    vs(name)), err);
	if (rc == 0)
		return err_set(err, E_NOTFOUND, "no such mailbox");
	if (rc < 0)
		return rc;
	mailbox = sql_u64(&e->w, mailbox_find, mailbox);
	*m = map_get(&e->mboxes, account, mailbox, 0);
	if (!*m)
		*m = mbox_keep(e, account, mailbox, SQL_mailbox_find);
	sql_end(&e->w, SQL_mailbox_find);
	return 0;
}

/* Drafts and what was sent are one's own, and who throws a message away says
 * nothing of it. */
static enum lesson
lesson_between(uint64_t from, uint64_t to)
{
	if ((from | to) & (SPECIAL_sent | SPECIAL_drafts | SPECIAL_trash))
		return LESSON_none;
	if (to & SPECIAL_junk)
		return from & SPECIAL_junk ? LESSON_none : LESSON_spam;
	return from & (SPECIAL_junk | SPECIAL_inbox) ? LESSON_good :
	    LESSON_none;
}

int
mbox_lesson(struct engine *e, const struct mbox *from, const struct mbox *to,
    enum lesson *lesson, struct err *err)
{
	uint64_t was, is;
	int rc = sql_number(&e->w, SQL_mailbox_use, SQL_VALS(vi(from->account),
	    vi(from->mailbox)), &was, err);

	if (rc == 0)
		rc = sql_number(&e->w, SQL_mailbox_use, SQL_VALS(
		    vi(to->account), vi(to->mailbox)), &is, err);
	if (rc == 0)
		*lesson = lesson_between(was, is);
	return rc;
}

int
mbox_special(struct engine *e, uint64_t account, enum special use,
    struct mbox **m, struct err *err)
{
	uint64_t mailbox;
	int rc = sql_number(&e->w, SQL_mailbox_special,
	    SQL_VALS(vi(account), vi(use)), &mailbox, err);

	if (rc < 0)
		return rc;
	if (mailbox == 0)
		return err_set(err, E_NOTFOUND, "no such mailbox");
	return mbox_get(e, account, mailbox, m, err);
}

int
acct_inbox(struct engine *e, struct acct *a, struct mbox **m, struct err *err)
{
	int rc;

	if (!a->inbox) {
		rc = mbox_find(e, a->account, STR("INBOX"), &a->inbox, err);
		if (rc < 0)
			return rc;
	}
	*m = a->inbox;
	return 0;
}

void
mbox_touch(struct engine *e, struct mbox *m)
{
	if (!list_linked(&m->dirty))
		list_append(&e->dirty_mboxes, &m->dirty);
}

void
state_drop_mailbox(struct engine *e, struct mbox *m)
{
	list_unlink(&m->dirty);
	map_del(&e->mboxes, m->account, m->mailbox, 0);
	free(m);
}

int
state_write(struct engine *e, struct err *err)
{
	int rc;

	list_each(struct mbox, m, &e->dirty_mboxes, dirty) {
		rc = sql_run(&e->w, SQL_mailbox_put, SQL_VALS(vi(m->uidnext),
		    vi(m->messages), vi(m->unseen), vi(m->deleted),
		    vi(m->size), vi(m->modseq), vi(m->recent),
		    vi(m->recent_from), vi(m->account), vi(m->mailbox)), err);
		if (rc < 0)
			return rc;
	}
	list_each(struct acct, a, &e->dirty_accts, dirty) {
		rc = note_quota(e, a, err);
		if (rc < 0)
			return rc;
		rc = sql_run(&e->w, SQL_account_put, SQL_VALS(
		    vi(a->generation), vi(a->uidvalidity),
		    vi(a->next_mailbox), vi(a->next_email), vi(a->modseq),
		    vi(a->messages), vi(a->used), vi(a->quota),
		    vi(a->most_messages), vi(a->most_mailboxes),
		    vi(a->account)), err);
		if (rc < 0)
			return rc;
	}
	rc = send_limits_write(e, err);
	return rc < 0 ? rc : quota_write(e, err);
}

enum { KEPT_MAX = 200000 };

void
state_clean(struct engine *e)
{
	quota_clean(e);
	send_limits_clean(e);
	while (list_pop_link(&e->dirty_mboxes))
		continue;
	while (list_pop_link(&e->dirty_accts))
		continue;
	if (e->accts.n > KEPT_MAX || e->mboxes.n > KEPT_MAX)
		state_forget(e);
}

void
state_forget(struct engine *e)
{
	struct map_slot *s;
	size_t at = 0;

	while ((s = map_next(&e->accts, &at)))
		acct_free(s->p);
	at = 0;
	while ((s = map_next(&e->mboxes, &at)))
		free(s->p);
	map_clear(&e->accts);
	map_clear(&e->mboxes);
	quota_forget(e);
	send_limits_forget(e);
	e->dirty_accts = e->dirty_mboxes = (struct list){ 0 };
}

/* Its rows go: its counters are neither written nor found again. */
void
state_drop_account(struct engine *e, uint64_t account)
{
	struct acct *a = map_get(&e->accts, account, 0, 0);
	struct map_slot *s;
	size_t at = 0;

	while ((s = map_next(&e->mboxes, &at))) {
		struct mbox *m = s->p;

		if (s->a != account)
			continue;
		list_unlink(&m->dirty);
		free(m);
		map_del(&e->mboxes, s->a, s->b, 0);
	}
	list_unlink(&a->dirty);
	acct_free(a);
	map_del(&e->accts, account, 0, 0);
}
