#include "mime/tally.h"

/* Vectors of gcc and clang: SSE2, NEON, or plain words elsewhere. */
typedef signed char lanes __attribute__((vector_size(16)));

enum { LANES = sizeof(lanes), ROUNDS = 127 };

static void
add_octets(struct tally *t, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		t->cr += s.p[i] == '\r';
		t->lf += s.p[i] == '\n';
		t->nul |= s.p[i] == 0;
		t->high |= (signed char)s.p[i] < 0;
	}
}

static uint64_t
sum(lanes v)
{
	uint64_t n = 0;

	for (size_t i = 0; i < LANES; i++)
		n += (uint64_t)v[i];
	return n;
}

/* At most ROUNDS vectors, so that no lane overflows. A comparison gives -1 in
 * the lanes where it holds. */
static size_t
add_block(struct tally *t, struct str s)
{
	lanes cr = { 0 }, lf = { 0 }, nul = { 0 }, high = { 0 };
	size_t n = s.n / LANES < ROUNDS ? s.n / LANES : ROUNDS;

	for (size_t i = 0; i < n; i++) {
		lanes v;

		memcpy(&v, s.p + i * LANES, LANES);
		cr -= (lanes)(v == '\r');
		lf -= (lanes)(v == '\n');
		nul |= (lanes)(v == 0);
		high |= (lanes)(v < 0);
	}
	t->cr += sum(cr);
	t->lf += sum(lf);
	nul &= 1;
	high &= 1;
	t->nul |= sum(nul) > 0;
	t->high |= sum(high) > 0;
	return n * LANES;
}

void
tally_add(struct tally *t, struct str s)
{
	while (s.n >= LANES)
		s = str_from(s, add_block(t, s));
	add_octets(t, s);
}
