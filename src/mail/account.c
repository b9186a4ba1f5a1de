#include "mail/account.h"

#include "dns/name.h"

enum { ANSWER_MEM = 16384, WATCH_ID = 1,
	WATCH_ALL_ID };

void
account_init(struct account *a, struct loop *l, struct vault *v)
{
	*a = (struct account){ .loop = l, .vault = v };
}

enum login_result
account_login(struct account *a, const struct login_ask *ask,
    const struct log_ctx *log, struct err *err)
{
	struct arena *mem = arena_new(ANSWER_MEM);
	struct login_ask inside = *ask;
	int e;

	/* What is no name is nobody's. */
	(void)dns_address(ask->user, mem, &inside.user);
	(void)dns_address(ask->authzid, mem, &inside.authzid);
	e = vault_login(a->vault, &inside, &a->login, mem, err);
	log_ctx_event(log, LOG_INFO, "login", F_STR("user", inside.user),
	    F_STR("mechanism", ask->mechanism),
	    F_STR("result", str_c(e < 0 ? err_name(e) : "ok")));
	if (e >= 0 && a->login.label.n > 0)
		log_ctx_event(log, LOG_INFO, "app_password",
		    F_STR("label", a->login.label));
	a->login.label = STR_NULL;	/* it lived in mem */
	if (e >= 0) {
		(void)snprintf(a->address, sizeof(a->address), "%.*s",
		    STR_FMT(a->login.address));
		a->login.address = str_c(a->address);
		a->store = a->login.store;
		a->refused = 0;
	}
	arena_free(mem);
	if (e >= 0 && a->visit && visit_login(a->visit, str_c(a->address),
	    loop_wall(a->loop)) != LIMIT_NONE) {
		log_ctx_event(log, LOG_WARN, "limited",
		    F_STR("by", str_c(limit_name(LIMIT_ACCOUNT))),
		    F_STR("user", str_c(a->address)), F_INT("times", 1));
		account_logout(a);
		return LOGIN_TOO_MANY;
	}
	if (e >= 0)
		return LOGIN_OK;
	if (e == E_FACTOR && ask->service == SERVICE_page)
		return LOGIN_FACTOR;
	if (e != E_DENIED && e != E_NOTFOUND && e != E_INVALID &&
	    e != E_FACTOR)
		return LOGIN_FAILED;
	a->refused++;
	return e == E_FACTOR ? LOGIN_FACTOR : LOGIN_REFUSED;
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
