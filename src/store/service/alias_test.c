#include "base/test.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "store/service/test_fixture.h"
#include "store/service/test_ok.h"
#include "store/test_blob.h"
#include "store/directory/recipients.h"
#include "store/directory/resolve.h"

struct place_of {
	char path[FIXTURE_PATH];
	int dirfd;
	struct files *files;
	struct fixture d;
	uint64_t alice, bob, other;
};

/* Two of ours with two people and another's without any. */
static int
set_up(void **state)
{
	struct place_of *p = calloc(1, sizeof(*p));

	p->files = fixture_folder(p->path, &p->dirfd);
	fixture_init(&p->d, p->files);
	OK(fixture_open(&p->d));
	OK(fixture_domain(&p->d, "ours.test"));
	OK(fixture_domain(&p->d, "empty.test"));
	OK(fixture_account(&p->d, "alice@ours.test", &p->alice));
	OK(fixture_account(&p->d, "bob@ours.test", &p->bob));
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

static int
alias(struct place_of *p, const char *address, const char *target)
{
	struct alias_add_ask ask = { ++p->d.change, str_c(address),
		str_c(target) };
	struct write w = { .caller = &p->d.operator_, .ask = &ask,
		.call = STORE_alias_add };

	return fixture_write(&p->d, &w);
}

static int
let(struct place_of *p, const char *address, uint32_t send_as)
{
	struct account_let_ask ask = { ++p->d.change, str_c(address),
		send_as };
	struct write w = { .caller = &p->d.operator_, .ask = &ask,
		.call = STORE_account_let };

	return fixture_write(&p->d, &w);
}

static int
unalias(struct place_of *p, const char *address, const char *target)
{
	struct alias_remove_ask ask = { ++p->d.change, str_c(address),
		str_c(target) };
	struct write w = { .caller = &p->d.operator_, .ask = &ask,
		.call = STORE_alias_remove };

	return fixture_write(&p->d, &w);
}

static int
remove_account(struct place_of *p, const char *address)
{
	struct account_remove_ask ask = { ++p->d.change, str_c(address) };
	struct write w = { .caller = &p->d.operator_, .ask = &ask,
		.call = STORE_account_remove };

	return fixture_write(&p->d, &w);
}

static int
remove_domain(struct place_of *p, const char *name)
{
	struct domain_remove_ask ask = { ++p->d.change, str_c(name) };
	struct write w = { .caller = &p->d.operator_, .ask = &ask,
		.call = STORE_domain_remove };

	return fixture_write(&p->d, &w);
}

static uint32_t
kind_of(struct place_of *p, const char *address, bool bounce)
{
	struct rcpt_ask ask = { .address = str_c(address), .bounce = bounce };
	struct rcpt_answer answer = { 0 };
	struct recipient who;

	OK(reader_rcpt(p->d.r, &p->d.mx, &ask, &answer, &who, &p->d.err));
	/* Whoever asks cannot tell an alias by its room. */
	if (answer.kind == RCPT_LOCAL)
		assert_true(answer.room == UINT64_MAX);
	return answer.kind;
}

static bool
leaves(struct place_of *p, const char *address, bool bounce)
{
	struct rcpt_ask ask = { .address = str_c(address), .bounce = bounce };
	struct rcpt_answer answer = { 0 }, known = { 0 };
	struct recipient who;

	OK(reader_rcpt(p->d.r, &p->d.mx, &ask, &answer, &who, &p->d.err));
	if (rcpt_is_known(p->d.e, &p->d.mx, &ask, &known, &who))
		assert_int_equal(known.leaves, answer.leaves);
	return answer.leaves;
}

static uint32_t
exists(struct place_of *p, uint64_t account)
{
	struct caller who = fixture_person(account);
	struct open_answer in;

	OK(fixture_open_mailbox(&p->d, &who, "INBOX", &in));
	return in.exists;
}

static int
to_one(struct place_of *p, const char *address)
{
	const char *const to[] = { address, NULL };

	return fixture_submit(&p->d, 0, "Subject: x\r\n\r\ny\r\n", to, NULL);
}

/* A recipient as a handle would have it. */
static int
submit_to(struct place_of *p, struct caller *who, const char *from,
    struct recipient r)
{
	struct submit_ask ask = { .change = ++p->d.change,
		.reverse_path = str_c(from), .octets = test_blob(STR("m")),
		.raw_size = 1 };
	struct write w = { .caller = who, .call = STORE_submit, .ask = &ask,
		.rcpts = &r, .nrcpts = 1 };

	return fixture_write(&p->d, &w);
}

/* What a statement finds first in the data, as text. */
static const char *
look(struct place_of *p, const char *text)
{
	static char found[600];
	char name[100];
	sqlite3_stmt *st;
	sqlite3 *db;

	(void)snprintf(name, sizeof(name), "%s/postern.db", p->path);
	fixture_close(&p->d);
	assert_int_equal(sqlite3_open(name, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, text, -1, &st, NULL),
	    SQLITE_OK);
	found[0] = 0;
	if (sqlite3_step(st) == SQLITE_ROW)
		(void)snprintf(found, sizeof(found), "%s",
		    (const char *)sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
	sqlite3_close(db);
	OK(fixture_open(&p->d));
	return found;
}

static void
test_order(void **state)
{
	struct place_of *p = *state;

	assert_int_equal(kind_of(p, "Alice@OURS.test", false), RCPT_LOCAL);
	assert_int_equal(kind_of(p, "alice+x@ours.test", false), RCPT_LOCAL);
	assert_int_equal(kind_of(p, "alice+@ours.test", false), RCPT_LOCAL);
	assert_int_equal(kind_of(p, "+alice@ours.test", false), RCPT_NO_USER);
	assert_int_equal(kind_of(p, "Abuse@ours.test", false), RCPT_LOCAL);
	assert_int_equal(kind_of(p, "postmaster", false), RCPT_LOCAL);
	assert_int_equal(kind_of(p, "carol@ours.test", false), RCPT_NO_USER);
	assert_int_equal(kind_of(p, "x@far.test", false), RCPT_NO_DOMAIN);
	assert_int_equal(kind_of(p, "abuse@empty.test", false), RCPT_NO_USER);
	/* An alias is known at once, and no more when it is gone. */
	OK(alias(p, "Carol@ours.test", "bob@ours.test"));
	assert_int_equal(kind_of(p, "carol@ours.test", false), RCPT_LOCAL);
	OK(to_one(p, "CAROL+x@ours.test"));
	assert_int_equal(exists(p, p->bob), 1);
	OK(unalias(p, "carol@ours.test", ""));
	assert_int_equal(kind_of(p, "carol@ours.test", false), RCPT_NO_USER);
	/* An alias comes before the oldest account, and before "*". */
	OK(alias(p, "postmaster@ours.test", "bob@ours.test"));
	OK(to_one(p, "postmaster"));
	OK(to_one(p, "abuse@ours.test"));
	assert_int_equal(exists(p, p->bob), 2);
	assert_int_equal(exists(p, p->alice), 1);
	OK(alias(p, "*@ours.test", "alice@ours.test"));
	OK(alias(p, "abuse@ours.test", "bob@ours.test"));
	OK(to_one(p, "abuse@ours.test"));
	OK(to_one(p, "who.ever@ours.test"));
	OK(to_one(p, "bob@ours.test"));
	assert_int_equal(exists(p, p->bob), 4);
	assert_int_equal(exists(p, p->alice), 2);
}

static void
test_refused(void **state)
{
	struct place_of *p = *state;
	uint64_t account;

	assert_int_equal(alias(p, "alice@ours.test", "bob@ours.test"),
	    E_EXISTS);
	assert_int_equal(alias(p, "a@far.test", "bob@ours.test"), E_NOTFOUND);
	assert_int_equal(alias(p, "a@ours.test", "nobody@ours.test"),
	    E_NOTFOUND);
	assert_int_equal(alias(p, "a@ours.test", "a@ours.test"), E_NOTFOUND);
	assert_int_equal(alias(p, "a@ours.test", "x"), E_INVALID);
	assert_int_equal(alias(p, "a@ours.test", "*@far.test"), E_INVALID);
	assert_int_equal(alias(p, "a@ours.test", "x\r\ny@far.test"),
	    E_INVALID);
	assert_int_equal(alias(p, "\"a b\"@ours.test", "x@far.test"),
	    E_INVALID);
	assert_int_equal(alias(p, "SRS0=x@ours.test", "x@far.test"),
	    E_INVALID);
	OK(alias(p, "a@ours.test", "ALICE@ours.test"));
	assert_int_equal(alias(p, "A@ours.test", "alice@Ours.test"),
	    E_EXISTS);
	assert_int_equal(fixture_account(&p->d, "a@ours.test", &account),
	    E_INVALID);
	assert_non_null(strstr(p->d.err.text, "alias"));
	assert_int_equal(remove_account(p, "alice@ours.test"), E_INVALID);
	assert_non_null(strstr(p->d.err.text, "a@ours.test"));
	OK(alias(p, "info@empty.test", "a@ours.test"));
	assert_int_equal(remove_domain(p, "empty.test"), E_INVALID);
	assert_int_equal(unalias(p, "a@ours.test", ""), E_INVALID);
	assert_int_equal(unalias(p, "b@ours.test", ""), E_NOTFOUND);
	assert_int_equal(unalias(p, "a@ours.test", "x@far.test"), E_INVALID);
	OK(unalias(p, "info@empty.test", "A@ours.test"));
	assert_int_equal(unalias(p, "a@ours.test", "x@far.test"),
	    E_NOTFOUND);
	OK(remove_domain(p, "empty.test"));
	OK(unalias(p, "a@ours.test", "alice@ours.test"));
	OK(remove_account(p, "alice@ours.test"));
}

static void
test_loops(void **state)
{
	struct place_of *p = *state;

	OK(alias(p, "a@ours.test", "alice@ours.test"));
	OK(alias(p, "b@ours.test", "a@ours.test"));
	OK(alias(p, "c@ours.test", "b@ours.test"));
	assert_int_equal(alias(p, "a@ours.test", "c@ours.test"), E_INVALID);
	assert_non_null(strstr(p->d.err.text, "lead back"));
	assert_int_equal(alias(p, "a@ours.test", "a@ours.test"), E_INVALID);
	assert_int_equal(alias(p, "a@ours.test", "a+x@ours.test"), E_INVALID);
	/* d is bob's by "*" and then an alias back to what leads to it. */
	OK(alias(p, "*@ours.test", "bob@ours.test"));
	OK(alias(p, "e@ours.test", "d@ours.test"));
	assert_int_equal(alias(p, "d@ours.test", "e@ours.test"), E_INVALID);
	assert_int_equal(alias(p, "*@ours.test", "x@ours.test"), E_INVALID);
	/* A loop that no check at the time sees: s leads to t by "*". */
	OK(alias(p, "s@ours.test", "t+x@ours.test"));
	OK(alias(p, "s@ours.test", "alice@ours.test"));
	OK(alias(p, "t@ours.test", "s@ours.test"));
	OK(to_one(p, "t@ours.test"));
	assert_int_equal(exists(p, p->alice), 1);
	assert_int_equal(exists(p, p->bob), 0);
	/* One without any end is nobody's address. */
	OK(unalias(p, "s@ours.test", "alice@ours.test"));
	assert_int_equal(kind_of(p, "t@ours.test", false), RCPT_NO_USER);
	assert_int_equal(submit_to(p, &p->d.mx, "", (struct recipient){
	    .address = STR("t@ours.test"), .ours = true }), E_BUSY);
}

static void
test_bounds(void **state)
{
	struct place_of *p = *state;
	char a[40], b[40];
	struct rcpt_ask ask = { .address = STR("d11@ours.test") };
	struct rcpt_answer answer;
	struct recipient who;

	OK(alias(p, "d1@ours.test", "alice@ours.test"));
	for (int i = 2; i <= 12; i++) {
		(void)snprintf(a, sizeof(a), "d%d@ours.test", i);
		(void)snprintf(b, sizeof(b), "d%d@ours.test", i - 1);
		if (i < 12)
			OK(alias(p, a, b));
		else
			assert_int_equal(alias(p, a, b), E_LIMIT);
	}
	assert_int_equal(kind_of(p, "d10@ours.test", false), RCPT_LOCAL);
	assert_int_equal(reader_rcpt(p->d.r, &p->d.mx, &ask, &answer, &who,
	    &p->d.err), E_LIMIT);
	for (int i = 0; i <= RESOLVE_TARGETS; i++) {
		(void)snprintf(a, sizeof(a), "x%d@far.test", i);
		if (i < RESOLVE_TARGETS)
			OK(alias(p, "many@ours.test", a));
		else
			assert_int_equal(alias(p, "many@ours.test", a),
			    E_LIMIT);
	}
	OK(alias(p, "more@ours.test", "alice@ours.test"));
	OK(to_one(p, "many@ours.test"));
	assert_string_equal(look(p, "SELECT count(*) FROM queue_rcpt"),
	    "1000");
}

static void
test_once_each(void **state)
{
	static const char *const to[] = { "team@ours.test",
		"alice+x@ours.test", "all@ours.test", "also@ours.test",
		"Team+x@ours.test", NULL };
	struct place_of *p = *state;
	struct caller alice = fixture_person(p->alice);
	struct caller bob = fixture_person(p->bob);
	struct open_answer in;
	char octets[100];
	struct str prefix;

	OK(alias(p, "team@ours.test", "alice@ours.test"));
	OK(alias(p, "team@ours.test", "bob@ours.test"));
	OK(alias(p, "team@ours.test", "X@far.test"));
	OK(alias(p, "all@ours.test", "team@ours.test"));
	OK(alias(p, "all@ours.test", "x@FAR.test"));
	OK(alias(p, "also@ours.test", "all@ours.test"));
	OK(fixture_submit(&p->d, 0, "m", to, NULL));
	assert_int_equal(exists(p, p->alice), 1);
	assert_int_equal(exists(p, p->bob), 1);
	OK(fixture_open_mailbox(&p->d, &alice, "INBOX", &in));
	OK(fixture_content(&p->d, &alice, in.mailbox, 1, octets, sizeof(octets),
	    &prefix));
	assert_str(prefix, "Return-Path: <sender@elsewhere.test>\r\n"
	    "Delivered-To: alice+x@ours.test\r\n");
	OK(fixture_open_mailbox(&p->d, &bob, "INBOX", &in));
	OK(fixture_content(&p->d, &bob, in.mailbox, 1, octets, sizeof(octets),
	    &prefix));
	assert_str(prefix, "Return-Path: <sender@elsewhere.test>\r\n"
	    "Delivered-To: bob@ours.test\r\nDelivered-To: team@ours.test\r\n");
	assert_string_equal(look(p, "SELECT group_concat(CAST(address AS "
	    "TEXT)) FROM queue_rcpt"), "X@far.test");
}

static int
may(struct place_of *p, struct caller who, const char *address)
{
	struct sender_ask ask = { str_c(address), p->bob };
	union store_answer answer;

	return reader_ask(p->d.r, &who, STORE_sender, &ask, &answer,
	    &p->d.err);
}

static void
test_senders(void **state)
{
	static const char *const to[] = { "bob@ours.test", NULL };
	static const char *const out[] = { "out@ours.test", NULL };
	struct place_of *p = *state;
	struct caller alice = fixture_person(p->alice);
	struct caller local = { .authority = AUTH_LOCAL };

	OK(alias(p, "team@ours.test", "alice@ours.test"));
	OK(alias(p, "all@ours.test", "team@ours.test"));
	OK(alias(p, "news@ours.test", "alice+news@ours.test"));
	OK(may(p, alice, "Alice@ours.test"));
	OK(may(p, alice, "alice+x@ours.test"));
	OK(may(p, alice, "team@ours.test"));
	OK(may(p, alice, "team+x@ours.test"));
	OK(may(p, alice, "news@ours.test"));
	OK(may(p, alice, ""));
	assert_int_equal(may(p, alice, "all@ours.test"), E_DENIED);
	assert_int_equal(may(p, alice, "bob@ours.test"), E_DENIED);
	assert_int_equal(may(p, alice, "x@far.test"), E_DENIED);
	assert_int_equal(may(p, alice, "nobody@ours.test"), E_DENIED);
	OK(may(p, p->d.vault, "bob@ours.test"));
	assert_int_equal(may(p, p->d.vault, "alice@ours.test"), E_DENIED);
	/* A service, as far as it is let. */
	OK(let(p, "alice@ours.test", SEND_AS_ours));
	OK(may(p, alice, "bob@ours.test"));
	OK(may(p, alice, "nobody@ours.test"));
	assert_int_equal(may(p, alice, "x@far.test"), E_DENIED);
	assert_int_equal(may(p, p->d.vault, "alice@ours.test"), E_DENIED);
	OK(let(p, "alice@ours.test", SEND_AS_anyone));
	OK(may(p, alice, "x@far.test"));
	OK(may(p, alice, "x@[192.0.2.1]"));
	assert_int_equal(may(p, alice, "x\r\n@far.test"), E_DENIED);
	/* It leaves as it was written, also by an alias. */
	OK(alias(p, "out@ours.test", "Y@far.test"));
	OK(fixture_submit_as(&p->d, &alice, "x@far.test", "m", out, NULL));
	OK(let(p, "alice@ours.test", SEND_AS_own));
	assert_int_equal(may(p, alice, "bob@ours.test"), E_DENIED);
	assert_int_equal(let(p, "alice@ours.test", SEND_AS_N), E_INVALID);
	assert_int_equal(let(p, "team@ours.test", SEND_AS_own), E_NOTFOUND);
	OK(may(p, local, "root@ours.test"));
	OK(may(p, local, ""));
	assert_int_equal(may(p, local, "x@far.test"), E_DENIED);
	/* And where it counts. */
	OK(fixture_submit_as(&p->d, &alice, "team@ours.test", "m", to, NULL));
	OK(fixture_submit_as(&p->d, &alice, "", "m", to, NULL));
	assert_int_equal(fixture_submit_as(&p->d, &alice, "all@ours.test", "m",
	    to, NULL), E_DENIED);
	OK(fixture_submit_as(&p->d, &local, "cron@ours.test", "m", to, NULL));
	assert_int_equal(fixture_submit_as(&p->d, &local, "x@far.test", "m", to,
	    NULL), E_DENIED);
	assert_string_equal(look(p, "SELECT CAST(reverse_path AS TEXT)"
	    " FROM queue"), "x@far.test");
}

static void
test_login_is_an_account(void **state)
{
	static const char *const not[] = { "team@ours.test",
		"alice+x@ours.test", "postmaster@ours.test", "a@far.test" };
	struct place_of *p = *state;
	struct credential_ask ask = { STR("ALICE@ours.test") };
	union store_answer answer;

	OK(alias(p, "team@ours.test", "alice@ours.test"));
	OK(reader_ask(p->d.r, &p->d.vault, STORE_credential, &ask, &answer,
	    &p->d.err));
	for (size_t i = 0; i < NELEM(not); i++) {
		ask.login = str_c(not[i]);
		assert_int_equal(reader_ask(p->d.r, &p->d.vault,
		    STORE_credential, &ask, &answer, &p->d.err), E_NOTFOUND);
	}
}

static const char queue_path[] =
    "SELECT CAST(reverse_path AS TEXT) FROM queue ORDER BY message DESC";

static const char queue_orcpt[] =
    "SELECT CAST(orcpt AS TEXT) FROM queue_rcpt ORDER BY message DESC";

static void
test_forward(void **state)
{
	static const char *const to[] = { "out@ours.test", "x@far.test",
		NULL };
	static const char *const out[] = { "out@ours.test", NULL };
	struct place_of *p = *state;
	struct caller alice = fixture_person(p->alice);
	const char *path;
	char back[200], forged[200];

	OK(alias(p, "out@ours.test", "someone@far.test"));
	OK(to_one(p, "out@ours.test"));
	path = look(p, queue_path);
	assert_true(str_starts(str_c(path), STR("SRS0=")));
	assert_non_null(strstr(path, "=elsewhere.test=sender@ours.test"));
	(void)snprintf(back, sizeof(back), "%s", path);
	assert_string_equal(look(p, queue_orcpt), "rfc822;out@ours.test");
	/* People here are who they are, and nobody is nobody. */
	OK(fixture_submit_as(&p->d, &alice, "alice@ours.test", "m", to, NULL));
	assert_string_equal(look(p, queue_path), "alice@ours.test");
	OK(fixture_submit_as(&p->d, &alice, "", "m", to, NULL));
	assert_string_equal(look(p, queue_path), "");
	OK(fixture_submit_as(&p->d, &p->d.mx, "alice@ours.test", "m", out,
	    NULL));
	assert_string_equal(look(p, queue_path), "alice@ours.test");
	OK(fixture_submit_as(&p->d, &p->d.mx, "\"a b\"@elsewhere.test", "m",
	    out, NULL));
	assert_string_equal(look(p, queue_path), "\"a b\"@elsewhere.test");

	/* Only a bounce comes back, only so, and only for a while; "*" has
	 * nothing to do with it. */
	OK(alias(p, "*@ours.test", "bob@ours.test"));
	assert_int_equal(kind_of(p, back, true), RCPT_LOCAL);
	OK(submit_to(p, &p->d.mx, "", (struct recipient){
	    .address = str_c(back), .ours = true }));
	/* Who hears of it wrote to no SRS address, nor does he know one. */
	assert_string_equal(look(p, queue_orcpt),
	    "rfc822;sender@elsewhere.test");
	assert_int_equal(kind_of(p, back, false), RCPT_NO_USER);
	(void)snprintf(forged, sizeof(forged), "%s", back);
	forged[6] = forged[6] == 'A' ? 'B' : 'A';
	assert_int_equal(kind_of(p, forged, true), RCPT_NO_USER);
	p->d.now_us += 22ll * 86400 * 1000000;
	assert_int_equal(kind_of(p, back, true), RCPT_NO_USER);
	p->d.now_us -= 22ll * 86400 * 1000000;
}

static const char *
reported_to(struct place_of *p, const char *reverse_path)
{
	static char found[330];
	struct recipients out;
	struct str to = str_c(reverse_path);
	int rc = recipients_report(p->d.e, &to, 1, &out, &p->d.err);

	if (rc == E_NOTFOUND)
		return "nobody";
	OK(rc);
	assert_int_equal(out.n, 1);
	assert_int_equal(out.rcpt[0]->notify, NOTIFY_never);
	(void)snprintf(found, sizeof(found), "%.*s",
	    STR_FMT(out.rcpt[0]->address));
	return found;
}

static void
test_return(void **state)
{
	struct place_of *p = *state;
	struct recipient r = { .ours = true };
	char back[200];

	OK(alias(p, "out@ours.test", "someone@far.test"));
	OK(to_one(p, "out@ours.test"));
	(void)snprintf(back, sizeof(back), "%s", look(p, queue_path));
	r.address = str_c(back);
	/* Store does not trust what mx said before. */
	assert_int_equal(submit_to(p, &p->d.mx, "x@far.test", r), E_BUSY);
	OK(submit_to(p, &p->d.mx, "", r));
	assert_string_equal(look(p, queue_path), "");
	assert_string_equal(look(p, "SELECT CAST(address AS TEXT) FROM "
	    "queue_rcpt ORDER BY message DESC"), "sender@elsewhere.test");
	r = (struct recipient){ .address = STR("x@far.test") };
	assert_int_equal(submit_to(p, &p->d.mx, "", r), E_DENIED);
	r.ours = true;
	assert_int_equal(submit_to(p, &p->d.mx, "", r), E_BUSY);
	/* A report on what was sent on goes there, too. */
	assert_string_equal(reported_to(p, back), "sender@elsewhere.test");
	OK(alias(p, "team@ours.test", "bob@ours.test"));
	assert_string_equal(reported_to(p, "team@ours.test"),
	    "bob@ours.test");
	assert_string_equal(reported_to(p, "x@far.test"), "x@far.test");
	assert_string_equal(reported_to(p, "nobody@ours.test"), "nobody");
	back[6] = back[6] == 'A' ? 'B' : 'A';
	assert_string_equal(reported_to(p, back), "nobody");
	(void)snprintf(back, sizeof(back), "%s", look(p, "SELECT "
	    "CAST(reverse_path AS TEXT) FROM queue ORDER BY message"));
	/* The key is kept: look() opened the data anew. */
	assert_int_equal(kind_of(p, back, true), RCPT_LOCAL);
}

static void
test_full_mailbox(void **state)
{
	struct place_of *p = *state;

	OK(alias(p, "team@ours.test", "alice@ours.test"));
	OK(alias(p, "team@ours.test", "bob@ours.test"));
	OK(to_one(p, "alice@ours.test"));
	engine_limits(p->d.e, 50, 1 << 20);
	OK(to_one(p, "team@ours.test"));
	assert_int_equal(exists(p, p->alice), 2);
	assert_int_equal(exists(p, p->bob), 1);
	assert_int_equal(to_one(p, "alice@ours.test"), E_NOTFOUND);
	assert_int_equal(submit_to(p, &p->d.mx, "x@far.test",
	    (struct recipient){ .address = STR("alice@ours.test"),
	    .account = p->alice }), E_FULL);
	engine_limits(p->d.e, 0, 1 << 20);
}

static void
test_list(void **state)
{
	struct place_of *p = *state;
	struct aliases_ask ask = { STR_NULL };
	union store_answer answer;
	struct alias_row row;
	char target[40], after[100];
	int n = 0, asked = 0;
	struct rd r;

	for (int i = 0; i < 450; i++) {
		(void)snprintf(target, sizeof(target), "x%03d@far.test", i);
		OK(alias(p, i % 2 ? "a@ours.test" : "b@empty.test", target));
	}
	do {
		OK(reader_ask(p->d.r, &p->d.operator_, STORE_aliases, &ask,
		    &answer, &p->d.err));
		r = rd_of(answer.aliases.rows);
		for (; rd_left(&r) > 0; n++) {
			assert_true(msg_take(&r, &alias_row_shape, &row));
			(void)snprintf(target, sizeof(target),
			    "x%03d@far.test", n < 225 ? 2 * n
						      : 2 * (n - 225) + 1);
			assert_str(row.target, target);
		}
		(void)snprintf(after, sizeof(after), "%.*s",
		    STR_FMT(answer.aliases.next));
		ask.after = str_c(after);
		asked++;
	} while (ask.after.n);
	assert_int_equal(n, 450);
	assert_int_equal(asked, 3);
	ask.after = STR("no cursor");
	assert_int_equal(reader_ask(p->d.r, &p->d.operator_, STORE_aliases,
	    &ask, &answer, &p->d.err), E_INVALID);
}

/* Whoever runs the server is reached by its name, which reports come from, and
 * by its address from outside.                          RFC 5321 4.5.1 */
/* mx learns which addresses lead elsewhere, and nobody else is told. */
static void
test_leaves(void **state)
{
	struct place_of *p = *state;
	struct rcpt_ask ask = { .address = STR("out@ours.test") };
	struct rcpt_answer answer;
	struct recipient who;
	struct caller person = fixture_person(p->alice);

	OK(alias(p, "in@ours.test", "alice@ours.test"));
	OK(alias(p, "out@ours.test", "x@other.test"));
	OK(alias(p, "both@ours.test", "alice@ours.test"));
	OK(alias(p, "both@ours.test", "y@other.test"));
	OK(alias(p, "deep@ours.test", "in@ours.test"));
	OK(alias(p, "deep@ours.test", "both@ours.test"));
	assert_false(leaves(p, "alice@ours.test", false));
	assert_false(leaves(p, "in@ours.test", false));
	assert_false(leaves(p, "nobody@ours.test", false));
	assert_false(leaves(p, "x@other.test", false));
	assert_true(leaves(p, "out@ours.test", false));
	assert_true(leaves(p, "OUT+tag@ours.test", false));
	assert_true(leaves(p, "both@ours.test", false));
	assert_true(leaves(p, "deep@ours.test", false));
	OK(reader_rcpt(p->d.r, &person, &ask, &answer, &who, &p->d.err));
	assert_false(answer.leaves);
}

static void
test_postmaster(void **state)
{
	static const struct {
		const char *address;
		enum rcpt_kind kind;
	} t[] = {
		{ "postmaster@ours.test", RCPT_LOCAL },
		{ "MAILER-DAEMON@ours.test", RCPT_LOCAL },
		{ "MAILER-DAEMON@mail.host.test", RCPT_LOCAL },
		{ "Postmaster@Mail.Host.test", RCPT_LOCAL },
		{ "abuse@mail.host.test", RCPT_LOCAL },
		{ "postmaster@[192.0.2.7]", RCPT_LOCAL },
		{ "mailer-daemon@[IPv6:2001:db8::7]", RCPT_LOCAL },
		{ "alice@mail.host.test", RCPT_NO_DOMAIN },
		{ "alice@[192.0.2.7]", RCPT_NO_DOMAIN },
		{ "postmaster@other.test", RCPT_NO_DOMAIN },
	};
	struct place_of *p = *state;

	for (size_t round = 0; round < 2; round++)
		for (size_t i = 0; i < NELEM(t); i++) {
			struct rcpt_ask ask = {
				.address = str_c(t[i].address) };
			struct rcpt_answer answer = { .kind = t[i].kind };
			struct recipient who;

			/* What is remembered says the same, or nothing. */
			(void)rcpt_is_known(p->d.e, &p->d.mx, &ask, &answer,
			    &who);
			assert_int_equal(answer.kind, t[i].kind);
			assert_int_equal(kind_of(p, t[i].address, false),
			    t[i].kind);
		}
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(order), T(refused), T(loops), T(bounds), T(once_each),
		T(senders), T(login_is_an_account), T(forward), T(return),
		T(full_mailbox), T(leaves), T(list),
		T(postmaster),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
