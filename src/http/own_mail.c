/*
 * own_mail.c - what people who have signed in do about mail of strangers: what
 * is held for them, and whom they allow and block.              doc/http.md
 */
#include "base/timetext.h"
#include "dns/name.h"
#include "http/http_int.h"
#include "policy/rule_text.h"

/* With two answers of store a list has room in HTTP_MEM. */
enum { LIST_MAX = 256 << 10, RULE_FORM_MAX = 2048, RULE_TEXT_MAX = 400,
	ROW_MAX = 8192 };

static void
put_text(struct buf *b, const char *name, struct str s)
{
	buf_printf(b, "%s\"%s\":", b->p[b->n - 1] == '{' ? "" : ",", name);
	http_json_str(b, s);
}

static void
put_time(struct buf *b, const char *name, int64_t at)
{
	buf_printf(b, ",\"%s\":\"", name);
	time_rfc3339(b, at);
	buf_chr(b, '"');
}

/* more: there are others, which are seen when some of these have gone. */
static struct http_answer
end_list(struct http_request *r, struct buf *b, bool more)
{
	buf_printf(b, "]%s}\n", more ? ",\"more\":true" : "");
	bug_if(buf_failed(b));
	return (struct http_answer){ 200, STR("application/json"),
		str_dup(r->mem, buf_get(b)) };
}

/* ---- what is held -------------------------------------------------------- */

static void
put_held(struct buf *b, const struct held_row *row)
{
	buf_str(b, b->p[b->n - 1] == '[' ? STR("{") : STR(",{"));
	buf_printf(b, "\"message\":%llu", (unsigned long long)row->message);
	put_text(b, "to", row->address);
	put_text(b, "from", row->author);
	put_text(b, "sender", row->sender);
	put_text(b, "subject", row->title);
	put_text(b, "verdict", row->verdict);
	put_time(b, "held", row->at);
	put_time(b, "until", row->until);
	buf_printf(b, ",\"octets\":%llu}", (unsigned long long)row->size);
}

/* GET /account/held: as many as there may be of one account. */
static struct http_answer
list_held(struct http_request *r)
{
	struct held_ask ask = { 0 };
	struct held_answer answer;
	auto_buf b = BUF_INIT(LIST_MAX);
	struct held_row row;
	struct err err = { 0 };

	if (!r->sign_in)
		return http_sign_in_first(r);
	buf_lit(&b, "{\"held\":[");
	do {
		struct rd rows;

		if (store_call(r->account->store, STORE_held, &ask, &answer,
		    r->mem, &err) < 0)
			return http_refuse_own(r, &err);
		rows = rd_of(answer.rows);
		while (rd_left(&rows) > 0 && b.n < LIST_MAX - ROW_MAX &&
		    msg_take(&rows, &held_row_shape, &row)) {
			put_held(&b, &row);
			ask.message = row.message;
		}
	} while (answer.more && b.n < LIST_MAX - ROW_MAX);
	return end_list(r, &b, answer.more || b.n >= LIST_MAX - ROW_MAX);
}

static struct http_answer
change_held(struct http_request *r, enum store_call call)
{
	struct held_release_ask ask = {
		.change = store_change_id(r->account->store) };
	struct held_release_answer answer;
	struct err err = { 0 };

	if (!r->sign_in)
		return http_sign_in_first(r);
	if (!str_u64(r->param[0], &ask.message))
		return http_problem(r, 404, NULL);
	if (store_call(r->account->store, call, &ask, &answer, r->mem,
	    &err) < 0)
		return http_refuse_own(r, &err);
	return (struct http_answer){ .status = 204 };
}

/* POST /account/held/NUMBER/release: into INBOX */
static struct http_answer
release_held(struct http_request *r)
{
	return change_held(r, STORE_held_release);
}

/* DELETE /account/held/NUMBER */
static struct http_answer
drop_held(struct http_request *r)
{
	return change_held(r, STORE_held_drop);
}

/* ---- rules --------------------------------------------------------------- */

static const struct {
	enum rule_word word;
	const char *name;
} words[] = { { RULE_allow, "allow" }, { RULE_block, "block" },
	{ RULE_junk, "junk" }, { RULE_hold, "hold" } };

/* An address, a domain or a network, as people write it. */
static bool
read_who(struct http_request *r, struct str typed, struct rule *out)
{
	struct str text = typed;

	if (str_chr(typed, '@') < typed.n)
		return dns_address(typed, r->mem, &text) &&
		    rule_text_read(text, r->mem, out);
	if (str_chr(typed, ':') == typed.n && str_chr(typed, '/') == typed.n &&
	    !dns_a_label(typed, r->mem, &text))
		return false;
	return rule_text_read(text, r->mem, out);
}

static struct http_answer
no_rule(struct http_request *r)
{
	return http_problem(r, 422, "who is an address, a domain or a "
	    "network");
}

/* POST /account/rules {"who": "bad.example", "does": "block"} */
static struct http_answer
post_rule(struct http_request *r)
{
	struct rule_put_ask ask = { 0 };
	json_t *form = json_take(r->body);
	struct str who, does;
	struct rule rule;
	struct done done;
	struct err err = { 0 };

	if (!r->sign_in)
		return http_end_form(r, form, http_sign_in_first(r));
	if (!form || !json_text_of(form, "who", &who) ||
	    !json_text_of(form, "does", &does))
		return http_end_form(r, form, http_problem(r, 400, "Expected "
		    "an object with who and does"));
	for (size_t i = 0; i < NELEM(words); i++)
		if (str_eq(does, str_c(words[i].name)))
			ask.word = words[i].word;
	if (ask.word == RULE_none)
		return http_end_form(r, form, http_problem(r, 422, "does is "
		    "allow, block, junk or hold"));
	if (!read_who(r, who, &rule))
		return http_end_form(r, form, no_rule(r));
	ask.change = store_change_id(r->account->store);
	MSG_COPY(rule, &ask, &rule);
	if (store_call(r->account->store, STORE_rule_put, &ask, &done, r->mem,
	    &err) < 0)
		return http_end_form(r, form, http_refuse_own(r, &err));
	return http_end_form(r, form, (struct http_answer){ .status = 204 });
}

static void
put_rule(struct buf *b, const struct rule_row *row)
{
	auto_buf who = BUF_INIT(RULE_TEXT_MAX);
	struct rule rule;

	MSG_COPY(rule, &rule, row);
	rule_text_put(&who, &rule);
	buf_str(b, b->p[b->n - 1] == '[' ? STR("{") : STR(",{"));
	put_text(b, "who", buf_get(&who));
	for (size_t i = 0; i < NELEM(words); i++)
		if (row->word == words[i].word)
			put_text(b, "does", str_c(words[i].name));
	put_time(b, "since", row->at);
	buf_chr(b, '}');
}

/* GET /account/rules */
static struct http_answer
list_rules(struct http_request *r)
{
	struct rules_ask ask = { 0 };
	struct rules_answer answer;
	auto_buf b = BUF_INIT(LIST_MAX);
	struct rule_row row;
	struct err err = { 0 };

	if (!r->sign_in)
		return http_sign_in_first(r);
	buf_lit(&b, "{\"rules\":[");
	do {
		struct rd rows;

		if (store_call(r->account->store, STORE_rules, &ask, &answer,
		    r->mem, &err) < 0)
			return http_refuse_own(r, &err);
		rows = rd_of(answer.rows);
		while (rd_left(&rows) > 0 && b.n < LIST_MAX - ROW_MAX &&
		    msg_take(&rows, &rule_row_shape, &row)) {
			put_rule(&b, &row);
			MSG_COPY(rule, &ask, &row);
		}
	} while (answer.more && b.n < LIST_MAX - ROW_MAX);
	return end_list(r, &b, answer.more || b.n >= LIST_MAX - ROW_MAX);
}

/* DELETE /account/rules/WHO: whatever it does. A network's "/" comes as %2F. */
static struct http_answer
remove_rule(struct http_request *r)
{
	struct rule_remove_ask ask = { 0 };
	struct rule rule;
	struct done done;
	struct err err = { 0 };
	int rc = E_NOTFOUND;

	if (!r->sign_in)
		return http_sign_in_first(r);
	if (!read_who(r, r->param[0], &rule))
		return no_rule(r);
	MSG_COPY(rule, &ask, &rule);
	for (int i = 0; i < 2 && rc == E_NOTFOUND; i++) {
		ask.change = store_change_id(r->account->store);
		ask.allowed = i == 0;
		rc = store_call(r->account->store, STORE_rule_remove, &ask,
		    &done, r->mem, &err);
	}
	return rc < 0 ? http_refuse_own(r, &err) :
	    (struct http_answer){ .status = 204 };
}

#define ROUTE(methods, pattern, ...) \
	{ methods, STR("/account/" pattern), HTTP_PERSON, __VA_ARGS__ }
#define NO_BODY STR_NULL, 0
#define FORM STR("application/json"), RULE_FORM_MAX

const struct http_route http_own_mail_routes[] = {
	ROUTE(HTTP_GET, "held", NO_BODY, list_held),
	ROUTE(HTTP_POST, "held/*/release", NO_BODY, release_held),
	ROUTE(HTTP_DELETE, "held/*", NO_BODY, drop_held),
	ROUTE(HTTP_GET, "rules", NO_BODY, list_rules),
	ROUTE(HTTP_POST, "rules", FORM, post_rule),
	ROUTE(HTTP_DELETE, "rules/*", NO_BODY, remove_rule),
};
const size_t http_nown_mail_routes = NELEM(http_own_mail_routes);
