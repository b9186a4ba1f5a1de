#include "admin/journal_rows.h"

#include "base/timetext.h"

enum { PAGE_MEMORY = 16 << 20 };

struct str
journal_event_name(uint32_t event)
{
	static const char *const names[] = {
		[JOURNAL_refused] = "refused",
		[JOURNAL_login] = "login",
		[JOURNAL_login_failed] = "login-failed",
		[JOURNAL_received] = "received",
		[JOURNAL_stored] = "stored",
		[JOURNAL_queued] = "queued",
		[JOURNAL_appended] = "appended",
		[JOURNAL_expunged] = "expunged",
		[JOURNAL_forwarded] = "forwarded",
		[JOURNAL_delivered] = "delivered",
		[JOURNAL_deferred] = "deferred",
		[JOURNAL_failed] = "failed",
		[JOURNAL_reported] = "reported",
		[JOURNAL_unreported] = "unreported",
		[JOURNAL_held] = "held",
		[JOURNAL_released] = "released",
		[JOURNAL_retried] = "retried",
		[JOURNAL_dropped] = "dropped",
		[JOURNAL_damaged] = "damaged",
		[JOURNAL_copied] = "copied",
		[JOURNAL_moved] = "moved",
		[JOURNAL_recovered] = "recovered",
		[JOURNAL_undeleted] = "undeleted",
		[JOURNAL_emptied] = "emptied",
		[JOURNAL_password] = "password",
		[JOURNAL_factor] = "factor",
		[JOURNAL_access] = "access",
		[JOURNAL_via] = "via",
		[JOURNAL_edited] = "edited",
		[JOURNAL_expired] = "expired",
		[JOURNAL_stopped] = "stopped",
		[JOURNAL_unlocked] = "unlocked",
	};

	return event < NELEM(names) && names[event] ? str_c(names[event]) :
						      STR("unknown");
}

struct str
day_text(struct arena *a, int64_t at)
{
	auto_buf b = BUF_INIT(40);

	time_rfc3339(&b, at);
	return str_dup(a, str_first(buf_get(&b), 10));
}

struct str
minute_text(struct arena *a, int64_t at)
{
	auto_buf b = BUF_INIT(40);

	time_rfc3339(&b, at);
	return arena_printf(a, "%.*s %.*s", 10, b.p, 5, b.p + 11);
}

static int
one_page(struct operator *op, struct arena *a, struct journal_read_ask *ask,
    const struct journal_rows *to, bool *grown, struct err *err)
{
	struct journal_read_answer answer;
	struct journal_row row;
	struct rd r;
	int rc = operator_store(op, STORE_journal_read, ask, &answer, err);

	if (rc < 0)
		return rc == E_NOTFOUND ? 0 : rc;
	r = rd_of(answer.rows);
	while (rd_left(&r) > 0 && msg_take(&r, &journal_row_shape, &row))
		to->row(to->arg, a, &row);
	if (to->page)
		to->page(to->arg);
	*grown = answer.next > ask->offset;
	ask->offset = answer.next;
	return 0;
}

int
journal_rows(struct operator *op, struct str day,
    const struct journal_rows *to, struct err *err)
{
	struct arena *page = arena_new(PAGE_MEMORY), *before;
	struct journal_read_ask ask = { .day = day };
	bool grown;
	int rc;

	before = operator_answers_in(op, page);
	do {
		arena_reset(page);
		grown = false;
		rc = one_page(op, page, &ask, to, &grown, err);
	} while (rc == 0 && grown);
	(void)operator_answers_in(op, before);
	arena_free(page);
	return rc;
}

int
journal_days(struct operator *op, struct arena *a, uint32_t days, int64_t now,
    const struct journal_rows *to, struct str *day, struct err *err)
{
	int rc = 0;

	for (uint32_t i = days; i > 0 && rc == 0; i--) {
		*day = day_text(a, now - (i - 1) * 86400LL);
		rc = journal_rows(op, *day, to, err);
	}
	return rc;
}
