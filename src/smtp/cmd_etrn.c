/*
 * cmd_etrn.c - a server that was away asks for its mail.          RFC 1985
 *
 * It goes where it always goes: by the records of its destination, or the
 * route that the operator has for it, never to who asks. So all that somebody
 * gets who asks in the name of another is that mail comes there sooner, and
 * only whom the operator names hears even of that.
 */
#include "base/domain.h"
#include "smtp/smtp_int.h"

enum { SLICES_MAX = 100 };	/* of a large queue; the rest has its time */

bool
smtp_etrn_offered(const struct smtp_session *s)
{
	const struct smtp_options *o = &s->service->o;
	struct ip ip;

	return o->etrn_domains.n > 0 &&
	    ip_parse(str_c(s->d.peer.address), &ip) &&
	    ip_is_among(&ip, o->etrn_peers);
}

/* One of them, or below one. */
static bool
may_ask_for(const struct smtp_session *s, struct str name)
{
	struct str rest = s->service->o.etrn_domains, one;

	while (rest.n > 0) {
		one = str_next(&rest, ' ');
		if (one.n > 0 && domain_is_within(name, one))
			return true;
	}
	return false;
}

static struct reply
not_allowed(struct smtp_session *s, struct str name, const char *why)
{
	log_ctx_event(&s->d.log, LOG_INFO, "etrn_refused",
	    F_STR("node", name), F_STR("why", str_c(why)));
	return smtp_replyf(s->cmd, 459, "4.7.1", "Node %.*s not allowed: %s",
	    STR_FMT(name), why);
}

/* A slice after the other. *waiting: how many recipients there are. */
static int
run_queue(struct smtp_session *s, const struct etrn_args *node,
    uint32_t *waiting, struct err *err)
{
	struct etrn_ask ask = { .domain = node->name,
		.below = node->what == ETRN_below };
	struct etrn_answer answer;
	int e = 0;

	*waiting = 0;
	for (int i = 0; e == 0 && i < SLICES_MAX; i++) {
		ask.change = store_change_id(s->store);
		e = store_call(s->store, STORE_etrn, &ask, &answer, s->cmd,
		    err);
		if (e < 0)
			break;
		*waiting += answer.waiting;
		if (answer.next.n == 0)
			break;
		ask.cursor = answer.next;
	}
	return e;
}

/* ETRN [<option character>]<node name> */
struct reply
smtp_etrn(struct smtp_session *s, struct str args)
{
	struct etrn_args node;
	struct err err = { 0 };
	uint32_t n;
	int e;

	if (s->service->o.etrn_peers.n == 0 ||
	    s->service->o.etrn_domains.n == 0)
		return smtp_reply(502, "5.5.1", "Not done here");
	switch (smtp_parse_etrn(args, s->cmd, &node)) {
	case SYNTAX_OK:
		break;
	case SYNTAX_ARGS:
		return smtp_reply(500, "5.5.2", "Syntax: ETRN example.org");
	default:
		return smtp_reply(501, "5.5.4", "Not a fully qualified name");
	}
	if (!smtp_etrn_offered(s))
		return not_allowed(s, node.name, "not for you");
	if (node.what == ETRN_queue)
		return not_allowed(s, node.name, "queues have no names here");
	if (!may_ask_for(s, node.name))
		return not_allowed(s, node.name, "not one of yours");
	e = run_queue(s, &node, &n, &err);
	if (e < 0) {
		log_ctx_event(&s->d.log, e == E_LIMIT ? LOG_INFO : LOG_WARN,
		    "etrn_failed", F_STR("node", node.name), F_ERR(&err));
		return smtp_replyf(s->cmd, 458, "4.3.2", "Unable to queue "
		    "messages for node %.*s: %s", STR_FMT(node.name),
		    e == E_LIMIT ? err.text : "trouble here");
	}
	log_ctx_event(&s->d.log, LOG_INFO, "etrn", F_STR("node", node.name),
	    F_INT("below", node.what == ETRN_below), F_INT("waiting", n));
	if (n == 0)
		return smtp_replyf(s->cmd, 251, "2.0.0", "OK, no messages "
		    "waiting for node %.*s", STR_FMT(node.name));
	if (n > ETRN_TOLD_MAX)
		return smtp_replyf(s->cmd, 252, "2.0.0", "OK, pending "
		    "messages for node %.*s started", STR_FMT(node.name));
	return smtp_replyf(s->cmd, 253, "2.0.0", "OK, %u pending messages for "
	    "node %.*s started", n, STR_FMT(node.name));
}
