#include "relay/host_backoff.h"

enum {
	BACKOFF_MIN_MS = 60 * 1000,
	BACKOFF_MAX_MS = 30 * 60 * 1000,
	SETS = 256, WAYS = 4,	/* SETS is a power of two */
	WHY_MAX = 160,
};

struct backoff_row {
	struct host_address address;
	uint16_t port;		/* 0: free */
	uint32_t way;
	int64_t until_ms, backoff_ms;
	uint16_t nwhy;
	char why[WHY_MAX];
};

struct host_backoff {
	int64_t min_ms, max_ms;
	struct backoff_row rows[SETS][WAYS];
};

struct host_backoff *
host_backoff_new(void)
{
	struct host_backoff *b = calloc(1, sizeof(*b));

	bug_if(!b);
	host_backoff_limits(b, 0, 0);
	return b;
}

static int64_t
limit(int64_t ms, uint32_t s)
{
	return s > 0 && (int64_t)s * 1000 < ms ? (int64_t)s * 1000 : ms;
}

void
host_backoff_limits(struct host_backoff *b, uint32_t min_s, uint32_t max_s)
{
	b->min_ms = limit(BACKOFF_MIN_MS, min_s);
	b->max_ms = limit(BACKOFF_MAX_MS, max_s);
}

void
host_backoff_free(struct host_backoff *b)
{
	free(b);
}

/* FNV-1a. Somebody who fills a set with addresses of their own only makes us
 * forget, and dial once more. */
static struct backoff_row *
set_of(struct host_backoff *b, const struct host_address *a, uint16_t port,
    uint32_t way)
{
	uint32_t h = 2166136261u ^ port ^ way;
	size_t n = a->v6 ? 16 : 4;

	for (size_t i = 0; i < n; i++)
		h = (h ^ a->octets[i]) * 16777619u;
	return b->rows[(h ^ h >> 16) & (SETS - 1)];
}

static bool
is_of(const struct backoff_row *r, const struct host_address *a, uint16_t port,
    uint32_t way)
{
	return r->port == port && r->way == way && r->address.v6 == a->v6 &&
	    memcmp(r->address.octets, a->octets, a->v6 ? 16 : 4) == 0;
}

static struct backoff_row *
row_of(struct host_backoff *b, const struct host_address *a, uint16_t port,
    uint32_t way)
{
	struct backoff_row *set = set_of(b, a, port, way);

	for (size_t i = 0; i < WAYS; i++)
		if (is_of(&set[i], a, port, way))
			return &set[i];
	return NULL;
}

struct str
host_backoff_why(struct host_backoff *b, const struct host_address *a,
    uint16_t port, uint32_t way, int64_t now_ms)
{
	const struct backoff_row *r = row_of(b, a, port, way);

	if (!r || now_ms >= r->until_ms)
		return STR_NULL;
	return str_make(r->why, r->nwhy);
}

/* A free row, or the one whose wait ends first. */
static struct backoff_row *
row_for(struct host_backoff *b, const struct host_address *a, uint16_t port,
    uint32_t way)
{
	struct backoff_row *set = set_of(b, a, port, way), *best = set;

	for (size_t i = 1; i < WAYS; i++)
		if (set[i].until_ms < best->until_ms)
			best = &set[i];
	memset(best, 0, sizeof(*best));
	best->address = *a;
	best->port = port;
	best->way = way;
	return best;
}

void
host_backoff_failed(struct host_backoff *b, const struct host_address *a,
    uint16_t port, uint32_t way, int64_t now_ms, struct str why)
{
	struct backoff_row *r = row_of(b, a, port, way);

	/* Several deliveries that dialled at once saw one failure. */
	if (r && now_ms < r->until_ms)
		return;
	if (!r)
		r = row_for(b, a, port, way);
	r->backoff_ms = r->backoff_ms ? r->backoff_ms * 2 : b->min_ms;
	if (r->backoff_ms > b->max_ms)
		r->backoff_ms = b->max_ms;
	r->until_ms = now_ms + r->backoff_ms;
	why = str_first(why.n > 0 ? why : STR("it failed"), WHY_MAX);
	memcpy(r->why, why.p, why.n);
	r->nwhy = (uint16_t)why.n;
}

void
host_backoff_answered(struct host_backoff *b, const struct host_address *a,
    uint16_t port, uint32_t way)
{
	struct backoff_row *r = row_of(b, a, port, way);

	if (r)
		memset(r, 0, sizeof(*r));
}
