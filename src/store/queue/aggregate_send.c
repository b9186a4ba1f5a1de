#include "store/policy/policy.h"
#include "store/queue/queue_int.h"

/*
 * An aggregate report that relay has made: on its way, and its rows gone, in
 * one commit. So whatever is lost, there is the one or there are the others.
 */

static int
send_it(struct engine *e, struct write *w, const struct str *to, size_t n)
{
	const struct aggregate_send_ask *ask = w->ask;
	struct submit_ask submit = { .signature = ask->signature,
		.protocol = STR("aggregate"), .read = ask->read };
	int rc;

	if (ask->raw_size > AGGREGATE_MAIL_MAX)
		return err_set(&w->err, E_LIMIT, "no report has more than %d "
		    "octets", AGGREGATE_MAIL_MAX);
	/* RFC 8460 3, 5.3: what goes wrong with TLS is what it tells of. */
	if (ask->kind == AGGREGATE_tls)
		submit.require_tls = REQUIRE_TLS_no;
	MSG_COPY(deposited, &submit, ask);
	rc = submit_report(e, w, &submit, to, n,
	    &w->answer.aggregate_send.message);
	return rc == E_NOTFOUND ? 0 : rc;	/* nobody is there to read it */
}

int
write_aggregate_send(struct engine *e, struct write *w)
{
	const struct aggregate_send_ask *ask = w->ask;
	struct str to[AGGREGATE_TO_MAX], rest = ask->to;
	struct aggregate_name name;
	size_t n = 0;
	int rc;

	while (n < AGGREGATE_TO_MAX && str_cut(rest, '\n', &to[n], &rest))
		n++;
	MSG_COPY(aggregate_name, &name, ask);
	rc = sql_first(&e->w, SQL_aggregate_get, SQL_VALS(vi(name.kind),
	    vi((uint64_t)name.day), vs(name.domain)), &w->err);
	if (rc == 0)
		return err_set(&w->err, E_NOTFOUND, "no such report");
	if (rc > 0) {
		sql_end(&e->w, SQL_aggregate_get);
		rc = n > 0 ? send_it(e, w, to, n) : 0;
	}
	return rc < 0 ? rc : aggregate_forget(e, &name,
	    n > 0 ? 0 : ask->later_s, &w->err);
}
