#include "base/test.h"

#include "store/policy/alike.h"
#include "store/policy/answers.h"
#include "store/policy/policy.h"
#include "store/service/test_folder.h"
#include "store/service/test_ok.h"

enum { DAY_S = 86400 };

/* What is kept with `keys` numbers from `first` on, in one transaction. */
static void
keep(struct folder *p, enum memory_kind kind, uint64_t account,
    uint32_t first, uint32_t keys)
{
	struct engine *e = p->d.e;
	struct arena *a = arena_new(64 << 20);

	batch_begin(e);
	OK(batch_transaction(e, &p->d.err));
	for (uint32_t i = first; i < first + keys; i++)
		OK(memory_keep(e, kind, account, memory_key(a, STR("test"),
		    str_make((const char *)&i, sizeof(i)), STR_NULL),
		    &p->d.err));
	OK(batch_finish(e, &p->d.err));
	arena_free(a);
}

static bool
is_there(struct folder *p, enum memory_kind kind, uint64_t account,
    uint32_t i)
{
	struct arena *a = arena_new(4096);
	int64_t at_s;
	int rc = memory_find(&p->d.e->w, kind, account, memory_key(a,
	    STR("test"), str_make((const char *)&i, sizeof(i)), STR_NULL),
	    p->d.now_us / 1000000, &at_s, &p->d.err);

	arena_free(a);
	OK(rc);
	return rc > 0;
}

/* The bound is held exactly, of each account by itself, and what was kept last
 * goes last. */
static void
test_memory_is_bounded(void **state)
{
	struct folder *p = *state;
	const uint32_t most = memory_bounds[MEMORY_wrote_to].most;

	keep(p, MEMORY_wrote_to, 7, 0, 3);
	keep(p, MEMORY_wrote_to, p->alice, 0, most);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM remembered"),
	    most + 3);
	keep(p, MEMORY_wrote_to, p->alice, 0, 1); /* again: it is the last */
	keep(p, MEMORY_wrote_to, p->alice, most, 10);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM remembered"),
	    most + 3);
	assert_true(is_there(p, MEMORY_wrote_to, p->alice, 0));
	assert_false(is_there(p, MEMORY_wrote_to, p->alice, 1));
	assert_false(is_there(p, MEMORY_wrote_to, p->alice, 10));
	assert_true(is_there(p, MEMORY_wrote_to, p->alice, 11));
	assert_true(is_there(p, MEMORY_wrote_to, 7, 1));
	assert_false(is_there(p, MEMORY_known, p->alice, 11));
}

static void
test_what_is_old_goes(void **state)
{
	struct folder *p = *state;

	keep(p, MEMORY_tried, 0, 0, 30);
	p->d.now_us += (int64_t)DAY_S * 1000000;
	assert_true(is_there(p, MEMORY_tried, 0, 5));
	p->d.now_us += 1000000;
	assert_false(is_there(p, MEMORY_tried, 0, 5));
	keep(p, MEMORY_tried, 0, 100, 2);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM remembered"), 2);
}

/* An account that is removed takes along whom it wrote to. */
static void
test_account_removed(void **state)
{
	struct folder *p = *state;
	struct account_remove_ask ask = { ++p->d.change,
		STR("alice@ours.test") };
	struct write w = { .caller = &p->d.operator_, .ask = &ask,
		.call = STORE_account_remove };
	bool more = true;

	keep(p, MEMORY_wrote_to, p->alice, 0, 20);
	keep(p, MEMORY_known, 0, 0, 1);
	OK(fixture_write(&p->d, &w));
	while (more)
		OK(engine_gc(p->d.e, &more, &p->d.err));
	assert_int_equal(folder_count(p, "SELECT count(*) FROM remembered"), 1);
}

static int
put_as(struct folder *p, struct caller *who, const char *owner,
    struct rule r, uint32_t word)
{
	struct rule_put_ask ask = { ++p->d.change, str_c(owner), r.kind,
		r.bits, r.subject, word };
	struct write w = { .caller = who, .ask = &ask,
		.call = STORE_rule_put };

	return fixture_write(&p->d, &w);
}

static int
put(struct folder *p, struct rule r, uint32_t word)
{
	return put_as(p, &p->d.operator_, "", r, word);
}

/* What comes from an operator's program is looked at all the same. */
static void
test_rules_that_are_none(void **state)
{
	static const struct {
		uint32_t kind, bits;
		const char *subject;
	} t[] = {
		{ 0, 0, "example.org" },
		{ RULE_network + 1, 0, "example.org" },
		{ RULE_address, 0, "example.org" },
		{ RULE_address, 0, "" },
		{ RULE_domain, 0, "" },
		{ RULE_domain, 0, "a b" },
		{ RULE_network, 24, "\300\1\2\7" },
		{ RULE_network, 33, "\300\1\2\7" },
		{ RULE_network, 8, "\300" },
	};
	struct folder *p = *state;

	for (size_t i = 0; i < NELEM(t); i++)
		assert_int_equal(put(p, (struct rule){ t[i].kind, t[i].bits,
		    str_c(t[i].subject) }, RULE_block), E_INVALID);
	assert_int_equal(put(p, (struct rule){ RULE_domain, 0,
	    STR("example.org") }, RULE_none), E_INVALID);
	assert_int_equal(put(p, (struct rule){ RULE_domain, 0,
	    STR("example.org") }, RULE_WORDS), E_INVALID);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM sender_rule"),
	    0);
}

static struct weigh_answer
weighed(struct folder *p, const struct weigh_ask *ask)
{
	union store_answer answer = { 0 };

	OK(reader_ask(p->d.r, &p->d.mx, STORE_weigh, ask, &answer,
	    &p->d.err));
	return answer.weigh;
}

static void
test_the_longest_network(void **state)
{
	static const struct {
		const char *host;
		uint32_t word, bits;
	} t[] = {
		{ "\12\0\0\1", RULE_block, 8 },
		{ "\12\1\0\1", RULE_allow, 16 },
		{ "\12\1\0\77", RULE_junk, 32 },
		{ "\13\0\0\1", RULE_block, 0 },
	};
	struct folder *p = *state;
	struct weigh_ask ask = { 0 };
	struct weigh_answer w;

	OK(put(p, (struct rule){ RULE_network, 8, str_make("\12\0\0\0", 4) },
	    RULE_block));
	OK(put(p, (struct rule){ RULE_network, 16, str_make("\12\1\0\0", 4) },
	    RULE_allow));
	OK(put(p, (struct rule){ RULE_network, 32,
	    str_make("\12\1\0\77", 4) }, RULE_junk));
	OK(put(p, (struct rule){ RULE_network, 0, str_make("\0\0\0\0", 4) },
	    RULE_block));
	for (size_t i = 0; i < NELEM(t); i++) {
		ask.host = str_make(t[i].host, 4);
		w = weighed(p, &ask);
		assert_int_equal(w.word, t[i].word);
		assert_int_equal(w.bits, t[i].bits);
	}
	ask.host = STR("0123456789abcdef");	/* IPv4 is not IPv6 */
	assert_int_equal(weighed(p, &ask).word, RULE_none);
}

static bool
host_known(struct folder *p, const char *host)
{
	struct host_known_ask ask = { str_make(host, 4) };
	union store_answer answer = { 0 };

	OK(reader_ask(p->d.r, &p->d.mx, STORE_host_known, &ask, &answer,
	    &p->d.err));
	return answer.host_known.known;
}

/* Its network is known from the first message that was taken, for as long as
 * that is remembered. */
static void
test_host_known(void **state)
{
	struct folder *p = *state;
	struct submit_ask ask = { .host = str_make("\300\0\2\7", 4) };
	struct write w = { .caller = &p->d.mx, .ask = &ask };
	struct engine *e = p->d.e;

	assert_false(host_known(p, "\300\0\2\7"));
	batch_begin(e);
	OK(batch_transaction(e, &p->d.err));
	OK(policy_remember(e, &w, NULL, 0, NULL, &p->d.err));
	OK(batch_finish(e, &p->d.err));
	assert_true(host_known(p, "\300\0\2\11"));
	assert_false(host_known(p, "\300\0\3\7"));
	p->d.now_us += 61LL * DAY_S * 1000000;
	assert_false(host_known(p, "\300\0\2\11"));
}

/* Where the clock was set back, nobody waits longer than they were told. */
static void
test_clock_set_back(void **state)
{
	struct folder *p = *state;
	struct greylist_ask tried = { ++p->d.change, STR("\300\0\2\7"),
		STR("a@b.test"), STR("alice@ours.test") };
	struct weigh_ask ask = { .host = STR("\300\0\2\11"),
		.sender = STR("A@b.test"), .rcpts = STR("alice@ours.test\n") };
	struct write w = { .caller = &p->d.mx, .ask = &tried,
		.call = STORE_greylist };

	tried.host.n = ask.host.n = 4;
	assert_int_equal(weighed(p, &ask).waited_s, -1);
	OK(fixture_write(&p->d, &w));
	p->d.now_us += 5000000;
	assert_int_equal(weighed(p, &ask).waited_s, 5);
	p->d.now_us -= 3600 * 1000000LL;
	assert_int_equal(weighed(p, &ask).waited_s, 0);
	tried.change = ++p->d.change;
	OK(fixture_write(&p->d, &w));
	p->d.now_us += 60000000;
	assert_int_equal(weighed(p, &ask).waited_s, 60);
}

/* ---- whose rules --------------------------------------------------------- */

static const struct rule bad = { RULE_domain, 0, { "bad.test", 8 } };

static struct weigh_answer
weighed_for(struct folder *p, const char *rcpts)
{
	return weighed(p, &(struct weigh_ask){ .host = STR("\300\1\2\7"),
	    .sender = STR("x@bad.test"), .sender_proven = 1,
	    .rcpts = str_c(rcpts) });
}

/* By SMTP, of x@bad.test: where each of these has it then. */
static void
mail(struct folder *p, const char *const *to)
{
	p->d.from_bad = true;
	OK(fixture_submit(&p->d, 0, "text", to, NULL));
	p->d.from_bad = false;
}

static uint32_t
mails(struct folder *p, uint64_t account, const char *mailbox)
{
	struct caller who = fixture_person(account);
	struct open_answer in;

	OK(fixture_open_mailbox(&p->d, &who, mailbox, &in));
	return in.exists;
}

static void
test_whose(void **state)
{
	static const struct {
		uint32_t server, domain, person, word;
		const char *owner;
	} t[] = {
		{ RULE_none, RULE_none, RULE_none, RULE_none, "" },
		{ RULE_block, RULE_none, RULE_none, RULE_block, "" },
		{ RULE_block, RULE_junk, RULE_none, RULE_junk, "ours.test" },
		{ RULE_block, RULE_junk, RULE_allow, RULE_allow,
		    "alice@ours.test" },
		{ RULE_allow, RULE_none, RULE_block, RULE_block,
		    "alice@ours.test" },
		{ RULE_none, RULE_hold, RULE_none, RULE_hold, "ours.test" },
	};
	struct folder *p = *state;

	for (size_t i = 0; i < NELEM(t); i++) {
		struct weigh_answer w;

		(void)folder_count(p, "SELECT count(*) FROM sender_rule");
		if (t[i].server)
			OK(put(p, bad, t[i].server));
		if (t[i].domain)
			OK(put_as(p, &p->d.operator_, "OURS.test", bad,
			    t[i].domain));
		/* Her own, whoever she names. */
		if (t[i].person)
			OK(put_as(p, &p->who, "ours.test", bad, t[i].person));
		w = weighed_for(p, "alice@ours.test\n");
		assert_int_equal(w.word, t[i].word);
		assert_true(str_eq(w.owner, str_c(t[i].owner)));
		assert_false(w.allowed);
		for (int k = 0; k < 3; k++) {
			static const char *const owner[] = { "", "ours.test",
				"alice@ours.test" };
			const uint32_t was[] = { t[i].server, t[i].domain,
				t[i].person };
			struct rule_remove_ask ask = { ++p->d.change,
				str_c(owner[k]), bad.kind, 0, bad.subject,
				was[k] == RULE_allow };
			struct write r = { .caller = &p->d.operator_,
				.ask = &ask, .call = STORE_rule_remove };

			assert_int_equal(fixture_write(&p->d, &r),
			    was[k] ? 0 : E_NOTFOUND);
		}
	}
}

/* Refused is what all refuse; otherwise each has it as he says. */
static void
test_of_several(void **state)
{
	static const char *const both[] = { "alice@ours.test",
		"bob@ours.test", NULL };
	struct folder *p = *state;
	struct weigh_answer w;
	struct caller b;
	uint64_t bob;

	OK(fixture_account(&p->d, "bob@ours.test", &bob));
	b = fixture_person(bob);
	OK(put_as(p, &p->who, "", bad, RULE_block));
	w = weighed_for(p, "alice@ours.test\nbob@ours.test\n");
	assert_int_equal(w.word, RULE_none);
	assert_false(w.allowed);
	mail(p, both);
	assert_int_equal(mails(p, p->alice, "Junk"), 1);
	assert_int_equal(mails(p, p->alice, "INBOX"), 0);
	assert_int_equal(mails(p, bob, "INBOX"), 1);
	OK(put_as(p, &b, "", bad, RULE_block));
	w = weighed_for(p, "alice@ours.test\nbob@ours.test\n");
	assert_int_equal(w.word, RULE_block);
	OK(put_as(p, &b, "", bad, RULE_allow));
	w = weighed_for(p, "bob@ours.test\nalice@ours.test\n");
	assert_int_equal(w.word, RULE_none);
	assert_true(w.allowed);
	/* Whatever was found of it: his rule goes before. */
	p->d.hold = true;
	mail(p, both);
	assert_int_equal(mails(p, bob, "INBOX"), 2);
	assert_int_equal(mails(p, p->alice, "Junk"), 2);
	OK(put_as(p, &b, "", bad, RULE_hold));
	p->d.hold = false;
	mail(p, both);
	assert_int_equal(mails(p, bob, "INBOX"), 2);
	assert_int_equal(folder_count(p, "SELECT account FROM held"), bob);
	/* Who comes by another name is somebody else's. */
	w = weighed_for(p, "alice@ours.test\nsomebody@far.test\n");
	assert_int_equal(w.word, RULE_none);
}

/* ---- answers ------------------------------------------------------------- */

static void
test_ids_that_tell(void **state unused_arg)
{
	static const struct {
		const char *id;
		bool tell;
	} t[] = {
		{ "1f6d0e21-5f3b-4c8e-9b3a-7d2c61a0e4f5@a.test", true },
		{ "CAF+xT9Q2rLZk3e8Wq7m@mail.a.test", true },
		{ "3fa9c01be27d.1.8c0d77e2a94b51f3@a.test", true },
		{ "20261130120000@a.test", false },
		{ "20261130120000.4711.1@a.test", false },
		{ "weekly-report-of-november-2026@a.test", false },
		{ "WeeklyReportOfNovember-2026@a.test", false },
		{ "20261130T120000Z.4711@a.test", false },
		{ "ZVxk2q+8Tn1rB7wq@a.test", true },
		{ "x@1f6d0e21-5f3b-4c8e-9b3a-7d2c61a0e4f5", false },
		{ "", false },
	};

	for (size_t i = 0; i < NELEM(t); i++)
		assert_int_equal(answers_can_tell(str_c(t[i].id)), t[i].tell);
}

#define MINE "1f6d0e21-5f3b-4c8e-9b3a-7d2c61a0e4f5@ours.test"
#define OTHER "2a6d0e21-5f3b-4c8e-9b3a-7d2c61a0e4f5@ours.test"

static void
sends(struct folder *p, const char *id, const char *to)
{
	const char *const rcpt[] = { to, NULL };

	p->d.message_id = str_c(id);
	OK(fixture_submit_as(&p->d, &p->who, "alice@ours.test", "text", rcpt,
	    NULL));
}

static struct weigh_answer
answering(struct folder *p, const char *author, const char *ids,
    const char *rcpts)
{
	return weighed(p, &(struct weigh_ask){ .author = str_c(author),
	    .author_proven = 1, .answers = str_c(ids),
	    .rcpts = str_c(rcpts) });
}

/* What she sent to somebody elsewhere, and nothing else. */
static void
test_answers(void **state)
{
	struct folder *p = *state;
	struct weigh_answer w;
	uint64_t bob;

	OK(fixture_account(&p->d, "bob@ours.test", &bob));
	w = answering(p, "desk@far.test", MINE, "alice@ours.test\n");
	assert_int_equal(w.known, KNOWN_no);
	sends(p, OTHER, "bob@ours.test");
	w = answering(p, "desk@far.test", OTHER, "alice@ours.test\n");
	assert_int_equal(w.known, KNOWN_no);
	sends(p, MINE, "ann@far.test");
	sends(p, "20261130120000@ours.test", "ann@far.test");
	p->d.now_us += DAY_S * 1000000LL;
	w = answering(p, "desk@far.test", OTHER "\n" MINE,
	    "bob@ours.test\nalice@ours.test\n");
	assert_int_equal(w.known, KNOWN_answer);
	assert_int_equal(w.answers_at, p->d.now_us / 1000000 - DAY_S);
	/* Whom she wrote to is more. */
	w = answering(p, "ann@far.test", MINE, "alice@ours.test\n");
	assert_int_equal(w.known, KNOWN_correspondent);
	assert_true(w.answers_at > 0);
	w = answering(p, "desk@far.test", MINE, "bob@ours.test\n");
	assert_int_equal(w.known, KNOWN_no);
	w = answering(p, "desk@far.test", "20261130120000@ours.test",
	    "alice@ours.test\n");
	assert_int_equal(w.known, KNOWN_no);
	p->d.now_us += 366LL * DAY_S * 1000000;
	w = answering(p, "desk@far.test", MINE, "alice@ours.test\n");
	assert_int_equal(w.known, KNOWN_no);
}

static void
answer_comes(struct folder *p, const char *author, bool proven)
{
	static const char *const to[] = { "alice@ours.test", NULL };

	p->d.answers = STR(MINE);
	p->d.author = str_c(author);
	p->d.author_proven = proven;
	OK(fixture_submit(&p->d, 0, "text", to, NULL));
}

/* Who answered is known from then on, if the name was proven: to her. */
static void
test_who_answered(void **state)
{
	struct folder *p = *state;
	uint64_t bob;

	OK(fixture_account(&p->d, "bob@ours.test", &bob));
	answer_comes(p, "early@far.test", true);
	sends(p, MINE, "ann@far.test");
	answer_comes(p, "liar@far.test", false);
	answer_comes(p, "Desk@far.test", true);
	assert_int_equal(answering(p, "early@far.test", "",
	    "alice@ours.test\n").known, KNOWN_no);
	assert_int_equal(answering(p, "liar@far.test", "",
	    "alice@ours.test\n").known, KNOWN_no);
	assert_int_equal(answering(p, "desk@far.test", "",
	    "alice@ours.test\n").known, KNOWN_answered);
	assert_int_equal(answering(p, "desk@far.test", "",
	    "bob@ours.test\n").known, KNOWN_no);
}

static struct weigh_answer
of_domain(struct folder *p, const char *name, const char *whose,
    const char *rcpts)
{
	return weighed(p, &(struct weigh_ask){ .name = str_c(name),
	    .whose = str_c(whose), .looks = str_c(whose),
	    .rcpts = str_c(rcpts) });
}

static void
test_looks_like_whom_somebody_wrote_to(void **state)
{
	static const struct {
		const char *name, *whose, *like;
	} t[] = {
		{ "examp1e.org", "examp1e.org", "shop.example.org" },
		{ "m.exampl.org", "exampl.org", "shop.example.org" },
		{ "shop.example.org.evil.test", "evil.test",
		    "shop.example.org" },
		{ "pay.example.co.uk", "example.co.uk", "" },
		{ "examp1e.co.uk", "examp1e.co.uk", "" },
		{ "exampl.org", "example.net", "" },
		{ "", "", "" },
	};
	struct folder *p = *state;
	uint64_t bob;

	OK(fixture_account(&p->d, "bob@ours.test", &bob));
	sends(p, "", "ann@shop.example.org");
	sends(p, "", "ann@xn--exmple-4nf.test");
	for (size_t i = 0; i < NELEM(t); i++)
		assert_str(of_domain(p, t[i].name, t[i].whose,
		    "bob@ours.test\nalice@ours.test\n").looks_like, t[i].like);
	assert_str(of_domain(p, "examp1e.org", "examp1e.org",
	    "bob@ours.test\n").looks_like, "");
	/* She writes there, too. */
	sends(p, "", "ann@mail.examp1e.org");
	assert_str(of_domain(p, "examp1e.org", "examp1e.org",
	    "alice@ours.test\n").looks_like, "");
	/* Not longer than she wrote there. */
	assert_str(of_domain(p, "exampl.org", "exampl.org",
	    "alice@ours.test\n").looks_like, "shop.example.org");
	p->d.now_us += 2 * 367LL * DAY_S * 1000000;
	assert_str(of_domain(p, "exampl.org", "exampl.org",
	    "alice@ours.test\n").looks_like, "");
}

/* The last ones of those she writes to, however many they were. */
static void
test_domains_are_bounded(void **state)
{
	struct folder *p = *state;
	char to[60];

	sends(p, "", "ann@example.org");
	for (int i = 0; i < ALIKE_DOMAINS + 5; i++) {
		(void)snprintf(to, sizeof(to), "ann@domain-%03d.test", i);
		sends(p, "", to);
		sends(p, "", "bert@everyday.test");
	}
	assert_str(of_domain(p, "examp1e.org", "examp1e.org",
	    "alice@ours.test\n").looks_like, "");
	assert_int_equal(folder_count(p, "SELECT count(*) FROM remembered"
	    " WHERE kind=6"), ALIKE_DOMAINS);
	assert_str(of_domain(p, "everyclay.test", "everyclay.test",
	    "alice@ours.test\n").looks_like, "everyday.test");
	assert_str(of_domain(p, "domein-204.test", "domein-204.test",
	    "alice@ours.test\n").looks_like, "domain-204.test");
}

/* Its id is not kept with what waits. */
static void
test_answer_to_what_left_later(void **state)
{
	struct folder *p = *state;

	p->d.hold_until = p->d.now_us / 1000000 + 60;
	sends(p, MINE, "ann@far.test");
	assert_int_equal(answering(p, "desk@far.test", MINE,
	    "alice@ours.test\n").known, KNOWN_answer);
}

static void
test_too_many_recipients(void **state)
{
	struct folder *p = *state;
	auto_buf b = BUF_INIT(20000);

	OK(put_as(p, &p->who, "", bad, RULE_block));
	for (int i = 0; i <= RCPTS_WEIGHED; i++) {
		buf_lit(&b, "alice@ours.test\n");
		buf_chr(&b, '\0');
		assert_int_equal(weighed_for(p, b.p).word,
		    i < RCPTS_WEIGHED ? RULE_block : RULE_none);
		b.n--;
	}
}

static void
test_bounds_of_owners(void **state)
{
	struct folder *p = *state;
	struct rules_ask ask = { .all = 1 };
	union store_answer answer;
	struct account_remove_ask gone = { ++p->d.change,
		STR("alice@ours.test") };
	struct write w = { .caller = &p->d.operator_, .ask = &gone,
		.call = STORE_account_remove };
	struct rule_row row;
	struct rd r;
	char name[40];
	bool more = true;
	int n = 0;

	assert_int_equal(put_as(p, &p->d.operator_, "far.test", bad,
	    RULE_block), E_NOTFOUND);
	assert_int_equal(put_as(p, &p->d.operator_, "x@ours.test", bad,
	    RULE_block), E_NOTFOUND);
	OK(put_as(p, &p->d.operator_, "ours.test", bad, RULE_block));
	OK(put(p, bad, RULE_block));
	for (int i = 0; i < RULES_OWN_MAX; i++) {
		(void)snprintf(name, sizeof(name), "d%d.test", i);
		OK(put_as(p, &p->who, "", (struct rule){ RULE_domain, 0,
		    str_c(name) }, RULE_junk));
	}
	assert_int_equal(put_as(p, &p->who, "", bad, RULE_junk), E_LIMIT);
	/* A person sees no others. */
	for (; more; more = answer.rules.more) {
		OK(reader_ask(p->d.r, &p->who, STORE_rules, &ask, &answer,
		    &p->d.err));
		r = rd_of(answer.rules.rows);
		for (; rd_left(&r) > 0 && msg_take(&r, &rule_row_shape, &row);
		    n++) {
			assert_int_equal(row.account, p->alice);
			assert_true(str_eq(row.owner,
			    STR("alice@ours.test")));
			MSG_COPY(rules_place, &ask, &row);
			ask.domain = STR("");
			ask.subject = str_make(p->text, row.subject.n);
			memcpy(p->text, row.subject.p, row.subject.n);
		}
	}
	assert_int_equal(n, RULES_OWN_MAX);
	OK(fixture_write(&p->d, &w));
	for (more = true; more;)
		OK(engine_gc(p->d.e, &more, &p->d.err));
	assert_int_equal(folder_count(p, "SELECT count(*) FROM sender_rule"),
	    2);
}

#define T(f) cmocka_unit_test_setup_teardown(f, folder_set_up, \
    folder_tear_down_whole)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_memory_is_bounded),
		T(test_what_is_old_goes),
		T(test_account_removed),
		T(test_rules_that_are_none),
		T(test_the_longest_network),
		T(test_host_known),
		T(test_clock_set_back),
		T(test_ids_that_tell),
		T(test_answers),
		T(test_who_answered),
		T(test_looks_like_whom_somebody_wrote_to),
		T(test_domains_are_bounded),
		T(test_answer_to_what_left_later),
		T(test_whose),
		T(test_of_several),
		T(test_too_many_recipients),
		T(test_bounds_of_owners),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
