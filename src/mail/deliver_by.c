#include "mail/deliver_by.h"

int
deliver_by_begin(struct envelope *e, int32_t by_s, uint32_t least_s,
    int64_t now, struct err *err)
{
	int64_t leaves = e->hold_for ? now + e->hold_for : e->hold_until;

	if (!e->by_mode)
		return 0;
	if (e->by_mode & BY_return && by_s < (int64_t)least_s)
		return err_set(err, E_LIMIT, "It takes %u seconds at least",
		    least_s);
	e->deliver_by = now + by_s;
	if (leaves > 0 && leaves >= e->deliver_by)
		return err_set(err, E_INVALID, "It does not leave before that");
	return 0;
}
