/*
 * cmd_account.c - postern account: people and their passwords.
 */
#include "admin/access.h"
#include "admin/account_limits.h"
#include "admin/app_password.h"
#include "admin/domain.h"
#include "admin/filter.h"
#include "admin/logins.h"
#include "admin/password.h"
#include "admin/reindex.h"
#include "admin/table.h"
#include "admin/typed.h"
#include "admin/undelete.h"
#include "admin/vacation.h"
#include "conf/conf.h"

static const char usage[] =
    "usage: postern account add ADDRESS [PASSWORD]\n"
    "       postern account list [--json]\n"
    "       postern account passwd ADDRESS [PASSWORD]\n"
    "       postern account app-password add|list|remove ADDRESS ...\n"
    "       postern account second-factor ADDRESS [off] [--json]\n"
    "       postern account logins ADDRESS [--days N] [--json]\n"
    "       postern account quota ADDRESS SIZE|none|default\n"
    "       postern account quota ADDRESS messages|mailboxes NUMBER|none\n"
    "       postern account limit ADDRESS [--LIMIT NUMBER|none|default]...\n"
    "       postern account unlock ADDRESS [--drop-queue] [--json]\n"
    "       postern account deleted ADDRESS [--within TIME] [--json]\n"
    "       postern account undelete ADDRESS [MAILBOX] [--within TIME]\n"
    "       postern account send-as ADDRESS own|ours|anyone\n"
    "       postern account reindex ADDRESS [--json]\n"
    "       postern account vacation ADDRESS [off] [--json]\n"
    "       postern account access [ADDRESS] [--json]\n"
    "       postern account access ADDRESS MAILBOX WHO RIGHTS\n"
    "       postern account remove ADDRESS [--yes]\n\n"
    "People, each with an address of a domain that was added before. The\n"
    "password is asked for twice, or PASSWORD is one of:\n"
    "  --password-stdin   it is read from the first line of stdin\n"
    "  --make-password    one is made and printed\n"
    "  --hash-stdin       what another server made of it is read there:\n"
    "                     $6$..., $2y$..., $y$..., $argon2id$..., {SSHA}...\n"
    "It has 8 characters at least, and is none of the 10,000 most common.\n"
    "remove deletes the person's mail; it asks before, or wants --yes.\n"
    "app-password makes passwords for single programs, which passwd leaves\n"
    "as they are: postern account app-password --help.\n"
    "second-factor says whether the person signs in to the web mail with\n"
    "codes of a telephone, as they set up there. off is for who has lost\n"
    "telephone and recovery codes: then the password alone does again.\n"
    "logins shows when and from where somebody came in or failed to, by imap,\n"
    "pop3, smtp, http (a password in each request) or web (the page), and\n"
    "with which app password (none: the account's own); the newest last, of\n"
    "the last N days (7), times UTC. What repeats itself within an hour (of\n"
    "the clock) is one line, with the time of the last and how many.\n"
    "quota says how much the person may have: octets, 500M, 5G; none is no\n"
    "limit, default what the option quota says. Or how many messages, or how\n"
    "many folders. Above it mail is put off with 452 4.2.2 and no folder is\n"
    "made; nothing that is there goes.\n"
    "limit says how much the person may send in an hour and a day: postern\n"
    "account limit --help. Who comes to a limit that nobody meets by himself\n"
    "is stopped (list says so), and unlock lets them send again.\n"
    "deleted shows what the person has removed for good and can have back, as\n"
    "long as keep-deleted says; of the last TIME only (30m, 2h, 3d). undelete\n"
    "brings it back to where it was, under new numbers; what was in a mailbox\n"
    "that is gone comes to Recovered.\n"
    "vacation shows what the person has mail answered with while they are\n"
    "away; off ends that, and leaves the text as it is.\n"
    "send-as says whom the account may write as, in From and in MAIL FROM:\n"
    "its own addresses and aliases (own, where nothing was said), every\n"
    "address of the domains here (ours), or anybody at all (anyone); the\n"
    "last two are for services.\n"
    "access says who may read or change mailboxes of others, and changes it:\n"
    "postern account access --help.\n"
    "reindex makes anew what searches in texts are quick by.\n\n"
    WHICH_SERVER;

struct account_ctx {
	struct admin *a;
	struct operator *op;
	const struct options *o;
	const char *address;	/* as it was typed */
	struct str inside;	/* and in the form that is kept */
	const char *word;	/* behind it, the last one */
	const char *kind;	/* between the two; NULL */
	struct str made;	/* a password, to be shown */
};

/* As SEND_AS_*. */
static const char *const rights[SEND_AS_N] = { "own", "ours", "anyone" };

static int
account_seal(struct account_ctx *c, struct str *sealed, struct err *err)
{
	struct seal_password_ask ask = { .address = c->inside };
	struct seal_password_answer answer;

	ask.hashed = c->o->hash_stdin;
	if (c->o->make_password)
		c->made = ask.password = password_make(c->a->memory);
	else if (c->o->hash_stdin) {
		if (password_hash_read(c->a->memory, &ask.password, err) < 0)
			return err->code;
	} else if (password_read(c->o->password_stdin, ask.address,
	    c->a->memory, &ask.password, err) < 0)
		return err->code;
	if (operator_vault(c->op, VAULT_seal_password, &ask, &answer, err) < 0)
		return err->code;
	*sealed = answer.sealed;
	return 0;
}

static void
account_say(const struct account_ctx *c, const char *done, const char *more)
{
	if (c->o->json) {
		json_say(done, c->inside, "password", c->made);
		return;
	}
	printf("%s %s\n", c->address, more);
	if (c->made.n > 0)
		printf("its password is %.*s\n", STR_FMT(c->made));
}

/* Is there this person? */
static int
account_known(struct account_ctx *c, bool *known, struct err *err)
{
	struct accounts_ask ask = { .only = c->inside };
	struct accounts_answer answer;
	int rc = operator_store(c->op, STORE_accounts, &ask, &answer, err);

	*known = rc == 0 && answer.rows.n > 0;
	return rc;
}

/* Before a password is asked for in vain. */
static int
check_domain(struct account_ctx *c, struct err *err)
{
	struct str s = c->inside, domain;
	size_t at = str_rchr(s, '@');
	bool have;

	if (at == 0 || at + 1 >= s.n)
		return err_set(err, E_INVALID, "\"%s\" is no address; expected "
		    "somebody@a.domain", c->address);
	domain = str_from(s, at + 1);
	if (domain_known(c->op, domain, &have, err) < 0)
		return err->code;
	if (!have)
		return err_set(err, E_NOTFOUND, "no mail is taken for %.*s; "
		    "first: postern domain add %.*s", STR_FMT(domain),
		    STR_FMT(domain));
	return 0;
}

static int
account_add(void *ctx, struct err *err)
{
	struct account_ctx *c = ctx;
	struct account_add_ask ask = { .address = c->inside };
	struct account_add_answer answer;
	bool known;
	int rc = check_domain(c, err);

	if (rc == 0)
		rc = account_known(c, &known, err);
	if (rc == 0)
		rc = known ? E_EXISTS : account_seal(c, &ask.sealed, err);
	if (rc == 0) {
		ask.change = operator_change(c->op);
		rc = operator_store(c->op, STORE_account_add, &ask, &answer,
		    err);
	}
	if (rc == E_EXISTS)
		return err_set(err, rc, "%s is there already; for another "
		    "password: postern account passwd %s", c->address,
		    c->address);
	if (rc < 0)
		return rc;
	account_say(c, "added", "added; the user name for mail programs is "
	    "the whole address");
	return domain_say_own_reports(c->op, c->inside, c->o->json, err);
}

static int
account_passwd(void *ctx, struct err *err)
{
	struct account_ctx *c = ctx;
	struct account_passwd_ask ask = { .address = c->inside };
	struct done done;
	bool known;

	if (account_known(c, &known, err) < 0)
		return err->code;
	if (!known)
		return err_set(err, E_NOTFOUND, "there is no account %s",
		    c->address);
	if (account_seal(c, &ask.sealed, err) < 0)
		return err->code;
	ask.change = operator_change(c->op);
	if (operator_store(c->op, STORE_account_passwd, &ask, &done, err) < 0)
		return err->code;
	account_say(c, "changed", "has a new password; its open connections "
	    "are closed");
	return 0;
}

static int
account_send_as(void *ctx, struct err *err)
{
	struct account_ctx *c = ctx;
	struct account_let_ask ask = { .address = c->inside };
	struct done done;

	while (ask.send_as < SEND_AS_N &&
	    strcmp(rights[ask.send_as], c->word) != 0)
		ask.send_as++;
	if (ask.send_as == SEND_AS_N)
		return err_set(err, E_INVALID, "\"%s\" is not one of own, "
		    "ours, anyone", c->word);
	ask.change = operator_change(c->op);
	if (operator_store(c->op, STORE_account_let, &ask, &done, err) < 0)
		return err->code;
	if (c->o->json)
		json_say("changed", c->inside, "send-as", str_c(c->word));
	else
		printf("%s may write as: %s\n", c->address, c->word);
	return 0;
}

static const char *
factor_text(uint8_t factor)
{
	return factor == HAS_FACTOR_yes ? "on" : factor == HAS_FACTOR_no ?
	    "off" : "unknown";
}

/* Is it on; or off from now on. */
static int
account_factor(void *ctx, struct err *err)
{
	struct account_ctx *c = ctx;
	struct accounts_ask who = { .only = c->inside };
	struct factor_remove_ask off = { .address = c->inside };
	bool remove = strcmp(c->word, c->address) != 0;
	struct accounts_answer answer;
	struct account_row row;
	struct done done;
	struct rd r;
	int rc;

	if (remove && strcmp(c->word, "off") != 0)
		return err_set(err, E_INVALID, "\"%s\" is not off: it is set "
		    "up by the person alone, in the web mail", c->word);
	off.change = operator_change(c->op);
	if (remove)
		rc = operator_store(c->op, STORE_factor_remove, &off, &done,
		    err);
	else
		rc = operator_store(c->op, STORE_accounts, &who, &answer, err);
	if (rc < 0)
		return rc;
	r = rd_of(remove ? STR_NULL : answer.rows);
	row.factor = HAS_FACTOR_no;
	if (!remove && !msg_take(&r, &account_row_shape, &row))
		return err_set(err, E_NOTFOUND, "there is no account %s",
		    c->address);
	if (c->o->json)
		json_say(remove ? "changed" : "account", c->inside,
		    "second-factor", str_c(factor_text(row.factor)));
	else
		printf("%s: the second factor is %s\n", c->address,
		    factor_text(row.factor));
	return 0;
}

static bool
read_quota(const char *word, uint64_t *quota)
{
	if (strcmp(word, "none") == 0)
		*quota = QUOTA_NONE;
	else if (strcmp(word, "default") == 0)
		*quota = 0;
	else
		return conf_size_read(str_c(word), quota) && *quota > 0 &&
		    *quota < QUOTA_NONE;
	return true;
}

static struct str
quota_text(struct arena *a, uint64_t quota)
{
	auto_buf b = BUF_INIT(64);

	if (quota == 0)
		return STR("default");
	if (quota == QUOTA_NONE)
		return STR("none");
	conf_size_put(&b, quota);
	return str_dup(a, buf_get(&b));
}

/* As QUOTA_*. */
static const char *const quota_kinds[] = { "quota", "messages", "mailboxes" };

static struct str
count_text(struct arena *a, uint64_t most)
{
	return most == 0 ? STR("none") : arena_printf(a, "%llu",
	    (unsigned long long)most);
}

static int
read_count(const struct account_ctx *c, struct account_quota_ask *ask,
    struct err *err)
{
	while (++ask->kind < NELEM(quota_kinds))
		if (strcmp(c->kind, quota_kinds[ask->kind]) == 0)
			break;
	if (ask->kind == NELEM(quota_kinds))
		return err_set(err, E_INVALID, "\"%s\" is not one of messages, "
		    "mailboxes", c->kind);
	if (strcmp(c->word, "none") == 0)
		return 0;
	if (!str_u64(str_c(c->word), &ask->quota) || ask->quota == 0 ||
	    ask->quota > QUOTA_NONE)
		return err_set(err, E_INVALID, "\"%s\" is neither a number nor "
		    "none", c->word);
	return 0;
}

static int
account_quota(void *ctx, struct err *err)
{
	struct account_ctx *c = ctx;
	struct account_quota_ask ask = { .address = c->inside };
	struct str is;
	struct done done;

	if (c->kind && read_count(c, &ask, err) < 0)
		return err->code;
	if (!c->kind && !read_quota(c->word, &ask.quota))
		return err_set(err, E_INVALID, "\"%s\" is none of a size like "
		    "500M or 5G, none, default", c->word);
	ask.change = operator_change(c->op);
	if (operator_store(c->op, STORE_account_quota, &ask, &done, err) < 0)
		return err->code;
	is = c->kind ? count_text(c->a->memory, ask.quota) :
	    quota_text(c->a->memory, ask.quota);
	if (c->o->json)
		json_say("changed", c->inside, quota_kinds[ask.kind], is);
	else
		printf("%s may have: %.*s%s%s\n", c->address, STR_FMT(is),
		    c->kind ? " " : "", c->kind ? c->kind : "");
	return 0;
}

static bool
account_agreed(struct account_ctx *c)
{
	char line[8] = "";

	if (c->o->yes)
		return true;
	if (!isatty(STDIN_FILENO))
		return false;
	fprintf(stderr, "Remove %s and all its mail? [y/N] ", c->address);
	return fgets(line, sizeof(line), stdin) &&
	    ascii_lower(line[0]) == 'y';
}

static int
remove_one(void *ctx, struct err *err)
{
	struct account_ctx *c = ctx;
	struct account_remove_ask ask = { .address = c->inside };
	struct done done;

	if (!account_agreed(c))
		return err_set(err, E_CANCELED, "nothing was removed; to "
		    "remove %s and its mail: --yes", c->address);
	ask.change = operator_change(c->op);
	if (operator_store(c->op, STORE_account_remove, &ask, &done, err) < 0)
		return err->code;
	account_say(c, "removed", "removed");
	return 0;
}

/* People are shown what is limited in one cell, programs in three. */
enum { LIST_FOR_PEOPLE = 7, LIST_FOR_PROGRAMS = 9 };

static struct str
all_quotas(struct arena *a, const struct account_row *row)
{
	auto_buf b = BUF_INIT(200);

	buf_str(&b, quota_text(a, row->quota));
	if (row->most_messages)
		buf_printf(&b, ", %llu messages",
		    (unsigned long long)row->most_messages);
	if (row->most_mailboxes)
		buf_printf(&b, ", %llu mailboxes",
		    (unsigned long long)row->most_mailboxes);
	return str_dup(a, buf_get(&b));
}

static int
account_list(void *ctx, struct err *err)
{
	struct account_ctx *c = ctx;
	static const struct table_column columns[] = {
		{ "address", false, true }, { "messages", true },
		{ "octets", true }, { "quota", false },
		{ "send-as", false }, { "second-factor", false },
		{ "sending", false },
		{ "most-messages", false }, { "most-mailboxes", false } };
	struct table t = { .columns = columns, .ncolumns = c->o->json ?
	    LIST_FOR_PROGRAMS : LIST_FOR_PEOPLE };
	struct arena *a = c->a->memory;
	struct accounts_ask ask = { STR_NULL };
	struct accounts_answer answer;
	struct account_row row;

	do {
		struct rd r;

		if (operator_store(c->op, STORE_accounts, &ask, &answer,
			err) < 0)
			return err->code;
		r = rd_of(answer.rows);
		while (rd_left(&r) > 0 &&
		    msg_take(&r, &account_row_shape, &row)) {
			struct str *cells = table_row(&t, a);

			cells[0] = ask.after = row.address;
			cells[1] = arena_printf(a, "%u", row.messages);
			cells[2] = arena_printf(a, "%llu",
			    (unsigned long long)row.size);
			cells[3] = c->o->json ? quota_text(a, row.quota) :
			    all_quotas(a, &row);
			cells[4] = row.send_as < SEND_AS_N ?
			    str_c(rights[row.send_as]) : STR("?");
			cells[5] = str_c(factor_text(row.factor));
			cells[6] = row.stopped ? STR("stopped") : STR("on");
			if (!c->o->json)
				continue;
			cells[7] = count_text(a, row.most_messages);
			cells[8] = count_text(a, row.most_mailboxes);
		}
	} while (answer.more);
	table_print(&t, c->o->json);
	return 0;
}

/* Of one that was removed, too, while the journal knows of it. */
static int
account_logins(void *ctx, struct err *err)
{
	struct account_ctx *c = ctx;
	bool known;

	if (account_known(c, &known, err) < 0)
		return err->code;
	return logins_print(c->a, c->op, c->o, c->inside, known, err);
}

/* --within, as a time. */
static int
since_when(const struct account_ctx *c, int64_t *since, struct err *err)
{
	int64_t age = 0;

	*since = 0;
	if (!c->o->within)
		return 0;
	if (!duration_read(str_c(c->o->within), &age))
		return err_set(err, E_INVALID, "--within wants a time like "
		    "30m, 2h, 3d, not \"%s\"", c->o->within);
	*since = (int64_t)time(NULL) - age;
	return 0;
}

static int
account_deleted(void *ctx, struct err *err)
{
	struct account_ctx *c = ctx;
	int64_t since;
	int rc = since_when(c, &since, err);

	return rc < 0 ? rc : deleted_print(c->a, c->op, c->o, c->inside,
	    since, err);
}

static int
account_undelete(void *ctx, struct err *err)
{
	struct account_ctx *c = ctx;
	int64_t since;
	int rc = since_when(c, &since, err);

	return rc < 0 ? rc : undelete(c->a, c->op, c->o, c->inside,
	    c->word == c->address ? STR_NULL : str_c(c->word), since, err);
}

static int
account_vacation(void *ctx, struct err *err)
{
	struct account_ctx *c = ctx;

	if (c->word == c->address)
		return vacation_print(c->a, c->op, c->o, c->inside, err);
	if (!str_eq(str_c(c->word), STR("off")))
		return err_set(err, E_INVALID, "vacation wants off, or "
		    "nothing behind the address, not \"%s\"", c->word);
	return vacation_end(c->op, c->inside, err);
}

static const struct verb verbs[] = {
	{ "add", 1, 1, account_add },
	{ "list", 0, 0, account_list },
	{ "passwd", 1, 1, account_passwd },
	{ "second-factor", 1, 2, account_factor },
	{ "logins", 1, 1, account_logins },
	{ "quota", 2, 3, account_quota },
	{ "deleted", 1, 1, account_deleted },
	{ "undelete", 1, 2, account_undelete },
	{ "send-as", 2, 2, account_send_as },
	{ "vacation", 1, 2, account_vacation },
	{ "remove", 1, 1, remove_one },
	{ NULL, 0, 0, NULL },
};

/* "app-password" has words of its own behind it. */
static int
app_password(struct admin *a, int argc, char **argv)
{
	struct options o = { 0 };
	struct err err = { 0 };
	struct app_password_ctx c = { .a = a, .o = &o };
	const struct verb *verb;
	int n = options_read(&o, argc, argv, app_password_usage,
	    SERVER_OPTIONS " for expires all certificate cram-md5");
	int rc;

	if (n < 0)
		return o.code;
	if (n + 1 >= argc || !str_eq(str_c(argv[n]), STR("app-password")))
		return options_wrong(argc, argv, n, app_password_usage);
	verb = options_verb(app_password_verbs, argc, argv, n + 1);
	if (!verb)
		return options_wrong(argc, argv, n, app_password_usage);
	c.label = argc > n + 3 ? argv[n + 3] : "";
	if (typed_address(a->memory, argv[n + 2], &c.address, &err) < 0 ||
	    operator_open(a, &o, &c.op, &err) < 0)
		return admin_fail("account app-password", "%s", err.text);
	rc = verb->fn(&c, &err);
	operator_close(c.op);
	return rc < 0 ? admin_fail("account app-password", "%s", err.text) : 0;
}

int
cmd_account(struct admin *a, int argc, char **argv)
{
	struct options o = { 0 };
	struct err err = { 0 };
	struct account_ctx c = { .a = a, .o = &o, .address = argv[argc - 1] };
	const struct verb *verb;
	int n, rc;

	for (int i = 1; i < argc; i++)
		if (str_eq(str_c(argv[i]), STR("app-password")))
			return app_password(a, argc, argv);
	for (int i = 1; i < argc; i++) {
		if (str_eq(str_c(argv[i]), STR("access")))
			return account_access(a, argc, argv);
		if (str_eq(str_c(argv[i]), STR("reindex")))
			return account_reindex(a, argc, argv);
		if (str_eq(str_c(argv[i]), STR("limit")))
			return account_limits(a, argc, argv);
		if (str_eq(str_c(argv[i]), STR("unlock")))
			return account_unlock(a, argc, argv);
	}
	n = options_read(&o, argc, argv, usage,
	    SERVER_OPTIONS " password-stdin yes make-password days within"
	    " hash-stdin");
	if (n < 0)
		return o.code;
	verb = options_verb(verbs, argc, argv, n);
	if (!verb)
		return options_wrong(argc, argv, n, usage);
	/* getopt put the options in front. */
	c.address = argv[n + (argc > n + 1)];
	c.word = argv[argc - 1];
	c.kind = argc - n > 3 ? argv[n + 2] : NULL;
	if (typed_address(a->memory, c.address, &c.inside, &err) < 0 ||
	    operator_open(a, &o, &c.op, &err) < 0)
		return admin_fail("account", "%s", err.text);
	rc = verb->fn(&c, &err);
	operator_close(c.op);
	return rc < 0 ? admin_fail("account", "%s", err.text) : 0;
}
