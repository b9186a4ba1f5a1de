/*
 * mailbox_get.c - Mailbox/get and /changes.                RFC 8621 2.1, 2.2
 */
#include "base/crc32c.h"
#include "jmap/boxes.h"
#include "mail/search.h"

static const struct {
	uint32_t special;
	struct str role;
} roles[] = {
	{ SPECIAL_inbox, STR("inbox") }, { SPECIAL_drafts, STR("drafts") },
	{ SPECIAL_sent, STR("sent") }, { SPECIAL_archive, STR("archive") },
	{ SPECIAL_junk, STR("junk") }, { SPECIAL_trash, STR("trash") },
};

struct str
box_role(const struct mailbox_node *node)
{
	for (size_t i = 0; i < NELEM(roles); i++)
		if (node->row.special & roles[i].special)
			return roles[i].role;
	return STR_NULL;
}

uint32_t
box_special(struct str role)
{
	for (size_t i = 0; i < NELEM(roles); i++)
		if (str_eq(role, roles[i].role))
			return roles[i].special;
	return 0;
}

struct str
box_name(const struct mailbox_node *node)
{
	struct str name = node->row.name;
	size_t i = str_rchr(name, '/');

	return i < name.n ? str_from(name, i + 1) : name;
}

const struct mailbox_node *
box_of(const struct mailbox_list *list, struct str id)
{
	uint64_t number;

	for (size_t i = 0; i < list->n && id_number(id, 'm', &number); i++)
		if (list->node[i].row.mailbox == number)
			return &list->node[i];
	return NULL;
}

void
boxes_state(const struct mailbox_list *list, char state[STATE_MAX])
{
	uint64_t modseq = 0;
	uint32_t crc = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct mailbox_row *row = &list->node[i].row;
		const uint64_t is[] = { row->mailbox, row->special,
			row->subscribed, row->name.n };

		if (row->mailbox == 0)
			continue;
		crc = crc32c(crc, is, sizeof(is));
		crc = crc32c(crc, row->name.p, row->name.n);
		if (row->modseq > modseq)
			modseq = row->modseq;
	}
	(void)snprintf(state, STATE_MAX, "%ju-%08x", (uintmax_t)modseq, crc);
}

/* ---- properties ---------------------------------------------------------- */

struct box
box_new(const struct mailbox_list *list, const struct mailbox_node *node)
{
	return (struct box){ list, node,
		node->row.exists - node->row.deleted, 0 };
}

static void
put_id(struct buf *b, const void *record)
{
	const struct box *m = record;

	out_id(b, 'm', m->node->row.mailbox);
}

static void
put_name(struct buf *b, const void *record)
{
	out_str(b, box_name(((const struct box *)record)->node));
}

static void
put_parent(struct buf *b, const void *record)
{
	const struct box *m = record;

	if (m->node->above == NO_NODE)
		out_null(b);
	else
		out_id(b, 'm', m->list->node[m->node->above].row.mailbox);
}

static void
put_role(struct buf *b, const void *record)
{
	out_str(b, box_role(((const struct box *)record)->node));
}

/* Nobody has put them in an order. */
static void
put_sort_order(struct buf *b, const void *record unused_arg)
{
	out_u64(b, 0);
}

static void
put_total(struct buf *b, const void *record)
{
	out_u64(b, ((const struct box *)record)->total);
}

static void
put_unread(struct buf *b, const void *record)
{
	out_u64(b, ((const struct box *)record)->unread);
}

static void
put_rights(struct buf *b, const void *record)
{
	const struct box *m = record;
	bool inbox = m->node->row.special & SPECIAL_inbox;

	out_open(b, '{');
	out_put_bool(b, "mayReadItems", true);
	out_put_bool(b, "mayAddItems", true);
	out_put_bool(b, "mayRemoveItems", true);
	out_put_bool(b, "maySetSeen", true);
	out_put_bool(b, "maySetKeywords", true);
	out_put_bool(b, "mayCreateChild", true);
	out_put_bool(b, "mayRename", !inbox);
	out_put_bool(b, "mayDelete", !inbox);
	out_put_bool(b, "maySubmit", true);
	out_close(b, '}');
}

static void
put_subscribed(struct buf *b, const void *record)
{
	out_bool(b, ((const struct box *)record)->node->row.subscribed);
}

/* In the order of RFC 8621 2. */
const struct property box_properties[] = {
	{ "id", put_id },
	{ "name", put_name },
	{ "parentId", put_parent },
	{ "role", put_role },
	{ "sortOrder", put_sort_order },
	{ "totalEmails", put_total },
	{ "unreadEmails", put_unread },
	{ "totalThreads", put_total },
	{ "unreadThreads", put_unread },
	{ "myRights", put_rights },
	{ "isSubscribed", put_subscribed },
	{ NULL, NULL },
};

static bool
wants_unread(uint64_t wanted)
{
	for (size_t i = 0; box_properties[i].name; i++)
		if (wanted >> i & 1 && box_properties[i].put == put_unread)
			return true;
	return false;
}

/* Neither $seen nor $draft; what is \Deleted is not there.
 *                                                      RFC 8621 2, 4.1.1 */
int
box_count_unread(struct call *c, struct box *m, struct err *err)
{
	struct condition flag[] = {
		{ .kind = COND_FLAG, .low = FLAG_seen, .next = &flag[1] },
		{ .kind = COND_FLAG, .low = FLAG_draft, .next = &flag[2] },
		{ .kind = COND_FLAG, .low = FLAG_deleted },
	};
	const struct condition unread = { .kind = COND_NOT, .kids = flag };
	struct mailbox_view v = view_now(c->account, m->node->row.mailbox);
	struct search_result found = { 0 };
	int e = 0;

	if (m->node->row.unseen > 0)
		e = search_mailbox(&v, &unread, &found, err);
	m->unread = found.n;
	search_result_free(&found);
	view_close(&v);
	return e == E_NOTFOUND ? 0 : e;
}

/* ---- Mailbox/get                                           RFC 8621 2.1 -- */

static int
put_boxes(struct call *c, const struct mailbox_list *list, json_t *ids,
    uint64_t wanted, struct err *err)
{
	int e = 0;

	for (size_t i = 0; i < list->n && e == 0; i++) {
		const struct mailbox_node *node = &list->node[i];
		struct box m = box_new(list, node);

		if (node->row.mailbox == 0 ||
		    (ids && !id_found(ids, 'm', node->row.mailbox)))
			continue;
		if (wants_unread(wanted))
			e = box_count_unread(c, &m, err);
		get_put(&c->out, box_properties, wanted, &m);
	}
	return e;
}

const char *
mailbox_get(struct call *c)
{
	struct mailbox_list list;
	const char *error;
	uint64_t wanted = get_properties(c, box_properties, &error);
	struct err err = { 0 };
	char state[STATE_MAX];
	json_t *ids;
	int e;

	if (error || (error = get_ids(c, &ids)))
		return error;
	e = mailboxes_list(c->account, &list, &err);
	if (e == 0) {
		boxes_state(&list, state);
		get_begin(c, state);
		e = put_boxes(c, &list, ids, wanted, &err);
		get_end(c, ids);
	} else {
		json_decref(ids);
	}
	mailboxes_free(&list);
	return e < 0 ? call_fail(c, &err) : NULL;
}

/* ---- Mailbox/changes                                       RFC 8621 2.2 -- */

/* Which mailboxes have other counts since then: that is all that can have
 * become of them where the rest of both states is the same. */
static const char *
put_changed(struct call *c, const struct mailbox_list *list, uint64_t since)
{
	int64_t max = arg_int(c, "maxChanges", INT64_MAX), n = 0;

	out_name(&c->out, "created");
	out_open(&c->out, '[');
	out_close(&c->out, ']');
	out_name(&c->out, "updated");
	out_open(&c->out, '[');
	for (size_t i = 0; i < list->n; i++) {
		const struct mailbox_row *row = &list->node[i].row;

		if (row->mailbox == 0 || row->modseq <= since)
			continue;
		out_id(&c->out, 'm', row->mailbox);
		n++;
	}
	out_close(&c->out, ']');
	out_name(&c->out, "destroyed");
	out_open(&c->out, '[');
	out_close(&c->out, ']');
	out_name(&c->out, "updatedProperties");
	out_open(&c->out, '[');
	for (size_t i = 0; box_properties[i].name; i++)
		if (box_properties[i].put == put_total ||
		    box_properties[i].put == put_unread)
			out_str(&c->out, str_c(box_properties[i].name));
	out_close(&c->out, ']');
	return n > max ? "cannotCalculateChanges" : NULL;
}

const char *
mailbox_changes(struct call *c)
{
	struct str since = arg_str(c, "sinceState"), before, rest, now_rest;
	struct mailbox_list list;
	struct err err = { 0 };
	char state[STATE_MAX];
	const char *error = NULL;
	uint64_t modseq;

	if (arg_int(c, "maxChanges", 1) < 1)
		return call_error(c, "invalidArguments", "maxChanges is 0");
	if (mailboxes_list(c->account, &list, &err) < 0) {
		mailboxes_free(&list);
		return call_fail(c, &err);
	}
	boxes_state(&list, state);
	now_rest = str_from(str_c(state), str_chr(str_c(state), '-'));
	rest = str_from(since, str_chr(since, '-'));
	before = str_first(since, since.n - rest.n);
	if (!str_eq(rest, now_rest) || !str_u64(before, &modseq)) {
		error = "cannotCalculateChanges";
	} else {
		out_put_str(&c->out, "accountId", str_c(c->person->id));
		out_put_str(&c->out, "oldState", since);
		out_put_str(&c->out, "newState", str_c(state));
		out_put_bool(&c->out, "hasMoreChanges", false);
		error = put_changed(c, &list, modseq);
	}
	mailboxes_free(&list);
	return error;
}
