/*
 * scram.c - what a front tries with a proof that somebody made through it: the
 * person is let in by it, once, and nobody else is.
 */
#include "asks.h"
#include "vault/scram_peer.h"

struct heard {
	struct str exchange, server_first, without_proof;
	char proof[SCRAM_KEY_MAX];
};

static bool
begin(struct attack *a, struct ipc *vault, struct str user, struct heard *h)
{
	struct scram_first_ask ask = { STR("SCRAM-SHA-256"), STR(""), user,
		STR("127.0.0.1"), SERVICE_imap, STR("nonce"),
		arena_printf(a->memory, "n=%.*s,r=nonce", STR_FMT(user)) };
	union any_answer answer = { 0 };
	struct err err;

	if (call(a, vault, &vault_calls[VAULT_scram_first], &ask, &answer,
	    NULL, &err) < 0)
		return false;
	h->exchange = answer.scram_first.exchange;
	h->server_first = answer.scram_first.message;
	return true;
}

/* As alice's program does, at its end. */
static void
make_proof(struct attack *a, struct heard *h)
{
	uint8_t proof[SCRAM_KEY_MAX], signature[SCRAM_KEY_MAX];
	struct str nonce = str_first(h->server_first,
	    str_find(h->server_first, STR(",s=")));

	h->without_proof = arena_printf(a->memory, "c=biws,%.*s",
	    STR_FMT(nonce));
	scram_peer_prove(SCRAM_SHA_256, STR(PASSWORD),
	    STR("n=" ALICE ",r=nonce"), h->server_first, h->without_proof,
	    proof, signature);
	memcpy(h->proof, proof, sizeof(h->proof));
}

static void
use(struct attack *a, struct ipc *vault, struct str exchange,
    const struct heard *h, const char *what)
{
	struct scram_final_ask ask = { exchange, h->without_proof,
		str_make(h->proof, sizeof(h->proof)) };

	refused(a, vault, &vault_calls[VAULT_scram_final], &ask, what);
}

void
replays_a_proof(struct attack *a, struct ipc *vault)
{
	struct scram_final_ask ask;
	union any_answer answer = { 0 };
	struct heard alice, again, bob;
	struct err err;
	int fd = -1;

	if (a->real->kind == ROLE_WEB) {	/* there is none by HTTP */
		attempt(a, "web begins an exchange", !begin(a, vault,
		    STR(ALICE), &alice), "invalid");
		return;
	}
	if (!begin(a, vault, STR(ALICE), &alice) ||
	    !begin(a, vault, STR(ALICE), &again) ||
	    !begin(a, vault, STR(BOB), &bob)) {
		attempt(a, "exchanges begin (else nothing is shown)", false,
		    "they could not");
		return;
	}
	make_proof(a, &alice);
	use(a, vault, again.exchange, &alice,
	    "alice's proof opens another session of hers");
	use(a, vault, bob.exchange, &alice, "alice's proof opens bob's "
	    "account");
	use(a, vault, STR("0123456789abcdef"), &alice,
	    "a proof opens an invented exchange");
	ask = (struct scram_final_ask){ alice.exchange, alice.without_proof,
		str_make(alice.proof, sizeof(alice.proof)) };
	if (call(a, vault, &vault_calls[VAULT_scram_final], &ask, &answer, &fd,
	    &err) < 0 || fd < 0) {
		attempt(a, "alice proves her password (else nothing is shown)",
		    false, err.text);
		return;
	}
	(void)close(fd);
	use(a, vault, alice.exchange, &alice,
	    "alice's proof is good once more");
}
