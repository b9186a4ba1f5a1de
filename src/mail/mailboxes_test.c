#include "mail/mailboxes.h"

#include "mail/test_world.h"

/* Two pages, not in the order of their octets; 0: only subscribed. */
static int
list(struct store *st, const void *asked, void *answered)
{
	static const struct mailbox_row rows[] = {
		{ 1, STR("INBOX"), SPECIAL_inbox }, { 2, STR("a/b"), 0 },
		{ 0, STR("x/y/z"), 0, 1 }, { 3, STR("a"), 0 },
		{ 4, STR("a-z"), 0 }, { 0, STR("x/y/q"), 0, 1 },
	};
	const struct mailboxes_ask *ask = asked;
	struct mailboxes_answer *a = answered;
	size_t from = ask->after.n ? 3 : 0;
	struct buf b = BUF_INIT(4096);

	if (from)
		assert_str(ask->after, "x/y/z");
	for (size_t i = from; i < from + 3; i++)
		msg_put(&b, &mailbox_row_shape, &rows[i]);
	*a = (struct mailboxes_answer){ str_dup(world_of(st)->mem, buf_get(&b)),
		from == 0 };
	buf_free(&b);
	return 0;
}

/* Says that there is more, and names nothing to go on from. */
static int
list_without_end(struct store *st unused_arg, const void *ask unused_arg,
    void *answered)
{
	*(struct mailboxes_answer *)answered = (struct mailboxes_answer){
		STR_NULL, 1 };
	return 0;
}

static void
listing(struct world *w)
{
	static const struct {
		const char *name;
		uint64_t mailbox;
		size_t above;
		bool has_children;
	} want[] = {
		{ "INBOX", 1, NO_NODE, false },
		{ "a", 3, NO_NODE, true },
		{ "a/b", 2, 1, false },
		{ "a-z", 4, NO_NODE, false },
		{ "x", 0, NO_NODE, false },
		{ "x/y", 0, 4, false },
		{ "x/y/q", 0, 5, false },
		{ "x/y/z", 0, 5, false },
	};
	struct mailbox_list l;
	struct err err = { 0 };

	w->fake.answer[STORE_mailboxes] = list;
	assert_int_equal(mailboxes_list(&w->account, &l, &err), 0);
	assert_int_equal(l.n, NELEM(want));
	for (size_t i = 0; i < l.n; i++) {
		assert_str(l.node[i].row.name, want[i].name);
		assert_int_equal(l.node[i].row.mailbox, want[i].mailbox);
		assert_int_equal(l.node[i].above, want[i].above);
		assert_int_equal(l.node[i].has_children, want[i].has_children);
	}
	mailboxes_free(&l);
	w->fake.answer[STORE_mailboxes] = list_without_end;
	assert_int_equal(mailboxes_list(&w->account, &l, &err), E_PROTO);
	assert_int_equal(l.n, 0);
	mailboxes_free(&l);
}

static int
open_one(struct store *st unused_arg, const void *asked, void *answered)
{
	const struct open_ask *ask = asked;

	if (!str_eq(ask->name, STR("a")))
		return E_NOTFOUND;
	*(struct open_answer *)answered = (struct open_answer){ .mailbox = 3,
		.exists = 9, .modseq = 77 };
	return 0;
}

static void
opening(struct world *w)
{
	struct mailbox_view v = { 0 };
	struct open_answer found;
	struct err err = { 0 };

	w->fake.answer[STORE_open] = open_one;
	assert_int_equal(mailbox_open(&w->account, STR("a"), &v, &found,
	    w->mem, &err), 0);
	assert_int_equal(v.at.mailbox, 3);
	assert_int_equal(v.at.arrivals, 77);
	assert_int_equal(v.at.expunges, 77);
	assert_int_equal(v.exists, 9);
	view_told(&v, &(struct fetch_row){ .uid = 1 });
	/* The one before is left, whatever comes of it. */
	assert_int_equal(mailbox_open(&w->account, STR("b"), &v, &found,
	    w->mem, &err), E_NOTFOUND);
	assert_int_equal(v.at.mailbox, 0);
	assert_int_equal(v.already_told.n, 0);
}

/* ---- account.h --------------------------------------------------------- */

static void
logins(struct world *w)
{
	static const struct {
		int error;
		enum login_result want;
	} rows[] = {
		{ E_DENIED, LOGIN_REFUSED }, { E_NOTFOUND, LOGIN_REFUSED },
		{ E_BUSY, LOGIN_FAILED }, { E_INVALID, LOGIN_REFUSED },
		{ E_PEER, LOGIN_FAILED }, { E_DENIED, LOGIN_REFUSED },
	};
	const struct login_ask ask = { .user = STR("bob@example.test") };
	const struct log_ctx log = { w->log, NULL, 0 };
	struct account a;
	struct err err = { 0 };

	account_init(&a, w->loop, w->account.vault);
	account_logout(&a);	/* nobody's */
	assert_int_equal(w->logouts, 0);
	for (size_t i = 0; i < NELEM(rows); i++) {
		w->login_error = rows[i].error;
		assert_int_equal(account_login(&a, &ask, &log, &err),
		    rows[i].want);
		assert_null(a.store);
	}
	assert_false(account_gave_up(&a));
	w->login_error = E_DENIED;
	(void)account_login(&a, &ask, &log, &err);
	assert_true(account_gave_up(&a));
	w->login_error = 0;
	assert_int_equal(account_login(&a, &ask, &log, &err), LOGIN_OK);
	assert_false(account_gave_up(&a));
	assert_str(a.login.address, "bob@example.test");
	account_journal(&a, JOURNAL_login, "s1", "192.0.2.1", STR("x"));
	assert_int_equal(w->fake.calls[STORE_journal], 1);
	account_logout(&a);
	assert_null(a.store);
	account_logout(&a);
	assert_int_equal(w->logouts, 1);
	/* Logs still say who it was. */
	assert_string_equal(a.address, "bob@example.test");
}

static int
watch(struct store *st unused_arg, const void *asked, void *answered unused_arg)
{
	const struct watch_ask *ask = asked;

	assert_int_equal(ask->mailbox, 3);
	return 0;
}

static void
note_change(void *arg, const struct changed *what)
{
	uint64_t *at = arg;

	assert_int_equal(what->mailbox, 3);
	*at = what->modseq;
}

static void
watching(struct world *w)
{
	struct err err = { 0 };
	uint64_t at = 0;

	w->fake.answer[STORE_watch] = watch;
	account_on_change(&w->account, note_change, &at);
	assert_int_equal(account_watch(&w->account, 3, &err), 0);
	w->account.store->changed(w->account.store->arg,
	    &(struct changed){ .mailbox = 3, .modseq = 78 });
	assert_int_equal(at, 78);
	account_logout(&w->account);
	
}

static void
test_listing(void **state unused_arg)
{
	world_run(listing);
}

static void
test_opening(void **state unused_arg)
{
	world_run(opening);
}

static void
test_logins(void **state unused_arg)
{
	world_run(logins);
}

static void
test_watching(void **state unused_arg)
{
	world_run(watching);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_listing),
		cmocka_unit_test(test_opening),
		cmocka_unit_test(test_logins),
		cmocka_unit_test(test_watching),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
