#include "mail/account.h"

#include "dns/name.h"

enum { ANSWER_MEM = 16384, WATCH_ID = 1,
	WATCH_ALL_ID };

void
account_init(struct account *a, struct loop *l, struct vault *v)
{
	*a = (struct account){ .loop = l, .vault = v };
}

void
account_names(struct login_ask *who, struct arena *mem)
{
	(void)dns_address(who->user, mem, &who->user);
	(void)dns_address(who->authzid, mem, &who->authzid);
}

/* login is filled in. */
static enum login_result
come_in(struct account *a, const struct log_ctx *log)
{
	if (a->login.label.n > 0)
		log_ctx_event(log, LOG_INFO, "app_password",
		    F_STR("label", a->login.label));
	a->login.label = STR_NULL;	/* it lives in somebody's arena */
	(void)snprintf(a->address, sizeof(a->address), "%.*s",
	    STR_FMT(a->login.address));
	a->login.address = str_c(a->address);
	a->store = a->login.store;
	a->refused = 0;
	if (!a->visit || visit_login(a->visit, str_c(a->address),
	    loop_wall(a->loop)) == LIMIT_NONE)
		return LOGIN_OK;
	log_ctx_event(log, LOG_WARN, "limited",
	    F_STR("by", str_c(limit_name(LIMIT_ACCOUNT))),
	    F_STR("user", str_c(a->address)), F_INT("times", 1));
	account_logout(a);
	return LOGIN_TOO_MANY;
}

enum login_result
account_settle(struct account *a, const struct login_ask *who, int rc,
    const struct log_ctx *log)
{
	log_ctx_event(log, LOG_INFO, "login", F_STR("user", who->user),
	    F_STR("mechanism", who->mechanism),
	    F_STR("result", str_c(rc < 0 ? err_name(rc) : "ok")));
	if (rc >= 0)
		return come_in(a, log);
	if (rc == E_FACTOR && who->service == SERVICE_page)
		return LOGIN_FACTOR;
	if (rc != E_DENIED && rc != E_NOTFOUND && rc != E_INVALID &&
	    rc != E_FACTOR)
		return LOGIN_FAILED;
	a->refused++;
	return rc == E_FACTOR ? LOGIN_FACTOR : LOGIN_REFUSED;
}

enum login_result
account_login(struct account *a, const struct login_ask *ask,
    const struct log_ctx *log, struct err *err)
{
	struct arena *mem = arena_new(ANSWER_MEM);
	struct login_ask inside = *ask;
	enum login_result result;
	int rc;

	account_names(&inside, mem);
	rc = vault_login(a->vault, &inside, &a->login, mem, err);
	result = account_settle(a, &inside, rc, log);
	arena_free(mem);
	return result;
}

enum login_result
account_prove(struct account *a, const struct login_ask *who,
    const struct scram_final_ask *ask, const struct log_ctx *log,
    struct str *signature, struct arena *mem, struct err *err)
{
	int rc = vault_scram_final(a->vault, ask, &a->login, signature, mem,
	    err);

	return account_settle(a, who, rc, log);
}

enum login_result
account_bearer(struct account *a, const struct login_ask *who,
    struct str token, const struct log_ctx *log, struct err *err)
{
	struct arena *mem = arena_new(ANSWER_MEM);
	struct bearer_ask ask = { who->mechanism, who->user, who->peer,
		who->service, token };
	struct login_ask proven = *who;
	enum login_result result;
	int rc = vault_bearer(a->vault, &ask, &a->login, mem, err);

	if (rc >= 0)	/* they need not have said so */
		proven.user = a->login.address;
	result = account_settle(a, &proven, rc, log);
	arena_free(mem);
	return result;
}

enum login_result
account_external(struct account *a, const struct login_ask *who,
    const struct tls_shown *shown, const struct log_ctx *log, struct err *err)
{
	struct arena *mem = arena_new(ANSWER_MEM);
	struct external_ask ask = { who->user, who->peer, who->service,
		shown->key, shown->version, shown->scheme, shown->said,
		shown->signature };
	struct login_ask proven = *who;
	enum login_result result;
	int rc = vault_external(a->vault, &ask, &a->login, mem, err);

	if (rc >= 0)	/* as above */
		proven.user = a->login.address;
	result = account_settle(a, &proven, rc, log);
	arena_free(mem);
	return result;
}

enum login_result
account_cram(struct account *a, const struct login_ask *who,
    const struct cram_final_ask *ask, const struct log_ctx *log,
    struct err *err)
{
	struct arena *mem = arena_new(ANSWER_MEM);
	enum login_result result;
	int rc = vault_cram_final(a->vault, ask, &a->login, mem, err);

	result = account_settle(a, who, rc, log);
	arena_free(mem);
	return result;
}

bool
account_gave_up(const struct account *a)
{
	return a->refused >= ACCOUNT_MAX_REFUSED;
}

void
account_journal(const struct account *a, enum journal_event event,
    const char *session, const char *peer, struct str text)
{
	const struct journal_ask j = {
		.event = event,
		.session = str_c(session),
		.peer = str_c(peer),
		.address = str_c(a->address),
		.text = text,
	};

	store_notify(a->store, STORE_journal, &j);
}

void
account_on_change(struct account *a,
    void (*fn)(void *arg, const struct changed *what), void *arg)
{
	store_on_change(a->store, fn, arg);
}

static int
set_watch(const struct account *a, uint64_t mailbox, uint32_t id,
    struct err *err)
{
	const struct watch_ask ask = { .mailbox = mailbox, .id = id };
	struct arena *mem = arena_new(ANSWER_MEM);
	struct done done;
	int e = store_call(a->store, STORE_watch, &ask, &done, mem, err);

	arena_free(mem);
	return e;
}

int
account_watch(const struct account *a, uint64_t mailbox, struct err *err)
{
	return set_watch(a, mailbox, WATCH_ID, err);
}

int
account_watch_all(const struct account *a, bool on, struct err *err)
{
	return set_watch(a, on ? WATCH_ACCOUNT : 0, WATCH_ALL_ID, err);
}

void
account_logout(struct account *a)
{
	if (!a->store)
		return;
	store_on_change(a->store, NULL, NULL);
	a->store = NULL;
	vault_logout(a->vault, &a->login);
	a->login = (struct login){ 0 };
}

void
account_leave(struct account *a)
{
	account_logout(a);
	if (a->visit)
		visit_logout(a->visit);
}
