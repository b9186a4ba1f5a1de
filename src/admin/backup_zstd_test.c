#include "base/test.h"

#include "admin/backup_zstd.h"
#include "base/buf.h"

enum { OCTETS = 3000000 };

static int
put_out(void *arg, struct str octets, struct err *err unused_arg)
{
	buf_str(arg, octets);
	return 0;
}

/* In pieces of so many octets, to the end. */
static int
run(int level, struct str in, size_t piece, struct buf *out)
{
	struct backup_zstd *z = backup_zstd_new(level, put_out, out);
	int rc = 0;

	buf_reset(out);
	for (; in.n > 0 && rc == 0; in = str_from(in, str_first(in, piece).n))
		rc = backup_zstd_put(z, str_first(in, piece), NULL);
	if (rc == 0)
		rc = backup_zstd_end(z, NULL);
	backup_zstd_free(z);
	return rc;
}

/* Half of it is like the other half, and half of that like nothing. */
static struct str
sample(struct buf *b)
{
	uint32_t x = 7;

	while (b->n < OCTETS) {
		x = x * 1664525 + 1013904223;
		buf_chr(b, b->n / 1000 % 2 ? (char)(x >> 24) : (char)(b->n));
	}
	return buf_get(b);
}

static void
test_there_and_back(void **state unused_arg)
{
	static const int levels[] = { 1, 3, 9, BACKUP_LEVEL_MAX };
	static const size_t pieces[] = { 1 << 20, 77777, 4096 };
	auto_buf in = BUF_INIT(2 * OCTETS), packed = BUF_INIT(2 * OCTETS);
	auto_buf out = BUF_INIT(2 * OCTETS);
	struct str s = sample(&in);

	for (size_t i = 0; i < NELEM(levels); i++)
		for (size_t n = 0; n <= OCTETS; n = n ? 10 * n : 3) {
			assert_int_equal(run(levels[i], str_first(s, n),
			    pieces[i % NELEM(pieces)], &packed), 0);
			assert_int_equal(run(0, buf_get(&packed),
			    pieces[n % NELEM(pieces)], &out), 0);
			assert_true(str_eq(buf_get(&out), str_first(s, n)));
		}
	assert_int_equal(run(3, s, 5000, &packed), 0);
	assert_true(packed.n < OCTETS * 2 / 3);
}

/* Whatever is wrong with it is said, and no piece is taken for all of it. */
static void
test_damage(void **state unused_arg)
{
	auto_buf in = BUF_INIT(2 * OCTETS), packed = BUF_INIT(2 * OCTETS);
	auto_buf out = BUF_INIT(2 * OCTETS);
	struct str s;

	assert_int_equal(run(3, str_first(sample(&in), 300000), 5000, &packed),
	    0);
	s = buf_get(&packed);
	for (size_t n = 0; n < s.n; n += n < 100 ? 1 : s.n / 90)
		assert_int_equal(run(0, str_first(s, n), 1000, &out),
		    E_DAMAGED);
	for (size_t i = 0; i < s.n; i += s.n / 90) {
		packed.p[i] ^= 4;
		assert_int_equal(run(0, s, 1000, &out), E_DAMAGED);
		packed.p[i] ^= 4;
	}
	buf_lit(&packed, "x");
	assert_int_equal(run(0, buf_get(&packed), 1000, &out), E_DAMAGED);
	assert_int_equal(run(0, STR("no zstd at all"), 3, &out), E_DAMAGED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
