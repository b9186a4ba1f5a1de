/*
 * pam.c - what the role that has PAM prove passwords would do: vault asks it,
 * and is not asked; it knows nobody else.
 */
#include "asks.h"

void
attack_pam(struct attack *a)
{
	static const struct login_ask login = { STR("PLAIN"), STR(""),
		STR(BOB), STR(PASSWORD), STR("127.0.0.1"), SERVICE_imap };
	struct peer_held *vault = peer_of(a, ROLE_VAULT);
	bool others = false;

	refused(a, vault->ipc, &vault_calls[VAULT_login], &login,
	    "pam logs in with a right password");
	every_vault_call(a, vault->ipc, 0, "pam");
	for (size_t i = 0; i < a->npeers; i++)
		others |= a->peers[i].kind != ROLE_VAULT;
	attempt(a, "pam has a connection to another role", !others,
	    "only to vault");
}
