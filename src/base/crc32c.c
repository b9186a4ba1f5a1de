#include "base/crc32c.h"

#include <stdbool.h>
#include <string.h>

static uint32_t
plain(uint32_t crc, const unsigned char *p, size_t n)
{
	int bit;

	while (n-- > 0) {
		crc ^= *p++;
		for (bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (0x82f63b78u & (0u - (crc & 1)));
	}
	return crc;
}

#if defined(__x86_64__)
#include <nmmintrin.h>

__attribute__((target("sse4.2"))) static uint32_t
fast(uint32_t crc, const unsigned char *p, size_t n)
{
	uint64_t c = crc, v;

	for (; n >= 8; p += 8, n -= 8) {
		memcpy(&v, p, 8);
		c = _mm_crc32_u64(c, v);
	}
	for (; n > 0; p++, n--)
		c = _mm_crc32_u8((uint32_t)c, *p);
	return (uint32_t)c;
}

static bool
have_fast(void)
{
	return __builtin_cpu_supports("sse4.2");
}
#elif defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>

static uint32_t
fast(uint32_t crc, const unsigned char *p, size_t n)
{
	uint64_t v;

	for (; n >= 8; p += 8, n -= 8) {
		memcpy(&v, p, 8);
		crc = __crc32cd(crc, v);
	}
	for (; n > 0; p++, n--)
		crc = __crc32cb(crc, *p);
	return crc;
}

static bool
have_fast(void)
{
	return true;
}
#else
static uint32_t
fast(uint32_t crc, const unsigned char *p, size_t n)
{
	return plain(crc, p, n);
}

static bool
have_fast(void)
{
	return false;
}
#endif

uint32_t
crc32c(uint32_t crc, const void *p, size_t n)
{
	return ~(have_fast() ? fast(~crc, p, n) : plain(~crc, p, n));
}
