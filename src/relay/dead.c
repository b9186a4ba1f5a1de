#include "relay/dead.h"

enum {
	BACKOFF_MIN_MS = 60 * 1000,
	BACKOFF_MAX_MS = 30 * 60 * 1000,
	SETS = 256, WAYS = 4,	/* SETS is a power of two */
	WHY_MAX = 160,
};

struct row {
	struct host_address address;
	uint16_t port;		/* 0: free */
	int64_t until_ms, backoff_ms;
	uint16_t nwhy;
	char why[WHY_MAX];
};

struct dead {
	int64_t min_ms, max_ms;
	struct row rows[SETS][WAYS];
};

struct dead *
dead_new(void)
{
	struct dead *d = calloc(1, sizeof(*d));

	bug_if(!d);
	dead_limits(d, 0, 0);
	return d;
}

static int64_t
limit(int64_t ms, uint32_t s)
{
	return s > 0 && (int64_t)s * 1000 < ms ? (int64_t)s * 1000 : ms;
}

void
dead_limits(struct dead *d, uint32_t min_s, uint32_t max_s)
{
	d->min_ms = limit(BACKOFF_MIN_MS, min_s);
	d->max_ms = limit(BACKOFF_MAX_MS, max_s);
}

void
dead_free(struct dead *d)
{
	free(d);
}

/* FNV-1a. Who fills a set with addresses of his only makes us forget, and
 * dial once more. */
static struct row *
set_of(struct dead *d, const struct host_address *a, uint16_t port)
{
	uint32_t h = 2166136261u ^ port;
	size_t n = a->v6 ? 16 : 4;

	for (size_t i = 0; i < n; i++)
		h = (h ^ a->octets[i]) * 16777619u;
	return d->rows[(h ^ h >> 16) & (SETS - 1)];
}

static bool
is_of(const struct row *r, const struct host_address *a, uint16_t port)
{
	return r->port == port && r->address.v6 == a->v6 &&
	    memcmp(r->address.octets, a->octets, a->v6 ? 16 : 4) == 0;
}

static struct row *
find(struct dead *d, const struct host_address *a, uint16_t port)
{
	struct row *set = set_of(d, a, port);

	for (size_t i = 0; i < WAYS; i++)
		if (is_of(&set[i], a, port))
			return &set[i];
	return NULL;
}

struct str
dead_why(struct dead *d, const struct host_address *a, uint16_t port,
    int64_t now_ms)
{
	const struct row *r = find(d, a, port);

	if (!r || now_ms >= r->until_ms)
		return STR_NULL;
	return str_make(r->why, r->nwhy);
}

/* A free row, or the one that is over first. */
static struct row *
row_for(struct dead *d, const struct host_address *a, uint16_t port)
{
	struct row *set = set_of(d, a, port), *best = set;

	for (size_t i = 1; i < WAYS; i++)
		if (set[i].until_ms < best->until_ms)
			best = &set[i];
	memset(best, 0, sizeof(*best));
	best->address = *a;
	best->port = port;
	return best;
}

void
dead_failed(struct dead *d, const struct host_address *a, uint16_t port,
    int64_t now_ms, struct str why)
{
	struct row *r = find(d, a, port);

	/* Several that dialled at once are one failure. */
	if (r && now_ms < r->until_ms)
		return;
	if (!r)
		r = row_for(d, a, port);
	r->backoff_ms = r->backoff_ms ? r->backoff_ms * 2 : d->min_ms;
	if (r->backoff_ms > d->max_ms)
		r->backoff_ms = d->max_ms;
	r->until_ms = now_ms + r->backoff_ms;
	why = str_first(why.n > 0 ? why : STR("it failed"), WHY_MAX);
	memcpy(r->why, why.p, why.n);
	r->nwhy = (uint16_t)why.n;
}

void
dead_answered(struct dead *d, const struct host_address *a, uint16_t port)
{
	struct row *r = find(d, a, port);

	if (r)
		memset(r, 0, sizeof(*r));
}
