/*
 * sts_test.c - which policy applies: fetched, kept, or none.   RFC 8461 5.1
 */
#include "relay/test_world.h"

enum { DAY_MS = 86400 * 1000, KEPT_MAX = 4 };

#define POLICY(mode, mx) "version: STSv1\nmode: " mode "\nmx: " mx \
	"\nmax_age: 604800\n"
#define DOMAIN STR("example.org")

/* What errand is here. */
struct errand {
	struct loop *loop;
	enum errand_result result;
	const char *text;
	int64_t takes_ms;
	int fetches;
};

struct kept {
	char domain[64], id[33], mx[100];
	uint32_t mode;
	int64_t fetched, expires;
};

struct rig {
	struct fake_clock clock;
	struct log *log;
	struct loop *loop;
	struct fake_store fake;
	struct store store;
	struct dns dns;
	struct errand errand;
	struct sts *sts;
	struct kept kept[KEPT_MAX];
	size_t nkept;
	struct arena *a;
	struct sts_policy policy;	/* the last one found */
	int rc;
	size_t asking;
};

int
errand_run(struct errand *e, enum errand_kind kind, struct str about,
    struct errand_answer *answer, struct arena *a unused_arg,
    int64_t until_ms unused_arg, struct err *err)
{
	assert_int_equal(kind, ERRAND_MTA_STS);
	assert_str(about, "example.org");
	e->fetches++;
	if (fiber_sleep(e->loop, loop_now_ms(e->loop) + e->takes_ms) < 0)
		return err_set(err, E_CANCELED, "canceled");
	*answer = (struct errand_answer){ .result = e->result,
		.why = e->result ? STR("reasons") : STR(""),
		.text = str_c(e->text) };
	return 0;
}

static struct rig *
rig_of(struct store *st)
{
	return container_of(st->fake, struct rig, fake);
}

static int
give_row(struct store *st, const void *ask, void *answer)
{
	const struct sts_get_ask *get = ask;
	struct sts_get_answer *out = answer;
	struct rig *r = rig_of(st);

	*out = (struct sts_get_answer){ 0 };
	for (size_t i = 0; i < r->nkept; i++)
		if (str_eq(get->domain, str_c(r->kept[i].domain)))
			*out = (struct sts_get_answer){ true,
				str_c(r->kept[i].id), r->kept[i].mode,
				str_c(r->kept[i].mx), r->kept[i].fetched,
				r->kept[i].expires };
	return 0;
}

static int
take_row(struct store *st, const void *ask, void *answer unused_arg)
{
	const struct sts_put_ask *put = ask;
	struct rig *r = rig_of(st);
	struct kept *k = &r->kept[0];

	r->nkept = 1;
	(void)snprintf(k->domain, sizeof(k->domain), "%.*s",
	    STR_FMT(put->domain));
	(void)snprintf(k->id, sizeof(k->id), "%.*s", STR_FMT(put->id));
	(void)snprintf(k->mx, sizeof(k->mx), "%.*s", STR_FMT(put->mx));
	k->mode = put->mode;
	k->fetched = loop_wall(r->loop);
	k->expires = k->fetched + put->max_age_s;
	return 0;
}

static int64_t
wall_of(void *arg)
{
	return ((struct rig *)arg)->clock.wall;
}

static int
rig_open(void **state)
{
	struct rig *r = calloc(1, sizeof(*r));
	struct sts_options o = { 0 };

	r->clock = clock_fake(1795320061000000);
	r->log = log_new(2, "test", LOG_ERROR, wall_of, r);
	r->loop = loop_new(&r->clock.clock, r->log);
	r->a = arena_new(1 << 20);
	r->fake.loop = r->errand.loop = r->loop;
	r->fake.answer[STORE_sts_get] = give_row;
	r->fake.answer[STORE_sts_put] = take_row;
	r->store.fake = &r->fake;
	r->errand.text = POLICY("enforce", "mx.example.org");
	o.loop = r->loop;
	o.store = &r->store;
	o.dns = &r->dns;
	o.errand = &r->errand;
	r->sts = sts_new(&o);
	*state = r;
	return 0;
}

static int
rig_close(void **state)
{
	struct rig *r = *state;

	sts_stop(r->sts);
	while (loop_fibers(r->loop))
		loop_once(r->loop, 0);
	sts_free(r->sts);
	arena_free(r->a);
	loop_free(r->loop);
	log_free(r->log);
	free(r);
	return 0;
}

static void
record(struct rig *r, const char *txt)
{
	r->dns.n = 0;
	if (txt)
		dns_add(&r->dns, "_mta-sts.example.org", DNS_TXT, 0, txt,
		    DNS_OK);
}

static void
ask_fiber(void *arg)
{
	struct rig *r = arg;
	struct err err = { 0 };

	r->rc = sts_find(r->sts, DOMAIN, &r->policy, r->a,
	    loop_now_ms(r->loop) + 120000, &err);
	r->asking--;
}

static void
nothing(struct timer *t unused_arg)
{
}

static void
pass(struct rig *r, int64_t ms)
{
	int64_t until = loop_now_ms(r->loop) + ms;
	struct timer t = { 0 };

	timer_set(r->loop, &t, until, nothing);
	while (loop_now_ms(r->loop) < until)
		loop_once(r->loop, until - loop_now_ms(r->loop));
	timer_clear(r->loop, &t);
}

static void
find_it(struct rig *r)
{
	r->asking = 1;
	(void)fiber_spawn(r->loop, "ask", ask_fiber, r);
	for (int i = 0; i < 100 && r->asking; i++)
		pass(r, 1);
	assert_int_equal(r->asking, 0);
	assert_int_equal(r->rc, 0);
}

static void
wants(const struct rig *r, enum sts_mode mode, const char *id,
    const char *result, int fetches)
{
	assert_int_equal(r->policy.mode, mode);
	assert_str(r->policy.id, id);
	assert_str(r->policy.result, result);
	assert_int_equal(r->errand.fetches, fetches);
}

static void
test_fetched_once(void **state)
{
	struct rig *r = *state;

	record(r, "v=STSv1; id=1;");
	find_it(r);
	wants(r, STS_ENFORCE, "1", "", 1);
	assert_str(r->policy.mx, "mx.example.org");
	assert_int_equal(r->policy.max_age_s, 604800);
	assert_true(sts_allows(&r->policy, STR("mx.example.org")));
	assert_false(sts_allows(&r->policy, STR("mx.example.net")));
	find_it(r);
	wants(r, STS_ENFORCE, "1", "", 1);
	assert_int_equal(r->fake.calls[STORE_sts_put], 1);
}

/* Nobody asks store or DNS again for a while. */
static void
test_no_record(void **state)
{
	struct rig *r = *state;

	find_it(r);
	find_it(r);
	wants(r, STS_NONE, "", "", 0);
	assert_true(sts_allows(&r->policy, STR("anybody")));
	assert_int_equal(r->dns.lookups, 1);
	record(r, "v=STSv1; id=1;");
	pass(r, 61000);
	find_it(r);
	wants(r, STS_ENFORCE, "1", "", 1);
	assert_int_equal(r->dns.lookups, 2);
}

static void
test_records_that_do_not_count(void **state)
{
	struct rig *r = *state;

	record(r, "v=STSv1; id=1;");
	dns_add(&r->dns, "_mta-sts.example.org", DNS_TXT, 0, "v=STSv1; id=2;",
	    DNS_OK);
	find_it(r);
	wants(r, STS_NONE, "", "", 0);
	/* Others beside it are discarded: 3.1 */
	record(r, "v=STSv1; id=1;");
	dns_add(&r->dns, "_mta-sts.example.org", DNS_TXT, 0, "v=spf1 -all",
	    DNS_OK);
	pass(r, 61000);
	find_it(r);
	wants(r, STS_ENFORCE, "1", "", 1);
}

/* Neither by a record that went nor by DNS that fails nor by a fetch that
 * fails; and not beyond its time. */
static void
test_never_downgraded(void **state)
{
	struct rig *r = *state;

	record(r, "v=STSv1; id=1;");
	find_it(r);
	record(r, NULL);
	find_it(r);
	wants(r, STS_ENFORCE, "1", "", 1);
	dns_add(&r->dns, "_mta-sts.example.org", DNS_TXT, 0, "", DNS_FAILED);
	find_it(r);
	wants(r, STS_ENFORCE, "1", "", 1);
	record(r, "v=STSv1; id=2;");
	r->errand.result = ERRAND_UNREACHED;
	find_it(r);
	wants(r, STS_ENFORCE, "1", "sts-policy-fetch-error", 2);
	r->errand.result = ERRAND_NOT_TRUSTED;
	pass(r, 301000);
	find_it(r);
	wants(r, STS_ENFORCE, "1", "sts-webpki-invalid", 3);
	r->errand.result = ERRAND_DONE;
	r->errand.text = "<html>";
	pass(r, 301000);
	find_it(r);
	wants(r, STS_ENFORCE, "1", "sts-policy-invalid", 4);
	pass(r, 7LL * DAY_MS);
	find_it(r);
	wants(r, STS_NONE, "", "sts-policy-invalid", 5);
}

/* Five minutes at least between two tries of one id: 3.3 */
static void
test_not_so_soon(void **state)
{
	struct rig *r = *state;

	record(r, "v=STSv1; id=1;");
	r->errand.result = ERRAND_BAD_ANSWER;
	find_it(r);
	find_it(r);
	wants(r, STS_NONE, "", "sts-policy-fetch-error", 1);
	assert_str(r->policy.why, "reasons");
	record(r, "v=STSv1; id=2;");
	find_it(r);
	wants(r, STS_NONE, "", "sts-policy-fetch-error", 2);
	pass(r, 301000);
	r->errand.result = ERRAND_DONE;
	find_it(r);
	wants(r, STS_ENFORCE, "2", "", 3);
	assert_int_equal(r->policy.why.n, 0);
}

static void
test_new_id(void **state)
{
	struct rig *r = *state;

	record(r, "v=STSv1; id=1;");
	find_it(r);
	record(r, "v=STSv1; id=2;");
	r->errand.text = POLICY("none", "mx.example.org");
	find_it(r);
	wants(r, STS_NONE, "2", "", 2);
}

/* A day later the old one is used while another is fetched. */
static void
test_refreshed_behind(void **state)
{
	struct rig *r = *state;

	record(r, "v=STSv1; id=1;");
	find_it(r);
	pass(r, DAY_MS + 1000);
	r->errand.text = POLICY("testing", "mx.example.org");
	r->errand.takes_ms = 50000;
	find_it(r);
	wants(r, STS_ENFORCE, "1", "", 2);
	find_it(r);
	wants(r, STS_ENFORCE, "1", "", 2);	/* one at a time */
	pass(r, 50000);
	pass(r, 1);
	find_it(r);
	wants(r, STS_TESTING, "1", "", 2);
}

/* Those who want the same policy wait for one fetch. */
static void
test_together(void **state)
{
	struct rig *r = *state;

	record(r, "v=STSv1; id=1;");
	r->errand.takes_ms = 1000;
	r->asking = 3;
	for (int i = 0; i < 3; i++)
		(void)fiber_spawn(r->loop, "ask", ask_fiber, r);
	pass(r, 500);
	assert_int_equal(r->asking, 3);
	pass(r, 600);
	pass(r, 1);
	assert_int_equal(r->asking, 0);
	wants(r, STS_ENFORCE, "1", "", 1);
}

static void
test_literals(void **state)
{
	struct rig *r = *state;
	struct err err;

	assert_int_equal(sts_find(r->sts, STR("[192.0.2.1]"), &r->policy,
	    r->a, NEVER, &err), 0);
	assert_int_equal(sts_find(r->sts, STR(""), &r->policy, r->a, NEVER,
	    &err), 0);
	wants(r, STS_NONE, "", "", 0);
	assert_int_equal(r->dns.lookups, 0);
}

/* What is lost is lost; who is away is not asked past. */
static void
test_store(void **state)
{
	struct rig *r = *state;

	record(r, "v=STSv1; id=1;");
	r->fake.fail[STORE_sts_get] = E_DAMAGED;
	find_it(r);
	wants(r, STS_ENFORCE, "1", "", 1);
	r->fake.fail[STORE_sts_get] = E_PEER;
	r->asking = 1;
	(void)fiber_spawn(r->loop, "ask", ask_fiber, r);
	pass(r, 1);
	assert_int_equal(r->asking, 0);
	assert_int_equal(r->rc, E_PEER);
}

int
main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, rig_open, rig_close)
	const struct CMUnitTest tests[] = {
		T(test_fetched_once), T(test_no_record),
		T(test_records_that_do_not_count), T(test_never_downgraded),
		T(test_not_so_soon), T(test_new_id), T(test_refreshed_behind),
		T(test_together), T(test_literals), T(test_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
