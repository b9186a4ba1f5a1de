/*
 * reach.c - hostile code in the roles that reach out: relay, with leases that
 * it was not given, and resolver, which may ask nobody anything.
 */
#include "asks.h"

enum { TAKE_MS = 20000, GUESSES = 64, SETTLE_MS = 300 };

/* Store says "done" of what it passes over: that nothing happened, the test
 * sees in the queue. */
static void
passed_over(struct attack *a, uint64_t lease, uint32_t outcome,
    const char *what)
{
	struct ipc *store = peer_of(a, ROLE_STORE)->ipc;
	auto_buf results = BUF_INIT(MSG_CHUNK);
	struct report_ask ask = { .change = loop_random64(a->role->loop) };
	union any_answer answer = { 0 };
	struct err err;
	int rc;

	for (uint32_t n = 0; n < GUESSES; n++)
		msg_put(&results, &queue_result_shape,
		    &(struct queue_result){ .lease = lease, .n = n + 1000000,
			.outcome = outcome, .text = STR("lies") });
	ask.results = buf_get(&results);
	rc = call(a, store, &store_calls[STORE_report], &ask, &answer, NULL,
	    &err);
	attempt(a, what, rc == 0 || rc == E_NOTFOUND || rc == E_INVALID,
	    rc == 0 ? "passed over" : err.text);
}

/* All that a lease is good for. */
static void
no_lease(struct attack *a, uint64_t lease, const char *name)
{
	struct ipc *store = peer_of(a, ROLE_STORE)->ipc;
	struct queue_content_ask content = { lease, 0, 65536 };
	struct bounce_ask bounce = { .lease = lease, .raw_size = 2,
		.change = loop_random64(a->role->loop),
		.octets = STR("\0\0\0\0\2\0\0\0\2\0\0\0\r\n") };
	char what[100];

	(void)snprintf(what, sizeof(what), "read by %s", name);
	refused(a, store, &store_calls[STORE_queue_content], &content, what);
	(void)snprintf(what, sizeof(what), "send a report by %s", name);
	refused(a, store, &store_calls[STORE_bounce], &bounce, what);
}

static void
invented_leases(struct attack *a, uint64_t mine)
{
	struct ipc *store = peer_of(a, ROLE_STORE)->ipc;
	uint64_t guess[GUESSES];
	struct release_ask release;

	for (uint64_t i = 0; i < GUESSES; i++) {
		uint64_t random = loop_random64(a->role->loop);

		/* small ones, neighbours, the same place, anything */
		guess[i] = i % 4 == 0 ? i / 4 : i % 4 == 1 ? mine + i :
		    i % 4 == 2 ? mine ^ random << 16 : random;
		if (guess[i] == mine)
			guess[i]++;
		no_lease(a, guess[i], "a lease that was invented");
		passed_over(a, guess[i], OUTCOME_delivered,
		    "report on leases that were invented");
	}
	release = (struct release_ask){ str_make((const char *)guess,
	    sizeof(guess)) };
	ipc_notify(store, &store_calls[STORE_release], &release, -1);
}

struct held {
	uint64_t lease;
	uint32_t n;		/* its first recipient */
};

/* This much it may. The test makes work due when it sees the first line. */
static bool
take(struct attack *a, uint32_t kind, struct held *h)
{
	struct ipc *store = peer_of(a, ROLE_STORE)->ipc;
	struct take_ask ask = { .wait_ms = TAKE_MS };
	union any_answer answer = { 0 };
	struct queue_item item;
	struct queue_rcpt rcpt;
	struct err err;
	struct rd r;

	log_event(a->role->log, LOG_INFO, "takes", F_INT("kind", kind));
	do
		if (ipc_call(store, &store_calls[STORE_take], &ask, -1,
		    &answer, a->memory, NULL,
		    loop_now_ms(a->role->loop) + 2 * TAKE_MS, &err) < 0)
			return false;
	while (answer.take.items.n > 0 && answer.take.kind != kind);
	if (answer.take.items.n == 0)
		return false;
	r = rd_of(answer.take.items);
	if (!msg_take(&r, &queue_item_shape, &item))
		return false;
	r = rd_of(item.rcpts);
	if (!msg_take(&r, &queue_rcpt_shape, &rcpt))
		return false;
	*h = (struct held){ item.lease, rcpt.n };
	return true;
}

static int
report(struct attack *a, const struct held *h, uint32_t outcome)
{
	struct ipc *store = peer_of(a, ROLE_STORE)->ipc;
	auto_buf results = BUF_INIT(4096);
	struct report_ask ask = { .change = loop_random64(a->role->loop) };
	union any_answer answer = { 0 };
	struct err err;

	msg_put(&results, &queue_result_shape, &(struct queue_result){
	    .lease = h->lease, .n = h->n, .outcome = outcome,
	    .status = STR("5.0.0") });
	ask.results = buf_get(&results);
	return call(a, store, &store_calls[STORE_report], &ask, &answer, NULL,
	    &err);
}

static void
senseless_outcomes(struct attack *a, const struct held *h)
{
	static const uint32_t outcomes[] = { 0, OUTCOME_delayed,
		OUTCOME_local, OUTCOME_expanded, 99, UINT32_MAX };

	for (size_t i = 0; i < NELEM(outcomes); i++)
		attempt(a, "report an outcome that is none",
		    report(a, h, outcomes[i]) < 0, "no sense");
}

/* What it does with its own lease changes its own message only. */
static void
abuse_leases(struct attack *a)
{
	struct ipc *store = peer_of(a, ROLE_STORE)->ipc;
	struct held mine, told;
	struct bounce_ask bounce = { .raw_size = 2,
		.change = loop_random64(a->role->loop),
		.octets = STR("\0\0\0\0\2\0\0\0\2\0\0\0\r\n") };
	union any_answer answer = { 0 };
	struct err err;
	int rc;

	if (!take(a, TAKE_DELIVER, &mine)) {
		attempt(a, "a lease is given (else nothing is shown)", false,
		    "none was");
		return;
	}
	bounce.lease = mine.lease;
	refused(a, store, &store_calls[STORE_bounce], &bounce,
	    "a report by a lease to deliver");
	invented_leases(a, mine.lease);
	passed_over(a, mine.lease, OUTCOME_delivered,
	    "report on recipients it was not given");
	senseless_outcomes(a, &mine);
	if (report(a, &mine, OUTCOME_failed) < 0) {
		attempt(a, "a lease may be reported on (else nothing is shown)",
		    false, "it may not");
		return;
	}
	if (!take(a, TAKE_REPORT, &told)) {
		attempt(a, "a report is asked for (else nothing is shown)",
		    false, "none was");
		return;
	}
	no_lease(a, mine.lease, "a lease that is over");
	(void)report(a, &told, OUTCOME_delivered);
	bounce.lease = told.lease;
	rc = call(a, store, &store_calls[STORE_bounce], &bounce, &answer,
	    NULL, &err);
	attempt(a, "the sender is robbed of a report", rc == 0,
	    rc == 0 ? "it went" : err.text);
	/* It ends when store's loop hears of the commit, which is soon. */
	(void)fiber_sleep(a->role->loop,
	    loop_now_ms(a->role->loop) + SETTLE_MS);
	no_lease(a, told.lease, "a lease that is over");
}

/* Whatever is asked for, errand goes where its table says or nowhere. */
static void
errands_of_its_own(struct attack *a, struct ipc *errand)
{
	static const struct errand_ask asks[] = {
		{ 0, STR("example.test") },
		{ 2, STR("example.test") },
		{ UINT32_MAX, STR("https://example.test/") },
		{ ERRAND_MTA_STS, STR("") },
		{ ERRAND_MTA_STS, STR("127.0.0.1/admin?") },
		{ ERRAND_MTA_STS, STR("a@127.0.0.1") },
		{ ERRAND_MTA_STS, STR("a:25/#") },
		{ ERRAND_MTA_STS, STR("a\r\nHost: b") },
		{ ERRAND_MTA_STS, STR("[::1]") },
		{ ERRAND_MTA_STS, STR("localhost") },
	};

	for (size_t i = 0; i < NELEM(asks); i++) {
		union any_answer answer = { 0 };
		struct err err;
		char what[80];
		int rc = call(a, errand, &errand_calls[ERRAND_CALL_errand],
		    &asks[i], &answer, NULL, &err);

		(void)snprintf(what, sizeof(what), "relay sends errand for "
		    "%u %.*s", asks[i].kind, STR_FMT(asks[i].about));
		attempt(a, what, rc == 0 && answer.errand.text.n == 0 &&
		    (answer.errand.result == ERRAND_REFUSED ||
			answer.errand.result == ERRAND_NO_HOST), rc == 0 ?
		    "no such errand" : err.text);
	}
}

void
scans_of_its_own(struct attack *a, struct ipc *errand)
{
	static const struct scan_ask asks[] = {
		{ .kind = 0, .size = 1 }, { .kind = 3, .size = 1 },
		{ .kind = SCAN_CLAMAV, .size = UINT64_MAX },
		{ .kind = SCAN_RSPAMD, .size = UINT64_MAX,
		    .helo = STR("a\r\nIP: 127.0.0.1"),
		    .rcpts = STR("\n\n\0\n") },
	};
	static const struct errand_ask policy = { ERRAND_MTA_STS,
		STR("example.test") };
	static const int fds[] = { -1, STDIN_FILENO, STDERR_FILENO };
	struct err err = { 0 };

	refused(a, errand, &errand_calls[ERRAND_CALL_errand], &policy,
	    "mx has a policy fetched");
	for (size_t i = 0; i < NELEM(asks) * NELEM(fds); i++) {
		union any_answer answer = { 0 };
		int rc = ipc_call(errand, &errand_calls[ERRAND_CALL_scan],
		    &asks[i / NELEM(fds)], fds[i % NELEM(fds)], &answer,
		    a->memory, NULL, loop_now_ms(a->role->loop) + 5000, &err);

		attempt(a, "mx has errand show mail to somebody", rc == 0 &&
		    answer.scan.result == SCAN_AWAY, rc == 0 ? "away" :
		    err.text);
	}
}

/* It may have reports signed, and nothing that looks like anybody's mail. */
static void
signatures_of_its_own(struct attack *a, struct ipc *vault)
{
	const struct str hash = STR("0123456789abcdef0123456789abcdef"),
	    from = STR("postmaster@example.test");
	struct dkim_sign_ask named = { .from = from, .names = STR("From:From"),
		.header = STR("from:Alice <postmaster@example.test>\r\n"),
		.body_hash = hash, .at = loop_wall(a->role->loop) };
	struct dkim_sign_ask other = named;
	struct dkim_rotate_ask early = { STR("example.test"),
		STR("p20261130r-00000000"), 0 };

	other.header = STR("from:" ALICE "\r\n");
	refused(a, vault, &vault_calls[VAULT_dkim_sign], &named,
	    "relay has a report signed with a name in From");
	refused(a, vault, &vault_calls[VAULT_dkim_sign], &other,
	    "relay has a report signed that is from alice");
	refused(a, vault, &vault_calls[VAULT_dkim_rotate], &early,
	    "relay has a key changed that is not due");
	forged_mail(a, vault, STR(""), "relay");
	every_vault_call(a, vault, VAULT_AUTH_RELAY, "relay");
}

static void
report_about_nothing(struct attack *a, struct ipc *store)
{
	struct aggregate_send_ask ask = { .change = loop_random64(
	    a->role->loop), .kind = AGGREGATE_dmarc,
		.domain = STR("example.test"),
		.to = STR("victim@far.test\n"), .raw_size = 2,
		.octets = STR("\0\0\0\0\2\0\0\0\2\0\0\0\r\n") };

	refused(a, store, &store_calls[STORE_aggregate_send], &ask,
	    "relay sends a report about nothing");
}

void
attack_relay(struct attack *a)
{
	struct peer_held *vault = peer_of(a, ROLE_VAULT);
	struct peer_held *errand = peer_of(a, ROLE_ERRAND);
	struct errand_ask policy = { ERRAND_MTA_STS, STR("flood.test") };
	static const struct scan_ask scan = { .kind = SCAN_CLAMAV };
	static const struct role_dial socket = { STR("/run/other") };
	struct peer_held *store = peer_of(a, ROLE_STORE);
	struct peer_held *resolver = peer_of(a, ROLE_RESOLVER);
	struct take_ask wait = { .wait_ms = 60000 };

	refused(a, a->role->master, &role_calls[ROLE_DIAL], &socket,
	    "relay has a socket dialled that no route names");
	every_store_call(a, store->ipc, AUTH_RELAY, "relay");
	abuse_leases(a);
	report_about_nothing(a, store->ipc);
	signatures_of_its_own(a, vault->ipc);
	too_many_stages(a, store->ipc);
	attack_flood(a, store, &store_calls[STORE_take], &wait,
	    "relay floods the window of store with takes");
	attack_garbage(a, resolver, "resolver");
	errands_of_its_own(a, errand->ipc);
	refused(a, errand->ipc, &errand_calls[ERRAND_CALL_scan], &scan,
	    "relay shows mail to a scanner");
	no_issuers(a, errand->ipc, "relay asks an issuer of tokens");
	attack_flood(a, errand, &errand_calls[ERRAND_CALL_errand], &policy,
	    "relay floods the window of errand");
}

/* It has connections to ask for names over, and those that relay and each mx
 * ask over. */
void
attack_errand(struct attack *a)
{
	struct peer_held *relay = peer_of(a, ROLE_RELAY);
	struct peer_held *resolver = peer_of(a, ROLE_RESOLVER);
	struct take_ask take_all = { 0 };
	struct lookup_ask name = { STR("flood.test"), DNS_A };

	refused(a, relay->ipc, &store_calls[STORE_take], &take_all,
	    "errand asks relay for what store has");
	attack_garbage(a, relay, "relay");
	attack_flood(a, resolver, &dns_calls[DNS_CALL_lookup], &name,
	    "errand floods the window of resolver");
}

/* Its only connection is the one that relay asks over. */
void
attack_resolver(struct attack *a)
{
	struct peer_held *relay = peer_of(a, ROLE_RELAY);
	struct take_ask take_all = { 0 };

	lies_wait(a, "resolver lies to relay");
	refused(a, relay->ipc, &store_calls[STORE_take], &take_all,
	    "resolver asks relay for what store has");
	attack_garbage(a, relay, "relay");
}
