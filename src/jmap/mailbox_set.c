/*
 * mailbox_set.c - Mailbox/set.                                 RFC 8621 2.5
 */
#include "jmap/boxes.h"
#include "mail/mailbox_text.h"

/* What an object says of a mailbox: of one that is there, or shall be. */
struct wish {
	struct str name;	/* all of it */
	uint32_t special;
	bool subscribed;
};

static int
set_state(struct call *c, char state[STATE_MAX], struct err *err)
{
	struct mailbox_list list;
	int e = mailboxes_list(c->account, &list, err);

	if (e == 0)
		boxes_state(&list, state);
	mailboxes_free(&list);
	return e;
}

/* ---- what is wished ------------------------------------------------------ */

/* name and parentId as one name. */
static void
read_name(struct call *c, const struct mailbox_list *list,
    const json_t *object, const struct mailbox_node *now, struct wish *w,
    struct set_result *res)
{
	const json_t *name = json_object_get(object, "name");
	const json_t *parent = json_object_get(object, "parentId");
	struct str last = now ? box_name(now) : STR_NULL, id;
	struct str above = now ? mailbox_name_above(now->row.name) : STR_NULL;
	const struct mailbox_node *node;
	const char *wrong;

	if (name)
		last = mailbox_text_name(text_of(name), c->mem);
	if (!last.p || str_chr(last, '/') < last.n) {
		set_wrong(res, "name", "a name without \"/\" is needed");
		return;
	}
	if (json_is_null(parent)) {
		above = STR_NULL;
	} else if (parent) {
		node = json_is_string(parent) && call_id(c, parent, &id) ?
		    box_of(list, id) : NULL;
		if (!node) {
			set_wrong(res, "parentId", "no such mailbox");
			return;
		}
		above = node->row.name;
	}
	w->name = above.n == 0 ? str_dup(c->mem, last) : arena_printf(c->mem,
	    "%.*s/%.*s", STR_FMT(above), STR_FMT(last));
	if ((wrong = mailbox_name_is_wrong(w->name)))
		set_wrong(res, "name", wrong);
}

static bool
is_one_of(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

/* All members of the object; `now` is NULL for one that shall be. */
static void
read_wish(struct call *c, const struct mailbox_list *list, json_t *object,
    const struct mailbox_node *now, struct wish *w, struct set_result *res)
{
	static const char *const known[] = { "name", "parentId", "role",
		"isSubscribed", NULL };
	auto_buf b = BUF_INIT(16384);
	json_t *same, *v;
	const char *name;

	*w = (struct wish){ .special = now ? now->row.special : 0,
		.subscribed = now ? now->row.subscribed : true };
	if (now) {
		struct box m = box_new(list, now);
		struct err err;

		if (json_object_get(object, "unreadEmails") ||
		    json_object_get(object, "unreadThreads"))
			(void)box_count_unread(c, &m, &err);
		get_put(&b, box_properties, UINT64_MAX, &m);
	} else {
		buf_lit(&b, "{\"sortOrder\":0}");
	}
	same = json_take(buf_get(&b));
	json_object_foreach(object, name, v) {
		if (json_equal(v, json_object_get(same, name)))
			continue;
		if (!is_one_of(name, known))
			set_wrong(res, name, "that is not for you to say");
		else if (strcmp(name, "isSubscribed") == 0)
			w->subscribed = json_is_true(v);
		else if (strcmp(name, "role") == 0 && !now && json_is_string(v))
			w->special = box_special(text_of(v));
		else if (strcmp(name, "role") == 0 && (now || !json_is_null(v)))
			set_wrong(res, name, "it cannot be another one");
	}
	json_decref(same);
	v = json_object_get(object, "role");
	if (!now && json_is_string(v) &&
	    !(w->special & SPECIAL_chosen & ~(uint32_t)SPECIAL_inbox))
		set_wrong(res, "role", "there is no such role");
	v = json_object_get(object, "isSubscribed");
	if (v && !json_is_boolean(v))
		set_wrong(res, "isSubscribed", "true or false");
	if (!res->error)
		read_name(c, list, object, now, w, res);
}

/* ---- create -------------------------------------------------------------- */

/* What the client has not said itself. */
static void
put_new(const struct mailbox_list *list, json_t *object,
    struct set_result *res)
{
	const struct mailbox_node *node = box_of(list, res->id);
	struct box m;

	out_name(&res->out, "id");
	out_str(&res->out, res->id);
	for (size_t i = 1; node && box_properties[i].name; i++) {
		if (json_object_get(object, box_properties[i].name))
			continue;
		m = box_new(list, node);
		out_name(&res->out, box_properties[i].name);
		box_properties[i].put(&res->out, &m);
	}
}

static void
create_box(struct call *c, json_t *object, struct set_result *res)
{
	struct mailbox_create_answer made;
	struct mailbox_list list;
	struct err err = { 0 };
	struct wish w;
	int e = mailboxes_list(c->account, &list, &err);

	if (e == 0)
		read_wish(c, &list, object, NULL, &w, res);
	mailboxes_free(&list);
	if (res->error)
		return;
	if (e == 0)
		e = mailbox_create(c->account, w.name, w.special, &made, &err);
	if (e == E_EXISTS)
		set_wrong(res, "name", "there is one of that name");
	else if (e == E_INVALID)
		set_wrong(res, "name", "no mailbox can have that name");
	else if (e < 0)
		set_fail(c, res, &err);
	if (e < 0)
		return;
	/* It is there; whether it is shown as well can be set again. */
	(void)mailbox_subscribe(c->account, w.name, w.subscribed, &err);
	res->id = arena_printf(c->mem, "m%ju", (uintmax_t)made.mailbox);
	e = mailboxes_list(c->account, &list, &err);
	if (e == 0)
		put_new(&list, object, res);
	mailboxes_free(&list);
	if (e < 0) {
		out_name(&res->out, "id");
		out_str(&res->out, res->id);
	}
}

/* ---- update -------------------------------------------------------------- */

/* Subscriptions are of names; here they go with the mailbox, and with those
 * below it. */
static int
move_subscriptions(struct call *c, const struct mailbox_list *list,
    struct str from, struct str to, struct err *err)
{
	int e = 0;

	for (size_t i = 0; i < list->n && e == 0; i++) {
		const struct mailbox_row *row = &list->node[i].row;
		struct str rest = str_from(row->name, from.n), name;

		if (!row->subscribed || !str_starts(row->name, from) ||
		    (rest.n > 0 && rest.p[0] != '/'))
			continue;
		name = arena_printf(c->mem, "%.*s%.*s", STR_FMT(to),
		    STR_FMT(rest));
		e = mailbox_subscribe(c->account, name, true, err);
		if (e == 0)
			e = mailbox_subscribe(c->account, row->name, false,
			    err);
	}
	return e;
}

static void
update_found(struct call *c, const struct mailbox_list *list,
    const struct mailbox_node *now, json_t *patch, struct set_result *res)
{
	struct err err = { 0 };
	struct wish w;
	int e = 0;

	read_wish(c, list, patch, now, &w, res);
	if (res->error)
		return;
	if (!str_eq(w.name, now->row.name)) {
		if (now->row.special & SPECIAL_inbox) {
			set_refuse(res, "forbidden", "INBOX stays");
			return;
		}
		e = mailbox_rename(c->account, now->row.name, w.name, &err);
		if (e == E_EXISTS || e == E_INVALID) {
			set_wrong(res, "name", err.text);
			return;
		}
		if (e == 0)
			e = move_subscriptions(c, list, now->row.name, w.name,
			    &err);
	}
	if (e == 0 && w.subscribed != (now->row.subscribed != 0))
		e = mailbox_subscribe(c->account, w.name, w.subscribed, &err);
	if (e < 0)
		set_fail(c, res, &err);
}

static void
update_box(struct call *c, struct str id, json_t *patch,
    struct set_result *res)
{
	const struct mailbox_node *now;
	struct mailbox_list list;
	struct err err = { 0 };

	if (mailboxes_list(c->account, &list, &err) < 0)
		set_fail(c, res, &err);
	else if (!(now = box_of(&list, id)))
		set_refuse(res, "notFound", "no such mailbox");
	else
		update_found(c, &list, now, patch, res);
	mailboxes_free(&list);
}

/* ---- destroy ------------------------------------------------------------- */

static void
destroy_found(struct call *c, const struct mailbox_node *now,
    struct set_result *res)
{
	struct err err = { 0 };
	int e;

	e = mailbox_delete(c->account, now->row.name,
	    !arg_bool(c, "onDestroyRemoveEmails", false), &err);
	if (e == E_DENIED)
		set_refuse(res, "mailboxHasEmail", "there are some in it");
	else if (e == E_EXISTS)
		set_refuse(res, "mailboxHasChild", "there are some below it");
	else if (e == E_INVALID)
		set_refuse(res, "forbidden", "INBOX stays");
	else if (e < 0)
		set_fail(c, res, &err);
	else if (now->row.subscribed)
		(void)mailbox_subscribe(c->account, now->row.name, false,
		    &err);
}

static void
destroy_box(struct call *c, struct str id, struct set_result *res)
{
	const struct mailbox_node *now;
	struct mailbox_list list;
	struct err err = { 0 };

	if (mailboxes_list(c->account, &list, &err) < 0)
		set_fail(c, res, &err);
	else if (!(now = box_of(&list, id)))
		set_refuse(res, "notFound", "no such mailbox");
	else
		destroy_found(c, now, res);
	mailboxes_free(&list);
}

const char *
mailbox_set(struct call *c)
{
	static const struct set_ops ops = { .parent = "parentId",
		.state = set_state, .create = create_box,
		.update = update_box, .destroy = destroy_box };

	return set_run(c, &ops);
}
