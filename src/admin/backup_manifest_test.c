#include "base/test.h"

#include "admin/backup_manifest.h"
#include "base/crc32c.h"

static const char *const files[] = {
	"postern.db 184320 0a1b2c3d\n",
	"vault.key 32 00000001\n",
	"packs/0000000000000001 912 ffffffff\n",
	"blobs/00000000000000ab 2000000 12345678\n",
	"journal/2026-11-29.1 77 12345678\n",
};

static void
put_whole(struct buf *b)
{
	struct manifest m = { .folder = 0x123456789abcdef, .at = 1764412717,
		.fence = 12, .version = 12 };

	manifest_put_head(b, &m);
	for (size_t i = 0; i < NELEM(files); i++)
		buf_str(b, str_c(files[i]));
	manifest_put_end(b, NELEM(files), crc32c(0, b->p, b->n));
}

static void
test_there_and_back(void **state unused_arg)
{
	auto_buf b = BUF_INIT(10000), line = BUF_INIT(1000);
	struct manifest m;
	struct manifest_file f;
	struct str lines;

	put_whole(&b);
	assert_int_equal(manifest_read(buf_get(&b), &m, NULL), 0);
	assert_true(m.folder == 0x123456789abcdef && m.at == 1764412717);
	assert_true(m.fence == 12 && m.version == 12 && m.has_key);
	assert_int_equal(m.nfiles, NELEM(files));
	assert_int_equal(m.octets, 184320 + 32 + 912 + 2000000 + 77);
	lines = m.files;
	for (size_t i = 0; i < NELEM(files); i++) {
		assert_true(manifest_next(&lines, &f));
		buf_reset(&line);
		manifest_put_file(&line, &f);
		assert_true(str_eq(buf_get(&line), str_c(files[i])));
	}
	assert_false(manifest_next(&lines, &f));
	assert_int_equal(lines.n, 0);
}

/* The database is there once, in one of two forms. */
static void
test_packed(void **state unused_arg)
{
	static const struct {
		const char *lines;
		uint64_t n;
		bool right;
	} t[] = {
		{ "postern.db.zst 70 0a1b2c3d\n", 1, true },
		{ "postern.db.zst 70 0a1b2c3d\npostern.db 70 0a1b2c3d\n", 2,
		    false },
		{ "postern.db 70 0a1b2c3d\npostern.db 70 0a1b2c3d\n", 2,
		    false },
		{ "vault.key.zst 70 0a1b2c3d\npostern.db 7 0a1b2c3d\n", 2,
		    false },
		{ "", 0, false },
	};
	struct manifest m = { .folder = 1 };
	struct manifest_file f;

	for (size_t i = 0; i < NELEM(t); i++) {
		auto_buf b = BUF_INIT(1000);

		manifest_put_head(&b, &m);
		buf_str(&b, str_c(t[i].lines));
		manifest_put_end(&b, t[i].n, crc32c(0, b.p, b.n));
		assert_int_equal(manifest_read(buf_get(&b), &m, NULL),
		    t[i].right ? 0 : E_DAMAGED);
		if (!t[i].right)
			continue;
		assert_true(manifest_next(&m.files, &f));
		assert_true(f.packed && f.of.kind == BACKUP_database);
	}
}

/* Each bit of it counts, and so does its length. */
static void
test_damage(void **state unused_arg)
{
	auto_buf b = BUF_INIT(10000);
	struct manifest m;
	struct err err;

	put_whole(&b);
	for (size_t i = 0; i < b.n * 8; i++) {
		b.p[i / 8] = (char)(b.p[i / 8] ^ 1 << i % 8);
		/* The case of a digit alone says nothing else. */
		if (!(i % 8 == 5 && i / 8 > b.n - 10))
			assert_int_equal(manifest_read(buf_get(&b), &m, &err),
			    E_DAMAGED);
		b.p[i / 8] = (char)(b.p[i / 8] ^ 1 << i % 8);
	}
	for (size_t n = 0; n < b.n; n++)
		assert_int_equal(manifest_read(str_make(b.p, n), &m, &err),
		    E_DAMAGED);
}

static void
test_lines(void **state unused_arg)
{
	static const char *const wrong[] = { "", "\n", "packs/1 2 3\n",
		"postern.db 1 0a1b2c3d", "postern.db 1 0a1b2c3\n",
		"postern.db -1 0a1b2c3d\n", "postern.db  1 0a1b2c3d\n",
		"postern.db 1 0a1b2c3d \n", "../postern.db 1 0a1b2c3d\n",
		"postern.db 18446744073709551616 0a1b2c3d\n",
		"postern.db 9223372036854775808 0a1b2c3d\n",
		"packs/..00000000000001 1 0a1b2c3d\n" };
	struct manifest_file f;

	for (size_t i = 0; i < NELEM(wrong); i++) {
		struct str lines = str_c(wrong[i]);

		assert_false(manifest_next(&lines, &f));
		assert_int_equal(lines.n, strlen(wrong[i]));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_packed),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
