#include "jmap/email_store.h"

#include "base/timetext.h"
#include "jmap/boxes.h"
#include "jmap/email_filter.h"
#include "mail/rows.h"

/* ---- how it is kept ------------------------------------------------------ */

bool
keywords_read(struct call *c, const json_t *v, uint32_t *flags,
    struct str *keywords)
{
	auto_buf b = BUF_INIT(KEYWORDS_MAX);
	const char *name;
	json_t *set;
	uint32_t flag;

	*flags = 0;
	*keywords = STR("");
	if (v && !json_is_object(v))
		return false;
	json_object_foreach((json_t *)(uintptr_t)v, name, set) {
		if (!json_is_true(set) || !keyword_parse(str_c(name), &flag))
			return false;
		*flags |= flag;
		if (!flag)
			buf_printf(&b, "%s%s", b.n ? " " : "", name);
	}
	if (b.n > 0)
		*keywords = str_dup(c->mem, buf_get(&b));
	return !buf_failed(&b);
}

const struct mailbox_node *
mailbox_of(struct call *c, const json_t *v, const struct mailbox_list *list,
    struct set_result *res)
{
	const struct mailbox_node *found = NULL;
	const char *name;
	json_t *is;
	struct str id;

	if (json_object_size(v) > 1) {
		set_refuse(res, "tooManyMailboxes",
		    "an email is in one mailbox");
		return NULL;
	}
	json_object_foreach((json_t *)(uintptr_t)v, name, is) {
		json_t *key = json_stringn(name, strlen(name));

		if (json_is_true(is) && call_id(c, key, &id))
			found = box_of(list, id);
		json_decref(key);
	}
	if (!found)
		set_wrong(res, "mailboxIds", "the id of one mailbox is needed");
	return found;
}

void
keeping_read(struct call *c, const json_t *object, struct keeping *k,
    struct set_result *res)
{
	const json_t *received = json_object_get(object, "receivedAt");
	const struct mailbox_node *node = NULL;
	struct mailbox_list list;
	struct err err = { 0 };

	*k = (struct keeping){ .received = loop_wall(c->jmap->loop) };
	if (mailboxes_list(c->account, &list, &err) < 0)
		set_fail(c, res, &err);
	else
		node = mailbox_of(c, json_object_get(object, "mailboxIds"),
		    &list, res);
	if (node)
		k->mailbox = str_dup(c->mem, node->row.name);
	mailboxes_free(&list);
	if (!keywords_read(c, json_object_get(object, "keywords"), &k->flags,
	    &k->keywords))
		set_wrong(res, "keywords", "keywords that are true are needed");
	if (received && !json_is_null(received) &&
	    !time_read_utc(text_of(received), &k->received))
		set_wrong(res, "receivedAt", "a date in UTC is needed");
}

/* ---- storing ------------------------------------------------------------- */

struct deposit *
email_deposit(struct call *c)
{
	const struct deposit_options o = { .store = c->account->store,
		.compress = c->jmap->compress, .loop = c->jmap->loop };

	return deposit_new(&o);
}

/* What became of it: the row of this UID. */
static int
say_stored(struct call *c, uint64_t mailbox, uint32_t uid,
    struct set_result *res, struct err *err)
{
	struct mailbox_view now = view_now(c->account, mailbox);
	auto_buf uids = BUF_INIT(8);
	struct rows_ask ask = { .want = 0 };
	struct fetch_row row;
	struct rows *rows;
	bool flagged;
	int e;

	selection_add(&uids, uid, uid);
	ask.messages = (struct selection){ buf_get(&uids), true };
	rows = rows_open(&now, &ask);
	e = rows_next(rows, &row, &flagged, err);
	if (e > 0) {
		res->id = arena_printf(c->mem, "e%ju", (uintmax_t)row.email);
		out_put_str(&res->out, "id", res->id);
		out_name(&res->out, "blobId");
		out_id(&res->out, 'b', row.email);
		out_name(&res->out, "threadId");
		out_id(&res->out, 't', row.thread);
		out_put_u64(&res->out, "size", row.size);
	}
	rows_close(rows);
	view_close(&now);
	return e == 0 ? err_set(err, E_NOTFOUND, "it went at once") :
	    e < 0 ? e : 0;
}

void
email_store(struct call *c, struct deposit *d, const struct keeping *k,
    struct set_result *res)
{
	struct append_ask ask = { .change = store_change_id(c->account->store),
		.name = k->mailbox, .flags = k->flags,
		.keywords = k->keywords, .received = k->received };
	struct append_answer got;
	struct deposit_facts facts;
	struct err err = { 0 };
	int e = deposit_finish(d, &facts, &err);

	if (e == 0 && facts.raw_size > c->jmap->max_message) {
		set_refuse(res, "tooLarge", "longer than %ju octets",
		    (uintmax_t)c->jmap->max_message);
	} else if (e == 0) {
		MSG_COPY(text, &ask, &facts);
		e = store_call(c->account->store, STORE_append, &ask, &got,
		    c->mem, &err);
		if (e == 0)
			e = say_stored(c, got.mailbox, got.uid, res, &err);
	}
	if (e == E_NOTFOUND)
		set_wrong(res, "mailboxIds", "there is no such mailbox");
	else if (e < 0)
		set_fail(c, res, &err);
	deposit_free(d);
}
