#include "admin/queue_rows.h"

enum { PAGE_MEMORY = 16 << 20 };

static int
one_page(struct operator *op, struct arena *a, struct queue_list_ask *ask,
    const struct queue_rows *to, struct err *err)
{
	struct queue_list_answer answer;
	struct queue_row row;
	struct rd r;

	if (operator_store(op, STORE_queue_list, ask, &answer, err) < 0)
		return err->code;
	r = rd_of(answer.rows);
	while (rd_left(&r) > 0 && msg_take(&r, &queue_row_shape, &row))
		to->row(to->arg, a, &row);
	if (to->page)
		to->page(to->arg);
	ask->cursor = answer.next;
	return 0;
}

int
queue_rows(struct operator *op, const struct queue_filter *f,
    const struct queue_rows *to, struct err *err)
{
	struct arena *page = arena_new(PAGE_MEMORY), *before;
	struct queue_list_ask ask = filter_list(f);
	char cursor[16];
	int rc;

	before = operator_answers_in(op, page);
	do {
		arena_reset(page);
		rc = one_page(op, page, &ask, to, err);
		if (rc == 0 && ask.cursor.n > 0)
			memcpy(cursor, ask.cursor.p, ask.cursor.n);
		ask.cursor.p = cursor;
	} while (rc == 0 && ask.cursor.n > 0);
	(void)operator_answers_in(op, before);
	arena_free(page);
	return rc;
}

const char *
queue_state_name(uint32_t state)
{
	static const char *const names[] = {
		[QUEUE_waits] = "waits",
		[QUEUE_held] = "held",
		[QUEUE_reports] = "reports",
		[QUEUE_under_way] = "under-way",
		[QUEUE_later] = "later",
	};

	return state < NELEM(names) ? names[state] : "unknown";
}

struct str
queue_next_text(struct arena *a, const struct queue_row *row, int64_t now)
{
	auto_buf b = BUF_INIT(64);

	switch (row->state) {
	case QUEUE_held: return STR("held");
	case QUEUE_reports: return STR("reports");
	case QUEUE_under_way: return STR("under way");
	}
	if (row->next <= now)
		return STR("now");
	buf_str(&b, row->state == QUEUE_later ? STR("leaves in ") :
	    STR("in "));
	duration_put(&b, row->next - now);
	return str_dup(a, buf_get(&b));
}

struct str
queue_reply_text(struct arena *a, const struct queue_row *row)
{
	auto_buf b = BUF_INIT(1500);

	if (row->code)
		buf_printf(&b, "%u ", row->code);
	if (row->status.n > 0 && !str_starts(row->text, row->status)) {
		buf_str(&b, row->status);
		buf_chr(&b, ' ');
	}
	buf_str(&b, row->text);
	if (row->host.n > 0)
		buf_printf(&b, " (%.*s)", STR_FMT(row->host));
	return str_trim(str_dup(a, buf_get(&b)));
}

struct str
queue_tls_text(const struct queue_row *row)
{
	return row->require_tls == REQUIRE_TLS_yes ? STR("required") :
	    row->require_tls == REQUIRE_TLS_no ? STR("optional") :
	    STR_NULL;
}

const struct table_column queue_columns[] = {
	{ "id", true }, { "n", true }, { "state", false },
	{ "sender", false }, { "recipient", false }, { "domain", false },
	{ "octets", true }, { "queued", false }, { "next", false },
	{ "expires", false }, { "attempts", true }, { "last", false },
	{ "code", true }, { "status", false }, { "reply", false },
	{ "host", false }, { "tls", false },
	{ "priority", true }, { "by", false }, { "late", false },
	{ "held", false },
};
const size_t queue_ncolumns = NELEM(queue_columns);

static struct str
number(struct arena *a, uint64_t n)
{
	return arena_printf(a, "%llu", (unsigned long long)n);
}

void
queue_cells(struct arena *a, struct str *cells, const struct queue_row *row)
{
	const struct str all[] = {
		number(a, row->message), number(a, row->n),
		str_c(queue_state_name(row->state)), row->sender, row->rcpt,
		row->domain, number(a, row->size),
		time_text(a, row->queued),
		time_text(a, row->next),
		time_text(a, row->expires), number(a, row->attempts),
		time_text(a, row->last), number(a, row->code),
		row->status, row->text, row->host, queue_tls_text(row),
		arena_printf(a, "%d", (int)row->priority),
		row->by_mode ? time_text(a, row->deliver_by) : STR_NULL,
		row->by_mode & BY_return ? STR("returned") :
		row->by_mode & BY_notify ? STR("told") : STR_NULL,
		time_text(a, row->held),
	};

	memcpy(cells, all, sizeof(all));
}
