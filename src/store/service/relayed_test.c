#include "base/test.h"

#include "store/directory/recipients.h"
#include "store/directory/resolve.h"
#include "store/service/test_fixture.h"
#include "store/service/test_ok.h"
#include "store/test_blob.h"

struct place_of {
	char path[FIXTURE_PATH];
	int dirfd;
	struct files *files;
	struct fixture d;
	uint64_t alice;
};

static int
change(struct place_of *p, const char *domain, const char *local, bool remove)
{
	auto_buf rows = BUF_INIT(4096);
	struct relayed_change_ask ask = { ++p->d.change, str_c(domain),
		remove };
	struct write w = { .caller = &p->d.operator_, .ask = &ask,
		.call = STORE_relayed_change };

	msg_put(&rows, &relayed_row_shape, &(struct relayed_row){
	    str_c(local) });
	ask.rows = buf_get(&rows);
	return fixture_write(&p->d, &w);
}

static int
add_relayed(struct place_of *p, const char *name)
{
	struct domain_add_ask ask = { ++p->d.change, str_c(name), 1 };
	struct write w = { .caller = &p->d.operator_, .ask = &ask,
		.call = STORE_domain_add };

	return fixture_write(&p->d, &w);
}

static int
set_up(void **state)
{
	struct place_of *p = calloc(1, sizeof(*p));

	p->files = fixture_folder(p->path, &p->dirfd);
	fixture_init(&p->d, p->files);
	OK(fixture_open(&p->d));
	OK(fixture_domain(&p->d, "ours.test"));
	OK(add_relayed(p, "theirs.test"));
	OK(add_relayed(p, "any.test"));
	OK(fixture_account(&p->d, "alice@ours.test", &p->alice));
	OK(change(p, "theirs.test", "Bob", false));
	OK(change(p, "any.test", "*", false));
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct place_of *p = *state;

	assert_int_equal(fixture_verify(&p->d), 0);
	fixture_close(&p->d);
	fixture_folder_end(p->path, p->dirfd, p->files);
	free(p);
	return 0;
}

static uint32_t
kind_for(struct place_of *p, struct caller *who, const char *address)
{
	struct rcpt_ask ask = { .address = str_c(address) };
	struct rcpt_answer answer = { 0 }, known = { 0 };
	struct recipient to;

	OK(reader_rcpt(p->d.r, who, &ask, &answer, &to, &p->d.err));
	if (rcpt_is_known(p->d.e, who, &ask, &known, &to))
		assert_int_equal(known.kind, answer.kind);
	return answer.kind;
}

static uint32_t
kind_of(struct place_of *p, const char *address)
{
	return kind_for(p, &p->d.mx, address);
}

/* Which addresses the world may write to. */
static void
test_addresses(void **state)
{
	struct place_of *p = *state;
	struct caller alice = fixture_person(p->alice);

	assert_int_equal(kind_of(p, "bob@theirs.test"), RCPT_REMOTE);
	assert_int_equal(kind_of(p, "BOB+x@Theirs.Test"), RCPT_REMOTE);
	assert_int_equal(kind_of(p, "postmaster@theirs.test"), RCPT_REMOTE);
	assert_int_equal(kind_of(p, "carol@theirs.test"), RCPT_NO_USER);
	assert_int_equal(kind_of(p, "carol+bob@theirs.test"), RCPT_NO_USER);
	assert_int_equal(kind_of(p, "anybody@any.test"), RCPT_REMOTE);
	assert_int_equal(kind_of(p, "bob@other.test"), RCPT_NO_DOMAIN);
	/* Who has logged in is told of the same. */
	assert_int_equal(kind_for(p, &alice, "bob@theirs.test"), RCPT_REMOTE);
	assert_int_equal(kind_for(p, &alice, "carol@theirs.test"),
	    RCPT_NO_USER);
	/* What is known of an address ends with a change. */
	OK(change(p, "theirs.test", "bob", true));
	OK(change(p, "theirs.test", "carol", false));
	assert_int_equal(kind_of(p, "bob@theirs.test"), RCPT_NO_USER);
	assert_int_equal(kind_of(p, "carol@theirs.test"), RCPT_REMOTE);
}

static void
test_what_cannot_be(void **state)
{
	struct place_of *p = *state;
	uint64_t account;

	assert_int_equal(fixture_account(&p->d, "bob@theirs.test", &account),
	    E_INVALID);
	assert_int_equal(change(p, "ours.test", "bob", false), E_INVALID);
	assert_int_equal(change(p, "other.test", "bob", false), E_NOTFOUND);
	assert_int_equal(change(p, "theirs.test", "a b", false), E_INVALID);
	assert_int_equal(change(p, "theirs.test", "", false), E_INVALID);
	assert_int_equal(add_relayed(p, "ours.test"), E_EXISTS);
}

/* RFC 7505: nobody at all, whoever asks. */
static void
test_no_mail(void **state)
{
	struct place_of *p = *state;
	struct caller alice = fixture_person(p->alice);
	struct domain_add_ask ask = { ++p->d.change, STR("parked.test"),
		DOMAIN_NO_MAIL };
	struct write w = { .caller = &p->d.operator_, .ask = &ask,
		.call = STORE_domain_add };
	uint64_t account;

	OK(fixture_write(&p->d, &w));
	assert_int_equal(kind_of(p, "bob@parked.test"), RCPT_NO_MAIL);
	assert_int_equal(kind_of(p, "postmaster@Parked.Test"), RCPT_NO_MAIL);
	assert_int_equal(kind_for(p, &alice, "x@parked.test"), RCPT_NO_MAIL);
	assert_int_equal(fixture_account(&p->d, "bob@parked.test", &account),
	    E_INVALID);
	assert_int_equal(change(p, "parked.test", "bob", false), E_INVALID);
	ask = (struct domain_add_ask){ ++p->d.change, STR("x.test"),
		DOMAIN_NO_MAIL + 1 };
	assert_int_equal(fixture_write(&p->d, &w), E_INVALID);
}

/* The one recipient in the queue. */
struct waiting {
	char reverse_path[100];
	uint32_t notify, n;
};

static struct waiting
what_waits(struct place_of *p)
{
	struct waiting w = { 0 };
	struct sql *q = &p->d.r->q;
	int rc;

	for (rc = sql_first(q, SQL_queue_walk, SQL_VALS(vi(0), vi(0)), NULL);
	    rc > 0; rc = sql_next(q, SQL_queue_walk, NULL)) {
		w.n++;
		w.notify = sql_u32(q, queue_walk, notify);
		(void)snprintf(w.reverse_path, sizeof(w.reverse_path), "%.*s",
		    STR_FMT(sql_str(q, queue_walk, reverse_path)));
	}
	assert_int_equal(rc, 0);
	return w;
}

static int
submit_as_mx(struct place_of *p, bool judged, bool proven)
{
	struct rcpt_ask rcpt = { .address = STR("bob@theirs.test") };
	struct rcpt_answer answer;
	struct recipient to;
	struct submit_ask ask = { .change = ++p->d.change,
		.reverse_path = STR("x@far.test"), .octets = test_blob(
		    STR("m")), .raw_size = 1, .sender_proven = proven,
		.handed_by = judged ? STR("\300\1\2\7") : STR_NULL };
	struct write w = { .caller = &p->d.mx, .call = STORE_submit,
		.ask = &ask, .rcpts = &to, .nrcpts = 1 };

	OK(reader_rcpt(p->d.r, &p->d.mx, &rcpt, &answer, &to, &p->d.err));
	return fixture_write(&p->d, &w);
}

/* It keeps its sender, who is told of a failure if it is known that it is
 * his. */
static void
test_it_waits(void **state)
{
	static const struct {
		bool judged, proven;
		uint32_t notify;
	} t[] = { { true, false, NOTIFY_never }, { true, true, 0 },
		{ false, false, 0 } };
	struct place_of *p = *state;

	for (size_t i = 0; i < NELEM(t); i++) {
		struct waiting w;

		OK(submit_as_mx(p, t[i].judged, t[i].proven));
		w = what_waits(p);
		assert_int_equal(w.n, 1);
		assert_string_equal(w.reverse_path, "x@far.test");
		assert_int_equal(w.notify, t[i].notify);
		OK(fixture_queue_change(&p->d, QUEUE_DROP, "bob@theirs.test"));
	}
}

/* RCPT was answered before the address went. */
static void
test_it_goes_meanwhile(void **state)
{
	struct place_of *p = *state;
	struct rcpt_ask rcpt = { .address = STR("bob@theirs.test") };
	struct rcpt_answer answer;
	struct recipient to;
	struct submit_ask ask = { .change = ++p->d.change,
		.reverse_path = STR("x@far.test"), .octets = test_blob(
		    STR("m")), .raw_size = 1 };
	struct write w = { .caller = &p->d.mx, .call = STORE_submit,
		.ask = &ask, .rcpts = &to, .nrcpts = 1 };

	OK(reader_rcpt(p->d.r, &p->d.mx, &rcpt, &answer, &to, &p->d.err));
	OK(change(p, "theirs.test", "bob", true));
	assert_int_equal(fixture_write(&p->d, &w), E_BUSY);
	/* And mx cannot say that it may have it passed on. */
	to = (struct recipient){ .address = STR("bob@any.test") };
	ask.change++;
	assert_int_equal(fixture_write(&p->d, &w), E_DENIED);
	assert_int_equal(what_waits(p).n, 0);
}

/* Removed, its addresses are gone, too. */
static void
test_the_domain_goes(void **state)
{
	struct place_of *p = *state;
	struct domain_remove_ask ask = { ++p->d.change, STR("theirs.test") };
	struct write w = { .caller = &p->d.operator_, .ask = &ask,
		.call = STORE_domain_remove };

	OK(fixture_write(&p->d, &w));
	assert_int_equal(kind_of(p, "bob@theirs.test"), RCPT_NO_DOMAIN);
	OK(add_relayed(p, "theirs.test"));
	assert_int_equal(kind_of(p, "bob@theirs.test"), RCPT_NO_USER);
}

/* Web has no policy for it: that is for those who have it. */
static void
test_it_is_not_ours(void **state)
{
	struct place_of *p = *state;
	struct domain_is_ours_ask ask = { STR("theirs.test") };

	arena_reset(p->d.r->arena);
	assert_int_equal(read_domain_is_ours(p->d.r, &p->d.vault, &ask, NULL,
	    &p->d.err), E_NOTFOUND);
	ask.domain = STR("ours.test");
	OK(read_domain_is_ours(p->d.r, &p->d.vault, &ask, NULL, &p->d.err));
}

static int
alias(struct place_of *p, const char *address)
{
	struct alias_add_ask ask = { ++p->d.change, str_c(address),
		STR("alice@ours.test") };
	struct write w = { .caller = &p->d.operator_, .ask = &ask,
		.call = STORE_alias_add };

	return fixture_write(&p->d, &w);
}

/* They go first, as in a domain of ours; who has all the rest is listed. */
static void
test_aliases(void **state)
{
	struct place_of *p = *state;

	OK(alias(p, "news@theirs.test"));
	assert_int_equal(kind_of(p, "news@theirs.test"), RCPT_LOCAL);
	assert_int_equal(kind_of(p, "news+x@theirs.test"), RCPT_LOCAL);
	assert_int_equal(kind_of(p, "bob+x@theirs.test"), RCPT_REMOTE);
	assert_int_equal(alias(p, "*@theirs.test"), E_INVALID);
}

static int
may(struct place_of *p, struct caller who, const char *address)
{
	struct sender_ask ask = { .address = str_c(address) };
	union store_answer answer;

	return reader_ask(p->d.r, &who, STORE_sender, &ask, &answer,
	    &p->d.err);
}

/* Whoever writes as one of ours is not let write as one of theirs, whether it
 * is known to be there or not. */
static void
test_senders(void **state)
{
	struct place_of *p = *state;
	struct caller alice = fixture_person(p->alice);
	struct caller local = { .authority = AUTH_LOCAL };
	struct account_let_ask ask = { ++p->d.change,
		STR("alice@ours.test"), SEND_AS_ours };
	struct write w = { .caller = &p->d.operator_, .ask = &ask,
		.call = STORE_account_let };

	OK(fixture_write(&p->d, &w));
	OK(may(p, alice, "nobody@ours.test"));
	assert_int_equal(may(p, alice, "bob@theirs.test"), E_DENIED);
	assert_int_equal(may(p, alice, "nobody@theirs.test"), E_DENIED);
	assert_int_equal(may(p, local, "bob@theirs.test"), E_DENIED);
	assert_int_equal(may(p, local, "nobody@theirs.test"), E_DENIED);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_addresses), TEST(test_no_mail),
		TEST(test_what_cannot_be),
		TEST(test_it_waits),
		TEST(test_it_goes_meanwhile),
		TEST(test_the_domain_goes),
		TEST(test_it_is_not_ours),
		TEST(test_aliases),
		TEST(test_senders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
