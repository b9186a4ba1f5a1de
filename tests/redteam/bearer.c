/*
 * bearer.c - tokens: what a captured front makes of one, and where a captured
 * vault would have errand go.
 */
#include "asks.h"

/* By the key of RFC 8037 A.4, which the configuration names: alice's. */
#define HEAD "eyJhbGciOiJFZERTQSJ9."
#define CLAIMS "eyJpc3MiOiJodHRwczovL2lkLm5vd2hlcmUudGVzdCIsImF1ZCI6Im1haW" \
	"wiLCJleHAiOjQxMDI0NDQ4MDAsImVtYWlsIjoiYWxpY2VAZXhhbXBsZS50ZXN0In0"
#define SIGNATURE ".cydlBjx72pFSUrg0bEJO76qTZMBkEwZRfRcwN5aveDYl1luEvPHYibZF" \
	"5uCSReN7gtsFBJwrWC9cbVWSiC0uDg"
/* {"alg":"none"}; bob's claims in the place of hers */
#define NONE "eyJhbGciOiJub25lIn0."
#define BOBS "eyJpc3MiOiJodHRwczovL2lkLm5vd2hlcmUudGVzdCIsImF1ZCI6Im1haW" \
	"wiLCJleHAiOjQxMDI0NDQ4MDAsImVtYWlsIjoiYm9iQGV4YW1wbGUudGVzdCJ9"

void
tokens_of_its_own(struct attack *a, struct ipc *vault, bool web)
{
	const struct str by = web ? STR("BEARER") : STR("XOAUTH2");
	const uint32_t to = web ? SERVICE_http : SERVICE_imap;
	const struct {
		const char *what;
		struct bearer_ask ask;
	} tries[] = {
		{ "alice's token opens bob's account", { by, STR(BOB),
		    STR("192.0.2.4"), to, STR(HEAD CLAIMS SIGNATURE) } },
		{ "a token says that it is bob's", { by, STR(BOB),
		    STR("192.0.2.5"), to, STR(HEAD BOBS SIGNATURE) } },
		{ "a token that nobody signed", { by, STR(BOB),
		    STR("192.0.2.6"), to, STR(NONE BOBS SIGNATURE) } },
		{ "a token of nothing", { by, STR(BOB), STR("192.0.2.7"),
		    to, STR("..") } },
		{ "a token is for another worker's service", { by, STR(ALICE),
		    STR("192.0.2.8"), to | (web ? SERVICE_imap :
			SERVICE_http), STR(HEAD CLAIMS SIGNATURE) } },
		{ "a token opens the page", { by, STR(ALICE),
		    STR("192.0.2.9"), SERVICE_page,
		    STR(HEAD CLAIMS SIGNATURE) } },
		{ "a token as a password", { STR("PLAIN"), STR(ALICE),
		    STR("192.0.2.9"), to, STR(HEAD CLAIMS SIGNATURE) } },
	};
	const struct bearer_ask good = { by, STR_NULL, STR("192.0.2.10"), to,
		STR(HEAD CLAIMS SIGNATURE) };
	union any_answer answer = { 0 };
	struct err err = { 0 };
	int fd = -1, rc;

	for (size_t i = 0; i < NELEM(tries); i++)
		refused(a, vault, &vault_calls[VAULT_bearer], &tries[i].ask,
		    tries[i].what);
	rc = call(a, vault, &vault_calls[VAULT_bearer], &good, &answer, &fd,
	    &err);
	if (rc < 0)
		attempt(a, "alice's own token opens hers (else nothing is "
		    "shown)", false, err.text);
	if (fd >= 0)
		(void)close(fd);
}

/* It knows the issuers of the configuration and no other, and shows a token to
 * nobody else. */
void
issuers_of_its_own(struct attack *a, struct ipc *errand)
{
	static const struct str names[] = { STR(""), STR("https://evil.test"),
		STR("https://id.nowhere.test/"), STR("https://id.nowhere"),
		STR("https://127.0.0.1/admin"), STR("http://id.nowhere.test"),
		STR("https://id.nowhere.test\r\nHost: b") };
	static const struct errand_ask policy = { ERRAND_MTA_STS,
		STR("example.test") };
	static const struct scan_ask scan = { .kind = SCAN_CLAMAV };

	refused(a, errand, &errand_calls[ERRAND_CALL_errand], &policy,
	    "vault has a policy fetched");
	refused(a, errand, &errand_calls[ERRAND_CALL_scan], &scan,
	    "vault shows mail to a scanner");
	for (size_t i = 0; i < 2 * NELEM(names); i++) {
		struct issuer_keys_ask keys = { names[i / 2] };
		struct introspect_ask ask = { names[i / 2], STR("secret") };
		union {
			union any_answer any;
			struct issuer_keys_answer issuer_keys;
			struct introspect_answer introspect;
		} answer = { 0 };
		struct err err = { 0 };
		int rc = call(a, errand, &errand_calls[i % 2 ?
		    ERRAND_CALL_introspect : ERRAND_CALL_issuer_keys],
		    i % 2 ? (void *)&ask : (void *)&keys, &answer.any, NULL,
		    &err);
		uint32_t result = i % 2 ? answer.introspect.result :
		    answer.issuer_keys.result;

		attempt(a, "vault has errand ask an issuer that is none",
		    rc == 0 && result == ERRAND_REFUSED, rc == 0 ?
		    "no such issuer" : err.text);
	}
}

void
no_issuers(struct attack *a, struct ipc *errand, const char *who)
{
	static const struct issuer_keys_ask keys = {
		STR("https://id.nowhere.test") };
	static const struct introspect_ask ask = {
		STR("https://id.nowhere.test"), STR("secret") };

	refused(a, errand, &errand_calls[ERRAND_CALL_issuer_keys], &keys, who);
	refused(a, errand, &errand_calls[ERRAND_CALL_introspect], &ask, who);
}
