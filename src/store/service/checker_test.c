/*
 * Tests of who judges a message that nobody hands in: what may be asked, and
 * that nothing else may.
 */
#include "store/service/test_world.h"

static struct store *
checker(struct world *w)
{
	struct checker_open_ask a = { 0 };
	struct done done;
	int fd = -1;

	OK(world_ask(w, w->operator_, STORE_checker_open, &a, &done, &fd));
	return store_new(w->loop, fd, NULL, NULL);
}

/* traits of a kind: a few numbers that no other kind has. */
static struct str
traits(char kind)
{
	static char octets[8];

	for (size_t i = 0; i < 4; i++) {
		octets[2 * i] = (char)i;
		octets[2 * i + 1] = kind;
	}
	return str_make(octets, sizeof(octets));
}

static void
teach(struct world *w, enum lesson lesson, char kind)
{
	static struct buf b;
	struct learn_ask ask = { .change = (uint64_t)lesson };
	struct done done;

	b.cap = MSG_CHUNK;
	buf_reset(&b);
	for (int i = 0; i < 60; i++) {
		buf_chr(&b, (char)lesson);
		buf_le16(&b, 4);
		buf_str(&b, traits(kind));
	}
	ask.lessons = buf_get(&b);
	OK(world_ask(w, w->operator_, STORE_learn, &ask, &done, NULL));
}

static struct spam_score_answer
score(struct world *w, struct store *st, char kind, const char *rcpt)
{
	struct spam_score_ask ask = { str_c(rcpt), traits(kind) };
	struct spam_score_answer answer = { 0 };

	OK(store_call(st, STORE_spam_score, &ask, &answer, w->a, &w->err));
	return answer;
}

static void
scores(void *arg)
{
	struct world *w = arg;
	struct store *st = checker(w);

	(void)world_account(w, "alice@example.test");
	assert_int_equal(score(w, st, 1, "").thousandths, 0);
	teach(w, LESSON_spam, 1);
	teach(w, LESSON_good, 2);
	assert_true(score(w, st, 1, "alice@example.test").spam);
	assert_true(score(w, st, 1, "nobody@example.test").spam);
	assert_false(score(w, st, 2, "").spam);
	assert_true(score(w, st, 2, "").thousandths < 0);
	store_close(st);
	loop_stop(w->loop);
}

static void
authority(void *arg)
{
	struct world *w = arg;
	struct store *st = checker(w);
	struct spam_score_ask ask = { STR(""), STR("") };
	struct spam_score_answer answer;
	struct weigh_ask weigh = { .host = STR("\1\2\3\4") };
	struct weigh_answer known;
	struct greylist_ask away = { .change = 7, .host = STR("\1\2\3\4") };
	struct rcpt_ask to = { STR("alice@example.test") };
	struct rcpt_answer handle;
	struct rules_ask rules = { 0 };
	struct rules_answer some;
	struct done done;

	OK(store_call(st, STORE_weigh, &weigh, &known, w->a, &w->err));
	assert_int_equal(store_call(st, STORE_greylist, &away, &done, w->a,
	    &w->err), E_DENIED);
	assert_int_equal(store_call(st, STORE_rcpt, &to, &handle, w->a,
	    &w->err), E_DENIED);
	assert_int_equal(store_call(st, STORE_rules, &rules, &some, w->a,
	    &w->err), E_DENIED);
	/* Nor does mx read what people have taught. */
	assert_int_equal(store_call(w->mx, STORE_spam_score, &ask, &answer,
	    w->a, &w->err), E_DENIED);
	store_close(st);
	loop_stop(w->loop);
}

static uint32_t
weighed(struct world *w, struct store *st, const char *whose, bool proven)
{
	struct weigh_ask ask = { .whose = str_c(whose),
		.whose_proven = proven };
	struct weigh_answer known;

	OK(store_call(st, STORE_weigh, &ask, &known, w->a, &w->err));
	return known.wait_s;
}

/* So many of one domain; who only looks is not counted, and told the same. */
static void
rate(void *arg)
{
	struct world *w = arg;
	struct store *st = checker(w);
	uint32_t wait_s;

	service_settings(w->service, &(struct door_settings){
	    .of_domain = 2 });
	for (int i = 0; i < 5; i++) {
		assert_int_equal(weighed(w, st, "far.test", true), 0);
		assert_int_equal(weighed(w, w->mx, "far.test", false), 0);
	}
	assert_int_equal(weighed(w, w->mx, "far.test", true), 0);
	assert_int_equal(weighed(w, w->mx, "far.test", true), 0);
	wait_s = weighed(w, w->mx, "far.test", true);
	assert_true(wait_s > 60 && wait_s <= 1800);
	assert_true(weighed(w, st, "far.test", true) > 0);
	assert_int_equal(weighed(w, w->mx, "far.test", false), 0);
	assert_int_equal(weighed(w, w->mx, "other.test", true), 0);
	service_settings(w->service, &(struct door_settings){ 0 });
	assert_int_equal(weighed(w, w->mx, "far.test", true), 0);
	store_close(st);
	loop_stop(w->loop);
}

#define WORLD(fn)                          \
	static void                        \
	test_##fn(void **state)            \
	{                                  \
		world_run(*state, fn);     \
	}
WORLD(scores)
WORLD(authority)
WORLD(rate)

int
main(void)
{
	const struct CMUnitTest tests[] = { BOTH(test_scores),
		BOTH(test_authority), BOTH(test_rate) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
