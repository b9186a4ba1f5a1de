/*
 * knock.c - roles that are started when somebody asks them.
 *
 * Such a role costs nothing while nobody needs it. Whoever may ask it has a
 * connection all the same, whose other end is kept here: the first octets
 * start the role, which then is given that end, and finds the ask in it. So
 * who asks sees nothing of this. When the role ends, there are new ends.
 */
#include <sys/epoll.h>

#include "master/master_int.h"

bool
knock_starts(enum role_kind kind)
{
	return kind == ROLE_ERRAND;
}

static struct knock *
find_knock(struct master *m, const struct child *who,
    const struct child *whom)
{
	for (size_t i = 0; i < NELEM(m->knocks); i++)
		if (m->knocks[i].who == who && m->knocks[i].whom == whom)
			return &m->knocks[i];
	return NULL;
}

/* The kept end, which is the caller's. */
static int
take_end(struct knock *k)
{
	int fd = k->watch.fd;

	loop_unwatch(k->who->m->loop, &k->watch);
	*k = (struct knock){ 0 };
	return fd;
}

static void
on_knock(struct watch *w, uint32_t events)
{
	struct knock *k = container_of(w, struct knock, watch);
	struct child *whom = k->whom;

	if (events & (EPOLLHUP | EPOLLERR)) { /* nobody waits any more */
		(void)close(take_end(k));
		return;
	}
	loop_unwatch(whom->m->loop, w);
	if (whom->sleeps)
		supervise_wake(whom);
}

int
knock_keep(struct child *who, struct child *whom, int fd, struct err *err)
{
	struct knock *k = find_knock(who->m, NULL, NULL);

	if (!k)
		return err_set(err, E_LIMIT, "too many could ask %s",
		    whom->name);
	*k = (struct knock){ .watch = { .fd = fd, .events = EPOLLIN,
		.fn = on_knock }, .who = who, .whom = whom };
	if (loop_watch(who->m->loop, &k->watch, err) == 0)
		return 0;
	*k = (struct knock){ 0 };
	return err->code;
}

int
knock_take(struct child *who, struct child *whom)
{
	struct knock *k = find_knock(who->m, who, whom);

	return k ? take_end(k) : -1;
}

void
knocks_forget(struct master *m, const struct child *who)
{
	for (size_t i = 0; i < NELEM(m->knocks); i++)
		if (m->knocks[i].who && (!who || m->knocks[i].who == who))
			(void)close(take_end(&m->knocks[i]));
}
