#include "vault/exchanges.h"

#include <stdlib.h>

#include "base/err.h"

/* A ring: the next to be written is the oldest. */
struct kept_exchange {
	uint8_t id[EXCHANGE_ID_LEN];
	int64_t until_ms;
	char *text;		/* of all strs; NULL: free */
	struct exchange e;
};

struct exchanges {
	struct kept_exchange ring[EXCHANGES_MAX];
	size_t next;
};

struct exchanges *
exchanges_new(void)
{
	struct exchanges *x = calloc(1, sizeof(*x));

	bug_if(!x);
	return x;
}

void
exchanges_free(struct exchanges *x)
{
	for (size_t i = 0; x && i < EXCHANGES_MAX; i++)
		free(x->ring[i].text);
	free(x);
}

static struct str
keep_text(char **to, struct str s)
{
	char *p = *to;

	if (s.n)
		memcpy(p, s.p, s.n);
	*to += s.n;
	return str_make(p, s.n);
}

void
exchanges_add(struct exchanges *x, const uint8_t id[EXCHANGE_ID_LEN],
    const struct exchange *add, int64_t now_ms)
{
	struct kept_exchange *k = &x->ring[x->next];
	char *to;

	x->next = (x->next + 1) % EXCHANGES_MAX;
	free(k->text);
	k->text = to = malloc(add->mechanism.n + add->user.n + add->peer.n +
	    add->bare.n + add->first.n + 1);
	bug_if(!to);
	memcpy(k->id, id, sizeof(k->id));
	k->until_ms = now_ms + EXCHANGE_MS;
	k->e = (struct exchange){ keep_text(&to, add->mechanism),
		keep_text(&to, add->user), keep_text(&to, add->peer),
		add->service, keep_text(&to, add->bare),
		keep_text(&to, add->first) };
}

static struct kept_exchange *
find_exchange(struct exchanges *x, struct str id)
{
	for (size_t i = 0; i < EXCHANGES_MAX; i++)
		if (x->ring[i].text && id.n == EXCHANGE_ID_LEN &&
		    memcmp(x->ring[i].id, id.p, id.n) == 0)
			return &x->ring[i];
	return NULL;
}

bool
exchanges_take(struct exchanges *x, struct str id, int64_t now_ms,
    struct arena *a, struct exchange *out)
{
	struct kept_exchange *k = find_exchange(x, id);
	bool good = k && now_ms < k->until_ms;

	if (good)
		*out = (struct exchange){ str_dup(a, k->e.mechanism),
			str_dup(a, k->e.user), str_dup(a, k->e.peer),
			k->e.service, str_dup(a, k->e.bare),
			str_dup(a, k->e.first) };
	if (k) {
		free(k->text);
		k->text = NULL;
	}
	return good;
}
