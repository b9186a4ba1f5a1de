/*
 * issuers_test.c - whose keys are fetched, when, and what goes on without them.
 */
#include "vault/issuers.h"

#include "base/test.h"
#include "errand/issuer_words.h"
#include "rt/config.h"

enum { HOUR_MS = 3600 * 1000, MINUTE_MS = 60 * 1000 };

/* Alice's, by the key of RFC 8037 A.4. */
#define TOKEN \
	"eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCIsImtpZCI6Im9uZSJ9.eyJpc3MiO" \
	"iJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJtYWlsIiwiZXhwIjoyMDAwMDAwMDA" \
	"wLCJlbWFpbCI6ImFsaWNlQGV4YW1wbGUub3JnIn0.THPYfbJJ0ofRUeBkxnlhJ8v3U" \
	"FUl4R7dN6Z8Wa2kNCtmO7ZcxOQWxSPUR1IJ4aGrvDNAuE99zAEgfGLkmfW5CA"
#define ED_SET "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\"," \
	"\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}"
#define EC_SET "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\"," \
	"\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\"," \
	"\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}"

/* What errand is here. */
static struct {
	struct loop *loop;
	enum errand_result result;
	const char *set;	/* of keys */
	int64_t takes_ms;
	int fetches, asked;
	struct introspect_answer said;
} errand;

struct errand *
errand_new(struct loop *l, int fd unused_arg)
{
	errand.loop = l;
	return NULL;
}

void
errand_free(struct errand *e unused_arg)
{
}

void
errand_replace(struct errand *e unused_arg, int fd unused_arg)
{
}

static int
take_time(int64_t until_ms, struct err *err)
{
	int64_t at = loop_now_ms(errand.loop) + errand.takes_ms;

	if (fiber_sleep(errand.loop, at < until_ms ? at : until_ms) < 0)
		return err_set(err, E_CANCELED, "canceled");
	return at < until_ms ? 0 : err_set(err, E_TIMEOUT, "too slow");
}

int
errand_issuer_keys(struct errand *e unused_arg, struct str issuer,
    struct issuer_keys_answer *answer, struct arena *a, int64_t until_ms,
    struct err *err)
{
	assert_true(str_starts(issuer, STR("https://")));
	errand.fetches++;
	if (take_time(until_ms, err) < 0)
		return err->code;
	*answer = (struct issuer_keys_answer){ .result = errand.result,
		.why = STR("reasons") };
	if (errand.result == ERRAND_DONE)
		assert_null(issuer_read_keys(str_c(errand.set), a,
		    &answer->keys));
	return 0;
}

int
errand_introspect(struct errand *e unused_arg, struct str issuer,
    struct str token unused_arg, struct introspect_answer *answer,
    struct arena *a unused_arg, int64_t until_ms, struct err *err)
{
	assert_str(issuer, "https://id.example");
	errand.asked++;
	if (take_time(until_ms, err) < 0)
		return err->code;
	*answer = errand.said;
	answer->result = errand.result;
	return 0;
}

/* ---- the rig ------------------------------------------------------------- */

struct rig {
	struct fake_clock clock;
	struct log *log;
	struct loop *loop;
	struct issuers *s;
	struct oauth_conf conf;
	struct buf oauth;
	struct str token, user;
	size_t asking;
	int rc;			/* of the last one that is back, */
	int64_t took_ms;
	char address[321];
};

static void
configure(struct rig *r)
{
	buf_reset(&r->oauth);
	msg_put(&r->oauth, &oauth_conf_shape, &r->conf);
}

static int64_t
wall_of(void *arg)
{
	const struct rig *r = arg;

	return r->clock.wall;
}

static struct rig *
rig_new(void)
{
	struct rig *r = calloc(1, sizeof(*r));

	assert_non_null(r);
	r->clock = clock_fake(1795320061000000);
	r->log = log_new(2, "test", LOG_ERROR, wall_of, r);
	r->loop = loop_new(&r->clock.clock, r->log);
	r->s = issuers_new(r->loop, NULL);
	r->conf = (struct oauth_conf){ .issuer = STR("https://id.example"),
		.audience = STR("mail"), .claim = STR("email") };
	r->oauth = BUF_INIT(65536);
	r->token = STR(TOKEN);
	configure(r);
	errand.result = ERRAND_DONE;
	errand.set = ED_SET;
	errand.takes_ms = 0;
	errand.fetches = errand.asked = 0;
	return r;
}

static void
rig_free(struct rig *r)
{
	issuers_free(r->s);
	loop_free(r->loop);
	log_free(r->log);
	buf_free(&r->oauth);
	free(r);
}

static void
ask_fiber(void *arg)
{
	struct rig *r = arg;
	int64_t began_ms = loop_now_ms(r->loop);
	struct arena *a = arena_new(1 << 17);
	struct proven_token out = { 0 };
	struct err err = { 0 };

	r->rc = issuers_prove(r->s, buf_get(&r->oauth), r->token, r->user, a,
	    NEVER, &out, &err);
	r->took_ms = loop_now_ms(r->loop) - began_ms;
	(void)snprintf(r->address, sizeof(r->address), "%.*s",
	    STR_FMT(r->rc == 0 ? out.address : STR("")));
	r->asking--;
	arena_free(a);
}

static void
begin(struct rig *r)
{
	r->asking++;
	(void)fiber_spawn(r->loop, "ask", ask_fiber, r);
}

static int
ask(struct rig *r)
{
	begin(r);
	while (r->asking > 0)
		loop_once(r->loop, 100);
	return r->rc;
}

static void
nothing(struct timer *t unused_arg)
{
}

static void
wait_ms(struct rig *r, int64_t ms)
{
	int64_t until = loop_now_ms(r->loop) + ms;
	struct timer t = { 0 };

	timer_set(r->loop, &t, until, nothing);
	while (loop_now_ms(r->loop) < until)
		loop_once(r->loop, until - loop_now_ms(r->loop));
	timer_clear(r->loop, &t);
}

/* ---- keys ---------------------------------------------------------------- */

static void
test_once(void **state unused_arg)
{
	struct rig *r = rig_new();

	errand.takes_ms = 500;
	for (int i = 0; i < 5; i++)
		begin(r);
	assert_int_equal(ask(r), 0);
	assert_string_equal(r->address, "alice@example.org");
	assert_int_equal(errand.fetches, 1);
	/* From now on nobody waits. */
	assert_int_equal(ask(r), 0);
	assert_int_equal(r->took_ms, 0);
	assert_int_equal(errand.fetches, 1);
	rig_free(r);
}

/* After an hour behind anybody's back; away, they go on for a day. */
static void
test_ages(void **state unused_arg)
{
	struct rig *r = rig_new();

	assert_int_equal(ask(r), 0);
	wait_ms(r, HOUR_MS + 1000);
	errand.takes_ms = 5000;
	assert_int_equal(ask(r), 0);
	assert_int_equal(r->took_ms, 0);
	wait_ms(r, 6000);
	assert_int_equal(errand.fetches, 2);
	errand.result = ERRAND_UNREACHED;
	wait_ms(r, 23 * HOUR_MS);
	assert_int_equal(ask(r), 0);
	assert_int_equal(r->took_ms, 0);
	wait_ms(r, HOUR_MS);
	assert_int_equal(ask(r), E_TIMEOUT);
	errand.result = ERRAND_DONE;
	wait_ms(r, MINUTE_MS);
	assert_int_equal(ask(r), 0);
	rig_free(r);
}

/* A key that is new is fetched at once, and not again within a minute. */
static void
test_new_key(void **state unused_arg)
{
	struct rig *r = rig_new();

	errand.set = EC_SET;
	assert_int_equal(ask(r), E_DENIED);
	assert_int_equal(errand.fetches, 1);
	errand.set = ED_SET;
	wait_ms(r, MINUTE_MS - 1000);
	assert_int_equal(ask(r), E_DENIED);
	assert_int_equal(errand.fetches, 1);
	wait_ms(r, 1000);
	assert_int_equal(ask(r), 0);
	assert_int_equal(errand.fetches, 2);
	/* What is no token of anybody's has nothing fetched. */
	wait_ms(r, HOUR_MS);
	r->token = STR("opaque");
	assert_int_equal(ask(r), E_DENIED);
	assert_int_equal(errand.fetches, 2);
	rig_free(r);
}

static void
test_away(void **state unused_arg)
{
	struct rig *r = rig_new();

	errand.result = ERRAND_NO_HOST;
	assert_int_equal(ask(r), E_TIMEOUT);
	assert_int_equal(ask(r), E_TIMEOUT);
	assert_int_equal(errand.fetches, 1);
	errand.result = ERRAND_DONE;
	wait_ms(r, ISSUERS_FAILED_MS);
	assert_int_equal(ask(r), 0);
	rig_free(r);
	/* Nobody waits for longer than that. */
	r = rig_new();
	errand.takes_ms = HOUR_MS;
	assert_int_equal(ask(r), E_TIMEOUT);
	assert_true(r->took_ms <= ISSUERS_WAIT_MS);
	rig_free(r);
}

/* Another configuration, also while somebody waits for the one before. */
static void
test_reload(void **state unused_arg)
{
	struct rig *r = rig_new();

	errand.takes_ms = 1000;
	begin(r);
	wait_ms(r, 500);
	r->conf.audience = STR("web");
	configure(r);
	assert_int_equal(ask(r), E_DENIED);
	assert_int_equal(errand.fetches, 2);
	buf_reset(&r->oauth);
	assert_int_equal(ask(r), E_DENIED);
	assert_int_equal(errand.fetches, 2);
	rig_free(r);
}

static void
test_file(void **state unused_arg)
{
	struct rig *r = rig_new();

	r->conf.keys = STR(ED_SET);
	configure(r);
	assert_int_equal(ask(r), 0);
	wait_ms(r, 25 * HOUR_MS);
	assert_int_equal(ask(r), 0);
	r->conf.keys = STR("{\"keys\":[]}");
	configure(r);
	assert_int_equal(ask(r), E_DENIED);
	assert_int_equal(errand.fetches, 0);
	rig_free(r);
}

/* Issuers of one house may have the same keys. */
static void
test_same_keys(void **state unused_arg)
{
	struct rig *r = rig_new();
	struct oauth_conf second = r->conf;

	second.domains = STR("example.org");
	r->conf.issuer = STR("https://tenant.example");
	r->conf.domains = STR("example.net");
	configure(r);
	msg_put(&r->oauth, &oauth_conf_shape, &second);
	assert_int_equal(ask(r), 0);
	assert_string_equal(r->address, "alice@example.org");
	assert_int_equal(errand.fetches, 2);
	/* The other one does not let its people in. */
	r->conf.domains = STR("example.org");
	configure(r);
	assert_int_equal(ask(r), E_DENIED);
	rig_free(r);
}

/* Nobody waits for an issuer that could not say who they are. */
static void
test_others_away(void **state unused_arg)
{
	struct rig *r = rig_new();
	struct oauth_conf second = r->conf;

	second.domains = STR("example.org");
	second.keys = STR(EC_SET);
	r->conf.issuer = STR("https://away.example");
	r->conf.domains = STR("example.net");
	configure(r);
	msg_put(&r->oauth, &oauth_conf_shape, &second);
	errand.result = ERRAND_UNREACHED;
	errand.takes_ms = 5000;
	r->user = STR("alice@example.org");
	assert_int_equal(ask(r), E_DENIED);
	assert_int_equal(r->took_ms, 0);
	assert_int_equal(errand.fetches, 0);
	r->user = STR("alice@example.net");
	assert_int_equal(ask(r), E_TIMEOUT);
	assert_int_equal(errand.fetches, 1);
	rig_free(r);
}

/* ---- tokens that are asked about ----------------------------------------- */

static void
test_introspection(void **state unused_arg)
{
	struct rig *r = rig_new();

	r->conf.introspection = STR("https://id.example/ask");
	configure(r);
	r->token = STR("opaque");
	errand.said = (struct introspect_answer){ .active = 1,
		.user = STR("Alice@example.org"), .audience = STR("mail\n"),
		.expires = loop_wall(r->loop) + 30 };
	assert_int_equal(ask(r), 0);
	assert_string_equal(r->address, "alice@example.org");
	errand.said.active = 0;
	/* Known for a while, but no longer than it is good. */
	wait_ms(r, 29000);
	assert_int_equal(ask(r), 0);
	assert_int_equal(errand.asked, 1);
	wait_ms(r, 1000);
	assert_int_equal(ask(r), E_DENIED);
	assert_int_equal(errand.asked, 2);
	/* One that has expired is no guess. */
	errand.said.active = 1;
	errand.said.expires -= 200;
	assert_int_equal(ask(r), E_STALE);
	errand.said.expires = 0;
	assert_int_equal(ask(r), 0);
	wait_ms(r, ISSUERS_TOKEN_MS);
	errand.result = ERRAND_UNREACHED;
	assert_int_equal(ask(r), E_TIMEOUT);
	assert_int_equal(errand.fetches, 0);
	rig_free(r);
}

/* What is kept has a bound. */
static void
test_many_tokens(void **state unused_arg)
{
	struct rig *r = rig_new();
	char name[16];

	r->conf.introspection = STR("https://id.example/ask");
	configure(r);
	errand.said = (struct introspect_answer){ .active = 1,
		.user = STR("alice@example.org"), .audience = STR("mail\n") };
	for (int i = 0; i < ISSUERS_TOKENS + 1; i++) {
		(void)snprintf(name, sizeof(name), "token%d", i);
		r->token = str_c(name);
		assert_int_equal(ask(r), 0);
		wait_ms(r, 10);
	}
	assert_int_equal(errand.asked, ISSUERS_TOKENS + 1);
	assert_int_equal(ask(r), 0);
	assert_int_equal(errand.asked, ISSUERS_TOKENS + 1);
	r->token = STR("token0");
	assert_int_equal(ask(r), 0);
	assert_int_equal(errand.asked, ISSUERS_TOKENS + 2);
	rig_free(r);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_ages),
		cmocka_unit_test(test_new_key),
		cmocka_unit_test(test_away),
		cmocka_unit_test(test_reload),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_same_keys),
		cmocka_unit_test(test_others_away),
		cmocka_unit_test(test_introspection),
		cmocka_unit_test(test_many_tokens),
	};

	json_prepare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
