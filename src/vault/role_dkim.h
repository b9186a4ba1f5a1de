/*
 * role_dkim.h - the keys of domains, as the files of the role share them.
 *
 *   role_dkim.c       keys that were fetched, and what is signed with them
 *   role_dkim_keys.c  their making, their change, and who has to change
 */
#pragma once
#include "vault/dkim.h"
#include "vault/role_int.h"

/* Those that are known, until the fiber is suspended; or NULL. */
struct dkim_keys *vault_dkim_known(struct vault_state *v, struct str domain);
/* Have them known. E_NOTFOUND if there are none. */
int vault_dkim_fetch(struct work *c, struct str domain, struct err *err);
/* From now on these are. Takes them. */
void vault_dkim_remember(struct vault_state *v, struct str domain,
    const struct dkim_keys *keys);
/* What store has is another set, or may be. */
void vault_dkim_forget(struct vault_state *v, struct str domain);
/* What store has, for the caller to free; the arena is only worked in.
 * E_NOTFOUND: none. */
int vault_dkim_read(struct work *c, struct str domain, struct arena *a,
    struct dkim_keys *keys, struct err *err);

/* One changes keys at a time, or two would each make their own for one domain.
 * E_BUSY. */
int vault_dkim_lock(struct vault_state *v, struct err *err);
void vault_dkim_unlock(struct vault_state *v);
