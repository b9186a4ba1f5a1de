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

#define T(f) cmocka_unit_test_setup_teardown(f, folder_set_up, \
    folder_tear_down_whole)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_told),
		T(test_what_is_none),
		T(test_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
