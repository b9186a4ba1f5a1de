/*
 * own.c - what people who have signed in change of their own account: the
 * password, and app passwords.                                   doc/http.md
 *
 * A sign-in alone changes neither: the password is asked for once more, so who
 * finds a page that is signed in cannot stay.
 */
#include "base/ip.h"
#include "base/timetext.h"
#include "http/http_int.h"
#include "rt/json.h"

enum { FORM_MAX = 8192, LIST_MAX = 64 << 10, DAY_S = 86400,
	DAYS_MAX = 3660 };

/* Who came with a password in the request has an app password, or none of a
 * page's. */
static bool
is_signed_in(const struct http_request *r)
{
	return r->sign_in;
}

struct http_answer
http_refuse_own(struct http_request *r, const struct err *err)
{
	switch (err->code) {
	case E_DENIED:
		return http_problem(r, 403, "Wrong password");
	case E_BUSY:	/* RFC 6585 4: they have tried too often. */
		http_add_field(r, STR("Retry-After"), STR("60"));
		return http_problem(r, 429, "Too many tries");
	case E_INVALID:
	case E_FACTOR:
		return http_problem(r, 422, err->text);
	case E_EXISTS:
	case E_LIMIT:
	case E_STALE:
		return http_problem(r, 409, err->text);
	case E_NOTFOUND:
		return http_problem(r, 404, err->text);
	default:
		return http_fail(r, "own", err);
	}
}

/* Passwords are in it. */
struct http_answer
http_end_form(struct http_request *r, json_t *form, struct http_answer a)
{
	json_decref(form);
	explicit_bzero(r->octets.p, r->octets.n);
	return a;
}

static struct http_answer
change_password(struct http_request *r, struct str now, struct str chosen)
{
	const struct own_password_ask ask = { HTTP_TYPED(r, now),
		.ticket = vault_ticket_of(&r->account->login),
		.chosen = chosen };
	struct login_ask again = { HTTP_TYPED(r, chosen),
		.code = vault_ticket_of(&r->account->login) };
	struct sign_in *was = r->sign_in;
	struct http_answer a;
	struct err err = { 0 };

	again.user = str_dup(r->mem, again.user);
	if (vault_change_password(r->session->service->vault, &ask, &err) < 0)
		return http_refuse_own(r, &err);
	/* Store has closed what came in by the old one. */
	r->account = NULL;
	r->sign_in = NULL;
	sign_in_end_all(was, "password");
	a = http_sign_in(r, &again);
	sign_in_unref(was);	/* its ticket did in the place of a code */
	return a;
}

/* POST /account/password {"password": ..., "new": ...}: the answer of /login */
static struct http_answer
post_password(struct http_request *r)
{
	json_t *form = json_take(r->body);
	struct str now, chosen;

	if (!is_signed_in(r))
		return http_end_form(r, form, http_sign_in_first(r));
	if (!form || !json_text_of(form, "password", &now) ||
	    !json_text_of(form, "new", &chosen) || now.n > 1024 ||
	    chosen.n > 1024)
		return http_end_form(r, form, http_problem(r, 400, "Expected "
		    "an object with password and new"));
	return http_end_form(r, form, change_password(r, now, chosen));
}

/* ---- app passwords ------------------------------------------------------- */

static bool
read_services(const json_t *form, uint32_t *services)
{
	const json_t *list = json_object_get(form, "services");
	const char *name;
	uint32_t one;
	size_t i;
	json_t *value;

	*services = list ? 0 : SERVICES_apps;
	json_array_foreach(list, i, value) {
		name = json_string_value(value);
		one = name ? login_service_named(str_c(name)) : 0;
		if (!(one & SERVICES_apps))
			return false;
		*services |= one;
	}
	return *services != 0;
}

/* In so many days; not there: never. */
static bool
read_days(const struct http_request *r, const json_t *form, int64_t *expires)
{
	const json_t *days = json_object_get(form, "days");

	*expires = 0;
	if (!days)
		return true;
	if (!json_is_integer(days) || json_integer_value(days) < 1 ||
	    json_integer_value(days) > DAYS_MAX)
		return false;
	*expires = loop_wall(http_loop(r)) +
	    (int64_t)json_integer_value(days) * DAY_S;
	return true;
}

static struct http_answer
make_app_password(struct http_request *r, const json_t *form, struct str now,
    struct str label)
{
	struct own_app_password_ask ask = { HTTP_TYPED(r, now),
		.ticket = vault_ticket_of(&r->account->login),
		.label = label };
	auto_buf b = BUF_INIT(1024);
	struct str password, body;
	struct err err = { 0 };

	if (!read_services(form, &ask.services) ||
	    !read_days(r, form, &ask.expires))
		return http_problem(r, 400, "Expected services among imap, "
		    "pop3, smtp, http, and days from 1 to 3660");
	if (vault_make_app_password(r->session->service->vault, &ask,
	    &password, r->mem, &err) < 0)
		return http_refuse_own(r, &err);
	buf_lit(&b, "{\"label\":");
	http_json_str(&b, label);
	buf_lit(&b, ",\"appPassword\":");
	http_json_str(&b, password);
	buf_lit(&b, "}\n");
	explicit_bzero((char *)(uintptr_t)password.p, password.n);
	body = str_dup(r->mem, buf_get(&b));
	explicit_bzero(b.p, b.n);
	return (struct http_answer){ 201, STR("application/json"), body };
}

/* POST /account/app-passwords {"password": ..., "label": ..., "services":
 * ["imap"], "days": 90} */
static struct http_answer
post_app_password(struct http_request *r)
{
	json_t *form = json_take(r->body);
	struct str now, label;

	if (!is_signed_in(r))
		return http_end_form(r, form, http_sign_in_first(r));
	if (!form || !json_text_of(form, "password", &now) ||
	    !json_text_of(form, "label", &label) || now.n > 1024)
		return http_end_form(r, form, http_problem(r, 400, "Expected "
		    "an object with password and label"));
	if (label.n > APP_LABEL_MAX)
		return http_end_form(r, form, http_problem(r, 422, "a label "
		    "is 1 to 64 octets of text on one line"));
	return http_end_form(r, form, make_app_password(r, form, now, label));
}

static void
put_time(struct buf *b, const char *name, int64_t at)
{
	if (at == 0)
		return;
	buf_printf(b, ",\"%s\":\"", name);
	time_rfc3339(b, at);
	buf_chr(b, '"');
}

static void
put_services(struct buf *b, uint32_t services)
{
	size_t n = 0;

	buf_lit(b, ",\"services\":[");
	for (uint32_t one = 1; one & SERVICES_apps; one <<= 1) {
		if (!(services & one))
			continue;
		buf_str(b, n++ ? STR(",") : STR_NULL);
		http_json_str(b, login_service_name(one));
	}
	buf_chr(b, ']');
}

static void
put_row(struct buf *b, const struct app_password_row *row)
{
	buf_str(b, b->p[b->n - 1] == '[' ? STR("{") : STR(",{"));
	buf_lit(b, "\"label\":");
	http_json_str(b, row->label);
	buf_lit(b, ",\"kind\":");
	http_json_str(b, app_kind_name(row->kind));
	put_services(b, row->services);
	put_time(b, "made", row->made);
	put_time(b, "expires", row->expires);
	put_time(b, "used", row->used);
	if (row->used) {
		buf_lit(b, ",\"usedFrom\":");
		http_json_str(b, row->used_from);
		buf_lit(b, ",\"usedFor\":");
		http_json_str(b, login_service_name(row->used_for));
	}
	buf_chr(b, '}');
}

/* GET /account/app-passwords */
static struct http_answer
list_app_passwords(struct http_request *r)
{
	const struct app_passwords_ask ask = { 0 };
	struct app_passwords_answer answer;
	auto_buf b = BUF_INIT(LIST_MAX);
	struct app_password_row row;
	struct err err = { 0 };
	struct rd rows;

	if (!is_signed_in(r))
		return http_sign_in_first(r);
	if (store_call(r->account->store, STORE_app_passwords, &ask, &answer,
	    r->mem, &err) < 0)
		return http_refuse_own(r, &err);
	buf_lit(&b, "{\"appPasswords\":[");
	rows = rd_of(answer.rows);
	while (rd_left(&rows) > 0 &&
	    msg_take(&rows, &app_password_row_shape, &row))
		put_row(&b, &row);
	buf_lit(&b, "]}\n");
	bug_if(buf_failed(&b));
	return (struct http_answer){ 200, STR("application/json"),
		str_dup(r->mem, buf_get(&b)) };
}

/* DELETE /account/app-passwords/LABEL: what came in by it is out. */
static struct http_answer
remove_app_password(struct http_request *r)
{
	struct app_password_remove_ask ask = {
		.change = store_change_id(r->account->store),
		.label = r->param[0] };
	struct app_password_remove_answer answer;
	struct err err = { 0 };

	if (!is_signed_in(r))
		return http_sign_in_first(r);
	if (ask.label.n == 0 || ask.label.n > APP_LABEL_MAX)
		return http_problem(r, 404, NULL);
	if (store_call(r->account->store, STORE_app_password_remove, &ask,
	    &answer, r->mem, &err) < 0)
		return http_refuse_own(r, &err);
	return (struct http_answer){ .status = 204 };
}

/* ---- where one came from ------------------------------------------------- */

static void
put_network(struct buf *b, const struct network_row *row)
{
	struct ip ip;

	if (!ip_of_octets(row->network, &ip))
		return;
	buf_str(b, b->p[b->n - 1] == '[' ? STR("{") : STR(",{"));
	buf_lit(b, "\"network\":\"");
	ip_put_network(b, &ip, ip_site_bits(&ip));
	buf_chr(b, '"');
	put_time(b, "first", row->since);
	put_time(b, "last", row->at);
	buf_chr(b, '}');
}

/* GET /account/networks: by any way in. */
static struct http_answer
list_networks(struct http_request *r)
{
	const struct networks_ask ask = { 0 };
	struct networks_answer answer;
	auto_buf b = BUF_INIT(LIST_MAX);
	struct network_row row;
	struct err err = { 0 };
	struct rd rows;

	if (!is_signed_in(r))
		return http_sign_in_first(r);
	if (store_call(r->account->store, STORE_networks, &ask, &answer,
	    r->mem, &err) < 0)
		return http_refuse_own(r, &err);
	buf_lit(&b, "{\"networks\":[");
	rows = rd_of(answer.rows);
	while (rd_left(&rows) > 0 &&
	    msg_take(&rows, &network_row_shape, &row))
		put_network(&b, &row);
	buf_lit(&b, "]}\n");
	bug_if(buf_failed(&b));
	return (struct http_answer){ 200, STR("application/json"),
		str_dup(r->mem, buf_get(&b)) };
}

#define ROUTE(methods, pattern, ...) \
	{ methods, STR(pattern), HTTP_PERSON, __VA_ARGS__ }
#define NO_BODY STR_NULL, 0
#define FORM STR("application/json"), FORM_MAX

const struct http_route http_own_routes[] = {
	ROUTE(HTTP_POST, "/account/password", FORM, post_password),
	ROUTE(HTTP_GET, "/account/app-passwords", NO_BODY,
	    list_app_passwords),
	ROUTE(HTTP_GET, "/account/networks", NO_BODY, list_networks),
	ROUTE(HTTP_POST, "/account/app-passwords", FORM, post_app_password),
	ROUTE(HTTP_DELETE, "/account/app-passwords/*", NO_BODY,
	    remove_app_password),
};
const size_t http_nown_routes = NELEM(http_own_routes);
