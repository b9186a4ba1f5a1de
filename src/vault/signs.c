#include "vault/signs.h"

static const char all_signs[] = "23456789abcdefghjkmnpqrstuvwxyzo";
_Static_assert(sizeof(all_signs) == 32 + 1, "5 bits a sign");

void
signs_of(const uint8_t *random, char *signs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		signs[i] = all_signs[random[i] % 32];
}

bool
signs_read(struct str typed, char *signs, size_t n)
{
	size_t have = 0;

	for (size_t i = 0; i < typed.n; i++) {
		char c = ascii_lower(typed.p[i]);

		if (c == '-' || c == ' ')
			continue;
		c = c == '0' ? 'o' : c;
		if (have == n ||
		    !memchr(all_signs, c, sizeof(all_signs) - 1))
			return false;
		signs[have++] = c;
	}
	return have == n;
}
