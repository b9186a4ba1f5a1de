#include "rt/bans.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/test.h"

enum { NOW = 1800000000 };

static struct ban
row(const char *text, uint32_t doors, int64_t until)
{
	struct ban b;
	struct ip ip;
	uint32_t bits;

	assert_true(ip_network_parse(str_c(text), &ip, &bits));
	ban_of(&b, &ip, bits);
	b.doors = doors;
	b.until = until;
	b.why = BAN_operator;
	return b;
}

static void
test_which(void **state unused_arg)
{
	static const struct {
		const char *address;
		enum ban_door door;
		const char *network;	/* NULL: let in */
	} rows[] = {
		{ "192.0.2.7", BAN_mail, "192.0.2.0/24" },
		{ "192.0.2.9", BAN_mail, "192.0.2.9" },
		{ "::ffff:192.0.2.9", BAN_mail, "192.0.2.9" },
		{ "192.0.2.7", BAN_people, NULL },
		{ "192.0.2.8", BAN_people, "192.0.2.8" },
		/* Over for it, but not for its network. */
		{ "192.0.2.10", BAN_mail, "192.0.2.0/24" },
		{ "192.0.3.7", BAN_mail, NULL },
		{ "203.0.113.1", BAN_people, NULL },
		{ "2001:db8:1:2::9", BAN_people, "2001:db8:1::/48" },
		{ "2001:db8:2::9", BAN_people, NULL },
		{ "::", BAN_mail, NULL },
		{ "nobody", BAN_mail, NULL },
		{ "", BAN_mail, NULL },
	};
	struct ban b[] = {
		row("192.0.2.8", BAN_people, INT64_MAX),
		row("192.0.2.0/24", BAN_mail, NOW + 1),
		row("2001:db8:1::/48", BAN_everywhere, NOW + 100),
		row("192.0.2.10", BAN_mail, NOW),
		row("192.0.2.9", BAN_mail, NOW + 100),
		row("203.0.113.0/25", BAN_people, NOW - 100),
	};
	struct bans *bans = bans_new(-1, true);
	struct ban out;

	assert_false(bans_find(NULL, "192.0.2.7", BAN_mail, NOW, &out));
	assert_false(bans_find(bans, "192.0.2.7", BAN_mail, NOW, &out));
	bans_set(bans, b, NELEM(b));
	for (size_t i = 0; i < NELEM(rows); i++) {
		bool is = bans_find(bans, rows[i].address, rows[i].door, NOW,
		    &out);
		auto_buf text = BUF_INIT(100);
		struct ip ip;
		uint32_t bits;

		assert_int_equal(is, rows[i].network != NULL);
		if (!is)
			continue;
		ban_network(&out, &ip, &bits);
		ip_put_network(&text, &ip, bits);
		assert_str(buf_get(&text), rows[i].network);
	}
	bans_set(bans, NULL, 0);
	assert_false(bans_find(bans, "192.0.2.8", BAN_people, NOW, &out));
	bans_free(bans);
}

/* As many as there may be, of all lengths; one more is left out. */
static void
test_many(void **state unused_arg)
{
	static struct ban b[BANS_MAX + 1];
	struct bans *bans = bans_new(-1, true);
	struct ban out;
	char text[40];

	for (size_t i = 0; i < NELEM(b); i++) {
		(void)snprintf(text, sizeof(text), "10.%zu.%zu.0/24", i / 256,
		    i % 256);
		b[i] = row(text, BAN_mail, INT64_MAX);
	}
	for (uint32_t i = 1; i <= 128; i++) {
		struct ip ip = { .v6 = true, .octets = { 0x20, 1 } };

		ip_mask(&ip, i);
		ban_of(&b[i], &ip, i);
		b[i].doors = BAN_people;
		b[i].until = INT64_MAX;
	}
	bans_set(bans, b, NELEM(b));
	assert_true(bans_find(bans, "10.0.0.200", BAN_mail, NOW, &out));
	assert_true(bans_find(bans, "10.31.255.1", BAN_mail, NOW, &out));
	assert_false(bans_find(bans, "10.32.0.1", BAN_mail, NOW, &out));
	assert_false(bans_find(bans, "10.33.0.1", BAN_mail, NOW, &out));
	assert_true(bans_find(bans, "2001::", BAN_people, NOW, &out));
	assert_int_equal(out.bits, 128);
	assert_true(bans_find(bans, "2001::1", BAN_people, NOW, &out));
	assert_int_equal(out.bits, 127);
	bans_free(bans);
}

/* Who accepts sees what store writes, and writes nothing. */
static void
test_shared(void **state unused_arg)
{
	int fd = bans_make(NULL), read_only = bans_read_only(fd, NULL);
	struct ban b[] = { row("192.0.2.8", BAN_people, INT64_MAX) }, out;
	struct bans *store, *front;
	void *p;

	assert_true(fd >= 0 && read_only >= 0);
	p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, read_only, 0);
	assert_ptr_equal(p, MAP_FAILED);
	p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, read_only, 0);
	assert_ptr_not_equal(p, MAP_FAILED);
	assert_int_equal(mprotect(p, 4096, PROT_READ | PROT_WRITE), -1);
	(void)munmap(p, 4096);
	assert_int_equal(write(read_only, "x", 1), -1);
	assert_int_equal(ftruncate(fd, 0), -1);
	store = bans_new(fd, true);
	front = bans_new(read_only, false);
	bans_set(store, b, 1);
	assert_true(bans_find(front, "192.0.2.8", BAN_people, NOW, &out));
	bans_set(store, b, 0);
	assert_false(bans_find(front, "192.0.2.8", BAN_people, NOW, &out));
	bans_free(front);
	bans_free(store);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_which),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
