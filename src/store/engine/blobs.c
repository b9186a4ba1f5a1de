/*
 * blobs.c - the octets of a message as readers want them, and what is said when
 * they are not those that were stored.
 */
#include "store/engine/engine_int.h"

enum { TOLD_MAX = 10000 };

int
place_get(struct sql *q, uint64_t blob, struct place *at, struct err *err)
{
	int rc = sql_first(q, SQL_blob_get, SQL_VALS(vi(blob)), err);

	if (rc == 0)
		return err_set(err, E_NOTFOUND, "the message is gone");
	if (rc < 0)
		return rc;
	*at = PLACE_OF(q, blob_get);
	sql_end(q, SQL_blob_get);
	if (at->front > at->facts || at->front > FRONT_MAX)
		return err_set(err, E_DAMAGED, "message %llu: its row makes "
		    "no sense", (unsigned long long)blob);
	return 0;
}

bool
blob_moved(struct sql *q, struct place *at)
{
	struct place now;

	if (place_get(q, at->blob, &now, NULL) < 0 ||
	    (now.pack == at->pack && now.at == at->at))
		return false;
	*at = now;
	return true;
}

/* Once each, or a client that asks again and again fills the log. */
static bool
is_told(struct engine *e, uint64_t kind, uint64_t n)
{
	bool before;

	pthread_mutex_lock(&e->damage_lock);
	before = map_get_number(&e->damage_told, kind, n, 0) != 0;
	if (e->damage_told.n >= TOLD_MAX)
		map_clear(&e->damage_told);
	map_put_number(&e->damage_told, kind, n, 0, 1);
	pthread_mutex_unlock(&e->damage_lock);
	return before;
}

static void
journal_damage(struct engine *e, uint64_t message, const struct err *why)
{
	journal_add(e->journal, &(struct journal_row){
	    .at_us = engine_now_us(e), .event = JOURNAL_damaged,
	    .message = message, .text = str_c(why->text) });
}

int
blob_damaged(struct reader *r, uint64_t blob, int rc, struct err *err)
{
	struct engine *e = r->e;
	struct place at;

	if (rc != E_DAMAGED)
		return rc;
	/* It was removed while we read. */
	if (place_get(&r->q, blob, &at, NULL) == E_NOTFOUND)
		return err_set(err, E_NOTFOUND, "the message is gone");
	if (is_told(e, DAMAGE_BLOB, blob))
		return rc;
	if (e->o.log)
		log_event(e->o.log, LOG_ERROR, "message_damaged",
		    F_INT("message", blob), F_ERR(err));
	journal_damage(e, blob, err);
	return rc;
}

void
page_damaged(void *engine, uint32_t page)
{
	struct engine *e = engine;
	struct err why;

	if (is_told(e, DAMAGE_PAGE, page))
		return;
	(void)err_set(&why, E_DAMAGED, "page %u of postern.db is damaged",
	    page);
	if (e->o.log)
		log_event(e->o.log, LOG_ERROR, "page_damaged",
		    F_INT("page", page));
	journal_damage(e, 0, &why);
}

int
blob_front(struct reader *r, const struct place *at, struct str before,
    struct str *out, struct err *err)
{
	struct str front;
	char *room;
	int rc;

	*out = before;
	if (at->front == 0)
		return 0;
	rc = packs_read_front(r->e->packs, at, &r->more, &front, err);
	if (rc < 0)
		return rc;
	room = arena_alloc(r->arena, before.n + front.n);
	if (before.n)
		memcpy(room, before.p, before.n);
	memcpy(room + before.n, front.p, front.n);
	*out = str_make(room, before.n + front.n);
	return 0;
}

void
blob_facts(struct reader *r, const struct place *at, struct str *facts)
{
	struct err why;
	int rc = packs_read_facts(r->e->packs, at, &r->more, facts, &why);

	if (rc < 0 || facts->n > STORE_FACTS_MAX)
		*facts = STR_NULL;
	if (rc < 0 && rc != E_DAMAGED && r->e->o.log)
		log_event(r->e->o.log, LOG_ERROR, "facts_unread",
		    F_INT("blob", at->blob), F_ERR(&why));
}

int
blob_octets(struct reader *r, const struct place *at, uint64_t offset,
    uint64_t len, struct str *out, struct err *err)
{
	uint64_t n = offset < at->length ? at->length - offset : 0;

	n = n < len ? n : len;
	n = n < OCTETS_MAX ? n : OCTETS_MAX;
	*out = STR_NULL;
	return n == 0 ? 0 : packs_read(r->e->packs, at, offset, (size_t)n,
	    &r->rows, out, err);
}
