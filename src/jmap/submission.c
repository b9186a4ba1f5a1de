/*
 * submission.c - EmailSubmission/set: handing in an email, and taking it back.
 *                                                            RFC 8621 7.5
 * What leaves at once is the queue's and the journal's, not an object of the
 * account: such a submission is gone as soon as it was created, as 7 allows,
 * and its undoStatus is final. What leaves later is an object as long as it
 * waits, and for a day (submissions.h).
 */
#include "jmap/email.h"
#include "jmap/submissions.h"
#include "mail/author.h"
#include "mail/deliver_by.h"
#include "mail/hold.h"
#include "mail/outgoing.h"
#include "mime/field_put.h"
#include "mime/header.h"
#include "smtp/grammar.h"

enum { PEOPLE_MAX = 4000, PEOPLE_MEM = 64 << 20 };

struct sending {
	struct call *call;
	struct set_result *res;
	json_t *object;
	struct mail_args mail;
	struct str *rcpt;	/* each once */
	size_t nrcpts;
	uint64_t message;	/* its number, once it is handed in */
	uint64_t max_size;	/* octets */
	json_t *seen, *invalid;	/* recipients */
	uint64_t email, thread;
	bool found;
	struct err *err;
};

/* ---- the envelope                                            RFC 8621 7 -- */

static void
add_recipient(struct sending *s, struct str address)
{
	struct path path;
	struct str key;

	if (!smtp_is_text(address) ||
	    !smtp_mailbox(address, s->call->mem, &path)) {
		address = text_clean(s->call->mem, address);
		(void)json_array_append_new(s->invalid,
		    json_stringn(address.n ? address.p : "", address.n));
		return;
	}
	key = str_lower(s->call->mem, path.text);
	if (json_object_getn(s->seen, key.p, key.n))
		return;
	(void)json_object_setn_new(s->seen, key.p, key.n, json_true());
	s->rcpt[s->nrcpts++] = str_dup(s->call->mem, path.text);
}

/* What is announced: capabilities.c. One without a value is null there (RFC
 * 8621 7). */
static bool
read_parameter(struct sending *s, const char *name, const json_t *v)
{
	const struct jmap *j = s->call->jmap;
	unsigned with = WITH_TLS | WITH_PRIORITY | WITH_BY |
	    (j->hold_longest_s ? WITH_LATER : 0);
	struct mail_args *m = &s->mail;
	struct str value = json_is_string(v) ? text_of(v) : STR_NULL;

	if ((!json_is_string(v) && !json_is_null(v)) ||
	    smtp_mail_param(str_c(name), value, with, s->call->mem, m) !=
		SYNTAX_OK)
		return false;
	/* RFC 6710 4.1: lowered, as it is for who says it by SMTP. */
	if (m->envelope.priority > (int64_t)j->highest_priority)
		m->envelope.priority = j->highest_priority;
	return true;
}

/* Address */
static bool
read_address(struct sending *s, const json_t *v, bool is_sender,
    struct str *out)
{
	json_t *parameters = json_object_get(v, "parameters"), *value;
	const char *name;

	if (!json_text_of(v, "email", out))
		set_wrong(s->res, "envelope", "an address has an email");
	json_object_foreach(parameters, name, value)
		if (!is_sender || !read_parameter(s, name, value))
			set_wrong(s->res, "envelope", "no such parameter");
	return s->res->error == NULL;
}

static void
read_envelope(struct sending *s, const json_t *v)
{
	const json_t *to = json_object_get(v, "rcptTo"), *one;
	struct str address;
	struct path path = { 0 };
	size_t i;

	if (!json_is_array(to)) {
		set_wrong(s->res, "envelope", "rcptTo is a list");
		return;
	}
	s->rcpt = arena_array(s->call->mem, json_array_size(to) + 1,
	    sizeof(*s->rcpt));
	if (!read_address(s, json_object_get(v, "mailFrom"), true, &address))
		return;
	if (address.n > 0 && (!smtp_is_text(address) ||
	    !smtp_mailbox(address, s->call->mem, &path)))
		set_wrong(s->res, "envelope", "mailFrom is no address");
	s->mail.envelope.reverse_path = path.text;
	if (deliver_by_begin(&s->mail.envelope, s->mail.by_s,
	    s->call->jmap->least_by_s, loop_wall(s->call->jmap->loop),
	    s->err) < 0)
		set_wrong(s->res, "envelope", s->err->text);
	json_array_foreach(to, i, one)
		if (read_address(s, one, false, &address))
			add_recipient(s, address);
}

static struct str
address_text(struct sending *s, const struct address *a)
{
	auto_buf b = BUF_INIT(2 * (a->mailbox.n + a->host.n) + 8);

	field_addr_spec(&b, a->mailbox, a->host);
	return str_dup(s->call->mem, buf_get(&b));
}

/* From Sender or else From; who may not write as that writes as who they
 * are. */
static void
find_sender(struct sending *s, struct str header, struct arena *mem)
{
	struct str own = str_c(s->call->account->address), value, text;
	const struct address *from = NULL;
	struct address_list list = { 0 };
	struct path path;
	size_t n = 0;
	int e;

	value = header_get(header, STR("Sender"));
	if (!value.p)
		value = header_get(header, STR("From"));
	if (value.p)
		list = address_parse(mem, value, PEOPLE_MAX);
	for (size_t i = 0; i < list.n; i++)
		if (list.v[i].kind == ADDRESS_MAILBOX && n++ == 0)
			from = &list.v[i];
	s->mail.envelope.reverse_path = own;
	if (n != 1) {
		set_refuse(s->res, "invalidEmail",
		    "Sender or From has to name one address");
		s->res->wrong = json_pack("[s]", "from");
		return;
	}
	text = address_text(s, from);
	if (!smtp_is_text(text) || !smtp_mailbox(text, s->call->mem, &path))
		return;
	e = author_may_write_as(s->call->account->store, path.text, mem,
	    s->err);
	if (e == 0)
		s->mail.envelope.reverse_path = path.text;
	else if (e != E_DENIED)
		set_fail(s->call, s->res, s->err);
}

/* Without one: To, Cc and Bcc, each once. */
static void
make_envelope(struct sending *s, struct str header)
{
	struct arena *mem = arena_new(PEOPLE_MEM);
	struct header_field f;
	struct str rest = header;

	s->rcpt = arena_array(s->call->mem, PEOPLE_MAX, sizeof(*s->rcpt));
	find_sender(s, header, mem);
	while (header_next(&rest, &f)) {
		struct address_list list;

		if (!str_eqi(f.name, STR("To")) &&
		    !str_eqi(f.name, STR("Cc")) &&
		    !str_eqi(f.name, STR("Bcc")))
			continue;
		list = address_parse(mem, f.value, PEOPLE_MAX);
		for (size_t i = 0; i < list.n && s->nrcpts < PEOPLE_MAX; i++)
			if (list.v[i].kind == ADDRESS_MAILBOX)
				add_recipient(s, address_text(s, &list.v[i]));
	}
	arena_free(mem);
}

static void
check_recipients(struct sending *s)
{
	if (s->res->error)
		return;
	if (json_array_size(s->invalid) > 0) {
		set_refuse(s->res, "invalidRecipients",
		    "that is no address to send to");
		out_name(&s->res->out, "invalidRecipients");
		out_json(&s->res->out, s->invalid);
	} else if (s->nrcpts == 0) {
		set_refuse(s->res, "noRecipients", "nobody would get it");
	} else if (s->nrcpts > s->call->jmap->max_recipients) {
		set_refuse(s->res, "tooManyRecipients", "they are too many");
		out_put_u64(&s->res->out, "maxRecipients",
		    s->call->jmap->max_recipients);
	}
}

/* ---- on its way ---------------------------------------------------------- */

struct writing {
	struct outgoing *out;
	struct err *err;
};

static int
write_piece(void *arg, struct str octets)
{
	struct writing *w = arg;

	return outgoing_write(w->out, octets, w->err);
}

static int
add_all(struct sending *s, struct outgoing *out)
{
	enum rcpt_kind kind;
	int e = 0;

	for (size_t i = 0; i < s->nrcpts && e == 0; i++) {
		const struct addressee to = { .address = s->rcpt[i] };

		e = outgoing_recipient(out, &to, &kind, s->err);
		if (e == 0 && kind != RCPT_LOCAL && kind != RCPT_REMOTE)
			(void)json_array_append_new(s->invalid,
			    json_stringn(to.address.p, to.address.n));
	}
	check_recipients(s);
	return e;
}

/* What was in the way, in the words of 7.5. */
static void
refuse(struct sending *s, int e)
{
	switch (e) {
	case E_DENIED:
		set_refuse(s->res, "forbiddenFrom", "%.150s", s->err->text);
		return;
	case E_INVALID:
		set_refuse(s->res, "invalidEmail", "%.150s", s->err->text);
		s->res->wrong = json_pack("[s]", "from");
		return;
	case E_LIMIT:
		set_refuse(s->res, "tooLarge", "%.150s", s->err->text);
		out_put_u64(&s->res->out, "maxSize", s->max_size);
		return;
	case E_RATE:
		set_refuse(s->res, "forbiddenToSend", "%.190s",
		    s->err->text);
		return;
	default:
		set_fail(s->call, s->res, s->err);
	}
}

/* In the words of 7.5, or those of RFC 8620 5.3. */
static void
check_hold(struct sending *s, uint64_t octets)
{
	struct call *c = s->call;
	const struct hold_limits limits = { c->jmap->hold_longest_s,
		loop_wall(c->jmap->loop) };
	int e = hold_check(c->account->store, &s->mail.envelope, octets,
	    &limits, c->mem, s->err);

	if (e == E_INVALID)
		set_wrong(s->res, "envelope", s->err->text);
	else if (e < 0)
		set_fail(c, s->res, s->err);
}

static void
hand_in(struct sending *s, const struct source *source)
{
	struct call *c = s->call;
	struct outgoing_options o = {
		.account = (struct account *)(uintptr_t)c->account,
		.log = http_log(c->http),
		.hostname = str_c(c->jmap->hostname),
		.id = arena_printf(c->mem, "%016jx%016jx",
		    (uintmax_t)loop_random64(c->jmap->loop),
		    (uintmax_t)loop_random64(c->jmap->loop)),
		.compress = c->jmap->compress,
		.max_message = c->jmap->max_message,
		.email = s->email, .thread = s->thread,
	};
	struct writing w = { .err = s->err };
	uint64_t prefix = source_prefix(source);
	int e;

	http_origin(c->http, &o.origin);
	e = outgoing_begin(&o, &s->mail.envelope, &w.out, s->err);
	if (e == E_DENIED) {
		set_refuse(s->res, "forbiddenMailFrom", "%.150s",
		    s->err->text);
		return;
	}
	if (e == 0)
		e = add_all(s, w.out);
	if (e == 0)
		s->max_size = outgoing_most(w.out);
	/* What we put in front of it for its mailbox stays here. */
	if (e == 0 && !s->res->error)
		e = source_read(source, (struct octet_range){ prefix,
		    source_size(source) - prefix }, write_piece, &w, s->err);
	if (e == 0 && !s->res->error)
		e = outgoing_commit(w.out, &s->message, s->err);
	outgoing_end(w.out);
	if (e < 0)
		refuse(s, e);
	s->res->id = arena_printf(c->mem, "s%ju",
	    (uintmax_t)s->message);
}

static int
send_email(void *arg, const struct email_place *at,
    const struct fetch_row *row)
{
	struct sending *s = arg;
	const struct source source = { .stored = message_of(s->call->account,
	    at->mailbox, row) };
	const json_t *envelope = json_object_get(s->object, "envelope");
	struct arena *mem = arena_new(MESSAGE_FACTS_MEM);
	auto_buf header = BUF_INIT(MESSAGE_HEADER_MAX);
	struct facts f;
	bool whole = true;
	int e;

	s->found = true;
	s->thread = at->thread;
	e = source_facts(&source, s->call->jmap->loop, mem, &f, s->err);
	if (e == 0)
		e = source_get(&source, (struct octet_range){
		    source_prefix(&source), f.header_len }, &header, &whole,
		    s->err);
	if (e == 0 && envelope && !json_is_null(envelope))
		read_envelope(s, envelope);
	else if (e == 0 && !whole)
		set_refuse(s->res, "invalidEmail", "its header is too long");
	else if (e == 0)
		make_envelope(s, buf_get(&header));
	if (e == 0)
		check_recipients(s);
	if (e == 0 && !s->res->error)
		check_hold(s, source_size(&source));
	if (e == 0 && !s->res->error)
		hand_in(s, &source);
	arena_free(mem);
	return e;
}

/* ---- EmailSubmission/set                                   RFC 8621 7.5 -- */

/* When it leaves only store knows; if that cannot be said, it waits. */
static void
put_created(struct sending *s)
{
	struct buf *b = &s->res->out;
	const struct envelope *e = &s->mail.envelope;
	struct submission_row row = { .due = loop_wall(s->call->jmap->loop),
		.state = LATER_left };

	if ((e->hold_for || e->hold_until) &&
	    submission_find(s->call, s->message, &row, s->err) < 0) {
		row.state = LATER_waits;
		row.due = e->hold_until ? e->hold_until :
		    row.due + e->hold_for;
	}

	out_put_str(b, "id", s->res->id);
	out_name(b, "threadId");
	out_id(b, 't', s->thread);
	out_name(b, "sendAt");
	header_put_utc(b, row.due);
	out_put_str(b, "undoStatus", undo_status(row.state));
	out_put_null(b, "deliveryStatus");
	for (size_t i = 0; i < 2; i++) {
		out_name(b, i ? "mdnBlobIds" : "dsnBlobIds");
		out_open(b, '[');
		out_close(b, ']');
	}
}

static void
read_object(struct sending *s, struct str *email)
{
	const json_t *identity = json_object_get(s->object, "identityId");
	const json_t *id = json_object_get(s->object, "emailId");
	const char *name;
	json_t *v;

	json_object_foreach(s->object, name, v)
		if (v != identity && v != id && strcmp(name, "envelope") != 0)
			set_wrong(s->res, name, "that is not for you to say");
	if (!json_is_string(identity) ||
	    !str_eq(text_of(identity), STR(IDENTITY)))
		set_wrong(s->res, "identityId", "there is no such identity");
	if (!json_is_string(id) || !call_id(s->call, id, email) ||
	    !id_number(*email, 'e', &s->email))
		set_wrong(s->res, "emailId", "there is no such email");
}

static void
create(struct call *c, json_t *object, struct set_result *res)
{
	struct err err = { 0 };
	struct sending s = { .call = c, .res = res, .object = object,
		.err = &err, .seen = json_object(), .invalid = json_array() };
	struct str email;
	int e = 0;

	read_object(&s, &email);
	if (!res->error)
		e = emails_each(c->account, &s.email, 1,
		    WANT_FACTS | WANT_HEAD, send_email, &s, &err);
	json_decref(s.seen);
	json_decref(s.invalid);
	if (e < 0 && !res->error)
		set_fail(c, res, &err);
	else if (!res->error && !s.found)
		set_wrong(res, "emailId", "there is no such email");
	if (res->error)
		return;
	put_created(&s);
	(void)json_object_setn_new(c->sent, res->id.p, res->id.n,
	    json_stringn(email.p, email.n));
}

/* False, and *res says why: there is none. */
static bool
find_submission(struct call *c, struct str id, struct submission_row *row,
    struct set_result *res)
{
	struct err err = { 0 };
	uint64_t message;
	int found = id_number(id, 's', &message) ? submission_find(c, message,
	    row, &err) : 0;

	if (found < 0)
		set_fail(c, res, &err);
	else if (found == 0)
		set_refuse(res, "notFound", "there is none, or none any more");
	return found > 0;
}

static void
take_back(struct call *c, const struct submission_row *row,
    struct set_result *res)
{
	struct err err = { 0 };
	int e = row->state == LATER_left ? E_STALE :
	    waiting_cancel(c->account, row->message, &err);

	if (e == E_STALE)
		set_refuse(res, "cannotUnsend", "it has left");
	else if (e < 0)
		set_fail(c, res, &err);
}

/* Nothing but undoStatus changes, and that to "canceled". */
static void
update(struct call *c, struct str id, json_t *patch, struct set_result *res)
{
	struct submission_row row;
	bool back = false;
	const char *name;
	json_t *v;

	if (!find_submission(c, id, &row, res))
		return;
	json_object_foreach(patch, name, v) {
		back |= str_eq(text_of(v), STR("canceled"));
		if (strcmp(name, "undoStatus") != 0 || !json_is_string(v) ||
		    (!back && !str_eq(text_of(v), undo_status(row.state))))
			set_wrong(res, name, "that is not for you to say");
	}
	if (back && !res->error)
		take_back(c, &row, res);
	if (!res->error && row.email)
		(void)json_object_setn_new(c->sent, id.p, id.n,
		    json_sprintf("e%ju", (uintmax_t)row.email));
}

/* They go by themselves. */
static void
destroy(struct call *c, struct str id, struct set_result *res)
{
	struct submission_row row;

	if (find_submission(c, id, &row, res))
		set_refuse(res, "forbidden", "it goes within a day");
}

/* The email of a submission that this call has created or changed; NULL:
 * none. */
static const json_t *
email_of(struct call *c, const char *key)
{
	json_t *name = json_stringn(key, strlen(key));
	const json_t *email = NULL;
	struct str id;

	if (call_id(c, name, &id))
		email = json_object_getn(c->sent, id.p, id.n);
	json_decref(name);
	return email;
}

/* The Email/set that follows from what could be done. */
static void
follow(struct call *c)
{
	json_t *updates = json_object_get(c->args, "onSuccessUpdateEmail");
	json_t *destroys = json_object_get(c->args, "onSuccessDestroyEmail");
	json_t *update_args = json_object(), *destroy_args = json_array(), *v;
	const json_t *email;
	const char *key;
	size_t i;

	json_object_foreach(updates, key, v)
		if ((email = email_of(c, key)))
			(void)json_object_set(update_args,
			    json_string_value(email), v);
	json_array_foreach(destroys, i, v)
		if ((email = email_of(c, json_string_value(v))))
			(void)json_array_append(destroy_args,
			    (json_t *)(uintptr_t)email);
	if (updates || destroys)
		c->then = json_pack("[s{sssoso}]", "Email/set", "accountId",
		    c->person->id, "update", update_args, "destroy",
		    destroy_args);
	else {
		json_decref(update_args);
		json_decref(destroy_args);
	}
}

const char *
submission_set(struct call *c)
{
	static const struct set_ops ops = { .state = submissions_state,
		.create = create, .update = update, .destroy = destroy };
	const char *error;

	c->sent = json_object();
	error = set_run(c, &ops);
	if (!error)
		follow(c);
	return error;
}
