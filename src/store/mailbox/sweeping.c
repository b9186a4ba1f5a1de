#include "store/mailbox/sweeping.h"

bool
sweeping_account_gone(void *sweeping, uint64_t account)
{
	struct sweeping *s = sweeping;
	int rc = reader_account(s->r, account, NULL);

	if (rc != E_NOTFOUND)
		vec_push(&s->accounts, account);
	return rc == E_NOTFOUND;
}
