#include "vault/tickets.h"

#include "base/err.h"

/* Open addressing; a ticket is random already, so it is its own hash. */
struct tickets {
	struct ticket *slots;	/* account 0: free */
	size_t n, size;		/* a power of two, at most 3/4 full */
};

struct tickets *
tickets_new(void)
{
	struct tickets *t = calloc(1, sizeof(*t));

	bug_if(!t);
	return t;
}

/* The copy is ours to free. */
static void
drop_address(struct ticket *t)
{
	char *p;

	memcpy(&p, &t->address.p, sizeof(p));
	free(p);
	t->address = STR_NULL;
}

void
tickets_free(struct tickets *t)
{
	for (size_t i = 0; t && i < t->size; i++)
		drop_address(&t->slots[i]);
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
tickets_add(struct tickets *t, const struct ticket *add)
{
	struct ticket *to;
	char *address;

	bug_if(add->account == 0);
	if (t->n >= TICKETS_MAX)
		return false;
	if (t->n >= t->size / 4 * 3)
		grow(t);
	address = malloc(add->address.n + 1);
	bug_if(!address);
	if (add->address.n)
		memcpy(address, add->address.p, add->address.n);
	to = &t->slots[slot_of(t, add->id)];
	t->n += to->account == 0;
	drop_address(to);
	*to = *add;
	to->address = str_make(address, add->address.n);
	return true;
}

const struct ticket *
tickets_find(const struct tickets *t, struct str id)
{
	const struct ticket *at;

	if (id.n != TICKET_LEN || t->n == 0)
		return NULL;
	at = &t->slots[slot_of(t, (const uint8_t *)id.p)];
	return at->account ? at : NULL;
}

/* Those behind it in the same run move up, as nothing marks a grave. */
void
tickets_remove(struct tickets *t, struct str id)
{
	size_t i;

	if (!tickets_find(t, id))
		return;
	i = slot_of(t, (const uint8_t *)id.p);
	drop_address(&t->slots[i]);
	t->slots[i].account = 0;
	t->n--;
	for (i = (i + 1) & (t->size - 1); t->slots[i].account; i = (i + 1) &
	    (t->size - 1)) {
		struct ticket moved = t->slots[i];

		t->slots[i] = (struct ticket){ .account = 0 };
		t->slots[slot_of(t, moved.id)] = moved;
	}
}
