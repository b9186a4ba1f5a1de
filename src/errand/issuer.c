#include "errand/issuer.h"

#include "errand/issuer_plan.h"
#include "errand/issuer_words.h"

enum { WHY_MAX = 300 };

/* ---- out ----------------------------------------------------------------- */

/* Is there an address to go to, and who says so? */
static bool
is_there(const struct way_out *w, const struct hosts *h, struct str *why)
{
	*why = h->why;
	if (h->result != HOSTS_OK)
		return false;
	*why = STR("it has private addresses only");
	for (uint32_t i = 0; i < h->host[0].naddresses; i++)
		if (w->conf->errand_private ||
		    !host_address_is_private(&h->host[0].address[i]))
			return true;
	return false;
}

int
way_out_go(const struct way_out *w, const struct errand_plan *plan,
    struct errand_answer *out, struct arena *a, int64_t until_ms)
{
	struct hosts *h = arena_new_of(a, struct hosts);
	const struct self nobody = { NULL, 0 };
	struct err err = { 0 };
	struct str why = STR_NULL;
	int e = hosts_find(w->dns, w->loop, plan->host, false, &nobody, h, a,
	    until_ms, &err);

	if (e == E_CANCELED)
		return e;
	if (e == 0 && is_there(w, h, &why))
		return fetch(w->fetcher, plan, &h->host[0], out, a, until_ms);
	*out = (struct errand_answer){ .result = ERRAND_NO_HOST,
		.why = str_first(e < 0 ? str_dup(a, str_c(err.text)) : why,
		    WHY_MAX) };
	return 0;
}

/* ---- keys ---------------------------------------------------------------- */

static void
keys_failed(struct issuer_keys_answer *out, enum errand_result result,
    struct str why, struct arena *a)
{
	*out = (struct issuer_keys_answer){ .result = result,
		.why = str_printable(a, why, WHY_MAX) };
}

/* Where its keys are, as it says itself. 0 and an URL, or *url is empty and out
 * says why. */
static int
discover(const struct way_out *w, const struct oauth_conf *issuer,
    struct str *url, struct issuer_keys_answer *out, struct arena *a,
    int64_t until_ms)
{
	struct errand_answer found = { 0 };
	const char *wrong = "its name is no URL";

	*url = STR_NULL;
	for (int second = 0; second <= 1; second++) {
		struct errand_plan plan;
		int e;

		if (!issuer_plan_discovery(issuer, second, a, &plan))
			break;
		e = way_out_go(w, &plan, &found, a, until_ms);
		if (e < 0)
			return e;
		wrong = found.result != ERRAND_DONE ? NULL :
		    issuer_read_keys_url(found.text, issuer->issuer, a, url);
		if (found.result == ERRAND_DONE || found.status != 404)
			break;
	}
	if (wrong)
		keys_failed(out, ERRAND_BAD_ANSWER, str_c(wrong), a);
	else if (found.result != ERRAND_DONE)
		keys_failed(out, found.result, found.why, a);
	return 0;
}

static int
fetch_keys(const struct way_out *w, const struct errand_plan *plan,
    struct issuer_keys_answer *out, struct arena *a, int64_t until_ms)
{
	struct errand_answer found = { 0 };
	int e = way_out_go(w, plan, &found, a, until_ms);
	const char *wrong;

	if (e < 0)
		return e;
	if (found.result != ERRAND_DONE) {
		keys_failed(out, found.result, found.why, a);
		return 0;
	}
	*out = (struct issuer_keys_answer){ .result = ERRAND_DONE };
	wrong = issuer_read_keys(found.text, a, &out->keys);
	if (wrong)
		keys_failed(out, ERRAND_BAD_ANSWER, str_c(wrong), a);
	return 0;
}

int
issuer_fetch_keys(const struct way_out *w, const struct issuer_keys_ask *ask,
    struct issuer_keys_answer *out, struct arena *a, int64_t until_ms)
{
	struct oauth_conf issuer;
	struct errand_plan plan;
	struct str said = STR_NULL;

	if (!issuer_find(w->conf->oauth, ask->issuer, &issuer)) {
		keys_failed(out, ERRAND_REFUSED, STR("no such issuer"), a);
		return 0;
	}
	if (issuer.keys_url.n == 0) {
		int e = discover(w, &issuer, &said, out, a, until_ms);

		if (e < 0 || said.n == 0)
			return e;
	}
	if (!issuer_plan_keys(&issuer, said, a, &plan)) {
		keys_failed(out, ERRAND_REFUSED, arena_printf(a, "its keys "
		    "are at %.*s, which is another host: keys-url says so",
		    STR_FMT(str_first(said, 150))), a);
		return 0;
	}
	return fetch_keys(w, &plan, out, a, until_ms);
}

/* ---- tokens -------------------------------------------------------------- */

static void
token_failed(struct introspect_answer *out, enum errand_result result,
    struct str why, struct arena *a)
{
	*out = (struct introspect_answer){ .result = result,
		.why = str_printable(a, why, WHY_MAX) };
}

int
issuer_introspect(const struct way_out *w, const struct introspect_ask *ask,
    struct introspect_answer *out, struct arena *a, int64_t until_ms)
{
	struct errand_answer found = { 0 };
	struct oauth_conf issuer;
	struct errand_plan plan;
	const char *wrong;
	int e;

	if (!issuer_find(w->conf->oauth, ask->issuer, &issuer) ||
	    !issuer_plan_token(&issuer, ask->token, a, &plan)) {
		token_failed(out, ERRAND_REFUSED, STR("no such issuer"), a);
		return 0;
	}
	e = way_out_go(w, &plan, &found, a, until_ms);
	if (e < 0)
		return e;
	if (found.result != ERRAND_DONE) {
		token_failed(out, found.result, found.why, a);
		return 0;
	}
	wrong = issuer_read_token(found.text, issuer.claim, a, out);
	if (wrong)
		token_failed(out, ERRAND_BAD_ANSWER, str_c(wrong), a);
	return 0;
}
