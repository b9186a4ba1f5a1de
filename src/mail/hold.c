#include "mail/hold.h"

int
hold_check(struct store *st, const struct envelope *e, uint64_t octets,
    const struct hold_limits *l, struct arena *a, struct err *err)
{
	const struct later_room_ask ask = { octets };
	int64_t wait_s = e->hold_for ? (int64_t)e->hold_for :
	    e->hold_until ? e->hold_until - l->now : 0;
	struct done done;
	int rc;

	if ((e->hold_for || e->hold_until) && e->reverse_path.n == 0)
		return err_set(err, E_INVALID, "A report leaves at once");
	if (wait_s <= 0)
		return 0;
	if (wait_s > (int64_t)l->longest_s)
		return err_set(err, E_INVALID, "Nothing waits for so long");
	rc = store_call(st, STORE_later_room, &ask, &done, a, err);
	if (rc == E_LIMIT || rc == E_FULL)
		return err_set(err, rc, "Too much of you waits");
	return rc;
}
