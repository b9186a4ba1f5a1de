/*
 * role_dkim_test.c - who gets mail signed, and by which keys.
 *                                                        RFC 6376, RFC 8463
 */
#include "vault/role_world.h"

#include "base/test.h"

/* Mail is signed for who may write as its author. */
static const char signed_header[] = "from:Alice <alice@mail.test>\r\n";

static struct dkim_sign_ask
sign_ask(struct world *w, struct str ticket, const char *from)
{
	return (struct dkim_sign_ask){ ticket, str_c(from), STR("From:From"),
		str_c(signed_header), STR("0123456789abcdef0123456789abcdef"),
		loop_wall(w->loop) };
}

static int
call_sign(struct world *w, struct ipc *c, struct str ticket, const char *from)
{
	struct dkim_sign_ask ask = sign_ask(w, ticket, from);
	struct dkim_sign_answer answer;
	struct arena *a = arena_new(65536);
	struct err err;
	int rc = ipc_call(c, &vault_calls[VAULT_dkim_sign], &ask, -1, &answer,
	    a, NULL, loop_now_ms(w->loop) + 5000, &err);

	if (rc == 0) {
		struct str first, second;
		size_t at = str_find(str_from(answer.fields, 1),
		    STR("DKIM-Signature: v=1; a=")) + 1;

		first = str_first(answer.fields, at);
		second = str_from(answer.fields, at);
		assert_true(str_starts(first, STR("DKIM-Signature: v=1; "
		    "a=rsa-sha256; c=relaxed/relaxed; d=mail.test;")));
		assert_true(str_starts(second, STR("DKIM-Signature: v=1; "
		    "a=ed25519-sha256;")));
		assert_true(str_endsi(first, STR("\r\n")));
	}
	arena_free(a);
	return rc;
}

/* Selectors and records; or E_*. */
static int
call_keys(struct world *w, const char *domain, bool make, struct buf *rows)
{
	struct dkim_keys_ask ask = { str_c(domain), make };
	struct dkim_keys_answer answer;
	struct arena *a = arena_new(65536);
	struct err err;
	int rc = ipc_call(w->operator, &vault_calls[VAULT_dkim_keys], &ask, -1,
	    &answer, a, NULL, NEVER, &err);

	if (rc == 0)
		buf_str(rows, answer.keys);
	arena_free(a);
	return rc;
}

static int
login_ticket(struct world *w, struct ipc *c, char ticket[16])
{
	struct login_ask ask = { STR("PLAIN"), STR_NULL,
		STR("alice@mail.test"), STR("postern-demo"), STR("::1") };
	struct login_answer answer;
	struct arena *a = arena_new(65536);
	struct err err;
	int fd = -1, rc = ipc_call(c, &vault_calls[VAULT_login], &ask, -1,
	    &answer, a, &fd, loop_now_ms(w->loop) + 5000, &err);

	if (rc == 0)
		memcpy(ticket, answer.ticket.p, 16);
	if (fd >= 0)
		(void)close(fd);
	arena_free(a);
	return rc;
}

static void
make_dkim(struct world *w)
{
	auto_buf one = BUF_INIT(4096), two = BUF_INIT(4096);
	int puts = w->puts;

	assert_int_equal(call_keys(w, "mail.test", false, &one), E_NOTFOUND);
	assert_int_equal(call_keys(w, "m\xc3\xa4il.test", true, &one),
	    E_INVALID);
	assert_int_equal(call_keys(w, "Mail.test", true, &one), 0);
	assert_int_equal(call_keys(w, "mail.test", true, &two), 0);
	assert_strs(buf_get(&one), buf_get(&two));
	assert_int_equal(w->puts, puts + 1);
}

/* The n-th of a domain's keys that is in this state. */
static struct dkim_key_row
key_in(struct world *w, enum dkim_state state, size_t n, struct buf *rows)
{
	struct dkim_key_row row = { 0 };
	struct rd r;

	buf_reset(rows);
	assert_int_equal(call_keys(w, "mail.test", false, rows), 0);
	r = rd_of(buf_get(rows));
	while (rd_left(&r) > 0) {
		assert_true(msg_take(&r, &dkim_key_row_shape, &row));
		if (row.state == state && n-- == 0)
			return row;
	}
	return (struct dkim_key_row){ 0 };
}

static int
call_rotate(struct world *w, struct ipc *c, struct str selector, bool revoke)
{
	struct dkim_rotate_ask ask = { STR("Mail.test"), selector, revoke };
	struct vault_done done;
	struct arena *a = arena_new(4096);
	struct err err;
	int rc = ipc_call(c, &vault_calls[VAULT_dkim_rotate], &ask, -1, &done,
	    a, NULL, loop_now_ms(w->loop) + 20000, &err);

	arena_free(a);
	return rc;
}

/* Rows of all domains that are due. */
static size_t
call_due(struct world *w, struct ipc *c, struct dkim_due_row *first,
    struct arena *a)
{
	struct dkim_due_ask ask = { STR_NULL };
	struct dkim_due_answer answer;
	size_t n = 0, asks = 0;
	struct err err;

	do {
		struct dkim_due_row row;
		struct rd r;

		assert_int_equal(ipc_call(c, &vault_calls[VAULT_dkim_due],
		    &ask, -1, &answer, a, NULL, loop_now_ms(w->loop) + 5000,
		    &err), 0);
		r = rd_of(answer.rows);
		while (rd_left(&r) > 0) {
			assert_true(msg_take(&r, &dkim_due_row_shape, &row));
			*first = n++ == 0 ? row : *first;
		}
		ask.after = answer.next;
		asks++;
	} while (ask.after.n > 0);
	assert_int_equal(asks, 4);
	return n;
}

static void
rotate_dkim(struct world *w)
{
	struct ipc_options o = { 0 };
	struct err err;
	struct ipc *relay = ipc_open(w->loop, connect_to(w, ROLE_RELAY), &o,
	    &err), *mx = ipc_open(w->loop, connect_to(w, ROLE_MX), &o, &err);
	struct arena *a = arena_new(1 << 18);
	auto_buf rows = BUF_INIT(16384), was = BUF_INIT(16384);
	struct dkim_key_row reserve, old, signs;
	struct dkim_due_row due;
	int puts = w->puts;

	/* The one in reserve signs; a repeated ask changes nothing. */
	signs = key_in(w, DKIM_ACTIVE, 0, &was);
	reserve = key_in(w, DKIM_RESERVE, 0, &rows);
	reserve.selector = str_dup(a, reserve.selector);
	assert_int_equal(call_rotate(w, mx, reserve.selector, false),
	    E_DENIED);
	assert_int_equal(call_rotate(w, w->local, reserve.selector, false),
	    E_DENIED);
	assert_int_equal(call_rotate(w, w->operator, STR("x"), false),
	    E_NOTFOUND);
	assert_int_equal(call_rotate(w, w->operator, STR(""), false),
	    E_INVALID);
	assert_int_equal(w->puts, puts);
	assert_int_equal(call_rotate(w, w->operator, reserve.selector, false),
	    0);
	assert_int_equal(call_rotate(w, w->operator, reserve.selector, false),
	    0);
	assert_int_equal(w->puts, puts + 1);
	assert_strs(key_in(w, DKIM_ACTIVE, 0, &rows).selector,
	    reserve.selector);
	old = key_in(w, DKIM_OLD, 0, &rows);
	assert_strs(old.selector, signs.selector);
	assert_strs(old.record, signs.record);
	/* What was signed may wait so long here, and a week elsewhere. */
	assert_in_range(old.until - loop_wall(w->loop), 95 * 86400 +
	    7 * 86400 - 60, 95 * 86400 + 7 * 86400);
	assert_int_equal(call_rotate(w, w->operator, signs.selector, false),
	    E_INVALID);

	/* Relay may when it is due, and not before. */
	assert_int_equal(call_due(w, relay, &due, a), 0);
	reserve = key_in(w, DKIM_RESERVE, 0, &rows);
	assert_int_equal(call_rotate(w, relay, reserve.selector, false),
	    E_DENIED);
	if (w->executable) {	/* its clock and configuration are its own */
		ipc_close(relay);
		ipc_close(mx);
		arena_free(a);
		return;
	}
	w->role.config.dkim_rotate_s = 1;
	assert_int_equal(fiber_sleep(w->loop, loop_now_ms(w->loop) + 2100),
	    0);
	assert_int_equal(call_due(w, relay, &due, a), 2);
	assert_str(due.domain, "mail.test");
	assert_strs(due.selector, reserve.selector);
	assert_strs(due.record, reserve.record);
	assert_int_equal(call_rotate(w, relay, due.selector, true), E_DENIED);
	assert_int_equal(call_rotate(w, relay, due.selector, false), 0);
	assert_strs(key_in(w, DKIM_ACTIVE, 0, &rows).selector, due.selector);
	w->role.config.dkim_rotate_s = 0;
	/* Once more: it may not have heard that it was done. */
	puts = w->puts;
	assert_int_equal(call_rotate(w, relay, due.selector, false), 0);
	assert_int_equal(call_rotate(w, relay, due.selector, true), E_DENIED);
	assert_int_equal(w->puts, puts);
	assert_int_equal(call_due(w, relay, &due, a), 0);

	/* Nobody knows what became of it: store says. */
	reserve = key_in(w, DKIM_RESERVE, 1, &rows);
	reserve.selector = str_dup(a, reserve.selector);
	w->lose_puts = true;
	assert_int_equal(call_rotate(w, w->operator, reserve.selector, true),
	    E_IO);
	w->lose_puts = false;
	assert_strs(key_in(w, DKIM_ACTIVE, 1, &rows).selector,
	    reserve.selector);
	assert_str(key_in(w, DKIM_REVOKED, 0, &rows).record, "v=DKIM1; p=");
	assert_int_equal(call_sign(w, w->local, STR_NULL, "x@mail.test"), 0);
	ipc_close(relay);
	ipc_close(mx);
	arena_free(a);
}

static void
sign_dkim(struct world *w)
{
	struct ipc_options o = { 0 };
	struct err err;
	struct ipc *c = ipc_open(w->loop, connect_to(w, ROLE_FRONT), &o, &err);
	struct ipc *other = ipc_open(w->loop, connect_to(w, ROLE_FRONT), &o,
	    &err), *mx = ipc_open(w->loop, connect_to(w, ROLE_MX), &o, &err);
	char id[16];
	struct str ticket = { id, sizeof(id) }, guess = STR("0123456789abcdef");
	int senders = w->senders;

	assert_int_equal(login_ticket(w, c, id), 0);
	assert_int_equal(call_sign(w, c, ticket, "alice@mail.test"), 0);
	assert_int_equal(call_sign(w, c, ticket, "team@mail.test"), 0);
	assert_int_equal(call_sign(w, c, ticket, "alice@mail.test"), 0);
	assert_int_equal(w->senders, senders + 2);	/* one was known */
	assert_int_equal(call_sign(w, c, ticket, "bob@mail.test"), E_DENIED);
	assert_int_equal(call_sign(w, c, ticket, "bob@mail.test"), E_DENIED);
	assert_int_equal(call_sign(w, c, ticket, "a@else.test"), E_NOTFOUND);
	assert_int_equal(call_sign(w, c, ticket, "alice"), E_NOTFOUND);
	/* A ticket is of one connection; mx and operator have none. */
	assert_int_equal(call_sign(w, c, guess, "alice@mail.test"), E_DENIED);
	assert_int_equal(call_sign(w, other, ticket, "alice@mail.test"),
	    E_DENIED);
	assert_int_equal(call_sign(w, mx, ticket, "alice@mail.test"),
	    E_DENIED);
	assert_int_equal(call_sign(w, w->operator, ticket, "alice@mail.test"),
	    E_DENIED);
	ipc_close(c);
	ipc_close(other);
	ipc_close(mx);
	assert_int_equal(call_sign(w, w->local, STR_NULL, "x@mail.test"), 0);
	assert_int_equal(call_sign(w, w->local, STR_NULL, "x@else.test"),
	    E_NOTFOUND);
}

/* mx has what is sent on sealed: with RSA, by a domain that has keys, and
 * nobody else has. */
static int
call_seal(struct world *w, struct ipc *c, const struct arc_seal_ask *ask)
{
	struct dkim_sign_answer answer;
	struct arena *a = arena_new(65536);
	struct err err;
	int rc = ipc_call(c, &vault_calls[VAULT_arc_seal], ask, -1, &answer,
	    a, NULL, loop_now_ms(w->loop) + 5000, &err);

	if (rc == 0) {
		assert_true(str_starts(answer.fields, STR("ARC-Seal: i=2; "
		    "a=rsa-sha256; cv=pass; d=mail.test;")));
		assert_true(str_find(answer.fields, STR("\r\nARC-Message-"
		    "Signature: i=2; a=rsa-sha256; c=relaxed/relaxed; "
		    "d=mail.test;")) < answer.fields.n);
		assert_true(str_endsi(answer.fields, STR("\r\nARC-"
		    "Authentication-Results: i=2; mx.test; spf=pass\r\n")));
	}
	arena_free(a);
	return rc;
}

static void
seal_arc(struct world *w)
{
	struct ipc_options o = { 0 };
	struct err err;
	struct ipc *mx = ipc_open(w->loop, connect_to(w, ROLE_MX), &o, &err);
	struct arc_seal_ask good = { STR("Mail.test"), 2, ARC_SEES_pass,
		STR("mx.test; spf=pass"), STR("From:From"),
		str_c(signed_header), STR("0123456789abcdef0123456789abcdef"),
		STR("arc-authentication-results:i=1; x\r\n"),
		loop_wall(w->loop) }, ask = good;

	assert_int_equal(call_seal(w, mx, &good), 0);
	ask.domain = STR("else.test");
	assert_int_equal(call_seal(w, mx, &ask), E_NOTFOUND);
	ask = good;
	ask.header = str_first(good.header, good.header.n - 2);
	assert_int_equal(call_seal(w, mx, &ask), E_INVALID);
	ask = good;
	ask.chain = str_first(good.chain, good.chain.n - 2);
	assert_int_equal(call_seal(w, mx, &ask), E_INVALID);
	ask = good;
	ask.results = STR("x\r\nDKIM-Signature: x");
	assert_int_equal(call_seal(w, mx, &ask), E_INVALID);
	ask.results = STR("x\r\n\tgoes on");
	ask.instance = 1;
	assert_int_equal(call_seal(w, mx, &ask), E_INVALID);
	ask.sees = ARC_SEES_none;
	assert_int_equal(call_seal(w, mx, &ask), E_INVALID);
	ipc_close(mx);
	assert_int_equal(call_seal(w, w->operator, &good), E_DENIED);
	assert_int_equal(call_seal(w, w->local, &good), E_DENIED);
}

/* What is no header of a message is not signed. */
static void
misshapen(struct world *w)
{
	struct arena *a = arena_new(65536);
	struct dkim_sign_ask good = sign_ask(w, STR_NULL, "x@mail.test");
	struct dkim_sign_answer answer;
	struct err err;

	for (int i = 0; i < 6; i++) {
		struct dkim_sign_ask ask = good;

		if (i == 0)
			ask.names = STR("From:To; d=else.test");
		if (i == 1)
			ask.body_hash = str_from(good.body_hash, 1);
		if (i == 2)
			ask.header = certificate_verify(a);
		if (i == 3)
			ask.header = STR("from:x");
		if (i == 4)
			ask.at -= 3 * 86400;
		if (i == 5)
			ask.at += 3 * 86400;
		assert_int_equal(ipc_call(w->local,
		    &vault_calls[VAULT_dkim_sign], &ask, -1, &answer, a, NULL,
		    NEVER, &err), E_INVALID);
	}
	arena_free(a);
}

/* How long one takes, and what a handshake waits while many are made. */
enum { MANY = 40 };

struct one {
	struct world *w;
	int rc;
	int *pending;
};

static void
sign_one(void *arg)
{
	struct one *g = arg;

	g->rc = call_sign(g->w, g->w->local, STR_NULL, "x@mail.test");
	--*g->pending;
}

static void
sign_beside(struct world *w)
{
	int64_t t = w->clock.mono_us(&w->clock), handshakes;
	struct one g[4];
	int pending = 0;

	for (int i = 0; i < MANY; i++)
		assert_int_equal(call_sign(w, w->local, STR_NULL,
		    "x@mail.test"), 0);
	print_message("two signatures: %lld us\n", (long long)
	    (w->clock.mono_us(&w->clock) - t) / MANY);
	for (size_t i = 0; i < NELEM(g); i++) {
		g[i] = (struct one){ w, -1, &pending };
		pending++;
		(void)fiber_spawn(w->loop, "sign", sign_one, &g[i]);
	}
	t = w->clock.mono_us(&w->clock);
	sign_tls_many(w);
	handshakes = w->clock.mono_us(&w->clock) - t;
	print_message("a TLS signature meanwhile: %lld us\n",
	    (long long)handshakes / SIGNATURES);
	while (pending > 0)
		(void)fiber_sleep(w->loop, loop_now_ms(w->loop) + 1);
	for (size_t i = 0; i < NELEM(g); i++)
		assert_int_equal(g[i].rc, 0);
}

static void
remembered(struct world *w)
{
	assert_int_equal(call_sign(w, w->local, STR_NULL, "x@mail.test"), 0);
}

static void
sealed_by_others(struct world *w)
{
	assert_int_equal(call_sign(w, w->local, STR_NULL, "x@mail.test"),
	    E_INVALID);
}

static void
test_dkim(void **state)
{
	struct world *w = *state;

	run(w, make_dkim);
	run(w, sign_dkim);
	run(w, seal_arc);
	run(w, misshapen);
	run(w, sign_beside);
	run(w, rotate_dkim);
	/* A new vault has the same keys. */
	restart(w);
	run(w, sign_dkim);
	/* And with a set that was not sealed by it, none. */
	w->secrets[SECRET_dkim_key].sealed.p[30] ^= 1;
	run(w, remembered);
	restart(w);
	run(w, sealed_by_others);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dkim),
	};

	return cmocka_run_group_tests(tests, world_up, world_down);
}
