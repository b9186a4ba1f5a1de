/*
 * cmd_probe.c - postern probe: a delivery up to RCPT, each step as it happens.
 */
#include <stdio.h>

#include "admin/operator.h"
#include "admin/table.h"
#include "admin/typed.h"
#include "relay/messages.h"

static const char usage[] =
    "usage: postern probe [--from ADDRESS] [--tls required|optional] [--all]\n"
    "                     [--json] ADDRESS|DOMAIN\n\n"
    "Does what a delivery to ADDRESS would do, up to RCPT, and shows each\n"
    "step: the route, the mail hosts, what they have published about TLS,\n"
    "the connection, what the server says and offers, TLS and the\n"
    "certificate, MAIL and RCPT. Nothing is sent. A DOMAIN is asked for its\n"
    "postmaster. The server has to run. Exits 1 if no host would take it now,\n"
    "with what can be done about it.\n\n"
    "  --from ADDRESS   in MAIL; by default nobody (\"<>\"), as reports have\n"
    "  --tls required   as mail whose sender wants TLS all the way\n"
    "  --tls optional   as mail whose sender wants it to arrive, TLS or not\n"
    "  --all            ask every host, also when one would take it\n"
    WHICH_SERVER;

static int
read_probe(struct arena *a, const struct options *o, const char *whom,
    struct probe_ask *ask, struct err *err)
{
	struct str s = str_c(whom), domain;
	int rc = 0;

	ask->all = o->all;
	if (str_rchr(s, '@') < s.n) {
		rc = typed_address(a, whom, &ask->rcpt, err);
	} else if ((rc = typed_domain(a, whom, &domain, err)) == 0) {
		ask->rcpt = arena_printf(a, "postmaster@%.*s",
		    STR_FMT(domain));
	}
	if (rc == 0 && o->from && !str_eq(str_c(o->from), STR("<>")))
		rc = typed_address(a, o->from, &ask->from, err);
	if (rc < 0 || !o->tls)
		return rc;
	if (str_eq(str_c(o->tls), STR("required")))
		ask->tls = REQUIRE_TLS_yes;
	else if (str_eq(str_c(o->tls), STR("optional")))
		ask->tls = REQUIRE_TLS_no;
	else
		return err_set(err, E_INVALID, "--tls is required or "
		    "optional, not \"%s\"", o->tls);
	return 0;
}

static void
print_step(const struct probe_step *step, bool json)
{
	auto_buf b = BUF_INIT(16384);

	if (json) {
		buf_printf(&b, "{\"ms\":%u,\"step\":", step->ms);
		json_string(&b, step->step);
		buf_lit(&b, ",\"text\":");
		json_string(&b, step->text);
		buf_chr(&b, '}');
	} else {
		buf_printf(&b, "%3u.%03u s  ", step->ms / 1000,
		    step->ms % 1000);
		put_plain(&b, step->step);
		for (size_t n = step->step.n; n < 10; n++)
			buf_chr(&b, ' ');
		put_plain(&b, step->text);
	}
	buf_chr(&b, '\n');
	(void)fwrite(b.p, 1, b.n, stdout);
	(void)fflush(stdout);
}

/* What to do about it, by the step that it ended with. */
static const char *
advice(struct str failed, uint32_t code, enum probe_result result)
{
	if (str_eq(failed, STR("route")))
		return "a route block of postern.conf says so";
	if (str_eq(failed, STR("DNS")))
		return result == PROBE_never ? "is the domain written right? "
		    "postern mx shows what DNS says of it" :
		    "DNS is in trouble, here or there: postern mx shows what "
		    "it says";
	if (str_eq(failed, STR("host")))
		return "nobody is there, or the way is closed: may this "
		    "machine reach that port at all (many networks let "
		    "nobody out to port 25)?";
	if (str_eq(failed, STR("session")))
		return code ? "that server does not want to hear from us: is "
		    "our address on a list, and does its name lead back to "
		    "it? A route's tls, user and password count, too" :
		    "the way to that server has to be safe and is not: what it "
		    "has published, or the tls of its route, says how";
	if (str_eq(failed, STR("time")))
		return "try again: postern queue retry does so with mail";
	if (code >= 500)
		return "the server refuses that address, or ours: its answer "
		    "says why, and mail would come back to its sender";
	return "mail would wait and be tried again";
}

static int
say_result(const struct probe_more_answer *end, bool json)
{
	static const char *const results[] = { [PROBE_none] = "none",
		[PROBE_taken] = "taken", [PROBE_later] = "later",
		[PROBE_never] = "never" };
	const char *what = end->result < NELEM(results) ?
	    results[end->result] : "none";
	bool taken = end->result == PROBE_taken;
	auto_buf b = BUF_INIT(16384);

	if (json) {
		buf_printf(&b, "{\"result\":\"%s\",\"failed\":", what);
		json_string(&b, taken ? STR_NULL : end->failed);
		buf_printf(&b, ",\"code\":%u,\"text\":",
		    taken ? 0 : end->code);
		json_string(&b, taken ? STR_NULL : end->text);
		buf_lit(&b, ",\"advice\":");
		json_string(&b, str_c(taken ? "" : advice(end->failed,
		    end->code, end->result)));
		buf_lit(&b, "}\n");
	} else if (taken) {
		buf_lit(&b, "It would be taken.\n");
	} else {
		buf_printf(&b, "%s, at %.*s: ", end->result == PROBE_never ?
		    "It would come back" : "It would wait",
		    STR_FMT(end->failed));
		if (end->code)
			buf_printf(&b, "%u ", end->code);
		put_plain(&b, end->text);
		buf_printf(&b, "\nWhat to do: %s.\n", advice(end->failed,
		    end->code, end->result));
	}
	(void)fwrite(b.p, 1, b.n, stdout);
	return taken ? 0 : 1;
}

static int
probe(struct operator *op, const struct probe_ask *ask, bool json,
    int *result, struct err *err)
{
	const struct probe_more_ask more = { 0 };
	struct probe_more_answer answer = { 0 };
	struct probe_answer begun;
	struct arena *page = arena_new(4 << 20);
	struct arena *before = operator_answers_in(op, page);
	struct probe_step step;
	struct rd r;
	int rc = operator_relay(op, RELAY_CALL_probe, ask, &begun, err);

	while (rc == 0 && !answer.over) {
		arena_reset(page);
		rc = operator_relay(op, RELAY_CALL_probe_more, &more, &answer,
		    err);
		if (rc < 0)
			break;
		r = rd_of(answer.steps);
		while (rd_left(&r) > 0 &&
		    msg_take(&r, &probe_step_shape, &step))
			print_step(&step, json);
	}
	if (rc == 0)
		*result = say_result(&answer, json);
	(void)operator_answers_in(op, before);
	arena_free(page);
	return rc;
}

int
cmd_probe(struct admin *a, int argc, char **argv)
{
	struct probe_ask ask = { 0 };
	struct options o = { 0 };
	struct err err = { 0 };
	struct operator *op;
	int n = options_read(&o, argc, argv, usage,
	    SERVER_OPTIONS " from all tls"), rc, result = 1;

	if (n < 0)
		return o.code;
	if (n + 1 != argc)
		return options_wrong(argc, argv, n, usage);
	if (read_probe(a->memory, &o, argv[n], &ask, &err) < 0 ||
	    operator_open(a, &o, &op, &err) < 0)
		return admin_fail("probe", "%s", err.text);
	rc = probe(op, &ask, o.json, &result, &err);
	operator_close(op);
	return rc < 0 ? admin_fail("probe", "%s", err.text) : result;
}
