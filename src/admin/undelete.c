#include "admin/undelete.h"

#include <stdio.h>

#include "admin/admin.h"
#include "admin/journal_rows.h"
#include "admin/progress.h"
#include "admin/table.h"

static void
put_kept(struct table *t, struct arena *a, const struct kept_row *row)
{
	struct str *cells = table_row(t, a);

	cells[0] = row->mailbox;
	cells[1] = arena_printf(a, "%llu", (unsigned long long)row->messages);
	cells[2] = arena_printf(a, "%llu", (unsigned long long)row->octets);
	cells[3] = minute_text(a, row->first);
	cells[4] = minute_text(a, row->last);
}

int
deleted_print(struct admin *a, struct operator *op, const struct options *o,
    struct str address, int64_t since, struct err *err)
{
	static const struct table_column columns[] = {
		{ "mailbox", false }, { "messages", true },
		{ "octets", true }, { "deleted-from", false },
		{ "deleted-to", false } };
	struct table t = { .columns = columns, .ncolumns = NELEM(columns) };
	struct kept_ask ask = { .address = address, .since = since };
	struct kept_answer answer;
	struct kept_row row;

	do {
		struct rd r;

		if (operator_store(op, STORE_kept, &ask, &answer, err) < 0)
			return err->code;
		r = rd_of(answer.rows);
		while (rd_left(&r) > 0 && msg_take(&r, &kept_row_shape, &row)) {
			ask.after = row.mailbox;
			put_kept(&t, a->memory, &row);
		}
	} while (answer.more);
	if (t.nrows == 0 && answer.keeps_s == 0 && !o->json)
		fprintf(stderr, "postern account deleted: nothing is kept "
		    "(keep-deleted = 0)\n");
	table_print(&t, o->json);
	return 0;
}

static void
say_done(const struct options *o, uint64_t messages, uint64_t octets)
{
	if (o->json)
		printf("{\"undeleted\":%llu,\"octets\":%llu}\n",
		    (unsigned long long)messages, (unsigned long long)octets);
	else
		printf("%llu message%s back\n", (unsigned long long)messages,
		    messages == 1 ? " is" : "s are");
}

int
undelete(struct admin *a unused_arg, struct operator *op,
    const struct options *o, struct str address, struct str mailbox,
    int64_t since, struct err *err)
{
	struct undelete_ask ask = { .address = address, .mailbox = mailbox,
		.since = since };
	struct undelete_answer answer;
	struct progress progress;
	uint64_t messages = 0, octets = 0;
	int rc;

	progress_begin(&progress);
	do {
		ask.change = operator_change(op);
		rc = operator_store(op, STORE_undelete, &ask, &answer, err);
		if (rc < 0)
			break;
		messages += answer.messages;
		octets += answer.octets;
		ask.after = answer.next;
		progress_tell(&progress, "%llu messages",
		    (unsigned long long)messages);
	} while (answer.next);
	progress_end(&progress);
	if (rc == 0 || messages > 0)
		say_done(o, messages, octets);
	if (rc == E_FULL)
		return err_set(err, rc, "what is left does not fit into the "
		    "quota of %.*s", STR_FMT(address));
	return rc == E_NOTFOUND && mailbox.n ? err_set(err, rc, "%.*s: "
	    "postern account deleted %.*s shows what there is",
	    STR_FMT(str_c(err->text)), STR_FMT(address)) : rc;
}
