/*
 * calls.c - what each role asks of the others that it may not: vault, store,
 * and who listens to the world. (reach.c has those that reach out.)
 */
#include <fcntl.h>

#include "asks.h"

/* mx ------------------------------------------------------------------- */

static void
invented_handles(struct attack *a, struct ipc *store)
{
	static struct submit_ask ask;	/* both are large */
	static uint64_t handles[100];

	for (uint64_t i = 0; i < NELEM(handles) / 2; i++) {
		handles[2 * i] = i;
		handles[2 * i + 1] = loop_random64(a->role->loop);
	}
	for (size_t i = 0; i < 3; i++) {
		ask = message_to(handles + i, i == 0 ? NELEM(handles) : 1,
		    loop_random64(a->role->loop) | 1);
		refused(a, store, &store_calls[STORE_submit], &ask,
		    "submit to handles that were invented");
	}
}

/* Addresses that are none, of others, and a bounce address nobody made. */
static void
hostile_recipients(struct attack *a, struct ipc *store)
{
	static const struct str addresses[] = { STR("x@elsewhere.test"),
		STR("SRS0=AAAA=AA=elsewhere.test=x@example.test"),
		STR("SRS1=AAAA=elsewhere.test==AAAA=AA=b.test=x@example.test"),
		STR("alice@example.test\r\nRCPT TO:<x@elsewhere.test>"),
		STR("alice\0@example.test"), STR("alice@example.test\0"),
		STR("@example.test"), STR("alice@"), STR("@"), STR(""),
		STR("\xff\xfe@example.test"), STR("*@example.test"),
		STR("%@example.test"), STR("' OR 1=1 --@example.test") };

	for (size_t i = 0; i < NELEM(addresses); i++) {
		struct rcpt_ask ask = { .address = addresses[i],
			.bounce = i % 2, .notify = UINT32_MAX,
			.orcpt = STR("rfc822;\r\n\0") };
		static struct submit_ask submit;	/* it is large */
		union any_answer answer = { 0 };
		struct err err;
		char what[100];
		int rc = call(a, store, &store_calls[STORE_rcpt], &ask,
		    &answer, NULL, &err);
		uint64_t handle = rc < 0 ? 0 : answer.rcpt.handle;
		uint32_t kind = rc < 0 ? 0 : answer.rcpt.kind;

		(void)snprintf(what, sizeof(what), "mx: recipient %zu", i);
		attempt(a, what, kind != RCPT_LOCAL && handle == 0,
		    rc < 0 ? err.text : "no handle");
		submit = message_to(&handle, 1,
		    loop_random64(a->role->loop) | 1);
		(void)snprintf(what, sizeof(what),
		    "mx: mail to recipient %zu", i);
		refused(a, store, &store_calls[STORE_submit], &submit, what);
	}
}

/* For a page: only web may, and for who typed the right one there. */
static void
changes_a_password(struct attack *a, struct ipc *vault, struct str password)
{
	struct own_password_ask own = { STR("LOGIN"), STR(""), STR(BOB),
		password, STR("127.0.0.1"), SERVICE_page,
		.chosen = STR("mine-now, and mine") };
	struct own_app_password_ask app = { .label = STR("mine"),
		.services = SERVICES_apps };

	MSG_COPY(login_words, &app, &own);
	refused(a, vault, &vault_calls[VAULT_own_password], &own,
	    "it changes a person's own password");
	refused(a, vault, &vault_calls[VAULT_own_app_password], &app,
	    "it has an app password made for a person");
}

static void
makes_app_password(struct attack *a, struct ipc *vault, const char *what)
{
	static const struct app_password_ask app = { STR(BOB), STR("mine"),
		SERVICES_apps, 0 };

	refused(a, vault, &vault_calls[VAULT_app_password], &app, what);
}

void
attack_mx(struct attack *a)
{
	struct peer_held *store = peer_of(a, ROLE_STORE);
	struct peer_held *vault = peer_of(a, ROLE_VAULT);
	struct peer_held *errand = peer_of(a, ROLE_ERRAND);
	static const struct login_ask login = { STR("PLAIN"), STR(""), STR(BOB),
		STR(PASSWORD), STR("127.0.0.1") };
	static const struct seal_password_ask seal = { STR(BOB),
		STR("mine-now") };
	struct reopen_ask ticket = { STR("0123456789abcdef") };
	struct stage_ask stage = { .octets = STR("x") };

	every_store_call(a, store->ipc, AUTH_MX, "mx");
	invented_handles(a, store->ipc);
	hostile_recipients(a, store->ipc);
	refused(a, vault->ipc, &vault_calls[VAULT_login], &login,
	    "mx logs in with a right password");
	refused(a, vault->ipc, &vault_calls[VAULT_reopen], &ticket,
	    "mx reopens an account");
	refused(a, vault->ipc, &vault_calls[VAULT_seal_password], &seal,
	    "mx has a password sealed");
	makes_app_password(a, vault->ipc, "mx has an app password made");
	changes_a_password(a, vault->ipc, STR(PASSWORD));
	forbidden_signatures(a, vault->ipc);
	forged_mail(a, vault->ipc, STR("0123456789abcdef"), "mx");
	forged_seals(a, vault->ipc);
	scans_of_its_own(a, errand->ipc);
	no_issuers(a, errand->ipc, "mx asks an issuer of tokens");
	attack_flood(a, store, &store_calls[STORE_stage], &stage,
	    "mx floods the window of store");
	attack_garbage(a, vault, "vault");
}

/* front ---------------------------------------------------------------- */

struct person {
	struct peer_held held;	/* the account connection */
	struct str ticket;
	uint64_t mailbox;	/* INBOX */
};

static void
gone(void *owner, struct ipc *ipc, const char *why)
{
	(void)owner;
	(void)ipc;
	(void)why;
}

/* Both are connected through this front: that much it may. */
static bool
log_in(struct attack *a, struct ipc *vault, struct str who, uint32_t to,
    struct person *p)
{
	static const struct ipc_service service = { .gone = gone };
	struct ipc_options o = { .service = &service };
	struct login_ask login = { STR("PLAIN"), STR(""), who, STR(PASSWORD),
		STR("127.0.0.1"), to };
	struct open_ask inbox = { STR("INBOX") };
	union any_answer answer = { 0 };
	struct err err;
	int fd = -1;

	if (call(a, vault, &vault_calls[VAULT_login], &login, &answer, &fd,
		&err) < 0 || fd < 0)
		return false;
	p->ticket = answer.login.ticket;
	p->held.fd = dup(fd);
	if (p->held.fd < 0)
		p->held.fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	p->held.ipc = ipc_open(a->role->loop, fd, &o, &err);
	if (call(a, p->held.ipc, &store_calls[STORE_open], &inbox, &answer,
		NULL, &err) < 0)
		return false;
	p->mailbox = answer.open.mailbox;
	return true;
}

/* Alice's connection, bob's mailbox: whatever comes, it is not his. */
static void
read_bob(struct attack *a, struct person *alice, struct person *bob)
{
	static const uint32_t all[2] = { 1, UINT32_MAX };
	struct content_ask content = { bob->mailbox, 1, 0, 65536 };
	struct fetch_ask fetch = { .mailbox = bob->mailbox,
		.arrivals = UINT64_MAX >> 1, .expunges = 0, .by_uid = 1,
		.set = str_make((const char *)all, sizeof(all)) };
	struct search_ask search = { .mailbox = bob->mailbox,
		.arrivals = UINT64_MAX >> 1, .by_uid = 1, .set = fetch.set,
		.program = STR("\1") };	/* all: store/search.h */
	union any_answer answer = { 0 };
	struct err err;
	int rc;

	rc = call(a, bob->held.ipc, &store_calls[STORE_content], &content,
	    &answer, NULL, &err);
	if (rc < 0)
		attempt(a, "bob himself reads (else nothing is shown)", false,
		    err.text);
	refused(a, alice->held.ipc, &store_calls[STORE_content], &content,
	    "alice's connection reads bob's message");
	rc = call(a, alice->held.ipc, &store_calls[STORE_fetch], &fetch,
	    &answer, NULL, &err);
	attempt(a, "alice's connection lists bob's mailbox",
	    rc < 0 || answer.fetch.rows.n == 0,
	    rc < 0 ? err.text : "no rows: hers is empty");
	rc = call(a, alice->held.ipc, &store_calls[STORE_search], &search,
	    &answer, NULL, &err);
	attempt(a, "alice's connection searches bob's mailbox",
	    rc < 0 || answer.search.runs.n == 0,
	    rc < 0 ? err.text : "none: hers is empty");
}

static void
change_bob(struct attack *a, struct person *alice, struct person *bob)
{
	static const uint32_t all[2] = { 1, UINT32_MAX };
	struct str set = str_make((const char *)all, sizeof(all));
	struct flags_ask flags = { .change = 11, .mailbox = bob->mailbox,
		.arrivals = UINT64_MAX >> 1, .by_uid = 1, .set = set,
		.mode = FLAGS_ADD, .flags = FLAG_deleted,
		.unchanged_since = UINT64_MAX };
	struct expunge_ask expunge = { .change = 12, .mailbox = bob->mailbox,
		.arrivals = UINT64_MAX >> 1, .set = set };
	struct sender_ask sender = { STR(BOB) };
	union any_answer answer = { 0 };
	struct err err;
	int rc;

	rc = call(a, alice->held.ipc, &store_calls[STORE_flags], &flags,
	    &answer, NULL, &err);
	attempt(a, "alice's connection flags bob's mail",
	    rc < 0 || answer.flags.rows.n == 0,
	    rc < 0 ? err.text : "no rows: hers is empty");
	rc = call(a, alice->held.ipc, &store_calls[STORE_expunge], &expunge,
	    &answer, NULL, &err);
	attempt(a, "alice's connection expunges bob's mail",
	    rc < 0 || answer.expunge.expunged == 0,
	    rc < 0 ? err.text : "none: hers is empty");
	refused(a, alice->held.ipc, &store_calls[STORE_sender], &sender,
	    "alice's connection writes as bob");
}

/* Bob has one that waits to leave later, which is nobody else's. What a submit
 * asks is large: it has no place on the stack of all the rest. */
static __attribute__((noinline)) void
take_back_bob(struct attack *a, struct person *alice, struct person *bob)
{
	struct rcpt_ask rcpt = { STR(BOB) };
	union any_answer answer = { 0 };
	struct later_list_ask list = { 0 };
	struct later_cancel_ask cancel = { .change = 32 };
	struct submit_ask ask;
	struct err err;
	uint64_t handle;
	int rc = call(a, bob->held.ipc, &store_calls[STORE_rcpt], &rcpt,
	    &answer, NULL, &err);

	handle = answer.rcpt.handle;
	ask = message_to(&handle, 1, 31);
	ask.reverse_path = STR(BOB);
	ask.hold_for = 3600;
	if (rc == 0)
		rc = call(a, bob->held.ipc, &store_calls[STORE_submit], &ask,
		    &answer, NULL, &err);
	if (rc < 0) {
		attempt(a, "bob himself holds mail (else nothing is shown)",
		    false, err.text);
		return;
	}
	list.message = cancel.message = answer.submit.message;
	rc = call(a, alice->held.ipc, &store_calls[STORE_later_list], &list,
	    &answer, NULL, &err);
	attempt(a, "alice's connection lists what bob's holds",
	    rc < 0 || answer.later_list.rows.n == 0,
	    rc < 0 ? err.text : "no rows: hers is empty");
	refused(a, alice->held.ipc, &store_calls[STORE_later_cancel], &cancel,
	    "alice's connection takes back what bob's holds");
	rc = call(a, bob->held.ipc, &store_calls[STORE_later_cancel], &cancel,
	    &answer, NULL, &err);
	if (rc < 0)
		attempt(a, "bob himself takes it back", false, err.text);
}

static __attribute__((noinline)) void
replay_handle(struct attack *a, struct person *alice, struct person *bob)
{
	struct rcpt_ask rcpt = { STR(BOB) };
	union any_answer answer = { 0 };
	struct submit_ask ask;
	struct err err;
	uint64_t handle;

	if (call(a, bob->held.ipc, &store_calls[STORE_rcpt], &rcpt, &answer,
		NULL, &err) < 0) {
		attempt(a, "a handle of bob's connection", false, err.text);
		return;
	}
	handle = answer.rcpt.handle;
	ask = message_to(&handle, 1, 21);
	refused(a, alice->held.ipc, &store_calls[STORE_submit], &ask,
	    "replay of another connection's handle");
}

void
attack_front(struct attack *a)
{
	struct peer_held *vault = peer_of(a, ROLE_VAULT);
	static const struct seal_password_ask seal = { STR(BOB),
		STR("mine-now") };
	static const struct login_ask wrong = { STR("PLAIN"), STR(""), STR(BOB),
		STR("guess"), STR("192.0.2.1") };
	static const struct login_ask other = { STR("PLAIN"), STR(BOB),
		STR(ALICE), STR(PASSWORD), STR("192.0.2.2") };
	static const struct login_ask elsewhere = { .mechanism = STR("PLAIN"),
		.user = STR(ALICE), .password = STR(PASSWORD),
		.peer = STR("192.0.2.3"),
		.service = SERVICE_http | SERVICE_imap };
	static const struct reopen_ask invented = { STR("0123456789abcdef") };
	struct person alice = { 0 }, submission = { 0 }, bob = { 0 };
	struct stage_ask stage = { .octets = STR("x") };
	bool web = a->real->kind == ROLE_WEB;
	uint32_t reading = web ? SERVICE_http : SERVICE_imap;
	uint32_t sending = web ? SERVICE_http : SERVICE_smtp;

	if (web)
		attack_handover(a);
	refused(a, vault->ipc, &vault_calls[VAULT_login], &wrong,
	    "front logs in with a wrong password");
	refused(a, vault->ipc, &vault_calls[VAULT_login], &other,
	    "alice's password opens bob's account");
	refused(a, vault->ipc, &vault_calls[VAULT_login], &elsewhere,
	    "front says that a login is for another worker's service");
	replays_a_proof(a, vault->ipc);
	tokens_of_its_own(a, vault->ipc, web);
	certificates_of_its_own(a, vault->ipc);
	makes_app_password(a, vault->ipc, "front has an app password made");
	changes_a_password(a, vault->ipc, STR("guess"));
	refused(a, vault->ipc, &vault_calls[VAULT_reopen], &invented,
	    "front reopens with an invented ticket");
	refused(a, vault->ipc, &vault_calls[VAULT_seal_password], &seal,
	    "front has a password sealed");
	forbidden_signatures(a, vault->ipc);
	forged_mail(a, vault->ipc, STR("0123456789abcdef"), "nobody");
	if (!log_in(a, vault->ipc, STR(ALICE), reading, &alice) ||
	    !log_in(a, vault->ipc, STR(ALICE), sending, &submission) ||
	    !log_in(a, vault->ipc, STR(BOB), reading, &bob)) {
		attempt(a, "the two log in (else nothing is shown)", false,
		    "they could not");
		return;
	}
	read_bob(a, &alice, &bob);
	change_bob(a, &alice, &bob);
	take_back_bob(a, &alice, &bob);
	replay_handle(a, &alice, &bob);
	attack_sharing(a, alice.held.ipc, bob.held.ipc);
	attack_urls(a, alice.held.ipc, submission.held.ipc, bob.held.ipc);
	ipc_close(submission.held.ipc);
	forged_mail(a, vault->ipc, alice.ticket, "alice");
	every_store_call(a, alice.held.ipc, AUTH_ACCOUNT, "front");
	attack_flood(a, &alice.held, &store_calls[STORE_stage], &stage,
	    "front floods the window of store");
	attack_garbage(a, &bob.held, "store");
	without_a_code(a, vault->ipc, alice.ticket);
	attack_flood(a, vault, &vault_calls[VAULT_login], &wrong,
	    "front floods the window of vault");
}

/* vault ----------------------------------------------------------------- */

void
attack_vault(struct attack *a)
{
	every_store_call(a, peer_of(a, ROLE_STORE)->ipc, AUTH_VAULT, "vault");
	issuers_of_its_own(a, peer_of(a, ROLE_ERRAND)->ipc);
	attack_garbage(a, peer_of(a, ROLE_STORE), "store");
	attack_garbage(a, peer_of(a, ROLE_MX), "mx");
	attack_garbage(a, peer_of(a, ROLE_FRONT), "front");
}

/* store ----------------------------------------------------------------- */

/* It serves vault; vault serves it nothing: an ask ends the connection. */
void
attack_store(struct attack *a)
{
	struct peer_held *vault = peer_of(a, ROLE_VAULT);
	struct tls_sign_ask sign = { 0, STR("SHA256"), 0, STR("x") };

	lies_wait(a, "store lies to relay");
	refused(a, vault->ipc, &vault_calls[VAULT_tls_sign], &sign,
	    "store has vault sign");
	attack_garbage(a, vault, "vault");
	attack_garbage(a, peer_of(a, ROLE_MX), "mx");
	attack_garbage(a, peer_of(a, ROLE_RELAY), "relay");
}
