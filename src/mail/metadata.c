#include "mail/metadata.h"

#include "mail/view.h"

/* One page; *from is behind its last name, in room. */
static int
walk_page(const struct account *a, struct metadata_ask *ask,
    char room[METADATA_ENTRY_MAX + 1], metadata_each *each, void *arg,
    struct metadata_answer *answer, struct arena *mem, struct err *err)
{
	struct metadata_row row = { 0 };
	struct rd r;
	int e = store_call(a->store, STORE_metadata, ask, answer, mem, err);

	r = rd_of(e < 0 ? STR_NULL : answer->rows);
	while (e >= 0 && !rd_done(&r)) {
		if (!msg_take(&r, &metadata_row_shape, &row))
			return err_set(err, E_PROTO, "no metadata");
		each(arg, row.entry, row.value);
	}
	if (e >= 0 && answer->more && row.entry.n == 0)
		return err_set(err, E_PROTO, "no metadata");
	/* No name has this octet. */
	if (row.entry.n)
		memcpy(room, row.entry.p, row.entry.n);
	room[row.entry.n] = '\x01';
	ask->from = str_make(room, row.entry.n + 1);
	return e;
}

int
metadata_walk(const struct account *a, struct str mailbox, struct str from,
    struct str to, metadata_each *each, void *arg, uint32_t *special,
    struct err *err)
{
	struct metadata_ask ask = { mailbox, from, to };
	struct metadata_answer answer = { .more = 1 };
	struct arena *mem = arena_new(MAIL_PAGE_MEM);
	char room[METADATA_ENTRY_MAX + 1];
	int e = 0;

	while (e >= 0 && answer.more) {
		arena_reset(mem);
		e = walk_page(a, &ask, room, each, arg, &answer, mem, err);
	}
	arena_free(mem);
	if (e >= 0)
		*special = answer.special;
	return e;
}

void
metadata_add(struct buf *b, struct str name, struct str value)
{
	msg_put(b, &metadata_row_shape, &(struct metadata_row){ name,
	    value.p == NULL, value });
}

int
metadata_put(const struct account *a, struct str mailbox,
    const struct buf *b, const uint32_t *special, struct err *err)
{
	const struct metadata_put_ask ask = { store_change_id(a->store),
		mailbox, buf_get(b), special != NULL,
		special ? *special : 0 };
	struct arena *mem = arena_new(4096);
	struct done done;
	int e = store_call(a->store, STORE_metadata_put, &ask, &done, mem,
	    err);

	arena_free(mem);
	return e;
}
