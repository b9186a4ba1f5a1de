#include "store/service/dispatch_int.h"

static bool
count_results(struct str results, size_t *n)
{
	struct rd r = rd_of(results);
	struct queue_result res;

	for (*n = 0; rd_left(&r) > 0; (*n)++)
		if (!msg_take(&r, &queue_result_shape, &res))
			return false;
	return rd_ok(&r);
}

int
dispatch_of_report(struct conn *c, const struct report_ask *ask,
    struct leased **out, size_t *n, struct err *err)
{
	struct dispatch *a = c->service->dispatch;
	struct rd r = rd_of(ask->results);
	struct queue_result res;
	struct leased *of;
	struct lease *l;
	size_t i;

	if (!count_results(ask->results, n))
		return err_set(err, E_INVALID, "results make no sense");
	of = calloc(*n + 1, sizeof(*of));
	bug_if(!of);
	for (i = 0; i < *n; i++) {
		(void)msg_take(&r, &queue_result_shape, &res);
		l = lease_find(a->leases, res.lease, c);
		if (!l || l->report || !lease_report(l, res.n))
			continue;
		of[i] = (struct leased){ .lease = l, .message = l->message,
			.n = res.n, .outcome = res.outcome,
			.down = res.down };
	}
	*out = of;
	return 0;
}

int
dispatch_of_bounce(struct conn *c, const struct bounce_ask *ask,
    struct leased **out, size_t *n)
{
	struct lease *l = lease_find(c->service->dispatch->leases, ask->lease,
	    c);
	struct leased *of;
	uint32_t i;

	*out = NULL;
	*n = 0;
	if (!l || !l->report || l->note)
		return 0;
	of = calloc(l->nrcpts, sizeof(*of));
	bug_if(!of);
	for (i = 0; i < l->nrcpts; i++)
		if (lease_report(l, l->rcpt[i].n))
			of[(*n)++] = (struct leased){ .lease = l,
				.message = l->message, .n = l->rcpt[i].n,
				.outcome = l->rcpt[i].outcome };
	*out = of;
	return 0;
}

/* More than any message has: RESOLVE_MESSAGE. */
enum { EDITED_MAX = 25000 };

static int
own_leases(struct dispatch *a, uint64_t message, const uint32_t *n,
    size_t count, struct leased **out)
{
	uint32_t *none = calloc(count, sizeof(*none));
	struct leased *of = calloc(count, sizeof(*of));
	struct lease *l;

	bug_if(!none || !of);
	l = lease_make(a->leases, loop_random64(a->s->o.loop), NULL, NULL,
	    message, n, none, count);
	lease_report_all(l);
	for (size_t i = 0; i < count; i++)
		of[i] = (struct leased){ .lease = l, .message = message,
			.n = n[i] };
	free(none);
	*out = of;
	return 0;
}

int
dispatch_of_edit(struct conn *c, uint64_t message, struct leased **out,
    size_t *n, struct err *err)
{
	struct dispatch *a = c->service->dispatch;
	uint32_t *rcpt;
	int rc;

	*out = NULL;
	*n = 0;
	if (leases_of(a->leases, message) > 0)
		return err_set(err, E_BUSY, "it is being delivered now: try "
		    "again");
	rcpt = calloc(EDITED_MAX, sizeof(*rcpt));
	bug_if(!rcpt);
	rc = reader_queue_rcpts(a->s->look, message, rcpt, EDITED_MAX, n,
	    err);
	if (rc == 0 && *n > 0)
		rc = own_leases(a, message, rcpt, *n, out);
	free(rcpt);
	return rc;
}

int
dispatch_of_note(struct conn *c, const struct note_send_ask *ask,
    struct leased **out, size_t *n)
{
	struct lease *l = lease_find(c->service->dispatch->leases, ask->lease,
	    c);
	struct leased *of;

	*out = NULL;
	*n = 0;
	if (!l || !l->note || !lease_report(l, l->rcpt[0].n))
		return 0;
	of = calloc(1, sizeof(*of));
	bug_if(!of);
	*of = (struct leased){ .lease = l, .message = l->message,
		.n = l->rcpt[0].n };
	*out = of;
	*n = 1;
	return 0;
}
