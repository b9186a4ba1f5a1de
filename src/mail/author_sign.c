/*
 * author_sign.c - apart from author.c: who only asks links no vault.
 */
#include "mail/author.h"

/* d= need not be more than a domain of the author (RFC 6376 6.1). */
int
author_sign(struct account *account, const struct signable *what,
    const struct log_ctx *log, struct str *fields, struct arena *a,
    struct err *err)
{
	struct dkim_sign_ask ask = {
		.names = what->names,
		.header = what->header,
		.body_hash = what->body_hash,
		.at = loop_wall(account->loop),
	};
	int e = 0;

	for (size_t i = 0; i < what->nauthors; i++) {
		ask.from = what->authors[i];
		e = vault_sign_mail(account->vault, &account->login, &ask,
		    fields, a, err);
		if (e == 0 || e == E_CANCELED)
			return e;
		/* Vault may be away for a moment: the client tries again. */
		if (e != E_NOTFOUND && e != E_DENIED)
			return E_PEER;
	}
	if (e == E_DENIED)
		log_ctx_event(log, LOG_INFO, "not_signed",
		    F_STR("from", ask.from), F_ERR(err));
	return 0;
}
