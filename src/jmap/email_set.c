/*
 * email_set.c - Email/set: keywords, mailboxes, destroying.    RFC 8621 4.6
 */
#include "jmap/boxes.h"
#include "jmap/email_create.h"
#include "jmap/email_filter.h"
#include "mail/change.h"
#include "store/search.h"

/* An email as it is, and as it shall be. */
struct changing {
	struct call *call;
	struct set_result *res;
	uint64_t email, mailbox;
	uint32_t uid, flags;
	struct str keywords;
	struct str keywords_on, keywords_off;	/* to be set, to be taken off */
	uint32_t flags_on, flags_off;
	bool found;
};

/* ---- as it is ------------------------------------------------------------ */

static int
keep_row(void *arg, const struct email_place *at, const struct fetch_row *row)
{
	struct changing *x = arg;

	x->found = true;
	x->mailbox = at->mailbox;
	x->uid = row->uid;
	x->flags = row->flags;
	x->keywords = str_dup(x->call->mem, row->keywords);
	return 0;
}

/* False: *res says why. */
static bool
find_email(struct changing *x, struct str id)
{
	struct err err = { 0 };
	int e = 0;

	if (id_number(id, 'e', &x->email))
		e = emails_each(x->call->account, &x->email, 1, 0, keep_row,
		    x, &err);
	if (e < 0)
		set_fail(x->call, x->res, &err);
	else if (!x->found)
		set_refuse(x->res, "notFound", "no such email");
	return x->found && e == 0;
}

/* ---- keywords ------------------------------------------------------------ */

/* Those of one list that are not in the other. */
static struct str
without(struct changing *x, struct str list, struct str other)
{
	auto_buf b = BUF_INIT(KEYWORDS_MAX);
	struct str word;

	while (list.n > 0) {
		if (!str_cut(list, ' ', &word, &list))
			list = STR_NULL;
		if (word.n > 0 && !keywords_have(other, word))
			buf_printf(&b, "%s%.*s", b.n ? " " : "",
			    STR_FMT(word));
	}
	return b.n ? str_dup(x->call->mem, buf_get(&b)) : STR("");
}

/* "keywords/$seen": true or null */
static bool
patch_keyword(struct changing *x, struct str keyword, const json_t *v)
{
	struct str *list = json_is_true(v) ? &x->keywords_on :
	    &x->keywords_off;
	uint32_t flag;

	if (!keyword_parse(keyword, &flag) ||
	    (!json_is_true(v) && !json_is_null(v)))
		return false;
	if (flag && json_is_true(v))
		x->flags_on |= flag;
	else if (flag)
		x->flags_off |= flag;
	else
		*list = arena_printf(x->call->mem, "%.*s%s%.*s",
		    STR_FMT(*list), list->n ? " " : "", STR_FMT(keyword));
	return list->n <= KEYWORDS_MAX;
}

/* "keywords": all of them. */
static bool
replace_keywords(struct changing *x, const json_t *v)
{
	uint32_t flags;
	struct str keywords;

	if (!keywords_read(x->call, json_is_null(v) ? NULL : v, &flags,
	    &keywords))
		return false;
	x->flags_on = flags & ~x->flags;
	x->flags_off = x->flags & ~flags;
	x->keywords_on = without(x, keywords, x->keywords);
	x->keywords_off = without(x, x->keywords, keywords);
	return true;
}

static int
ignore_row(void *arg unused_arg, const struct fetch_row *row unused_arg)
{
	return 0;
}

static int
change_keywords(struct changing *x, uint32_t mode, uint32_t flags,
    struct str keywords, struct err *err)
{
	const struct flag_change change = { .mode = mode, .flags = flags,
		.keywords = keywords, .unchanged_since = UINT64_MAX,
		.silent = true };
	struct mailbox_view v = view_now(x->call->account, x->mailbox);
	auto_buf uids = BUF_INIT(8);
	int e;

	if (flags == 0 && keywords.n == 0)
		return 0;
	selection_add(&uids, x->uid, x->uid);
	e = change_flags(&v, (struct selection){ buf_get(&uids), true },
	    &change, ignore_row, NULL, err);
	view_close(&v);
	return e;
}

/* ---- mailboxes ----------------------------------------------------------- */

/* Where it shall be, by mailboxIds or patches of it: the whole set as it
 * will be. NULL: it stays. */
static json_t *
wanted_mailboxes(struct changing *x, json_t *patch)
{
	json_t *whole = json_object_get(patch, "mailboxIds"), *set, *v;
	const char *name;
	char now[24];
	bool any = false;

	if (whole)
		return json_incref(whole);
	(void)snprintf(now, sizeof(now), "m%ju", (uintmax_t)x->mailbox);
	set = json_object();
	(void)json_object_set_new(set, now, json_true());
	json_object_foreach(patch, name, v) {
		struct str id;

		if (strncmp(name, "mailboxIds/", 11) != 0)
			continue;
		any = true;
		id = str_c(name + 11);
		if (json_is_null(v))
			(void)json_object_deln(set, id.p, id.n);
		else
			(void)json_object_setn(set, id.p, id.n, v);
	}
	if (!any) {
		json_decref(set);
		return NULL;
	}
	return set;
}

static int
move_to(struct changing *x, struct str name, struct err *err)
{
	struct mailbox_view v = view_now(x->call->account, x->mailbox);
	auto_buf uids = BUF_INIT(8);
	struct copied moved;
	int e;

	selection_add(&uids, x->uid, x->uid);
	e = change_move(&v, (struct selection){ buf_get(&uids), true }, name,
	    &moved, err);
	if (e == 0 && moved.gone > 0)
		e = err_set(err, E_NOTFOUND, "it has gone");
	copied_free(&moved);
	view_close(&v);
	return e;
}

/* ---- update -------------------------------------------------------------- */

/* Everything but mailboxIds. */
static void
read_patch(struct changing *x, json_t *patch)
{
	const char *name;
	json_t *v;
	bool ok;

	json_object_foreach(patch, name, v) {
		ok = true;
		if (strcmp(name, "keywords") == 0)
			ok = replace_keywords(x, v);
		else if (strncmp(name, "keywords/", 9) == 0)
			ok = !json_object_get(patch, "keywords") &&
			    patch_keyword(x, str_c(name + 9), v);
		else if (strncmp(name, "mailboxIds/", 11) == 0 &&
		    json_object_get(patch, "mailboxIds"))
			set_refuse(x->res, "invalidPatch",
			    "mailboxIds is said twice");
		else if (strncmp(name, "mailboxIds", 10) != 0)
			set_wrong(x->res, name, "it cannot be changed");
		if (!ok)
			set_wrong(x->res, name, "no set of keywords");
	}
}

static void
apply(struct changing *x, struct str to)
{
	struct err err = { 0 };
	int e = change_keywords(x, FLAGS_ADD, x->flags_on, x->keywords_on,
	    &err);

	if (e == 0)
		e = change_keywords(x, FLAGS_REMOVE, x->flags_off,
		    x->keywords_off, &err);
	if (e == 0 && to.n > 0)
		e = move_to(x, to, &err);
	if (e < 0)
		set_fail(x->call, x->res, &err);
}

static void
update_email(struct call *c, struct str id, json_t *patch,
    struct set_result *res)
{
	struct changing x = { .call = c, .res = res,
		.keywords_on = STR(""), .keywords_off = STR("") };
	const struct mailbox_node *node = NULL;
	struct mailbox_list list = { 0 };
	struct err err = { 0 };
	json_t *wanted;

	if (!find_email(&x, id))
		return;
	read_patch(&x, patch);
	wanted = wanted_mailboxes(&x, patch);
	if (!res->error && wanted) {
		if (mailboxes_list(c->account, &list, &err) < 0)
			set_fail(c, res, &err);
		else
			node = mailbox_of(c, wanted, &list, res);
	}
	if (!res->error)
		apply(&x, node && node->row.mailbox != x.mailbox ?
		    node->row.name : STR_NULL);
	mailboxes_free(&list);
	json_decref(wanted);
}

/* ---- destroy ------------------------------------------------------------- */

static void
destroy_email(struct call *c, struct str id, struct set_result *res)
{
	struct changing x = { .call = c, .res = res };
	auto_buf uids = BUF_INIT(8);
	struct mailbox_view v;
	struct err err = { 0 };

	if (!find_email(&x, id))
		return;
	v = view_now(c->account, x.mailbox);
	selection_add(&uids, x.uid, x.uid);
	if (change_remove(&v, &(struct selection){ buf_get(&uids), true },
	    &err) < 0)
		set_fail(c, res, &err);
	view_close(&v);
}

const char *
email_set(struct call *c)
{
	static const struct set_ops ops = { .state = email_state,
		.create = email_create, .update = update_email,
		.destroy = destroy_email };

	return set_run(c, &ops);
}
