#include <errno.h>
#include <unistd.h>

#include "store/service/dispatch.h"

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
run_rcpt(struct conn *c, struct ipc_req *req)
{
	struct rcpt_answer answer;
	struct recipient who;
	struct err err = { 0 };

	if (reader_rcpt(c->service->look, &c->caller, req->ask, &answer, &who,
	    &err) < 0) {
		ipc_fail(req, err.code, err.text);
		return;
	}
	if (answer.kind == RCPT_LOCAL || answer.kind == RCPT_REMOTE)
		answer.handle = give_handle(c, &who);
	ipc_reply(req, &answer, -1);
}

/* ---- watches ----------------------------------------------------------- */

static void
remove_watch(struct conn *c, struct watcher *w)
{
	struct service *s = c->service;
	struct watcher *first = map_get(&s->watchers, c->caller.account,
	    w->mailbox, 0);
	struct watcher **at = &first;

	if (w->mailbox == 0)
		return;
	while (*at != w)
		at = &(*at)->next;
	*at = w->next;
	if (first)
		map_put(&s->watchers, c->caller.account, w->mailbox, 0,
		    first);
	else
		map_del(&s->watchers, c->caller.account, w->mailbox, 0);
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

static void
run_watch(struct conn *c, struct ipc_req *req)
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
	if (ask->mailbox) {
		*w = (struct watcher){ map_get(&s->watchers,
		    c->caller.account, ask->mailbox, 0), c, ask->mailbox,
			ask->id };
		map_put(&s->watchers, c->caller.account, ask->mailbox, 0, w);
		__atomic_add_fetch(&s->nwatchers, 1, __ATOMIC_RELAXED);
	}
	ipc_reply(req, &done, -1);
}

void
calls_tell(struct service *s, const struct mailbox_changed *changed, size_t n)
{
	struct changed hint;
	struct watcher *w;

	for (size_t i = 0; i < n; i++) {
		w = map_get(&s->watchers, changed[i].account,
		    changed[i].mailbox, 0);
		for (; w; w = w->next) {
			hint = (struct changed){ w->id, changed[i].mailbox,
				changed[i].modseq };
			ipc_notify(w->conn->ipc,
			    &store_notices[NOTICE_changed], &hint, -1);
		}
	}
}

/* ---- the others -------------------------------------------------------- */

static void
run_account_open(struct conn *c, struct ipc_req *req)
{
	const struct account_open_ask *ask = req->ask;
	struct service *s = c->service;
	struct done done = { 0 };
	struct err err = { 0 };
	int fds[2], rc;

	rc = reader_account(s->look, ask->account, &err);
	if (rc == 0)
		rc = ipc_pair(fds, &err);
	if (rc < 0) {
		ipc_fail(req, rc, err.text);
		return;
	}
	rc = service_connect(s, fds[0], AUTH_ACCOUNT, ask->account, 0, &err);
	if (rc < 0)
		ipc_fail(req, rc, err.text);
	else
		ipc_reply(req, &done, fds[1]);
	(void)close(fds[1]);
}

static void
run_lookup(struct conn *c, struct ipc_req *req)
{
	union read_answer answer;
	struct err err = { 0 };
	int rc = reader_ask(c->service->look, &c->caller,
	    (enum store_call)req->call->index, req->ask, &answer, &err);

	if (rc < 0)
		ipc_fail(req, rc, err.text);
	else
		ipc_reply(req, &answer, -1);
}

void
calls_run(struct conn *c, struct ipc_req *req)
{
	switch (req->call->index) {
	case STORE_rcpt:
		run_rcpt(c, req);
		return;
	case STORE_watch:
		run_watch(c, req);
		return;
	case STORE_account_open:
		run_account_open(c, req);
		return;
	case STORE_take:
		dispatch_take(c, req);
		return;
	case STORE_release:
		dispatch_release(c, req->ask);
		ipc_drop(req);
		return;
	case STORE_journal:
		engine_journal(c->service->o.engine, req->ask);
		ipc_drop(req);
		return;
	default:
		run_lookup(c, req);
	}
}
