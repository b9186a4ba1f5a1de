/*
 * shape_use.c - a delivery keeps to what the site of its host may have.
 *
 * A route is the operator's own server: what it may have is configured.
 */
#include "relay/relay_int.h"

static struct str
host_of(const struct delivery *d)
{
	return connect_host(d)->name;
}

static bool
is_shaped(const struct delivery *d)
{
	return d->route.mx && !d->fallen_back;
}

static uint32_t
allowed(const struct delivery *d)
{
	return shape_allowed(d->relay->shape, host_of(d),
	    d->conf->c.host_connections);
}

bool
shape_may_use(const struct delivery *d)
{
	return !is_shaped(d) || pool_site_busy(d->relay->pool,
	    shape_site_of(host_of(d))) < allowed(d);
}

bool
shape_room(const struct delivery *d)
{
	return !is_shaped(d) || pool_site_room(d->relay->pool,
	    shape_site_of(host_of(d)), allowed(d));
}

void
shape_begin(struct delivery *d)
{
	if (!is_shaped(d))
		return;
	d->conn->site = shape_site_of(host_of(d));
	d->conn->messages = shape_messages(host_of(d), CONN_MESSAGES_MAX);
}

void
shape_accepted(struct delivery *d)
{
	if (is_shaped(d) && shape_took(d->relay->shape, host_of(d),
	    d->conf->c.host_connections, loop_now_ms(d->relay->loop)))
		pool_look_again(d->relay->pool);
}

void
shape_answer(struct delivery *d, const struct smtp_answer *a)
{
	struct relay *r = d->relay;
	struct shape_told told;
	uint64_t site;

	if (a->code / 100 != 4 || !is_shaped(d))
		return;
	site = shape_site_of(host_of(d));
	told = shape_heard(r->shape, host_of(d), a->code, str_c(a->status),
	    a->text, d->conn && d->conn->used, pool_site_busy(r->pool, site),
	    loop_now_ms(r->loop));
	if (told.slower)
		log_event(loop_log(r->loop), LOG_INFO, "site_slowed",
		    F_STR("site", shape_site_name(host_of(d))),
		    F_STR("host", host_of(d)),
		    F_INT("connections", told.allowed),
		    F_INT("pause", told.pause_s), F_INT("code", a->code),
		    F_STR("status", str_c(a->status)),
		    F_STR("text", a->text));
}

struct str
shape_pause(const struct delivery *d)
{
	int64_t now = loop_now_ms(d->relay->loop), until;

	if (!is_shaped(d) || d->again)
		return STR_NULL;
	until = shape_paused_until(d->relay->shape, host_of(d), now);
	return until == 0 ? STR_NULL : arena_printf(d->txn_mem,
	    "it wants no mail of ours for %lld seconds more",
	    (long long)((until - now + 999) / 1000));
}
