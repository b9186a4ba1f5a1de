#include "store/policy/rates.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

enum { WAYS = 8, SETS = RATES_MAX / WAYS, WHO_MAX = 400 };

struct rate_slot {
	uint64_t who;
	int64_t until_ms;	/* at or after it: free */
};

struct rates {
	uint8_t key[RATES_KEY_LEN];
	struct rate_slot slot[SETS][WAYS];
};

_Static_assert(RATES_KEY_LEN == crypto_shorthash_KEYBYTES, "key");

struct rates *
rates_new(const uint8_t key[RATES_KEY_LEN])
{
	struct rates *r = calloc(1, sizeof(*r));

	bug_if(!r);
	memcpy(r->key, key, sizeof(r->key));
	return r;
}

void
rates_free(struct rates *r)
{
	free(r);
}

/* As a number that nobody outside can aim at. */
static uint64_t
number_of(const struct rates *r, enum rate_kind kind, struct str who)
{
	uint8_t room[1 + WHO_MAX] = { (uint8_t)kind };
	uint64_t v;

	who = str_first(who, WHO_MAX);
	if (who.n > 0)
		memcpy(room + 1, who.p, who.n);
	(void)crypto_shorthash((uint8_t *)&v, room, who.n + 1, r->key);
	return v;
}

static const struct rate_slot *
find_slot(const struct rates *r, uint64_t who)
{
	const struct rate_slot *set = r->slot[who % SETS];

	for (size_t i = 0; i < WAYS; i++)
		if (set[i].who == who)
			return &set[i];
	return NULL;
}

/* Its own, or that of whoever did least. */
static struct rate_slot *
slot_of(struct rates *r, uint64_t who)
{
	struct rate_slot *set = r->slot[who % SETS], *least = set;

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].who == who)
			return &set[i];
		if (set[i].until_ms < least->until_ms)
			least = &set[i];
	}
	*least = (struct rate_slot){ who, 0 };
	return least;
}

/* Clocks of this machine only go forward (loop_now_ms()). */
static int64_t
over_ms(int64_t until_ms, uint32_t limit, int64_t now_ms)
{
	int64_t left = until_ms - now_ms;

	/* Room for one more: what it adds. */
	return left - (RATES_HOUR_MS - RATES_HOUR_MS / limit);
}

int64_t
rates_wait_ms(const struct rates *r, enum rate_kind kind, struct str who,
    uint32_t limit, int64_t now_ms)
{
	const struct rate_slot *s;
	int64_t over;

	if (limit == 0 || !(s = find_slot(r, number_of(r, kind, who))))
		return 0;
	over = over_ms(s->until_ms, limit, now_ms);
	return over > 0 ? over : 0;
}

int64_t
rates_left_ms(const struct rates *r, enum rate_kind kind, struct str who,
    int64_t now_ms)
{
	const struct rate_slot *s = find_slot(r, number_of(r, kind, who));

	return s && s->until_ms > now_ms ? s->until_ms - now_ms : 0;
}

bool
rates_add(struct rates *r, enum rate_kind kind, struct str who, uint32_t n,
    uint32_t limit, int64_t now_ms)
{
	struct rate_slot *s;
	int64_t most = now_ms + 2 * (int64_t)RATES_HOUR_MS;

	if (limit == 0)
		return false;
	s = slot_of(r, number_of(r, kind, who));
	if (s->until_ms < now_ms)
		s->until_ms = now_ms;
	s->until_ms += (int64_t)n * (RATES_HOUR_MS / limit);
	/* However much it was, after an hour they may again. */
	if (s->until_ms > most)
		s->until_ms = most;
	return s->until_ms - now_ms > RATES_HOUR_MS;
}

bool
rates_first(struct rates *r, struct str who, int64_t for_ms, int64_t now_ms)
{
	struct rate_slot *s = slot_of(r, number_of(r, RATE_banned, who));

	if (s->until_ms > now_ms)
		return false;
	s->until_ms = now_ms + for_ms;
	return true;
}
