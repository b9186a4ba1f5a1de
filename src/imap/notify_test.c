#include <malloc.h>

#include "imap/test_world.h"
#include "store/messages.h"

#define ALL "NOTIFY SET (selected (MessageNew MessageExpunge)) " \
	"(personal (MessageNew MessageExpunge MailboxName))\r\n"

static void
begin(struct world *w)
{
	world_begin(w);
	for (size_t i = 0; i < WORLD_CLIENTS; i++) {
		world_login(w, i);
		world_send(w, i, STR("s SELECT INBOX\r\n"));
		(void)world_got(w, i);
	}
}

static void
tell(struct world *w, size_t i, const struct changed *what)
{
	w->stores[i]->changed(w->stores[i]->arg, what);
	world_settle(w);
}

/* What was missed nobody can say, but of the mailbox selected. */
static void
test_lost(void **state unused_arg)
{
	static struct world w;

	begin(&w);
	world_say(&w, 0, "a NOTIFY SET (selected (MessageNew MessageExpunge))"
	    "\r\n", "a OK You will be told\r\n");
	assert_true(w.store.watched);
	(void)fake_add(&w.store, 1, 0, STR("x: y\r\n\r\n"));
	tell(&w, 0, &(struct changed){ .mailbox = 1 });
	assert_str(world_got(&w, 0), "* 1 EXISTS\r\n");
	world_say(&w, 0, "b " ALL, "b OK You will be told\r\n");
	tell(&w, 0, &(struct changed){ .mailbox = WATCH_ACCOUNT });
	assert_str(world_got(&w, 0), "* OK [NOTIFICATIONOVERFLOW] More "
	    "happened than can be told of\r\n");
	assert_false(w.store.watched);
	(void)fake_add(&w.store, 1, 0, STR("x: y\r\n\r\n"));
	world_say(&w, 0, "c NOOP\r\n", "c OK Done\r\n");
	world_end(&w);
}

/* Its own doing is no news, and nobody wakes up for it. */
static void
test_own(void **state unused_arg)
{
	static struct world w;
	unsigned asked;

	begin(&w);
	world_say(&w, 0, "a " ALL, "a OK You will be told\r\n");
	asked = w.store.fake.calls[STORE_sync];
	tell(&w, 0, &(struct changed){ .mailbox = 1, .modseq = 9,
	    .what = CHANGED_arrived, .own = 1 });
	tell(&w, 0, &(struct changed){ .mailbox = 2, .modseq = 9,
	    .what = CHANGED_flags });
	tell(&w, 0, &(struct changed){ .what = CHANGED_subscription,
	    .name = STR("x") });
	assert_str(world_got(&w, 0), "");
	assert_int_equal(w.store.fake.calls[STORE_sync], asked);
	tell(&w, 0, &(struct changed){ .mailbox = 1, .modseq = 9,
	    .what = CHANGED_arrived });
	assert_true((unsigned)w.store.fake.calls[STORE_sync] > asked);
	world_end(&w);
}

/* What could not be begun leaves the one before as it was. */
static void
test_failed(void **state unused_arg)
{
	static struct world w;

	begin(&w);
	world_say(&w, 0, "a NOTIFY SET (selected (MessageNew MessageExpunge))"
	    "\r\n", "a OK You will be told\r\n");
	w.store.fake.fail[STORE_mailboxes] = E_IO;
	world_send(&w, 0, STR("b NOTIFY SET STATUS (personal (MessageNew "
	    "MessageExpunge))\r\n"));
	assert_true(str_starts(world_got(&w, 0), STR("b NO ")));
	w.store.fake.fail[STORE_mailboxes] = 0;
	(void)fake_add(&w.store, 1, 0, STR("x: y\r\n\r\n"));
	tell(&w, 0, &(struct changed){ .mailbox = 1, .modseq = 9,
	    .what = CHANGED_arrived });
	assert_str(world_got(&w, 0), "* 1 EXISTS\r\n");
	world_end(&w);
}

static size_t
used(void)
{
	return mallinfo2().uordblks;
}

/* It waits for the price of an IDLE and of what it has said. */
static void
test_memory(void **state unused_arg)
{
	static struct world w;
	size_t before, idle, notify;

	begin(&w);
	before = used();
	world_say(&w, 0, "a IDLE\r\n", "+ Idling\r\n");
	idle = used() - before;
	before = used();
	world_say(&w, 1, "a " ALL, "a OK You will be told\r\n");
	notify = used() - before;
	printf("IDLE %zu, NOTIFY %zu octets\n", idle, notify);
	assert_true(notify <= idle + 512);
	assert_int_equal(loop_fibers(w.loop), 0);
	world_end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_own),
		cmocka_unit_test(test_failed),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
