/*
 * tickets.c - keys under which TLS sessions are resumed: all workers of a role
 * have the same, and another role has others.
 *
 * We make them, and not vault: a vault that was captured would else read what
 * recorded sessions have said. They are in no file, and after two turns they
 * are nowhere.
 */
#include <string.h>

#include "master/master_int.h"

/* A session is good for as long (rt/tls.c). */
enum { TURN_MS = 7200 * 1000 };

static struct ticket_keys *
keys_for(struct master *m, enum role_kind kind)
{
	return kind == ROLE_MX ? &m->mx_tickets :
	    kind == ROLE_FRONT ? &m->front_tickets :
	    kind == ROLE_WEB ? &m->web_tickets : NULL;
}

void
tickets_send(struct child *c)
{
	const struct ticket_keys *k = keys_for(c->m, c->kind);
	struct role_tickets m;

	if (!k)
		return;
	m.keys = str_make((const char *)k->octets, sizeof(k->octets));
	child_send(c, ROLE_TICKETS, &m, -1);
}

static void
turn(struct master *m, struct ticket_keys *k)
{
	memcpy(k->octets[1], k->octets[0], sizeof(k->octets[1]));
	loop_random(m->loop, k->octets[0], sizeof(k->octets[0]));
}

static void
turn_all(struct timer *t)
{
	struct master *m = container_of(t, struct master, turn);

	turn(m, &m->mx_tickets);
	turn(m, &m->front_tickets);
	turn(m, &m->web_tickets);
	for (size_t i = 0; i < m->nchildren; i++)
		tickets_send(&m->children[i]);
	timer_set(m->loop, t, loop_now_ms(m->loop) + TURN_MS, turn_all);
}

/* Both are random, also the one that is none yet. */
void
tickets_begin(struct master *m)
{
	turn_all(&m->turn);
	turn_all(&m->turn);
}
