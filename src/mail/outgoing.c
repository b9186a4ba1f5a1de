#include "mail/outgoing.h"

#include "mail/author.h"
#include "mail/submission_fixup.h"

enum { OUTGOING_MEM = 64 * 1024 };

struct outgoing {
	struct outgoing_options o;
	struct arena *mem, *call;	/* call: of one question to store */
	struct submission *sub;
	struct submission_fixup *fixup;
	uint64_t octets;
	bool looked;			/* at who wrote it */
};

int
outgoing_begin(const struct outgoing_options *o, const struct envelope *e,
    struct outgoing **out, struct err *err)
{
	struct account *a = o->account;
	const struct deposit_options text = { .store = a->store,
		.compress = o->compress, .loop = a->loop, .digest = true,
		.lib = vault_ossl(a->vault) };
	struct arena *mem = arena_new(OUTGOING_MEM);
	struct outgoing *n = arena_new_of(mem, struct outgoing);
	int rc;

	n->o = *o;
	n->mem = mem;
	n->call = arena_new(OUTGOING_MEM);
	n->fixup = submission_fixup_new(mem,
	    &(struct submission_fixup_options){ .hostname = o->hostname,
		.id = o->id, .sender = e->reverse_path.n > 0 ?
		    e->reverse_path : str_c(a->address),
		.at = loop_wall(a->loop) });
	rc = author_may_write_as(a->store, e->reverse_path, n->call, err);
	if (rc < 0) {
		if (rc == E_DENIED)
			rc = err_set(err, E_DENIED,
			    "%.*s is not an address of yours",
			    STR_FMT(str_first(e->reverse_path, 100)));
		outgoing_end(n);
		return rc;
	}
	n->sub = submit_begin(&text, e, 0);
	submit_made_of(n->sub, o->email, o->thread);
	if (o->change)
		submit_once(n->sub, o->change, o->request);
	*out = n;
	return 0;
}

int
outgoing_recipient(struct outgoing *out, const struct addressee *to,
    enum rcpt_kind *kind, struct err *err)
{
	return submit_recipient(out->sub, to, kind, err);
}

struct str
outgoing_only_recipient(const struct outgoing *out)
{
	return submit_only_recipient(out->sub);
}

uint64_t
outgoing_most(const struct outgoing *out)
{
	return submit_most(out->sub, out->o.max_message);
}

void
outgoing_front(struct outgoing *out, struct str fields)
{
	submit_write(out->sub, fields);
}

/* Whoever it says wrote it has to be who hands it in, or somebody that may
 * write for them.                                             RFC 6409 6.1 */
static int
look_at_people(struct outgoing *out, struct err *err)
{
	const struct submission_people *p = submission_fixup_people(out->fixup);
	int e = 0;

	if (!p || out->looked)
		return 0;
	out->looked = true;
	if (p->fault != HEADER_FINE)
		return err_set(err, p->fault == HEADER_TOO_BIG ? E_LIMIT :
		    E_INVALID, "%s", submission_fault_text(p->fault));
	for (size_t i = 0; i < p->n && e == 0; i++) {
		arena_reset(out->call);
		e = author_may_write_as(out->o.account->store, p->address[i],
		    out->call, err);
		if (e == E_DENIED)
			e = err_set(err, E_DENIED,
			    "%.*s is not an address of yours",
			    STR_FMT(str_first(p->address[i], 100)));
	}
	return e;
}

int
outgoing_write(struct outgoing *out, struct str octets, struct err *err)
{
	struct str piece;

	out->octets += octets.n;
	if (out->octets > outgoing_most(out))
		return err_set(err, E_LIMIT, "Message too big");
	while (submission_fixup_next(out->fixup, &octets, &piece))
		submit_write(out->sub, piece);
	return look_at_people(out, err);
}

static int
sign(struct outgoing *out, struct arena *mem, struct str *signature,
    struct err *err)
{
	struct str seven = STR_NULL;
	struct signable what;
	int e;

	*signature = STR_NULL;
	if (!submit_signable(out->sub, mem, &what))
		return 0;
	e = author_sign(out->o.account, &what, out->o.log, signature, mem,
	    err);
	if (e == 0 && signature->n > 0 &&
	    submit_signable_7bit(out->sub, mem, &what))
		e = author_sign(out->o.account, &what, out->o.log, &seven, mem,
		    err);
	submit_signature_7bit(out->sub, seven);
	return e;
}

static int
commit(struct outgoing *out, struct str signature, uint64_t *message,
    struct err *err)
{
	int e = submit_commit(out->sub, &out->o.origin, signature, message,
	    err);

	if (e == E_INVALID && out->o.change)
		return err_set(err, E_EXISTS, "The key of this request was "
		    "used for another one");
	return e;
}

int
outgoing_commit(struct outgoing *out, uint64_t *message, struct err *err)
{
	struct arena *mem = arena_new(2 * DIGEST_ARENA);
	struct deposit_facts facts;
	struct str piece, signature;
	int e;

	while (submission_fixup_rest(out->fixup, &piece))
		submit_write(out->sub, piece);
	e = look_at_people(out, err);
	if (e == 0)
		e = submit_text_end(out->sub, &facts, err);
	if (e == 0)
		e = sign(out, mem, &signature, err);
	if (e == 0)
		e = commit(out, signature, message, err);
	if (e == 0)
		log_ctx_event(out->o.log, LOG_INFO, "received",
		    F_INT("message", *message),
		    F_STR("from", submit_envelope(out->sub)->reverse_path),
		    F_STR("to", submit_recipient_names(out->sub, mem)),
		    F_INT("recipients", submit_recipients(out->sub)),
		    F_INT("size", facts.raw_size),
		    F_STR("user", str_c(out->o.account->address)),
		    F_STR("message-id", facts.message_id));
	arena_free(mem);
	return e;
}

void
outgoing_end(struct outgoing *out)
{
	if (!out)
		return;
	submit_end(out->sub);
	submission_fixup_free(out->fixup);
	arena_free(out->call);
	arena_free(out->mem);
}
