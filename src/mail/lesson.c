#include "mail/lesson.h"

#include "mail/rows.h"
#include "mail/section.h"
#include "mail/traits.h"

enum { LESSONS = 50 };		/* of one command */

/* What was put in front here is none of its sender's. */
static int
traits_of_row(const struct account *a, uint64_t mailbox,
    const struct fetch_row *row, struct arena *mem, struct str *traits,
    struct err *err)
{
	struct mail_message m = message_of(a, mailbox, row);
	auto_buf head = BUF_INIT(TRAITS_HEAD);
	uint64_t left = m.size > m.prefix_len ? m.size - m.prefix_len : 0;
	int e = message_read(&m, (struct octet_range){ m.prefix_len,
		left < TRAITS_HEAD ? left : TRAITS_HEAD }, message_keep,
	    &head, err);

	*traits = e < 0 ? STR_NULL : traits_of(buf_get(&head), mem);
	return e;
}

/* As many of them as one ask holds. */
static void
gather_lessons(const struct account *a, uint64_t mailbox, struct str uids,
    enum lesson lesson, struct arena *mem, struct buf *lessons)
{
	struct mailbox_view v = view_now(a, mailbox);
	struct rows *rows = rows_open(&v, &(struct rows_ask){
		.messages = { uids, true }, .want = WANT_HEAD });
	struct fetch_row row;
	struct err err = { 0 };
	struct str traits;
	bool flagged;

	for (int n = 0; n < LESSONS && rows_next(rows, &row, &flagged,
	    &err) > 0; n++) {
		arena_reset(mem);
		if (traits_of_row(a, mailbox, &row, mem, &traits, &err) == 0 &&
		    !traits_lesson(lessons, lesson, traits))
			break;
	}
	rows_close(rows);
	view_close(&v);
}

void
lesson_give(const struct account *a, uint64_t mailbox, struct str uids,
    enum lesson lesson)
{
	auto_buf lessons = BUF_INIT(MSG_CHUNK);
	struct learn_ask ask = { 0 };
	struct arena *mem;
	struct done done;
	struct err err = { 0 };

	if (lesson == LESSON_none || uids.n == 0)
		return;
	mem = arena_new(TRAITS_MEM);
	gather_lessons(a, mailbox, uids, lesson, mem, &lessons);
	ask.lessons = buf_get(&lessons);
	ask.change = store_change_id(a->store);
	if (lessons.n > 0)
		(void)store_call(a->store, STORE_learn, &ask, &done, mem,
		    &err);
	arena_free(mem);
}
