#include "store/service/door.h"

#include "rt/bans.h"
#include "store/policy/policy.h"
#include "store/policy/rates.h"
#include "store/service/service_int.h"

enum {
	WAIT_MIN_S = 60,	/* nobody need come sooner */
	ONCE_MS = 2000,	/* until another ban of the same is asked for */
	SLOW_PART = 5,		/* of the limit: from then on they wait */
	TOLD_HOURLY = 100,
};

struct door {
	struct service *service;
	struct rates *rates;
	door_ban_fn *ban;
};

struct door *
door_new(struct service *s, door_ban_fn *ban)
{
	struct door *d = calloc(1, sizeof(*d));
	uint8_t key[RATES_KEY_LEN];

	bug_if(!d);
	loop_random(s->o.loop, key, sizeof(key));
	*d = (struct door){ s, rates_new(key), ban };
	return d;
}

void
door_free(struct door *d)
{
	if (!d)
		return;
	rates_free(d->rates);
	free(d);
}

static int64_t
door_now(const struct door *d)
{
	return loop_now_ms(d->service->o.loop);
}

/* ---- bans ---------------------------------------------------------------- */

static void
ban(struct door *d, const struct ip *network, uint32_t bits, enum ban_why why)
{
	const struct door_settings *o = &d->service->door_settings;

	if (o->ban_s > 0 && rates_first(d->rates, ip_octets(network), ONCE_MS,
	    door_now(d)))
		d->ban(d->service, &(struct ban_auto_ask){
		    .network = ip_octets(network), .bits = bits,
		    .doors = why == BAN_logins ? BAN_people : BAN_mail,
		    .why = why, .seconds = o->ban_s,
		    .longest = o->ban_longest_s });
}

/* ---- port 25 ------------------------------------------------------------- */

static bool
come_later(struct rcpt_answer *answer, int64_t wait_ms)
{
	int64_t s = (wait_ms + 999) / 1000;

	if (wait_ms <= 0)
		return false;
	*answer = (struct rcpt_answer){ .kind = RCPT_LATER,
		.wait_s = (uint32_t)(s < WAIT_MIN_S ? WAIT_MIN_S : s) };
	return true;
}

bool
door_may_ask(struct door *d, const struct rcpt_ask *ask,
    struct rcpt_answer *answer)
{
	const struct door_settings *o = &d->service->door_settings;
	int64_t now = door_now(d);
	struct ip network;
	struct str who;

	/* Empty: it is not counted. */
	if (!sending_network(ask->host, &network))
		return true;
	who = ip_octets(&network);
	if ((ask->first && come_later(answer, rates_wait_ms(d->rates,
	    RATE_messages, who, o->messages, now))) ||
	    come_later(answer, rates_wait_ms(d->rates, RATE_recipients, who,
	    o->recipients, now)))
		return false;
	if (ask->first)
		(void)rates_add(d->rates, RATE_messages, who, 1, o->messages,
		    now);
	(void)rates_add(d->rates, RATE_recipients, who, 1, o->recipients, now);
	return true;
}

/* By whatever address; nobody is told apart by case. */
static void
count_recipient(struct door *d, const struct rcpt_ask *ask,
    struct rcpt_answer *answer)
{
	const struct door_settings *o = &d->service->door_settings;
	struct arena *a = arena_new(1024);
	struct str to = str_lower(a, ask->address);

	if (!come_later(answer, rates_wait_ms(d->rates, RATE_to, to,
	    o->to_recipient, door_now(d))))
		(void)rates_add(d->rates, RATE_to, to, 1, o->to_recipient,
		    door_now(d));
	arena_free(a);
}

/* Who guesses addresses is answered slowly, then sent away, then banned. */
static void
count_unknown(struct door *d, const struct ip *network,
    struct rcpt_answer *answer)
{
	const struct door_settings *o = &d->service->door_settings;
	struct str who = ip_octets(network);
	int64_t now = door_now(d);
	bool over = rates_add(d->rates, RATE_unknown, who, 1, o->unknown, now);

	answer->slow = rates_left_ms(d->rates, RATE_unknown, who, now) >
	    RATES_HOUR_MS / SLOW_PART;
	if (!over)
		return;
	(void)come_later(answer, rates_wait_ms(d->rates, RATE_unknown, who,
	    o->unknown, now));
	answer->kind = RCPT_FLOOD;
	ban(d, network, sending_bits(network), BAN_recipients);
}

void
door_asked(struct door *d, const struct rcpt_ask *ask,
    struct rcpt_answer *answer)
{
	struct ip network;

	if (!sending_network(ask->host, &network))
		return;
	/* RCPT_REMOTE: of a domain that is passed on. */
	if (answer->kind == RCPT_LOCAL || answer->kind == RCPT_REMOTE)
		count_recipient(d, ask, answer);
	/* Who tries one time after the other, too.           RFC 7293 13.1 */
	else if (answer->kind == RCPT_NO_USER ||
	    answer->kind == RCPT_NO_DOMAIN || answer->kind == RCPT_NO_MAIL ||
	    answer->kind >= RCPT_NEW_OWNER)
		count_unknown(d, &network, answer);
}

/* Who is proven as the sender is one who wants them; but many may share such a
 * domain, and each answer is a message that we send. */
bool
door_may_be_told(struct door *d, const struct rcpt_ask *ask)
{
	struct ip network;

	return !(ask->notify & NOTIFY_success) ||
	    !sending_network(ask->host, &network) ||
	    !rates_add(d->rates, RATE_told, ip_octets(&network), 1,
		TOLD_HOURLY, door_now(d));
}

/* By whatever address: who sends of one name from many networks is one. */
uint32_t
door_weigh(struct door *d, const struct weigh_ask *ask, bool counts)
{
	const struct door_settings *o = &d->service->door_settings;
	struct rcpt_answer later;

	if (o->of_domain == 0 || !ask->whose_proven || ask->whose.n == 0)
		return 0;
	if (come_later(&later, rates_wait_ms(d->rates, RATE_domain,
	    ask->whose, o->of_domain, door_now(d))))
		return later.wait_s;
	if (counts)
		(void)rates_add(d->rates, RATE_domain, ask->whose, 1,
		    o->of_domain, door_now(d));
	return 0;
}

void
door_strike(struct door *d, const struct strike_ask *ask)
{
	const struct door_settings *o = &d->service->door_settings;
	struct ip network;

	if (sending_network(ask->host, &network) && rates_add(d->rates,
	    RATE_errors, ip_octets(&network), ask->n, o->errors, door_now(d)))
		ban(d, &network, sending_bits(&network), BAN_errors);
}

/* By the name, so that whoever asks has the hosts there bothered no oftener. A
 * slice more is not another time; that it is one only the worker of mx says. */
int
door_etrn(struct door *d, const struct etrn_ask *ask, struct err *err)
{
	const struct door_settings *o = &d->service->door_settings;
	int64_t ms = rates_wait_ms(d->rates, RATE_etrn, ask->domain, o->etrn,
	    door_now(d));

	if (ask->cursor.n > 0)
		return 0;
	if (ms > 0)
		return err_set(err, E_LIMIT, "asked for too often, come again "
		    "in %lld s", (long long)(ms + 999) / 1000);
	(void)rates_add(d->rates, RATE_etrn, ask->domain, 1, o->etrn,
	    door_now(d));
	return 0;
}

/* ---- logins -------------------------------------------------------------- */

/* One address of IPv4: behind its neighbours are others. */
void
door_login_failed(struct door *d, struct str peer)
{
	const struct door_settings *o = &d->service->door_settings;
	struct ip ip;
	uint32_t bits;

	if (!ip_parse(peer, &ip) || (!ip.v6 && ip.octets[0] == 127))
		return;
	bits = ip.v6 ? SENDING_V6 : ip_bits(&ip);
	ip_mask(&ip, bits);
	if (rates_add(d->rates, RATE_logins, ip_octets(&ip), 1, o->logins,
	    door_now(d)))
		ban(d, &ip, bits, BAN_logins);
}
