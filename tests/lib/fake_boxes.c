#include "lib/fake_boxes.h"

#include "store/search.h"

#include "mime/facts.h"

static const struct mailbox_row boxes[] = {
	{ 1, STR("INBOX"), SPECIAL_inbox, 1 },
	{ 2, STR("Sent"), SPECIAL_sent, 1 },
	{ 4, STR("a"), 0, 0 },
	{ 5, STR("a/b"), 0, 0 },
	{ 3, STR("a/b/Entw\xc3\xbcrfe"), SPECIAL_drafts, 1 },
};

static struct str
facts_of(struct arena *mem, struct str text)
{
	struct arena *a = arena_new(MIME_SCAN_ARENA + 65536);
	struct mime_scan *scan = mime_scan_new(a, NULL);
	auto_buf b = BUF_INIT(MIME_RECORD_MAX);
	struct str facts;

	mime_scan_feed(scan, text);
	mime_scan_finish(scan, &b);
	facts = str_dup(mem, buf_get(&b));
	arena_free(a);
	return facts;
}

struct fake_message *
fake_add(struct fake_boxes *f, uint64_t mailbox, uint32_t flags,
    struct str text)
{
	struct fake_message *m = &f->m[f->n++];
	uint32_t uid = 1;

	assert_true(f->n <= FAKE_MESSAGES);
	for (size_t i = 0; i + 1 < f->n; i++) {
		if (f->m[i].mailbox == mailbox)
			uid = f->m[i].uid + 1;
	}
	f->modseq++;
	*m = (struct fake_message){ .mailbox = mailbox, .uid = uid,
		.flags = flags, .prefix = STR("Delivered-To: alice\r\n"),
		.text = str_dup(f->mem, text),
		.facts = facts_of(f->mem, text),
		.received = 1795320061, .offset_min = 60,
		.arrived = f->modseq, .changed = f->modseq };
	return m;
}

void
fake_expunge(struct fake_boxes *f, struct fake_message *m)
{
	m->expunged = ++f->modseq;
}

static struct fake_boxes *
boxes_of(struct store *st)
{
	return container_of(st->fake, struct fake_boxes, fake);
}

static const struct mailbox_row *
box_named(struct str name)
{
	for (size_t i = 0; i < NELEM(boxes); i++) {
		if (str_eq(boxes[i].name, name))
			return &boxes[i];
	}
	return NULL;
}

static bool
in_view(const struct fake_message *m, uint64_t mailbox, uint64_t arrivals,
    uint64_t expunges)
{
	return m->mailbox == mailbox && m->arrived <= arrivals &&
	    !(m->expunged && m->expunged <= expunges);
}

/* Is v among the u32 pairs? UINT32_MAX is "*", and names the last. */
static bool
in_set(struct str set, uint32_t v, uint32_t last)
{
	struct rd r = rd_of(set);

	while (rd_left(&r) > 0) {
		uint32_t lo = rd_le32(&r), hi = rd_le32(&r);

		if (hi == UINT32_MAX && v == last)
			return true;
		if (v >= lo && v <= hi)
			return true;
	}
	return false;
}

static void
put_row(struct buf *b, const struct fake_message *m, uint32_t seq, bool facts)
{
	struct fetch_row row = { .seq = seq, .uid = m->uid,
		.modseq = m->changed, .flags = m->flags,
		.keywords = m->keywords, .received = m->received,
		.offset_min = m->offset_min,
		.size = m->prefix.n + m->text.n,
		.prefix_len = (uint32_t)m->prefix.n, .email = m->uid,
		.facts = facts ? m->facts : STR_NULL };

	msg_put(b, &fetch_row_shape, &row);
}

struct picked {
	struct fake_message *m;
	uint32_t seq;
};

/* The messages of a selection, with their numbers. */
static size_t
pick(struct fake_boxes *f, const struct view *v, bool by_uid, struct str set,
    struct picked *out)
{
	uint32_t seq = 0, last = 0;
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++) {
		if (in_view(&f->m[i], v->mailbox, v->arrivals, v->expunges))
			last = by_uid ? f->m[i].uid : last + 1;
	}
	for (size_t i = 0; i < f->n; i++) {
		struct fake_message *m = &f->m[i];

		if (!in_view(m, v->mailbox, v->arrivals, v->expunges))
			continue;
		seq++;
		if (in_set(set, by_uid ? m->uid : seq, last))
			out[n++] = (struct picked){ m, seq };
	}
	return n;
}

static int
fake_mailboxes(struct store *st, const void *asked, void *answered)
{
	const struct mailboxes_ask *ask = asked;
	struct mailboxes_answer *a = answered;
	struct fake_boxes *f = boxes_of(st);
	auto_buf b = BUF_INIT(100000);

	/* One a page: the cursor is under test too. */
	a->more = 0;
	for (size_t i = 0; i < NELEM(boxes); i++) {
		if (str_cmp(boxes[i].name, ask->after) <= 0)
			continue;
		msg_put(&b, &mailbox_row_shape, &boxes[i]);
		a->more = i + 1 < NELEM(boxes);
		break;
	}
	a->rows = str_dup(f->mem, buf_get(&b));
	return 0;
}

static int
fake_open(struct store *st, const void *asked, void *answered)
{
	const struct open_ask *ask = asked;
	struct open_answer *a = answered;
	struct fake_boxes *f = boxes_of(st);
	const struct mailbox_row *box = box_named(ask->name);

	if (!box)
		return E_NOTFOUND;
	*a = (struct open_answer){ .mailbox = box->mailbox, .uidvalidity = 7,
		.rights = RIGHTS_all,
		.uidnext = 1, .modseq = f->modseq, .highest = f->modseq,
		 .keywords = STR("$Junk") };
	for (size_t i = 0; i < f->n; i++) {
		const struct fake_message *m = &f->m[i];

		if (m->mailbox != box->mailbox)
			continue;
		a->uidnext = m->uid + 1;
		if (m->expunged)
			continue;
		a->exists++;
		if (!a->first_unseen && !(m->flags & FLAG_seen))
			a->first_unseen = a->exists;
	}
	a->recent_from = a->uidnext;	/* all of it was told */
	return 0;
}

static int
fake_status(struct store *st, const void *asked, void *answered)
{
	const struct status_ask *ask = asked;
	struct status_answer *a = answered;
	struct fake_boxes *f = boxes_of(st);
	const struct open_ask as_open = { ask->name };
	struct open_answer o;
	int e = fake_open(st, &as_open, &o);

	if (e < 0)
		return e;
	*a = (struct status_answer){ .mailbox = o.mailbox,
		.uidvalidity = o.uidvalidity, .uidnext = o.uidnext,
		.exists = o.exists, .modseq = f->modseq };
	for (size_t i = 0; i < f->n; i++) {
		const struct fake_message *m = &f->m[i];

		if (m->mailbox != o.mailbox || m->expunged)
			continue;
		a->unseen += !(m->flags & FLAG_seen);
		a->size += m->prefix.n + m->text.n;
	}
	return 0;
}

static int
fake_fetch(struct store *st, const void *asked, void *answered)
{
	const struct fetch_ask *ask = asked;
	struct fetch_answer *a = answered;
	struct fake_boxes *f = boxes_of(st);
	const struct view v = { ask->mailbox, ask->arrivals, ask->expunges };
	struct picked p[FAKE_MESSAGES];
	auto_buf b = BUF_INIT(MSG_CHUNK);
	size_t n = pick(f, &v, ask->by_uid, ask->set, p), i = ask->cursor;
	size_t end = f->page && i + f->page < n ? i + f->page : n;

	for (; i < end; i++)
		put_row(&b, p[i].m, p[i].seq, ask->want & WANT_FACTS);
	*a = (struct fetch_answer){ .rows = str_dup(f->mem, buf_get(&b)),
		.next = i < n ? (uint32_t)i : 0, .modseq = f->modseq };
	return 0;
}

static enum verdict
of_row(void *message, const struct condition *c)
{
	return condition_of_row(c, message);
}

static int
fake_search(struct store *st, const void *asked, void *answered)
{
	const struct search_ask *ask = asked;
	struct search_answer *a = answered;
	struct fake_boxes *f = boxes_of(st);
	const struct view v = { ask->mailbox, ask->arrivals, ask->expunges };
	struct picked p[FAKE_MESSAGES];
	auto_buf b = BUF_INIT(MSG_CHUNK);
	size_t n = pick(f, &v, ask->by_uid, ask->set, p), i = ask->cursor;
	size_t end = f->page && i + f->page < n ? i + f->page : n;
	struct condition *c;

	assert_int_equal(condition_decode(ask->program, f->mem, &c), 0);
	*a = (struct search_answer){ .next = end < n ? (uint32_t)end : 0,
		.modseq = f->modseq, .last_uid = n ? p[n - 1].m->uid : 0 };
	for (; i < end; i++) {
		const struct fake_message *m = p[i].m;
		struct searched row = { .seq = p[i].seq, .uid = m->uid,
			.flags = m->flags, .last_uid = a->last_uid,
			.modseq = m->changed, .received = m->received,
			.offset_min = m->offset_min, .keywords = m->keywords,
			.size = m->prefix.n + m->text.n };
		enum verdict is = condition_judge(c, of_row, &row);
		struct search_run run = { row.seq, row.uid, 1,
			is == VERDICT_UNKNOWN };

		if (is != VERDICT_NO)
			msg_put(&b, &search_run_shape, &run);
		if (is == VERDICT_YES && m->changed > a->highest)
			a->highest = m->changed;
	}
	a->runs = str_dup(f->mem, buf_get(&b));
	return 0;
}

static void
change_flags(struct fake_boxes *f, struct fake_message *m,
    const struct flags_ask *ask)
{
	if (ask->mode == FLAGS_SET)
		m->flags = ask->flags;
	else if (ask->mode == FLAGS_ADD)
		m->flags |= ask->flags;
	else
		m->flags &= ~ask->flags;
	if (ask->mode == FLAGS_SET || ask->keywords.n)
		m->keywords = ask->mode == FLAGS_REMOVE ? STR_NULL :
		    str_dup(f->mem, ask->keywords);
	m->changed = f->modseq;
}

static int
fake_flags(struct store *st, const void *asked, void *answered)
{
	const struct flags_ask *ask = asked;
	struct flags_answer *a = answered;
	struct fake_boxes *f = boxes_of(st);
	const struct view v = { ask->mailbox, ask->arrivals, ask->expunges };
	struct picked p[FAKE_MESSAGES];
	auto_buf b = BUF_INIT(MSG_CHUNK), was = BUF_INIT(MSG_CHUNK);
	size_t n = pick(f, &v, ask->by_uid, ask->set, p), i = ask->cursor;
	size_t end = f->page && i + f->page < n ? i + f->page : n;

	assert_true(ask->change != 0);
	f->modseq++;
	for (; i < end; i++) {
		buf_le64(&was, p[i].m->changed);
		change_flags(f, p[i].m, ask);
		put_row(&b, p[i].m, p[i].seq, false);
	}
	*a = (struct flags_answer){ .rows = str_dup(f->mem, buf_get(&b)),
		.was = str_dup(f->mem, buf_get(&was)),
		.next = i < n ? (uint32_t)i : 0, .modseq = f->modseq };
	return 0;
}

static int
fake_expunge_call(struct store *st, const void *asked, void *answered)
{
	const struct expunge_ask *ask = asked;
	struct expunge_answer *a = answered;
	struct fake_boxes *f = boxes_of(st);
	const struct view v = { ask->mailbox, ask->arrivals, ask->expunges };
	const struct str all = STR("\x01\0\0\0\xff\xff\xff\xff");
	struct picked p[FAKE_MESSAGES];
	size_t n = pick(f, &v, true, ask->set.n ? ask->set : all, p);

	*a = (struct expunge_answer){ 0 };
	for (size_t i = 0; i < n; i++) {
		if (p[i].m->expunged ||
		    !(ask->any || p[i].m->flags & FLAG_deleted))
			continue;
		/* One a slice: `more` is under test too. */
		a->more = a->expunged > 0;
		if (a->more)
			break;
		fake_expunge(f, p[i].m);
		a->expunged++;
	}
	return 0;
}

static void
sync_gone(struct fake_boxes *f, const struct sync_ask *ask, struct buf *gone)
{
	uint32_t seqs[FAKE_MESSAGES], n = 0, seq = 0;

	for (size_t i = 0; i < f->n; i++) {
		if (!in_view(&f->m[i], ask->mailbox, ask->arrivals,
		    ask->expunges))
			continue;
		seq++;
		if (f->m[i].expunged)
			seqs[n++] = seq;
	}
	while (n > 0)
		buf_le32(gone, seqs[--n]);
}

static int
fake_sync(struct store *st, const void *asked, void *answered)
{
	const struct sync_ask *ask = asked;
	struct sync_answer *a = answered;
	struct fake_boxes *f = boxes_of(st);
	auto_buf gone = BUF_INIT(65536), rows = BUF_INIT(100000);
	uint64_t expunges = ask->expunge_ok ? f->modseq : ask->expunges;

	if (ask->expunge_ok)
		sync_gone(f, ask, &gone);
	*a = (struct sync_answer){ .arrivals = f->modseq,
		.expunges = expunges, .gone = str_dup(f->mem, buf_get(&gone)) };
	for (size_t i = 0; i < f->n; i++) {
		const struct fake_message *m = &f->m[i];

		if (!in_view(m, ask->mailbox, f->modseq, expunges))
			continue;
		a->exists++;
		if (m->arrived <= ask->arrivals && m->changed > ask->arrivals)
			put_row(&rows, m, a->exists, false);
	}
	a->rows = str_dup(f->mem, buf_get(&rows));
	return 0;
}

static int
fake_quota(struct store *st unused_arg, const void *ask unused_arg,
    void *answered)
{
	*(struct quota_answer *)answered = (struct quota_answer){
		10 * 1024 + 1, 512 * 1024, 5, 2000, 7, 900 };
	return 0;
}

/* Number 2 came from elsewhere. */
static int
fake_uidls(struct store *st, const void *ask, void *answered)
{
	struct fake_boxes *f = boxes_of(st);
	struct rd r = rd_of(((const struct uidls_ask *)ask)->emails);
	auto_buf b = BUF_INIT(UIDLS_MAX);

	for (; rd_left(&r) > 0 && f->uidls;)
		if (rd_le64(&r) == 2)
			buf_lit(&b, "\5old-2");
		else
			buf_chr(&b, 0);
	*(struct uidls_answer *)answered = (struct uidls_answer){
		.any = f->uidls, .uidls = str_dup(f->mem, buf_get(&b)) };
	return 0;
}

static int
append_one(struct fake_boxes *f, struct str name, const struct appended *from,
    struct append_answer *a)
{
	const struct mailbox_row *box = box_named(name);
	struct fake_message *m;

	if (!box)
		return E_NOTFOUND;
	if (f->n == FAKE_MESSAGES)
		return E_FULL;
	m = fake_add(f, box->mailbox, from->flags, from->octets);
	m->keywords = str_dup(f->mem, from->keywords);
	m->received = from->received;
	m->offset_min = from->offset_min;
	assert_strs(from->facts, m->facts);
	*a = (struct append_answer){ box->mailbox, 7, m->uid };
	return 0;
}

static int
fake_append(struct store *st, const void *asked, void *answered)
{
	const struct append_ask *ask = asked;
	struct appended m;

	MSG_COPY(appended, &m, ask);
	return append_one(boxes_of(st), ask->name, &m, answered);
}

/* Of one ask: all of them at once. */
static int
fake_append_all(struct store *st, const void *asked, void *answered)
{
	const struct append_all_ask *ask = asked;
	struct append_all_answer *a = answered;
	struct fake_boxes *f = boxes_of(st);
	struct rd r = rd_of(ask->messages);
	auto_buf uids = BUF_INIT(8 * FAKE_MESSAGES);
	struct append_answer one = { 0 };
	struct appended_row row;
	struct appended m;
	size_t before = f->n;
	int e = 0;

	assert_int_equal(ask->then, APPEND_PLACE);
	while (e == 0 && rd_left(&r) > 0) {
		assert_true(msg_take(&r, &appended_row_shape, &row));
		MSG_COPY(appended, &m, &row);
		e = append_one(f, ask->name, &m, &one);
		buf_le32(&uids, one.uid);
		buf_le32(&uids, one.uid);
	}
	if (e < 0)
		f->n = before;
	*a = (struct append_all_answer){ 7, str_dup(f->mem, buf_get(&uids)),
		0 };
	return e;
}

static int
fake_watch(struct store *st, const void *asked, void *answer unused_arg)
{
	const struct watch_ask *ask = asked;

	boxes_of(st)->watched = ask->mailbox != 0;
	return 0;
}

static struct str
text_of(struct fake_store *fake, uint64_t mailbox, uint32_t uid)
{
	struct fake_boxes *f = container_of(fake, struct fake_boxes, fake);

	for (size_t i = 0; i < f->n && !f->lose_content; i++) {
		struct fake_message *m = &f->m[i];

		if (m->mailbox == mailbox && m->uid == uid)
			return arena_printf(f->mem, "%.*s%.*s",
			    STR_FMT(m->prefix), STR_FMT(m->text));
	}
	return STR_NULL;
}

void
fake_boxes_init(struct fake_boxes *f, struct loop *l, struct arena *mem)
{
	*f = (struct fake_boxes){ .mem = mem, .fake = { .loop = l,
		.text = text_of, .piece = 3, .answer = {
			[STORE_mailboxes] = fake_mailboxes,
			[STORE_open] = fake_open,
			[STORE_status] = fake_status,
			[STORE_quota] = fake_quota,
			[STORE_uidls] = fake_uidls,
			[STORE_fetch] = fake_fetch,
			[STORE_search] = fake_search,
			[STORE_sync] = fake_sync,
			[STORE_flags] = fake_flags,
			[STORE_expunge] = fake_expunge_call,
			[STORE_append] = fake_append,
			[STORE_append_all] = fake_append_all,
			[STORE_watch] = fake_watch,
		} } };
	f->m = arena_array(mem, FAKE_MESSAGES, sizeof(*f->m));
}
