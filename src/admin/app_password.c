#include "admin/app_password.h"

#include <inttypes.h>
#include <time.h>

#include "admin/certificate.h"
#include "admin/filter.h"
#include "admin/table.h"
#include "base/timetext.h"

enum { DAY_S = 86400, NAMES_MAX = 100 };

const char app_password_usage[] =
    "usage: postern account app-password add ADDRESS LABEL [--for SERVICES]\n"
    "                                        [--expires WHEN] [--cram-md5]\n"
    "                                        [--json]\n"
    "       postern account app-password add ADDRESS LABEL --certificate FILE\n"
    "                                        [--for SERVICES]\n"
    "                                        [--expires WHEN] [--json]\n"
    "       postern account app-password list ADDRESS [--json]\n"
    "       postern account app-password remove ADDRESS LABEL|--all\n\n"
    "Passwords for a person's mail programs, one for each: made here, shown\n"
    "once, and good until they are removed. A telephone that is lost is then\n"
    "shut out without a new password everywhere else. LABEL says which one it\n"
    "is (\"Anna's phone\"). In the place of one there may be a certificate of\n"
    "theirs, which stands in the same list and is removed in the same way.\n\n"
    "  --for SERVICES               where it is good: all, or some of\n"
    "                               imap,pop3,smtp,http (default all). None\n"
    "                               signs in to the web mail\n"
    "  --expires WHEN               90d, or the day after which it is worth\n"
    "                               nothing, 2027-12-31 (UTC)\n"
    "  --certificate FILE           nothing is made: the program shows this\n"
    "                               certificate (PEM) and proves its key, by\n"
    "                               EXTERNAL; for imap,pop3,smtp, where the\n"
    "                               option client-certificates is true. What\n"
    "                               is kept is the key: another certificate\n"
    "                               with it does as well, and nothing but\n"
    "                               --expires ends it\n"
    "  --cram-md5                   it is also good by CRAM-MD5, for devices\n"
    "                               that can nothing better; then the server\n"
    "                               keeps the password itself, sealed\n"
    "  --all                        remove all of the account\n"
    WHICH_SERVER;

/* "imap,smtp" */
static int
read_services(const char *text, uint32_t *out, struct err *err)
{
	struct str rest = str_c(text ? text : "all"), one;

	*out = str_eq(rest, STR("all")) ? SERVICES_apps : 0;
	while (*out != SERVICES_apps && rest.n > 0) {
		uint32_t service;

		(void)str_cut(rest, ',', &one, &rest);
		service = login_service_named(one) & SERVICES_apps;
		if (!service)
			return err_set(err, E_INVALID, "--for wants all, or "
			    "some of imap,pop3,smtp,http, not \"%s\"", text);
		*out |= service;
	}
	return *out ? 0 : err_set(err, E_INVALID, "--for says nothing");
}

static struct str
services_text(struct arena *a, uint32_t which)
{
	auto_buf b = BUF_INIT(NAMES_MAX);

	if (which == SERVICES_apps)
		return STR("all");
	for (uint32_t one = 1; one <= SERVICES_apps; one <<= 1)
		if (which & one)
			buf_printf(&b, "%s%.*s", b.n ? "," : "",
			    STR_FMT(login_service_name(one)));
	return str_dup(a, buf_get(&b));
}

/* A day counts to its end. */
static int
read_expires(const char *text, int64_t *at, struct err *err)
{
	struct str s = str_c(text ? text : "");
	struct civil day = { 0 };
	struct rd r = rd_of(s);
	int64_t now = (int64_t)time(NULL), age;

	*at = 0;
	if (!text)
		return 0;
	time_take_date(&r, &day);
	if (rd_done(&r))
		*at = civil_time(&day) + DAY_S;
	else if (duration_read(s, &age) && age <= (int64_t)3660 * DAY_S)
		*at = now + age;
	if (*at <= now)
		return err_set(err, E_INVALID, "--expires wants a time to "
		    "come, as 90d or 2027-12-31, not \"%s\"", text);
	return 0;
}

/* What it is, and of a certificate where it is good if nothing was said. */
static int
read_kind(struct app_password_ctx *c, struct app_password_ask *ask,
    struct err *err)
{
	ask->kind = c->o->cram_md5 ? APP_cram_md5 : APP_password;
	if (!c->o->certificate)
		return 0;
	if (c->o->cram_md5)
		return err_set(err, E_INVALID, "--certificate or --cram-md5, "
		    "not both");
	ask->kind = APP_certificate;
	if (!c->o->services)
		ask->services = SERVICE_imap | SERVICE_pop3 | SERVICE_smtp;
	if (certificate_read(c->o->certificate, c->a->memory, &ask->key,
	    err) < 0)
		return err->code;
	return ask->key.n <= APP_KEY_MAX ? 0 : err_set(err, E_INVALID,
	    "--certificate %s: its public key is too long: of RSA there may "
	    "be 8192 bits", c->o->certificate);
}

static void
say_added(const struct app_password_ctx *c, struct str password)
{
	if (c->o->certificate)
		printf("%.*s: who shows the certificate \"%s\" comes in\n",
		    STR_FMT(c->address), c->label);
	else
		printf("%.*s: the app password \"%s\" is\n\n    %.*s\n\n"
		    "It is shown this once. Type it into the mail program in "
		    "the place of the\npassword; the \"-\" %s.\n",
		    STR_FMT(c->address), c->label, STR_FMT(password),
		    c->o->cram_md5 ? "belong to it" : "may be left out");
}

static int
app_password_add(void *ctx, struct err *err)
{
	struct app_password_ctx *c = ctx;
	struct app_password_ask ask = { .address = c->address,
		.label = str_c(c->label) };
	struct app_password_answer answer;

	if (ask.label.n > APP_LABEL_MAX)
		return err_set(err, E_INVALID, "a label has %d octets at most",
		    APP_LABEL_MAX);
	if (read_services(c->o->services, &ask.services, err) < 0 ||
	    read_expires(c->o->expires, &ask.expires, err) < 0 ||
	    read_kind(c, &ask, err) < 0 ||
	    operator_vault(c->op, VAULT_app_password, &ask, &answer, err) < 0)
		return err->code;
	if (ask.kind == APP_certificate && c->o->json)
		json_say("added", ask.label, "kind", app_kind_name(ask.kind));
	else if (c->o->json)
		json_say("added", ask.label, "password", answer.password);
	else
		say_added(c, answer.password);
	if (answer.password.n > 0)
		explicit_bzero((char *)(uintptr_t)answer.password.p,
		    answer.password.n);
	return 0;
}

static void
put_row(struct app_password_ctx *c, struct table *t,
    const struct app_password_row *row)
{
	struct arena *a = c->a->memory;
	struct str *cells = table_row(t, a);

	cells[0] = row->label;
	cells[1] = services_text(a, row->services);
	cells[2] = time_text(a, row->made);
	cells[3] = time_text(a, row->expires);
	cells[4] = time_text(a, row->used);
	cells[5] = row->used_from;
	cells[6] = row->used ? services_text(a, row->used_for) : STR_NULL;
	cells[7] = app_kind_name(row->kind);
}

static int
app_password_list(void *ctx, struct err *err)
{
	struct app_password_ctx *c = ctx;
	static const struct table_column columns[] = {
		{ "label", false, false }, { "for", false, false },
		{ "made", false, false }, { "expires", false, false },
		{ "used", false, false }, { "from", false, false },
		{ "by", false, false }, { "kind", false, false } };
	struct table t = { .columns = columns, .ncolumns = NELEM(columns) };
	struct app_passwords_ask ask = { c->address };
	struct app_passwords_answer answer;
	struct app_password_row row;
	struct rd r;

	if (operator_store(c->op, STORE_app_passwords, &ask, &answer, err) < 0)
		return err->code;
	r = rd_of(answer.rows);
	while (rd_left(&r) > 0 && msg_take(&r, &app_password_row_shape, &row))
		put_row(c, &t, &row);
	table_print(&t, c->o->json);
	return 0;
}

static int
app_password_remove(void *ctx, struct err *err)
{
	struct app_password_ctx *c = ctx;
	struct app_password_remove_ask ask = {
		.change = operator_change(c->op), .address = c->address,
		.label = str_c(c->label) };
	struct app_password_remove_answer answer;

	if ((ask.label.n > 0) == c->o->all)
		return err_set(err, E_INVALID, "which one? its LABEL, or "
		    "--all");
	if (ask.label.n > APP_LABEL_MAX)
		return err_set(err, E_NOTFOUND, "there is no app password "
		    "\"%s\"", c->label);
	if (operator_store(c->op, STORE_app_password_remove, &ask, &answer,
	    err) < 0)
		return err->code;
	if (c->o->json)
		json_say("removed", c->o->all ? STR("all") : ask.label, "",
		    STR_NULL);
	else
		printf("%.*s: %u removed; who came in by it is out\n",
		    STR_FMT(c->address), answer.removed);
	return 0;
}

const struct verb app_password_verbs[] = {
	{ "add", 2, 2, app_password_add },
	{ "list", 1, 1, app_password_list },
	{ "remove", 1, 2, app_password_remove },
	{ NULL, 0, 0, NULL },
};
