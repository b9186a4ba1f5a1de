#include "relay/sent.h"

#include "base/buf.h"

enum {
	CHAINS = 256,		/* a power of two */
	ROWS_MAX = 10000,	/* as many as wait to be reported */
	KEPT_MS = 60 * 60 * 1000,
	RESULT_MAX = 2048,
};

struct row {
	struct row *next;
	struct sent_id id;
	int64_t until_ms;
	size_t n;
	char result[];
};

struct sent {
	size_t n;
	struct row *chain[CHAINS];
};

struct sent *
sent_new(void)
{
	struct sent *s = calloc(1, sizeof(*s));

	bug_if(!s);
	return s;
}

static void
drop(struct sent *s, struct row **at)
{
	struct row *row = *at;

	*at = row->next;
	s->n--;
	free(row);
}

void
sent_free(struct sent *s)
{
	for (size_t i = 0; s && i < CHAINS; i++)
		while (s->chain[i])
			drop(s, &s->chain[i]);
	free(s);
}

/* The numbers are enough, store uses none again; but a store that was put back
 * from yesterday's copy does: time and address count too. FNV-1a. */
struct sent_id
sent_id(const struct queue_item *item, const struct queue_rcpt *rcpt)
{
	uint64_t h = 14695981039346656037u ^ rcpt->n ^
	    (uint64_t)item->queued << 16;

	for (size_t i = 0; i < rcpt->address.n; i++)
		h = (h ^ (unsigned char)rcpt->address.p[i]) * 1099511628211u;
	return (struct sent_id){ item->message, h };
}

static struct row **
chain_of(struct sent *s, struct sent_id id)
{
	return &s->chain[(id.message ^ id.message >> 8) & (CHAINS - 1)];
}

static struct row **
find(struct sent *s, struct sent_id id)
{
	struct row **at = chain_of(s, id);

	while (*at && ((*at)->id.message != id.message ||
	    (*at)->id.rcpt != id.rcpt))
		at = &(*at)->next;
	return at;
}

/* Seldom: only where a store went. */
static void
drop_old(struct sent *s, int64_t now_ms)
{
	for (size_t i = 0; i < CHAINS; i++)
		for (struct row **at = &s->chain[i]; *at;)
			if ((*at)->until_ms <= now_ms)
				drop(s, at);
			else
				at = &(*at)->next;
}

void
sent_add(struct sent *s, struct sent_id id, const struct queue_result *result,
    int64_t now_ms)
{
	auto_buf b = BUF_INIT(RESULT_MAX);
	struct row **at = find(s, id), *row;

	msg_put(&b, &queue_result_shape, result);
	if (*at || buf_failed(&b))
		return;
	if (s->n == ROWS_MAX)
		drop_old(s, now_ms);
	if (s->n == ROWS_MAX)
		return;
	row = malloc(sizeof(*row) + b.n);
	bug_if(!row);
	*row = (struct row){ NULL, id, now_ms + KEPT_MS, b.n };
	memcpy(row->result, b.p, b.n);
	*at = row;
	s->n++;
}

bool
sent_take(struct sent *s, struct sent_id id, struct queue_result *result,
    struct arena *a)
{
	struct row **at;
	struct rd rd;

	if (s->n == 0 || !*(at = find(s, id)))
		return false;
	rd = rd_of(str_make((*at)->result, (*at)->n));
	if (!msg_take(&rd, &queue_result_shape, result))
		bug("a result of ours does not decode");
	msg_keep(a, &queue_result_shape, result);
	drop(s, at);
	return true;
}
