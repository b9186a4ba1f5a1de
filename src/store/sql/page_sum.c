#include "store/sql/page_sum.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/crc32c.h"
#include "base/err.h"

enum { BODY = PAGE_OCTETS - PAGE_SUM, RESERVED = 20 };

static uint32_t
sum_of(const char *page, uint32_t number)
{
	uint32_t le = htole32(number);

	return htole32(crc32c(crc32c(0, page, BODY), &le, sizeof(le)));
}

void
page_sum_put(char *page, uint32_t number)
{
	uint32_t sum[2] = { sum_of(page, number), htole32(number) };

	memcpy(page + BODY, sum, sizeof(sum));
}

void
page_sum_spoil(char *page)
{
	page[BODY] ^= 1;
}

bool
page_sum_is_right(const char *page, uint32_t number)
{
	uint32_t sum[2];

	memcpy(sum, page + BODY, sizeof(sum));
	return sum[0] == sum_of(page, number) && le32toh(sum[1]) == number;
}

bool
page_sum_is_used(const char *first)
{
	uint32_t sum[2];

	memcpy(sum, first + BODY, sizeof(sum));
	return first[RESERVED] == PAGE_SUM || le32toh(sum[1]) == 1 ||
	    sum[0] == sum_of(first, 1);
}

bool
page_sums_are_used(struct file *f)
{
	char *page = malloc(PAGE_OCTETS);
	bool are;

	bug_if(!page);
	are = file_read_all(f, page, PAGE_OCTETS, 0) == 0 &&
	    page_sum_is_used(page);
	free(page);
	return are;
}
