#include "mail/submit.h"

#include "base/test.h"

/* A store of a few lines, at the other end of a real connection. A handle says
 * in which of its lives it was given. */
struct desk {
	struct fake_clock clock;
	struct loop *loop;
	struct store *store;
	struct ipc *server;
	struct arena *mem;
	void (*fn)(struct desk *d);
	bool done;

	uint64_t life;
	int lose;		/* submits that find it gone */
	int forget;		/* submits that find their handles gone */
	int deny;		/* submits that are refused */
	struct str each;	/* what it answers of each recipient */
	bool moved;		/* nobody is known here any more */
	size_t nrcpts, nsubmits, nhandles;
	struct rcpt_ask rcpt;	/* the last one */
	struct submit_ask submit;	/* the last one */
	uint64_t changes[8];	/* of all submits */
};

static void connect_to(struct desk *d);

static void
answer_rcpt(struct desk *d, struct ipc_req *r)
{
	struct rcpt_answer answer = { RCPT_REMOTE, d->life << 32, 1000 };

	d->rcpt = *(const struct rcpt_ask *)r->ask;
	msg_keep(d->mem, &rcpt_ask_shape, &d->rcpt);
	answer.handle |= ++d->nrcpts;
	if (str_endsi(d->rcpt.address, STR("@here.test")))
		answer.kind = RCPT_LOCAL;
	if (d->moved || str_starts(d->rcpt.address, STR("nobody@")))
		answer.kind = RCPT_NO_USER;
	ipc_reply(r, &answer, -1);
}

static void
answer_submit(struct desk *d, struct ipc_req *r)
{
	struct submit_answer answer = { 1000 + ++d->nsubmits,
		d->each };
	struct rd handles;

	d->submit = *(const struct submit_ask *)r->ask;
	msg_keep(d->mem, &submit_ask_shape, &d->submit);
	d->changes[d->nsubmits % NELEM(d->changes)] = d->submit.change;
	d->nhandles = 0;
	handles = rd_of(d->submit.handles);
	for (; rd_left(&handles) > 0; d->nhandles++)
		if (rd_le64(&handles) >> 32 != d->life && d->lose == 0) {
			ipc_fail(r, E_DENIED, "a handle of another life");
			return;
		}
	if (d->lose > 0) {
		d->lose--;
		ipc_drop(r);
		connect_to(d);
	} else if (d->forget > 0) {
		d->forget--;
		ipc_fail(r, E_DENIED, "that handle gave way");
	} else if (d->deny > 0) {
		d->deny--;
		ipc_fail(r, E_FULL, "no room");
	} else {
		ipc_reply(r, &answer, -1);
	}
}

static void
on_ask(void *owner, struct ipc_req *r)
{
	struct stage_answer stage = { 77 };
	struct done done = { 0 };

	switch (r->call->index) {
	case STORE_rcpt: answer_rcpt(owner, r); break;
	case STORE_submit: answer_submit(owner, r); break;
	case STORE_stage: ipc_reply(r, &stage, -1); break;
	case STORE_unstage: ipc_reply(r, &done, -1); break;
	default: fail_msg("call %d", r->call->index);
	}
}

static void
on_gone(void *owner unused_arg, struct ipc *c unused_arg,
    const char *why unused_arg)
{
}

/* Another life begins. */
static void
connect_to(struct desk *d)
{
	static const struct ipc_service service = { store_calls, STORE_NCALLS,
		on_ask, on_gone };
	const struct ipc_options o = { .service = &service, .owner = d,
		.authority = AUTH_MX };
	int fds[2];

	assert_int_equal(ipc_pair(fds, NULL), 0);
	ipc_close(d->server);
	d->server = ipc_open(d->loop, fds[0], &o, NULL);
	d->life++;
	if (d->store)
		store_replace(d->store, fds[1]);
	else
		d->store = store_new(d->loop, fds[1], NULL, NULL);
}

static void
run_fiber(void *arg)
{
	struct desk *d = arg;

	d->fn(d);
	d->done = true;
}

static void
run(void (*fn)(struct desk *d))
{
	struct desk d = { .fn = fn };

	d.clock = clock_fake(1795320061000000);
	d.loop = loop_new(&d.clock.clock, NULL);
	d.mem = arena_new(16 << 20);
	connect_to(&d);
	(void)fiber_spawn(d.loop, "submit", run_fiber, &d);
	for (int i = 0; i < 100000 && !d.done; i++) {
		loop_once(d.loop, 0);
		d.clock.mono += 1000;
	}
	assert_true(d.done);
	store_close(d.store);
	ipc_close(d.server);
	for (int i = 0; i < 10; i++)
		loop_once(d.loop, 0);
	loop_free(d.loop);
	arena_free(d.mem);
}

static struct submission *
begin(struct desk *d, const char *from, uint64_t size)
{
	const struct deposit_options o = { .store = d->store };
	const struct envelope e = { .reverse_path = str_c(from),
		.ret = RET_headers, .envid = STR("id+2B1") };

	return submit_begin(&o, &e, size);
}

static enum rcpt_kind
add(struct submission *sub, const char *address)
{
	const struct addressee to = { .address = str_c(address),
		.notify = NOTIFY_failure, .orcpt = STR("rfc822;x@y.test") };
	enum rcpt_kind kind = 0;

	assert_int_equal(submit_recipient(sub, &to, &kind, NULL), 0);
	return kind;
}

static void
write_text(struct submission *sub)
{
	struct deposit_facts facts;

	submit_write(sub, STR("Message-ID: <m@x.test>\r\n\r\nHi\r\n"));
	assert_int_equal(submit_text_end(sub, &facts, NULL), 0);
	assert_str(facts.message_id, "m@x.test");
}

static int
commit(struct submission *sub, uint64_t *message)
{
	const struct origin origin = { .peer = STR("192.0.2.1"),
		.helo = STR("c.test"), .protocol = STR("LOCAL"),
		.session = STR("0123") };

	return submit_commit(sub, &origin, STR("DKIM-Signature: x\r\n"),
	    message, NULL);
}

/* ---- envelope and text --------------------------------------------------- */

/* What store says of each is that one's; who says nothing of some has not
 * promised anything. */
static void
an_answer_for_each(struct desk *d)
{
	static const enum each want[] = { EACH_full, EACH_taken,
		EACH_later /* for what we do not know */ };
	struct submission *sub = begin(d, "a@b.test", 0);
	const struct rcpt *at = NULL;
	struct str address;
	enum each each;
	uint64_t message;

	(void)add(sub, "1@here.test");
	(void)add(sub, "2@here.test");
	(void)add(sub, "3@here.test");
	write_text(sub);
	submit_each(sub, true);
	d->each = STR("\1\0");
	assert_int_equal(commit(sub, &message), E_PEER);
	d->each = STR("\1\0\200");
	assert_int_equal(d->submit.each, 1);
	assert_int_equal(d->submit.refuse, 1);
	d->lose = 1;		/* and over a new connection */
	assert_int_equal(commit(sub, &message), 0);
	for (size_t i = 0; submit_outcome(sub, &at, &address, &each); i++) {
		assert_int_equal(address.p[0], '1' + (int)i);
		assert_int_equal(each, want[i]);
	}
	submit_end(sub);
}

/* The header counts where MAIL said nothing. RFC 8689 4.1 */
static void
what_the_header_says_of_tls(struct desk *d)
{
	static const struct {
		uint8_t said;
		const char *text;
		uint8_t want;
	} rows[] = {
		{ REQUIRE_TLS_unsaid, "A: b\r\n\r\n", REQUIRE_TLS_unsaid },
		{ REQUIRE_TLS_unsaid, "TLS-Required: No\r\n\r\n",
		    REQUIRE_TLS_no },
		{ REQUIRE_TLS_yes, "TLS-Required: No\r\n\r\n",
		    REQUIRE_TLS_yes },
	};
	const struct deposit_options o = { .store = d->store };

	for (size_t i = 0; i < NELEM(rows); i++) {
		const struct envelope e = { .reverse_path = STR("a@b.test"),
			.require_tls = rows[i].said };
		struct submission *sub = submit_begin(&o, &e, 0);
		struct deposit_facts facts;
		uint64_t message;

		(void)add(sub, "c@here.test");
		submit_write(sub, str_c(rows[i].text));
		assert_int_equal(submit_text_end(sub, &facts, NULL), 0);
		assert_int_equal(commit(sub, &message), 0);
		submit_end(sub);
		assert_int_equal(d->submit.require_tls, rows[i].want);
	}
}

static void
test_header_of_tls(void **state unused_arg)
{
	run(what_the_header_says_of_tls);
}

static void
what_was_said_arrives(struct desk *d)
{
	struct submission *sub = begin(d, "a@b.test", 0);
	uint64_t message = 0;

	assert_int_equal(submit_recipients(sub), 0);
	assert_int_equal(submit_only_recipient(sub).n, 0);
	assert_int_equal(add(sub, "nobody@here.test"), RCPT_NO_USER);
	assert_int_equal(add(sub, "c@here.test"), RCPT_LOCAL);
	assert_str(submit_only_recipient(sub), "c@here.test");
	assert_int_equal(add(sub, "d@far.test"), RCPT_REMOTE);
	assert_int_equal(submit_recipients(sub), 2);
	assert_int_equal(submit_only_recipient(sub).n, 0);
	assert_int_equal(d->rcpt.bounce, 0);
	assert_int_equal(d->rcpt.notify, NOTIFY_failure);
	assert_str(d->rcpt.orcpt, "rfc822;x@y.test");
	write_text(sub);
	assert_int_equal(commit(sub, &message), 0);
	submit_end(sub);
	assert_int_equal(message, 1001);
	assert_int_equal(d->nsubmits, 1);
	assert_int_equal(d->nhandles, 2);
	assert_str(d->submit.reverse_path, "a@b.test");
	assert_int_equal(d->submit.smtputf8, 0);
	assert_int_equal(d->submit.ret, RET_headers);
	assert_str(d->submit.envid, "id+2B1");
	assert_str(d->submit.message_id, "m@x.test");
	assert_true(str_endsi(d->submit.octets, STR("\r\n\r\nHi\r\n")));
	assert_int_equal(d->submit.raw_size, 30);
	assert_true(d->submit.facts.n > 0);
	assert_str(d->submit.peer, "192.0.2.1");
	assert_str(d->submit.helo, "c.test");
	assert_str(d->submit.protocol, "LOCAL");
	assert_str(d->submit.session, "0123");
	assert_str(d->submit.signature, "DKIM-Signature: x\r\n");
}

static void
test_said(void **state unused_arg)
{
	run(what_was_said_arrives);
}

static void
test_each(void **state unused_arg)
{
	run(an_answer_for_each);
}

/* The announced size counts where there is a mailbox to fill. */
static void
room_is_looked_at(struct desk *d)
{
	struct submission *sub = begin(d, "", 1001);

	assert_int_equal(add(sub, "c@here.test"), RCPT_FULL);
	assert_int_equal(d->rcpt.bounce, 1);
	assert_int_equal(add(sub, "d@far.test"), RCPT_REMOTE);
	assert_int_equal(submit_recipients(sub), 1);
	submit_end(sub);
	sub = begin(d, "", 1000);
	assert_int_equal(add(sub, "c@here.test"), RCPT_LOCAL);
	submit_end(sub);
}

static void
test_room(void **state unused_arg)
{
	run(room_is_looked_at);
}

/* RFC 6531 3.2: of those who get it, and of who sends it. */
static void
addresses_say_smtputf8(struct desk *d)
{
	static const struct {
		const char *from, *to;
		int smtputf8;
	} rows[] = {
		{ "a@b.test", "c@here.test", 0 },
		{ "a@b.test", "j\xc3\xbcrgen@here.test", 1 },
		{ "a@b.test", "nobody@\xc3\xbc.test", 0 },
		{ "\xc3\xbc@b.test", "c@here.test", 1 },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct submission *sub = begin(d, rows[i].from, 0);

		(void)add(sub, rows[i].to);
		assert_int_equal(submit_envelope(sub)->smtputf8,
		    rows[i].smtputf8);
		submit_end(sub);
	}
}

static void
test_smtputf8(void **state unused_arg)
{
	run(addresses_say_smtputf8);
}

/* No more than an ask holds, rather than some that get nothing. */
static void
recipients_have_a_bound(struct desk *d)
{
	const struct addressee to = { .address = STR("c@here.test") };
	struct submission *sub = begin(d, "a@b.test", 0);
	struct err err = { 0 };
	enum rcpt_kind kind;
	uint64_t message;

	for (int i = 0; i < SUBMIT_RCPTS_MAX; i++)
		assert_int_equal(submit_recipient(sub, &to, &kind, &err), 0);
	assert_int_equal(submit_recipient(sub, &to, &kind, &err), E_LIMIT);
	write_text(sub);
	assert_int_equal(commit(sub, &message), 0);
	assert_int_equal(d->nhandles, SUBMIT_RCPTS_MAX);
	submit_end(sub);
}

static void
test_bound(void **state unused_arg)
{
	run(recipients_have_a_bound);
}

static void
empty_is_a_message(struct desk *d)
{
	struct submission *sub = begin(d, "a@b.test", 0);
	struct deposit_facts facts;
	uint64_t message;

	(void)add(sub, "c@here.test");
	assert_int_equal(submit_text_end(sub, &facts, NULL), 0);
	assert_int_equal(commit(sub, &message), 0);
	assert_int_equal(d->submit.raw_size, 0);
	submit_end(sub);
	submit_end(NULL);
}

static void
test_empty(void **state unused_arg)
{
	run(empty_is_a_message);
}

/* ---- when store is not there --------------------------------------------- */

/* Nobody notices: new handles, the same change id. */
static void
restarts_are_helped(struct desk *d)
{
	static const struct {
		bool between;	/* recipients and commit */
		int lose, forget;
		int want;
		size_t submits;
	} rows[] = {
		{ true, 0, 0, 0, 1 },
		{ false, 1, 0, 0, 2 },
		{ true, 2, 0, 0, 3 },
		{ false, 3, 0, E_PEER, 3 },
		{ false, 0, 2, 0, 3 },
		{ false, 0, 3, E_DENIED, 3 },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct submission *sub = begin(d, "a@b.test", 0);
		uint64_t message = 0;

		(void)add(sub, "c@here.test");
		(void)add(sub, "d@far.test");
		write_text(sub);
		if (rows[i].between)
			connect_to(d);
		d->nsubmits = 0;
		d->lose = rows[i].lose;
		d->forget = rows[i].forget;
		assert_int_equal(commit(sub, &message), rows[i].want);
		assert_int_equal(d->nsubmits, rows[i].submits);
		assert_int_equal(message > 0, rows[i].want == 0);
		assert_int_equal(d->nhandles, 2);
		assert_str(d->rcpt.orcpt, "rfc822;x@y.test");
		for (size_t k = 2; k <= d->nsubmits; k++)
			assert_true(d->changes[k] == d->changes[1]);
		submit_end(sub);
	}
}

static void
test_restarts(void **state unused_arg)
{
	run(restarts_are_helped);
}

static void
what_cannot_be_helped(struct desk *d)
{
	static char octets[300 * 1024];
	struct submission *sub = begin(d, "a@b.test", 0);
	struct deposit_facts facts;
	uint64_t message;

	/* A reason of store's own is asked for once. */
	(void)add(sub, "c@here.test");
	write_text(sub);
	d->deny = 1;
	assert_int_equal(commit(sub, &message), E_FULL);
	assert_int_equal(d->nsubmits, 1);
	submit_end(sub);
	/* A recipient who is no longer one. */
	sub = begin(d, "a@b.test", 0);
	(void)add(sub, "c@here.test");
	write_text(sub);
	d->moved = true;
	d->nsubmits = 0;
	connect_to(d);
	assert_int_equal(commit(sub, &message), E_PEER);
	assert_int_equal(d->nsubmits, 0);
	submit_end(sub);
	/* What was staged went with the connection. */
	d->moved = false;
	sub = begin(d, "a@b.test", 0);
	(void)add(sub, "c@here.test");
	submit_write(sub, str_make(octets, sizeof(octets)));
	assert_int_equal(submit_failed(sub, NULL), 0);
	assert_int_equal(submit_text_end(sub, &facts, NULL), 0);
	assert_int_equal(facts.stage, 77);
	d->lose = 1;
	assert_int_equal(commit(sub, &message), E_PEER);
	assert_int_equal(d->nsubmits, 1);
	submit_end(sub);
}

static void
test_no_help(void **state unused_arg)
{
	run(what_cannot_be_helped);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_said),
		cmocka_unit_test(test_each),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_smtputf8),
		cmocka_unit_test(test_header_of_tls),
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_restarts),
		cmocka_unit_test(test_no_help),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
