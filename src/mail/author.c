#include "mail/author.h"

enum { ADDRESS_MAX = 320 };	/* octets; store is not asked about more */

int
author_may_write_as(struct store *st, struct str address, struct arena *a,
    struct err *err)
{
	struct sender_ask ask = { .address = address };
	struct done done;

	if (address.n > ADDRESS_MAX)
		return err_set(err, E_DENIED, "longer than any address");
	return store_call(st, STORE_sender, &ask, &done, a, err);
}
