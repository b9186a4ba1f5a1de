/*
 * A connection that ends at every octet of what the server says, or falls
 * silent there, or is called off at every moment.
 */
#include "smtp/client_world.h"

#define ONE_BY_ONE                                                          \
	"S 220 hi\nC\nS 250 mx\nC\nS 250 2.1.0 ok\nC\nS 250-2.1.5 ok\n"     \
	"S 250 2.1.5 ok\nC\nS 550 5.1.1 no\nC\nS 354 go\nM\n"               \
	"S 250-2.0.0 queued\nS 250 2.0.0 as 9\n"
#define TOGETHER                                                            \
	"S 250-mx\nS 250-SIZE 10000\nS 250 PIPELINING\nC\nC\nC\nC\n"        \
	"S 250 2.1.0 ok\nS 250 2.1.5 ok\nS 550 5.1.1 no\nS 354 go\nM\n"     \
	"S 250-2.0.0 queued\nS 250 2.0.0 as 9\n"

static const struct {
	const char *script;
	bool tls;
	size_t step;	/* of the cut */
} scenes[] = {
	{ ONE_BY_ONE, false, 1 },
	{ "S 220 hi\nC\n" TOGETHER, false, 1 },
	{ "S 220-mx\nS 220 hi\nC\nS 250-mx\nS 250 STARTTLS\nC\nS 220 go\nT\n"
	  "C\n" TOGETHER, true, 3 },
};

static struct scene
scene_of(size_t i)
{
	return (struct scene){ .script = scenes[i].script,
		.starttls = scenes[i].tls, .nmessages = 1, .nrcpts = 2,
		.messages = { STR("hello\r\n") } };
}

/* Both have an answer. Good is one only if all of it came. */
static void
check(struct scene *s, bool whole)
{
	const struct smtp_outgoing_rcpt *r = s->rcpts[0];

	if (s->rc < 0) {
		assert_true(s->why.status[0] && s->why.text.n > 0);
		assert_int_not_equal(s->why.status[0], '2');
		assert_false(whole);
		return;
	}
	for (size_t i = 0; i < 2; i++) {
		assert_true(r[i].answer.status[0] && r[i].answer.text.n > 0);
		assert_int_equal(answer_is_good(&r[i].answer),
		    whole && i == 0);
		/* What is our trouble is tried again. */
		if (r[i].answer.code == 0)
			assert_int_equal(r[i].answer.status[0], '4');
	}
	assert_int_equal(s->accepted, whole);
	assert_int_equal(s->usable, whole);
}

static void
test_cut(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(scenes); i++) {
		struct scene s = scene_of(i);
		size_t total;

		scene_play(&s);
		check(&s, true);
		assert_str(buf_get(&s.answers),
		    "250 2.0.0 queued as 9 +|550 5.1.1 no|");
		total = s.said;
		scene_end(&s);
		for (size_t cut = 1; cut < total; cut += scenes[i].step)
			for (int silent = 0; silent < 2; silent++) {
				s = scene_of(i);
				s.cut = cut;
				s.silent = silent;
				scene_play(&s);
				check(&s, false);
				scene_end(&s);
			}
	}
}

/* Of a slow server, at every second. */
static void
test_called_off(void **state unused_arg)
{
	static const char script[] = "D 1000\n" ONE_BY_ONE;
	struct scene s = scene_of(0);
	int64_t total;

	s.script = script;
	scene_play(&s);
	check(&s, true);
	total = s.took_ms;
	assert_true(total > 100000);
	scene_end(&s);
	for (int64_t ms = 500; ms < total; ms += 1000) {
		s = scene_of(0);
		s.script = script;
		s.cancel_ms = ms;
		scene_play(&s);
		check(&s, false);
		if (s.rc < 0)
			assert_int_equal(s.rc, E_CANCELED);
		else
			assert_int_equal(s.send_rc, E_CANCELED);
		scene_end(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_called_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
