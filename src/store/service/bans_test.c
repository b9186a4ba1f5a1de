#include "base/test.h"

#include "store/engine/bans.h"
#include "store/service/test_folder.h"
#include "store/service/test_ok.h"

enum { NET = 24 };

static int
ban(struct folder *p, struct str network, uint32_t bits, uint32_t seconds)
{
	struct ban_put_ask ask = { ++p->d.change, network, bits,
		BAN_everywhere, seconds, STR("it knows why") };
	struct write w = { .caller = &p->d.operator_, .ask = &ask,
		.call = STORE_ban_put };

	return fixture_write(&p->d, &w);
}

static int
lift(struct folder *p, struct str network, uint32_t bits)
{
	struct ban_lift_ask ask = { ++p->d.change, network, bits };
	struct write w = { .caller = &p->d.operator_, .ask = &ask,
		.call = STORE_ban_lift };

	return fixture_write(&p->d, &w);
}

static bool
is_banned(struct folder *p, struct bans *b, const char *address)
{
	struct ban out;

	return bans_find(b, address, BAN_people, p->d.now_us / 1000000, &out);
}

/* What is committed is told, and told again to the next process. */
static void
test_told(void **state)
{
	const struct str network = { "\300\0\2\0", 4 };
	struct folder *p = *state;
	struct bans *b = bans_new(-1, true);

	engine_bans(p->d.e, b);
	assert_false(is_banned(p, b, "192.0.2.7"));
	OK(ban(p, network, NET, 60));
	assert_true(is_banned(p, b, "192.0.2.7"));
	p->d.now_us += 60 * 1000000LL;
	assert_false(is_banned(p, b, "192.0.2.7"));
	assert_int_equal(lift(p, network, NET), E_NOTFOUND);
	OK(ban(p, network, NET, 0));
	p->d.now_us += 400 * 86400 * 1000000LL;
	assert_true(is_banned(p, b, "192.0.2.7"));
	folder_open_again(p);
	bans_free(b);
	b = bans_new(-1, true);
	engine_bans(p->d.e, b);
	assert_true(is_banned(p, b, "192.0.2.7"));
	OK(lift(p, network, NET));
	assert_false(is_banned(p, b, "192.0.2.7"));
	assert_int_equal(lift(p, network, NET), E_NOTFOUND);
	engine_bans(p->d.e, NULL);
	bans_free(b);
}

static void
test_what_is_none(void **state)
{
	static const struct {
		const char *network;
		size_t n;
		uint32_t bits;
	} t[] = {
		{ "", 0, 0 }, { "\300\0\2", 3, 8 }, { "\300\0\2\7", 4, 24 },
		{ "\300\0\2\7", 4, 33 }, { "\300\0\0\0", 4, 7 },
		{ "\0\0\0\0", 4, 0 }, { "\177\0\0\1", 4, 32 },
		{ "\177\0\0\0", 4, 8 },
		{ "\40\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16, 15 },
		{ "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16, 128 },
	};
	struct folder *p = *state;

	for (size_t i = 0; i < NELEM(t); i++)
		assert_int_equal(ban(p, str_make(t[i].network, t[i].n),
		    t[i].bits, 0), E_INVALID);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM ban"), 0);
}

/* One over the bound is refused, one again is not; and each is listed. */
static void
test_bound(void **state)
{
	struct folder *p = *state;
	struct bans *b = bans_new(-1, true);
	union store_answer answer = { 0 };
	struct bans_ask ask = { 0 };
	uint8_t network[4] = { 10 };
	uint8_t after[16];
	struct str at = str_make((const char *)network, 4);
	size_t n = 0;

	batch_begin(p->d.e);
	OK(batch_transaction(p->d.e, &p->d.err));
	for (uint32_t i = 0; i < BANS_BY_HAND; i++) {
		network[1] = (uint8_t)(i >> 8);
		network[2] = (uint8_t)i;
		OK(sql_run(&p->d.e->w, SQL_ban_put, SQL_VALS(vs(at), vi(NET),
		    vi(BAN_people), vi(BAN_operator), vi(1), vi(INT64_MAX),
		    vi(1), vs(STR("it knows why"))), &p->d.err));
	}
	OK(batch_finish(p->d.e, &p->d.err));
	engine_bans(p->d.e, b);
	OK(ban(p, at, NET, 60));
	network[1] = 255;
	assert_int_equal(ban(p, at, NET, 0), E_LIMIT);
	do {
		struct ban_row row;
		struct rd r;

		OK(reader_ask(p->d.r, &p->d.operator_, STORE_bans, &ask,
		    &answer, &p->d.err));
		r = rd_of(answer.bans.rows);
		while (rd_left(&r) > 0) {
			assert_true(msg_take(&r, &ban_row_shape, &row));
			assert_int_equal(row.bits, NET);
			assert_str(row.reason, "it knows why");
			memcpy(after, row.network.p, row.network.n);
			ask.network = str_make((const char *)after,
			    row.network.n);
			ask.bits = row.bits;
			n++;
		}
	} while (answer.bans.more);
	assert_int_equal(n, BANS_BY_HAND);
	assert_true(is_banned(p, b, "10.0.0.1"));
	assert_true(is_banned(p, b, "10.15.255.1"));
	engine_bans(p->d.e, NULL);
	bans_free(b);
}

static struct caller itself;	/* store: authority 0 */

static int
goes_too_far(struct folder *p, const uint8_t network[4], enum ban_why why)
{
	struct ban_auto_ask ask = { str_make((const char *)network, 4), NET,
		BAN_mail, why, 60, 1000 };
	struct write w = { .caller = &itself, .ask = &ask,
		.call = STORE_ban_auto };

	return fixture_write(&p->d, &w);
}

static int64_t
count(struct folder *p)
{
	return folder_count(p, "SELECT count(*) FROM ban WHERE why<>1");
}

/* Longer each time, up to the longest, and after a month as if new. */
static void
test_it_grows(void **state)
{
	static const uint8_t network[4] = { 192, 0, 2 };
	static const int64_t seconds[] = { 60, 240, 960, 1000, 1000 };
	struct folder *p = *state;

	for (size_t i = 0; i < NELEM(seconds); i++) {
		OK(goes_too_far(p, network, BAN_recipients));
		assert_int_equal(folder_count(p, "SELECT until-at FROM ban"),
		    seconds[i]);
		assert_int_equal(folder_count(p, "SELECT times FROM ban"),
		    i + 1);
		/* It is banned already. */
		OK(goes_too_far(p, network, BAN_errors));
		assert_int_equal(folder_count(p, "SELECT times FROM ban"),
		    i + 1);
		p->d.now_us += 1000 * 1000000LL;
	}
	p->d.now_us += 31 * 86400 * 1000000LL;
	OK(goes_too_far(p, (const uint8_t[4]){ 192, 0, 3 }, BAN_errors));
	OK(goes_too_far(p, network, BAN_errors));
	assert_int_equal(folder_count(p, "SELECT until-at FROM ban"
	    " ORDER BY network LIMIT 1"), 60);
}

/* Of whoever asks: as many an hour, and as many in all; and none by hand goes
 * for it. */
static void
test_so_many(void **state)
{
	struct folder *p = *state;
	uint8_t network[4] = { 10 };

	OK(ban(p, str_make("\12\1\0\0", 4), NET, 0));
	for (int i = 0; i < 300; i++) {
		network[1] = (uint8_t)(2 + i / 100);
		network[2] = (uint8_t)(i % 100);
		OK(goes_too_far(p, network, BAN_recipients));
	}
	assert_int_equal(count(p), 200);
	network[1] = 200;	/* of another reason */
	OK(goes_too_far(p, network, BAN_logins));
	assert_int_equal(count(p), 201);
	batch_begin(p->d.e);
	OK(batch_transaction(p->d.e, &p->d.err));
	for (int i = 0; i < BANS_MAX; i++) {
		network[1] = (uint8_t)(i >> 8);
		network[2] = (uint8_t)i;
		network[0] = 11;
		OK(sql_run(&p->d.e->w, SQL_ban_put, SQL_VALS(
		    vs(str_make((const char *)network, 4)), vi(NET),
		    vi(BAN_mail), vi(BAN_errors), vi(1),
		    vi((uint64_t)(p->d.now_us / 1000000 + 5)), vi(1),
		    vs(STR(""))), &p->d.err));
		if (i + 1 == BANS_MAX - BANS_BY_HAND - 201)
			break;
	}
	OK(batch_finish(p->d.e, &p->d.err));
	assert_int_equal(count(p), BANS_MAX - BANS_BY_HAND);
	network[0] = 12;
	OK(goes_too_far(p, network, BAN_errors));
	assert_int_equal(count(p), BANS_MAX - BANS_BY_HAND);
	assert_int_equal(folder_count(p, "SELECT count(*) FROM ban WHERE"
	    " why=1"), 1);
}

/* This machine; who is good; and what the operator said stays. */
static void
test_who_is_spared(void **state)
{
	struct folder *p = *state;
	struct logged_in_ask in = { ++p->d.change, p->alice,
		STR("\300\0\2\0"), STR("192.0.2.7"), SERVICE_imap, STR("") };
	struct caller vault = { .authority = AUTH_VAULT };
	struct write w = { .caller = &vault, .ask = &in,
		.call = STORE_logged_in };

	in.network.n = 4;
	OK(fixture_write(&p->d, &w));
	OK(goes_too_far(p, (const uint8_t[4]){ 127, 0, 0 }, BAN_logins));
	OK(goes_too_far(p, (const uint8_t[4]){ 192, 0, 2 }, BAN_logins));
	assert_int_equal(count(p), 0);
	OK(ban(p, str_make("\300\0\3\0", 4), NET, 7));
	OK(goes_too_far(p, (const uint8_t[4]){ 192, 0, 3 }, BAN_logins));
	assert_int_equal(count(p), 0);
	p->d.now_us += 91 * 86400 * 1000000LL;
	OK(goes_too_far(p, (const uint8_t[4]){ 192, 0, 2 }, BAN_logins));
	assert_int_equal(count(p), 1);
}

#define T(f) cmocka_unit_test_setup_teardown(f, folder_set_up, \
    folder_tear_down_whole)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_told),
		T(test_what_is_none),
		T(test_bound),
		T(test_it_grows),
		T(test_so_many),
		T(test_who_is_spared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
