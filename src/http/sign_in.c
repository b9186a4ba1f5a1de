#include "http/sign_in.h"

#include <openssl/crypto.h>
#include <stdlib.h>

#include "base/map.h"

enum { SWEEP_MS = 10000 };

struct sign_ins {
	struct loop *loop;
	struct vault *vault;
	struct list list;
	struct map by_number;
	size_t n, max;
	int64_t idle_s, life_s;
	struct timer sweep;
};

static void
free_sign_in(struct sign_in *in)
{
	account_logout(&in->account);
	OPENSSL_cleanse(in, sizeof(*in));
	free(in);
}

void
sign_in_end(struct sign_in *in, const char *why)
{
	if (in->ended)
		return;
	in->ended = true;
	list_unlink(&in->link);
	map_del(&in->all->by_number, in->number[0], in->number[1], 0);
	in->all->n--;
	log_event(loop_log(in->all->loop), LOG_INFO, "sign_out",
	    F_STR("user", str_c(in->account.address)),
	    F_STR("sign_in", str_c(in->id)), F_STR("why", str_c(why)));
	if (in->refs == 0)
		free_sign_in(in);
}

void
sign_in_each(struct sign_in *in,
    void (*fn)(void *arg, const struct sign_in *one), void *arg)
{
	list_each(struct sign_in, i, &in->all->list, link) {
		if (i->account.login.account == in->account.login.account)
			fn(arg, i);
	}
}

bool
sign_in_end_one(struct sign_in *in, struct str id, const char *why)
{
	list_each(struct sign_in, i, &in->all->list, link) {
		if (i->account.login.account != in->account.login.account ||
		    !str_eq(str_c(i->id), id))
			continue;
		sign_in_end(i, why);
		return true;
	}
	return false;
}

void
sign_in_end_others(struct sign_in *in, const char *why)
{
	uint64_t account = in->account.login.account;

	list_each(struct sign_in, i, &in->all->list, link) {
		if (i != in && i->account.login.account == account)
			sign_in_end(i, why);
	}
}

void
sign_in_end_all(struct sign_in *in, const char *why)
{
	sign_in_end_others(in, why);
	sign_in_end(in, why);
}

void
sign_in_unref(struct sign_in *in)
{
	if (in && --in->refs == 0 && in->ended)
		free_sign_in(in);
}

static bool
is_over(const struct sign_in *in, const char **why)
{
	int64_t now = loop_wall(in->all->loop);

	if (now - in->begun_s >= in->all->life_s)
		*why = "life";
	else if (now - in->used_s >= in->all->idle_s)
		*why = "idle";
	else
		return false;
	return true;
}

static void
sweep(struct timer *t)
{
	struct sign_ins *all = container_of(t, struct sign_ins, sweep);
	const char *why;

	list_each(struct sign_in, in, &all->list, link) {
		if (is_over(in, &why))
			sign_in_end(in, why);
	}
	if (all->n > 0)
		timer_set(all->loop, t, loop_now_ms(all->loop) + SWEEP_MS,
		    sweep);
}

void
sign_ins_configure(struct sign_ins *all, const struct config *c)
{
	all->max = c->max_connections;
	all->idle_s = c->sign_in_idle_s;
	all->life_s = c->sign_in_life_s;
}

struct sign_ins *
sign_ins_new(struct loop *l, struct vault *vault, const struct config *c)
{
	struct sign_ins *all = calloc(1, sizeof(*all));

	bug_if(!all);
	all->loop = l;
	all->vault = vault;
	sign_ins_configure(all, c);
	return all;
}

void
sign_ins_free(struct sign_ins *all)
{
	struct sign_in *in;

	if (!all)
		return;
	while ((in = list_first(struct sign_in, &all->list, link)))
		sign_in_end(in, "stop");
	timer_clear(all->loop, &all->sweep);
	map_free(&all->by_number);
	free(all);
}

/* ---- beginning ----------------------------------------------------------- */

static void
random_hex(struct loop *l, char *to, size_t octets)
{
	uint8_t raw[SIGN_IN_SECRET];

	loop_random(l, raw, octets);
	for (size_t i = 0; i < octets; i++)
		(void)snprintf(to + 2 * i, 3, "%02x", raw[i]);
	OPENSSL_cleanse(raw, sizeof(raw));
}

/* Room for one more of this account. */
static void
make_room(struct sign_ins *all, uint64_t account)
{
	struct sign_in *oldest = NULL;
	size_t n = 0;

	list_each(struct sign_in, in, &all->list, link) {
		if (in->account.login.account != account)
			continue;
		if (!oldest)
			oldest = in;
		n++;
	}
	if (n >= SIGN_INS_EACH)
		sign_in_end(oldest, "replaced");
}

static void
take_in(struct sign_ins *all, struct sign_in *in)
{
	make_room(all, in->account.login.account);
	loop_random(all->loop, in->number, sizeof(in->number));
	(void)snprintf(in->id, sizeof(in->id), "%016jx%016jx",
	    (uintmax_t)in->number[0], (uintmax_t)in->number[1]);
	random_hex(all->loop, in->secret, SIGN_IN_SECRET);
	random_hex(all->loop, in->token, SIGN_IN_SECRET);
	in->begun_s = in->used_s = loop_wall(all->loop);
	in->refs = 1;
	list_append(&all->list, &in->link);
	map_put(&all->by_number, in->number[0], in->number[1], 0, in);
	all->n++;
	if (all->sweep.slot == 0)
		sweep(&all->sweep);
}

enum login_result
sign_in_begin(struct sign_ins *all, const struct login_ask *ask,
    struct visit *visit, const struct log_ctx *log, struct sign_in **out,
    struct err *err)
{
	struct sign_in *in = calloc(1, sizeof(*in));
	enum login_result result;

	bug_if(!in);
	in->all = all;
	account_init(&in->account, all->loop, all->vault);
	in->account.visit = visit;
	result = account_login(&in->account, ask, log, err);
	in->account.visit = NULL;	/* it may end before we do */
	/* Looked at behind the wait: others came meanwhile. */
	if (result == LOGIN_OK && all->n >= all->max) {
		result = LOGIN_FAILED;
		(void)err_set(err, E_LIMIT, "%zu are signed in", all->n);
	}
	if (result != LOGIN_OK) {
		free_sign_in(in);
		return result;
	}
	take_in(all, in);
	*out = in;
	return LOGIN_OK;
}

/* ---- finding ------------------------------------------------------------- */

static bool
is_same(const char *secret, size_t n, struct str said)
{
	return said.n == n && CRYPTO_memcmp(secret, said.p, n) == 0;
}

void
sign_in_cookie(const struct sign_in *in, struct buf *b)
{
	buf_printf(b, "%s.%s", in->id, in->secret);
}

bool
sign_in_is_token(const struct sign_in *in, struct str token)
{
	return is_same(in->token, 2 * SIGN_IN_SECRET, token);
}

int64_t
sign_in_until(const struct sign_in *in)
{
	int64_t life = in->begun_s + in->all->life_s;
	int64_t idle = loop_wall(in->all->loop) + in->all->idle_s;

	return life < idle ? life : idle;
}

struct sign_in *
sign_in_find(struct sign_ins *all, struct str cookie)
{
	struct str id, secret;
	struct sign_in *in;
	uint64_t a, b;
	const char *why;

	if (!str_cut(cookie, '.', &id, &secret) || id.n != 32 ||
	    !str_hex64(str_first(id, 16), &a) ||
	    !str_hex64(str_from(id, 16), &b))
		return NULL;
	in = map_get(&all->by_number, a, b, 0);
	if (!in || !is_same(in->secret, 2 * SIGN_IN_SECRET, secret))
		return NULL;
	if (is_over(in, &why)) {
		sign_in_end(in, why);
		return NULL;
	}
	in->used_s = loop_wall(all->loop);
	list_unlink(&in->link);
	list_append(&all->list, &in->link);
	in->refs++;
	return in;
}
