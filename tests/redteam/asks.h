/*
 * asks.h - asking what one may not ask, for all of the hostile.
 */
#pragma once
#include "dns/messages.h"
#include "errand/messages.h"
#include "redteam.h"
#include "store/messages.h"
#include "vault/messages.h"

#define ALICE "alice@example.test"
#define BOB "bob@example.test"
#define PASSWORD "postern-demo"

union any_answer {
	struct done done;
	struct own_factor_answer own_factor;
	struct scram_first_answer scram_first;
	struct scram_final_answer scram_final;
	struct rcpt_answer rcpt;
	struct open_answer open;
	struct later_list_answer later_list;
	struct fetch_answer fetch;
	struct search_answer search;
	struct content_answer content;
	struct flags_answer flags;
	struct expunge_answer expunge;
	struct append_answer append;
	struct submit_answer submit;
	struct accounts_answer accounts;
	struct acl_answer acl;
	struct mailbox_create_answer created;
	struct copy_answer copied;
	struct move_answer moved;
	struct vanished_answer vanished;
	struct domains_answer domains;
	struct verify_answer verify;
	struct journal_read_answer journal;
	struct credential_answer credential;
	struct secret_get_answer secret;
	struct mailboxes_answer mailboxes;
	struct stage_answer stage;
	struct account_add_answer account;
	struct certs_answer certs;
	struct tls_sign_answer sign;
	struct login_answer login;
	struct seal_password_answer seal;
	struct dkim_sign_answer dkim;
	struct dkim_keys_answer keys;
	struct status_answer status;
	struct sync_answer sync;
	struct take_answer take;
	struct queue_content_answer queued;
	struct lookup_answer lookup;
	struct errand_answer errand;
	struct ldap_put_answer ldap_put;
	struct scan_answer scan;
	struct url_sign_answer url_sign;
	struct url_content_answer url_content;
};

/* The newest connection to such a role. */
struct peer_held *peer_of(struct attack *a, enum role_kind kind);
int call(struct attack *a, struct ipc *ipc, const struct ipc_call *c,
    const void *ask, union any_answer *answer, int *fd, struct err *err);
/* sharing.c: alice's connection reaches for what is bob's. */
void attack_sharing(struct attack *a, struct ipc *alice, struct ipc *bob);
/* urls.c: alice's connections, the second of a submission, read by URLs of
 * bob's that are not for her. */
void attack_urls(struct attack *a, struct ipc *alice, struct ipc *submission,
    struct ipc *bob);
/* An attempt: it must fail. */
void refused(struct attack *a, struct ipc *ipc, const struct ipc_call *c,
    const void *ask, const char *what);
/* Every call that this authority does not have, with fields that would make
 * sense for one that has it. */
void every_store_call(struct attack *a, struct ipc *ipc, uint32_t authority,
    const char *from);
void every_vault_call(struct attack *a, struct ipc *ipc, uint32_t authority,
    const char *from);
struct submit_ask message_to(uint64_t *handles, size_t n, uint64_t change);
void forbidden_signatures(struct attack *a, struct ipc *vault);
/* Mail in somebody else's name, or with no name at all. */
void forged_mail(struct attack *a, struct ipc *vault, struct str ticket,
    const char *as);
/* scram.c: a proof that alice made through this front, for something else. */
void replays_a_proof(struct attack *a, struct ipc *vault);
/* external.c: carol's certificate without her key. */
void certificates_of_its_own(struct attack *a, struct ipc *vault);
/* factor.c: bob gets a second factor; alice's ticket is none of his. */
void without_a_code(struct attack *a, struct ipc *vault, struct str ticket);
void forged_seals(struct attack *a, struct ipc *vault);
/* reach.c: mail is shown to nobody but whom the configuration names. */
void scans_of_its_own(struct attack *a, struct ipc *errand);
/* bearer.c: tokens of others, and none; issuers that nobody configured. */
void tokens_of_its_own(struct attack *a, struct ipc *vault, bool web);
void issuers_of_its_own(struct attack *a, struct ipc *errand);
void no_issuers(struct attack *a, struct ipc *errand, const char *who);
void too_many_stages(struct attack *a, struct ipc *store);
