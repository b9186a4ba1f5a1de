#include "rt/conn_limits.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>

enum { WAYS = 8, SETS = 2048, KNOWN_SETS = 512, LOOPBACK_TIMES = 10,
	NOWHERE = UINT32_MAX, LOG_MS = 1000,
	PAGE = 65536 /* the largest one of any machine */ };

/* Octets that others may write to at any time. */
struct limit_slot {
	_Atomic uint64_t who;
	_Atomic uint64_t value;	/* how many; or seconds since 1970 */
};
struct limit_part {
	_Atomic uint64_t open;
	alignas(PAGE) struct limit_slot counts[SETS][WAYS];
	alignas(PAGE) struct limit_slot known[KNOWN_SETS][WAYS];
};
struct limit_table {
	_Atomic uint64_t key[2]; /* so that nobody outside aims at a set */
	struct limit_part part[LIMITS_SIDES][LIMITS_PARTS];
};

struct limits {
	struct limit_table *table;
	struct limit_part *parts;	/* of this role */
	struct limit_part *own;
	enum limits_side side;
	const struct config *config;
	int64_t logged_ms;
	uint64_t unlogged;
};

const char *
limit_name(enum limit l)
{
	static const char *const names[LIMIT_N] = { "", "address", "network",
		"account", "alone", "total", "delay", "ban" };

	return names[l];
}

/* ---- the memory ---------------------------------------------------------- */

int
limits_make(struct err *err)
{
	uint64_t key[2];
	int fd = memfd_create("postern-limits", MFD_CLOEXEC |
	    MFD_ALLOW_SEALING);

	/* Of a fixed size: nobody makes it too short for the others. */
	if (fd >= 0 && getrandom(key, sizeof(key), 0) == sizeof(key) &&
	    pwrite(fd, key, sizeof(key), 0) == (ssize_t)sizeof(key) &&
	    ftruncate(fd, sizeof(struct limit_table)) == 0 &&
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) ==
		0)
		return fd;
	(void)err_sys(err, E_IO, "memory that workers share");
	if (fd >= 0)
		(void)close(fd);
	return err->code;
}

struct limits *
limits_new(int fd, enum limits_side side, uint32_t worker,
    const struct config *c)
{
	struct limits *l = calloc(1, sizeof(*l));
	const size_t size = sizeof(struct limit_table);
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, fd < 0 ?
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE : MAP_SHARED, fd, 0);

	bug_if(!l || p == MAP_FAILED || worker >= LIMITS_PARTS);
	if (fd >= 0)
		(void)close(fd);
	l->table = p;
	l->parts = l->table->part[side];
	l->own = &l->parts[worker];
	l->side = side;
	l->config = c;
	l->logged_ms = -LOG_MS;
	/*
	 * Whom it knew it goes on knowing; its connections have gone. The
	 * pages are given back: to look at each would be to have them all.
	 */
	atomic_store(&l->own->open, 0);
	bug_if(fd >= 0 && madvise(l->own->counts, sizeof(l->own->counts),
	    MADV_REMOVE) != 0);
	return l;
}

void
limits_free(struct limits *l)
{
	if (!l)
		return;
	(void)munmap(l->table, sizeof(*l->table));
	free(l);
}

/* ---- who ----------------------------------------------------------------- */

static uint64_t
stir(uint64_t x)
{
	x = (x ^ x >> 33) * 0xff51afd7ed558ccd;
	x = (x ^ x >> 33) * 0xc4ceb9fe1a85ec53;
	return x ^ x >> 33;
}

/* Never 0. */
static uint64_t
who_is(const struct limits *l, enum limit kind, const void *octets, size_t n)
{
	uint64_t h = stir(atomic_load(&l->table->key[0]) ^ kind);
	const uint8_t *p = octets;

	for (size_t i = 0; i < n; i += 8) {
		uint64_t word = 0;

		memcpy(&word, p + i, n - i < 8 ? n - i : 8);
		h = stir(h ^ word) ^ atomic_load(&l->table->key[1]);
	}
	return h ? h : 1;
}

struct origin_keys {
	uint64_t address, network;
	bool loopback;
};

static struct origin_keys
origin_of(const struct limits *l, const char *text)
{
	static const uint8_t one[16] = { [15] = 1 };
	struct origin_keys k = { 0 };
	uint8_t a[16] = { 0 };

	if (inet_pton(AF_INET, text, a) == 1) {
		k.address = who_is(l, LIMIT_ADDRESS, a, 4);
		k.network = who_is(l, LIMIT_NETWORK, a, 3);
		k.loopback = a[0] == 127;
	} else {
		(void)inet_pton(AF_INET6, text, a);
		k.address = who_is(l, LIMIT_ADDRESS, a, 8);
		k.network = who_is(l, LIMIT_NETWORK, a, 6);
		k.loopback = memcmp(a, one, sizeof(a)) == 0;
	}
	return k;
}

/* ---- counting ------------------------------------------------------------ */

/* In one part: 0 if it is not there. A place that is free may still bear a
 * name. */
static uint64_t
value_in(struct limit_slot set[WAYS], uint64_t who)
{
	for (size_t i = 0; i < WAYS; i++) {
		uint64_t value = atomic_load(&set[i].value);

		if (value && atomic_load(&set[i].who) == who)
			return value;
	}
	return 0;
}

static uint64_t
count_of(const struct limits *l, uint64_t who)
{
	uint64_t n = 0;

	for (size_t i = 0; i < LIMITS_PARTS; i++)
		n += value_in(l->parts[i].counts[who % SETS], who);
	return n;
}

/* One more. NOWHERE if the set is full of others: it is not counted then. */
static uint32_t
count_up(struct limits *l, uint64_t who)
{
	struct limit_slot *set = l->own->counts[who % SETS], *free = NULL;

	for (size_t i = 0; i < WAYS; i++) {
		uint64_t n = atomic_load(&set[i].value);

		if (n == 0)
			free = &set[i];
		if (n == 0 || atomic_load(&set[i].who) != who)
			continue;
		atomic_store(&set[i].value, n + 1);
		return (uint32_t)(&set[i] - &l->own->counts[0][0]);
	}
	if (!free)
		return NOWHERE;
	atomic_store(&free->who, who);
	atomic_store(&free->value, 1);
	return (uint32_t)(free - &l->own->counts[0][0]);
}

static void
count_down(struct limits *l, uint32_t *place)
{
	struct limit_slot *s;
	uint64_t n;

	if (*place == NOWHERE)
		return;
	s = &l->own->counts[0][0] + *place;
	n = atomic_load(&s->value);
	if (n > 0)
		atomic_store(&s->value, n - 1);
	*place = NOWHERE;
}

/* 0 is no limit. */
static bool
is_full(const struct limits *l, uint64_t who, uint32_t limit, bool loopback)
{
	uint64_t most = (uint64_t)limit * (loopback ? LOOPBACK_TIMES : 1);

	return most > 0 && count_of(l, who) >= most;
}

/* ---- who logged in when: origins, and accounts --------------------------- */

static void
remember_login(struct limits *l, uint64_t who, int64_t now_s)
{
	struct limit_slot *set = l->own->known[who % KNOWN_SETS], *to = set;

	for (size_t i = 0; i < WAYS; i++) {
		if (atomic_load(&set[i].who) == who) {
			to = &set[i];
			break;
		}
		if (atomic_load(&set[i].value) < atomic_load(&to->value))
			to = &set[i];
	}
	atomic_store(&to->who, who);
	atomic_store(&to->value, (uint64_t)now_s);
}

static bool
is_known(const struct limits *l, uint64_t who, int64_t now_s, uint64_t within_s)
{
	for (size_t i = 0; i < LIMITS_PARTS; i++) {
		uint64_t at = value_in(l->parts[i].known[who % KNOWN_SETS],
		    who);

		if (at && (uint64_t)now_s - at < within_s)
			return true;
	}
	return false;
}

static bool
is_crowded(const struct limits *l, uint64_t who, int64_t now_s)
{
	const struct config *c = l->config;
	uint64_t workers = l->side == LIMITS_SMTP ? c->mx_workers :
	    c->front_workers + c->web_workers;
	uint64_t all = workers * c->max_connections, open = 0;

	if (all == 0)	/* a part of a server */
		return false;
	for (size_t i = 0; i < LIMITS_PARTS; i++)
		open += atomic_load(&l->parts[i].open);
	if (l->side == LIMITS_PEOPLE && open >= all - all / 10 && open < all)
		return !is_known(l, who, now_s, LIMITS_LATELY_S);
	return open >= all;
}

/* ---- a connection -------------------------------------------------------- */

enum limit
visit_begin(struct visit *v, struct limits *l, const char *address,
    int64_t now_s)
{
	const struct config *c = l->config;
	bool people = l->side == LIMITS_PEOPLE;
	struct origin_keys from = origin_of(l, address);

	*v = (struct visit){ 0 };
	if (is_full(l, from.address, people ? c->people_address :
	    c->smtp_address, from.loopback))
		return LIMIT_ADDRESS;
	if (is_full(l, from.network, people ? c->people_network :
	    c->smtp_network, from.loopback))
		return LIMIT_NETWORK;
	if (is_crowded(l, from.address, now_s))
		return LIMIT_TOTAL;
	v->limits = l;
	(void)snprintf(v->address, sizeof(v->address), "%s", address);
	v->place[LIMIT_ADDRESS] = count_up(l, from.address);
	v->place[LIMIT_NETWORK] = count_up(l, from.network);
	v->place[LIMIT_ACCOUNT] = v->place[LIMIT_ALONE] = NOWHERE;
	atomic_fetch_add(&l->own->open, 1);
	return LIMIT_NONE;
}

enum limit
visit_login(struct visit *v, struct str account, int64_t now_s)
{
	struct limits *l = v->limits;
	uint64_t who;

	if (!l)
		return LIMIT_NONE;
	visit_logout(v);
	who = who_is(l, LIMIT_ACCOUNT, account.p, account.n);
	if (is_full(l, who, l->config->account_connections, false))
		return LIMIT_ACCOUNT;
	v->place[LIMIT_ACCOUNT] = count_up(l, who);
	remember_login(l, origin_of(l, v->address).address, now_s);
	return LIMIT_NONE;
}

/* Counted first and looked at then: whoever comes second sees both. */
bool
visit_alone(struct visit *v, struct str account)
{
	struct limits *l = v ? v->limits : NULL;
	uint64_t who;

	if (!l)
		return true;
	count_down(l, &v->place[LIMIT_ALONE]);
	who = who_is(l, LIMIT_ALONE, account.p, account.n);
	v->place[LIMIT_ALONE] = count_up(l, who);
	if (v->place[LIMIT_ALONE] != NOWHERE && count_of(l, who) == 1)
		return true;
	count_down(l, &v->place[LIMIT_ALONE]);
	return false;
}

bool
visit_is_early(struct visit *v, struct str account, uint32_t delay_s,
    int64_t now_s)
{
	struct limits *l = v ? v->limits : NULL;
	uint64_t who;

	if (!l || delay_s == 0)
		return false;
	who = who_is(l, LIMIT_DELAY, account.p, account.n);
	if (is_known(l, who, now_s, delay_s))
		return true;
	remember_login(l, who, now_s);
	return false;
}

void
visit_logout(struct visit *v)
{
	if (!v || !v->limits)
		return;
	count_down(v->limits, &v->place[LIMIT_ACCOUNT]);
	count_down(v->limits, &v->place[LIMIT_ALONE]);
}

void
visit_end(struct visit *v)
{
	struct limits *l = v->limits;

	if (!l)
		return;
	for (size_t i = LIMIT_ADDRESS; i <= LIMIT_ALONE; i++)
		count_down(l, &v->place[i]);
	if (atomic_load(&l->own->open) > 0)
		atomic_fetch_sub(&l->own->open, 1);
	v->limits = NULL;
}

void
limits_log(struct limits *l, struct log *log, int64_t now_ms, enum limit by,
    const char *address)
{
	l->unlogged++;
	if (now_ms - l->logged_ms < LOG_MS)
		return;
	log_event(log, LOG_WARN, "limited", F_STR("by", str_c(limit_name(by))),
	    F_STR("peer", str_c(address)),
	    F_INT("times", l->unlogged));
	l->logged_ms = now_ms;
	l->unlogged = 0;
}
