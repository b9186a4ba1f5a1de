#include "vault/login_limit.h"

#include <arpa/inet.h>
#include <sodium.h>

#include "base/err.h"

enum { WAYS = 8, SETS = LOGIN_LIMIT_MAX / WAYS,
	KNOWN_SETS = LOGIN_KNOWN_MAX / WAYS };
static const int64_t known_ms = (int64_t)LOGIN_KNOWN_DAYS * 86400 * 1000;

struct limit_entry {
	uint64_t who, guess;
	int64_t until_ms;	/* at or after it: free */
	uint32_t count;
};

struct known_entry {
	uint64_t who;		/* a user and a network of theirs */
	int64_t until_ms;	/* at or after it: free */
};

struct login_limit {
	uint8_t key[LOGIN_LIMIT_KEY_LEN];
	struct limit_entry entries[SETS][WAYS];
	struct known_entry known[KNOWN_SETS][WAYS];
};

_Static_assert(LOGIN_LIMIT_KEY_LEN == crypto_shorthash_KEYBYTES, "key");

struct login_limit *
login_limit_new(const uint8_t key[LOGIN_LIMIT_KEY_LEN])
{
	struct login_limit *l = calloc(1, sizeof(*l));

	bug_if(!l);
	memcpy(l->key, key, sizeof(l->key));
	return l;
}

void
login_limit_free(struct login_limit *l)
{
	free(l);
}

/* Who it is, as a number that nobody outside can aim at. */
static uint64_t
hash(const struct login_limit *l, char kind, const void *octets, size_t n)
{
	uint8_t room[1 + 320] = { (uint8_t)kind };
	uint64_t v;

	n = n < sizeof(room) - 1 ? n : sizeof(room) - 1;
	memcpy(room + 1, octets, n);
	(void)crypto_shorthash((uint8_t *)&v, room, n + 1, l->key);
	return v;
}

struct who {
	uint64_t id;
	uint32_t limit;
	bool local;
};

static struct who
of_address(const struct login_limit *l, const uint8_t a[16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t loopback[16] = { [15] = 1 };
	bool v4 = memcmp(a, mapped, sizeof(mapped)) == 0;
	bool local = v4 ? a[12] == 127 :
	    memcmp(a, loopback, sizeof(loopback)) == 0;

	if (local)
		return (struct who){ hash(l, 'm', "", 0),
			LOGIN_LIMIT_LOCAL_PEER, true };
	return (struct who){ hash(l, 'p', a, v4 ? 16 : 8), LOGIN_LIMIT_PEER,
		false };
}

static struct who
of_peer(const struct login_limit *l, struct str peer)
{
	uint8_t a[16] = { [10] = 0xff, [11] = 0xff };
	char text[64];

	(void)snprintf(text, sizeof(text), "%.*s", STR_FMT(peer));
	if (inet_pton(AF_INET, text, a + 12) == 1 ||
	    inet_pton(AF_INET6, text, a) == 1)
		return of_address(l, a);
	return (struct who){ hash(l, 't', peer.p ? peer.p : "", peer.n),
		LOGIN_LIMIT_PEER, false };
}

/* kind 'u', or 'l': as this very machine has it. */
static struct who
of_user(const struct login_limit *l, char kind, struct str user)
{
	char lower[320];
	size_t n = user.n < sizeof(lower) ? user.n : sizeof(lower);

	for (size_t i = 0; i < n; i++)
		lower[i] = ascii_lower(user.p[i]);
	return (struct who){ hash(l, kind, lower, n), kind == 'l' ?
		LOGIN_LIMIT_LOCAL_USER : LOGIN_LIMIT_USER, false };
}

static struct limit_entry *
find_counter(struct login_limit *l, uint64_t who, int64_t now_ms)
{
	struct limit_entry *set = l->entries[who % SETS];

	for (size_t i = 0; i < WAYS; i++)
		if (set[i].who == who && now_ms < set[i].until_ms)
			return &set[i];
	return NULL;
}

/* A free place in its set, or that of whoever failed least. */
static struct limit_entry *
make_counter(struct login_limit *l, uint64_t who, int64_t now_ms)
{
	struct limit_entry *set = l->entries[who % SETS], *to = set;

	for (size_t i = 0; i < WAYS; i++) {
		if (now_ms >= set[i].until_ms) {
			to = &set[i];
			break;
		}
		if (set[i].count < to->count)
			to = &set[i];
	}
	*to = (struct limit_entry){ .who = who,
		.until_ms = now_ms + LOGIN_LIMIT_MS };
	return to;
}

static bool
is_under_limit(struct login_limit *l, struct who who, int64_t now_ms)
{
	const struct limit_entry *e = find_counter(l, who.id, now_ms);

	return !e || e->count < who.limit;
}

bool
login_limit_peer_ok(struct login_limit *l, struct str peer, int64_t now_ms)
{
	return is_under_limit(l, of_peer(l, peer), now_ms);
}

static struct known_entry *
find_known(struct login_limit *l, uint64_t who, int64_t now_ms)
{
	struct known_entry *set = l->known[who % KNOWN_SETS];

	for (size_t i = 0; i < WAYS; i++)
		if (set[i].who == who && now_ms < set[i].until_ms)
			return &set[i];
	return NULL;
}

static uint64_t
of_both(const struct login_limit *l, struct who peer, struct str user)
{
	uint64_t both[2] = { peer.id, of_user(l, 'u', user).id };

	return hash(l, 'k', both, sizeof(both));
}

bool
login_limit_user_ok(struct login_limit *l, struct str peer, struct str user,
    int64_t now_ms)
{
	struct who p = of_peer(l, peer);

	if (p.local && !is_under_limit(l, of_user(l, 'l', user), now_ms))
		return false;
	return is_under_limit(l, of_user(l, 'u', user), now_ms) ||
	    find_known(l, of_both(l, p, user), now_ms);
}

void
login_limit_passed(struct login_limit *l, struct str peer, struct str user,
    int64_t now_ms)
{
	uint64_t who = of_both(l, of_peer(l, peer), user);
	struct known_entry *set = l->known[who % KNOWN_SETS];
	struct known_entry *to = find_known(l, who, now_ms), *oldest = set;

	for (size_t i = 1; i < WAYS; i++)
		if (set[i].until_ms < oldest->until_ms)
			oldest = &set[i];
	*(to ? to : oldest) = (struct known_entry){ who, now_ms + known_ms };
}

static void
count_guess(struct login_limit *l, struct who who, uint64_t guess,
    int64_t now_ms)
{
	struct limit_entry *e = find_counter(l, who.id, now_ms);

	if (!e)
		e = make_counter(l, who.id, now_ms);
	else if (e->guess == guess)
		return;
	e->guess = guess;
	e->count++;
}

void
login_limit_failed(struct login_limit *l, struct str peer, struct str user,
    uint64_t guess, int64_t now_ms)
{
	struct who p = of_peer(l, peer);

	count_guess(l, p, guess, now_ms);
	count_guess(l, of_user(l, p.local ? 'l' : 'u', user), guess, now_ms);
}
