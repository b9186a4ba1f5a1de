#include "vault/role_world.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/test.h"

/* Store --------------------------------------------------------------- */

static struct person *
find_person(struct world *w, struct str login)
{
	for (size_t i = 0; i < PEOPLE; i++)
		if (w->people[i].address.n &&
		    str_eqi(w->people[i].address, login))
			return &w->people[i];
	return NULL;
}

static void
on_credential(struct world *w, struct ipc_req *req)
{
	const struct credential_ask *ask = req->ask;
	const struct person *p = find_person(w, ask->login);
	struct credential_answer answer;

	if (!p) {
		ipc_fail(req, E_NOTFOUND, "no such account");
		return;
	}
	answer = (struct credential_answer){ (uint64_t)(p - w->people) + 7,
		p->address, buf_get(&p->sealed) };
	answer.network_known = w->network_known;
	answer.factor = buf_get(&p->factor);
	answer.elsewhere = p->pam.n ? p->pam : p->dn;
	answer.by_pam = p->pam.n > 0;
	if (ask->app && ask->app == p->app) {
		answer.proof = str_make((const char *)p->proof,
		    sizeof(p->proof));
		answer.kind = p->kind;
		answer.label = STR("Phone");
		answer.services = p->services;
		answer.expires = p->expires;
		answer.used = p->used;
		answer.app_keys = buf_get(&p->app_keys);
	}
	ipc_reply(req, &answer, -1);
}

static void
on_app_password_add(struct world *w, struct ipc_req *req)
{
	const struct app_password_add_ask *ask = req->ask;
	struct person *p = find_person(w, ask->address);
	struct done answer = { 0 };

	assert_true(p && ask->change && ask->number);
	assert_str(ask->label, "Phone");
	assert_int_equal(ask->proof.n, sizeof(p->proof));
	p->app = ask->number;
	memcpy(p->proof, ask->proof.p, sizeof(p->proof));
	p->kind = ask->kind;
	p->services = ask->services;
	p->expires = ask->expires;
	p->used = 0;
	buf_reset(&p->app_keys);
	buf_str(&p->app_keys, ask->keys);
	ipc_reply(req, &answer, -1);
}

static void
on_app_keys(struct world *w, struct ipc_req *req)
{
	const struct app_keys_ask *ask = req->ask;
	struct app_keys_answer answer = { STR_NULL };
	auto_buf rows = BUF_INIT(4096);
	const struct person *p = ask->account >= 7 ?
	    &w->people[ask->account - 7] : NULL;

	if (p && p->app && p->kind != APP_certificate)
		msg_put(&rows, &app_keys_row_shape, &(struct app_keys_row){
		    p->app, buf_get(&p->app_keys) });
	answer.rows = buf_get(&rows);
	ipc_reply(req, &answer, -1);
}

static void
on_certificate_owner(struct world *w, struct ipc_req *req)
{
	const struct certificate_owner_ask *ask = req->ask;

	for (size_t i = 0; i < PEOPLE; i++) {
		const struct person *p = &w->people[i];
		struct certificate_owner_answer answer = { p->address };

		if (p->app != ask->number || p->kind != APP_certificate)
			continue;
		ipc_reply(req, &answer, -1);
		return;
	}
	ipc_fail(req, E_NOTFOUND, "nobody's");
}

static void
on_keys_renew(struct world *w, struct ipc_req *req)
{
	const struct keys_renew_ask *ask = req->ask;
	struct person *p = &w->people[ask->account - 7];
	struct buf *kept = ask->number ? &p->app_keys : &p->sealed;
	struct done answer = { 0 };

	assert_true(ask->change && (!ask->number || ask->number == p->app));
	if (!str_eq(ask->was, buf_get(kept))) {
		ipc_fail(req, E_STALE, "another");
		return;
	}
	buf_reset(kept);
	buf_str(kept, ask->sealed);
	w->renewals++;
	ipc_reply(req, &answer, -1);
}

static void
on_factor_put(struct world *w, struct ipc_req *req)
{
	const struct factor_put_ask *ask = req->ask;
	struct person *p = find_person(w, ask->address);
	struct done answer = { 0 };

	assert_true(p && ask->change && ask->peer.n > 0);
	if (!str_eq(ask->was, buf_get(&p->factor))) {
		ipc_fail(req, E_STALE, "another");
		return;
	}
	buf_reset(&p->factor);
	buf_str(&p->factor, ask->sealed);
	ipc_reply(req, &answer, -1);
}

static void
on_app_password_used(struct world *w, struct ipc_req *req)
{
	const struct app_password_used_ask *ask = req->ask;
	struct done answer = { 0 };

	assert_int_equal(ask->number, w->people[ask->account - 7].app);
	w->people[ask->account - 7].used = loop_wall(w->loop);
	w->uses++;
	ipc_reply(req, &answer, -1);
}

static void
on_logged_in(struct world *w, struct ipc_req *req)
{
	const struct logged_in_ask *ask = req->ask;
	struct done answer = { 0 };

	assert_true(ask->change && ask->account >= 7);
	if (ask->network.n == 4)
		assert_strs(ask->network, STR("\xcb\0q\0"));
	else
		assert_strs(ask->network, STR(" \1\r\xb8\0\5\0\0\0\0\0\0"
		    "\0\0\0\0"));
	w->seen++;
	ipc_reply(req, &answer, -1);
}

/* What a session asks its account. */
static void
on_mailbox_ask(void *owner unused_arg, struct ipc_req *req)
{
	struct hello_answer answer = { .address = STR("alice@mail.test") };

	assert_int_equal(req->call->index, STORE_hello);
	ipc_reply(req, &answer, -1);
}

static void
on_mailbox_gone(void *owner, struct ipc *ipc, const char *why unused_arg)
{
	struct world *w = owner;

	if (w->mailbox == ipc)
		w->mailbox = NULL;
	ipc_close(ipc);
}

static void
on_account_open(struct world *w, struct ipc_req *req)
{
	static const struct ipc_service service = { store_calls, STORE_NCALLS,
		on_mailbox_ask, on_mailbox_gone };
	struct ipc_options o = { .service = &service, .owner = w,
		.authority = AUTH_ACCOUNT };
	struct done answer = { 0 };
	struct err err;
	int fds[2];

	assert_int_equal(ipc_pair(fds, &err), 0);
	w->opened++;
	ipc_close(w->mailbox);
	w->mailbox = ipc_open(w->loop, fds[0], &o, &err);
	ipc_reply(req, &answer, fds[1]);
	(void)close(fds[1]);
}

static void
on_secret_get(struct world *w, struct ipc_req *req)
{
	const struct secret_get_ask *ask = req->ask;
	struct secret_get_answer answer;

	answer.sealed = buf_get(&w->secrets[ask->kind].sealed);
	if (answer.sealed.n == 0 || (!str_eq(ask->name, STR("mail.test")) &&
	    !str_eq(ask->name, STR("damaged.test"))))
		ipc_fail(req, E_NOTFOUND, "none");
	else
		ipc_reply(req, &answer, -1);
}

static void
on_secret_put(struct world *w, struct ipc_req *req)
{
	const struct secret_put_ask *ask = req->ask;
	struct done answer = { 0 };

	assert_true(ask->change != 0);
	buf_reset(&w->secrets[ask->kind].sealed);
	buf_str(&w->secrets[ask->kind].sealed, ask->sealed);
	w->puts++;
	if (w->lose_puts)
		ipc_fail(req, E_IO, "the disk?");
	else
		ipc_reply(req, &answer, -1);
}

/* Before mail.test there is one whose keys cannot be read, being sealed for
 * mail.test; behind it one that has no keys, and one passed on. */
static void
on_domains(struct world *w unused_arg, struct ipc_req *req)
{
	static const char *const names[] = { "damaged.test", "mail.test",
		"new.test", "other.test" };
	const struct domains_ask *ask = req->ask;
	struct domains_answer answer = { 0 };
	auto_buf rows = BUF_INIT(4096);
	size_t i = 0;

	while (i < NELEM(names) && ask->after.n > 0 &&
	    !str_eq(str_c(names[i++]), ask->after))
		;
	if (i < NELEM(names))	/* one at a time */
		msg_put(&rows, &domain_row_shape, &(struct domain_row){
		    .name = str_c(names[i]), .relayed = i == 3 });
	answer.rows = buf_get(&rows);
	answer.more = i + 1 < NELEM(names);
	ipc_reply(req, &answer, -1);
}

static void
on_sealed(struct world *w, struct ipc_req *req)
{
	struct sealed_answer answer;
	auto_buf rows = BUF_INIT(65536);

	for (uint32_t i = 1; i < SECRETS; i++)
		if (w->secrets[i].sealed.n > 0)
			msg_put(&rows, &sealed_row_shape, &(struct sealed_row){
			    i, STR("mail.test"),
			    buf_get(&w->secrets[i].sealed) });
	for (size_t i = 0; i < PEOPLE; i++)
		if (w->people[i].sealed.n > 0)
			msg_put(&rows, &sealed_row_shape, &(struct sealed_row){
			    0, w->people[i].address,
			    buf_get(&w->people[i].sealed) });
	answer.rows = buf_get(&rows);
	ipc_reply(req, &answer, -1);
}

/* Alice is account 7 and may write as two. */
static void
on_sender(struct world *w, struct ipc_req *req)
{
	const struct sender_ask *ask = req->ask;
	struct done answer = { 0 };

	w->senders++;
	if (ask->account == 7 && (str_eq(ask->address, STR("alice@mail.test"))
	    || str_eq(ask->address, STR("team@mail.test"))))
		ipc_reply(req, &answer, -1);
	else
		ipc_fail(req, E_DENIED, "not theirs");
}

static void
on_domain_is_ours(struct world *w unused_arg, struct ipc_req *req)
{
	const struct domain_is_ours_ask *ask = req->ask;
	struct done answer = { 0 };

	if (str_eq(ask->domain, STR("mail.test")))
		ipc_reply(req, &answer, -1);
	else
		ipc_fail(req, E_NOTFOUND, "not ours");
}

static void
on_journal(struct world *w, struct ipc_req *req)
{
	const struct journal_ask *ask = req->ask;

	w->logins += ask->event == JOURNAL_login;
	w->failures += ask->event == JOURNAL_login_failed;
	ipc_drop(req);
}

static void
on_store_ask(void *owner, struct ipc_req *req)
{
	static void (*const fns[STORE_NCALLS])(struct world *,
	    struct ipc_req *) = {
		[STORE_credential] = on_credential,
		[STORE_account_open] = on_account_open,
		[STORE_app_password_add] = on_app_password_add,
		[STORE_app_keys] = on_app_keys,
		[STORE_certificate_owner] = on_certificate_owner,
		[STORE_keys_renew] = on_keys_renew,
		[STORE_app_password_used] = on_app_password_used,
		[STORE_factor_put] = on_factor_put,
		[STORE_logged_in] = on_logged_in,
		[STORE_secret_get] = on_secret_get,
		[STORE_secret_put] = on_secret_put,
		[STORE_sealed] = on_sealed,
		[STORE_sender] = on_sender,
		[STORE_domain_is_ours] = on_domain_is_ours,
		[STORE_domains] = on_domains,
		[STORE_journal] = on_journal,
	};

	fns[req->call->index](owner, req);
}

static void
on_store_gone(void *owner, struct ipc *ipc, const char *why unused_arg)
{
	struct world *w = owner;

	if (w->store == ipc)
		w->store = NULL;
	ipc_close(ipc);
}

static void
give_peer(struct world *w, enum role_kind kind, uint32_t index, int fd)
{
	if (w->executable)
		process_peer(&w->process, kind, index, fd);
	else
		vault_role_ops.peer(&w->role, kind, index, fd);
}

void
store_up(struct world *w)
{
	static const struct ipc_service service = { store_calls, STORE_NCALLS,
		on_store_ask, on_store_gone };
	struct ipc_options o = { .service = &service, .owner = w,
		.authority = AUTH_VAULT, .window = STORE_WINDOW };
	struct err err;
	int fds[2];

	assert_int_equal(ipc_pair(fds, &err), 0);
	w->store = ipc_open(w->loop, fds[0], &o, &err);
	give_peer(w, ROLE_STORE, 0, fds[1]);
}

void
store_down(struct world *w)
{
	struct ipc *c = w->store;

	w->store = NULL;
	ipc_close(c);
}

/* The world ----------------------------------------------------------- */

static int64_t
wall_us(void *arg)
{
	struct clock *c = arg;

	return c->wall_us(c);
}

int
connect_to(struct world *w, enum role_kind kind)
{
	return connect_worker(w, kind, 0);
}

int
connect_worker(struct world *w, enum role_kind kind, uint32_t index)
{
	struct err err;
	int fds[2];

	assert_int_equal(ipc_pair(fds, &err), 0);
	give_peer(w, kind, index, fds[0]);
	return fds[1];
}

void
role_up(struct world *w)
{
	struct err err = { 0 };

	w->role = (struct role){ .loop = w->loop, .log = w->log,
		.config = { .hostname = STR("mail.test"),
		    .hold_longest_s = 90 * 86400, .expire_s = 5 * 86400,
		    .data = str_c(w->folder) },
		.state = calloc(1, vault_role_ops.state_size) };
	if (w->executable) {
		process_start(&w->process, w->loop, w->executable,
		    &w->role.config);
		return;
	}
	if (vault_role_ops.prepare(&w->role, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(vault_role_ops.sandboxed(&w->role, &err), 0);
}

void
role_down(struct world *w)
{
	if (w->executable)
		assert_int_equal(process_stop(&w->process), 0);
	else
		vault_role_ops.finish(&w->role);
	free(w->role.state);
}

static void
run_fiber(void *arg)
{
	struct world *w = arg;

	w->fn(w);
	w->done = true;
}

void
run(struct world *w, void (*fn)(struct world *))
{
	w->fn = fn;
	w->done = false;
	(void)fiber_spawn(w->loop, "test", run_fiber, w);
	for (int i = 0; !w->done; i++) {
		assert_true(i < 20000);
		loop_once(w->loop, 10);
	}
}

/* The operator's connection: as role_ops.c makes it, without its socket. */
void
seal(struct world *w, const char *address, const char *password)
{
	struct seal_password_ask ask = { str_c(address), str_c(password) };
	struct seal_password_answer answer;
	struct arena *a = arena_new(65536);
	struct person *p = find_person(w, str_c(address));
	struct err err;

	for (size_t i = 0; !p; i++)
		if (w->people[i].address.n == 0)
			p = &w->people[i];
	assert_int_equal(ipc_call(w->operator, &vault_calls[
	    VAULT_seal_password], &ask, -1, &answer, a, NULL, NEVER, &err), 0);
	p->address = str_c(address);
	buf_reset(&p->sealed);
	buf_str(&p->sealed, answer.sealed);
	arena_free(a);
}

static void
seal_people(struct world *w)
{
	seal(w, "alice@mail.test", "postern-demo");
	seal(w, "bob@mail.test", "gr\xc3\xbc\xc3\x9f");
}

static void
caller_gone(void *owner, struct ipc *ipc, const char *why unused_arg)
{
	struct world *w = owner;

	if (w->operator == ipc)
		w->operator = NULL;
	if (w->local == ipc)
		w->local = NULL;
	ipc_close(ipc);
}

/* A real listening socket, so that SO_PEERCRED is asked too. */
static struct ipc *
connect_over(struct world *w, enum listen_kind kind)
{
	static const struct ipc_service service = { .gone = caller_gone };
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct ipc_options o = { .service = &service, .owner = w };
	int l = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct err err;

	(void)snprintf(to.sun_path, sizeof(to.sun_path), "%s/control",
	    w->folder);
	assert_int_equal(bind(l, (struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(listen(l, 4), 0);
	if (w->executable)
		process_listen(&w->process, kind, l);
	else
		vault_role_ops.listen(&w->role, kind, l);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(unlink(to.sun_path), 0);
	return ipc_open(w->loop, fd, &o, &err);
}

void
operator_up(struct world *w)
{
	w->operator = connect_over(w, LISTEN_VAULT_CONTROL);
}

void
local_up(struct world *w)
{
	w->local = connect_over(w, LISTEN_VAULT_SUBMIT);
}

void
restart(struct world *w)
{
	store_down(w);
	role_down(w);
	role_up(w);
	vault_replace(w->front, connect_to(w, ROLE_FRONT));
	vault_replace(w->other, connect_to(w, ROLE_FRONT));
	vault_replace(w->mx, connect_to(w, ROLE_MX));
	store_up(w);
	operator_up(w);
	local_up(w);
}

/* TLS ----------------------------------------------------------------- */

struct str
certificate_verify(struct arena *a)
{
	return arena_printf(a, "%64sTLS 1.3, server CertificateVerify%c%32s",
	    "", 0, "transcript");
}

void
sign_tls_many(struct world *w)
{
	struct arena *a = arena_new(1 << 20);
	struct ipc_options o = { 0 };
	struct certs_ask certs = { 0 };
	struct certs_answer cert;
	struct tls_sign_ask ask = { .digest = STR("SHA256"),
		.octets = certificate_verify(a) };
	struct tls_sign_answer answer;
	struct err err;
	struct ipc *mx = ipc_open(w->loop, connect_to(w, ROLE_MX), &o, &err);

	assert_int_equal(ipc_call(mx, &vault_calls[VAULT_certs], &certs, -1,
	    &cert, a, NULL, NEVER, &err), 0);
	ask.key = cert.key;
	for (int i = 0; i < SIGNATURES; i++)
		assert_int_equal(ipc_call(mx, &vault_calls[VAULT_tls_sign],
		    &ask, -1, &answer, a, NULL, NEVER, &err), 0);
	ipc_close(mx);
	arena_free(a);
}

int
world_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->executable = getenv("POSTERN_VAULT");
	w->clock = clock_real();
	w->log = log_new(STDERR_FILENO, "vault", LOG_WARN, wall_us, &w->clock);
	w->loop = loop_new(&w->clock, w->log);
	(void)snprintf(w->folder, sizeof(w->folder),
	    "/tmp/postern-vault-XXXXXX");
	assert_non_null(mkdtemp(w->folder));
	for (size_t i = 0; i < PEOPLE; i++) {
		w->people[i].sealed = BUF_INIT(4096);
		w->people[i].app_keys = BUF_INIT(APP_KEYS_MAX);
		w->people[i].factor = BUF_INIT(FACTOR_MAX);
	}
	for (size_t i = 0; i < SECRETS; i++)
		w->secrets[i].sealed = BUF_INIT(1 << 17);
	role_up(w);
	w->front = vault_new(w->loop, connect_to(w, ROLE_FRONT));
	w->other = vault_new(w->loop, connect_to(w, ROLE_FRONT));
	w->mx = vault_new(w->loop, connect_to(w, ROLE_MX));
	operator_up(w);
	local_up(w);
	store_up(w);
	run(w, seal_people);
	*state = w;
	return 0;
}

int
world_down(void **state)
{
	struct world *w = *state;
	char path[64];

	if (!w->executable)
		vault_role_ops.stop(&w->role);
	for (int i = 0; i < 100 && loop_fibers(w->loop) > 0; i++)
		loop_once(w->loop, 1);
	vault_free(w->front);
	vault_free(w->other);
	vault_free(w->mx);
	role_down(w);
	ipc_close(w->operator);
	ipc_close(w->local);
	ipc_close(w->store);
	ipc_close(w->mailbox);
	/* What was to be sent holds them until it is looked at. */
	for (int i = 0; i < 10; i++)
		loop_once(w->loop, 0);
	for (size_t i = 0; i < PEOPLE; i++) {
		buf_free(&w->people[i].sealed);
		buf_free(&w->people[i].app_keys);
		buf_free(&w->people[i].factor);
	}
	for (size_t i = 0; i < SECRETS; i++)
		buf_free(&w->secrets[i].sealed);
	loop_free(w->loop);
	log_free(w->log);
	(void)snprintf(path, sizeof(path), "%s/vault.key", w->folder);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(w->folder), 0);
	free(w);
	return 0;
}
