/*
 * role.c - postern-vault: the keys, and who knows which password.
 *
 * Privileges: its own folder (one file, read before the sandbox closes), three
 * threads, the sockets of the operator and of local programs to accept from.
 * Opens nothing later, connects nowhere, parses nothing but messages of fixed
 * fields, and of tokens what a key of their issuer has signed.
 */
#include "vault/role_int.h"

int
main(void)
{
	return role_main(&vault_role_ops);
}
