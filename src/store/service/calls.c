#include <errno.h>
#include <unistd.h>

#include "store/directory/recipients.h"
#include "store/engine/engine_int.h"
#include "store/engine/send_limits.h"
#include "store/service/dispatch.h"
#include "store/service/door.h"

/* ---- handles of recipients --------------------------------------------- */

/* *to is *who with its strs at room; the room behind them. */
static char *
keep_recipient(struct recipient *to, const struct recipient *who, char *room)
{
	*to = *who;
	if (who->address.n)
		memcpy(room, who->address.p, who->address.n);
	to->address.p = room;
	room += who->address.n;
	if (who->orcpt.n)
		memcpy(room, who->orcpt.p, who->orcpt.n);
	to->orcpt.p = room;
	return room + who->orcpt.n;
}

/* A hostile mx may only name what it was given: 48 random bits and the slot.
 * The oldest give way; an honest one asks again. */
static uint64_t
give_handle(struct conn *c, const struct recipient *who)
{
	size_t most = c->caller.authority == AUTH_MX ? HANDLES_MX
						     : HANDLES_ACCOUNT;
	struct handle *h;
	size_t slot;

	if (!c->handles) {
		c->handles = calloc(most, sizeof(*h));
		bug_if(!c->handles);
		c->nhandles = most;
	}
	slot = c->next_handle++ % c->nhandles;
	h = &c->handles[slot];
	free(h->text);
	h->text = malloc(who->address.n + who->orcpt.n + 1);
	bug_if(!h->text);
	(void)keep_recipient(&h->who, who, h->text);
	h->id = loop_random64(c->service->o.loop) << 16 | slot;
	return h->id;
}

static struct handle *
find_handle(struct conn *c, uint64_t id)
{
	size_t slot = id & 0xffff;

	if (id == 0 || slot >= c->nhandles || c->handles[slot].id != id)
		return NULL;
	return &c->handles[slot];
}

int
calls_take_handles(struct conn *c, const struct submit_ask *ask,
    struct recipient **out, size_t *n, struct err *err)
{
	struct rd r = rd_of(ask->handles);
	struct recipient *rcpts;
	struct handle *h;
	size_t octets = 0;
	char *room;

	if (ask->handles.n == 0 || ask->handles.n % 8 != 0 ||
	    ask->handles.n / 8 > RCPTS_MAX)
		return err_set(err, E_INVALID, "handles do not make sense");
	while (rd_left(&r) > 0) {
		h = find_handle(c, rd_le64(&r));
		if (!h)
			return err_set(err, E_DENIED, "no handle of yours");
		octets += h->who.address.n + h->who.orcpt.n;
	}
	*n = ask->handles.n / 8;
	rcpts = malloc(*n * sizeof(*rcpts) + octets);
	bug_if(!rcpts);
	room = (char *)(rcpts + *n);
	r = rd_of(ask->handles);
	for (size_t i = 0; i < *n; i++) {
		h = find_handle(c, rd_le64(&r));
		if (!h) { /* named twice: once is enough */
			rcpts[i] = rcpts[0];
			continue;
		}
		room = keep_recipient(&rcpts[i], &h->who, room);
		h->id = 0;
	}
	*out = rcpts;
	return 0;
}

void
calls_free_handles(struct conn *c)
{
	for (size_t i = 0; i < c->nhandles; i++)
		free(c->handles[i].text);
	free(c->handles);
	c->handles = NULL;
	c->nhandles = 0;
}

static void
reply_rcpt(struct conn *c, struct ipc_req *req, struct rcpt_answer *answer,
    struct recipient *who)
{
	if (c->caller.authority == AUTH_MX) {
		door_asked(c->service->door, req->ask, answer);
		if (!door_may_be_told(c->service->door, req->ask))
			who->notify = notify_without_success(who->notify);
	}
	if (answer->kind == RCPT_LOCAL || answer->kind == RCPT_REMOTE)
		answer->handle = give_handle(c, who);
	ipc_reply(req, answer, -1);
}

static int
look_up_rcpt(struct reader *r, struct job *j)
{
	struct write *w = &j->write;
	struct recipient who;
	int rc = reader_rcpt(r, w->caller, w->ask, &w->answer.rcpt, &who,
	    &w->err);

	if (rc < 0)
		return rc;
	j->rcpts = malloc(sizeof(who) + who.address.n + who.orcpt.n);
	bug_if(!j->rcpts);
	(void)keep_recipient(j->rcpts, &who, (char *)(j->rcpts + 1));
	return 0;
}

static void
reply_looked_up_rcpt(struct job *j)
{
	reply_rcpt(j->conn, j->req, &j->write.answer.rcpt, j->rcpts);
}

void
call_rcpt(struct conn *c, struct ipc_req *req)
{
	int refuses = engine_refuses(c->service->o.engine);
	struct rcpt_answer answer, allowed = { 0 };
	struct err err = { 0 };
	struct recipient who;
	int rc;

	if (refuses) {
		ipc_fail(req, refuses, "nothing can be stored now");
		return;
	}
	if (c->caller.authority == AUTH_MX &&
	    !door_may_ask(c->service->door, req->ask, &answer)) {
		ipc_reply(req, &answer, -1);
		return;
	}
	rc = send_limits_known(c->service->o.engine, &c->caller, req->ask,
	    &allowed, &err);
	if (rc < 0) {
		ipc_fail(req, rc, err.text);
	} else if (rc == 0 && rcpt_is_known(c->service->o.engine, &c->caller,
	    req->ask, &answer, &who)) {
		answer.most_octets = allowed.most_octets;
		reply_rcpt(c, req, &answer, &who);
	} else {
		threads_look(c, req, look_up_rcpt, reply_looked_up_rcpt);
	}
}

/* ---- watches ----------------------------------------------------------- */

static void
remove_watch(struct conn *c, struct watcher *w)
{
	struct service *s = c->service;
	struct watcher *first = map_get(&s->watchers, w->account, w->mailbox,
	    0);
	struct watcher **at = &first;

	if (w->mailbox == 0)
		return;
	while (*at != w)
		at = &(*at)->next;
	*at = w->next;
	if (first)
		map_put(&s->watchers, w->account, w->mailbox, 0, first);
	else
		map_del(&s->watchers, w->account, w->mailbox, 0);
	*w = (struct watcher){ 0 };
	__atomic_sub_fetch(&s->nwatchers, 1, __ATOMIC_RELAXED);
}

void
calls_unwatch(struct conn *c)
{
	for (size_t i = 0; i < WATCHES_MAX; i++)
		remove_watch(c, &c->watches[i]);
}

static struct watcher *
place_of_watch(struct conn *c, uint32_t id)
{
	struct watcher *unused = NULL, *w;

	for (size_t i = 0; i < WATCHES_MAX; i++) {
		w = &c->watches[i];
		if (w->mailbox && w->id == id)
			return w;
		if (!w->mailbox && !unused)
			unused = w;
	}
	return unused;
}

/* account, mailbox: where it is; number: as the asker knows it. */
static void
place_watch(struct conn *c, struct ipc_req *req, uint64_t account,
    uint64_t mailbox)
{
	const struct watch_ask *ask = req->ask;
	struct service *s = c->service;
	struct watcher *w = place_of_watch(c, ask->id);
	struct done done = { 0 };

	if (!w) {
		ipc_fail(req, E_LIMIT, "too many watches");
		return;
	}
	remove_watch(c, w);
	if (mailbox) {
		*w = (struct watcher){ map_get(&s->watchers, account, mailbox,
		    0), c, account, mailbox, ask->mailbox, ask->id };
		map_put(&s->watchers, account, mailbox, 0, w);
		__atomic_add_fetch(&s->nwatchers, 1, __ATOMIC_RELAXED);
	}
	ipc_reply(req, &done, -1);
}

/* Somebody else's: with a right to read it. */
static int
look_up_watched(struct reader *r, struct job *j)
{
	const struct watch_ask *ask = j->write.ask;

	return reader_watches(r, j->write.caller, ask->mailbox, &j->write.err);
}

static void
reply_watch(struct job *j)
{
	const struct watch_ask *ask = j->write.ask;

	/* It may have been this one that was withdrawn: look again. */
	if (j->revocations != j->conn->service->revocations)
		call_watch(j->conn, j->req);
	else
		place_watch(j->conn, j->req, ask->mailbox >> 32,
		    ask->mailbox & UINT32_MAX);
}

void
call_watch(struct conn *c, struct ipc_req *req)
{
	const struct watch_ask *ask = req->ask;

	if (is_others(ask->mailbox))
		threads_look(c, req, look_up_watched, reply_watch);
	else
		place_watch(c, req, c->caller.account, ask->mailbox);
}

/* hint is told but for what each watcher has of its own: its number of the
 * mailbox, too, if it watches one. */
static void
tell_watchers(struct service *s, uint64_t account, uint64_t watched,
    uint64_t by, struct changed *hint)
{
	struct watcher *w = map_get(&s->watchers, account, watched, 0);

	for (; w; w = w->next) {
		hint->id = w->id;
		if (watched != WATCH_ACCOUNT)
			hint->mailbox = w->number;
		hint->own = by != 0 && w->conn->caller.connection == by;
		ipc_notify(w->conn->ipc, &store_notices[NOTICE_changed], hint,
		    -1);
	}
}

void
calls_tell(struct service *s, const struct mailbox_changed *changed, size_t n,
    struct str names)
{
	struct rd r = rd_of(names);
	struct name_changed name;

	for (size_t i = 0; i < n; i++) {
		const struct mailbox_changed *c = &changed[i];
		struct changed hint = { .mailbox = c->mailbox,
			.modseq = c->modseq, .what = c->what };

		tell_watchers(s, c->account, WATCH_ACCOUNT, c->by, &hint);
		tell_watchers(s, c->account, c->mailbox, c->by, &hint);
	}
	while (!rd_done(&r) && name_changed_take(&r, &name)) {
		struct changed hint = { .what = name.what,
			.name = name.name, .was = name.was };

		tell_watchers(s, name.account, WATCH_ACCOUNT, name.by, &hint);
	}
}

/* They connect anew, and ask for what they watch again. */
void
calls_withdraw(struct service *s, uint64_t account, uint64_t mailbox)
{
	struct watcher *w = map_get(&s->watchers, account, mailbox, 0);

	while (w) {
		if (w->conn->caller.account == account) {
			w = w->next;
			continue;
		}
		conn_end(w->conn);
		w = map_get(&s->watchers, account, mailbox, 0);
	}
}

/* ---- the others -------------------------------------------------------- */

void
call_checker_open(struct conn *c, struct ipc_req *req)
{
	struct done done = { 0 };
	struct err err = { 0 };
	int fds[2], rc = ipc_pair(fds, &err);

	if (rc == 0) {
		rc = service_connect(c->service, fds[0], AUTH_CHECKER, 0, 0,
		    &err);
		if (rc == 0)
			ipc_reply(req, &done, fds[1]);
		(void)close(fds[1]);
	}
	if (rc < 0)
		ipc_fail(req, rc, err.text);
}

static int
look_up_account(struct reader *r, struct job *j)
{
	const struct account_open_ask *ask = j->write.ask;

	return reader_account(r, ask->account, &j->write.err);
}

static void
reply_account_open(struct job *j)
{
	const struct account_open_ask *ask = j->write.ask;
	struct done done = { 0 };
	struct err err = { 0 };
	int fds[2], rc;

	/* It may have been this one: look again. */
	if (j->revocations != j->conn->service->revocations) {
		call_account_open(j->conn, j->req);
		return;
	}
	rc = ipc_pair(fds, &err);
	if (rc < 0) {
		ipc_fail(j->req, rc, err.text);
		return;
	}
	/* The operator carries mail; what a person does, vault lets in. */
	rc = service_connect(j->conn->service, fds[0],
	    j->conn->caller.authority == AUTH_OPERATOR ? AUTH_CARRIER :
	    AUTH_ACCOUNT, ask->account, ask->service, &err);
	if (rc < 0)
		ipc_fail(j->req, rc, err.text);
	else
		ipc_reply(j->req, &done, fds[1]);
	(void)close(fds[1]);
}

void
call_account_open(struct conn *c, struct ipc_req *req)
{
	threads_look(c, req, look_up_account, reply_account_open);
}

void
call_release(struct conn *c, struct ipc_req *req)
{
	dispatch_release(c, req->ask);
	ipc_drop(req);
}

/* Who came in, or tried to, or has another password, says who proved the one
 * they had; a session only that it has begun, by its name. Nobody else makes up
 * logins of others. */
static bool
is_vaults(const struct journal_ask *ask)
{
	return ask->event == JOURNAL_login_failed ||
	    ask->event == JOURNAL_password || ask->event == JOURNAL_factor ||
	    (ask->event == JOURNAL_login && ask->session.n == 0);
}

void
call_journal(struct conn *c, struct ipc_req *req)
{
	const struct journal_ask *ask = req->ask;

	if (!is_vaults(ask) || c->caller.authority == AUTH_VAULT)
		engine_journal(c->service->o.engine, ask);
	if (ask->event == JOURNAL_login_failed &&
	    c->caller.authority == AUTH_VAULT)
		door_login_failed(c->service->door, ask->peer);
	ipc_drop(req);
}

void
call_strike(struct conn *c, struct ipc_req *req)
{
	door_strike(c->service->door, req->ask);
	ipc_drop(req);
}

/* ---- the table --------------------------------------------------------- */

/* A reader's function as the table wants it. */
#define READ_RUN_LOOP(name)
#define READ_RUN_WRITER(name)
#define READ_RUN_READER(name)                                             \
	static int run_##name(struct reader *r, const struct caller *c,   \
	    const void *ask, union store_answer *answer, struct err *err) \
	{                                                                 \
		return read_##name(r, c, ask, answer, err);               \
	}
#define C(name, answer, who, run, effects, reach) READ_##run(name)
STORE_CALLS(C)
#undef C

#define ENTRY_RUN_LOOP(name) .read = NULL
#define ENTRY_RUN_WRITER(name) .write = write_##name
#define ENTRY_RUN_READER(name) .read = run_##name
const struct engine_call service_engine_calls[STORE_NCALLS] = {
#define C(name, answer, who, run, effects_of, mail) \
	[STORE_##name] = { ENTRY_##run(name), .effects = (effects_of), \
		.reach = REACH_##mail(name) },
	STORE_CALLS(C)
#undef C
};

#define HERE_RUN_LOOP(name) [STORE_##name] = call_##name,
#define HERE_RUN_WRITER(name)
#define HERE_RUN_READER(name)
call_on_loop *const service_loop_calls[STORE_NCALLS] = {
#define C(name, answer, who, run, effects, reach) HERE_##run(name)
#define N(name, who) HERE_RUN_LOOP(name)
	STORE_CALLS(C)
	STORE_NOTICES(N)
#undef C
#undef N
};
