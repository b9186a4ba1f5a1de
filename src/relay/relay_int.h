/*
 * relay_int.h - what the files of a delivery share.
 *
 *   work.c              fibers that take assignments
 *   deliver.c           the messages of an assignment, and the results
 *   connect.c           from a destination to a connection that takes mail
 *   way.c               from which of our addresses
 *   source.c            which those are
 *   egress.c            dialling, straight or by a proxy
 *   socks.c             what is said to one
 *   need.c              how safe the way to a host has to be: looked up
 *   security.c          and decided
 *   host_backoff.c      addresses that could not be reached lately
 *   shape.c             how much a site may have, by what it answers
 *   shape_use.c         and that it has no more
 *   delivered_ledger.c  what was delivered and could not be reported
 *   sts.c               what a destination says about TLS
 *   prefetch.c          the octets of a message, read ahead
 *   converted.c         and as a server without 8BITMIME gets them
 *   bounce.c            an assignment that is a report
 *   note.c              one that is a note to a person
 *   tls_seen.c          what they are told of TLS
 *   aggregate.c         reports to other domains
 *   key_rotation.c      keys that sign mail make way for others
 *   probe.c             a delivery up to RCPT, for somebody who watches
 */
#pragma once
#include "relay/aggregate.h"
#include "relay/egress.h"
#include "relay/host_backoff.h"
#include "relay/key_rotation.h"
#include "relay/pool.h"
#include "relay/relay.h"
#include "relay/report.h"
#include "relay/route.h"
#include "relay/security.h"
#include "relay/shape.h"
#include "relay/source.h"
#include "relay/sts.h"
#include "relay/tls_tally.h"

enum {
	WAY_KEY_MAX = 5000,
	WORDS_MAX = 1000,	/* of queue_result.text */
	LOOKUP_MS = 60 * 1000,	/* for an answer of the DNS */
};

/* A configuration that somebody still goes by. */
struct relay_conf {
	int refs;
	struct arena *mem;
	struct config c;
};

struct relay {
	struct relay_options o;
	struct loop *loop;
	struct relay_conf *conf;
	struct pool *pool;
	struct host_backoff *backoff;
	struct shape *shape;
	struct sts *sts;
	struct aggregates *aggregates;
	struct key_rotation *rotation;
	struct tls_tally *tally;
	struct reports *reports;
	struct delivery *deliveries;
	size_t ntaking, nrunning;	/* of them: ask for work, have some */
	size_t turn;		/* of the addresses in pools */
	size_t nprobes;
	size_t naside;		/* have some, and wait for room at a host */
	bool stopping;		/* take no more */
	bool giving_back;	/* begin no message more */
	struct timer timer;
};

/* The octets of a message. Small ones are read before they are wanted. */
struct prefetch {
	struct relay *relay;
	uint64_t lease, generation;
	int64_t until_ms;	/* of reading ahead */
	struct fiber *fiber, *waiter;	/* NULL: not under way; nobody */
	bool ahead;		/* octets hold it, or will */
	bool done;
	int rc;			/* of reading ahead */
	struct err err;
	struct buf octets;
};

/* How much what a host did says about the message. The highest rank of all
 * hosts is the outcome: one that may take it another time outweighs all that
 * refuse it, and a server's own word outweighs a reason of ours. */
enum verdict_rank {
	VERDICT_NONE,
	VERDICT_NEVER,		/* for good */
	VERDICT_LATER,		/* there is hope: unreached, without TLS ... */
	VERDICT_TOLD_LATER,	/* and the server says so itself */
};

/* Why no host has taken it, gathered from host to host. */
struct verdict {
	enum verdict_rank rank;
	bool reached;		/* somebody answered */
	bool ours;		/* something on our side was in the way: a
				 * proxy, a source */
	bool dialled;		/* and yet some address was tried */
	bool untried;		/* hosts were left when it took too long */
	int code;		/* these two are of the rank */
	char status[12];
	char address[48];	/* the last one tried */
	char tls[SECURITY_WORDS]; /* with it; empty: none */
	char source[EGRESS_WORDS]; /* it was tried from there, or by that */
	struct str host;
	struct buf words;	/* all that was tried, one after the other */
};

/* Nobody could be reached, and that may change. */
static inline bool
verdict_is_down(const struct verdict *v)
{
	return v->rank >= VERDICT_LATER && !v->reached &&
	    (!v->ours || v->dialled);
}

/* A fiber and the assignment that it delivers. */
struct delivery {
	struct delivery *next, **prev;
	struct relay *relay;
	struct fiber *fiber;
	bool taking;
	struct arena *mem;	/* of the assignment */
	struct arena *item_mem;	/* of one message of it */
	struct arena *txn_mem;	/* of one try to send that */
	struct relay_conf *conf;
	uint64_t generation;	/* of the connection that its leases are of */
	uint64_t message;	/* that it sends just now; 0 */
	struct str destination;
	bool again;		/* also hosts that were down */
	struct probe *probe;	/* nothing is sent; NULL: of no probe */
	int64_t late_ms;	/* then it begins nothing more */

	/* Where to: connect.c. */
	struct route route;
	struct hosts *hosts;
	enum hosts_result found;
	bool fallen_back;
	bool anew;		/* this message has not been, as it leaves
				 * from elsewhere */
	uint32_t nanew;		/* that this was so */
	bool way_known;		/* of the present message: */
	bool pooled;		/* this message leaves from a pool: */
	struct pool_conf pool;
	/* What may be tried for the present address, and the one that is. */
	struct source sources[SOURCES_MAX], source;
	size_t nsources;
	bool no_proxy;		/* ours does not work: no host is tried */
	bool passed_on;		/* a host said "later", the next is asked */
	uint32_t tls_wish;	/* REQUIRE_TLS_*: of the present message */
	bool tls_refused, clear;	/* at this address: it is tried once
					 * more, without */
	size_t host, address;	/* the one that is tried, or in use */
	const struct host *need_of;	/* whose need is known; NULL: none */
	struct security need;
	struct sts_policy sts;	/* that was found for it; empty: none */
	struct arena *need_mem;	/* of it */
	uint32_t dials, losses;
	int64_t until_ms;	/* of looking for a host; 0: did not begin */
	struct verdict verdict;
	struct pool_conn *conn;	/* ours now, or NULL */

	struct prefetch text[2];	/* the present one, and the next */
};

/* work.c */
/* Who waits for others to be done with a host leaves his place to somebody
 * whose mail can go; then he is back. E_BUSY: too many wait already. */
int relay_stand_aside(struct relay *r);
void relay_stand_back(struct relay *r);

/* A delivery of nobody's mail, that has a place among the others until it is
 * given back; its fiber is told to end when relay stops. */
struct delivery *relay_lend(struct relay *r);
void relay_give_back(struct delivery *d);

/* probe.c: of a delivery that is none of a probe nothing is said. */
void probe_say(const struct delivery *d, const char *step, const char *fmt,
    ...) printf_like(3, 4);
/* It went wrong here; code 0: no server has said so. */
void probe_failed(const struct delivery *d, const char *step, int code,
    struct str words);
/* Where it may go; and how TLS came to be. */
void probe_hosts(const struct delivery *d);
void probe_tls(const struct delivery *d, const struct tls_facts *facts);
/* Before the connection. */
void probe_listens(struct delivery *d, struct smtp_client_options *o);
/* from: connect_source() */
void probe_dials(const struct delivery *d, struct str from);

/* connect.c */
/* Look the hosts up. 0, E_CANCELED, or E_NOTFOUND: the verdict says why. */
int connect_begin(struct delivery *d);
/* Before each message: it begins with the best host. */
void connect_item(struct delivery *d, const struct queue_item *item);
/* The host has said "later" to this message: is there another? The next
 * connect_next() asks that one. */
bool connect_next_host(struct delivery *d, const struct smtp_answer *why);
/* d->conn is set: 0. E_NOTFOUND: no host takes it, says the verdict.
 * E_CANCELED. */
int connect_next(struct delivery *d);
/* The connection was lost before any message was under way on it, or in one:
 * the next connect_next() tries again, or elsewhere. */
void connect_lost(struct delivery *d, const struct smtp_answer *why);
/* The same, in a text: who had it has a result, but nobody else was refused. */
void connect_lost_text(struct delivery *d);
void connect_end(struct delivery *d);
/* It did not come to be, at this host: for the verdict and the log; or for the
 * log alone. */
void connect_note(struct delivery *d, enum verdict_rank rank, int code,
    struct str status, struct str words);
void connect_log_host(struct delivery *d, int code, struct str status,
    struct str words);
const struct host *connect_host(const struct delivery *d);
uint16_t connect_port(const struct delivery *d);
const struct host_address *connect_address(const struct delivery *d);

/* connect_tls.c: what failed is noted. E_AGAIN: it failed where the route does
 * not insist: once more, in clear. */
int connect_tls_first(struct delivery *d);
int connect_starttls(struct delivery *d, struct smtp_answer *why);

/* way.c */
/* egress_words() of the present one. */
struct str connect_source(const struct delivery *d, char room[EGRESS_WORDS]);
/* For host_backoff: a number of it. */
uint32_t way_number(const struct delivery *d);
/* Another message: does it leave from elsewhere than the one before? */
bool way_item(struct delivery *d, const struct queue_item *item);
/* Where it may leave from to the present address, those whose turn it is first:
 * d->sources. How many; 0: its pool has none of this kind. */
size_t way_list(struct delivery *d);
/* Those from which the address was not reached lately are left out. All of
 * them: why; else empty. */
struct str way_rested(struct delivery *d);
/* An open connection by one of them, which is then the present one; NULL. */
struct pool_conn *way_idle(struct delivery *d);
/* The right to make one by the present way: d->conn. */
void way_add(struct delivery *d);

/* need.c */
/* Whether this message wants TLS, or none in particular: REQUIRE_TLS_*. A
 * report that wants it goes without rather than not at all: RFC 8689 5. */
uint32_t need_of_item(const struct queue_item *item);
/* d->need, of the present host for the present message. 0 or E_CANCELED. */
int need_find(struct delivery *d);

/* shape_use.c: what the site of the present host may have. */
/* May an open connection to it be used, or another made? */
bool shape_may_use(const struct delivery *d);
bool shape_room(const struct delivery *d);
/* d->conn is to it. */
void shape_begin(struct delivery *d);
/* It has taken a message; it has said this. */
void shape_accepted(struct delivery *d);
void shape_answer(struct delivery *d, const struct smtp_answer *a);
/* In words, if it wants to be left alone for now; else empty. */
struct str shape_pause(const struct delivery *d);

/* tls_seen.c: how TLS went with the present host, counted for a report. */
void tls_seen_policy_failed(struct delivery *d);	/* if it has */
void tls_seen_refused(struct delivery *d);	/* d->need says why */
void tls_seen_clear(struct delivery *d);	/* it offers none */
void tls_seen_failed(struct delivery *d, struct str words);
void tls_seen_well(struct delivery *d, const struct tls_facts *facts);

/* prefetch.c */
/* Begin to read it, if it is small. t is zeroed, or has ended. */
void prefetch_begin(struct prefetch *t, struct relay *r, uint64_t generation,
    const struct queue_item *item);
/* Wait for it: 0, or why it cannot be read (E_NOTFOUND, E_IO,
 * E_DAMAGED: never). */
int prefetch_wait(struct prefetch *t, struct err *err);
/* Give all of it to out: as blob_read_queued(). */
int prefetch_give(struct prefetch *t, int (*out)(void *arg, struct str octets),
    void *arg, struct err *err);
void prefetch_end(struct prefetch *t);	/* a zeroed one is fine */

/* converted.c */
/* Can it be sent in 7 bits, and in how many octets, signatures among them? 0;
 * E_DENIED with the reason; else as prefetch_give(). */
int converted_size(struct prefetch *t, const struct queue_item *item,
    uint64_t *size, struct err *err);
/* The text so, behind its signatures: as prefetch_give(). */
int converted_give(struct prefetch *t, int (*out)(void *arg,
    struct str octets), void *arg, struct err *err);

/* deliver.c */
void deliver_assignment(struct delivery *d, const struct take_answer *work);
/* bounce.c */
void bounce(struct delivery *d, const struct take_answer *work);
/* note.c */
void note_person(struct delivery *d, const struct take_answer *work);

/* Its leases are no good any more. */
static inline bool
delivery_is_lost(const struct delivery *d)
{
	return store_generation(d->relay->o.store) != d->generation;
}
