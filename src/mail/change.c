#include "mail/change.h"

#include "mail/lesson.h"

enum {
	COPIED_MAX = 32 << 20,	/* 4 million ranges */
	TAUGHT_MAX = 8 * 100,	/* of more nothing is learned */
};

static int
add_refused(const struct flag_change *change, struct str uids,
    struct err *err)
{
	struct rd r = rd_of(uids);

	while (change->refused && rd_left(&r) > 0) {
		uint32_t uid = rd_le32(&r);

		selection_add(change->refused, uid, uid);
	}
	return change->refused && buf_failed(change->refused) ?
	    err_set(err, E_LIMIT, "too many messages to name") : 0;
}

/* What mail programs call it whose button says junk: RFC 9051 2.3.2, and before
 * that. */
static enum lesson
lesson_of(const struct flag_change *change)
{
	static const struct {
		struct str keyword;
		enum lesson lesson;
	} words[] = {
		{ STR("$Junk"), LESSON_spam }, { STR("Junk"), LESSON_spam },
		{ STR("$NotJunk"), LESSON_good },
		{ STR("NonJunk"), LESSON_good },
	};
	struct str rest = change->mode == FLAGS_REMOVE ? STR_NULL :
	    change->keywords, word;
	enum lesson said = LESSON_none;

	while (rest.n > 0) {
		(void)str_cut(rest, ' ', &word, &rest);
		for (size_t i = 0; i < NELEM(words); i++)
			if (str_eqi(word, words[i].keyword))
				said |= words[i].lesson;
	}
	return said == (LESSON_spam | LESSON_good) ? LESSON_none : said;
}

int
change_flags(struct mailbox_view *v, struct selection messages,
    const struct flag_change *change,
    int (*row)(void *arg, const struct fetch_row *row), void *arg,
    struct err *err)
{
	struct store *st = v->account->store;
	struct flags_ask ask = {
		.mailbox = v->at.mailbox,
		.arrivals = v->at.arrivals,
		.expunges = v->at.expunges,
		.by_uid = messages.by_uid,
		.mode = change->mode,
		.flags = change->flags,
		.keywords = change->keywords,
		.unchanged_since = change->unchanged_since,
	};
	struct arena *mem = arena_new(MAIL_PAGE_MEM);
	struct flags_answer a = { 0 };
	struct fetch_row r;
	struct rd rows, was;
	enum lesson lesson = lesson_of(change);
	auto_buf taught = BUF_INIT(TAUGHT_MAX);
	int e = 0;

	while (e >= 0 && (ask.cursor != 0 ||
	    selection_next(&messages, &ask.set))) {
		/* One id names all slices of these ranges. */
		if (ask.cursor == 0)
			ask.change = store_change_id(st);
		arena_reset(mem);
		e = store_call(st, STORE_flags, &ask, &a, mem, err);
		rows = rd_of(e < 0 ? STR_NULL : a.rows);
		was = rd_of(e < 0 ? STR_NULL : a.was);
		view_heard(v, e < 0 ? 0 : a.modseq);
		while (e >= 0 && (e = row_next(&rows, &r, err)) > 0) {
			uint64_t before = rd_le64(&was);

			if (!change->silent || (rd_ok(&was) &&
			    view_knows(v, r.uid, before)))
				view_told(v, &r);
			if (lesson != LESSON_none)
				selection_add(&taught, r.uid, r.uid);
			e = row(arg, &r);
		}
		if (e >= 0)
			e = add_refused(change, a.refused, err);
		ask.cursor = a.next;
	}
	arena_free(mem);
	if (e >= 0)
		lesson_give(v->account, v->at.mailbox, buf_get(&taught),
		    lesson);
	return e;
}

void
copied_free(struct copied *c)
{
	buf_free(&c->from);
	buf_free(&c->to);
}

static int
add_copied(struct copied *c, uint32_t uidvalidity, struct str from,
    struct str to, struct err *err)
{
	c->uidvalidity = uidvalidity;
	buf_str(&c->from, from);
	buf_str(&c->to, to);
	return buf_failed(&c->from) || buf_failed(&c->to) ?
	    err_set(err, E_LIMIT, "too many messages to name") : 0;
}

int
change_copy(struct mailbox_view *v, struct selection messages,
    struct str mailbox, struct copied *done, struct err *err)
{
	struct store *st = v->account->store;
	struct copy_ask ask = {
		.mailbox = v->at.mailbox,
		.arrivals = v->at.arrivals,
		.expunges = v->at.expunges,
		.by_uid = messages.by_uid,
		.name = mailbox,
	};
	struct arena *mem = arena_new(MAIL_PAGE_MEM);
	struct copy_answer a;
	int e = 0;

	*done = (struct copied){ 0, BUF_INIT(COPIED_MAX), BUF_INIT(COPIED_MAX),
		0 };
	do {
		if (ask.cursor == 0)
			(void)selection_next(&messages, &ask.set);
		ask.last = messages.ranges.n == 0;
		arena_reset(mem);
		ask.change = store_change_id(st);
		e = store_call(st, STORE_copy, &ask, &a, mem, err);
		if (e < 0)
			break;
		e = add_copied(done, a.uidvalidity, a.from, a.to, err);
		ask.copying = a.copying;
		ask.cursor = a.next;
	} while (e >= 0 && ask.copying);
	if (e >= 0)
		lesson_give(v->account, a.into, buf_get(&done->to), a.lesson);
	arena_free(mem);
	return e;
}

int
change_move(struct mailbox_view *v, struct selection messages,
    struct str mailbox, struct copied *done, struct err *err)
{
	struct store *st = v->account->store;
	struct move_ask ask = {
		.mailbox = v->at.mailbox,
		.arrivals = v->at.arrivals,
		.expunges = v->at.expunges,
		.by_uid = messages.by_uid,
		.name = mailbox,
	};
	struct arena *mem = arena_new(MAIL_PAGE_MEM);
	struct move_answer a;
	int e = 0;

	*done = (struct copied){ 0, BUF_INIT(COPIED_MAX), BUF_INIT(COPIED_MAX),
		0 };
	do {
		if (ask.cursor == 0)
			(void)selection_next(&messages, &ask.set);
		arena_reset(mem);
		ask.change = store_change_id(st);
		e = store_call(st, STORE_move, &ask, &a, mem, err);
		if (e < 0)
			break;
		e = add_copied(done, a.uidvalidity, a.from, a.to, err);
		done->gone += a.gone;
		ask.cursor = a.next;
	} while (e >= 0 && (ask.cursor || messages.ranges.n));
	if (e >= 0)
		lesson_give(v->account, a.into, buf_get(&done->to), a.lesson);
	arena_free(mem);
	return e;
}

static int
expunge(struct mailbox_view *v, const struct selection *uids, bool any,
    struct err *err)
{
	struct store *st = v->account->store;
	struct selection left = uids ? *uids : (struct selection){ 0 };
	struct expunge_ask ask = {
		.mailbox = v->at.mailbox,
		.arrivals = v->at.arrivals,
		.expunges = v->at.expunges,
		.any = any,
	};
	struct arena *mem = arena_new(MAIL_PAGE_MEM);
	struct expunge_answer a;
	int e = 0;

	while (e >= 0 && (selection_next(&left, &ask.set) || !uids)) {
		do {
			arena_reset(mem);
			ask.change = store_change_id(st);
			e = store_call(st, STORE_expunge, &ask, &a, mem, err);
		} while (e >= 0 && a.more);
		if (!uids)
			break;
	}
	arena_free(mem);
	return e;
}

int
change_expunge(struct mailbox_view *v, const struct selection *uids,
    struct err *err)
{
	return expunge(v, uids, false, err);
}

int
change_remove(struct mailbox_view *v, const struct selection *uids,
    struct err *err)
{
	return expunge(v, uids, true, err);
}
