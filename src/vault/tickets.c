#include "vault/tickets.h"

#include "base/err.h"

/* Open addressing; a ticket is random already, so it is its own hash. */
struct ticket {
	uint8_t id[TICKET_LEN];
	uint64_t account;	/* 0: free */
};

struct tickets {
	struct ticket *slots;
	size_t n, size;		/* a power of two, at most 3/4 full */
};

struct tickets *
tickets_new(void)
{
	struct tickets *t = calloc(1, sizeof(*t));

	bug_if(!t);
	return t;
}

void
tickets_free(struct tickets *t)
{
	if (t)
		free(t->slots);
	free(t);
}

/* Where it is, or the free slot where it would be. */
static size_t
slot_of(const struct tickets *t, const uint8_t id[TICKET_LEN])
{
	uint64_t h;
	size_t i;

	memcpy(&h, id, sizeof(h));
	for (i = h & (t->size - 1); t->slots[i].account; i = (i + 1) &
	    (t->size - 1))
		if (memcmp(t->slots[i].id, id, TICKET_LEN) == 0)
			break;
	return i;
}

static void
grow(struct tickets *t)
{
	struct tickets bigger = { .size = t->size ? t->size * 2 : 64 };

	bigger.slots = calloc(bigger.size, sizeof(*bigger.slots));
	bug_if(!bigger.slots);
	for (size_t i = 0; i < t->size; i++)
		if (t->slots[i].account)
			bigger.slots[slot_of(&bigger, t->slots[i].id)] =
			    t->slots[i];
	bigger.n = t->n;
	free(t->slots);
	*t = bigger;
}

bool
tickets_add(struct tickets *t, const uint8_t id[TICKET_LEN], uint64_t account)
{
	struct ticket *to;

	bug_if(account == 0);
	if (t->n >= TICKETS_MAX)
		return false;
	if (t->n >= t->size / 4 * 3)
		grow(t);
	to = &t->slots[slot_of(t, id)];
	t->n += to->account == 0;
	memcpy(to->id, id, TICKET_LEN);
	to->account = account;
	return true;
}

uint64_t
tickets_find(const struct tickets *t, struct str id)
{
	if (id.n != TICKET_LEN || t->n == 0)
		return 0;
	return t->slots[slot_of(t, (const uint8_t *)id.p)].account;
}

/* Those behind it in the same run move up, as nothing marks a grave. */
void
tickets_remove(struct tickets *t, struct str id)
{
	size_t i;

	if (tickets_find(t, id) == 0)
		return;
	i = slot_of(t, (const uint8_t *)id.p);
	t->slots[i].account = 0;
	t->n--;
	for (i = (i + 1) & (t->size - 1); t->slots[i].account; i = (i + 1) &
	    (t->size - 1)) {
		struct ticket moved = t->slots[i];

		t->slots[i].account = 0;
		t->slots[slot_of(t, moved.id)] = moved;
	}
}
