#include "relay/delivered_ledger.h"

#include "base/buf.h"

enum {
	CHAINS = 256,		/* a power of two */
	ROWS_MAX = 10000,	/* as many as wait to be reported */
	KEPT_MS = 60 * 60 * 1000,
	RESULT_MAX = 2048,
};

struct ledger_row {
	struct ledger_row *next;
	struct delivered_id id;
	int64_t until_ms;
	size_t n;
	char result[];
};

struct delivered_ledger {
	size_t n;
	struct ledger_row *chain[CHAINS];
};

struct delivered_ledger *
delivered_ledger_new(void)
{
	struct delivered_ledger *l = calloc(1, sizeof(*l));

	bug_if(!l);
	return l;
}

static void
drop_row(struct delivered_ledger *l, struct ledger_row **at)
{
	struct ledger_row *row = *at;

	*at = row->next;
	l->n--;
	free(row);
}

void
delivered_ledger_free(struct delivered_ledger *l)
{
	for (size_t i = 0; l && i < CHAINS; i++)
		while (l->chain[i])
			drop_row(l, &l->chain[i]);
	free(l);
}

/* The numbers are enough, because store uses none again; but a store that was
 * restored from yesterday's copy does: time and address count too. FNV-1a. */
struct delivered_id
delivered_id(const struct queue_item *item, const struct queue_rcpt *rcpt)
{
	uint64_t h = 14695981039346656037u ^ rcpt->n ^
	    (uint64_t)item->queued << 16;

	for (size_t i = 0; i < rcpt->address.n; i++)
		h = (h ^ (unsigned char)rcpt->address.p[i]) * 1099511628211u;
	return (struct delivered_id){ item->message, h };
}

static struct ledger_row **
chain_of(struct delivered_ledger *l, struct delivered_id id)
{
	return &l->chain[(id.message ^ id.message >> 8) & (CHAINS - 1)];
}

static struct ledger_row **
row_at(struct delivered_ledger *l, struct delivered_id id)
{
	struct ledger_row **at = chain_of(l, id);

	while (*at && ((*at)->id.message != id.message ||
	    (*at)->id.rcpt != id.rcpt))
		at = &(*at)->next;
	return at;
}

/* Rare: only after a store was lost. */
static void
drop_old(struct delivered_ledger *l, int64_t now_ms)
{
	for (size_t i = 0; i < CHAINS; i++)
		for (struct ledger_row **at = &l->chain[i]; *at;)
			if ((*at)->until_ms <= now_ms)
				drop_row(l, at);
			else
				at = &(*at)->next;
}

void
delivered_ledger_add(struct delivered_ledger *l, struct delivered_id id,
    const struct queue_result *result, int64_t now_ms)
{
	auto_buf b = BUF_INIT(RESULT_MAX);
	struct ledger_row **at = row_at(l, id), *row;

	msg_put(&b, &queue_result_shape, result);
	if (*at || buf_failed(&b))
		return;
	if (l->n == ROWS_MAX)
		drop_old(l, now_ms);
	if (l->n == ROWS_MAX)
		return;
	row = malloc(sizeof(*row) + b.n);
	bug_if(!row);
	*row = (struct ledger_row){ NULL, id, now_ms + KEPT_MS, b.n };
	memcpy(row->result, b.p, b.n);
	*at = row;
	l->n++;
}

bool
delivered_ledger_take(struct delivered_ledger *l, struct delivered_id id,
    struct queue_result *result, struct arena *a)
{
	struct ledger_row **at;
	struct rd rd;

	if (l->n == 0 || !*(at = row_at(l, id)))
		return false;
	rd = rd_of(str_make((*at)->result, (*at)->n));
	if (!msg_take(&rd, &queue_result_shape, result))
		bug("a result of ours does not decode");
	msg_keep(a, &queue_result_shape, result);
	drop_row(l, at);
	return true;
}
