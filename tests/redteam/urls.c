/*
 * urls.c - hostile code in front reads what bob lets others read by a URL: with
 * no token of his, by one that is for somebody or something else.
 */
#include "asks.h"

struct reading {
	struct attack *a;
	struct ipc *alice, *submission, *bob;
	uint64_t change;
};

static const struct url_claim plain = { .owner = STR(BOB),
	.name = STR("INBOX"), .uid = 1, .access = ACCESS_authuser,
	.rump = STR("imap://rump") };

/* Bob signs it: this much he may. */
static bool
sign(struct reading *r, const struct url_claim *claim,
    struct url_content_ask *read)
{
	struct url_sign_ask ask = { .change = ++r->change };
	union any_answer answer = { 0 };
	struct err err;
	int rc;

	MSG_COPY(url_claim, &ask, claim);
	*read = (struct url_content_ask){ .len = 65536 };
	MSG_COPY(url_claim, read, claim);
	rc = call(r->a, r->bob, &store_calls[STORE_url_sign], &ask, &answer,
	    NULL, &err);
	if (rc < 0)
		attempt(r->a, "bob signs a URL (else nothing is shown)", false,
		    err.text);
	read->token = rc < 0 ? STR_NULL :
	    str_dup(r->a->memory, answer.url_sign.token);
	return rc == 0;
}

/* So that a refusal says something. */
static void
can_read(struct reading *r, struct ipc *who, const struct url_content_ask *ask)
{
	union any_answer answer = { 0 };
	struct err err;

	if (call(r->a, who, &store_calls[STORE_url_content], ask, &answer,
	    NULL, &err) < 0)
		attempt(r->a, "who may read by a URL does (else nothing is "
		    "shown)", false, err.text);
}

static void
no_read(struct reading *r, struct ipc *who, const struct url_content_ask *ask,
    const char *what)
{
	refused(r->a, who, &store_calls[STORE_url_content], ask, what);
}

/* One field of what was signed is another one. */
static void
other_claims(struct reading *r, const struct url_content_ask *good)
{
	char octets[URL_TOKEN_LEN];
	struct url_content_ask ask[11];

	for (size_t i = 0; i < NELEM(ask); i++)
		ask[i] = *good;
	ask[0].uid = 2;
	ask[1].name = STR("Drafts");
	ask[2].owner = STR(ALICE);
	ask[3].expires = INT64_MAX;
	ask[4].access = ACCESS_anonymous;
	ask[5].rump = STR("imap://rumq");
	ask[6].token = STR_NULL;
	ask[7].token = str_first(good->token, URL_TOKEN_LEN - 1);
	memcpy(octets, good->token.p, sizeof(octets));
	octets[URL_TOKEN_LEN - 1] ^= 1;
	ask[8].token = str_make(octets, sizeof(octets));
	ask[9].uidvalidity = 1;
	ask[10].access = ACCESS_user;
	ask[10].who = STR(ALICE);
	for (size_t i = 0; i < NELEM(ask); i++) {
		no_read(r, r->alice, &ask[i],
		    "alice reads by a token for something else");
		no_read(r, r->submission, &ask[i],
		    "alice's submission reads by a token for something else");
	}
}

static void
not_for_her(struct reading *r)
{
	struct url_claim claim = plain;
	struct url_content_ask ask;

	claim.access = ACCESS_user;
	claim.who = STR(BOB);
	if (sign(r, &claim, &ask)) {
		no_read(r, r->alice, &ask, "alice reads what is for bob");
		no_read(r, r->submission, &ask,
		    "alice's submission reads what is for bob");
		can_read(r, r->bob, &ask);
	}
	claim.access = ACCESS_submit;
	if (sign(r, &claim, &ask)) {
		no_read(r, r->submission, &ask,
		    "alice submits what is for bob to submit");
		no_read(r, r->bob, &ask, "bob reads what he may submit");
	}
	claim.who = STR(ALICE);
	if (sign(r, &claim, &ask)) {
		no_read(r, r->alice, &ask, "alice reads what she may submit");
		/* Nobody submits through the page's worker. */
		if (r->a->real->kind == ROLE_WEB)
			no_read(r, r->submission, &ask,
			    "web reads what alice may submit");
		else
			can_read(r, r->submission, &ask);
	}
	claim = plain;
	claim.expires = 1;
	if (sign(r, &claim, &ask))
		no_read(r, r->alice, &ask, "alice reads what has expired");
}

/* Alice makes tokens of her own. */
static void
forge(struct reading *r)
{
	static const struct str names[] = { STR("INBOX"),
		STR("Other Users/" BOB "/INBOX"), STR("Other Users/" BOB),
		STR("") };
	struct url_sign_ask ask = { 0 };
	struct url_keys_renew_ask renew = { 0 };

	MSG_COPY(url_claim, &ask, &plain);
	for (size_t i = 0; i < NELEM(names); i++) {
		ask.change = ++r->change;
		ask.name = names[i];
		refused(r->a, r->alice, &store_calls[STORE_url_sign], &ask,
		    "alice signs a URL of bob's");
	}
	for (size_t i = 1; i < NELEM(names); i++) {
		ask.change = ++r->change;
		ask.owner = STR(ALICE);
		ask.name = names[i];
		refused(r->a, r->alice, &store_calls[STORE_url_sign], &ask,
		    "alice signs a URL of her own for what is bob's");
	}
	renew.change = ++r->change;
	renew.name = names[1];
	refused(r->a, r->alice, &store_calls[STORE_url_keys_renew], &renew,
	    "alice takes back URLs of bob's mailbox");
}

/* Of whoever asks, all of them. */
static void
renew(struct reading *r, struct ipc *who)
{
	struct url_keys_renew_ask ask = { .change = ++r->change };
	union any_answer answer = { 0 };
	struct err err;

	if (call(r->a, who, &store_calls[STORE_url_keys_renew], &ask, &answer,
	    NULL, &err) < 0)
		attempt(r->a, "their own URLs are taken back", false,
		    err.text);
}

void
attack_urls(struct attack *a, struct ipc *alice, struct ipc *submission,
    struct ipc *bob)
{
	struct reading r = { a, alice, submission, bob, 2000 };
	struct url_content_ask good;

	if (!sign(&r, &plain, &good))
		return;
	can_read(&r, alice, &good);
	other_claims(&r, &good);
	not_for_her(&r);
	forge(&r);
	renew(&r, alice);
	can_read(&r, alice, &good);
	renew(&r, bob);
	no_read(&r, alice, &good, "alice reads what bob has taken back");
}
