/*
 * ldap.c - what the role that speaks with a directory would do with the
 * accounts of ours: it may have those come and go that are the directory's.
 */
#include "asks.h"

static void
take_accounts(struct attack *a, struct ipc *store)
{
	static const struct {
		const char *what;
		struct str address;
	} tries[] = {
		{ "ldap makes alice the directory's", STR(ALICE) },
		{ "ldap makes bob the directory's", STR(BOB) },
		{ "ldap is postmaster", STR("postmaster@example.test") },
		{ "ldap is abuse", STR("Abuse@example.test") },
		{ "ldap is everybody else", STR("*@example.test") },
		{ "ldap is of another domain", STR("x@elsewhere.test") },
		{ "ldap is nobody", STR("") },
		{ "ldap is of two lines", STR("x\ny@example.test") },
	};

	for (size_t i = 0; i < NELEM(tries); i++) {
		struct ldap_put_ask ask = {
			.change = loop_random64(a->role->loop),
			.address = tries[i].address, .id = STR("mine"),
			.dn = STR("cn=mine"), .with_quota = 1 };

		refused(a, store, &store_calls[STORE_ldap_put], &ask,
		    tries[i].what);
	}
	for (uint64_t account = 0; account < 4; account++) {
		struct ldap_gone_ask ask = { loop_random64(a->role->loop),
			account };
		char what[60];

		(void)snprintf(what, sizeof(what), "ldap locks account %ju",
		    (uintmax_t)account);
		refused(a, store, &store_calls[STORE_ldap_gone], &ask, what);
	}
}

/* Vault asks it, and is not asked. */
static void
ask_vault(struct attack *a, struct peer_held *vault)
{
	static const struct login_ask login = { STR("PLAIN"), STR(""),
		STR(BOB), STR(PASSWORD), STR("127.0.0.1"), SERVICE_imap };

	refused(a, vault->ipc, &vault_calls[VAULT_login], &login,
	    "ldap logs in with a right password");
}

void
attack_ldap(struct attack *a)
{
	struct peer_held *store = peer_of(a, ROLE_STORE);
	struct peer_held *vault = peer_of(a, ROLE_VAULT);
	struct peer_held *resolver = peer_of(a, ROLE_RESOLVER);
	struct lookup_ask name = { STR("flood.test"), DNS_A };
	struct ldap_list_ask list = { 0 };

	every_store_call(a, store->ipc, AUTH_LDAP, "ldap");
	take_accounts(a, store->ipc);
	ask_vault(a, vault);
	attack_flood(a, resolver, &dns_calls[DNS_CALL_lookup], &name,
	    "ldap floods the window of resolver");
	attack_flood(a, store, &store_calls[STORE_ldap_list], &list,
	    "ldap floods the window of store");
}
