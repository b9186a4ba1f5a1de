#include "sendmail/local.h"

#include <stdarg.h>
#include <stdio.h>

enum { ROUND_MS = 1000 };

int
local_fail(const struct local *p, int code, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s: ", p->command);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return code;
}

int
local_fail_err(const struct local *p, const struct err *err)
{
	static const struct {
		int code, exit;
	} table[] = {
		{ E_DENIED, LOCAL_NOT_ALLOWED },
		{ E_INVALID, LOCAL_DATA },
		{ E_LIMIT, LOCAL_DATA },
		{ E_PROTO, LOCAL_DATA },
		{ E_RATE, LOCAL_TEMPORARY },
	};

	for (size_t i = 0; i < NELEM(table); i++)
		if (table[i].code == err->code)
			return local_fail(p, table[i].exit, "%s", err->text);
	return local_fail(p, LOCAL_TEMPORARY, "%s", err->text);
}

/* ---- the fiber ----------------------------------------------------------- */

struct local_fiber {
	struct local *p;
	int (*fn)(struct local *p, void *arg);
	void *arg;
	int code;
	bool done;
};

static void
run_fiber(void *arg)
{
	struct local_fiber *r = arg;

	r->code = r->fn(r->p, r->arg);
	submit_end(r->p->submission);
	submit_local_free(r->p->to);
	r->done = true;
}

int
local_run(struct local *p, int (*fn)(struct local *p, void *arg), void *arg)
{
	struct local_fiber r = { p, fn, arg, 0, false };

	(void)fiber_spawn(p->loop, "local", run_fiber, &r);
	while (!r.done)
		loop_once(p->loop, ROUND_MS);
	return r.code;
}

/* ---- handing in ---------------------------------------------------------- */

int
local_open(struct local *p)
{
	struct err err = { 0 };

	p->to = submit_local_new(p->loop, p->memory, p->data);
	if (submit_local_open(p->to, &err) < 0)
		return local_fail_err(p, &err);
	p->header.domain = submit_local_domain(p->to);
	if (p->header.domain.n == 0)
		p->header.domain = STR("localhost");
	p->header.hostname = submit_local_hostname(p->to);
	if (p->header.hostname.n == 0)
		p->header.hostname = p->header.domain;
	return 0;
}

static int
reverse_path(struct local *p, struct str *path, struct err *err)
{
	auto_buf own = BUF_INIT(400);

	if (p->sender)
		return submit_header_address(&p->header, str_c(p->sender),
		    path, err);
	buf_printf(&own, "%.*s@%.*s", STR_FMT(p->header.login),
	    STR_FMT(p->header.domain));
	return submit_header_address(&p->header, buf_get(&own), path, err);
}

static int
refused(struct local *p, struct str address, enum rcpt_kind kind)
{
	static const struct {
		const char *why;
		int exit;
	} table[] = {
		[RCPT_NO_USER] = { "no such mailbox", LOCAL_NO_USER },
		[RCPT_NO_DOMAIN] = { "mail for this domain is not taken",
		    LOCAL_NO_USER },
		[RCPT_NO_MAIL] = { "the domain takes no mail", LOCAL_NO_USER },
		[RCPT_FULL] = { "the mailbox is full", LOCAL_TEMPORARY },
	};
	bool known = kind < NELEM(table) && table[kind].why;

	return local_fail(p, known ? table[kind].exit : LOCAL_NO_USER,
	    "%.*s: %s", STR_FMT(address), known ? table[kind].why :
	    "refused");
}

/* Refused ones are said; what is left gets the message. */
int
local_envelope(struct local *p)
{
	const struct submit_header_rcpts *to = &p->header.rcpts;
	struct deposit_options text = { .store = submit_local_store(p->to),
		.compress = p->compress, .digest = true };
	struct envelope envelope = { .ret = p->ret, .envid = p->envid };
	struct err err = { 0 };
	struct str path;
	int worst = LOCAL_NO_USER;

	for (size_t i = 0; i < p->header.bad.n; i++)
		worst = local_fail(p, LOCAL_DATA, "\"%.*s\" is no address",
		    STR_FMT(p->header.bad.v[i]));
	if (to->n == 0)
		return p->header.bad.n > 0 ? worst : local_fail(p,
		    LOCAL_USAGE, "there are no recipients");
	if (reverse_path(p, &path, &err) < 0)
		return local_fail_err(p, &err);
	if (submit_local_sender(p->to, path, &err) < 0)
		return err.code == E_DENIED ? local_fail(p, LOCAL_NOT_ALLOWED,
		    "mail cannot be sent as %.*s from here", STR_FMT(path)) :
		    local_fail_err(p, &err);
	envelope.reverse_path = path;
	p->submission = submit_begin(&text, &envelope, 0);
	for (size_t i = 0; i < to->n; i++) {
		struct addressee a = { .address = to->v[i],
			.notify = p->notify };
		enum rcpt_kind kind;

		if (submit_recipient(p->submission, &a, &kind, &err) < 0)
			return local_fail_err(p, &err);
		if (kind != RCPT_LOCAL && kind != RCPT_REMOTE)
			worst = refused(p, to->v[i], kind);
	}
	return submit_recipients(p->submission) > 0 ? 0 : worst;
}

int
local_text(struct local *p, struct str octets)
{
	uint64_t max = submit_local_max_message(p->to);
	struct err err = { 0 };

	p->octets += octets.n;
	if (max > 0 && p->octets > max)
		return local_fail(p, LOCAL_DATA, "the message is longer than "
		    "the %llu octets the server takes",
		    (unsigned long long)max);
	submit_write(p->submission, octets);
	return submit_failed(p->submission, &err) < 0 ?
	    local_fail_err(p, &err) : 0;
}

int
local_finish(struct local *p)
{
	struct origin origin = {
		.peer = arena_printf(p->memory, "uid %u", p->header.uid),
		.protocol = STR("LOCAL"),
		.session = p->header.id,
	};
	struct deposit_facts facts;
	struct signable what;
	struct str signature = STR_NULL, seven = STR_NULL;
	struct err err = { 0 };

	if (submit_text_end(p->submission, &facts, &err) < 0)
		return local_fail_err(p, &err);
	if (submit_signable(p->submission, p->memory, &what))
		submit_local_sign(p->to, &what, p->memory, &signature);
	if (signature.n > 0 &&
	    submit_signable_7bit(p->submission, p->memory, &what))
		submit_local_sign(p->to, &what, p->memory, &seven);
	submit_signature_7bit(p->submission, seven);
	if (submit_commit(p->submission, &origin, signature, &p->message,
		&err) < 0)
		return local_fail_err(p, &err);
	return 0;
}
