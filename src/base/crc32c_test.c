#include "base/crc32c.h"

#include "base/test.h"

/* RFC 3720 B.4, and what it is in pieces. */
static void
test_crc32c(void **state unused_arg)
{
	char zeros[32] = { 0 }, ones[32], up[32];
	size_t i;

	memset(ones, 0xff, sizeof(ones));
	for (i = 0; i < 32; i++)
		up[i] = (char)i;
	assert_int_equal(crc32c(0, zeros, 32), 0x8a9136aa);
	assert_int_equal(crc32c(0, ones, 32), 0x62a8ab43);
	assert_int_equal(crc32c(0, up, 32), 0x46dd794e);
	for (i = 0; i <= 32; i++)
		assert_int_equal(crc32c(crc32c(0, up, i), up + i, 32 - i),
		    0x46dd794e);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_crc32c),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
