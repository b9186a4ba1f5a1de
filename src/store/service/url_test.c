/*
 * Tests of what is read by URLs (mailbox/url.c): by a token of its owner, for
 * what and for whom that says, and only what the owner may still read.
 */
#include "store/engine/engine_int.h"
#include "store/service/test_folder.h"
#include "store/service/test_ok.h"

static const struct url_claim plain = { .owner = STR("alice@ours.test"),
	.name = STR("INBOX"), .uid = 1, .access = ACCESS_authuser,
	.rump = STR("rump") };

static struct caller bob;

static int
set_up(void **state)
{
	int rc = folder_set_up(state);
	struct folder *p = *state;
	uint64_t account;

	OK(fixture_account(&p->d, "bob@ours.test", &account));
	bob = fixture_person(account);
	bob.worker = SERVICE_imap;
	folder_append(p, STR("Subject: x\r\n\r\nhello\r\n"));
	return rc;
}

/* 0 or E_*; *read has the token. */
static int
sign(struct folder *p, struct caller *who, const struct url_claim *claim,
    struct url_content_ask *read)
{
	static char token[URL_TOKEN_LEN];
	struct url_sign_ask ask = { .change = ++p->d.change };
	struct write w = { .caller = who, .call = STORE_url_sign, .ask = &ask };
	int rc;

	MSG_COPY(url_claim, &ask, claim);
	*read = (struct url_content_ask){ .len = 65536 };
	MSG_COPY(url_claim, read, claim);
	rc = fixture_write(&p->d, &w);
	if (rc < 0)
		return rc;
	assert_int_equal(w.answer.url_sign.token.n, URL_TOKEN_LEN);
	memcpy(token, w.answer.url_sign.token.p, URL_TOKEN_LEN);
	read->token = str_make(token, URL_TOKEN_LEN);
	return 0;
}

static int
read_url(struct folder *p, const struct caller *who,
    const struct url_content_ask *ask)
{
	union store_answer answer = { 0 };
	int rc = reader_ask(p->d.r, who, STORE_url_content, ask, &answer,
	    &p->d.err);

	if (rc == 0) {
		assert_int_equal(answer.url_content.size, 21);
		assert_true(str_find(answer.url_content.octets,
		    STR("hello")) < answer.url_content.octets.n);
	}
	return rc;
}

static int
renew(struct folder *p, struct caller *who, const char *mailbox)
{
	struct url_keys_renew_ask ask = { ++p->d.change, str_c(mailbox) };
	struct write w = { .caller = who, .call = STORE_url_keys_renew,
		.ask = &ask };

	return fixture_write(&p->d, &w);
}

static void
test_read(void **state)
{
	struct folder *p = *state;
	struct url_content_ask ask, other;

	OK(sign(p, &p->who, &plain, &ask));
	OK(read_url(p, &bob, &ask));
	OK(read_url(p, &p->who, &ask));
	/* The same again, and after a restart. */
	folder_open_again(p);
	OK(read_url(p, &bob, &ask));
	other = ask;
	OK(sign(p, &p->who, &plain, &ask));
	assert_strs(ask.token, other.token);
	/* Nothing but what was signed. */
	other = ask;
	other.rump = STR("rumq");
	assert_int_equal(read_url(p, &bob, &other), E_NOTFOUND);
	other = ask;
	other.expires = 1 << 30;
	assert_int_equal(read_url(p, &bob, &other), E_NOTFOUND);
	other = ask;
	other.token = str_first(ask.token, 32);
	assert_int_equal(read_url(p, &bob, &other), E_NOTFOUND);
}

static void
test_whom(void **state)
{
	static const struct {
		uint32_t access;
		const char *who;
		bool bob, submits, alice;
	} rows[] = {
		{ ACCESS_anonymous, "", true, true, true },
		{ ACCESS_authuser, "", true, true, true },
		{ ACCESS_user, "bob@ours.test", true, true, false },
		{ ACCESS_user, "alice@ours.test", false, false, true },
		{ ACCESS_user, "nobody@ours.test", false, false, false },
		{ ACCESS_user, "", false, false, false },
		{ ACCESS_submit, "bob@ours.test", false, true, false },
		{ ACCESS_submit, "alice@ours.test", false, false, false },
	};
	struct folder *p = *state;
	struct caller submits = bob;

	submits.worker = SERVICE_smtp;
	for (size_t i = 0; i < NELEM(rows); i++) {
		struct url_claim claim = plain;
		struct url_content_ask ask;

		claim.access = rows[i].access;
		claim.who = str_c(rows[i].who);
		OK(sign(p, &p->who, &claim, &ask));
		assert_int_equal(read_url(p, &bob, &ask),
		    rows[i].bob ? 0 : E_NOTFOUND);
		assert_int_equal(read_url(p, &submits, &ask),
		    rows[i].submits ? 0 : E_NOTFOUND);
		assert_int_equal(read_url(p, &p->who, &ask),
		    rows[i].alice ? 0 : E_NOTFOUND);
	}
}

static void
test_time(void **state)
{
	struct folder *p = *state;
	struct url_claim claim = plain;
	struct url_content_ask ask;
	struct url_content_ask past;

	claim.expires = p->d.now_us / 1000000 + 60;
	OK(sign(p, &p->who, &claim, &ask));
	OK(read_url(p, &bob, &ask));
	p->d.now_us += 60 * 1000000;
	OK(read_url(p, &bob, &ask));
	p->d.now_us += 1000000;
	assert_int_equal(read_url(p, &bob, &ask), E_NOTFOUND);
	claim.expires = 1;
	OK(sign(p, &p->who, &claim, &past));
	assert_int_equal(read_url(p, &bob, &past), E_NOTFOUND);
}

static void
test_refused(void **state)
{
	struct folder *p = *state;
	struct url_claim claim = plain;
	struct url_content_ask ask;

	assert_int_equal(sign(p, &bob, &claim, &ask), E_NORIGHT);
	claim.owner = STR("nobody@ours.test");
	assert_int_equal(sign(p, &p->who, &claim, &ask), E_NORIGHT);
	claim = plain;
	claim.name = STR("nowhere");
	assert_int_equal(sign(p, &p->who, &claim, &ask), E_NOTFOUND);
	claim = plain;
	claim.uidvalidity = 1;
	assert_int_equal(sign(p, &p->who, &claim, &ask), E_NOTFOUND);
	claim = plain;
	claim.access = 0;
	assert_int_equal(sign(p, &p->who, &claim, &ask), E_INVALID);
	claim.access = ACCESS_submit + 1;
	assert_int_equal(sign(p, &p->who, &claim, &ask), E_INVALID);
	claim = plain;
	claim.uid = 0;
	assert_int_equal(sign(p, &p->who, &claim, &ask), E_INVALID);
}

static void
test_renew(void **state)
{
	struct folder *p = *state;
	struct url_content_ask ask;

	OK(sign(p, &p->who, &plain, &ask));
	OK(renew(p, &bob, ""));
	OK(renew(p, &p->who, "Drafts"));
	OK(read_url(p, &bob, &ask));
	OK(renew(p, &p->who, "inbox"));
	assert_int_equal(read_url(p, &bob, &ask), E_NOTFOUND);
	OK(sign(p, &p->who, &plain, &ask));
	OK(read_url(p, &bob, &ask));
	OK(renew(p, &p->who, ""));
	assert_int_equal(read_url(p, &bob, &ask), E_NOTFOUND);
	assert_int_equal(renew(p, &p->who, "nowhere"), E_NOTFOUND);
}

/* What is gone takes its keys with it; verify looks for them in the end. */
static void
test_gone(void **state)
{
	struct folder *p = *state;
	struct url_claim claim = plain;
	struct url_content_ask ask, of_box;
	struct account_remove_ask remove = { .address =
		STR("alice@ours.test") };
	struct write w = { .caller = &p->d.operator_,
		.call = STORE_account_remove, .ask = &remove };
	bool more = true;
	uint32_t n;

	OK(fixture_mailbox_create(&p->d, &p->who, "Box", 0, NULL));
	OK(sign(p, &p->who, &plain, &ask));
	claim.name = STR("Box");
	OK(sign(p, &p->who, &claim, &of_box));
	assert_int_equal(folder_count(p, "SELECT count(*) FROM url_key"), 2);
	OK(fixture_mailbox_delete(&p->d, &p->who, "Box", false));
	assert_int_equal(folder_count(p, "SELECT count(*) FROM url_key"), 1);
	assert_int_equal(read_url(p, &bob, &of_box), E_NOTFOUND);
	OK(fixture_remove(&p->d, &p->who, &p->in, 1, 1, &n));
	assert_int_equal(read_url(p, &bob, &ask), E_NOTFOUND);
	remove.change = ++p->d.change;
	OK(fixture_write(&p->d, &w));
	for (int i = 0; more && i < 10000; i++)
		OK(engine_gc(p->d.e, &more, &p->d.err));
	assert_int_equal(folder_count(p, "SELECT count(*) FROM url_key"), 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, folder_tear_down_whole)

int
main(void)
{
	const struct CMUnitTest tests[] = { T(test_read), T(test_whom),
		T(test_time), T(test_refused), T(test_renew), T(test_gone) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
