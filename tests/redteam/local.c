/*
 * local.c - a hostile program on this machine, at the sockets where programs
 * submit: redteam-local DATA.
 */
#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "asks.h"

enum { CONNECTIONS = 100, AT_MOST = LOCALS_EACH, SETTLE_MS = 500 };

static const char *data;

static void
gone(void *owner unused_arg, struct ipc *ipc unused_arg,
    const char *why unused_arg)
{
}

static struct peer_held
reach(struct attack *a, const char *name)
{
	static const struct ipc_service service = { .gone = gone };
	struct ipc_options o = { .service = &service };
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct peer_held p = { .fd = socket(AF_UNIX,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0) };
	struct err err = { 0 };

	(void)snprintf(to.sun_path, sizeof(to.sun_path), "%s/%s", data, name);
	if (connect(p.fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		bug("no connection to %s: %s", name, strerror(errno));
	p.ipc = ipc_open(a->role->loop, dup(p.fd), &o, &err);
	return p;
}

static void
drop(struct peer_held *p)
{
	ipc_close(p->ipc);
	(void)close(p->fd);
}

/* store ------------------------------------------------------------------- */

static uint64_t
handle_for_bob(struct attack *a, struct ipc *store)
{
	struct rcpt_ask rcpt = { .address = STR(BOB) };
	union any_answer answer = { 0 };
	struct err err;

	if (call(a, store, &store_calls[STORE_rcpt], &rcpt, &answer, NULL,
		&err) < 0 || answer.rcpt.handle == 0)
		attempt(a, "a handle (else nothing is shown)", false,
		    err.text);
	return answer.rcpt.handle;
}

static void
foreign_senders(struct attack *a, struct ipc *store)
{
	static const struct str senders[] = { STR("x@elsewhere.test"),
		STR("alice@example.test.elsewhere.test"),
		STR("alice@sub.example.test"), STR("x@"), STR("@"), STR("x"),
		STR("alice@example.test\0@elsewhere.test"),
		STR("x@elsewhere.test\0@example.test") };

	for (size_t i = 0; i < NELEM(senders); i++) {
		struct sender_ask sender = { senders[i], 1 };
		uint64_t handle = handle_for_bob(a, store);
		struct submit_ask submit = message_to(&handle, 1, 70 + i);
		char what[100];

		(void)snprintf(what, sizeof(what), "local: sender %zu", i);
		refused(a, store, &store_calls[STORE_sender], &sender, what);
		submit.reverse_path = senders[i];
		(void)snprintf(what, sizeof(what), "local: mail from sender "
		    "%zu", i);
		refused(a, store, &store_calls[STORE_submit], &submit, what);
	}
}

static void
others_handle(struct attack *a, struct ipc *mine)
{
	struct peer_held other = reach(a, "submit/store");
	uint64_t handle = handle_for_bob(a, other.ipc);
	struct submit_ask submit = message_to(&handle, 1, 99);

	refused(a, mine, &store_calls[STORE_submit], &submit,
	    "a handle of another program");
	drop(&other);
}

/* vault ------------------------------------------------------------------- */

static void
foreign_signatures(struct attack *a, struct ipc *vault)
{
	const struct str from = STR("from:x <x@elsewhere.test>\r\n"),
	    hash = STR("0123456789abcdef0123456789abcdef"),
	    transcript = STR("                                "
		"                                "
		"TLS 1.3, server CertificateVerify\0"
		"0123456789abcdef0123456789abcdef"),
	    names = STR("From:From"), none = STR("");
	int64_t now = loop_wall(a->role->loop);
	const struct dkim_sign_ask tries[] = {
		{ none, STR("x@elsewhere.test"), names, from, hash, now },
		{ none, STR("x@sub.example.test"), names, from, hash, now },
		{ none, STR("example.test"), names, from, hash, now },
		{ none, none, names, from, hash, now },
		{ STR("0123456789abcdef"), STR("x@elsewhere.test"), names,
		    from, hash, now },
		{ none, STR(ALICE), STR("From; d=other.test"), from, hash,
		    now },
		{ none, STR(ALICE), names, transcript, hash, now },
		{ none, STR(ALICE), names, from, STR("short"), now },
	};
	char what[100];

	for (size_t i = 0; i < NELEM(tries); i++) {
		(void)snprintf(what, sizeof(what), "local: signature %zu", i);
		refused(a, vault, &vault_calls[VAULT_dkim_sign], &tries[i],
		    what);
	}
}

/* both -------------------------------------------------------------------- */

/* The other end closes those that are too many. */
static void
too_many(struct attack *a, const char *name)
{
	struct peer_held *p = arena_array(a->memory, CONNECTIONS,
	    sizeof(*p));
	size_t n = 0;
	char what[100], how[32];

	for (size_t i = 0; i < CONNECTIONS; i++)
		p[i] = reach(a, name);
	(void)fiber_sleep(a->role->loop,
	    loop_now_ms(a->role->loop) + SETTLE_MS);
	for (size_t i = 0; i < CONNECTIONS; i++) {
		n += ipc_alive(p[i].ipc);
		drop(&p[i]);
	}
	(void)snprintf(what, sizeof(what), "%s: connections", name);
	(void)snprintf(how, sizeof(how), "%zu were let in", n);
	attempt(a, what, n > 0 && n <= AT_MOST, how);
	(void)fiber_sleep(a->role->loop,
	    loop_now_ms(a->role->loop) + SETTLE_MS);
}

static void
attack_local(void *arg)
{
	struct attack *a = arg;
	struct peer_held store = reach(a, "submit/store"),
		vault = reach(a, "submit/vault");
	struct stage_ask stage = { .octets = STR("x") };
	struct dkim_sign_ask sign = { .from = STR("x@elsewhere.test") };

	every_store_call(a, store.ipc, AUTH_LOCAL, "a program");
	foreign_senders(a, store.ipc);
	others_handle(a, store.ipc);
	too_many_stages(a, store.ipc);
	every_vault_call(a, vault.ipc, VAULT_AUTH_LOCAL, "a program");
	foreign_signatures(a, vault.ipc);
	attack_flood(a, &store, &store_calls[STORE_stage], &stage,
	    "a program floods the window of store");
	attack_flood(a, &vault, &vault_calls[VAULT_dkim_sign], &sign,
	    "a program floods the window of vault");
	too_many(a, "submit/store");
	too_many(a, "submit/vault");
	store = reach(a, "submit/store");
	attack_garbage(a, &store, "store");
	vault = reach(a, "submit/vault");
	attack_garbage(a, &vault, "vault");
	loop_stop(a->role->loop);
}

static int64_t
wall_us(void *arg)
{
	struct clock *clock = arg;

	return clock->wall_us(clock);
}

int
main(int argc, char **argv)
{
	struct clock clock = clock_real();
	struct role r = { .log = log_new(STDERR_FILENO, "local", LOG_INFO,
	    wall_us, &clock) };
	struct attack a = { .role = &r, .memory = arena_new(64 << 20) };

	if (argc != 2)
		return 64;
	data = argv[1];
	(void)signal(SIGPIPE, SIG_IGN);
	r.loop = loop_new(&clock, r.log);
	(void)fiber_spawn(r.loop, "local", attack_local, &a);
	loop_run(r.loop);
	loop_free(r.loop);
	log_free(r.log);
	arena_free(a.memory);
	return 0;
}
