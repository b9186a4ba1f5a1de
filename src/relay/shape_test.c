#include "relay/shape.h"

#include "base/test.h"
#include "relay/shape_rules.h"

#define HOST STR("mx.example.org")
enum { MOST = 20, SECOND = 1000 };

static struct shape_told
heard(struct shape *s, int code, const char *status, const char *text,
    uint32_t in_use, int64_t now)
{
	return shape_heard(s, HOST, code, str_c(status), str_c(text), false,
	    in_use, now);
}

/* Who never complains has all there is after as many messages. */
static void
test_begins(void **state unused_arg)
{
	struct shape *s = shape_new();

	for (uint32_t i = SHAPE_BEGIN; i < MOST; i++) {
		assert_int_equal(shape_allowed(s, HOST, MOST), i);
		assert_true(shape_took(s, HOST, MOST, 0));
	}
	for (int i = 0; i < 1000; i++)
		assert_false(shape_took(s, HOST, MOST, 0));
	assert_int_equal(shape_allowed(s, HOST, MOST), MOST);
	assert_int_equal(shape_allowed(s, HOST, 3), 3);
	assert_int_equal(shape_allowed(s, STR("mx.else.test"), MOST),
	    SHAPE_BEGIN);
	shape_free(s);
}

/* Half, at most once in ten seconds, down to one; and slowly up again. */
static void
test_slower(void **state unused_arg)
{
	struct shape *s = shape_new();
	struct shape_told told;
	int64_t now = 0;

	for (int i = 0; i < MOST; i++)
		(void)shape_took(s, HOST, MOST, now);
	told = heard(s, 421, "4.7.0", "no", MOST, now);
	assert_true(told.slower);
	assert_int_equal(told.allowed, MOST / 2);
	assert_false(heard(s, 421, "4.7.0", "no", MOST, now + 1).slower);
	now += 10 * SECOND;
	/* Of what it has, not of what it might have. */
	told = heard(s, 421, "4.7.0", "no", 4, now);
	assert_int_equal(told.allowed, 2);
	for (int i = 0; i < 5; i++)
		told = heard(s, 421, "4.7.0", "no", 1, now += 10 * SECOND);
	assert_int_equal(told.allowed, 1);
	assert_int_equal(shape_allowed(s, HOST, MOST), 1);
	for (int i = 0; i < 100; i++)
		(void)shape_took(s, HOST, MOST, now + 29 * SECOND);
	assert_int_equal(shape_allowed(s, HOST, MOST), 1);
	(void)shape_took(s, HOST, MOST, now += 30 * SECOND);
	assert_int_equal(shape_allowed(s, HOST, MOST), 2);
	(void)shape_took(s, HOST, MOST, now += 30 * SECOND);
	assert_int_equal(shape_allowed(s, HOST, MOST), 2);
	(void)shape_took(s, HOST, MOST, now);
	assert_int_equal(shape_allowed(s, HOST, MOST), 3);
	shape_free(s);
}

static const struct {
	int code;
	const char *status, *text;
	bool used, slower;
	uint32_t pause_s;
} answers[] = {
	{ 421, "4.0.0", "", false, true, 0 },
	{ 421, "4.0.0", "enough for one session", true, false, 0 },
	{ 421, "4.3.2", "maximum number of concurrent connections", true,
	  true, 0 },
	{ 450, "4.7.1", "Greylisted, try again in 300 seconds", false, false,
	  0 },
	{ 421, "4.7.1", "greylisting in action", false, false, 0 },
	{ 450, "4.2.1", "receiving mail at a rate that; rate limit", false,
	  false, 0 },
	{ 421, "4.7.28", "unusual rate of mail", true, true, 0 },
	{ 451, "4.7.1", "policy says later", false, false, 0 },
	{ 451, "4.7.500", "Server busy. Please try again later", true, true,
	  0 },
	{ 452, "4.5.3", "too many recipients", false, false, 0 },
	{ 450, "4.0.0", "Too Many Connections from you", true, true, 0 },
	{ 451, "4.0.0", "slow down, retry in 5 minutes", true, true, 300 },
	{ 550, "5.7.1", "rate limit", false, false, 0 },
	{ 250, "2.0.0", "rate limit", false, false, 0 },
	{ 0, "4.4.2", "the connection was lost", false, false, 0 },
};

static void
test_answers(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(answers); i++) {
		struct shape *s = shape_new();
		struct shape_told told = shape_heard(s, HOST,
		    answers[i].code, str_c(answers[i].status),
		    str_c(answers[i].text), answers[i].used, 4, 7);

		if (told.slower != answers[i].slower ||
		    told.pause_s != answers[i].pause_s)
			fail_msg("%d %s", answers[i].code, answers[i].text);
		assert_int_equal(shape_paused_until(s, HOST, 7),
		    answers[i].pause_s ? 7 + answers[i].pause_s * SECOND : 0);
		assert_int_equal(shape_paused_until(s, HOST, 7 +
		    answers[i].pause_s * SECOND), 0);
		shape_free(s);
	}
}

static void
test_waits(void **state unused_arg)
{
	static const struct {
		const char *text;
		uint32_t s;
	} t[] = {
		{ "try again in 300 seconds", 300 },
		{ "Try Again In 5 minutes.", 300 },
		{ "retry after 90s", 90 },
		{ "please wait 2h", 3600 },
		{ "wait 1 hour", 3600 },
		{ "again in 99999999 s", 0 },
		{ "again in 4294967295", 0 },
		{ "again in 999999 m", 3600 },
		{ "again in 60", 60 },
		{ "again in a while", 0 },
		{ "again in ", 0 },
		{ "again in 0 seconds", 0 },
		{ "in 300 seconds", 0 },
		{ "", 0 },
	};

	for (size_t i = 0; i < NELEM(t); i++)
		if (shape_wait_s(str_c(t[i].text)) != t[i].s)
			fail_msg("%s: %u", t[i].text,
			    shape_wait_s(str_c(t[i].text)));
}

/* Hosts of one provider are one; a name that only looks so is not. */
static void
test_sites(void **state unused_arg)
{
	struct shape *s = shape_new();
	struct str one = STR("aspmx.l.google.com"),
	    two = STR("aspmx2.googlemail.com"), not = STR("notgoogle.com");

	assert_true(shape_site_of(one) == shape_site_of(two));
	assert_true(shape_site_of(one) != shape_site_of(not));
	assert_str(shape_site_name(two), "google.com");
	assert_strs(shape_site_name(not), not);
	assert_int_equal(shape_messages(one, 100), 50);
	assert_int_equal(shape_messages(one, 10), 10);
	assert_int_equal(shape_messages(not, 100), 100);
	for (int i = 0; i < 1000; i++)
		(void)shape_took(s, one, MOST, 0);
	assert_int_equal(shape_allowed(s, two, MOST), 100);
	for (size_t i = 0; i < NELEM(shape_sites); i++) {
		assert_true(shape_sites[i].connections > 0);
		assert_true(shape_sites[i].messages > 0);
	}
	shape_free(s);
}

/* Others take the place of what nothing was heard of for longest. */
static void
test_bounded(void **state unused_arg)
{
	struct shape *s = shape_new();
	char name[40];

	(void)heard(s, 421, "4.3.2", "", 4, 0);
	for (int i = 1; i < 50000; i++) {
		(void)snprintf(name, sizeof(name), "mx%d.example.net", i);
		(void)shape_took(s, str_c(name), MOST, i);
		if (i % 100 == 0)	/* it is heard of */
			(void)shape_took(s, HOST, MOST, i);
	}
	assert_int_equal(shape_allowed(s, STR("mx1.example.net"), MOST),
	    SHAPE_BEGIN);
	assert_int_equal(shape_allowed(s, str_c(name), MOST),
	    SHAPE_BEGIN + 1);
	shape_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_begins),
		cmocka_unit_test(test_slower),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_waits),
		cmocka_unit_test(test_sites),
		cmocka_unit_test(test_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
