#include "rt/conn_limits.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/test.h"

enum { NOW = 1800000000 };

static struct config conf = { .mx_workers = 2, .front_workers = 2,
	.max_connections = 50, .smtp_address = 3, .smtp_network = 5,
	.people_address = 4, .account_connections = 2 };

/* Two workers of a role. */
struct pair {
	int fd;
	struct limits *a, *b;
};

static struct limits *
worker(int fd, enum limits_side side, uint32_t i)
{
	return limits_new(fcntl(fd, F_DUPFD_CLOEXEC, 0), side, i, &conf);
}

static struct pair
pair_of(enum limits_side side)
{
	struct pair p = { .fd = limits_make(NULL) };

	assert_true(p.fd >= 0);
	p.a = worker(p.fd, side, 0);
	p.b = worker(p.fd, side, 1);
	return p;
}

static void
pair_end(struct pair *p)
{
	limits_free(p->a);
	limits_free(p->b);
	(void)close(p->fd);
}

static enum limit
come(struct limits *l, struct visit *v, const char *address)
{
	return visit_begin(v, l, address, NOW);
}

/* All workers together; whoever leaves makes room. */
static void
test_addresses(void **state unused_arg)
{
	static const struct {
		const char *first, *near, *far;
	} rows[] = {
		{ "192.0.2.1", "192.0.2.77", "192.0.3.1" },
		{ "2001:db8:1:2::1", "2001:db8:1:3::1", "2001:db8:2::1" },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct pair p = pair_of(LIMITS_SMTP);
		struct limits *other = worker(p.fd, LIMITS_PEOPLE, 0);
		struct visit v[6], away;

		assert_int_equal(come(p.a, &v[0], rows[i].first), LIMIT_NONE);
		assert_int_equal(come(p.b, &v[1], rows[i].first), LIMIT_NONE);
		assert_int_equal(come(p.b, &v[2], i == 0 ? rows[i].first :
		    "2001:db8:1:2:3:4:5:6"), LIMIT_NONE);
		assert_int_equal(come(p.a, &away, rows[i].first),
		    LIMIT_ADDRESS);
		visit_end(&away);	/* it was never counted */
		assert_int_equal(come(p.a, &v[3], rows[i].near), LIMIT_NONE);
		assert_int_equal(come(p.a, &v[4], rows[i].near), LIMIT_NONE);
		assert_int_equal(come(p.b, &away, rows[i].near),
		    LIMIT_NETWORK);
		assert_int_equal(come(p.b, &v[5], rows[i].far), LIMIT_NONE);
		assert_int_equal(come(other, &away, rows[i].first),
		    LIMIT_NONE);
		visit_end(&v[1]);
		assert_int_equal(come(p.a, &v[1], rows[i].first), LIMIT_NONE);
		/* A worker that died, and its successor. */
		limits_free(p.a);
		p.a = worker(p.fd, LIMITS_SMTP, 0);
		for (size_t n = 0; n < 2; n++)
			assert_int_equal(come(p.a, &v[n], rows[i].first),
			    LIMIT_NONE);
		assert_int_equal(come(p.b, &away, rows[i].first),
		    LIMIT_ADDRESS);
		limits_free(other);
		pair_end(&p);
	}
}

static void
test_loopback(void **state unused_arg)
{
	struct pair p = pair_of(LIMITS_SMTP);
	struct visit v;

	for (int i = 0; i < 30; i++)
		assert_int_equal(come(i % 2 ? p.a : p.b, &v, "127.0.0.1"),
		    LIMIT_NONE);
	assert_int_equal(come(p.a, &v, "127.0.0.1"), LIMIT_ADDRESS);
	pair_end(&p);
}

static void
test_accounts(void **state unused_arg)
{
	struct pair p = pair_of(LIMITS_PEOPLE);
	struct visit v[4];

	for (int i = 0; i < 4; i++)
		assert_int_equal(come(i % 2 ? p.a : p.b, &v[i], "192.0.2.1"),
		    LIMIT_NONE);
	assert_int_equal(visit_login(&v[0], STR("a@b"), NOW), LIMIT_NONE);
	assert_int_equal(visit_login(&v[1], STR("a@b"), NOW), LIMIT_NONE);
	assert_int_equal(visit_login(&v[2], STR("a@b"), NOW), LIMIT_ACCOUNT);
	assert_int_equal(visit_login(&v[2], STR("c@b"), NOW), LIMIT_NONE);
	/* Another login of the same session is not one more. */
	assert_int_equal(visit_login(&v[1], STR("a@b"), NOW), LIMIT_NONE);
	assert_int_equal(visit_login(&v[1], STR("c@b"), NOW), LIMIT_NONE);
	assert_int_equal(visit_login(&v[3], STR("a@b"), NOW), LIMIT_NONE);
	visit_end(&v[0]);
	assert_int_equal(visit_login(&v[2], STR("a@b"), NOW), LIMIT_NONE);
	pair_end(&p);
}

/* One at a time, in whichever worker. */
static void
test_alone(void **state unused_arg)
{
	struct pair p = pair_of(LIMITS_PEOPLE);
	struct visit v[3], uncounted = { 0 };
	struct str who = STR("a@b");

	for (int i = 0; i < 3; i++)
		assert_int_equal(come(i % 2 ? p.a : p.b, &v[i], "192.0.2.1"),
		    LIMIT_NONE);
	assert_true(visit_alone(&v[0], who));
	assert_false(visit_alone(&v[1], who));
	assert_false(visit_alone(&v[2], who));
	assert_true(visit_alone(&v[2], STR("c@b")));
	visit_logout(&v[0]);
	assert_true(visit_alone(&v[1], who));
	assert_false(visit_alone(&v[0], who));
	/* A new login gives back what it had. */
	assert_int_equal(visit_login(&v[1], who, NOW), LIMIT_NONE);
	assert_true(visit_alone(&v[0], who));
	visit_end(&v[0]);
	assert_true(visit_alone(&v[1], who));
	/* A worker that died keeps nobody out. */
	assert_false(visit_alone(&v[2], who));
	limits_free(p.a);
	p.a = worker(p.fd, LIMITS_PEOPLE, 0);
	assert_true(visit_alone(&v[2], who));
	assert_true(visit_alone(&uncounted, who));
	assert_true(visit_alone(NULL, who));
	pair_end(&p);
}

static void
test_delay(void **state unused_arg)
{
	struct pair p = pair_of(LIMITS_PEOPLE);
	struct str who = STR("a@b");
	struct visit v[2];

	assert_int_equal(come(p.a, &v[0], "192.0.2.1"), LIMIT_NONE);
	assert_int_equal(come(p.b, &v[1], "192.0.2.1"), LIMIT_NONE);
	assert_false(visit_is_early(&v[0], who, 0, NOW));
	assert_false(visit_is_early(&v[0], who, 60, NOW));
	assert_true(visit_is_early(&v[1], who, 60, NOW + 59));
	assert_false(visit_is_early(&v[1], STR("c@b"), 60, NOW + 59));
	assert_false(visit_is_early(&v[1], who, 60, NOW + 60));
	assert_true(visit_is_early(&v[0], who, 60, NOW + 61));
	assert_false(visit_is_early(NULL, who, 60, NOW));
	pair_end(&p);
}

/* The last tenth is for those who logged in lately, wherever they did. */
static void
test_reserve(void **state unused_arg)
{
	struct pair p = pair_of(LIMITS_PEOPLE);
	struct visit known, v;
	char address[32];
	int n = 0;

	assert_int_equal(come(p.a, &known, "203.0.113.9"), LIMIT_NONE);
	assert_int_equal(visit_login(&known, STR("a@b"), NOW), LIMIT_NONE);
	visit_end(&known);
	do
		(void)snprintf(address, sizeof(address), "10.0.%d.1", n);
	while (come(n % 2 ? p.a : p.b, &v, address) == LIMIT_NONE && ++n);
	assert_int_equal(n, 90);
	for (; n < 93; n++)
		assert_int_equal(come(p.b, &known, "203.0.113.9"), LIMIT_NONE);
	assert_int_equal(come(p.b, &v, "203.0.114.9"), LIMIT_TOTAL);
	assert_int_equal(visit_begin(&v, p.b, "203.0.113.9",
	    NOW + LIMITS_LATELY_S), LIMIT_TOTAL);
	pair_end(&p);

	/* On port 25 nobody logs in. */
	p = pair_of(LIMITS_SMTP);
	for (n = 0; n < 100; n++) {
		(void)snprintf(address, sizeof(address), "10.0.%d.1", n);
		assert_int_equal(come(p.a, &v, address), LIMIT_NONE);
	}
	assert_int_equal(come(p.b, &v, "203.0.114.9"), LIMIT_TOTAL);
	pair_end(&p);
}

/* Whatever another worker writes, ours goes on; and nobody makes it shorter or
 * longer. */
static void
test_hostile(void **state unused_arg)
{
	struct pair p = pair_of(LIMITS_PEOPLE);
	struct stat st;
	unsigned char *all;
	static struct visit v[100];

	assert_int_equal(fstat(p.fd, &st), 0);
	assert_int_equal(ftruncate(p.fd, 0), -1);
	assert_int_equal(ftruncate(p.fd, 2 * st.st_size), -1);
	all = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE,
	    MAP_SHARED, p.fd, 0);
	assert_true(all != MAP_FAILED);
	for (unsigned round = 0; round < 4; round++) {
		size_t n = 0;

		for (; n < NELEM(v); n++) {
			if (come(p.a, &v[n], "192.0.2.1") != LIMIT_NONE)
				v[n] = (struct visit){ 0 };
			assert_true(visit_login(&v[n], STR("a@b"), NOW) <
			    LIMIT_N);
			for (size_t i = n; n % 10 == 0 &&
			    i < (size_t)st.st_size; i += 61)
				all[i] = (unsigned char)(round == 0 ? 0xff :
				    i * 7 + round);
		}
		while (n > 0)
			visit_end(&v[--n]);
	}
	(void)munmap(all, (size_t)st.st_size);
	pair_end(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_loopback),
		cmocka_unit_test(test_accounts),
		cmocka_unit_test(test_alone),
		cmocka_unit_test(test_delay),
		cmocka_unit_test(test_reserve),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
