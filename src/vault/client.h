/*
 * client.h - asking vault: TLS keys that stay there, and who somebody is.
 *
 * A role has one connection to vault, replaced when vault was restarted;
 * calls under way are then asked again until their deadline.
 */
#pragma once
#include "rt/tls.h"
#include "store/client.h"
#include "vault/messages.h"

struct vault;
struct reconnect;

/* fd -1: the connection comes with vault_replace(). Makes OpenSSL ready: call
 * it before the sandbox closes. */
struct vault *vault_new(struct loop *l, int fd);
/* After every stream, context and login that came from it. */
void vault_free(struct vault *v);
void vault_replace(struct vault *v, int fd);
/* Its connection, for listeners_need(). */
const struct reconnect *vault_link(const struct vault *v);

/* For those who hash something themselves: lives as long as v. */
OSSL_LIB_CTX *vault_ossl(const struct vault *v);

/* A TLS context with every certificate vault has now, whose keys sign in vault
 * (the signing fiber is suspended meanwhile). Suspends. The caller unrefs. */
int vault_tls_ctx(struct vault *v, struct tls_ctx **ctx, struct err *err);
/* As tls_lib_tickets(), for all contexts. */
void vault_tickets(struct vault *v, struct str keys);

/* Who has logged in: the account and its store connection. */
struct login {
	uint64_t account;
	struct str address;	/* in the arena given */
	struct str label;	/* of the app password; there, too */
	int64_t until;		/* they came by a token that is good so long */
	struct store *store;	/* reopened through vault by itself */
	struct vault_ticket *ticket;
};
/* E_DENIED: wrong user or password. E_BUSY: too many tries, later. */
int vault_login(struct vault *v, const struct login_ask *ask,
    struct login *login, struct arena *a, struct err *err);
/* SCRAM, of which the caller has read the messages (scram_grammar.h): the
 * server's first, and who proved to be somebody, with what is to be shown to
 * them for it. As vault_login(); E_STALE: the exchange is over. What the
 * answers name lives in the arena. */
int vault_scram_first(struct vault *v, const struct scram_first_ask *ask,
    struct scram_first_answer *answer, struct arena *a, struct err *err);
int vault_scram_final(struct vault *v, const struct scram_final_ask *ask,
    struct login *login, struct str *signature, struct arena *a,
    struct err *err);
/* A token, as vault_login(). E_TIMEOUT: nobody can say now. */
int vault_bearer(struct vault *v, const struct bearer_ask *ask,
    struct login *login, struct arena *a, struct err *err);
/* Who has shown a certificate, as vault_login(). */
int vault_external(struct vault *v, const struct external_ask *ask,
    struct login *login, struct arena *a, struct err *err);
/* CRAM-MD5, as SCRAM. */
int vault_cram_first(struct vault *v, const struct cram_first_ask *ask,
    struct scram_first_answer *answer, struct arena *a, struct err *err);
int vault_cram_final(struct vault *v, const struct cram_final_ask *ask,
    struct login *login, struct arena *a, struct err *err);
/* Is CRAM-MD5 there, where somebody logs in? At first it is not. */
void vault_set_cram(struct vault *v, bool on);
bool vault_has_cram(const struct vault *v);
/* Whose tokens there may be: struct oauth_conf each, copied. Empty: nobody's;
 * then none is asked for. */
void vault_set_issuers(struct vault *v, struct str oauth);
struct str vault_issuers(const struct vault *v);
/* What people do to their own account, with their own password proven again;
 * see the calls. E_DENIED, E_BUSY: as in a login. Suspend. */
int vault_change_password(struct vault *v, const struct own_password_ask *ask,
    struct err *err);
/* *password lives in the arena, and is the caller's to wipe. */
int vault_make_app_password(struct vault *v,
    const struct own_app_password_ask *ask, struct str *password,
    struct arena *a, struct err *err);
/* Show, set up or take off one's second factor; what the answer names lives in
 * the arena. */
int vault_factor(struct vault *v, const struct own_factor_ask *ask,
    struct own_factor_answer *answer, struct arena *a, struct err *err);
/* Is mail taken for this domain? E_NOTFOUND. For web only. Suspends. */
int vault_domain_is_ours(struct vault *v, struct str domain, struct err *err);
/* What says in such an ask who has signed in; lives as long as the login. */
struct str vault_ticket_of(const struct login *login);
/* Have a message signed that this person writes as `from`. ask's ticket is
 * filled in here. *fields lives in the arena. E_NOTFOUND: there are no keys for
 * that domain; E_DENIED: they may not write as that. */
int vault_sign_mail(struct vault *v, const struct login *login,
    const struct dkim_sign_ask *ask, struct str *fields, struct arena *a,
    struct err *err);
/* Have a message that is sent on sealed; for mx only. *fields lives in the
 * arena. E_NOTFOUND: there are no keys for that domain. */
int vault_seal_mail(struct vault *v, const struct arc_seal_ask *ask,
    struct str *fields, struct arena *a, struct err *err);
/* The session is over: closes its store connection too. Never suspends; a
 * login of zeros is fine. */
void vault_logout(struct vault *v, struct login *login);
